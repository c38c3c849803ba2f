"""Put chosen notebooks where grading looks for them, and keep what they replace."""

import os
import stat
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

from autograder.collect.choose import Action, Arrived
from autograder.collect.names import same_on_some_disk
from autograder.course import Lesson
from autograder.errors import UserError
from autograder.files import write_atomically
from autograder.gradebook import handed_in_at


class Shelf:
    """The folder of submissions to one lesson."""

    def __init__(self, lesson: Lesson, submitted: Path, collected: Path, update: bool) -> None:
        self.lesson = lesson
        self.collected = collected  # what is kept of collecting, outside of what is graded
        self._submitted = submitted
        self._update = update
        self._students: dict[str, set[str]] = defaultdict(set)
        if submitted.is_dir():
            for entry in submitted.iterdir():
                self._students[same_on_some_disk(entry.name)].add(entry.name)

    def put(self, arrived: Arrived, handed_in: datetime | None) -> None:
        """Put a notebook in its place, and say in its line what was done; it never replaces another unasked."""
        line = arrived.line
        folder = self._submitted / line.student / self.lesson.name
        path = folder / f"{self.lesson.topic}.ipynb"
        if reason := self._why_not(line.student, path):
            line.action, line.why = Action.REFUSED, reason
            return
        content = arrived.file.read_bytes()
        known, _ = handed_in_at(folder)
        is_new = not path.exists()
        is_same = not is_new and path.read_bytes() == content
        line.why = "Canvas marks it as late" if arrived.claim.late else ""
        if is_same and (handed_in is None or known == handed_in):
            line.action = Action.UNCHANGED
            return
        if not (is_new or self._update):
            line.action = Action.REFUSED
            other = (
                "it was collected before with another time" if is_same else "another one was collected before"
            )
            line.why = f"{other}; --update replaces that, and keeps the old one"
            return
        line.action = Action.COLLECTED
        if not is_new:
            line.action, line.why = Action.UPDATED, f"the old one is in {self._keep(line.student, path)}"
        # The time first: a stop in between leaves a notebook that the next run still has to put there.
        if handed_in:
            write_atomically(folder / "timestamp.txt", f"{handed_in:%Y-%m-%d %H:%M:%S} UTC\n".encode())
        elif not is_new:
            (folder / "timestamp.txt").unlink(missing_ok=True)  # it was the old one's
        write_atomically(path, content)
        self._students[same_on_some_disk(line.student)].add(line.student)

    def holds(self, student: str) -> bool:
        """Whether a student has handed in the lesson, now or before."""
        return (self._submitted / student / self.lesson.name / f"{self.lesson.topic}.ipynb").is_file()

    def _why_not(self, student: str, path: Path) -> str:
        """Why nothing may be written to this path, whatever is to be written."""
        others = self._students[same_on_some_disk(student)]
        if others and student not in others:
            return f"there is a student {sorted(others)[0]} already, who differs only in case or accents"
        for place in (path.parent.parent, path.parent, path.with_name("timestamp.txt"), path):
            is_expected = stat.S_ISREG if place.suffix in (".ipynb", ".txt") else stat.S_ISDIR
            try:
                mode = place.lstat().st_mode
            except FileNotFoundError:
                continue
            if not is_expected(mode):
                what = "link" if stat.S_ISLNK(mode) else "thing of another kind"
                return f"{place} is a {what}; move it away"
        return ""

    def _keep(self, student: str, path: Path) -> Path:
        """Copy what is about to be replaced to a folder that nobody grades; return the folder."""
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        first = self.collected / "replaced" / self.lesson.name / student / f"{changed:%Y-%m-%d-%H%M%S}"
        folder, number = first, 1
        old = _contents(path.parent, path.name)
        while folder.exists() and _contents(folder, path.name) != old:
            number += 1
            folder = first.with_name(f"{first.name}-{number}")
        for name, content in old.items():
            write_atomically(folder / name, content)
        return folder


def _contents(folder: Path, notebook: str) -> dict[str, bytes]:
    files = (folder / notebook, folder / "timestamp.txt")
    return {file.name: file.read_bytes() for file in files if file.is_file()}


def when(arrived: Arrived, time: datetime | str | None) -> datetime | None:
    """The time of handing in, in UTC and without a zone, as nbgrader keeps it."""
    if isinstance(time, datetime):
        return time
    if time is None or arrived.modified is None:
        return None
    return datetime.fromtimestamp(int(arrived.modified), UTC).replace(tzinfo=None)


def place_all(chosen: list[Arrived], shelf: Shelf, time: datetime | str | None) -> None:
    """Put every chosen notebook in its place; raises UserError where the disk does not take it."""
    for number, arrived in enumerate(chosen):
        try:
            shelf.put(arrived, when(arrived, time))
        except OSError as error:
            raise UserError(
                f"{error.filename or arrived.line.student} cannot be written: {os.strerror(error.errno or 0)}. "
                f"{number} of {len(chosen)} students were done, and each of them is whole. "
                "Mend that, then run the same command again."
            ) from error
