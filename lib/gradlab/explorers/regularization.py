"""The explorer of lesson 10: a penalty of your choice moves the lowest point of a valley."""

import functools

import ipywidgets as widgets
import numpy as np

from gradlab import plots
from gradlab.arguments import Array
from gradlab.explorers.drawing import CHART, HEIGHT, map_svg, points_text, sheet, to_map, words
from gradlab.explorers.explorer import Explorer, Prediction, slider
from gradlab.surfaces import Surface

CURVATURES, LOWEST = np.array([0.2, 4.0]), np.array([3.0, 1.0])
"""Of the valley: how tightly it is bent in each direction, and where it is lowest without a penalty."""

valley = Surface(
    name="moved ravine",
    formula=r"0.1\,(w_1 - 3)^2 + 2\,(w_2 - 1)^2",
    dim=2,
    minima=LOWEST[None],
    start=np.zeros(2),
    domain=np.array([[-1.6, 4.4], [-1.7, 2.5]]),
    _value=lambda x, y: 0.1 * (x - 3) ** 2 + 2 * (y - 1) ** 2,
    _gradient=lambda x, y: (0.2 * (x - 3), 4 * (y - 1)),
    _hessian=lambda x, y: ((0.2 + 0 * x, 0 * x), (0 * x, 4 + 0 * x)),
)
_STRONGEST, _KEEP = 3.0, 0.8


def lowest(kind: str, lam: float | Array) -> Array:
    """Where the valley plus a penalty is lowest: shape (..., 2) for lam of shape (...).

    >>> lowest("L2", 0.2), lowest("L1", 0.8)
    (array([1.5       , 0.95238095]), array([0. , 0.8]))
    """
    strength = np.asarray(lam)[..., None]
    if kind == "L2":
        inside: Array = CURVATURES * LOWEST / (CURVATURES + strength)
        return inside
    # Rounded, so that what is 0 on paper is 0 here.
    pulled: Array = np.maximum(np.round(LOWEST - strength / CURVATURES, 12), 0)
    return pulled


def fence(kind: str, point: Array) -> Array:
    """All weights that pay as much as `point`: a circle for L2, a diamond for L1; shape (n, 2)."""
    if kind == "L1":
        corners = np.array([[1, 0], [0, 1], [-1, 0], [0, -1], [1, 0]])
        diamond: Array = np.abs(point).sum() * corners
        return diamond
    angles = np.linspace(0, 2 * np.pi, 73)
    circle: Array = np.hypot(*point) * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    return circle


class PenaltyExplorer(Explorer):
    """A slider for lam and a switch between L2 and L1, over a valley of two weights.

    Attributes:
        point: the weights where loss and penalty together are lowest now.
    """

    def __init__(self, *, prediction: Prediction | None) -> None:
        self.kind = widgets.ToggleButtons(options=("L2", "L1"), value="L2", style={"button_width": "60px"})
        self.lam = slider("strength lam", 0.0, 0.0, _STRONGEST, 0.02)
        super().__init__([self.kind, self.lam], prediction=prediction)

    def draw(self) -> str:
        """The valley with the fence of the penalty, and both weights against lam."""
        kind, lam = self.kind.value, self.lam.value
        self.point = lowest(kind, lam)
        x, y = to_map(valley, self.point)
        way, around = to_map(valley, lowest(kind, _strengths())), to_map(valley, fence(kind, self.point))
        left, _, width, _ = CHART
        weights, verdict = "w1 = {:.3g}, w2 = {:.3g}".format(*self.point), self._verdict()
        axes = "".join(
            f'<polyline points="{points_text(to_map(valley, np.array(ends)))}" stroke="{plots.PAPER}" stroke-dasharray="2 4"/>'
            for ends in (((-1.6, 0), (4.4, 0)), ((0, -1.7), (0, 2.5)))
        )
        return sheet(
            map_svg(valley),
            f'<g clip-path="url(#gradlab-map)" fill="none">{axes}'
            f'<polyline points="{points_text(around)}" stroke="#ffffff" stroke-width="2"/>'
            f'<polyline points="{points_text(way)}" stroke="#ffb000" stroke-width="1.8" stroke-dasharray="5 3"/>'
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" fill="#ffffff" stroke="#222" stroke-width="1.5"/></g>',
            _chart(kind, lam),
            words(left, 22, weights, bold=True),
            words(left + width, HEIGHT - 9, verdict, size=12, anchor="end"),
            label=f"{kind} with lam {lam:.2f}: {weights}. {verdict}",
        )

    def still(self) -> plots.Figure:
        """Both penalties at one strength."""
        marked = {kind: lowest(kind, 0.8)[None] for kind in ("L2", "L1")}
        ways = {kind: lowest(kind, _strengths()) for kind in ("L2", "L1")}
        return plots.panels(
            plots.contours(valley, marked=marked),
            plots.curves(
                {f"{kind}: w{i + 1}": (_strengths(), ways[kind][:, i]) for kind in ways for i in (0, 1)},
                xlabel="strength lam",
                ylabel="weight",
            ),
            alt="The valley from above with its lowest point for lam = 0.8: under L2 both weights have shrunk, under L1 the "
            "first is exactly 0. On the right both weights against lam: only under L1 does one of them reach 0.",
            caption="A still picture of the explorer, with the lowest points for lam = 0.8. Run the cell to move its slider.",
            widths=(3, 2),
        )

    def _verdict(self) -> str:
        if self.waiting:
            return "Choose an answer, and the slider is yours."
        if self.lam.value == 0:
            return "No penalty yet."
        if not self.point.all():
            kept = self.point[1] / LOWEST[1]
            return f"Goal reached: w1 is exactly 0, w2 has kept {kept:.0%}." if kept >= _KEEP else f"w1 is 0, but w2 has kept only {kept:.0%}."  # fmt: skip
        return "Both weights have shrunk; neither is 0."


def _strengths() -> Array:
    return np.linspace(0, _STRONGEST, 61)


@functools.lru_cache(maxsize=4)
def _lines(kind: str) -> str:
    left, top, width, height = CHART
    x = left + _strengths() / _STRONGEST * width
    parts = [f'<path d="M{left},{top}V{top + height}H{left + width}" fill="none" stroke="{plots.FAINT}"/>']
    for i, weights in enumerate(lowest(kind, _strengths()).T):
        line = np.stack([x, top + height * (1 - weights / 3)], axis=-1)
        parts.append(f'<polyline points="{points_text(line)}" fill="none" stroke="{plots.COLOURS[i]}" stroke-width="2.4"/>')  # fmt: skip
        parts.append(words(left + 12 + 40 * i, top + 14, f"w{i + 1}", bold=True).replace(plots.INK, plots.COLOURS[i]))  # fmt: skip
    ticks = [words(left - 8, top + height * (1 - v / 3) + 4, str(v), size=11, anchor="end") for v in (0, 1, 2, 3)]  # fmt: skip
    return "".join([*parts, *ticks, words(left + width, top + height + 15, "lam = 3", size=11, anchor="end")])


def _chart(kind: str, lam: float) -> str:
    left, top, width, height = CHART
    x = left + lam / _STRONGEST * width
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{top + height * (1 - weight / 3):.1f}" r="4.5" fill="{plots.COLOURS[i]}"/>'
        for i, weight in enumerate(lowest(kind, lam))
    )
    return _lines(kind) + dots


def penalty_explorer(*, prediction: Prediction | None = None) -> PenaltyExplorer:
    """Move the lowest point of a valley with a penalty of your choice.

    The goal: one weight at exactly 0, while the other keeps four fifths of its value.

    Args:
        prediction: a question to answer before the controls come free; None leaves them free.

    >>> explorer = penalty_explorer()
    >>> explorer.lam.value = 0.2
    >>> explorer.point[0].round(2)
    np.float64(1.5)
    """
    return PenaltyExplorer(prediction=prediction)
