"""`xavier_normal` and `xavier_uniform`: a compromise between the way forward and the way back."""

import numpy as np

from gradlab import initializers
from gradlab.checks.exercise import Exercise
from gradlab.checks.lessons.initialization.start_mistakes import (
    add_common_mistakes,
    normal,
    uniform,
    wrong_formula,
)
from gradlab.checks.lessons.initialization.starts import START_ASPECTS


def _xavier_normal(rng, shape):
    return initializers.xavier_normal(rng, shape)


def _xavier_uniform(rng, shape):
    return initializers.xavier_uniform(rng, shape)


def _std(n_in, n_out):
    return np.sqrt(2 / (n_in + n_out))


xavier_normal = Exercise(
    name="xavier_normal",
    lesson="04-initialization",
    returns=("the weights",),
    reference=_xavier_normal,
    aspects=START_ASPECTS,
    vectorised=True,
    hints=(
        "Forwards n_in terms meet in a sum, backwards n_out. The variance is 1 over the mean of the two; what is the "
        "standard deviation then?",
        "As in normal_init, with another standard deviation: divide 2 by the sum of the last two numbers of the shape, "
        "and take the square root of that.",
    ),
)

xavier_uniform = Exercise(
    name="xavier_uniform",
    lesson="04-initialization",
    returns=("the weights",),
    reference=_xavier_uniform,
    aspects=START_ASPECTS,
    vectorised=True,
    hints=(
        "A uniform distribution between -limit and limit has the variance limit**2 / 3. Which limit gives the variance "
        "2 / (n_in + n_out)?",
        "Work out the limit first: divide 6 by the sum of n_in and n_out, and take the square root of that. Then ask the generator for "
        "uniform numbers between minus the limit and the limit, in the whole shape.",
    ),
)

for _exercise, _draw in ((xavier_normal, normal), (xavier_uniform, uniform)):
    add_common_mistakes(_exercise, _draw, _std)
    wrong_formula(
        _exercise,
        _draw,
        "Only the inputs are counted",
        lambda n_in, n_out: 1 / np.sqrt(n_in),
        why="Your spread is that of normal_init. It keeps the signal on its way forward; the outputs, which count on the "
        "way back, are left out.",
        hint="Which two numbers stand below the line in Xavier's formula?",
    )
    wrong_formula(
        _exercise,
        _draw,
        "Only the outputs are counted",
        lambda n_in, n_out: 1 / np.sqrt(n_out),
        why="Your spread only looks after the way back.",
        hint="Which two numbers stand below the line in Xavier's formula?",
    )
    wrong_formula(
        _exercise,
        _draw,
        "The root of the product",
        lambda n_in, n_out: 1 / np.sqrt(np.sqrt(n_in * n_out)),
        why="You take the mean of n_in and n_out as the root of their product. Xavier's is half of their sum, which is "
        "larger wherever the two differ.",
        hint="What stands below the line in Xavier's formula: a sum, or a product?",
    )
    wrong_formula(
        _exercise,
        _draw,
        "He's formula",
        lambda n_in, n_out: np.sqrt(2 / n_in),
        why="Your spread is He's, for ReLU; with tanh it drives the units into their flat ends.",
        hint="Which two numbers stand below the line in Xavier's formula?",
    )
    wrong_formula(
        _exercise,
        _draw,
        "The factor 2 is missing",
        lambda n_in, n_out: np.sqrt(1 / (n_in + n_out)),
        why="Your variance is half of what it should be: 1 over the sum of n_in and n_out, where 1 over their *mean* is wanted.",
        hint="What is the mean of two numbers?",
    )
    wrong_formula(
        _exercise,
        _draw,
        "The product instead of the sum",
        lambda n_in, n_out: np.sqrt(2 / (n_in * n_out)),
        why="You multiply n_in by n_out where they should be added.",
        hint="What is the mean of two numbers?",
    )


def _brackets(over):
    """over / n_in + n_out, with the brackets forgotten."""
    return lambda n_in, n_out: np.sqrt(over / n_in + n_out)


_MISSING_BRACKETS = {
    "why": "Python divides before it adds, so `2 / n_in + n_out` is n_out and a little more: huge weights.",
    "hint": "What has to be worked out first?",
}
wrong_formula(xavier_normal, normal, "The brackets are missing", _brackets(2), **_MISSING_BRACKETS)
wrong_formula(
    xavier_uniform,
    uniform,
    "The brackets are missing",
    lambda n_in, n_out: _brackets(6)(n_in, n_out) / np.sqrt(3),
    **_MISSING_BRACKETS,
)

wrong_formula(
    xavier_normal,
    normal,
    "The limit taken for the standard deviation",
    lambda n_in, n_out: np.sqrt(6 / (n_in + n_out)),
    why="The 6 belongs to the uniform distribution, where it is a limit. As a standard deviation it gives three times "
    "the variance.",
    hint="Which number stands above the line in the variance?",
)

wrong_formula(
    xavier_normal,
    normal,
    "The root of 2 only",
    lambda n_in, n_out: np.sqrt(2) / (n_in + n_out),
    why="Your root ends before the line: only the 2 is under it.",
    hint="How far does the root reach in the formula?",
)


@xavier_normal.mistake(
    "Cut off at two standard deviations",
    why="You cut off what lies beyond two standard deviations, as Keras does. Here the plain normal distribution is asked for.",
    hint="Return the numbers as the generator draws them.",
)
def _(rng, shape):
    std = _std(*shape[-2:])
    return np.clip(rng.normal(0, std, shape), -2 * std, 2 * std)


def _limit(name, formula, *, why, hint):
    """Register a uniform distribution up to another limit: formula(n_in, n_out)."""
    wrong_formula(
        xavier_uniform, uniform, name, lambda *fans: formula(*fans) / np.sqrt(3), why=why, hint=hint
    )


_limit(
    "The standard deviation taken for the limit",
    lambda n_in, n_out: np.sqrt(2 / (n_in + n_out)),
    why="You use Xavier's standard deviation as the limit. A uniform distribution up to a limit has a third of the limit's "
    "square as its variance, so your variance is a third of what it should be.",
    hint="How far beyond its standard deviation does a uniform distribution reach?",
)
_limit(
    "The root is missing",
    lambda n_in, n_out: 6 / (n_in + n_out),
    why="Your limit is 6 / (n_in + n_out) itself; the formula takes its square root.",
    hint="The limit squared is three times the variance. What is the limit?",
)
_limit(
    "The root of 6 only",
    lambda n_in, n_out: np.sqrt(6) / (n_in + n_out),
    why="Your root ends before the line: only the 6 is under it.",
    hint="How far does the root reach in the formula?",
)
_limit(
    "The limit of PyTorch's layers",
    lambda n_in, n_out: 1 / np.sqrt(n_in),
    why="Your limit is 1 / sqrt(n_in), which PyTorch gives its layers by default: not Xavier's.",
    hint="Which two numbers stand below the line in Xavier's formula?",
)
_limit(
    "Half as wide",
    lambda n_in, n_out: np.sqrt(6 / (n_in + n_out)) / 2,
    why="Your numbers reach only half as far as the limit, on both sides.",
    hint="From where to where should the numbers go?",
)
_limit(
    "Twice as wide",
    lambda n_in, n_out: np.sqrt(6 / (n_in + n_out)) * 2,
    why="Your numbers reach twice as far as the limit, on both sides.",
    hint="From where to where should the numbers go?",
)


@xavier_uniform.mistake(
    "Uniform between 0 and 1",
    why="Without its ends, rng.uniform draws between 0 and 1: no weight is negative, and the size of the layer plays no part.",
    hint="From where to where should the numbers go? rng.uniform takes both ends.",
)
def _(rng, shape):
    return rng.random(shape)


@xavier_uniform.mistake(
    "Uniform between -1 and 1",
    why="Your numbers go from -1 to 1, however large the layer is.",
    hint="Where should the limit stand in your line?",
)
def _(rng, shape):
    return rng.uniform(-1, 1, shape)
