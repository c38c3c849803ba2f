"""What a unit makes of the sum that it is given."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from gradlab.arguments import Array


class Activation(NamedTuple):
    """A function of each unit, and its slope in terms of the *output*, which the backward pass still has.

    >>> relu = ACTIVATIONS["relu"]
    >>> relu.value(np.array([-2.0, 3.0])), relu.slope(np.array([0.0, 3.0]))
    (array([0., 3.]), array([0., 1.]))
    """

    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]


ACTIVATIONS = {
    "tanh": Activation(np.tanh, lambda h: 1 - h * h),
    "relu": Activation(lambda z: np.maximum(z, 0), lambda h: (h > 0).astype(h.dtype)),
    # 1 / (1 + exp(-z)) in a form that cannot overflow.
    "sigmoid": Activation(lambda z: 0.5 + 0.5 * np.tanh(0.5 * z), lambda h: h * (1 - h)),
    "identity": Activation(lambda z: z, np.ones_like),
}
