"""Where the weights of a layer start.

Every initializer has the same form,

    initializer(rng, shape) -> weights

The last two axes of `shape` are (fan_in, fan_out), as in gradlab.network, where a layer is ``h @ W + b``; axes
before them are independent runs. PyTorch stores a layer as (fan_out, fan_in). Weights are float64 unless `dtype`
says otherwise.
"""

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array, check_generator, real

Shape = tuple[int, ...]


def zeros(rng: np.random.Generator, shape: Shape, *, dtype: npt.DTypeLike = np.float64) -> Array:
    """All 0: right for biases. A layer of zero weights passes on neither its input nor a gradient.

    Args:
        rng: not used; it is here so that all initializers are called alike.
        shape: any.
        dtype: float32 or float64.

    Returns:
        the weights.

    Raises:
        ValueError: for a negative length, a dtype of whole numbers, or a seed in place of rng.

    >>> zeros(np.random.default_rng(0), (3,))
    array([0., 0., 0.])
    """
    return constant(rng, shape, value=0.0, dtype=dtype)


def constant(
    rng: np.random.Generator, shape: Shape, *, value: float, dtype: npt.DTypeLike = np.float64
) -> Array:
    """All the same number. Units that start equal get equal gradients and stay equal for ever.

    Args:
        rng: not used; it is here so that all initializers are called alike.
        shape: any.
        value: the number.
        dtype: float32 or float64.

    Returns:
        the weights.

    Raises:
        ValueError: for a negative length, a value that is not finite, a dtype of whole numbers, or a seed in place
            of rng.

    >>> constant(np.random.default_rng(0), (2, 2), value=0.5)
    array([[0.5, 0.5],
           [0.5, 0.5]])
    """
    if real("value", value).ndim or not np.isfinite(value):
        raise ValueError(f"value must be a finite number, got {value}.")
    _check(rng, shape, dtype)
    return np.full(shape, value, dtype=dtype)


def normal(rng: np.random.Generator, shape: Shape, *, dtype: npt.DTypeLike = np.float64) -> Array:
    """Normal with ``std = 1 / sqrt(fan_in)``: a linear layer keeps the variance of what it is given.

    Args:
        rng: where the randomness comes from.
        shape: (..., fan_in, fan_out).
        dtype: float32 or float64.

    Returns:
        the weights.

    Raises:
        ValueError: for a shape without two fans >= 1, a dtype of whole numbers, or a seed in place of rng.

    Reference:
        Y. LeCun et al., Efficient BackProp, 1998.

    >>> normal(np.random.default_rng(0), (100, 200)).std().round(3)
    np.float64(0.1)
    """
    fan_in, _ = _fans(shape)
    return _normal(rng, shape, 1 / np.sqrt(fan_in), dtype)


def xavier_uniform(rng: np.random.Generator, shape: Shape, *, dtype: npt.DTypeLike = np.float64) -> Array:
    """Uniform between ``-limit`` and ``limit``, with ``limit = sqrt(6 / (fan_in + fan_out))``.

    The variance is limit ** 2 / 3 = 2 / (fan_in + fan_out): a compromise between keeping the variance of the
    activations on the way forward and that of the gradients on the way back. For layers that are linear near
    0, such as tanh. Also called Glorot; PyTorch multiplies it by a gain, 1 by default.

    Args:
        rng: where the randomness comes from.
        shape: (..., fan_in, fan_out).
        dtype: float32 or float64.

    Returns:
        the weights.

    Raises:
        ValueError: for a shape without two fans >= 1, a dtype of whole numbers, or a seed in place of rng.

    Reference:
        X. Glorot and Y. Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010.

    >>> weights = xavier_uniform(np.random.default_rng(0), (100, 200))
    >>> bool(np.abs(weights).max() <= np.sqrt(6 / 300))
    True
    """
    limit = np.sqrt(6 / sum(_fans(shape)))
    return _uniform(rng, shape, limit, dtype)


def xavier_normal(rng: np.random.Generator, shape: Shape, *, dtype: npt.DTypeLike = np.float64) -> Array:
    """Normal with ``std = sqrt(2 / (fan_in + fan_out))``: the variance of `xavier_uniform`.

    PyTorch's is the same. Keras cuts the normal off at two standard deviations.

    Args:
        rng: where the randomness comes from.
        shape: (..., fan_in, fan_out).
        dtype: float32 or float64.

    Returns:
        the weights.

    Raises:
        ValueError: for a shape without two fans >= 1, a dtype of whole numbers, or a seed in place of rng.

    Reference:
        X. Glorot and Y. Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010.

    >>> xavier_normal(np.random.default_rng(0), (50, 150)).std().round(3)
    np.float64(0.1)
    """
    return _normal(rng, shape, np.sqrt(2 / sum(_fans(shape))), dtype)


def he_uniform(rng: np.random.Generator, shape: Shape, *, dtype: npt.DTypeLike = np.float64) -> Array:
    """Uniform between ``-limit`` and ``limit``, with ``limit = sqrt(6 / fan_in)``: the variance of `he_normal`.

    Same as PyTorch's kaiming_uniform_ with nonlinearity="relu"; its default is that of a leaky ReLU of slope 0,
    which is the same number, but a Linear layer is given slope sqrt(5) and so a limit of 1 / sqrt(fan_in).

    Args:
        rng: where the randomness comes from.
        shape: (..., fan_in, fan_out).
        dtype: float32 or float64.

    Returns:
        the weights.

    Raises:
        ValueError: for a shape without two fans >= 1, a dtype of whole numbers, or a seed in place of rng.

    Reference:
        K. He et al., Delving deep into rectifiers, 2015.

    >>> weights = he_uniform(np.random.default_rng(0), (150, 100))
    >>> bool(np.abs(weights).max() <= 0.2)
    True
    """
    fan_in, _ = _fans(shape)
    return _uniform(rng, shape, np.sqrt(6 / fan_in), dtype)


def he_normal(rng: np.random.Generator, shape: Shape, *, dtype: npt.DTypeLike = np.float64) -> Array:
    """Normal with ``std = sqrt(2 / fan_in)``, for ReLU, which throws half of the mean square away.

    Same as PyTorch's kaiming_normal_ with nonlinearity="relu". Keras cuts the normal off at two standard
    deviations.

    Args:
        rng: where the randomness comes from.
        shape: (..., fan_in, fan_out).
        dtype: float32 or float64.

    Returns:
        the weights.

    Raises:
        ValueError: for a shape without two fans >= 1, a dtype of whole numbers, or a seed in place of rng.

    Reference:
        K. He et al., Delving deep into rectifiers, 2015.

    >>> he_normal(np.random.default_rng(0), (200, 100)).std().round(3)
    np.float64(0.1)
    """
    fan_in, _ = _fans(shape)
    return _normal(rng, shape, np.sqrt(2 / fan_in), dtype)


def _normal(rng: np.random.Generator, shape: Shape, std: float, dtype: npt.DTypeLike) -> Array:
    _check(rng, shape, dtype)
    weights: Array = (std * rng.standard_normal(shape)).astype(dtype)
    return weights


def _uniform(rng: np.random.Generator, shape: Shape, limit: float, dtype: npt.DTypeLike) -> Array:
    _check(rng, shape, dtype)
    weights: Array = rng.uniform(-limit, limit, shape).astype(dtype)
    return weights


def _check(rng: np.random.Generator, shape: Shape, dtype: npt.DTypeLike) -> None:
    check_generator(rng)
    _check_whole(shape)
    if min(shape, default=0) < 0:
        raise ValueError(f"shape must have lengths >= 0, got {shape}.")
    if not np.issubdtype(np.dtype(dtype), np.floating):
        raise ValueError(f"dtype must be a floating one, such as np.float32, got {np.dtype(dtype)}.")


def _check_whole(shape: Shape) -> None:
    if not isinstance(shape, tuple | list) or not all(isinstance(n, int | np.integer) for n in shape):
        raise ValueError(f"shape must be a tuple of whole numbers, such as (64, 32) or (10,), got {shape!r}.")


def _fans(shape: Shape) -> tuple[int, int]:
    _check_whole(shape)
    if len(shape) < 2 or min(shape[-2:]) < 1:
        raise ValueError(
            f"shape must end in (fan_in, fan_out), each >= 1, got {shape}. For biases, which have no fan_in, use zeros."
        )
    fan_in, fan_out = shape[-2:]
    return fan_in, fan_out
