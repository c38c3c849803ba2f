"""What the check of `train` plays with: digits that nobody knows by heart, and smaller stand-ins for them."""

from typing import NamedTuple

import numpy as np

from gradlab.checks.lessons.capstone.build import he_start
from gradlab.data import digits, stratified_split
from gradlab.network import MLP
from gradlab.training.metered import MeteredGradient, Params

SIZES = (64, 32, 10)
BUDGET = 100


class Listed(list[np.ndarray]):
    """Parameters that a report may print: by their names, as thousands of numbers say nothing.

    >>> Listed([np.eye(2), np.zeros(2)])
    [W1, b1]
    """

    def __repr__(self) -> str:
        names = [f"{'Wb'[index % 2]}{index // 2 + 1}" for index in range(len(self))]
        return f"[{', '.join(names)}]"


class Game(NamedTuple):
    """A training under a budget, and the digits that it is judged by.

    Attributes:
        meter: the gradient that the function may ask.
        start: the parameters to start from.
        X: held-out images.
        y: what they show.
    """

    meter: MeteredGradient
    start: Params
    X: np.ndarray
    y: np.ndarray

    def share(self, params: Params) -> float:
        """The share of the held-out digits that is right; 0 for what is no network of this game."""
        try:
            return self.meter.accuracy(params, self.X, self.y)
        except ValueError:
            return 0.0


def digits_to_learn(rng: np.random.Generator) -> Game:
    """Half of the digits to train on, sorted by label, and the other half held out.

    The classes get other names and the pixels other places. To a network that makes no difference, and to whoever
    brings along weights that were trained at home it makes all.

    >>> game = digits_to_learn(np.random.default_rng(0))
    >>> game.meter.n, game.y.size, game.share(game.start) < 0.3
    (898, 899, True)
    """
    images, labels = digits()
    train, held_out = stratified_split(labels, (0.5, 0.5), rng)
    y, X = rng.permutation(10)[labels], images[:, rng.permutation(64)].astype(float)
    train = train[np.argsort(y[train], kind="stable")]
    meter = MeteredGradient(MLP(SIZES, "relu"), X[train], y[train], budget=BUDGET)
    return Game(meter, he_start(SIZES, rng), X[held_out], y[held_out])


def few_examples(rng: np.random.Generator, n: int, budget: int) -> Game:
    """A small network and n random examples: for what can be seen without learning anything.

    >>> few_examples(np.random.default_rng(0), n=20, budget=3).meter.n
    20
    """
    X, y = rng.normal(size=(n, 4)), rng.integers(3, size=n)
    meter = MeteredGradient(MLP((4, 3, 3), "relu"), X, y, budget=budget)
    return Game(meter, he_start((4, 3, 3), rng), X, y)
