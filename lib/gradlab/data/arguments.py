"""What the functions that make and deal out data ask of their arguments."""

import operator

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


def check_count(name: str, value: int, *, least: int) -> None:
    """Refuse what is not a whole number of at least `least`.

    Raises:
        ValueError: for a smaller number, or one that is not whole.

    >>> check_count("n", 0, least=1)
    Traceback (most recent call last):
    ValueError: n must be a whole number >= 1, got 0.
    """
    try:
        enough = operator.index(value) >= least
    except TypeError:
        enough = False
    if not enough:
        raise ValueError(f"{name} must be a whole number >= {least}, got {value!r}.")


def finite(name: str, values: npt.ArrayLike) -> Floats:
    """The argument as float64.

    Raises:
        ValueError: for inf or nan.

    >>> finite("weights", [1, 2])
    array([1., 2.])
    """
    array = np.asarray(values, dtype=np.float64)
    if not np.all(np.isfinite(array)):
        raise ValueError(f"{name} must be finite, but holds inf or nan.")
    return array
