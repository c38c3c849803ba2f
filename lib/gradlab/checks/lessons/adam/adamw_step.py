"""`adamw_step`: Adam, and beside it a decay of the weights that v does not touch."""

import dataclasses
import functools
from collections.abc import Iterator

import numpy as np

from gradlab.checks.exercise import Aspect, Exercise, Function, Sight
from gradlab.checks.lessons.adam import moment_mistakes, step_mistakes
from gradlab.checks.lessons.adam.parts import adam, adamw
from gradlab.checks.lessons.adam.steps import ANY_SHAPE, ARGUMENTS_KEPT, SEVERAL_STEPS, WHERE_EPS_COUNTS
from gradlab.checks.probes import short_decimals


def _decay(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    zero = np.zeros(3)
    w, grad = short_decimals(rng, 2, 3)
    lr, decay = round(rng.uniform(0.1, 0.3), 2), round(rng.uniform(0.2, 0.8), 2)
    hyper = {"lr": lr, "beta1": 0.7, "beta2": 0.9, "weight_decay": decay}
    weights, m, v = step(w, zero, zero, zero, 1, **hyper)
    yield Sight("Where all gradients are 0,", "w", weights)
    yield Sight("Where all gradients are 0,", "m", m)
    yield Sight("Where all gradients are 0,", "v", v)
    m, v = zero, zero
    for t in (1, 2):
        w, m, v = step(w, grad, m, v, t, **hyper)
        when = f"With weight_decay = {decay:g}, after step {t}"
        yield Sight(when, "m", m)
        yield Sight(when, "v", v)
        yield Sight(when, "w", w)
    w, grad = short_decimals(rng, 2, 3)
    weights, m, v = step(w, grad, zero, zero, 1, lr=0.1)
    yield Sight("With weight_decay left out, so 0.01,", "w", weights)


def _without_decay(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for sight in WHERE_EPS_COUNTS.probe(functools.partial(step, weight_decay=0.0), rng):
        yield sight._replace(when=f"With weight_decay = 0. {sight.when}")


adamw_step = Exercise(
    name="adamw_step",
    lesson="08-adam",
    returns=("w", "m", "v"),
    reference=adamw,
    aspects=(
        Aspect("the decay", 1, _decay),
        dataclasses.replace(SEVERAL_STEPS, points=1),
        dataclasses.replace(WHERE_EPS_COUNTS, name="no decay, plain Adam", probe=_without_decay),
        ANY_SHAPE,
        ARGUMENTS_KEPT,
    ),
    hints=(
        "With a gradient of 0 and no history, only the decay is left of the step. What should then become of w?",
        "Take the step of Adam with the gradient as it came. Then take away from w its own share: lr times weight_decay times "
        "the w that the step started from.",
    ),
    vectorised=True,
)


def _with_decay(function):
    """A wrong Adam with the right decay."""

    def decaying(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
        moved, m, v = function(w, grad, m, v, t, lr, beta1, beta2, eps)
        return moved - lr * weight_decay * w, m, v

    return decaying


def _mistake(name, why, hint, decayed):
    """A wrong decay with the right Adam: decayed(w, the w that Adam moves to, lr, weight_decay)."""

    def function(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
        moved, m, v = adam(w, grad, m, v, t, lr, beta1, beta2, eps)
        return decayed(w, moved, lr, weight_decay), m, v

    adamw_step.mistake(name, why=why, hint=hint)(function)


@adamw_step.mistake(
    "L2 penalty in the gradient",
    why="You add weight_decay * w to the gradient. It then goes through the moments and is divided by the root of v, so that "
    "weights with large gradients hardly decay. That is Adam with an L2 penalty, and it is not weight decay.",
    hint="Where should the decay join the step: before the moments, or after them?",
)
def _(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    return adam(w, grad + weight_decay * w, m, v, t, lr, beta1, beta2, eps)


@adamw_step.mistake(
    "The decay is divided by the root of v",
    why="You add the decay to m before you divide, so it shrinks where the gradients are large. It should be the same share of "
    "every weight.",
    hint="Which brackets does the root of v divide?",
)
def _(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    _, m, v = adam(w, grad, m, v, t, lr, beta1, beta2, eps)
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return w - lr * (m_hat + weight_decay * w) / (np.sqrt(v_hat) + eps), m, v


_mistake(
    "No decay",
    "Your step is that of Adam: the weights do not decay.",
    "Which argument of the function have you not used?",
    lambda w, moved, lr, decay: moved,
)
_mistake(
    "The decay without lr",
    "You take weight_decay * w away in every step, whatever lr is. The paper has a form like it; here, as in PyTorch, the decay "
    "is multiplied by lr.",
    "With lr = 0 nothing should move. Does it?",
    lambda w, moved, lr, decay: moved - decay * w,
)
_mistake(
    "The weights grow",
    "You add the decay, so every weight is driven away from zero.",
    "Should a weight without a gradient grow or shrink?",
    lambda w, moved, lr, decay: moved + lr * decay * w,
)
_mistake(
    "The new weights decay",
    "You let the weights decay after they have moved. The decay is a share of the w that the step started from.",
    "Which w stands in the formula, on the right-hand side?",
    lambda w, moved, lr, decay: moved * (1 - lr * decay),
)
_mistake(
    "w is missing from the decay",
    "You take the same number away from every weight, also from negative ones, which then grow in size.",
    "The decay is a share. A share of what?",
    lambda w, moved, lr, decay: moved - lr * decay,
)
_mistake(
    "The sign of w decays",
    "You take the same amount off every weight, large or small. That is L1's way; here it is a share of each weight.",
    "How much should a weight of 10 lose, when a weight of 1 loses 0.1?",
    lambda w, moved, lr, decay: moved - lr * decay * np.sign(w),
)
_mistake(
    "The decay is doubled",
    "Your decay is twice what it should be, as if it were the gradient of decay * w**2.",
    "Which factors stand in front of w in the formula?",
    lambda w, moved, lr, decay: moved - 2 * lr * decay * w,
)
_mistake(
    "The decay is halved",
    "You take half of the decay, as if the half of an L2 penalty were still there. Its gradient has none.",
    "Which factors stand in front of w in the formula?",
    lambda w, moved, lr, decay: moved - 0.5 * lr * decay * w,
)
_mistake(
    "The decay is squared",
    "You take a share of w squared, which also turns the sign for negative weights.",
    "Is there an exponent in the decay of the formula?",
    lambda w, moved, lr, decay: moved - lr * decay * np.square(w),
)
_mistake(
    "Only the decay",
    "Your weights decay and do not move: the step of Adam is missing.",
    "What else stands in the brackets of the formula?",
    lambda w, moved, lr, decay: w - lr * decay * w,
)
_mistake(
    "The rate is applied twice to the decay",
    "lr stands in your decay twice, so it scales with lr squared.",
    "Count the places where lr stands in the formula.",
    lambda w, moved, lr, decay: moved - lr * lr * decay * w,
)
_mistake(
    "weight_decay is fixed at 0.01",
    "0.01 is written into your formula, so the weight_decay that is passed in changes nothing.",
    "Which name should stand where you wrote the number?",
    lambda w, moved, lr, decay: moved - lr * 0.01 * w,
)

for mistake in (*moment_mistakes.MISTAKES, *step_mistakes.MISTAKES):
    adamw_step.mistake(mistake.name, why=mistake.why, hint=mistake.hint)(_with_decay(mistake.function))
