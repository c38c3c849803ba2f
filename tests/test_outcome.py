"""The status of a submission is read from its cells, and none of its outputs is believed further than it must be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.execution import CRASHED, NOT_RUN, TIMED_OUT
from autograder.outcome import VERDICT, Status, outcome_of


def marked(name: str, *outputs: NotebookNode, **flags: object) -> NotebookNode:
    marks = {"grade_id": name, "grade": False, "solution": False, "locked": False, "task": False, **flags}
    return new_code_cell("pass", metadata={"nbgrader": marks}, outputs=list(outputs))


def answer(name: str, *outputs: NotebookNode) -> NotebookNode:
    return marked(name, *outputs, solution=True)


def test_of(name: str, *outputs: NotebookNode) -> NotebookNode:
    return marked(f"check_{name}", *outputs, grade=True, points=4)


test_of.__test__ = False


def error(ename: str, evalue: str = "") -> NotebookNode:
    return new_output("error", ename=ename, evalue=evalue, traceback=[])


def verdict(**content: object) -> NotebookNode:
    return new_output("execute_result", data={"text/plain": "2", VERDICT: {"outcome": "wrong", **content}})


def status(*cells: NotebookNode) -> Status:
    return outcome_of(new_notebook(cells=list(cells)), []).status


def test_a_notebook_that_ran_through_is_graded():
    assert status(answer("step"), test_of("step", verdict(outcome="right"))) == Status.GRADED


def test_an_answer_that_raises_makes_it_partly_graded_and_is_named():
    broken = answer("step", error("SyntaxError", "expected ':' (2718.py, line 3)"))
    outcome = outcome_of(new_notebook(cells=[broken, test_of("step", error("NameError"))]), [])
    assert outcome.status == Status.PARTLY
    assert outcome.detail == "An answer could not be run: step (SyntaxError: expected ':' in line 3)."


def test_an_error_in_a_cell_of_the_learners_own_changes_nothing():
    assert status(new_code_cell("1/0", outputs=[error("ZeroDivisionError")])) == Status.GRADED


def test_a_loop_is_found_in_a_cell_and_in_a_checked_function():
    assert status(answer("step", error(TIMED_OUT))) == Status.TIMED_OUT
    assert status(test_of("step", verdict(outcome="timeout"))) == Status.TIMED_OUT


def test_a_crash_outranks_everything_and_says_what_was_not_run():
    cells = [
        answer("step", error("NameError")),
        answer("limit", error(CRASHED)),
        test_of("limit", error(NOT_RUN)),
    ]
    outcome = outcome_of(new_notebook(cells=cells), [])
    assert outcome.status == Status.CRASHED
    assert outcome.detail == "Python ended in limit. Not run after it: check_limit."


def test_a_mistake_that_two_checks_name_is_listed_once():
    cells = [test_of(name, verdict(mistakes=["History forgotten"])) for name in ("step", "limit")]
    assert outcome_of(new_notebook(cells=cells), []).mistakes == ("History forgotten",)


@pytest.mark.parametrize("mistakes", ["History", {"a": 1}, 7, [7, None, ["x"]], None])
def test_mistakes_of_the_wrong_type_are_dropped(mistakes):
    assert outcome_of(new_notebook(cells=[test_of("step", verdict(mistakes=mistakes))]), []).mistakes == ()


def test_a_flood_of_mistakes_is_cut_to_what_a_table_can_show():
    flood = verdict(mistakes=[f"{number}\n\x1b[31m" * 1000 for number in range(1000)])
    mistakes = outcome_of(new_notebook(cells=[test_of("step", flood)]), []).mistakes
    assert len(mistakes) == 3
    assert all(len(name) <= 80 and name.isprintable() for name in mistakes)


@given(
    content=st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_verdict_is_survived(content):
    result = new_output("execute_result", data={"text/plain": "2", VERDICT: content})
    assert status(test_of("step", result)) == Status.GRADED
