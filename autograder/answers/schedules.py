"""Answers to the exercises of lesson 09."""

_PLATEAU = """
    def reduce_on_plateau(
        lr, metric, best, bad, cooling, factor=0.5, patience=2, threshold=1e-4, cooldown=0, min_lr=0.0, mode="min"
    ):
        {body}
"""


def _plateau(body: str) -> str:
    return _PLATEAU.format(body=body.strip().replace("\n", "\n        "))


_STEPS = """
better = {better}
if better:
    best, bad = metric, 0
elif cooling == 0:
    bad = bad + 1
{rest}
if bad > patience:
    lr, bad, cooling = {lower}, 0, cooldown
return lr, best, bad, cooling
"""
_BETTER = "metric > best + threshold if mode == 'max' else metric < best - threshold"
_REST = "if cooling > 0:\n    bad, cooling = 0, cooling - 1"
_LOWER = "max(factor * lr, min_lr)"

RIGHT = {
    "step_decay": {
        "as the formula": """
            def step_decay(epoch, lr, factor=0.5, step_size=10):
                return lr * factor ** np.floor(np.asarray(epoch) / step_size)
        """,
        "by whole division": """
            def step_decay(epoch, lr, factor=0.5, step_size=10):
                return lr * np.power(factor, np.asarray(epoch) // step_size)
        """,
        "by logarithms": """
            def step_decay(epoch, lr, factor=0.5, step_size=10):
                steps = (np.asarray(epoch) - np.asarray(epoch) % step_size) / step_size
                return lr * np.exp(steps * np.log(factor))
        """,
        "step after step": """
            def one(epoch, lr, factor, step_size):
                while epoch >= step_size:
                    lr, epoch = lr * factor, epoch - step_size
                return lr
            def step_decay(epoch, lr, factor=0.5, step_size=10):
                rates = [one(e, lr, factor, step_size) for e in np.ravel(epoch)]
                return np.reshape(rates, np.shape(epoch))
        """,
        "in single precision": """
            def step_decay(epoch, lr, factor=0.5, step_size=10):
                return np.float32(lr) * np.float32(factor) ** np.floor_divide(epoch, step_size)
        """,
    },
    "exponential_decay": {
        "as the formula": "def exponential_decay(epoch, lr, gamma=0.95): return lr * gamma ** np.asarray(epoch)",
        "by np.power": "def exponential_decay(epoch, lr, gamma=0.95): return np.multiply(lr, np.power(gamma, epoch))",
        "by exp and log": "def exponential_decay(epoch, lr, gamma=0.95): return lr * np.exp(np.asarray(epoch) * np.log(gamma))",
        "epoch after epoch": """
            def one(epoch, lr, gamma):
                for _ in range(int(epoch)):
                    lr = lr * gamma
                return lr
            def exponential_decay(epoch, lr, gamma=0.95):
                return np.reshape([one(e, lr, gamma) for e in np.ravel(epoch)], np.shape(epoch))
        """,
        "in single precision": """
            def exponential_decay(epoch, lr, gamma=0.95):
                return np.float32(lr) * np.float32(gamma) ** np.asarray(epoch)
        """,
    },
    "cosine_decay": {
        "as the formula": """
            def cosine_decay(epoch, lr, total, warmup=0, min_lr=0.0):
                epoch = np.asarray(epoch)
                progress = np.clip((epoch - warmup) / (total - warmup), 0, 1)
                ramp = np.minimum((epoch + 1) / (warmup + 1), 1)
                return ramp * (min_lr + (lr - min_lr) * (1 + np.cos(np.pi * progress)) / 2)
        """,
        "by the half angle": """
            def cosine_decay(epoch, lr, total, warmup=0, min_lr=0.0):
                progress = np.clip((np.asarray(epoch) - warmup) / (total - warmup), 0, 1)
                wave = np.cos(np.pi * progress / 2) ** 2
                ramp = np.clip((np.asarray(epoch) + 1) / (1 + warmup), None, 1)
                return ramp * (wave * lr + (1 - wave) * min_lr)
        """,
        "by cases": """
            def one(epoch, lr, total, warmup, min_lr):
                if epoch < warmup:
                    return lr * (epoch + 1) / (warmup + 1)
                if epoch >= total:
                    return min_lr
                return min_lr + 0.5 * (lr - min_lr) * (1 + np.cos(np.pi * (epoch - warmup) / (total - warmup)))
            def cosine_decay(epoch, lr, total, warmup=0, min_lr=0.0):
                return np.reshape([one(e, lr, total, warmup, min_lr) for e in np.ravel(epoch)], np.shape(epoch))
        """,
        "by np.where": """
            def cosine_decay(epoch, lr, total, warmup=0, min_lr=0.0):
                epoch = np.asarray(epoch, dtype=float)
                angle = np.pi * np.minimum(epoch - warmup, total - warmup) / (total - warmup)
                down = min_lr + (lr - min_lr) * (0.5 + 0.5 * np.cos(angle))
                return np.where(epoch < warmup, lr * (epoch + 1) / (warmup + 1), down)
        """,
        "in single precision": """
            def cosine_decay(epoch, lr, total, warmup=0, min_lr=0.0):
                epoch = np.asarray(epoch, dtype=np.float32)
                progress = np.clip((epoch - warmup) / np.float32(total - warmup), 0, 1)
                ramp = np.minimum((epoch + 1) / np.float32(warmup + 1), 1)
                return ramp * (min_lr + np.float32(lr - min_lr) * (1 + np.cos(np.float32(np.pi) * progress)) / 2)
        """,
    },
    "reduce_on_plateau": {
        "step by step": _plateau(_STEPS.format(better=_BETTER, rest=_REST, lower=_LOWER)),
        "never raised": _plateau(
            _STEPS.format(better=_BETTER, rest=_REST, lower="min(lr, max(lr * factor, min_lr))")
        ),
        "with a sign": _plateau(
            """
sign = -1 if mode == "max" else 1
if sign * metric < sign * best - threshold:
    best, bad = metric, -1
bad = 0 if cooling > 0 else bad + 1
cooling = max(0, cooling - 1)
if bad <= patience:
    return lr, best, bad, cooling
return max(lr * factor, min_lr), best, 0, cooldown
"""
        ),
        "by np.where": _plateau(
            """
gain = metric - best if mode == "max" else best - metric
better = gain > threshold
best = np.where(better, metric, best)
bad = np.where(better | (cooling > 0), 0, bad + 1)
reduced = bad > patience
lr = np.where(reduced, np.maximum(lr * factor, min_lr), lr)
return lr, best, np.where(reduced, 0, bad), np.where(reduced, cooldown, np.maximum(cooling - 1, 0))
"""
        ),
        "in a helper": """
            def better(metric, best, threshold, mode):
                return metric - threshold > best if mode == "max" else metric + threshold < best
            def reduce_on_plateau(lr, metric, best, bad, cooling, factor=0.5, patience=2,
                                  threshold=1e-4, cooldown=0, min_lr=0.0, mode="min"):
                if better(metric, best, threshold, mode):
                    return lr, metric, 0, cooling - (cooling > 0)
                if cooling:
                    return lr, best, 0, cooling - 1
                if bad + 1 > patience:
                    return max(lr * factor, min_lr), best, 0, cooldown
                return lr, best, bad + 1, 0
        """,
    },
}

WRONG = {
    "step_decay": {
        formula: f"def step_decay(epoch, lr, factor=0.5, step_size=10):\n    epoch = np.asarray(epoch)\n    return {formula}"
        for formula in (
            "lr * factor ** (epoch // (step_size + 1))", "lr * factor ** (epoch // step_size) / 2",
            "lr * (1 - factor) ** (epoch // step_size)", "lr * factor ** (2 * epoch // step_size)",
            "lr * factor ** np.minimum(epoch // step_size, 2)", "(lr * factor) ** (epoch // step_size)",
            "lr * step_size ** -(epoch // step_size / 1.0)", "lr * factor ** (epoch // (2 * step_size))",
        )
    }
    | {
        "one epoch at a time": """
            def step_decay(epoch, lr, factor=0.5, step_size=10):
                for _ in range(epoch // step_size):
                    lr = lr * factor
                return lr
        """,
        "factor left out is 0.1": """
            def step_decay(epoch, lr, factor=0.1, step_size=10):
                return lr * factor ** (np.asarray(epoch) // step_size)
        """,
        "step_size left out is 30": """
            def step_decay(epoch, lr, factor=0.5, step_size=30):
                return lr * factor ** (np.asarray(epoch) // step_size)
        """,
    },
    "exponential_decay": {
        formula: f"def exponential_decay(epoch, lr, gamma=0.95):\n    epoch = np.asarray(epoch)\n    return {formula}"
        for formula in (
            "lr * gamma ** (epoch // 2)", "lr * gamma ** (2 * epoch)", "lr * gamma ** np.sqrt(epoch)",
            "lr * np.exp(-epoch / gamma)", "lr + gamma ** epoch", "lr * gamma ** np.minimum(epoch, 5)",
            "lr * (gamma ** epoch).sum()", "np.maximum(lr * gamma ** epoch, 0.3 * lr)",
        )
    }
    | {
        "one epoch at a time": """
            def exponential_decay(epoch, lr, gamma=0.95):
                for _ in range(epoch):
                    lr = lr * gamma
                return lr
        """,
        "gamma left out is 0.9": "def exponential_decay(epoch, lr, gamma=0.9): return lr * gamma ** np.asarray(epoch)",
    },
    "cosine_decay": {
        label: f"""
            def cosine_decay(epoch, lr, total, warmup=0, min_lr=0.0):
                epoch = np.asarray(epoch, dtype=float)
                progress = np.clip({progress}, 0, 1)
                ramp = np.minimum({ramp}, 1)
                return ramp * (min_lr + (lr - min_lr) * {wave})
        """
        for label, (progress, ramp, wave) in {
            "a squared wave": ("(epoch - warmup) / (total - warmup)", "(epoch + 1) / (warmup + 1)",
                               "((1 + np.cos(np.pi * progress)) / 2) ** 2"),
            "a sine": ("(epoch - warmup) / (total - warmup)", "(epoch + 1) / (warmup + 1)",
                       "1 - np.sin(np.pi * progress / 2)"),
            "a ramp of squares": ("(epoch - warmup) / (total - warmup)", "((epoch + 1) / (warmup + 1)) ** 2",
                                  "(1 + np.cos(np.pi * progress)) / 2"),
            "one epoch late": ("(epoch - warmup - 1) / (total - warmup)", "(epoch + 1) / (warmup + 1)",
                               "(1 + np.cos(np.pi * progress)) / 2"),
            "one epoch long": ("(epoch - warmup) / (total - warmup + 1)", "(epoch + 1) / (warmup + 1)",
                               "(1 + np.cos(np.pi * progress)) / 2"),
            "a half too much": ("(epoch - warmup) / (total - warmup)", "(epoch + 1) / (warmup + 1)",
                                "(1 + np.cos(np.pi * progress))"),
            "the warm-up twice": ("(epoch - 2 * warmup) / (total - warmup)", "(epoch + 1) / (warmup + 1)",
                                  "(1 + np.cos(np.pi * progress)) / 2"),
        }.items()
    }
    | {
        "one epoch at a time": """
            def cosine_decay(epoch, lr, total, warmup=0, min_lr=0.0):
                if epoch < warmup:
                    return lr * (epoch + 1) / (warmup + 1)
                progress = min((epoch - warmup) / (total - warmup), 1)
                return min_lr + (lr - min_lr) * (1 + np.cos(np.pi * progress)) / 2
        """,
    },
    "reduce_on_plateau": {
        label: _plateau(_STEPS.format(**({"better": _BETTER, "rest": _REST, "lower": _LOWER} | parts)))
        for label, parts in {
            "a relative threshold": {"better": "metric > best * (1 + threshold) if mode == 'max' else metric < best * (1 - threshold)"},
            "not worse is better": {"better": "metric >= best + threshold - 2e-4 if mode == 'max' else metric <= best - threshold + 2e-4"},
            "the rate halves": {"lower": "max(lr / 2, min_lr)"},
            "straight down to min_lr": {"lower": "min_lr"},
            "the factor squared": {"lower": "max(factor**2 * lr, min_lr)"},
            "the larger of lr and min_lr": {"lower": "factor * max(lr, min_lr)"},
            "cooling in leaps": {"rest": "if cooling > 0:\n    bad, cooling = 0, 0"},
            "a floor on the step": {"lower": "max(factor * lr, lr - min_lr)"},
        }.items()
    },
}  # fmt: skip

EQUIVALENT = {
    "reduce_on_plateau": {
        'better = metric > best + threshold if mode == "max" else metric < best - threshold -> better = metric > best + '
        'threshold if mode <= "max" else metric < best - threshold': 'there are two modes, and "min" comes after "max"',
        'better = metric > best + threshold if mode == "max" else metric < best - threshold -> better = metric > best + '
        'threshold if mode is "max" else metric < best - threshold': "the same text is the same object in one process",
        "bad = 0 if better or cooling > 0 else bad + 1 -> bad = 0 if better or cooling != 0 else bad + 1": "cooling is never "
        "negative",
        "min_lr=0.0, -> min_lr= -1.0,": "a rate is never negative, so either floor lies below it",
    },
}
