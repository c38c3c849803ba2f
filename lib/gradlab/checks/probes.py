"""Parts that the probes of all lessons are made of."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from gradlab.checks.exercise import Advice, Aspect, Function, Sight

Array = npt.NDArray[np.float64]
_SIGNS = np.array([-1.0, 1.0])


def short_decimals(rng: np.random.Generator, *shape: int) -> Array:
    """Short decimals, none of them near zero: a learner should be able to redo the sum by hand.

    >>> short_decimals(np.random.default_rng(0), 3)
    array([0.37, 0.33, 1.68])
    """
    # What `rng.choice` does, without its questions about probabilities.
    return np.round(_SIGNS[rng.integers(0, 2, shape)] * rng.uniform(0.3, 2.0, shape), 2)


def arguments_kept(
    arguments: Callable[[np.random.Generator], Mapping[str, Any]], *, points: float = 1
) -> Aspect:
    """The aspect of leaving the caller's arrays alone.

    Args:
        arguments: draws the arguments of one call, under their names and in their order.
        points: what it is worth.
    """

    def probe(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
        given = arguments(rng)
        function(*given.values())
        for name, value in given.items():
            if isinstance(value, np.ndarray):
                yield Sight("After the call,", f"the {name} you were given", value)

    return Aspect(
        "arguments unchanged",
        points,
        probe,
        manners=True,
        lacking=Advice(
            "Writes into the caller's arrays",
            why="Your numbers are right, but arrays that were passed in are changed by `*=`, `+=`, `-=` or an "
            "assignment to their entries: run the cell twice and it starts from somewhere else.",
            hint="`v = rho * v + grad` makes a new array; `v *= rho` overwrites the old one.",
        ),
    )
