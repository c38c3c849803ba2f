"""Update rules: each is the formula that its lesson derives.

Every rule has the same form,

    rule(params, grad, state=None, *, lr, ...) -> (params, state)

`params` and `grad` have the same shape, any shape; nothing passed in is changed. `state` is what the rule
remembers from one step to the next; None is the zero state. Hyper-parameters may be numbers or arrays that
broadcast against `params`, so that one call can take a step of many runs with a rate of their own.

The rules that divide by the size of the gradient square it first. Where the square overflows (beyond 1e154 in
float64, 1e19 in float32) they stand still, with NumPy's warning, instead of jumping.

>>> import numpy as np
>>> w, state = np.array([1.0, -2.0]), None
>>> for _ in range(3):
...     w, state = adam(w, 2 * w, state, lr=0.1)
>>> w.round(3), state.step
(array([ 0.702, -1.701]), 3)
"""

from gradlab.optimizers.per_weight import (
    AdagradState,
    AdamState,
    RmspropState,
    adagrad,
    adam,
    adamw,
    rmsprop,
)
from gradlab.optimizers.plain import gradient_descent, normalized_gradient
from gradlab.optimizers.velocity import MomentumState, momentum, nesterov

__all__ = [
    "AdagradState",
    "AdamState",
    "MomentumState",
    "RmspropState",
    "adagrad",
    "adam",
    "adamw",
    "gradient_descent",
    "momentum",
    "nesterov",
    "normalized_gradient",
    "rmsprop",
]
