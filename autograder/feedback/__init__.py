"""What a learner gets back: a page with points, comments and mistakes, or one that says why there are none."""

from autograder.feedback.exporter import FeedbackExporter, page
from autograder.feedback.grades import Grades, read_grades
from autograder.feedback.hidden import HideTests
from autograder.feedback.page import plain_page

__all__ = ["FeedbackExporter", "Grades", "HideTests", "page", "plain_page", "read_grades"]
