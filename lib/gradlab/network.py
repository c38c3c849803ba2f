"""A multilayer perceptron whose parameters are one flat array, so that an update rule sees a single vector.

Leading axes of the parameters are independent runs (seeds, learning rates): a network trained from five seeds
is one array of shape (5, n_params), and every method below handles all five in one call.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array
from gradlab.initializers import normal

Initializer = Callable[[np.random.Generator, tuple[int, ...]], Array]


class Activation(NamedTuple):
    """A function of each unit, and its slope in terms of the *output*, which the backward pass still has."""

    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]


ACTIVATIONS = {
    "tanh": Activation(np.tanh, lambda h: 1 - h * h),
    "relu": Activation(lambda z: np.maximum(z, 0), lambda h: (h > 0).astype(h.dtype)),
    # 1 / (1 + exp(-z)) in a form that cannot overflow.
    "sigmoid": Activation(lambda z: 0.5 + 0.5 * np.tanh(0.5 * z), lambda h: h * (1 - h)),
    "identity": Activation(lambda z: z, np.ones_like),
}


@dataclass(frozen=True)
class MLP:
    """A classifier: ``h <- f(h W + b)`` for each hidden layer, ``logits = h W + b``, then softmax.

    The network holds no parameters. They are passed in as one array of shape (..., n_params): W and b of the
    first layer, W and b of the second, and so on, each W of shape (fan_in, fan_out) row by row. Leading axes
    are independent runs. Inputs X have shape (n, sizes[0]), the same for all runs, or (..., n, sizes[0]) with
    leading axes that broadcast to those of the parameters; labels y have shape (n,) or (..., n) likewise.
    Everything is computed in the dtype of the parameters.

    Attributes:
        sizes: units of the input, of each hidden layer and of the output (the number of classes).
        activation: f, one of "tanh", "relu", "sigmoid", "identity". The slope of relu at 0 is 0.

    >>> network = MLP((64, 32, 10))
    >>> params = network.init(np.random.default_rng(0), runs=(5,))
    >>> params.shape, params.dtype
    ((5, 2410), dtype('float32'))
    >>> network.logits(params, np.ones((7, 64))).shape
    (5, 7, 10)
    """

    sizes: tuple[int, ...] = (64, 32, 10)
    activation: str = "tanh"

    def __post_init__(self) -> None:
        """Refuse a network that cannot be built."""
        if len(self.sizes) < 2 or min(self.sizes) < 1:
            raise ValueError(
                f"sizes must name at least an input and an output, each >= 1, like (64, 32, 10); "
                f"got {self.sizes}."
            )
        if self.activation not in ACTIVATIONS:
            raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}; got {self.activation!r}.")

    @property
    def n_params(self) -> int:
        """How many numbers the parameters of one run are."""
        return sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(self.sizes))

    def init(
        self,
        rng: np.random.Generator,
        runs: int | tuple[int, ...] = (),
        *,
        initializer: Initializer = normal,
        dtype: npt.DTypeLike = np.float32,
    ) -> Array:
        """Parameters to start from: weights from `initializer`, biases 0.

        Args:
            rng: where the randomness comes from.
            runs: leading axes; () for a single run, 5 or (5,) for five different starts.
            initializer: one of `gradlab.initializers`; by default normal with std ``1 / sqrt(fan_in)``.
            dtype: float32, or float64 where gradients are checked.

        Returns:
            shape (*runs, n_params).
        """
        leading = runs if isinstance(runs, tuple) else (runs,)
        params = np.zeros((*leading, self.n_params), dtype=dtype)
        for W, _ in self.unpack(params):
            W[...] = initializer(rng, W.shape)
        return params

    def unpack(self, params: Array) -> list[tuple[Array, Array]]:
        """Views into `params`, layer by layer: (W, b) of shapes (..., fan_in, fan_out) and (..., fan_out).

        Writing to a view writes to `params`.

        >>> [(W.shape, b.shape) for W, b in MLP((4, 3, 2)).unpack(np.zeros(23))]
        [((4, 3), (3,)), ((3, 2), (2,))]
        """
        self._check_params(params)
        layers, start = [], 0
        for fan_in, fan_out in pairwise(self.sizes):
            middle = start + fan_in * fan_out
            stop = middle + fan_out
            W = params[..., start:middle].reshape(*params.shape[:-1], fan_in, fan_out)
            layers.append((W, params[..., middle:stop]))
            start = stop
        return layers

    # A run that diverges ends in inf and nan. That is a result, not an accident to warn about.
    @np.errstate(over="ignore", invalid="ignore")
    def logits(self, params: Array, X: npt.ArrayLike) -> Array:
        """The scores of the classes before softmax: X (..., n, d) -> (..., n, classes).

        Raises:
            ValueError: for parameters or inputs of the wrong width, or no examples.
        """
        return self._outputs(params, self._inputs(params, X))[-1]

    def predict(self, params: Array, X: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """The class of the highest score: X (..., n, d) -> (..., n)."""
        classes: npt.NDArray[np.int64] = np.argmax(self.logits(params, X), axis=-1)
        return classes

    def accuracy(self, params: Array, X: npt.ArrayLike, y: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """The share of examples whose class is predicted, 0 to 1, for each run: shape (...)."""
        logits = self.logits(params, X)
        share: npt.NDArray[np.float64] = np.mean(
            np.argmax(logits, axis=-1) == self._labels(logits, y), axis=-1
        )
        return share

    @np.errstate(over="ignore", invalid="ignore")
    def loss(self, params: Array, X: npt.ArrayLike, y: npt.ArrayLike) -> Array:
        """Softmax cross-entropy in nats, the mean over the examples, for each run: shape (...).

        Raises:
            ValueError: for arrays that do not fit the network, labels out of range, or no examples.

        All classes equally likely cost log(10):

        >>> network = MLP()
        >>> network.loss(np.zeros(network.n_params), np.ones((1, 64)), [3]).round(4)
        np.float64(2.3026)
        """
        logits = self.logits(params, X)
        return _cross_entropy(_log_softmax(logits), self._one_hot(logits, y))

    @np.errstate(over="ignore", invalid="ignore")
    def loss_and_gradient(self, params: Array, X: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Array, Array]:
        """The loss, shape (...), and its gradient by back-propagation, of the shape of `params`.

        Raises:
            ValueError: for arrays that do not fit the network, labels out of range, or no examples.
        """
        *inputs, logits = self._outputs(params, self._inputs(params, X))
        log_p, one_hot = _log_softmax(logits), self._one_hot(logits, y)
        gradient = np.empty(params.shape, params.dtype)
        slope = ACTIVATIONS[self.activation].slope
        layers = zip(self.unpack(params), self.unpack(gradient), inputs, strict=True)
        delta = (np.exp(log_p) - one_hot) / logits.shape[-2]
        for depth, ((W, _), (grad_W, grad_b), h) in reversed(list(enumerate(layers))):
            np.matmul(h.swapaxes(-1, -2), delta, out=grad_W)
            np.sum(delta, axis=-2, out=grad_b)
            if depth > 0:
                delta = (delta @ W.swapaxes(-1, -2)) * slope(h)
        return _cross_entropy(log_p, one_hot), gradient

    def _outputs(self, params: Array, X: Array) -> list[Array]:
        """X, what each hidden layer makes of it, and the logits."""
        *hidden, (W_out, b_out) = self.unpack(params)
        activate = ACTIVATIONS[self.activation].value
        outputs = [X]
        for W, b in hidden:
            outputs.append(activate(outputs[-1] @ W + b[..., None, :]))
        return [*outputs, outputs[-1] @ W_out + b_out[..., None, :]]

    def _check_params(self, params: Array) -> None:
        if not (isinstance(params, np.ndarray) and np.issubdtype(params.dtype, np.floating)):
            kind = getattr(params, "dtype", type(params).__name__)
            raise ValueError(f"params must be a floating-point array, as `init` makes them; got {kind}.")
        if params.ndim == 0 or params.shape[-1] != self.n_params:
            raise ValueError(
                f"params must have shape (..., {self.n_params}) for a network of sizes {self.sizes}, "
                f"got {params.shape}."
            )

    def _inputs(self, params: Array, X: npt.ArrayLike) -> Array:
        self._check_params(params)
        inputs = np.asarray(X, dtype=params.dtype)
        if inputs.ndim < 2 or inputs.shape[-1] != self.sizes[0]:
            raise ValueError(
                f"X must have shape (n, {self.sizes[0]}), one row an example; got {inputs.shape}."
            )
        if inputs.shape[-2] == 0:
            raise ValueError("X holds no examples: the mean loss of an empty batch is not defined.")
        _check_runs("X", inputs.shape[:-2], params.shape[:-1])
        return inputs

    def _labels(self, logits: Array, y: npt.ArrayLike) -> npt.NDArray[np.integer]:
        labels = np.asarray(y)
        *runs, n, classes = logits.shape
        if not np.issubdtype(labels.dtype, np.integer):
            raise ValueError(
                f"y must hold whole numbers, the classes 0 to {classes - 1}; got {labels.dtype}."
            )
        if labels.ndim == 0 or labels.shape[-1] != n:
            raise ValueError(f"y must have shape ({n},), one label for each row of X; got {labels.shape}.")
        if labels.min() < 0 or labels.max() >= classes:
            raise ValueError(
                f"Labels in y must lie in 0 to {classes - 1}, got {labels.min()} to {labels.max()}. "
                f"The network has {classes} outputs, sizes[-1]."
            )
        _check_runs("y", labels.shape[:-1], tuple(runs))
        return labels

    def _one_hot(self, logits: Array, y: npt.ArrayLike) -> Array:
        one_hot: Array = np.eye(logits.shape[-1], dtype=logits.dtype)[self._labels(logits, y)]
        return one_hot


def _check_runs(name: str, leading: tuple[int, ...], runs: tuple[int, ...]) -> None:
    aligned = zip(reversed(leading), reversed(runs), strict=False)
    if len(leading) > len(runs) or any(size not in (1, run) for size, run in aligned):
        raise ValueError(
            f"The leading axes {leading} of {name} must broadcast to those of params, {runs}: one set of "
            "examples for each run, or one for all."
        )


def _log_softmax(logits: Array) -> Array:
    # Shifted so that the largest is 0: exp cannot overflow, and the sum is at least 1.
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p: Array = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return log_p


def _cross_entropy(log_p: Array, one_hot: Array) -> Array:
    loss: Array = -np.sum(one_hot * log_p, axis=(-2, -1)) / log_p.shape[-2]
    return loss
