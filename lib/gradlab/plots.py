"""Figures: drawings side by side on one sheet of paper, with a text alternative.

A drawing (`contours`, `curves`, `heat`) takes data and returns a function that draws on an axes; `panels` puts
drawings next to each other and returns a Figure that notebooks show. Drawings compute nothing of their own.

The paper is a warm white with dark ink, on light and on dark pages alike; lines take the Okabe-Ito colours, which
colour-blind readers can tell apart, and differ in dashes or markers as well; surfaces are drawn in cividis.
"""

import base64
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as MatplotlibFigure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from PIL import Image

from gradlab.arguments import Array
from gradlab.surfaces import Surface

Drawing = Callable[[Axes], None]

PAPER, INK, FAINT = "#fcfbf7", "#222222", "#8a8a86"
# Okabe & Ito's palette without its yellow, which fades on paper, and its black, which is the ink.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_DASHES = ("-", (0, (5, 2)), (0, (1, 1.4)), (0, (6, 2, 1, 2)), (0, (3, 1)), "-")
_MARKERS = ("o", "s", "^", "D", "v", "P")

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
) -> Figure:
    """Put drawings side by side.

    Args:
        *drawings: from left to right, from `contours`, `curves` or `heat`.
        alt: what the figure shows, in words: required, because some readers have nothing else.
        caption: a line below the figure.
        height: in inches; the sheet is 7.6 inches wide.
        widths: relative widths of the drawings.

    Raises:
        ValueError: for an empty alt.

    >>> panels(curves({"": [4, 2, 1]}, xlabel="steps", ylabel="loss"), alt="The loss halves in every step.")
    Figure: The loss halves in every step.
    """
    if not alt.strip():
        raise ValueError("alt must say what the figure shows: readers who cannot see it have nothing else.")
    with matplotlib.rc_context(_STYLE):
        layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1, wspace=0.04)
        figure = MatplotlibFigure(figsize=(7.6, height), layout=layout)
        axes = figure.subplots(1, len(drawings), squeeze=False, width_ratios=widths)[0]
        for axis, draw in zip(axes, drawings, strict=True):
            draw(axis)
        return Figure(_palette_png(figure), round(7.6 * _SCREEN_PIXELS_PER_INCH), alt, caption)


def contours(surface: Surface, paths: Mapping[str, Array] | None = None, *, title: str = "") -> Drawing:
    """The level lines of a surface of two weights, with paths over it.

    Args:
        surface: what to draw, over its domain.
        paths: label -> points of shape (steps + 1, 2). Paths may leave the domain; what is outside is cut off.
        title: above the drawing.
    """

    def draw(axes: Axes) -> None:
        points, losses = surface.grid(160)
        # Levels at equal steps of the square root: a quadratic then shows evenly spaced rings.
        levels = losses.min() + np.linspace(0, 1, 14) ** 2 * (losses.max() - losses.min())
        axes.contourf(points[..., 0], points[..., 1], losses, levels, cmap="cividis", alpha=0.75)
        for i, (label, path) in enumerate((paths or {}).items()):
            colour = ("#ffffff", "#ffb000", "#ff6db6", "#7fe0ff")[i % 4]
            # The first path lies on top, and long paths carry a marker only now and then.
            axes.plot(path[:, 0], path[:, 1], _MARKERS[i], color=colour, linestyle=_DASHES[i], markersize=3.6,
                      markevery=max(1, len(path) // 50), linewidth=1.5, markeredgecolor=INK,
                      markeredgewidth=0.4, label=label, zorder=4 - 0.1 * i)  # fmt: skip
            axes.plot(*path[0], "o", color=INK, markersize=6)
        axes.plot(surface.minima[:, 0], surface.minima[:, 1], "*", color="#ffffff", markeredgecolor=INK,
                  markersize=11, linestyle="none")  # fmt: skip
        axes.set(xlim=surface.domain[0], ylim=surface.domain[1], title=title)
        axes.set_xlabel("weight $w_1$")
        axes.set_ylabel("weight $w_2$")
        axes.spines[:].set_visible(False)
        if paths:
            axes.legend(loc="upper right", labelcolor="#ffffff", frameon=True, facecolor="#222222",
                                 edgecolor="none", framealpha=0.72, fontsize=9)  # fmt: skip

    return draw


def curves(
    lines: Mapping[str, Any],
    *,
    xlabel: str,
    ylabel: str,
    title: str = "",
    log: bool = False,
    logx: bool = False,
    ylim: tuple[float, float] | None = None,
    mark: tuple[float, str] | None = None,
    bands: Mapping[str, Array] | None = None,
    markers: bool = False,
) -> Drawing:
    """Lines over a common x axis.

    Args:
        lines: label -> y values, shape (n,), drawn over 0, 1, 2, ...; or label -> (x, y).
        xlabel: what runs along the bottom, with its unit.
        ylabel: what is shown, with its unit.
        title: above the drawing.
        log: True for a logarithmic y axis.
        logx: True for a logarithmic x axis.
        ylim: (low, high) of the y axis.
        mark: (height, text): a faint horizontal line with a word on it.
        bands: label of a line -> low and high ends of a shade around it, shape (2, n).
        markers: True to mark each point.
    """

    def draw(axes: Axes) -> None:
        for i, (label, line) in enumerate(lines.items()):
            x, y = line if isinstance(line, tuple) else (np.arange(len(line)), line)
            marker = _MARKERS[i % 6] if markers else None
            axes.plot(
                x,
                y,
                marker=marker,
                color=COLOURS[i % 6],
                linestyle=_DASHES[i % 6],
                markersize=4.5,
                label=label,
            )
            if bands and label in bands:
                axes.fill_between(x, *bands[label], color=COLOURS[i % 6], alpha=0.18, linewidth=0)
        if mark is not None:
            height, text = mark
            axes.axhline(height, color=FAINT, linewidth=1, linestyle=(0, (2, 2)), zorder=0)
            axes.annotate(text, (1, height), xycoords=("axes fraction", "data"), ha="right", va="bottom",
                          color="#5f5f5b", fontsize=9, zorder=5,
                          bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.8, "alpha": 0.85})  # fmt: skip
        if log:
            axes.set_yscale("log")
        if logx:
            axes.set_xscale("log")
            axes.xaxis.set_major_formatter("{x:g}")
        axes.set(xlabel=xlabel, ylabel=ylabel, title=title)
        if ylim is not None:
            axes.set_ylim(ylim)
        if len(lines) > 1 or next(iter(lines), ""):
            axes.legend()

    return draw


def heat(
    values: Array,
    x: Array,
    y: Array,
    *,
    xlabel: str,
    ylabel: str,
    label: str,
    title: str = "",
    lines: Mapping[str, tuple[Array, Array]] | None = None,
    empty: str = "",
) -> Drawing:
    """A heat map, with lines over it.

    Args:
        values: shape (len(y), len(x)); nan is left grey.
        x: along the bottom, shape (nx,).
        y: up the side, shape (ny,).
        xlabel: of x, with its unit.
        ylabel: of y, with its unit.
        label: what the colours mean, with its unit.
        title: above the drawing.
        lines: label -> (x, y) of a line over the map.
        empty: what the grey part means.
    """

    def draw(axes: Axes) -> None:
        axes.set_facecolor("#d8d6cf")
        picture = axes.pcolormesh(x, y, values, cmap="cividis_r", shading="nearest", rasterized=True)
        for i, (name, (line_x, line_y)) in enumerate((lines or {}).items()):
            axes.plot(
                line_x,
                line_y,
                color=("#ff7f0e", "#ffffff")[i % 2],
                linestyle=_DASHES[i],
                linewidth=2.4,
                label=name,
            )
        axes.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]), xlabel=xlabel, ylabel=ylabel, title=title)
        axes.figure.colorbar(picture, ax=axes, label=label, pad=0.02).outline.set_visible(False)
        if lines:
            axes.legend(
                labelcolor="#ffffff", frameon=True, facecolor="#222222", edgecolor="none", framealpha=0.8
            )
        if empty:
            axes.text(0.98, 0.04, empty, transform=axes.transAxes, ha="right", color=INK, fontsize=9.5)

    return draw


def _palette_png(figure: MatplotlibFigure) -> bytes:
    # 128 colours are enough for drawings, and make a picture a third as large.
    full = io.BytesIO()
    figure.savefig(full, format="png", dpi=_PIXELS_PER_INCH)
    picture = Image.open(full).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    small = io.BytesIO()
    picture.save(small, format="png", optimize=True)
    return small.getvalue()
