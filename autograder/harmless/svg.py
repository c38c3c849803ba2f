"""SVG as a picture of its own (`image/svg+xml`), as matplotlib can draw it."""

import re
from xml.etree import ElementTree

import nh3

from autograder.harmless.allowed import ATTRIBUTES, SVG_TAGS, WITH_CONTENT
from autograder.harmless.html import clean_attribute, is_too_much

_DEFINITIONS = frozenset({"defs", "clipPath", "symbol", "use", "linearGradient", "radialGradient", "stop"})
_PLACES = frozenset({"id", "clip-path", "href", "xlink:href", "x", "y", "width", "height"}) | {
    "offset",
    "stop-color",
    "stop-opacity",
    "gradientUnits",
}
_WITHIN = ("#", "url(#")  # a reference may lead to another part of the picture, and nowhere else
_OUTER = "http://www.w3.org/2000/svg"


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name in ("href", "xlink:href", "clip-path", "fill", "stroke") and (
        "(" in value or "#" in value or "href" in name
    ):
        colour = name in ("fill", "stroke") and value.startswith("#")
        return value if colour or (value.startswith(_WITHIN) and value.count(":") == 0) else None
    return value if name == "id" else clean_attribute(tag, name, value)


_CLEANER = nh3.Cleaner(
    tags=set(SVG_TAGS | _DEFINITIONS),
    clean_content_tags=set(WITH_CONTENT | {"metadata"}),
    attributes={
        tag: (set(ATTRIBUTES.get(tag, ())) | _PLACES | ATTRIBUTES["g"] | {"style"}) - {"xmlns"}
        for tag in SVG_TAGS | _DEFINITIONS
    },
    attribute_filter=_attribute,
    link_rel=None,
)


def clean_svg(svg: str) -> str | None:
    """What is harmless of an SVG picture, as one well-formed document; None where nothing can be shown.

    >>> clean_svg('<svg><circle r="3" onclick="steal()"/></svg>')[-36:]
    'xlink"><circle r="3"></circle></svg>'
    """
    if is_too_much(svg):
        return None
    start = svg.find("<svg")
    cleaned = _CLEANER.clean(svg[start:]).strip() if start >= 0 else ""
    cleaned = cleaned.replace("&nbsp;", "&#160;")  # the only entity that XML does not know
    cleaned = re.sub("^<svg", f'<svg xmlns="{_OUTER}" xmlns:xlink="http://www.w3.org/1999/xlink"', cleaned)
    try:
        # No document type survives the cleaner, so no entity can be blown up here.
        root = ElementTree.fromstring(cleaned)
    except ElementTree.ParseError:
        return None
    return cleaned if root.tag == f"{{{_OUTER}}}svg" else None
