"""Answers to the exercises of lesson 10."""

RIGHT: dict[str, dict[str, str]] = {}

WRONG: dict[str, dict[str, str]] = {}
