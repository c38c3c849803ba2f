"""Outputs, losses, gradients and short trainings of small networks, by PyTorch.

Gradients come from PyTorch's automatic differentiation of the forward pass, all in float64.
"""

# The engines we compare with are installed only where references are recorded.
# mypy: disable-error-code="import-not-found, import-untyped"

from itertools import pairwise, product
from typing import Any

import numpy as np
import torch
from torch.nn.functional import batch_norm, cross_entropy, mse_loss
from torch.optim.lr_scheduler import ReduceLROnPlateau, StepLR

ENGINES = ("torch",)
ACTIVATIONS = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "identity": torch.nn.Identity(),
}
SIZES = [(4, 3), (4, 5, 3), (4, 5, 4, 3)]
# Weights of a usual size, and so large that a plain exp(logits) would overflow.
SCALES = [0.6, 30.0]


# With dropout and batch norm of the hidden layers.
REGULARIZED = [(4, 5, 3), (4, 5, 4, 2)]


def record() -> dict[str, Any]:
    """Networks at random parameters, and trainings."""
    rng = np.random.default_rng(20240501)
    plain = [case(rng, *choice) for choice in product(SIZES, ACTIVATIONS, SCALES)]
    trained = training(rng)
    choices = product(REGULARIZED, ACTIVATIONS, ("cross_entropy", "squared_error"), (False, True), (0.0, 0.4))
    return {
        "cases": plain,
        "training": trained,
        "regularized": [
            regularized(rng, sizes, activation, criterion=criterion, norm=norm, p=p)
            for sizes, activation, criterion, norm, p in choices
        ],
        "one_output": one_output(rng),
        "scheduled": scheduled(rng),
    }


def case(rng: np.random.Generator, sizes: tuple[int, ...], activation: str, scale: float) -> dict[str, Any]:
    """One network at random parameters."""
    params = scale * rng.standard_normal(sum((a + 1) * b for a, b in pairwise(sizes)))
    X, y = rng.standard_normal((6, sizes[0])), rng.integers(sizes[-1], size=6)
    flat = torch.tensor(params, requires_grad=True)
    logits = forward(flat, torch.tensor(X), sizes, activation)
    loss = cross_entropy(logits, torch.tensor(y))
    loss.backward()
    return {
        "sizes": sizes,
        "activation": activation,
        "params": params,
        "X": X,
        "y": y,
        "logits": logits,
        "loss": loss,
        "gradient": flat.grad,
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
        return cross_entropy(logits, torch.tensor(y))

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
        "params": start,
        "X": X,
        "y": y,
        "losses": losses,
        "trained": flat,
    }


def regularized(
    rng: np.random.Generator, sizes: tuple[int, ...], activation: str, *, criterion: str, norm: bool, p: float
) -> dict[str, Any]:
    """A pass in training, with given masks and running averages, and the outputs at test time."""
    hidden, n = sizes[1:-1], 6
    params = 0.6 * rng.standard_normal(sum(np.prod(shape) for shape in shapes(sizes, norm)))
    X = torch.tensor(rng.standard_normal((n, sizes[0])))
    labels, numbers = rng.integers(sizes[-1], size=n), rng.standard_normal((n, sizes[-1]))
    y = torch.tensor(labels if criterion == "cross_entropy" else numbers)
    masks = [torch.tensor(rng.random((n, units)) >= p) for units in hidden]
    means = [torch.tensor(rng.standard_normal(units)) for units in hidden] if norm else []
    variances = [torch.tensor(rng.uniform(0.5, 2, units)) for units in hidden] if norm else []
    before = [each.tolist() for each in (*means, *variances)]

    def outputs(flat: torch.Tensor, in_training: bool) -> torch.Tensor:
        *layers, (W, b) = split(flat, sizes, norm)
        h = X
        for number, (W_hidden, b_hidden, *scale) in enumerate(layers):
            h = h @ W_hidden + b_hidden
            if norm:
                h = batch_norm(
                    h, means[number], variances[number], *scale, training=in_training, momentum=0.1
                )
            h = ACTIVATIONS[activation](h)
            if in_training:
                h = h * masks[number] / (1 - p)
        return h @ W + b

    flat = torch.tensor(params, requires_grad=True)
    at_test_time = outputs(flat, False)
    in_training = outputs(flat, True)
    loss = (cross_entropy if criterion == "cross_entropy" else mse_loss)(in_training, y)
    loss.backward()
    return {
        "sizes": sizes,
        "activation": activation,
        "criterion": criterion,
        "batch_norm": norm,
        "dropout": p,
        "params": params,
        "X": X,
        "y": y,
        "masks": masks,
        "means": before[: len(means)],
        "variances": before[len(means) :],
        "test_outputs": at_test_time,
        "outputs": in_training,
        "loss": loss,
        "gradient": flat.grad,
        "running_means": means,
        "running_variances_of_torch": variances,
    }


def one_output(rng: np.random.Generator) -> dict[str, Any]:
    """A line through points: mean squared error of one output."""
    X, y, params = rng.standard_normal((8, 3)), rng.standard_normal(8), rng.standard_normal(4)
    flat = torch.tensor(params, requires_grad=True)
    loss = mse_loss(torch.tensor(X) @ flat[:3] + flat[3], torch.tensor(y))
    loss.backward()
    return {"X": X, "y": y, "params": params, "loss": loss, "gradient": flat.grad}


def scheduled(rng: np.random.Generator) -> dict[str, Any]:
    """Gradient descent whose rate changes, with an L2 penalty on the weights and none on the biases."""
    sizes, n = (4, 5, 3), 20
    start, X = 0.6 * rng.standard_normal(43), rng.standard_normal((2, n, 4))
    # Labels that can be learned, but for some noise.
    y = np.argmax(X @ rng.standard_normal((4, 3)) + 0.5 * rng.standard_normal((2, n, 3)), axis=-1)
    (X_train, X_held_out), (y_train, y_held_out) = torch.tensor(X), torch.tensor(y)
    found: dict[str, Any] = {
        "sizes": sizes, "params": start, "X": X, "y": y, "lr": 1.0, "l2": 0.02,
        "step_decay": {"factor": 0.5, "step_size": 4},
        "plateau": {"factor": 0.3, "patience": 1, "threshold": 0.02, "cooldown": 1},
    }  # fmt: skip
    for name in ("with_step_decay", "with_plateau"):
        pieces = [
            piece.clone().requires_grad_() for layer in split(torch.tensor(start), sizes) for piece in layer
        ]
        groups = [{"params": pieces[::2], "weight_decay": found["l2"]}, {"params": pieces[1::2]}]
        optimizer = torch.optim.SGD(groups, lr=found["lr"])
        step_decay = StepLR(optimizer, step_size=4, gamma=0.5)
        plateau = ReduceLROnPlateau(optimizer, eps=0, **found["plateau"])
        losses, rates = [], []
        for _ in range(24):
            optimizer.zero_grad()
            flat = torch.cat([piece.flatten() for piece in pieces])
            cross_entropy(forward(flat, X_train, sizes, "tanh"), y_train).backward()
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            flat = torch.cat([piece.detach().flatten() for piece in pieces])
            losses.append(cross_entropy(forward(flat, X_held_out, sizes, "tanh"), y_held_out).item())
            if name == "with_plateau":
                plateau.step(losses[-1])
            else:
                step_decay.step()
        found[name] = {"validation_losses": losses, "rates": rates, "trained": flat}
    return found


def forward(flat: torch.Tensor, X: torch.Tensor, sizes: tuple[int, ...], activation: str) -> torch.Tensor:
    """Logits from one flat vector."""
    *hidden, (W_out, b_out) = split(flat, sizes)
    for W, b in hidden:
        X = ACTIVATIONS[activation](X @ W + b)
    return X @ W_out + b_out


def split(flat: torch.Tensor, sizes: tuple[int, ...], norm: bool = False) -> list[list[torch.Tensor]]:
    """The arrays of each layer: W (fan_in, fan_out) row by row, b, and with batch norm gamma and beta."""
    pieces = torch.split(flat, [int(np.prod(shape)) for shape in shapes(sizes, norm)])
    arrays = [piece.reshape(shape) for piece, shape in zip(pieces, shapes(sizes, norm), strict=True)]
    size = 4 if norm else 2
    return [arrays[start : start + size] for start in range(0, len(arrays), size)]


def shapes(sizes: tuple[int, ...], norm: bool) -> list[tuple[int, ...]]:
    """The shapes of the arrays in their order; the last layer is not normalised."""
    *hidden, last = pairwise(sizes)
    arrays = [shape for a, b in hidden for shape in ((a, b), (b,), *([(b,), (b,)] if norm else []))]
    return [*arrays, last, last[1:]]
