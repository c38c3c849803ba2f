"""Answers to the exercises of lesson 10."""


def _penalty(name: str, penalty: str, grad_W: str, grad_b: str = "np.zeros_like(b)") -> str:
    return f"""
        def {name}(W, b, lam):
            penalty = {penalty}
            grad_W = {grad_W}
            grad_b = {grad_b}
            return penalty, grad_W, grad_b
    """


def _dropout(
    keep: str, out: str = "x * keep / (1 - p)", test: str = "x, np.ones(x.shape, dtype=bool)"
) -> str:
    return f"""
        def dropout_forward(x, p, rng, training=True):
            if not training:
                return {test}
            keep = {keep}
            return {out}, keep
    """


def _stopping(
    better: str = "loss < best", enough: str = "bad > patience", last: str = "len(losses) - 1"
) -> str:
    return f"""
        def early_stopping(losses, patience=3):
            best, at, bad = float("inf"), 0, 0
            for epoch, loss in enumerate(losses):
                if {better}:
                    best, at, bad = loss, epoch, 0
                else:
                    bad = bad + 1
                if {enough}:
                    return epoch, at
            return {last}, at
    """


RIGHT = {
    "l2_penalty": {
        "as the formula": _penalty("l2_penalty", "0.5 * lam * np.sum(W**2)", "lam * W"),
        "by a dot product": _penalty(
            "l2_penalty", "lam * np.dot(W.ravel(), W.ravel()) / 2", "np.multiply(lam, W)", "0 * b"
        ),
        "by einsum": _penalty(
            "l2_penalty", "lam / 2 * np.einsum('ij,ij->', W, W)", "W * lam", "np.zeros(b.shape)"
        ),
        "by the norm": _penalty(
            "l2_penalty", "0.5 * lam * np.linalg.norm(W) ** 2", "lam * W", "np.zeros(len(b))"
        ),
        "weight by weight": """
            def l2_penalty(W, b, lam):
                penalty, grad_W = 0.0, np.zeros(W.shape)
                for i in range(W.shape[0]):
                    for j in range(W.shape[1]):
                        penalty += 0.5 * lam * W[i, j] ** 2
                        grad_W[i, j] = lam * W[i, j]
                return penalty, grad_W, np.zeros(b.shape)
        """,
        "in single precision": _penalty(
            "l2_penalty",
            "np.float32(lam) / 2 * np.sum(np.float32(W) ** 2)",
            "np.float32(lam) * np.float32(W)",
        ),
    },
    "l1_penalty": {
        "as the formula": _penalty("l1_penalty", "lam * np.sum(np.abs(W))", "lam * np.sign(W)"),
        "by the norm": _penalty(
            "l1_penalty", "lam * np.linalg.norm(W.ravel(), 1)", "np.sign(W) * lam", "0 * b"
        ),
        "by two comparisons": _penalty("l1_penalty", "lam * abs(W).sum()", "lam * ((W > 0) * 1.0 - (W < 0))"),
        "by np.where": _penalty(
            "l1_penalty",
            "lam * np.where(W < 0, -W, W).sum()",
            "np.where(W == 0, 0, np.where(W > 0, lam, -lam))",
        ),
        "weight by weight": """
            def l1_penalty(W, b, lam):
                penalty, grad_W = 0.0, np.zeros(W.shape)
                for index, weight in np.ndenumerate(W):
                    penalty += lam * abs(weight)
                    grad_W[index] = lam * (1 if weight > 0 else -1 if weight < 0 else 0)
                return penalty, grad_W, np.zeros(b.shape)
        """,
    },
    "soft_threshold": {
        "as the formula": "def soft_threshold(w, threshold): return np.sign(w) * np.maximum(np.abs(w) - threshold, 0)",
        "what is cut off": "def soft_threshold(w, threshold): return w - np.clip(w, -threshold, threshold)",
        "two halves": "def soft_threshold(w, threshold): return np.maximum(w - threshold, 0) - np.maximum(-w - threshold, 0)",
        "by np.where": """
            def soft_threshold(w, threshold):
                w = np.asarray(w)
                return np.where(w > threshold, w - threshold, np.where(w < -threshold, w + threshold, 0.0))
        """,
        "weight by weight": """
            def one(w, t):
                return w - t if w > t else w + t if w < -t else 0.0
            def soft_threshold(w, threshold):
                return np.reshape([one(x, threshold) for x in np.ravel(w)], np.shape(w))
        """,
    },
    "dropout_forward": {
        "as the formula": _dropout("rng.random(x.shape) >= p"),
        "by a binomial": _dropout("rng.binomial(1, 1 - p, size=x.shape)"),
        "by choice": _dropout("rng.choice([True, False], size=x.shape, p=[1 - p, p])"),
        "by uniform, row by row": _dropout("np.array([rng.uniform(size=x.shape[1]) > p for _ in x])"),
        "by np.where": _dropout(
            "rng.random(x.shape) > p", "np.where(keep, x / (1 - p), 0.0)", "x.copy(), x == x"
        ),
        "the share kept first": """
            def dropout_forward(x, p, rng, training=True):
                kept = 1 - p
                mask = rng.random(x.shape) < kept if training else np.full(x.shape, True)
                return (x / kept * mask, mask) if training else (x, mask)
        """,
    },
    "dropout_backward": {
        "as the formula": "def dropout_backward(grad, mask, p): return grad * mask / (1 - p)",
        "by np.where": "def dropout_backward(grad, mask, p): return np.where(mask, grad / (1 - p), 0.0)",
        "in place, on a copy": """
            def dropout_backward(grad, mask, p):
                grad = grad.copy()
                grad[~mask] = 0
                grad /= 1 - p
                return grad
        """,
        "by indices": """
            def dropout_backward(grad, mask, p):
                back = np.zeros_like(grad)
                back[mask] = grad[mask] / (1 - p)
                return back
        """,
        "in single precision": "def dropout_backward(grad, mask, p): return np.float32(grad) * mask * np.float32(1 / (1 - p))",
    },
    "early_stopping": {
        "step by step": _stopping(),
        "from the smallest so far": """
            def early_stopping(losses, patience=3):
                for epoch in range(len(losses)):
                    best = int(np.argmin(losses[: epoch + 1]))
                    if epoch - best > patience:
                        return epoch, best
                return epoch, best
        """,
        "with a while": """
            def early_stopping(losses, patience=3):
                epoch, best, bad = 0, 0, 0
                while epoch + 1 < len(losses) and bad <= patience:
                    epoch += 1
                    if losses[epoch] < losses[best]:
                        best, bad = epoch, 0
                    else:
                        bad += 1
                return epoch, best
        """,
        "by accumulate": """
            def early_stopping(losses, patience=3):
                low = np.minimum.accumulate(losses)
                first = np.array([np.argmax(low == value) for value in low])
                waits = np.arange(len(low)) - first
                stop = int(np.argmax(waits > patience)) if (waits > patience).any() else len(low) - 1
                return stop, int(first[stop])
        """,
    },
}

WRONG = {
    name: {
        label: _penalty(name, *parts)
        for label, parts in {
            "the largest weight": ("lam * np.max(np.abs(W))", slope),
            "all layers at once": (f"{penalty} + lam * np.sum(b) ** 2", slope),
            "lam squared": (penalty.replace("lam", "lam**2"), slope.replace("lam", "lam**2")),
            "the fourth power": ("lam * np.sum(W**4)", "4 * lam * W**3"),
            "the weights of one row": (penalty.replace("W", "W[0]"), slope),
            "a gradient of biases for weights": (penalty, slope, "0 * W"),
            "no penalty": ("0.0", slope),
            "no gradient": (penalty, "0 * W"),
        }.items()
    }
    for name, penalty, slope in [
        ("l2_penalty", "0.5 * lam * np.sum(W**2)", "lam * W"),
        ("l1_penalty", "lam * np.sum(np.abs(W))", "lam * np.sign(W)"),
    ]
} | {
    "soft_threshold": {
        formula: f"def soft_threshold(w, threshold): return {formula}"
        for formula in (
            "np.sign(w) * np.abs(np.abs(w) - threshold)", "np.where(np.abs(w) > threshold, w - threshold, 0)",
            "np.where(np.abs(w) >= 2 * threshold, w - np.sign(w) * threshold, 0)", "np.sign(w) * np.maximum(np.abs(w), threshold)",
            "w * np.maximum(1 - threshold, 0)", "np.maximum(np.abs(w) - threshold, 0) * w",
            "np.sign(w) * np.minimum(np.abs(w) - threshold, 0)", "np.sign(w) * np.maximum(w - threshold, 0)",
        )
    },
    "dropout_forward": {
        label: _dropout(*parts)
        for label, parts in {
            "a constant number of units": ("rng.permutation(x.size).reshape(x.shape) >= 5",),
            "half of the units": ("rng.random(x.shape) >= 0.5",),
            "p of a percent": ("rng.random(x.shape) * 100 >= p",),
            "small inputs are dropped": ("np.abs(x) >= p",),
            "scaled by the mask": ("rng.random(x.shape) >= p", "x * keep * x.size / keep.sum() * (1 + p)"),
            "noise instead": ("rng.random(x.shape) >= p", "x * keep / (1 - p) + 0.1 * rng.normal(size=x.shape)"),
            "zero at test time": ("rng.random(x.shape) >= p", "x * keep / (1 - p)", "0 * x, np.ones(x.shape, dtype=bool)"),
            "the root of the share": ("rng.random(x.shape) >= p", "x * keep / np.sqrt(1 - p)"),
        }.items()
    },
    "dropout_backward": {
        formula: f"def dropout_backward(grad, mask, p): return {formula}"
        for formula in (
            "grad * mask / (1 + p)", "grad * mask / np.sqrt(1 - p)", "grad * mask + grad / (1 - p)", "-grad * mask / (1 - p)",
            "np.where(mask, grad / (1 - p), grad)", "grad * mask * 2", "grad[mask] / (1 - p)", "np.sum(grad * mask) / (1 - p)",
        )
    },
    "early_stopping": {
        label: _stopping(**parts)
        for label, parts in {
            "a tenth is nothing": {"better": "loss < best - 0.1"},
            "twice the patience": {"enough": "bad > 2 * patience"},
            "never before epoch 5": {"enough": "bad > patience and epoch >= 9"},
            "the length at the end": {"last": "len(losses)"},
            "minus one at the end": {"last": "-1"},
            "patience from the start": {"enough": "epoch > patience"},
            "a rise of a tenth": {"enough": "loss > best + 0.1"},
        }.items()
    },
}  # fmt: skip

EQUIVALENT: dict[str, dict[str, str]] = {
    "dropout_forward": {
        "mask = rng.random(x.shape) >= p -> mask = rng.random(x.shape) > p": "a random number is exactly p once in "
        "9 000 000 000 000 000 draws",
    },
}
