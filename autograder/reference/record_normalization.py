"""Write normalization.json: batch normalisation in training, at test time and backward, by PyTorch.

Gradients are PyTorch's own, in float64. Needs torch, which the project itself does not:
python autograder/reference/record_normalization.py
"""

# The engines we compare with are installed only where references are recorded.
# mypy: disable-error-code="import-not-found, import-untyped"

import json
import platform
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.functional import batch_norm

TARGET = Path(__file__).resolve().with_name("normalization.json")
SIZES = [(2, 1), (2, 3), (5, 3), (4, 4), (16, 2)]


def main() -> None:
    """Record the references."""
    rng = np.random.default_rng(20241101)
    versions = {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__}
    cases = [case(rng, *choice) for choice in product(SIZES, (1e-5, 0.1), (0.0, 0.9), (1e-3, 1.0, 50.0))]
    TARGET.write_text(json.dumps({"versions": versions, "cases": cases}) + "\n", encoding="utf-8")
    print(f"{TARGET}: {len(cases)} cases, {TARGET.stat().st_size} bytes, {versions}")


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
        "inputs": x.tolist(),
        "gamma": gamma.tolist(),
        "beta": beta.tolist(),
        "mean": mean.tolist(),
        "var": var.tolist(),
        "momentum": momentum,
        "eps": eps,
        "trained": trained.tolist(),
        "tested": tested.tolist(),
        "running_mean": running_mean.tolist(),
        "running_var_of_torch": running_var.tolist(),
        "grad": grad.tolist(),
        "dx": x.grad.tolist(),
        "dgamma": gamma.grad.tolist(),
        "dbeta": beta.grad.tolist(),
    }


if __name__ == "__main__":
    main()
