"""One submission, from the file to the gradebook: read -> sanitize -> execute -> record -> feedback.

`prepare` and `run_notebook` touch nothing but the notebook, so they may run side by side; `record` writes the
gradebook and belongs to one process.
"""

import errno
import traceback
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from sqlalchemy.exc import OperationalError
from traitlets.config import Config

from autograder import feedback, gradebook
from autograder.course import WORK, Lesson
from autograder.errors import UserError
from autograder.execution import Execute, Kernels
from autograder.gradebook import Score
from autograder.harmless import clean_notebook
from autograder.outcome import Outcome, Status, outcome_of
from autograder.restore import add_notes, restore
from autograder.submission import NotHandedInError, Submission, UnreadableError, read_submission

AUTOGRADED = WORK / "autograded"
FEEDBACK = WORK / "feedback"
LOGS = WORK / "logs"
# Trouble with the machine: the next submission would meet it too.
NOT_THE_STUDENTS = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True)
class Result:
    """What came out for one student: a row of the table."""

    student: str
    outcome: Outcome
    scores: dict[str, Score] = field(default_factory=dict)
    penalty: float = 0.0

    @property
    def total(self) -> float:
        """All points, less the penalty for a late submission."""
        return sum(score.points for score in self.scores.values()) - self.penalty


@dataclass(frozen=True)
class Batch:
    """What all submissions of a batch have in common."""

    lesson: Lesson
    released: NotebookNode
    config: Config
    kernels: Kernels = field(default_factory=Kernels)


def sanitize(notebook: NotebookNode, batch: Batch) -> list[str]:
    """Restore the released structure and kernel; return what was put right, in words."""
    notebook.metadata = deepcopy(batch.released.metadata)
    return restore(notebook, batch.released)


def execute(notebook: NotebookNode, student: str, batch: Batch) -> NotebookNode:
    """Run the notebook in a kernel of its own."""
    resources = gradebook.resources_for(batch.lesson, student, batch.config)
    executed: NotebookNode = Execute(batch.kernels, config=batch.config)(notebook, resources)[0]
    return executed


def run_notebook(submission: Submission, batch: Batch) -> tuple[NotebookNode | None, Outcome]:
    """Read, sanitize and execute one submission; whatever happens, an outcome comes back."""
    try:
        notebook = read_submission(submission)
        notes = sanitize(notebook, batch)
        notebook = execute(notebook, submission.student, batch)
        return notebook, outcome_of(notebook, notes)
    except NotHandedInError as error:
        return None, Outcome(Status.MISSING, str(error))
    except UnreadableError as error:
        return None, Outcome(Status.UNREADABLE, str(error))
    except Exception:
        return None, grader_error(submission)


def record(
    submission: Submission, notebook: NotebookNode | None, outcome: Outcome, batch: Batch, book: Gradebook
) -> Result:
    """Write grades, the autograded notebook and the feedback page of one submission."""
    try:
        return _record(submission, notebook, outcome, batch, book)
    except OperationalError as error:
        raise gradebook.gradebook_trouble(batch.config.CourseDirectory.db_url, error) from error
    except Exception as error:
        if isinstance(error, OSError) and error.errno in NOT_THE_STUDENTS:
            raise UserError(
                f"{error.filename or FEEDBACK} cannot be written: {error.strerror}. "
                "What was graded before is kept. Mend that, then run the same command again."
            ) from error
        book.db.rollback()
        return Result(submission.student, grader_error(submission))


def grade_all(submissions: list[Submission], batch: Batch, workers: int) -> Iterator[Result]:
    """Grade submissions side by side, and yield each result as soon as it is recorded."""
    with (
        gradebook.open_gradebook(batch.config) as book,
        _pool(workers, batch.kernels) as pool,
    ):
        jobs: dict[Future[tuple[NotebookNode | None, Outcome]], Submission] = {
            pool.submit(run_notebook, submission, batch): submission for submission in submissions
        }
        for job in as_completed(jobs):
            yield record(jobs[job], *job.result(), batch, book)


def grader_error(submission: Submission) -> Outcome:
    """The outcome for a mistake of our own: keep its traceback where a person can find it."""
    log = LOGS / f"{submission.lesson.name}-{submission.student}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(traceback.format_exc(), encoding="utf-8")
    return Outcome(
        Status.GRADER_ERROR, f"The grader itself failed here; nothing was recorded. Details: {log}"
    )


@contextmanager
def _pool(workers: int, kernels: Kernels) -> Iterator[Executor]:
    pool = ThreadPoolExecutor(workers, thread_name_prefix="grade")
    try:
        yield pool
    finally:
        # Does nothing after a batch that went to its end; after Ctrl-C it keeps no one waiting.
        pool.shutdown(wait=False, cancel_futures=True)
        kernels.end_all()
        pool.shutdown(wait=True)


def _record(
    submission: Submission, notebook: NotebookNode | None, outcome: Outcome, batch: Batch, book: Gradebook
) -> Result:
    lesson, student = batch.lesson, submission.student
    handed_in, remark = gradebook.handed_in_at(submission.folder)
    if remark:
        outcome = replace(outcome, notes=(*outcome.notes, remark))
    resources = gradebook.resources_for(lesson, student, batch.config)
    gradebook.enter_submission(book, lesson, student, handed_in)
    if notebook is None:
        gradebook.record_nothing(book, lesson, student)
    else:
        notebook = gradebook.record_grades(clean_notebook(notebook), resources, batch.config)
        said = [] if outcome.status is Status.GRADED else [f"Status: {outcome.status}. {outcome.detail}"]
        add_notes(notebook, [*said, *outcome.notes])
    book.db.expire_all()  # nbgrader's steps wrote through connections of their own
    scores, penalty = gradebook.scores(book, lesson, student)
    result = Result(student, outcome, scores, penalty)
    page = (
        feedback.page(notebook, resources, batch.config)
        if notebook
        else feedback.plain_page(lesson, student, outcome)
    )
    _write(
        AUTOGRADED / student / lesson.name / f"{lesson.topic}.ipynb",
        nbformat.writes(notebook) if notebook else None,
    )
    _write(FEEDBACK / student / lesson.name / f"{lesson.topic}.html", page)
    return result


def _write(path: Path, content: str | None) -> None:
    """Replace a file as a whole; with no content, take an older one away."""
    if content is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(content + "\n" * (not content.endswith("\n")), encoding="utf-8")
    fresh.replace(path)
