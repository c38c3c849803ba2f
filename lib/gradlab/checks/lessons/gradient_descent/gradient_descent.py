"""`gradient_descent`: walk downhill and keep the path."""

from collections.abc import Iterator

import numpy as np

from gradlab import optimizers
from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Sight
from gradlab.checks.lessons.gradient_descent.parts import formula, kept
from gradlab.checks.probes import short_decimals


def descent(gradient, w, lr, steps):
    """The path of the library's gradient descent.

    >>> descent(lambda w: 2 * w, 1.0, lr=0.25, steps=2)
    array([1.  , 0.5 , 0.25])
    """
    w = np.asarray(w, dtype=float)
    path = [w]
    for _ in range(steps):
        w, _state = optimizers.gradient_descent(w, gradient(w), lr=lr)
        path.append(w)
    return np.stack(path)


def _bowl(rng: np.random.Generator) -> Function:
    a, b, c, d, e = np.abs(short_decimals(rng, 5))
    return formula(f"lambda w: np.array([[{a + 1:g}, {b:g}], [{b:g}, {c:g}]]) @ w - np.array([{d}, {e}])")


def _path(walk: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for steps in (1, 4):
        lr = round(rng.uniform(0.05, 0.2), 2)
        path = walk(_bowl(rng), short_decimals(rng, 2), lr=lr, steps=steps)
        yield Sight(f"After {steps} step{'s' * (steps > 1)}", "the path", path)
    lr = round(rng.uniform(0.05, 0.2), 2)
    path = walk(formula("lambda w: w ** 3 - 2 * w"), short_decimals(rng, 3), lr=lr, steps=3)
    yield Sight("Where the gradient is no straight line,", "the path", path)


def _special_places(walk: Function, rng: np.random.Generator) -> Iterator[Sight]:
    yield Sight("For 0 steps", "the path", walk(_bowl(rng), short_decimals(rng, 2), lr=0.1, steps=0))
    saddle = formula("lambda w: np.array([2.0, -2.0]) * w")
    path = walk(saddle, 1e-8 * short_decimals(rng, 2), lr=0.3, steps=4)
    yield Sight("Close to the flat middle of a saddle,", "the path", path)
    path = walk(saddle, np.zeros(2), lr=0.3, steps=3)
    yield Sight("Where the gradient is exactly 0,", "the path", path)


def _any_shape(walk: Function, rng: np.random.Generator) -> Iterator[Sight]:
    a, lr = short_decimals(rng, 1)[0], round(rng.uniform(0.05, 0.2), 2)
    path = walk(formula(f"lambda w: {a} * w ** 2 - w"), short_decimals(rng, 2, 3), lr=lr, steps=3)
    yield Sight("For w of shape (2, 3)", "the path", path)
    path = walk(formula(f"lambda w: {a} * w - 0.3"), rng.integers(2, 9, 2), lr=lr, steps=3)
    yield Sight("From whole numbers", "the path", path)
    path = walk(formula(f"lambda w: {a} * w"), float(short_decimals(rng, 1)[0]), lr=lr, steps=3)
    yield Sight("For a single number", "the path", path)


gradient_descent = Exercise(
    name="gradient_descent",
    lesson="01-gradient-descent",
    returns=("the path",),
    reference=descent,
    hints=(
        "Take the example of the docstring: three points are asked for, and the first is the start. How many do you get, "
        "and is each the one before it minus lr times the gradient *there*?",
        "Begin a list that holds the start, as floats. In every turn of the loop ask for the gradient where you stand now, make a "
        "new w from the old one, and append it. At the end make an array of the list.",
    ),
    aspects=(
        Aspect("the path", 1, _path),
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
            lambda rng: {"gradient": _bowl(rng), "w": short_decimals(rng, 2), "lr": 0.1, "steps": 3},
            instead="`w = w - lr * g` makes a new array; `w -= lr * g` overwrites the old one.",
        ),
    ),
)


def _mistake(name, why, hint):
    return gradient_descent.mistake(name, why=why, hint=hint)


def _walking(step, keep=np.stack):
    """A descent with a step of its own: step(w, gradient, lr, t), and keep(list of points)."""

    def function(gradient, w, lr, steps):
        w = np.asarray(w, dtype=float)
        path = [w]
        for t in range(steps):
            w = step(w, gradient, lr, t)
            path.append(w)
        return keep(path)

    return function


_mistake(
    "Uphill",
    "You add the gradient, which points up: the loss rises with every step.",
    "The gradient points uphill. Which sign takes you down?",
)(_walking(lambda w, gradient, lr, t: w + lr * gradient(w)))

_mistake(
    "The rate is missing",
    "Your step is the whole gradient: lr does not appear in it.",
    "What stands in front of the gradient in the formula?",
)(_walking(lambda w, gradient, lr, t: w - gradient(w)))

_mistake(
    "The rate is applied twice",
    "lr stands in your step twice, so the steps scale with lr squared.",
    "Count the places where lr stands in the formula.",
)(_walking(lambda w, gradient, lr, t: w - lr * lr * gradient(w)))

_mistake(
    "Divided by the rate",
    "You divide by lr, so a smaller rate makes longer steps.",
    "What stands in front of the gradient in the formula?",
)(_walking(lambda w, gradient, lr, t: w - gradient(w) / lr))

_mistake(
    "The rate shrinks from step to step",
    "Your rate changes with the number of the step. That is a schedule, lesson 09; here lr stays what it is.",
    "Where does the number of the step come into the formula?",
)(_walking(lambda w, gradient, lr, t: w - lr / (t + 1) * gradient(w)))

_mistake(
    "Steps of one length",
    "You divide the gradient by its length, so every step is lr long, also where it is flat.",
    "How long should a step be where the gradient is small?",
)(_walking(lambda w, gradient, lr, t: w - lr * gradient(w) / np.maximum(np.linalg.norm(gradient(w)), 1e-300)))

_mistake(
    "Only the sign of the gradient",
    "Every weight moves by lr, however steep it is there.",
    "How long should a step be where the gradient is small?",
)(_walking(lambda w, gradient, lr, t: w - lr * np.sign(gradient(w))))

_mistake(
    "The old w is lost",
    "Your new w is the step alone, not the old w and a step from there.",
    "From where is the step taken?",
)(_walking(lambda w, gradient, lr, t: -lr * gradient(w)))

_mistake(
    "The start is missing",
    "Your path begins after the first step.",
    "How many points does a path of 4 steps have?",
)(_walking(lambda w, gradient, lr, t: w - lr * gradient(w), lambda path: np.array(path[1:])))

_mistake(
    "The last point is missing",
    "Your path ends one step early.",
    "How many points does a path of 4 steps have?",
)(_walking(lambda w, gradient, lr, t: w - lr * gradient(w), lambda path: np.array(path[:-1])))

_mistake(
    "Only the end is returned",
    "You return the last point. The whole path is asked for, the start first.",
    "Where do you keep the points on the way?",
)(_walking(lambda w, gradient, lr, t: w - lr * gradient(w), lambda path: path[-1]))

_mistake(
    "The same point in every row",
    "Every row of your path is the end of it. `w -= ...` changes the one array that stands in your list many times.",
    "How do you make a *new* array in every step?",
)(_walking(lambda w, gradient, lr, t: w - lr * gradient(w), lambda path: np.stack([path[-1]] * len(path))))

_mistake(
    "The steps run along the last axis",
    "Each point of your path is a column. Step t should be `path[t]`, a row.",
    "Along which axis are the points put together?",
)(_walking(lambda w, gradient, lr, t: w - lr * gradient(w), lambda path: np.stack(path, axis=-1)))

_mistake(
    "Starts at zero",
    "Your path starts at 0, wherever the walk was to begin.",
    "Which point is the first of the path?",
)(lambda gradient, w, lr, steps: descent(gradient, np.zeros(np.shape(w)), lr, steps))

_mistake(
    "One step too many",
    "Your path has one point more than it should.",
    "How many turns does `range(steps + 1)` make?",
)(lambda gradient, w, lr, steps: descent(gradient, w, lr, steps + 1))


@gradient_descent.mistake(
    "The gradient of the start, again and again",
    why="You ask for the gradient once and use it in every step, so your path is a straight line.",
    hint="The slope changes as you walk. Where in your loop is gradient called, and with what?",
)
def _(gradient, w, lr, steps):
    w = np.asarray(w, dtype=float)
    slope = gradient(w)
    return np.stack([w - t * lr * slope for t in range(steps + 1)])


@gradient_descent.mistake(
    "The gradient comes one step late",
    why="You step with the gradient of the point before, and ask for the new one afterwards.",
    hint="At which point should the gradient of a step be taken?",
)
def _(gradient, w, lr, steps):
    w = np.asarray(w, dtype=float)
    path, slope = [w], gradient(w)
    for _ in range(steps):
        before, w = w, w - lr * slope
        slope = gradient(before)
        path.append(w)
    return np.stack(path)


@gradient_descent.mistake(
    "Whole numbers swallow the steps",
    why="From whole numbers your walk is cut off: an array made from whole numbers holds whole numbers only.",
    hint="Which dtype should w and the path have before the first step?",
)
def _(gradient, w, lr, steps):
    w = np.array(w)
    path = np.zeros((steps + 1, *w.shape), dtype=w.dtype)
    path[0] = w
    for t in range(steps):
        path[t + 1] = path[t] - lr * gradient(path[t])
    return path


@gradient_descent.mistake(
    "Whole numbers swallow the steps",
    why="From whole numbers your walk is cut off: an array made from whole numbers holds whole numbers only.",
    hint="Which dtype should w and the path have before the first step?",
)
def _(gradient, w, lr, steps):
    w = np.array(w)
    path = [w.copy()]
    for _ in range(steps):
        w[...] = w - lr * gradient(w)
        path.append(w.copy())
    return np.array(path)


@gradient_descent.mistake(
    "The same point in every row",
    why="Every row of your path is the end of it. `w -= ...` changes the one array that stands in your list many times, and "
    "it is the caller's array.",
    hint="How do you make a *new* array in every step?",
)
def _(gradient, w, lr, steps):
    path = [w]
    for _ in range(steps):
        w -= lr * gradient(w)
        path.append(w)
    return np.array(path)


@gradient_descent.mistake(
    "Writes into the caller's arrays",
    why="`w -= ...` walks in the array that was passed in: run the cell twice and it starts from somewhere else. And an array "
    "of whole numbers cannot hold the fractions.",
    hint="`w = w - lr * g` makes a new array; `w -= lr * g` overwrites the old one.",
)
def _(gradient, w, lr, steps):
    path = [np.copy(w)]
    for _ in range(steps):
        w -= lr * gradient(w)
        path.append(np.copy(w))
    return np.array(path)


def _stopping(first, enough):
    def function(gradient, w, lr, steps):
        w = np.asarray(w, dtype=float)
        path = [w]
        for _ in range(steps):
            step = lr * gradient(w)
            w = w - step
            if first:
                path.append(w)
            if np.linalg.norm(step) < enough:
                break
            if not first:
                path.append(w)
        return np.stack(path)

    return function


for _first in (False, True):
    _mistake(
        "Stops where it is nearly flat",
        "You end the walk when a step is very short. On a plateau or a saddle steps are short too, and the way down may be "
        "just ahead.",
        "How many steps were asked for?",
    )(_stopping(_first, 1e-6))
