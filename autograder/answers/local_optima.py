"""Answers to the exercises of lesson 03."""

_CLASSIFY = {
    "by select": """
        curvatures = np.linalg.eigvalsh(H)
        up, down = curvatures > tol, curvatures < -tol
        kinds = [up.all(axis=-1), down.all(axis=-1), up.any(axis=-1) & down.any(axis=-1)]
        return np.select(kinds, ["minimum", "maximum", "saddle"], "degenerate")
    """,
    "by the smallest and the largest": """
        curvatures = np.linalg.eigvalsh(H)
        low, high = curvatures[..., 0], curvatures[..., -1]
        word = np.where(low > tol, "minimum", "degenerate")
        word = np.where(high < -tol, "maximum", word)
        return np.where((low < -tol) & (high > tol), "saddle", word)
    """,
    "one matrix at a time": """
        H = np.asarray(H)
        if H.ndim > 2:
            return np.array([classify_critical_point(one, tol) for one in H])
        curvatures = np.linalg.eigvalsh(H)
        if min(curvatures) > tol:
            return "minimum"
        if max(curvatures) < -tol:
            return "maximum"
        if min(curvatures) < -tol and max(curvatures) > tol:
            return "saddle"
        return "degenerate"
    """,
    "by counting": """
        curvatures = np.linalg.eigvalsh(H)
        n = curvatures.shape[-1]
        ups, downs = np.sum(curvatures > tol, axis=-1), np.sum(curvatures < -tol, axis=-1)
        words = np.array(["degenerate", "minimum", "maximum", "saddle"])
        return words[np.where(ups == n, 1, np.where(downs == n, 2, np.where((ups > 0) & (downs > 0), 3, 0)))]
    """,
    "by signs, with eig": """
        signs = np.linalg.eig(np.asarray(H, dtype=float))[0].real
        signs = np.sign(signs) * (np.abs(signs) > tol)
        low, high = signs.min(axis=-1), signs.max(axis=-1)
        kinds = [low == 1, high == -1, low * high == -1]
        return np.select(kinds, ["minimum", "maximum", "saddle"], default="degenerate")
    """,
}

_MULTI_START = {
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

_BASIN_MAP = {
    "by norm and where": """
        distances = np.linalg.norm(np.asarray(ends)[..., None, :] - minima, axis=-1)
        return np.where(distances.min(axis=-1) <= radius, distances.argmin(axis=-1), -1)
    """,
    "run by run": """
        ends = np.asarray(ends, dtype=float)
        index = np.full(ends.shape[:-1], -1)
        for run in np.ndindex(index.shape):
            best = radius
            for i, minimum in enumerate(minima):
                distance = np.sqrt(np.sum((ends[run] - minimum) ** 2))
                if distance <= best:
                    index[run], best = i, distance
        return index
    """,
    "by squares": """
        offsets = np.expand_dims(ends, -2) - np.asarray(minima)
        squares = np.einsum("...kd,...kd->...k", offsets, offsets)
        squares = np.where(squares <= radius**2, squares, np.inf)
        return np.where(np.isinf(squares).all(axis=-1), -1, squares.argmin(axis=-1))
    """,
    "minimum by minimum": """
        distances = np.stack([np.hypot.reduce(np.asarray(ends, dtype=float) - m, axis=-1) for m in minima])
        return np.where((distances <= radius).any(axis=0), np.argmin(np.nan_to_num(distances, nan=np.inf), axis=0), -1)
    """,
    "as floats": """
        distances = np.sqrt(((np.asarray(ends)[..., np.newaxis, :] - minima) ** 2).sum(axis=-1))
        index = np.argmin(distances, axis=-1).astype(float)
        return index + (-1 - index) * ~(distances.min(axis=-1) < radius)
    """,
}

_PERTURBED = {
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

_FIRST_LINES = {
    "classify_critical_point": "def classify_critical_point(H, tol=1e-6):",
    "multi_start": "def multi_start(loss, gradient, starts, lr, steps):",
    "basin_map": "def basin_map(ends, minima, radius=0.1):",
    "perturbed_descent": "def perturbed_descent(gradient, w, lr, steps, noise, rng):",
}


def _sources(name: str, bodies: dict[str, str]) -> dict[str, str]:
    return {label: _FIRST_LINES[name] + body.rstrip() for label, body in bodies.items()}


RIGHT = {
    "classify_critical_point": _sources("classify_critical_point", _CLASSIFY),
    "multi_start": _sources("multi_start", _MULTI_START),
    "basin_map": _sources("basin_map", _BASIN_MAP),
    "perturbed_descent": _sources("perturbed_descent", _PERTURBED),
}


def _decided(curvatures: str, up: str, down: str, words: str = "minimum maximum saddle degenerate") -> str:
    """A classification from other curvatures, or from other answers to up and down."""
    minimum, maximum, saddle, degenerate = words.split()
    return f"""
        H = np.asarray(H)
        c = {curvatures}
        up, down = {up}, {down}
        kinds = [up.all(axis=-1), down.all(axis=-1), up.any(axis=-1) & down.any(axis=-1)]
        return np.select(kinds, ["{minimum}", "{maximum}", "{saddle}"], "{degenerate}")
    """


_EIGENVALUES = "np.linalg.eigvalsh(H)"

# Wrong, and without a name of their own.
_WRONG_KINDS = {
    "a border of its own": _decided(_EIGENVALUES, "c > 1e-3", "c < -1e-3"),
    "tol on one side": _decided(_EIGENVALUES, "c > tol", "c < 0"),
    "tol on the other side": _decided(_EIGENVALUES, "c > 0", "c < -tol"),
    "tol with the wrong sign": _decided(_EIGENVALUES, "c > -tol", "c < tol"),
    "tol squared": _decided(_EIGENVALUES, "c > tol**2", "c < -tol**2"),
    "the border belongs to up": _decided(_EIGENVALUES, "c >= tol", "c < -tol"),
    "only one triangle": _decided("np.linalg.eigvalsh(np.triu(H))", "c > tol", "c < -tol"),
    "the lengths of the rows": _decided(
        "np.linalg.norm(H, axis=-1) * np.sign(H[..., 0])", "c > tol", "c < -tol"
    ),
    "the sums of the rows": _decided("H.sum(axis=-1)", "c > tol", "c < -tol"),
    "two curvatures only": _decided("np.linalg.eigvalsh(H)[..., :2]", "c > tol", "c < -tol"),
    "the curvatures of the square": _decided("np.linalg.eigvalsh(H @ H)", "c > tol", "c < -tol"),
    "the corner decides": _decided("H[..., :1, 0]", "c > tol", "c < -tol"),
    "saddle and degenerate swapped": _decided(
        _EIGENVALUES, "c > tol", "c < -tol", "minimum maximum degenerate saddle"
    ),
    "maximum and saddle swapped": _decided(
        _EIGENVALUES, "c > tol", "c < -tol", "minimum saddle maximum degenerate"
    ),
    "whatever it is, a saddle": """
        return np.full(np.shape(H)[:-2], "saddle")
    """,
    "a truth, not a word": """
        return np.linalg.eigvalsh(H).min(axis=-1) > tol
    """,
    "the number of ways down": """
        return np.sum(np.linalg.eigvalsh(H) < -tol, axis=-1)
    """,
    "Cholesky": """
        try:
            np.linalg.cholesky(H)
            return "minimum"
        except np.linalg.LinAlgError:
            return "saddle"
    """,
    "two weights only": """
        (a, b), (c, d) = H
        low, high = np.linalg.eigvalsh([[a, b], [c, d]])
        return "minimum" if low > tol else "maximum" if high < -tol else "saddle" if low * high < 0 else "degenerate"
    """,
    "a border too wide for a saddle": """
        c = np.linalg.eigvalsh(H)
        low, high = c[..., 0], c[..., -1]
        return np.select([low > tol, high < -tol, low * high < -tol], ["minimum", "maximum", "saddle"], "degenerate")
    """,
    "H is scaled in place": """
        H /= np.abs(H).max()
        low, high = np.linalg.eigvalsh(H)[..., 0], np.linalg.eigvalsh(H)[..., -1]
        return np.select([low > tol, high < -tol, (low < -tol) & (high > tol)], ["minimum", "maximum", "saddle"], "degenerate")
    """,
}


def _walked(step: str, ends: str = "w", losses: str = "loss(w)") -> str:
    return f"""
        first = w = np.array(starts, dtype=float)
        for t in range(steps):
            {step}
        return {ends}, {losses}
    """


_WRONG_RUNS = {
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


def _mapped(
    near: str = "d.min(axis=-1) <= radius", index: str = "d.argmin(axis=-1)", none: str = "-1"
) -> str:
    return f"""
        d = np.linalg.norm(np.asarray(ends)[..., None, :] - minima, axis=-1)
        return np.where({near}, {index}, {none})
    """


_WRONG_MAPS = {
    "not if farther": _mapped("~(d.min(axis=-1) > radius)"),
    "nan for none": _mapped(none="np.nan"),
    "-2 for none": _mapped(none="-2"),
    "k for none": _mapped(none="len(minima)"),
    "counts from the end": _mapped(index="d.argmin(axis=-1) - len(minima)"),
    "all within the radius": _mapped("d.max(axis=-1) <= radius"),
    "the root of the distance": _mapped("np.sqrt(d.min(axis=-1)) <= radius"),
    "twice the radius": _mapped("d.min(axis=-1) <= 2 * radius"),
    "the mean distance": _mapped("d.mean(axis=-1) <= radius"),
    "a factor off": _mapped("d.min(axis=-1) <= 1.2 * radius"),
    "the first near one": _mapped("(d <= radius).any(axis=-1)", "(d < 2 * radius).argmax(axis=-1)"),
    "the reach counts from the origin": """
        d = np.abs(np.linalg.norm(ends, axis=-1)[..., None] - np.linalg.norm(minima, axis=-1))
        return np.where(d.min(axis=-1) <= radius, d.argmin(axis=-1), -1)
    """,
    "by rounding": """
        found = (np.round(np.asarray(ends)[..., None, :]) == np.round(minima)).all(axis=-1)
        return np.where(found.any(axis=-1), found.argmax(axis=-1), -1)
    """,
    "by isclose": """
        found = np.isclose(np.asarray(ends)[..., None, :], minima, rtol=0, atol=radius).all(axis=-1)
        return np.where(found.any(axis=-1), found.argmax(axis=-1), -1)
    """,
    "two weights only": """
        d = np.hypot(ends[..., None, 0] - minima[:, 0], ends[..., None, 1] - minima[:, 1])
        return np.where(d.min(axis=-1) <= radius, d.argmin(axis=-1), -1)
    """,
    "a table of ends only": """
        d = np.linalg.norm(ends[:, None] - minima[None], axis=2)
        return np.where(d.min(axis=1) <= radius, d.argmin(axis=1), -1)
    """,
    "ends written over": """
        ends *= 1.0
        ends += 1e-9
        d = np.linalg.norm(ends[..., None, :] - minima, axis=-1)
        return np.where(d.min(axis=-1) <= radius, d.argmin(axis=-1), -1)
    """,
    "a distance to every weight": """
        d = np.abs(np.asarray(ends)[..., None] - np.asarray(minima).mean())
        return np.where(d.min(axis=-1) <= radius, d.argmin(axis=-1), -1)[..., 0]
    """,
    "a default that is too large": """
        d = np.linalg.norm(np.asarray(ends)[..., None, :] - minima, axis=-1)
        radius = 1.0 if radius == 0.1 else radius
        return np.where(d.min(axis=-1) <= radius, d.argmin(axis=-1), -1)
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

_WRONG_WALKS = {
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

WRONG = {
    "classify_critical_point": _sources("classify_critical_point", _WRONG_KINDS),
    "multi_start": _sources("multi_start", _WRONG_RUNS),
    "basin_map": _sources("basin_map", _WRONG_MAPS),
    "perturbed_descent": _sources("perturbed_descent", _WRONG_WALKS),
}
