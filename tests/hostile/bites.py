"""Whether a case bites: run against the weakened grader that it names, it must have the effect that it is after."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from gradebook_rows import GRADES, query

from hostile import weakened
from hostile.batch import SECRET_IN_ENVIRONMENT, Machine
from hostile.case import Case
from hostile.naive import naive_reader
from hostile.surroundings import Listeners, children, digest, marked, remaining

GRADEBOOK = "autograder/work/gradebook.db"
OF_ITS_OWN = ("autograder/work/autograded/mallory", GRADEBOOK)
_VICTIM = """
import ctypes, os, sys, time
ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1 & (2**64 - 1)), 0, 0, 0)  # may be traced by anybody
kept = ctypes.create_string_buffer(os.environ["SECRET_TOKEN"].encode(), 64)
print(ctypes.addressof(kept), flush=True)
time.sleep(3600)
"""


@contextmanager
def victim() -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process that keeps a secret in its environment and in its memory, and where that is."""
    environment = os.environ | {"SECRET_TOKEN": SECRET_IN_ENVIRONMENT}
    process = subprocess.Popen(
        [sys.executable, "-c", _VICTIM], stdout=subprocess.PIPE, env=environment, text=True
    )
    assert process.stdout is not None
    try:
        yield process, int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def is_unharmed(process: subprocess.Popen[str]) -> bool:
    """Whether a victim runs, is not stopped, and as important as it was."""
    if process.poll() is not None:
        return False
    state = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state not in "Tt" and os.getpriority(os.PRIO_PROCESS, process.pid) == os.getpriority(
        os.PRIO_PROCESS, 0
    )


def bites(  # noqa: PLR0911 (one for each grader)
    case: Case, machine: Machine, released: Any, listeners: Listeners, process: subprocess.Popen[str]
) -> bool:
    """Run the case against its weakened grader; whether it had the effect that it is after."""
    match case.weak:
        case "plain asserts":
            outcomes = (weakened.stock(case, machine, released, asserts=style) for style in weakened.STYLES)
            return any(earns_too_much(case, outcome) for outcome in outcomes)
        case "one process" | "as handed in":
            outcome = weakened.stock(case, machine, released, as_handed_in=case.weak == "as handed in")
            if case.bites in ("hidden numbers", "hidden numbers in names"):
                return weakened.reveals_hidden(outcome, underscored=case.bites == "hidden numbers in names")
            return earns_too_much(case, outcome)
        case "open course":
            return _harms(case, machine, released, listeners, process)
        case "naive reader":
            return bool(naive_reader(case, machine))
        case "follows links":
            secret = (machine.course / "autograder/work/secret").read_text()
            return (secret if case.bites == "secret" else case.bites) in weakened.follows_links(case, machine)
        case "parses answers":
            return weakened.parses_answers(case, machine)
        case "stock page":
            return machine.filled(case.bites.removeprefix("<>")) in weakened.stock_page(
                case, machine, released
            )
        case "no limits":
            return case.bites in weakened.without_limits(case, machine)
    raise ValueError(case.weak)


def earns_too_much(case: Case, outcome: weakened.Outcome) -> bool:
    """Whether an exercise earned more than it deserves."""
    due = case.points
    return any(points > (due.get(name) or 0.0) for name, points in outcome.points.items())


def _harms(
    case: Case, machine: Machine, released: Any, listeners: Listeners, process: subprocess.Popen[str]
) -> bool:
    course, book = machine.course, machine.course / GRADEBOOK
    before, rows, heard = digest(course, OF_ITS_OWN), query(course, GRADES), len(listeners.heard)
    priority, running = os.getpriority(os.PRIO_PROCESS, process.pid), set(children())
    locked: list[bool] = []
    # What leaves a file open for its children, as many programs do.
    held = os.open(course / "autograder/work/secret", os.O_RDONLY)
    os.set_inheritable(held, True)
    try:
        outcome = weakened.stock(case, machine, released, meanwhile=lambda: locked.append(_is_locked(book)))
    finally:
        os.close(held)
    effects: dict[str, Callable[[], bool]] = {
        "points": lambda: earns_too_much(case, outcome),
        "gradebook": lambda: _rows(course) != rows,
        "locked": lambda: any(locked),
        "course": lambda: digest(course, OF_ITS_OWN) != before,
        "home": lambda: any(
            machine.token in path.read_text() for path in machine.home.rglob("*") if path.is_file()
        ),
        "marker": lambda: _removed(marked(machine.token)),
        "victim": lambda: not is_unharmed(process),
        "priority": lambda: os.getpriority(os.PRIO_PROCESS, process.pid) != priority,
        "later": lambda: _soon(lambda: bool(marked(machine.token, course))),
        "alive": lambda: bool(remaining(running, patience=0.0)),
        "connection": lambda: _soon(lambda: any("STREAM" in what for what in listeners.heard[heard:])),
        "datagram": lambda: _soon(lambda: any("DGRAM" in what for what in listeners.heard[heard:])),
        "printed": lambda: SECRET_IN_ENVIRONMENT in outcome.printed,
    }
    if case.bites in effects:
        return effects[case.bites]()
    words = {"$SEED": weakened.SEED, "$COURSE_SECRET": (course / "autograder/work/secret").read_text()}
    return bool(words.get(case.bites, case.bites) in outcome.printed)


def _is_locked(book: Path) -> bool:
    if not book.is_file():
        return False
    try:
        with closing(sqlite3.connect(book, timeout=0)) as database:
            database.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return True
    return False


def _rows(course: Path) -> object:
    try:
        return query(course, GRADES)
    except sqlite3.OperationalError as error:
        return str(error)


def _removed(paths: list[Path]) -> bool:
    for path in paths:
        path.unlink()
    return bool(paths)


def _soon(what: Callable[[], bool], seconds: float = 5.0) -> bool:
    until = time.monotonic() + seconds
    while not what() and time.monotonic() < until:
        time.sleep(0.05)
    return what()
