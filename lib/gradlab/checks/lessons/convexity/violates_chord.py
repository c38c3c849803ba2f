"""`violates_chord`: does a curve rise above the straight line between two of its points?"""

from collections.abc import Iterator

import numpy as np

from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Sight
from gradlab.checks.lessons.convexity.inputs import shown_as
from gradlab.checks.probes import arguments_kept, short_decimals
from gradlab.surfaces import himmelblau, ravine, saddle

_WHAT = "violates_chord"

_parabola = shown_as("w**2", lambda w: w**2)
_hill = shown_as("-w**2", lambda w: -(w**2))
_two_valleys = shown_as("w**4 + w**3 - 2*w**2 - 2*w", lambda w: w**4 + w**3 - 2 * w**2 - 2 * w)
_zero = shown_as("0 * w", lambda w: 0 * w)


def _nine():
    """Nine lambdas, new ones for every call: a function that writes into them must not change those of the next."""
    return np.linspace(0.1, 0.9, 9)


def _violates_chord(f, a, b, lambdas, tol=1e-9):
    at_a, at_b = f(a), f(b)
    above = np.zeros(np.shape(at_a), dtype=bool)
    for lam in lambdas:
        curve = f((1 - lam) * a + lam * b)
        chord = (1 - lam) * at_a + lam * at_b
        above = above | (curve > chord + tol)
    return above


def _thorn(at: float) -> Function:
    """A parabola with a thorn on it, so narrow that only one of the nine lambdas meets it."""
    return shown_as(
        f"w**2 + 2 * np.exp(-400 * (w - {at:g})**2)", lambda w: w**2 + 2 * np.exp(-400 * (w - at) ** 2)
    )


def _one_chord(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    a, b = -round(rng.uniform(1, 2), 1), round(rng.uniform(0.5, 1.5), 1)
    yield Sight(f"For w**2 from {a:g} to {b:g},", _WHAT, function(_parabola, a, b, _nine()))
    yield Sight(f"For -w**2 from {a:g} to {b:g},", _WHAT, function(_hill, a, b, _nine()))
    yield Sight("Across two valleys", _WHAT, function(_two_valleys, -1.2, 0.9, _nine()))
    yield Sight("The same from right to left", _WHAT, function(_two_valleys, 0.9, -1.2, _nine()))
    yield Sight(
        "Inside one valley", _WHAT, function(_two_valleys, 0.6, round(rng.uniform(1, 1.5), 1), _nine())
    )
    rate = round(rng.uniform(2, 4), 1)
    yield Sight(
        f"For {rate:g} * w, a straight line,",
        _WHAT,
        function(shown_as(f"{rate:g} * w", lambda w: rate * w), a, b, np.array([0.25, 0.75])),
    )
    # Here the curve keeps below the higher of the two ends.
    yield Sight("From the left wall over the hill", _WHAT, function(_two_valleys, -1.6, 0.6, _nine()))


def _several_lambdas(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for share in (0.1, 0.3, 0.9):
        yield Sight(
            f"For a parabola with a thorn at {share:g} of the way,",
            _WHAT,
            function(_thorn(share), 0.0, 1.0, _nine()),
        )
    share = round(rng.uniform(0.2, 0.35), 2)
    for lambdas in ([0.5], [share, 0.5], [0.5, share], [0.05, share, 0.95]):
        yield Sight(
            f"With a thorn at {share:g} of the way and lambdas {', '.join(f'{lam:g}' for lam in lambdas)},",
            _WHAT,
            function(_thorn(share), 0.0, 1.0, np.array(lambdas)),
        )


def _many_chords(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    a, b = short_decimals(rng, 8), short_decimals(rng, 8)
    # Violated in the middle, kept, violated all along, and violated on one side of the middle only.
    a[:4], b[:4] = (-1.3, 0.5, -1.0, -1.0), (0.9, 1.4, 0.2, 1.4)
    yield Sight("For 8 chords", _WHAT, function(_two_valleys, a, b, _nine()))
    a, b = short_decimals(rng, 6, 2), short_decimals(rng, 6, 2)
    a[0], b[0] = (0.5, 1.5), (0.4, -1.2)
    a[1], b[1] = (1.5, 0.5), (-1.2, 0.4)
    yield Sight("For 6 chords over a saddle of two weights", _WHAT, function(saddle.value, a, b, _nine()))
    yield Sight("For 6 chords over a ravine of two weights", _WHAT, function(ravine.value, a, b, _nine()))
    ends = rng.uniform(-4.5, 4.5, (2, 3, 5, 2)).round(1)
    ends[:, 0, 0] = [(3, 2), (-2.8, 3.1)]
    ends[:, 0, 1] = [(3, 2), (3.4, 2.3)]
    yield Sight("For a table of 3 x 5 chords", _WHAT, function(himmelblau.value, *ends, _nine()))


def _straight_lines(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    rate, height = rng.uniform(0.3, 2, 2).round(2)
    line = shown_as(f"{rate:g} * w + {height:g}", lambda w: rate * w + height)
    # Of so many chords, some come out a rounding error above the line.
    a, b = rng.uniform(-5, 5, (2, 80)).round(2)
    yield Sight("For 80 chords of a straight line", _WHAT, function(line, a, b, _nine()))
    yield Sight(
        "For a flat line, tol = 0,",
        _WHAT,
        function(_zero, np.array([1.0, 3.0]), np.array([2.0, -1.0]), np.array([0.5]), 0.0),
    )
    for height, tol in ((0.3, 0.5), (0.8, 0.5), (0.02, 0.1)):
        # With its middle at half of the way: the hill rises above its chord by `height` there.
        dome = shown_as(f"{height:g} * (1 - w**2)", lambda w, height=height: height * (1 - w**2))
        yield Sight(
            f"For a hill {height:g} high and tol = {tol:g},",
            _WHAT,
            function(dome, -1.0, 1.0, np.array([0.5]), tol),
        )
        yield Sight(
            f"For a hill {height:g} high, tol left out,", _WHAT, function(dome, -1.0, 1.0, np.array([0.5]))
        )
    tiny = shown_as("1e-6 * (1 - w**2)", lambda w: 1e-6 * (1 - w**2))
    yield Sight("For a hill 0.000001 high, tol left out,", _WHAT, function(tiny, -1.0, 1.0, np.array([0.5])))


violates_chord = Exercise(
    name="violates_chord",
    lesson="02-convexity",
    returns=("True or False",),
    kinds=("truth",),
    reference=_violates_chord,
    hints=(
        "Two heights have to be compared for every lambda: that of the curve at a point between a and b, and that of the "
        "straight line above the same point. Print both for w**2, a = -1, b = 3, lambda 0.25: they should be 0 and 3.",
        "Start with an array of False, one for each chord. Go through the lambdas; for each, ask where the curve lies more "
        "than tol above the chord, and keep every True that you have ever seen.",
    ),
    aspects=(
        Aspect("one chord", 1, _one_chord),
        Aspect("several lambdas", 1, _several_lambdas),
        Aspect(
            "many chords at once",
            1,
            _many_chords,
            lacking=Advice(
                "Only for a single chord",
                why="For one chord your answer is right. Of many chords each should get an answer of its own, in the "
                "shape that f(a) has.",
                hint="`f` takes all points at once, and comparing two arrays gives an array of True and False.",
            ),
        ),
        Aspect("straight lines and tol", 1, _straight_lines),
        arguments_kept(
            lambda rng: {
                "f": _two_valleys,
                "a": short_decimals(rng, 4),
                "b": short_decimals(rng, 4),
                "lambdas": np.array([0.25, 0.5, 0.75]),
            }
        ),
    ),
)


@violates_chord.convention(
    "Your lambda counts from b: you write lam * a + (1 - lam) * b, as many books do. Here it counts from a. For lambdas that "
    "lie evenly between 0 and 1 the answers are the same."
)
def _(f, a, b, lambdas, tol=1e-9):
    return _violates_chord(f, b, a, lambdas, tol)
