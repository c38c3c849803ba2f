"""The loop: walk down a surface with an update rule and keep every step."""

import copy
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gradlab.arguments import Array
from gradlab.in_place import stepper
from gradlab.in_place.storage import room
from gradlab.surfaces import Surface

# Numbers of a path whose losses are computed together.
AT_A_TIME = 2**14

Rule = Callable[..., tuple[Array, Any]]


class Trace(NamedTuple):
    """The path of a descent, or of a batch of them.

    Attributes:
        points: the weights before the first step and after each step, shape (steps + 1, ..., dim).
        losses: the loss at each of them, shape (steps + 1, ...).

    >>> from gradlab.surfaces import bowl
    >>> from gradlab.optimizers import gradient_descent
    >>> points, losses = descend(bowl, [1.0, 0.0], gradient_descent, steps=2, lr=0.25)
    >>> points[:, 0], losses
    (array([1.  , 0.5 , 0.25]), array([1.    , 0.25  , 0.0625]))
    """

    points: Array
    losses: Array

    def steps_to(self, loss: float) -> npt.NDArray[np.int_]:
        """After how many steps the loss is below `loss` for good; -1 where it is not. Shape (...).

        For good, because a ball that rolls through the bottom at full speed has not arrived.

        >>> from gradlab.surfaces import bowl
        >>> from gradlab.optimizers import gradient_descent
        >>> descend(bowl, [1.0, 0.0], gradient_descent, steps=10, lr=0.25).steps_to(0.1)
        array(2)
        """
        below = self.losses < loss
        last_above = len(below) - 1 - (~below)[::-1].argmax(axis=0)
        steps = np.where(below.all(axis=0), 0, last_above + 1)
        return np.where(below[-1], steps, -1)


def descend(
    surface: Surface,
    start: npt.ArrayLike,
    rule: Rule,
    *,
    steps: int,
    state: Any = None,
    callback: Callable[[int, Array, Array], None] | None = None,
    **hyper: Any,
) -> Trace:
    """Take `steps` steps of `rule` down `surface`, from one start or from a batch of them.

    Args:
        surface: where to walk.
        start: shape (..., dim); leading axes are independent runs.
        rule: ``rule(params, grad, state, **hyper) -> (params, state)``: one of `gradlab.optimizers`, or yours.
        steps: how many, >= 0.
        state: what the rule remembers before the first step. The library's rules take None as zero; give your
            own ``np.zeros_like(start)``. Not changed.
        callback: called as callback(step, params, loss) after each step, counted from 1.
        **hyper: passed to the rule. Arrays must broadcast against `start`: rates of shape (runs, 1) give each
            of the runs its own.

    Returns:
        a Trace. A run that diverges ends in inf or nan, without warnings: it is what the run did.

    Raises:
        ValueError: for a start of the wrong shape, or a rule that returns weights of another shape.

    >>> from gradlab.surfaces import ravine
    >>> from gradlab.optimizers import momentum
    >>> descend(ravine, ravine.start, momentum, steps=2, lr=0.1, rho=0.5).points.round(3)
    array([[-5.   , -2.   ],
           [-4.9  , -1.2  ],
           [-4.752, -0.32 ]])
    """
    params = np.array(start, dtype=float)
    if steps < 0:
        raise ValueError(f"steps must be >= 0, got {steps}.")
    # A learner's rule may work in place; the caller's state is not its to change.
    state = copy.deepcopy(state)
    points = _room_for_a_path(steps + 1, params.shape)
    points[0] = params
    walker = stepper(rule, points[0], hyper, state, order="K")
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(1, steps + 1):
            grad = surface.gradient(points[step - 1])
            if walker is not None:
                walker.step(grad)
                points[step] = walker.params
            else:
                points[step], state = take_step(rule, points[step - 1], grad, state, hyper)
            if callback is not None:
                callback(step, points[step], surface.value(points[step]))
        return Trace(points, _losses(surface, points))


def _losses(surface: Surface, points: Array) -> Array:
    # Some steps at a time, so that what the formula computes on its way stays in the processor's cache.
    losses = np.empty(points.shape[:-1])
    some = max(1, AT_A_TIME // max(1, points[0].size))
    for first in range(0, len(points), some):
        losses[first : first + some] = surface.value(points[first : first + some])
    return losses


def _room_for_a_path(length: int, shape: tuple[int, ...]) -> Array:
    # In memory step by step, and each step weight by weight, as surfaces compute fastest.
    *runs, weights = range(len(shape) + 1)
    return room((length, *shape), np.dtype(float), (0, weights, *runs[1:]) if runs else (0,))


def take_step(rule: Rule, params: Array, grad: Array, state: Any, hyper: dict[str, Any]) -> tuple[Array, Any]:
    """One step of `rule`, a learner's or the library's, with what it returns made sure of.

    The rule gets a copy of `params`, so that one that works in place cannot rewrite the path behind it. The
    result has the dtype of `params`.

    Raises:
        ValueError: where the rule does not return two values, weights of the shape of `params` first.

    >>> take_step(lambda w, grad, v, lr: (w - lr * grad, v), np.ones(2), np.ones(2), None, {"lr": 0.5})
    (array([0.5, 0.5]), None)
    """
    name = getattr(rule, "__name__", "the rule")
    try:
        result = rule(params.copy(), grad, state, **hyper)
    except TypeError as error:
        if state is None and "NoneType" in str(error):
            error.add_note(f"{name} was given None as its state. Start it with state=np.zeros_like(start).")
        raise
    if not isinstance(result, tuple | list) or len(result) != 2:
        got = f"{len(result)} values" if isinstance(result, tuple | list) else f"one {type(result).__name__}"
        raise ValueError(f"{name} must return (weights, state), two values; got {got}.")
    weights = np.asarray(result[0], dtype=params.dtype)
    if weights.shape != params.shape:
        raise ValueError(f"{name} must return weights of shape {params.shape}, got {weights.shape}.")
    return weights, result[1]
