"""What a case is made of."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hostile.lesson import POINTS

NOTHING: dict[str, float | None] = dict.fromkeys(POINTS)
ZERO: dict[str, float | None] = dict.fromkeys(POINTS, 0.0)

Notebook = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One submission, and what should become of it.

    In its code, words with a dollar stand for what an attacker may know of the machine: `$COURSE` the folder of the course,
    `$HOME` the grader's home, `$PORT` a port of this machine at which somebody listens, `$SOCKET` and `$ABSTRACT` unix
    sockets likewise, `$VICTIM` a process, `$TOKEN` a word by which is found again what was written anywhere.

    Attributes:
        name: of the case, and of the student.
        tries: what it tries, in a few words.
        answers: what stands in the cells of the exercises; the right answers where nothing is said.
        before, after: cells that stand before the first exercise, and behind the last.
        change: edits the notebook as JSON.
        content: edits the bytes of the file.
        place: puts something else where the file should be; it gets the path.
        beside: puts something into the folder of the file; it gets the folder.
        student: another name for the student than that of the case.
        earns: points that are not full marks; None where nothing could be graded.
        status, says: the status, and words that stand in its sentence or in the notes.
        or_status: another status that a slower or faster machine ends with.
        hides: words that must not stand in the feedback, in any case of letters.
        batch: "quick", "slow" (waits for a limit), or "shown" (figures are on).
        weak: the weakened grader against which it must succeed; every cheat has one. `bites` is handed to it.
        dull: why there is none, for what takes from the machine and would take it down.
    """

    name: str
    tries: str
    answers: Mapping[str, str] = field(default_factory=dict)
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    change: Callable[[Notebook], object] | None = None
    content: Callable[[bytes], bytes] | None = None
    place: Callable[[Path], object] | None = None
    beside: Callable[[Path], object] | None = None
    student: str | bytes = ""
    earns: Mapping[str, float | None] = field(default_factory=dict)
    status: str = "graded"
    or_status: str = ""
    says: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    batch: str = "quick"
    weak: str = ""
    bites: Any = None
    dull: str = ""

    @property
    def points(self) -> dict[str, float | None]:
        """What every exercise should earn."""
        return {**POINTS, **self.earns}


def cheat(name: str, tries: str, *, weak: str, **parts: Any) -> Case:
    """A case that must succeed against a weakened grader."""
    return Case(name, tries, weak=weak, **parts)


def write(text: str) -> Callable[[Path], object]:
    """Put text where the notebook should be."""
    return lambda path: path.write_text(text, encoding="utf-8")


def cell_called(notebook: Notebook, name: str) -> dict[str, Any]:
    """The cell with this grade_id."""
    found: dict[str, Any] = next(
        cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == name
    )
    return found


def as_json(edit: Callable[[Notebook], object]) -> Callable[[bytes], bytes]:
    """An edit of the JSON as one of the bytes."""

    def change(content: bytes) -> bytes:
        notebook = json.loads(content)
        edit(notebook)
        return json.dumps(notebook).encode()

    return change
