"""What goes wrong in the recipe: the loop is right, and the run gets nowhere in a hundred steps."""

import numpy as np

from gradlab.checks.lessons.capstone.train import by_the_book, half_cosine, heavy_ball, train


def _mistake(name, why, hint, function):
    train.mistake(name, why=why, hint=hint)(function)


def _recipe(rule=heavy_ball, rate=half_cosine, start=None):
    """The right loop with another recipe, or another start."""

    def function(params, n, gradient, budget, rng, rule=rule, rate=rate):
        return by_the_book(start(params) if start else params, n, gradient, budget, rng, rule, rate)

    return function


def _adam(w, grad, state, lr):
    m, v, t = state or (0.0, 0.0, 0)
    m, v, t = 0.9 * m + 0.1 * grad, 0.999 * v + 0.001 * grad**2, t + 1
    return w - lr * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8), (m, v, t)


def _constant(lr):
    return lambda t, total: lr


_SHORT = (
    "The rate does not suit a hundred steps",
    "The loss falls, and when the budget is spent it is far from down. Most often the steps are too short: the famous default "
    "rates are made for runs of many thousands of them. Or else they are so long that the loss jumps about.",
    "Draw the loss of your batches: does it still fall at the end, or does it jump? Steps times rate is the reach of a run (lesson 08).",
)
_mistake(*_SHORT, _recipe(_adam, _constant(0.001)))
_mistake(*_SHORT, _recipe(lambda w, grad, state, lr: (w - lr * grad, state), _constant(0.03)))
_mistake(
    "Steps of next to nothing",
    "The loss hardly falls: your steps are so short that a hundred of them lead nowhere.",
    "What does your rate return in the first steps? Print a few of them.",
    _recipe(rate=_constant(1e-5)),
)
_AWAY = (
    "The loss runs away",
    "The loss of your batches grows instead of falling: your steps lead uphill, or they are so long that each lands higher up than "
    "the one before.",
    "Does your rule take the gradient off? If so, what happens with a tenth of the rate?",
)
_mistake(*_AWAY, _recipe(rate=_constant(20.0)))
_mistake(*_AWAY, _recipe(lambda w, grad, state, lr: heavy_ball(w, -grad, state, lr)))
_mistake(
    "Steps too short for the budget",
    "Your rate is at 0 after a tenth of the run, as if the budget were counted in epochs: the other steps lead nowhere.",
    "At which t does your rate reach its lowest value, and how many steps has the run?",
    _recipe(rate=lambda t, total: half_cosine(min(t, total // 10), max(total // 10, 1))),
)
_mistake(
    "The start is changed beforehand",
    "You begin from parameters of your own instead of those that you were given, and they are a poor place to start from.",
    "Which parameters should the first gradient be taken at?",
    _recipe(start=lambda params: [np.zeros_like(w) for w in params]),
)
_mistake(
    "Writes into what it was given",
    "Your training works, but the list that was passed in is changed by `params[i] = ...`: the next run starts from trained weights.",
    "`params = list(params)` makes a list of your own.",
    lambda params, n, gradient, budget, rng, rule=heavy_ball, rate=half_cosine: (
        params.__setitem__(slice(None), by_the_book(params, n, gradient, budget, rng, rule, rate)) or params
    ),
)
