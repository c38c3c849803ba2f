"""Update rules: each is the formula that its lesson derives.

Every rule has the same form,

    rule(params, grad, state=None, *, lr, ...) -> (params, state)

`params` and `grad` have the same shape, any shape; nothing passed in is changed. `state` is what the rule
remembers from one step to the next; None is the zero state. Hyper-parameters may be numbers or arrays that
broadcast against `params`, so that one call can take a step of many runs with a rate of their own.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating]
Hyper = float | Array


class MomentumState(NamedTuple):
    """What momentum remembers: the velocity, in the shape of the parameters."""

    velocity: Array


def gradient_descent(
    params: npt.ArrayLike, grad: npt.ArrayLike, state: None = None, *, lr: Hyper
) -> tuple[Array, None]:
    """One step downhill: ``w <- w - lr * grad``.

    Stable on a quadratic whose largest curvature is L for ``0 < lr < 2 / L``.

    Args:
        params: the weights w, any shape.
        grad: the gradient of the loss at w, same shape.
        state: nothing to remember; None.
        lr: learning rate, >= 0.

    Returns:
        the new weights, and None.

    Raises:
        ValueError: for shapes that differ, a negative or infinite rate, or integer weights.

    >>> gradient_descent(np.array([1.0, 2.0]), np.array([10.0, -10.0]), lr=0.1)
    (array([0., 3.]), None)
    """
    w, g = _checked(params, grad, lr)
    return w - _like(lr, w) * g, None


def momentum(
    params: npt.ArrayLike,
    grad: npt.ArrayLike,
    state: MomentumState | None = None,
    *,
    lr: Hyper,
    rho: Hyper = 0.9,
) -> tuple[Array, MomentumState]:
    """Heavy ball: ``v <- rho * v + grad; w <- w - lr * v``.

    The velocity is a *sum* of fading gradients, so a long run of equal gradients ends at steps of
    ``lr / (1 - rho)`` times the gradient. Same convention as PyTorch's SGD (dampening 0) and optax's `trace`;
    Keras and Sutskever et al. put the rate inside the velocity, ``v <- rho * v - lr * grad; w <- w + v``,
    which is the same path while lr is constant. The averaged form ``v <- rho * v + (1 - rho) * grad`` is
    shorter by 1 - rho and is not used here.

    Args:
        params: the weights w, any shape.
        grad: the gradient of the loss at w, same shape.
        state: the velocity so far; None for zero.
        lr: learning rate, >= 0.
        rho: share of the velocity that is kept, in [0, 1).

    Returns:
        the new weights and the new velocity.

    Raises:
        ValueError: for shapes that differ, a negative or infinite rate, rho outside [0, 1), integer weights, or a
            state of another kind or shape.

    Reference:
        B. T. Polyak, Some methods of speeding up the convergence of iteration methods, 1964.

    >>> w, state = momentum(np.array([1.0]), np.array([2.0]), lr=0.1, rho=0.5)
    >>> momentum(w, np.array([2.0]), state, lr=0.1, rho=0.5)
    (array([0.5]), MomentumState(velocity=array([3.])))
    """
    w, g = _checked(params, grad, lr, rho)
    velocity = _like(rho, w) * _velocity(state, w) + g
    return w - _like(lr, w) * velocity, MomentumState(velocity)


def nesterov(
    params: npt.ArrayLike,
    grad: npt.ArrayLike,
    state: MomentumState | None = None,
    *,
    lr: Hyper,
    rho: Hyper = 0.9,
) -> tuple[Array, MomentumState]:
    """Nesterov's momentum: ``v <- rho * v + grad; w <- w - lr * (grad + rho * v)``.

    The weights stored are those *at the look-ahead point*, where the gradient was taken; this is the form of
    PyTorch (nesterov=True) and optax. Nesterov's own form keeps the point before the look-ahead; both walk
    the same path, seen one coasting step apart.

    Args:
        params: the weights w, any shape.
        grad: the gradient of the loss at w, same shape.
        state: the velocity so far; None for zero.
        lr: learning rate, >= 0.
        rho: share of the velocity that is kept, in [0, 1).

    Returns:
        the new weights and the new velocity.

    Raises:
        ValueError: for shapes that differ, a negative or infinite rate, rho outside [0, 1), integer weights, or a
            state of another kind or shape.

    Reference:
        Y. Nesterov, A method of solving a convex programming problem with convergence rate O(1/k^2), 1983;
        in this form I. Sutskever et al., On the importance of initialization and momentum, 2013.

    >>> nesterov(np.array([1.0]), np.array([2.0]), lr=0.1, rho=0.5)
    (array([0.7]), MomentumState(velocity=array([2.])))
    """
    w, g = _checked(params, grad, lr, rho)
    velocity = _like(rho, w) * _velocity(state, w) + g
    return w - _like(lr, w) * (g + _like(rho, w) * velocity), MomentumState(velocity)


def _velocity(state: MomentumState | None, w: Array) -> Array:
    if state is None:
        return np.zeros_like(w)
    if not isinstance(state, MomentumState):
        raise ValueError(f"state must be a MomentumState, or None for zero, got {type(state).__name__}.")
    velocity = np.asarray(state.velocity, dtype=w.dtype)
    if velocity.shape != w.shape:
        raise ValueError(f"The velocity must have the shape of params, {w.shape}, got {velocity.shape}.")
    return velocity


def _like(hyper: Hyper, w: Array) -> Array:
    # In the dtype of the weights: a float64 rate must not turn float32 weights into float64.
    return np.asarray(hyper, dtype=w.dtype)


def _checked(params: npt.ArrayLike, grad: npt.ArrayLike, lr: Hyper, rho: Hyper = 0.0) -> tuple[Array, Array]:
    w, g = np.asarray(params), np.asarray(grad)
    if not np.issubdtype(w.dtype, np.floating):
        raise ValueError(
            f"params must be floating point, got {w.dtype}: a step is a fraction, and whole numbers cannot hold it. "
            "Write np.array([1.0, 2.0]) or use .astype(float)."
        )
    if w.shape != g.shape:
        raise ValueError(f"grad must have the shape of params, {w.shape}, got {g.shape}.")
    if np.any(np.asarray(lr) < 0) or not np.all(np.isfinite(lr)):
        raise ValueError(f"lr must be a finite number >= 0, got {lr}.")
    if not np.all((np.asarray(rho) >= 0) & (np.asarray(rho) < 1)):
        raise ValueError(f"rho must be in [0, 1), got {rho}.")
    for name, hyper in (("lr", lr), ("rho", rho)):
        if not _fits(np.shape(hyper), w.shape):
            raise ValueError(
                f"{name} of shape {np.shape(hyper)} does not broadcast to params of shape {w.shape}. To give each "
                f"run its own, add a last axis of length 1: {name}[..., None]."
            )
    return w, g.astype(w.dtype, copy=False)


def _fits(shape: tuple[int, ...], params: tuple[int, ...]) -> bool:
    lined_up = zip(reversed(shape), reversed(params), strict=False)
    return len(shape) <= len(params) and all(length in (1, wanted) for length, wanted in lined_up)
