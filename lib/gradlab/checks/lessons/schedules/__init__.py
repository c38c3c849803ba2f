"""Checks of lesson 09: schedules."""

from gradlab.checks.lessons.schedules.cosine_decay import cosine_decay
from gradlab.checks.lessons.schedules.exponential_decay import exponential_decay
from gradlab.checks.lessons.schedules.reduce_on_plateau import reduce_on_plateau
from gradlab.checks.lessons.schedules.step_decay import step_decay

EXERCISES = (step_decay, exponential_decay, cosine_decay, reduce_on_plateau)
