"""What the checks of this lesson are made of: data for a linear model, formulas with a name, kept arguments."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gradlab.checks.exercise import Advice, Aspect, Function
from gradlab.checks.probes import arguments_kept, short_decimals


def regression(rng: np.random.Generator, n: int, d: int) -> dict[str, Any]:
    """The arguments w, X and y of a linear model that fits badly, in numbers that one can redo by hand.

    >>> {name: value.shape for name, value in regression(np.random.default_rng(0), 4, 3).items()}
    {'w': (3,), 'X': (4, 3), 'y': (4,)}
    """
    w, X = short_decimals(rng, d), short_decimals(rng, n, d)
    # No prediction is nearly right: in single precision little would be left of its error.
    return {"w": w, "X": X, "y": np.round(X @ w, 2) + short_decimals(rng, n)}


def perfect(rng: np.random.Generator, n: int, d: int) -> dict[str, Any]:
    """Arguments with which the model is exactly right: small whole numbers, so that nothing is rounded.

    >>> given = perfect(np.random.default_rng(0), 4, 3)
    >>> np.abs(given["X"] @ given["w"] - given["y"]).max()
    np.float64(0.0)
    """
    w, X = rng.integers(1, 6, d).astype(float), rng.integers(-5, 6, (n, d)).astype(float)
    return {"w": w, "X": X, "y": X @ w}


def formula(source: str) -> Function:
    """A function that is shown to the learner as its own source, so that a call can be typed again.

    >>> formula("lambda w: 2 * w").__name__
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
