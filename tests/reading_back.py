"""Cleaned HTML read by another parser than the one that cleaned it: what is in it that should not be?"""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib


def _words(text: str) -> set[str]:
    return set(text.split())


# Said once more, and by hand: a mistake in the cleaner's own lists must not hide here.
TAGS = _words(
    "a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption "
    "figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub summary "
    "sup table tbody td tfoot th thead tr tt u ul var wbr svg g path polyline polygon line rect circle "
    "ellipse text tspan"
)
MATH = _words(
    "math mrow mi mo mn mtext mspace msup msub msubsup mfrac msqrt mroot munder mover munderover mtable mtr "
    "mtd mstyle mpadded mphantom menclose"
)
ATTRIBUTES = _words(
    "style title role aria-label aria-hidden dir lang class href rel src alt width height open start type "
    "reversed value colspan rowspan align valign scope span border viewBox preserveAspectRatio xmlns d points "
    "x1 x2 y1 y2 x y rx ry cx cy r dx dy text-anchor dominant-baseline font-size font-weight font-family fill "
    "fill-opacity fill-rule stroke stroke-width stroke-dasharray stroke-linecap stroke-linejoin stroke- "
    "opacity opacity transform display mathvariant stretchy fence form lspace rspace minsize maxsize "
    "movablelimits separator linethickness accent accentunder displaystyle scriptlevel columnalign rowspacing "
    "columnspacing notation depth voffset"
)
CLASSES = re.compile(r"gradlab-verdict|highlight|dataframe|[a-z]{1,2}\d?|")
LINK = re.compile(r"(https?://|mailto:|#)\S*", re.IGNORECASE)
PICTURE = re.compile(r"data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*")
STYLE = re.compile(
    r"url|image|expression|behavior|binding|import|position|inset|z-index|@|\\|/\*|-\s*[\d.]+\w*\s*(;|$)|(?<![#\w])\d{5}"
)


def faults(html: str, tags: set[str] = TAGS) -> list[str]:
    """What is wrong with a piece of HTML that is about to be put into a page."""
    tree = html5lib.parseFragment(html, container="div", namespaceHTMLElements=False)
    return [fault for element in tree.iter() for fault in faults_of(element, tags)]


def faults_of(element: Element, tags: set[str]) -> Iterator[str]:
    if not isinstance(element.tag, str):
        yield f"a comment: {element.text!r}"
        return
    tag = element.tag.split("}")[-1]
    if tag not in tags | {"DOCUMENT_FRAGMENT"}:
        yield f"<{tag}>"
    for name, value in element.attrib.items():
        yield from (f"<{tag} {fault}>" for fault in _faults_of(str(name).split("}")[-1], value))


def _faults_of(name: str, value: str) -> Iterator[str]:
    if name not in ATTRIBUTES:
        yield name
    if name == "class" and not all(map(CLASSES.fullmatch, value.split(" "))):
        yield f"class={value!r}"
    if name == "href" and not LINK.fullmatch(value):
        yield f"href={value!r}"
    if name == "src" and not PICTURE.fullmatch(value):
        yield f"src={value[:60]!r}"
    if name == "style" and STYLE.search(value.lower()):
        yield f"style={value!r}"
    if name in ("fill", "stroke", "clip-path") and "(" in value:
        yield f"{name}={value!r}"
