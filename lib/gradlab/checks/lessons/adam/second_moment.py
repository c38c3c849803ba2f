"""`second_moment`: how large the gradients have been of late."""

import numpy as np

from gradlab.checks.exercise import Aspect, Exercise
from gradlab.checks.lessons.adam.moments import any_shape, beta, from_zero, several
from gradlab.checks.probes import arguments_kept, short_decimals

second_moment = Exercise(
    name="second_moment",
    lesson="08-adam",
    returns=("v",),
    reference=lambda v, grad, beta2: beta2 * np.asarray(v) + (1 - beta2) * np.square(grad),
    aspects=(
        Aspect("from zero", 1, from_zero("v")),
        Aspect("several gradients", 1, several("v", np.abs)),
        any_shape("v", np.abs),
        arguments_kept(
            lambda rng: {
                "v": np.abs(short_decimals(rng, 3)),
                "grad": short_decimals(rng, 3),
                "beta2": beta(rng),
            }
        ),
    ),
    hints=(
        "It is the formula of the first moment with one change. What must be done to a gradient so that its sign no longer counts?",
        "Square the gradient, entry by entry. Then mix: the share beta2 of the old v, and the share that is left of the square.",
    ),
    vectorised=True,
)


def _mistake(name, why, hint, function):
    second_moment.mistake(name, why=why, hint=hint)(function)


_mistake(
    "The gradient is not squared",
    "You average the gradients themselves: that is the first moment. Negative ones make v negative, and its root nan.",
    "What is done to the gradient before it goes into the mix?",
    lambda v, grad, beta2: beta2 * v + (1 - beta2) * grad,
)
_mistake(
    "Absolute value instead of square",
    "You average the sizes of the gradients. v is in the unit of a squared gradient; its root is taken later.",
    "What makes a number positive in the formula: its absolute value, or something else?",
    lambda v, grad, beta2: beta2 * v + (1 - beta2) * np.abs(grad),
)
_mistake(
    "Summed as in AdaGrad",
    "You add every square in full and forget nothing, as AdaGrad does. The sum can only grow, and the steps die.",
    "Which share of the old v should be left after this gradient?",
    lambda v, grad, beta2: v + np.square(grad),
)
_mistake(
    "Summed with fading",
    "You let the old v fade and then add the new square in full. With beta2 = 0.999 that makes v a thousand times too large.",
    "If every gradient is 1, an average of squares ends at 1. Where does yours end?",
    lambda v, grad, beta2: beta2 * v + np.square(grad),
)
_mistake(
    "beta2 and 1 - beta2 swapped",
    "You keep only 1 - beta2 of the old v, so with beta2 = 0.999 nothing is remembered.",
    "beta2 is the share that is kept. What does it stand in front of?",
    lambda v, grad, beta2: (1 - beta2) * v + beta2 * np.square(grad),
)
_mistake(
    "The bracket is squared",
    "You square the share 1 - beta2 together with the gradient, so each square counts too little.",
    "What does the exponent belong to?",
    lambda v, grad, beta2: beta2 * v + np.square((1 - beta2) * np.asarray(grad)),
)
_mistake(
    "The mix is squared",
    "You mix first and square afterwards, so the old v is squared again and again.",
    "Which of the two is a gradient, and which is an average of squares already?",
    lambda v, grad, beta2: np.square(beta2 * v + (1 - beta2) * grad),
)
_mistake(
    "The old average is squared too",
    "You square the old v again. It is made of squares already.",
    "Which of the two is a gradient, and which is an average of squares?",
    lambda v, grad, beta2: beta2 * np.square(v) + (1 - beta2) * np.square(grad),
)
_mistake(
    "History forgotten",
    "Your v is made of this gradient alone, so nothing is averaged.",
    "The next v should still know the last one. Where does the old v go in your code?",
    lambda v, grad, beta2: (1 - beta2) * np.square(grad) + 0 * v,
)
_mistake(
    "History forgotten",
    "Your v is the square of this gradient and nothing else.",
    "The next v should still know the last one. Where does the old v go in your code?",
    lambda v, grad, beta2: np.square(grad) + 0 * v,
)
_mistake(
    "The new gradient is left out",
    "Your v only fades: no gradient ever enters it.",
    "What is added to beta2 * v?",
    lambda v, grad, beta2: beta2 * v + 0 * grad,
)
_mistake(
    "The root is taken too early",
    "You return the root of the average. The step takes the root later, and the next average needs the square.",
    "What does the formula of v end with?",
    lambda v, grad, beta2: np.sqrt(beta2 * v + (1 - beta2) * np.square(grad)),
)
_mistake(
    "beta2 on both terms",
    "You weigh the new square by beta2 as well, so the two shares do not add up to 1.",
    "The shares of an average add up to 1. Do yours?",
    lambda v, grad, beta2: beta2 * (v + np.square(grad)),
)
_mistake(
    "The square is subtracted",
    "You subtract the new square, so v falls below zero, where there is no root.",
    "Which sign stands between the two terms of the formula?",
    lambda v, grad, beta2: beta2 * v - (1 - beta2) * np.square(grad),
)
_mistake(
    "Corrected already",
    "You divide by 1 - beta2. The correction is an exercise of its own, and v itself stays uncorrected.",
    "How many terms has the formula of v?",
    lambda v, grad, beta2: (beta2 * v + (1 - beta2) * np.square(grad)) / (1 - beta2),
)
_mistake(
    "beta2 is fixed at 0.999",
    "0.999 is written into your formula, so the beta2 that is passed in changes nothing.",
    "Which name should stand where you wrote the number?",
    lambda v, grad, beta2: 0.999 * v + 0.001 * np.square(grad),
)
_mistake(
    "One number for all weights",
    "You add up the squares over all weights, so every weight gets the same news and loses its own scale.",
    "Each weight keeps an average of its own. Is there a sum or a norm in your code?",
    lambda v, grad, beta2: beta2 * v + (1 - beta2) * np.sum(np.square(grad)),
)
_mistake(
    "One number for all weights",
    "You average the squares over all weights, so every weight gets the same news and loses its own scale.",
    "Each weight keeps an average of its own. Is there a mean in your code?",
    lambda v, grad, beta2: beta2 * v + (1 - beta2) * np.mean(np.square(grad)),
)
_mistake(
    "One number for all weights",
    "np.dot multiplies the gradient with itself and adds everything up, so every weight gets the same news.",
    "Each weight keeps an average of its own. What squares an array entry by entry?",
    lambda v, grad, beta2: beta2 * v + (1 - beta2) * np.dot(grad, grad),
)
