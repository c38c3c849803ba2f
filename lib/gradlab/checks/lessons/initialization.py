"""Checks of lesson 04: initialization."""

from gradlab.checks.exercise import Exercise

EXERCISES: tuple[Exercise, ...] = ()
