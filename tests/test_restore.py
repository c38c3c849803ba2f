"""Whatever was done to the cells of a notebook, grading sees the released lesson with the learner's answers in it."""

from copy import deepcopy

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.preprocessors import CheckCellMetadata, ClearHiddenTests
from traitlets.config import Config

from autograder.released import marked_cells, name_of, release
from autograder.restore import add_notes, restore

STUB = "def {name}(x):\n    todo()"


def marks(name: str, **flags: object) -> dict[str, object]:
    defaults = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    return {"nbgrader": {**defaults, "grade_id": name, **flags}}


def exercise(name: str) -> list[NotebookNode]:
    hidden = f"### BEGIN HIDDEN TESTS\ncheck({name}, hidden=True)\n### END HIDDEN TESTS"
    return [
        new_markdown_cell(f"Write {name}."),
        new_code_cell(
            f"def {name}(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION",
            metadata=marks(name, solution=True),
        ),
        new_code_cell(
            f"check({name})\n{hidden}", metadata=marks(f"check_{name}", grade=True, locked=True, points=4)
        ),
    ]


@pytest.fixture(scope="module")
def released() -> NotebookNode:
    setup = new_code_cell("from gradlab import check, todo", metadata=marks("setup", locked=True))
    essay = new_markdown_cell("Because.", metadata=marks("essay", grade=True, solution=True, points=3))
    settings = Config()
    settings.ClearSolutions.code_stub = {"python": "todo()"}
    return release(new_notebook(cells=[setup, *exercise("first"), *exercise("second"), essay]), settings)


@pytest.fixture
def handed_in(released: NotebookNode) -> NotebookNode:
    """An honest notebook: as released, without the hidden tests, with answers."""
    notebook, _ = ClearHiddenTests()(deepcopy(released), {})
    for cell in notebook.cells:
        if cell.source.startswith("def "):
            cell.source = cell.source.replace("todo()", "return x")
    return notebook


def cell(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(cell for cell in marked_cells(notebook) if name_of(cell) == name)


def names(notebook: NotebookNode) -> list[str]:
    return [name_of(cell) for cell in marked_cells(notebook)]


def test_an_honest_notebook_gets_its_hidden_tests_back_and_no_remark(handed_in, released):
    assert restore(handed_in, released) == []
    assert names(handed_in) == names(released)
    assert "hidden=True" in cell(handed_in, "check_first").source
    assert cell(handed_in, "first").source == "def first(x):\n    return x"


def test_a_deleted_test_comes_back_right_after_its_exercise(handed_in, released):
    handed_in.cells.remove(cell(handed_in, "check_first"))
    (note,) = restore(handed_in, released)
    position = handed_in.cells.index(cell(handed_in, "first"))
    assert name_of(handed_in.cells[position + 1]) == "check_first"
    assert "missing" in note and "check_first" in note


def test_an_edited_test_is_set_back_to_what_was_released(handed_in, released):
    cell(handed_in, "check_first").source = "4.0"
    cell(handed_in, "check_first").metadata.nbgrader.points = 400
    (note,) = restore(handed_in, released)
    assert cell(handed_in, "check_first").source == cell(released, "check_first").source
    assert cell(handed_in, "check_first").metadata == cell(released, "check_first").metadata
    assert "check_first" in note


def test_a_test_that_stands_before_its_exercise_moves_behind_it(handed_in, released):
    test = cell(handed_in, "check_second")
    handed_in.cells.remove(test)
    handed_in.cells.insert(0, test)
    (note,) = restore(handed_in, released)
    assert names(handed_in) == names(released)
    assert "check_second" in note


def test_what_everything_needs_is_moved_in_front_of_it(handed_in, released):
    handed_in.cells.reverse()
    notes = restore(handed_in, released)
    assert names(handed_in) == ["setup", "essay", "second", "check_second", "first", "check_first"]
    assert "These cells stood behind what needs them, and were moved in front of it: setup." in notes


def test_of_a_copied_test_the_first_copy_counts(handed_in, released):
    copy = deepcopy(cell(handed_in, "check_first"))
    copy.source = "first(3)"
    handed_in.cells.append(copy)
    restore(handed_in, released)
    assert names(handed_in) == names(released)
    assert handed_in.cells[-1].source == "first(3)"
    assert handed_in.cells[-1].metadata == {}


def test_of_a_copied_answer_the_last_edited_copy_counts(handed_in, released):
    better = deepcopy(cell(handed_in, "first"))
    better.source = "def first(x):\n    return 2 * x"
    handed_in.cells.append(better)
    restore(handed_in, released)
    answer, test = cell(handed_in, "first"), cell(handed_in, "check_first")
    assert answer.source == better.source
    assert handed_in.cells.index(answer) < handed_in.cells.index(test)


def test_an_untouched_copy_below_does_not_take_the_place_of_the_answer(handed_in, released):
    untouched = deepcopy(cell(released, "first"))
    handed_in.cells.insert(handed_in.cells.index(cell(handed_in, "first")) + 1, untouched)
    restore(handed_in, released)
    assert [c.source for c in handed_in.cells if "def first" in c.source] == ["def first(x):\n    return x"]


@pytest.mark.parametrize(
    "answer",
    ["def first(x):\n    return x", "first = lambda x: x", "import math\n\n\ndef first(x)\n    return x"],
    ids=["def", "lambda", "syntax error"],
)
def test_an_answer_that_lost_its_metadata_is_found_by_what_it_defines(handed_in, released, answer):
    cell(handed_in, "first").update(source=answer, metadata=NotebookNode())
    (note,) = restore(handed_in, released)
    assert cell(handed_in, "first").source == answer
    assert sum("first(x)" in c.source or "first =" in c.source for c in handed_in.cells) == 1
    assert "first" in note


def test_deleted_answers_come_back_empty(handed_in, released):
    for name in ("first", "essay"):
        handed_in.cells.remove(cell(handed_in, name))
    restore(handed_in, released)
    assert names(handed_in) == names(released)
    assert cell(handed_in, "first").source == cell(released, "first").source
    assert cell(handed_in, "essay").source == cell(released, "essay").source


def test_a_test_that_was_turned_into_text_runs_again(handed_in, released):
    test = cell(handed_in, "check_first")
    test.cell_type = "markdown"
    del test["outputs"], test["execution_count"]
    restore(handed_in, released)
    assert cell(handed_in, "check_first").cell_type == "code"
    nbformat.validate(handed_in)


@pytest.mark.parametrize("broken", [[1], "first", {"grade_id": ["first"]}, {"grade_id": "no_such"}, {}, None])
def test_metadata_of_any_type_is_survived(handed_in, released, broken):
    handed_in.cells.append(new_code_cell("1 + 1", metadata={"nbgrader": broken}))
    assert restore(handed_in, released) == []
    assert handed_in.cells[-1].metadata == {}


def test_a_cell_cannot_ask_not_to_be_run(handed_in, released):
    cell(handed_in, "check_first").metadata["tags"] = ["skip-execution"]
    restore(handed_in, released)
    assert "tags" not in cell(handed_in, "check_first").metadata


@given(data=st.data())
def test_any_mixture_of_copying_deleting_and_moving_ends_in_the_released_structure(data, released):
    pieces = data.draw(st.lists(st.sampled_from(range(len(released.cells))), max_size=14))
    copies = [{**deepcopy(released.cells[piece]), "id": f"c{number}"} for number, piece in enumerate(pieces)]
    notebook = new_notebook(cells=nbformat.from_dict(copies))
    restore(notebook, released)
    found = names(notebook)
    assert sorted(found) == sorted(names(released))
    assert found.index("first") < found.index("check_first")
    assert found.index("second") < found.index("check_second")
    CheckCellMetadata()(notebook, {})
    nbformat.validate(notebook)
    assert restore(notebook, released) == []


def test_notes_stand_on_top_once(handed_in):
    add_notes(handed_in, ["One."])
    add_notes(handed_in, ["Two."])
    assert [c.source for c in handed_in.cells if "Notes" in c.source] == [handed_in.cells[0].source]
    assert "Two." in handed_in.cells[0].source
