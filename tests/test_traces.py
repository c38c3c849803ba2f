"""What can leave traces in its process is told from what cannot."""

import numpy as np
import pytest

from autograder.inside.traces import leaves_no_trace

BEFORE = """
import math
import random
from functools import partial
from math import sqrt

import numpy as np
from numpy import exp

seen, rate, names = [], 0.1, ("a", "b")
rng = np.random.default_rng()

def helper(x):
    return exp(-x) / rate

def keeps(x):
    seen.append(x)
    return x

class Model:
    pass

"""
PLAIN = {
    "arithmetic": "lambda w, grad, lr: w - lr * grad",
    "numpy": "lambda x: np.where(x > 0, np.sqrt(x), np.zeros_like(x)).sum(axis=0)",
    "linear algebra": "lambda a: np.linalg.eigvalsh(a)",
    "math": "lambda x: sqrt(x) + math.pi",
    "a helper": "lambda x: helper(x) + rate",
    "a comprehension": "lambda xs: [helper(x) for x in xs if isinstance(x, float)]",
    "a function in a function": "lambda x: (lambda y: x * y)(2)",
    "a constant default": "lambda x, names=('a', 1.0): x",
    "an exception": "lambda x: float('nan') if x else int(ValueError('no').args[0])",
    "a name that is not there": "lambda x: nowhere",
    "its own list": "lambda x: [x].append(x)",
}
TRACES = {
    "a list of the notebook": "lambda x: seen.append(x)",
    "a helper that keeps": "lambda x: keeps(x)",
    "a list as a default": "lambda x, before=[]: before.append(x)",
    "random numbers": "lambda x: np.random.rand() * x",
    "a random module": "lambda x: random.random()",
    "a generator of the notebook": "lambda x: rng.normal()",
    "a file": "lambda x: np.save('left', x)",
    "a file that may be another's": "lambda x: np.load('left')",
    "a setting": "lambda x: np.seterr(all='ignore')",
    "an attribute of its own": "(lambda f: setattr(f, 'n', 0) or f)(lambda x: x)",
    "an import": "lambda x: __import__('os')",
    "eval": "lambda x: eval('seen')",
    "a class of the notebook": "lambda x: Model()",
    "a part of a function": "partial(max, 1)",
    "a closure": "(lambda kept: lambda x: kept.append(x))([])",
    "no function": "7j.conjugate",
    "private parts": "lambda x: x.__class__.__init__",
}
WRITTEN = {
    "global": "def f(x):\n    global rate\n    rate = x",
    "an import": "def f(x):\n    import os\n    return x",
    "an attribute": "def f(x):\n    np.pi = 3\n    return x",
    "a class": "def f(x):\n    class Inner:\n        pass\n    return x",
}


def _evaluated(source: str, written: str = "") -> object:
    names: dict[str, object] = {"__name__": "__main__"}
    exec(BEFORE + written, names)
    return eval(source, names)


@pytest.mark.parametrize("source", PLAIN.values(), ids=PLAIN)
def test_arithmetic_leaves_no_trace(source):
    assert leaves_no_trace(_evaluated(source))


@pytest.mark.parametrize("source", TRACES.values(), ids=TRACES)
def test_what_reaches_out_may_leave_one(source):
    assert not leaves_no_trace(_evaluated(source))


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_what_stores_elsewhere_may_leave_one(written):
    assert not leaves_no_trace(_evaluated("f", written))


def test_a_function_that_calls_itself_is_looked_at_once():
    assert leaves_no_trace(_evaluated("f", "def f(x):\n    return f(x - 1) if x else np.ones(2)"))
    assert leaves_no_trace(np.add)
