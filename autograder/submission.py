"""Find and read what was handed in. None of it is trusted: not the file, not its name, not a value in it."""

import json
import os
import stat
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.course import Lesson
from autograder.errors import UserError

MAX_BYTES = 100_000_000  # nbgrader's own limit for a file
MAX_CELLS = 5_000


class NotHandedInError(Exception):
    """There is no notebook under the name that is graded; the message says what was found instead."""


class UnreadableError(Exception):
    """The file cannot be read as a notebook; the message says why."""


@dataclass(frozen=True)
class Submission:
    """A student's folder for one lesson, whatever is in it."""

    student: str
    folder: Path
    lesson: Lesson

    @property
    def notebook(self) -> Path:
        """Where the notebook should be."""
        return self.folder / f"{self.lesson.topic}.ipynb"


def find_submissions(submitted: Path, lesson: Lesson, student: str | None = None) -> list[Submission]:
    """One submission for each student who has a folder in `submitted`, in the order of their names.

    Raises UserError when there is no such folder, nobody in it, or not the student who was asked for.
    """
    if not submitted.is_dir():
        raise UserError(
            f"There is no folder {submitted}. "
            f"Put each notebook at <student>/{lesson.name}/{lesson.topic}.ipynb in it, "
            f"or run `python -m autograder sample {lesson.name}`."
        )
    students = sorted(
        entry.name for entry in submitted.iterdir() if entry.is_dir() and not entry.name.startswith(".")
    )
    if student is not None and student not in students:
        raise UserError(
            f"There is no student called {student!r} in {submitted}. "
            f"Its folders are: {', '.join(students) or 'none'}."
        )
    if not students:
        raise UserError(
            f"Nobody has handed in anything: {submitted} has no folders. "
            f"It needs <student>/{lesson.name}/{lesson.topic}.ipynb."
        )
    return [
        Submission(name, submitted / name / lesson.name, lesson)
        for name in students
        if student in (None, name)
    ]


def read_submission(submission: Submission) -> NotebookNode:
    """The handed-in notebook, rebuilt from the parts that can be trusted to have the right types.

    Outputs are dropped, because grading makes new ones; of the metadata only nbgrader's marks are kept.
    Raises NotHandedInError or UnreadableError.
    """
    return parse_bytes(read_bytes(submission))


def parse_bytes(content: bytes) -> NotebookNode:
    """A clean notebook from the bytes of a file; raises UnreadableError with the reason."""
    return parse_notebook(_decoded(content))


def parse_notebook(text: str) -> NotebookNode:
    """A clean notebook from JSON text of any version; raises UnreadableError with the reason."""
    try:
        content = json.loads(text, parse_constant=lambda name: None)
    except json.JSONDecodeError as error:
        raise UnreadableError(_why_not_json(text, error)) from error
    except (RecursionError, ValueError) as error:
        raise UnreadableError(
            "The file is nested too deeply, or holds a number too long, to be a notebook."
        ) from error
    except MemoryError as error:
        raise UnreadableError("The file has too many parts to be read.") from error
    if not isinstance(content, dict):
        raise UnreadableError("The file is JSON, but not a notebook.")
    if content.get("nbformat") != 4:
        content = _upgraded(content)
    cells = content.get("cells")
    if not isinstance(cells, list):
        raise UnreadableError("The file is JSON, but not a notebook: it has no list of cells.")
    if len(cells) > MAX_CELLS:
        raise UnreadableError(f"The notebook has {len(cells)} cells; more than {MAX_CELLS} are not graded.")
    clean = [_clean_cell(cell, number) for number, cell in enumerate(cells) if isinstance(cell, dict)]
    return NotebookNode(cells=clean, metadata=NotebookNode(), nbformat=4, nbformat_minor=5)


def read_bytes(submission: Submission) -> bytes:
    """The file that was handed in, if it is one; raises NotHandedInError or UnreadableError."""
    try:
        return _read(submission)
    except OSError as error:  # an archive may bring folders along that nobody may enter
        raise UnreadableError(f"{submission.notebook.name} cannot be reached: {error.strerror}.") from error


def _read(submission: Submission) -> bytes:
    path = submission.notebook
    if submission.folder.parent.is_symlink() or submission.folder.is_symlink() or path.is_symlink():
        raise UnreadableError(
            f"{path.name} is a link to another place; links are not followed. Hand in the file itself."
        )
    try:
        # Without O_NONBLOCK a named pipe would wait for ever.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotHandedInError(_what_was_found(submission)) from error
    except OSError as error:
        raise UnreadableError(f"{path.name} cannot be opened: {error.strerror}.") from error
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError(f"{path.name} is not a file.")
        if status.st_size > MAX_BYTES:
            raise UnreadableError(
                f"The file has {status.st_size / 1e6:.0f} MB; "
                f"more than {MAX_BYTES / 1e6:.0f} MB are not graded."
            )
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(MAX_BYTES)
    finally:
        os.close(handle)


def _what_was_found(submission: Submission) -> str:
    wanted = f"{submission.lesson.name}/{submission.notebook.name}"
    if not submission.folder.is_dir():
        return f"There is no {wanted}; no folder {submission.lesson.name} was handed in."
    found = sorted(entry.name for entry in submission.folder.iterdir() if not entry.name.startswith("."))
    if not found:
        return f"There is no {wanted}; the folder is empty."
    names = ", ".join(shown_name(name) for name in found[:5])
    return f"There is no {wanted}; found instead: {names}{' and more' if len(found) > 5 else ''}."


def shown_name(name: str) -> str:
    """The name of a file or folder, fit for a terminal: it may hold codes that one obeys, or be no text at all."""
    return "".join(sign if sign.isprintable() else "?" for sign in name[:80])


def _decoded(data: bytes) -> str:
    if not data.strip():
        raise UnreadableError("The file is empty.")
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableError(
            "The file is not text: it may be another kind of file with the name of a notebook."
        ) from error


def _why_not_json(text: str, error: json.JSONDecodeError) -> str:
    ends_early = error.pos >= len(text.rstrip()) - 1 or "Unterminated" in error.msg
    if text.lstrip().startswith("{") and ends_early:
        return (
            "The file is cut off: it begins like a notebook but has no end. Was it copied while being saved?"
        )
    return f"The file is not a notebook: line {error.lineno} is not valid JSON."


def _upgraded(content: dict[str, Any]) -> dict[str, Any]:
    try:
        with warnings.catch_warnings(
            action="ignore"
        ):  # what it mends in an old file, nobody here has to know
            upgraded: dict[str, Any] = nbformat.convert(nbformat.from_dict(content), 4)
    except Exception as error:  # whatever an old or invented format makes nbformat raise
        raise UnreadableError(
            f"The file is not a notebook of a known version (nbformat {content.get('nbformat')!r:.20})."
        ) from error
    return upgraded


def _clean_cell(cell: dict[str, Any], number: int) -> NotebookNode:
    """A cell of nothing but what is known to be right: nbformat's own makers look through its schema for each one."""
    kind = cell.get("cell_type")
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = marks.get("grade_id") if isinstance(marks, dict) else None
    clean = NotebookNode(
        cell_type=kind if kind in ("code", "markdown") else "raw",
        id=f"cell-{number}",
        source=_text(cell.get("source")).replace("\r\n", "\n"),
        metadata=nbformat.from_dict(
            {"nbgrader": {"grade_id": grade_id}} if isinstance(grade_id, str) else {}
        ),
    )
    if kind == "code":
        clean.update(outputs=[], execution_count=None)
    if kind == "markdown":
        clean.update(_pictures(cell.get("attachments")))
    return clean


def _text(source: Any) -> str:
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        return ""
    # Half a surrogate pair cannot be written to a file, and a null character cannot stand in Python source.
    return source.encode("utf-8", "replace").decode().replace("\0", "")


def _pictures(attachments: Any) -> dict[str, Any]:
    """Pictures in a written answer: {file name: {media type: base64 text}}."""
    if not isinstance(attachments, dict) or not all(
        isinstance(bundle, dict) for bundle in attachments.values()
    ):
        return {}
    return {
        "attachments": {
            _text(name): {_text(media_type): _text(data) for media_type, data in bundle.items()}
            for name, bundle in attachments.items()
        }
    }
