"""Checks of lesson 04: initialization."""

from gradlab.checks.lessons.initialization.forward_variance import forward_variance
from gradlab.checks.lessons.initialization.gradient_variance import gradient_variance
from gradlab.checks.lessons.initialization.he_normal import he_normal
from gradlab.checks.lessons.initialization.normal_init import normal_init
from gradlab.checks.lessons.initialization.xavier import xavier_normal, xavier_uniform

EXERCISES = (normal_init, forward_variance, gradient_variance, xavier_normal, xavier_uniform, he_normal)
