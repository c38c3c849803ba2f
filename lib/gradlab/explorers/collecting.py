"""The world of lesson 12: a line for a bent truth, and training examples that were mostly collected on the left."""

import functools
from typing import NamedTuple

import numpy as np

from gradlab.arguments import Array
from gradlab.explorers.gradient_descent import line_surface
from gradlab.surfaces import Surface

DRAWS = 20
"""How many training sets of one kind the explorer knows, one for each place of its slider."""

_NOISE = 0.2  # standard deviation of the targets around the bent truth
_DOMAIN = ((-0.3, 3.3), (-1.3, 1.23))  # of slope and intercept: a unit is as long in both


class Examples(NamedTuple):
    """Examples for a line, and how likely they were.

    Attributes:
        X: a number from -1 to 1 and a 1, so that X @ w is ``slope * x + intercept``; float64, shape (n, 2).
        y: the targets, float64, shape (n,).
        p_train: how frequent such an x is among those who collected, float64, shape (n,).
        p_test: how frequent it is in the world, float64, shape (n,).
    """

    X: Array
    y: Array
    p_train: Array
    p_test: Array


class Fit(NamedTuple):
    """The lowest point of a training surface, and what it is worth in the world.

    Attributes:
        w: slope and intercept, shape (2,).
        curvature: A in ``loss(w + d) = loss(w) + d @ A @ d``, shape (2, 2).
        shift: its distance from the lowest point of the world's surface.
        gap: the loss in the world, less that on the training set, both at w.
    """

    w: Array
    curvature: Array
    shift: float
    gap: float


def collected(n: int, bias: float, rng: np.random.Generator) -> Examples:
    """Examples by people who mostly stayed on the left: x has a density in proportion to ``exp(-bias * x)``.

    The truth is bent, ``y = x - 1.2 * x ** 2`` and some noise, so that no line fits all of it.

    Args:
        n: how many, >= 1.
        bias: 0 for all x alike, as in the world; at 2, x = -1 is ``exp(4)``, 55 times, as frequent as x = 1.
        rng: where the randomness comes from. More examples from the same seed begin with the same ones.

    >>> few, fair = collected(5, 2.0, np.random.default_rng(0)), collected(1000, 0.0, np.random.default_rng(0))
    >>> few.X.shape, few.p_test, abs(fair.X[:, 0].mean()) < 0.05
    ((5, 2), array([0.5, 0.5, 0.5, 0.5, 0.5]), np.True_)
    """
    share, luck = rng.random((n, 2)).T
    x = 2 * share - 1
    if bias > 0:
        x = -np.log(np.exp(bias) - 2 * share * np.sinh(bias)) / bias
    p_train = bias * np.exp(-bias * x) / (2 * np.sinh(bias)) if bias > 0 else np.full(n, 0.5)
    return Examples(np.column_stack([x, np.ones(n)]), _targets(x, luck), p_train, np.full(n, 0.5))


def _targets(x: Array, luck: Array) -> Array:
    targets: Array = x - 1.2 * x**2 + _NOISE * np.sqrt(12) * (luck - 0.5)
    return targets


@functools.cache
def world() -> Examples:
    """The examples for which the line will be used: 201 of them, all x alike.

    >>> X, y, _, _ = world()
    >>> X.shape, np.linalg.lstsq(X, y)[0].round(2)
    ((201, 2), array([ 0.96, -0.41]))
    """
    x, luck = np.linspace(-1, 1, 201), np.random.default_rng(12).random(201)
    same = np.full(201, 0.5)
    return Examples(np.column_stack([x, np.ones(201)]), _targets(x, luck), same, same)


@functools.cache
def world_surface() -> Surface:
    """The loss of every line in the world.

    >>> world_surface().minima.shape
    (1, 2)
    """
    return line_surface(world().X[:, 0], world().y, domain=_DOMAIN)


def lowest(examples: Examples, *, weighted: bool = False) -> Fit:
    """Where the squared error on `examples` is lowest.

    Args:
        examples: the training set.
        weighted: True to count each example ``p_test / p_train`` times, 1 on average.

    >>> round(lowest(world()).shift, 9), abs(round(lowest(world()).gap, 9))
    (0.0, 0.0)
    """
    X, y, p_train, p_test = examples
    counts = p_test / p_train if weighted else np.ones(len(y))
    counts = counts / counts.sum()
    curvature = X.T @ (counts[:, None] * X)
    w = np.linalg.solve(curvature, X.T @ (counts * y))
    surface = world_surface()
    gap = surface.value(w) - counts @ (X @ w - y) ** 2
    return Fit(w, curvature, float(np.linalg.norm(w - surface.minima[0])), float(gap))


def typical_shift(n: int, *, bias: float, weighted: bool = False) -> float:
    """How far apart the lowest points of n collected examples and of the world are, on average over `DRAWS` draws.

    >>> typical_shift(20, bias=2.0) > 3 * typical_shift(20, bias=0.0)
    True
    """
    return float(np.mean([fit.shift for fit in fits(bias, n, weighted)]))


@functools.lru_cache(maxsize=256)
def fits(bias: float, n: int, weighted: bool) -> list[Fit]:
    """The lowest points of `DRAWS` training sets of one kind, drawn from the seeds 1, 2, ...

    >>> len(fits(2.0, 20, False))
    20
    """
    return [
        lowest(collected(n, bias, np.random.default_rng(draw)), weighted=weighted)
        for draw in range(1, DRAWS + 1)
    ]
