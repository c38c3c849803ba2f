"""Run one restored notebook in the sandbox: for its answers, which are judged, and for what it shows.

The runs are forks of two zygotes and share nothing. While answers are judged the library is not there, and the
released cells that only show something are passed over. While the notebook is shown everything is there, and the
graded cells are passed over: what they hold is written by the judge.
"""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from nbformat import NotebookNode

from autograder.execution.answers import HiddenRun, Order, SmoothRun, VisibleRun, up_to_the_last_open
from autograder.execution.conversation import CRASHED, NOT_RUN, TIMED_OUT, Report, Trouble
from autograder.execution.figures import ShowRun
from autograder.execution.wording import one_line
from autograder.judging import is_test
from autograder.released import name_of
from autograder.sandbox.limits import Limits
from autograder.sandbox.zygotes import Fork, Role, Sandbox

__all__ = ["CRASHED", "NOT_RUN", "TIMED_OUT", "Order", "Report", "Trouble", "one_line", "run_notebook"]


def run_notebook(order: Order, sandboxes: dict[Role, Sandbox], limits: Limits) -> Report:
    """Judge the answers of a notebook and show the rest of it; whatever the student's code does, a report comes back.

    Raises UserError where the sandbox itself does not work, and ClosedError where it is gone.
    """
    report = Report()
    cells = [cell for cell in order.notebook.cells if cell.cell_type == "code"]
    for cell in cells:
        cell.outputs, cell.execution_count = [], None
    with _timed(report, "answers"):
        hung_at = _settle_in_one_process(order, cells, sandboxes["answer"], limits, report)
        if not all(name_of(cell) in report.judgements for cell in filter(is_test, cells)):
            with _forked(sandboxes["answer"], report, limits) as fork:
                VisibleRun(order, cells, fork, limits, report, hung_at).go()
        if up_to_the_last_open(cells, report):
            with _forked(sandboxes["answer"], report, limits) as fork:
                HiddenRun(order, cells, fork, limits, report).go()
    for cell in filter(is_test, cells):
        cell.outputs = report.judgements[name_of(cell)].outputs()
    if order.figures:
        with _timed(report, "figures"), _forked(sandboxes["show"], report, limits) as fork:
            ShowRun(cells, fork, limits, report).go()
    return report


def _settle_in_one_process(
    order: Order, cells: list[NotebookNode], sandbox: Sandbox, limits: Limits, report: Report
) -> NotebookNode | None:
    """Take into the report what one process settles, with its troubles where that is all; the cell that hung, if one did."""
    smooth = Report(seconds=report.seconds)
    with _forked(sandbox, smooth, limits) as fork:
        run = SmoothRun(order, cells, fork, limits, smooth)
        run.go()
    if smooth.lost or any(kind is not Trouble.BROKEN for kind, _ in smooth.troubles):
        return run.hung_at
    report.judgements.update(smooth.judgements)
    if all(name_of(cell) in report.judgements for cell in filter(is_test, cells)):
        report.troubles += smooth.troubles
    return None


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
