"""The lab: the learner's own copies, and a JupyterLab that asks nothing."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.__main__ import main
from autograder.course import ROOT
from autograder.errors import UserError
from autograder.lab import copy_lessons, lab_command, lab_environment, refuse_used_port

NOTEBOOK = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
STARTING_SECONDS = 60


@pytest.fixture
def course(tmp_path: Path) -> Path:
    for name in ("00-start-here/start-here.ipynb", "05-momentum/momentum.ipynb"):
        path = tmp_path / "course" / name
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(NOTEBOOK))
    return tmp_path / "course"


@pytest.fixture
def used_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_a_learner_gets_a_copy_of_every_lesson(course, tmp_path):
    copies = copy_lessons(course, tmp_path / "study")
    assert [path.relative_to(tmp_path).as_posix() for path in copies] == [
        "study/00-start-here/start-here.ipynb",
        "study/05-momentum/momentum.ipynb",
    ]


def test_a_copy_is_never_overwritten(course, tmp_path):
    mine = tmp_path / "study" / "05-momentum" / "momentum.ipynb"
    copy_lessons(course, tmp_path / "study")
    mine.write_text("an evening's work")
    assert copy_lessons(course, tmp_path / "study") == []
    assert mine.read_text() == "an evening's work"


def test_a_copy_that_was_moved_away_comes_back_fresh(course, tmp_path):
    mine = tmp_path / "study" / "05-momentum" / "momentum.ipynb"
    copy_lessons(course, tmp_path / "study")
    mine.rename(mine.with_name("first-try.ipynb"))
    assert copy_lessons(course, tmp_path / "study") == [mine]


def test_a_course_that_was_not_built_says_so(tmp_path):
    with pytest.raises(UserError, match=r"no lessons in .*make build"):
        copy_lessons(tmp_path / "course", tmp_path / "study")


def test_a_study_folder_that_cannot_be_written_is_one_message(course, tmp_path):
    (tmp_path / "study").write_text("a file, not a folder")
    with pytest.raises(UserError, match=r"copies of the lessons cannot be written to .*study"):
        copy_lessons(course, tmp_path / "study")


def test_a_used_port_is_one_message_and_exit_code_2(used_port, capsys, monkeypatch, course, tmp_path):
    monkeypatch.setattr("autograder.lab.ROOT", tmp_path)
    monkeypatch.setattr("os.execve", lambda *_: pytest.fail("the lab was started"))
    assert main(["lab", "--no-browser", "--port", str(used_port)]) == 2
    message = capsys.readouterr().err
    assert message.startswith(f"error: Port {used_port} is in use")
    assert f"make lab PORT={used_port + 1}" in message


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_what_is_no_port_is_refused(port):
    with pytest.raises(UserError, match="is no port; ports go from 1 to 65535"):
        refuse_used_port(port)


def test_the_lab_opens_on_the_first_lesson_that_the_learner_has(course, tmp_path):
    study = tmp_path / "study"
    assert "--LabApp.default_url=/lab" in lab_command(study, 8888, browser=True)
    copy_lessons(course, study)
    opened = "--LabApp.default_url=/lab/tree/00-start-here/start-here.ipynb"
    assert opened in lab_command(study, 8888, browser=True)


def test_the_users_own_jupyter_folders_are_still_read():
    path = lab_environment({"JUPYTER_CONFIG_PATH": "/etc/of/this/house"})["JUPYTER_CONFIG_PATH"]
    assert path.split(os.pathsep)[1:] == ["/etc/of/this/house"]


@pytest.fixture
def server(course, tmp_path) -> Iterator[str]:
    """A lab on a free port, as `make lab` starts it; the address of its REST interface."""
    study, port = tmp_path / "study", free_port()
    copy_lessons(course, study)
    own = {
        "HOME": str(tmp_path),
        "JUPYTER_TOKEN": "of-this-test",
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
    }
    process = subprocess.Popen(
        lab_command(study, port, browser=False),
        env=lab_environment({**os.environ, **own}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/api/status?token=of-this-test", process)
        yield address
    finally:
        process.terminate()
        process.communicate(timeout=STARTING_SECONDS)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            return get(url)
        except OSError:
            time.sleep(0.1)
    process.terminate()
    raise AssertionError(f"the lab did not start: {process.communicate()[1].decode()}")


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read()


def settings(server: str, plugin: str) -> dict[str, object]:
    answer = json.loads(get(f"{server}/lab/api/settings/{plugin}?token=of-this-test"))
    return {name: value.get("default") for name, value in answer["schema"]["properties"].items()}


def test_the_lab_shows_the_copies_and_asks_nothing(server):
    listed = json.loads(get(f"{server}/api/contents?token=of-this-test"))["content"]
    assert {entry["name"] for entry in listed} == {"00-start-here", "05-momentum"}

    notifications = settings(server, "@jupyterlab/apputils-extension:notification")
    assert notifications["fetchNews"] == "false"
    assert notifications["checkForUpdates"] is False

    page = get(f"{server}/lab?token=of-this-test").decode()
    config = json.loads(
        page.split('id="jupyter-config-data" type="application/json">')[1].split("</script>")[0]
    )
    assert "@jupyter/nbgrader" in config["disabledExtensions"]


def test_the_lab_lets_nobody_in_without_its_token(server):
    with pytest.raises(urllib.error.HTTPError, match="403"):
        get(f"{server}/api/contents")


def test_ctrl_c_ends_the_lab_without_a_question():
    command = lab_command(ROOT / "study", 8888, browser=True)
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert "--ServerApp.answer_yes=True" in command
