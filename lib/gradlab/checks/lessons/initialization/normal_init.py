"""`normal_init`: a normal distribution that keeps the size of the signal."""

import numpy as np

from gradlab import initializers
from gradlab.checks.exercise import Exercise
from gradlab.checks.lessons.initialization.start_mistakes import add_common_mistakes, normal, wrong_formula
from gradlab.checks.lessons.initialization.starts import FIRST_START_ASPECTS


def _normal_init(rng, shape):
    return initializers.normal(rng, shape)


def _std(n_in, n_out):
    return 1 / np.sqrt(n_in)


normal_init = Exercise(
    name="normal_init",
    lesson="04-initialization",
    returns=("the weights",),
    reference=_normal_init,
    aspects=FIRST_START_ASPECTS,
    vectorised=True,
    hints=(
        "A unit adds up n_in terms. Which of the numbers in `shape` is n_in, and how large should a weight be when there "
        "are 100 terms?",
        "Ask the generator that was passed in for normal numbers of mean 0 in the whole shape, with the "
        "standard deviation 1 divided by the square root of the last number but one of the shape.",
    ),
)

add_common_mistakes(normal_init, normal, _std)

wrong_formula(
    normal_init,
    normal,
    "He's factor 2",
    lambda n_in, n_out: np.sqrt(2 / n_in),
    why="You make up for a ReLU that throws half away. Here no activation is asked about: without one, a layer like yours "
    "doubles the mean square, about 34 times in 10 layers.",
    hint="What is the variance of a sum of n_in terms, each of variance 1/n_in?",
)

wrong_formula(
    normal_init,
    normal,
    "Xavier's formula",
    lambda n_in, n_out: np.sqrt(2 / (n_in + n_out)),
    why="You weigh inputs and outputs. That is a later exercise; this one only asks about the way forward.",
    hint="How many terms meet in the sum of one unit?",
)

wrong_formula(
    normal_init,
    normal,
    "The bias is counted as an input",
    lambda n_in, n_out: 1 / np.sqrt(n_in + 1),
    why="You divide by the root of n_in + 1. The bias starts at 0 and adds nothing to the sum.",
    hint="How many weights meet in the sum of one unit?",
)


@normal_init.mistake(
    "The standard deviation in the place of the mean",
    why="The first argument of rng.normal is the mean, and the second the standard deviation: yours is left at 1.",
    hint="Which argument of rng.normal comes second?",
)
def _(rng, shape):
    return rng.normal(1 / np.sqrt(shape[-2]), size=shape)


@normal_init.mistake(
    "A uniform distribution up to the standard deviation",
    why="Your weights are uniform between -1/sqrt(n_in) and 1/sqrt(n_in): another distribution, and a third of "
    "the variance.",
    hint="Which method of rng draws normal numbers?",
)
def _(rng, shape):
    limit = 1 / np.sqrt(shape[-2])
    return rng.uniform(-limit, limit, shape)


@normal_init.mistake(
    "Cut off at two standard deviations",
    why="You cut off what lies beyond two standard deviations, as Keras does. Here the plain normal distribution is asked for.",
    hint="Return the numbers as the generator draws them.",
)
def _(rng, shape):
    std = 1 / np.sqrt(shape[-2])
    return np.clip(rng.normal(0, std, shape), -2 * std, 2 * std)


@normal_init.mistake(
    "Uniform between 0 and 1",
    why="rng.random draws uniformly between 0 and 1: no weight is negative, and the distribution is not the normal one.",
    hint="Which method of rng draws normal numbers?",
)
def _(rng, shape):
    return rng.random(shape) / np.sqrt(shape[-2])
