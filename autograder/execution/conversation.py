"""What every run of a notebook has in common: a conversation with its process, a budget, and an end."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from nbformat import NotebookNode

from autograder.errors import UserError
from autograder.execution.wording import where
from autograder.inside.wire import ClosedError, LateError, ProtocolError, receive, send
from autograder.judging import Judgement
from autograder.sandbox.limits import Limits
from autograder.sandbox.zygotes import START_SECONDS, Fork

TIMED_OUT = "CellTimeoutError"
CRASHED = "PythonEnded"
NOT_RUN = "NotRun"
TOO_LONG = "TooLong"
# A cell is told to stop in time; this is how much longer we wait for it to say that it has.
GRACE = 2.0
# Bytes of one cell: a whole lesson has 100,000.
MAX_CELL = 1_000_000


class Trouble(StrEnum):
    """What can stop a submission or a part of it."""

    VIOLATION = "violated the protocol"
    LIMIT = "over a limit"
    CRASHED = "crashed"
    TIMED_OUT = "timed out"
    BROKEN = "partly graded"


@dataclass
class Report:
    """What came out of running a notebook.

    Attributes:
        judgements: what the judge says of each graded cell, by its name.
        troubles: what stopped something, in the order of the notebook: (which kind, a sentence).
        notes: remarks that cost nothing.
        seconds: where the time went.
        lost: whether a process was ended by something outside.
    """

    judgements: dict[str, Judgement] = field(default_factory=dict)
    troubles: list[tuple[Trouble, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    lost: bool = False


class Gone(Exception):  # noqa: N818 (an end, not an error of ours)
    """The process of the notebook is gone, or was given up; the sentence says why."""

    def __init__(self, kind: Trouble, ename: str, why: str) -> None:
        super().__init__(why)
        self.kind, self.ename, self.why = kind, ename, why

    def sentence(self, cell: NotebookNode) -> str:
        """What to say of it in a table: it happened in `cell`."""
        match self.kind:
            case Trouble.CRASHED:
                return f"Python ended in {where(cell)}."
            case Trouble.TIMED_OUT:
                return f"No end within the time: {where(cell)}."
            case _:
                return self.why

    def afterwards(self) -> str:
        """What to say of what was not run because of it."""
        return f"{self.why[0].lower()}{self.why[1:]}"


def crash() -> Gone:
    """The process has ended."""
    return Gone(Trouble.CRASHED, CRASHED, "Python ended while this cell ran.")


def violation(what: str) -> Gone:
    """The process has said what it must not say."""
    return Gone(
        Trouble.VIOLATION, CRASHED, f"What the code sent to the grader is against the protocol: {what}."
    )


def _late() -> Gone:
    return Gone(Trouble.TIMED_OUT, TIMED_OUT, "This cell took too long and could not be interrupted.")


def too_long(cell: NotebookNode) -> bool:
    """Whether a cell is longer than what is sent to a process."""
    return len(cell.source.encode("utf-8", "replace")) > MAX_CELL


class Conversation:
    """Questions to the process of one notebook, and its answers: one budget for all, one limit for a cell."""

    def __init__(self, fork: Fork, limits: Limits, report: Report) -> None:
        self.fork, self.limits, self.report = fork, limits, report
        self.deadline = time.monotonic() + limits.notebook_seconds
        self.hung_before = False

    def begin(self) -> None:
        """Wait until the process is shut in.

        Raises ClosedError where it is gone before that, and UserError where a wall cannot be put up.
        """
        try:
            # Not the student's time: a neighbour on another core may just be ended with a thousand processes.
            message, _ = receive(self.fork.control, time.monotonic() + START_SECONDS)
        except (LateError, ProtocolError) as error:
            raise ClosedError(f"a process in the sandbox did not begin: {error}") from error
        if message != ["begun"]:
            raise UserError(f"A wall of the sandbox could not be put up: {message[-1]}.")
        self.deadline = time.monotonic() + self.limits.notebook_seconds

    def patience(self) -> float:
        """Seconds for the next cell: what hung once is mostly called again."""
        seconds = self.limits.cell_seconds / (4 if self.hung_before else 1)
        return min(seconds, self.deadline - time.monotonic())

    def ask(self, message: list[Any], seconds: float, answer: str) -> tuple[list[Any], Any]:
        """Send a message and wait for the answer to it; raises Gone."""
        self.insist_on_time(seconds)
        self.tell(message)
        return self.expect(answer, seconds)

    def insist_on_time(self, seconds: float) -> None:
        """Raise Gone where the budget of the notebook is spent."""
        if seconds <= 0:
            budget = f"{self.limits.notebook_seconds:g} seconds"
            raise Gone(Trouble.TIMED_OUT, NOT_RUN, f"The time for the whole notebook, {budget}, was over.")

    def tell(self, message: list[Any], fds: Sequence[int] = ()) -> None:
        """Send a message; raises Gone."""
        try:
            send(self.fork.control, message, fds=fds)
        except ClosedError:
            raise crash() from None
        except LateError:  # nobody reads over there, and the pipe is full
            raise _late() from None

    def expect(self, answer: str, seconds: float) -> tuple[list[Any], Any]:
        """Wait for an answer; raises Gone."""
        try:
            message, blobs = receive(self.fork.control, time.monotonic() + seconds + GRACE)
        except ClosedError:
            raise crash() from None
        except LateError:
            raise _late() from None
        except ProtocolError as error:
            raise violation(str(error)) from error
        if not isinstance(message, list) or not message or message[0] != answer:
            raise violation("an answer came to a question that was not asked")
        return message[1:], blobs

    def has(self, kind: Trouble) -> bool:
        """Whether there was such a trouble before."""
        return any(kind is found for found, _ in self.report.troubles)
