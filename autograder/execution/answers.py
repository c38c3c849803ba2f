"""Run what defines the answers, and judge them where the notebook checks them.

This is done twice, in two processes that share nothing: first with the numbers that everyone sees, then with hidden ones.
A function that has seen hidden numbers could write them down, and the next one quote them where it fails; so whatever
words of a submission are shown come from the first run, in which there is nothing to quote.
"""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from nbformat import NotebookNode
from nbgrader.utils import is_solution

from autograder.execution.conversation import (
    NOT_RUN,
    Conversation,
    Gone,
    Report,
    Trouble,
    too_long,
    violation,
)
from autograder.execution.outputs import error_output
from autograder.execution.wording import one_line, over_a_limit, shorten, where
from autograder.judging import Judgement, exercise_of, is_test, judge_hidden, judge_visible
from autograder.released import name_of
from autograder.sandbox.limits import Limits
from autograder.sandbox.zygotes import Fork


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


class _Answers(Conversation):
    """What both runs do: cell by cell, and a fork for every check."""

    def __init__(
        self, order: Order, cells: list[NotebookNode], fork: Fork, limits: Limits, report: Report
    ) -> None:
        super().__init__(fork, limits, report)
        self.order, self.cells = order, cells

    def go(self) -> None:
        """Run all cells; after the end of the process, what is left is marked as not run."""
        self.begin()
        gone: Gone | None = None
        for cell in self.cells:
            if gone is None:
                try:
                    (self.judge if is_test(cell) else self.run)(cell)
                except Gone as end:
                    gone = end
                    self.report.troubles.append((end.kind, end.sentence(cell)))
                    self.lose(cell, end.ename, end.why, broke=end.kind is Trouble.VIOLATION)
            else:
                self.lose(cell, NOT_RUN, f"This test was not run: {gone.afterwards()}")

    def lose(self, cell: NotebookNode, ename: str, why: str, *, broke: bool = False) -> None:
        """Say why the check of this cell earns nothing, if it is one and nothing else was said."""
        if is_test(cell) and (broke or self.is_wanted(cell)):
            self.report.judgements[name_of(cell)] = Judgement(error=f"{ename}: {why}")

    def is_wanted(self, cell: NotebookNode) -> bool:
        """Whether this run is still to judge the cell."""
        raise NotImplementedError

    def judge(self, cell: NotebookNode) -> None:
        """Judge what a cell checks; raises Gone."""
        raise NotImplementedError

    def run(self, cell: NotebookNode) -> None:
        """Run a cell, and say what went wrong in it; raises Gone."""
        if not cell.source.strip():
            return
        if too_long(cell):
            self.explain(cell, Trouble.LIMIT, f"A cell is too long to be run: {where(cell)}.")
            return
        shows_only = not is_solution(cell) and cell.source in self.order.released
        seconds = self.patience()
        words, _ = self.ask(["cell", cell.source, shows_only, seconds], seconds, "cell")
        match words:
            case ["timeout", str(), str()]:
                self.hung_before = True
                self.explain(cell, Trouble.TIMED_OUT, f"No end within the time: {where(cell)}.")
            case ["error", str(ename), str(evalue)]:
                self.failed(cell, one_line(ename), one_line(evalue, 200))
            case ["done" | "unwritten", str(), str()]:
                pass
            case _:
                raise violation("the report on a cell has no known form")

    def explain(self, cell: NotebookNode, kind: Trouble, sentence: str) -> None:
        """Take note of a trouble in a cell."""

    def failed(self, cell: NotebookNode, ename: str, evalue: str) -> None:
        """Take note of an exception in a cell."""

    def serve(self, cell: NotebookNode, look: Callable[[socket.socket], Judgement]) -> None:
        """Have the function of a check served in a fork, look at it, and take the judgement in; raises Gone."""
        self.insist_on_time(self.patience())
        here, there = socket.socketpair()
        try:
            self.tell(["serve", exercise_of(cell).name], fds=[there.fileno()])
            there.close()
            started = time.perf_counter()
            judgement = look(here)
            self.report.seconds["judging"] = (
                self.report.seconds.get("judging", 0.0) + time.perf_counter() - started
            )
        finally:
            here.close()
            there.close()
        self.report.judgements[name_of(cell)] = judgement
        if judgement.violation:
            raise violation(judgement.violation)
        self.tell(["enough"])
        self.expect("served", self.limits.cell_seconds)
        self._settle(name_of(cell).removeprefix("check_"), judgement)

    def _settle(self, exercise: str, judgement: Judgement) -> None:
        if judgement.ended:
            sentence = f"Python ended in {exercise}; the other exercises are judged without it."
            self.report.troubles.append((Trouble.CRASHED, sentence))
        elif judgement.timed_out:
            self.hung_before = True
            self.report.troubles.append((Trouble.TIMED_OUT, f"No end within the time: {exercise}."))
        elif judgement.error and not self.report.troubles:
            # A zero with a reason; where something was said before, that is the reason.
            sentence = f"Nothing to judge: {judgement.error.partition(': ')[2]}"
            self.report.troubles.append((Trouble.BROKEN, sentence))


class VisibleRun(_Answers):
    """The run that is heard: its answers are judged with the numbers that everyone sees."""

    def is_wanted(self, cell: NotebookNode) -> bool:
        """Whether nothing was said of this check."""
        return name_of(cell) not in self.report.judgements

    def judge(self, cell: NotebookNode) -> None:
        """Judge what a cell checks; raises Gone."""
        self.serve(cell, lambda connection: judge_visible(exercise_of(cell), connection))

    def explain(self, cell: NotebookNode, kind: Trouble, sentence: str) -> None:
        """Take note of a trouble in a cell."""
        self.report.troubles.append((kind, sentence))

    def failed(self, cell: NotebookNode, ename: str, evalue: str) -> None:
        """Take note of an exception in a cell."""
        over = over_a_limit(ename, evalue)
        if over:
            self.explain(cell, Trouble.LIMIT, f"{over} in {where(cell)}.")
        elif is_solution(cell):
            why = shorten(ename, evalue)
            self.explain(cell, Trouble.BROKEN, f"An answer could not be run: {name_of(cell)} ({why}).")
        if not self.order.figures:
            cell.outputs = [error_output(ename, evalue)]


class HiddenRun(_Answers):
    """The run that is not heard: it goes as far as there are answers to judge with hidden numbers."""

    def __init__(
        self, order: Order, cells: list[NotebookNode], fork: Fork, limits: Limits, report: Report
    ) -> None:
        super().__init__(order, up_to_the_last_open(cells, report), fork, limits, report)
        self.hung_before = self.has(Trouble.TIMED_OUT)

    def is_wanted(self, cell: NotebookNode) -> bool:
        """Whether the hidden check of this cell is still to come."""
        return self.report.judgements[name_of(cell)].is_open

    def judge(self, cell: NotebookNode) -> None:
        """Judge what a cell checks, if that is not settled; raises Gone."""
        before = self.report.judgements[name_of(cell)]
        if before.is_open:
            exercise, seed = exercise_of(cell), self.order.seed
            self.serve(cell, lambda connection: judge_hidden(exercise, connection, seed, before))


def up_to_the_last_open(cells: list[NotebookNode], report: Report) -> list[NotebookNode]:
    """The cells up to the last check whose hidden numbers are still to come."""
    last = -1
    for number, cell in enumerate(cells):
        if is_test(cell) and report.judgements[name_of(cell)].is_open:
            last = number
    return cells[: last + 1]
