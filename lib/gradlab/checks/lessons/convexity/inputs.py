"""What the probes of this lesson hand in: losses that show their formula, and Hessians of chosen curvatures."""

import numpy as np
import numpy.typing as npt

from gradlab.checks.exercise import Function

Array = npt.NDArray[np.float64]


def shown_as(formula: str, loss: Function) -> Function:
    """`loss` under a name that a learner can paste: "lambda w: w**2".

    >>> shown_as("w**2", lambda w: w * w).__name__
    'lambda w: w**2'
    """
    loss.__name__ = f"lambda w: {formula}"
    return loss


def turned(curvatures: npt.ArrayLike, rng: np.random.Generator) -> Array:
    """A symmetric matrix with these eigenvalues, its axes turned at random.

    >>> np.linalg.eigvalsh(turned([3.0, -1.0], np.random.default_rng(0))).round(6)
    array([-1.,  3.])
    """
    values = np.asarray(curvatures, dtype=float)
    axes, _ = np.linalg.qr(rng.normal(size=(values.size, values.size)))
    matrix: Array = axes * values @ axes.T
    symmetric: Array = (matrix + matrix.T) / 2
    return symmetric
