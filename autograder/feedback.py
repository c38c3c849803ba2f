"""What a learner gets back: nbgrader's feedback page, or a small page of our own if there is no notebook."""

import re
from html import escape
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearHiddenTests
from nbgrader.preprocessors.base import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from traitlets.config import Config

from autograder.course import Lesson, find_lesson
from autograder.gradebook import Score, scores
from autograder.outcome import Outcome, mistakes_in
from autograder.released import name_of

WHAT_TO_DO = {
    "missing": "Save the notebook under the name it had when you got it, and hand it in again.",
    "unreadable": "Open it in JupyterLab. If it opens, save it and hand it in; else hand in an older copy.",
}

PLAIN_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{lesson}: {status}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1.05rem/1.55 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem; }}
</style>
</head>
<body>
<h1>{lesson}: {status}</h1>
<p>{student}, nothing could be graded here, so there are no points yet.</p>
<p>{detail}</p>
<p>{advice}</p>
</body>
</html>
"""


class HideTests(ClearHiddenTests):
    """Take the hidden tests out of what learners see: from the cells, and from tracebacks that quote them."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, cell_index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Clear one cell."""
        if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
            cell, resources = super().preprocess_cell(cell, resources, cell_index)
            for output in cell.outputs:
                if output.output_type == "error":
                    output.traceback = [f"{output.ename}: {output.evalue}"]
        return cell, resources


class Summary(NbGraderPreprocessor):
    """Begin the page with what each exercise earned, and the mistakes that were seen in it."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Put a table before the first cell of one notebook."""
        names = resources["nbgrader"]
        with Gradebook(names["db_url"]) as book:
            earned, _ = scores(book, find_lesson(names["assignment"]), names["student"])
        lines = [_line(cell, earned[name_of(cell)]) for cell in nb.cells if is_grade(cell)]
        table = "\n".join(["| exercise | points | what was seen |", "|:--|:--|:--|", *lines])
        nb.cells.insert(0, new_markdown_cell(source=table, id="summary"))
        return nb, resources


def _line(cell: NotebookNode, score: Score) -> str:
    name = name_of(cell)
    points = "to be read" if score.to_read else f"{score.points:g} of {score.max_points:g}"
    # Names of mistakes come from the submission's process.
    seen = ", ".join(re.sub(r"[^\w '.-]", " ", mistake) for mistake in mistakes_in(cell))
    # nbgrader's page gives its tables no room between the columns.
    return f"| [{name.removeprefix('check_')}](#{name}) &emsp; | {points} &emsp; | {seen} |"


def page(notebook: NotebookNode, resources: dict[str, Any], config: Config) -> str:
    """The page that `nbgrader generate_feedback` would write for a graded notebook."""
    converter = GenerateFeedback(coursedir=CourseDirectory(config=config), config=config)
    exporter = HTMLExporter(config=converter.config)
    for step in converter.preprocessors:
        exporter.register_preprocessor(step)
    html, _ = exporter.from_notebook_node(notebook, resources=resources)
    return str(html)


def plain_page(lesson: Lesson, student: str, outcome: Outcome) -> str:
    """A page that says why nothing was graded, and what to do."""
    return PLAIN_PAGE.format(
        lesson=escape(lesson.name),
        status=escape(outcome.status),
        student=escape(student),
        detail=escape(outcome.detail),
        advice=escape(WHAT_TO_DO.get(outcome.status, "Your instructor has been told.")),
    )
