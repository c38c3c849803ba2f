"""Answers to `multi_start`, as bodies of the function."""

FIRST_LINE = "def multi_start(loss, gradient, starts, lr, steps):"

RIGHT = {
    "as the lesson does": """
        w = np.array(starts, dtype=float)
        for _ in range(steps):
            w = w - lr * gradient(w)
        return w, loss(w)
    """,
    "in place, on a copy": """
        w = np.array(starts, dtype=float)
        for _ in range(steps):
            w -= np.multiply(lr, gradient(w))
        return w, loss(w)
    """,
    "with a while loop and a list": """
        w, done = 1.0 * np.asarray(starts), 0
        while done < steps:
            w, done = np.subtract(w, lr * gradient(w)), done + 1
        return [w, loss(w)]
    """,
    "by reduce": """
        from functools import reduce
        ends = reduce(lambda w, _: w - lr * gradient(w), range(steps), np.asarray(starts) + 0.0)
        return ends, loss(ends)
    """,
    "with prints, and the losses watched": """
        w = np.array(starts, dtype=float)
        losses = loss(w)
        for step in range(steps):
            w = w + -lr * gradient(w)
            losses = loss(w)
            print(step, np.min(losses))
        return w, losses
    """,
    "one gradient too many": """
        w = np.array(starts, dtype=float)
        slope = gradient(w)
        for _ in range(steps):
            w = w - lr * slope
            slope = gradient(w)
        return w, loss(w)
    """,
}


def _walked(step: str, ends: str = "w", losses: str = "loss(w)") -> str:
    return f"""
        first = w = np.array(starts, dtype=float)
        for t in range(steps):
            {step}
        return {ends}, {losses}
    """


# Wrong, and without a name of their own.
WRONG = {
    "a rate of its own": _walked("w = w - 0.1 * gradient(w)"),
    "the sign of the gradient": _walked("w = w - lr * np.sign(gradient(w))"),
    "half a step": _walked("w = w - 0.5 * lr * gradient(w)"),
    "momentum by mistake": _walked("w, first = w - lr * gradient(w) + 0.5 * (w - first), w"),
    "the gradient of the loss": _walked("w = w - lr * gradient(w) * loss(w)[..., None]"),
    "clipped": _walked("w = w - lr * np.clip(gradient(w), -0.5, 0.5)"),
    "sorted by loss": _walked("w = w - lr * gradient(w)", "w[np.argsort(loss(w))]", "np.sort(loss(w))"),
    "rounded ends": _walked("w = w - lr * gradient(w)", "w.round(2)"),
    "the steps, not the ends": _walked("w = w - lr * gradient(w)", "w - first"),
    "losses that have fallen": _walked("w = w - lr * gradient(w)", "w", "loss(w) - loss(first)"),
    "losses of the rounded ends": _walked("w = w - lr * gradient(w)", "w", "loss(w.round(1))"),
    "losses as a column": _walked("w = w - lr * gradient(w)", "w", "loss(w)[..., None]"),
    "a flat list of starts": _walked(
        "w = w - lr * gradient(w)", "w.reshape(-1, w.shape[-1])", "loss(w).ravel()"
    ),
    "every other step": _walked("w = w - lr * gradient(w) if t % 2 == 0 else w"),
    "a hundred steps": """
        w = np.array(starts, dtype=float)
        for _ in range(100):
            w = w - lr * gradient(w)
        return w, loss(w)
    """,
    "the best start as often as there are starts": """
        w = np.array(starts, dtype=float)
        for _ in range(steps):
            w = w - lr * gradient(w)
        best = np.argmin(loss(w))
        return np.broadcast_to(w.reshape(-1, w.shape[-1])[best], w.shape), loss(w)
    """,
    "one by one": """
        ends = []
        for start in np.asarray(starts, dtype=float):
            w = start
            for _ in range(steps):
                w = w - lr * gradient(w)
            ends.append(w)
        return np.array(ends), loss(np.array(ends))
    """,
    "weight by weight": """
        w = np.array(starts, dtype=float)
        for _ in range(steps):
            for i in range(w.shape[-1]):
                w[..., i] -= lr * gradient(w)[..., i]
        return w, loss(w)
    """,
    "on the caller's starts": """
        for _ in range(steps):
            starts -= lr * gradient(starts)
        return starts, loss(starts)
    """,
    "only the runs that still move": """
        w = np.array(starts, dtype=float)
        for _ in range(steps):
            g = gradient(w)
            w = np.where(np.linalg.norm(g, axis=-1, keepdims=True) > 1e-3, w - lr * g, w)
        return w, loss(w)
    """,
}
