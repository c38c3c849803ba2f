"""`grade` and `report` from the command line to the lists: whom they look at, and whom they write down."""

import argparse
import csv
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import quick_course
from quick_course import Course

from autograder import desk, grade, pipeline, report, runs, since
from autograder.errors import UserError
from autograder.outcome import Outcome, Status
from autograder.results import Result


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Course:
    return quick_course.make(tmp_path_factory.mktemp("course"))


@pytest.fixture
def course(empty: Course, tmp_path: Path, monkeypatch) -> Course:
    """Ada and Bruno have handed in."""
    copy = quick_course.copy(empty, tmp_path)
    for module, name in (
        (pipeline, "AUTOGRADED"), (pipeline, "FEEDBACK"), (pipeline, "LOGS"), (runs, "RUNS"),
        (desk, "GRADES"), (desk, "BACKUPS"), (desk, "REPORTS"), (desk, "SUBMITTED"), (grade, "SUBMITTED"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, tmp_path / name.lower())
    for module in (grade, report):
        monkeypatch.setattr(module, "find_lesson", lambda name: copy.lesson)
        monkeypatch.setattr(module, "course_config", lambda: copy.config)
    monkeypatch.setattr(pipeline, "course_secret", lambda: b"secret")
    monkeypatch.setattr(pipeline, "grade_jobs", copy.grade_jobs)
    copy.hand_in("ada")
    copy.hand_in("bruno")
    return copy


def called(verb, *words: str) -> None:
    parser = argparse.ArgumentParser()
    verb.add_arguments(parser)
    verb.run(parser.parse_args(["01-tiny", *words]))


@pytest.fixture
def graded(course: Course) -> Course:
    called(grade)
    course.graded.clear()
    return course


def in_csv(course: Course, name: str = "01-tiny") -> list[str]:
    text = (course.root / f"grades/{name}.csv").read_text(encoding="utf-8")
    return [row["student"] for row in csv.DictReader(text.splitlines())]


def page(course: Course) -> str:
    return (course.root / "reports/01-tiny.html").read_text(encoding="utf-8")


@pytest.fixture
def changed_since(monkeypatch) -> Callable[..., None]:
    """Let only these students have handed in lately."""

    def choose(*students: str) -> None:
        monkeypatch.setattr(since, "is_since", lambda submission, then: submission.student in students)

    return choose


def test_since_looks_at_what_came_lately_and_leaves_the_others_in_the_list(graded, changed_since, capsys):
    for student in ("ada", "bruno", "chloe"):
        graded.hand_in(student, "Something new.")
    changed_since("chloe")
    capsys.readouterr()
    called(grade, "--since", "2h")
    assert graded.graded == ["chloe"]
    assert "ada" not in capsys.readouterr().out
    assert in_csv(graded) == ["ada", "bruno", "chloe"]
    assert "3</b> <span>graded" in page(graded)


def test_what_is_not_since_then_is_graded_by_the_next_batch_without_it(graded, changed_since):
    graded.hand_in("ada", "Something new.")
    changed_since()
    called(grade, "--since", "2h")
    assert graded.graded == []
    changed_since("ada", "bruno")
    called(grade, "--since", "2h")
    assert graded.graded == ["ada"]


def test_where_nothing_came_since_then_it_says_so(graded, changed_since, capsys):
    changed_since()
    called(grade, "--since", "2h")
    assert "Nothing was handed in or changed since 2h." in capsys.readouterr().out
    assert in_csv(graded) == ["ada", "bruno"]


def test_a_slip_in_since_is_said_before_anything_is_done(course):
    with pytest.raises(UserError, match="is no moment"):
        called(grade, "--since", "later")
    assert not (course.root / "grades").exists()


def test_one_student_has_a_list_of_her_own_and_the_report_is_on_the_class(graded):
    called(grade, "--student", "ada", "--force")
    assert graded.graded == ["ada"]
    assert in_csv(graded, "01-tiny-ada") == ["ada"]
    assert in_csv(graded) == ["ada", "bruno"]
    assert "2</b> <span>graded" in page(graded)


def test_the_last_line_for_machines_sums_the_batch_up(graded, capsys):
    graded.hand_in("bruno", "Something new.")
    capsys.readouterr()
    called(grade, "--json")
    *lines, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert [line["student"] for line in lines] == ["bruno", "ada"]
    summary = last["summary"]
    assert (summary["submissions"], summary["graded_now"], summary["statuses"]) == (2, 1, {"graded": 2})
    assert summary["seconds"]["figures"] == 1.0
    assert {"reading", "recording", "feedback"} <= set(summary["seconds"])


def test_the_end_of_a_batch_says_where_its_time_went(course, capsys):
    called(grade)
    said = capsys.readouterr().out
    rows = [line.split() for line in said.split("Where the time of all processes went")[1].splitlines()]
    assert ["figures", "2.0", "1000"] in [row[:3] for row in rows]
    assert ["answers", "0.5", "250"] in [row[:3] for row in rows]


def test_the_report_is_written_again_with_the_points_that_a_person_gave(graded, capsys):
    assert "on average 3.0 of 4" in page(graded)
    with closing(sqlite3.connect(graded.root / "gradebook.db")) as book:
        book.execute("UPDATE grade SET manual_score = 1")
        book.commit()
    called(report)
    assert "Report on 2 submissions: " in capsys.readouterr().out
    assert "2 with points: on average 2.0 of 4" in page(graded)
    assert graded.graded == []


def test_the_report_names_students_only_when_it_is_asked_to(graded):
    called(report, "--names")
    assert "ada, bruno" in page(graded)
    called(report)
    assert "ada" not in page(graded).split("</style>")[1]


def test_who_left_the_class_is_not_in_the_report_and_who_was_not_graded_is_counted(graded):
    shutil.rmtree(graded.submitted / "ada")
    graded.hand_in("chloe")
    called(report)
    assert "1</b> <span>graded" in page(graded)
    assert "1</b> <span>not graded yet" in page(graded)


def test_a_class_that_was_never_graded_gets_a_report_that_says_so(course):
    called(report)
    assert "2 have handed in, and nothing was graded yet." in page(course)


def test_what_came_out_now_is_in_the_class_although_nothing_was_recorded(graded):
    failed = Result("zoe", Outcome(Status.GRADER_ERROR))
    assert desk.everybody(graded.lesson, graded.config, [failed])[-1] == failed
