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
        self._submitted, self._clock = submitted, clock
        self._lessons = [(lesson, lesson.name, f"{lesson.topic}.ipynb") for lesson in lessons]
        self._seen: dict[tuple[str, str], _Seen] = {}

    def look(self) -> list[Submission]:
        """What has come or changed since it was handed out last, and has come to rest.

        Raises UserError where the folder is not there, or may not be read.
        """
        try:
            return list(self._ready())
        except OSError as error:
            raise UserError(
                f"{error.filename or self._submitted} cannot be looked through: {error.strerror}."
            ) from error

    def is_still(self, submission: Submission) -> bool:
        """Whether it is as it was when it was handed out; if not, it is handed out again when it has come to rest."""
        seen = self._seen.get(_key(submission))
        if seen is not None and seen.mark == _mark(str(submission.folder), submission.notebook.name):
            return True
        self.again(submission)
        return False

    def age(self, submission: Submission) -> float:
        """Seconds since it was first seen as it is now."""
        seen = self._seen.get(_key(submission))
        return self._clock() - seen.since if seen else 0.0

    def again(self, submission: Submission) -> None:
        """Hand it out once more."""
        if _key(submission) in self._seen:
            self._seen[_key(submission)].handed_out = False

    def _ready(self) -> Iterator[Submission]:
        # Ten thousand folders are looked at in a blink, so text does for paths where nothing has changed.
        with os.scandir(self._submitted) as entries:
            students = sorted(
                (entry.name, entry.path)
                for entry in entries
                if entry.is_dir() and not entry.name.startswith(".")
            )
        for student, home in students:
            with suppress(OSError):  # gone meanwhile, or not for us to enter: the next batch says so
                there = set(os.listdir(home))  # noqa: PTH208 (names are all we need)
                for lesson, name, notebook in self._lessons:
                    if name in there and self._is_ready((student, name), f"{home}{os.sep}{name}", notebook):
                        yield Submission(student, self._submitted / student / name, lesson)

    def _is_ready(self, key: tuple[str, str], folder: str, notebook: str) -> bool:
        mark, now = _mark(folder, notebook), self._clock()
        seen = self._seen.get(key)
        if mark is None or (mark[0] is None and seen is not None and seen.mark[0] is not None):
            return False  # not here any more: what was graded stays
        if seen is None or seen.mark != mark:
            seen = self._seen[key] = _Seen(mark, now)
        if seen.handed_out or now - seen.since < CALM:
            return False
        if now - seen.since < PATIENCE and not _ends_like_a_notebook(f"{folder}{os.sep}{notebook}"):
            return False
        seen.handed_out = True
        return True


def _key(submission: Submission) -> tuple[str, str]:
    return submission.student, submission.lesson.name


def _mark(folder: str, notebook: str) -> Mark | None:
    """Equal as long as nothing changes; None where nothing was handed in."""
    found = _look_at(f"{folder}{os.sep}{notebook}")
    if found is not None:
        return found, _look_at(f"{folder}{os.sep}timestamp.txt")
    try:
        return (None, *sorted(os.listdir(folder)))  # noqa: PTH208 (names that are no text are as good as others)
    except OSError:
        return None


def _look_at(path: str) -> tuple[int, int, int] | None:
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _ends_like_a_notebook(path: str) -> bool:
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
