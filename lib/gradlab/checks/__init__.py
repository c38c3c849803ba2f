"""Instant feedback: `check(momentum_step)` says what is right, what differs, and which mistake it looks like.

`lessons` declares the exercises; `exercise` says what a declaration is made of.
"""

import dataclasses
import hashlib
import importlib
import os
import sys
from difflib import get_close_matches
from types import FrameType

from gradlab.checks.exercise import Exercise, Function
from gradlab.checks.judge import judge
from gradlab.checks.verdict import Verdict
from gradlab.records import hints_opened, record, record_hints

# Lesson -> the module of gradlab.checks.lessons that declares its exercises.
LESSONS = {
    "00-start-here": "start_here",
    "01-gradient-descent": "gradient_descent",
    "02-convexity": "convexity",
    "03-local-optima": "local_optima",
    "04-initialization": "initialization",
    "05-momentum": "momentum",
    "06-per-weight-steps": "per_weight_steps",
    "07-rmsprop": "rmsprop",
    "08-adam": "adam",
    "09-schedules": "schedules",
    "10-regularization": "regularization",
    "11-batch-normalization": "batch_normalization",
    "12-shifting-surfaces": "shifting_surfaces",
    "13-capstone": "capstone",
}

# What each lesson asks for, in its order; said here so that a check loads the exercises of one lesson only.
NAMES = {
    "00-start-here": ("rosenbrock",),
    "01-gradient-descent": (
        "mse_loss",
        "mse_gradient",
        "numerical_gradient",
        "gradient_descent",
        "minibatches",
        "sgd_epoch",
    ),
    "02-convexity": (
        "violates_chord",
        "numerical_hessian",
        "is_positive_semidefinite",
        "best_learning_rate",
        "contraction_factor",
    ),
    "03-local-optima": ("classify_critical_point", "multi_start", "basin_map", "perturbed_descent"),
    "04-initialization": (
        "normal_init",
        "forward_variance",
        "gradient_variance",
        "xavier_normal",
        "xavier_uniform",
        "he_normal",
    ),
    "05-momentum": (
        "momentum_step",
        "effective_step",
        "momentum_limit",
        "exponential_average",
        "nesterov_step",
    ),
    "06-per-weight-steps": ("normalized_step", "scaled_step", "adagrad_step", "adagrad"),
    "07-rmsprop": ("moving_average_of_squares", "rmsprop_step", "effective_rates"),
    "08-adam": ("first_moment", "second_moment", "bias_correction", "adam_step", "adamw_step"),
    "09-schedules": ("step_decay", "exponential_decay", "cosine_decay", "reduce_on_plateau"),
    "10-regularization": (
        "early_stopping",
        "l2_penalty",
        "l1_penalty",
        "soft_threshold",
        "dropout_forward",
        "dropout_backward",
    ),
    "11-batch-normalization": ("batchnorm_forward", "batchnorm_inference", "batchnorm_backward"),
    "12-shifting-surfaces": (
        "minimum_shift",
        "generalization_gap",
        "stratified_split",
        "standardize_both",
        "importance_weights",
        "loss_slice",
    ),
    "13-capstone": ("build", "train", "report"),
}

# Visible checks show everyone the same numbers.
VISIBLE_SEED = (2024,)


def exercises(lesson: str) -> tuple[Exercise, ...]:
    """The exercises of a lesson, in the order in which it asks for them."""
    declared: tuple[Exercise, ...] = importlib.import_module(
        f"gradlab.checks.lessons.{LESSONS[lesson]}"
    ).EXERCISES
    return declared


def find_exercise(name: str) -> Exercise:
    """The exercise called `name`.

    Raises:
        ValueError: where there is none, with the closest name there is.

    >>> find_exercise("momentum_stp")
    Traceback (most recent call last):
    ValueError: There is no exercise called 'momentum_stp'. Did you mean momentum_step?
    """
    known = [known for names in NAMES.values() for known in names]
    for lesson, names in NAMES.items():
        if name in names:
            return next(exercise for exercise in exercises(lesson) if exercise.name == name)
    close = get_close_matches(name, known, n=1)
    raise ValueError(
        f"There is no exercise called {name!r}. "
        + (f"Did you mean {close[0]}?" if close else f"The exercises are: {', '.join(known)}.")
    )


def check(function: Function, *, hint: bool = False, hidden: bool = False) -> Verdict:
    """Check what you wrote for an exercise, and say what is right and what is not.

    The exercise is the one that has the name of your function: `check(momentum_step)`. Equal code gets an
    equal answer, every time.

    Args:
        function: what you wrote.
        hint: open the next hint. Open hints stay open, also tomorrow, until the exercise is right.
        hidden: for graders: the same rules with numbers from the environment variable GRADLAB_SEED.

    Returns:
        a Verdict: the feedback, and as plain text the points.

    Raises:
        ValueError: when no exercise has this name, or `function` is not a function.
    """
    exercise = find_exercise(_name_of(function, sys._getframe(1)))
    if hidden:
        seed = os.environ.get("GRADLAB_SEED", "no grader has set a seed")
        return judge(exercise, function, hidden_seed(exercise.name, seed), reveal=False)
    verdict = judge(exercise, function, VISIBLE_SEED)
    record(exercise.name, verdict.points)
    opened = min(hints_opened(exercise.name) + hint, len(verdict.hints))
    if verdict.outcome == "right" or hint:
        record_hints(exercise.name, opened)
    return dataclasses.replace(verdict, opened=opened)


def _name_of(function: Function, caller: FrameType) -> str:
    if not callable(function):
        raise ValueError(
            f"check needs the function itself, got {type(function).__name__}: write check(momentum_step), "
            "without quotes and without calling it."
        )
    # The name that the calling cell uses counts: a lambda or a decorated function carries another one, and
    # after `nesterov_step = momentum_step` one function stands for two exercises.
    known = {name for names in NAMES.values() for name in names}
    names = {**caller.f_globals, **caller.f_locals}
    mentioned = (*caller.f_code.co_names, *caller.f_code.co_varnames)
    bound = [name for name in mentioned if name in known and names.get(name) is function]
    return bound[0] if bound else getattr(function, "__name__", type(function).__name__)


def hidden_seed(exercise: str, seed: str) -> tuple[int, ...]:
    """What the numbers of an exercise's hidden check are drawn from, given the seed of one student and lesson."""
    return tuple(hashlib.sha256(f"{seed}/{exercise}".encode()).digest())
