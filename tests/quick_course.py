"""A course of one lesson whose submissions are graded without being run: for tests of what is graded, not of how."""

import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.utils import is_grade, is_solution
from tiny_course import tiny_course
from traitlets.config import Config

from autograder.course import Lesson
from autograder.gradebook import record_lesson
from autograder.masters import read_master
from autograder.outcome import Outcome, Status
from autograder.pipeline import Batch
from autograder.released import course_config, released_notebook
from autograder.sandbox.limits import Limits
from autograder.submission import find_submissions
from autograder.worker import Done, Job, Setting, setting_for


@dataclass
class Course:
    """The course, what may be changed in it, and who was graded."""

    root: Path
    lesson: Lesson
    config: Config
    limits: dict[str, float] = field(default_factory=dict)
    feedback: bool = True
    graded: list[str] = field(default_factory=list)

    @property
    def submitted(self) -> Path:
        return self.root / "submitted"

    def batch(self) -> Batch:
        limits = Limits(config=self.config, **self.limits)
        return Batch(
            self.lesson,
            self.config,
            setting_for(self.lesson.name, released_notebook(self.lesson), limits),
            self.feedback,
        )

    def submissions(self):
        return find_submissions(self.submitted, self.lesson)

    def hand_in(self, student: str, text: str = "") -> Path:
        """A notebook with `text` in a cell of its own."""
        notebook = released_notebook(self.lesson)
        notebook.cells.append(nbformat.v4.new_markdown_cell(text, id="own"))
        path = self.submitted / student / self.lesson.name / f"{self.lesson.topic}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
        return path

    def page(self, student: str) -> Path:
        return self.root / "feedback" / student / self.lesson.name / f"{self.lesson.topic}.html"

    def grade_jobs(self, jobs: Iterable[Job | None], setting: Setting, workers: object) -> Iterator[Done]:
        """In the place of the engine: everybody has all points, and nobody is waited for."""
        for job in jobs:
            if job is None:
                return
            self.graded.append(job.student)
            notebook = full_marks(nbformat.reads(setting.released, as_version=4))
            seconds = {"answers": 0.5, "judging": 0.25, "figures": 1.0}
            yield Done(job.student, json.dumps(notebook), Outcome(Status.GRADED), "full", seconds)


def full_marks(notebook: NotebookNode) -> NotebookNode:
    for cell in notebook.cells:
        if is_grade(cell) and not is_solution(cell):
            points = f"{cell.metadata.nbgrader.points:g}"
            cell.outputs = [new_output("execute_result", data={"text/plain": points}, execution_count=None)]
    return notebook


def make(root: Path) -> Course:
    """Make the course with an empty gradebook that knows the lesson."""
    lesson = tiny_course(root)
    nbformat.write(read_master(lesson.source, root), lesson.solution)
    config = course_config()
    config.CourseDirectory.db_url = f"sqlite:///{root / 'gradebook.db'}"
    record_lesson(lesson, released_notebook(lesson), config)
    return Course(root, lesson, config)


def copy(course: Course, root: Path) -> Course:
    """The same course in another folder."""
    shutil.copytree(course.root, root, dirs_exist_ok=True)
    config = course_config()
    config.CourseDirectory.db_url = f"sqlite:///{root / 'gradebook.db'}"
    return Course(root, Lesson(course.lesson.name, root), config)
