"""Basins: which minimum each of many starts ends in."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array, check_not_negative
from gradlab.descent import Rule, take_step
from gradlab.in_place import stepper
from gradlab.surfaces import Surface

# Numbers in one array of a block of runs: with all that a rule remembers they stay in a core's own cache.
BLOCK = 2**14


class BasinMap(NamedTuple):
    """Where many runs ended.

    Attributes:
        basins: the row of `minima` that each run ended at, -1 for none of them; shape (...).
        minima: the minima, shape (n, dim).
        ends: the weights after the last step, shape (..., dim).

    >>> from gradlab.optimizers import gradient_descent
    >>> from gradlab.surfaces import double_well
    >>> found = basin_map(double_well, [[-0.5, 0.0], [0.5, 1.0]], gradient_descent, steps=100, lr=0.05)
    >>> found.minima[found.basins]
    array([[-1.,  0.],
           [ 1.,  0.]])
    """

    basins: npt.NDArray[np.intp]
    minima: Array
    ends: Array


def basin_map(
    surface: Surface,
    starts: npt.ArrayLike,
    rule: Rule,
    *,
    steps: int,
    minima: npt.ArrayLike | None = None,
    radius: float = 0.1,
    **hyper: Any,
) -> BasinMap:
    """Which minimum a descent ends in, for every start: the basins of attraction of a rule.

    The runs are those of `gradlab.descend`, without a trace, in blocks small enough for the cache: the time is
    proportional to the number of starts, and the memory is that of the answer, however many steps are taken.
    Every run starts with a zero state.

    A run has ended at a minimum if it is within `radius` of it, and nearer to it than to any other. It need not
    be at rest. Runs on their way, on a saddle, going round in circles or gone to infinity end nowhere: -1.

    Args:
        surface: where to walk.
        starts: shape (..., dim); ``surface.grid(128)[0]`` covers the domain.
        rule: ``rule(params, grad, state, **hyper) -> (params, state)``: one of `gradlab.optimizers`, or yours.
        steps: how many, >= 0.
        minima: the minima to look for, shape (n, dim). None for those that the surface knows, followed by any
            other that runs have come near to, in the order of the starts; those are searched with Newton's method
            from where the runs ended.
        radius: how near is near enough, in the units of the weights, > 0.
        **hyper: passed to the rule; numbers, the same for all runs.

    Returns:
        a BasinMap.

    Raises:
        ValueError: for starts or minima of the wrong shape, fewer steps than 0, a radius that is not positive, or
            hyper-parameters that are arrays.

    >>> from gradlab.optimizers import gradient_descent
    >>> from gradlab.surfaces import styblinski_tang
    >>> basins, minima, _ = basin_map(styblinski_tang(1), [[-4.0], [4.0], [1.0]], gradient_descent, steps=50, lr=0.01)
    >>> basins
    array([0, 1, 1])
    >>> minima.round(3)
    array([[-2.904],
           [ 2.747]])
    """
    points = np.asarray(starts, dtype=float)
    _check(surface, points, steps, radius, hyper)
    known = surface.minima if minima is None else np.asarray(minima, dtype=float)
    if known.ndim != 2 or known.shape[1] != surface.dim:
        raise ValueError(f"minima must have shape (n, {surface.dim}), one a row; got {known.shape}.")
    rows = points.reshape(-1, surface.dim)
    # A run that diverges ends in inf or nan. That is a result, not an accident to warn about.
    with np.errstate(over="ignore", invalid="ignore"):
        ends = np.concatenate([rows[:0], *_ends(surface, rows, rule, steps, hyper)])
        index = _nearest(ends, known, radius)
        if minima is None:
            known = _with_resting_places(known, surface, ends[index < 0], radius)
            index = _nearest(ends, known, radius)
    return BasinMap(index.reshape(points.shape[:-1]), known, ends.reshape(points.shape))


def _ends(surface: Surface, starts: Array, rule: Rule, steps: int, hyper: dict[str, Any]) -> Iterator[Array]:
    size = max(1, BLOCK // surface.dim)
    for first in range(0, len(starts), size):
        # Weight by weight in memory, as surfaces compute fastest.
        params = np.array(starts[first : first + size], order="F")
        yield _walk(surface, params, rule, steps, hyper)


def _walk(surface: Surface, params: Array, rule: Rule, steps: int, hyper: dict[str, Any]) -> Array:
    walker = stepper(rule, params, hyper, order="K")
    if walker is not None:
        grad = np.empty_like(walker.params)
        for _ in range(steps):
            walker.step(surface.gradient(walker.params, out=grad))
        return walker.params
    state = None
    for _ in range(steps):
        params, state = take_step(rule, params, surface.gradient(params), state, hyper)
    return params


def _nearest(points: Array, minima: Array, radius: float) -> npt.NDArray[np.intp]:
    index, distance = np.full(len(points), -1), np.full(len(points), float(radius))
    for i, minimum in enumerate(minima):
        from_here = np.linalg.norm(points - minimum, axis=-1)
        nearer = from_here < distance
        index[nearer], distance[nearer] = i, from_here[nearer]
    return index


def _with_resting_places(known: Array, surface: Surface, ends: Array, radius: float) -> Array:
    """The known minima, and after them those that have ends of runs within `radius`, in the order of the runs."""
    step, bowl = _newton(surface, ends)
    ends = ends[bowl & (np.linalg.norm(step, axis=-1) < radius)]
    while len(ends):
        minimum = _polished(surface, ends[0])
        if np.linalg.norm(minimum - ends[0]) < radius and _nearest(minimum[None], known, radius)[0] < 0:
            known = np.vstack([known, minimum])
        ends = ends[np.linalg.norm(ends - ends[0], axis=-1) >= radius]
    return known


def _polished(surface: Surface, place: Array) -> Array:
    # A short step is not yet a minimum close by: on the curved floor of a valley, one leads to the next.
    for _ in range(10):
        step, bowl = _newton(surface, place)
        if not bowl:
            return np.full_like(place, np.nan)
        place = place - step
    return place


def _newton(surface: Surface, points: Array) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Newton's step at each of the points, and whether the surface curves upwards there in every direction."""
    slopes, curvatures = surface.gradient(points), surface.hessian(points)
    finite = np.asarray(np.isfinite(slopes).all(axis=-1) & np.isfinite(curvatures).all(axis=(-2, -1)))
    eigenvalues = np.linalg.eigvalsh(np.where(finite[..., None, None], curvatures, 0.0))
    bowl = eigenvalues[..., 0] > 1e-12 * eigenvalues[..., -1]
    solvable = np.where(bowl[..., None, None], curvatures, np.eye(surface.dim))
    return np.linalg.solve(solvable, np.where(bowl[..., None], slopes, 0.0)[..., None])[..., 0], bowl


def _check(surface: Surface, starts: Array, steps: int, radius: float, hyper: dict[str, Any]) -> None:
    if starts.ndim == 0 or starts.shape[-1] != surface.dim:
        raise ValueError(
            f"starts must have shape (..., {surface.dim}), the weights of {surface.name} last; "
            f"got {starts.shape}."
        )
    check_not_negative("steps", steps)
    if not radius > 0:
        raise ValueError(f"radius must be > 0, got {radius}.")
    for name, value in hyper.items():
        if np.ndim(value) > 0:
            raise ValueError(
                f"In a basin map all runs share one number {name}, got an array of shape {np.shape(value)}. "
                "Make one map for each."
            )
