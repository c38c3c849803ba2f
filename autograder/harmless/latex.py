"""LaTeX that can only set a formula."""

import re

from autograder.harmless.text import clean_text

MAX_LATEX = 5_000
# What MathJax can be told beyond that: links, classes, styles, packages, macros.
_MORE_THAN_MATHS = re.compile(
    r"\\(?:href|url|class|style|cssId|data|require|includegraphics|html\w*|[egx]?def|let|\w*newcommand\*?|newenvironment"
    r"|unicode)(?![a-zA-Z])"
)


def is_more_than_maths(latex: str) -> bool:
    """Whether a formula asks for more than to be set.

    >>> is_more_than_maths(r"\\frac{a}{b}"), is_more_than_maths(r"\\href{http://x}{y}")
    (False, True)
    """
    return _MORE_THAN_MATHS.search(latex) is not None


def clean_latex(latex: str) -> str | None:
    """A formula; None for what is no formula."""
    text = clean_text(latex)
    return None if len(latex) > MAX_LATEX or is_more_than_maths(text) else text
