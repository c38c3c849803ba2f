"""The shape of a lesson: its opening, its headings, its sections, and what it refers to."""

import re
from collections.abc import Iterator

import nbformat
from nbformat import NotebookNode

from autograder.proofread.page import Page, headings, numbered, prose

CONVENTIONS = "> **Conventions.**"
# What these two teach has no form that another book writes otherwise.
WITHOUT_CONVENTIONS = {"00-start-here", "13-capstone"}
READING, SEEN = "Where to read on", "What you should have seen"
YEAR = re.compile(r"\b(1[6-9]|20)\d\d\b")


def opens_well(page: Page) -> Iterator[str]:
    """The first cell asks a question, and says what the learner will be able to do, and what it builds on."""
    first = page.solution.cells[0].source
    number, _ = page.lesson.name.split("-", 1)
    if not re.match(rf"# {number} · \S", first):
        yield f"the first line is not its title: # {number} · ..."
    if not re.search(r"^\*\*[^*]*\?\*\*$", first, re.M | re.S):
        yield "the first cell asks no question in bold letters"
    if not re.search(r"you can\n#?\n- ", first):
        yield "the first cell does not say what one can do in the end: When you are done, you can, and a list"
    if "**Builds on:**" not in first:
        yield "the first cell does not say what the lesson builds on: **Builds on:** ..."


def nests_its_headings(page: Page) -> Iterator[str]:
    """One title, no level left out, sections and exercises numbered from 1: they make the table of contents."""
    levels = 0
    sections: list[int] = []
    exercises: list[int] = []
    for place, cell in numbered(page.solution, "markdown"):
        for level, text in headings(cell):
            if level == 1 and levels:
                yield f"{place} has a second title, {text!r}"
            if level > levels + 1:
                yield f"{place} goes from level {levels} to level {level} at {text!r}"
            levels = level
            sections += [int(n) for n in re.findall(r"^(\d+)\. ", text)] if level == 2 else []
            exercises += [int(n) for n in re.findall(r"^Exercise (\d+)", text)]
    for what, found in (("sections", sections), ("exercises", exercises)):
        if found != list(range(1, len(found) + 1)):
            yield f"the {what} are numbered {', '.join(map(str, found))}"


def ends_well(page: Page) -> Iterator[str]:
    """It sums up, says where to read on, and shows how far the learner has come."""
    code = [cell.source for _, cell in numbered(page.solution, "code")]
    if not code or not code[-1].startswith("progress("):
        yield "the last code cell does not call progress"
    if page.is_tour:
        return
    texts = {text: cell for _, cell in numbered(page.solution, "markdown") for _, text in headings(cell)}
    if not any(text.endswith(SEEN) for text in texts):
        yield f"there is no section {SEEN!r}"
    if READING not in texts:
        yield f"there is no section {READING!r}"
    elif sum(bool(YEAR.search(item)) for item in texts[READING].source.split("\n- ")[1:]) < 3:
        yield f"{READING!r} lists fewer than three works with their years"


def tells_conventions(page: Page) -> Iterator[str]:
    """Where other books write a rule otherwise, a box says so."""
    boxed = any(CONVENTIONS in cell.source for _, cell in numbered(page.solution, "markdown"))
    if not boxed and page.lesson.name not in WITHOUT_CONVENTIONS:
        yield f"there is no box that begins with {CONVENTIONS}"


def asks_for_a_prediction(page: Page) -> Iterator[str]:
    """Learners commit themselves before they look."""
    sources = [cell.source for cell in page.solution.cells]
    if not any(re.search(r"\*(\w+ )?[Pp]redict|\*Before you|Prediction\(", source) for source in sources):
        yield "it asks for no prediction"


def refers_to_what_there_is(page: Page) -> Iterator[str]:
    """Sections and lessons that the text speaks of are there."""
    course = {lesson.name.split("-", 1)[0]: lesson for lesson in page.course}
    own = _sections(page.solution)
    for place, cell in numbered(page.solution, "markdown"):
        words = " ".join(prose(cell).split())
        for section, of, number in re.findall(r"\bsections? (\d+)( of lesson (\d\d))?", words):
            there = _sections(nbformat.read(course[number].solution, 4)) if number in course else own
            if int(section) not in there:
                yield f"{place} speaks of section {section}{of}, which there is not"
        for number in re.findall(r"\blessons? (\d\d)\b", words):
            if number not in course:
                yield f"{place} speaks of lesson {number}, which there is not"


def means_its_stars(page: Page) -> Iterator[str]:
    """Powers that are written as in Python stand in code, or Markdown takes their stars for bold letters."""
    for place, cell in numbered(page.solution, "markdown"):
        for power in re.findall(r"\w+\*\*\w+", prose(cell)):
            yield f"{place} writes {power} outside of code, where stars make bold letters"


def _sections(notebook: NotebookNode) -> set[int]:
    """The numbers of a notebook's sections."""
    texts = (
        text for _, cell in numbered(notebook, "markdown") for level, text in headings(cell) if level == 2
    )
    return {int(found[1]) for text in texts if (found := re.match(r"(\d+)\. ", text))}
