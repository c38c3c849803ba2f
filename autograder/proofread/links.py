"""The links of a lesson: they lead somewhere, and from each lesson to its neighbours."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import nbformat

from autograder.proofread.page import Page, headings, numbered

_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_ELSEWHERE = re.compile(r"[a-z]+:")


def leads_somewhere(page: Page) -> Iterator[str]:
    """A relative link leads to a file beside the solution, and beside the student notebook too; so does its anchor."""
    for place, cell in numbered(page.solution, "markdown"):
        for link in _LINK.findall(cell.source):
            if _ELSEWHERE.match(link):
                continue
            path, _, anchor = unquote(link).partition("#")
            for here in (page.lesson.solution, page.lesson.release):
                target = here.parent / path if path else here
                if not target.is_file():
                    yield f"{place} links to {link}, which is not there from {here.relative_to(page.lesson.root)}"
                elif anchor and anchor not in _anchors(target):
                    yield f"{place} links to {link}, and there is no such heading"


def leads_to_its_neighbours(page: Page) -> Iterator[str]:
    """The lessons before and after this one can be reached by a link."""
    links = [link for _, cell in numbered(page.solution, "markdown") for link in _LINK.findall(cell.source)]
    at = page.course.index(page.lesson)
    for what, near in (("before", page.course[max(at - 1, 0) : at]), ("after", page.course[at + 1 : at + 2])):
        for lesson in near:
            link = f"../{lesson.name}/{lesson.solution.name}"
            if not any(found.partition("#")[0] == link for found in links):
                yield f"it does not link to the lesson {what} it, {link}"


def _anchors(notebook: Path) -> set[str]:
    """What JupyterLab and GitHub call the headings of a notebook in a link."""
    cells = numbered(nbformat.read(notebook, as_version=4), "markdown")
    return {re.sub(r"\s", "-", text) for _, cell in cells for _, text in headings(cell)}
