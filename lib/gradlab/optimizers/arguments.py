"""What every update rule asks of its arguments."""

from typing import Any

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array, fitting, floating, real

Hyper = float | Array
# What the states of the rules keep of squared gradients.
SQUARES = {"sum_of_squares", "mean_of_squares", "second_moment"}


def checked(params: npt.ArrayLike, grad: npt.ArrayLike, **hypers: Hyper) -> tuple[Array, Array]:
    """The weights and their gradient as arrays of one shape and dtype, once everything about them is in order.

    Args:
        params: the weights, any shape, floating point.
        grad: the gradient, same shape.
        **hypers: every hyper-parameter of the rule, under its name.

    Raises:
        ValueError: for shapes that differ, integer weights, or a hyper-parameter outside its range or of a shape
            that does not broadcast to the weights.

    >>> checked(np.ones(2), [1, 2], lr=0.1)
    (array([1., 1.]), array([1., 2.]))
    """
    w, g = floating("params", params), real("grad", grad)
    if w.shape != g.shape:
        raise ValueError(f"grad must have the shape of params, {w.shape}, got {g.shape}.")
    for name, hyper in hypers.items():
        _check_range(name, hyper, w.dtype)
        fitting(name, hyper, "params", w)
    return w, g.astype(w.dtype, copy=False)


def like(hyper: Hyper, w: Array) -> Array:
    """A hyper-parameter in the dtype of the weights.

    A float64 rate must not turn float32 weights into float64.

    >>> like(0.1, np.ones(2, dtype=np.float32)).dtype
    dtype('float32')
    """
    return np.asarray(hyper, dtype=w.dtype)


def remembered(state: Any, kind: type, field: str, w: Array) -> Array:
    """One array of a rule's state, in the dtype of the weights; zeros for no state.

    Raises:
        ValueError: for a state of another kind, an array of another shape than the weights, or squares below 0.

    >>> remembered(None, tuple, "velocity", np.ones(2))
    array([0., 0.])
    """
    if state is None:
        return np.zeros_like(w)
    if not isinstance(state, kind):
        raise ValueError(
            f"state must be None for zero, or the {kind.__name__} that the last step returned, "
            f"got {type(state).__name__}."
        )
    array = real(f"The {field.replace('_', ' ')}", getattr(state, field)).astype(w.dtype, copy=False)
    if array.shape != w.shape:
        raise ValueError(
            f"The {field.replace('_', ' ')} must have the shape of params, {w.shape}, got {array.shape}."
        )
    # The root of a negative square would be nan, and stay it.
    if field in SQUARES and np.any(array < 0):
        raise ValueError(f"The {field.replace('_', ' ')} is of squares, >= 0, got {array.min()}.")
    return array


def _check_range(name: str, hyper: Hyper, dtype: np.dtype[Any]) -> None:
    # A range is said so that nan, which compares as False, falls outside.
    value = real(name, hyper)
    match name:
        case "lr" | "weight_decay":
            inside, wanted = (value >= 0) & np.isfinite(value), "a finite number >= 0"
        case "eps":
            # Adam's 1e-8 is zero in float16, and zero would be divided by.
            inside, wanted = (value.astype(dtype) > 0) & np.isfinite(value), f"a finite {dtype} > 0"
        case _:
            inside, wanted = (value >= 0) & (value < 1), "in [0, 1)"
    if not np.all(inside):
        raise ValueError(f"{name} must be {wanted}, got {hyper}.")
