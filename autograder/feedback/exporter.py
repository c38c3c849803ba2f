"""The page as nbgrader asks for it: one notebook, and the gradebook that knows its points."""

from typing import Any

from nbconvert.exporters.exporter import Exporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from traitlets import default
from traitlets.config import Config

from autograder.feedback.grades import Grades, read_grades
from autograder.feedback.hidden import hide_tests
from autograder.feedback.page import page_html
from autograder.harmless import clean_notebook


def page(
    notebook: NotebookNode, resources: dict[str, Any], config: Config, grades: Grades | None = None
) -> str:
    """The feedback page of a graded notebook; whatever is in the notebook, what is in the page does no harm.

    Args:
        notebook: as it was autograded; it stays as it is.
        resources: whose it is, as nbgrader says it.
        config: of the course, for the marks of hidden tests.
        grades: its points and comments, where they are known; else they are read from the gradebook.
    """
    names = resources["nbgrader"]
    if grades is None:
        with Gradebook(names["db_url"]) as book:
            grades = read_grades(book, names["assignment"], names["notebook"], names["student"])
    shown = hide_tests(clean_notebook(notebook), config)
    return page_html(shown, names["assignment"], names["student"], grades)


class FeedbackExporter(Exporter):
    """`page` in the place of nbconvert's HTMLExporter in `nbgrader generate_feedback`."""

    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Any = None, **_: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page, and nbconvert's resources as they came."""
        copy, resources = super().from_notebook_node(nb, resources)
        return page(copy, resources, self.config), resources
