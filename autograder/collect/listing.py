"""The report of a collection: a table for people, and a line for every member in a file for programs."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.collect.choose import Action, Line
from autograder.collect.names import printable

STYLE = {
    Action.COLLECTED: "green",
    Action.UPDATED: "green",
    Action.REFUSED: "red",
    Action.NOT_RECOGNISED: "red",
}
# Lines of a table that a person still reads; beyond it only those that want to be looked at.
MOST_LINES = 60
IN_ORDER = {Action.COLLECTED, Action.UNCHANGED, Action.LEFT_OUT, Action.OLDER}


def as_json(lesson: str, lines: Iterable[Line], missing: list[str]) -> str:
    """Every line, and who is missing. Names stand in it as they arrived, with all odd signs escaped.

    Only numbers could be taken for a formula by a spreadsheet that reads it, so like the CSV of grades it marks
    text that begins like one.
    """
    members = [{key: _as_text(str(value)) for key, value in asdict(line).items()} for line in lines]
    return json.dumps({"lesson": lesson, "members": members, "missing": missing}, indent=1) + "\n"


def _as_text(words: str) -> str:
    return f"'{words}" if words.startswith(("=", "+", "-", "@", "\t", "\r")) else words


def show(console: Console, lines: list[Line], missing: list[str], roster: dict[str, str]) -> None:
    """Print the table, the count of each kind, and who is missing."""
    shown = lines if len(lines) <= MOST_LINES else [line for line in lines if line.action not in IN_ORDER]
    several = len({line.source for line in lines}) > 1
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in ("student", "file", "done", "why"):
        grid.add_column(heading, overflow="fold")
    for line in shown:
        file = f"{Path(line.source).name}: {line.member}" if several else line.member
        grid.add_row(
            Text(printable(line.student)),
            Text(printable(file)),
            Text(line.action, STYLE.get(line.action, "")),
            Text(printable(line.why, 400)),
        )
    if shown:
        console.print(grid)
    counts = Counter(line.action for line in lines)
    console.print(", ".join(f"{counts[action]} {action}" for action in Action if counts[action]) + ".")
    if missing:
        names = ", ".join(
            f"{student} ({roster[student]})" if roster.get(student) else student for student in missing
        )
        console.print(
            Text(f"Missing: {len(missing)} of {len(roster)} in the roster: {printable(names, 10_000)}.")
        )
