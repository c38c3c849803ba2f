"""Update rules in NumPy as a text-book writes them: a new array for every operation, nothing checked.

Each takes the weights, the gradient and what it remembers, and gives the new weights and memory. `step` counts from 1.
"""

from collections.abc import Callable

import numpy as np

Array = np.ndarray
Step = Callable[..., tuple[Array, ...]]

LR, RHO, BETA1, BETA2, EPS, DECAY = 1e-3, 0.9, 0.9, 0.999, 1e-8, 0.01


def gradient_descent(w: Array, g: Array, *, step: int) -> tuple[Array, ...]:
    return (w - LR * g,)


def normalized_gradient(w: Array, g: Array, *, step: int) -> tuple[Array, ...]:
    return (w - LR * g / (np.linalg.norm(g) + EPS),)


def momentum(w: Array, g: Array, v: Array, *, step: int) -> tuple[Array, ...]:
    v = RHO * v + g
    return w - LR * v, v


def nesterov(w: Array, g: Array, v: Array, *, step: int) -> tuple[Array, ...]:
    v = RHO * v + g
    return w - LR * (g + RHO * v), v


def adagrad(w: Array, g: Array, s: Array, *, step: int) -> tuple[Array, ...]:
    s = s + g**2
    return w - LR * g / (np.sqrt(s) + EPS), s


def rmsprop(w: Array, g: Array, s: Array, *, step: int) -> tuple[Array, ...]:
    s = RHO * s + (1 - RHO) * g**2
    return w - LR * g / np.sqrt(s + EPS), s


def adam(w: Array, g: Array, m: Array, v: Array, *, step: int) -> tuple[Array, ...]:
    m = BETA1 * m + (1 - BETA1) * g
    v = BETA2 * v + (1 - BETA2) * g**2
    m_hat, v_hat = m / (1 - BETA1**step), v / (1 - BETA2**step)
    return w - LR * m_hat / (np.sqrt(v_hat) + EPS), m, v


def adamw(w: Array, g: Array, m: Array, v: Array, *, step: int) -> tuple[Array, ...]:
    m = BETA1 * m + (1 - BETA1) * g
    v = BETA2 * v + (1 - BETA2) * g**2
    m_hat, v_hat = m / (1 - BETA1**step), v / (1 - BETA2**step)
    return w - LR * (m_hat / (np.sqrt(v_hat) + EPS) + DECAY * w), m, v


STEPS: dict[str, Step] = {
    step.__name__: step
    for step in (gradient_descent, normalized_gradient, momentum, nesterov, adagrad, rmsprop, adam, adamw)
}
# How many arrays besides the weights a rule remembers.
REMEMBERED = {
    "gradient_descent": 0, "normalized_gradient": 0, "momentum": 1, "nesterov": 1, "adagrad": 1, "rmsprop": 1,
    "adam": 2, "adamw": 2,
}  # fmt: skip
