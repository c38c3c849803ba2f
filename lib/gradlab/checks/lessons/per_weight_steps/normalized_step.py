"""`normalized_step`: a step of a fixed length."""

from collections.abc import Iterator

import numpy as np

from gradlab import optimizers
from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Sight
from gradlab.checks.lessons.per_weight_steps.inputs import kept, large_eps, rate
from gradlab.checks.probes import short_decimals


def unit_step(w, grad, lr, eps=1e-7):
    """The library's normalised gradient with one norm over all weights.

    >>> unit_step(np.array([1.0, 1.0]), np.array([3.0, -4.0]), lr=0.5).round(4)
    array([0.7, 1.4])
    """
    w, grad = np.asarray(w, dtype=float), np.asarray(grad, dtype=float)
    flat, _ = optimizers.normalized_gradient(w.ravel(), grad.ravel(), lr=lr, eps=eps)
    return flat.reshape(w.shape)


def _vectors(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for n in (2, 3):
        w, grad = short_decimals(rng, 2, n)
        yield Sight(f"For {n} weights", "w", step(w, grad, lr=rate(rng)))
    w, grad = short_decimals(rng, 2, 2)
    yield Sight("On a wall 100 times as steep,", "w", step(w, 100 * grad, lr=rate(rng)))
    yield Sight("On a plateau, where the gradient is small,", "w", step(w, 0.001 * grad, lr=rate(rng)))


def _any_shape(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    w, grad = short_decimals(rng, 2)
    yield Sight("For a single number", "w", step(float(w), float(grad), lr=rate(rng)))
    for shape in ((3, 4), (2, 1, 3)):
        w, grad = short_decimals(rng, 2, *shape)
        yield Sight(f"For an array of shape {shape}", "w", step(w, grad, lr=rate(rng)))


def _eps(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for _ in range(2):
        w, grad = short_decimals(rng, 2, 2)
        eps = large_eps(rng)
        yield Sight(f"With eps = {eps:g}", "w", step(w, grad, lr=rate(rng), eps=eps))
    grad = 1e-7 * short_decimals(rng, 2)
    yield Sight("With eps left out, so 1e-7,", "w", step(np.zeros(2), grad, lr=rate(rng)))
    w = short_decimals(rng, 2)
    yield Sight("Where the gradient is exactly 0,", "w", step(w, np.zeros(2), lr=rate(rng)))


normalized_step = Exercise(
    name="normalized_step",
    lesson="06-per-weight-steps",
    returns=("w",),
    reference=unit_step,
    hints=(
        "Take the gradient (3, -4) by hand: its length is 5. Which number do you divide by, and is it one number for all weights?",
        "Find the length of the whole gradient: square every entry, add them all up, take the root. Add eps to it. Divide the "
        "gradient by that number, and move w against the result, lr times as far.",
    ),
    vectorised=True,
    aspects=(
        Aspect("the step", 1, _vectors),
        Aspect(
            "any shape",
            1,
            _any_shape,
            lacking=Advice(
                "Works for one axis only",
                why="For a vector of weights your step is right, but not for a single number or for a matrix of weights.",
                hint="There is one length for the whole gradient, however its entries are arranged.",
            ),
        ),
        Aspect("eps", 1, _eps),
        kept(
            lambda rng: dict(zip(("w", "grad"), short_decimals(rng, 2, 3), strict=True)) | {"lr": rate(rng)},
            instead="`w = w - step` makes a new array; `w -= step` and `grad /= norm` overwrite what you were given.",
        ),
    ),
)


def _mistake(name, why, hint):
    return normalized_step.mistake(name, why=why, hint=hint)


def _dividing(by):
    """A step whose gradient is divided by something of its own: by(grad, eps)."""
    return lambda w, grad, lr, eps=1e-7: w - lr * np.asarray(grad) / by(np.asarray(grad), eps)


def _norm(grad):
    return np.sqrt(np.sum(np.square(grad)))


_mistake(
    "Plain gradient descent",
    "Your step is lr times the gradient, so it is long where it is steep and short where it is flat.",
    "What is the gradient divided by?",
)(lambda w, grad, lr, eps=1e-7: w - lr * grad)

_mistake(
    "Each weight by its own size",
    "You divide every entry by its own size, so each weight moves by lr and only the signs of the gradient are left.",
    "How many lengths does one gradient have?",
)(_dividing(lambda g, eps: np.abs(g) + eps))

_mistake(
    "Each weight by its own size",
    "You use the sign of each entry, so each weight moves by lr, however steep it is there.",
    "How many lengths does one gradient have?",
)(lambda w, grad, lr, eps=1e-7: w - lr * np.sign(grad))

_mistake(
    "The root is missing",
    "You divide by the *squared* length, so your step grows where the gradient is small.",
    "The length of (3, -4) is 5, not 25. Which operation is left?",
)(_dividing(lambda g, eps: np.sum(g**2) + eps))

_mistake(
    "The sum of the sizes",
    "You add up the sizes of the entries: for (3, -4) that is 7. The length, as Pythagoras measures it, is 5.",
    "What happens to the entries before they are added up, and what to the sum?",
)(_dividing(lambda g, eps: np.sum(np.abs(g)) + eps))

_mistake(
    "The largest entry",
    "You divide by the largest entry: for (3, -4) that is 4. The length is 5.",
    "Which entries take part in the length of a vector?",
)(_dividing(lambda g, eps: np.max(np.abs(g)) + eps))

_mistake(
    "Added up without squares",
    "You add up the entries with their signs, so slopes to the left and to the right cancel.",
    "What keeps signs from cancelling in the length of a vector?",
)(_dividing(lambda g, eps: np.sum(g) + eps))

_mistake(
    "Averaged instead of summed",
    "You take the mean of the squares, so your step grows with the number of weights.",
    "For (3, -4): are the two squares added up, or averaged?",
)(_dividing(lambda g, eps: np.sqrt(np.mean(g**2)) + eps))

_mistake(
    "A length for each row",
    "You give every row of the gradient a length of its own. Here all weights together make one step.",
    "Which axes does your sum run over?",
)(
    _dividing(
        lambda g, eps: np.sqrt(np.sum(g**2, axis=-1, keepdims=True)) + eps if g.ndim else np.abs(g) + eps
    )
)

_mistake(
    "A length for each column",
    "You give every column of the gradient a length of its own. Here all weights together make one step.",
    "Which axes does your sum run over?",
)(_dividing(lambda g, eps: np.sqrt(np.sum(g**2, axis=0)) + eps if g.ndim else np.abs(g) + eps))

_mistake(
    "eps inside the root",
    "You add eps under the root, to the sum of squares. There it has a far larger effect: the root of 1e-7 is 3e-4.",
    "Is eps added to the sum of squares, or to its root?",
)(_dividing(lambda g, eps: np.sqrt(np.sum(g**2) + eps)))

_mistake(
    "No eps",
    "Where the gradient is exactly 0 you divide 0 by 0, which is nan, and a nan never goes away.",
    "What keeps the number that you divide by away from 0?",
)(_dividing(lambda g, eps: _norm(g)))

_mistake(
    "eps only in case of need",
    "Your step is safe where the gradient is 0, but eps plays no part elsewhere; the formula adds it always.",
    "With eps = 0.1 and a gradient of length 0.3, what is it divided by?",
)(_dividing(lambda g, eps: _norm(g) if _norm(g) > 0 else 1.0))

_mistake(
    "eps only in case of need",
    "You divide by the larger one of the length and eps; the formula adds the two.",
    "With eps = 0.1 and a gradient of length 0.3, what is it divided by?",
)(_dividing(lambda g, eps: np.maximum(_norm(g), eps)))

_mistake(
    "Shortened only where it is long",
    "You leave gradients shorter than 1 as they are. That is clipping; here short ones are lengthened too.",
    "How long should a step be on a plateau?",
)(_dividing(lambda g, eps: np.maximum(1.0, _norm(g))))

_mistake(
    "Multiplied instead of divided",
    "You multiply by the length of the gradient, so steep places are made steeper still.",
    "Which operation makes a vector of length 5 one of length 1?",
)(_dividing(lambda g, eps: 1 / (_norm(g) + eps)))

_mistake(
    "The brackets are missing",
    "You add eps to w: Python divides before it adds.",
    "What has to be worked out before the division?",
)(lambda w, grad, lr, eps=1e-7: w - lr * np.asarray(grad) / _norm(grad) + eps)

_mistake(
    "The brackets are missing",
    "You divide w as well: everything that stands before the division is in your brackets.",
    "What is divided by the length: the gradient, or the place where you stand?",
)(lambda w, grad, lr, eps=1e-7: (w - lr * np.asarray(grad)) / (_norm(grad) + eps))

_mistake(
    "The length of w",
    "You divide by the length of the weights; the gradient is what should have length 1.",
    "Whose length are you measuring?",
)(lambda w, grad, lr, eps=1e-7: w - lr * np.asarray(grad) / (_norm(w) + eps))

_mistake(
    "Uphill",
    "You add the gradient, which points up the slope.",
    "The gradient points uphill. Which sign takes you down?",
)(lambda w, grad, lr, eps=1e-7: 2 * np.asarray(w) - unit_step(w, grad, lr, eps))

_mistake(
    "The rate is missing",
    "Your step has length 1: lr does not appear in it.",
    "How long is a step meant to be?",
)(lambda w, grad, lr, eps=1e-7: unit_step(w, grad, 1.0, eps))

_mistake(
    "The rate is applied twice",
    "lr stands in your step twice, so the steps scale with lr squared.",
    "Count the places where lr stands in the formula.",
)(lambda w, grad, lr, eps=1e-7: unit_step(w, grad, lr**2, eps))

_mistake(
    "The old w is lost",
    "You return the step alone, not the place it leads to.",
    "From where is the step taken?",
)(lambda w, grad, lr, eps=1e-7: unit_step(w, grad, lr, eps) - np.asarray(w))

_mistake(
    "The direction alone",
    "You return the gradient divided by its length, and take no step with it.",
    "What does the docstring say is returned?",
)(lambda w, grad, lr, eps=1e-7: np.asarray(grad) / (_norm(grad) + eps))

for _default in (1e-10, 1e-8, 1e-6, 1e-5, 1e-3):
    _mistake(
        "Another default for eps",
        "With eps left out your step is another one: the first line of the exercise says eps=1e-7.",
        "Copy the first line of the exercise again.",
    )(lambda w, grad, lr, eps=_default: unit_step(w, grad, lr, eps))

_mistake(
    "eps is fixed at 1e-7",
    "1e-7 is written into your formula, so the eps that is passed in changes nothing.",
    "Which name should stand where you wrote the number?",
)(lambda w, grad, lr, eps=1e-7: unit_step(w, grad, lr))

_mistake(
    "Each weight by its own size, and no eps",
    "You divide every entry by its own size, and where an entry is 0 you divide by 0.",
    "How many lengths does one gradient have? And what keeps it away from 0?",
)(_dividing(lambda g, eps: np.abs(g)))

_mistake(
    "No root and no eps",
    "You divide by the squared length, and where the gradient is 0 you divide by 0.",
    "The length of (3, -4) is 5, not 25. And what keeps it away from 0?",
)(_dividing(lambda g, eps: np.sum(g**2)))
