"""`minimum_shift` and `generalization_gap`: two data sets have two surfaces."""

from collections.abc import Iterator

import numpy as np

from gradlab.checks.exercise import Aspect, Exercise, Function, Sight
from gradlab.checks.probes import arguments_kept, short_decimals


def _optimum(X, y):
    return np.linalg.lstsq(X, y, rcond=None)[0]


def _loss(X, y, w):
    return np.mean((X @ w - y) ** 2)


def _shift(X_train, y_train, X_test, y_test):
    return np.linalg.norm(_optimum(X_test, y_test) - _optimum(X_train, y_train))


def _gap(X_train, y_train, X_test, y_test):
    w = _optimum(X_train, y_train)
    return _loss(X_test, y_test, w) - _loss(X_train, y_train, w)


def _sets(rng: np.random.Generator, n: int = 6, m: int = 8, d: int = 2) -> dict[str, np.ndarray]:
    w, moved = short_decimals(rng, 2, d)
    X_train, X_test = short_decimals(rng, n, d), short_decimals(rng, m, d)
    return {
        "X_train": X_train,
        "y_train": np.round(X_train @ w + 0.3 * short_decimals(rng, n), 2),
        "X_test": X_test,
        "y_test": np.round(X_test @ (w + moved) + 0.3 * short_decimals(rng, m), 2),
    }


def _easier_test(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    X, y, _, _ = _sets(rng).values()
    easy = X[:3]
    yield Sight(
        "For test data that fit better than the training data,",
        "the gap",
        function(X, y, easy, easy @ _optimum(X, y)),
    )


def _two_shapes(what: str):
    def probe(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
        for n, m, d in [(6, 8, 2), (9, 5, 3), (7, 9, 1), (8, 8, 4)]:
            value = function(*_sets(rng, n, m, d).values())
            yield Sight(f"With {n} and {m} examples of {d} features,", what, value)

    return probe


def _same_data(what: str):
    def probe(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
        X, y, _, _ = _sets(rng).values()
        yield Sight("For the same data twice,", what, np.round(function(X, y, X, y), 9))
        twice = (np.concatenate([X, X]), np.concatenate([y, y]))
        yield Sight("For every test example twice,", what, np.round(function(X, y, *twice), 9))

    return probe


minimum_shift = Exercise(
    name="minimum_shift",
    lesson="12-shifting-surfaces",
    returns=("the shift",),
    reference=_shift,
    aspects=(
        Aspect("two data sets", 2, _two_shapes("the shift")),
        Aspect("the same data", 1, _same_data("the shift")),
        arguments_kept(_sets),
    ),
    hints=(
        "Find the lowest point of each surface first: np.linalg.lstsq(X, y) gives the weights with the smallest mean squared "
        "error. Print the two; how far apart are they?",
        "The shift is the length of the difference of the two minima: the root of the sum of the squared differences.",
    ),
)

generalization_gap = Exercise(
    name="generalization_gap",
    lesson="12-shifting-surfaces",
    returns=("the gap",),
    reference=_gap,
    aspects=(
        Aspect("two data sets", 2, _two_shapes("the gap")),
        Aspect("the same data", 1, _same_data("the gap")),
        Aspect("easier test data", 1, _easier_test),
        arguments_kept(_sets),
    ),
    hints=(
        "Training knows only the training set. Which weights does it end with, and at which weights are the two losses taken?",
        "Fit the weights to the training set. At these weights take the mean squared error on the test set, and take off the mean "
        "squared error on the training set.",
    ),
)


def _with_ones(X):
    return np.column_stack([X, np.ones(len(X))])


def _wrong(exercise, name, why, hint, function):
    exercise.mistake(name, why=why, hint=hint)(function)


_wrong(
    minimum_shift,
    "Losses instead of places",
    "You compare how *low* the two minima are. Asked for is how far apart they lie.",
    "Is the shift measured in the unit of the loss or of the weights?",
    lambda X, y, Xt, yt: abs(_loss(Xt, yt, _optimum(Xt, yt)) - _loss(X, y, _optimum(X, y))),
)
_wrong(
    minimum_shift,
    "The square of the distance",
    "You forgot the root: that is the square of the distance.",
    "What is the distance between (0, 0) and (3, 4)?",
    lambda X, y, Xt, yt: np.sum((_optimum(Xt, yt) - _optimum(X, y)) ** 2),
)
_wrong(
    minimum_shift,
    "Sizes added up",
    "You add up the sizes of the differences. The distance is the root of the sum of their squares.",
    "What is the distance between (0, 0) and (3, 4)?",
    lambda X, y, Xt, yt: np.sum(np.abs(_optimum(Xt, yt) - _optimum(X, y))),
)
_wrong(
    minimum_shift,
    "The difference of the lengths",
    "You compare how long the two weight vectors are. They may be equally long and point elsewhere.",
    "Which comes first: the difference or the length?",
    lambda X, y, Xt, yt: abs(np.linalg.norm(_optimum(Xt, yt)) - np.linalg.norm(_optimum(X, y))),
)
_wrong(
    minimum_shift,
    "The difference of the lengths",
    "You compare how long the two weight vectors are. They may be equally long and point elsewhere.",
    "Which comes first: the difference or the length?",
    lambda X, y, Xt, yt: np.linalg.norm(_optimum(Xt, yt)) - np.linalg.norm(_optimum(X, y)),
)
_wrong(
    minimum_shift,
    "An intercept is added",
    "You add a column of ones to the inputs. X comes as it is to be used: if there is an intercept, its ones are in it already.",
    "How many weights should be found for two features?",
    lambda X, y, Xt, yt: np.linalg.norm(_optimum(_with_ones(Xt), yt) - _optimum(_with_ones(X), y)),
)
_wrong(
    minimum_shift,
    "The mean of the differences",
    "You take a mean over the weights, in which a shift to the left and one to the right cancel.",
    "What is the distance between (0, 0) and (3, 4)?",
    lambda X, y, Xt, yt: np.mean(_optimum(Xt, yt) - _optimum(X, y)),
)
_wrong(
    minimum_shift,
    "A shift for each weight",
    "You return the difference of the weights. Asked for is its length, one number.",
    "How far is the point (3, 4) from the origin?",
    lambda X, y, Xt, yt: _optimum(Xt, yt) - _optimum(X, y),
)
_wrong(
    minimum_shift,
    "The root of a mean",
    "You take the root of the mean square, which is smaller than the distance by the root of the number of weights.",
    "What is the distance between (0, 0) and (3, 4)?",
    lambda X, y, Xt, yt: np.sqrt(np.mean((_optimum(Xt, yt) - _optimum(X, y)) ** 2)),
)
_wrong(
    minimum_shift,
    "How far the test minimum is from the origin",
    "Your shift does not know the training set.",
    "Between which two points is the distance asked for?",
    lambda X, y, Xt, yt: np.linalg.norm(_optimum(Xt, yt)),
)
_wrong(
    generalization_gap,
    "Each loss at its own minimum",
    "You compare the two surfaces each at its own lowest point. Nobody has trained on the test set: both losses count at the "
    "weights that training found.",
    "At which weights are the two losses taken?",
    lambda X, y, Xt, yt: _loss(Xt, yt, _optimum(Xt, yt)) - _loss(X, y, _optimum(X, y)),
)
_wrong(
    generalization_gap,
    "At the minimum of the test set",
    "You take both losses at the weights that suit the test set best.",
    "Which of the two sets may training see?",
    lambda X, y, Xt, yt: _loss(Xt, yt, _optimum(Xt, yt)) - _loss(X, y, _optimum(Xt, yt)),
)
_wrong(
    generalization_gap,
    "Both losses on the test set",
    "You compare the test loss at the trained weights with the lowest test loss. That is the price of the shift; the gap compares "
    "test and training loss at the same weights.",
    "Which two sets are compared?",
    lambda X, y, Xt, yt: _loss(Xt, yt, _optimum(X, y)) - _loss(Xt, yt, _optimum(Xt, yt)),
)
_wrong(
    generalization_gap,
    "The test loss alone",
    "You return the loss on the test set. The gap is how much larger it is than that on the training set.",
    "Which two losses are compared?",
    lambda X, y, Xt, yt: _loss(Xt, yt, _optimum(X, y)),
)
_wrong(
    generalization_gap,
    "Sums instead of means",
    "You add the squared errors up. The two sets have different sizes, so their sums cannot be compared.",
    "What happens to your gap when every test example comes twice?",
    lambda X, y, Xt, yt: np.sum((Xt @ _optimum(X, y) - yt) ** 2) - np.sum((X @ _optimum(X, y) - y) ** 2),
)
_wrong(
    generalization_gap,
    "Half the squared error",
    "There is a half in your losses; the mean squared error has none.",
    "What is the mean squared error of the errors 1 and 3?",
    lambda X, y, Xt, yt: _gap(X, y, Xt, yt) / 2,
)
_wrong(
    generalization_gap,
    "The root of the losses",
    "You compare the roots of the losses.",
    "Is there a root in the formula?",
    lambda X, y, Xt, yt: np.sqrt(_loss(Xt, yt, _optimum(X, y))) - np.sqrt(_loss(X, y, _optimum(X, y))),
)
_wrong(
    generalization_gap,
    "A ratio instead of a difference",
    "You divide the two losses.",
    "What should the gap be for equal losses: 0 or 1?",
    lambda X, y, Xt, yt: _loss(Xt, yt, _optimum(X, y)) / _loss(X, y, _optimum(X, y)),
)
_wrong(
    generalization_gap,
    "The size of the gap",
    "You take the size of the difference. A gap can be negative, and that is worth knowing.",
    "What does a test loss below the training loss give?",
    lambda X, y, Xt, yt: abs(_gap(X, y, Xt, yt)),
)
