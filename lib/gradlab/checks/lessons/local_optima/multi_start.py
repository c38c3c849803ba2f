"""`multi_start`: gradient descent from many starts in one call."""

from collections.abc import Iterator

import numpy as np

from gradlab import optimizers
from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Sight
from gradlab.checks.lessons.gradient_descent.parts import formula, kept
from gradlab.checks.probes import short_decimals


def descend_all(loss, gradient, starts, lr, steps):
    """The library's gradient descent, from all starts at once.

    >>> descend_all(lambda w: w[..., 0] ** 2, lambda w: 2 * w, [[1.0], [-2.0]], lr=0.25, steps=1)
    (array([[ 0.5],
           [-1. ]]), array([0.25, 1.  ]))
    """
    w = np.asarray(starts, dtype=float)
    for _ in range(steps):
        w, _state = optimizers.gradient_descent(w, gradient(w), lr=lr)
    return w, loss(w)


def _landscape(rng: np.random.Generator) -> tuple[Function, Function]:
    """A loss of any number of weights with more than one valley, and its gradient."""
    a, b = np.abs(short_decimals(rng, 2)).round(1)
    return (
        formula(f"lambda w: (0.25 * w ** 4 - {a:g} * w ** 2 + {b:g} * w).sum(axis=-1)"),
        formula(f"lambda w: w ** 3 - {2 * a:g} * w + {b:g}"),
    )


def _sights(when: str, answer: tuple[object, object]) -> Iterator[Sight]:
    yield Sight(when, "ends", answer[0])
    yield Sight(when, "losses", answer[1])


def _rate(rng: np.random.Generator) -> float:
    return float(round(rng.uniform(0.05, 0.15), 2))


def _steps(walk: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for steps in (1, 4, 9):
        answer = walk(*_landscape(rng), short_decimals(rng, 5, 2), lr=_rate(rng), steps=steps)
        yield from _sights(f"After {steps} step{'s' * (steps > 1)}", answer)
    saddle = formula("lambda w: w[..., 0] ** 2 * w[..., 1] - w[..., 1]")
    slope = formula("lambda w: np.stack([2 * w[..., 0] * w[..., 1], w[..., 0] ** 2 - 1], axis=-1)")
    answer = walk(saddle, slope, short_decimals(rng, 4, 2), lr=_rate(rng), steps=3)
    yield from _sights("Where the weights depend on each other", answer)


def _any_shape(walk: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for shape in [(2,), (1, 3), (4, 3, 2), (6, 1)]:
        answer = walk(*_landscape(rng), short_decimals(rng, *shape), lr=_rate(rng), steps=3)
        yield from _sights(f"For starts of shape {shape}", answer)
    answer = walk(*_landscape(rng), rng.integers(1, 3, (3, 2)), lr=_rate(rng), steps=3)
    yield from _sights("For starts of whole numbers", answer)


def _to_the_last_step(walk: Function, rng: np.random.Generator) -> Iterator[Sight]:
    yield from _sights("For 0 steps", walk(*_landscape(rng), short_decimals(rng, 3, 2), lr=0.1, steps=0))
    loss = formula("lambda w: w[..., 0] ** 2 - w[..., 1] ** 2")
    slope = formula("lambda w: np.array([2.0, -2.0]) * w")
    starts = 1e-9 * short_decimals(rng, 3, 2)
    yield from _sights("Close to the flat middle of a saddle,", walk(loss, slope, starts, lr=0.3, steps=6))
    starts = np.array([[0.0, 0.0], *short_decimals(rng, 2, 2)])
    yield from _sights("With one start where the gradient is 0", walk(loss, slope, starts, lr=0.3, steps=3))
    loss, slope = formula("lambda w: (w ** 2).sum(axis=-1)"), formula("lambda w: 2 * w")
    answer = walk(loss, slope, short_decimals(rng, 3, 2), lr=1.2, steps=4)
    yield from _sights("With a rate so large that the loss rises", answer)


def _all_at_once(walk: Function, rng: np.random.Generator) -> Iterator[Sight]:
    loss, slope = _landscape(rng)
    calls = 0

    def counting(w):
        nonlocal calls
        calls += 1
        return slope(w)

    counting.__name__ = slope.__name__
    _, losses = walk(loss, counting, short_decimals(rng, 20, 2), lr=0.05, steps=5)
    yield Sight("For 20 starts", "losses", losses)
    yield Sight("For 20 starts and 5 steps", "“gradient is called at most 6 times”", calls <= 6)


multi_start = Exercise(
    name="multi_start",
    lesson="03-local-optima",
    returns=("ends", "losses"),
    reference=descend_all,
    hints=(
        "Write it for one start first, as in lesson 01. Then look at the call: gradient takes points of shape (..., dim). What "
        "happens if you hand it all starts at once?",
        "Make an array of floats of the starts. In every step subtract lr times gradient of the whole array. After the last "
        "step ask loss for the whole array too, and return both.",
    ),
    aspects=(
        Aspect("the steps", 1, _steps),
        Aspect(
            "any shape of starts",
            1,
            _any_shape,
            lacking=Advice(
                "Works for a table of floats only",
                why="For starts of shape (n, dim) your answer is right, but not for a single start, a grid of them, or whole "
                "numbers.",
                hint="Start with `np.array(starts, dtype=float)`, and leave the rest to NumPy: no index, no len.",
            ),
        ),
        Aspect("to the last step", 1, _to_the_last_step),
        Aspect(
            "all starts at once",
            1,
            _all_at_once,
            lacking=Advice(
                "One start after the other",
                why="Your numbers are right, but you ask for the gradient start by start. One call can answer for all of them, and "
                "with a thousand starts that is a thousand times fewer calls.",
                hint="gradient takes points of shape (..., dim). Which loop can go?",
            ),
        ),
        kept(
            lambda rng: {
                "loss": formula("lambda w: (w ** 2).sum(axis=-1)"),
                "gradient": formula("lambda w: 2 * w"),
                "starts": short_decimals(rng, 3, 2),
                "lr": 0.1,
                "steps": 3,
            },
            instead="`w = w - lr * g` makes a new array; `w -= lr * g` overwrites the old one.",
        ),
    ),
)
