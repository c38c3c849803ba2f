"""Run one restored notebook in the sandbox: once for its answers, which are judged, and once for what it shows.

The two runs are forks of two zygotes and share nothing. While answers are judged the library is not there, and the
released cells that only show something are passed over. While the notebook is shown everything is there, and the
graded cells are passed over: what they hold is written by the judge.
"""

import json
import re
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.utils import is_solution

from autograder.errors import UserError
from autograder.inside.wire import ClosedError, LateError, ProtocolError, receive, send
from autograder.judging import Judgement, exercise_of, is_test, judge_function
from autograder.released import name_of
from autograder.sandbox.limits import Limits
from autograder.sandbox.zygotes import START_SECONDS, Fork, Role, Sandbox

TIMED_OUT = "CellTimeoutError"
CRASHED = "PythonEnded"
NOT_RUN = "NotRun"
OVER_OUTPUT = "TooMuchOutput"
# A cell is told to stop in time; this is how much longer we wait for it to say that it has.
GRACE = 2.0


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


@dataclass(frozen=True)
class Order:
    """What to run.

    Attributes:
        notebook: restored to the release; its code cells get their outputs.
        released: the sources of the released cells that are no answers.
        seed: of this student's hidden numbers.
        figures: False leaves out the run that shows the notebook.
    """

    notebook: NotebookNode
    released: frozenset[str]
    seed: str
    figures: bool = True


def run_notebook(order: Order, sandboxes: dict[Role, Sandbox], limits: Limits) -> Report:
    """Judge the answers of a notebook and show the rest of it; whatever the student's code does, a report comes back.

    Raises UserError where the sandbox itself does not work.
    """
    report = Report()
    cells = [cell for cell in order.notebook.cells if cell.cell_type == "code"]
    for cell in cells:
        cell.outputs, cell.execution_count = [], None
    with _timed(report, "answers"), _forked(sandboxes["answer"], report, limits) as fork:
        _AnswerRun(order, cells, fork, limits, report).go()
    if order.figures:
        with _timed(report, "figures"), _forked(sandboxes["show"], report, limits) as fork:
            _ShowRun(cells, fork, limits, report).go()
    return report


@contextmanager
def _timed(report: Report, what: str) -> Iterator[None]:
    started = time.perf_counter()
    try:
        yield
    finally:
        report.seconds[what] = time.perf_counter() - started


@contextmanager
def _forked(sandbox: Sandbox, report: Report, limits: Limits) -> Iterator[Fork]:
    fork = sandbox.fork()
    try:
        yield fork
    finally:
        status, reason = fork.end()
        if reason in _OVER:
            report.troubles.insert(0, (Trouble.LIMIT, _OVER[reason].format(limits=limits)))
        # Nobody inside can send this signal to the first process of its namespace.
        report.lost |= reason in ("", "lost") and status == -signal.SIGKILL


_OVER = {
    "memory": "All processes together took more than {limits.memory:,} bytes of memory, and were ended.",
    "processes": "More than {limits.processes} processes ran at once, and all were ended.",
}


class _Gone(Exception):  # noqa: N818 (an end, not an error of ours)
    """The process of the notebook is gone, or was given up; the sentence says why."""

    def __init__(self, kind: Trouble, ename: str, why: str) -> None:
        super().__init__(why)
        self.kind, self.ename, self.why = kind, ename, why


class _Run:
    """What both runs have in common: one budget for the notebook, one limit for a cell, and an end."""

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

    def patience(self) -> float:
        """Seconds for the next cell: what hung once is mostly called again."""
        seconds = self.limits.cell_seconds / (4 if self.hung_before else 1)
        return min(seconds, self.deadline - time.monotonic())

    def ask(self, message: list[Any], seconds: float, answer: str) -> tuple[list[Any], Any]:
        """Send a message and wait for the answer to it; raises _Gone."""
        if seconds <= 0:
            budget = f"{self.limits.notebook_seconds:g} seconds"
            raise _Gone(Trouble.TIMED_OUT, NOT_RUN, f"The time for the whole notebook, {budget}, was over.")
        try:
            send(self.fork.control, message)
        except ClosedError:
            raise _crash() from None
        return self._expect(answer, seconds)

    def _expect(self, answer: str, seconds: float) -> tuple[list[Any], Any]:
        try:
            message, blobs = receive(self.fork.control, time.monotonic() + seconds + GRACE)
        except ClosedError:
            raise _crash() from None
        except LateError:
            raise _Gone(
                Trouble.TIMED_OUT, TIMED_OUT, "This cell took too long and could not be interrupted."
            ) from None
        except ProtocolError as error:
            raise _violation(str(error)) from error
        if not isinstance(message, list) or not message or message[0] != answer:
            raise _violation("an answer came to a question that was not asked")
        return message[1:], blobs


def _crash() -> _Gone:
    return _Gone(Trouble.CRASHED, CRASHED, "Python ended while this cell ran.")


def _violation(what: str) -> _Gone:
    return _Gone(
        Trouble.VIOLATION, CRASHED, f"What the code sent to the grader is against the protocol: {what}."
    )


class _AnswerRun(_Run):
    """Run what defines the answers, and judge them where the notebook checks them."""

    def __init__(
        self, order: Order, cells: list[NotebookNode], fork: Fork, limits: Limits, report: Report
    ) -> None:
        super().__init__(fork, limits, report)
        self.order, self.cells = order, cells

    def go(self) -> None:
        """Run all cells; after the end of the process, what is left is marked as not run."""
        self.begin()
        gone: _Gone | None = None
        for cell in self.cells:
            if gone is None:
                try:
                    (self._judge if is_test(cell) else self._run)(cell)
                except _Gone as end:
                    gone = end
                    self._remember(end, cell)
                    if is_test(cell):
                        self._lost(cell, end.ename, str(end))
            elif is_test(cell):
                self._lost(cell, NOT_RUN, f"This test was not run: {_lower(str(gone))}")

    def _remember(self, end: _Gone, cell: NotebookNode) -> None:
        self.report.troubles.append((end.kind, _sentence(end, cell)))

    def _lost(self, cell: NotebookNode, ename: str, why: str) -> None:
        judgement = Judgement(error=f"{ename}: {why}")
        self.report.judgements[name_of(cell)] = judgement
        cell.outputs = judgement.outputs()

    def _run(self, cell: NotebookNode) -> None:
        if not cell.source.strip():
            return
        shows_only = not is_solution(cell) and cell.source in self.order.released
        seconds = self.patience()
        words, _ = self.ask(["cell", cell.source, shows_only, seconds], seconds, "cell")
        match words:
            case ["timeout", str(), str()]:
                self.hung_before = True
                self.report.troubles.append((Trouble.TIMED_OUT, f"No end within the time: {where(cell)}."))
            case ["error", str(ename), str(evalue)]:
                self._explain(cell, one_line(ename), one_line(evalue, 200))
            case ["done" | "unwritten", str(), str()]:
                pass
            case _:
                raise _violation("the report on a cell has no known form")

    def _explain(self, cell: NotebookNode, ename: str, evalue: str) -> None:
        over = over_a_limit(ename, evalue)
        if over:
            self.report.troubles.append((Trouble.LIMIT, f"{over} in {where(cell)}."))
        elif is_solution(cell):
            self.report.troubles.append(
                (Trouble.BROKEN, f"An answer could not be run: {name_of(cell)} ({shorten(ename, evalue)}).")
            )
        if not self.order.figures:
            cell.outputs = [_error(ename, evalue)]

    def _judge(self, cell: NotebookNode) -> None:
        exercise = exercise_of(cell)
        here, there = socket.socketpair()
        if self.patience() <= 0:
            here.close()
            there.close()
            self.ask([], 0, "served")
        try:
            send(self.fork.control, ["serve", exercise.name], fds=[there.fileno()])
            there.close()
            judgement = judge_function(exercise, here, self.order.seed)
        except ClosedError:
            # Nothing has been asked yet: the notebook's own process is gone, not the exercise's.
            raise _crash() from None
        except LateError:
            judgement = Judgement(error=f"{TIMED_OUT}: {exercise.name} gave no answer and was stopped.")
        except ProtocolError as error:
            raise _violation(str(error)) from error
        finally:
            here.close()
            there.close()
        self._settle(cell, judgement)
        with _closing_is_a_crash():
            send(self.fork.control, ["enough"])
        self._expect("served", self.limits.cell_seconds)

    def _settle(self, cell: NotebookNode, judgement: Judgement) -> None:
        name = name_of(cell)
        self.report.judgements[name] = judgement
        cell.outputs = judgement.outputs()
        exercise = name.removeprefix("check_")
        if judgement.violation:
            raise _violation(judgement.violation)
        if judgement.ended:
            self.report.troubles.append(
                (Trouble.CRASHED, f"Python ended in {exercise}; the other exercises are judged without it.")
            )
        elif "timeout" in (v.outcome for v in (judgement.visible, judgement.hidden) if v):
            self.hung_before = True
            self.report.troubles.append((Trouble.TIMED_OUT, f"No end within the time: {exercise}."))


class _ShowRun(_Run):
    """Run every cell that is not graded, and keep what it shows."""

    def __init__(self, cells: list[NotebookNode], fork: Fork, limits: Limits, report: Report) -> None:
        super().__init__(fork, limits, report)
        self.cells = cells
        self.hung_before = any(kind is Trouble.TIMED_OUT for kind, _ in report.troubles)

    def go(self) -> None:
        """Run all cells; after the end of the process, what is left is marked as not run."""
        self.begin()
        gone: _Gone | None = None
        for cell in self.cells:
            if is_test(cell) or not cell.source.strip():
                continue
            if gone is None:
                try:
                    self._show(cell)
                except _Gone as end:
                    gone = end
                    cell.outputs = [_error(end.ename, end.why)]
                    if end.kind not in (kind for kind, _ in self.report.troubles):
                        self._remember(end, cell)
            else:
                cell.outputs = [_error(NOT_RUN, f"This cell was not run: {_lower(gone.why)}")]

    def _remember(self, end: _Gone, cell: NotebookNode) -> None:
        """What happens here only concerns figures; that a limit was passed is said all the same."""
        sentence = _sentence(end, cell)
        if end.kind in (Trouble.LIMIT, Trouble.VIOLATION):
            self.report.troubles.append((end.kind, sentence))
        else:
            self.report.notes.append(f"{sentence} The figures after it are missing; no points hang on them.")

    def _show(self, cell: NotebookNode) -> None:
        seconds = self.patience()
        message = ["cell", cell.source, seconds, self.limits.output]
        words, blobs = self.ask(message, seconds, "cell")
        match words:
            case [str(ended), int(count)] if len(blobs) == 1:
                cell.outputs, cell.execution_count = _read_outputs(bytes(blobs[0])), count
            case _:
                raise _violation("the report on a cell has no known form")
        if ended == "timeout":
            self.hung_before = True
            sentence = "This cell took too long and was stopped. Is there a loop in it without an end?"
            cell.outputs.append(_error(TIMED_OUT, sentence))
            if not any(kind is Trouble.TIMED_OUT for kind, _ in self.report.troubles):
                self.report.troubles.append((Trouble.TIMED_OUT, f"No end within the time: {where(cell)}."))
        elif ended == "output":
            limit = f"{self.limits.output:,} bytes"
            cell.outputs.append(
                _error(OVER_OUTPUT, f"This cell showed more than {limit}; the rest is cut off.")
            )
            self.report.troubles.append((Trouble.LIMIT, f"More output than {limit} in {where(cell)}."))


@contextmanager
def _closing_is_a_crash() -> Iterator[None]:
    try:
        yield
    except ClosedError:
        raise _crash() from None


def _read_outputs(content: bytes) -> list[NotebookNode]:
    """The outputs that a shell says it has made: only what nbformat knows, and with the right types."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _violation("the outputs of a cell cannot be read") from error
    if not isinstance(found, list):
        raise _violation("the outputs of a cell cannot be read")
    return [output for item in found if (output := _read_output(item)) is not None]


def _read_output(item: Any) -> NotebookNode | None:
    match item:
        case {"output_type": "stream", "name": "stdout" | "stderr" as name, "text": str(text)}:
            return _node("stream", name=name, text=_clean(text))
        case {"output_type": "error", "ename": str(ename), "evalue": str(evalue), "traceback": list(lines)}:
            trace = [_clean(line) for line in lines if isinstance(line, str)]
            return _node("error", ename=_clean(ename), evalue=_clean(evalue), traceback=trace)
        case {"output_type": "display_data" | "execute_result" as kind, "data": dict(data)}:
            texts = {_clean(mime): _clean(text) for mime, text in data.items() if isinstance(text, str)}
            count = {"execution_count": None} if kind == "execute_result" else {}
            return _node(kind, data=texts, metadata={}, **count)
    return None


def _node(kind: str, **parts: Any) -> NotebookNode:
    output: NotebookNode = new_output(kind, **parts)
    return output


def _clean(text: str) -> str:
    """Half a surrogate pair cannot be written to a file."""
    return text.encode("utf-8", "replace").decode()


def _error(ename: str, sentence: str) -> NotebookNode:
    return _node("error", ename=ename, evalue=sentence, traceback=[f"{ename}: {sentence}"])


def over_a_limit(ename: str, evalue: str) -> str:
    """Which limit an exception speaks of, in a sentence without an end; nothing where it speaks of none."""
    if ename in ("MemoryError", "_ArrayMemoryError"):
        return "More memory than there is for a submission"
    if "can't start new thread" in evalue or ename == "BlockingIOError":
        return "More processes than there are for a submission"
    for words, what in (
        ("No space left on device", "More or larger files than the scratch folder holds"),
        ("File too large", "A file larger than is allowed"),
        ("Too many open files", "More open files than are allowed"),
    ):
        if words in evalue and ename == "OSError":
            return what
    return ""


def where(cell: NotebookNode) -> str:
    """The name of a cell, or how it begins."""
    if "nbgrader" in cell.metadata:
        return name_of(cell).removeprefix("check_")
    return f"the cell that begins {one_line(cell.source.strip().split(chr(10))[0], 40)!r}"


def one_line(words: str, limit: int = 80) -> str:
    """Words of a submission such that they fit a table."""
    return "".join(sign if sign.isprintable() else " " for sign in words[:limit])


def shorten(ename: str, evalue: str) -> str:
    """An exception in a line; the shell's name for the cell means nothing to anyone."""
    return one_line(re.sub(r"\((?:\d+\.py|<[^>]*>), (line \d+)\)", r"in \1", f"{ename}: {evalue}"))


def _sentence(end: _Gone, cell: NotebookNode) -> str:
    place = where(cell)
    match end.kind:
        case Trouble.CRASHED:
            return f"Python ended in {place}."
        case Trouble.TIMED_OUT:
            return f"No end within the time: {place}."
        case _:
            return end.why


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]
