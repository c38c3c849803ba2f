r"""Loss surfaces of two weights (and one of a single weight), small enough to look at.

A surface is its formula: `value`, `gradient` and `hessian` as pure functions of points with shape
(..., dim). Leading axes are a batch, so the loss of a thousand starts, or of a whole grid, is one call.

>>> ravine.value([-5.0, -2.0])
np.float64(10.5)
>>> ravine.gradient([[-5.0, -2.0], [0.0, 1.0]])
array([[-1., -8.],
       [ 0.,  4.]])
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating]


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
        """The loss at `points`: shape (..., dim) -> (...)."""
        return self._value(*self._coordinates(points))

    def gradient(self, points: npt.ArrayLike) -> Array:
        """The gradient at `points`: shape (..., dim) -> (..., dim)."""
        return np.stack(np.broadcast_arrays(*self._gradient(*self._coordinates(points))), axis=-1)

    def hessian(self, points: npt.ArrayLike) -> Array:
        """The matrix of second derivatives at `points`: shape (..., dim) -> (..., dim, dim)."""
        entries = [entry for row in self._hessian(*self._coordinates(points)) for entry in row]
        flat = np.stack(np.broadcast_arrays(*entries), axis=-1)
        return flat.reshape(*flat.shape[:-1], self.dim, self.dim)

    def grid(self, size: int = 200) -> tuple[Array, Array]:
        """Points covering the domain and the loss there: shapes (size, ..., dim) and (size, ...)."""
        axes = [np.linspace(low, high, size) for low, high in self.domain]
        points = np.stack(np.meshgrid(*axes), axis=-1)
        return points, self.value(points)

    def _coordinates(self, points: npt.ArrayLike) -> list[Array]:
        array = np.asarray(points)
        if array.ndim == 0 or array.shape[-1] != self.dim:
            raise ValueError(
                f"A point of {self.name} has {self.dim} weight(s), so the last axis of points must have length "
                f"{self.dim}; got shape {array.shape}."
            )
        if not np.issubdtype(array.dtype, np.floating):
            array = array.astype(float)
        return [array[..., i] for i in range(self.dim)]


def _floats(*rows: tuple[float, ...]) -> Array:
    return np.array(rows, dtype=float)


def quadratic(
    a: float, b: float, *, name: str, start: tuple[float, float], domain: tuple[float, float]
) -> Surface:
    r"""The surface $a w_1^2 + b w_2^2$: curvature 2a along the first weight and 2b along the second.

    Positive `a` and `b` make a bowl, very different ones a ravine, opposite signs a saddle. `domain` is
    (half width, half height) of the part worth drawing.

    >>> quadratic(1, 3, name="bowl", start=(1, 1), domain=(2, 2)).hessian([0.0, 0.0])
    array([[2., 0.],
           [0., 6.]])
    """
    width, height = domain
    return Surface(
        name=name,
        formula=rf"{a:g}\,w_1^2 {'+' if b >= 0 else '-'} {abs(b):g}\,w_2^2",
        dim=2,
        minima=_floats((0.0, 0.0)) if a > 0 and b > 0 else np.empty((0, 2)),
        start=np.array(start, dtype=float),
        domain=_floats((-width, width), (-height, height)),
        _value=lambda x, y: a * x**2 + b * y**2,
        _gradient=lambda x, y: (2 * a * x, 2 * b * y),
        _hessian=lambda x, y: ((2 * a + 0 * x, 0 * x), (0 * x, 2 * b + 0 * x)),
    )


ravine = quadratic(0.1, 2.0, name="ravine", start=(-5, -2), domain=(6, 3))
bowl = quadratic(1.0, 1.0, name="bowl", start=(-2, 1.5), domain=(3, 3))
saddle = quadratic(1.0, -1.0, name="saddle", start=(-2, 1e-3), domain=(3, 3))

rosenbrock = Surface(
    name="Rosenbrock",
    formula=r"(1 - w_1)^2 + 100\,(w_2 - w_1^2)^2",
    dim=2,
    minima=_floats((1.0, 1.0)),
    start=np.array([-1.2, 1.0]),
    domain=_floats((-2.0, 2.0), (-1.0, 3.0)),
    _value=lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
    _gradient=lambda x, y: (-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)),
    _hessian=lambda x, y: ((2 - 400 * y + 1200 * x**2, -400 * x), (-400 * x, 200 + 0 * x)),
)

himmelblau = Surface(
    name="Himmelblau",
    formula=r"(w_1^2 + w_2 - 11)^2 + (w_1 + w_2^2 - 7)^2",
    dim=2,
    # Roots of a polynomial without a short closed form, to the last digit of a double.
    minima=_floats(
        (3.0, 2.0),
        (-2.8051180869527448, 3.1313125182505730),
        (-3.7793102533777469, -3.2831859912861694),
        (3.5844283403304917, -1.8481265269644035),
    ),
    start=np.array([0.0, 0.0]),
    domain=_floats((-5.0, 5.0), (-5.0, 5.0)),
    _value=lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
    _gradient=lambda x, y: (
        4 * x * (x**2 + y - 11) + 2 * (x + y**2 - 7),
        2 * (x**2 + y - 11) + 4 * y * (x + y**2 - 7),
    ),
    _hessian=lambda x, y: (
        (12 * x**2 + 4 * y - 42, 4 * (x + y)),
        (4 * (x + y), 12 * y**2 + 4 * x - 26),
    ),
)

_BEALE = (1.5, 2.25, 2.625)


def _beale_terms(x: Array, y: Array) -> list[tuple[Array, Array, Array, Array, Array]]:
    # For each residual r = c - x (1 - y^k): r, its two slopes, and the second slopes r_xy and r_yy.
    return [
        (
            c - x * (1 - y**k),
            -(1 - y**k),
            k * x * y ** (k - 1),
            k * y ** (k - 1),
            k * (k - 1) * x * y ** max(k - 2, 0),
        )
        for k, c in enumerate(_BEALE, start=1)
    ]


beale = Surface(
    name="Beale",
    formula=r"(1.5 - w_1 + w_1 w_2)^2 + (2.25 - w_1 + w_1 w_2^2)^2 + (2.625 - w_1 + w_1 w_2^3)^2",
    dim=2,
    minima=_floats((3.0, 0.5)),
    start=np.array([1.0, 1.0]),
    domain=_floats((-4.5, 4.5), (-4.5, 4.5)),
    _value=lambda x, y: sum((r**2 for r, *_ in _beale_terms(x, y)), 0 * x),
    _gradient=lambda x, y: (
        sum((2 * r * rx for r, rx, _, _, _ in _beale_terms(x, y)), 0 * x),
        sum((2 * r * ry for r, _, ry, _, _ in _beale_terms(x, y)), 0 * x),
    ),
    _hessian=lambda x, y: (
        (
            sum((2 * rx * rx for _, rx, _, _, _ in _beale_terms(x, y)), 0 * x),
            sum((2 * (rx * ry + r * rxy) for r, rx, ry, rxy, _ in _beale_terms(x, y)), 0 * x),
        ),
        (
            sum((2 * (rx * ry + r * rxy) for r, rx, ry, rxy, _ in _beale_terms(x, y)), 0 * x),
            sum((2 * (ry * ry + r * ryy) for r, _, ry, _, ryy in _beale_terms(x, y)), 0 * x),
        ),
    ),
)


def _dent(x: Array) -> Array:
    return 0.3 * np.exp(-8 * (x + 2) ** 2)


dented_slope = Surface(
    name="dented slope",
    formula=r"0.1\,w^2 - 0.3\,e^{-8 (w + 2)^2}",
    dim=1,
    # The bottom of the bowl; the dent, a poorer local minimum near -1.92, is what the start rolls into.
    minima=_floats((0.0,)),
    start=np.array([-5.0]),
    domain=_floats((-6.0, 4.0)),
    _value=lambda x: 0.1 * x**2 - _dent(x),
    _gradient=lambda x: (0.2 * x + 16 * (x + 2) * _dent(x),),
    _hessian=lambda x: ((0.2 + (16 - 256 * (x + 2) ** 2) * _dent(x),),),
)

SURFACES = {
    surface.name: surface for surface in (ravine, bowl, saddle, rosenbrock, himmelblau, beale, dented_slope)
}
