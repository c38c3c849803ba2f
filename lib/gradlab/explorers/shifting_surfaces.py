"""The explorer of lesson 12: two data sets, two loss surfaces over each other, and how far apart they are lowest."""

import ipywidgets as widgets
import numpy as np
from matplotlib.axes import Axes

from gradlab import plots
from gradlab.arguments import Array
from gradlab.explorers.collecting import DRAWS, Examples, Fit, collected, fits, lowest, world, world_surface
from gradlab.explorers.drawing import CHART, HEIGHT, MAP, map_svg, points_text, sheet, to_map, words
from gradlab.explorers.explorer import Explorer, Prediction, slider, whole_slider

_RINGS = 0.22 * np.arange(1, 5)  # roots of the heights above the lowest point
_COUNTS = (10, 20, 50, 100, 200, 400, 1000)
_BIASED, _CLOSE, _OFTEN = 2.0, 0.15, 15  # the goal
_LOW = -2.9  # bottom of the chart, which goes up to 0.6


def rings(fit: Fit) -> Array:
    """Four level lines of a training surface, shape (4, n, 2), the i-th at the height ``(0.22 * i) ** 2``.

    >>> rings(lowest(world())).shape
    (4, 61, 2)
    """
    angles = np.linspace(0, 2 * np.pi, 61)
    circle = np.stack([np.cos(angles), np.sin(angles)])
    ellipse = np.linalg.solve(np.linalg.cholesky(fit.curvature).T, circle).T
    lines: Array = fit.w + _RINGS[:, None, None] * ellipse
    return lines


class ShiftExplorer(Explorer):
    """Sliders for the bias, the number of examples and the draw, and a switch for importance weights.

    Attributes:
        fit: the lowest point of the training surface that is shown now.
    """

    def __init__(self, *, prediction: Prediction | None) -> None:
        self.bias = slider("bias to the left", _BIASED, 0.0, 3.0, 0.1, digits=1)
        self.examples = widgets.SelectionSlider(
            options=_COUNTS,
            value=20,
            description="examples",
            layout=self.bias.layout,
            style={"description_width": "120px"},
        )
        self.number = whole_slider("draw", 1, 1, DRAWS)
        self.weighted = widgets.Checkbox(value=False, description="importance weights", indent=False)
        super().__init__([self.bias, self.examples, self.number, self.weighted], prediction=prediction)

    def draw(self) -> str:
        """The world's surface with that of the training set over it, and the examples beside it."""
        bias, n, weighted = round(self.bias.value, 1), self.examples.value, self.weighted.value
        self.fit = fits(bias, n, weighted)[self.number.value - 1]
        examples = collected(n, bias, np.random.default_rng(self.number.value))
        ball, star = to_map(world_surface(), np.stack([self.fit.w, world_surface().minima[0]]))
        left, _, width, _ = CHART
        # Adding 0.0 makes 0.00 of -0.00.
        measured = f"{self.fit.shift:.2f} apart, gap {round(self.fit.gap, 2) + 0.0:.2f}"
        often, verdict = self._often(), self._verdict()
        lines = "".join(
            f'<polyline points="{points_text(to_map(world_surface(), ring))}"/>' for ring in rings(self.fit)
        )
        return sheet(
            map_svg(world_surface()),
            f'<g clip-path="url(#gradlab-map)" fill="none"><g stroke="#ffffff" stroke-width="1.8">{lines}</g>'
            f'<polyline points="{points_text(np.stack([ball, star]))}" stroke="#ffb000" stroke-width="2.4"/>'
            f'<circle cx="{ball[0]:.1f}" cy="{ball[1]:.1f}" r="7" fill="#ffffff" stroke="#222" stroke-width="1.5"/></g>',
            words(MAP[0] + MAP[2] - 8, MAP[1] + MAP[3] - 9, "slope w1 →", size=12, anchor="end"),
            words(MAP[0] + 8, MAP[1] + 18, "↑ intercept w2", size=12),
            _chart(examples, self.fit.w, weighted),
            words(left, 22, measured, bold=True),
            words(left + width, HEIGHT - 22, often, size=12, anchor="end"),
            words(left + width, HEIGHT - 7, verdict, size=12, anchor="end"),
            label=f"Bias {bias:.1f}, {n} examples, draw {self.number.value}, importance weights "
            f"{'on' if weighted else 'off'}: {measured}. {often} {verdict}",
        )

    def still(self) -> plots.Figure:
        """A fair and a biased training set over the same world."""
        return plots.panels(
            _overlaid(0.0, "A fair training set"),
            _overlaid(_BIASED, "A biased one"),
            alt="Two maps of the world's surface, with the level lines of a training surface over it in white. Left, for "
            "a fair training set, the two nearly coincide. Right, for one that was collected mostly on the left, the "
            "white rings lie elsewhere and are more slanted.",
            caption="A still picture of the explorer, with 400 training examples each: the world's surface in colours, "
            "its lowest point a star; the training surface as white lines, its lowest point a ball. Run the cell to "
            "move its sliders.",
        )

    def _close(self) -> int:
        found = fits(round(self.bias.value, 1), self.examples.value, self.weighted.value)
        return sum(fit.shift < _CLOSE for fit in found)

    def _often(self) -> str:
        return "" if self.waiting else f"Within {_CLOSE} in {self._close()} of {DRAWS} draws."

    def _verdict(self) -> str:
        if self.waiting:
            return "Choose an answer, and the sliders are yours."
        if self._close() < _OFTEN:
            return f"The goal is {_OFTEN} of {DRAWS}."
        if self.bias.value < _BIASED:
            return f"The goal is to do so at a bias of {_BIASED:g}."
        return "Goal reached, in spite of the bias."


def _chart(examples: Examples, w: Array, weighted: bool) -> str:
    """The examples, the line that suits them best, and the one that suits the world."""
    left, top, width, height = CHART

    def place(x: Array, y: Array) -> Array:
        return np.stack(
            [left + (x + 1) / 2 * width, top + (0.6 - np.clip(y, _LOW, 0.6)) / (0.6 - _LOW) * height], -1
        )

    def dots(x: Array, y: Array, size: float, colour: str, opacity: float) -> str:
        path = "".join(f"M{a:.0f},{b:.0f}h0" for a, b in place(x, y))
        return (
            f'<path d="{path}" stroke="{colour}" stroke-width="{size:.1f}" stroke-linecap="round" '
            f'fill="none" opacity="{opacity}"/>'
        )

    def line(w: Array, colour: str, dashes: str) -> str:
        ends = np.array([-1.0, 1.0])
        text = points_text(place(ends, w[0] * ends + w[1]))
        return f'<polyline points="{text}" stroke="{colour}" stroke-width="2.4" stroke-dasharray="{dashes}"/>'

    X, y, p_train, p_test = examples
    # Drawn in a few sizes: the area of a dot follows its weight.
    size = np.round(np.sqrt(np.clip(p_test / p_train, 0.05, 12)) * 5) if weighted else np.full(len(y), 5.0)
    parts = [dots(world().X[::2, 0], world().y[::2], 3, plots.FAINT, 0.55)]
    parts += [dots(X[size == s, 0], y[size == s], float(s), plots.COLOURS[0], 0.6) for s in np.unique(size)]
    parts += [line(world_surface().minima[0], plots.INK, "5 4"), line(w, plots.COLOURS[1], "")]
    return (
        f'<defs><clipPath id="gradlab-examples"><rect x="{left}" y="{top}" width="{width}" height="{height}"/></clipPath></defs>'
        f'<path d="M{left},{top}V{top + height}H{left + width}" fill="none" stroke="{plots.FAINT}"/>'
        f'<g clip-path="url(#gradlab-examples)">{"".join(parts)}</g>'
        + words(left - 8, top + 10, "y", size=11, anchor="end")
        + words(left, top + height + 14, "x = -1", size=11)
        + words(left + width, top + height + 14, "x = 1", size=11, anchor="end")
        + "".join(
            words(left + width, top + height - 8 - 14 * i, text, size=11, anchor="end")
            for i, text in enumerate(
                ("dashed: its best line", "grey: the world", "orange: their best line", "blue: collected")
            )
        )
    )


def _overlaid(bias: float, title: str) -> plots.Drawing:
    fit = lowest(collected(400, bias, np.random.default_rng(1)))
    surface = plots.contours(world_surface(), title=title)

    def draw(axes: Axes) -> None:
        surface(axes)
        for ring in rings(fit):
            axes.plot(*ring.T, color="#ffffff", linewidth=1.4)
        axes.plot(*fit.w, "o", color="#ffffff", markeredgecolor=plots.INK, markersize=8)
        axes.set(xlabel="slope $w_1$", ylabel="intercept $w_2$")

    return draw


def shift_explorer(*, prediction: Prediction | None = None) -> ShiftExplorer:
    """Lay the loss surface of a training set over that of the world, and bring their lowest points together.

    The goal: at a bias of 2, within 0.15 of each other in at least 15 of 20 draws.

    Args:
        prediction: a question to answer before the controls come free; None leaves them free.

    >>> explorer = shift_explorer()
    >>> explorer.examples.value, explorer.weighted.value = 400, True
    >>> explorer.fit.shift < 0.15
    True
    """
    return ShiftExplorer(prediction=prediction)
