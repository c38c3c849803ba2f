"""Checks of lesson 13: the capstone."""

from gradlab.checks.lessons.capstone import recipe_mistakes, train_mistakes  # noqa: F401 (they register themselves)
from gradlab.checks.lessons.capstone.build import build
from gradlab.checks.lessons.capstone.report import report
from gradlab.checks.lessons.capstone.train import train

EXERCISES = (build, train, report)
