"""What the checks of this lesson are made of: hyper-parameters, gradients with a name, kept arguments."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gradlab.checks.exercise import Advice, Aspect, Function
from gradlab.checks.probes import arguments_kept, short_decimals

Array = np.ndarray


def rate(rng: np.random.Generator) -> float:
    """A learning rate in two decimals.

    >>> rate(np.random.default_rng(0))
    0.21
    """
    return float(round(rng.uniform(0.05, 0.3), 2))


def large_eps(rng: np.random.Generator) -> float:
    """An eps that one can see, so that it matters where in the formula it stands.

    >>> large_eps(np.random.default_rng(0))
    0.19
    """
    return float(round(rng.uniform(0.05, 0.27), 2))


def squares(rng: np.random.Generator, *shape: int) -> Array:
    """Sums of squares as a run may have left them: positive, unequal.

    >>> squares(np.random.default_rng(0), 3)
    array([0.37, 0.33, 1.68])
    """
    return np.abs(short_decimals(rng, *shape))


def slope(source: str) -> Function:
    """A gradient that is shown to the learner as its own source, so that a call can be typed again.

    >>> slope("lambda w: 2 * w").__name__
    'lambda w: 2 * w'
    """
    function: Function = eval(source, {"np": np})
    function.__name__ = source
    return function


def kept(arguments: Callable[[np.random.Generator], Mapping[str, Any]], *, instead: str) -> Aspect:
    """The aspect of leaving the caller's arrays alone.

    Args:
        arguments: draws the arguments of one call, under their names and in their order.
        instead: a hint at what to write.
    """
    aspect = arguments_kept(arguments)
    assert aspect.lacking is not None
    advice = Advice(aspect.lacking.name, why=aspect.lacking.why, hint=instead)
    return dataclasses.replace(aspect, lacking=advice)
