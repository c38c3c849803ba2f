"""`rmsprop_step`: a rate for each weight, by the size of its gradients of late."""

from collections.abc import Iterator

import numpy as np

from gradlab import optimizers
from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Sight
from gradlab.checks.probes import arguments_kept, short_decimals


def by_the_book(w, grad, s, lr, rho=0.9, eps=1e-8):
    """The two lines of the formula, by the library."""
    w, state = optimizers.rmsprop(
        np.asarray(w, dtype=float), grad, optimizers.RmspropState(s), lr=lr, rho=rho, eps=eps
    )
    return w, state.mean_of_squares


def _hyper(rng: np.random.Generator) -> dict[str, float]:
    # rho away from 0.5 and from the default; eps so large that its place can be seen.
    return {
        "lr": round(rng.uniform(0.05, 0.3), 2),
        "rho": round(rng.uniform(0.6, 0.85), 2),
        "eps": round(rng.uniform(0.02, 0.09), 3),
    }


def _from_zero(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    w, grad = short_decimals(rng, 2, 3)
    w, s = step(w, grad, np.zeros(3), **_hyper(rng))
    yield Sight("From zero, after one step", "s", s)
    yield Sight("From zero, after one step", "w", w)


def _several_steps(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    w, s = short_decimals(rng, 2), np.abs(short_decimals(rng, 2))
    hyper = _hyper(rng)
    for count in range(1, 5):
        w, s = step(w, short_decimals(rng, 2), s, **hyper)
        yield Sight(f"On the way, after {count} steps", "s", s)
        yield Sight(f"On the way, after {count} steps", "w", w)
    w, grad, s = short_decimals(rng, 3, 2)
    w, s = step(w, grad, np.abs(s), lr=0.1, rho=0.3, eps=0.05)
    yield Sight("With rho = 0.3", "s", s)
    yield Sight("With rho = 0.3", "w", w)
    w, grad, s = short_decimals(rng, 3, 2)
    w, s = step(w, grad, np.abs(s), lr=0.1)
    yield Sight("With rho and eps left out,", "s", s)
    yield Sight("With rho and eps left out,", "w", w)


def _inactive_weight(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    w, grad = short_decimals(rng, 2, 3)
    grad[1] = 0.0
    w, _ = step(w, grad, np.zeros(3), lr=0.1)
    yield Sight("For a weight whose gradient has always been 0,", "w", w)
    grad = np.array([0.0, 1e-4, -1e-4])
    w, _ = step(w, grad, np.zeros(3), lr=0.1)
    yield Sight("For tiny gradients and the default eps,", "w", w)


def _any_shape(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for shape, name in [
        ((), "single numbers"),
        ((3, 4), "arrays of shape (3, 4)"),
        ((2, 1, 3), "shape (2, 1, 3)"),
    ]:
        w, grad, s = short_decimals(rng, 3, *shape)
        w, grad, s = (float(part) for part in (w, grad, s)) if not shape else (w, grad, s)
        w, s = step(w, grad, np.abs(s), **_hyper(rng))
        yield Sight(f"For {name},", "w", w)
        yield Sight(f"For {name},", "s", s)


def _on_the_way(rng: np.random.Generator) -> dict[str, object]:
    w, grad, s = short_decimals(rng, 3, 3)
    return {"w": w, "grad": grad, "s": np.abs(s)} | _hyper(rng)


rmsprop_step = Exercise(
    name="rmsprop_step",
    lesson="07-rmsprop",
    returns=("w", "s"),
    reference=by_the_book,
    aspects=(
        Aspect("first step", 1, _from_zero),
        Aspect("several steps", 2, _several_steps),
        Aspect(
            "an inactive weight",
            1,
            _inactive_weight,
            lacking=Advice(
                "Trouble near zero",
                why="Where a weight's gradient is zero or tiny, your step is not the formula's: there eps decides.",
                hint="Which number does eps keep from being zero, and at which point of the formula is it added?",
            ),
        ),
        Aspect(
            "any shape",
            1,
            _any_shape,
            lacking=Advice(
                "Not for every shape",
                why="Your numbers are right for a row of weights, but weights come as single numbers and as matrices too.",
                hint="NumPy works on arrays of any shape entry by entry. Where does your code ask for one shape?",
            ),
        ),
        arguments_kept(_on_the_way),
    ),
    hints=(
        "There are two lines: one for s, one for w. Print both for the example of the docstring; which one is off?",
        "Update s first, as your moving average does. Then divide this gradient, entry by entry, by the root of the new s with "
        "eps added to it, and move w against it, lr times as far. Return both.",
    ),
    vectorised=True,
)


@rmsprop_step.convention(
    "You add eps behind the root, as PyTorch does; this lesson adds it inside, as Keras and optax do. Both are right, and "
    "with the usual eps of 1e-8 the difference shows only for weights that hardly move."
)
def _(w, grad, s, lr, rho=0.9, eps=1e-8):
    s = rho * s + (1 - rho) * np.square(grad)
    return w - lr * grad / (np.sqrt(s) + eps), s
