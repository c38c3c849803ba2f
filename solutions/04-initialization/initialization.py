# %% [markdown]
# # 04 · Initialization
#
# **Why does a network with larger layers blow up before its first step?**
#
# When you are done, you can
#
# - say how large random weights must be for a signal to come through fifty layers,
# - write the usual initializers, and choose between them by the activation,
# - measure in any network how its signal fares on the way forward, and its gradient on the way back,
# - explain why no network may start from equal weights, and what a bad start costs.
#
# **Time:** about 85 minutes. **Builds on:** gradient descent in mini-batches (lesson 01), saddles and flat regions
# (lesson 03). Two words from statistics: the *variance* of some numbers is the mean of their squared distances from their
# mean, and the *standard deviation*, std for short, is its root.

# %%
import numpy as np

from gradlab import check, descend, progress, todo
from gradlab.explorers import Prediction, signal_explorer
from gradlab.optimizers import gradient_descent
from gradlab.plots import contours, curves, histograms, panels
from gradlab.surfaces import plateau
from gradlab.tables import table

# %% [markdown]
# ## 1. See it first
#
# Every descent has a starting point. The ravine's ball was put down at (-5, -2) by hand; a network has thousands of weights,
# and they are drawn at random. The only thing left to choose is how large.
#
# Each *unit*, or *neuron*, of a layer takes the $n$ numbers that it is given, multiplies each by a weight, and hands on the sum. Below are
# fifty such layers, one behind the other, of 100 units each. There is no training yet, and no *activation*, the function that
# units usually put their sums through. A signal of *size* 1 goes in on the left, and the curve shows what arrives behind each
# layer. (The *mean square* of some numbers is the mean of their squares, and the root of it is what we call their size.)
#
# **Your goal:** a size **between 0.5 and 2 through all 50 layers**. Find the std of the weights for 100 units, then for 50
# and for 200, and write the three down. (The arrow keys move a slider by one notch.)

# %%
grown = 1.2**50

signal_explorer(
    std=0.12,
    prediction=Prediction(
        question="With std 0.12 and 100 units, each layer makes the signal about 1.2 "
        "times as large. How large is it behind 50 layers?",
        options=("about 10 times", "about 60 times", "thousands of times"),
        reveal=f"1.2 to the power of 50 is {grown:.0f}. (This network, by chance, "
        "gains a little more.) Fifty small errors are not added, they are multiplied.",
    ),
)

# %% [markdown]
# There is hardly a hair's breadth between too weak and too strong, and it lies in another place for every number of units. What
# is the rule?
#
# ## 2. A sum of many terms
#
# A unit of the first layer computes $z = h_1 w_1 + h_2 w_2 + \dots + h_n w_n$, with random weights of both signs. Its
# terms partly cancel. How much is left? Let us try: $n$ products of random numbers of std 1, added up, ten thousand times.

# %%
rng = np.random.default_rng(4)
rows = []
for n in (1, 4, 25, 100, 400):
    products = rng.standard_normal((10_000, n)) * rng.standard_normal((10_000, n))
    rows.append([n, f"{products.sum(axis=1).std():.1f}"])

table(["terms n", "std of their sum"], rows)

# %% [markdown]
# A hundred terms make a sum ten times as large, not a hundred times: **the size of a sum grows with the root of the number of
# its terms.** The reason is that for independent numbers it is the *variances* that add up. With weights of std $\sigma$ and
# mean 0, each term has the variance $\sigma^2$ times the mean square of the inputs, written $\overline{h^2}$, and there are
# $n$ of them:
#
# $$\operatorname{Var}(z) = n\,\sigma^2\;\overline{h^2}$$
#
# | symbol | in code | what it is |
# |:--|:--|:--|
# | $n$ | `n_in` | how many numbers a unit adds up |
# | $\sigma$ | `std` | the standard deviation of the weights |
# | $h$ | `h` | what the layer is given, shape (examples, `n_in`) |
# | $z$ | `h @ W` | its sums, shape (examples, `n_out`) |
# | $W$ | `W` | its weights, shape (`n_in`, `n_out`): a column for each unit |
#
# So every layer multiplies the mean square by $n\sigma^2$. By hand, $n = 100$: with $\sigma = 1$ that is 100, and the size
# grows 10 times. With $\sigma = 0.12$ it is 1.44, and the size grows 1.2 times. The signal keeps its size
# where $n \sigma^2$ is 1, so
#
# $$\sigma = \frac{1}{\sqrt{n}}$$
#
# For 100 units that is 0.1, for 50 it is 0.141, for 200 it is 0.071. Are these the three numbers that you wrote down?
#
# > **Conventions.** The number of inputs is also called *fan-in*, that of the outputs *fan-out*. Here a layer is `h @ W`, with
# > `W` of shape (`n_in`, `n_out`); PyTorch stores it the other way round. "Normal with std $1/\sqrt{n}$" is often named after
# > Yann LeCun. PyTorch's own default is uniform, every number between $-1/\sqrt{n}$ and $1/\sqrt{n}$ being equally likely,
# > and has only a third of that variance. Biases start at 0 almost everywhere, and so they do here.
#
# The check draws thousands of weights and looks at their statistics, so the order in which you draw them does not matter.
#
# ### Exercise 1: `normal_init`


# %% nbgrader={"grade_id": "normal_init", "solution": true}
def normal_init(rng, shape):
    """Normal weights that keep the size of the signal.

    rng    a NumPy generator: all randomness comes from it
    shape  a tuple that ends in (n_in, n_out). There may be more axes in front, for
           several networks at once: (5, 64, 32) is five layers from 64 to 32 units.

    Returns an array of that shape: normal numbers of mean 0 and std 1 / sqrt(n_in).

    Example: normal_init(np.random.default_rng(0), (100, 30)) has a std close to 0.1.
    """
    ### BEGIN SOLUTION
    return rng.standard_normal(shape) / np.sqrt(shape[-2])
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_normal_init", "grade": true, "points": 4}
check(normal_init)
### BEGIN HIDDEN TESTS
check(normal_init, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Now send a signal through fifty layers of *your* weights, and beside them through weights whose std is fixed, all in
# single precision, the numbers of 32 bits in which networks are usually trained. Layers have 100 units where nothing else is
# said.


# %%
def constant_std(std):
    """An initializer that does not look at the shape."""
    return lambda rng, shape: std * rng.standard_normal(shape)


def largest_entries(initializer, n=100, layers=50):
    """The largest entry behind each layer, in single precision."""
    rng = np.random.default_rng(1)
    h = rng.standard_normal((32, n)).astype(np.float32)
    largest = []
    for _ in range(layers):
        with np.errstate(all="ignore"):
            h = h @ np.float32(initializer(rng, (n, n)))
        largest.append(np.abs(h).max())
    return np.array(largest)


starts = {
    "std 1": largest_entries(constant_std(1.0)),
    "std 0.01": largest_entries(constant_std(0.01)),
    "std 0.1": largest_entries(constant_std(0.1)),
    "std 0.1, but 400 units": largest_entries(constant_std(0.1), n=400),
    "your normal_init": largest_entries(normal_init),
    "your normal_init, 400 units": largest_entries(normal_init, n=400),
}
count = np.arange(1, 51)
shown = [1, 10, 20, 30, 38, 40, 45, 50]
table(
    ["largest entry behind layer", *map(str, shown)],
    [
        [name, *(f"{largest[layer - 1]:.1g}" for layer in shown)]
        for name, largest in starts.items()
    ],
)

# %% [markdown]
# - *Std 1:* ten times more in every layer, until the number no longer fits into 32 bits and becomes `inf`. One layer on,
#   `inf` minus `inf` is `nan`, "not a number", and all that it touches turns into `nan` too.
# - *Std 0.01:* ten times less in every layer, until nothing is left but exact zeros. Then the network says the same to every
#   input. (For 100 units 0.01 is $1/n$, what you get if you take the variance for the std. A forgotten root is enough.)
# - *Std 0.1* is right for 100 units; for 400 it is twice too large, and $2^{50}$ is about $10^{15}$. Here is the answer to the
#   question at the top: **whoever widens the layers must shrink the weights.**
# - *Yours* looks at the shape, and passes the signal on in both.
#
# None of these networks has made a single step yet.
#
# ## 3. Measure, do not guess
#
# Without activations, fifty layers can do no more than one: a product of fifty matrices is a matrix. With them, things happen
# between the sums. Rather than argue about each activation, build an instrument. For every layer it tells the mean square of
# what the layer hands on.
#
# > **Conventions.** Variance or mean square? For numbers of mean 0 they are the same. Behind a ReLU the mean is not 0, and what
# > counts for the next sum is the mean square: the formula of section 2 holds with it for *any* inputs. So `forward_variance`
# > measures about 0, `np.mean(h**2)`, and nothing is subtracted.
#
# ### Exercise 2: `forward_variance`


# %% nbgrader={"grade_id": "forward_variance", "solution": true}
def forward_variance(X, weights, activation):
    """The mean square of what each layer hands on.

    X           the inputs, shape (examples, n_in of the first layer)
    weights     a list of arrays, one a layer: shape (n_in, n_out)
    activation  a function for arrays, applied to the sums of every layer

    A layer is h <- activation(h @ W), and the first is given X. Returns an array of
    one number a layer: the mean of h**2 over all examples and units, behind it.
    What was passed in stays as it is.

    Example: forward_variance(np.array([[1.0, 2.0]]), [np.array([[1.0, -1.0],
    [1.0, 1.0]])], np.abs) is [5.0]: the sums are 3 and 1, and (9 + 1) / 2 is 5.
    """
    ### BEGIN SOLUTION
    squares, h = [], X
    for W in weights:
        h = activation(h @ W)
        squares.append(np.mean(h**2))
    return np.array(squares)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_forward_variance", "grade": true, "points": 4}
check(forward_variance)
### BEGIN HIDDEN TESTS
check(forward_variance, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Point it at three networks, all started by your `normal_init`: one without activation; one with tanh, which squeezes every
# number into the range from -1 to 1; one with ReLU, which makes 0 of what is negative and leaves the rest as it is. Each is
# drawn ten times. *Predict:* which of the three loses its signal fastest?


# %%
def identity(z):
    return z


def relu(z):
    return np.maximum(z, 0)


def network_of(initializer, sizes, rng):
    """The weights of all layers, for layers of these sizes."""
    return [initializer(rng, (sizes[i], sizes[i + 1])) for i in range(len(sizes) - 1)]


deep = [100] * 51  # an input of 100 numbers and 50 layers of 100 units


def ten_forwards(initializer, activation):
    """forward_variance of ten networks, shape (10, 50)."""
    rng = np.random.default_rng(2)
    X = rng.standard_normal((50, 100))
    nets = [network_of(initializer, deep, rng) for _ in range(10)]
    return np.array([forward_variance(X, weights, activation) for weights in nets])


def spread_curves(lines, **options):
    """Curves of the middle of ten networks, with all ten of them as a shade."""
    return curves(
        {name: (count, np.median(ten, axis=0)) for name, ten in lines.items()},
        bands={name: [ten.min(axis=0), ten.max(axis=0)] for name, ten in lines.items()},
        xlabel="layer",
        log=True,
        **options,
    )


measured = {
    "no activation": ten_forwards(normal_init, identity),
    "tanh": ten_forwards(normal_init, np.tanh),
    "ReLU": ten_forwards(normal_init, relu),
}
middle = {name: np.median(ten, axis=0) for name, ten in measured.items()}

panels(
    spread_curves(measured, ylabel="mean square of the signal"),
    alt="On a logarithmic scale the mean square stays near 1 without activation, sinks "
    "slowly below 0.1 and on with tanh, and falls along a straight line with ReLU.",
    caption="Behind 50 layers: "
    + ", ".join(f"{m[-1]:.2g} ({name})" for name, m in middle.items())
    + ". The line is the middle of ten networks, the shade holds all of them.",
)

# %% [markdown]
# - *Without activation* the rule holds, up to chance: the shade widens because fifty random factors near 1 are multiplied.
# - *tanh* squeezes what is large and leaves what is small nearly as it is. So it takes a good bite at first, and less and
#   less as the signal shrinks.
# - *ReLU* takes the same share every time: on a logarithmic scale a straight line down. Section 5 mends it.
#
# ## 4. The way back
#
# Training needs the gradient, and the gradient comes from the other end. Write $g$ for the gradient of the loss with
# respect to what a layer hands on. To get one layer down, the chain rule multiplies it by the slope of the activation, at
# the sums $z$ where the activation was called, and carries it back through the weights:
#
# $$g \leftarrow \big(g * f'(z)\big)\, W^{\mathsf T}$$
#
# ($*$ is entry by entry; $g$ is an array of shape (examples, `n_out`) before, and (examples, `n_in`) after.) Read it for a single
# input of the layer: it feeds `n_out` units, so `n_out` terms come back to it. A sum again, but of **another number of
# terms**. And both ways matter: the gradient of a weight is the signal that went into it, times the gradient that comes back
# to its sum. Where either is lost, nothing is learned.
#
# By hand, a network of two layers with ReLU and one example. The input (1, 2) has become the sums (3, 1), and the second
# layer, of a single unit with the weights 1 and 2, has made $3 \cdot 1 + 1 \cdot 2 = 5$ of them. If the gradient at that unit
# is 1, then $1 \cdot 1$ and $1 \cdot 2$ go back to the first layer. The mean squares are 1 at the second layer and
# $(1 + 4) / 2 = 2.5$ at the first.
#
# ### Exercise 3: `gradient_variance`


# %% nbgrader={"grade_id": "gradient_variance", "solution": true}
def gradient_variance(X, weights, activation, slope, grad):
    """The mean square of the gradient at the output of each layer.

    X, weights, activation   as for forward_variance
    slope  a function for arrays: the derivative of the activation
    grad   the gradient at the output of the last layer, shape (examples, its n_out)

    Go forward and keep the sums z = h @ W of every layer. Then go back: at the last
    layer the gradient is grad, and one layer down it is (grad * slope(z)) @ W.T, with z
    and W of the upper of the two. Returns an array of one number a layer, first layer
    first: the mean of the squared gradient at its output. The last is np.mean(grad**2).
    What was passed in stays as it is.

    Example: X = np.array([[1.0, 2.0]]), weights = [np.array([[1.0, -1.0], [1.0, 1.0]]),
    np.array([[1.0], [2.0]])], ReLU and grad = np.array([[1.0]]) give [2.5, 1.0].
    """
    ### BEGIN SOLUTION
    sums, h = [], X
    for W in weights:
        sums.append(h @ W)
        h = activation(sums[-1])
    squares = np.empty(len(weights))
    for layer in reversed(range(len(weights))):
        squares[layer] = np.mean(grad**2)
        grad = (grad * slope(sums[layer])) @ weights[layer].T
    return squares
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_gradient_variance", "grade": true, "points": 5}
check(gradient_variance)
### BEGIN HIDDEN TESTS
check(gradient_variance, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Point both instruments at a funnel: 400 inputs, then layers of 200, 100, 50 and 25 units, no activation. *Predict:* weights
# of std $1/\sqrt{n_{in}}$ keep the signal. What do they do to the gradient?

# %%
funnel = [400, 200, 100, 50, 25]


def identity_slope(z):
    return np.ones_like(z)


def both_ways(initializer, sizes, activation, slope, networks=20):
    """Mean squares per layer, forward and back, the mean of several networks."""
    rng = np.random.default_rng(3)
    ways = []
    for _ in range(networks):
        weights = network_of(initializer, sizes, rng)
        X = rng.standard_normal((100, sizes[0]))
        grad = rng.standard_normal((100, sizes[-1]))
        ways.append(
            [
                forward_variance(X, weights, activation),
                gradient_variance(X, weights, activation, slope, grad),
            ]
        )
    return np.mean(ways, axis=0)


def by_outputs(rng, shape):
    """Normal with std 1 / sqrt(n_out)."""
    return rng.standard_normal(shape) / np.sqrt(shape[-1])


def funnel_rows(initializers):
    rows = []
    for name, initializer in initializers.items():
        forward, back = both_ways(initializer, funnel, identity, identity_slope)
        rows.append([f"{name}: signal", *(f"{value:.2f}" for value in forward)])
        rows.append([f"{name}: gradient", *(f"{value:.2f}" for value in back)])
    return rows


table(
    ["mean square behind a layer of", *map(str, funnel[1:])],
    funnel_rows({"1/sqrt(n_in)": normal_init, "1/sqrt(n_out)": by_outputs}),
    caption="A funnel of four layers",
)

# %% [markdown]
# Read the gradient from right to left. Each layer has half as many outputs as inputs, so on the way back half as many
# terms are added up, and its mean square is halved each time. With $1/\sqrt{n_{out}}$ the gradient is kept, and
# the signal doubles instead. You cannot have both: forwards wants $\sigma^2 = 1/n_{in}$, backwards $\sigma^2 = 1/n_{out}$.
#
# Xavier Glorot and Yoshua Bengio proposed a compromise in 2010: one over the *mean* of the two numbers.
#
# $$\sigma^2 = \frac{1}{(n_{in} + n_{out})\,/\,2} = \frac{2}{n_{in} + n_{out}}$$
#
# By hand: a layer from 200 to 100 units gets $2 / 300$, a std of 0.082, between the 0.071 that the signal asks for and
# the 0.1 that the gradient asks for. Where all layers are equally wide, it is $1/\sqrt{n}$ again.
#
# > **Conventions.** The same rule is called *Xavier* after his first name, and *Glorot* after his last. PyTorch multiplies the
# > std by a *gain*, 1 unless you ask for more, and suggests 5/3 for tanh. Keras cuts its normal version off at two standard
# > deviations; here nothing is cut off.
#
# ### Exercise 4: `xavier_normal`


# %% nbgrader={"grade_id": "xavier_normal", "solution": true}
def xavier_normal(rng, shape):
    """Normal weights of Xavier's variance.

    rng    a NumPy generator
    shape  a tuple that ends in (n_in, n_out), as for normal_init

    Returns an array of that shape: normal numbers of mean 0 and
    std sqrt(2 / (n_in + n_out)).

    Example: xavier_normal(np.random.default_rng(0), (50, 150)) has a std close to 0.1.
    """
    ### BEGIN SOLUTION
    n_in, n_out = shape[-2:]
    return np.sqrt(2 / (n_in + n_out)) * rng.standard_normal(shape)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_xavier_normal", "grade": true, "points": 3}
check(xavier_normal)
### BEGIN HIDDEN TESTS
check(xavier_normal, hidden=True)
### END HIDDEN TESTS

# %%
table(
    ["mean square behind a layer of", *map(str, funnel[1:])],
    funnel_rows({"your xavier_normal": xavier_normal}),
    caption="The same funnel",
)

# %% [markdown]
# Now both drift, and neither as far. Signal and gradient share the damage: a layer that halves the width makes the signal $4/3$
# times and the gradient $2/3$ times as large in mean square.
#
# Nothing in this argument asked for a *normal* distribution, only for a mean of 0 and the right variance. A *uniform* one, where
# all numbers between $-a$ and $a$ are equally likely, will do as well; it was Xavier's own choice. Its variance is the mean
# of $w^2$ over that range,
#
# $$\frac{1}{2a} \int_{-a}^{a} w^2\,dw = \frac{a^2}{3}, \qquad\text{so}\qquad a = \sqrt{3}\,\sigma
# = \sqrt{\frac{6}{n_{in} + n_{out}}}.$$
#
# Mind the $\sqrt 3$: the limit is *not* the std.
#
# ### Exercise 5: `xavier_uniform`


# %% nbgrader={"grade_id": "xavier_uniform", "solution": true}
def xavier_uniform(rng, shape):
    """Uniform weights of Xavier's variance.

    rng    a NumPy generator
    shape  a tuple that ends in (n_in, n_out), as for normal_init

    Returns an array of that shape: uniform numbers between -limit and limit, with
    limit = sqrt(6 / (n_in + n_out)).

    Example: in xavier_uniform(np.random.default_rng(0), (50, 100)) no weight is larger
    than 0.2, and the std is close to 0.2 / sqrt(3) = 0.115.
    """
    ### BEGIN SOLUTION
    n_in, n_out = shape[-2:]
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, shape)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_xavier_uniform", "grade": true, "points": 3}
check(xavier_uniform)
### BEGIN HIDDEN TESTS
check(xavier_uniform, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Your two functions side by side: another shape, the same spread, and through fifty layers of tanh the same fate. On the right is the
# signal, on its way from layer 1 to layer 50.

# %%
drawn = {
    "normal": xavier_normal(np.random.default_rng(5), (200, 100)),
    "uniform": xavier_uniform(np.random.default_rng(5), (200, 100)),
}
panels(
    histograms(drawn, xlabel="weight, from 200 to 100 units", title="The weights"),
    spread_curves(
        {
            "normal": ten_forwards(xavier_normal, np.tanh),
            "uniform": ten_forwards(xavier_uniform, np.tanh),
        },
        ylabel="mean square of the signal",
        title="Fifty layers of tanh",
    ),
    alt="Left: a bell and a box of the same spread. Right: the two curves of the signal "
    "fall together, from 0.4 to about 0.01.",
    caption="Standard deviations: "
    + ", ".join(f"{weights.std():.3f} ({name})" for name, weights in drawn.items())
    + ".",
    height=3.2,
)

# %% [markdown]
# Xavier's rule was made for activations that are straight near 0 with a slope of 1, such as tanh. It is used for the sigmoid
# $1 / (1 + e^{-z})$ as well. Does the argument hold there? Ten layers of each:


# %%
def tanh_slope(z):
    return 1 - np.tanh(z) ** 2


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_slope(z):
    return sigmoid(z) * (1 - sigmoid(z))


def four_times(rng, shape):
    return 4 * xavier_normal(rng, shape)


ten = [100] * 11
rows = []
for name, initializer, f, slope in [
    ("tanh", xavier_normal, np.tanh, tanh_slope),
    ("sigmoid", xavier_normal, sigmoid, sigmoid_slope),
    ("sigmoid, weights 4 times as large", four_times, sigmoid, sigmoid_slope),
]:
    forward, back = both_ways(initializer, ten, f, slope, networks=10)
    rows.append([name, f"{forward[-1]:.2g}", f"{back[0]:.1g}"])

table(
    ["activation", "signal behind layer 10", "gradient at layer 1"],
    rows,
    caption="Mean squares; the gradient starts at layer 10 with 1",
)

# %% [markdown]
# With tanh a useful part of both arrives. The sigmoid's signal looks healthy, but nearly all of its 0.26 is the square of the
# half that every unit hands on, whatever comes in. And its slope is at most a quarter, so at every layer the mean square of
# the gradient is divided by 16 or more. Weights four times as large, to make up for the quarter, bring much of it back, but
# not what tanh has. This is one reason why sigmoids have left the hidden layers of deep networks.
#
# ## 5. ReLU throws half away
#
# Back to the straight line of section 3. *Predict* once more, then use the sliders: the **goal** is the same band, now
# with ReLU behind every sum. Find the std for 100 units.

# %%
signal_explorer(
    activation="relu",
    std=0.1,
    prediction=Prediction(
        question="With std 0.1 the sums of 100 terms keep the size of what they are "
        "given. Then ReLU cuts off what is negative. How large is the signal behind 50 "
        "layers?",
        options=("about half", "about a thousandth", "less than a millionth"),
        reveal="Half of the mean square is lost fifty times: the size is multiplied by "
        f"{np.sqrt(0.5) ** 50:.1e}, a number with seven zeros behind the point.",
    ),
)

# %% [markdown]
# By hand: four sums, -2, -1, 1, 2. Their mean square is $(4 + 1 + 1 + 4)/4 = 2.5$. ReLU makes 0, 0, 1, 2 of them, with the
# mean square 1.25: **half**. That is so whenever a sum is as often positive as negative and equally large, and random weights
# of both signs see to that. The slope of ReLU is 1 for one half of the sums and 0 for the other, so on its way back the
# gradient loses half as well. One factor mends both. Let the weights have twice the variance:
#
# $$\sigma^2 = \frac{2}{n_{in}}$$
#
# Kaiming He and his colleagues published it in 2015, with a network of thirty layers that learned from this start and would
# not learn from Xavier's. For 100 units it is a std of 0.141. Is that where your slider stands?
#
# > **Conventions.** Also called *Kaiming* initialization. He's paper allows $n_{out}$ in place of $n_{in}$, which keeps
# > the gradient instead of the signal; nearly everybody takes $n_{in}$, and so does the check.
#
# ### Exercise 6: `he_normal`


# %% nbgrader={"grade_id": "he_normal", "solution": true}
def he_normal(rng, shape):
    """Normal weights for layers with ReLU.

    rng    a NumPy generator
    shape  a tuple that ends in (n_in, n_out), as for normal_init

    Returns an array of that shape: normal numbers of mean 0 and std sqrt(2 / n_in).

    Example: he_normal(np.random.default_rng(0), (200, 30)) has a std close to 0.1.
    """
    ### BEGIN SOLUTION
    return np.sqrt(2 / shape[-2]) * rng.standard_normal(shape)
    ### END SOLUTION


# %% nbgrader={"grade_id": "check_he_normal", "grade": true, "points": 3}
check(he_normal)
### BEGIN HIDDEN TESTS
check(he_normal, hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Fifty layers of ReLU, started by Xavier's rule and by yours, in both directions:


# %%
def relu_slope(z):
    return np.where(z > 0, 1.0, 0.0)


def ten_backs(initializer, activation, slope):
    """gradient_variance of ten networks, shape (10, 50)."""
    rng = np.random.default_rng(2)
    X, grad = rng.standard_normal((2, 50, 100))
    nets = [network_of(initializer, deep, rng) for _ in range(10)]
    return np.array([gradient_variance(X, W, activation, slope, grad) for W in nets])


onward = {
    "xavier_normal": ten_forwards(xavier_normal, relu),
    "your he_normal": ten_forwards(he_normal, relu),
}
backward = {
    "xavier_normal": ten_backs(xavier_normal, relu, relu_slope),
    "your he_normal": ten_backs(he_normal, relu, relu_slope),
}
ends = [
    np.median(ways["your he_normal"], axis=0)[at]
    for ways, at in [(onward, -1), (backward, 0)]
]
after_ten = [np.median(ten, axis=0)[9] for ten in onward.values()]

panels(
    spread_curves(
        onward, ylabel="mean square", ylim=(1e-18, 1e4), title="Signal: read rightwards"
    ),
    spread_curves(
        backward,
        ylabel="mean square",
        ylim=(1e-18, 1e4),
        title="Gradient: read leftwards",
    ),
    alt="Left: with Xavier's weights the signal of a ReLU network falls along a straight "
    "line to 1e-15; with He's it stays near 1. Right: the gradient does the same, from "
    "layer 50 down to layer 1.",
    caption=f"Behind 10 layers the signal is {after_ten[0]:.2g} (Xavier) and "
    f"{after_ten[1]:.2g} (He). At the far end He leaves {ends[0]:.2g} of the signal and "
    f"{ends[1]:.2g} of the gradient: the middle of ten networks.",
    height=3.2,
)

# %% [markdown]
# He's rule does not make every single network perfect: the shade shows that chance alone moves the signal by a factor
# of ten or more over fifty layers of 100 units. But it takes away the part that is *certain* to ruin a deep network.
#
# And He without ReLU? Here are his weights and Xavier's in fifty layers of tanh, and in ten without any activation:


# %%
def short(value):
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


rows = []
for name, initializer in [("xavier_normal", xavier_normal), ("he_normal", he_normal)]:
    signal = np.median(ten_forwards(initializer, np.tanh), axis=0)
    gradient = np.median(ten_backs(initializer, np.tanh, tanh_slope), axis=0)
    linear = np.median(ten_forwards(initializer, identity), axis=0)
    found = (signal[9], signal[-1], gradient[40], gradient[0], linear[9])
    rows.append([name, *map(short, found)])

table(
    [
        "",
        "signal, layer 10",
        "signal, layer 50",
        "gradient, layer 41",
        "gradient, layer 1",
        "no activation: layer 10",
    ],
    rows,
    caption="Mean squares in fifty layers of tanh; last column: the signal without it",
)

# %% [markdown]
# Without an activation there is nothing to make up for, and He's factor 2 overshoots by $2^{10} = 1024$ in ten layers. With
# tanh the case is less clear than the rule "Xavier for tanh, He for ReLU" makes it. Xavier's weights let both fade. With He's
# the signal comes to rest where the bite of tanh and the factor 2 balance, and the price is a gradient that *grows* on its way
# back. Keep this in mind for section 8.
#
# ## 6. Different neurons
#
# Why random numbers at all? Let us start a network on the 1797 handwritten digits, 64 pixels each, with weights that are
# **equal**. It has 32 hidden units with tanh and 10 outputs. *Predict:* after ten epochs, what have the 32
# units learned?

# %%
from gradlab.data import digits, stratified_split
from gradlab.network import MLP
from gradlab.training import fit

images, labels = digits()
train, held_out = stratified_split(labels, (0.75, 0.25), np.random.default_rng(0))
images = (images - images[train].mean()) / images[train].std()  # mean square 1
network = MLP((64, 32, 10))


def trained_from(initializer):
    """Ten epochs from five starts, in double precision: rounding parts nothing."""
    return fit(
        network,
        network.init(
            np.random.default_rng(1), runs=5, initializer=initializer, dtype=float
        ),
        images[train],
        labels[train],
        gradient_descent,
        epochs=10,
        batch_size=64,
        rng=np.random.default_rng(2),
        validation=(images[held_out], labels[held_out]),
        lr=0.3,
    )


def nearly_equal(rng, shape):
    return 0.1 + 1e-6 * rng.standard_normal(shape)


rows = []
for name, initializer in [
    ("all 0", lambda rng, shape: np.zeros(shape)),
    ("all 0.1", lambda rng, shape: np.full(shape, 0.1)),
    ("0.1 and a millionth of noise", nearly_equal),
    ("your normal_init", normal_init),
]:
    history = trained_from(initializer)
    units = network.views(history.params)["W1"].round(6)
    kinds = [len(np.unique(weights, axis=1).T) for weights in units]
    loss, right = history.loss[-1], history.accuracy[-1]
    rows.append(
        [
            name,
            f"{np.mean(kinds):.0f}",
            f"{loss.mean():.3f} ± {loss.std():.3f}",
            f"{right.mean():.3f} ± {right.std():.3f}",
        ]
    )

table(
    ["weights at the start", "different units", "training loss", "held-out accuracy"],
    rows,
    caption="After ten epochs; five seeds, mean and standard deviation",
)

# %% [markdown]
# - **All 0:** the hidden units hand on 0, and no gradient comes back through weights of 0. Only the biases of the outputs can learn,
#   and all they can learn is how frequent each digit is. The loss stays at the $\ln 10 = 2.303$ of a blind guess.
# - **All equal:** every hidden unit is given the same inputs and hands on the same number, so it gets the same gradient, and after
#   the step it is *still* the same. Thirty-two units do the work of one. The gradient descent you know cannot part them:
#   it has no reason to treat one differently from another.
# - **A millionth of noise** is enough to part them. It is the story of the *saddle* (lesson 03): along the ridge, where all
#   units are equal, there is no way down but the ridge's own, and the smallest push to the side is enough to leave it. But it
#   takes its time, and ten epochs are not enough to catch up.
# - **Random weights** make 32 different units from the first step on. Being different is what randomness is for; the right size is
#   what the formulas are for.
#
# ## 7. What a bad start costs
#
# Why not start anywhere and let gradient descent do the rest? Because of flat regions. Here is the plateau of lesson 03, with two
# starts. *Predict:* how many times longer does the far one take?

# %%
far, near = (
    descend(plateau, start, gradient_descent, steps=600, lr=0.3)
    for start in (np.array([-3.0, 2.0]), np.array([1.5, 1.0]))
)
panels(
    contours(plateau, {"on the flat": far.points, "on the slope": near.points}),
    curves(
        {"on the flat": far.losses[:401], "on the slope": near.losses[:401]},
        xlabel="steps",
        ylabel="loss",
        mark=(0.01, "goal"),
    ),
    alt="Left: a hole in a plateau, and two starts, one on its slope and one twice as far "
    "from the middle. Right: the near one falls at once; the far one stays at the top "
    "for some two hundred steps and then falls just as steeply.",
    caption=f"Below 0.01 after {near.steps_to(0.01)} steps from the slope and after "
    f"{far.steps_to(0.01)} from the flat. Once it has found the edge, the far ball is as "
    "quick as the near one.",
    height=3.2,
)

# %% [markdown]
# A network has such plateaus too, and it is the size of the first weights that decides whether you start on one. Take your
# `normal_init`, multiply all its weights by a factor from a hundredth to thirty, and count the steps until the training loss is below
# 0.5. Three hidden layers of 32 units with tanh, the same rate for all, so that only the start differs.

# %%
factors = np.array([0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30], dtype=np.float32)
network = MLP((64, 32, 32, 32, 10))
starts = factors[:, None, None] * network.init(
    np.random.default_rng(1), runs=5, initializer=normal_init
)
first_loss, first_gradient = network.loss_and_gradient(
    starts, images[train], labels[train]
)
last_hidden = network.forward(starts, images[train]).hidden[-1].activated
at_flat_ends = np.mean(np.abs(last_hidden) > 0.95, axis=(1, 2, 3))
history = fit(
    network,
    starts,
    images[train],
    labels[train],
    gradient_descent,
    epochs=35,
    batch_size=64,
    rng=np.random.default_rng(2),
    lr=0.3,
)
per_epoch = -(-len(train) // 64)  # mini-batches, the last one smaller


def steps_to_half(losses):
    """Steps until the loss of each seed is below 0.5, in words."""
    below = losses < 0.5
    if not below.any(axis=0).all():
        return f"{below.any(axis=0).sum()} of 5 seeds arrive"
    steps = below.argmax(axis=0) * per_epoch
    return f"{steps.mean():.0f} ± {steps.std():.0f}"


table(
    [
        "normal_init times",
        "loss at the start",
        "length of its gradient",
        "units near ±1",
        "steps",
    ],
    [
        [
            f"{factor:g}",
            f"{first_loss[i].mean():.2f}",
            f"{np.linalg.norm(first_gradient[i], axis=-1).mean():.2g}",
            f"{at_flat_ends[i]:.0%}",
            steps_to_half(history.loss[:, i]),
        ]
        for i, factor in enumerate(factors)
    ],
    caption=f"Steps to a training loss of 0.5, within {35 * per_epoch}; five seeds, "
    f"looked at every {per_epoch} steps",
)

# %% [markdown]
# With small weights the loss starts at $\ln 10$, a blind guess, and its gradient is next to nothing: a plateau. With the factors
# 0.01 and 0.03 no run leaves it in the time given, and 0.1 takes more than ten times as long as 1. Weights that are far too
# large start high up, with nearly all units of the last hidden layer beyond 0.95 in size. At those ends of tanh its slope is
# below $1 - 0.95^2 \approx 0.1$, so there is gradient enough, but few units hear of it. In between lies a broad valley. For this
# network of *four* layers of weights, three times too much does no harm at all. But fifty layers make $3^{50}$ out of such an
# error. **The deeper the network, the narrower the choice.**
#
# ## 8. On a deep network
#
# So take a deeper one: eight hidden layers of 32 units, on the digits, once with tanh and once with ReLU. It starts from two
# of your initializers, and from a std of 0.05 that somebody has found in an old program. (`normal_init` would be nearly
# Xavier's twin here, because the hidden layers are equally wide.) Five seeds, and each start at its own best rate out of
# four.
#
# *Predict* a winner for tanh, and one for ReLU.

# %%
rates = np.array([0.03, 0.1, 0.3, 0.9])
initializers = {
    "std 0.05": constant_std(0.05),
    "xavier_normal": xavier_normal,
    "he_normal": he_normal,
}


def train_deep(activation, initializer):
    """Ten epochs for every rate and seed: a History of 4 x 5 runs."""
    network = MLP((64, *[32] * 8, 10), activation=activation)
    starts = network.init(np.random.default_rng(1), runs=5, initializer=initializer)
    return fit(
        network,
        np.tile(starts, (len(rates), 1, 1)),
        images[train],
        labels[train],
        gradient_descent,
        epochs=10,
        batch_size=128,
        rng=np.random.default_rng(2),
        validation=(images[held_out], labels[held_out]),
        lr=rates[:, None, None],
    )


best = {}  # (activation, initializer) -> the rate, the losses and the accuracies
for activation in ("tanh", "relu"):
    for name, initializer in initializers.items():
        history = train_deep(activation, initializer)
        final = np.nan_to_num(history.loss[-1], nan=np.inf).mean(axis=-1)
        at = final.argmin()
        best[activation, name] = (
            rates[at],
            history.loss[:, at],
            history.accuracy[-1, at],
        )


def training_curves(activation, title):
    runs = {name: best[activation, name][1] for name in initializers}
    return curves(
        {name: losses.mean(axis=1) for name, losses in runs.items()},
        bands={name: [r.min(axis=1), r.max(axis=1)] for name, r in runs.items()},
        xlabel="epochs",
        ylabel="training loss",
        log=True,
        ylim=(0.01, 4),
        title=title,
    )


panels(
    training_curves("tanh", "Eight layers of tanh"),
    training_curves("relu", "Eight layers of ReLU"),
    alt="Training loss over ten epochs. With tanh he_normal ends lowest, xavier_normal "
    "follows, and std 0.05 stays flat. With ReLU he_normal falls far "
    "below 1, with a stumble after two epochs; xavier_normal hardly moves for three "
    "epochs and ends above 1.",
    caption="Each at its best rate: the mean of five seeds, with the best and the worst "
    "of them as a shade.",
)

# %%
table(
    ["", "best rate", "loss, 2 epochs", "loss, 10 epochs", "held-out accuracy"],
    [
        [
            f"{activation}, {name}",
            f"{rate:g}",
            *(
                f"{runs.mean():.3f} ± {runs.std():.3f}"
                for runs in (losses[2], losses[-1], right)
            ),
        ]
        for (activation, name), (rate, losses, right) in best.items()
    ],
    caption="Mean and standard deviation of five seeds",
)

# %% [markdown]
# **Std 0.05** is 0.28 times what 32 inputs ask for, and nine layers leave less than a ten-thousandth of the signal. With either
# activation the loss is still at $\ln 10$ after ten epochs, at the best of four rates: nothing has been learned.
#
# **ReLU** is as the theory has it. From Xavier's start the loss hardly moves for three epochs, and after ten it is far
# behind, by more than twice the spread of either. He's start is no smooth ride: the large ± after two epochs is one seed that
# was thrown back and then recovered, as the shade shows.
#
# **tanh** is not. The rule says Xavier, and He wins, if with a wider spread. Section 5 showed why this is no accident: tanh takes a bite out of the
# signal in every layer, and a little more variance makes up for it (PyTorch's gain of 5/3 has the same purpose). Eight layers
# are too few for He's growing gradient to do harm. A rule of thumb tells you where to begin; `forward_variance` and
# `gradient_variance` tell you about *your* network.
#
# ## 9. What you should have seen
#
# - A sum of $n$ terms is $\sqrt n$ times as large as one of them, so weights need a std of $1/\sqrt{n_{in}}$.
# - What a layer does to the signal is multiplied from layer to layer: fifty layers forgive nothing.
# - The way back adds up $n_{out}$ terms. Xavier's variance, $2/(n_{in} + n_{out})$, is the compromise.
# - ReLU halves the mean square in both directions, and He's $2/n_{in}$ makes up for it.
# - Equal weights never part. Random ones are different from the first step.
# - A bad start is often a flat region. It costs steps, and in a deep network it may cost all that you have.
#
# ### Written question 1 (3 points)
#
# A friend has a network of ReLU layers, all 256 units wide, that trains well with four layers. With forty layers the loss
# does not move from $\ln 10$. The weights are normal with std $1/16$. What is wrong, and why did it not show with four layers?
# Give the number that `forward_variance` would find behind layer 4 and behind layer 40, for inputs of mean square 1.

# %% [markdown] nbgrader={"grade_id": "written_relu", "grade": true, "solution": true, "points": 3}
# <!-- BEGIN SOLUTION -->
# **Rubric.** One point each:
#
# 1. Names the cause: 1/16 is 1/sqrt(256), right for layers without an activation; ReLU halves the mean square in every
#    layer. The std should be sqrt(2/256) = 0.088.
# 2. Numbers: about $1/2^4 = 0.06$ behind layer 4, about $1/2^{40}$, which is 1e-12, behind layer 40.
# 3. Why it did not show: a signal of a sixteenth can still be made up for by training, and the gradient is not much weaker either;
#    with 1e-12 outputs are the same for every input and the gradient is next to nothing: a plateau.
# <!-- END SOLUTION -->

# %% [markdown]
# ### Written question 2 (3 points)
#
# Look at the table of section 8. What would you claim about He against Xavier for tanh, and for ReLU, with numbers and
# their spread? Name one thing that this experiment cannot tell, and how you would find it out.

# %% [markdown] nbgrader={"grade_id": "written_claims", "grade": true, "solution": true, "points": 3}
# <!-- BEGIN SOLUTION -->
# **Rubric.** One point each:
#
# 1. ReLU: He is far ahead; quotes both losses (or accuracies) after ten epochs and says that they lie several standard deviations
#    apart.
# 2. tanh: He is ahead here too, against the rule; quotes both losses and compares the distance with the spread. Does not claim more
#    than "in this network".
# 3. Names something that is not covered: other depths or widths, longer training, one split of the data, a finer grid of rates; and an
#    experiment that would settle it.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Where to read on
#
# - Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, *Efficient BackProp*, 1998: where $1/\sqrt{n}$ comes from, and much else that
#   still holds.
# - X. Glorot, Y. Bengio, *Understanding the difficulty of training deep feedforward neural networks*, 2010.
# - K. He, X. Zhang, S. Ren, J. Sun, *Delving deep into rectifiers*, 2015.
# - A. Saxe, J. McClelland, S. Ganguli, *Exact solutions to the nonlinear dynamics of learning in deep linear neural networks*,
#   2014: another way to pass a signal through many layers.
#
# In the last lesson, [03 · Local optima](../03-local-optima/local-optima.ipynb), the landscape decided where a descent ends;
# today it was the start. From here on the start is settled, and it is the *steps* that get better. In the next lesson,
# [05 · Momentum](../05-momentum/momentum.ipynb), the ball learns to remember.

# %%
progress("04-initialization")
