"""`l2_penalty` and `l1_penalty`: what a layer pays for its weights, and never for its biases."""

from collections.abc import Callable, Iterator

import numpy as np

from gradlab import regularizers
from gradlab.checks.exercise import Aspect, Exercise, Function, Sight
from gradlab.checks.probes import arguments_kept, short_decimals

RETURNS = ("penalty", "grad_W", "grad_b")


def _l2(W, b, lam):
    penalty = regularizers.l2_penalty(W, lam=lam)
    return penalty, regularizers.l2_gradient(W, lam=lam), np.zeros_like(b)


def _l1(W, b, lam):
    penalty = regularizers.l1_penalty(W, lam=lam)
    return penalty, regularizers.l1_subgradient(W, lam=lam), np.zeros_like(b)


def _layer(rng: np.random.Generator, fan_in: int = 3, fan_out: int = 2) -> dict[str, object]:
    lam = float(10 * rng.integers(150, 400) + 3) / 10_000  # four decimals, so that rounded answers show
    return {"W": short_decimals(rng, fan_in, fan_out), "b": short_decimals(rng, fan_out), "lam": lam}


def _penalty(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for shape in ((3, 2), (2, 5)):
        penalty, _, _ = function(*_layer(rng, *shape).values())
        yield Sight(f"For weights of shape {shape},", "penalty", penalty)


def _gradient(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for shape in ((3, 2), (2, 5)):
        _, grad_W, _ = function(*_layer(rng, *shape).values())
        yield Sight(f"For weights of shape {shape},", "grad_W", grad_W)
    layer = _layer(rng)
    layer["W"][1, 0] = 0.0
    _, grad_W, _ = function(*layer.values())
    yield Sight("With one weight of exactly 0,", "grad_W", grad_W)


def _biases(function: Function, rng: np.random.Generator) -> Iterator[Sight]:
    layer = _layer(rng)
    for factor in (1, 10):
        penalty, _, grad_b = function(layer["W"], factor * layer["b"], layer["lam"])
        yield Sight("However large the biases are,", "penalty", penalty)
        yield Sight("However large the biases are,", "grad_b", grad_b)


def _exercise(name: str, reference: Function, hints: tuple[str, str]) -> Exercise:
    return Exercise(
        name=name,
        lesson="10-regularization",
        returns=RETURNS,
        reference=reference,
        aspects=(
            Aspect("the penalty", 1, _penalty),
            Aspect("the gradient of the weights", 1, _gradient),
            Aspect("the biases", 1, _biases),
            arguments_kept(_layer),
        ),
        hints=hints,
        vectorised=True,
    )


l2_penalty = _exercise(
    "l2_penalty",
    _l2,
    (
        "Take one weight of 3 and lam = 2. The penalty is half of 2 * 9, so 9. What is its slope, and what do you return?",
        "Square each weight, add them up, multiply by lam and by one half. The slope of half a square is the weight itself, so "
        "the gradient is lam times W. Biases pay nothing: their gradient is zeros in the shape of b.",
    ),
)
l1_penalty = _exercise(
    "l1_penalty",
    _l1,
    (
        "Take the weights 3, -2 and 0 with lam = 2. The penalty is 2 * 5. Which way does each of them get pushed, and how hard?",
        "Add up the sizes of the weights and multiply by lam. The slope of a size is the sign of the weight, and 0 at 0. Biases pay "
        "nothing: their gradient is zeros in the shape of b.",
    ),
)


def _mistake(
    exercise: Exercise, name: str, why: str, hint: str, *, penalty: Callable | None = None,
    gradient: Callable | None = None, biases: Callable | None = None,
) -> None:  # fmt: skip
    """A wrong penalty made of parts: penalty(W, b, lam), gradient(W, b, lam) and biases(W, b, lam)."""

    def function(W, b, lam):
        right = exercise.reference(W, b, lam)
        parts = zip((penalty, gradient, biases), right, strict=True)
        return tuple(part(W, b, lam) if part else value for part, value in parts)

    exercise.mistake(name, why=why, hint=hint)(function)


_mistake(
    l2_penalty,
    "The half is missing",
    "Your penalty lacks the half of the formula, and your gradient does not: loss and slope no longer fit together.",
    "What is the derivative of w squared, and what of half of it?",
    penalty=lambda W, b, lam: lam * np.sum(W**2),
)
_mistake(
    l2_penalty,
    "A factor of 2 in the gradient",
    "Your gradient is twice as large as the slope of your penalty: the half of the formula has cancelled that 2.",
    "What is the derivative of half of w squared?",
    gradient=lambda W, b, lam: 2 * lam * W,
)
_mistake(
    l2_penalty,
    "The form without the half",
    "You use lam times the sum of squares, with 2 * lam * W as its slope. That is right in itself, and twice as strong as the "
    "form that this lesson uses.",
    "Which number stands in front of lam in the formula?",
    penalty=lambda W, b, lam: lam * np.sum(W**2),
    gradient=lambda W, b, lam: 2 * lam * W,
)
for share in (1.0, 0.5):
    _mistake(
        l2_penalty,
        "The length instead of its square",
        "You take the root of the sum of squares. Its slope is W divided by the length, which is another penalty.",
        "Does the formula end with a root?",
        penalty=lambda W, b, lam, share=share: share * lam * np.sqrt(np.sum(W**2)),
    )
_mistake(
    l2_penalty,
    "The length instead of its square",
    "You take the root of the sum of squares, and its slope. That is another penalty: it pulls with the same force however "
    "small the weights are.",
    "Does the formula end with a root?",
    penalty=lambda W, b, lam: lam * np.sqrt(np.sum(W**2)),
    gradient=lambda W, b, lam: lam * W / np.sqrt(np.sum(W**2)),
)
_mistake(
    l2_penalty,
    "The square of the sum",
    "You add the weights up and square the sum, so weights of opposite sign cancel.",
    "Which comes first: the square or the sum?",
    penalty=lambda W, b, lam: 0.5 * lam * np.sum(W) ** 2,
)
_mistake(
    l2_penalty,
    "That is L1",
    "You add up the sizes of the weights: that is the next exercise.",
    "What is done to each weight before they are added up?",
    penalty=lambda W, b, lam: lam * np.sum(np.abs(W)),
    gradient=lambda W, b, lam: lam * np.sign(W),
)
_mistake(
    l1_penalty,
    "That is L2",
    "You add up squares: that was the last exercise.",
    "What is done to each weight before they are added up?",
    penalty=lambda W, b, lam: 0.5 * lam * np.sum(W**2),
    gradient=lambda W, b, lam: lam * W,
)
_mistake(
    l1_penalty,
    "The gradient of L2",
    "Your gradient is lam times the weight, so small weights are hardly pushed. Under L1 every weight is pushed alike.",
    "What is the slope of the size of w at 3, and what at 0.1?",
    gradient=lambda W, b, lam: lam * W,
)
_mistake(
    l1_penalty,
    "The sign is lost",
    "Your gradient is positive for negative weights too, so those are pushed away from 0.",
    "Which way is downhill for a weight of -2?",
    gradient=lambda W, b, lam: lam * np.abs(W),
)
_mistake(
    l1_penalty,
    "The sign is lost",
    "Your gradient is the same for negative and positive weights, so negative ones are pushed away from 0.",
    "Which way is downhill for a weight of -2?",
    gradient=lambda W, b, lam: lam * np.ones_like(W),
)
_mistake(
    l1_penalty,
    "Pushed at exactly 0",
    "You give a weight of exactly 0 the slope of a positive one, so it can never rest there.",
    "What does np.sign say about 0?",
    gradient=lambda W, b, lam: lam * np.where(W >= 0, 1.0, -1.0),
)
_mistake(
    l1_penalty,
    "Pushed at exactly 0",
    "You give a weight of exactly 0 the slope of a negative one, so it can never rest there.",
    "What does np.sign say about 0?",
    gradient=lambda W, b, lam: lam * np.where(W > 0, 1.0, -1.0),
)
_mistake(
    l1_penalty,
    "Divided by its own size",
    "You divide each weight by its size, which is its sign, except at exactly 0, where it is 0/0.",
    "Which function of NumPy gives the sign, and 0 at 0?",
    gradient=lambda W, b, lam: lam * W / np.abs(W),
)
_mistake(
    l1_penalty,
    "Halved",
    "There is a half in your penalty. It belongs to L2, where it cancels the 2 of the square.",
    "Is there a square here whose 2 could be cancelled?",
    penalty=lambda W, b, lam: 0.5 * lam * np.sum(np.abs(W)),
)
_mistake(
    l1_penalty,
    "Halved",
    "There is a half in your penalty and in its gradient. It belongs to L2, where it cancels the 2 of the square.",
    "Is there a square here whose 2 could be cancelled?",
    penalty=lambda W, b, lam: 0.5 * lam * np.sum(np.abs(W)),
    gradient=lambda W, b, lam: 0.5 * lam * np.sign(W),
)
_mistake(
    l1_penalty,
    "The size of the sum",
    "You add the weights up and take the size of the sum, so weights of opposite sign cancel.",
    "Which comes first: the size or the sum?",
    penalty=lambda W, b, lam: lam * np.abs(np.sum(W)),
)

for exercise, size, slope in (
    (l2_penalty, lambda w: 0.5 * w**2, lambda w: w),
    (l1_penalty, np.abs, np.sign),
):
    _mistake(
        exercise,
        "The biases pay too",
        "You penalise the biases as well. They only shift a unit, and nothing is gained by keeping them small.",
        "Which of the two arrays should appear in the penalty?",
        penalty=lambda W, b, lam, size=size: lam * (np.sum(size(W)) + np.sum(size(b))),
        biases=lambda W, b, lam, slope=slope: lam * slope(b),
    )
    _mistake(
        exercise,
        "The biases are in the penalty",
        "Your penalty counts the biases, though they get no gradient.",
        "Which of the two arrays should appear in the penalty?",
        penalty=lambda W, b, lam, size=size: lam * (np.sum(size(W)) + np.sum(size(b))),
    )
    _mistake(
        exercise,
        "The biases have a gradient",
        "Your penalty leaves the biases out, and your gradient does not.",
        "What is the slope of the penalty with respect to a bias?",
        biases=lambda W, b, lam, slope=slope: lam * slope(b),
    )
    _mistake(
        exercise,
        "A mean instead of a sum",
        "You divide by the number of weights, so a larger layer pays less for each of them.",
        "Is there a division in the formula?",
        penalty=lambda W, b, lam, size=size: lam * np.mean(size(W)),
    )
    _mistake(
        exercise,
        "A mean instead of a sum",
        "You divide by the number of weights, in the penalty and in the gradient.",
        "Is there a division in the formula?",
        penalty=lambda W, b, lam, size=size: lam * np.mean(size(W)),
        gradient=lambda W, b, lam, slope=slope: lam * slope(W) / W.size,
    )
    _mistake(
        exercise,
        "Divided by the number of rows",
        "You divide by the length of W. The strength is lam alone, whatever the size of the layer or of the batch.",
        "Is there a division in the formula?",
        penalty=lambda W, b, lam, size=size: lam * np.sum(size(W)) / len(W),
        gradient=lambda W, b, lam, slope=slope: lam * slope(W) / len(W),
    )
    _mistake(
        exercise,
        "lam is missing in the gradient",
        "Your gradient does not know how strong the penalty is.",
        "When lam is doubled, what happens to the slope?",
        gradient=lambda W, b, lam, slope=slope: slope(W),
    )
    _mistake(
        exercise,
        "lam is missing in the penalty",
        "Your penalty does not know lam, and your gradient does.",
        "Which argument does the line of the penalty lack?",
        penalty=lambda W, b, lam, size=size: np.sum(size(W)),
    )
    _mistake(
        exercise,
        "The weights are pushed away from 0",
        "Your gradient has the wrong sign: descending along it, the weights grow.",
        "For a positive weight, which sign must the gradient have so that a step down makes it smaller?",
        gradient=lambda W, b, lam, slope=slope: -lam * slope(W),
    )
    _mistake(
        exercise,
        "A penalty for each weight",
        "You return what each weight pays. Asked for is the sum, one number.",
        "Which function adds an array up?",
        penalty=lambda W, b, lam, size=size: lam * size(W),
    )
    _mistake(
        exercise,
        "A number for the biases' gradient",
        "The gradient of the biases is 0 for each of them: an array in the shape of b.",
        "Which function makes zeros in the shape of another array?",
        biases=lambda W, b, lam: 0.0,
    )
