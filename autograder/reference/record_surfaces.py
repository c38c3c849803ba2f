"""Loss, gradient and Hessian of every surface at random points, by PyTorch.

The formulas are written down here once more, from the literature; derivatives are PyTorch's automatic ones, in
float64.
"""

# The engines we compare with are installed only where references are recorded.
# mypy: disable-error-code="import-not-found, import-untyped"

import math
from typing import Any

import numpy as np
import torch

ENGINES = ("torch",)
SURFACES: dict[str, Any] = {
    "ravine": lambda w: w[0] ** 2 / 10 + 2 * w[1] ** 2,
    "bowl": lambda w: (w**2).sum(),
    "saddle": lambda w: w[0] ** 2 - w[1] ** 2,
    "Rosenbrock": lambda w: (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2,
    "Himmelblau": lambda w: (w[0] ** 2 + w[1] - 11) ** 2 + (w[0] + w[1] ** 2 - 7) ** 2,
    "Beale": lambda w: (
        (1.5 - w[0] + w[0] * w[1]) ** 2
        + (2.25 - w[0] + w[0] * w[1] ** 2) ** 2
        + (2.625 - w[0] + w[0] * w[1] ** 3) ** 2
    ),
    "dented slope": lambda w: (0.1 * w**2 - 0.3 * torch.exp(-8 * (w + 2) ** 2)).sum(),
    # Condition number 100, the floor of the ravine turned by 30 degrees.
    "ill-conditioned": lambda w: (
        ((math.sqrt(3) * w[0] + w[1]) / 2) ** 2 / 2 + 50 * ((math.sqrt(3) * w[1] - w[0]) / 2) ** 2
    ),
    "monkey saddle": lambda w: w[0] ** 3 - 3 * w[0] * w[1] ** 2,
    "plateau": lambda w: 1 - torch.exp(-(w @ w) / 2),
    "double well": lambda w: w[0] ** 4 - 2 * w[0] ** 2 + 1 + w[1] ** 2,
    "Rastrigin": lambda w: 10 * len(w) + (w**2 - 10 * torch.cos(2 * math.pi * w)).sum(),
    "Styblinski-Tang": lambda w: (w**4 - 16 * w**2 + 5 * w).sum() / 2,
}
# Numbers of weights other than two.
DIMS = {"dented slope": [1], "Rastrigin": [1, 2, 5], "Styblinski-Tang": [1, 2, 5]}


def record() -> dict[str, Any]:
    """Every surface, those of any number of weights at several."""
    rng = np.random.default_rng(20240503)
    return {"cases": [case(rng, name, dim) for name in SURFACES for dim in DIMS.get(name, [2])]}


def case(rng: np.random.Generator, name: str, dim: int) -> dict[str, Any]:
    """One surface at twelve points."""
    loss, points = SURFACES[name], rng.uniform(-3, 3, (12, dim))
    tensors = [torch.tensor(point) for point in points]
    return {
        "surface": name,
        "dim": dim,
        "points": points,
        "values": [loss(w) for w in tensors],
        "gradients": [torch.autograd.functional.jacobian(loss, w) for w in tensors],
        "hessians": [torch.autograd.functional.hessian(loss, w) for w in tensors],
    }
