"""`soft_threshold`: the step that makes weights exactly zero."""

from collections.abc import Iterator

import numpy as np

from gradlab import regularizers
from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Sight
from gradlab.checks.probes import arguments_kept, short_decimals


def _shrunk(w, threshold):
    return regularizers.soft_threshold(np.asarray(w, dtype=float), threshold=threshold)


def _large(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    w = np.array([1.0, -1.0, 1.0, -1.0]) * np.round(rng.uniform(1, 3, 4), 2)
    yield Sight("For weights beyond the threshold 0.6,", "w", function(w, 0.6))


def _small(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    t = round(rng.uniform(0.5, 0.9), 2)
    w = np.array([0.9 * t, -0.9 * t, 0.0, t, -t, 1.137 * t, -1.137 * t])
    yield Sight(f"For weights near the threshold {t:g} and below,", "w", function(w, t))
    yield Sight("With a threshold of 0,", "w", function(w, 0.0))


def _any_shape(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    yield Sight("For a single number,", "w", function(-1.4, 0.5))
    yield Sight("For weights of shape (3, 4)", "w", function(short_decimals(rng, 3, 4), 0.7))


soft_threshold = Exercise(
    name="soft_threshold",
    lesson="10-regularization",
    returns=("w",),
    reference=_shrunk,
    aspects=(
        Aspect("large weights", 1, _large),
        Aspect("small weights", 1, _small),
        Aspect(
            "any shape",
            1,
            _any_shape,
            lacking=Advice(
                "Not for every shape",
                why="Your numbers are right for a row of weights, but weights come as single numbers and as matrices too.",
                hint="`if` takes one truth value. Which functions of NumPy decide entry by entry?",
            ),
        ),
        arguments_kept(lambda rng: {"w": short_decimals(rng, 4), "threshold": 0.7}),
    ),
    hints=(
        "With a threshold of 1: what should become of 3, of 0.4, of -0.4 and of -3?",
        "Take the size of each weight, make it smaller by the threshold, but never less than 0, and give it its sign back.",
    ),
    vectorised=True,
)


def _mistake(name, why, hint, function):
    soft_threshold.mistake(name, why=why, hint=hint)(
        lambda w, threshold: function(np.asarray(w, dtype=float), threshold)
    )


_mistake(
    "Hard threshold",
    "You set small weights to zero and leave the others as they are. The soft threshold makes *all* weights smaller.",
    "What should become of 3 with a threshold of 1?",
    lambda w, t: np.where(np.abs(w) > t, w, 0.0),
)
_mistake(
    "Only shrunk",
    "You make every weight smaller by the threshold, also those that are smaller than it: they jump past 0 to the other "
    "side and never rest there.",
    "What should become of 0.4 with a threshold of 1?",
    lambda w, t: w - t * np.sign(w),
)
_mistake(
    "The sign is lost",
    "Your negative weights become positive.",
    "What should become of -3 with a threshold of 1?",
    lambda w, t: np.maximum(np.abs(w) - t, 0),
)
_mistake(
    "Only for positive weights",
    "You take the threshold off every weight; negative ones become 0 or move further away from it.",
    "What should become of -3 with a threshold of 1?",
    lambda w, t: np.maximum(w - t, 0),
)
_mistake(
    "Only for positive weights",
    "You take the threshold off every weight, whatever its sign.",
    "What should become of -3 with a threshold of 1?",
    lambda w, t: w - t,
)
_mistake(
    "Negative weights are left alone",
    "You handle the positive weights only.",
    "What should become of -3 with a threshold of 1?",
    lambda w, t: np.where(w > 0, np.maximum(w - t, 0), w),
)
_mistake(
    "Clipped instead",
    "You cut the weights off at the threshold: large ones are lost and small ones stay. It should be the other way round.",
    "What should become of 0.4 with a threshold of 1?",
    lambda w, t: np.clip(w, -t, t),
)
_mistake(
    "Shrunk by a factor",
    "You multiply the weights. That is what L2 does, and it never reaches 0.",
    "By how much smaller should 3 become with a threshold of 1, and by how much 5?",
    lambda w, t: w * (1 - t),
)
_mistake(
    "Away from 0",
    "You add the threshold to the size of the weights.",
    "Should the weights become smaller or larger?",
    lambda w, t: np.sign(w) * (np.abs(w) + t),
)
_mistake(
    "Half the threshold",
    "Your weights are made smaller by half of the threshold only.",
    "What should become of 3 with a threshold of 1?",
    lambda w, t: np.sign(w) * np.maximum(np.abs(w) - t / 2, 0),
)
_mistake(
    "The threshold is squared",
    "You compare squares, or take off the square of the threshold.",
    "Is there a square in the formula?",
    lambda w, t: np.sign(w) * np.maximum(np.abs(w) - t**2, 0),
)
