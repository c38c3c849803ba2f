"""`batchnorm_inference`: at test time, by the running averages."""

from collections.abc import Iterator

import numpy as np

from gradlab import normalization
from gradlab.checks.exercise import Advice, Aspect, Exercise, Function, Sight
from gradlab.checks.lessons.batch_normalization.batches import batch, large_eps, layer
from gradlab.checks.probes import arguments_kept


def _inference(x, gamma, beta, running_mean, running_var, eps=1e-5):
    state = normalization.BatchNormState(running_mean, running_var)
    return normalization.batchnorm_inference(x, gamma, beta, state, eps=eps)


def _batches(inference: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for n, d in [(4, 3), (3, 5)]:
        out = inference(batch(rng, n, d), *layer(rng, d).values(), large_eps(rng))
        yield Sight(f"For {n} examples of {d} features,", "out", out)


def _one_example(inference: Function, rng: np.random.Generator) -> Iterator[Sight]:
    yield Sight("For a batch of one example,", "out", inference(batch(rng, 1, 3), *layer(rng, 3).values()))
    gamma, beta, mean, _ = layer(rng, 2).values()
    out = inference(batch(rng, 2, 2), gamma, beta, mean, np.array([0.0, 1e-6]))
    yield Sight("With running variances of 0 and 1e-6, and the default eps,", "out", out)


batchnorm_inference = Exercise(
    name="batchnorm_inference",
    lesson="11-batch-normalization",
    returns=("out",),
    reference=_inference,
    aspects=(
        Aspect("batches", 2, _batches),
        Aspect(
            "one example, and no spread",
            1,
            _one_example,
            lacking=Advice(
                "Trouble with one example or no spread",
                why="For whole batches you are right. A single example, or a running variance near 0, goes wrong.",
                hint="Nothing here should depend on the batch; and what keeps the root away from 0?",
            ),
        ),
        arguments_kept(lambda rng: {"x": batch(rng, 4, 3)} | layer(rng, 3) | {"eps": 0.1}),
    ),
    hints=(
        "Should the answer for one example change when other examples stand beside it? Look for everything in your code "
        "that is computed from x.",
        "The formula is that of training, with the running mean and the running variance in place of the batch's.",
    ),
    vectorised=True,
)


def _mistake(name, why, hint, function):
    def called(x, gamma, beta, running_mean, running_var, eps=1e-5):
        return function(x, gamma, beta, running_mean, running_var, eps) + 0 * x

    batchnorm_inference.mistake(name, why=why, hint=hint)(called)


_mistake(
    "Batch statistics at test time",
    "You normalise with the mean and variance of this batch. At test time that makes an example's result depend on its "
    "neighbours, and a batch of one becomes beta.",
    "What were the running averages collected for?",
    lambda x, gamma, beta, mean, var, eps: gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps) + beta,
)
_mistake(
    "The batch's mean at test time",
    "You take off the mean of this batch instead of the running one.",
    "What is computed from x in your code, and should it be?",
    lambda x, gamma, beta, mean, var, eps: gamma * (x - x.mean(axis=0)) / np.sqrt(var + eps) + beta,
)
_mistake(
    "The batch's variance at test time",
    "You divide by the spread of this batch instead of the running one.",
    "What is computed from x in your code, and should it be?",
    lambda x, gamma, beta, mean, var, eps: gamma * (x - mean) / np.sqrt(x.var(axis=0) + eps) + beta,
)
_mistake(
    "Mean and variance swapped",
    "You take running_var off and divide by the root of running_mean.",
    "Which of the two can be negative, and may therefore not stand under a root?",
    lambda x, gamma, beta, mean, var, eps: gamma * (x - var) / np.sqrt(mean + eps) + beta,
)
_mistake(
    "eps outside the root",
    "You add eps behind the root, so training and test time disagree.",
    "What stands under the root?",
    lambda x, gamma, beta, mean, var, eps: gamma * (x - mean) / (np.sqrt(var) + eps) + beta,
)
_mistake(
    "eps is missing",
    "A feature whose running variance is 0 divides by zero.",
    "Which argument have you not used?",
    lambda x, gamma, beta, mean, var, eps: gamma * (x - mean) / np.sqrt(var) + beta,
)
_mistake(
    "Divided by the variance",
    "You divide by the variance instead of its root.",
    "Which of the two has the unit of x?",
    lambda x, gamma, beta, mean, var, eps: gamma * (x - mean) / (var + eps) + beta,
)
_mistake(
    "The variance taken for a standard deviation",
    "You divide by running_var as if it were a standard deviation.",
    "What has to be taken of a variance before x is divided by it?",
    lambda x, gamma, beta, mean, var, eps: gamma * (x - mean) / var + beta,
)
_mistake(
    "Not centred",
    "You never take the running mean off.",
    "Which argument have you not used?",
    lambda x, gamma, beta, mean, var, eps: gamma * x / np.sqrt(var + eps) + beta,
)
_mistake(
    "gamma and beta swapped",
    "You multiply by beta and add gamma.",
    "Which of the two is the scale?",
    lambda x, gamma, beta, mean, var, eps: beta * (x - mean) / np.sqrt(var + eps) + gamma,
)
_mistake(
    "gamma on both terms",
    "You multiply beta by gamma as well.",
    "What do your brackets hold?",
    lambda x, gamma, beta, mean, var, eps: gamma * ((x - mean) / np.sqrt(var + eps) + beta),
)
_mistake(
    "gamma and beta are missing",
    "You hand back the normalised features; the learnt scale and shift are missing.",
    "Which arguments have you not used?",
    lambda x, gamma, beta, mean, var, eps: (x - mean) / np.sqrt(var + eps),
)
_mistake(
    "beta is missing",
    "The shift does not appear in your result.",
    "Which argument have you not used?",
    lambda x, gamma, beta, mean, var, eps: gamma * (x - mean) / np.sqrt(var + eps),
)
_mistake(
    "gamma is missing",
    "The scale does not appear in your result.",
    "Which argument have you not used?",
    lambda x, gamma, beta, mean, var, eps: (x - mean) / np.sqrt(var + eps) + beta,
)
_mistake(
    "No normalisation at test time",
    "You only scale and shift. The layers behind this one have learnt to expect normalised features.",
    "Which two numbers stand in for the batch's mean and variance?",
    lambda x, gamma, beta, mean, var, eps: gamma * x + beta,
)
