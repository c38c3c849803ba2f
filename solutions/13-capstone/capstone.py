# %% [markdown]
# # 13 · Capstone
#
# **A hundred gradients, and not one more: how good a digits classifier can you train, and which of the things that you have
# learnt made it so?**
#
# When you are done, you can
#
# - put a start, a rule and a schedule together into a training that keeps to a budget,
# - tune it fairly, and say what you have tuned it on,
# - find out which parts of it matter, by changing one at a time, with an error for every difference,
# - say of a result what it does not show.
#
# **Time:** about 60 minutes, and as long again if tuning catches you. **Builds on:** all of it. Have your notebooks of lessons 04,
# 05, 08, 09 and 10 at hand: you will paste five of your own functions.

# %%
from itertools import pairwise

import numpy as np

from gradlab import check, progress, todo
from gradlab.data import digits, stratified_split
from gradlab.initializers import he_normal
from gradlab.network import MLP
from gradlab.optimizers import adam, gradient_descent
from gradlab.plots import COLOURS, FAINT, INK, curves, panels
from gradlab.tables import table
from gradlab.training import BudgetSpent, MeteredGradient, fit

# %% [markdown]
# ## 1. See it first
#
# What do you get for a hundred gradients if you do not think about it? Three attempts, none of them foolish: weights as large as
# the generator draws them, with a rate of 0.1; He's weights with a careful rate, 0.01; and He's weights with Adam, which is said
# to need no tuning. Each gradient is the mean over 32 digits, and there are about 800 digits to learn from. So 25 gradients are
# an epoch, and the budget is four epochs.
#
# *Predict, before you run the cell:* which of the three is best after a hundred gradients? And how many of 100 new digits does it
# get right?

# %%
SIZES, BUDGET = (64, 32, 10), 100

images, labels = digits()
rest, test = stratified_split(labels, (0.72, 0.28), np.random.default_rng(0))


def deal(seed):
    """The digits of a seed: about 800 to train on, sorted by label, the others to validate."""
    share = 800 / rest.size
    train, validation = stratified_split(
        labels[rest], (share, 1 - share), np.random.default_rng(seed)
    )
    by_label = np.argsort(labels[rest][train], kind="stable")
    return rest[train[by_label]], rest[validation]


def std_one(rng, shape):
    return rng.standard_normal(shape)


training, validation = deal(0)
network = MLP(SIZES, "relu")


def four_epochs(initializer, rule, **hyper):
    """The share of validation digits that is right, after 0, 1, ..., 4 epochs, for five seeds."""
    return fit(
        network,
        network.init(np.random.default_rng(1), runs=(5,), initializer=initializer),
        images[training],
        labels[training],
        rule,
        epochs=4,
        batch_size=32,
        rng=np.random.default_rng(2),
        validation=(images[validation], labels[validation]),
        **hyper,
    ).accuracy


naive = {
    "weights of std 1, rate 0.1": four_epochs(std_one, gradient_descent, lr=0.1),
    "He's weights, rate 0.01": four_epochs(he_normal, gradient_descent, lr=0.01),
    "He's weights, Adam at 0.001": four_epochs(he_normal, adam, lr=0.001),
}
spent = 25 * np.arange(5)

panels(
    curves(
        {name: (spent, shares.mean(axis=1)) for name, shares in naive.items()},
        bands={
            name: np.array([shares.min(axis=1), shares.max(axis=1)])
            for name, shares in naive.items()
        },
        xlabel="gradients spent",
        ylabel="share of validation digits that is right",
        ylim=(0, 1),
        markers=True,
        mark=(0.1, "guessing"),
    ),
    alt="Three curves that rise from a tenth over a hundred gradients, and are all "
    "still rising at the end.",
    caption="Mean of five seeds, best to worst as a shade. At the end: "
    + ", ".join(
        f"{shares[-1].mean():.0%} with {name}" for name, shares in naive.items()
    )
    + ".",
)

# %% [markdown]
# All three are still on their way when the money is gone. You know why, too: the first starts from sums that are far too large
# (lesson 04), the others take steps that are far too short for so short a run (lessons 01 and 08).
#
# ## 2. The rules
#
# | | |
# |:--|:--|
# | **network** | 64 pixels, 32 hidden units with ReLU, 10 outputs; cross-entropy. In code: a list of arrays, `[W1, b1, W2, b2]`. |
# | **budget** | 100 gradients for a run. Each is the mean over a batch of 1 to 32 digits. There is no 101st. |
# | **training digits** | about 800. They lie *sorted by label*, like files in a drawer. You never hold them yourself, or you could compute gradients beside the meter: a batch is an array of their *indices*, 0 to n - 1. |
# | **validation digits** | for choosing whatever there is to choose, as often as you like. |
# | **test digits** | 504, locked away until section 8. |
#
# The budget is what makes this like real life. Nobody ever runs out of formulas; people run out of time and of money. And the
# meter is strict:

# %%
gradient = MeteredGradient(network, images[training], labels[training], budget=2)
zeros = [np.zeros((64, 32)), np.zeros(32), np.zeros((32, 10)), np.zeros(10)]

loss, grads = gradient(zeros, np.array([0, 400, 798]))
loss, grads = gradient(zeros, np.array([5]))
print(f"loss {loss:.4f}, gradients of the shapes {[grad.shape for grad in grads]}")
try:
    gradient(zeros, np.array([6]))
except BudgetSpent as refusal:
    print(refusal)

# %% [markdown]
# (A network of zeros finds all ten digits equally likely, and that costs $\log 10 = 2.3026$.)
#
# ### The plan
#
# First the start, `build`. Then the training, `train`, with a rule and a schedule of your choice: your *recipe*. Then `report`, a
# table that tells luck from merit. Then you take your recipe apart, one part at a time, and see which parts carried it.
#
# ## 3. The start
#
# One function makes all parameters of a network, whatever its sizes. ReLU throws half of the mean square away in every layer, so
# the weights need the variance $2/n_{\text{in}}$ (lesson 04). Biases start at 0.
#
# ### Exercise 1: `build`


# %% nbgrader={"grade_id": "build", "solution": true}
def build(sizes, rng):
    """The parameters that a network with ReLU starts from.

    sizes  units of the input, of each hidden layer and of the output, such as (64, 32, 10)
    rng    a NumPy generator: draw all random numbers from this one

    Returns a list of arrays, [W1, b1, W2, b2, ...], for each layer from n_in to n_out units
    W  normal numbers of mean 0 and std sqrt(2 / n_in), shape (n_in, n_out)
    b  zeros, shape (n_out,)

    Example: build((64, 32, 10), np.random.default_rng(0)) has four arrays, of the shapes
    (64, 32), (32,), (32, 10) and (10,); the std of the first is close to 0.18.
    """
    ### BEGIN SOLUTION
    params = []
    for layer in range(1, len(sizes)):
        n_in, n_out = sizes[layer - 1], sizes[layer]
        params.append(rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out)))
        params.append(np.zeros(n_out))
    return params
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_build", "grade": true, "points": 4}
check(build)
### BEGIN HIDDEN TESTS
check(build, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# What does your start think of the digits, before it has learnt anything? A good start is undecided. *Predict:* what is the loss
# if the weights have std 1 instead?


# %%
def first_loss(scale, seed):
    """The loss on 32 digits of your start, its weights multiplied by a factor."""
    params = [scale * part for part in build(SIZES, np.random.default_rng(seed))]
    meter = MeteredGradient(network, images[training], labels[training], budget=1)
    return meter(params, np.arange(0, n, n // 32)[:32])[0]


n = len(training)
scales = {
    "std 0.01": 0.01 / np.sqrt(2 / 64),
    "yours": 1,
    "std 1": 1 / np.sqrt(2 / 64),
}
rows = []
for name, scale in scales.items():
    losses = [first_loss(scale, seed) for seed in range(20)]
    rows.append([name, f"{np.mean(losses):.2f}", f"{np.max(losses):.2f}"])

table(
    ["weights of the first layer", "loss, mean of 20 starts", "highest"],
    rows,
    caption="The first loss; log(10) = 2.30 is what an undecided network pays",
)

# %% [markdown]
# Weights of std 1 are not undecided: they are quite sure, and wrong. A run from there spends its budget on unlearning. Tiny
# weights cost nothing at first sight; what is wrong with those shows later, in section 7.
#
# ## 4. The recipe
#
# Your toolbox first. Open your notebooks, and paste what you have written over these stubs. (If one is lost, write it again. Each
# is two or three lines.) Two things need not be pasted: dropout and batch normalization, lessons 10 and 11, are built into the
# library's networks.


# %% nbgrader={"grade_id": "toolbox", "solution": true}
def normal_init(rng, shape):
    """Lesson 04: normal weights of std 1 / sqrt(n_in)."""
    ### BEGIN SOLUTION
    return rng.standard_normal(shape) / np.sqrt(shape[-2])
    ### END SOLUTION


def momentum_step(w, grad, v, lr, rho=0.9):
    """Lesson 05: returns (w, v)."""
    ### BEGIN SOLUTION
    v = rho * v + grad
    return w - lr * v, v
    ### END SOLUTION


def adam_step(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    """Lesson 08: returns (w, m, v). Bring its three helpers along, or write them out."""
    ### BEGIN SOLUTION
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    direction, size = m / (1 - beta1**t), np.sqrt(v / (1 - beta2**t))
    return w - lr * direction / (size + eps), m, v
    ### END SOLUTION


def cosine_decay(epoch, lr, total, warmup=0, min_lr=0.0):
    """Lesson 09: returns the rate."""
    ### BEGIN SOLUTION
    progress = np.clip((epoch - warmup) / (total - warmup), 0, 1)
    ramp = np.minimum((epoch + 1) / (warmup + 1), 1)
    return ramp * (min_lr + (lr - min_lr) * (1 + np.cos(np.pi * progress)) / 2)
    ### END SOLUTION


def l2_penalty(W, b, lam):
    """Lesson 10: returns (penalty, grad_W, grad_b)."""
    ### BEGIN SOLUTION
    return 0.5 * lam * np.sum(W**2), lam * W, np.zeros_like(b)
    ### END SOLUTION


# %% [markdown]
# Now choose. A recipe is a **rule**, which makes one step of one array, and a **rate**, which says how long the steps are at
# which time. Both have one form here, so that they can be exchanged:
#
# | | called as | |
# |:--|:--|:--|
# | rule | `w, state = rule(w, grad, state, lr)` | `state` is whatever the rule remembers of this array: a velocity, two moments and a count. It is `None` before the first step. |
# | rate | `lr = rate(t, total)` | `t` counts the steps, 0, 1, ..., `total - 1` |
#
# And the loop around them? You have used it in every lesson, inside `fit`. Take a batch, ask for its gradient, make a step with
# each array, and again, until the budget is spent. By hand, for one array that holds a single weight, $w = 4$, with the gradient
# $w$ itself, momentum 0.5 and the rates 0.5 and 0.25:
#
# | step $t$ | rate | gradient | velocity | $w$ afterwards |
# |:--|--:|--:|--:|--:|
# | 0 | 0.5 | 4 | 4 | 4 - 0.5 · 4 = 2 |
# | 1 | 0.25 | 2 | 0.5 · 4 + 2 = 4 | 2 - 0.25 · 4 = 1 |
#
# Three things to think of:
#
# - Each array has a state *of its own*. The velocity of `W1` is of no use to `b1`.
# - The digits lie sorted. A batch of neighbours shows the network one kind of digit, and it forgets the others meanwhile.
# - The parameters that you are given belong to somebody who will want to start from them again.
#
# > **Conventions.** One unit of the budget is one call of `gradient`, as "gradient evaluation" was meant in lesson 01. Others
# > count epochs, examples or seconds. With a batch of at most 32, a call costs the same for everyone.
#
# ### Exercise 2: `train`
#
# The first half of the check runs *your loop* with a rule and a rate of ours, where every number is known. The second half runs
# your whole recipe on digits of another split, and looks at how many held-out digits it gets right: there is a point at 50 %, one
# at 80 %, and one at 90 %. (If a run misses by little, a second one is made, and the better of the two counts.) Adam at its
# default rate gets the first of these points. For the last you need a rule, a rate and a schedule that suit a run of a hundred
# steps: come back from the figures below and improve it.


# %% nbgrader={"grade_id": "train", "solution": true}
def my_rule(w, grad, state, lr):
    """Your rule: one step of one array.

    w      the array
    grad   the gradient, same shape
    state  what this function returned for this array in the step before; None at first
    lr     the rate of this step

    Returns (w, state) after the step.
    """
    ### BEGIN SOLUTION
    v = np.zeros_like(w) if state is None else state
    return momentum_step(w, grad, v, lr)
    ### END SOLUTION


def my_rate(t, total):
    """Your schedule: the rate of step t, which is 0, 1, ..., total - 1."""
    ### BEGIN SOLUTION
    return cosine_decay(t, 0.2, total)
    ### END SOLUTION


def train(params, n, gradient, budget, rng, rule=my_rule, rate=my_rate):
    """Train a network within a budget.

    params    a list of arrays, [W1, b1, W2, b2, ...], however many layers there are
    n         the number of training digits
    gradient  loss, grads = gradient(params, batch): the mean loss of a batch and a list of
              gradients, in the order of params. batch is an array of 1 to 32 numbers of
              digits, from 0 to n - 1; those are sorted by label.
    budget    the number of steps: ask for so many gradients, and take a step with each
    rng       a NumPy generator: draw all random numbers from this one
    rule      w, state = rule(w, grad, state, lr): a step of one array
    rate      lr = rate(t, total): the rate of step t, with total = budget

    Returns the list of arrays after the last step. The list that was passed in, and the
    arrays in it, stay as they are.
    """
    ### BEGIN SOLUTION
    params, states = list(params), [None] * len(params)
    order = rng.permutation(n)
    for t in range(budget):
        if len(order) < 32:
            order = rng.permutation(n)  # a new epoch; the few that are left are let go
        batch, order = order[:32], order[32:]
        _, grads = gradient(params, batch)
        lr = rate(t, budget)
        for i, grad in enumerate(grads):
            params[i], states[i] = rule(params[i], grad, states[i], lr)
    return params
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_train", "grade": true, "points": 8}
check(train)
### BEGIN HIDDEN TESTS
check(train, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Here is your run from the inside. The function `play` is a whole game for one seed: it deals the digits, builds a start, trains,
# and returns the share of validation digits that is right. Its other arguments change one part each; you will need them in
# section 6.


# %%
def with_batch_norm(params):
    """Your start with gamma = 1 and beta = 0 behind each hidden b."""
    parts = []
    for W, b in zip(params[0:-2:2], params[1:-2:2], strict=True):
        parts += [W, b, np.ones_like(b), np.zeros_like(b)]
    return parts + params[-2:]


def penalized(gradient, lam):
    """The gradient with that of your L2 penalty added."""

    def function(params, batch):
        loss, grads = gradient(params, batch)
        for i, W in enumerate(params):
            if W.ndim == 2:
                grads[i] = grads[i] + l2_penalty(W, params[i + 1], lam)[1]
        return loss, grads

    return function


def play(
    seed,
    factor=1.0,
    *,
    start=build,
    rule=my_rule,
    rate=my_rate,
    l2=0.0,
    dropout=0.0,
    batch_norm=False,
    standardize=False,
    sizes=SIZES,
    budget=BUDGET,
    judges=None,
    losses=None,
):
    """Train once, with the rates times factor; returns the share of digits that is right.

    It is judged by the validation digits of the seed, or by the digits numbered in judges.
    If losses is a list, the losses of the batches are put into it.
    """
    rng = np.random.default_rng(seed)
    training, validation = deal(seed)
    judges = validation if judges is None else judges
    X, V = images[training].astype(float), images[judges].astype(float)
    if standardize:
        # Some pixels are always white: 0.1 keeps them from being divided by 0.
        mean, spread = X.mean(axis=0), X.std(axis=0) + 0.1
        X, V = (X - mean) / spread, (V - mean) / spread
    network = MLP(sizes, "relu", dropout=dropout, batch_norm=batch_norm)
    meter = MeteredGradient(network, X, labels[training], budget=budget, rng=rng)
    params = start(sizes, rng)
    if batch_norm:
        params = with_batch_norm(params)
    gradient = penalized(meter, l2) if l2 else meter
    with np.errstate(all="ignore"):  # a rate that is too large may end in nan
        params = train(
            params,
            meter.n,
            gradient,
            budget,
            rng,
            rule,
            lambda t, total: factor * rate(t, total),
        )
    if losses is not None:
        losses += meter.losses
    return meter.accuracy(params, V, labels[judges])


rates = [my_rate(t, BUDGET) for t in range(BUDGET)]
losses = [[] for _ in range(10)]
shares = np.array([play(seed, losses=losses[seed]) for seed in range(10)])
smooth = np.mean(losses, axis=0)

panels(
    curves(
        {"": smooth},
        bands={"": np.array([np.min(losses, axis=0), np.max(losses, axis=0)])},
        xlabel="",
        ylabel="loss of the batch",
        mark=(np.log(10), "guessing"),
    ),
    curves({"": rates}, xlabel="gradients spent", ylabel="rate"),
    widths=(3, 2),
    stacked=True,
    height=4.6,
    alt="Above, the loss of the batches falls over a hundred gradients, quickly at first. "
    "Below, the rate of the schedule.",
    caption="Mean of ten seeds, lowest to highest as a shade. The loss goes from "
    f"{smooth[:5].mean():.2f} (first five) to {smooth[-5:].mean():.2f} (last five). Of the "
    f"validation digits {shares.mean():.1%} are right, on the luckiest seed "
    f"{shares.max():.1%} and on the unluckiest {shares.min():.1%}.",
)

# %% [markdown]
# ### Is it tuned?
#
# Whoever compares two recipes must tune both, or the comparison is about patience. Below, your rates are multiplied by factors
# from 1/8 to 8. If the top of the hill is not at 1, change `my_rate`, and run from there again.

# %%
factors = 2.0 ** np.arange(-3, 4)
hill = np.array([[play(seed, factor) for seed in range(10)] for factor in factors])
top = factors[hill.mean(axis=1).argmax()]

panels(
    curves(
        {"": (np.log2(factors), hill.mean(axis=1))},
        bands={"": np.array([hill.min(axis=1), hill.max(axis=1)])},
        xlabel="how often your rates are doubled (to the left: halved)",
        ylabel="share of validation digits that is right",
        markers=True,
        ylim=(0, 1),
    ),
    alt="The share of validation digits that is right against the factor on the rates: a "
    "hill with a broad top that falls off steeply where the rates are too large.",
    caption="Mean of ten seeds, lowest to highest as a shade. The top is at "
    f"{top:g} times your rates, with {hill.mean(axis=1).max():.1%} right; at 1 times they "
    f"are {hill[3].mean():.1%}.",
)

# %% [markdown]
# Look at both flanks. To the left a run is merely slow. To the right it falls off a cliff, and before it does so, the seeds come
# apart.
#
# ## 5. Luck and merit
#
# Suppose you try batch normalization, on three seeds. Without it 90 %, 94 % and 92 % are right, with it 91 %, 96 % and 93 %. Is
# that a gain? The means are 92 % and 93.3 %, and each of them has a spread of two in a hundred over the seeds. So, lost in the
# noise?
#
# Look again, seed by seed: + 1, + 2, + 1. *Every* seed has gained. The second one is good with and without, since it had an easy
# split and a lucky start, and so had its partner. What two runs have in common cancels when you take the difference: so compare
# **in pairs**, and ask how certain the *mean of the differences* is.
#
# With runs $a_1, \dots, a_n$ of the baseline, runs $b_1, \dots, b_n$ of a variant on the same seeds, and $d_i = b_i - a_i$:
#
# $$\text{spread} = \sqrt{\tfrac{1}{n-1} \sum_i (b_i - \bar b)^2} \quad\; \text{gain} = \bar d \quad\; \text{error} = \frac{1}{\sqrt n} \sqrt{\tfrac{1}{n-1} \sum_i (d_i - \bar d)^2}$$
#
# | symbol | in words | what it answers |
# |:--|:--|:--|
# | $\bar b$ | mean of the runs | how good is it? |
# | spread | standard deviation of the runs | how far from the mean would *one more run* lie? More seeds do not make it smaller. |
# | $\bar d$ | mean of the differences | by how much is it better than the baseline? |
# | error | standard deviation of the differences, divided by $\sqrt n$ | how far may the gain itself be off? More seeds make it smaller. |
#
# The three seeds by hand: gain $(1 + 2 + 1)/3 = 1.33$; the differences from it are $-0.33$, $0.67$, $-0.33$, with squares that
# add up to 0.67. Half of that is 0.33, the root 0.58, divided by $\sqrt 3$: an error of 0.33. The gain is four errors away from
# 0. Without the pairs, from the spreads of 2 and 2.5 alone, the error would have been $\sqrt{(2^2 + 2.5^2)/3} = 1.8$, and the
# same gain nothing.
#
# > **Conventions.** The tables of the earlier lessons gave NumPy's default standard deviation, divided by $n$: the spread *of
# > these runs*. Here runs stand for all the runs that might have been, and from their own mean they are never as far away as from
# > the true one. Dividing by $n - 1$ makes up for it: `ddof=1` in NumPy. The check names it if it sees the other.
#
# ### Exercise 3: `report`


# %% nbgrader={"grade_id": "report", "solution": true}
def report(results, baseline):
    """The table of an ablation, from raw runs.

    results   a dictionary: name -> accuracies, a list or an array, one for each seed. All have
              the same seeds in the same order, at least two.
    baseline  the name that the others are compared with

    Returns (names, numbers):
    names    a list of the names, that of the baseline first, then the others from the
             highest mean to the lowest
    numbers  an array of shape (names, 4). Each row holds
             mean    of the runs,
             spread  their standard deviation, with ddof=1,
             gain    mean of the differences to the baseline, seed by seed,
             error   standard deviation of these differences, with ddof=1, divided by the
                     root of their number.

    Example: report({"a": [0.90, 0.94], "b": [0.91, 0.97]}, "a") is (["a", "b"],
             [[0.92, 0.0283, 0.0, 0.0], [0.94, 0.0424, 0.02, 0.01]]), rounded.
    """
    ### BEGIN SOLUTION
    names = sorted(
        results, key=lambda name: (name != baseline, -np.mean(results[name]))
    )
    numbers = []
    for name in names:
        runs = np.asarray(results[name])
        gains = runs - np.asarray(results[baseline])
        error = gains.std(ddof=1) / np.sqrt(len(gains))
        numbers.append([runs.mean(), runs.std(ddof=1), gains.mean(), error])
    return names, np.array(numbers)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_report", "grade": true, "points": 7}
check(report)
### BEGIN HIDDEN TESTS
check(report, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# How many errors away from 0 must a gain be before you believe it? Let *your* table tell. Take a recipe and compare it with
# *itself*: runs of equal merit, that differ by luck alone. Do it 1000 times, and count how often the gain lies beyond two errors,
# and beyond three. *Predict:* with five seeds, how often is a gain that does not exist beyond two errors?

# %%
rng = np.random.default_rng(5)
rows = []
for seeds in (3, 5, 10, 20):
    distances = []
    for _ in range(1000):
        shared = rng.normal(0.94, 0.01, seeds)  # easy splits, lucky starts
        runs = {name: shared + rng.normal(0, 0.01, seeds) for name in ("a", "b")}
        _, numbers = report(runs, "a")
        distances.append(abs(numbers[1, 2]) / numbers[1, 3])
    beyond = [np.mean(np.array(distances) > limit) for limit in (2, 3)]
    rows.append([seeds, *(f"{share:.1%}" for share in beyond)])

table(
    ["seeds", "beyond two errors", "beyond three errors"],
    rows,
    caption="How often nothing looks like something, in 1000 comparisons",
)

# %% [markdown]
# With few seeds, often. And you are about to make a dozen comparisons: at two errors one of them would look real by luck, even
# with twenty seeds. So in this lesson a difference is called **clear** when it is beyond **three** errors, with twenty seeds.
# What is not clear is not "no difference". It is "I cannot tell".
#
# ## 6. Take it apart
#
# An **ablation** changes one part of a recipe and leaves all else as it was. Below are alternatives for the five parts that this
# course has been about. Each gets a factor on its rates that suits *it*, the best of five by validation on four seeds of its own,
# and then meets your recipe on twenty other seeds: the same splits, the same random numbers to start from.
#
# *Predict, before you run:* order the five parts, start, rule, schedule, regularizer and normalization, by how much there is to
# win or to lose. Write your order down.


# %%
def start_with(initializer):
    """A start as yours, with weights from initializer(rng, shape)."""

    def start(sizes, rng):
        parts = []
        for shape in pairwise(sizes):
            parts += [initializer(rng, shape), np.zeros(shape[1])]
        return parts

    return start


def plain(w, grad, state, lr):
    return w - lr * grad, None


def heavy_ball(w, grad, state, lr):
    return momentum_step(w, grad, np.zeros_like(w) if state is None else state, lr)


def your_adam(w, grad, state, lr):
    m, v, t = state or (0.0, 0.0, 0)
    w, m, v = adam_step(w, grad, m, v, t + 1, lr)
    return w, (m, v, t + 1)


def falling_from(lr):
    return lambda t, total: cosine_decay(t, lr, total)


alternatives = {
    "start: std 1/sqrt(n)": {"start": start_with(normal_init)},
    "start: std 0.01": {"start": start_with(lambda *args: 0.01 * std_one(*args))},
    "start: std 1": {"start": start_with(std_one)},
    "rule: gradient descent": {"rule": plain, "rate": falling_from(1.0)},
    "rule: momentum": {"rule": heavy_ball, "rate": falling_from(0.2)},
    "rule: Adam": {"rule": your_adam, "rate": falling_from(0.04)},
    "schedule: constant": {"rate": lambda t, total: my_rate(total // 2, total)},
    "schedule: warm-up": {
        "rate": lambda t, total: min(1, (t + 1) / 10) * my_rate(t, total)
    },
    "regularizer: L2, 0.001": {"l2": 0.001},
    "regularizer: L2, 0.01": {"l2": 0.01},
    "regularizer: dropout, 0.1": {"dropout": 0.1},
    "normalization: pixels": {"standardize": True},
    "normalization: batch norm": {"batch_norm": True},
}


def tuned(seeds=20, choose=4, **change):
    """The factor that suits a variant, and its accuracies on the seeds 0, 1, ..."""
    own = range(1000, 1000 + choose)
    tried = {
        factor: np.mean([play(seed, factor, **change) for seed in own])
        for factor in (0.25, 0.5, 1, 2, 4)
    }
    factor = max(tried, key=tried.get)
    return factor, np.array([play(seed, factor, **change) for seed in range(seeds)])


YOURS = "your recipe"


def gains_of(runs):
    """Name -> (mean, spread, gain, error)."""
    return dict(zip(*report(runs, YOURS), strict=True))


def verdict(gain, error):
    """What three errors allow to say."""
    if gain == error == 0:
        return "the same"
    if abs(gain) <= 3 * error:
        return "cannot tell"
    return "better" if gain > 0 else "worse"


results, chosen = {}, {}


def measure(*parts):
    """Play all alternatives for these parts; returns their rows of the report."""
    for name, change in alternatives.items():
        if name.split(":")[0] in parts:
            chosen[name], results[name] = tuned(**change)
    names, numbers = report(results, YOURS)
    rows = [
        [
            name,
            f"{chosen[name]:g}",
            f"{mean:.3f} ± {spread:.3f}",
            f"{gain:+.4f}",
            f"{error:.4f}",
            "" if name == YOURS else verdict(gain, error),
        ]
        for name, (mean, spread, gain, error) in zip(names, numbers, strict=True)
        if name == YOURS or name.split(":")[0] in parts
    ]
    return table(
        ["", "rates times", "accuracy", "gain", "error", "verdict"],
        rows,
        caption="Share of validation digits right after 100 gradients, 20 seeds",
    )


chosen[YOURS], results[YOURS] = tuned()
measure("start")

# %% [markdown]
# The accuracy is given with its spread, the gain with its error; compare the two. Next, how the steps are made:

# %%
measure("rule", "schedule")

# %% [markdown]
# And what is done to the network while it learns:

# %%
measure("regularizer", "normalization")

# %% [markdown]
# All of them in one picture, each gain with three errors to either side:


# %%
def whiskers(names, numbers, limits):
    """A drawing of gains, each with three errors to either side."""

    def draw(axes):
        for place, (_, _, gain, error) in enumerate(numbers):
            clear = {"worse": ("v", COLOURS[1]), "better": ("^", COLOURS[2])}
            marker, colour = clear.get(verdict(gain, error), ("o", INK))
            axes.errorbar(
                100 * gain,
                -place,
                xerr=300 * error,
                fmt=marker,
                color=colour,
                capsize=3,
            )
        axes.axvline(0, color=FAINT, linewidth=1, linestyle=(0, (2, 2)), zorder=0)
        axes.set_yticks([-place for place in range(len(names))], names)
        axes.set(xlabel="gain in percentage points, ± three errors", xlim=limits)

    return draw


names, numbers = report(results, YOURS)
inside = [abs(gain) < 0.06 for gain in numbers[:, 2]]
shown = [name for name, near in zip(names, inside, strict=True) if near]
off = [
    f"{name} ({100 * gain:+.0f})"
    for name, gain, near in zip(names, numbers[:, 2], inside, strict=True)
    if not near
]
found = {
    word: [
        name
        for name, (_, _, gain, error) in zip(names[1:], numbers[1:], strict=True)
        if verdict(gain, error) == word
    ]
    for word in ("better", "worse", "cannot tell")
}

panels(
    whiskers(shown, numbers[inside], (-7, 4)),
    height=4.4,
    alt="Gains of all variants against your recipe, one below the other, each with a bar of "
    "three errors to either side. Those that do not touch 0 are coloured.",
    caption="Clearly better: "
    + (", ".join(found["better"]) or "nothing")
    + ". Clearly worse: "
    + (", ".join(found["worse"]) or "nothing")
    + ". Not shown, because they are too far to the left: "
    + (", ".join(off) or "none")
    + ".",
)

# %% [markdown]
# What you see is about *your* recipe, and it may differ from what others see. Read it slowly:
#
# - **A row that repeats your recipe** has gain 0 and error 0, exactly. That is how you know that the runs are paired.
# - **Which parts carry it?** Those with a coloured bar to the left when they are changed. Of a part whose bars all touch 0 you
#   cannot tell.
# - **Does a part fail to help although its lesson praised it?** Then ask what the lesson praised it for. A regularizer keeps a
#   network from learning accidents (lesson 10). Have four epochs left any time to learn those?
# - **Is a bar long?** Then its seeds disagree, and that is a finding too.
# - **How much of it is owed to the tuning?** Set `choose=2` in `tuned`, so that each factor is chosen by two seeds instead of
#   four, and run the three cells once more. If your recipe gets a poor factor by bad luck, half of the table may turn into gains.
#
# ## 7. Is that a law?
#
# It is a finding about one network and one budget. Change either, and ask again. First the budget: a quarter of it, and three
# times as much, with a few of the alternatives. *Predict:* with 300 gradients, do the differences become larger, or smaller?

# %%
CHANGED = (
    "start: std 0.01",
    "rule: gradient descent",
    "normalization: batch norm",
)
few = {"seeds": 8, "choose": 2}
by_budget = {}
for budget in (25, 300):
    by_budget[budget] = {YOURS: tuned(budget=budget, **few)[1]}
    for name in CHANGED:
        change = alternatives[name]
        by_budget[budget][name] = tuned(budget=budget, **few, **change)[1]
by_budget[BUDGET] = {name: results[name] for name in (YOURS, *CHANGED)}


table(
    ["gradients", *(f"{budget}" for budget in sorted(by_budget))],
    [
        [
            name,
            *(
                f"{mean:.3f}" if name == YOURS else f"{gain:+.3f} ± {error:.3f}"
                for budget in sorted(by_budget)
                for mean, _, gain, error in [gains_of(by_budget[budget])[name]]
            ),
        ]
        for name in (YOURS, *CHANGED)
    ],
    caption="Accuracy of your recipe, below it gains ± one error; 8 seeds, in the middle 20",
)

# %% [markdown]
# Then the network: not one hidden layer but three, at the old budget.

# %%
DEEP = (64, 32, 32, 32, 10)
deep = {YOURS: tuned(sizes=DEEP, **few)[1]}
for name in CHANGED:
    deep[name] = tuned(sizes=DEEP, **few, **alternatives[name])[1]
there, here = gains_of(deep), gains_of(by_budget[BUDGET])

table(
    ["", "one hidden layer", "three hidden layers"],
    [
        [YOURS, *(f"{side[YOURS][0]:.3f}" for side in (here, there))],
        *(
            [
                name,
                *(
                    f"{side[name][2]:+.3f} ± {side[name][3]:.3f}"
                    for side in (here, there)
                ),
            ]
            for name in CHANGED
        ),
    ],
    caption="Accuracy of your recipe, below it gains ± one error; 100 gradients",
)

# %% [markdown]
# Read the first table from left to right. With 25 gradients the errors are large, since a run that short hangs on its luck, and
# yet two things stand out: what is lost with tiny weights, and what is won by normalizing. With 300 gradients all differences are
# smaller than with 100. **These parts buy speed.** Whoever had all the time in the world could do without them; nobody has.
#
# Now the second table. Behind three hidden layers, weights of std 0.01 are no small handicap any more. The signal fades in each
# layer (lesson 04), and little or nothing is learnt, with any rate that was tried. Nothing in the table of section 6 could have
# told you so.
#
# ## 8. Open the box
#
# You have looked at the validation digits hundreds of times, and chosen by them. They are no longer new. The 504 test digits are,
# and you look at them once, with three recipes: yours; yours with whatever was *clearly better* in section 6; and yours with
# *everything* that had a gain above 0 there, clear or not. Each has its rates tuned once more.
#
# *Predict:* does the third win? By as much as its gains add up to?

# %%
by_name = gains_of(results)
hopeful = [name for name in alternatives if by_name[name][2] > 0]


def together(names):
    """The changes of several alternatives in one."""
    return {key: part for name in names for key, part in alternatives[name].items()}


final, promised = {}, {}
for title, added in {
    YOURS: [],
    "and what was clearly better": found["better"],
    "and all that had a gain": hopeful,
}.items():
    change = together(added)
    factor, _ = tuned(seeds=1, **change)
    final[title] = [play(seed, factor, judges=test, **change) for seed in range(20)]
    promised[title] = sum(by_name[name][2] for name in added)

level = np.mean(final[YOURS])
table(
    ["", "test accuracy", "gain", "error", "promised"],
    [
        [
            name,
            f"{mean:.3f} ± {spread:.3f}",
            f"{gain:+.4f}",
            f"{error:.4f}",
            f"{promised[name]:+.4f}",
        ]
        for name, (mean, spread, gain, error) in gains_of(final).items()
    ],
    caption=f"{test.size} test digits, 20 seeds; promised is what the validation digits said. "
    f"Clearly better: {', '.join(found['better']) or 'none'}. "
    f"With a gain above 0: {', '.join(hopeful) or 'none'}.",
)

# %%
uncertain = np.sqrt(level * (1 - level) / test.size)
print(
    f"your recipe: {np.mean(results[YOURS]):.3f} on validation digits, {level:.3f} on test digits\n"
    f"uncertain because there are {test.size} test digits and not more: ± {uncertain:.3f}"
)

# %% [markdown]
# Two things to take home. Gains rarely add up: two cures for the same trouble are worth little more than one. And a gain is
# likely to come out smaller the second time, if it was picked for being large: part of what made it large was luck.
#
# And look at the level. The same recipe, and another share of right digits, although neither set is special: they are two
# handfuls of the same digits. If a share $p$ is right in the long run, then in $m$ digits it comes out with a standard deviation
# of $\sqrt{p (1 - p) / m}$, about one in a hundred here. Twenty seeds do not make that any smaller, because all twenty are judged
# by the *same* test digits. Much of it cancels from the gains, which are pairs. So trust the gains further than the level.
#
# Which digits does a network with so short an education get wrong? Here are those that *most* of twenty runs have missed:

# %%
missed = np.zeros(test.size)
answers = np.zeros((test.size, 10), int)
for seed in range(20):
    seen, _ = deal(seed)
    meter = MeteredGradient(network, images[seen], labels[seen], budget=BUDGET)
    rng = np.random.default_rng(seed)
    params = train(build(SIZES, rng), meter.n, meter, BUDGET, rng)
    W1, b1, W2, b2 = params
    said = np.argmax(np.maximum(images[test] @ W1 + b1, 0) @ W2 + b2, axis=1)
    missed += said != labels[test]
    answers[np.arange(test.size), said] += 1

hardest = np.argsort(-missed, kind="stable")[:8]
instead = answers.copy()
instead[np.arange(test.size), labels[test]] = 0


def digit(number):
    """A drawing of one test digit, with what it is and what most wrong answers said."""

    def draw(axes):
        axes.imshow(images[test[number]].reshape(8, 8), cmap="Greys")
        axes.set(
            xticks=[],
            yticks=[],
            title=f"{labels[test[number]]}, not {instead[number].argmax()}",
        )

    return draw


panels(
    *(digit(number) for number in hardest),
    height=1.25,
    alt="Eight digits of 8 by 8 pixels that most runs get wrong, each with its label and "
    "the answer that was given most often instead: "
    + ", ".join(f"{labels[test[i]]} taken for {instead[i].argmax()}" for i in hardest)
    + ".",
    caption=f"{np.mean(missed == 0):.0%} of the {test.size} test digits are right in all "
    f"twenty runs, and {np.sum(missed == 20)} of them in none.",
)

# %% [markdown]
# Some of them you might have got wrong yourself.
#
# ## 9. What you should have seen
#
# - The same network and the same hundred gradients, and anything from guessing to nearly everything right: the difference is what
#   you have learnt here.
# - A fair comparison tunes both sides, pairs the seeds, and gives its difference an error.
# - A part that matters in one setting may not matter in another. Speed matters most where the budget is small; a sound start
#   matters most where the network is deep.
# - What cannot be told apart is not proven equal.
#
# And the whole course, in one line each:
#
# | lesson | what it showed |
# |:--|:--|
# | [01](../01-gradient-descent/gradient-descent.ipynb) | Walk against the gradient, in steps below $2/L$; a small batch is a cheap gradient with noise. |
# | [02](../02-convexity/convexity.ipynb) | In a bowl there is one lowest place, and how unequal its curvatures are decides how long it takes. |
# | [03](../03-local-optima/local-optima.ipynb) | A network's loss is no bowl; saddles are common, and a good local minimum is good enough. |
# | [04](../04-initialization/initialization.ipynb) | The first weights decide whether a signal gets through at all. |
# | [05](../05-momentum/momentum.ipynb) | Memory adds up gradients that agree, and bears steps that plain descent does not. |
# | [06](../06-per-weight-steps/per-weight-steps.ipynb) | Every weight can have a step size of its own; AdaGrad's die away. |
# | [07](../07-rmsprop/rmsprop.ipynb) | Forgetting keeps the steps alive. |
# | [08](../08-adam/adam.ipynb) | Both memories at once, corrected for their start: rarely the best, rarely bad. |
# | [09](../09-schedules/schedules.ipynb) | Noise has a floor, and it sinks with the rate. |
# | [10](../10-regularization/regularization.ipynb) | The gradient sees the training digits only; whatever holds the network back must come from outside. |
# | [11](../11-batch-normalization/batch-normalization.ipynb) | Layers that can count on what they are handed bear larger steps. |
# | [12](../12-shifting-surfaces/shifting-surfaces.ipynb) | The landscape belongs to the data, and moves when they do. |
#
# ### Written question 1 (6 points)
#
# Discuss your ablation, in about a page. For each of the five parts say what it was worth under this budget, and quote gain and
# error. Pick one part that did *not* help, or did harm, and explain why by what its lesson says it is for. Use section 7 to say
# for which part your answer would change with the budget or the depth. Finally: what do twenty seeds cover here, what do they not
# cover, and what have you chosen by looking at the validation digits?

# %% [markdown] nbgrader={"grade_id": "written_ablation", "grade": true, "solution": true, "points": 6}
# <!-- BEGIN SOLUTION -->
# **Rubric.** One point each. Numbers are those of the student's own tables; in brackets what our recipe shows.
#
# 1. *Start*: quotes gain and error; only weights of std 1 are clearly worse (by some 20 points), since a sure and wrong network
#    has to unlearn first; the others cannot be told apart, or hardly.
# 2. *Rule and schedule*: quotes both; plain gradient descent is clearly worse (about 3 points), since it cannot bear as long
#    steps; a constant rate costs about two points, the noise floor of lesson 09. Between momentum and Adam there is a winner only
#    if three errors say so.
# 3. *Regularizer*, or another part that did not help: says that the right labels and four epochs leave nothing to cure, so that
#    holding back only slows down (dropout); not merely "it did not work".
# 4. *Normalization*: quotes gain and error, and a reason: larger steps become safe, all inputs have the same size, the scale of
#    the start matters less.
# 5. *Section 7*: one statement on the budget with two numbers (gains shrink from 25 to 300 gradients), or on depth (std 0.01
#    learns nothing behind three layers, since the signal fades in every layer).
# 6. *Limits*: twenty seeds vary start, batches and split; not covered are other data, other networks, the 504 test digits (± 0.01
#    on the level), the grid of five factors. Chosen on validation: the factors, and what went into the combination; hence the
#    test digits. Mentions that a dozen comparisons were made, or that "cannot tell" is not "equal".
# <!-- END SOLUTION -->

# %% [markdown]
# ### Written question 2 (3 points)
#
# A friend is about to train a network that is a thousand times as large, on data of her own, and can pay for two runs. Give her
# three pieces of advice from this course. For each: the advice, in a form that she can follow; a number or a figure from your
# notebooks that supports it; and one condition under which it would be wrong.

# %% [markdown] nbgrader={"grade_id": "written_advice", "grade": true, "solution": true, "points": 3}
# <!-- BEGIN SOLUTION -->
# **Rubric.** One point for each piece of advice that has all three: something to do, evidence with a number, a condition. For
# example:
#
# - *Check the first loss before you pay for a run.* About log(classes) is right; section 3 shows what std 1 costs. Wrong as a
#   guarantee: std 0.01 has a perfect first loss, and behind three layers does not learn.
# - *Try rates a factor of 2 apart on a small part of the data, and stay off the cliff.* The hill of section 4. Wrong where the
#   small run does not resemble the large one (another budget, another batch size).
# - *Normalize, and let the rate fall.* Gains in sections 6 and 7. Wrong for tiny batches (lesson 11), or where the noise dies by
#   itself (lesson 09).
# - *Do not believe a difference from one run.* Section 5's table. Not needed for differences of twenty points.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Where to read on
#
# - G. E. Dahl and others, *Benchmarking neural network training algorithms*, 2023: this lesson's question on a large scale: fixed
#   budgets, fair tuning, many tasks.
# - R. M. Schmidt, F. Schneider, P. Hennig, *Descending through a crowded valley*, 2021: fifteen optimizers, tuned and untuned; to
#   try several as they come is about as good as to tune one.
# - D. Choi and others, *On empirical comparisons of optimizers for deep learning*, 2019: the ranking depends on how you tune.
# - X. Bouthillier and others, *Accounting for variance in machine learning benchmarks*, 2021: which seeds to vary, and how many.
# - I. Goodfellow, Y. Bengio, A. Courville, *Deep learning*, 2016, chapters 7 and 8: the whole of this course, and more, in a
#   book.
#
# You began, in [lesson 00](../00-start-here/start-here.ipynb), by feeling your way down a landscape that you could not see. You
# still cannot see it. But you know how to start, how far to step, what to remember and what to forget, when to slow down, when to
# stop, and how to find out whether any of it helped. That is the whole trade. [Lesson
# 12](../12-shifting-surfaces/shifting-surfaces.ipynb) is one page back; everything else is ahead of you.

# %%
progress("13-capstone")
