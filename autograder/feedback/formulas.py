"""Formulas as MathML, which browsers set by themselves: no script, no font to be fetched."""

import re
from functools import lru_cache
from html import escape, unescape
from xml.etree import ElementTree

from latex2mathml.converter import convert_to_element

from autograder.harmless.latex import is_more_than_maths

MAX_LATEX = 2_000
# Environments that the converter does not know, and those that it does and that look the same.
_LIKE = {"aligned": "split", "gather": "split", "gathered": "split", "eqnarray": "align", "multline": "split"}
_ENVIRONMENT = re.compile(r"\\(begin|end)\{(\w+)(\*?)\}")
_DOLLARS = re.compile(r"(\$\$|\\\[|\\\(|\$)(.+?)(\$\$|\\\]|\\\)|\$)", re.DOTALL)


@lru_cache(maxsize=4096)
def mathml(latex: str, display: bool) -> str:
    r"""A formula as MathML; LaTeX that cannot be read is shown as it is.

    >>> mathml("a^2", display=False)[-47:]
    '<msup><mi>a</mi><mn>2</mn></msup></mrow></math>'
    """
    if len(latex) > MAX_LATEX or is_more_than_maths(latex):
        return f"<code>{escape(latex)}</code>"
    try:
        root = convert_to_element(_ENVIRONMENT.sub(_known, latex), display="block" if display else "inline")
    except (
        Exception
    ):  # the converter's own errors have no common base, and deep nesting ends in RecursionError
        return f"<code>{escape(latex)}</code>"
    for element in root.iter():
        # The converter writes symbols as entities, to be written into a page as they are. Here they are characters.
        element.text = unescape(element.text) if element.text else element.text
    return ElementTree.tostring(root, encoding="unicode")


def latex_html(latex: str) -> str:
    """An output of the type text/latex: text with formulas between dollar signs."""
    found = _DOLLARS.fullmatch(latex.strip())
    if found:
        return mathml(found[2].strip(), display=found[1] in ("$$", r"\["))
    return mathml(latex.strip(), display=True)


def _known(found: re.Match[str]) -> str:
    which, name, star = found.groups()
    if name == "equation":
        return ""
    return rf"\{which}{{{_LIKE.get(name, name)}{star if name == 'align' else ''}}}"
