"""Mistakes that can be made in every exercise, built from its reference: they need not be declared one by one."""

import functools
import itertools
import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gradlab.checks.exercise import Exercise, Function, Mistake


def slips(exercise: Exercise) -> Iterator[Mistake]:
    """The slips of form that give other numbers than asked for, most likely first.

    >>> from gradlab.checks import find_exercise
    >>> sorted({slip.name for slip in slips(find_exercise("momentum_step"))})
    ['Cut to whole numbers', 'Returned in the wrong order', 'Rounded', 'The sign is turned']
    """
    if any(kind != "numbers" for kind in exercise.kinds):
        return
    several = len(exercise.returns) > 1
    if several:
        for order in itertools.permutations(range(len(exercise.returns))):
            if list(order) != sorted(order):
                yield Mistake(
                    "Returned in the wrong order",
                    "Your values are right, but they come in another order than asked for.",
                    "The docstring says in which order they are returned.",
                    _changed(exercise.reference, operator.itemgetter(*order), several),
                )
    yield Mistake(
        "The sign is turned",
        "Every number has the right size and the wrong sign.",
        "Follow the sign through your formula: where should it change?",
        _each(exercise.reference, lambda value: -np.asarray(value), several),
    )
    yield Mistake(
        "Cut to whole numbers",
        "Your numbers have lost what stands behind the point.",
        "An array of whole numbers cuts off every fraction that is written into it. Where do you make one?",
        _each(exercise.reference, lambda value: np.asarray(value).astype(int), several),
    )
    for digits in (0, 1, 2, 3):
        yield Mistake(
            "Rounded",
            "Your numbers are rounded before they are returned. Small errors add up over a thousand steps.",
            "Return the full number; rounding is for showing it.",
            _each(exercise.reference, functools.partial(np.round, decimals=digits), several),
        )


def _each(reference: Function, change: Callable[[Any], Any], several: bool) -> Function:
    return _changed(reference, lambda values: tuple(map(change, values)), several)


def _changed(
    reference: Function, change: Callable[[tuple[Any, ...]], tuple[Any, ...]], several: bool
) -> Function:
    @functools.wraps(reference)
    def function(*args: Any, **kwargs: Any) -> Any:
        result = reference(*args, **kwargs)
        changed = change(tuple(result) if several else (result,))
        return changed if several else changed[0]

    return function
