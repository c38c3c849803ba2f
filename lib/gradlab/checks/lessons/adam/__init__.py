"""Checks of lesson 08: Adam."""

from gradlab.checks.lessons.adam.adam_step import adam_step
from gradlab.checks.lessons.adam.adamw_step import adamw_step
from gradlab.checks.lessons.adam.bias_correction import bias_correction
from gradlab.checks.lessons.adam.first_moment import first_moment
from gradlab.checks.lessons.adam.second_moment import second_moment

EXERCISES = (first_moment, second_moment, bias_correction, adam_step, adamw_step)
