"""Batch normalisation in training, at test time and backward, by PyTorch.

Gradients are PyTorch's own, in float64.
"""

# The engines we compare with are installed only where references are recorded.
# mypy: disable-error-code="import-not-found, import-untyped"

from itertools import product
from typing import Any

import numpy as np
import torch
from torch.nn.functional import batch_norm

ENGINES = ("torch",)
SIZES = [(2, 1), (2, 3), (5, 3), (4, 4), (16, 2)]


def record() -> dict[str, Any]:
    """Batches of several sizes and spreads."""
    rng = np.random.default_rng(20241101)
    choices = product(SIZES, (1e-5, 0.1), (0.0, 0.9), (1e-3, 1.0, 50.0))
    return {"cases": [case(rng, *choice) for choice in choices]}


def case(
    rng: np.random.Generator, sizes: tuple[int, int], eps: float, momentum: float, spread: float
) -> dict[str, Any]:
    """One batch, with features of unequal means."""
    n, d = sizes
    x = torch.tensor(spread * (rng.standard_normal((n, d)) + np.arange(d)), requires_grad=True)
    gamma = torch.tensor(rng.standard_normal(d), requires_grad=True)
    beta = torch.tensor(rng.standard_normal(d), requires_grad=True)
    mean, var, grad = rng.standard_normal(d), rng.uniform(0.5, 2, d), rng.standard_normal((n, d))
    running_mean, running_var = torch.tensor(mean), torch.tensor(var)
    tested = batch_norm(x, running_mean, running_var, gamma, beta, training=False, eps=eps)
    # PyTorch's momentum is the share of the new batch.
    trained = batch_norm(
        x, running_mean, running_var, gamma, beta, training=True, momentum=1 - momentum, eps=eps
    )
    trained.backward(torch.tensor(grad))
    return {
        "inputs": x,
        "gamma": gamma,
        "beta": beta,
        "mean": mean,
        "var": var,
        "momentum": momentum,
        "eps": eps,
        "trained": trained,
        "tested": tested,
        "running_mean": running_mean,
        "running_var_of_torch": running_var,
        "grad": grad,
        "dx": x.grad,
        "dgamma": gamma.grad,
        "dbeta": beta.grad,
    }
