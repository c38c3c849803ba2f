"""What happened to a submission, in one word and one sentence, read from its executed cells."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from autograder.execution import CRASHED, NOT_RUN, TIMED_OUT
from autograder.released import marked_cells, name_of

VERDICT = "application/vnd.gradlab.verdict+json"
OUTCOMES = {"right", "wrong", "unwritten", "error", "timeout"}


class Status(StrEnum):
    """How the grading of a submission ended."""

    GRADED = "graded"
    PARTLY = "partly graded"
    TIMED_OUT = "timed out"
    CRASHED = "crashed"
    UNREADABLE = "unreadable"
    MISSING = "missing"
    GRADER_ERROR = "grader error"


@dataclass(frozen=True)
class Outcome:
    """The status of a submission, a sentence about it, and the mistakes that the checks named."""

    status: Status
    detail: str = ""
    mistakes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReadVerdict:
    """What the table shows of a check's verdict. It comes from the submission's process: not trusted."""

    outcome: str
    mistakes: tuple[str, ...] = ()


def outcome_of(notebook: NotebookNode, notes: list[str]) -> Outcome:
    """Read the outcome of an executed notebook from its outputs."""
    verdicts = {name_of(cell): verdict for cell in marked_cells(notebook) for verdict in _verdicts(cell)}
    mistakes = tuple(dict.fromkeys(mistake for verdict in verdicts.values() for mistake in verdict.mistakes))
    status, detail = _status(notebook, verdicts)
    return Outcome(status, detail, mistakes, tuple(notes))


def _status(notebook: NotebookNode, verdicts: dict[str, ReadVerdict]) -> tuple[Status, str]:
    loops = [
        name.removeprefix("check_") for name, verdict in verdicts.items() if verdict.outcome == "timeout"
    ]
    loops += [_where(cell) for cell in _cells_with(notebook, TIMED_OUT)]
    crashes = [_where(cell) for cell in _cells_with(notebook, CRASHED)]
    not_run = [name_of(cell) for cell in _cells_with(notebook, NOT_RUN) if is_grade(cell)]
    missed = f" Not run after it: {', '.join(not_run)}." if not_run else ""
    if crashes:
        return Status.CRASHED, f"Python ended in {crashes[0]}.{missed}"
    if loops or not_run:
        return (
            Status.TIMED_OUT,
            f"No end within the time: {', '.join(loops) or 'the whole notebook'}.{missed}",
        )
    broken = [
        f"{name_of(cell)} ({why})"
        for cell in marked_cells(notebook)
        if is_solution(cell)
        for why in _errors(cell)
    ]
    if broken:
        return Status.PARTLY, f"An answer could not be run: {', '.join(broken)}."
    unwritten = [
        name.removeprefix("check_") for name, verdict in verdicts.items() if verdict.outcome == "unwritten"
    ]
    return Status.GRADED, f"Not written: {', '.join(unwritten)}." if unwritten else ""


def mistakes_in(cell: NotebookNode) -> tuple[str, ...]:
    """The names of the mistakes that a check saw; none for a cell that is no check."""
    return tuple(mistake for verdict in _verdicts(cell) for mistake in verdict.mistakes)


def _verdicts(cell: NotebookNode) -> Iterator[ReadVerdict]:
    if cell.cell_type == "code" and is_grade(cell):
        for output in cell.outputs:
            if output.output_type == "execute_result":
                yield _read_verdict(output.data.get(VERDICT))


def _read_verdict(data: Any) -> ReadVerdict:
    """Take what has the right shape, and no more of it than a table can show."""
    if not isinstance(data, dict) or data.get("outcome") not in OUTCOMES:
        return ReadVerdict("")
    mistakes = data.get("mistakes")
    names = mistakes if isinstance(mistakes, list) else []
    return ReadVerdict(data["outcome"], tuple(_one_line(name) for name in names[:3] if isinstance(name, str)))


def _one_line(words: str, limit: int = 80) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in words[:limit])


def _cells_with(notebook: NotebookNode, ename: str) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if any(error.ename == ename for error in _error_outputs(cell))]


def _error_outputs(cell: NotebookNode) -> list[NotebookNode]:
    return [output for output in cell.get("outputs", []) if output.output_type == "error"]


def _errors(cell: NotebookNode) -> Iterator[str]:
    for error in _error_outputs(cell)[:1]:
        # The kernel's name for the cell means nothing to anyone.
        yield _one_line(
            re.sub(r"\((?:\d+\.py|<[^>]*>), (line \d+)\)", r"in \1", f"{error.ename}: {error.evalue}")
        )


def _where(cell: NotebookNode) -> str:
    """The name of a cell, or how it begins."""
    if "nbgrader" in cell.metadata:
        return name_of(cell)
    return f"the cell that begins {_one_line(cell.source.strip().split(chr(10))[0], 40)!r}"
