"""A whole notebook, rebuilt cell by cell from what is known to do no harm."""

import re
from collections.abc import Mapping
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode, from_dict
from traitlets import Bool

from autograder.harmless.allowance import Allowance
from autograder.harmless.html import TOO_MUCH, clean_html
from autograder.harmless.markdown import MAX_MARKDOWN, as_typed, clean_attachments, clean_markdown
from autograder.harmless.outputs import clean_outputs
from autograder.harmless.text import clean_text, well_formed

_CELL_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
_NAME = re.compile(r"[\w.+ :()-]{1,100}")
_NBGRADER: dict[str, type | tuple[type, ...]] = {
    "schema_version": int,
    "grade_id": str,
    "cell_type": str,
    "checksum": str,
    "points": (int, float),
    "grade": bool,
    "solution": bool,
    "locked": bool,
    "task": bool,
}
# What the format asks for in each part of a notebook's metadata, and what is kept besides.
_METADATA = {
    "kernelspec": (("name", "display_name"), ("language",)),
    "language_info": (("name",), ("version", "pygments_lexer")),
}


def clean_notebook(notebook: NotebookNode) -> NotebookNode:
    """A new notebook that is safe to show: in the Formgrader, on a feedback page, in JupyterLab.

    - Outputs: text, cleaned HTML and SVG, pictures, formulas and the verdicts of checks, of bounded size. Everything
      else, such as scripts and widgets, is replaced by a line that says so. The grade that nbgrader reads from the
      outputs stays the same.
    - Markdown stays as it was typed, unless something in it could run, load or break out of its cell.
    - Code stays as it was typed.
    - Of the metadata nbgrader's marks and the names of kernel and language are kept.
    """
    allowance = Allowance()
    cells = [_clean_cell(cell, number, allowance) for number, cell in enumerate(notebook.cells)]
    if len({cell.id for cell in cells}) < len(cells):
        for number, cell in enumerate(cells):
            cell.id = f"cell-{number}"
    metadata = _notebook_metadata(notebook.get("metadata", {}))
    # nbformat's own constructors validate each part by itself, which takes ten times as long as all else here.
    return NotebookNode(cells=cells, metadata=from_dict(metadata), nbformat=4, nbformat_minor=5)


def _clean_cell(cell: NotebookNode, number: int, allowance: Allowance) -> NotebookNode:
    source = well_formed("".join(cell.source) if isinstance(cell.source, list) else str(cell.source))
    found, kind = cell.get("id"), cell.cell_type if cell.cell_type in ("code", "markdown") else "raw"
    new = NotebookNode(
        cell_type=kind,
        id=found if isinstance(found, str) and _CELL_ID.fullmatch(found) else f"cell-{number}",
        metadata=from_dict(_cell_metadata(cell.get("metadata", {}))),
        source=source,
    )
    if kind == "code":
        count = cell.get("execution_count")
        new.execution_count = count if isinstance(count, int) else None
        new.outputs = clean_outputs(cell.get("outputs", []), allowance)
    elif kind == "markdown":
        attachments = clean_attachments(cell.get("attachments"))
        looked_at = allowance.take(source[:MAX_MARKDOWN], prose=True)
        new.source = (
            clean_markdown(source, frozenset(attachments))
            if looked_at
            else as_typed(clean_text(source, MAX_MARKDOWN))
        )
        if attachments:
            new.attachments = from_dict(attachments)
    elif "<" in source:
        new.source = clean_html(source) if allowance.take(source) else TOO_MUCH
    return new


def _cell_metadata(metadata: Any) -> dict[str, Any]:
    marks = metadata.get("nbgrader") if isinstance(metadata, Mapping) else None
    if not isinstance(marks, Mapping):
        return {}
    kept = {name: marks[name] for name, kind in _NBGRADER.items() if isinstance(marks.get(name), kind)}
    return (
        {"nbgrader": kept}
        if all(_NAME.fullmatch(value) for value in kept.values() if isinstance(value, str))
        else {}
    )


def _notebook_metadata(metadata: Any) -> dict[str, Any]:
    """What a renderer needs to know to colour the code."""
    kept: dict[str, Any] = {}
    for part, (needed, useful) in _METADATA.items():
        found = metadata.get(part) if isinstance(metadata, Mapping) else None
        names = {name: found.get(name) for name in (*needed, *useful)} if isinstance(found, Mapping) else {}
        names = {
            name: value for name, value in names.items() if isinstance(value, str) and _NAME.fullmatch(value)
        }
        if names.keys() >= set(needed):
            kept[part] = names
    return kept


class CleanNotebook(Preprocessor):
    """`clean_notebook` as a step of nbgrader's commands and of nbconvert's exporters."""

    enabled = Bool(True, help="Whether to clean the notebook.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Clean one notebook."""
        return clean_notebook(nb), resources
