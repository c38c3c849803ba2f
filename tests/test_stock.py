"""Honest work of every lesson earns the same from us as from nbgrader as it comes: equal gradebooks, row for row."""

import ast
import csv
from pathlib import Path

import nbformat
import pytest
from course_copy import copy_course, run
from gradebook_rows import COMMENTS, GRADES, query
from nbgrader.utils import is_grade, is_solution

from autograder.sample import SAMPLE_CLASS, hand_in

# nbgrader's own steps, none of ours.
STOCK_CONFIG = """
from pathlib import Path
work = Path(__file__).resolve().parent / "autograder" / "work"
c = get_config()
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "course"
c.CourseDirectory.submitted_directory = "autograder/work/submitted"
c.CourseDirectory.autograded_directory = "autograder/work/autograded"
c.CourseDirectory.feedback_directory = "autograder/work/feedback"
c.CourseDirectory.db_url = f"sqlite:///{work / 'gradebook.db'}"
c.ClearSolutions.code_stub = {"python": "todo()  # replace this line with your code"}
c.ClearSolutions.text_stub = "*Write your answer here.*"
"""
LESSONS = sorted(path.parent.name for path in SAMPLE_CLASS.glob("*/expected.csv"))


def is_needed(source: str) -> bool:
    """Whether a cell that is no answer only imports or defines: everything else in a lesson takes time to look good."""
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return False
    return all(
        isinstance(one, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef) for one in statements
    )


def strip(course: Path, lesson: str) -> None:
    """Take the figures and the experiments out of a lesson of this copy."""
    topic = lesson.split("-", 1)[1]
    for part in ("solutions", "course"):
        path = course / part / lesson / f"{topic}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        notebook.cells = [
            cell
            for cell in notebook.cells
            if is_grade(cell) or is_solution(cell) or (cell.cell_type == "code" and is_needed(cell.source))
        ]
        nbformat.write(notebook, path)


def honest(lesson: str) -> list[str]:
    """Three of the sample class who hand in whole notebooks that run."""
    folder = SAMPLE_CLASS / lesson
    with (folder / "expected.csv").open(encoding="utf-8") as table:
        graded = [row["student"] for row in csv.DictReader(table) if row["status"] == "graded"]
    return [name for name in graded if "# Damage:" not in (folder / f"{name}.py").read_text()][:3]


@pytest.fixture(scope="module")
def courses(tmp_path_factory) -> tuple[Path, Path]:
    ours, stock = tmp_path_factory.mktemp("ours"), tmp_path_factory.mktemp("stock")
    for course in (ours, stock):
        copy_course(course)
        for lesson in LESSONS:
            strip(course, lesson)
    (stock / "nbgrader_config.py").write_text(STOCK_CONFIG)
    (stock / "autograder/work").mkdir()
    return ours, stock


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_gradebook_equals_that_of_stock_nbgrader(courses, lesson):
    topic = lesson.split("-", 1)[1]
    students = honest(lesson)
    assert len(students) >= 3
    for course in courses:
        release = nbformat.read(course / f"course/{lesson}/{topic}.ipynb", as_version=4)
        for student in students:
            answers = (SAMPLE_CLASS / lesson / f"{student}.py").read_text(encoding="utf-8")
            folder = course / f"autograder/work/submitted/{student}/{lesson}"
            folder.mkdir(parents=True)
            (folder / f"{topic}.ipynb").write_bytes(hand_in(answers, release, f"{topic}.ipynb").content)
    ours, stock = courses
    done = run(ours, "autograder", "grade", lesson, "--no-figures", "--no-feedback")
    assert done.returncode == 0, done.stderr
    for words in (["generate_assignment", lesson, "--force"], ["autograde", lesson]):
        done = run(stock, "nbgrader", *words)
        assert done.returncode == 0, done.stderr
    for rows in (GRADES, COMMENTS):
        # Who handed in another lesson of this copy is missing here, which nbgrader does not write down.
        here, there = (
            [
                row
                for row in query(course, f"SELECT * FROM ({rows}) WHERE lesson = '{lesson}'")
                if row[1] in students
            ]
            for course in courses
        )
        assert here == there
        assert len(here) >= 3 * len(students)
