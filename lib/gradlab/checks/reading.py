"""What can be read from a function without calling it: loops, and names that it takes from the notebook."""

import dis
from collections.abc import Iterator
from functools import lru_cache
from numbers import Number
from types import CodeType
from typing import Any

import numpy as np

from gradlab.checks.elsewhere import Elsewhere
from gradlab.checks.exercise import Function


def has_loop(function: Function) -> bool:
    """Whether the function loops, be it by `for`, `while` or a comprehension.

    >>> has_loop(lambda x: [2 * value for value in x]), has_loop(lambda x: 2 * x)
    (True, False)
    """
    if isinstance(function, Elsewhere):
        return function.has_loop
    return any(step.opname.startswith(("FOR_ITER", "JUMP_BACKWARD")) for step in steps(function))


def variables_of_the_notebook(function: Function) -> tuple[str, ...]:
    """The numbers and arrays that the function reads without having been given them, in alphabetical order.

    >>> rate = 0.1
    >>> variables_of_the_notebook(eval("lambda w: w - rate", {"rate": rate, "np": np}))
    ('rate',)
    """
    if isinstance(function, Elsewhere):
        return function.notebook_variables
    names = getattr(function, "__globals__", {})
    read = {step.argval for step in steps(function) if step.opname == "LOAD_GLOBAL"}
    return tuple(
        sorted(name for name in read if isinstance(names.get(name), Number | np.ndarray | list | tuple))
    )


def steps(function: Function) -> tuple[dis.Instruction, ...]:
    """The steps of its bytecode, with those of the functions that are written in it; none where there is no code.

    >>> "FOR_ITER" in [step.opname for step in steps(lambda x: max(abs(value) for value in x))]
    True
    """
    code = getattr(function, "__code__", None)
    return _read(code) if code else ()


@lru_cache(maxsize=64)  # a function is read for several reasons, one after the other
def _read(code: CodeType) -> tuple[dis.Instruction, ...]:
    return tuple(step for part in _nested(code) for step in dis.get_instructions(part))


def _nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    constants: tuple[Any, ...] = code.co_consts
    for constant in constants:
        if isinstance(constant, CodeType):
            yield from _nested(constant)
