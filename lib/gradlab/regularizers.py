"""What keeps a network from learning its training data by heart.

Penalties and their gradients for weights of any shape (never biases: pass only what is to be penalised), dropout
forward and backward, and early stopping. Nothing passed in is changed, and results have the dtype of the arrays.
"""

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from gradlab.arguments import (
    Array,
    check_for_runs,
    check_generator,
    check_not_negative,
    fitting,
    floating,
    real,
)

Mask = npt.NDArray[np.bool_]
Hyper = float | Array
Axis = int | tuple[int, ...] | None


class StoppingState(NamedTuple):
    """What early stopping remembers of each run, in the shape of the metric.

    Attributes:
        best: the best metric so far.
        bad_epochs: epochs since then; 0 if this one is the best.

    >>> _, state = early_stopping(0.5)
    >>> _, state = early_stopping(0.7, state)
    >>> float(state.best), int(state.bad_epochs)
    (0.5, 1)
    """

    best: Array
    bad_epochs: npt.NDArray[np.integer]


# A run that diverges ends in inf and nan. That is a result, not an accident to warn about.
@np.errstate(over="ignore", invalid="ignore")
def l2_penalty(weights: npt.ArrayLike, *, lam: Hyper, axis: Axis = None) -> Array:
    """Ridge: ``0.5 * lam * sum(w ** 2)``.

    With the half, so that the gradient is lam * w. Keras and scikit-learn's Ridge leave the half out: their
    strength is half of this lam. It is the *square* of the L2 norm that is penalised, not the norm.

    Args:
        weights: w, any shape, without biases.
        lam: strength, >= 0, a number or one for each sum.
        axis: what to sum over: None for everything; -1 for runs as rows of weights, each with its own sum.

    Returns:
        the penalty, to be added to the loss.

    Raises:
        ValueError: for a negative or infinite lam, or integer weights.

    >>> l2_penalty(np.array([3.0, -4.0]), lam=0.1)
    np.float64(1.25)
    """
    w = floating("weights", weights)
    check_not_negative("lam", lam)
    sums = np.sum(w * w, axis=axis)
    check_for_runs("sums", sums, lam=lam)
    penalty: Array = np.asarray(lam, dtype=w.dtype) / 2 * sums
    return penalty


def l2_gradient(weights: npt.ArrayLike, *, lam: Hyper) -> Array:
    """The gradient of `l2_penalty`: ``lam * w``.

    Added to the gradient of the loss. For plain gradient descent this is weight decay; for Adam it is not, as
    the sum is divided by the root of the second moment (see AdamW).

    Args:
        weights: w, any shape, without biases.
        lam: strength, >= 0.

    Returns:
        the gradient, in the shape of `weights`.

    Raises:
        ValueError: for a negative or infinite lam, or integer weights.

    >>> l2_gradient(np.array([3.0, -4.0]), lam=0.5)
    array([ 1.5, -2. ])
    """
    w = floating("weights", weights)
    return _strength("lam", lam, w) * w


@np.errstate(over="ignore", invalid="ignore")
def l1_penalty(weights: npt.ArrayLike, *, lam: Hyper, axis: Axis = None) -> Array:
    """Lasso: ``lam * sum(|w|)``.

    Args:
        weights: w, any shape, without biases.
        lam: strength, >= 0, a number or one for each sum.
        axis: what to sum over: None for everything; -1 for runs as rows of weights, each with its own sum.

    Returns:
        the penalty, to be added to the loss.

    Raises:
        ValueError: for a negative or infinite lam, or integer weights.

    >>> l1_penalty(np.array([3.0, -4.0]), lam=0.5)
    np.float64(3.5)
    """
    w = floating("weights", weights)
    check_not_negative("lam", lam)
    sums = np.sum(np.abs(w), axis=axis)
    check_for_runs("sums", sums, lam=lam)
    penalty: Array = np.asarray(lam, dtype=w.dtype) * sums
    return penalty


def l1_subgradient(weights: npt.ArrayLike, *, lam: Hyper) -> Array:
    """A subgradient of `l1_penalty`: ``lam * sign(w)``, and 0 at 0.

    At 0 the penalty has a corner, where any number from -lam to lam is a subgradient. Steps along it hop over 0
    and back without ever resting there; `soft_threshold` gives zeros that are exact.

    Args:
        weights: w, any shape, without biases.
        lam: strength, >= 0.

    Returns:
        the subgradient, in the shape of `weights`.

    Raises:
        ValueError: for a negative or infinite lam, or integer weights.

    >>> l1_subgradient(np.array([3.0, 0.0, -4.0]), lam=0.5)
    array([ 0.5,  0. , -0.5])
    """
    w = floating("weights", weights)
    return _strength("lam", lam, w) * np.sign(w)


def soft_threshold(weights: npt.ArrayLike, *, threshold: Hyper) -> Array:
    """Move every weight towards 0 and stop there: ``sign(w) * max(|w| - threshold, 0)``.

    The proximal step of the lasso: after a step of rate lr down the loss alone, with ``threshold = lr * lam``.

    Args:
        weights: w, any shape, without biases.
        threshold: how far, >= 0.

    Returns:
        the new weights.

    Raises:
        ValueError: for a negative or infinite threshold, or integer weights.

    Reference:
        I. Daubechies, M. Defrise and C. De Mol, An iterative thresholding algorithm for linear inverse problems
        with a sparsity constraint, 2004.

    >>> soft_threshold(np.array([3.0, 0.2, -0.5, -4.0]), threshold=0.5)
    array([ 2.5,  0. ,  0. , -3.5])
    """
    w = floating("weights", weights)
    t = _strength("threshold", threshold, w)
    # The same as the formula, but never -0.0.
    return w - np.clip(w, -t, t)


def dropout_forward(inputs: npt.ArrayLike, rng: np.random.Generator, *, p: Hyper = 0.5) -> tuple[Array, Mask]:
    """Inverted dropout, in training: ``x * mask / (1 - p)``, where each unit is dropped with probability p.

    p is the probability of *dropping*, as in PyTorch and Keras; the paper's p is that of keeping. The division
    keeps the expected value, so at test time there is nothing to do.

    Args:
        inputs: x, any shape.
        rng: where the randomness comes from.
        p: probability of dropping, in [0, 1).

    Returns:
        the outputs, and the mask, which is True for units that were kept and is needed on the way back.

    Raises:
        ValueError: for p outside [0, 1), integer inputs, or a seed in place of rng.

    Reference:
        N. Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting, 2014.

    >>> dropout_forward(np.ones(4), np.random.default_rng(0), p=0.5)
    (array([2., 0., 0., 0.]), array([ True, False, False, False]))
    """
    x = floating("inputs", inputs)
    check_generator(rng)
    mask = np.asarray(rng.random(x.shape) >= _probability(p, "inputs", x))
    return dropout_backward(x, mask, p=p), mask


def dropout_backward(grad: npt.ArrayLike, mask: npt.ArrayLike, *, p: Hyper = 0.5) -> Array:
    """The gradient with respect to the inputs of `dropout_forward`: ``grad * mask / (1 - p)``.

    Args:
        grad: gradient of the loss with respect to the outputs, any shape.
        mask: the mask of the forward pass, same shape.
        p: the p of the forward pass.

    Returns:
        the gradient, in the shape of `grad`.

    Raises:
        ValueError: for p outside [0, 1), a mask of another shape or that is not True and False, or an integer
            gradient.

    >>> dropout_backward(np.array([1.0, 2.0]), np.array([True, False]), p=0.5)
    array([2., 0.])
    """
    g, kept = floating("grad", grad), np.asarray(mask)
    if kept.dtype != np.bool_:
        raise ValueError(f"mask must be True for units that are kept and False for others, got {kept.dtype}.")
    if kept.shape != g.shape:
        raise ValueError(f"mask must have the shape of grad, {g.shape}, got {kept.shape}.")
    # Not a product: a unit that is dropped is 0 even if it was inf.
    return np.where(kept, g / (1 - _probability(p, "grad", g)), 0)


def early_stopping(
    metric: npt.ArrayLike,
    state: StoppingState | None = None,
    *,
    patience: Hyper = 10,
    min_delta: Hyper = 0.0,
    mode: Literal["min", "max"] = "min",
) -> tuple[Mask, StoppingState]:
    """Stop when the metric has not improved for longer than `patience` epochs.

    Called once an epoch, after the metric on the validation data is known. An epoch is bad unless its metric
    beats the best so far by more than min_delta; nan is always bad. The answer is True once the count of bad
    epochs *exceeds* patience, as in `gradlab.schedules.reduce_on_plateau`; Keras stops one epoch earlier, when
    the count reaches it. Keep a copy of the weights whenever bad_epochs is 0: those are the ones to go back to.

    Args:
        metric: what to watch, such as the validation loss: a number, or an array with one for each run.
        state: what was returned the epoch before; None in the first.
        patience: bad epochs that are put up with, >= 0.
        min_delta: the least change that counts as better, >= 0.
        mode: "min" for a metric that should fall, "max" for one that should rise.

    Returns:
        whether to stop, and what to remember, each in the shape of `metric`.

    Raises:
        ValueError: for a number out of range, a mode that does not exist, a state of another kind, or a metric
            of another shape than in the epoch before.

    Reference:
        L. Prechelt, Early stopping, but when?, 1998.

    >>> state = None
    >>> for loss in [3.0, 2.0, 2.5, 2.2]:
    ...     stop, state = early_stopping(loss, state, patience=1)
    ...     print(stop, state.best, state.bad_epochs)
    False 3.0 0
    False 2.0 0
    False 2.0 1
    True 2.0 2
    """
    for name, value in (("patience", patience), ("min_delta", min_delta)):
        check_not_negative(name, value)
    if mode not in ("min", "max"):
        raise ValueError(f"mode must be 'min' or 'max', got {mode!r}.")
    now = real("metric", metric).astype(float)
    before = _checked_state(state, now, mode)
    check_for_runs("metric", now, patience=patience, min_delta=min_delta)
    better = now > before.best + min_delta if mode == "max" else now < before.best - min_delta
    bad_epochs = np.where(better, 0, before.bad_epochs + 1)
    return np.asarray(bad_epochs > patience), StoppingState(np.where(better, now, before.best), bad_epochs)


def _checked_state(state: StoppingState | None, metric: Array, mode: str) -> StoppingState:
    if state is None:
        worst = -np.inf if mode == "max" else np.inf
        return StoppingState(np.full(metric.shape, worst), np.zeros(metric.shape, dtype=int))
    if not isinstance(state, StoppingState):
        raise ValueError(
            f"state must be a StoppingState, or None in the first epoch, got {type(state).__name__}."
        )
    if np.shape(state.best) != metric.shape:
        raise ValueError(
            f"metric must have the shape it had in the epoch before, {np.shape(state.best)}, got {metric.shape}."
        )
    return state


def _strength(name: str, value: Hyper, w: Array) -> Array:
    check_not_negative(name, value)
    return fitting(name, value, "weights", w)


def _probability(p: Hyper, name: str, x: Array) -> Array:
    share = real("p", p)
    if not np.all((share >= 0) & (share < 1)):
        raise ValueError(f"p, the probability of dropping, must be in [0, 1), got {p}.")
    return fitting("p", p, name, x)
