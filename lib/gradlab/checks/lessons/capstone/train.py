"""`train`: a loop that spends a budget of gradients, and a recipe that makes something of them.

The loop is looked at with a rule and a rate of ours, where every number is known. The recipe is the learner's own: it is
judged by what it reaches on digits that it has not seen. Nobody must draw the same batches as the reference, so of these only
facts are seen; and of an accuracy only the band that it lies in.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Sight
from gradlab.checks.lessons.capstone.game import BUDGET, Game, Listed, digits_to_learn, few_examples
from gradlab.checks.probes import short_decimals
from gradlab.training.metered import Params

# Shares of the held-out digits. A run far below a band gets no second chance; close below it, luck may have decided.
BANDS = (0.50, 0.80, 0.90)
CLOSE = 0.05

NAMES = ("W1", "b1", "W2", "b2", "W3", "b3")
ONE_LAYER = ((4, 3), (3,))
TWO_LAYERS = ((3, 2), (2,), (2, 4), (4,))
THREE_LAYERS = ((2, 3), (3,), (3, 4), (4,), (4, 2), (2,))


def heavy_ball(w, grad, state, lr, rho=0.9):
    """Momentum, with the velocity as its state.

    >>> heavy_ball(np.array([1.0]), np.array([2.0]), np.array([4.0]), 0.5)
    (array([-1.8]), array([5.6]))
    """
    v = grad if state is None else rho * state + grad
    return w - lr * v, v


def half_cosine(t, total, lr=0.2):
    """A rate that falls along half a cosine.

    >>> half_cosine(np.array([0, 2, 4]), 4)
    array([0.2, 0.1, 0. ])
    """
    return lr * (1 + np.cos(np.pi * t / total)) / 2


def shuffled(n: int, rng: np.random.Generator) -> Iterator[Any]:
    """Batches of 32, epoch after epoch, without the few that are left at the end of one.

    >>> batches = shuffled(70, np.random.default_rng(0))
    >>> len({*next(batches), *next(batches)})
    64
    """
    while True:
        order = rng.permutation(n)
        for start in range(0, max(n - 31, 1), 32):
            yield order[start : start + 32]


def by_the_book(params, n, gradient, budget, rng, rule=heavy_ball, rate=half_cosine):
    """The loop that is asked for, with a recipe."""
    params, states, batches = list(params), [None] * len(params), shuffled(n, rng)
    for t in range(budget):
        _, grads = gradient(params, next(batches))
        for i, grad in enumerate(grads):
            params[i], states[i] = rule(params[i], grad, states[i], rate(t, budget))
    return params


# --- The loop, with a rule and a rate of ours ----------------------------------------------------------------


class Bowl:
    """A gradient that pulls every array towards its own bottom, whatever the batch: every step can be foretold."""

    __name__ = "gradient"

    def __init__(self, bottoms: Params) -> None:
        self.bottoms = bottoms

    def __call__(self, params: Params, batch: Any) -> tuple[float, Params]:
        """Half of the way to the bottom."""
        grads = [0.5 * (np.asarray(w) - bottom) for w, bottom in zip(params, self.bottoms, strict=True)]
        return float(sum(np.sum(grad**2) for grad in grads)), grads


def counting(w, grad, state, lr):
    """A rule that remembers: its k-th step of an array is k times as long.

    >>> counting(1.0, 0.5, 2, 0.1)
    (0.85, 3)
    """
    steps = 0 if state is None else state
    return w - (1 + steps) * lr * grad, steps + 1


def _rate(rng: np.random.Generator) -> Callable[[Any, Any], Any]:
    first, slope = round(rng.uniform(0.2, 0.4), 2), round(rng.uniform(0.01, 0.03), 3)

    def rate(t, total):
        return first / (1 + t) + slope * total

    return rate


def _steps(budgets: tuple[int, ...]) -> Callable[[Function, np.random.Generator], Iterator[Sight]]:
    def probe(train: Function, rng: np.random.Generator) -> Iterator[Sight]:
        for shapes, budget in zip((TWO_LAYERS, THREE_LAYERS, ONE_LAYER), budgets, strict=True):
            params, bottoms = ([short_decimals(rng, *shape) for shape in shapes] for _ in range(2))
            generator = np.random.default_rng(int(rng.integers(1000)))
            after = train(
                Listed(params), 40, Bowl(bottoms), budget, generator, rule=counting, rate=_rate(rng)
            )
            when = f"After {budget} step{'s' if budget > 1 else ''} with our rule and rate"
            yield Sight(when, "the number of arrays", len(after))
            for name, array in zip(NAMES, after, strict=False):
                yield Sight(when, name, array)

    return probe


# --- Budget and batches --------------------------------------------------------------------------------------


def run(train: Function, game: Game, rng: np.random.Generator) -> Params | None:
    """What is returned by a run with the learner's own recipe; None where it asked for what is refused."""
    meter = game.meter
    try:
        trained: Params = train(Listed(part.copy() for part in game.start), meter.n, meter, meter.budget, rng)
    except Exception:
        if not meter.refused:
            raise
        return None
    return trained


def _generator(rng: np.random.Generator) -> np.random.Generator:
    return np.random.default_rng(int(rng.integers(2**32)))


def _budget(train: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for n, budget in ((96, 10), (500, 6), (20, 8), (200, 20)):
        game = few_examples(rng, n, budget)
        run(train, game, _generator(rng))
        used = len(game.meter.batches)
        words = {"budget": "more than there are", "batch": "a batch that is refused", "params": "refused"}
        asked = words.get(game.meter.refused, "all, or nearly all" if used >= 0.9 * budget else "too few")
        yield Sight(f"With {n} digits and a budget of {budget},", "what your run asks for", asked)


def _batches(train: Function, rng: np.random.Generator) -> Iterator[Sight]:
    game = few_examples(rng, 64, 15)
    other = game._replace(meter=few_examples(rng, 64, 15).meter)
    for each in (game, other):
        run(train, each, _generator(rng))
    batches = game.meter.batches
    when = "With 64 digits and a budget of 15,"
    yield Sight(when, "what your run is refused", game.meter.refused or "nothing")
    seen = np.unique(np.concatenate([*batches, np.zeros(0, int)])).size
    yield Sight(when, "the digits that are looked at", "nearly all" if seen >= 48 else "too few of them")
    yield Sight(when, "a batch", "neighbours only" if all(map(_neighbours, batches)) else "from all over")
    first, second = (set(each.meter.batches[0]) if each.meter.batches else set() for each in (game, other))
    yield Sight("With another rng,", "the first batch", "the same" if first == second else "another")


def _neighbours(batch: Any) -> bool:
    return bool(np.ptp(batch) < 1.5 * len(batch))


def _kept(train: Function, rng: np.random.Generator) -> Iterator[Sight]:
    game = few_examples(rng, 96, 3)
    given = Listed(part.copy() for part in game.start)
    train(given, 96, game.meter, 3, _generator(rng))
    yield Sight("After the call,", "the number of arrays in your params", len(given))
    for name, array in zip(NAMES, given, strict=False):
        yield Sight("After the call,", f"the {name} you were given", array)


# --- What it reaches -----------------------------------------------------------------------------------------


def band(share: float, highest: int) -> str:
    """The band in which a share lies, told no finer than up to band number `highest`.

    >>> band(0.85, 2), band(0.85, 1), band(0.2, 2)
    ('80 to 90 %', 'at least 80 %', 'below 50 %')
    """
    reached = sum(share >= limit for limit in BANDS[: highest + 1])
    if reached > highest:
        return f"at least {100 * BANDS[highest]:.0f} %"
    low = f"{100 * BANDS[reached - 1]:.0f} to " if reached else "below "
    return f"{low}{100 * BANDS[reached]:.0f} %"


def course_of(losses: list[float]) -> str:
    """What the loss of the batches does from the first ten to the last ten.

    >>> course_of([2.3] * 20), course_of([2.3] * 10 + [0.2] * 10)
    ('hardly falling', 'falling')
    """
    if not losses:
        return "not asked for"
    if not np.all(np.isfinite(losses)) or max(losses) > 4 * losses[0]:
        return "running away"
    return "falling" if np.mean(losses[-10:]) < 0.9 * np.mean(losses[:10]) else "hardly falling"


def _reaches(highest: int) -> Callable[[Function, np.random.Generator], Iterator[Sight]]:
    def probe(train: Function, rng: np.random.Generator) -> Iterator[Sight]:
        # First something short, because the first call is made twice.
        run(train, few_examples(rng, 40, 2), _generator(rng))
        best, courses = 0.0, []
        for seed in rng.integers(2**32, size=2):
            game = digits_to_learn(np.random.default_rng(seed))
            trained = run(train, game, np.random.default_rng(seed))
            best = max(best, 0.0 if trained is None else game.share(trained))
            courses.append(course_of(game.meter.losses))
            if not 0 < BANDS[highest] - best < CLOSE:
                break
        when = f"With {game.meter.n} digits and a budget of {BUDGET},"
        if highest == 0:
            yield Sight(when, "the loss of your batches", courses[0])
        yield Sight(when, "the share of held-out digits that is right", band(best, highest))

    return probe


train = Exercise(
    name="train",
    lesson="13-capstone",
    returns=("the list of arrays",),
    kinds=("arrays",),
    reference=by_the_book,
    aspects=(
        Aspect("one step", 1, _steps((1, 1, 1))),
        Aspect("several steps", 1, _steps((3, 5, 4))),
        Aspect("the budget", 1, _budget),
        Aspect("the batches", 1, _batches),
        *(
            Aspect(
                f"{100 * limit:.0f} % right",
                1,
                _reaches(i),
                coarse=True,
                lacking=Advice(
                    "The recipe does not suit the budget",
                    why="Your loop does what it should; what is left is the recipe. Steps that are too short are still on their "
                    "way when the budget is spent, and steps that are too long never settle.",
                    hint="Draw the loss of your batches. Does it still fall at the end, or does it jump? Then try your rates "
                    "halved and doubled, as in section 4.",
                ),
            )
            for i, limit in enumerate(BANDS)
        ),
        Aspect(
            "arguments unchanged",
            1,
            _kept,
            manners=True,
            lacking=Advice(
                "Writes into what it was given",
                why="Your training works, but the parameters that were passed in are changed: the list by "
                "`params[i] = ...`, or its arrays by `-=`. The next run would start from trained weights.",
                hint="`params = list(params)` makes a list of your own; `w - lr * v` makes a new array.",
            ),
        ),
    ),
    hints=(
        "If a step is wrong: write down what happens in one step, for one array. Where do grads, the state and the rate come from, "
        "and where does what rule returns have to go? If an accuracy is too low: draw the loss of your batches over the run. Does it "
        "still fall at the end, or does it jump?",
        "Before the loop: a list of your own with the arrays, and a list with a None for each. In step t: a batch of indices, "
        "gradient(params, batch), rate(t, budget), and then for every array the rule, whose two values go back into the two lists.",
        "For the last band, take one of the rules and one of the schedules of the course. Train with peak rates a factor of 2 apart, on "
        "several seeds each, and keep the one with the best mean on the validation digits.",
    ),
)
