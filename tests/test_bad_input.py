"""Bad input is refused where it comes in, with a sentence that says what is wrong, where, and what to do."""

import inspect

import numpy as np
import pytest

from gradlab import initializers, normalization, optimizers, regularizers, schedules
from gradlab.data import minibatches, stratified_split
from gradlab.descent import descend
from gradlab.initializers import constant, he_normal, he_uniform, normal, xavier_normal, xavier_uniform, zeros
from gradlab.network import MLP
from gradlab.normalization import BatchNormState, batchnorm_backward, batchnorm_forward, batchnorm_inference
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
from gradlab.regularizers import (
    dropout_backward,
    dropout_forward,
    early_stopping,
    l1_penalty,
    l1_subgradient,
    l2_gradient,
    l2_penalty,
    soft_threshold,
)
from gradlab.schedules import cosine_decay, exponential_decay, reduce_on_plateau, step_decay
from gradlab.surfaces import bowl, ill_conditioned, quadratic, rastrigin, styblinski_tang
from gradlab.training import fit

RNG = np.random.default_rng(0)
W, X = np.ones(3), np.ones((4, 3))
NETWORK = MLP((3, 2))
PARAMS = np.zeros(NETWORK.n_params)
CACHE = batchnorm_forward(X, W, W)[2]
RUNS = batchnorm_forward(X, W, W)[1]
NUMBER = "must be a number or an array of numbers"
FRACTION = (
    "must be floating point, got int64: whole numbers cannot hold a fraction. Write np.array([1.0, 2.0])"
)

RULES = (gradient_descent, normalized_gradient, momentum, nesterov, adagrad, rmsprop, adam, adamw)
DRAWS = (zeros, normal, xavier_uniform, xavier_normal, he_uniform, he_normal)
PENALTIES = (l2_penalty, l2_gradient, l1_penalty, l1_subgradient)
# Arguments that are in order, for one to be replaced by a bad one.
GOOD = {
    **{rule: {"params": W, "grad": W, "lr": 0.1} for rule in RULES},
    schedules.constant: {"epoch": [0, 1], "lr": 0.1},
    step_decay: {"epoch": [0, 1], "lr": 0.1},
    exponential_decay: {"epoch": [0, 1], "lr": 0.1},
    cosine_decay: {"epoch": [0, 1], "lr": 0.1, "total": 10},
    reduce_on_plateau: {"lr": 0.1, "metric": 1.0},
    **{draw: {"rng": RNG, "shape": (3, 2)} for draw in DRAWS},
    constant: {"rng": RNG, "shape": (3, 2), "value": 0.5},
    **{penalty: {"weights": W, "lam": 0.1} for penalty in PENALTIES},
    soft_threshold: {"weights": W, "threshold": 0.1},
    dropout_forward: {"inputs": W, "rng": RNG},
    dropout_backward: {"grad": W, "mask": W > 0},
    early_stopping: {"metric": 1.0},
    batchnorm_forward: {"inputs": X, "gamma": W, "beta": W},
    batchnorm_inference: {"inputs": X, "gamma": W, "beta": W, "state": RUNS},
    batchnorm_backward: {"grad": X, "cache": CACHE},
    quadratic: {"a": 1.0, "b": 2.0, "name": "a bowl", "start": (1, 1), "domain": (2, 2)},
    ill_conditioned: {"condition_number": 10.0},
    rastrigin: {"dim": 2},
    styblinski_tang: {"dim": 2},
    **{method: {"points": [0.0, 0.0]} for method in (bowl.value, bowl.gradient, bowl.hessian)},
    bowl.grid: {"size": 3},
    descend: {"surface": bowl, "start": [1.0, 1.0], "rule": gradient_descent, "steps": 2, "lr": 0.1},
    NETWORK.loss: {"params": PARAMS, "X": X, "y": [0, 1, 0, 1]},
    fit: {
        **{"network": NETWORK, "params": PARAMS, "X": X, "y": [0, 1, 0, 1], "rule": adam},
        **{"epochs": 1, "batch_size": 2, "rng": RNG},
    },
    minibatches: {"n": 4, "batch_size": 2, "rng": RNG},
    stratified_split: {"labels": [0, 1, 0, 1], "fractions": (0.5, 0.5), "rng": RNG},
}


def each(functions, bad, *words):
    return [(function, bad, words) for function in functions]


SCHEDULES = (schedules.constant, step_decay, exponential_decay, cosine_decay)
ROWS = [
    # Rules
    *each(RULES, {"params": None}, f"params {NUMBER}, got None."),
    *each(RULES, {"params": np.ones(3, complex)}, f"params {NUMBER}"),
    *each(RULES, {"params": [1, 2, 3]}, f"params {FRACTION}"),
    *each(RULES, {"grad": "steep"}, f"grad {NUMBER}, got 'steep'."),
    *each(RULES, {"grad": np.ones(3, complex)}, f"grad {NUMBER}"),
    *each(RULES, {"grad": [[1.0], [2.0, 3.0]]}, f"grad {NUMBER}", "inhomogeneous"),
    *each(RULES, {"grad": np.ones((3, 1))}, "grad must have the shape of params, (3,), got (3, 1)."),
    *each(RULES, {"lr": None}, f"lr {NUMBER}, got None."),
    *each(RULES, {"lr": "0.1"}, f"lr {NUMBER}, got '0.1'."),
    *each(RULES, {"lr": [0.1, -0.1, 0.1]}, "lr must be a finite number >= 0"),
    *each(RULES[2:4], {"rho": 1.0}, "rho must be in [0, 1), got 1.0."),
    *each(RULES[-2:], {"beta2": np.nan}, "beta2 must be in [0, 1), got nan."),
    (normalized_gradient, {"eps": -1.0}, ("eps must be a finite float64 > 0, got -1.0.",)),
    (adamw, {"weight_decay": -1.0}, ("weight_decay must be a finite number >= 0, got -1.0.",)),
    (momentum, {"state": MomentumState("fast")}, (f"The velocity {NUMBER}, got 'fast'.",)),
    (adagrad, {"state": AdagradState(-W)}, ("The sum of squares is of squares, >= 0, got -1.0.",)),
    (rmsprop, {"state": RmspropState(-W)}, ("The mean of squares is of squares, >= 0, got -1.0.",)),
    *each((adam, adamw), {"state": AdamState(W, -W, 1)}, "The second moment is of squares, >= 0, got -1.0."),
    # Schedules
    *each(SCHEDULES, {"epoch": "first"}, f"epoch {NUMBER}, got 'first'."),
    *each(SCHEDULES, {"epoch": np.nan}, "epoch must be a finite number >= 0, got nan."),
    *each(SCHEDULES, {"lr": None}, f"lr {NUMBER}, got None."),
    *each(SCHEDULES, {"lr": W}, "epoch of shape (2,)", "lr (3,)", "lr[..., None]"),
    (step_decay, {"factor": W}, ("do not broadcast against each other", "factor (3,)")),
    (exponential_decay, {"gamma": "0.9"}, (f"gamma {NUMBER}, got '0.9'.",)),
    (cosine_decay, {"total": None}, (f"total {NUMBER}, got None.",)),
    (reduce_on_plateau, {"metric": None}, (f"metric {NUMBER}, got None.",)),
    (reduce_on_plateau, {"factor": "half"}, (f"factor {NUMBER}, got 'half'.",)),
    *[
        (
            reduce_on_plateau,
            {name: np.full(3, 0.5)},
            (f"{name} must be one number or one for each run", "(3,)"),
        )
        for name in ("factor", "patience", "threshold", "cooldown", "min_lr")
    ],
    # Starts
    *each(DRAWS, {"rng": 0}, "rng must be a np.random.Generator, got int. Write np.random.default_rng(0)"),
    *each(DRAWS, {"rng": np.random}, "rng must be a np.random.Generator, got module."),
    *each(DRAWS, {"dtype": int}, "dtype must be a floating one, such as np.float32, got int64."),
    *each(DRAWS, {"shape": (2.5, 3)}, "shape must be a tuple of whole numbers, such as (64, 32)", "(2.5, 3)"),
    *each(DRAWS, {"shape": 5}, "shape must be a tuple of whole numbers, such as (64, 32) or (10,), got 5."),
    *each(DRAWS, {"shape": (-1, 3, 2)}, "shape must have lengths >= 0, got (-1, 3, 2)."),
    *each(DRAWS[1:], {"shape": (3,)}, "shape must end in (fan_in, fan_out)", "got (3,)", "use zeros"),
    (constant, {"value": np.ones(2)}, ("value must be a finite number, got [1. 1.].",)),
    (constant, {"value": "half"}, (f"value {NUMBER}, got 'half'.",)),
    (constant, {"dtype": np.int32}, ("dtype must be a floating one", "got int32.")),
    # Regularizers
    *each(PENALTIES, {"weights": [1, 2]}, f"weights {FRACTION}"),
    *each(PENALTIES, {"weights": None}, f"weights {NUMBER}, got None."),
    *each(PENALTIES, {"lam": "0.1"}, f"lam {NUMBER}, got '0.1'."),
    *each(
        PENALTIES[::2], {"lam": W}, "lam must be one number or one for each run, broadcasting to sums", "(3,)"
    ),
    *each(
        PENALTIES[1::2], {"lam": np.ones(2)}, "lam of shape (2,) does not broadcast to weights of shape (3,)"
    ),
    (soft_threshold, {"threshold": np.nan}, ("threshold must be a finite number >= 0, got nan.",)),
    (dropout_forward, {"rng": 0}, ("rng must be a np.random.Generator, got int.",)),
    (dropout_forward, {"p": "half"}, (f"p {NUMBER}, got 'half'.",)),
    (
        dropout_backward,
        {"mask": np.ones(3, int)},
        ("mask must be True for units that are kept", "got int64."),
    ),
    (early_stopping, {"metric": "low"}, (f"metric {NUMBER}, got 'low'.",)),
    (early_stopping, {"patience": W}, ("patience must be one number or one for each run", "(3,)")),
    (early_stopping, {"min_delta": W}, ("min_delta must be one number or one for each run", "(3,)")),
    # Normalisation
    *each(
        (batchnorm_forward, batchnorm_inference),
        {"inputs": X[:0]},
        "inputs holds no examples: an empty batch",
    ),
    *each((batchnorm_forward, batchnorm_inference), {"gamma": None}, f"gamma {NUMBER}, got None."),
    *each((batchnorm_forward, batchnorm_inference), {"eps": W}, "eps must be a finite number > 0, got [1."),
    *each((batchnorm_forward, batchnorm_inference), {"eps": "small"}, f"eps {NUMBER}, got 'small'."),
    (batchnorm_forward, {"momentum": 0.5 * W}, ("momentum must be in [0, 1), got [0.5",)),
    (batchnorm_inference, {"state": BatchNormState(W, -W)}, ("The running var must be >= 0, got -1.0.",)),
    (batchnorm_backward, {"grad": X[:2]}, ("grad must have the shape of the outputs, (4, 3), got (2, 3).",)),
    # Surfaces
    *each(
        (bowl.value, bowl.gradient, bowl.hessian),
        {"points": [1.0, 2.0, 3.0]},
        "A point of bowl has 2 weight(s)",
        "got shape (3,).",
    ),
    *each((bowl.value, bowl.gradient, bowl.hessian), {"points": None}, f"points {NUMBER}, got None."),
    *each((bowl.value, bowl.gradient, bowl.hessian), {"points": np.ones(2, complex)}, f"points {NUMBER}"),
    (bowl.grid, {"size": 0}, ("size must be at least 1 point along each weight, got 0.",)),
    (quadratic, {"b": np.nan}, ("a and b must be finite numbers, got 1.0 and nan.",)),
    (ill_conditioned, {"condition_number": 0.5}, ("condition_number must be a finite number >= 1, got 0.5",)),
    (ill_conditioned, {"angle": np.inf}, ("angle must be a finite number of radians, got inf.",)),
    *each((rastrigin, styblinski_tang), {"dim": 0}, "dim must be at least 1 weight, got 0."),
    *each((rastrigin, styblinski_tang), {"dim": 2.5}, "dim must be a whole number of weights, got 2.5."),
    # Loops, networks and data
    (descend, {"steps": -1}, ("steps must be >= 0, got -1.",)),
    (descend, {"lr": -1.0}, ("lr must be a finite number >= 0, got -1.0.",)),
    (descend, {"start": [1.0]}, ("A point of bowl has 2 weight(s)", "got shape (1,).")),
    (NETWORK.loss, {"y": [0, 1, 0, 2]}, ("Labels in y must lie in 0 to 1, got 0 to 2.",)),
    (NETWORK.loss, {"X": X[:0], "y": []}, ("X holds no examples",)),
    (NETWORK.loss, {"X": X[:, :2]}, ("X must have shape (n, 3), one row an example; got (4, 2).",)),
    (fit, {"epochs": -1}, ("epochs must be >= 0, got -1.",)),
    (fit, {"X": np.full((4, 3), np.nan)}, ("X must be finite, but holds inf or nan",)),
    (fit, {"lr": np.ones(2)}, ("lr", "(2,)", "lr[..., None]")),
    (minibatches, {"batch_size": 0}, ("batch_size must be >= 1, got 0.",)),
    (stratified_split, {"labels": []}, ("labels must have shape (n,) with n >= 1, got shape (0,).",)),
    (stratified_split, {"fractions": (0.5, 0.6)}, ("fractions must be positive and add up to 1",)),
]


def named(part):
    if isinstance(part, dict):
        return "-".join(f"{name}={str(value)[:20]}" for name, value in part.items())
    return getattr(part, "__qualname__", "")


@pytest.mark.parametrize("function", GOOD, ids=named)
def test_what_is_in_order_is_not_refused(function):
    function(**GOOD[function])


@pytest.mark.parametrize(("function", "bad", "words"), ROWS, ids=named)
def test_what_is_not_is_refused_in_a_sentence_that_names_it(function, bad, words):
    with pytest.raises(ValueError) as refusal:
        function(**(GOOD[function] | bad))
    message = str(refusal.value)
    for part in words:
        assert part in message


@pytest.mark.parametrize(
    "module", [optimizers, schedules, initializers, regularizers, normalization], ids=lambda m: m.__name__
)
def test_no_public_function_is_left_out(module):
    public = {
        function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_") and function.__module__.startswith(module.__name__)
    }
    assert public <= {function for function, _, _ in ROWS}
