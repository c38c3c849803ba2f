"""Rules that gather speed: momentum and Nesterov's momentum."""

from typing import NamedTuple

import numpy.typing as npt

from gradlab.arguments import Array
from gradlab.optimizers.arguments import Hyper, checked, like, remembered


class MomentumState(NamedTuple):
    """What momentum remembers: the velocity, in the shape of the parameters.

    >>> import numpy as np
    >>> w, state = momentum(np.zeros(1), np.ones(1), MomentumState(np.array([2.0])), lr=0.1, rho=0.5)
    >>> state.velocity
    array([2.])
    """

    velocity: Array


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

    >>> import numpy as np
    >>> w, state = momentum(np.array([1.0]), np.array([2.0]), lr=0.1, rho=0.5)
    >>> momentum(w, np.array([2.0]), state, lr=0.1, rho=0.5)
    (array([0.5]), MomentumState(velocity=array([3.])))
    """
    w, g = checked(params, grad, lr=lr, rho=rho)
    velocity = like(rho, w) * remembered(state, MomentumState, "velocity", w) + g
    return w - like(lr, w) * velocity, MomentumState(velocity)


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

    >>> import numpy as np
    >>> nesterov(np.array([1.0]), np.array([2.0]), lr=0.1, rho=0.5)
    (array([0.7]), MomentumState(velocity=array([2.])))
    """
    w, g = checked(params, grad, lr=lr, rho=rho)
    velocity = like(rho, w) * remembered(state, MomentumState, "velocity", w) + g
    return w - like(lr, w) * (g + like(rho, w) * velocity), MomentumState(velocity)
