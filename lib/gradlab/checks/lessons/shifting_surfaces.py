"""Checks of lesson 12: shifting surfaces."""

from gradlab.checks.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = ()
