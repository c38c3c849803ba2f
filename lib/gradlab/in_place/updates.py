"""Every update rule written in place, for one block of the weights.

`gradlab.optimizers` is the place to read the rules. Here each is the list of its operations, every one with a place
for its result. What does not depend on the weights is folded into a few numbers before: the shares 1 - rho, 1 - beta1
and 1 - beta2 are left out of the memory, which then holds *sums* instead of means, and come back in the rate.
"""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from gradlab.arguments import Array
from gradlab.in_place.blas import axpy
from gradlab.optimizers import (
    AdagradState,
    AdamState,
    MomentumState,
    RmspropState,
    adagrad,
    adam,
    adamw,
    gradient_descent,
    momentum,
    nesterov,
    normalized_gradient,
    rmsprop,
)
from gradlab.optimizers.arguments import Hyper

# Of one array of a block. Measured with 1 MiB of second cache and more of a third: shorter blocks would stay in the
# second one and are slower all the same, because a core comes to read from memory at full speed only after a while.
BLOCK_BYTES = 2**20
# Of an array whose blocks are shared out among the cores. To wake another thread takes 20 microseconds, and threads that
# call NumPy too often wait for each other: a few hundred thousand numbers win nothing. Nor do the million of a large
# network, between matrix products whose own threads keep the cores busy.
PARALLEL_BYTES = 2**23
# An array of more goes to BLAS. Below, the two operations are quick, warn of an overflow and round as the rule does.
BLAS_BYTES = 2**20

Hypers = dict[str, Hyper]
Numbers = tuple[Hyper, ...]
Operands = tuple[Array, ...]


class Form(NamedTuple):
    """How a rule is written in place.

    Attributes:
        update: ``update(g, arrays, numbers)`` steps a block: arrays are the weights, the memory and room for
            intermediate results, numbers those that are fixed and then those that change.
        fixed: numbers that follow from the hyper-parameters.
        changing: numbers of one step, from the hyper-parameters, the count of the step and the gradient.
        kind: the state of the rule; None for a rule without one.
        memory: the arrays of the state in order, each with the share that is left out of it.
        blas: `update` by BLAS, for large arrays and numbers that are the same for all weights.

    >>> FORMS[momentum].fixed({"lr": 0.1, "rho": 0.9})
    (0.1, 0.9)
    """

    update: Callable[[Array, Operands, Operands], None]
    fixed: Callable[[Hypers], Numbers]
    changing: Callable[[Hypers, int, Array], Numbers] | None = None
    kind: Any = None
    memory: Mapping[str, Callable[[Hypers], Hyper]] = MappingProxyType({})
    blas: Callable[[Array, Operands, Operands], None] | None = None


# w is written when g is no longer needed, so that g may be w itself.
def _gradient_descent(g: Array, arrays: Operands, numbers: Operands) -> None:
    w, t, _ = arrays
    (lr,) = numbers
    np.multiply(g, lr, t)
    w -= t


def _gradient_descent_by_blas(g: Array, arrays: Operands, numbers: Operands) -> None:
    w, *_ = arrays
    (lr,) = numbers
    axpy(-lr.item(), g, w)


def _normalized_gradient(g: Array, arrays: Operands, numbers: Operands) -> None:
    w, t, _ = arrays
    lr, size = numbers
    np.multiply(g, lr, t)
    t /= size
    w -= t


def _momentum(g: Array, arrays: Operands, numbers: Operands) -> None:
    w, v, t, _ = arrays
    lr, rho = numbers
    v *= rho
    v += g
    np.multiply(v, lr, t)
    w -= t


def _nesterov(g: Array, arrays: Operands, numbers: Operands) -> None:
    w, v, t, _ = arrays
    lr, rho = numbers
    v *= rho
    v += g
    np.multiply(v, rho, t)
    t += g
    t *= lr
    w -= t


def _adagrad(g: Array, arrays: Operands, numbers: Operands) -> None:
    w, s, t, _ = arrays
    lr, eps = numbers
    np.multiply(g, g, t)
    s += t
    np.sqrt(s, t)
    t += eps
    np.divide(g, t, t)
    t *= lr
    w -= t


def _rmsprop(g: Array, arrays: Operands, numbers: Operands) -> None:
    w, s, t, _ = arrays
    lr, rho, eps = numbers
    np.multiply(g, g, t)
    s *= rho
    s += t
    np.add(s, eps, t)
    np.sqrt(t, t)
    np.divide(g, t, t)
    t *= lr
    w -= t


def _adam(g: Array, arrays: Operands, numbers: Operands) -> None:
    w, m, v, t, _ = arrays
    beta1, beta2, lr, eps = numbers
    m *= beta1
    m += g
    np.multiply(g, g, t)
    v *= beta2
    v += t
    np.sqrt(v, t)
    t += eps
    np.divide(m, t, t)
    t *= lr
    w -= t


def _adamw(g: Array, arrays: Operands, numbers: Operands) -> None:
    w, *_, u = arrays
    decay, *others = numbers
    # Kept apart until g has been used. 1 - decay as one factor would be rounded to 6e-8 of w in every step.
    np.multiply(w, decay, u)
    _adam(g, arrays, tuple(others))
    w -= u


def _adam_numbers(hyper: Hypers, step: int, _: Array) -> Numbers:
    """The rate and eps where both moments are sums and no longer corrected."""
    beta1, beta2 = hyper["beta1"], hyper["beta2"]
    root = ((1 - beta2**step) / (1 - beta2)) ** 0.5
    return hyper["lr"] * (1 - beta1) / (1 - beta1**step) * root, hyper["eps"] * root


def _size(hyper: Hypers, _: int, g: Array) -> Numbers:
    norm: Hyper
    match g.ndim:
        case 0:
            norm = np.abs(g)
        case 1:  # a Python float, because one number is slow to compute with as an array
            norm = math.sqrt(np.vecdot(g, g))
        case _:
            norm = np.sqrt(np.vecdot(g, g))[..., None]
    return (norm + hyper["eps"],)


def _lr(hyper: Hypers) -> Numbers:
    return (hyper["lr"],)


def _whole(_: Hypers) -> Hyper:
    return 1.0


_VELOCITY = {"velocity": _whole}
_MOMENTS: Mapping[str, Callable[[Hypers], Hyper]] = {
    "first_moment": lambda hyper: 1 - hyper["beta1"],
    "second_moment": lambda hyper: 1 - hyper["beta2"],
}

FORMS: dict[Callable[..., Any], Form] = {
    gradient_descent: Form(_gradient_descent, _lr, blas=_gradient_descent_by_blas),
    normalized_gradient: Form(_normalized_gradient, _lr, _size),
    momentum: Form(_momentum, lambda h: (h["lr"], h["rho"]), None, MomentumState, _VELOCITY),
    nesterov: Form(_nesterov, lambda h: (h["lr"], h["rho"]), None, MomentumState, _VELOCITY),
    adagrad: Form(_adagrad, lambda h: (h["lr"], h["eps"]), None, AdagradState, {"sum_of_squares": _whole}),
    rmsprop: Form(
        _rmsprop,
        lambda h: (h["lr"] / (1 - h["rho"]) ** 0.5, h["rho"], h["eps"] / (1 - h["rho"])),
        None,
        RmspropState,
        {"mean_of_squares": lambda h: 1 - h["rho"]},
    ),
    adam: Form(_adam, lambda h: (h["beta1"], h["beta2"]), _adam_numbers, AdamState, _MOMENTS),
    adamw: Form(
        _adamw,
        lambda h: (h["lr"] * h["weight_decay"], h["beta1"], h["beta2"]),
        _adam_numbers,
        AdamState,
        _MOMENTS,
    ),
}
