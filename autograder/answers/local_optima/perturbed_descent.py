"""Answers to `perturbed_descent`, as bodies of the function."""

FIRST_LINE = "def perturbed_descent(gradient, w, lr, steps, noise, rng):"

RIGHT = {
    "as the lesson does": """
        w = np.array(w, dtype=float)
        path = [w]
        for _ in range(steps):
            w = w - lr * (gradient(w) + noise * rng.standard_normal(w.shape))
            path.append(w)
        return np.array(path)
    """,
    "all noise drawn first": """
        w = np.array(w, dtype=float)
        path = np.empty((steps + 1, *w.shape))
        path[0] = w
        pushes = rng.normal(0, noise, size=(steps, *w.shape))
        for t in range(steps):
            path[t + 1] = path[t] - lr * gradient(path[t]) - lr * pushes[t]
        return path
    """,
    "with the noise subtracted": """
        w = np.array(w, dtype=float)
        path = [w.copy()]
        for _ in range(steps):
            w -= lr * (gradient(w) - noise * rng.normal(size=w.shape))
            path.append(w.copy())
        return np.stack(path)
    """,
    "around the gradient": """
        path = [np.asarray(w) * 1.0]
        while len(path) <= steps:
            path += [path[-1] - lr * rng.normal(gradient(path[-1]), noise)]
        return np.stack(path)
    """,
    "drawn in another order": """
        w = np.array(w, dtype=float)
        path = np.zeros((steps + 1,) + w.shape)
        path[0] = w
        for t in range(1, steps + 1):
            pushes = noise * rng.standard_normal(w.shape[::-1]).T
            path[t] = path[t - 1] - lr * (gradient(path[t - 1]) + pushes)
        return path
    """,
}


def _pushed(step: str, push: str = "noise * rng.standard_normal(w.shape)") -> str:
    return f"""
        w = np.array(w, dtype=float)
        path = [w]
        for t in range(steps):
            push = {push}
            {step}
            path.append(w)
        return np.array(path)
    """


_STEP = "w = w - lr * (gradient(w) + push)"

# Wrong, and without a name of their own.
WRONG = {
    "half the noise": _pushed(_STEP, "0.5 * noise * rng.standard_normal(w.shape)"),
    "noise of one side": _pushed(_STEP, "noise * np.abs(rng.standard_normal(w.shape))"),
    "heads or tails": _pushed(_STEP, "noise * rng.choice([-1.0, 1.0], w.shape)"),
    "exponential noise": _pushed(_STEP, "noise * (rng.exponential(size=w.shape) - 1)"),
    "pulled noise": _pushed(_STEP, "noise * rng.normal(0.5, 1, w.shape)"),
    "more and more noise": _pushed(_STEP, "(t + 1) * noise * rng.standard_normal(w.shape)"),
    "noise in every other step": _pushed(_STEP, "(t % 2) * noise * rng.standard_normal(w.shape)"),
    "noise divided by lr": _pushed(_STEP, "noise / lr * rng.standard_normal(w.shape)"),
    "noise for the first weight": _pushed(
        _STEP, "noise * rng.standard_normal(w.shape) * (np.arange(w.shape[-1]) == 0)"
    ),
    "noise as large as the gradient": _pushed(
        _STEP, "noise * np.abs(gradient(w)) * rng.standard_normal(w.shape)"
    ),
    "noise on the weights": _pushed("w = w * (1 + push) - lr * gradient(w)"),
    "the gradient at a shaken place": _pushed("w = w - lr * gradient(w + push)"),
    "shaken, then downhill": _pushed("w = w + push\n            w = w - lr * gradient(w)"),
    "one push for each run": _pushed(_STEP, "noise * rng.standard_normal((*w.shape[:-1], 1))"),
    "a rate of its own": _pushed("w = w - 0.1 * (gradient(w) + push)"),
    "clipped noise": _pushed(_STEP, "np.clip(noise * rng.standard_normal(w.shape), -noise, noise)"),
    "the same push and its opposite": _pushed(
        "w = w - lr * (gradient(w) + (-1) ** t * push)",
        "noise * np.random.default_rng(3).standard_normal(w.shape)",
    ),
    "numpy's own generator": _pushed(_STEP, "noise * np.random.standard_normal(w.shape)"),
    "numpy's own generator, seeded": """
        np.random.seed(0)
        w = np.array(w, dtype=float)
        path = [w]
        for t in range(steps):
            w = w - lr * (gradient(w) + noise * np.random.randn(*w.shape))
            path.append(w)
        return np.array(path)
    """,
    "in place": """
        path = [np.array(w, dtype=float)]
        for t in range(steps):
            w -= lr * (gradient(w) + noise * rng.standard_normal(w.shape))
            path.append(w.copy())
        return np.array(path)
    """,
    "as many runs as steps": """
        w = np.array(w, dtype=float)
        path = [w]
        for t in range(steps):
            w = w - lr * (gradient(w) + noise * rng.standard_normal((steps, *w.shape)).mean(axis=0))
            path.append(w)
        return np.array(path)
    """,
}

EQUIVALENT = {
    "w = w - lr * (gradient(w) + noise * rng.standard_normal(w.shape)) -> w = w - lr * (gradient(w) - noise * "
    "rng.standard_normal(w.shape))": "normal noise is as likely to push one way as the other",
}
