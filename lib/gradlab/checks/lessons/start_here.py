"""Checks of lesson 00: one warm-up, to meet the way in which checks talk."""

from collections.abc import Iterator

import numpy as np

from gradlab.checks.exercise import Aspect, Exercise, Function, Sight
from gradlab.surfaces import rosenbrock as surface


def _one_point(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    w1 = float(10 * rng.integers(60, 140) + 3) / 1000  # its loss has many decimals, whatever is drawn
    on_the_floor = (w1, round(w1**2, 2) + 0.01)
    for w1, w2 in [(1.0, 1.0), (0.0, 2.0), tuple(rng.uniform(-2, 2, 2).round(2)), on_the_floor]:
        yield Sight(f"At w1 = {w1:g}, w2 = {w2:g}", "the loss", function(w1, w2))


def _many_points(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    w1, w2 = rng.uniform(-2, 2, (2, 3)).round(2)
    yield Sight("For arrays of three points", "the losses", function(w1, w2))


rosenbrock = Exercise(
    name="rosenbrock",
    lesson="00-start-here",
    returns=("the loss",),
    reference=lambda w1, w2: surface.value(np.stack([w1, w2], axis=-1)),
    aspects=(Aspect("one point", 1, _one_point), Aspect("many points at once", 1, _many_points)),
    hints=(
        "The loss has two terms. At w1 = 0, w2 = 2 the first one is 1: what is yours? And the second?",
        "Square how far w1 is from 1. Then square how far w2 is from the square of w1, and count that a hundred times.",
    ),
    vectorised=True,
    graded=False,
)


@rosenbrock.mistake(
    "The 100 is missing",
    why="The second term is counted once; the formula counts it a hundred times.",
    hint="What stands in front of the second bracket?",
)
def _(w1, w2):
    return (1 - w1) ** 2 + (w2 - w1**2) ** 2


@rosenbrock.mistake(
    "The inner square is missing",
    why="The second bracket compares w2 with w1 itself, so your valley is a straight line instead of a bend.",
    hint="What is done to w1 inside the second bracket?",
)
def _(w1, w2):
    return (1 - w1) ** 2 + 100 * (w2 - w1) ** 2


@rosenbrock.mistake(
    "The outer square is missing",
    why="The second bracket is not squared, so the loss can fall below zero.",
    hint="Which power stands behind the second bracket?",
)
def _(w1, w2):
    return (1 - w1) ** 2 + 100 * (w2 - w1**2)


@rosenbrock.mistake(
    "The weights are swapped",
    why="w1 and w2 have changed places.",
    hint="Which of the two is squared inside the bracket?",
)
def _(w1, w2):
    return (1 - w2) ** 2 + 100 * (w1 - w2**2) ** 2


@rosenbrock.mistake(
    "The 100 is inside the square",
    why="You multiply by 100 before squaring, so the second term counts ten thousand times.",
    hint="Is the 100 inside the second bracket, or in front of it?",
)
def _(w1, w2):
    return (1 - w1) ** 2 + (100 * (w2 - w1**2)) ** 2


EXERCISES = (rosenbrock,)
