"""The lesson as it was released, hidden tests included: what submissions are restored to."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import CheckCellMetadata, ClearOutput, ClearSolutions, ComputeChecksums, LockCells
from nbgrader.utils import determine_grade, is_grade, is_locked, is_solution, is_task
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.course import ROOT, Lesson
from autograder.errors import UserError

# What `nbgrader generate_assignment` does before it saves the cells to the gradebook.
STEPS = (LockCells, ClearSolutions, ClearOutput, CheckCellMetadata, ComputeChecksums)


def course_config(root: Path = ROOT) -> Config:
    """The settings in `nbgrader_config.py`, the same file that every nbgrader command reads."""
    config: Config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    return config


def released_notebook(lesson: Lesson) -> NotebookNode:
    """The released notebook with its hidden tests: stubs, checksums and nbgrader metadata in place.

    Raises UserError when the lesson has not been built.
    """
    if not lesson.solution.is_file():
        raise UserError(
            f"The lesson {lesson.name} has not been built: {lesson.solution} is missing. "
            f"Run `python -m autograder build {lesson.name}`, then try again."
        )
    return release(nbformat.read(lesson.solution, as_version=4), course_config())


def release(solution: NotebookNode, config: Config) -> NotebookNode:
    """Turn a solution notebook into what is released, except that hidden tests stay."""
    notebook: NotebookNode = solution
    resources: dict[str, object] = {}
    for step in STEPS:
        notebook, resources = step(config=config)(notebook, resources)
    return notebook


def shown_sources(released: NotebookNode) -> frozenset[str]:
    """The sources of the released code cells that are no answers: what they show is known."""
    code = (cell for cell in released.cells if cell.cell_type == "code")
    return frozenset(cell.source for cell in code if not is_solution(cell))


def marked_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells nbgrader knows: answers, tests, tasks and read-only cells, in order."""
    return [
        cell
        for cell in notebook.cells
        if any(is_a(cell) for is_a in (is_grade, is_solution, is_locked, is_task))
    ]


def graded_points(cell: NotebookNode) -> tuple[float, float]:
    """The points that nbgrader reads from an executed graded cell, and the most that it can earn."""
    earned, most = determine_grade(cell)
    return float(earned or 0), float(most)


def name_of(cell: NotebookNode) -> str:
    """The grade_id of a cell that nbgrader knows."""
    return str(cell.metadata.nbgrader.grade_id)
