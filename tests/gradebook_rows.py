"""The rows of a gradebook that a batch writes, read past nbgrader."""

import sqlite3
from contextlib import closing
from pathlib import Path


def query(course: Path, words: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(course / "autograder/work/gradebook.db")) as database:
        found = database.execute(words).fetchall()
        database.commit()
        return found


GRADES = """
    SELECT assignment.name AS lesson, submitted_assignment.student_id AS student, base_cell.name, grade.auto_score AS auto,
           grade.manual_score AS manual, grade.needs_manual_grade AS to_read, grade_cells.max_score, submitted_notebook.late_submission_penalty,
           submitted_assignment.timestamp
    FROM grade JOIN base_cell ON grade.cell_id = base_cell.id JOIN grade_cells ON grade_cells.id = base_cell.id
    JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id
    JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
    JOIN assignment ON submitted_assignment.assignment_id = assignment.id ORDER BY 1, 2, 3
"""
COMMENTS = """
    SELECT assignment.name AS lesson, submitted_assignment.student_id AS student, base_cell.name, comment.auto_comment, comment.manual_comment
    FROM comment JOIN base_cell ON comment.cell_id = base_cell.id
    JOIN submitted_notebook ON comment.notebook_id = submitted_notebook.id
    JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
    JOIN assignment ON submitted_assignment.assignment_id = assignment.id ORDER BY 1, 2, 3
"""
