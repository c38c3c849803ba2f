"""`adagrad`: a whole run."""

from collections.abc import Iterator

import numpy as np

from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Sight
from gradlab.checks.lessons.per_weight_steps.adagrad_step import own_history
from gradlab.checks.lessons.per_weight_steps.inputs import kept, large_eps, rate, slope
from gradlab.checks.probes import short_decimals


def run(gradient, w, lr, steps, eps=1e-7):
    """The path of the library's AdaGrad.

    >>> run(lambda w: 2 * w, 1.0, lr=0.5, steps=2).round(4)
    array([1.    , 0.5   , 0.2764])
    """
    w = np.asarray(w, dtype=float)
    s, path = np.zeros(w.shape), [w]
    for _ in range(steps):
        w, s = own_history(w, gradient(w), s, lr, eps)
        path.append(w)
    return np.stack(path)


def _tilted(rng: np.random.Generator) -> Function:
    # A bowl that is turned against the axes, steep in one weight.
    a, b, c, d, e = np.abs(short_decimals(rng, 5))
    return slope(f"lambda w: np.array([[{10 * a + 5:g}, {b:g}], [{b:g}, {c:g}]]) @ w - np.array([{d}, {e}])")


def _path(walk: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for steps in (1, 5):
        path = walk(_tilted(rng), short_decimals(rng, 2), lr=rate(rng), steps=steps)
        yield Sight(f"After {steps} step{'s' * (steps > 1)}", "the path", path)
    path = walk(slope("lambda w: w ** 3 - 2 * w"), short_decimals(rng, 3), lr=rate(rng), steps=4)
    yield Sight("Where the gradient is no straight line,", "the path", path)


def _eps(walk: Function, rng: np.random.Generator) -> Iterator[Sight]:
    eps = large_eps(rng)
    path = walk(_tilted(rng), short_decimals(rng, 2), lr=rate(rng), steps=3, eps=eps)
    yield Sight(f"With eps = {eps:g}", "the path", path)
    path = walk(slope("lambda w: 1e-7 * (w + 1)"), short_decimals(rng, 2), lr=rate(rng), steps=3)
    yield Sight("With eps left out, so 1e-7,", "the path", path)


def _special_places(walk: Function, rng: np.random.Generator) -> Iterator[Sight]:
    yield Sight("For 0 steps", "the path", walk(_tilted(rng), short_decimals(rng, 2), lr=rate(rng), steps=0))
    idle = slope("lambda w: np.array([3.0, 0.0]) * w")
    path = walk(idle, short_decimals(rng, 2), lr=rate(rng), steps=3)
    yield Sight("Where the gradient of w[1] is always 0,", "the path", path)
    path = walk(slope("lambda w: 2 * (w - 1)"), np.ones(2), lr=rate(rng), steps=2)
    yield Sight("Where the gradient is exactly 0,", "the path", path)
    late = slope("lambda w: np.array([2.0, 5.0 * (w[0] < 0)]) * np.abs(w)")
    path = walk(late, np.array([0.1, 1.0]) * np.abs(short_decimals(rng, 2)), lr=0.25, steps=5)
    yield Sight("Where the gradient of w[1] begins late,", "the path", path)


def _any_shape(walk: Function, rng: np.random.Generator) -> Iterator[Sight]:
    a, b = short_decimals(rng, 2)
    path = walk(slope(f"lambda w: {a} * w ** 2 - w"), short_decimals(rng, 2, 3), lr=rate(rng), steps=3)
    yield Sight("For w of shape (2, 3)", "the path", path)
    path = walk(slope(f"lambda w: {b} * w - 0.3"), rng.integers(2, 9, 2), lr=rate(rng), steps=3)
    yield Sight("From whole numbers", "the path", path)
    path = walk(slope(f"lambda w: {b} * w"), float(short_decimals(rng, 1)[0]), lr=rate(rng), steps=3)
    yield Sight("For a single number", "the path", path)


adagrad = Exercise(
    name="adagrad",
    lesson="06-per-weight-steps",
    returns=("the path",),
    reference=run,
    hints=(
        "Take the example of the docstring: three points are asked for, and the first is the start. What is s before the "
        "first step, and who keeps it between one step and the next?",
        "Make floats of the start, a sum s of zeros in its shape, and a list that holds the start. In every turn of the loop ask for the "
        "gradient where you stand now, take one step with adagrad_step, keep both of its results, and append w. At the end make "
        "an array of the list.",
    ),
    aspects=(
        Aspect("the path", 2, _path),
        Aspect("eps", 1, _eps),
        Aspect("special places", 1, _special_places),
        Aspect(
            "any shape",
            1,
            _any_shape,
            lacking=Advice(
                "Not yet for any shape",
                why="With one axis of floats your path is right; a matrix, a single number and whole numbers do not all work yet.",
                hint="Start with `np.array(w, dtype=float)`, and let NumPy do all weights at once.",
            ),
        ),
        kept(
            lambda rng: {"gradient": _tilted(rng), "w": short_decimals(rng, 2), "lr": rate(rng), "steps": 3},
            instead="Begin with a copy, `np.array(w, dtype=float)`, or never write into w.",
        ),
    ),
)


def _mistake(name, why, hint):
    return adagrad.mistake(name, why=why, hint=hint)


def _running(new_s, new_w, *, s0=0.0, keep=np.stack, default=1e-7):
    """A run from two formulas: new_s(s, g, t), new_w(w, g, s, lr, eps, t), and keep(list of points)."""

    def function(gradient, w, lr, steps, eps=default):
        w = np.asarray(w, dtype=float)
        s, path = np.full(w.shape, s0), [w]
        for t in range(steps):
            g = gradient(w)
            s = new_s(s, g, t)
            w = new_w(w, g, s, lr, eps, t)
            path.append(w)
        return keep(path)

    return function


def _summed(s, g, t):
    return s + g**2


def _moved(w, g, s, lr, eps, t):
    return w - lr * g / (np.sqrt(s) + eps)


_mistake(
    "The sum starts afresh in every step",
    "Every step of yours starts from s = 0, so each weight moves by lr for ever and never settles.",
    "What does adagrad_step return beside w, and where do you keep it? Where does s = 0 stand: before the loop, or in it?",
)(_running(lambda s, g, t: g**2, _moved))

for _rho in (0.9, 0.99):
    _mistake(
        "A fading average instead of a sum",
        "You let the old squares fade. That is RMSProp, the next lesson; AdaGrad forgets nothing.",
        "What does adagrad_step do with the old s?",
    )(_running(lambda s, g, t, rho=_rho: rho * s + (1 - rho) * g**2, _moved))

_mistake(
    "An average instead of a sum",
    "You divide the sum of squares by the number of steps, so your rate never falls.",
    "Does the number of the step stand in the formula?",
)(_running(_summed, lambda w, g, s, lr, eps, t: w - lr * g / (np.sqrt(s / (t + 1)) + eps)))

_mistake(
    "The root is missing",
    "You divide by the sum of squares itself, so your steps explode where gradients are small.",
    "Can you call the adagrad_step that you have written already?",
)(_running(_summed, lambda w, g, s, lr, eps, t: w - lr * g / (s + eps)))

_mistake(
    "eps inside the root",
    "You add eps under the root, as Keras and optax do. Here it is added to the root.",
    "Is eps added to s, or to its root?",
)(_running(_summed, lambda w, g, s, lr, eps, t: w - lr * g / np.sqrt(s + eps)))

_mistake(
    "No eps",
    "A weight whose gradient has always been 0 gives 0/0 here, which is nan, and a nan never goes away.",
    "What keeps the root away from zero in the formula?",
)(_running(_summed, lambda w, g, s, lr, eps, t: w - lr * g / np.sqrt(s)))

for _total in (
    lambda g: np.sum(g**2),
    lambda g: np.mean(g**2),
    lambda g: np.sum(g**2, axis=-1, keepdims=True) if np.ndim(g) else g**2,
):
    _mistake(
        "One sum for all weights",
        "You add up the squares of all weights to one number, so all of them get the same rate: the whole point is lost.",
        "How many numbers does s hold, for two weights?",
    )(_running(lambda s, g, t, total=_total: s + total(g), _moved))

_mistake(
    "Stepped before s was updated",
    "You divide by the s of the step before. In the first step that is a division by eps.",
    "Which of the two lines of the formula comes first?",
)(_running(_summed, lambda w, g, s, lr, eps, t: w - lr * g / (np.sqrt(s - g**2) + eps)))

for _start, _word in [(0.1, "0.1, as Keras and optax do"), (1.0, "1"), (1e-7, "eps")]:
    _mistake(
        "The sum does not start at 0",
        f"Your sum starts at {_word}, so that the first step is shorter than lr.",
        "How much has been summed up before the first step?",
    )(_running(_summed, _moved, s0=_start))

_mistake(
    "The rate shrinks for all alike",
    "You divide lr by the root of the number of steps: the same rate for every weight, however steep it is there.",
    "What is it that makes each weight's rate its own?",
)(_running(_summed, lambda w, g, s, lr, eps, t: w - lr / np.sqrt(t + 1) * g))

_mistake(
    "The rate shrinks twice",
    "You divide by the root of the number of steps as well. The growing sum does that already.",
    "Does the number of the step stand in the formula?",
)(_running(_summed, lambda w, g, s, lr, eps, t: w - lr / np.sqrt(t + 1) * g / (np.sqrt(s) + eps)))

_mistake(
    "Plain gradient descent",
    "Your path is that of gradient descent: nothing is divided by the history.",
    "Which function makes the step?",
)(_running(_summed, lambda w, g, s, lr, eps, t: w - lr * g))

_mistake(
    "Uphill",
    "Your path climbs: the step is added.",
    "The gradient points uphill. Which sign takes you down?",
)(_running(_summed, lambda w, g, s, lr, eps, t: w + lr * g / (np.sqrt(s) + eps)))

_mistake(
    "The rate is missing",
    "lr does not appear in your steps.",
    "What do you hand to adagrad_step as lr?",
)(_running(_summed, lambda w, g, s, lr, eps, t: w - g / (np.sqrt(s) + eps)))

_mistake(
    "The start is missing",
    "Your path begins after the first step.",
    "How many points does a path of 4 steps have?",
)(_running(_summed, _moved, keep=lambda path: np.array(path[1:])))

_mistake(
    "The last point is missing",
    "Your path ends one step early.",
    "How many points does a path of 4 steps have?",
)(_running(_summed, _moved, keep=lambda path: np.array(path[:-1])))

_mistake(
    "Only the end is returned",
    "You return the last point. The whole path is asked for, the start first.",
    "Where do you keep the points on the way?",
)(_running(_summed, _moved, keep=lambda path: path[-1]))

_mistake(
    "The same point in every row",
    "Every row of your path is the end of it. `w -= ...` changes the one array that stands in your list many times.",
    "How do you make a *new* array in every step?",
)(_running(_summed, _moved, keep=lambda path: np.stack([path[-1]] * len(path))))

_mistake(
    "The steps run along the last axis",
    "Each point of your path is a column. Step t should be `path[t]`, a row.",
    "Along which axis are the points put together?",
)(_running(_summed, _moved, keep=lambda path: np.stack(path, axis=-1)))

_mistake(
    "One step too many",
    "Your path has one point more than it should.",
    "How many turns does `range(steps + 1)` make?",
)(lambda gradient, w, lr, steps, eps=1e-7: run(gradient, w, lr, steps + 1, eps))

_mistake(
    "Starts at zero",
    "Your path starts at 0, wherever the walk was to begin.",
    "Which point is the first of the path?",
)(lambda gradient, w, lr, steps, eps=1e-7: run(gradient, np.zeros(np.shape(w)), lr, steps, eps))

_mistake(
    "eps is not passed on",
    "Your steps use 1e-7 whatever eps is: the eps of the run does not reach the step.",
    "Which arguments does adagrad_step take, and which do you give it?",
)(lambda gradient, w, lr, steps, eps=1e-7: run(gradient, w, lr, steps))

for _default in (1e-10, 1e-8, 1e-6, 1e-3):
    _mistake(
        "Another default for eps",
        "With eps left out your path is another one: the first line of the exercise says eps=1e-7.",
        "Copy the first line of the exercise again.",
    )(_running(_summed, _moved, default=_default))


@adagrad.mistake(
    "The gradient of the start, again and again",
    why="You ask for the gradient once and use it in every step, so your path is a straight line.",
    hint="The slope changes as you walk. Where in your loop is gradient called, and with what?",
)
def _(gradient, w, lr, steps, eps=1e-7):
    first = gradient(np.asarray(w, dtype=float))
    return run(lambda _: first, w, lr, steps, eps)


@adagrad.mistake(
    "Whole numbers swallow the steps",
    why="From whole numbers your path is cut off: an array made from whole numbers holds whole numbers only.",
    hint="Which dtype should the path have?",
)
def _(gradient, w, lr, steps, eps=1e-7):
    w = np.array(w)
    path = np.zeros((steps + 1, *w.shape), dtype=w.dtype)
    path[0], s = w, np.zeros(w.shape)
    for t in range(steps):
        path[t + 1], s = own_history(path[t], gradient(path[t]), s, lr, eps)
    return path
