"""What happened to a submission, in one word and one or two sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from nbformat import NotebookNode
from nbgrader.utils import is_grade

from autograder.execution import NOT_RUN, Report, Trouble, one_line

VERDICT = "application/vnd.gradlab.verdict+json"
OUTCOMES = {"right", "wrong", "unwritten", "error", "timeout"}


class Status(StrEnum):
    """How the grading of a submission ended."""

    GRADED = "graded"
    PARTLY = "partly graded"
    TIMED_OUT = "timed out"
    CRASHED = "crashed"
    LIMIT = "over a limit"
    VIOLATION = "violated the protocol"
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


# What a trouble makes of a submission, the gravest first.
_STATUS = {
    Trouble.VIOLATION: Status.VIOLATION,
    Trouble.LIMIT: Status.LIMIT,
    Trouble.CRASHED: Status.CRASHED,
    Trouble.TIMED_OUT: Status.TIMED_OUT,
    Trouble.BROKEN: Status.PARTLY,
}


def outcome_of(report: Report, notes: list[str]) -> Outcome:
    """The outcome of a notebook that was run and judged."""
    hidden = {name.removeprefix("check_"): judgement.hidden for name, judgement in report.judgements.items()}
    mistakes = (mistake for verdict in hidden.values() if verdict for mistake in verdict.mistakes)
    status, detail = _status(report, [name for name, v in hidden.items() if v and v.outcome == "unwritten"])
    return Outcome(status, detail, tuple(dict.fromkeys(mistakes)), (*notes, *report.notes))


def _status(report: Report, unwritten: list[str]) -> tuple[Status, str]:
    if not report.troubles:
        return Status.GRADED, f"Not written: {', '.join(unwritten)}." if unwritten else ""
    gravest = next(kind for kind in _STATUS if any(kind is found for found, _ in report.troubles))
    # One sentence of each kind that there is, the gravest first.
    sentences = dict.fromkeys(
        sentence for kind in _STATUS for found, sentence in report.troubles if kind is found
    )
    not_run = [
        name for name, judgement in report.judgements.items() if judgement.error.startswith(f"{NOT_RUN}:")
    ]
    missed = [f"Not run after it: {', '.join(not_run)}."] if not_run else []
    return _STATUS[gravest], " ".join([*list(sentences)[:3], *missed])


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
    if (
        not isinstance(data, dict)
        or not isinstance(outcome := data.get("outcome"), str)
        or outcome not in OUTCOMES
    ):
        return ReadVerdict("")
    mistakes = data.get("mistakes")
    names = mistakes if isinstance(mistakes, list) else []
    return ReadVerdict(outcome, tuple(one_line(name) for name in names[:3] if isinstance(name, str)))
