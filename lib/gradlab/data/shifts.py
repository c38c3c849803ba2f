"""Samples that are not like the data they come from, with the weights that put them right.

Training data is seldom a fair sample: some examples were easier to get, or the world moved on. Here the bias is
made on purpose and is known exactly, so `weights` is what an estimate of importance weights should find:
``p_test(example) / p_train(example)``, the chance of an example where the model will be used over its chance
where the model was trained. A mean over the training sample in which every example counts as much as its weight
is, on average, the mean over the test data.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gradlab.data.arguments import Floats, Indices, check_count, finite


class BiasedSplit(NamedTuple):
    """Two parts of one data set that are not alike.

    Attributes:
        train: indices of the training examples, shuffled, int64, shape (n_train,).
        test: indices of all the others, shuffled, int64, shape (n - n_train,).
        weights: p_test / p_train of each training example, in the order of `train`, float64, shape (n_train,).

    >>> train, test, weights = biased_split([0.2, 0.8] * 50, np.random.default_rng(0))
    >>> len(train) + len(test), weights.shape == train.shape
    (100, True)
    """

    train: Indices
    test: Indices
    weights: Floats


class Resample(NamedTuple):
    """Examples drawn with a class mix of choice; leading axes (...) are independent draws, such as times.

    Attributes:
        indices: the examples, int64, shape (..., n).
        weights: p_data / p_drawn of each, which turns means over the sample into means over the data that it was
            drawn from, float64, shape (..., n).

    >>> indices, weights = resample([0, 0, 1, 1], [0.9, 0.1], 5, np.random.default_rng(0))
    >>> indices.shape, weights.shape
    ((5,), (5,))
    """

    indices: Indices
    weights: Floats


def biased_split(chances: npt.ArrayLike, rng: np.random.Generator) -> BiasedSplit:
    """Deal examples into training and test data by coins that are not fair.

    Example i goes to the training data with probability ``chances[i]``, whatever happens to the others. By Bayes'
    rule ``p_train(i) = chances[i] / sum(chances)`` and ``p_test(i) = (1 - chances[i]) / sum(1 - chances)``; the
    weights are the second over the first.

    Args:
        chances: the probability of each example, strictly between 0 and 1, shape (n,). At 0 or 1, a kind of
            example would be missing from one part and no weight could make up for it.
        rng: where the randomness comes from.

    Returns:
        both parts and the weights. Each example is in exactly one part. The sizes are random,
        sum(chances) on average.

    Raises:
        ValueError: for chances outside (0, 1), or not one axis of at least two, and when all examples landed
            in one part, which happens to few examples or to chances close to 0 or 1.

    Reference:
        H. Shimodaira, Improving predictive inference under covariate shift by weighting the log-likelihood
        function, 2000.

    Train on the bold handwriting, test mostly on the faint:

    >>> from gradlab.data import digits
    >>> images, labels = digits()
    >>> ink = images.mean(axis=1)
    >>> chances = np.where(ink > np.median(ink), 0.9, 0.3)
    >>> train, test, weights = biased_split(chances, np.random.default_rng(0))
    >>> ink[train].mean().round(3), ink[test].mean().round(3), np.average(ink[train], weights=weights).round(3)
    (np.float32(0.32), np.float32(0.285), np.float64(0.285))
    """
    p = np.asarray(chances, dtype=np.float64)
    if p.ndim != 1 or p.size < 2:
        raise ValueError(f"chances must have shape (n,), one for each of n >= 2 examples, got {p.shape}.")
    if not np.all((p > 0) & (p < 1)):
        raise ValueError(
            "chances must be strictly between 0 and 1, or some kind of example would be missing from one part; "
            f"got {p.min()} to {p.max()}."
        )
    chosen = rng.random(p.size) < p
    if chosen.all() or not chosen.any():
        raise ValueError(
            f"All {p.size} examples landed in the {'training' if chosen.all() else 'test'} part, with chances of "
            f"{p.min()} to {p.max()}. Take more examples, or chances nearer to 0.5."
        )
    train, test = rng.permutation(np.flatnonzero(chosen)), rng.permutation(np.flatnonzero(~chosen))
    p_train, p_test = p / p.sum(), (1 - p) / (1 - p).sum()
    return BiasedSplit(train, test, p_test[train] / p_train[train])


def drift(start: npt.ArrayLike, end: npt.ArrayLike, steps: int) -> Floats:
    """A class mix that changes steadily: ``(1 - t) * start + t * end``, with t from 0 to 1 in equal steps.

    Args:
        start: the share of each class at first, >= 0, 1 in total, shape (classes,).
        end: the same at last.
        steps: how many times to describe, >= 2.

    Returns:
        the share of each class at each time, shape (steps, classes), for `resample`.

    Raises:
        ValueError: for shares that are negative or do not add up to 1, lengths that differ, or less than two
            steps.

    A stream of 200 mini-batches of digits that begins with 0 to 4 and ends with 5 to 9:

    >>> from gradlab.data import digits
    >>> shares = drift([0.2] * 5 + [0.0] * 5, [0.0] * 5 + [0.2] * 5, steps=200)
    >>> labels = digits().labels
    >>> stream = resample(labels, shares, 32, np.random.default_rng(0)).indices
    >>> stream.shape, labels[stream[0]].max(), labels[stream[-1]].min()
    ((200, 32), np.int64(4), np.int64(5))
    """
    check_count("steps", steps, least=2)
    first, last = _shares("start", start), _shares("end", end)
    if first.ndim != 1 or first.shape != last.shape:
        raise ValueError(
            f"start and end must both have shape (classes,), got shapes {first.shape} and {last.shape}."
        )
    t = np.linspace(0, 1, steps)[:, None]
    return (1 - t) * first + t * last


def resample(labels: npt.ArrayLike, shares: npt.ArrayLike, n: int, rng: np.random.Generator) -> Resample:
    """Draw n examples, with replacement, in which class k has the share ``shares[k]`` on average.

    Within a class every example is equally likely, so example i is drawn with probability
    ``shares[labels[i]] / count[labels[i]]``. Fair would be 1 / len(labels); the weights are fair over drawn. Classes
    of share 0 are never drawn, and no weights bring them back.

    Args:
        labels: the class of each example, 0, 1, ..., shape (len(labels),).
        shares: the share of each class, >= 0, 1 in total, shape (..., classes). Leading axes are independent
            draws, e.g. the times of `drift`.
        n: examples in each draw, >= 1.
        rng: where the randomness comes from.

    Returns:
        indices into `labels` and their weights, each of shape (..., n).

    Raises:
        ValueError: for labels that are not one axis of whole numbers >= 0, shares that are negative, do not add
            up to 1, do not cover the labels, or ask for a class that has no example, or n below 1.

    >>> labels = np.repeat([0, 1], 50)
    >>> drawn = resample(labels, [0.9, 0.1], 1000, np.random.default_rng(0))
    >>> labels[drawn.indices].mean(), np.average(labels[drawn.indices], weights=drawn.weights).round(2)
    (np.float64(0.096), np.float64(0.49))
    """
    check_count("n", n, least=1)
    y, mix = np.asarray(labels), _shares("shares", shares)
    if y.ndim != 1 or y.size == 0 or not np.issubdtype(y.dtype, np.integer) or y.min() < 0:
        raise ValueError(
            "labels must be whole numbers >= 0, the class of each example, shape (n,) with n >= 1; "
            f"got {y.dtype} of shape {y.shape}."
        )
    classes = mix.shape[-1]
    if y.max() >= classes:
        raise ValueError(f"shares must have an entry for each label, 0 to {y.max()}, got {classes} entries.")
    counts = np.bincount(y, minlength=classes)
    if np.any(mix[..., counts == 0] > 0):
        raise ValueError(
            f"shares must be 0 for a class without examples, here {np.flatnonzero(counts == 0).tolist()}."
        )
    # Dividing by the last makes it exactly 1, which no random number reaches.
    up_to = np.cumsum(mix, axis=-1)
    up_to /= up_to[..., -1:]
    chosen = np.sum(rng.random((*mix.shape[:-1], n, 1)) >= up_to[..., None, :], axis=-1)
    # Stable, so that a seed draws the same examples on every machine.
    by_class, first = np.argsort(y, kind="stable"), np.cumsum(counts) - counts
    indices = by_class[first[chosen] + rng.integers(counts[chosen])]
    fair = counts[chosen] / y.size
    return Resample(indices, fair / np.take_along_axis(mix, chosen, axis=-1))


def _shares(name: str, shares: npt.ArrayLike) -> Floats:
    values = finite(name, shares)
    if values.ndim == 0 or np.any(values < 0) or not np.allclose(values.sum(axis=-1), 1):
        raise ValueError(f"{name} must be >= 0 and add up to 1 over the classes, got {values}.")
    return values
