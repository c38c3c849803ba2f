"""Programs of a cluster that a test starts, and whatever else it does to them."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from course_copy import environment
from torture.sudden_ends import descendants

# A safety net: on a busy machine everything takes its time.
PATIENCE = 180.0
GRADE = ("autograder", "grade", "05-momentum", "--no-figures", "--no-feedback")


class Programs:
    """Programs that end with the test, however it ends."""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[str]] = []

    def start(self, course: Path, *words: str, before: Sequence[str] = ()) -> subprocess.Popen[str]:
        """Start `python -m WORDS` in a course; what it says goes to a file there."""
        # A file, because a pipe that nobody reads fills up.
        said = course / f"said-{len(self._running)}.txt"
        with said.open("w") as file:
            process = subprocess.Popen(
                # Tests that run in the background of a shell have Ctrl-C ignored, and so would these.
                [*before, "env", "--default-signal=INT", sys.executable, "-m", *words],
                cwd=course,
                env=environment(course),
                stdout=file,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        process.said = said  # type: ignore[attr-defined]
        self._running.append(process)
        return process

    def close(self) -> None:
        """End them all, with what they have started."""
        for process in self._running:
            kill(process)


def kill(process: subprocess.Popen[str]) -> None:
    """End a program and all that it has started, at once, as when a machine loses its power."""
    for pid in (*descendants(process.pid), process.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()


def said(process: subprocess.Popen[str]) -> str:
    """What a program has printed so far."""
    return str(process.said.read_text())  # type: ignore[attr-defined]


def until(what: Callable[[], object], *running: subprocess.Popen[str]) -> None:
    """Wait until something is so; if one of the programs ends before that, it is a failure."""
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, "waited in vain"
        for process in running:
            assert process.poll() is None, said(process)
        time.sleep(0.05)


def graded(course: Path) -> list[str]:
    """Whose grades are on the disk: a name for each time."""
    log = course / "autograder/work/runs/05-momentum.jsonl"
    return (
        [line.split('"student": "')[1].split('"')[0] for line in log.read_text().splitlines()]
        if log.is_file()
        else []
    )


def fresh(course: Path, folder: Path) -> Path:
    """A copy of a course that nobody has graded."""
    return Path(shutil.copytree(course, folder))


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def programs() -> Iterator[Programs]:
    """Programs for the length of a block."""
    found = Programs()
    try:
        yield found
    finally:
        found.close()
