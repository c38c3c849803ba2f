"""Maps of basins of attraction: how long 300 steps take, and how the time grows with the number of points."""

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.pairing import exponent, median, take_turns, times_as_fast
from benchmarks.result import Result, Table, Target
from gradlab.landscape import basin_map
from gradlab.optimizers import adam, gradient_descent, momentum
from gradlab.surfaces import Surface, double_well, himmelblau, styblinski_tang

STEPS, SIZE = 300, 128
SIDES = (64, 128, 256, 512)
RULES: dict[Callable[..., Any], dict[str, float]] = {
    gradient_descent: {"lr": 0.005},
    momentum: {"lr": 0.002, "rho": 0.9},
    adam: {"lr": 0.1},
}
SURFACES = (himmelblau, double_well, styblinski_tang())


def measure() -> Result:
    """One size on several surfaces with several rules, then one of them at several sizes."""
    rows, milliseconds = [], []
    for surface in SURFACES:
        starts, _ = surface.grid(SIZE)
        for rule, hyper in RULES.items():
            seconds = take_turns(
                {
                    "map": lambda s=surface, p=starts, r=rule, h=hyper: basin_map(s, p, r, steps=STEPS, **h),
                    "whole": lambda s=surface, p=starts, r=rule, h=hyper: all_at_once(s, p, r, h),
                },
                rounds=7,
            )
            milliseconds.append(median(seconds, "map") * 1e3)
            ratio = times_as_fast(seconds, "map", "whole")
            rows.append([f"{surface.name}, {rule.__name__}", f"{milliseconds[-1]:.1f}", str(ratio)])
    grids = {side: himmelblau.grid(side)[0] for side in SIDES}
    sizes = take_turns(
        {
            side: lambda p=points: basin_map(himmelblau, p, gradient_descent, steps=STEPS, lr=0.005)
            for side, points in grids.items()
        },
        rounds=5,
    )
    power = exponent([side**2 for side in SIDES], [median(sizes, side) for side in SIDES])
    first, worst = milliseconds[0], max(milliseconds)
    return Result(
        [
            Table(
                f"A basin map of {SIZE} x {SIZE} points and {STEPS} steps",
                ["surface, rule", "ms", "times as fast as the pure rule on all points at once"],
                rows,
            ),
            Table(
                f"The time of a basin map over the number of points: himmelblau, gradient_descent, {STEPS} steps",
                ["points", "ms", "ns for each point and step"],
                [
                    [f"{side} x {side}", f"{median(sizes, side) * 1e3:.1f}", f"{median(sizes, side) / side**2 / STEPS * 1e9:.2f}"]
                    for side in SIDES
                ],
                f"The time grows as the number of points to the power {power:.2f}.",
            ),
        ],
        [
            Target(f"basin map {SIZE} x {SIZE}, {STEPS} steps, gradient descent", "< 60 ms", f"{first:.1f} ms", first < 60),
            Target("the slowest surface and rule of those below", "< 60 ms", f"{worst:.1f} ms", worst < 60),
            Target("its time, linear in the number of points", "power 0.9 to 1.1", f"{power:.2f}", 0.9 <= power <= 1.1),
        ],
        {},
    )  # fmt: skip


def all_at_once(surface: Surface, starts: Any, rule: Callable[..., Any], hyper: dict[str, float]) -> Any:
    """The same steps with the pure rule, on one large array."""
    params, state = np.array(starts), None
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(STEPS):
            params, state = rule(params, surface.gradient(params), state, **hyper)
    return params
