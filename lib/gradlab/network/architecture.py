"""What a network is built of, and where in the flat array each part of its parameters lies."""

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array
from gradlab.initializers import normal
from gradlab.network.activations import ACTIVATIONS
from gradlab.network.arguments import checked_params
from gradlab.network.losses import CRITERIA
from gradlab.network.propagation import Averages, Layer
from gradlab.normalization import BatchNormState

Initializer = Callable[[np.random.Generator, tuple[int, ...]], Array]


class Part(NamedTuple):
    """One named array among the parameters of one run: ``params[..., start:stop]`` in the shape `shape`.

    >>> layout((2, 3), False)[0]
    Part(name='W1', shape=(2, 3), start=0, stop=6)
    """

    name: str
    shape: tuple[int, ...]
    start: int
    stop: int


@functools.cache
def layout(sizes: tuple[int, ...], batch_norm: bool) -> tuple[Part, ...]:
    """The parts in their order: W and b of each layer, and after those of a hidden layer its gamma and beta.

    Args:
        sizes: units of the input, of each hidden layer and of the output.
        batch_norm: whether hidden layers have gamma and beta.

    Returns:
        the parts; layers are counted from 1.

    >>> [(part.name, part.shape, part.start) for part in layout((2, 3, 1), batch_norm=True)]
    [('W1', (2, 3), 0), ('b1', (3,), 6), ('gamma1', (3,), 9), ('beta1', (3,), 12), ('W2', (3, 1), 15), ('b2', (1,), 18)]
    """
    shapes: list[tuple[str, tuple[int, ...]]] = []
    for layer, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1):
        shapes += [(f"W{layer}", (fan_in, fan_out)), (f"b{layer}", (fan_out,))]
        if batch_norm and layer < len(sizes) - 1:
            shapes += [(f"gamma{layer}", (fan_out,)), (f"beta{layer}", (fan_out,))]
    parts, start = [], 0
    for name, shape in shapes:
        stop = start + math.prod(shape)
        parts.append(Part(name, shape, start, stop))
        start = stop
    return tuple(parts)


@dataclass(frozen=True)
class Architecture:
    """The layers of a network and the layout of its parameters; see `MLP`, which computes with them.

    >>> Architecture((64, 32, 10)).n_params
    2410
    """

    sizes: tuple[int, ...] = (64, 32, 10)
    activation: str = "tanh"
    criterion: str = "cross_entropy"
    dropout: float = 0.0
    batch_norm: bool = False

    def __post_init__(self) -> None:
        """Refuse a network that cannot be built."""
        if len(self.sizes) < 2 or min(self.sizes) < 1:
            raise ValueError(
                f"sizes must name at least an input and an output, each >= 1, like (64, 32, 10); "
                f"got {self.sizes}."
            )
        if self.activation not in ACTIVATIONS:
            raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}; got {self.activation!r}.")
        if self.criterion not in CRITERIA:
            raise ValueError(f"criterion must be one of {', '.join(CRITERIA)}; got {self.criterion!r}.")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout, the probability of dropping, must be in [0, 1), got {self.dropout}.")

    @property
    def n_params(self) -> int:
        """How many numbers the parameters of one run are.

        >>> Architecture((2, 3, 1)).n_params
        13
        """
        return self._layout[-1].stop

    @property
    def is_weight(self) -> npt.NDArray[np.bool_]:
        """Which parameters are weights, the numbers in a W, and so are penalised: shape (n_params,).

        >>> Architecture((2, 1)).is_weight
        array([ True,  True, False])
        """
        parts = self._layout
        return np.repeat(
            [part.name.startswith("W") for part in parts], [part.stop - part.start for part in parts]
        )

    def init(
        self,
        rng: np.random.Generator,
        runs: int | tuple[int, ...] = (),
        *,
        initializer: Initializer = normal,
        dtype: npt.DTypeLike = np.float32,
    ) -> Array:
        """Parameters to start from: weights from `initializer`, gamma 1, biases and beta 0.

        Args:
            rng: where the randomness comes from.
            runs: leading axes; () for a single run, 5 or (5,) for five different starts.
            initializer: one of `gradlab.initializers`; by default normal with std ``1 / sqrt(fan_in)``.
            dtype: float32, or float64 where gradients are checked.

        Returns:
            shape (*runs, n_params).

        >>> Architecture((2, 1)).init(np.random.default_rng(0)).round(2)
        array([ 0.09, -0.09,  0.  ], dtype=float32)
        """
        leading = runs if isinstance(runs, tuple) else (runs,)
        params = np.zeros((*leading, self.n_params), dtype=dtype)
        for name, view in self.views(params).items():
            if name.startswith("W"):
                view[...] = initializer(rng, view.shape)
            elif name.startswith("gamma"):
                view[...] = 1
        return params

    def init_averages(
        self, runs: int | tuple[int, ...] = (), *, dtype: npt.DTypeLike = np.float32
    ) -> Averages:
        """Running averages to start from: mean 0 and variance 1 for each hidden layer; () without batch norm.

        >>> Architecture((2, 3, 1), batch_norm=True).init_averages()[0].var
        array([1., 1., 1.], dtype=float32)
        """
        leading = runs if isinstance(runs, tuple) else (runs,)
        shapes = [(*leading, units) for units in self.sizes[1:-1]] if self.batch_norm else []
        return tuple(BatchNormState(np.zeros(shape, dtype), np.ones(shape, dtype)) for shape in shapes)

    def views(self, params: Array) -> dict[str, Array]:
        """The parts of `params` by name: W1, b1, W2, b2 ..., with gamma1, beta1 ... under batch norm.

        They are views: writing to one writes to `params`. W has shape (..., fan_in, fan_out), the others
        (..., fan_out).

        >>> {name: view.shape for name, view in Architecture((4, 3, 2)).views(np.zeros(23)).items()}
        {'W1': (4, 3), 'b1': (3,), 'W2': (3, 2), 'b2': (2,)}
        """
        checked_params(params, self.n_params, self.sizes)
        runs = params.shape[:-1]
        return {
            part.name: params[..., part.start : part.stop].reshape(*runs, *part.shape)
            for part in self._layout
        }

    def unpack(self, params: Array) -> list[tuple[Array, Array]]:
        """Views into `params`, layer by layer: (W, b) of shapes (..., fan_in, fan_out) and (..., fan_out).

        Writing to a view writes to `params`.

        >>> [(W.shape, b.shape) for W, b in Architecture((4, 3, 2)).unpack(np.zeros(23))]
        [((4, 3), (3,)), ((3, 2), (2,))]
        """
        return [(layer.W, layer.b) for layer in self.layers(params)]

    def layers(self, params: Array) -> list[Layer]:
        """Views into `params`, layer by layer, with gamma and beta where there are any.

        >>> network = Architecture((4, 3, 2), batch_norm=True)
        >>> [layer.gamma is not None for layer in network.layers(np.zeros(network.n_params))]
        [True, False]
        """
        named = self.views(params)
        return [
            Layer(named[f"W{n}"], named[f"b{n}"], named.get(f"gamma{n}"), named.get(f"beta{n}"))
            for n in range(1, len(self.sizes))
        ]

    @property
    def _layout(self) -> tuple[Part, ...]:
        return layout(tuple(self.sizes), self.batch_norm)
