"""Whether a call can leave traces for the calls that come after it in the same process.

Most answers are a few lines of arithmetic on their arguments, and can be asked one after the other. What is not seen to
be one of those may be as harmless; it is asked in a process of its own.
"""

import builtins
import math
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np

from autograder.inside.scenery import Withheld
from gradlab.checks.reading import steps

_MODULES = (np, np.linalg, math)
# Of them and of anything else: what draws from a common store, sets something for all or uses files; what is private.
_ATTRIBUTES = ("random", "set", "save", "load", "tofile", "fromfile", "memmap", "_")
# What nobody can change; what the library has withheld can only be touched, and raises.
_CONSTANTS = (bool, int, float, complex, str, bytes, type(None), np.number, np.ufunc, np.dtype, Withheld)
_REACHING_OUT = {
    "__import__", "breakpoint", "compile", "delattr", "eval", "exec", "exit", "getattr", "globals", "input", "locals",
    "open", "quit", "setattr", "super", "vars",
}  # fmt: skip
_STEPS = ("STORE_GLOBAL", "DELETE_GLOBAL", "STORE_ATTR", "DELETE_ATTR", "IMPORT_", "LOAD_BUILD_CLASS")


def leaves_no_trace(value: Any) -> bool:
    """Whether all that a function can reach is its arguments, constants, and functions of which the same is true.

    >>> def scaled(x, by=2.0):
    ...     return by * np.asarray(x)
    >>> leaves_no_trace(scaled)
    True
    >>> seen = []
    >>> leaves_no_trace(eval("lambda x: seen.append(x)", {"seen": seen}))
    False
    >>> leaves_no_trace(lambda x: np.random.rand() * x)
    False
    """
    return _is_plain(value, set())


def _is_plain(value: Any, met: set[int]) -> bool:
    if id(value) in met:  # it calls itself
        return True
    if isinstance(value, FunctionType):
        return _is_plain_function(value, met | {id(value)})
    if isinstance(value, tuple):
        return all(_is_plain(part, met) for part in value)
    if isinstance(value, BuiltinFunctionType | type):
        name, module = value.__name__, value.__module__
        return module in ("numpy", "math") or (module == "builtins" and name not in _REACHING_OUT)
    return isinstance(value, _CONSTANTS) or any(value is module for module in _MODULES)


def _is_plain_function(function: FunctionType, met: set[int]) -> bool:
    if function.__module__ and function.__module__.partition(".")[0] in ("numpy", "gradlab"):
        return True
    defaults = (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())
    if function.__closure__ or function.__dict__ or not _is_plain(defaults, met):
        return False
    for step in steps(function):
        if step.opname.startswith(_STEPS):
            return False
        if step.opname in ("LOAD_ATTR", "LOAD_METHOD") and step.argval.startswith(_ATTRIBUTES):
            return False
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            known = function.__globals__.get(step.argval, getattr(builtins, step.argval, None))
            if not _is_plain(known, met):
                return False
    return True
