"""Features in units of their own spread, measured on the training data alone."""

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array, floating


def standardize(train: npt.ArrayLike, *others: npt.ArrayLike) -> tuple[Array, ...]:
    """Give every feature mean 0 and standard deviation 1 in the training data: ``(x - mean) / std``.

    `mean` and `std` (dividing by n, as in scikit-learn's StandardScaler) are those of `train`, for the others
    too. To use the test data's own would hide any shift between the two, and to use those of both together
    would let the test data speak before its time.

    A feature that never changes in `train`, such as the corner pixels of the digits, is only shifted to 0: its
    std of 0 counts as 1.

    Args:
        train: the training inputs, shape (..., n, features), n >= 1, float32 or float64.
        *others: validation and test inputs, shape (..., m, features), with the same features; m may be 0.

    Returns:
        `train` and the others, standardized, each in its own shape and dtype.

    Raises:
        ValueError: for inputs that are not floating point or not finite, that lack an axis, or have another
            number of features than `train`; for no training examples.

    >>> train, test = standardize(np.array([[1.0, 7.0], [3.0, 7.0]]), np.array([[4.0, 8.0]]))
    >>> train, test
    (array([[-1.,  0.],
           [ 1.,  0.]]), array([[2., 1.]]))
    """
    measured = _inputs("train", train)
    if measured.shape[-2] == 0:
        raise ValueError(f"train must hold at least one example, got shape {measured.shape}.")
    rest = [_inputs(f"others[{i}]", other) for i, other in enumerate(others)]
    for i, other in enumerate(rest):
        if other.shape[-1] != measured.shape[-1]:
            raise ValueError(
                f"others[{i}] must have the {measured.shape[-1]} features of train, got shape {other.shape}."
            )
    # A sum of equal numbers is rounded, so the std of a feature that never changes need not be exactly 0.
    low, high = measured.min(axis=-2, keepdims=True), measured.max(axis=-2, keepdims=True)
    mean = np.where(low == high, low, measured.mean(axis=-2, keepdims=True, dtype=np.float64))
    std = np.where(low == high, 1, measured.std(axis=-2, keepdims=True, dtype=np.float64))
    return tuple(((x - mean) / np.where(std > 0, std, 1)).astype(x.dtype) for x in (measured, *rest))


def _inputs(name: str, inputs: npt.ArrayLike) -> Array:
    X = floating(name, inputs)
    if X.ndim < 2:
        raise ValueError(f"{name} must have shape (..., n, features), got shape {X.shape}.")
    if not np.all(np.isfinite(X)):
        raise ValueError(f"{name} must be finite, but holds inf or nan.")
    return X
