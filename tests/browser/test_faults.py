"""What faults.js finds wrong, on cells that are wrong on purpose."""

from collections.abc import Iterator

import pytest
from notebook_page import FAULTS
from playwright.sync_api import Browser, Page

PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
SMALL = 'width="10" height="10"'
OUTPUT = '<div class="jp-OutputArea-output" {more} style="width:100px;overflow:auto">{html}</div>'
PROSE = '<div class="jp-RenderedMarkdown">{html}</div>'


def output(html: str, more: str = "") -> str:
    return OUTPUT.format(html=html, more=more)


def prose(html: str) -> str:
    return PROSE.format(html=html)


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    yield page
    page.close()


def faults(page: Page, cell: str) -> list[str]:
    page.set_content(f'<div class="jp-Notebook"><div class="jp-Cell">{cell}</div></div>')
    page.wait_for_load_state("networkidle")
    found: list[str] = page.locator(".jp-Notebook").evaluate(FAULTS)
    return found


@pytest.mark.parametrize(
    "cell",
    [
        output(f'<img alt="A dot." src="{PIXEL}">'),
        output(
            f'<div class="jp-RenderedHTMLCommon"><svg {SMALL} role="img" aria-label="A line."><svg/></svg></div>'
        ),
        prose("It costs <code>$5</code> or <mjx-container>\\frac</mjx-container>."),
    ],
)
def test_a_sound_cell_is_let_pass(page, cell):
    assert faults(page, cell) == []


@pytest.mark.parametrize(
    "cell, fault",
    [
        (output("boom", 'data-mime-type="application/vnd.jupyter.error"'), 'cell 1: an error, "boom"'),
        (output("careful", 'data-mime-type="application/vnd.jupyter.stderr"'), 'cell 1: an error, "careful"'),
        (output('<div style="width:300px">wide</div>'), 'cell 1: 300 pixels in a box of 100, "wide"'),
        (output('<img alt="A dot." src="data:image/png;base64,eHg=">'), "cell 1: a broken image"),
        (output(f'<img src="{PIXEL}">'), "cell 1: an image without a text alternative"),
        (
            output(f'<div class="widget-html-content"><svg {SMALL}></svg></div>'),
            "cell 1: a drawing without a text alternative",
        ),
        (prose("<mjx-merror>?</mjx-merror>"), "cell 1: a formula that MathJax cannot read"),
        (prose("the rate $\\eta$"), 'cell 1: LaTeX in the raw, "$\\\\eta$"'),
        (prose("the rate \\eta"), 'cell 1: LaTeX in the raw, "\\\\eta"'),
    ],
)
def test_a_fault_is_named_with_its_cell(page, cell, fault):
    assert faults(page, cell) == [fault]
