"""Functions from the source of a notebook cell, as a learner would write it."""

import itertools
import linecache
import textwrap
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from gradlab import todo

_numbers = itertools.count(1)


def cell(source: str, **names: Any) -> Callable[..., Any]:
    """The function that a notebook cell defines last, compiled under a file name as IPython gives it."""
    found = defined(source, **names)
    function: Callable[..., Any] = found[list(found)[-1]]
    return function


def defined(source: str, **names: Any) -> dict[str, Any]:
    """Everything that is known after a notebook cell has run, in the order in which it came to be known.

    >>> list(defined("a = 1\\nb = 2"))[-2:]
    ['a', 'b']
    """
    source = textwrap.dedent(source).strip() + "\n"
    filename = f"/tmp/ipykernel_1/{next(_numbers)}.py"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    names = {"np": np, "todo": todo, **names}
    with warnings.catch_warnings(action="ignore", category=SyntaxWarning):
        # A mutant may ask `x is "max"`; that is for the check to judge.
        code = compile(source, filename, "exec")
    exec(code, names)
    return names


def step(v: str, w: str) -> str:
    """The source of an update rule from two formulas; `v1` is the new velocity."""
    return f"""
        def rule(w, grad, v, lr, rho=0.9):
            v1 = {v}
            return {w}, v1
    """
