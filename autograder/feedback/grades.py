"""What a learner is told about points and comments, read from the gradebook in three queries."""

from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import BaseCell, Comment, Grade, Gradebook, MissingEntry

from autograder.gradebook import Score


@dataclass(frozen=True)
class Grades:
    """The points and comments of one notebook, by the names of its cells."""

    scores: dict[str, Score] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    penalty: float = 0.0

    @property
    def total(self) -> float:
        """All points, less the penalty for a late submission."""
        return sum(score.points for score in self.scores.values()) - self.penalty

    @property
    def most(self) -> float:
        """The points that could be earned."""
        return sum(score.max_points for score in self.scores.values())

    @property
    def to_read(self) -> float:
        """The points of what nobody has read yet."""
        return sum(score.max_points for score in self.scores.values() if score.to_read)


def read_grades(book: Gradebook, assignment: str, notebook: str, student: str) -> Grades:
    """What the gradebook holds for one notebook; nothing, if it knows nothing of it."""
    try:
        submission = book.find_submission_notebook(notebook, assignment, student)
    except MissingEntry:
        return Grades()
    columns: tuple[Any, ...] = (Grade.score, Grade.max_score, Grade.auto_score, Grade.manual_score)
    graded = (
        book.db.query(BaseCell.name, *columns)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .filter(Grade.notebook_id == submission.id)
    )
    said = (
        book.db.query(BaseCell.name, Comment.comment)
        .join(BaseCell, Comment.cell_id == BaseCell.id)
        .filter(Comment.notebook_id == submission.id)
    )
    return Grades(
        {
            name: Score(
                name, float(score or 0), float(most or 0), to_read=automatic is None and by_hand is None
            )
            for name, score, most, automatic, by_hand in graded
        },
        {name: words for name, words in said if words},
        float(submission.late_submission_penalty or 0),
    )
