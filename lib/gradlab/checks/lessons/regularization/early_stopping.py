"""`early_stopping`: when to stop, and where to go back to."""

from collections.abc import Iterator

import numpy as np

from gradlab import regularizers
from gradlab.checks.exercise import Aspect, Exercise, Function, Sight


def _stopping(losses, patience=3):
    state, best, best_epoch = None, np.inf, 0
    for epoch, loss in enumerate(losses):
        stop, state = regularizers.early_stopping(loss, state, patience=patience)
        if loss < best:
            best, best_epoch = loss, epoch
        if stop:
            return epoch, best_epoch
    return len(losses) - 1, best_epoch


def _both(function: Function, when: str, *call: object) -> Iterator[Sight]:
    for name, value in zip(("stop", "best"), function(*call), strict=True):
        yield Sight(when, name, value)


def _fall(rng: np.random.Generator, count: int) -> list[float]:
    return [float(x) for x in np.round(4 - np.cumsum(rng.uniform(0.1, 0.4, count)), 2)]


def _rises(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for patience in (2, int(rng.integers(3, 5))):
        down = _fall(rng, int(rng.integers(3, 6)))
        up = [float(x) for x in np.round(down[-1] + np.sort(rng.uniform(0.05, 0.5, 8)), 2)]
        yield from _both(function, f"Down and then up, with patience {patience},", [*down, *up], patience)
    small = [2.0, 1.99, 1.98, 2.1, 1.97, 2.2, 2.3, 2.4, 1.0]
    yield from _both(function, "With small gains and patience 1,", small, 1)
    yield from _both(function, "With patience 0,", [3.0, 2.0, 2.5, 1.0, 0.5], 0)
    worse = [1.0, 1.2, 1.1, 1.4, 1.3, 1.5, 0.5]
    yield from _both(function, "Worse from the start, with patience 2,", worse, 2)


def _up_and_down(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    low = round(rng.uniform(1.0, 1.5), 2)
    saw = [
        3.0,
        low + 1,
        low + 1.4,
        low + 1.2,
        low + 0.5,
        low + 0.9,
        low + 0.6,
        low,
        low + 0.7,
        low + 0.2,
        low + 0.3,
        low + 0.1,
        low - 0.5,
    ]
    yield from _both(function, "Up and down, with patience 2,", saw, 2)
    yield from _both(
        function, "The same best value twice, with patience 2,", [2.0, 1.0, 1.5, 1.0, 1.2, 1.1, 0.5], 2
    )
    yield from _both(function, "With patience left out, so 3,", [2.0, 1.0, 1.5, 1.4, 1.3, 1.2, 1.1, 0.5])


def _never(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    yield from _both(function, "Falling to the end,", _fall(rng, 6), 2)
    down = _fall(rng, 5)
    yield from _both(function, "Rising only at the end,", [*down, down[-1] + 0.2, down[-1] + 0.1], 3)
    yield from _both(function, "For an array of losses,", np.array([3.0, 2.0, 1.0]), 1)


early_stopping = Exercise(
    name="early_stopping",
    lesson="10-regularization",
    returns=("stop", "best"),
    reference=_stopping,
    aspects=(
        Aspect("down and then up", 2, _rises),
        Aspect("up and down", 1, _up_and_down),
        Aspect("never too bad", 1, _never),
    ),
    hints=(
        "Losses 3, 2, 2.5, 2.4 with patience 1: note the best so far and the count of bad epochs after each. Where does the "
        "count first exceed 1?",
        "Go through the losses in order. One that is below the best so far is the new best, and the count of bad epochs starts "
        "again at 0; any other makes it one more. Stop in the epoch in which the count exceeds patience, else in the last one.",
    ),
)


def _mistake(name, why, hint, *, better=None, enough=None, afresh=True, kept=None, stop=None, best_is=None):
    """A wrong rule: better(loss, best), enough(bad, patience), kept(best, loss, better), stop(epoch), best_is(...)."""

    def function(losses, patience=3):
        best, best_epoch, bad = np.inf, 0, 0
        for epoch, loss in enumerate(losses):
            good = better(loss, best) if better else loss < best
            best = kept(best, loss, good) if kept else (loss if good else best)
            best_epoch = epoch if good else best_epoch
            bad = (0 if afresh else bad) if good else bad + 1
            if enough(bad, patience) if enough else bad > patience:
                last = stop(epoch, best_epoch) if stop else epoch
                return last, best_is(losses, epoch, best_epoch) if best_is else best_epoch
        last = len(losses) - 1
        return last, best_is(losses, last, best_epoch) if best_is else best_epoch

    early_stopping.mistake(name, why=why, hint=hint)(function)


_mistake(
    "One epoch early",
    "You stop when the count of bad epochs *reaches* patience. Keras does that; here it has to *exceed* it.",
    "With patience 2, how many bad epochs are put up with?",
    enough=lambda bad, patience: bad >= max(patience, 1),
)
_mistake(
    "One epoch early",
    "You stop when the count of bad epochs *reaches* patience, which with patience 0 is at once.",
    "With patience 2, how many bad epochs are put up with?",
    enough=lambda bad, patience: bad >= patience,
)


@early_stopping.mistake(
    "One epoch early",
    why="You stop when the count of bad epochs *reaches* patience, which with patience 0 is right after the first epoch.",
    hint="With patience 2, how many bad epochs are put up with?",
)
def _(losses, patience=3):
    best, bad = 0, 0
    for epoch in range(1, len(losses)):
        best, bad = (epoch, 0) if losses[epoch] < losses[best] else (best, bad + 1)
        if bad >= patience:
            return epoch, best
    return len(losses) - 1, best


_mistake(
    "One epoch late",
    "You put up with one bad epoch more than patience says.",
    "With patience 0, after how many bad epochs is it over?",
    enough=lambda bad, patience: bad > patience + 1,
)
_mistake(
    "Compared with the last loss",
    "You compare with the loss of the epoch before instead of the best so far. A loss that goes up and down then goes on for "
    "ever.",
    "What has to be remembered from epoch to epoch?",
    kept=lambda best, loss, good: loss,
)
_mistake(
    "The count does not start afresh",
    "You count all bad epochs, not those in a row: a better one should set the count back to 0.",
    "What is the count after an epoch that is the best so far?",
    afresh=False,
)
_mistake(
    "As good as the best counts as better",
    "A loss that only equals the best starts your count again. It has to be below it.",
    "Is 1.0 better than 1.0?",
    better=lambda loss, best: loss <= best,
)
_mistake(
    "Larger is taken for better",
    "You wait for the loss to rise.",
    "Which of two losses is better: the smaller or the larger?",
    better=lambda loss, best: loss > (best if np.isfinite(best) else -np.inf),
)
_mistake(
    "The best epoch is the last one",
    "You hand back the epoch in which training stopped. The weights to go back to are those of the best epoch.",
    "In which epoch was the loss lowest?",
    best_is=lambda losses, last, best: last,
)
_mistake(
    "Stops at the best epoch",
    "You say that training stopped in its best epoch. Nobody knew then that it was the best.",
    "In which epoch has the count exceeded patience?",
    stop=lambda epoch, best: best,
)
_mistake(
    "The best loss instead of its epoch",
    "You hand back the lowest loss. Asked for is the epoch in which it was reached.",
    "Which of the two is a whole number?",
    best_is=lambda losses, last, best: losses[best],
)
_mistake(
    "Looks into the future",
    "You take the best epoch from all losses, also from those after the stop, which training never saw.",
    "Which losses were known when training stopped?",
    best_is=lambda losses, last, best: int(np.argmin(losses)),
)
_mistake(
    "Counted from one",
    "You count epochs from 1. The first epoch is epoch 0.",
    "Which number does enumerate start with?",
    stop=lambda epoch, best: epoch + 1,
    best_is=lambda losses, last, best: best + 1,
)
_mistake(
    "Stops at the first bad epoch",
    "You stop as soon as the loss rises once; patience does not appear.",
    "What is patience for?",
    enough=lambda bad, patience: bad > 0,
)
_mistake(
    "Never stops",
    "You go through all losses to the end.",
    "What happens when the count exceeds patience?",
    enough=lambda bad, patience: False,
)
_mistake(
    "patience is fixed at 3",
    "3 is written into your code, so the patience that is passed in changes nothing.",
    "Which name should stand where you wrote the number?",
    enough=lambda bad, patience: bad > 3,
)
