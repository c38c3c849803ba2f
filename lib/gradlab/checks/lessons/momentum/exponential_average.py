"""`exponential_average`: an average that lets the old fade."""

from collections.abc import Iterator

import numpy as np

from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Sight
from gradlab.checks.probes import short_decimals


def _exponential_average(values, beta=0.9):
    values = np.asarray(values, dtype=float)
    averages = np.empty_like(values)
    average = np.zeros(values.shape[1:])
    for t, value in enumerate(values):
        average = beta * average + (1 - beta) * value
        averages[t] = average
    return averages


def _one_series(average: Function, rng: np.random.Generator) -> Iterator[Sight]:
    beta = round(rng.uniform(0.6, 0.85), 2)
    yield Sight("For a series of one value,", "the average", average(short_decimals(rng, 1), beta))
    yield Sight(f"With beta = {beta:g}", "the average", average(short_decimals(rng, 6), beta))
    beta = round(rng.uniform(0.2, 0.4), 2)
    yield Sight(f"With beta = {beta:g}", "the average", average(short_decimals(rng, 4), beta))
    yield Sight("With beta left out, so 0.9,", "the average", average(short_decimals(rng, 4)))


def _several_series(average: Function, rng: np.random.Generator) -> Iterator[Sight]:
    yield Sight("For values of shape (5, 3)", "the average", average(short_decimals(rng, 5, 3), 0.8))


def _whole_values(average: Function, rng: np.random.Generator) -> Iterator[Sight]:
    yield Sight("For whole numbers", "the average", average(rng.integers(1, 10, 5), 0.75))
    yield Sight("For a list of whole numbers", "the average", average(rng.integers(1, 10, 3).tolist(), 0.75))


def _values_kept(average: Function, rng: np.random.Generator) -> Iterator[Sight]:
    values = short_decimals(rng, 5)
    average(values, 0.7)
    yield Sight("After the call,", "the values you were given", values)


exponential_average = Exercise(
    name="exponential_average",
    lesson="05-momentum",
    returns=("the average",),
    hints=(
        "Look at the example first: 4, 4, 4 with beta = 0.5 gives 2, 3, 3.5. Which number does your function give for the "
        "first of them, and what was the average before it?",
        "Go through the values in order. At each one, keep the share beta of the average so far, add the share 1 - beta of "
        "the value, and write the result down before you go on.",
    ),
    reference=_exponential_average,
    aspects=(
        Aspect("one series", 1, _one_series),
        Aspect("several series at once", 1, _several_series),
        Aspect("whole numbers", 1, _whole_values),
        Aspect(
            "values unchanged",
            1,
            _values_kept,
            manners=True,
            lacking=Advice(
                "Writes into the caller's values",
                why="Your numbers are right, but they are written over the values that were passed in. "
                "(`np.asarray` hands back the caller's own array when it already holds floats.)",
                hint="Make a new array for the result.",
            ),
        ),
    ),
)


def _averaging(update, start=lambda first: 0 * first):
    """An exponential average with a step of its own: update(average, value, beta) and start(first value)."""

    def function(values, beta=0.9):
        values = np.asarray(values, dtype=float)
        averages = np.empty_like(values)
        average = start(values[0])
        for t, value in enumerate(values):
            average = update(average, value, beta, t)
            averages[t] = average
        return averages

    return function


exponential_average.mistake(
    "Summed instead of averaged",
    why="You add each value in full, as the heavy ball does. For a run of equal values the result should end at that "
    "value, and yours ends 1 / (1 - beta) times as high.",
    hint="The weights of an average add up to 1. Do yours?",
)(_averaging(lambda a, x, beta, t: beta * a + x))

exponential_average.mistake(
    "beta and 1 - beta swapped",
    why="You keep only 1 - beta of the past, so with beta = 0.9 there is almost no smoothing.",
    hint="beta is the share of the past. Which factor stands in front of the old average?",
)(_averaging(lambda a, x, beta, t: (1 - beta) * a + beta * x))

exponential_average.mistake(
    "Starts at the first value",
    why="Your average starts from the first value. That is a common choice, but here it starts from 0 (lesson 08 needs "
    "the zero, and then corrects for it).",
    hint="What is the average before the first value has come in?",
)(_averaging(lambda a, x, beta, t: beta * a + (1 - beta) * x, start=lambda first: first))

exponential_average.mistake(
    "Bias correction added",
    why="You divide by 1 - beta**t. That correction belongs to Adam, lesson 08; here the plain average is asked for.",
    hint="Leave the average as the formula makes it.",
)(lambda values, beta=0.9: _corrected(_exponential_average(values, beta), beta))

exponential_average.mistake(
    "The plain running mean",
    why="You give every value the same weight; here the old ones fade.",
    hint="Where does beta come in?",
)(_averaging(lambda a, x, beta, t: (a * t + x) / (t + 1)))

exponential_average.mistake(
    "History forgotten",
    why="Every entry of your result depends on its own value alone.",
    hint="Which number has to be carried from one turn of the loop to the next?",
)(_averaging(lambda a, x, beta, t: (1 - beta) * x))

exponential_average.mistake(
    "The value before instead of the average before",
    why="You mix each value with the one before it, so nothing older is remembered.",
    hint="Which number has to be carried from one turn of the loop to the next?",
)(
    lambda values, beta=0.9: (
        beta * _shifted(np.asarray(values, dtype=float)) + (1 - beta) * np.asarray(values, dtype=float)
    )
)

exponential_average.mistake(
    "Off by one",
    why="Each entry holds the average *before* its own value came in.",
    hint="Update first, then store.",
)(lambda values, beta=0.9: _shifted(_exponential_average(values, beta)))


def _corrected(averages, beta):
    t = np.arange(1, len(averages) + 1).reshape(-1, *[1] * (averages.ndim - 1))
    return averages / (1 - beta**t)


def _shifted(averages):
    return np.concatenate([0 * averages[:1], averages[:-1]])


@exponential_average.mistake(
    "Whole numbers swallow the fractions",
    why="For whole numbers your result is rounded down: an array made from whole numbers holds whole numbers "
    "only.",
    hint="Which dtype should the result have?",
)
def _(values, beta=0.9):
    values = np.asarray(values)
    averages = np.zeros_like(values)
    average = 0.0
    for t, value in enumerate(values):
        average = beta * average + (1 - beta) * value
        averages[t] = average
    return averages


@exponential_average.mistake(
    "The first average looks back at the last value",
    why="At t = 0 your `averages[t - 1]` is `averages[-1]`, which in Python is the last entry.",
    hint="What is the average before the first value has come in?",
)
def _(values, beta=0.9):
    averages = np.array(values, dtype=float)
    for t in range(len(averages)):
        averages[t] = beta * averages[t - 1] + (1 - beta) * averages[t]
    return averages


@exponential_average.mistake(
    "Only the last value",
    why="You return the average after the last value; every step is asked for.",
    hint="The result has the shape of values.",
)
def _(values, beta=0.9):
    return _exponential_average(values, beta)[-1]


@exponential_average.mistake(
    "Writes into the caller's values",
    why="Your averages are written over the values that were passed in; and where these are whole numbers, the fractions "
    "are lost on the way.",
    hint="Make a new array of floats for the result.",
)
def _(values, beta=0.9):
    average = np.zeros(values.shape[1:])
    for t in range(len(values)):
        average = beta * average + (1 - beta) * values[t]
        values[t] = average
    return values
