"""Answers to the exercises of lesson 07."""


def _step(s: str, w: str) -> str:
    """The source of an update rule from two formulas; `s1` is the new average."""
    return f"""
        def rmsprop_step(w, grad, s, lr, rho=0.9, eps=1e-8):
            s1 = {s}
            return {w}, s1
    """


def _rates(s: str, rate: str, start: str = "np.zeros(np.shape(grads)[1:])") -> str:
    return f"""
        def effective_rates(grads, lr, rho=0.9, eps=1e-8):
            grads = np.asarray(grads, dtype=float)
            s, rates = {start}, []
            for t, grad in enumerate(grads):
                s = {s}
                rates.append({rate})
            return np.array(rates)
    """


_MEAN = "rho * s + (1 - rho) * np.square(grad)"

RIGHT = {
    "moving_average_of_squares": {
        "as the formula": "def moving_average_of_squares(s, grad, rho=0.9): return rho * s + (1 - rho) * np.asarray(grad)**2",
        "a share of the way": """
            def moving_average_of_squares(s, grad, rho=0.9):
                return s + (1 - rho) * (grad * grad - s)
        """,
        "in place, on a copy": """
            def moving_average_of_squares(s, grad, rho=0.9):
                s = np.array(s, dtype=float)
                s *= rho
                s += (1 - rho) * np.square(grad)
                return s
        """,
        "in single precision": """
            def moving_average_of_squares(s, grad, rho=0.9):
                return np.float32(rho) * np.float32(s) + np.float32(1 - rho) * np.float32(grad) ** 2
        """,
        "entry by entry": """
            def moving_average_of_squares(s, grad, rho=0.9):
                new = np.zeros(np.shape(s))
                for index in np.ndindex(new.shape):
                    new[index] = rho * np.asarray(s)[index] + (1 - rho) * np.asarray(grad)[index] ** 2
                return new
        """,
        "by einsum": """
            def moving_average_of_squares(s, grad, rho=0.9):
                pair = np.stack([np.asarray(s, dtype=float), np.square(grad)])
                return np.einsum("i,i...->...", [rho, 1 - rho], pair)
        """,
    },
    "rmsprop_step": {
        "as the formula": _step(_MEAN, "w - lr * grad / np.sqrt(s1 + eps)"),
        "a share of the way": _step("s + (1 - rho) * (grad * grad - s)", "w - lr / np.sqrt(s1 + eps) * grad"),
        "eps behind the root": _step(_MEAN, "w - lr * grad / (np.sqrt(s1) + eps)"),
        "by a power": _step(_MEAN, "w - lr * grad * (s1 + eps) ** -0.5"),
        "in place, on copies": """
            def rmsprop_step(w, grad, s, lr, rho=0.9, eps=1e-8):
                w, s = np.array(w, dtype=float), np.array(s, dtype=float)
                s *= rho
                s += (1 - rho) * np.square(grad)
                w -= lr * grad / np.sqrt(s + eps)
                return w, s
        """,
        "in single precision": """
            def rmsprop_step(w, grad, s, lr, rho=0.9, eps=1e-8):
                w, grad, s = np.float32(w), np.float32(grad), np.float32(s)
                s = np.float32(rho) * s + np.float32(1 - rho) * grad**2
                return w - np.float32(lr) * grad / np.sqrt(s + np.float32(eps)), s
        """,
        "entry by entry": """
            def rmsprop_step(w, grad, s, lr, rho=0.9, eps=1e-8):
                new_w, new_s = np.zeros(np.shape(w)), np.zeros(np.shape(w))
                for index in np.ndindex(new_w.shape):
                    g = np.asarray(grad)[index]
                    new_s[index] = rho * np.asarray(s)[index] + (1 - rho) * g**2
                    new_w[index] = np.asarray(w)[index] - lr * g / np.sqrt(new_s[index] + eps)
                return new_w, new_s
        """,
    },
    "effective_rates": {
        "as the formula": _rates(_MEAN, "lr / np.sqrt(s + eps)"),
        "by a power": _rates("s + (1 - rho) * (grad**2 - s)", "lr * (s + eps) ** -0.5"),
        "eps behind the root": _rates(_MEAN, "lr / (np.sqrt(s) + eps)"),
        "into an empty array": """
            def effective_rates(grads, lr, rho=0.9, eps=1e-8):
                squares = np.square(np.asarray(grads, dtype=float))
                s = np.empty_like(squares)
                for t in range(len(squares)):
                    s[t] = (1 - rho) * squares[t] + (rho * s[t - 1] if t else 0)
                return lr / np.sqrt(s + eps)
        """,
        "by a matrix of weights": """
            def effective_rates(grads, lr, rho=0.9, eps=1e-8):
                t = np.arange(len(grads))
                age = t[:, None] - t
                weights = np.where(age >= 0, (1 - rho) * rho ** np.abs(age), 0.0)
                return lr / np.sqrt(np.einsum("ts,s...->t...", weights, np.square(grads)) + eps)
        """,
        "by accumulate": """
            from itertools import accumulate
            def effective_rates(grads, lr, rho=0.9, eps=1e-8):
                squares = np.square(np.asarray(grads, dtype=float))
                s = accumulate(squares, lambda a, x: rho * a + (1 - rho) * x, initial=0 * squares[0])
                return lr / np.sqrt(np.stack(list(s)[1:]) + eps)
        """,
    },
}

WRONG = {
    "moving_average_of_squares": {
        formula: f"def moving_average_of_squares(s, grad, rho=0.9): return {formula}"
        for formula in (
            "rho * s - (1 - rho) * np.square(grad)", "rho**2 * s + (1 - rho) * np.square(grad)",
            "(s + np.square(grad)) / 2", "rho * s + (1 - rho**2) * np.square(grad)",
            "np.maximum(rho * s, (1 - rho) * np.square(grad))", "rho * s + (1 - rho) * np.square(grad) / 2",
            "rho * s + (1 - rho) * np.power(grad, 4)", "rho * s + (1 - rho) * grad * np.abs(grad)",
            "rho * s + (1 - rho) * np.square(grad - s)", "(rho or 0.9) * np.mean(s) + (1 - rho) * np.square(grad)",
        )
    }
    | {
        "rho left out is 0.99": "def moving_average_of_squares(s, grad, rho=0.99): return rho * s + (1 - rho) * np.square(grad)",
        "into the old s": """
            def moving_average_of_squares(s, grad, rho=0.9):
                if np.ndim(s) == 0:
                    return rho * s + (1 - rho) * np.square(grad)
                s *= rho
                s += (1 - rho) * np.square(grad)
                return s
        """,
    },
    "rmsprop_step": {
        label: _step(*formulas)
        for label, formulas in {
            "root of a sum": (_MEAN, "w - lr * grad / np.sqrt(np.sum(s1) + eps)"),
            "gradient of length 1": (_MEAN, "w - lr * grad / np.linalg.norm(grad)"),
            "signs": (_MEAN, "w - lr * np.sign(grad)"),
            "eps squared": (_MEAN, "w - lr * grad / np.sqrt(s1 + eps**2)"),
            "eps beneath the average": (f"{_MEAN} + eps", "w - lr * grad / np.sqrt(s1)"),
            "the larger of root and eps": (_MEAN, "w - lr * grad / np.maximum(np.sqrt(s1), eps)"),
            "cube root": (_MEAN, "w - lr * grad / np.cbrt(s1 + eps)"),
            "rate under the root": (_MEAN, "w - np.sqrt(lr) * grad / np.sqrt(s1 + eps)"),
            "weights decay": (_MEAN, "rho * w - lr * grad / np.sqrt(s1 + eps)"),
            "the step, not the weights": (_MEAN, "-lr * grad / np.sqrt(s1 + eps)"),
            "centred": ("rho * s + (1 - rho) * np.square(grad - np.mean(grad))", "w - lr * grad / np.sqrt(s1 + eps)"),
            "rho squared": ("rho**2 * s + (1 - rho) * np.square(grad)", "w - lr * grad / np.sqrt(s1 + eps)"),
            "half the square": ("rho * s + (1 - rho) * np.square(grad) / 2", "w - lr * grad / np.sqrt(s1 + eps)"),
            "first step of length lr": (
                "np.where(np.equal(s, 0), np.square(grad), rho * s + (1 - rho) * np.square(grad))",
                "w - lr * grad / np.sqrt(s1 + eps)",
            ),
            "an axis too many": ("np.atleast_1d(rho * s + (1 - rho) * np.square(grad))",
                                 "np.atleast_1d(w - lr * grad / np.sqrt(s1 + eps))"),
        }.items()
    }
    | {
        "rho left out is 0.99": """
            def rmsprop_step(w, grad, s, lr, rho=0.99, eps=1e-8):
                s = rho * s + (1 - rho) * np.square(grad)
                return w - lr * grad / np.sqrt(s + eps), s
        """,
        "eps left out is 1e-3": """
            def rmsprop_step(w, grad, s, lr, rho=0.9, eps=1e-3):
                s = rho * s + (1 - rho) * np.square(grad)
                return w - lr * grad / np.sqrt(s + eps), s
        """,
        "its own average": """
            memory = [0.0]
            def rmsprop_step(w, grad, s, lr, rho=0.9, eps=1e-8):
                memory[0] = rho * memory[0] + (1 - rho) * np.square(grad)
                return w - lr * grad / np.sqrt(memory[0] + eps), memory[0]
        """,
        "in place": """
            def rmsprop_step(w, grad, s, lr, rho=0.9, eps=1e-8):
                w, s = np.asarray(w), np.asarray(s)
                s[...] = rho * s + (1 - rho) * np.square(grad)
                w[...] = w - lr * grad / np.sqrt(s + eps)
                return w, s
        """,
    },
    "effective_rates": {
        label: _rates(*formulas)
        for label, formulas in {
            "halves": ("(s + grad**2) / 2", "lr / np.sqrt(s + eps)"),
            "sizes": ("rho * s + (1 - rho) * np.abs(grad)", "lr / np.sqrt(s + eps)"),
            "starts at one": (_MEAN, "lr / np.sqrt(s + eps)", "np.ones(np.shape(grads)[1:])"),
            "lr decays": (_MEAN, "lr / np.sqrt(t + 1) / np.sqrt(s + eps)"),
            "eps squared": (_MEAN, "lr / np.sqrt(s + eps**2)"),
            "root of all weights": (_MEAN, "lr / np.sqrt(np.mean(s) + eps) + 0 * s"),
            "rho squared": ("rho**2 * s + (1 - rho) * grad**2", "lr / np.sqrt(s + eps)"),
            "the average alone": (_MEAN, "s"),
        }.items()
    }
    | {
        "all at once": """
            def effective_rates(grads, lr, rho=0.9, eps=1e-8):
                s = 0.0
                for grad in np.asarray(grads):
                    s = rho * s + (1 - rho) * np.square(grad)
                return lr / np.sqrt(s + eps) * np.ones(np.shape(grads))
        """,
        "along the last axis": """
            def effective_rates(grads, lr, rho=0.9, eps=1e-8):
                squares = np.square(np.asarray(grads, dtype=float))
                s, rates = 0.0, np.empty_like(squares)
                for t in range(squares.shape[-1]):
                    s = rho * s + (1 - rho) * squares[..., t]
                    rates[..., t] = lr / np.sqrt(s + eps)
                return rates
        """,
        "rho left out is 0.99": """
            def effective_rates(grads, lr, rho=0.99, eps=1e-8):
                s, rates = 0.0, []
                for grad in np.asarray(grads, dtype=float):
                    s = rho * s + (1 - rho) * grad**2
                    rates.append(lr / np.sqrt(s + eps))
                return np.array(rates)
        """,
    },
}  # fmt: skip
