"""Checks of lesson 03: local optima."""

from gradlab.checks.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = ()
