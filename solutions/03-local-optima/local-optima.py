# %% [markdown]
# # 03 · Local optima
#
# **Which valley do you end up in, and does it matter?**
#
# When you are done, you can
#
# - tell a minimum from a maximum and a saddle by the curvatures, and know when they leave it open,
# - walk down from thousands of starts at once, and draw which start ends where,
# - get a run off a saddle that holds it, and say what a plateau does to it,
# - say, with numbers from a real network, why a local minimum of low loss is good enough.
#
# **Time:** about 65 minutes. **Builds on:** gradient descent and mini-batches (lesson 01), the Hessian and its eigenvalues, the
# curvatures (lesson 02).

# %%
import numpy as np

from gradlab import check, progress, todo
from gradlab.explorers import Prediction, basin_explorer
from gradlab.landscape import numerical_hessian
from gradlab.plots import contours, curves, dots, panels, regions
from gradlab.surfaces import double_well, himmelblau, plateau, styblinski_tang
from gradlab.tables import table

# %% [markdown]
# ## 1. See it first
#
# In lesson 02 a convex loss had one valley, and every start led there. The surface below has four. They are not equally deep: A
# is the deepest, B and C come next, D is the shallowest. A is the **global minimum**; the others are only **local** ones, lower
# than everything nearby and no more than that.
#
# A ball rolls by plain gradient descent. It knows the slope under it and nothing else, so nothing tells it that a deeper
# valley lies behind the hill.
#
# **Your goal:** start in the *upper right quarter*, both weights at 0.5 or more, and end in **A**, at the lower left. Every start
# you try leaves a dot in the colour of the valley where it ended: move the sliders about, and you paint a map.

# %%
four_valleys = styblinski_tang()
valleys = np.array([[-2.9, -2.9], [2.75, -2.9], [-2.9, 2.75], [2.75, 2.75]])
away = np.linalg.norm(valleys - [0.1, 4.0], axis=1)

basin_explorer(
    start=(0.1, 4.0),
    lr=0.01,
    prediction=Prediction(
        question="The ball starts at (0.1, 4.0). D, at the upper right, is the nearest "
        "valley. Where will it end?",
        options=("in D, the nearest", "in C, to its left", "in A, the deepest"),
        reveal=f"In C, though D is only {away[3]:.2f} away and C {away[2]:.2f}. "
        "Neither the distance nor the depth decides, only the slope on the way.",
    ),
)

# %% [markdown]
# Did you reach A? With a small rate you cannot: each quarter belongs to its valley. With a large one, 0.05, and a start far out
# on the wall, at (4.5, 4.6), the first step is so long that it leaps over the hill. So where a run ends depends on the start, on
# the surface, *and* on how you walk. We come back to that in section 5.
#
# ## 2. Where the slope is zero
#
# Gradient descent stands still where the gradient is zero. Such a point is called **critical**, and it need not be the bottom of
# anything: on a hilltop, and in the middle of a mountain pass, the slope is zero too. To tell them apart, look at what the slope
# leaves out, the curvatures. For a single weight, the Taylor series of the loss goes on with $\tfrac12 f''(w)\, d^2$ where the
# slope is zero. For several, lesson 02 found the curvature along a direction $d$ to be $d^\top H d$. So if the gradient at $w$ is
# zero, then for a short step $d$
#
# $$\mathcal{L}(w + d) \approx \mathcal{L}(w) + \tfrac12\, d^\top H\, d,$$
#
# | symbol | in code | what it is | shape |
# |:--|:--|:--|:--|
# | $\mathcal{L}$ | `loss` | the loss | a number |
# | $w$ | `w` | the critical point | (n,) |
# | $d$ | | a short step from there | (n,) |
# | $H$ | `H` | the Hessian at $w$: the second derivatives | (n, n) |
# | $\lambda$ | `np.linalg.eigvalsh(H)` | the eigenvalues of $H$: the curvatures in $n$ directions (in lesson 02 the letter counted along a chord) | (n,) |
#
# A step of length $s$ in a direction of curvature $\lambda$ changes the loss by $\tfrac12 \lambda s^2$: up where $\lambda > 0$,
# down where $\lambda < 0$. So collect the signs. Here are five surfaces, all with the gradient zero at $(0, 0)$, their Hessians
# measured by the differences of lesson 02:

# %%
flat_at_zero = {
    "w1² + 3 w2²": lambda w: w[..., 0] ** 2 + 3 * w[..., 1] ** 2,
    "-w1² - 3 w2²": lambda w: -(w[..., 0] ** 2) - 3 * w[..., 1] ** 2,
    "w1² - 3 w2²": lambda w: w[..., 0] ** 2 - 3 * w[..., 1] ** 2,
    "w1² + w2⁴": lambda w: w[..., 0] ** 2 + w[..., 1] ** 4,
    "w1² + w2³": lambda w: w[..., 0] ** 2 + w[..., 1] ** 3,
}
ways = np.array([[0.1, 0.0], [0.0, 0.1], [0.0, -0.1]])

table(
    ["loss", "curvatures", "a step of 0.1 along w1", "along w2", "back along w2"],
    [
        [
            name,
            ", ".join(
                f"{c:.3g}"
                for c in np.linalg.eigvalsh(numerical_hessian(loss, [0, 0]).round(6))
                + 0
            ),
            *(f"{loss(step):+.4f}" for step in ways),
        ]
        for name, loss in flat_at_zero.items()
    ],
    caption="What the loss does near (0, 0), where it is 0",
)

# %% [markdown]
# (The formula at work: curvature 6 and a step of 0.1 make $\tfrac12 \cdot 6 \cdot 0.1^2 = 0.03$.)
#
# The first is a **minimum** (all ways lead up), the second a **maximum** (all lead down), the third a **saddle** (some up, some
# down). The last two have the *same* curvatures, 0 and 2, and yet the fourth is a minimum and the fifth is not: it falls
# where $w_2$ is negative. A curvature of zero leaves it open, and we call such a point **degenerate**.
#
# > **Conventions.** Strictly, every critical point with a curvature of 0 is called degenerate. *Here* a way up together with a way
# > down settles the matter, whatever the other curvatures are: that is a saddle. And since a computed zero comes out as 1e-17 or
# > so, everything from `-tol` to `tol` counts as 0.
#
# ### Exercise 1: `classify_critical_point`


# %% nbgrader={"grade_id": "classify_critical_point", "solution": true}
def classify_critical_point(H, tol=1e-6):
    """What kind of point is it, where the gradient is 0 and the Hessian is H?

    H    symmetric, shape (n, n), or a stack of such matrices, shape (..., n, n)
    tol  a curvature (eigenvalue of H) from -tol to tol counts as 0

    Returns one word, or for a stack an array of words of shape (...):
      "minimum"     every curvature is above tol
      "maximum"     every curvature is below -tol
      "saddle"      at least one is above tol, and at least one below -tol
      "degenerate"  everything else: some curvature counts as 0, and there is no saddle

    For a stack: .all(axis=-1) and .any(axis=-1) ask each row of curvatures, and np.select
    chooses between words.

    Example: classify_critical_point(np.array([[2.0, 0.0], [0.0, -1.0]])) is "saddle".
    """
    ### BEGIN SOLUTION
    curvatures = np.linalg.eigvalsh(H)
    up, down = curvatures > tol, curvatures < -tol
    both = np.logical_and(up.any(axis=-1), down.any(axis=-1))
    kinds = [up.all(axis=-1), down.all(axis=-1), both]
    return np.select(kinds, ["minimum", "maximum", "saddle"], "degenerate")
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_classify_critical_point", "grade": true, "points": 5}
check(classify_critical_point)
### BEGIN HIDDEN TESTS
check(classify_critical_point, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Use it on the surface of section 1. Its loss is a sum of one bumpy curve for each weight, $\tfrac12 (w^4 - 16 w^2 + 5 w)$, so
# the slope is zero wherever *each* weight stands at one of the three places where that curve is level. Three choices for each of
# two weights: nine critical points. *Predict:* how many of the nine are minima, how many maxima, how many saddles?

# %%
level = np.sort(np.roots([4, 0, -32, 5]))  # where 4 w^3 - 32 w + 5 is 0
nine = np.stack(np.meshgrid(level, level), axis=-1).reshape(-1, 2)
kinds = np.asarray(classify_critical_point(four_valleys.hessian(nine)))
across = np.stack([np.linspace(-4.5, 4.5, 200), np.full(200, level[2])], axis=1)
counts = {kind: np.sum(kinds == kind) for kind in ("minimum", "saddle", "maximum")}

panels(
    contours(four_valleys, marked={kind: nine[kinds == kind] for kind in counts}),
    curves(
        {"": (across[:, 0], four_valleys.value(across))},
        xlabel="weight $w_1$",
        ylabel="loss",
        title="From C over the pass to D",
    ),
    widths=(5, 3),
    alt="Left: the surface from above with nine marked points in a square: minima at the "
    "corners, saddles half way between neighbouring corners, a maximum in the middle. "
    "Right: a cut through valleys C and D with the saddle as the bump between them.",
    caption=f"You found {counts['minimum']} minima, {counts['saddle']} saddles and "
    f"{counts['maximum']} maximum. Walking from valley to valley, the saddle is the "
    "highest point of the way; across it, the lowest.",
)

# %% [markdown]
# ## 3. More weights, more saddles
#
# A minimum needs *every* curvature to be positive. Toss a coin for each: with two weights all come up heads once in 4 times, with
# ten weights once in 1024. Real curvatures are no coins, because they share one matrix. So draw symmetric matrices at random, 2000
# for each number of weights, and let your function sort them. *Predict:* are minima rarer or more common than with coins?

# %%
rng = np.random.default_rng(3)
sizes = np.arange(1, 8)
shares = {"minimum": [], "saddle": []}
for n in sizes:
    drawn = rng.normal(size=(2000, n, n))
    words = np.asarray(classify_critical_point(drawn + drawn.swapaxes(-1, -2)))
    for kind, so_far in shares.items():
        so_far.append(np.mean(words == kind))

eight = styblinski_tang(8)
points = np.stack(np.meshgrid(*[level] * 8), axis=-1).reshape(-1, 8)
words = np.asarray(classify_critical_point(eight.hessian(points)))
ways_down = (np.linalg.eigvalsh(eight.hessian(points)) < 0).sum(axis=-1)
heights = [eight.value(points)[ways_down == k] for k in range(9)]

panels(
    curves(
        {
            "saddles": (sizes, shares["saddle"]),
            "minima": (sizes, shares["minimum"]),
            "minima, by coins": (sizes, 0.5**sizes),
        },
        markers=True,
        xlabel="number of weights",
        ylabel="share",
        ylim=(-0.02, 1.05),
        title="Random Hessians",
    ),
    curves(
        {"mean": [h.mean() for h in heights]},
        bands={"mean": np.array([[h.min(), h.max()] for h in heights]).T},
        markers=True,
        xlabel="curvatures that point down, of 8",
        ylabel="loss",
        title="The bumpy surface, 8 weights",
    ),
    alt="Left: over the number of weights, the share of saddles climbs from 0 to nearly 1 "
    "and that of minima falls to nearly 0, faster than with coins. Right: on the bumpy "
    "surface the loss at critical points rises steadily with the number of curvatures "
    "that point down.",
    caption=f"With 5 weights {shares['minimum'][4]:.1%} of the random matrices are minima, "
    f"and {shares['saddle'][4]:.1%} saddles. Of the {len(points)} critical points on the "
    f"right, {np.mean(words == 'minimum'):.1%} are minima and "
    f"{np.mean(words == 'saddle'):.1%} saddles. The shade goes from the lowest to the "
    "highest of each group.",
)

# %% [markdown]
# Rarer, and by far. A network has thousands of weights. If its curvatures are anything like these, minima are a rarity among its
# critical points: **what a large surface is full of are saddles.** The picture on the right adds a comfort. The points with many ways down lie high; the minima
# lie low. On this surface that is so by construction, since each weight that sits on its bump adds to the loss. Random matrices
# promise nothing about it; on real networks it has been measured (see the end), and in section 8 we look ourselves.
#
# ## 4. Many starts
#
# One run tells you about one valley. Take the loss of a single weight $w \cos(0.15\, \pi\, w)$ and a ball that starts at 10 with
# the rate 2: it comes to rest near $-1.8$, with a loss of $-1.19$. Is that the lowest point? From this run nobody can say. So
# start everywhere.
#
# That costs less than it sounds. Let the *last* axis of an array hold the weights of a point, and the axes in front of it, if there
# are any, the points: shape `(dim,)` is one point, `(1000, dim)` a list of a thousand, `(100, 100, dim)` a grid. In short, `(..., dim)`.
# The surfaces of this course take all of these, and answer for a thousand points in a single call. And the step
# `w - lr * gradient(w)` does not care how many points there are in `w`.
#
# ### Exercise 2: `multi_start`


# %% nbgrader={"grade_id": "multi_start", "solution": true}
def multi_start(loss, gradient, starts, lr, steps):
    """Gradient descent from many starts at once.

    loss      takes points of shape (..., dim) and returns their losses, shape (...)
    gradient  takes points of shape (..., dim) and returns the gradients, same shape
    starts    where the runs begin, shape (..., dim); floats or whole numbers
    lr        the learning rate, a number
    steps     how many steps each run makes, to the last, however flat it is

    Returns (ends, losses): the points after the last step, floats of shape (..., dim), and
    the losses there, shape (...).
    Call gradient once a step, for all starts together. starts stays as it is.

    Example: multi_start(lambda w: (w**2).sum(axis=-1), lambda w: 2 * w,
                         np.array([[1.0], [-2.0]]), lr=0.25, steps=1)
    is (array([[0.5], [-1.0]]), array([0.25, 1.0])).
    """
    ### BEGIN SOLUTION
    w = np.array(starts, dtype=float)
    for _ in range(steps):
        w = w - lr * gradient(w)
    return w, loss(w)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_multi_start", "grade": true, "points": 5}
check(multi_start)
### BEGIN HIDDEN TESTS
check(multi_start, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Now 41 starts from -10 to 10, all in one call. *Predict:* at the rate 0.5, in how many different places do they end? And at the
# rate 2?


# %%
def wavy(w):
    return w[..., 0] * np.cos(0.15 * np.pi * w[..., 0])


def wavy_slope(w):
    return np.cos(0.15 * np.pi * w) - 0.15 * np.pi * w * np.sin(0.15 * np.pi * w)


line = np.linspace(-15, 10.5, 400)
starts = np.linspace(-10, 10, 41)[:, None]
calm, calm_losses = multi_start(wavy, wavy_slope, starts, lr=0.5, steps=300)
hasty, hasty_losses = multi_start(wavy, wavy_slope, starts, lr=2.0, steps=300)

panels(
    curves(
        {"": (line, wavy(line[:, None]))},
        xlabel="weight w",
        ylabel="loss",
        title="Three valleys",
    ),
    dots(
        {
            "rate 0.5": np.stack([starts[:, 0], calm[:, 0]], axis=1),
            "rate 2": np.stack([starts[:, 0], hasty[:, 0]], axis=1),
        },
        xlabel="start",
        ylabel="end",
        title="Who ends where",
    ),
    alt="Left: a wavy curve with valleys near -13.7, -1.8 and 7.3; the deepest is on the "
    "left, the shallowest in the middle. Right: with rate 0.5 starts on the left end at "
    "-13.7, those in the middle at -1.8, those on the right at 7.3; with rate 2 all end "
    "at -1.8.",
    caption=f"The lowest loss that any of the {len(starts)} runs found is "
    f"{calm_losses.min():.2f} with rate 0.5 and {hasty_losses.min():.2f} with rate 2. In the "
    "middle the dots of both rates lie on each other.",
    height=3.2,
)

# %%
found = np.unique(calm.round(1))[:, None]  # the three valleys, roughly
bottoms, lows = multi_start(wavy, wavy_slope, found, lr=0.1, steps=300)
bent = np.array([numerical_hessian(wavy, w)[0, 0] for w in bottoms])

table(
    ["valley", "loss", "curvature L", "2 / L", "runs, rate 0.5", "runs, rate 2"],
    [
        [
            f"near {bottoms[i, 0]:.1f}",
            f"{lows[i]:.2f}",
            f"{bent[i]:.2f}",
            f"{2 / bent[i]:.2f}",
            np.sum(np.abs(calm - bottoms[i]) < 0.1),
            np.sum(np.abs(hasty - bottoms[i]) < 0.1),
        ]
        for i in range(3)
    ],
    caption="Which valley can hold a ball?",
)

# %% [markdown]
# The run from 10 had found the *poorest* valley, and with the rate 2 every start agrees with it. Agreement is no proof. A valley
# holds a ball only if the rate is below $2/L$ (lesson 01), and the two deeper ones are too tightly bent for the rate 2: **a large
# rate rests only in flat valleys.**
#
# Is it enough, then, to start often and keep the best? On the bumpy surface of section 1, with more and more weights, from 1000
# random starts each:

# %%
rows = []
for n in (1, 2, 5, 10, 20):
    surface = styblinski_tang(n)
    starts = np.random.default_rng(n).uniform(-5, 5, (1000, n))
    _, losses = multi_start(surface.value, surface.gradient, starts, lr=0.01, steps=100)
    best = surface.value(surface.minima)[0]
    per_weight = losses / n
    rows.append(
        [
            n,
            f"{np.mean(losses < best + 0.1):.2%}",
            f"{best / n:.1f}",
            f"{per_weight.min():.1f}",
            f"{per_weight.mean():.1f} ± {per_weight.std():.1f}",
        ]
    )

table(
    [
        "weights",
        "runs at the global minimum",
        "its loss per weight",
        "best run",
        "mean and spread",
    ],
    rows,
    caption="1000 random starts for each number of weights",
)

# %% [markdown]
# The share at the global minimum halves with each weight, and soon it is zero. Searching for *the* lowest point is hopeless.
# But look at the last column: the more weights, the more alike the runs become. Each run is a sum of many small pieces of good
# and bad luck, and those average out. With many weights it hardly matters which valley you are in. (Here all are equally mediocre: -32
# per weight, where -39 is possible. Section 8 asks whether a network does better.)
#
# ## 5. Whose start is it?
#
# All starts that end in the same minimum make up its **basin of attraction**, as all the rain that falls into the basin of a river
# ends in that river. To draw the basins we need one more step: ends are points, and a map wants numbers. For each run, take the
# minimum nearest to where it stopped; and if none is near, say so.
#
# By hand: minima at $(0, 0)$ and $(5, 0)$, radius 2. A run that ended at $(1, 1)$ is $\sqrt 2 = 1.41$ from the first: index 0. One at
# $(4, -1)$ is 1.41 from the second: index 1. One at $(2.5, 0)$ is 2.5 from both: too far, $-1$.
#
# To let every end meet every minimum, give the ends one more axis: `ends[..., None, :]` has the shape `(..., 1, dim)`, and less the
# minima, of shape `(k, dim)`, it makes an array of shape `(..., k, dim)`: $k$ differences for each end.
#
# ### Exercise 3: `basin_map`


# %% nbgrader={"grade_id": "basin_map", "solution": true}
def basin_map(ends, minima, radius=0.1):
    """Which minimum each run has ended at.

    ends    where the runs stopped, shape (..., dim); some may be inf or nan
    minima  the places of the minima, shape (k, dim)
    radius  how far from a minimum a run may have stopped, a number

    Returns an array of shape (...): for each run the index (0 to k - 1) of the nearest
    minimum, if the distance sqrt(sum((end - minimum)**2)) is at most radius, and else -1.
    A run that flew away to inf or nan is near none: -1.

    Example: basin_map(np.array([[1.0, 1.0], [4.0, -1.0], [2.5, 0.0]]),
                       np.array([[0.0, 0.0], [5.0, 0.0]]), radius=2.0) is [0, 1, -1].
    """
    ### BEGIN SOLUTION
    distances = np.linalg.norm(np.asarray(ends)[..., None, :] - minima, axis=-1)
    return np.where(distances.min(axis=-1) <= radius, distances.argmin(axis=-1), -1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_basin_map", "grade": true, "points": 5}
check(basin_map)
### BEGIN HIDDEN TESTS
check(basin_map, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Here are your two functions on a grid of starts: on the left the surface of section 1 with the rates 0.01 and 0.05, on the
# right a famous one with four equally deep valleys, named after David Himmelblau.

# %%
bottoms = np.array([[a, b] for b in level[[0, 2]] for a in level[[0, 2]]])


def painted(surface, minima, lr, size=100):
    """A map of basins: for each start on a grid, the row of its minimum."""
    grid, _ = surface.grid(size)
    with np.errstate(over="ignore", invalid="ignore"):
        ends, _ = multi_start(surface.value, surface.gradient, grid, lr=lr, steps=100)
    return grid[0, :, 0], np.asarray(basin_map(ends, minima, 0.1))


places, quarters = painted(four_valleys, bottoms, 0.01)
_, leaps = painted(four_valleys, bottoms, 0.05)
_, rivers = painted(himmelblau, himmelblau.minima, 0.01)
grid, _ = himmelblau.grid(100)
nearest = np.asarray(basin_map(grid, himmelblau.minima, np.inf))
astray = np.mean(rivers[rivers >= 0] != nearest[rivers >= 0])
far_leaps = np.mean((leaps != quarters) & (leaps >= 0))

panels(
    regions(
        quarters,
        places,
        places,
        places=dict(zip("ABCD", bottoms, strict=True)),
        title="Rate 0.01",
    ),
    regions(
        leaps,
        places,
        places,
        places=dict(zip("ABCD", bottoms, strict=True)),
        title="Rate 0.05",
    ),
    regions(
        rivers,
        places,
        places,
        places=dict(zip("PQRS", himmelblau.minima, strict=True)),
        title="Himmelblau",
    ),
    alt="Three maps of basins. Left: four plain quarters, one for each valley. Middle: "
    "the same, but strips along the outer walls belong to the valley opposite. Right: four "
    "basins with gently curved borders.",
    caption=f"At rate 0.05, {far_leaps:.0%} of the starts end in another valley than at "
    f"rate 0.01. On Himmelblau's surface {astray:.0%} of the starts do not end at the "
    "nearest star.",
    height=3.0,
)

# %% [markdown]
# The borders between basins run along ridges, and each ridge leads to a saddle. Small rates follow the slope faithfully and draw
# clean borders; larger ones leap over them. (That is how you reached A from the upper right.)
#
# ## 6. Flat land
#
# Slopes can also be tiny where nothing is near. The *plateau* $1 - e^{-(w_1^2 + w_2^2)/2}$ is a single hole in an endless plain.
# It has one minimum, at zero, and every start should find it. From starts farther and farther out, at the rate 0.1:

# %%
out = np.array([[distance, 0.0] for distance in (1, 2, 3, 4, 5)])
slopes = np.abs(plateau.gradient(out)[:, 0])
after = {
    steps: multi_start(plateau.value, plateau.gradient, out, lr=0.1, steps=steps)[1]
    for steps in (1, 10, 100, 1000, 10000)
}
fall = plateau.value(out) - after[1]

table(
    [
        "distance",
        "slope",
        "fall in step 1",
        *(f"loss after {n}" for n in list(after)[1:]),
    ],
    [
        [
            f"{out[i, 0]:g}",
            f"{slopes[i]:.2g}",
            f"{fall[i]:.1g}",
            *(f"{after[n][i]:.3f}" for n in list(after)[1:]),
        ]
        for i in range(5)
    ],
    caption="On the plateau, rate 0.1",
)

# %% [markdown]
# Two units out, a hundred steps are plenty. Three units out they are not, four units out a thousand are not, and five units out ten
# thousand are not. A rule like "stop when a step changes the loss by less than 1e-6" would stop the
# last two runs at their first step and report success. **A loss that no longer moves is no proof of a minimum**: it may be a
# minimum, a saddle or a plain. (That is why `multi_start` had to go on to its last step.) What helps is not to start on the plain:
# lesson 04.
#
# ## 7. A little noise
#
# Back to saddles. Gradient descent hardly ever *lands* on one, but it can be led there. The double well $(w_1^2 - 1)^2 + w_2^2$
# has two valleys, at $(-1, 0)$ and $(1, 0)$, and a ridge between them. A ball on the ridge has no reason to turn left or right: it
# rolls down to the saddle at $(0, 0)$ and stays for ever. But the balance is that of a pencil on its tip. The slightest push
# decides, and then the slope does the rest.
#
# So push. Add a little *normal* noise to each number of each gradient, afresh in every step: random numbers from the bell
# curve, most of them small, and as often positive as negative.
#
# $$w \leftarrow w - \eta\,(g + \sigma\, \xi)$$
#
# | symbol | in code | what it is | shape |
# |:--|:--|:--|:--|
# | $g$ | `gradient(w)` | the gradient | as `w` |
# | $\sigma$ ("sigma") | `noise` | the size (standard deviation) of the noise | a number |
# | $\xi$ ("xi") | | normal numbers of mean 0 and standard deviation 1, independent of each other | as `w` |
#
# > **Conventions.** Some authors shake the weights, `w - lr * g + noise * xi`, or add noise only where the gradient is tiny. *Here* it
# > is part of every gradient, as it is with mini-batches, and so the rate shortens it too.
#
# By hand, with $\eta = 0.1$ and $\sigma = 0.5$: at a saddle $g = (0, 0)$. If the draw is $\xi = (0.4, -1.2)$, the step is
# $-0.1 \cdot 0.5 \cdot \xi = (-0.02, 0.06)$.
#
# ### Exercise 4: `perturbed_descent`


# %% nbgrader={"grade_id": "perturbed_descent", "solution": true}
def perturbed_descent(gradient, w, lr, steps, noise, rng):
    """Gradient descent with noise in every gradient.

    gradient  takes points of shape (..., dim) and returns the gradients, same shape
    w         where it starts, one point or many, shape (..., dim); floats or whole numbers
    lr        the learning rate, a number
    steps     how many steps to make
    noise     the standard deviation of the noise, a number
    rng       a NumPy generator: rng.standard_normal(shape) draws the noise

    Returns the path, an array of floats of shape (steps + 1, ..., dim): path[0] is the start.
    Each step is  w <- w - lr * (gradient(w) + noise * xi)  with xi of the shape of w: standard
    normal numbers, new in every step. The w that was passed in stays as it is.

    Example: with noise=0 it is plain descent: perturbed_descent(lambda w: 2 * w,
    np.array([1.0]), 0.25, 2, 0.0, rng) is [[1.0], [0.5], [0.25]].
    """
    ### BEGIN SOLUTION
    w = np.array(w, dtype=float)
    path = [w]
    for _ in range(steps):
        w = w - lr * (gradient(w) + noise * rng.standard_normal(w.shape))
        path.append(w)
    return np.array(path)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_perturbed_descent", "grade": true, "points": 5}
check(perturbed_descent)
### BEGIN HIDDEN TESTS
check(perturbed_descent, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# 400 balls, all on the ridge at $(0, -1.5)$, at the rate 0.05. *Predict:* if the noise is ten times weaker, does it take ten times as
# many steps to get away from the saddle?

# %%
noises = (0.001, 0.01, 0.1, 1.0)
ridge = np.tile([0.0, -1.5], (400, 1))
paths = {
    noise: np.asarray(
        perturbed_descent(
            double_well.gradient, ridge, 0.05, 100, noise, np.random.default_rng(1)
        )
    )
    for noise in (0.0, *noises)
}
height = {noise: double_well.value(path) for noise, path in paths.items()}
gone = {noise: np.median((height[noise] < 0.5).argmax(axis=0)) for noise in noises}
right = np.mean(paths[0.1][-1, :, 0] > 0)

panels(
    contours(
        double_well,
        {
            "no noise": paths[0.0][:, 0],
            "noise 0.1": paths[0.1][:, 0],
            "noise 0.1, again": paths[0.1][
                :, np.argmin(paths[0.1][-1, :, 0] * paths[0.1][-1, 0, 0])
            ],
        },
    ),
    curves(
        {
            "no noise": np.median(height[0.0], axis=1),
            **{
                f"noise {noise:g}": np.median(height[noise], axis=1)
                for noise in (0.001, 0.1, 1.0)
            },
        },
        xlabel="steps",
        ylabel="median loss of 400 runs",
        log=True,
        ylim=(1e-9, 10),
    ),
    alt="Left: without noise the ball rolls straight along the ridge to the saddle and stops; with "
    "noise it turns off to one valley or the other. Right: the loss without noise stays at "
    "1; the weaker the noise, the later it falls, and the lower it comes.",
    caption=f"With noise 0.1, {right:.0%} of the runs end in the right-hand valley. The "
    f"median loss after 100 steps is {np.median(height[0.1][-1]):.1g} with noise 0.1 and "
    f"{np.median(height[1.0][-1]):.1g} with noise 1.",
)

# %%
table(
    ["noise", *(f"{noise:g}" for noise in noises)],
    [
        ["steps until half of the runs are off", *(int(gone[n]) for n in noises)],
        [
            "median loss after 100 steps",
            *(f"{np.median(height[n][-1]):.1g}" for n in noises),
        ],
    ],
    caption="Weaker noise costs a dozen steps for each factor of ten",
)

# %% [markdown]
# Not ten times as many: about 12 more, each time. At the saddle the curvature along $w_1$ is $-4$, so a step at rate 0.05 stretches
# the distance from the ridge by the factor $1 + 0.05 \cdot 4 = 1.2$, and $1.2^{12.6} \approx 10$: a push ten times weaker needs 12 or 13
# steps to catch up. **A saddle delays a run; with any noise at all it does not hold it.** The price is paid at the end: ten times
# the noise leaves a hundred times the loss.
#
# You own such noise already. The gradient of a mini-batch is the full gradient with noise in it (lesson 01), so stochastic gradient
# descent walks off its saddles without being asked.
#
# ## 8. On a real network
#
# Now the question of the title, on the handwritten digits: 1797 images of 8 x 8 pixels, and a network with one hidden layer. The number
# of hidden units is its *width*. Does it matter which valley a network rolls into, and how does that change with the width?
#
# To your `multi_start` a network is one more surface: a point is the list of all its weights, and the first axis holds twelve
# random starts. Mini-batches of 32 give the gradient. First 1200 steps at the rate 0.5; then 400 at a tenth of it, so that the noise
# dies down and what is left of the spread belongs to the valleys. *Predict:* how much higher than the best of the twelve does the worst
# one end, for a small network and for a large one?

# %%
from gradlab.data import digits, stratified_split
from gradlab.network import MLP

images, labels = digits()
train, held_out = stratified_split(labels, (0.75, 0.25), np.random.default_rng(0))
X, y = images[train], labels[train]
widths = (2, 4, 8, 16, 32)


def trained(width):
    """The twelve starts of a network, their ends, and the losses at the ends."""
    network = MLP((64, width, 10))
    rng = np.random.default_rng(2)

    def loss(w):
        return network.loss(w, X, y)

    def gradient(w):
        batch = rng.integers(len(y), size=32)
        return network.loss_and_gradient(w, X[batch], y[batch])[1]

    starts = network.init(np.random.default_rng(1), runs=(12,))
    ends, _ = multi_start(loss, gradient, starts, lr=0.5, steps=1200)
    return starts, *multi_start(loss, gradient, ends, lr=0.05, steps=400)


runs = {width: trained(width) for width in widths}
losses = {width: np.asarray(runs[width][2]) for width in widths}
right_on = {
    width: MLP((64, width, 10)).accuracy(
        np.asarray(runs[width][1]), images[held_out], labels[held_out]
    )
    for width in widths
}

low_high = np.array([[loss.min(), loss.max()] for loss in losses.values()]).T

panels(
    curves(
        {"mean of 12 starts": (widths, [loss.mean() for loss in losses.values()])},
        bands={"mean of 12 starts": low_high},
        markers=True,
        log=True,
        xlabel="width",
        ylabel="training loss",
    ),
    dots(
        {
            "": np.concatenate(
                [
                    np.stack([np.full(12, n), loss - loss.min()], axis=1)
                    for n, loss in losses.items()
                ]
            )
        },
        xlabel="width",
        ylabel="loss above the best of the 12",
    ),
    alt="Left: the training loss falls from about 1 at width 2 to about 0.02 at width 32, "
    "with a shade from best to worst start. Right: each start's loss above the best of its "
    "width: widely scattered at widths 2 and 4, on top of each other from width 16 on.",
    caption="Left, the shade goes from the best to the worst start. Right, the same runs, "
    "one dot each: the valleys of a wide network are nearly equally deep.",
)

# %%
table(
    [
        "width",
        "mean loss ± spread",
        "best",
        "worst",
        "worst / best",
        "held-out accuracy",
    ],
    [
        [
            n,
            f"{losses[n].mean():.4f} ± {losses[n].std():.4f}",
            f"{losses[n].min():.4f}",
            f"{losses[n].max():.4f}",
            f"{losses[n].max() / losses[n].min():.2f}",
            f"{right_on[n].mean():.3f} ± {right_on[n].std():.3f}",
        ]
        for n in widths
    ],
    caption="Training loss of twelve starts (spread: standard deviation)",
)

# %% [markdown]
# From width 4 to width 32 the spread falls to a fortieth. A loss near 0 has little room to spread, to be fair, but the ratio of worst to
# best shrinks as well. (Not at width 2: there all twelve are about equally bad, and none of their valleys is deep.)
#
# Now compare the widths with each other. Up to width 16, the *worst* start ends below the *best* at half its width. Whoever trains twelve
# small networks to pick the luckiest gains less than whoever doubles the width and takes the first that comes. **The remedy against bad
# valleys is not a cleverer search. It is a larger network, whose valleys are nearly all good.** On the held-out digits the accuracies
# draw together too. (What a larger network may cost you is the subject of lesson 10.)
#
# What kind of places are these ends? The Hessian of the smallest useful network here, width 4 with 310 weights, is still small enough to
# compute: each column is a difference of two gradients, and a batch of 620 points gives them all.

# %%
network = MLP((64, 4, 10))


def hessian(w, h=1e-4):
    """The Hessian of the training loss at the weights w, by differences of gradients."""
    steps = h * np.eye(w.size)
    up, down = (
        network.loss_and_gradient(w.astype(float) + step, X, y)[1]
        for step in (steps, -steps)
    )
    H = (up - down) / (2 * h)
    return (H + H.T) / 2


rows = []
for name, weights in zip(("start", "end"), runs[4][:2], strict=True):
    for i in range(3):
        H = hessian(np.asarray(weights)[i])
        curvatures = np.linalg.eigvalsh(H)
        up, down = np.sum(curvatures > 0.01), np.sum(curvatures < -0.01)
        loss, slope = network.loss_and_gradient(np.asarray(weights)[i], X, y)
        rows.append(
            [
                f"{name} of run {i + 1}",
                f"{loss:.2f}",
                f"{np.linalg.norm(slope):.2f}",
                up,
                len(curvatures) - up - down,
                down,
                str(classify_critical_point(H, tol=0.01)),
            ]
        )

table(
    ["", "loss", "slope", "up", "flat", "down", "your function says"],
    rows,
    caption="The 310 curvatures of a network, those within 0.01 of zero counted as flat",
)

# %% [markdown]
# At the start dozens of directions bend down; at the end none does, and it is as in section 3: high places have many ways down, low
# places few. But none of the ends is a minimum by the book either. Most directions are *flat*: the weights can be moved along them and the
# loss hardly notices. (Nor is the slope exactly zero; your function judges places where the run has nearly stopped.) The
# picture of a ball in a bowl was too tidy. A trained network lies on the broad, nearly level floor of a valley, and that floor is low
# enough.
#
# ## 9. What you should have seen
#
# - A zero gradient may be a minimum, a maximum or a saddle; the curvatures tell, unless one of them is zero.
# - With many weights nearly all critical points are saddles, and minima lie low.
# - Where a run ends depends on the start and on the rate; one run says nothing about the other valleys.
# - Flat land looks like arrival. Any noise leaves a saddle, in a number of steps that grows only with the logarithm of $1/\sigma$.
# - On digits the twelve valleys of a wide network are nearly equally deep: a local minimum of low loss is good enough.
#
# ### Written question 1 (3 points)
#
# A friend's training loss has not changed for 200 epochs. "It is stuck in a local minimum," she says. Name two other things it
# could be, say for each what you would look at to tell, and which of them you would expect first in a network with a million weights.

# %% [markdown] nbgrader={"grade_id": "written_stuck", "grade": true, "solution": true, "points": 3}
# <!-- BEGIN SOLUTION -->
# **Rubric.** One point each:
#
# 1. Names two others: a saddle, and a plateau or flat region (also accepted: mini-batch noise at a rate too large to go lower).
# 2. A test for each: curvatures (a negative one means a saddle), or whether a little noise sets it free as in section 7; for a plateau the
#    size of the gradient with curvatures near zero and a loss that is still high, or another start.
# 3. Expects a saddle or a flat region before a bad minimum, with the argument of section 3: a minimum needs all of a million curvatures
#    positive, and low losses are where minima lie.
# <!-- END SOLUTION -->

# %% [markdown]
# ### Written question 2 (3 points)
#
# You have the time to train twelve networks of width 4, or one of width 16. Which do you choose, and why? Answer with numbers from the
# table of section 8, and name one thing that this experiment does *not* show.

# %% [markdown] nbgrader={"grade_id": "written_width", "grade": true, "solution": true, "points": 3}
# <!-- BEGIN SOLUTION -->
# **Rubric.** One point each:
#
# 1. Chooses the one of width 16 and quotes the losses: even its worst start is several times lower than the best of twelve at width 4.
# 2. Quotes the spread (standard deviation or worst / best) at both widths, and concludes that at width 16 one start is enough.
# 3. One true limit: one data set and one split, one method and rate, training loss near zero leaves little room to differ, a wide network can
#    over-fit (lesson 10), flat directions mean that these ends are no proven minima.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Where to read on
#
# - Y. Dauphin, R. Pascanu, C. Gulcehre, K. Cho, S. Ganguli, Y. Bengio, *Identifying and attacking the saddle point problem in
#   high-dimensional non-convex optimization*, 2014: critical points of networks, counted and measured.
# - A. Choromanska, M. Henaff, M. Mathieu, G. Ben Arous, Y. LeCun, *The loss surfaces of multilayer networks*, 2015: the spread of
#   the final loss shrinks with width.
# - R. Ge, F. Huang, C. Jin, Y. Yuan, *Escaping from saddle points: online stochastic gradient for tensor decomposition*, 2015, and
#   C. Jin, R. Ge, P. Netrapalli, S. Kakade, M. Jordan, *How to escape saddle points efficiently*, 2017: why noise is enough.
#
# [Lesson 02](../02-convexity/convexity.ipynb) asked what one valley is like, and this one which valley you get. The next,
# [lesson 04](../04-initialization/initialization.ipynb), is about the choice that comes before all walking: where to start.

# %%
progress("03-local-optima")
