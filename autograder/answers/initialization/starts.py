"""Answers to the initializers of lesson 04."""

_STD = {
    "normal_init": "(1 / np.sqrt(n_in))",
    "xavier_normal": "np.sqrt(2 / (n_in + n_out))",
    "he_normal": "np.sqrt(2 / n_in)",
}
_LIMIT = "np.sqrt(6 / (n_in + n_out))"


def _start(name: str, weights: str) -> str:
    """An initializer from the formula of its weights, in terms of rng, shape, n_in and n_out."""
    return f"""
        def {name}(rng, shape):
            n_in, n_out = shape[-2:]
            return {weights}
    """


_NORMAL_STYLES = {
    "as an argument of rng.normal": "rng.normal(0, {std}, shape)",
    "by name": "rng.normal(size=shape, scale={std})",
    "scaled afterwards": "{std} * rng.standard_normal(shape)",
    "in single precision": "rng.standard_normal(shape, dtype=np.float32) * np.float32({std})",
    "drawn transposed": "{std} * rng.standard_normal(shape[::-1]).T",
    "drawn in a row": "rng.normal(0.0, {std}, int(np.prod(shape))).reshape(shape)",
    "from the variance": "rng.standard_normal(shape) * ({std} ** 2) ** 0.5",
    "by a lambda": "(lambda std: rng.normal(0, std, tuple(shape)))({std})",
}


def _one_by_one(name: str, draw: str) -> str:
    return f"""
        def {name}(rng, shape):
            n_in, n_out = shape[-2:]
            weights = np.zeros(shape)
            for index in np.ndindex(*shape):
                weights[index] = {draw}
            return weights
    """


RIGHT = {
    name: {label: _start(name, style.format(std=std)) for label, style in _NORMAL_STYLES.items()}
    | {"one by one": _one_by_one(name, f"{std} * rng.standard_normal()")}
    for name, std in _STD.items()
}
RIGHT["xavier_uniform"] = {
    "as the formula": _start("xavier_uniform", f"rng.uniform(-{_LIMIT}, {_LIMIT}, shape)"),
    "from 0 to 1 first": _start("xavier_uniform", f"{_LIMIT} * (2 * rng.random(shape) - 1)"),
    "in single precision": _start(
        "xavier_uniform",
        f"(rng.random(shape, dtype=np.float32) - np.float32(0.5)) * np.float32(2 * {_LIMIT})",
    ),
    "from the standard deviation": _start(
        "xavier_uniform", "np.sqrt(3) * np.sqrt(2 / (n_in + n_out)) * rng.uniform(-1, 1, shape)"
    ),
    "one by one": _one_by_one("xavier_uniform", f"rng.uniform(-{_LIMIT}, {_LIMIT})"),
    "upside down": _start("xavier_uniform", f"-rng.uniform(-{_LIMIT}, {_LIMIT}, shape)"),
}

# Wrong, and without a name of their own.
_WRONG_NORMAL = {
    "a cube root": "rng.normal(0, {std}, shape) * n_in ** (1 / 6)",
    "half as wide": "0.5 * rng.normal(0, {std}, shape)",
    "a fifth too wide": "1.2 * rng.normal(0, {std}, shape)",
    "a logarithm": "rng.normal(0, 1 / np.log(n_in), shape)",
    "not centred": "rng.normal({std}, {std}, shape)",
    "a little off the centre": "rng.normal(0.3 * {std}, {std}, shape)",
    "a heavy tail": "rng.laplace(0, {std} / np.sqrt(2), shape)",
    "signs only": "{std} * np.sign(rng.normal(size=shape))",
    "only for the example": "rng.normal(0, 0.1 if n_in == 100 else 1.0, shape)",
    "the other way round for wide layers": "rng.normal(0, {std} if n_in < n_out else 1 / np.sqrt(n_out), shape)",
    "a column of biases more": "rng.normal(0, {std}, (*shape[:-1], n_out + 1))",
    "an axis too many": "rng.normal(0, {std}, shape)[None]",
    "scaled to exactly the same length": "np.full(shape, {std}) * np.where(np.arange(n_out) % 2, 1, -1)",
    "rows equal": "np.repeat(rng.normal(0, {std}, (*shape[:-2], 1, n_out)), n_in, axis=-2)[..., ::1] * 1.5",
    "a seed of its own": "np.random.default_rng(42).normal(0, {std}, shape)",
    "a seed from the shape": "np.random.default_rng(n_in).normal(0, {std}, shape)",
    "numbers that count up": "np.linspace(-1, 1, int(np.prod(shape))).reshape(shape) * {std}",
    "rounded to tenths": "np.round(rng.normal(0, {std}, shape), 1)",
    "rounded to hundredths": "np.round(rng.normal(0, {std}, shape), 2)",
    "the first axis decides": "rng.normal(0, {std} * np.sqrt(n_in / shape[0]), shape)",
    "divided by all rows": "rng.normal(size=shape) / np.sqrt(np.prod(shape[:-1]))",
    "triangular": "rng.triangular(-1, 0, 1, shape) * {std} * np.sqrt(6)",
}

WRONG = {
    name: {label: _start(name, style.format(std=std)) for label, style in _WRONG_NORMAL.items()}
    for name, std in _STD.items()
}
WRONG["xavier_uniform"] = {
    label: _start("xavier_uniform", weights.format(limit=_LIMIT))
    for label, weights in {
        "whole numbers": "rng.integers(-1, 2, shape) * {limit}",
        "off the centre": "rng.uniform(-{limit}, {limit}, shape) + 0.1 * {limit}",
        "the limit as the standard deviation of a normal": "rng.normal(0, {limit}, shape)",
        "clipped normal": "np.clip(rng.normal(0, {limit}, shape), -{limit}, {limit})",
        "He with a 3": "rng.uniform(-1, 1, shape) * np.sqrt(3 / n_in)",
        "He's uniform, halved": "rng.uniform(-1, 1, shape) * np.sqrt(6 / n_in) / 2",
        "a product below the line": "rng.uniform(-1, 1, shape) * np.sqrt(6 / (n_in * n_out))",
        "triangular": "rng.triangular(-1, 0, 1, shape) * {limit} * np.sqrt(2)",
        "an arcsine": "np.sin(np.pi * rng.random(shape)) * {limit}",
        "a seed of its own": "np.random.default_rng(1).uniform(-{limit}, {limit}, shape)",
        "only one network": "rng.uniform(-1, 1, shape) * np.sqrt(6 / (shape[0] + shape[1]))",
        "all axes counted": "rng.uniform(-1, 1, shape) * np.sqrt(6 / sum(shape))",
        "only for the example": "rng.uniform(-0.1, 0.1, shape)",
        "one unit short": "rng.uniform(-{limit}, {limit}, (*shape[:-1], n_out - 1))",
        "rounded": "np.round(rng.uniform(-{limit}, {limit}, shape), 3)",
        "every unit equal": "np.repeat(rng.uniform(-{limit}, {limit}, (*shape[:-1], 1)), n_out, axis=-1) + 0",
    }.items()
}
