"""A notebook on the screen: what is wrong with it, its cells run, its explorers moved."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from playwright.sync_api import Locator, Page, TimeoutError

FAULTS = (Path(__file__).parent / "faults.js").read_text(encoding="utf-8")
MILLISECONDS = 1000
# Everything on the page has a size that no longer changes, and MathJax has set the formulas.
SETTLED = """async () => {
  const size = () => document.querySelector(".jp-Notebook").scrollHeight + document.querySelectorAll("mjx-container").length;
  for (let before = -1; before !== size(); ) {
    before = size();
    await new Promise((done) => setTimeout(done, 400));
  }
}"""
# Every code cell has its number, or one of them has stopped the run with an error.
ALL_RUN = """() => document.querySelector("[data-mime-type*=error]") ||
  [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")].every((prompt) => /\\[\\d+\\]/.test(prompt.innerText))"""
# What an explorer shows: its words and its picture, and which of its controls are free.
SHOWN = """(explorer) => [...explorer.querySelectorAll(".widget-html-content")].map((part) => part.innerHTML).join() +
  explorer.querySelectorAll("[disabled]").length"""


class NotebookPage:
    """A notebook that is open in JupyterLab."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(address)
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60 * MILLISECONDS)
        page.wait_for_selector(".jp-Notebook .jp-MarkdownCell .jp-RenderedMarkdown h1")
        # The kernel is there before anybody asks it to run something.
        page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=60 * MILLISECONDS)
        self.notebook = page.locator(".jp-Notebook")
        self.settle()

    def settle(self) -> None:
        """Wait until nothing moves any more."""
        self.page.evaluate(SETTLED)

    def wear(self, scheme: str) -> None:
        """Ask for "light" or "dark", as the settings of a computer do."""
        self.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        light = "false" if scheme == "dark" else "true"
        self.page.wait_for_selector(f"body[data-jp-theme-light={light}]", state="attached")
        self.settle()

    def faults(self) -> list[str]:
        """What is wrong on the screen, in words."""
        found: list[str] = self.notebook.evaluate(FAULTS)
        dialogs = [dialog.inner_text() for dialog in self.page.locator(".jp-Dialog").all()]
        return found + dialogs + self.complaints

    def run(self) -> None:
        """Forget the outputs, and run all cells from top to bottom."""
        for menu, entry in (("Edit", "Clear Outputs of All Cells"), ("Run", "Run All Cells")):
            self.page.get_by_role("menuitem", name=menu, exact=True).click()
            self.page.get_by_role("menuitem", name=entry, exact=True).click()
        self.page.wait_for_function(ALL_RUN, timeout=180 * MILLISECONDS)
        self.settle()

    def explorers(self) -> list[Locator]:
        """The outputs that hold sliders."""
        return self.notebook.locator(".jp-OutputArea-output:has(.widget-slider)").all()

    def pictures(self, folder: Path, name: str) -> None:
        """Keep a picture of every screen, from top to bottom."""
        pane = self.notebook.locator(".jp-WindowedPanel-outer")
        height, step = pane.evaluate("(pane) => [pane.scrollHeight, pane.clientHeight - 20]")
        for number, top in enumerate(range(0, height, step)):
            pane.evaluate("(pane, top) => { pane.scrollTop = top }", top)
            self.page.screenshot(path=folder / f"{name}-{number:02}.png")


def idle_controls(explorer: Locator) -> list[str]:
    """Answer the explorer's question, then move all its controls; those that changed nothing on the screen."""
    explorer.scroll_into_view_if_needed()
    explorer.locator(".widget-toggle-buttons").first.get_by_role("button").first.click()
    return [name for name, control in _controls(explorer) if not _moves(explorer, control)]


def _controls(explorer: Locator) -> Iterator[tuple[str, Locator]]:
    """All controls with their names, without the question, which is the first row of buttons."""
    yield from ((name(row), row) for row in explorer.locator(".widget-toggle-buttons").all()[1:])
    # A tick or a choice may be what sets a slider free, so they come first.
    for kind in (".widget-checkbox", ".widget-dropdown", ".widget-slider"):
        yield from ((name(control), control) for control in explorer.locator(kind).all())


def name(control: Locator) -> str:
    """What stands beside a control."""
    return next(line for line in control.inner_text().replace("\u200b", "").split("\n") if line)


def _moves(explorer: Locator, control: Locator) -> bool:
    before = explorer.evaluate(SHOWN)
    for act in _acts(control):
        act()
        try:
            explorer.page.wait_for_function(
                f"([explorer, before]) => ({SHOWN})(explorer) !== before",
                arg=[explorer.element_handle(), before],
                timeout=5 * MILLISECONDS,
            )
        except TimeoutError:
            continue
        return True
    return False


def _acts(control: Locator) -> Iterator[Callable[[], object]]:
    """Ways to move a control: up, and down for one that stands at its end."""
    handle, box, button, choices = (
        control.locator(kind)
        for kind in (".noUi-handle", "input[type=checkbox]", "button:not(.mod-active)", "select")
    )
    if handle.count():
        yield lambda: handle.press("ArrowRight")
        yield lambda: handle.press("ArrowLeft")
    elif box.count():
        yield box.click
    elif button.count():
        yield button.first.click
    else:
        others = choices.evaluate(
            "(list) => [...list.options].filter((o) => !o.selected).map((o) => o.label)"
        )
        yield from (partial(choices.select_option, label=other) for other in others)
