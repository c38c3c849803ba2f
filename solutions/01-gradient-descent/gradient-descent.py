# %% [markdown]
# # 01 · Gradient descent
#
# **If all you can feel is the slope under your feet, which way do you go, and how long a step do you dare?**
#
# When you are done, you can
#
# - say in one number how wrong a model is, and compute which way that number falls,
# - check any gradient, your own or somebody else's, without trusting it,
# - tell from the curvature which learning rates creep, which arrive, and which fly apart,
# - choose a batch size, and say what you pay for it.
#
# **Time:** about 85 minutes. **Builds on:** [00 · Start here](../00-start-here/start-here.ipynb), where you met weights,
# loss and the loss surface; a derivative; a matrix times a vector.

# %%
import time

import numpy as np

from gradlab import check, progress, todo
from gradlab.data import digits, linear_data, stratified_split
from gradlab.explorers import Prediction, line_explorer
from gradlab.network import MLP
from gradlab.plots import contours, curves, dots, heat, panels
from gradlab.surfaces import ravine
from gradlab.tables import table

# %% [markdown]
# ## 1. See it first
#
# Forty plants. For each, `x` says how much more or less water than usual it got, and `y` how much it grew. You want a line
# through the points, $w_1 x + w_2$, so that you can tell for the next plant.
#
# A line is two weights, a slope and an intercept, so every line is a *place* on the map on the left. How wrong it is, its
# *loss*, is the height there: blue is low, yellow is high, the star is the lowest point. The thin uprights on the right are
# the errors that the loss is made of.
#
# **Your goal:** a loss below 0.3. Use both sliders, and try to look at the right half only: the map is a luxury that you
# will soon lose.

# %%
plants = linear_data(np.random.default_rng(3), 40, weights=[1.5], bias=2.0, noise=0.5)
x, y = plants.X[:, 0], plants.y

line_explorer(
    x,
    y,
    goal=0.3,
    prediction=Prediction(
        question=f"The line is flat, at 0, and its loss is {np.mean(y**2):.2f}. If you "
        "move the intercept alone, how low can you get?",
        options=("below 0.3, the goal", "about half way down", "hardly lower at all"),
        reveal=f"With the slope at 0 the best loss is {np.var(y):.2f}, "
        f"{np.var(y) / np.mean(y**2):.0%} of what it was. The rest needs the slope.",
    ),
)

# %% [markdown]
# Two sliders are a minute's work. But the network at the end of this lesson has 2410 weights. With ten positions for each,
# there are $10^{2410}$ places to try, a one with 2410 zeros. Nobody tries them all, and there is no map to look at. So we
# need a way to get better *from where we are*. That is what optimization means here, and why it is needed: **compute how
# wrong you are, feel which way is down, take a step, and do it again.** Training a network is *iterative*: this loop, many
# thousand times.
#
# ## 2. How wrong is a line?
#
# Take three examples and the line $w_1 = 1$, $w_2 = 0$, which predicts $x$ itself:

# %%
rows = []
for x_i, y_i in [(1, 1), (2, 4), (3, 2)]:
    error = 1 * x_i + 0 - y_i
    rows.append([x_i, y_i, 1 * x_i + 0, error, error**2])

table(
    ["x", "y", "prediction", "error", "error squared"],
    rows,
    caption=f"The mean of the squares: {sum(row[-1] for row in rows) / 3:.3f}",
)

# %% [markdown]
# Add the errors as they are, and $-2$ and $+1$ would partly cancel. So square each, and take the mean: the **mean squared
# error**. A large error then counts more than two of half its size.
#
# To write it once for any number of weights, put the inputs into a table $X$ with one row for each example. An intercept is
# a weight whose input is always 1, so it gets a column of ones.
#
# $$\mathcal{L}(w) = \frac{1}{n} \sum_{i=1}^{n} (x_i \cdot w - y_i)^2$$
#
# | symbol | in code | what it is | shape |
# |:--|:--|:--|:--|
# | $w$ | `w` | the weights | `(d,)` |
# | $x_i$, all in $X$ | `X` | the inputs, one row for each example | `(n, d)` |
# | $y_i$ | `y` | the targets: what should have come out | `(n,)` |
# | $x_i \cdot w$ | `X @ w` | the predictions, all at once | `(n,)` |
# | $\mathcal{L}$ | `mse_loss` | the loss | a number |
#
# > **Conventions.** Some books take *half* of the mean, so that the 2 of the derivative goes away; some take the sum; some
# > the root, to be back in the units of $y$. The lowest point is the same for all, but the slopes are not, and with them
# > the meaning of a learning rate. This course takes the plain mean, as PyTorch, Keras and scikit-learn do. The check tells
# > you when it sees one of the others.
#
# ### Exercise 1: `mse_loss`


# %% nbgrader={"grade_id": "mse_loss", "solution": true}
def mse_loss(w, X, y):
    """The mean squared error of the predictions X @ w.

    w  the weights, shape (d,)
    X  the inputs, one row for each example, shape (n, d)
    y  the targets, shape (n,)

    Returns a number:  the mean over the n examples of (prediction - target)**2.
    The arrays that were passed in stay as they are.

    Example: with w = np.array([2.0]), X = np.array([[1.0], [3.0]]) and
    y = np.array([1.0, 8.0]) the errors are 1 and -2, and the loss is 2.5.
    """
    ### BEGIN SOLUTION
    return np.mean((X @ w - y) ** 2)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_mse_loss", "grade": true, "points": 3}
check(mse_loss)
### BEGIN HIDDEN TESTS
check(mse_loss, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Now *your* function can draw the map. On the left it is asked along one line, the slope, for three intercepts; on the
# right at 3600 places. *Predict:* what shape has the loss along a single weight?

# %%
X = np.column_stack([x, np.ones(40)])
slopes, intercepts = np.linspace(-1, 4, 60), np.linspace(-1, 5, 60)
seen = np.array(
    [[mse_loss(np.array([a, b]), X, y) for a in slopes] for b in intercepts]
)
best = slopes[seen.min(axis=0).argmin()], intercepts[seen.min(axis=1).argmin()]

panels(
    curves(
        {
            f"intercept {b:g}": (
                slopes,
                [mse_loss(np.array([a, b]), X, y) for a in slopes],
            )
            for b in (0, 1, 2)
        },
        xlabel="slope $w_1$",
        ylabel="your mse_loss",
        ylim=(0, 14),
    ),
    heat(
        seen,
        slopes,
        intercepts,
        xlabel="slope $w_1$",
        ylabel="intercept $w_2$",
        label="your mse_loss",
        dark_is_low=True,
    ),
    alt="Left: along the slope the loss is a parabola for each intercept; the one for "
    "intercept 2 reaches lowest. Right: a map of the loss, a single bowl with its "
    "bottom near slope 1.5 and intercept 1.9.",
    caption=f"The lowest of the 3600 losses is {seen.min():.3f}, at slope {best[0]:.2f} "
    f"and intercept {best[1]:.2f}. It is not 0: no line goes through all the plants.",
)

# %% [markdown]
# Along each weight it is a parabola, and together they make a bowl. It took 3600 losses to find the bottom of it. The slope
# will need far fewer.
#
# ## 3. Which way is down?
#
# Take one weight and one example: the loss is $(w x - y)^2$. What happens to it when $w$ grows a little? Differentiate: the
# square brings down a 2, and the inside leaves its own derivative, which is $x$:
#
# $$\frac{\partial}{\partial w} (w x - y)^2 = 2\,(w x - y)\,x$$
#
# So the slope is *twice the error, times the input of that weight*. Is the prediction too high and the input positive? Then
# raising $w$ makes it worse. Is the input 0? Then this weight had no part in the error, and its slope is 0. For $n$
# examples take the mean, as in the loss, and for $d$ weights do it for each. The $d$ slopes together are the **gradient**:
#
# $$\nabla\mathcal{L}(w) = \frac{2}{n} \sum_{i=1}^{n} (x_i \cdot w - y_i)\, x_i = \frac{2}{n}\, X^\top (X w - y)$$
#
# ($X^\top$, in code `X.T`, is $X$ with its rows and columns exchanged: each row of it holds what one weight was multiplied
# with in all the examples, so the product adds up, for every weight, the errors times its own inputs.)
#
# By hand, with the three examples from above:

# %%
rows = []
for x_i, y_i in [(1, 1), (2, 4), (3, 2)]:
    error = 1 * x_i + 0 - y_i
    rows.append([x_i, error, 2 * error * x_i, 2 * error * 1])
mean = np.mean(rows, axis=0)

table(
    ["x", "error", "2 · error · x, for the slope", "2 · error · 1, for the intercept"],
    rows,
    caption=f"The means: {mean[2]:.3f} for the slope, {mean[3]:.3f} for the intercept",
)

# %% [markdown]
# Both are negative: *raising* either weight lowers the loss. The gradient points uphill, so downhill is **against** it.
#
# ### Exercise 2: `mse_gradient`


# %% nbgrader={"grade_id": "mse_gradient", "solution": true}
def mse_gradient(w, X, y):
    """The gradient of mse_loss with respect to w.

    w  the weights, shape (d,)
    X  the inputs, one row for each example, shape (n, d)
    y  the targets, shape (n,)

    Returns an array of shape (d,):  2 / n times the sum over the examples of
    (prediction - target) * input.
    The arrays that were passed in stay as they are.

    Example: with w = np.array([2.0]), X = np.array([[1.0], [3.0]]) and
    y = np.array([1.0, 8.0]) it is np.array([-5.0]).
    """
    ### BEGIN SOLUTION
    return 2 / len(y) * X.T @ (X @ w - y)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_mse_gradient", "grade": true, "points": 4}
check(mse_gradient)
### BEGIN HIDDEN TESTS
check(mse_gradient, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Is there a better direction than straight against the gradient? Stand at $w = (0, 0)$ and try them all: one step of length
# 0.1 in each of 360 directions, like a compass needle. Where does your gradient point, and where is the loss lowest?

# %%
here = np.zeros(2)
slope = mse_gradient(here, X, y)
degrees = np.arange(360)
needle = np.radians(degrees)
around = here + 0.1 * np.stack([np.cos(needle), np.sin(needle)], axis=1)
change = np.array([mse_loss(w, X, y) for w in around]) - mse_loss(here, X, y)
uphill = np.degrees(np.arctan2(slope[1], slope[0])) % 360
downhill = (uphill + 180) % 360

panels(
    curves(
        {
            "change of the loss": (degrees, change),
            "against your gradient": ([downhill, downhill], [-0.7, 0.7]),
            "along your gradient": ([uphill, uphill], [-0.7, 0.7]),
        },
        xlabel="direction of the step, in degrees",
        ylabel="change of your mse_loss",
        ylim=(-0.7, 1.2),
    ),
    alt="The change of the loss over the direction of the step is a wave. Its lowest "
    "point lies on the upright that marks the direction against the gradient, its "
    "highest on the one along it.",
    caption=f"The loss falls most at {degrees[change.argmin()]} degrees; against your "
    f"gradient is {downhill:.0f}. It rises most at {degrees[change.argmax()]}; along "
    f"your gradient is {uphill:.0f}.",
    height=3.0,
)

# %% [markdown]
# For a short step, against the gradient is the steepest way down. Exactly across it, a quarter turn away, the loss hardly
# changes.
#
# ## 4. Can you trust a gradient?
#
# A gradient that lacks its 2 still leads to the bottom, in steps half as long, and nobody notices. So check it, and not
# with the algebra that made it: measure. The slope of any function of one weight is nearly its rise over a short way. Take
# a small $h$ and step to *both* sides:
#
# $$f'(w) \approx \frac{f(w + h) - f(w - h)}{2h}$$
#
# By hand: $f(w) = w^3$ at $w = 2$, where the true slope is 12. With $h = 1$ it is $(27 - 1) / 2 = 13$; a step to one side
# only would give $27 - 8 = 19$.

# %%
table(
    ["h", "to both sides", "to one side"],
    [
        [
            f"{h:g}",
            f"{((2 + h) ** 3 - (2 - h) ** 3) / (2 * h):.6g}",
            f"{((2 + h) ** 3 - 8) / h:.6g}",
        ]
        for h in (1, 0.1, 0.01)
    ],
    caption="The slope of w³ at 2, which is 12, measured",
)

# %% [markdown]
# With ten times smaller a step the error to one side shrinks ten times, but to both sides a hundred times. For several
# weights measure one after the other, and hold all the others still meanwhile. If they stand in an array of some other
# shape, `np.ndindex(w.shape)` visits every place of it in turn: `(0, 0)`, `(0, 1)` and so on.
#
# ### Exercise 3: `numerical_gradient`


# %% nbgrader={"grade_id": "numerical_gradient", "solution": true}
def numerical_gradient(f, w, h=1e-5):
    """The gradient of any function, by central differences.

    f  a function that takes an array in the shape of w and returns a number
    w  where: an array of any shape or a number; floats or whole numbers
    h  how far to step to each side

    Returns an array of floats in the shape of w: for each weight
    (f(that weight + h) - f(that weight - h)) / (2 * h), all others unchanged.
    w itself stays as it is.

    Example: for f = lambda w: w[0] ** 2 * w[1] at np.array([3.0, 2.0]) with h = 0.5
    it is np.array([12.0, 9.0]).
    """
    ### BEGIN SOLUTION
    w = np.array(w, dtype=float)
    gradient = np.zeros(w.shape)
    for index in np.ndindex(w.shape):
        here = w[index]
        w[index] = here + h
        above = f(w)
        w[index] = here - h
        below = f(w)
        w[index] = here
        gradient[index] = (above - below) / (2 * h)
    return gradient
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_numerical_gradient", "grade": true, "points": 4}
check(numerical_gradient)
### BEGIN HIDDEN TESTS
check(numerical_gradient, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Now let your two gradients check each other, one from algebra and one from measuring. And try what a smaller and smaller
# $h$ does. (Both axes of the figure are *logarithmic*: from one mark to the next it is always the same factor.) *Predict:*
# is the smallest the best?


# %%
def wavy(w):
    """A function with a known slope, to measure on."""
    return np.sum(np.sin(w) * np.exp(w))


place = np.array([0.3, 1.1, -0.7])
true = np.exp(place) * (np.sin(place) + np.cos(place))
steps = 10.0 ** -np.arange(1, 14)
both = [np.abs(numerical_gradient(wavy, place, h) - true).max() for h in steps]
one = [np.abs((np.sin(place + h) * np.exp(place + h)
               - np.sin(place) * np.exp(place)) / h - true).max() for h in steps]  # fmt: skip

somewhere = np.random.default_rng(0).normal(size=(5, 2))
apart = max(
    np.abs(mse_gradient(w, X, y) - numerical_gradient(lambda w: mse_loss(w, X, y), w))
    .max() for w in somewhere
)  # fmt: skip

panels(
    curves(
        {"your numerical_gradient": (steps, both), "to one side": (steps, one)},
        xlabel="h",
        ylabel="largest error of a slope",
        log=True,
        logx=True,
        markers=True,
    ),
    alt="Both errors shrink with h at first, that of central differences much faster; "
    "below 1e-5, and 1e-8 to one side, they grow again.",
    caption=f"The best h is {steps[np.argmin(both)]:.0e} to both sides, and "
    f"{steps[np.argmin(one)]:.0e} to one. On five random lines your mse_gradient and "
    f"your numerical_gradient of mse_loss differ by {'less' if apart < 1e-8 else 'more'} "
    "than 1e-8.",
    height=3.1,
)

# %% [markdown]
# Too large an $h$ and the bend of the function gets in; too small, and $f(w+h)$ and $f(w-h)$ agree in almost all of their
# 16 digits, so that their difference is mostly rounding. Around $10^{-5}$ is a good place to stand.
#
# Why not always measure, then, and forget about algebra? Because each weight costs two losses: for 2410 weights that is
# 4820 losses for a *single* step. The formula needs two products with $X$, however many weights there are. Measuring is for
# checking; you will do it again in lesson 11.
#
# ## 5. Walk
#
# You know which way. Now go: a step against the gradient, some share $\eta$ of it long, and from there the next.
#
# $$w \leftarrow w - \eta\, \nabla\mathcal{L}(w)$$
#
# $\eta$ ("eta", in code `lr`) is the **learning rate**. By hand, on $\mathcal{L} = w^2$ with gradient $2w$, from $w = 4$
# with $\eta = 0.25$: the gradient is 8, the step $0.25 \cdot 8 = 2$, so $w$ becomes 2. There the gradient is 4, and $w$
# becomes 1; then 0.5. The steps get shorter on their own, because the slope does.
#
# ### Exercise 4: `gradient_descent`


# %% nbgrader={"grade_id": "gradient_descent", "solution": true}
def gradient_descent(gradient, w, lr, steps):
    """Walk downhill, and keep the path.

    gradient  a function that takes weights and returns the gradient there, same shape
    w         where to start: an array of any shape or a number; floats or whole numbers
    lr        the learning rate, a number
    steps     how many steps to take, 0 or more

    Returns the path, an array of floats of shape (steps + 1, *shape of w): the start
    first, then the weights after each step  w <- w - lr * gradient(w).
    w itself stays as it is.

    Example: gradient_descent(lambda w: 2 * w, 4.0, lr=0.25, steps=2) is
    np.array([4.0, 2.0, 1.0]).
    """
    ### BEGIN SOLUTION
    path = [np.array(w, dtype=float)]
    for _ in range(steps):
        w = path[-1]
        path.append(w - lr * gradient(w))
    return np.array(path)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_gradient_descent", "grade": true, "points": 4}
check(gradient_descent)
### BEGIN HIDDEN TESTS
check(gradient_descent, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Send *your* ball, with *your* gradient, over *your* map, from the flat line at 0. *Predict:* how many steps to the goal of
# section 1?

# %%
path = gradient_descent(lambda w: mse_gradient(w, X, y), np.zeros(2), lr=0.2, steps=20)
losses = np.array([mse_loss(w, X, y) for w in path])
ends = np.array([x.min(), x.max()])

panels(
    heat(
        seen,
        slopes,
        intercepts,
        xlabel="slope $w_1$",
        ylabel="intercept $w_2$",
        label="your mse_loss",
        dark_is_low=True,
        lines={"your path": (path[:, 0], path[:, 1])},
    ),
    dots(
        {"plants": np.column_stack([x, y])},
        xlabel="x",
        ylabel="y",
        lines={
            f"after step {t}": (ends, path[t, 0] * ends + path[t, 1])
            for t in (1, 3, 20)
        },
    ),
    alt="Left: the path leads from (0, 0) in a gentle bend to the bottom of "
    "the bowl. Right: the line after 1, 3 and 20 steps comes closer to the points.",
    caption=f"Below 0.3 after {np.argmax(losses < 0.3)} steps; after 20 the loss is "
    f"{losses[-1]:.3f}. The map took 3600 losses.",
    height=3.6,
)

# %% [markdown]
# ## 6. How long a step?
#
# The bowl of the plants is nearly round: one rate suits all its directions. Here is a surface that is not round, and that
# will keep you company through this course: the ravine $0.1\,w_1^2 + 2\,w_2^2$, where a ball starts at $(-5, -2)$. (In code
# it is `ravine`, with its `value`, its `gradient` and its `start`.) The gradient is $(0.2\,w_1,\ 4\,w_2)$, and the numbers
# 0.2 and 4 are the **curvatures**: how fast the slope changes along each weight.
#
# Follow one weight whose curvature is $c$. Its gradient is $c\,w$, so a step makes of it
#
# $$w - \eta\, c\, w = (1 - \eta\, c)\, w.$$
#
# Every step multiplies the weight by the same factor, $1 - \eta c$. All is in that factor:

# %%
table(
    ["rate", "rate · 4", "factor for w2", "w2 after 1 step", "after 2", "after 50"],
    [
        [lr, lr * 4, 1 - lr * 4, *(0 - 2 * (1 - lr * 4) ** t for t in (1, 2, 50))]
        for lr in (0.05, 0.25, 0.4, 0.49, 0.5, 0.51)
    ],
    caption="The steep direction of the ravine, curvature 4, from w2 = -2",
)

# %% [markdown]
# With $L$ for the largest curvature, here 4:
#
# - below $1/L$ the factor is positive: the weight **glides** down its own side;
# - at $1/L$ it is 0: a single step takes this weight to the bottom;
# - between $1/L$ and $2/L$ it is negative, but smaller than 1 in size: the ball **jumps across** the valley in every step,
#   lands lower each time, and arrives;
# - at exactly $2/L$ it jumps to and fro for ever, and beyond it every jump is longer than the last: the run **diverges**.
#
# The flat direction has the factor $1 - 0.2\,\eta$. At 0.4, that is 0.92, so 8% of the way in each step. It would love a
# larger rate, but the steep direction forbids it.
#
# *Predict*, before you run the cell: which of the three rates has the lowest loss after 40 steps?

# %%
walks = {
    "0.05, glides": gradient_descent(ravine.gradient, ravine.start, 0.05, 40),
    "0.4, jumps across": gradient_descent(ravine.gradient, ravine.start, 0.4, 40),
    "0.51, diverges": gradient_descent(ravine.gradient, ravine.start, 0.51, 40),
}
rates = np.arange(1, 56) / 100
final = [
    ravine.value(gradient_descent(ravine.gradient, ravine.start, lr, 40)[-1])
    for lr in rates
]
fastest = rates[np.argmin(final)]

panels(
    contours(ravine, {name: walk[:13] for name, walk in walks.items()}),
    curves(
        {
            "": (rates, final),
            "1/L = 0.25": ([0.25, 0.25], [3e-4, 1e3]),
            "2/L = 0.5": ([0.5, 0.5], [3e-4, 1e3]),
        },
        xlabel="learning rate",
        ylabel="loss after 40 steps",
        log=True,
        ylim=(3e-4, 1e6),
    ),
    widths=(3, 2),
    alt="Left: twelve steps down the ravine. At rate 0.05 the ball glides to the floor "
    "and creeps; at 0.4 it jumps from wall to wall and gets far; at 0.51 its jumps "
    "grow. Right: the loss after 40 steps falls with the rate until just before 0.5 "
    "and then shoots up.",
    caption=f"Loss after 40 steps: {final[4]:.2f} at rate 0.05, {final[39]:.4f} at 0.4, "
    f"{final[50]:.0f} at 0.51. Of 55 rates, {fastest:.2f} is best, with "
    f"{min(final):.4f}: it lies close to the cliff.",
)

# %% [markdown]
# Too small wastes your evening; too large ruins the run; and the best one stands close to the cliff. So the limit is worth
# knowing exactly. Four rules of thumb go about. Here is the largest rate that each of them allows on the ravine, tried a
# little below and a little above:


# %%
def outcome(lr):
    """What becomes of the loss in 2000 steps at this rate."""
    with np.errstate(all="ignore"):  # what diverges may overflow
        walk = gradient_descent(ravine.gradient, ravine.start, lr, 2000)
        return "arrives" if ravine.value(walk[-1]) < 1e-3 else "diverges"


rules = {
    "1 / largest curvature": 1 / 4,
    "2 / sum of the curvatures": 2 / 4.2,
    "2 / largest curvature": 2 / 4,
    "2 / smallest curvature": 2 / 0.2,
}
table(
    ["rule", "limit", "2% below it", "2% above it"],
    [
        [rule, limit, outcome(0.98 * limit), outcome(1.02 * limit)]
        for rule, limit in rules.items()
    ],
)

# %% [markdown]
# Only $2/L$ divides what arrives from what does not. The first two are safe, and stricter than they need be; the last looks
# at the flat direction and flies out across the steep one. Nothing is wrong, then, with a ball that jumps across the valley,
# as long as each jump ends lower.
#
# > **Conventions.** "$2/L$" speaks of surfaces with the same curvature everywhere. A network's curvature changes as it
# > learns, so people try rates a factor of 2 or 3 apart and take the largest that behaves. (Papers write $\alpha$, $\gamma$
# > or $\epsilon$ for $\eta$.)
#
# ## 7. Do you need all the data for one step?
#
# A gradient is a mean over all examples. With a million of them, you look at a million to make *one* step. But a mean can
# be estimated: ask 32 people instead of the whole town. A random handful is a **mini-batch**, and its mean gradient is a
# noisy, cheap gradient. One pass through all the data, a handful at a time, is an **epoch**.
#
# To deal fairly, shuffle the examples, then cut the pile: every example once, in batches of equal size, and a short one at
# the end if they do not come out even. Ten examples in batches of four are 4, 4 and 2. And shuffle inputs and targets
# *together*: an $x$ with somebody else's $y$ teaches nothing.
#
# All chance in this course comes from a *generator*, such as `rng = np.random.default_rng(0)`. The number is its *seed*:
# whoever starts from the same one gets the same chance, and so the same figures. `rng.permutation(10)` is the numbers 0 to 9,
# shuffled, and `X[[7, 2]]` are rows 7 and 2 of `X`.
#
# ### Exercise 5: `minibatches`


# %% nbgrader={"grade_id": "minibatches", "solution": true}
def minibatches(X, y, batch_size, rng):
    """Deal the examples out in random order, every one once.

    X           the inputs, one for each example along the first axis, shape (n, ...)
    y           the targets, shape (n,)
    batch_size  how many examples in a batch; the last may hold fewer, but never none
    rng         a np.random.Generator: all chance comes from it, so that equal
                generators deal equal batches

    Returns a list of pairs (X_batch, y_batch) of arrays: shapes (batch_size, ...) and
    (batch_size,), row for row the same examples.
    X and y themselves stay as they are.

    Example: 10 examples in batches of 4 give three pairs, of 4, 4 and 2 examples.
    """
    ### BEGIN SOLUTION
    order = rng.permutation(len(X))
    batches = []
    for start in range(0, len(X), batch_size):
        batch = order[start : start + batch_size]
        batches.append((X[batch], y[batch]))
    return batches
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_minibatches", "grade": true, "points": 4}
check(minibatches)
### BEGIN HIDDEN TESTS
check(minibatches, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# How noisy is such a gradient? Take a larger field: 2000 plants with ten measurements each, so ten weights. Stand still at
# one $w$, deal your batches there, and measure how far each batch's gradient lies from that of all the data: the mean of
# the squared distance. *Predict:* a batch four times as large is less noisy by what factor?

# %%
field = linear_data(
    np.random.default_rng(1), 2000, weights=np.linspace(-1.2, 1.2, 10), noise=1.0
)
sizes = np.array([1, 2, 4, 8, 16, 32, 64, 128])


def noise(w, batch_size, epochs=8):
    """Mean squared distance of a batch's gradient from that of all the data."""
    rng = np.random.default_rng(0)
    exact = mse_gradient(w, field.X, field.y)
    return np.mean(
        [
            np.sum((mse_gradient(w, *batch) - exact) ** 2)
            for _ in range(epochs)
            for batch in minibatches(field.X, field.y, batch_size, rng)
            if len(batch[1]) == batch_size
        ]
    )


start = np.zeros(10)
bottom = np.linalg.lstsq(field.X, field.y, rcond=None)[0]
at_start = np.array([noise(start, size) for size in sizes])
at_bottom = np.array([noise(bottom, size) for size in sizes])

panels(
    curves(
        {
            "at w = 0": (sizes, at_start),
            "at the bottom": (sizes, at_bottom),
            "noise of one example / batch size": (sizes, at_start[0] / sizes),
        },
        xlabel="batch size",
        ylabel="noise of the gradient",
        log=True,
        logx=True,
        markers=True,
    ),
    alt="Over the batch size, both axes logarithmic, the noise falls along a straight "
    "line, the same line as one over the batch size. At the bottom it is lower for "
    "every size and falls in the same way.",
    caption="Batch size times noise, at w = 0, for 32, 64 and 128: "
    + ", ".join(f"{sizes[i] * at_start[i]:.0f}" for i in (5, 6, 7))
    + f"; for 1 it is {at_start[0]:.0f}. At the bottom it is {at_bottom[0]:.0f} for 1.",
    height=3.2,
)

# %% [markdown]
# The noise falls as **one over the batch size**: four times as many examples, a quarter of the squared noise, half of its
# length. Note that you stood *still*. The noise also depends on the place, so measured along a run, each batch size at
# another $w$, the law could have been lost. (At 128 the noise is even a little lower than the law has it: the batch holds a
# noticeable share of the 2000, no plant twice, and a batch of all 2000 would have no noise at all.)
#
# That is a bargain with an end to it. A batch of 128 costs four times as much as one of 32, and its gradient is only twice
# as exact. Is it better to step exactly, or often?
#
# ### Exercise 6: `sgd_epoch`
#
# Stepping after every mini-batch is called **stochastic gradient descent**, SGD; *stochastic* comes from the Greek for
# guessing. (Some keep that name for batches of one.) You have both parts already.


# %% nbgrader={"grade_id": "sgd_epoch", "solution": true}
def sgd_epoch(w, X, y, lr, batch_size, rng):
    """One epoch of mini-batch gradient descent on the mean squared error.

    w           the weights before the epoch, shape (d,)
    X, y        the data, shapes (n, d) and (n,)
    lr          the learning rate, a number
    batch_size  how many examples in a batch; the last may hold fewer
    rng         a np.random.Generator for the order of the examples

    Returns the weights after one step  w <- w - lr * gradient  for every batch, where
    the gradient is the mean over this batch alone, at the w of now.
    w itself stays as it is.

    Example: with batch_size = len(y) it is a single step of gradient descent.
    """
    ### BEGIN SOLUTION
    for X_batch, y_batch in minibatches(X, y, batch_size, rng):
        w = w - lr * mse_gradient(w, X_batch, y_batch)
    return w
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_sgd_epoch", "grade": true, "points": 5}
check(sgd_epoch)
### BEGIN HIDDEN TESTS
check(sgd_epoch, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Now let all the data at once (*batch* gradient descent), mini-batches of 128, 64 and 32, and single examples run side by
# side, all at rate 0.02, for 20 epochs. Every line appears twice: on the left over the epochs, which cost the same for all,
# since each looks at every example once; on the right over the steps, each of which is one evaluation of the gradient. What
# is drawn is how far the loss is above the lowest possible. *Predict* the winner on the left. And on the right?

# %%
epochs, lowest = 20, mse_loss(bottom, field.X, field.y)
over_epochs, over_steps, ended = {}, {}, {}
for size in (2000, 128, 64, 32, 1):
    rng, w = np.random.default_rng(0), start
    above = [mse_loss(w, field.X, field.y) - lowest]
    for _ in range(epochs):
        w = sgd_epoch(w, field.X, field.y, 0.02, size, rng)
        above.append(mse_loss(w, field.X, field.y) - lowest)
    name = {2000: "all 2000", 1: "1 example"}.get(size, f"{size}")
    count = np.arange(epochs + 1) * -(-2000 // size)
    over_epochs[name], over_steps[name] = above, (count[1:], above[1:])
    ended[name] = np.mean(above[-5:])

w, patience = start, 0
while mse_loss(w, field.X, field.y) - lowest > ended["32"]:
    w = sgd_epoch(w, field.X, field.y, 0.02, 2000, np.random.default_rng(0))
    patience += 1

panels(
    curves(
        over_epochs,
        xlabel="epochs",
        ylabel="loss above the lowest",
        log=True,
        ylim=(1e-7, 10),
    ),
    curves(
        over_steps,
        xlabel="steps: evaluations of the gradient",
        ylabel="loss above the lowest",
        log=True,
        logx=True,
        ylim=(1e-7, 10),
    ),
    alt="Left: over the epochs, the smaller the batch the steeper the loss falls, but "
    "single examples stop at once at a high floor, and 32, 64 and 128 at lower ones. "
    "Right: over the steps all lines fall together until each meets its floor.",
    caption="Above the lowest loss, mean of the last five epochs: "
    + ", ".join(f"{name}: {above:.2g}" for name, above in ended.items())
    + f". All 2000 at once pass the floor of 32 after {patience} epochs.",
    height=3.7,
)

# %% [markdown]
# Read the right half first: step for step, the batches fall alike until they level off. (Losses are taken after each epoch,
# so the line of the single examples begins at step 2000, when it has long levelled off.) A step from 32 examples takes you about as
# far as one from 2000. So whoever makes more steps for the same work is ahead, and that is the left half: after one epoch,
# the batch of 2000 has made one step, and the batches of 32 have made 63.
#
# But every noisy line ends on a *floor*, where the noise kicks the ball about as fast as the slope pulls it down, and the
# smaller the batch, the higher the floor. The exact gradient has none: it passes one floor after the other, if you can wait
# (the caption says when it passes that of 32).
# (What brings a floor down is the subject of lesson 09.)
#
# And per second? That depends on your machine, so nothing is printed here until you ask for it. Set `measure` to True. An
# epoch looks at 2000 plants whatever the batch size, so what you see is how much your computer likes to do many at a time.

# %%
measure = False
if measure:
    for size in (2000, 128, 64, 32, 1):
        begin = time.perf_counter()
        sgd_epoch(start, field.X, field.y, 0.02, size, np.random.default_rng(0))
        spent = time.perf_counter() - begin
        print(f"batches of {size:4}: {1000 * spent:7.1f} milliseconds an epoch")

# %% [markdown]
# ## 8. On a real network
#
# Now handwritten digits, 8 x 8 pixels each, and a **network**, which is many small models, one behind the other. Each of 32
# *hidden units* adds up the 64 pixels and an intercept, with weights of its own, as your line did with one $x$, and bends
# the sum by a curve, so that together they can do what no straight line can. Then each of ten *outputs*, one for each digit,
# adds up those 32, and the highest output is the network's answer. That makes $32 \cdot 65 + 10 \cdot 33 = 2410$ weights.
#
# Its loss is called *cross-entropy*: 0 when the network is sure and right, and $\ln 10 = 2.3$ when it thinks all ten digits
# equally likely. The slope along every weight comes from the chain rule, and `network.loss_and_gradient` does that for you:
# it returns the loss and its gradient, as your two functions do for a line. Your `minibatches` does not care what the loss
# is, and deals digits as it dealt plants.
#
# The network learns from 1280 digits, so that every batch is full; 450 others are *held out* and never trained on, to see
# whether it has learned digits or only these digits. The share of them that it gets right is its *accuracy*. Five networks
# are trained side by side from five random starts, so that no result hangs on a lucky one: the table shows the mean of the
# five, and behind the ± how far they typically are from it, their *standard deviation*. Each batch size gets ten epochs and
# several rates, and its best rate counts.
#
# *Predict:* which batch size ends lowest? And does it want a larger or a smaller rate than the others?

# %%
images, labels = digits()
train, held_out = stratified_split(labels, (0.75, 0.25), np.random.default_rng(0))
X_train, y_train = images[train[:1280]], labels[train[:1280]]
network = MLP((64, 32, 10))
five = network.init(np.random.default_rng(1), runs=(5,))


def train_all(batch_size, rates, epochs=10):
    """The loss after each epoch, shape (epochs + 1, rates, 5), and the weights."""
    rng = np.random.default_rng(2)
    params = np.tile(five, (len(rates), 1, 1))
    lr = np.array(rates, dtype=np.float32)[:, None, None]
    losses = [network.loss(params, X_train, y_train)]
    for _ in range(epochs):
        for X_batch, y_batch in minibatches(X_train, y_train, batch_size, rng):
            _, gradient = network.loss_and_gradient(params, X_batch, y_batch)
            params = params - lr * gradient
        losses.append(network.loss(params, X_train, y_train))
    return np.array(losses), params


def called(batch_size):
    """What the figures call a batch size."""
    return "all 1280" if batch_size == 1280 else f"{batch_size}"


tried = {
    1280: (0.5, 1, 1.5, 2),
    128: (0.5, 1, 1.5, 2),
    64: (0.5, 1, 1.5, 2),
    32: (0.5, 1, 1.5, 2),
    1: (0.05, 0.1, 0.2),
}
rows, by_epoch, bands = [], {}, {}
for size, rates in tried.items():
    losses, params = train_all(size, rates)
    best = losses[-1].mean(axis=1).argmin()
    loss = losses[-1, best]
    accuracy = network.accuracy(params[best], images[held_out], labels[held_out])
    name = called(size)
    by_epoch[name] = losses[:, best].mean(axis=1)
    bands[name] = np.array([losses[:, best].min(axis=1), losses[:, best].max(axis=1)])
    rows.append(
        [
            name,
            10 * 1280 // size,
            f"{rates[best]:g}",
            f"{loss.mean():.3f} ± {loss.std():.3f}",
            f"{accuracy.mean():.3f} ± {accuracy.std():.3f}",
        ]
    )

table(
    ["batch size", "steps", "best rate", "training loss", "held-out accuracy"],
    rows,
    caption="Ten epochs on digits: mean and standard deviation of five seeds",
)

# %% [markdown]
# The same work for all: ten looks at every digit. On the left below is how they got there. On the right, step for step: all
# batch sizes at one rate, 0.2, for 200 steps, however many epochs those take.


# %%
def first_steps(batch_size, steps=200, lr=0.2):
    """The loss at every tenth of the first steps, shape (steps / 10 + 1, 5)."""
    rng, params, losses, taken = np.random.default_rng(3), five, [], 0
    while taken <= steps:
        for batch in minibatches(X_train, y_train, batch_size, rng):
            if taken % 10 == 0 and taken <= steps:
                losses.append(network.loss(params, X_train, y_train))
            params = (
                params - np.float32(lr) * network.loss_and_gradient(params, *batch)[1]
            )
            taken += 1
    return np.array(losses)


counted = np.arange(0, 201, 10)
by_step = {called(size): (counted, first_steps(size).mean(axis=1)) for size in tried}
ends = {name: loss[-1] for name, (_, loss) in by_step.items()}

panels(
    curves(
        by_epoch,
        xlabel="epochs, each at its best rate",
        ylabel="training loss",
        log=True,
        bands=bands,
        ylim=(0.005, 6),
    ),
    curves(
        by_step,
        xlabel="steps, all at rate 0.2",
        ylabel="training loss",
        log=True,
        ylim=(0.005, 6),
    ),
    alt="Left: over ten epochs smaller batches end lower; all the data at once hardly "
    "gets down. Right: over 200 steps at one rate the lines for 32, 64, 128 and all "
    "data lie almost on each other; single examples jump about above them.",
    caption="After 200 steps at rate 0.2, whatever they cost: "
    + ", ".join(f"{name}: {loss:.2f}" for name, loss in ends.items())
    + ". Shades on the left: the best and the worst of five seeds.",
    height=3.7,
)

# %% [markdown]
# All the data at once is hopeless here: ten epochs are ten steps. Among 32, 64 and 128 the smaller batch ends a little
# lower, and on held-out digits their spread over seeds is as large as their difference, so there is nothing to choose by.
# Single examples got furthest, and pay for it twice: their gradient is so noisy that they need a rate ten times smaller,
# and their ten epochs are 12800 steps, one digit at a time.
#
# On the right, the lines for 32 examples and more lie on each other: **a step from 32 digits is as good as one from 1280**,
# as long as you are far from the bottom, and costs a fortieth of the work. At the same rate single examples are thrown
# about. Batches of 32, 64 or 128 are what most people use: noisy enough to be cheap, and large enough to bear a good rate
# and to keep the computer busy.
#
# ## 9. What you should have seen
#
# - The gradient is the mean of error times input, twice; it points uphill, and against it is the steepest way down.
# - Central differences check any gradient, at two losses for each weight.
# - Each step multiplies a weight by $1 - \eta c$: gliding below $1/L$, jumping across up to $2/L$, diverging beyond.
# - The noise of a mini-batch gradient, at one and the same place, falls as one over the batch size.
# - Far from the bottom, a step from a small batch is nearly as good as one from all the data, and you can make many more.
#   Near the bottom noise sets a floor.
#
# ### Written question 1 (3 points)
#
# Two friends walk down the ravine, with its curvatures 0.2 and 4. The first says: "At rate 0.4 the ball jumps from side to
# side in every step, so it is too large; one must stay below $1/L = 0.25$." The second says: "The valley is so flat that I
# can take rate 5; the limit is $2/0.2 = 10$." Where is each right, and where wrong? Use the factor $1 - \eta c$, with
# numbers.

# %% [markdown] nbgrader={"grade_id": "written_rate", "grade": true, "solution": true, "points": 3}
# <!-- BEGIN SOLUTION -->
# **Rubric.** One point each:
#
# 1. *First friend*: right that it jumps across at 0.4, since the factor 1 - 0.4 · 4 = -0.6 is negative (and that 0.25 is
#    the border of gliding); wrong that it is too large: 0.6 is below 1 in size, so every jump ends lower, and the run
#    arrives.
# 2. *Second friend*: right that the flat direction alone would bear rates up to 2/0.2 = 10 (at 5 its factor is 0); wrong
#    for the ravine: the steep direction has the factor 1 - 5 · 4 = -19, and the run diverges at once.
# 3. Says what decides: the *largest* curvature, limit 2/L = 0.5; with evidence from the table of rules or the curve over
#    the rates.
# <!-- END SOLUTION -->

# %% [markdown]
# ### Written question 2 (3 points)
#
# You have ten million examples, and time for three epochs. A colleague wants to use all the data for every step, "because
# then the gradient is exact". What do you answer? Use the noise figure of section 7 and the table of section 8, with
# numbers. Then name one thing that your colleague's exact gradient would be better for.

# %% [markdown] nbgrader={"grade_id": "written_batches", "grade": true, "solution": true, "points": 3}
# <!-- BEGIN SOLUTION -->
# **Rubric.** One point each:
#
# 1. The law: noise falls as 1 / batch size, so exactness gets dear: a batch of 32 has 1/32 of the squared noise of one
#    example, and going from 32 to 128 costs four times as much for half the length of the noise. Three epochs would be
#    three steps.
# 2. The table: with the same work on digits, all the data made 10 steps and ended far higher than batches of 32 or 64;
#    quotes the losses.
# 3. A fair word for the exact gradient: no floor, so the lowest loss in the end (section 7); or a run that can be repeated
#    and understood; or it makes better use of hardware. Any one of them with its reason.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Where to read on
#
# - A. Cauchy, *Méthode générale pour la résolution des systèmes d'équations simultanées*, 1847: three pages, and the first
#   gradient descent.
# - H. Robbins, S. Monro, *A stochastic approximation method*, 1951: why noisy steps arrive.
# - Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, *Efficient BackProp*, 1998: batches, rates and curvature, from practice.
# - L. Bottou, F. Curtis, J. Nocedal, *Optimization methods for large-scale machine learning*, 2018: the whole theory,
#   readable.
#
# The bowl and the ravine had one bottom each. When is that so, and how fast can a descent be then? That is the next lesson,
# [02 · Convexity](../02-convexity/convexity.ipynb).

# %%
progress("01-gradient-descent")
