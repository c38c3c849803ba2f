r"""Loss surfaces small enough to look at: most have two weights, one has one, some have any number.

A surface is its formula: `value`, `gradient` and `hessian` as pure functions of points with shape
(..., dim). Leading axes are a batch, so the loss of a thousand starts, or of a whole grid, is one call.
`SURFACES` holds one of every kind, by name.

>>> ravine.value([-5.0, -2.0])
np.float64(10.5)
>>> ravine.gradient([[-5.0, -2.0], [0.0, 1.0]])
array([[-1., -8.],
       [ 0.,  4.]])
"""

from math import pi

from gradlab.surfaces.catalogue import (
    beale,
    dented_slope,
    double_well,
    himmelblau,
    monkey_saddle,
    plateau,
    rosenbrock,
)
from gradlab.surfaces.many_weights import rastrigin, styblinski_tang
from gradlab.surfaces.quadratics import bowl, ill_conditioned, quadratic, ravine, saddle
from gradlab.surfaces.surface import Surface

SURFACES = {
    surface.name: surface
    for surface in (
        ravine,
        bowl,
        saddle,
        ill_conditioned(100, angle=pi / 6),
        rosenbrock,
        himmelblau,
        beale,
        monkey_saddle,
        plateau,
        double_well,
        rastrigin(),
        styblinski_tang(),
        dented_slope,
    )
}

__all__ = [
    "SURFACES",
    "Surface",
    "beale",
    "bowl",
    "dented_slope",
    "double_well",
    "himmelblau",
    "ill_conditioned",
    "monkey_saddle",
    "plateau",
    "quadratic",
    "rastrigin",
    "ravine",
    "rosenbrock",
    "saddle",
    "styblinski_tang",
]
