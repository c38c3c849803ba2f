"""`dropout_forward`: some units are silent, and the others speak louder."""

from collections.abc import Iterator

import numpy as np

from gradlab import regularizers
from gradlab.checks.exercise import Aspect, Exercise, Function, Sight
from gradlab.checks.probes import arguments_kept, short_decimals


def _dropout(x, p, rng, training=True):
    if not training:
        return x, np.ones(np.shape(x), dtype=bool)
    return regularizers.dropout_forward(x, rng, p=p)


def _shares(forward: Function, rng: np.random.Generator) -> Iterator[Sight]:
    # So many units that the shares are known to a hundredth, in whatever order the mask was drawn.
    for p in (round(rng.uniform(0.15, 0.25), 2), round(rng.uniform(0.6, 0.7), 2)):
        out, mask = forward(np.full((400, 500), 3.0), p, np.random.default_rng(rng.integers(1 << 30)))
        yield Sight(
            f"With p = {p:g}, over 200 000 units,", "the share of units that are silent", np.mean(out == 0)
        )
        yield Sight(f"With p = {p:g}, over 200 000 units,", "the share of True in the mask", np.mean(mask))
        yield Sight(f"With p = {p:g}, and 3 everywhere,", "the mean of the outputs", np.mean(out))


def _outputs(forward: Function, rng: np.random.Generator) -> Iterator[Sight]:
    p, x = round(rng.uniform(0.15, 0.35), 2), short_decimals(rng, 30, 20)
    out, mask = forward(x, p, np.random.default_rng(rng.integers(1 << 30)))
    kept = np.broadcast_to(mask, x.shape) & (out != 0)
    yield Sight(f"With p = {p:g},", "the outputs of kept units, divided by their inputs", np.ptp(out[kept] / x[kept]) + np.mean(out[kept] / x[kept]))  # fmt: skip
    yield Sight(
        f"With p = {p:g},", "the share of units whose output fits the mask", np.mean((out != 0) == mask)
    )
    yield Sight("With p = 0,", "the outputs", forward(x, 0.0, np.random.default_rng(1))[0])


def _randomness(forward: Function, rng: np.random.Generator) -> Iterator[Sight]:
    one, other, again = (
        forward(np.ones((60, 50)), 0.5, np.random.default_rng(seed))[1] for seed in (1, 2, 1)
    )
    yield Sight("With another rng,", "the share of the mask that is the same", np.mean(one == other))
    yield Sight("With the same rng again,", "the share of the mask that is the same", np.mean(one == again))
    yield Sight(
        "From one row to the next,", "the share of the mask that is the same", np.mean(one[1:] == one[:-1])
    )
    yield Sight("From one column to the next,", "the share of the mask that is the same", np.mean(one[:, 1:] == one[:, :-1]))  # fmt: skip
    kept = [np.sum(forward(np.ones((5, 10)), 0.5, np.random.default_rng(seed))[1]) for seed in range(8)]
    yield Sight("In eight draws of 50 units,", "whether their number changes", np.float64(np.ptp(kept) > 0))


def _at_test_time(forward: Function, rng: np.random.Generator) -> Iterator[Sight]:
    x = short_decimals(rng, 4, 3)
    out, mask = forward(x, 0.3, np.random.default_rng(3), training=False)
    yield Sight("At test time,", "out", out)
    yield Sight("At test time,", "the mask", mask)


dropout_forward = Exercise(
    name="dropout_forward",
    lesson="10-regularization",
    returns=("out", "the mask"),
    kinds=("numbers", "truth"),
    reference=_dropout,
    aspects=(
        Aspect("how many, how loud", 2, _shares, rtol=0.03),
        Aspect("outputs", 1, _outputs),
        Aspect("randomness", 1, _randomness, rtol=0.1),
        Aspect("test time", 1, _at_test_time),
        arguments_kept(
            lambda rng: {"x": short_decimals(rng, 4, 3), "p": 0.4, "rng": np.random.default_rng(4)}
        ),
    ),
    hints=(
        "Give it 1000 ones and p = 0.2. About 200 of the outputs should be 0, and the others 1.25, so that their mean is still 1. "
        "What do yours say?",
        "Draw a number between 0 and 1 for every unit, from the rng you were given. A unit is kept where its number is at least p. "
        "Multiply by the mask, and divide by the share that is kept. At test time, hand x back with a mask of True everywhere.",
    ),
    vectorised=True,
)


def _mistake(name, why, hint, *, keep=None, scale=None, test=None):
    """A wrong dropout made of parts: keep(x, p, rng), scale(p) and test(x, p, rng)."""

    def function(x, p, rng, training=True):
        if not training and test is None:
            return x, np.ones(np.shape(x), dtype=bool)
        if not training:
            return test(x, p, rng)
        mask = (keep or (lambda x, p, rng: rng.random(x.shape) >= p))(x, p, rng)
        return x * mask * (scale or (lambda p: 1 / (1 - p)))(p), np.broadcast_to(mask, np.shape(x))

    dropout_forward.mistake(name, why=why, hint=hint)(function)


_mistake(
    "Not scaled",
    "The kept units are no louder than before, so everything behind them hears too little in training and too much at test "
    "time.",
    "With p = 0.2 and inputs of 1, what should the mean of the outputs be?",
    scale=lambda p: 1,
)
_mistake(
    "Divided by p",
    "You divide by the share that is *dropped*. At p = 0.1 that makes the kept units ten times too loud.",
    "Which share of the units is still speaking?",
    scale=lambda p: 1 / p if p else 1,
)
_mistake(
    "Divided by p",
    "You divide by the share that is *dropped*. At p = 0.1 that makes the kept units ten times too loud.",
    "Which share of the units is still speaking?",
    scale=lambda p: np.divide(1.0, p),
)
_mistake(
    "Multiplied instead of divided",
    "You multiply by the share that is kept, so the units that remain get quieter instead of louder.",
    "Should those that remain make up for the silent ones or join them?",
    scale=lambda p: 1 - p,
)
_mistake(
    "p read as the share that is kept",
    "You keep a unit with probability p. Here, as in PyTorch and Keras, p is the probability of *dropping*; some papers and "
    "courses mean the other one. At p = 0.5 nobody would notice.",
    "With p = 0.1, should a tenth of the units be silent or nine tenths?",
    keep=lambda x, p, rng: rng.random(x.shape) < p,
    scale=lambda p: 1 / p if p else 1,
)
_mistake(
    "p read as the share that is kept",
    "You keep a unit with probability p. Here, as in PyTorch and Keras, p is the probability of *dropping*; some papers and "
    "courses mean the other one. At p = 0.5 nobody would notice.",
    "With p = 0.1, should a tenth of the units be silent or nine tenths?",
    keep=lambda x, p, rng: rng.random(x.shape) < p,
    scale=lambda p: np.divide(1.0, p),
)
_mistake(
    "A fixed number is dropped",
    "You drop the same number of units every time. Each unit has to be drawn on its own, so that their number changes.",
    "If you toss four coins, are two of them always heads?",
    keep=lambda x, p, rng: (rng.permutation(x.size) >= round(p * x.size)).reshape(x.shape),
)
_mistake(
    "The wrong units are kept",
    "You keep a unit with probability p, and scale as if you had dropped it with that probability.",
    "For which random numbers should a unit be kept: those below p, or the others?",
    keep=lambda x, p, rng: rng.random(x.shape) < p,
)
_mistake(
    "p read as the share that is kept",
    "You keep a unit with probability p, and do not scale. Here p is the probability of *dropping*.",
    "With p = 0.1, should a tenth of the units be silent or nine tenths?",
    keep=lambda x, p, rng: rng.random(x.shape) < p,
    scale=lambda p: 1,
)
_mistake(
    "Random numbers from a bell curve",
    "You draw from a normal distribution, so the share of dropped units is not p.",
    "Which method of rng draws evenly between 0 and 1?",
    keep=lambda x, p, rng: rng.normal(size=x.shape) >= p,
)
_mistake(
    "One mask for all examples",
    "You draw one number for each column and use it for every row, so the same units are silent for all examples.",
    "What is the shape of the random numbers, and what is that of x?",
    keep=lambda x, p, rng: rng.random(x.shape[-1]) >= p,
)
_mistake(
    "Whole examples are dropped",
    "You draw one number for each row, so an example is either silent or untouched.",
    "What is the shape of the random numbers, and what is that of x?",
    keep=lambda x, p, rng: rng.random((x.shape[0], 1)) >= p,
)
_mistake(
    "The rng is not used",
    "Your mask is the same whatever rng comes in: you make a generator of your own.",
    "Where does the rng of the arguments appear in your code?",
    keep=lambda x, p, rng: np.random.default_rng(0).random(x.shape) >= p,
)
_mistake(
    "Active at test time",
    "You drop units at test time too, so the same input gets another answer each time.",
    "What does `training` change in your code?",
    test=lambda x, p, rng: regularizers.dropout_forward(x, rng, p=p),
)
_mistake(
    "Scaled at test time too",
    "You scale at test time as well. The kept units were already made louder in training, so that nothing is left to do.",
    "What should come out at test time for an input of 1?",
    test=lambda x, p, rng: (x * (1 - p), np.ones(x.shape, dtype=bool)),
)
_mistake(
    "Louder at test time",
    "You divide by 1 - p at test time, where nothing was dropped.",
    "What should come out at test time for an input of 1?",
    test=lambda x, p, rng: (x / (1 - p), np.ones(x.shape, dtype=bool)),
)
_mistake(
    "The mask of training at test time",
    "Your outputs are right, but at test time every unit is kept, so the mask is True everywhere; yours still drops some.",
    "Which units are kept at test time?",
    test=lambda x, p, rng: (x, rng.random(x.shape) >= p),
)
_mistake(
    "No mask at test time",
    "At test time every unit is kept, so the mask is True everywhere; yours says otherwise.",
    "Which units are kept at test time?",
    test=lambda x, p, rng: (x, np.zeros(x.shape, dtype=bool)),
)


@dropout_forward.mistake(
    "The mask is upside down",
    why="Your outputs are right, but the mask says which units were dropped. The way back needs those that were kept.",
    hint="What does True mean in the mask?",
)
def _(x, p, rng, training=True):
    out, mask = _dropout(x, p, rng, training)
    return out, ~mask


@dropout_forward.mistake(
    "The inputs are handed back",
    why="Your mask is right, but it is never used on x.",
    hint="What is x multiplied with?",
)
def _(x, p, rng, training=True):
    return x + 0.0, _dropout(x, p, rng, training)[1]
