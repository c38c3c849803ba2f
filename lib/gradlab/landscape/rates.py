"""Rates: how fast a run converged, by a straight line through the logarithms of its losses.

A loss that falls by the same factor in every step is a straight line over the steps, if its axis is logarithmic; a
loss that falls as a power of the step is one if both axes are. Losses count from the loss at the minimum, where the
line would otherwise bend: fit ``losses - surface.value(minimum)``.

Not all of a run is on the line. Fitted are the steps until three quarters of the way down (on the logarithmic axis)
are done, because machine precision or noise may make a floor of the rest; of these the second half, because the
directions that die out quickly belong to the start. `first` and `last` of the answer say which steps that is, and
`r_squared` how straight they lie.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array, floating

# The share of the way down, on the logarithmic axis, at whose end a floor may lie.
_DOWN = 0.75
_FEWEST = 3

Steps = npt.NDArray[np.intp]


class ConvergenceRate(NamedTuple):
    """A fit of ``loss = c * factor**step``; all have the shape (...) of the runs.

    Attributes:
        factor: what one step multiplies the loss by; above 1 for a run that diverges.
        r_squared: the share of the variation of log(loss) that the line explains, 0 to 1.
        first: the first step that was fitted; the step before the first is 0.
        last: the last one.

    >>> fit = convergence_rate(0.5 ** np.arange(20.0))
    >>> fit.factor.round(6), int(fit.first), int(fit.last)
    (np.float64(0.5), 7, 15)
    """

    factor: Array
    r_squared: Array
    first: Steps
    last: Steps


class PowerLaw(NamedTuple):
    """A fit of ``loss = c * step**-exponent``; all have the shape (...) of the runs.

    Attributes:
        exponent: 1 for a loss that falls as 1/t, 0.5 for 1/sqrt(t).
        r_squared: the share of the variation of log(loss) that the line explains, 0 to 1.
        first: the first step that was fitted; the first step is 1.
        last: the last one.

    >>> fit = power_law_exponent([1.0, *np.arange(1.0, 50.0) ** -2])
    >>> fit.exponent.round(6)
    np.float64(2.0)
    """

    exponent: Array
    r_squared: Array
    first: Steps
    last: Steps


def convergence_rate(losses: npt.ArrayLike) -> ConvergenceRate:
    """The factor per step of a loss that falls geometrically, ``loss = c * factor**step``, by least squares.

    On a quadratic the loss is the square of the distance: gradient descent with its best rate has the factor
    ``((kappa - 1) / (kappa + 1))**2``, momentum with complex roots rho. For the factor of a distance, pass
    distances.

    Args:
        losses: above the loss at the minimum, shape (steps + 1, ...), as in a `Trace` or a `History`.

    Returns:
        a ConvergenceRate. Runs are cut where they reach exactly 0, inf or nan; factor and r_squared are nan where
        fewer than three losses are left.

    Raises:
        ValueError: for negative losses, whole numbers, or fewer than three.

    >>> fit = convergence_rate(5.0 * 0.8 ** np.arange(50.0))
    >>> fit.factor.round(6), fit.r_squared.round(6)
    (np.float64(0.8), np.float64(1.0))
    """
    values = _checked(losses, _FEWEST)
    logs, last = _on_the_way_down(values)
    first = _from(last // 2, last)
    slope, r_squared = _least_squares(np.arange(len(logs), dtype=float), logs, first, last)
    return ConvergenceRate(np.exp(slope)[()], r_squared[()], first, last)


def power_law_exponent(losses: npt.ArrayLike) -> PowerLaw:
    """The exponent p of a loss that falls as a power, ``loss = c * step**-p``, by least squares.

    Steps count from 1; the loss before the first step is not fitted. The second half is that of the logarithmic
    axis: from sqrt(last) to last.

    Args:
        losses: above the loss at the minimum, shape (steps + 1, ...), as in a `Trace` or a `History`.

    Returns:
        a PowerLaw. Runs are cut where they reach exactly 0, inf or nan; exponent and r_squared are nan where
        fewer than three losses are left.

    Raises:
        ValueError: for negative losses, whole numbers, or fewer than four.

    >>> fit = power_law_exponent([1.0, *1 / np.arange(1.0, 100.0)])
    >>> fit.exponent.round(6), fit.r_squared.round(6)
    (np.float64(1.0), np.float64(1.0))
    """
    values = _checked(losses, 1 + _FEWEST)[1:]
    logs, last = _on_the_way_down(values)
    first = _from(np.ceil(np.sqrt(last + 1)).astype(np.intp) - 1, last)
    slope, r_squared = _least_squares(np.log(np.arange(1.0, len(logs) + 1)), logs, first, last)
    return PowerLaw(-slope[()], r_squared[()], first + 1, last + 1)


def _checked(losses: npt.ArrayLike, fewest: int) -> Array:
    values = floating("losses", losses).astype(float)
    if values.ndim == 0 or len(values) < fewest:
        raise ValueError(f"A rate needs at least {fewest} losses, steps first; got shape {values.shape}.")
    if (values < 0).any():
        raise ValueError(
            f"losses must count from the loss at the minimum, so that none is negative; the lowest is "
            f"{np.nanmin(values):.3g}. Subtract the loss at the minimum first."
        )
    return values


def _on_the_way_down(losses: Array) -> tuple[Array, Steps]:
    """log(loss), nan from where there is none, and the last step before a floor may be reached."""
    usable = np.logical_and.accumulate(np.isfinite(losses) & (losses > 0), axis=0)
    logs = np.log(losses, out=np.full_like(losses, np.nan), where=usable)
    end = np.maximum(usable.sum(axis=0) - 1, 0)
    lowest = np.min(logs, axis=0, initial=np.inf, where=usable)
    with np.errstate(invalid="ignore"):
        far_down = logs <= lowest + (1 - _DOWN) * (logs[0] - lowest)
    falls = np.take_along_axis(logs, end[None], axis=0)[0] < logs[0]
    last = np.where(falls, far_down.argmax(axis=0), end)
    return logs, np.minimum(np.maximum(last, _FEWEST - 1), end)


def _from(middle: Steps, last: Steps) -> Steps:
    return np.maximum(np.minimum(middle, last - _FEWEST + 1), 0)


def _least_squares(x: Array, y: Array, first: Steps, last: Steps) -> tuple[Array, Array]:
    steps = np.arange(len(x)).reshape(-1, *(1,) * (y.ndim - 1))
    fitted = (first <= steps) & (steps <= last)
    count = fitted.sum(axis=0)
    enough = (count >= _FEWEST) & ~np.isnan(np.take_along_axis(y, last[None], axis=0)[0])

    def centred(values: Array) -> Array:
        part = np.where(fitted, values, 0.0)
        return np.where(fitted, part - part.sum(axis=0) / np.maximum(count, 1), 0.0)

    # From the first loss on, so that a run that stands still has a spread of exactly 0.
    x, y = centred(x.reshape(steps.shape)), centred(y - y[0])
    xx, xy, yy = (x * x).sum(axis=0), (x * y).sum(axis=0), (y * y).sum(axis=0)
    slope = np.where(enough, xy / np.where(enough, xx, 1), np.nan)
    explained = np.where(yy > 0, xy**2 / np.where(enough & (yy > 0), xx * yy, 1), 1.0)
    return slope, np.where(enough, explained, np.nan)
