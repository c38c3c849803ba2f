"""Answers to the exercises of lesson 04 that go through a network, forwards and back."""

RIGHT: dict[str, dict[str, str]] = {}
WRONG: dict[str, dict[str, str]] = {}

RIGHT["forward_variance"] = {
    "with a list": """
        def forward_variance(X, weights, activation):
            squares = []
            for W in weights:
                X = activation(X @ W)
                squares.append((X**2).mean())
            return np.array(squares)
    """,
    "into an empty array": """
        def forward_variance(X, weights, activation):
            h, squares = np.array(X, dtype=float), np.empty(len(weights))
            for layer, W in enumerate(weights):
                h = activation(np.dot(h, W))
                squares[layer] = np.sum(h * h) / h.size
            return squares
    """,
    "by einsum": """
        def forward_variance(X, weights, activation):
            h, squares = X, np.zeros(len(weights))
            for layer in range(len(weights)):
                h = activation(np.einsum("bi,ij->bj", h, weights[layer]))
                squares[layer] = np.einsum("bj,bj->", h, h) / (h.shape[0] * h.shape[1])
            return squares
    """,
    "variance plus the mean squared": """
        def forward_variance(X, weights, activation):
            h, squares = X, []
            for W in weights:
                h = activation(np.matmul(h, W))
                squares.append(np.var(h) + np.mean(h) ** 2)
            return np.stack(squares)
    """,
    "in single precision": """
        def forward_variance(X, weights, activation):
            h, squares = np.float32(X), []
            for W in weights:
                h = np.float32(activation(h @ np.float32(W)))
                squares.append(np.linalg.norm(h) ** 2 / h.size)
            return np.array(squares)
    """,
    "with the batch as columns": """
        def forward_variance(X, weights, activation):
            h, squares = np.asarray(X).T, []
            for W in weights:
                h = activation(W.T @ h)
                squares.append(np.mean(np.square(h)))
            return np.asarray(squares)
    """,
    "by accumulate": """
        from itertools import accumulate
        def forward_variance(X, weights, activation):
            outputs = list(accumulate(weights, lambda h, W: activation(h @ W), initial=X))
            return np.array([np.mean(h**2) for h in outputs[1:]])
    """,
    "calling itself": """
        def forward_variance(X, weights, activation):
            if len(weights) == 0:
                return np.zeros(0)
            h = activation(X @ weights[0])
            return np.concatenate([[np.mean(h**2)], forward_variance(h, weights[1:], activation)])
    """,
}

RIGHT["gradient_variance"] = {
    "with lists": """
        def gradient_variance(X, weights, activation, slope, grad):
            h, sums = X, []
            for W in weights:
                z = h @ W
                sums.append(z)
                h = activation(z)
            squares = []
            for W, z in zip(reversed(weights), reversed(sums)):
                squares.insert(0, np.mean(grad**2))
                grad = (grad * slope(z)) @ W.T
            return np.array(squares)
    """,
    "slopes kept on the way forward": """
        def gradient_variance(X, weights, activation, slope, grad):
            h, slopes = X, []
            for W in weights:
                z = h @ W
                slopes.append(slope(z))
                h = activation(z)
            squares = np.zeros(len(weights))
            for layer in range(len(weights) - 1, -1, -1):
                squares[layer] = np.mean(np.square(grad))
                grad = np.dot(grad * slopes[layer], np.transpose(weights[layer]))
            return squares
    """,
    "by einsum": """
        def gradient_variance(X, weights, activation, slope, grad):
            sums, h = [], X
            for W in weights:
                sums.append(np.einsum("bi,ij->bj", h, W))
                h = activation(sums[-1])
            squares = [np.mean(grad**2)]
            for layer in range(len(weights) - 1, 0, -1):
                grad = np.einsum("bj,bj,ij->bi", grad, slope(sums[layer]), weights[layer])
                squares = [np.mean(grad**2), *squares]
            return np.array(squares)
    """,
    "in place, on copies": """
        def gradient_variance(X, weights, activation, slope, grad):
            grad, h, stack = np.array(grad, dtype=float), np.array(X, dtype=float), []
            for W in list(weights):
                z = h @ W
                stack.append((W, z))
                h = activation(z)
            squares = []
            while stack:
                W, z = stack.pop()
                squares.append(np.mean(grad**2))
                grad *= slope(z)
                grad = grad @ W.T
            squares.reverse()
            return np.array(squares)
    """,
    "in single precision": """
        def gradient_variance(X, weights, activation, slope, grad):
            h, sums, weights = np.float32(X), [], [np.float32(W) for W in weights]
            for W in weights:
                sums.append(h @ W)
                h = np.float32(activation(sums[-1]))
            grad, squares = np.float32(grad), []
            for W, z in list(zip(weights, sums))[::-1]:
                squares.append(np.mean(grad**2))
                grad = (grad * np.float32(slope(z))) @ W.T
            return np.array(squares)[::-1]
    """,
    "calling itself": """
        def gradient_variance(X, weights, activation, slope, grad):
            def back(h, weights):
                if len(weights) == 0:
                    return grad, []
                z = h @ weights[0]
                arriving, squares = back(activation(z), weights[1:])
                return (arriving * slope(z)) @ weights[0].T, [np.mean(arriving**2), *squares]
            return np.array(back(X, weights)[1])
    """,
}

# Wrong, and without a name of their own.
_FORWARD = """
    def forward_variance(X, weights, activation):
        h, squares = X, []
        for layer, W in enumerate(weights):
            z = h @ W
            h = {h}
            squares.append({note})
        return np.array(squares){then}
"""
WRONG["forward_variance"] = {
    label: _FORWARD.format(h=h, note=note, then=then)
    for label, (h, note, then) in {
        "tanh, whatever is asked for": ("np.tanh(z)", "np.mean(h**2)", ""),
        "tanh's range": ("np.clip(activation(z), -1, 1)", "np.mean(h**2)", ""),
        "the first example": ("activation(z)", "np.mean(h[0]**2)", ""),
        "the first unit": ("activation(z)", "np.mean(h[:, 0]**2)", ""),
        "the diagonal": ("activation(z)", "np.mean(np.diag(h)**2)", ""),
        "normalised on the way": ("activation(z) / np.std(activation(z))", "np.mean(h**2)", ""),
        "the variance of each unit": ("activation(z)", "np.mean(np.var(h, axis=0))", ""),
        "one degree of freedom less": ("activation(z)", "np.sum(h**2) / (h.size - 1)", ""),
        "divided by the examples": ("activation(z)", "np.sum(h**2) / len(h)", ""),
        "squares of positive numbers only": ("activation(z)", "np.mean(np.maximum(h, 0)**2)", ""),
        "the fourth power": ("activation(z)", "np.mean(h**4)", ""),
        "the largest": ("activation(z)", "np.max(h**2)", ""),
        "the median": ("activation(z)", "np.median(h**2)", ""),
        "products of the factors": ("activation(z)", "np.mean(W**2) * np.mean(h**2)", ""),
        "a residual connection": ("activation(z) + (h if h.shape == z.shape else 0)", "np.mean(h**2)", ""),
        "added up": ("activation(z)", "np.mean(h**2)", ".cumsum()"),
        "sorted": ("activation(z)", "np.mean(h**2)", "[np.argsort(-np.arange(len(weights)) % 2)]"),
        "without the last": ("activation(z)", "np.mean(h**2)", "[:-1]"),
        "with the input's activation": ("activation(z) if layer else z", "np.mean(h**2)", ""),
        "by three layers": ("activation(z)", "np.mean(h**2)", "[:3]"),
        "an axis too many": ("activation(z)", "np.mean(h**2)", "[:, None]"),
        "the mean over all layers": ("activation(z)", "np.mean(h**2)", ".mean()"),
        "scaled by the width": ("activation(z)", "np.mean(h**2) * W.shape[0]", ""),
    }.items()
} | {
    "in place": """
        def forward_variance(X, weights, activation):
            squares = []
            X = np.asarray(X)
            for W in weights:
                if X.shape[-1] == W.shape[1] and X.dtype == float:
                    X[:] = X @ W
                    X[:] = activation(X)
                else:
                    X = activation(X @ W)
                squares.append(np.mean(X**2))
            return np.array(squares)
    """,
    "uses up the weights": """
        def forward_variance(X, weights, activation):
            squares = []
            while len(weights):
                X = activation(X @ weights[0])
                del weights[0]
                squares.append(np.mean(X**2))
            return np.array(squares)
    """,
}

_BACKWARD = """
    def gradient_variance(X, weights, activation, slope, grad):
        h, sums, inputs = X, [], []
        for W in weights:
            inputs.append(h)
            sums.append(h @ W)
            h = activation(sums[-1])
        squares = []
        for W, z, x in zip(weights[::-1], sums[::-1], inputs[::-1]):
            squares.append({note})
            grad = {grad}
        return np.array(squares)[::-1]{then}
"""
WRONG["gradient_variance"] = {
    label: _BACKWARD.format(note=note, grad=grad, then=then)
    for label, (note, grad, then) in {
        "tanh, whatever is asked for": ("np.mean(grad**2)", "(grad * (1 - np.tanh(z)**2)) @ W.T", ""),
        "tanh's slope from the output": ("np.mean(grad**2)", "(grad * (1 - activation(z)**2)) @ W.T", ""),
        "ReLU, whatever is asked for": ("np.mean(grad**2)", "(grad * (z > 0)) @ W.T", ""),
        "the slope's mean": ("np.mean(grad**2)", "(grad * np.mean(slope(z))) @ W.T", ""),
        "the slope of the first example": ("np.mean(grad**2)", "(grad * slope(z)[0]) @ W.T", ""),
        "the slope squared": ("np.mean(grad**2)", "(grad * slope(z)**2) @ W.T", ""),
        "the slope added": ("np.mean(grad**2)", "(grad + slope(z)) @ W.T", ""),
        "1 - slope": ("np.mean(grad**2)", "(grad * (1 - slope(z))) @ W.T", ""),
        "the slope of the activation": ("np.mean(grad**2)", "(grad * slope(activation(slope(z)))) @ W.T", ""),
        "signs of the weights": ("np.mean(grad**2)", "(grad * slope(z)) @ np.sign(W.T)", ""),
        "sizes of the weights": ("np.mean(grad**2)", "(grad * slope(z)) @ np.abs(W.T)", ""),
        "normalised on the way": ("np.mean(grad**2)", "(lambda g: g / np.std(g))((grad * slope(z)) @ W.T)", ""),
        "divided by the width": ("np.mean(grad**2)", "(grad * slope(z)) @ W.T / len(W)", ""),
        "the first example": ("np.mean(grad[0]**2)", "(grad * slope(z)) @ W.T", ""),
        "the first unit": ("np.mean(grad[:, 0]**2)", "(grad * slope(z)) @ W.T", ""),
        "one degree of freedom less": ("np.sum(grad**2) / (grad.size - 1)", "(grad * slope(z)) @ W.T", ""),
        "the fourth power": ("np.mean(grad**4)", "(grad * slope(z)) @ W.T", ""),
        "the mean over the batch first": ("np.mean(np.mean(grad, axis=0)**2)", "(grad * slope(z)) @ W.T", ""),
        "times the input": ("np.mean(grad**2) * np.mean(x**2)", "(grad * slope(z)) @ W.T", ""),
        "only the layers' shares": ("np.mean(grad**2)", "(grad * slope(z)) @ W.T", " / np.mean(grad**2)"),
        "added up": ("np.mean(grad**2)", "(grad * slope(z)) @ W.T", ".cumsum()"),
        "without the first": ("np.mean(grad**2)", "(grad * slope(z)) @ W.T", "[1:]"),
        "by three layers": ("np.mean(grad**2)", "(grad * slope(z)) @ W.T", "[:3]"),
        "an axis too many": ("np.mean(grad**2)", "(grad * slope(z)) @ W.T", "[None]"),
    }.items()
} | {
    "the caller's gradient overwritten": """
        def gradient_variance(X, weights, activation, slope, grad):
            h, sums = X, []
            for W in weights:
                sums.append(h @ W)
                h = activation(sums[-1])
            squares = []
            grad = np.asarray(grad)
            for W, z in zip(weights[::-1], sums[::-1]):
                squares.append(np.mean(grad**2))
                if grad.dtype == float:
                    grad *= slope(z)
                else:
                    grad = grad * slope(z)
                grad = grad @ W.T
            return np.array(squares[::-1])
    """,
    "the weights turned round in place": """
        def gradient_variance(X, weights, activation, slope, grad):
            h, sums = X, []
            for W in weights:
                sums.append(h @ W)
                h = activation(sums[-1])
            squares, given = [], weights
            weights.reverse() if isinstance(weights, list) else None
            for W, z in zip(weights if isinstance(weights, list) else weights[::-1], sums[::-1]):
                squares.append(np.mean(grad**2))
                grad = (grad * slope(z)) @ W.T
            return np.array(squares[::-1])
    """,
}  # fmt: skip
