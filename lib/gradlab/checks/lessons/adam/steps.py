"""What is looked at in both update rules, `adam_step` and `adamw_step`."""

from collections.abc import Iterator

import numpy as np

from gradlab.checks.exercise import Advice, Aspect, Function, Sight
from gradlab.checks.lessons.adam.moments import NOT_FOR_EVERY_SHAPE
from gradlab.checks.probes import Array, arguments_kept, short_decimals


def _hyper(rng: np.random.Generator) -> dict[str, float]:
    # The two betas apart from each other, from 0.5 and from their defaults.
    return {
        "lr": round(rng.uniform(0.05, 0.3), 2),
        "beta1": round(rng.uniform(0.6, 0.75), 2),
        "beta2": round(rng.uniform(0.85, 0.95), 2),
    }


def _drawn(rng: np.random.Generator, *shape: int) -> tuple[Array, Array, Array, Array]:
    """Weights, gradient and two moments that are not zero, none of them equal."""
    w, grad, m, v = short_decimals(rng, 4, *shape)
    return w, grad, m, np.abs(v)


def _seen(when: str, result: tuple[Array, Array, Array]) -> Iterator[Sight]:
    w, m, v = result
    yield Sight(when, "m", m)
    yield Sight(when, "v", v)
    yield Sight(when, "w", w)


def _first_step(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    w, grad = short_decimals(rng, 2, 3)
    yield from _seen("From zero, after step 1", step(w, grad, np.zeros(3), np.zeros(3), 1, **_hyper(rng)))


def _several_steps(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    w, hyper = short_decimals(rng, 2), _hyper(rng)
    m, v = np.zeros(2), np.zeros(2)
    for t in (1, 2, 3, 4):
        grad = short_decimals(rng, 2)
        if t == 3:
            grad[1] = 0.0  # no news for this weight, and it moves on
        w, m, v = step(w, grad, m, v, t, **hyper)
        yield from _seen(f"From zero, after step {t}", (w, m, v))
    w, grad, m, v = _drawn(rng, 2)
    yield from _seen("On the way, in step 6,", step(w, grad, m, v, 6, **_hyper(rng)))
    w, grad, m, v = _drawn(rng, 2)
    # So late and from so large a v that v falls, whatever the gradient.
    yield from _seen("Late, in step 100,", step(w, grad, m, v + 4.0, 100, **_hyper(rng)))
    w, grad, m, v = _drawn(rng, 2)
    yield from _seen("With beta1 = 0.3 and beta2 = 0.4,", step(w, grad, m, v, 2, 0.1, 0.3, 0.4))
    _, grad, m, v = _drawn(rng, 2)
    result = step(np.zeros(2), grad, m, v, 3)
    yield from _seen("With lr, the betas and eps left out, from w = 0, in step 3,", result)


def _where_eps_counts(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    w, grad = short_decimals(rng, 2, 3)
    grad[1] = 0.0
    result = step(w, grad, np.zeros(3), np.zeros(3), 1, **_hyper(rng))
    yield from _seen("For a weight whose gradient has always been 0,", result)
    tiny = np.array([1e-8, -3e-8, 0.0])
    result = step(np.zeros(3), tiny, np.zeros(3), np.zeros(3), 1, lr=0.1)
    yield from _seen("For tiny gradients and the default eps,", result)
    w, grad, m, v = _drawn(rng, 3)
    eps = round(rng.uniform(0.02, 0.09), 3)
    yield from _seen(f"With eps = {eps:g}", step(w, grad, m, v, 4, **_hyper(rng), eps=eps))


def _any_shape(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    w, grad, m, v = (float(part) for part in _drawn(rng))
    # A single number that ended near 0 would ask for more digits than single precision has.
    w, grad = w + 3.0, float(np.copysign(grad, m))
    yield from _seen("For single numbers,", step(w, grad, m, v, 2, **_hyper(rng)))
    for shape in ((3, 4), (2, 1, 3)):
        yield from _seen(f"For arrays of shape {shape},", step(*_drawn(rng, *shape), 2, **_hyper(rng)))
    rates = np.array([[0.05], [0.1], [0.2]])
    result = step(*_drawn(rng, 3, 4), 2, **_hyper(rng) | {"lr": rates})
    yield from _seen("For three runs with a rate each,", result)


def _on_the_way(rng: np.random.Generator) -> dict[str, object]:
    w, grad, m, v = _drawn(rng, 3)
    return {"w": w, "grad": grad, "m": m, "v": v, "t": 3} | _hyper(rng)


FIRST_STEP = Aspect("first step", 1, _first_step)
SEVERAL_STEPS = Aspect("several steps", 2, _several_steps)
WHERE_EPS_COUNTS = Aspect(
    "where eps counts",
    1,
    _where_eps_counts,
    lacking=Advice(
        "Trouble near zero",
        why="Where a weight's gradients are zero or tiny, or eps is large, your step is not the formula's: there eps decides.",
        hint="Which number does eps keep from being zero, and at which point of the formula is it added?",
    ),
)
ANY_SHAPE = Aspect("any shape", 1, _any_shape, lacking=NOT_FOR_EVERY_SHAPE)
ARGUMENTS_KEPT = arguments_kept(_on_the_way)
