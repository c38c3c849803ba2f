"""Every lesson in JupyterLab and a real browser: as it was built, run again, on light and on dark, its explorers moved."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from notebook_page import NotebookPage, idle_controls
from playwright.sync_api import Browser

from autograder.course import Lesson, lessons

SCHEMES = ("light", "dark")
WINDOW = {"width": 1280, "height": 900}
SMALL = {"width": 1024, "height": 768}


@pytest.fixture(scope="module", params=lessons(), ids=lambda lesson: lesson.name)
def lesson(request: pytest.FixtureRequest) -> Lesson:
    return request.param


@pytest.fixture(scope="module")
def opened(lesson: Lesson, lab, chromium: Browser) -> Iterator[NotebookPage]:
    """The executed lesson, open in the lab. The tests of a lesson share it, and come in the order of this file."""
    context = chromium.new_context(viewport=WINDOW)
    yield NotebookPage(context.new_page(), lab.page_of(f"{lesson.name}/{lesson.solution.name}"))
    context.close()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_solution_can_be_read(lesson: Lesson, opened: NotebookPage, scheme: str, shots: Path | None):
    opened.wear(scheme)
    if shots:
        opened.pictures(shots, f"{lesson.name}-{scheme}")
    assert opened.faults() == []


def test_it_fits_a_small_window(opened: NotebookPage):
    opened.page.set_viewport_size(SMALL)
    opened.settle()
    found = opened.faults()
    opened.page.set_viewport_size(WINDOW)
    assert found == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_it_runs_from_top_to_bottom(lesson: Lesson, opened: NotebookPage, scheme: str, shots: Path | None):
    if scheme == SCHEMES[0]:
        opened.run()
    opened.wear(scheme)
    if shots:
        opened.pictures(shots, f"{lesson.name}-run-{scheme}")
    assert opened.faults() == []


def test_every_control_of_every_explorer_moves_something(
    lesson: Lesson, opened: NotebookPage, shots: Path | None
):
    explorers = opened.explorers()
    assert len(explorers) == lesson.source.read_text(encoding="utf-8").count("_explorer(\n")
    for number, explorer in enumerate(explorers):
        assert idle_controls(explorer) == []
        if shots:
            explorer.screenshot(path=shots / f"{lesson.name}-explorer-{number}.png")
    assert opened.faults() == []
