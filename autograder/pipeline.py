"""A batch, from the files to the gradebook: read -> (workers: sanitize, run, judge, clean) -> record -> feedback.

Workers touch nothing but the notebook they are given; what is written is written here, by one process.
"""

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from sqlalchemy.exc import OperationalError
from traitlets.config import Config

from autograder import feedback, gradebook, runs
from autograder.course import WORK, Lesson
from autograder.engine import Workers, grade_jobs
from autograder.errors import OF_THE_MACHINE, UserError
from autograder.feedback import Grades
from autograder.files import write_atomically
from autograder.outcome import Outcome, Status
from autograder.restore import add_notes
from autograder.results import Result, recorded
from autograder.runs import Run
from autograder.seed import course_secret, student_seed
from autograder.submission import NotHandedInError, Submission, UnreadableError, read_bytes, shown_name
from autograder.worker import Done, Job, Setting

AUTOGRADED = WORK / "autograded"
FEEDBACK = WORK / "feedback"
LOGS = WORK / "logs"


@dataclass(frozen=True)
class Batch:
    """What all submissions of a batch have in common."""

    lesson: Lesson
    config: Config
    setting: Setting
    feedback: bool = True


@dataclass(frozen=True)
class Arrival:
    """A submission as it was read: its bytes, or why there are none, and the key it is graded under.

    The key is empty where nothing can be recorded, because the name of the student is none.
    """

    submission: Submission
    content: bytes | None
    outcome: Outcome | None
    seed: str
    key: str
    seconds: float = 0.0


def grade_all(
    submissions: Iterable[Submission | None],
    batch: Batch,
    workers: int | Workers,
    *,
    force: bool = False,
    accept: Callable[[Arrival], bool] = lambda arrival: True,
) -> Iterator[Result]:
    """Grade submissions side by side, and yield each result as soon as it is recorded.

    What has not changed since it was graded is taken from the gradebook, unless `force` is given.

    Args:
        submissions: of different students; None where there is none just now, but one may come before all are graded.
        batch: what they have in common.
        workers: how many processes of this machine, or who else grades.
        force: whether to grade again what has not changed.
        accept: asked when a submission has been read; where it says no, that one is left out.
    """
    log = runs.log_of(batch.lesson.name)
    secret = course_secret()
    pending: dict[str, Arrival] = {}
    settled: list[Result] = []
    unreadable: list[Arrival] = []
    with gradebook.open_gradebook(batch.config) as book:
        before = {} if force else recorded(book, batch.lesson)

        def jobs() -> Iterator[Job | None]:
            for submission in submissions:
                if submission is None:
                    yield None
                    continue
                arrival = arrive(submission, batch, secret)
                known = before.get(submission.student)
                if not accept(arrival):
                    continue
                if known is not None and is_unchanged(arrival, known.run, batch):
                    settled.append(known.result)
                elif arrival.content is None:
                    unreadable.append(arrival)
                else:
                    pending[submission.student] = arrival
                    yield Job(submission.student, arrival.content, arrival.seed)

        def without_a_worker() -> Iterator[Result]:
            while settled:
                yield settled.pop()
            while unreadable:
                arrival = unreadable.pop()
                outcome = arrival.outcome or Outcome(Status.MISSING)
                yield record(arrival, Done(arrival.submission.student, None, outcome, ""), batch, book, log)

        for done in grade_jobs(jobs(), batch.setting, workers):
            yield record(pending.pop(done.student), done, batch, book, log)
            yield from without_a_worker()
        yield from without_a_worker()


def arrive(submission: Submission, batch: Batch, secret: bytes) -> Arrival:
    """Read one submission, without looking into it."""
    started = time.perf_counter()
    if not submission.student.isprintable():
        return Arrival(submission, None, Outcome(Status.UNREADABLE, _no_name(submission)), "", "")
    seed = student_seed(secret, batch.lesson.name, submission.student)
    content, outcome = None, None
    try:
        content = read_bytes(submission)
    except NotHandedInError as error:
        outcome = Outcome(Status.MISSING, str(error))
    except UnreadableError as error:
        outcome = Outcome(Status.UNREADABLE, str(error))
    handed_in, _ = gradebook.handed_in_at(submission.folder)
    said = outcome.detail if outcome else ""
    key = runs.key_of(content or b"", said, repr(batch.setting), repr(handed_in), seed)
    return Arrival(submission, content, outcome, seed, key, time.perf_counter() - started)


def _no_name(submission: Submission) -> str:
    """No student of a gradebook: a folder that was unpacked in another encoding, or named by somebody who tries things."""
    return (
        "The name of this student's folder holds signs that cannot be printed, so nothing was graded or recorded: "
        f"{os.fsencode(submission.folder.parent.name)!r}. Rename the folder, then grade again."
    )


def is_unchanged(arrival: Arrival, run: Run | None, batch: Batch) -> bool:
    """Whether everything that a batch would write is there already, as it would write it."""
    if run is None or run.key != arrival.key or not arrival.key:
        return False
    # A page may be there from before a run that wrote none.
    return not batch.feedback or (run.page and _page(arrival.submission).is_file())


def record(arrival: Arrival, done: Done, batch: Batch, book: Gradebook, log: Path) -> Result:
    """Write grades, the autograded notebook, the feedback page and the log line of one submission."""
    submission = arrival.submission
    if not arrival.key:
        return Result(shown_name(submission.student), done.outcome)
    if done.outcome.status is Status.GRADER_ERROR:
        return _grader_error(submission, done.log)
    try:
        with gradebook.alone(book, batch.lesson, submission.student):
            result = _record(submission, done, batch, book, arrival.seconds)
    except Exception as error:
        trouble = next(filter(_is_the_machines, gradebook.chain(error)), None)
        if isinstance(trouble, OperationalError):
            raise gradebook.gradebook_trouble(batch.config.CourseDirectory.db_url, trouble) from error
        if isinstance(trouble, OSError):
            raise UserError(
                f"{trouble.filename or FEEDBACK} cannot be written: {trouble.strerror}. "
                "What was graded before is kept. Mend that, then run the same command again."
            ) from error
        import traceback  # noqa: PLC0415

        book.db.rollback()
        return _grader_error(submission, traceback.format_exc())
    points = result.total if any(not score.to_read for score in result.scores.values()) else None
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    outcome = result.outcome
    runs.append(
        log,
        Run(result.student, arrival.key, outcome.status, outcome.detail, points, result.isolation, now,
            outcome.mistakes, outcome.notes, result.seconds, batch.feedback),
    )  # fmt: skip
    return result


def _is_the_machines(error: BaseException) -> bool:
    """Whether the next submission would meet the same trouble: a full disk, a locked gradebook."""
    return isinstance(error, OperationalError) or (
        isinstance(error, OSError) and error.errno in OF_THE_MACHINE
    )


def _grader_error(submission: Submission, trace: str) -> Result:
    """A mistake of our own: keep its traceback where a person can find it."""
    log = LOGS / f"{submission.lesson.name}-{submission.student}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(trace, encoding="utf-8")
    sentence = f"The grader itself failed here; nothing was recorded. Details: {log}"
    return Result(submission.student, Outcome(Status.GRADER_ERROR, sentence))


def _record(submission: Submission, done: Done, batch: Batch, book: Gradebook, reading: float) -> Result:
    started = time.perf_counter()
    lesson, student, outcome = batch.lesson, submission.student, done.outcome
    handed_in, remark = gradebook.handed_in_at(submission.folder)
    if remark:
        outcome = replace(outcome, notes=(*outcome.notes, remark))
    resources = gradebook.resources_for(lesson, student, batch.config)
    gradebook.enter_submission(book, lesson, student, handed_in)
    notebook = None if done.notebook is None else nbformat.from_dict(json.loads(done.notebook))
    if notebook is None:
        gradebook.record_nothing(book, lesson, student)
    else:
        notebook = gradebook.record_grades(book, notebook, resources, batch.config)
        said = [] if outcome.status is Status.GRADED else [f"Status: {outcome.status}. {outcome.detail}"]
        add_notes(notebook, [*said, *outcome.notes])
    grades = feedback.read_grades(book, lesson.name, lesson.topic, student)
    # For programs to read: the line breaks that nbformat puts in take longer than all the rest of writing it.
    text = None if notebook is None else json.dumps(notebook, ensure_ascii=False, sort_keys=True)
    _write(AUTOGRADED / student / lesson.name / f"{lesson.topic}.ipynb", text)
    seconds = {**done.seconds, "reading": reading, "recording": time.perf_counter() - started}
    if batch.feedback:
        started = time.perf_counter()
        _write(_page(submission), _feedback(notebook, lesson, student, outcome, resources, batch, grades))
        seconds["feedback"] = time.perf_counter() - started
    return Result(student, outcome, grades.scores, grades.penalty, done.isolation, seconds)


def _feedback(
    notebook: NotebookNode | None, lesson: Lesson, student: str, outcome: Outcome,
    resources: dict[str, object], batch: Batch, grades: Grades,
) -> str:  # fmt: skip
    if notebook is None:
        return feedback.plain_page(lesson, student, outcome)
    return feedback.page(notebook, resources, batch.config, grades)


def _page(submission: Submission) -> Path:
    lesson = submission.lesson
    return FEEDBACK / submission.student / lesson.name / f"{lesson.topic}.html"


def _write(path: Path, content: str | None) -> None:
    """Replace a file as a whole; with no content, take an older one away."""
    if content is None:
        path.unlink(missing_ok=True)
    else:
        write_atomically(path, (content + "\n" * (not content.endswith("\n"))).encode("utf-8", "replace"))
