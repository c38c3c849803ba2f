"""`forward_variance`: how strong the signal is behind each layer."""

import numpy as np

from gradlab.checks.exercise import Exercise
from gradlab.checks.lessons.initialization.passes import aspects


def _outputs(X, weights, activation):
    """What each layer hands on."""
    outputs, h = [], X
    for W in weights:
        h = activation(h @ W)
        outputs.append(h)
    return outputs


def _forward_variance(X, weights, activation):
    return np.array([np.mean(h**2) for h in _outputs(X, weights, activation)])


forward_variance = Exercise(
    name="forward_variance",
    lesson="04-initialization",
    returns=("the mean squares",),
    reference=_forward_variance,
    aspects=aspects(lambda net: net.forward, deep_points=1),
    hints=(
        "Begin with a single layer: what are its sums, what does it hand on, and what is the mean of the squares of that?",
        "Go through the weights in order and carry the output along: what one layer hands on is the input of the next. "
        "After each layer, note the mean of the squares of all entries; in the end make an array of the notes.",
    ),
)


def _measuring(name, measure, *, why, hint):
    """Register another measure of each output: measure(h)."""

    def function(X, weights, activation):
        return np.array([measure(h) for h in _outputs(X, weights, activation)])

    forward_variance.mistake(name, why=why, hint=hint)(function)


_measuring(
    "The variance about the mean",
    np.var,
    why="np.var takes the mean off first. What the next layer adds up is the output as it is, mean and all: behind ReLU "
    "that makes a great difference.",
    hint="Square first, then take the mean. Is there anything to subtract?",
)
_measuring(
    "The root of the mean square",
    lambda h: np.sqrt(np.mean(h**2)),
    why="You take the root at the end. The size of the signal is a good thing to look at, but here its square is asked for.",
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
    lambda h: np.sum(h**2),
    why="You add up the squares without dividing by how many there are, so that a wider layer looks stronger.",
    hint="How many squares are in the sum?",
)
_measuring(
    "The mean is squared",
    lambda h: np.mean(h) ** 2,
    why="You take the mean first and square it then: numbers of both signs cancel before they are squared.",
    hint="Which comes first, the square or the mean?",
)
_measuring(
    "The mean size",
    lambda h: np.mean(np.abs(h)),
    why="You take the mean of the sizes; the squares are asked for.",
    hint="What is done to an entry before the mean is taken?",
)
_measuring(
    "Not squared",
    np.mean,
    why="You take the mean of the outputs themselves, in which numbers of both signs cancel.",
    hint="What is done to an entry before the mean is taken?",
)
_measuring(
    "The sum over each example",
    lambda h: np.mean(np.sum(h**2, axis=1)),
    why="You add up the squares of each example and take the mean over the examples only, so a wider layer looks stronger.",
    hint="The mean goes over all entries: over the examples, and over what else?",
)


@forward_variance.mistake(
    "Measured before the activation",
    why="You measure the sums, before they have gone through the activation.",
    hint="What does a layer hand on to the next?",
)
def _(X, weights, activation):
    squares, h = [], X
    for W in weights:
        z = h @ W
        squares.append(np.mean(z**2))
        h = activation(z)
    return np.array(squares)


@forward_variance.mistake(
    "The sums are handed on",
    why="You measure behind the activation, but what you give to the next layer are the sums, which have not been through it.",
    hint="What stands in h at the end of a turn of your loop?",
)
def _(X, weights, activation):
    return np.array([np.mean(activation(z) ** 2) for z in _outputs(X, weights, lambda z: z)])


@forward_variance.mistake(
    "No activation",
    why="Your layers only add up: the activation is never called.",
    hint="Which of your arguments have you not used?",
)
def _(X, weights, activation):
    return _forward_variance(X, weights, lambda z: z)


@forward_variance.mistake(
    "No activation in the last layer",
    why="Your last layer hands on its sums, as the last layer of a classifier does. Here every layer has the activation.",
    hint="Is the last of your numbers made in the same way as the others?",
)
def _(X, weights, activation):
    outputs = _outputs(X, weights[:-1], activation)
    h = outputs[-1] if outputs else X
    return np.array([np.mean(h**2) for h in [*outputs, h @ weights[-1]]])


@forward_variance.mistake(
    "The input is counted as a layer",
    why="Your first number is the mean square of X. Asked for is one number for each layer, behind it.",
    hint="How many numbers should there be?",
)
def _(X, weights, activation):
    return np.array([np.mean(h**2) for h in [X, *_outputs(X, weights, activation)]])


@forward_variance.mistake(
    "Off by one",
    why="You measure what goes *into* each layer: your first number is the mean square of X, and the last layer is missing.",
    hint="Compute the output first, then measure.",
)
def _(X, weights, activation):
    return np.array([np.mean(h**2) for h in [X, *_outputs(X, weights, activation)][:-1]])


@forward_variance.mistake(
    "Only the last layer",
    why="You return a single number, for the last layer; every layer is asked for.",
    hint="Where in the loop do you note a number down?",
)
def _(X, weights, activation):
    return _forward_variance(X, weights, activation)[-1]


@forward_variance.mistake(
    "Every layer is given X",
    why="Each of your layers is given X itself, instead of what the layer before it hands on.",
    hint="Which variable should change from one turn of the loop to the next?",
)
def _(X, weights, activation):
    return np.array([np.mean(activation(X @ W) ** 2) for W in weights])


@forward_variance.mistake(
    "The squares are handed on",
    why="You square the output and pass the squares to the next layer.",
    hint="Keep what is measured apart from what is handed on.",
)
def _(X, weights, activation):
    squares, h = [], X
    for W in weights:
        h = activation(h @ W) ** 2
        squares.append(np.mean(h))
    return np.array(squares)


@forward_variance.mistake(
    "The activation is applied twice",
    why="You call the activation on what has already gone through it.",
    hint="How often does a number meet the activation on its way through one layer?",
)
def _(X, weights, activation):
    return _forward_variance(X, weights, lambda z: activation(activation(z)))


@forward_variance.mistake(
    "The activation comes first",
    why="You call the activation on what goes into a layer, X among it, and not on its sums.",
    hint="A layer is activation(h @ W). What is inside the brackets?",
)
def _(X, weights, activation):
    squares, h = [], X
    for W in weights:
        h = activation(h) @ W
        squares.append(np.mean(h**2))
    return np.array(squares)


@forward_variance.mistake(
    "The activation of the weights",
    why="You call the activation on the weights; it belongs to the sums.",
    hint="A layer is activation(h @ W). What is inside the brackets?",
)
def _(X, weights, activation):
    squares, h = [], X
    for W in weights:
        h = h @ activation(W)
        squares.append(np.mean(h**2))
    return np.array(squares)


@forward_variance.mistake(
    "The weights are transposed",
    why="You multiply by W.T. A unit's weights are a *column* of W, so the sums are h @ W.",
    hint="W has shape (n_in, n_out), and h has n_in columns. Which product fits?",
)
def _(X, weights, activation):
    return _forward_variance(X, [W.T for W in weights], activation)


@forward_variance.mistake(
    "Entry by entry instead of a matrix product",
    why="`h * W` multiplies entry by entry. A layer adds up products over the inputs, which is what `@` does.",
    hint="Which sign stands for the matrix product?",
)
def _(X, weights, activation):
    squares, h = [], X
    for W in weights:
        h = activation(h * W)
        squares.append(np.mean(h**2))
    return np.array(squares)


@forward_variance.mistake(
    "In reverse order",
    why="Your numbers are right, and come in reverse order: the last layer first.",
    hint="Which layer should the first number belong to?",
)
def _(X, weights, activation):
    return _forward_variance(X, weights, activation)[::-1]


@forward_variance.mistake(
    "The layers are taken from the last to the first",
    why="You go through the weights backwards; the signal meets the first layer first.",
    hint="Which of the weights does X meet?",
)
def _(X, weights, activation):
    return _forward_variance(X, weights[::-1], activation)


@forward_variance.mistake(
    "Compared with the input",
    why="You divide by the mean square of X. That is a good thing to look at, but here the mean squares themselves are asked for.",
    hint="Return what you measure, without dividing.",
)
def _(X, weights, activation):
    return _forward_variance(X, weights, activation) / np.mean(np.square(X, dtype=float))


@forward_variance.mistake(
    "Compared with the layer before",
    why="You return how much stronger or weaker each layer makes the signal, not how strong it is.",
    hint="Return what you measure, without dividing.",
)
def _(X, weights, activation):
    squares = [np.mean(np.square(X, dtype=float)), *_forward_variance(X, weights, activation)]
    return np.array(squares[1:]) / np.array(squares[:-1])


@forward_variance.mistake(
    "The weights are measured",
    why="You measure the weights themselves; asked for is what the layers make of X.",
    hint="Does your answer change with X?",
)
def _(X, weights, activation):
    return np.array([np.mean(W**2) for W in weights])


@forward_variance.mistake(
    "One number for each unit",
    why="You take the mean over the examples only, which leaves a number for each unit; and np.array makes a table of them.",
    hint="The mean goes over all entries: over the examples, and over what else?",
)
def _(X, weights, activation):
    return np.array([np.mean(h**2, axis=0) for h in _outputs(X, weights, activation)])
