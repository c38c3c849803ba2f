"""What SciPy has under a name of its own: Rosenbrock's valley, the softmax, and the quantiles of distributions."""

# The engines we compare with are installed only where references are recorded.
# mypy: disable-error-code="import-not-found, import-untyped"

from itertools import product
from typing import Any

import numpy as np
from scipy.optimize import rosen, rosen_der, rosen_hess
from scipy.special import log_softmax, softmax
from scipy.stats import norm, uniform

ENGINES = ("scipy",)
FANS = [(30, 70), (70, 30), (100, 100)]
SHARES = np.array([0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999])
STANDARD_DEVIATIONS = {
    "normal": lambda fan_in, fan_out: (1 / fan_in) ** 0.5,
    "xavier_normal": lambda fan_in, fan_out: (2 / (fan_in + fan_out)) ** 0.5,
    "he_normal": lambda fan_in, fan_out: (2 / fan_in) ** 0.5,
}
LIMITS = {
    "xavier_uniform": lambda fan_in, fan_out: (6 / (fan_in + fan_out)) ** 0.5,
    "he_uniform": lambda fan_in, fan_out: (6 / fan_in) ** 0.5,
}


def record() -> dict[str, Any]:
    """A valley, class scores and starts."""
    rng = np.random.default_rng(20241115)
    points = np.concatenate([rng.uniform(-3, 3, (12, 2)), [[1.0, 1.0], [-1.2, 1.0], [1e6, -1e6]]])
    return {
        "rosenbrock": {
            "points": points,
            "values": [rosen(point) for point in points],
            "gradients": [rosen_der(point) for point in points],
            "hessians": [rosen_hess(point) for point in points],
        },
        "softmax": [scores(rng, scale) for scale in (1e-9, 1.0, 30.0, 1e3)],
        "quantiles": {
            "shares": SHARES,
            "cases": [
                quantiles(name, fans) for name, fans in product({**STANDARD_DEVIATIONS, **LIMITS}, FANS)
            ],
        },
    }


def scores(rng: np.random.Generator, scale: float) -> dict[str, Any]:
    """Scores of five classes for six examples, from all but equal to so far apart that exp would overflow."""
    logits = scale * rng.standard_normal((6, 5))
    return {"logits": logits, "log_p": log_softmax(logits, axis=-1), "p": softmax(logits, axis=-1)}


def quantiles(initializer: str, fans: tuple[int, int]) -> dict[str, Any]:
    """Below which weights the shares lie."""
    if initializer in LIMITS:
        limit = LIMITS[initializer](*fans)
        weights = uniform(-limit, 2 * limit).ppf(SHARES)
    else:
        weights = norm(0, STANDARD_DEVIATIONS[initializer](*fans)).ppf(SHARES)
    return {"initializer": initializer, "fans": fans, "quantiles": weights}
