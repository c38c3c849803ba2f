"""The update rules, with what the tests of all of them need."""

import numpy as np
import pytest

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

# Every rule with the hyper-parameters that it has besides the rate.
BETAS = {"beta1": 0.8, "beta2": 0.95, "eps": 1e-6}
HYPER = {
    gradient_descent: {},
    normalized_gradient: {"eps": 1e-6},
    momentum: {"rho": 0.9},
    nesterov: {"rho": 0.9},
    adagrad: {"eps": 1e-6},
    rmsprop: {"rho": 0.8, "eps": 1e-6},
    adam: BETAS,
    adamw: BETAS | {"weight_decay": 0.1},
}


def rules(*chosen):
    return pytest.mark.parametrize("rule", chosen, ids=lambda rule: rule.__name__)


def rolling(seed: int, shape=(3,), dtype=np.float64):
    """Weights, a gradient and a velocity."""
    w, grad, v = np.random.default_rng(seed).standard_normal((3, *shape)).astype(dtype)
    return np.asarray(w), np.asarray(grad), np.asarray(v)


def in_motion(rule, average, squares, step=6):
    """A state that is not zero."""
    if rule in (momentum, nesterov):
        return MomentumState(average)
    if rule in (adam, adamw):
        return AdamState(average, squares, step)
    return {adagrad: AdagradState, rmsprop: RmspropState}.get(rule, lambda _: None)(squares)


def arrays(state):
    """The arrays of a state, by name."""
    return {name: array for name, array in state._asdict().items() if name != "step"} if state else {}


def stepped(rule, w, grad, v, **hyper):
    """Weights and the arrays of the state after a step, from a state in motion."""
    w, state = rule(w, grad, in_motion(rule, v, v**2), **HYPER[rule] | hyper)
    return w, *arrays(state).values()
