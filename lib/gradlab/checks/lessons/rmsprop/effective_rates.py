"""`effective_rates`: the rate that each weight really gets, along a run."""

from collections.abc import Iterator

import numpy as np

from gradlab import optimizers
from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Sight
from gradlab.checks.probes import arguments_kept, short_decimals


def _rates(grads, lr, rho=0.9, eps=1e-8):
    grads = np.asarray(grads, dtype=float)
    state, rates = None, np.empty_like(grads)
    for t, grad in enumerate(grads):
        _, state = optimizers.rmsprop(np.zeros_like(grad), grad, state, lr=lr, rho=rho, eps=eps)
        rates[t] = lr / np.sqrt(state.mean_of_squares + eps)
    return rates


def _one_weight(rates: Function, rng: np.random.Generator) -> Iterator[Sight]:
    lr, rho = round(rng.uniform(0.05, 0.3), 2), round(rng.uniform(0.6, 0.85), 2)
    eps = round(rng.uniform(0.02, 0.09), 3)
    yield Sight("For a single gradient,", "the rates", rates(short_decimals(rng, 1), lr, rho, eps))
    yield Sight("For six gradients of one weight,", "the rates", rates(short_decimals(rng, 6), lr, rho, eps))
    yield Sight("With rho = 0.3", "the rates", rates(short_decimals(rng, 4), lr, 0.3, eps))
    yield Sight("With rho and eps left out,", "the rates", rates(short_decimals(rng, 4), lr))


def _several_weights(rates: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for shape in ((5, 3), (4, 2, 3)):
        yield Sight(
            f"For gradients of shape {shape}",
            "the rates",
            rates(short_decimals(rng, *shape), 0.1, 0.75, 0.03),
        )


def _silent_weight(rates: Function, rng: np.random.Generator) -> Iterator[Sight]:
    grads = short_decimals(rng, 4, 2)
    grads[:, 1] = 0.0
    yield Sight("For a weight whose gradient is always 0,", "the rates", rates(grads, 0.1, 0.75))
    yield Sight("For whole numbers,", "the rates", rates(rng.integers(1, 9, 4), 0.1, 0.75))


effective_rates = Exercise(
    name="effective_rates",
    lesson="07-rmsprop",
    returns=("the rates",),
    reference=_rates,
    aspects=(
        Aspect("one weight", 2, _one_weight),
        Aspect(
            "several weights",
            1,
            _several_weights,
            lacking=Advice(
                "Only for one weight",
                why="For one weight you are right; with several, each needs an average of its own.",
                hint="The first axis of grads is time. What shape does s have when each row is a set of weights?",
            ),
        ),
        Aspect("silent weights and whole numbers", 1, _silent_weight),
        arguments_kept(lambda rng: {"grads": short_decimals(rng, 5, 2), "lr": 0.1, "rho": 0.75, "eps": 0.03}),
    ),
    hints=(
        "Start from s = 0, and go through the gradients in order. What is s after the first of them, and what is then the rate?",
        "Keep one moving average of squares, update it with each gradient in turn, and note lr divided by the root of it "
        "plus eps. Collect the notes in an array of the shape of grads.",
    ),
)


@effective_rates.convention(
    "You add eps behind the root, as PyTorch does; this lesson adds it inside, as Keras and optax do. Both are right, and "
    "they differ only where s is tiny: a silent weight has the rate lr / eps with yours, and lr / sqrt(eps) here."
)
def _(grads, lr, rho=0.9, eps=1e-8):
    grads = np.asarray(grads, dtype=float)
    s, rates = np.zeros(grads.shape[1:]), np.empty_like(grads)
    for t, grad in enumerate(grads):
        s = rho * s + (1 - rho) * grad**2
        rates[t] = lr / (np.sqrt(s) + eps)
    return rates


def _mistake(name, why, hint, update=None, rate=None, start=None):
    """A wrong run: update(s, grad, rho, t), rate(lr, s, eps, old s), and start(grads)."""

    def right_update(s, grad, rho, t):
        return rho * s + (1 - rho) * grad**2

    def right_rate(lr, s, eps, old):
        return lr / np.sqrt(s + eps)

    def function(grads, lr, rho=0.9, eps=1e-8):
        grads = np.asarray(grads, dtype=float)
        s, rates = (start or (lambda g: np.zeros(g.shape[1:])))(grads), []
        for t, grad in enumerate(grads):
            old, s = s, (update or right_update)(s, grad, rho, t)
            rates.append((rate or right_rate)(lr, s, eps, old))
        return np.array(rates) + 0 * grads

    effective_rates.mistake(name, why=why, hint=hint)(function)


_mistake(
    "Summed as in AdaGrad",
    "You add every square in full, so the rates can only fall. RMSProp's come back when the gradients get small.",
    "Which share of the old s is kept?",
    update=lambda s, grad, rho, t: s + grad**2,
)
_mistake(
    "Summed with fading",
    "You let the old s fade and add the new square in full, so s is too large by 1 / (1 - rho).",
    "The shares of an average add up to 1. Do yours?",
    update=lambda s, grad, rho, t: rho * s + grad**2,
)
_mistake(
    "rho and 1 - rho swapped",
    "You keep only 1 - rho of the old s.",
    "rho is the share that is kept. Which factor stands in front of s?",
    update=lambda s, grad, rho, t: (1 - rho) * s + rho * grad**2,
)
_mistake(
    "History forgotten",
    "Each rate is made of its own gradient alone.",
    "Where does the old s go in your loop?",
    update=lambda s, grad, rho, t: (1 - rho) * grad**2,
)
_mistake(
    "History forgotten",
    "Each rate is made of its own gradient's size alone.",
    "Where does the old s go in your loop?",
    update=lambda s, grad, rho, t: grad**2,
)
_mistake(
    "The gradient is not squared",
    "You average the gradients themselves; their root may not even exist.",
    "What is done to the gradient before it goes into s?",
    update=lambda s, grad, rho, t: rho * s + (1 - rho) * grad,
)
_mistake(
    "Corrected as in Adam",
    "You divide s by 1 - rho**t, as Adam will in the next lesson. RMSProp does not, which is why its first steps are long.",
    "What is the first rate by hand, from s = 0?",
    update=lambda s, grad, rho, t: (rho * (1 - rho**t) * s + (1 - rho) * grad**2) / (1 - rho ** (t + 1)),
)
_mistake(
    "Started at the first square",
    "Your s begins as the square of the first gradient instead of 0.",
    "What is s before the first gradient?",
    start=lambda grads: grads[0] ** 2,
)
_mistake(
    "One step late",
    "Each rate uses the s from before its gradient.",
    "Which comes first, the update of s or the note of the rate?",
    rate=lambda lr, s, eps, old: lr / np.sqrt(old + eps),
)
_mistake(
    "The root is missing",
    "You divide by s itself instead of by its root.",
    "What turns the unit of a squared gradient back into that of a gradient?",
    rate=lambda lr, s, eps, old: lr / (s + eps),
)
_mistake(
    "eps is missing",
    "A weight whose gradient has always been 0 divides by zero.",
    "Which argument have you not used?",
    rate=lambda lr, s, eps, old: lr / np.sqrt(s),
)
_mistake(
    "The root alone",
    "You return the root of s, not the rate that it makes.",
    "What is divided by the root?",
    rate=lambda lr, s, eps, old: np.sqrt(s + eps),
)
_mistake(
    "The rate is missing",
    "You return 1 over the root; lr does not appear.",
    "What is divided by the root?",
    rate=lambda lr, s, eps, old: 1 / np.sqrt(s + eps),
)
_mistake(
    "Upside down",
    "You multiply by the root, so large gradients get large rates.",
    "Should a weight with large gradients get a larger rate or a smaller one?",
    rate=lambda lr, s, eps, old: lr * np.sqrt(s + eps),
)


@effective_rates.mistake(
    "rho is fixed at 0.9",
    why="Your average uses 0.9 whatever rho is passed in: it is written into your formula, or rho is not handed on to "
    "moving_average_of_squares.",
    hint="Where does the rho of the first line appear in your loop?",
)
def _(grads, lr, rho=0.9, eps=1e-8):
    return _rates(grads, lr, 0.9, eps)


@effective_rates.mistake(
    "Whole numbers swallow the fractions",
    why="From whole numbers your rates are cut off: an array that is made like one of whole numbers holds whole numbers only.",
    hint="Which dtype should the array of the rates have, whatever that of grads is?",
)
def _(grads, lr, rho=0.9, eps=1e-8):
    rates = np.empty_like(grads)
    rates[...] = _rates(grads, lr, rho, eps)
    return rates


@effective_rates.mistake(
    "Only the first rate",
    why="You return after the first gradient: the `return` stands inside the loop.",
    hint="How far is your return indented?",
)
def _(grads, lr, rho=0.9, eps=1e-8):
    return _rates(grads, lr, rho, eps)[0]


@effective_rates.mistake(
    "The rate before the first gradient",
    why="You begin with the rate that s = 0 would give, so there is one rate more than there are gradients.",
    hint="How many numbers should come out for four gradients?",
)
def _(grads, lr, rho=0.9, eps=1e-8):
    return np.array([lr / np.sqrt(eps), *_rates(grads, lr, rho, eps)])


@effective_rates.mistake(
    "The steps instead of the rates",
    why="You multiply by the gradients: those are the steps. The rate is what the gradient is multiplied with.",
    hint="In w <- w - rate * grad, which part is asked for?",
)
def _(grads, lr, rho=0.9, eps=1e-8):
    return _rates(grads, lr, rho, eps) * grads


@effective_rates.mistake(
    "One average for all weights",
    why="You put the squares of all weights into one average, so they all get the same rate.",
    hint="Each weight has an s of its own. Is there a sum or a mean over the weights?",
)
def _(grads, lr, rho=0.9, eps=1e-8):
    grads = np.asarray(grads, dtype=float)
    together = np.sqrt(np.mean(grads.reshape(len(grads), -1) ** 2, axis=1))
    spread = np.ones_like(grads) * together.reshape(-1, *[1] * (grads.ndim - 1))
    return _rates(spread, lr, rho, eps)


@effective_rates.mistake(
    "Only the last rate",
    why="You return the rate after the last gradient. Asked for are the rates after each of them.",
    hint="How many numbers should come out for four gradients?",
)
def _(grads, lr, rho=0.9, eps=1e-8):
    return _rates(grads, lr, rho, eps)[-1]
