"""What can be said about mini-batches, whatever the order in which they were dealt."""

import numpy as np

from gradlab.checks.exercise import Function
from gradlab.checks.form import WrongForm


def examples(rng: np.random.Generator, n: int):
    """X and y of n examples that can be told apart: example i is (10 + i, ...), and its y is 100 + i."""
    i = np.arange(n)
    return np.stack([10.0 + i, rng.uniform(-1, 1, n).round(2)], axis=1), 100.0 + i


def pairs_of(minibatches: Function, *args):
    """What was returned, as a list of pairs of arrays.

    Raises:
        WrongForm: where it is something else.
    """
    batches = minibatches(*args)
    asked = "minibatches must return a list of pairs, (X_batch, y_batch)"
    if batches is None and minibatches.printed.getvalue():
        raise WrongForm(
            "Printed instead of returned",
            f"{asked}; yours returns nothing (None). It prints instead: replace print(...) by return.",
        )
    if batches is None:
        raise WrongForm(
            "Nothing is returned", f"{asked}; yours returns nothing (None). Does it end with a return?"
        )
    try:
        pairs = [tuple(pair) for pair in batches]
    except TypeError:
        raise WrongForm(
            "Not a list of pairs", f"{asked}; yours returns a {type(batches).__name__}."
        ) from None
    if not all(len(pair) == 2 for pair in pairs):
        raise WrongForm("Not a list of pairs", f"{asked}; a batch of yours has {len(pairs[0])} parts, not 2.")
    for part in (part for pair in pairs for part in pair):
        if not isinstance(part, np.ndarray):
            raise WrongForm(
                "A list instead of an array",
                f"{asked}; a part of yours is a {type(part).__name__}. Nobody can calculate with that: "
                "make it an array, np.array(...).",
            )
    return pairs


def whole(pairs, X) -> bool:
    """Whether the parts have the shapes of examples and targets, so that one can look into them."""
    return bool(pairs) and all(
        one.shape == (len(one), *X.shape[1:]) and other.shape == (len(one),) for one, other in pairs
    )


def which(pairs) -> list[np.ndarray]:
    """The numbers of the examples in each batch, counted from 0."""
    return [np.rint(one[:, 0]).astype(int) - 10 for one, _ in pairs]
