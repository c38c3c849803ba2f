"""The sheet of paper: its colours, drawings side by side on it, and the finished figure."""

import base64
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure as MatplotlibFigure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from PIL import Image

Drawing = Callable[[Axes], None]

PAPER, INK, FAINT = "#fcfbf7", "#222222", "#8a8a86"
# Okabe & Ito's palette without its yellow, which fades on paper, and its black, which is the ink.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
DASHES = ("-", (0, (5, 2)), (0, (1, 1.4)), (0, (6, 2, 1, 2)), (0, (3, 1)), "-")
MARKERS = ("o", "s", "^", "D", "v", "P")

_STYLE: Any = {
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 9,
    "axes.labelsize": 10,
    "font.size": 10,
    "legend.frameon": False,
    "legend.fontsize": 9.5,
    "lines.linewidth": 1.9,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
}
_PIXELS_PER_INCH = 160
_SCREEN_PIXELS_PER_INCH = 96


@dataclass(frozen=True)
class Figure:
    """A finished figure: notebooks show it as a picture, `print` shows what it says in words.

    Attributes:
        png: the picture.
        width: on the screen, in CSS pixels.
        alt: what the picture shows, for those who cannot see it.
        caption: the line below it, or an empty string.
    """

    png: bytes
    width: int
    alt: str
    caption: str = ""

    def __repr__(self) -> str:
        return f"Figure: {self.alt}"

    def _repr_html_(self) -> str:
        # JupyterLab drops the alt text of image outputs, so the picture comes inside HTML that keeps it.
        data = base64.b64encode(self.png).decode()
        caption = (
            f'<figcaption style="margin-top:.5em;font-size:.93em;line-height:1.4">{escape(self.caption)}</figcaption>'
            if self.caption
            else ""
        )
        return (
            f'<figure style="margin:.6em 0;max-width:{self.width}px">'
            f'<img alt="{escape(self.alt)}" src="data:image/png;base64,{data}" '
            f'style="width:100%;height:auto;border-radius:8px;display:block"/>{caption}</figure>'
        )


def panels(
    *drawings: Drawing,
    alt: str,
    caption: str = "",
    height: float = 3.4,
    widths: Sequence[float] | None = None,
    stacked: bool = False,
) -> Figure:
    """Put drawings side by side, or one below the other.

    Args:
        *drawings: from left to right, or from top to bottom, from `gradlab.plots`.
        alt: what the figure shows, in words: required, because some readers have nothing else.
        caption: a line below the figure.
        height: in inches; the sheet is 7.6 inches wide.
        widths: relative widths of the drawings; if they are stacked, their heights.
        stacked: True for one below the other, over a common x axis.

    Raises:
        ValueError: for an empty alt.

    >>> from gradlab.plots import curves
    >>> panels(curves({"": [4, 2, 1]}, xlabel="steps", ylabel="loss"), alt="The loss halves in every step.")
    Figure: The loss halves in every step.
    """
    if not alt.strip():
        raise ValueError("alt must say what the figure shows: readers who cannot see it have nothing else.")
    with matplotlib.rc_context(_STYLE):
        layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1, wspace=0.04)
        figure = MatplotlibFigure(figsize=(7.6, height), layout=layout)
        if stacked:
            axes = figure.subplots(len(drawings), 1, squeeze=False, height_ratios=widths, sharex=True)[:, 0]
        else:
            axes = figure.subplots(1, len(drawings), squeeze=False, width_ratios=widths)[0]
        for axis, draw in zip(axes, drawings, strict=True):
            draw(axis)
        return Figure(_palette_png(figure), round(7.6 * _SCREEN_PIXELS_PER_INCH), alt, caption)


def _palette_png(figure: MatplotlibFigure) -> bytes:
    # 128 colours are enough for drawings, and make a picture a third as large.
    full = io.BytesIO()
    figure.savefig(full, format="png", dpi=_PIXELS_PER_INCH)
    picture = Image.open(full).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    small = io.BytesIO()
    picture.save(small, format="png", optimize=True)
    return small.getvalue()
