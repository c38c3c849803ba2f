"""How long a lesson takes: the one rule by which every lesson states its time."""

import re
from collections.abc import Iterator

from nbformat import NotebookNode

from autograder.proofread.page import Page, is_exercise, is_written, marks, prose

# Half of what people read of a novel: there are formulas to follow, and figures to look at.
WORDS_A_MINUTE = 120
# To write a function, or a few sentences, and to have it right; a warm-up is a single line.
TASK_MINUTES, WARM_UP_MINUTES = 7, 3
STATED = re.compile(r"\*\*Time:\*\* about (\d+) minutes\b")


def minutes(released: NotebookNode) -> int:
    """The minutes that a lesson takes, to the nearest five: its words, its exercises and its written questions.

    Words are those of sentences and of the stubs that learners fill in. Tables are looked at rather than read, and
    so is code.
    """
    exercises = [cell for cell in released.cells if is_exercise(cell)]
    written = sum(is_written(cell) for cell in released.cells)
    graded = _graded(released) + written
    words = sum(_words(prose(cell)) for cell in released.cells if cell.cell_type == "markdown")
    words += sum(_words(cell.source) for cell in exercises)
    tasks = TASK_MINUTES * graded + WARM_UP_MINUTES * (len(exercises) + written - graded)
    return max(5, 5 * round((words / WORDS_A_MINUTE + tasks) / 5))


def states_its_time(page: Page) -> Iterator[str]:
    """The first cell says how long the lesson takes, and that is what the rule gives."""
    stated = STATED.search(page.released.cells[0].source)
    true = minutes(page.released)
    if stated is None:
        yield f'the first cell does not say how long it takes: "**Time:** about {true} minutes."'
    elif int(stated[1]) != true:
        yield f"it says that it takes about {stated[1]} minutes, and it takes about {true}"


def _graded(released: NotebookNode) -> int:
    """How many exercises have points: each has a cell of its own that checks it."""
    return sum(cell.cell_type == "code" and bool(marks(cell).get("grade")) for cell in released.cells)


def _words(text: str) -> int:
    """The words of a text, those of its tables left out.

    >>> _words("Two words.\\n| a | table |\\n|:--|:--|")
    2
    """
    sentences = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("|"))
    return len(re.findall(r"[^\W\d_][\w'’-]*", sentences))
