"""Checks of lesson 11: batch normalization."""

from gradlab.checks.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = ()
