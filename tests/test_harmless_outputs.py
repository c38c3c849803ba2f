"""The outputs of a cell: text, pictures and verdicts pass, types that programs act on do not, and paths are shortened."""

import copy
import json

import hostile_markup
import pytest
from hostile_markup import AWAY, RUN
from nbformat.v4 import new_code_cell, new_output
from nbgrader.utils import determine_grade
from shown_notebooks import display, momentum_limit

from autograder.course import ROOT
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
VERDICT = check(momentum_limit)


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
