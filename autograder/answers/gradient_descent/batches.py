"""Answers to `minibatches` and `sgd_epoch`."""

_PARTS = """
            def slope(w, X, y):
                return 2 / len(y) * X.T @ (X @ w - y)

            def deal(X, y, batch_size, rng):
                order = rng.permutation(len(X))
                for start in range(0, len(X), batch_size):
                    batch = order[start : start + batch_size]
                    yield X[batch], y[batch]
"""

RIGHT = {
    "minibatches": {
        "by a permutation": """
            def minibatches(X, y, batch_size, rng):
                order = rng.permutation(len(X))
                batches = []
                for start in range(0, len(X), batch_size):
                    batch = order[start : start + batch_size]
                    batches.append((X[batch], y[batch]))
                return batches
        """,
        "by shuffling numbers": """
            def minibatches(X, y, batch_size, rng):
                order = np.arange(len(y))
                rng.shuffle(order)
                X, y = X[order], y[order]
                return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(y), batch_size)]
        """,
        "by splitting": """
            def minibatches(X, y, batch_size, rng):
                order = rng.choice(len(X), len(X), replace=False)
                cuts = range(batch_size, len(X), batch_size)
                return list(zip(np.split(X[order], cuts), np.split(y[order], cuts)))
        """,
        "by sorting random numbers": """
            def minibatches(X, y, batch_size, rng):
                order = np.argsort(rng.random(len(X)))
                count = -(-len(X) // batch_size)
                return [[part[order[k * batch_size : (k + 1) * batch_size]] for part in (X, y)] for k in range(count)]
        """,
        "dealt out by yield": """
            def minibatches(X, y, batch_size, rng):
                order = rng.permutation(len(X))
                while len(order):
                    batch, order = order[:batch_size], order[batch_size:]
                    yield X[batch], y[batch]
        """,
        "card by card": """
            def minibatches(X, y, batch_size, rng):
                left, batches = list(range(len(X))), []
                while left:
                    batch = [left.pop(rng.integers(len(left))) for _ in range(min(batch_size, len(left)))]
                    batches.append((np.array([X[i] for i in batch]), np.array([y[i] for i in batch])))
                return batches
        """,
        "with a generator of its own from the one given": """
            import random
            def minibatches(X, y, batch_size, rng):
                order = list(range(len(X)))
                random.Random(int(rng.integers(2**32))).shuffle(order)
                return tuple((X[order[i : i + batch_size]], y[order[i : i + batch_size]]) for i in range(0, len(X), batch_size))
        """,
    },
    "sgd_epoch": {
        "with the two functions": _PARTS
        + """
            def sgd_epoch(w, X, y, lr, batch_size, rng):
                for X_batch, y_batch in deal(X, y, batch_size, rng):
                    w = w - lr * slope(w, X_batch, y_batch)
                return w
        """,
        "in place, on a copy": _PARTS
        + """
            def sgd_epoch(w, X, y, lr, batch_size, rng):
                w = np.array(w, dtype=float)
                for batch in list(deal(X, y, batch_size, rng)):
                    w -= lr * slope(w, *batch)
                return w
        """,
        "all by hand": """
            def sgd_epoch(w, X, y, lr, batch_size, rng):
                order = rng.permutation(len(X))
                w = np.array(w, dtype=float)
                for start in range(0, len(X), batch_size):
                    total, batch = 0, order[start : start + batch_size]
                    for i in batch:
                        total = total + 2 * (X[i] @ w - y[i]) * X[i]
                    w = w - lr * total / len(batch)
                return w
        """,
        "in single precision": """
            def sgd_epoch(w, X, y, lr, batch_size, rng):
                w, X, y = np.float32(w), np.float32(X), np.float32(y)
                order = np.argsort(rng.random(len(y)))
                for batch in np.split(order, range(batch_size, len(y), batch_size)):
                    w = w - np.float32(lr) * 2 * ((X[batch] @ w - y[batch]) @ X[batch]) / np.float32(len(batch))
                return w
        """,
        "by reduce": _PARTS
        + """
            from functools import reduce
            def sgd_epoch(w, X, y, lr, batch_size, rng):
                return reduce(lambda w, part: w - lr * slope(w, *part), deal(X, y, batch_size, rng), w)
        """,
    },
}

_DEAL = """
            def minibatches(X, y, batch_size, rng):
                order = rng.permutation(len(X))
                pieces = [order[i : i + batch_size] for i in range(0, len(X), batch_size)]
                return {result}
        """

WRONG = {
    "minibatches": {
        result: _DEAL.format(result=result)
        for result in (
            "pieces",
            "[X[piece] for piece in pieces]",
            "([X[piece] for piece in pieces], [y[piece] for piece in pieces])",
            "[(X[piece], y[piece], piece) for piece in pieces]",
            "[(X[piece].tolist(), y[piece].tolist()) for piece in pieces]",
            "[(X[piece], y[pieces[0]]) for piece in pieces]",
            "[(X[piece], y[np.sort(piece)]) for piece in pieces]",
            "[(X[piece], y[piece[::-1]]) for piece in pieces]",
            "[(X[piece], y[piece]) for piece in pieces[1:]]",
            "[(X[piece], y[piece]) for piece in pieces] * 2",
            "[(X[piece].ravel(), y[piece]) for piece in pieces]",
            "[(X[piece], y[piece]) for piece in pieces if len(piece) > 1]",
            "[(X[i], y[i]) for i in order]",
            "np.column_stack([X, y])[order]",
            "len(pieces)",
            "[(X[np.sort(order)][k : k + batch_size], y[k : k + batch_size]) for k in range(0, len(X), batch_size)]",
        )
    }
    | {
        "the caller's arrays shuffled": """
            def minibatches(X, y, batch_size, rng):
                order = rng.permutation(len(X))
                X[:], y[:] = X[order], y[order]
                return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(X), batch_size)]
        """,
        "the caller's matrix shuffled by random": """
            import random
            def minibatches(X, y, batch_size, rng):
                random.shuffle(X)
                return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(X), batch_size)]
        """,
        "NumPy's old global generator": """
            def minibatches(X, y, batch_size, rng):
                order = np.random.permutation(len(X))
                return [(X[order[i : i + batch_size]], y[order[i : i + batch_size]]) for i in range(0, len(X), batch_size)]
        """,
        "cut at a random place": """
            def minibatches(X, y, batch_size, rng):
                order = np.roll(np.arange(len(X)), rng.integers(len(X)))
                return [(X[order[i : i + batch_size]], y[order[i : i + batch_size]]) for i in range(0, len(X), batch_size)]
        """,
        "back to front": """
            def minibatches(X, y, batch_size, rng):
                order = np.arange(len(X))[::-1]
                return [(X[order[i : i + batch_size]], y[order[i : i + batch_size]]) for i in range(0, len(X), batch_size)]
        """,
        "batches drawn anew": """
            def minibatches(X, y, batch_size, rng):
                batches = []
                for _ in range(-(-len(X) // batch_size)):
                    batch = rng.choice(len(X), min(batch_size, len(X)), replace=False)
                    batches.append((X[batch], y[batch]))
                return batches
        """,
        "an order kept from call to call": """
            kept = {}
            def minibatches(X, y, batch_size, rng):
                order = kept.setdefault(len(X), rng.permutation(len(X)))
                return [(X[order[i : i + batch_size]], y[order[i : i + batch_size]]) for i in range(0, len(X), batch_size)]
        """,
    },
    "sgd_epoch": {
        step: _PARTS
        + f"""
            def sgd_epoch(w, X, y, lr, batch_size, rng):
                for t, (X_batch, y_batch) in enumerate(deal(X, y, batch_size, rng)):
                    w = {step}
                return w
        """
        for step in (
            "w - lr * slope(w, X_batch, y_batch) / (t + 1)",
            "w - lr**2 * slope(w, X_batch, y_batch)",
            "w - lr * np.abs(slope(w, X_batch, y_batch))",
            "w - lr * slope(0 * w, X_batch, y_batch)",
            "-lr * slope(w, X_batch, y_batch)",
            "w - lr * slope(w, X_batch[:1], y_batch[:1])",
            "w - lr * slope(w, X_batch, y_batch) * batch_size / len(X)",
            "w - 0.1 * slope(w, X_batch, y_batch)",
            "w - lr * slope(w, X_batch, y_batch) / np.linalg.norm(slope(w, X_batch, y_batch))",
            "np.round(w - lr * slope(w, X_batch, y_batch), 3)",
            "w - lr * slope(w, X[:batch_size], y[:batch_size])",
            "w - lr * slope(w, X_batch, y_batch[::-1])",
            "w - lr * slope(w, X_batch, y_batch) * (len(y_batch) == batch_size)",
        )
    }
    | {
        "in place, in the caller's array": _PARTS
        + """
            def sgd_epoch(w, X, y, lr, batch_size, rng):
                for part in deal(X, y, batch_size, rng):
                    w -= lr * slope(w, *part)
                return w
        """,
        "the global generator": _PARTS
        + """
            def sgd_epoch(w, X, y, lr, batch_size, rng):
                for part in deal(X, y, batch_size, np.random):
                    w = w - lr * slope(w, *part)
                return w
        """,
        "two epochs": _PARTS
        + """
            def sgd_epoch(w, X, y, lr, batch_size, rng):
                for _ in range(2):
                    for part in deal(X, y, batch_size, rng):
                        w = w - lr * slope(w, *part)
                return w
        """,
        "the mean of the path": _PARTS
        + """
            def sgd_epoch(w, X, y, lr, batch_size, rng):
                path = []
                for part in deal(X, y, batch_size, rng):
                    w = w - lr * slope(w, *part)
                    path.append(w)
                return np.mean(path, axis=0)
        """,
        "w and the loss": _PARTS
        + """
            def sgd_epoch(w, X, y, lr, batch_size, rng):
                for part in deal(X, y, batch_size, rng):
                    w = w - lr * slope(w, *part)
                return w, np.mean((X @ w - y) ** 2)
        """,
    },
}  # fmt: skip

EQUIVALENT: dict[str, dict[str, str]] = {}
