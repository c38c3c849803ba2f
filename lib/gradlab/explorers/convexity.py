"""The explorer of lesson 02: stretch a chord between two points of a curve, and look which of the two is higher."""

from collections.abc import Callable

import numpy as np

from gradlab import plots
from gradlab.arguments import Array
from gradlab.explorers.drawing import HEIGHT, points_text, sheet, words
from gradlab.explorers.explorer import Explorer, Prediction, slider

Curve = Callable[[Array], Array]

_CURVE = (30, 16, 440, 262)  # left, top, width, height
_GAP = (540, 40, 200, 238)
_ROUNDING = 1e-9


class ChordExplorer(Explorer):
    """Sliders for the two ends of a chord over a curve, and for a place on it.

    Attributes:
        gaps: how far the curve lies above the chord, from end to end; below zero where it lies below.
    """

    def __init__(
        self,
        f: Curve,
        *,
        domain: tuple[float, float],
        ends: tuple[float, float],
        goal: float,
        prediction: Prediction | None,
    ) -> None:
        self._f, self._domain, self._goal = f, domain, goal
        self._places = np.linspace(*domain, 181)
        heights = f(self._places)
        room = 0.06 * np.ptp(heights)
        self._range = (float(heights.min() - room), float(heights.max() + room))
        self.a = slider("left end a", ends[0], *domain, 0.05)
        self.b = slider("right end b", ends[1], *domain, 0.05)
        self.lam = slider("lambda", 0.5, 0.0, 1.0, 0.05)
        super().__init__([self.a, self.b, self.lam], prediction=prediction)

    def draw(self) -> str:
        """The curve with the chord on it, and beside it how far the one lies above the other."""
        a, b, lam = self.a.value, self.b.value, self.lam.value
        shares = np.linspace(0, 1, 101)
        along = (1 - shares) * a + shares * b
        chord = (1 - shares) * self._f(np.array(a)) + shares * self._f(np.array(b))
        self.gaps = self._f(along) - chord
        at = round(lam * 100)
        place = self._on_curve(along[at], np.array([chord[at], self._f(along[at])]))
        verdict = self._verdict()
        gap = f"{abs(self.gaps[at]):.2f} {'above' if self.gaps[at] > _ROUNDING else 'below'} its chord here"
        return sheet(
            self._curve_svg(),
            _filled(self._on_curve(along, np.maximum(self._f(along), chord)), plots.COLOURS[1]),
            _line(self._on_curve(along[[0, -1]], chord[[0, -1]]), plots.INK, 2),
            _dots(self._on_curve(along[[0, -1]], chord[[0, -1]]), plots.INK),
            _line(place, plots.COLOURS[1], 1.6, dashes="4 3"),
            _dots(place, plots.COLOURS[1]),
            self._gap_svg(shares, at),
            words(_GAP[0] + _GAP[2], 24, f"curve {gap}", bold=True, anchor="end"),
            words(_GAP[0] + _GAP[2], HEIGHT - 9, verdict, size=12, anchor="end"),
            label=f"a {a:.2f}, b {b:.2f}, lambda {lam:.2f}: the curve lies {gap}. {verdict}",
        )

    def still(self) -> plots.Figure:
        """The explorer as it starts."""
        ends = np.array([self.a.value, self.b.value])
        return plots.panels(
            plots.curves(
                {"curve": (self._places, self._f(self._places)), "chord": (ends, self._f(ends))},
                xlabel="weight w",
                ylabel="loss",
            ),
            plots.curves(
                {"": (np.linspace(0, 1, 101), self.gaps)},
                xlabel="lambda",
                ylabel="curve minus chord",
                ylim=(min(-1.0, 1.1 * float(self.gaps.min())), 1.2 * self._goal),
                mark=(0, "above: not convex"),
            ),
            alt=f"The explorer as it starts: a curve, and a chord between its points at {ends[0]:g} and {ends[1]:g}; beside "
            "it, how far the curve lies above the chord.",
            caption="A still picture of the explorer. Run the cell to move its sliders.",
            widths=(3, 2),
        )

    def _verdict(self) -> str:
        highest = float(self.gaps.max())
        if self.waiting:
            return "Choose an answer, and the ends are yours."
        if highest > self._goal:
            return f"Goal reached: the curve rises {highest:.2f} above this chord."
        if highest > _ROUNDING:
            return f"The curve rises up to {highest:.2f} above this chord; the goal is {self._goal:g}."
        return "The curve nowhere rises above this chord."

    def _on_curve(self, w: Array, heights: Array) -> Array:
        left, top, width, height = _CURVE
        (low, high), (bottom, ceiling) = self._domain, self._range
        x = left + (np.broadcast_to(w, heights.shape) - low) / (high - low) * width
        y = top + (ceiling - heights) / (ceiling - bottom) * height
        return np.stack([x, y], axis=-1)

    def _curve_svg(self) -> str:
        left, top, width, height = _CURVE
        return (
            f'<path d="M{left},{top}V{top + height}H{left + width}" fill="none" stroke="{plots.FAINT}"/>'
            + _line(self._on_curve(self._places, self._f(self._places)), plots.COLOURS[0], 2.6)
            + words(left, top + height + 17, f"{self._domain[0]:g}", size=11)
            + words(left + width, top + height + 17, f"w = {self._domain[1]:g}", size=11, anchor="end")
            + words(left + 6, top + 8, "loss", size=11)
        )

    def _gap_svg(self, shares: Array, at: int) -> str:
        left, top, width, height = _GAP
        # At least a unit in each direction, so that a small gap looks small.
        low, high = min(-1.0, float(self.gaps.min())), max(1.6, float(self.gaps.max()))
        x = left + shares * width
        y = top + (high - self.gaps) / (high - low) * height
        zero, goal = (top + (high - value) / (high - low) * height for value in (0.0, self._goal))
        line = np.stack([x, y], axis=-1)
        return (
            f'<rect x="{left}" y="{top}" width="{width}" height="{zero - top:.1f}" fill="{plots.COLOURS[1]}" opacity="0.10"/>'
            f'<path d="M{left},{zero:.1f}H{left + width}" stroke="{plots.FAINT}"/>'
            f'<path d="M{left},{goal:.1f}H{left + width}" stroke="{plots.FAINT}" stroke-dasharray="3 3"/>'
            + words(left + width - 3, goal - 4, "goal", size=11, anchor="end")
            + words(left + 6, (top + zero) / 2 + 4, "not convex", size=11)
            + words(left - 6, zero + 4, "0", size=11, anchor="end")
            + words(left, top + height + 17, "lambda: from a to b", size=11)
            + _line(line, plots.COLOURS[0], 2.4)
            + _dots(line[[at]], plots.COLOURS[1])
        )


def chord_explorer(
    f: Curve,
    *,
    domain: tuple[float, float] = (-2.0, 2.0),
    ends: tuple[float, float] = (-1.0, 1.0),
    goal: float = 1.0,
    prediction: Prediction | None = None,
) -> ChordExplorer:
    """Stretch a chord between two points of the curve `f`, and see where the curve rises above it.

    Args:
        f: a loss of one weight, for arrays of any shape.
        domain: from where to where the curve is drawn, and the ends may go.
        ends: where the chord starts out.
        goal: how far the curve is to rise above a chord.
        prediction: a question to answer before the sliders come free; None leaves them free.

    >>> explorer = chord_explorer(lambda w: (w**2 - 1) ** 2)
    >>> float(explorer.gaps.max())
    1.0
    """
    return ChordExplorer(f, domain=domain, ends=ends, goal=goal, prediction=prediction)


def violated_share(
    f: Curve, domain: tuple[float, float], rng: np.random.Generator, *, chords: int = 10_000
) -> float:
    """The share of random chords that the curve `f` rises above somewhere.

    Args:
        f: a loss of one weight, for arrays of any shape.
        domain: both ends are drawn evenly from this interval.
        rng: where the randomness comes from.
        chords: how many are drawn.

    >>> violated_share(lambda w: w**2, (-1.0, 1.0), np.random.default_rng(0))
    0.0
    """
    ends = rng.uniform(*domain, (2, chords))
    shares = np.linspace(0, 1, 41)[:, None]
    gaps = f((1 - shares) * ends[0] + shares * ends[1]) - (1 - shares) * f(ends[0]) - shares * f(ends[1])
    return float(np.mean(gaps.max(axis=0) > _ROUNDING))


def _line(points: Array, colour: str, width: float, *, dashes: str = "", opacity: float = 1.0) -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<polyline points="{points_text(points)}" fill="none" stroke="{colour}" stroke-width="{width}" '
        f'stroke-linecap="round" opacity="{opacity}"{dashed}/>'
    )


def _filled(points: Array, colour: str) -> str:
    return f'<polygon points="{points_text(points)}" fill="{colour}" opacity="0.3"/>'


def _dots(points: Array, colour: str) -> str:
    return "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>' for x, y in points)
