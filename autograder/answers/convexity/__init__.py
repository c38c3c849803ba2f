"""Answers to the exercises of lesson 02."""

from autograder.answers.convexity.right import RIGHT
from autograder.answers.convexity.wrong import WRONG

__all__ = ["RIGHT", "WRONG"]
