"""The mistakes that can be made in every initializer, whatever its standard deviation."""

from collections.abc import Callable

import numpy as np

from gradlab.checks.exercise import Exercise, Function

Std = Callable[[int, int], float]
Draw = Callable[[np.random.Generator, float, tuple[int, ...] | int], np.ndarray]


def normal(rng, std, shape):
    """Weights of a normal distribution."""
    return rng.normal(0, std, shape)


def uniform(rng, std, shape):
    """Weights of a uniform distribution with the same standard deviation."""
    return rng.uniform(-np.sqrt(3) * std, np.sqrt(3) * std, shape)


def drawn(draw: Draw, std: Std) -> Function:
    """An initializer with a formula of its own for the standard deviation: std(n_in, n_out).

    >>> drawn(normal, lambda n_in, n_out: 1 / n_in)(np.random.default_rng(0), (100, 50)).std().round(3)
    np.float64(0.01)
    """

    def function(rng, shape):
        return draw(rng, std(*shape[-2:]), shape)

    return function


def wrong_formula(exercise: Exercise, draw: Draw, name: str, std: Std, *, why: str, hint: str) -> None:
    """Register an initializer whose standard deviation comes from another formula."""
    exercise.mistake(name, why=why, hint=hint)(drawn(draw, std))


def add_common_mistakes(exercise: Exercise, draw: Draw, std: Std) -> None:
    """Register what goes wrong in any initializer that draws by `draw` with the standard deviation `std`."""
    _add_equal_ones(exercise, draw, std)
    _add_wrong_sizes(exercise, draw, std)
    _add_wrong_shapes(exercise, draw, std)
    _add_wrong_draws(exercise, draw, std)


def _add_equal_ones(exercise: Exercise, draw: Draw, std: Std) -> None:
    exercise.mistake(
        "Zeros",
        why="All your weights are 0: such a layer passes on neither its input nor a gradient, and nothing is ever learned.",
        hint="Which number in your line decides how far from 0 the weights lie?",
    )(lambda rng, shape: np.zeros(shape))
    exercise.mistake(
        "All weights equal",
        why="All your weights are the same number. Units that start equal get equal gradients and stay equal for ever: "
        "together they are worth one.",
        hint="Where does chance come in? It should speak once for every single weight.",
    )(lambda rng, shape: np.full(shape, std(*shape[-2:])))
    hint = "How many numbers does your line draw? A layer has n_in * n_out weights."
    exercise.mistake(
        "All weights equal",
        why="You draw one random number and use it for all weights. Units that start equal stay equal for ever.",
        hint=hint,
    )(lambda rng, shape: np.full(shape, draw(rng, std(*shape[-2:]), ())))
    exercise.mistake(
        "All units equal",
        why="Every unit, a column of the weights, gets the same numbers. Units that start equal stay equal for ever.",
        hint=hint,
    )(lambda rng, shape: np.tile(draw(rng, std(*shape[-2:]), (*shape[:-1], 1)), shape[-1]))
    exercise.mistake(
        "All networks equal",
        why="With more axes in front, every network gets the same weights; they are meant to be different starts.",
        hint="What is the shape of what you draw, and what is the shape asked for?",
    )(lambda rng, shape: np.broadcast_to(draw(rng, std(*shape[-2:]), shape[-2:]), shape).copy())


def _constant(std: float) -> Std:
    return lambda n_in, n_out: std


def _add_wrong_sizes(exercise: Exercise, draw: Draw, std: Std) -> None:
    wrong_formula(
        exercise,
        draw,
        "Standard deviation 1",
        lambda n_in, n_out: 1.0,
        why="Your weights have the standard deviation 1, however many inputs there are. A layer of 100 inputs then makes "
        "its signal about 10 times as large, the next one 10 times more.",
        hint="By what do the random numbers have to be multiplied?",
    )
    for small in (0.01, 0.1, 0.05, 0.001):
        wrong_formula(
            exercise,
            draw,
            "The same size for every layer",
            _constant(small),
            why=f"Your weights have the standard deviation {small:g}, however many inputs there are. In a layer of another "
            "width the signal fades or grows.",
            hint="Where should the number of inputs stand?",
        )
    wrong_formula(
        exercise,
        draw,
        "The variance taken for the standard deviation",
        lambda n_in, n_out: std(n_in, n_out) ** 2,
        why="Your standard deviation is what the variance should be, so the weights are far too small: the signal "
        "all but vanishes in a few layers.",
        hint="The variance is the square of the standard deviation. Which of the two does your line ask for?",
    )
    wrong_formula(
        exercise,
        draw,
        "One root too many",
        lambda n_in, n_out: np.sqrt(std(n_in, n_out)),
        why="Your standard deviation is the square root of what it should be.",
        hint="How many roots stand in the formula, and how many in your line?",
    )
    wrong_formula(
        exercise,
        draw,
        "Divided where it should be multiplied",
        lambda n_in, n_out: 1 / std(n_in, n_out),
        why="The more inputs, the larger your weights; more terms in a sum need smaller ones.",
        hint="Is the number of inputs above or below the line in the formula?",
    )
    if std(1, 2) != std(2, 1):
        _add_swapped(exercise, draw, std)
    wrong_formula(
        exercise,
        draw,
        "All weights are counted",
        lambda n_in, n_out: 1 / np.sqrt(n_in * n_out),
        why="You divide by the root of the number of all weights in the layer.",
        hint="How many of them meet in the sum of *one* unit?",
    )


def _add_swapped(exercise: Exercise, draw: Draw, std: Std) -> None:
    wrong_formula(
        exercise,
        draw,
        "The two numbers of the shape are swapped",
        lambda n_in, n_out: std(n_out, n_in),
        why="You count the outputs of the layer where its inputs are asked for, and the other way round.",
        hint="The weights have shape (n_in, n_out). Which of the two comes first?",
    )


def _add_wrong_shapes(exercise: Exercise, draw: Draw, std: Std) -> None:
    exercise.mistake(
        "Rows and columns swapped",
        why="Your weights come as (n_out, n_in), as PyTorch stores them; in this course a layer is h @ W with W of "
        "shape (n_in, n_out).",
        hint="The result should have exactly the shape that was passed in.",
    )(lambda rng, shape: np.swapaxes(draw(rng, std(*shape[-2:]), shape), -1, -2))
    exercise.mistake(
        "One network only",
        why="For a shape of two numbers your function is right. With more axes in front, several networks at once, n_in "
        "and n_out are the last two numbers of the shape.",
        hint="What are shape[-2] and shape[-1] of (2000, 3, 2)?",
    )(lambda rng, shape: draw(rng, std(*shape[:2]), shape))
    exercise.mistake(
        "Only a row of weights",
        why="You draw one weight for each input; every unit needs weights of its own.",
        hint="The result should have exactly the shape that was passed in.",
    )(lambda rng, shape: draw(rng, std(*shape[-2:]), shape[-2]))
    exercise.mistake(
        "Flattened",
        why="Your weights are all there, in a single row; the result should have the shape that was passed in.",
        hint="What does your line pass on as the size of what is drawn?",
    )(lambda rng, shape: draw(rng, std(*shape[-2:]), int(np.prod(shape))))


def _add_wrong_draws(exercise: Exercise, draw: Draw, std: Std) -> None:
    exercise.mistake(
        "A generator of its own",
        why="Your function makes its own generator, so every layer of the same shape gets the very same weights, whatever "
        "seed is asked for.",
        hint="Which argument is the source of randomness?",
    )(lambda rng, shape: draw(np.random.default_rng(0), std(*shape[-2:]), shape))
    exercise.mistake(
        "Only positive weights",
        why="All your weights have the same sign, so the terms of a unit's sum add up instead of partly cancelling, and the "
        "signal grows.",
        hint="Where does the middle of your distribution lie?",
    )(lambda rng, shape: np.abs(draw(rng, std(*shape[-2:]), shape)))
    other, name = (
        (uniform, "Uniform instead of normal") if draw is normal else (normal, "Normal instead of uniform")
    )
    exercise.mistake(
        name,
        why="The spread is right, but your weights come from the other distribution.",
        hint="Which method of rng do you call, and which one does the exercise name?",
    )(lambda rng, shape: other(rng, std(*shape[-2:]), shape))
