"""`batchnorm_backward`: the gradient, with mean and variance depending on every input."""

from collections.abc import Iterator

import numpy as np

from gradlab import normalization
from gradlab.checks.exercise import Aspect, Exercise, Function, Sight
from gradlab.checks.lessons.batch_normalization.batches import batch, large_eps
from gradlab.checks.probes import arguments_kept, short_decimals


def _backward(grad, x, gamma, eps=1e-5):
    _, _, cache = normalization.batchnorm_forward(x, gamma, np.zeros(np.shape(x)[1]), eps=eps)
    return normalization.batchnorm_backward(grad, cache)


def _call(rng: np.random.Generator, n: int = 4, d: int = 3) -> dict[str, object]:
    return {"grad": short_decimals(rng, n, d), "x": batch(rng, n, d), "gamma": short_decimals(rng, d)}


def _scale_and_shift(backward: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for n, d in [(4, 3), (3, 5)]:
        _, dgamma, dbeta = backward(*_call(rng, n, d).values(), large_eps(rng))
        yield Sight(f"For {n} examples of {d} features,", "dgamma", dgamma)
        yield Sight(f"For {n} examples of {d} features,", "dbeta", dbeta)


def _inputs(backward: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for n, d in [(4, 3), (3, 5)]:
        dx, _, _ = backward(*_call(rng, n, d).values(), large_eps(rng))
        yield Sight(f"For {n} examples of {d} features,", "dx", dx)


def _hardly_any_spread(backward: Function, rng: np.random.Generator) -> Iterator[Sight]:
    grad, x, gamma = _call(rng).values()
    x[:, 1] = x[0, 1] + np.array([1e-2, -1e-2, 2e-2, -1e-2])
    for value, name in zip(backward(grad, x, gamma), RETURNS, strict=True):
        yield Sight("With a feature that hardly varies, and the default eps,", name, value)


RETURNS = ("dx", "dgamma", "dbeta")

batchnorm_backward = Exercise(
    name="batchnorm_backward",
    lesson="11-batch-normalization",
    returns=RETURNS,
    reference=_backward,
    aspects=(
        Aspect("gamma and beta", 1, _scale_and_shift),
        Aspect("the inputs", 3, _inputs),
        Aspect("a feature that hardly varies", 1, _hardly_any_spread),
        arguments_kept(lambda rng: _call(rng) | {"eps": 0.1}),
    ),
    hints=(
        "Two checks before any formula: dbeta is how much the loss changes when all outputs of a feature go up together, "
        "so a sum; and dx must add up to 0 over the batch, because moving a whole feature changes nothing.",
        "From each gradient take off the mean gradient of the feature, and x_hat times the mean of gradient times x_hat. What is "
        "left is multiplied by gamma over the root of variance plus eps.",
    ),
    vectorised=True,
)


def _mistake(name, why, hint, **parts):
    right = {
        "var": lambda x: x.var(axis=0),
        "std": lambda var, eps: np.sqrt(var + eps),
        "centred": lambda g, x_hat: g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0),
        "dx": lambda centred, gamma, std: gamma * centred / std,
        "dgamma": lambda g, x_hat: (g * x_hat).sum(axis=0),
        "dbeta": lambda g, x_hat: g.sum(axis=0),
        "x_hat": lambda x, mean, std: (x - mean) / std,
    } | parts

    def function(grad, x, gamma, eps=1e-5):
        std = right["std"](right["var"](x), eps)
        x_hat = right["x_hat"](x, x.mean(axis=0), std)
        dx = right["dx"](right["centred"](grad, x_hat), gamma, std)
        return dx + 0 * x, right["dgamma"](grad, x_hat), right["dbeta"](grad, x_hat)

    batchnorm_backward.mistake(name, why=why, hint=hint)(function)


_mistake(
    "Mean and variance taken for constants",
    "You treat the mean and the variance as constants, but every input moves them. Your dx does not add up to 0 over the batch.",
    "What happens to the outputs when all inputs of a feature move together?",
    centred=lambda g, x_hat: g,
)
_mistake(
    "The variance taken for a constant",
    "You let the mean move with the inputs, but not the variance. A second term with a product of two means does not help, since "
    "the mean of x_hat is 0: it is the mean of the product that is wanted.",
    "Which term of dx comes from the root in the formula?",
    centred=lambda g, x_hat: g - g.mean(axis=0),
)
_mistake(
    "The mean taken for a constant",
    "You let the variance move with the inputs, but not the mean.",
    "Which term of dx comes from taking off the mean?",
    centred=lambda g, x_hat: g - x_hat * (g * x_hat).mean(axis=0),
)
_mistake(
    "Summed where a mean is due",
    "The two terms that are taken off are means over the batch; yours are sums.",
    "By how many examples do the two terms have to be divided?",
    centred=lambda g, x_hat: g - g.sum(axis=0) - x_hat * (g * x_hat).sum(axis=0),
)
_mistake(
    "The second x_hat is missing",
    "You take off the mean of gradient times x_hat, but it has to be multiplied by x_hat once more.",
    "Which examples move the variance most: those near the mean, or those far away?",
    centred=lambda g, x_hat: g - g.mean(axis=0) - (g * x_hat).mean(axis=0),
)
_mistake(
    "A sign in the variance's term",
    "You add the term of the variance where it has to be taken off.",
    "A larger spread makes every output smaller. Which sign does that give?",
    centred=lambda g, x_hat: g - g.mean(axis=0) + x_hat * (g * x_hat).mean(axis=0),
)
_mistake(
    "A sign in the mean's term",
    "You add the term of the mean where it has to be taken off.",
    "A larger mean makes every output smaller. Which sign does that give?",
    centred=lambda g, x_hat: g + g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0),
)
_mistake(
    "gamma is missing in dx",
    "The gradient passes through the scale on its way back, and yours does not.",
    "Which arguments stand in your line of dx?",
    dx=lambda centred, gamma, std: centred / std,
)
_mistake(
    "Not divided by the spread",
    "Your dx is not divided by the root of the variance.",
    "When x is divided by 10 in the forward pass, what happens to its gradient?",
    dx=lambda centred, gamma, std: gamma * centred,
)
_mistake(
    "Multiplied by the spread",
    "You multiply dx by the root of the variance instead of dividing by it.",
    "When x is divided by 10 in the forward pass, what happens to its gradient?",
    dx=lambda centred, gamma, std: gamma * centred * std,
)
_mistake(
    "Divided by the variance",
    "Your dx is divided by the variance instead of its root.",
    "When x is divided by 10 in the forward pass, by what is its gradient divided?",
    dx=lambda centred, gamma, std: gamma * centred / std**2,
)
_mistake(
    "One mean for all features",
    "Your means go over all numbers. Each feature has its own, over the batch.",
    "Along which axis do the examples of one feature lie?",
    centred=lambda g, x_hat: g - g.mean() - x_hat * (g * x_hat).mean(),
)
_mistake(
    "Divided by gamma",
    "You divide by gamma on the way back. A gradient is multiplied by what the forward pass multiplied with.",
    "If out = 3 * x, what is dx for a gradient of 1?",
    dx=lambda centred, gamma, std: centred / (gamma * std),
)
_mistake(
    "Divided by n - 1",
    "Your variance is divided by n - 1; the forward pass divides by n.",
    "What does ddof do in np.var?",
    var=lambda x: x.var(axis=0, ddof=1),
)
_mistake(
    "eps outside the root",
    "You add eps behind the root; the forward pass has it under the root.",
    "What stands under the root?",
    std=lambda var, eps: np.sqrt(var) + eps,
)
_mistake(
    "eps is left out",
    "The forward pass divides by the root of variance plus eps; your backward pass leaves eps out.",
    "Which argument have you not used?",
    std=lambda var, eps: np.sqrt(var),
)
_mistake(
    "x in place of x_hat",
    "You use the inputs themselves where the normalised ones belong.",
    "What is gamma multiplied with in the forward pass?",
    x_hat=lambda x, mean, std: x,
)
_mistake(
    "dgamma without x_hat",
    "Your dgamma is the plain sum of the gradients: that is dbeta.",
    "What is gamma multiplied with in the forward pass?",
    dgamma=lambda g, x_hat: g.sum(axis=0),
)
_mistake(
    "Means for gamma and beta",
    "dgamma and dbeta are sums over the batch: every example pulls at them. Yours are means.",
    "How many outputs does one gamma touch?",
    dgamma=lambda g, x_hat: (g * x_hat).mean(axis=0),
    dbeta=lambda g, x_hat: g.mean(axis=0),
)


@batchnorm_backward.mistake(
    "x in place of x_hat",
    why="You use the inputs themselves where the normalised ones belong, in dgamma and in one place of dx.",
    hint="What is gamma multiplied with in the forward pass?",
)
def _(grad, x, gamma, eps=1e-5):
    std = np.sqrt(x.var(axis=0) + eps)
    x_hat = (x - x.mean(axis=0)) / std
    dx = gamma / std * (grad - grad.mean(axis=0) - x * (grad * x_hat).mean(axis=0))
    return dx, (grad * x).sum(axis=0), grad.sum(axis=0)


@batchnorm_backward.mistake(
    "gamma in dgamma",
    why="You multiply dgamma by gamma.",
    hint="If out = gamma * x_hat, what is the slope with respect to gamma?",
)
def _(grad, x, gamma, eps=1e-5):
    dx, dgamma, dbeta = _backward(grad, x, gamma, eps)
    return dx, gamma * dgamma, dbeta


@batchnorm_backward.mistake(
    "Along the wrong axis",
    why="You take the means and sums over the features of each example. Here each feature is on its own, over the batch.",
    hint="x has shape (n, d). Which axis counts the examples?",
)
def _(grad, x, gamma, eps=1e-5):
    return tuple(np.transpose(part) for part in _backward(grad.T, x.T, np.ones(len(x)), eps))
