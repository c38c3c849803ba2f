"""A gradient that counts its calls: what a training costs, whatever rule it follows."""

import copy
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array
from gradlab.network import MLP, Averages
from gradlab.network.activations import ACTIVATIONS
from gradlab.network.architecture import layout
from gradlab.network.losses import log_softmax
from gradlab.network.propagation import Layer, backward, forward_in_training

Params = list[Array]
Refusal = Literal["", "budget", "batch", "params"]


class BudgetSpent(RuntimeError):  # noqa: N818 (it says what happened)
    """Asked for one gradient more than the budget holds.

    >>> try:
    ...     gradient = MeteredGradient(MLP((2, 2)), np.eye(2), [0, 1], budget=1)
    ...     while True:
    ...         loss, _ = gradient(gradient.start(np.random.default_rng(0)), [0])
    ... except BudgetSpent:
    ...     len(gradient.losses)
    1
    """


class MeteredGradient:
    """The loss of a network and its gradient on a batch of examples, `budget` times and not once more.

    Called as ``loss, grads = gradient(params, batch)``. Here the parameters are a list of arrays,
    ``[W1, b1, W2, b2, ...]``, with gamma and beta after the b of a hidden layer under batch norm, and so are
    the gradients. A batch is an array of indices: the examples themselves are nobody's but the meter's.

    Attributes:
        network: what is trained.
        n: the number of examples; their indices are 0 to n - 1.
        budget: calls that are answered.
        largest_batch: examples that a batch may hold.
        batches: the batches of the calls so far, in order.
        losses: their losses.
        refused: why a call was refused, if one was: "budget", "batch" or "params"; else an empty string.
        averages: the running averages of batch norm; () without it.

    >>> network = MLP((2, 3, 2), "relu")
    >>> gradient = MeteredGradient(network, np.eye(2), [0, 1], budget=1)
    >>> params = gradient.start(np.random.default_rng(0))
    >>> [array.shape for array in params]
    [(2, 3), (3,), (3, 2), (2,)]
    >>> loss, grads = gradient(params, np.array([0, 1]))
    >>> gradient(params, np.array([0]))
    Traceback (most recent call last):
    gradlab.training.metered.BudgetSpent: The budget of 1 gradients is spent. Count your calls and stop in time.
    """

    __name__ = "gradient"

    def __init__(
        self,
        network: MLP,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        budget: int,
        largest_batch: int = 32,
        rng: np.random.Generator | None = None,
    ) -> None:
        """Take the network, its training data, and how much may be asked.

        Args:
            network: a classifier.
            X: inputs, shape (n, sizes[0]).
            y: labels, shape (n,).
            budget: calls that are answered, >= 1.
            largest_batch: examples that a batch may hold, >= 1.
            rng: where dropout's randomness comes from; not needed without it.

        Raises:
            ValueError: for data that does not fit the network, a network that is no classifier, or a budget or
                batch below 1.
        """
        if network.criterion != "cross_entropy":
            raise ValueError(
                f"The network must be a classifier, with cross-entropy; got {network.criterion}."
            )
        if min(budget, largest_batch) < 1:
            raise ValueError(f"budget and largest_batch must be >= 1, got {budget} and {largest_batch}.")
        if network.dropout > 0 and rng is None:
            raise ValueError("Dropout draws the units that it drops: pass rng=np.random.default_rng(seed).")
        self.network, self.budget, self.largest_batch = network, budget, largest_batch
        self._inputs = network.inputs(np.zeros(network.n_params), X)
        self._targets = network.targets(y, (self.n, network.sizes[-1]), float)
        self._rng = rng
        self._shapes = [part.shape for part in layout(tuple(network.sizes), network.batch_norm)]
        self.batches: list[npt.NDArray[np.int64]] = []
        self.losses: list[float] = []
        self.refused: Refusal = ""
        self.averages: Averages = network.init_averages(dtype=np.float64)

    @property
    def n(self) -> int:
        """The number of examples.

        >>> MeteredGradient(MLP((2, 2)), np.eye(2), [0, 1], budget=1).n
        2
        """
        return int(self._inputs.shape[0])

    def start(self, rng: np.random.Generator, **options: Any) -> Params:
        """Parameters to start from, as `MLP.init` makes them, in the form of a list.

        Args:
            rng: where the randomness comes from.
            **options: passed to `MLP.init`.

        >>> gradient = MeteredGradient(MLP((2, 2)), np.eye(2), [0, 1], budget=1)
        >>> [array.shape for array in gradient.start(np.random.default_rng(0))]
        [(2, 2), (2,)]
        """
        flat = self.network.init(rng, **{"dtype": np.float64, **options})
        return [part.copy() for part in self.network.views(flat).values()]

    # A run that diverges ends in inf and nan. That is a result, not an accident to warn about.
    @np.errstate(over="ignore", invalid="ignore")
    def __call__(self, params: Params, batch: npt.ArrayLike) -> tuple[float, Params]:
        """The mean loss of the batch and its gradient, a list of arrays like the parameters.

        Raises:
            BudgetSpent: when as many calls as the budget holds have been answered.
            ValueError: for parameters of other shapes than the network's, or a batch that is too large, empty, or
                names examples that there are not.
        """
        if len(self.batches) >= self.budget:
            self.refused = "budget"
            raise BudgetSpent(
                f"The budget of {self.budget} gradients is spent. Count your calls and stop in time."
            )
        indices = self._checked_batch(batch)
        layers = self._layers(self._checked_params(params))
        f = ACTIVATIONS[self.network.activation]
        passed = forward_in_training(
            layers,
            self._inputs[indices],
            f,
            averages=self.averages,
            dropout=self.network.dropout,
            rng=self._rng,
        )
        # Cross-entropy and its gradient, from one softmax instead of two.
        targets, log_p = self._targets[indices], log_softmax(passed.outputs)
        loss = -float(np.sum(targets * log_p)) / indices.size
        delta = (np.exp(log_p) - targets) / indices.size
        grads: Params = [np.empty(part.shape) for part in params]
        backward(layers, passed, delta, f, into=self._layers(grads), dropout=self.network.dropout)
        self.averages = passed.averages
        self.batches.append(indices)
        self.losses.append(loss)
        return loss, grads

    @np.errstate(over="ignore", invalid="ignore")
    def accuracy(self, params: Params, X: npt.ArrayLike, y: npt.ArrayLike) -> float:
        """The share of other examples that is classified correctly, at test time and free of charge.

        Args:
            params: a list of arrays.
            X: inputs, shape (m, sizes[0]).
            y: labels, shape (m,).

        Raises:
            ValueError: for parameters of other shapes than the network's, or data that does not fit it.

        >>> gradient = MeteredGradient(MLP((2, 2)), np.eye(2), [0, 1], budget=1)
        >>> gradient.accuracy([np.eye(2), np.zeros(2)], [[3, 1], [2, 1]], [0, 1])
        0.5
        """
        flat = np.concatenate([np.ravel(part) for part in self._checked_params(params)])
        return float(self.network.accuracy(flat, X, y, self.averages))

    def __deepcopy__(self, memo: dict[int, Any]) -> "MeteredGradient":
        """A meter of its own on the same data, which is never written to."""
        twin = copy.copy(self)
        twin.batches, twin.losses = list(self.batches), list(self.losses)
        twin._rng = copy.deepcopy(self._rng, memo)
        return twin

    def _layers(self, params: Params) -> list[Layer]:
        parts = iter(params)
        hidden = 4 if self.network.batch_norm else 2
        sizes = [*[hidden] * (len(self.network.sizes) - 2), 2]
        return [Layer(*(next(parts) for _ in range(size))) for size in sizes]

    def _checked_params(self, params: Params) -> Params:
        got = [np.shape(part) for part in params]
        if got != self._shapes:
            self.refused = "params"
            raise ValueError(f"params must be a list of arrays of the shapes {self._shapes}, got {got}.")
        return params

    def _checked_batch(self, batch: npt.ArrayLike) -> npt.NDArray[np.int64]:
        indices = np.asarray(batch)
        if indices.ndim != 1 or indices.dtype.kind not in "iu":
            problem = f"must be an array of whole numbers of shape (m,), got {indices.dtype} of shape {indices.shape}"
        elif not 1 <= indices.size <= self.largest_batch:
            problem = f"must hold 1 to {self.largest_batch} examples, got {indices.size}"
        elif indices.min() < 0 or indices.max() >= self.n:
            problem = f"must lie in 0 to {self.n - 1}, got {indices.min()} to {indices.max()}"
        else:
            return indices.astype(np.int64)  # a copy, in case the caller goes on to write into theirs
        self.refused = "batch"
        raise ValueError(f"A batch {problem}.")
