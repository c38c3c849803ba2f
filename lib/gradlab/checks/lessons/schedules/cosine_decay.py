"""`cosine_decay`: up a ramp, down half a cosine."""

from collections.abc import Iterator

import numpy as np

from gradlab import schedules
from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Sight
from gradlab.checks.probes import arguments_kept


def _cosine(epoch, lr, total, warmup=0, min_lr=0.0):
    return schedules.cosine_decay(epoch, lr=lr, total=total, warmup=warmup, min_lr=min_lr)


def _without_warmup(rate: Function, rng: np.random.Generator) -> Iterator[Sight]:
    lr, total = round(rng.uniform(0.3, 0.9), 2), int(rng.integers(8, 15))
    for epoch in (0, 1, 3, total - 1, total):
        yield Sight(f"In epoch {epoch} of {total},", "the rate", rate(epoch, lr, total))
    yield Sight(f"In epoch 3 of {total}, with min_lr = 0.04,", "the rate", rate(3, lr, total, 0, 0.04))


def _with_warmup(rate: Function, rng: np.random.Generator) -> Iterator[Sight]:
    lr, warmup = round(rng.uniform(0.3, 0.9), 2), int(rng.integers(3, 6))
    total = warmup + int(rng.integers(6, 11))
    for epoch in (0, 1, warmup - 1, warmup, warmup + 1, warmup + 4, total - 1):
        when = f"In epoch {epoch} of {total}, with {warmup} epochs of warm-up,"
        yield Sight(when, "the rate", rate(epoch, lr, total, warmup))
    when = f"In epoch 1 of {total}, with {warmup} epochs of warm-up and min_lr = 0.05,"
    yield Sight(when, "the rate", rate(1, lr, total, warmup, 0.05))


def _after_the_end(rate: Function, rng: np.random.Generator) -> Iterator[Sight]:
    lr, total = round(rng.uniform(0.3, 0.9), 2), int(rng.integers(8, 15))
    for epoch in (total, total + 1, total + 5, 2 * total):
        yield Sight(f"In epoch {epoch} of {total},", "the rate", rate(epoch, lr, total, 2, 0.03))


def _many_epochs(rate: Function, rng: np.random.Generator) -> Iterator[Sight]:
    lr = round(rng.uniform(0.3, 0.9), 2)
    yield Sight("For an array of epochs", "the rates", rate(np.arange(16), lr, 12, 3, 0.02))
    yield Sight("For epochs of shape (3, 4)", "the rates", rate(np.arange(12).reshape(3, 4), lr, 9, 2))


cosine_decay = Exercise(
    name="cosine_decay",
    lesson="09-schedules",
    returns=("the rate",),
    reference=_cosine,
    aspects=(
        Aspect("the cosine", 1, _without_warmup),
        Aspect("the warm-up", 2, _with_warmup),
        Aspect(
            "after the end",
            1,
            _after_the_end,
            lacking=Advice(
                "It goes on after the end",
                why="From `total` on the rate should stay at min_lr; yours rises again, as a cosine does, or falls on.",
                hint="How large may the progress become?",
            ),
        ),
        Aspect(
            "many epochs at once",
            1,
            _many_epochs,
            lacking=Advice(
                "One epoch at a time",
                why="For a single epoch you are right; an array of epochs, as a figure needs it, is not possible yet.",
                hint="`if` and `min` take one number. Which functions of NumPy do the same for every entry of an array?",
            ),
        ),
        arguments_kept(
            lambda rng: {"epoch": np.arange(12.0), "lr": 0.8, "total": 10, "warmup": 3, "min_lr": 0.05}
        ),
    ),
    hints=(
        "Take it in two parts. Without a warm-up, what is the progress in the first epoch, half way and at the end, and what does "
        "(1 + cos(pi * progress)) / 2 make of these? Then look at the ramp alone.",
        "Progress runs from 0 at the end of the warm-up to 1 at total, and is held there. Put it into the cosine, between lr and "
        "min_lr. Before the end of the warm-up, multiply by (epoch + 1) / (warmup + 1), which must not exceed 1.",
    ),
    vectorised=True,
)


def _mistake(name, why, hint, progress=None, wave=None, ramp=None, rate=None):
    """A wrong schedule: progress(epoch, total, warmup), wave(progress), ramp(epoch, warmup), rate(lr, min_lr, wave, ramp)."""

    def right_progress(epoch, total, warmup):
        return np.clip((epoch - warmup) / (total - warmup), 0, 1)

    def right_wave(progress):
        return (1 + np.cos(np.pi * progress)) / 2

    def right_ramp(epoch, warmup):
        return np.minimum((epoch + 1) / (warmup + 1), 1)

    def right_rate(lr, min_lr, wave, ramp):
        return ramp * (min_lr + (lr - min_lr) * wave)

    def function(epoch, lr, total, warmup=0, min_lr=0.0):
        epoch = np.asarray(epoch, dtype=float)
        share = (wave or right_wave)((progress or right_progress)(epoch, total, warmup))
        return (rate or right_rate)(lr, min_lr, share, (ramp or right_ramp)(epoch, warmup))

    cosine_decay.mistake(name, why=why, hint=hint)(function)


_mistake(
    "It rises again",
    "After `total` your rate rises again, as a cosine does.",
    "How large may the progress become?",
    progress=lambda epoch, total, warmup: np.maximum((epoch - warmup) / (total - warmup), 0),
)
_mistake(
    "The progress is negative during the warm-up",
    "Before the end of the warm-up your progress is below 0, so the cosine is past its top and lowers the ramp.",
    "Between which two numbers is the progress held?",
    progress=lambda epoch, total, warmup: (epoch - warmup) / (total - warmup),
)
_mistake(
    "The progress is negative during the warm-up",
    "Before the end of the warm-up your progress is below 0, so the cosine is past its top and lowers the ramp.",
    "Between which two numbers is the progress held?",
    progress=lambda epoch, total, warmup: np.minimum((epoch - warmup) / (total - warmup), 1),
)
_mistake(
    "The warm-up is not taken off",
    "Your cosine starts at epoch 0, under the ramp, so the full rate is never reached.",
    "What should the progress be in the first epoch after the warm-up?",
    progress=lambda epoch, total, warmup: np.clip(epoch / total, 0, 1),
)
_mistake(
    "The warm-up comes on top of total",
    "Your cosine takes `total` epochs after the warm-up, so it ends too late.",
    "How many epochs are left for the cosine once the warm-up is over?",
    progress=lambda epoch, total, warmup: np.clip((epoch - warmup) / total, 0, 1),
)
_mistake(
    "One epoch short",
    "You divide by one epoch less, so min_lr is reached before `total`.",
    "In which epoch should the progress be 1?",
    progress=lambda epoch, total, warmup: np.clip((epoch - warmup) / (total - warmup - 1), 0, 1),
)
_mistake(
    "Half of the cosine only",
    "Your angle ends at pi / 2 instead of pi.",
    "What is the cosine at the end of half a wave?",
    wave=lambda progress: (1 + np.cos(np.pi * progress / 2)) / 2,
)
_mistake(
    "A quarter of a wave",
    "You use a quarter of a cosine without the 1 + and the half.",
    "What shape does (1 + cos) / 2 have at its two ends?",
    wave=lambda progress: np.cos(np.pi * progress / 2),
)
_mistake(
    "Two waves",
    "Your angle runs to 2 pi: down and up again.",
    "How much of a wave leads from the top to the bottom?",
    wave=lambda progress: (1 + np.cos(2 * np.pi * progress)) / 2,
)
_mistake(
    "Not halved",
    "1 + cos is 2 at the start, so your rate starts at twice lr.",
    "What is the wave at progress 0? It should be 1.",
    wave=lambda progress: 1 + np.cos(np.pi * progress),
)
_mistake(
    "The 1 is missing",
    "The cosine alone runs from 1 to -1: your rate becomes negative.",
    "What has to be added to a cosine so that it is never below zero?",
    wave=lambda progress: np.cos(np.pi * progress) / 2 + 0 * progress,
)
_mistake(
    "The 1 is missing",
    "The cosine alone runs from 1 to -1: your rate becomes negative.",
    "What has to be added to a cosine so that it is never below zero?",
    wave=lambda progress: np.cos(np.pi * progress),
)
_mistake(
    "Upside down",
    "Your wave starts at 0 and ends at 1: the rate rises.",
    "What is the wave at progress 0, and what at progress 1?",
    wave=lambda progress: (1 - np.cos(np.pi * progress)) / 2,
)
_mistake(
    "A straight line",
    "Your rate falls along a straight line; the cosine is missing.",
    "What does the formula do with the progress?",
    wave=lambda progress: 1 - progress,
)
_mistake(
    "pi is missing",
    "Your angle runs to 1 instead of pi, so the rate comes down by less than a quarter.",
    "What is np.cos(1), and what is np.cos(np.pi)?",
    wave=lambda progress: (1 + np.cos(progress)) / 2,
)
_mistake(
    "Degrees instead of radians",
    "np.cos takes radians: half a wave is pi, not 180.",
    "What is np.cos(np.pi)?",
    wave=lambda progress: (1 + np.cos(180 * progress)) / 2,
)
_mistake(
    "No warm-up",
    "Your rate starts at its full height; the ramp is missing.",
    "What should the rate be in epoch 0, with a warm-up?",
    ramp=lambda epoch, warmup: 1.0,
)
_mistake(
    "The first epoch is idle",
    "Your ramp starts at 0, so the first epoch learns nothing. Optax does that; here epoch 0 already learns.",
    "What is (epoch + 1) / (warmup + 1) in epoch 0?",
    ramp=lambda epoch, warmup: np.minimum(epoch / max(warmup, 1), 1) if warmup else 1.0,
)
_mistake(
    "The first epoch is idle",
    "Your ramp starts at 0, so the first epoch learns nothing, even without a warm-up.",
    "What is (epoch + 1) / (warmup + 1) in epoch 0?",
    ramp=lambda epoch, warmup: np.minimum(epoch / max(warmup, 1), 1),
)
_mistake(
    "The ramp is one epoch short",
    "You divide by the warm-up alone, so the full rate comes one epoch early.",
    "Which epoch is the first one at the full rate?",
    ramp=lambda epoch, warmup: np.minimum((epoch + 1) / max(warmup, 1), 1),
)
_mistake(
    "The ramp goes on",
    "Your ramp does not stop at 1, so the rate climbs far above lr.",
    "How large may the ramp become?",
    ramp=lambda epoch, warmup: (epoch + 1) / (warmup + 1),
)
_mistake(
    "The ramp begins at min_lr",
    "Your ramp leads from min_lr up to lr. Here the ramp multiplies the rate of the cosine, which during the warm-up is lr.",
    "What is the rate in epoch 0 of a warm-up of 3 epochs: a quarter of what?",
    rate=lambda lr, min_lr, wave, ramp: np.where(
        ramp < 1, min_lr + (lr - min_lr) * ramp, min_lr + (lr - min_lr) * wave
    ),
)
_mistake(
    "min_lr is added on top",
    "You add min_lr to the whole curve, so it starts above lr.",
    "Between which two rates does the cosine lead?",
    rate=lambda lr, min_lr, wave, ramp: ramp * (min_lr + lr * wave),
)
_mistake(
    "min_lr is left out",
    "Your rate falls to 0 whatever min_lr says.",
    "Which argument have you not used?",
    rate=lambda lr, min_lr, wave, ramp: ramp * lr * wave,
)
_mistake(
    "min_lr as a floor",
    "You cut the curve off at min_lr. The cosine should lead down *to* min_lr, and arrive there at `total`.",
    "Where does min_lr stand in the formula?",
    rate=lambda lr, min_lr, wave, ramp: ramp * np.maximum(lr * wave, min_lr),
)
