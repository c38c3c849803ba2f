"""`bias_correction`: what an average from zero lacks in its first steps."""

from collections.abc import Iterator

import numpy as np

from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Sight
from gradlab.checks.lessons.adam.moments import beta
from gradlab.checks.probes import arguments_kept, short_decimals

_HAT = "the corrected moment"


def _first_step(correction: Function, rng: np.random.Generator) -> Iterator[Sight]:
    yield Sight("In step 1", _HAT, correction(short_decimals(rng, 3), beta(rng), 1))


def _later_steps(correction: Function, rng: np.random.Generator) -> Iterator[Sight]:
    share = beta(rng)
    for t in (2, 3, int(rng.integers(5, 9))):
        yield Sight(f"In step {t}", _HAT, correction(short_decimals(rng, 3), share, t))
    little, t = round(rng.uniform(0.2, 0.4), 2), 3
    yield Sight(f"With beta = {little:g}, in step {t}", _HAT, correction(short_decimals(rng, 3), little, t))
    yield Sight("With beta = 0.999, in step 10", _HAT, correction(short_decimals(rng, 3), 0.999, 10))
    yield Sight("With beta = 0.999, in step 5000", _HAT, correction(short_decimals(rng, 3), 0.999, 5000))
    yield Sight("With beta = 0", _HAT, correction(short_decimals(rng, 3), 0.0, 4))


def _any_shape(correction: Function, rng: np.random.Generator) -> Iterator[Sight]:
    yield Sight("For single numbers,", _HAT, correction(0.5, 0.75, 2))
    for shape in ((3, 4), (2, 1, 3)):
        yield Sight(
            f"For a moment of shape {shape},", _HAT, correction(short_decimals(rng, *shape), beta(rng), 2)
        )
    steps = np.arange(1, 6)
    yield Sight("For the steps 1 to 5 at once,", _HAT, correction(short_decimals(rng, 5), beta(rng), steps))
    betas = np.array([[0.7], [0.8], [0.9]])
    yield Sight("For three betas at once,", _HAT, correction(short_decimals(rng, 3, 4), betas, 3))


bias_correction = Exercise(
    name="bias_correction",
    lesson="08-adam",
    returns=(_HAT,),
    reference=lambda moment, beta, t: moment / (1 - np.asarray(beta, dtype=float) ** t),
    aspects=(
        Aspect("first step", 1, _first_step),
        Aspect("later steps", 1, _later_steps),
        Aspect(
            "any shape",
            1,
            _any_shape,
            lacking=Advice(
                "Not for every shape",
                why="Your numbers are right for a row and one step, but not for single numbers, matrices, or several "
                "steps or betas at once.",
                hint="NumPy divides arrays of any shape entry by entry. Where does your code ask for one shape?",
            ),
        ),
        arguments_kept(lambda rng: {"moment": short_decimals(rng, 3), "beta": beta(rng), "t": 3}),
    ),
    hints=(
        "Look at the table above: in each step the average is a certain share of what it should be. How does one get from "
        "a share of a number back to the number?",
        "The share after t steps is one minus beta to the power t. Divide by it.",
    ),
    vectorised=True,
)


def _mistake(name, why, hint, function):
    bias_correction.mistake(name, why=why, hint=hint)(function)


_mistake(
    "1 - beta in every step",
    "You divide by 1 - beta whatever t is. That is right in step 1; from then on the moment comes out too large, in the end "
    "1 / (1 - beta) times.",
    "How much of the average is still missing after a hundred steps? Which letter of the formula knows?",
    lambda moment, beta, t: moment / (1 - beta) + 0 * t,
)
_mistake(
    "beta times t instead of beta to the power t",
    "You multiply beta by t. From step 2 on, 1 - 0.9 * t is negative, and the step turns round.",
    "After two steps the zero at the start weighs beta * beta. How is that written for t steps?",
    lambda moment, beta, t: moment / (1 - beta * t),
)
_mistake(
    "Multiplied instead of divided",
    "You multiply by the share. The average is too small already, and you make it smaller still.",
    "Should the corrected moment be larger or smaller than the moment?",
    lambda moment, beta, t: moment * (1 - beta**t),
)
_mistake(
    "t counted from 0",
    "You use t - 1. In step 1 that is 1 - beta**0 = 0, and you divide by zero.",
    "How many gradients have gone into the moment when t is 1?",
    lambda moment, beta, t: moment / (1 - beta ** (t - 1)),
)
_mistake(
    "One step ahead",
    "You use t + 1: the moment comes out too small, in step 1 by the factor 1 / (1 + beta).",
    "How many gradients have gone into the moment when t is 1?",
    lambda moment, beta, t: moment / (1 - beta ** (t + 1)),
)
_mistake(
    "No correction",
    "You return the moment as it is, so it still leans towards the zero it started from.",
    "In step 1 the moment is only the share 1 - beta of the gradient. What brings the gradient back?",
    lambda moment, beta, t: moment + 0 * beta * t,
)
_mistake(
    "The brackets are missing",
    "Python divides before it subtracts, so `moment / 1 - beta**t` is the moment minus beta**t.",
    "What has to be worked out first?",
    lambda moment, beta, t: moment / 1 - beta**t,
)
_mistake(
    "The bracket to the power t",
    "You raise the whole bracket to the power t, so the moment grows without end.",
    "What does the exponent belong to?",
    lambda moment, beta, t: moment / (1 - beta) ** t,
)
_mistake(
    "Divided by beta to the power t",
    "You divide by the share that is still missing; what you have is the rest.",
    "After very many steps there is nothing left to correct. What should you then divide by?",
    lambda moment, beta, t: moment / beta**t,
)
_mistake(
    "Subtracted instead of divided",
    "You take a number off the moment. The same number off a large and off a small moment cannot make both right.",
    "In step 1 the moment is a certain share of the gradient. How does one undo a share?",
    lambda moment, beta, t: moment - (1 - beta**t),
)
_mistake(
    "The sign is turned",
    "You divide by beta**t - 1, which is negative: every moment points the wrong way.",
    "Which is larger, 1 or beta**t?",
    lambda moment, beta, t: moment / (beta**t - 1),
)
_mistake(
    "1 + beta to the power t",
    "You divide by 1 + beta**t, so the moment gets smaller, and it is too small already.",
    "In step 1 the moment is the share 1 - beta of the gradient. What must you divide it by?",
    lambda moment, beta, t: moment / (1 + beta**t),
)
_mistake(
    "t to the power beta",
    "Base and exponent have changed places.",
    "Which of the two is multiplied by itself, and how often?",
    lambda moment, beta, t: moment / (1 - t**beta),
)
_mistake(
    "beta is fixed at 0.9",
    "0.9 is written into your formula, so the beta that is passed in changes nothing.",
    "Which name should stand where you wrote the number?",
    lambda moment, beta, t: moment / (1 - 0.9**t) + 0 * beta,
)
_mistake(
    "Under a root",
    "You divide by the root of the share. In Adam a root is taken once, of the corrected v, in the step and not here.",
    "Is there a root in the formula?",
    lambda moment, beta, t: moment / np.sqrt(1 - beta**t),
)
