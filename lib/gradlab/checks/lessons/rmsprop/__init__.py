"""Checks of lesson 07: RMSProp."""

from gradlab.checks.lessons.rmsprop import step_mistakes  # noqa: F401 (they register themselves)
from gradlab.checks.lessons.rmsprop.effective_rates import effective_rates
from gradlab.checks.lessons.rmsprop.moving_average_of_squares import moving_average_of_squares
from gradlab.checks.lessons.rmsprop.rmsprop_step import rmsprop_step

EXERCISES = (moving_average_of_squares, rmsprop_step, effective_rates)
