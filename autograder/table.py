"""The results of a batch: a table for the terminal and a CSV for everything else."""

import csv
import io
from collections.abc import Iterable

from nbformat import NotebookNode
from nbgrader.utils import is_grade
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.gradebook import Score
from autograder.outcome import Status
from autograder.released import marked_cells, name_of
from autograder.results import Result

STYLE = {
    Status.GRADED: "green",
    Status.PARTLY: "yellow",
    Status.TIMED_OUT: "yellow",
    Status.CRASHED: "red",
    Status.LIMIT: "red",
    Status.VIOLATION: "bold red",
    Status.UNREADABLE: "red",
    Status.MISSING: "red",
    Status.GRADER_ERROR: "bold red",
}


# Columns of text; below it the named mistakes would be set one word to a line.
WIDE = 120


def graded_columns(released: NotebookNode) -> dict[str, float]:
    """The graded cells of a lesson with their points, in the order of the notebook."""
    return {
        name_of(cell): float(cell.metadata.nbgrader.points)
        for cell in marked_cells(released)
        if is_grade(cell)
    }


def title(name: str) -> str:
    """What a person calls a graded cell: the exercise, without `check_`."""
    return name.removeprefix("check_")


def points(score: Score | None, result: Result) -> str:
    """The points of one cell; an answer that waits for a reader is no zero, and neither is a lost file."""
    if score is None or result.outcome.status in (Status.MISSING, Status.UNREADABLE, Status.GRADER_ERROR):
        return "–"
    return "to read" if score.to_read else f"{score.points:g}"


def total(result: Result) -> str:
    """All points of a student; none where there is nothing that could have earned any."""
    return (
        "–" if {points(score, result) for score in result.scores.values()} <= {"–"} else f"{result.total:g}"
    )


def table(results: Iterable[Result], columns: dict[str, float], mistakes: bool = True) -> Table:
    """One line a student; without the named mistakes where the terminal is too narrow for them."""
    numbers = [f"{title(name)}_/{max_points:g}".replace("_", "\n") for name, max_points in columns.items()]
    numbers.append(f"total\n/{sum(columns.values()):g}")
    height = max(heading.count("\n") for heading in numbers)
    headings = ["student", *numbers, "status", *(["named mistakes"] if mistakes else [])]
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in headings:
        # Headings stand on the line above their column.
        text = Text("\n" * (height - heading.count("\n")) + heading)
        grid.add_column(text, justify="right" if heading in numbers else "left")
    for result in results:
        outcome = result.outcome
        cells = [points(result.scores.get(name), result) for name in columns]
        # Text, not markup: a name may hold brackets.
        status = Text(outcome.status, STYLE[outcome.status])
        words = [Text(", ".join(outcome.mistakes))] if mistakes else []
        grid.add_row(*map(Text, [result.student, *cells, total(result)]), status, *words)
    return grid


def details(results: Iterable[Result]) -> Iterable[tuple[str, str]]:
    """What the table has no room for: (student, sentence)."""
    for result in results:
        if result.outcome.status is not Status.GRADED:
            yield result.student, result.outcome.detail
        yield from ((result.student, note) for note in result.outcome.notes)


def as_csv(results: Iterable[Result], columns: dict[str, float]) -> str:
    """The table as CSV, with the details and the notes."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["student", *map(title, columns), "total", "status", "mistakes", "detail", "notes"])
    for result in results:
        outcome = result.outcome
        cells = [points(result.scores.get(name), result).replace("–", "") for name in columns]
        words = [outcome.status, "; ".join(outcome.mistakes), outcome.detail, " ".join(outcome.notes)]
        total = f"{result.total:g}" if any(cells) else ""
        rows.writerow([_as_text(result.student), *cells, total, *map(_as_text, words)])
    return text.getvalue()


def show(console: Console, results: list[Result], columns: dict[str, float]) -> None:
    """Print the table and, below it, what happened where something did."""
    wide = console.width >= WIDE
    console.print(table(results, columns, mistakes=wide))
    named = [
        (result.student, f"{', '.join(result.outcome.mistakes)}.")
        for result in results
        if result.outcome.mistakes and not wide
    ]
    for student, sentence in [*named, *details(results)]:
        console.print(Text.assemble((student, "bold"), f": {sentence}"))


def _as_text(words: str) -> str:
    """A spreadsheet would run words that begin like a formula."""
    return f"'{words}" if words.startswith(("=", "+", "-", "@", "\t")) else words
