"""Slices through a loss of many weights: the loss along a line or over a plane of parameters.

The loss is a function of the parameters alone, ``loss(params (runs, n_params)) -> (runs,)``, such as
``lambda params: network.loss(params, X, y)`` or the `value` of a surface. It is called with a few places at a
time, so that memory does not grow with the slice.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array, floating
from gradlab.network import MLP

Loss = Callable[[Array], Array]

CHUNK = 8


def random_directions(network: MLP, params: npt.ArrayLike, rng: np.random.Generator, count: int = 2) -> Array:
    """Random directions, normalised filter by filter: ``d <- d / norm(d) * norm(w)`` for each unit.

    A filter is what comes into one unit, a column of W. Its direction is drawn from a normal distribution and
    made as long as the filter itself, so that a step of 1 changes every unit as much as its own size. Without
    this a network with larger weights looks flatter, though its loss may be the very same function. Everything
    that is not in a W (biases and what normalisation learns) stays where it is: direction 0, as in the
    figures of the paper.

    Args:
        network: whose parameters they are.
        params: where the directions start from, shape (..., n_params).
        rng: where the randomness comes from.
        count: how many directions, >= 1: one for `slice_1d`, two for `slice_2d`.

    Returns:
        shape (count, ..., n_params), in the dtype of `params`. A filter of zeros has direction 0.

    Raises:
        ValueError: for parameters that do not fit the network, or a count below 1.

    Reference:
        H. Li et al., Visualizing the loss landscape of neural nets, 2018.

    >>> network = MLP((2, 3))
    >>> params = np.array([3.0, 0.3, 0.0, 4.0, 0.4, 0.0, 9.0, 9.0, 9.0])
    >>> directions = random_directions(network, params, np.random.default_rng(0))
    >>> [np.linalg.norm(W, axis=0).round(6).tolist() for W in directions[:, :6].reshape(2, 2, 3)]
    [[5.0, 0.5, 0.0], [5.0, 0.5, 0.0]]
    """
    w = floating("params", params)
    if count < 1:
        raise ValueError(f"count must be at least 1 direction, got {count}.")
    directions = np.zeros((count, *w.shape), w.dtype)
    for drawn, layer in zip(network.unpack(directions), network.unpack(w), strict=True):
        d, W = drawn[0], layer[0]
        d[...] = rng.standard_normal(d.shape)
        d *= np.linalg.norm(W, axis=-2, keepdims=True) / np.linalg.norm(d, axis=-2, keepdims=True)
    return directions


def slice_1d(
    loss: Loss, params: npt.ArrayLike, direction: npt.ArrayLike, alphas: npt.ArrayLike, *, chunk: int = CHUNK
) -> Array:
    """The loss along a line: ``loss(params + alpha * direction)`` for every alpha.

    Args:
        loss: ``loss(params (runs, n_params)) -> (runs,)``.
        params: the middle of the line, shape (n_params,).
        direction: same shape.
        alphas: how far to go, in lengths of the direction; any shape.
        chunk: how many places the loss is asked for at once, >= 1. It bounds the memory.

    Returns:
        the losses, in the shape of `alphas`.

    Raises:
        ValueError: for shapes that do not fit, whole numbers as parameters, alphas that are not finite, or a loss
            that does not return one number for each place.

    >>> from gradlab.surfaces import ravine
    >>> slice_1d(ravine.value, np.array([0.0, 1.0]), np.array([1.0, 0.0]), [-2.0, 0.0, 2.0])
    array([2.4, 2. , 2.4])
    """
    middle, along = _middle(params), _vectors("direction", direction, 1, params)
    steps = _numbers("alphas", alphas)
    return _losses(loss, middle, steps.reshape(-1, 1), along, chunk).reshape(steps.shape)


def slice_2d(
    loss: Loss,
    params: npt.ArrayLike,
    directions: npt.ArrayLike,
    alphas: npt.ArrayLike,
    betas: npt.ArrayLike,
    *,
    chunk: int = CHUNK,
) -> Array:
    """The loss over a plane: ``loss(params + alpha * directions[0] + beta * directions[1])``.

    Args:
        loss: ``loss(params (runs, n_params)) -> (runs,)``.
        params: the middle of the plane, shape (n_params,).
        directions: the two that span it, shape (2, n_params).
        alphas: how far to go along the first, shape (n,).
        betas: how far to go along the second, shape (m,).
        chunk: how many places the loss is asked for at once, >= 1. It bounds the memory.

    Returns:
        the losses, shape (m, n): one row for each beta, as ``contour(alphas, betas, losses)`` expects it.

    Raises:
        ValueError: for shapes that do not fit, whole numbers as parameters, alphas or betas that are not finite, or
            a loss that does not return one number for each place.

    >>> from gradlab.surfaces import ravine
    >>> slice_2d(ravine.value, np.zeros(2), np.eye(2), [0.0, 1.0, 2.0], [0.0, 1.0])
    array([[0. , 0.1, 0.4],
           [2. , 2.1, 2.4]])
    """
    middle, span = _middle(params), _vectors("directions", directions, 2, params)
    first, second = _numbers("alphas", alphas), _numbers("betas", betas)
    if first.ndim != 1 or second.ndim != 1:
        raise ValueError(f"alphas and betas must have one axis each, got {first.shape} and {second.shape}.")
    places = np.stack(np.meshgrid(first, second), axis=-1)
    return _losses(loss, middle, places.reshape(-1, 2), span, chunk).reshape(len(second), len(first))


def interpolate(
    loss: Loss, first: npt.ArrayLike, second: npt.ArrayLike, alphas: npt.ArrayLike, *, chunk: int = CHUNK
) -> Array:
    """The loss on the straight way between two networks: ``loss((1 - alpha) * first + alpha * second)``.

    A hump in between says that they lie in valleys of their own, or in mirror images of one and the same:
    hidden units that change places are the same network elsewhere.

    Args:
        loss: ``loss(params (runs, n_params)) -> (runs,)``.
        first: the parameters at alpha = 0, shape (n_params,).
        second: the parameters at alpha = 1, same shape.
        alphas: where to look, any shape; below 0 and above 1 the line goes on.
        chunk: how many places the loss is asked for at once, >= 1. It bounds the memory.

    Returns:
        the losses, in the shape of `alphas`.

    Raises:
        ValueError: for shapes that do not fit, whole numbers as parameters, alphas that are not finite, or a loss
            that does not return one number for each place.

    Reference:
        I. Goodfellow, O. Vinyals, A. Saxe, Qualitatively characterizing neural network optimization problems,
        2015.

    >>> from gradlab.surfaces import double_well
    >>> interpolate(double_well.value, *double_well.minima, [0.0, 0.5, 1.0])
    array([0., 1., 0.])
    """
    ends = np.concatenate([_middle(first)[None], _vectors("second", second, 1, first)])
    steps = _numbers("alphas", alphas)
    shares = np.stack([1 - steps.ravel(), steps.ravel()], axis=-1)
    # From zero, so that both ends are met exactly.
    return _losses(loss, np.zeros_like(ends[0]), shares, ends, chunk).reshape(steps.shape)


def _losses(loss: Loss, middle: Array, steps: Array, directions: Array, chunk: int) -> Array:
    """The loss at ``middle + steps @ directions``, steps (places, k) and directions (k, n_params)."""
    if chunk < 1:
        raise ValueError(f"chunk must be at least 1 place at a time, got {chunk}.")
    losses = np.empty(len(steps), middle.dtype)
    steps = steps.astype(middle.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        for start in range(0, len(steps), chunk):
            part = steps[start : start + chunk]
            found = np.asarray(loss(middle + part @ directions))
            if found.shape != (len(part),):
                raise ValueError(
                    f"loss must return one number for each run: given parameters of shape "
                    f"{(len(part), len(middle))} it must return shape {(len(part),)}, got {found.shape}."
                )
            losses[start : start + chunk] = found
    return losses


def _middle(params: npt.ArrayLike) -> Array:
    w = floating("The parameters", params)
    if w.ndim != 1:
        raise ValueError(
            f"A slice goes through the parameters of one network, shape (n_params,), got {w.shape}. "
            "Take one run of several with params[0]."
        )
    return w


def _vectors(name: str, directions: npt.ArrayLike, count: int, params: npt.ArrayLike) -> Array:
    w, d = np.asarray(params), np.asarray(directions)
    wanted = w.shape if count == 1 else (count, *w.shape)
    if d.shape != wanted:
        raise ValueError(f"{name} must have shape {wanted} for parameters of shape {w.shape}, got {d.shape}.")
    return d.astype(w.dtype).reshape(count, -1)


def _numbers(name: str, values: npt.ArrayLike) -> Array:
    numbers = np.asarray(values, dtype=float)
    if not np.isfinite(numbers).all():
        raise ValueError(f"{name} must be finite, but hold inf or nan.")
    return numbers
