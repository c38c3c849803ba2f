"""Outputs and whole notebooks: what comes out can be shown, earns the same points, and is the lesson as it was."""

import copy
import json

import hostile_markup
import nbformat
import pytest
from hostile_markup import AWAY, RUN
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from nbgrader.utils import determine_grade
from reading_back import faults
from test_harmless_html import picture

from autograder.course import ROOT, lessons
from autograder.harmless import CleanNotebook, clean_notebook
from autograder.harmless.allowance import Allowance
from autograder.harmless.outputs import MAX_OUTPUTS, clean_bundle, clean_outputs, clean_verdict
from autograder.harmless.text import MAX_TEXT, clean_text, without_paths
from gradlab.checks import check
from gradlab.checks.verdict import VERDICT_MIME

SHOWN = {
    "text/plain",
    "text/html",
    "text/markdown",
    "text/latex",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    VERDICT_MIME,
}


def bundle(**forms):
    return clean_bundle({kind.replace("_", "/"): data for kind, data in forms.items()}, Allowance())


def display(**forms):
    return new_output("display_data", data={kind.replace("_", "/"): data for kind, data in forms.items()})


def notebook_of(*cells):
    """Also of cells that nbformat's own constructor would refuse."""
    return NotebookNode(cells=list(cells), metadata=NotebookNode(), nbformat=4, nbformat_minor=5)


def momentum_limit(L, rho):
    return 2 * (1 - rho) / L


VERDICT = check(momentum_limit)


# --- Outputs --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", hostile_markup.TYPES)
def test_a_type_that_programs_act_on_is_left_out_with_a_word_about_it(kind):
    cleaned = clean_bundle({kind: hostile_markup.TYPES[kind]}, Allowance())
    assert cleaned.keys() == {"text/plain"}
    assert cleaned["text/plain"].startswith("(An output that cannot be shown here: ")
    assert "<" not in cleaned["text/plain"]


@pytest.mark.parametrize("kind", hostile_markup.TYPES)
def test_a_type_that_programs_act_on_is_left_out_without_a_word_where_there_is_another(kind):
    cleaned = clean_bundle(
        {kind: hostile_markup.TYPES[kind], "text/plain": "words", "text/html": "<b>x</b>"}, Allowance()
    )
    assert cleaned == {"text/plain": "words", "text/html": "<b>x</b>"}


@pytest.mark.parametrize("data", [{"x": 1}, 3, None, [["x"], {}], True])
@pytest.mark.parametrize("kind", sorted(SHOWN))
def test_data_of_the_wrong_type_is_no_trouble(kind, data):
    cleaned = clean_bundle({kind: data}, Allowance())
    assert cleaned.keys() <= {"text/plain", "text/html", "text/markdown", "text/latex"}
    assert all(isinstance(value, str) for value in cleaned.values())


def test_the_verdict_of_a_check_passes_and_forged_ones_do_not():
    real = json.loads(json.dumps(VERDICT.as_dict()))
    assert clean_verdict(real) == real
    forged = [
        {**real, "outcome": "<script>"},
        {**real, "points": "5"},
        {**real, "points": float("nan")},
        {**real, "points": True},
        {**real, "mistakes": ["x" * 1000]},
        {**real, "mistakes": [["x"]]},
        {**real, "mistakes": ["x"] * 100},
        {**real, "aspects": [{"name": "x"}]},
        {**real, "aspects": {"name": "x"}},
        {**real, "exercise": {"<b>": 1}},
        {"outcome": "right"},
        [real],
        "right",
    ]
    assert [clean_verdict(verdict) for verdict in forged] == [None] * len(forged)
    assert clean_verdict({**real, "more": "<script>"}) == real


def test_metadata_and_transient_parts_of_outputs_are_dropped():
    output = display(text_html="<b>x</b>")
    output.metadata = {"text/html": {"isolated": True}, "filenames": {"image/png": AWAY}}
    output.transient = {"display_id": "x"}
    (cleaned,) = clean_outputs([output], Allowance())
    assert cleaned == {"output_type": "display_data", "data": {"text/html": "<b>x</b>"}, "metadata": {}}


def test_an_output_that_was_updated_is_cleaned_in_its_last_form():
    """`update_display_data` reaches us as the display it changed."""
    (cleaned,) = clean_outputs([display(text_html=f"<b>first</b><img src=x onerror={RUN}>")], Allowance())
    assert cleaned.data["text/html"] == "<b>first</b><img>"


@pytest.mark.parametrize(
    "output",
    [{}, "x", None, 3, {"output_type": "x"}, {"output_type": ["stream"]}, {"output_type": "update_display_data", "data": {}},
     {"output_type": "clear_output"}, {"output_type": "pyout", "html": "<script>"}, {"output_type": "display_data", "data": "x"}],
    ids=str,
)  # fmt: skip
def test_what_is_no_output_is_dropped(output):
    assert clean_outputs([output], Allowance()) == []


def test_an_error_keeps_its_words_and_colours_and_loses_everything_else():
    error = new_output(
        "error",
        ename=f"<img src=x onerror={RUN}>",
        evalue="\x1b]8;;javascript:x\x07\x9b2J\x00gone",
        traceback=[],
    )
    error.traceback = ["\x1b[31mred\x1b[0m \x1b[2J\x1b[1;1H", 3, f"File {ROOT}/lib/gradlab/x.py:3"]
    (cleaned,) = clean_outputs([error], Allowance())
    assert cleaned.ename == f"<img src=x onerror={RUN}>"  # text: each template escapes it
    assert cleaned.evalue == "]8;;javascript:x2Jgone"
    assert cleaned.traceback == ["\x1b[31mred\x1b[0m [2J[1;1H", "3", "File x.py:3"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("File /usr/lib/python3.11/site-packages/numpy/linalg/linalg.py:12, in norm", "File numpy/linalg/linalg.py:12, in norm"),
        ("\x1b[36mFile \x1b[39m\x1b[32m~/env/lib/python3.11/site-packages/numpy/a.py:3\x1b[39m", "\x1b[36mFile \x1b[39m\x1b[32mnumpy/a.py:3\x1b[39m"),
        (r"C:\Users\prof\env\Lib\site-packages\numpy\a.py:3: RuntimeWarning", r"numpy\a.py:3: RuntimeWarning"),
        ("/usr/lib/python3.12/json/decoder.py:355", "json/decoder.py:355"),
        (f"'{ROOT}/solutions/05-momentum/momentum.py'", "'momentum.py'"),
        ("(/tmp/ipykernel_12/345.py, line 3)", "(345.py, line 3)"),
        ("Cell In[3], line 1; 1/2 and a/b; http://a.b/c; '/data/x.csv'", "Cell In[3], line 1; 1/2 and a/b; http://a.b/c; '/data/x.csv'"),
        ("/" * 100_000, "/" * 100_000),
        ("/a" * 50_000, "/a" * 50_000),
    ],
    ids=lambda text: text[:20],
)  # fmt: skip
def test_paths_of_the_graders_machine_are_shortened(text, shown):
    assert without_paths(text) == shown


def test_a_long_text_keeps_its_beginning_and_its_end():
    text = clean_text("begin" + "x" * 300_000_000 + "end")
    assert text.startswith("begin")
    assert text.endswith("end")
    assert "characters left out" in text
    assert len(text) < MAX_TEXT + 100


def test_many_outputs_are_cut_short_and_the_cell_earns_the_same():
    cell = new_code_cell(outputs=[new_output("stream", text=str(i)) for i in range(500)])
    cell.metadata = {"nbgrader": {"grade": True, "solution": False, "points": 3, "grade_id": "check_x"}}
    cell.outputs += [
        new_output("execute_result", data={"text/plain": "2"}),
        new_output("error", ename="E", evalue="", traceback=[]),
    ]
    cleaned = copy.deepcopy(cell)
    cleaned.outputs = clean_outputs(cell.outputs, Allowance())
    assert len(cleaned.outputs) == MAX_OUTPUTS + 3
    assert "400 more outputs" in cleaned.outputs[-1].text
    assert determine_grade(cleaned) == determine_grade(cell) == (2.0, 3.0)


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


# --- Notebooks ------------------------------------------------------------------------------------------------


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
