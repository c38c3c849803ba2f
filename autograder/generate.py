"""From a solution notebook to what learners open: nbgrader's `generate_assignment`, in a scratch folder.

Only what holds no answer and no hidden test is handed on to `course/`.
"""

import json
import logging
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import capture_log, compute_checksum
from traitlets.config import Config

from autograder.course import Lesson
from autograder.database import shown
from autograder.errors import UserError
from autograder.masters import secret_lines
from autograder.released import course_config

# Shorter ones (`return w`, `v = 0`) say nothing, and stand in any text.
TELLING = 12


def generate(lesson: Lesson, solution: NotebookNode, gradebook: bool) -> dict[str, bytes]:
    """The files of `course/NN-topic/`, by their path in it: the student notebook and what belongs to it.

    With `gradebook` the assignment is also entered into nbgrader's database. Nothing in `course/` is touched.
    Raises UserError when nbgrader refuses the notebook, or when a line of an answer or a hidden test is
    left in it.
    """
    with tempfile.TemporaryDirectory() as scratch:
        course = Path(scratch)
        shutil.copytree(
            lesson.source.parent,
            course / "source" / lesson.name,
            ignore=shutil.ignore_patterns("*.py", "*.ipynb", ".ipynb_checkpoints", "__pycache__"),
        )
        # The copy of a folder that may not be written to may not be written to either.
        (course / "source" / lesson.name).chmod(0o755)
        nbformat.write(solution, course / "source" / lesson.name / f"{lesson.topic}.ipynb")
        _generate_assignment(lesson, _settings(lesson, course, gradebook))
        folder = course / "release" / lesson.name
        files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
    leaked = leaked_lines(solution, files)
    if leaked:
        raise UserError(
            f"{lesson.name}: learners would see {leaked[0]!r}, a line of an answer or of a hidden test. "
            "Nothing was written. Take that line out of what learners see."
        )
    return files


def leaked_lines(solution: NotebookNode, files: Mapping[str, bytes]) -> list[str]:
    """The telling lines of answers and hidden tests that stand in the files, sorted.

    A line that the master also shows outside them is the author's choice, and no leak.
    """
    split = [secret_lines(cell) for cell in solution.cells]
    shown = "\n".join(line for _, lines in split for line in lines)
    secrets = {line.strip() for lines, _ in split for line in lines}
    seen = "\n".join(_text(name, content) for name, content in files.items())
    return sorted(line for line in secrets if len(line) >= TELLING and line in seen and line not in shown)


def is_studied(notebook: Path) -> bool:
    """Whether somebody has run a cell or changed an answer in a student notebook; yes if it is unreadable."""
    try:
        cells = nbformat.read(notebook, as_version=4).cells
    except (ValueError, AttributeError, nbformat.ValidationError):
        return True
    return any(_is_touched(cell) for cell in cells)


def _is_touched(cell: NotebookNode) -> bool:
    marks = cell.metadata.get("nbgrader", {})
    changed = "checksum" in marks and marks["checksum"] != compute_checksum(cell)
    return bool(changed or cell.get("outputs") or cell.get("execution_count"))


def _settings(lesson: Lesson, course: Path, gradebook: bool) -> Config:
    """The course's own settings, with the scratch folder for source and release."""
    settings = course_config(lesson.root)
    settings.CourseDirectory.root = str(course)
    settings.CourseDirectory.source_directory = "source"
    settings.CourseDirectory.release_directory = "release"
    settings.CourseDirectory.assignment_id = lesson.name
    settings.GenerateAssignment.no_database = not gradebook
    settings.SaveCells.enabled = gradebook
    return settings


def _generate_assignment(lesson: Lesson, settings: Config) -> None:
    converter = GenerateAssignment(coursedir=CourseDirectory(config=settings), config=settings)
    with _quiet(converter.log):
        result = capture_log(converter)
    if result["success"]:
        return
    log = result.get("log", "")
    if "submissions associated" in log:
        raise UserError(
            f"{lesson.name}: the gradebook holds submissions to exercises that have changed since. "
            f"Move {shown(settings.CourseDirectory.db_url).removeprefix('sqlite:///')} to a safe place "
            "(its grades are in no other file), then build again."
        )
    reasons = re.findall(r"^[\w.]*(?:Error|Exception)\b.*", log + result["error"], flags=re.MULTILINE)
    raise UserError(f"{lesson.name}: nbgrader cannot release it: {reasons[0]}. Nothing was written.")


@contextmanager
def _quiet(log: Any) -> Iterator[None]:
    """Keep nbgrader's log out of the terminal; `capture_log` still collects it."""
    level, propagate, handlers = log.level, log.propagate, list(log.handlers)
    log.setLevel(logging.WARNING)
    log.propagate = False
    for handler in handlers:
        log.removeHandler(handler)
    try:
        yield
    finally:
        log.setLevel(level)
        log.propagate = propagate
        for handler in handlers:
            log.addHandler(handler)


def _text(name: str, content: bytes) -> str:
    text = content.decode("utf-8", errors="ignore")
    return "\n".join(_strings(json.loads(text))) if name.endswith(".ipynb") else text


def _strings(value: Any) -> Iterator[str]:
    """Every text in a JSON value; a cell's source is a list of lines there, so it is joined first."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield "".join(item for item in value if isinstance(item, str))
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
