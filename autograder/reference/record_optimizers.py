"""The paths of every update rule, walked by PyTorch and by optax.

Three kinds of path: 200 given gradients, for arrays of several shapes, from a state in motion or from rest; the same
gradients ten times over; and descents on surfaces, whose gradients are PyTorch's own.

Conventions: RMSProp is recorded from optax, which has eps inside the root as we do; PyTorch has it outside, so its
paths are recorded where eps is too small to matter. AdaGrad is PyTorch's, as optax has eps inside the root.
"""

# The engines we compare with are installed only where references are recorded.
# mypy: disable-error-code="import-not-found, import-untyped"

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import jax
import numpy as np
import optax
import torch

jax.config.update("jax_enable_x64", True)

ENGINES = ("torch", "jax", "optax")
STEPS = 200
KEPT = [1, 20, STEPS]
ROUNDS = 10  # of the same gradients, for the long paths
TAKEN = 6  # by a state in motion, before the first step that is recorded
SHAPES = [(), (3,), (2, 3), (2, 1, 3, 4)]
DTYPES = ["float64", "float32"]
Array = np.ndarray[Any, Any]
Hyper = dict[str, float]

TORCH: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "gradient_descent": lambda w, lr: torch.optim.SGD(w, lr=lr),
    "momentum": lambda w, lr, rho: torch.optim.SGD(w, lr=lr, momentum=rho),
    "nesterov": lambda w, lr, rho: torch.optim.SGD(w, lr=lr, momentum=rho, nesterov=True),
    "adagrad": lambda w, lr, eps: torch.optim.Adagrad(w, lr=lr, eps=eps),
    "rmsprop": lambda w, lr, rho, eps: torch.optim.RMSprop(w, lr=lr, alpha=rho, eps=eps),
    "adam": lambda w, lr, beta1, beta2, eps: torch.optim.Adam(w, lr=lr, betas=(beta1, beta2), eps=eps),
    "adamw": lambda w, lr, beta1, beta2, eps, weight_decay: torch.optim.AdamW(
        w, lr=lr, betas=(beta1, beta2), eps=eps, weight_decay=weight_decay
    ),
}
OPTAX: dict[str, Callable[..., Any]] = {
    "normalized_gradient": lambda eps: optax.normalize_by_update_norm(eps=eps),
    "momentum": lambda rho: optax.trace(decay=rho),
    "nesterov": lambda rho: optax.trace(decay=rho, nesterov=True),
    "rmsprop": lambda rho, eps: optax.scale_by_rms(decay=rho, eps=eps, eps_in_sqrt=True),
    "adam": lambda beta1, beta2, eps: optax.scale_by_adam(b1=beta1, b2=beta2, eps=eps),
    "adamw": lambda beta1, beta2, eps, weight_decay: optax.chain(
        optax.scale_by_adam(b1=beta1, b2=beta2, eps=eps), optax.add_decayed_weights(weight_decay)
    ),
}
# Our names of what a rule remembers, and theirs.
REMEMBERED: dict[str, dict[str, tuple[str, str]]] = {
    "momentum": {"velocity": ("momentum_buffer", "trace")},
    "nesterov": {"velocity": ("momentum_buffer", "trace")},
    "adagrad": {"sum_of_squares": ("sum", "sum_of_squares")},
    "rmsprop": {"mean_of_squares": ("square_avg", "nu")},
    "adam": {"first_moment": ("exp_avg", "mu"), "second_moment": ("exp_avg_sq", "nu")},
    "adamw": {"first_moment": ("exp_avg", "mu"), "second_moment": ("exp_avg_sq", "nu")},
}
SQUARES = {"sum_of_squares", "mean_of_squares", "second_moment"}

# The usual values first; then large eps, and betas that no one would choose.
BETAS = [(1e-3, 0.9, 0.999, 1e-8), (0.1, 0.5, 0.9, 1.0), (0.01, 0.0, 0.3, 1e-4), (0.05, 0.99, 0.7, 1e-8)]
ADAM = [dict(zip(("lr", "beta1", "beta2", "eps"), values, strict=True)) for values in BETAS]
RATES = [{"lr": lr, "rho": rho} for lr, rho in [(0.1, 0.9), (0.01, 0.5), (0.3, 0.99)]]
HYPER: dict[str, list[Hyper]] = {
    "gradient_descent": [{"lr": 0.1}],
    "normalized_gradient": [{"lr": 0.1, "eps": 1e-8}, {"lr": 0.3, "eps": 1.0}],
    "momentum": RATES,
    "nesterov": RATES,
    "adagrad": [{"lr": 0.1, "eps": 1e-7}, {"lr": 0.5, "eps": 1.0}],
    "rmsprop": [
        {"lr": 0.01, "rho": 0.9, "eps": 1e-8},
        {"lr": 0.1, "rho": 0.99, "eps": 1.0},
        {"lr": 0.003, "rho": 0.3, "eps": 1e-3},
    ],
    "adam": ADAM,
    "adamw": [
        hyper | {"weight_decay": decay} for hyper, decay in zip(ADAM, (0.01, 0.5, 0.0, 0.1), strict=True)
    ],
}
# Where the convention of the other engine is not ours.
ENGINE_OF = {"normalized_gradient": "optax", "rmsprop": "optax"}
NEGLIGIBLE = {"lr": 0.01, "rho": 0.9, "eps": 1e-30}
SURFACES: dict[str, Any] = {
    "ravine": (lambda x, y: 0.1 * x * x + 2 * y * y, [-5.0, -2.0], 0.2),
    "Rosenbrock": (lambda x, y: (1 - x).square() + 100 * (y - x.square()).square(), [-1.2, 1.0], 2e-4),
    "Himmelblau": (lambda x, y: (x.square() + y - 11).square() + (x + y.square() - 7).square(), [0.0, 0.0], 2e-3),
}  # fmt: skip
DESCENTS: dict[str, Hyper] = {
    "gradient_descent": {},
    "momentum": {"rho": 0.9},
    "nesterov": {"rho": 0.9},
    "adagrad": {"lr": 0.5, "eps": 1e-7},
    "adam": {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
    "adamw": {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.1},
}


def record() -> dict[str, Any]:
    """Paths along given gradients, short and long, and descents."""
    rng = np.random.default_rng(20240502)
    # Three decimals: short in the file, and the same number in every language that reads it.
    gradients = rng.standard_normal((STEPS, 24)).round(3)
    start = {name: rng.standard_normal(24).round(3) for name in ("params", "average", "squares")}
    start["squares"] = abs(start["squares"])
    return {
        "steps": KEPT,
        "taken": TAKEN,
        "gradients": gradients,
        **start,
        "cases": [given_gradients(gradients, start, KEPT, **settings) for settings in paths()],
        "long": [
            given_gradients(np.tile(gradients, (ROUNDS, 1)), start, [ROUNDS * STEPS], **settings)
            for settings in long_paths()
        ],
        "descents": [descent(rule, surface) for rule, surface in product(DESCENTS, SURFACES)],
    }


def paths() -> Iterator[dict[str, Any]]:
    """What is recorded: rule, engine, hyper-parameters, shape, dtype, scale of the gradients, and rest or motion."""
    moving: dict[str, Any] = {"scale": 1.0, "moving": True}
    for rule, dtype in product(HYPER, DTYPES):
        main_engine = ENGINE_OF.get(rule, "torch")
        usual: dict[str, Any] = {"rule": rule, "hyper": HYPER[rule][0], "shape": (2, 3), "dtype": dtype}
        for hyper, shape in product(HYPER[rule], SHAPES):
            yield usual | moving | {"engine": main_engine, "hyper": hyper, "shape": shape}
        if rule in OPTAX and main_engine == "torch":
            yield usual | moving | {"engine": "optax"}
        for scale, motion in product((0.0, 1e-6, 1e3), (False, True)):
            yield usual | {"engine": main_engine, "shape": (3,), "scale": scale, "moving": motion}
    for dtype, motion in product(DTYPES, (False, True)):
        usual = {"rule": "rmsprop", "hyper": NEGLIGIBLE, "dtype": dtype}
        yield usual | {"engine": "torch", "shape": (2, 3), "scale": 1.0, "moving": motion}


def long_paths() -> Iterator[dict[str, Any]]:
    """The last hyper-parameters of every rule, from rest."""
    for rule, dtype in product(HYPER, DTYPES):
        settings = {"rule": rule, "engine": ENGINE_OF.get(rule, "torch"), "hyper": HYPER[rule][-1]}
        yield settings | {"shape": (2, 3), "dtype": dtype, "scale": 1.0, "moving": False}


def given_gradients(
    gradients: Array,
    start: dict[str, Array],
    kept: list[int],
    *,
    engine: str,
    shape: tuple[int, ...],
    dtype: str,
    scale: float,
    **case: Any,
) -> dict[str, Any]:
    """One path along given gradients: weights and state after the steps that are kept."""

    def shaped(numbers: Array) -> Array:
        return numbers[: int(np.prod(shape))].astype(dtype).reshape(shape)

    walk = {"torch": with_torch, "optax": with_optax}[engine]
    remembered = REMEMBERED.get(case["rule"], {}) if case["moving"] else {}
    state = {name: shaped(start["squares" if name in SQUARES else "average"]) for name in remembered}
    steps = walk(case["rule"], case["hyper"], shaped(start["params"]), state)
    next(steps)
    path = [steps.send(shaped(gradient) * np.array(scale, dtype)) for gradient in gradients]
    found = [{name: short(numbers) for name, numbers in path[step - 1].items()} for step in kept]
    return case | {"engine": engine, "shape": shape, "dtype": dtype, "scale": scale, "path": found}


def with_torch(rule: str, hyper: Hyper, start: Array, state: dict[str, Array]) -> Any:
    """A generator that is sent gradients and yields weights and state."""
    params, names = torch.tensor(start), REMEMBERED.get(rule, {})
    optimizer = TORCH[rule]([params], **hyper)
    if state:
        buffers = {names[ours][0]: torch.tensor(numbers) for ours, numbers in state.items()}
        optimizer.state[params] = {"step": torch.tensor(float(TAKEN)), **buffers}
    grad = yield {}
    while True:
        params.grad = torch.tensor(grad)
        optimizer.step()
        buffers = optimizer.state[params]
        after = {ours: buffers[theirs].numpy().copy() for ours, (theirs, _) in names.items()}
        grad = yield {"params": params.numpy().copy(), **after}


def with_optax(rule: str, hyper: Hyper, start: Array, state: dict[str, Array]) -> Any:
    """The same with optax: a direction, and a step of lr against it."""
    params, names = jax.numpy.asarray(start), REMEMBERED.get(rule, {})
    optimizer = OPTAX[rule](**{name: value for name, value in hyper.items() if name != "lr"})
    update = optimizer.update
    if rule == "normalized_gradient":
        # One norm for every run: over the last axis, where optax takes one over everything.
        for _ in start.shape[:-1]:
            update = jax.vmap(update, in_axes=(0, None, 0), out_axes=(0, None))
    update, memory = jax.jit(update), optimizer.init(params)
    chained = not hasattr(memory, "_replace")
    if state:
        own = {names[ours][1]: jax.numpy.asarray(numbers) for ours, numbers in state.items()}
        own |= {"count": jax.numpy.asarray(TAKEN, dtype="int32")} if rule.startswith("adam") else {}
        memory = (memory[0]._replace(**own), *memory[1:]) if chained else memory._replace(**own)
    grad = yield {}
    while True:
        direction, memory = update(grad, memory, params)
        params = params - hyper["lr"] * direction
        own = memory[0] if chained else memory
        grad = yield {"params": params, **{ours: getattr(own, theirs) for ours, (_, theirs) in names.items()}}


def short(numbers: Any) -> Any:
    """The numbers as lists, with no more digits than their dtype holds."""
    array = np.asarray(numbers)
    digits = 9 if array.dtype == np.float32 else 17
    return np.array([float(f"{x:.{digits}g}") for x in array.ravel()]).reshape(array.shape).tolist()


def descent(rule: str, surface: str) -> dict[str, Any]:
    """One descent from rest by PyTorch: the points after the steps that are kept."""
    loss, start, lr = SURFACES[surface]
    hyper = {"lr": lr} | DESCENTS[rule]
    params = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = TORCH[rule]([params], **hyper)
    points = []
    for step in range(1, STEPS + 1):
        optimizer.zero_grad()
        loss(*params).backward()
        optimizer.step()
        if step in KEPT:
            points.append(params.tolist())
    return {
        "rule": rule,
        "engine": "torch",
        "surface": surface,
        "start": start,
        "hyper": hyper,
        "points": points,
    }
