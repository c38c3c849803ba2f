# %% [markdown]
# # 10 · Regularization
#
# **Why can a network get better at its training digits and worse at all the others, and what stops it?**
#
# When you are done, you can
#
# - recognise over-fitting from two curves, and stop a run at the right epoch,
# - write the L2 and the L1 penalty with their gradients, and say which of them makes weights exactly 0, and why,
# - write dropout, forward and backward,
# - say what these cures buy on real digits, and when they buy nothing.
#
# **Time:** about 80 minutes. **Builds on:** gradient descent on mini-batches (lesson 01); the ravine (lesson 05); Adam (lesson 08) in
# section 7.

# %%
import numpy as np

from gradlab import check, progress, todo
from gradlab.data import digits, minibatches, stratified_split
from gradlab.explorers import Prediction, penalty_explorer
from gradlab.network import MLP
from gradlab.optimizers import adam, adamw, gradient_descent
from gradlab.plots import curves, histograms, panels
from gradlab.tables import table
from gradlab.training import fit

# %% [markdown]
# ## 1. See it first
#
# Take few digits, about 180, and spoil them: one label in five is wrong, as if a tired person had typed them in. The network has
# 64 hidden units and 4810 parameters, many more than there are digits. Another 719 digits, with true labels, are kept aside to
# watch how it does on digits that it has not seen: the *validation* digits. A third part, the *test* digits, stays locked away until
# section 6.
#
# *Predict, before you run the cell:* training goes on for 100 epochs. The loss on the training digits will fall. What will the loss on
# the validation digits do: fall as well, fall and level off, or fall and rise again?

# %%
images, labels = digits()
few, kept_aside, locked = stratified_split(
    labels, (0.1, 0.4, 0.5), np.random.default_rng(0)
)
validation = (images[kept_aside], labels[kept_aside])

typist = np.random.default_rng(3)
wrong = typist.choice(few.size, few.size // 5, replace=False)
spoiled = labels[few].copy()
spoiled[wrong] = (spoiled[wrong] + typist.integers(1, 10, wrong.size)) % 10

network = MLP((64, 64, 10), activation="relu")
starts = network.init(np.random.default_rng(1), runs=(5,))  # five seeds


def trained(rule=gradient_descent, y=spoiled, **hyper):
    """100 epochs on the few digits, five seeds side by side."""
    return fit(
        network,
        starts,
        images[few],
        y,
        rule,
        epochs=100,
        batch_size=32,
        rng=np.random.default_rng(2),
        validation=validation,
        lr=0.2,
        **hyper,
    )


plain = trained()
watched = plain.validation_loss
turn = watched.mean(axis=1).argmin()

panels(
    curves(
        {"training": plain.loss.mean(axis=1), "validation": watched.mean(axis=1)},
        bands={"validation": [watched.min(axis=1), watched.max(axis=1)]},
        xlabel="epochs",
        ylabel="loss",
        title="What the network knows",
    ),
    curves(
        {"": plain.accuracy.mean(axis=1)},
        bands={"": [plain.accuracy.min(axis=1), plain.accuracy.max(axis=1)]},
        xlabel="epochs",
        ylabel="share of validation digits that is right",
        ylim=(0, 1),
        title="What it is worth",
    ),
    alt="Left: the training loss falls steadily; the validation loss falls, turns after "
    "some thirty epochs and rises for the rest. Right: the accuracy on the validation "
    "digits rises to a peak and then falls.",
    caption=f"Mean of five seeds, best to worst as a shade. After epoch {turn} the "
    f"validation loss rises, from {watched[turn].mean():.2f} to "
    f"{watched[-1].mean():.2f}, and its accuracy falls from "
    f"{plain.accuracy[turn].mean():.0%} to {plain.accuracy[-1].mean():.0%}, while the "
    f"training loss goes down to {plain.loss[-1].mean():.2f}.",
)

# %% [markdown]
# This is **over-fitting**. At first the network learns what all digits have in common, and both losses fall. Then what is left to learn
# of the training digits is their accidents: this smudge, that wrong label. Learning those by heart helps on no other digit.
# The gradient cannot know the difference. It sees the training digits only.
#
# So something else has to hold the network back. This lesson has four such cures: stop in time, keep the weights small (L2), keep few
# weights (L1), and never let the hidden units rely on each other (dropout). Together they are called **regularization**.
#
# ## 2. Stop in time
#
# The cheapest cure is in the figure: stop where the validation loss is lowest. But during a run you do not know the future. The next
# epoch might be better again. So be patient, but not for ever. Count the *bad epochs*: those in a row that have not beaten the best loss so
# far. When the count exceeds `patience`, stop, and go back to the weights of the best epoch.
#
# By hand, with `patience = 1`:

# %%
losses_by_hand, best, bad, rows = [3.0, 2.0, 2.5, 2.2, 1.0], np.inf, 0, []
for epoch, loss in enumerate(losses_by_hand):
    bad = 0 if loss < best else bad + 1
    best = min(best, loss)
    rows.append([epoch, loss, best, bad, "stop" if bad > 1 else "go on"])
    if bad > 1:
        break

table(["epoch", "loss", "best so far", "bad epochs", ""], rows)

# %% [markdown]
# Two things to notice. In epoch 3 the loss has *fallen*, from 2.5 to 2.2, and yet it is a bad epoch: it is compared with the best, 2.0, and not
# with the one before. And the run never learns that the next loss would have been 1.0: patience has its price either way.
#
# > **Conventions.** Here a run stops when the count *exceeds* patience. Keras stops when the count *reaches* it, one epoch earlier. A loss
# > that equals the best is no improvement.
#
# ### Exercise 1: `early_stopping`


# %% nbgrader={"grade_id": "early_stopping", "solution": true}
def early_stopping(losses, patience=3):
    """When to stop, and which epoch to go back to.

    losses    the validation loss after each epoch, a list or an array of at least one number;
              the first is that of epoch 0
    patience  bad epochs in a row that are put up with, a whole number >= 0

    An epoch is bad if its loss is not below the best one before it. Returns (stop, best):
    stop  the epoch in which the count of bad epochs in a row exceeds patience;
          the last epoch if it never does
    best  the epoch with the lowest loss up to then; the earlier one if two are equal

    Example: early_stopping([3.0, 2.0, 2.5, 2.2, 1.0], patience=1) is (3, 1).
    """
    ### BEGIN SOLUTION
    best, bad = 0, 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[best]:
            best, bad = epoch, 0
        else:
            bad += 1
        if bad > patience:
            return epoch, best
    return len(losses) - 1, best
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_early_stopping", "grade": true, "points": 4}
check(early_stopping)
### BEGIN HIDDEN TESTS
check(early_stopping, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# What would your rule have made of the five runs above? (Epoch 0 is the network before its first step.)


# %%
def stopped(patience):
    """Where your rule ends the five runs: epochs run, epoch kept, loss and accuracy there."""
    ends = [early_stopping(run, patience) for run in watched.T]
    kept = np.array([best for _, best in ends]), np.arange(5)
    return (
        np.mean([stop for stop, _ in ends]),
        kept[0].mean(),
        watched[kept],
        plain.accuracy[kept],
    )


def spread(values):
    return f"{np.mean(values):.3f} ± {np.std(values):.3f}"


rows = []
for patience in (0, 3, 10):
    stop, kept, loss, accuracy = stopped(patience)
    name = f"patience {patience}"
    rows.append([name, f"{stop:.1f}", f"{kept:.1f}", spread(loss), spread(accuracy)])

table(
    ["", "epochs run", "epoch kept", "validation loss", "accuracy"],
    [
        *rows,
        ["never stopped", 100, 100, spread(watched[-1]), spread(plain.accuracy[-1])],
    ],
    caption="Mean and standard deviation of five seeds",
)

# %% [markdown]
# With patience 0 every run is given up at its first bump, and its loss is no better than that of a run that never stopped, though more of
# its digits are right. A little patience finds better weights on both counts, and still saves more than half of the work.
#
# ## 3. Keep the weights small
#
# To fit a wrong label among right ones, a network has to bend sharply, and sharp bends take large weights. So let weights cost something.
# Add a **penalty** to the loss, and let gradient descent find the best compromise. Two ways to charge:
#
# $$\text{L2:}\quad \tfrac{\lambda}{2} \sum_i w_i^2 \qquad\qquad \text{L1:}\quad \lambda \sum_i |w_i|$$
#
# Here is a valley like the ravine of lesson 05, but moved: $0.1\,(w_1 - 3)^2 + 2\,(w_2 - 1)^2$. Without a penalty it is lowest at $(3, 1)$, the
# star. The white ball shows where loss *and* penalty together are lowest, and the white line is the "fence": all weights that pay the same as
# the ball. The ball sits where the fence touches a level line of the loss: the lowest loss that can be had for that price.
#
# **Your goal:** make one weight **exactly 0** while the other keeps at least four fifths of its value.

# %%
penalty_explorer(
    prediction=Prediction(
        question="The penalty is L2, and lam = 3, far to the right. Where is w1 then?",
        options=("at exactly 0", "small, but not 0", "still above 1"),
        reveal=f"It is {3 * 0.2 / (0.2 + 3):.2f}: small, but not 0. L2 never gets "
        "there, however strong. Try the other penalty.",
    )
)

# %% [markdown]
# A circle touches a level line anywhere; a diamond is likely to touch it with a *corner*, and on a corner a weight is 0. That is the whole picture.
# Now the same in slopes. The slope of $\frac{\lambda}{2} w^2$ is $\lambda w$. The slope of $\lambda |w|$ is $\lambda$ on the right of 0 and
# $-\lambda$ on the left. Its corner at 0 has no slope; any number from $-\lambda$ to $\lambda$ may stand in for one (a *subgradient*), and we
# take 0. By hand, with $\lambda = 0.5$:

# %%
table(
    ["weight", "L2 pays", "L2 pulls", "L1 pays", "L1 pulls"],
    [[w, 0.25 * w**2, 0.5 * w, 0.5 * abs(w), 0.5] for w in (3.0, 1.0, 0.1, 0.01)],
    caption="What a weight pays, and how hard it is pulled towards 0",
)

# %% [markdown]
# L2 pulls hard at large weights and hardly at all at small ones. L1 pulls at all of them alike, to the very end. **L2 shrinks, L1 selects.**
#
# | symbol | in code | what it is | shape |
# |:--|:--|:--|:--|
# | $w$ | `W` | the weights of a layer | (inputs, outputs) |
# | | `b` | its biases, which never pay | (outputs,) |
# | $\lambda$ ("lambda") | `lam` | the strength of the penalty | a number, not negative |
#
# Why do biases go free? A bias does not multiply an input. It shifts a sum by the same amount everywhere: it can move a bend, but not
# make it sharper.
#
# > **Conventions.** With the half, the gradient of L2 is `lam * W` without a 2. Keras and scikit-learn's Ridge leave the half out, so that the same number
# > pulls twice as hard. It is the *sum of squares* that is charged, without a root, although many call it "the L2 norm". The check wants the form above, and tells
# > you when it sees the other one.
#
# ### Exercise 2: `l2_penalty`


# %% nbgrader={"grade_id": "l2_penalty", "solution": true}
def l2_penalty(W, b, lam):
    """The L2 penalty of a layer, and its gradient.

    W    the weights, shape (inputs, outputs)
    b    the biases, shape (outputs,)
    lam  the strength, a number

    Returns (penalty, grad_W, grad_b):
    penalty  0.5 * lam * (sum of the squares of the weights), a number; biases never pay
    grad_W   lam * W, in the shape of W
    grad_b   zeros in the shape of b

    Example: with W = [[3.0], [-1.0]], b = [5.0] and lam = 0.5
             it is (2.5, [[1.5], [-0.5]], [0.0]).
    """
    ### BEGIN SOLUTION
    return 0.5 * lam * np.sum(W**2), lam * W, np.zeros_like(b)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_l2_penalty", "grade": true, "points": 4}
check(l2_penalty)
### BEGIN HIDDEN TESTS
check(l2_penalty, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Back to the spoiled digits. `charged` takes a penalty of yours and makes a rule of it: it adds your gradients to those of the loss, layer by
# layer, and takes a step of gradient descent. *Predict:* as `lam` grows, what does the training loss do, and what the validation loss?


# %%
def charged(penalty):
    """Gradient descent on the loss plus your penalty, as a rule for `fit`."""

    def rule(w, grad, state, lr, lam):
        grad = grad.copy()
        for (W, b), (grad_W, grad_b) in zip(
            network.unpack(w), network.unpack(grad), strict=True
        ):
            _, more_W, more_b = penalty(W, b, lam)
            grad_W += more_W  # these are views: grad itself changes
            grad_b += more_b
        return w - lr * grad, state

    return rule


strengths = [0.001, 0.003, 0.01, 0.03, 0.1]
ridge = [trained(charged(l2_penalty), lam=lam) for lam in strengths]
after = np.array([run.validation_loss[-1] for run in ridge])
weakest, middle = after.mean(axis=1)[0], after.mean(axis=1).min()

panels(
    curves(
        {
            "training": (strengths, [run.loss[-1].mean() for run in ridge]),
            "validation": (strengths, after.mean(axis=1)),
        },
        bands={"validation": [after.min(axis=1), after.max(axis=1)]},
        markers=True,
        logx=True,
        xlabel="strength lam",
        ylabel="loss after 100 epochs",
    ),
    histograms(
        {
            f"lam = {lam:g}": run.params[:, network.is_weight]
            for lam, run in [(0, plain), (0.01, ridge[2])]
        },
        xlabel="weight",
        limits=(-1, 1),
        title="The weights",
    ),
    alt="Left: with growing strength the training loss rises; the validation loss "
    "falls, is lowest in the middle, and rises. Right: with lam 0.01 the weights are "
    "crowded more closely around 0 than without a penalty.",
    caption=f"The validation loss is {watched[-1].mean():.2f} without a penalty, "
    f"{weakest:.2f} with lam = {strengths[0]}, {middle:.2f} with lam = "
    f"{strengths[after.mean(axis=1).argmin()]}, and {after.mean(axis=1)[-1]:.2f} with "
    f"lam = {strengths[-1]}.",
)

# %% [markdown]
# The training loss only gets worse, as it must: the penalty asks for something else than a good fit. The validation loss is lowest in between. Too
# weak a penalty and the network learns the typing errors; too strong, and it does not learn the digits either (*under-fitting*).
#
# ## 4. Keep few weights
#
# L2 has made all weights smaller and has kept every one of them. The other penalty is the one that can do without most.
#
# ### Exercise 3: `l1_penalty`


# %% nbgrader={"grade_id": "l1_penalty", "solution": true}
def l1_penalty(W, b, lam):
    """The L1 penalty of a layer, and its subgradient.

    W    the weights, shape (inputs, outputs)
    b    the biases, shape (outputs,)
    lam  the strength, a number

    Returns (penalty, grad_W, grad_b):
    penalty  lam * (sum of the sizes |w| of the weights), a number; biases never pay
    grad_W   lam * (sign of each weight, and 0 where it is 0), in the shape of W
    grad_b   zeros in the shape of b

    Example: with W = [[3.0], [-1.0]], b = [5.0] and lam = 0.5
             it is (2.0, [[0.5], [-0.5]], [0.0]).
    """
    ### BEGIN SOLUTION
    return lam * np.sum(np.abs(W)), lam * np.sign(W), np.zeros_like(b)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_l1_penalty", "grade": true, "points": 4}
check(l1_penalty)
### BEGIN HIDDEN TESTS
check(l1_penalty, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# In the explorer, `w1` is exactly 0 under L1 from `lam = 0.6` on. Let gradient descent find that, with your subgradient, `lam = 0.8` and rate 0.3. *Predict:* after
# 30 steps, is `w1` exactly 0.0?

# %%
w1, hops = 1.0, []
for _ in range(30):
    _, pull, _ = l1_penalty(np.array([[w1]]), np.zeros(1), 0.8)
    w1 = w1 - 0.3 * (0.2 * (w1 - 3) + pull[0, 0])  # the slope of 0.1 (w1 - 3)^2
    hops.append(w1)

panels(
    curves({"": hops}, xlabel="steps", ylabel="w1", mark=(0, "0"), ylim=(-0.2, 1)),
    height=2.6,
    alt="The weight comes down from 1, steps over 0, is thrown back up, comes down "
    "again, and so on without coming to rest.",
    caption=f"{np.sum(np.array(hops) == 0)} of these 30 values are exactly 0. The last "
    f"four: {', '.join(f'{w:.3f}' for w in hops[-4:])}.",
)

# %% [markdown]
# It saws on for ever. The slope does not fade near 0: just to the right of the corner it is 0.2, just to the left -1.4. So the weight comes down, steps over
# the corner and is thrown back. The way out: take the step of the loss alone, and then move each weight towards 0 by `lr * lam`, but *no further than 0*. This is the **soft threshold**:
#
# $$\operatorname{soft}(w, t) = \operatorname{sign}(w)\,\max(|w| - t,\; 0)$$
#
# By hand with $t = 0.5$: 3 becomes 2.5, -4 becomes -3.5, and 0.2 and -0.5 both become 0. Exactly 0, not nearly.
#
# ### Exercise 4: `soft_threshold`


# %% nbgrader={"grade_id": "soft_threshold", "solution": true}
def soft_threshold(w, threshold):
    """Move every weight towards 0 by threshold, and stop at 0.

    w          the weights, an array of any shape or a number
    threshold  how far, a number that is not negative

    Returns sign(w) * max(|w| - threshold, 0), in the shape of w. w stays as it is.

    Example: soft_threshold(np.array([3.0, 0.2, -0.5, -4.0]), 0.5) is [2.5, 0.0, 0.0, -3.5].
    """
    ### BEGIN SOLUTION
    return np.sign(w) * np.maximum(np.abs(w) - threshold, 0)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_soft_threshold", "grade": true, "points": 4}
check(soft_threshold)
### BEGIN HIDDEN TESTS
check(soft_threshold, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# The same weight once more, the same rate and `lam`, with your function:

# %%
w1, lands = 1.0, []
for _ in range(30):
    w1 = float(soft_threshold(w1 - 0.3 * 0.2 * (w1 - 3), 0.3 * 0.8))
    lands.append(w1)

panels(
    curves(
        {"subgradient": hops, "soft threshold": lands},
        xlabel="steps",
        ylabel="w1",
        mark=(0, "0"),
        ylim=(-0.2, 1),
    ),
    height=2.6,
    alt="Both weights come down from 1 together. The one with the soft threshold stops "
    "at 0 and stays; the other saws up and down.",
    caption=f"Exactly 0 after {lands.index(0) + 1} steps, and in all that follow."
    if 0 in lands
    else "Not at 0 yet: look at your soft_threshold again.",
)

# %% [markdown]
# Now on the digits: L2, L1 by its subgradient, and L1 by your soft threshold. How many of the 4736 weights does each make exactly 0?


# %%
def cut(w, grad, state, lr, lam):
    """A step down the loss alone, then your soft threshold, but not for biases."""
    w = w - lr * grad
    return np.where(network.is_weight, soft_threshold(w, lr * lam), w), state


runs = {
    "no penalty": plain,
    "L2, lam = 0.01": ridge[2],
    "L1, subgradient": trained(charged(l1_penalty), lam=0.003),
    "L1, soft threshold": trained(cut, lam=0.003),
}
weights = {name: run.params[:, network.is_weight] for name, run in runs.items()}
shares = {name: np.mean(values == 0) for name, values in weights.items()}

panels(
    histograms(
        {name: weights[name] for name in list(runs)[1::2]},
        xlabel="weight",
        ylabel="share (logarithmic)",
        limits=(-1, 1),
        bins=41,
        log=True,
    ),
    alt="Two histograms of weights. Under L2 they form a hill around 0; under L1 with "
    "the soft threshold most of them are in a single bar at 0, and the rest reach "
    "further out.",
    caption=f"With the soft threshold {shares['L1, soft threshold']:.0%} of the "
    f"weights are exactly 0, with L2 {shares['L2, lam = 0.01']:.0%}. The bars at the "
    "ends hold what lies beyond.",
)

# %%
table(
    ["", "exactly 0", "below 0.005", "above 0.5", "validation loss"],
    [
        [
            name,
            f"{shares[name]:.1%}",
            f"{np.mean(np.abs(weights[name]) < 0.005):.1%}",
            f"{np.mean(np.abs(weights[name]) > 0.5):.1%}",
            spread(run.validation_loss[-1]),
        ]
        for name, run in runs.items()
    ],
    caption="Weights of five seeds, by size",
)

# %% [markdown]
# The two ways of L1 have about the same validation loss, but only the soft threshold leaves zeros that you can count and leave out. And look at the
# large weights: here L1 has left more of them above 0.5 than L2 has, although it has set most of the
# others to 0. For a large weight, a pull that does not grow with it is the milder one.
#
# ## 5. Let units fall silent
#
# The last cure is of another kind. Suppose a hidden unit learns to mend what its neighbour does wrong on one smudged digit. Such conspiracies fit
# the training digits and nothing else. They need the partner to be *there*. So in every training step, let each hidden unit fall silent with
# probability $p$, drawn afresh for every unit and every example. No unit can rely on any other.
#
# With a share $p$ silent, the next layer hears less: on average $1 - p$ of it. So those that speak raise their voice by $1/(1-p)$. By hand with
# $p = 0.2$ and five outputs of 1: one falls silent, the others say 1.25, and the sum is still 5. At test time all units speak as they are. This is **dropout**:
#
# $$\text{out} = \frac{\text{mask} \cdot x}{1 - p}$$
#
# Backward the gradient takes the same way: through a silent unit nothing comes back, through the others it comes back times $1/(1-p)$.
#
# > **Conventions.** Here, as in PyTorch and Keras, $p$ is the probability of *dropping*. The original paper calls $p$ the probability of keeping, and
# > at $p = 0.5$ nobody notices the mix-up. It also scaled at test time instead of in training; ours is called *inverted* dropout.
#
# ### Exercise 5: `dropout_forward`


# %% nbgrader={"grade_id": "dropout_forward", "solution": true}
def dropout_forward(x, p, rng, training=True):
    """Dropout on the way forward.

    x         outputs of the hidden units, shape (examples, units), or any other
    p         the probability of dropping, from 0 to just below 1
    rng       a NumPy generator: draw from this one, as rng.random(shape) does
    training  False at test time

    Returns (out, mask), both in the shape of x:
    mask  True for a unit that is kept, each drawn on its own with probability 1 - p;
          True everywhere at test time
    out   x / (1 - p) where mask is True and 0 elsewhere; x as it is at test time

    Example: with x = [1.0, 1.0] and p = 0.5, if the first is kept and the second
             dropped, it is ([2.0, 0.0], [True, False]).
    """
    ### BEGIN SOLUTION
    if not training:
        return x, np.ones(x.shape, dtype=bool)
    mask = rng.random(x.shape) >= p
    return x * mask / (1 - p), mask
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_dropout_forward", "grade": true, "points": 6}
check(dropout_forward)
### BEGIN HIDDEN TESTS
check(dropout_forward, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# What the next layer hears: the sum of 64 hidden outputs of 1, drawn 5000 times with your function. *Predict:* as `p` grows, does the mean of the sums change? Does their
# spread?

# %%
rng = np.random.default_rng(6)
sums = {
    f"p = {p}": dropout_forward(np.ones((5000, 64)), p, rng)[0].sum(axis=1)
    for p in (0.2, 0.5, 0.75)
}

panels(
    histograms(sums, xlabel="sum of 64 outputs", bins=33, limits=(-2, 130)),
    alt="Three histograms around 64, the wider the larger p.",
    height=2.8,
    caption="Means: "
    + ", ".join(f"{total.mean():.1f} for {name}" for name, total in sums.items())
    + ". Standard deviations: "
    + ", ".join(f"{total.std():.1f}" for total in sums.values())
    + ". The mean stays, and the noise grows.",
)

# %% [markdown]
# ### Exercise 6: `dropout_backward`


# %% nbgrader={"grade_id": "dropout_backward", "solution": true}
def dropout_backward(grad, mask, p):
    """Dropout on the way back.

    grad  the gradient of the loss with respect to out, any shape
    mask  the mask that dropout_forward returned, same shape
    p     the probability of dropping that it was called with

    Returns the gradient with respect to x: grad / (1 - p) where mask is True, else 0.

    Example: with grad = [3.0, 5.0], mask = [True, False] and p = 0.5 it is [6.0, 0.0].
    """
    ### BEGIN SOLUTION
    return grad * mask / (1 - p)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_dropout_backward", "grade": true, "points": 4}
check(dropout_backward)
### BEGIN HIDDEN TESTS
check(dropout_backward, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Put both into the network. Below is a training loop with every step of back-propagation written out: forward through the hidden layer, your dropout, the
# output layer, and all the way back.


# %%
def dropped(p, y=spoiled, epochs=100, lr=0.2):
    """Train the five networks with your dropout; returns their parameters."""
    params, rng = starts.copy(), np.random.default_rng(2)
    (W1, b1), (W2, b2) = network.unpack(params)  # views, five seeds along axis 0
    for _ in range(epochs):
        for batch in minibatches(few.size, 32, rng):
            x = images[few[batch]]
            hidden = np.maximum(x @ W1 + b1[:, None], 0)
            out, mask = dropout_forward(hidden, p, rng)
            _, delta = network.loss_and_delta(out @ W2 + b2[:, None], y[batch])
            back = delta @ W2.swapaxes(1, 2)
            back = dropout_backward(back, mask, p) * (hidden > 0)
            W2 -= lr * (out.swapaxes(1, 2) @ delta)
            b2 -= lr * delta.sum(axis=1)
            W1 -= lr * (x.T @ back)
            b1 -= lr * back.sum(axis=1)
    return params


by_p = {p: dropped(p) for p in (0, 0.2, 0.5, 0.7)}
table(
    ["", "training loss", "validation loss", "accuracy"],
    [
        [
            f"p = {p}",
            spread(network.loss(params, images[few], spoiled)),
            *(spread(values) for values in network.evaluate(params, *validation)),
        ]
        for p, params in by_p.items()
    ],
    caption="100 epochs with your dropout, five seeds; losses are taken with all units on",
)

# %% [markdown]
# The pattern of L2 again: the training loss only rises with `p`. The validation loss falls until 0.5; after that it changes by no more than
# the seeds differ among themselves.
#
# ## 6. All cures side by side, fairly
#
# Each cure has a strength, and each gets the one with the lowest validation loss. By now the validation digits have been used for choosing, so they
# no longer count as unseen. It is time for the 899 locked test digits.
#
# And one more question. The spoiled labels made the cures look good. *Predict:* what do they buy when all labels are right?


# %%
def choices(y):
    """Every cure at every strength: {cure: {strength: parameters of five seeds}}."""
    epochs = [starts]
    run = trained(y=y, callback=lambda epoch, params, loss: epochs.append(params))
    ends = [early_stopping(losses, 10)[1] for losses in run.validation_loss.T]
    kept = np.stack([epochs[end][seed] for seed, end in enumerate(ends)])
    return {
        "nothing": {"": run.params},
        "early stopping": {"patience 10": kept},
        "L2": {
            f"lam = {lam:g}": trained(charged(l2_penalty), y, lam=lam).params
            for lam in (0.001, 0.01, 0.03)
        },
        "L1, soft threshold": {
            f"lam = {lam:g}": trained(cut, y, lam=lam).params
            for lam in (0.001, 0.003, 0.01)
        },
        "dropout": {f"p = {p}": dropped(p, y) for p in (0.2, 0.5, 0.7)},
    }


def results(y):
    """A row for each cure, at its best strength by validation loss, on the test digits."""
    rows = []
    for cure, tried in choices(y).items():
        best = min(tried, key=lambda how: network.loss(tried[how], *validation).mean())
        test = network.evaluate(tried[best], images[locked], labels[locked])
        rows.append([cure, best, spread(test.loss), spread(test.accuracy)])
    return rows


HEADER = ["cure", "chosen", "test loss", "test accuracy"]
table(HEADER, results(spoiled), caption="One training label in five is wrong")

# %%
table(HEADER, results(labels[few]), caption="All training labels are right")

# %% [markdown]
# **With spoiled labels** every cure beats nothing by several times the spread. Early stopping and dropout have the lowest loss, and early stopping the best accuracy by far: the
# cheapest cure is the best one here. **With right labels** there is next to nothing to cure. The two penalties are best at the weakest strength they were offered, and
# gain nothing. Dropout gains a little: 0.006 of the accuracy are about five digits of the 899.
#
# So regularization is no magic that makes networks better. It keeps a network from learning accidents, and what it is worth depends on how many accidents there are in
# the data. Real labels are seldom as bad as our spoiled ones, and seldom as good as these digits.
#
# ## 7. L2 in Adam is not weight decay
#
# For plain gradient descent, `w - lr * (grad + lam * w)` is the same as `(1 - lr * lam) * w - lr * grad`: first let every weight decay by a
# fixed share, then step. So L2 and **weight decay** are one thing there. Adam divides the gradient by its usual size (lesson 08). If the penalty's gradient
# is in it, the pull is divided as well. AdamW keeps the decay outside. You have seen this in lesson 08, with the penalty's gradient written
# out by hand; now that it is yours, and with a contrast ten times as strong, it deserves a second look.
#
# Two weights start at 1. Their gradients are pure noise: large for one (standard deviation 10), small for the other (0.01). The decay should be the only thing that moves
# them in the long run. *Predict:* with your `l2_penalty` inside Adam, which of the two decays faster?

# %%
rng = np.random.default_rng(8)
noise = rng.normal(size=(300, 400, 2)) * [10, 0.01]  # steps, repetitions, weights
inside, outside, first, second = np.ones((400, 2)), np.ones((400, 2)), None, None
left = [[], []]
for grad in noise:
    _, pull, _ = l2_penalty(inside, np.zeros(2), 0.2)
    inside, first = adam(inside, grad + pull, first, lr=0.01)
    outside, second = adamw(outside, grad, second, lr=0.01, weight_decay=0.2)
    left[0].append(inside.mean(axis=0))
    left[1].append(outside.mean(axis=0))
left = np.array(left)

panels(
    *(
        curves(
            {"large gradients": values[:, 0], "small gradients": values[:, 1]},
            xlabel="steps",
            ylabel="weight, mean of 400",
            ylim=(-0.1, 1.1),
            title=title,
        )
        for values, title in zip(
            left, ("L2 inside Adam", "Decay outside: AdamW"), strict=True
        )
    ),
    alt="Left: with L2 inside Adam the weight with small gradients falls to 0 within "
    "some hundred steps, the other hardly moves. Right: with AdamW both fall together.",
    caption=f"After 300 steps Adam has left {left[0, -1, 0]:.2f} and "
    f"{left[0, -1, 1]:.2f}, AdamW {left[1, -1, 0]:.2f} and {left[1, -1, 1]:.2f}; "
    f"300 decays by 0.01 * 0.2 leave {(1 - 0.002) ** 300:.2f}.",
)

# %% [markdown]
# Inside Adam, the penalty hardly touches the weights with large gradients, and crushes those with small ones. If you want every weight to decay by
# the same share, use AdamW.
#
# ## 8. What you should have seen
#
# - Training loss down, validation loss up: over-fitting. The gradient cannot see it; held-out digits can.
# - Stopping in time saves work, and needs digits to watch.
# - L2 pulls in proportion to the weight and shrinks it. L1 pulls with the same force to the end; with the soft threshold it leaves exact zeros.
# - Dropout silences units in training, keeps the mean by $1/(1-p)$, and does nothing at test time.
# - Every cure has a strength, found on validation digits. What it buys depends on how much there is to cure.
#
# ### Written question 1 (3 points)
#
# A friend trains with an L1 penalty and its subgradient, prints the weights, finds not a single 0.0 and concludes: "The story about L1 and zeros is a
# myth." Explain what happens near 0, what to do about it, and why the same would not work with L2.

# %% [markdown] nbgrader={"grade_id": "written_zeros", "grade": true, "solution": true, "points": 3}
# <!-- BEGIN SOLUTION -->
# **Rubric.** One point each:
#
# 1. The pull of the subgradient is lam however small the weight is, so a step of about lr * lam jumps over 0, and the weight hops from side to side.
# 2. Soft threshold: a step down the loss alone, then towards 0 by lr * lam and no further than 0; quotes the share of exact zeros from section 4.
# 3. L2 pulls by lam * w, which fades as the weight does (or: a circle has no corners), so the lowest point is not at 0.
# <!-- END SOLUTION -->

# %% [markdown]
# ### Written question 2 (3 points)
#
# You may use one cure. Which one would you take for the spoiled labels, and which for the right ones? Answer from the two tables of section 6, with numbers, and say what
# the spread over seeds lets you claim and what it does not.

# %% [markdown] nbgrader={"grade_id": "written_cure", "grade": true, "solution": true, "points": 3}
# <!-- BEGIN SOLUTION -->
# **Rubric.** One point each:
#
# 1. Spoiled labels: early stopping (best accuracy, lowest loss together with dropout), quoted with its numbers against those of no cure.
# 2. Right labels: dropout or nothing; next to nothing is gained in accuracy (0.935 without, 0.941 at most), and the penalties gain nothing at all.
# 3. Names a limit: differences between the cures are compared with the spread; the spread covers starts only, not the one split or the one set of wrong labels.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Where to read on
#
# - L. Prechelt, *Early stopping, but when?*, 1998.
# - A. Krogh, J. Hertz, *A simple weight decay can improve generalization*, 1992.
# - R. Tibshirani, *Regression shrinkage and selection via the lasso*, 1996: the diamond and the circle.
# - N. Srivastava and others, *Dropout: a simple way to prevent neural networks from overfitting*, 2014.
# - I. Loshchilov, F. Hutter, *Decoupled weight decay regularization*, 2019: AdamW.
#
# [Lesson 09](../09-schedules/schedules.ipynb) ended with a lower training loss that was no better on held-out digits; now you know what happened there, and four things to do
# about it. The [next lesson](../11-batch-normalization/batch-normalization.ipynb) looks inside the network, at what its layers hand on to each other.

# %%
progress("10-regularization")
