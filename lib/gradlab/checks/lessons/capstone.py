"""Checks of lesson 13: capstone."""

from gradlab.checks.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = ()
