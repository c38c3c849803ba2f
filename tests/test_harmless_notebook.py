"""Whole notebooks: what comes out can be shown, is the lesson as it was, and earns the same points."""

import copy

import hostile_markup
import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.utils import determine_grade
from reading_back import faults
from shown_notebooks import display, hostile_notebook, notebook_of, picture
from test_harmless_outputs import SHOWN

from autograder.course import lessons
from autograder.harmless import CleanNotebook, clean_notebook


@pytest.fixture(scope="module")
def cleaned_attacks() -> NotebookNode:
    return clean_notebook(hostile_notebook())


def test_a_notebook_of_attacks_is_rebuilt_from_harmless_parts(cleaned_attacks):
    notebook = cleaned_attacks
    nbformat.validate(copy.deepcopy(notebook))  # it mends what it validates
    assert notebook.metadata == {"language_info": {"name": "python"}}
    for cell in notebook.cells:
        assert cell.metadata == {}
        for output in cell.get("outputs", []):
            assert output.get("metadata", {}) == {}
            assert output.get("data", {}).keys() <= SHOWN
            assert faults(output.get("data", {}).get("text/html", "")) == []
        if cell.cell_type == "raw":
            assert faults(cell.source) == []


def test_cleaning_leaves_the_notebook_that_it_was_given_as_it_was():
    pieces = [*hostile_markup.HTML.values()][:20]
    notebook = notebook_of(
        *(new_code_cell(piece, outputs=[display(text_html=piece)]) for piece in pieces),
        new_markdown_cell("<script>"),
    )
    before = copy.deepcopy(notebook)
    clean_notebook(notebook)
    assert notebook == before


def test_cleaning_a_notebook_twice_is_cleaning_it_once(cleaned_attacks):
    assert clean_notebook(cleaned_attacks) == cleaned_attacks


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.name)
def test_a_solved_lesson_passes_through_unharmed(lesson):
    """Letter by letter, except that HTML writes `<img ...>` where XML writes `<img .../>`, and that widgets go."""
    solution = nbformat.read(lesson.solution, as_version=4)
    cleaned = clean_notebook(solution)
    assert [(cell.cell_type, cell.id, cell.source) for cell in cleaned.cells] == [
        (cell.cell_type, cell.id, cell.source) for cell in solution.cells
    ]
    for cell, before in zip(cleaned.cells, solution.cells, strict=True):
        assert cell.metadata.get("nbgrader") == before.metadata.get("nbgrader")
        for output, original in zip(cell.get("outputs", []), before.get("outputs", []), strict=True):
            expected = {kind: data for kind, data in original.get("data", {}).items() if "widget" not in kind}
            if "text/html" in expected:
                expected["text/html"] = as_html(expected["text/html"])
                output.data["text/html"] = as_html(output.data["text/html"])
            assert output.get("data", {}) == expected
            assert output.get("text") == original.get("text")
            assert output.get("execution_count") == original.get("execution_count")


def as_html(text: str) -> str:
    """Two ways of writing one thing, made one."""
    for xml, html in {"/>": ">", "&#x27;": "'", "&quot;": '"', "\xa0": "&nbsp;"}.items():
        text = text.replace(xml, html)
    return text


def test_attachments_that_are_no_pictures_are_dropped():
    cell = new_markdown_cell("![x](attachment:x.png) ![y](attachment:y.html)")
    cell.attachments = {"x.png": {"image/png": picture()}, "y.html": {"text/html": "<script>"}}
    cleaned = clean_notebook(notebook_of(cell)).cells[0]
    assert cleaned.attachments == {"x.png": {"image/png": picture()}}
    assert cleaned.source == "![x](attachment:x.png) [y](#)"


@pytest.mark.parametrize("found", ['"><script>', "x y", "", "x" * 65, None, 3])
def test_a_cell_gets_another_id_where_its_own_is_none(found):
    cell = new_code_cell()
    cell.id = found
    assert clean_notebook(notebook_of(cell)).cells[0].id == "cell-0"


def test_cells_of_one_id_get_ids_of_their_own():
    cells = clean_notebook(notebook_of(new_code_cell(id="x"), new_markdown_cell(id="x"))).cells
    assert [cell.id for cell in cells] == ["cell-0", "cell-1"]


def test_a_huge_notebook_is_cut_down_to_what_can_be_opened():
    outputs = [display(text_html="x" * 90_000), new_output("stream", text="y" * 10**6)] * 40
    notebook = clean_notebook(
        new_notebook(cells=[new_code_cell(outputs=copy.deepcopy(outputs)) for _ in range(20)])
    )
    assert len(nbformat.writes(notebook)) < 20_000_000


def test_it_is_a_step_of_nbgrader():
    notebook, resources = CleanNotebook()(new_notebook(cells=[new_markdown_cell("<script>x")]), {"y": 1})
    assert notebook.cells[0].source == "&lt;script>x"
    assert resources == {"y": 1}


@pytest.mark.parametrize(
    "outputs",
    [
        [new_output("execute_result", data={"text/plain": "1.5", "text/html": "<script>"})],
        [new_output("stream", name="stderr", text="x"), new_output("execute_result", data={"text/plain": "1"})],
        [new_output("error", ename="x", evalue="", traceback=[])],
        [new_output("display_data", data={"application/javascript": "x"})],
        [new_output("stream", text="x" * 10**7), new_output("error", ename="x", evalue="", traceback=["y" * 10**7])],
        [new_output("display_data", data={"text/html": "x" * 90_000})] * 99 + [new_output("error", ename="x", evalue="", traceback=[])],
        [],
    ],
)  # fmt: skip
def test_a_graded_cell_earns_what_it_earned_before(outputs):
    marks = {
        "nbgrader": {
            "grade": True,
            "solution": False,
            "points": 3,
            "grade_id": "check_x",
            "cell_type": "code",
        }
    }
    cell = new_code_cell(outputs=outputs, metadata=marks)
    cleaned = clean_notebook(notebook_of(cell)).cells[0]
    assert determine_grade(cleaned) == determine_grade(cell)
