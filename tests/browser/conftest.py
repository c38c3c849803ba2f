"""A JupyterLab with the executed lessons in it, and a Chromium to look at them. `make browser` runs these tests."""

import os
import secrets
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, sync_playwright

from autograder.course import lessons
from autograder.lab import lab_command, lab_environment

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
STARTING_SECONDS = 60
# JupyterLab draws a cell when it comes near the window; here all of them are to be looked at.
WHOLE_NOTEBOOKS = '{"windowingMode": "none"}'


class Lab(NamedTuple):
    """A JupyterLab that runs: where, and the word that opens it."""

    address: str
    token: str

    def page_of(self, path: str) -> str:
        """The address of a file of the lab, in a workspace of its own: without the tabs of the others."""
        return f"{self.address}/lab/workspaces/{PurePosixPath(path).stem}/tree/{path}?token={self.token}"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shots", type=Path, metavar="FOLDER", help="keep pictures of every screen there")


@pytest.fixture(scope="session")
def shots(request: pytest.FixtureRequest) -> Path | None:
    """The folder for pictures, where one is asked for."""
    folder: Path | None = request.config.getoption("--shots")
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def find_chromium() -> str:
    """Where a Chromium lies; without one there is nothing to test, and the run ends with a word about it."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.exit(
            f"No browser was found: none of {', '.join(NAMES)} is on PATH. "
            "Install Chromium (apt install chromium, brew install --cask chromium), then run make browser again.",
            returncode=2,
        )
    return found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    executable = find_chromium()
    # Chromium refuses its own sandbox to root, as in most containers.
    unboxed = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*QUIET, *unboxed])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The course's own JupyterLab, on copies of the executed lessons."""
    home = tmp_path_factory.mktemp("lab")
    study = home / "study"
    for lesson in lessons():
        shutil.copytree(lesson.solution.parent, study / lesson.name)
    settings = home / "settings" / "@jupyterlab" / "notebook-extension" / "tracker.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text(WHOLE_NOTEBOOKS)
    token = secrets.token_hex()
    places = {
        "JUPYTER_TOKEN": token,
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "GRADLAB_HOME": str(home / "records"),
        "IPYTHONDIR": str(home / "ipython"),
    }
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            lab_command(study, port, browser=False),
            env=lab_environment(os.environ | places),
            stdout=log,
            stderr=log,
        )
        try:
            running = Lab(f"http://127.0.0.1:{port}", token)
            _await(running, server, home / "log")
            yield running
        finally:
            server.terminate()
            server.wait(timeout=30)


def _await(lab: Lab, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"{lab.address}/api/status?token={lab.token}", timeout=5).close()
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()}")
