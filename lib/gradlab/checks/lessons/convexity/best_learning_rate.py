"""`best_learning_rate`: the rate at which the slowest direction of a bowl is as fast as it can be."""

from collections.abc import Iterator

import numpy as np

from gradlab.checks.exercise import Aspect, Exercise, Function, Sight
from gradlab.checks.lessons.convexity.inputs import Array, turned


def _best_learning_rate(H):
    curvatures = np.linalg.eigvalsh(H)
    return 2 / (curvatures[..., -1] + curvatures[..., 0])


def _curvatures(rng: np.random.Generator, n: int) -> Array:
    """Positive, well apart, the smallest neither first nor last."""
    low, high = rng.uniform(0.1, 0.3), rng.uniform(4, 9)
    between = rng.uniform(0.6, 3, n - 2)
    return np.round(np.roll([high, low, *between], 1), 2)


def _diagonal(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    curvatures = np.round([rng.uniform(0.1, 0.4), rng.uniform(2.5, 9)], 1)
    yield Sight("For curvatures along the axes", "the rate", function(np.diag(curvatures)))
    yield Sight("For the same, the steep one first,", "the rate", function(np.diag(curvatures[::-1])))
    yield Sight("For a round bowl", "the rate", function(np.diag([1.3, 1.3])))


def _slanted(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for _ in range(2):
        off = round(rng.choice([-1, 1]) * rng.uniform(0.5, 1.2), 1)
        H = np.array([[round(rng.uniform(3, 6), 1), off], [off, round(rng.uniform(1.5, 2.5), 1)]])
        yield Sight("For a ravine that lies slantwise", "the rate", function(H))


def _more_weights(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    yield Sight("For one weight", "the rate", function(np.array([[round(rng.uniform(0.5, 4), 1)]])))
    yield Sight("For three weights", "the rate", function(np.diag(_curvatures(rng, 3))))
    yield Sight("For four weights", "the rate", function(turned(_curvatures(rng, 4), rng)))
    yield Sight(
        "For five weights, slantwise", "the rate", function(turned(_curvatures(rng, 5), rng).round(3))
    )


def _stacks(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    stack = np.array([turned(_curvatures(rng, 3), rng) for _ in range(4)])
    yield Sight("For a stack of shape (4, 3, 3)", "the rate", function(stack))
    stack = np.array([np.diag(_curvatures(rng, 4)) for _ in range(6)]).reshape(2, 3, 4, 4)
    yield Sight("For a stack of shape (2, 3, 4, 4)", "the rate", function(stack))
    yield Sight("After the call,", "the H you were given", stack)


best_learning_rate = Exercise(
    name="best_learning_rate",
    lesson="02-convexity",
    returns=("the rate",),
    reference=_best_learning_rate,
    hints=(
        "Which two of the eigenvalues does the formula need? Print them for the ravine, whose Hessian is "
        "[[0.2, 0], [0, 4]].",
        "np.linalg.eigvalsh sorts the curvatures from the smallest to the largest, along the last axis. Add the "
        "first and the last, and divide 2 by the sum.",
    ),
    vectorised=True,
    aspects=(
        Aspect("along the axes", 1, _diagonal),
        Aspect("slantwise", 1, _slanted),
        Aspect("any number of weights", 1, _more_weights),
        Aspect("a stack of Hessians", 1, _stacks),
    ),
)


def _mistake(name, why, hint):
    """Declare a mistake by its formula of L and mu."""

    def register(formula):
        def function(H):
            curvatures = np.linalg.eigvalsh(H)
            return formula(curvatures[..., -1], curvatures[..., 0])

        best_learning_rate.mistake(name, why=why, hint=hint)(function)

    return register


_mistake(
    "The limit 2 / L",
    "2 / L is the rate at which gradient descent stops converging; the steep direction then jumps to and fro for ever.",
    "Where do the two lines |1 - lr * mu| and |1 - lr * L| cross?",
)(lambda L, mu: 2 / L + 0 * mu)

_mistake(
    "The rate 1 / L",
    "1 / L settles the steep direction in a single step and leaves the flat one crawling. A longer step, which overshoots "
    "a little, is better for both together.",
    "Where do the two lines |1 - lr * mu| and |1 - lr * L| cross?",
)(lambda L, mu: 1 / L + 0 * mu)

_mistake(
    "The flat direction alone",
    "2 / mu asks only the flattest direction. The steep one cannot bear that rate: the run diverges.",
    "What does a step of this rate leave in the direction of curvature L?",
)(lambda L, mu: 2 / mu + 0 * L)

_mistake(
    "The flat direction alone",
    "1 / mu asks only the flattest direction. The steep one cannot bear that rate: the run diverges.",
    "What does a step of this rate leave in the direction of curvature L?",
)(lambda L, mu: 1 / mu + 0 * L)

_mistake(
    "The 2 is missing",
    "Your rate is half as long as it could be.",
    "Solve 1 - lr * mu = lr * L - 1 for lr once more. What stands on top?",
)(lambda L, mu: 1 / (L + mu))

_mistake(
    "The brackets are missing",
    "Python divides before it adds, so `2 / L + mu` is the limit 2 / L and a little more.",
    "What has to be worked out before the division?",
)(lambda L, mu: 2 / L + mu)

_mistake(
    "Minus instead of plus",
    "You divide by the difference of the two curvatures. A round bowl has two equal ones, and you would divide by 0.",
    "Solve 1 - lr * mu = lr * L - 1 for lr once more. On which side does L end up?",
)(lambda L, mu: 2 / (L - mu))

_mistake(
    "Upside down",
    "Your rate grows with the curvature; a steeper surface needs a smaller one.",
    "What is divided by what?",
)(lambda L, mu: (L + mu) / 2)

_mistake(
    "Multiplied instead of divided",
    "Your rate grows with the curvature; a steeper surface needs a smaller one.",
    "What is divided by what?",
)(lambda L, mu: 2 * (L + mu))

_mistake(
    "The rate of momentum",
    "The square roots belong to the best rate with momentum (lesson 05). Plain gradient descent has none.",
    "Solve 1 - lr * mu = lr * L - 1 for lr. Where would a root come from?",
)(lambda L, mu: 4 / (np.sqrt(L) + np.sqrt(mu)) ** 2)

_mistake(
    "The geometric mean",
    "You divide by the root of L times mu. That is the middle between the curvatures on a logarithmic scale, and too long "
    "for the steep one.",
    "What does a step of this rate leave in the direction of curvature L?",
)(lambda L, mu: 2 / np.sqrt(L * mu))

_mistake(
    "The product instead of the sum",
    "You divide by L times mu. That is not even a rate: it has the wrong unit.",
    "Solve 1 - lr * mu = lr * L - 1 for lr once more.",
)(lambda L, mu: 2 / (L * mu))

_mistake(
    "The mean of the two limits",
    "You average 2 / L and 2 / mu. The second is far too long for the steep direction, and so is the mean.",
    "Where do the two lines |1 - lr * mu| and |1 - lr * L| cross?",
)(lambda L, mu: 1 / L + 1 / mu)

_mistake(
    "The factor, not the rate",
    "(L - mu) / (L + mu) is what a step of the best rate leaves of the distance: the next exercise.",
    "Here the rate itself is asked for.",
)(lambda L, mu: (L - mu) / (L + mu))

_mistake(
    "The condition number",
    "L / mu says how long the ravine is. Here a learning rate is asked for.",
    "Where do the two lines |1 - lr * mu| and |1 - lr * L| cross?",
)(lambda L, mu: L / mu)


@best_learning_rate.mistake(
    "The trace",
    why="You add up all curvatures. With two weights these are L and mu; with more the ones in between slip in, and the "
    "rate gets too short.",
    hint="How many of the curvatures does the formula need?",
)
def _(H):
    return 2 / np.trace(H, axis1=-2, axis2=-1)


@best_learning_rate.mistake(
    "All curvatures added",
    why="You add up the eigenvalues of everything you were given. The formula wants the largest and the smallest of each "
    "Hessian.",
    hint="How many of the curvatures does the formula need?",
)
def _(H):
    return 2 / np.sum(np.linalg.eigvalsh(H))


@best_learning_rate.mistake(
    "The mean of the curvatures",
    why="1 over the mean curvature takes the ones in between into account. The best rate depends on the two extremes only.",
    hint="Which two of the curvatures does the formula need?",
)
def _(H):
    return 1 / np.mean(np.linalg.eigvalsh(H), axis=-1)


@best_learning_rate.mistake(
    "The diagonal instead of the curvatures",
    why="You read the curvatures off the diagonal. They are there only if the ravine lies along the axes.",
    hint="Which function of np.linalg finds the curvatures of a ravine that lies slantwise?",
)
def _(H):
    diagonal = np.diagonal(H, axis1=-2, axis2=-1)
    return 2 / (diagonal.max(axis=-1) + diagonal.min(axis=-1))


@best_learning_rate.mistake(
    "The largest and smallest entry",
    why="You take the largest and the smallest number in H. Curvatures are its eigenvalues.",
    hint="Which function of np.linalg finds the curvatures?",
)
def _(H):
    return 2 / (np.max(H, axis=(-2, -1)) + np.min(H, axis=(-2, -1)))


@best_learning_rate.mistake(
    "The first two curvatures",
    why="You add the first two eigenvalues. With two weights these are the smallest and the largest; with more they are not.",
    hint="eigvalsh sorts from small to large. Where does the largest stand?",
)
def _(H):
    curvatures = np.linalg.eigvalsh(H)
    return 2 / (curvatures[..., 0] + curvatures[..., 1])


@best_learning_rate.mistake(
    "Unsorted eigenvalues",
    why="np.linalg.eig gives the eigenvalues in no particular order, so its first and last are not the smallest and the "
    "largest.",
    hint="Which function is made for symmetric matrices, and sorts?",
)
def _(H):
    curvatures = np.linalg.eig(H)[0]
    return 2 / (curvatures[..., 0] + curvatures[..., -1])


@best_learning_rate.mistake(
    "One rate for the whole stack",
    why="You take the largest and the smallest curvature of all Hessians together. Each has a best rate of its own.",
    hint="Along which axis do the curvatures of one Hessian lie?",
)
def _(H):
    curvatures = np.linalg.eigvalsh(H)
    return 2 / (curvatures.max() + curvatures.min())


@best_learning_rate.mistake(
    "Only for a single Hessian",
    why="curvatures[0] is the first *row* of a stack, not the smallest curvature of each Hessian.",
    hint="The curvatures lie along the last axis; an index with ... in front reaches it.",
)
def _(H):
    curvatures = np.linalg.eigvalsh(H)
    return 2 / (curvatures[-1] + curvatures[0])


@best_learning_rate.mistake(
    "A rate for each direction",
    why="You give every direction a rate of its own. Gradient descent has one for all.",
    hint="Which two of the curvatures decide?",
)
def _(H):
    return 1 / np.linalg.eigvalsh(H)
