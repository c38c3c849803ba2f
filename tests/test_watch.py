"""`python -m autograder watch`: what arrives is graded, once, whatever is in the way for a while."""

import argparse
import io
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from threading import Event

import nbformat
import pytest
import quick_course
from course_copy import environment, rows, run
from quick_course import Course
from rich.console import Console
from small_class import HALF, RIGHT, hand_in

from autograder import arrivals, desk, pipeline, runs, watch
from autograder.course import Lesson
from autograder.errors import UserError
from autograder.masters import read_master
from autograder.watch import Watch


class Workers:
    """In the place of the processes: the tests put their own grading behind the engine."""

    def __init__(self) -> None:
        self.stopping = Event()

    def warm(self, setting) -> None:
        self.warmed = setting.lesson


class Watched:
    """A course that is watched, and what was said of it."""

    def __init__(self, course: Course, *lessons: Lesson, as_json: bool = False) -> None:
        self.course, self.paper = course, io.StringIO()
        args = argparse.Namespace(figures=True, sandbox=True, feedback=True, json=as_json)
        console = Console(file=self.paper, width=200, soft_wrap=True)
        self.watch = Watch(list(lessons or [course.lesson]), args, Workers(), console)
        self.watch.prepare()

    def settle(self) -> str:
        """Let it look until all is done and at rest, and bring back what it said meanwhile."""
        self.paper.truncate(0)
        self.paper.seek(0)
        for _ in range(3):
            self.watch._next_look = 0.0
            self.watch.step()
        return self.paper.getvalue()


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Course:
    return quick_course.make(tmp_path_factory.mktemp("course"))


@pytest.fixture
def course(empty: Course, tmp_path: Path, monkeypatch) -> Course:
    copy = quick_course.copy(empty, tmp_path)
    copy.submitted.mkdir()
    for module, name in (
        (pipeline, "AUTOGRADED"), (pipeline, "FEEDBACK"), (pipeline, "LOGS"), (runs, "RUNS"),
        (desk, "GRADES"), (desk, "BACKUPS"), (desk, "REPORTS"), (desk, "SUBMITTED"), (watch, "SUBMITTED"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, tmp_path / name.lower())
    monkeypatch.setattr(pipeline, "course_secret", lambda: b"secret")
    monkeypatch.setattr(pipeline, "grade_jobs", copy.grade_jobs)
    monkeypatch.setattr(watch, "course_config", lambda: copy.config)
    monkeypatch.setattr(arrivals, "CALM", 0.0)
    monkeypatch.setattr(watch, "RETRY", 0.0)
    return copy


@pytest.fixture
def small(built: Path, tmp_path: Path) -> Path:
    """The course that is graded with real processes."""
    copy = tmp_path / "small"
    shutil.copytree(built, copy, ignore=shutil.ignore_patterns("work"))
    return copy


@pytest.fixture
def watched(course: Course) -> Watched:
    return Watched(course)


def test_what_arrives_gets_its_line_its_page_and_its_place_in_the_lists(watched, course):
    course.hand_in("ada")
    said = watched.settle()
    assert "ada" in said and "01-tiny  graded, 3 points" in said
    assert course.page("ada").is_file()
    assert "ada,3" in (course.root / "grades/01-tiny.csv").read_text()
    assert "1</b> <span>graded" in (course.root / "reports/01-tiny.html").read_text()
    assert watched.settle() == ""


def test_what_changes_is_graded_again_and_its_neighbour_is_not(watched, course):
    course.hand_in("ada")
    course.hand_in("bruno")
    watched.settle()
    course.graded.clear()
    course.hand_in("bruno", "An afterthought.")
    assert "bruno" in watched.settle()
    assert course.graded == ["bruno"]


def test_what_was_graded_before_it_began_is_not_graded_again(watched, course):
    course.hand_in("ada")
    watched.settle()
    course.graded.clear()
    assert "1 of 01-tiny have not changed since they were graded." in Watched(course).settle()
    assert course.graded == []


def test_a_file_that_is_still_being_written_is_waited_for(watched, course):
    path = course.hand_in("ada")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert watched.settle() == ""
    path.write_bytes(whole)
    assert "graded, 3 points" in watched.settle()


def test_what_vanishes_while_it_is_read_keeps_the_points_it_had(watched, course, monkeypatch):
    path = course.hand_in("ada")
    watched.settle()
    course.hand_in("ada", "An afterthought.")
    real = pipeline.arrive

    def arrive(*words):
        path.rename(path.with_name("away"))
        arrival = real(*words)
        path.with_name("away").rename(path)
        path.touch()
        return arrival

    monkeypatch.setattr(pipeline, "arrive", arrive)
    assert "missing" not in watched.settle()
    monkeypatch.undo()
    assert "ada,3" in (course.root / "grades/01-tiny.csv").read_text()


def test_a_line_for_machines_names_the_lesson_and_the_wait(course, capsys):
    watched = Watched(course, as_json=True)
    course.hand_in("ada")
    watched.settle()
    line = json.loads(capsys.readouterr().out)
    assert (line["lesson"], line["student"], line["total"]) == ("01-tiny", "ada", 3)
    assert line["waited"] >= 0


def test_lessons_are_told_apart_and_take_turns(course):
    other = Lesson("02-other", course.root)
    other.source.parent.mkdir(parents=True)
    other.source.write_text(course.lesson.source.read_text())
    nbformat.write(read_master(other.source, course.root), other.solution)
    watched = Watched(course, course.lesson, other)
    course.hand_in("ada")
    both = Course(course.root, other, course.config)
    both.hand_in("ada")
    said = watched.settle()
    assert "01-tiny  graded" in said and "02-other  graded" in said
    assert (course.root / "grades/02-other.csv").is_file()


# --- What is in the way ------------------------------------------------------------------------------------------


def test_a_locked_gradebook_is_said_once_and_nothing_is_lost(watched, course):
    course.hand_in("ada")
    with closing(sqlite3.connect(course.root / "gradebook.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        said = watched.settle()
        assert said.count("cannot be written") == 1 and "Trying again every" in said
        assert watched.settle() == ""
        other.rollback()
    said = watched.settle()
    assert "graded, 3 points" in said and said.count("Going on.") == 1


def test_what_was_out_when_trouble_came_is_graded_when_it_is_over(watched, course, monkeypatch):
    troubles, real = [UserError("The disk is full.")], pipeline.record

    def record(*words):
        if troubles:
            raise troubles.pop()
        return real(*words)

    monkeypatch.setattr(pipeline, "record", record)
    course.hand_in("ada")
    said = watched.settle()
    assert "The disk is full. Trying again every" in said
    assert "graded, 3 points" in said


def test_a_folder_that_vanishes_is_waited_for_and_nobody_is_graded_again(watched, course):
    course.hand_in("ada")
    watched.settle()
    course.graded.clear()
    away = course.submitted.rename(course.root / "away")
    assert watched.settle().count("submitted cannot be looked through: No such file or directory") == 1
    assert watched.settle() == ""
    away.rename(course.submitted)
    assert watched.settle().split()[1:] == ["Going", "on."]
    assert course.graded == []


def test_a_lesson_that_is_built_again_is_graded_by_what_is_new(watched, course):
    course.hand_in("ada")
    watched.settle()
    solution = course.lesson.solution
    built = solution.read_text()
    course.hand_in("ada", "An afterthought.")
    solution.unlink()
    assert "has not been built" in watched.settle()
    solution.write_text(built.replace("A tiny lesson", "A small lesson"))
    assert "graded, 3 points" in watched.settle()


def test_trouble_with_one_lesson_does_not_hold_up_another(course):
    other = Lesson("02-other", course.root)
    other.source.parent.mkdir(parents=True)
    Course(course.root, other, course.config)
    watched = Watched(course, course.lesson, other)
    path = course.hand_in("ada")
    lost = course.submitted / "abe/02-other/other.ipynb"
    lost.parent.mkdir(parents=True)
    lost.write_bytes(path.read_bytes())
    said = watched.settle()
    assert "02-other has not been built" in said and "01-tiny  graded" in said


def test_without_any_lesson_it_says_what_to_do(monkeypatch):
    monkeypatch.setattr(watch, "lessons", lambda: [])
    with pytest.raises(UserError, match="No lesson has been built"):
        watch.run(argparse.Namespace(lesson=None))


# --- With real processes -----------------------------------------------------------------------------------------


def test_it_grades_what_is_there_and_what_comes_and_ctrl_c_ends_it_cleanly(small):
    course = small
    hand_in(course, "ada", RIGHT)
    words = [sys.executable, "-m", "autograder", "watch", "05-momentum", "--no-figures", "--workers", "1"]
    watching = subprocess.Popen(
        words, cwd=course, env=environment(course), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        said = [watching.stdout.readline()]
        assert said[0].startswith("Watching ")
        said.append(watching.stdout.readline())
        hand_in(course, "bruno", HALF)
        said.append(watching.stdout.readline())
        watching.send_signal(signal.SIGINT)
        rest, errors = watching.communicate(timeout=120)
    finally:
        watching.kill()
        watching.wait()
    assert "ada" in said[1] and "graded, 6 points, 1 to read" in said[1]
    assert "bruno" in said[2] and "1 - rho instead of 1 + rho" in said[2]
    assert (watching.returncode, rest.strip(), errors) == (
        0,
        "Stopped; 2 graded. What was finished is kept.",
        "",
    )
    assert rows(course, ["student", "total"]) == [["ada", "6"], ["bruno", "4"]]


def test_a_lesson_that_is_not_built_is_said_at_once(small):
    (small / "solutions/05-momentum/momentum.ipynb").unlink()
    done = run(small, "autograder", "watch", "05-momentum")
    assert done.returncode == 2
    assert "Run `python -m autograder build 05-momentum`" in done.stderr
