"""Curvature: the Hessian by differences, its condition number, and the sharpest curvature of a network."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array

_EPS = float(np.finfo(float).eps)


def condition_number(hessian: npt.ArrayLike) -> Array:
    r"""The largest curvature over the smallest, $\kappa = \lambda_{max} / \lambda_{min}$, of a bowl.

    Gradient descent with its best rate, ``2 / (lambda_max + lambda_min)``, comes closer to the minimum of a
    quadratic by the factor ``(kappa - 1) / (kappa + 1)`` in each step.

    Args:
        hessian: symmetric, shape (..., n, n).

    Returns:
        shape (...), >= 1. inf where some direction is flat: an eigenvalue that is 0 but for rounding.

    Raises:
        ValueError: for a matrix that is not square, not symmetric or not finite, or that curves downwards in some
            direction. There gradient descent does not converge, and no ratio of curvatures says how fast.
            (`numpy.linalg.cond` uses absolute values and gives a number.)

    >>> condition_number([[[1.0, 0.0], [0.0, 50.0]], [[1.0, 1.0], [1.0, 1.0]]])
    array([50., inf])
    """
    matrix = np.asarray(hessian, dtype=float)
    if matrix.ndim < 2 or matrix.shape[-1] != matrix.shape[-2] or not matrix.shape[-1]:
        raise ValueError(f"hessian must have shape (..., n, n), got {matrix.shape}.")
    if not np.isfinite(matrix).all():
        raise ValueError("hessian must be finite, but holds inf or nan.")
    size = np.abs(matrix).max(axis=(-2, -1), keepdims=True)
    if (np.abs(matrix - matrix.swapaxes(-1, -2)) > 1e-6 * size).any():
        raise ValueError(
            "hessian must be symmetric, as second derivatives are: hessian[i, j] == hessian[j, i]."
        )
    eigenvalues = np.linalg.eigvalsh(matrix)
    smallest, largest = eigenvalues[..., 0], eigenvalues[..., -1]
    rounding = matrix.shape[-1] * _EPS * np.abs(eigenvalues).max(axis=-1)
    if (smallest < -rounding).any():
        raise ValueError(
            f"The condition number is that of a bowl, but hessian has a negative eigenvalue, {smallest.min():.3g}: "
            "the surface curves downwards in that direction."
        )
    flat = smallest <= rounding
    return np.where(flat, np.inf, largest / np.where(flat, 1.0, smallest))


def numerical_hessian(loss: Callable[[Array], Array], points: npt.ArrayLike, *, step: float = 1e-4) -> Array:
    """The Hessian by central differences of the loss.

    Entry (i, j) is ``(f(+i +j) - f(+i -j) - f(-i +j) + f(-i -j)) / (4 * step**2)``, where +i is a step up along
    weight i. The differences are off by about ``step**2`` times the fourth derivatives, and by rounding, 4e-16
    times the loss over ``step**2``: seven digits at best. The loss is asked for 4 n**2 places at once, so this is
    for tens of weights, not for thousands; `hessian_vector_product` is for those.

    Args:
        loss: ``loss(points (..., n)) -> (...)``, for any leading axes.
        points: shape (..., n).
        step: how far to move, in the units of the weights, > 0.

    Returns:
        shape (..., n, n), symmetric, float64.

    Raises:
        ValueError: for points without an axis, a step that is not positive, or a loss that does not return one
            number for each point.

    >>> numerical_hessian(lambda w: w[..., 0] ** 2 * w[..., 1], [1.0, 3.0]).round(5)
    array([[6., 2.],
           [2., 0.]])
    """
    w = np.asarray(points, dtype=float)
    if w.ndim == 0:
        raise ValueError("points must have shape (..., n), got a single number; write [w] for one weight.")
    _check_step(step)
    up = step * np.eye(w.shape[-1])
    i, j, at = up[:, None], up, w[..., None, None, :]
    values = np.asarray(loss(np.stack([at + i + j, at - i - j, at + i - j, at - i + j])))
    wanted = (4, *w.shape[:-1], w.shape[-1], w.shape[-1])
    if values.shape != wanted:
        raise ValueError(
            f"loss must return one number for each point: given points of shape {(*wanted, w.shape[-1])} it must "
            f"return shape {wanted}, got {values.shape}."
        )
    both_up, both_down, up_down, down_up = values
    hessian: Array = (both_up + both_down - (up_down + down_up)) / (4 * step**2)
    # Rounding may depend on where in a batch a point stands.
    return (hessian + hessian.swapaxes(-1, -2)) / 2


def hessian_vector_product(
    gradient: Callable[[Array], Array],
    params: npt.ArrayLike,
    vector: npt.ArrayLike,
    *,
    step: float | None = None,
) -> Array:
    """The Hessian times a vector, without the Hessian: ``(g(w + h v) - g(w - h v)) / (2 h)``.

    Two gradients, whatever the number of weights. Everything is computed in float64, since a difference of
    float32 gradients has two or three digits left.

    Args:
        gradient: of the loss, ``gradient(params (..., n)) -> (..., n)``, such as
            ``lambda params: network.loss_and_gradient(params, X, y)[1]``.
        params: where, shape (..., n).
        vector: shape (..., n), broadcast against `params`.
        step: how far to move along v in each direction, > 0: h is this over the length of v. None for
            6e-6 times (1 + the length of `params`), which balances rounding and the third derivative.

    Returns:
        shape (..., n).

    Raises:
        ValueError: for shapes that do not fit, or a step that is not positive.

    >>> from gradlab.surfaces import ravine
    >>> hessian_vector_product(ravine.gradient, [1.0, 1.0], [1.0, -1.0]).round(6)
    array([ 0.2, -4. ])
    """
    w, v = np.asarray(params, dtype=float), np.asarray(vector, dtype=float)
    if w.ndim == 0 or v.ndim == 0 or w.shape[-1] != v.shape[-1]:
        raise ValueError(f"vector must have the length of params, {w.shape[-1:]}, got {v.shape}.")
    if step is not None:
        _check_step(step)
    distance = np.cbrt(_EPS) * (1 + _norm(w)) if step is None else step
    length = _norm(v)
    h = distance / np.where(length > 0, length, 1)
    product: Array = (np.asarray(gradient(w + h * v)) - np.asarray(gradient(w - h * v))) / (2 * h)
    return product


def largest_eigenvalue(
    gradient: Callable[[Array], Array],
    params: npt.ArrayLike,
    rng: np.random.Generator,
    *,
    steps: int = 100,
    tol: float = 1e-6,
) -> float:
    """The sharpest curvature of a loss, the largest eigenvalue L of its Hessian; gradient descent needs lr < 2 / L.

    Power iteration that keeps what it has seen (Lanczos' method): multiply a random vector by the Hessian again
    and again, and take the largest curvature among *all* combinations of the vectors so far. Where plain power
    iteration needs hundreds of products, or is caught by a large negative curvature, a few dozen do. Each is
    a `hessian_vector_product`, two gradients; the Hessian itself is never built.

    Args:
        gradient: of the loss, ``gradient(params (n,)) -> (n,)``.
        params: where, shape (n,).
        rng: where the first vector comes from. What is at right angles to it, up to `tol`, is not seen.
        steps: products at most, >= 1. What the last one gives is never above the true value, but for the
            error of the differences.
        tol: stop when the value is known this well, relative to the largest curvature seen, of either sign.

    Returns:
        the largest eigenvalue, not the largest in size: on a saddle, the one that curves upwards.

    Raises:
        ValueError: for parameters of more than one run, fewer steps than 1, or a gradient that is not finite.

    Reference:
        C. Lanczos, An iteration method for the solution of the eigenvalue problem, 1950.

    >>> from gradlab.surfaces import saddle
    >>> round(largest_eigenvalue(saddle.gradient, [1.0, 1.0], np.random.default_rng(0)), 6)
    2.0
    """
    w = np.asarray(params, dtype=float)
    if w.ndim != 1 or not w.size:
        raise ValueError(
            f"params must have shape (n,), those of one network, got {w.shape}. Take one run with params[0]."
        )
    if steps < 1:
        raise ValueError(f"steps must be at least 1, got {steps}.")
    q = rng.standard_normal(w.size)
    seen = np.empty((0, w.size))
    diagonal: list[float] = []
    off_diagonal: list[float] = []
    for _ in range(min(steps, w.size)):
        q = q / np.linalg.norm(q)
        seen = np.vstack([seen, q])
        product = hessian_vector_product(gradient, w, q)
        if not np.isfinite(product).all():
            raise ValueError(
                "The gradient is not finite here: no curvature can be measured. Check params and data."
            )
        diagonal.append(float(q @ product))
        # What is new in the product. Twice: rounding leaves traces of the old vectors the first time.
        q = product - seen.T @ (seen @ product)
        q = q - seen.T @ (seen @ q)
        left = float(np.linalg.norm(q))
        small = np.diag(diagonal) + np.diag(off_diagonal, 1) + np.diag(off_diagonal, -1)
        eigenvalues, vectors = np.linalg.eigh(small)
        # How far the best combination is from being an eigenvector.
        if left * abs(vectors[-1, -1]) <= tol * np.abs(eigenvalues).max():
            break
        off_diagonal.append(left)
    return float(eigenvalues[-1])


def _norm(array: Array) -> Array:
    return np.asarray(np.linalg.norm(array, axis=-1, keepdims=True))


def _check_step(step: float) -> None:
    if not (step > 0 and np.isfinite(step)):
        raise ValueError(f"step must be a finite number > 0, got {step}.")
