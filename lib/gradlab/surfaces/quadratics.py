"""Surfaces with the same curvature everywhere: bowls, ravines and saddles."""

import numpy as np

from gradlab.surfaces.surface import Surface, rows


def quadratic(
    a: float, b: float, *, name: str, start: tuple[float, float], domain: tuple[float, float]
) -> Surface:
    r"""The surface $a w_1^2 + b w_2^2$: curvature 2a along the first weight and 2b along the second.

    Positive `a` and `b` make a bowl, very different ones a ravine, opposite signs a saddle. `domain` is
    (half width, half height) of the part worth drawing.

    Raises:
        ValueError: for a curvature that is not finite.

    >>> quadratic(1, 3, name="bowl", start=(1, 1), domain=(2, 2)).hessian([0.0, 0.0])
    array([[2., 0.],
           [0., 6.]])
    """
    if not (np.isfinite(a) and np.isfinite(b)):
        raise ValueError(f"a and b must be finite numbers, got {a} and {b}.")
    width, height = domain
    return Surface(
        name=name,
        formula=rf"{a:g}\,w_1^2 {'+' if b >= 0 else '-'} {abs(b):g}\,w_2^2",
        dim=2,
        minima=rows((0.0, 0.0)) if a > 0 and b > 0 else np.empty((0, 2)),
        start=np.array(start, dtype=float),
        domain=rows((-width, width), (-height, height)),
        _value=lambda x, y: a * x**2 + b * y**2,
        _gradient=lambda x, y: (2 * a * x, 2 * b * y),
        _hessian=lambda x, y: ((2 * a + 0 * x, 0 * x), (0 * x, 2 * b + 0 * x)),
    )


def ill_conditioned(condition_number: float, *, angle: float = 0.0) -> Surface:
    r"""The ravine $\frac12 (u_1^2 + \kappa\,u_2^2)$ whose floor is turned by `angle` against the first axis.

    The curvatures are 1 along the floor and `condition_number` across it, so that gradient descent with its
    best rate comes closer by the factor $(\kappa - 1) / (\kappa + 1)$ in each step. The angle is invisible to rules
    with one rate for all weights, and not to those that scale every weight.

    Args:
        condition_number: the ratio of the curvatures, kappa, >= 1.
        angle: in radians, counter-clockwise.

    Raises:
        ValueError: for a condition number below 1, or a number that is infinite.

    >>> ill_conditioned(100).hessian([0.0, 0.0])
    array([[  1.,   0.],
           [  0., 100.]])
    """
    kappa = float(condition_number)
    if not (kappa >= 1 and np.isfinite(kappa)):
        raise ValueError(
            f"condition_number must be a finite number >= 1, got {condition_number}: it is the largest curvature "
            "over the smallest."
        )
    if not np.isfinite(angle):
        raise ValueError(f"angle must be a finite number of radians, got {angle}.")
    cos, sin = float(np.cos(angle)), float(np.sin(angle))
    across = kappa - 1
    xx, xy, yy = 1 + across * sin**2, -across * sin * cos, 1 + across * cos**2
    mixed = rf"{'+' if xy > 0 else '-'} {2 * abs(xy):g}\,w_1 w_2 " if xy else ""
    return Surface(
        name="ill-conditioned",
        formula=rf"\frac{{1}}{{2}} ({xx:g}\,w_1^2 {mixed}+ {yy:g}\,w_2^2)",
        dim=2,
        minima=rows((0.0, 0.0)),
        start=np.array([-4 * cos - sin, cos - 4 * sin]),
        domain=rows((-6.0, 6.0), (-6.0, 6.0)),
        _value=lambda x, y: (xx * x**2 + 2 * xy * x * y + yy * y**2) / 2,
        _gradient=lambda x, y: (xx * x + xy * y, xy * x + yy * y),
        _hessian=lambda x, y: ((xx + 0 * x, xy + 0 * x), (xy + 0 * x, yy + 0 * x)),
    )


ravine = quadratic(0.1, 2.0, name="ravine", start=(-5, -2), domain=(6, 3))
bowl = quadratic(1.0, 1.0, name="bowl", start=(-2, 1.5), domain=(3, 3))
saddle = quadratic(1.0, -1.0, name="saddle", start=(-2, 1e-3), domain=(3, 3))
