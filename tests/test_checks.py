"""Every exercise accepts its reference, names every mistake, and says neither too little nor too much."""

import functools

import numpy as np
import pytest

from autograder.answers import answers
from autograder.answers.cells import cell
from gradlab import check
from gradlab.checks import LESSONS, NAMES, exercises, find_exercise
from gradlab.checks.judge import Known, judge
from gradlab.records import recorded

EXERCISES = [exercise for lesson in LESSONS for exercise in exercises(lesson)]
VISIBLE = (2024,)
OTHER = (7,)  # the audit uses the visible numbers, and many others
NOT_REPEATABLE = "Another answer at every call"

every_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
every_mistake = pytest.mark.parametrize(
    ("exercise", "number"),
    [
        pytest.param(exercise, number, id=f"{exercise.name}-{mistake.name}")
        for exercise in EXERCISES
        for number, mistake in enumerate(exercise.mistakes)
    ],
)


RIGHT, WRONG = (
    {name: texts for lesson in LESSONS for name, texts in getattr(answers(lesson), kind).items()}
    for kind in ("right", "wrong")
)


known = functools.cache(lambda name: Known(find_exercise(name), OTHER))


@functools.cache
def judged(name, number):
    """The verdict on one mistake of an exercise."""
    exercise = find_exercise(name)
    return judge(exercise, exercise.mistakes[number].function, OTHER, known=known(name))


@every_exercise
def test_the_reference_gets_full_marks(exercise):
    for seed in (VISIBLE, OTHER):
        verdict = judge(exercise, exercise.reference, seed)
        assert (verdict.outcome, verdict.points) == ("right", exercise.max_points)
        assert not verdict.story and not verdict.mistakes and not verdict.call


@every_mistake
def test_a_mistake_loses_points_and_is_called_by_its_own_name(exercise, number):
    verdict = judged(exercise.name, number)
    assert verdict.points < exercise.max_points
    # Where rounding decides, the second call may round the other way.
    assert verdict.mistakes in ((exercise.mistakes[number].name,), (NOT_REPEATABLE,))
    assert verdict.outcome in ("wrong", "error")


@every_exercise
def test_a_mistake_is_explained_and_answered_with_a_question_or_a_pointer(exercise):
    known = [*exercise.mistakes, *(aspect.lacking for aspect in exercise.aspects if aspect.lacking)]
    for number, mistake in enumerate(exercise.mistakes):
        verdict = judged(exercise.name, number)
        alike = [f"{other.why} {other.hint}" for other in known if other.name == mistake.name]
        assert verdict.story[0] in alike or verdict.mistakes == (NOT_REPEATABLE,), mistake.name
        assert mistake.why.endswith((".", "?")) and mistake.hint.endswith((".", "?"))
        assert not mistake.name.endswith(".")


@every_exercise
def test_every_exercise_has_answers_in_several_styles(exercise):
    assert len(RIGHT[exercise.name]) >= 4
    assert len(WRONG[exercise.name]) >= 6


def test_the_exercises_of_the_momentum_lesson_carry_twenty_points():
    points = {exercise.name: exercise.max_points for exercise in exercises("05-momentum")}
    assert points == {
        "momentum_step": 5,
        "effective_step": 3,
        "momentum_limit": 3,
        "exponential_average": 4,
        "nesterov_step": 5,
    }


def test_the_warm_up_carries_no_marks():
    (warm_up,) = exercises("00-start-here")
    assert not warm_up.graded
    assert "no points" in str(judge(warm_up, warm_up.reference, VISIBLE))


def test_the_list_of_names_is_that_of_the_exercises():
    assert list(NAMES) == list(LESSONS)
    for lesson, names in NAMES.items():
        assert names == tuple(exercise.name for exercise in exercises(lesson))


def test_no_two_exercises_have_the_same_name():
    assert len({exercise.name for exercise in EXERCISES}) == len(EXERCISES)
    assert all(exercise.lesson in LESSONS for exercise in EXERCISES)


# --- Points ---------------------------------------------------------------------------------------------------


@every_exercise
def test_points_are_the_sum_of_the_aspects_that_hold(exercise):
    for number in range(len(exercise.mistakes)):
        verdict = judged(exercise.name, number)
        assert [aspect.name for aspect in verdict.aspects] == [aspect.name for aspect in exercise.aspects]
        assert all(aspect.points in (0, aspect.max_points) for aspect in verdict.aspects)
        assert verdict.points == sum(aspect.points for aspect in verdict.aspects)
        assert verdict.max_points == exercise.max_points


def test_what_is_right_earns_points_though_the_rest_is_wrong():
    never_a_number = cell(
        """
        def momentum_step(w, grad, v, lr, rho=0.9):
            v = rho * v + grad
            return w[:] - lr * v, v
        """
    )
    verdict = judge(find_exercise("momentum_step"), never_a_number, VISIBLE)
    assert {aspect.name: aspect.points for aspect in verdict.aspects} == {
        "first step": 1,
        "several steps": 2,
        "any shape": 0,
        "arguments unchanged": 1,
    }


def test_a_function_that_does_nothing_earns_nothing_for_its_good_manners():
    for name, nothing in [
        ("momentum_step", lambda w, grad, v, lr, rho=0.9: (w, v)),
        ("nesterov_step", lambda w, grad, v, lr, rho=0.9: (w, v)),
        ("exponential_average", lambda values, beta=0.9: values),
    ]:
        assert judge(find_exercise(name), nothing, VISIBLE).points == 0


@pytest.mark.parametrize(
    ("name", "source"),
    [
        (
            "momentum_step",
            "def momentum_step(w, grad, v, lr, rho=0.9): v *= rho; v += grad; return w - lr * v, v",
        ),
        (
            "momentum_step",
            "def momentum_step(w, grad, v, lr, rho=0.9): v = rho * v + grad; w -= lr * v; return w, v",
        ),
        (
            "momentum_step",
            "def momentum_step(w, grad, v, lr, rho=0.9): grad += rho * v; return w - lr * grad, grad",
        ),
        (
            "nesterov_step",
            "def nesterov_step(w, grad, v, lr, rho=0.9):\n"
            "    v = rho * v + grad\n    grad += rho * v\n    return w - lr * grad, v",
        ),
        (
            "exponential_average",
            "def exponential_average(values, beta=0.9):\n"
            "    values = np.asarray(values, dtype=float)\n    average = np.zeros(values.shape[1:])\n"
            "    for t, value in enumerate(values):\n"
            "        average = beta * average + (1 - beta) * value\n        values[t] = average\n"
            "    return values",
        ),
    ],
)
def test_work_that_lacks_nothing_but_manners_is_told_so_in_whatever_way_it_writes(name, source):
    exercise = find_exercise(name)
    verdict = judge(exercise, cell(source), VISIBLE)
    assert verdict.points == exercise.max_points - 1
    assert verdict.mistakes == (exercise.aspects[-1].lacking.name,)


@every_exercise
def test_good_manners_come_last_and_are_worth_less_than_the_values(exercise):
    care = [aspect.manners for aspect in exercise.aspects]
    assert care == sorted(care)
    assert sum(a.points for a in exercise.aspects if a.manners) < exercise.max_points / 2


# --- Seeds ----------------------------------------------------------------------------------------------------


@every_exercise
def test_equal_seeds_give_equal_verdicts(exercise):
    for function in (exercise.reference, exercise.mistakes[0].function):
        assert judge(exercise, function, VISIBLE) == judge(exercise, function, VISIBLE)


def inputs_of(**options):
    """The numbers with which a check calls `momentum_step`."""
    seen = []

    def momentum_step(w, grad, v, lr, rho=0.9):
        seen.append((np.array(w).tolist(), np.array(grad).tolist(), lr, rho))
        v = rho * v + grad
        return w - lr * v, v

    assert check(momentum_step, **options).outcome == "right"
    return seen


def test_the_visible_check_uses_the_same_numbers_every_time(monkeypatch):
    before = inputs_of()
    monkeypatch.setenv("GRADLAB_SEED", "secret")
    assert inputs_of() == before


def test_the_hidden_check_uses_the_numbers_of_its_own_seed(monkeypatch):
    visible, unseeded = inputs_of(), inputs_of(hidden=True)
    monkeypatch.setenv("GRADLAB_SEED", "one secret")
    one, again = inputs_of(hidden=True), inputs_of(hidden=True)
    monkeypatch.setenv("GRADLAB_SEED", "another secret")
    other = inputs_of(hidden=True)
    assert one == again
    assert len({repr(numbers) for numbers in (visible, unseeded, one, other)}) == 4
    assert [np.shape(w) for w, *_ in visible] == [np.shape(w) for w, *_ in one]


def numbers_in(values):
    """The numbers among `values`, as a learner might see them written; short ones are everywhere."""
    arrays = (np.ravel(value) for value in values if np.asarray(value).dtype.kind in "iuf")
    written = {f"{number:.{digits}g}" for array in arrays for number in array[:50] for digits in (4, 6)}
    return {number for number in written if len(number.lstrip("-0.")) > 4}


def spoilt(value):
    if isinstance(value, list):
        return [spoilt(part) for part in value]
    kind = np.asarray(value).dtype.kind
    return {"b": lambda: ~np.asarray(value), "U": lambda: "nonsense"}.get(kind, lambda: value + 0.123)()


@every_exercise
def test_the_hidden_check_reveals_neither_inputs_nor_expected_values(exercise):
    given_and_wanted = []

    def wrong(*args, **kwargs):
        result = exercise.reference(*args, **kwargs)
        results = result if isinstance(result, tuple) else (result,)
        plain = (
            thing for thing in (*args, *kwargs.values(), *results) if isinstance(thing, float | np.ndarray)
        )
        given_and_wanted.extend(plain)
        wrong_results = tuple(map(spoilt, results))
        return wrong_results if isinstance(result, tuple) else wrong_results[0]

    wrong.__name__ = exercise.name
    hidden = check(wrong, hidden=True)
    secrets = numbers_in(given_and_wanted)
    shown = f"{hidden} {hidden._repr_html_()} {hidden.as_dict()}"
    assert hidden.outcome in ("wrong", "error") and not hidden.call
    assert not [secret for secret in secrets if secret in shown]
    assert "should be" not in shown


def test_the_visible_check_says_what_the_hidden_one_keeps_back():
    wrong = cell("def momentum_limit(L, rho): return 2 * (1 + rho) / L + 0.123")
    assert "With other numbers" in str(check(wrong, hidden=True))
    assert "should be" in str(check(wrong))


def test_the_hidden_check_still_names_a_mistake():
    verdict = check(cell("def effective_step(lr, rho): return lr / (1 + rho)"), hidden=True)
    assert verdict.mistakes == ("The formula of quarrelling gradients",)


# --- Which exercise -------------------------------------------------------------------------------------------


def in_a_notebook(source):
    """What the last line of a cell shows."""
    *statements, last = source.strip().splitlines()
    names = {"check": check, "np": np}
    exec("\n".join(statements), names)
    return eval(last.strip(), names)


def test_a_lambda_is_known_by_the_name_it_is_bound_to():
    verdict = in_a_notebook("effective_step = lambda lr, rho: lr / (1 - rho)\ncheck(effective_step)")
    assert (verdict.exercise, verdict.points) == ("effective_step", 3)


def test_a_decorated_function_is_known_by_the_name_it_is_bound_to():
    verdict = in_a_notebook(
        "momentum_limit = np.vectorize(lambda L, rho: 2 * (1 + rho) / L)\ncheck(momentum_limit)"
    )
    assert (verdict.exercise, verdict.points) == ("momentum_limit", 3)


def test_one_exercise_handed_in_for_another_is_checked_as_the_other():
    verdict = in_a_notebook(
        "def momentum_step(w, grad, v, lr, rho=0.9): return w - lr * (rho * v + grad), rho * v + grad\n"
        "nesterov_step = momentum_step\n"
        "check(nesterov_step)"
    )
    assert verdict.exercise == "nesterov_step"
    assert verdict.mistakes == ("Plain momentum",)


def test_a_function_from_elsewhere_is_known_by_the_name_it_was_defined_with():
    assert check(cell("def momentum_limit(L, rho): return 2 * (1 + rho) / L")).exercise == "momentum_limit"


@pytest.mark.parametrize("thing", ["momentum_step", 3.0, None, (np.zeros(2), np.zeros(2))])
def test_what_is_no_function_is_refused_with_the_way_to_write_it(thing):
    with pytest.raises(ValueError, match=r"needs the function itself, got .*: write check\(momentum_step\)"):
        check(thing)


def test_an_unknown_name_is_answered_with_the_closest_one():
    with pytest.raises(ValueError, match=r"no exercise called 'momentum_stp'\. Did you mean momentum_step\?"):
        check(cell("def momentum_stp(w, grad, v, lr): pass"))


def test_a_strange_name_is_answered_with_all_names():
    with pytest.raises(ValueError, match=r"The exercises are: rosenbrock, mse_loss, .*nesterov_step"):
        check(cell("def zzz(): pass"))


def test_a_check_remembers_the_best_points_and_a_hidden_one_does_not():
    right, wrong = (
        cell(f"def effective_step(lr, rho): return {f}") for f in ("lr / (1 - rho)", "lr + 0 * rho")
    )
    check(right, hidden=True)
    assert recorded() == {}
    check(wrong)
    assert recorded() == {"effective_step": 1}
    check(right)
    check(wrong)
    assert recorded() == {"effective_step": 3}
