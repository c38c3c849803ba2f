"""`standardize_both` and `importance_weights`: what may be known of the data, and what can be made up for."""

from collections.abc import Iterator

import numpy as np

from gradlab.checks.exercise import Aspect, Exercise, Function, Sight
from gradlab.checks.probes import arguments_kept, short_decimals
from gradlab.data import standardize


def _standardized(train, test):
    return standardize(np.asarray(train, dtype=float), np.asarray(test, dtype=float))


def _two_sets(rng: np.random.Generator, n: int = 6, m: int = 4, d: int = 3) -> dict[str, np.ndarray]:
    scales = np.array([1.0, 5.0, 0.2, 3.0])[:d]
    train, test = short_decimals(rng, n, d), short_decimals(rng, m, d)
    return {"train": scales * train + 2, "test": scales * (1.5 * test + 0.7) + 3}


def _train(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for n, m, d in [(6, 4, 3), (3, 7, 4)]:
        train, _ = function(*_two_sets(rng, n, m, d).values())
        yield Sight(f"For {n} examples of {d} features,", "train", train)


def _test(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for n, m, d in [(6, 4, 3), (3, 7, 4)]:
        _, test = function(*_two_sets(rng, n, m, d).values())
        yield Sight(f"For {m} test examples of {d} features,", "test", test)
    train, test = _two_sets(rng).values()
    yield Sight("For a single test example,", "test", function(train, test[:1])[1])


standardize_both = Exercise(
    name="standardize_both",
    lesson="12-shifting-surfaces",
    returns=("train", "test"),
    reference=_standardized,
    aspects=(Aspect("train", 1, _train), Aspect("test", 2, _test), arguments_kept(_two_sets)),
    hints=(
        "Which numbers may you know before the test set has been seen? Look where the test set enters your means.",
        "Take mean and standard deviation of each feature over the training examples. With these, take off and divide in both sets.",
    ),
    vectorised=True,
)


def _wrong_scale(name, why, hint, of_train, of_test):
    """A wrong scaler: of_train(train, test) and of_test(train, test) give the mean and spread that each set gets."""

    def function(train, test):
        (m1, s1), (m2, s2) = of_train(train, test), of_test(train, test)
        return (train - m1) / s1, (test - m2) / s2

    standardize_both.mistake(name, why=why, hint=hint)(function)


def _of(x):
    return x.mean(axis=0), x.std(axis=0)


_wrong_scale(
    "The test set by its own mean and spread",
    "You standardise the test set by itself. A shift between the two sets then disappears, and with it what you wanted to see.",
    "By which mean will a single new example be shifted, on the day the network is used?",
    lambda train, test: _of(train),
    lambda train, test: _of(test),
)
_wrong_scale(
    "Fitted on both sets",
    "Your mean and spread come from both sets together. A little of the test set has leaked into training.",
    "Which numbers may you know before the test set has been seen?",
    lambda train, test: _of(np.concatenate([train, test])),
    lambda train, test: _of(np.concatenate([train, test])),
)
_wrong_scale(
    "Fitted on the test set",
    "Your mean and spread come from the test set.",
    "Which of the two sets is known first?",
    lambda train, test: _of(test),
    lambda train, test: _of(test),
)
_wrong_scale(
    "One mean for all features",
    "You take one mean and one spread over everything, so features keep scales of their own.",
    "Along which axis do the examples of one feature lie?",
    lambda train, test: (train.mean(), train.std()),
    lambda train, test: (train.mean(), train.std()),
)
_wrong_scale(
    "Divided by n - 1",
    "Your spread is the one with n - 1. Here it is the plain one, as np.std gives it.",
    "What does ddof do in np.std?",
    lambda train, test: (train.mean(axis=0), train.std(axis=0, ddof=1)),
    lambda train, test: (train.mean(axis=0), train.std(axis=0, ddof=1)),
)
_wrong_scale(
    "Divided by the variance",
    "You divide by the variance instead of its root.",
    "Which of the two has the unit of the feature?",
    lambda train, test: (train.mean(axis=0), train.var(axis=0)),
    lambda train, test: (train.mean(axis=0), train.var(axis=0)),
)
_wrong_scale(
    "Not centred",
    "You divide by the spread and never take the mean off.",
    "What is the mean of a standardised training feature?",
    lambda train, test: (0.0, train.std(axis=0)),
    lambda train, test: (0.0, train.std(axis=0)),
)
_wrong_scale(
    "Not scaled",
    "You take the mean off and never divide by the spread.",
    "What is the spread of a standardised training feature?",
    lambda train, test: (train.mean(axis=0), 1.0),
    lambda train, test: (train.mean(axis=0), 1.0),
)
_wrong_scale(
    "The test set left as it was",
    "Your test examples come out as they went in, and the network would see them in another unit. That also happens where mean and "
    "spread are taken from a training set that has been standardised already: they are 0 and 1.",
    "What happens to a test example before the network sees it?",
    lambda train, test: _of(train),
    lambda train, test: (0.0, 1.0),
)
_wrong_scale(
    "The test set scaled by itself",
    "You divide by the test set's own spread.",
    "By which spread will a single new example be divided?",
    lambda train, test: _of(train),
    lambda train, test: (train.mean(axis=0), test.std(axis=0)),
)
_wrong_scale(
    "Along the wrong axis",
    "You take means and spreads over the features of each example. Each feature has its own, over the examples.",
    "Along which axis do the examples of one feature lie?",
    lambda train, test: (train.mean(axis=1, keepdims=True), train.std(axis=1, keepdims=True)),
    lambda train, test: (test.mean(axis=1, keepdims=True), test.std(axis=1, keepdims=True)),
)
_wrong_scale(
    "From 0 to 1",
    "You stretch each feature from its smallest to its largest value. Asked for are mean 0 and standard deviation 1.",
    "Which two numbers of a feature stand in the formula?",
    lambda train, test: (train.min(axis=0), np.ptp(train, axis=0)),
    lambda train, test: (train.min(axis=0), np.ptp(train, axis=0)),
)
_wrong_scale(
    "The test set centred by itself",
    "You take off the test set's own mean.",
    "By which mean will a single new example be shifted?",
    lambda train, test: _of(train),
    lambda train, test: (test.mean(axis=0), train.std(axis=0)),
)


# --- importance_weights ---------------------------------------------------------------------------------------


def _weights(p_train, p_test):
    ratio = np.asarray(p_test, dtype=float) / np.asarray(p_train, dtype=float)
    return ratio / ratio.mean()


def _chances(rng: np.random.Generator, n: int = 5) -> dict[str, np.ndarray]:
    return {"p_train": np.round(rng.uniform(0.1, 0.4, n), 2), "p_test": np.round(rng.uniform(0.3, 0.9, n), 2)}


def _ratios(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for n in (3, 6):
        yield Sight(f"For {n} examples,", "the weights", function(*_chances(rng, n).values()))


def _same_chances(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    p = _chances(rng)["p_train"]
    yield Sight("Where train and test agree,", "the weights", function(p, p))
    yield Sight("Where p_test is twice p_train everywhere,", "the weights", function(p, 2 * p))
    yield Sight(
        "For an example that the test set never has,",
        "the weights",
        function(p, np.array([0.0, *p[1:] + 0.2])),
    )


importance_weights = Exercise(
    name="importance_weights",
    lesson="12-shifting-surfaces",
    returns=("the weights",),
    reference=_weights,
    aspects=(Aspect("ratios", 2, _ratios), Aspect("edges", 1, _same_chances), arguments_kept(_chances)),
    hints=(
        "An example that is four times as frequent at test time as in training: should it count more or less than the others?",
        "Divide the chance in the test set by that in the training set, example by example. Then divide by the mean, so that the "
        "weights are 1 on average and the loss keeps its scale.",
    ),
    vectorised=True,
)


def _wrong_weights(name, why, hint, function):
    importance_weights.mistake(name, why=why, hint=hint)(function)


_wrong_weights(
    "Upside down",
    "You divide the other way round: what is rare in training and frequent in the test set then counts least.",
    "Should an example that training has too few of count more or less?",
    lambda p_train, p_test: (p_train / p_test) / np.mean(p_train / p_test),
)
_wrong_weights(
    "Not normalised",
    "Your ratios are right, but their mean is not 1. The minimum stays where it is; the loss, and with it the best learning "
    "rate, changes its scale.",
    "What should the mean of the weights be?",
    lambda p_train, p_test: p_test / p_train,
)
_wrong_weights(
    "Normalised to a sum of 1",
    "Your weights add up to 1. Asked for is a mean of 1, so that equal chances give weights of 1.",
    "What should the weights be where train and test agree?",
    lambda p_train, p_test: (p_test / p_train) / np.sum(p_test / p_train),
)
_wrong_weights(
    "Divided by the largest",
    "You divide by the largest weight. Asked for is a mean of 1.",
    "What should the mean of the weights be?",
    lambda p_train, p_test: (p_test / p_train) / np.max(p_test / p_train),
)
_wrong_weights(
    "Only the test set counts",
    "You weigh by the test set's chances alone, though frequent examples are already frequent in training.",
    "Which two numbers are compared for each example?",
    lambda p_train, p_test: p_test / np.mean(p_test),
)
_wrong_weights(
    "Only the training set counts",
    "You weigh by one over the training chances alone: that makes all examples equally likely, not as likely as in the test set.",
    "Which two numbers are compared for each example?",
    lambda p_train, p_test: (1 / p_train) / np.mean(1 / p_train),
)
_wrong_weights(
    "A difference instead of a ratio",
    "You take the difference of the chances.",
    "By which factor is an example more frequent in the test set?",
    lambda p_train, p_test: p_test - p_train,
)
_wrong_weights(
    "Multiplied",
    "You multiply the two chances.",
    "Should an example that is frequent in training count more, or less?",
    lambda p_train, p_test: p_test * p_train / np.mean(p_test * p_train),
)
_wrong_weights(
    "Normalised before dividing",
    "You give both sets of chances a mean of 1 and then divide; the weights themselves then have another mean.",
    "What is the mean of the weights that you return?",
    lambda p_train, p_test: (p_test / np.mean(p_test)) / (p_train / np.mean(p_train)),
)
