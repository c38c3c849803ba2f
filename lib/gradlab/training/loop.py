"""The loop: train a network with an update rule, in mini-batches, many runs at once."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array, check_generator
from gradlab.data import minibatches
from gradlab.descent import Rule
from gradlab.network import MLP, Averages
from gradlab.training.best import Best, Stopping, after_epoch, merged, start_of
from gradlab.training.history import History
from gradlab.training.rates import Plateau, Rates, Schedule, check_broadcasts
from gradlab.training.steps import gradients_of, penalties, walker_of


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
    averages: Averages | None = None,
    validation: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    schedule: Schedule | None = None,
    plateau: Plateau | None = None,
    early_stopping: Stopping | None = None,
    l2: float | Array = 0.0,
    l1: float | Array = 0.0,
    progress: bool = False,
    callback: Callable[[int, Array, Array], None] | None = None,
    **hyper: Any,
) -> History:
    """Train `network` for `epochs` passes over the data, all runs in step with each other.

    Every step is ``params, state = rule(params, gradient, state, **hyper)`` with the mean gradient of a
    mini-batch. All runs see the same mini-batches in the same order, so that they differ in nothing but their
    start and their hyper-parameters (and the units that dropout drops).

    Args:
        network: what to train.
        params: where to start, shape (..., n_params), from `network.init`. Not changed.
        X: the inputs, shape (n, d), or (..., n, d) with data of its own for each run.
        y: the labels, shape (n,) or (..., n); for squared error the numbers, see `MLP`.
        rule: ``rule(params, grad, state, **hyper) -> (params, state)``: from `gradlab.optimizers`, or yours.
        epochs: passes over the data, >= 0.
        batch_size: examples in a mini-batch, >= 1; the last one of an epoch may be smaller.
        rng: where the shuffles come from, and dropout's masks.
        state: what the rule remembers before the first step. The library's rules take None as zero; give your
            own ``np.zeros_like(params)``. Not changed.
        averages: the running averages of batch norm to go on from; None for mean 0 and variance 1.
        validation: inputs and labels for `History.accuracy` and `History.validation_loss`.
        schedule: the rate as a function of the epoch, counted from 0, in place of lr:
            ``functools.partial(cosine_decay, lr=0.1, total=50)``.
        plateau: the rate as a function of the loss: ``functools.partial(reduce_on_plateau, patience=3)``. Called
            after each epoch as plateau(rate, loss, state) -> (rate, state) with the validation loss of each run,
            or the training loss where there is no validation data. lr is the rate to start from.
        early_stopping: when to give up: ``functools.partial(early_stopping, patience=5)`` from
            `gradlab.regularizers`. Called after each epoch as early_stopping(validation loss, state) ->
            (stop, state). A run that stops goes back to its best epoch and stays there while others go on, and
            in the end every run goes back to its best.
        l2: strength of the penalty ``0.5 * l2 * sum(w ** 2)`` over the weights, not biases, gamma and beta; >= 0.
        l1: strength of the penalty ``l1 * sum(|w|)``, likewise.
        progress: whether to show a bar, in a terminal or a notebook, with the lowest loss of the runs.
        callback: called as callback(epoch, params, loss) after each epoch, counted from 1.
        **hyper: passed to the rule. As everywhere in this library, arrays must broadcast to `params`: rates
            of shape (runs, 1) give each of the runs its own; l2 and l1 may do the same.

    Returns:
        a History. A run that diverges ends in inf or nan, without warnings, and leaves the others alone.

    Raises:
        ValueError: for data that does not fit the network, inputs that are not finite, hyper-parameters that
            do not broadcast, options that exclude each other, or a rule that does not return (params, state).

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
    if averages is None and isinstance(params, np.ndarray):
        averages = network.init_averages(params.shape[:-1], dtype=params.dtype)
    losses = [network.loss(params, X, y, averages)]
    held_out = [network.evaluate(params, *validation, averages)] if validation else []
    inputs = network.inputs(params, X)
    check_generator(rng)
    _check_options(network, inputs.shape[-2], epochs, batch_size)
    if not np.all(np.isfinite(inputs)):
        raise ValueError(
            "X must be finite, but holds inf or nan: every weight would become nan in the first step."
        )
    if early_stopping is not None and validation is None:
        raise ValueError("early_stopping watches the validation loss: pass validation=(inputs, labels).")
    check_broadcasts({"l2": l2, "l1": l1}, params)
    added = penalties(network, l2=l2, l1=l1)
    rates = Rates(hyper, params, schedule, plateau)
    walker = walker_of(rule, params, rates.hyper, state)
    gradients = gradients_of(network, walker.params, inputs, y, averages=averages or (), rng=rng)
    best: Best = start_of(walker.params, gradients.averages)
    with np.errstate(over="ignore", invalid="ignore"), _bar(epochs, shown=progress) as advance:
        for epoch in range(1, epochs + 1):
            lr = rates.change(epoch - 1)
            for batch in minibatches(inputs.shape[-2], batch_size, rng):
                gradient = gradients.backpropagate(batch)
                for penalty_gradient, lam in added:
                    gradient = gradient + penalty_gradient(walker.params, lam=lam)
                walker.step(gradient, lr)
                lr = None
            if best.stopped.any():
                walker.params[...], gradients.averages = merged(
                    best.stopped, best.params, best.averages, walker.params, gradients.averages
                )
            losses.append(gradients.loss())
            if validation:
                held_out.append(network.evaluate(walker.params, *validation, gradients.averages))
            advance(losses[-1])
            if callback is not None:
                callback(epoch, walker.params.copy(), losses[-1])
            watched = held_out[-1].loss if validation else losses[-1]
            rates.hear(watched)
            if early_stopping is not None:
                best = after_epoch(
                    best,
                    early_stopping,
                    epoch=epoch,
                    params=walker.params,
                    averages=gradients.averages,
                    metric=watched,
                )
            if best.stopped.all():
                break
    accuracies = [each.accuracy for each in held_out if each.accuracy is not None]
    return History(
        params=walker.params if early_stopping is None else best.params,
        state=walker.state,
        loss=np.stack(losses),
        accuracy=np.stack(accuracies) if accuracies else None,
        validation_loss=np.stack([each.loss for each in held_out]) if validation else None,
        lr=rates.recorded(),
        averages=gradients.averages if early_stopping is None else best.averages,
        best_epoch=None if early_stopping is None else best.epoch,
    )


def _check_options(network: MLP, examples: int, epochs: int, batch_size: int) -> None:
    if epochs < 0:
        raise ValueError(f"epochs must be >= 0, got {epochs}.")
    if batch_size < 1:
        raise ValueError(f"batch_size must be >= 1, got {batch_size}.")
    if network.batch_norm and 1 in {batch_size, examples, examples % batch_size}:
        raise ValueError(
            f"With {examples} examples and batch_size={batch_size} a batch of one would occur, which has no variance "
            "for batch norm to divide by: choose another batch_size."
        )


@contextlib.contextmanager
def _bar(epochs: int, *, shown: bool) -> Iterator[Callable[[Array], None]]:
    """A progress bar, as a function to call with the losses of the runs after each epoch."""
    if not shown:
        yield lambda _losses: None
        return
    # Not at the top: a third of a second that only this option is worth.
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (TextColumn("epoch"), MofNCompleteColumn(), BarColumn(), TextColumn("{task.description}"))
    with Progress(*columns, TimeElapsedColumn()) as bar:
        task = bar.add_task("", total=epochs)

        def advance(losses: Array) -> None:
            # fmin: a run that has diverged is nan, and does not hide the others.
            bar.update(task, advance=1, description=f"loss {np.fmin.reduce(losses, axis=None):.4g}")

        yield advance
