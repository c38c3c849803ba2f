"""How far a learner has come, as a bar per lesson."""

from html import escape
from typing import NamedTuple

from gradlab.checks import LESSONS, exercises
from gradlab.records import recorded

_BAR = 24


class Row(NamedTuple):
    """An exercise and the best that its check has said of it so far.

    >>> Row("momentum_step", points=3.0, most=4.0, graded=True).points
    3.0
    """

    name: str
    points: float
    most: float
    graded: bool


class Progress:
    """Shown as a bar per lesson; `print(progress())` shows the same as text.

    >>> list(Progress("05-momentum").lessons)
    ['05-momentum']
    """

    def __init__(self, lesson: str | None = None) -> None:
        best = recorded()
        self.lessons = {
            name: [
                Row(e.name, min(best.get(e.name, 0.0), e.max_points), e.max_points, e.graded)
                for e in exercises(name)
            ]
            for name in ([lesson] if lesson else LESSONS)
        }

    def __repr__(self) -> str:
        lines = []
        for lesson, rows in self.lessons.items():
            filled = round(_BAR * _share(rows))
            lines.append(f"{lesson:18} {'#' * filled}{'.' * (_BAR - filled)} {_score(rows)}")
            lines += [f"  {row.name:24} {_score([row])}" for row in rows]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return "".join(_lesson_html(lesson, rows) for lesson, rows in self.lessons.items())


def progress(lesson: str | None = None) -> Progress:
    """How far you have come, in one lesson or in all of them.

    Raises:
        ValueError: for a lesson that does not exist.

    >>> progress("momentum")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: There is no lesson called 'momentum'. The lessons are: 00-start-here, ...
    """
    if lesson is not None and lesson not in LESSONS:
        raise ValueError(f"There is no lesson called {lesson!r}. The lessons are: {', '.join(LESSONS)}.")
    return Progress(lesson)


def _share(rows: list[Row]) -> float:
    return sum(row.points for row in rows) / sum(row.most for row in rows)


def _score(rows: list[Row]) -> str:
    """Points where there are points to be had; a warm-up is done or not."""
    graded = [row for row in rows if row.graded]
    if graded:
        return f"{sum(row.points for row in graded):g} of {sum(row.most for row in graded):g}"
    return "done" if _share(rows) == 1 else "to do"


def _unbroken(score: str) -> str:
    """A score that stays on the line of its name: JupyterLab lets lines break behind code, whatever the style says."""
    return f" {score}".replace(" ", "&nbsp;")


def _lesson_html(lesson: str, rows: list[Row]) -> str:
    bar = (
        '<div style="height:.5em;border-radius:.25em;background:rgba(128,128,128,.25);margin:.25em 0 .4em">'
        f'<div style="height:100%;width:{_share(rows):.0%};border-radius:.25em;background:#009E73"></div></div>'
    )
    items = " ".join(
        f'<span style="white-space:nowrap;margin-right:1.4em"><code>{escape(row.name)}</code>{_unbroken(_score([row]))}</span>'
        for row in rows
    )
    score = _score(rows)
    return (
        f'<div role="img" aria-label="{escape(lesson)}: {score}" style="max-width:48em;margin:.4em 0 .8em">'
        f"<div><b>{escape(lesson)}</b> &nbsp;{score}</div>{bar}<div>{items}</div></div>"
    )
