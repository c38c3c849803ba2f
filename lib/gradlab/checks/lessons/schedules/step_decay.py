"""`step_decay`: a staircase."""

from collections.abc import Iterator

import numpy as np

from gradlab import schedules
from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Sight
from gradlab.checks.probes import arguments_kept


def _staircase(epoch, lr, factor=0.5, step_size=10):
    return schedules.step_decay(epoch, lr=lr, factor=factor, step_size=step_size)


def _hyper(rng: np.random.Generator) -> tuple[float, float, int]:
    return round(rng.uniform(0.2, 0.9), 2), round(rng.uniform(0.2, 0.45), 2), int(rng.integers(4, 9))


def _before_the_first_step(rate: Function, rng: np.random.Generator) -> Iterator[Sight]:
    lr, factor, size = _hyper(rng)
    for epoch in (0, 1, size - 1):
        yield Sight(f"In epoch {epoch}, with step_size = {size},", "the rate", rate(epoch, lr, factor, size))


def _at_and_after(rate: Function, rng: np.random.Generator) -> Iterator[Sight]:
    lr, factor, size = _hyper(rng)
    for epoch in (size, size + 1, 2 * size - 1, 2 * size, 3 * size + 2):
        yield Sight(f"In epoch {epoch}, with step_size = {size},", "the rate", rate(epoch, lr, factor, size))
    for epoch in (10, 19, 25):
        yield Sight(f"In epoch {epoch}, with factor and step_size left out,", "the rate", rate(epoch, lr))


def _many_epochs(rate: Function, rng: np.random.Generator) -> Iterator[Sight]:
    lr, factor, size = _hyper(rng)
    yield Sight("For an array of epochs", "the rates", rate(np.arange(4 * size), lr, factor, size))
    yield Sight("For epochs of shape (3, 4)", "the rates", rate(np.arange(12).reshape(3, 4), lr, factor, 5))


step_decay = Exercise(
    name="step_decay",
    lesson="09-schedules",
    returns=("the rate",),
    reference=_staircase,
    aspects=(
        Aspect("before the first step", 1, _before_the_first_step),
        Aspect("at the steps and between", 2, _at_and_after),
        Aspect(
            "many epochs at once",
            1,
            _many_epochs,
            lacking=Advice(
                "One epoch at a time",
                why="For a single epoch you are right; an array of epochs, as a figure needs it, is not possible yet.",
                hint="Which function of NumPy rounds every entry of an array down?",
            ),
        ),
        arguments_kept(lambda rng: {"epoch": np.arange(12.0), "lr": 0.8, "factor": 0.5, "step_size": 5}),
    ),
    hints=(
        "Count the steps that have been taken by epoch 9, 10 and 19 when one comes every 10 epochs: 0, 1 and 1. Which number do "
        "you get?",
        "The count of steps is the epoch divided by step_size, rounded down. Multiply the rate by the factor once for each "
        "of them: that is a power.",
    ),
    vectorised=True,
)


def _mistake(name, why, hint, function):
    step_decay.mistake(name, why=why, hint=hint)(function)


_mistake(
    "No floor",
    "You do not round the count of steps down, so the rate falls in every epoch: a smooth curve, not a staircase.",
    "How many steps have been taken in epoch 5, if one comes every 10 epochs?",
    lambda epoch, lr, factor=0.5, step_size=10: lr * factor ** (np.asarray(epoch) / step_size),
)
_mistake(
    "Rounded up",
    "You round the count of steps up, so the first drop comes right after epoch 0.",
    "In epoch 1 no step has been taken. What does your count say?",
    lambda epoch, lr, factor=0.5, step_size=10: lr * factor ** np.ceil(np.asarray(epoch) / step_size),
)
_mistake(
    "Rounded to the nearest",
    "You round the count of steps to the nearest whole number, so each drop comes half a step early.",
    "In epoch 6 of 10 no step has been taken. What does your count say?",
    lambda epoch, lr, factor=0.5, step_size=10: lr * factor ** np.round(np.asarray(epoch) / step_size),
)
_mistake(
    "One epoch early",
    "Your drops come one epoch before the multiples of step_size.",
    "With a step every 10 epochs, which is the first epoch with the lower rate?",
    lambda epoch, lr, factor=0.5, step_size=10: lr * factor ** ((np.asarray(epoch) + 1) // step_size),
)
_mistake(
    "One epoch late",
    "Your drops come one epoch after the multiples of step_size. Keras users count like that; here the drop comes *at* the "
    "multiple.",
    "Which rate holds in epoch 10, if a step comes every 10 epochs?",
    lambda epoch, lr, factor=0.5, step_size=10: (
        lr * factor ** np.maximum((np.asarray(epoch) - 1) // step_size, 0)
    ),
)
_mistake(
    "Already decayed in epoch 0",
    "Your first epoch has lost a step already.",
    "How many steps have been taken before epoch 0?",
    lambda epoch, lr, factor=0.5, step_size=10: lr * factor ** (np.asarray(epoch) // step_size + 1),
)
_mistake(
    "Multiplied, not raised to a power",
    "You multiply the factor by the count of steps instead of raising it to that power, so epoch 0 has a rate of 0.",
    "After two steps the rate has been multiplied by the factor twice. How is that written?",
    lambda epoch, lr, factor=0.5, step_size=10: lr * factor * (np.asarray(epoch) // step_size),
)
_mistake(
    "A drop in every epoch",
    "You use the epoch itself as the count of steps: that is the exponential decay of the next exercise.",
    "Where does step_size come in?",
    lambda epoch, lr, factor=0.5, step_size=10: lr * factor ** np.asarray(epoch),
)
_mistake(
    "Only one drop",
    "You multiply by the factor once, however many steps have been taken.",
    "What is the rate after the second step?",
    lambda epoch, lr, factor=0.5, step_size=10: np.where(np.asarray(epoch) >= step_size, lr * factor, lr),
)
_mistake(
    "The factor read as a loss",
    "You read the factor as the share that a step takes away. It is the share that is left.",
    "With a factor of 0.1, is the rate after the first step a tenth of the old one or nine tenths?",
    lambda epoch, lr, factor=0.5, step_size=10: lr * (1 - factor) ** (np.asarray(epoch) // step_size),
)
_mistake(
    "The rate comes back after the step",
    "Your rate is lower in the epochs that are multiples of step_size, and in the next one it is what it was.",
    "What is the rate in the epoch after a step?",
    lambda epoch, lr, factor=0.5, step_size=10: lr * factor ** (np.asarray(epoch) % step_size == 0),
)
_mistake(
    "Divided by the factor",
    "You divide by the factor, so the rate grows.",
    "The factor is below 1. What makes the rate smaller?",
    lambda epoch, lr, factor=0.5, step_size=10: lr / factor ** (np.asarray(epoch) // step_size),
)
_mistake(
    "Subtracted instead of multiplied",
    "You take a share of the first rate away at each step. After a few of them nothing is left, and then less than nothing.",
    "Each step multiplies what is there by the factor. What is the rate after two steps?",
    lambda epoch, lr, factor=0.5, step_size=10: lr * (1 - factor * (np.asarray(epoch) // step_size)),
)
_mistake(
    "Compounded over the epochs",
    "You apply the rate of every epoch so far on top of each other: the rate is multiplied again where the formula starts from lr.",
    "The formula gives the rate of an epoch from lr alone. Do you change lr on the way?",
    lambda epoch, lr, factor=0.5, step_size=10: (
        lr
        * factor
        ** np.vectorize(lambda e: sum(t // step_size for t in range(int(e) + 1)))(epoch).astype(float)
    ),
)
_mistake(
    "The count from the remainder",
    "You use the remainder of the division (`%`): that is how far into the step you are, not how many steps are done.",
    "Which operator gives the whole part of a division?",
    lambda epoch, lr, factor=0.5, step_size=10: lr * factor ** (np.asarray(epoch) % step_size),
)
_mistake(
    "lr is left out",
    "Your answer is the share of the rate that is left; the rate itself does not appear.",
    "What is the rate in epoch 0?",
    lambda epoch, lr, factor=0.5, step_size=10: factor ** (np.asarray(epoch) // step_size),
)
_mistake(
    "The step size is fixed at 10",
    "10 is written into your formula, so the step_size that is passed in changes nothing.",
    "Which name should stand where you wrote the number?",
    lambda epoch, lr, factor=0.5, step_size=10: lr * factor ** (np.asarray(epoch) // 10),
)
_mistake(
    "The factor is fixed at one half",
    "0.5 is written into your formula, so the factor that is passed in changes nothing.",
    "Which name should stand where you wrote the number?",
    lambda epoch, lr, factor=0.5, step_size=10: lr * 0.5 ** (np.asarray(epoch) // step_size),
)
