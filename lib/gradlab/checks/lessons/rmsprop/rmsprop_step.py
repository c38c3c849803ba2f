"""`rmsprop_step`: a rate for each weight, by the size of its gradients of late."""

from collections.abc import Iterator

import numpy as np

from gradlab import optimizers
from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Sight
from gradlab.checks.probes import arguments_kept, short_decimals


def _rmsprop(w, grad, s, lr, rho=0.9, eps=1e-8):
    w, state = optimizers.rmsprop(
        np.asarray(w, dtype=float), grad, optimizers.RmspropState(s), lr=lr, rho=rho, eps=eps
    )
    return w, state.mean_of_squares


def _hyper(rng: np.random.Generator) -> dict[str, float]:
    # rho away from 0.5 and from the default; eps so large that its place can be seen.
    return {
        "lr": round(rng.uniform(0.05, 0.3), 2),
        "rho": round(rng.uniform(0.6, 0.85), 2),
        "eps": round(rng.uniform(0.02, 0.09), 3),
    }


def _from_zero(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    w, grad = short_decimals(rng, 2, 3)
    w, s = step(w, grad, np.zeros(3), **_hyper(rng))
    yield Sight("From zero, after one step", "s", s)
    yield Sight("From zero, after one step", "w", w)


def _several_steps(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    w, s = short_decimals(rng, 2), np.abs(short_decimals(rng, 2))
    hyper = _hyper(rng)
    for count in range(1, 5):
        w, s = step(w, short_decimals(rng, 2), s, **hyper)
        yield Sight(f"On the way, after {count} steps", "s", s)
        yield Sight(f"On the way, after {count} steps", "w", w)
    w, grad, s = short_decimals(rng, 3, 2)
    w, s = step(w, grad, np.abs(s), lr=0.1, rho=0.3, eps=0.05)
    yield Sight("With rho = 0.3", "s", s)
    yield Sight("With rho = 0.3", "w", w)
    w, grad, s = short_decimals(rng, 3, 2)
    w, s = step(w, grad, np.abs(s), lr=0.1)
    yield Sight("With rho and eps left out,", "s", s)
    yield Sight("With rho and eps left out,", "w", w)


def _inactive_weight(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    w, grad = short_decimals(rng, 2, 3)
    grad[1] = 0.0
    w, _ = step(w, grad, np.zeros(3), lr=0.1)
    yield Sight("For a weight whose gradient has always been 0,", "w", w)
    grad = np.array([0.0, 1e-4, -1e-4])
    w, _ = step(w, grad, np.zeros(3), lr=0.1)
    yield Sight("For tiny gradients and the default eps,", "w", w)


def _any_shape(step: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for shape, name in [
        ((), "single numbers"),
        ((3, 4), "arrays of shape (3, 4)"),
        ((2, 1, 3), "shape (2, 1, 3)"),
    ]:
        w, grad, s = short_decimals(rng, 3, *shape)
        w, grad, s = (float(part) for part in (w, grad, s)) if not shape else (w, grad, s)
        w, s = step(w, grad, np.abs(s), **_hyper(rng))
        yield Sight(f"For {name},", "w", w)
        yield Sight(f"For {name},", "s", s)


def _on_the_way(rng: np.random.Generator) -> dict[str, object]:
    w, grad, s = short_decimals(rng, 3, 3)
    return {"w": w, "grad": grad, "s": np.abs(s)} | _hyper(rng)


rmsprop_step = Exercise(
    name="rmsprop_step",
    lesson="07-rmsprop",
    returns=("w", "s"),
    reference=_rmsprop,
    aspects=(
        Aspect("first step", 1, _from_zero),
        Aspect("several steps", 2, _several_steps),
        Aspect(
            "an inactive weight",
            1,
            _inactive_weight,
            lacking=Advice(
                "Trouble near zero",
                why="Where a weight's gradient is zero or tiny, your step is not the formula's: there eps decides.",
                hint="Which number does eps keep from being zero, and at which point of the formula is it added?",
            ),
        ),
        Aspect(
            "any shape",
            1,
            _any_shape,
            lacking=Advice(
                "Not for every shape",
                why="Your numbers are right for a row of weights, but weights come as single numbers and as matrices too.",
                hint="NumPy works on arrays of any shape entry by entry. Where does your code ask for one shape?",
            ),
        ),
        arguments_kept(_on_the_way),
    ),
    hints=(
        "There are two lines: one for s, one for w. Print both for the example of the docstring; which one is off?",
        "Update s first, as your moving average does. Then divide this gradient, entry by entry, by the root of the new s with "
        "eps added to it, and move w against it, lr times as far. Return both.",
    ),
    vectorised=True,
)


@rmsprop_step.convention(
    "You add eps behind the root, as PyTorch does; this lesson adds it inside, as Keras and optax do. Both are right, and "
    "with the usual eps of 1e-8 the difference shows only for weights that hardly move."
)
def _outside(w, grad, s, lr, rho=0.9, eps=1e-8):
    s = rho * s + (1 - rho) * np.square(grad)
    return w - lr * grad / (np.sqrt(s) + eps), s


def _mistake(name, why, hint, update, step=None):
    """A wrong rule from its two formulas: update(s, grad, rho) and step(w, grad, s, lr, eps, old s)."""

    def right_step(w, grad, s, lr, eps, old):
        return w - lr * grad / np.sqrt(s + eps)

    def function(w, grad, s, lr, rho=0.9, eps=1e-8):
        grad = np.asarray(grad)
        new = update(s, grad, rho)
        return (step or right_step)(w, grad, new, lr, eps, s), new

    rmsprop_step.mistake(name, why=why, hint=hint)(function)


def _mean(s, grad, rho):
    return rho * s + (1 - rho) * grad**2


_mistake(
    "Summed as in AdaGrad",
    "You add every square in full and forget nothing. That is AdaGrad: the sum only grows, and the rate dies.",
    "Which share of the old s is kept, and which share of the new square is added?",
    lambda s, grad, rho: s + grad**2,
)
_mistake(
    "Summed with fading",
    "You let the old s fade and add the new square in full. With rho = 0.9 that makes s ten times too large.",
    "The shares of an average add up to 1. Do yours?",
    lambda s, grad, rho: rho * s + grad**2,
)
_mistake(
    "rho and 1 - rho swapped",
    "You keep only 1 - rho of the old s, so with rho = 0.9 the memory is about one step long: mostly noise.",
    "rho is the share that is kept. Which factor stands in front of s?",
    lambda s, grad, rho: (1 - rho) * s + rho * grad**2,
)
_mistake(
    "History forgotten",
    "Your s is made of this gradient alone, so each step has the same length whatever came before.",
    "Where does the old s go in your code?",
    lambda s, grad, rho: (1 - rho) * grad**2,
)
_mistake(
    "History forgotten",
    "Your s is this gradient's square alone, so each step has length lr whatever came before.",
    "Where does the old s go in your code?",
    lambda s, grad, rho: grad**2,
)
_mistake(
    "The gradient is not squared",
    "You average the gradients instead of their squares. The root of a negative average is nan.",
    "What is done to the gradient before it goes into s?",
    lambda s, grad, rho: rho * s + (1 - rho) * grad,
)
_mistake(
    "Absolute value instead of square",
    "You average the sizes of the gradients instead of their squares; their root has the wrong unit.",
    "What does the formula do to the gradient in the line of s?",
    lambda s, grad, rho: rho * s + (1 - rho) * np.abs(grad),
)
_mistake(
    "The bracket is squared",
    "You square the share 1 - rho together with the gradient, so each square counts too little.",
    "What does the exponent belong to?",
    lambda s, grad, rho: rho * s + ((1 - rho) * grad) ** 2,
)
for total in (np.sum, np.mean):
    _mistake(
        "One rate for all weights",
        "You put the squares of all weights into one number, so all of them share one rate, and the point is lost.",
        "Each weight has an s of its own. Is there a sum, a mean or a norm in your code?",
        lambda s, grad, rho, total=total: rho * s + (1 - rho) * total(grad**2),
    )
_mistake(
    "The root is missing",
    "You divide by s itself. A gradient of 0.01 then makes a step a hundred times too long, one of 100 a hundred times too short.",
    "s is in the unit of a squared gradient. What turns it back into the unit of a gradient?",
    _mean,
    lambda w, grad, s, lr, eps, old: w - lr * grad / (s + eps),
)
_mistake(
    "Uphill",
    "Your step goes up the slope.",
    "The gradient points uphill. Which sign takes you down?",
    _mean,
    lambda w, grad, s, lr, eps, old: w + lr * grad / np.sqrt(s + eps),
)
_mistake(
    "The rate is missing",
    "lr does not appear in your step.",
    "What stands in front of the gradient in the formula of w?",
    _mean,
    lambda w, grad, s, lr, eps, old: w - grad / np.sqrt(s + eps),
)
_mistake(
    "Divided by the old average",
    "You divide by the s you were given. From zero the first step is then lr * grad / sqrt(eps), a leap.",
    "Which of the two lines of the formula comes first?",
    _mean,
    lambda w, grad, s, lr, eps, old: w - lr * grad / np.sqrt(old + eps),
)
_mistake(
    "eps is missing",
    "Nothing keeps the root from being zero: a weight whose gradient has always been 0 gives 0/0.",
    "Which number of the formula have you not used?",
    _mean,
    lambda w, grad, s, lr, eps, old: w - lr * grad / np.sqrt(s),
)
_mistake(
    "eps stands beside the fraction",
    "You add eps to the finished fraction instead of to what you divide by (check the brackets).",
    "What does the root end with, and what does the fraction end with?",
    _mean,
    lambda w, grad, s, lr, eps, old: w - lr * grad / np.sqrt(s) + eps,
)
_mistake(
    "eps stands beside the fraction",
    "You add eps to the finished fraction instead of to what you divide by (check the brackets).",
    "What does the root end with, and what does the fraction end with?",
    _mean,
    lambda w, grad, s, lr, eps, old: w - lr * (grad / np.sqrt(s) + eps),
)
_mistake(
    "eps on both sides of the root",
    "You add eps inside the root and once more behind it. One place is enough.",
    "How often does eps stand in the formula?",
    _mean,
    lambda w, grad, s, lr, eps, old: w - lr * grad / (np.sqrt(s + eps) + eps),
)
_mistake(
    "Multiplied instead of divided",
    "You multiply by the root, so steep directions get the longest steps: the opposite of the idea.",
    "Should a weight with large gradients get a larger rate or a smaller one?",
    _mean,
    lambda w, grad, s, lr, eps, old: w - lr * grad * np.sqrt(s + eps),
)
_mistake(
    "The gradient is left out of the step",
    "Your step is the rate alone: which way is downhill no longer enters.",
    "What stands above the root in the formula?",
    _mean,
    lambda w, grad, s, lr, eps, old: w - lr / np.sqrt(s + eps),
)


@rmsprop_step.mistake(
    "1 - rho in the step as well",
    why="You put 1 - rho into the step as well as into s. It belongs to the average only.",
    hint="In which of the two lines does rho stand?",
)
def _(w, grad, s, lr, rho=0.9, eps=1e-8):
    s = rho * s + (1 - rho) * np.square(grad)
    return w - (1 - rho) * lr * grad / np.sqrt(s + eps), s


@rmsprop_step.mistake(
    "The old average is returned",
    why="Your step is right, but you hand back the s you were given, so nothing is remembered.",
    hint="Which s should the next step start from?",
)
def _(w, grad, s, lr, rho=0.9, eps=1e-8):
    return w - lr * grad / np.sqrt(rho * s + (1 - rho) * np.square(grad) + eps), s


@rmsprop_step.mistake(
    "rho is fixed at 0.9",
    why="0.9 is written into your formula, so the rho that is passed in changes nothing.",
    hint="Which name should stand where you wrote the number?",
)
def _(w, grad, s, lr, rho=0.9, eps=1e-8):
    return _rmsprop(w, grad, s, lr, 0.9, eps)


@rmsprop_step.mistake(
    "eps is fixed",
    why="A number of your own stands where eps belongs, so the eps that is passed in changes nothing.",
    hint="Which name should stand where you wrote the number?",
)
def _(w, grad, s, lr, rho=0.9, eps=1e-8):
    return _rmsprop(w, grad, s, lr, rho, 1e-8)


@rmsprop_step.mistake(
    "Corrected as in Adam",
    why="You divide s by 1 - rho before the root, as Adam does in its first step. RMSProp leaves its average as it is.",
    hint="The first step of RMSProp is longer than lr. Does the formula do anything about that?",
)
def _(w, grad, s, lr, rho=0.9, eps=1e-8):
    s = rho * s + (1 - rho) * np.square(grad)
    return w - lr * grad / np.sqrt(s / (1 - rho) + eps), s
