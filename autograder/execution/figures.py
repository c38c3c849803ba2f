"""Run a notebook for what it shows."""

from nbformat import NotebookNode

from autograder.execution.conversation import (
    NOT_RUN,
    TIMED_OUT,
    TOO_LONG,
    Conversation,
    Gone,
    Report,
    Trouble,
    too_long,
    violation,
)
from autograder.execution.outputs import error_output, read_outputs
from autograder.execution.wording import where
from autograder.inside.wire import ProtocolError
from autograder.judging import is_test
from autograder.sandbox.limits import Limits
from autograder.sandbox.zygotes import Fork

OVER_OUTPUT = "TooMuchOutput"


class ShowRun(Conversation):
    """Run every cell that is not graded, and keep what it shows."""

    def __init__(self, cells: list[NotebookNode], fork: Fork, limits: Limits, report: Report) -> None:
        super().__init__(fork, limits, report)
        self.cells = cells
        self.hung_before = self.has(Trouble.TIMED_OUT)

    def go(self) -> None:
        """Run all cells; after the end of the process, what is left is marked as not run."""
        self.begin()
        gone: Gone | None = None
        for cell in self.cells:
            if is_test(cell) or not cell.source.strip():
                continue
            if gone is None:
                try:
                    self._show(cell)
                except Gone as end:
                    gone = end
                    cell.outputs = [error_output(end.ename, end.why)]
                    if not self.has(end.kind):
                        self._remember(end, cell)
            else:
                cell.outputs = [error_output(NOT_RUN, f"This cell was not run: {gone.afterwards()}")]

    def _remember(self, end: Gone, cell: NotebookNode) -> None:
        """What happens here only concerns figures; that a limit was passed is said all the same."""
        sentence = end.sentence(cell)
        if end.kind in (Trouble.LIMIT, Trouble.VIOLATION):
            self.report.troubles.append((end.kind, sentence))
        else:
            self.report.notes.append(f"{sentence} The figures after it are missing; no points hang on them.")

    def _show(self, cell: NotebookNode) -> None:
        if too_long(cell):
            cell.outputs = [error_output(TOO_LONG, "This cell is too long to be run.")]
            return
        seconds = self.patience()
        message = ["cell", cell.source, seconds, self.limits.output]
        words, blobs = self.ask(message, seconds, "cell")
        match words:
            case [str(ended), int(count)] if len(blobs) == 1 and 0 <= count < 1_000_000:
                pass
            case _:
                raise violation("the report on a cell has no known form")
        try:
            cell.outputs, cell.execution_count = read_outputs(bytes(blobs[0]), self.limits.output), count
        except ProtocolError as error:
            raise violation(str(error)) from error
        if ended == "timeout":
            self.hung_before = True
            sentence = "This cell took too long and was stopped. Is there a loop in it without an end?"
            cell.outputs.append(error_output(TIMED_OUT, sentence))
            if not self.has(Trouble.TIMED_OUT):
                self.report.troubles.append((Trouble.TIMED_OUT, f"No end within the time: {where(cell)}."))
        elif ended == "output":
            limit = f"{self.limits.output:,} bytes"
            cell.outputs.append(
                error_output(OVER_OUTPUT, f"This cell showed more than {limit}; the rest is cut off.")
            )
            self.report.troubles.append((Trouble.LIMIT, f"More output than {limit} in {where(cell)}."))
