"""Whatever is put together from pieces of attacks and of ordinary text: it comes out harmless, and the same twice."""

import re

import hostile_markup
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode
from reading_back import MATH, TAGS, faults
from test_harmless_markdown import as_stock_shows_it, serious

from autograder.feedback.prose import render_markdown
from autograder.harmless import clean_notebook
from autograder.harmless.html import clean_html, clean_page_html, harmless_style, read_harmless_tag
from autograder.harmless.markdown import as_text, clean_markdown
from autograder.harmless.svg import clean_svg

ATTACKS = [
    piece.encode("utf-8", "replace").decode()
    for piece in (*hostile_markup.HTML.values(), *hostile_markup.SVG.values())
]
TEXTS = [*hostile_markup.MARKDOWN.values(), *hostile_markup.LATEX.values()]
SHARDS = sorted({shard for piece in (*ATTACKS, *TEXTS) for shard in re.findall(r"</?\w+|\s|\W|\w+", piece)})

# Whole attacks, their halves, and single signs, in any order.
halves = st.sampled_from(ATTACKS).flatmap(lambda piece: st.integers(0, len(piece)).map(lambda at: piece[:at]))
markup = st.lists(
    st.sampled_from(ATTACKS) | st.sampled_from(SHARDS) | halves | st.text(max_size=5), max_size=12
).map("".join)
prose = st.lists(
    st.sampled_from(TEXTS) | st.sampled_from(SHARDS) | st.sampled_from(["\n", "\n\n", "    ", "> ", "- ", "```", "`", "$", "$$", "|", "[", "](", ")", "!"]) | halves,
    max_size=12,
).map("".join)  # fmt: skip
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | markup,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(markup)
@example('<svg></p><style><a id="</style><img src=1 onerror=x>">')
def test_html_comes_out_harmless_and_stays_so(html):
    html = html.encode("utf-8", "replace").decode()
    once = clean_html(html)
    assert faults(once) == []
    assert clean_html(once) == once
    assert faults(clean_page_html(html), TAGS | MATH) == []


@given(prose)
@settings(max_examples=300)
def test_text_comes_out_harmless_under_both_renderers_and_stays_so(source):
    once = clean_markdown(source)
    assert serious(as_stock_shows_it(once)) == []
    assert faults(render_markdown(once), TAGS | MATH) == []
    assert clean_markdown(once) == once


@given(markup)
def test_svg_comes_out_as_one_picture_or_not_at_all(svg):
    cleaned = clean_svg(f"<svg>{svg}</svg>".encode("utf-8", "replace").decode())
    assert cleaned is None or (
        cleaned.startswith("<svg") and not re.search(r"<script|\son\w+=|evil\.example", cleaned)
    )


@given(
    st.lists(
        st.sampled_from(
            ["color", "position", ":", ";", "red", "-1em", "url(", ")", "\\", "/*", "*/", "'", '"', " ", "!"]
        ),
        max_size=15,
    ).map("".join)
)
def test_of_a_style_nothing_is_left_that_loads_or_moves(style):
    kept = harmless_style(style)
    assert not re.search(r"url|position|[\\'\"!*]|-\d", kept)
    assert harmless_style(kept) == kept


@given(markup)
def test_a_tag_that_is_read_as_harmless_is_one(html):
    tag = read_harmless_tag(html, 0)
    if tag and not tag.closes:
        assert faults(html[: tag.end]) == []


@given(st.text(max_size=60) | markup)
def test_words_are_shown_as_these_words(words):
    html = render_markdown(as_text(words))
    assert faults(html, TAGS | MATH) == []
    assert not re.search(
        r"<(?!/?(p|a|ol|ul|li|table|thead|tbody|tr|th|td|h\d|hr|br|pre|code|dl|dt|dd|blockquote|em|strong)\b)\w",
        html,
    )


@given(
    st.lists(
        st.fixed_dictionaries(
            {"cell_type": st.sampled_from(["code", "markdown", "raw", "heading"]), "source": markup},
            optional={
                "id": anything,
                "metadata": anything,
                "attachments": anything,
                "execution_count": anything,
                "outputs": st.lists(
                    st.fixed_dictionaries(
                        {"output_type": st.sampled_from(["stream", "display_data", "execute_result", "error", "x"])},
                        optional={"data": anything, "text": anything, "traceback": anything, "name": anything, "metadata": anything},
                    )
                    | anything,
                    max_size=4,
                ),
            },
        ),
        max_size=3,
    ),
    anything,
)  # fmt: skip
def test_no_notebook_is_too_strange_to_be_cleaned(cells, metadata):
    notebook = NotebookNode(
        cells=[NotebookNode(cell) for cell in cells], metadata=metadata, nbformat=4, nbformat_minor=5
    )
    once = clean_notebook(notebook)
    assert clean_notebook(once) == once
    for cell in once.cells:
        for output in cell.get("outputs", []):
            assert faults(output.get("data", {}).get("text/html", "")) == []
