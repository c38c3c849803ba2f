"""Run a solution notebook from its first cell to its last; keep of its outputs what lasts."""

import os
import tempfile
from collections.abc import Iterator
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from autograder.course import Lesson
from autograder.errors import UserError

VERDICT = "application/vnd.gradlab.verdict+json"
# A widget's view is not among them: its model has a random id, and lives only as long as the kernel.
KEPT_OUTPUTS = {
    "text/plain",
    "text/html",
    "text/markdown",
    "text/latex",
    "image/png",
    "image/svg+xml",
    VERDICT,
}
# One thread and fixed hashes: the same numbers to the last digit, on one core or on many. And one way to multiply
# matrices: OpenBLAS has one for each kind of processor, with other last digits, which a long training makes first ones.
# That of Haswell runs on every x86 processor since 2013; others pass the name over.
FIXED = {
    "PYTHONHASHSEED": "0",
    "OPENBLAS_CORETYPE": "Haswell",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}
CELL_SECONDS = 300


def run_solution(notebook: NotebookNode, lesson: Lesson) -> NotebookNode:
    """Execute the notebook in the lesson's folder and clean its outputs; it is changed in place and returned.

    Raises UserError when a cell raises, runs too long or kills the kernel, or when a check refuses it.
    """
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=CELL_SECONDS,
        resources={"metadata": {"path": str(lesson.source.parent)}},
        record_timing=False,
        coalesce_streams=True,
        # Otherwise every kernel warns that its channel, which stays on this machine, is not encrypted.
        extra_arguments=["--log-level=ERROR"],
    )
    with tempfile.TemporaryDirectory() as home, client.setup_kernel(env=_environment(home)):
        for number, cell in enumerate(notebook.cells):
            try:
                client.execute_cell(cell, number)
            except CellExecutionError as error:
                raise UserError(
                    _stopped(lesson, cell, number, f"raised {error.ename}: {error.evalue}")
                ) from error
            except CellTimeoutError as error:
                raise UserError(
                    _stopped(lesson, cell, number, f"ran for more than {CELL_SECONDS} s")
                ) from error
            except DeadKernelError as error:
                raise UserError(_stopped(lesson, cell, number, "ended the Python process")) from error
            _refuse_lost_points(lesson, cell, number)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [_lasting(output) for output in cell.outputs]
    return notebook


def _environment(home: str) -> dict[str, str]:
    """This process's environment, without what could make one person's outputs differ from another's."""
    here = {name: value for name, value in os.environ.items() if name != "GRADLAB_SEED"}
    return here | FIXED | {"GRADLAB_HOME": home, "IPYTHONDIR": home}


def _refuse_lost_points(lesson: Lesson, cell: NotebookNode, number: int) -> None:
    """A check that refuses our own answer would refuse every learner's."""
    marks = cell.metadata.get("nbgrader", {})
    if cell.cell_type != "code" or not marks.get("grade"):
        return
    for verdict in _verdicts(cell):
        points, most = verdict["points"], verdict["max_points"]
        if points != most:
            raise UserError(
                _stopped(lesson, cell, number, f"gives our own answer {points:g} of {most:g} points")
            )
        if most != marks["points"]:
            raise UserError(
                _stopped(
                    lesson, cell, number, f"gives {most:g} points, but its header says {marks['points']:g}"
                )
            )


def _verdicts(cell: NotebookNode) -> Iterator[dict[str, Any]]:
    for output in cell.outputs:
        if VERDICT in output.get("data", {}):
            yield output.data[VERDICT]


def _stopped(lesson: Lesson, cell: NotebookNode, number: int, what: str) -> str:
    first_line = cell.source.split("\n", 1)[0]
    return (
        f"{lesson.name}, cell {number + 1} ({first_line!r}) {what}. "
        f"Nothing was written. Mend {lesson.source}, then build again."
    )


def _lasting(output: NotebookNode) -> NotebookNode:
    """An output without what changes from run to run."""
    if "data" in output:
        output.data = NotebookNode(
            {kind: value for kind, value in output.data.items() if kind in KEPT_OUTPUTS}
        )
    return output
