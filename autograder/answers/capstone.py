"""Answers to the exercises of lesson 13."""

RIGHT: dict[str, dict[str, str]] = {}

WRONG: dict[str, dict[str, str]] = {}
