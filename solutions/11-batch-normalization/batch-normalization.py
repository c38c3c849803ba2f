# %% [markdown]
# # 11 · Batch normalization
#
# **What if every layer could count on what it is handed?**
#
# When you are done, you can
#
# - write the layer that gives every feature mean 0 and variance 1, forwards and backwards, and test it,
# - say what becomes of a batch of one, and why this layer behaves differently in training and in use,
# - show why a network with this layer bears larger learning rates,
# - name the batches for which you had better leave it out.
#
# **Time:** about 55 minutes. **Builds on:** mean square of a signal and He's weights (lesson 04), moving averages (lesson 05),
# central differences (lesson 01). In lesson 10 the training pass was noisier than the pass at test time (dropout); here the two differ
# again.

# %%
import numpy as np

from gradlab import check, progress, todo
from gradlab.data import digits
from gradlab.explorers import Prediction, signal_explorer
from gradlab.initializers import he_normal
from gradlab.network import MLP
from gradlab.optimizers import gradient_descent
from gradlab.plots import curves, histograms, panels
from gradlab.tables import table
from gradlab.training import fit

# %% [markdown]
# ## 1. See it first
#
# In lesson 04 you chose the size of the first weights with care, $\sqrt{2/n}$ for ReLU, and the signal came through fifty layers.
# But that was the *start*. Every step of training moves the weights, and nothing keeps them at that size. Here is the explorer of
# lesson 04 once more: fifty layers of 100 units with ReLU, whose weights had a std of 0.141 when they were born.
#
# **Your goal:** find out how far the std may drift, up and down, before the signal leaves the band from 0.5 to 2.

# %%
signal_explorer(
    activation="relu",
    std=0.155,
    prediction=Prediction(
        question="Some training has made all weights a tenth larger: std 0.155 instead "
        "of 0.141. How large is the signal behind 50 layers?",
        options=("a tenth larger", "about 5 times", "about 100 times"),
        reveal=f"1.1 to the power of 50 is {1.1**50:.0f}, and this network, by chance, "
        "makes it a little less.",
    ),
)

# %% [markdown]
# A percent or so is all the freedom there is: $1.014^{50}$ is 2 already. Do fewer layers fare better? Below, digits go through 30 layers of
# 50 ReLU units, with He's weights multiplied by a factor: 0.5, 1 or 1.5.
#
# *Predict:* halve the weights in each of 30 layers. Is the signal at the end half as large, a thirtieth, or a billionth?

# %%
images, labels = digits()
shuffled = np.random.default_rng(0).permutation(len(labels))
train, held_out = shuffled[:1280], shuffled[1280:]
pixels = images[train].astype(float)
pixels = pixels - pixels.mean(axis=0)


def as_it_is(z):
    return z


def signal(factor, normalize=as_it_is):
    """The standard deviation of what each of 30 layers hands on."""
    rng, h, spreads = np.random.default_rng(4), pixels, []
    for sizes in [(64, 50)] + 29 * [(50, 50)]:
        z = normalize(h @ (factor * he_normal(rng, sizes)))
        h = np.maximum(z, 0)
        spreads.append(h.std())
    return np.array(spreads)


def signal_curves(normalize, title):
    layers = np.arange(1, 31)
    return curves(
        {
            f"weights times {factor}": (layers, signal(factor, normalize))
            for factor in (1.5, 1, 0.5)
        },
        xlabel="layer",
        ylabel="std of the signal",
        title=title,
        log=True,
        ylim=(1e-11, 1e11),
    )


plain = {factor: signal(factor)[-1] for factor in (0.5, 1, 1.5)}
panels(
    signal_curves(as_it_is, "Thirty layers"),
    alt="On a logarithmic scale the signal falls slowly for He's weights, and runs "
    "away in straight lines, upwards for weights 1.5 times as large, downwards for "
    "weights half as large.",
    caption=f"After 30 layers the signal is {plain[0.5] / plain[1]:.1e} times as large "
    f"with half the weights, and {plain[1.5] / plain[1]:,.0f} times as large with "
    "weights 1.5 times as large.",
)

# %% [markdown]
# A billionth: the factor counts once for *every* layer, and $0.5^{30}$ is that small. So a modest change of all weights is a huge change
# for the last layer. Each layer learns on ground that the layers below it keep shifting.
#
# ## 2. Set it right, at every step
#
# Then do not hope for the right scale: **make it**. In each layer, look at the batch that is passing through. For each unit,
# measure the mean and the spread over the examples, take the mean off, and divide by the spread. Whatever the weights are,
# the result has mean 0 and spread 1.
#
# By hand, one feature of four examples, 1, 1, 3, 3: the mean is 2, the variance
# $\frac14 (1 + 1 + 1 + 1) = 1$, and the result is -1, -1, 1, 1. Now double the weights, so that the feature is 2, 2, 6, 6. The mean is 4, the
# variance 4, its root 2, and the result: -1, -1, 1, 1. The doubling is gone.
#
# A layer may have good reasons for another mean or spread, though. So each feature gets two weights that are *learned* as all the others
# are, a scale $\gamma$ and a shift $\beta$ (no kin of Adam's betas):
#
# $$\hat x = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} \qquad\qquad y = \gamma\, \hat x + \beta$$
#
# | symbol | in code | what it is | shape |
# |:--|:--|:--|:--|
# | $x$ | `x` | a batch of $n$ examples of $d$ features | `(n, d)` |
# | $\mu$, $\sigma^2$ | `mean`, `var` | mean and variance of each feature **over the batch** | `(d,)` |
# | $\varepsilon$ ("epsilon") | `eps` | keeps the root away from 0 where a feature does not vary | a number |
# | $\hat x$ | `x_hat` | the normalised batch | `(n, d)` |
# | $\gamma$ ("gamma"), $\beta$ ("beta") | `gamma`, `beta` | learned scale and shift; 1 and 0 at first | `(d,)` |
#
# This is **batch normalization**. Its place is between the sums of a layer and its activation. The bias of that layer can go: the
# mean takes it off again, and $\beta$ does its work.
#
# While it trains, the layer also writes a diary of the means and variances it meets, as moving averages; section 3 is about
# what they are for:
#
# $$m \leftarrow \rho\, m + (1 - \rho)\, \mu \qquad\qquad s \leftarrow \rho\, s + (1 - \rho)\, \sigma^2$$
#
# Here $m$ and $s$ are `running_mean` and `running_var`, of shape `(d,)`, and $\rho$ is called `momentum`, usually 0.9.
#
# > **Conventions.** The variance is divided by $n$, not $n - 1$: the batch itself is to have variance 1. PyTorch normalises with the
# > same one, but its *running* variance follows the one divided by $n - 1$; Keras, and this course, use one variance for
# > both. PyTorch's `momentum` is the share of the *new* batch: its 0.1 is our 0.9. The check names these forms when it
# > sees them.
#
# ### Exercise 1: `batchnorm_forward`


# %% nbgrader={"grade_id": "batchnorm_forward", "solution": true}
def batchnorm_forward(
    x, gamma, beta, running_mean, running_var, momentum=0.9, eps=1e-5
):
    """Batch normalization in training.

    x                          a batch, shape (n, d)
    gamma, beta                scale and shift, shape (d,)
    running_mean, running_var  the running averages so far, shape (d,)
    momentum                   the share of the running averages that is kept
    eps                        is added to the variance, inside the root

    Returns (out, running_mean, running_var):
        out = gamma * (x - mean) / sqrt(var + eps) + beta, shape (n, d), with the mean
        and the variance (divided by n) of each feature over the batch;
        each running average becomes momentum * itself + (1 - momentum) * the batch's.
    The arrays that were passed in stay as they are.

    Example: x = np.array([[1.0], [3.0]]), gamma = np.array([10.0]), beta =
    np.array([5.0]), running averages np.array([0.0]) and np.array([1.0]), and eps=0
    give [[-5.0], [15.0]], [0.2] and [1.0].
    """
    ### BEGIN SOLUTION
    mean, var = x.mean(axis=0), x.var(axis=0)
    out = gamma * (x - mean) / np.sqrt(var + eps) + beta
    running_mean = momentum * running_mean + (1 - momentum) * mean
    running_var = momentum * running_var + (1 - momentum) * var
    return out, running_mean, running_var
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_batchnorm_forward", "grade": true, "points": 6}
check(batchnorm_forward)
### BEGIN HIDDEN TESTS
check(batchnorm_forward, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Here are the sums of three units of a fresh layer, over 1280 digits (whose pixels are not centred this time), before and after *your*
# function:


# %%
def normalized(z):
    """Your layer with gamma 1 and beta 0."""
    ones, zeros = np.ones(z.shape[1]), np.zeros(z.shape[1])
    return batchnorm_forward(z, ones, zeros, zeros, ones)[0]


raw = images[train].astype(float) @ he_normal(np.random.default_rng(1), (64, 50))
low, high = raw.mean(axis=0).argmin(), raw.mean(axis=0).argmax()
middle = np.argsort(raw.mean(axis=0))[25]
units = {"unit A": low, "unit B": middle, "unit C": high}
after = normalized(raw)

panels(
    histograms(
        {name: raw[:, unit] for name, unit in units.items()},
        xlabel="sum, before the activation",
        title="Before",
        limits=(-4, 4),
    ),
    histograms(
        {name: after[:, unit] for name, unit in units.items()},
        xlabel="sum, normalised",
        title="After",
        limits=(-4, 4),
    ),
    alt="Left: three heaps of sums, one far to the left of zero, one around it and one "
    "far to the right. Right: after normalization the three lie on each other "
    "around zero.",
    caption="Above 0, where ReLU lets them pass, are "
    + ", ".join(f"{np.mean(raw[:, i] > 0):.0%}" for i in units.values())
    + " of the digits before, and "
    + ", ".join(f"{np.mean(after[:, i] > 0):.0%}" for i in units.values())
    + " after, in units A, B and C.",
)

# %% [markdown]
# Before, unit A hardly ever fires and unit C practically always: the kink of ReLU tells hardly any digits apart. After, each fires for about half
# of them. And the thirty layers of section 1, with your function in every layer?

# %%
levels = [signal(factor, normalized) for factor in (0.5, 1, 1.5)]
apart = max(np.max(np.abs(level / levels[1] - 1)) for level in levels)

panels(
    signal_curves(as_it_is, "Without"),
    signal_curves(normalized, "With your layer"),
    alt="Left: the three curves of section 1, running apart. Right: with batch "
    "normalization all three are the same flat line.",
    caption=f"With your layer the three lines differ by {apart:.3%} at most, and the "
    f"signal is {levels[1].min():.2f} to {levels[1].max():.2f} everywhere.",
    height=3.2,
)

# %% [markdown]
# ## 3. A batch of one
#
# Training is over, and someone shows your network *one* digit. Do the sum: the mean of a single number is the number itself.
# So $x - \mu = 0$, $\hat x = 0$, and $y = \beta$, whatever the digit was. And in a larger batch, what the network says about a digit depends on which
# other digits happen to stand beside it.
#
# This is what the diary was for. At test time, use $m$ and $s$, the running averages, in place of $\mu$ and $\sigma^2$.
# They are fixed numbers by then: each example is treated alone, and always the same way.
#
# ### Exercise 2: `batchnorm_inference`


# %% nbgrader={"grade_id": "batchnorm_inference", "solution": true}
def batchnorm_inference(x, gamma, beta, running_mean, running_var, eps=1e-5):
    """Batch normalization at test time.

    x                          examples, shape (n, d); n may be 1
    gamma, beta                scale and shift, shape (d,)
    running_mean, running_var  the running averages of training, shape (d,)
    eps                        is added to the variance, inside the root

    Returns out = gamma * (x - running_mean) / sqrt(running_var + eps) + beta,
    shape (n, d). The arrays that were passed in stay as they are.

    Example: x = np.array([[6.0]]), gamma = np.array([3.0]), beta = np.array([1.0]),
    running averages np.array([2.0]) and np.array([4.0]), and eps=0 give [[7.0]].
    """
    ### BEGIN SOLUTION
    return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_batchnorm_inference", "grade": true, "points": 4}
check(batchnorm_inference)
### BEGIN HIDDEN TESTS
check(batchnorm_inference, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# A diary that starts at 0 and 1 needs time to become true. Here is yours, fed with batches of 32 numbers of mean 5 and variance 4:

# %%
rng = np.random.default_rng(2)
m, s, rows = np.zeros(1), np.ones(1), []
for count in range(1, 61):
    numbers = rng.normal(5, 2, (32, 1))
    _, m, s = batchnorm_forward(numbers, np.ones(1), np.zeros(1), m, s)
    if count in (1, 5, 10, 22, 60):
        rows.append([count, f"{m[0]:.2f}", f"{s[0]:.2f}"])

table(["batches", "running_mean", "running_var"], rows)

# %% [markdown]
# After 22 batches $0.9^{22}$, a tenth, of the made-up start is left, and nothing here corrects for it as Adam does (lesson 08).
# A network that has seen only a handful of batches has a poor diary. Even a full one remembers only about the last ten batches, so
# its numbers go on trembling around the true 5 and 4.
#
# Now for the real thing. The library's `MLP` has an option `batch_norm=True`; it puts this same layer into each hidden layer. We train one with
# four hidden layers, take it apart, and send the held-out digits through its weights and *your* functions: in batches
# of several sizes, normalised by each batch's own mean and variance, or by the running averages.
#
# *Predict:* one digit at a time, by the batch's own statistics. How many of 100 digits are classified right?

# %%
SIZES = (64, 32, 32, 32, 32, 10)
network = MLP(SIZES, "relu", batch_norm=True)
grown = fit(
    network,
    network.init(np.random.default_rng(1)),
    images[train],
    labels[train],
    gradient_descent,
    epochs=5,
    batch_size=32,
    rng=np.random.default_rng(2),
    lr=0.3,
)


def classes(X, use_running):
    """The trained network's answers, through your functions."""
    *hidden, last = network.layers(grown.params)
    for layer, (mean, var) in zip(hidden, grown.averages, strict=True):
        z = X @ layer.W + layer.b
        if use_running:
            z = batchnorm_inference(z, layer.gamma, layer.beta, mean, var)
        else:
            z = batchnorm_forward(z, layer.gamma, layer.beta, mean, var)[0]
        X = np.maximum(z, 0)
    return np.argmax(X @ last.W + last.b, axis=1)


def share_right(order, batch_size, use_running=False):
    right = 0
    for i in range(0, len(order), batch_size):
        batch = order[i : i + batch_size]
        right += np.sum(classes(images[batch], use_running) == labels[batch])
    return right / len(order)


batch_sizes = np.array([1, 2, 4, 8, 16, 32, 64, 128, len(held_out)])
by_label = held_out[np.argsort(labels[held_out], kind="stable")]
mixed = [share_right(held_out, size) for size in batch_sizes]
sorted_ = [share_right(by_label, size) for size in batch_sizes]
running = share_right(held_out, 1, use_running=True)
answers = {int(classes(images[[i]], use_running=False)[0]) for i in held_out}

panels(
    curves(
        {
            "mixed order, batch statistics": (batch_sizes, mixed),
            "sorted by label, batch statistics": (batch_sizes, sorted_),
            "any order, running averages": (batch_sizes, [running] * len(batch_sizes)),
        },
        xlabel="digits in a batch",
        ylabel="share classified right",
        markers=True,
        logx=True,
        ylim=(0, 1.05),
    ),
    alt="The share of held-out digits classified right rises with the batch size: in "
    "mixed order from a tenth to above nine tenths, in sorted order it stays low until "
    "the batch is nearly everything. The running averages are high throughout.",
    caption=f"One digit at a time: {mixed[0]:.0%} right by its own statistics, where the "
    f"only answer ever given is {sorted(answers)}, and {running:.1%} by the running "
    "averages. In sorted batches of 32 it is "
    f"{sorted_[5]:.0%}, in mixed ones {mixed[5]:.0%}. The library itself, with "
    "the running averages, counts "
    f"{network.accuracy(grown.params, images[held_out], labels[held_out], grown.averages):.1%}.",
    height=3.8,
)

# %% [markdown]
# One at a time, all digits look the same and the network has a single answer for all of them. In sorted batches it is nearly as bad: where all digits
# of a batch are threes, what they have in common, their threeness, is taken off as the mean.
#
# ## 4. The way back
#
# To train through the layer you need its gradient. Given $g$, the gradient of the loss with respect to $y$, two parts are
# easy. $\beta$ is added to every example and $\gamma$ multiplies every $\hat x$, so the examples add up:
#
# $$\frac{\partial \mathcal{L}}{\partial \beta} = \sum_{\text{batch}} g \qquad\qquad \frac{\partial \mathcal{L}}{\partial \gamma} = \sum_{\text{batch}} g\, \hat x$$
#
# For $x$ there is a trap. $\mu$ and $\sigma$ look like constants in the formula, but **every input moves them**. Think of what the layer
# cannot hear: add 1 to all examples of a feature, and the output stays the same; stretch them all about their mean, and it
# stays the same (up to $\varepsilon$). Along these two directions the gradient must be 0. So take them out of $g$:
#
# - moving all together is the direction $(1, 1, \dots, 1)$; its part in $g$ is the mean of $g$;
# - stretching is the direction $\hat x$ itself, whose mean square is 1; its part in $g$ is $\hat x$ times the mean of $g\,\hat x$.
#
# What is left goes through the scale $\gamma$ and the division:
#
# $$\frac{\partial \mathcal{L}}{\partial x} = \frac{\gamma}{\sqrt{\sigma^2 + \varepsilon}} \Big( g - \operatorname{mean}(g) - \hat x\, \operatorname{mean}(g\, \hat x) \Big)$$
#
# (The long way, by the chain rule through $\mu$ and $\sigma^2$, gives the same, with the $\varepsilon$ exactly there.) By hand, the
# four examples 1, 1, 3, 3 again, with $\gamma = 1$, $\varepsilon = 0$, and a gradient at the first example only:

# %%
x_hat, g = np.array([-1, -1, 1, 1]), np.array([4, 0, 0, 0])
table(
    ["example", "x_hat", "g", "mean(g)", "x_hat * mean(g x_hat)", "what is left"],
    [
        [i + 1, x_hat[i], g[i], g.mean(), x_hat[i] * np.mean(g * x_hat), left]
        for i, left in enumerate(g - g.mean() - x_hat * np.mean(g * x_hat))
    ],
)

# %% [markdown]
# The second example had no gradient of its own and gets -2: it shares the batch with the first. And what is left adds up to 0, as it
# must.
#
# ### Exercise 3: `batchnorm_backward`


# %% nbgrader={"grade_id": "batchnorm_backward", "solution": true}
def batchnorm_backward(grad, x, gamma, eps=1e-5):
    """The gradients of batch normalization in training.

    grad   the gradient of the loss with respect to the output, shape (n, d)
    x      the batch that went in, shape (n, d)
    gamma  scale, shape (d,)
    eps    as in batchnorm_forward

    Returns (dx, dgamma, dbeta), of the shapes (n, d), (d,) and (d,):
        dx = gamma / sqrt(var + eps) * (grad - mean(grad) - x_hat * mean(grad * x_hat)),
        dgamma = the sum of grad * x_hat,  dbeta = the sum of grad,
    means and sums over the batch. The arrays that were passed in stay as they are.

    Example: grad = np.array([[4.0], [0.0], [0.0], [0.0]]), x = np.array([[1.0], [1.0],
    [3.0], [3.0]]), gamma = np.array([1.0]) and eps=0 give dx = [[2.0], [-2.0], [0.0],
    [0.0]], dgamma = [-4.0] and dbeta = [4.0].
    """
    ### BEGIN SOLUTION
    std = np.sqrt(x.var(axis=0) + eps)
    x_hat = (x - x.mean(axis=0)) / std
    dgamma, dbeta = (grad * x_hat).sum(axis=0), grad.sum(axis=0)
    dx = gamma / std * (grad - grad.mean(axis=0) - x_hat * (grad * x_hat).mean(axis=0))
    return dx, dgamma, dbeta
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_batchnorm_backward", "grade": true, "points": 6}
check(batchnorm_backward)
### BEGIN HIDDEN TESTS
check(batchnorm_backward, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Do not trust a derivation, test it. Move each number up and down by a millionth, run *your* forward pass, and see how the loss
# changes (central differences, lesson 01). The last row is the trap: what you get if $\mu$ and $\sigma$ are taken for constants.

# %%
rng = np.random.default_rng(7)
x, g = rng.normal(3, 2, (6, 4)), rng.normal(size=(6, 4))
gamma, beta = rng.normal(size=4), rng.normal(size=4)


def some_loss(x, gamma, beta):
    """A loss whose gradient with respect to the outputs is g."""
    return np.sum(g * batchnorm_forward(x, gamma, beta, np.zeros(4), np.ones(4))[0])


def by_differences(which, h=1e-6):
    """Central differences of some_loss in x (0), gamma (1) or beta (2)."""
    arrays = [x, gamma, beta]
    slopes = np.zeros(arrays[which].shape)
    for i in np.ndindex(slopes.shape):
        ends = []
        for sign in (1, -1):
            moved = [array.copy() for array in arrays]
            moved[which][i] += sign * h
            ends.append(some_loss(*moved))
        slopes[i] = (ends[0] - ends[1]) / (2 * h)
    return slopes


def compared(name, yours, measured):
    gap = np.max(np.abs(yours - measured))
    return [
        name,
        f"{np.max(np.abs(measured)):.2f}",
        f"{gap:.2f}" if gap > 1e-6 else "< 1e-6",
    ]


measured = [by_differences(which) for which in range(3)]
names = ("dx", "dgamma", "dbeta")
gradients = batchnorm_backward(g, x, gamma)
frozen = gamma * g / np.sqrt(x.var(axis=0) + 1e-5)
table(
    ["gradient", "largest entry, measured", "largest difference"],
    [compared(*each) for each in zip(names, gradients, measured, strict=True)]
    + [["dx, mean and variance frozen", *compared("", frozen, measured[0])[1:]]],
    caption=f"Your dx adds up to {abs(gradients[0].sum()):.0e} over the batch, the "
    f"frozen one to {frozen.sum():.1f}",
)

# %% [markdown]
# ## 5. Why larger steps are safe
#
# Now use your backward pass to see something that the formula hides. Put a layer $z = X W$ in front of yours and multiply all of
# $W$ by a factor. The output cannot change. *Predict:* what happens to the gradient with respect to $W$?

# %%
batch = images[train[:128]].astype(float)
weights = he_normal(np.random.default_rng(3), (64, 32))
g = np.random.default_rng(5).normal(size=(128, 32)) / 128
base, rows = normalized(batch @ weights), []

for factor in (1, 2, 4, 8):
    W = factor * weights
    change = np.max(np.abs(normalized(batch @ W) - base))
    slope = batch.T @ batchnorm_backward(g, batch @ W, np.ones(32))[0]
    size = np.linalg.norm(slope)
    cosine = np.sum(W * slope) / (np.linalg.norm(W) * size)
    rows.append([factor, f"{change:.3f}", f"{size:.4f}", f"{abs(cosine):.3f}"])

table(
    [
        "W times",
        "change of the output",
        "size of the gradient",
        "|cosine| between W and gradient",
    ],
    rows,
)

# %% [markdown]
# Twice the weights, **half the gradient**. And the gradient stands at a right angle to the weights, since along $W$ there is
# nothing to gain. So a step moves sideways, and like the long side of a right triangle the weights after it are *longer*
# than before. Put the two together: a step that is far too long makes the weights large, and large weights make the next gradients
# small. The layer brakes by itself.
#
# ## 6. On digits
#
# The network with four hidden layers, with and without batch normalization, plain gradient descent, batches of 32 digits, five
# rates and five seeds, five epochs each.
#
# *Predict:* at its best rate, will the plain network be nearly as good? And how wide is the range of rates that work?

# %%
rates = np.array([0.03, 0.1, 0.3, 1, 3])


def train_all(batch_norm, batch_size, examples=train):
    """Five epochs for each rate and seed: a History of 5 x 5 runs."""
    network = MLP(SIZES, "relu", batch_norm=batch_norm)
    start = network.init(np.random.default_rng(1), runs=(5,))
    return fit(
        network,
        np.tile(start, (len(rates), 1, 1)),
        images[examples],
        labels[examples],
        gradient_descent,
        epochs=5,
        batch_size=batch_size,
        rng=np.random.default_rng(2),
        validation=(images[held_out], labels[held_out]),
        lr=rates[:, None, None],
    )


kinds = {"plain": False, "batch norm": True}
trained = {(name, 32): train_all(batch_norm, 32) for name, batch_norm in kinds.items()}


def final(name, size):
    """Training losses at the end, for each rate and seed; lost runs count as 10."""
    return np.nan_to_num(trained[name, size].loss[-1], nan=10, posinf=10)


panels(
    curves(
        {name: (rates, final(name, 32).mean(axis=1)) for name in kinds},
        bands={
            name: np.array([final(name, 32).min(axis=1), final(name, 32).max(axis=1)])
            for name in kinds
        },
        xlabel="learning rate",
        ylabel="training loss after 5 epochs",
        log=True,
        logx=True,
        markers=True,
    ),
    alt="Training loss against the learning rate, batches of 32. The plain network "
    "does little better than guessing except in the middle of the range; with batch "
    "normalization the loss is about ten times lower and stays low up to a rate of 1.",
    caption="Mean of five seeds, with the best and the worst of them as a shade. "
    f"Guessing costs log(10) = {np.log(10):.2f}. At its best rate the plain network ends "
    f"at {final('plain', 32).mean(axis=1).min():.3f}, the other at "
    f"{final('batch norm', 32).mean(axis=1).min():.3f}. At rate 1 it is "
    f"{final('plain', 32)[3].mean():.2f} against {final('batch norm', 32)[3].mean():.3f}. "
    "At rate 3 the seeds of batch normalization differ widely.",
    height=3.8,
)

# %% [markdown]
# With batch normalization every rate from 0.03 to 1 ends lower than the plain network at its best: the range is wider on *both*
# sides. Did the brake of section 5 act? Here is the size of the first
# layer's weights, with batch normalization, before and after:


# %%
def first_layer(params):
    """The length of the first layer's weights, for each run."""
    return np.linalg.norm(network.views(params)["W1"], axis=(-2, -1))


before = first_layer(network.init(np.random.default_rng(1), runs=(5,)))
after = first_layer(trained["batch norm", 32].params)
table(
    ["learning rate", "length of W1 at the start", "after 5 epochs"],
    [
        [f"{rate:g}", f"{before.mean():.1f}", f"{after[i].mean():.1f}"]
        for i, rate in enumerate(rates)
    ],
    caption="Mean of five seeds",
)

# %% [markdown]
# The longer the steps, the longer the weights: at a rate of 3 nearly four times as long. That brakes, but
# it has its limits: at that rate the seeds are far apart in the figure.
#
# ## 7. Where it does not help
#
# A small batch has a poor idea of the mean and the variance. In the extreme, two examples always become -1 and 1, whether they
# were close together or far apart: only their order is left. So we
# train with batches of 4 and of 128 as well, and compare each kind of network, in each size of batch, at its own best rate of the
# five (by training loss):

# %%
for size in (128, 4):
    for name, batch_norm in kinds.items():
        trained[name, size] = train_all(batch_norm, size)


# %%
def best(name, size):
    losses, history = final(name, size), trained[name, size]
    i = losses.mean(axis=1).argmin()
    accuracy = history.accuracy[-1, i]
    return [
        name,
        size,
        f"{rates[i]:g}",
        f"{losses[i].mean():.3f} ± {losses[i].std():.3f}",
        f"{accuracy.mean():.3f} ± {accuracy.std():.3f}",
    ]


table(
    ["network", "batch", "best rate", "training loss", "held-out accuracy"],
    [best(name, size) for size in (4, 32, 128) for name in kinds],
    caption="Five epochs, mean and standard deviation of five seeds",
)

# %% [markdown]
# In batches of 4 the plain network wins. In batches of 32 and 128 it loses by far. Note too that the plain network does best in small
# batches, where five epochs are many steps; compare the *best* rows of each kind, not only those of one size.
#
# One trap is left. We used 1280 digits, since $1280 = 40 \cdot 32$. What if there are 1283, so that each epoch ends in a batch of
# three?

# %%
three_more = train_all(True, 32, shuffled[:1283]).loss[-1]
even = final("batch norm", 32)
table(
    ["learning rate", "1280 digits", "1283 digits"],
    [
        [
            f"{rates[i]:g}",
            *(
                f"{loss[i].mean():.2f} ± {loss[i].std():.2f}"
                for loss in (even, three_more)
            ),
        ]
        for i in (0, 1, 2)
    ],
    caption="Training loss after 5 epochs, batches of 32. At rate 0.3 it is "
    f"{three_more[2].mean() / even[2].mean():.0f} times as large with three digits more",
)

# %% [markdown]
# Three more digits, and the better the rate was, the worse it gets. The last three have moved the weights by a whole step, and the diary by a tenth, just
# before we measured. So: drop a small last batch, or choose a size that leaves none.
#
# ## 8. What you should have seen
#
# - A factor in each of 30 layers is a factor to the power of 30 at the end. Normalised layers do not notice it.
# - Alone in its batch, every example becomes $\beta$. At test time the running averages stand in, and an example is judged by itself.
# - Each input moves the mean and the variance, so the gradient loses two parts, and adds up to 0 over the batch.
# - Larger weights mean smaller gradients, which is a brake for steps that are too long.
# - On digits: a lower loss over a wider range of rates with batches of 32 or 128; a higher one with batches of 4, or a last batch of three.
#
# ### Written question 1 (3 points)
#
# A friend's digit classifier reports 97 % on the held-out digits, tested all at once. In her app, where one digit arrives at a time, it gives the same
# answer for every digit. What has she forgotten, why is the answer always the same, and which picture of this lesson shows her
# case? Would it help to collect 32 digits before answering, if most of them may be the same?

# %% [markdown] nbgrader={"grade_id": "written_batch_of_one", "grade": true, "solution": true, "points": 3}
# <!-- BEGIN SOLUTION -->
# **Rubric.** One point each:
#
# 1. The network still normalises by the batch's own statistics; at test time the running averages have to be used.
# 2. In a batch of one x - mean is 0, so every feature becomes beta, whatever the digit; what follows sees the same input each time.
# 3. The figure of section 3, with a number from it. Collecting is no cure: answers still depend on the neighbours, and in a batch of
#    equal digits what they share is taken off (the sorted curve at 32).
# <!-- END SOLUTION -->

# %% [markdown]
# ### Written question 2 (3 points)
#
# "Batch normalization lets you train with rates that are ten times larger, so always switch it on." Which of the tables and figures of this
# lesson support the first half, and by what mechanism? Which one speaks against the second half? Quote numbers, and compare one difference with
# the spread over seeds.

# %% [markdown] nbgrader={"grade_id": "written_rates", "grade": true, "solution": true, "points": 3}
# <!-- BEGIN SOLUTION -->
# **Rubric.** One point each:
#
# 1. The figure of section 6 (rate 1: one works, the other guesses), or the best rates in the table of section 7; quotes two losses. In
#    that table "ten times" is true for batches of 128 alone.
# 2. Mechanism: the output ignores the length of W, gradients shrink as 1 / length, steps at a right angle make it longer; the
#    table of section 5 or that of lengths in section 6.
# 3. Against "always": batches of 4 (plain is better, by more than two standard deviations), or the last batch of three; with the two numbers and the spread.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Where to read on
#
# - S. Ioffe, C. Szegedy, *Batch normalization: accelerating deep network training by reducing internal covariate shift*, 2015: the
#   original; its title names the authors' own explanation.
# - S. Santurkar, D. Tsipras, A. Ilyas, A. Madry, *How does batch normalization help optimization?*, 2018: doubts that explanation,
#   and offers a smoother loss surface instead.
# - J. L. Ba, J. R. Kiros, G. E. Hinton, *Layer normalization*, 2016: along the other axis, over the features of one example, so no batch is
#   needed.
#
# [Lesson 10](../10-regularization/regularization.ipynb) kept a network from learning the accidents of its data. Here the ground shifted because the *weights* moved. In
# the [next lesson](../12-shifting-surfaces/shifting-surfaces.ipynb) it shifts because the *data* do.

# %%
progress("11-batch-normalization")
