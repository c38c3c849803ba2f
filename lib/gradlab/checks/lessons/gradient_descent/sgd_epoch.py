"""`sgd_epoch`: one pass through the data, a step for every mini-batch.

The order of the examples is random, and nobody must draw the same one as the reference. So the numbers are taken
where the order does not matter: a single batch, examples that are all the same, or examples that each have a weight of
their own. Where it does matter, the result must be one of those that some order gives.
"""

import itertools
from collections.abc import Iterator

import numpy as np

from gradlab.checks.exercise import Aspect, Exercise, Function, Sight
from gradlab.checks.lessons.gradient_descent.minibatches import shuffled_batches
from gradlab.checks.lessons.gradient_descent.mse_gradient import mean_squared_error_gradient as slope
from gradlab.checks.lessons.gradient_descent.parts import kept, regression
from gradlab.checks.probes import short_decimals


def epoch(w, X, y, lr, batch_size, rng):
    """An epoch with the library's mini-batches and gradient.

    >>> epoch(np.zeros(1), np.ones((2, 1)), np.ones(2), 0.25, 1, np.random.default_rng(0))
    array([0.75])
    """
    for X_batch, y_batch in shuffled_batches(X, y, batch_size, rng):
        w = w - lr * slope(w, X_batch, y_batch)
    return w


def _generator(rng: np.random.Generator) -> np.random.Generator:
    return np.random.default_rng(int(rng.integers(1000)))


def _rate(rng: np.random.Generator) -> float:
    return round(rng.uniform(0.04, 0.12), 2)


def _possible(w, X, y, lr, batch_size) -> list[np.ndarray]:
    """The results of all orders."""
    ends = []
    for order in itertools.permutations(range(len(X))):
        end = w
        for start in range(0, len(X), batch_size):
            batch = list(order[start : start + batch_size])
            end = end - lr * slope(end, X[batch], y[batch])
        ends.append(end)
    return ends


def _one_of(ends: list[np.ndarray], w) -> bool:
    return any(np.shape(w) == end.shape and np.allclose(w, end, rtol=1e-4, atol=1e-5) for end in ends)


def _one_batch(sgd_epoch: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for n, d, batch_size in ((5, 2, 5), (4, 3, 9)):
        given = regression(rng, n, d)
        w = sgd_epoch(*given.values(), lr=_rate(rng), batch_size=batch_size, rng=_generator(rng))
        yield Sight(f"For {n} examples in a batch of {batch_size}", "w", w)


def _many_batches(sgd_epoch: Function, rng: np.random.Generator) -> Iterator[Sight]:
    given, lr = regression(rng, 4, 2), _rate(rng)
    possible = _possible(*given.values(), lr, 1)
    w = sgd_epoch(*given.values(), lr=lr, batch_size=1, rng=_generator(rng))
    when = "For 4 examples in batches of 1:"
    yield Sight(when, "“w is where one of the 24 possible orders leads”", _one_of(possible, w))
    given = {
        name: np.repeat(value, 6, axis=0) for name, value in regression(rng, 1, 2).items() if name != "w"
    }
    w = sgd_epoch(short_decimals(rng, 2), *given.values(), lr=lr, batch_size=2, rng=_generator(rng))
    yield Sight("For 6 examples, all the same, in batches of 2", "w", w)


def _last_batch(sgd_epoch: Function, rng: np.random.Generator) -> Iterator[Sight]:
    given, lr = regression(rng, 4, 2), _rate(rng)
    possible = _possible(*given.values(), lr, 3)
    w = sgd_epoch(*given.values(), lr=lr, batch_size=3, rng=_generator(rng))
    when = "For 4 examples in batches of 3 and 1:"
    yield Sight(when, "“w is where one of the possible orders leads”", _one_of(possible, w))
    given = {
        name: np.repeat(value, 7, axis=0) for name, value in regression(rng, 1, 2).items() if name != "w"
    }
    w = sgd_epoch(short_decimals(rng, 2), *given.values(), lr=lr, batch_size=3, rng=_generator(rng))
    yield Sight("For 7 examples, all the same, in batches of 3, 3 and 1", "w", w)
    # Example i moves weight i and no other; a full batch of 3 moves it a third as far as a batch of its own.
    start, X, y = short_decimals(rng, 7), np.diag(short_decimals(rng, 7)), np.full(7, 5.0)
    w = sgd_epoch(start.copy(), X, y, lr=lr, batch_size=3, rng=_generator(rng))
    alone = start - lr * 7 * slope(start, X, y)
    shares = np.sort((start - w) / (start - alone)) if np.shape(w) == (7,) else w
    what = "the share of a step of its own that each example makes, sorted,"
    yield Sight("For 7 examples in batches of 3, 3 and 1", what, shares)


def _random_order(sgd_epoch: Function, rng: np.random.Generator) -> Iterator[Sight]:
    given, lr, seed = regression(rng, 12, 2), 0.1, int(rng.integers(1000))
    in_order = given["w"]
    for i in range(12):
        in_order = in_order - lr * slope(in_order, given["X"][[i]], given["y"][[i]])

    def once(generator):
        # Each on its own copy: what work in place does to its arguments is looked at elsewhere.
        return sgd_epoch(*map(np.copy, given.values()), lr=lr, batch_size=1, rng=generator)

    generator = np.random.default_rng(seed)
    one, other, again = once(generator), once(generator), once(np.random.default_rng(seed))
    when = "For 12 examples in batches of 1:"
    yield Sight(when, "“the order is another than that of X”", not _one_of([in_order], one))
    yield Sight(when, "“the next epoch has another order”", not np.allclose(one, other, rtol=1e-6, atol=0))
    yield Sight(when, "“an equal rng gives an equal order”", np.allclose(one, again, rtol=1e-6, atol=0))


def _call(rng: np.random.Generator):
    return regression(rng, 5, 2) | {"lr": 0.1, "batch_size": 2, "rng": np.random.default_rng(0)}


sgd_epoch = Exercise(
    name="sgd_epoch",
    lesson="01-gradient-descent",
    returns=("w",),
    reference=epoch,
    hints=(
        "You have written both parts already: one function deals the batches, another tells the slope. Which arguments does "
        "each of them want?",
        "Loop over the pairs that your function for mini-batches returns. For each pair make a new w: the old one minus lr times "
        "the gradient of this batch alone, at the w of now. Return w after the loop.",
    ),
    aspects=(
        Aspect("one batch", 1, _one_batch),
        Aspect("many batches", 1, _many_batches),
        Aspect("the last batch", 1, _last_batch),
        Aspect("random order", 1, _random_order),
        kept(
            _call,
            instead="`w = w - lr * g` makes a new array; `w -= lr * g` overwrites the one you were given.",
        ),
    ),
)


def _mistake(name, why, hint):
    return sgd_epoch.mistake(name, why=why, hint=hint)


def _stepping(step, deal=shuffled_batches):
    """An epoch with a step of its own: step(w, X_batch, y_batch, lr, batch_size, X, y)."""

    def function(w, X, y, lr, batch_size, rng):
        for X_batch, y_batch in deal(X, y, batch_size, rng):
            w = step(w, X_batch, y_batch, lr, batch_size, X, y)
        return w

    return function


def _drawn(X, y, b, rng):
    draws = [rng.integers(len(X), size=b) for _ in range(0, len(X), b)]
    return [(X[draw], y[draw]) for draw in draws]


def _downhill(w, X_batch, y_batch, lr, *_):
    return w - lr * slope(w, X_batch, y_batch)


_mistake(
    "Uphill",
    "You add the gradient, which points up: the loss rises with every step.",
    "The gradient points uphill. Which sign takes you down?",
)(_stepping(lambda w, Xb, yb, lr, *_: w + lr * slope(w, Xb, yb)))

_mistake(
    "The rate is missing",
    "Your steps are whole gradients: lr does not appear in them.",
    "What stands in front of the gradient in the formula?",
)(_stepping(lambda w, Xb, yb, lr, *_: w - slope(w, Xb, yb)))

_mistake(
    "Summed instead of averaged",
    "You add the gradients of a batch up and do not divide, so a batch of 128 makes steps 128 times as long as a batch of 1.",
    "The gradient of a batch is the mean over its examples. Does yours divide?",
)(_stepping(lambda w, Xb, yb, lr, *_: w - lr * len(yb) * slope(w, Xb, yb)))

_mistake(
    "The last batch is divided by batch_size",
    "You divide by batch_size also where the last batch holds fewer examples, so they count too little.",
    "How many examples are in this batch?",
)(_stepping(lambda w, Xb, yb, lr, b, *_: w - lr * len(yb) / b * slope(w, Xb, yb)))

_mistake(
    "Divided by the size of the whole data set",
    "You divide the sum over a batch by the number of *all* examples, so small batches make tiny steps.",
    "Over how many examples does the mean of a batch go?",
)(_stepping(lambda w, Xb, yb, lr, b, X, y: w - lr * len(yb) / len(y) * slope(w, Xb, yb)))

_mistake(
    "Divided by the batch size twice",
    "The gradient of a batch is a mean already, and you divide by the size of the batch once more.",
    "Count the places where the size of the batch comes in: one of them is inside your gradient.",
)(_stepping(lambda w, Xb, yb, lr, *_: w - lr * slope(w, Xb, yb) / len(yb)))

_mistake(
    "The whole data in every step",
    "You deal mini-batches and then take the gradient of all the data: exact, and as dear as ever. A step should look at its "
    "batch alone.",
    "Which X and y does your gradient get?",
)(_stepping(lambda w, Xb, yb, lr, b, X, y: w - lr * slope(w, X, y)))

_mistake(
    "The 2 is missing",
    "Your steps are half as long as they should be: the derivative of a square brings down a 2.",
    "Can you call the gradient that you have written already?",
)(_stepping(lambda w, Xb, yb, lr, *_: w - lr * slope(w, Xb, yb) / 2))

_mistake(
    "The last batch is dropped",
    "The examples that do not fill a batch are never used.",
    "How many batches are there, for 7 examples in batches of 3?",
)(
    _stepping(
        _downhill, lambda X, y, b, rng: [part for part in shuffled_batches(X, y, b, rng) if len(part[1]) == b]
    )
)

_mistake(
    "Only the first batch",
    "You make one step and return.",
    "Does the return stand inside your loop?",
)(_stepping(_downhill, lambda X, y, b, rng: shuffled_batches(X, y, b, rng)[:1]))

_mistake(
    "Not shuffled",
    "You take the examples in the order of X, the same in every epoch.",
    "Where does rng come in?",
)(_stepping(_downhill, lambda X, y, b, rng: [(X[i : i + b], y[i : i + b]) for i in range(0, len(X), b)]))

_mistake(
    "Always the same order",
    "You make a generator of your own with a fixed seed, so every epoch deals the same batches.",
    "You were given an rng. Who should draw the order?",
)(_stepping(_downhill, lambda X, y, b, rng: shuffled_batches(X, y, b, np.random.default_rng(0))))

_mistake(
    "X and y are shuffled separately",
    "Your X and your y come in two different orders, so every example gets somebody else's target.",
    "How can one and the same order serve both?",
)(_stepping(_downhill, lambda X, y, b, rng: shuffled_batches(X, rng.permutation(y), b, rng)))

_mistake(
    "Drawn with replacement",
    "Every batch is drawn anew from all examples, so in an epoch some come twice and others not at all.",
    "You have written a function that deals every example once. Do you call it?",
)(_stepping(_downhill, _drawn))

_mistake(
    "batch_size is ignored",
    "You step after every single example, whatever the size of the batch.",
    "Where does batch_size come in?",
)(_stepping(_downhill, lambda X, y, b, rng: shuffled_batches(X, y, 1, rng)))

_mistake(
    "One step with all the data",
    "You make a single step with the whole data set: gradient descent, not an epoch of mini-batches.",
    "Where does batch_size come in?",
)(_stepping(_downhill, lambda X, y, b, rng: [(X, y)]))


@sgd_epoch.mistake(
    "Every gradient at the start of the epoch",
    why="All your gradients are taken at the w that you were given, though w has moved since.",
    hint="At which w should the gradient of the second batch be taken?",
)
def _(w, X, y, lr, batch_size, rng):
    return w - lr * sum(slope(w, *part) for part in shuffled_batches(X, y, batch_size, rng))


@sgd_epoch.mistake(
    "One step at the end of the epoch",
    why="You average the gradients of all batches and then make a single step. The point of mini-batches is to step at once.",
    hint="How many steps are there in an epoch of 10 batches?",
)
def _(w, X, y, lr, batch_size, rng):
    return w - lr * np.mean([slope(w, *part) for part in shuffled_batches(X, y, batch_size, rng)], axis=0)


@sgd_epoch.mistake(
    "The path instead of the end",
    why="You return w after every step. Only the last one is asked for.",
    hint="What does the docstring say is returned?",
)
def _(w, X, y, lr, batch_size, rng):
    path = [w]
    for part in shuffled_batches(X, y, batch_size, rng):
        path.append(path[-1] - lr * slope(path[-1], *part))
    return np.stack(path)
