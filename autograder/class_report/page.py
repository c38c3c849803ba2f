"""The page itself. Like a feedback page it holds no script, loads nothing, and says so to the browser."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from statistics import median

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from autograder.class_report.facts import Facts, facts
from autograder.class_report.histogram import histogram
from autograder.course import Lesson
from autograder.feedback.page import TEMPLATES, title
from autograder.results import Result

_ENVIRONMENT = Environment(
    loader=FileSystemLoader([Path(__file__).resolve().parent / "templates", TEMPLATES]),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


def page_html(
    lesson: Lesson,
    results: Sequence[Result],
    columns: dict[str, float],
    notebook_seconds: float,
    *,
    now: datetime,
    ungraded: int = 0,
    names: bool = False,
) -> str:
    """The page on a class.

    Args:
        lesson: which one.
        results: of everybody who was graded.
        columns: the graded cells and what each is worth, in order.
        notebook_seconds: how long a run of a notebook may take.
        now: the moment that the page is of.
        ungraded: how many have handed in and were not graded yet.
        names: whether the page may name students; without it no name of anybody is in it.
    """
    found = facts(results, columns, notebook_seconds)
    return _ENVIRONMENT.get_template("report.html.j2").render(
        lesson=title(lesson.name),
        facts=found,
        summary=summary(found),
        totals=histogram(found.totals, found.most),
        seconds=histogram(found.seconds),
        now=f"{now:%Y-%m-%d %H:%M}",
        ungraded=ungraded,
        names=names,
        time_words=time_words(found),
        details=_details(results) if names else [],
    )


def summary(found: Facts) -> str:
    """The totals in a sentence, which is also the text alternative of their picture."""
    if not found.totals or not found.most:
        return ""
    if len(found.totals) == 1:
        return f"One with points: {found.mean:g} of {found.most:g}."
    full = sum(total >= found.most for total in found.totals)
    return (
        f"{len(found.totals)} with points: on average {found.mean:.1f} of {found.most:g}, half of them {found.median:g} or "
        f"more, from {min(found.totals):g} to {max(found.totals):g}; {full or 'none'} with all points."
    )


def time_words(found: Facts) -> str:
    """The times in a sentence."""
    if not found.seconds:
        return ""
    if len(found.seconds) == 1:
        return f"One notebook: it ran {found.seconds[0]:.1f} seconds."
    return (
        f"{len(found.seconds)} notebooks: half of them ran {median(found.seconds):.1f} seconds or more, "
        f"from {min(found.seconds):.1f} to {max(found.seconds):.1f}."
    )


def _details(results: Sequence[Result]) -> list[tuple[str, str]]:
    """What was said of whom, where something was."""
    return [(result.student, result.outcome.detail) for result in results if result.outcome.detail]
