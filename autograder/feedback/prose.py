"""Markdown as it is read on a page: with formulas as MathML, cleaned after everything else."""

from functools import lru_cache
from html import escape
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.feedback.formulas import mathml
from autograder.harmless.html import clean_page_html
from autograder.harmless.markdown import MAX_MARKDOWN, Attachments, is_too_intricate


class _Renderer(IPythonRenderer):
    """nbconvert's, but a formula comes out as MathML and a diagram as the text it is."""

    def block_math(self, body: str) -> str:
        return mathml(body, display=True)

    def inline_math(self, body: str) -> str:
        return mathml(body, display=False)

    def latex_environment(self, name: str, body: str) -> str:
        return mathml(rf"\begin{{{name}}}{body}\end{{{name}}}", display=True)

    def block_mermaidjs(self, code: str) -> str:
        return f"<pre><code>{escape(code)}</code></pre>"


def render_markdown(source: str, attachments: Attachments | None = None) -> str:
    """Harmless HTML of a text, with the pictures that were attached to it.

    >>> render_markdown("**bold** <script>steal()</script>")
    '<p><strong>bold</strong> </p>\\n'
    """
    return _render(source, attachments) if attachments else _rendered(source)


@lru_cache(maxsize=1024)
def _rendered(source: str) -> str:
    # Most of what is in the notebooks of a class is the lesson, the same in all of them.
    return _render(source, {})


def _render(source: str, attachments: Attachments) -> str:
    if len(source) > 2 * MAX_MARKDOWN or is_too_intricate(source):
        return f"<pre>{escape(source[: 2 * MAX_MARKDOWN])}</pre>"
    renderer = _Renderer(
        escape=False,
        exclude_anchor_links=True,
        attachments={name: dict(files) for name, files in attachments.items()},
    )
    return clean_page_html(MarkdownWithMath(renderer).render(source))


@pass_context
def markdown2html(context: Context, source: str) -> str:
    """nbconvert's filter of this name: in the Formgrader, nbgrader's templates call it."""
    cell: Any = context.get("cell", {})
    return render_markdown(source, cell.get("attachments"))
