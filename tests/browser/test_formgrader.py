"""nbgrader's Formgrader in a real browser: it shows a notebook of attacks, runs none of them, and grades as ever."""

import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import course_copy
import hostile_markup
import nbformat
import pytest
from nbgrader.preprocessors import SaveAutoGrades, SaveCells
from playwright.sync_api import Page
from shown_notebooks import graded_notebook, hostile_notebook
from watching import Watch, provoke

from autograder import gradebook
from autograder.course import Lesson
from autograder.released import course_config

LESSON = Lesson("05-momentum")
NAME = f"<img src=x onerror={hostile_markup.RUN}>"
STARTING_SECONDS = 90


class Place(NamedTuple):
    """Where a Formgrader is, the word that opens it, and the page of the notebook."""

    address: str
    token: str
    submission: str

    def log_in(self, page: Page) -> None:
        """Let the server give the browser its cookie, as when JupyterLab is opened."""
        page.goto(f"{self.address}/?token={self.token}")


@contextmanager
def served(course: Path, home: Path) -> Iterator[tuple[str, str]]:
    """A Jupyter server on a course, with the Formgrader in it: its address, and the word that opens it."""
    token = secrets.token_hex()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    command = [
        sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root", f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0", "--ServerApp.jpserver_extensions=nbgrader.server_extensions.formgrader=True",
    ]  # fmt: skip
    places = {name: str(home) for name in ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}
    environment = course_copy.environment(course) | places | {"JUPYTER_TOKEN": token}
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=course, env=environment, stdout=log, stderr=log)
        try:
            _await(f"http://127.0.0.1:{port}/api/status?token={token}", server, home / "log")
            yield f"http://127.0.0.1:{port}", token
        finally:
            server.terminate()
            server.wait(timeout=30)


def _await(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"The server did not start:\n{log.read_text()}")


@pytest.fixture(scope="module")
def formgrader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A Formgrader with a notebook of attacks that nobody has cleaned."""
    root = course_copy.copy_course(tmp_path_factory.mktemp("course"))
    work = root / "autograder" / "work"
    config = course_config(root)
    names = gradebook.resources_for(LESSON, NAME, config)
    notebook = graded_notebook()
    with gradebook.open_gradebook(config) as book:
        book.update_or_create_assignment(LESSON.name)
        SaveCells(config=config)(graded_notebook(), names)
        gradebook.enter_submission(book, LESSON, NAME, None)
        SaveAutoGrades(config=config)(notebook, names)
        identity = book.find_submission_notebook(LESSON.topic, LESSON.name, NAME).id
    attacks = hostile_notebook()
    for cell in attacks.cells:
        cell.metadata = {}
    notebook.cells += attacks.cells
    path = work / "autograded" / NAME / LESSON.name / f"{LESSON.topic}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    with served(root, tmp_path_factory.mktemp("jupyter")) as (address, token):
        yield Place(address, token, f"{address}/formgrader/submissions/{identity}/")


def _until_ready(page: Page) -> None:
    """Until nbgrader's scripts know the grades, and have gone to where the grader left off."""
    for _ in range(300):
        if page.evaluate("!!(formgrader.grades && formgrader.grades.loaded && MathJax.loaded)"):
            return
        page.wait_for_timeout(100)
    raise RuntimeError("nbgrader's scripts have not come to their end")


def test_the_formgrader_runs_nothing_of_what_it_shows_and_grades_as_ever(chromium, formgrader, shots):
    page = chromium.new_page(viewport={"width": 1200, "height": 900})
    formgrader.log_in(page)
    watch = Watch(page, formgrader.address)
    page.goto(formgrader.submission)
    provoke(page, ".output_subarea, .text_cell_render")
    assert watch.result() == []
    assert page.locator("body").inner_text().count("onerror=") > 10  # the attacks are there, as words
    page.reload()
    _until_ready(page)
    page.locator(".glyphicon-eye-open").first.click()
    assert page.locator("a.name-shown").inner_text() == NAME
    score = page.locator("#written_limit")
    score.fill("2")
    with page.expect_response(lambda response: "/formgrader/api/grade/" in response.url) as saved:
        score.press("Tab")
    assert saved.value.ok
    if shots:
        page.screenshot(path=shots / "formgrader.png")
    assert watch.result() == []
    page.close()


def test_the_lists_of_the_formgrader_show_a_name_as_words(chromium, formgrader):
    page = chromium.new_page()
    formgrader.log_in(page)
    watch = Watch(page, formgrader.address)
    for place in ("manage_submissions/05-momentum", "manage_students", "gradebook/05-momentum/momentum"):
        page.goto(f"{formgrader.address}/formgrader/{place}")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.__pwned") is None
    assert [seen for seen in watch.seen if "console" not in seen] == []
    page.close()
