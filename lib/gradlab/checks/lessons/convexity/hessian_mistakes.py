"""The mistakes of `numerical_hessian`, most of them told by the formula of one entry."""

import numpy as np

from gradlab.checks.lessons.convexity.numerical_hessian import numerical_hessian


def _mistake(name, why, hint):
    return numerical_hessian.mistake(name, why=why, hint=hint)


def _by_entry(entry, default=1e-4, fixed=None):
    """A Hessian by a formula of its own: entry(f, w, steps up i and j, h)."""

    def function(f, w, h=default):
        w, n = np.asarray(w, dtype=float), len(w)
        h = fixed or h
        steps = h * np.eye(n)
        return np.array([[entry(f, w, steps[i], steps[j], h) for j in range(n)] for i in range(n)])

    return function


def _four(f, w, i, j):
    return f(w + i + j) - f(w + i - j) - f(w - i + j) + f(w - i - j)


def _right(f, w, i, j, h):
    return _four(f, w, i, j) / (4 * h**2)


def _same(i, j):
    return np.array_equal(i, j)


_ONE_SIDED = (
    "One-sided differences",
    "You look in one direction only, so your curvature is that of a place next to w. With a small h the error is small, "
    "with h = 0.1 it is not.",
    "Central differences look as far down as up. Which places does the formula name?",
)
_FOUR = (
    "Not divided by 4 h**2",
    "Your entries are off by a constant factor. The four losses are two steps apart in both directions, which is where the "
    "4 and the square come from.",
    "Work 3 * w[0] * w[1] at (1, 1) with h = 1 by hand.",
)
_SIGNS = (
    "Signs mixed up",
    "One of the four losses enters with the wrong sign, so that what should cancel does not.",
    "Two go up (both up, both down), two go down (one up, one down). For a flat loss all four must cancel.",
)
_NOISE = (
    "A step far too small",
    "With such a small h the losses agree in almost all their digits, and what is left of their difference is rounding "
    "noise, blown up by 1 / h**2.",
    "Which default does the docstring give h?",
)

_mistake(*_ONE_SIDED)(_by_entry(lambda f, w, i, j, h: (f(w + i + j) - f(w + i) - f(w + j) + f(w)) / h**2))
_mistake(*_ONE_SIDED)(_by_entry(lambda f, w, i, j, h: (f(w - i - j) - f(w - i) - f(w - j) + f(w)) / h**2))
_mistake(*_FOUR)(_by_entry(lambda f, w, i, j, h: _four(f, w, i, j) / h**2))
_mistake(*_FOUR)(_by_entry(lambda f, w, i, j, h: _four(f, w, i, j) / (2 * h**2)))
_mistake(*_FOUR)(_by_entry(lambda f, w, i, j, h: _four(f, w, i, j) / (2 * h)))
_mistake(*_FOUR)(_by_entry(lambda f, w, i, j, h: _four(f, w, i, j) / (4 * h)))
_mistake(*_FOUR)(_by_entry(lambda f, w, i, j, h: _four(f, w, i, j) / h))
_mistake(*_FOUR)(_by_entry(lambda f, w, i, j, h: _four(f, w, i, j)))
_mistake(
    "The brackets are missing",
    "Python works from left to right, so `/ 4 * h**2` divides by 4 and then multiplies by h squared.",
    "What has to be worked out before the division?",
)(_by_entry(lambda f, w, i, j, h: _four(f, w, i, j) / 4 * h**2))
_mistake(
    "The brackets are missing",
    "Without brackets only the last of the four losses is divided.",
    "What has to be worked out before the division?",
)(_by_entry(lambda f, w, i, j, h: f(w + i + j) - f(w + i - j) - f(w - i + j) + f(w - i - j) / (4 * h**2)))

for _change in (
    lambda f, w, i, j: f(w + i + j) - f(w + i - j) - f(w - i + j) - f(w - i - j),
    lambda f, w, i, j: f(w + i + j) + f(w + i - j) + f(w - i + j) + f(w - i - j),
    lambda f, w, i, j: f(w + i + j) + f(w + i - j) - f(w - i + j) - f(w - i - j),
    lambda f, w, i, j: f(w + i + j) - f(w + i - j) + f(w - i + j) - f(w - i - j),
):
    _mistake(*_SIGNS)(_by_entry(lambda f, w, i, j, h, change=_change: change(f, w, i, j) / (4 * h**2)))

_mistake(*_NOISE)(_by_entry(_right, default=1e-12))
_mistake(*_NOISE)(_by_entry(_right, default=1e-8))
_mistake(*_NOISE)(_by_entry(_right, fixed=1e-12))
_mistake(*_NOISE)(_by_entry(_right, fixed=1e-8))
_mistake(
    "h is fixed",
    "Your step is written into the formula, so the h that is passed in changes nothing.",
    "Which name should stand where you wrote the number?",
)(_by_entry(_right, fixed=1e-4))
_mistake(
    "h is fixed",
    "Your step is written into the formula, so the h that is passed in changes nothing.",
    "Which name should stand where you wrote the number?",
)(_by_entry(_right, fixed=1e-3))
_mistake(
    "A default too large",
    "With h left out your steps are so long that the curvature changes on the way.",
    "Which default does the docstring give h?",
)(_by_entry(_right, default=1.0))
_mistake(
    "A default too large",
    "With h left out your steps are so long that the curvature changes on the way.",
    "Which default does the docstring give h?",
)(_by_entry(_right, default=0.1))

_DIAGONAL = (
    "Only the diagonal",
    "Your mixed derivatives are 0. They say how the slope along one weight changes with another, and [[1, 3], [3, 1]] "
    "shows what is lost without them.",
    "Is there a step along i and one along j in each of your four places?",
)
_mistake(*_DIAGONAL)(_by_entry(lambda f, w, i, j, h: _right(f, w, i, j, h) * _same(i, j)))
_mistake(*_DIAGONAL)(_by_entry(lambda f, w, i, j, h: (f(w + i) - 2 * f(w) + f(w - i)) / h**2 * _same(i, j)))
_mistake(
    "Steps of length 1",
    "You divide by 4 h**2, but your four places lie a whole 1 away, and not h.",
    "`np.eye(n)` holds steps of length 1. What makes them h long?",
)(_by_entry(lambda f, w, i, j, h: _four(f, w, i / h, j / h) / (4 * h**2)))
_mistake(
    "Only the upper half",
    "You fill the entries on one side of the diagonal and leave the others 0. The matrix is symmetric.",
    "Which entry mirrors H[0, 1]?",
)(_by_entry(lambda f, w, i, j, h: _right(f, w, i, j, h) * (i.argmax() <= j.argmax())))
_mistake(
    "The diagonal is left out",
    "Your diagonal is 0. The formula holds for i = j too.",
    "For i = j, where do the four places lie?",
)(_by_entry(lambda f, w, i, j, h: _right(f, w, i, j, h) * (not _same(i, j))))
_mistake(
    "The diagonal is off by 4",
    "On your diagonal the places are one step away, and you divide as if they were two steps away.",
    "f(w + h) - 2 f(w) + f(w - h) goes with which denominator?",
)(
    _by_entry(
        lambda f, w, i, j, h: (
            (f(w + i) - 2 * f(w) + f(w - i)) / (4 * h**2) if _same(i, j) else _right(f, w, i, j, h)
        )
    )
)
_mistake(
    "The middle counts once",
    "On your diagonal f(w) is subtracted once. Then a flat loss would not have curvature 0.",
    "The curvature is the slope on the right minus the slope on the left. How often does f(w) occur in that?",
)(
    _by_entry(
        lambda f, w, i, j, h: (f(w + i) - f(w) + f(w - i)) / h**2 if _same(i, j) else _right(f, w, i, j, h)
    )
)


def _slope(f, w, i, h):
    return (f(w + i) - f(w - i)) / (2 * h)


_mistake(
    "Slopes multiplied",
    "You multiply the slopes along i and j. A second derivative is the slope *of* a slope.",
    "For 3 * w[0] + 2 * w[1] all second derivatives are 0. Are yours?",
)(_by_entry(lambda f, w, i, j, h: _slope(f, w, i, h) * _slope(f, w, j, h)))


@numerical_hessian.mistake(
    "The gradient",
    why="You return the slopes, one for each weight. Here the second derivatives are asked for, one for each pair of weights.",
    hint="What shape has the Hessian of n weights?",
)
def _(f, w, h=1e-4):
    return np.array([_slope(f, w, step, h) for step in h * np.eye(len(w))])


@numerical_hessian.mistake(
    "A list of curvatures",
    why="You return the curvature along each weight. The Hessian also holds the mixed derivatives, one for each pair.",
    hint="What shape has the Hessian of n weights?",
)
def _(f, w, h=1e-4):
    return np.array([_right(f, w, step, step, h) for step in h * np.eye(len(w))])


@numerical_hessian.mistake(
    "The sum of the curvatures",
    why="You add up the curvatures along all weights. The Hessian keeps them apart.",
    hint="What shape has the Hessian of n weights?",
)
def _(f, w, h=1e-4):
    return np.sum([_right(f, w, step, step, h) for step in h * np.eye(len(w))])


@numerical_hessian.mistake(
    "A step along all weights at once",
    why="`w + h` moves every weight. Only weights i and j should move.",
    hint="What does row i of np.eye(n) look like?",
)
def _(f, w, h=1e-4):
    return np.full((len(w), len(w)), (f(w + h) - 2 * f(w) + f(w - h)) / h**2)


@numerical_hessian.mistake(
    "Steps not taken back",
    why="You move entries of w and do not move them back, so every difference starts from somewhere else.",
    hint="After all the differences, is w where it was?",
)
def _(f, w, h=1e-4):
    w, n = np.array(w, dtype=float), len(w)
    H = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            H[i, j] = _right(f, w, h * np.eye(n)[i], h * np.eye(n)[j], h)
            w[i] += h
            w[j] += h
    return H


@numerical_hessian.mistake(
    "Whole numbers swallow the step",
    why="Where w holds whole numbers, an entry of its copy cannot hold w[i] + h: the fraction is cut off.",
    hint="Which dtype should the copy have? Or make no copy at all: `w + step` is a new array.",
)
def _(f, w, h=1e-4):
    H = np.zeros((len(w), len(w)))
    for i in range(len(w)):
        for j in range(len(w)):
            for up, across in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
                moved = w.copy()
                moved[i] += up * h
                moved[j] += across * h
                H[i, j] += up * across * f(moved) / (4 * h**2)
    return H


@numerical_hessian.mistake(
    "Only for two weights",
    why="Your matrix is 2 x 2 whatever the number of weights.",
    hint="Where does a 2 stand in your code that should be len(w)?",
)
def _(f, w, h=1e-4):
    H = np.zeros((2, 2))
    w = np.asarray(w, dtype=float)
    for i in range(2):
        for j in range(2):
            H[i, j] = _right(f, w, h * np.eye(len(w))[i], h * np.eye(len(w))[j], h)
    return H
