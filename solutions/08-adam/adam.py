# %% [markdown]
# # 08 · Adam
#
# **Momentum remembers which way, RMSProp remembers how far. What happens when one rule remembers both, and why does it
# stumble over its own first steps?**
#
# When you are done, you can
#
# - write Adam, and AdamW, and say what each of their five numbers does,
# - explain why an average that starts at zero must be corrected, and what happens to the first steps if it is not,
# - tell how far a run can get before you start it, from the learning rate and the number of steps,
# - say where Adam beats momentum, where it loses to it, and why.
#
# **Time:** about 75 minutes. **Builds on:** momentum and the exponential average (lesson 05), RMSProp and eps (lesson 07).

# %%
import numpy as np

from gradlab import check, descend, progress, todo
from gradlab.explorers import Prediction, adam_explorer
from gradlab.optimizers import adagrad, gradient_descent, momentum, rmsprop
from gradlab.plots import contours, curves, panels
from gradlab.surfaces import beale, ill_conditioned, plateau, ravine, rosenbrock
from gradlab.tables import table

# %% [markdown]
# ## 1. See it first
#
# Our ravine, once more: $0.1\,w_1^2 + 2\,w_2^2$, from $(-5, -2)$. The rule that walks on it keeps two averages, each with a memory of
# its own: the *direction* of the gradients of late, with the share `beta1` kept in every step, and their *size*, with the share
# `beta2`. It moves by the one divided by the other.
#
# Both averages start at zero, and a switch called *bias correction* does something about that. At first it is off.
#
# **Your goal:** with the correction **on**, a loss below 0.001, for good, in **under 25 steps**. When you have it, lower
# `beta2` to 0.9 and watch what the end of the path does.

# %%
adam_explorer(
    prediction=Prediction(
        question="The learning rate is 0.1, beta1 is 0.9, beta2 is 0.999 and the "
        "correction is off. How far does the very first step move w1?",
        options=("0.01", "0.1", "0.32"),
        reveal=f"It moves by {0.1 * 0.1 / np.sqrt(0.001):.2f}. The average direction has "
        "heard one gradient and is a tenth of it; the average size is the root of a "
        "thousandth, 0.03 of it; and a tenth divided by 0.03 is more than 3.",
    )
)

# %% [markdown]
# Two things to take along; section 4 will measure both with a rule of your own. With `beta1 = 0.9` the goal is out of reach: the
# ball swings too long, and less memory of direction helps. With `beta2 = 0.9` it never comes to rest: the memory of size is so
# short that, near the bottom, small gradients count as large, and the steps stay long.
#
# ## 2. Two memories
#
# Call the average direction $m$ and the average of the squares $v$. Both are the exponential average of lesson 05, one of the
# gradients, the other of their squares:
#
# $$m \leftarrow \beta_1\, m + (1 - \beta_1)\, g \qquad\qquad v \leftarrow \beta_2\, v + (1 - \beta_2)\, g^2$$
#
# They are called the **first** and the **second moment** of the gradient; a *moment* is the statisticians' word for the mean of a
# power. By hand, with both betas 0.5. First four gradients that agree, then four that quarrel:

# %%
rows = []
for name, gradients in [("they agree", [2, 2, 2, 2]), ("they quarrel", [2, -2, 2, -2])]:
    m = v = 0.0
    for g in gradients:
        m, v = 0.5 * m + 0.5 * g, 0.5 * v + 0.5 * g**2
        rows.append([name, g, m, v, f"{m / np.sqrt(v):.2f}"])
        name = ""

table(["the gradients", "g", "m", "v", "m / root of v"], rows)

# %% [markdown]
# $v$ hears no sign and is the same in both halves. $m$ hears little else. Their quotient has no unit: multiply all gradients by
# 1000, and it stays as it is. **It says how much the gradients agree**: on its way to 1 where they all point the same way, small
# where they cancel (a third here; the longer the memory of $m$, the nearer to 0). That is what we want to move by: the learning rate says how far, the agreement says how much of it.
#
# ### Exercise 1: `first_moment`


# %% nbgrader={"grade_id": "first_moment", "solution": true}
def first_moment(m, grad, beta1):
    """The average of the gradients, after one more of them.

    m      the average before, an array of any shape or a number
    grad   the new gradient, same shape
    beta1  the share of the old average that is kept

    Returns beta1 * m + (1 - beta1) * grad. What was passed in stays as it is.

    Example: first_moment(4.0, -8.0, 0.75) is 1.0.
    """
    ### BEGIN SOLUTION
    return beta1 * m + (1 - beta1) * grad
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_first_moment", "grade": true, "points": 3}
check(first_moment)
### BEGIN HIDDEN TESTS
check(first_moment, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Three weights, 300 gradients each. The first hears a steady 1. The second hears a whisper in a storm: 0.3, plus noise three
# times as large. The third hears noise alone. *Predict:* how well does your average tell the second from the third?

# %%
rng = np.random.default_rng(8)
heard = np.array([1.0, 0.3, 0.0]) + np.array([0.0, 1.0, 1.0]) * rng.normal(
    size=(300, 3)
)
names = ("steady", "whisper in a storm", "noise alone")

m, averages = np.zeros(3), []
for grad in heard:
    m = first_moment(m, grad, 0.9)
    averages.append(m)
averages = np.array(averages)

panels(
    curves(
        {"gradient": heard[:, 1], "your m": averages[:, 1]},
        xlabel="gradients heard",
        ylabel="the second weight",
    ),
    curves(
        {name: averages[:, i] for i, name in enumerate(names)},
        xlabel="gradients heard",
        ylabel="your m",
        ylim=(-1.5, 1.1),
    ),
    alt="Left: gradients of the second weight jump between -3 and 3; their average "
    "wavers around 0.3. Right: the steady weight's average climbs to 1 within some "
    "30 gradients; the other two waver, one around 0.3 and one around 0.",
    caption="Mean of m over the last 200 gradients: "
    + ", ".join(f"{averages[100:, i].mean():.2f} ({names[i]})" for i in range(3))
    + ". At single moments the storm is louder than the whisper: in "
    f"{np.mean(averages[100:, 1] < averages[100:, 2]):.0%} of them the second m lies "
    "below the third.",
)

# %% [markdown]
# ### Exercise 2: `second_moment`


# %% nbgrader={"grade_id": "second_moment", "solution": true}
def second_moment(v, grad, beta2):
    """The average of the squared gradients, after one more of them.

    v      the average before, an array of any shape or a number, never negative
    grad   the new gradient, same shape
    beta2  the share of the old average that is kept

    Returns beta2 * v + (1 - beta2) * grad**2, entry by entry. What was passed in stays as it is.

    Example: second_moment(4.0, -8.0, 0.75) is 19.0.
    """
    ### BEGIN SOLUTION
    return beta2 * v + (1 - beta2) * grad**2
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_second_moment", "grade": true, "points": 4}
check(second_moment)
### BEGIN HIDDEN TESTS
check(second_moment, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Now the quotient, for the same three weights. (`beta2` is 0.99 here, so that we need not wait for long.)

# %%
v, roots = np.zeros(3), []
for grad in heard:
    v = second_moment(v, grad, 0.99)
    roots.append(np.sqrt(v))
agreement = averages / np.array(roots)

panels(
    curves(
        {name: agreement[:, i] for i, name in enumerate(names)},
        xlabel="gradients heard",
        ylabel="m / root of v",
        mark=(1.0, "full agreement"),
    ),
    alt="The steady weight's quotient shoots up to 2 within ten gradients and sinks to 1 "
    "only over some 300. The others, after a restless start, stay between -1 and 1.",
    caption=f"At the end the steady weight is at {agreement[-1, 0]:.2f}. But it began at "
    f"{agreement[0, 0]:.2f} and rose to {agreement[:, 0].max():.2f}.",
    height=2.9,
)

# %% [markdown]
# Late in the run all is as it should be. At the beginning something is wrong: the steady weight heard nothing but 1, from the first
# gradient on, so its agreement should be 1 all along. Instead it rises to more than 2.
#
# ## 3. The low start
#
# Both averages start at zero, and the zero counts as if it had been heard. How much does it count? Feed them gradients that
# are always 1, with the betas that nearly everybody uses, 0.9 and 0.999:

# %%
m, v, rows = 0.0, 0.0, []
for t in range(1, 3001):
    m, v = first_moment(m, 1.0, 0.9), second_moment(v, 1.0, 0.999)
    if t in (1, 2, 3, 10, 100, 1000, 3000):
        rows.append([t, m, 1 - 0.9**t, v, 1 - 0.999**t])

table(["step t", "m", "1 - 0.9**t", "v", "1 - 0.999**t"], rows)

# %% [markdown]
# Everything heard is 1, so each average should be 1. It is only a share of that, and the table gives the share away. To see where
# it comes from, undo the average step by step:
#
# $$m_t = (1 - \beta)\,\bigl(g_t + \beta\, g_{t-1} + \beta^2 g_{t-2} + \dots + \beta^{t-1} g_1\bigr)$$
#
# The weights in front of the gradients add up to $(1 - \beta)(1 + \beta + \dots + \beta^{t-1}) = 1 - \beta^t$. The rest,
# $\beta^t$, is the share of the zero at the start. With $\beta = 0.9$ it is gone after a few dozen steps; with 0.999 it takes
# thousands. The cure: divide by the share that was really heard.
#
# $$\hat m = \frac{m}{1 - \beta^t}$$
#
# Read $\hat m$ as "m hat". By hand, lesson 05's example: $\beta = 0.5$ and the values 4, 4, 4. The averages are 2, 3, 3.5. Divided
# by 0.5, 0.75 and 0.875 they are 4, 4, 4.
#
# ### Exercise 3: `bias_correction`


# %% nbgrader={"grade_id": "bias_correction", "solution": true}
def bias_correction(moment, beta, t):
    """An exponential average from zero, corrected for its low start.

    moment  the average, an array of any shape or a number
    beta    the share that it keeps in each step
    t       how many values it has heard: 1 after the first
    beta and t are numbers, or arrays that broadcast against moment.

    Returns moment / (1 - beta**t). What was passed in stays as it is.

    Example: bias_correction(3.0, 0.5, 2) is 4.0.
    """
    ### BEGIN SOLUTION
    return moment / (1 - beta**t)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_bias_correction", "grade": true, "points": 4}
check(bias_correction)
### BEGIN HIDDEN TESTS
check(bias_correction, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Lesson 05 left a debt: its smoothed loss curve began far too low. Here is that curve again, and what your function makes of
# it. *Predict:* in the first steps, will the corrected line be smooth?

# %%
rng = np.random.default_rng(5)
t = np.arange(1, 301)
true = 0.3 + 1.7 * np.exp(-(t - 1) / 60)
noisy = true + rng.normal(0, 0.2, t.size)

average, low = 0.0, []
for value in noisy:
    average = first_moment(average, value, 0.97)
    low.append(average)
low = np.array(low)
corrected = np.asarray(bias_correction(low, 0.97, t))
miss = [np.abs(line - true)[:30].mean() for line in (low, corrected)]

panels(
    curves(
        {"as it was": low, "corrected": corrected, "without the noise": true},
        xlabel="steps",
        ylabel="loss",
        ylim=(0, 2.4),
    ),
    alt="The uncorrected average starts near 0 and meets the true curve only after some "
    "50 steps. The corrected one starts at the first value and follows the true curve "
    "from above. Late in the run the two are one line.",
    caption=f"Mean distance from the truth in the first 30 steps: {miss[0]:.2f} before, "
    f"{miss[1]:.2f} after the correction.",
    height=3.0,
)

# %% [markdown]
# At the far left it trembles: an average of three values cannot be smooth. But it is no longer wrong by a factor.
#
# ## 4. Adam
#
# Put it together, and you have **Adam**, for *adaptive moments*:
#
# $$\hat m = \frac{m}{1 - \beta_1^t} \qquad \hat v = \frac{v}{1 - \beta_2^t} \qquad
# w \leftarrow w - \eta\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon}$$
#
# | symbol | in code | what it is | shape |
# |:--|:--|:--|:--|
# | $w$, $g$ | `w`, `grad` | the weights, and the gradient of the loss there | any, the same |
# | $m$ | `m` | the first moment; zero before the first step | as `w` |
# | $v$ | `v` | the second moment; zero before the first step | as `w` |
# | $t$ | `t` | the number of *this* step; the first is 1 | a number |
# | $\eta$ | `lr` | the learning rate, 0.001 if nothing is said | a number |
# | $\beta_1$, $\beta_2$ | `beta1`, `beta2` | the shares that are kept, 0.9 and 0.999 if nothing is said | numbers |
# | $\varepsilon$ | `eps` | keeps 0/0 away, as in lesson 07; 1e-8 | a number |
#
# What has to be chosen before training begins, such as the last three rows, is called a **hyper-parameter**. By hand, the first
# step. The first moment is $(1 - \beta_1)\, g$, and corrected it is $g$. The second is $(1 - \beta_2)\, g^2$, and
# corrected it is $g^2$. So the step is $\eta\, g / |g|$: **the first step moves every weight by one learning rate**, downhill, whether
# its gradient is 8 or 0.001.
#
# > **Conventions.** `eps` is added *behind* the root here, to the corrected one: the first algorithm of the paper, PyTorch and optax.
# > (RMSProp in lesson 07 has it inside.) Keras adds it to the root of the *uncorrected* $v$; the paper calls that one
# > "epsilon hat", and in the first steps it counts for more. The check accepts the first form and names the others. What is kept for
# > the next step are the *uncorrected* moments. And mind the letters: $v$ is the paper's name for what was $s$ in lesson 07, and not the
# > velocity of lesson 05.
#
# ### Exercise 4: `adam_step`


# %% nbgrader={"grade_id": "adam_step", "solution": true}
def adam_step(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    """One step of Adam.

    w       the weights, an array of any shape or a number
    grad    the gradient at w, same shape
    m, v    the two moments before this step, uncorrected, same shape
    t       the number of this step; the first is 1
    lr      the learning rate
    beta1, beta2  the shares of m and v that are kept
    eps     is added to the root of the corrected v
    lr is a number, or an array that broadcasts against w: a rate for each of several runs.

    Returns (w, m, v) after the step, with m and v uncorrected. What was passed in stays as it is.
    Your first_moment, second_moment and bias_correction are there to be used.

    Example: adam_step(1.0, 2.0, 0.0, 0.0, 1, lr=0.1) is (0.9, 0.2, 0.004).
    """
    ### BEGIN SOLUTION
    m = first_moment(m, grad, beta1)
    v = second_moment(v, grad, beta2)
    direction = bias_correction(m, beta1, t)
    size = np.sqrt(bias_correction(v, beta2, t))
    return w - lr * direction / (size + eps), m, v
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_adam_step", "grade": true, "points": 6}
check(adam_step)
### BEGIN HIDDEN TESTS
check(adam_step, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# What is the correction worth? Let the gradient be 1 in every step, so that a step should always be one learning rate long, and
# try all four: both moments corrected, one of them, none. *Predict* which first step is the longest.


# %%
def lengths(correct_m, correct_v, steps=5000, beta1=0.9, beta2=0.999):
    """How many learning rates each step is long, under a gradient that is always 1."""
    m, v, found = 0.0, 0.0, []
    for t in range(1, steps + 1):
        m, v = first_moment(m, 1.0, beta1), second_moment(v, 1.0, beta2)
        direction = bias_correction(m, beta1, t) if correct_m else m
        size = bias_correction(v, beta2, t) if correct_v else v
        found.append(direction / np.sqrt(size))
    return np.array(found)


kinds = {
    "both corrected": lengths(True, True),
    "neither": lengths(False, False),
    "only m": lengths(True, False),
    "only v": lengths(False, True),
}
neither = kinds["neither"]

panels(
    curves(
        {name: (np.arange(1, 5001), steps) for name, steps in kinds.items()},
        xlabel="step",
        ylabel="length, in learning rates",
        log=True,
        logx=True,
    ),
    alt="Both corrected: a flat line at 1. Only m corrected: starts at 31.6 and falls to "
    "1 over thousands of steps. Neither: starts at 3.16, rises to about 6.6 and falls "
    "to 1 over thousands of steps. Only v: starts at 0.1 and is at 1 after some 30 steps.",
    caption="First steps: "
    + ", ".join(f"{steps[0]:.3g} ({name})" for name, steps in kinds.items())
    + f". Uncorrected, the longest step is number {neither.argmax() + 1}, "
    f"{neither.max():.1f} learning rates long; number 1000 is still "
    f"{neither[999]:.2f}.",
    height=3.1,
)

# %% [markdown]
# Without any correction the first step is only three times too long; worse are the hundreds of steps after it. $m$ fills up
# within some twenty steps, $v$ needs thousands, and all that time the steps are too long.
#
# Next, let your rule walk. `descend` wants a rule with a single state, so wrap it once: the state is $m$, $v$ and the number of
# steps taken.


# %%
def adam(w, grad, state, **hyper):
    """Your adam_step as a rule for descend and fit; the state is (m, v, steps taken)."""
    m, v, t = state
    w, m, v = adam_step(w, grad, m, v, t + 1, **hyper)
    return w, (m, v, t + 1)


def at_rest(w):
    """Adam's state before the first step."""
    return np.zeros_like(w), np.zeros_like(w), 0


def in_other_units(rule, factor):
    """The same rule where the loss, and so its gradient, is `factor` times as large."""
    return lambda w, grad, state, **hyper: rule(w, factor * grad, state, **hyper)


here = ravine.start
runs = {}
for factor in (1, 1000):
    runs["Adam", factor] = descend(
        ravine,
        here,
        in_other_units(adam, factor),
        steps=60,
        state=at_rest(here),
        lr=0.5,
    )
    runs["momentum", factor] = descend(
        ravine, here, in_other_units(momentum, factor), steps=60, lr=0.05, rho=0.9
    )

ends = {run: trace.losses[60] for run, trace in runs.items()}

panels(
    contours(
        ravine, {name: runs[name, 1].points[:40] for name in ("Adam", "momentum")}
    ),
    curves(
        {
            f"{name}, loss x {factor}": np.minimum(trace.losses, 1e6)
            for (name, factor), trace in runs.items()
        },
        xlabel="steps",
        ylabel="0.1 w1^2 + 2 w2^2",
        log=True,
        ylim=(1e-3, 1e4),
    ),
    widths=(3, 3),
    alt="Left: Adam and momentum both overshoot the middle of the ravine and curl back to "
    "it. Right: Adam's loss is the same line whether or not the loss it sees is "
    "multiplied by 1000; momentum's leaves the picture at once when it is.",
    caption=f"After 60 steps Adam is at {ends['Adam', 1]:.3g}, and at "
    f"{ends['Adam', 1000]:.3g} where it sees 1000 times its gradient: its two lines lie "
    f"on each other. Momentum is at {ends['momentum', 1]:.3g}, and beyond "
    f"10^{int(np.log10(ends['momentum', 1000]))}.",
)

# %% [markdown]
# Count a loss in cents instead of euros, and momentum flies out of the valley; you would have to find its rate anew. Adam does
# not notice. The unit of the gradient cancels in $\hat m / \sqrt{\hat v}$, and what is left of the step is in the unit of the
# *weights*: about one learning rate, or less.
#
# And the goal of section 1, a loss below 0.001 in under 25 steps? Here is your rule on all 75 rates of the slider at once. *Predict:*
# does the short memory of size, `beta2 = 0.9`, make it slower, or only restless in the end?

# %%
slider = np.arange(1, 76)[:, None] / 50


def arrival(beta1, beta2):
    """The fewest steps to the goal over all rates, and that run's highest loss from step 300 on."""
    crowd = np.tile(ravine.start, (75, 1))
    run = descend(
        ravine,
        crowd,
        adam,
        steps=400,
        state=at_rest(crowd),
        lr=slider,
        beta1=beta1,
        beta2=beta2,
    )
    needed = np.where(run.steps_to(1e-3) < 0, np.inf, run.steps_to(1e-3))
    first = needed.argmin()
    return f"{needed[first]:.0f}", f"{run.losses[300:, first].max():.0e}"


table(
    ["", "steps, beta2 = 0.999", "loss later", "steps, beta2 = 0.9", "loss later"],
    [
        [f"beta1 = {beta1}", *arrival(beta1, 0.999), *arrival(beta1, 0.9)]
        for beta1 in (0, 0.5, 0.7, 0.9)
    ],
    caption="Fewest steps to a loss below 0.001, for good; then the highest loss of that run in steps 300 to 400",
)

# %% [markdown]
# Both. In every row the short memory of size needs more steps, and hundreds of steps later its loss is still just below the goal; with
# 0.999 it sinks until nothing is left. As for direction, half a memory is the best here: it arrives in 12 steps, while none at all
# just misses the goal, and 0.9 remembers for so long that the ball swings.
#
# ## 5. Old acquaintances
#
# Is there anything new in this? Take Adam's memory of direction away: `beta1 = 0`. Then $\hat m = g$, and what is left divides the
# gradient by the root of an average of squares. That is RMSProp, but for the correction. And RMSProp, handed the averaged
# gradient instead of the gradient, should be the whole of Adam. Let both run beside yours and compare the steps:


# %%
def ratio_of_steps(beta1, shown=(1, 10, 100, 1000, 10000)):
    """Your Adam's step over that of RMSProp, which is handed m for the gradient."""
    rng, m, v, averaged, s = np.random.default_rng(3), 0.0, 0.0, 0.0, 0.0
    ratios = []
    for t in range(1, max(shown) + 1):
        grad = rng.normal(1, 1)
        w, m, v = adam_step(0.0, grad, m, v, t, beta1=beta1)
        averaged = beta1 * averaged + (1 - beta1) * grad
        s = 0.999 * s + 0.001 * grad**2
        ratios.append(w / (-0.001 * averaged / np.sqrt(s)))
    return [f"{ratios[t - 1]:.3f}" for t in shown]


table(
    ["Adam's step divided by", "t = 1", "10", "100", "1000", "10000"],
    [
        ["RMSProp's (beta1 = 0)", *ratio_of_steps(0.0)],
        ["RMSProp's, fed with m (beta1 = 0.9)", *ratio_of_steps(0.9)],
    ],
    caption="rho = 0.999 for RMSProp; the gradients are 1 with noise",
)

# %% [markdown]
# In the end both ratios are 1. **Adam is RMSProp that moves along an averaged gradient, plus a correction that fades.** One more
# extreme: with both betas 0, $m = g$ and $v = g^2$ in every step, so every weight always moves by $\eta$, up or down. That
# is the bouncing of lesson 06, weight by weight. The two memories are what makes a rule of it.
#
# ## 6. Decay beside the step
#
# It is often wise to keep weights small, by letting each lose a small share of itself in every step (lesson 10 says why).
# There are two ways to ask for it. One is a penalty in the loss, $\frac{\lambda}{2} w^2$, whose gradient $\lambda w$ joins $g$. The
# other takes the share directly: $w \leftarrow w - \eta\,\lambda\, w$. For gradient descent both are the same, since the step is
# $\eta\,(g + \lambda w)$. In Adam they are not. *Before you read on:* why? What happens to a $\lambda w$ that joins the gradient?
#
# It goes through the moments and is divided by $\sqrt{\hat v}$. A weight with large gradients then hardly decays, one with small
# gradients decays fast. **AdamW** keeps the decay out of the moments:
#
# $$w \leftarrow w - \eta\,\Bigl(\frac{\hat m}{\sqrt{\hat v} + \varepsilon} + \lambda\, w\Bigr)$$
#
# with $\lambda$, in code `weight_decay`, usually 0.01. By hand: a weight of 2 without any gradient, $\eta = 0.1$ and
# $\lambda = 0.5$, loses $0.1 \cdot 0.5 \cdot 2 = 0.1$.
#
# > **Conventions.** The decay is multiplied by the rate, as in PyTorch and optax. In the paper it is not, so the paper's number
# > is $\eta\,\lambda$ here.
#
# ### Exercise 5: `adamw_step`


# %% nbgrader={"grade_id": "adamw_step", "solution": true}
def adamw_step(
    w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    """One step of AdamW: Adam, and beside it a decay of the weights.

    The arguments are those of adam_step, and
    weight_decay  times lr is the share of w that is lost in each step

    Returns (w, m, v) after the step; m and v are those of the gradient alone, uncorrected.
    The share is taken from the w that was passed in, which stays as it is.

    Example: adamw_step(2.0, 0.0, 0.0, 0.0, 1, lr=0.1, weight_decay=0.5) is (1.9, 0.0, 0.0).
    """
    ### BEGIN SOLUTION
    decay = lr * weight_decay * w
    w, m, v = adam_step(w, grad, m, v, t, lr, beta1, beta2, eps)
    return w - decay, m, v
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_adamw_step", "grade": true, "points": 5}
check(adamw_step)
### BEGIN HIDDEN TESTS
check(adamw_step, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Two weights start at 1. Their gradients are noise around zero, so nothing but the decay has a direction; but the noise of the first
# is a hundred times that of the second. Rate 0.01, $\lambda = 0.1$, mean of 500 runs:

# %%
noise = np.array([10.0, 0.1])


def decaying(step, steps=1000):
    """The mean of both weights over 500 runs, after each step."""
    rng, w = np.random.default_rng(6), np.ones((500, 2))
    m, v, means = np.zeros_like(w), np.zeros_like(w), [w.mean(axis=0)]
    for t in range(1, steps + 1):
        w, m, v = step(w, noise * rng.normal(size=w.shape), m, v, t)
        means.append(w.mean(axis=0))
    return np.array(means)


def with_penalty(w, grad, m, v, t):
    """Adam, with the decay in the gradient."""
    return adam_step(w, grad + 0.1 * w, m, v, t, lr=0.01)


def with_decay(w, grad, m, v, t):
    """AdamW."""
    return adamw_step(w, grad, m, v, t, lr=0.01, weight_decay=0.1)


penalty, beside = decaying(with_penalty), decaying(with_decay)
fading = (1 - 0.01 * 0.1) ** 1000

panels(
    *(
        curves(
            {"gradients of size 10": means[:, 0], "gradients of size 0.1": means[:, 1]},
            xlabel="steps",
            ylabel="mean of the weight",
            title=title,
            ylim=(-0.05, 1.08),
        )
        for title, means in [
            ("Adam with an L2 penalty", penalty),
            ("AdamW", beside),
        ]
    ),
    alt="Left: with an L2 penalty in Adam the weight with large gradients hardly falls, the "
    "one with small gradients is at 0 after some 400 steps. Right: with AdamW both fall "
    "along the same curve to about 0.37.",
    caption=f"After 1000 steps: {penalty[-1, 0]:.2f} and {penalty[-1, 1]:.2f} with the "
    f"penalty, {beside[-1, 0]:.2f} and {beside[-1, 1]:.2f} with AdamW, where "
    f"(1 - 0.001)^1000 = {fading:.2f} is expected.",
    height=3.0,
)

# %% [markdown]
# An L2 penalty in Adam is not weight decay. Whoever asks for one and gets the other punishes the quiet weights for being quiet.
#
# ## 7. On a real network: the defaults
#
# The digits again, with the network of lesson 05: 64 inputs, 32 hidden units, 10 outputs, mini-batches of 128, five seeds. An epoch has 11
# steps. The paper proposes a rate of 0.001; 0.0005 and 0.0001 are as common. *Predict:* after 10 epochs at 0.001, how
# many of the held-out digits are classified correctly?

# %%
from gradlab.data import digits, stratified_split
from gradlab.network import MLP
from gradlab.training import fit

images, labels = digits()
train, held_out = stratified_split(labels, (0.75, 0.25), np.random.default_rng(0))
network = MLP((64, 32, 10))
starts = network.init(np.random.default_rng(1), runs=(5,))  # five seeds


def train_all(rule, *, lr, pixels=images, rest=None, epochs=10, **hyper):
    """Train with every rate of the array lr and every seed: a History of rates x 5."""
    start = np.tile(starts, (len(lr), 1, 1))
    return fit(
        network,
        start,
        pixels[train],
        labels[train],
        rule,
        epochs=epochs,
        batch_size=128,
        rng=np.random.default_rng(2),
        state=rest and rest(start),
        validation=(pixels[held_out], labels[held_out]),
        lr=lr[:, None, None],
        **hyper,
    )


def spread(runs):
    """Mean and standard deviation over the seeds."""
    return f"{runs.mean():.3f} ± {runs.std():.3f}"


usual_rates = np.array([1e-4, 5e-4, 1e-3, 1e-2])
usual = train_all(adam, rest=at_rest, epochs=40, lr=usual_rates)
farthest = np.abs(usual.params - starts).max(axis=(1, 2))

table(
    ["learning rate", "loss, 10 epochs", "accuracy", "loss, 40 epochs", "accuracy"],
    [
        [
            f"{rate:g}",
            spread(usual.loss[10, i]),
            spread(usual.accuracy[10, i]),
            spread(usual.loss[40, i]),
            spread(usual.accuracy[40, i]),
        ]
        for i, rate in enumerate(usual_rates)
    ],
    caption="Mean and standard deviation of five seeds",
)

# %% [markdown]
# The famous default looks poor. Here is why: how far has the weight that moved most come from its start?

# %%
table(
    ["learning rate", *(f"{rate:g}" for rate in usual_rates)],
    [
        ["farthest weight", *(f"{way:.3f}" for way in farthest)],
        ["440 steps times rate", *(f"{440 * rate:.3f}" for rate in usual_rates)],
    ],
    caption="After 40 epochs, which are 440 steps",
)

# %% [markdown]
# A step rarely moves a weight by much more than one learning rate, so a run of $n$ steps gets about $n\,\eta$ far: at 0.001 that is
# 0.11 in 110 steps and 0.44 in 440. At 0.01, where the network learned best, one weight went 1.5. **The default suits runs of many
# thousands of steps.**
# Before you start a run of your own, multiply: steps times rate is your reach.
#
# And the betas? The same ten epochs at rate 0.02:

# %%
beta1s, beta2s = (0, 0.9, 0.95, 0.99), (0.9, 0.99, 0.999, 0.9999)
final = {
    (beta1, beta2): train_all(
        adam, rest=at_rest, lr=np.array([0.02]), beta1=beta1, beta2=beta2
    ).loss[-1]
    for beta1 in beta1s
    for beta2 in beta2s
}

table(
    ["", *(f"beta2 = {beta2}" for beta2 in beta2s)],
    [
        [f"beta1 = {beta1}", *(spread(final[beta1, beta2]) for beta2 in beta2s)]
        for beta1 in beta1s
    ],
    caption="Training loss after 10 epochs at rate 0.02",
)

# %% [markdown]
# Memory of direction pays: in every column the loss at `beta1 = 0.95` is less than a third of that without. 0.99 is too much for
# so short a run. The columns 0.999 and 0.9999 are almost the same: in a run of 110 steps a memory of 1000 or of 10000 steps
# never fills, and the correction makes of both nearly the plain mean of all squares so far.
#
# Last: does the correction matter on a network? Ten epochs with and without, at several rates. (A very large `t` switches it
# off: then $1 - \beta^t = 1$.)

# %%
sizes = np.array([0.005, 0.01, 0.02, 0.05, 0.1, 0.2])


def uncorrected(w, grad, state, **hyper):
    """Your Adam in a step so late that there is nothing left to correct."""
    m, v = state
    w, m, v = adam_step(w, grad, m, v, 10**6, **hyper)
    return w, (m, v)


with_it = train_all(adam, rest=at_rest, lr=sizes)
without = train_all(uncorrected, rest=lambda w: at_rest(w)[:2], lr=sizes)

table(
    ["", *map(str, sizes)],
    [
        [
            name,
            *(spread(loss) if loss.mean() < 0.5 else "failed" for loss in run.loss[-1]),
        ]
        for name, run in [("corrected", with_it), ("uncorrected", without)]
    ],
    caption="Training loss after 10 epochs, by learning rate; failed: above 0.5",
)

# %% [markdown]
# Honestly: with a rate of its own, the uncorrected rule is as good here. Its steps are several times longer than its rate says, so it
# wants a rate about five times smaller, and at the rate where Adam is at its best it fails. What the correction buys is that **the
# rate means what it says, from the first step on**.
#
# ## 8. The race
#
# Five rules, five surfaces. Each rule starts from 20 random places and must get below a loss of 0.001 for good, within 600 steps.
# For every surface each rule may choose the best of 31 learning rates; all else stays at its defaults. The last surface is a
# ravine 1000 times as curved across as along, which runs *diagonally*, half way between the axes of the two weights. *Predict:* who
# wins there?

# %%
rates = np.logspace(-4, 1, 31)


def race(surface, rule, rest=None, **hyper):
    """The median number of steps from 20 starts, at the best of 31 rates."""
    low, high = surface.domain.T
    places = np.random.default_rng(0).uniform(low, high, (20, 2))
    crowd = np.tile(places, (31, 1, 1))
    runs = descend(
        surface,
        crowd,
        rule,
        steps=600,
        state=rest and rest(crowd),
        lr=rates[:, None, None],
        **hyper,
    )
    needed = np.where(runs.steps_to(1e-3) < 0, np.inf, runs.steps_to(1e-3))
    return np.median(needed, axis=1).min()


rules = {
    "gradient descent": (gradient_descent, {}),
    "momentum": (momentum, {"rho": 0.9}),
    "AdaGrad": (adagrad, {}),
    "RMSProp": (rmsprop, {}),
    "Adam": (adam, {"rest": at_rest}),
}
diagonal = ill_conditioned(1000, angle=np.pi / 4)
places = {"ravine": ravine, "plateau": plateau, "Rosenbrock": rosenbrock}
places |= {"Beale": beale, "diagonal ravine": diagonal}


def result(surface, name):
    """The steps as the table shows them."""
    rule, options = rules[name]
    steps = race(surface, rule, **options)
    return f"{steps:.0f}" if np.isfinite(steps) else "-"


table(
    ["", *places],
    [[name, *(result(each, name) for each in places.values())] for name in rules],
    caption="Steps to the goal, median of 20 starts; - where half of them or more do not arrive",
)

# %% [markdown]
# No rule wins everywhere. On the ravine gradient descent needs half of Adam's steps, AdaGrad a fraction of them, and so it is on the
# plateau: Adam's memory of direction makes it swing. Rosenbrock's and Beale's valleys are curved and of very unequal steepness:
# there Adam is the quickest, and on Beale's the only one that arrives from most starts. On the diagonal ravine only momentum
# and Adam arrive, and **momentum needs less than half of Adam's steps**. Why there? Turn the ravine, slowly, and
# look at two things: how many steps it takes, and how much the rates of the two weights differ, as Adam sets them.

# %%
angles = np.array([0, 5, 10, 15, 20, 30, 45])
best, unequal = {"momentum": [], "Adam": []}, []
for angle in angles:
    turned = ill_conditioned(1000, angle=np.radians(angle))
    for name, counts in best.items():
        rule, options = rules[name]
        counts.append(race(turned, rule, **options))
    w, state = turned.start, at_rest(turned.start)
    for _ in range(20):
        w, state = adam(w, turned.gradient(w), state, lr=0.1)
    roots = np.sqrt(state[1])
    unequal.append(roots.max() / roots.min())

panels(
    curves(
        {name: (angles, counts) for name, counts in best.items()},
        xlabel="angle of the valley, in degrees",
        ylabel="steps at the best rate",
        markers=True,
        ylim=(0, 400),
    ),
    curves(
        {"": (angles, unequal)},
        xlabel="angle of the valley, in degrees",
        ylabel="larger rate / smaller rate",
        markers=True,
        log=True,
    ),
    alt="Left: steps needed against the angle of the valley. Momentum's line is flat; "
    "Adam's starts below it and rises steeply from 10 degrees on. Right: the ratio of "
    "Adam's two rates falls from about 150 at 0 degrees to 1 at 45.",
    caption=f"Along an axis Adam needs {best['Adam'][0]:.0f} steps and momentum "
    f"{best['momentum'][0]:.0f}; at 45 degrees {best['Adam'][-1]:.0f} and "
    f"{best['momentum'][-1]:.0f}. After 20 steps, Adam's rates of the two weights differ "
    f"by a factor of {unequal[0]:.0f} along an axis, and of {unequal[-1]:.2f} at 45 "
    "degrees.",
)

# %% [markdown]
# Momentum has one rate for all directions and does not care how the valley lies. Adam has a rate *for each weight*: $\eta$ divided by
# $\sqrt{\hat v}$. Along an axis that is the cure, since the flat direction is one weight and the steep one the other. In a diagonal
# valley both weights feel the same steep wall and get the same rate, and a rate per weight is as good as one for all.
#
# So which kind of valley does a network have? Let the digits decide, twice: once as they are, and once with every pixel in a unit
# of its own, some multiplied by 10, some divided by 30, as in tables of data where one column holds metres and the next one
# euros. *Predict:* which rules suffer?

# %%
tried_rates = np.array([0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2])
units = 10 ** np.random.default_rng(7).uniform(-1.5, 1, 64)
kinds = {"as they are": images, "in units of their own": units * images}
trained = {
    (name, kind): train_all(rule, pixels=pixels, lr=tried_rates, **options)
    for name, (rule, options) in rules.items()
    for kind, pixels in kinds.items()
}

panels(
    *(
        curves(
            {
                name: (
                    tried_rates,
                    np.minimum(trained[name, kind].loss[-1].mean(axis=1), 3),
                )
                for name in rules
            },
            xlabel="learning rate",
            ylabel="training loss after 10 epochs",
            log=True,
            logx=True,
            markers=True,
            ylim=(0.0008, 3.6),
            title=f"Pixels {kind}",
        )
        for kind in kinds
    ),
    alt="Training loss after ten epochs against the rate for five rules. Left, pixels as "
    "they are: each rule has a valley of its own; momentum's and Adam's are about equally deep. "
    "Right, pixels in units of their own: all valleys are higher, Adam's by far the "
    "lowest.",
    caption="Mean of five seeds; 3 stands for 3 or more.",
    height=4.0,
)


# %%
def best_row(name):
    """The rule at the rate of its lowest training loss, for both kinds of pixels."""
    cells = [name]
    for kind in kinds:
        run = trained[name, kind]
        at = run.loss[-1].mean(axis=1).argmin()
        cells += [
            f"{tried_rates[at]:g}",
            spread(run.loss[-1, at]),
            spread(run.accuracy[-1, at]),
        ]
    return cells


table(
    ["", "rate", "loss", "accuracy", "rate, own units", "loss", "accuracy"],
    [best_row(name) for name in rules],
    caption="Each rule at its own best rate; held-out accuracy; the last three columns "
    "for pixels in units of their own",
)

# %% [markdown]
# On the digits as they are, tuned momentum and tuned Adam are about as far apart as the seeds are among themselves. With units of
# their own all rules lose, and Adam loses least, on the training loss and on the held-out digits. Pixels could be
# rescaled beforehand, and should be. But inside a deep network nobody rescales for you, and *that* is what Adam is liked for: **not
# that it is the fastest, but that it is rarely bad.**
#
# ## 9. What you should have seen
#
# - $m / \sqrt{v}$ measures agreement: near 1 where gradients agree, near 0 where they cancel, whatever their unit.
# - Averages from zero start low by the factor $1 - \beta^t$; corrected, the first step is exactly one learning rate long.
# - Uncorrected, $m$ recovers within dozens of steps and $v$ takes thousands; in between the steps are more than six times too long.
# - Steps times rate is the reach of a run. The default 0.001 is for long runs.
# - A penalty in Adam's gradient is not weight decay; AdamW is.
# - Rates per weight help where valleys lie along the weights, and cost something where they lie across.
#
# ### Written question 1 (3 points)
#
# A friend has left the correction out and says: "The first step is three times too long. By the tenth step all that is forgotten, so why
# bother?" Where is your friend wrong, and which of the two moments is to blame? What did leaving it out do to the digits of
# section 7, at Adam's best rate and at a rate of its own?

# %% [markdown] nbgrader={"grade_id": "written_correction", "grade": true, "solution": true, "points": 3}
# <!-- BEGIN SOLUTION -->
# **Rubric.** One point each:
#
# 1. At step 10 it is not forgotten but worse: the figure of section 4 rises from 3.16 to more than 6 and is above 1 for thousands of
#    steps. Quotes a number from it.
# 2. $v$ is to blame: its memory is 1000 steps long, so its share 1 - 0.999^t is still small when $m$, with a memory of 10 steps, is
#    full. (A small $v$ under the root makes long steps.)
# 3. Digits: at Adam's best rate, 0.1, the uncorrected rule fails (quotes both losses). At its own best rate, about five times smaller, it is
#    as good: the rate no longer means what it says, but the run is not lost.
# <!-- END SOLUTION -->

# %% [markdown]
# ### Written question 2 (3 points)
#
# A colleague says: "I always use Adam with a rate of 0.001. Then nothing needs tuning, and no rule is better." Give one finding of
# this lesson that supports your colleague, and two that do not, each with its numbers. Say for one of them what the spread over seeds
# does not cover.

# %% [markdown] nbgrader={"grade_id": "written_always", "grade": true, "solution": true, "points": 3}
# <!-- BEGIN SOLUTION -->
# **Rubric.** One point each:
#
# 1. For: a factor of 1000 on the loss changes nothing; or by far the lowest loss with pixels in units of their own; or the fewest steps
#    on Rosenbrock and Beale. With numbers.
# 2. Against, two of: 0.001 reaches a loss above 1 in 10 epochs, 0.02 to 0.1 do far better (reach 0.11); on the diagonal ravine momentum
#    needs less than half the steps; gradient descent or AdaGrad are faster on the ravine and the plateau; on the digits as they are
#    momentum is as good. With numbers.
# 3. Names something that five seeds do not vary: the data and their split, the network, the number of epochs, the grid of rates.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Where to read on
#
# - D. P. Kingma, J. Ba, *Adam: a method for stochastic optimization*, 2015: the rule, the correction, and both kinds of epsilon.
# - I. Loshchilov, F. Hutter, *Decoupled weight decay regularization*, 2019: AdamW.
# - A. C. Wilson, R. Roelofs, M. Stern, N. Srebro, B. Recht, *The marginal value of adaptive gradient methods in machine learning*,
#   2017: cases where rates per weight lose to plain gradient descent on held-out data.
# - S. J. Reddi, S. Kale, S. Kumar, *On the convergence of Adam and beyond*, 2018: rare, large gradients that lead Adam astray, and a
#   remedy.
#
# [Lesson 07](../07-rmsprop/rmsprop.ipynb) gave every weight a scale, lesson 05 gave it a memory, and here they met. What all of these rules
# still share is a rate that somebody has to choose, and that stays as it is from the first step to the last. The
# [next lesson](../09-schedules/schedules.ipynb) lets it change on the way.

# %%
progress("08-adam")
