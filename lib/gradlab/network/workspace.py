"""The one place where the gradient of a network is fast: the formulas of `propagation`, in arrays made once.

A small network spends less time on arithmetic than on checking arguments and on finding memory for its results.
So a `Workspace` checks the data once, allocates every array of a pass once, and computes in place; bit for bit it
gives what `MLP.loss_and_gradient` gives.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array
from gradlab.network.mlp import MLP
from gradlab.network.propagation import Averages


class Workspace:
    """The gradients of one network on the mini-batches of one data set.

    Attributes:
        gradient: the latest gradient, shape (..., n_params). Every call to `backpropagate` overwrites it.
        averages: the running averages of batch norm, of which there are none.

    >>> network = MLP((2, 3, 2))
    >>> params, X, y = network.init(np.random.default_rng(0)), np.eye(2), np.array([0, 1])
    >>> gradient = Workspace(network, params, X, y).backpropagate(np.array([0, 1]))
    >>> np.array_equal(gradient, network.loss_and_gradient(params, X, y)[1])
    True
    """

    averages: Averages = ()

    def __init__(self, network: MLP, params: Array, X: npt.ArrayLike, y: npt.ArrayLike) -> None:
        """Check the data and make the arrays.

        Args:
            network: without dropout and batch norm.
            params: shape (..., n_params). Gradients are those at what this array holds when they are asked for.
            X: all inputs, shape (n, d) or (..., n, d).
            y: all labels or numbers.

        Raises:
            ValueError: for data that does not fit the network, or a network with dropout or batch norm.
        """
        if network.dropout or network.batch_norm:
            raise ValueError(
                "A Workspace serves networks without dropout and batch norm; use network.forward."
            )
        self._inputs = network.inputs(params, X)
        n = self._inputs.shape[-2]
        self._targets = network.targets(y, (*params.shape[:-1], n, network.sizes[-1]), params.dtype)
        self.gradient = np.empty_like(params)
        self._layers = [
            _Linear(W, W.swapaxes(-1, -2), b[..., None, :], grad_W, grad_b)
            for (W, b), (grad_W, grad_b) in zip(
                network.unpack(params), network.unpack(self.gradient), strict=True
            )
        ]
        self._activation = ACTIVATIONS[network.activation]
        self._criterion = CRITERIA[network.criterion]
        self._arrays: dict[int, _Arrays] = {}
        self._sizes, self._runs = network.sizes, params.shape[:-1]

    def backpropagate(self, batch: npt.NDArray[np.int64]) -> Array:
        """The gradient of the mean loss of the examples `batch`, of the shape of the parameters.

        Args:
            batch: which examples, shape (size,), each an index into the rows of X.

        >>> space = Workspace(MLP((2, 2)), np.zeros(6), np.eye(2), [0, 1])
        >>> space.backpropagate(np.array([1]))
        array([ 0. ,  0. ,  0.5, -0.5,  0.5, -0.5])
        """
        inputs, targets, outputs, transposed, deltas, column = self._arrays_for(len(batch))
        self._inputs.take(batch, axis=-2, out=inputs, mode="clip")
        self._targets.take(batch, axis=-2, out=targets, mode="clip")
        self._forward(inputs, outputs)
        delta = self._criterion.delta(outputs[-1], targets, column)
        for depth in range(len(self._layers) - 1, -1, -1):
            layer = self._layers[depth]
            np.matmul(transposed[depth], delta, out=layer.grad_W)
            np.add.reduce(delta, axis=-2, out=layer.grad_b)
            if depth:
                delta = np.matmul(delta, layer.W_transposed, out=deltas[depth - 1])
                self._activation.times_slope(delta, outputs[depth - 1])
        return self.gradient

    def loss(self) -> Array:
        """The mean loss of all the examples, shape (...).

        >>> Workspace(MLP((2, 2)), np.zeros(6), np.eye(2), [0, 1]).loss().round(4)
        np.float64(0.6931)
        """
        arrays = self._arrays_for(self._inputs.shape[-2])
        self._forward(self._inputs, arrays.outputs)
        return self._criterion.value(arrays.outputs[-1], self._targets, arrays.column)

    def _forward(self, h: Array, outputs: list[Array]) -> None:
        for layer, z in zip(self._layers, outputs, strict=True):
            np.matmul(h, layer.W, out=z)
            np.add(z, layer.b, out=z)
            if z is not outputs[-1]:
                self._activation.value(z)
            h = z

    def _arrays_for(self, size: int) -> "_Arrays":
        # Two sizes a training at most: that of the last batch may be smaller.
        if size not in self._arrays:
            dtype = self.gradient.dtype
            outputs = [np.empty((*self._runs, size, units), dtype) for units in self._sizes[1:]]
            inputs = np.empty((*self._inputs.shape[:-2], size, self._sizes[0]), dtype)
            self._arrays[size] = _Arrays(
                inputs,
                np.empty((*self._targets.shape[:-2], size, self._sizes[-1]), dtype),
                outputs,
                [h.swapaxes(-1, -2) for h in (inputs, *outputs[:-1])],
                [np.empty_like(output) for output in outputs[:-1]],
                np.empty((*self._runs, size, 1), dtype),
            )
        return self._arrays[size]


class _Linear(NamedTuple):
    """Views into the parameters of a layer, and into where its gradient goes."""

    W: Array
    W_transposed: Array
    b: Array
    grad_W: Array  # noqa: N815
    grad_b: Array


class _Arrays(NamedTuple):
    """The arrays of a pass with batches of one size.

    Attributes:
        inputs: the inputs of the batch.
        targets: the targets of the batch.
        outputs: what each layer makes of them.
        transposed: what each layer is given, with examples along the last axis.
        deltas: the gradients with respect to the outputs of each hidden layer.
        column: a number for each example.
    """

    inputs: Array
    targets: Array
    outputs: list[Array]
    transposed: list[Array]
    deltas: list[Array]
    column: Array


class ActivationInPlace(NamedTuple):
    """An activation that overwrites.

    Attributes:
        value: puts f(z) in the place of z.
        times_slope: (delta, h) multiplies delta by the slope at outputs h, which it spoils.

    >>> outputs = np.array([-2.0, 3.0])
    >>> _ = ACTIVATIONS["relu"].value(outputs)
    >>> outputs
    array([0., 3.])
    """

    value: Callable[[Array], object]
    times_slope: Callable[[Array, Array], object]


def _tanh_slope(delta: Array, h: Array) -> None:
    np.multiply(h, h, out=h)
    np.subtract(1, h, out=h)
    np.multiply(delta, h, out=delta)


def _sigmoid(z: Array) -> None:
    np.multiply(0.5, z, out=z)
    np.tanh(z, out=z)
    np.multiply(0.5, z, out=z)
    np.add(0.5, z, out=z)


def _sigmoid_slope(delta: Array, h: Array) -> None:
    np.multiply(h, 1 - h, out=h)
    np.multiply(delta, h, out=delta)


ACTIVATIONS = {
    "tanh": ActivationInPlace(lambda z: np.tanh(z, out=z), _tanh_slope),
    "relu": ActivationInPlace(
        lambda z: np.maximum(z, 0, out=z), lambda delta, h: np.multiply(delta, h > 0, out=delta)
    ),
    "sigmoid": ActivationInPlace(_sigmoid, _sigmoid_slope),
    "identity": ActivationInPlace(lambda _z: None, lambda _delta, _h: None),
}


class CriterionInPlace(NamedTuple):
    """A loss that overwrites the outputs; both functions take outputs, targets and a number for each example.

    Attributes:
        value: the loss of each run.
        delta: its gradient with respect to the outputs, in their place.

    >>> outputs, targets, column = np.zeros((1, 2)), np.array([[1.0, 0.0]]), np.empty((1, 1))
    >>> CRITERIA["cross_entropy"].value(outputs, targets, column).round(4)
    np.float64(0.6931)
    """

    value: Callable[[Array, Array, Array], Array]
    delta: Callable[[Array, Array, Array], Array]


def _log_softmax(logits: Array, column: Array) -> None:
    np.maximum.reduce(logits, axis=-1, keepdims=True, out=column)
    np.subtract(logits, column, out=logits)
    np.add.reduce(np.exp(logits), axis=-1, keepdims=True, out=column)
    np.log(column, out=column)
    np.subtract(logits, column, out=logits)


def _cross_entropy(logits: Array, targets: Array, column: Array) -> Array:
    _log_softmax(logits, column)
    np.multiply(targets, logits, out=logits)
    loss: Array = -np.add.reduce(logits, axis=(-2, -1)) / logits.shape[-2]
    return loss


def _cross_entropy_delta(logits: Array, targets: Array, column: Array) -> Array:
    _log_softmax(logits, column)
    np.exp(logits, out=logits)
    np.subtract(logits, targets, out=logits)
    np.divide(logits, logits.shape[-2], out=logits)
    return logits


def _squared_error(outputs: Array, targets: Array, _column: Array) -> Array:
    np.subtract(outputs, targets, out=outputs)
    np.multiply(outputs, outputs, out=outputs)
    loss: Array = np.mean(outputs, axis=(-2, -1))
    return loss


def _squared_error_delta(outputs: Array, targets: Array, _column: Array) -> Array:
    n, k = outputs.shape[-2:]
    np.subtract(outputs, targets, out=outputs)
    np.multiply(outputs, 2 / (n * k), out=outputs)
    return outputs


CRITERIA = {
    "cross_entropy": CriterionInPlace(_cross_entropy, _cross_entropy_delta),
    "squared_error": CriterionInPlace(_squared_error, _squared_error_delta),
}
