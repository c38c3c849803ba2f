# %% [markdown]
# # 07 · RMSProp
#
# **A rate that can only fall does not live long in a world that changes. What must a weight forget?**
#
# When you are done, you can
#
# - turn AdaGrad into RMSProp by changing one line, and say what that line forgets, and how fast,
# - tell how long the steps are: the first one, those under a steady gradient, and those after a long silence,
# - say what eps does, for which weights, and why the same eps means something else in another library,
# - say where RMSProp beats AdaGrad on a real network, where it does not, and why it never quite comes to rest.
#
# **Time:** about 55 minutes. **Builds on:** AdaGrad and effective rates (lesson 06), and the exponential average (section 6 of
# lesson 05).

# %%
import numpy as np

from gradlab import check, descend, progress, todo
from gradlab.explorers import Prediction, memory_explorer
from gradlab.optimizers import adagrad, gradient_descent, momentum
from gradlab.plots import curves, panels
from gradlab.surfaces import ravine
from gradlab.tables import table

# %% [markdown]
# ## 1. See it first
#
# Now the ground moves. The lowest point that a weight runs after, its *target*, jumps from 2 to -2, back again, and so on. And the
# gradients are noisy, as those of mini-batches are. That makes five journeys, and from the second on they are equally long.
#
# AdaGrad divides each gradient by the root of the sum of all its squares so far. The slider `keep` says how much of the past is left
# when a new gradient comes: all of it, as in AdaGrad, or only a share, and the new square makes up the rest.
#
# **Your goal:** every journey after the first in **under 115 steps**, and in the end a *tremble*, the typical distance of a run from its
# target, **below 0.2**. Try it first with `keep` at `all`.

# %%
second, *_, fifth = memory_explorer().journeys[1:]
told = f"takes {fifth} steps" if fifth else "has not arrived after 300"

memory_explorer(
    prediction=Prediction(
        question="AdaGrad, rate 0.5: its second journey takes "
        f"{second} steps. How many does the fifth take?",
        options=("about half as many", "about as many", "about twice as many or more"),
        reveal=f"The fifth {told}. Each journey is slower than the one before.",
    )
)

# %% [markdown]
# With `all`, no rate of the slider keeps up for long. Once anything is forgotten, a rate of 0.05 does it. What is going on?
#
# Here is the same chase in our ravine, curvature 0.2 along and 4 across, with 500 steps to a journey and AdaGrad at rate 0.5. *Predict:*
# the slope across is twenty times the one along. Which of its two weights is the slower one?

# %%
curvature = np.array([0.2, 4.0])
many = 300  # runs at once, so that their mean is smooth
targets = np.repeat([2.0, -2.0, 2.0, -2.0, 2.0], 500)


def chase(rule, state=None, **hyper):
    """Run after the jumping minimum: all points and all gradients, (2500, runs, 2)."""
    rng = np.random.default_rng(7)  # the same noise for every rule
    w, path, grads = np.zeros((many, 2)), [], []
    for target in targets:
        grad = curvature * (w - target + rng.normal(size=w.shape))
        w, state = rule(w, grad, state, **hyper)
        path.append(w)
        grads.append(grad)
    return np.array(path), np.array(grads)


def journeys(path):
    """For each journey, steps until the mean of both weights is within 0.2 of the target."""
    far = np.abs(path.mean(axis=1) - targets[:, None]).max(axis=1).reshape(5, 500)
    return [int(np.argmax(leg < 0.2)) + 1 if leg.min() < 0.2 else 0 for leg in far]


def journeys_row(path):
    return [steps if steps else "> 500" for steps in journeys(path)]


dying, met = chase(adagrad, lr=0.5)
rates_left = 0.5 / np.sqrt(np.cumsum(met**2, axis=0))
steps = np.arange(1, 2501)

panels(
    curves(
        {
            "along, curvature 0.2": dying[..., 0].mean(axis=1),
            "across, curvature 4": dying[..., 1].mean(axis=1),
            "target": targets,
        },
        xlabel="steps",
        ylabel="mean weight of 300 runs",
        ylim=(-2.4, 4.2),
        title="AdaGrad, rate 0.5",
    ),
    curves(
        {
            "along": (steps, np.median(rates_left[..., 0], axis=1)),
            "across": (steps, np.median(rates_left[..., 1], axis=1)),
        },
        xlabel="steps",
        ylabel="effective rate",
        log=True,
        title="What is left of its rates",
    ),
    alt="Left: both weights follow the jumping target together, quickly at first and "
    "more slowly at every jump. Right: both effective rates fall all the time, the one "
    "along the valley staying 20 times as high as the other.",
    caption="Steps until both weights are within 0.2 of the target, journey by journey: "
    f"{', '.join(map(str, journeys_row(dying)))}.",
)

# %% [markdown]
# Neither is: the two walk side by side, although their slopes differ by a factor of 20. That is the gift of AdaGrad, and we want to keep it.
# But each journey is slower than the one before. The sum of squares never lets go of anything: at the last jump it still
# carries the gradients of the first journey, 2000 steps ago, which nobody needs any more.
#
# ## 2. An average that forgets
#
# What should a weight be divided by? By the size that its gradients have *of late*. You have the tool already: the
# exponential average of lesson 05, fed with the squares.
#
# $$s \leftarrow \rho\, s + (1 - \rho)\, g^2$$
#
# | symbol | in code | what it is | shape |
# |:--|:--|:--|:--|
# | $g$ | `grad` | the gradient | as the weights |
# | $s$ | `s` | the **mean of squares**; zero before the first step | as the weights |
# | $\rho$ ("rho") | `rho` | the share of the old mean that is kept, from 0 to just below 1; usually 0.9 | a number |
#
# The two shares add up to 1, so equal squares end at *that square*, not at ever larger sums. All of it goes entry by
# entry: every weight has an average of its own. By hand, $\rho = 0.5$, for a weight whose gradients are large at first and then small:

# %%
rows, total, s = [], 0.0, 0.0
for t, g in enumerate([4.0, 4.0, 4.0, 1.0, 1.0, 1.0], start=1):
    total, s = total + g**2, 0.5 * s + 0.5 * g**2
    rows.append([t, g, total, s, np.sqrt(s)])

table(["t", "g", "AdaGrad's sum", "s = 0.5 s + 0.5 g^2", "root of s"], rows)

# %% [markdown]
# The sum has nearly 50 on its back and stays there. The average climbs towards 16 while the gradients are 4, and turns round as soon as
# they are 1: **its root follows the size of the gradients, down as well as up.** The name says it: *root mean square*.
#
# ### Exercise 1: `moving_average_of_squares`


# %% nbgrader={"grade_id": "moving_average_of_squares", "solution": true}
def moving_average_of_squares(s, grad, rho=0.9):
    """The mean of squares after one more gradient.

    s     the mean of squares before, an array of any shape or a number
    grad  the gradient, same shape
    rho   the share of the old mean that is kept

    Returns rho * s + (1 - rho) * grad**2, entry by entry.
    The arrays that were passed in stay as they are: make a new one.

    Example: moving_average_of_squares(8.0, 4.0, rho=0.5) is 12.0.
    """
    ### BEGIN SOLUTION
    return rho * s + (1 - rho) * grad**2
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_moving_average_of_squares", "grade": true, "points": 5}
check(moving_average_of_squares)
### BEGIN HIDDEN TESTS
check(moving_average_of_squares, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Let *your* average listen to gradients that are nothing but noise: of spread 4 for 300 steps, then of spread 0.5, then of spread 2. A good $\sqrt{s}$
# finds these three numbers. *Predict:* which of rho = 0.5, 0.9 and 0.99 finds them soonest, and which holds them most
# steadily?

# %%
rng = np.random.default_rng(1)
spread = np.repeat([4.0, 0.5, 2.0], 300)
noise = spread * rng.normal(size=900)
roots = {}
for rho in (0.5, 0.9, 0.99):
    s, heard = 0.0, []
    for grad in noise:
        s = moving_average_of_squares(s, grad, rho)
        heard.append(s)
    roots[rho] = np.sqrt(heard)
of_all = np.sqrt(
    np.cumsum(noise**2) / np.arange(1, 901)
)  # every square weighs the same


def wobble(root):
    """How much it trembles, as a share, in the last 100 steps of each stretch."""
    ends = (root / spread).reshape(3, 300)[:, 200:]
    return ends.std(axis=1).mean()


panels(
    *(
        curves(
            {"root of s": roots[rho], "true size": spread},
            xlabel="steps",
            ylabel="size",
            log=True,
            ylim=(0.02, 15),
            title=f"rho = {rho}",
        )
        for rho in (0.5, 0.9, 0.99)
    ),
    alt="Three drawings. With rho 0.5 the root of s jumps at once with the spread but "
    "trembles wildly. With 0.9 it trembles less. With 0.99 it is almost smooth, and 300 "
    "steps are not enough for it to come down from 4 to 0.5.",
    caption="Tremble, as a share of the size: "
    + ", ".join(f"{wobble(root):.2f} (rho = {rho})" for rho, root in roots.items())
    + ". Half way through the quiet stretch the roots stand at "
    + ", ".join(f"{root[450]:.2f}" for root in roots.values())
    + f", where 0.5 would be right; the root of the plain mean of all squares so far, "
    f"which forgets nothing, stands at {of_all[450]:.2f}.",
    height=2.9,
)

# %% [markdown]
# The bargain is the one of lesson 05: the average looks back over about $1/(1-\rho)$ gradients, 2, 10 or 100 of them. A short
# memory is quick and nervous, a long one steady and late.
#
# ## 3. RMSProp
#
# Now divide by that root. Two lines, the first of which you have written:
#
# $$s \leftarrow \rho\, s + (1 - \rho)\, g^2 \qquad\qquad w \leftarrow w - \eta\, \frac{g}{\sqrt{s + \varepsilon}}$$
#
# | symbol | in code | what it is | shape |
# |:--|:--|:--|:--|
# | $w$ | `w` | the weights | any |
# | $\eta$ ("eta") | `lr` | the learning rate | a number |
# | $\varepsilon$ ("epsilon") | `eps` | a tiny number that keeps the root from being zero (section 5) | a number |
# | $\eta / \sqrt{s + \varepsilon}$ | | the **effective rate** of each weight | as `w` |
#
# By hand: $w = 1$, $g = 4$, $s = 8$, $\rho = 0.5$ and $\eta = 0.1$. First $s = 4 + 8 = 12$, then $w = 1 - 0.1 \cdot 4 / 3.464 = 0.8845$.
# The *new* $s$ stands under the root.
#
# > **Conventions.** *Here*, in Keras and in optax eps stands inside the root, `sqrt(s + eps)`; in PyTorch behind it, `sqrt(s) + eps`.
# > The check accepts both, and tells you when it sees the other. PyTorch calls rho `alpha` and sets it to 0.99; Keras and optax
# > set it to 0.9, as we do. Some versions subtract the squared mean of the gradients from `s` (*centred* RMSProp) or add
# > momentum. Ours is the plain one.
#
# ### Exercise 2: `rmsprop_step`


# %% nbgrader={"grade_id": "rmsprop_step", "solution": true}
def rmsprop_step(w, grad, s, lr, rho=0.9, eps=1e-8):
    """One step of RMSProp.

    w     the weights, an array of any shape or a number
    grad  the gradient at w, same shape
    s     the mean of squares before this step, same shape
    lr    the learning rate
    rho   the share of the old mean that is kept
    eps   added to s under the root

    Returns (w, s) after the step:
    s <- rho * s + (1 - rho) * grad**2,  then  w <- w - lr * grad / sqrt(s + eps).
    The arrays that were passed in stay as they are.

    Example: rmsprop_step(1.0, 4.0, 8.0, lr=0.1, rho=0.5) is (0.8845, 12.0), rounded.
    """
    ### BEGIN SOLUTION
    s = rho * s + (1 - rho) * grad**2
    return w - lr * grad / np.sqrt(s + eps), s
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_rmsprop_step", "grade": true, "points": 6}
check(rmsprop_step)
### BEGIN HIDDEN TESTS
check(rmsprop_step, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Back to the ground that moves. *Predict:* how do *your* five journeys compare with AdaGrad's, the first and the last of them? In the
# table plain gradient descent joins in, at two rates.

# %%
alive, heard = chase(rmsprop_step, np.zeros((many, 2)), lr=0.05)

panels(
    curves(
        {
            "AdaGrad, 0.5": dying.mean(axis=(1, 2)),
            "your RMSProp, 0.05": alive.mean(axis=(1, 2)),
            "target": targets,
        },
        xlabel="steps",
        ylabel="mean of all runs and both weights",
        ylim=(-2.4, 4.2),
    ),
    alt="AdaGrad is quicker in the first journey. From the second on RMSProp is quicker, "
    "and it takes the same time for every jump, while AdaGrad takes longer each time.",
    caption=f"Steps for the fifth journey: AdaGrad {journeys_row(dying)[-1]}, RMSProp "
    f"{journeys_row(alive)[-1]}.",
    height=3.0,
)


# %%
def calm(path):
    """The typical distance of a run from the target, in the last 50 steps, per weight."""
    return np.sqrt(np.mean((path[-50:] - targets[-50:, None, None]) ** 2, axis=(0, 1)))


def chase_row(name, path):
    return [name, *journeys_row(path), *(f"{x:.2f}" for x in calm(path))]


slow, _ = chase(gradient_descent, lr=0.0125)
fast, _ = chase(gradient_descent, lr=0.25)

table(
    ["", "1st", "2nd", "3rd", "4th", "5th", "tremble along", "tremble across"],
    [
        chase_row("AdaGrad, 0.5", dying),
        chase_row("your RMSProp, 0.05", alive),
        chase_row("gradient descent, 0.0125", slow),
        chase_row("gradient descent, 0.25", fast),
    ],
    caption="Steps for each journey; typical distance from the target at the end",
)

# %% [markdown]
# **What forgets can follow.** From the second journey on RMSProp is ahead, and it takes the same time for every jump. Gradient descent never
# had a dying rate, but it has only one: small enough to be calm across, it is hopelessly slow along; fast enough along, it
# trembles across.
#
# AdaGrad won the *first* journey, though. And forgetting has a second price. Send RMSProp down the ravine when nothing moves and nothing
# is noisy. *Predict:* after 400 steps, how far is it from the star?

# %%
rest = np.zeros(2)
trials = {
    (lr, rho): descend(
        ravine, ravine.start, rmsprop_step, steps=steps, state=rest, lr=lr, rho=rho
    )
    for lr, rho, steps in (
        (0.02, 0.9, 400),
        (0.1, 0.9, 400),
        (0.5, 0.9, 400),
        (0.1, 0.99, 5000),
    )
}
settling = descend(ravine, ravine.start, adagrad, steps=400, lr=0.5)

panels(
    curves(
        {
            "AdaGrad, 0.5": settling.points[:160, 0],
            "RMSProp, 0.5": trials[0.5, 0.9].points[:160, 0],
        },
        xlabel="steps",
        ylabel="weight along the valley",
        ylim=(-5.2, 2),
    ),
    curves(
        {
            "AdaGrad, 0.5": settling.losses,
            **{f"RMSProp, {lr}": trials[lr, 0.9].losses for lr in (0.5, 0.02)},
        },
        xlabel="steps",
        ylabel="loss",
        log=True,
        ylim=(1e-12, 1e6),
    ),
    alt="Left: RMSProp is at the star long before AdaGrad, stays there for some fifty "
    "steps, is thrown out, and then jumps to and fro at a fixed distance. Right: with "
    "rate 0.5 its loss dives, shoots up again and stays level; with 0.02 it falls slowly "
    "to a lower level and stays there, while AdaGrad's goes on falling.",
)


# %%
def resting_row(lr, rho):
    """Where RMSProp ends: each weight's distance from the star, and the loss."""
    trace = trials[lr, rho]
    along, across = np.abs(trace.points[-20:]).mean(axis=0)
    lowest = f"{trace.losses.min():.0e}"
    end = f"{trace.losses[-1]:.6f}"
    return [lr, rho, lr / 2, f"{along:.4f}", f"{across:.4f}", end, lowest]


table(
    ["rate", "rho", "rate / 2", "w1 from star", "w2 from star", "loss", "lowest loss"],
    [resting_row(lr, rho) for lr, rho in trials],
    caption="RMSProp in the ravine: the end of 400 steps, or 5000 with rho = 0.99",
)

# %% [markdown]
# It does not stay. At the larger rates it gets very close and is thrown out again, and at all of them it ends up jumping over the star, to and fro,
# **half the learning rate** away from it in each direction. Here is why. Close to the star its gradients are small, $\sqrt{s}$ fades after them, and the effective rate grows and
# grows, until it is beyond the limit 2/curvature of lesson 01: out it flies. Now its gradients are larger, and the rate falls. Between the two there is one
# balance: each step leads to the mirror image of where it began. Then the gradients keep one size $|g|$, so $\sqrt{s}$ *is* that size, and a step is
#
# $$\eta\, \frac{|g|}{\sqrt{s}} = \eta$$
#
# long: from $\eta/2$ on one side to $\eta/2$ on the other. It is the bouncing of the normalised steps of lesson 06, this time for each
# weight. A longer memory only postpones it (the last row). So with RMSProp the learning rate also says *how near* one comes, and to
# come nearer one must lower it on the way. That is what lesson 09 is about.

# %% [markdown]
# ## 4. How long is a step?
#
# Under a gradient of one size, steps end up $\eta$ long. How do they begin? Take the very first one, from $s = 0$:
#
# $$s = \rho \cdot 0 + (1 - \rho)\, g^2 \quad\Longrightarrow\quad
# \eta\, \frac{|g|}{\sqrt{s}} = \frac{\eta}{\sqrt{1 - \rho}}$$
#
# The average has been told that all gradients before were zero. It takes a while to believe otherwise, and until then it
# underestimates, so the step is too *long*. *Predict before you run the cell:* with rho = 0.99, by which factor?

# %%
table(
    ["rho", "first step / lr", "1 / sqrt(1 - rho)"],
    [
        [rho, abs(rmsprop_step(0.0, 4.0, 0.0, lr=1.0, rho=rho)[0]), (1 - rho) ** -0.5]
        for rho in (0.5, 0.9, 0.99, 0.999)
    ],
    caption="Your rmsprop_step, from zero, with a gradient of 4",
)

# %% [markdown]
# Ten times the learning rate at 0.99. **This is no mistake of yours;** every RMSProp that starts at zero does it. Is it only the first?
# After $t$ equal gradients $s = (1 - \rho^t)\, g^2$: the share $1 - \rho$ of the first, and so on, which you met as the low start of
# the average in lesson 05. A function that gives the rate after every gradient will show it.
#
# ### Exercise 3: `effective_rates`


# %% nbgrader={"grade_id": "effective_rates", "solution": true}
def effective_rates(grads, lr, rho=0.9, eps=1e-8):
    """The rate that each weight really gets, along a run of RMSProp.

    grads  the gradients, one after another along the first axis: shape (T,) for a
           single weight, (T, ...) for several; floats or whole numbers
    lr     the learning rate, a number
    rho    the share of the old mean that is kept
    eps    added to s under the root

    Returns an array of floats in the shape of grads:  lr / sqrt(s + eps)  after each
    gradient, where s starts at 0 and takes in the gradients one by one.
    grads stays as it is.

    Example: effective_rates([4.0, 0.0], lr=1.0, rho=0.75) is [0.5, 0.5774], rounded:
    s is 4 after the first gradient, and 3 after the second.
    """
    ### BEGIN SOLUTION
    grads = np.asarray(grads, dtype=float)
    s, rates = 0.0, np.empty(grads.shape)
    for t, grad in enumerate(grads):
        s = moving_average_of_squares(s, grad, rho)
        rates[t] = lr / np.sqrt(s + eps)
    return rates
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_effective_rates", "grade": true, "points": 5}
check(effective_rates)
### BEGIN HIDDEN TESTS
check(effective_rates, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# First back to section 1: you have kept all the gradients that RMSProp met on its five journeys. Here are the rates that they gave it, next to
# AdaGrad's. *Predict:* what does RMSProp's rate do at a jump?

# %%
rates_kept = np.asarray(effective_rates(heard, lr=0.05))

panels(
    *(
        curves(
            {
                "AdaGrad, 0.5": (steps, np.median(rates_left[..., i], axis=1)),
                "RMSProp, 0.05": (steps, np.median(rates_kept[..., i], axis=1)),
            },
            xlabel="steps",
            ylabel="median effective rate",
            log=True,
            ylim=(low, 100 * low),
            title=title,
        )
        for i, (title, low) in enumerate(
            [("Along the valley", 0.02), ("Across it", 0.001)]
        )
    ),
    alt="In both directions AdaGrad's rate falls and never returns. RMSProp's begins "
    "below it and stays level, with a dip at each jump from which it soon recovers.",
    caption="Along the valley, just before the first jump and at the very end: AdaGrad "
    f"{np.median(rates_left[499, :, 0]):.3f} and {np.median(rates_left[-1, :, 0]):.3f}, "
    f"RMSProp {np.median(rates_kept[499, :, 0]):.3f} and "
    f"{np.median(rates_kept[-1, :, 0]):.3f}.",
    height=3.0,
)

# %% [markdown]
# At a jump the gradients are large and the rate ducks; once they have shrunk, it is back. Now something simpler:
# gradients that are always 1, so that a step is as long as the rate (left). And gradients that pause: 60 steps of 1, then
# *silence* for 240 steps, then 1 again (right). *Predict* for the right: what happens to the rate during the silence, and how long
# is the first step after it?

# %%
always = {rho: effective_rates(np.ones(300), lr=1.0, rho=rho) for rho in (0.9, 0.99)}
count = np.arange(1, 301)
pausing = np.ones(360)
pausing[60:300] = 0
rate = np.asarray(effective_rates(pausing, lr=1.0))
woken = rate[300] * pausing[300]

panels(
    curves(
        {
            **{f"rho = {rho}": (count, line) for rho, line in always.items()},
            "1 / sqrt(1 - 0.99^t)": (count, 1 / np.sqrt(1 - 0.99**count)),
        },
        xlabel="steps t",
        ylabel="step / lr",
        logx=True,
        ylim=(0, 10.5),
        title="Gradients that are always 1",
    ),
    curves(
        {"effective rate / lr": rate, "step / lr": np.maximum(rate * pausing, 1e-9)},
        xlabel="steps",
        ylabel="as multiples of lr",
        log=True,
        ylim=(0.3, 2e5),
        mark=(1e4, "1 / sqrt(eps)"),
        title="A pause from step 60 to 300",
    ),
    alt="Left: steps begin at 3.2 and at 10 times the learning rate and fall to 1, with "
    "rho 0.9 within some twenty steps, with rho 0.99 within some two hundred. Right: in "
    "the pause the effective rate climbs by a factor of ten thousand up to a ceiling; "
    "with the first gradient it falls at once, and the step is about three times lr.",
    caption=f"All steps of the left figure together go {always[0.9].sum() - 300:.1f} lr "
    f"(rho = 0.9) and {always[0.99].sum() - 300:.0f} lr (rho = 0.99) farther than steps "
    f"of lr would. Right: after the pause the first step is {woken:.2f} lr long.",
)

# %% [markdown]
# In the silence $s$ fades and the rate climbs without anyone having learnt anything. That looks dangerous, but the first gradient to
# come counts in $s$ at once, with the share $1 - \rho$. So $s$ is at least $(1-\rho)\, g^2$, and
#
# > **no step of RMSProp is ever longer than** $\eta / \sqrt{1 - \rho}$, whatever the gradient and whatever went before.
#
# Does the long beginning matter on a network? The digits and the network of the last lessons: 64 inputs, 32 hidden units, 10 outputs, 2410
# weights. Here are the losses after the first steps, each with the gradient of all training digits, at a rate that is fine in the
# long run.

# %%
from gradlab.data import digits, stratified_split
from gradlab.network import MLP
from gradlab.training import fit

images, labels = digits()
train, held_out = stratified_split(labels, (0.75, 0.25), np.random.default_rng(0))
X, y = images[train], labels[train]
network = MLP((64, 32, 10))
starts = network.init(np.random.default_rng(1), runs=(5,))  # five seeds
shown = (0, 1, 2, 5, 20, 60)


def first_losses(rho, lr=0.01):
    """Mean and spread of the training loss over five seeds, after the steps in shown."""
    w, s, cells = starts, np.zeros_like(starts), []
    for t in range(shown[-1] + 1):
        loss, grad = network.loss_and_gradient(w, X, y)
        if t in shown:
            cells.append(f"{loss.mean():.2f} ± {loss.std():.2f}")
        w, s = rmsprop_step(w, grad, s, lr=lr, rho=rho)
    return cells


table(
    ["rho", *(f"after {t}" for t in shown)],
    [[f"{rho}", *first_losses(rho)] for rho in (0.5, 0.9, 0.99, 0.999)],
    caption="Training loss at rate 0.01, mean and standard deviation of five seeds",
)

# %% [markdown]
# At 0.9 the long first steps are a head start. At 0.99 every weight that has a gradient leaps by 0.1 at once, and the first step is
# lost, on some seeds worse than lost; then the long steps that follow make up for it. At 0.999 each leaps by 0.32 and the next few
# steps are nearly as long: the network is thrown far uphill, and even after 60 steps it is still behind the others. One could mend
# it by dividing $s$ by $1 - \rho^t$, the very share that has been heard. That is one of the two ideas of the next lesson.

# %% [markdown]
# ## 5. What eps is for
#
# Some weights never hear anything. A few pixels are blank in every digit, so the gradient of each weight that leaves them is exactly 0
# in every step. Without eps that is 0/0. *Predict:* of how many of the 2410 weights does `eps=0` make nonsense in the first step?

# %%
_, grad = network.loss_and_gradient(starts[0], X, y)
with np.errstate(invalid="ignore"):
    broken, _ = rmsprop_step(starts[0], grad, np.zeros_like(grad), lr=0.01, eps=0.0)
sound, _ = rmsprop_step(starts[0], grad, np.zeros_like(grad), lr=0.01)
moved = np.asarray(sound)[grad == 0] != starts[0][grad == 0]
blank = int((images == 0).all(axis=0).sum())

table(
    ["", "of 2410 weights"],
    [
        ["gradient exactly 0", int((grad == 0).sum())],
        ["nan after one step with eps = 0", int(np.isnan(broken).sum())],
        ["nan after one step with eps = 1e-8", int(np.isnan(sound).sum())],
        ["moved although its gradient is 0", int(moved.sum())],
    ],
    caption=f"{blank} pixels are blank in every digit, with 32 weights each. Loss after "
    f"the step: {network.loss(np.asarray(sound), X, y):.2f}, and with eps = 0 "
    f"{network.loss(np.asarray(broken), X, y):.2f}",
)

# %% [markdown]
# One nan is enough to make the loss nan, and with it all gradients to come. With eps the silent weights have an enormous effective rate, and use it for nothing: rate
# times zero is zero.
#
# Eps does more than that, and here its place matters. A weight whose gradients are not zero but *tiny*: should it really make steps as long as everyone
# else's? Let your `rmsprop_step` run into a steady gradient until its steps have settled, for every size of gradient:

# %%
sizes = np.logspace(-10, 1, 111)


def settled(eps):
    """The length of a step, over lr, after 300 steps with a constant gradient."""
    w, s = np.zeros_like(sizes), np.zeros_like(sizes)
    for _ in range(300):
        before = w
        w, s = rmsprop_step(w, sizes, s, lr=1.0, eps=eps)
    return before - w


panels(
    curves(
        {
            "eps = 1e-8": (sizes, settled(1e-8)),
            "eps = 1e-2": (sizes, settled(1e-2)),
            "eps = 1e-8 behind the root": (sizes, sizes / (sizes + 1e-8)),
        },
        xlabel="size of the gradient",
        ylabel="step / lr",
        logx=True,
        ylim=(-0.05, 1.75),
    ),
    alt="Three curves that rise from 0 to 1. With eps 1e-8 inside the root the step is "
    "full for gradients above about 1e-3, with eps 1e-2 above about 1, and with eps 1e-8 "
    "behind the root above about 1e-7.",
    caption="A gradient of 1e-4 makes a step of "
    f"{np.interp(1e-4, sizes, settled(1e-8)):.2f} lr with eps = 1e-8 inside the root, "
    f"{np.interp(1e-4, sizes, settled(1e-2)):.3f} lr with eps = 1e-2, and "
    f"{1e-4 / (1e-4 + 1e-8):.2f} lr with eps = 1e-8 behind the root.",
    height=3.0,
)

# %% [markdown]
# **Eps draws a line between gradients that count and gradients that are taken for zero.** Inside the root it is compared with squares,
# so the line is at $\sqrt{\varepsilon} = 10^{-4}$; behind the root it is compared with the gradient itself, and the line is at $10^{-8}$. The same number
# in another library is another rule. A large eps blurs the difference between the weights: far below the line all have
# the same rate $\eta / \sqrt{\varepsilon}$, and RMSProp is plain gradient descent. (The 0.001 in the caption is $10^{-4} / \sqrt{10^{-2}}$.)
#
# ## 6. On a real network, in a world that changes
#
# Time for a race with an unkind referee. A camera with 64 cells looks at the digits, and a network learns to read them: four epochs (passes over the data) in
# batches of 50. Then someone unplugs the 64 wires and plugs them in again in random order. The network has to learn anew, from the weights it has;
# and so on, six wirings in all. Each rule runs at the rate that was best *in the first wiring*, since that is all one knows when one
# chooses a rate. Five seeds.
#
# *Predict* two winners: who has the lowest training loss at the end of the first wiring, and who at the end of the sixth?

# %%
wirings = [np.random.default_rng(10 + k).permutation(64) for k in range(6)]
rules = {
    "gradient descent": (gradient_descent, (0.5, 0.7, 1.0, 1.4), {}),
    "momentum, rho = 0.9": (momentum, (0.05, 0.1, 0.2, 0.3), {"rho": 0.9}),
    "AdaGrad": (adagrad, (0.05, 0.1, 0.2, 0.4), {}),
    "RMSProp": (rmsprop_step, (0.005, 0.01, 0.02, 0.03), {}),
}


def rewired(name):
    """Train through all wirings, for four rates and five seeds.

    Returns the training loss after every epoch (24, 4, 5), the held-out accuracy at
    the end of each wiring (6, 4, 5), and the median of s after every epoch (24, 4).
    """
    rule, lrs, hyper = rules[name]
    w = np.tile(starts, (len(lrs), 1, 1))
    state = np.zeros_like(w) if rule is rmsprop_step else None
    shuffles = np.random.default_rng(2)
    losses, accuracies, memory = [], [], []
    for wiring in wirings:
        seen = images[:, wiring]
        for _epoch in range(4):
            history = fit(
                network,
                w,
                seen[train],
                y,
                rule,
                epochs=1,
                batch_size=50,
                rng=shuffles,
                state=state,
                lr=np.array(lrs)[:, None, None],
                **hyper,
            )
            w, state = history.params, history.state
            losses.append(history.loss[-1])
            if name in ("AdaGrad", "RMSProp"):
                s = np.asarray(state if name == "RMSProp" else state.sum_of_squares)
                memory.append([np.median(of_rate[of_rate > 0]) for of_rate in s])
        accuracies.append(network.accuracy(w, seen[held_out], labels[held_out]))
    return np.array(losses), np.array(accuracies), np.array(memory)


raced = {name: rewired(name) for name in rules}
best = {name: raced[name][0][3].mean(axis=1).argmin() for name in rules}


def race_row(name):
    """Mean and spread over five seeds, at the rate that was best in the first wiring."""
    i = best[name]
    loss, accuracy = raced[name][0][3::4, i], raced[name][1][:, i]
    cells = (loss[0], loss[2], loss[5])
    return [
        name,
        f"{rules[name][1][i]:g}",
        *(f"{x.mean():.3f} ± {x.std():.3f}" for x in cells),
        f"{accuracy[0].mean():.3f} ± {accuracy[0].std():.3f}",
        f"{accuracy[5].mean():.3f} ± {accuracy[5].std():.3f}",
    ]


table(
    ["", "rate", "loss, 1st", "loss, 3rd", "loss, 6th", "accuracy, 1st", "6th"],
    [race_row(name) for name in rules],
    caption="Training loss and held-out accuracy at the end of a wiring",
)

# %%
epochs = np.arange(1, 25)
shown_rates = {
    name: np.array(rules[name][1])[best[name]]
    / np.sqrt(raced[name][2][:, best[name]] + 1e-8)
    for name in ("AdaGrad", "RMSProp")
}

panels(
    curves(
        {
            name: (
                np.arange(1, 7),
                raced[name][0][3::4, best[name]].mean(axis=1),
            )
            for name in rules
        },
        xlabel="wiring",
        ylabel="training loss at its end",
        log=True,
        markers=True,
        ylim=(0.05, 1.2),
    ),
    curves(
        {name: (epochs, rates) for name, rates in shown_rates.items()},
        xlabel="epochs, 4 to a wiring",
        ylabel="median effective rate",
        log=True,
        ylim=(0.3, 30),
    ),
    alt="Left: losses at the end of each wiring. AdaGrad's rises to twice its first "
    "value, RMSProp's stays about where it was, momentum's begins lowest and ends highest. "
    "Right: AdaGrad's median effective rate only falls; RMSProp's falls at each new "
    "wiring and climbs again within it.",
    caption="Means of five seeds, each rule at the rate of the table.",
)

# %% [markdown]
# In the first wiring nothing has moved yet, and RMSProp wins nothing: momentum is far ahead, AdaGrad a little. In the sixth, after some ups
# and downs, RMSProp's loss is no higher than in the first: **it has lost nothing on the way.** AdaGrad's loss has doubled, and the figure on the
# right shows why: its rates only fall. RMSProp's rate falls too when the wires have been moved and the gradients are large, but grows again as they fade.
#
# Two things keep us honest. Plain gradient descent, whose rate cannot die, comes through as well; its loss in the end is higher by about
# one spread, and its accuracy is the same. And momentum, whose rate cannot die either, does worst of all: a dying rate is not the only
# thing that can go wrong in a world that changes. Was it perhaps only the choice of the rates? Here is the end of the sixth wiring for all that were
# tried:

# %%
table(
    ["", *(f"{k} rate" for k in ("smallest", "2nd", "3rd", "largest"))],
    [
        [
            f"{name}: {', '.join(f'{lr:g}' for lr in rules[name][1])}",
            *(f"{loss:.3f}" for loss in raced[name][0][-1].mean(axis=1)),
        ]
        for name in rules
    ],
    caption="Training loss at the end of the sixth wiring, mean of five seeds",
)

# %% [markdown]
# Even in hindsight RMSProp keeps the first place and gradient descent the second. Momentum would have done better at half the rate,
# just ahead of AdaGrad. And a larger rate does not bring AdaGrad back to life: 0.4 is worse than 0.2.
#
# ## 7. What you should have seen
#
# - AdaGrad's sum never lets go; where the minimum moves, every journey takes longer than the last.
# - A moving average of squares forgets: its root follows the size of the gradients up and down, over about $1/(1-\rho)$ steps.
# - The first step is $\eta/\sqrt{1-\rho}$ long, 3.16 or 10 times the rate, and no step is ever longer than that; under equal gradients they settle at $\eta$.
# - Because of that RMSProp does not come to rest: in a still valley it ends up jumping, $\eta/2$ away from the bottom.
# - Eps saves silent weights from 0/0, and decides which gradients are taken for zero: those below $\sqrt{\varepsilon}$ when it stands inside the root.
# - On digits that stay as they are, momentum was far better than RMSProp and AdaGrad a little. On digits that keep changing, AdaGrad fell behind and RMSProp did not.
#
# ### Written question 1 (3 points)
#
# A friend says: "AdaGrad's rate falls? Then I start with a larger one and have no need of RMSProp." Where is your friend right, where wrong? Use one number
# of section 1 or 3 and one of section 6. What would you say if nothing in the data ever changed?

# %% [markdown] nbgrader={"grade_id": "written_forgetting", "grade": true, "solution": true, "points": 3}
# <!-- BEGIN SOLUTION -->
# **Rubric.** One point each:
#
# 1. *Right*: a larger rate makes all of AdaGrad's steps longer, so it lasts longer; in the first journey (19 steps against 58) AdaGrad is even quicker.
# 2. *Wrong*: whatever the rate, the sum only grows, so the journeys get slower (187 steps for the second, 428 for the fifth; RMSProp 111 each time);
#    and too large a rate hurts: in the sixth wiring AdaGrad's loss is about 0.36 at 0.4, and 0.27 at 0.2.
# 3. If nothing changes, falling rates are an advantage: they average noise out, and AdaGrad comes to rest where RMSProp jumps to and fro, half its rate from
#    the bottom; in the first wiring AdaGrad's loss is the lower one.
# <!-- END SOLUTION -->

# %% [markdown]
# ### Written question 2 (3 points)
#
# Somebody moves a working RMSProp from this course to a library where rho is 0.99 and eps stands behind the root. The loss goes *up* in the first step, and
# one weight, whose gradients are about 1e-6, now wanders about as much as all the others. "The library has two bugs." What do you answer? Say for each of the two
# what happens, how large the effect is, and what you would change.

# %% [markdown] nbgrader={"grade_id": "written_first_step", "grade": true, "solution": true, "points": 3}
# <!-- BEGIN SOLUTION -->
# **Rubric.** One point each:
#
# 1. The first step: from s = 0 it is 1 / sqrt(1 - 0.99) = 10 times lr long instead of 3.16 times; not a bug, s begins too small. Section 4 shows it on the digits
#    (2.36 before, 2.41 after the first step).
# 2. The weight: behind the root eps = 1e-8 is compared with the gradient, 1e-6, which is far above it: full steps. Inside, it is compared with 1e-12, its square, and
#    the steps are about a hundredth of lr.
# 3. A remedy for each: rho = 0.9, a smaller rate for the first steps, or dividing s by 1 - rho^t; and an eps of about 1e-4 behind the root, the root of the old one.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Where to read on
#
# - T. Tieleman, G. Hinton, *Lecture 6.5: rmsprop*, Neural Networks for Machine Learning, Coursera, 2012: RMSProp was never published as a paper, only
#   on a slide of this lecture.
# - M. Riedmiller, H. Braun, *A direct adaptive method for faster backpropagation learning: the RPROP algorithm*, 1993: its ancestor, which uses only the signs of
#   gradients.
# - M. D. Zeiler, *ADADELTA: an adaptive learning rate method*, 2012: the same cure for AdaGrad, found at the same time.
# - A. Graves, *Generating sequences with recurrent neural networks*, 2013: the centred version.
#
# In [lesson 06](../06-per-weight-steps/per-weight-steps.ipynb) every weight got a rate of its own; here it learnt to forget. The
# [next lesson](../08-adam/adam.ipynb) mends the long first steps and adds the momentum of lesson 05. The result is Adam.

# %%
progress("07-rmsprop")
