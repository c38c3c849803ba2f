"""The one process that writes: how many submissions a second it can take, and how many workers that feeds."""

import json
from collections.abc import Mapping
from pathlib import Path

from postgresql_server import server

from autograder.timing import BY_ONE
from benchmarks.grading.courses import REFERENCE, hand_in, must, reference_course
from benchmarks.pairing import three_digits
from benchmarks.result import Result, Table

STUDENTS = 100


def writer(folder: Path) -> Result:
    """Seconds of reading, recording and feedback, with SQLite and with PostgreSQL on this machine."""
    course = reference_course(folder / "course")
    hand_in(course, STUDENTS)
    config = (course / "nbgrader_config.py").read_text(encoding="utf-8")
    each = {"SQLite": _seconds(course)}
    with server() as postgresql:
        postgresql.do("CREATE DATABASE bench")
        url = postgresql.url("bench")
        (course / "nbgrader_config.py").write_text(
            f"{config}\nc.CourseDirectory.db_url = {url!r}\n", encoding="utf-8"
        )
        each["PostgreSQL"] = _seconds(course)
    note = (
        "Each submission costs the one process that reads, records and writes pages so many milliseconds, and a worker so many. The "
        "quotient is the number of workers with which the writer is busy all the time; more of them would wait for it."
    )
    header = [
        "gradebook",
        *(f"{step}, ms" for step in BY_ONE),
        "submissions a second",
        "workers, ms",
        "workers it can feed",
    ]
    rows = [_row(gradebook, seconds) for gradebook, seconds in each.items()]
    written = {gradebook: _written(seconds) for gradebook, seconds in each.items()}
    return Result([Table("The writer", header, rows, note)], [], {"seconds": written})


def _seconds(course: Path) -> Mapping[str, float]:
    """Seconds of each step for one submission, from the summary of a batch."""
    said = must(course, "autograder", "grade", REFERENCE, "--force", "--json", "--workers", "1")
    summary = json.loads(said.splitlines()[-1])["summary"]
    return {step: seconds / STUDENTS for step, seconds in summary["seconds"].items()}


def _written(each: Mapping[str, float]) -> float:
    return sum(each.get(step, 0.0) for step in BY_ONE)


def _row(gradebook: str, each: Mapping[str, float]) -> list[str]:
    written = [each.get(step, 0.0) for step in BY_ONE]
    worked = sum(seconds for step, seconds in each.items() if step not in (*BY_ONE, "starting sandboxes"))
    figures = [
        *(1000 * seconds for seconds in written),
        1 / _written(each),
        1000 * worked,
        worked / _written(each),
    ]
    return [gradebook, *map(three_digits, figures)]
