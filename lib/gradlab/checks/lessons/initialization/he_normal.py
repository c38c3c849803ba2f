"""`he_normal`: a normal distribution that makes up for what ReLU throws away."""

import numpy as np

from gradlab import initializers
from gradlab.checks.exercise import Exercise
from gradlab.checks.lessons.initialization.start_mistakes import add_common_mistakes, normal, wrong_formula
from gradlab.checks.lessons.initialization.starts import START_ASPECTS


def _he_normal(rng, shape):
    return initializers.he_normal(rng, shape)


def _std(n_in, n_out):
    return np.sqrt(2 / n_in)


he_normal = Exercise(
    name="he_normal",
    lesson="04-initialization",
    returns=("the weights",),
    reference=_he_normal,
    aspects=START_ASPECTS,
    vectorised=True,
    hints=(
        "ReLU throws half of the mean square away in every layer. Which variance of the weights makes up for it?",
        "As in normal_init, with twice the variance: the standard deviation is the square root of the whole fraction 2 / n_in.",
    ),
)

add_common_mistakes(he_normal, normal, _std)

wrong_formula(
    he_normal,
    normal,
    "The factor 2 is missing",
    lambda n_in, n_out: 1 / np.sqrt(n_in),
    why="Your weights are those of normal_init. Behind ReLU they lose half of the mean square in every layer: after 10 of "
    "them a thousandth is left.",
    hint="What makes up for the half that ReLU throws away?",
)
wrong_formula(
    he_normal,
    normal,
    "Xavier's formula",
    lambda n_in, n_out: np.sqrt(2 / (n_in + n_out)),
    why="Your weights are Xavier's. Behind ReLU they lose half of the mean square in every layer of equal widths: after 10 "
    "of them a thousandth is left.",
    hint="Which of the two, n_in and n_out, counts the terms of one unit's sum?",
)
wrong_formula(
    he_normal,
    normal,
    "Twice the standard deviation",
    lambda n_in, n_out: 2 / np.sqrt(n_in),
    why="You double the standard deviation, and so the variance four times over.",
    hint="Is the 2 inside or outside the root?",
)
wrong_formula(
    he_normal,
    normal,
    "The root of 2 only",
    lambda n_in, n_out: np.sqrt(2) / n_in,
    why="Your root ends before the line: only the 2 is under it.",
    hint="How far does the root reach in the formula?",
)
wrong_formula(
    he_normal,
    normal,
    "The 2 is below the line",
    lambda n_in, n_out: np.sqrt(1 / (2 * n_in)),
    why="Your weights have half the variance of normal_init, and they need twice as much.",
    hint="Does ReLU call for larger weights, or for smaller ones?",
)
wrong_formula(
    he_normal,
    normal,
    "The limit taken for the standard deviation",
    lambda n_in, n_out: np.sqrt(6 / n_in),
    why="The 6 belongs to the uniform distribution, where it is a limit. As a standard deviation it gives three times "
    "the variance.",
    hint="Which number stands above the line in the variance?",
)
wrong_formula(
    he_normal,
    normal,
    "The variance of Xavier without brackets",
    lambda n_in, n_out: np.sqrt(2 / n_in + n_out),
    why="Your variance is 2 / n_in with n_out added to it: huge weights.",
    hint="Which of the two, n_in and n_out, counts the terms of one unit's sum?",
)


@he_normal.mistake(
    "A uniform distribution up to the standard deviation",
    why="Your weights are uniform up to what should be their standard deviation: another distribution, and a third "
    "of the variance.",
    hint="Which method of rng draws normal numbers?",
)
def _(rng, shape):
    limit = _std(*shape[-2:])
    return rng.uniform(-limit, limit, shape)


@he_normal.mistake(
    "ReLU applied to the weights",
    why="You throw the negative weights away. It is the *sums* that go through ReLU; the weights keep both signs.",
    hint="What does an initializer return: weights, or what a layer makes of its input?",
)
def _(rng, shape):
    return np.maximum(normal(rng, _std(*shape[-2:]), shape), 0)


@he_normal.mistake(
    "Cut off at two standard deviations",
    why="You cut off what lies beyond two standard deviations, as Keras does. Here the plain normal distribution is asked for.",
    hint="Return the numbers as the generator draws them.",
)
def _(rng, shape):
    std = _std(*shape[-2:])
    return np.clip(normal(rng, std, shape), -2 * std, 2 * std)
