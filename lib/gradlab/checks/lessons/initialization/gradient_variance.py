"""`gradient_variance`: how strong the gradient still is at each layer, on its way back."""

import numpy as np

from gradlab.checks.exercise import Exercise
from gradlab.checks.lessons.initialization.passes import aspects


def _sums(X, weights, activation):
    """The sums h @ W of each layer, and the outputs made of them."""
    sums, outputs, h = [], [], X
    for W in weights:
        sums.append(h @ W)
        h = activation(sums[-1])
        outputs.append(h)
    return sums, outputs


def _gradients(X, weights, activation, slope, grad):
    """The gradient with respect to the output of each layer, first layer first."""
    sums, _ = _sums(X, weights, activation)
    gradients = [grad]
    for W, z in zip(weights[:0:-1], sums[:0:-1], strict=True):
        gradients.append((gradients[-1] * slope(z)) @ W.T)
    return gradients[::-1]


def _gradient_variance(X, weights, activation, slope, grad):
    return np.array([np.mean(g**2) for g in _gradients(X, weights, activation, slope, grad)])


gradient_variance = Exercise(
    name="gradient_variance",
    lesson="04-initialization",
    returns=("the mean squares",),
    reference=_gradient_variance,
    aspects=aspects(lambda net: net.backward, deep_points=2),
    hints=(
        "You need the sums of every layer on the way back. So go forwards first, and keep them. What is the gradient at the "
        "output of the last layer?",
        "Then go from the last layer to the first. At each, note the mean of the squares of grad; then multiply it by the slope "
        "at this layer's sums, and multiply the result by this layer's weights, transposed. In the end turn the notes round.",
    ),
)


def _going_back(back, measure=lambda g: np.mean(g**2)):
    """A walk from the last layer to the first: back(grad, z, h, W, slope, activation) is the next gradient."""

    def function(X, weights, activation, slope, grad):
        sums, outputs = _sums(X, weights, activation)
        squares = []
        for W, z, h in zip(weights[::-1], sums[::-1], outputs[::-1], strict=True):
            squares.append(measure(grad))
            grad = back(grad, z, h, W, slope, activation)
        return np.array(squares[::-1])

    return function


def _right(grad, z, h, W, slope, activation):
    return (grad * slope(z)) @ W.T


gradient_variance.mistake(
    "No slope",
    why="Your gradient only passes the weights. On its way it also passes the activation, and there the chain rule asks "
    "for a factor.",
    hint="Which of your arguments have you not used?",
)(_going_back(lambda grad, z, h, W, slope, activation: grad @ W.T))

gradient_variance.mistake(
    "The slope at the output",
    why="You take the slope at h, what the layer hands on. The activation was called on the sums, so its slope is taken there.",
    hint="h = activation(z). Where on the curve does the slope belong, at z or at h?",
)(_going_back(lambda grad, z, h, W, slope, activation: (grad * slope(h)) @ W.T))

gradient_variance.mistake(
    "The activation instead of its slope",
    why="You multiply by what the activation gives, not by how steep it is.",
    hint="What does the chain rule multiply by: a value, or a derivative?",
)(_going_back(lambda grad, z, h, W, slope, activation: (grad * h) @ W.T))

gradient_variance.mistake(
    "The slope of the gradient",
    why="You take the slope at grad; it is the slope of the activation at this layer's sums.",
    hint="On the way forward, what was the activation called on?",
)(_going_back(lambda grad, z, h, W, slope, activation: slope(grad) @ W.T))

gradient_variance.mistake(
    "The gradient is lost",
    why="You start afresh at every layer: the gradient that comes from the layer above is not in your product.",
    hint="What is multiplied by the slope?",
)(_going_back(lambda grad, z, h, W, slope, activation: slope(z) @ W.T))

gradient_variance.mistake(
    "Multiplied by the sums",
    why="You multiply by the sums themselves, not by the slope of the activation there.",
    hint="Which of your arguments have you not used?",
)(_going_back(lambda grad, z, h, W, slope, activation: (grad * z) @ W.T))

gradient_variance.mistake(
    "The weights are not transposed",
    why="You multiply by W itself. On the way back a layer's n_out gradients become n_in, which takes W.T.",
    hint="grad has n_out columns, and n_in are wanted. Which product fits?",
)(_going_back(lambda grad, z, h, W, slope, activation: (grad * slope(z)) @ W))

gradient_variance.mistake(
    "Divided by the slope",
    why="You divide by the slope. The chain rule multiplies.",
    hint="If the activation were flat, how much of the gradient would get through?",
)(_going_back(lambda grad, z, h, W, slope, activation: (grad / slope(z)) @ W.T))

gradient_variance.mistake(
    "The squares are handed on",
    why="You square the gradient and send the squares on to the layer below.",
    hint="Keep what is measured apart from what is handed on.",
)(_going_back(lambda grad, z, h, W, slope, activation: (grad**2 * slope(z)) @ W.T))

gradient_variance.mistake(
    "Not handed on",
    why="Your gradient is the same at every layer: what one layer passes back never reaches the layer below.",
    hint="Which variable should change from one turn of the loop to the next?",
)(_going_back(lambda grad, z, h, W, slope, activation: grad))


def _measuring(name, measure, *, why, hint):
    gradient_variance.mistake(name, why=why, hint=hint)(_going_back(_right, measure))


_measuring(
    "The variance about the mean",
    np.var,
    why="np.var takes the mean off first; here nothing is subtracted.",
    hint="Square first, then take the mean.",
)
_measuring(
    "The root of the mean square",
    lambda g: np.sqrt(np.mean(g**2)),
    why="You take the root at the end; the mean square itself is asked for.",
    hint="Which of the two does the docstring name?",
)
_measuring(
    "The standard deviation",
    np.std,
    why="np.std takes the mean off first, and the root at the end.",
    hint="Square first, then take the mean. Is there anything else to do?",
)
_measuring(
    "The sum instead of the mean",
    lambda g: np.sum(g**2),
    why="You add up the squares without dividing by how many there are.",
    hint="How many squares are in the sum?",
)
_measuring(
    "The mean is squared",
    lambda g: np.mean(g) ** 2,
    why="You take the mean first and square it then: numbers of both signs cancel before they are squared.",
    hint="Which comes first, the square or the mean?",
)
_measuring(
    "The mean size",
    lambda g: np.mean(np.abs(g)),
    why="You take the mean of the sizes; the squares are asked for.",
    hint="What is done to an entry before the mean is taken?",
)
_measuring(
    "The sum over each example",
    lambda g: np.mean(np.sum(g**2, axis=1)),
    why="You add up the squares of each example and take the mean over the examples only, so a wider layer looks stronger.",
    hint="The mean goes over all entries: over the examples, and over what else?",
)


@gradient_variance.mistake(
    "In reverse order",
    why="Your numbers are right, and come as you met them on the way back: the last layer first.",
    hint="Which layer should the first number belong to?",
)
def _(X, weights, activation, slope, grad):
    return _gradient_variance(X, weights, activation, slope, grad)[::-1]


@gradient_variance.mistake(
    "The gradient at the inputs of the layers",
    why="You measure the gradient *after* it has passed a layer: at the inputs, one layer too low. The first number belongs to "
    "X, and the output of the last layer is missing.",
    hint="For the last layer, what should come out is the mean square of the grad that was passed in. Measure first, then go on.",
)
def _(X, weights, activation, slope, grad):
    return _with_inputs(X, weights, activation, slope, grad)[:-1]


def _with_inputs(X, weights, activation, slope, grad):
    sums, _ = _sums(X, weights, activation)
    gradients = _gradients(X, weights, activation, slope, grad)
    below = (gradients[0] * slope(sums[0])) @ weights[0].T
    return np.array([np.mean(g**2) for g in [below, *gradients]])


@gradient_variance.mistake(
    "The gradient at the inputs of the layers",
    why="You measure the gradient *after* it has passed a layer, and the numbers come in reverse order as well.",
    hint="For the last layer, what should come out is the mean square of the grad that was passed in, as the last number.",
)
def _(X, weights, activation, slope, grad):
    return _with_inputs(X, weights, activation, slope, grad)[:-1][::-1]


@gradient_variance.mistake(
    "The input is counted as a layer",
    why="Your first number belongs to X. Asked for is one number for each layer, at its output.",
    hint="How many numbers should there be?",
)
def _(X, weights, activation, slope, grad):
    return _with_inputs(X, weights, activation, slope, grad)


@gradient_variance.mistake(
    "The gradient at the sums",
    why="You measure after the slope: that is the gradient with respect to the sums. Asked for is the one at the outputs, before it "
    "passes the activation.",
    hint="For the last layer, what should come out is the mean square of the grad that was passed in.",
)
def _(X, weights, activation, slope, grad):
    sums, _ = _sums(X, weights, activation)
    gradients = _gradients(X, weights, activation, slope, grad)
    return np.array([np.mean((g * slope(z)) ** 2) for g, z in zip(gradients, sums, strict=True)])


@gradient_variance.mistake(
    "The slope of the layer below",
    why="You pair each layer's weights with the sums of another layer: the slope that belongs to W is the one at h @ W.",
    hint="Write down for one layer what came first on the way forward, and go back in exactly the opposite order.",
)
def _(X, weights, activation, slope, grad):
    sums, _ = _sums(X, weights, activation)
    squares = [np.mean(grad**2)]
    for W, z in zip(weights[:0:-1], sums[-2::-1], strict=True):
        grad = (grad @ W.T) * slope(z)
        squares.append(np.mean(grad**2))
    return np.array(squares[::-1])


@gradient_variance.mistake(
    "From the first layer to the last",
    why="You go through the layers in the order of the way forward. The gradient comes from the end.",
    hint="Which of the weights does grad meet first?",
)
def _(X, weights, activation, slope, grad):
    sums, _ = _sums(X, weights, activation)
    squares = []
    for W, z in zip(weights, sums, strict=True):
        squares.append(np.mean(grad**2))
        grad = (grad * slope(z)) @ W.T
    return np.array(squares)


@gradient_variance.mistake(
    "Only the first layer",
    why="You return a single number, for the first layer; every layer is asked for.",
    hint="Where in the loop do you note a number down?",
)
def _(X, weights, activation, slope, grad):
    return _gradient_variance(X, weights, activation, slope, grad)[0]


@gradient_variance.mistake(
    "No activation on the way forward",
    why="Your sums are those of a network without activation: on the way forward it is never called.",
    hint="What does a layer hand on to the next?",
)
def _(X, weights, activation, slope, grad):
    return _gradient_variance(X, weights, lambda z: z, slope, grad)


@gradient_variance.mistake(
    "The way forward instead of the way back",
    why="You measure the outputs of the layers; asked for is the gradient at them.",
    hint="Does your answer change with grad?",
)
def _(X, weights, activation, slope, grad):
    return np.array([np.mean(h**2) for h in _sums(X, weights, activation)[1]])


@gradient_variance.mistake(
    "Writes into the caller's arrays",
    why="`grad *= ...` writes into the array that was passed in: run the cell twice and it starts from somewhere else. And where "
    "that array holds whole numbers, Python refuses.",
    hint="`grad = grad * slope(z)` makes a new array.",
)
def _(X, weights, activation, slope, grad):
    sums, _ = _sums(X, weights, activation)
    squares = []
    for W, z in zip(weights[::-1], sums[::-1], strict=True):
        squares.append(np.mean(grad**2))
        grad *= slope(z)
        grad = grad @ W.T
    return np.array(squares[::-1])


@gradient_variance.mistake(
    "The gradient of the weights",
    why="You measure the gradients of the weights, what a step would use. Here it is the gradient at the layers' outputs, before "
    "the inputs are multiplied in.",
    hint="Which shape has the gradient that you measure? It should be (batch, units).",
)
def _(X, weights, activation, slope, grad):
    sums, outputs = _sums(X, weights, activation)
    gradients = _gradients(X, weights, activation, slope, grad)
    layers = zip([X, *outputs[:-1]], sums, gradients, strict=True)
    return np.array([np.mean((h.T @ (g * slope(z))) ** 2) for h, z, g in layers])
