"""Checks of lesson 08: adam."""

from gradlab.checks.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = ()
