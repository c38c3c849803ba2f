"""A course of its own for a test: a copy of this one, in which grading can write what it likes."""

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("autograder", "lib", "solutions", "course", "nbgrader_config.py", "pyproject.toml")
NOT_COPIED = shutil.ignore_patterns("work", "__pycache__", ".*")


def copy_course(to: Path) -> Path:
    """Copy what grading needs into the empty folder `to`."""
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, to / part, ignore=NOT_COPIED)
        else:
            shutil.copy(ROOT / part, to / part)
    return to


def environment(course: Path) -> dict[str, str]:
    """Make the copy's packages the ones that are imported, and its Python's programs the ones that are found."""
    return os.environ | {
        "PYTHONPATH": os.pathsep.join([str(course / "lib"), str(course)]),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "COLUMNS": "160",
    }


def run(course: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m WORDS` in the course, and bring back what it printed."""
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=course,
        env=environment(course),
        capture_output=True,
        text=True,
        timeout=1200,  # a safety net: on a busy machine a class takes minutes
        check=False,
    )


def grade(course: Path, *words: str) -> str:
    """Grade the momentum lesson, which must work, and return what was printed."""
    done = run(course, "autograder", "grade", "05-momentum", *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows(course: Path, columns: Sequence[str] = ()) -> list[list[str]]:
    """The lines of the CSV, without the sentences at their end unless they are asked for."""
    text = (course / "autograder/work/grades/05-momentum.csv").read_text(encoding="utf-8")
    return [[row[name] for name in columns or row] for row in csv.DictReader(text.splitlines())]
