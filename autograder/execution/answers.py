"""Run what defines the answers, and judge them where the notebook checks them.

One process is enough where all goes well: `SmoothRun`. What does not stand there is judged again, with more care: in a
fork for every check, so that no answer harms another, and in two processes that share nothing, first with the numbers
that everyone sees, then with hidden ones.

A function that has seen hidden numbers could write them down, and the next one quote them where it fails; so whatever
words of a submission are shown come from before any hidden number, when there is nothing to quote.
"""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from nbformat import NotebookNode
from nbgrader.utils import is_solution

from autograder.execution.conversation import (
    NOT_RUN,
    TIMED_OUT,
    Conversation,
    Gone,
    Report,
    Trouble,
    crash,
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
    """What all runs do, cell by cell."""

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

    def look_at(self, cell: NotebookNode, verb: str, look: Callable[[socket.socket], Judgement]) -> Judgement:
        """Have the function of a check served, and look at it; raises Gone."""
        self.insist_on_time(self.patience())
        here, there = socket.socketpair()
        started = time.perf_counter()
        try:
            self.tell([verb, exercise_of(cell).name], fds=[there.fileno()])
            there.close()
            return look(here)
        finally:
            here.close()
            there.close()
            spent = self.report.seconds.get("judging", 0.0) + time.perf_counter() - started
            self.report.seconds["judging"] = spent

    def serve_apart(self, cell: NotebookNode, look: Callable[[socket.socket], Judgement]) -> None:
        """Look at the function of a check in a fork of its own, and take the judgement in; raises Gone."""
        judgement = self.look_at(cell, "serve apart", look)
        self.report.judgements[name_of(cell)] = judgement
        if judgement.violation:
            raise violation(judgement.violation)
        self.tell(["enough"])
        self.expect("served", self.limits.cell_seconds)
        self.note_troubles(name_of(cell).removeprefix("check_"), judgement)

    def note_troubles(self, exercise: str, judgement: Judgement) -> None:
        """Take note of what stopped a function, or of why there was none."""
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
    """The run that is heard: its answers are judged with the numbers that everyone sees.

    Attributes:
        hung_at: the cell that did not end in time when it was run before.
    """

    def __init__(
        self,
        order: Order,
        cells: list[NotebookNode],
        fork: Fork,
        limits: Limits,
        report: Report,
        hung_at: NotebookNode | None = None,
    ) -> None:
        super().__init__(order, cells, fork, limits, report)
        self.hung_at = hung_at

    def is_wanted(self, cell: NotebookNode) -> bool:
        """Whether nothing was said of this check."""
        return name_of(cell) not in self.report.judgements

    def run(self, cell: NotebookNode) -> None:
        """Run a cell, and say what went wrong in it; raises Gone."""
        self.hung_before |= cell is self.hung_at
        super().run(cell)

    def judge(self, cell: NotebookNode) -> None:
        """Judge what a cell checks, if that is not settled; raises Gone."""
        if self.is_wanted(cell):
            self.serve_apart(cell, lambda connection: judge_visible(exercise_of(cell), connection))

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


class SmoothRun(VisibleRun):
    """The run in which all goes well: one process, first with the numbers that everyone sees, then with hidden ones.

    Its report holds the judgements that stand: those of full marks, and others where nothing that was called can have
    left traces and both looks say the same, so that no later cell has changed anything either. What may have harmed
    other answers ends the run, and then none stands.
    """

    clean = True

    def go(self) -> None:
        """Run all cells, and look at every function twice."""
        self.begin()
        for cell in self.cells:
            try:
                (self.judge if is_test(cell) else self.run)(cell)
            except Gone as end:
                self.hung_at = cell if end.kind is Trouble.TIMED_OUT else None
                self.report.judgements.clear()
                return
        try:
            for cell in filter(is_test, self.cells):
                self.judge_hidden(cell)
        except Gone:
            self.report.judgements.clear()
        for name, judgement in list(self.report.judgements.items()):
            if not (judgement.is_right or (self.clean and judgement.is_the_same_twice)):
                del self.report.judgements[name]

    def judge(self, cell: NotebookNode) -> None:
        """Look at the answer with the numbers that everyone sees; raises Gone."""
        self._look(cell, lambda connection: judge_visible(exercise_of(cell), connection))

    def judge_hidden(self, cell: NotebookNode) -> None:
        """Look at it with this student's hidden numbers, if there is more to learn; raises Gone."""
        before = self.report.judgements[name_of(cell)]
        if before.is_open:
            exercise, seed = exercise_of(cell), self.order.seed
            self._look(cell, lambda connection: judge_hidden(exercise, connection, seed, before))

    def explain(self, cell: NotebookNode, kind: Trouble, sentence: str) -> None:
        """Take note of a trouble in a cell; raises Gone where more than an answer is broken."""
        super().explain(cell, kind, sentence)
        if kind is not Trouble.BROKEN:
            raise Gone(kind, NOT_RUN, sentence)

    def _look(self, cell: NotebookNode, look: Callable[[socket.socket], Judgement]) -> None:
        judgement = self.look_at(cell, "serve", look)
        if judgement.violation:
            raise violation(judgement.violation)
        if judgement.ended:
            raise crash()
        if judgement.timed_out:
            raise Gone(Trouble.TIMED_OUT, TIMED_OUT, "A function gave no answer and was stopped.")
        no_trace, _ = self.expect("served", 0)
        self.clean &= no_trace == [True]
        self.report.judgements[name_of(cell)] = judgement
        self.note_troubles(name_of(cell).removeprefix("check_"), judgement)


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
            self.serve_apart(cell, lambda connection: judge_hidden(exercise, connection, seed, before))


def up_to_the_last_open(cells: list[NotebookNode], report: Report) -> list[NotebookNode]:
    """The cells up to the last check whose hidden numbers are still to come."""
    last = -1
    for number, cell in enumerate(cells):
        if is_test(cell) and report.judgements[name_of(cell)].is_open:
            last = number
    return cells[: last + 1]
