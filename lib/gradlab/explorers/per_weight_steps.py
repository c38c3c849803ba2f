"""The explorer of lesson 06: a learning rate for each of two weights, and a box that ties them together."""

import ipywidgets as widgets
import numpy as np

from gradlab import plots
from gradlab.descent import Trace, descend
from gradlab.explorers.drawing import CHART, HEIGHT, chart_svg, map_svg, path_svg, sheet, words
from gradlab.explorers.explorer import Explorer, Prediction, slider
from gradlab.optimizers import gradient_descent
from gradlab.surfaces import Surface, ravine


class RatesExplorer(Explorer):
    """Sliders for the rate along and the rate across a valley, over a surface of two weights.

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
        self._surface, self._goal, self._within, self._steps = surface, goal, within, steps
        self.along = _rate_slider("rate of w1", lr)
        self.across = _rate_slider("rate of w2", lr)
        self.tied = widgets.Checkbox(value=True, description="one rate for both", indent=True)
        super().__init__([self.tied, self.along, self.across], prediction=prediction)

    def draw(self) -> str:
        """The map with the path on it, and the chart of the loss beside it."""
        along = self.along.value
        across = along if self.tied.value else self.across.value
        self.across.disabled = self.waiting or self.tied.value
        self.trace = _walk(self._surface, (along, across), self._steps)
        shown = 0 if self.waiting else self._steps
        loss, verdict = self.trace.losses[shown], self._verdict()
        reached = f"loss {loss:.3g} after {shown} steps" if np.isfinite(loss) else "loss beyond all numbers"
        left, _, width, _ = CHART
        return sheet(
            map_svg(self._surface),
            path_svg(self._surface, self.trace.points[: shown + 1]),
            chart_svg(self.trace.losses, shown, self._goal, foresee=False),
            words(left, 22, reached, bold=True),
            words(left + width, HEIGHT - 9, verdict, size=12, anchor="end"),
            label=f"rate {along:.3g} for w1 and {across:.3g} for w2: {reached}. {verdict}",
        )

    def still(self) -> plots.Figure:
        """The explorer as it starts."""
        rate = self.along.value
        trace = _walk(self._surface, (rate, rate), self._steps)
        return plots.panels(
            plots.contours(self._surface, {f"rate {rate:g} for both": trace.points}),
            plots.curves(
                {"": trace.losses}, xlabel="steps", ylabel="loss", log=True, mark=(self._goal, "goal")
            ),
            alt=f"The explorer as it starts: {self._steps} steps on the {self._surface.name} with the learning rate {rate:g} "
            "for both weights.",
            caption="A still picture of the explorer. Run the cell to move its sliders.",
            widths=(3, 2),
        )

    def _verdict(self) -> str:
        if self.waiting:
            return "Choose an answer, and it walks."
        settled = int(self.trace.steps_to(self._goal))
        if 0 <= settled < self._within:
            return f"Goal reached: below {self._goal:g} for good after {settled} step{'s' * (settled != 1)}."
        if settled >= 0:
            return f"Below {self._goal:g} after {settled} steps; the goal is under {self._within}."
        start, end = np.abs(self.trace.points[[0, -1]])
        if not np.all(end <= start):
            return (
                f"Thrown out {'along w1' if not end[0] <= start[0] else 'along w2'}: that rate is too large."
            )
        return f"Not below {self._goal:g} within {self._steps} steps."


def rates_explorer(
    surface: Surface = ravine,
    *,
    goal: float = 1e-3,
    within: int = 4,
    steps: int = 60,
    lr: float = 0.4,
    prediction: Prediction | None = None,
) -> RatesExplorer:
    """Walk down `surface` with a learning rate of its own for each weight.

    Args:
        surface: a surface of two weights with its lowest point at 0.
        goal: the loss to reach and stay below.
        within: in fewer than so many steps.
        steps: how many steps are walked.
        lr: where both sliders stand at first.
        prediction: a question to answer before the sliders come free; None leaves them free.

    Raises:
        ValueError: for a surface that has not two weights.

    >>> explorer = rates_explorer()
    >>> explorer.trace.steps_to(1e-3)
    array(47)
    >>> explorer.tied.value, explorer.along.value, explorer.across.value = False, 4, 0.2
    >>> explorer.trace.steps_to(1e-3)
    array(3)
    """
    if surface.dim != 2:
        raise ValueError(f"The explorer draws surfaces of two weights; {surface.name} has {surface.dim}.")
    return RatesExplorer(surface, goal=goal, within=within, steps=steps, lr=lr, prediction=prediction)


def _rate_slider(name: str, rate: float) -> widgets.FloatLogSlider:
    # Rates differ by factors, so the slider moves in factors: from 0.01 to 20, the same for both weights.
    like = slider(name, 0.0, 0.0, 1.0, 0.1)
    return widgets.FloatLogSlider(
        value=rate,
        min=-2,
        max=1.3,
        step=0.02,
        description=name,
        readout_format=".3g",
        layout=like.layout,
        style=like.style,
    )


def _walk(surface: Surface, rates: tuple[float, float], steps: int) -> Trace:
    return descend(surface, surface.start, gradient_descent, steps=steps, lr=np.array(rates))
