"""Run a restored notebook in a kernel of its own, within a budget, and keep what it earned."""

import asyncio
import os
import re
import signal
import tempfile
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from math import ceil
from pathlib import Path
from subprocess import DEVNULL
from threading import Lock
from time import monotonic
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute as StockExecute
from nbgrader.utils import is_grade, is_solution
from traitlets import Float, Integer, default

from autograder.seed import course_secret, student_seed

TIMED_OUT = "CellTimeoutError"
CRASHED = "KernelDied"
NOT_RUN = "NotRun"
CALLS_CHECK = re.compile(r"^check\(", re.MULTILINE)

# What a kernel needs from our environment. Anything else, such as access tokens, stays outside.
PASSED_ON = (
    "PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV",
    "CONDA_PREFIX", "JUPYTER_PATH", "JUPYTER_DATA_DIR", "XDG_CACHE_HOME", "MPLCONFIGDIR", "SYSTEMROOT",
    "TEMP", "TMP",
)  # fmt: skip


def kernel_environment(seed: str, scratch: Path) -> dict[str, str]:
    """The environment of a submission's kernel: hidden seed, one BLAS thread, no one else's progress file."""
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return passed | threads | {
        "GRADLAB_SEED": seed,
        "GRADLAB_HOME": str(scratch),
        "PYTHONHASHSEED": "0",
        "NBGRADER_EXECUTION": "autograde",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # a warning of the debugger that concerns no one here
    }  # fmt: skip


class Kernels:
    """The kernels that are running, so that all can be ended at once when a person stops the batch."""

    def __init__(self) -> None:
        """Begin with none."""
        self._running: set[int] = set()
        self._lock = Lock()
        self._closed = False

    def started(self, pid: int) -> None:
        """Remember a kernel; end it straight away when the batch has been stopped meanwhile."""
        with self._lock:
            self._running.add(pid)
            if self._closed:
                end_group(pid)

    def ended(self, pid: int) -> None:
        """Forget a kernel that is gone: its number may be given to another program."""
        with self._lock:
            self._running.discard(pid)

    def end_all(self) -> None:
        """End every kernel, now and from now on."""
        with self._lock:
            self._closed = True
            for pid in self._running:
                end_group(pid)


class Execute(StockExecute):
    """nbgrader's Execute with one budget a notebook; nothing is lost if a cell hangs or the kernel dies.

    - A cell that takes too long is interrupted; what follows still runs while the budget lasts.
    - When the kernel dies or no longer answers, the cells before it keep their results, and those after it
      get an error that says that they were not run, which nbgrader counts as 0.
    - Warnings cost nothing: in a test, stderr is shown as ordinary text.
    - A check that reports no points, or points out of range, has not passed.
    """

    budget = Float(120.0, help="Seconds that a whole notebook may take.").tag(config=True)
    cell_limit = Float(20.0, help="Seconds that a single cell may take.").tag(config=True)
    iopub_timeout = Integer(4).tag(config=True)

    @default("shutdown_kernel")
    def _shutdown_kernel_default(self) -> str:
        return "immediate"  # a kernel that hangs would be waited for

    def __init__(self, kernels: Kernels | None = None, **settings: Any) -> None:
        """Register the kernels that are started in `kernels`; `settings` are those of any preprocessor."""
        super().__init__(**settings)  # type: ignore[no-untyped-call]
        self.kernels = kernels or Kernels()
        self._hung_before = False

    def preprocess(
        self, nb: NotebookNode, resources: Any = None, km: Any = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Execute one notebook in place; `resources` names the lesson and the student."""
        names = resources["nbgrader"]
        seed = student_seed(course_secret(), names["assignment"], names["student"])
        # ignore_cleanup_errors: a process that outlived the kernel may still write there.
        with tempfile.TemporaryDirectory(prefix="gradlab-", ignore_cleanup_errors=True) as scratch:
            self.nb, self.km, self.kc = nb, None, None
            self.resources = resources
            self.reset_execution_trackers()
            self._hung_before = False
            _run(lambda: self._execute_all(kernel_environment(seed, Path(scratch)), scratch))
        for cell in nb.cells:
            if is_grade(cell) and not is_solution(cell) and cell.cell_type == "code":
                cell.outputs = settled_outputs(cell)
        return nb, resources

    async def _execute_all(self, env: dict[str, str], cwd: str) -> None:
        deadline = monotonic() + self.budget
        self.timeout_func = lambda cell: max(1, ceil(min(self._patience(cell), deadline - monotonic())))
        self.km = self.create_kernel_manager()
        pid = None
        try:
            # What is written past IPython, to the process's own output, would end up in our terminal.
            await self.async_start_new_kernel(env=env, cwd=cwd, stdout=DEVNULL, stderr=DEVNULL)
            pid = int(self.km.provisioner.pid)  # type: ignore[union-attr]  # a local process has one
            self.kernels.started(pid)
            await self.async_start_new_kernel_client()
            stopped = ""
            for index, cell in enumerate(self.nb.cells):
                if not stopped and monotonic() > deadline:
                    stopped = f"the time for the whole notebook, {self.budget:g} seconds, was over"
                if stopped:
                    _mark(cell, NOT_RUN, f"This cell was not run: {stopped}.")
                else:
                    stopped = await self._execute_one(cell, index)
        finally:
            if self.km is not None:
                await self._async_cleanup_kernel()
            if pid is not None:
                end_group(pid)
                self.kernels.ended(pid)

    def _patience(self, cell: NotebookNode) -> float:
        # What hung once is mostly called again, in cells that only show something.
        return self.cell_limit / 4 if self._hung_before and not is_grade(cell) else self.cell_limit

    async def _execute_one(self, cell: NotebookNode, index: int) -> str:
        """Run one cell; return why nothing can be run after it, or nothing."""
        try:
            await self.async_execute_cell(cell, index, store_history=True)
        except DeadKernelError:
            _mark(cell, CRASHED, "Python ended while this cell ran.")
            return "Python had ended in an earlier cell"
        except CellTimeoutError:
            _mark(
                cell,
                TIMED_OUT,
                "This cell took too long and could not be interrupted.",
            )
            return "an earlier cell could not be interrupted"
        self._hung_before |= any(output.get("ename") == TIMED_OUT for output in cell.get("outputs", []))
        return ""

    @default("error_on_timeout")
    def _error_on_timeout_default(self) -> dict[str, Any]:
        sentence = "This cell took too long and was stopped. Is there a loop in it without an end?"
        return {"ename": TIMED_OUT, "evalue": sentence, "traceback": [f"{TIMED_OUT}: {sentence}"]}


def settled_outputs(cell: NotebookNode) -> list[NotebookNode]:
    """The outputs of a test cell such that nbgrader reads from them exactly what the last check reported."""
    outputs = [_without_stderr(output) for output in cell.outputs]
    results = [output for output in outputs if output.output_type == "execute_result"]
    failed = any(output.output_type == "error" for output in outputs)
    if not results and not failed and not CALLS_CHECK.search(cell.source):
        return outputs  # a test made of asserts: it says nothing when all is well
    proper = results and not failed and _in_range(results[-1], float(cell.metadata.nbgrader.points))
    counts = results[-1] if proper else None
    # nbgrader reads the first result or error. A shell that shows every line's value shows the visible check
    # first, and what comes after it would not count.
    settled = [
        _as_display(output) if output.output_type == "execute_result" and output is not counts else output
        for output in outputs
    ]
    return (
        settled
        if proper or failed
        else [*settled, _error("NoResult", "This test did not report its points.")]
    )


def _without_stderr(output: NotebookNode) -> NotebookNode:
    if output.output_type == "stream":
        output.name = "stdout"
    return output


def _in_range(result: NotebookNode, max_points: float) -> bool:
    try:
        return 0 <= float(result.data.get("text/plain", "")) <= max_points
    except (TypeError, ValueError):
        return False


def _as_display(result: NotebookNode) -> NotebookNode:
    display: NotebookNode = new_output("display_data", data=result.data, metadata=result.metadata)
    return display


def _mark(cell: NotebookNode, ename: str, sentence: str) -> None:
    if cell.cell_type == "code" and cell.source.strip():
        cell.outputs = [*cell.get("outputs", []), _error(ename, sentence)]


def _error(ename: str, sentence: str) -> NotebookNode:
    error: NotebookNode = new_output(
        "error", ename=ename, evalue=sentence, traceback=[f"{ename}: {sentence}"]
    )
    return error


def end_group(pid: int) -> None:
    """End a kernel with what it started and left behind: it leads a process group of its own."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def _run(start: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run to the end, also where a loop is running already, as in the Formgrader's server."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(start())
    else:
        with ThreadPoolExecutor(max_workers=1) as thread:
            thread.submit(lambda: asyncio.run(start())).result()
