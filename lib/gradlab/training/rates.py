"""The learning rate of each epoch: the same one, one that a schedule gives, or one that falls on a plateau."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array, fits

Schedule = Callable[[int], float | Array]
Plateau = Callable[[Array, Array, Any], tuple[Array, Any]]


class Rates:
    """The learning rate of a training, epoch by epoch.

    Attributes:
        hyper: the hyper-parameters of the next step, with the rate among them where there is one.

    >>> rates = Rates({}, np.zeros(3), schedule=lambda epoch: 0.1 / (1 + epoch))
    >>> rates.hyper, rates.change(0), rates.change(1)
    ({'lr': 0.1}, None, 0.05)
    """

    def __init__(
        self,
        hyper: Mapping[str, Any],
        params: Array,
        schedule: Schedule | None = None,
        plateau: Plateau | None = None,
    ) -> None:
        """Find the first rate.

        Args:
            hyper: the hyper-parameters of the rule; with `plateau`, lr among them.
            params: shape (..., n_params).
            schedule: epoch, counted from 0 -> rate.
            plateau: (rate, metric, state) -> (rate, state), each with a number for every run.

        Raises:
            ValueError: for a rate that is given twice, or not at all, or hyper-parameters that do not broadcast.
        """
        if schedule is not None and (plateau is not None or "lr" in hyper):
            other = "plateau" if plateau is not None else "lr"
            raise ValueError(
                f"schedule and {other} would each set the learning rate: give one of them. A schedule knows its "
                "rate: functools.partial(cosine_decay, lr=0.1, total=50)."
            )
        if plateau is not None and "lr" not in hyper:
            raise ValueError("plateau lowers the learning rate from where it starts: pass lr as well.")
        self.hyper = dict(hyper) if schedule is None else {**hyper, "lr": schedule(0)}
        check_broadcasts(self.hyper, params)
        self._params, self._schedule, self._plateau = params, schedule, plateau
        self._plateau_state: Any = None
        self._recorded: list[Array] = []
        if plateau is not None:
            self._set_of_runs(self._of_each(self.hyper["lr"]))

    def change(self, epoch: int) -> float | Array | None:
        """The rate of an epoch, counted from 0, if it may differ from that of the epoch before; else None.

        Raises:
            ValueError: for a rate that does not broadcast to the parameters.

        >>> rates = Rates({}, np.zeros(3), schedule=lambda epoch: 0.1 / (1 + epoch))
        >>> [rates.change(epoch) for epoch in range(3)]
        [None, 0.05, 0.03333333333333333]
        """
        changed: float | Array | None = None
        if epoch > 0 and self._schedule is not None:
            self.hyper = {**self.hyper, "lr": self._schedule(epoch)}
            check_broadcasts(self.hyper, self._params)
        if epoch > 0 and (self._schedule is not None or self._plateau is not None):
            changed = self.hyper["lr"]
        if "lr" in self.hyper:
            self._recorded.append(self._of_each(self.hyper["lr"]))
        return changed

    def hear(self, metric: Array) -> None:
        """Take note of what the epoch led to, a number for each run.

        >>> def halve(rate, metric, state):
        ...     return rate / 2, state
        >>> rates = Rates({"lr": 0.1}, np.zeros(3), plateau=halve)
        >>> rates.hear(np.array(1.0))
        >>> float(rates.change(1))
        0.05
        """
        if self._plateau is not None:
            rate, self._plateau_state = self._plateau(
                self._of_each(self.hyper["lr"]), metric, self._plateau_state
            )
            self._set_of_runs(np.asarray(rate))

    def recorded(self) -> Array | None:
        """The rates of all epochs so far, shape (epochs, ...); None if there is none.

        >>> rates = Rates({"lr": 0.1}, np.zeros(3))
        >>> for epoch in range(2):
        ...     rates.change(epoch)
        >>> rates.recorded()
        array([0.1, 0.1])
        """
        if "lr" not in self.hyper:
            return None
        return np.array(self._recorded).reshape(-1, *self._of_each(self.hyper["lr"]).shape)

    def _set_of_runs(self, rate: Array) -> None:
        self.hyper = {**self.hyper, "lr": rate[..., None] if rate.ndim else rate}

    def _of_each(self, rate: npt.ArrayLike) -> Array:
        # A rate for each run, shape (...); or for each weight of each run, where they differ.
        shape, per_weight = self._params.shape, np.shape(rate)[-1:] not in {(), (1,)}
        if per_weight and self._plateau is not None:
            raise ValueError(
                f"plateau lowers one rate for each run, but lr has shape {np.shape(rate)}, a rate for each weight."
            )
        full = np.broadcast_to(np.asarray(rate, dtype=float), shape)
        return full if per_weight else full[..., 0]


def check_broadcasts(hyper: Mapping[str, Any], params: Array) -> None:
    """Refuse hyper-parameters that do not broadcast to the parameters.

    Raises:
        ValueError: naming the first that does not.

    >>> check_broadcasts({"lr": np.ones(5)}, np.zeros((5, 43)))
    Traceback (most recent call last):
    ValueError: lr has shape (5,), which does not broadcast to params, (5, 43). To give each run its own lr, add a last axis of length 1: lr[..., None].
    """
    for name, value in hyper.items():
        if isinstance(value, np.ndarray | list) and not fits(np.shape(value), params.shape):
            raise ValueError(
                f"{name} has shape {np.shape(value)}, which does not broadcast to params, {params.shape}. "
                f"To give each run its own {name}, add a last axis of length 1: {name}[..., None]."
            )
