"""Explorers: move a slider and see the descent change at once.

The surface is drawn once; each move of a slider redraws only the path over it, as SVG text in a `widgets.HTML`,
which reaches the screen several times as fast as a new picture. Every explorer states a goal, asks for a
prediction before it lets go of its sliders, and leaves a picture behind for readers without a kernel.
"""

import functools
import itertools
from html import escape
from typing import Any, NamedTuple

import contourpy
import ipywidgets as widgets
import matplotlib
import numpy as np

from gradlab import plots
from gradlab.arguments import Array
from gradlab.descent import Trace, descend
from gradlab.optimizers import momentum
from gradlab.surfaces import Surface, ravine

_WIDTH, _HEIGHT = 760, 330
_MAP = (14, 14, 430, 302)  # left, top, width, height of the surface
_CHART = (518, 34, 222, 246)  # of the loss curve
_PATH_COLOUR = "#ffb000"
_SHOWN = 20  # steps, until somebody moves the slider


class Prediction(NamedTuple):
    """A question to be answered before the sliders move.

    Attributes:
        question: what to predict.
        options: the answers to choose from.
        reveal: what really happens, shown after the choice.
    """

    question: str
    options: tuple[str, ...]
    reveal: str


class MomentumExplorer(widgets.VBox):
    """Sliders for the learning rate, rho and the number of steps, over a surface of two weights.

    Attributes:
        trace: the descent that is shown now.
    """

    def __init__(
        self,
        surface: Surface,
        *,
        goal: float,
        within: int,
        steps: int,
        lr: float,
        prediction: Prediction | None,
    ) -> None:
        self._surface, self._goal, self._within = surface, goal, within
        self._steps_at_most = steps
        self._waiting = prediction is not None
        self.lr = _slider("learning rate", lr, 0.01, 1.1, 0.01)
        self.rho = _slider("rho (what is kept)", 0.0, 0.0, 0.98, 0.01)
        shown = 0 if self._waiting else min(_SHOWN, steps)
        self.steps = widgets.IntSlider(
            value=shown, min=0, max=steps, description="steps", layout=_WIDE, style=_LABEL
        )
        self.play = widgets.Play(value=shown, min=0, max=steps, interval=120, description="roll")
        widgets.jslink((self.play, "value"), (self.steps, "value"))
        self.picture = widgets.HTML()
        self.answer = widgets.HTML()
        self.controls = widgets.VBox([self.lr, self.rho, widgets.HBox([self.steps, self.play])])
        for slider in (self.lr, self.rho, self.steps):
            slider.observe(self._redraw, names="value")
        super().__init__([*self._asking(prediction), self.controls, self.picture])
        self._redraw()

    def _asking(self, prediction: Prediction | None) -> list[widgets.Widget]:
        if prediction is None:
            return []
        self._prediction = prediction
        self.choice = widgets.ToggleButtons(
            options=prediction.options, value=None, style={"button_width": "auto"}
        )
        self.choice.observe(self._reveal, names="value")
        self._enable(False)
        question = widgets.HTML(f"<b>Before you move anything:</b> {escape(prediction.question)}")
        return [question, self.choice, self.answer]

    def _reveal(self, change: Any) -> None:
        said = f"You said <b>{escape(change['new'])}</b>. {escape(self._prediction.reveal)} The sliders are yours now."
        self.answer.value = f'<div style="line-height:1.45;max-width:{_WIDTH}px">{said}</div>'
        if self._waiting:
            self._waiting = False
            self._enable(True)
            self.play.value = self.steps.value = min(_SHOWN, self._steps_at_most)

    def _enable(self, on: bool) -> None:
        for control in (self.lr, self.rho, self.steps, self.play):
            control.disabled = not on

    def _redraw(self, change: Any = None) -> None:
        self.trace = _roll(self._surface, self.lr.value, self.rho.value, self._steps_at_most)
        self.picture.value = self._svg()

    def _verdict(self) -> str:
        if self._waiting:
            return "Choose an answer, and it rolls."
        settled = int(self.trace.steps_to(self._goal))
        if 0 <= settled < self._within:
            return f"Goal reached: below {self._goal:g} for good after {settled} steps."
        if settled >= 0:
            return f"Below {self._goal:g} after {settled} steps; the goal is under {self._within}."
        if not np.isfinite(self.trace.losses[-1]) or self.trace.losses[-1] > self.trace.losses[0]:
            return "This run flies out of the valley."
        return f"Not below {self._goal:g} within {self._steps_at_most} steps."

    def _svg(self) -> str:
        shown = self.steps.value
        loss = self.trace.losses[shown]
        verdict = self._verdict()
        reached = f"loss {loss:.3g} after {shown} steps" if np.isfinite(loss) else "loss beyond all numbers"
        label = f"lr {self.lr.value:.2f}, rho {self.rho.value:.2f}: {reached}. {verdict}"
        return "".join(
            [
                f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(label)}" '
                f'style="width:100%;max-width:{_WIDTH}px;font:13px sans-serif" xmlns="http://www.w3.org/2000/svg">',
                f'<rect width="{_WIDTH}" height="{_HEIGHT}" rx="8" fill="{plots.PAPER}"/>',
                _map_svg(self._surface),
                _path_svg(self._surface, self.trace.points[: shown + 1]),
                _chart_svg(self.trace.losses, shown, self._goal, foresee=not self._waiting),
                f'<text x="{_CHART[0]}" y="22" fill="{plots.INK}" font-weight="600">{reached}</text>',
                f'<text x="{_CHART[0] + _CHART[2]}" y="{_HEIGHT - 9}" text-anchor="end" font-size="12" fill="{plots.INK}">'
                f"{escape(verdict)}</text>",
                "</svg>",
            ]
        )

    def _static(self) -> plots.Figure:
        shown = min(_SHOWN, self._steps_at_most)
        return plots.panels(
            plots.contours(self._surface, {f"rho = {self.rho.value:g}": self.trace.points[: shown + 1]}),
            plots.curves(
                {"": self.trace.losses}, xlabel="steps", ylabel="loss", log=True, mark=(self._goal, "goal")
            ),
            alt=f"The explorer as it starts: {shown} steps on the {self._surface.name} with learning rate {self.lr.value:g} "
            f"and rho {self.rho.value:g}.",
            caption="A still picture of the explorer. Run the cell to move its sliders.",
            widths=(3, 2),
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        still = self._static()
        data = super()._repr_mimebundle_(**kwargs) or {}
        return {**data, "text/plain": repr(still), "text/html": still._repr_html_()}


def momentum_explorer(
    surface: Surface = ravine,
    *,
    goal: float = 1e-3,
    within: int = 40,
    steps: int = 80,
    lr: float = 0.4,
    prediction: Prediction | None = None,
) -> MomentumExplorer:
    """Roll a ball down `surface` with a learning rate and a rho of your choice.

    Args:
        surface: a surface of two weights.
        goal: the loss to reach and stay below.
        within: in fewer than so many steps.
        steps: how far the steps slider goes.
        lr: where the rate slider stands at first.
        prediction: a question to answer before the sliders come free; None leaves them free.

    Raises:
        ValueError: for a surface that has not two weights.

    >>> explorer = momentum_explorer()
    >>> explorer.rho.value = 0.5
    >>> explorer.trace.steps_to(1e-3)
    array(19)
    """
    if surface.dim != 2:
        raise ValueError(f"The explorer draws surfaces of two weights; {surface.name} has {surface.dim}.")
    return MomentumExplorer(surface, goal=goal, within=within, steps=steps, lr=lr, prediction=prediction)


_WIDE = widgets.Layout(width="430px")
_LABEL = {"description_width": "120px"}


def _slider(name: str, value: float, low: float, high: float, step: float) -> widgets.FloatSlider:
    return widgets.FloatSlider(
        value=value,
        min=low,
        max=high,
        step=step,
        description=name,
        readout_format=".2f",
        layout=_WIDE,
        style=_LABEL,
    )


def _roll(surface: Surface, lr: float, rho: float, steps: int) -> Trace:
    return descend(surface, surface.start, momentum, steps=steps, lr=lr, rho=rho)


def _to_map(surface: Surface, points: Array) -> Array:
    left, top, width, height = _MAP
    low, high = surface.domain[:, 0], surface.domain[:, 1]
    share = (points - low) / (high - low)
    return np.stack([left + share[..., 0] * width, top + (1 - share[..., 1]) * height], axis=-1)


def _points_text(points: Array) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


@functools.lru_cache(maxsize=8)
def _map_svg(surface: Surface) -> str:
    points, losses = surface.grid(60)
    levels = losses.min() + np.linspace(0, 1, 12) ** 2 * (losses.max() - losses.min())
    generator = contourpy.contour_generator(
        points[..., 0], points[..., 1], losses, fill_type=contourpy.FillType.OuterOffset
    )
    colours = matplotlib.colormaps["cividis"](np.linspace(0, 1, len(levels) - 1))
    left, top, width, height = _MAP
    parts = [
        f'<defs><clipPath id="gradlab-map"><rect x="{left}" y="{top}" width="{width}" height="{height}" rx="4"/></clipPath></defs>',
        '<g clip-path="url(#gradlab-map)" opacity="0.78">',
    ]
    for low, high, colour in zip(levels[:-1], levels[1:], colours, strict=True):
        rings = []
        for polygon, offsets in zip(*generator.filled(low, high), strict=True):
            rings += [_to_map(surface, polygon[a:b]) for a, b in itertools.pairwise(offsets)]
        path = "".join(f"M{_points_text(ring)}Z" for ring in rings)
        fill = matplotlib.colors.to_hex(colour)
        parts.append(f'<path d="{path}" fill="{fill}" stroke="{fill}" fill-rule="evenodd"/>')
    parts.append("</g>")
    for x, y in _to_map(surface, surface.minima):
        parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" dominant-baseline="central" font-size="20" '
            f'fill="#ffffff" stroke="{plots.INK}" stroke-width="0.6">★</text>'
        )
    return "".join(parts)


def _path_svg(surface: Surface, points: Array) -> str:
    finite = points[np.isfinite(points).all(axis=1) & (np.abs(points) < 1e6).all(axis=1)]
    places = _to_map(surface, finite)
    text = _points_text(places)
    last_x, last_y = places[-1]
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6"/>' for x, y in places[:-1])
    return (
        f'<g clip-path="url(#gradlab-map)"><polyline points="{text}" fill="none" stroke="{_PATH_COLOUR}" stroke-width="1.8"/>'
        f'<g fill="{_PATH_COLOUR}" stroke="#222" stroke-width="0.5">{dots}</g>'
        f'<circle cx="{last_x:.1f}" cy="{last_y:.1f}" r="7" fill="#ffffff" stroke="#222" stroke-width="1.5"/></g>'
    )


def _chart_svg(losses: Array, shown: int, goal: float, foresee: bool) -> str:
    left, top, width, height = _CHART
    low, high = -8.0, 3.0  # powers of ten
    # Below zero, as on a saddle, the line runs along the bottom; a run that has flown away, along the top.
    exponents = np.log10(np.clip(np.nan_to_num(losses, nan=np.inf), 10.0**low, 10.0**high))
    x = left + np.arange(len(losses)) / max(len(losses) - 1, 1) * width
    y = top + (high - exponents) / (high - low) * height
    line = np.stack([x, y], axis=-1)
    goal_y = top + (high - np.log10(goal)) / (high - low) * height
    ahead = (
        f'<polyline points="{_points_text(line)}" fill="none" stroke="{plots.COLOURS[0]}" stroke-width="1.2" opacity="0.35"/>'
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
        f'<polyline points="{_points_text(line[: shown + 1])}" fill="none" stroke="{plots.COLOURS[0]}" stroke-width="2.4"/>'
        f'<circle cx="{x[shown]:.1f}" cy="{y[shown]:.1f}" r="4.5" fill="{plots.COLOURS[0]}"/>'
    )
