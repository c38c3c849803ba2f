# %% [markdown]
# # 06 · A step size for every weight
#
# **A single learning rate is too long a step for some weights and too short for others. How can each weight find its own?**
#
# When you are done, you can
#
# - say why badly scaled inputs make training slow, and why making every step equally long does not help,
# - give each weight its own rate, by hand where you know the curvature, by AdaGrad where you do not,
# - foretell how AdaGrad's rates fall, and see where that helps and where it hurts,
# - say what a rate for each weight buys on a real network, and what it cannot do.
#
# **Time:** about 65 minutes. **Builds on:** gradient descent and its limit 2/L, L being the largest curvature (lessons 01 and 02), the
# ravine of lesson 05, and mini-batches (lesson 01): a handful of examples whose mean gradient makes one step.

# %%
import numpy as np

from gradlab import check, descend, progress, todo
from gradlab.explorers import Prediction, rates_explorer
from gradlab.optimizers import gradient_descent, momentum
from gradlab.plots import contours, curves, panels
from gradlab.surfaces import ill_conditioned, plateau, ravine
from gradlab.tables import table

# %% [markdown]
# ## 1. See it first
#
# Here is the ravine again, $0.1\,w_1^2 + 2\,w_2^2$: curvature 0.2 along, 4 across. In lesson 05 a memory helped the ball. Today it
# has none. Instead, each of the two weights may have a learning rate to itself.
#
# **Your goal:** a loss below 0.001, for good, in **under 4 steps**. Try it with *one rate for both* first. Then take the tick
# away.

# %%
limits = 2 / np.diag(ravine.hessian(ravine.start))

rates_explorer(
    prediction=Prediction(
        question="Across the valley, gradient descent is thrown out beyond the rate "
        f"{limits[1]:g}. How large may the rate of the weight along the valley be?",
        options=(f"{limits[1]:g} as well", "about 1", "about 10"),
        reveal=f"It may be {limits[0]:g}, which is 2 over its own curvature: "
        f"{limits[0] / limits[1]:.0f} times as large as the other. The ravine is slow "
        "only because both weights must live with the smaller of the two.",
    )
)

# %% [markdown]
# With the tick, no rate comes near the goal. Without it, there is even a pair that arrives in a *single* step: 1 over the
# curvature in each direction, 5 and 0.25. The ravine was never difficult. It was the one rate for both.
#
# ## 2. First thought: throw the length away
#
# Steps are long where it is steep and short where it is flat. That is the wrong way round! So keep only the *direction* of the
# gradient, and decide the length of the step ourselves: divide the gradient by its own length.
#
# $$w \leftarrow w - \eta\, \frac{g}{\lVert g \rVert + \varepsilon} \qquad\qquad \lVert g \rVert = \sqrt{g_1^2 + g_2^2 + \dots}$$
#
# | symbol | in code | what it is | shape |
# |:--|:--|:--|:--|
# | $w$ | `w` | the weights | any |
# | $g$ | `grad` | the gradient of the loss at $w$ | as `w` |
# | $\lVert g \rVert$ | | the **norm**: the length of the *whole* gradient, all entries together | a number |
# | $\eta$ ("eta") | `lr` | the learning rate, which is now the length of the step | a number |
# | $\varepsilon$ ("epsilon") | `eps` | a tiny number, so that a gradient of zero gives 0 / 0.0000001 = 0 and not 0 / 0 | a number |
#
# By hand: the gradient $(3, -4)$ has the norm $\sqrt{9 + 16} = 5$.

# %%
rows = []
for g in ([3, -4], [0.03, -0.04], [300, -400]):
    norm = np.sqrt(np.sum(np.square(g)))
    rows.append([f"({g[0]}, {g[1]})", norm, f"({g[0] / norm:.1f}, {g[1] / norm:.1f})"])

table(["gradient", "norm", "gradient / norm"], rows)

# %% [markdown]
# On a wall or on a plateau, the same step.
#
# ### Exercise 1: `normalized_step`


# %% nbgrader={"grade_id": "normalized_step", "solution": true}
def normalized_step(w, grad, lr, eps=1e-7):
    """One step of length lr downhill.

    w     the weights, an array of any shape or a number
    grad  the gradient at w, same shape
    lr    the length of the step
    eps   added to the norm

    Returns w - lr * grad / (norm + eps). The norm is the root of the sum of all
    squared entries of grad: one number, whatever the shape.
    The arrays that were passed in stay as they are.

    Example: normalized_step(np.array([1.0, 1.0]), np.array([3.0, -4.0]), lr=0.5)
    is array([0.7, 1.4]), to seven digits.
    """
    ### BEGIN SOLUTION
    return w - lr * grad / (np.sqrt(np.sum(np.square(grad))) + eps)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_normalized_step", "grade": true, "points": 4}
check(normalized_step)
### BEGIN HIDDEN TESTS
check(normalized_step, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Send it across a plateau, a wide flat plain with a hole in the middle, and then down the ravine. *Predict*, for the ravine: with
# steps of length 0.4, how far from the star is it in the end?


# %%
def forgetful(step):
    """A step that remembers nothing, in the form that descend asks for."""
    return lambda w, grad, state, **hyper: (step(w, grad, **hyper), state)


unit = forgetful(normalized_step)
plain = descend(plateau, plateau.start, gradient_descent, steps=180, lr=0.5)
fixed = descend(plateau, plateau.start, unit, steps=180, lr=0.1)
bouncing = descend(ravine, ravine.start, unit, steps=40, lr=0.4)
uphill, away = ravine.gradient(ravine.start), ravine.start
cosine = uphill @ away / np.linalg.norm(uphill) / np.linalg.norm(away)

panels(
    curves(
        {
            "gradient descent": plain.losses,
            "normalized_step": fixed.losses,
        },
        xlabel="steps",
        ylabel="loss",
        title="A plateau",
        ylim=(-0.05, 1.4),
    ),
    contours(ravine, {"steps of 0.4": bouncing.points}, title="The ravine"),
    widths=(2, 3),
    alt="Left: on the plateau the normalised steps are in the hole after about 30 "
    "steps, gradient descent only after more than 120. Right: in the ravine equal steps "
    "climb down the wall and then zigzag over the floor, and the last ones jump to and "
    "fro over the star.",
    caption=f"Plateau: below 0.1 after {fixed.steps_to(0.1)} normalised steps, after "
    f"{plain.steps_to(0.1)} plain ones. Ravine: the first step points "
    f"{np.degrees(np.arccos(cosine)):.0f} degrees past the star, as it would without "
    "the division.",
)


# %%
def to_and_fro(length):
    """Where steps of one length end in the ravine, and how soon they are there."""
    trace = descend(ravine, ravine.start, unit, steps=400, lr=length)
    distance = np.linalg.norm(trace.points, axis=1)
    return length, int(np.argmax(distance < length)), distance[-50:].mean()


table(
    ["length of a step", "steps until closer than that", "distance in the end"],
    [to_and_fro(length) for length in (0.4, 0.2, 0.1, 0.05)],
    caption="Steps of one length in the ravine; the end is the mean of 50 steps",
)

# %% [markdown]
# The plateau is crossed in no time. But a step that is always 0.4 long cannot stay closer to the star than half of that: it jumps
# over it, **to and fro, for ever**. Shorter steps come closer, and in the end half the length takes twice as many of them.
#
# There is a second disappointment, and it is the more important one. Dividing by *one* number leaves the direction as it was,
# and the direction was wrong: too much across the valley, too little along it. If the two weights are to be treated
# differently, they have to be divided by different numbers.
#
# ## 3. A rate for every weight
#
# Where do ravines come from? Often from something as dull as a unit. Here are 200 flats with two features: the number of rooms
# and the floor space, both as distances from the average flat. Rents are predicted as
# $w_1 \cdot \text{rooms} + w_2 \cdot \text{area}$, and the loss is the mean squared error of lesson 01, whose gradient is twice the mean of
# error times feature. Had somebody noted the floor space in units of 30 square metres, both columns would spread about equally, and
# the bowl would be round. But it is in square metres, a unit 30 times smaller, so all its numbers are 30 times larger. The error then
# reacts 30 times as strongly to $w_2$, and in the gradient it is multiplied by a feature that is 30 times as large. In a formula: the
# second derivative of $(w x - y)^2$ is $2x^2$. **The curvature grows with the square of the feature, 900 times.**

# %%
from gradlab.data import linear_data

flats = linear_data(
    np.random.default_rng(0), 200, weights=[3.0, 0.1], scales=[1.0, 30.0], noise=0.5
)
best = np.linalg.lstsq(flats.X, flats.y, rcond=None)[0]  # the bottom of the bowl


def rent_gradient(w):
    """The gradient of the mean squared error at the weights w."""
    return 2 / len(flats.y) * flats.X.T @ (flats.X @ w - flats.y)


curvature = 2 * np.mean(flats.X**2, axis=0)
table(
    ["", "rooms", "square metres"],
    [
        ["spread of the feature", *flats.X.std(axis=0)],
        ["weight to be found", *best],
        ["curvature of the loss", *curvature],
        ["largest rate, 2 / curvature", *(2 / curvature)],
    ],
)

# %% [markdown]
# A ravine with a ratio of nearly a thousand, from two ordinary columns. Nothing forbids a rate for each of them:
#
# $$w_i \leftarrow w_i - \eta_i\, g_i \qquad \text{for every weight } i$$
#
# By hand: two weights at 1, both with the gradient 2, and the rates 0.1 and 0.25. The first goes to 0.8, the second to 0.5.
#
# ### Exercise 2: `scaled_step`


# %% nbgrader={"grade_id": "scaled_step", "solution": true}
def scaled_step(w, grad, rates):
    """One step of gradient descent with a rate for each weight.

    w      the weights, shape (n,); or (runs, n) for several runs, one a row; or a number
    grad   the gradient at w, same shape
    rates  the learning rates, shape (n,), or anything else that broadcasts against w

    Returns the new weights as floats: every entry of grad times its own rate, taken off w.
    The arrays that were passed in stay as they are.

    Example: scaled_step(np.array([1.0, 1.0]), np.array([2.0, 2.0]), np.array([0.1, 0.25]))
    is array([0.8, 0.5]).
    """
    ### BEGIN SOLUTION
    return w - rates * grad
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_scaled_step", "grade": true, "points": 4}
check(scaled_step)
### BEGIN HIDDEN TESTS
check(scaled_step, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Now let it find the rents from $w = (0, 0)$: first with one rate for both weights, then with 1 over the curvature for each.


# %%
def off_target(rates, steps):
    """How far each weight is from its best value, as a share, after every step."""
    w, path = np.zeros(2), []
    for _ in range(steps):
        path.append(w)
        w = np.asarray(scaled_step(w, rent_gradient(w), rates))
    return np.abs(np.array(path) - best) / best


def steps_within(errors, share=0.01):
    """After how many steps each weight is within a share of its best value for good."""
    late = [np.flatnonzero(~(column < share)) for column in errors.T]
    return [int(i[-1]) + 1 if len(i) else 0 for i in late]


shared = off_target(np.array([0.001, 0.001]), 2500)
own = off_target(1 / curvature, 2500)
too_long = off_target(np.array([0.0012, 0.0012]), 31)

panels(
    *(
        curves(
            {"rooms": errors[:30, 0], "square metres": errors[:30, 1]},
            xlabel="steps",
            ylabel="distance from the best weight",
            title=title,
            ylim=(-0.05, 1.05),
        )
        for errors, title in (
            (shared, "One rate, 0.001"),
            (own, "A rate for each"),
        )
    ),
    alt="Left: with one rate the weight of the square metres comes close within some "
    "fifteen steps while that of the rooms hardly moves. Right: with a rate for each, both "
    "arrive within two steps.",
    caption="As a share of the way. Both weights are within 1 % after "
    f"{max(steps_within(shared))} steps with the rate 0.001, and after "
    f"{max(steps_within(own))} with their own. A shared rate of 0.0012 is too large "
    f"already: after 30 steps the weight of the area is {too_long[-1, 1]:.0f} times as "
    "far away as at the start.",
    height=3.0,
)

# %% [markdown]
# A shared rate that is a little too large for the square metres is still hundreds of times too small for the rooms.
#
# For two columns you could have fixed it by hand: divide each feature by its spread before you start. Do that whenever
# you can. Inside a network, though, the inputs of a layer are the outputs of another, they change as it learns, and nobody knows
# the curvature of 2410 weights. **What does each weight know about itself?** It has seen its own gradients.
#
# ## 4. Let the history tell
#
# A weight in a steep direction has met large gradients, one in a flat direction small ones. So add up, *for each weight on its own*, the
# squares of all its gradients so far, and divide by the root of that sum:
#
# $$s \leftarrow s + g^2 \qquad\qquad w \leftarrow w - \eta\, \frac{g}{\sqrt{s} + \varepsilon}$$
#
# Everything here goes entry by entry. New is only
#
# | symbol | in code | what it is | shape |
# |:--|:--|:--|:--|
# | $s$ | `s` | the **sum of squares**: zero before the first step, never smaller than it was | as `w` |
# | $\eta / (\sqrt{s} + \varepsilon)$ | | the **effective rate** of each weight | as `w` |
#
# The squares are there so that signs do not cancel, the root so that a gradient is divided by something of its own unit. This is
# **AdaGrad**, for *adaptive gradient*. By hand, with $\eta = 1$: one weight whose gradient is always 4, and one whose gradient is always
# 0.5.

# %%
rows, s = [], np.zeros(2)
for t in range(1, 5):
    g = np.array([4.0, 0.5])
    s = s + g**2
    rows.append([t, *s, *(g / np.sqrt(s))])

table(["t", "s, g = 4", "s, g = 0.5", "step, g = 4", "step, g = 0.5"], rows)

# %% [markdown]
# Two things to take home. **The size of the gradient has cancelled**: both weights take the same steps, the first one exactly
# $\eta$ long. And **the steps get shorter**: 1, 0.71, 0.58, 0.5, which is $1/\sqrt{t}$. Normalised steps bounced for ever because they
# never shrank; these do.
#
# > **Conventions.** *Here* and in PyTorch, eps is added to the root and `s` starts at 0 (PyTorch's eps is 1e-10, ours 1e-7).
# > *Keras* and *optax* put eps *inside* the root, `sqrt(s + eps)`, and start `s` at 0.1, which shortens the first steps of a weight
# > with small gradients. The check accepts the first form, and tells you when it sees the other.
#
# ### Exercise 3: `adagrad_step`


# %% nbgrader={"grade_id": "adagrad_step", "solution": true}
def adagrad_step(w, grad, s, lr, eps=1e-7):
    """One step of AdaGrad.

    w     the weights, an array of any shape or a number
    grad  the gradient at w, same shape
    s     the sum of squared gradients before this step, same shape
    lr    the learning rate, a number
    eps   added to the root

    Returns (w, s) after the step:  s <- s + grad**2,  then  w <- w - lr * grad / (sqrt(s) + eps).
    The arrays that were passed in stay as they are.

    Example: adagrad_step(1.0, 3.0, 16.0, lr=0.5) is (0.7, 25.0), to seven digits.
    """
    ### BEGIN SOLUTION
    s = s + grad**2
    return w - lr * grad / (np.sqrt(s) + eps), s
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_adagrad_step", "grade": true, "points": 6}
check(adagrad_step)
### BEGIN HIDDEN TESTS
check(adagrad_step, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# On to the ravine: once from $(-2.5, -2.5)$, where both weights have equally far to go, and once from the usual start. *Predict* the
# shape of the first path: a zigzag, a bend, or something else?

# %%
rest, corner = np.zeros(2), np.array([-2.5, -2.5])
zigzag = descend(ravine, corner, gradient_descent, steps=40, lr=0.4)
straight = descend(ravine, corner, adagrad_step, steps=40, state=rest, lr=1.0)
bent = descend(ravine, ravine.start, adagrad_step, steps=40, state=rest, lr=1.0)

panels(
    contours(
        ravine,
        {
            "AdaGrad": straight.points,
            "gradient descent": zigzag.points,
            "AdaGrad, usual start": bent.points,
        },
    ),
    curves(
        {
            "AdaGrad": straight.losses,
            "gradient descent": zigzag.losses,
            "AdaGrad, usual start": bent.losses,
        },
        xlabel="steps",
        ylabel="loss",
        log=True,
        ylim=(1e-5, 500),
        mark=(1e-3, "goal"),
    ),
    widths=(3, 2),
    alt="From the corner AdaGrad walks along a straight line to the star, while "
    "gradient descent jumps across the valley. From the usual start AdaGrad bends: it "
    "first goes diagonally, then along the floor.",
    caption=f"Below 0.001 after {straight.steps_to(1e-3)} steps from the corner and "
    f"{bent.steps_to(1e-3)} from the usual start; gradient descent, from the corner, "
    f"after {zigzag.steps_to(1e-3)}. On the straight path the two weights never differ "
    f"by more than "
    f"{np.abs(straight.points[:, 0] - straight.points[:, 1]).max():.7f}.",
)

# %% [markdown]
# A straight line, as though the ravine were a round bowl. In each direction the gradient is curvature times distance, and so were all
# the gradients before it. The curvature therefore stands above the fraction bar and, in the root of the sum of squares, below it:
# **it cancels.** What does *not* cancel is the distance, which is why the path from the usual start is bent: there the first weight
# has farther to go.
#
# ## 5. A whole run
#
# Put the steps together. The one thing to watch is who keeps `s` from step to step.
#
# ### Exercise 4: `adagrad`


# %% nbgrader={"grade_id": "adagrad", "solution": true}
def adagrad(gradient, w, lr, steps, eps=1e-7):
    """A run of AdaGrad, with all points on the way.

    gradient  a function: gradient(w) is the gradient at w, in the shape of w
    w         the start, an array of any shape or a number; floats or whole numbers
    lr        the learning rate, a number
    steps     how many steps to take
    eps       added to the root

    Returns the path, an array of floats of shape (steps + 1, *shape of w): the start first, then w after
    every step. The sum of squares starts at 0. The start that was passed in stays as it is.

    Example: adagrad(lambda w: 2 * w, 1.0, lr=0.5, steps=2) is array([1, 0.5, 0.2764]), rounded.
    """
    ### BEGIN SOLUTION
    w = np.array(w, dtype=float)
    s = np.zeros(w.shape)
    path = [w]
    for _ in range(steps):
        w, s = adagrad_step(w, gradient(w), s, lr, eps)
        path.append(w)
    return np.array(path)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_adagrad", "grade": true, "points": 6}
check(adagrad)
### BEGIN HIDDEN TESTS
check(adagrad, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Back to the flats, which needed thousands of steps with one rate. Nobody tells AdaGrad the curvatures. *Predict:* how carefully
# must its rate be chosen?


# %%
def row(name, tried, run):
    """Steps until both weights are within 1 %, for every rate."""
    found = [max(steps_within(run(lr))) for lr in tried]
    return [name, *("never" if n > 3000 else n for n in found)]


tried = (0.001, 0.01, 0.1, 1, 10)
with np.errstate(all="ignore"):  # most of the shared rates fly out
    rows = [
        row("one rate", tried, lambda lr: off_target(np.array([lr, lr]), 3001)),
        row(
            "adagrad",
            tried,
            lambda lr: (
                np.abs(np.asarray(adagrad(rent_gradient, rest, lr, 3000)) - best) / best
            ),
        ),
    ]
table(
    ["learning rate", *map(str, tried)],
    rows,
    caption="Steps until both weights are within 1 %, of 3000",
)

# %% [markdown]
# Gradient descent needs the right power of ten and is slow there; AdaGrad works for anything large enough. Too large a rate mends
# itself: the first step overshoots, the next gradient is huge, and `s` swallows it. Too small a rate does not mend itself, as
# section 6 will show.
#
# ### What a rate for each weight cannot do
#
# The ravine of section 1 lies along an axis: flat is one weight, steep is the other. Turn it by 45 degrees, and every weight is half
# steep and half flat. *Predict:* which of the two rules notices?

# %%
angles = np.array([0, 5, 10, 15, 20, 30, 45])
grid = np.geomspace(0.02, 8, 60)[:, None]


def fewest(rule, surface, memory=False):
    """The fewest steps to a loss below 0.001 over a grid of rates."""
    crowd = np.tile(surface.start, (60, 1))
    state = np.zeros_like(crowd) if memory else None
    run = descend(surface, crowd, rule, steps=300, state=state, lr=grid)
    return min(n for n in run.steps_to(1e-3) if n > 0)


turned = [ill_conditioned(20, angle=np.deg2rad(angle)) for angle in angles]
counts = {
    "gradient descent": [fewest(gradient_descent, surface) for surface in turned],
    "AdaGrad": [fewest(adagrad_step, surface, memory=True) for surface in turned],
}
askew = turned[-1]
across = descend(askew, askew.start, adagrad_step, steps=60, state=rest, lr=1.0)

panels(
    contours(askew, {"AdaGrad, rate 1": across.points}, title="Turned by 45 degrees"),
    curves(
        {name: (angles, line) for name, line in counts.items()},
        xlabel="the ravine is turned by (degrees)",
        ylabel="steps to loss < 0.001",
        markers=True,
        ylim=(0, 90),
        title="Each with its best rate",
    ),
    alt="Left: in a diagonal ravine AdaGrad first jumps to the floor and then creeps "
    "along it. Right: gradient descent needs equally many steps at any angle; AdaGrad "
    "needs 5 at angle 0 and more than gradient descent from about 25 degrees on.",
    caption="A ravine with curvatures 1 and 20, the same ratio as ours. Gradient "
    f"descent: {counts['gradient descent'][0]} steps at every angle. AdaGrad: "
    f"{counts['AdaGrad'][0]} when the ravine lies along an axis, "
    f"{counts['AdaGrad'][-1]} when it lies between them.",
)

# %% [markdown]
# Gradient descent does not know where the axes are. AdaGrad sees the world through them: it can stretch a valley along an axis, never
# turn one. It wins where the trouble belongs to single weights, as with units and with rare features.
#
# ## 6. The rate that dies
#
# `s` never falls. If a weight's gradients keep a typical size $g$, then after $t$ steps $s = t\,g^2$, and the effective rate is
#
# $$\frac{\eta}{\sqrt{t}\; g},$$
#
# **whether or not the weight has arrived.** Noise is what keeps gradients at their size: those of mini-batches need not fade even at
# the bottom of the valley, where the mean gradient is zero. Feed your `adagrad_step` such gradients, and look at
# $\eta / \sqrt{s}$ on scales where $1/\sqrt{t}$ is a straight line.
#
# On the right is what follows from it. A weight has to find 2, from noisy gradients, $w - 2 + \text{noise}$; after 1000 steps the
# target jumps to $-2$.
# *Predict:* how long does the second journey take, compared with the first?

# %%
rng = np.random.default_rng(6)
many = 400  # runs at once, so that the mean is smooth


def effective_rates(draw, steps=1000, lr=0.3):
    """The median of lr / sqrt(s) over many runs, after each step."""
    w, s, rates = np.zeros(many), np.zeros(many), []
    for _ in range(steps):
        w, s = adagrad_step(w, draw(), s, lr)
        rates.append(np.median(lr / np.sqrt(s)))
    return np.array(rates)


def chase(rule, state, **hyper):
    """Many runs after a target that jumps from 2 to -2 after 1000 steps."""
    w, path = np.zeros(many), []
    for t in range(2000):
        target = 2.0 if t < 1000 else -2.0
        w, state = rule(w, w - target + rng.normal(size=many), state, **hyper)
        path.append(w)
    return np.array(path)


t = np.arange(1, 1001)
always = effective_rates(lambda: np.full(many, 4.0))
noise = effective_rates(lambda: rng.normal(size=many))
steady = chase(gradient_descent, None, lr=0.05)
dying = chase(adagrad_step, np.zeros(many), lr=0.3)


def journeys(path):
    """Steps until the mean is within 0.1 of the target, before the jump and after."""
    mean = path.mean(axis=1)
    return int(np.argmax(mean > 1.9)) + 1, int(np.argmax(mean[1000:] < -1.9)) + 1


def tremble(path):
    """The typical distance from the target in the 100 steps before the jump."""
    return np.sqrt(np.mean((path[900:1000] - 2) ** 2))


panels(
    curves(
        {
            "noise of spread 1": (t, noise),
            "always 4": (t, always),
            "0.3 / sqrt(t)": (t, 0.3 / np.sqrt(t)),
        },
        xlabel="steps t",
        ylabel="effective rate",
        log=True,
        logx=True,
        title="How the rate falls",
    ),
    curves(
        {
            "AdaGrad, 0.3": dying.mean(axis=1),
            "gradient descent, 0.05": steady.mean(axis=1),
            "target": np.repeat([2.0, -2.0], 1000),
        },
        xlabel="steps",
        ylabel="mean weight of 400 runs",
        ylim=(-2.4, 4.6),
        title="The target jumps",
    ),
    alt="Left: both effective rates fall along straight lines parallel to 1 / sqrt(t). "
    "Right: AdaGrad finds the first target as fast as gradient descent, but takes many "
    "times as long to follow the jump.",
    caption=f"Steps to within 0.1 of the target: AdaGrad {journeys(dying)[0]}, and "
    f"after the jump {journeys(dying)[1] if journeys(dying)[1] > 1 else 'more than 1000'}; "
    f"gradient descent {journeys(steady)[0]} and {journeys(steady)[1]}. Typical distance "
    f"of a run from the first target, shortly before the jump: AdaGrad "
    f"{tremble(dying):.2f}, gradient descent {tremble(steady):.2f}.",
)

# %% [markdown]
# A blessing and a curse in one figure. *Blessing:* as the rate falls, the noise averages out, and AdaGrad rests
# closer to the target than a fixed rate that made the first journey equally fast. *Curse:* a journey that begins late is made with
# what is left of the rate. So is one that is longer than the rate foresaw. Under a constant gradient the steps are
# $\eta\,(1 + 1/\sqrt{2} + 1/\sqrt{3} + \dots)$, which adds up to about $2\,\eta\sqrt{t}$:

# %%
walked = -np.asarray(adagrad(lambda w: 4.0, 0.0, lr=1, steps=10_000))
table(
    ["steps t", "way covered", "2 sqrt(t)"],
    [[n, walked[n], 2 * np.sqrt(n)] for n in (10, 100, 1000, 10_000)],
    caption="AdaGrad with rate 1 and a gradient that is always 4",
)

# %% [markdown]
# **Ten times as far takes a hundred times as long.** That is why a rate chosen too small does not mend itself. How to forget
# old gradients, and so bring the rate back to life, is the next lesson.
#
# ## 7. Rare features
#
# This is what AdaGrad was invented for. Think of the words in a text: "the" is in every other sentence, "ravine" in one of a
# thousand, and yet "ravine" may tell you more. `sparse_zipf` makes such data: 60 features, each present (1) or absent (0), from one
# that is in half of all examples to one that is in about one of 180. The target is the sum of the weights of what is present, plus
# noise. Where a feature is absent, the gradient of its weight is zero. So a rare weight gets few chances to move, and should make
# the most of each.
#
# *Predict:* one pass over 2000 examples in batches of 10. Which weights does gradient descent get wrong at a small rate? And at
# a large one? (The last column of the table adds up what all the errors cost in the predictions. A wrong weight does harm only where
# its feature varies, so the error of a rare one costs less.)

# %%
from gradlab.data import minibatches, sparse_zipf

tried = np.array([0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0])


def one_pass(rule, seed, memory):
    """Errors of all weights after a pass, shape (rates, features), and the last state."""
    data = sparse_zipf(np.random.default_rng(seed), 2000, 60, noise=1.0)
    w = np.zeros((len(tried), 60))
    state = np.zeros_like(w) if memory else None
    for batch in minibatches(2000, 10, np.random.default_rng(100 + seed)):
        X, y = data.X[batch], data.y[batch]
        grad = 2 / len(y) * (w @ X.T - y) @ X
        w, state = rule(w, grad, state, lr=tried[:, None])
    return np.abs(w - data.weights), state


def five_passes(rule, memory=False):
    """The same for five data sets: shape (5, rates, features)."""
    passes = [one_pass(rule, seed, memory) for seed in range(5)]
    return np.stack([errors for errors, _ in passes]), passes[-1][1]


frequency = sparse_zipf(np.random.default_rng(0), 1, 60).frequencies
own_rates, sums = five_passes(adagrad_step, memory=True)
wrong = {"gradient descent": five_passes(gradient_descent)[0], "AdaGrad": own_rates}
left = 0.5 / np.sqrt(np.asarray(sums)[np.flatnonzero(tried == 0.5)[0]] + 1e-14)
ranks = np.arange(60).reshape(6, 10).mean(axis=1) + 1


def grouped(name, lr):
    """The mean error of ten features at a time, from the commonest to the rarest."""
    errors = wrong[name][:, np.flatnonzero(tried == lr)[0]]
    return errors.mean(axis=0).reshape(6, 10).mean(axis=1)


panels(
    curves(
        {
            "gradient descent, 0.1": (ranks, grouped("gradient descent", 0.1)),
            "gradient descent, 0.7": (ranks, grouped("gradient descent", 0.7)),
            "AdaGrad, 0.5": (ranks, grouped("AdaGrad", 0.5)),
        },
        xlabel="rank of the feature, 1 = the commonest",
        ylabel="mean error of its weight",
        markers=True,
        ylim=(0, 0.95),
    ),
    alt="Errors of the weights, from common to rare features. Gradient descent with the "
    "small rate is good for common features and poor for rare ones; with the large rate "
    "it is poorer for the common and better for the rare. AdaGrad is near the lower of "
    "both everywhere.",
    caption="Ten features a mark, mean of five data sets. The commonest feature is in "
    f"about {2000 * frequency[0]:.0f} of the 2000 examples, the rarest in about "
    f"{2000 * frequency[-1]:.0f}. AdaGrad's effective rates at the end: "
    f"{np.median(left[:5]):.3f} for the five commonest, {np.median(left[-5:]):.2f} for "
    "the five rarest (medians).",
    height=3.2,
)


# %%
def costs_row(name, lr):
    """Mean and spread over five data sets, at one rate."""
    errors = wrong[name][:, np.flatnonzero(tried == lr)[0]]
    cost = errors**2 @ (frequency * (1 - frequency))  # by how often it matters
    numbers = (errors[:, :5].mean(axis=1), errors[:, 30:].mean(axis=1), cost)
    return [name, f"{lr:g}", *(f"{x.mean():.3f} ± {x.std():.3f}" for x in numbers)]


table(
    ["rule", "rate", "5 commonest weights", "30 rarest weights", "all together"],
    [costs_row("gradient descent", lr) for lr in (0.1, 0.3, 0.5, 0.7)]
    + [costs_row("AdaGrad", lr) for lr in (0.3, 0.5, 0.7)],
    caption="Mean error of the weights; and all their squared errors together, each "
    "weighted by how much its feature varies",
)

# %% [markdown]
# Gradient descent has to choose: a small rate that is calm enough for the common features leaves the rare ones half learnt; a
# large rate learns the rare ones and lets the common ones tremble. AdaGrad need not choose. By the end it has lowered
# the rates of the common weights and kept those of the rare ones high.
#
# ## 8. On a real network
#
# The digits of lesson 05, with the network of 64 inputs, 32 hidden units and 10 outputs, 2410 weights, ten epochs (passes over the
# data) in batches of 128, five seeds. Its pixels all have the same unit, so there is little for AdaGrad to repair. To see what
# happens when there is, a second copy has every pixel *in a unit of its own*, from a tenth of the old unit to ten times as much, as
# if 64 different meters had been read.
#
# *Predict* for both copies: which of gradient descent, momentum and AdaGrad does best, each with its own best rate?

# %%
from gradlab.data import digits, stratified_split
from gradlab.network import MLP
from gradlab.training import fit

images, labels = digits()
train, held_out = stratified_split(labels, (0.75, 0.25), np.random.default_rng(0))
units = 10 ** np.random.default_rng(3).uniform(-1, 1, 64)
copies = {"one unit": images, "64 units": images * units}
network = MLP((64, 32, 10))
starts = network.init(np.random.default_rng(1), runs=(5,))  # five seeds
rules = {
    "gradient descent": (gradient_descent, (0.1, 0.2, 0.5, 1.0, 1.5), {}),
    "momentum, rho = 0.9": (momentum, (0.05, 0.1, 0.2, 0.3, 0.5), {"rho": 0.9}),
    "AdaGrad": (adagrad_step, (0.02, 0.05, 0.1, 0.2, 0.5), {}),
}


def train_all(name, copy):
    """Ten epochs for five rates and five seeds: a History of 5 x 5 runs."""
    rule, lrs, hyper = rules[name]
    start, X = np.tile(starts, (len(lrs), 1, 1)), copies[copy]
    return fit(
        network,
        start,
        X[train],
        labels[train],
        rule,
        epochs=10,
        batch_size=128,
        rng=np.random.default_rng(2),
        state=np.zeros_like(start) if rule is adagrad_step else None,
        validation=(X[held_out], labels[held_out]),
        lr=np.array(lrs)[:, None, None],
        **hyper,
    )


trained = {(name, copy): train_all(name, copy) for copy in copies for name in rules}

panels(
    *(
        curves(
            {
                name: (rules[name][1], trained[name, copy].loss[-1].mean(axis=1))
                for name in rules
            },
            xlabel="learning rate",
            ylabel="training loss after 10 epochs",
            log=True,
            logx=True,
            markers=True,
            ylim=(0.008, 1),
            title=f"Pixels in {copy}",
        )
        for copy in copies
    ),
    alt="Training loss against the learning rate. In one unit momentum is lowest and "
    "AdaGrad second at its best rate. In 64 units all three are worse; gradient descent "
    "loses most, momentum and AdaGrad end close together.",
    caption="Mean of five seeds. In one unit, gradient descent and momentum are best at the "
    "largest rate tried. Lesson 05 went further: the first was thrown out at 2, and the "
    "second found nothing better than 0.5.",
)


# %%
def result(name, copy):
    """A row of the table, at the rate with the lowest training loss."""
    history = trained[name, copy]
    i = history.loss[-1].mean(axis=1).argmin()
    shown = (history.loss[-1, i], history.accuracy[-1, i])
    return [
        f"{name}, {copy}",
        f"{rules[name][1][i]:g}",
        *(f"{x.mean():.3f} ± {x.std():.3f}" for x in shown),
    ]


table(
    ["", "best rate", "training loss", "held-out accuracy"],
    [result(name, copy) for copy in copies for name in rules],
    caption="After 10 epochs, mean and standard deviation over five seeds",
)

# %% [markdown]
# In one unit **momentum wins**, and AdaGrad is only a little ahead of plain gradient descent. In 64 units everybody loses
# something, and AdaGrad the least: momentum still has the lower training loss, but on the held-out digits AdaGrad is now first, by
# about three times the spread. Its rate had to be looked for as well: a network is no bowl, and at 0.5 AdaGrad is clearly worse than
# at its best.
#
# Does the rate die here too? Train longer, and look at the effective rates of all weights that have ever had a gradient.

# %%
params, s, shuffles = starts, np.zeros_like(starts), np.random.default_rng(2)
medians, losses = [], []
for _epoch in range(40):
    history = fit(
        network,
        params,
        images[train],
        labels[train],
        adagrad_step,
        epochs=1,
        batch_size=128,
        rng=shuffles,
        state=s,
        lr=0.1,
    )
    params, s = history.params, np.asarray(history.state)
    medians.append(np.median(0.1 / np.sqrt(s[s > 0])))
    losses.append(history.loss[-1].mean())
epochs, medians = np.arange(1, 41), np.array(medians)
idle = int((s == 0).all(axis=0).sum())

panels(
    curves(
        {
            "measured": (epochs, medians / medians[0]),
            "1 / sqrt(t)": (epochs, 1 / np.sqrt(epochs)),
        },
        xlabel="epochs",
        ylabel="median effective rate",
        title="1 = after the first epoch",
        ylim=(0.05, 1.5),
        log=True,
        logx=True,
    ),
    curves(
        {"": (epochs, losses)},
        xlabel="epochs",
        ylabel="training loss",
        ylim=(0.01, 1),
        log=True,
    ),
    alt="Left: the median effective rate falls far more slowly than 1 / sqrt(t). "
    "Right: the training loss keeps falling over 40 epochs.",
    caption=f"After 40 epochs {medians[-1] / medians[0]:.0%} of the rate is left, where "
    f"1 / sqrt(t) would leave {1 / np.sqrt(40):.0%}; the loss went from {losses[0]:.2f} "
    f"to {losses[-1]:.3f}. {idle} weights have s = 0: they belong to "
    f"{idle // 32} pixels that are blank in every digit.",
)

# %% [markdown]
# Here the rate does *not* die as feared. The law of section 6 needs gradients that keep their size, and on these digits they fade as
# the network learns to get every one of them right. Where noise keeps them alive, the law holds. (The idle weights are what eps is for:
# without it, each of them would be 0/0 in every step.)
#
# ## 9. What you should have seen
#
# - A step of fixed length crosses plateaus, and bounces for ever. Its direction is still the gradient's.
# - Badly scaled features make ravines: one rate is too large for some weights and too small for others.
# - AdaGrad divides each weight's gradient by the root of the sum of its squares: the scale cancels, and the first step has
#   length $\eta$.
# - It works along the axes only; a diagonal ravine defeats it.
# - Its rates fall like $1/\sqrt{t}$ while gradients keep their size: good against noise, bad for what comes late.
# - On digits momentum is ahead while all pixels share a unit; when they do not, AdaGrad loses least.
#
# ### Written question 1 (3 points)
#
# A friend says: "I divide every gradient by its norm. Now steep and flat directions count the same, so I need no rates for
# single weights." Where is your friend right, where wrong? Name two numbers or pictures of this lesson as evidence.

# %% [markdown] nbgrader={"grade_id": "written_norm", "grade": true, "solution": true, "points": 3}
# <!-- BEGIN SOLUTION -->
# **Rubric.** One point each:
#
# 1. *Right*: steep and flat *places* now give equally long steps; the plateau is crossed in 32 steps instead of 132.
# 2. *Wrong*: dividing all entries by one number keeps their ratio, so steep and flat *directions* are as unequal as before; only a
#    division weight by weight (the straight path of section 4) changes the direction.
# 3. *Wrong too*: the step never shrinks, so it bounces for ever at a distance set by its length (about 0.2 with steps of 0.4).
#    Two pieces of evidence are named.
# <!-- END SOLUTION -->

# %% [markdown]
# ### Written question 2 (3 points)
#
# You train with AdaGrad. From some epoch on the loss hardly falls. Either the network has arrived, or its rates have died. What
# would you measure to tell which, and what would you expect in either case? Use the figures of sections 6 and 8.

# %% [markdown] nbgrader={"grade_id": "written_dying", "grade": true, "solution": true, "points": 3}
# <!-- BEGIN SOLUTION -->
# **Rubric.** One point each:
#
# 1. Measures the effective rates, lr / (sqrt(s) + eps), over the epochs, and compares their fall with 1 / sqrt(t), as in section 8.
# 2. Says what to expect: rates that follow 1 / sqrt(t) while the gradient of the whole data is still clearly not zero: died;
#    gradients near zero and rates that have levelled off, as on the digits: arrived.
# 3. Names a test by intervention: start again from these weights with s = 0 or a larger lr (or a rule that forgets). If the
#    loss falls quickly, the rate had died, like the second journey of section 6.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Where to read on
#
# - J. Duchi, E. Hazan, Y. Singer, *Adaptive subgradient methods for online learning and stochastic optimization*, 2011: AdaGrad,
#   with rare features as the reason for it.
# - H. B. McMahan, M. Streeter, *Adaptive bound optimization for online convex optimization*, 2010: the same idea, found at the
#   same time.
# - N. Z. Shor, *Minimization methods for non-differentiable functions*, 1985: steps of fixed length, and how to shrink them.
#
# In [lesson 05](../05-momentum/momentum.ipynb) a memory of gradients told the directions apart; here a memory of their *squares* did.
# In the [next lesson](../07-rmsprop/rmsprop.ipynb) that memory learns to forget.

# %%
progress("06-per-weight-steps")
