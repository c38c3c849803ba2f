"""One step of every update rule on one array of float32, in nanoseconds for each parameter.

Against NumPy as in a text-book, the forms of PyTorch's optimizers, optax under jit with its buffers donated, the best
blocks that we know in NumPy (at the largest size), and the bound of the memory's bandwidth: the bytes that a rule must
read and write, at the speed at which ``a += b`` reads and writes arrays of that size.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from typing import Any

import jax
import numpy as np
import optax
import torch

from benchmarks.blocked import KERNELS, LENGTHS, Blocked
from benchmarks.machine import cores
from benchmarks.pairing import Spread, median, quickest, take_turns, three_digits, times_as_fast
from benchmarks.result import Result, Table, Target
from benchmarks.textbook import BETA1, BETA2, DECAY, EPS, LR, REMEMBERED, RHO, STEPS
from benchmarks.threads import COUNTS, use_threads
from gradlab import optimizers
from gradlab.in_place import stepper

Array = np.ndarray
Contender = Callable[[], Any]
Seconds = dict[str, list[float]]

SIZES = {1_000: 15, 100_000: 15, 10_000_000: 5}
LARGEST = max(SIZES)
BETAS = {"beta1": BETA1, "beta2": BETA2, "eps": EPS}
HYPER: dict[str, dict[str, float]] = {
    "gradient_descent": {},
    "normalized_gradient": {"eps": EPS},
    "momentum": {"rho": RHO},
    "nesterov": {"rho": RHO},
    "adagrad": {"eps": EPS},
    "rmsprop": {"rho": RHO, "eps": EPS},
    "adam": BETAS,
    "adamw": BETAS | {"weight_decay": DECAY},
}
TORCH: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "gradient_descent": torch.optim.SGD,
    "momentum": partial(torch.optim.SGD, momentum=RHO),
    "nesterov": partial(torch.optim.SGD, momentum=RHO, nesterov=True),
    "adagrad": partial(torch.optim.Adagrad, eps=EPS),
    "rmsprop": partial(torch.optim.RMSprop, alpha=RHO, eps=EPS),
    "adam": partial(torch.optim.Adam, eps=EPS),
    "adamw": partial(torch.optim.AdamW, eps=EPS, weight_decay=DECAY),
}
OPTAX: dict[str, optax.GradientTransformation] = {
    "gradient_descent": optax.sgd(LR),
    "normalized_gradient": optax.chain(optax.normalize_by_update_norm(eps=EPS), optax.scale(-LR)),
    "momentum": optax.sgd(LR, momentum=RHO),
    "nesterov": optax.sgd(LR, momentum=RHO, nesterov=True),
    "adagrad": optax.adagrad(LR, initial_accumulator_value=0.0, eps=EPS),
    "rmsprop": optax.rmsprop(LR, decay=RHO, eps=EPS),
    "adam": optax.adam(LR, eps=EPS),
    "adamw": optax.adamw(LR, eps=EPS, weight_decay=DECAY),
}
FORMS = {"single": {"foreach": False}, "foreach": {"foreach": True}, "fused": {"fused": True}}
BOUND = "bandwidth bound"
COLUMNS = [
    "gradlab",
    "its pure rule",
    "text-book",
    *(f"torch {form}" for form in FORMS),
    "optax",
    "best blocks",
    BOUND,
]
COMPARED = ("its pure rule", "text-book", "torch single", "torch fused", "optax", "best blocks")


def measure() -> Result:
    """All rules at all sizes."""
    tables, curves = [], {}
    worst: dict[str, list[tuple[Spread, str]]] = {"text-book": [], "torch single": [], "best blocks": []}
    for size, rounds in SIZES.items():
        columns = [who for who in COLUMNS if who != "best blocks" or size == LARGEST]
        peers = [who for who in columns if who in COMPARED]
        rows, ratios = [], []
        for rule in STEPS:
            seconds = _race(rule, size, rounds)
            each = {who: median(seconds, who) / size * 1e9 for who in seconds}
            rows.append([rule, *(three_digits(each[who]) if who in each else "–" for who in columns)])
            faster = {who: times_as_fast(seconds, "gradlab", who) for who in peers if who in seconds}
            ratios.append([rule, *(str(faster.get(who, "–")) for who in peers)])
            for peer in worst.keys() & faster.keys():
                worst[peer].append((faster[peer], f"{rule} at {size:,}"))
            if size == LARGEST:
                curves[rule] = each
        many = f"{size:,} parameters, float32"
        tables.append(Table(f"One step at {many}: ns for each parameter", ["rule", *columns], rows))
        tables.append(Table(f"One step at {many}: times as fast as its peers", ["rule", *peers], ratios))
    return Result(tables, _targets(worst), curves)


def _targets(worst: dict[str, list[tuple[Spread, str]]]) -> list[Target]:
    targets = []
    for peer, found in worst.items():
        ratio, where = min(found, key=lambda pair: pair[0].median)
        # Blocks by the same recipe should come out equal, but for noise.
        least = 0.95 if peer == "best blocks" else 1.0
        at = f"{LARGEST:,} parameters" if peer == "best blocks" else "all rules and sizes"
        measured = f"worst: {ratio}x, {where}"
        targets.append(
            Target(f"step, against {peer}, {at}", f">= {least:g}x", measured, ratio.median >= least)
        )
    return targets


def _race(rule: str, size: int, rounds: int) -> Seconds:
    rng = np.random.default_rng(0)
    start, gradient = rng.standard_normal((2, size)).astype(np.float32)
    contenders: dict[tuple[str, int], Contender] = {
        ("its pure rule", 1): _pure(rule, start, gradient),
        ("text-book", 1): _textbook(rule, start, gradient),
        ("optax", cores()): _optax(rule, start, gradient),
    }
    contenders |= {("gradlab", threads): _ours(rule, start, gradient) for threads in COUNTS}
    contenders |= {(BOUND, threads): _addition(start, gradient, threads) for threads in COUNTS}
    for form, chosen in FORMS.items():
        if rule in TORCH and not (rule == "rmsprop" and form == "fused"):
            contenders |= {
                (f"torch {form}", threads): _torch(rule, start, gradient, chosen) for threads in COUNTS
            }
    if size == LARGEST and rule in KERNELS:
        contenders |= _best_blocks(rule, start, gradient)
    at_least = 0.002 if size < LARGEST else 0.0
    seconds = take_turns(
        contenders, rounds=rounds, at_least=at_least, before=lambda name: use_threads(name[1])
    )
    names = {who for who, _ in contenders}
    best = {who: seconds[quickest(seconds, [name for name in seconds if name[0] == who])] for who in names}
    # ``a += b`` moves 12 bytes for each parameter.
    best[BOUND] = [time * _bytes(rule) / 12 for time in best[BOUND]]
    return best


def _bytes(rule: str) -> int:
    """What a step must read and write for each parameter: g, w twice and each memory twice; a norm takes g first."""
    return 4 * (1 + 2 + 2 * REMEMBERED[rule] + (rule == "normalized_gradient"))


def _ours(rule: str, start: Array, gradient: Array) -> Contender:
    mine = stepper(getattr(optimizers, rule), start, {"lr": LR, **HYPER[rule]})
    assert mine is not None
    return partial(mine.step, gradient)


def _pure(rule: str, start: Array, gradient: Array) -> Contender:
    function, now = getattr(optimizers, rule), [start, None]

    def step() -> None:
        now[:] = function(now[0], gradient, now[1], lr=LR, **HYPER[rule])

    return step


def _textbook(rule: str, start: Array, gradient: Array) -> Contender:
    function, (*memory,) = STEPS[rule], np.zeros((REMEMBERED[rule], start.size), start.dtype)
    now, taken = [start, *memory], 0

    def step() -> None:
        nonlocal taken
        taken += 1
        now[:] = function(now[0], gradient, *now[1:], step=taken)

    return step


def _best_blocks(rule: str, start: Array, gradient: Array) -> dict[tuple[str, int], Contender]:
    memory = np.zeros((REMEMBERED[rule], start.size), start.dtype)
    arrays = [start.copy(), gradient, *memory]
    forms = {
        (length, threads): Blocked(rule, arrays, length, threads) for length in LENGTHS for threads in COUNTS
    }
    seconds = take_turns(forms, rounds=2)
    best = {n: quickest(seconds, [(length, n) for length in LENGTHS]) for n in COUNTS}
    return {("best blocks", threads): forms[name] for threads, name in best.items()}


def _torch(rule: str, start: Array, gradient: Array, form: dict[str, bool]) -> Contender:
    w = torch.tensor(start, requires_grad=True)
    w.grad = torch.tensor(gradient)
    return TORCH[rule]([w], lr=LR, **form).step


def _optax(rule: str, start: Array, gradient: Array) -> Contender:
    transformation = OPTAX[rule]
    w, g = jax.numpy.array(start), jax.numpy.array(gradient)
    now = [w, transformation.init(w)]

    @partial(jax.jit, donate_argnums=(0, 1))
    def update(w: Any, state: Any, g: Any) -> tuple[Any, Any]:
        updates, state = transformation.update(g, state, w)
        return optax.apply_updates(w, updates), state

    def step() -> None:
        now[:] = update(*now, g)
        jax.block_until_ready(now)

    return step


def _addition(start: Array, gradient: Array, threads: int) -> Contender:
    a, cuts = start.copy(), [len(start) * i // threads for i in range(threads + 1)]
    shares = [slice(*cut) for cut in pairwise(cuts)]
    if threads == 1:
        return partial(np.add, a, gradient, out=a)
    pool = ThreadPoolExecutor(threads)
    return lambda: list(pool.map(lambda part: np.add(a[part], gradient[part], out=a[part]), shares))
