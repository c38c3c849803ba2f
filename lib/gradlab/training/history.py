"""What a training leaves behind."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array
from gradlab.network import Averages


class History(NamedTuple):
    """What a training did; leading axes (...) are its runs.

    Losses are those of the data alone, without penalties, so that runs of different strengths can be compared
    with each other and with the validation loss. They are taken as at test time: dropout is off, and batch norm
    uses its running averages.

    Attributes:
        params: the parameters at the end, or with early stopping those of `best_epoch`, shape (..., n_params).
        state: what the rule remembers at the end; pass it to `fit` with `params` to go on. With early stopping it
            belongs to the last step, not to `best_epoch`: go on from None.
        loss: mean loss on all the training data before the first epoch and after each, shape (epochs + 1, ...).
            Early stopping may leave fewer epochs.
        accuracy: share of the validation data that is classified correctly at the same times, shape
            (epochs + 1, ...); None without validation data or without classes.
        validation_loss: mean loss on the validation data at the same times; None without it.
        lr: the learning rate of each epoch, shape (epochs, ...), float64; None for a rule that is not given lr.
            Where every weight has a rate of its own, (epochs, ..., n_params).
        averages: the running averages of batch norm that go with `params`; () without batch norm.
        best_epoch: the epoch that `params` come from, counted from 1, or 0 for the start, shape (...); None
            without early stopping.

    >>> from gradlab.network import MLP
    >>> from gradlab.optimizers import adam
    >>> from gradlab.training import fit
    >>> network, rng = MLP((2, 2)), np.random.default_rng(0)
    >>> history = fit(network, np.zeros(6), np.eye(2), [0, 1], adam, epochs=2, batch_size=2, rng=rng, lr=0.1)
    >>> history.loss.round(3), history.lr, history.state.step
    (array([0.693, 0.598, 0.513]), array([0.1, 0.1]), 2)
    """

    params: Array
    state: Any
    loss: Array
    accuracy: npt.NDArray[np.float64] | None
    validation_loss: Array | None = None
    lr: Array | None = None
    averages: Averages = ()
    best_epoch: npt.NDArray[np.integer] | None = None
