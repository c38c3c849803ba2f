"""Answers to the exercises of lesson 01."""

from autograder.answers.gradient_descent import batches, slopes

RIGHT = slopes.RIGHT | batches.RIGHT
WRONG = slopes.WRONG | batches.WRONG
EQUIVALENT = slopes.EQUIVALENT | batches.EQUIVALENT
