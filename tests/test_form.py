"""The form of an answer, the same in every exercise; and answers in another convention that are right too."""

import numpy as np
import pytest

from autograder.answers.cells import cell
from gradlab import check
from gradlab.checks.exercise import Advice, Aspect, Exercise, Sight
from gradlab.checks.judge import judge

SEED = (1,)
KEPT = "With every number the same,"


def exercise(reference, *, probe=None, returns=("x",), **more):
    def one(function, rng):
        yield Sight("At 3", "x", function(3.0))

    return Exercise("thing", "05-momentum", returns, reference, (Aspect("value", 2, probe or one),), **more)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("Nothing is returned", "def momentum_limit(L, rho): 2 * (1 + rho) / L"),
        ("Printed instead of returned", "def momentum_limit(L, rho): print(2 * (1 + rho) / L)"),
        ("Other arguments than asked for", "def momentum_limit(L): return 2 / L"),
        ("Other arguments than asked for", "def momentum_limit(L, rho, lr): return 2 * (1 + rho) / L"),
        ("A list instead of an array", "def momentum_limit(L, rho): return [2 * (1 + rho) / L]"),
        ("Not a number", "def momentum_limit(L, rho): return f'{2 * (1 + rho) / L}'"),
        ("Not as many values as asked for", "def nesterov_step(w, grad, v, lr, rho=0.9): return w"),
        (
            "Another answer at every call",
            "calls = []\ndef momentum_limit(L, rho):\n"
            "    calls.append(1)\n    return 2 * (1 + rho) / L + 0.01 * (len(calls) - 1)",
        ),
        (
            "Another answer at every call",
            "def momentum_limit(L, rho): return 2 * (1 + rho) / L + np.random.normal()",
        ),
        (
            "Another answer at every call",
            "def momentum_limit(L, rho, calls=[]):\n    calls.append(1)\n    return 2 * (1 + rho) / L * len(calls)",
        ),
        (
            "Uses a variable of the notebook",
            "rho_now = 0.3\ndef momentum_limit(L, rho): return 2 * (1 + rho_now) / L",
        ),
        (
            "Returned in the wrong order",
            "def nesterov_step(w, grad, v, lr, rho=0.9):\n"
            "    v = rho * v + grad\n    return v, w - lr * (grad + rho * v)",
        ),
        ("Rounded", "def momentum_limit(L, rho): return np.round(2 * (1 + rho) / L, 2)"),
        (
            "Cut to whole numbers",
            "def momentum_limit(L, rho): return np.asarray(2 * (1 + rho) / L).astype(int)",
        ),
        ("The sign is turned", "def momentum_limit(L, rho): return -2 * (1 + rho) / L"),
    ],
)
def test_a_mistake_of_form_has_the_same_name_in_every_exercise(name, source):
    verdict = check(cell(source))
    assert verdict.mistakes == (name,)
    assert verdict.points < verdict.max_points


def test_a_function_that_remembers_is_caught_even_where_every_number_is_right():
    calls = []

    def first_right(x):
        calls.append(x)
        return x if len(calls) % 2 else x + 1

    verdict = judge(exercise(lambda x: x), first_right, SEED)
    assert verdict.mistakes == ("Another answer at every call",)
    assert verdict.points == 0


def test_a_generator_of_random_numbers_that_is_passed_in_is_no_memory():
    def probe(function, rng):
        yield Sight("Here", "the mean", function(np.random.default_rng(3), 4).mean())

    drawn = exercise(lambda rng, n: rng.normal(size=n), probe=probe)
    assert judge(drawn, lambda rng, n: rng.standard_normal(n), SEED).outcome == "right"
    assert judge(drawn, lambda rng, n: np.random.normal(size=n), SEED).mistakes == (
        "Another answer at every call",
    )


# --- Other kinds of answers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "right", "also", "wrong", "name"),
    [
        ("truth", lambda x: x > 2, lambda x: np.bool_(x > 2), lambda x: x < 2, ()),
        ("truth", lambda x: x > 2, lambda x: 1, lambda x: "yes", ("Neither True nor False",)),
        ("word", lambda x: "saddle", lambda x: np.str_("saddle"), lambda x: "minimum", ()),
        ("word", lambda x: "saddle", lambda x: "saddle", lambda x: 3, ("Not a word",)),
    ],
)
def test_truth_values_and_words_are_compared_as_what_they_are(kind, right, also, wrong, name):
    asked = exercise(right, kinds=(kind,))
    assert judge(asked, also, SEED).outcome == "right"
    verdict = judge(asked, wrong, SEED)
    assert (verdict.outcome, verdict.mistakes) == ("wrong", name)
    assert name or "should be" in verdict.story[-1]


def test_a_list_of_arrays_may_come_as_any_sequence_and_not_as_a_number():
    def probe(function, rng):
        for part in function(3.0):
            yield Sight("In one part", "x", part)

    asked = exercise(lambda x: [np.ones(2), np.ones(3)], probe=probe, kinds=("arrays",))
    assert judge(asked, lambda x: (part for part in (np.ones(2), np.ones(3))), SEED).outcome == "right"
    assert judge(asked, lambda x: 5, SEED).mistakes == ("Not a list",)
    assert "has 1 parts, and 2 are asked for" in str(judge(asked, lambda x: [np.ones(2)], SEED))


# --- Conventions and notes ------------------------------------------------------------------------------------


def two_conventions():
    asked = exercise(lambda x: x + 1)
    asked.convention("You count from zero; that is fine too.")(lambda x: x)
    return asked


def test_another_convention_gets_full_marks_and_a_note():
    verdict = judge(two_conventions(), lambda x: x, SEED)
    assert (verdict.outcome, verdict.points) == ("right", 2)
    assert verdict.notes == ("You count from zero; that is fine too.",)
    assert "fine too" in str(verdict) and "fine too" in verdict._repr_html_()


def test_the_convention_of_the_lesson_needs_no_note():
    assert judge(two_conventions(), lambda x: x + 1, SEED).notes == ()
    assert judge(two_conventions(), lambda x: x + 2, SEED).outcome == "wrong"


def test_a_loop_is_mentioned_where_numpy_needs_none_and_costs_nothing():
    loops = cell("def effective_step(lr, rho): return lr * sum(rho**t for t in range(5000))")
    verdict = check(loops)
    assert verdict.points == 3
    assert "NumPy can do whole arrays at once" in verdict.notes[0]
    assert not check(cell("def effective_step(lr, rho): return lr / (1 - rho)")).notes


def test_a_loop_is_not_mentioned_where_the_exercise_needs_one():
    loops = cell(
        """
        def exponential_average(values, beta=0.9):
            averages, average = np.array(values, dtype=float), 0.0
            for t, value in enumerate(averages):
                average = averages[t] = beta * average + (1 - beta) * value
            return averages
        """
    )
    assert check(loops).points == 4 and not check(loops).notes


def test_an_aspect_that_alone_is_missing_says_what_is_usually_behind_it():
    def scalar(function, rng):
        yield Sight("For a number", "x", function(3.0))

    def array(function, rng):
        yield Sight("For an array", "x", function(np.array([1.0, 2.0])))

    advice = Advice(
        "Only for single numbers", why="It fails for arrays.", hint="What does `if` do with an array?"
    )
    asked = Exercise(
        "thing", "05-momentum", ("x",), np.abs, (Aspect("a", 1, scalar), Aspect("b", 1, array, advice))
    )  # fmt: skip
    verdict = judge(asked, lambda x: x if x > 0 else -x, SEED)
    assert verdict.mistakes == ("Only for single numbers",)
    assert verdict.outcome == "wrong" or "ambiguous" in str(verdict)
    assert judge(asked, lambda x: 7 * x, SEED).mistakes == ()
