"""Answers to the exercises of lesson 11."""


def _forward(out: str, mean: str = "x.mean(axis=0)", var: str = "x.var(axis=0)", averages: str = "") -> str:
    return f"""
        def batchnorm_forward(x, gamma, beta, running_mean, running_var, momentum=0.9, eps=1e-5):
            mean, var = {mean}, {var}
            out = {out}
            keep, new = momentum, 1 - momentum
            running_mean = keep * running_mean + new * mean
            running_var = keep * running_var + new * var
            {averages or "pass"}
            return out, running_mean, running_var
    """


def _inference(out: str) -> str:
    return f"""
        def batchnorm_inference(x, gamma, beta, running_mean, running_var, eps=1e-5):
            return {out}
    """


def _backward(dx: str, dgamma: str = "(grad * x_hat).sum(axis=0)", dbeta: str = "grad.sum(axis=0)") -> str:
    return f"""
        def batchnorm_backward(grad, x, gamma, eps=1e-5):
            n, std = len(x), np.sqrt(x.var(axis=0) + eps)
            x_hat = (x - x.mean(axis=0)) / std
            return {dx}, {dgamma}, {dbeta}
    """


RIGHT = {
    "batchnorm_forward": {
        "as the formula": _forward("gamma * (x - mean) / np.sqrt(var + eps) + beta"),
        "as one scale and shift": _forward(
            "x * (gamma / np.sqrt(var + eps)) + (beta - gamma * mean / np.sqrt(var + eps))"
        ),
        "variance by squares": _forward(
            "(x - mean) * gamma * (var + eps) ** -0.5 + beta", var="((x - x.mean(axis=0)) ** 2).mean(axis=0)"
        ),
        "by sums": _forward(
            "gamma * ((x - mean) / np.sqrt(var + eps)) + beta",
            mean="x.sum(axis=0) / len(x)",
            var="np.square(x - x.sum(axis=0) / len(x)).sum(axis=0) / len(x)",
        ),
        "feature by feature": """
            def batchnorm_forward(x, gamma, beta, running_mean, running_var, momentum=0.9, eps=1e-5):
                out, new_mean, new_var = np.zeros(x.shape), np.zeros(x.shape[1]), np.zeros(x.shape[1])
                for j in range(x.shape[1]):
                    column = x[:, j]
                    mean, var = np.mean(column), np.var(column)
                    out[:, j] = gamma[j] * (column - mean) / np.sqrt(var + eps) + beta[j]
                    new_mean[j] = momentum * running_mean[j] + (1 - momentum) * mean
                    new_var[j] = momentum * running_var[j] + (1 - momentum) * var
                return out, new_mean, new_var
        """,
        "in place, on copies": """
            def batchnorm_forward(x, gamma, beta, running_mean, running_var, momentum=0.9, eps=1e-5):
                x, running_mean, running_var = x.copy(), running_mean.copy(), running_var.copy()
                mean, var = x.mean(0), x.var(0)
                x -= mean
                x /= np.sqrt(var + eps)
                x *= gamma
                x += beta
                running_mean += (1 - momentum) * (mean - running_mean)
                running_var += (1 - momentum) * (var - running_var)
                return x, running_mean, running_var
        """,
    },
    "batchnorm_inference": {
        "as the formula": _inference("gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta"),
        "by a power": _inference("beta + (x - running_mean) * gamma * (running_var + eps) ** -0.5"),
        "as one scale and shift": """
            def batchnorm_inference(x, gamma, beta, running_mean, running_var, eps=1e-5):
                scale = gamma / np.sqrt(running_var + eps)
                return x * scale + (beta - scale * running_mean)
        """,
        "as a product of matrices": """
            def batchnorm_inference(x, gamma, beta, running_mean, running_var, eps=1e-5):
                return (x - running_mean) @ np.diag(gamma / np.sqrt(running_var + eps)) + beta
        """,
        "example by example": """
            def batchnorm_inference(x, gamma, beta, running_mean, running_var, eps=1e-5):
                rows = [gamma * (row - running_mean) / np.sqrt(running_var + eps) + beta for row in x]
                return np.array(rows)
        """,
    },
    "batchnorm_backward": {
        "as the formula": _backward(
            "gamma / std * (grad - grad.mean(axis=0) - x_hat * (grad * x_hat).mean(axis=0))"
        ),
        "with sums and n": _backward(
            "gamma / (n * std) * (n * grad - grad.sum(axis=0) - x_hat * (grad * x_hat).sum(axis=0))"
        ),
        "by einsum": _backward(
            "gamma / std * (grad - grad.mean(axis=0) - x_hat * np.einsum('ij,ij->j', grad, x_hat) / n)",
            "np.einsum('ij,ij->j', grad, x_hat)",
            "np.einsum('ij->j', grad)",
        ),
        "step by step": """
            def batchnorm_backward(grad, x, gamma, eps=1e-5):
                n, mean = len(x), x.mean(axis=0)
                away = x - mean
                var = (away**2).mean(axis=0)
                inverse = 1 / np.sqrt(var + eps)
                d_hat = grad * gamma
                d_var = (d_hat * away).sum(axis=0) * -0.5 * inverse**3
                d_mean = -(d_hat * inverse).sum(axis=0) - 2 * d_var * away.mean(axis=0)
                dx = d_hat * inverse + d_var * 2 * away / n + d_mean / n
                return dx, (grad * away * inverse).sum(axis=0), grad.sum(axis=0)
        """,
        "by a matrix for each feature": """
            def batchnorm_backward(grad, x, gamma, eps=1e-5):
                n, d = x.shape
                std = np.sqrt(x.var(axis=0) + eps)
                x_hat, dx = (x - x.mean(axis=0)) / std, np.zeros((n, d))
                for j in range(d):
                    slope = np.eye(n) - 1 / n - np.outer(x_hat[:, j], x_hat[:, j]) / n
                    dx[:, j] = gamma[j] / std[j] * slope @ grad[:, j]
                return dx, np.sum(grad * x_hat, axis=0), np.sum(grad, axis=0)
        """,
    },
}

_OUT = "gamma * (x - mean) / np.sqrt(var + eps) + beta"

WRONG = {
    "batchnorm_forward": {
        label: _forward(*parts)
        for label, parts in {
            "the median": (_OUT, "np.median(x, axis=0)"),
            "the range": ("gamma * (x - mean) / (np.ptp(x, axis=0) + eps) + beta",),
            "the mean of sizes": ("gamma * (x - mean) / (np.abs(x - mean).mean(axis=0) + eps) + beta",),
            "the mean of squares": (_OUT, "x.mean(axis=0)", "(x**2).mean(axis=0)"),
            "eps squared": ("gamma * (x - mean) / np.sqrt(var + eps**2) + beta",),
            "beta taken off": ("gamma * (x - mean) / np.sqrt(var + eps) - beta",),
            "the first example's mean": (_OUT, "x[0]"),
            "a row too few": (_OUT, "x[1:].mean(axis=0)"),
            "averages as plain means": (_OUT, "x.mean(axis=0)", "x.var(axis=0)",
                                        "running_mean, running_var = (running_mean + mean) / 2, (running_var + var) / 2"),
            "the mean of the outputs": (_OUT, "x.mean(axis=0)", "x.var(axis=0)",
                                        "running_mean = running_mean - new * mean + new * out.mean(axis=0)"),
        }.items()
    }
    | {
        "momentum left out is 0.99": """
            def batchnorm_forward(x, gamma, beta, running_mean, running_var, momentum=0.99, eps=1e-5):
                mean, var = x.mean(axis=0), x.var(axis=0)
                out = gamma * (x - mean) / np.sqrt(var + eps) + beta
                keep = momentum
                return out, keep * running_mean + (1 - keep) * mean, keep * running_var + (1 - keep) * var
        """,
        "eps left out is 1e-2": """
            def batchnorm_forward(x, gamma, beta, running_mean, running_var, momentum=0.9, eps=1e-2):
                mean, var = x.mean(axis=0), x.var(axis=0)
                out = gamma * (x - mean) / np.sqrt(var + eps) + beta
                keep = momentum
                return out, keep * running_mean + (1 - keep) * mean, keep * running_var + (1 - keep) * var
        """,
        "into the caller's averages": """
            def batchnorm_forward(x, gamma, beta, running_mean, running_var, momentum=0.9, eps=1e-5):
                mean, var = x.mean(axis=0), x.var(axis=0)
                running_mean *= momentum
                running_mean += (1 - momentum) * mean
                running_var *= momentum
                running_var += (1 - momentum) * var
                return gamma * (x - mean) / np.sqrt(var + eps) + beta, running_mean, running_var
        """,
    },
    "batchnorm_inference": {
        formula: _inference(formula)
        for formula in (
            "gamma * (x + running_mean) / np.sqrt(running_var + eps) + beta",
            "gamma * (x - running_mean) * np.sqrt(running_var + eps) + beta",
            "gamma * (x - running_mean) / np.sqrt(running_var + eps) - beta",
            "gamma * (x - running_mean) / np.sqrt(running_var + eps**2) + beta",
            "(x - running_mean) / (gamma * np.sqrt(running_var + eps)) + beta",
            "gamma * (x - running_mean) / np.sqrt(np.mean(running_var) + eps) + beta",
            "gamma * (x - running_mean.mean()) / np.sqrt(running_var + eps) + beta",
            "gamma * (x - running_var) / np.sqrt(np.abs(running_mean) + eps) + beta",
        )
    },
    "batchnorm_backward": {
        label: _backward(*parts)
        for label, parts in {
            "only gamma and beta": ("0 * grad",),
            "the whole mean": ("gamma / std * (grad - grad.mean() - x_hat * (grad * x_hat).mean(axis=0))",),
            "the spread squared": ("gamma / std**2 * (grad - grad.mean(axis=0) - x_hat * (grad * x_hat).mean(axis=0))",),
            "x_hat squared": ("gamma / std * (grad - grad.mean(axis=0) - x_hat**2 * grad.mean(axis=0))",),
            "divided by n twice": ("gamma / std * (grad - grad.mean(axis=0) / n - x_hat * (grad * x_hat).mean(axis=0) / n)",),
            "dbeta as a number": ("gamma / std * (grad - grad.mean(axis=0) - x_hat * (grad * x_hat).mean(axis=0))",
                                  "(grad * x_hat).sum(axis=0)", "grad.sum() + 0 * gamma"),
            "dgamma of the inputs": ("gamma / std * (grad - grad.mean(axis=0) - x_hat * (grad * x_hat).mean(axis=0))",
                                     "(grad * x).sum(axis=0)"),
            "dx over n": ("gamma / std * (grad - grad.mean(axis=0) - x_hat * (grad * x_hat).mean(axis=0)) / n",),
            "centred once more": (
                "gamma / std * (grad - grad.mean(axis=0) - x_hat * ((grad - grad.mean()) * (x_hat + 1)).mean(axis=0))",
            ),
        }.items()
    },
}  # fmt: skip
