"""Code in colours."""

from functools import lru_cache
from html import escape

from IPython.lib.lexers import IPython3Lexer
from pygments import highlight
from pygments.formatters.html import HtmlFormatter

MAX_COLOURED = 50_000  # characters; what is longer is shown in one colour

_LEXER, _FORMATTER = IPython3Lexer(), HtmlFormatter(nowrap=True)


@lru_cache(maxsize=1024)
def coloured(source: str) -> str:
    """Python as HTML, for a `<pre>`; in the notebooks of a class most cells are the same."""
    if len(source) > MAX_COLOURED:
        return escape(source)
    return str(highlight(source, _LEXER, _FORMATTER)).rstrip("\n")
