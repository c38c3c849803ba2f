"""Checks of lesson 09: schedules."""

from gradlab.checks.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = ()
