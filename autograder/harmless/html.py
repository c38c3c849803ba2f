"""HTML that may be shown: an allow-list of tags, attributes and styles, enforced by nh3.

nh3 (bindings to ammonia) parses as browsers do and writes the tree out again, so that half a tag, odd quoting or a
clever nesting cannot mean one thing to us and another to the browser. What is ours is the list.
"""

import re
from functools import lru_cache
from typing import NamedTuple

import nh3

from autograder.harmless.allowed import (
    ATTRIBUTES,
    CLASSES,
    MATH_ATTRIBUTES,
    MATH_TAGS,
    PROPERTIES,
    SVG_TAGS,
    TEXT_TAGS,
    WITH_CONTENT,
)
from autograder.harmless.pictures import is_picture_url

_LINK = re.compile(r"(?:https?://|mailto:|#)[^\s]*", re.IGNORECASE)

# No quotes, no escapes, no comments, no url(): what is left can be read without a parser of CSS.
_VALUE = re.compile(r"(?:(?:rgba?|hsla?|calc)\([\w\s.,%+/-]*\)|[\w\s.,%#+/-])*")
# Nothing is pulled out of its box by a negative length, or blown up by a huge one.
_TOO_FAR = re.compile(r"(?<!\w)-\s*[\d.]|\d{5}|\d[eE]\+?\d")
_HEX_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b")


@lru_cache(maxsize=2048)
def harmless_style(style: str) -> str:
    """The declarations of a style attribute that can only change how its own box looks.

    >>> harmless_style("color:red;position:fixed;background:url(http://x);margin:-9em")
    'color:red'
    """
    declarations = style.split(";")
    kept = [declaration for declaration in declarations if _is_harmless(declaration)]
    if len(kept) == len([declaration for declaration in declarations if declaration.strip()]):
        return style
    return ";".join(declaration.strip() for declaration in kept)


def _is_harmless(declaration: str) -> bool:
    name, colon, value = declaration.partition(":")
    return (
        bool(colon)
        and name.strip().lower() in PROPERTIES
        and _VALUE.fullmatch(value) is not None
        and _TOO_FAR.search(_HEX_COLOUR.sub("", value)) is None
    )


def is_harmless_link(url: str) -> bool:
    """Whether a link may be followed: to the web, to a mailbox, or within the page."""
    return _LINK.fullmatch(url) is not None


def clean_attribute(tag: str, name: str, value: str) -> str | None:
    """The value to keep, or None to drop the attribute."""
    if name == "style":
        return harmless_style(value) or None
    if name == "href":
        return value if is_harmless_link(value) else None
    if name == "src":
        return value if is_picture_url(value) else None
    if name == "xmlns":
        return (
            value if value in ("http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML") else None
        )
    if (
        "(" in value
        and (tag in SVG_TAGS or tag in MATH_TAGS)
        and name not in ("transform", "aria-label", "title")
    ):
        return None  # fill="url(...)" and its kin
    return value


def _cleaner(math: bool) -> nh3.Cleaner:
    attributes = {tag: set(names) for tag, names in ATTRIBUTES.items()}
    if math:
        attributes |= {tag: set(names) for tag, names in MATH_ATTRIBUTES.items()}
    return nh3.Cleaner(
        tags=set(TEXT_TAGS | SVG_TAGS | (MATH_TAGS if math else frozenset())),
        clean_content_tags=set(WITH_CONTENT - (MATH_TAGS if math else frozenset())),
        attributes=attributes,
        attribute_filter=clean_attribute,
        allowed_classes={tag: set(names) for tag, names in CLASSES.items()},
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer",
        strip_comments=True,
    )


_OUTPUT, _PAGE = _cleaner(math=False), _cleaner(math=True)

# Parsing takes time that grows with the square of the depth. The course's own outputs have under 2 000 tags.
MAX_TAGS, MAX_MARKUP, MAX_HTML = 10_000, 100_000, 4_000_000
TOO_MUCH = "<p>(This output is too large to be shown.)</p>"
_PICTURE_DATA = re.compile(r"base64,[A-Za-z0-9+/=]*")


def is_too_much(html: str) -> bool:
    """Whether a piece of HTML or SVG is too large to be looked at, or to be worth it."""
    if len(html) > MAX_HTML or html.count("<") + html.count("&") > MAX_TAGS:
        return True
    return len(html) > MAX_MARKUP and len(_PICTURE_DATA.sub("", html)) > MAX_MARKUP


def clean_html(html: str) -> str:
    """What is harmless of a piece of HTML that came out of a notebook.

    >>> clean_html('<b onclick="steal()">bold</b><script>steal()</script>')
    '<b>bold</b>'
    """
    return TOO_MUCH if is_too_much(html) else _OUTPUT.clean(html)


def clean_page_html(html: str) -> str:
    """The same for HTML that we rendered, which may hold formulas as MathML."""
    return TOO_MUCH if is_too_much(html) else _PAGE.clean(html)


_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+=\"[^\"<>&]*\")*)\s*/?>", re.IGNORECASE)
_PAIR = re.compile(r"([a-z-]+)=\"([^\"]*)\"", re.IGNORECASE)


class Tag(NamedTuple):
    """A tag as it stands in a text."""

    name: str
    closes: bool
    end: int


def read_harmless_tag(text: str, position: int) -> Tag | None:
    """The tag that begins at `position`, if it is written in the plainest way and nothing of it would be dropped.

    For text that some program will render later: what is read here, each renderer reads alike.

    >>> read_harmless_tag('<b>', 0)
    Tag(name='b', closes=False, end=3)
    >>> read_harmless_tag('<b onclick="steal()">', 0)
    """
    found = _TAG.match(text, position)
    if found is None or found[2].lower() not in TEXT_TAGS:
        return None
    name = found[2].lower()
    allowed = ATTRIBUTES["*"] | ATTRIBUTES.get(name, frozenset())
    for attribute, value in _PAIR.findall(found[3]):
        if attribute not in allowed or clean_attribute(name, attribute, value) != value:
            return None
    return Tag(name, bool(found[1]), found.end())
