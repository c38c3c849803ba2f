"""Checks of lesson 02: convexity."""

from gradlab.checks.lessons.convexity import chord_mistakes, hessian_mistakes
from gradlab.checks.lessons.convexity.best_learning_rate import best_learning_rate
from gradlab.checks.lessons.convexity.contraction_factor import contraction_factor
from gradlab.checks.lessons.convexity.is_positive_semidefinite import is_positive_semidefinite
from gradlab.checks.lessons.convexity.numerical_hessian import numerical_hessian
from gradlab.checks.lessons.convexity.violates_chord import violates_chord

__all__ = ["EXERCISES", "chord_mistakes", "hessian_mistakes"]

EXERCISES = (
    violates_chord,
    numerical_hessian,
    is_positive_semidefinite,
    best_learning_rate,
    contraction_factor,
)
