"""The best epoch of each run so far, and which runs have stopped."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array
from gradlab.network import Averages
from gradlab.normalization import BatchNormState
from gradlab.regularizers import Mask, StoppingState

Stopping = Callable[[Array, Any], tuple[Mask, StoppingState]]


class Best(NamedTuple):
    """What each run goes back to.

    Attributes:
        params: the parameters of its best epoch, shape (..., n_params).
        averages: the running averages that go with them.
        epoch: which epoch that was, counted from 1; 0 for the start. Shape (...).
        stopped: whether the run has stopped, shape (...).
        state: what `early_stopping` remembers.

    >>> best = start_of(np.zeros((2, 3)), ())
    >>> best.epoch, best.stopped
    (array([0, 0]), array([False, False]))
    """

    params: Array
    averages: Averages
    epoch: npt.NDArray[np.integer]
    stopped: Mask
    state: StoppingState | None = None


def start_of(params: Array, averages: Averages) -> Best:
    """The start is the best so far.

    >>> start_of(np.zeros((2, 3)), ()).stopped
    array([False, False])
    """
    runs = params.shape[:-1]
    return Best(params.copy(), averages, np.zeros(runs, dtype=int), np.zeros(runs, dtype=bool))


def after_epoch(
    best: Best,
    early_stopping: Stopping,
    *,
    epoch: int,
    params: Array,
    averages: Averages,
    metric: Array,
) -> Best:
    """What is best, and who stops, once the metric of an epoch is known.

    Args:
        best: after the epoch before.
        early_stopping: (metric, state) -> (stop, StoppingState), which has 0 bad epochs where the metric is best.
        epoch: counted from 1.
        params: the parameters after the epoch, shape (..., n_params).
        averages: the running averages after the epoch.
        metric: that of each run, shape (...).

    >>> from gradlab.regularizers import early_stopping
    >>> start = start_of(np.zeros((2, 3)), ())
    >>> after_epoch(start, early_stopping, epoch=1, params=np.ones((2, 3)), averages=(),
    ...             metric=np.array([0.5, np.nan])).params
    array([[1., 1., 1.],
           [0., 0., 0.]])
    """
    stop, state = early_stopping(metric, best.state)
    better = np.asarray(state.bad_epochs == 0) & ~best.stopped
    kept, kept_averages = merged(better, params, averages, best.params, best.averages)
    return Best(kept, kept_averages, np.where(better, epoch, best.epoch), best.stopped | stop, state)


def merged(
    which: Mask, params: Array, averages: Averages, other_params: Array, other_averages: Averages
) -> tuple[Array, Averages]:
    """Parameters and running averages of the runs where `which` is True, the others' elsewhere.

    >>> merged(np.array([True, False]), np.ones((2, 1)), (), np.zeros((2, 1)), ())[0]
    array([[1.],
           [0.]])
    """
    rows = which[..., None]
    return np.where(rows, params, other_params), tuple(
        BatchNormState(np.where(rows, here.mean, there.mean), np.where(rows, here.var, there.var))
        for here, there in zip(averages, other_averages, strict=True)
    )
