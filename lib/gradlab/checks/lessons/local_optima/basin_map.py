"""`basin_map`: which minimum each run has ended at."""

from collections.abc import Iterator

import numpy as np

from gradlab.arguments import Array
from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Sight
from gradlab.checks.lessons.gradient_descent.parts import kept

_WHAT = "the index"


def _distances(ends, minima):
    return np.linalg.norm(np.asarray(ends)[..., None, :] - minima, axis=-1)


def _basin_map(ends, minima, radius=0.1):
    distances = _distances(ends, minima)
    nearest = distances.argmin(axis=-1)
    return np.where(distances.min(axis=-1) <= radius, nearest, -1)


def _minima(rng: np.random.Generator, count: int) -> Array:
    """Minima of two weights, far apart from each other."""
    places = np.array([[2.0, 3.0], [-3.0, 1.0], [1.0, -4.0], [-2.0, -3.0], [4.0, -1.0]])
    return places[rng.permutation(5)[:count]] + rng.uniform(-0.3, 0.3, (count, 2)).round(1)


def _around(rng: np.random.Generator, minima: Array, index: list[int], distance: float) -> Array:
    """A point for each entry of `index`: that minimum, and `distance` away from it."""
    away = rng.normal(size=(len(index), minima.shape[1]))
    return minima[index] + distance * away / np.linalg.norm(away, axis=-1, keepdims=True)


def _nearest(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    minima = _minima(rng, 4)
    order = [int(i) for i in rng.permutation([0, 1, 2, 3, 3, 1])]
    ends = _around(rng, minima, order, 0.05).round(2)
    yield Sight("With radius left out, so 0.1,", _WHAT, function(ends, minima))
    # Within reach of two of them, which the radius cannot tell apart.
    pair = np.array([[0.0, 0.0], [1.0, 0.0], [5.0, 5.0], [0.0, 1.0]])[rng.permutation(4)]
    ends = np.array([[0.3, 0.1], [0.8, -0.1], [0.2, 0.7], [4.8, 5.1], [0.1, 0.2]])
    yield Sight("With a radius that reaches two minima", _WHAT, function(ends, pair, 2.0))
    # All of it far from the origin, and the second weight decides.
    steep = np.array([[10.0, 0.0], [10.2, 3.0]])
    yield Sight(
        "Where the second weight decides", _WHAT, function(np.array([[10.2, 0.1], [10.0, 2.8]]), steep, 0.5)
    )


def _within_the_radius(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    minima = _minima(rng, 3)
    for radius, near, far in [(0.4, 0.36, 0.45), (0.04, 0.036, 0.045), (1.5, 1.35, 1.7)]:
        # Straight and slantwise: within reach in each weight is not yet within reach.
        ways = np.array([[1.0, 0.0], [0.0, -1.0], [0.6, 0.8], [-0.8, 0.6]])
        ends = np.concatenate([minima[1] + near * ways, minima[2] + far * ways])[rng.permutation(8)]
        yield Sight(f"With radius = {radius:g}", _WHAT, function(ends, minima, radius))
    places = np.array([[0.0, 0.0], [30.0, 10.0]])
    border = function(np.array([[3.0, 4.0], [30.0, 5.0], [-4.0, 3.1]]), places, 5.0)
    yield Sight("For runs exactly 5 and a little more than 5 away, with radius = 5,", _WHAT, border)
    ends = _around(rng, minima, [0, 1, 2], 0.2)
    yield Sight("With radius left out and all runs 0.2 away", _WHAT, function(ends, minima))


def _any_shape(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    minima = _minima(rng, 3)
    yield Sight("For a single end", _WHAT, function(_around(rng, minima, [2], 0.05)[0], minima))
    ends = _around(rng, minima, [0, 1, 2, 2, 1, 0, 0, 2], 0.05).reshape(4, 2, 2)
    yield Sight("For ends of shape (4, 2, 2)", _WHAT, function(ends, minima))
    # The first two weights do not tell these apart.
    minima = np.concatenate([np.ones((5, 2)), _minima(rng, 5)], axis=1)
    ends = _around(rng, minima, [4, 0, 3], 0.05)
    yield Sight("For four weights", _WHAT, function(ends, minima))
    minima = _minima(rng, 1)
    ends = np.concatenate([_around(rng, minima, [0], 0.05), _around(rng, minima, [0], 0.5)])
    yield Sight("With a single minimum", _WHAT, function(ends, minima))
    whole = np.array([[3, 1], [-2, 4], [0, 0]])
    yield Sight("For whole numbers", _WHAT, function(whole[[1, 2, 0, 1]], whole))


def _flown_away(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    minima = _minima(rng, 3)
    ends = np.array([[np.inf, -np.inf], [np.nan, np.nan], minima[1] + 0.02, [1e200, 1.0], [np.nan, 1.0]])
    yield Sight("For runs that have flown away", _WHAT, function(ends[rng.permutation(5)], minima))


basin_map = Exercise(
    name="basin_map",
    lesson="03-local-optima",
    returns=("the index",),
    reference=_basin_map,
    hints=(
        "You need the distance of every run to every minimum: a table of shape (..., k). What do you subtract from what, and "
        "along which axis do you measure the length?",
        "Give ends a new axis before its last, subtract minima, and take the length along the last axis. argmin along the "
        "last axis gives the index; where the smallest distance is not at most radius, np.where puts -1.",
    ),
    vectorised=True,
    aspects=(
        Aspect("the nearest minimum", 1, _nearest),
        Aspect("within the radius", 1, _within_the_radius),
        Aspect(
            "any shape",
            1,
            _any_shape,
            lacking=Advice(
                "Works for a table of ends only",
                why="For ends of shape (n, 2) your answer is right, but not for a single run, a grid of them, or more weights.",
                hint="Count axes from the end: the weights are the last of ends, whatever stands before.",
            ),
        ),
        Aspect(
            "runs that flew away",
            1,
            _flown_away,
            lacking=Advice(
                "A run at nan is put into a basin",
                why="The distance from nan is nan, and nan is neither small nor large: every comparison with it is False.",
                hint="Which of the two questions gives the right answer for nan: “is it farther than radius?” or “is it within "
                "radius?”",
            ),
        ),
        kept(
            lambda rng: {
                "ends": rng.uniform(-1, 1, (4, 2)).round(2),
                "minima": np.array([[0.5, 0.5], [-0.5, 0.0]]),
                "radius": 0.8,
            },
            instead="`d = ends - minima[i]` makes a new array; `ends -= minima[i]` overwrites the old one.",
        ),
    ),
)


def _mistake(name, why, hint):
    return basin_map.mistake(name, why=why, hint=hint)


def _mapping(distances=_distances, pick=lambda table, radius: table.argmin(axis=-1), near=None):
    """A map with a part of its own: the table of distances, the choice in it, or what counts as near."""

    def function(ends, minima, radius=0.1):
        table = distances(ends, minima)
        index = pick(table, radius)
        within = table.min(axis=-1) <= radius if near is None else near(table, radius)
        return np.where(within, index, -1)

    return function


def _everywhere(table, radius):
    return np.ones(table.shape[:-1], dtype=bool)


def _offsets(ends, minima):
    return np.asarray(ends)[..., None, :] - minima


_mistake(
    "No run is ever lost",
    "Every run gets the nearest minimum, however far from it it has stopped: on a saddle, on a plateau, or on its way.",
    "What should come back where no minimum is within radius?",
)(_mapping(near=_everywhere))

_mistake(
    "The farthest minimum",
    "You pick the largest distance.",
    "argmin or argmax?",
)(_mapping(pick=lambda table, radius: table.argmax(axis=-1)))

_mistake(
    "The farthest minimum",
    "You pick the largest distance.",
    "argmin or argmax?",
)(
    _mapping(
        pick=lambda table, radius: table.argmax(axis=-1),
        near=lambda table, radius: table.max(axis=-1) <= radius,
    )
)

_mistake(
    "Squared distances",
    "You compare the squared distance with radius. Below 1 a square is smaller than the number, above 1 it is larger.",
    "Which step takes you from the sum of squares to a length?",
)(_mapping(near=lambda table, radius: table.min(axis=-1) ** 2 <= radius))

_mistake(
    "Sums of differences as distances",
    "You add up the sizes of the differences, so a run that lies slantwise counts as farther away than it is.",
    "How long is the way from (0, 0) to (3, 4)?",
)(_mapping(lambda ends, minima: np.abs(_offsets(ends, minima)).sum(axis=-1)))

_mistake(
    "The largest difference as distance",
    "You take the largest difference of a weight for the distance, so a run that lies slantwise counts as nearer than it is.",
    "How long is the way from (0, 0) to (3, 4)?",
)(_mapping(lambda ends, minima: np.abs(_offsets(ends, minima)).max(axis=-1)))

_mistake(
    "Differences that cancel",
    "You add up the differences with their signs, so one weight can make up for another.",
    "How long is the way from (0, 0) to (3, -3)?",
)(_mapping(lambda ends, minima: np.abs(_offsets(ends, minima).sum(axis=-1))))

_mistake(
    "Only one of the weights",
    "Your distance looks at the first weight only.",
    "Along which axis do you measure the length?",
)(_mapping(lambda ends, minima: np.abs(_offsets(ends, minima))[..., 0]))

_mistake(
    "The length along the wrong axis",
    "You measure along the axis of the minima instead of that of the weights.",
    "The differences have shape (..., k, dim). Which of these axes should go?",
)(_mapping(lambda ends, minima: np.linalg.norm(_offsets(ends, minima), axis=-2)))

_mistake(
    "For every minimum instead of every run",
    "You return, for each minimum, the run that is nearest to it. Asked for is, for each run, its minimum.",
    "How many numbers should come back for 6 runs and 4 minima?",
)(
    lambda ends, minima, radius=0.1: np.where(
        _distances(ends, minima).min(axis=0) <= radius, _distances(ends, minima).argmin(axis=0), -1
    )
)

_mistake(
    "Counts from 1",
    "Your indices count from 1.",
    "Which row of minima is `minima[0]`?",
)(_mapping(pick=lambda table, radius: table.argmin(axis=-1) + 1))

_mistake(
    "Lost runs are put into basin 0",
    "Where no minimum is near, you return 0, and that is the index of the first one.",
    "Which number did the docstring keep for runs that are near none?",
)(lambda ends, minima, radius=0.1: np.maximum(_basin_map(ends, minima, radius), 0))

_mistake(
    "Near and far swapped",
    "You return -1 for the runs that are near a minimum, and an index for the others.",
    "Which of np.where's two answers is for True?",
)(_mapping(near=lambda table, radius: table.min(axis=-1) > radius))

_mistake(
    "The first within the radius",
    "You take the first minimum within radius, though a later one may be nearer.",
    "Of two minima within radius, which should win?",
)(_mapping(pick=lambda table, radius: (table <= radius).argmax(axis=-1)))

_mistake(
    "The last within the radius",
    "You take the last minimum within radius, though an earlier one may be nearer.",
    "Of two minima within radius, which should win?",
)(
    _mapping(
        pick=lambda table, radius: table.shape[-1] - 1 - (table <= radius)[..., ::-1].argmax(axis=-1),
    )
)

_mistake(
    "radius is fixed at 0.1",
    "0.1 is written into your function, so the radius that is passed in changes nothing.",
    "Which name should stand where you wrote the number?",
)(lambda ends, minima, radius=0.1: _basin_map(ends, minima, 0.1))

_mistake(
    "radius taken for a diameter",
    "You compare the distance with half of radius, or twice the distance with it.",
    "How far from a minimum may a run stop?",
)(lambda ends, minima, radius=0.1: _basin_map(ends, minima, radius / 2))

_mistake(
    "One index for all runs",
    "Your argmin looks at the whole table at once, so one number comes back for all runs.",
    "Along which axis should argmin search?",
)(_mapping(pick=lambda table, radius: np.full(table.shape[:-1], table.argmin())))

_mistake(
    "One index for all runs",
    "Your argmin looks at the whole table at once, so one number comes back for all runs.",
    "Along which axis should argmin search?",
)(
    lambda ends, minima, radius=0.1: np.where(
        _distances(ends, minima).min() <= radius, _distances(ends, minima).argmin(), -1
    )
)

_mistake(
    "The distance instead of the index",
    "You return how far the nearest minimum is, not which one it is.",
    "min or argmin?",
)(lambda ends, minima, radius=0.1: _distances(ends, minima).min(axis=-1))

_mistake(
    "The minimum instead of its index",
    "You return the minimum itself; asked for is its row.",
    "How many numbers should come back for 6 runs?",
)(lambda ends, minima, radius=0.1: np.asarray(minima)[_basin_map(ends, minima, radius)])

_mistake(
    "A table of True and False",
    "You return, for each run and minimum, whether it is near (1) or not (0). Asked for is one index a run.",
    "How many numbers should come back for 6 runs?",
)(lambda ends, minima, radius=0.1: (_distances(ends, minima) <= radius).astype(int))
