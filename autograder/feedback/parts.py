"""What a page shows, in the order of the notebook: exercises open, the lesson around them folded."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup
from nbconvert.filters import ansi2html
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_locked, is_solution, is_task

from autograder.feedback.code import coloured
from autograder.feedback.formulas import latex_html
from autograder.feedback.grades import Grades
from autograder.feedback.prose import render_markdown
from autograder.gradebook import Score
from autograder.outcome import mistakes_in
from autograder.released import name_of
from autograder.restore import NOTES_ID
from gradlab.checks.verdict import VERDICT_MIME

_ONLY_A_CALL = re.compile(r"check\(\w+\)")


@dataclass(frozen=True)
class Row:
    """A line of the table on top, and the head of an exercise."""

    name: str
    score: Score
    seen: tuple[str, ...]

    @property
    def title(self) -> str:
        """The name of the exercise: that of its test without `check_`."""
        return self.name.removeprefix("check_")

    @property
    def colour(self) -> str:
        """The class that colours the points; the words beside it say the same."""
        if self.score.to_read:
            return "open"
        if self.score.points >= self.score.max_points:
            return "right"
        return "part" if self.score.points > 0 else "wrong"


@dataclass(frozen=True)
class Output:
    """An output as HTML, and the class of the box around it."""

    box: str
    html: Markup


@dataclass(frozen=True)
class Shown:
    """A cell as HTML, with its points and what the instructor said of it."""

    kind: str
    html: Markup
    outputs: tuple[Output, ...] = ()
    row: Row | None = None
    comment: Markup | None = None
    is_answer: bool = False


@dataclass(frozen=True)
class Part:
    """An exercise with the text that asks for it, or what stands between two exercises."""

    is_exercise: bool
    cells: tuple[Shown, ...]
    title: str = ""
    has_error: bool = False

    @property
    def head(self) -> Row | None:
        """The row that stands over an exercise as a whole; None where several cells of it earn points."""
        rows = [cell.row for cell in self.cells if cell.row]
        return rows[0] if len(rows) == 1 else None


def rows(notebook: NotebookNode, grades: Grades) -> list[Row]:
    """A row for each graded cell, in the order of the notebook."""
    graded = [name_of(cell) for cell in notebook.cells if is_grade(cell) or is_task(cell)]
    mistakes = {name_of(cell): mistakes_in(cell) for cell in notebook.cells if is_grade(cell)}
    return [
        Row(name, grades.scores[name], mistakes.get(name, ())) for name in graded if name in grades.scores
    ]


def notes(notebook: NotebookNode) -> list[Markup]:
    """What the grader had to say, which stands in a cell of its own."""
    return [Markup(render_markdown(cell.source)) for cell in notebook.cells if cell.get("id") == NOTES_ID]


def parts(notebook: NotebookNode, table: Sequence[Row], grades: Grades) -> Iterator[Part]:
    """The notebook in stretches; each exercise begins with the text right before it, which says what is asked for."""
    by_name = {row.name: row for row in table}
    cells = [cell for cell in notebook.cells if cell.get("id") != NOTES_ID]
    stretch: list[NotebookNode] = []
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        asks = (
            cell.cell_type == "markdown"
            and not _is_exercise(cell)
            and following is not None
            and _is_exercise(following)
        )
        begins = asks or (
            stretch and _is_exercise(stretch[-1]) != _is_exercise(cell) and not _asks_for(stretch, cell)
        )
        if begins and stretch:
            yield _part(stretch, by_name, grades)
            stretch = []
        stretch.append(cell)
    if stretch:
        yield _part(stretch, by_name, grades)


def _asks_for(stretch: list[NotebookNode], cell: NotebookNode) -> bool:
    """Whether `cell` is the exercise that the one text of the stretch asks for."""
    return _is_exercise(cell) and len(stretch) == 1 and stretch[0].cell_type == "markdown"


def _part(stretch: list[NotebookNode], by_name: dict[str, Row], grades: Grades) -> Part:
    headings = [
        cell.source.split("\n")[0].strip("# ")[:80]
        for cell in stretch
        if cell.source.startswith(("# ", "## "))
    ]
    return Part(
        is_exercise=any(map(_is_exercise, stretch)),
        cells=tuple(_shown(cell, by_name, grades) for cell in stretch),
        title=" · ".join(headings),
        has_error=any(
            output.output_type == "error" for cell in stretch for output in cell.get("outputs", [])
        ),
    )


def _is_exercise(cell: NotebookNode) -> bool:
    return bool(is_grade(cell) or is_solution(cell) or is_task(cell))


def _shown(cell: NotebookNode, by_name: dict[str, Row], grades: Grades) -> Shown:
    name = name_of(cell) if "nbgrader" in cell.metadata else ""
    comment = grades.comments.get(name)
    return Shown(
        cell.cell_type,
        Markup(_source(cell)),
        tuple(output_html(output) for output in _without_repetition(cell.get("outputs", []))),
        by_name.get(name),
        Markup(render_markdown(comment)) if comment else None,
        bool(is_solution(cell) or is_task(cell)),
    )


def _source(cell: NotebookNode) -> str:
    if is_locked(cell) and _ONLY_A_CALL.fullmatch(cell.source.strip()):
        return ""  # `check(momentum_step)`: what came out says it all
    if cell.cell_type == "markdown":
        return render_markdown(cell.source, cell.get("attachments"))
    return coloured(cell.source) if cell.cell_type == "code" else escape(cell.source)


def _without_repetition(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """The outputs without the verdict on hidden numbers, where that on the numbers everyone sees gave the same points."""
    verdicts = [output for output in outputs if VERDICT_MIME in output.get("data", {})]
    if len({output.data[VERDICT_MIME]["points"] for output in verdicts}) != 1:
        return outputs
    return [output for output in outputs if output not in verdicts[1:]]


def output_html(output: NotebookNode) -> Output:
    """The best form of an output that a page without scripts can show."""
    if output.output_type == "stream":
        return Output("text", Markup(ansi2html(output.text)))
    if output.output_type == "error":
        words = "\n".join(output.traceback) or f"{output.ename}: {output.evalue}"
        return Output("error", Markup(ansi2html(words)))
    for kind, render in _RICH.items():
        if kind in output.data:
            return Output("rich", Markup(render(output.data[kind])))
    return Output("text", Markup(ansi2html(output.data.get("text/plain", ""))))


def _picture(kind: str, data: str) -> Markup:
    address = f"data:{kind};base64,{''.join(data.split())}"
    return Markup('<img alt="A picture that this cell drew" src="{}">').format(address)


# Best first, as in nbconvert. HTML and SVG were cleaned with the notebook.
_RICH: dict[str, Callable[[str], str]] = {
    "text/html": str,
    "text/markdown": render_markdown,
    "image/svg+xml": lambda svg: _picture("image/svg+xml", b64encode(svg.encode()).decode()),
    "text/latex": latex_html,
    "image/png": lambda data: _picture("image/png", data),
    "image/jpeg": lambda data: _picture("image/jpeg", data),
}
