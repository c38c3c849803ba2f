"""The explorer of lesson 03: choose where a ball starts, and see in which valley it ends."""

import numpy as np

from gradlab import plots
from gradlab.arguments import Array
from gradlab.descent import Trace, descend
from gradlab.explorers.drawing import CHART, HEIGHT, map_svg, path_svg, sheet, to_map, words
from gradlab.explorers.explorer import Explorer, Prediction, slider
from gradlab.landscape import basin_map
from gradlab.optimizers import gradient_descent
from gradlab.surfaces import Surface, styblinski_tang

STEPS = 60
_NEAR = 0.1
_COLOURS = ("#ffffff", "#ffb000", "#ff6db6", "#7fe0ff")  # as over the maps of gradlab.plots
_REMEMBERED = 200  # starts; more would make the picture too large to follow a slider


class BasinExplorer(Explorer):
    """Sliders for the start and the learning rate; every start leaves a dot in the colour of its valley.

    Attributes:
        minima: the valleys, deepest first, shape (n, 2).
        trace: the descent that is shown now.
        ended: the row of `minima` where it ended, -1 for none.
        tried: the starts so far with this learning rate, each with the row where it ended.
    """

    def __init__(
        self, surface: Surface, *, start: tuple[float, float], lr: float, prediction: Prediction | None
    ) -> None:
        self._surface = surface
        self.minima = _minima(surface)
        (low1, high1), (low2, high2) = surface.domain
        self.w1 = slider("start, w1", start[0], low1, high1, 0.1, digits=1)
        self.w2 = slider("start, w2", start[1], low2, high2, 0.1, digits=1)
        self.lr = slider("learning rate", lr, 0.005, 0.06, 0.005, digits=3)
        self.tried: dict[tuple[float, float], int] = {}
        self._rate = lr
        super().__init__([self.w1, self.w2, self.lr], prediction=prediction)

    def draw(self) -> str:
        """The map with the path and the dots of earlier starts, and the list of valleys beside it."""
        start = (self.w1.value, self.w2.value)
        self.trace = _roll(self._surface, start, self.lr.value)
        self.ended = _nearest(self.trace.points[-1], self.minima)
        if not self.waiting:
            self._remember(start)
        left, _, _, _ = CHART
        path = self.trace.points[:1] if self.waiting else self.trace.points
        verdict = self._verdict()
        return sheet(
            map_svg(self._surface),
            *self._dots(),
            path_svg(self._surface, path),
            *self._letters(),
            *self._list(),
            words(left - 40, HEIGHT - 26, verdict[0], size=13, bold=True),
            words(left - 40, HEIGHT - 9, verdict[1], size=12),
            label=f"start ({start[0]:.1f}, {start[1]:.1f}), lr {self.lr.value:.3f}: {' '.join(verdict)}",
        )

    def still(self) -> plots.Figure:
        """The map with the starting point's path."""
        start = self.trace.points[0]
        valleys = "; ".join(
            f"{letter} ({place[0]:.1f}, {place[1]:.1f}), loss {loss:.1f}"
            for letter, place, loss in zip("ABCD", self.minima, self._losses(), strict=False)
        )
        return plots.panels(
            plots.contours(
                self._surface,
                {f"learning rate {self.lr.value:g}": self.trace.points},
                marked={"valleys": self.minima},
            ),
            alt=f"The explorer as it starts: the {self._surface.name} surface with four valleys, and a path from "
            f"({start[0]:.1f}, {start[1]:.1f}) that ends in {self._name(self.ended)}.",
            caption=f"A still picture of the explorer. The valleys are {valleys}. Run the cell to move its sliders.",
        )

    def _remember(self, start: tuple[float, float]) -> None:
        if self.lr.value != self._rate:
            self.tried.clear()
            self._rate = self.lr.value
        self.tried[start] = self.ended
        while len(self.tried) > _REMEMBERED:
            del self.tried[next(iter(self.tried))]

    def _losses(self) -> Array:
        return self._surface.value(self.minima)

    def _name(self, row: int) -> str:
        return "no valley" if row < 0 else f"valley {'ABCD'[row]}"

    def _dots(self) -> list[str]:
        dots = []
        for start, row in self.tried.items():
            x, y = to_map(self._surface, np.array(start))
            fill = _COLOURS[row] if row >= 0 else plots.FAINT
            dots.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{fill}" stroke="#222" stroke-width="0.7"/>'
            )
        return dots

    def _letters(self) -> list[str]:
        return [
            words(x + 9, y - 7, letter, size=15, bold=True)
            for letter, (x, y) in zip("ABCD", to_map(self._surface, self.minima), strict=False)
        ]

    def _list(self) -> list[str]:
        left, top, _, _ = CHART
        lines = [words(left - 40, top, "Your starts at this rate ended in", size=12)]
        ends = list(self.tried.values())
        for row, loss in enumerate(self._losses()):
            y = top + 30 + 26 * row
            lines.append(
                f'<circle cx="{left - 32}" cy="{y - 4}" r="6" fill="{_COLOURS[row]}" stroke="#222" stroke-width="1"/>'
            )
            lines.append(words(left - 16, y, f"{'ABCD'[row]}, loss {loss:.1f}", bold=row == 0))
            lines.append(words(left + 175, y, f"{ends.count(row)}", anchor="end"))
        y = top + 30 + 26 * len(self.minima)
        lines.append(words(left - 16, y, "none, still jumping"))
        lines.append(words(left + 175, y, f"{ends.count(-1)}", anchor="end"))
        return lines

    def _verdict(self) -> tuple[str, str]:
        if self.waiting:
            return "Choose an answer, and it rolls.", ""
        ends = f"It ends in {self._name(self.ended)}."
        if self.ended != 0:
            return ends, "The goal: A, from the upper right quarter."
        if min(self.w1.value, self.w2.value) >= 0.5:
            return ends, "Goal reached, from the upper right quarter."
        return ends, "Now from the upper right: both weights from 0.5."


def basin_explorer(
    *, start: tuple[float, float] = (0.1, 4.0), lr: float = 0.01, prediction: Prediction | None = None
) -> BasinExplorer:
    """Choose where gradient descent starts on Styblinski and Tang's surface, and see in which valley it ends.

    Args:
        start: where the ball stands at first.
        lr: where the rate slider stands at first.
        prediction: a question to answer before the sliders come free; None leaves them free.

    >>> explorer = basin_explorer()
    >>> explorer.ended, explorer.minima[explorer.ended].round(2)
    (2, array([-2.9 ,  2.75]))
    """
    return BasinExplorer(styblinski_tang(), start=start, lr=lr, prediction=prediction)


def _minima(surface: Surface) -> Array:
    starts, _ = surface.grid(8)
    minima = basin_map(surface, starts, gradient_descent, steps=200, lr=0.01).minima
    # To the last digits two valleys may differ that are equally deep.
    return minima[np.lexsort((-minima[:, 0], surface.value(minima).round(6)))]


def _roll(surface: Surface, start: tuple[float, float], lr: float) -> Trace:
    return descend(surface, np.array(start), gradient_descent, steps=STEPS, lr=lr)


def _nearest(place: Array, minima: Array) -> int:
    distances = np.linalg.norm(minima - place, axis=-1)
    return int(distances.argmin()) if distances.min() < _NEAR else -1
