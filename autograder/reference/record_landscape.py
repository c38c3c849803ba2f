"""The loss of small networks on lines through their parameters, and its Hessian, by PyTorch.

Second derivatives are PyTorch's automatic ones, in float64. Parameters lie in one flat vector: W (fan_in, fan_out)
row by row, then b, layer by layer.
"""

# The engines we compare with are installed only where references are recorded.
# mypy: disable-error-code="import-not-found, import-untyped"

from itertools import pairwise, product
from typing import Any

import numpy as np
import torch

ENGINES = ("torch",)
SIZES = [(3, 2), (3, 4, 2), (2, 3, 3, 3)]
ACTIVATIONS = {"tanh": torch.tanh, "sigmoid": torch.sigmoid}
ALPHAS = [-1.5, -0.2, 0.0, 0.7, 3.0]


def record() -> dict[str, Any]:
    """Every depth with every smooth activation."""
    rng = np.random.default_rng(20241121)
    return {"cases": [case(rng, *choice) for choice in product(SIZES, ACTIVATIONS)]}


def case(rng: np.random.Generator, sizes: tuple[int, ...], activation: str) -> dict[str, Any]:
    """One network at random parameters."""
    n_params = sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(sizes))
    params, direction = 0.8 * rng.standard_normal(n_params), rng.standard_normal(n_params)
    X, y = rng.standard_normal((9, sizes[0])), rng.integers(sizes[-1], size=9)

    def loss(flat: torch.Tensor) -> torch.Tensor:
        h, start = torch.tensor(X), 0
        for layer, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1):
            middle = start + fan_in * fan_out
            h = h @ flat[start:middle].reshape(fan_in, fan_out) + flat[middle : middle + fan_out]
            h = ACTIVATIONS[activation](h) if layer < len(sizes) - 1 else h
            start = middle + fan_out
        return torch.nn.functional.cross_entropy(h, torch.tensor(y))

    hessian = torch.autograd.functional.hessian(loss, torch.tensor(params))
    return {
        "sizes": sizes,
        "activation": activation,
        "params": params,
        "direction": direction,
        "X": X,
        "y": y,
        "alphas": ALPHAS,
        "losses": [loss(torch.tensor(params + alpha * direction)) for alpha in ALPHAS],
        "hessian": hessian,
        "eigenvalues": torch.linalg.eigvalsh(hessian),
    }
