"""What a network asks of the arrays that it is given."""

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array, fits

Shape = tuple[int, ...]


def checked_params(params: Array, n_params: int, sizes: Shape) -> Array:
    """The parameters, once they are of the kind and width that the network takes.

    Raises:
        ValueError: for anything but a floating-point array of shape (..., n_params).

    >>> checked_params(np.zeros(3), 4, (1, 2))
    Traceback (most recent call last):
    ValueError: params must have shape (..., 4) for a network of sizes (1, 2), got (3,).
    """
    if not (isinstance(params, np.ndarray) and np.issubdtype(params.dtype, np.floating)):
        kind = getattr(params, "dtype", type(params).__name__)
        raise ValueError(f"params must be a floating-point array, as `init` makes them; got {kind}.")
    if params.ndim == 0 or params.shape[-1] != n_params:
        raise ValueError(
            f"params must have shape (..., {n_params}) for a network of sizes {sizes}, got {params.shape}."
        )
    return params


def checked_inputs(X: npt.ArrayLike, width: int, runs: Shape, dtype: npt.DTypeLike) -> Array:
    """The inputs in the dtype of the parameters, shape (..., n, width).

    Raises:
        ValueError: for another width, no examples, or leading axes that are not those of the runs.

    >>> checked_inputs([[1, 2]], 2, (), np.float32)
    array([[1., 2.]], dtype=float32)
    """
    inputs = np.asarray(X, dtype=dtype)
    if inputs.ndim < 2 or inputs.shape[-1] != width:
        raise ValueError(f"X must have shape (n, {width}), one row an example; got {inputs.shape}.")
    if inputs.shape[-2] == 0:
        raise ValueError("X holds no examples: the mean loss of an empty batch is not defined.")
    _check_runs("X", inputs.shape[:-2], runs)
    return inputs


def one_hot(y: npt.ArrayLike, shape: Shape, dtype: npt.DTypeLike) -> Array:
    """Labels of shape (..., n) as targets of shape (..., n, k): 1 for the class, 0 elsewhere.

    Args:
        y: the class of each example, 0 to k - 1.
        shape: that of the outputs, (..., n, k).
        dtype: of the targets.

    Raises:
        ValueError: for labels that are not whole numbers, out of range, or not one for each example.

    >>> one_hot([1, 0], (2, 3), float)
    array([[0., 1., 0.],
           [1., 0., 0.]])
    """
    labels = np.asarray(y)
    *runs, n, classes = shape
    if not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"y must hold whole numbers, the classes 0 to {classes - 1}; got {labels.dtype}.")
    if labels.ndim == 0 or labels.shape[-1] != n:
        raise ValueError(f"y must have shape ({n},), one label for each row of X; got {labels.shape}.")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(
            f"Labels in y must lie in 0 to {classes - 1}, got {labels.min()} to {labels.max()}. "
            f"The network has {classes} outputs, sizes[-1]."
        )
    _check_runs("y", labels.shape[:-1], tuple(runs))
    targets: Array = np.eye(classes, dtype=dtype)[labels]
    return targets


def values(y: npt.ArrayLike, shape: Shape, dtype: npt.DTypeLike) -> Array:
    """Numbers to be met by the outputs, as targets of shape (..., n, k); one output may leave its axis out.

    Args:
        y: shape (..., n, k), or (..., n) for k = 1.
        shape: that of the outputs, (..., n, k).
        dtype: of the targets.

    Raises:
        ValueError: for another shape, or numbers that are not finite.

    >>> values([1, 2], (2, 1), float)
    array([[1.],
           [2.]])
    """
    targets = np.asarray(y, dtype=dtype)
    *runs, n, k = shape
    if targets.shape[-2:] != (n, k) and k == 1 and targets.shape[-1:] == (n,):
        targets = targets[..., None]
    if targets.shape[-2:] != (n, k):
        also = f", or ({n},) for the one output" if k == 1 else ""
        raise ValueError(
            f"y must have shape ({n}, {k}), a row of numbers for each row of X{also}; got {targets.shape}."
        )
    if not np.all(np.isfinite(targets)):
        raise ValueError("y must be finite, but holds inf or nan: no output can come close to those.")
    _check_runs("y", targets.shape[:-2], tuple(runs))
    return targets


def _check_runs(name: str, leading: Shape, runs: Shape) -> None:
    if not fits(leading, runs):
        raise ValueError(
            f"The leading axes {leading} of {name} must broadcast to those of params, {runs}: one set of "
            "examples for each run, or one for all."
        )
