"""Markdown and formulas: ordinary text stays letter by letter, and what any renderer makes of the rest does no harm."""

import re

import hostile_markup
import nbformat
import pytest
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from reading_back import MATH, TAGS, faults
from shown_notebooks import picture

from autograder.course import lessons
from autograder.feedback.formulas import mathml
from autograder.feedback.prose import render_markdown
from autograder.harmless.latex import clean_latex
from autograder.harmless.markdown import (
    MAX_FORMULAS,
    MAX_MARKDOWN,
    as_text,
    as_typed,
    clean_attachments,
    clean_markdown,
    is_harmless,
)

PAGE = TAGS | MATH


def as_stock_shows_it(source: str, attachments: dict[str, dict[str, str]] | None = None) -> str:
    """What nbconvert makes of a text, with nothing cleaned afterwards."""
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True, attachments=attachments or {})
    return MarkdownWithMath(renderer).render(source)


def serious(html: str) -> list[str]:
    """Faults but for plain comments, classes and links to lessons, which are nbconvert's and the course's own."""
    return [
        fault
        for fault in faults(html, TAGS | {"input"})
        if not re.match(r"a comment: [^<>]*$|<\w+ (class|disabled|id)|<input|<a href='[\w./-]+ipynb", fault)
    ]


@pytest.mark.parametrize("source", hostile_markup.MARKDOWN.values(), ids=hostile_markup.MARKDOWN)
def test_hostile_text_does_no_harm_under_our_renderer_and_under_nbconverts(source):
    cleaned = clean_markdown(source)
    assert serious(as_stock_shows_it(cleaned)) == []
    assert faults(render_markdown(cleaned), PAGE) == []
    assert clean_markdown(cleaned) == cleaned


@pytest.mark.parametrize("source", hostile_markup.MARKDOWN.values(), ids=hostile_markup.MARKDOWN)
def test_our_renderer_needs_no_text_that_was_cleaned(source):
    try:
        html = render_markdown(source)
    except Exception as error:
        assert "missing attachment" in str(error)
    else:
        assert faults(html, PAGE) == []


@pytest.mark.parametrize("html", hostile_markup.HTML.values(), ids=hostile_markup.HTML)
def test_hostile_html_does_no_harm_in_a_text(html):
    html = html.encode("utf-8", "replace").decode()
    for source in (html, f"a {html} b", f"- a\n\n  {html}\n", f"<div>\n{html}\n</div>", f"**{html}**"):
        cleaned = clean_markdown(source)
        assert serious(as_stock_shows_it(cleaned)) == []
        assert faults(render_markdown(cleaned), PAGE) == []


def test_hostile_text_is_harmful_before_it_is_cleaned():
    seen = set()
    for name, source in hostile_markup.MARKDOWN.items():
        try:
            found = serious(as_stock_shows_it(source))
        except Exception:  # a picture that is not there stops nbconvert
            found = ["it cannot be shown"]
        seen |= {name} if found else set()
    assert len(seen) > 25  # nbconvert escapes what is in formulas and in code by itself


def test_every_text_of_the_course_stays_letter_by_letter():
    texts = [
        cell.source
        for lesson in lessons()
        for cell in nbformat.read(lesson.solution, as_version=4).cells
        if cell.cell_type == "markdown"
    ]
    assert len(texts) > 300
    assert [text for text in texts if clean_markdown(text) != text] == []


@pytest.mark.parametrize(
    "source",
    [
        "a < b and b > c, `<script>`, $a<b$ & [Distill](https://distill.pub) <https://a.b> me@a.b",
        "| a | b |\n|:--|--:|\n| 1 | 2 |",
        "x<sub>1</sub> <br> <details><summary>More</summary>\n\ntext\n\n</details>",
        "```python\nif a < b: print('<b>')\n```\n    <script>",
        "[the next lesson](../06-per-weight-steps/per-weight-steps.ipynb), [above](#top)",
        "$$\\begin{aligned} a &= b \\\\ c &< d \\end{aligned}$$",
        "~~gone~~ <b>bold</b> *em* &nbsp; &lt;script&gt;\n\n---\n\n> quoted",
        "<!-- a note to myself -- and more -->",
        "<p align=\"center\">middle</p>",
    ],
)  # fmt: skip
def test_an_ordinary_text_stays_letter_by_letter(source):
    assert clean_markdown(source) == source
    assert serious(as_stock_shows_it(source)) == []


@pytest.mark.parametrize(
    ("source", "cleaned"),
    [
        ("<b>x</b> <script>y</script>", "<b>x</b> &lt;script>y&lt;/script>"),
        ("[x](javascript:y) **z**", "[x](#) **z**"),
        ("![x](http://evil.example/y.png)", "[x](#)"),
        ("[x][y]\n\n[y]: javascript:z", "[x][y]\n\n[y]: #"),
        ("<div>not closed", "&lt;div>not closed"),
        ("closed too often</div>", "closed too often&lt;/div>"),
        ("<script>[x](java&#115;cript:y)", "```\n<script>[x](java&#115;cript:y)\n```"),
        ("`` <script>[x](java&#115;cript:y) ```", "````\n`` <script>[x](java&#115;cript:y) ```\n````"),
        ("<javascript:x>", "&lt;javascript:x>"),
    ],
)
def test_only_what_could_do_harm_is_changed(source, cleaned):
    assert clean_markdown(source) == cleaned


def test_words_are_shown_as_these_words():
    words = "ValueError: <img src=x onerror=y> [a](javascript:b) `c` $d$ &lt; _e_ **f** | g ~~h~~ # i"
    html = render_markdown(f"- {as_text(words)}")
    assert (
        html
        == f"<ul>\n<li>{words.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}</li>\n</ul>\n"
    )


@pytest.mark.parametrize(
    "text", ["x", "```", "`````", "~~~\n```\n", "$$\n```\n$$", "\\begin{a}\n```\n\\end{a}", "- ```\n  x"]
)
def test_what_is_shown_as_typed_is_one_block_of_code(text):
    html = as_stock_shows_it(as_typed(f"{text}\n<script>"))
    assert re.fullmatch(r"<pre><code>[^<]*&lt;script&gt;\n</code></pre>\n", html)


@pytest.mark.parametrize(
    "source",
    [r"\\[" * 7_000, r"\begin{a}" * 3_000, "$a " * 7_000, "[" * 20_000, "*a " * 7_000, "`" * 19_999 + "x", ">" * 20_000,
     "- " * 9_000, "[a](" * 5_000, "# a\n" * 5_000, "<" * 20_000, "<b>" * 6_000, "|" * 20_000, "x" * 5_000_000],
    ids=lambda source: source[:4],
)  # fmt: skip
def test_no_text_takes_long_or_breaks_the_reader(source):
    cleaned = clean_markdown(source)
    assert is_harmless(cleaned)
    assert len(cleaned) < 6 * MAX_MARKDOWN
    assert faults(render_markdown(cleaned), PAGE) == []


@pytest.mark.parametrize("opening", [r"\\[", r"\\(", r"\begin{a}", "$a "])
def test_a_text_of_more_formulas_than_a_person_writes_is_not_parsed(opening):
    text = opening * (MAX_FORMULAS + 1)
    assert clean_markdown(text) == as_typed(text)
    assert render_markdown(text).startswith("<pre>")


def test_many_formulas_are_still_formulas():
    text = "$a$ " * (MAX_FORMULAS // 2)
    assert clean_markdown(text) == text


def test_of_attachments_only_pictures_are_kept_and_shown():
    attached = {
        "a.png": {"image/png": picture(), "text/html": "<script>"},
        "b.svg": {"image/svg+xml": "PHN2Zy8+"},
        'c"onerror=x.png': {"image/png": picture()},
        "d.png": {"image/png": "PHN2Zy8+"},
        "e.png": "x",
    }
    kept = clean_attachments(attached)
    assert kept == {"a.png": {"image/png": picture()}}
    text = clean_markdown("![a](attachment:a.png) ![d](attachment:d.png)", frozenset(kept))
    assert text == "![a](attachment:a.png) [d](#)"
    html = render_markdown(text, kept)
    assert f'<img src="data:image/png;base64,{picture()}" alt="a">' in html
    assert faults(html, PAGE) == []
    assert clean_attachments("x") == clean_attachments(None) == {}


# --- Formulas -------------------------------------------------------------------------------------------------


def test_every_formula_of_the_course_becomes_mathml():
    pattern = re.compile(r"(?<!\\)\$\$(.+?)\$\$|(?<![\\$])\$([^$\n]+?)\$(?!\$)", re.DOTALL)
    found = {
        match[1] or match[2]
        for lesson in lessons()
        for cell in nbformat.read(lesson.solution, as_version=4).cells
        if cell.cell_type == "markdown"
        for match in pattern.finditer(re.sub(r"```.*?```|`[^`]*`", "", cell.source, flags=re.DOTALL))
    }
    assert len(found) > 300
    assert [latex for latex in found if not mathml(latex, display=True).startswith("<math")] == []
    assert [latex for latex in found if "\\" in re.sub(r"<[^>]*>", "", mathml(latex, display=True))] == []


@pytest.mark.parametrize("latex", hostile_markup.LATEX.values(), ids=hostile_markup.LATEX)
def test_a_hostile_formula_does_no_harm(latex):
    assert faults(mathml(latex.strip("$"), display=False), PAGE | {"mstyle"}) == [] or "<code>" in mathml(
        latex, display=False
    )
    assert faults(render_markdown(f"{latex} and ${latex.strip('$')}$"), PAGE) == []


@pytest.mark.parametrize(
    "latex", [r"\frac{1", r"\left( x", "a^b^c", "", "{" * 900, r"\sqrt" * 400, r"\def\a{\a}\a", "x" * 3_000]
)
def test_a_formula_that_cannot_be_read_is_shown_as_typed(latex):
    html = mathml(latex, display=True)
    assert html.startswith(("<code>", "<math"))
    assert faults(html, PAGE) == []


def test_aligned_lines_stay_aligned():
    html = mathml(r"\begin{aligned} a &= b \\ c &= d \end{aligned}", display=True)
    assert html.count("<mtr>") == 2
    assert "&amp;" not in html
    assert mathml(r"\begin{equation} a \end{equation}", display=True).count("<mi>") == 1


@pytest.mark.parametrize("latex", [r"$\href{x}{y}$", r"\newcommand{\a}{b}", r"\require{html}", "x" * 10_000])
def test_an_output_that_is_more_than_a_formula_is_none(latex):
    assert clean_latex(latex) is None


def test_an_output_that_is_a_formula_stays():
    assert (
        clean_latex(r"$\displaystyle \frac{x}{y} < \text{class}$")
        == r"$\displaystyle \frac{x}{y} < \text{class}$"
    )
