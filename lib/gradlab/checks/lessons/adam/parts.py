"""Adam taken apart, so that each mistake can be written as the one part that it gets wrong."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from gradlab import optimizers


class Step(NamedTuple):
    """Everything that a step knows.

    Attributes:
        old_m: the first moment before it.
        old_v: the second moment before it.
        m: the new first moment.
        v: the new second moment.
    """

    w: Any
    grad: Any
    old_m: Any
    old_v: Any
    t: Any
    lr: Any
    beta1: Any
    beta2: Any
    eps: Any
    m: Any = None
    v: Any = None

    @property
    def m_hat(self) -> Any:
        """The first moment, corrected."""
        return self.m / (1 - self.beta1**self.t)

    @property
    def v_hat(self) -> Any:
        """The second moment, corrected."""
        return self.v / (1 - self.beta2**self.t)


Part = Callable[[Step], Any]


def right_m(s: Step) -> Any:
    """The first moment."""
    return s.beta1 * s.old_m + (1 - s.beta1) * s.grad


def right_v(s: Step) -> Any:
    """The second moment."""
    return s.beta2 * s.old_v + (1 - s.beta2) * s.grad**2


def right_w(s: Step) -> Any:
    """The weights."""
    return s.w - s.lr * s.m_hat / (np.sqrt(s.v_hat) + s.eps)


def rule(m: Part = right_m, v: Part = right_v, w: Part = right_w, kept: Part = lambda s: (s.m, s.v)) -> Any:
    """An update rule from its parts, each right where nothing is said: m, v, w, and the moments that it returns."""

    def function(w0, grad, m0, v0, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        s = Step(w0, np.asarray(grad), m0, v0, t, lr, beta1, beta2, eps)
        s = s._replace(m=m(s), v=v(s))
        return w(s), *kept(s)

    return function


def adam(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    """The library's Adam in the form of the exercise.

    >>> w, m, v = adam(1.0, 2.0, 0.0, 0.0, 1, lr=0.1)
    >>> round(float(w), 6), round(float(m), 6), round(float(v), 6)
    (0.9, 0.2, 0.004)
    """
    before = optimizers.AdamState(m, v, t - 1)
    w, after = optimizers.adam(
        np.asarray(w, dtype=float), grad, before, lr=lr, beta1=beta1, beta2=beta2, eps=eps
    )
    return w, after.first_moment, after.second_moment


def adamw(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    """The library's AdamW in the form of the exercise."""
    before, hyper = optimizers.AdamState(m, v, t - 1), {"lr": lr, "beta1": beta1, "beta2": beta2, "eps": eps}
    w, after = optimizers.adamw(np.asarray(w, dtype=float), grad, before, **hyper, weight_decay=weight_decay)
    return w, after.first_moment, after.second_moment
