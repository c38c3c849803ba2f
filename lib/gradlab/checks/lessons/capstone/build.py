"""`build`: the parameters that a network starts from.

Two right answers may draw in different orders, and one may draw uniform numbers of the right spread. So what is looked at
are shapes, statistics of many weights, and where the random numbers come from.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from gradlab.checks.exercise import Aspect, Exercise, Function, Sight
from gradlab.training.metered import Params


def he_start(sizes: tuple[int, ...], rng: np.random.Generator) -> Params:
    """He's weights and biases of zero, layer by layer.

    >>> [array.shape for array in he_start((4, 3, 2), np.random.default_rng(0))]
    [(4, 3), (3,), (3, 2), (2,)]
    """
    params: Params = []
    for n_in, n_out in pairwise(sizes):
        params += [rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out)), np.zeros(n_out)]
    return params


def _generator(rng: np.random.Generator) -> np.random.Generator:
    # One of its own for every call, so that the probe does not hang on how many numbers a function draws.
    return np.random.default_rng(int(rng.integers(2**32)))


def _shapes(build: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for sizes in ((64, 32, 10), (7, 5, 4, 3), (6, 2)):
        params = build(sizes, _generator(rng))
        yield Sight(f"For sizes {sizes}", "the number of arrays", len(params))
        shapes = ", ".join(str(array.shape) for array in params)
        yield Sight(f"For sizes {sizes}", "the shapes", shapes)


def _spread(build: Function, rng: np.random.Generator) -> Iterator[Sight]:
    # So many weights that chance hardly shows. Never square: there n_in, n_out and their mean are one number.
    wide, narrow = (int(n) for n in (rng.integers(380, 420), rng.integers(130, 150)))
    weights = build((wide, narrow, wide), _generator(rng))[::2]
    groups = [(f"For sizes {(wide, narrow, wide)},", f"W{n}", [W]) for n, W in enumerate(weights, start=1)]
    # With two inputs, one more or less of them shows.
    weights = build((2, 150) * 100, _generator(rng))[::2]
    when = "For sizes (2, 150, 2, 150, ...),"
    groups += [(when, f"all W with {n_in} inputs", weights[i::2]) for i, n_in in enumerate((2, 150))]
    for when, what, group in groups:
        numbers = np.concatenate([np.zeros(0), *map(np.ravel, group)])
        yield Sight(
            f"Up to chance, {when[0].lower()}{when[1:]}", f"the standard deviation of {what}", np.std(numbers)
        )
        centred = abs(np.mean(numbers)) <= 6 * np.std(numbers) / np.sqrt(numbers.size) + 1e-12
        yield Sight(when, f"the mean of {what}", "0, up to chance" if centred else "not 0")


def _biases(build: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for sizes in ((8, 6, 4), (5, 9, 3, 2)):
        for number, biases in enumerate(build(sizes, _generator(rng))[1::2], start=1):
            largest = np.max(np.abs(biases), initial=0.0)
            yield Sight(f"For sizes {sizes}", f"the largest entry of b{number}", largest)


def _random(build: Function, rng: np.random.Generator) -> Iterator[Sight]:
    generator, other, sizes = _generator(rng), _generator(rng), (8, 8, 8)
    first, second, third = (build(sizes, each)[::2] for each in (generator, generator, other))
    yield Sight("For sizes (8, 8, 8)", "W1 and W2", _compared(first[0], first[-1]))
    yield Sight("In W1 of sizes (8, 8, 8)", "the number of different units", _different_units(first[0]))
    yield Sight("Called twice with one generator,", "W1", _compared(first[0], second[0]))
    yield Sight("Called with another generator,", "W1", _compared(first[0], third[0]))


def _different_units(weights: np.ndarray) -> int:
    return len(np.unique(weights, axis=-1).T) if weights.ndim == 2 else 0


def _compared(one: np.ndarray, other: np.ndarray) -> str:
    return "the same numbers" if np.array_equal(one, other) else "other numbers"


build = Exercise(
    name="build",
    lesson="13-capstone",
    returns=("the list of arrays",),
    kinds=("arrays",),
    reference=he_start,
    aspects=(
        Aspect("shapes", 1, _shapes),
        Aspect("the spread", 1, _spread, rtol=0.03),
        Aspect("biases", 1, _biases),
        Aspect("new random numbers", 1, _random),
    ),
    hints=(
        "For sizes (64, 32, 10) there are two layers, the first from 64 to 32 units and the second from 32 to 10. Which two "
        "numbers of sizes does each layer need? And which formula of lesson 04 belongs to ReLU?",
        "Start with an empty list. For each pair of neighbours n_in, n_out in sizes, append normal numbers of shape "
        "(n_in, n_out), mean 0 and standard deviation sqrt(2 / n_in), drawn from rng, and then n_out zeros.",
    ),
)


def _mistake(name, why, hint, function):
    build.mistake(name, why=why, hint=hint)(function)


def _layers(std=lambda n_in, n_out: np.sqrt(2 / n_in), weights=None, biases=None, each=pairwise):
    """A start with one thing changed."""

    def function(sizes, rng):
        params = []
        for n_in, n_out in each(sizes):
            draw = weights or (lambda rng, n_in, n_out: rng.normal(0, std(n_in, n_out), (n_in, n_out)))
            params.append(draw(rng, n_in, n_out))
            params.append(biases(rng, n_in, n_out) if biases else np.zeros(n_out))
        return params

    return function


_mistake(
    "The factor 2 is missing",
    "Your weights have the variance 1 / n_in. Behind ReLU they lose half of the mean square in every layer.",
    "What makes up for the half that ReLU throws away?",
    _layers(lambda n_in, n_out: np.sqrt(1 / n_in)),
)
_mistake(
    "Xavier's formula",
    "Your variance is 2 / (n_in + n_out), Xavier's. This network has ReLU.",
    "Which of the initializers of lesson 04 was made for ReLU?",
    _layers(lambda n_in, n_out: np.sqrt(2 / (n_in + n_out))),
)
_mistake(
    "n_out instead of n_in",
    "You divide by the number of units that the layer has. A sum has as many terms as there are *inputs*.",
    "How many terms does one unit add up?",
    _layers(lambda n_in, n_out: np.sqrt(2 / n_out)),
)
_mistake(
    "The variance taken for the standard deviation",
    "2 / n_in is the variance. The second argument of rng.normal, and the factor of rng.standard_normal, is its root.",
    "What does the generator want to be told: the variance, or the standard deviation?",
    _layers(lambda n_in, n_out: 2 / n_in),
)
_mistake(
    "Standard deviation 1",
    "Your weights are as large as the generator draws them: the signal grows in every layer, and so do the gradients.",
    "Which number should stand in front of the random numbers?",
    _layers(lambda n_in, n_out: 1.0),
)
_mistake(
    "A fixed small spread",
    "Your weights have a spread of 0.01 whatever the layer, so the signal fades from layer to layer.",
    "On which number of the layer should the spread depend?",
    _layers(lambda n_in, n_out: 0.01),
)
_mistake(
    "The inputs of the first layer in every layer",
    "All your layers have the spread of the first one.",
    "Which n_in belongs to the second layer?",
    lambda sizes, rng: _layers(lambda n_in, n_out: np.sqrt(2 / sizes[0]))(sizes, rng),
)
_mistake(
    "A uniform distribution up to the standard deviation",
    "Your weights are uniform up to what should be their standard deviation, and so have a third of the variance.",
    "Which method of rng draws normal numbers?",
    _layers(
        weights=lambda rng, n_in, n_out: rng.uniform(-1, 1, (n_in, n_out)) * np.sqrt(2 / n_in),
    ),
)
_mistake(
    "Only positive weights",
    "None of your weights is negative, so every unit says the same: a little more, or a little less, of everything.",
    "Around which number should the weights lie?",
    _layers(weights=lambda rng, n_in, n_out: np.abs(rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out)))),
)
_mistake(
    "All weights are zero",
    "All your weights are 0. Then all units of a layer are alike, and they get the same gradient for ever.",
    "How can two units ever become different?",
    _layers(lambda n_in, n_out: 0.0),
)
_mistake(
    "All units of a layer are the same",
    "Every unit of a layer has the same weights, and so the same gradient: a layer of 32 is worth one unit.",
    "Which shape should be drawn?",
    _layers(
        weights=lambda rng, n_in, n_out: np.tile(rng.normal(0, np.sqrt(2 / n_in), (n_in, 1)), (1, n_out))
    ),
)
_mistake(
    "Random biases",
    "Your biases are drawn at random. It is enough that the weights are: biases start at 0.",
    "What does the docstring say about b?",
    _layers(biases=lambda rng, n_in, n_out: rng.normal(0, np.sqrt(2 / n_in), n_out)),
)
_mistake(
    "Biases of one",
    "Your biases start at 1: every unit begins by firing, whatever it is shown.",
    "What does the docstring say about b?",
    _layers(biases=lambda rng, n_in, n_out: np.ones(n_out)),
)
_mistake(
    "Weights are stored the other way round",
    "Your W have the shape (n_out, n_in). Here the examples are rows, and a layer computes h @ W.",
    "What shape must W have, for h of shape (examples, n_in)?",
    _layers(weights=lambda rng, n_in, n_out: rng.normal(0, np.sqrt(2 / n_in), (n_out, n_in))),
)
_mistake(
    "Biases of the inputs",
    "Your b are as long as the layer has inputs. Each *unit* has one bias.",
    "What is b added to?",
    _layers(biases=lambda rng, n_in, n_out: np.zeros(n_in)),
)
_mistake(
    "Biases are a row of a matrix",
    "Your b have the shape (1, n_out). One axis is enough, and is what the docstring says.",
    "Which shape does np.zeros(n_out) have?",
    _layers(biases=lambda rng, n_in, n_out: np.zeros((1, n_out))),
)
_mistake(
    "The biases are missing",
    "Your list holds the weights only.",
    "What stands behind each W in the list?",
    lambda sizes, rng: he_start(sizes, rng)[::2],
)
_mistake(
    "All weights, then all biases",
    "Your list holds all W first and then all b. They should take turns.",
    "In which order do the arrays of the example stand?",
    lambda sizes, rng: sorted(he_start(sizes, rng), key=lambda array: -array.ndim),
)
_mistake(
    "The last layer is missing",
    "You stop one layer early.",
    "How many pairs of neighbours are there in (64, 32, 10)?",
    _layers(each=lambda sizes: list(pairwise(sizes))[: max(len(sizes) - 2, 1)]),
)
_mistake(
    "Two layers, always",
    "You take the first three sizes, whatever there is more of.",
    "How can a loop run over all neighbours in sizes?",
    _layers(each=lambda sizes: list(pairwise(sizes))[:2]),
)
_mistake(
    "The same numbers in layers of the same shape",
    "You start a generator afresh for every layer, so layers of the same shape are copies of each other.",
    "You were given an rng. How often should it be started?",
    _layers(
        weights=lambda rng, n_in, n_out: np.random.default_rng(
            rng.bit_generator.state["state"]["state"]
        ).normal(0, np.sqrt(2 / n_in), (n_in, n_out))
    ),
)
_mistake(
    "A seed of its own",
    "You make a generator of your own with a fixed seed, so every network starts from the same numbers.",
    "You were given an rng. Who should draw?",
    lambda sizes, rng: he_start(sizes, np.random.default_rng(0)),
)
_mistake(
    "Another answer at every call",
    "You draw from somewhere else than the rng that you were given, so a run cannot be repeated.",
    "You were given an rng. Who should draw?",
    lambda sizes, rng: he_start(sizes, np.random.default_rng()),
)
