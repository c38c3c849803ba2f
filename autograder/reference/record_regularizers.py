"""Penalties, soft threshold and dropout, by PyTorch.

Gradients are PyTorch's own, in float64.
"""

# The engines we compare with are installed only where references are recorded.
# mypy: disable-error-code="import-not-found, import-untyped"

from itertools import product
from typing import Any

import numpy as np
import torch

ENGINES = ("torch",)
SHAPES = [(), (5,), (4, 3), (2, 1, 3, 2)]


def record() -> dict[str, Any]:
    """Weights and units of several shapes."""
    rng = np.random.default_rng(20241001)
    return {
        "penalties": [penalties(rng, *choice) for choice in product(SHAPES, (0.0, 0.01, 0.7, 5.0))],
        "dropouts": [dropout(rng, *choice) for choice in product(SHAPES, (0.0, 0.1, 0.5, 0.8))],
    }


def penalties(rng: np.random.Generator, shape: tuple[int, ...], lam: float) -> dict[str, Any]:
    """Ridge, lasso and the soft threshold of weights one of which is 0."""
    weights = np.asarray(rng.standard_normal(shape))
    if weights.size > 1:
        weights.flat[1] = 0.0
    w = torch.tensor(weights, requires_grad=True)
    l2, l1 = lam * 0.5 * (w**2).sum(), lam * w.abs().sum()
    return {
        "weights": weights,
        "lam": lam,
        "l2": l2,
        "l2_gradient": torch.autograd.grad(l2, w)[0],
        "l1": l1,
        "l1_subgradient": torch.autograd.grad(l1, w)[0],
        "soft_threshold": torch.nn.functional.softshrink(w, lam),
    }


def dropout(rng: np.random.Generator, shape: tuple[int, ...], p: float) -> dict[str, Any]:
    """Dropout and its gradient, with the mask that PyTorch drew."""
    torch.manual_seed(int(rng.integers(2**31)))
    x = torch.tensor(rng.standard_normal(shape), requires_grad=True)
    grad = torch.tensor(rng.standard_normal(shape))
    outputs = torch.nn.functional.dropout(x, p, training=True)
    outputs.backward(grad)
    return {
        "p": p,
        "inputs": x,
        "mask": (outputs != 0),
        "outputs": outputs,
        "grad": grad,
        "gradient": x.grad,
    }
