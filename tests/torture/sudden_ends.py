"""Kill a part of the grader in the middle of a batch, go on, and compare the gradebook with an undisturbed one."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from course_copy import environment, rows, run
from gradebook_rows import COMMENTS, GRADES, query

from torture.small_course import hand_in_class, small_course

VICTIMS = ("grader", "worker", "zygote", "child")
GRADE = ("autograder", "grade", "05-momentum", "--no-figures", "--no-feedback")


def outcome(course: Path) -> tuple[object, ...]:
    """What a batch leaves behind that must not hang on how it went."""
    table = [row[: row.index("to read") + 3] if "to read" in row else row[:6] for row in rows(course)]
    return query(course, GRADES), query(course, COMMENTS), table


def prepare(folder: Path, students: int) -> tuple[Path, tuple[object, ...], float]:
    """A course that waits to be graded, what an undisturbed batch makes of it, and how long that takes."""
    course = small_course(folder / "built")
    hand_in_class(course, students)
    undisturbed = folder / "undisturbed"
    shutil.copytree(course, undisturbed)
    started = time.monotonic()
    done = run(undisturbed, *GRADE)
    assert done.returncode == 0, done.stderr
    return course, outcome(undisturbed), time.monotonic() - started


def disturbed(course: Path, folder: Path, victim: str, delay: float) -> tuple[tuple[object, ...], bool]:
    """What is left after one kill, `delay` seconds on or soon after, and as many resumptions as are needed; and whether
    there was anything to kill before the batch was done.
    """
    copy = folder / f"{victim}-{delay:.3f}"
    shutil.copytree(course, copy)
    batch = subprocess.Popen(
        [sys.executable, "-m", *GRADE],
        cwd=copy,
        env=environment(copy),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(delay)
    hit = False
    while not hit and batch.poll() is None:  # there may be no such process for a while
        hit = kill(batch.pid, victim)
    code = batch.wait()
    for _ in range(3):
        if code == 0:
            break
        code = run(copy, *GRADE, "--resume").returncode
    assert code == 0
    left = outcome(copy)
    shutil.rmtree(copy)
    return left, hit


def kill(grader: int, victim: str) -> bool:
    """End one process of a kind, at once; False where there is none at this moment."""
    workers = children(grader)
    walls = [pid for worker in workers for pid in descendants(worker)]
    zygotes = [
        pid
        for pid in walls
        if "autograder.inside.zygote" in command(pid) and "bwrap" not in command(pid).split("\0")[0]
    ]
    # A zygote has no ancestor that is one; everything below it belongs to a submission.
    below = [pid for zygote in zygotes for pid in descendants(zygote)]
    first = [pid for pid in zygotes if pid not in below]
    found = {"grader": [grader], "worker": workers, "zygote": first, "child": below}[victim]
    for pid in random.sample(found, len(found)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            return True
    return False


def command(pid: int) -> str:
    """How a process was started."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    return ""


def children(parent: int) -> list[int]:
    """The processes that a process has started itself."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            if int(entry.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(entry.parent.name))
    return found


def descendants(pid: int) -> list[int]:
    """All that descends from a process."""
    return [each for child in children(pid) for each in (child, *descendants(child))]


def torture(folder: Path, points: int, students: int, seed: int = 0) -> Counter[str]:
    """Kill at `points` random moments; AssertionError where a gradebook differs. Counts the kills by victim."""
    rng = random.Random(seed)
    course, expected, seconds = prepare(folder, students)
    hits: Counter[str] = Counter()
    for number in range(points):
        victim = VICTIMS[number % len(VICTIMS)]
        left, hit = disturbed(course, folder, victim, rng.uniform(0.05, seconds))
        assert left == expected, f"the gradebook differs after the {victim} was ended (point {number})"
        hits[victim] += hit
    return hits
