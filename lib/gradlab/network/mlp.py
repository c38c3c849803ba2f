"""The multilayer perceptron: what it computes."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array
from gradlab.network.activations import ACTIVATIONS, Activation
from gradlab.network.architecture import Architecture
from gradlab.network.arguments import checked_inputs, checked_params
from gradlab.network.losses import CRITERIA, Criterion
from gradlab.network.propagation import (
    Averages,
    Forward,
    backward,
    forward_at_test_time,
    forward_in_training,
)
from gradlab.normalization import BatchNormState


class Evaluation(NamedTuple):
    """The loss of each run, shape (...), and the share of examples that are classified correctly.

    `accuracy` is None for squared error, where there are no classes.

    >>> network = MLP((2, 2))
    >>> network.evaluate(np.zeros(6), np.eye(2), [0, 1]).loss.round(4)
    np.float64(0.6931)
    """

    loss: Array
    accuracy: npt.NDArray[np.float64] | None


@dataclass(frozen=True)
class MLP(Architecture):
    """A network: ``h <- f(h W + b)`` for each hidden layer, then ``h W + b``.

    The network holds no parameters. They are passed in as one array of shape (..., n_params): W and b of the
    first layer, W and b of the second, and so on, each W of shape (fan_in, fan_out) row by row. Leading axes
    are independent runs. Inputs X have shape (n, sizes[0]), the same for all runs, or (..., n, sizes[0]) with
    leading axes that broadcast to those of the parameters. Everything is computed in the dtype of the
    parameters.

    With batch norm a hidden layer is ``f(batchnorm(h W + b))``; its gamma and beta follow b in the parameters, and
    b itself has no effect, because the mean of the batch takes it off again. Training uses the mean and variance
    of the batch. Everything else uses *running averages*, which `forward` returns and the other methods take as
    `averages`. With dropout, training drops outputs of the hidden layers; everything else keeps them all.

    Attributes:
        sizes: units of the input, of each hidden layer and of the output.
        activation: f, one of "tanh", "relu", "sigmoid", "identity". The slope of relu at 0 is 0.
        criterion: "cross_entropy" for a classifier: softmax of the outputs, labels y of shape (n,) or (..., n).
            "squared_error" for numbers: y of shape (n, sizes[-1]) or (..., n, sizes[-1]), where a single output
            may leave the last axis out.
        dropout: the probability of *dropping* a hidden unit in training, in [0, 1).
        batch_norm: whether the hidden layers are normalised.

    >>> network = MLP((64, 32, 10))
    >>> params = network.init(np.random.default_rng(0), runs=(5,))
    >>> params.shape, params.dtype
    ((5, 2410), dtype('float32'))
    >>> network.logits(params, np.ones((7, 64))).shape
    (5, 7, 10)
    """

    # A run that diverges ends in inf and nan. That is a result, not an accident to warn about.
    @np.errstate(over="ignore", invalid="ignore")
    def logits(self, params: Array, X: npt.ArrayLike, averages: Averages | None = None) -> Array:
        """The values of the last layer, for cross-entropy the scores before softmax: (..., n, sizes[-1]).

        Args:
            params: shape (..., n_params).
            X: shape (n, sizes[0]) or (..., n, sizes[0]).
            averages: the running averages that training ended with, which batch norm needs.

        Raises:
            ValueError: for parameters or inputs of the wrong width, no examples, or missing averages.

        >>> MLP((2, 1)).logits(np.array([1.0, 10.0, 0.5]), [[1, 2]])
        array([[21.5]])
        """
        inputs, running = self.inputs(params, X), self._checked_averages(averages)
        return forward_at_test_time(self.layers(params), inputs, self._f, running)

    def predict(self, params: Array, X: npt.ArrayLike, averages: Averages | None = None) -> npt.NDArray[Any]:
        """The class of the highest score, shape (..., n); for squared error the outputs themselves.

        Those have the shape (..., n, sizes[-1]), or (..., n) where there is one output.

        >>> MLP((2, 2)).predict(np.array([1.0, 0, 0, 1, 0, 0]), [[3, 4], [2, 1]])
        array([1, 0])
        """
        outputs = self.logits(params, X, averages)
        if self.criterion == "cross_entropy":
            return np.asarray(np.argmax(outputs, axis=-1))
        return outputs[..., 0] if self.sizes[-1] == 1 else outputs

    @np.errstate(over="ignore", invalid="ignore")
    def loss(
        self, params: Array, X: npt.ArrayLike, y: npt.ArrayLike, averages: Averages | None = None
    ) -> Array:
        """The loss of each run at test time, the mean over the examples, shape (...).

        Raises:
            ValueError: for arrays that do not fit the network, labels out of range, no examples, or missing
                averages.

        All classes equally likely cost log(10):

        >>> network = MLP()
        >>> network.loss(np.zeros(network.n_params), np.ones((1, 64)), [3]).round(4)
        np.float64(2.3026)
        """
        outputs = self.logits(params, X, averages)
        return self._loss.value(outputs, self.targets(y, outputs.shape, outputs.dtype))

    def accuracy(
        self, params: Array, X: npt.ArrayLike, y: npt.ArrayLike, averages: Averages | None = None
    ) -> npt.NDArray[np.float64]:
        """The share of examples whose class is predicted, 0 to 1, for each run: shape (...).

        Raises:
            ValueError: as `loss`, and for a network without classes.

        >>> MLP((2, 2)).accuracy(np.array([1.0, 0, 0, 1, 0, 0]), [[3, 4], [2, 1]], [1, 1])
        np.float64(0.5)
        """
        share = self.evaluate(params, X, y, averages).accuracy
        if share is None:
            raise ValueError("Accuracy counts right classes, and squared error has none; look at the loss.")
        return share

    @np.errstate(over="ignore", invalid="ignore")
    def evaluate(
        self, params: Array, X: npt.ArrayLike, y: npt.ArrayLike, averages: Averages | None = None
    ) -> Evaluation:
        """Loss and accuracy at test time, from one pass.

        Raises:
            ValueError: as `loss`.

        >>> MLP((1, 1), criterion="squared_error").evaluate(np.array([2.0, 0.0]), [[1], [2]], [2, 5])
        Evaluation(loss=np.float64(0.5), accuracy=None)
        """
        outputs = self.logits(params, X, averages)
        targets = self.targets(y, outputs.shape, outputs.dtype)
        loss = self._loss.value(outputs, targets)
        if self.criterion != "cross_entropy":
            return Evaluation(loss, None)
        return Evaluation(loss, np.mean(np.argmax(outputs, axis=-1) == np.argmax(targets, axis=-1), axis=-1))

    def loss_and_gradient(
        self, params: Array, X: npt.ArrayLike, y: npt.ArrayLike, *, rng: np.random.Generator | None = None
    ) -> tuple[Array, Array]:
        """The loss in training, shape (...), and its gradient by back-propagation, of the shape of `params`.

        Args:
            params: shape (..., n_params).
            X: shape (n, sizes[0]) or (..., n, sizes[0]).
            y: labels or numbers, see `criterion`.
            rng: where dropout's randomness comes from; not needed without it.

        Raises:
            ValueError: for arrays that do not fit the network, labels out of range, no examples, or dropout
                without a generator.

        >>> loss, gradient = MLP((1, 1), criterion="squared_error").loss_and_gradient(
        ...     np.array([2.0, 0.0]), [[1], [2]], [2, 5])
        >>> loss, gradient
        (np.float64(0.5), array([-2., -1.]))
        """
        passed = self.forward(params, X, rng=rng)
        loss, delta = self.loss_and_delta(passed.outputs, y)
        return loss, self.backward(params, passed, delta)

    @np.errstate(over="ignore", invalid="ignore")
    def forward(
        self,
        params: Array,
        X: npt.ArrayLike,
        averages: Averages | None = None,
        *,
        rng: np.random.Generator | None = None,
    ) -> Forward:
        """The forward pass in training: batch norm by the batch's own statistics, dropout drawn from `rng`.

        Args:
            params: shape (..., n_params).
            X: shape (n, sizes[0]) or (..., n, sizes[0]).
            averages: the running averages so far; None for mean 0 and variance 1.
            rng: where dropout's randomness comes from; not needed without it.

        Returns:
            outputs, the running averages after this batch, and what `backward` needs.

        Raises:
            ValueError: for arrays that do not fit the network, no examples, dropout without a generator, or batch
                norm of a single example.

        >>> network = MLP((1, 2, 1), "identity", batch_norm=True)
        >>> params = network.init(np.random.default_rng(0), dtype=np.float64)
        >>> network.forward(params, [[0.0], [0.0], [3.0]]).averages[0].var.shape
        (2,)
        """
        inputs = self.inputs(params, X)
        if self.dropout > 0 and rng is None:
            raise ValueError("Dropout draws the units that it drops: pass rng=np.random.default_rng(seed).")
        if averages is None:
            averages = self.init_averages(params.shape[:-1], dtype=params.dtype)
        return forward_in_training(
            self.layers(params),
            inputs,
            self._f,
            averages=self._checked_averages(averages),
            dropout=self.dropout,
            rng=rng,
        )

    @np.errstate(over="ignore", invalid="ignore")
    def backward(self, params: Array, passed: Forward, delta: Array) -> Array:
        """The gradient with respect to the parameters, of their shape, by back-propagation.

        Args:
            params: as in the forward pass.
            passed: what `forward` returned.
            delta: the gradient of the loss with respect to the outputs, in their shape; see `loss_and_delta`.

        >>> network, params = MLP((1, 1)), np.array([2.0, 0.0])
        >>> network.backward(params, network.forward(params, [[3.0]]), np.array([[10.0]]))
        array([30., 10.])
        """
        gradient = np.empty(params.shape, params.dtype)
        into = self.layers(gradient)
        backward(self.layers(params), passed, delta, self._f, into=into, dropout=self.dropout)
        return gradient

    @np.errstate(over="ignore", invalid="ignore")
    def loss_and_delta(self, outputs: Array, y: npt.ArrayLike) -> tuple[Array, Array]:
        """The loss of outputs, shape (...), and its gradient with respect to them, in their shape.

        Raises:
            ValueError: for labels or numbers that do not fit the outputs.

        >>> MLP((1, 2)).loss_and_delta(np.array([[0.0, 0.0]]), [1])[1]
        array([[ 0.5, -0.5]])
        """
        targets = self.targets(y, outputs.shape, outputs.dtype)
        return self._loss.value(outputs, targets), self._loss.gradient(outputs, targets)

    def inputs(self, params: Array, X: npt.ArrayLike) -> Array:
        """X in the dtype of the parameters, once both fit the network.

        Raises:
            ValueError: for parameters or inputs of the wrong width, no examples, or runs that do not match.

        >>> MLP((2, 1)).inputs(np.zeros(3), [[1, 2]])
        array([[1., 2.]])
        """
        checked_params(params, self.n_params, self.sizes)
        return checked_inputs(X, self.sizes[0], params.shape[:-1], params.dtype)

    def targets(self, y: npt.ArrayLike, shape: tuple[int, ...], dtype: npt.DTypeLike) -> Array:
        """What outputs of a shape (..., n, sizes[-1]) should have been; for labels 1 for the class, else 0.

        Raises:
            ValueError: for labels or numbers that do not fit the outputs.

        >>> MLP((1, 3)).targets([2], (1, 3), np.float32)
        array([[0., 0., 1.]], dtype=float32)
        """
        return self._loss.targets(y, shape, dtype)

    @property
    def _f(self) -> Activation:
        return ACTIVATIONS[self.activation]

    @property
    def _loss(self) -> Criterion:
        return CRITERIA[self.criterion]

    def _checked_averages(self, averages: Averages | None) -> Averages:
        hidden = len(self.sizes) - 2 if self.batch_norm else 0
        if averages is None and hidden:
            raise ValueError(
                "A network with batch norm needs the running averages of its training at test time: pass "
                "averages=history.averages."
            )
        if len(averages or ()) != hidden or not all(
            isinstance(each, BatchNormState) for each in averages or ()
        ):
            raise ValueError(
                f"averages must be a tuple of {hidden} BatchNormState, one for each normalised layer, as `fit` and "
                f"`init_averages` return it; got {averages!r:.80}."
            )
        return averages or ()
