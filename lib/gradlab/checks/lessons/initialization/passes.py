"""Small networks for the probes of `forward_variance` and `gradient_variance`, and what is seen of them."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gradlab.checks.exercise import Advice, Aspect, Function, Sight
from gradlab.checks.probes import short_decimals

Array = npt.NDArray[Any]


def tanh(z: Array) -> Array:
    """The hyperbolic tangent.

    >>> tanh(np.array([0.0]))
    array([0.])
    """
    return np.tanh(z)


def tanh_slope(z: Array) -> Array:
    """Its slope at z.

    >>> tanh_slope(np.array([0.0]))
    array([1.])
    """
    return 1 - np.tanh(z) ** 2


def relu(z: Array) -> Array:
    """What is below 0 becomes 0.

    >>> relu(np.array([-2.0, 3.0]))
    array([0., 3.])
    """
    return np.maximum(z, 0)


def relu_slope(z: Array) -> Array:
    """Its slope at z.

    >>> relu_slope(np.array([-2.0, 3.0]))
    array([0., 1.])
    """
    return np.where(z > 0, 1.0, 0.0)


def square(z: Array) -> Array:
    """No activation that anyone uses, but its slope, 2 z, and its value can never be mistaken for each other.

    >>> square(np.array([3.0]))
    array([9.])
    """
    return z**2


def square_slope(z: Array) -> Array:
    """Its slope at z.

    >>> square_slope(np.array([3.0]))
    array([6.])
    """
    return 2 * z


SLOPES: dict[Callable[[Array], Array], Callable[[Array], Array]] = {
    tanh: tanh_slope,
    relu: relu_slope,
    square: square_slope,
}


class Net(NamedTuple):
    """A batch of inputs, the weights of each layer, an activation, and a gradient at the last layer's output."""

    X: Array
    weights: Sequence[Array]
    activation: Callable[[Array], Array]
    grad: Array

    @property
    def forward(self) -> tuple[Any, ...]:
        """The arguments of `forward_variance`."""
        return self.X, self.weights, self.activation

    @property
    def backward(self) -> tuple[Any, ...]:
        """The arguments of `gradient_variance`."""
        return self.X, self.weights, self.activation, SLOPES[self.activation], self.grad


def net(rng: np.random.Generator, examples: int, sizes: list[int], activation: Any) -> Net:
    """A network with `sizes` units: of the input, and of each layer. Numbers are short enough to redo by hand."""
    weights = [
        np.round(short_decimals(rng, *pair) / np.sqrt(pair[0]), 2) for pair in itertools.pairwise(sizes)
    ]
    # Not centred, so that a variance about the mean is another number than a mean square. And with relu one input
    # is above 0 throughout, so that something arrives at the end.
    X = short_decimals(rng, examples, sizes[0]) + 0.5
    if activation is relu:
        weights = [np.where(np.arange(w.shape[1]) == 0, np.abs(w), w) for w in weights]
        X = np.abs(X)
    return Net(X, weights, activation, short_decimals(rng, examples, sizes[-1]) + 0.4)


def aspects(arguments: Callable[[Net], tuple[Any, ...]], deep_points: float) -> tuple[Aspect, ...]:
    """What is looked at in both exercises; `arguments` makes the arguments of one call out of a network."""

    def seen(function: Function, when: str, network: Net) -> Sight:
        return Sight(when, "the mean squares", function(*arguments(network)))

    def square_layers(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
        # As many outputs as inputs: here a transposed matrix gives other numbers instead of an error.
        yield seen(function, "With one layer of tanh", net(rng, 2, [2, 2], tanh))
        yield seen(function, "With 4 layers of tanh", net(rng, 4, [3, 3, 3, 3, 3], tanh))

    def layers_of_other_widths(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
        for activation, name in [(tanh, "tanh"), (relu, "ReLU"), (square, "the square as activation")]:
            yield seen(function, f"With {name}", net(rng, 5, [3, 4, 2, 5], activation))

    def special(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
        yield seen(function, "For a batch of one example", net(rng, 1, [3, 2, 4], tanh))
        one = net(rng, 4, [3, 3, 2], tanh)
        whole = one._replace(X=rng.integers(1, 4, (4, 3)), grad=rng.integers(1, 4, (4, 2)))
        yield seen(function, "For whole numbers", whole)
        yield seen(function, "With weights in a tuple", one._replace(weights=tuple(one.weights)))
        dead = one._replace(weights=[one.weights[0], 0 * one.weights[1]])
        yield seen(function, "With zeros for the last weights", dead)

    def kept(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
        network = net(rng, 3, [3, 3, 3], tanh)
        function(*arguments(network))
        yield Sight("After the call,", "the X you were given", network.X)
        yield Sight("After the call,", "the grad you were given", network.grad)
        yield Sight("After the call,", "the number of weight matrices you were given", len(network.weights))
        for number, weights in enumerate(network.weights):
            yield Sight("After the call,", f"weights[{number}]", weights)

    return (
        Aspect("layers of equal widths", 1, square_layers),
        Aspect("layers of different widths", deep_points, layers_of_other_widths),
        Aspect("special cases", 1, special),
        Aspect(
            "arguments unchanged",
            1,
            kept,
            manners=True,
            lacking=Advice(
                "Writes into the caller's arrays",
                why="Your numbers are right, but what was passed in is changed, by `*=`, `@=`, `out=`, `reverse()`, `pop()` or "
                "an assignment to its entries: run the cell twice and it starts from somewhere else.",
                hint="`h = h @ W` makes a new array; `h @= W` overwrites the old one.",
            ),
        ),
    )
