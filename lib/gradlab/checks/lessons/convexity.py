"""Checks of lesson 02: convexity."""

from gradlab.checks.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = ()
