"""The sample class is graded exactly as its table says, bad submissions among good ones."""

import csv
import re
from html import unescape
from pathlib import Path

import pytest
from course_copy import copy_course, grade, rows, run

from autograder.sample import ACCIDENTS, EDITS, SAMPLE_CLASS

LESSON = "05-momentum"
EXPECTED = SAMPLE_CLASS / LESSON / "expected.csv"
STUDENTS = sorted(path.stem for path in EXPECTED.parent.glob("*.py"))
OTHERS = sorted(
    path.parent.name for path in SAMPLE_CLASS.glob("*/expected.csv") if path.parent.name != LESSON
)
ELSEWHERE = "zoe"
SUBMITTED = Path("autograder/work/submitted")


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A course for every lesson in turn: tests may hand in and grade here in any order."""
    return copy_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory) -> Path:
    """A course of its own for the lesson that is looked at closely; one student has only been in another lesson."""
    course = copy_course(tmp_path_factory.mktemp("momentum"))
    done = run(course, "autograder", "sample", LESSON)
    assert done.returncode == 0, done.stderr
    assert f"{len(STUDENTS)} sample submissions" in done.stdout
    (course / SUBMITTED / ELSEWHERE / "00-start-here").mkdir(parents=True)
    return course


@pytest.fixture(scope="module")
def graded(handed_in: Path) -> dict[str, dict[str, str]]:
    """What the CSV says of each student."""
    grade(handed_in)
    text = (handed_in / f"autograder/work/grades/{LESSON}.csv").read_text(encoding="utf-8")
    return {row["student"]: row for row in csv.DictReader(text.splitlines())}


def expected(lesson: str = LESSON) -> dict[str, dict[str, str]]:
    with (SAMPLE_CLASS / lesson / "expected.csv").open(encoding="utf-8") as table:
        return {row["student"]: row for row in csv.DictReader(table)}


@pytest.mark.parametrize("lesson", OTHERS)
def test_the_class_of_every_other_lesson_gets_what_its_table_says(course, lesson):
    assert run(course, "autograder", "sample", lesson).returncode == 0
    done = run(course, "autograder", "grade", lesson, "--no-figures")
    assert done.returncode == 0, done.stderr
    text = (course / f"autograder/work/grades/{lesson}.csv").read_text(encoding="utf-8")
    graded = {row["student"]: row for row in csv.DictReader(text.splitlines())}
    table = expected(lesson)
    assert len(table) >= 4
    assert {name: {column: graded[name][column] for column in line} for name, line in table.items()} == table


def test_every_student_has_a_line_in_the_table():
    assert list(expected()) == STUDENTS


@pytest.mark.parametrize("student", STUDENTS)
def test_a_student_gets_the_points_the_status_and_the_mistakes_of_the_table(graded, student):
    line = expected()[student]
    assert {column: graded[student][column] for column in line} == line


@pytest.mark.parametrize(
    ("student", "words"),
    [
        ("amara", "momentum_step (SyntaxError: expected ':' in line 1)"),
        ("diego", "found instead: momentum (1).ipynb"),
        ("felix", "No end within the time: exponential_average"),
        ("greta", "cut off"),
        ("igor", "Python ended in momentum_limit. Not run after it: check_momentum_limit,"),
        ("liam", "empty"),
        ("noah", "Not written: momentum_step, effective_step,"),
        ("petra", "not text"),
        ("sofia", "No end within the time: effective_step"),
    ],
)
def test_the_detail_says_what_happened(graded, student, words):
    assert words in graded[student]["detail"]


@pytest.mark.parametrize(
    ("student", "words"),
    [
        ("hana", "were missing, and were put back: check_momentum_step"),
        ("ruth", "the last cell that defines the same name counts instead: momentum_step"),
        ("viktor", "had been changed, and were set back to what was released: check_momentum_step"),
        ("zara", "the last one that you edited counts: momentum_step"),
    ],
)
def test_a_repair_is_told_to_the_learner(graded, handed_in, student, words):
    assert words in graded[student]["notes"]
    page = handed_in / f"autograder/work/feedback/{student}/{LESSON}/momentum.html"
    assert words in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("student", STUDENTS)
def test_everyone_gets_a_feedback_page_without_hidden_tests(graded, handed_in, student):
    page = (handed_in / f"autograder/work/feedback/{student}/{LESSON}/momentum.html").read_text(
        encoding="utf-8"
    )
    assert "hidden=True" not in page
    status = graded[student]["status"]
    assert status == "graded" or status in page


def test_the_feedback_begins_with_what_each_exercise_earned_and_why(graded, handed_in):
    page = (handed_in / f"autograder/work/feedback/ingrid/{LESSON}/momentum.html").read_text(encoding="utf-8")
    cells = [
        unescape(cell).strip()
        for cell in re.findall(r"<td[^>]*>(.*?)</td>", page[: page.index("See it first")])
    ]
    assert cells[:6] == [
        '<a href="#check_momentum_step">momentum_step</a>',
        '<span class="points part">2 of 5</span>',
        "History forgotten",
        '<a href="#check_effective_step">effective_step</a>',
        '<span class="points right">3 of 3</span>',
        "",
    ]
    assert cells[-2:] == ['<span class="points open">to be read</span>', ""]


def test_every_kind_of_damage_occurs():
    files = "".join(path.read_text(encoding="utf-8") for path in EXPECTED.parent.glob("*.py"))
    assert [name for name in {**EDITS, **ACCIDENTS} if f"# Damage: {name}\n" not in files] == []


def test_handing_in_again_replaces_only_the_sample(handed_in):
    assert run(handed_in, "autograder", "sample", LESSON).returncode == 0
    own_work = handed_in / SUBMITTED / "ada" / LESSON / "momentum.ipynb"
    before = own_work.read_bytes()
    own_work.write_bytes(b"my own work")
    refused = run(handed_in, "autograder", "sample", LESSON)
    assert refused.returncode == 2
    assert "not from the sample: ada. Nothing was written" in refused.stderr
    assert own_work.read_bytes() == b"my own work"
    assert run(handed_in, "autograder", "sample", LESSON, "--force").returncode == 0
    assert own_work.read_bytes() == before


def test_a_lesson_without_a_sample_class_says_which_has_one(handed_in):
    refused = run(handed_in, "autograder", "sample", "00-start-here")
    assert refused.returncode == 2
    assert LESSON in refused.stderr


def test_the_csv_has_a_line_for_everyone_in_the_class(graded, handed_in):
    assert [row[0] for row in rows(handed_in)] == [*STUDENTS, ELSEWHERE] == sorted([*STUDENTS, ELSEWHERE])


def test_whoever_has_only_handed_in_other_lessons_is_missing_in_this_one(graded):
    assert (graded[ELSEWHERE]["status"], graded[ELSEWHERE]["total"]) == ("missing", "")
