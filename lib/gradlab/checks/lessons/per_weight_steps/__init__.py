"""Checks of lesson 06: a step size for every weight."""

from gradlab.checks.lessons.per_weight_steps import adagrad_mistakes
from gradlab.checks.lessons.per_weight_steps.adagrad import adagrad
from gradlab.checks.lessons.per_weight_steps.adagrad_step import adagrad_step
from gradlab.checks.lessons.per_weight_steps.normalized_step import normalized_step
from gradlab.checks.lessons.per_weight_steps.scaled_step import scaled_step

EXERCISES = (normalized_step, scaled_step, adagrad_step, adagrad)

__all__ = ["EXERCISES", "adagrad_mistakes"]
