"""The teacher's page on a class: how it went, what was hard, and what a person should look at."""

from autograder.class_report.page import page_html

__all__ = ["page_html"]
