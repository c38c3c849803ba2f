"""Notebooks to be shown: one of honest work that was judged, and one of attacks."""

import base64
import io

import hostile_markup
from hostile_markup import RUN
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from PIL import Image

from gradlab.checks import check, find_exercise
from gradlab.checks.judge import judge

TEST = (
    "check(momentum_limit)\n### BEGIN HIDDEN TESTS\ncheck(momentum_limit, hidden=True)\n### END HIDDEN TESTS"
)


def momentum_limit(L, rho):
    return 2 * (1 - rho) / L


def marked(
    cell: NotebookNode, name: str, *, points: float | None = None, solution: bool = False
) -> NotebookNode:
    cell.metadata.nbgrader = {
        "schema_version": 3, "grade_id": name, "cell_type": cell.cell_type, "solution": solution, "task": False,
        "grade": points is not None, "locked": points is not None and not solution,
        **({} if points is None else {"points": points}),
    }  # fmt: skip
    return cell


def judged() -> list[NotebookNode]:
    """What the judge writes into a graded cell."""
    hidden = judge(find_exercise("momentum_limit"), momentum_limit, (1, 2, 3), reveal=False)
    return [
        new_output("display_data", data=check(momentum_limit)._repr_mimebundle_()),
        new_output("execute_result", data=hidden._repr_mimebundle_()),
    ]


def graded_notebook(**changes: object) -> NotebookNode:
    cells = [
        new_markdown_cell("# Momentum\n\nA long story with $\\rho^2$."),
        new_code_cell("import numpy as np"),
        new_markdown_cell("### Exercise 1\n\nWrite `momentum_limit`."),
        marked(new_code_cell("def momentum_limit(L, rho):\n    return 2 * (1 - rho) / L"), "momentum_limit", solution=True),
        marked(new_code_cell(TEST, outputs=judged()), "check_momentum_limit", points=3),
        new_markdown_cell("Go on."),
        new_code_cell("1/0", outputs=[new_output("error", ename="ZeroDivisionError", evalue="x", traceback=["ZeroDivisionError: x"])]),
        marked(new_markdown_cell("Because $L$ is <b>large</b>."), "written_limit", points=3, solution=True),
    ]  # fmt: skip
    return new_notebook(cells=cells, **changes)


def picture(kind: str = "png") -> str:
    file = io.BytesIO()
    Image.new("RGB", (2, 2), "red").save(file, kind)
    return base64.b64encode(file.getvalue()).decode()


def display(**forms):
    return new_output("display_data", data={kind.replace("_", "/"): data for kind, data in forms.items()})


def notebook_of(*cells):
    """Also of cells that nbformat's own constructor would refuse."""
    return NotebookNode(cells=list(cells), metadata=NotebookNode(), nbformat=4, nbformat_minor=5)


def hostile_notebook() -> NotebookNode:
    """Every attack that there is, in every place that there is for it."""
    pieces = [
        *hostile_markup.HTML.values(),
        *hostile_markup.SVG.values(),
        *hostile_markup.MARKDOWN.values(),
        *hostile_markup.LATEX.values(),
    ]
    pieces = [piece.encode("utf-8", "replace").decode() for piece in pieces]
    cells = [new_markdown_cell(piece) for piece in pieces] + [new_raw_cell(piece) for piece in pieces]
    cells += [
        new_code_cell(piece, outputs=[display(text_html=piece), display(text_markdown=piece), display(text_latex=piece),
                                      new_output("display_data", data={"image/svg+xml": piece}), display(image_png=piece),
                                      new_output("stream", text=piece), display(text_plain=piece),
                                      new_output("error", ename=piece, evalue=piece, traceback=[piece])])
        for piece in pieces
    ]  # fmt: skip
    cells.append(
        new_code_cell(
            outputs=[
                new_output("display_data", data={kind: data}) for kind, data in hostile_markup.TYPES.items()
            ]
        )
    )
    for cell in cells:
        cell.metadata = {
            "tags": ['"><script>'],
            "nbgrader": {"grade_id": f'"><img src=x onerror={RUN}>'},
            "magics_language": "<b>",
        }
    metadata = {
        "title": f"</title><script>{RUN}</script>",
        "kernelspec": {"name": "<b>", "display_name": f"<script>{RUN}</script>", "language": "python"},
        "language_info": {"name": "python", "pygments_lexer": '"><script>'},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"</script><script>": RUN}},
    }
    return new_notebook(cells=cells, metadata=metadata)
