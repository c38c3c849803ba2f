"""Write network.json: logits, loss, gradient and a short training of small networks, by PyTorch.

Gradients come from PyTorch's automatic differentiation of the forward pass, all in float64. Needs torch,
which the project itself does not: python autograder/reference/record_network.py
"""

# The engines we compare with are installed only where references are recorded.
# mypy: disable-error-code="import-not-found, import-untyped"

import json
import platform
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import torch

TARGET = Path(__file__).resolve().with_name("network.json")
ACTIVATIONS = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "identity": torch.nn.Identity(),
}
SIZES = [(4, 3), (4, 5, 3), (4, 5, 4, 3)]
# Weights of a usual size, and so large that a plain exp(logits) would overflow.
SCALES = [0.6, 30.0]


def main() -> None:
    """Record the references."""
    rng = np.random.default_rng(20240501)
    cases = [case(rng, *choice) for choice in product(SIZES, ACTIVATIONS, SCALES)]
    versions = {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__}
    record = {"versions": versions, "cases": cases, "training": training(rng)}
    TARGET.write_text(json.dumps(record) + "\n", encoding="utf-8")
    print(f"{TARGET}: {len(cases)} cases and a training, {TARGET.stat().st_size} bytes, {versions}")


def case(rng: np.random.Generator, sizes: tuple[int, ...], activation: str, scale: float) -> dict[str, Any]:
    """One network at random parameters."""
    params = scale * rng.standard_normal(sum((a + 1) * b for a, b in pairwise(sizes)))
    X, y = rng.standard_normal((6, sizes[0])), rng.integers(sizes[-1], size=6)
    flat = torch.tensor(params, requires_grad=True)
    logits = forward(flat, torch.tensor(X), sizes, activation)
    loss = torch.nn.functional.cross_entropy(logits, torch.tensor(y))
    loss.backward()
    return {
        "sizes": sizes,
        "activation": activation,
        "params": params.tolist(),
        "X": X.tolist(),
        "y": y.tolist(),
        "logits": logits.tolist(),
        "loss": loss.item(),
        "gradient": flat.grad.tolist(),
    }


def training(rng: np.random.Generator) -> dict[str, Any]:
    """Forty epochs of torch.optim.SGD with momentum, the whole data in every batch."""
    sizes, lr, rho = (4, 5, 3), 0.2, 0.9
    start = 0.6 * rng.standard_normal(43)
    X, y = rng.standard_normal((20, 4)), rng.integers(3, size=20)
    flat = torch.tensor(start, requires_grad=True)
    optimizer = torch.optim.SGD([flat], lr=lr, momentum=rho)

    def loss() -> torch.Tensor:
        logits = forward(flat, torch.tensor(X), sizes, "tanh")
        return torch.nn.functional.cross_entropy(logits, torch.tensor(y))

    losses = [loss().item()]
    for _ in range(40):
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()
        losses.append(loss().item())
    return {
        "sizes": sizes,
        "activation": "tanh",
        "lr": lr,
        "rho": rho,
        "params": start.tolist(),
        "X": X.tolist(),
        "y": y.tolist(),
        "losses": losses,
        "trained": flat.tolist(),
    }


def forward(flat: torch.Tensor, X: torch.Tensor, sizes: tuple[int, ...], activation: str) -> torch.Tensor:
    """Logits from one flat vector: W (fan_in, fan_out) row by row, then b, layer by layer."""
    shapes = [shape for a, b in pairwise(sizes) for shape in ((a, b), (b,))]
    pieces = torch.split(flat, [int(np.prod(shape)) for shape in shapes])
    arrays = [piece.reshape(shape) for piece, shape in zip(pieces, shapes, strict=True)]
    for layer in range(0, len(arrays), 2):
        X = X @ arrays[layer] + arrays[layer + 1]
        if layer < len(arrays) - 2:
            X = ACTIVATIONS[activation](X)
    return X


if __name__ == "__main__":
    main()
