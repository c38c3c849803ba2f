"""`contraction_factor`: what the best rate leaves of the distance in each step."""

from collections.abc import Iterator

import numpy as np

from gradlab.checks.exercise import Aspect, Exercise, Function, Sight


def _numbers(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for kappa in (20.0, round(rng.uniform(1.5, 5), 1), round(rng.uniform(50, 500), 0)):
        yield Sight(f"For kappa = {kappa:g},", "the factor", function(kappa))


def _round_bowl(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    yield Sight("For kappa = 1, a round bowl,", "the factor", function(1.0))
    # So that a function that always says 0 does not pass.
    yield Sight("For kappa = 3", "the factor", function(3.0))


def _arrays(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    kappas = rng.uniform(1.2, 90, 4).round(1)
    yield Sight("For an array of kappa,", "the factor", function(kappas))
    yield Sight("After the call,", "the kappa you were given", kappas)
    yield Sight("For an array of whole numbers", "the factor", function(rng.integers(2, 60, (3, 2))))


contraction_factor = Exercise(
    name="contraction_factor",
    lesson="02-convexity",
    returns=("the factor",),
    reference=lambda kappa: (kappa - 1) / (kappa + 1),
    hints=(
        "Try the two ends: a round bowl, kappa = 1, is done in one step and leaves nothing; a very long ravine leaves "
        "almost everything.",
        "Put one less than kappa over one more than kappa, and mind the brackets.",
    ),
    vectorised=True,
    aspects=(
        Aspect("a round bowl", 1, _round_bowl),
        Aspect("numbers", 1, _numbers),
        Aspect("arrays", 1, _arrays),
    ),
)

_MISTAKES = (
    (
        "Upside down",
        "Your factor is above 1, so every step would leave more than there was.",
        "Which of the two, kappa - 1 or kappa + 1, is the smaller one, and where must it stand?",
        lambda kappa: (kappa + 1) / (kappa - 1),
    ),
    (
        "The brackets are missing",
        "Python divides before it adds, so `kappa - 1 / kappa + 1` is almost kappa itself.",
        "What has to be worked out before the division?",
        lambda kappa: kappa - 1 / kappa + 1,
    ),
    (
        "The brackets are missing",
        "Your first bracket is there, the second is not: `(kappa - 1) / kappa + 1` adds 1 at the very end.",
        "What has to be worked out before the division?",
        lambda kappa: (kappa - 1) / kappa + 1,
    ),
    (
        "The brackets are missing",
        "Your second bracket is there, the first is not: `kappa - 1 / (kappa + 1)` divides only the 1.",
        "What has to be worked out before the division?",
        lambda kappa: kappa - 1 / (kappa + 1),
    ),
    (
        "The rate 1 / L",
        "1 - 1 / kappa is what the rate 1 / L leaves along the flat direction. The best rate is almost twice as long.",
        "Put lr = 2 / (L + mu) into 1 - lr * mu. What comes out?",
        lambda kappa: 1 - 1 / kappa,
    ),
    (
        "The rate 2 / L",
        "1 - 2 / kappa is what the rate 2 / L leaves along the flat direction; but at that rate the steep direction "
        "never settles.",
        "Put lr = 2 / (L + mu) into 1 - lr * mu. What comes out?",
        lambda kappa: 1 - 2 / kappa,
    ),
    (
        "The factor of the loss",
        "You give what a step leaves of the loss. A loss is quadratic in the distance; the distance is asked for.",
        "What happens to 2 w**2 when w is halved?",
        lambda kappa: ((kappa - 1) / (kappa + 1)) ** 2,
    ),
    (
        "The factor of momentum",
        "The square root of kappa belongs to the best momentum (lesson 05). Plain gradient descent feels kappa itself.",
        "Which condition number has a surface of curvatures 4 and 0.2?",
        lambda kappa: (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1),
    ),
    (
        "What is gained, not what is left",
        "2 / (kappa + 1) is the share that a step removes. A longer ravine must leave more, and yours leaves less.",
        "If a step removes this share of the distance, how much is left?",
        lambda kappa: 2 / (kappa + 1),
    ),
    (
        "What is gained, not what is left",
        "1 / kappa shrinks as the ravine gets longer, and a longer ravine must leave more.",
        "What should come out for kappa = 1, where one step is enough?",
        lambda kappa: 1 / kappa,
    ),
    (
        "Cut to whole numbers",
        "`//` cuts off what stands behind the point, and here nothing else is there.",
        "Which of Python's two divisions keeps the fraction?",
        lambda kappa: (kappa - 1) // (kappa + 1),
    ),
    (
        "The sign is turned",
        "Your factor is the one of the steep direction, which changes sides in every step: right in size, and negative.",
        "A share of a distance is never below zero. Which of the two stands first?",
        lambda kappa: (1 - kappa) / (1 + kappa),
    ),
    (
        "The steps, not the factor",
        "(kappa + 1) / 2 is about how many steps it takes to get nearer by the factor e. A share of the distance is below 1.",
        "What does a single step leave?",
        lambda kappa: (kappa + 1) / 2,
    ),
)

for _name, _why, _hint, _function in _MISTAKES:
    contraction_factor.mistake(_name, why=_why, hint=_hint)(_function)
