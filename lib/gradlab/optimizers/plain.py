"""Rules without a memory: gradient descent, and steps of a fixed length."""

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array
from gradlab.optimizers.arguments import Hyper, checked, like


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
    w, g = checked(params, grad, lr=lr)
    return w - like(lr, w) * g, None


def normalized_gradient(
    params: npt.ArrayLike, grad: npt.ArrayLike, state: None = None, *, lr: Hyper, eps: Hyper = 1e-8
) -> tuple[Array, None]:
    """A step of length lr downhill, however steep it is: ``w <- w - lr * grad / (norm(grad) + eps)``.

    The norm is the Euclidean one over the *last axis*, so that leading axes are runs of their own; a single
    number is divided by its absolute value. A fixed length crosses plateaus quickly and never settles: near a
    minimum it jumps to and fro by lr, unless lr shrinks. Where the gradient is zero the weights stay. Same
    formula as optax's `normalize_by_update_norm`, which takes one norm over all parameters, with eps 1e-6.

    Args:
        params: the weights w, shape (..., n).
        grad: the gradient of the loss at w, same shape.
        state: nothing to remember; None.
        lr: learning rate, the length of a step in the units of w, >= 0.
        eps: keeps zero from being divided by zero, > 0, in the units of the gradient.

    Returns:
        the new weights, and None.

    Raises:
        ValueError: for shapes that differ, a negative or infinite rate, eps that is not positive, or integer
            weights.

    Reference:
        N. Z. Shor, Minimization Methods for Non-Differentiable Functions, 1985.

    >>> normalized_gradient(np.array([1.0, 2.0]), np.array([30.0, -40.0]), lr=0.5)[0].round(6)
    array([0.7, 2.4])
    """
    w, g = checked(params, grad, lr=lr, eps=eps)
    norm = np.linalg.norm(g, axis=-1, keepdims=True) if g.ndim else np.abs(g)
    return w - like(lr, w) * g / (norm + like(eps, w)), None
