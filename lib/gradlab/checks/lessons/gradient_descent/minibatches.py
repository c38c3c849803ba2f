"""`minibatches`: deal a data set out in small parts, shuffled, every example once.

What is looked at are facts that hold for every right way to shuffle: sizes, pairs, coverage, and where the order
comes from. Nobody must draw the same random numbers as the reference.
"""

import random
from collections.abc import Iterator

import numpy as np

from gradlab import data
from gradlab.checks.exercise import Aspect, Exercise, Function, Sight
from gradlab.checks.lessons.gradient_descent.dealt import examples, pairs_of, which, whole
from gradlab.checks.lessons.gradient_descent.parts import kept


def shuffled_batches(X, y, batch_size, rng):
    """The library's mini-batches in the form of the exercise.

    >>> batches = shuffled_batches(np.eye(3), np.arange(3), 2, np.random.default_rng(0))
    >>> [(X_batch.shape, y_batch.shape) for X_batch, y_batch in batches]
    [((2, 3), (2,)), ((1, 3), (1,))]
    """
    return [(X[batch], y[batch]) for batch in data.minibatches(len(X), batch_size, rng)]


def _sizes(minibatches: Function, rng: np.random.Generator) -> Iterator[Sight]:
    b = int(rng.integers(3, 5))
    for n, batch_size in ((3 * b + 1, b), (2 * b + b - 1, b), (3 * b, b), (4, 1), (b, b), (b, b + 2)):
        when = f"For {n} examples in batches of {batch_size},"
        X, y = examples(rng, n)
        pairs = pairs_of(minibatches, X, y, batch_size, np.random.default_rng(rng.integers(1000)))
        yield Sight(when, "the sizes of the batches", [len(X_batch) for X_batch, _ in pairs])
        yield Sight(when, "the sizes of their y", [len(y_batch) for _, y_batch in pairs])
        yield Sight(when, "the shape of the first X_batch", pairs[0][0].shape if pairs else ())
        yield Sight(when, "the shape of the first y_batch", pairs[0][1].shape if pairs else ())
    X, y = rng.uniform(size=(7, 2, 3)), np.arange(7)
    pairs = pairs_of(minibatches, X, y, 5, np.random.default_rng(rng.integers(1000)))
    shape = pairs[0][0].shape if pairs else ()
    yield Sight("For images, X of shape (7, 2, 3),", "the shape of the first X_batch", shape)


def _once_each(minibatches: Function, rng: np.random.Generator) -> Iterator[Sight]:
    b = int(rng.integers(3, 5))
    for n, batch_size in ((4 * b + 2, b), (3 * b, b), (9, 1), (9, 12)):
        when = f"For {n} examples in batches of {batch_size}:"
        X, y = examples(rng, n)
        pairs = pairs_of(minibatches, X, y, batch_size, np.random.default_rng(rng.integers(1000)))
        readable = whole(pairs, X)
        dealt = np.concatenate(which(pairs)) if readable else np.zeros(0, int)
        paired = readable and all(
            np.array_equal(labels, 100 + numbers)
            for (_, labels), numbers in zip(pairs, which(pairs), strict=True)
        )
        yield Sight(when, "“every example is in a batch”", set(dealt) == set(range(n)))
        yield Sight(when, "“no example is there twice”", len(set(dealt)) == len(dealt))
        yield Sight(when, "“every y is with its own X”", paired)


def _random_order(minibatches: Function, rng: np.random.Generator) -> Iterator[Sight]:
    n, b = 80, 8
    X, y = examples(rng, n)
    seed = int(rng.integers(1000))

    def epochs(count: int):
        generator = np.random.default_rng(seed)
        found = []
        for _ in range(count):
            pairs = pairs_of(minibatches, X, y, b, generator)
            found.append(which(pairs) if whole(pairs, X) else [np.zeros(1, int)])
        return found

    (one, next_one), (again,) = epochs(2), epochs(1)
    order, next_order, order_again = map(np.concatenate, (one, next_one, again))
    blocks = [set(range(start, start + b)) for start in range(0, n, b)]
    parted = bool(np.mean(np.abs(np.diff(order)) == 1) < 0.5)
    when = "For 80 examples in batches of 8:"
    yield Sight(
        when, "“the examples come in another order than in X”", not np.array_equal(order, np.arange(n))
    )
    yield Sight(when, "“neighbours in X are parted”", parted)
    yield Sight(
        when, "“a batch mixes examples from all over X”", not any(set(batch) in blocks for batch in one)
    )
    yield Sight(when, "“the next epoch has another order”", not np.array_equal(order, next_order))
    yield Sight(when, "“an equal rng gives an equal order”", np.array_equal(order, order_again))


def _call(rng: np.random.Generator):
    X, y = examples(rng, 7)
    return {"X": X, "y": y, "batch_size": 3, "rng": np.random.default_rng(0)}


minibatches = Exercise(
    name="minibatches",
    lesson="01-gradient-descent",
    returns=("the batches",),
    kinds=("anything",),
    reference=shuffled_batches,
    hints=(
        "Shuffle *numbers*, not the data: `rng.permutation(n)` gives the numbers of the examples in a random order. What do "
        "X and y give you when you index both with the same piece of it?",
        "Draw one random order of all example numbers. Cut it into pieces, from 0 in strides of batch_size; the last piece may "
        "be short. For each piece, take those rows of X and those entries of y, as a pair.",
    ),
    vectorised=False,
    aspects=(
        Aspect("sizes", 1, _sizes),
        Aspect("every example once", 1, _once_each),
        Aspect("random order", 1, _random_order),
        kept(
            _call, instead="`X[order]` makes a new array; `rng.shuffle(X)` overwrites the one you were given."
        ),
    ),
)


def _dealing(order, cut=None, take=lambda X, y, batch, rng: (X[batch], y[batch])):
    """Mini-batches with an order, a way to cut it and a way to take a batch of their own."""

    def function(X, y, batch_size, rng):
        n = len(X)
        numbers = order(n, rng)
        starts = range(0, n, batch_size)
        pieces = cut(numbers, n, batch_size) if cut else [numbers[i : i + batch_size] for i in starts]
        return [take(X, y, piece, rng) for piece in pieces]

    return function


def _shuffled(n, rng):
    return rng.permutation(n)


def _mistake(name, why, hint):
    return minibatches.mistake(name, why=why, hint=hint)


@minibatches.mistake(
    "X and y are shuffled separately",
    why="Your X and your y come in two different orders, so every example gets somebody else's target, and there is nothing "
    "left to learn.",
    hint="How can one and the same order serve both?",
)
def _(X, y, batch_size, rng):
    X, y = X[rng.permutation(len(X))], y[rng.permutation(len(y))]
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(X), batch_size)]


@minibatches.mistake(
    "X and y are shuffled separately",
    why="Your X and your y come in two different orders, so every example gets somebody else's target, and there is nothing "
    "left to learn.",
    hint="How can one and the same order serve both?",
)
def _(X, y, batch_size, rng):
    X = X[rng.permutation(len(X))]
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(X), batch_size)]


@minibatches.mistake(
    "Rows are lost and doubled",
    why="Some rows of X are there twice and others not at all. `random.shuffle` swaps *views* of a matrix's rows, and "
    "so writes the same row over both.",
    hint="Shuffle the numbers of the examples instead of the examples.",
)
def _(X, y, batch_size, rng):
    X, y = X.copy(), y[rng.permutation(len(y))]
    for i in reversed(range(1, len(X))):
        j = rng.integers(i + 1)
        X[i] = X[j]  # what `x[i], x[j] = x[j], x[i]` comes to, when x[j] is a view
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(X), batch_size)]


@minibatches.mistake(
    "Rows are lost and doubled",
    why="Some rows of X are there twice and others not at all. `random.shuffle` swaps *views* of a matrix's rows, and "
    "so writes the same row over both.",
    hint="Shuffle the numbers of the examples instead of the examples.",
)
def _(X, y, batch_size, rng):
    X, y = X.copy(), y.copy()
    random.shuffle(X)
    random.shuffle(y)
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(X), batch_size)]


_mistake(
    "Drawn with replacement",
    "You draw every example anew from all of them. In an epoch more than a third of them are never seen, and others come "
    "twice or more.",
    "Which function deals the cards of a deck, each of them once?",
)(_dealing(lambda n, rng: rng.integers(n, size=n)))

_mistake(
    "The last batch is dropped",
    "The examples that do not fill a batch are never used.",
    "How many batches are there, for 10 examples in batches of 4?",
)(_dealing(_shuffled, lambda order, n, b: [order[i * b : (i + 1) * b] for i in range(n // b)]))

_mistake(
    "An empty batch at the end",
    "Where the examples fit exactly, you add a batch without any, and its mean is 0/0.",
    "How many batches are there, for 8 examples in batches of 4?",
)(_dealing(_shuffled, lambda order, n, b: [order[i * b : (i + 1) * b] for i in range(n // b + 1)]))

_mistake(
    "Each batch is one short",
    "A slice ends *before* its second number, so with `- 1` you lose an example in every batch.",
    "How many entries has `order[0:4]`?",
)(_dealing(_shuffled, lambda order, n, b: [order[i : i + b - 1] for i in range(0, n, b)]))

_mistake(
    "Batches overlap",
    "A slice ends before its second number; with `+ 1` each batch shares an example with the next.",
    "How many entries has `order[0:4]`?",
)(_dealing(_shuffled, lambda order, n, b: [order[i : i + b + 1] for i in range(0, n, b)]))

_mistake(
    "batch_size taken for the number of batches",
    "You cut the data into batch_size pieces. batch_size is how many examples are in each.",
    "For 10 examples in batches of 4: how long should each piece be?",
)(_dealing(_shuffled, lambda order, n, b: np.array_split(order, b)))

_mistake(
    "Pieces of equal size",
    "You have the right number of batches, but share the examples out evenly. All but the last should be full.",
    "For 10 examples in batches of 4: how long should each piece be?",
)(_dealing(_shuffled, lambda order, n, b: np.array_split(order, -(-n // b))))

_mistake(
    "The last batch is filled up",
    "You fill the last batch with examples that have been used before; they then count twice.",
    "The last batch may be short. What does a slice give beyond the end?",
)(
    _dealing(
        _shuffled, lambda order, n, b: [np.resize(order, -(-n // b) * b)[i : i + b] for i in range(0, n, b)]
    )
)

_mistake(
    "Only the first batch",
    "You return a single batch; a list of all of them is asked for.",
    "Does a return stand inside your loop?",
)(_dealing(_shuffled, lambda order, n, b: [order[:b]]))

_mistake(
    "Not shuffled",
    "The examples come in the order of X. Data are often sorted, and then every batch is one-sided.",
    "Where does rng come in?",
)(_dealing(lambda n, rng: np.arange(n)))


@minibatches.mistake(
    "Only the batches are shuffled",
    why="The batches come in a random order, but each holds neighbours of X. Where the data are sorted, every batch is "
    "one-sided.",
    hint="Which comes first: shuffling, or cutting?",
)
def _(X, y, batch_size, rng):
    starts = rng.permutation(range(0, len(X), batch_size))
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in starts]


@minibatches.mistake(
    "Shuffled within the batches only",
    why="You cut first, and shuffle each piece on its own: the same examples share a batch for ever.",
    hint="Which comes first: shuffling, or cutting?",
)
def _(X, y, batch_size, rng):
    pieces = [rng.permutation(np.arange(len(X))[i : i + batch_size]) for i in range(0, len(X), batch_size)]
    return [(X[piece], y[piece]) for piece in pieces]


_mistake(
    "Always the same order",
    "You make a generator of your own with a fixed seed, so every epoch deals the same batches.",
    "You were given an rng. Who should draw the order?",
)(_dealing(lambda n, rng: np.random.default_rng(0).permutation(n)))

_mistake(
    "Its own random numbers",
    "You draw the order from somewhere else than the rng that you were given, so a run cannot be repeated.",
    "You were given an rng. Who should draw the order?",
)(_dealing(lambda n, rng: np.random.default_rng().permutation(n)))

_mistake(
    "y comes first",
    "Your pairs are (y_batch, X_batch).",
    "The docstring says in which order they stand.",
)(_dealing(_shuffled, take=lambda X, y, batch, rng: (y[batch], X[batch])))

_mistake(
    "y became a column",
    "Your y_batch has shape (batch, 1). Subtracted from predictions of shape (batch,), it makes a table of all pairs.",
    "Which shape should y_batch have?",
)(_dealing(_shuffled, take=lambda X, y, batch, rng: (X[batch], y[batch][:, None])))
