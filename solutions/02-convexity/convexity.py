# %% [markdown]
# # 02 · Convexity
#
# **You have walked downhill until it went no further down. When may you be sure that this is the lowest place of all?**
#
# When you are done, you can
#
# - test any loss for convexity with a straight line, and say what the test proves and what it cannot,
# - read the curvature of a surface in every direction from its matrix of second derivatives,
# - choose the best learning rate for a bowl, and foretell how many steps it will need, before you run anything,
# - show that the loss of a small network on digits is not convex, and why it cannot be.
#
# **Time:** about 75 minutes. **Builds on:** gradient descent, `w <- w - lr * grad`, central differences, and the limit: at
# rates beyond 2/L, where L is the largest curvature, gradient descent diverges (lesson 01).

# %%
import numpy as np

from gradlab import check, descend, progress, todo
from gradlab.explorers import Prediction, chord_explorer
from gradlab.explorers.convexity import violated_share
from gradlab.landscape import convergence_rate
from gradlab.optimizers import gradient_descent
from gradlab.plots import contours, curves, dots, heat, panels
from gradlab.surfaces import (
    dented_slope,
    himmelblau,
    ill_conditioned,
    ravine,
    rosenbrock,
)
from gradlab.tables import table

# %% [markdown]
# ## 1. See it first
#
# Here is the loss of a single weight, $w^4 + w^3 - 2 w^2 - 2 w$. It has two valleys, and a ball that rolls into the left one
# will never hear of the right one. In one picture you see that at once. A network has thousands of weights and no
# picture. Is there a test that needs none?
#
# There is, and all it takes is a ruler. Pick two points of the curve and stretch a straight line between them, a
# **chord**. Somewhere on the way, which is higher: the chord or the curve?
#
# **Your goal:** a chord above which the curve rises by **more than 1.3**. The small chart shows by how much, all the way from a
# to b.


# %%
def two_valleys(w):
    """The loss of one weight, with a valley on either side of a hill."""
    return w**4 + w**3 - 2 * w**2 - 2 * w


share = violated_share(two_valleys, (-2.0, 1.6), np.random.default_rng(0))

chord_explorer(
    two_valleys,
    domain=(-2.0, 1.6),
    ends=(-1.9, 1.5),
    goal=1.3,
    prediction=Prediction(
        question="The chord you see keeps above the curve all the way. Now draw both ends "
        "at random, ten thousand times. How many chords does the curve rise above?",
        options=("about one in ten", "about one in three", "more than half"),
        reveal=f"{share:.0%} of them. The chord that you saw was one of the others: "
        "a single chord that passes says little.",
    ),
)

# %% [markdown]
# The best chords run from valley to valley, with the hill in between. Keep that in mind; it is the key to the whole lesson.
#
# ## 2. The chord test
#
# A curve is called **convex** if it never rises above any of its chords. To go from a point $a$ to a point $b$, mix the
# two: take the share $1 - \lambda$ of $a$ and the share $\lambda$ of $b$. At $\lambda = 0$ you are at $a$, at $\lambda = 1$ at
# $b$, at $\lambda = 0.25$ a quarter of the way. Mix the two heights $f(a)$ and $f(b)$ in the same way, and you have the height
# of the chord above that point. So $f$ is convex if, for *all* $a$, $b$ and *all* $\lambda$ from 0 to 1,
#
# $$f\big((1 - \lambda)\,a + \lambda\,b\big) \;\le\; (1 - \lambda)\,f(a) + \lambda\,f(b)$$
#
# | symbol | in code | what it is | shape |
# |:--|:--|:--|:--|
# | $f$ | `f` | the loss | one number for each point |
# | $a$, $b$ | `a`, `b` | the ends of the chord, two settings of the weights | a number, or one for each weight |
# | $\lambda$ ("lambda") | `lam` | how far along the chord, from 0 to 1 | a number |
#
# By hand, for the parabola $w^2$, from $a = -1$ to $b = 3$: a quarter of the way is the point
# $0.75 \cdot (-1) + 0.25 \cdot 3 = 0$. The curve there is 0, the chord $0.75 \cdot 1 + 0.25 \cdot 9 = 3$. The chord is higher, as
# it should be. And from valley to valley of our curve?

# %%
a, b = -1.25, 0.95
rows = []
for lam in (0, 0.25, 0.5, 0.75, 1):
    w = (1 - lam) * a + lam * b
    chord = (1 - lam) * two_valleys(a) + lam * two_valleys(b)
    rows.append([f"{lam:.2f}", w, chord, f"{two_valleys(w):.4g}"])
table(["lambda", "point w", "chord", "curve"], rows)

# %% [markdown]
# In the three rows in the middle the curve is higher. One of them is enough: **a single violation proves that a curve is not
# convex**, or *non-convex*, as the books say.
#
# > **Conventions.** Many books let lambda count from $b$, $\lambda a + (1 - \lambda) b$. Evenly spread lambdas give the same
# > answer either way, and the check accepts both. What is *convex* here is "concave up" in many school books.
#
# ### Exercise 1: `violates_chord`
#
# Test many chords at once. A straight line is convex, though it lies exactly *on* its chords, and there rounding decides which of
# the two comes out higher; `tol` keeps that from counting.


# %% nbgrader={"grade_id": "violates_chord", "solution": true}
def violates_chord(f, a, b, lambdas, tol=1e-9):
    """Does the curve rise above the chord from a to b at any of the lambdas?

    f        a loss; f(a) is one number for each point in a
    a, b     the ends of the chords: numbers, or arrays that hold many points
    lambdas  where to look, an array of shape (k,), each between 0 and 1
    tol      the curve must be higher than the chord by more than this

    Returns True or False for each chord, in the shape of f(a): True where for at least one lambda
    f((1 - lam) * a + lam * b)  >  (1 - lam) * f(a) + lam * f(b) + tol.
    The arrays that were passed in stay as they are.

    Example: for f = lambda w: -w**2, violates_chord(f, -1.0, 3.0, np.array([0.25])) is True.
    """
    ### BEGIN SOLUTION
    at_a, at_b = f(a), f(b)
    above = np.zeros(np.shape(at_a), dtype=bool)
    for lam in lambdas:
        curve = f((1 - lam) * a + lam * b)
        chord = (1 - lam) * at_a + lam * at_b
        above = np.logical_or(above, curve > chord + tol)
    return above
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_violates_chord", "grade": true, "points": 5}
check(violates_chord)
### BEGIN HIDDEN TESTS
check(violates_chord, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Now let your test loose on five curves, ten thousand random chords each; once it looks at the middle of each chord only, once at nine
# places. The *dented slope* is a parabola with a small dent. *Predict:* which two of the five will come out as not convex, and
# will looking at the middle be enough to see it?


# %%
def one_dent(w):
    """The dented slope, as a function of a number."""
    return dented_slope.value(w[..., None])


nine = np.linspace(0.1, 0.9, 9)
rng = np.random.default_rng(1)
rows = []
for name, f, low, high in [
    ("w²", np.square, -2, 1.6),
    ("|w|", np.abs, -2, 1.6),
    ("dented slope", one_dent, -6, 4),
    ("two valleys", two_valleys, -2, 1.6),
    ("two valleys, right half", two_valleys, 0.5, 1.6),
]:
    a, b = rng.uniform(low, high, (2, 10_000))
    found = [np.mean(violates_chord(f, a, b, lams)) for lams in (np.array([0.5]), nine)]
    rows.append([name, f"{low} to {high}", *(f"{share:.1%}" for share in found)])
table(
    ["curve", "ends from", "violated, middle only", "violated, nine places"],
    rows,
    caption="Share of 10,000 chords above which the curve rises",
)

# %% [markdown]
# Three lessons from one table. Looking at the middle alone misses half of what there is to see at the dent. The kink in $|w|$
# does no harm: convex does not mean smooth. And the last row: the same curve that fails so badly passes ten thousand times if
# you only ever look at its right half. **A chord that fails is a proof; chords that pass are only a hint**, and a weak one if
# they are short or all lie in one region.
#
# ### Why anyone cares
#
# Suppose a convex curve had two valleys, one of them deeper. Stretch a chord from the higher floor to the lower one. It goes
# down from its very first inch. The curve may not rise above it, so the curve goes down too, right from the higher floor. But
# then that was no floor. **So a convex loss has no second-best valley: wherever gradient descent comes to rest, it
# is at the lowest loss there is.** Does it matter where it starts, then? Sixty balls on a convex curve, sixty on the two valleys:


# %%
def one_valley(w):
    """A convex loss: the logarithm of a sum of two exponentials."""
    return np.log(np.exp(2 * w) + np.exp(-3 * w))


def slope_of_one_valley(w):
    """Its derivative."""
    return 2 - 5 / (1 + np.exp(5 * w))


def slope_of_two_valleys(w):
    """The derivative of the two valleys."""
    return 4 * w**3 + 3 * w**2 - 4 * w - 2


starts = np.linspace(-2, 1.6, 60)
ends = {}
for name, slope in [
    ("one valley", slope_of_one_valley),
    ("two valleys", slope_of_two_valleys),
]:
    w = starts
    for _ in range(300):
        w = w - 0.05 * slope(w)
    ends[name] = w
rest = {
    name: " and ".join(f"{w:.3f}" for w in np.unique(end.round(3)))
    for name, end in ends.items()
}

panels(
    curves(
        {
            "one valley": (starts, one_valley(starts)),
            "two valleys": (starts, two_valleys(starts)),
        },
        xlabel="weight w",
        ylabel="loss",
    ),
    dots(
        {name: np.stack([starts, end], axis=-1) for name, end in ends.items()},
        xlabel="where it started",
        ylabel="where it came to rest",
    ),
    alt="Left: a convex curve with one valley and the curve with two. Right: on the "
    "convex curve all sixty balls come to rest at the same place; on the other, those "
    "from the left of the hill end in the left valley, those from the right in the right.",
    caption=f"On the convex curve all sixty end at {rest['one valley']}. On the other they end "
    f"at {rest['two valleys']}; {np.sum(ends['two valleys'] < 0)} of them at the first, whose "
    f"loss is {two_valleys(ends['two valleys'][0]) - two_valleys(ends['two valleys'][-1]):.1f} "
    "higher.",
)

# %% [markdown]
# ## 3. Curvature in every direction
#
# Chords are honest but slow: each asks about one line between two points. With one weight there is a quicker way. A curve
# keeps below its chords exactly if it is bent upwards wherever you look, and bending is what the second derivative measures: convex means
# $f''(w) \ge 0$ for every $w$. For our two valleys, $f'' = 12 w^2 + 6 w - 4$ is $-4$ at $w = 0$. Not convex; one number
# settles it.
#
# With two weights there are more directions to look in. Take $\tfrac12 w_1^2 + 3\,w_1 w_2 + \tfrac12 w_2^2$. Along $w_1$ its
# second derivative is 1; along $w_2$ it is 1 too. Bent upwards both ways: a bowl? Go along the diagonal instead, by hand. At
# $(1, -1)$ the loss is $0.5 - 3 + 0.5 = -2$, at $(0, 0)$ it is 0, at $(-1, 1)$ it is $-2$ again. Up and down: along this line
# it is a hill. The culprit is the middle term: the slope along $w_1$ changes when you move along $w_2$.
#
# So we need all second derivatives, the mixed ones too: first by one weight, then by another. They are kept in a square table, the **Hessian** $H$, with a row and a
# column for each weight. Here
#
# $$H_{ij} = \frac{\partial^2 f}{\partial w_i\, \partial w_j}, \qquad\text{for our example}\quad
# H = \begin{pmatrix} 1 & 3 \\ 3 & 1 \end{pmatrix},$$
#
# and it answers the question for every direction at once: along a direction $d$ of length 1 the curvature is $d^\top H\, d$, in
# code `d @ H @ d`. For the diagonal, $d = (1, -1)/\sqrt2$, that is $(1 - 3 - 3 + 1)/2 = -2$. Turn $d$ all the way round:

# %%
angles = np.linspace(0, 180, 181)
d = np.stack([np.cos(np.radians(angles)), np.sin(np.radians(angles))], axis=-1)


def curvature(H):
    """The curvature along each of the directions in d."""
    return np.einsum("ki,ij,kj->k", d, H, d)


misleading = np.array([[1.0, 3.0], [3.0, 1.0]])
around = {
    "our example": curvature(misleading),
    "the ravine": curvature(ravine.hessian([0.0, 0.0])),
}
lowest, highest = np.linalg.eigvalsh(misleading)

panels(
    curves(
        {name: (angles, values) for name, values in around.items()},
        xlabel="direction, in degrees from the first axis",
        ylabel="curvature",
        title="Below zero the surface is curved downwards",
        mark=(0, ""),
    ),
    alt="Curvature against direction. Our example starts at 1, rises to 4 at 45 degrees, "
    "is 1 again at 90 and falls to -2 at 135. The ravine runs between 0.2 and 4 and "
    "never goes below zero.",
    caption="Our example is at its lowest between the axes, where nobody looked: "
    f"{around['our example'].min():g} at {angles[around['our example'].argmin()]:g} "
    f"degrees. Its eigenvalues are {lowest:g} and {highest:g}.",
    height=3.0,
)

# %% [markdown]
# The lowest and the highest curvature over all directions have a name: they are the smallest and the largest **eigenvalue** of
# $H$. You need not know how to compute eigenvalues; `np.linalg.eigvalsh(H)` gives them, sorted from small to large. (The
# h at its end is for matrices that are symmetric, as Hessians are: $H_{ij} = H_{ji}$.)
#
# ### Exercise 2: `numerical_hessian`
#
# First the matrix itself. In lesson 01 you measured slopes by central differences: a little up minus a little down, divided by
# the distance. A second derivative is the slope of a slope, so do it twice. With $e_i$ for a step of 1 along weight $i$ and of 0
# along all others,
#
# $$\begin{aligned} H_{ij} \approx \frac{1}{4 h^2} \big( \, & f(w + h e_i + h e_j) - f(w + h e_i - h e_j) \\
# {} - {} & f(w - h e_i + h e_j) + f(w - h e_i - h e_j) \, \big) \end{aligned}$$
#
# By hand, for $3 w_1 w_2$ at $(1, 1)$ with $h = 1$, and $i$, $j$ the two weights: the four losses are at $(2, 2)$, $(2, 0)$,
# $(0, 2)$ and $(0, 0)$, so it is $(12 - 0 - 0 + 0) / 4 = 3$, as it should be. In code, $h e_i$ is row `i` of `h * np.eye(n)`,
# and counting starts from 0: $w_1$ is `w[0]`.


# %% nbgrader={"grade_id": "numerical_hessian", "solution": true}
def numerical_hessian(f, w, h=1e-4):
    """All second derivatives of f at w, by central differences.

    f  a loss; f(w) is a number
    w  the weights, shape (n,), floats or whole numbers
    h  how far to step

    Returns H, shape (n, n), by the formula above; it holds for i = j too.
    w stays as it is.

    Example: with f = lambda w: 3 * w[0] * w[1], numerical_hessian(f, np.array([1, 1]))
    is about [[0, 3], [3, 0]].
    """
    ### BEGIN SOLUTION
    n = len(w)
    step = h * np.eye(n)
    H = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            both = f(w + step[i] + step[j]) + f(w - step[i] - step[j])
            one = f(w + step[i] - step[j]) + f(w - step[i] + step[j])
            H[i, j] = (both - one) / (4 * h**2)
    return H
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_numerical_hessian", "grade": true, "points": 5}
check(numerical_hessian)
### BEGIN HIDDEN TESTS
check(numerical_hessian, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# A derivative is a limit for $h$ towards 0. *Predict:* is a smaller `h` always better? Here is your Hessian on Rosenbrock's
# valley (you met it in lesson 00), whose second derivatives are also known exactly, for steps from 1 down to $10^{-12}$.

# %%
exact = rosenbrock.hessian(rosenbrock.start)
steps = 10.0 ** np.arange(-12, 1)
errors = np.array(
    [
        np.abs(numerical_hessian(rosenbrock.value, rosenbrock.start, h) - exact).max()
        for h in steps
    ]
)

panels(
    curves(
        {"": (steps, errors)},
        xlabel="step h",
        ylabel="largest error of an entry",
        log=True,
        logx=True,
        markers=True,
        mark=(np.abs(exact).max(), "the largest entry itself"),
    ),
    alt="The error against the step, both logarithmic: from h = 1 it falls with h squared "
    "to its lowest point near 1e-4, then rises again as rounding takes over, and passes "
    "the size of the entries themselves long before 1e-12.",
    caption=f"The best of these steps is {steps[errors.argmin()]:g}, with an error of about "
    f"1e{np.log10(errors.min()):.0f}. At 1e-12 the error is about "
    f"1e{np.log10(errors[0] / np.abs(exact).max()):.0f} times as large as the largest "
    "entry: noise, and nothing else.",
    height=3.1,
)

# %% [markdown]
# Two errors are at work. On the right the step is so long that the curvature changes on the way; that error shrinks with $h^2$.
# On the left the four losses agree in nearly all of their sixteen digits, and what is left of their difference is rounding,
# divided by a tiny $h^2$. The default of $10^{-4}$ sits between the two.
#
# ### Exercise 3: `is_positive_semidefinite`
#
# A surface is convex if, at every point, it curves downwards in *no* direction: if the smallest eigenvalue of its Hessian is
# never negative. Such a matrix is called **positive semi-definite**. (*Semi* allows zeros: a gutter, flat along its floor, is
# convex.) Note what will not do. A positive diagonal misled us above. The determinant, the product of all eigenvalues, misleads
# as well: two negative ones make it positive.


# %% nbgrader={"grade_id": "is_positive_semidefinite", "solution": true}
def is_positive_semidefinite(H, tol=1e-6):
    """Does a surface with this Hessian curve downwards in no direction?

    H    a symmetric matrix of shape (n, n), or a stack of them, shape (..., n, n)
    tol  room for rounding: an eigenvalue of at least -tol counts as not negative

    Returns True or False for each matrix, shape (...).

    Examples: [[2, -1], [-1, 2]] is; [[1, 3], [3, 1]] is not, its eigenvalues are -2 and 4;
    [[1, 1], [1, 1]] is, with eigenvalues 0 and 2.
    """
    ### BEGIN SOLUTION
    return np.linalg.eigvalsh(H)[..., 0] >= -tol
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_is_positive_semidefinite", "grade": true, "points": 5}
check(is_positive_semidefinite)
### BEGIN HIDDEN TESTS
check(is_positive_semidefinite, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Your function takes a whole stack of Hessians, so you can ask it about every point of a map. Himmelblau's surface has four valleys;
# Rosenbrock's has a single lowest point and no other. *Predict:* is Rosenbrock's valley convex?


# %%
def where_convex(surface):
    """The smallest curvature on a map of the surface, and nan where it is negative."""
    points, _ = surface.grid(120)
    H = surface.hessian(points)
    smallest = np.linalg.eigvalsh(H)[..., 0]
    return points, np.where(is_positive_semidefinite(H), smallest, np.nan)


drawings, shares, bottoms = [], [], []
for surface in (himmelblau, rosenbrock):
    points, smallest = where_convex(surface)
    shares.append(np.mean(~np.isnan(smallest)))
    bottoms.append(np.linalg.eigvalsh(surface.hessian(surface.minima)).min())
    drawings.append(
        heat(
            smallest,
            points[0, :, 0],
            points[:, 0, 1],
            xlabel="weight w1",
            ylabel="weight w2",
            label="smallest curvature",
            dark_is_low=True,
            title=f"{surface.name} (grey: curves down)",
        )
    )

panels(
    *drawings,
    alt="Two maps, grey where the surface curves downwards in some direction. Himmelblau: "
    "grey in the middle and along a cross, coloured in the four corners, which hold its "
    "valleys. Rosenbrock: grey above a parabola, coloured below it.",
    caption=f"Curved downwards nowhere: {shares[0]:.0%} of the map of Himmelblau's "
    f"surface, {shares[1]:.0%} of Rosenbrock's. To be convex it would have to be all. At the "
    f"lowest points the smallest curvature is at least {bottoms[0]:.0f} and {bottoms[1]:.1f}.",
    height=3.2,
)

# %% [markdown]
# Rosenbrock's valley is not convex, although it has one lowest point only. Its floor is bent. What lies under a chord from one
# arm of the bend to the other?

# %%
ends = np.array([[-1.0, 1.0], [1.0, 1.0]])  # both on the floor of the valley
table(
    ["", "loss"],
    [
        ["at one end, (-1, 1)", float(rosenbrock.value(ends[0]))],
        ["at the other end, (1, 1)", float(rosenbrock.value(ends[1]))],
        ["half way between, (0, 1)", float(rosenbrock.value(ends.mean(axis=0)))],
        ["violates_chord", bool(violates_chord(rosenbrock.value, *ends, nine))],
    ],
)

# %% [markdown]
# A hill. **Convex implies a single valley; a single valley does not imply convex.** At their
# lowest points, though, both surfaces curve upwards in every direction. Close to the bottom of such a valley the world *is*
# convex, and what we learn about bowls holds there.
#
# ## 4. How long is the way?
#
# Convexity promises that you will arrive, if the rate is small enough. It does not say when. Take our ravine, $0.1\,w_1^2 + 2\,w_2^2$, as convex as can be:
# its curvatures are $\mu = 0.2$ along ($\mu$ is read "mu") and $L = 4$ across.
#
# You know the rest from lesson 01: at the learning rate $\eta$, each step multiplies the distance from the bottom by
# $1 - \eta c$ in a direction of curvature $c$. That is $1 - 0.2\,\eta$ along the ravine and $1 - 4\,\eta$ across it. A minus
# sign only means that the ball has jumped across; what counts is the size of the factor, and that must be below 1. Where two
# directions are on their way at once, the one with the *larger* size is the one you will wait for.

# %%
rates = np.linspace(0, 0.6, 121)
along, across = np.abs(1 - 0.2 * rates), np.abs(1 - 4 * rates)
slower = np.maximum(along, across)

panels(
    curves(
        {
            "along, curvature 0.2": (rates, along),
            "across, curvature 4": (rates, across),
        },
        xlabel="learning rate",
        ylabel="share of the distance left",
        ylim=(0, 1.45),
        mark=(1, "above: diverges"),
    ),
    alt="What a step leaves of the distance, against the learning rate. Along the ravine "
    "the line falls gently from 1 to 0.88. Across it falls to 0 at rate 0.25, rises "
    "again, meets the other line a little before 0.5 and passes 1 at 0.5.",
    caption="At 0.25 = 1/L a single step settles the steep direction, and then it waits. "
    f"The larger of the two is smallest at {rates[slower.argmin()]:.3f}, where the lines "
    "cross; at 0.5 = 2/L the steep direction stops converging.",
    height=3.0,
)

# %% [markdown]
# Where do the lines cross? There the flat direction leaves $1 - \eta\mu$, and the steep one, which has overshot, leaves
# $\eta L - 1$:
#
# $$1 - \eta\,\mu = \eta\,L - 1 \quad\Longrightarrow\quad \eta = \frac{2}{L + \mu}$$
#
# For the ravine that is $2 / 4.2 = 0.476$. Mind that it lies *above* $1/L$: the best rate makes the ball swing from wall to wall
# on purpose, because the longer step pays along the floor. And it lies just below the limit $2/L$.
#
# If there are more than two directions, those in between leave less than the two extremes do. Only the largest and the smallest
# eigenvalue count. (With two weights $L + \mu$ is also the sum of the diagonal; with three or more it is not.)
#
# ### Exercise 4: `best_learning_rate`


# %% nbgrader={"grade_id": "best_learning_rate", "solution": true}
def best_learning_rate(H):
    """The learning rate with which gradient descent gets down a bowl soonest.

    H  the Hessian of the bowl, shape (n, n), all eigenvalues positive; or a stack, shape (..., n, n)

    Returns 2 / (L + mu) for each Hessian, shape (...), where L is its largest eigenvalue and
    mu its smallest.

    Example: best_learning_rate(np.array([[0.2, 0.0], [0.0, 4.0]])) is 0.476.
    """
    ### BEGIN SOLUTION
    curvatures = np.linalg.eigvalsh(H)
    return 2 / (curvatures[..., -1] + curvatures[..., 0])
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_best_learning_rate", "grade": true, "points": 4}
check(best_learning_rate)
### BEGIN HIDDEN TESTS
check(best_learning_rate, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Is it really the best? Two hundred balls go down the ravine, each at a rate of its own, until a thousandth of the distance is
# left. Your rate is the line.

# %%
rates = np.arange(1, 201) / 400
crowd = np.tile(ravine.start, (200, 1))
runs = descend(ravine, crowd, gradient_descent, steps=700, lr=rates[:, None])
distance = np.linalg.norm(runs.points, axis=-1)
left = distance / distance[0]
needed = np.where(left[-1] < 1e-3, np.argmax(left < 1e-3, axis=0), np.nan)
yours = float(best_learning_rate(ravine.hessian([0.0, 0.0])))
path = descend(ravine, ravine.start, gradient_descent, steps=100, lr=yours)
at_yours = np.linalg.norm(path.points, axis=-1) / distance[0, 0]

panels(
    dots(
        {"": np.stack([rates, needed], axis=-1)},
        xlabel="learning rate",
        ylabel="steps to a thousandth of the distance",
        lines={"your best_learning_rate": ([yours, yours], [0, 700])},
    ),
    contours(
        ravine,
        {"your rate": path.points[:41]},
    ),
    widths=(3, 3),
    alt="Left: the steps needed fall in a long curve as the rate grows, reach their lowest "
    "point at the line of your rate, and shoot up just beyond it. Right: at your rate the "
    "path zigzags across the ravine while it moves along it.",
    caption=f"Your rate, {yours:.4f}, takes {np.argmax(at_yours < 1e-3)} steps; the best of "
    f"the two hundred, {rates[np.nanargmin(needed)]:.4f}, takes {np.nanmin(needed):.0f}. "
    "Not drawn are the rates that need more than 700 steps, and 0.5, which never arrives.",
)

# %% [markdown]
# The valley of this curve is lopsided: a rate that is a little too small costs a little, one that is a little too large costs
# everything. That is why in practice you stay on its left side. (How can another rate save a step, if yours is the best? Yours
# is the safest bet when you do not know where the ball starts. This one starts mostly along the floor, and so a rate that is
# kinder to the other direction gets away with it.)
#
# Four rates that people mix up, and what each leaves per step:

# %%
yours = float(best_learning_rate(np.diag([0.2, 4.0])))
rows = []
for name, lr in [
    ("1 / L", 1 / 4.0),
    ("2 / (L + mu)", yours),
    ("2 / L", 2 / 4.0),
    ("2 / mu", 2 / 0.2),
]:
    shrink = [abs(1 - lr * c) for c in (0.2, 4.0)]
    slow = max(shrink)
    verdict = "converges" if slow < 1 - 1e-12 else "never settles"
    verdict = "diverges" if slow > 1 + 1e-12 else verdict
    rows.append([name, f"{lr:.3f}", *(f"{s:.3f}" for s in shrink), verdict])
table(["rate", "value", "left along", "left across", "the run"], rows)

# %% [markdown]
# ### One number for the whole bowl
#
# At the best rate every step leaves the same share of the distance, $1 - \eta\mu$ with $\eta = 2/(L + \mu)$:
#
# $$1 - \frac{2\mu}{L + \mu} = \frac{L - \mu}{L + \mu} = \frac{\kappa - 1}{\kappa + 1}, \qquad \kappa = \frac{L}{\mu}.$$
#
# The last step divides above and below by $\mu$. So neither $L$ nor $\mu$ matters by itself; only their ratio does, the **condition
# number** $\kappa$ ("kappa"). Seen from above, it is the length of the bowl over its width, squared. A round bowl has
# $\kappa = 1$ and leaves nothing: one step and you are there. Our ravine has $\kappa = 4 / 0.2 = 20$ and keeps $19/21$, nine
# tenths, in every step.
#
# ### Exercise 5: `contraction_factor`


# %% nbgrader={"grade_id": "contraction_factor", "solution": true}
def contraction_factor(kappa):
    """What a step of gradient descent at its best rate leaves of the distance.

    kappa  the condition number, at least 1: a number or an array

    Returns (kappa - 1) / (kappa + 1).

    Example: contraction_factor(20) is 0.905.
    """
    ### BEGIN SOLUTION
    return (kappa - 1) / (kappa + 1)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_contraction_factor", "grade": true, "points": 3}
check(contraction_factor)
### BEGIN HIDDEN TESTS
check(contraction_factor, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Theory next to measurement. Below are bowls of growing condition number, turned by 30 degrees so that no axis helps; gradient
# descent runs down each at *your* best rate. What is left of the distance should be a straight line on a logarithmic axis, and
# how steep it is should be what your `contraction_factor` says. *Predict:* twice the condition number: how many times the steps?

# %%
kappas = np.array([2, 5, 10, 20, 50, 100, 200])
measured, needed, drawn = [], [], {}
for kappa in kappas:
    bowl = ill_conditioned(kappa, angle=np.pi / 6)
    lr = float(best_learning_rate(bowl.hessian([0.0, 0.0])))
    trace = descend(bowl, bowl.start, gradient_descent, steps=900, lr=lr)
    left = np.linalg.norm(trace.points, axis=-1) / np.linalg.norm(bowl.start)
    measured.append(float(convergence_rate(left).factor))
    needed.append(int(np.argmax(left < 1e-3)))
    if kappa in (5, 20, 100):
        drawn[f"kappa = {kappa}"] = left[:80]
foretold = np.log(1e-3) / np.log(contraction_factor(kappas))

panels(
    curves(
        drawn,
        xlabel="steps",
        ylabel="share of the distance left",
        log=True,
        ylim=(1e-7, 2),
    ),
    curves(
        {"measured": (kappas, needed), "from your factor": (kappas, foretold)},
        xlabel="condition number",
        ylabel="steps to a thousandth",
        log=True,
        logx=True,
        markers=True,
    ),
    alt="Left: on a logarithmic axis the distance falls in straight lines, steeply for "
    "kappa 5, hardly at all for kappa 100. Right: the steps needed grow in proportion to "
    "the condition number, and the measured line lies on the foretold one.",
    caption=f"From kappa = 100 to 200 the steps go from {needed[-2]} to {needed[-1]}: "
    "twice the condition number, twice the steps.",
)

# %%
table(
    ["condition number", "left per step, measured", "your factor", "steps", "foretold"],
    [
        [str(kappa), f"{m:.4f}", f"{f:.4f}", n, f"{s:.2f}"]
        for kappa, m, f, n, s in zip(
            kappas,
            measured,
            contraction_factor(kappas),
            needed,
            foretold,
            strict=True,
        )
    ],
    caption="To a thousandth of the distance, at the best rate",
)

# %% [markdown]
# They agree in every digit shown, and the steps are the foretold ones, rounded up. No run was needed to know it. **Convexity says that you arrive. The condition number says
# when.** Much of this course is about making it smaller, or about feeling less of it: momentum (lesson 05) can make do with about
# $\sqrt\kappa$; a step size for each weight (lesson 06) makes long bowls rounder.
#
# ## 5. On a real network
#
# Now 1797 handwritten digits, 8 x 8 pixels each: 1347 to train on, the rest held out. Two models: a **linear model**, in which
# each of 10 outputs, one for each digit, is a weighted sum of the 64 pixels (650 weights); and a **network** with 32 *hidden
# units* in between, each a weighted sum of the pixels bent by a curve, from which the outputs are summed (2410 weights). Both are
# trained from five random starts, or *seeds*, by 300 steps of gradient descent at rate 1, on all training digits at once. Nobody
# can draw a surface of 2410 weights. But your chord test does not care how many there are.

# %%
from gradlab.data import digits, stratified_split
from gradlab.network import MLP
from gradlab.training import fit

images, labels = digits()
train, held_out = stratified_split(labels, (0.75, 0.25), np.random.default_rng(0))
X, y = images[train], labels[train]
models = {"linear model": MLP((64, 10)), "network": MLP((64, 32, 10))}
one, other = np.triu_indices(5, 1)  # the ten pairs of five seeds


def loss_of(model):
    """The training loss as a function of the weights alone: (..., n) -> (...)."""
    return lambda weights: model.loss(weights, X, y)


starts, trained = {}, {}
for name, model in models.items():
    starts[name] = model.init(np.random.default_rng(2), runs=(5,), dtype=float)
    trained[name] = fit(
        model,
        starts[name],
        X,
        y,
        gradient_descent,
        epochs=300,
        batch_size=len(X),
        rng=np.random.default_rng(4),
        validation=(images[held_out], labels[held_out]),
        lr=1.0,
    )

# %% [markdown]
# *Predict*, for each model: which chords does the loss rise above, those between two random starts, those from a start to the
# place where its training ended, or those between two such places?

# %%
quarters = np.array([0.25, 0.5, 0.75])
rows = []
for name, model in models.items():
    f, ends = loss_of(model), trained[name].params
    a, b = model.init(np.random.default_rng(3), runs=(2, 100), dtype=float)
    found = [
        violates_chord(f, a, b, quarters),
        violates_chord(f, starts[name], ends, quarters),
        violates_chord(f, ends[one], ends[other], quarters),
    ]
    rows.append([name, *(f"{np.sum(v)} of {v.size}" for v in found)])

table(
    ["violated chords", "start to start", "start to its own end", "end to end"],
    rows,
    caption="Loss on 1347 digits, three places on each chord",
)

# %% [markdown]
# Not one violation for the linear model; in its case it can even be proved that the loss is convex. The network's is not: a few
# chords between random starts are violated, and between trained networks *every* one is. Yet look at the middle column: from each
# start to its own end, none. The network has hills, but training does not have to cross them.

# %%
way = np.linspace(0, 1, 21)
drawn, bands = {}, {}
for name, model in models.items():
    ends = trained[name].params
    points = (1 - way[:, None, None]) * ends[one] + way[:, None, None] * ends[other]
    profile = np.array([loss_of(model)(p) for p in points])
    drawn[name] = (way, profile.mean(axis=1))
    bands[name] = np.array([profile.min(axis=1), profile.max(axis=1)])
hump = drawn["network"][1].max() / drawn["network"][1][[0, -1]].mean()

panels(
    curves(
        drawn,
        bands=bands,
        xlabel="lambda, from one trained model to another",
        ylabel="training loss",
        ylim=(0, 0.5),
    ),
    alt="The loss on the way between two trained models. For the linear model the line is "
    "flat. For the network it starts far lower, climbs to a hump half way "
    "and comes down again.",
    caption="Mean of the ten pairs of five seeds, the shade from the lowest to the highest. "
    f"The network's hump is {hump:.0f} times as high as its ends.",
    height=3.1,
)

# %% [markdown]
# ### Why a network cannot be convex
#
# The hidden units have no names. Shuffle them, let each carry its weights along, and you have a *twin*: its weights stand in
# other places, and yet every output, and so the loss, is what it was. If the loss were convex, no point between the
# twins could be worse than they are. But half way between them, each hidden unit is the mean of two that may have nothing to do
# with each other.


# %%
def shuffled(weights, rng):
    """The same network with its 32 hidden units in another order."""
    twin = weights.copy()
    here, there = models["network"].views(weights), models["network"].views(twin)
    order = rng.permutation(32)
    there["W1"][...] = here["W1"][:, order]
    there["b1"][...] = here["b1"][order]
    there["W2"][...] = here["W2"][order]
    return twin


f, rng = loss_of(models["network"]), np.random.default_rng(5)
rows = []
for seed, weights in enumerate(trained["network"].params):
    twin = shuffled(weights, rng)
    rows.append(
        [str(seed), *(f"{f(w):.4f}" for w in (weights, twin, (weights + twin) / 2))]
    )
table(
    ["seed", "network", "its twin", "half way between"], rows, caption="Training loss"
)

# %% [markdown]
# The network has 32! twins, a number with 36 digits, and all are equally good. And it is no accident of this one. If its loss
# were convex, the mean of all twins would have to be at least as good as they are. But in that mean all hidden units are alike, so
# it can do no more than a network with a single one. **Whenever several hidden units are better than one, the loss is not
# convex.**
#
# What does the linear model gain by being convex, then? Here is how the five seeds ended.

# %%
rows = []
for name, history in trained.items():
    ends, begin = history.params, starts[name]
    rows.append(
        [
            name,
            f"{history.loss[-1].mean():.4f} ± {history.loss[-1].std():.4f}",
            f"{history.accuracy[-1].mean():.3f} ± {history.accuracy[-1].std():.3f}",
            f"{np.linalg.norm(begin[one] - begin[other], axis=1).mean():.1f}",
            f"{np.linalg.norm(ends[one] - ends[other], axis=1).mean():.1f}",
        ]
    )
table(
    [
        "",
        "training loss",
        "held-out accuracy",
        "starts are apart",
        "ends are apart",
    ],
    rows,
    caption="Mean and standard deviation over five seeds; distances are means of the pairs",
)

# %% [markdown]
# The linear model ends at the same loss from every start, to within about a third of a percent. (Not at the same *point*: its bowl is almost
# flat in many directions, and along these 300 steps do not get far.) The network's five ends lie *further* apart than its starts,
# with a hump between any two, and yet their losses differ by a few percent only, at about a quarter of the linear model's loss. On
# digits that neither has seen, the two are equal within the spread. Convexity gave certainty. It did not give a better
# classifier, and its absence did no visible harm. How so many valleys can be equally good is a question for lesson 03.
#
# ## 6. What you should have seen
#
# - A loss is convex if it never rises above a chord. One violated chord disproves it; no number of kept ones proves it.
# - A convex loss has no second-best valley. The reverse is false: Rosenbrock's has one valley and is not convex.
# - The eigenvalues of the Hessian are the extremes of the curvature over all directions. Neither its diagonal nor its determinant
#   tells you the smallest.
# - The best rate for a bowl is $2/(L + \mu)$; each step then leaves $(\kappa - 1)/(\kappa + 1)$ of the distance, so the steps grow
#   in proportion to $\kappa$.
# - A network's loss is not convex, and cannot be, because its hidden units can change places.
#
# ### Written question 1 (3 points)
#
# A friend reports: "I tested ten thousand chords of my loss, at lambda = 0.5, with both ends within 0.1 of the trained weights,
# and none was violated. So the loss is convex, and gradient descent with any learning rate will find its lowest point." Name three
# things that are wrong with this, each with evidence from this lesson.

# %% [markdown] nbgrader={"grade_id": "written_chords", "grade": true, "solution": true, "points": 3}
# <!-- BEGIN SOLUTION -->
# **Rubric.** One point for each of three of these, with evidence:
#
# 1. The chords are short and all in one region: near the bottom of a valley most surfaces are convex (the maps of section 3, or the
#    right half of the two valleys, which passes every test).
# 2. Only the middle was tried: at the dented slope that finds half of the violated chords.
# 3. Passing is no proof, whatever the number: one violation would disprove it, none leaves it open.
# 4. "Any learning rate" is wrong even on a bowl: beyond 2/L it diverges (the table of four rates).
# <!-- END SOLUTION -->

# %% [markdown]
# ### Written question 2 (3 points)
#
# A loss of three weights is a bowl with the curvatures 0.5, 8 and 50. What is its condition number, which learning rate would you
# use, and about how many steps does it take to a thousandth of the distance? A colleague wants to double the rate to be twice as
# fast: what happens? And if you could change *one* of the three curvatures to 5, which one would you choose?

# %% [markdown] nbgrader={"grade_id": "written_condition", "grade": true, "solution": true, "points": 3}
# <!-- BEGIN SOLUTION -->
# **Rubric.** One point each:
#
# 1. kappa = 50 / 0.5 = 100; the best rate is 2 / 50.5 = 0.0396 (a little less is fine); each step keeps 99/101 = 0.98, so about 345
#    steps, as in the table. The 8 does not enter.
# 2. Doubled, it is 0.079, above 2/L = 0.04: in the steep direction each step multiplies the distance by |1 - 0.0792 * 50| = 3, and
#    the run diverges.
# 3. Raising the 0.5 to 5 makes kappa 50/5 = 10. Lowering the 50 to 5 makes it 8/0.5 = 16, since now the 8 is the largest.
#    Changing the 8 does nothing. So raise the 0.5. The answer compares ratios, not single curvatures.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Where to read on
#
# - S. Boyd, L. Vandenberghe, *Convex Optimization*, 2004, chapters 3 and 9: the chord test and its consequences; free on the
#   authors' page.
# - Y. Nesterov, *Introductory Lectures on Convex Optimization*, 2004: what can and what cannot be reached in how many steps.
# - I. Goodfellow, O. Vinyals, A. Saxe, *Qualitatively characterizing neural network optimization problems*, 2015: straight lines
#   through the losses of real networks, from the start to the end of training.
# - J. Brea, B. Simsek, B. Illing, W. Gerstner, *Weight-space symmetry in deep networks gives rise to permutation saddles*, 2019:
#   what lies between the twins.
#
# [Lesson 01](../01-gradient-descent/gradient-descent.ipynb) took the downhill road for granted. The
# [next lesson](../03-local-optima/local-optima.ipynb) asks what happens where it may end too early: in the wrong valley, on a
# saddle, or on a plain.

# %%
progress("02-convexity")
