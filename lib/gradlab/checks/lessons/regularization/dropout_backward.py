"""`dropout_backward`: the gradient takes the same way back."""

from collections.abc import Iterator

import numpy as np

from gradlab import regularizers
from gradlab.checks.exercise import Aspect, Exercise, Function, Sight
from gradlab.checks.probes import arguments_kept, short_decimals


def _backward(grad, mask, p):
    return regularizers.dropout_backward(grad, mask, p=p)


def _call(rng: np.random.Generator, *shape: int) -> dict[str, object]:
    mask = np.zeros(shape, dtype=bool)
    mask.flat[::2] = True
    p = round(rng.choice([rng.uniform(0.15, 0.35), rng.uniform(0.65, 0.85)]), 2)
    return {"grad": short_decimals(rng, *shape), "mask": rng.permuted(mask), "p": p}


def _gradients(backward: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for shape in ((5,), (3, 4), (2, 3, 2)):
        yield Sight(
            f"For gradients of shape {shape},", "the gradient", backward(*_call(rng, *shape).values())
        )


def _ends(backward: Function, rng: np.random.Generator) -> Iterator[Sight]:
    grad, mask, _ = _call(rng, 3, 2).values()
    yield Sight(
        "With p = 0 and everything kept,",
        "the gradient",
        backward(grad.copy(), np.ones((3, 2), dtype=bool), 0.0),
    )
    yield Sight(
        "With everything dropped,", "the gradient", backward(grad.copy(), np.zeros((3, 2), dtype=bool), 0.8)
    )
    yield Sight("With a mask that is not p's share,", "the gradient", backward(grad, mask, 0.1))


dropout_backward = Exercise(
    name="dropout_backward",
    lesson="10-regularization",
    returns=("the gradient",),
    reference=_backward,
    aspects=(
        Aspect("gradients", 2, _gradients),
        Aspect("the ends", 1, _ends),
        arguments_kept(lambda rng: _call(rng, 3, 4)),
    ),
    hints=(
        "On the way forward, what was a kept unit multiplied with, and what a dropped one?",
        "A gradient is multiplied by the same number on its way back: 0 where the unit was dropped, and one over the kept share "
        "where it was not.",
    ),
    vectorised=True,
)


def _mistake(name, why, hint, function):
    dropout_backward.mistake(name, why=why, hint=hint)(function)


_mistake(
    "Without the mask",
    "You let the gradient pass through units that were silent.",
    "What does the loss feel of a unit that was dropped?",
    lambda grad, mask, p: grad / (1 - p),
)
_mistake(
    "Not scaled",
    "The kept units were made louder on the way forward, so their gradient is larger by the same factor.",
    "If out = 2 * x, what is the gradient of x?",
    lambda grad, mask, p: grad * mask,
)
_mistake(
    "Multiplied instead of divided",
    "You multiply by the kept share where the forward pass divided by it.",
    "With which number was a kept unit multiplied on the way forward?",
    lambda grad, mask, p: grad * mask * (1 - p),
)
_mistake(
    "Divided by p",
    "You divide by the share that is dropped.",
    "With which number was a kept unit multiplied on the way forward?",
    lambda grad, mask, p: grad * mask / np.where(p == 0, 1.0, p),
)
_mistake(
    "Divided by p",
    "You divide by the share that is dropped.",
    "With which number was a kept unit multiplied on the way forward?",
    lambda grad, mask, p: grad * mask / np.float64(p),
)
_mistake(
    "Only the kept entries",
    "`grad[mask]` picks the kept entries out and loses the places of the others. The result has the shape of grad.",
    "What is the gradient of a unit that was dropped, and where does it stand?",
    lambda grad, mask, p: grad[mask] / (1 - p),
)
_mistake(
    "Scaled by the mask's own share",
    "You divide by the share of True in this mask. The forward pass divided by 1 - p, which is the expected share.",
    "Which number did the forward pass divide by?",
    lambda grad, mask, p: grad * mask / max(np.mean(mask), 1e-9),
)
_mistake(
    "The mask is upside down",
    "You let the gradient through where the unit was dropped.",
    "What does True mean in the mask?",
    lambda grad, mask, p: grad * ~mask / (1 - p),
)
_mistake(
    "A new mask",
    "You draw a mask of your own. The gradient has to take the way that the signal took.",
    "Which units spoke in the forward pass?",
    lambda grad, mask, p: grad * (np.random.default_rng(0).random(grad.shape) >= p) / (1 - p),
)
_mistake(
    "The gradient is handed back",
    "Neither the mask nor p appears in your result.",
    "Which two arguments have you not used?",
    lambda grad, mask, p: grad + 0.0,
)
_mistake(
    "The mask alone",
    "You hand back what each unit was multiplied with, without the gradient.",
    "Which argument have you not used?",
    lambda grad, mask, p: mask / (1 - p) + 0 * grad,
)
_mistake(
    "Scaled twice",
    "You divide by 1 - p twice.",
    "How often was a kept unit scaled on the way forward?",
    lambda grad, mask, p: grad * mask / (1 - p) ** 2,
)
