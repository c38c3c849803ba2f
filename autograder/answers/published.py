"""The numeric cases that well-known courses publish for the same exercises, to compare their checks with ours.

Only numbers are taken from them: the inputs of one call, in the conventions of this course where theirs differ. A
function passes where what it returns equals what the right function returns, to a relative error of 1e-6; the courses
print the error and ask for about 1e-7.
"""

import contextlib
import io
from typing import Any, NamedTuple

import numpy as np

from gradlab.checks.exercise import Exercise, Function

_W, _GRAD = np.linspace(-0.4, 0.6, 20).reshape(4, 5), np.linspace(-0.6, 0.4, 20).reshape(4, 5)
_CS231N = "Stanford CS231n, assignment 2, FullyConnectedNets"
_COURSERA = "DeepLearning.AI, Improving Deep Neural Networks, week 2"


class Published(NamedTuple):
    """One call that a course checks.

    Attributes:
        course: who publishes it.
        exercise: the exercise of this course that it fits.
        args: the arguments of the call.
    """

    course: str
    exercise: str
    args: tuple[Any, ...]

    def passes(self, exercise: Exercise, function: Function) -> bool:
        """Whether a function would pass the published check: right values in this one call, and nothing else."""
        wanted = _values(exercise.reference, self.args)
        try:
            found = _values(function, self.args)
            return len(found) == len(wanted) and all(map(_close, wanted, found))
        except Exception:
            return False


def _state(low: float, high: float) -> Any:
    return np.linspace(low, high, 20).reshape(4, 5)


def _layer(first: int) -> Any:
    # Their seed is 1, and the weights and the gradient of the first layer are numbers 0 to 5 and 20 to 25.
    return np.random.RandomState(1).randn(26)[first : first + 6].reshape(2, 3)


PUBLISHED = (
    Published(_CS231N, "momentum_step", (_W, _GRAD, _state(0.6, 0.9), 1e-3, 0.9)),
    Published(_COURSERA, "momentum_step", (_layer(0), _layer(20), np.zeros((2, 3)), 0.01, 0.9)),
    Published(_CS231N, "rmsprop_step", (_W, _GRAD, _state(0.6, 0.9), 1e-2, 0.99, 1e-8)),
    Published(
        _CS231N, "adam_step", (_W, _GRAD, _state(0.6, 0.9), _state(0.7, 0.5), 6, 1e-2, 0.9, 0.999, 1e-8)
    ),
    Published(
        _COURSERA,
        "adam_step",
        (_layer(0), _layer(20), np.zeros((2, 3)), np.zeros((2, 3)), 2, 0.01, 0.9, 0.999, 1e-8),
    ),
)


def _values(function: Function, args: tuple[Any, ...]) -> tuple[Any, ...]:
    with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        result = function(*(np.array(arg) if isinstance(arg, np.ndarray) else arg for arg in args))
    return tuple(result) if isinstance(result, tuple | list) else (result,)


def _close(wanted: Any, found: Any) -> bool:
    with np.errstate(all="ignore"):
        error = np.abs(wanted - found) / np.maximum(1e-8, np.abs(wanted) + np.abs(found))
        return bool(np.max(error) <= 1e-6)
