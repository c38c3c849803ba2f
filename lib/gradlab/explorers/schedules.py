"""The explorer of lesson 09: give a shaken ball a schedule, and see how low it gets."""

from typing import Any

import ipywidgets as widgets
import numpy as np
import numpy.typing as npt

from gradlab import plots
from gradlab.arguments import Array
from gradlab.explorers.drawing import HEIGHT, WIDTH, points_text, sheet, words
from gradlab.explorers.explorer import Explorer, Prediction, slider
from gradlab.schedules import constant, cosine_decay, exponential_decay, step_decay
from gradlab.surfaces import Surface, ravine

_BALLS = 200
_LEFT, _RIGHT = 62, WIDTH - 22
_LOSS, _RATE = (36, 168), (236, 58)  # top and height of the two charts
_LOW, _HIGH = -2.6, 1.2  # powers of ten of the loss
_KINDS = ("constant", "steps", "exponential", "cosine")


class ScheduleExplorer(Explorer):
    """A choice of four schedules, sliders for the first rate and for what is left of it, over the loss and the rate.

    Attributes:
        rates: the rate of each step, shape (steps,).
        losses: the mean loss of all balls before the first step and after each, shape (steps + 1,).
    """

    def __init__(
        self,
        surface: Surface,
        *,
        goal: float,
        steps: int,
        noise: float,
        lr: float,
        prediction: Prediction | None,
    ) -> None:
        self._surface, self._goal, self._steps = surface, goal, steps
        shakes = np.random.default_rng(0).normal(size=(steps, _BALLS, surface.dim))
        self._noise = noise * shakes
        self.kind = widgets.ToggleButtons(options=_KINDS, value="constant", style={"button_width": "auto"})
        self.lr = slider("first rate", lr, 0.02, 0.5, 0.02)
        self.share = slider("share left", 0.04, 0.01, 1.0, 0.01)
        super().__init__([self.kind, self.lr, self.share], prediction=prediction)

    def start(self) -> None:
        """Show what a staircase does."""
        self.kind.value = "steps"

    def draw(self) -> str:
        """The loss above, the rate below."""
        self.rates = _rates(self.kind.value, self.lr.value, self.share.value, self._steps)
        self.losses, one = _shaken(self._surface, self.rates, self._noise)
        verdict = self._verdict()
        reached = f"mean loss {self.losses[-1]:.3g} after {self._steps} steps"
        return sheet(
            _frame(_LOSS, [(f"{10.0**power:g}", _loss_y(10.0**power)) for power in (1, 0, -1, -2)]),
            _line(
                np.arange(self._steps + 1), _loss_y(one), self._steps, plots.COLOURS[0], width=1, opacity=0.35
            ),
            _line(np.arange(self._steps + 1), _loss_y(self.losses), self._steps, plots.COLOURS[0], width=2.4),
            f'<line x1="{_LEFT}" x2="{_RIGHT}" y1="{_loss_y(self._goal):.1f}" y2="{_loss_y(self._goal):.1f}" '
            f'stroke="{plots.FAINT}" stroke-dasharray="3 3"/>',
            words(_RIGHT, float(_loss_y(self._goal)) - 4, "goal", size=11, anchor="end"),
            _frame(_RATE, [("0.5", _rate_y(0.5)), ("0", _rate_y(0.0))]),
            _line(np.arange(self._steps), _rate_y(self.rates), self._steps, plots.COLOURS[1], width=2.4),
            words(_LEFT, 22, reached, bold=True),
            words(_RIGHT, 22, "thick: mean of 200 balls; thin: one of them", size=11, anchor="end"),
            words(_LEFT + 6, _RATE[0] + 2, "learning rate", size=11),
            words(_LEFT, HEIGHT - 9, verdict, size=12),
            words(_RIGHT, HEIGHT - 21, f"{self._steps} steps", size=11, anchor="end"),
            label=f"{self.kind.value}, first rate {self.lr.value:.2f}, share left {self.share.value:.2f}: "
            f"{reached}. {verdict}",
        )

    def still(self) -> plots.Figure:
        """The explorer as it starts."""
        return plots.panels(
            plots.curves(
                {"": self.losses}, xlabel="steps", ylabel="mean loss", log=True, mark=(self._goal, "goal")
            ),
            plots.curves({"": self.rates}, xlabel="steps", ylabel="learning rate", ylim=(0, 0.52)),
            alt=f"The explorer as it starts: the mean loss of {_BALLS} shaken balls on the {self._surface.name} over "
            f"{self._steps} steps, and their learning rate, which stays {self.lr.value:g}.",
            caption="A still picture of the explorer. Run the cell to move its sliders.",
        )

    def _verdict(self) -> str:
        if self.waiting:
            return "Choose an answer, and the rate falls."
        if self.losses[-1] < self._goal:
            return f"Goal reached: the mean loss ends below {self._goal:g}."
        return f"The goal is to end below {self._goal:g}."


def schedule_explorer(
    surface: Surface = ravine,
    *,
    goal: float = 0.009,
    steps: int = 120,
    noise: float = 0.5,
    lr: float = 0.4,
    prediction: Prediction | None = None,
) -> ScheduleExplorer:
    """Give 200 balls, whose gradients are measured with noise, a schedule, and see how low they get.

    Args:
        surface: what they roll on, from its start.
        goal: the mean loss to end below.
        steps: how many are made.
        noise: standard deviation of what is added to each entry of each gradient.
        lr: where the slider of the first rate stands at first.
        prediction: a question to answer before the sliders come free; None leaves them free.

    >>> explorer = schedule_explorer()
    >>> explorer.kind.value = "cosine"
    >>> bool(explorer.losses[-1] < 0.01)
    True
    """
    return ScheduleExplorer(surface, goal=goal, steps=steps, noise=noise, lr=lr, prediction=prediction)


def _rates(kind: str, lr: float, share: float, steps: int) -> Array:
    """The rate of each step; all but the constant one end near `share` of the first."""
    at = np.arange(steps)
    if kind == "steps":
        return step_decay(at, lr=lr, factor=share ** (1 / 3), step_size=steps / 4)
    if kind == "exponential":
        return exponential_decay(at, lr=lr, gamma=share ** (1 / steps))
    if kind == "cosine":
        return cosine_decay(at, lr=lr, total=steps, min_lr=share * lr)
    return constant(at, lr=lr)


def _shaken(surface: Surface, rates: Array, noise: Array) -> tuple[Array, Array]:
    """The mean loss of all balls and the loss of the first, before the first step and after each."""
    w = np.tile(surface.start, (noise.shape[1], 1))
    losses = [surface.value(w)]
    for lr, shake in zip(rates, noise, strict=True):
        w = w - lr * (surface.gradient(w) + shake)
        losses.append(surface.value(w))
    return np.mean(losses, axis=1), np.array(losses)[:, 0]


def _loss_y(loss: Array | float) -> Array:
    top, height = _LOSS
    exponents = np.log10(np.clip(np.nan_to_num(loss, nan=np.inf), 10.0**_LOW, 10.0**_HIGH))
    return np.asarray(top + (_HIGH - exponents) / (_HIGH - _LOW) * height)


def _rate_y(rate: Array | float) -> Array:
    top, height = _RATE
    return np.asarray(top + (1 - np.asarray(rate) / 0.55) * height)


def _frame(place: tuple[int, int], ticks: list[tuple[str, Array]]) -> str:
    top, height = place
    names = "".join(words(_LEFT - 8, float(y) + 4, name, size=11, anchor="end") for name, y in ticks)
    return f'<path d="M{_LEFT},{top}V{top + height}H{_RIGHT}" fill="none" stroke="{plots.FAINT}"/>{names}'


def _line(
    x: npt.NDArray[Any], y: Array, steps: int, colour: str, *, width: float, opacity: float = 1.0
) -> str:
    places = np.stack([_LEFT + x / steps * (_RIGHT - _LEFT), y], axis=-1)
    return f'<polyline points="{points_text(places)}" fill="none" stroke="{colour}" stroke-width="{width}" opacity="{opacity}"/>'
