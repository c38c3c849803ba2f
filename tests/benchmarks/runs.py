"""A thousand descents with Adam: all in one call of `descend`, against loops over runs.

Everyone keeps every point and every loss, as `descend` does. The loops take some of the runs only, and their times are
multiplied: a loop over runs is proportional to their number. How far NumPy can get at all says a last contender, who
knows the function and the rule and gives every operation a place for its result.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.pairing import median, take_turns, times_as_fast
from benchmarks.result import Result, Table, Target
from benchmarks.textbook import BETA1, BETA2, EPS, adam
from gradlab.descent import descend
from gradlab.optimizers import adam as our_adam
from gradlab.surfaces import himmelblau

RUNS, STEPS, LR = 1_000, 500, 1e-3
SAMPLE = 20


def measure() -> Result:
    """One call for all runs, against three loops."""
    starts = np.random.default_rng(0).uniform(-5, 5, (RUNS, 2))
    few = starts[:SAMPLE]
    together = "gradlab, all runs in one call"
    loops: dict[str, Callable[[Any], Any]] = {
        "plain Python floats": with_floats,
        "text-book NumPy on small arrays": with_small_arrays,
        "gradlab, one call for each run": one_call_each,
    }
    for loop in loops.values():
        check_same_paths(loop, few)
    bound = "nothing but these operations, in NumPy by hand"
    check_same_paths(lambda start: by_hand(start[None])[0][:, 0], few)
    contenders: dict[str, Callable[[], Any]] = {
        together: lambda: walk(starts),
        bound: lambda: by_hand(starts),
    }
    contenders |= {name: lambda loop=loop: [loop(start) for start in few] for name, loop in loops.items()}
    seconds = take_turns(contenders, rounds=7)
    for name in loops:
        seconds[name] = [time * RUNS / SAMPLE for time in seconds[name]]
    ratios = {name: times_as_fast(seconds, together, name) for name in loops}
    at_best = times_as_fast(seconds, bound, next(iter(loops)))
    rows = [
        [name, f"{median(seconds, name) * 1e3:,.1f}", str(ratios.get(name, "–"))]
        for name in (together, *loops, bound)
    ]
    targets = [
        Target(
            f"{RUNS} runs of {STEPS} Adam steps, against {name}", ">= 75x", f"{ratio}x", ratio.median >= 75
        )
        for name, ratio in ratios.items()
    ]
    return Result(
        [
            Table(
                f"{RUNS} runs of {STEPS} Adam steps on Himmelblau's function, with every point and loss kept",
                ["how", "ms", "times as long"],
                rows,
                f"The loops are measured on {SAMPLE} runs, times {RUNS // SAMPLE}. What is written by hand knows the "
                "function and the rule and takes 20 calls of NumPy a step; we know no quicker way. Next to it, plain "
                f"floats take {at_best} times as long.",
            )
        ],
        targets,
        {},
    )  # fmt: skip


def walk(starts: Any) -> Any:
    """The path from each of `starts`, with the losses."""
    return descend(himmelblau, starts, our_adam, steps=STEPS, lr=LR)


def one_call_each(start: Any) -> Any:
    """The library, as it must not be used."""
    return walk(start).points


def with_small_arrays(start: Any) -> Any:
    """A text-book's Adam and gradient on an array of two numbers."""
    w, m, v = start, np.zeros(2), np.zeros(2)
    points, losses = [w], [_value(*w)]
    for step in range(1, STEPS + 1):
        x, y = w
        p, q = x * x + y - 11, x + y * y - 7
        gradient = np.array([4 * x * p + 2 * q, 2 * p + 4 * y * q])
        w, m, v = adam(w, gradient, m, v, step=step)
        points.append(w)
        losses.append(_value(*w))
    return points


def with_floats(start: Any) -> Any:
    """Without NumPy: the quickest loop there is in Python."""
    x, y = map(float, start)
    mx = my = vx = vy = 0.0
    points, losses = [(x, y)], [_value(x, y)]
    for step in range(1, STEPS + 1):
        p, q = x * x + y - 11, x + y * y - 7
        gx, gy = 4 * x * p + 2 * q, 2 * p + 4 * y * q
        mx, my = BETA1 * mx + (1 - BETA1) * gx, BETA1 * my + (1 - BETA1) * gy
        vx, vy = BETA2 * vx + (1 - BETA2) * gx * gx, BETA2 * vy + (1 - BETA2) * gy * gy
        a, b = 1 - BETA1**step, 1 - BETA2**step
        x -= LR * (mx / a) / (math.sqrt(vx / b) + EPS)
        y -= LR * (my / a) / (math.sqrt(vy / b) + EPS)
        points.append((x, y))
        losses.append(_value(x, y))
    return points


def by_hand(starts: Any) -> tuple[Any, Any]:
    """All runs together, and nothing done that this function and this rule do not need.

    Returns:
        the points, shape (steps + 1, runs, 2), and the losses, shape (steps + 1, runs).
    """
    n = len(starts)
    points, losses = np.empty((STEPS + 1, 2, n)), np.empty((STEPS + 1, n))
    w, (m, v, g, t, r) = np.array(starts.T, order="C"), np.zeros((5, 2, n))
    w_swapped, r_swapped, goal = w[::-1], r[::-1], np.repeat([[11.0], [7.0]], n, axis=1)
    beta1, beta2, two, rate, eps = map(np.array, (BETA1, BETA2, 2.0, 0.0, 0.0))
    for step in range(STEPS + 1):
        points[step] = w
        np.multiply(w, w, r)
        np.add(r, w_swapped, r)
        np.subtract(r, goal, r)
        np.multiply(r, r, t)
        np.add(t[0], t[1], losses[step])
        np.multiply(w, r, g)
        np.multiply(g, two, g)
        np.add(g, r_swapped, g)
        np.multiply(g, two, g)
        # As in `gradlab.in_place`: sums of gradients instead of means, put right by the rate and eps.
        root = ((1 - BETA2 ** (step + 1)) / (1 - BETA2)) ** 0.5
        rate[()], eps[()] = LR * (1 - BETA1) / (1 - BETA1 ** (step + 1)) * root, EPS * root
        np.multiply(m, beta1, m)
        np.add(m, g, m)
        np.multiply(g, g, t)
        np.multiply(v, beta2, v)
        np.add(v, t, v)
        np.sqrt(v, t)
        np.add(t, eps, t)
        np.divide(m, t, t)
        np.multiply(t, rate, t)
        np.subtract(w, t, w)
    return points.transpose(0, 2, 1), losses


def check_same_paths(loop: Callable[[Any], Any], starts: Any) -> None:
    """Make sure that a loop walks where `descend` does.

    Raises:
        RuntimeError: where it does not: then a comparison of their times would mean nothing.
    """
    together = walk(starts).points
    alone = np.stack([loop(start) for start in starts], axis=1)
    if not np.allclose(together, alone, rtol=1e-9):
        raise RuntimeError(f"{loop} does not walk the paths of descend.")


def _value(x: float, y: float) -> float:
    return (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2
