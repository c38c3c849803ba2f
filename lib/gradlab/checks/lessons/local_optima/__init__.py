"""Checks of lesson 03: local optima."""

from gradlab.checks.lessons.local_optima import classify_mistakes, multi_start_mistakes, perturbed_mistakes
from gradlab.checks.lessons.local_optima.basin_map import basin_map
from gradlab.checks.lessons.local_optima.classify_critical_point import classify_critical_point
from gradlab.checks.lessons.local_optima.multi_start import multi_start
from gradlab.checks.lessons.local_optima.perturbed_descent import perturbed_descent

__all__ = ["EXERCISES", "classify_mistakes", "multi_start_mistakes", "perturbed_mistakes"]

EXERCISES = (classify_critical_point, multi_start, basin_map, perturbed_descent)
