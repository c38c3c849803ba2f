"""Wrong answers to the exercises of lesson 06, without a name of their own."""

from autograder.answers.per_weight_steps.sources import STEP

_UNIT = "grad / (np.linalg.norm(grad) + eps)"

WRONG = {
    "normalized_step": {
        formula: f"def normalized_step(w, grad, lr, eps=1e-7): return {formula}"
        for formula in (
            f"w - lr * {_UNIT} * np.sqrt(np.size(w))",
            f"w - np.sqrt(lr) * {_UNIT}",
            f"w - lr * np.abs({_UNIT})",
            f"w - lr * {_UNIT}**2",
            f"w - lr * (1 - {_UNIT})",
            "w - lr * grad / (np.linalg.norm(grad) * eps + 1)",
            "w - lr * grad / (np.linalg.norm(grad) + lr)",
            "w - (lr - eps) * grad / np.maximum(np.linalg.norm(grad), 1e-300)",
            "w - lr * grad / 5",
            "w - lr * grad / np.cbrt(np.sum(np.abs(grad)**3) + eps)",
            "w - lr * grad / (np.linalg.norm(grad) + np.linalg.norm(w) + eps)",
            "w - lr * (grad - np.mean(grad)) / (np.std(grad) + eps)",
            "w - lr * grad / (np.sqrt(grad[0]**2 + grad[1]**2) + eps)",
            "np.ravel(w - lr * grad / (np.linalg.norm(grad) + eps))",
            "np.nan_to_num(w - lr * grad / np.linalg.norm(grad))",
            "w - lr * grad / (np.linalg.norm(grad, 2) + eps)",
            "w - lr * grad / (np.linalg.norm(grad, 1) + eps)",
        )
    }
    | {
        "a loop over two weights": """
            def normalized_step(w, grad, lr, eps=1e-7):
                length = (grad[0] ** 2 + grad[1] ** 2) ** 0.5
                return np.array([w[0] - lr * grad[0] / (length + eps), w[1] - lr * grad[1] / (length + eps)])
        """,
        "on the caller's gradient": """
            def normalized_step(w, grad, lr, eps=1e-7):
                grad /= np.linalg.norm(grad) + eps
                return w - lr * grad
        """,
    },
    "scaled_step": {
        formula: f"def scaled_step(w, grad, rates): return {formula}"
        for formula in (
            "w - np.sqrt(rates) * grad", "w - np.median(rates) * grad", "w - rates * grad**2", "w - rates * np.abs(grad)",
            "w - rates * grad / len(w)", "w - rates / (1 + rates) * grad", "w - np.sort(rates) * grad",
            "w - rates[0] * grad[0]", "w - (rates @ grad) * grad", "w - (rates - np.mean(rates)) * grad",
            "w - rates / np.max(rates) * grad", "np.ravel(w - rates * grad)", "w - np.round(rates, 1) * grad",
            "w - rates * grad * w", "w * (1 - rates) - grad", "w - np.cumsum(rates) * grad", "w - rates - grad",
        )
    }
    | {
        "zip, for one axis of weights": """
            def scaled_step(w, grad, rates):
                return np.array([a - r * g for a, g, r in zip(w, grad, rates)])
        """,
        "a column of rates": """
            def scaled_step(w, grad, rates):
                return w - np.reshape(rates, (-1, 1)) * grad
        """,
        "on the caller's weights": """
            def scaled_step(w, grad, rates):
                w -= rates * grad
                return w
        """,
        "a rate of 0 taken for missing": """
            def scaled_step(w, grad, rates):
                return w - np.where(np.asarray(rates) == 0, 0.1, rates) * grad
        """,
    },
    "adagrad_step": {
        f"s = {s}; w = {w}": f"""
            def adagrad_step(w, grad, s, lr, eps=1e-7):
                s = {s}
                return {w}, s
        """
        for s, w in (
            ("s + 2 * grad**2", "w - lr * grad / (np.sqrt(s) + eps)"),
            ("s + grad**2 / 2", "w - lr * grad / (np.sqrt(s) + eps)"),
            ("(s + grad**2) / 2", "w - lr * grad / (np.sqrt(s) + eps)"),
            ("np.maximum(s, grad**2)", "w - lr * grad / (np.sqrt(s) + eps)"),
            ("s + grad**4", "w - lr * grad / (np.sqrt(s) + eps)"),
            ("s * grad**2", "w - lr * grad / (np.sqrt(s) + eps)"),
            ("s + w**2", "w - lr * grad / (np.sqrt(s) + eps)"),
            ("s - grad**2", "w - lr * grad / (np.sqrt(np.abs(s)) + eps)"),
            ("s + grad**2", "w - lr * grad / (np.cbrt(s) + eps)"),
            ("s + grad**2", "w - lr * grad / (1 + np.sqrt(s) + eps)"),
            ("s + grad**2", "w - lr * grad / (np.sqrt(s) + eps) / np.size(w)"),
            ("s + grad**2", "w - lr * grad / (np.sqrt(np.sqrt(s)) + eps)"),
            ("s + grad**2", "w - lr * (grad + eps) / np.sqrt(s)"),
            ("s + grad**2", "w - lr * np.abs(grad) / (np.sqrt(s) + eps)"),
            ("s + grad**2", "w - lr * grad / (np.sqrt(s) + eps**2)"),
            ("s + grad**2", "w - lr * grad / (np.sqrt(s) + np.sqrt(eps))"),
            ("s + grad**2", "w - np.sqrt(lr) * grad / (np.sqrt(s) + eps)"),
            ("s + grad**2", "w - lr * grad / (np.sqrt(np.max(s)) + eps)"),
            ("s + grad**2", "np.where(s > 0, w - lr * grad / np.sqrt(s), w)"),
            ("s + grad**2", "np.nan_to_num(w - lr * grad / np.sqrt(s))"),
            ("np.ravel(s + grad**2)", "np.ravel(w - lr * grad / (np.sqrt(s + grad**2) + eps))"),
            ("s + grad**2", "w - lr * grad / (np.sqrt(s) + 1e-8)"),
            ("np.sqrt(s**2 + grad**2)", "w - lr * grad / (s + eps)"),
        )
    }
    | {
        "a sum of its own": """
            memory = [0.0]
            def adagrad_step(w, grad, s, lr, eps=1e-7):
                memory[0] = memory[0] + grad**2
                return w - lr * grad / (np.sqrt(memory[0]) + eps), memory[0]
        """,
        "on the caller's sum": """
            def adagrad_step(w, grad, s, lr, eps=1e-7):
                s += grad**2
                return w - lr * grad / (np.sqrt(s) + eps), s
        """,
        "zip, for one axis of weights": """
            def adagrad_step(w, grad, s, lr, eps=1e-7):
                s = np.array([a + g**2 for a, g in zip(s, grad)])
                return np.array([a - lr * g / (b**0.5 + eps) for a, g, b in zip(w, grad, s)]), s
        """,
        "a step taken twice": """
            def adagrad_step(w, grad, s, lr, eps=1e-7):
                for _ in range(2):
                    s = s + grad**2
                return w - lr * grad / (np.sqrt(s) + eps), s
        """,
        "the zero sum taken for a first step": """
            def adagrad_step(w, grad, s, lr, eps=1e-7):
                if np.all(np.equal(s, 0)):
                    return w - lr * np.sign(grad), grad**2
                s = s + grad**2
                return w - lr * grad / (np.sqrt(s) + eps), s
        """,
    },
    "adagrad": {
        step: f"""
            def adagrad(gradient, w, lr, steps, eps=1e-7):
                w = np.array(w, dtype=float)
                s, path = np.zeros_like(w), [w]
                for t in range(steps):
                    g = gradient(w)
                    {step}
                    path.append(w)
                return np.array(path)
        """
        for step in (
            "s = s + g**2; w = w - lr * g / (np.sqrt(s) + eps) / (t + 1)",
            "s = s + g**2; w = w - lr * g / (np.sqrt(s) + eps * t)",
            "s = s + g**2 * (t == 0); w = w - lr * g / (np.sqrt(s) + eps)",
            "s = np.maximum(s, g**2); w = w - lr * g / (np.sqrt(s) + eps)",
            "s = s + np.abs(g); w = w - lr * g / (s + eps)",
            "s = s + g**2; w = np.round(w - lr * g / (np.sqrt(s) + eps), 3)",
            "s = s + g**2; w = -lr * g / (np.sqrt(s) + eps)",
            "s = s + g**2; w = w - lr * g / (np.sqrt(s) + eps) if np.any(g) else w + 1",
            "w = w - lr * g / (np.sqrt(s + g**2) + eps); s = s + gradient(w)**2",
            "s = s + gradient(0 * w)**2; w = w - lr * g / (np.sqrt(s) + eps)",
            "s = s + g**2; w = np.where(s > 0, w - lr * g / np.sqrt(np.maximum(s, 1e-300)), w)",
            "w = w - lr * g / (np.abs(g).sum() + eps)",
        )
    }
    | {
        "the sums instead of the path": """
            def adagrad(gradient, w, lr, steps, eps=1e-7):
                w = np.array(w, dtype=float)
                s = np.zeros_like(w)
                sums = [s]
                for _ in range(steps):
                    g = gradient(w)
                    s = s + g**2
                    w = w - lr * g / (np.sqrt(s) + eps)
                    sums.append(s)
                return np.array(sums)
        """,
        "for the bowl of the example only": """
            def adagrad(gradient, w, lr, steps, eps=1e-7):
                w = np.array(w, dtype=float)
                s, path = np.zeros_like(w), [w]
                for _ in range(steps):
                    s = s + (2 * w) ** 2
                    w = w - lr * 2 * w / (np.sqrt(s) + eps)
                    path.append(w)
                return np.array(path)
        """,
        "ends where it is flat": STEP
        + """
            def adagrad(gradient, w, lr, steps, eps=1e-7):
                w = np.array(w, dtype=float)
                s, path = np.zeros_like(w), [w]
                for _ in range(steps):
                    g = gradient(w)
                    if np.min(np.abs(g)) < 1e-6:
                        break
                    w, s = adagrad_step(w, g, s, lr, eps)
                    path.append(w)
                return np.array(path)
        """,
        "in the caller's array": """
            def adagrad(gradient, w, lr, steps, eps=1e-7):
                s, path = 0.0, [np.array(w)]
                for _ in range(steps):
                    g = gradient(w)
                    s = s + g**2
                    w -= lr * g / (np.sqrt(s) + eps)
                    path.append(np.array(w))
                return np.array(path)
        """,
        "two weights only": STEP
        + """
            def adagrad(gradient, w, lr, steps, eps=1e-7):
                w = np.array(w, dtype=float)
                s, path = np.zeros(2), [w]
                for _ in range(steps):
                    w, s = adagrad_step(w, gradient(w), s, lr, eps)
                    path.append(w)
                return np.array(path)
        """,
        "from a path of zeros in the dtype of w": """
            def adagrad(gradient, w, lr, steps, eps=1e-7):
                path = np.array([w] * (steps + 1))
                s = 0
                for t in range(1, steps + 1):
                    g = gradient(path[t - 1])
                    s = s + g**2
                    path[t] = path[t - 1] - lr * g / (np.sqrt(s) + eps)
                return path
        """,
    },
}  # fmt: skip
