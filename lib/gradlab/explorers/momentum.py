"""The explorer of lesson 05: roll a ball down a ravine with a learning rate and a rho of your choice."""

import ipywidgets as widgets
import numpy as np

from gradlab import plots
from gradlab.descent import Trace, descend
from gradlab.explorers.drawing import CHART, HEIGHT, chart_svg, map_svg, path_svg, sheet, words
from gradlab.explorers.explorer import Explorer, Prediction, slider, whole_slider
from gradlab.optimizers import momentum
from gradlab.surfaces import Surface, ravine

_SHOWN = 20  # steps, until somebody moves the slider


class MomentumExplorer(Explorer):
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
        self.lr = slider("learning rate", lr, 0.01, 1.1, 0.01)
        self.rho = slider("rho (what is kept)", 0.0, 0.0, 0.98, 0.01)
        shown = 0 if prediction else min(_SHOWN, steps)
        self.steps = whole_slider("steps", shown, 0, steps)
        self.play = widgets.Play(value=shown, min=0, max=steps, interval=120, description="roll")
        widgets.jslink((self.play, "value"), (self.steps, "value"))
        super().__init__([self.lr, self.rho, widgets.HBox([self.steps, self.play])], prediction=prediction)

    def start(self) -> None:
        """Roll as far as a first look needs."""
        self.play.value = self.steps.value = min(_SHOWN, self._steps_at_most)

    def draw(self) -> str:
        """The map with the path on it, and the chart of the loss beside it."""
        self.trace = _roll(self._surface, self.lr.value, self.rho.value, self._steps_at_most)
        shown = self.steps.value
        loss = self.trace.losses[shown]
        verdict = self._verdict()
        reached = f"loss {loss:.3g} after {shown} steps" if np.isfinite(loss) else "loss beyond all numbers"
        left, _, width, _ = CHART
        return sheet(
            map_svg(self._surface),
            path_svg(self._surface, self.trace.points[: shown + 1]),
            chart_svg(self.trace.losses, shown, self._goal, foresee=not self.waiting),
            words(left, 22, reached, bold=True),
            words(left + width, HEIGHT - 9, verdict, size=12, anchor="end"),
            label=f"lr {self.lr.value:.2f}, rho {self.rho.value:.2f}: {reached}. {verdict}",
        )

    def still(self) -> plots.Figure:
        """The explorer as it starts."""
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

    def _verdict(self) -> str:
        if self.waiting:
            return "Choose an answer, and it rolls."
        settled = int(self.trace.steps_to(self._goal))
        if 0 <= settled < self._within:
            return f"Goal reached: below {self._goal:g} for good after {settled} steps."
        if settled >= 0:
            return f"Below {self._goal:g} after {settled} steps; the goal is under {self._within}."
        if not np.isfinite(self.trace.losses[-1]) or self.trace.losses[-1] > self.trace.losses[0]:
            return "This run flies out of the valley."
        return f"Not below {self._goal:g} within {self._steps_at_most} steps."


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


def _roll(surface: Surface, lr: float, rho: float, steps: int) -> Trace:
    return descend(surface, surface.start, momentum, steps=steps, lr=lr, rho=rho)
