"""Write optimizers.json: the paths of torch.optim.SGD, plain, with momentum and with Nesterov's momentum.

Two kinds of path: 200 given gradients, for arrays of several shapes that start with a velocity; and descents on
surfaces, whose gradients are PyTorch's own. Needs torch, which the project itself does not:
python autograder/reference/record_optimizers.py
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

TARGET = Path(__file__).resolve().with_name("optimizers.json")
STEPS = 200
KEPT = [1, 20, STEPS]
RULES = {
    "gradient_descent": {},
    "momentum": {"momentum": True},
    "nesterov": {"momentum": True, "nesterov": True},
}
HYPER = [(0.1, 0.9), (0.01, 0.5), (0.3, 0.99)]
SHAPES = [(), (3,), (2, 3), (2, 1, 3, 4)]
SURFACES: dict[str, Any] = {
    "ravine": (lambda x, y: 0.1 * x * x + 2 * y * y, [-5.0, -2.0], 0.2),
    "Rosenbrock": (lambda x, y: (1 - x).square() + 100 * (y - x.square()).square(), [-1.2, 1.0], 2e-4),
    "Himmelblau": (lambda x, y: (x.square() + y - 11).square() + (x + y.square() - 7).square(), [0.0, 0.0], 2e-3),
}  # fmt: skip


def main() -> None:
    """Record the references."""
    rng = np.random.default_rng(20240502)
    # Three decimals: short in the file, and the same number in every language that reads it.
    gradients = rng.standard_normal((STEPS, 24)).round(3)
    starts = rng.standard_normal((2, 24)).round(3)
    cases = [
        given_gradients(gradients, starts, rule, hyper, shape=shape, dtype=dtype)
        for rule, hyper, shape, dtype in product(RULES, HYPER, SHAPES, ["float64", "float32"])
        if rule != "gradient_descent" or hyper == HYPER[0]
    ]
    record = {
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "numpy": np.__version__,
        },
        "steps": KEPT,
        "gradients": gradients.tolist(),
        "params": starts[0].tolist(),
        "velocity": starts[1].tolist(),
        "cases": cases,
        "descents": [descent(rule, surface) for rule, surface in product(RULES, SURFACES)],
    }
    TARGET.write_text(json.dumps(record) + "\n", encoding="utf-8")
    print(
        f"{TARGET}: {len(cases)} paths and {len(record['descents'])} descents, {TARGET.stat().st_size} bytes, "
        f"{record['versions']}"
    )


def given_gradients(
    gradients: np.ndarray[Any, Any],
    starts: np.ndarray[Any, Any],
    rule: str,
    hyper: tuple[float, float],
    *,
    shape: tuple[int, ...],
    dtype: str,
) -> dict[str, Any]:
    """One path along given gradients: weights and velocity after the steps that are kept."""
    size, kind = int(np.prod(shape)), getattr(torch, dtype)
    params, velocity = (torch.tensor(start[:size], dtype=kind).reshape(shape) for start in starts)
    optimizer = sgd(rule, params, *hyper)
    if rule != "gradient_descent":
        optimizer.state[params]["momentum_buffer"] = velocity
    path = []
    for step, gradient in enumerate(gradients, start=1):
        params.grad = torch.tensor(gradient[:size], dtype=kind).reshape(shape)
        optimizer.step()
        if step in KEPT:
            buffer = optimizer.state[params].get("momentum_buffer")
            path.append({"params": params.tolist(), "velocity": None if buffer is None else buffer.tolist()})
    return {"rule": rule, "lr": hyper[0], "rho": hyper[1], "shape": shape, "dtype": dtype, "path": path}


def descent(rule: str, surface: str) -> dict[str, Any]:
    """One descent from rest: the points after the steps that are kept."""
    loss, start, lr = SURFACES[surface]
    params = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = sgd(rule, params, lr, 0.9)
    points = []
    for step in range(1, STEPS + 1):
        optimizer.zero_grad()
        loss(*params).backward()
        optimizer.step()
        if step in KEPT:
            points.append(params.tolist())
    return {"rule": rule, "surface": surface, "start": start, "lr": lr, "rho": 0.9, "points": points}


def sgd(rule: str, params: torch.Tensor, lr: float, rho: float) -> torch.optim.SGD:
    """PyTorch's name for the rule."""
    options: dict[str, Any] = RULES[rule] | ({"momentum": rho} if rule != "gradient_descent" else {})
    return torch.optim.SGD([params], lr=lr, **options)


if __name__ == "__main__":
    main()
