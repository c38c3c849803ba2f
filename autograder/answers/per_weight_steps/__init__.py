"""Answers to the exercises of lesson 06."""

from autograder.answers.per_weight_steps.right import RIGHT
from autograder.answers.per_weight_steps.wrong import WRONG

__all__ = ["RIGHT", "WRONG"]
