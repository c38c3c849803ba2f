"""The peak memory of a training and of a basin map, and how it grows.

Counted by tracemalloc, which sees every array: from what there was before the call to the highest point in it.
"""

import tracemalloc
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.pairing import exponent, three_digits
from benchmarks.result import Result, Table, Target
from gradlab.data import digits
from gradlab.landscape import basin_map
from gradlab.network import MLP
from gradlab.optimizers import adam, gradient_descent
from gradlab.surfaces import himmelblau
from gradlab.training import fit

HIDDEN, COPIES, EPOCHS = (128, 1_333, 13_333), (1, 4, 16), (1, 4, 16)
SIDES, STEPS = (128, 256, 512), (30, 100, 300)


def measure() -> Result:
    """One thing grows at a time."""
    lines = {
        "fit, over the parameters": (
            [MLP((64, width, 10)).n_params for width in HIDDEN],
            [peak(train(hidden=width)) for width in HIDDEN],
        ),
        "fit, over the examples": (
            [1797 * copies for copies in COPIES],
            [peak(train(copies=copies)) for copies in COPIES],
        ),
        "fit, over the epochs": (EPOCHS, [peak(train(epochs=epochs)) for epochs in EPOCHS]),
        "basin map, over the points": (
            [side**2 for side in SIDES],
            [peak(chart(side=side)) for side in SIDES],
        ),
        "basin map, over the steps": (STEPS, [peak(chart(steps=steps)) for steps in STEPS]),
    }
    growth = {name: exponent(sizes, peaks) for name, (sizes, peaks) in lines.items()}
    rows = [
        [name, " / ".join(f"{size:,}" for size in sizes), " / ".join(f"{used / 2**20:.2f}" for used in peaks),
         three_digits(round(growth[name], 2))]
        for name, (sizes, peaks) in lines.items()
    ]  # fmt: skip
    return Result(
        [
            Table(
                "Peak memory of one call",
                ["call", "sizes", "MiB", "grows as the power"],
                rows,
                "The digits, one hidden layer of 128, batches of 64, one epoch with Adam; himmelblau, 128 x 128 points, "
                "300 steps of gradient descent; but for what grows. Arrays that the caller made are not counted.",
            )
        ],
        [_target(name, growth[name], lines[name]) for name in lines],
        {},
    )


def train(hidden: int = 128, copies: int = 1, epochs: int = 1) -> Callable[[], Any]:
    """A training, with all that it needs made beforehand."""
    network = MLP((64, hidden, 10))
    params = network.init(np.random.default_rng(0))
    X, y = (np.concatenate([array] * copies) for array in digits())
    return lambda: fit(
        network, params, X, y, adam, epochs=epochs, batch_size=64, rng=np.random.default_rng(1), lr=1e-3
    )


def chart(side: int = 128, steps: int = 300) -> Callable[[], Any]:
    """A basin map, with all that it needs made beforehand."""
    starts, _ = himmelblau.grid(side)
    return lambda: basin_map(himmelblau, starts, gradient_descent, steps=steps, lr=0.005)


def peak(call: Callable[[], Any]) -> int:
    """The most bytes in use at any time of a call, over those before it."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _target(name: str, power: float, line: tuple[Sequence[int], Sequence[int]]) -> Target:
    # What is traced over time, a loss for each epoch, is too little to be seen.
    most = 0.1 if name.endswith(("epochs", "steps")) else 1.1
    peaks = f"{line[1][0] / 2**20:.1f} to {line[1][-1] / 2**20:.1f} MiB"
    wanted = "does not grow" if most < 1 else "at most in proportion"
    return Target(
        f"peak memory of {name}", wanted, f"{peaks}, power {three_digits(round(power, 2))}", power <= most
    )
