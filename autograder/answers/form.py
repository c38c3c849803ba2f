"""Mistakes of form, made from a right answer: every exercise must reject them and call them by their names."""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gradlab.checks.exercise import Exercise, Function, Mistake
from gradlab.checks.slips import slips


def mistakes_of_form(exercise: Exercise, answer: Function) -> Iterator[Mistake]:
    """What can go wrong with any function, as executable mistakes with the names that the check must give them.

    Args:
        exercise: what is asked for.
        answer: a right answer, from which they are made.
    """
    numeric = all(kind == "numbers" for kind in exercise.kinds)
    yield _named("Nothing is returned", _nothing(answer))
    yield _named("Printed instead of returned", _printed(answer))
    yield _named("Other arguments than asked for", _without_arguments(answer))
    yield _named("Another answer at every call", _growing(answer))
    if numeric:
        yield _named("Not a number", _then(answer, lambda value: f"{value}"))
    if len(exercise.returns) > 1:
        yield _named("Not as many values as asked for", lambda *args, **kwargs: answer(*args, **kwargs)[0])
    yield from slips(exercise)


def _named(name: str, function: Function) -> Mistake:
    return Mistake(name, why="", hint="", function=function)


def _nothing(answer: Function) -> Function:
    @functools.wraps(answer)
    def function(*args: Any, **kwargs: Any) -> None:
        answer(*args, **kwargs)

    return function


def _without_arguments(answer: Function) -> Function:
    def function() -> Any:
        return answer()

    return function


def _printed(answer: Function) -> Function:
    @functools.wraps(answer)
    def function(*args: Any, **kwargs: Any) -> None:
        print(answer(*args, **kwargs))

    return function


def _growing(answer: Function) -> Function:
    """Keeps a sum from call to call, as a notebook variable or a mutable default argument would."""
    calls = [0]

    def grow(value: Any) -> Any:
        if isinstance(value, list):
            return [*value, *value[:1]] if calls[0] % 2 else value
        array = np.asarray(value)
        if array.dtype.kind in "iuf":
            return array + calls[0]
        if array.dtype.kind == "b":
            return array if calls[0] % 2 else ~array
        return str(array) + "." * calls[0] if array.dtype.kind == "U" else value

    def count(value: Any) -> Any:
        calls[0] += 1
        return grow(value)

    return _then(answer, count)


def _then(answer: Function, change: Callable[[Any], Any]) -> Function:
    @functools.wraps(answer)
    def function(*args: Any, **kwargs: Any) -> Any:
        result = answer(*args, **kwargs)
        return tuple(map(change, result)) if isinstance(result, tuple) else change(result)

    return function
