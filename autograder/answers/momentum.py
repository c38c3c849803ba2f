"""Answers to the exercises of lesson 05."""

from autograder.answers.cells import step

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
    "as arrays in a list": """
        def {name}(w, grad, v, lr, rho=0.9):
            g = grad
            v = np.add(np.multiply(rho, v), g)
            return [np.subtract(w, np.multiply(lr, {whole})), v]
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
        "by way of a list": "def effective_step(lr, rho): return np.array((np.asarray(lr) * (1 - np.asarray(rho)) ** -1).tolist())",
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
        "by way of a list": "def momentum_limit(L, rho): return np.array(np.divide(2 + 2 * np.asarray(rho), L).tolist())",
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
        "by way of a list": """
            def exponential_average(values, beta=0.9):
                average, averages = 0.0, []
                for value in values:
                    average = average + (1 - beta) * (np.asarray(value) - average)
                    averages.append(average)
                return np.array(averages)
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

# Wrong, and without a name of their own. `v1` is the new velocity.
_WRONG_STEPS = {
    "averaged, and made up for in the step": ("rho * v + (1 - rho) * grad", "w - lr * v1 / (1 - rho)"),
    "averaged with the rate inside": ("rho * v + (1 - rho) * lr * grad", "w - v1"),
    "rate twice, signs turned": ("rho * v - lr * grad", "w + lr * v1"),
    "rho on the gradient, no memory": ("rho * grad", "w - lr * v1"),
    "uphill with the velocity downhill": ("rho * v - grad", "w - lr * v1"),
    "coasting without the rate": ("rho * v + grad", "w - lr * grad - v1"),
    "the sum of all gradients": ("rho * v + np.sum(grad)", "w - lr * v1"),
    "the size of the gradient": ("rho * v + np.abs(grad)", "w - lr * v1"),
    "the gradient squared": ("rho * v + grad**2", "w - lr * v1"),
    "rho squared": ("rho**2 * v + grad", "w - lr * v1"),
    "rounded": ("np.round(rho * v + grad, 3)", "np.round(w - lr * v1, 3)"),
    "whole weights": ("rho * v + grad", "np.asarray(w - lr * v1).astype(int)"),
    "the rate squared": ("rho * v + grad", "w - lr**2 * v1"),
    "the weights decay": ("rho * v + grad", "rho * w - lr * v1"),
    "the step, not the weights": ("rho * v + grad", "-lr * v1"),
    "signs of the weights": ("rho * v + grad", "lr * v1 - w"),
    "flattened": ("np.ravel(rho * v + grad)", "np.ravel(w - lr * (grad + rho * (rho * v + grad)))"),
    "an axis too many": ("np.atleast_1d(rho * v + grad)", "np.atleast_1d(w - lr * v1)"),
    "a gradient cut to length 1": ("rho * v + grad / max(1, np.linalg.norm(grad))", "w - lr * v1"),
    "an average only after the first step": (
        "grad if np.all(np.equal(v, 0)) else rho * v + (1 - rho) * grad",
        "w - lr * v1",
    ),
    "no memory for single numbers": ("grad if np.ndim(w) == 0 else rho * v + grad", "w - lr * v1"),
    "rho of 0 taken for 0.9": ("(rho or 0.9) * v + grad", "w - lr * v1"),
    "look-ahead by the next velocity": ("rho * v + grad", "w - lr * (grad + rho * (rho * v1 + grad))"),
    "look-ahead without the rate": ("rho * v + grad", "w - lr * grad + rho * v1"),
    "look-ahead with 1 - rho": ("rho * v + grad", "w - lr * ((1 - rho) * grad + rho * v1)"),
    "look-ahead from the gradient alone": ("rho * v + grad", "w - lr * (grad + rho * grad)"),
    "averaged look-ahead": ("rho * v + (1 - rho) * grad", "w - lr * ((1 - rho) * grad + rho * v1)"),
}

WRONG = {
    "momentum_step": {label: step(*formulas) for label, formulas in _WRONG_STEPS.items()}
    | {
        "rho left out is 0.5": """
            def momentum_step(w, grad, v, lr, rho=0.5):
                v = rho * v + grad
                return w - lr * v, v
        """,
        "its own velocity": """
            memory = [0.0]
            def momentum_step(w, grad, v, lr, rho=0.9):
                memory[0] = rho * memory[0] + grad
                return w - lr * memory[0], memory[0]
        """,
        "the gradient overwritten": """
            def momentum_step(w, grad, v, lr, rho=0.9):
                grad += rho * v
                return w - lr * grad, grad
        """,
        "element by element, in place": """
            def momentum_step(w, grad, v, lr, rho=0.9):
                w, v = np.asarray(w), np.asarray(v)
                for index in np.ndindex(w.shape):
                    v[index] = rho * v[index] + np.asarray(grad)[index]
                    w[index] -= lr * v[index]
                return w, v
        """,
        "a step taken twice": """
            def momentum_step(w, grad, v, lr, rho=0.9):
                for _ in range(2):
                    v = rho * v + grad
                return w - lr * v, v
        """,
    },
    "nesterov_step": {label: step(*formulas) for label, formulas in _WRONG_STEPS.items()}
    | {
        "rho left out is 0.5": """
            def nesterov_step(w, grad, v, lr, rho=0.5):
                v = rho * v + grad
                return w - lr * (grad + rho * v), v
        """,
        "the bracket handed back": """
            def nesterov_step(w, grad, v, lr, rho=0.9):
                v = grad + rho * (rho * v + grad)
                return w - lr * v, v
        """,
    },
    "effective_step": {
        formula: f"def effective_step(lr, rho): return {formula} + 0 * lr + 0 * rho"
        for formula in (
            "lr / (1 - rho)**2", "lr / (1 - rho**2)", "lr / np.sqrt(1 - rho)", "lr * rho / (1 - rho)",
            "lr * (1 + rho + rho**2)", "lr * sum(rho**t for t in range(100))", "lr * (1 - rho**60) / (1 - rho)",
            "10 * lr", "-lr / (1 - rho)", "lr // (1 - rho)", "np.round(lr / (1 - rho), 2)", "rho / (1 - lr)",
            "lr / np.max(1 - rho)", "lr + rho / (1 - rho)", "np.sum(lr / (1 - rho))", "lr / (1 - rho + 1e-3)",
        )
    }
    | {"rho overwritten": "def effective_step(lr, rho):\n    rho -= 1\n    return -lr / rho"},
    "momentum_limit": {
        formula: f"def momentum_limit(L, rho): return {formula} + 0 * L + 0 * rho"
        for formula in (
            "2 * (1 + rho / L)", "(2 + rho) / L", "1 / L", "4 * (1 + rho) / L", "L / (2 * (1 + rho))",
            "(1 + np.sqrt(rho))**2 / L", "(1 - np.sqrt(rho))**2 / L", "2 * (1 + rho) / (L * (1 + 2 * rho))",
            "2 * (1 + rho) / ((1 - rho) * L)", "2 * (1 + L) / (1 + rho)", "2 * (1 + rho) / np.sqrt(L)",
            "2 / (L * (1 + rho))", "2 * (1 + rho)", "2 * rho / L", "2 * (1 + rho) / 4", "2 * (1 + rho**2) / L",
            "2 * (1 + rho) / np.max(L)", "2 * (1 + rho) // L",
        )
    }
    | {"rho overwritten": "def momentum_limit(L, rho):\n    rho += 1\n    return 2 * rho / L"},
    "exponential_average": {
        label: f"""
            def exponential_average(values, beta=0.9):
                average, averages = {start}, []
                for t, value in enumerate(np.asarray(values, dtype=float)):
                    average = {formula}
                    averages.append(average)
                return np.array(averages){then}
        """
        for label, (start, formula, then) in {
            "starts at 1": ("1.0", "beta * average + (1 - beta) * value", ""),
            "starts at the mean": ("np.mean(values, axis=0)", "beta * average + (1 - beta) * value", ""),
            "beta twice": ("0.0", "beta * average + beta * value", ""),
            "1 - beta twice": ("0.0", "(1 - beta) * (average + value)", ""),
            "halves": ("0.0", "(average + value) / 2", ""),
            "beta on both": ("0.0", "beta * (average + (1 - beta) * value)", ""),
            "minus": ("0.0", "beta * average - (1 - beta) * value", ""),
            "beta**t": ("0.0", "beta**t * average + (1 - beta) * value", ""),
            "rounded": ("0.0", "beta * average + (1 - beta) * value", ".round(3)"),
            "turned round": ("0.0", "beta * average + (1 - beta) * value", "[::-1]"),
            "one too few": ("0.0", "beta * average + (1 - beta) * value", "[:-1]"),
        }.items()
    }
    | {
        "along the last axis": """
            def exponential_average(values, beta=0.9):
                averages, average = np.array(values, dtype=float), 0.0
                for t in range(averages.shape[-1]):
                    average = beta * average + (1 - beta) * averages[..., t]
                    averages[..., t] = average
                return averages
        """,
        "all series in one": """
            def exponential_average(values, beta=0.9):
                average, averages = 0.0, []
                for value in np.ravel(values):
                    average = beta * average + (1 - beta) * value
                    averages.append(average)
                return np.reshape(averages, np.shape(values))
        """,
        "one series only": """
            def exponential_average(values, beta=0.9):
                average, averages = 0.0, np.zeros(len(values))
                for t, value in enumerate(values):
                    average = beta * average + (1 - beta) * value
                    averages[t] = average
                return averages
        """,
        "beta left out is 0.99": """
            def exponential_average(values, beta=0.99):
                average, averages = 0.0, []
                for value in np.asarray(values):
                    average = beta * average + (1 - beta) * value
                    averages.append(average)
                return np.array(averages)
        """,
    },
}  # fmt: skip

EQUIVALENT = {
    "exponential_average": {
        "average = np.zeros(averages.shape[1:]) -> average = np.zeros(averages.shape[ 2:])": "zeros of fewer axes "
        "broadcast to the same average in the first step",
    },
}
