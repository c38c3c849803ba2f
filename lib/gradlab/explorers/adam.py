"""The explorer of lesson 08: Adam on a ravine, with the rate, both memories and the correction in your hands."""

from typing import Any

import ipywidgets as widgets
import numpy as np

from gradlab import plots
from gradlab.arguments import Array
from gradlab.descent import descend
from gradlab.explorers.drawing import CHART, HEIGHT, chart_svg, map_svg, path_svg, sheet, words
from gradlab.explorers.explorer import Explorer, Prediction, slider, whole_slider
from gradlab.optimizers import AdamState, adam
from gradlab.surfaces import Surface, ravine

_SHOWN = 20  # steps, until somebody moves the slider
_STEPS = 100


class AdamExplorer(Explorer):
    """Sliders for the learning rate, both betas and the number of steps, and a switch for the correction.

    Attributes:
        trace: the descent that is shown now.
    """

    def __init__(
        self, surface: Surface, *, goal: float, within: int, lr: float, prediction: Prediction | None
    ) -> None:
        self._surface, self._goal, self._within = surface, goal, within
        self.lr = slider("learning rate", lr, 0.02, 1.5, 0.02)
        self.beta1 = slider("beta1 (direction)", 0.9, 0.0, 0.98, 0.02)
        self.beta2 = widgets.SelectionSlider(
            options=(0.9, 0.99, 0.999),
            value=0.999,
            description="beta2 (size)",
            layout=self.lr.layout,
            style={"description_width": "120px"},
        )
        self.correction = widgets.Checkbox(value=False, description="bias correction", indent=False)
        shown = 0 if prediction else _SHOWN
        self.steps = whole_slider("steps", shown, 0, _STEPS)
        self.play = widgets.Play(value=shown, min=0, max=_STEPS, interval=120, description="roll")
        widgets.jslink((self.play, "value"), (self.steps, "value"))
        controls = [self.lr, self.beta1, self.beta2, self.correction, widgets.HBox([self.steps, self.play])]
        super().__init__(controls, prediction=prediction)

    def start(self) -> None:
        """Roll as far as a first look needs."""
        self.play.value = self.steps.value = _SHOWN

    def draw(self) -> str:
        """The map with the path on it, and the chart of the loss beside it."""
        self.trace = descend(
            self._surface,
            self._surface.start,
            adam if self.correction.value else _uncorrected,
            steps=_STEPS,
            lr=self.lr.value,
            beta1=self.beta1.value,
            beta2=self.beta2.value,
        )
        shown = self.steps.value
        reached, first = f"loss {self.trace.losses[shown]:.3g} after {shown} steps", self._first_step()
        verdict = self._verdict()
        left, _, width, _ = CHART
        return sheet(
            map_svg(self._surface),
            path_svg(self._surface, self.trace.points[: shown + 1]),
            chart_svg(self.trace.losses, shown, self._goal, foresee=not self.waiting),
            words(left, 22, reached, bold=True),
            words(left + width, HEIGHT - 22, first, size=12, anchor="end"),
            words(left + width, HEIGHT - 7, verdict, size=12, anchor="end"),
            label=f"lr {self.lr.value:.2f}, beta1 {self.beta1.value:.2f}, beta2 {self.beta2.value:g}, correction "
            f"{'on' if self.correction.value else 'off'}: {reached}. {first}. {verdict}",
        )

    def still(self) -> plots.Figure:
        """The explorer as it starts."""
        name = "corrected" if self.correction.value else "not corrected"
        return plots.panels(
            plots.contours(self._surface, {name: self.trace.points[: _SHOWN + 1]}),
            plots.curves(
                {"": self.trace.losses}, xlabel="steps", ylabel="loss", log=True, mark=(self._goal, "goal")
            ),
            alt=f"The explorer as it starts: {_SHOWN} steps of Adam on the {self._surface.name} with learning rate "
            f"{self.lr.value:g}, {name}.",
            caption="A still picture of the explorer. Run the cell to move its sliders.",
            widths=(3, 2),
        )

    def _first_step(self) -> str:
        if self.waiting or self.steps.value == 0:
            return ""
        length = abs(self.trace.points[1, 0] - self.trace.points[0, 0])
        return f"First step of w1: {length:.3g}, {length / self.lr.value:.3g} times the rate"

    def _verdict(self) -> str:
        if self.waiting:
            return "Choose an answer, and it rolls."
        settled = int(self.trace.steps_to(self._goal))
        if settled < 0:
            return f"Not below {self._goal:g} for good within {_STEPS} steps."
        if settled >= self._within:
            return f"Below {self._goal:g} after {settled} steps; the goal is under {self._within}."
        if not self.correction.value:
            return f"Below {self._goal:g} after {settled} steps; the goal is with correction."
        return f"Goal reached: below {self._goal:g} for good after {settled} steps."


def adam_explorer(
    surface: Surface = ravine,
    *,
    goal: float = 1e-3,
    within: int = 25,
    lr: float = 0.1,
    prediction: Prediction | None = None,
) -> AdamExplorer:
    """Walk down `surface` with Adam, with its correction switched on or off.

    Args:
        surface: a surface of two weights.
        goal: the loss to reach and stay below.
        within: in fewer than so many steps, with the correction on.
        lr: where the rate slider stands at first.
        prediction: a question to answer before the sliders come free; None leaves them free.

    Raises:
        ValueError: for a surface that has not two weights.

    >>> explorer = adam_explorer()
    >>> explorer.correction.value = True
    >>> explorer.trace.points[1] - explorer.trace.points[0]
    array([0.1, 0.1])
    """
    if surface.dim != 2:
        raise ValueError(f"The explorer draws surfaces of two weights; {surface.name} has {surface.dim}.")
    return AdamExplorer(surface, goal=goal, within=within, lr=lr, prediction=prediction)


def _uncorrected(
    w: Array,
    grad: Array,
    state: AdamState | None,
    *,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float = 1e-8,
) -> tuple[Array, Any]:
    m, v, t = state or (np.zeros_like(w), np.zeros_like(w), 0)
    m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
    return w - lr * m / (np.sqrt(v) + eps), AdamState(m, v, t + 1)
