"""What is looked at in both update rules, `momentum_step` and `nesterov_step`."""

from collections.abc import Iterator

import numpy as np

from gradlab.checks.exercise import Aspect, Function, Sight
from gradlab.checks.probes import arguments_kept, short_decimals


def _hyper(rng: np.random.Generator) -> dict[str, float]:
    # Away from 0.5, where keeping rho and keeping 1 - rho are the same thing, and from the default 0.9.
    return {"lr": round(rng.uniform(0.05, 0.3), 2), "rho": round(rng.uniform(0.6, 0.85), 2)}


def _from_rest(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    w, grad = short_decimals(rng, 2, 3)
    w, v = step(w, grad, np.zeros(3), **_hyper(rng))
    yield Sight("From rest, after one step", "v", v)
    yield Sight("From rest, after one step", "w", w)


def _several_steps(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    w, v = short_decimals(rng, 2, 2)
    hyper = _hyper(rng)
    for count in range(1, 5):
        w, v = step(w, short_decimals(rng, 2), v, **hyper)
        steps = "step" if count == 1 else "steps"
        yield Sight(f"Already rolling, after {count} {steps}", "v", v)
        yield Sight(f"Already rolling, after {count} {steps}", "w", w)
    for rho, words in [({}, "With rho left out, so 0.9,"), ({"rho": 0.0}, "With rho = 0")]:
        w, grad, v = short_decimals(rng, 3, 2)
        w, v = step(w, grad, v, lr=0.1, **rho)
        yield Sight(words, "v", v)
        yield Sight(words, "w", w)


def _any_shape(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for shape, name in [
        ((), "a single number"),
        ((3, 4), "an array of shape (3, 4)"),
        ((2, 1, 3), "shape (2, 1, 3)"),
    ]:
        w, grad, v = short_decimals(rng, 3, *shape)
        if not shape:
            w, grad, v = float(w), float(grad), float(v)
        w, v = step(w, grad, v, **_hyper(rng))
        yield Sight(f"For {name},", "w", w)
        yield Sight(f"For {name},", "v", v)


def _in_motion(rng: np.random.Generator) -> dict[str, object]:
    w, grad, v = short_decimals(rng, 3, 3)
    return {"w": w, "grad": grad, "v": v} | _hyper(rng)


STEP_ASPECTS = (
    Aspect("first step", 1, _from_rest),
    Aspect("several steps", 2, _several_steps),
    Aspect("any shape", 1, _any_shape),
    arguments_kept(_in_motion),
)
