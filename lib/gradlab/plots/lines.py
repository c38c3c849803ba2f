"""Lines, bars, histograms and dots."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from gradlab.arguments import Array
from gradlab.plots.sheet import COLOURS, DASHES, FAINT, INK, MARKERS, PAPER, Drawing


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

    >>> from gradlab.plots import panels
    >>> panels(curves({"": [4, 2, 1]}, xlabel="steps", ylabel="loss"), alt="The loss halves in every step.")
    Figure: The loss halves in every step.
    """

    def draw(axes: Axes) -> None:
        for i, (label, line) in enumerate(lines.items()):
            x, y = line if isinstance(line, tuple) else (np.arange(len(line)), line)
            marker = MARKERS[i % 6] if markers else None
            axes.plot(
                x,
                y,
                marker=marker,
                color=COLOURS[i % 6],
                linestyle=DASHES[i % 6],
                markersize=4.5,
                label=label,
            )
            if bands and label in bands:
                axes.fill_between(x, *bands[label], color=COLOURS[i % 6], alpha=0.18, linewidth=0)
        _mark(axes, mark)
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


def histograms(
    values: Mapping[str, npt.ArrayLike],
    *,
    xlabel: str,
    ylabel: str = "share",
    title: str = "",
    bins: int = 40,
    limits: tuple[float, float] | None = None,
    log: bool = False,
) -> Drawing:
    """How often which value occurs, one outline a label, over common bins.

    Args:
        values: label -> numbers of any shape. Each outline is scaled to a sum of 1.
        xlabel: what the numbers are, with their unit.
        ylabel: what the height is.
        title: above the drawing.
        bins: how many.
        limits: (low, high) of the bins; what lies outside is counted in the outermost ones.
        log: True for a logarithmic y axis.
    """

    def draw(axes: Axes) -> None:
        arrays = {label: np.ravel(numbers) for label, numbers in values.items()}
        together = np.concatenate(list(arrays.values()))
        low, high = limits or (together.min(), together.max())
        edges = np.linspace(low, high, bins + 1)
        for i, (label, numbers) in enumerate(arrays.items()):
            shares = np.histogram(np.clip(numbers, low, high), edges)[0] / numbers.size
            axes.stairs(
                shares, edges, color=COLOURS[i % 6], linestyle=DASHES[i % 6], linewidth=1.9, label=label
            )
            axes.stairs(shares, edges, color=COLOURS[i % 6], alpha=0.13, fill=True)
        if log:
            axes.set_yscale("log")
        axes.set(xlabel=xlabel, ylabel=ylabel, title=title)
        if len(arrays) > 1 or next(iter(arrays)):
            axes.legend()

    return draw


def bars(
    heights: Mapping[str, float],
    *,
    ylabel: str,
    title: str = "",
    spread: Mapping[str, float] | None = None,
    mark: tuple[float, str] | None = None,
) -> Drawing:
    """One bar a label, with whiskers for the spread.

    Args:
        heights: label -> height.
        ylabel: what the height is, with its unit.
        title: above the drawing.
        spread: label -> half the length of its whisker, such as a standard deviation.
        mark: (height, text): a faint horizontal line with a word on it.
    """

    def draw(axes: Axes) -> None:
        whiskers = [spread.get(label, 0.0) for label in heights] if spread else None
        axes.bar(list(heights), list(heights.values()), yerr=whiskers, color=COLOURS[0], alpha=0.85, width=0.6,
                 error_kw={"ecolor": INK, "capsize": 4})  # fmt: skip
        _mark(axes, mark)
        axes.set(ylabel=ylabel, title=title)

    return draw


def dots(
    groups: Mapping[str, npt.ArrayLike],
    *,
    xlabel: str,
    ylabel: str,
    title: str = "",
    lines: Mapping[str, tuple[Sequence[float] | Array, Sequence[float] | Array]] | None = None,
    equal: bool = False,
) -> Drawing:
    """Points of the plane, each group in a colour and a shape of its own, with lines over them.

    Args:
        groups: label -> points of shape (n, 2).
        xlabel: of the first coordinate.
        ylabel: of the second.
        title: above the drawing.
        lines: label -> (x, y) of a line over the points.
        equal: True for the same scale on both axes.
    """

    def draw(axes: Axes) -> None:
        for i, (label, points) in enumerate(groups.items()):
            x, y = np.asarray(points).T
            axes.plot(x, y, MARKERS[i % 6], color=COLOURS[i % 6], markersize=3.6, alpha=0.75, label=label)
        for i, (label, (x, y)) in enumerate((lines or {}).items()):
            axes.plot(x, y, color=INK, linestyle=DASHES[i % 6], label=label)
        axes.set(xlabel=xlabel, ylabel=ylabel, title=title)
        if equal:
            axes.set_aspect("equal")
        if any([*groups, *(lines or {})]):
            axes.legend()

    return draw


def _mark(axes: Axes, mark: tuple[float, str] | None) -> None:
    if mark is None:
        return
    height, text = mark
    axes.axhline(height, color=FAINT, linewidth=1, linestyle=(0, (2, 2)), zorder=0)
    axes.annotate(text, (1, height), xycoords=("axes fraction", "data"), ha="right", va="bottom", color="#5f5f5b",
                  fontsize=9, zorder=5,
                  bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.8, "alpha": 0.85})  # fmt: skip
