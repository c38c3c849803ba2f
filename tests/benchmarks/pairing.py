"""Fair comparisons on a machine that has other things to do.

Contenders take turns, and only times from the same round are compared: whatever slows the machine down for a
while slows down both. The order of the turns rotates, so that nobody always comes after the same neighbour.
"""

import gc
import math
import time
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np

Name = TypeVar("Name", bound=Hashable)
Times = Mapping[Name, Sequence[float]]


class Spread(NamedTuple):
    """The median of some numbers between their quartiles."""

    low: float
    median: float
    high: float

    def __str__(self) -> str:
        return f"{three_digits(self.median)} ({three_digits(self.low)} to {three_digits(self.high)})"


def three_digits(number: float) -> str:
    """A number to three digits: 0.0123, 4.56, 7,890."""
    return f"{float(f'{number:.3g}') + 0.0:,g}"


def spread(numbers: Iterable[float]) -> Spread:
    """The median and the quartiles of `numbers`."""
    low, median, high = np.percentile(list(numbers), [25, 50, 75])
    return Spread(float(low), float(median), float(high))


def take_turns(
    contenders: Mapping[Name, Callable[[], Any]],
    *,
    rounds: int,
    at_least: float = 0.0,
    before: Callable[[Name], None] = lambda name: None,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[Name, list[float]]:
    """Call every contender in every round, and say how many seconds a call took.

    Args:
        contenders: name -> a function without arguments.
        rounds: how many.
        at_least: seconds that a turn should last. A quick contender is called many times a turn.
        before: called with a contender's name ahead of each of its turns, untimed.
        clock: the time in seconds.

    Returns:
        name -> the seconds of a call, one mean a round.
    """
    seconds: dict[Name, list[float]] = {name: [] for name in contenders}
    calls = {}
    names = list(contenders)
    # Collecting garbage takes longer than most turns, as the peers keep very many objects: once, and then not.
    gc.collect()
    gc.disable()
    try:
        for name, run in contenders.items():
            before(name)
            # The first call may compile, allocate or fill caches; the second says how long the others will take.
            run()
            calls[name] = max(1, math.ceil(at_least / max(timed(run, 1, clock), 1e-9)))
        for turn in range(rounds):
            first = turn % len(names)
            for name in names[first:] + names[:first]:
                before(name)
                seconds[name].append(timed(contenders[name], calls[name], clock))
    finally:
        gc.enable()
    return seconds


def timed(run: Callable[[], Any], calls: int = 1, clock: Callable[[], float] = time.perf_counter) -> float:
    """The seconds of a call, the mean of `calls` of them."""
    start = clock()
    for _ in range(calls):
        run()
    return (clock() - start) / calls


def times_as_fast(seconds: Times[Name], ours: Name, theirs: Name) -> Spread:
    """How many times as fast `ours` is as `theirs`: the spread over the rounds of theirs / ours."""
    return spread(b / a for a, b in zip(seconds[ours], seconds[theirs], strict=True))


def median(seconds: Times[Name], name: Name) -> float:
    """The median time of one contender, in seconds."""
    return spread(seconds[name]).median


def quickest(seconds: Times[Name], names: Iterable[Name]) -> Name:
    """The one of `names` with the lowest median: a contender at its best number of threads, say."""
    return min(names, key=lambda name: median(seconds, name))


def exponent(x: Sequence[float], y: Sequence[float]) -> float:
    """The power p of the best fit ``y = c * x**p``: 1 where y is proportional to x, 0 where it is constant."""
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])
