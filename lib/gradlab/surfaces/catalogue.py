"""Surfaces of two weights from the literature, and one of a single weight, with derivatives written out."""

from collections.abc import Iterator

import numpy as np

from gradlab.arguments import Array
from gradlab.surfaces.surface import Surface, rows

rosenbrock = Surface(
    name="Rosenbrock",
    formula=r"(1 - w_1)^2 + 100\,(w_2 - w_1^2)^2",
    dim=2,
    minima=rows((1.0, 1.0)),
    start=np.array([-1.2, 1.0]),
    domain=rows((-2.0, 2.0), (-1.0, 3.0)),
    _value=lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
    _gradient=lambda x, y: (-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)),
    _hessian=lambda x, y: ((2 - 400 * y + 1200 * x**2, -400 * x), (-400 * x, 200 + 0 * x)),
)


def _himmelblau_gradient(x: Array, y: Array) -> tuple[Array, Array]:
    r, s = x**2 + y - 11, x + y**2 - 7
    return 4 * x * r + 2 * s, 2 * r + 4 * y * s


himmelblau = Surface(
    name="Himmelblau",
    formula=r"(w_1^2 + w_2 - 11)^2 + (w_1 + w_2^2 - 7)^2",
    dim=2,
    # Roots of a polynomial without a short closed form, to the last digit of a double.
    minima=rows(
        (3.0, 2.0),
        (-2.8051180869527448, 3.1313125182505730),
        (-3.7793102533777469, -3.2831859912861694),
        (3.5844283403304917, -1.8481265269644035),
    ),
    start=np.array([0.0, 0.0]),
    domain=rows((-5.0, 5.0), (-5.0, 5.0)),
    _value=lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
    _gradient=_himmelblau_gradient,
    _hessian=lambda x, y: (
        (12 * x**2 + 4 * y - 42, 4 * (x + y)),
        (4 * (x + y), 12 * y**2 + 4 * x - 26),
    ),
)

_BEALE = (1.5, 2.25, 2.625)


def _beale_residuals(x: Array, y: Array) -> Iterator[tuple[Array, Array, Array]]:
    # For each residual r = c - x (1 - y^k): r and its two slopes, y^k by multiplying: NumPy is slow at cubes.
    power, y_k = 1 + 0 * y, y
    for k, c in enumerate(_BEALE, start=1):
        yield c - x * (1 - y_k), y_k - 1, k * x * power
        power, y_k = y_k, y * y_k


def _beale_gradient(x: Array, y: Array) -> tuple[Array, Array]:
    slope_x, slope_y = 0 * x, 0 * y
    for r, rx, ry in _beale_residuals(x, y):
        slope_x, slope_y = slope_x + 2 * r * rx, slope_y + 2 * r * ry
    return slope_x, slope_y


def _beale_hessian(x: Array, y: Array) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    xx, xy, yy = 0 * x, 0 * x, 0 * x
    for k, (r, rx, ry) in enumerate(_beale_residuals(x, y), start=1):
        rxy, ryy = k * y ** (k - 1), k * (k - 1) * x * y ** max(k - 2, 0)
        xx, xy, yy = xx + 2 * rx * rx, xy + 2 * (rx * ry + r * rxy), yy + 2 * (ry * ry + r * ryy)
    return (xx, xy), (xy, yy)


beale = Surface(
    name="Beale",
    formula=r"(1.5 - w_1 + w_1 w_2)^2 + (2.25 - w_1 + w_1 w_2^2)^2 + (2.625 - w_1 + w_1 w_2^3)^2",
    dim=2,
    minima=rows((3.0, 0.5)),
    start=np.array([1.0, 1.0]),
    domain=rows((-4.5, 4.5), (-4.5, 4.5)),
    _value=lambda x, y: sum((r**2 for r, _, _ in _beale_residuals(x, y)), 0 * x),
    _gradient=_beale_gradient,
    _hessian=_beale_hessian,
)


def _dent(x: Array) -> Array:
    return 0.3 * np.exp(-8 * (x + 2) ** 2)


dented_slope = Surface(
    name="dented slope",
    formula=r"0.1\,w^2 - 0.3\,e^{-8 (w + 2)^2}",
    dim=1,
    # The bottom of the bowl; the dent, a poorer local minimum near -1.92, is what the start rolls into.
    minima=rows((0.0,)),
    start=np.array([-5.0]),
    domain=rows((-6.0, 4.0)),
    _value=lambda x: 0.1 * x**2 - _dent(x),
    _gradient=lambda x: (0.2 * x + 16 * (x + 2) * _dent(x),),
    _hessian=lambda x: ((0.2 + (16 - 256 * (x + 2) ** 2) * _dent(x),),),
)

monkey_saddle = Surface(
    name="monkey saddle",
    formula=r"w_1^3 - 3\,w_1 w_2^2",
    dim=2,
    minima=np.empty((0, 2)),
    # Almost on the ridge, which leads to the middle, where even the curvature is zero.
    start=np.array([1.0, 0.01]),
    domain=rows((-2.0, 2.0), (-2.0, 2.0)),
    _value=lambda x, y: x * (x**2 - 3 * y**2),
    _gradient=lambda x, y: (3 * x**2 - 3 * y**2, -6 * x * y),
    _hessian=lambda x, y: ((6 * x, -6 * y), (-6 * y, -6 * x)),
)

plateau = Surface(
    name="plateau",
    formula=r"1 - e^{-(w_1^2 + w_2^2) / 2}",
    dim=2,
    minima=rows((0.0, 0.0)),
    # 5e-3 steep, a hundredth of what it is on the way down.
    start=np.array([-3.0, 2.0]),
    domain=rows((-4.0, 4.0), (-4.0, 4.0)),
    _value=lambda x, y: -np.expm1(-(x**2 + y**2) / 2),
    _gradient=lambda x, y: (x * _hole(x, y), y * _hole(x, y)),
    _hessian=lambda x, y: (
        ((1 - x**2) * _hole(x, y), -x * y * _hole(x, y)),
        (-x * y * _hole(x, y), (1 - y**2) * _hole(x, y)),
    ),
)


def _hole(x: Array, y: Array) -> Array:
    return np.exp(-(x**2 + y**2) / 2)


double_well = Surface(
    name="double well",
    formula=r"(w_1^2 - 1)^2 + w_2^2",
    dim=2,
    minima=rows((1.0, 0.0), (-1.0, 0.0)),
    # Just right of the ridge between the wells.
    start=np.array([0.05, 1.5]),
    domain=rows((-2.0, 2.0), (-2.0, 2.0)),
    _value=lambda x, y: (x**2 - 1) ** 2 + y**2,
    _gradient=lambda x, y: (4 * x * (x**2 - 1), 2 * y),
    _hessian=lambda x, y: ((12 * x**2 - 4, 0 * x), (0 * x, 2 + 0 * x)),
)
