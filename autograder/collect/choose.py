"""From everything that arrived to at most one notebook a student; the reasons for all others stay with them."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import nbformat

from autograder.collect.layouts import Claim, ElsewhereError, UnclearError, attempt, claim_of, is_notebook
from autograder.collect.limits import Budget, Limits, RefusedError
from autograder.collect.member import Member
from autograder.collect.names import UnsafeNameError, is_hidden, parts_of, same_on_some_disk, unsafe_student
from autograder.collect.roster import NotInRosterError, Roster
from autograder.collect.sources import members_of
from autograder.course import Lesson
from autograder.errors import UserError
from autograder.released import marked_cells, name_of

ARCHIVE = re.compile(r".+\.(zip|tar|gz|tgz|bz2|xz|7z|rar)", re.IGNORECASE)
# A notebook under another name is the lesson's if it has this share of its marked cells: some delete the tests.
ENOUGH_CELLS = 1 / 3


class Action(StrEnum):
    """What was done with a member."""

    COLLECTED = "collected"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    OLDER = "older"
    REFUSED = "refused"
    NOT_RECOGNISED = "not recognised"
    LEFT_OUT = "left out"


@dataclass
class Line:
    """A line of the report: one member, and what became of it."""

    source: str
    member: str
    student: str = ""
    action: Action = Action.LEFT_OUT
    why: str = ""


@dataclass(frozen=True)
class Arrived:
    """A notebook of the lesson that waits in the scratch folder, under a name of ours."""

    line: Line
    claim: Claim
    identity: str
    file: Path
    digest: str
    copy: int | None  # which copy by its name; None if it was recognised by its cells
    modified: float | None
    order: int

    @property
    def newness(self) -> tuple[int, float, int, int]:
        """Later ones are larger: by the platform's count, else by the time, else by the name, else by the place."""
        return self.claim.upload, self.modified or 0.0, self.copy or 0, self.order


class Sorter:
    """Takes members in, one by one, and chooses from them in the end."""

    def __init__(self, lesson: Lesson, scratch: Path, limits: Limits, roster: Roster | None = None) -> None:
        self.lines: list[Line] = []
        self._lesson = lesson
        self._scratch = scratch
        self._budget = Budget(limits)
        self._roster = roster
        self._arrived: dict[str, list[Arrived]] = defaultdict(list)
        self._cells = marked_names(lesson)

    def take(self, source: Path, inside: str = "") -> None:
        """Read a source to its end; raises UserError if that cannot be done, or goes beyond the limits."""
        with closing(members_of(source, self._budget)) as members:
            for member in members:
                line = Line(member.source, member.name)
                self.lines.append(line)
                try:
                    self._take(member, line, inside)
                except ElsewhereError as error:
                    line.action, line.why = Action.LEFT_OUT, str(error)
                except UnclearError as error:
                    line.why = str(error)
                    line.action = Action.NOT_RECOGNISED if is_notebook(member.name) else Action.LEFT_OUT
                except (UnsafeNameError, RefusedError, NotInRosterError) as error:
                    line.action, line.why = Action.REFUSED, str(error)

    def _take(self, member: Member, line: Line, inside: str) -> None:
        if is_hidden(member.name):
            raise ElsewhereError("is hidden: a program left it there")
        parts = parts_of(member.name)
        if inside:
            if parts[0] != inside or len(parts) == 1:
                raise ElsewhereError(f"lies outside of {inside}")
            parts = parts[1:]
        claim = claim_of(parts, self._lesson)
        line.student = claim.student
        identity = claim.identity
        if self._roster:
            line.student, identity = self._roster.who(claim)
        if member.oddity:
            raise RefusedError(f"is {member.oddity}, no ordinary file")
        if not is_notebook(claim.file):
            more = "; archives inside are not opened" if ARCHIVE.fullmatch(claim.file) else ""
            raise ElsewhereError(f"is not a notebook{more}")
        if reason := unsafe_student(line.student):
            raise UnsafeNameError(reason)
        file, digest = self._fetch(member)
        copy = attempt(claim.file, self._lesson)
        if copy is None and not looks_like(file.read_bytes(), self._cells):
            file.unlink()
            line.action, line.why = Action.NOT_RECOGNISED, f"has few cells of {self._lesson.name}"
            return
        self._arrived[same_on_some_disk(line.student)].append(
            Arrived(line, claim, identity, file, digest, copy, member.modified, len(self.lines))
        )

    def _fetch(self, member: Member) -> tuple[Path, str]:
        """Copy a member into the scratch folder; its own name has no part in that."""
        path = self._scratch / str(len(self.lines))
        digest = hashlib.sha256()
        with path.open("wb") as file:
            for chunk in member.chunks():
                file.write(chunk)
                digest.update(chunk)
        return path, digest.hexdigest()

    def chosen(self) -> list[Arrived]:
        """The notebook that counts for each student, in the order of their names."""
        chosen = (self._choose(group) for _, group in sorted(self._arrived.items()))
        return [arrived for arrived in chosen if arrived]

    def _choose(self, group: list[Arrived]) -> Arrived | None:
        if reason := _clash(group):
            _refuse(group, reason)
            return None
        named = [arrived for arrived in group if arrived.copy is not None]
        if not named and len({arrived.digest for arrived in group}) > 1:
            _refuse(group, "the student has several notebooks of the lesson, and none has its name")
            return None
        newest = max(named or group, key=lambda arrived: arrived.newness)
        for arrived in group:
            if arrived is not newest:
                arrived.line.action, arrived.line.why = Action.OLDER, f"{newest.line.member} counts instead"
        return newest


def _clash(group: list[Arrived]) -> str:
    """Why files that would go into one folder cannot be of one student, or ""."""
    if len({arrived.identity for arrived in group}) > 1:
        who = sorted({f"{arrived.identity} ({arrived.claim.name})" for arrived in group})
        return f"more than one would have the folder of this student: {', '.join(who)}"
    sources = sorted({arrived.line.source for arrived in group})
    if len(sources) > 1 and len({arrived.digest for arrived in group}) > 1:
        return f"different files for this student are in {', '.join(sources)}; collect one source at a time"
    return ""


def _refuse(group: Iterable[Arrived], reason: str) -> None:
    for arrived in group:
        arrived.line.action, arrived.line.why = Action.REFUSED, reason


def marked_names(lesson: Lesson) -> frozenset[bytes]:
    """The names of the lesson's marked cells, from the released notebook; raises UserError if there is none."""
    if not lesson.release.is_file():
        raise UserError(f"{lesson.release} is missing. Run `python -m autograder build {lesson.name}` first.")
    released = nbformat.read(lesson.release, as_version=4)
    return frozenset(name_of(cell).encode() for cell in marked_cells(released))


def looks_like(content: bytes, cells: frozenset[bytes]) -> bool:
    r"""Whether a notebook has enough of the lesson's marked cells; it is searched as text, and never parsed.

    Whoever forges the names gains nothing: the file counts as the student's own, and grading trusts none of it.

    >>> looks_like(b'{"cells": [{"metadata": {"nbgrader": {"grade_id": "adam_step"}}}]}', frozenset({b"adam_step"}))
    True
    """
    if not content.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"{"):
        return False
    narrow = content.replace(b"\0", b"")  # UTF-16, as far as these names go
    found = set(re.findall(rb'"grade_id"\s{0,9}:\s{0,9}"([A-Za-z0-9_-]{1,200})"', narrow))
    return len(found & cells) >= max(1.0, ENOUGH_CELLS * len(cells))
