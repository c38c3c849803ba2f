"""`loss_slice`: a walk over the surface, in steps that mean the same for every unit."""

from collections.abc import Iterator

import numpy as np

from gradlab.checks.exercise import Aspect, Exercise, Function, Sight
from gradlab.checks.probes import arguments_kept, short_decimals


def _slice(loss, W, direction, alphas):
    lengths = np.linalg.norm(W, axis=0) / np.linalg.norm(direction, axis=0)
    return np.array([loss(W + alpha * direction * lengths) for alpha in alphas])


def _bowl(W):
    weights = np.arange(1.0, 1.0 + W.size).reshape(W.shape)
    return float(np.sum(weights * (W - 0.3) ** 2)) / 97


def _walk(rng: np.random.Generator, fan_in: int = 3, fan_out: int = 2) -> dict[str, object]:
    return {
        "loss": _bowl,
        "W": short_decimals(rng, fan_in, fan_out),
        "direction": short_decimals(rng, fan_in, fan_out),
        "alphas": np.array([-0.7, 0.0, 0.4, 1.0]),
    }


def _along(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for shape in ((3, 2), (2, 5)):
        yield Sight(f"For weights of shape {shape},", "the losses", function(*_walk(rng, *shape).values()))


def _scale_free(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    loss, W, direction, alphas = _walk(rng).values()
    yield Sight("For a direction ten times as long,", "the losses", function(loss, W, 10 * direction, alphas))
    longer = direction * np.array([1.0, 7.0])
    yield Sight("For a direction with one long column,", "the losses", function(loss, W, longer, alphas))
    yield Sight("For alpha = 0 alone,", "the losses", function(loss, W, direction, np.array([0.0])))


loss_slice = Exercise(
    name="loss_slice",
    lesson="12-shifting-surfaces",
    returns=("the losses",),
    reference=_slice,
    aspects=(
        Aspect("along the direction", 2, _along),
        Aspect("whatever the direction's length", 1, _scale_free),
        arguments_kept(_walk),
    ),
    hints=(
        "Column by column: how long is the column of W, and how long is that of your direction after you have rescaled it?",
        "Divide each column of the direction by its own length and multiply it by the length of the same column of W. Then "
        "evaluate the loss at W plus alpha times that, for each alpha.",
    ),
)


def _wrong_slice(name, why, hint, scaled, at=None):
    def function(loss, W, direction, alphas):
        step = scaled(W, direction)
        where = at or (lambda W, alpha, step: W + alpha * step)
        return np.array([loss(where(W, alpha, step)) for alpha in alphas])

    loss_slice.mistake(name, why=why, hint=hint)(function)


def _normalised(W, d):
    return d * np.linalg.norm(W, axis=0) / np.linalg.norm(d, axis=0)


_wrong_slice(
    "Not normalised",
    "You walk along the direction as it came. A layer with large weights then looks flat and one with small weights steep, "
    "though the network is the same.",
    "How long should each column of the direction be?",
    lambda W, d: d,
)
_wrong_slice(
    "Of length 1",
    "You give the direction length 1 and forget how long the columns of W are.",
    "To which length is each column rescaled?",
    lambda W, d: d / np.linalg.norm(d),
)
_wrong_slice(
    "Columns of length 1",
    "You give each column length 1, not the length of the same column of W.",
    "To which length is each column rescaled?",
    lambda W, d: d / np.linalg.norm(d, axis=0),
)
_wrong_slice(
    "One length for the whole layer",
    "You rescale the direction as a whole. Each unit, a column of W, has a length of its own.",
    "How many lengths are there for a layer of two units?",
    lambda W, d: d * np.linalg.norm(W) / np.linalg.norm(d),
)
_wrong_slice(
    "Rows instead of columns",
    "You rescale the rows. What leads into one unit is a column of W.",
    "W has shape (fan_in, fan_out). Which axis runs along the weights of one unit?",
    lambda W, d: d * (np.linalg.norm(W, axis=1) / np.linalg.norm(d, axis=1))[:, None],
)
_wrong_slice(
    "Entry by entry",
    "You give every single entry of the direction the size of the same entry of W. What is rescaled is a whole column.",
    "How many lengths are there for a layer of two units?",
    lambda W, d: d * np.abs(W) / np.abs(d),
)
_wrong_slice(
    "Upside down",
    "You multiply by the length of the direction and divide by that of W.",
    "Which of the two lengths should the result have?",
    lambda W, d: d * np.linalg.norm(d, axis=0) / np.linalg.norm(W, axis=0),
)
_wrong_slice(
    "Squared lengths",
    "You use the squares of the lengths; a root is missing.",
    "What is the length of the column (3, 4)?",
    lambda W, d: d * np.sum(W**2, axis=0) / np.sum(d**2, axis=0),
)
_wrong_slice(
    "Not divided by its own length",
    "You multiply by the length of W's columns, and never divide by the direction's own.",
    "How long is a column of your direction afterwards?",
    lambda W, d: d * np.linalg.norm(W, axis=0),
)
_wrong_slice(
    "Away from the origin instead of from W",
    "You evaluate the loss along the direction alone; W is not in it.",
    "Where should alpha = 0 lead to?",
    _normalised,
    lambda W, alpha, step: alpha * step,
)
_wrong_slice(
    "The wrong way",
    "You walk against the direction.",
    "Where should alpha = 1 lead to?",
    _normalised,
    lambda W, alpha, step: W - alpha * step,
)
_wrong_slice(
    "Between the two",
    "You mix W and the direction, so that alpha = 1 is the direction itself.",
    "Where should alpha = 1 lead to?",
    _normalised,
    lambda W, alpha, step: (1 - alpha) * W + alpha * step,
)


@loss_slice.mistake(
    "The rise instead of the loss",
    why="You take the loss at W off: that is how much the loss rises. Asked for is the loss itself.",
    hint="What should come out at alpha = 0?",
)
def _(loss, W, direction, alphas):
    return np.array([loss(W + alpha * _normalised(W, direction)) - loss(W) for alpha in alphas])
