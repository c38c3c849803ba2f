"""How often which values: bars to draw, and the numbers to read instead."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

# Of the picture, in its own units; a page makes it as wide as there is room.
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 420, 190, 8, 8, 20, 40
FEWEST_BARS, MOST_BARS = 6, 13


@dataclass(frozen=True)
class Bar:
    """How many values lie from `low` up to `high`, and where the bar stands in the picture."""

    low: float
    high: float
    number: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Histogram:
    """Bars, and the values that are written below their edges: (x, value)."""

    bars: tuple[Bar, ...]
    edges: tuple[tuple[float, float], ...]
    width: int = WIDTH
    height: int = HEIGHT
    floor: int = HEIGHT - BOTTOM
    left: int = LEFT


def histogram(values: Sequence[float], top: float | None = None) -> Histogram:
    """Bars for values that are at least 0, from 0 to `top`, or to the largest; what lies outside stands in the outer bars.

    >>> [(bar.low, bar.high, bar.number) for bar in histogram([0, 1.5, 2, 2], top=2).bars][::9]
    [(0.0, 0.2, 1), (1.8, 2.0, 2)]
    """
    reach = max(top if top is not None else max(values, default=0.0), 1e-3)
    step = step_for(reach)
    bars = max(1, math.ceil(round(reach / step, 6)))
    numbers = [0] * bars
    for value in values:
        numbers[min(bars - 1, max(0, math.floor(round(value / step, 6))))] += 1
    room, tall = (WIDTH - LEFT - RIGHT) / bars, HEIGHT - TOP - BOTTOM
    highest = max(1, *numbers)
    edges = tuple((LEFT + at * room, round(at * step, 6)) for at in range(bars + 1))
    return Histogram(
        tuple(
            Bar(edges[at][1], edges[at + 1][1], number, edges[at][0] + 1, TOP + tall * (1 - number / highest),
                room - 2, tall * number / highest)
            for at, number in enumerate(numbers)
        ),
        edges,
    )  # fmt: skip


def step_for(reach: float) -> float:
    """A round step of which no more than `MOST_BARS` are needed, and which ends at `reach` where one does.

    >>> step_for(30), step_for(26), step_for(23), step_for(0.5)
    (3.0, 2.0, 2.0, 0.05)
    """
    steps = [
        lead * 10.0**power
        for power in range(math.floor(math.log10(reach)) - 2, math.ceil(math.log10(reach)) + 1)
        for lead in (1, 2, 3, 4, 5)
    ]
    possible = [step for step in steps if reach / step <= MOST_BARS + 1e-9]
    even = [step for step in possible if _is_whole(reach / step) and reach / step >= FEWEST_BARS]
    return (even or possible)[0]


def _is_whole(number: float) -> bool:
    return abs(number - round(number)) < 1e-6
