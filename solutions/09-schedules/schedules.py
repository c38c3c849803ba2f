# %% [markdown]
# # 09 · Schedules
#
# **Why does a loss that has stopped falling drop at the very moment at which the steps become shorter?**
#
# When you are done, you can
#
# - tell from the learning rate how low a noisy run can get, before it starts,
# - write four schedules: a staircase, an exponential, a cosine with a warm-up, and one that watches the loss,
# - say what is lost when a rate falls too early, and when a schedule buys nothing at all,
# - write a schedule that nobody can break by looking at it.
#
# **Time:** about 65 minutes. **Builds on:** gradient descent in mini-batches and the limit 2/L of its rate, where L is the largest
# curvature (lessons 01 and 02).

# %%
from functools import cache, partial

import numpy as np

from gradlab import check, progress, todo
from gradlab.explorers import Prediction, schedule_explorer
from gradlab.plots import curves, panels
from gradlab.surfaces import ravine
from gradlab.tables import table

# %% [markdown]
# ## 1. See it first
#
# The ravine again, $0.1\,w_1^2 + 2\,w_2^2$, and plain gradient descent from $(-5, -2)$. One thing is new: the gradient is
# measured with an error, as every mini-batch measures it. A random number with mean 0 and standard deviation 0.5 is added to each of
# its entries, afresh in every step. Two hundred balls roll at once. The thick line is their mean loss, the thin one a single ball, and
# the line below is the learning rate.
#
# **Your goal:** after 120 steps, a mean loss **below 0.009**. First try it with a constant rate. Then choose a schedule:
# `first rate` is where it begins, `share left` what remains of it at the end.


# %%
NOISE = 0.5


def shaken(rates, balls=500):
    """The mean loss of many balls before the first step and after each; one rate a step."""
    rng = np.random.default_rng(0)
    w = np.tile(ravine.start, (balls, 1))
    losses = [ravine.value(w).mean()]
    for rate in rates:
        w = w - rate * (ravine.gradient(w) + NOISE * rng.normal(size=w.shape))
        losses.append(ravine.value(w).mean())
    return np.array(losses)


drop = shaken([0.4] * 30 + [0.4 / 3] * 90)

schedule_explorer(
    prediction=Prediction(
        question="The rate is 0.4, and by now the mean loss hardly falls. After 30 "
        "steps the rate will drop to a third. What does the very next step do?",
        options=(
            "hardly anything: it is three times shorter",
            "the loss falls by about a third",
            "the loss falls by more than half",
        ),
        reveal=f"From {drop[30]:.3f} to {drop[31]:.3f} in a single step: "
        f"{1 - drop[31] / drop[30]:.0%} of the loss is gone.",
    )
)

# %% [markdown]
# Did a constant rate get there? Here are some of them, 500 balls each:

# %%
tried = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4)
table(
    ["constant rate", *map(str, tried)],
    [["mean loss after 120 steps", *(f"{shaken([r] * 120)[-1]:.3f}" for r in tried)]],
)

# %% [markdown]
# None comes below 0.02. The large rates are quick and then stuck; the small ones are still on their way. So the rate that brings you
# there is not the rate that lets you settle.
#
# ## 2. Why there is a floor
#
# In lesson 01, too, every run with mini-batches ended on a *floor*, and the smaller the batch, the higher it was. Now let us compute
# it. Take one direction of curvature $L$. The true gradient is $L w$, the measured one $L w + n$, where the error $n$ has mean 0 and
# variance $\sigma^2$. A step of gradient descent is
#
# $$w \leftarrow w - \eta\,(L w + n) = (1 - \eta L)\, w - \eta\, n .$$
#
# | symbol | in code | what it is |
# |:--|:--|:--|
# | $\eta$ | `rate`, `lr` | the learning rate |
# | $L$ | | the curvature in this direction; in the ravine 0.2 along, 4 across |
# | $n$, $\sigma$ | `NOISE` | the error of the measured gradient, and its standard deviation |
# | $V$ | | the variance of $w$: its mean square, once its mean has become 0 |
#
# Each step does two things: it *shrinks* what is there, and it *adds a shake*. A number that is multiplied by $c$ has $c^2$ times the
# variance. And the new error has nothing to do with the old place, so the variances of the two add up:
#
# $$V \leftarrow (1 - \eta L)^2\, V + \eta^2 \sigma^2$$
#
# The ball comes to rest, on average, where one makes up for the other and $V$ stays what it is: $V - (1 - \eta L)^2\, V = \eta^2 \sigma^2$.
# Since $1 - (1 - x)^2 = x\,(2 - x)$, the left side is $\eta L\,(2 - \eta L)\, V$. Divide by what stands before $V$, and put the result
# into the loss $\tfrac12 L V$:
#
# $$V = \frac{\eta\,\sigma^2}{L\,(2 - \eta L)} \qquad\qquad \text{floor} = \frac{\eta\,\sigma^2}{2\,(2 - \eta L)}$$
#
# By hand, $L = 1$, $\sigma = 1$: with $\eta = 0.5$ the floor is $0.5 / 3 = 0.167$; with $\eta = 0.05$ it is $0.05 / 3.9 = 0.0128$. As long
# as $\eta L$ is small, the floor is $\eta \sigma^2 / 4$: **ten times the rate, ten times the floor.** The curvature drops out. Does the formula hold
# for the ravine, with its two directions?

# %%
rates = np.array([0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4])
rng = np.random.default_rng(1)
w = np.zeros((len(rates), 200, 2))  # all start at the bottom, and are shaken up
levels = []
for t in range(1000):
    shake = NOISE * rng.normal(size=w.shape)
    w = w - rates[:, None, None] * (ravine.gradient(w) + shake)
    if t >= 800:
        levels.append(ravine.value(w).mean(axis=1))
measured = np.mean(levels, axis=0)
floor = sum(rates * NOISE**2 / (2 * (2 - rates * L)) for L in (0.2, 4.0))

panels(
    curves(
        {
            "measured": (rates, measured),
            "the formula": (rates, floor),
            "in proportion to the rate": (rates, rates * NOISE**2 / 2),
        },
        xlabel="learning rate",
        ylabel="mean loss in the long run",
        ylim=(0, 0.17),
        markers=True,
    ),
    alt="The loss in the long run against the rate. Measurement and formula lie on each "
    "other. For small rates they follow the straight line of proportion; towards the "
    "limit 0.5 they bend upwards.",
    caption="Measurement and formula differ by at most "
    f"{np.max(np.abs(measured / floor - 1)):.0%}. From rate 0.02 to 0.1, five times as "
    f"much, the floor rises {measured[2] / measured[0]:.1f}-fold; towards the limit "
    "2/L = 0.5 faster and faster.",
)

# %% [markdown]
# Now the drop at step 30 has a reason. The balls were hardly on their way any more: they had *arrived and were shaken*, above all across the valley,
# where $L = 4$. A step at a third of the rate shrinks $V$ there just as well, to the share $(1 - 0.133 \cdot 4)^2 = 0.22$ instead of
# $(1 - 0.4 \cdot 4)^2 = 0.36$, and adds a ninth of the shake. A decaying rate gets both: long steps while there is a way to go, short ones when
# there is none.
#
# ## 3. A staircase
#
# The oldest schedule waits, and then cuts the rate by a factor; waits, and cuts again. The number of cuts so far is the epoch divided by
# the length of a stair, rounded down:
#
# $$\eta_e = \eta_0 \cdot f^{\,\lfloor e / s \rfloor}$$
#
# | symbol | in code | what it is |
# |:--|:--|:--|
# | $e$ | `epoch` | the epoch, counted from 0: a number or an array. It may as well count steps, as in our ravine |
# | $\eta_0$ | `lr` | the rate of epoch 0 |
# | $f$ | `factor` | what a cut leaves of the rate |
# | $s$ | `step_size` | epochs from one cut to the next |
#
# By hand, $\eta_0 = 0.8$, $f = 0.5$, $s = 10$: epochs 0 to 9 have 0.8, epochs 10 to 19 have 0.4, and epoch 20 is the first with 0.2.
#
# > **Conventions.** Here, and in PyTorch, the cut comes *at* the multiple, with epochs counted from 0. Keras's `PiecewiseConstantDecay` keeps the
# > old rate in the epoch of the boundary itself and cuts after it: one epoch later. The check accepts the first.
#
# ### Exercise 1: `step_decay`


# %% nbgrader={"grade_id": "step_decay", "solution": true}
def step_decay(epoch, lr, factor=0.5, step_size=10):
    """The rate of an epoch, on a staircase.

    epoch      counted from 0: a whole number, or an array of them of any shape
    lr         the rate of epoch 0
    factor     what a cut leaves of the rate
    step_size  epochs from one cut to the next; the cuts come AT its multiples

    Returns the rate, in the shape of epoch:  lr * factor ** floor(epoch / step_size).

    Example: step_decay(np.array([0, 9, 10, 20]), 0.8) is [0.8, 0.8, 0.4, 0.2].
    """
    ### BEGIN SOLUTION
    return lr * factor ** (np.asarray(epoch) // step_size)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_step_decay", "grade": true, "points": 5}
check(step_decay)
### BEGIN HIDDEN TESTS
check(step_decay, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Shake the balls under *your* staircase, with the rate below the loss. *Predict:* each stair is a third of the one before. Does each
# bring the loss down to a third?

# %%
steps = np.arange(120)
stairs = step_decay(steps, 0.4, 1 / 3, 30)
under_stairs, flat = shaken(stairs), shaken(np.full(120, 0.4))

panels(
    curves(
        {"your step_decay": under_stairs, "constant": flat},
        xlabel="",
        ylabel="mean loss",
        log=True,
    ),
    curves(
        {"": stairs},
        xlabel="steps",
        ylabel="rate",
        ylim=(0, 0.45),
    ),
    widths=(2, 1),
    stacked=True,
    height=4.2,
    alt="Above, two losses that fall together and level off. At step 30 the rate of one "
    "of them drops to a third and its loss at once to less than half; the other stays "
    "where it is. The drops at steps 60 and 90 are smaller. Below, the staircase.",
    caption="Mean loss at the ends of the four stairs: "
    + ", ".join(f"{under_stairs[t]:.3f}" for t in (30, 60, 90, 120))
    + f". With a constant rate, {flat[120]:.3f}.",
)

# %% [markdown]
# The first cut brings the loss far below a third, since 0.4 is near the limit, where the floor is far above proportion. The later ones
# bring less: along the valley, where the curvature is 0.2, a step at so small a rate shrinks what is there by less than a hundredth, and 30 of
# them are not enough to reach the new floor.
#
# ### A schedule that nobody can break
#
# Your function computes the rate of *any* epoch from `lr`, the rate of epoch 0. It remembers nothing. There are two popular ways to spoil
# this. One is to overwrite `lr` in the loop; then every call decays what is decayed already. The other is an object that changes
# its rate whenever it is asked; then a look at it is enough.


# %%
class Forgetful:
    """A schedule that keeps its rate to itself, and cuts it when it is asked."""

    def __init__(self, lr):
        self.lr = lr

    def __call__(self, epoch):
        if epoch > 0 and epoch % 3 == 0:
            self.lr = self.lr * 0.5
        return self.lr


lr, overwritten = 0.8, []
for epoch in range(12):
    lr = step_decay(epoch, lr, 0.5, 3)
    overwritten.append(lr)

asked = Forgetful(0.8)
shown = (0, 2, 3, 5, 6, 8, 9, 11)
ways = {
    "yours": [step_decay(epoch, 0.8, 0.5, 3) for epoch in range(12)],
    "yours, drawn again": [step_decay(epoch, 0.8, 0.5, 3) for epoch in range(12)],
    "lr overwritten": overwritten,
    "object": [asked(epoch) for epoch in range(12)],
    "object, drawn again": [asked(epoch) for epoch in range(12)],
}
table(
    ["epoch", *map(str, shown)],
    [[name, *(f"{way[e]:.2g}" for e in shown)] for name, way in ways.items()],
    caption="The same staircase: 0.8, halved every 3 epochs",
)

# %% [markdown]
# The overwritten rate is dead by epoch 11. The object begins its second drawing where the first one left it, and so would the training
# that comes after the figure. **Plotting a schedule must never change it**; a pure function cannot get this wrong.
#
# ## 4. The same share in every epoch
#
# Why wait, and then cut? Take a little away in every epoch:
#
# $$\eta_e = \eta_0\, \gamma^{\,e}$$
#
# $\gamma$ ("gamma", in code `gamma`) is the share that is *kept* from one epoch to the next. By hand, $\eta_0 = 0.8$ and $\gamma = 0.5$: 0.8, 0.4,
# 0.2, 0.1. A staircase with $\gamma = f^{1/s}$ has the same rates at the corners.
#
# > **Conventions.** Other courses write $\eta_0 \exp(-k e)$, with a *speed* $k$. It is the same curve with $k = -\ln\gamma$. Mind which one a
# > number belongs to: $\gamma = 0.9$ keeps 90 % an epoch, $k = 0.9$ keeps 41 %. The check expects $\gamma$.
#
# ### Exercise 2: `exponential_decay`


# %% nbgrader={"grade_id": "exponential_decay", "solution": true}
def exponential_decay(epoch, lr, gamma=0.95):
    """The rate of an epoch when every epoch keeps the same share of it.

    epoch  counted from 0: a whole number, or an array of them of any shape
    lr     the rate of epoch 0
    gamma  the share of the rate that an epoch leaves

    Returns the rate, in the shape of epoch:  lr * gamma ** epoch.

    Example: exponential_decay(np.array([0, 1, 2]), 0.8, 0.5) is [0.8, 0.4, 0.2].
    """
    ### BEGIN SOLUTION
    return lr * gamma ** np.asarray(epoch)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_exponential_decay", "grade": true, "points": 4}
check(exponential_decay)
### BEGIN HIDDEN TESTS
check(exponential_decay, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# How fast should it fall? *Predict* which of these three shares ends lowest: 0.8, 0.97 or 0.995 a step.

# %%
speeds = (0.8, 0.97, 0.995)
falling = {gamma: exponential_decay(steps, 0.4, gamma) for gamma in speeds}
under = {gamma: shaken(rates) for gamma, rates in falling.items()}

panels(
    curves(
        {f"gamma = {gamma}": losses for gamma, losses in under.items()},
        xlabel="",
        ylabel="mean loss",
        log=True,
    ),
    curves(
        {f"gamma = {gamma}": rates for gamma, rates in falling.items()},
        xlabel="steps",
        ylabel="rate",
        ylim=(0, 0.75),
    ),
    widths=(3, 2),
    stacked=True,
    height=4.8,
    alt="Above: with gamma 0.8 the loss freezes near 1 within twenty steps; with 0.995 "
    "it is still above 0.03 at the end; with 0.97 it falls to about 0.02. Below: the three rates.",
    caption="Mean loss at the end: "
    + ", ".join(f"{under[gamma][-1]:.3f} with {gamma}" for gamma in speeds)
    + ".",
)

# %% [markdown]
# The slow one is still shaken. The quick one never arrives: its steps die on the way. How far a run can get is a sum. Without noise, a step
# leaves the share $1 - \eta_e L \approx \exp(-\eta_e L)$ of the distance, so all steps together leave about $\exp(-L \sum \eta_e)$. And the sum
# of a geometric series is finite: $\sum \eta_e \le \eta_0 / (1 - \gamma)$. With $\gamma = 0.8$ that is 2, for ever.

# %%
rows = []
for gamma in (0.8, 0.97, 0.995):
    rates = exponential_decay(steps, 0.4, gamma)
    left = np.prod(1 - 0.2 * rates)
    rows.append(
        [
            str(gamma),
            f"{rates.sum():.2f}",
            f"{left:.1%}",
            f"{np.exp(-0.2 * rates.sum()):.1%}",
        ]
    )
table(
    ["gamma", "sum of the 120 rates", "distance left along it", "exp(-0.2 sum)"],
    rows,
    caption="Without noise: how far the steps reach along the valley",
)

# %% [markdown]
# **A schedule has to do two things: add up to a long way, and end small.**
#
# ## 5. A cosine, and a run-up
#
# An exponential gives its high rates away early. What if the rate stayed high for as long as possible, and came down gently at the very end?
# Half a wave of a cosine has that shape. Let $p$, the *progress*, run from 0 in the first epoch to 1 in epoch $T$, and stay there:
#
# $$p = \frac{e}{T} \qquad\qquad \eta_e = \eta_{\min} + (\eta_0 - \eta_{\min})\, \frac{1 + \cos(\pi p)}{2}$$
#
# By hand: at $p = 0$ the fraction is $(1 + 1)/2 = 1$, half way $(1 + 0)/2 = 0.5$, at the end $(1 - 1)/2 = 0$. So the rate goes from
# $\eta_0$ down to $\eta_{\min}$.
#
# Now for the run-up. A network that has just been born can be thrown out by a rate that it would bear a little later (section 7 tries
# it). So let the rate climb a ramp first, a **warm-up**, and let the cosine begin where the ramp ends, in epoch $e_w$. Take $p$ from
# there, still held between 0 and 1, and multiply the rate of the cosine by $r_e$, the height of the ramp:
#
# $$p = \frac{e - e_w}{T - e_w} \qquad\qquad r_e = \frac{e + 1}{e_w + 1}, \text{ at most } 1$$
#
# By hand, $e_w = 3$: in epochs 0, 1 and 2 the ramp is a quarter, a half and three quarters high, and from epoch 3 on it is full. With
# $e_w = 0$ there is no ramp, and $p$ is what it was.
#
# | symbol | in code | what it is |
# |:--|:--|:--|
# | $T$ | `total` | the epoch that reaches the lowest rate; from there on it stays |
# | $e_w$ | `warmup` | epochs before the full rate; the cosine starts there |
# | $\eta_{\min}$ | `min_lr` | the lowest rate |
#
# > **Conventions.** Optax lets you choose where the ramp starts; most people say 0, and then the first epoch does nothing. Here epoch 0
# > learns already. PyTorch's cosine rises again after $T$; ours stays down.
#
# ### Exercise 3: `cosine_decay`


# %% nbgrader={"grade_id": "cosine_decay", "solution": true}
def cosine_decay(epoch, lr, total, warmup=0, min_lr=0.0):
    """The rate of an epoch: up a ramp, then down half a cosine.

    epoch   counted from 0: a whole number, or an array of them of any shape
    lr      the highest rate
    total   the epoch that reaches min_lr; the rate stays there
    warmup  epochs before the full rate, fewer than total
    min_lr  the rate at the end

    Returns the rate, in the shape of epoch:
        ramp * (min_lr + (lr - min_lr) * (1 + cos(pi * progress)) / 2)
    progress  (epoch - warmup) / (total - warmup), held between 0 and 1
    ramp      (epoch + 1) / (warmup + 1), at most 1

    Example: cosine_decay(np.array([0, 1, 3, 6, 9, 12]), 0.4, total=9, warmup=3)
    is [0.1, 0.2, 0.4, 0.2, 0, 0].
    """
    ### BEGIN SOLUTION
    epoch = np.asarray(epoch)
    progress = np.clip((epoch - warmup) / (total - warmup), 0, 1)
    ramp = np.minimum((epoch + 1) / (warmup + 1), 1)
    return ramp * (min_lr + (lr - min_lr) * (1 + np.cos(np.pi * progress)) / 2)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_cosine_decay", "grade": true, "points": 6}
check(cosine_decay)
### BEGIN HIDDEN TESTS
check(cosine_decay, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# All three of yours on the ravine. To be fair, each at a first rate of its own, the best of ten, and all of them end near 4 % of it:

# %%
first = np.linspace(0.06, 0.48, 10)
families = {
    "constant": lambda lr: np.full(120, lr),
    "step_decay": lambda lr: step_decay(steps, lr, 0.04 ** (1 / 3), 30),
    "exponential_decay": lambda lr: exponential_decay(steps, lr, 0.04 ** (1 / 120)),
    "cosine_decay": lambda lr: cosine_decay(steps, lr, 120, min_lr=0.04 * lr),
}
ends = {
    name: [shaken(family(lr), 200)[-1] for lr in first]
    for name, family in families.items()
}
best = {name: first[np.argmin(losses)] for name, losses in ends.items()}

panels(
    curves(
        {name: shaken(family(best[name]), 200) for name, family in families.items()},
        xlabel="",
        ylabel="mean loss",
        log=True,
        mark=(0.009, "goal"),
    ),
    curves(
        {name: family(best[name]) for name, family in families.items()},
        xlabel="steps",
        ylabel="rate",
        ylim=(0, 0.6),
    ),
    widths=(3, 2),
    stacked=True,
    height=4.8,
    alt="Above: four losses, each at its best first rate. The three schedules end below "
    "the goal, close together; the constant rate ends well above it. Below: the rates; "
    "the best constant one is the smallest at the start and the largest at the end.",
    caption="The best of ten first rates, and the mean loss at the end: "
    + "; ".join(f"{n} {best[n]:.2f}, {min(ends[n]):.4f}" for n in families)
    + ".",
)

# %% [markdown]
# Which of the three it is hardly matters; *that* the rate falls matters a lot. And note the first rates: a rate that is going to fall may
# start higher than one that has to serve to the end. (The limit $2/L$ is 0.5 here.)
#
# ## 6. Let the loss decide
#
# All of these must know beforehand when to fall. The fourth looks at the loss instead: **when nothing has got better for a while,
# cut.** In words, once an epoch, with a *metric* such as the loss:
#
# 1. Is the metric better than the best so far, by more than `threshold`? Then it is the new best, and the count of bad epochs is 0.
# 2. Otherwise the epoch is *bad*: the count goes up by 1. But after a cut come `cooldown` epochs of rest; while they last the
#    count stays at 0, and `cooling` says how many are left.
# 3. When the count *exceeds* `patience`: multiply the rate by `factor`, though not below `min_lr`; set the count to 0; start to cool.
#
# By hand, `patience=1`, `factor=0.5`, no cooldown. Watch when the rate falls:

# %%
table(
    ["epoch", "metric", "best", "bad", "rate of the next epoch"],
    [
        [0, 3, 3, 0, 0.8],
        [1, 2, 2, 0, 0.8],
        [2, 2, 2, 1, 0.8],
        [3, 2, 2, "2, over patience: back to 0", 0.4],
        [4, 2, 2, 1, 0.4],
    ],
)

# %% [markdown]
# For an accuracy, which should rise, `mode="max"` turns the comparison round. What the rule remembers goes in and comes out: `best`,
# which starts at infinity (in mode "max" at minus infinity), `bad` and `cooling`, which start at 0.
#
# > **Conventions.** PyTorch cuts when the count *exceeds* patience, as here; Keras one epoch earlier, when it *reaches* it. Our threshold is an
# > amount, `best - threshold`; PyTorch's default is a share of the best. The check accepts the rules above.
#
# ### Exercise 4: `reduce_on_plateau`


# %% nbgrader={"grade_id": "reduce_on_plateau", "solution": true}
def reduce_on_plateau(
    lr,
    metric,
    best,
    bad,
    cooling,
    factor=0.5,
    patience=2,
    threshold=1e-4,
    cooldown=0,
    min_lr=0.0,
    mode="min",
):
    """Cut the rate when the metric has stopped getting better.

    lr         the rate of this epoch, a number
    metric     what this epoch led to, a number
    best       the best metric so far; inf before the first epoch, -inf in mode "max"
    bad        the count of bad epochs so far
    cooling    epochs of rest that are left
    factor     what a cut leaves of the rate
    patience   bad epochs that are put up with
    threshold  better means: below best - threshold; in mode "max" above best + threshold
    cooldown   epochs of rest after a cut, in which bad stays at 0; best goes on
    min_lr     no cut goes below
    mode       "min" or "max"

    Returns (lr, best, bad, cooling) for the next epoch.

    Example: reduce_on_plateau(0.8, 2.0, best=2.0, bad=2, cooling=0) is (0.4, 2.0, 0, 0).
    """
    ### BEGIN SOLUTION
    better = metric > best + threshold if mode == "max" else metric < best - threshold
    if better:
        best = metric
    bad = 0 if better or cooling > 0 else bad + 1
    cooling = max(cooling - 1, 0)
    if bad > patience:
        lr, bad, cooling = max(factor * lr, min_lr), 0, cooldown
    return lr, best, bad, cooling
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_reduce_on_plateau", "grade": true, "points": 6}
check(reduce_on_plateau)
### BEGIN HIDDEN TESTS
check(reduce_on_plateau, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Let it watch the ravine. Once it sees the mean loss of all 500 balls, which is a calm number; and once each ball has a rule of its own,
# which sees nothing but its own, trembling loss. *Predict:* who cuts too often?


# %%
def watching(groups, patience, balls=500):
    """Losses and rates, mean over the balls; each group of balls has a rule of its own."""
    rng = np.random.default_rng(0)
    w = np.tile(ravine.start, (groups, balls // groups, 1))
    memories = [(0.4, np.inf, 0, 0)] * groups
    losses, rates = [ravine.value(w).mean()], []
    for _ in range(120):
        lr = np.array([memory[0] for memory in memories])
        shake = NOISE * rng.normal(size=w.shape)
        w = w - lr[:, None, None] * (ravine.gradient(w) + shake)
        seen = ravine.value(w).mean(axis=1)
        memories = [
            reduce_on_plateau(lr, loss, *state, patience=patience)
            for (lr, *state), loss in zip(memories, seen, strict=True)
        ]
        losses.append(seen.mean())
        rates.append(lr.mean())
    return np.array(losses), np.array(rates)


watched = {
    "all balls, patience 2": watching(1, 2),
    "each its own, patience 2": watching(500, 2),
    "each its own, patience 15": watching(500, 15),
}
panels(
    curves(
        {name: losses for name, (losses, _) in watched.items()},
        xlabel="",
        ylabel="mean loss",
        log=True,
    ),
    curves(
        {name: rates for name, (_, rates) in watched.items()},
        xlabel="steps",
        ylabel="mean rate",
        ylim=(0, 0.6),
    ),
    widths=(3, 2),
    stacked=True,
    height=4.8,
    alt="Above: the loss under the rule that sees the mean falls to near 0.01. Under "
    "rules that see one ball each with patience 2 it stops far higher; with patience 15 "
    "it falls lower again. Below: the rates; with patience 2 and one ball each they fall "
    "soonest.",
    caption="Rate after 30 steps and mean loss after 120: "
    + "; ".join(
        f"{name} {rates[30]:.3f}, {losses[-1]:.3f}"
        for name, (losses, rates) in watched.items()
    )
    + ".",
)

# %% [markdown]
# The rule with a single ball takes noise for a plateau, cuts again and again, and is dead before it arrives. **Patience has to be longer than
# the noise can look like standing still.** A calmer metric, such as a loss over many examples, helps as much.
#
# ## 7. On a real network
#
# The 1797 digits, 32 hidden units, plain gradient descent with mini-batches of 16 for 15 epochs, five seeds. Five ways to
# set the rate, each at five first rates; each is shown at the one with the lowest training loss.
#
# And all of it twice. First with the labels as they are. Then with one in five of the *training* labels replaced by a random one, as a tired
# person might have labelled them. *Predict:* where does a schedule help more? (The first cell is long, since it trains all of it at
# once; what counts are the two tables below it. `partial(step_decay, factor=0.2, step_size=5)` is your function with two of its
# arguments filled in.)

# %%
from gradlab.data import digits, stratified_split
from gradlab.network import MLP
from gradlab.optimizers import gradient_descent
from gradlab.training import fit

EPOCHS = 15
images, labels = digits()
train, held_out = stratified_split(labels, (0.75, 0.25), np.random.default_rng(0))
rng = np.random.default_rng(3)
replaced = rng.random(train.size) < 0.2
random_labels = rng.integers(0, 10, train.size)
sets = {
    "labels as they are": labels[train],
    "one in five replaced": np.where(replaced, random_labels, labels[train]),
}
network = MLP((64, 32, 10))
starts = network.init(np.random.default_rng(1), runs=(5,))  # five seeds
firsts = np.array([0.05, 0.1, 0.2, 0.5, 1.0])

ways = {
    "constant": lambda epoch, lr: lr,
    "step_decay": partial(step_decay, factor=0.2, step_size=5),
    "exponential_decay": partial(exponential_decay, gamma=0.8),
    "cosine_decay": partial(cosine_decay, total=EPOCHS),
}


def trained(y, start, **how):
    """A training of all runs in start, and its accuracy on the held-out digits."""
    history = fit(
        network,
        start,
        images[train],
        y,
        gradient_descent,
        epochs=EPOCHS,
        batch_size=16,
        rng=np.random.default_rng(2),
        **how,
    )
    accuracy = network.accuracy(history.params, images[held_out], labels[held_out])
    return history, accuracy


def all_ways(epoch):
    """The rates of an epoch, shape (ways, first rates, 1, 1): one for all five seeds."""
    rates = [[way(epoch, lr) for lr in firsts] for way in ways.values()]
    return np.array(rates)[:, :, None, None]


def on_plateau(rate, loss, memory):
    """Your rule for each run by itself; fit calls this after every epoch."""
    if memory is None:
        memory = np.full(loss.shape, np.inf), 0 * loss, 0 * loss
    runs = zip(*(np.ravel(part) for part in (rate, loss, *memory)), strict=True)
    after = [reduce_on_plateau(*run, factor=0.2, patience=0) for run in runs]
    rate, *memory = (np.reshape(part, loss.shape) for part in zip(*after, strict=True))
    return rate, memory


@cache
def results(kind):
    """For each way: losses, rates and accuracies, for every first rate and seed."""
    y = sets[kind]
    start = np.tile(starts, (len(ways), len(firsts), 1, 1))
    history, accuracy = trained(y, start, schedule=all_ways)
    found = {
        name: (history.loss[:, i], history.lr[:, i], accuracy[i])
        for i, name in enumerate(ways)
    }
    history, accuracy = trained(
        y, start[0], plateau=on_plateau, lr=firsts[:, None, None]
    )
    return found | {"reduce_on_plateau": (history.loss, history.lr, accuracy)}


names = [*ways, "reduce_on_plateau"]
header = ["", "first rate", "training loss", "held-out accuracy", "highest accuracy"]


def at_best(kind, name):
    """The number of the first rate with the lowest training loss at the end."""
    return results(kind)[name][0][-1].mean(axis=1).argmin()


def spread(values):
    """Mean and standard deviation over the seeds."""
    return f"{values.mean():.3f} ± {values.std():.3f}"


def row(kind, name):
    """A row of the table, at the best first rate."""
    losses, _, accuracy = results(kind)[name]
    at = at_best(kind, name)
    most = accuracy.mean(axis=1).argmax()
    return [
        name,
        f"{firsts[at]:g}",
        spread(losses[-1, at]),
        spread(accuracy[at]),
        f"{spread(accuracy[most])} at {firsts[most]:g}",
    ]


table(
    header,
    [row("labels as they are", name) for name in names],
    caption="Labels as they are; mean and standard deviation of five seeds",
)

# %%
table(
    header,
    [row("one in five replaced", name) for name in names],
    caption="One in five training labels replaced; the held-out labels are right",
)

# %%
kind = "one in five replaced"
shown = ("constant", "step_decay", "cosine_decay", "reduce_on_plateau")
at = list(firsts).index(0.5)
panels(
    curves(
        {name: results(kind)[name][0][:, at].mean(axis=1) for name in shown},
        xlabel="",
        ylabel="training loss",
        ylim=(0.75, 2.5),
    ),
    curves(
        {name: results(kind)[name][1][:, at].mean(axis=1) for name in shown},
        xlabel="epoch",
        ylabel="mean rate",
        ylim=(0, 1.15),
    ),
    widths=(3, 2),
    stacked=True,
    height=4.8,
    alt="Training losses with replaced labels, and the rates below. All tremble in the "
    "first four epochs. The staircase and the plateau rule lie flat as soon as their rate "
    "has been cut; the cosine comes down more slowly and ends lowest; the constant rate "
    "keeps jumping up and ends highest.",
    caption="One in five labels replaced; all four from a first rate of 0.5, the best of "
    "the constant ones; mean of five seeds.",
)

# %% [markdown]
# With the labels as they are, the constant rate *wins* on the training loss. Where is its floor? Noise is what differs from one
# mini-batch to the next. Once a network fits every digit, every gradient is near zero, and little is left to differ. With wrong labels that does not
# happen. Measure the noise, before the training and after it, each at its best constant rate:


# %%
def gradient_noise(params, y):
    """The mean square of what a mini-batch's gradient differs from the mean of all."""
    order = np.random.default_rng(4).permutation(train.size)[: 84 * 16].reshape(84, 16)
    gradients = np.array(
        [
            network.loss_and_gradient(params, images[train][batch], y[batch])[1]
            for batch in order
        ]
    )
    return ((gradients - gradients.mean(axis=0)) ** 2).sum(axis=-1).mean(axis=0)


rows = []
for kind, y in sets.items():
    rate = firsts[at_best(kind, "constant")]
    end = trained(y, starts, lr=rate)[0].params
    rows.append(
        [kind, f"{rate:g}", *(spread(gradient_noise(w, y)) for w in (starts, end))]
    )
table(["", "constant rate", "noise before", "noise after"], rows)

# %% [markdown]
# **The floor is the rate times the noise: where the noise dies by itself, the rate need not.**
#
# Where it stays, every schedule has a lower training loss than the best constant rate, whose five seeds differ wildly. On the held-out digits
# they are ahead as well, though by less than it first looks. The last column gives each way the first rate with the most held-out digits right: a
# small constant rate then comes within two digits in a hundred of the best. (A rate picked by the very numbers it is judged by looks a little too good; that goes
# for every row.)
#
# One thing is left to try: does a warm-up help? The labels as they are, your `cosine_decay`, at rates that are too large or nearly so:

# %%
large, ramps = np.array([1.0, 2.0, 3.0]), (0, 3)


def warm_or_not(epoch):
    """Rates of shape (ramps, rates, 1, 1)."""
    rates = [[cosine_decay(epoch, lr, EPOCHS, ramp) for lr in large] for ramp in ramps]
    return np.array(rates)[:, :, None, None]


warm, _ = trained(labels[train], np.tile(starts, (2, 3, 1, 1)), schedule=warm_or_not)
table(
    ["training loss at the end", *(f"highest rate {lr:g}" for lr in large)],
    [
        [f"warm-up of {ramp} epochs", *(spread(losses) for losses in warm.loss[-1, i])]
        for i, ramp in enumerate(ramps)
    ],
)

# %% [markdown]
# At a rate that the network bears anyway, the warm-up hardly changes anything. At 2 it is the difference between a run that learns and one that is
# lost. And it was lost in the first three epochs: only there is the rate with the ramp the lower one, and from then on it is the
# higher, because the cosine begins later. At 3 even the ramp is not enough.
#
# ## 8. What you should have seen
#
# - A noisy run comes to rest on a floor, near $\eta\sigma^2/4$ for each direction: lower the rate, and the loss drops at once.
# - The rates must add up to a long way *and* end small. Too quick a decay freezes on the way.
# - Staircase, exponential or cosine, each tuned: nearly the same. Falling or not: a large difference, where there is noise.
# - A plateau rule needs a calm metric, or patience.
# - A schedule is a pure function of the epoch; what it needs to remember goes in and comes out.
# - Where the network fits every example the noise dies, and a constant rate may win.
#
# ### Written question 1 (3 points)
#
# A friend sees the drop at step 30 in section 3 and says: "The small rate is the better one. I shall use it from the first step." What is
# true in this, and what is wrong? Use the table of section 1 and the sum of section 4, with numbers.

# %% [markdown] nbgrader={"grade_id": "written_drop", "grade": true, "solution": true, "points": 3}
# <!-- BEGIN SOLUTION -->
# **Rubric.** One point each:
#
# 1. *True*: a smaller rate has a lower floor, in proportion to it; that is why the loss drops. Gives a number (section 2 or 3).
# 2. *Wrong*: from the first step it does not get there in time: the rates 0.02 and 0.05 in the table of section 1 end at 0.958 and 0.231, far above the 0.025 of rate 0.15.
# 3. The sum: along the valley $\exp(-0.2 \sum \eta)$ of the distance is left; 120 steps of 0.02 add up to 2.4, which leaves 62 %. The
#    schedule's long first steps cover the way.
# <!-- END SOLUTION -->

# %% [markdown]
# ### Written question 2 (3 points)
#
# You train a network for a client, at a constant rate, and the training loss has stopped falling. Which two explanations does this lesson
# offer, and how would you tell them apart with one short experiment? Then: would you expect a schedule to help on the digits? Answer from
# the two tables of section 7, with numbers and their spread.

# %% [markdown] nbgrader={"grade_id": "written_help", "grade": true, "solution": true, "points": 3}
# <!-- BEGIN SOLUTION -->
# **Rubric.** One point each:
#
# 1. Two explanations: it rests on the noise floor of its rate; or it creeps, because the rate is too small (or has been cut too early).
# 2. An experiment that separates them: cut the rate for an epoch (a drop at once means floor) or raise it; or measure the noise over
#    mini-batches.
# 3. Labels as they are: no, the constant rate has the lowest training loss; labels replaced: yes, on both columns. Quotes numbers, and compares
#    the differences with the spread over seeds.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Where to read on
#
# - H. Robbins, S. Monro, *A stochastic approximation method*, 1951: which sums of rates must be infinite, and which finite.
# - L. Bottou, F. Curtis, J. Nocedal, *Optimization methods for large-scale machine learning*, 2018: the floor, with proof.
# - I. Loshchilov, F. Hutter, *SGDR: stochastic gradient descent with warm restarts*, 2017: the cosine.
# - P. Goyal and others, *Accurate, large minibatch SGD: training ImageNet in 1 hour*, 2017: the warm-up.
# - S. Smith, P. Kindermans, C. Ying, Q. Le, *Don't decay the learning rate, increase the batch size*, 2018: the same floor, from its other side.
#
# [Lesson 08](../08-adam/adam.ipynb) ended with a rate that stayed as it was from the first step to the last; now it follows the run. But look at the tables of
# section 7 again: a lower training loss did not always mean better held-out digits. The
# [next lesson](../10-regularization/regularization.ipynb) is about that difference.

# %%
progress("09-schedules")
