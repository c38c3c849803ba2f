"""Data that a linear model has made, so that the weights to be found are known."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gradlab.arguments import check_not_negative
from gradlab.data.arguments import Floats, check_count, finite


class LinearData(NamedTuple):
    """Inputs, targets and the truth behind them: ``y = X @ weights + bias``, and noise.

    Attributes:
        X: the inputs, float64, shape (n, features).
        y: the targets, float64, shape (n,).
        weights: the true weights, float64, shape (features,).
        bias: the true bias, a number.

    >>> X, y, weights, bias = linear_data(np.random.default_rng(0), 100, weights=[2.0, -1.0], bias=3.0)
    >>> np.allclose(y, X @ weights + bias)
    True
    """

    X: Floats
    y: Floats
    weights: Floats
    bias: float


class SparseData(NamedTuple):
    """Inputs that are mostly 0, targets, and the truth behind them: ``y = X @ weights``, and noise.

    Attributes:
        X: 1 where an example has a feature and 0 where not, float64, shape (n, features).
        y: the targets, float64, shape (n,).
        weights: the true weights, float64, shape (features,).
        frequencies: the chance that an example has the feature, float64, shape (features,), falling.

    >>> data = sparse_zipf(np.random.default_rng(0), 100, 5)
    >>> data.X.shape, bool(data.frequencies[0] > data.frequencies[-1])
    ((100, 5), True)
    """

    X: Floats
    y: Floats
    weights: Floats
    frequencies: Floats


def linear_data(
    rng: np.random.Generator,
    n: int,
    *,
    weights: npt.ArrayLike,
    bias: float = 0.0,
    scales: npt.ArrayLike = 1.0,
    noise: float = 0.0,
) -> LinearData:
    """Examples for linear regression: ``X = scales * normal`` and ``y = X @ weights + bias + noise * normal``.

    The Hessian of the loss ``mean((X @ w + b - y) ** 2)`` is close to ``2 * diag(scales ** 2)`` in the weights
    and 2 in the bias: a feature in units ten times as large is a slope a hundred times as steep. So the scales
    (1, 30) make a ravine of condition number 900.

    Args:
        rng: where the randomness comes from.
        n: number of examples, >= 1.
        weights: the true weights, shape (features,); one of them for points around a line.
        bias: the true bias.
        scales: standard deviation of each feature, > 0: a number, or one for each, shape (features,).
        noise: standard deviation of the normal noise on the targets, >= 0.

    Returns:
        the inputs, the targets and the truth.

    Raises:
        ValueError: for n below 1, weights that are not one axis of numbers, scales that are not positive or do
            not fit the weights, a bias that is not finite, or negative noise.

    >>> X, y, weights, bias = linear_data(np.random.default_rng(0), 50, weights=[3.0], bias=1.0, noise=0.1)
    >>> X.shape, y.shape
    ((50, 1), (50,))
    >>> np.polyfit(X[:, 0], y, 1).round(1)
    array([3., 1.])
    """
    check_count("n", n, least=1)
    true_weights, true_bias = finite("weights", weights), float(finite("bias", bias))
    if true_weights.ndim != 1 or true_weights.size == 0:
        raise ValueError(
            f"weights must have shape (features,), e.g. [3.0] for a line, got shape {true_weights.shape}."
        )
    units = finite("scales", scales)
    if not np.all(units > 0):
        raise ValueError(f"scales must be positive, got {units}.")
    if units.shape not in ((), true_weights.shape):
        raise ValueError(
            f"scales must be one number, or one for each of the {true_weights.size} weights, got shape {units.shape}."
        )
    check_not_negative("noise", noise)
    X = units * rng.standard_normal((n, true_weights.size))
    y = X @ true_weights + true_bias + noise * rng.standard_normal(n)
    return LinearData(X, y, true_weights, true_bias)


def sparse_zipf(
    rng: np.random.Generator,
    n: int,
    features: int,
    *,
    exponent: float = 1.1,
    most_common: float = 0.5,
    noise: float = 0.0,
) -> SparseData:
    """Features as rare as words: the j-th most common is in an example with chance ``most_common / j**exponent``.

    Whether an example has a feature does not depend on its other features. The true weights are standard normal,
    so a rare feature says as much as a common one, on the few occasions when it is there. One learning rate for
    all must be small enough for the common features and leaves the rare ones where they started; a rate for
    each, as in AdaGrad, reaches both. The rarest features may be in no example at all: their weights cannot be
    learned, and nobody needs them.

    For labels instead of targets take ``y > 0``.

    Args:
        rng: where the randomness comes from.
        n: number of examples, >= 1.
        features: number of features, >= 1.
        exponent: how fast the frequencies fall, >= 0; 0 makes all features equally common. For the words of a
            language it is about 1.
        most_common: chance of the most common feature, in (0, 1].
        noise: standard deviation of the normal noise on the targets, >= 0.

    Returns:
        the inputs, the targets, and the true weights and frequencies behind them.

    Raises:
        ValueError: for n or features below 1, a negative exponent, most_common outside (0, 1], or negative noise.

    Reference:
        G. K. Zipf, Human behavior and the principle of least effort, 1949.

    >>> data = sparse_zipf(np.random.default_rng(0), 10_000, 4, exponent=1.0)
    >>> data.frequencies.round(3), data.X.mean(axis=0).round(2)
    (array([0.5  , 0.25 , 0.167, 0.125]), array([0.5 , 0.24, 0.17, 0.13]))
    """
    check_count("n", n, least=1)
    check_count("features", features, least=1)
    check_not_negative("exponent", exponent)
    check_not_negative("noise", noise)
    if not 0 < most_common <= 1:
        raise ValueError(f"most_common must be in (0, 1], because it is a probability, got {most_common}.")
    frequencies = most_common * np.arange(1, features + 1, dtype=np.float64) ** -exponent
    weights = rng.standard_normal(features)
    X = (rng.random((n, features)) < frequencies).astype(np.float64)
    return SparseData(X, X @ weights + noise * rng.standard_normal(n), weights, frequencies)
