"""Tools to see and to measure a loss surface, that of a network included.

- Slices: the loss along random directions, or on the way from one network to another.
- BasinMap: which minimum each of thousands of starts ends in.
- Curvature: Hessians by differences, their condition number, the sharpest curvature of a network.
- Rates: how fast a run converged, by a fit to its losses.

>>> from gradlab.optimizers import gradient_descent
>>> from gradlab.surfaces import double_well
>>> starts, _ = double_well.grid(4)
>>> basin_map(double_well, starts, gradient_descent, steps=200, lr=0.05).basins
array([[1, 1, 0, 0],
       [1, 1, 0, 0],
       [1, 1, 0, 0],
       [1, 1, 0, 0]])
"""

from gradlab.landscape.basins import BasinMap, basin_map
from gradlab.landscape.curvature import (
    condition_number,
    hessian_vector_product,
    largest_eigenvalue,
    numerical_hessian,
)
from gradlab.landscape.rates import ConvergenceRate, PowerLaw, convergence_rate, power_law_exponent
from gradlab.landscape.slices import interpolate, random_directions, slice_1d, slice_2d

__all__ = [
    "BasinMap",
    "ConvergenceRate",
    "PowerLaw",
    "basin_map",
    "condition_number",
    "convergence_rate",
    "hessian_vector_product",
    "interpolate",
    "largest_eigenvalue",
    "numerical_hessian",
    "power_law_exponent",
    "random_directions",
    "slice_1d",
    "slice_2d",
]
