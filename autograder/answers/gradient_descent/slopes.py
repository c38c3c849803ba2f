"""Answers to `mse_loss`, `mse_gradient`, `numerical_gradient` and `gradient_descent`."""

RIGHT = {
    "mse_loss": {
        "as the formula": "def mse_loss(w, X, y): return np.mean((X @ w - y) ** 2)",
        "over the examples, one by one": """
            def mse_loss(w, X, y):
                total = 0
                for x, target in zip(X, y):
                    total += (sum(x_j * w_j for x_j, w_j in zip(x, w)) - target) ** 2
                return total / len(y)
        """,
        "by einsum": """
            def mse_loss(w, X, y):
                error = np.einsum("ij,j->i", X, w) - y
                return np.einsum("i,i->", error, error) / error.size
        """,
        "as a product of the errors": """
            def mse_loss(w, X, y):
                error = y - X.dot(w)
                return error @ error / X.shape[0]
        """,
        "multiplied out": """
            def mse_loss(w, X, y):
                return (w @ (X.T @ X) @ w - 2 * y @ X @ w + y @ y) / len(y)
        """,
        "in single precision": """
            def mse_loss(w, X, y):
                w, X, y = np.float32(w), np.float32(X), np.float32(y)
                return ((X @ w - y) ** 2).mean()
        """,
        "by way of the columns": """
            def mse_loss(w, X, y):
                prediction = (X * w).sum(axis=1).reshape(-1, 1)
                return float(np.square(prediction - y.reshape(-1, 1)).mean())
        """,
    },
    "mse_gradient": {
        "as the formula": "def mse_gradient(w, X, y): return 2 / len(y) * X.T @ (X @ w - y)",
        "errors from the left": "def mse_gradient(w, X, y): return 2 * (X @ w - y) @ X / len(X)",
        "the mean of the gradients of the examples": """
            def mse_gradient(w, X, y):
                return np.mean(2 * (X @ w - y)[:, None] * X, axis=0)
        """,
        "over the examples, one by one": """
            def mse_gradient(w, X, y):
                total = np.zeros(len(w))
                for x, target in zip(X, y):
                    total += 2 * (x @ w - target) * x
                return total / len(y)
        """,
        "over the weights, one by one": """
            def mse_gradient(w, X, y):
                error = X @ w - y
                return np.array([2 * np.mean(error * X[:, j]) for j in range(X.shape[1])])
        """,
        "by einsum": """
            def mse_gradient(w, X, y):
                return np.einsum("i,ij->j", np.einsum("ij,j->i", X, w) - y, X) * 2 / y.size
        """,
        "multiplied out": "def mse_gradient(w, X, y): return 2 * (X.T @ X @ w - X.T @ y) / len(y)",
        "in single precision": """
            def mse_gradient(w, X, y):
                w, X, y = np.float32(w), np.float32(X), np.float32(y)
                return np.float32(2) / len(y) * X.T @ (X @ w - y)
        """,
    },
    "numerical_gradient": {
        "two copies for each weight": """
            def numerical_gradient(f, w, h=1e-5):
                w = np.array(w, dtype=float)
                gradient = np.zeros_like(w)
                for index in np.ndindex(w.shape):
                    up, down = w.copy(), w.copy()
                    up[index] += h
                    down[index] -= h
                    gradient[index] = (f(up) - f(down)) / (2 * h)
                return gradient
        """,
        "in place, and put back": """
            def numerical_gradient(f, w, h=1e-5):
                w = np.array(w, dtype=float)
                gradient = np.empty(w.shape)
                for index in np.ndindex(w.shape):
                    old = w[index]
                    w[index] = old + h
                    up = f(w)
                    w[index] = old - h
                    down = f(w)
                    w[index] = old
                    gradient[index] = (up - down) / h / 2
                return gradient
        """,
        "by the rows of a unit matrix": """
            def numerical_gradient(f, w, h=1e-5):
                shape = np.shape(w)
                moves = h * np.eye(np.size(w)).reshape(-1, *shape)
                return np.array([(f(w + move) - f(w - move)) / (2 * h) for move in moves]).reshape(shape)
        """,
        "flattened on the way": """
            def numerical_gradient(f, w, h=1e-5):
                w = np.asarray(w, dtype=float)
                flat = w.ravel()
                slopes = []
                for i in range(flat.size):
                    up, down = flat.copy(), flat.copy()
                    up[i], down[i] = up[i] + h, down[i] - h
                    slopes.append((f(up.reshape(w.shape)) - f(down.reshape(w.shape))) / (2 * h))
                return np.reshape(slopes, w.shape)
        """,
        "with an iterator": """
            def numerical_gradient(f, w, h=1e-5):
                w = np.array(w, dtype=float)
                gradient = np.zeros(w.shape)
                it = np.nditer(w, flags=["multi_index"])
                for value in it:
                    move = np.zeros(w.shape)
                    move[it.multi_index] = h
                    gradient[it.multi_index] = 0.5 * (f(w + move) / h - f(w - move) / h)
                return gradient
        """,
    },
    "gradient_descent": {
        "a list of points": """
            def gradient_descent(gradient, w, lr, steps):
                w = np.array(w, dtype=float)
                path = [w]
                for _ in range(steps):
                    w = w - lr * gradient(w)
                    path.append(w)
                return np.array(path)
        """,
        "into an empty array": """
            def gradient_descent(gradient, w, lr, steps):
                path = np.empty((steps + 1, *np.shape(w)))
                path[0] = w
                for t in range(steps):
                    path[t + 1] = path[t] - lr * gradient(path[t])
                return path
        """,
        "in place, on copies": """
            def gradient_descent(gradient, w, lr, steps):
                w = np.array(w, dtype=float)
                path = [w.copy()]
                for t in range(1, steps + 1):
                    w -= lr * gradient(w)
                    path.append(w.copy())
                return np.stack(path)
        """,
        "with while": """
            def gradient_descent(gradient, w, lr, steps):
                path = [np.asarray(w, dtype=float)]
                while len(path) < steps + 1:
                    path.append(path[-1] + gradient(path[-1]) * -lr)
                return np.array(path)
        """,
        "by accumulate": """
            from itertools import accumulate
            def gradient_descent(gradient, w, lr, steps):
                w = np.asarray(w, dtype=float)
                return np.stack(list(accumulate(range(steps), lambda w, _: w - lr * gradient(w), initial=w)))
        """,
        "calling itself": """
            def gradient_descent(gradient, w, lr, steps):
                w = np.asarray(w, dtype=float)[None]
                if steps == 0:
                    return w
                return np.concatenate([w, gradient_descent(gradient, w[0] - lr * gradient(w[0]), lr, steps - 1)])
        """,
    },
}

_WALK = """
            def gradient_descent(gradient, w, lr, steps):
                w = np.array(w, dtype=float)
                path = [w]
                for t in range(steps):
                    w = {step}
                    path.append(w)
                return {result}
        """

_SLOPE = """
            def numerical_gradient(f, w, h=1e-5):
                w = np.array(w, dtype=float)
                gradient = np.zeros_like(w)
                for index in np.ndindex(w.shape):
                    up, down = w.copy(), w.copy()
                    up[index] += h
                    down[index] -= h
                    gradient[index] = {slope}
                return gradient
        """

WRONG = {
    "mse_loss": {
        formula: f"def mse_loss(w, X, y): return {formula}"
        for formula in (
            "np.mean((X @ w - y) ** 2) + 0.01",
            "np.mean((X @ w - y) ** 2) * 2",
            "np.median((X @ w - y) ** 2)",
            "np.max((X @ w - y) ** 2)",
            "np.mean((X @ w) ** 2 - y**2)",
            "np.mean((X @ w - y) ** 4)",
            "np.sum((X @ w - y) ** 2) / 4",
            "np.sum((X @ w - y) ** 2) / X.size",
            "np.sum((X @ w - y) ** 2) / (2 * X.shape[1])",
            "np.mean((X @ w - y)[:3] ** 2)",
            "np.mean((X @ w - y) ** 2) / np.mean(y**2)",
            "np.mean((X[:, :2] @ w[:2] - y) ** 2)",
            "np.mean((w @ w * X[:, 0] - y) ** 2)",
            "(X @ w - y) @ (X @ w - y)",
        )
    }
    | {
        "only for two weights": """
            def mse_loss(w, X, y):
                return np.mean((w[0] * X[:, 0] + w[1] * X[:, 1] - y) ** 2)
        """,
        "y overwritten": """
            def mse_loss(w, X, y):
                y -= X @ w
                return np.mean(y**2)
        """,
        "the first and the last": """
            def mse_loss(w, X, y):
                e = X @ w - y
                return (e[0] ** 2 + e[-1] ** 2) / 2
        """,
    },
    "mse_gradient": {
        formula: f"def mse_gradient(w, X, y): return {formula}"
        for formula in (
            "4 * X.T @ (X @ w - y) / len(y)",
            "2 * X.T @ (X @ w - y) / X.size",
            "2 * X.T @ np.abs(X @ w - y) / len(y)",
            "2 * np.abs(X.T @ (X @ w - y)) / len(y)",
            "2 * X.T @ (X @ w - y) / np.sqrt(len(y))",
            "2 * X.T @ (X @ w - y) / 4",
            "2 * X.T**2 @ (X @ w - y) / len(y)",
            "2 * w * np.mean(X @ w - y)",
            "2 * X.mean(axis=0) * np.mean(X @ w - y)",
            "(2 * X.T @ (X @ w - y) / len(y))[:2]",
            "2 * X.T @ (X @ w - y) / len(y) + 2 * w",
            "X.T @ (X @ w - y) / np.linalg.norm(X.T @ (X @ w - y))",
            "2 * X.T @ (X @ w - y).clip(-1, 1) / len(y)",
            "2 * X @ (X @ w - y) / len(y)",
            "(2 * X.T @ (X @ w - y) / len(y))[:, None]",
            "w - 0.1 * 2 * X.T @ (X @ w - y) / len(y)",
        )
    }
    | {
        "only for two weights": """
            def mse_gradient(w, X, y):
                e = w[0] * X[:, 0] + w[1] * X[:, 1] - y
                return 2 * np.array([np.mean(e * X[:, 0]), np.mean(e * X[:, 1])])
        """,
        "y overwritten": """
            def mse_gradient(w, X, y):
                y -= X @ w
                return -2 * X.T @ y / len(y)
        """,
        "into whole numbers": """
            def mse_gradient(w, X, y):
                gradient = np.zeros_like(w)
                e = X @ w - y
                for j in range(len(w)):
                    gradient[j] = 2 * np.mean(e * X[:, j])
                return gradient
        """,
        "the inputs overwritten": """
            def mse_gradient(w, X, y):
                e = X @ w - y
                X *= 2 * e[:, None]
                return X.mean(axis=0)
        """,
    },
    "numerical_gradient": {
        slope: _SLOPE.format(slope=slope)
        for slope in (
            "(f(up) - f(down)) / (4 * h)",
            "(f(up) - f(down)) * 2 * h",
            "(f(up) - f(w)) / h + (f(w) - f(down)) / h",
            "(f(down) - f(up)) / (2 * h) * -0.5",
            "abs(f(up) - f(down)) / (2 * h)",
            "(f(up) - f(down)) / (2 * h) + h",
            "(f(up) / f(down) - 1) / (2 * h)",
            "(f(up) - f(down)) / (2e-5)",
            "max(f(up) - f(w), f(w) - f(down)) / h",
            "(f(up) - f(down)) / (2 * h) if w.ndim == 1 else 0.0",
            "(f(up) - f(down)) / (2 * h * abs(w[index]))",
        )
    }
    | {
        "one axis only": """
            def numerical_gradient(f, w, h=1e-5):
                gradient = np.zeros(len(w))
                for i in range(len(w)):
                    move = np.zeros(len(w))
                    move[i] = h
                    gradient[i] = (f(w + move) - f(w - move)) / (2 * h)
                return gradient
        """,
        "the caller's weights moved, and put back but for rounding": """
            def numerical_gradient(f, w, h=1e-2):
                w = np.asarray(w, dtype=float)
                gradient = np.zeros(w.shape)
                for index in np.ndindex(w.shape):
                    w[index] += h
                    up = f(w)
                    w[index] -= 2 * h
                    gradient[index] = (up - f(w)) / (2 * h)
                    w[index] += h
                return gradient
        """,
        "left moved": """
            def numerical_gradient(f, w, h=1e-5):
                w = np.asarray(w, dtype=float)
                gradient = np.zeros(w.shape)
                for index in np.ndindex(w.shape):
                    old = w[index]
                    gradient[index] = f(w)
                    w[index] += h
                    gradient[index] = (f(w) - gradient[index]) / h
                    w[index] = old
                return gradient
        """,
        "a random direction": """
            def numerical_gradient(f, w, h=1e-5):
                move = np.random.default_rng(0).normal(size=np.shape(w))
                return move * (f(w + h * move) - f(w - h * move)) / (2 * h)
        """,
    },
    "gradient_descent": {
        f"{step}, {result}": _WALK.format(step=step, result=result)
        for step, result in (
            ("w - lr * gradient(path[0])", "np.array(path)"),
            ("w - lr * gradient(w) * (t + 1)", "np.array(path)"),
            ("w - lr * gradient(w - lr * gradient(w))", "np.array(path)"),
            ("w - lr * (gradient(w) + w)", "np.array(path)"),
            ("w - lr * gradient(w) ** 2", "np.array(path)"),
            ("w - lr * np.abs(gradient(w))", "np.array(path)"),
            ("w - np.clip(lr * gradient(w), -0.1, 0.1)", "np.array(path)"),
            ("np.round(w - lr * gradient(w), 3)", "np.array(path)"),
            ("w * (1 - lr * gradient(w))", "np.array(path)"),
            ("w - lr * np.mean(gradient(w))", "np.array(path)"),
            ("w - 0.1 * gradient(w)", "np.array(path)"),
            ("w - lr * gradient(w)", "np.array(path[::-1])"),
            ("w - lr * gradient(w)", "np.array(path).mean(axis=0)"),
            ("w - lr * gradient(w)", "np.array([gradient(w) for w in path])"),
            ("w - lr * gradient(w)", "np.array(path).ravel()"),
            ("w - lr * gradient(w) if t else w", "np.array(path)"),
            ("w - lr * gradient(w) if np.max(np.abs(gradient(w))) > 1e-6 else w", "np.array(path)"),
        )
    }
    | {
        "one array, many times": """
            def gradient_descent(gradient, w, lr, steps):
                w = np.array(w, dtype=float)
                path = [w]
                for _ in range(steps):
                    w -= lr * gradient(w)
                    path.append(w)
                return np.array(path)
        """,
        "weights one after the other": """
            def gradient_descent(gradient, w, lr, steps):
                w = np.array(w, dtype=float)
                path = [w.copy()]
                for _ in range(steps):
                    for i in range(len(w)):
                        w[i] -= lr * gradient(w)[i]
                    path.append(w.copy())
                return np.array(path)
        """,
        "until the end comes near": """
            def gradient_descent(gradient, w, lr, steps):
                path = [np.array(w, dtype=float)]
                while np.linalg.norm(gradient(path[-1])) > 1e-3 and len(path) <= steps:
                    path.append(path[-1] - lr * gradient(path[-1]))
                return np.array(path)
        """,
    },
}  # fmt: skip

EQUIVALENT: dict[str, dict[str, str]] = {}
