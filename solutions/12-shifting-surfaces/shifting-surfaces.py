# %% [markdown]
# # 12 · Shifting surfaces
#
# **You have walked down to the lowest point. Lowest for whom?**
#
# When you are done, you can
#
# - say why a loss surface belongs to its data, and measure how far its lowest point moves when the data change,
# - take the gap between training and test loss where it counts: at the weights that training has found,
# - split and scale data so that the two surfaces are as alike as they can be,
# - make up for a biased training set with importance weights, and say what they cannot mend,
# - draw a slice through the surface of a network, and say what such a picture does not tell.
#
# **Time:** about 80 minutes. **Builds on:** the line and its mean squared error (lesson 01); training, validation and test digits
# (lesson 10); a batch of one (lesson 11).

# %%
import numpy as np

from gradlab import check, progress, todo
from gradlab.data import digits, minibatches, resample
from gradlab.explorers import (
    Prediction,
    collected,
    shift_explorer,
    typical_shift,
    world,
)
from gradlab.network import MLP
from gradlab.optimizers import gradient_descent
from gradlab.plots import curves, histograms, panels
from gradlab.tables import table
from gradlab.training import fit

# %% [markdown]
# ## 1. See it first
#
# So far the landscape stood still and the ball moved. But what is that landscape made of? The loss is a mean over *examples*.
# Other examples give another mean, and so another landscape.
#
# Below, a line is fitted as in lesson 01, with two weights, slope and intercept. An example is a number $x$ from -1 to 1 and a target $y$. The colours show the
# loss surface of **the world**: all the examples for which the line will be used; the star is its lowest point. The white rings are the surface of **the training
# set**, and the ball is *its* lowest point, where training ends. The truth is bent, so that no line fits all of it, and those who collected the
# training examples mostly stayed on the left, where $x$ is small.
#
# **Your goal:** leave the bias at 2, and bring ball and star within 0.15 of each other in **at least 15 of 20 draws**. (A *draw* is
# another training set, collected in the same way. The *gap* is how much higher the ball lies on the world's surface than on its own.)

# %%
few, many = typical_shift(20, bias=2.0), typical_shift(1000, bias=2.0)

shift_explorer(
    prediction=Prediction(
        question="There are 20 training examples. You may have 1000 of the same kind "
        "instead. How far apart are ball and star then?",
        options=("next to nothing", "half as far as now", "nearly as far as now"),
        reveal=f"Over 20 draws they are {few:.2f} apart on average with 20 examples, "
        f"and {many:.2f} with 1000. More of the same kind is still the same kind.",
    )
)

# %% [markdown]
# Two things move the ball away from the star. **Chance**: at bias 0, with few examples, each draw puts it somewhere else, and more examples
# calm it down. **Bias**: the training set is another mixture than the world, and no number of examples changes that. The switch
# below the sliders does; what it does is the subject of section 5.
#
# ## 2. Two mixtures, two surfaces
#
# Here is the smallest case. One weight $w$, and two kinds of examples: the first wants $w = 0$ and costs $w^2$, the second wants
# $w = 4$ and costs $(w - 4)^2$. In the world both are equally frequent. In the training set three of four are of the first kind:
#
# $$L_{\text{train}}(w) = \tfrac34\, w^2 + \tfrac14\,(w - 4)^2 \qquad\qquad L_{\text{test}}(w) = \tfrac12\, w^2 + \tfrac12\,(w - 4)^2$$

# %%
table(
    ["w", "training loss", "test loss"],
    [
        [w, 0.75 * w**2 + 0.25 * (w - 4) ** 2, 0.5 * w**2 + 0.5 * (w - 4) ** 2]
        for w in range(5)
    ],
)

# %% [markdown]
# Training ends at $w = 1$. For the world, 2 would be best: **the minimum has shifted by 1**. What does that cost? At $w = 1$, where you *are*, the
# training loss is 3 and the test loss is 5: **a gap of 2**. Not $4 - 3 = 1$. That compares each surface at its own lowest point, but
# nobody has trained on the world.
#
# $$\text{shift} = \lVert w_{\text{test}} - w_{\text{train}} \rVert \qquad\qquad
# \text{gap} = L_{\text{test}}(w_{\text{train}}) - L_{\text{train}}(w_{\text{train}})$$
#
# | symbol | in code | what it is | shape |
# |:--|:--|:--|:--|
# | | `X_train`, `X_test` | the inputs, one example a row | `(n, d)`, `(m, d)` |
# | | `y_train`, `y_test` | the targets | `(n,)`, `(m,)` |
# | $L_{\text{train}}$, $L_{\text{test}}$ | | mean squared error of `X @ w` over each set, without a half | a number |
# | $w_{\text{train}}$, $w_{\text{test}}$ | | where each of the two is lowest | `(d,)` |
# | $\lVert \cdot \rVert$ | | length: the root of the sum of the squares | a number |
#
# For a linear model nobody needs to walk: `np.linalg.lstsq(X, y)[0]` *is* the lowest point of the mean squared error.
#
# ### Exercise 1: `minimum_shift`


# %% nbgrader={"grade_id": "minimum_shift", "solution": true}
def minimum_shift(X_train, y_train, X_test, y_test):
    """How far the lowest point of the mean squared error moves from one data set to another.

    X_train, y_train  the training set, shapes (n, d) and (n,)
    X_test, y_test    the test set, shapes (m, d) and (m,)

    Returns a number: the length of w_test - w_train, where w_train and w_test, shape (d,), are
    the weights with the lowest mean squared error of X @ w on each set.
    The arrays that were passed in stay as they are.

    Example: the four and two examples of section 2, X_train = np.ones((4, 1)),
    y_train = np.array([0.0, 0.0, 0.0, 4.0]), X_test = np.ones((2, 1)) and
    y_test = np.array([0.0, 4.0]), give 1.0.
    """
    ### BEGIN SOLUTION
    w_train = np.linalg.lstsq(X_train, y_train)[0]
    w_test = np.linalg.lstsq(X_test, y_test)[0]
    return np.linalg.norm(w_test - w_train)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_minimum_shift", "grade": true, "points": 4}
check(minimum_shift)
### BEGIN HIDDEN TESTS
check(minimum_shift, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Now *you* measure the explorer's distances, for 100 draws of every size. (`collected(n, bias, rng)` draws a training set as the explorer does; `world()` is the test set.)
# *Predict:* on logarithmic axes, which of the two lines falls, and how steeply?

# %%
counts = np.array([10, 20, 50, 100, 200, 400, 1000])
everybody = world()


def repeated(measure, bias):
    """measure(training set) for 100 draws of every size: shape (7, 100)."""
    return np.array(
        [
            [
                measure(collected(n, bias, np.random.default_rng(draw)))
                for draw in range(100)
            ]
            for n in counts
        ]
    )


def shift_of(drawn):
    return minimum_shift(drawn.X, drawn.y, everybody.X, everybody.y)


shifts = {
    name: repeated(shift_of, bias) for name, bias in {"fair": 0, "biased": 2}.items()
}
middle = {name: values.mean(axis=1) for name, values in shifts.items()}

panels(
    curves(
        {
            **{name: (counts, values) for name, values in middle.items()},
            "1 / root of n": (counts, middle["fair"][0] * np.sqrt(10 / counts)),
        },
        bands={
            name: np.quantile(values, [0.1, 0.9], axis=1)
            for name, values in shifts.items()
        },
        xlabel="training examples n",
        ylabel="shift of the minimum",
        log=True,
        logx=True,
    ),
    alt="The shift of the minimum against the number of training examples, on "
    "logarithmic axes. For fair training sets it falls along the line one over root "
    "n; for biased ones it stays nearly level, ever more surely.",
    caption="Mean of 100 draws; eight in ten lie in the shade. From 10 to 1000 examples "
    f"the shift falls from {middle['fair'][0]:.2f} to {middle['fair'][-1]:.2f} for "
    f"fair sets, and from {middle['biased'][0]:.2f} to {middle['biased'][-1]:.2f} for "
    "biased ones.",
)

# %% [markdown]
# Chance fades as $1/\sqrt n$ (the fair line levels off a little at the end: the world here is 201 examples, with chance of their own). Bias
# stays. More examples only make us *surer* of the wrong place: the shade closes around it.
#
# ### Exercise 2: `generalization_gap`


# %% nbgrader={"grade_id": "generalization_gap", "solution": true}
def generalization_gap(X_train, y_train, X_test, y_test):
    """How much larger the loss is on the test set, at the weights that training finds.

    X_train, y_train  the training set, shapes (n, d) and (n,)
    X_test, y_test    the test set, shapes (m, d) and (m,)

    Returns a number: the mean squared error of X @ w on the test set, less that on the
    training set, both at w_train, which is lowest on the training set. It may be negative.
    The arrays that were passed in stay as they are.

    Example: X_train = np.ones((4, 1)), y_train = np.array([0.0, 0.0, 0.0, 4.0]),
    X_test = np.ones((2, 1)) and y_test = np.array([0.0, 4.0]) give 2.0.
    """
    ### BEGIN SOLUTION
    w_train = np.linalg.lstsq(X_train, y_train)[0]
    test_loss = np.mean((X_test @ w_train - y_test) ** 2)
    return test_loss - np.mean((X_train @ w_train - y_train) ** 2)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_generalization_gap", "grade": true, "points": 5}
check(generalization_gap)
### BEGIN HIDDEN TESTS
check(generalization_gap, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# The same 100 draws with your second function. Beside it, the comparison that we have ruled out, each surface at its own lowest point:


# %%
def gap_of(drawn):
    return generalization_gap(drawn.X, drawn.y, everybody.X, everybody.y)


def least_loss(X, y):
    return np.mean((X @ np.linalg.lstsq(X, y)[0] - y) ** 2)


def own_lowest(drawn):
    return least_loss(everybody.X, everybody.y) - least_loss(drawn.X, drawn.y)


measures = {"at the trained weights": gap_of, "each at its own lowest": own_lowest}
gaps = {
    (name, bias): repeated(measure, bias).mean(axis=1)
    for bias in (0, 2)
    for name, measure in measures.items()
}


def gap_curves(bias, title):
    return curves(
        {name: (counts, gaps[name, bias]) for name in measures},
        xlabel="training examples",
        ylabel="test loss minus training loss",
        title=title,
        logx=True,
        ylim=(-0.05, 0.75),
        markers=True,
    )


panels(
    gap_curves(0, "Fair"),
    gap_curves(2, "Biased"),
    alt="Left, fair sets: both curves fall to 0. Right, biased sets: the gap at the "
    "trained weights stays near 0.3; the difference of the lowest losses is a quarter of it.",
    caption="Mean of 100 draws. With 1000 examples: "
    f"{gaps['at the trained weights', 0][-1]:.3f} and "
    f"{gaps['each at its own lowest', 0][-1]:.3f} for fair sets, "
    f"{gaps['at the trained weights', 2][-1]:.3f} and "
    f"{gaps['each at its own lowest', 2][-1]:.3f} for biased ones.",
)

# %% [markdown]
# Whoever compares the two lowest losses misses most of the damage.
#
# ## 3. Deal fairly
#
# The best cure is a training set that is fair from the start, and a test set that is fair as well: both **representative** of the
# examples for which the network will be used. If you deal the parts yourself, take care of one thing: with a rare
# label, chance may leave a part without it. So deal **label by label**: a *stratified* split. Of 8 zeros and 4 ones, three quarters for training:
# shuffle the zeros, 6 to one side and 2 to the other; shuffle the ones, 3 and 1. Then join, and shuffle each part once more,
# or a mini-batch would hold one label only.
#
# ### Exercise 3: `stratified_split`


# %% nbgrader={"grade_id": "stratified_split", "solution": true}
def stratified_split(labels, fraction, rng):
    """Deal examples into two parts with the same mixture of labels.

    labels    the label of each example, whole numbers, shape (n,)
    fraction  the share of the training part, between 0 and 1
    rng       a NumPy generator: draw from this one, as rng.permutation(array) does

    Returns (train, test), two arrays of indices of the examples:
    each example is in exactly one of them; of each label, train holds fraction times its
    number, rounded up or down; which examples go where, and their order, come from rng.

    Example: with labels = np.array([0] * 8 + [1] * 4) and fraction = 0.75,
    np.bincount(labels[train]) is [6, 3] and np.bincount(labels[test]) is [2, 1].
    """
    ### BEGIN SOLUTION
    train, test = [], []
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        cut = round(fraction * len(members))
        train.append(members[:cut])
        test.append(members[cut:])
    return rng.permutation(np.concatenate(train)), rng.permutation(np.concatenate(test))
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_stratified_split", "grade": true, "points": 5}
check(stratified_split)
### BEGIN HIDDEN TESTS
check(stratified_split, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# What is it worth? Take 160 digits of which only 12 are nines, split them 1000 times, plainly and with your function, and let a linear
# model say "nine" (1) or "not" (0) from the ink in each of the 8 columns. *Predict:* how many nines are in the 40 test digits, at worst?

# %%
images, labels = digits()
nines, others = np.flatnonzero(labels == 9)[:12], np.flatnonzero(labels != 9)[:148]
chosen = np.concatenate([nines, others])
is_nine = (labels[chosen] == 9).astype(int)
columns = images[chosen].astype(float).reshape(-1, 8, 8).mean(axis=1)
inputs = np.column_stack([columns, np.ones(160)])


def plain_split(labels, fraction, rng):
    order = rng.permutation(len(labels))
    return np.split(order, [round(fraction * len(labels))])


found, split_gaps = {}, {}
for name, split in {"plain": plain_split, "stratified": stratified_split}.items():
    parts = [split(is_nine, 0.75, np.random.default_rng(seed)) for seed in range(1000)]
    found[name] = np.array([is_nine[test].sum() for _, test in parts])
    split_gaps[name] = np.array(
        [
            generalization_gap(
                inputs[train], is_nine[train], inputs[test], is_nine[test]
            )
            for train, test in parts
        ]
    )

unlucky = split_gaps["plain"][found["plain"] <= 1].mean()
lucky = split_gaps["plain"][found["plain"] >= 5].mean()

panels(
    histograms(found, xlabel="nines in the test part", limits=(-0.5, 9.5), bins=10),
    histograms(split_gaps, xlabel="gap", bins=41, limits=(-0.1, 0.2)),
    alt="Left: plain splits put from none to eight nines into the test part, stratified "
    "ones always three. Right: the gaps of the plain splits are spread widely on both "
    "sides of 0; those of the stratified ones stand close together.",
    caption=f"A plain split puts {found['plain'].min()} to {found['plain'].max()} nines "
    f"into the test part. Gap, mean and standard deviation: "
    f"{split_gaps['plain'].mean():.3f} ± {split_gaps['plain'].std():.3f} plain, "
    f"{split_gaps['stratified'].mean():.3f} ± {split_gaps['stratified'].std():.3f} "
    f"stratified. With one nine or none in the test part the plain gap is {unlucky:.3f} "
    f"on average, with five or more {lucky:.3f}.",
)

# %% [markdown]
# A gap below 0 does not mean that this model is better on new digits than on old ones. It means that few nines came into the test
# part. Half of the spread of the plain gaps was such luck; the other half no dealing can take away.
#
# ## 4. One ruler for both
#
# Features of very different sizes make a ravine (lesson 06), so inputs are usually given mean 0 and standard deviation 1, feature by feature:
#
# $$x \leftarrow \frac{x - \mu}{\sigma}$$
#
# But whose mean $\mu$, and whose standard deviation $\sigma$? By hand: training values 1 and 3, with mean 2 and standard
# deviation 1, become -1 and 1. Test values 4 and 6, **by the same ruler**, become 2 and 4, and you *see* that they have shifted. By a ruler of
# their own (mean 5, standard deviation 1) they would become -1 and 1, the very image of the training set. The shift would still be
# there; you would only have stopped seeing it. So: **$\mu$ and $\sigma$ of the training set, for both sets.**
#
# > **Conventions.** $\sigma$ is divided by $n$, as in `np.std` and scikit-learn's `StandardScaler`; pandas divides by $n - 1$. A ruler made from both
# > sets together is a milder form of the same mistake: the test set has had a say in training. The check names both.
#
# ### Exercise 4: `standardize_both`


# %% nbgrader={"grade_id": "standardize_both", "solution": true}
def standardize_both(train, test):
    """Give two data sets the units of the first: (x - mean) / std, feature by feature.

    train  the training inputs, shape (n, d); no feature is the same in all examples
    test   the test inputs, shape (m, d); m may be 1

    Returns (train, test), standardized, in their own shapes, both with the mean and the
    standard deviation (divided by n) of each feature over the training examples.
    The arrays that were passed in stay as they are.

    Example: train = np.array([[1.0], [3.0]]) and test = np.array([[4.0], [6.0]])
    give [[-1.0], [1.0]] and [[2.0], [4.0]].
    """
    ### BEGIN SOLUTION
    mean, std = train.mean(axis=0), train.std(axis=0)
    return (train - mean) / std, (test - mean) / std
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_standardize_both", "grade": true, "points": 4}
check(standardize_both)
### BEGIN HIDDEN TESTS
check(standardize_both, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Put both rulers to the test. Five stratified splits; a network trained on the standardized pixels of the four middle columns of each image; and three test sets: as they
# are, written with a pen half as dark, and the ones among them alone.
#
# *Predict* for each ruler: which of the three does it handle well?


# %%
def spread(values, digits=3):
    return f"{np.mean(values):.{digits}f} ± {np.std(values):.{digits}f}"


center = images.reshape(-1, 8, 8)[:, :, 2:6].reshape(-1, 32).astype(float)
splits = [
    stratified_split(labels, 0.75, np.random.default_rng(seed)) for seed in range(5)
]
trains = np.array([train for train, _ in splits])
ruled = np.array([standardize_both(center[t], center[t])[0] for t in trains])
reader = MLP((32, 32, 10), "relu")
readers = fit(
    reader,
    reader.init(np.random.default_rng(1), runs=(5,)),
    ruled,
    labels[trains],
    gradient_descent,
    epochs=10,
    batch_size=32,
    rng=np.random.default_rng(2),
    lr=0.1,
).params


def read_right(darkness, only=range(10)):
    """Accuracies of the five networks by the training set's ruler, and by the test set's own."""
    shares = []
    for params, (train, test) in zip(readers, splits, strict=True):
        test = test[np.isin(labels[test], only)]
        seen = darkness * center[test]
        ruler = standardize_both(center[train], seen)[1]
        own = standardize_both(seen, seen)[1]
        shares.append(
            [reader.accuracy(params, each, labels[test]) for each in (ruler, own)]
        )
    return [spread(column) for column in np.transpose(shares)]


table(
    ["test digits", "ruler of the training set", "ruler of their own"],
    [
        ["as they are", *read_right(1)],
        ["half as dark", *read_right(0.5)],
        ["only the ones", *read_right(1, only=[1])],
    ],
    caption="Accuracy, mean and standard deviation of five splits",
)

# %% [markdown]
# By the training set's ruler the paler pen shows: your users would meet this drop, and you have met it first. By its own ruler nothing
# seems to have happened. That looks like a cure, until the mixture changes too: what all ones have in common is taken off as their
# mean, and they are no longer read as ones. And a single digit has no ruler of its own at all: $x - \mu = 0$, as in lesson 11.
#
# ## 5. Count some examples more
#
# Often you cannot collect again, but you know how it was done. Back to the two kinds of section 2: the first is ¾ of the training set and ½ of the world, the second
# ¼ and ½. So let each example of the first kind count $\frac12 / \frac34 = \frac23$, and each of the second $\frac12 / \frac14 = 2$. Of
# four examples:
#
# $$\tfrac14 \left( 3 \cdot \tfrac23\, w^2 + 2\,(w - 4)^2 \right) = \tfrac12\, w^2 + \tfrac12\,(w - 4)^2$$
#
# That is the surface of the world, from training examples alone. These are **importance weights**: how frequent an example is where it will count, over how frequent it was
# where you collected.
#
# $$r_i = \frac{p_{\text{test}}(i)}{p_{\text{train}}(i)} \qquad\qquad \text{weight}_i = \frac{r_i}{\text{mean of all } r}$$
#
# Why divide by the mean? Often only the *ratios* of the chances are known, as in "the second kind was asked a third as often". With 1, 1, 1, ⅓ for $p_{\text{train}}$
# and 1 for $p_{\text{test}}$, $r$ is 1, 1, 1, 3. The lowest point is the same, but the surface is 1.5 times as steep, and your learning rate would mean something
# else. Divided by their mean, 1.5, they are the weights from above again.
#
# > **Conventions.** Mean 1 here, so that equal chances give weights of 1. Some texts let them add up to 1; some libraries take `sample_weight` as it
# > comes. The minimum is the same in all three, the scale of the loss is not. The check wants mean 1.
#
# ### Exercise 5: `importance_weights`


# %% nbgrader={"grade_id": "importance_weights", "solution": true}
def importance_weights(p_train, p_test):
    """How much each training example should count to stand for the test set.

    p_train  how frequent each example is in training, positive numbers, shape (n,)
    p_test   how frequent it is in the test set, not negative, shape (n,)
    Each of the two may be known up to a factor only.

    Returns an array of shape (n,): p_test / p_train, divided by its mean over the n examples.
    The arrays that were passed in stay as they are.

    Example: p_train = np.array([0.75, 0.75, 0.75, 0.25]) and p_test = np.full(4, 0.5)
    give [2/3, 2/3, 2/3, 2.0].
    """
    ### BEGIN SOLUTION
    ratio = p_test / p_train
    return ratio / ratio.mean()
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_importance_weights", "grade": true, "points": 4}
check(importance_weights)
### BEGIN HIDDEN TESTS
check(importance_weights, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Weights have a price: if few examples carry most of the weight, the mean hangs on those few. The usual measure is the **effective number of examples**,
# $n_{\text{eff}} = (\sum_i r_i)^2 / \sum_i r_i^2$. By hand, for the four above: $4^2 / (3 \cdot \frac49 + 4) = 3$. Four examples are worth three.
#
# Now the biased sets of section 2, with your weights. (Multiplying row and target by the root of the weight multiplies the squared error by the weight.) *Predict:* will the line
# fall as steeply as that of the fair sets?


# %%
def weighted_shift(drawn):
    root = np.sqrt(importance_weights(drawn.p_train, drawn.p_test))
    return minimum_shift(
        drawn.X * root[:, None], drawn.y * root, everybody.X, everybody.y
    )


def effective_number(weights):
    return weights.sum(axis=-1) ** 2 / (weights**2).sum(axis=-1)


shifts["biased, weighted"] = repeated(weighted_shift, 2)
names = ("fair", "biased", "biased, weighted")
worth = repeated(
    lambda drawn: effective_number(importance_weights(drawn.p_train, drawn.p_test)), 2
).mean(axis=1)

panels(
    curves(
        {name: (counts, shifts[name].mean(axis=1)) for name in names},
        bands={"biased, weighted": np.quantile(shifts[names[2]], [0.1, 0.9], axis=1)},
        xlabel="training examples n",
        ylabel="shift of the minimum",
        log=True,
        logx=True,
        markers=True,
    ),
    alt="The shift against the number of examples: fair sets lowest and falling, biased "
    "ones level, and biased ones with weights in between: from near the biased line at "
    "10 examples down to near the fair one at 1000.",
    caption=f"With weights the shift falls from {shifts[names[2]][0].mean():.2f} to "
    f"{shifts[names[2]][-1].mean():.2f}. On average, 10 examples are worth "
    f"{worth[0]:.0f}, 100 are worth {worth[3]:.0f}, and 1000 are worth {worth[-1]:.0f}.",
)

# %% [markdown]
# **Weights turn bias into chance**, and chance fades with $n$. With few examples there is little left to weigh. This was the way to the goal of section 1: both the switch
# *and* many examples.
#
# ## 6. A slice through a network
#
# A network of 2410 weights has no map. But you can cut through its surface: choose a direction, walk along it from the trained weights, and draw the loss. How long
# is a step, though? Multiply what leads into a hidden ReLU unit by 4, weights and bias, and divide the weights that lead out of it by 4. As $\max(4z, 0) = 4 \max(z, 0)$, every
# output stays the same, yet a step of length 1 is now small for the one layer and huge for the other.
#
# So measure steps by the weights themselves. A **filter** is what leads into one unit, a column $W_{:j}$ of a layer's weights. Give each column of the
# direction $D$ the length of the same column of $W$:
#
# $$D_{:j} \leftarrow D_{:j}\, \frac{\lVert W_{:j} \rVert}{\lVert D_{:j} \rVert} \qquad\qquad \text{loss at } W + \alpha D$$
#
# By hand: the column (3, 4) of $W$ has length 5, the column (0, 2) of $D$ becomes (0, 5), and $\alpha = 0.1$ leads to (3, 4.5).
#
# ### Exercise 6: `loss_slice`


# %% nbgrader={"grade_id": "loss_slice", "solution": true}
def loss_slice(loss, W, direction, alphas):
    """The loss along a filter-normalised direction.

    loss       a function: loss(W) is a number, for W of the shape below
    W          the weights of a layer, shape (fan_in, fan_out); column j leads into unit j
    direction  where to go, same shape; no column of it is 0
    alphas     how far, shape (k,); 0 is W itself

    Returns an array of shape (k,): the loss at W + alpha * D for each alpha, where D is
    direction with each column rescaled to the length of the same column of W.
    The arrays that were passed in stay as they are.

    Example: loss_slice(np.sum, np.array([[3.0], [4.0]]), np.array([[0.0], [2.0]]),
    np.array([0.0, 0.1])) is [7.0, 7.5].
    """
    ### BEGIN SOLUTION
    scale = np.linalg.norm(W, axis=0) / np.linalg.norm(direction, axis=0)
    return np.array([loss(W + alpha * direction * scale) for alpha in alphas])
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_loss_slice", "grade": true, "points": 4}
check(loss_slice)
### BEGIN HIDDEN TESTS
check(loss_slice, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Here is a digits network as it was trained, and the same one with its hidden layer multiplied and its last layer divided by 4, or the other way round. All three
# answer alike. We cut through the last layer in a random direction, without your normalisation and with it.

# %%
network = MLP((64, 32, 10), "relu")


def trained_for(epochs):
    """The parameters of one network, trained on the pool."""
    return fit(
        network,
        network.init(np.random.default_rng(1)),
        images[pool],
        labels[pool],
        gradient_descent,
        epochs=epochs,
        batch_size=32,
        rng=np.random.default_rng(2),
        lr=0.1,
    ).params


def rescaled(params, factor):
    """The same function, with the last layer's weights divided by factor."""
    params = params.copy()
    (W1, b1), (W2, _) = network.unpack(params)  # views
    W1 *= factor
    b1 *= factor
    W2 /= factor
    return params


def last_layer_loss(params, part):
    """The loss on some digits as a function of the last layer's weights, and these."""
    (W1, b1), (W2, b2) = network.unpack(params)
    hidden = np.maximum(images[part] @ W1 + b1, 0)

    def loss(W):
        return MLP((32, 10)).loss(np.append(W, b2), hidden, labels[part])

    return loss, W2


pool, _ = stratified_split(labels, 0.6, np.random.default_rng(0))
D = np.random.default_rng(3).normal(0, 0.25, (32, 10))
alphas = np.linspace(-1, 1, 41)
grown = trained_for(30)
raw, sliced, answers = {}, {}, []
for name, factor in {"divided by 4": 4, "as trained": 1, "times 4": 0.25}.items():
    same = rescaled(grown, factor)
    loss, W = last_layer_loss(same, pool)
    raw[f"last layer {name}"] = (alphas, [loss(W + a * D) for a in alphas])
    sliced[f"last layer {name}"] = (alphas, loss_slice(loss, W, D, alphas))
    answers.append(network.logits(same, images[pool]))
apart = np.max(np.abs(np.array(answers) - answers[1]))

panels(
    *(
        curves(
            lines,
            xlabel="alpha",
            ylabel="training loss",
            log=True,
            ylim=(0.07, 90),
            title=title,
        )
        for lines, title in [(raw, "As it comes"), (sliced, "Your slice")]
    ),
    alt="Left: three curves with one lowest point, flat for the large last layer, steep "
    "for the small one. Right: with filter-normalised steps the three are one curve.",
    caption=f"The outputs of the three networks differ by {apart:g} at most: it is one "
    "function. On the left it looks flat or sharp as you please, on the right always the "
    "same.",
    height=3.8,
)

# %% [markdown]
# > **Conventions.** Directions are normalised filter by filter, as in Li et al.; biases stay where they are. The check names other ways, such as one length for the whole
# > layer. **A warning about "flat minima":** it is often said that flat minima generalise better. Before you believe a picture, ask whether the sharpness would survive
# > a rescaling of the weights (on the left above it does not), and whether it is the same at another *radius*:


# %%
def rises(epochs):
    """How much the training loss rises at two distances, mean of 40 lines, both ways."""
    loss, W = last_layer_loss(trained_for(epochs), pool)
    rng = np.random.default_rng(4)
    cuts = [
        loss_slice(loss, W, rng.normal(size=W.shape), np.array([0, 0.1, -0.1, 1, -1]))
        for _ in range(40)
    ]
    start, *ends = np.mean(cuts, axis=0)
    near, far = np.mean(ends[:2]) - start, np.mean(ends[2:]) - start
    return [f"after {epochs} epochs", f"{near:.4f}", f"{far:.2f}"]


table(
    ["", "rise at alpha = 0.1", "rise at alpha = 1"],
    [rises(10), rises(100)],
    caption="Which of the two networks lies in the flatter place?",
)

# %% [markdown]
# Near by, the second is flatter; far out, the first. A slice is a picture, not a verdict.
#
# ## 7. On digits
#
# Now all of it at once. Ten seeds: each has another stratified split of the digits, 60 % to collect from and 40 % for testing, and another start. From its first part
# each *collects* 300 training digits: **fair** (all labels alike), **biased** (nine in ten are 0 to 4), or **biased, weighted** with your weights, from the known shares of
# each label. The weights come in where back-propagation starts: `delta`, the slope of the loss in the network's outputs, has a row for each example, and each row is multiplied by
# its weight.
#
# *Predict:* how large a part of the damage do the weights mend after 20 epochs, and after 100?

# %%
SEEDS = range(10)


def collect(mix):
    """300 digits from each pool with these shares of the labels, and their weights."""
    drawn, weights = [], []
    for seed in SEEDS:
        rng = np.random.default_rng(100 + seed)
        drawn.append(pools[seed][resample(labels[pools[seed]], mix, 300, rng).indices])
        shares = np.bincount(labels[tests[seed]]) / len(tests[seed])
        digit = labels[drawn[-1]]
        weights.append(importance_weights(mix[digit], shares[digit]))
    return np.array(drawn), np.array(weights)


def train_weighted(drawn, weights, epochs=20, watch=()):
    """Ten networks side by side: their parameters, and test accuracy at watched epochs."""
    params, rng, seen = starts.copy(), np.random.default_rng(2), []
    X, y = images[drawn], labels[drawn]
    for epoch in range(1, epochs + 1):
        for batch in minibatches(300, 32, rng):
            passed = network.forward(params, X[:, batch])
            _, delta = network.loss_and_delta(passed.outputs, y[:, batch])
            delta *= weights[:, batch, None]
            params = params - 0.2 * network.backward(params, passed, delta)
        if epoch in watch:
            seen.append(network.evaluate(params, images[tests], labels[tests]).accuracy)
    return params, np.array(seen)


parts = [stratified_split(labels, 0.6, np.random.default_rng(seed)) for seed in SEEDS]
pools, tests = (np.array(each) for each in zip(*parts, strict=True))
starts = network.init(np.random.default_rng(1), runs=(10,))
unweighted = np.ones((10, 300))
fair, _ = collect(np.full(10, 0.1))
biased, weights = collect(np.array([0.18] * 5 + [0.02] * 5))
plans = {
    "fair": (fair, unweighted),
    "biased": (biased, unweighted),
    "biased, weighted": (biased, weights),
}
watch = np.array([2, 5, 10, 15, 20, 30, 40, 60, 80, 100])
old, watched = {}, {}
for name, (drawn, counted) in plans.items():
    old[name], watched[name] = train_weighted(drawn, counted, 100, watch)
learnt = min(
    network.accuracy(old[name], images[drawn], labels[drawn]).mean()
    for name, (drawn, _) in plans.items()
)

panels(
    curves(
        {name: (watch, seen.mean(axis=1)) for name, seen in watched.items()},
        bands={
            name: seen.mean(axis=1) + np.array([[-1], [1]]) * seen.std(axis=1)
            for name, seen in watched.items()
        },
        xlabel="epochs",
        ylabel="accuracy on test digits",
        markers=True,
    ),
    alt="Accuracy on test digits by epoch. Fair is highest throughout. Biased lags far "
    "behind at first and catches up in part; with weights it is much better early on, "
    "and the two come close to each other towards epoch 100.",
    caption="Mean and standard deviation of ten seeds. After 20 epochs: "
    + ", ".join(f"{seen[4].mean():.3f} {name}" for name, seen in watched.items())
    + ". After 100: "
    + ", ".join(f"{seen[-1].mean():.3f} {name}" for name, seen in watched.items())
    + f". By then {learnt:.0%} of the training digits are read right.",
    height=3.8,
)

# %% [markdown]
# Early on, the weights mend most of the damage. Later they matter far less: a network that has learnt all its 300 digits by heart fits each of them, however much or little
# it counts.
#
# Here are the surfaces after 20 epochs, one over the other, for the first seed. We cut the last layer, whose column $k$ leads into the output for digit $k$, in the direction
# in which the *test* loss falls most steeply: minus its gradient. (A peep at the test set, for the drawing only.)

# %%
ended = {name: train_weighted(*plan)[0] for name, plan in plans.items()}
steps = np.linspace(-0.15, 0.3, 46)


def two_slices(name, seed):
    """The training and the test surface along the test loss's way down."""
    params, test = ended[name][seed], tests[seed]
    _, gradient = network.loss_and_gradient(params, images[test], labels[test])
    down = -network.unpack(gradient)[1][0]
    return [
        loss_slice(*last_layer_loss(params, part), down, steps)
        for part in (plans[name][0][seed], test)
    ]


panels(
    *(
        curves(
            {
                f"{kind} surface": (steps, values)
                for kind, values in zip(
                    ("training", "test"), two_slices(name, 0), strict=True
                )
            },
            xlabel="alpha; 0 is where training ended",
            ylabel="loss",
            ylim=(0, 1.6),
            title=title,
        )
        for name, title in [("fair", "Fair training set"), ("biased", "Biased")]
    ),
    alt="Two slices, each with the training and the test surface. Left, fair: the test "
    "surface lies a little above the training surface and is lowest at nearly the same "
    "place. Right, biased: it lies far above it at alpha 0 and is lowest further right.",
    height=3.6,
)


# %%
def slice_row(name):
    params, (drawn, counted) = ended[name], plans[name]
    train_loss = network.loss(params, images[drawn], labels[drawn])
    test_loss = network.loss(params, images[tests], labels[tests])
    cuts = np.array([two_slices(name, seed) for seed in SEEDS])
    places = steps[cuts.argmin(axis=-1)]
    return [
        name,
        f"{effective_number(counted).mean():.0f}",
        f"{train_loss.mean():.2f}",
        f"{test_loss.mean():.2f}",
        spread(test_loss - train_loss, 2),
        spread(places[:, 1], 2),
    ]


table(
    [
        "training set",
        "worth",
        "training loss",
        "test loss",
        "gap",
        "test surface lowest at",
    ],
    [slice_row(name) for name in plans],
    caption="300 digits, 20 epochs, mean and standard deviation of ten seeds; the gap is "
    "taken at the trained weights",
)

# %% [markdown]
# (Neither training surface is lowest exactly at 0: after 20 epochs the networks are still on their way.) The biased network's own surface says that all is well: its training loss is as low as that of the fair one. Only the test surface knows better. The weights close
# most of the gap, and the test surface is lowest nearly where it is for the fair ones. A gap remains: their 300 digits are worth about a third.
#
# And what cannot be mended? Two more biases. **Missing:** only 0 to 4 were collected, at all; no weight brings back what is not there. **Bold:** the pens were bold
# ones. A digit's chance grows with its ink, up to $e^6$, 400-fold, from the palest to the boldest, and again we know the chances exactly.


# %%
def collect_bold(strength=6):
    """300 digits from each pool, bold ones more often, and their weights."""
    drawn, weights = [], []
    for seed in SEEDS:
        ink = images[pools[seed]].mean(axis=1)
        chance = np.exp(strength * ink.argsort().argsort() / len(ink))
        chance /= chance.sum()
        rng = np.random.default_rng(100 + seed)
        picked = rng.choice(len(ink), 300, p=chance)
        drawn.append(pools[seed][picked])
        weights.append(importance_weights(chance[picked], np.full(300, 1 / len(ink))))
    return np.array(drawn), np.array(weights)


missing, _ = collect(np.array([0.2] * 5 + [0.0] * 5))
bold, bold_weights = collect_bold()
others = {
    "0 to 4 only": (missing, unweighted),
    "bold": (bold, unweighted),
    "bold, weighted": (bold, bold_weights),
}
more = {name: train_weighted(*plan, 100, [20, 100])[1] for name, plan in others.items()}
more = {name: seen[[4, -1]] for name, seen in watched.items()} | more


def end_row(name):
    _, counted = (plans | others)[name]
    number, alone = effective_number(counted).mean(), name.removesuffix(", weighted")
    added = spread(more[name][0] - more[alone][0]) if name != alone else ""
    return [name, f"{number:.0f}", *(spread(seen) for seen in more[name]), added]


table(
    ["training set", "worth", "20 epochs", "100 epochs", "weights add, 20 epochs"],
    [end_row(name) for name in more],
    caption="Accuracy on test digits, ten seeds; the last column is compared seed by seed",
)

# %% [markdown]
# For the bold pens the weights do harm, or at best nothing. There is little to mend: even unweighted, the networks lose far less than under the biased labels; it seems that the same weights
# can serve bold and pale pens. And the weights throw away nearly nine tenths of the examples' worth. The line of section 1 can be put in the same position. Straighten its bent truth,
# so that one line serves left *and* right, and leave the bias as it is:


# %%
def straight(examples):
    """The same examples, with the bend taken out of their targets."""
    return examples._replace(y=examples.y + 1.2 * examples.X[:, 0] ** 2)


def straight_shift(drawn):
    X, y, _, _ = straight(everybody)
    return minimum_shift(drawn.X, straight(drawn).y, X, y)


table(
    ["truth", "shift, 1000 biased examples"],
    [
        ["bent", spread(shifts["biased"][-1])],
        ["straight", spread(repeated(straight_shift, 2)[-1])],
    ],
    caption="Mean and standard deviation of 100 draws",
)

# %% [markdown]
# **Where the model can fit everything, bias hardly moves the lowest point.** Where it cannot, the training set decides what is fitted badly.
#
# ## 8. What you should have seen
#
# - A loss surface is a mean over examples. Other examples, another surface, another lowest point.
# - Chance fades as $1/\sqrt n$. Bias stays, however many examples of the same kind you add.
# - The gap is taken at the trained weights. Lowest point against lowest point hides most of it.
# - Split label by label; measure both sets by the training set's ruler.
# - Importance weights turn bias into chance, at the price of worth. They bring back nothing that is missing, and a network that learns its digits by heart feels them less and less.
# - Steps of a slice are measured filter by filter; even so, flat at one radius may be sharp at another.
#
# ### Written question 1 (3 points)
#
# A clinic trains a model on patients of its morning hours, and tests it on other patients of its morning hours. The gap is nearly 0. "It generalises", they say, "and next year, with ten
# times as many patients, it will be perfect." Most people who work come in the evening. What does the gap tell, and what not? What will ten times as many patients do? What could importance weights do, what would
# the clinic have to know for them, and what would have to be true of the morning patients?

# %% [markdown] nbgrader={"grade_id": "written_clinic", "grade": true, "solution": true, "points": 3}
# <!-- BEGIN SOLUTION -->
# **Rubric.** One point each:
#
# 1. Both sets come from the same surface, that of the mornings; the gap measures chance only, and says nothing about the evening (the surface of the world).
# 2. Ten times as many remove chance, not bias: the biased line of section 2 is level; quotes its two ends.
# 3. Weights need the chance of each kind of patient in the morning and in the world, and some patients of every kind in the morning (else: the row "0 to 4 only");
#    and they cost worth, so that the rare kinds should not be too few.
# <!-- END SOLUTION -->

# %% [markdown]
# ### Written question 2 (3 points)
#
# "If you know the chances, always use importance weights." Give one result of section 7 that speaks for it and two that speak against it, with numbers. Compare one of the differences with the
# spread, and say what the ten seeds vary and what they do not.

# %% [markdown] nbgrader={"grade_id": "written_weights", "grade": true, "solution": true, "points": 3}
# <!-- BEGIN SOLUTION -->
# **Rubric.** One point each:
#
# 1. For: biased labels after 20 epochs, with both accuracies (or both gaps), a difference of several standard deviations.
# 2. Against, two of: after 100 epochs the gain is small, 0.866 to 0.893; for bold pens the weights lose accuracy at 20 epochs and gain nothing at 100; worth falls to an eighth; missing labels cannot be weighted.
# 3. Compares one difference with its spread, and says that the seeds vary split, collection and start, but not the network, the rate, the 300, or the kind of bias.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Where to read on
#
# - H. Shimodaira, *Improving predictive inference under covariate shift by weighting the log-likelihood function*, 2000: importance weights, and that they matter where the model
#   cannot fit everything.
# - H. Li, Z. Xu, G. Taylor, C. Studer, T. Goldstein, *Visualizing the loss landscape of neural nets*, 2018: filter-normalised slices.
# - L. Dinh, R. Pascanu, S. Bengio, Y. Bengio, *Sharp minima can generalize for deep nets*, 2017: the same function, as sharp as you like.
# - J. Byrd, Z. Lipton, *What is the effect of importance weighting in deep learning?*, 2019: why it fades while a network trains on.
# - B. Recht, R. Roelofs, L. Schmidt, V. Shankar, *Do ImageNet classifiers generalize to ImageNet?*, 2019: a test set collected again with great care, and a gap all the same.
#
# In [lesson 11](../11-batch-normalization/batch-normalization.ipynb) the ground shifted because the weights moved, here because the data did. You now have all the parts. The
# [next lesson](../13-capstone/capstone.ipynb) is the last: a classifier under a fixed budget, from functions of your own.

# %%
progress("12-shifting-surfaces")
