"""What goes wrong inside a step with the two moments: how they are made, and which ones are handed back."""

import numpy as np

from gradlab.checks.exercise import Mistake
from gradlab.checks.lessons.adam.parts import right_m, rule

MISTAKES: list[Mistake] = []


def _mistake(name, why, hint, **parts):
    MISTAKES.append(Mistake(name, why, hint, rule(**parts)))


_mistake(
    "m is summed instead of averaged",
    "You add the gradient to m in full, as the heavy ball does, so with beta1 = 0.9 your steps end up ten times too long.",
    "The shares of an average add up to 1. Do those of m?",
    m=lambda s: s.beta1 * s.old_m + s.grad,
)
_mistake(
    "v is summed instead of averaged",
    "You add the squares to v in full, so with beta2 = 0.999 it becomes a thousand times too large.",
    "The shares of an average add up to 1. Do those of v?",
    v=lambda s: s.beta2 * s.old_v + s.grad**2,
)
_mistake(
    "Both are summed instead of averaged",
    "You add the gradient and its square in full, so neither moment is an average.",
    "The shares of an average add up to 1. Do yours?",
    m=lambda s: s.beta1 * s.old_m + s.grad,
    v=lambda s: s.beta2 * s.old_v + s.grad**2,
)
_mistake(
    "v never forgets",
    "You add up all squares in v, as AdaGrad does: the steps die away.",
    "Which share of the old v should be left after this gradient?",
    v=lambda s: s.old_v + s.grad**2,
)
_mistake(
    "The betas are swapped",
    "You keep the share beta2 of m and the share beta1 of v. With the defaults the direction then changes a hundred times "
    "too slowly.",
    "Which of the two averages should have the long memory: the direction, or the size?",
    m=lambda s: s.beta2 * s.old_m + (1 - s.beta2) * s.grad,
    v=lambda s: s.beta1 * s.old_v + (1 - s.beta1) * s.grad**2,
    w=lambda s: s.w - s.lr * s.m / (1 - s.beta2**s.t) / (np.sqrt(s.v / (1 - s.beta1**s.t)) + s.eps),
)
_mistake(
    "The betas are swapped in the moments",
    "You keep the share beta2 of m and the share beta1 of v, and correct them the other way round.",
    "Which beta belongs to m?",
    m=lambda s: s.beta2 * s.old_m + (1 - s.beta2) * s.grad,
    v=lambda s: s.beta1 * s.old_v + (1 - s.beta1) * s.grad**2,
)
_mistake(
    "beta and 1 - beta swapped",
    "You keep only 1 - beta of what was there, in both moments, so almost nothing is remembered.",
    "A beta is the share that is kept. What does it stand in front of?",
    m=lambda s: (1 - s.beta1) * s.old_m + s.beta1 * s.grad,
    v=lambda s: (1 - s.beta2) * s.old_v + s.beta2 * s.grad**2,
)
_mistake(
    "One beta for both moments",
    "You keep the share beta1 of both moments; beta2 belongs to v.",
    "How many betas are there, and which of them stands in the line of v?",
    v=lambda s: s.beta1 * s.old_v + (1 - s.beta1) * s.grad**2,
)
_mistake(
    "One beta for both moments",
    "beta1 is the only beta in your function; v has a longer memory, beta2.",
    "How many betas are there, and which of them stands in the line of v?",
    v=lambda s: s.beta1 * s.old_v + (1 - s.beta1) * s.grad**2,
    w=lambda s: s.w - s.lr * s.m_hat / (np.sqrt(s.v / (1 - s.beta1**s.t)) + s.eps),
)
_mistake(
    "The gradient is not squared",
    "You average the gradients themselves in v. Where they are negative, the root is nan.",
    "What is done to the gradient before it goes into v?",
    v=lambda s: s.beta2 * s.old_v + (1 - s.beta2) * s.grad,
)
_mistake(
    "Absolute value instead of square",
    "You average the sizes of the gradients in v instead of their squares; their root has the wrong unit.",
    "What does the formula do to the gradient in the line of v?",
    v=lambda s: s.beta2 * s.old_v + (1 - s.beta2) * np.abs(s.grad),
)
_mistake(
    "The bracket is squared",
    "You square the share 1 - beta2 together with the gradient, so each square counts too little.",
    "What does the exponent belong to?",
    v=lambda s: s.beta2 * s.old_v + ((1 - s.beta2) * s.grad) ** 2,
)
_mistake(
    "v is made of m",
    "You average the squares of m instead of those of the gradient.",
    "Both moments listen to the same thing. What is it?",
    v=lambda s: s.beta2 * s.old_v + (1 - s.beta2) * right_m(s) ** 2,
)
_mistake(
    "History forgotten",
    "Both your moments are made of this gradient alone, so each step has the length lr whatever came before.",
    "Where do the old m and the old v go in your code?",
    m=lambda s: (1 - s.beta1) * s.grad,
    v=lambda s: (1 - s.beta2) * s.grad**2,
)
_mistake(
    "History forgotten",
    "Your m and v are this gradient and its square, so nothing is remembered.",
    "Where do the old m and the old v go in your code?",
    m=lambda s: s.grad,
    v=lambda s: s.grad**2,
)
_mistake(
    "The history of m is forgotten",
    "Your m is made of this gradient alone: the step has no momentum.",
    "Where does the old m go in your code?",
    m=lambda s: (1 - s.beta1) * s.grad,
)
_mistake(
    "The history of v is forgotten",
    "Your v is made of this gradient alone, so the scale jumps with every gradient.",
    "Where does the old v go in your code?",
    v=lambda s: (1 - s.beta2) * s.grad**2,
)
_mistake(
    "One v for all weights",
    "You add up the squares over all weights, so all of them share one scale, and the point of v is lost.",
    "Each weight has a v of its own. Is there a sum or a norm in your code?",
    v=lambda s: s.beta2 * s.old_v + (1 - s.beta2) * np.sum(s.grad**2),
)
_mistake(
    "One v for all weights",
    "You average the squares over all weights, so all of them share one scale, and the point of v is lost.",
    "Each weight has a v of its own. Is there a mean in your code?",
    v=lambda s: s.beta2 * s.old_v + (1 - s.beta2) * np.mean(s.grad**2),
)
_mistake(
    "The old moments are returned",
    "Your step is right, but you hand back the m and v you were given, so nothing is remembered.",
    "Which m and v should the next step start from?",
    kept=lambda s: (s.old_m + 0 * s.m, s.old_v + 0 * s.v),
)
_mistake(
    "The corrected moments are returned",
    "Your step is right, but you hand back the corrected moments; the next step would correct them again.",
    "Which moments does the formula of the next step start from: those with a hat, or those without?",
    kept=lambda s: (s.m_hat, s.v_hat),
)
_mistake(
    "The old m is returned",
    "Your step is right, but you hand back the m you were given.",
    "Which m should the next step start from?",
    kept=lambda s: (s.old_m + 0 * s.m, s.v),
)
_mistake(
    "The old v is returned",
    "Your step is right, but you hand back the v you were given.",
    "Which v should the next step start from?",
    kept=lambda s: (s.m, s.old_v + 0 * s.v),
)
_mistake(
    "m and v have changed places",
    "You return v before m.",
    "The docstring says in which order they are returned.",
    kept=lambda s: (s.v, s.m),
)
_mistake(
    "The betas are fixed",
    "0.9 and 0.999 are written into your formulas, so the betas that are passed in change nothing.",
    "Which names should stand where you wrote the numbers?",
    m=lambda s: 0.9 * s.old_m + 0.1 * s.grad,
    v=lambda s: 0.999 * s.old_v + 0.001 * s.grad**2,
    w=lambda s: s.w - s.lr * s.m / (1 - 0.9**s.t) / (np.sqrt(s.v / (1 - 0.999**s.t)) + s.eps),
)
_mistake(
    "beta1 is fixed",
    "0.9 is written into your formulas, so the beta1 that is passed in changes nothing.",
    "Which name should stand where you wrote the number?",
    m=lambda s: 0.9 * s.old_m + 0.1 * s.grad,
    w=lambda s: s.w - s.lr * s.m / (1 - 0.9**s.t) / (np.sqrt(s.v_hat) + s.eps),
)
_mistake(
    "beta2 is fixed",
    "0.999 is written into your formulas, so the beta2 that is passed in changes nothing.",
    "Which name should stand where you wrote the number?",
    v=lambda s: 0.999 * s.old_v + 0.001 * s.grad**2,
    w=lambda s: s.w - s.lr * s.m_hat / (np.sqrt(s.v / (1 - 0.999**s.t)) + s.eps),
)
