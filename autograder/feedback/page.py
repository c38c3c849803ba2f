"""The page that a learner gets back. It holds no script, loads nothing, and says so to the browser."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from nbformat import NotebookNode

from autograder.course import Lesson
from autograder.feedback.grades import Grades
from autograder.feedback.parts import notes, parts, rows
from autograder.outcome import Outcome

TEMPLATES = Path(__file__).resolve().parent / "templates"

WHAT_TO_DO = {
    "missing": "Save the notebook under the name it had when you got it, and hand it in again.",
    "unreadable": "Open it in JupyterLab. If it opens, save it and hand it in; else hand in an older copy.",
}

# Made once for all pages of a batch: to read and compile templates takes longer than to fill them.
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


def _template(name: str) -> Template:
    return _ENVIRONMENT.get_template(name)


def page_html(notebook: NotebookNode, lesson: str, student: str, grades: Grades) -> str:
    """The page for a notebook that was cleaned, and from which the hidden tests were taken."""
    table = rows(notebook, grades)
    return _template("page.html.j2").render(
        lesson=title(lesson),
        student=student,
        grades=grades,
        rows=table,
        notes=notes(notebook),
        parts=list(parts(notebook, table, grades)),
    )


def plain_page(lesson: Lesson, student: str, outcome: Outcome) -> str:
    """A page that says why nothing was graded, and what to do."""
    return _template("plain.html.j2").render(
        lesson=title(lesson.name),
        student=student,
        outcome=outcome,
        advice=WHAT_TO_DO.get(outcome.status, "Your instructor has been told."),
    )


def title(lesson: str) -> str:
    """What a lesson is called in a heading.

    >>> title("06-per-weight-steps")
    '06 · Per weight steps'
    """
    number, _, topic = lesson.partition("-")
    return f"{number} · {topic.replace('-', ' ').capitalize()}" if topic else lesson
