"""The parts of an explorer's picture: a map of a surface, a path over it, a chart of the loss. SVG text, all of it."""

import functools
import itertools
from html import escape

import contourpy
import matplotlib
import numpy as np

from gradlab import plots
from gradlab.arguments import Array
from gradlab.surfaces import Surface

WIDTH, HEIGHT = 760, 330
MAP = (14, 14, 430, 302)  # left, top, width, height of the surface
CHART = (518, 34, 222, 246)  # of the loss curve
_PATH_COLOUR = "#ffb000"


def sheet(*parts: str, label: str, height: int = HEIGHT) -> str:
    """A sheet of paper with `parts` on it.

    Args:
        *parts: SVG, in the order in which it is drawn.
        label: what the picture shows now, in words, for those who cannot see it.
        height: in the units of the drawing; the width is always `WIDTH`.
    """
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}" '
        f'style="width:100%;max-width:{WIDTH}px;font:13px sans-serif" xmlns="http://www.w3.org/2000/svg">'
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="{plots.PAPER}"/>{"".join(parts)}</svg>'
    )


def words(x: float, y: float, text: str, *, size: int = 13, bold: bool = False, anchor: str = "start") -> str:
    """A line of text with its baseline at (x, y)."""
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"{weight} fill="{plots.INK}">'
        f"{escape(text)}</text>"
    )


def to_map(surface: Surface, points: Array) -> Array:
    """Where the weights `points`, shape (..., 2), lie on the sheet."""
    left, top, width, height = MAP
    low, high = surface.domain[:, 0], surface.domain[:, 1]
    share = (points - low) / (high - low)
    return np.stack([left + share[..., 0] * width, top + (1 - share[..., 1]) * height], axis=-1)


def points_text(points: Array) -> str:
    """Points of the sheet, shape (n, 2), as SVG writes them.

    >>> points_text(np.array([[1.0, 2.0], [3.0, 4.5]]))
    '1.0,2.0 3.0,4.5'
    """
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


@functools.lru_cache(maxsize=8)
def map_svg(surface: Surface) -> str:
    """The surface seen from above, with a star on each of its minima."""
    points, losses = surface.grid(60)
    levels = losses.min() + np.linspace(0, 1, 12) ** 2 * (losses.max() - losses.min())
    generator = contourpy.contour_generator(
        points[..., 0], points[..., 1], losses, fill_type=contourpy.FillType.OuterOffset
    )
    colours = matplotlib.colormaps["cividis"](np.linspace(0, 1, len(levels) - 1))
    left, top, width, height = MAP
    parts = [
        f'<defs><clipPath id="gradlab-map"><rect x="{left}" y="{top}" width="{width}" height="{height}" rx="4"/></clipPath></defs>',
        '<g clip-path="url(#gradlab-map)" opacity="0.78">',
    ]
    for low, high, colour in zip(levels[:-1], levels[1:], colours, strict=True):
        rings = []
        for polygon, offsets in zip(*generator.filled(low, high), strict=True):
            rings += [to_map(surface, polygon[a:b]) for a, b in itertools.pairwise(offsets)]
        path = "".join(f"M{points_text(ring)}Z" for ring in rings)
        fill = matplotlib.colors.to_hex(colour)
        parts.append(f'<path d="{path}" fill="{fill}" stroke="{fill}" fill-rule="evenodd"/>')
    parts.append("</g>")
    for x, y in to_map(surface, surface.minima):
        parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" dominant-baseline="central" font-size="20" '
            f'fill="#ffffff" stroke="{plots.INK}" stroke-width="0.6">★</text>'
        )
    return "".join(parts)


def path_svg(surface: Surface, points: Array) -> str:
    """A path over the map, points of shape (steps + 1, 2), with a ball at its end."""
    finite = points[np.isfinite(points).all(axis=1) & (np.abs(points) < 1e6).all(axis=1)]
    places = to_map(surface, finite)
    text = points_text(places)
    last_x, last_y = places[-1]
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6"/>' for x, y in places[:-1])
    return (
        f'<g clip-path="url(#gradlab-map)"><polyline points="{text}" fill="none" stroke="{_PATH_COLOUR}" stroke-width="1.8"/>'
        f'<g fill="{_PATH_COLOUR}" stroke="#222" stroke-width="0.5">{dots}</g>'
        f'<circle cx="{last_x:.1f}" cy="{last_y:.1f}" r="7" fill="#ffffff" stroke="#222" stroke-width="1.5"/></g>'
    )


def chart_svg(losses: Array, shown: int, goal: float, foresee: bool) -> str:
    """The loss after each step, shape (steps + 1,), on a logarithmic scale.

    Args:
        losses: of the whole run.
        shown: how many steps of it are drawn in full.
        goal: the loss at the dashed line.
        foresee: True to show the rest of the run faintly.
    """
    left, top, width, height = CHART
    low, high = -8.0, 3.0  # powers of ten
    # Below zero, as on a saddle, the line runs along the bottom; a run that has flown away, along the top.
    exponents = np.log10(np.clip(np.nan_to_num(losses, nan=np.inf), 10.0**low, 10.0**high))
    x = left + np.arange(len(losses)) / max(len(losses) - 1, 1) * width
    y = top + (high - exponents) / (high - low) * height
    line = np.stack([x, y], axis=-1)
    goal_y = top + (high - np.log10(goal)) / (high - low) * height
    ahead = (
        f'<polyline points="{points_text(line)}" fill="none" stroke="{plots.COLOURS[0]}" stroke-width="1.2" opacity="0.35"/>'
        if foresee
        else ""
    )
    ticks = "".join(
        f'<text x="{left - 8}" y="{top + (high - power) / (high - low) * height + 4:.1f}" text-anchor="end" fill="{plots.INK}" font-size="11">'
        f'10<tspan dy="-4" font-size="8">{power}</tspan></text>'
        for power in (2, 0, -2, -4, -6, -8)
    )
    return (
        f'<path d="M{left},{top}V{top + height}H{left + width}" fill="none" stroke="{plots.FAINT}"/>{ticks}'
        f'<text x="{left + width}" y="{top + height + 15}" text-anchor="end" fill="{plots.INK}" font-size="11">{len(losses) - 1} steps</text>'
        f'<line x1="{left}" x2="{left + width}" y1="{goal_y:.1f}" y2="{goal_y:.1f}" stroke="{plots.FAINT}" stroke-dasharray="3 3"/>'
        f'<text x="{left + width}" y="{goal_y - 4:.1f}" text-anchor="end" fill="#5f5f5b" font-size="11">goal</text>'
        f"{ahead}"
        f'<polyline points="{points_text(line[: shown + 1])}" fill="none" stroke="{plots.COLOURS[0]}" stroke-width="2.4"/>'
        f'<circle cx="{x[shown]:.1f}" cy="{y[shown]:.1f}" r="4.5" fill="{plots.COLOURS[0]}"/>'
    )
