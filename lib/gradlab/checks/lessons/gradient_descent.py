"""Checks of lesson 01: gradient descent."""

from gradlab.checks.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = ()
