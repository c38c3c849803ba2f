"""HTML, styles, pictures and SVG: what is harmless stays as it is, and nothing else stays."""

import base64
import io

import hostile_markup
import html5lib
import pytest
from matplotlib.figure import Figure
from reading_back import MATH, TAGS, faults
from shown_notebooks import picture

from autograder.harmless.html import (
    MAX_TAGS,
    TOO_MUCH,
    clean_html,
    clean_page_html,
    harmless_style,
    read_harmless_tag,
)
from autograder.harmless.pictures import MAX_PICTURE, is_picture, is_picture_url
from autograder.harmless.svg import clean_svg
from gradlab.checks import check
from gradlab.tables import table


@pytest.mark.parametrize("html", hostile_markup.HTML.values(), ids=hostile_markup.HTML)
def test_nothing_harmful_is_left_of_hostile_html(html):
    html = html.encode("utf-8", "replace").decode()
    assert faults(clean_html(html)) == []
    assert faults(clean_page_html(html), TAGS | MATH) == []


@pytest.mark.parametrize("html", hostile_markup.HTML.values(), ids=hostile_markup.HTML)
def test_cleaning_twice_is_cleaning_once(html):
    once = clean_html(html.encode("utf-8", "replace").decode())
    assert clean_html(once) == once


def test_hostile_html_is_harmful_before_it_is_cleaned():
    """The reader of these tests can see what it looks for."""
    blind = {
        "frame in frames",
        "load of the body",
        "load in one piece",
        "seven bits",
        "angle brackets of another kind",
        "conditional comment",
        "doctype",
        "policy",
        "processing instruction",
    }
    seen = {name for name, html in hostile_markup.HTML.items() if faults(html)}
    assert hostile_markup.HTML.keys() - seen <= blind


def test_two_pieces_that_are_clean_are_clean_together():
    pieces = [clean_html(html.encode("utf-8", "replace").decode()) for html in hostile_markup.HTML.values()]
    assert faults("".join(f"<div>{piece}</div>" for piece in pieces)) == []


@pytest.mark.parametrize(
    "html",
    [
        table(["rule", "steps"], [["momentum", 12], ["<b>", 1.5]], caption="Steps & rules")._repr_html_(),
        f'<figure style="margin:.6em 0;max-width:730px"><img alt="A ravine, &quot;steep&quot;" src="data:image/png;base64,{picture()}" '
        'style="width:100%;height:auto;border-radius:8px;display:block"><figcaption style="margin-top:.5em">It swings.</figcaption></figure>',
        '<svg role="img" aria-label="A path" viewBox="0 0 300 110" width="300" height="110" style="display:block;max-width:100%;'
        'border-bottom:1px solid currentColor"><polyline points="8.0,9.0 1.0,2.0" fill="none" stroke="#0072B2" stroke-width="2" '
        'stroke-dasharray="5 4"></polyline></svg>',
        '<div role="img" aria-label="05-momentum: 3 of 20"><div style="height:.5em;border-radius:.25em;background:rgba(128,128,128,.25);'
        'margin:.25em 0 .4em"><div style="height:100%;width:15%;border-radius:.25em;background:#009E73"></div></div></div>',
        '<a href="https://distill.pub/2017/momentum/" rel="noopener noreferrer">Distill</a> <a href="#here" rel="noopener noreferrer">here</a>',
        "<details open=\"\"><summary>More</summary>x<sub>1</sub> &lt; 2 &amp; 3</details>",
        '<table border="1" class="dataframe"><tbody><tr style="text-align: right;"><td colspan="2">1</td></tr></tbody></table>',
    ],
)  # fmt: skip
def test_what_the_course_and_its_libraries_show_stays_letter_by_letter(html):
    assert clean_html(html) == html


def test_a_verdict_with_its_picture_stays_as_it_is():
    def momentum_step(w, grad, v, lr, rho=0.9):
        v = rho * v + (1 - rho) * grad
        return w - lr * v, v

    html = check(momentum_step)._repr_html_()
    assert "gradlab-verdict" in html
    written = (
        html.replace("/>", "></polyline>")
        .replace("<br></polyline>", "<br>")
        .replace("&#x27;", "'")
        .replace("&quot;", '"')
    )
    assert clean_html(html).replace("&quot;", '"') == written


def test_a_class_that_means_something_to_a_page_is_dropped():
    assert (
        clean_html('<div class="gradlab-verdict full-credit score">x</div>')
        == '<div class="gradlab-verdict">x</div>'
    )


@pytest.mark.parametrize(
    ("style", "kept"),
    [
        ("color:red; margin:.5em 0", "color:red; margin:.5em 0"),
        ("color:red;position:absolute;margin:1em", "color:red;margin:1em"),
        ("margin:0 -1em", ""),
        ("margin:calc(0px - 100em)", ""),
        ("width:123456px", ""),
        ("width:1e6px", ""),
        ("background:#1e5e9e", "background:#1e5e9e"),
        ("background:rgb(0 0 0 / 50%)", "background:rgb(0 0 0 / 50%)"),
        ("background:URL(x)", ""),
        ("color:red!important", ""),
        ("color:var(--x)", ""),
        ("font-family:'a;color:red'", ""),
        ("color:red\\;position:fixed", ""),
        ("--x:1;constructor:1", ""),
        ("color", ""),
    ],
)
def test_of_a_style_only_plain_declarations_are_kept(style, kept):
    assert harmless_style(style) == kept


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif"])
def test_a_picture_is_known_by_its_first_bytes(kind):
    data = picture(kind)
    assert is_picture(f"image/{kind}", data)
    assert is_picture(f"image/{kind}", "\n".join([data[:20], data[20:], ""]))
    assert is_picture_url(f"data:image/{kind};base64,{data}")
    others = {"png", "jpeg", "gif"} - {kind}
    assert not any(is_picture(f"image/{other}", data) for other in others)


@pytest.mark.parametrize(
    "data",
    ["", "x", "iVBOR", '"><script>', base64.b64encode(b"<svg onload=x>").decode(), picture() + "\"'", None, 3, ["iVBORw0KGgo="],
     "iVBORw0KGgo=" + "A" * MAX_PICTURE],
)  # fmt: skip
def test_what_is_no_picture_is_not_taken_for_one(data):
    assert not is_picture("image/png", data)


@pytest.mark.parametrize(
    "url",
    ["data:image/svg+xml;base64,PHN2Zz4=", "data:text/html;base64,iVBORw0KGgo=", "data:image/png,iVBORw0KGgo=",
     "data:image/png;charset=x;base64,iVBORw0KGgo=", "https://a/b.png", "b.png", "//a/b.png", "cid:x", "blob:x"],
)  # fmt: skip
def test_a_picture_from_anywhere_is_not_loaded(url):
    assert not is_picture_url(url)


@pytest.mark.parametrize("svg", hostile_markup.SVG.values(), ids=hostile_markup.SVG)
def test_nothing_harmful_is_left_of_hostile_svg(svg):
    cleaned = clean_svg(svg)
    if cleaned is None:
        return
    tags = TAGS | {"defs", "clipPath", "symbol", "use", "linearGradient", "radialGradient", "stop"}
    tree = html5lib.parseFragment(cleaned, namespaceHTMLElements=False)
    found = [element for element in tree.iter() if isinstance(element.tag, str)]
    assert {element.tag.split("}")[-1] for element in found} <= tags | {"DOCUMENT_FRAGMENT"}
    for element in found:
        for name, value in element.attrib.items():
            local = str(name).split("}")[-1]
            assert not local.startswith("on")
            assert local != "href" or value.startswith("#")
            assert "evil.example" not in value
            assert "javascript" not in value


def test_a_drawing_of_matplotlib_keeps_its_parts():
    figure = Figure()
    figure.add_subplot().plot([1, 3, 2], label="a & b")
    file = io.StringIO()
    figure.savefig(file, format="svg")
    before, after = file.getvalue(), clean_svg(file.getvalue())
    for part in ("<path", "<use", "clip-path=", "xlink:href=", "style=", "viewBox="):
        assert after.count(part) == before.count(part)


@pytest.mark.parametrize(
    "html",
    [
        "<b>" * 1_000_000,
        "<div>" * (MAX_TAGS + 1),
        "&" * (MAX_TAGS + 1),
        "x" * 5_000_000,
        "<b " + "a=1 " * 200_000 + ">",
    ],
    ids=["deep", "boxes", "entities", "long", "attributes"],
)
def test_what_would_take_too_long_to_read_is_not_read(html):
    assert clean_html(html) == TOO_MUCH
    assert clean_svg(f"<svg>{html}</svg>") is None


def test_a_large_picture_is_not_too_much():
    data = base64.b64encode(base64.b64decode(picture()) + bytes(900_000)).decode()
    image = f'<img alt="x" src="data:image/png;base64,{data}">'
    assert clean_html(image) == image


@pytest.mark.parametrize(
    "text",
    ["<b onclick='x'>", "<b/x>", "<b", "< b>", "<script>", "<svg>", '<a href="javascript:x">', '<a href="&#106;s:x">',
     '<b style="position:fixed">', '<b title=">">', "<!-- x -->", "<?x?>", '<img src="x">', '<b x="1">'],
)  # fmt: skip
def test_a_tag_that_is_not_plain_is_not_read_as_harmless(text):
    assert read_harmless_tag(text, 0) is None
