"""What is looked at in every initializer: facts and statistics of many weights, never a single draw.

Two right answers may draw in different orders, so no sight depends on which numbers were drawn. Where a statistic
would still differ from draw to draw more than a tolerance allows, it is put into words.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from gradlab.checks.exercise import Advice, Aspect, Function, Sight

Weights = npt.NDArray[Any]

ONE_NETWORK_ONLY = Advice(
    "One network only",
    why="For a shape of two numbers your function is right. With more axes in front, several networks at once, n_in and "
    "n_out are the last two numbers of the shape.",
    hint="What are shape[-2] and shape[-1] of (2000, 3, 2)?",
)


def _generator(rng: np.random.Generator) -> np.random.Generator:
    # One of its own for every call, so that the probe does not hang on how many numbers a function draws.
    return np.random.default_rng(int(rng.integers(2**32)))


def _wide_and_narrow(rng: np.random.Generator) -> list[tuple[int, int]]:
    # Never square: there n_in, n_out and their mean are one number.
    wide, narrow = rng.integers(180, 200, 2).tolist(), rng.integers(50, 60, 2).tolist()
    return [(wide[0], narrow[0]), (narrow[1], wide[1])]


def _form(weights: Weights, shape: tuple[int, ...]) -> Sight:
    return Sight(f"For shape {shape}", "the shape of the weights", str(weights.shape))


def _spread(init: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for shape in _wide_and_narrow(rng):
        weights = init(_generator(rng), shape)
        yield _form(weights, shape)
        yield Sight(f"Up to chance, for shape {shape}", "the standard deviation", np.std(weights))


def _distribution(init: Function, rng: np.random.Generator) -> Iterator[Sight]:
    shape = _wide_and_narrow(rng)[0]
    weights = init(_generator(rng), shape)
    when = f"For shape {shape}"
    mean, std = np.mean(weights), np.std(weights)
    centred = abs(mean) <= 6 * std / np.sqrt(np.size(weights)) + 1e-12
    yield Sight(when, "the mean of the weights", "0, up to chance" if centred else "not 0")
    apart = np.abs(weights - mean)
    far = "none or next to none" if np.mean(apart > 2.5 * std) < 0.005 else "some"
    yield Sight(when, "the weights beyond 2.5 standard deviations", far)
    yield Sight(when, "the share of weights within one standard deviation", np.mean(apart <= std))
    digits = np.abs(1e4 * weights - np.round(1e4 * weights))
    cut = np.mean(digits > 0.01) < 0.5
    yield Sight(when, "the digits of the weights", "cut off after four or fewer" if cut else "all there")


def _fresh(init: Function, rng: np.random.Generator) -> Iterator[Sight]:
    generator, other = _generator(rng), _generator(rng)
    first, second, third = init(generator, (6, 8)), init(generator, (6, 8)), init(other, (6, 8))
    yield Sight("In a layer of 8 units", "the number of different units", _different_columns(first))
    yield Sight("Called twice with one generator,", "the weights", _compared(first, second))
    yield Sight("Called with another generator,", "the weights", _compared(first, third))


def _several(init: Function, rng: np.random.Generator) -> Iterator[Sight]:
    # Many networks of a tiny layer: here n_in + 1 instead of n_in shows, and a weight above 1 occurs.
    shape = (2000, 3, 2)
    weights = init(_generator(rng), shape)
    yield _form(weights, shape)
    yield Sight(f"Up to chance, for shape {shape}", "the standard deviation", np.std(weights))
    same = weights.ndim == 3 and np.array_equal(weights[0], weights[1])
    yield Sight(f"For shape {shape}", "the first two networks", "the same" if same else "different")


def _different_columns(weights: Weights) -> int:
    return len(np.unique(weights, axis=-1).T) if weights.ndim == 2 else 0


def _compared(one: Weights, other: Weights) -> str:
    return "the same again" if np.array_equal(one, other) else "other numbers"


def _distribution_and_freshness(init: Function, rng: np.random.Generator) -> Iterator[Sight]:
    yield from _distribution(init, rng)
    yield from _fresh(init, rng)


_SPREAD = Aspect("the spread", 1, _spread, rtol=0.03)
_SEVERAL = Aspect("several networks at once", 1, _several, rtol=0.04, lacking=ONE_NETWORK_ONLY)

# For the first initializer of the lesson, and for those that follow it.
FIRST_START_ASPECTS = (
    _SPREAD,
    Aspect("the distribution", 1, _distribution, rtol=0.03),
    Aspect("new random numbers", 1, _fresh),
    _SEVERAL,
)
START_ASPECTS = (
    _SPREAD,
    Aspect("the distribution", 1, _distribution_and_freshness, rtol=0.03),
    _SEVERAL,
)
