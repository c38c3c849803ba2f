"""Answers to the exercises of lesson 04."""

from autograder.answers.initialization import passes, starts

RIGHT = starts.RIGHT | passes.RIGHT

WRONG = starts.WRONG | passes.WRONG
