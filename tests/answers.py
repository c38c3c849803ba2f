"""What learners write: functions from the source of a notebook cell, and right answers in many styles."""

import itertools
import linecache
import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np

from gradlab import todo

_numbers = itertools.count(1)


def cell(source: str, **names: Any) -> Callable[..., Any]:
    """The function that a notebook cell defines last, compiled under a file name as IPython gives it."""
    source = textwrap.dedent(source).strip() + "\n"
    filename = f"/tmp/ipykernel_1/{next(_numbers)}.py"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    names = {"np": np, "todo": todo, **names}
    exec(compile(source, filename, "exec"), names)
    return names[list(names)[-1]]


def step(v: str, w: str) -> str:
    """The source of an update rule from two formulas; `v1` is the new velocity."""
    return f"""
        def rule(w, grad, v, lr, rho=0.9):
            v1 = {v}
            return {w}, v1
    """


_IN_OTHER_STYLES = {
    "over all elements, one by one": """
        def {name}(w, grad, v, lr, rho=0.9):
            new_w, new_v = np.zeros(np.shape(w)), np.zeros(np.shape(w))
            for index in np.ndindex(np.shape(w)):
                g = np.asarray(grad)[index]
                new_v[index] = rho * np.asarray(v)[index] + g
                new_w[index] = np.asarray(w)[index] - lr * {element}
            return new_w, new_v
    """,
    "in place, on copies": """
        def {name}(w, grad, v, lr, rho=0.9):
            w, v, g = np.array(w), np.array(v), grad
            v *= rho
            v += g
            w -= lr * {whole}
            return w, v
    """,
    "in single precision": """
        def {name}(w, grad, v, lr, rho=0.9):
            w, g, v = np.float32(w), np.float32(grad), np.float32(v)
            v = np.float32(rho) * v + g
            return w - np.float32(lr) * {whole}, v
    """,
    "by einsum": """
        def {name}(w, grad, v, lr, rho=0.9):
            g = np.asarray(grad)
            v = np.einsum("i,i...->...", [rho, 1.0], np.stack([v, g]))
            return w - np.einsum(",...->...", lr, {whole}), v
    """,
    "as lists in a list": """
        def {name}(w, grad, v, lr, rho=0.9):
            g = grad
            v = np.add(np.multiply(rho, v), g)
            return [np.subtract(w, np.multiply(lr, {whole})).tolist(), v.tolist()]
    """,
    "with prints and a warning on the way": """
        import sys, warnings
        def {name}(w, grad, v, lr, rho=0.9):
            print("w is", w)
            print("careful", file=sys.stderr)
            warnings.warn("careful")
            g = grad
            v = rho * v + g
            return w - lr * {whole}, v
    """,
}

RIGHT = {
    "rosenbrock": {
        "as the formula": "def rosenbrock(w1, w2): return (1 - w1)**2 + 100 * (w2 - w1**2)**2",
        "multiplied out": "def rosenbrock(w1, w2): return 1 - 2*w1 + w1*w1 + 100*w2*w2 - 200*w2*w1*w1 + 100*w1**4",
        "as a lambda": "rosenbrock = lambda w1, w2: 100 * (w1**2 - w2)**2 + (w1 - 1)**2",
        "as a list": """
            def rosenbrock(w1, w2):
                loss = np.square(1 - np.asarray(w1)) + 100 * np.square(np.asarray(w2) - np.square(w1))
                return loss.tolist()
        """,
    },
    "momentum_step": {
        style: source.format(name="momentum_step", element="new_v[index]", whole="v")
        for style, source in _IN_OTHER_STYLES.items()
    }
    | {"the step first": step("rho * v + grad", "w - lr * rho * v - lr * grad")},
    "nesterov_step": {
        style: source.format(name="nesterov_step", element="(g + rho * new_v[index])", whole="(g + rho * v)")
        for style, source in _IN_OTHER_STYLES.items()
    }
    | {
        "from the old velocity": step("rho * v + grad", "w - lr * ((1 + rho) * grad + rho**2 * v)"),
        "without grad in the bracket": step("rho * v + grad", "w - lr * ((1 + rho) * v1 - rho * v)"),
    },
    "effective_step": {
        "as the formula": "def effective_step(lr, rho): return lr / (1 - rho)",
        "with the sign turned twice": "def effective_step(lr, rho): return -lr / (rho - 1)",
        "as a long sum": "def effective_step(lr, rho): return lr * sum(rho**t for t in range(5000))",
        "as a list": "def effective_step(lr, rho): return (np.asarray(lr) * (1 - np.asarray(rho)) ** -1).tolist()",
        "in single precision": "def effective_step(lr, rho): return np.float32(lr) / (1 - np.float32(rho))",
        "by np.vectorize": """
            one = lambda lr, rho: lr / (1 - rho)
            def effective_step(lr, rho): return np.vectorize(one)(lr, rho)
        """,
    },
    "momentum_limit": {
        "as the formula": "def momentum_limit(L, rho): return 2 * (1 + rho) / L",
        "multiplied out": "def momentum_limit(L, rho): return 2 / L + 2 * rho / L",
        "in single precision": "def momentum_limit(L, rho): return np.float32(2) / np.float32(L) * (1 + np.float32(rho))",
        "as a list": "def momentum_limit(L, rho): return np.divide(2 + 2 * np.asarray(rho), L).tolist()",
        "by np.vectorize": """
            one = lambda L, rho: 2 * (1 + rho) / L
            def momentum_limit(L, rho): return np.vectorize(one)(L, rho)
        """,
    },
    "exponential_average": {
        "into an empty array": """
            def exponential_average(values, beta=0.9):
                values = np.asarray(values, dtype=float)
                averages = np.empty_like(values)
                averages[0] = (1 - beta) * values[0]
                for t in range(1, len(values)):
                    averages[t] = beta * averages[t - 1] + (1 - beta) * values[t]
                return averages
        """,
        "as a list": """
            def exponential_average(values, beta=0.9):
                average, averages = 0.0, []
                for value in values:
                    average = average + (1 - beta) * (np.asarray(value) - average)
                    averages.append(average)
                return averages
        """,
        "as a product with a matrix of weights": """
            def exponential_average(values, beta=0.9):
                t = np.arange(len(values))
                age = t[:, None] - t
                weights = np.where(age >= 0, (1 - beta) * beta ** np.abs(age), 0.0)
                return np.einsum("ts,s...->t...", weights, values)
        """,
        "in single precision": """
            def exponential_average(values, beta=0.9):
                values = np.array(values, dtype=np.float32)
                for t in range(len(values)):
                    before = values[t - 1] if t else np.float32(0)
                    values[t] = np.float32(beta) * before + np.float32(1 - beta) * values[t]
                return values
        """,
        "by accumulate": """
            from itertools import accumulate
            def exponential_average(values, beta=0.9):
                values = np.asarray(values)
                steps = accumulate(values, lambda a, x: beta * a + (1 - beta) * x, initial=0 * values[0])
                return np.stack(list(steps)[1:])
        """,
    },
}
