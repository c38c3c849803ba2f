"""Drawings over the plane of two weights, or of two hyper-parameters."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, to_rgb

from gradlab.arguments import Array
from gradlab.plots.sheet import COLOURS, DASHES, INK, MARKERS, PAPER, Drawing
from gradlab.surfaces import Surface

_OVER_MAPS = ("#ffffff", "#ffb000", "#ff6db6", "#7fe0ff")


def contours(
    surface: Surface,
    paths: Mapping[str, Array] | None = None,
    *,
    title: str = "",
    marked: Mapping[str, Array] | None = None,
) -> Drawing:
    """The level lines of a surface of two weights, with paths over it.

    Args:
        surface: what to draw, over its domain.
        paths: label -> points of shape (steps + 1, 2). Paths may leave the domain; what is outside is cut off.
        title: above the drawing.
        marked: label -> places of shape (n, 2), marked without a line between them.

    >>> from gradlab.plots import panels
    >>> from gradlab.surfaces import bowl
    >>> panels(contours(bowl), alt="Round level lines: a bowl.")
    Figure: Round level lines: a bowl.
    """

    def draw(axes: Axes) -> None:
        grid, losses = surface.grid(160)
        # Levels at equal steps of the square root: a quadratic then shows evenly spaced rings.
        levels = losses.min() + np.linspace(0, 1, 14) ** 2 * (losses.max() - losses.min())
        axes.contourf(grid[..., 0], grid[..., 1], losses, levels, cmap="cividis", alpha=0.75)
        for i, (label, path) in enumerate((paths or {}).items()):
            colour = _OVER_MAPS[i % 4]
            # The first path lies on top, and long paths carry a marker only now and then.
            axes.plot(path[:, 0], path[:, 1], MARKERS[i], color=colour, linestyle=DASHES[i], markersize=3.6,
                      markevery=max(1, len(path) // 50), linewidth=1.5, markeredgecolor=INK,
                      markeredgewidth=0.4, label=label, zorder=4 - 0.1 * i)  # fmt: skip
            axes.plot(*path[0], "o", color=INK, markersize=6)
        axes.plot(surface.minima[:, 0], surface.minima[:, 1], "*", color="#ffffff", markeredgecolor=INK,
                  markersize=11, linestyle="none")  # fmt: skip
        for i, (label, places) in enumerate((marked or {}).items()):
            axes.plot(places[:, 0], places[:, 1], MARKERS[i % 6], color=_OVER_MAPS[i % 4], markersize=7,
                      markeredgecolor=INK, markeredgewidth=0.8, label=label, zorder=6)  # fmt: skip
        axes.set(xlim=surface.domain[0], ylim=surface.domain[1], title=title)
        axes.set_xlabel("weight $w_1$")
        axes.set_ylabel("weight $w_2$")
        axes.spines[:].set_visible(False)
        if paths or marked:
            # Above the map where places are marked, which could lie anywhere.
            where = (
                {"loc": "lower left", "bbox_to_anchor": (0, 1.01), "ncols": 3}
                if marked
                else {"loc": "upper right"}
            )
            axes.legend(**where, labelcolor="#ffffff", frameon=True, facecolor="#222222",
                        edgecolor="none", framealpha=0.72, fontsize=9)  # fmt: skip

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
    dark_is_low: bool = False,
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
        dark_is_low: True for the colours of `contours`, where low is dark. By default high is dark.
    """

    def draw(axes: Axes) -> None:
        axes.set_facecolor("#d8d6cf")
        colours = "cividis" if dark_is_low else "cividis_r"
        picture = axes.pcolormesh(x, y, values, cmap=colours, shading="nearest", rasterized=True)
        for i, (name, (line_x, line_y)) in enumerate((lines or {}).items()):
            axes.plot(
                line_x,
                line_y,
                color=("#ff7f0e", "#ffffff")[i % 2],
                linestyle=DASHES[i],
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


def regions(
    index: npt.NDArray[np.integer],
    x: Array,
    y: Array,
    *,
    places: Mapping[str, Array],
    xlabel: str = "weight $w_1$",
    ylabel: str = "weight $w_2$",
    title: str = "",
) -> Drawing:
    """A map of regions, each in a colour of its own and named by the label of its place.

    Args:
        index: which region each point belongs to, shape (len(y), len(x)): 0 for the first of `places`; -1 is
            left grey.
        x: along the bottom, shape (nx,).
        y: up the side, shape (ny,).
        places: label -> a point of shape (2,), marked with a star and its label, one for each region.
        xlabel: of x, with its unit.
        ylabel: of y, with its unit.
        title: above the drawing.
    """

    def draw(axes: Axes) -> None:
        colours = [to_rgb("#8a8a86"), *map(to_rgb, COLOURS[: len(places)])]
        # Half way to the paper, so that stars and letters stand out.
        pale = ListedColormap(
            [tuple(0.5 * (a + b) for a, b in zip(c, to_rgb(PAPER), strict=True)) for c in colours]
        )
        axes.pcolormesh(
            x, y, index, cmap=pale, vmin=-1.5, vmax=len(places) - 0.5, shading="nearest", rasterized=True
        )
        for label, place in places.items():
            axes.plot(*place, "*", color="#ffffff", markeredgecolor=INK, markersize=11)
            axes.annotate(
                label,
                (float(place[0]), float(place[1])),
                xytext=(7, 5),
                textcoords="offset points",
                fontweight="bold",
                color=INK,
            )
        axes.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]), xlabel=xlabel, ylabel=ylabel, title=title)
        axes.spines[:].set_visible(False)

    return draw
