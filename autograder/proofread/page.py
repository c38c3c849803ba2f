"""A lesson as a proofreader has it on the desk: the executed solution, what is released from it, and its neighbours."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from autograder.course import Lesson, lessons

# The tour through the course has no points to earn, and so not all that a lesson needs.
TOUR = "00-start-here"
# Where learners paste functions of earlier lessons; those have been checked there.
TOOLS = "toolbox"
_FENCED = re.compile(r"^```.*?^```", re.M | re.S)
_CODE_OR_FORMULA = re.compile(r"`[^`]*`|\$\$.*?\$\$|\$[^$]*\$", re.S)


@dataclass(frozen=True)
class Page:
    """What the rules look at.

    Attributes:
        lesson: which lesson it is.
        solution: the executed notebook with the answers in it.
        released: the notebook that learners open.
        course: all lessons, in order.
    """

    lesson: Lesson
    solution: NotebookNode
    released: NotebookNode
    course: tuple[Lesson, ...]

    @property
    def is_tour(self) -> bool:
        """Whether this is the tour, which has no graded exercises."""
        return self.lesson.name == TOUR


# A rule says what is wrong with a page, a sentence for each thing; where all is well it says nothing.
Rule = Callable[[Page], Iterator[str]]


def read_page(lesson: Lesson) -> Page:
    """The page of a lesson that has been built."""
    solution, released = (nbformat.read(path, as_version=4) for path in (lesson.solution, lesson.release))
    return Page(lesson, solution, released, tuple(lessons(lesson.root)))


def numbered(notebook: NotebookNode, kind: str) -> Iterator[tuple[str, NotebookNode]]:
    """The cells of one kind, "code" or "markdown", each with its place in words."""
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == kind:
            yield f"cell {number}", cell


def marks(cell: NotebookNode) -> dict[str, object]:
    """What nbgrader knows about a cell; nothing for most of them."""
    found: dict[str, object] = cell.metadata.get("nbgrader", {})
    return found


def is_exercise(cell: NotebookNode) -> bool:
    """Whether learners write a function here that is new to them."""
    return cell.cell_type == "code" and bool(marks(cell).get("solution")) and marks(cell)["grade_id"] != TOOLS


def is_written(cell: NotebookNode) -> bool:
    """Whether learners write sentences here."""
    return cell.cell_type == "markdown" and bool(marks(cell).get("solution"))


def prose(cell: NotebookNode) -> str:
    """The words of a markdown cell, without its code and formulas.

    >>> prose(NotebookNode(source="The rate $\\\\eta$, in code `lr`, is 0.1."))
    'The rate  , in code  , is 0.1.'
    """
    return _CODE_OR_FORMULA.sub(" ", _FENCED.sub("", cell.source))


def headings(cell: NotebookNode) -> list[tuple[int, str]]:
    """The level and the text of each heading of a markdown cell.

    >>> headings(NotebookNode(source="# One\\n\\ntext\\n\\n## 2. Two"))
    [(1, 'One'), (2, '2. Two')]
    """
    source = _FENCED.sub("", cell.source)
    return [(len(signs), text.strip()) for signs, text in re.findall(r"^(#+) +(.*)$", source, re.M)]
