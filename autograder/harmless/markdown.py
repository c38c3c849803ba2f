"""Markdown that any renderer may turn into HTML: nbconvert in the Formgrader, JupyterLab, our feedback page.

It is read by nbconvert's own parser. Text without HTML, with ordinary links only, is left as it is, letter by letter.
In all other text, tags that are not harmless are escaped, and links that lead astray lead nowhere. The result is read
again; where the parser still finds something, the text is shown as it was typed, in a block of code.
"""

import re
from collections.abc import Iterator, Mapping, Set
from functools import lru_cache
from typing import Any

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.harmless.html import is_harmless_link, read_harmless_tag
from autograder.harmless.pictures import is_picture, is_picture_url
from autograder.harmless.text import clean_text

# The longest text of the course has 2 600 characters. The parser needs seconds for some texts of ten times the length.
MAX_MARKDOWN = 20_000
MAX_FORMULAS = 400  # signs that may begin or end one
_FORMULA = re.compile(r"\\\\[\[(]|\\begin|\$")
NOT_SHOWN = "*(This text cannot be shown here.)*"

_OPENS = re.compile(r"<(?=[a-zA-Z/!?])(?!!--[^<>]*-->)")  # a tag, but not a plain comment
_LESSON = re.compile(r"(?:\.\./)?[\w-]+/[\w-]+\.ipynb(?:#[\w-]*)?")
_NEED_NO_END = frozenset({"br", "hr", "img", "wbr", "col", "p", "li", "dt", "dd", "tr", "td", "th"})
_ATTACHMENT = re.compile(r"[\w. -]{1,100}")

Attachments = Mapping[str, Mapping[str, str]]


def _parser() -> MarkdownWithMath:
    parser = MarkdownWithMath(IPythonRenderer())
    parser.renderer = None  # it brings back what it found, instead of HTML
    return parser


_PARSER = _parser()


@lru_cache(maxsize=1024)  # most texts in the notebooks of a class are the lesson's own
def clean_markdown(source: str, attached: frozenset[str] = frozenset()) -> str:
    """The text, changed only where it could do harm; `attached` names the pictures that come with its cell.

    >>> clean_markdown("**bold**, $a<b$ and <br> a line")
    '**bold**, $a<b$ and <br> a line'
    >>> clean_markdown("<script>steal()</script> [click](javascript:steal())")
    '&lt;script>steal()&lt;/script> [click](#)'
    """
    text = clean_text(source, MAX_MARKDOWN)
    if is_too_intricate(text):
        return as_typed(text)
    mended = (
        _with_harmless_urls(change(text), attached) for change in (str, _without_bad_tags, _without_tags)
    )
    return next((one for one in mended if is_harmless(one, attached)), None) or as_typed(text)


def is_too_intricate(text: str) -> bool:
    """Whether the parser would take too long over it: its time grows with the square of the number of formulas."""
    return sum(1 for _ in _FORMULA.finditer(text)) > MAX_FORMULAS


def as_typed(text: str) -> str:
    """The text in a block of code, which no renderer looks into."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    fenced = f"{fence}\n{text}\n{fence}"
    tokens = _tokens(fenced)
    return (
        fenced
        if [token["type"] for token in tokens if token["type"] != "blank_line"] == ["block_code"]
        else NOT_SHOWN
    )


def as_text(words: str) -> str:
    r"""Words as Markdown that shows exactly these words.

    >>> as_text("check_step (<b>)")
    'check\\_step (\\<b\\>)'
    """
    return re.sub(r"([\\`*_{}\[\]<>#!|$~&])", r"\\\1", " ".join(words.split()))


def is_harmless(text: str, attached: Set[str] = frozenset()) -> bool:
    """Whether the parser finds nothing in the text that could run, load or break out of its cell."""
    open_tags: list[str] = []
    for token in _walk(_tokens(text)):
        kind = token["type"]
        if kind in ("inline_html", "block_html") and not _is_harmless_html(token["raw"], open_tags):
            return False
        if kind in ("link", "image") and not _is_harmless_url(kind, token["attrs"]["url"], attached):
            return False
        # nbconvert writes the text of a mermaid diagram into the page as it is.
        if kind == "block_code" and str(token.get("attrs", {}).get("info") or "").lstrip().startswith(
            "mermaid"
        ):
            return False
    return not open_tags


def _tokens(text: str) -> list[dict[str, Any]]:
    tokens = _PARSER.parse(text)[0]
    return tokens if isinstance(tokens, list) else []


def _walk(tokens: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for token in tokens:
        yield token
        yield from _walk(token.get("children", []))


def _is_harmless_html(raw: str, open_tags: list[str]) -> bool:
    """Whether there are only harmless tags in a token; `open_tags` keeps those that are still to be closed."""
    for place in _OPENS.finditer(raw):
        tag = read_harmless_tag(raw, place.start())
        if tag is None:
            return False
        if tag.name in _NEED_NO_END:
            continue
        if not tag.closes:
            open_tags.append(tag.name)
        elif not open_tags or open_tags.pop() != tag.name:
            return False
    return True


def _is_harmless_url(kind: str, url: str, attached: Set[str]) -> bool:
    if kind == "link":
        return is_harmless_link(url) or _LESSON.fullmatch(url) is not None
    return is_picture_url(url) or (
        url.startswith("attachment:") and url.removeprefix("attachment:") in attached
    )


def _without_bad_tags(text: str) -> str:
    return _OPENS.sub(lambda place: "<" if read_harmless_tag(text, place.start()) else "&lt;", text)


def _without_tags(text: str) -> str:
    return _OPENS.sub("&lt;", text)


def _with_harmless_urls(text: str, attached: Set[str]) -> str:
    for token in _walk(_tokens(text)):
        if token["type"] in ("link", "image") and not _is_harmless_url(
            token["type"], url := token["attrs"]["url"], attached
        ):
            text = re.sub(rf"!(\[[^\[\]]*\]\(\s*<?){re.escape(url)}", r"\1#", text)
            text = re.sub(rf"(\]\(\s*<?|\]:\s*<?){re.escape(url)}", r"\1#", text)
    return text


def clean_attachments(attachments: object) -> dict[str, dict[str, str]]:
    """The pictures among the files that were pasted into a cell."""
    if not isinstance(attachments, dict):
        return {}
    kept = {
        name: {kind: data for kind, data in files.items() if is_picture(kind, data)}
        for name, files in attachments.items()
        if isinstance(name, str) and _ATTACHMENT.fullmatch(name) and isinstance(files, dict)
    }
    return {name: files for name, files in kept.items() if files}
