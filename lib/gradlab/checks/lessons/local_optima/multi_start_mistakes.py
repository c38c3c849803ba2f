"""The mistakes in `multi_start` that have a name."""

import numpy as np

from gradlab.checks.lessons.local_optima.multi_start import descend_all, multi_start


def _mistake(name, why, hint):
    return multi_start.mistake(name, why=why, hint=hint)


def _walking(step, then=lambda loss, path: (path[-1], loss(path[-1]))):
    """A descent with a step of its own: step(w, gradient, lr, t), and then(loss, list of points)."""

    def function(loss, gradient, starts, lr, steps):
        path = [np.asarray(starts, dtype=float)]
        for t in range(steps):
            path.append(step(path[-1], gradient, lr, t))
        return then(loss, path)

    return function


def _downhill(w, gradient, lr, t):
    return w - lr * gradient(w)


_mistake(
    "Uphill",
    "You add the gradient, which points up.",
    "The gradient points uphill. Which sign takes you down?",
)(_walking(lambda w, gradient, lr, t: w + lr * gradient(w)))

_mistake(
    "The rate is missing",
    "Your step is the whole gradient: lr does not appear in it.",
    "What stands in front of the gradient in the formula?",
)(_walking(lambda w, gradient, lr, t: w - gradient(w)))

_mistake(
    "The rate is applied twice",
    "lr stands in your step twice, so the steps scale with lr squared.",
    "Count the places where lr stands in the formula.",
)(_walking(lambda w, gradient, lr, t: w - lr**2 * gradient(w)))

_mistake(
    "The old w is lost",
    "Your new w is the step alone, not the old w and a step from there.",
    "From where is the step taken?",
)(_walking(lambda w, gradient, lr, t: -lr * gradient(w)))

_mistake(
    "All starts move together",
    "You average the gradient over the starts, so they all make the same step. Each start is a run of its own.",
    "What does one start know of the others?",
)(_walking(lambda w, gradient, lr, t: w - lr * gradient(w).mean(axis=0)))

_mistake(
    "All starts move together",
    "You add the gradients of all starts, so they all make the same step. Each start is a run of its own.",
    "What does one start know of the others?",
)(_walking(lambda w, gradient, lr, t: w - lr * gradient(w).sum(axis=0)))

_mistake(
    "Divided by the number of starts",
    "You divide the gradient by the number of starts, as if they were the examples of a mini-batch. Each is a run of its own.",
    "Would a start make other steps if it were alone?",
)(_walking(lambda w, gradient, lr, t: w - lr * gradient(w) / len(w)))

_mistake(
    "Steps of one length",
    "You divide the gradient by its length, so every step is lr long, also where it is flat.",
    "How long should a step be where the gradient is small?",
)(
    _walking(
        lambda w, gradient, lr, t: (
            w - lr * gradient(w) / np.maximum(np.linalg.norm(gradient(w), axis=-1, keepdims=True), 1e-300)
        )
    )
)

_mistake(
    "The rate shrinks from step to step",
    "Your rate changes with the number of the step; here lr stays what it is.",
    "Where does the number of the step come into the formula?",
)(_walking(lambda w, gradient, lr, t: w - lr / (t + 1) * gradient(w)))

_mistake(
    "The losses of the starts",
    "Your losses are those at the starts. Asked for is what each run has come down to.",
    "At which points should loss be asked?",
)(_walking(_downhill, lambda loss, path: (path[-1], loss(path[0]))))

_mistake(
    "The losses are one step old",
    "Your losses belong to the points before the last step.",
    "What comes first in your loop, the step or the loss? And after the loop?",
)(_walking(_downhill, lambda loss, path: (path[-1], loss(path[-2] if len(path) > 1 else path[-1]))))

_mistake(
    "The lowest loss on the way",
    "You return the lowest loss that each run has met. Asked for is the loss at its end.",
    "Which points do your losses belong to?",
)(_walking(_downhill, lambda loss, path: (path[-1], np.min([loss(w) for w in path], axis=0))))

_mistake(
    "One loss for all starts",
    "You add up the losses of all starts, or average them; each start should keep its own.",
    "How many losses should come back for 5 starts?",
)(_walking(_downhill, lambda loss, path: (path[-1], np.mean(loss(path[-1])))))

_mistake(
    "One loss for all starts",
    "You add up the losses of all starts, or average them; each start should keep its own.",
    "How many losses should come back for 5 starts?",
)(_walking(_downhill, lambda loss, path: (path[-1], np.sum(loss(path[-1])))))

_mistake(
    "Only the best start is returned",
    "You return the best of the runs. That is what we are after in the end, but where the others ended is asked for too.",
    "How many ends should come back for 5 starts?",
)(_walking(_downhill, lambda loss, path: _best(path[-1], loss(path[-1]))))

_mistake(
    "Only the first start",
    "You walk from one start only. Where one run ends says nothing about the others.",
    "How many ends should come back for 5 starts?",
)(
    _walking(
        _downhill,
        lambda loss, path: (path[-1][0], loss(path[-1])[..., 0] if path[-1].ndim > 1 else loss(path[-1])),
    )
)

_mistake(
    "The whole path is returned",
    "You return every point on the way. Here only the ends are asked for.",
    "What shape should the ends have?",
)(_walking(_downhill, lambda loss, path: (np.stack(path), loss(path[-1]))))

_mistake(
    "The whole path is returned",
    "You return the loss after every step. Here only the losses at the ends are asked for.",
    "What shape should the losses have?",
)(_walking(_downhill, lambda loss, path: (path[-1], np.stack([loss(w) for w in path]))))

_mistake(
    "One step too many",
    "Each of your runs makes one step more than asked for.",
    "How many turns does your loop make?",
)(lambda loss, gradient, starts, lr, steps: descend_all(loss, gradient, starts, lr, steps + 1))

_mistake(
    "One step too few",
    "Each of your runs makes one step fewer than asked for.",
    "How many turns does your loop make?",
)(lambda loss, gradient, starts, lr, steps: descend_all(loss, gradient, starts, lr, steps - 1))

_mistake(
    "Runs stop when the loss rises",
    "You keep a step only if the loss falls. With a large rate the loss may rise for a while, and the run goes on.",
    "How many steps were asked for?",
)(
    lambda loss, gradient, starts, lr, steps: _keeping(
        loss, gradient, np.array(starts, dtype=float), lr, steps
    )
)


def _best(ends, losses):
    flat = ends.reshape(-1, ends.shape[-1])
    return flat[np.argmin(losses)], np.min(losses)


def _keeping(loss, gradient, w, lr, steps):
    for _ in range(steps):
        new = w - lr * gradient(w)
        w = np.where((loss(new) < loss(w))[..., None], new, w)
    return w, loss(w)


@multi_start.mistake(
    "The gradient of the start, again and again",
    why="You ask for the gradient once and use it in every step, so every run is a straight line.",
    hint="The slope changes as you walk. Where in your loop is gradient called, and with what?",
)
def _(loss, gradient, starts, lr, steps):
    w = np.asarray(starts, dtype=float)
    w = w - steps * lr * gradient(w)
    return w, loss(w)


@multi_start.mistake(
    "Whole numbers swallow the steps",
    why="From whole numbers your runs are cut off: an array made from whole numbers holds whole numbers only.",
    hint="Which dtype should w have before the first step?",
)
def _(loss, gradient, starts, lr, steps):
    w = np.array(starts)
    for _ in range(steps):
        w[...] = w - lr * gradient(w)
    return w, loss(w)


def _stopping(enough, first):
    def function(loss, gradient, starts, lr, steps):
        w = np.array(starts, dtype=float)
        for _ in range(steps):
            new = w - lr * gradient(w)
            still = enough(w, new, loss)
            if first:
                w = new
            if np.all(still):
                break
            w = new
        return w, loss(w)

    return function


for _first in (False, True):
    for _enough in (
        lambda w, new, loss: np.abs(loss(new) - loss(w)) < 1e-6,
        lambda w, new, loss: np.abs(new - w) < 1e-6,
    ):
        _mistake(
            "Stops where it is nearly flat",
            "You end the runs when the loss hardly changes. On a plateau or near a saddle it hardly changes either, and the way down may "
            "be just ahead.",
            "How many steps were asked for?",
        )(_stopping(_enough, _first))


@multi_start.mistake(
    "Writes into the caller's arrays",
    why="`-=` writes into the starts that were passed in (and where these are whole numbers it cannot): run the cell twice and "
    "it starts from somewhere else.",
    hint="Which line makes an array of floats of your own?",
)
def _(loss, gradient, starts, lr, steps):
    for _ in range(steps):
        starts -= lr * gradient(starts)
    return starts, loss(starts)
