"""The status of a submission: the gravest thing that stopped a part of it, and a sentence on each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_output

from autograder.execution import Report, Trouble
from autograder.judging import Judgement
from autograder.outcome import VERDICT, Status, mistakes_in, outcome_of
from gradlab.checks.verdict import AspectResult, Verdict


def verdict(outcome: str = "right", *mistakes: str) -> Verdict:
    return Verdict("step", outcome, (AspectResult("value", 1, 1),), story=("",), mistakes=mistakes)


def judged(outcome: str = "right", *mistakes: str) -> Judgement:
    return Judgement(verdict(outcome, *mistakes), verdict(outcome, *mistakes))


def test_a_notebook_that_ran_through_is_graded():
    outcome = outcome_of(Report({"check_step": judged()}), [])
    assert (outcome.status, outcome.detail) == (Status.GRADED, "")


def test_what_is_not_written_is_said_and_is_no_trouble():
    outcome = outcome_of(Report({"check_step": judged("unwritten"), "check_limit": judged()}), [])
    assert (outcome.status, outcome.detail) == (Status.GRADED, "Not written: step.")


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Trouble.BROKEN, Status.PARTLY),
        (Trouble.TIMED_OUT, Status.TIMED_OUT),
        (Trouble.CRASHED, Status.CRASHED),
        (Trouble.LIMIT, Status.LIMIT),
        (Trouble.VIOLATION, Status.VIOLATION),
    ],
)
def test_every_trouble_has_a_status_and_its_own_words(kind, status):
    outcome = outcome_of(Report(troubles=[(kind, "This happened.")]), [])
    assert (outcome.status, outcome.detail) == (status, "This happened.")


def test_the_gravest_comes_first_and_what_was_not_run_is_named():
    report = Report(
        {"check_step": judged("timeout"), "check_limit": Judgement(error="NotRun: This test was not run.")},
        [(Trouble.TIMED_OUT, "No end: step."), (Trouble.CRASHED, "Python ended in limit.")],
    )
    outcome = outcome_of(report, [])
    assert outcome.status == Status.CRASHED
    assert outcome.detail == "Python ended in limit. No end: step. Not run after it: check_limit."


def test_a_mistake_that_two_checks_name_is_listed_once():
    report = Report({"check_a": judged("wrong", "History"), "check_b": judged("wrong", "History", "Sign")})
    assert outcome_of(report, []).mistakes == ("History", "Sign")


def test_notes_of_the_repair_and_of_the_run_are_kept():
    assert outcome_of(Report(notes=["No figures."]), ["Put back."]).notes == ("Put back.", "No figures.")


# --- What is read back from an autograded notebook --------------------------------------------------------------


def graded_cell(content: object) -> object:
    data = {"text/plain": "2", VERDICT: content}
    marks = {"nbgrader": {"grade_id": "check_step", "grade": True, "points": 4}}
    return new_code_cell("pass", metadata=marks, outputs=[new_output("execute_result", data=data)])


def test_the_mistakes_of_a_graded_cell_can_be_read_again():
    assert mistakes_in(graded_cell({"outcome": "wrong", "mistakes": ["History\nforgotten"]})) == (
        "History forgotten",
    )


@pytest.mark.parametrize("mistakes", ["History", {"a": 1}, 7, [7, None], None])
def test_mistakes_of_the_wrong_type_are_dropped(mistakes):
    assert mistakes_in(graded_cell({"outcome": "wrong", "mistakes": mistakes})) == ()


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
)


@given(anything, anything)
def test_any_verdict_is_survived(outcome, mistakes):
    found = mistakes_in(graded_cell({"outcome": outcome, "mistakes": mistakes}))
    assert all(isinstance(name, str) and len(name) <= 80 for name in found) and len(found) <= 3
