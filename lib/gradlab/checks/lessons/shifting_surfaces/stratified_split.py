"""`stratified_split`: two parts with the same mixture of labels."""

from collections.abc import Iterator

import numpy as np

from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Sight
from gradlab.checks.probes import arguments_kept
from gradlab.data import stratified_split as split_into

RETURNS = ("train", "test")


def _split(labels, fraction, rng):
    return split_into(labels, (fraction, 1 - fraction), rng)


# With gaps, and one of them larger than any digit: labels need not be 0, 1, 2, ...
NAMED = np.array([3, 8, 14])


def _labels(rng: np.random.Generator, counts: tuple[int, ...]) -> np.ndarray:
    return rng.permutation(np.repeat(NAMED[: len(counts)], counts))


def _each_once(split: Function, rng: np.random.Generator) -> Iterator[Sight]:
    labels = _labels(rng, (40, 20, 100))
    train, test = split(labels, 0.75, rng)
    together = np.concatenate([np.ravel(train), np.ravel(test)])
    yield Sight("Of 160 examples,", "the number in both parts together", len(together))
    yield Sight("Of 160 examples,", "the number of different ones", len(np.unique(together)))
    yield Sight("As indices,", "the share of whole numbers", np.mean(together == np.round(together)))
    # Minus an index is an index too, of another example.
    yield Sight("As indices,", "the smallest", np.min(together, initial=len(labels)))
    yield Sight("Of 160 examples, three quarters for training,", "the number in train", np.size(train))


def _shares(split: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for counts, fraction in [((40, 20, 100), 0.75), ((10, 50), 0.2), ((60, 30, 90), 0.5)]:
        labels = _labels(rng, counts)
        train, test = split(labels, fraction, rng)
        for name, part in zip(RETURNS, (train, test), strict=True):
            values, found = np.unique(labels[np.ravel(part).astype(int)], return_counts=True)
            yield Sight(
                f"With {counts} of each label and {fraction:g} for training,", f"the labels in {name}", values
            )
            yield Sight(f"With {counts} of each label and {fraction:g} for training,", f"how many of each are in {name}", found)  # fmt: skip


def _odd_numbers(split: Function, rng: np.random.Generator) -> Iterator[Sight]:
    labels = _labels(rng, (7, 11, 13))
    train, test = split(labels, 0.6, rng)
    counts = np.array([np.sum(labels[np.ravel(train).astype(int)] == label) for label in NAMED])
    off = np.abs(counts - 0.6 * np.array([7, 11, 13]))
    yield Sight(
        "With 7, 11 and 13 of each label,",
        "the number of labels that are off by one or more",
        np.sum(off >= 1),
    )
    yield Sight(
        "With 7, 11 and 13 of each label,", "the number in both parts", np.size(train) + np.size(test)
    )


def _shuffled(split: Function, rng: np.random.Generator) -> Iterator[Sight]:
    labels = np.repeat(np.arange(4), 50)
    one, other = (np.ravel(split(labels, 0.5, np.random.default_rng(seed))[0]) for seed in (1, 2))
    common = np.size(np.intersect1d(one, other)) / max(one.size, 1)
    yield Sight("With another rng,", "whether other examples are chosen", np.float64(common < 0.8))
    yield Sight(
        "With another rng,", "whether their order is another", np.float64(not np.array_equal(one, other))
    )
    steps = np.mean(np.diff(labels[one.astype(int)]) == 0) if one.size > 1 else 1.0
    yield Sight("For sorted labels,", "whether train is mixed", np.float64(steps < 0.5))


stratified_split = Exercise(
    name="stratified_split",
    lesson="12-shifting-surfaces",
    returns=RETURNS,
    reference=_split,
    aspects=(
        Aspect("each example once", 1, _each_once),
        Aspect("the same mixture", 1, _shares),
        Aspect("odd numbers", 1, _odd_numbers),
        Aspect(
            "shuffled",
            1,
            _shuffled,
            lacking=Advice(
                "Not shuffled",
                why="The mixture is right, but which examples go where, or their order, does not come from the rng.",
                hint="At which two places does chance come in?",
            ),
        ),
        arguments_kept(
            lambda rng: {"labels": _labels(rng, (8, 12)), "fraction": 0.5, "rng": np.random.default_rng(5)}
        ),
    ),
    hints=(
        "Take 8 labels 0 and 4 labels 1, three quarters for training. How many of each belong in train? Count yours with "
        "np.bincount(labels[train]).",
        "For each label: find the indices of its examples, shuffle them with the rng, and cut the list at the fraction. Join "
        "the front parts of all labels, join the back parts, and shuffle both.",
    ),
)


def _mistake(name, why, hint, function):
    stratified_split.mistake(name, why=why, hint=hint)(function)


def _by_label(labels, fraction, rng, cut=None, order=None, mix=True, take=None, among=None):
    parts = ([], [])
    for label in among or np.unique(labels):
        members = np.flatnonzero(labels == label)
        members = (order or rng.permutation)(members)
        at = (cut or (lambda n: round(fraction * n)))(len(members))
        parts[0].append(members[:at])
        parts[1].append((take or (lambda m, at: m[at:]))(members, at))
    joined = tuple(np.concatenate(part) for part in parts)
    return tuple(rng.permutation(part) for part in joined) if mix else joined


def _plain(labels, fraction, rng):
    order = rng.permutation(len(labels))
    at = round(fraction * len(labels))
    return order[:at], order[at:]


_mistake(
    "Not by label",
    "You cut one shuffled list of all examples. A rare label may then be missing from a part, by bad luck.",
    "What should be true of the mixture of labels in both parts?",
    _plain,
)
_mistake(
    "Not shuffled at all",
    "You cut the examples in the order in which they came.",
    "Where does the rng come in?",
    lambda labels, fraction, rng: (
        np.arange(len(labels))[: round(fraction * len(labels))],
        np.arange(len(labels))[round(fraction * len(labels)) :],
    ),
)
_mistake(
    "Not shuffled",
    "Within each label you take the first examples, so the rng decides nothing about which go where.",
    "At which two places does chance come in?",
    lambda labels, fraction, rng: _by_label(labels, fraction, rng, order=lambda m: m),
)
_mistake(
    "A seed of its own",
    "You make a generator of your own with a fixed seed, so every split is the same one, whatever rng comes in.",
    "You were given an rng. Who should draw?",
    lambda labels, fraction, rng: _by_label(labels, fraction, np.random.default_rng(0)),
)
_mistake(
    "Only the labels 0 to 9",
    "Your loop goes over the labels 0 to 9. Others may come in, and their examples are lost.",
    "Which function of NumPy tells which labels there are?",
    lambda labels, fraction, rng: _by_label(labels, fraction, rng, among=range(10)),
)
_mistake(
    "Sorted by label",
    "Your parts hold one label after the other. A mini-batch would then see one label only.",
    "What is still to be done after the parts have been joined?",
    lambda labels, fraction, rng: _by_label(labels, fraction, rng, mix=False),
)
_mistake(
    "Drawn with replacement",
    "You draw with replacement, so some examples come twice and others never.",
    "How often may an example be in train?",
    lambda labels, fraction, rng: _by_label(labels, fraction, rng, order=lambda m: rng.choice(m, len(m))),
)
_mistake(
    "The parts overlap",
    "Your test part holds examples that are in train as well: testing on them says nothing.",
    "Where should the test part begin?",
    lambda labels, fraction, rng: _by_label(labels, fraction, rng, take=lambda m, at: m),
)
_mistake(
    "One example is lost",
    "Of each label, an example is in neither part.",
    "Where does the test part begin?",
    lambda labels, fraction, rng: _by_label(labels, fraction, rng, take=lambda m, at: m[at + 1 :]),
)
_mistake(
    "The same number of each label",
    "You take equally many of each label. The mixture should be that of the whole, in which some labels are rare.",
    "If one label is ten times as frequent, how should that look in train?",
    lambda labels, fraction, rng: _by_label(
        labels,
        fraction,
        rng,
        cut=lambda n: round(fraction * np.min(np.unique(labels, return_counts=True)[1])),
    ),
)
_mistake(
    "Labels instead of indices",
    "You hand back the labels of the examples. Asked for are their indices, with which anything can be picked.",
    "What would X[train] need?",
    lambda labels, fraction, rng: tuple(labels[part] for part in _split(labels, fraction, rng)),
)
