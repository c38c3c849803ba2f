"""The mistakes in `perturbed_descent` that have a name."""

import numpy as np

from gradlab.checks.lessons.local_optima.perturbed_descent import perturbed_descent, walk_with_noise


def _mistake(name, why, hint):
    return perturbed_descent.mistake(name, why=why, hint=hint)


def _normal(rng, w):
    return rng.standard_normal(w.shape)


def _walking(step, keep=np.stack):
    """A noisy descent with a step of its own: step(w, gradient, lr, noise, rng, t), and keep(list of points)."""

    def function(gradient, w, lr, steps, noise, rng):
        path = [np.asarray(w, dtype=float)]
        for t in range(steps):
            path.append(step(path[-1], gradient, lr, noise, rng, t))
        return keep(path)

    return function


def _right(w, gradient, lr, noise, rng, t):
    return w - lr * (gradient(w) + noise * _normal(rng, w))


_mistake(
    "No noise",
    "You walk without noise: exactly on a saddle, or on the ridge that leads to it, the run stays for ever.",
    "Where does rng come into your step?",
)(_walking(lambda w, gradient, lr, noise, rng, t: w - lr * gradient(w)))

_mistake(
    "The noise does not go through lr",
    "You add the noise to w itself, at full size. Here it belongs to the gradient, so lr shortens it like everything else.",
    "What do your brackets hold: what is multiplied by lr?",
)(_walking(lambda w, gradient, lr, noise, rng, t: w - lr * gradient(w) + noise * _normal(rng, w)))

_mistake(
    "The same noise for every weight",
    "You draw one number and add it to all weights, so the run is pushed along one diagonal only.",
    "How many random numbers does one step need?",
)(_walking(lambda w, gradient, lr, noise, rng, t: w - lr * (gradient(w) + noise * rng.standard_normal())))

_mistake(
    "The same noise for every run",
    "You draw one number a weight, and all runs of a batch share it.",
    "How many random numbers does one step need, for w of shape (3, 2)?",
)(
    _walking(
        lambda w, gradient, lr, noise, rng, t: (
            w - lr * (gradient(w) + noise * rng.standard_normal(w.shape[-1]))
        )
    )
)


@_mistake(
    "The noise of the first step, again and again",
    "You draw the noise once, before the loop, so it pushes the same way in every step.",
    "On which side of the `for` should the random numbers be drawn?",
)
def _(gradient, w, lr, steps, noise, rng):
    pushed = noise * rng.standard_normal(np.shape(w))
    return walk_with_noise(lambda w: gradient(w) + pushed, w, lr, steps, 0.0, rng)


_mistake(
    "Noise in the first step only",
    "Only your first step is noisy.",
    "On which side of the `for` should the random numbers be drawn?",
)(
    _walking(
        lambda w, gradient, lr, noise, rng, t: w - lr * (gradient(w) + (t == 0) * noise * _normal(rng, w))
    )
)

_mistake(
    "The start is moved",
    "You shake the start and walk on without noise. path[0] should be the start itself, and every step should be noisy.",
    "On which side of the `for` should the random numbers be drawn?",
)(
    lambda gradient, w, lr, steps, noise, rng: walk_with_noise(
        gradient, w + noise * rng.standard_normal(np.shape(w)), lr, steps, 0.0, rng
    )
)

_mistake(
    "Noise that pushes one way",
    "Your random numbers lie between 0 and 1, so on average they push every weight in the same direction.",
    "Which of rng's methods gives numbers on both sides of 0, with a mean of 0?",
)(_walking(lambda w, gradient, lr, noise, rng, t: w - lr * (gradient(w) + noise * rng.random(w.shape))))

_mistake(
    "Not normal noise",
    "You draw evenly from an interval; normal noise is asked for.",
    "Which of rng's methods has “normal” in its name?",
)(
    _walking(
        lambda w, gradient, lr, noise, rng, t: w - lr * (gradient(w) + noise * rng.uniform(-1, 1, w.shape))
    )
)

_mistake(
    "Not normal noise",
    "You draw evenly from an interval; normal noise is asked for.",
    "Which of rng's methods has “normal” in its name?",
)(
    _walking(
        lambda w, gradient, lr, noise, rng, t: (
            w - lr * (gradient(w) + noise * np.sqrt(3) * rng.uniform(-1, 1, w.shape))
        )
    )
)

_mistake(
    "noise taken for a variance",
    "You take the root of noise; it is a standard deviation already.",
    "With noise = 4, how large should a typical random number be?",
)(_walking(lambda w, gradient, lr, noise, rng, t: w - lr * (gradient(w) + np.sqrt(noise) * _normal(rng, w))))

_mistake(
    "noise is squared",
    "You square noise; it is a standard deviation, not its root.",
    "With noise = 4, how large should a typical random number be?",
)(_walking(lambda w, gradient, lr, noise, rng, t: w - lr * (gradient(w) + noise**2 * _normal(rng, w))))

_mistake(
    "The size of the noise is missing",
    "Your noise is 1 in size, whatever noise is.",
    "What should the random numbers be multiplied by?",
)(_walking(lambda w, gradient, lr, noise, rng, t: w - lr * (gradient(w) + (noise > 0) * _normal(rng, w))))

_mistake(
    "The size of the noise is missing",
    "Your noise is 1 in size, whatever noise is, even with noise = 0.",
    "What should the random numbers be multiplied by?",
)(_walking(lambda w, gradient, lr, noise, rng, t: w - lr * (gradient(w) + _normal(rng, w))))

_mistake(
    "Noise in proportion to the gradient",
    "You multiply the gradient by the noise. On a saddle the gradient is 0, and so is your noise.",
    "How large must the noise be where the slope is 0?",
)(_walking(lambda w, gradient, lr, noise, rng, t: w - lr * gradient(w) * (1 + noise * _normal(rng, w))))

_mistake(
    "The noise wears off",
    "Your noise shrinks from step to step; here every step gets as much as the first.",
    "Where does the number of the step come into the formula?",
)(_walking(lambda w, gradient, lr, noise, rng, t: w - lr * (gradient(w) + noise / (t + 1) * _normal(rng, w))))

_mistake(
    "The rate is applied twice",
    "The noise is multiplied by lr inside the brackets, and once more with them.",
    "Count the places where lr stands in the formula.",
)(_walking(lambda w, gradient, lr, noise, rng, t: w - lr * (gradient(w) + lr * noise * _normal(rng, w))))

_mistake(
    "Uphill",
    "You add the gradient, which points up.",
    "The gradient points uphill. Which sign takes you down?",
)(_walking(lambda w, gradient, lr, noise, rng, t: w + lr * (gradient(w) + noise * _normal(rng, w))))

_mistake(
    "The rate is missing",
    "Your step is the whole gradient: lr does not appear in it.",
    "What stands in front of the brackets in the formula?",
)(_walking(lambda w, gradient, lr, noise, rng, t: w - (gradient(w) + noise * _normal(rng, w))))

_mistake(
    "The start is missing",
    "Your path begins after the first step.",
    "How many points does a path of 4 steps have?",
)(_walking(_right, lambda path: np.array(path[1:])))

_mistake(
    "Only the end is returned",
    "You return the last point. The whole path is asked for, the start first.",
    "Where do you keep the points on the way?",
)(_walking(_right, lambda path: path[-1]))

_mistake(
    "The same point in every row",
    "Every row of your path is the end of it. `w -= ...` changes the one array that stands in your list many times.",
    "How do you make a *new* array in every step?",
)(_walking(_right, lambda path: np.stack([path[-1]] * len(path))))

_mistake(
    "The steps run along the last axis",
    "Each point of your path is a column. Step t should be `path[t]`, a row.",
    "Along which axis are the points put together?",
)(_walking(_right, lambda path: np.stack(path, axis=-1)))

_mistake(
    "One step too many",
    "Your path has one point more than it should.",
    "How many turns does your loop make?",
)(lambda gradient, w, lr, steps, noise, rng: walk_with_noise(gradient, w, lr, steps + 1, noise, rng))

_mistake(
    "The generator is not used",
    "You make a generator of your own, so every run gets the same noise, whichever rng is passed in.",
    "Which of the arguments can draw random numbers?",
)(
    lambda gradient, w, lr, steps, noise, rng: walk_with_noise(
        gradient, w, lr, steps, noise, np.random.default_rng(0)
    )
)

_mistake(
    "The noise is not carried on",
    "You write noisy points into the path, but walk on from the clean ones, so the noise never adds up.",
    "From which point should the next step start?",
)(
    lambda gradient, w, lr, steps, noise, rng: np.stack(
        [
            point - (t > 0) * lr * noise * rng.standard_normal(point.shape)
            for t, point in enumerate(walk_with_noise(gradient, w, lr, steps, 0.0, rng))
        ]
    )
)


@_mistake(
    "The gradient of the start, again and again",
    "You ask for the gradient once and use it in every step.",
    "The slope changes as you walk. Where in your loop is gradient called, and with what?",
)
def _(gradient, w, lr, steps, noise, rng):
    slope = gradient(np.asarray(w, dtype=float))
    return walk_with_noise(lambda _: slope, w, lr, steps, noise, rng)


@_mistake(
    "Noise only where it is flat",
    "You add noise only where the gradient is tiny. That is a known refinement; here every step gets it.",
    "Does the formula ask how steep it is?",
)
def _(gradient, w, lr, steps, noise, rng):
    def step(w, gradient, lr, noise, rng, t):
        flat = np.linalg.norm(gradient(w), axis=-1, keepdims=True) < 1e-3
        return w - lr * (gradient(w) + flat * noise * _normal(rng, w))

    return _walking(step)(gradient, w, lr, steps, noise, rng)


@_mistake(
    "Whole numbers swallow the steps",
    "From whole numbers your walk is cut off: an array made from whole numbers holds whole numbers only.",
    "Which dtype should the path have?",
)
def _(gradient, w, lr, steps, noise, rng):
    path = np.zeros((steps + 1, *np.shape(w)), dtype=np.asarray(w).dtype)
    path[0] = w
    for t in range(steps):
        path[t + 1] = path[t] - lr * (gradient(path[t]) + noise * rng.standard_normal(path[t].shape))
    return path


@_mistake(
    "Writes into the caller's arrays",
    "`-=` writes into the w that was passed in (and where it holds whole numbers it cannot): run the cell twice and it starts from "
    "somewhere else.",
    "Which line makes an array of floats of your own?",
)
def _(gradient, w, lr, steps, noise, rng):
    path = [w.copy()]
    for _ in range(steps):
        w -= lr * (gradient(w) + noise * rng.standard_normal(w.shape))
        path.append(w.copy())
    return np.array(path)
