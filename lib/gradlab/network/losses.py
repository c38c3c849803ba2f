"""How wrong the outputs of a network are: softmax cross-entropy and mean squared error, with their gradients.

Outputs and targets have shape (..., n, k): n examples of k outputs, leading axes are independent runs. A loss is
a mean over the examples, one number for each run.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from gradlab.arguments import Array
from gradlab.network.arguments import one_hot, values


def log_softmax(logits: Array) -> Array:
    """The logarithms of the probabilities of the classes: ``z - log(sum(exp(z)))``.

    Args:
        logits: z, the scores of the classes, shape (..., k).

    Returns:
        log p, in the shape of `logits`.

    >>> np.exp(log_softmax(np.array([0.0, np.log(3)])))
    array([0.25, 0.75])
    """
    # Shifted so that the largest is 0: exp cannot overflow, and the sum is at least 1.
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p: Array = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return log_p


def cross_entropy(logits: Array, targets: Array) -> Array:
    """Softmax cross-entropy in nats, the mean over the examples: ``-mean(sum(targets * log p))``.

    Same as PyTorch's cross_entropy.

    Args:
        logits: the scores of the classes, shape (..., n, k).
        targets: 1 for the class of each example and 0 for the others, shape (..., n, k).

    Returns:
        the loss of each run, shape (...).

    Two classes that are equally likely cost log(2):

    >>> cross_entropy(np.zeros((1, 2)), np.array([[1.0, 0.0]])).round(4)
    np.float64(0.6931)
    """
    log_p = log_softmax(logits)
    loss: Array = -np.sum(targets * log_p, axis=(-2, -1)) / log_p.shape[-2]
    return loss


def cross_entropy_gradient(logits: Array, targets: Array) -> Array:
    """The gradient of `cross_entropy` with respect to the logits: ``(p - targets) / n``.

    Args:
        logits: the scores of the classes, shape (..., n, k).
        targets: 1 for the class of each example and 0 for the others, shape (..., n, k).

    Returns:
        the gradient, in the shape of `logits`.

    >>> cross_entropy_gradient(np.zeros((1, 2)), np.array([[1.0, 0.0]]))
    array([[-0.5,  0.5]])
    """
    gradient: Array = (np.exp(log_softmax(logits)) - targets) / logits.shape[-2]
    return gradient


def squared_error(outputs: Array, targets: Array) -> Array:
    """Mean squared error, the mean over examples *and* outputs: ``mean((outputs - targets) ** 2)``.

    Same as PyTorch's mse_loss and scikit-learn's mean_squared_error. There is no half, and a second output does
    not double the loss.

    Args:
        outputs: what the network says, shape (..., n, k).
        targets: what it should say, shape (..., n, k).

    Returns:
        the loss of each run, shape (...).

    >>> squared_error(np.array([[1.0, 2.0]]), np.array([[1.0, 5.0]]))
    np.float64(4.5)
    """
    loss: Array = np.mean((outputs - targets) ** 2, axis=(-2, -1))
    return loss


def squared_error_gradient(outputs: Array, targets: Array) -> Array:
    """The gradient of `squared_error` with respect to the outputs: ``2 * (outputs - targets) / (n * k)``.

    Args:
        outputs: what the network says, shape (..., n, k).
        targets: what it should say, shape (..., n, k).

    Returns:
        the gradient, in the shape of `outputs`.

    >>> squared_error_gradient(np.array([[1.0, 2.0]]), np.array([[1.0, 5.0]]))
    array([[ 0., -3.]])
    """
    n, k = outputs.shape[-2:]
    gradient: Array = (outputs - targets) * (2 / (n * k))
    return gradient


class Criterion(NamedTuple):
    """A loss: its value, its gradient with respect to the outputs, and how it reads y.

    Attributes:
        value: (outputs, targets) -> the loss of each run.
        gradient: (outputs, targets) -> the gradient, in the shape of the outputs.
        targets: (y, shape of the outputs, dtype) -> the targets, once y is in order.

    >>> error = CRITERIA["squared_error"]
    >>> error.value(np.array([[1.0, 2.0]]), np.array([[1.0, 5.0]]))
    np.float64(4.5)
    """

    value: Callable[[Array, Array], Array]
    gradient: Callable[[Array, Array], Array]
    targets: Callable[..., Array]


CRITERIA = {
    "cross_entropy": Criterion(cross_entropy, cross_entropy_gradient, one_hot),
    "squared_error": Criterion(squared_error, squared_error_gradient, values),
}
