"""What has arrived in the folder of submissions, and is no longer changing.

The folder is looked through again and again. Being told of changes by the system would be quicker by a fraction of a second,
but such notices do not come from network file systems and from folders that are shared with a container, which is where
submissions often lie; and a submission that is passed over in silence is the worst that can happen here.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course import Lesson
from autograder.errors import UserError
from autograder.submission import Submission

# Seconds without a change after which a file that ends like a notebook counts as whole.
CALM = 0.2
# The same for one that does not, or a folder without the notebook: somebody's slow line may be behind it.
PATIENCE = 10.0
# A notebook is JSON text that ends with a brace; there may be a few blank lines or the like behind it.
TAIL = 64

# What a submission looks like from outside: sizes and times of its files, or the names where there is no notebook.
Mark = tuple[Any, ...]


@dataclass
class _Seen:
    mark: Mark
    since: float
    handed_out: bool = False


class Arrivals:
    """Looks through the folder of submissions, and hands out each one when it is there as a whole.

    Args:
        submitted: the folder, `<student>/<lesson>/<topic>.ipynb`.
        lessons: which ones to look for.
        clock: seconds that never go back.
    """

    def __init__(
        self, submitted: Path, lessons: Sequence[Lesson], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._submitted, self._lessons, self._clock = submitted, lessons, clock
        self._seen: dict[Submission, _Seen] = {}

    def look(self) -> list[Submission]:
        """What has come or changed since it was handed out last, and has come to rest.

        Raises UserError where the folder is not there, or may not be read.
        """
        try:
            found = list(self._found())
        except OSError as error:
            raise UserError(
                f"{error.filename or self._submitted} cannot be looked through: {error.strerror}."
            ) from error
        return [submission for submission in found if self._is_ready(submission)]

    def is_still(self, submission: Submission) -> bool:
        """Whether it is as it was when it was handed out; if not, it is handed out again when it has come to rest."""
        seen = self._seen.get(submission)
        if seen is not None and seen.mark == _mark(submission):
            return True
        self.again(submission)
        return False

    def age(self, submission: Submission) -> float:
        """Seconds since it was first seen as it is now."""
        seen = self._seen.get(submission)
        return self._clock() - seen.since if seen else 0.0

    def again(self, submission: Submission) -> None:
        """Hand it out once more."""
        if submission in self._seen:
            self._seen[submission].handed_out = False

    def _found(self) -> Iterator[Submission]:
        with os.scandir(self._submitted) as entries:
            students = sorted(
                entry.name for entry in entries if entry.is_dir() and not entry.name.startswith(".")
            )
        for student in students:
            with suppress(OSError):  # gone meanwhile, or not for us to enter: the next batch says so
                there = set(os.listdir(self._submitted / student))  # noqa: PTH208 (names are all we need)
                for lesson in self._lessons:
                    if lesson.name in there:
                        yield Submission(student, self._submitted / student / lesson.name, lesson)

    def _is_ready(self, submission: Submission) -> bool:
        mark, now = _mark(submission), self._clock()
        seen = self._seen.get(submission)
        if mark is None or (mark[0] is None and seen is not None and seen.mark[0] is not None):
            return False  # not here any more: what was graded stays
        if seen is None or seen.mark != mark:
            seen = self._seen[submission] = _Seen(mark, now)
        if seen.handed_out or now - seen.since < CALM:
            return False
        if now - seen.since < PATIENCE and not _ends_like_a_notebook(submission.notebook):
            return False
        seen.handed_out = True
        return True


def _mark(submission: Submission) -> Mark | None:
    """Equal as long as nothing changes; None where nothing was handed in."""
    notebook, stamp = _look_at(submission.notebook), _look_at(submission.folder / "timestamp.txt")
    if notebook is not None:
        return notebook, stamp
    try:
        names = sorted(os.listdir(submission.folder))  # noqa: PTH208 (names are all we need)
    except OSError:
        return None
    return (None, *names)


def _look_at(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.lstat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _ends_like_a_notebook(path: Path) -> bool:
    """Whether a file could be whole. What is no file at all, or cannot be read, is for the grader to say in its time."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return False
    try:
        with os.fdopen(handle, "rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
            return file.read(TAIL).strip(b"\0 \t\r\n").endswith(b"}")
    except OSError:
        return False
