"""`classify_critical_point`: minimum, maximum, saddle, or too flat to say."""

from collections.abc import Iterator

import numpy as np

from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Sight
from gradlab.checks.lessons.convexity.inputs import turned
from gradlab.checks.lessons.gradient_descent.parts import kept

_WHAT = "the point"


def kind(up, down):
    """The word for each row of answers to "does this curvature point up, and does it point down?".

    >>> kind(np.array([[True, True], [True, False]]), np.array([[False, False], [False, True]]))
    array(['minimum', 'saddle'], dtype='<U10')
    """
    cases = [up.all(axis=-1), down.all(axis=-1), up.any(axis=-1) & down.any(axis=-1)]
    return np.select(cases, ["minimum", "maximum", "saddle"], "degenerate")


def classify(H, tol=1e-6):
    """The answer, by the eigenvalues.

    >>> classify(np.diag([2.0, -1.0]))
    array('saddle', dtype='<U10')
    """
    curvatures = np.linalg.eigvalsh(H)
    return kind(curvatures > tol, curvatures < -tol)


def _bowls_and_hills(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    a, b, c = rng.uniform(0.4, 2, 3).round(1)
    for name, H in [
        ("a bowl along the axes", np.diag([a, b + 2])),
        ("a hill along the axes", np.diag([-a, -b - 2])),
        ("a bowl that lies slantwise", [[2 * a, -a], [-a, 2 * a]]),
        ("a hill that lies slantwise", [[-2 * a, a], [a, -2 * a]]),
        ("a bowl of three weights", turned((a, 9, b), rng)),
        ("a hill of three weights", turned((-a, -9, -b), rng)),
        ("a hill of four weights", turned((-a, -0.2, -b, -c), rng)),
        ("a single weight, bending up,", [[a]]),
        ("a single weight, bending down,", [[-a]]),
    ]:
        yield Sight(f"For {name}", _WHAT, function(np.array(H)))


def _saddles(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    a, b, c = rng.uniform(0.4, 2, 3).round(1)
    for name, H in [
        ("For a saddle along the axes", np.diag([a, -b])),
        ("For a saddle with a positive diagonal", [[a, 3 * a], [3 * a, 2 * a]]),
        ("For a saddle with a negative diagonal", [[-a, 3 * a], [3 * a, -2 * a]]),
        ("With one of three curvatures negative", turned((a, 9, -b), rng)),
        ("With two of three curvatures negative", turned((-a, 9, -b), rng)),
        ("With two of four curvatures negative", turned((-a, 0.3, b, -c), rng)),
        ("With one of four curvatures positive", turned((-a, 0.3, -b, -c), rng)),
        ("With the negative curvature in the middle", np.diag([a, -b, 9.0])),
        ("With the positive curvature in the middle", np.diag([-a, b, -9.0])),
    ]:
        yield Sight(name, _WHAT, function(np.array(H)))


def _flat_directions(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    a, b = rng.uniform(0.8, 2, 2).round(1)
    yield Sight("For a gutter, flat along its floor,", _WHAT, function(np.diag([a, 0.0])))
    yield Sight("For a ridge, flat along its top,", _WHAT, function(np.diag([0.0, -a])))
    yield Sight("For a gutter that lies slantwise", _WHAT, function(a * np.ones((2, 2))))
    yield Sight("Where all curvatures are 0", _WHAT, function(np.zeros((2, 2))))
    yield Sight("With curvatures up, down and 0", _WHAT, function(np.diag([a, 0.0, -b])))
    yield Sight("With curvatures up, down and 0, slantwise,", _WHAT, function(turned((a, 0, -b), rng)))
    for kind, sign in [("up", 1), ("down", -1)]:
        for size in (1e-8, 1e-4):
            H = sign * np.diag([2.0, size])
            yield Sight(f"With a curvature of {sign * size:g}, tol left out,", _WHAT, function(H))
        H = sign * np.diag([20.0, 0.3])
        for tol in (0.5, 0.1):
            yield Sight(
                f"With curvatures of 20 and 0.3, both {kind}, and tol = {tol}", _WHAT, function(H, tol)
            )
    yield Sight("With curvatures 20 and -0.3 and tol = 0.5", _WHAT, function(np.diag([20.0, -0.3]), 0.5))
    for H in ([2.0, 0.0], [-2.0, 0.0], [2.0, -1.0]):
        words = f"With curvatures {H[0]:g} and {H[1]:g} and tol = 0"
        yield Sight(words, _WHAT, function(np.diag(H), 0.0))


def _stacks(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    sets = [(1, 2, 3), (1, -2, 3), (-1, -2, -3), (0, 0.2, 0.1), (-1, 2, 0), (0, -5, -9)]
    stack = np.array([turned(curvatures, rng) for curvatures in sets])[rng.permutation(6)]
    yield Sight("In a stack of shape (6, 3, 3)", _WHAT, function(stack))
    yield Sight("In a stack of shape (2, 3, 3, 3)", _WHAT, function(stack.reshape(2, 3, 3, 3)))


classify_critical_point = Exercise(
    name="classify_critical_point",
    lesson="03-local-optima",
    returns=("the word",),
    kinds=("word",),
    reference=classify,
    hints=(
        "Ask the curvatures two questions: which of them point up, more than tol, and which point down, more than tol? "
        "Each of the four words is an answer to these two.",
        "np.linalg.eigvalsh gives the curvatures. All up is a minimum, all down a maximum, at least one of each a saddle, and "
        "everything else degenerate. For a stack, ask `.all(axis=-1)` and `.any(axis=-1)`, and let np.select choose the word.",
    ),
    vectorised=True,
    aspects=(
        Aspect("bowls and hills", 1, _bowls_and_hills),
        Aspect("saddles", 1, _saddles),
        Aspect("flat directions", 1, _flat_directions),
        Aspect(
            "a stack of matrices",
            1,
            _stacks,
            lacking=Advice(
                "Only for a single matrix",
                why="For one matrix your answer is right. Of a stack of shape (..., n, n) each matrix should get a word of "
                "its own.",
                hint="`if` can only decide for one. eigvalsh takes the stack as it is; which NumPy function chooses between "
                "words for each of its rows?",
            ),
        ),
        kept(
            lambda rng: {"H": turned((1, 2, -0.5), rng), "tol": 0.1},
            instead="`np.array(H)` makes a copy that you may write into.",
        ),
    ),
)
