"""What the rules of this library ask of the arrays that they are given."""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating]


def real(name: str, value: npt.ArrayLike) -> npt.NDArray[Any]:
    """The argument as an array of real numbers, floating point or whole.

    Raises:
        ValueError: for text, None, complex numbers, or rows of unequal lengths.

    >>> real("lr", "0.1")
    Traceback (most recent call last):
    ValueError: lr must be a number or an array of numbers, got '0.1'.
    """
    try:
        numbers = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} must be a number or an array of numbers: {error}") from error
    if numbers.dtype.kind not in "fiub":
        raise ValueError(f"{name} must be a number or an array of numbers, got {value!r}.")
    return numbers


def floating(name: str, array: npt.ArrayLike) -> Array:
    """The argument as an array of floating point numbers.

    Raises:
        ValueError: for integers, which would cut every fraction off, or what holds no numbers.

    >>> floating("params", [1.0, 2.0])
    array([1., 2.])
    """
    values = real(name, array)
    if not np.issubdtype(values.dtype, np.floating):
        raise ValueError(
            f"{name} must be floating point, got {values.dtype}: whole numbers cannot hold a fraction. "
            "Write np.array([1.0, 2.0]) or use .astype(float)."
        )
    return values


def fits(shape: tuple[int, ...], into: tuple[int, ...]) -> bool:
    """Whether an array of `shape` broadcasts into the shape `into` without making it larger.

    >>> fits((3, 1), (3, 5)), fits((3,), (3, 5))
    (True, False)
    """
    lined_up = zip(reversed(shape), reversed(into), strict=False)
    return len(shape) <= len(into) and all(length in (1, wanted) for length, wanted in lined_up)


def fitting(name: str, value: float | Array, of: str, array: Array) -> Array:
    """A hyper-parameter that broadcasts to `array`, in its dtype.

    In its dtype, because a float64 rate must not turn float32 weights into float64.

    Raises:
        ValueError: for a shape that does not broadcast to that of `array`, which is called `of`.

    >>> fitting("lr", 0.1, "params", np.ones(2, dtype=np.float32)).dtype
    dtype('float32')
    """
    if not fits(np.shape(value), array.shape):
        raise ValueError(
            f"{name} of shape {np.shape(value)} does not broadcast to {of} of shape {array.shape}. To give each "
            f"run its own, add a last axis of length 1: {name}[..., None]."
        )
    return np.asarray(value, dtype=array.dtype)


def check_not_negative(name: str, value: float | Array) -> None:
    """Refuse what is not a finite number >= 0, nan included.

    Raises:
        ValueError: for a value below 0, inf or nan, anywhere in an array, or what holds no numbers.

    >>> check_not_negative("lr", -1.0)
    Traceback (most recent call last):
    ValueError: lr must be a finite number >= 0, got -1.0.
    """
    if not np.all((real(name, value) >= 0) & np.isfinite(value)):
        raise ValueError(f"{name} must be a finite number >= 0, got {value}.")


def check_for_runs(of: str, watched: npt.ArrayLike, /, **hypers: float | Array) -> None:
    """Refuse hyper-parameters that are neither one number nor one for each of the runs that are watched.

    Raises:
        ValueError: for a shape that does not broadcast to that of `watched`, which is called `of`.

    >>> check_for_runs("metric", np.ones(2), patience=np.ones(3))
    Traceback (most recent call last):
    ValueError: patience must be one number or one for each run, broadcasting to metric of shape (2,), got shape (3,).
    """
    for name, value in hypers.items():
        if not fits(np.shape(value), np.shape(watched)):
            raise ValueError(
                f"{name} must be one number or one for each run, broadcasting to {of} of shape "
                f"{np.shape(watched)}, got shape {np.shape(value)}."
            )


def check_generator(rng: np.random.Generator) -> None:
    """Refuse a seed, or NumPy's global randomness, where a generator is wanted.

    Raises:
        ValueError: for anything but a np.random.Generator.

    >>> check_generator(0)
    Traceback (most recent call last):
    ValueError: rng must be a np.random.Generator, got int. Write np.random.default_rng(0), with a seed of yours.
    """
    if not isinstance(rng, np.random.Generator):
        raise ValueError(
            f"rng must be a np.random.Generator, got {type(rng).__name__}. Write np.random.default_rng(0), with a "
            "seed of yours."
        )
