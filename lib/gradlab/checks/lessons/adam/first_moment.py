"""`first_moment`: which way the gradients have pointed of late."""

from collections.abc import Iterator

import numpy as np

from gradlab.checks.exercise import Aspect, Exercise, Function, Sight
from gradlab.checks.lessons.adam.moments import any_shape, beta, from_zero, several
from gradlab.checks.probes import arguments_kept, short_decimals


def _as_drawn(value):
    return value


def _gradients(moment: Function, rng: np.random.Generator) -> Iterator[Sight]:
    yield from from_zero("m")(moment, rng)
    yield from several("m", _as_drawn)(moment, rng)


first_moment = Exercise(
    name="first_moment",
    lesson="08-adam",
    returns=("m",),
    reference=lambda m, grad, beta1: beta1 * np.asarray(m) + (1 - beta1) * np.asarray(grad),
    aspects=(
        Aspect("several gradients", 1, _gradients),
        any_shape("m", _as_drawn),
        arguments_kept(
            lambda rng: {"m": short_decimals(rng, 3), "grad": short_decimals(rng, 3), "beta1": beta(rng)}
        ),
    ),
    hints=(
        "Take beta1 = 0.75, m = 4 and a gradient of -8. Three quarters of the 4 are kept: what is the last quarter made of?",
        "Mix the two: the share beta1 of the old m, and the share that is left of the gradient. Return the mix.",
    ),
    vectorised=True,
)


def _mistake(name, why, hint, function):
    first_moment.mistake(name, why=why, hint=hint)(function)


_mistake(
    "Summed instead of averaged",
    "You add the gradient in full, as the heavy ball does. With beta1 = 0.9 that makes m ten times too large.",
    "If every gradient is 1, an average ends at 1. Where does yours end?",
    lambda m, grad, beta1: beta1 * m + grad,
)
_mistake(
    "beta1 and 1 - beta1 swapped",
    "You keep only 1 - beta1 of the old m, so with beta1 = 0.9 almost nothing is remembered.",
    "beta1 is the share that is kept. What does it stand in front of?",
    lambda m, grad, beta1: (1 - beta1) * m + beta1 * grad,
)
_mistake(
    "The gradient is squared",
    "You average squares. That is the second moment; the first keeps the sign, so that quarrelling gradients cancel.",
    "Which of the two moments should know which way is downhill?",
    lambda m, grad, beta1: beta1 * m + (1 - beta1) * np.square(grad),
)
_mistake(
    "The size of the gradient",
    "You average the sizes of the gradients. Without their signs they cannot cancel.",
    "What happens to the minus sign of a gradient in your code?",
    lambda m, grad, beta1: beta1 * m + (1 - beta1) * np.abs(grad),
)
_mistake(
    "History forgotten",
    "Your m is made of this gradient alone, so nothing is averaged.",
    "The next m should still know the last one. Where does the old m go in your code?",
    lambda m, grad, beta1: (1 - beta1) * grad + 0 * m,
)
_mistake(
    "History forgotten",
    "Your m is this gradient and nothing else.",
    "The next m should still know the last one. Where does the old m go in your code?",
    lambda m, grad, beta1: grad + 0 * m,
)
_mistake(
    "The new gradient is left out",
    "Your m only fades: no gradient ever enters it.",
    "What is added to beta1 * m?",
    lambda m, grad, beta1: beta1 * m + 0 * grad,
)
_mistake(
    "Nothing fades",
    "You keep all of the old m, so it only adds up.",
    "Which share of the old m should be left after this gradient?",
    lambda m, grad, beta1: m + (1 - beta1) * grad,
)
_mistake(
    "Nothing fades",
    "You keep all of the old m and weigh the news by beta1: m grows without end.",
    "Which of the two should fade from step to step: the memory or the news?",
    lambda m, grad, beta1: m + beta1 * grad,
)
_mistake(
    "beta1 on both terms",
    "You weigh the gradient by beta1 as well, so the two shares do not add up to 1.",
    "The shares of an average add up to 1. Do yours?",
    lambda m, grad, beta1: beta1 * (m + grad),
)
_mistake(
    "The gradient is subtracted",
    "Your m collects the gradients with a minus sign. Here the minus sign waits until the weights are moved.",
    "Which sign stands between the two terms of the formula?",
    lambda m, grad, beta1: beta1 * m - (1 - beta1) * grad,
)
_mistake(
    "Corrected already",
    "You divide by 1 - beta1. The correction is an exercise of its own, and m itself stays uncorrected.",
    "How many terms has the formula of m?",
    lambda m, grad, beta1: (beta1 * m + (1 - beta1) * grad) / (1 - beta1),
)
_mistake(
    "beta1 is fixed at 0.9",
    "0.9 is written into your formula, so the beta1 that is passed in changes nothing.",
    "Which name should stand where you wrote the number?",
    lambda m, grad, beta1: 0.9 * m + 0.1 * grad,
)
_mistake(
    "One number for all weights",
    "You average the gradient over all weights, so every weight gets the same news.",
    "Each weight keeps an average of its own. Is there a mean in your code?",
    lambda m, grad, beta1: beta1 * m + (1 - beta1) * np.mean(grad),
)
_mistake(
    "One number for all weights",
    "You add the gradient up over all weights, so every weight gets the same news.",
    "Each weight keeps an average of its own. Is there a sum in your code?",
    lambda m, grad, beta1: beta1 * m + (1 - beta1) * np.sum(grad),
)
