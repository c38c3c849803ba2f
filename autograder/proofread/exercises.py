"""The exercises and the written questions of a lesson."""

import ast
import re
from collections.abc import Iterator

from nbformat import NotebookNode

from autograder.proofread.page import Page, headings, is_exercise, is_written, marks

FEWEST, MOST = 3, 6


def has_enough_exercises(page: Page) -> Iterator[str]:
    """Three to six, each under a heading with its number and its name."""
    cells = page.solution.cells
    found = [at for at, cell in enumerate(cells) if is_exercise(cell)]
    if page.is_tour:
        return
    if not FEWEST <= len(found) <= MOST:
        yield f"it has {len(found)} exercises, and a lesson has {FEWEST} to {MOST}"
    for count, at in enumerate(found, start=1):
        name, above = _name(cells[at]), headings(cells[at - 1])
        if not above or above[-1] != (3, f"Exercise {count}: `{name}`"):
            yield f"above {name} there is no heading ### Exercise {count}: `{name}`"


def checks_every_exercise(page: Page) -> Iterator[str]:
    """The cell below an exercise checks it, with points, and with other numbers when it is graded."""
    cells = page.solution.cells
    for at in (at for at, cell in enumerate(cells) if is_exercise(cell)):
        name, below = _name(cells[at]), "".join(cell.source for cell in cells[at + 1 : at + 2])
        if f"check({name})" not in below:
            yield f"the cell below {name} does not check it: check({name})"
        elif not page.is_tour and f"check({name}, hidden=True)" not in below:
            yield f"the check of {name} has no hidden part: check({name}, hidden=True)"


def uses_every_exercise(page: Page) -> Iterator[str]:
    """Before the next exercise comes, a cell puts the learner's function to work."""
    for name, cells in _after_each(page):
        if not any(name in _called(cell.source) for cell in cells):
            yield f"no cell uses {name} before the next exercise"


def has_a_written_question(page: Page) -> Iterator[str]:
    """At least one, under a heading that says its points, with a rubric that has a line for each of them."""
    cells = page.solution.cells
    found = [at for at, cell in enumerate(cells) if is_written(cell)]
    if not found and not page.is_tour:
        yield "it has no written question"
    for count, at in enumerate(found, start=1):
        name, points = marks(cells[at])["grade_id"], marks(cells[at])["points"]
        above = headings(cells[at - 1])
        if not above or not re.fullmatch(rf"Written question( {count})? \({points} points?\)", above[-1][1]):
            yield f"above {name} there is no heading ### Written question {count} ({points} points)"
        if "**Rubric.**" not in cells[at].source:
            yield f"{name} has no rubric: **Rubric.** and a list"
        elif len(re.findall(r"^(?:\d+\.|-) ", cells[at].source, re.M)) < float(str(points)):
            yield f"the rubric of {name} has fewer lines than points"


def _name(cell: NotebookNode) -> str:
    return str(marks(cell)["grade_id"])


def _after_each(page: Page) -> Iterator[tuple[str, list[NotebookNode]]]:
    """Each exercise with the code cells between its check and the next exercise."""
    name = ""
    between: list[NotebookNode] = []
    for cell in page.solution.cells:
        if is_exercise(cell):
            if name:
                yield name, between
            name, between = _name(cell), []
        elif cell.cell_type == "code" and not marks(cell) and "check(" not in cell.source:
            between.append(cell)
    if name:
        yield name, between


def _called(source: str) -> set[str]:
    """The names that a cell reads."""
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
