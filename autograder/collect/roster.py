"""The list of a class: which person of a platform is which student, and who is missing."""

import csv
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from autograder.collect.layouts import Claim, Platform
from autograder.collect.names import printable, same_on_some_disk, unsafe_student
from autograder.errors import UserError

Key = TypeVar("Key")
# Columns by what their heading says, in lower case and without signs between the words.
COLUMNS = {
    "student": "student", "studentid": "student",
    "email": "email", "emailaddress": "email",
    "canvasid": "canvas", "canvas": "canvas",
    "moodleid": "moodle", "moodle": "moodle", "identifier": "moodle",
    "name": "name", "fullname": "name",
}  # fmt: skip


class NotInRosterError(Exception):
    """No student of the roster fits, or more than one."""


@dataclass(frozen=True)
class Roster:
    """The students of a class with their names, as far as they are given, and by what else they are known."""

    students: dict[str, str] = field(default_factory=dict)
    numbers: dict[tuple[Platform, str], str] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)
    # By name only those whom no number tells apart: a name can be chosen to look like another's.
    names: dict[tuple[Platform, str], set[str]] = field(default_factory=dict)

    def who(self, claim: Claim) -> tuple[str, str]:
        """The student whom a claim means, and an identity; raises NotInRosterError with the reason.

        Those found by number are one and the same, whatever else differs; those found by name only where the
        platform's number is the same, too.
        """
        if claim.number:
            if student := self.numbers.get((claim.platform, claim.number)):
                return student, f"student {student}"
        elif claim.student in self.students:
            return claim.student, claim.identity
        elif student := self.emails.get(same_on_some_disk(claim.name)):
            return student, f"student {student}"
        named = self.names.get((claim.platform, _spelling(claim.name, claim.platform)), set())
        if len(named) > 1:
            raise NotInRosterError(
                f"the roster has {len(named)} students of this name; a number would tell them apart"
            )
        if not named:
            raise NotInRosterError(f"{claim.identity} is not in the roster")
        return next(iter(named)), claim.identity


def read_roster(path: Path) -> Roster:
    """Read a roster from CSV; raises UserError where it cannot be one, with the line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not text in UTF-8. Save it as “CSV UTF-8”.") from error
    except OSError as error:
        raise UserError(f"The roster {path} cannot be read: {error.strerror}.") from error
    heading, _, _ = text.partition("\n")
    rows = csv.reader(text.splitlines(), delimiter=";" if heading.count(";") > heading.count(",") else ",")
    try:
        columns = [COLUMNS.get(re.sub(r"[^a-z]", "", title.lower()), "") for title in next(rows, [])]
        lines = [(rows.line_num, row) for row in rows if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise UserError(f"{path}, line {rows.line_num} is not CSV: {error}.") from error
    if columns.count("student") != 1:
        raise UserError(
            f"{path} needs one column called `student` in its first line, and may have "
            "`email`, `canvas id`, `moodle id` and `name`."
        )
    return _roster(path, [(number, dict(zip(columns, row, strict=False))) for number, row in lines])


def _roster(path: Path, rows: list[tuple[int, dict[str, str]]]) -> Roster:
    roster = Roster(names=defaultdict(set))
    folders: dict[str, str] = {}
    for line, raw in rows:
        row = {column: unicodedata.normalize("NFC", cell.strip()) for column, cell in raw.items()}
        student = row["student"]
        if not student or (reason := unsafe_student(student)):
            raise UserError(
                f"{path}, line {line}: {printable(student)!r} cannot be a student: {reason if student else 'it is empty'}."
            )
        _enter(folders, same_on_some_disk(student), student, f"{path}, line {line}")
        roster.students[student] = row.get("name", "")
        for platform, column in ((Platform.CANVAS, "canvas"), (Platform.MOODLE, "moodle")):
            number = _number(row.get(column, ""))
            if number:
                _enter(roster.numbers, (platform, number), student, f"{path}, line {line}")
            elif row.get("name"):
                for spelling in _spellings(row["name"], platform):
                    roster.names[platform, spelling].add(student)
        if row.get("email"):
            _enter(roster.emails, same_on_some_disk(row["email"]), student, f"{path}, line {line}")
        if row.get("name"):
            roster.names[Platform.PLAIN, _spelling(row["name"], Platform.PLAIN)].add(student)
    return roster


def _enter(known: dict[Key, str], key: Key, student: str, where: str) -> None:
    if key in known:
        raise UserError(
            f"{where}: {student} is listed before, or shares a number or an address with {known[key]}."
        )
    known[key] = student


def _number(cell: str) -> str:
    """The platform's number; Moodle's own lists write `Participant 1234`."""
    found = re.fullmatch(r"(?:[^\W\d]+ )?0*([0-9]+)", cell)
    return found[1] if found else cell


def _spelling(name: str, platform: Platform) -> str:
    """A name without case, signs and order; as Canvas runs it together, in the order in which it stands."""
    words = re.findall(r"\w+", same_on_some_disk(name).replace("_", " "))
    return "".join(words) if platform is Platform.CANVAS else " ".join(sorted(words))


def _spellings(name: str, platform: Platform) -> set[str]:
    """How a platform may write a name: Canvas puts the last name first, and we cannot know which words it has."""
    if platform is not Platform.CANVAS:
        return {_spelling(name, platform)}
    words = re.findall(r"\w+", same_on_some_disk(name))
    return {"".join(words[turn:] + words[:turn]) for turn in range(len(words))}
