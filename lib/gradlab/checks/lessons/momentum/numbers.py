"""Numbers for the checks of this lesson."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def short_decimals(rng: np.random.Generator, *shape: int) -> Array:
    """Short decimals, none of them near zero: a learner should be able to redo the sum by hand.

    >>> short_decimals(np.random.default_rng(0), 3)
    array([0.37, 0.33, 1.68])
    """
    return np.round(rng.choice([-1.0, 1.0], shape) * rng.uniform(0.3, 2.0, shape), 2)
