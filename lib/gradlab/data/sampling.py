"""Which examples go where: splits of a data set, and the mini-batches of an epoch."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from gradlab.data.arguments import Indices


def stratified_split(
    labels: npt.ArrayLike, fractions: Sequence[float], rng: np.random.Generator
) -> tuple[Indices, ...]:
    """Deal examples into parts at random, so that every part has the same mixture of labels.

    In each part, each label gets its fraction of the examples, to within one.

    Args:
        labels: the label of each example, shape (n,).
        fractions: the size of each part, all positive, 1 in total, e.g. (0.8, 0.2).
        rng: where the randomness comes from.

    Returns:
        for each part the indices of its examples, shuffled. Each example is in exactly one part.

    Raises:
        ValueError: for labels that are not one axis of at least one example, or fractions that do not share
            out the whole.

    >>> labels = np.array([0] * 8 + [1] * 4)
    >>> train, test = stratified_split(labels, (0.75, 0.25), np.random.default_rng(0))
    >>> np.bincount(labels[train]), np.bincount(labels[test])
    (array([6, 3]), array([2, 1]))
    """
    y = np.asarray(labels)
    if y.ndim != 1 or y.size == 0:
        raise ValueError(f"labels must have shape (n,) with n >= 1, got shape {y.shape}.")
    if not all(fraction > 0 for fraction in fractions) or not np.isclose(sum(fractions), 1.0):
        raise ValueError(f"fractions must be positive and add up to 1, got {tuple(fractions)}.")
    parts: list[list[Indices]] = [[] for _ in fractions]
    for label in np.unique(y):
        members = rng.permutation(np.flatnonzero(y == label))
        cuts = np.rint(np.cumsum(fractions)[:-1] * len(members)).astype(int)
        for part, dealt in zip(parts, np.split(members, cuts), strict=True):
            part.append(dealt)
    return tuple(rng.permutation(np.concatenate(part)) for part in parts)


def minibatches(n: int, batch_size: int, rng: np.random.Generator) -> Iterator[Indices]:
    """The mini-batches of one epoch: each of n examples once, in random order.

    Args:
        n: number of examples, >= 1.
        batch_size: examples in a batch, >= 1. The last batch holds what is left and may be smaller.
        rng: where the shuffle comes from.

    Returns:
        an iterator over arrays of indices, ceil(n / batch_size) of them.

    Raises:
        ValueError: for n or batch_size below 1.

    >>> [len(batch) for batch in minibatches(10, 4, np.random.default_rng(0))]
    [4, 4, 2]
    """
    if n < 1:
        raise ValueError(f"n must be >= 1, got {n}: there is nothing to make batches of.")
    if batch_size < 1:
        raise ValueError(f"batch_size must be >= 1, got {batch_size}.")
    order = rng.permutation(n)
    # Not a generator function, so that a bad argument is reported here and not at the first batch.
    return (order[start : start + batch_size] for start in range(0, n, batch_size))
