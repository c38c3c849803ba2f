"""More workers: Dask against our own processes, and how well 1, 2, 3 ... of them are used."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from benchmarks.grading.courses import REFERENCE, Cost, cost, hand_in, reference_course
from benchmarks.machine import cores
from benchmarks.pairing import spread, three_digits
from benchmarks.result import Result, Table, Target

GRADE = ("autograder", "grade", REFERENCE, "--force")
BARE = (*GRADE, "--no-figures", "--no-feedback")
SLEEP = "import time\ntime.sleep(4)\n"
# Short turns, and many: a machine is not as fast in one minute as in the next.
STUDENTS, ROUNDS = 64, 6
COUNTS = (1, 2, 3, 16)


def workers(folder: Path) -> Result:
    """Both comparisons."""
    course = reference_course(folder / "course")
    few, many = folder / "few", folder / "many"
    _copy(course, few, 4)
    _copy(course, many, STUDENTS)
    here, there = (), ("--cluster", "local")
    ratios, rows = [], []
    for turn in range(ROUNDS):
        order: Sequence[tuple[str, ...]] = (here, there) if turn % 2 == 0 else (there, here)
        each = {words: _further(few, many, words, STUDENTS - 4) for words in order}
        ratios.append(each[there].wall / each[here].wall)
    ratio = spread(ratios)
    rows = [["our own processes", "1"], ["Dask, --cluster local", str(ratio)]]
    dask = Table(
        "Dask on one machine",
        ["engine", "times as long"],
        rows,
        f"What one more submission takes, with its figure and its feedback page; {cores()} workers each.",
    )
    sleeping = folder / "sleeping"
    tables, reached = [dask], {}
    for title, before in (("that compute", ""), ("that sleep for four seconds", SLEEP)):
        counts = COUNTS if before else COUNTS[:3]
        took = {count: _seconds_each(course, sleeping, count, before) for count in counts}
        efficiency = {count: took[1] / (count * took[count]) for count in counts}
        reached[title] = efficiency[counts[-1]]
        lines = [[str(n), three_digits(took[n]), f"{100 * efficiency[n]:.0f} %"] for n in counts]
        note = f"Of {cores()} cores, without figures. Efficiency: how much of what one worker does each of many does."
        tables.append(Table(f"Submissions {title}", ["workers", "seconds each", "efficiency"], lines, note))
    sixteen = reached["that sleep for four seconds"]
    targets = [
        Target("Dask against our own processes", "within 5 %", f"{ratio}x as long", ratio.median < 1.05),
        Target("16 workers, submissions that sleep", ">= 90 %", f"{100 * sixteen:.0f} %", sixteen >= 0.9),
    ]
    return Result(tables, targets, {})


def _copy(course: Path, to: Path, students: int, before: str = "") -> Path:
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(course, to)
    hand_in(to, students, before)
    return to


def _further(few: Path, many: Path, words: tuple[str, ...], more: int) -> Cost:
    alone = cost(few, *GRADE, *words)
    return (cost(many, *GRADE, *words) - alone) / more


def _seconds_each(course: Path, folder: Path, count: int, before: str) -> float:
    """Seconds of wall for each further submission with so many workers."""
    # Starting takes seconds, so what is measured beyond it must take more.
    some, more = count, 5 * count if before else 60
    words = ("--workers", str(count))
    few = cost(_copy(course, folder, some, before), *BARE, *words)
    many = cost(_copy(course, folder, some + more, before), *BARE, *words)
    return (many - few).wall / more
