"""`report`: an ablation table from raw runs, with gains that are paired by seed."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Sight

COLUMNS = ("mean", "spread", "gain", "error")


def ablation(results, baseline, *, ddof=1, order=lambda name, mean: -mean):
    """The names and, a row each, mean, spread, gain and error: the baseline first, then from the best mean down.

    >>> names, numbers = ablation({"all": np.array([0.5, 0.7]), "less": np.array([0.5, 0.6])}, "all")
    >>> names, numbers.round(3)
    (['all', 'less'], array([[ 0.6  ,  0.141,  0.   ,  0.   ],
           [ 0.55 ,  0.071, -0.05 ,  0.05 ]]))
    """
    names = sorted(results, key=lambda name: (name != baseline, order(name, np.mean(results[name]))))
    base = np.asarray(results[baseline])
    rows = []
    for name in names:
        runs = np.asarray(results[name])
        gains = runs - base
        error = gains.std(ddof=ddof) / np.sqrt(gains.size)
        rows.append([runs.mean(), runs.std(ddof=ddof), gains.mean(), error])
    return names, np.array(rows)


def _results(rng: np.random.Generator, means: Mapping[str, float], seeds: int) -> dict[str, Any]:
    """Accuracies around the means, so that the seeds have something in common and no two differences are alike."""
    luck = rng.uniform(-0.02, 0.02, seeds)
    return {
        name: np.round(mean + luck + rng.uniform(-0.009, 0.009, seeds), 4) for name, mean in means.items()
    }


def _retyped(name: str) -> str:
    # Equal to a name in the results, and yet another object, as it would be if somebody had typed it again.
    return "".join(list(name))


# The baseline is neither the first nor the best; the order by name is not the order by mean.
_MEANS = {"no schedule": 0.93, "recipe": 0.95, "batch norm": 0.97, "dropout": 0.91}


def _column(which: int) -> Any:
    def probe(report: Function, rng: np.random.Generator) -> Iterator[Sight]:
        for seeds, baseline in ((5, "recipe"), (8, "dropout")):
            results = _results(rng, _MEANS, seeds)
            names, numbers = report(results, _retyped(baseline))
            yield from _cells(names, numbers, results, which, f"With {seeds} seeds")

    return probe


def _cells(names: Any, numbers: Any, results: Any, which: int, when: str) -> Iterator[Sight]:
    """One column by names, so that another order of the rows does not hide a right number."""
    for name in results:
        at = [row for row, found in enumerate(np.atleast_1d(names)) if str(found) == name]
        there = len(at) == 1 and numbers.ndim == 2 and len(numbers) > at[0] and numbers.shape[1] > which
        value = numbers[at[0], which] if there else np.nan
        yield Sight(when, f"the {COLUMNS[which]} of “{name}”", value)


def _form(report: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for baseline in ("recipe", "batch norm", "dropout"):
        results = _results(rng, _MEANS, 4)
        results["no schedule"][rng.integers(4)] = 0.9999  # one lucky seed, the best run of all
        names, numbers = report(results, _retyped(baseline))
        when = f"With “{baseline}” as the baseline"
        yield Sight(when, "the shape of the table", str(numbers.shape))
        yield Sight(when, "the order of the names", "; ".join(map(str, np.atleast_1d(names))))
        yield Sight(when, "the means from top to bottom", numbers[:, 0] if numbers.ndim == 2 else numbers)


def _kinds(report: Function, rng: np.random.Generator) -> Iterator[Sight]:
    results = _results(rng, {"plain": 0.9, "other": 0.8}, 3)
    for when, given in (
        ("For lists instead of arrays", {name: runs.tolist() for name, runs in results.items()}),
        ("For two seeds", {name: runs[:2] for name, runs in results.items()}),
        ("For the baseline alone", {"plain": results["plain"]}),
    ):
        _, numbers = report(given, "plain")
        yield Sight(when, "the table", numbers)


def _kept(report: Function, rng: np.random.Generator) -> Iterator[Sight]:
    results = _results(rng, _MEANS, 4)
    report(results, "recipe")
    yield Sight("After the call,", "the names in your results", "; ".join(results))
    for name, runs in results.items():
        yield Sight("After the call,", f"the runs of “{name}”", runs)


report = Exercise(
    name="report",
    lesson="13-capstone",
    returns=("the names", "the table"),
    kinds=("word", "numbers"),
    reference=ablation,
    aspects=(
        Aspect("mean", 1, _column(0)),
        Aspect("spread", 1, _column(1)),
        Aspect("gain", 1, _column(2)),
        Aspect("error of the gain", 1, _column(3)),
        Aspect("order of the rows", 1, _form),
        Aspect(
            "lists, two seeds, one row",
            1,
            _kinds,
            lacking=Advice(
                "Not for every kind of results",
                why="The table is right, but not for lists instead of arrays, for two seeds, or for a baseline that is alone.",
                hint="`np.asarray` makes an array of either.",
            ),
        ),
        Aspect(
            "arguments unchanged",
            1,
            _kept,
            manners=True,
            lacking=Advice(
                "Writes into the caller's results",
                why="Your table is right, but afterwards the results that were passed in are not what they were.",
                hint="`runs - base` makes a new array; `runs -= base` overwrites the one you were given.",
            ),
        ),
    ),
    hints=(
        "Do it by hand for the two runs of the example: what is subtracted from what, seed by seed? Over how many numbers does the "
        "last standard deviation go?",
        "For each name: the mean and the standard deviation (ddof=1) of its runs; then its runs minus the baseline's, seed by "
        "seed, the mean of these differences, and their standard deviation (ddof=1) divided by the root of how many they are. Sort the "
        "names by whether they are not the baseline, and then by minus the mean.",
    ),
)


def _mistake(name, why, hint, function):
    report.mistake(name, why=why, hint=hint)(function)


def _cell(which, of):
    """The table with one column changed: of(runs, base)."""

    def function(results, baseline):
        names, numbers = ablation(results, baseline)
        base = np.asarray(results[baseline])
        for row, name in enumerate(names):
            numbers[row, which] = of(np.asarray(results[name]), base)
        return names, numbers

    return function


_mistake(
    "Divided by n instead of n - 1",
    "Your standard deviations divide by n, NumPy's default. From a few seeds that makes the spread look smaller than it is.",
    "What does `ddof` stand for in np.std?",
    lambda results, baseline: ablation(results, baseline, ddof=0),
)
_mistake(
    "The spread is divided by n instead of n - 1",
    "The spread divides by n, NumPy's default; the error is right.",
    "What does `ddof` stand for in np.std?",
    _cell(1, lambda runs, base: runs.std()),
)
_mistake(
    "The error is divided by n instead of n - 1",
    "The error divides by n, NumPy's default; the spread is right.",
    "What does `ddof` stand for in np.std?",
    _cell(3, lambda runs, base: (runs - base).std() / np.sqrt(runs.size)),
)
_mistake(
    "The median instead of the mean",
    "Your first column holds medians.",
    "What is the first column called?",
    _cell(0, lambda runs, base: np.median(runs)),
)
_mistake(
    "The best seed",
    "Your first column shows the luckiest seed of each: with more seeds everything would look better.",
    "What is the first column called?",
    _cell(0, lambda runs, base: runs.max()),
)
_mistake(
    "The variance instead of the standard deviation",
    "Your spread is a variance, in squared shares.",
    "What is missing: a root, or a square?",
    _cell(1, lambda runs, base: runs.var(ddof=1)),
)
_mistake(
    "From the lowest to the highest",
    "Your spread is the distance of the two extreme seeds, and grows with the number of seeds.",
    "Which function measures how far runs typically are from their mean?",
    _cell(1, lambda runs, base: np.ptp(runs)),
)
_mistake(
    "The error of the mean instead of the spread",
    "Your second column is divided by the root of the number of seeds. How far *one more seed* would lie from the mean does not shrink.",
    "Which of the two columns has the root of n in it?",
    _cell(1, lambda runs, base: runs.std(ddof=1) / np.sqrt(runs.size)),
)
_mistake(
    "The gain has the wrong sign",
    "Your gains are the baseline minus the variant: what helps looks like a loss.",
    "Is 0.97 a gain over 0.95, or a loss?",
    _cell(2, lambda runs, base: (base - runs).mean()),
)
_mistake(
    "The gain is a ratio",
    "Your gains are divided by the baseline. Asked for is a difference, in the same unit as the mean.",
    "What is 0.96 minus 0.95?",
    _cell(2, lambda runs, base: (runs - base).mean() / base.mean()),
)
_mistake(
    "The root is missing",
    "Your error is the standard deviation of the differences. The *mean* of n of them is known better, by the root of n.",
    "By what does the mean of many noisy numbers get more certain?",
    _cell(3, lambda runs, base: (runs - base).std(ddof=1)),
)
_mistake(
    "Divided by n instead of its root",
    "You divide by the number of seeds. The error of a mean falls with the *root* of it.",
    "By what does the mean of many noisy numbers get more certain?",
    _cell(3, lambda runs, base: (runs - base).std(ddof=1) / runs.size),
)
_mistake(
    "Not paired",
    "Your error treats the two rows as if they had nothing to do with each other. Run 3 of both had the same start and the same digits: "
    "take the difference seed by seed, and the luck that they share cancels.",
    "Of which numbers should the standard deviation be taken?",
    _cell(3, lambda runs, base: np.sqrt((runs.var(ddof=1) + base.var(ddof=1)) / runs.size)),
)
_mistake(
    "The error of the variant alone",
    "Your error is that of the variant's mean. The gain is a difference of two runs, and has an error of its own.",
    "Of which numbers should the standard deviation be taken?",
    _cell(3, lambda runs, base: runs.std(ddof=1) / np.sqrt(runs.size)),
)
_mistake(
    "The order of the results",
    "Your rows come in the order in which the results were given.",
    "Which row is first, and by which column are the others sorted?",
    lambda results, baseline: _ordered(results, baseline, list(results)),
)
_mistake(
    "From the worst to the best",
    "Your rows run from the lowest mean to the highest.",
    "What could stand in front of the mean in your key?",
    lambda results, baseline: ablation(results, baseline, order=lambda name, mean: mean),
)
_mistake(
    "By the alphabet",
    "Your rows are sorted by their names.",
    "Which row is first, and by which column are the others sorted?",
    lambda results, baseline: ablation(results, baseline, order=lambda name, mean: name),
)
_mistake(
    "The baseline among the others",
    "Your baseline stands where its mean puts it. It is what all the others are compared with, and comes first.",
    "How can a key put one name before all others?",
    lambda results, baseline: _ordered(
        results, baseline, sorted(results, key=lambda name: -np.mean(results[name]))
    ),
)
_mistake(
    "Names and numbers are sorted apart",
    "Your names are in the order asked for, and your rows are in another one: every number has the wrong name.",
    "How can one order serve both?",
    lambda results, baseline: (ablation(results, baseline)[0], _ordered(results, baseline, list(results))[1]),
)
_mistake(
    "The baseline is left out",
    "Your table has no row for the baseline. Its mean and spread are worth reading, and its gain is 0.",
    "How many rows are there, for four names?",
    lambda results, baseline: _ordered(
        results, baseline, [name for name in ablation(results, baseline)[0] if name != baseline]
    ),
)
_mistake(
    "The first name is taken for the baseline",
    "You compare with the first of the results, whatever the second argument says.",
    "Where does the name `baseline` come in?",
    lambda results, baseline: ablation(results, next(iter(results))),
)
_mistake(
    "The table is lying on its side",
    "Your table has a column for each name. A row for each is asked for.",
    "What shape should the table have, for four names?",
    lambda results, baseline: (ablation(results, baseline)[0], ablation(results, baseline)[1].T),
)
_mistake(
    "In percent",
    "Your numbers are in percent. The shares that were given are wanted, between 0 and 1.",
    "In which unit are the results?",
    lambda results, baseline: (ablation(results, baseline)[0], 100 * ablation(results, baseline)[1]),
)
_mistake(
    "Rounded",
    "Your numbers are rounded before they are returned. Rounding is for showing them.",
    "Return the full numbers.",
    lambda results, baseline: (
        ablation(results, baseline)[0],
        ablation(results, baseline)[1].round(3),
    ),
)


def _ordered(results, baseline, order):
    names, numbers = ablation(results, baseline)
    return order, numbers[[names.index(name) for name in order]]
