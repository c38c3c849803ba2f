"""`mse_gradient`: which way the loss of a line rises."""

from collections.abc import Iterator

import numpy as np

from gradlab.checks.exercise import Aspect, Exercise, Function, Sight
from gradlab.checks.lessons.gradient_descent.parts import kept, perfect, regression
from gradlab.checks.probes import short_decimals
from gradlab.network.losses import squared_error_gradient


def mean_squared_error_gradient(w, X, y):
    """The library's gradient in the form of the exercise.

    >>> mean_squared_error_gradient(np.array([2.0]), np.array([[1.0], [3.0]]), np.array([1.0, 8.0]))
    array([-5.])
    """
    return X.T @ squared_error_gradient((X @ w)[:, None], y[:, None])[:, 0]


def _value(gradient: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for n, d in ((4, 2), (5, 3)):
        given = regression(rng, n, d)
        yield Sight(f"For {n} examples and {d} weights,", "the gradient", gradient(*given.values()))
        small = (given["w"], given["X"] / 10, given["y"] / 10)
        yield Sight("The same in small units:", "the gradient", gradient(*small))


def _any_size(gradient: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for n, d, when in (
        (1, 3, "For a single example,"),
        (3, 5, "For more weights than examples,"),
    ):
        yield Sight(when, "the gradient", gradient(*regression(rng, n, d).values()))
    w, X, y = regression(rng, 6, 1).values()
    # All errors and inputs positive: where they cancel, little would be left in single precision.
    X, y = np.abs(X), np.abs(X) @ w - np.abs(X @ w - y)
    yield Sight("For a single weight,", "the gradient", gradient(w, X, y))


def _special_places(gradient: Function, rng: np.random.Generator) -> Iterator[Sight]:
    yield Sight("Where every prediction is right,", "the gradient", gradient(*perfect(rng, 4, 2).values()))
    given = regression(rng, 5, 2)
    yield Sight("At w = 0,", "the gradient", gradient(np.zeros(2), given["X"], given["y"]))
    w, X, y = rng.integers(1, 5, 2), rng.integers(1, 9, (7, 2)), short_decimals(rng, 7)
    yield Sight("From whole numbers", "the gradient", gradient(w, X, y))


mse_gradient = Exercise(
    name="mse_gradient",
    lesson="01-gradient-descent",
    returns=("the gradient",),
    reference=mean_squared_error_gradient,
    hints=(
        "Work the example of the docstring by hand: first the two errors, then each error times its own x. Which of your "
        "intermediate arrays is off?",
        "The errors have shape (n,). Multiply the transposed matrix of inputs with them: that sums over the examples and "
        "leaves one number for each weight. Then comes the factor two, and the division by the number of examples.",
    ),
    vectorised=True,
    aspects=(
        # Terms of both signs may cancel, and in single precision little is then left.
        Aspect("value", 1, _value, rtol=1e-4),
        Aspect("any size", 1, _any_size, rtol=1e-4),
        Aspect("special places", 1, _special_places),
        kept(
            lambda rng: regression(rng, 4, 2),
            instead="`errors = X @ w - y` makes a new array; `y -= ...` overwrites the one you were given.",
        ),
    ),
)


def _mistake(name, why, hint):
    return mse_gradient.mistake(name, why=why, hint=hint)


def _error(w, X, y):
    return X @ w - y


_mistake(
    "Summed instead of averaged",
    "You do not divide by n. With 100 examples your steps are 100 times too long: they suit a small data set and blow up "
    "on a large one.",
    "The loss is a mean. What of that is left in its derivative?",
)(lambda w, X, y: 2 * X.T @ _error(w, X, y))

_mistake(
    "The 2 is missing",
    "The derivative of a square brings down a 2, and yours has none: every step is half as long as it should be.",
    "What is the derivative of u**2?",
)(lambda w, X, y: X.T @ _error(w, X, y) / len(y))

_mistake(
    "Neither the 2 nor the mean",
    "You stop at the products of inputs and errors. The factor in front of the sum is still missing.",
    "Differentiate the loss of a single example, then ask what the mean over n examples does to it.",
)(lambda w, X, y: X.T @ _error(w, X, y))

_mistake(
    "Divided by n twice",
    "You divide by n where a mean has already done so; the more examples, the shorter your steps.",
    "Count the places where n comes in: one of them may be inside np.mean.",
)(lambda w, X, y: 2 * X.T @ _error(w, X, y) / len(y) ** 2)

_mistake(
    "Divided by n twice, and the 2 is missing",
    "There is one division by n too many, and the 2 that a square leaves behind is missing.",
    "Write the loss as (1/n) times a sum, and differentiate what is inside the sum.",
)(lambda w, X, y: X.T @ _error(w, X, y) / len(y) ** 2)

_mistake(
    "Divided by 2n",
    "You divide by 2n; that 2 belongs in front.",
    "What is the derivative of u**2: 2u, or u/2?",
)(lambda w, X, y: X.T @ _error(w, X, y) / (2 * len(y)))

_mistake(
    "Divided by the number of weights",
    "You divide by the number of columns of X. The mean goes over the examples.",
    "Which axis of X counts the examples?",
)(lambda w, X, y: 2 * X.T @ _error(w, X, y) / X.shape[1])

_mistake(
    "Divided by n - 1",
    "n - 1 belongs to the estimate of a variance; a mean of n squares divides by n.",
    "How many squares are in the loss?",
)(lambda w, X, y: 2 * X.T @ _error(w, X, y) / np.float64(len(y) - 1))

_mistake(
    "The inputs are missing",
    "Every weight gets the same number, the mean error. The inner derivative is missing: a weight matters as much as the "
    "input that it is multiplied with.",
    "Differentiate w1 * x1 + w2 * x2 with respect to w1: what is left?",
)(lambda w, X, y: np.full(X.shape[1], 2 * np.mean(_error(w, X, y))))

_mistake(
    "The inputs are missing",
    "You return the mean error, one number. The inner derivative is missing, and with it one entry for each weight.",
    "Differentiate w1 * x1 + w2 * x2 with respect to w1: what is left?",
)(lambda w, X, y: 2 * np.mean(_error(w, X, y)))

_mistake(
    "Averaged over the weights too",
    "You take the mean of the whole table of shape (n, d), and one number is left. Each weight needs its own.",
    "Over which axis should the mean go, and which should remain?",
)(lambda w, X, y: np.mean(2 * X * _error(w, X, y)[:, None]))

_mistake(
    "One gradient for each example",
    "You return a table of shape (n, d), a gradient for every example. The gradient of the loss is their mean.",
    "Over which axis should they be averaged?",
)(lambda w, X, y: 2 * X * _error(w, X, y)[:, None])

_mistake(
    "A table of all pairs",
    "Somewhere a column of shape (n, 1) meets a row of shape (n,), and NumPy makes an n by n table of every prediction minus "
    "every target.",
    "Print the shapes of your predictions and of y before you subtract them. Are they equal?",
)(lambda w, X, y: 2 * np.mean(X.T @ (X @ w.reshape(-1, 1) - y), axis=1))

_mistake(
    "The errors are squared",
    "You multiply the inputs with the squared errors. After the derivative, the error stands there to the first power.",
    "What is the derivative of u**2?",
)(lambda w, X, y: 2 * X.T @ _error(w, X, y) ** 2 / len(y))

_mistake(
    "Only the signs of the errors",
    "You use the signs of the errors: that is the slope of the mean absolute error, and it does not shrink near the bottom.",
    "What is the derivative of u**2?",
)(lambda w, X, y: X.T @ np.sign(_error(w, X, y)) / len(y))

_mistake(
    "The gradient of the root",
    "You differentiate the root of the mean square, and so divide by the loss's root once more.",
    "The loss of this lesson is the mean square itself.",
)(lambda w, X, y: X.T @ _error(w, X, y) / len(y) / np.sqrt(np.mean(_error(w, X, y) ** 2)))

_mistake(
    "The targets are left out",
    "Your gradient never looks at y, so it points away from w = 0, whatever the data say.",
    "An error is a prediction minus what?",
)(lambda w, X, y: 2 * X.T @ (X @ w) / len(y))

_mistake(
    "The targets are added",
    "You add y to the predictions where the error is their difference.",
    "When a prediction is right, what should its error be?",
)(lambda w, X, y: 2 * X.T @ (X @ w + y) / len(y))

_mistake(
    "Whole numbers swallow the slopes",
    "From whole numbers your slopes are cut off: `np.zeros_like` of whole numbers holds whole numbers only.",
    "Which dtype should the result have?",
)(lambda w, X, y: mean_squared_error_gradient(w, X, y).astype(w.dtype))

_mistake(
    "Only the first example",
    "Your gradient looks at the first example alone.",
    "The mean goes over all rows of X. Does a return stand inside your loop?",
)(lambda w, X, y: 2 * X[0] * (X[0] @ w - y[0]))

_mistake(
    "The slope with respect to the inputs",
    "You multiply the errors with w. That says how the loss changes when the *inputs* change; but the data stay as they "
    "are, and w is what can move.",
    "Differentiate w1 * x1 with respect to w1: what is left?",
)(lambda w, X, y: 2 * _error(w, X, y)[:, None] * w / len(y))
