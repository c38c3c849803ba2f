"""Checks of lesson 07: rmsprop."""

from gradlab.checks.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = ()
