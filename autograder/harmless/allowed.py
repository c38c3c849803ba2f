"""The lists: which tags, attributes, classes and styles may be shown."""

from collections.abc import Mapping, Set

from pygments.token import STANDARD_TYPES


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Nothing in these lists can load, run, ask for input, or hold text that is parsed by other rules than HTML's own.
# The latter (style, title, textarea, noscript, foreignObject ...) is what mutation attacks are made of.
TEXT_TAGS = _names(
    "a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure "
    "h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong strike sub summary sup table tbody "
    "td tfoot th thead tr tt u ul var wbr"
)
SVG_TAGS = _names("svg g path polyline polygon line rect circle ellipse text tspan")
MATH_TAGS = _names(
    "math mrow mi mo mn mtext mspace msup msub msubsup mfrac msqrt mroot munder mover munderover mtable mtr mtd mstyle "
    "mpadded mphantom menclose"
)
# What goes together with what is in it: of a script, not even the text is worth reading.
WITH_CONTENT = _names(
    "script style iframe object embed applet template noscript noembed noframes math title textarea xmp plaintext "
    "select option frameset head foreignObject"
)

_EVERYWHERE = frozenset({"style", "title", "role", "aria-label", "aria-hidden", "dir", "lang"})
_SHAPES = _names(
    "fill fill-opacity fill-rule stroke stroke-width stroke-dasharray stroke-linecap stroke-linejoin stroke-opacity "
    "opacity transform"
)
ATTRIBUTES: Mapping[str, Set[str]] = {
    "*": _EVERYWHERE,
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "details": {"open"},
    "ol": {"start", "type", "reversed"},
    "li": {"value"},
    "td": {"colspan", "rowspan", "align", "valign"},
    "th": {"colspan", "rowspan", "align", "valign", "scope"},
    "tr": {"align"},
    "col": {"span"},
    "colgroup": {"span"},
    "table": {"border"},
    "div": {"align"},
    "p": {"align"},
    **dict.fromkeys(SVG_TAGS, _SHAPES),
    "svg": _SHAPES | {"viewBox", "width", "height", "xmlns", "preserveAspectRatio"},
    "path": _SHAPES | {"d"},
    "polyline": _SHAPES | {"points"},
    "polygon": _SHAPES | {"points"},
    "line": _SHAPES | {"x1", "x2", "y1", "y2"},
    "rect": _SHAPES | {"x", "y", "width", "height", "rx", "ry"},
    "circle": _SHAPES | {"cx", "cy", "r"},
    "ellipse": _SHAPES | {"cx", "cy", "rx", "ry"},
    "text": _SHAPES
    | {"x", "y", "dx", "dy", "text-anchor", "dominant-baseline", "font-size", "font-weight", "font-family"},
    "tspan": _SHAPES | {"x", "y", "dx", "dy", "font-size", "font-weight"},
}
MATH_ATTRIBUTES: Mapping[str, Set[str]] = {
    "math": {"display", "xmlns"},
    "mi": {"mathvariant"},
    "mo": {
        "stretchy",
        "fence",
        "form",
        "lspace",
        "rspace",
        "minsize",
        "maxsize",
        "movablelimits",
        "separator",
    },
    "mspace": {"width"},
    "mfrac": {"linethickness"},
    "mover": {"accent"},
    "munder": {"accentunder"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "mtable": {"columnalign", "rowspacing", "columnspacing"},
    "mtd": {"columnalign"},
    "menclose": {"notation"},
    "mpadded": {"width", "height", "depth", "lspace", "voffset"},
}
# Classes carry a page's own buttons and boxes. These only colour code and tables.
_CODE_CLASSES = frozenset(filter(None, STANDARD_TYPES.values()))
CLASSES: Mapping[str, Set[str]] = {
    "div": {"gradlab-verdict", "highlight"},
    "span": _CODE_CLASSES,
    "table": {"dataframe"},
}

PROPERTIES = _names(
    "background background-color border border-bottom border-collapse border-color border-left border-radius "
    "border-right border-spacing border-style border-top border-width color display font font-family font-size "
    "font-style font-variant font-weight height letter-spacing line-height list-style-type margin margin-bottom "
    "margin-left margin-right margin-top max-height max-width min-height min-width opacity overflow-wrap padding "
    "padding-bottom padding-left padding-right padding-top text-align text-decoration text-indent text-transform "
    "vertical-align white-space width word-break "
    "fill fill-opacity fill-rule stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin "
    "stroke-miterlimit stroke-opacity stroke-width text-anchor"
)
