import io
from html.parser import HTMLParser

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from gradlab.descent import descend
from gradlab.optimizers import gradient_descent
from gradlab.plots import contours, curves, heat, panels
from gradlab.surfaces import SURFACES, ravine

DRAWINGS = {
    "contours": lambda: contours(
        ravine, {"a": descend(ravine, ravine.start, gradient_descent, steps=60, lr=0.4).points}, title="Ravine"
    ),
    "contours without paths": lambda: contours(ravine),
    "curves": lambda: curves({"a": np.arange(5.0), "b": np.ones(5)}, xlabel="steps", ylabel="loss"),
    "curves with everything": lambda: curves(
        {"a": (np.arange(1, 6), np.logspace(-3, 1, 5)), "b": (np.arange(1, 6), np.ones(5))},
        xlabel="steps",
        ylabel="loss",
        title="All",
        log=True,
        logx=True,
        ylim=(1e-4, 10),
        mark=(1e-2, "goal"),
    ),
    "a single curve": lambda: curves({"": np.arange(5.0)}, xlabel="steps", ylabel="loss"),
    "heat": lambda: heat(
        np.array([[1.0, np.nan, 3.0], [2.0, 4.0, np.nan]]),
        np.arange(3.0),
        np.arange(2.0),
        xlabel="learning rate",
        ylabel="rho",
        label="steps",
        lines={"limit": (np.arange(3.0), np.linspace(0, 1, 3))},
        empty="diverged",
    ),
}  # fmt: skip

every_drawing = pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)


def busy():
    """As much as one figure of a lesson holds."""
    steps = np.arange(300)
    noise = np.random.default_rng(0).normal(size=300)
    paths = {
        f"lr = {lr}": descend(ravine, ravine.start, gradient_descent, steps=300, lr=lr).points
        for lr in (0.1, 0.3, 0.45, 0.49)
    }
    lines = {f"line {i}": np.sin(steps / 9 + i) for i in range(5)} | {"measured": noise}
    return panels(
        contours(ravine, paths), curves(lines, xlabel="x", ylabel="y"), alt="Paths and lines.", widths=(3, 2)
    )


@every_drawing
def test_every_drawing_makes_a_picture_without_warnings(draw):
    figure = panels(draw(), alt="A drawing.")
    picture = Image.open(io.BytesIO(figure.png))
    assert picture.format == "PNG"
    assert picture.width > 2 * picture.height


@every_drawing
def test_the_same_data_give_the_same_bytes(draw):
    assert panels(draw(), alt="A drawing.").png == panels(draw(), alt="A drawing.").png


def test_other_data_give_other_bytes():
    one, other = (
        panels(curves({"": np.arange(5.0) * slope}, xlabel="x", ylabel="y", ylim=(0, 9)), alt="A line.").png
        for slope in (1, 2)
    )
    assert one != other


def test_figures_are_small_enough_for_a_notebook():
    figures = [panels(draw(), draw(), alt="Twice the same.") for draw in DRAWINGS.values()]
    assert all(len(figure._repr_html_()) < 60_000 for figure in figures)
    assert len(busy().png) < 60_000


@pytest.mark.parametrize("alt", ["", "  \n"])
def test_a_figure_needs_words_for_those_who_cannot_see_it(alt):
    with pytest.raises(ValueError, match="alt must say what the figure shows"):
        panels(DRAWINGS["curves"](), alt=alt)


def test_alt_cannot_be_left_out():
    with pytest.raises(TypeError, match="alt"):
        panels(DRAWINGS["curves"]())


class Elements(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_data(self, data):
        self.text += data


def test_html_carries_alt_and_caption_as_text_whatever_they_hold():
    alt, caption = "A \"loss\" < 1 & 'falling' <script>x</script>", "<b>rho</b> > 0 & lr < 1"
    figure = panels(DRAWINGS["curves"](), alt=alt, caption=caption)
    html = Elements(figure._repr_html_())
    assert [tag for tag, _ in html.elements] == ["figure", "img", "figcaption"]
    attributes = html.elements[1][1]
    assert attributes["alt"] == alt
    assert attributes["src"].startswith("data:image/png;base64,")
    assert html.text == caption


def test_a_figure_without_a_caption_has_no_empty_one():
    assert "figcaption" not in panels(DRAWINGS["curves"](), alt="A line.")._repr_html_()


def test_a_figure_says_in_text_what_it_shows():
    assert repr(panels(DRAWINGS["curves"](), alt="A line that falls.")) == "Figure: A line that falls."


def test_a_run_that_flew_away_can_be_drawn():
    trace = descend(ravine, ravine.start, gradient_descent, steps=400, lr=5.0)
    assert not np.isfinite(trace.losses[-1])
    figure = panels(
        contours(ravine, {"flying": trace.points}),
        curves({"flying": trace.losses}, xlabel="steps", ylabel="loss", ylim=(0, 10)),
        alt="A run that flies away.",
    )
    assert figure.png


@pytest.mark.parametrize("name", [name for name, surface in SURFACES.items() if surface.dim == 2])
def test_every_surface_of_two_weights_can_be_drawn(name):
    assert panels(contours(SURFACES[name]), alt=name).png


def test_drawing_leaves_the_readers_own_settings_alone():
    with matplotlib.rc_context({"axes.titlesize": 33}):
        panels(DRAWINGS["contours"](), alt="A drawing.")
        assert matplotlib.rcParams["axes.titlesize"] == 33


def test_a_band_shades_from_its_low_to_its_high_end_around_its_own_line_only():
    axes = Figure().subplots()
    band = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0]])
    lines = {"with": (np.array([0, 1, 2]), band.mean(axis=0)), "without": np.zeros(3)}
    curves(lines, xlabel="x", ylabel="y", bands={"with": band})(axes)
    (shade,) = axes.collections
    corners = {tuple(corner) for corner in shade.get_paths()[0].vertices}
    assert corners == {(0, 1), (1, 2), (2, 3), (0, 2), (1, 4), (2, 6)}


@pytest.mark.parametrize("markers", [True, False])
def test_points_are_marked_where_that_is_asked_for(markers):
    axes = Figure().subplots()
    curves({"a": np.ones(3)}, xlabel="x", ylabel="y", markers=markers)(axes)
    assert (axes.lines[0].get_marker() != "None") is markers
