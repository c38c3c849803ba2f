"""Every lesson, held to what a lesson must have. The rules themselves are tried in test_proofread.py."""

import re

import pytest

from autograder.course import ROOT, Lesson, lessons
from autograder.proofread import RULES, Page, Rule, read_page
from autograder.proofread.page import TOUR, numbered
from autograder.run_solution import FIXED
from gradlab.checks import NAMES

COURSE = lessons()


@pytest.fixture(scope="module")
def pages() -> dict[Lesson, Page]:
    return {lesson: read_page(lesson) for lesson in COURSE}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("lesson", COURSE, ids=lambda lesson: lesson.name)
def test_a_lesson_has_what_a_lesson_must_have(lesson: Lesson, rule: Rule, pages: dict[Lesson, Page]):
    assert list(rule(pages[lesson])) == []


@pytest.mark.parametrize("lesson", COURSE, ids=lambda lesson: lesson.name)
def test_the_tour_shows_every_lesson_under_its_title(lesson: Lesson, pages: dict[Lesson, Page]):
    tour = next(page for page in pages.values() if page.lesson.name == TOUR)
    title = pages[lesson].solution.cells[0].source.split("\n")[0].removeprefix("# ")
    shown = f"**{title}**"
    if lesson.name != TOUR:
        shown = f"[{shown}](../{lesson.name}/{lesson.solution.name})"
    rows = [line for _, cell in numbered(tour.solution, "markdown") for line in cell.source.split("\n")]
    assert any(line.startswith(f"| {shown} | ") and re.search(r"\w[^|]*\? \|$", line) for line in rows)


@pytest.mark.parametrize("lesson", COURSE, ids=lambda lesson: lesson.name)
def test_exercises_are_listed_in_the_order_in_which_the_lesson_asks_for_them(
    lesson: Lesson, pages: dict[Lesson, Page]
):
    code = "\n".join(cell.source for cell in pages[lesson].solution.cells if cell.cell_type == "code")
    assert re.findall(r"^check\((\w+)\)$", code, re.M) == list(NAMES[lesson.name])


@pytest.mark.parametrize("lesson", COURSE, ids=lambda lesson: lesson.name)
def test_the_readme_lists_what_a_lesson_asks_for(lesson: Lesson):
    rows = (ROOT / "README.md").read_text(encoding="utf-8").split("\n")
    (row,) = (row for row in rows if f"](solutions/{lesson.name}/" in row)
    assert re.findall(r"`(\w+)`", row) == list(NAMES[lesson.name])


def test_outputs_are_compared_in_the_environment_in_which_they_were_made():
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    fixed = re.search(r"^FIXED := (.*)$", text, re.M)
    assert fixed and dict(pair.split("=") for pair in fixed[1].split()) == FIXED
