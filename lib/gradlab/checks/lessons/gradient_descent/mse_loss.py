"""`mse_loss`: how wrong a line is."""

from collections.abc import Iterator

import numpy as np

from gradlab.checks.exercise import Aspect, Exercise, Function, Sight
from gradlab.checks.lessons.gradient_descent.parts import kept, perfect, regression
from gradlab.network.losses import squared_error


def mean_squared_error(w, X, y):
    """The library's loss in the form of the exercise.

    >>> mean_squared_error(np.array([2.0]), np.array([[1.0], [3.0]]), np.array([1.0, 8.0]))
    np.float64(2.5)
    """
    return squared_error((X @ w)[:, None], y[:, None])


def _value(loss: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for n, d in ((4, 2), (5, 3)):
        given = regression(rng, n, d)
        yield Sight(f"For {n} examples and {d} weights,", "the loss", loss(*given.values()))
        small = (given["w"], given["X"] / 10, given["y"] / 10)
        yield Sight("The same in small units:", "the loss", loss(*small))


def _any_size(loss: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for n, d, when in (
        (1, 3, "For a single example,"),
        (6, 1, "For a single weight,"),
        (3, 5, "For more weights than examples,"),
    ):
        yield Sight(when, "the loss", loss(*regression(rng, n, d).values()))
    yield Sight("Where every prediction is right,", "the loss", loss(*perfect(rng, 4, 2).values()))
    w, X, y = rng.integers(1, 5, 2), rng.integers(1, 9, (4, 2)), rng.integers(-9, 0, 4)
    yield Sight("For whole numbers", "the loss", loss(w, X, y))


mse_loss = Exercise(
    name="mse_loss",
    lesson="01-gradient-descent",
    returns=("the loss",),
    reference=mean_squared_error,
    hints=(
        "Go one step at a time, and look at the shape after each: the predictions, their errors, the squares, one number. "
        "Predictions and errors have shape (n,).",
        "Multiply the matrix X with w to get all predictions at once, subtract y, square every error, and take the mean of "
        "the squares.",
    ),
    vectorised=True,
    aspects=(
        Aspect("value", 1, _value),
        Aspect("any size", 1, _any_size),
        kept(
            lambda rng: regression(rng, 4, 2),
            instead="`errors = errors**2` makes a new array; `y -= ...` overwrites the one you were given.",
        ),
    ),
)


def _mistake(name, why, hint):
    return mse_loss.mistake(name, why=why, hint=hint)


_mistake(
    "Summed instead of averaged",
    "You add the squares up and do not divide, so twice as much data would look twice as bad.",
    "What does the M of MSE stand for?",
)(lambda w, X, y: np.sum((X @ w - y) ** 2))

_mistake(
    "Halved",
    "You take half of the mean. Many books do, to save a 2 in the gradient; this course keeps the plain mean.",
    "Look at the formula again: does anything stand in front of the sum but 1/n?",
)(lambda w, X, y: np.mean((X @ w - y) ** 2) / 2)

_mistake(
    "Not squared",
    "You average the errors themselves, so that one above and one below cancel and a bad line looks perfect.",
    "What is done with each error before the mean is taken?",
)(lambda w, X, y: np.mean(X @ w - y))

_mistake(
    "Absolute values instead of squares",
    "You average the sizes of the errors. That is a loss too, the mean absolute error, but not the one asked for.",
    "What is done with each error before the mean is taken?",
)(lambda w, X, y: np.mean(np.abs(X @ w - y)))

_mistake(
    "The root is taken",
    "You return the root of the mean square, which is in the units of y. Here the mean square itself is asked for.",
    "Which is the last operation in the formula?",
)(lambda w, X, y: np.sqrt(np.mean((X @ w - y) ** 2)))

_mistake(
    "The length of the error",
    "`np.linalg.norm` gives the root of the *sum* of the squares. Neither the root nor the sum is in the formula.",
    "Start from the errors, and write down each operation of the formula in its order.",
)(lambda w, X, y: np.linalg.norm(X @ w - y))

_mistake(
    "Squared after averaging",
    "You square the mean, and not each error: errors of opposite sign have cancelled by then.",
    "Which comes first, the square or the mean?",
)(lambda w, X, y: np.mean(X @ w - y) ** 2)

_mistake(
    "A table of all pairs",
    "Somewhere a column of shape (n, 1) meets a row of shape (n,), and NumPy makes an n by n table of every prediction minus "
    "every target. Its mean is a number, but not this one.",
    "Print the shapes of your predictions and of y before you subtract them. Are they equal?",
)(lambda w, X, y: np.mean((X @ w.reshape(-1, 1) - y) ** 2))

_mistake(
    "Divided by the number of weights",
    "You divide by the number of columns of X. The mean goes over the examples.",
    "Which axis of X counts the examples?",
)(lambda w, X, y: np.sum((X @ w - y) ** 2) / X.shape[1])

_mistake(
    "Divided by n twice",
    "np.mean has divided by n already, and then you do it once more.",
    "Count the places where n comes in: one of them is inside a function.",
)(lambda w, X, y: np.mean((X @ w - y) ** 2) / len(y))

_mistake(
    "Divided by n - 1",
    "n - 1 belongs to the estimate of a variance. A mean of n squares divides by n, and a single example would give you 0/0.",
    "How many squares are in the sum?",
)(lambda w, X, y: np.sum((X @ w - y) ** 2) / np.float64(len(y) - 1))

_mistake(
    "The spread of the errors",
    "The variance takes the mean off the errors first, so a line that is wrong by the same amount everywhere looks perfect.",
    "Which is the last operation in the formula?",
)(lambda w, X, y: np.var(X @ w - y))

_mistake(
    "The targets are added",
    "You add y to the predictions where the error is their difference.",
    "When a prediction is right, what should its error be?",
)(lambda w, X, y: np.mean((X @ w + y) ** 2))

_mistake(
    "The targets are left out",
    "Your loss never looks at y, so no line could be better than w = 0.",
    "An error is a prediction minus what?",
)(lambda w, X, y: np.mean((X @ w) ** 2))

_mistake(
    "One loss for each example",
    "You return the n squared errors. The loss is a single number.",
    "Which operation turns n numbers into one?",
)(lambda w, X, y: (X @ w - y) ** 2)

_mistake(
    "The products are not added up",
    "`X * w` multiplies entry by entry and leaves a table of shape (n, d). A prediction is the *sum* of a row of that table.",
    "Which operator multiplies a matrix with a vector?",
)(lambda w, X, y: np.mean((X * w - y[:, None]) ** 2))

_mistake(
    "Only the first example",
    "Your loss looks at the first example alone.",
    "The mean goes over all rows of X. Does a return stand inside your loop?",
)(lambda w, X, y: (X[0] @ w - y[0]) ** 2)
