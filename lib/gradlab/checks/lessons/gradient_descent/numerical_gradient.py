"""`numerical_gradient`: the slope of any function, measured by small steps to both sides."""

from collections.abc import Iterator

import numpy as np

from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Sight
from gradlab.checks.lessons.gradient_descent.parts import formula, kept
from gradlab.checks.probes import short_decimals


def central_differences(f, w, h=1e-5):
    """The gradient of f by central differences, weight by weight.

    >>> central_differences(lambda w: w[0] ** 2 * w[1], np.array([3.0, 2.0]), h=0.5)
    array([12.,  9.])
    """
    w = np.asarray(w, dtype=float)
    gradient = np.zeros(w.shape)
    for index in np.ndindex(w.shape):
        move = np.zeros(w.shape)
        move[index] = h
        gradient[index] = (f(w + move) - f(w - move)) / (2 * h)
    return gradient


def _step(rng: np.random.Generator) -> float:
    return round(rng.uniform(0.1, 0.4), 2)


def _one_weight(gradient: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for _ in range(2):
        a, b, h = *short_decimals(rng, 2), _step(rng)
        f = formula(f"lambda w: {a} * w[0] ** 3 + {b} * w[0]")
        yield Sight(f"For one weight and h = {h:g}", "the gradient", gradient(f, short_decimals(rng, 1), h=h))
        f = formula(f"lambda w: {a / 100:g} * w[0] ** 3")
        yield Sight("For a gentle slope", "the gradient", gradient(f, short_decimals(rng, 1), h=h))


def _several_weights(gradient: Function, rng: np.random.Generator) -> Iterator[Sight]:
    a, b = short_decimals(rng, 2)
    f = formula(f"lambda w: {a} * w[0] ** 3 * w[1] + {b} * w[1] ** 2 * w[2]")
    h = _step(rng)
    yield Sight(f"For three weights and h = {h:g}", "the gradient", gradient(f, short_decimals(rng, 3), h=h))
    yield Sight("With h left out, so 1e-5,", "the gradient", gradient(f, short_decimals(rng, 3)))
    wave = formula("lambda w: np.sum(np.sin(2000 * w))")
    yield Sight(
        "On a very wavy function, h left out,", "the gradient", gradient(wave, short_decimals(rng, 2))
    )


def _any_shape(gradient: Function, rng: np.random.Generator) -> Iterator[Sight]:
    a, h = short_decimals(rng, 1)[0], _step(rng)
    f = formula(f"lambda w: {a} * np.sum(w ** 3) + w[0, 1] * w[1, 2]")
    yield Sight("For w of shape (2, 3)", "the gradient", gradient(f, short_decimals(rng, 2, 3), h=h))
    f = formula(f"lambda w: {a} * w[0] ** 3 + w[0] * w[1] ** 2")
    yield Sight("For whole numbers", "the gradient", gradient(f, rng.integers(2, 6, 2), h=h))
    f = formula(f"lambda w: {a} * w ** 3")
    yield Sight(
        "For a single number", "the gradient", gradient(f, float(short_decimals(rng, 1)[0]), h=_step(rng))
    )


numerical_gradient = Exercise(
    name="numerical_gradient",
    lesson="01-gradient-descent",
    returns=("the gradient",),
    reference=central_differences,
    hints=(
        "Take the example of the docstring, and print the two points at which f is asked for the first weight: they should "
        "be (3.5, 2) and (2.5, 2). For the second weight, the first must be back at 3.",
        "Go through the weights one by one. Make two copies of w as floats, raise that one weight by h in the one and lower it "
        "by h in the other, and divide the difference of the two values of f by the distance between the two points.",
    ),
    aspects=(
        Aspect("one weight", 1, _one_weight),
        Aspect("several weights", 1, _several_weights),
        Aspect(
            "any shape",
            1,
            _any_shape,
            lacking=Advice(
                "Not yet for any shape",
                why="With one axis of floats your function is right. But w may also be a matrix, a single number, or an array of "
                "whole numbers, and not all of them work yet.",
                hint="`for index in np.ndindex(w.shape)` visits every weight, whatever the shape; `np.array(w, dtype=float)` "
                "makes a copy that can hold fractions.",
            ),
        ),
        kept(
            lambda rng: {"f": formula("lambda w: w[0] ** 2 * w[1]"), "w": short_decimals(rng, 2)},
            instead="Move a copy, made by `np.array(w, dtype=float)`, and leave w alone.",
        ),
    ),
)


def _mistake(name, why, hint):
    return numerical_gradient.mistake(name, why=why, hint=hint)


def _one_by_one(slope, h=1e-5):
    """A gradient with a formula of its own: slope(f, w, move, h), where move raises one weight by h."""

    def function(f, w, h=h):
        w = np.asarray(w, dtype=float)
        gradient = np.zeros(w.shape)
        for index in np.ndindex(w.shape):
            move = np.zeros(w.shape)
            move[index] = h
            gradient[index] = slope(f, w, move, h)
        return gradient

    return function


_mistake(
    "Forward differences",
    "You step to one side only, from w to w + h. The bend of the function between the two points then counts in full, and "
    "your error shrinks with h instead of h squared.",
    "At which two points does the formula ask for f?",
)(_one_by_one(lambda f, w, move, h: (f(w + move) - f(w)) / h))

_mistake(
    "Backward differences",
    "You step to one side only, from w - h to w. The bend of the function between the two points then counts in full.",
    "At which two points does the formula ask for f?",
)(_one_by_one(lambda f, w, move, h: (f(w) - f(w - move)) / h))

_mistake(
    "Divided by h",
    "Your two points lie 2h apart, and you divide by h: every slope is twice as steep as it should be.",
    "How far is it from w - h to w + h?",
)(_one_by_one(lambda f, w, move, h: (f(w + move) - f(w - move)) / h))

_mistake(
    "One side only, divided by 2h",
    "Your two points are w and w + h, a distance of h, and you divide by 2h: about half of the slope.",
    "At which two points does the formula ask for f? After `+= h` and then `-= h` a weight is where it was.",
)(_one_by_one(lambda f, w, move, h: (f(w + move) - f(w)) / (2 * h)))

_mistake(
    "The brackets are missing",
    "Python divides and multiplies from left to right, so `/ 2 * h` divides by 2 and then *multiplies* by h.",
    "What has to be worked out first?",
)(_one_by_one(lambda f, w, move, h: (f(w + move) - f(w - move)) / 2 * h))

_mistake(
    "The brackets are missing",
    "Python divides before it subtracts, so only the second of the two values is divided.",
    "What has to be worked out first?",
)(_one_by_one(lambda f, w, move, h: f(w + move) - f(w - move) / (2 * h)))

_mistake(
    "Divided by 2",
    "You divide the difference by 2 and not by the distance between the two points, so a smaller h gives a smaller slope.",
    "A slope is a rise over what?",
)(_one_by_one(lambda f, w, move, h: (f(w + move) - f(w - move)) / 2))

_mistake(
    "Not divided",
    "You return the difference of the two values. A slope is that difference for each unit of the way.",
    "A slope is a rise over what?",
)(_one_by_one(lambda f, w, move, h: f(w + move) - f(w - move)))

_mistake(
    "The values are added",
    "You add the two values of f, where the slope comes from their difference.",
    "On a flat function, what should the slope be? What is yours?",
)(_one_by_one(lambda f, w, move, h: (f(w + move) + f(w - move)) / (2 * h)))

_mistake(
    "The second derivative",
    "f(w + h) - 2 f(w) + f(w - h) over h squared measures the bend, not the slope.",
    "Which two values does the formula use?",
)(_one_by_one(lambda f, w, move, h: (f(w + move) - 2 * f(w) + f(w - move)) / h**2))

_mistake(
    "A step of half the length",
    "Your two points are h apart, half a step to each side. It is a good slope, but with another h than the one asked for.",
    "At which two points does the formula ask for f?",
)(_one_by_one(lambda f, w, move, h: (f(w + move / 2) - f(w - move / 2)) / h))

_mistake(
    "A share of w as the step",
    "You step by h times w. A weight of 0 would then not move at all.",
    "How far does the formula move each weight?",
)(_one_by_one(lambda f, w, move, h: (f(w + w * move) - f(w - w * move)) / (2 * np.sum(w * move))))

_mistake(
    "h is fixed",
    "1e-5 is written into your formula, so the h that is passed in changes nothing.",
    "Which name should stand where you wrote the number?",
)(lambda f, w, h=1e-5: central_differences(f, w))

for _default in (1e-3, 1e-4, 1e-6, 1e-7, 1e-8):
    _mistake(
        "Another default for h",
        "When h is left out you use another step than 1e-5.",
        "Look at the first line of the exercise: what does it say about h?",
    )(_one_by_one(lambda f, w, move, h: (f(w + move) - f(w - move)) / (2 * h), h=_default))


@numerical_gradient.mistake(
    "All weights are moved at once",
    why="You add h to the whole array, so all weights move together and you measure one slope, that of the diagonal.",
    hint="The slope along one weight: which of the others may move?",
)
def _(f, w, h=1e-5):
    w = np.asarray(w, dtype=float)
    return np.full(w.shape, (f(w + h) - f(w - h)) / (2 * h))


@numerical_gradient.mistake(
    "All weights are moved at once",
    why="You add h to the whole array, so all weights move together and you measure one slope, that of the diagonal.",
    hint="The slope along one weight: which of the others may move?",
)
def _(f, w, h=1e-5):
    return (f(w + h) - f(w - h)) / (2 * h)


@numerical_gradient.mistake(
    "A moved weight is not put back",
    why="After its turn a weight stays where the last step left it, so all later slopes are measured somewhere else.",
    hint="Where must all the other weights be while one of them moves?",
)
def _(f, w, h=1e-5):
    w = np.array(w, dtype=float)
    gradient = np.zeros(w.shape)
    for index in np.ndindex(w.shape):
        w[index] += h
        up = f(w)
        w[index] -= 2 * h
        gradient[index] = (up - f(w)) / (2 * h)
    return gradient


@numerical_gradient.mistake(
    "Whole numbers swallow the step",
    why="For whole numbers your steps are cut off: an array made from whole numbers holds whole numbers only, so w + h is w.",
    hint="Which dtype should your copy of w have?",
)
def _(f, w, h=1e-5):
    w = np.array(w)
    gradient = np.zeros(w.shape)
    for index in np.ndindex(w.shape):
        up, down = w.copy(), w.copy()
        up[index] = w[index] + h
        down[index] = w[index] - h
        gradient[index] = (f(up) - f(down)) / (2 * h)
    return gradient


@numerical_gradient.mistake(
    "Whole numbers swallow the slopes",
    why="For whole numbers your slopes are cut off: `np.zeros_like` of whole numbers holds whole numbers only.",
    hint="Which dtype should the result have?",
)
def _(f, w, h=1e-5):
    return central_differences(f, w, h).astype(np.asarray(w).dtype)


@numerical_gradient.mistake(
    "A whole row is moved at once",
    why="With a matrix, `w[i]` is a row, and all of its weights move together.",
    hint="How can you visit every single entry, whatever the shape?",
)
def _(f, w, h=1e-5):
    w = np.array(w, dtype=float)
    gradient = np.zeros(w.shape)
    for i in range(len(w)):
        up, down = w.copy(), w.copy()
        up[i] += h
        down[i] -= h
        gradient[i] = (f(up) - f(down)) / (2 * h)
    return gradient


@numerical_gradient.mistake(
    "The shape is lost",
    why="Your slopes are right, but they come back as one long row instead of in the shape of w.",
    hint="What turns a long row back into a given shape?",
)
def _(f, w, h=1e-5):
    return np.ravel(central_differences(f, w, h))


@numerical_gradient.mistake(
    "Only the first weight",
    why="You measure one slope and leave the others at 0.",
    hint="Does a return stand inside your loop?",
)
def _(f, w, h=1e-5):
    gradient = central_differences(f, w, h)
    gradient.flat[1:] = 0
    return gradient
