"""The way through a network: forward in training, forward at test time, and back."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gradlab.arguments import Array
from gradlab.network.activations import Activation
from gradlab.normalization import (
    BatchNormCache,
    BatchNormState,
    batchnorm_backward,
    batchnorm_forward,
    batchnorm_inference,
)
from gradlab.regularizers import Mask, dropout_backward, dropout_forward

Averages = tuple[BatchNormState, ...]


class Layer(NamedTuple):
    """The parameters of one layer: W (..., fan_in, fan_out), the others (..., fan_out).

    gamma and beta are None where nothing is normalised: without batch norm, and in the last layer.

    >>> layer = Layer(W=np.ones((3, 2)), b=np.zeros(2))
    >>> layer.gamma is None
    True
    """

    W: Array
    b: Array
    gamma: Array | None = None
    beta: Array | None = None


class Passed(NamedTuple):
    """What the forward pass of a hidden layer leaves for the way back.

    Attributes:
        inputs: what the layer was given, (..., n, fan_in).
        activated: the outputs before dropout, (..., n, fan_out).
        norm: what `batchnorm_backward` needs; None without batch norm.
        mask: which outputs dropout kept; None without dropout.

    >>> Passed(inputs=np.zeros((1, 2)), activated=np.zeros((1, 3))).mask is None
    True
    """

    inputs: Array
    activated: Array
    norm: BatchNormCache | None = None
    mask: Mask | None = None


class Forward(NamedTuple):
    """A forward pass in training.

    Attributes:
        outputs: the values of the last layer, shape (..., n, sizes[-1]).
        averages: the running averages of batch norm after this batch, one for each hidden layer; or ().
        hidden: what the hidden layers leave for the way back.
        last_inputs: what the last layer was given.

    >>> from gradlab.network.activations import ACTIVATIONS
    >>> layer = Layer(np.array([[2.0]]), np.array([1.0]))
    >>> passed = forward_in_training([layer], np.array([[3.0]]), ACTIVATIONS["tanh"])
    >>> passed.outputs, passed.last_inputs, passed.hidden
    (array([[7.]]), array([[3.]]), ())
    """

    outputs: Array
    averages: Averages
    hidden: tuple[Passed, ...]
    last_inputs: Array


def forward_in_training(
    layers: Sequence[Layer],
    X: Array,
    f: Activation,
    *,
    averages: Averages = (),
    dropout: float = 0.0,
    rng: np.random.Generator | None = None,
) -> Forward:
    """``h <- dropout(f(batchnorm(h W + b)))`` for each hidden layer, then ``h W + b``.

    Args:
        layers: the parameters.
        X: inputs, shape (..., n, fan_in).
        f: the activation.
        averages: the running averages so far, for layers with gamma and beta.
        dropout: the probability of dropping an output of a hidden layer.
        rng: where dropout's randomness comes from.

    >>> from gradlab.network.activations import ACTIVATIONS
    >>> double, add = Layer(np.array([[2.0]]), np.array([0.0])), Layer(np.array([[1.0]]), np.array([5.0]))
    >>> forward_in_training([double, add], np.array([[3.0], [-3.0]]), ACTIVATIONS["relu"]).outputs
    array([[11.],
           [ 5.]])
    """
    h, hidden, after = X, [], []
    for number, layer in enumerate(layers[:-1]):
        inputs, norm, mask = h, None, None
        z = _linear(layer, inputs)
        if layer.gamma is not None and layer.beta is not None:
            z, running, norm = batchnorm_forward(z, layer.gamma, layer.beta, averages[number])
            after.append(running)
        h = activated = f.value(z)
        if dropout > 0 and rng is not None:
            h, mask = dropout_forward(activated, rng, p=dropout)
        hidden.append(Passed(inputs, activated, norm, mask))
    return Forward(_linear(layers[-1], h), tuple(after), tuple(hidden), h)


def forward_at_test_time(layers: Sequence[Layer], X: Array, f: Activation, averages: Averages = ()) -> Array:
    """The outputs with batch norm's running averages and without dropout.

    Args:
        layers: the parameters.
        X: inputs, shape (..., n, fan_in).
        f: the activation.
        averages: the running averages, for layers with gamma and beta.

    >>> from gradlab.network.activations import ACTIVATIONS
    >>> forward_at_test_time([Layer(np.array([[2.0]]), np.array([1.0]))], np.array([[3.0]]), ACTIVATIONS["tanh"])
    array([[7.]])
    """
    h = X
    for number, layer in enumerate(layers[:-1]):
        z = _linear(layer, h)
        if layer.gamma is not None and layer.beta is not None:
            z = batchnorm_inference(z, layer.gamma, layer.beta, averages[number])
        h = f.value(z)
    return _linear(layers[-1], h)


def backward(
    layers: Sequence[Layer],
    passed: Forward,
    delta: Array,
    f: Activation,
    *,
    into: Sequence[Layer],
    dropout: float = 0.0,
) -> None:
    """Back-propagation: the chain rule from the outputs to each parameter.

    With delta for the gradient with respect to ``z = h W + b``, the gradient of W is ``h.T @ delta`` and that of
    b the sum of delta over the examples; ``delta @ W.T`` goes to the layer below, where it passes dropout, the
    slope of f and batch norm.

    Args:
        layers: the parameters.
        passed: the forward pass.
        delta: the gradient of the loss with respect to the outputs, in their shape.
        f: the activation.
        into: where the gradients of the parameters are written, laid out like `layers`.
        dropout: as in the forward pass.

    >>> from gradlab.network.activations import ACTIVATIONS
    >>> layers = [Layer(np.array([[2.0]]), np.array([0.0]))]
    >>> passed = forward_in_training(layers, np.array([[3.0]]), ACTIVATIONS["tanh"])
    >>> into = [Layer(np.empty((1, 1)), np.empty(1))]
    >>> backward(layers, passed, np.array([[10.0]]), ACTIVATIONS["tanh"], into=into)
    >>> into[0].W, into[0].b
    (array([[30.]]), array([10.]))
    """
    _linear_gradient(passed.last_inputs, delta, into[-1])
    for number in reversed(range(len(layers) - 1)):
        here, gradient = passed.hidden[number], into[number]
        delta = delta @ layers[number + 1].W.swapaxes(-1, -2)
        if here.mask is not None:
            delta = dropout_backward(delta, here.mask, p=dropout)
        delta = delta * f.slope(here.activated)
        if here.norm is not None and gradient.gamma is not None and gradient.beta is not None:
            delta, gradient.gamma[...], gradient.beta[...] = batchnorm_backward(delta, here.norm)
        _linear_gradient(here.inputs, delta, gradient)


def _linear(layer: Layer, h: Array) -> Array:
    z: Array = h @ layer.W + layer.b[..., None, :]
    return z


def _linear_gradient(h: Array, delta: Array, into: Layer) -> None:
    np.matmul(h.swapaxes(-1, -2), delta, out=into.W)
    np.sum(delta, axis=-2, out=into.b)
