"""Rules that give every weight a rate of its own: AdaGrad, RMSProp, Adam and AdamW."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array
from gradlab.optimizers.arguments import Hyper, checked, like, remembered


class AdagradState(NamedTuple):
    """What AdaGrad remembers: the sum of all squared gradients, in the shape of the parameters.

    >>> _, state = adagrad(np.zeros(2), np.array([3.0, 0.1]), lr=0.1)
    >>> state.sum_of_squares.round(4)
    array([9.  , 0.01])
    """

    sum_of_squares: Array


class RmspropState(NamedTuple):
    """What RMSProp remembers: the fading mean of squared gradients, in the shape of the parameters.

    >>> _, state = rmsprop(np.zeros(2), np.array([3.0, 0.1]), lr=0.1, rho=0.9)
    >>> state.mean_of_squares.round(4)
    array([0.9  , 0.001])
    """

    mean_of_squares: Array


class AdamState(NamedTuple):
    """What Adam and AdamW remember.

    Attributes:
        first_moment: the fading mean of the gradients, before correction, in the shape of the parameters.
        second_moment: the fading mean of their squares, before correction, in the shape of the parameters.
        step: how many steps have been taken; the first one is step 1.

    >>> _, state = adam(np.zeros(2), np.array([3.0, 0.1]), lr=0.1)
    >>> state.first_moment.round(4), state.step
    (array([0.3 , 0.01]), 1)
    """

    first_moment: Array
    second_moment: Array
    step: int


def adagrad(
    params: npt.ArrayLike,
    grad: npt.ArrayLike,
    state: AdagradState | None = None,
    *,
    lr: Hyper,
    eps: Hyper = 1e-7,
) -> tuple[Array, AdagradState]:
    """A rate that shrinks with use: ``s <- s + grad**2; w <- w - lr * grad / (sqrt(s) + eps)``.

    Every weight is divided by the root of all its own squared gradients so far, so that the scale of a feature
    cancels and the rate of a rarely used weight stays high. The first step from zero state has length lr;
    under a constant gradient step t has length ``lr / sqrt(t)``. The same formula as PyTorch's Adagrad (whose
    eps is 1e-10); Keras and optax put eps inside the root and start s at 0.1 instead of 0.

    Args:
        params: the weights w, any shape.
        grad: the gradient of the loss at w, same shape.
        state: the sum of squares so far; None for zero.
        lr: learning rate, the length of the first step in the units of w, >= 0.
        eps: keeps zero from being divided by zero, > 0, in the units of the gradient.

    Returns:
        the new weights and the new sum of squares.

    Raises:
        ValueError: for shapes that differ, a negative or infinite rate, eps that is not positive, integer weights,
            or a state of another kind or shape.

    Reference:
        J. Duchi, E. Hazan, Y. Singer, Adaptive subgradient methods for online learning and stochastic
        optimization, 2011.

    >>> w, state = adagrad(np.array([1.0, 1.0]), np.array([3.0, 0.01]), lr=0.1)
    >>> w.round(4)
    array([0.9, 0.9])
    >>> adagrad(w, np.array([4.0, 0.0]), state, lr=0.1)[0].round(4)
    array([0.82, 0.9 ])
    """
    w, g = checked(params, grad, lr=lr, eps=eps)
    s = remembered(state, AdagradState, "sum_of_squares", w) + g**2
    return w - like(lr, w) * g / (np.sqrt(s) + like(eps, w)), AdagradState(s)


def rmsprop(
    params: npt.ArrayLike,
    grad: npt.ArrayLike,
    state: RmspropState | None = None,
    *,
    lr: Hyper,
    rho: Hyper = 0.9,
    eps: Hyper = 1e-8,
) -> tuple[Array, RmspropState]:
    """AdaGrad that forgets: ``s <- rho * s + (1 - rho) * grad**2; w <- w - lr * grad / sqrt(s + eps)``.

    From zero state the first step has length ``lr / sqrt(1 - rho)``, 3.2 times lr at rho 0.9, because s is at
    first a mean of mostly zeros; a constant gradient ends at steps of length lr. eps stands *inside* the root, as in
    Keras and optax. PyTorch's RMSprop puts it outside, ``sqrt(s) + eps``, calls rho alpha and sets it to 0.99;
    where s is much larger than eps here, and its root than eps there, the two agree.

    Args:
        params: the weights w, any shape.
        grad: the gradient of the loss at w, same shape.
        state: the mean of squares so far; None for zero.
        lr: learning rate, the length of a step under a constant gradient in the units of w, >= 0.
        rho: share of the mean that is kept, in [0, 1).
        eps: keeps zero from being divided by zero, > 0, in the units of the squared gradient.

    Returns:
        the new weights and the new mean of squares.

    Raises:
        ValueError: for shapes that differ, a negative or infinite rate, rho outside [0, 1), eps that is not
            positive, integer weights, or a state of another kind or shape.

    Reference:
        T. Tieleman, G. Hinton, Lecture 6.5: rmsprop, Coursera, Neural Networks for Machine Learning, 2012.

    >>> w, state = rmsprop(np.array([1.0, 1.0]), np.array([3.0, 0.0]), lr=0.1)
    >>> w.round(4), state.mean_of_squares.round(4)
    (array([0.6838, 1.    ]), array([0.9, 0. ]))
    """
    w, g = checked(params, grad, lr=lr, rho=rho, eps=eps)
    s = _faded(remembered(state, RmspropState, "mean_of_squares", w), g**2, rho)
    return w - like(lr, w) * g / np.sqrt(s + like(eps, w)), RmspropState(s)


def adam(
    params: npt.ArrayLike,
    grad: npt.ArrayLike,
    state: AdamState | None = None,
    *,
    lr: Hyper = 1e-3,
    beta1: Hyper = 0.9,
    beta2: Hyper = 0.999,
    eps: Hyper = 1e-8,
) -> tuple[Array, AdamState]:
    """Momentum with RMSProp's scale, both corrected for starting at zero.

    ::

        m <- beta1 * m + (1 - beta1) * grad
        v <- beta2 * v + (1 - beta2) * grad**2
        w <- w - lr * m_hat / (sqrt(v_hat) + eps),  m_hat = m / (1 - beta1**t),  v_hat = v / (1 - beta2**t)

    Steps are counted from t = 1, so that the first one has length lr whatever the betas. eps stands outside the
    root of the *corrected* v, as in the paper's Algorithm 1, PyTorch and optax. Keras adds it to the root of
    the uncorrected one, the paper's "epsilon hat": ``lr * sqrt(1 - beta2**t) / (1 - beta1**t) * m / (sqrt(v) + eps)``,
    the same but for an eps that is effectively larger in the first steps.

    Args:
        params: the weights w, any shape.
        grad: the gradient of the loss at w, same shape.
        state: the two moments and the steps so far; None for zero.
        lr: learning rate, about the longest step in the units of w, >= 0.
        beta1: share of the mean of gradients that is kept, in [0, 1).
        beta2: share of the mean of squares that is kept, in [0, 1).
        eps: keeps zero from being divided by zero, > 0, in the units of the gradient.

    Returns:
        the new weights and the new state.

    Raises:
        ValueError: for shapes that differ, a negative or infinite rate, a beta outside [0, 1), eps that is not
            positive, integer weights, or a state of another kind or shape.

    Reference:
        D. P. Kingma, J. Ba, Adam: a method for stochastic optimization, 2015.

    >>> w, state = adam(np.array([1.0, 1.0]), np.array([3.0, -0.01]), lr=0.1)
    >>> w.round(4), state.first_moment.round(4), state.step
    (array([0.9, 1.1]), array([ 0.3  , -0.001]), 1)
    """
    w, g = checked(params, grad, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    after = _moments(w, g, state, beta1, beta2)
    return w - like(lr, w) * _direction(after, beta1, beta2, eps), after


def adamw(
    params: npt.ArrayLike,
    grad: npt.ArrayLike,
    state: AdamState | None = None,
    *,
    lr: Hyper = 1e-3,
    beta1: Hyper = 0.9,
    beta2: Hyper = 0.999,
    eps: Hyper = 1e-8,
    weight_decay: Hyper = 0.01,
) -> tuple[Array, AdamState]:
    """Adam with decoupled decay: ``w <- w - lr * (m_hat / (sqrt(v_hat) + eps) + weight_decay * w)``.

    m_hat and v_hat are Adam's, of the gradient *without* the decay. An L2 penalty in the loss would pass
    through them and be divided by sqrt(v_hat), so that weights with large gradients would hardly decay; that is
    not this rule. The decay is multiplied by lr as in PyTorch and optax (1e-4 by default there); the paper's
    decay follows the schedule but not the base rate, so its lambda is ``weight_decay * lr`` here.

    Args:
        params: the weights w, any shape.
        grad: the gradient of the loss at w, same shape, without any penalty.
        state: the two moments and the steps so far; None for zero.
        lr: learning rate, about the longest step in the units of w, >= 0.
        beta1: share of the mean of gradients that is kept, in [0, 1).
        beta2: share of the mean of squares that is kept, in [0, 1).
        eps: keeps zero from being divided by zero, > 0, in the units of the gradient.
        weight_decay: how fast unused weights fade, as a share of lr, >= 0.

    Returns:
        the new weights and the new state.

    Raises:
        ValueError: for shapes that differ, a negative or infinite rate or decay, a beta outside [0, 1), eps that
            is not positive, integer weights, or a state of another kind or shape.

    Reference:
        I. Loshchilov, F. Hutter, Decoupled weight decay regularization, 2019.

    >>> adamw(np.array([1.0, 1.0]), np.array([3.0, 0.0]), lr=0.1, weight_decay=0.5)[0].round(4)
    array([0.85, 0.95])
    """
    w, g = checked(params, grad, lr=lr, beta1=beta1, beta2=beta2, eps=eps, weight_decay=weight_decay)
    after = _moments(w, g, state, beta1, beta2)
    direction = _direction(after, beta1, beta2, eps)
    return w - like(lr, w) * (direction + like(weight_decay, w) * w), after


def _moments(w: Array, g: Array, state: AdamState | None, beta1: Hyper, beta2: Hyper) -> AdamState:
    m = _faded(remembered(state, AdamState, "first_moment", w), g, beta1)
    v = _faded(remembered(state, AdamState, "second_moment", w), g**2, beta2)
    taken = 0 if state is None else state.step
    if taken < 0:
        raise ValueError(f"The step of the state counts the steps taken so far, >= 0, got {taken}.")
    return AdamState(m, v, taken + 1)


def _direction(state: AdamState, beta1: Hyper, beta2: Hyper, eps: Hyper) -> Array:
    m, v, t = state
    m_hat = m / like(1 - np.asarray(beta1) ** t, m)
    v_hat = v / like(1 - np.asarray(beta2) ** t, v)
    return m_hat / (np.sqrt(v_hat) + like(eps, v))


def _faded(mean: Array, new: Array, rho: Hyper) -> Array:
    # 1 - rho before rounding to the dtype of the weights: in float32, 1 - 0.999 would be off by 1e-5.
    return like(rho, mean) * mean + like(1 - np.asarray(rho), mean) * new
