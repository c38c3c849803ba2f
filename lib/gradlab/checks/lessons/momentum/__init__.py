"""Checks of lesson 05: momentum."""

from gradlab.checks.lessons.momentum.effective_step import effective_step
from gradlab.checks.lessons.momentum.exponential_average import exponential_average
from gradlab.checks.lessons.momentum.momentum_limit import momentum_limit
from gradlab.checks.lessons.momentum.momentum_step import momentum_step
from gradlab.checks.lessons.momentum.nesterov_step import nesterov_step

EXERCISES = (momentum_step, effective_step, momentum_limit, exponential_average, nesterov_step)
