"""The explorer of lesson 01: fit a line by hand, and see where its two weights stand on the loss surface."""

import numpy as np
import numpy.typing as npt

from gradlab import plots
from gradlab.arguments import Array
from gradlab.explorers.drawing import CHART, HEIGHT, MAP, map_svg, path_svg, sheet, words
from gradlab.explorers.explorer import Explorer, Prediction, slider
from gradlab.surfaces import Surface

_REMEMBERED = 60  # tries


def line_surface(x: npt.ArrayLike, y: npt.ArrayLike, *, domain: npt.ArrayLike) -> Surface:
    r"""The loss of a line through points: the mean of $(w_1 x + w_2 - y)^2$ over the examples.

    Args:
        x: the inputs, shape (n,).
        y: the targets, shape (n,).
        domain: (low, high) of the slope w1 and of the intercept w2: the part worth drawing.

    >>> line = line_surface([0.0, 1.0, 2.0], [1.0, 3.0, 5.0], domain=[(0, 4), (-1, 3)])
    >>> line.value([[2.0, 1.0], [2.0, 0.0]]).round(6), line.minima.round(6)
    (array([0., 1.]), array([[2., 1.]]))
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    inputs = np.column_stack([x, np.ones(len(x))])
    xx, mx, xy, my, yy = (float(np.mean(terms)) for terms in (x * x, x, x * y, y, y * y))
    best = np.linalg.lstsq(inputs, y, rcond=None)[0]
    return Surface(
        name="line",
        formula=r"\frac{1}{n} \sum_i (w_1 x_i + w_2 - y_i)^2",
        dim=2,
        minima=best[None],
        start=np.zeros(2),
        domain=np.asarray(domain, dtype=float),
        _value=lambda a, b: a * a * xx + 2 * a * b * mx + b * b - 2 * a * xy - 2 * b * my + yy,
        _gradient=lambda a, b: (2 * (a * xx + b * mx - xy), 2 * (a * mx + b - my)),
        _hessian=lambda a, b: ((2 * xx + 0 * a, 2 * mx + 0 * a), (2 * mx + 0 * a, 2 + 0 * a)),
    )


class LineExplorer(Explorer):
    """Sliders for the slope and the intercept of a line, beside the loss surface that they walk over.

    Attributes:
        surface: the loss of every line.
        tries: the weights that have been tried, the latest last.
    """

    def __init__(self, x: Array, y: Array, *, goal: float, prediction: Prediction | None) -> None:
        self._x, self._y, self._goal = x, y, goal
        self.surface = line_surface(x, y, domain=[(-1.0, 4.0), (-1.0, 5.0)])
        self.tries: list[tuple[float, float]] = []
        self.slope = slider("slope w1", 0.0, -1.0, 4.0, 0.05)
        self.intercept = slider("intercept w2", 0.0, -1.0, 5.0, 0.05)
        super().__init__([self.slope, self.intercept], prediction=prediction)

    def draw(self) -> str:
        """The map with all tries on it, and the points with the line of now beside it."""
        w = (self.slope.value, self.intercept.value)
        if not self.tries or self.tries[-1] != w:
            self.tries = [*self.tries[-_REMEMBERED:], w]
        loss = float(self.surface.value(w))
        verdict = self._verdict(loss)
        left, _, width, _ = CHART
        return sheet(
            map_svg(self.surface),
            path_svg(self.surface, np.array(self.tries)),
            _line_svg(self._x, self._y, *w),
            words(MAP[0] + MAP[2] - 8, MAP[1] + MAP[3] - 9, "slope w1 →", size=12, anchor="end"),
            words(MAP[0] + 8, MAP[1] + 18, "↑ intercept w2", size=12),
            words(left, 22, f"loss {loss:.3g}", bold=True),
            words(left + width, HEIGHT - 9, verdict, size=12, anchor="end"),
            label=f"slope {w[0]:.2f}, intercept {w[1]:.2f}: loss {loss:.3g}. {verdict}",
        )

    def still(self) -> plots.Figure:
        """The explorer as it starts."""
        ends = np.array([self._x.min(), self._x.max()])
        line = self.slope.value * ends + self.intercept.value
        return plots.panels(
            plots.contours(self.surface, {"your line": np.array(self.tries)}),
            plots.dots(
                {"examples": np.column_stack([self._x, self._y])},
                xlabel="x",
                ylabel="y",
                lines={"your line": (ends, line)},
            ),
            alt="The explorer as it starts: on the left the loss of every line, a bowl seen from above, with a ball "
            f"at slope {self.slope.value:g} and intercept {self.intercept.value:g}; on the right the "
            f"{len(self._x)} examples and that line.",
            caption=f"Move slope and intercept, and bring the loss below {self._goal:g}. (The sliders need a "
            "running kernel.)",
            widths=(3, 2),
        )

    def _verdict(self, loss: float) -> str:
        if self.waiting:
            return "Choose an answer first."
        tries = len(self.tries) - 1
        if loss < self._goal:
            return f"Goal reached: below {self._goal:g}."
        return f"{tries} {'try' if tries == 1 else 'tries'}; the goal is below {self._goal:g}."


def line_explorer(
    x: npt.ArrayLike, y: npt.ArrayLike, *, goal: float = 0.3, prediction: Prediction | None = None
) -> LineExplorer:
    """Fit a line to points by hand.

    Args:
        x: the inputs, shape (n,).
        y: the targets, shape (n,).
        goal: the loss to get below.
        prediction: a question to answer before the sliders come free; None leaves them free.

    Raises:
        ValueError: for inputs and targets that are not one axis of the same length.

    >>> explorer = line_explorer([0.0, 1.0, 2.0], [1.0, 3.0, 5.0])
    >>> explorer.slope.value, explorer.intercept.value = 2.0, 1.0
    >>> explorer.tries
    [(0.0, 0.0), (2.0, 0.0), (2.0, 1.0)]
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if x.ndim != 1 or x.shape != y.shape or not x.size:
        raise ValueError(
            f"x and y must be one axis of the same length, shape (n,); got shapes {x.shape} and {y.shape}."
        )
    return LineExplorer(x, y, goal=goal, prediction=prediction)


def _line_svg(x: Array, y: Array, slope: float, intercept: float) -> str:
    """The points, the line, and the error of each point as a thin upright."""
    left, top, width, height = CHART
    low, high = y.min() - 1.0, y.max() + 1.0
    span = max(float(np.ptp(x)), 1e-9)

    def place(a: Array, b: Array) -> tuple[Array, Array]:
        return left + 8 + (a - x.min()) / span * (width - 16), top + (high - b) / (high - low) * height

    points_x, points_y = place(x, y)
    _, line_y = place(x, np.clip(slope * x + intercept, low - 20, high + 20))
    first, last = int(np.argmin(x)), int(np.argmax(x))
    uprights = "".join(
        f'<path d="M{a:.1f},{b:.1f}V{c:.1f}"/>' for a, b, c in zip(points_x, points_y, line_y, strict=True)
    )
    dots = "".join(
        f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3"/>' for a, b in zip(points_x, points_y, strict=True)
    )
    return (
        f'<defs><clipPath id="gradlab-line"><rect x="{left}" y="{top}" width="{width}" height="{height}"/></clipPath></defs>'
        f'<path d="M{left},{top}V{top + height}H{left + width}" fill="none" stroke="{plots.FAINT}"/>'
        f'<text x="{left + width}" y="{top + height + 15}" text-anchor="end" fill="{plots.INK}" font-size="11">x</text>'
        f'<text x="{left - 8}" y="{top + 10}" text-anchor="end" fill="{plots.INK}" font-size="11">y</text>'
        f'<g clip-path="url(#gradlab-line)"><g stroke="{plots.COLOURS[1]}" stroke-width="1" opacity="0.55">{uprights}</g>'
        f'<path d="M{points_x[first]:.1f},{line_y[first]:.1f}L{points_x[last]:.1f},{line_y[last]:.1f}" '
        f'stroke="{plots.COLOURS[1]}" stroke-width="2.4"/><g fill="{plots.COLOURS[0]}">{dots}</g></g>'
    )
