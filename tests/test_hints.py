"""Hints are a ladder: nobody is told more than they asked for, and nothing opened is lost overnight."""

from autograder.answers.cells import cell
from gradlab import check
from gradlab.checks import LESSONS, exercises, find_exercise

WRONG = cell("def effective_step(lr, rho): return lr / (1 + rho)")
RIGHT = cell("def effective_step(lr, rho): return lr / (1 - rho)")
FIRST, SECOND = find_exercise("effective_step").hints


def test_a_check_shows_no_hint_and_says_how_to_open_one():
    verdict = check(WRONG)
    assert FIRST not in str(verdict) and FIRST not in verdict._repr_html_()
    assert "Stuck? `check(effective_step, hint=True)` opens hint 1 of 2." in str(verdict)


def test_each_call_for_a_hint_opens_one_more():
    one, two, three = (check(WRONG, hint=True) for _ in range(3))
    assert FIRST in str(one) and SECOND not in str(one)
    assert FIRST in str(two) and SECOND in str(two) and "Stuck?" not in str(two)
    assert str(three) == str(two)
    assert f"<b>Hint 1:</b> {FIRST}" in two._repr_html_()


def test_an_open_hint_stays_open_until_the_exercise_is_right():
    check(WRONG, hint=True)
    assert FIRST in str(check(WRONG))
    right = check(RIGHT)
    assert FIRST not in str(right) and "Stuck?" not in str(right)
    assert FIRST not in str(check(WRONG))


def test_hints_cost_nothing_and_open_for_one_exercise_alone():
    check(WRONG, hint=True)
    assert check(RIGHT).points == 3
    other = check(cell("def momentum_limit(L, rho): return 2 / L"))
    assert other.opened == 0


def test_what_is_not_written_yet_and_what_is_hidden_have_no_hints():
    assert check(cell("def effective_step(lr, rho): todo()"), hint=True).hints == ()
    assert check(WRONG, hidden=True).hints == ()


def test_every_exercise_says_where_to_look_and_then_the_step_in_words():
    for lesson in LESSONS:
        for exercise in exercises(lesson):
            assert len(exercise.hints) >= 2, exercise.name
            assert len(set(exercise.hints)) == len(exercise.hints)
            assert all(hint.endswith((".", "?")) and len(hint) > 30 for hint in exercise.hints)
