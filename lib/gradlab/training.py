"""The loop: train a network with an update rule, in mini-batches, many runs at once."""

import copy
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array
from gradlab.data import minibatches
from gradlab.descent import Rule, take_step
from gradlab.network import MLP


class History(NamedTuple):
    """What a training did; leading axes (...) are its runs.

    Attributes:
        params: the parameters at the end, shape (..., n_params).
        state: what the rule remembers at the end; pass it to `fit` with `params` to go on.
        loss: mean loss on all the training data before the first epoch and after each,
            shape (epochs + 1, ...).
        accuracy: share of the validation data that is classified correctly at the same times, shape
            (epochs + 1, ...); None without validation data.
    """

    params: Array
    state: Any
    loss: Array
    accuracy: npt.NDArray[np.float64] | None


def fit(
    network: MLP,
    params: Array,
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    rule: Rule,
    *,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
    state: Any = None,
    validation: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    callback: Callable[[int, Array, Array], None] | None = None,
    **hyper: Any,
) -> History:
    """Train `network` for `epochs` passes over the data, all runs in step with each other.

    Every step is ``params, state = rule(params, gradient, state, **hyper)`` with the mean gradient of a
    mini-batch. All runs see the same mini-batches in the same order, so that they differ in nothing but their
    start and their hyper-parameters.

    Args:
        network: what to train.
        params: where to start, shape (..., n_params), from `network.init`. Not changed.
        X: the inputs, shape (n, d), or (..., n, d) with data of its own for each run.
        y: the labels, shape (n,) or (..., n).
        rule: ``rule(params, grad, state, **hyper) -> (params, state)``: from `gradlab.optimizers`, or yours.
        epochs: passes over the data, >= 0.
        batch_size: examples in a mini-batch, >= 1; the last one of an epoch may be smaller.
        rng: where the shuffles come from.
        state: what the rule remembers before the first step. The library's rules take None as zero; give your
            own ``np.zeros_like(params)``. Not changed.
        validation: inputs and labels for `History.accuracy`.
        callback: called as callback(epoch, params, loss) after each epoch, counted from 1.
        **hyper: passed to the rule. As everywhere in this library, arrays must broadcast to `params`: rates
            of shape (runs, 1) give each of the runs its own.

    Returns:
        a History. A run that diverges ends in inf or nan, without warnings, and leaves the others alone.

    Raises:
        ValueError: for data that does not fit the network, inputs that are not finite, hyper-parameters that
            do not broadcast, or a rule that does not return (params, state).

    Three learning rates side by side, each from the same start:

    >>> from gradlab.data import digits
    >>> from gradlab.optimizers import momentum
    >>> network, rates = MLP((64, 10)), np.array([[0.001], [0.01], [0.1]])
    >>> start = np.broadcast_to(network.init(np.random.default_rng(0)), (3, network.n_params))
    >>> history = fit(network, start, *digits(), momentum, epochs=2, batch_size=32,
    ...               rng=np.random.default_rng(1), lr=rates, rho=0.9)
    >>> history.loss.shape
    (3, 3)
    """
    losses = [network.loss(params, X, y)]
    accuracies = [network.accuracy(params, *validation)] if validation else []
    inputs, labels = np.asarray(X, dtype=params.dtype), np.asarray(y)
    if epochs < 0:
        raise ValueError(f"epochs must be >= 0, got {epochs}.")
    if not np.all(np.isfinite(inputs)):
        raise ValueError(
            "X must be finite, but holds inf or nan: every weight would become nan in the first step."
        )
    _check_hyper(params, hyper)
    # A learner's rule may work in place; the caller's arrays are not its to change.
    params, state = params.copy(), copy.deepcopy(state)
    with np.errstate(over="ignore", invalid="ignore"):
        for epoch in range(1, epochs + 1):
            for batch in minibatches(inputs.shape[-2], batch_size, rng):
                _, gradient = network.loss_and_gradient(
                    params, inputs.take(batch, axis=-2), labels.take(batch, axis=-1)
                )
                params, state = take_step(rule, params, gradient, state, hyper)
            losses.append(network.loss(params, inputs, labels))
            if validation:
                accuracies.append(network.accuracy(params, *validation))
            if callback is not None:
                callback(epoch, params, losses[-1])
    return History(params, state, np.stack(losses), np.stack(accuracies) if validation else None)


def _check_hyper(params: Array, hyper: dict[str, Any]) -> None:
    for name, value in hyper.items():
        if not isinstance(value, np.ndarray | list):
            continue
        try:
            np.broadcast_to(value, params.shape)
        except ValueError as error:
            raise ValueError(
                f"{name} has shape {np.shape(value)}, which does not broadcast to params, {params.shape}. "
                f"To give each run its own {name}, add a last axis of length 1: {name}[..., None]."
            ) from error
