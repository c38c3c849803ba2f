"""What the cells of an executed notebook have left behind."""

import base64
from collections.abc import Iterator
from html.parser import HTMLParser

from nbformat import NotebookNode

from autograder.build import LARGE, notebook_bytes
from autograder.proofread.page import Page, numbered

LARGE_FIGURE = 60_000  # bytes; what a palette PNG of our size needs
ENOUGH_WORDS = 3  # "A figure." says nothing


def runs_in_order(page: Page) -> Iterator[str]:
    """The solution was run once from top to bottom, without an error; what is released was never run."""
    for count, (place, cell) in enumerate(numbered(page.solution, "code"), start=1):
        if cell.execution_count != count:
            yield f"{place} was run as number {cell.execution_count}, and is number {count}"
        for output in cell.outputs:
            if output.output_type == "error" or output.get("name") == "stderr":
                yield f"{place} complains: {output.get('evalue', output.get('text'))}"
    for place, cell in numbered(page.released, "code"):
        if cell.outputs or cell.execution_count:
            yield f"{place} of the student notebook has been run"


def says_what_figures_show(page: Page) -> Iterator[str]:
    """Every picture has a text alternative, in the form that JupyterLab keeps."""
    for place, output in _shown(page.solution):
        html = output.data.get("text/html", "")
        if "image/png" in output.data and not html:
            yield f"{place} shows a bare picture, whose text alternative JupyterLab drops; use gradlab.plots"
        for alternative in [*_alternatives(html), *_alternatives(output.data.get("image/svg+xml", ""))]:
            if len(alternative.split()) < ENOUGH_WORDS:
                yield f"{place} has a picture that says only {alternative!r} to those who cannot see it"
    for place, cell in numbered(page.solution, "markdown"):
        if "![](" in cell.source:
            yield f"{place} has a picture without a text alternative"


def is_small(page: Page) -> Iterator[str]:
    """Figures, and the notebook as a whole, keep within what opens quickly."""
    size = len(notebook_bytes(page.solution))
    if size > LARGE:
        yield f"the notebook has {size / 1e6:.1f} MB; keep it under {LARGE / 1e6:.1f}"
    for place, output in _shown(page.solution):
        for picture in _pictures(output):
            if len(picture) > LARGE_FIGURE:
                yield f"{place} has a figure of {len(picture) / 1000:.0f} kB; keep it under {LARGE_FIGURE // 1000}"


class _Seen(HTMLParser):
    """The text alternatives and the sources of the pictures in a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.alternatives: list[str] = []
        self.sources: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "img":
            self.alternatives.append(said.get("alt") or "")
            self.sources.append(said.get("src") or "")
        elif tag == "svg":
            self.alternatives.append((said.get("role") == "img" and said.get("aria-label")) or "")


def _alternatives(html: str) -> list[str]:
    return _Seen(html).alternatives


def _pictures(output: NotebookNode) -> Iterator[bytes]:
    html = output.data.get("text/html", "")
    if "<svg" in html:
        yield html.encode()
    if "image/svg+xml" in output.data:
        yield output.data["image/svg+xml"].encode()
    for source in [*_Seen(html).sources, output.data.get("image/png", "")]:
        yield base64.b64decode(source.rpartition("base64,")[2])


def _shown(notebook: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    for place, cell in numbered(notebook, "code"):
        yield from ((place, output) for output in cell.outputs if "data" in output)
