"""`scaled_step`: a step size for every weight."""

from collections.abc import Iterator

import numpy as np

from gradlab import optimizers
from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Sight
from gradlab.checks.lessons.per_weight_steps.inputs import Array, kept, rate
from gradlab.checks.probes import short_decimals


def own_rates(w, grad, rates):
    """The library's gradient descent with an array of rates.

    >>> own_rates(np.array([1.0, 1.0]), np.array([2.0, 2.0]), np.array([0.1, 0.25]))
    array([0.8, 0.5])
    """
    return optimizers.gradient_descent(np.asarray(w, dtype=float), grad, lr=rates)[0]


def _rates(rng: np.random.Generator, *shape: int) -> Array:
    # Unequal by a factor of ten and more, and none of them 1.
    rates: Array = np.round(rng.uniform(0.05, 0.4, shape) * rng.choice([0.1, 1.0, 10.0], shape), 3) + 0.01
    return rates


def _own_rates(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for n in (2, 3, 5):
        w, grad = short_decimals(rng, 2, n)
        yield Sight(f"For {n} weights", "w", step(w, grad, _rates(rng, n)))


def _several_runs(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    w, grad = short_decimals(rng, 2, 3, 4)
    yield Sight("For w of shape (3, 4) and rates of shape (4,)", "w", step(w, grad, _rates(rng, 4)))
    w, grad = short_decimals(rng, 2, 3, 4)
    yield Sight("For w and rates of shape (3, 4)", "w", step(w, grad, _rates(rng, 3, 4)))
    w, grad = short_decimals(rng, 2, 3, 4)
    yield Sight("For w of shape (3, 4) and rates of shape (3, 1)", "w", step(w, grad, _rates(rng, 3, 1)))


def _special_places(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    w, grad = short_decimals(rng, 2, 3)
    yield Sight("With a rate of 0 for w[1]", "w", step(w, grad, _rates(rng, 3) * [1, 0, 1]))
    w, grad = short_decimals(rng, 2, 3)
    yield Sight("With one number for all weights", "w", step(w, grad, rate(rng)))
    w, grad = short_decimals(rng, 2)
    yield Sight("For a single weight", "w", step(float(w), float(grad), rate(rng)))
    grad = short_decimals(rng, 3)
    yield Sight("From whole numbers", "w", step(rng.integers(2, 9, 3), grad, _rates(rng, 3)))


scaled_step = Exercise(
    name="scaled_step",
    lesson="06-per-weight-steps",
    returns=("w",),
    reference=own_rates,
    hints=(
        "Take two weights at 1, the gradient (2, 2) and the rates (0.1, 0.25). How far does each of them move?",
        "Every entry of the gradient is multiplied by the rate in the same place, and the product is taken off the weight in the "
        "same place. NumPy's * does all places in one go.",
    ),
    vectorised=True,
    aspects=(
        Aspect("a rate for each weight", 1, _own_rates),
        Aspect(
            "several runs at once",
            1,
            _several_runs,
            lacking=Advice(
                "Works for one axis only",
                why="For a vector of weights your step is right; for several runs, one a row, it is not.",
                hint="NumPy's * lines up the last axes by itself. Do you need anything else?",
            ),
        ),
        Aspect("special places", 1, _special_places),
        kept(
            lambda rng: (
                dict(zip(("w", "grad"), short_decimals(rng, 2, 3), strict=True)) | {"rates": _rates(rng, 3)}
            ),
            instead="`w = w - step` makes a new array; `w -= step` and `grad *= rates` overwrite what you were given.",
        ),
    ),
)


def _mistake(name, why, hint):
    return scaled_step.mistake(name, why=why, hint=hint)


def _one_rate(choose):
    return lambda w, grad, rates: w - choose(np.asarray(rates)) * np.asarray(grad)


for _choose, _word in [
    (np.mean, "the mean of the rates"),
    (np.max, "the largest rate"),
    (np.min, "the smallest rate"),
    (np.sum, "the sum of the rates"),
    (np.linalg.norm, "the length of the vector of rates"),
    (lambda rates: np.ravel(rates)[0], "the first rate"),
]:
    _mistake(
        "One rate for all",
        f"You use {_word} for all weights, so one number serves all of them again.",
        "Which rate belongs to which weight?",
    )(_one_rate(_choose))

_mistake(
    "All steps added up",
    "You add the steps of all weights up to one number, and move every weight by it. `@`, np.dot and np.sum do that.",
    "How many steps should come out, for three weights?",
)(lambda w, grad, rates: w - np.sum(np.asarray(rates) * np.asarray(grad)))

_mistake(
    "All steps added up",
    "You add the steps of each row up to one number. `@`, np.dot and np.sum do that.",
    "How many steps should come out, for three weights?",
)(
    lambda w, grad, rates: (
        w - np.sum(np.asarray(rates) * np.asarray(grad), axis=-1, keepdims=True)
        if np.ndim(w)
        else w - rates * grad
    )
)

_mistake(
    "All steps added up",
    "np.dot adds the products up to one number, and you move every weight by it.",
    "How many steps should come out, for three weights?",
)(lambda w, grad, rates: w - np.dot(rates, grad))

_mistake(
    "All steps added up",
    "`@` adds the products up to one number, and you move every weight by it.",
    "How many steps should come out, for three weights?",
)(lambda w, grad, rates: w - rates @ grad)

_mistake(
    "Uphill",
    "You add the gradient, which points up the slope.",
    "The gradient points uphill. Which sign takes you down?",
)(lambda w, grad, rates: w + rates * np.asarray(grad))

_mistake(
    "Divided by the rates",
    "You divide by the rates, so a smaller rate makes a longer step.",
    "What should a rate of 0 do to a weight?",
)(lambda w, grad, rates: w - np.asarray(grad) / rates)

_mistake(
    "The rates are missing",
    "Your step is the whole gradient: rates do not appear in it.",
    "What is each entry of the gradient multiplied by?",
)(lambda w, grad, rates: w - np.asarray(grad))

_mistake(
    "The gradient is missing",
    "You take the rates themselves off the weights, whichever way it slopes.",
    "What does each rate multiply?",
)(lambda w, grad, rates: w - np.asarray(rates) + 0 * np.asarray(grad))

_mistake(
    "The rates are applied twice",
    "Your steps scale with the rates squared.",
    "Count the places where rates stand in the formula.",
)(lambda w, grad, rates: w - np.asarray(rates) ** 2 * grad)

_mistake(
    "The rates multiply w",
    "You scale the weights by the rates; what is to be scaled is the gradient.",
    "Which of the two is multiplied by the rates?",
)(lambda w, grad, rates: w - np.asarray(rates) * w)

_mistake(
    "The rates multiply w",
    "You scale the weights before you take the gradient off; what is to be scaled is the gradient.",
    "Which of the two is multiplied by the rates?",
)(lambda w, grad, rates: np.asarray(rates) * w - grad)

_mistake(
    "The brackets are in the wrong place",
    "You multiply the whole of w - grad by the rates.",
    "Which of the two is multiplied by the rates?",
)(lambda w, grad, rates: np.asarray(rates) * (np.asarray(w) - grad))

_mistake(
    "The old w is lost",
    "You return the step alone, not the place it leads to.",
    "From where is the step taken?",
)(lambda w, grad, rates: -np.asarray(rates) * grad)

_mistake(
    "The step with the wrong sign, and w lost",
    "You return the product alone: no step has been taken.",
    "From where is the step taken, and in which direction?",
)(lambda w, grad, rates: np.asarray(rates) * grad)

_mistake(
    "Only the sign of the gradient",
    "Every weight moves by its whole rate, however steep it is there.",
    "How far should a weight move where the slope is small?",
)(lambda w, grad, rates: w - np.asarray(rates) * np.sign(grad))

_mistake(
    "The gradient is cut to length 1",
    "You divide the gradient by its length, as in the exercise before. Here it stays as it is.",
    "Read the formula of this exercise again: what is divided by what?",
)(lambda w, grad, rates: w - np.asarray(rates) * grad / np.maximum(np.linalg.norm(grad), 1e-300))

_mistake(
    "The length of the gradient",
    "You multiply the rates by the length of the gradient, so its direction is lost.",
    "Which number of the gradient belongs to w[0]?",
)(lambda w, grad, rates: w - np.asarray(rates) * np.linalg.norm(grad))

_mistake(
    "The rates are made to add up to 1",
    "You divide the rates by their sum. They are lengths of steps, not shares.",
    "Does the docstring say that the rates add up to anything?",
)(lambda w, grad, rates: w - np.asarray(rates) / np.sum(rates) * grad)

_mistake(
    "The rates in another order",
    "Your rates run backwards: the first weight gets the last rate.",
    "Which rate belongs to w[0]?",
)(
    lambda w, grad, rates: (
        w - np.asarray(rates)[..., ::-1] * grad if np.ndim(rates) else w - rates * np.asarray(grad)
    )
)

_mistake(
    "Every rate with every slope",
    "You make a table of every rate with every entry of the gradient (np.outer does that).",
    "How many steps should come out, for three weights?",
)(lambda w, grad, rates: w - np.outer(rates, grad))


@scaled_step.mistake(
    "A rate for each row",
    why="You give the first row the first rate, the second row the second: right for one run, wrong for several.",
    hint="Each row is a run, each column a weight. To which of them does a rate belong?",
)
def _(w, grad, rates):
    if np.ndim(w) < 2 or np.ndim(rates) != 1:
        return own_rates(w, grad, rates)
    return np.array([w[i] - rates[i] * grad[i] for i in range(len(w))])


@scaled_step.mistake(
    "Writes into the caller's arrays",
    why="`-=` writes into the w that was passed in (and where it holds whole numbers it cannot): run the cell twice and it "
    "starts from somewhere else.",
    hint="Which line would make a new array?",
)
def _(w, grad, rates):
    w -= rates * grad
    return w


@scaled_step.mistake(
    "Whole numbers swallow the fractions",
    why="From whole numbers your result is cut off: an array made from whole numbers holds whole numbers only.",
    hint="Which dtype should the result have?",
)
def _(w, grad, rates):
    result = np.zeros_like(w)
    result[...] = own_rates(w, grad, rates)
    return result
