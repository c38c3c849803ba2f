"""A thousand submissions on one machine: how long, how much memory, and whether it slows down on the way."""

import itertools
import json
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from benchmarks.grading.courses import REFERENCE, hand_in, popen, reference_course
from benchmarks.pairing import three_digits
from benchmarks.result import Result, Table, Target

STUDENTS = 1000
PART = STUDENTS // 5  # the first and the last fifth are compared


def crowd(folder: Path) -> Result:
    """Grade them all, with figures and feedback, and watch the memory of all processes."""
    course = reference_course(folder / "course")
    hand_in(course, STUDENTS)
    started = time.perf_counter()
    batch = popen(course, "autograder", "grade", REFERENCE, "--json")
    memory = Memory(batch.pid)
    assert batch.stdout is not None
    ready = [time.perf_counter() - started for line in batch.stdout if "student" in json.loads(line)]
    wall = time.perf_counter() - started
    assert batch.wait() == 0
    used = memory.stop()
    assert len(ready) == STUDENTS
    first, last = _rate(ready[:PART]), _rate(ready[-PART:])
    early, late = (max(amount for _, amount in part) for part in _halves(used))
    megabytes = [three_digits(amount / 1e6) for amount in (early, late, max(amount for _, amount in used))]
    rows = [
        [
            f"{STUDENTS}",
            f"{wall:.1f}",
            three_digits(STUDENTS / wall),
            three_digits(first),
            three_digits(last),
            *megabytes,
        ]
    ]
    header = [
        "submissions", "seconds", "a second", "a second, first fifth", "last fifth", "most memory, first half, MB", "second half", "ever"
    ]  # fmt: skip
    note = "Memory is that of the grader and of all that it has started, each shared page counted once (proportional set size)."
    targets = [
        Target(f"{STUDENTS} submissions of the reference assignment", "< 180 s", f"{wall:.1f} s", wall < 180),
        Target(
            "rate at the end against the start",
            "within 10 %",
            f"{100 * (last / first - 1):+.1f} %",
            last > 0.9 * first,
        ),
        Target(
            "most memory, second half against first",
            "flat: at most 10 % more",
            f"{100 * (late / early - 1):+.1f} %",
            late < 1.1 * early,
        ),
    ]
    work = course / "autograder/work"
    written = {
        part: _bytes(work / part) / STUDENTS for part in ("autograded", "feedback", "gradebook.db", "runs")
    }
    return Result([Table("A large class", header, rows, note)], targets, {"bytes": written})


def _bytes(place: Path) -> int:
    files = [place] if place.is_file() else [path for path in place.rglob("*") if path.is_file()]
    return sum(512 * path.stat().st_blocks for path in files)


def _rate(ready: list[float]) -> float:
    return (len(ready) - 1) / (ready[-1] - ready[0])


def _halves(used: list[tuple[float, int]]) -> Iterable[list[tuple[float, int]]]:
    """Without what was measured before there was much to see."""
    end = used[-1][0]
    yield [one for one in used if 0.1 * end < one[0] <= 0.55 * end]
    yield [one for one in used if one[0] > 0.55 * end]


class Memory:
    """Watches a process and all its descendants from a thread, a few times a second."""

    def __init__(self, pid: int) -> None:
        self._pid, self._used = pid, list[tuple[float, int]]()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> list[tuple[float, int]]:
        """No longer watch; (seconds, bytes) of every look."""
        self._stopped.set()
        self._thread.join()
        return self._used

    def _watch(self) -> None:
        started = time.monotonic()
        while not self._stopped.wait(0.5):
            total = sum(_proportional(pid) for pid in descendants(self._pid))
            self._used.append((time.monotonic() - started, total))


def descendants(first: int) -> Iterable[int]:
    """A process and all that it has started, and those."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            parents.setdefault(int(fields[1]), []).append(int(path.parent.name))
    waiting = [first]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += parents.get(pid, [])


def _proportional(pid: int) -> int:
    with suppress(OSError):
        for line in itertools.islice(Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines(), 1, None):
            if line.startswith("Pss:"):
                return 1024 * int(line.split()[1])
    return 0
