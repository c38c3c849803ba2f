"""The judge on functions of every kind, among them those that nobody would write."""

import functools
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from autograder.answers.cells import cell, step
from gradlab.checks import LESSONS, exercises, find_exercise
from gradlab.checks.exercise import Aspect, Exercise, Sight
from gradlab.checks.judge import Known, judge

EXERCISES = [exercise for lesson in LESSONS for exercise in exercises(lesson)]
VISIBLE = (2024,)
_known = functools.cache(lambda name: Known(find_exercise(name), VISIBLE))


def judged(exercise, function):
    return judge(exercise, function, VISIBLE, known=_known(exercise.name))


def test_a_check_whose_own_reference_fails_says_so():
    def probe(function, rng):
        yield Sight("Here", "x", function(0))

    broken = Exercise("broken", "05-momentum", ("x",), lambda x: 1 // x, (Aspect("here", 1, probe),))
    with pytest.raises(RuntimeError, match=r"The check of broken is broken under 'here'.*ZeroDivisionError"):
        judge(broken, lambda x: x, VISIBLE)


def test_the_mistake_that_shows_exactly_what_was_seen_is_named_before_one_that_explains_only_what_fails():
    def one(function, rng):
        yield Sight("At 1", "x", function(1))

    def two(function, rng):
        yield Sight("At 2", "x", function(2))

    doubled = Exercise(
        "doubled", "05-momentum", ("x",), lambda x: 2 * x, (Aspect("1", 1, one), Aspect("2", 1, two))
    )
    hints = {"why": "Wrong.", "hint": "Which?"}
    doubled.mistake("Wrong at 1 and at 2", **hints)(lambda x: 7)
    doubled.mistake("Wrong at 1", **hints)(lambda x: 7 if x == 1 else 2 * x)
    assert judge(doubled, lambda x: 7 if x == 1 else x + x, VISIBLE).mistakes == ("Wrong at 1",)
    assert judge(doubled, lambda x: 7, VISIBLE).mistakes == ("Wrong at 1 and at 2",)
    doubled.mistakes.pop()
    assert judge(doubled, lambda x: 7 if x == 1 else x + x, VISIBLE).mistakes == ("Wrong at 1 and at 2",)


def test_of_two_mistakes_that_show_the_same_the_one_that_was_seen_before_is_named():
    def one(function, rng):
        yield Sight("At 1", "x", function(1))

    doubled = Exercise("doubled", "05-momentum", ("x",), lambda x: 2 * x, (Aspect("1", 1, one),))
    for name in ("First", "Second"):
        doubled.mistake(name, why="Wrong.", hint="Which?")(lambda x: 7)
    assert judge(doubled, lambda x: 7, VISIBLE).mistakes == ("First",)
    assert judge(doubled, lambda x: 7, VISIBLE, suspects=("Second",)).mistakes == ("Second",)


def test_what_is_coarse_names_a_mistake_only_where_everything_else_is_as_with_it_too():
    def sign(function, rng):
        yield Sight("At 1", "the sign", np.sign(function(1)))

    def two(function, rng):
        yield Sight("At 2", "x", function(2))

    aspects = (Aspect("the sign", 1, sign, coarse=True), Aspect("2", 1, two))
    doubled = Exercise("doubled", "05-momentum", ("x",), lambda x: 2 * x, aspects)
    doubled.mistake("Always -7", why="Wrong.", hint="Which?")(lambda x: -7)
    assert judge(doubled, lambda x: -7, VISIBLE).mistakes == ("Always -7",)
    assert judge(doubled, lambda x: 2 * x if x == 2 else -x, VISIBLE).mistakes == ()


@pytest.mark.parametrize("name", ["momentum_step", "violates_chord", "xavier_normal"])
def test_what_was_looked_at_before_gives_the_same_verdicts_as_what_is_looked_at_anew(name):
    exercise = find_exercise(name)
    known = Known(exercise, VISIBLE)
    functions = [exercise.reference, *(mistake.function for mistake in exercise.mistakes)]
    for function in (*functions, *(convention.function for convention in exercise.conventions)):
        assert judge(exercise, function, VISIBLE, known=known) == judge(exercise, function, VISIBLE)


def test_what_is_known_is_looked_at_once():
    calls = []

    def counted(L, rho):
        calls.append(1)
        return 7.0

    exercise = find_exercise("momentum_limit")
    exercise = type(exercise)(**{**vars(exercise), "mistakes": []})
    exercise.mistake("Always 7", why="Wrong.", hint="Which?")(counted)
    known = Known(exercise, VISIBLE)
    assert judge(exercise, lambda L, rho: 7.0, VISIBLE, known=known).mistakes == ("Always 7",)
    once = len(calls)
    judge(exercise, lambda L, rho: 8.0, VISIBLE, known=known)
    assert once == len(calls) > 0


# --- Anything at all ------------------------------------------------------------------------------------------

things = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(max_size=5),
    st.binary(max_size=5),
    st.builds(object),
    st.sets(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=2), st.floats(), max_size=2),
    arrays(
        st.sampled_from([np.float64, np.float32, np.float16, np.int8, np.uint64, np.bool_, np.complex64, "O"]),
        array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
    ),
    st.lists(st.one_of(st.floats(), st.lists(st.floats(), max_size=2)), max_size=3),
)  # fmt: skip


def is_a_verdict(verdict, exercise):
    assert verdict.outcome in ("wrong", "error")
    assert 0 <= float(repr(verdict)) < exercise.max_points
    assert verdict.story and str(verdict) and verdict._repr_html_().startswith("<div")
    return True


@settings(deadline=None)
@given(st.sampled_from(EXERCISES), st.one_of(things, st.tuples(things, things), st.lists(things, max_size=3)))
def test_whatever_a_function_returns_it_gets_a_verdict(exercise, answer):
    assert is_a_verdict(judged(exercise, lambda *args, **kwargs: answer), exercise)


def test_an_answer_in_half_precision_gets_a_verdict_and_no_warning():
    """The picture asks whether numbers are too large to be drawn, and 65504 is the largest that fits."""
    exercise = find_exercise("rosenbrock")
    assert is_a_verdict(judged(exercise, lambda w1, w2: np.zeros(3, np.float16)), exercise)


ERRORS = [ValueError("no"), KeyError("x"), StopIteration(), RecursionError(), SystemExit(1), AssertionError(),
          MemoryError(), ExceptionGroup("two", [ValueError("a"), TypeError("b")]), IndexError("<b>")]  # fmt: skip


@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "after some calls"])
def test_whenever_a_function_fails_it_gets_a_verdict_that_says_so(at_once):
    for number, exercise in enumerate(EXERCISES):
        calls = 0 if at_once else 1 + number % 3
        verdict = judged(exercise, failing(exercise, ERRORS[number % len(ERRORS)], calls))
        assert is_a_verdict(verdict, exercise)
        assert verdict.outcome == "error"
        # It may be told what it lacks where the rest holds, and nothing else.
        lacking = {aspect.lacking.name for aspect in exercise.aspects if aspect.lacking}
        assert set(verdict.mistakes) <= (set() if at_once else lacking)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_whatever_a_function_raises_it_gets_a_verdict_that_says_so(error):
    exercise = find_exercise("momentum_step")
    verdict = judged(exercise, failing(exercise, error, 1))
    assert is_a_verdict(verdict, exercise)
    assert verdict.outcome == "error" and verdict.mistakes == ()
    assert type(error).__name__ in str(verdict)


def failing(exercise, error, calls):
    """The reference, for so many calls; then only the error."""
    countdown = itertools.count(calls, -1)

    def fails(*args, **kwargs):
        if next(countdown) <= 0:
            raise error
        return exercise.reference(*args, **kwargs)

    return fails


terms = st.recursive(
    st.sampled_from(["w", "grad", "v", "lr", "rho", "1", "0", "1e300", "np.inf"]),
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "/", "**"]), inner),
    max_leaves=6,
)


@settings(deadline=None, max_examples=60)
@given(terms, terms)
def test_every_formula_gets_a_verdict(v, w):
    exercise = find_exercise("momentum_step")
    verdict = judged(exercise, cell(step(v, w)))
    assert verdict.outcome == "right" or is_a_verdict(verdict, exercise)
