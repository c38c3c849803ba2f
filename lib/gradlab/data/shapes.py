"""Points in the plane whose classes can be seen at a glance: spirals, moons and blobs.

Each function makes n points, as many of every class as of any other (to within one), in random order.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gradlab.arguments import check_not_negative
from gradlab.data.arguments import Floats, check_count, finite

# Where the arms of the spirals begin: nearer to the middle they would lie on top of each other.
INNER_RADIUS = 0.1


class Points(NamedTuple):
    """Points and the class of each.

    Attributes:
        X: the points, float64, shape (n, 2).
        y: the classes, 0, 1, ..., int64, shape (n,).

    >>> X, y = moons(np.random.default_rng(0), 100)
    >>> X.shape, np.bincount(y)
    ((100, 2), array([50, 50]))
    """

    X: Floats
    y: npt.NDArray[np.int64]


def spirals(
    rng: np.random.Generator, n: int, *, classes: int = 2, turns: float = 1.5, noise: float = 0.02
) -> Points:
    """Interleaved arms of a spiral, one for each class: no straight line tells them apart.

    Without noise a point of class k at distance r from the middle stands at the angle
    ``2 * pi * (turns * r + k / classes)``. The distances, from 0.1 to 1, are such that an arm has as many points
    in the outer half of the disc's area as in the inner one. Neighbouring arms are 1 / (turns * classes) apart.

    Args:
        rng: where the randomness comes from.
        n: number of points, >= classes.
        classes: number of arms, >= 2.
        turns: how often an arm would go round from the middle to distance 1; negative for clockwise.
        noise: standard deviation of the normal noise on each coordinate, >= 0.

    Returns:
        the points and their classes.

    Raises:
        ValueError: for fewer than two classes or one point of each, turns that are not finite, or negative noise.

    Reference:
        K. J. Lang and M. J. Witbrock, Learning to tell two spirals apart, 1988.

    >>> X, y = spirals(np.random.default_rng(0), 300, classes=3)
    >>> X.shape, np.bincount(y)
    ((300, 2), array([100, 100, 100]))
    """
    check_count("classes", classes, least=2)
    y = _balanced(rng, n, classes)
    radius = np.sqrt(rng.uniform(INNER_RADIUS**2, 1, n))
    angle = 2 * np.pi * (finite("turns", turns) * radius + y / classes)
    return _noisy(rng, radius * np.cos(angle), radius * np.sin(angle), y, noise)


def moons(rng: np.random.Generator, n: int, *, noise: float = 0.1) -> Points:
    """Two half circles that reach into each other.

    Without noise, class 0 is the upper half of the unit circle, ``(cos(t), sin(t))``, and class 1 the lower half
    of the unit circle around (1, 0.5), ``(1 - cos(t), 0.5 - sin(t))``, with t uniform between 0 and pi. Same as
    scikit-learn's make_moons, whose t are evenly spaced.

    Args:
        rng: where the randomness comes from.
        n: number of points, >= 2.
        noise: standard deviation of the normal noise on each coordinate, >= 0.

    Returns:
        the points and their classes.

    Raises:
        ValueError: for fewer than two points, or negative noise.

    >>> X, y = moons(np.random.default_rng(0), 4, noise=0.0)
    >>> np.hypot(*X[y == 0].T), np.hypot(*(X[y == 1] - [1, 0.5]).T)
    (array([1., 1.]), array([1., 1.]))
    """
    y = _balanced(rng, n, 2)
    t = rng.uniform(0, np.pi, n)
    upper = y == 0
    return _noisy(
        rng, np.where(upper, np.cos(t), 1 - np.cos(t)), np.where(upper, np.sin(t), 0.5 - np.sin(t)), y, noise
    )


def blobs(
    rng: np.random.Generator,
    n: int,
    *,
    centers: npt.ArrayLike = ((-2.0, 0.0), (2.0, 0.0)),
    spread: npt.ArrayLike = 1.0,
) -> Points:
    """Round clouds of normal points, one around each center: ``center + spread * normal``.

    Clouds of equal spread are best told apart by straight lines: the chance that a point belongs to one class
    rather than another is a sigmoid of a linear function of the point. So a network without hidden layers, whose
    loss is convex, is all that they need.

    Args:
        rng: where the randomness comes from.
        n: number of points, >= the number of centers.
        centers: the middle of each class, shape (classes, 2).
        spread: standard deviation of each coordinate, >= 0: a number, or one for each class, shape (classes,).

    Returns:
        the points and their classes.

    Raises:
        ValueError: for centers of another shape or that are not finite, fewer points than centers, or a spread
            that is negative or does not fit the centers.

    >>> X, y = blobs(np.random.default_rng(0), 1000, centers=[[0, 0], [5, 5]], spread=[0.1, 2.0])
    >>> X[y == 0].std().round(1), X[y == 1].std().round(1)
    (np.float64(0.1), np.float64(2.0))
    """
    middles, width = finite("centers", centers), np.asarray(spread, dtype=np.float64)
    if middles.ndim != 2 or middles.shape[1] != 2 or len(middles) == 0:
        raise ValueError(f"centers must have shape (classes, 2), a row for each class, got {middles.shape}.")
    if width.shape not in ((), (len(middles),)):
        raise ValueError(
            f"spread must be one number, or one for each of the {len(middles)} centers, got shape {width.shape}."
        )
    check_not_negative("spread", width)
    y = _balanced(rng, n, len(middles))
    widths = np.broadcast_to(width, len(middles))
    return Points(middles[y] + widths[y, None] * rng.standard_normal((n, 2)), y)


def _balanced(rng: np.random.Generator, n: int, classes: int) -> npt.NDArray[np.int64]:
    check_count("n", n, least=classes)
    return rng.permutation(np.arange(n, dtype=np.int64) % classes)


def _noisy(
    rng: np.random.Generator, first: Floats, second: Floats, y: npt.NDArray[np.int64], noise: float
) -> Points:
    check_not_negative("noise", noise)
    X = np.stack([first, second], axis=1)
    return Points(X + noise * rng.standard_normal(X.shape), y)
