"""Surfaces of any number of weights, each a sum of one and the same bumpy curve over all of them."""

from collections.abc import Callable

import numpy as np

from gradlab.arguments import Array
from gradlab.surfaces.surface import Surface

Curve = Callable[[Array], Array]


def rastrigin(dim: int = 2) -> Surface:
    r"""Rastrigin's bowl full of pits, $\sum_i w_i^2 + 10 (1 - \cos 2 \pi w_i)$, of `dim` weights.

    One pit near every point with whole coordinates; the deepest is at zero. How many there are grows
    exponentially with `dim`, so that a descent ends in the pit it starts in.

    Raises:
        ValueError: for fewer weights than one, or a part of one.

    >>> rastrigin(3).value([[0.0, 0.0, 0.0], [1.0, 1.0, 0.0]])
    array([0., 2.])
    """
    return _sum_over_weights(
        "Rastrigin",
        r"\sum_i w_i^2 + 10\,(1 - \cos 2 \pi w_i)",
        dim,
        minimum=0.0,
        start=(-3.2, 2.3),
        half_width=5.12,
        curve=lambda x: x**2 + 10 * (1 - np.cos(2 * np.pi * x)),
        slope=lambda x: 2 * x + 20 * np.pi * np.sin(2 * np.pi * x),
        curvature=lambda x: 2 + 40 * np.pi**2 * np.cos(2 * np.pi * x),
    )


def styblinski_tang(dim: int = 2) -> Surface:
    r"""Styblinski and Tang's $\frac12 \sum_i w_i^4 - 16 w_i^2 + 5 w_i$, of `dim` weights.

    Two valleys along every axis, a deeper one near -2.9 and a poorer one near 2.7, so that one of 2**dim
    minima is the best.

    Raises:
        ValueError: for fewer weights than one, or a part of one.

    >>> styblinski_tang(3).value(styblinski_tang(3).minima).round(4)
    array([-117.4985])
    """
    return _sum_over_weights(
        "Styblinski-Tang",
        r"\tfrac{1}{2} \sum_i w_i^4 - 16\,w_i^2 + 5\,w_i",
        dim,
        # The lowest root of 4 w^3 - 32 w + 5, to the last digit of a double.
        minimum=-2.9035340277711771,
        start=(1.0, -1.0),
        half_width=5.0,
        # As products: NumPy multiplies a hundred times faster than it takes third powers.
        curve=lambda x: x * (x * (x**2 - 16) + 5) / 2,
        slope=lambda x: 2 * x * (x**2 - 8) + 2.5,
        curvature=lambda x: 6 * x**2 - 16,
    )


def _sum_over_weights(
    name: str,
    formula: str,
    dim: int,
    *,
    minimum: float,
    start: tuple[float, float],
    half_width: float,
    curve: Curve,
    slope: Curve,
    curvature: Curve,
) -> Surface:
    if dim != int(dim):
        raise ValueError(f"dim must be a whole number of weights, got {dim}.")
    if dim < 1:
        raise ValueError(f"dim must be at least 1 weight, got {dim}.")
    return Surface(
        name=name,
        formula=formula,
        dim=dim,
        minima=np.full((1, dim), minimum),
        start=np.resize(start, dim),
        domain=np.tile([-half_width, half_width], (dim, 1)),
        _value=lambda *w: sum((curve(x) for x in w[1:]), curve(w[0])),
        _gradient=lambda *w: tuple(slope(x) for x in w),
        _hessian=lambda *w: tuple(
            tuple(curvature(x) if i == j else 0 * x for j in range(dim)) for i, x in enumerate(w)
        ),
    )
