"""`numerical_hessian`: all second derivatives of a loss, by central differences."""

from collections.abc import Iterator

import numpy as np

from gradlab import landscape
from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Sight
from gradlab.checks.lessons.convexity.inputs import Array, shown_as
from gradlab.checks.probes import arguments_kept, short_decimals

_RTOL = 2e-5  # what the differences themselves are good for


def _numerical_hessian(f, w, h=1e-4):
    return landscape.numerical_hessian(f, w, step=h)


def _quadratic(rng: np.random.Generator, n: int) -> tuple[Function, str]:
    """A loss of n weights with constant curvature, all its second derivatives different."""
    A, slope = short_decimals(rng, n, n), short_decimals(rng, n)
    terms = [f"{A[i, j]:g}*w[{i}]*w[{j}]" for i in range(n) for j in range(i, n)]
    upper = np.triu(A)
    formula = " + ".join([*terms, *(f"{slope[i]:g}*w[{i}]" for i in range(n))]).replace("+ -", "- ")
    return shown_as(formula, lambda w: ((w @ upper) * w).sum(axis=-1) + w @ slope), formula


def _bent(rng: np.random.Generator) -> tuple[Function, Array]:
    """A loss of two weights whose curvature changes from place to place, and a place."""
    p, q, r = short_decimals(rng, 3)
    return (
        shown_as(
            f"{p:g}*w[0]**3 + {q:g}*w[0]**2*w[1] + {r:g}*w[1]**3".replace("+ -", "- "),
            lambda w: p * w[..., 0] ** 3 + q * w[..., 0] ** 2 * w[..., 1] + r * w[..., 1] ** 3,
        ),
        short_decimals(rng, 2),
    )


def _two_weights(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    f, formula = _quadratic(rng, 2)
    yield Sight(f"For {formula}", "the Hessian", function(f, short_decimals(rng, 2)))
    saddle = shown_as("3 * w[0] * w[1]", lambda w: 3 * w[..., 0] * w[..., 1])
    yield Sight("For 3 * w[0] * w[1]", "the Hessian", function(saddle, short_decimals(rng, 2)))


def _changing(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for h in (None, 1e-3, 0.1):
        f, w = _bent(rng)
        said = "h left out" if h is None else f"h = {h:g}"
        result = function(f, w) if h is None else function(f, w, h)
        yield Sight(f"For {f.__name__[10:]}, {said},", "the Hessian", result)
    quartic = shown_as("w[0]**4 + w[0]*w[1]**3", lambda w: w[..., 0] ** 4 + w[..., 0] * w[..., 1] ** 3)
    yield Sight(
        "For w[0]**4 + w[0]*w[1]**3, h left out,", "the Hessian", function(quartic, short_decimals(rng, 2))
    )
    small = shown_as("0.01 * np.exp(w[0]) * w[1]", lambda w: 0.01 * np.exp(w[..., 0]) * w[..., 1])
    yield Sight("For 0.01 * np.exp(w[0]) * w[1]", "the Hessian", function(small, short_decimals(rng, 2)))
    yield Sight(
        "With h = 0.5", "whether f is asked for places about h away", _looks_so_far(function, rng, 0.5)
    )
    yield Sight(
        "With h = 0.01", "whether f is asked for places about h away", _looks_so_far(function, rng, 0.01)
    )


def _looks_so_far(function: Function, rng: np.random.Generator, h: float) -> bool:
    w, furthest = short_decimals(rng, 2), [0.0]

    def watched(places):
        furthest.append(float(np.abs(places - w).max()))
        return np.asarray(places)[..., 0] ** 2

    function(shown_as("w[0]**2", watched), w.copy(), h)
    return 0.4 * h < max(furthest) < 2.5 * h


def _any_number(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    cube = shown_as("w[0]**3", lambda w: w[..., 0] ** 3)
    yield Sight("For w[0]**3, a single weight,", "the Hessian", function(cube, short_decimals(rng, 1)))
    for n in (3, 4):
        f, _ = _quadratic(rng, n)
        yield Sight(f"For {n} weights", "the Hessian", function(f, short_decimals(rng, n)))


def _whole_weights(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    f, _ = _bent(rng)
    yield Sight("At whole numbers", "the Hessian", function(f, rng.permutation([1, 2, 4])[:2]))


numerical_hessian = Exercise(
    name="numerical_hessian",
    lesson="02-convexity",
    returns=("the Hessian",),
    reference=_numerical_hessian,
    hints=(
        "Try 3 * w[0] * w[1] at (1, 1) with h = 1. The four losses are 12, 0, 0 and 0; what should the entry be, and what "
        "does yours give?",
        "For every pair i, j: f with both steps up, minus f with i up and j down, minus f with i down and j up, plus f with "
        "both down, over four times h squared. A step along weight i is h times row i of np.eye(n).",
    ),
    aspects=(
        Aspect("constant curvature", 1, _two_weights, rtol=_RTOL),
        Aspect("changing curvature, and h", 1, _changing, rtol=_RTOL),
        Aspect(
            "any number of weights",
            1,
            _any_number,
            rtol=_RTOL,
            lacking=Advice(
                "Only for two weights",
                why="For two weights your answer is right. The number of weights is the length of w.",
                hint="Where does a 2 stand in your code that should be len(w)?",
            ),
        ),
        Aspect(
            "whole numbers",
            1,
            _whole_weights,
            rtol=_RTOL,
            lacking=Advice(
                "Whole numbers swallow the step",
                why="Where w holds whole numbers, adding h to one of its entries is cut off again: the entry cannot hold "
                "a fraction.",
                hint="`w + step` makes a new array, of floats where it must; `w[i] += h` does not.",
            ),
        ),
        arguments_kept(lambda rng: {"f": _bent(rng)[0], "w": short_decimals(rng, 2)}),
    ),
)
