"""Read a master (`solutions/NN-topic/topic.py`) into a notebook for nbgrader, or say what is wrong in it."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jupytext
from nbformat import NotebookNode

from autograder.errors import UserError

KEPT_METADATA = {"nbgrader", "tags", "jupyter", "slideshow"}
JUPYTEXT_METADATA = {"title", "lines_to_next_cell", "lines_to_end_of_cell_marker", "cell_marker"}
NBGRADER_KEYS = {
    "grade_id",
    "grade",
    "solution",
    "locked",
    "task",
    "points",
    "schema_version",
    "cell_type",
    "checksum",
}
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# No version number: the same master gives the same bytes on every Python.
LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}


def read_master(source: Path, root: Path) -> NotebookNode:
    """The master as a notebook without outputs, with nbgrader's standard metadata and lasting cell ids.

    Raises UserError for a master that nbgrader would refuse, or would release with an answer in it.
    """
    where = source.relative_to(root).as_posix()
    notebook: NotebookNode = jupytext.reads(source.read_text(encoding="utf-8"), fmt="py:percent")
    for number, cell in enumerate(notebook.cells, start=1):
        cell.metadata = _metadata(cell, f"{where}, cell {number}")
    _check_exercises(notebook, where)
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        cell.id = _cell_id(cell, seen)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = NotebookNode(
        gradlab={
            "generated_from": where,
            "edit": "Change that file and run `make build`; changes here are lost.",
        },
        kernelspec=KERNEL,
        language_info=LANGUAGE,
    )
    return notebook


def region(source: str, kind: str) -> tuple[list[str], list[str]]:
    """The lines inside and outside the regions from `BEGIN kind` to `END kind`; the markers are in neither.

    Raises ValueError when the markers do not pair up.

    >>> region("def f(x):\\n    ### BEGIN SOLUTION\\n    return x\\n    ### END SOLUTION", "SOLUTION")
    (['    return x'], ['def f(x):'])
    """
    inside: list[str] = []
    outside: list[str] = []
    open_region = False
    for line in source.split("\n"):
        begins, ends = f"BEGIN {kind}" in line, f"END {kind}" in line
        if begins or ends:
            if begins == open_region:
                raise ValueError(f"BEGIN {kind} and END {kind} do not pair up")
            open_region = begins
        else:
            (inside if open_region else outside).append(line)
    if open_region:
        raise ValueError(f"BEGIN {kind} has no END {kind}")
    return inside, outside


def secret_lines(cell: NotebookNode) -> tuple[list[str], list[str]]:
    """The lines of a cell that learners must not see (answers, hidden tests), and those that they may."""
    answer, shown = region(cell.source, "SOLUTION")
    hidden, shown = region("\n".join(shown), "HIDDEN TESTS")
    marks = cell.metadata.get("nbgrader", {})
    if cell.cell_type == "markdown" and marks.get("solution") and not answer:
        return shown + hidden, []  # nbgrader replaces a written answer as a whole
    return answer + hidden, shown


def _metadata(cell: NotebookNode, where: str) -> NotebookNode:
    found = {key: value for key, value in cell.metadata.items() if key not in JUPYTEXT_METADATA}
    broken = found.get("incorrectly_encoded_metadata")
    if broken:
        raise UserError(
            f"{where}: the cell header {broken!r} is not valid JSON. Mend the part after the `=`."
        )
    unknown = sorted(set(found) - KEPT_METADATA)
    if unknown:
        raise UserError(
            f"{where}: unknown cell metadata {', '.join(unknown)}. Use {', '.join(sorted(KEPT_METADATA))}."
        )
    if "nbgrader" in found:
        found["nbgrader"] = _nbgrader_metadata(found["nbgrader"], cell.cell_type, where)
    return NotebookNode(found)


def _nbgrader_metadata(given: dict[str, Any], cell_type: str, where: str) -> NotebookNode:
    """What the master says, completed with the standard keys of nbgrader's schema 3."""
    unknown = sorted(set(given) - NBGRADER_KEYS)
    if unknown:
        raise UserError(
            f"{where}: unknown nbgrader key {', '.join(unknown)}. Use {', '.join(sorted(NBGRADER_KEYS))}."
        )
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", str(given.get("grade_id", ""))):
        raise UserError(
            f"{where}: its nbgrader metadata needs a grade_id of letters, digits, - and _ (at most 64); "
            f"it has {given.get('grade_id')!r}."
        )
    marks = {
        "schema_version": 3,
        "cell_type": cell_type,
        "grade": False,
        "solution": False,
        "task": False,
    } | given
    marks.setdefault("locked", not marks["solution"])
    points = marks.get("points")
    if marks["grade"] and (isinstance(points, bool) or not isinstance(points, int | float) or points < 0):
        raise UserError(
            f"{where} ({marks['grade_id']}): a graded cell needs points, a number from 0; it has {points!r}."
        )
    if not marks["grade"]:
        marks.pop("points", None)
    return NotebookNode(marks)


def _check_exercises(notebook: NotebookNode, where: str) -> None:
    """Refuse what nbgrader would refuse later, and what it would not notice at all."""
    cells = dict(_graded_cells(notebook, where))
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        spot = f"{where}, {marks.get('grade_id', 'the cell that begins ' + repr(cell.source[:40]))}"
        try:
            answer, _ = region(cell.source, "SOLUTION")
            hidden, _ = region(cell.source, "HIDDEN TESTS")
        except ValueError as error:
            raise UserError(
                f"{spot}: {error}. Put each of them on a line of its own, BEGIN first."
            ) from error
        if answer and not marks.get("solution"):
            raise UserError(
                f'{spot}: its solution would be released, since the cell is not marked `"solution": true`.'
            )
        if hidden and not marks.get("grade"):
            raise UserError(f'{spot}: hidden tests stand in a cell that is not marked `"grade": true`.')
        if cell.cell_type == "code" and marks.get("solution") and not answer:
            raise UserError(
                f"{spot}: no lines between `### BEGIN SOLUTION` and `### END SOLUTION`. Put the answer there."
            )
        if cell.cell_type == "markdown" and bool(marks.get("solution")) != bool(marks.get("grade")):
            raise UserError(f'{spot}: a written answer needs both `"grade": true` and `"solution": true`.')
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    stubs = any(cell.metadata.get("nbgrader", {}).get("solution") for cell in code)
    if stubs and not any(
        re.search(r"^\s*from gradlab import .*\btodo\b", cell.source, re.M) for cell in code
    ):
        raise UserError(
            f"{where}: the stubs of learners call todo(), which no cell imports. Write: from gradlab import check, todo"
        )
    for name in cells:
        exercise = name.removeprefix("check_")
        if name != exercise and exercise not in cells:
            raise UserError(
                f"{where}: {name} checks {exercise}, but no solution cell has the grade_id {exercise!r}."
            )


def _graded_cells(notebook: NotebookNode, where: str) -> Iterator[tuple[str, NotebookNode]]:
    seen = set()
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in seen:
            raise UserError(f"{where}: two cells have the grade_id {name!r}. Give one of them another name.")
        if name:
            seen.add(name)
            yield name, cell


def _cell_id(cell: NotebookNode, seen: Counter[str]) -> str:
    """The grade_id, else a hash of the content; the second cell with the same content gets another one."""
    if "nbgrader" in cell.metadata:
        return str(cell.metadata.nbgrader.grade_id)
    content = f"{cell.cell_type}\n{cell.source}"
    seen[content] += 1
    return hashlib.sha256(f"{content}\n{seen[content]}".encode()).hexdigest()[:12]
