"""Learning rates that change while a network trains.

A schedule is a function of the epoch alone,

    schedule(epoch, *, lr, ...) -> rate

so a point of it can be computed, plotted or computed again in any order and nothing changes. The first epoch is 0.
`epoch` may be an array, may be fractional, and may as well count update steps; `lr` and the other numbers may be
arrays that broadcast against it. Rates are float64. `functools.partial(step_decay, lr=0.1)` is a schedule with
its numbers filled in.

`reduce_on_plateau` looks at the loss instead of the epoch. What it remembers is passed in and returned.
"""

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array, check_for_runs, check_not_negative, real

Hyper = float | Array


class PlateauState(NamedTuple):
    """What `reduce_on_plateau` remembers of each run; all three have the shape of the metric.

    Attributes:
        best: the best metric so far.
        bad_epochs: epochs since then, or since the last reduction or the end of its cooldown.
        cooldown_left: epochs still to come in which nothing counts as bad.

    >>> _, state = reduce_on_plateau(0.1, 0.5)
    >>> float(state.best), int(state.bad_epochs), int(state.cooldown_left)
    (0.5, 0, 0)
    """

    best: Array
    bad_epochs: npt.NDArray[np.integer]
    cooldown_left: npt.NDArray[np.integer]


def constant(epoch: npt.ArrayLike, *, lr: Hyper) -> Array:
    """The same rate in every epoch: ``lr``.

    Args:
        epoch: >= 0, any shape.
        lr: learning rate, >= 0.

    Returns:
        the rate, in the shape of `epoch`.

    Raises:
        ValueError: for a negative epoch, or a negative or infinite rate.

    >>> constant([0, 1, 50], lr=0.1)
    array([0.1, 0.1, 0.1])
    """
    at = _checked(epoch, lr=lr)
    return lr * np.ones_like(at)


def step_decay(epoch: npt.ArrayLike, *, lr: Hyper, factor: Hyper = 0.5, step_size: Hyper = 10) -> Array:
    """A staircase: ``lr * factor ** floor(epoch / step_size)``.

    The rate drops *at* the multiples of `step_size`; epochs 0 to step_size - 1 are not decayed. Same as
    PyTorch's StepLR (gamma is our factor).

    Args:
        epoch: >= 0, any shape.
        lr: the rate of epoch 0, >= 0.
        factor: what one step multiplies the rate by, in (0, 1].
        step_size: epochs from one step to the next, >= 1.

    Returns:
        the rate, in the shape of `epoch`.

    Raises:
        ValueError: for a negative epoch, a negative or infinite rate, or a factor or step_size out of range.

    >>> step_decay([0, 9, 10, 19, 20], lr=0.8)
    array([0.8, 0.8, 0.4, 0.4, 0.2])
    """
    at = _checked(epoch, lr=lr, factor=factor, step_size=step_size)
    _check_factor("factor", factor)
    _require(np.asarray(step_size) >= 1, "step_size", step_size, ">= 1")
    rate: Array = lr * factor ** np.floor(at / step_size)
    return rate


def exponential_decay(epoch: npt.ArrayLike, *, lr: Hyper, gamma: Hyper = 0.95) -> Array:
    """The same share lost in every epoch: ``lr * gamma ** epoch``.

    `gamma` is what *remains* of the rate after one epoch, as in PyTorch's ExponentialLR. In the form
    ``lr * exp(-k * epoch)``, found in other courses, k is -log(gamma).

    Args:
        epoch: >= 0, any shape.
        lr: the rate of epoch 0, >= 0.
        gamma: what one epoch multiplies the rate by, in (0, 1].

    Returns:
        the rate, in the shape of `epoch`.

    Raises:
        ValueError: for a negative epoch, a negative or infinite rate, or a gamma out of range.

    >>> exponential_decay([0, 1, 2], lr=1.0, gamma=0.5)
    array([1.  , 0.5 , 0.25])
    """
    at = _checked(epoch, lr=lr, gamma=gamma)
    _check_factor("gamma", gamma)
    rate: Array = lr * gamma**at
    return rate


def cosine_decay(
    epoch: npt.ArrayLike, *, lr: Hyper, total: Hyper, warmup: Hyper = 0, min_lr: Hyper = 0.0
) -> Array:
    """Up a straight line, down half a cosine: ``min_lr + (lr - min_lr) * (1 + cos(pi * progress)) / 2``.

    ``progress = (epoch - warmup) / (total - warmup)`` goes from 0 to 1 and stays there, so the rate stays at
    min_lr from `total` on (PyTorch's CosineAnnealingLR rises again). Before `warmup` the rate is
    ``lr * (epoch + 1) / (warmup + 1)``: epoch 0 already learns, and epoch `warmup` is the first at the full
    rate. Optax warms up by ``epoch / warmup``, whose first step is idle.

    Args:
        epoch: >= 0, any shape.
        lr: the highest rate, >= 0.
        total: the epoch that reaches min_lr, > warmup.
        warmup: epochs before the full rate, >= 0.
        min_lr: the rate at the end, 0 <= min_lr <= lr.

    Returns:
        the rate, in the shape of `epoch`.

    Raises:
        ValueError: for a negative epoch, a negative or infinite rate, a negative warmup, a total that leaves no
            epoch after it, or a min_lr above lr.

    Reference:
        I. Loshchilov and F. Hutter, SGDR: stochastic gradient descent with warm restarts, 2017; the warm-up
        from P. Goyal et al., Accurate, large minibatch SGD: training ImageNet in 1 hour, 2017.

    >>> cosine_decay([0, 1, 2, 3, 6, 9, 12], lr=0.4, total=9, warmup=3)
    array([0.1, 0.2, 0.3, 0.4, 0.2, 0. , 0. ])
    """
    at = _checked(epoch, lr=lr, total=total, warmup=warmup, min_lr=min_lr)
    check_not_negative("warmup", warmup)
    check_not_negative("min_lr", min_lr)
    _require(np.asarray(min_lr) <= lr, "min_lr", min_lr, f"at most lr, {lr}")
    check_not_negative("total", total)
    _require(np.asarray(total) > warmup, "total", total, f"greater than warmup, {warmup}")
    progress = np.clip((at - warmup) / (np.asarray(total) - warmup), 0, 1)
    ramp = np.minimum((at + 1) / (np.asarray(warmup) + 1), 1)
    rate: Array = ramp * (min_lr + (lr - min_lr) * (1 + np.cos(np.pi * progress)) / 2)
    return rate


def reduce_on_plateau(
    lr: npt.ArrayLike,
    metric: npt.ArrayLike,
    state: PlateauState | None = None,
    *,
    mode: Literal["min", "max"] = "min",
    factor: Hyper = 0.1,
    patience: Hyper = 10,
    threshold: Hyper = 1e-4,
    threshold_mode: Literal["rel", "abs"] = "rel",
    cooldown: Hyper = 0,
    min_lr: Hyper = 0.0,
) -> tuple[Array, PlateauState]:
    """Lower the rate when the metric has stopped improving: ``lr <- max(factor * lr, min_lr)``.

    Called once an epoch, after the metric is known. An epoch is bad unless its metric beats the best so far by
    the threshold; nan is always bad. The rate falls in the epoch in which the count of bad epochs *exceeds*
    `patience`, and the count starts afresh. Then come `cooldown` epochs in which none is counted as bad, while
    the best is still kept up to date.

    Same as PyTorch's ReduceLROnPlateau with eps=0; its default, eps=1e-8, leaves out reductions smaller than
    that. Keras reduces one epoch earlier, when the count *reaches* patience.

    With threshold_mode "rel" an improvement is a metric below ``best * (1 - threshold)``, in mode "max" above
    ``best * (1 + threshold)``; with "abs" below ``best - threshold``, or above ``best + threshold``. Take "abs"
    for a metric that can be negative: (1 - threshold) of a negative number is a *larger* one.

    Args:
        lr: the rate of this epoch, >= 0: a number, or one for each run.
        metric: what to watch, such as the validation loss: a number, or an array with one for each run.
        state: what was returned the epoch before; None in the first.
        mode: "min" for a metric that should fall, "max" for one that should rise.
        factor: what a reduction multiplies the rate by, in (0, 1).
        patience: bad epochs that are put up with, >= 0.
        threshold: the least change that counts as better, >= 0, and < 1 if relative.
        threshold_mode: "rel" or "abs".
        cooldown: epochs of rest after a reduction, >= 0.
        min_lr: no reduction goes below, >= 0.

    Returns:
        the rate of the next epoch and what to remember, each in the shape of `metric`.

    Raises:
        ValueError: for a number out of range, a mode that does not exist, shapes that differ, or a state of
            another kind.

    >>> lr, state = 0.8, None
    >>> for loss in [3.0, 2.0, 2.0, 2.0, 2.0]:
    ...     lr, state = reduce_on_plateau(lr, loss, state, factor=0.5, patience=1)
    ...     print(lr, state.bad_epochs)
    0.8 0
    0.8 0
    0.8 1
    0.4 0
    0.4 1
    """
    _check_one_of("mode", mode, "min", "max")
    _check_one_of("threshold_mode", threshold_mode, "rel", "abs")
    share = real("factor", factor)
    _require((share > 0) & (share < 1), "factor", factor, "in (0, 1)")
    rate, now, before = _checked_runs(lr, metric, state, mode)
    limits = {"patience": patience, "threshold": threshold, "cooldown": cooldown, "min_lr": min_lr}
    for name, value in limits.items():
        check_not_negative(name, value)
    if threshold_mode == "rel":
        _require(np.asarray(threshold) < 1, "threshold", threshold, "below 1 when it is relative")
    check_for_runs("metric", now, factor=factor, **limits)
    better = _is_better(now, before.best, mode, threshold, threshold_mode)
    cooling = before.cooldown_left > 0
    bad_epochs = np.where(better | cooling, 0, before.bad_epochs + 1)
    reduced = bad_epochs > patience
    # A rate that started below min_lr is not raised to it.
    lower = np.minimum(rate, np.maximum(factor * rate, min_lr))
    after = PlateauState(
        best=np.where(better, now, before.best),
        bad_epochs=np.where(reduced, 0, bad_epochs),
        cooldown_left=np.where(reduced, cooldown, before.cooldown_left - cooling),
    )
    return np.where(reduced, lower, rate), after


def _is_better(
    now: Array, best: Array, mode: str, threshold: Hyper, threshold_mode: str
) -> npt.NDArray[np.bool_]:
    sign = 1 if mode == "max" else -1
    bar = best * (1 + sign * threshold) if threshold_mode == "rel" else best + sign * threshold
    return np.asarray(now > bar if mode == "max" else now < bar)


def _checked_runs(
    lr: npt.ArrayLike, metric: npt.ArrayLike, state: PlateauState | None, mode: str
) -> tuple[Array, Array, PlateauState]:
    rate, now = real("lr", lr).astype(float), real("metric", metric).astype(float)
    check_not_negative("lr", rate)
    if rate.shape not in ((), now.shape):
        raise ValueError(f"lr must be one number or have the shape of metric, {now.shape}, got {rate.shape}.")
    if state is None:
        worst = -np.inf if mode == "max" else np.inf
        none = np.zeros(now.shape, dtype=int)
        return rate, now, PlateauState(np.full(now.shape, worst), none, none)
    if not isinstance(state, PlateauState):
        raise ValueError(
            f"state must be a PlateauState, or None in the first epoch, got {type(state).__name__}."
        )
    if np.shape(state.best) != now.shape:
        raise ValueError(
            f"metric must have the shape it had in the epoch before, {np.shape(state.best)}, got {now.shape}."
        )
    return rate, now, state


def _checked(epoch: npt.ArrayLike, **hypers: Hyper) -> Array:
    at = real("epoch", epoch).astype(float)
    check_not_negative("epoch", at)
    check_not_negative("lr", hypers["lr"])
    shapes = {name: real(name, value).shape for name, value in hypers.items()}
    try:
        np.broadcast_shapes(at.shape, *shapes.values())
    except ValueError:
        wide = ", ".join(f"{name} {shape}" for name, shape in shapes.items() if shape)
        raise ValueError(
            f"epoch of shape {at.shape} and the numbers of the schedule do not broadcast against each other; "
            f"they have the shapes {wide}. To give each run a rate of its own, add a last axis of length 1: "
            "lr[..., None]."
        ) from None
    return at


def _check_one_of(name: str, value: str, one: str, other: str) -> None:
    _require(value in (one, other), name, repr(value), f"{one!r} or {other!r}")


def _check_factor(name: str, value: Hyper) -> None:
    _require((np.asarray(value) > 0) & (np.asarray(value) <= 1), name, value, "in (0, 1]")


def _require(holds: npt.ArrayLike, name: str, value: object, wanted: str) -> None:
    if not np.all(holds):
        raise ValueError(f"{name} must be {wanted}, got {value}.")
