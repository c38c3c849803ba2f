"""Trouble with the machine in the middle of a batch: one message, nothing half written, and the same gradebook in the end."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from course_copy import environment, run
from nbgrader.api import InvalidEntry
from sqlalchemy.exc import OperationalError
from torture.small_course import hand_in_class, small_course
from torture.sudden_ends import GRADE, outcome

from autograder.gradebook import chain, gradebook_trouble

WORK = "autograder/work"


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory) -> Path:
    course = small_course(tmp_path_factory.mktemp("course"))
    hand_in_class(course, 12)
    return course


@pytest.fixture(scope="module")
def undisturbed(handed_in, tmp_path_factory) -> Path:
    course = copy(handed_in, tmp_path_factory.mktemp("undisturbed"))
    done = run(course, *GRADE)
    assert done.returncode == 0, done.stderr
    return course


def copy(course: Path, folder: Path) -> Path:
    shutil.copytree(course, folder / "course", symlinks=True)
    return folder / "course"


def is_one_message(stderr: str) -> bool:
    return stderr.count("error:") == 1 and "Traceback" not in stderr


def goes_on(course: Path) -> tuple[object, ...]:
    done = run(course, *GRADE, "--resume")
    assert done.returncode == 0, done.stderr
    return outcome(course)


def test_what_a_database_says_is_told_though_nbgrader_has_made_another_exception_of_it():
    full = OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))
    with pytest.raises(InvalidEntry) as renamed:
        try:
            raise full
        except OperationalError as error:
            raise InvalidEntry("no entry") from error
    assert list(chain(renamed.value)) == [renamed.value, full]
    assert "cannot be written: database or disk is full." in str(
        gradebook_trouble("sqlite:///book.db", renamed.value)
    )


@pytest.mark.parametrize("part", [0.2, 0.5])
def test_a_full_disk(part, handed_in, undisturbed, tmp_path):
    course = copy(handed_in, tmp_path)
    work, kept = course / WORK, tmp_path / "kept"
    (work / "submitted").rename(tmp_path / "submitted")
    needed = sum(
        path.stat().st_blocks * 512
        for path in (undisturbed / WORK).rglob("*")
        if "submitted" not in path.parts
    )
    # The small disk is there only for this one command; what it held at the end is copied to the real one.
    on_the_disk = (
        f'ln -s "{tmp_path}/submitted" "{work}"; "$@"; code=$?; cp -a "{work}/." "{kept}"; exit $code'
    )
    command = [
        shutil.which("bwrap") or "bwrap", "--dev-bind", "/", "/", "--size", str(int(part * needed)), "--tmpfs", str(work),
        "sh", "-c", on_the_disk, "sh", sys.executable, "-m", *GRADE,
    ]  # fmt: skip
    done = subprocess.run(
        command, cwd=course, env=environment(course), capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert is_one_message(done.stderr), done.stderr
    shutil.rmtree(work)
    kept.rename(work)
    assert goes_on(course) == outcome(undisturbed)


def test_a_gradebook_that_somebody_else_has_locked(handed_in, undisturbed, tmp_path):
    course = copy(handed_in, tmp_path)
    batch = subprocess.Popen(
        [sys.executable, "-m", *GRADE, "--workers", "1"],
        cwd=course, env=environment(course), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert batch.stdout is not None
    assert "[1/12]" in batch.stdout.readline()
    with closing(
        sqlite3.connect(course / WORK / "gradebook.db", isolation_level=None, timeout=60)
    ) as database:
        database.execute("BEGIN IMMEDIATE")
        locked = time.monotonic()
        _, errors = batch.communicate()
        refused = run(course, *GRADE, "--resume")
        time.sleep(max(0.0, locked + 30 - time.monotonic()))
        database.execute("ROLLBACK")
    assert batch.returncode == refused.returncode == 2
    assert is_one_message(errors) and is_one_message(refused.stderr)
    assert "gradebook.db cannot be written: database is locked. Nothing recorded before is lost." in errors
    assert goes_on(course) == outcome(undisturbed)


@pytest.mark.parametrize("closed", ["", "autograded", "feedback", "grades", "runs", "gradebook.db"])
def test_a_place_that_cannot_be_written(closed, handed_in, undisturbed, tmp_path):
    course = copy(handed_in, tmp_path)
    place = course / WORK / closed
    if closed == "gradebook.db":
        shutil.copy(undisturbed / WORK / closed, place)
    else:
        place.mkdir(exist_ok=True)
    # Rights do not keep root out, so the place is mounted read-only for this one command.
    command = [shutil.which("bwrap") or "bwrap", "--dev-bind", "/", "/", "--ro-bind", str(place), str(place)]
    done = subprocess.run(
        [*command, sys.executable, "-m", *GRADE, *(["--feedback"] if closed == "feedback" else [])],
        cwd=course, env=environment(course) | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stdout + done.stderr
    assert is_one_message(done.stderr), done.stderr
    assert (closed or "work") in done.stderr
    assert goes_on(course) == outcome(undisturbed)
    assert os.access(place, os.W_OK)
