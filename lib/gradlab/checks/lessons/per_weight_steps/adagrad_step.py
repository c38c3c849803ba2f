"""`adagrad_step`: every weight divided by the root of its own squared gradients."""

from collections.abc import Iterator

import numpy as np

from gradlab import optimizers
from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Sight
from gradlab.checks.lessons.per_weight_steps.inputs import kept, large_eps, rate, squares
from gradlab.checks.probes import short_decimals


def own_history(w, grad, s, lr, eps=1e-7):
    """The library's AdaGrad in the form of the exercise.

    >>> [round(float(value), 6) for value in own_history(1.0, 3.0, 16.0, lr=0.5)]
    [0.7, 25.0]
    """
    w = np.asarray(w, dtype=float)
    w, state = optimizers.adagrad(w, grad, optimizers.AdagradState(s), lr=lr, eps=eps)
    return w, state.sum_of_squares


def _first_step(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    w, grad = short_decimals(rng, 2, 3)
    w, s = step(w, grad, np.zeros(3), lr=rate(rng))
    yield Sight("With s = 0, after one step", "s", s)
    yield Sight("With s = 0, after one step", "w", w)


def _several_steps(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    w, s, lr = short_decimals(rng, 2), squares(rng, 2), rate(rng)
    for count in range(1, 5):
        w, s = step(w, short_decimals(rng, 2), s, lr=lr)
        steps = "step" if count == 1 else "steps"
        yield Sight(f"With a history, after {count} {steps}", "s", s)
        yield Sight(f"With a history, after {count} {steps}", "w", w)


def _any_shape(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for shape, name in [
        ((), "a single number"),
        ((3, 4), "an array of shape (3, 4)"),
        ((2, 1, 3), "shape (2, 1, 3)"),
    ]:
        given = (short_decimals(rng, *shape), short_decimals(rng, *shape), squares(rng, *shape))
        w, s = step(*(given if shape else map(float, given)), lr=rate(rng))
        yield Sight(f"For {name},", "w", w)
        yield Sight(f"For {name},", "s", s)


def _eps(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    w, s, lr, eps = short_decimals(rng, 2), squares(rng, 2), rate(rng), large_eps(rng)
    for count in (1, 2):
        w, s = step(w, short_decimals(rng, 2), s, lr=lr, eps=eps)
        yield Sight(f"With eps = {eps:g}, after {count} step{'s' * (count > 1)}", "s", s)
        yield Sight(f"With eps = {eps:g}, after {count} step{'s' * (count > 1)}", "w", w)
    w, s = step(np.zeros(2), 1e-7 * short_decimals(rng, 2), np.zeros(2), lr=rate(rng))
    yield Sight("With eps left out, so 1e-7,", "w", w)
    w, grad = short_decimals(rng, 2, 3)
    w, s = step(w, grad * [1, 0, 1], squares(rng, 3) * [1, 0, 1], lr=rate(rng))
    yield Sight("Where the gradient of w[1] has always been 0,", "w", w)
    yield Sight("Where the gradient of w[1] has always been 0,", "s", s)


adagrad_step = Exercise(
    name="adagrad_step",
    lesson="06-per-weight-steps",
    returns=("w", "s"),
    reference=own_history,
    hints=(
        "There are two lines in the formula, one for s and one for w. Work the example of the docstring by hand, then print your "
        "s and your w for it: which of the two is off?",
        "First make the new s: the old one, and on top of it the square of this gradient, entry by entry. Then divide the gradient, "
        "entry by entry, by the root of the new s plus eps, and move w against that, lr times as far. Return both.",
    ),
    vectorised=True,
    aspects=(
        Aspect("first step", 1, _first_step),
        Aspect("several steps", 2, _several_steps),
        Aspect("any shape", 1, _any_shape),
        Aspect(
            "eps",
            1,
            _eps,
            lacking=Advice(
                "eps in another place",
                why="Your steps are right as long as eps is tiny. Where it is not, they differ: the formula adds eps to "
                "the root, and to nothing else, in every step.",
                hint="With s = 0.09 and eps = 0.1 after the update: what is the gradient divided by?",
            ),
        ),
        kept(
            lambda rng: {
                "w": short_decimals(rng, 3), "grad": short_decimals(rng, 3), "s": squares(rng, 3), "lr": rate(rng),
            },
            instead="`s = s + grad**2` makes a new array; `s += grad**2` overwrites the old one.",
        ),
    ),
)  # fmt: skip
