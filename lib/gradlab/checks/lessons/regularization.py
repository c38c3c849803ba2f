"""Checks of lesson 10: regularization."""

from gradlab.checks.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = ()
