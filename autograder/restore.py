"""Bring a submitted notebook back to the released structure, and say in words what was put right.

nbgrader's own steps for this stop the whole batch at a copied cell (DeduplicateIds) and trust the metadata
that was handed in (OverwriteCells). Here nothing in the submission's metadata is trusted: cells are
recognised by their grade_id, and everything else about them comes from the release.
"""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from enum import StrEnum
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.preprocessors.base import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_locked

from autograder.course import find_lesson
from autograder.harmless.markdown import as_text
from autograder.released import marked_cells, name_of, released_notebook

NOTES_ID = "grader-notes"


class Repair(StrEnum):
    """What can be put right, in words to the learner; the names of the cells follow."""

    COPIED_TEST = "There were several copies of these test cells; the first one counts"
    COPIED_ANSWER = "There were several copies of these answer cells; the last one that you edited counts"
    FOUND = "These answer cells were deleted; the last cell that defines the same name counts instead"
    LOST_ANSWER = "These answer cells were missing, and were put back without an answer"
    LOST_TEST = "These test cells were missing, and were put back"
    MOVED = "These test cells stood before what they test, and were moved behind it"
    MOVED_UP = "These cells stood behind what needs them, and were moved in front of it"
    WRONG_TYPE = "These cells had been given another type (code or text), and got their own back"
    CHANGED = "These test cells had been changed, and were set back to what was released"


Repairs = Iterator[tuple[Repair, str]]


def restore(notebook: NotebookNode, released: NotebookNode) -> list[str]:
    """Repair `notebook` in place; return one sentence for the learner for each kind of repair.

    - Of a test that was copied the first copy counts; of an answer the last copy that was edited.
    - Tests and read-only cells get their released text. A test stands after the exercise that it tests, another read-only
      cell (which imports something, say) before all that follow it in the release.
    - An answer that lost its nbgrader metadata is recognised by the function it defines.
    - What is missing is put back: tests, and the empty form of answers.
    """
    originals = {name_of(cell): cell for cell in marked_cells(released)}
    repairs: list[tuple[Repair, str]] = []
    for cell in notebook.cells:
        _forget_foreign_marks(cell, originals)
    for original in originals.values():
        repairs += _settle_copies(notebook, original)
        repairs += _adopt(notebook, original)
    previous = None
    for name, original in originals.items():
        repairs += _put_in_place(notebook, original, previous)
        repairs += _reset(_find(notebook, name), original)
        previous = name
    repairs += _move_up(notebook, originals)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    kinds = dict.fromkeys(kind for kind, _ in repairs)
    return [f"{kind}: {', '.join(name for found, name in repairs if found is kind)}." for kind in kinds]


def _grade_id(cell: NotebookNode) -> Any:
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return marks.get("grade_id") if isinstance(marks, dict) else None


def _find(notebook: NotebookNode, name: str) -> NotebookNode:
    found: NotebookNode = notebook.cells[_position(notebook, name)]
    return found


def _position(notebook: NotebookNode, name: str) -> int:
    return next((i for i, cell in enumerate(notebook.cells) if _grade_id(cell) == name), -1)


def _forget_foreign_marks(cell: NotebookNode, originals: dict[str, NotebookNode]) -> None:
    name = _grade_id(cell)
    known = isinstance(name, str) and name in originals
    # Whatever else stands in the metadata can change how a cell runs ("skip-execution") or break the export.
    cell.metadata = NotebookNode(nbgrader=NotebookNode(grade_id=name)) if known else NotebookNode()


def _settle_copies(notebook: NotebookNode, original: NotebookNode) -> Repairs:
    """Keep the copy that counts; the others become ordinary cells, or go if nothing is written in them."""
    name = name_of(original)
    copies = [cell for cell in notebook.cells if _grade_id(cell) == name]
    if len(copies) < 2:
        return
    if is_locked(original):
        counts, untouched = copies[0], []
        yield Repair.COPIED_TEST, name
    else:
        untouched = [cell for cell in copies if cell.source.strip() == original.source.strip()]
        counts = ([cell for cell in copies if cell.source.strip() != original.source.strip()] or copies)[-1]
        yield Repair.COPIED_ANSWER, name
    # An untouched copy of an answer may run after the answer, and would take its place.
    dropped = {id(cell) for cell in untouched if cell is not counts}
    notebook.cells = [cell for cell in notebook.cells if id(cell) not in dropped]
    for cell in copies:
        if cell is not counts:
            cell.metadata = NotebookNode()


def _adopt(notebook: NotebookNode, original: NotebookNode) -> Repairs:
    """Recognise an answer in a cell that lost its metadata, e.g. retyped in a new cell."""
    name = name_of(original)
    if is_locked(original) or original.cell_type != "code" or _position(notebook, name) >= 0:
        return
    unmarked = (cell for cell in notebook.cells if cell.cell_type == "code" and _grade_id(cell) is None)
    defining = [cell for cell in unmarked if _defines(cell.source, name)]
    if defining:
        defining[-1].metadata = NotebookNode(nbgrader=NotebookNode(grade_id=name))
        yield Repair.FOUND, name


def _defines(source: str, name: str) -> bool:
    # No parser: a megabyte of `import a.a.a...` takes all memory of one.
    here = re.escape(name)
    return (
        re.search(rf"^(?:async[ \t]+)?(?:def|class)[ \t]+{here}\b", source, re.MULTILINE) is not None
        or re.search(rf"^{here}[ \t]*(?::[^=\n]*)?=(?!=)", source, re.MULTILINE) is not None
    )


def _put_in_place(notebook: NotebookNode, original: NotebookNode, previous: str | None) -> Repairs:
    """Put a missing cell back, and a test that stands before its exercise after it."""
    name = name_of(original)
    position, after = _position(notebook, name), _position(notebook, previous) if previous else -1
    if position < 0:
        notebook.cells.insert(after + 1, _blank(original))
        yield Repair.LOST_TEST if is_locked(original) else Repair.LOST_ANSWER, name
    elif is_locked(original) and position < after:
        notebook.cells.insert(after, notebook.cells.pop(position))
        yield Repair.MOVED, name


def _move_up(notebook: NotebookNode, originals: dict[str, NotebookNode]) -> Repairs:
    """Put read-only cells that are no tests before all cells that follow them in the release."""
    names = list(originals)
    for number, name in reversed(list(enumerate(names))):
        original, position = originals[name], _position(notebook, name)
        first = min((_position(notebook, later) for later in names[number + 1 :]), default=position)
        if (
            original.cell_type == "code"
            and is_locked(original)
            and not is_grade(original)
            and position > first
        ):
            notebook.cells.insert(first, notebook.cells.pop(position))
            yield Repair.MOVED_UP, name


def _blank(original: NotebookNode) -> NotebookNode:
    new_cell: Callable[..., NotebookNode] = (
        new_code_cell if original.cell_type == "code" else new_markdown_cell
    )
    return new_cell(source=original.source, metadata={"nbgrader": {"grade_id": name_of(original)}})


def _reset(cell: NotebookNode, original: NotebookNode) -> Repairs:
    """Give a cell its released type and metadata, and a locked one its released text."""
    name = name_of(original)
    if cell.cell_type != original.cell_type:
        yield Repair.WRONG_TYPE, name
        cell.cell_type = original.cell_type
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
        cell.pop("attachments", None)
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)
    if is_locked(original):
        if not _same_test(cell.source, original.source):
            yield Repair.CHANGED, name
        cell.source = original.source
    cell.metadata = deepcopy(original.metadata)


def _same_test(source: str, released: str) -> bool:
    """Learners hold the test without its hidden part, which is no change of theirs."""
    visible = re.sub(r"[^\n]*BEGIN HIDDEN TESTS.*?END HIDDEN TESTS[^\n]*\n?", "", released, flags=re.DOTALL)
    return source.strip() in (visible.strip(), released.strip())


def add_notes(notebook: NotebookNode, notes: list[str]) -> None:
    """Put what the grader has to say on top of the notebook, where the feedback shows it first."""
    notebook.cells = [cell for cell in notebook.cells if cell.get("id") != NOTES_ID]
    if notes:
        lines = "\n".join(f"- {as_text(note)}" for note in notes)  # a note may quote the submission
        notebook.cells.insert(
            0, new_markdown_cell(source=f"**Notes from the grader**\n\n{lines}", id=NOTES_ID)
        )


class Restore(NbGraderPreprocessor):
    """`restore` as a step of `nbgrader autograde`, in place of DeduplicateIds and OverwriteCells."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Restore one notebook to the lesson it was handed in for."""
        add_notes(nb, restore(nb, released_notebook(find_lesson(resources["nbgrader"]["assignment"]))))
        return nb, resources
