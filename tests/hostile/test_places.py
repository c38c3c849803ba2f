"""What the sandbox holds of this machine, also where the course lies in the middle of it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from course_copy import copy_course
from nbformat.v4 import new_code_cell, new_notebook

from autograder.execution import Order, run_notebook
from autograder.sandbox import places, zygotes
from autograder.sandbox.limits import Limits
from autograder.sandbox.opening import open_sandboxes


def printed_inside(source: str) -> str:
    """What a cell prints in the sandbox."""
    opened = open_sandboxes(Limits())
    try:
        notebook = new_notebook(cells=[new_code_cell(source)])
        run_notebook(Order(notebook, frozenset(), "seed"), opened.zygotes, opened.limits)
    finally:
        opened.close()
    return "".join(output.get("text", "") for output in notebook.cells[0].outputs)


def listing(folder: Path) -> str:
    return f"import os\nprint(sorted(os.listdir({str(folder)!r})))"


@pytest.fixture
def course(monkeypatch) -> Iterator[Path]:
    """A copy of the course in a folder that is bound into the sandbox, as /usr is."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:  # the scratch folder covers /tmp in there
        course = Path(folder) / "app"
        course.mkdir()
        copy_course(course)
        bound = [*places.system_folders(), Path(folder)]
        monkeypatch.setattr(zygotes, "system_folders", lambda: bound)
        monkeypatch.setattr(zygotes, "HERE", course / "autograder")
        yield course


def test_a_course_in_a_system_folder_is_hidden(course, monkeypatch):
    assert printed_inside(listing(course)) == "[]\n"
    monkeypatch.setattr(zygotes, "covers", lambda *_: [])
    assert "nbgrader_config.py" in printed_inside(listing(course))


def test_an_environment_in_a_course_in_a_system_folder_is_bound_again(tmp_path):
    words = list(places.covers(tmp_path, [tmp_path.parent]))
    assert words[:2] == ["--tmpfs", str(tmp_path)]


def test_installed_copies_of_the_library_are_hidden(monkeypatch, tmp_path):
    installed = tmp_path / "lib/python3.11/site-packages/gradlab"
    installed.mkdir(parents=True)
    monkeypatch.setattr("sys.prefix", str(tmp_path))
    assert list(places.covers(tmp_path / "course", [Path("/usr")]))[-2:] == ["--tmpfs", str(installed)]
