"""What the two moments have in common: the numbers they are tried with."""

from collections.abc import Callable, Iterator

import numpy as np

from gradlab.checks.exercise import Advice, Aspect, Function, Probe, Sight
from gradlab.checks.probes import Array, short_decimals

NOT_FOR_EVERY_SHAPE = Advice(
    "Not for every shape",
    why="Your numbers are right for a row of weights, but weights come as single numbers and as matrices too.",
    hint="NumPy works on arrays of any shape entry by entry. Where does your code ask for one shape?",
)


def beta(rng: np.random.Generator) -> float:
    """Away from 0.5, where what is kept and what is new weigh the same, and from both of Adam's defaults."""
    return round(rng.uniform(0.6, 0.85), 2)


def from_zero(name: str) -> Probe:
    """One gradient, from a moment of zero."""

    def probe(moment: Function, rng: np.random.Generator) -> Iterator[Sight]:
        value = moment(np.zeros(3), short_decimals(rng, 3), beta(rng))
        yield Sight("From zero, after one gradient", name, value)

    return probe


def several(name: str, old: Callable[[Array], Array]) -> Probe:
    """Four gradients with a long memory, one with a short one and one with none, from a moment that is not zero."""

    def probe(moment: Function, rng: np.random.Generator) -> Iterator[Sight]:
        value, share = old(short_decimals(rng, 2)), beta(rng)
        for count in range(1, 5):
            value = moment(value, short_decimals(rng, 2), share)
            when = f"From a {name} that is not zero, after {count} gradient{'s' * (count > 1)}"
            yield Sight(when, name, value)
        for share in (round(rng.uniform(0.2, 0.4), 2), 0.0):
            value = moment(old(short_decimals(rng, 2)), short_decimals(rng, 2), share)
            yield Sight(f"With a share of {share:g} kept,", name, value)

    return probe


def any_shape(name: str, old: Callable[[Array], Array]) -> Aspect:
    """Single numbers, and arrays of two and of three axes."""

    def probe(moment: Function, rng: np.random.Generator) -> Iterator[Sight]:
        yield Sight("For single numbers,", name, moment(0.5, -1.5, 0.6))
        for shape in ((3, 4), (2, 1, 3)):
            value, grad = short_decimals(rng, 2, *shape)
            yield Sight(f"For arrays of shape {shape},", name, moment(old(value), grad, beta(rng)))

    return Aspect("any shape", 1, probe, lacking=NOT_FOR_EVERY_SHAPE)
