"""What a learner gets back: a page with points, comments and mistakes, or one that says why there are none."""

from autograder.feedback.exporter import FeedbackExporter, page
from autograder.feedback.hidden import HideTests
from autograder.feedback.page import plain_page

__all__ = ["FeedbackExporter", "HideTests", "page", "plain_page"]
