"""Learning rates epoch by epoch, by torch.optim.lr_scheduler.

ReduceLROnPlateau is the reference of early stopping too: the epoch of its first reduction, with an absolute
threshold, is the epoch to stop in.
"""

# The engines we compare with are installed only where references are recorded.
# mypy: disable-error-code="import-not-found, import-untyped"

from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import torch
from torch.optim import lr_scheduler

ENGINES = ("torch",)
EPOCHS = 40


def record() -> dict[str, Any]:
    """Schedules, reductions on a plateau, and early stops."""
    metrics = curves(np.random.default_rng(20240901))
    return {
        "by_epoch": by_epoch(),
        "metrics": metrics,
        "plateaus": [plateau(metrics, *choice) for choice in plateau_choices()],
        "stops": [
            stop(metrics, *choice) for choice in product(metrics, ["min", "max"], [0, 1, 5], [0.0, 0.02])
        ],
    }


def optimizer(lr: float) -> torch.optim.Optimizer:
    """Something for a scheduler to schedule."""
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)


def rates(lr: float, scheduled: Callable[..., Any]) -> list[float]:
    """The rate of every epoch."""
    engine = optimizer(lr)
    schedule, found = scheduled(engine), []
    for _ in range(EPOCHS):
        found.append(engine.param_groups[0]["lr"])
        engine.step()
        schedule.step()
    return found


def by_epoch() -> list[dict[str, Any]]:
    """The schedules that depend on the epoch alone."""
    cases: list[dict[str, Any]] = []
    hyper: dict[str, Any]

    def add(
        schedule: str, hyper: dict[str, Any], scheduled: Callable[..., Any], epochs: int = EPOCHS
    ) -> None:
        found = rates(hyper["lr"], scheduled)[:epochs]
        cases.append({"schedule": schedule, "hyper": hyper, "rates": found})

    for lr in (0.3, 1e-3):
        add("constant", {"lr": lr}, partial(lr_scheduler.ConstantLR, factor=1.0))
        for factor, step_size in product((0.1, 0.5, 0.9, 1.0), (1, 7, 10)):
            hyper = {"lr": lr, "factor": factor, "step_size": step_size}
            add("step_decay", hyper, partial(lr_scheduler.StepLR, step_size=step_size, gamma=factor))
        for gamma in (0.3, 0.95, 0.999, 1.0):
            hyper = {"lr": lr, "gamma": gamma}
            add("exponential_decay", hyper, partial(lr_scheduler.ExponentialLR, gamma=gamma))
        for total, warmup, share in product((20, 39), (0, 1, 7), (0.0, 0.1)):
            hyper = {"lr": lr, "total": total, "warmup": warmup, "min_lr": share * lr}
            # PyTorch's cosine rises again after its end; ours stays down.
            add("cosine_decay", hyper, partial(warm_cosine, **hyper), total + 1)
    return cases


def warm_cosine(engine: torch.optim.Optimizer, lr: float, total: int, warmup: int, min_lr: float) -> Any:
    """A line up, then half a cosine down."""
    if warmup == 0:
        return lr_scheduler.CosineAnnealingLR(engine, total, eta_min=min_lr)
    ramp = lr_scheduler.LinearLR(engine, start_factor=1 / (warmup + 1), total_iters=warmup)
    cosine = lr_scheduler.CosineAnnealingLR(engine, total - warmup, eta_min=min_lr)
    return lr_scheduler.SequentialLR(engine, [ramp, cosine], milestones=[warmup])


def curves(rng: np.random.Generator) -> dict[str, list[float]]:
    """Metrics to watch: one that falls and flattens, one that rises, a saw-tooth, one below 0, a constant."""
    epoch = np.arange(EPOCHS)
    noise = 0.03 * rng.standard_normal(EPOCHS)
    metrics = {
        "falling": 0.5 + 2 * np.exp(-epoch / 6) + noise,
        "rising": 1 - np.exp(-epoch / 8) + noise,
        "saw-tooth": 1 + (epoch % 4) / 10 - epoch / 200,
        "negative": -1 + np.exp(-epoch / 5) + noise,
        "constant": np.ones(EPOCHS),
    }
    # What the schedulers compare and keep should be plain numbers.
    return {name: curve.tolist() for name, curve in metrics.items()}


def plateau_choices() -> list[tuple[str, dict[str, Any]]]:
    """Every mode on every curve, with the other numbers in turn."""
    names = ("mode", "threshold_mode", "factor", "patience", "threshold", "cooldown", "min_lr")
    modes = list(product(["min", "max"], ["rel", "abs"]))
    numbers = [
        (0.5, 0, 0.0, 0, 0.0),
        (0.1, 3, 1e-4, 0, 1e-3),
        (0.5, 2, 0.05, 4, 0.01),
        (0.9, 5, 0.02, 1, 0.5),
    ]
    hypers = [dict(zip(names, (*mode, *rest), strict=True)) for mode, rest in product(modes, numbers)]
    return list(product(["falling", "rising", "saw-tooth", "negative", "constant"], hypers))


def plateau(metrics: dict[str, list[float]], curve: str, hyper: dict[str, Any]) -> dict[str, Any]:
    """ReduceLROnPlateau along a curve: the rate and what it remembers after every epoch."""
    engine = optimizer(0.3)
    schedule = lr_scheduler.ReduceLROnPlateau(engine, eps=0, **hyper)
    found: dict[str, list[float]] = {"rates": [], "best": [], "bad_epochs": [], "cooldown_left": []}
    for metric in metrics[curve]:
        schedule.step(metric)
        found["rates"].append(engine.param_groups[0]["lr"])
        found["best"].append(schedule.best)
        found["bad_epochs"].append(schedule.num_bad_epochs)
        found["cooldown_left"].append(schedule.cooldown_counter)
    return {"curve": curve, "lr": 0.3, "hyper": hyper, **found}


def stop(
    metrics: dict[str, list[float]], curve: str, mode: str, patience: int, min_delta: float
) -> dict[str, Any]:
    """The first epoch in which ReduceLROnPlateau has lost its patience, and the best metric by then."""
    engine = optimizer(1.0)
    schedule = lr_scheduler.ReduceLROnPlateau(
        engine, mode, patience=patience, threshold=min_delta, threshold_mode="abs"
    )
    hyper = {"mode": mode, "patience": patience, "min_delta": min_delta}
    for epoch, metric in enumerate(metrics[curve]):
        schedule.step(metric)
        if engine.param_groups[0]["lr"] < 1:
            return {"curve": curve, "hyper": hyper, "epoch": epoch, "best": schedule.best}
    return {"curve": curve, "hyper": hyper, "epoch": None, "best": schedule.best}
