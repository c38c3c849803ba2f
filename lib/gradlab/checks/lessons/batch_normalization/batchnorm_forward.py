"""`batchnorm_forward`: in training, by the mean and variance of the batch."""

from collections.abc import Iterator

import numpy as np

from gradlab import normalization
from gradlab.checks.exercise import Aspect, Exercise, Function, Sight
from gradlab.checks.lessons.batch_normalization.batches import batch, large_eps, layer
from gradlab.checks.probes import arguments_kept

RETURNS = ("out", "running_mean", "running_var")


def _forward(x, gamma, beta, running_mean, running_var, momentum=0.9, eps=1e-5):
    state = normalization.BatchNormState(running_mean, running_var)
    out, state, _ = normalization.batchnorm_forward(x, gamma, beta, state, momentum=momentum, eps=eps)
    return out, state.mean, state.var


def _outputs(forward: Function, rng: np.random.Generator) -> Iterator[Sight]:
    for n, d in [(4, 3), (3, 5)]:
        out, _, _ = forward(batch(rng, n, d), *layer(rng, d).values(), 0.7, large_eps(rng))
        yield Sight(f"For {n} examples of {d} features,", "out", out)


def _running(forward: Function, rng: np.random.Generator) -> Iterator[Sight]:
    gamma, beta, mean, var = layer(rng, 2).values()
    momentum = round(rng.uniform(0.6, 0.85), 2)
    for count in range(1, 4):
        _, mean, var = forward(batch(rng, 4, 2), gamma, beta, mean, var, momentum)
        when = f"After {count} batch{'es' if count > 1 else ''} with momentum {momentum:g},"
        yield Sight(when, "running_mean", mean)
        yield Sight(when, "running_var", var)
    _, mean, var = forward(batch(rng, 3, 2), gamma, beta, mean, var, 0.3)
    yield Sight("With momentum 0.3,", "running_mean", mean)
    yield Sight("With momentum 0.3,", "running_var", var)
    _, mean, var = forward(batch(rng, 3, 2), gamma, beta, mean, var)
    yield Sight("With momentum left out, so 0.9,", "running_mean", mean)
    yield Sight("With momentum left out, so 0.9,", "running_var", var)


def _hardly_any_spread(forward: Function, rng: np.random.Generator) -> Iterator[Sight]:
    x = batch(rng, 4, 3)
    x[:, 0] = x[0, 0]
    x[:, 1] = x[0, 1] + np.array([1e-3, -1e-3, 2e-3, -2e-3])
    out, _, _ = forward(x, *layer(rng, 3).values())
    yield Sight("With one constant feature, one that hardly varies, and the default eps,", "out", out)


def _one_call(rng: np.random.Generator) -> dict[str, object]:
    return {"x": batch(rng, 4, 3)} | layer(rng, 3) | {"momentum": 0.7, "eps": 0.1}


batchnorm_forward = Exercise(
    name="batchnorm_forward",
    lesson="11-batch-normalization",
    returns=RETURNS,
    reference=_forward,
    aspects=(
        Aspect("outputs", 2, _outputs),
        Aspect("running averages", 2, _running),
        Aspect("features that hardly vary", 1, _hardly_any_spread),
        arguments_kept(_one_call),
    ),
    hints=(
        "Take a batch of two examples of one feature, 1 and 3. Its mean is 2 and its variance 1. What do the two become before "
        "gamma and beta, and what does your function say?",
        "For each feature, so down the examples: take off the mean, divide by the root of variance plus eps, multiply by gamma, add "
        "beta. Then move each running average: keep the share momentum of it and add the rest of the batch's.",
    ),
    vectorised=True,
)


def _mistake(name, why, hint, **parts):
    """A wrong layer made of parts: mean(x), var(x, mean), normalize(x, mean, var, eps), scale(...), and the averages."""
    right = {
        "mean": lambda x: x.mean(axis=0),
        "var": lambda x: x.var(axis=0),
        "normalize": lambda x, mean, var, eps: (x - mean) / np.sqrt(var + eps),
        "scale": lambda x_hat, gamma, beta: gamma * x_hat + beta,
        "follow_mean": lambda running, new, momentum, n: momentum * running + (1 - momentum) * new,
        "follow_var": None,
    } | parts
    right["follow_var"] = right["follow_var"] or right["follow_mean"]

    def function(x, gamma, beta, running_mean, running_var, momentum=0.9, eps=1e-5):
        mean, var = right["mean"](x), right["var"](x)
        out = right["scale"](right["normalize"](x, mean, var, eps), gamma, beta)
        return (
            out + 0 * x,
            right["follow_mean"](running_mean, mean, momentum, len(x)) + 0 * running_mean,
            right["follow_var"](running_var, var, momentum, len(x)) + 0 * running_var,
        )

    batchnorm_forward.mistake(name, why=why, hint=hint)(function)


_mistake(
    "Divided by n - 1",
    "Your variance is the unbiased one, divided by n - 1. A batch is not a sample of something else here; it is what is "
    "normalised, and its own variance should become 1.",
    "What does ddof do in np.var?",
    var=lambda x: x.var(axis=0, ddof=1),
)
_mistake(
    "The running variance is divided by n - 1",
    "Your running variance follows the unbiased variance of the batch, as PyTorch's does. Here, as in Keras, it follows the "
    "same variance that the batch was normalised with.",
    "How many variances does the formula know?",
    follow_var=lambda running, new, momentum, n: momentum * running + (1 - momentum) * new * n / (n - 1),
)
_mistake(
    "Both running averages are multiplied by n / (n - 1)",
    "You correct the running mean as well. The correction belongs to no mean, and here to no variance either.",
    "What does the running mean follow?",
    follow_mean=lambda running, new, momentum, n: momentum * running + (1 - momentum) * new * n / (n - 1),
)
_mistake(
    "One mean for all features",
    "You take the mean and variance over everything, so features keep means of their own.",
    "Along which axis do the examples of one feature lie?",
    mean=lambda x: x.mean(),
    var=lambda x: x.var(),
)
_mistake(
    "eps outside the root",
    "You add eps behind the root. For a feature that hardly varies that makes a large difference.",
    "What stands under the root?",
    normalize=lambda x, mean, var, eps: (x - mean) / (np.sqrt(var) + eps),
)
_mistake(
    "eps is missing",
    "A feature that is constant in the batch has variance 0, and 0/0 is nan.",
    "Which argument have you not used?",
    normalize=lambda x, mean, var, eps: (x - mean) / np.sqrt(var),
)
_mistake(
    "Divided by the variance",
    "You divide by the variance instead of its root, so the result has a spread of 1 over the old one.",
    "Which of the two has the unit of x?",
    normalize=lambda x, mean, var, eps: (x - mean) / (var + eps),
)
_mistake(
    "The root is taken twice",
    "What you call the variance is the standard deviation already, and you take the root of it once more.",
    "np.std or np.var: which of the two stands under the root of the formula?",
    var=lambda x: x.std(axis=0),
)
_mistake(
    "The variance is the mean of squares",
    "You average the squares of the inputs, not of their distances from the mean.",
    "What is the variance of a feature that is 5 in every example?",
    var=lambda x: np.mean(x**2, axis=0),
)
_mistake(
    "The variance is a sum",
    "You add up the squared distances from the mean and do not divide by the number of examples.",
    "What should happen to the variance when every example comes twice?",
    var=lambda x: np.sum((x - x.mean(axis=0)) ** 2, axis=0),
)
_mistake(
    "Only the mean is divided",
    "You divide the mean by the spread, and not what is left when it has been taken off (check the brackets).",
    "Which comes first: taking off, or dividing?",
    normalize=lambda x, mean, var, eps: x - mean / np.sqrt(var + eps),
)
_mistake(
    "Not centred",
    "You divide by the spread but never take the mean off.",
    "What is the mean of a normalised feature?",
    normalize=lambda x, mean, var, eps: x / np.sqrt(var + eps),
)
_mistake(
    "Not scaled",
    "You take the mean off but never divide by the spread.",
    "What is the variance of a normalised feature?",
    normalize=lambda x, mean, var, eps: x - mean,
)
_mistake(
    "gamma and beta swapped",
    "You multiply by beta and add gamma.",
    "Which of the two is the scale?",
    scale=lambda x_hat, gamma, beta: beta * x_hat + gamma,
)
_mistake(
    "gamma on both terms",
    "You multiply beta by gamma as well.",
    "What do your brackets hold?",
    scale=lambda x_hat, gamma, beta: gamma * (x_hat + beta),
)
_mistake(
    "beta is missing",
    "The shift does not appear in your result.",
    "Which argument have you not used?",
    scale=lambda x_hat, gamma, beta: gamma * x_hat,
)
_mistake(
    "gamma is missing",
    "The scale does not appear in your result.",
    "Which argument have you not used?",
    scale=lambda x_hat, gamma, beta: x_hat + beta,
)
_mistake(
    "gamma and beta are missing",
    "You hand back the normalised features; the learnt scale and shift are missing.",
    "Which arguments have you not used?",
    scale=lambda x_hat, gamma, beta: x_hat,
)
_mistake(
    "momentum and 1 - momentum swapped",
    "You keep only 1 - momentum of the running averages. PyTorch counts that way; here momentum is the share that is *kept*.",
    "With momentum 0.9, should one batch change the running mean by a tenth or by nine tenths?",
    follow_mean=lambda running, new, momentum, n: (1 - momentum) * running + momentum * new,
)
_mistake(
    "The running averages forget everything",
    "Your running averages are those of this batch alone.",
    "Where do the old running averages go?",
    follow_mean=lambda running, new, momentum, n: new,
)
_mistake(
    "The running averages stand still",
    "You hand back the running averages as they came.",
    "What should this batch change in them?",
    follow_mean=lambda running, new, momentum, n: running,
)
_mistake(
    "The running averages are summed",
    "You add the batch's mean and variance in full to what is kept.",
    "The two shares of an average add up to 1. Do yours?",
    follow_mean=lambda running, new, momentum, n: momentum * running + new,
)
_mistake(
    "The running variance is a standard deviation",
    "You let the running variance follow the root of the variance.",
    "What will inference take the root of?",
    follow_var=lambda running, new, momentum, n: momentum * running + (1 - momentum) * np.sqrt(new),
)


@batchnorm_forward.mistake(
    "Along the wrong axis",
    why="You normalise each example over its features. That is layer normalisation; here each feature is normalised over the "
    "batch.",
    hint="x has shape (n, d). Which axis counts the examples?",
)
def _(x, gamma, beta, running_mean, running_var, momentum=0.9, eps=1e-5):
    mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    out = gamma * (x - mean) / np.sqrt(var + eps) + beta
    return out, *_forward(x, gamma, beta, running_mean, running_var, momentum, eps)[1:]


@batchnorm_forward.mistake(
    "Along the wrong axis",
    why="You take means and variances over the features of each example. Here each feature is normalised over the batch, and so "
    "are the running averages made.",
    hint="x has shape (n, d). Which axis counts the examples?",
)
def _(x, gamma, beta, running_mean, running_var, momentum=0.9, eps=1e-5):
    mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    out = gamma * (x - mean) / np.sqrt(var + eps) + beta
    averages = ((running_mean, mean), (running_var, var))
    return out, *(momentum * old + (1 - momentum) * new for old, new in averages)


@batchnorm_forward.mistake(
    "Normalised with the running averages",
    why="You normalise with the running averages. That is for test time; in training the batch's own mean and variance count.",
    hint="Which mean and variance stand in the formula of this exercise?",
)
def _(x, gamma, beta, running_mean, running_var, momentum=0.9, eps=1e-5):
    out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta
    return out, *_forward(x, gamma, beta, running_mean, running_var, momentum, eps)[1:]


@batchnorm_forward.mistake(
    "Normalised with the updated running averages",
    why="You normalise with the running averages, freshly updated. In training the batch's own mean and variance count.",
    hint="Which mean and variance stand in the formula of this exercise?",
)
def _(x, gamma, beta, running_mean, running_var, momentum=0.9, eps=1e-5):
    _, mean, var = _forward(x, gamma, beta, running_mean, running_var, momentum, eps)
    return gamma * (x - mean) / np.sqrt(var + eps) + beta, mean, var
