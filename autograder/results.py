"""What came out for each student: in this batch, or in an earlier one, as the log and the gradebook keep it."""

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from nbgrader.api import Assignment, BaseCell, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook

from autograder import runs
from autograder.course import Lesson
from autograder.gradebook import Score
from autograder.outcome import Outcome, Status
from autograder.runs import Run


@dataclass(frozen=True)
class Result:
    """What came out for one student: a row of the table.

    Attributes:
        student: whose.
        outcome: what happened.
        scores: the points of each graded cell.
        penalty: for a late submission.
        isolation: the level at which the code was run; empty where none was run.
        seconds: where the time went.
        fresh: False where nothing has changed since it was graded, and it was not graded again.
    """

    student: str
    outcome: Outcome
    scores: dict[str, Score] = field(default_factory=dict)
    penalty: float = 0.0
    isolation: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    fresh: bool = True

    @property
    def total(self) -> float:
        """All points, less the penalty for a late submission."""
        return sum(score.points for score in self.scores.values()) - self.penalty


class Recorded(NamedTuple):
    """A result of an earlier batch, with the line of the log that it was written with; None where another program graded."""

    result: Result
    run: Run | None


def recorded(book: Gradebook, lesson: Lesson) -> dict[str, Recorded]:
    """What is known of each student of a lesson, points given by hand included.

    The gradebook says who counts: a line of the log on somebody whom it does not know is passed over.
    """
    log = runs.read(runs.log_of(lesson.name))
    return {
        student: Recorded(_as_it_was(student, log.get(student), *points), log.get(student))
        for student, points in class_scores(book, lesson).items()
    }


def _as_it_was(student: str, run: Run | None, scores: dict[str, Score], penalty: float) -> Result:
    if run is None:
        return Result(student, Outcome(Status.GRADED), scores, penalty, fresh=False)
    outcome = Outcome(Status(run.status), run.detail, run.mistakes, run.notes)
    known = Result(student, outcome, isolation=run.isolation, seconds=run.seconds, fresh=False)
    return replace(known, scores=scores, penalty=penalty)


def class_scores(book: Gradebook, lesson: Lesson) -> dict[str, tuple[dict[str, Score], float]]:
    """The points of each graded cell and the penalty, by student; two queries, however large the class is."""
    handed_in: Any = (
        book.db.query(
            SubmittedNotebook.id, SubmittedAssignment.student_id, SubmittedNotebook.late_submission_penalty
        )
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .filter(Assignment.name == lesson.name)
    )
    found: dict[str, tuple[dict[str, Score], float]] = {}
    scores_of: dict[str, dict[str, Score]] = {}
    for notebook, student, penalty in handed_in:
        scores_of[notebook] = {}
        found[student] = (scores_of[notebook], float(penalty or 0))
    columns: tuple[Any, ...] = (Grade.score, Grade.max_score, Grade.auto_score, Grade.manual_score)
    graded = (
        book.db.query(Grade.notebook_id, BaseCell.name, *columns)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .filter(Assignment.name == lesson.name)
    )
    for notebook, name, score, most, automatic, by_hand in graded:
        to_read = automatic is None and by_hand is None
        scores_of[notebook][name] = Score(name, float(score or 0), float(most or 0), to_read)
    return found
