"""`reduce_on_plateau`: lower the rate when nothing gets better any more."""

from collections.abc import Iterator

import numpy as np

from gradlab import schedules
from gradlab.checks.exercise import Aspect, Exercise, Function, Sight

NAMES = ("the rate", "best", "bad", "cooling")


def _reduce(
    lr, metric, best, bad, cooling, factor=0.5, patience=2, threshold=1e-4, cooldown=0, min_lr=0.0, mode="min"
):
    state = schedules.PlateauState(np.asarray(float(best)), np.asarray(bad), np.asarray(cooling))
    rate, after = schedules.reduce_on_plateau(
        lr, metric, state, mode=mode, factor=factor, patience=patience, threshold=threshold,
        threshold_mode="abs", cooldown=cooldown, min_lr=min_lr,
    )  # fmt: skip
    return rate, after.best, after.bad_epochs, after.cooldown_left


def _run(step: Function, metrics, lr: float, best: float = np.inf, **hyper: object) -> Iterator[Sight]:
    bad, cooling = 0, 0
    for epoch, metric in enumerate(metrics):
        lr, best, bad, cooling = step(lr, metric, best, bad, cooling, **hyper)
        for name, value in zip(NAMES, (lr, best, bad, cooling), strict=True):
            yield Sight(f"After epoch {epoch} of a run, with a metric of {metric:g},", name, value)


def _falling(rng: np.random.Generator, count: int) -> list[float]:
    """Losses that fall clearly, by 0.1 or more each time."""
    return [float(x) for x in np.round(np.cumsum(-rng.uniform(0.1, 0.4, count)) + 5, 2)]


def _flat(rng: np.random.Generator, level: float, count: int) -> list[float]:
    """Losses that go up and down above `level` and never below it."""
    return [float(x) for x in np.round(level + rng.uniform(0.02, 0.3, count), 2)]


def _plateau(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    down = _falling(rng, 3)
    patience = int(rng.integers(2, 4))
    metrics = [*down, *_flat(rng, down[-1], 2 * patience + 3)]
    yield from _run(step, metrics, 0.8, factor=0.3, patience=patience)


def _better_again(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    down = _falling(rng, 2)
    saw = _flat(rng, down[-1], 2)
    lower = [down[-1] - 0.2, *_flat(rng, down[-1] - 0.2, 4)]
    yield from _run(step, [*down, *saw, *lower], 0.6)
    yield from _run(step, [1.0, 1.5, 1.2, 1.4, 1.1, 1.3, 1.05], 0.9, patience=1, factor=0.4)


def _threshold_and_floor(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    creeping = [float(x) for x in np.round(3 - 0.03 * np.arange(8), 2)]
    yield from _run(step, creeping, 0.8, threshold=0.05, patience=1, factor=0.2, min_lr=0.1)
    yield from _run(step, [2.0, 2.0, 2.0, 2.0, 2.0], 0.05, patience=0, factor=0.7, min_lr=0.03)
    # By exactly the threshold is not by more than it; these numbers are exact in floating point.
    yield from _run(step, [2.0, 1.75, 1.5], 0.8, threshold=0.25, patience=3)


def _cooldown(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    flat = [2.0, *_flat(rng, 2.0, 12)]
    yield from _run(step, flat, 0.8, patience=1, cooldown=int(rng.integers(3, 5)), factor=0.6)


def _larger_is_better(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    rising = [0.5, 0.7, 0.8, 0.79, 0.75, 0.8, 0.9, 0.89, 0.6, 0.7, 0.8]
    yield from _run(step, rising, 0.8, best=-np.inf, mode="max", patience=2, threshold=0.02)
    yield from _run(step, [0.5, 0.75, 1.0], 0.8, best=-np.inf, mode="max", patience=3, threshold=0.25)


reduce_on_plateau = Exercise(
    name="reduce_on_plateau",
    lesson="09-schedules",
    returns=NAMES,
    reference=_reduce,
    aspects=(
        Aspect("a plateau", 2, _plateau),
        Aspect("better again", 1, _better_again),
        Aspect("threshold and floor", 1, _threshold_and_floor),
        Aspect("cooldown", 1, _cooldown),
        Aspect("larger is better", 1, _larger_is_better),
    ),
    hints=(
        "Walk through losses 3, 2, 2, 2, 2 with patience 1 by hand: note best, bad and the rate after each. Where does your "
        "function first say something else?",
        "First decide whether the metric beats the best by more than the threshold. If so, it is the new best and bad is 0; "
        "else, unless the rule is still cooling, bad goes up by one. Count cooling down. When bad exceeds patience, lower the rate, but "
        "not below min_lr, set bad to 0 and begin to cool.",
    ),
)


def _mistake(name, why, hint, **parts):
    """A wrong rule made of parts; each of them stands for one line of the right one."""
    right = {
        "better": lambda metric, best, threshold, mode: (
            metric > best + threshold if mode == "max" else metric < best - threshold
        ),
        "counted": lambda bad, better, cooling: 0 if better or cooling else bad + 1,
        "enough": lambda bad, patience: bad > patience,
        "lower": lambda lr, factor, min_lr: min(lr, max(factor * lr, min_lr)),
        "kept": lambda best, metric, better, mode: metric if better else best,
        "afresh": lambda bad: 0,
        "rest": lambda cooldown: cooldown,
        "cooled": lambda cooling: max(cooling - 1, 0),
    } | parts

    def function(
        lr,
        metric,
        best,
        bad,
        cooling,
        factor=0.5,
        patience=2,
        threshold=1e-4,
        cooldown=0,
        min_lr=0.0,
        mode="min",
    ):
        better = right["better"](metric, best, threshold, mode)
        best = right["kept"](best, metric, better, mode)
        bad = right["counted"](bad, better, cooling)
        cooling = right["cooled"](cooling)
        if right["enough"](bad, patience):
            lr, bad, cooling = (
                right["lower"](lr, factor, min_lr),
                right["afresh"](bad),
                right["rest"](cooldown),
            )
        return lr, best, bad, cooling

    reduce_on_plateau.mistake(name, why=why, hint=hint)(function)


_mistake(
    "One epoch early",
    "You lower the rate when the count of bad epochs *reaches* patience. Keras does that; here it has to *exceed* it.",
    "With patience 2, how many bad epochs are put up with?",
    enough=lambda bad, patience: bad >= patience,
)
_mistake(
    "One epoch late",
    "You lower the rate one bad epoch too late.",
    "With patience 0, after how many bad epochs does the rate fall?",
    enough=lambda bad, patience: bad > patience + 1,
)
_mistake(
    "Compared with the last value",
    "You compare with the metric of the epoch before instead of the best so far. A metric that goes up and down then never "
    "seems to be stuck.",
    "What is `best` for?",
    kept=lambda best, metric, better, mode: metric,
)
_mistake(
    "The best is never updated",
    "You compare with the same best for ever.",
    "What becomes of `best` when the metric beats it?",
    kept=lambda best, metric, better, mode: best,
)
_mistake(
    "The best ignores the threshold",
    "You take every lower metric as the new best, even one that does not count as better. Many small gains then never add "
    "up to one that counts.",
    "When the metric is lower, but by less than the threshold, what is the best?",
    kept=lambda best, metric, better, mode: max(best, metric) if mode == "max" else min(best, metric),
)
_mistake(
    "The threshold is ignored",
    "Every tiny gain counts as better in your code; the threshold does not appear.",
    "By how much must the metric beat the best?",
    better=lambda metric, best, threshold, mode: metric > best if mode == "max" else metric < best,
)
_mistake(
    "The threshold has the wrong sign",
    "You let a metric that is a little *worse* than the best count as better.",
    "With a threshold of 0.1 and a best of 2, below which metric is an epoch good?",
    better=lambda metric, best, threshold, mode: (
        metric > best - threshold if mode == "max" else metric < best + threshold
    ),
)
_mistake(
    "The mode is ignored",
    "You always take a smaller metric for better. An accuracy should rise.",
    "What does mode say?",
    better=lambda metric, best, threshold, mode: metric < best - threshold,
)
_mistake(
    "The modes are swapped",
    "You take a larger metric for better in mode min, and the other way round.",
    "Which sign belongs to which mode?",
    better=lambda metric, best, threshold, mode: (
        metric < best - threshold if mode == "max" else metric > best + threshold
    ),
)
_mistake(
    "The count does not start afresh after a better epoch",
    "You count bad epochs that do not follow each other: a better one should set the count to 0.",
    "What is `bad` after an epoch that beats the best?",
    counted=lambda bad, better, cooling: bad if better or cooling else bad + 1,
)
_mistake(
    "The count does not start afresh after a reduction",
    "After a reduction your count goes on, so the rate falls again in the very next bad epoch.",
    "What is `bad` right after the rate was lowered?",
    afresh=lambda bad: bad,
)
_mistake(
    "The cooldown is ignored",
    "Your rule counts bad epochs right after a reduction. The cooldown gives the new rate time to show what it can do.",
    "What is counted while `cooling` is above 0?",
    counted=lambda bad, better, cooling: 0 if better else bad + 1,
)
_mistake(
    "The cooldown never begins",
    "You never set `cooling`, so there is no rest after a reduction.",
    "What is `cooling` right after the rate was lowered?",
    rest=lambda cooldown: 0,
)
_mistake(
    "The cooldown never ends",
    "`cooling` never gets smaller in your code, so after the first reduction nothing is ever counted again.",
    "What happens to `cooling` in each epoch?",
    cooled=lambda cooling: cooling,
)
_mistake(
    "The count stands still while cooling",
    "While it cools, your count keeps its old value. It is 0 during the rest.",
    "What is `bad` while `cooling` is above 0?",
    counted=lambda bad, better, cooling: 0 if better else (bad if cooling else bad + 1),
    afresh=lambda bad: bad,
)
_mistake(
    "min_lr is ignored",
    "Your rate falls below min_lr.",
    "Which of the two is larger: the reduced rate or min_lr?",
    lower=lambda lr, factor, min_lr: factor * lr,
)
_mistake(
    "Never lowered",
    "The count is right, but the rate stays what it was.",
    "What happens to lr when the count exceeds patience?",
    lower=lambda lr, factor, min_lr: lr,
)
_mistake(
    "Lowered by the factor instead of to it",
    "You take the factor's share away instead of keeping it.",
    "With a factor of 0.3, what is left of a rate of 1?",
    lower=lambda lr, factor, min_lr: min(lr, max((1 - factor) * lr, min_lr)),
)
_mistake(
    "The factor is fixed",
    "0.5 is written into your code, so the factor that is passed in changes nothing.",
    "Which name should stand where you wrote the number?",
    lower=lambda lr, factor, min_lr: min(lr, max(0.5 * lr, min_lr)),
)
_mistake(
    "patience is fixed",
    "A number of your own stands where patience belongs.",
    "Which name should stand where you wrote the number?",
    enough=lambda bad, patience: bad > 2,
)
