"""Batch normalisation: each feature is given mean 0 and variance 1 over the batch, then a scale and a shift of its own.

Inputs have shape (..., n, d): n examples of d features, leading axes are independent runs. gamma and beta have
shape (d,), the same for all runs, or (..., d). Everything is computed in the dtype of the inputs, and nothing
passed in is changed.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array, fits, floating, real


class BatchNormState(NamedTuple):
    """The running averages that stand in for the batch at test time, each of shape (..., d).

    >>> state = BatchNormState(mean=np.array([3.0]), var=np.array([4.0]))
    >>> batchnorm_inference(np.array([[5.0]]), gamma=[1.0], beta=[0.0], state=state).round(4)
    array([[1.]])
    """

    mean: Array
    var: Array


class BatchNormCache(NamedTuple):
    """What the forward pass leaves for the backward pass.

    Attributes:
        normalized: the inputs with mean 0 and variance 1, before gamma and beta, (..., n, d).
        inverse_std: 1 / sqrt(var + eps), (..., d).
        gamma: the scale, (..., d).

    >>> _, _, cache = batchnorm_forward(np.array([[1.0], [3.0]]), gamma=[10.0], beta=[5.0])
    >>> cache.normalized.round(3), cache.gamma
    (array([[-1.],
           [ 1.]]), array([10.]))
    """

    normalized: Array
    inverse_std: Array
    gamma: Array


# A run that diverges ends in inf and nan. That is a result, not an accident to warn about.
@np.errstate(over="ignore", invalid="ignore")
def batchnorm_forward(
    inputs: npt.ArrayLike,
    gamma: npt.ArrayLike,
    beta: npt.ArrayLike,
    state: BatchNormState | None = None,
    *,
    momentum: float = 0.9,
    eps: float = 1e-5,
) -> tuple[Array, BatchNormState, BatchNormCache]:
    """In training: ``gamma * (x - mean) / sqrt(var + eps) + beta``, mean and variance over the batch.

    The variance is the biased one, divided by n. The running averages follow by
    ``running <- momentum * running + (1 - momentum) * batch``; momentum 0.9 is called 0.1 in PyTorch, which also
    keeps the *unbiased* variance, divided by n - 1, as its running one. Keras keeps the biased one, as we do.

    Args:
        inputs: x, (..., n, d), n >= 2.
        gamma: scale, (d,) or (..., d).
        beta: shift, (d,) or (..., d).
        state: the running averages so far; None for mean 0 and variance 1.
        momentum: share of the running averages that is kept, in [0, 1).
        eps: keeps the root away from 0 (it is inside the root), > 0.

    Returns:
        the outputs, in the shape of `inputs`; the new running averages; and what `batchnorm_backward` needs.

    Raises:
        ValueError: for an empty batch or a batch of one, integer inputs, shapes that do not fit, a momentum or
            eps out of range, or a state of another kind.

    Reference:
        S. Ioffe and C. Szegedy, Batch normalization: accelerating deep network training by reducing internal
        covariate shift, 2015.

    >>> y, state, _ = batchnorm_forward(np.array([[1.0], [3.0]]), gamma=[10.0], beta=[5.0])
    >>> y.round(2)
    array([[-5.],
           [15.]])
    >>> state
    BatchNormState(mean=array([0.2]), var=array([1.]))
    """
    if real("momentum", momentum).ndim or not 0 <= momentum < 1:
        raise ValueError(f"momentum must be in [0, 1), got {momentum}.")
    if state is None:
        features = np.shape(inputs)[-1:]
        state = BatchNormState(np.zeros(features), np.ones(features))
    x, scale, shift, running = _checked(inputs, gamma, beta, state, eps)
    if x.shape[-2] == 1:
        raise ValueError(
            "A batch of one example has no variance to divide by. Train with batches of two or more, drop a last "
            "batch of one, or use batchnorm_inference."
        )
    mean, var = x.mean(axis=-2), x.var(axis=-2)
    inverse_std = 1 / np.sqrt(var + eps)
    normalized = (x - mean[..., None, :]) * inverse_std[..., None, :]
    outputs = scale[..., None, :] * normalized + shift[..., None, :]
    after = BatchNormState(
        momentum * running.mean + (1 - momentum) * mean, momentum * running.var + (1 - momentum) * var
    )
    return outputs, after, BatchNormCache(normalized, inverse_std, scale)


@np.errstate(over="ignore", invalid="ignore")
def batchnorm_inference(
    inputs: npt.ArrayLike,
    gamma: npt.ArrayLike,
    beta: npt.ArrayLike,
    state: BatchNormState,
    *,
    eps: float = 1e-5,
) -> Array:
    """At test time: ``gamma * (x - mean) / sqrt(var + eps) + beta``, with the running mean and variance.

    No example depends on the others, so a batch of one is welcome.

    Args:
        inputs: x, (..., n, d), n >= 1.
        gamma: scale, (d,) or (..., d).
        beta: shift, (d,) or (..., d).
        state: the running averages that training ended with.
        eps: as in training.

    Returns:
        the outputs, in the shape of `inputs`.

    Raises:
        ValueError: for an empty batch, integer inputs, shapes that do not fit, an eps out of range, or a state
            of another kind.

    >>> state = BatchNormState(mean=np.array([2.0]), var=np.array([4.0]))
    >>> batchnorm_inference(np.array([[6.0]]), gamma=[1.0], beta=[0.0], state=state).round(3)
    array([[2.]])
    """
    x, scale, shift, running = _checked(inputs, gamma, beta, state, eps)
    inverse_std = 1 / np.sqrt(running.var + eps)
    normalized = (x - running.mean[..., None, :]) * inverse_std[..., None, :]
    outputs: Array = scale[..., None, :] * normalized + shift[..., None, :]
    return outputs


@np.errstate(over="ignore", invalid="ignore")
def batchnorm_backward(grad: npt.ArrayLike, cache: BatchNormCache) -> tuple[Array, Array, Array]:
    """The gradients of `batchnorm_forward` with respect to inputs, gamma and beta.

    With x_hat for the normalised inputs and means over the batch,
    ``dx = gamma / sqrt(var + eps) * (dy - mean(dy) - x_hat * mean(dy * x_hat))``. The two means are there because
    mean and variance depend on every input: moving all inputs of a feature together changes nothing, so dx
    sums to 0 over the batch.

    Args:
        grad: dy, gradient of the loss with respect to the outputs, (..., n, d).
        cache: what the forward pass returned.

    Returns:
        dx (..., n, d), dgamma (..., d) and dbeta (..., d). A gamma or beta that runs share gets one gradient for
        each run.

    Raises:
        ValueError: for an integer gradient, one of another shape than the outputs, or a cache of another kind.

    >>> y, _, cache = batchnorm_forward(np.array([[1.0], [3.0], [5.0]]), gamma=[1.0], beta=[0.0])
    >>> dx, dgamma, dbeta = batchnorm_backward(np.array([[1.0], [0.0], [0.0]]), cache)
    >>> dx.round(3).ravel(), dgamma.round(3), dbeta
    (array([ 0.102, -0.204,  0.102]), array([-1.225]), array([1.]))
    """
    if not isinstance(cache, BatchNormCache):
        raise ValueError(f"cache must be what batchnorm_forward returned last, got {type(cache).__name__}.")
    x_hat, inverse_std, gamma = cache
    dy = floating("grad", grad).astype(x_hat.dtype, copy=False)
    if dy.shape != x_hat.shape:
        raise ValueError(f"grad must have the shape of the outputs, {x_hat.shape}, got {dy.shape}.")
    centred = dy - dy.mean(axis=-2, keepdims=True) - x_hat * (dy * x_hat).mean(axis=-2, keepdims=True)
    dx = (gamma * inverse_std)[..., None, :] * centred
    return dx, (dy * x_hat).sum(axis=-2), dy.sum(axis=-2)


def _checked(
    inputs: npt.ArrayLike, gamma: npt.ArrayLike, beta: npt.ArrayLike, state: BatchNormState, eps: float
) -> tuple[Array, Array, Array, BatchNormState]:
    x = floating("inputs", inputs)
    if x.ndim < 2:
        raise ValueError(
            f"inputs must have shape (..., n, d), one row an example, got {x.shape}. One example alone is x[None, :]."
        )
    if x.shape[-2] == 0:
        raise ValueError("inputs holds no examples: an empty batch has no mean.")
    if real("eps", eps).ndim or not (eps > 0 and np.isfinite(eps)):
        raise ValueError(f"eps must be a finite number > 0, got {eps}.")
    per_feature = (*x.shape[:-2], x.shape[-1])
    if not isinstance(state, BatchNormState):
        raise ValueError(
            f"state must be a BatchNormState, as training returns it, got {type(state).__name__}."
        )
    named = {"gamma": gamma, "beta": beta, "The running mean": state.mean, "The running var": state.var}
    scale, shift, mean, var = (_per_feature(name, array, per_feature, x) for name, array in named.items())
    if np.any(var < 0):
        raise ValueError(f"The running var must be >= 0, got {var.min()}.")
    return x, scale, shift, BatchNormState(mean, var)


def _per_feature(name: str, array: npt.ArrayLike, wanted: tuple[int, ...], x: Array) -> Array:
    values = real(name, array).astype(x.dtype, copy=False)
    if values.shape[-1:] != wanted[-1:] or not fits(values.shape, wanted):
        raise ValueError(
            f"{name} must have shape ({wanted[-1]},), one number for each feature, or {wanted} for inputs of shape "
            f"{x.shape}, got {values.shape}."
        )
    return values
