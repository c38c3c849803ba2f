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
    known = {exercise.name: exercise for lesson in LESSONS for exercise in exercises(lesson)}
    if name in known:
        return known[name]
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
        return judge(exercise, function, _hidden_seed(exercise), reveal=False)
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
    known = {exercise.name for lesson in LESSONS for exercise in exercises(lesson)}
    names = {**caller.f_globals, **caller.f_locals}
    mentioned = (*caller.f_code.co_names, *caller.f_code.co_varnames)
    bound = [name for name in mentioned if name in known and names.get(name) is function]
    return bound[0] if bound else getattr(function, "__name__", type(function).__name__)


def _hidden_seed(exercise: Exercise) -> tuple[int, ...]:
    text = f"{os.environ.get('GRADLAB_SEED', 'no grader has set a seed')}/{exercise.name}"
    return tuple(hashlib.sha256(text.encode()).digest())
