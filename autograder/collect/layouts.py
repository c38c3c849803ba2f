"""Whose file is it? What the names in an export of Canvas or Moodle say, and those in plain folders.

The outermost part of a path decides alone: it is the platform's, while everything below it may be the student's own
choice. A name that can be read in two ways is refused: a student called `x_12` could else hand in for user 12.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from autograder.collect.names import UnsafeNameError, printable
from autograder.course import Lesson

# Canvas: `lovelaceada_LATE_1234_5678_momentum-1.ipynb`: name, mark, number of the user, number of the upload, file.
# The name is in lower case, and the numbers have no zeros in front.
CANVAS = re.compile(
    r"(?P<name>.+?)_(?P<late>LATE_)?(?P<number>[1-9][0-9]*)_(?P<upload>[1-9][0-9]*)_(?P<file>.+)"
)
CANVAS_NUMBERS = re.compile(r"(?=_[1-9][0-9]*_[1-9][0-9]*_)")
CANVAS_ANONYMOUS = re.compile(
    r"(?P<late>LATE_)?(?P<name>anon)_(?P<number>[0-9A-Za-z]{5})_(?P<upload>[1-9][0-9]*)_(?P<file>.+)"
)
# Moodle: a folder `Ada Lovelace_1234_assignsubmission_file_`, newer ones without the last line, or all in one name.
# Moodle leaves no line in the name itself. The number is a participant's, and another one for each assignment.
MOODLE = re.compile(r"(?P<name>[^_]+)_(?P<number>[0-9]+)_assignsubmission_file(?:_(?P<file>.+)|_?)")
MOODLE_OTHER = re.compile(r"[^_]+_[0-9]+_assignsubmission_(?!file)[a-z]+(?:_.*)?")

NOTEBOOK = re.compile(r"(?P<stem>.+)\.ipynb(?:\.txt|\.json)?", re.IGNORECASE)  # some browsers add an ending
AGAIN = r"(?:-| ?\(|_)(?P<again>[0-9]{1,4})\)?"  # `-1` is Canvas's for a second upload, ` (1)` a browser's


class Platform(StrEnum):
    """Who gave the file its name."""

    CANVAS = "Canvas user"
    MOODLE = "Moodle participant"
    PLAIN = "student"


class UnclearError(Exception):
    """A name does not say whose file it is."""


class ElsewhereError(Exception):
    """A name says that the file is no part of what is collected."""


@dataclass(frozen=True)
class Claim:
    """What a member's name says: that this person handed in a file of this name."""

    platform: Platform
    name: str
    number: str  # the platform's for the person; a plain layout has none
    file: str
    upload: int = 0  # a later upload has a higher number, where the platform counts
    late: bool = False

    @property
    def student(self) -> str:
        """The student's folder where no roster says otherwise; with the number, because names are not unique."""
        name = unicodedata.normalize("NFC", self.name)
        return f"{name}_{self.number}" if self.number else name

    @property
    def identity(self) -> str:
        """Who it is, spelled as it was found: two people who would share a folder differ in this."""
        return f"{self.platform} {self.number or self.name}"


def claim_of(parts: list[str], lesson: Lesson) -> Claim:
    """Read the path of a member; raises UnclearError, ElsewhereError or UnsafeNameError with the reason.

    >>> claim = claim_of(["lovelaceada_LATE_12_34_momentum-1.ipynb"], Lesson("05-momentum"))
    >>> claim.student, claim.file, claim.upload, claim.late
    ('lovelaceada_12', 'momentum-1.ipynb', 34, True)
    >>> claim_of(["Ada Lovelace_7_assignsubmission_file_", "momentum.ipynb"], Lesson("05-momentum")).student
    'Ada Lovelace_7'
    """
    top = parts[0]
    if MOODLE_OTHER.fullmatch(top):
        raise ElsewhereError("is a text typed into Moodle, not a file that was handed in")
    if found := MOODLE.fullmatch(top):
        return _in_moodle(found, parts, lesson)
    if len(parts) > 1:
        return _in_folders(parts, lesson)
    if len(CANVAS_NUMBERS.findall(top)) > 1:
        raise UnsafeNameError(
            "can be read as the file of two different Canvas users; rename it so that only one is left"
        )
    if found := CANVAS.fullmatch(top) or CANVAS_ANONYMOUS.fullmatch(top):
        return Claim(
            Platform.CANVAS,
            found["name"],
            found["number"],
            found["file"],
            int(found["upload"]),
            bool(found["late"]),
        )
    return _alone(top, lesson)


def _in_moodle(found: re.Match[str], parts: list[str], lesson: Lesson) -> Claim:
    inside = [*([found["file"]] if found["file"] else []), *parts[1:]]
    if not inside or (found["file"] and len(parts) > 1):
        raise UnclearError("has the name of a student's folder, and is no folder")
    _expect_this_lesson(inside[:-1], lesson)
    return Claim(Platform.MOODLE, found["name"], found["number"].lstrip("0") or "0", inside[-1])


def _in_folders(parts: list[str], lesson: Lesson) -> Claim:
    student, *between, file = parts
    _expect_this_lesson(between, lesson)
    if len(between) > 1 or (between and not _is_name_of(between[0], lesson)):
        raise UnclearError(f"lies deeper than <student>/{lesson.name}/{lesson.topic}.ipynb")
    if CANVAS.fullmatch(file) or MOODLE.fullmatch(file):
        raise UnclearError(f"is named as by a platform, but lies in a folder {printable(student)}")
    return Claim(Platform.PLAIN, student, "", file)


def _alone(name: str, lesson: Lesson) -> Claim:
    found = NOTEBOOK.fullmatch(name)
    if not found or attempt(name, lesson) is not None:
        raise UnclearError("does not say whose it is")
    return Claim(Platform.PLAIN, found["stem"], "", name)


def _expect_this_lesson(folders: list[str], lesson: Lesson) -> None:
    for folder in folders:
        if re.fullmatch(r"[0-9]{2}-[a-z].*", folder) and not _is_name_of(folder, lesson):
            raise ElsewhereError(f"belongs to another lesson, {folder}")


def _is_name_of(name: str, lesson: Lesson) -> bool:
    return name.lower() in (lesson.name, lesson.topic)


def is_notebook(file: str) -> bool:
    """Whether a file has the name of a notebook."""
    return NOTEBOOK.fullmatch(file) is not None


def attempt(file: str, lesson: Lesson) -> int | None:
    """Which copy of the lesson's notebook a file is by its name, from 0; None where the name says nothing of it.

    >>> lesson = Lesson("05-momentum")
    >>> [attempt(name, lesson) for name in ("momentum.ipynb", "Momentum-2.ipynb", "momentum (1).ipynb", "x.ipynb")]
    [0, 2, 1, None]
    """
    names = f"(?:{re.escape(lesson.name)}|{re.escape(lesson.topic)})"
    found = re.fullmatch(rf"{names}(?:{AGAIN})?\.ipynb(?:\.txt|\.json)?", file, re.IGNORECASE)
    return None if not found else int(found["again"] or 0)
