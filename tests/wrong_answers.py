"""Wrong answers that have no name of their own in the checks: they must lose points all the same."""

from answers import step

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
    "rosenbrock": {
        formula: f"def rosenbrock(w1, w2): return {formula}"
        for formula in (
            "(1 - w1)**2 + 10 * (w2 - w1**2)**2", "(1 - w1) + 100 * (w2 - w1**2)**2",
            "(1 - w1)**2 * 100 * (w2 - w1**2)**2", "(1 - w1)**2 + 100 * (w2 + w1**2)**2",
            "(1 + w1)**2 + 100 * (w2 - w1**2)**2", "np.sum((1 - w1)**2 + 100 * (w2 - w1**2)**2)",
        )
    },
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
