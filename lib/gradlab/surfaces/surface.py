"""What a loss surface is: its formula with two derivatives, and what is known about it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array, real


@dataclass(frozen=True, eq=False)
class Surface:
    """A loss surface with its derivatives and what is known about it.

    Attributes:
        name: what it is called.
        formula: the loss in LaTeX, w_1 and w_2 being the weights.
        dim: number of weights, the length of a point's last axis.
        minima: the known minima, shape (n, dim); (0, dim) where there is none.
        start: a customary place to start from, shape (dim,).
        domain: (low, high) for each weight: the part worth drawing, shape (dim, 2).

    >>> from gradlab.surfaces import himmelblau
    >>> himmelblau.dim, himmelblau.minima[0], himmelblau.value(himmelblau.minima[0])
    (2, array([3., 2.]), np.float64(0.0))
    """

    name: str
    formula: str
    dim: int
    minima: Array
    start: Array
    domain: Array
    _value: Callable[..., Array]
    _gradient: Callable[..., tuple[Array, ...]]
    _hessian: Callable[..., tuple[tuple[Array, ...], ...]]

    def value(self, points: npt.ArrayLike) -> Array:
        """The loss at `points`: shape (..., dim) -> (...).

        >>> from gradlab.surfaces import saddle
        >>> saddle.value([[1.0, 0.0], [0.0, 1.0]])
        array([ 1., -1.])
        """
        return self._value(*self._coordinates(points))

    def gradient(self, points: npt.ArrayLike, out: Array | None = None) -> Array:
        """The gradient at `points`: shape (..., dim) -> (..., dim).

        Args:
            points: shape (..., dim).
            out: where to write it, of the same shape; None for a new array.

        >>> from gradlab.surfaces import double_well
        >>> double_well.gradient([[1.0, 1.0], [2.0, 0.0]])
        array([[ 0.,  2.],
               [24.,  0.]])
        """
        coordinates = self._coordinates(points)
        if out is None:
            # Weight by weight in memory, as the formulas compute it; runs laid out like this step fastest.
            rows = np.empty((self.dim, *coordinates[0].shape), coordinates[0].dtype)
            out = rows.transpose(*range(1, rows.ndim), 0)
        for i, slope in enumerate(self._gradient(*coordinates)):
            out[..., i] = slope
        return out

    def hessian(self, points: npt.ArrayLike) -> Array:
        """The matrix of second derivatives at `points`: shape (..., dim) -> (..., dim, dim).

        >>> from gradlab.surfaces import double_well
        >>> double_well.hessian([0.0, 1.0])
        array([[-4.,  0.],
               [ 0.,  2.]])
        """
        entries = [entry for row in self._hessian(*self._coordinates(points)) for entry in row]
        flat = np.stack(np.broadcast_arrays(*entries), axis=-1)
        return flat.reshape(*flat.shape[:-1], self.dim, self.dim)

    def grid(self, size: int = 200) -> tuple[Array, Array]:
        """Points covering the domain and the loss there: shapes (size, ..., dim) and (size, ...).

        >>> from gradlab.surfaces import bowl
        >>> points, losses = bowl.grid(3)
        >>> points.shape, losses
        ((3, 3, 2), array([[18.,  9., 18.],
               [ 9.,  0.,  9.],
               [18.,  9., 18.]]))
        """
        if size < 1:
            raise ValueError(f"size must be at least 1 point along each weight, got {size}.")
        axes = [np.linspace(low, high, size) for low, high in self.domain]
        points = np.stack(np.meshgrid(*axes), axis=-1)
        return points, self.value(points)

    def _coordinates(self, points: npt.ArrayLike) -> list[Array]:
        array = real("points", points)
        if array.ndim == 0 or array.shape[-1] != self.dim:
            raise ValueError(
                f"A point of {self.name} has {self.dim} weight(s), so the last axis of points must have length "
                f"{self.dim}; got shape {array.shape}."
            )
        if array.dtype.kind != "f":
            array = array.astype(float)
        return [array[..., i] for i in range(self.dim)]


def rows(*numbers: tuple[float, ...]) -> Array:
    """Points, one a row, or the (low, high) of every weight.

    >>> rows((0, 1), (2, 3))
    array([[0., 1.],
           [2., 3.]])
    """
    return np.array(numbers, dtype=float)
