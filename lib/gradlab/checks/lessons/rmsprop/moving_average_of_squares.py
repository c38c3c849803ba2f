"""`moving_average_of_squares`: how large the gradients of late have been, one number for each weight."""

from collections.abc import Iterator

import numpy as np

from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Sight
from gradlab.checks.probes import arguments_kept, short_decimals


def _average(s, grad, rho=0.9):
    return rho * np.asarray(s) + (1 - rho) * np.asarray(grad) ** 2


def _rho(rng: np.random.Generator) -> float:
    # Away from 0.5, where what is kept and what is new weigh the same, and from the default.
    return round(rng.uniform(0.6, 0.85), 2)


def _from_zero(average: Function, rng: np.random.Generator) -> Iterator[Sight]:
    rho = _rho(rng)
    yield Sight("From zero, after one gradient", "s", average(np.zeros(3), short_decimals(rng, 3), rho))


def _several(average: Function, rng: np.random.Generator) -> Iterator[Sight]:
    s, rho = np.abs(short_decimals(rng, 2)), _rho(rng)
    for count in range(1, 5):
        s = average(s, short_decimals(rng, 2), rho)
        yield Sight(f"From an s that is not zero, after {count} gradient{'s' if count > 1 else ''}", "s", s)
    little = round(rng.uniform(0.2, 0.4), 2)
    yield Sight(
        f"With rho = {little:g}", "s", average(np.abs(short_decimals(rng, 2)), short_decimals(rng, 2), little)
    )
    yield Sight(
        "With rho left out, so 0.9,", "s", average(np.abs(short_decimals(rng, 2)), short_decimals(rng, 2))
    )


def _any_shape(average: Function, rng: np.random.Generator) -> Iterator[Sight]:
    yield Sight("For single numbers,", "s", average(0.5, -1.5, 0.75))
    for shape in ((3, 4), (2, 1, 3)):
        s, grad = short_decimals(rng, 2, *shape)
        yield Sight(f"For arrays of shape {shape}", "s", average(np.abs(s), grad, _rho(rng)))


moving_average_of_squares = Exercise(
    name="moving_average_of_squares",
    lesson="07-rmsprop",
    returns=("s",),
    reference=_average,
    aspects=(
        Aspect("from zero", 1, _from_zero),
        Aspect("several gradients", 2, _several),
        Aspect(
            "any shape",
            1,
            _any_shape,
            lacking=Advice(
                "Not for every shape",
                why="Your numbers are right for a row of weights, but weights come as single numbers and as matrices too.",
                hint="NumPy multiplies arrays of any shape entry by entry. Where does your code ask for one shape?",
            ),
        ),
        arguments_kept(
            lambda rng: {
                "s": np.abs(short_decimals(rng, 3)),
                "grad": short_decimals(rng, 3),
                "rho": _rho(rng),
            }
        ),
    ),
    hints=(
        "Take rho = 0.75, s = 1 and a gradient of 2. Three quarters of the old s are kept: how much is that, and what is "
        "the last quarter made of?",
        "Square the gradient, entry by entry. Then mix: the share rho of the old s, and the share that is left of the square.",
    ),
    vectorised=True,
)


def _mistake(name, why, hint, function):
    moving_average_of_squares.mistake(name, why=why, hint=hint)(function)


_mistake(
    "Summed as in AdaGrad",
    "You add every square in full and forget nothing, as AdaGrad does. The sum can only grow, and the steps die.",
    "Which share of the old s should be left after this gradient?",
    lambda s, grad, rho=0.9: s + grad**2,
)
_mistake(
    "Summed with fading",
    "You let the old s fade, and then add the new square in full. That is a fading sum, as in the heavy ball; an average "
    "weighs the new by 1 - rho, so that equal squares stay what they are.",
    "If every gradient is 1, the average of squares should end at 1. Where does yours end?",
    lambda s, grad, rho=0.9: rho * s + grad**2,
)
_mistake(
    "rho and 1 - rho swapped",
    "You keep only 1 - rho of the old s. With rho = 0.9 its memory is about one step long, which is hardly an average.",
    "rho is the share that is kept. What does it stand in front of?",
    lambda s, grad, rho=0.9: (1 - rho) * s + rho * grad**2,
)
_mistake(
    "The gradient is not squared",
    "You average the gradients themselves. Gradients of opposite sign then cancel, and their size is lost.",
    "What is done to the gradient before it goes into the mix?",
    lambda s, grad, rho=0.9: rho * s + (1 - rho) * grad,
)
_mistake(
    "Doubled instead of squared",
    "You multiply the gradient by 2; its square is wanted. Negative gradients then make s negative, and its root nan.",
    "In Python, what is the difference between grad * 2 and grad ** 2?",
    lambda s, grad, rho=0.9: rho * s + (1 - rho) * grad * 2,
)
_mistake(
    "The old average is kept in full",
    "You keep all of the old s and add the new share to it, so s can only grow.",
    "The shares of an average add up to 1. Do yours?",
    lambda s, grad, rho=0.9: s + (1 - rho) * grad**2,
)
_mistake(
    "Absolute value instead of square",
    "You average the sizes of the gradients. The formula averages their squares.",
    "What makes a number positive in the formula: its absolute value, or something else?",
    lambda s, grad, rho=0.9: rho * s + (1 - rho) * np.abs(grad),
)
_mistake(
    "The bracket is squared",
    "You square the share 1 - rho together with the gradient, so each square counts too little.",
    "What does the exponent belong to?",
    lambda s, grad, rho=0.9: rho * s + ((1 - rho) * grad) ** 2,
)
_mistake(
    "The old average is squared too",
    "You square the old s again. It is made of squares already.",
    "Which of the two is a gradient, and which is an average of squares?",
    lambda s, grad, rho=0.9: rho * s**2 + (1 - rho) * grad**2,
)
_mistake(
    "History forgotten",
    "Your s is made of this gradient alone, so nothing is averaged.",
    "The next s should still know the last one. Where does the old s go in your code?",
    lambda s, grad, rho=0.9: (1 - rho) * np.asarray(grad) ** 2 + 0 * s,
)
_mistake(
    "History forgotten",
    "Your s is the square of this gradient and nothing else.",
    "The next s should still know the last one. Where does the old s go in your code?",
    lambda s, grad, rho=0.9: np.asarray(grad) ** 2 + 0 * s,
)
_mistake(
    "The new gradient is left out",
    "Your s only fades: no gradient ever enters it.",
    "What is added to rho * s?",
    lambda s, grad, rho=0.9: rho * s + 0 * grad,
)
_mistake(
    "One number for all weights",
    "You add up or average the squares over all weights, so every weight gets the same s.",
    "Each weight keeps an average of its own. Is there a sum or a mean in your code?",
    lambda s, grad, rho=0.9: rho * s + (1 - rho) * np.sum(np.square(grad)),
)
_mistake(
    "One number for all weights",
    "You average the squares over all weights, so every weight gets the same s.",
    "Each weight keeps an average of its own. Is there a sum or a mean in your code?",
    lambda s, grad, rho=0.9: rho * s + (1 - rho) * np.mean(np.square(grad)),
)
_mistake(
    "One number for all weights",
    "np.dot multiplies the gradient with itself and adds everything up, so every weight gets the same s.",
    "Each weight keeps an average of its own. What squares an array entry by entry?",
    lambda s, grad, rho=0.9: rho * s + (1 - rho) * np.dot(grad, grad),
)
_mistake(
    "The root is taken too early",
    "You return the root of the average. The step takes the root later, and the next average needs the square.",
    "What does the formula of s end with?",
    lambda s, grad, rho=0.9: np.sqrt(rho * s + (1 - rho) * np.square(grad)),
)
_mistake(
    "rho on both terms",
    "You weigh the new square by rho as well, so the two shares do not add up to 1.",
    "The shares of an average add up to 1. Do yours?",
    lambda s, grad, rho=0.9: rho * (s + np.square(grad)),
)
_mistake(
    "rho is fixed at 0.9",
    "0.9 is written into your formula, so the rho that is passed in changes nothing.",
    "Which name should stand where you wrote the number?",
    lambda s, grad, rho=0.9: 0.9 * s + 0.1 * np.square(grad),
)
