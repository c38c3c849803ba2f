"""What learners write, lesson by lesson, to prove the checks with: see `autograder audit`.

Each module is named after the module of `gradlab.checks.lessons` that it answers, and holds, under the name of each
exercise,

    RIGHT       answers in at least four styles, every one worth full marks,
    WRONG       answers that must lose points and have no name among the mistakes,
    EQUIVALENT  where there are any: lines of the solution that a mutation changes without changing what it does, with
                the reason.
"""

import importlib
from typing import NamedTuple

from gradlab.checks import LESSONS

Sources = dict[str, dict[str, str]]


class Answers(NamedTuple):
    """The answers to the exercises of one lesson: exercise -> label -> source."""

    right: Sources
    wrong: Sources
    equivalent: Sources


def answers(lesson: str) -> Answers:
    """The answers to the exercises of `lesson`, such as "05-momentum"."""
    module = importlib.import_module(f"autograder.answers.{LESSONS[lesson]}")
    return Answers(module.RIGHT, module.WRONG, getattr(module, "EQUIVALENT", {}))
