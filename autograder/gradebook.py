"""What grading writes to and reads from nbgrader's gradebook. One process at a time writes a submission's part of it."""

import json
import logging
import os
import sqlite3
import sys
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import BaseCell, Comment, Grade, Gradebook, InvalidEntry
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    LimitOutput,
    SaveAutoGrades,
    SaveCells,
)
from nbgrader.utils import parse_utc
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError, SAWarning
from traitlets.config import Config

from autograder import database
from autograder.course import Lesson
from autograder.errors import UserError


@dataclass(frozen=True)
class Score:
    """What the gradebook holds for one graded cell."""

    name: str
    points: float
    max_points: float
    to_read: bool


def resources_for(lesson: Lesson, student: str, config: Config) -> dict[str, Any]:
    """What nbgrader's preprocessors want to be told about a notebook."""
    names = {"assignment": lesson.name, "notebook": lesson.topic, "student": student}
    return {"unique_key": lesson.topic, "nbgrader": {**names, "db_url": config.CourseDirectory.db_url}}


@contextmanager
def open_gradebook(config: Config) -> Iterator[Gradebook]:
    """The course's gradebook; raises UserError when it cannot be read or written."""
    url = config.CourseDirectory.db_url
    database.database_of(url)
    _find_alembic()
    # It logs the traceback of every failure, and raises an exception all the same.
    logging.getLogger("tornado.application").setLevel(logging.CRITICAL + 1)
    try:
        with _opened(url) as gradebook:
            yield gradebook
    except (OperationalError, InvalidEntry) as error:
        raise gradebook_trouble(url, error) from error


def _opened(url: str) -> Gradebook:
    """Open it, with its tables made if there are none."""
    try:
        with database.alone(url, "opening"):
            return Gradebook(url)
    except ProgrammingError as error:  # may not make tables
        raise gradebook_trouble(url, error) from error


@contextmanager
def alone(gradebook: Gradebook, lesson: Lesson, student: str) -> Iterator[None]:
    """Keep other graders from recording the same submission meanwhile, where there may be others."""
    with database.alone(gradebook.engine.url, lesson.name, student):
        # What was read before may have been written since; what is read from here on is ours.
        session = gradebook.db()
        session.expire_all()
        session.expire_on_commit = False
        yield


def _find_alembic() -> None:
    """Put this Python's programs on the path: nbgrader calls `alembic` by name for a new database."""
    programs, path = str(Path(sys.executable).parent), os.environ.get("PATH", "")
    if programs not in path.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([programs, path])


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and what it came from: nbgrader makes others of those of a database."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def gradebook_trouble(url: str, error: BaseException) -> UserError:
    """The message for a database that cannot be used."""
    first = next((one.orig for one in chain(error) if isinstance(one, DBAPIError)), error)
    said = next(iter(str(first).splitlines()), type(first).__name__)
    return UserError(
        f"The gradebook {database.shown(url)} cannot be written: {said}. Nothing recorded before "
        f"is lost. {database.how_to_mend(url)}, then run the same command again."
    )


def record_lesson(lesson: Lesson, released: NotebookNode, config: Config) -> None:
    """Tell the gradebook about the lesson's cells, as `nbgrader generate_assignment` does.

    A gradebook that knows the lesson is brought up to date. Raises UserError where cells were added or
    removed although students have handed in: the recorded grades would no longer fit.
    """
    url = config.CourseDirectory.db_url
    database.database_of(url)
    try:
        with database.alone(url, lesson.name):
            _record_lesson(lesson, released, config)
    except (OperationalError, InvalidEntry) as error:
        raise gradebook_trouble(url, error) from error


def _record_lesson(lesson: Lesson, released: NotebookNode, config: Config) -> None:
    url = config.CourseDirectory.db_url
    with open_gradebook(config) as gradebook:
        gradebook.db.execute(
            text("UPDATE course SET id = id")
        )  # fails here, before any work, if it is locked
        gradebook.db.commit()
        gradebook.update_or_create_assignment(lesson.name)
    try:
        SaveCells(config=config)(released, resources_for(lesson, "", config))
    except RuntimeError as error:
        raise UserError(
            f"The exercises of {lesson.name} have changed since the first submission was graded, and its "
            f"grades would no longer fit. Set the gradebook {database.shown(url)} aside, "
            "or undo the change to the lesson."
        ) from error


def enter_submission(gradebook: Gradebook, lesson: Lesson, student: str, handed_in: datetime | None) -> None:
    """Make sure that the gradebook has the student and a submission to write grades into."""
    gradebook.update_or_create_student(student)
    when: dict[str, Any] = {"timestamp": handed_in} if handed_in else {}
    with warnings.catch_warnings():
        # nbgrader links a new submission to its parts in an order that SQLAlchemy remarks on.
        warnings.simplefilter("ignore", SAWarning)
        gradebook.update_or_create_submission(lesson.name, student, **when)


class _Recorder(SaveAutoGrades):
    """nbgrader's own recorder, on a gradebook that is open already: one query and one commit for a notebook."""

    def __init__(self, grades: dict[str, Grade], comments: dict[str, Comment], **settings: Any) -> None:
        super().__init__(**settings)  # type: ignore[no-untyped-call]
        self.gradebook: Any = _Found(grades, comments)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        names = resources["nbgrader"]
        self.notebook_id, self.assignment_id = names["notebook"], names["assignment"]
        self.student_id, self.db_url = names["student"], names["db_url"]
        for index, cell in enumerate(nb.cells):
            nb.cells[index], resources = self.preprocess_cell(cell, resources, index)
        return nb, resources


class _Found:
    """What the recorder asks a gradebook for."""

    def __init__(self, grades: dict[str, Grade], comments: dict[str, Comment]) -> None:
        self.grades, self.comments = grades, comments
        self.db = self  # nothing is kept before all of a notebook is there

    def find_grade(self, cell: str, *names: str) -> Grade:
        return self.grades[cell]

    def find_comment(self, cell: str, *names: str) -> Comment:
        return self.comments[cell]

    def commit(self) -> None:
        """Wait for the notebook's end."""


def record_grades(
    book: Gradebook, notebook: NotebookNode, resources: dict[str, Any], config: Config
) -> NotebookNode:
    """Save the points of an executed notebook, exactly as `nbgrader autograde` does; manual points stay."""
    names = resources["nbgrader"]
    submitted: Any = book.find_submission_notebook(names["notebook"], names["assignment"], names["student"])
    grades, comments = (_by_cell(book, kind, submitted.id) for kind in (Grade, Comment))
    _check_metadata(json.dumps([cell.metadata.get("nbgrader") for cell in notebook.cells], sort_keys=True))
    notebook, resources = LimitOutput(config=config)(notebook, resources)
    notebook, resources = _Recorder(grades, comments, config=config)(notebook, resources)
    submitted.late_submission_penalty = None
    book.db.commit()
    if submitted.assignment.total_seconds_late > 0:
        # Rare, and a plugin of the course's may do anything: nbgrader's own step, on a connection of its own.
        AssignLatePenalties(config=config)(notebook, resources)
        book.db.expire_all()
    return notebook


def _by_cell(book: Gradebook, kind: Any, notebook: str) -> dict[str, Any]:
    """The grades or comments of a submitted notebook by the names of their cells, in one query for all of them."""
    found = book.db.query(BaseCell.name, kind).join(BaseCell, kind.cell_id == BaseCell.id)
    return dict(map(tuple, found.filter(kind.notebook_id == notebook)))


@lru_cache(maxsize=64)
def _check_metadata(metadata: str) -> None:
    """nbgrader's own check of what it has written about cells, once for all submissions in which that is the same."""
    cells = (
        new_code_cell(metadata={"nbgrader": about} if about is not None else {})
        for about in json.loads(metadata)
    )
    CheckCellMetadata()(new_notebook(cells=list(cells)), {})


def back_up(config: Config, folder: Path) -> Path | None:
    """Copy a SQLite gradebook, whole and consistent, before a batch writes into it; the last ten copies are kept.

    None where there is nothing to copy, or the gradebook is on a server: the backups of that are the server's.
    """
    url = config.CourseDirectory.db_url
    path = Path(url.removeprefix("sqlite:///"))
    if not url.startswith("sqlite:///") or not path.is_file():
        return None
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / f"gradebook-{datetime.now():%Y%m%d-%H%M%S-%f}.db"
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master")  # waits for a lock only as long as it should
            source.backup(target)
    except sqlite3.Error as error:
        copy.unlink(missing_ok=True)
        raise UserError(
            f"The gradebook {path} cannot be copied to {folder} before the batch: {error}. Nothing recorded before is "
            "lost, and nothing was graded. Close other programs that use it, then run the same command again."
        ) from error
    for old in sorted(folder.glob("gradebook-*.db"))[:-10]:
        old.unlink()
    return copy


def record_nothing(gradebook: Gradebook, lesson: Lesson, student: str) -> None:
    """Record that nothing could be graded: no automatic points, and marked for a person to look at."""
    for grade in gradebook.find_submission_notebook(lesson.topic, lesson.name, student).grades:
        grade.auto_score = None
        grade.needs_manual_grade = True
    gradebook.db.commit()


def handed_in_at(folder: Path) -> tuple[datetime | None, str]:
    """The time in `timestamp.txt`, as nbgrader's collect writes it, and a remark where it cannot be read."""
    path = folder / "timestamp.txt"
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > 200:
            return None, ""
        words = path.read_text(encoding="utf-8").strip()
        return (parse_utc(words) if words else None), ""
    except (ValueError, OverflowError, OSError):
        return None, "The time in timestamp.txt could not be read; the submission counts as on time."
