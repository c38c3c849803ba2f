"""What is handed out of the folder of submissions, and when: whole files, once, and again when they change."""

import os
import shutil
from pathlib import Path

import pytest

from autograder import arrivals
from autograder.arrivals import PATIENCE, Arrivals
from autograder.course import Lesson
from autograder.errors import UserError

MOMENTUM, ADAM = Lesson("05-momentum"), Lesson("08-adam")
CALM = arrivals.CALM + 0.001  # a sum of fractions may fall short of it
WHOLE = b'{"cells": []}\n'
HALF = b'{"cells": ['


class Desk:
    """A folder of submissions, a clock that stands still, and what is handed out."""

    def __init__(self, submitted: Path) -> None:
        self.submitted, self.now = submitted, 100.0
        self.arrivals = Arrivals(submitted, [MOMENTUM, ADAM], lambda: self.now)

    def put(self, student: str, content: bytes = WHOLE, lesson: Lesson = MOMENTUM) -> Path:
        path = self.submitted / student / lesson.name / f"{lesson.topic}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def look(self, later: float = 0.0) -> list[str]:
        self.now += later
        return [submission.student for submission in self.arrivals.look()]

    def rest(self) -> list[str]:
        """Look, and look again when what was seen has come to rest."""
        self.look()
        return self.look(CALM)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "submitted").mkdir()
    return Desk(tmp_path / "submitted")


def test_what_has_come_to_rest_is_handed_out_once(desk):
    desk.put("ada")
    assert desk.look() == []
    assert desk.look(CALM) == ["ada"]
    assert desk.look(CALM) == desk.look(2 * PATIENCE) == []


def test_it_is_handed_out_again_when_it_has_changed(desk):
    desk.put("ada")
    assert desk.rest() == ["ada"]
    desk.put("ada", WHOLE + b"\n")
    assert desk.look() == []
    assert desk.look(CALM) == ["ada"]


def test_a_file_that_was_put_in_the_place_of_another_is_a_change(desk):
    path = desk.put("ada")
    assert desk.rest() == ["ada"]
    status = path.stat()
    other = path.with_name("other")
    other.write_bytes(WHOLE)
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(path)
    assert desk.rest() == ["ada"]


def test_a_file_that_grows_is_waited_for(desk):
    for length in range(1, 6):
        desk.put("ada", WHOLE + b" " * length)
        assert desk.look(CALM / 2) == []
    assert desk.look(CALM) == ["ada"]


@pytest.mark.parametrize("content", [HALF, b"", b"\0" * 500, b"%PDF-1.7", '{"cells": ['.encode("utf-16")])
def test_what_cannot_be_whole_is_given_time(desk, content):
    desk.put("ada", content)
    assert desk.rest() == []
    assert desk.look(PATIENCE - 2 * CALM) == []
    assert desk.look(2 * CALM) == ["ada"]


def test_a_slow_line_does_not_make_a_notebook_unreadable(desk):
    for end in range(1, len(WHOLE) - 1):
        desk.put("ada", WHOLE[:end])
        assert desk.look(PATIENCE - 1) == []
    desk.put("ada", WHOLE)
    assert desk.rest() == ["ada"]


@pytest.mark.parametrize(
    "content",
    [b"\xef\xbb\xbf" + WHOLE, WHOLE.strip(), WHOLE + b"\r\n \n", '{"cells": []}'.encode("utf-16")],
    ids=["byte order mark", "no final newline", "blank lines", "utf-16"],
)
def test_whole_files_of_odd_editors_do_not_wait(desk, content):
    desk.put("ada", content)
    assert desk.rest() == ["ada"]


def test_a_folder_without_the_notebook_is_handed_out_in_the_end(desk):
    desk.put("ada").rename(desk.submitted / "ada/05-momentum/momentum (1).ipynb")
    assert desk.rest() == []
    assert desk.look(PATIENCE) == ["ada"]


def test_who_has_no_folder_for_the_lesson_has_handed_in_nothing(desk):
    (desk.submitted / "ada/07-rmsprop").mkdir(parents=True)
    assert desk.rest() == desk.look(2 * PATIENCE) == []


def test_a_time_of_handing_in_that_comes_later_counts(desk):
    path = desk.put("ada")
    assert desk.rest() == ["ada"]
    path.with_name("timestamp.txt").write_text("2026-03-01 10:00:00 UTC")
    assert desk.rest() == ["ada"]


def test_what_vanishes_after_it_was_graded_is_left_alone(desk):
    path = desk.put("ada")
    assert desk.rest() == ["ada"]
    path.unlink()
    assert desk.rest() == desk.look(2 * PATIENCE) == []
    shutil.rmtree(desk.submitted / "ada")
    assert desk.rest() == desk.look(2 * PATIENCE) == []


def test_what_changed_while_it_was_read_is_handed_out_again(desk):
    desk.put("ada")
    desk.look()
    desk.now += CALM
    (submission,) = desk.arrivals.look()
    assert desk.arrivals.is_still(submission)
    desk.put("ada", WHOLE + b"\n")
    assert not desk.arrivals.is_still(submission)
    assert desk.rest() == ["ada"]


def test_what_was_gone_for_a_moment_while_it_was_read_is_handed_out_again(desk):
    path = desk.put("ada")
    desk.look()
    desk.now += CALM
    (submission,) = desk.arrivals.look()
    away = path.rename(desk.submitted / "away")
    assert not desk.arrivals.is_still(submission)
    away.rename(path)
    assert desk.look() == ["ada"]


def test_lessons_and_students_are_told_apart(desk):
    desk.put("ada", lesson=ADAM)
    desk.put("bruno")
    desk.look()
    desk.now += CALM
    found = [(submission.student, submission.lesson.name) for submission in desk.arrivals.look()]
    assert found == [("ada", "08-adam"), ("bruno", "05-momentum")]


def test_a_folder_that_is_gone_is_said_and_what_was_graded_is_not_graded_again_when_it_is_back(desk):
    desk.put("ada")
    assert desk.rest() == ["ada"]
    away = desk.submitted.rename(desk.submitted.with_name("away"))
    with pytest.raises(UserError, match=r"submitted cannot be looked through: No such file"):
        desk.look()
    away.rename(desk.submitted)
    assert desk.rest() == []
    desk.put("bruno")
    assert desk.rest() == ["bruno"]
