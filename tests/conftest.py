"""What holds for every test."""

import itertools
import shutil
from pathlib import Path

import pytest
from course_copy import copy_course, grade, run
from hypothesis import HealthCheck, settings
from small_class import HALF, MASTER, RIGHT, hand_in

# The same examples in every run: what passes here passes there, and a busy machine is no reason to fail.
settings.register_profile(
    "repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
# Other examples, and many: pytest --hypothesis-profile=explore
settings.register_profile(
    "explore", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("repeatable")

_numbers = itertools.count()


@pytest.fixture(autouse=True)
def _records_of_nobody(tmp_path_factory, monkeypatch):
    """No test reads or writes the records of whoever runs it."""
    monkeypatch.setenv("GRADLAB_HOME", str(tmp_path_factory.getbasetemp() / f"records-{next(_numbers)}"))
    monkeypatch.delenv("GRADLAB_SEED", raising=False)


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Path:
    """A course with one small lesson, built; tests copy it."""
    course = copy_course(tmp_path_factory.mktemp("built"))
    for folder in ("solutions", "course"):
        for lesson in (course / folder).glob("[0-9]*"):
            shutil.rmtree(lesson)
    master = course / "solutions/05-momentum/momentum.py"
    master.parent.mkdir()
    master.write_text(MASTER, encoding="utf-8")
    done = run(course, "autograder", "build", "05-momentum")
    assert done.returncode == 0, done.stdout + done.stderr
    return course


@pytest.fixture
def course(built: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "course"
    shutil.copytree(built, copy)
    shutil.rmtree(copy / "autograder/work")
    return copy


@pytest.fixture(scope="session")
def graded_class(built: Path, tmp_path_factory) -> Path:
    """The course after Ada and Bruno have been graded; tests copy it."""
    copy = tmp_path_factory.mktemp("graded") / "course"
    shutil.copytree(built, copy)
    hand_in(copy, "ada", RIGHT)
    hand_in(copy, "bruno", HALF)
    assert "to read" in grade(copy)
    return copy


@pytest.fixture
def graded(graded_class: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "graded"
    shutil.copytree(graded_class, copy)
    return copy
