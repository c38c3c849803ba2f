"""`perturbed_descent`: gradient descent with noise, which no saddle holds."""

from collections.abc import Iterator

import numpy as np

from gradlab import optimizers
from gradlab.checks.exercise import Aspect, Exercise, Function, Sight
from gradlab.checks.lessons.gradient_descent.parts import formula, kept
from gradlab.checks.probes import short_decimals

# With so many runs a right answer that draws in another order is within _WIDE, and a wrong one is not.
_RUNS = 2000
_WIDE = 0.1
_BOWL = formula("lambda w: 2 * w")


def walk_with_noise(gradient, w, lr, steps, noise, rng):
    """The library's gradient descent with noise in every gradient.

    >>> walk_with_noise(lambda w: 2 * w, [1.0, 2.0], 0.25, 2, 0.0, np.random.default_rng(0))
    array([[1.  , 2.  ],
           [0.5 , 1.  ],
           [0.25, 0.5 ]])
    """
    w = np.asarray(w, dtype=float)
    path = [w]
    for _ in range(steps):
        noisy = gradient(w) + noise * rng.standard_normal(w.shape)
        w, _state = optimizers.gradient_descent(w, noisy, lr=lr)
        path.append(w)
    return np.stack(path)


def _generator(rng: np.random.Generator) -> np.random.Generator:
    return np.random.default_rng(int(rng.integers(1000)))


def _without_noise(walk: Function, rng: np.random.Generator) -> Iterator[Sight]:
    a, b, c = np.abs(short_decimals(rng, 3)).round(1)
    slope = formula(f"lambda w: w ** 3 - {a:g} * w + {b:g}")
    for shape, name in [
        ((2,), "one start"),
        ((3, 2), "starts of shape (3, 2)"),
        ((2, 2, 3), "a grid of starts"),
    ]:
        lr = float(round(rng.uniform(0.05, 0.2), 2))
        path = walk(slope, short_decimals(rng, *shape), lr, 4, 0.0, _generator(rng))
        yield Sight(f"With noise = 0, for {name},", "the path", path)
    path = walk(formula(f"lambda w: {c:g} * w - 0.3"), rng.integers(2, 9, 2), 0.1, 3, 0.0, _generator(rng))
    yield Sight("With noise = 0, from whole numbers,", "the path", path)
    path = walk(slope, short_decimals(rng, 2), 0.1, 0, 0.5, _generator(rng))
    yield Sight("For 0 steps", "the path", path)


def _size_of_the_noise(walk: Function, rng: np.random.Generator) -> Iterator[Sight]:
    slope = formula("lambda w: np.array([5.0, -10.0]) + 0 * w")
    for lr, noise in [(0.2, rng.uniform(1.3, 1.8)), (0.05, rng.uniform(0.2, 0.6))]:
        start, size = np.tile(short_decimals(rng, 2), (_RUNS, 1)), round(float(noise), 1)
        path = walk(slope, start, lr, 1, size, _generator(rng))
        yield Sight(f"For {_RUNS} runs of one step", "the shape of the path", path.shape)
        step = (path[1] - path[0]) / lr
        words = f"With lr = {lr:g} and noise = {size:g}, over {_RUNS} runs,"
        yield Sight(words, "the mean of step / lr", step.mean(axis=0))
        yield Sight(words, "the standard deviation of step / lr", step.std(axis=0))
        near = np.abs(step - step.mean(axis=0)) < step.std(axis=0) / 2
        yield Sight(words, "the share of steps within half a standard deviation", near.mean())
        yield Sight(words, "the share of steps above the mean", (step > step.mean(axis=0)).mean())


def _fresh_noise(walk: Function, rng: np.random.Generator) -> Iterator[Sight]:
    flat = formula("lambda w: 0 * w")
    lr, noise = float(round(rng.uniform(0.2, 0.4), 2)), float(round(rng.uniform(1.5, 3), 1))
    path = walk(flat, np.zeros((_RUNS, 2)), lr, 4, noise, _generator(rng))
    steps = np.diff(path, axis=0)
    words = f"Where it is flat, with lr = {lr:g} and noise = {noise:g},"
    yield Sight(words, "the spread after 1, 2, 3, 4 steps", path[1:].std(axis=(1, 2)))
    yield Sight(words, "the spread of each step", steps.std(axis=(1, 2)))
    for pair, one, other in [
        ("both weights", steps[1, :, 0], steps[1, :, 1]),
        ("two steps of a run", steps[0, :, 0], steps[2, :, 0]),
        ("two runs side by side", steps[0, :-1, 1], steps[0, 1:, 1]),
    ]:
        yield Sight(words, f"the share of equal signs in {pair}", (one * other > 0).mean())
    seeds = rng.choice(1000, 2, replace=False)
    w = short_decimals(rng, 3)
    one, other = (walk(_BOWL, w, 0.1, 2, 1.0, np.random.default_rng(int(seed))) for seed in seeds)
    yield Sight("With another rng", "“the path is another one”", not np.allclose(one[-1], other[-1]))


def _off_the_saddle(walk: Function, rng: np.random.Generator) -> Iterator[Sight]:
    saddle = formula("lambda w: np.array([2.0, -1.0]) * w")
    lr, noise = float(round(rng.uniform(0.15, 0.25), 2)), float(round(rng.uniform(0.2, 0.6), 1))
    path = walk(saddle, np.zeros((_RUNS, 2)), lr, 9, noise, _generator(rng))
    words = "From the middle of a saddle, after 9 steps,"
    yield Sight(words, "the typical size of w1 and w2", np.sqrt((path[-1] ** 2).mean(axis=0)))
    yield Sight(words, "the share of runs that left to one side", (path[-1, :, 1] > 0).mean())
    early = np.sqrt((path[[0, 2, 5, 9], :, 1] ** 2).mean(axis=1))
    yield Sight("From the middle of a saddle,", "the typical size of w2 after 0, 2, 5, 9 steps", early)


perturbed_descent = Exercise(
    name="perturbed_descent",
    lesson="03-local-optima",
    returns=("the path",),
    reference=walk_with_noise,
    hints=(
        "With noise = 0 this is gradient_descent of lesson 01, path and all. Where in its step does the noise come in, and how many "
        "random numbers does one step need?",
        "In every step draw fresh normal numbers, one for each number in w: rng.standard_normal(w.shape). Add noise times "
        "these to the gradient, and then make the step with lr as before.",
    ),
    aspects=(
        Aspect("without noise", 1, _without_noise),
        Aspect("the size of the noise", 1, _size_of_the_noise, rtol=0.08),
        Aspect("fresh noise", 1, _fresh_noise, rtol=_WIDE),
        Aspect("off the saddle", 1, _off_the_saddle, rtol=_WIDE),
        kept(
            lambda rng: {
                "gradient": _BOWL,
                "w": short_decimals(rng, 3),
                "lr": 0.1,
                "steps": 3,
                "noise": 0.5,
                "rng": _generator(rng),
            },
            instead="`w = w - lr * g` makes a new array; `w -= lr * g` overwrites the old one.",
        ),
    ),
)
