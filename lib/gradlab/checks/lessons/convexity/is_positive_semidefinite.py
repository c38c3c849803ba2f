"""`is_positive_semidefinite`: does a surface curve downwards in no direction?"""

from collections.abc import Iterator

import numpy as np

from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Sight
from gradlab.checks.lessons.convexity.inputs import turned
from gradlab.checks.probes import arguments_kept

_WHAT = "is_positive_semidefinite"


def _is_positive_semidefinite(H, tol=1e-6):
    return np.linalg.eigvalsh(H)[..., 0] >= -tol


def _two_weights(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    a, b = rng.uniform(1, 2, 2).round(1)
    # Kept apart from the border, sqrt(a b), by a wide margin.
    small, large = round(0.5 * np.sqrt(a * b), 1), round(2 * np.sqrt(a * b), 1)
    for name, H in [
        ("a bowl", [[a, -small], [-small, b]]),
        ("a saddle with a positive diagonal", [[a, large], [large, b]]),
        ("a saddle with negative entries beside the diagonal", [[a, -large], [-large, b]]),
        ("a hill", [[-a, small], [small, -b]]),
        ("a saddle along the axes", [[a, 0.0], [0.0, -b]]),
        ("a bowl along the axes", [[b, 0.0], [0.0, a]]),
        ("a bowl that lies slantwise", [[b, small], [small, a]]),
    ]:
        yield Sight(f"For {name},", _WHAT, function(np.array(H)))


def _more_weights(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    a, b, c, d = rng.uniform(0.4, 2, 4).round(1)
    for name, curvatures in [
        ("three upwards", (a, 9, b)),
        ("two downwards of three", (-a, 9, -b)),
        ("one downwards of three", (a, -c, 9)),
        ("four upwards", (9, a, b, d)),
        ("two downwards of four", (9, -a, b, -0.1)),
        ("one downwards of four", (9, 8, a, -0.1)),
        ("all downwards", (-a, -b, -c, -d)),
    ]:
        yield Sight(f"For curvatures, {name},", _WHAT, function(turned(curvatures, rng)))
    yield Sight("For curvatures along the axes", _WHAT, function(np.diag([a, -b, 9.0])))
    # Curvatures 5 a, -a and -a, and all three along the axes are a.
    yield Sight(
        "For three weights that pull together", _WHAT, function(2 * a * np.ones((3, 3)) - a * np.eye(3))
    )
    yield Sight("For a single weight, downwards,", _WHAT, function(np.array([[-a]])))
    yield Sight("For a single weight, upwards,", _WHAT, function(np.array([[b]])))


def _flat_directions(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    yield Sight("For a surface that is flat everywhere", _WHAT, function(np.zeros((2, 2))))
    yield Sight("For a gutter, curved in one direction only,", _WHAT, function(np.ones((2, 2))))
    for _ in range(12):
        # Of a dozen products of a direction with itself, some come out a rounding error below zero.
        d = rng.normal(size=4)
        yield Sight("For a gutter that lies slantwise", _WHAT, function(np.outer(d, d)))
    yield Sight("For an upside-down gutter", _WHAT, function(-np.ones((2, 2))))
    yield Sight("For a gutter beside a slope down", _WHAT, function(np.diag([0.0, -1.0, 2.0])))
    for smallest in (-1e-8, -1e-4):
        yield Sight(
            f"With a curvature of {smallest:g}, tol left out,", _WHAT, function(np.diag([2.0, smallest, 1.0]))
        )
    yield Sight("With a curvature of -0.2 and tol = 0.5", _WHAT, function(np.diag([2.0, -0.2]), 0.5))
    yield Sight("With a curvature of -0.2 and tol = 0.1", _WHAT, function(np.diag([2.0, -0.2]), 0.1))
    yield Sight("With a curvature of exactly 0 and tol = 0", _WHAT, function(np.diag([2.0, 0.0]), 0.0))


def _stacks(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    sets = [(1, 2, 3), (1, -2, 3), (-1, -2, 3), (0.5, 0.2, 0.1), (-1, 2, 3), (0.3, 5, 9)]
    stack = np.array([turned(curvatures, rng) for curvatures in sets])[rng.permutation(6)]
    yield Sight("For a stack of shape (6, 3, 3)", _WHAT, function(stack))
    yield Sight("For a stack of shape (2, 3, 3, 3)", _WHAT, function(stack.reshape(2, 3, 3, 3)))


is_positive_semidefinite = Exercise(
    name="is_positive_semidefinite",
    lesson="02-convexity",
    returns=("True or False",),
    kinds=("truth",),
    reference=_is_positive_semidefinite,
    hints=(
        "Only one of the curvatures matters: if that one does not point downwards, none does. Which one is it?",
        "np.linalg.eigvalsh sorts the curvatures from the smallest to the largest, along the last axis. Take the first "
        "and ask whether it is at least minus tol.",
    ),
    vectorised=True,
    aspects=(
        Aspect("two weights", 1, _two_weights),
        Aspect("more weights", 1, _more_weights),
        Aspect(
            "flat directions",
            1,
            _flat_directions,
            lacking=Advice(
                "Zero is not treated as zero",
                why="Flat directions are allowed, and a curvature that should be 0 may come out a rounding error below it.",
                hint="Compare the smallest curvature with -tol, and let it be equal.",
            ),
        ),
        Aspect(
            "a stack of matrices",
            1,
            _stacks,
            lacking=Advice(
                "Only for a single matrix",
                why="For one matrix your answer is right. Of a stack of shape (..., n, n) each matrix should get an "
                "answer of its own.",
                hint="eigvalsh takes the stack as it is, and puts the curvatures on the last axis; an index with ... in "
                "front reaches it.",
            ),
        ),
        arguments_kept(lambda rng: {"H": turned((1, 2, -0.5), rng), "tol": 0.1}),
    ),
)


def _mistake(name, why, hint):
    return is_positive_semidefinite.mistake(name, why=why, hint=hint)


_DIAGONAL = (
    "The diagonal is not enough",
    "The diagonal holds the curvatures along the axes. Between the axes the surface may still curve downwards: "
    "[[1, 3], [3, 1]] has the curvatures -2 and 4.",
    "Which function of np.linalg looks in all directions?",
)
_DETERMINANT = (
    "The determinant is not enough",
    "The determinant is the product of all curvatures, and two negative ones make it positive: a hill in two "
    "weights has det > 0.",
    "Which numbers does the determinant multiply? Look at these instead.",
)
_STRICT = (
    "Flat directions refused",
    "Semi-definite allows curvatures of 0: a gutter, flat along its floor, is convex.",
    "Does the formula say > 0 or >= -tol?",
)
_WRONG_END = (
    "The largest instead of the smallest",
    "You look at the largest curvature. A saddle has a positive one too.",
    "eigvalsh sorts from small to large. Which end decides whether anything curves downwards?",
)

_mistake(*_DIAGONAL)(lambda H, tol=1e-6: np.all(np.diagonal(H, axis1=-2, axis2=-1) > 0, axis=-1))
_mistake(*_DIAGONAL)(lambda H, tol=1e-6: np.all(np.diagonal(H, axis1=-2, axis2=-1) >= -tol, axis=-1))
_mistake(*_DETERMINANT)(lambda H, tol=1e-6: np.linalg.det(H) > 0)
_mistake(*_DETERMINANT)(lambda H, tol=1e-6: np.linalg.det(H) >= -tol)
_mistake(*_DETERMINANT)(lambda H, tol=1e-6: np.linalg.det(H) >= 0)
_mistake(*_STRICT)(lambda H, tol=1e-6: np.linalg.eigvalsh(H)[..., 0] > 0)
_mistake(*_STRICT)(lambda H, tol=1e-6: np.linalg.eigvalsh(H)[..., 0] > tol)
_mistake(*_STRICT)(lambda H, tol=1e-6: np.linalg.eigvalsh(H)[..., 0] >= tol)
_mistake(*_STRICT)(lambda H, tol=1e-6: np.linalg.eigvalsh(H)[..., 0] > -tol)
_mistake(*_WRONG_END)(lambda H, tol=1e-6: np.linalg.eigvalsh(H)[..., -1] >= -tol)
_mistake(*_WRONG_END)(lambda H, tol=1e-6: np.linalg.eigvalsh(H)[..., -1] > 0)
_mistake(*_WRONG_END)(lambda H, tol=1e-6: np.any(np.linalg.eigvalsh(H) >= -tol, axis=-1))

_mistake(
    "Diagonal and determinant",
    "A positive diagonal and a positive determinant are enough for two weights, not for three: two downward "
    "directions multiply to a plus.",
    "Which numbers does the determinant multiply? Look at these instead.",
)(
    lambda H, tol=1e-6: (
        np.all(np.diagonal(H, axis1=-2, axis2=-1) >= -tol, axis=-1) & (np.linalg.det(H) >= -tol)
    )
)

_mistake(
    "Trace and determinant",
    "Sum and product of the curvatures are enough for two weights, not for three: two downward directions "
    "multiply to a plus.",
    "Which numbers do trace and determinant add and multiply? Look at these instead.",
)(lambda H, tol=1e-6: (np.trace(H, axis1=-2, axis2=-1) >= -tol) & (np.linalg.det(H) >= -tol))

_mistake(
    "The trace is not enough",
    "The trace is the sum of all curvatures. A large one upwards hides a smaller one downwards.",
    "A sum can be positive without all its parts being so.",
)(lambda H, tol=1e-6: np.trace(H, axis1=-2, axis2=-1) >= -tol)

_mistake(
    "Entries instead of curvatures",
    "You ask whether the entries of H are negative. [[2, -1], [-1, 2]] is a bowl, and [[1, 3], [3, 1]] is a saddle.",
    "Which function of np.linalg turns the entries into curvatures?",
)(lambda H, tol=1e-6: np.all(np.asarray(H) >= -tol, axis=(-2, -1)))

_mistake(
    "Turned round",
    "You say True where the surface does curve downwards.",
    "The function is called is_positive_semidefinite: what should a bowl get?",
)(lambda H, tol=1e-6: np.linalg.eigvalsh(H)[..., 0] < -tol)

_mistake(
    "Downwards instead of upwards",
    "You ask whether no curvature points upwards: a hill gets True.",
    "Which sign have the curvatures of a bowl?",
)(lambda H, tol=1e-6: np.linalg.eigvalsh(H)[..., -1] <= tol)

_mistake(
    "No room for rounding",
    "You compare with 0 itself. The smallest curvature of a gutter comes out as 1e-17 or as -1e-17, as the "
    "rounding falls.",
    "What is tol for?",
)(lambda H, tol=1e-6: np.linalg.eigvalsh(H)[..., 0] >= 0)

_mistake(
    "Unsorted eigenvalues",
    "np.linalg.eig gives the eigenvalues in no particular order, so the first need not be the smallest.",
    "Which function is made for symmetric matrices, and sorts?",
)(lambda H, tol=1e-6: np.linalg.eig(H)[0][..., 0] >= -tol)

_mistake(
    "Signs lost",
    "Singular values and absolute values are never negative, so everything passes.",
    "You need to know which way the surface curves. Which numbers keep the sign?",
)(lambda H, tol=1e-6: np.linalg.svd(H)[1][..., -1] >= -tol)

_mistake(
    "Only one direction tried",
    "You look along one diagonal only. The surface may curve downwards in another direction.",
    "Which function of np.linalg looks in all directions?",
)(lambda H, tol=1e-6: np.sum(H, axis=(-2, -1)) >= -tol)

_mistake(
    "One answer for the whole stack",
    "You give a single answer for all matrices together.",
    "The curvatures of one matrix lie along the last axis: reduce that axis only.",
)(lambda H, tol=1e-6: np.all(np.linalg.eigvalsh(H) >= -tol))

_mistake(
    "An answer for each curvature",
    "You say True or False for each of the curvatures. One answer for the matrix is asked for.",
    "If the smallest is fine, what about the others?",
)(lambda H, tol=1e-6: np.linalg.eigvalsh(H) >= -tol)

_mistake(
    "tol is fixed",
    "Your tolerance is written into the formula, so the tol that is passed in changes nothing.",
    "Which name should stand where you wrote the number?",
)(lambda H, tol=1e-6: np.linalg.eigvalsh(H)[..., 0] >= -1e-6)

_mistake(
    "The corners only",
    "The determinants of the upper left corners decide about *definite* matrices. With a 0 among them they cannot: "
    "diag(0, -1, 2) passes, and curves downwards.",
    "Which function of np.linalg gives the curvatures themselves?",
)(
    lambda H, tol=1e-6: np.all(
        [np.linalg.det(H[..., :k, :k]) >= -tol for k in range(1, H.shape[-1] + 1)], axis=0
    )
)
