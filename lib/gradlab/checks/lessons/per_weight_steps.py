"""Checks of lesson 06: per weight steps."""

from gradlab.checks.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = ()
