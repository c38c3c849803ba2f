# %% [markdown]
# # 05 · Momentum
#
# **Why does a heavy ball get down the valley first?**
#
# When you are done, you can
#
# - write the momentum update and say what each of its two numbers does,
# - tell how long its steps become, and how large a learning rate it can bear, before you run anything,
# - recognise a run that creeps, one that swings, and one that is just right,
# - say how much of momentum's gain on a real network is memory, and how much is only longer steps.
#
# **Time:** about 75 minutes. **Builds on:** gradient descent, `w <- w - lr * grad`; curvature, and that plain gradient
# descent diverges beyond the rate 2/L, where L is the largest curvature (lessons 01 and 02). If you have not done those,
# this is enough for today: *curvature* is the second derivative, how fast the slope changes. For $2 w^2$ it is 4 everywhere,
# for $0.1 w^2$ it is 0.2, and a larger one is a more tightly bent valley.

# %%
import numpy as np

from gradlab import check, descend, progress, todo
from gradlab.explorers import Prediction, momentum_explorer
from gradlab.optimizers import gradient_descent
from gradlab.plots import contours, curves, heat, panels
from gradlab.surfaces import dented_slope, ill_conditioned, ravine, saddle
from gradlab.tables import table

# %% [markdown]
# ## 1. See it first
#
# Below lies a ravine, the loss $0.1\,w_1^2 + 2\,w_2^2$ of two weights, seen from above: blue is low, yellow is high, the star is
# the lowest point. Across, it is steep: curvature 4. Along, it is almost flat: curvature 0.2. A ball starts on the left and
# wants to reach the star.
#
# Gradient descent has one number for both directions. A rate that suits the flat direction is far too large for the steep
# one, and the ball bounces from wall to wall; a rate that suits the steep direction leaves it crawling along the floor.
#
# **Your goal:** a loss below 0.001, for good, in **under 40 steps**. First try it with `rho` at 0, which is plain gradient
# descent. Then move `rho`.

# %%
alone = descend(ravine, ravine.start, gradient_descent, steps=80, lr=0.4)
covered = 1 - alone.points[20, 0] / alone.points[0, 0]

momentum_explorer(
    prediction=Prediction(
        question="The learning rate is 0.4 and rho is 0. How far along the valley "
        "is the ball after 20 steps?",
        options=("a tenth of the way", "half way", "four fifths of the way"),
        reveal=f"It has covered {covered:.0%} of the way, and yet it needs "
        f"{alone.steps_to(1e-3)} steps to the goal: each step is a fixed share of what "
        "is left, so the end takes longest.",
    )
)

# %% [markdown]
# Did you get there with `rho = 0`? Do not blame your hand. Here are all learning rates at once, each tried by a ball of its
# own. (`descend` asks a rule for one step after another, hands it the gradient wherever it stands, and keeps the path.)

# %%
rates = np.arange(1, 51) / 100
crowd = np.tile(ravine.start, (50, 1))
runs = descend(ravine, crowd, gradient_descent, steps=400, lr=rates[:, None])
needed = runs.steps_to(1e-3)

table(
    ["learning rate", "steps to loss < 0.001"],
    [
        [f"{rates[i]:.2f}", needed[i] if needed[i] > 0 else "never"]
        for i in (4, 9, 19, 29, 39, 45, 47, 49)
    ],
    caption=f"Alone, the best of 50 rates needs {needed[needed > 0].min()} steps",
)

# %% [markdown]
# No rate reaches the goal. One number cannot serve two directions. What could?
#
# ## 2. Let the ball remember
#
# Look at the bouncing path again. Across the valley the gradients fluctuate, they *quarrel*: left, right, left, right. Along
# the valley they *agree*: a little to the right, every time. A ball that looked back over its last few gradients could tell
# the two apart.
#
# So let it remember. Give it a history: a running sum of its gradients, in which the old ones fade.
#
# $$v \leftarrow \rho\, v + g \qquad\qquad w \leftarrow w - \eta\, v$$
#
# | symbol | in code | what it is | shape |
# |:--|:--|:--|:--|
# | $w$ | `w` | the weights | any |
# | $g$ | `grad` | the gradient of the loss at $w$ | as `w` |
# | $v$ | `v` | the **velocity**: the fading sum; zero before the first step | as `w` |
# | $\rho$ ("rho") | `rho` | the share of the velocity that is kept, from 0 to just below 1; usually 0.9 | a number |
# | $\eta$ ("eta") | `lr` | the learning rate | a number |
#
# Now feed it by hand, with $\rho = 0.5$. First four gradients that agree, then four that quarrel:

# %%
rows = []
for name, gradients in [("they agree", [1, 1, 1, 1]), ("they quarrel", [1, -1, 1, -1])]:
    v = 0.0
    for g in gradients:
        v = 0.5 * v + g
        rows.append([name, g, v])
        name = ""

table(["the gradients", "g", "v = 0.5 v + g"], rows)

# %% [markdown]
# Agreement adds up: 1, 1.5, 1.75, 1.875, on its way to 2. Quarrel cancels: 1, then -0.5, 0.75, -0.625, on its way to two
# thirds. **The same rule makes much of gradients that agree and little of those that do not.** That is all there is to
# momentum. The rest of this lesson is about how much.
#
# > **Conventions.** Books and libraries write this rule in three ways. *Here* (and in PyTorch) `v` is a sum of gradients and
# > the rate comes in last. *Keras* keeps the rate inside: `v <- rho * v - lr * grad; w <- w + v`: the same path, as long as the
# > rate stays the same. Some texts *average*, `v <- rho * v + (1 - rho) * grad`, which makes every step shorter by the factor
# > 1 - rho (section 6). The check accepts the first form, and tells you when it sees one of the others.
#
# ### Exercise 1: `momentum_step`


# %% nbgrader={"grade_id": "momentum_step", "solution": true}
def momentum_step(w, grad, v, lr, rho=0.9):
    """One step of momentum.

    w     the weights, an array of any shape or a number
    grad  the gradient at w, same shape
    v     the velocity before this step, same shape
    lr    the learning rate, a number
    rho   the share of the velocity that is kept

    Returns (w, v) after the step:  v <- rho * v + grad,  then  w <- w - lr * v.
    The arrays that were passed in stay as they are: make new ones.

    Example: momentum_step(1.0, 2.0, 4.0, lr=0.1, rho=0.5) is (0.6, 4.0).
    """
    ### BEGIN SOLUTION
    v = rho * v + grad
    return w - lr * v, v
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_momentum_step", "grade": true, "points": 5}
check(momentum_step)
### BEGIN HIDDEN TESTS
check(momentum_step, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Now roll *your* ball. Same start, same rate, once forgetful and once with half of its velocity kept:

# %%
rest = np.zeros(2)
forgetful = descend(
    ravine, ravine.start, momentum_step, steps=60, state=rest, lr=0.4, rho=0.0
)
heavy = descend(
    ravine, ravine.start, momentum_step, steps=60, state=rest, lr=0.4, rho=0.5
)

panels(
    contours(ravine, {"rho = 0": forgetful.points, "rho = 0.5": heavy.points}),
    curves(
        {"rho = 0": forgetful.losses, "rho = 0.5": heavy.losses},
        xlabel="steps",
        ylabel="loss",
        log=True,
        mark=(1e-3, "goal"),
    ),
    widths=(3, 2),
    alt="Two paths down the ravine. Without momentum the ball settles on the floor "
    "and creeps on in ever shorter steps; with rho 0.5 it swings wider at first, "
    "but its loss falls far faster.",
    caption=f"Below 0.001 after {forgetful.steps_to(1e-3)} steps without memory, "
    f"after {heavy.steps_to(1e-3)} with rho = 0.5. In the first steps the two do "
    "equally well: the memory has to fill before it helps.",
)

# %% [markdown]
# Why does it help? Take the gradients that the *forgetful* ball met on its way, and let your `momentum_step` only
# listen to them. What does its velocity make of the two directions?

# %%
met = ravine.gradient(forgetful.points[:12])
w, v, heard = rest, rest, []
for grad in met:
    w, v = momentum_step(w, grad, v, lr=0.4, rho=0.5)
    heard.append(v)
heard = np.array(heard)

panels(
    curves(
        {"gradient": met[:, 0], "velocity": heard[:, 0]},
        xlabel="steps",
        ylabel="along the valley",
        title="They agree: they add up",
    ),
    curves(
        {"gradient": met[:, 1], "velocity": heard[:, 1]},
        xlabel="steps",
        ylabel="across the valley",
        title="They quarrel: they cancel",
    ),
    alt="Left: along the valley the velocity is soon about twice the gradient. Right: "
    "across, the gradient changes sign in every step and the velocity is smaller.",
    height=3.0,
    caption="In the last two steps the velocity is "
    f"{heard[-2, 0] / met[-2, 0]:.2f} and {heard[-1, 0] / met[-1, 0]:.2f} times the "
    "gradient along the valley (more than 2, since the older gradients were larger), "
    f"and {heard[-2, 1] / met[-2, 1]:.2f} and {heard[-1, 1] / met[-1, 1]:.2f} times "
    "across it.",
)

# %% [markdown]
# And what does it buy? Look at the paths once more: across the valley the ball with the memory is *not* the calmer one. Here
# is what each step leaves of the distance that was there before it, in each direction:


# %%
def left_per_step(rho):
    """The factor by which a step shrinks the distance to the bottom, in each weight."""
    trace = descend(
        ravine, ravine.start, momentum_step, steps=240, state=rest, lr=0.4, rho=rho
    )
    early, late = np.abs(trace.points[20:40]), np.abs(trace.points[220:240])
    return (late.max(axis=0) / early.max(axis=0)) ** (1 / 200)


table(
    ["", "along the valley", "across it"],
    [
        [f"rho = {rho}", *(f"{factor:.2f}" for factor in left_per_step(rho))]
        for rho in (0, 0.5)
    ],
    caption="What a step leaves of the distance, at rate 0.4",
)

# %% [markdown]
# It is a trade. Across, where plain gradient descent was quick, the memory costs something; along, where it crawled, the memory
# buys far more, and the slower direction is the one you wait for.

# %% [markdown]
# ## 3. How long does a step become?
#
# *Before you read on:* with `rho = 0.9` and gradients that all agree, how much longer do the steps get: twice, 10 times, or
# without limit?
#
# Ask where the sum comes to rest. If every gradient is $g$ and the velocity no longer changes, then
#
# $$v = \rho\, v + g \quad\Longrightarrow\quad v = \frac{g}{1 - \rho}.$$
#
# A step is then $\eta\, v$, so the rate that counts in the long run is $\eta / (1 - \rho)$, the **effective step** per unit of
# gradient. With $\rho = 0.9$ that is ten times the learning rate. Gradients of alternating sign end elsewhere. If the new
# velocity is $v$, the old one was $-v$, so $v = -\rho\, v + g$, and
#
# $$v = \frac{g}{1 + \rho}.$$
#
# With $\rho = 0.5$ that is $1 / 1.5$, the two thirds above.
#
# ### Exercise 2: `effective_step`


# %% nbgrader={"grade_id": "effective_step", "solution": true}
def effective_step(lr, rho):
    """The length of a step, per unit of gradient, after a long run of equal gradients.

    lr, rho  numbers, or arrays that broadcast against each other

    Returns lr / (1 - rho).

    Example: effective_step(0.1, 0.5) is 0.2.
    """
    ### BEGIN SOLUTION
    return lr / (1 - rho)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_effective_step", "grade": true, "points": 3}
check(effective_step)
### BEGIN HIDDEN TESTS
check(effective_step, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Does the formula tell the truth? Push a ball with a gradient of 1, again and again, and measure the steps that your
# `momentum_step` makes. On the right they are divided by your `effective_step`: all should be on their way to 1.


# %%
def pushed(rho, pushes=60, lr=0.1):
    """The length of each step under a gradient that is always 1."""
    w, v, steps = 0.0, 0.0, []
    for _ in range(pushes):
        before = w
        w, v = momentum_step(w, 1.0, v, lr, rho)
        steps.append(before - w)
    return np.array(steps)


lengths = {rho: pushed(rho) for rho in (0.5, 0.9, 0.95)}
shares = {rho: steps / effective_step(0.1, rho) for rho, steps in lengths.items()}
count = np.arange(1, 61)

panels(
    curves(
        {f"rho = {rho}": (count, steps) for rho, steps in lengths.items()},
        xlabel="pushes",
        ylabel="length of the step",
        ylim=(0, 2.1),
    ),
    curves(
        {f"rho = {rho}": (count, share) for rho, share in shares.items()},
        xlabel="pushes",
        ylabel="share of your effective_step",
        ylim=(0, 1.1),
    ),
    alt="Left: step lengths rise from 0.1 and level off at 0.2 for rho 0.5, at 1 for "
    "rho 0.9, towards 2 for rho 0.95. Right: all shares rise towards 1, rho 0.5 within "
    "a few pushes; rho 0.95 has not quite arrived after 60.",
    caption="The longer the memory, the longer the steps, and the longer they take to "
    f"get there: after 1 / (1 - rho) pushes the shares are {shares[0.5][1]:.2f}, "
    f"{shares[0.9][9]:.2f} and {shares[0.95][19]:.2f}.",
)

# %% [markdown]
# So `rho` is a memory: the last $1/(1-\rho)$ gradients, 2 of them at 0.5, 10 at 0.9, 20 at 0.95, make up two thirds of
# the sum or a little more.
#
# ## 4. How fast may it go?
#
# If `rho = 0.9` makes steps ten times longer, must the learning rate be ten times smaller, or else the run flies apart?
# Plain gradient descent diverges on our ravine beyond $2/L = 2/4 = 0.5$. *Predict:* at rate 0.6, does momentum make things
# better or worse?

# %%
flying = descend(
    ravine, ravine.start, momentum_step, steps=6, state=rest, lr=0.6, rho=0.0
)
caught = descend(
    ravine, ravine.start, momentum_step, steps=40, state=rest, lr=0.6, rho=0.5
)

panels(
    contours(ravine, {"rho = 0": flying.points}, title="Rate 0.6: thrown out"),
    contours(ravine, {"rho = 0.5": caught.points}, title="Rate 0.6: caught"),
    alt="Left: without momentum the path leaps to ever higher walls and out of the "
    "picture. Right: with rho 0.5 it swings a few times and settles in the middle.",
    caption=f"Without memory the loss has risen from {flying.losses[0]:.1f} to "
    f"{flying.losses[-1]:.0f} in 6 steps. With rho = 0.5 it is below 0.001 after "
    f"{caught.steps_to(1e-3)} steps.",
    height=3.0,
)

# %% [markdown]
# Momentum *rescues* the run. The steps that threw it out are those across the valley, and there the gradients quarrel, so the
# memory shortens them. How far does that go? Take a single direction of curvature $L$, where the gradient is $L w$. The
# velocity can be got rid of: the last step was $w_t = w_{t-1} - \eta\, v_t$, so $\eta\, v_t = w_{t-1} - w_t$, and the next one is
#
# $$\begin{aligned} w_{t+1} &= w_t - \eta\,(\rho\, v_t + L\, w_t) \\
# &= w_t - \rho\,(w_{t-1} - w_t) - \eta L\, w_t \\
# &= (1 + \rho - \eta L)\, w_t - \rho\, w_{t-1}. \end{aligned}$$
#
# A run on the very edge neither shrinks nor grows: it jumps to the other wall and back, $w_{t+1} = -w_t$ and
# $w_{t-1} = -w_t$. Put that in and divide by $w_t$:
#
# $$-1 = (1 + \rho - \eta L) + \rho \quad\Longrightarrow\quad \eta = \frac{2\,(1 + \rho)}{L}$$
#
# Section 3 says the same in one line: on the edge a step must be $2w$ long, and with quarrelling gradients it is
# $\eta\, L w / (1 + \rho)$. The steepest direction gets there first, so $L$ is the largest curvature.
#
# By hand for the ravine, $L = 4$: with $\rho = 0$ the limit is 0.5, as it should be; with $\rho = 0.5$ it is 0.75, so 0.6 is
# safe.
#
# ### Exercise 3: `momentum_limit`


# %% nbgrader={"grade_id": "momentum_limit", "solution": true}
def momentum_limit(L, rho):
    """The learning rate at which momentum begins to diverge on a quadratic.

    L    the largest curvature
    rho  the share of the velocity that is kept
    Both are numbers, or arrays that broadcast against each other.

    Returns 2 * (1 + rho) / L.

    Example: momentum_limit(4.0, 0.5) is 0.75.
    """
    ### BEGIN SOLUTION
    return 2 * (1 + rho) / L
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_momentum_limit", "grade": true, "points": 3}
check(momentum_limit)
### BEGIN HIDDEN TESTS
check(momentum_limit, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Now let five thousand balls roll at once, one for each pair of learning rate and `rho`, and draw *your* limit over the map
# of what happened to them. (Your `momentum_step` takes the whole crowd in one call; that is what "any shape" was for.)

# %%
rates, rhos = np.linspace(0.01, 1.2, 100), np.linspace(0, 0.98, 50)
crowd = np.broadcast_to(ravine.start, (50, 100, 2))
runs = descend(
    ravine,
    crowd,
    momentum_step,
    steps=250,
    state=np.zeros_like(crowd),
    lr=rates[None, :, None],
    rho=rhos[:, None, None],
)
needed = np.where(runs.steps_to(1e-3) < 0, np.nan, runs.steps_to(1e-3))
row, column = np.unravel_index(np.nanargmin(needed), needed.shape)

panels(
    heat(
        needed,
        rates,
        rhos,
        xlabel="learning rate",
        ylabel="rho",
        label="steps to loss < 0.001",
        lines={"your momentum_limit": (momentum_limit(4.0, rhos), rhos)},
        empty="not within 250 steps",
        dark_is_low=True,
    ),
    alt="A map over learning rate and rho. Right of the line 2 (1 + rho) / 4 all is "
    "grey: those runs diverge. The fastest lie close to the line around rho 0.4; "
    "towards rho 1 and towards small rates the runs are slow.",
    caption="Right of your line the runs have flown out; the grey at the left edge and "
    "at the top is merely too slow. The best pair, rate "
    f"{rates[column]:.2f} and rho {rhos[row]:.2f}, needs {needed[row, column]:.0f} "
    f"steps; the best without memory, the bottom row, {np.nanmin(needed[0]):.0f}.",
    height=3.6,
)

# %% [markdown]
# The map holds more than the edge. Follow it upwards at one rate, say 0.4: the steps become fewer at first, and then
# more and more. More memory is not always better. Here is the way *along* the valley at that rate, for three amounts of memory.

# %%
little, right, beyond, much = (
    descend(ravine, ravine.start, momentum_step, steps=60, state=rest, lr=0.4, rho=rho)
    for rho in (0.2, 0.514, 0.55, 0.9)
)
shrinking = 5 * np.sqrt(0.9) ** np.arange(61)

panels(
    curves(
        {
            "rho = 0.2: creeps": little.points[:, 0],
            "rho = 0.514: no swing yet": right.points[:, 0],
            "rho = 0.9: swings": much.points[:, 0],
            "5 sqrt(0.9)^t": shrinking,
        },
        xlabel="steps t",
        ylabel="position along the valley, w1",
    ),
    alt="With rho 0.2 the ball creeps up to 0; with 0.514 it arrives quickly without "
    "passing it; with 0.9 it swings to and fro below a line that shrinks by the "
    "square root of 0.9 in every step.",
    caption=f"Steps to the goal: {little.steps_to(1e-3)}, {right.steps_to(1e-3)}, "
    f"and with rho = 0.9 more than {len(much.losses) - 1}. A touch beyond, at 0.55, it "
    f"takes {beyond.steps_to(1e-3)}: a swing too small to miss the goal does no harm.",
    height=3.3,
)

# %% [markdown]
# These three have names, borrowed from a door with a closer: **over-damped** (it creeps shut), **critically damped** (it
# shuts quickly, without a bang), **under-damped** (it swings). Where the borders lie comes from the same recursion: look for
# a path that changes by the same factor $r$ in every step, $w_t = r^t$. It needs
#
# $$r^2 - (1 + \rho - \eta L)\, r + \rho = 0.$$
#
# - Two real, positive solutions: it creeps.
# - Two real, negative ones: it jumps from wall to wall, as across the ravine with $\rho = 0$, where $r = 1 - 1.6 = -0.6$.
# - No real solution: it swings. The two complex solutions mirror each other, so they have the same size; their product is the
#   last term, $\rho$; so each has size $\sqrt{\rho}$. **A ball that swings keeps the share $\sqrt\rho$ of its swing per step,
#   whatever the learning rate.** That is the fourth line in the figure, which the swings only touch, and it is the 0.71,
#   the root of 0.5, that you met across the valley in the table of section 2.
#
# With $\rho = 0.99$ that is half a percent per step, about 460 steps for a tenth of the swing: too much memory takes very long
# to calm down. The border between creeping and swinging is where the square root in the solution vanishes,
# $(1 + \rho - \eta L)^2 = 4 \rho$, which is $\sqrt{\rho} = 1 - \sqrt{\eta L}$. Along the valley $L = 0.2$, so at rate 0.4 it is
# $\rho = (1 - \sqrt{0.08})^2 = 0.514$.
#
# ### The best pair
#
# A steep direction has a second border, at which jumping turns into swinging. There the same root vanishes with the other sign:
# $\sqrt{\rho} = \sqrt{\eta L} - 1$. So let the two extremes, the flattest curvature $\mu$ and the steepest $L$, *each* stand on its
# border. Both then keep the share $\sqrt\rho$ per step, and neither has to wait for the other:
#
# $$1 - \sqrt{\eta\mu} = \sqrt{\rho} = \sqrt{\eta L} - 1$$
#
# The two ends give $\sqrt\eta\,(\sqrt L + \sqrt\mu) = 2$, and with that $\eta$ either of them gives $\rho$:
#
# $$\eta = \frac{4}{(\sqrt{L} + \sqrt{\mu})^2}, \qquad
# \sqrt{\rho} = \frac{\sqrt{L} - \sqrt{\mu}}{\sqrt{L} + \sqrt{\mu}} = \frac{\sqrt\kappa - 1}{\sqrt\kappa + 1}, \qquad
# \kappa = \frac{L}{\mu}$$
#
# By hand for the ravine: $\sqrt{4} + \sqrt{0.2} = 2.447$, so $\eta = 4 / 2.447^2 = 0.67$ and $\sqrt\rho = 1.553 / 2.447 = 0.63$, a
# $\rho$ of 0.40: close to the best pair that you found on the map. Without memory the best rate keeps $(\kappa - 1)/(\kappa + 1)$
# (lesson 02). The formula is the same; only that momentum feels the *root* of the condition number $\kappa$. *Predict:* four times
# the condition number, how many times the steps, alone and with memory?

# %%
rows = []
for kappa in (20, 80, 320):
    bowl, root = ill_conditioned(kappa), np.sqrt(kappa)  # curvatures 1 and kappa
    row = [str(kappa)]
    for lr, rho in [
        (2 / (kappa + 1), 0.0),
        (4 / (root + 1) ** 2, ((root - 1) / (root + 1)) ** 2),
    ]:
        trace = descend(
            bowl, bowl.start, momentum_step, steps=1500, state=rest, lr=lr, rho=rho
        )
        left = np.linalg.norm(trace.points, axis=1) / np.linalg.norm(bowl.start)
        row += [lr, *([rho] if rho else []), np.flatnonzero(left >= 1e-3)[-1] + 1]
    rows.append(row)

table(
    ["condition number", "rate alone", "steps", "rate with memory", "rho", "steps"],
    rows,
    caption="Steps until a thousandth of the distance is left, at the best rates and rho",
)

# %% [markdown]
# Alone, four times the condition number means four times the steps. With memory it means about twice. **The longer the valley,
# the more a memory is worth**, and the more of it you need.
#
# ## 5. Over bumps and past saddles
#
# A ball with speed can do what a ball without cannot: roll on where the slope says stop. Here is a slope with a dent in
# it, just deep enough to hold a ball that has no speed.

# %%
stuck, through, wild = (
    descend(
        dented_slope,
        dented_slope.start,
        momentum_step,
        steps=120,
        state=np.zeros(1),
        lr=lr,
        rho=rho,
    )
    for lr, rho in [(0.1, 0.0), (0.1, 0.8), (0.3, 0.95)]
)
places, losses = dented_slope.grid(400)

panels(
    curves(
        {"": (places[:, 0], losses)},
        xlabel="weight w",
        ylabel="loss",
        title="A slope with a dent",
    ),
    curves(
        {
            "rho = 0, rate 0.1": stuck.points[:, 0],
            "rho = 0.8, rate 0.1": through.points[:, 0],
            "rho = 0.95, rate 0.3": wild.points[:, 0],
        },
        xlabel="steps",
        ylabel="weight w",
        title="Where the ball is",
    ),
    alt="Left: a bowl with its bottom at 0 and a small dent near -1.9. Right: without "
    "momentum the ball stops in the dent; with rho 0.8 it rolls through to 0; with "
    "rho 0.95 and a larger rate it swings to and fro and ends in the dent.",
    caption=f"The three balls end at {stuck.points[-1, 0]:.2f}, "
    f"{through.points[-1, 0]:.2f} and {wild.points[-1, 0]:.2f}.",
)

# %% [markdown]
# The second ball coasts through the dent. The third, with more memory *and* a larger rate, is a warning: it coasts through as
# well, flies far past the bottom, swings back over both, and happens to run out of speed inside the dent. **Momentum gives a ball a chance to leave a
# shallow dip; it is no promise of a better one.**
#
# A *saddle* is flat in the middle, up in one direction and down in another. With many weights saddles are far more common than
# dents (lesson 03 counted them). Near its middle the gradients are tiny, but they agree, and agreement adds up:

# %%
start = np.array([-2.0, 0.001])
slow, quick = (
    descend(saddle, start, momentum_step, steps=90, state=rest, lr=0.05, rho=rho)
    for rho in (0.0, 0.8)
)
left = [int(np.argmax(trace.losses < -1)) for trace in (slow, quick)]

panels(
    contours(saddle, {"rho = 0": slow.points, "rho = 0.8": quick.points}),
    curves(
        {"rho = 0": slow.losses, "rho = 0.8": quick.losses},
        xlabel="steps",
        ylabel="loss",
        ylim=(-4, 4),
        mark=(-1, "it has left"),
    ),
    widths=(3, 2),
    alt="Both balls start high on the left, almost on the line that leads to the flat "
    "middle. The one with momentum overshoots the middle a little, turns upwards and is "
    "gone long before the other.",
    caption=f"The loss falls below -1 after {left[1]} steps with rho = 0.8, and after "
    f"{left[0]} without momentum.",
)

# %% [markdown]
# ## 6. An average instead of a sum
#
# Some texts let the velocity be an *average* of the gradients rather than a sum. It is worth writing once, because the same
# average comes back in lessons 07 and 08 and in every smoothed loss curve you will ever plot:
#
# $$a_0 = 0, \qquad a_t = \beta\, a_{t-1} + (1 - \beta)\, x_t$$
#
# The two factors add up to 1, so a run of equal values ends at *that value*, not at a multiple of it. By hand, $\beta = 0.5$
# and the values 4, 4, 4: the averages are 2, 3, 3.5. Notice the low start: $a_0 = 0$ counts as if it were a value. (Lesson 08
# mends that.)
#
# ### Exercise 4: `exponential_average`


# %% nbgrader={"grade_id": "exponential_average", "solution": true}
def exponential_average(values, beta=0.9):
    """The exponential moving average of a series, after each of its values.

    values  the series along the first axis: shape (T,), or (T, ...) for several series side by side;
            floats or whole numbers
    beta    the share of the old average that is kept

    Returns an array of floats in the shape of values:  a[t] = beta * a[t-1] + (1 - beta) * values[t],
    starting from an average of 0. values stays as it is.

    Example: exponential_average([4, 4, 4], beta=0.5) is [2.0, 3.0, 3.5].
    """
    ### BEGIN SOLUTION
    averages = np.array(values, dtype=float)
    average = np.zeros(averages.shape[1:])
    for t, value in enumerate(averages):
        average = beta * average + (1 - beta) * value
        averages[t] = average
    return averages
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_exponential_average", "grade": true, "points": 4}
check(exponential_average)
### BEGIN HIDDEN TESTS
check(exponential_average, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Here is a loss curve as mini-batches give it, a falling line under noise, and your average of it with a short and a long
# memory. *Predict:* which of the two lags behind more?

# %%
rng = np.random.default_rng(5)
t = np.arange(300)
true = 0.3 + 1.7 * np.exp(-t / 60)
noisy = true + rng.normal(0, 0.2, t.size)
short, long = (np.asarray(exponential_average(noisy, beta)) for beta in (0.8, 0.97))
miss = [np.sqrt(np.mean((line - true)[150:] ** 2)) for line in (noisy, short, long)]

panels(
    curves(
        {"measured": noisy, "without the noise": true},
        xlabel="steps",
        ylabel="loss",
        ylim=(0, 2.6),
        title="What you measure",
    ),
    curves(
        {"beta = 0.8": short, "beta = 0.97": long, "without the noise": true},
        xlabel="steps",
        ylabel="loss",
        ylim=(0, 2.6),
        title="What you can see in it",
    ),
    alt="Left: a falling loss curve buried in noise. Right: with beta 0.8 the average "
    "follows it and still trembles; with 0.97 it is smooth, starts far too low and "
    "then lags above the truth.",
    caption=f"Typical distance from the truth after step 150: {miss[0]:.2f} as measured, "
    f"{miss[1]:.2f} with beta = 0.8, {miss[2]:.2f} with 0.97. The smoothest line is no "
    "nearer to the truth: smoothness is paid for with lag, and with the low start.",
)

# %% [markdown]
# And the sum of section 2 is this average, up to a factor: $a = (1 - \rho)\, v$. So whoever averages needs a rate that is
# $1/(1-\rho)$ times larger to walk the same path. A check on your own functions:

# %%
gradients = np.random.default_rng(7).normal(size=(50, 3))
w, v = np.zeros(3), np.zeros(3)
for grad in gradients:
    w, v = momentum_step(w, grad, v, lr=0.01, rho=0.9)
averages = np.asarray(exponential_average(gradients, 0.9))
averaged = -effective_step(0.01, 0.9) * averages.sum(axis=0)

table(
    ["", "w[0]", "w[1]", "w[2]"],
    [["sum, lr = 0.01", *w], ["average, lr = 0.01 / (1 - 0.9)", *averaged]],
    caption="The same 50 gradients, both ways",
)

# %% [markdown]
# ## 7. Look before you roll
#
# Even with a gradient of zero the next step would be $\eta \rho v$ long: the ball is going to coast there anyway. So why measure the
# slope *here*, and not where the coasting will take it? Yurii Nesterov's idea: coast first, measure there, then correct. A ball
# that looks ahead feels the far wall before it hits it.
#
# Let $w$ be the point where the slope is measured, the look-ahead point itself. Then it is one small change: the step is made
# of this gradient and of the velocity *that is about to be coasted with*:
#
# $$v \leftarrow \rho\, v + g \qquad\qquad w \leftarrow w - \eta\,(g + \rho\, v)$$
#
# By hand, from rest, $\rho = 0.5$, $\eta = 1$, first gradient 1. The heavy ball moves by 1. Nesterov's has $v = 1$ and moves by
# $1 + 0.5 \cdot 1 = 1.5$: it has coasted already. Now suppose the far wall pushes back, with a gradient of $-1$. The heavy
# ball's velocity falls to $0.5 - 1 = -0.5$, and it moves back by 0.5. Nesterov's has the same $v = -0.5$ and moves back by
# $1 + 0.25 = 1.25$: **it brakes harder**.
#
# > **Conventions.** This is the form of PyTorch and optax. Nesterov's own keeps the point *before* the coasting; the paths
# > differ by one coasting step, and the losses meet at the bottom. The new `v` stands in the bracket. With the old one you
# > would have the heavy ball again; try it on paper.
#
# ### Exercise 5: `nesterov_step`


# %% nbgrader={"grade_id": "nesterov_step", "solution": true}
def nesterov_step(w, grad, v, lr, rho=0.9):
    """One step of Nesterov's momentum.

    w     the weights at the look-ahead point, an array of any shape or a number
    grad  the gradient at w, same shape
    v     the velocity before this step, same shape
    lr    the learning rate, a number
    rho   the share of the velocity that is kept

    Returns (w, v) after the step:  v <- rho * v + grad,  then  w <- w - lr * (grad + rho * v).
    The arrays that were passed in stay as they are.

    Example: nesterov_step(1.0, 2.0, 0.0, lr=0.1, rho=0.5) is (0.7, 2.0).
    """
    ### BEGIN SOLUTION
    v = rho * v + grad
    return w - lr * (grad + rho * v), v
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_nesterov_step", "grade": true, "points": 5}
check(nesterov_step)
### BEGIN HIDDEN TESTS
check(nesterov_step, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Same start, rate 0.1, `rho = 0.9`. *Predict:* which of the two balls crosses the floor of the ravine more often before it comes
# to rest?

# %%
heavy, ahead = (
    descend(ravine, ravine.start, rule, steps=90, state=rest, lr=0.1, rho=0.9)
    for rule in (momentum_step, nesterov_step)
)
panels(
    contours(ravine, {"heavy ball": heavy.points[:30], "Nesterov": ahead.points[:30]}),
    curves(
        {"heavy ball": heavy.losses, "Nesterov": ahead.losses},
        xlabel="steps",
        ylabel="loss",
        log=True,
        mark=(1e-3, "goal"),
    ),
    widths=(3, 2),
    alt="With rate 0.1 and rho 0.9 the heavy ball swings widely across the ravine; "
    "Nesterov's ball is calm after a few swings and its loss falls faster.",
    caption=f"Below 0.001 after {heavy.steps_to(1e-3)} steps (heavy ball) and "
    f"{ahead.steps_to(1e-3)} (Nesterov). The first 30 steps are drawn on the left.",
)


# %%
def steps_needed(rule, lr):
    """Steps to the goal on the ravine with rho = 0.9, or "never" within 300."""
    trace = descend(ravine, ravine.start, rule, steps=300, state=rest, lr=lr, rho=0.9)
    return trace.steps_to(1e-3) if trace.steps_to(1e-3) > 0 else "never"


rates = (0.05, 0.1, 0.2, 0.3, 0.4)
table(
    ["learning rate", *map(str, rates)],
    [
        ["heavy ball", *(steps_needed(momentum_step, lr) for lr in rates)],
        ["Nesterov", *(steps_needed(nesterov_step, lr) for lr in rates)],
    ],
    caption="Steps to loss < 0.001 with rho = 0.9",
)

# %% [markdown]
# Calmer at every small rate, and yet *thrown out* at a rate that the heavy ball can bear. Looking ahead is not free. On the edge
# the velocity is $g / (1 + \rho)$, so the bracket is $g + \rho\, g / (1 + \rho) = g\,(1 + 2\rho) / (1 + \rho)$, and with
# $g = L w$ a step reaches the length $2w$ already at the rate $2 (1 + \rho) / (L\, (1 + 2\rho))$. With $\rho = 0.9$ and
# $L = 4$ that is 0.34.
#
# ## 8. On a real network
#
# So far, toy valleys. Now 1797 handwritten digits, 8 x 8 pixels each, and a network of 64 inputs, 32 hidden units and 10
# outputs: 2410 weights. Four words for what follows: a *mini-batch* is a handful of digits, here 128, whose mean gradient makes
# one step; an *epoch* is one pass through all the training digits; *held-out* digits are never trained on; and a *seed* is
# another random start, so that no result hangs on a lucky one.
#
# You know two things about momentum that pull apart. It makes steps $1/(1-\rho)$ times longer, which anyone could have by
# turning up the learning rate. And it steadies the directions that quarrel. **Which of the two does the work?** To find out,
# compare runs of the same *effective step*: gradient descent with rate $s$ against momentum with rate $(1 - \rho)\, s$.
#
# *Predict*, for small $s$ and for large $s$: which is better, and by how much?

# %%
from gradlab.data import digits, stratified_split
from gradlab.network import MLP
from gradlab.training import fit

images, labels = digits()
train, held_out = stratified_split(labels, (0.75, 0.25), np.random.default_rng(0))
network = MLP((64, 32, 10))
starts = network.init(np.random.default_rng(1), runs=(5,))  # five seeds
sizes = np.array([0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10])  # effective steps


def train_all(rule, rho):
    """Ten epochs for every effective step and seed: a History of 8 x 5 runs."""
    start = np.tile(starts, (len(sizes), 1, 1))
    return fit(
        network,
        start,
        images[train],
        labels[train],
        rule,
        epochs=10,
        batch_size=128,
        rng=np.random.default_rng(2),
        state=np.zeros_like(start),
        validation=(images[held_out], labels[held_out]),
        lr=(1 - rho) * sizes[:, None, None],
        rho=rho,
    )


trained = {
    "gradient descent": train_all(momentum_step, 0.0),
    "momentum, rho = 0.9": train_all(momentum_step, 0.9),
    "Nesterov, rho = 0.9": train_all(nesterov_step, 0.9),
}
means = {name: history.loss[-1].mean(axis=1) for name, history in trained.items()}
worse_at_10 = sum(loss[-1] > loss.min() for loss in means.values())

panels(
    curves(
        {name: (sizes[:-1], np.minimum(loss[:-1], 3)) for name, loss in means.items()},
        bands={
            name: np.where(
                means[name][:-1] < 3,
                [runs.loss[-1, :-1].min(axis=1), runs.loss[-1, :-1].max(axis=1)],
                np.nan,
            )
            for name, runs in trained.items()
        },
        markers=True,
        xlabel="effective step",
        ylabel="training loss after 10 epochs",
        log=True,
        logx=True,
        ylim=(0.015, 3.2),
    ),
    alt="Training loss after ten epochs against the effective step. Up to 0.5 the "
    "three curves nearly coincide. Gradient descent is best at 1 and has blown up at 2; "
    "momentum and Nesterov go on improving to 5.",
    caption="Mean of five seeds, with the best and the worst of them as a shade; 3 "
    "stands for 3 or more. For small steps the three are nearly the same; then gradient "
    "descent breaks off, and the other two go on. At a step of 10, not drawn because "
    f"the seeds differ wildly there, {worse_at_10} of the 3 do worse than at their best.",
)


# %%
def result(name, size):
    """A row of the table: mean and standard deviation over the five seeds."""
    loss, accuracy = trained[name].loss[:, size], trained[name].accuracy[-1, size]
    shown = (loss[2], loss[-1], accuracy)
    return [
        name,
        f"{sizes[size]:g}",
        *(f"{runs.mean():.3f} ± {runs.std():.3f}" for runs in shown),
    ]


table(
    [
        "rule",
        "effective step",
        "loss, 2 epochs",
        "loss, 10 epochs",
        "held-out accuracy",
    ],
    [result(name, 2) for name in trained]
    + [result(name, means[name].argmin()) for name in trained],
    caption="First all at the same small step, then each at its own best",
)

# %% [markdown]
# At the same small step, memory buys nothing, and costs a little, because it has to fill first: the longer step was all. But
# gradient descent cannot go on lengthening its steps, because the steepest direction throws it out at $2/L$. Momentum can bear
# an effective step of $2(1+\rho)/(L\,(1-\rho))$; on a quadratic, with $\rho = 0.9$, that is nineteen times as long. A network is
# no quadratic and the figure shows less, but still a lot: gradient descent has failed at 2, and momentum is at its best at 5. **Here, momentum's memory did not make the steps better. It made longer steps possible.** On the held-out digits the
# difference is smaller than on the training loss; a better fit of the training digits is not the same as a better classifier
# (lesson 10).
#
# ## 9. What you should have seen
#
# - One rate cannot serve a steep and a flat direction; a memory of past gradients tells them apart.
# - Agreeing gradients add up to $1/(1-\rho)$ times the gradient, quarrelling ones to $1/(1+\rho)$ times.
# - The stable rate *grows* to $2(1+\rho)/L$.
# - Too little memory creeps, too much swings, and each step keeps $\sqrt\rho$ of the swing.
# - At its best, momentum needs steps in proportion to $\sqrt\kappa$ where gradient descent needs them in proportion to $\kappa$.
# - On digits: at a small equal effective step memory costs a little; each at its own best rate, momentum is far ahead.
#
# ### Written question 1 (3 points)
#
# A friend says: "With `rho = 0.9` my steps get ten times longer, so I must divide the learning rate by ten or the run will
# diverge." Where is your friend right, where wrong? Use the limit of section 4, and name a place on the heat map that
# settles it.

# %% [markdown] nbgrader={"grade_id": "written_limit", "grade": true, "solution": true, "points": 3}
# <!-- BEGIN SOLUTION -->
# **Rubric.** One point each:
#
# 1. *Right*: where gradients agree, steps do become 1 / (1 - 0.9) = 10 times longer, and dividing the rate by ten gives the
#    same effective step.
# 2. *Wrong*: divergence is decided in the steepest direction, where gradients alternate; there the limit rises from 2/L to
#    2 (1 + 0.9) / L = 3.8 / L.
# 3. Evidence from the map: for example rate 0.6 (grey at rho = 0, blue at 0.5), or any point between 0.5 and the line.
# <!-- END SOLUTION -->

# %% [markdown]
# ### Written question 2 (3 points)
#
# Suppose you may train the digits network for two epochs only, and may tune nothing: the effective step is 0.2. Would you
# use momentum? And if you may tune the rate? Answer from the table of section 8, with numbers, and say what the spread over
# seeds allows you to claim, and what it does not.

# %% [markdown] nbgrader={"grade_id": "written_digits", "grade": true, "solution": true, "points": 3}
# <!-- BEGIN SOLUTION -->
# **Rubric.** One point each:
#
# 1. Untuned: no. After two epochs at 0.2 the loss is clearly higher with momentum, because the memory has to fill first; quotes
#    the two losses.
# 2. Tuned: yes, since momentum can bear a longer step; quotes the two losses at each rule's best step.
# 3. Compares with the spread: the tuned losses differ by many standard deviations, the accuracies by about three. Says one
#    thing that the spread does not cover, such as the single split, or that 0.01 of the held-out accuracy is four or five digits.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Where to read on
#
# - B. T. Polyak, *Some methods of speeding up the convergence of iteration methods*, 1964: where the heavy ball first rolled.
# - Y. Nesterov, *A method of solving a convex programming problem with convergence rate O(1/k²)*, 1983.
# - I. Sutskever, J. Martens, G. Dahl, G. Hinton, *On the importance of initialization and momentum in deep learning*, 2013.
# - G. Goh, *Why momentum really works*, Distill, 2017: the damping picture, interactive and in depth.
#
# [Lesson 04](../04-initialization/initialization.ipynb) was about where a descent starts, and this one about how it rolls on.
# In the [next lesson](../06-per-weight-steps/per-weight-steps.ipynb) every weight gets a step size of its own.

# %%
progress("05-momentum")
