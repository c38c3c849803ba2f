"""The explorer of lesson 07: a weight runs after a target that jumps, and you say how much of the past it keeps."""

import ipywidgets as widgets
import numpy as np

from gradlab import plots
from gradlab.arguments import Array
from gradlab.explorers.drawing import HEIGHT, WIDTH, points_text, sheet, words
from gradlab.explorers.explorer import Explorer, Prediction, slider

RUNS, JOURNEYS, STEPS = 60, 5, 300  # a journey is the way to the next target
TARGETS = np.repeat([2.0, -2.0, 2.0, -2.0, 2.0], STEPS)
ALL = "all (AdaGrad)"
_KEPT = (ALL, "0.999", "0.99", "0.9", "0.5")
_RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_NEAR = 0.2  # where a journey ends
_LEFT, _TOP, _WIDTH, _HEIGHT = 46, 40, WIDTH - 46 - 22, HEIGHT - 40 - 62
_LOW, _HIGH = -4.0, 4.0
_EVERY = 3  # one point of three is drawn


class MemoryExplorer(Explorer):
    """A slider for what is kept of the old squares and one for the learning rate.

    Attributes:
        keep: the share of the old mean of squares that is kept, in words; `ALL` for a sum of them, as in AdaGrad.
        lr: the learning rate.
        path: the weight of every run after each step, shape (1500, 60).
        journeys: steps until the mean of the runs is within 0.2 of the target, for each journey; 0 for never.
        tremble: the typical distance of a run from the target in the last 50 steps.
    """

    def __init__(self, *, within: int, calm: float, prediction: Prediction | None) -> None:
        self._within, self._calm = within, calm
        like = slider("keep", 0, 0, 1, 1)
        self.keep, self.lr = (
            widgets.SelectionSlider(
                options=options, value=value, description=name, layout=like.layout, style=like.style
            )
            for name, options, value in (("keep", _KEPT, ALL), ("learning rate", _RATES, 0.5))
        )
        super().__init__([self.keep, self.lr], prediction=prediction)

    def draw(self) -> str:
        """The mean of the runs and one of them, over the target."""
        self.path = _chase(self.keep.value, self.lr.value)
        far = np.abs(self.path.mean(axis=1) - TARGETS).reshape(JOURNEYS, STEPS)
        self.journeys = [int(np.argmax(leg < _NEAR)) + 1 if leg.min() < _NEAR else 0 for leg in far]
        self.tremble = float(np.sqrt(np.mean((self.path[-50:] - TARGETS[-1]) ** 2)))
        shown = 2 if self.waiting else JOURNEYS
        end = shown * STEPS
        taken = ", ".join(str(steps) if steps else f"> {STEPS}" for steps in self.journeys[:shown])
        reached, verdict = f"Steps of each journey: {taken}", self._verdict()
        calm = "" if self.waiting else f"tremble at the end: {self.tremble:.2f}"
        return sheet(
            _frame(),
            _line(TARGETS[:end], plots.COLOURS[2], width=1.6, dashed=True),
            _line(self.path[:end, 0], plots.COLOURS[0], width=1, opacity=0.35),
            _line(self.path[:end].mean(axis=1), plots.COLOURS[0], width=2.4),
            words(_LEFT, 22, reached, bold=True),
            words(_LEFT + _WIDTH, 22, calm, size=12, anchor="end"),
            words(_LEFT, HEIGHT - 32, f"{JOURNEYS} journeys of {STEPS} steps", size=11),
            words(
                _LEFT + _WIDTH,
                HEIGHT - 32,
                "thick: mean of 60 runs; thin: one; dashed: the target",
                size=11,
                anchor="end",
            ),
            words(_LEFT, HEIGHT - 11, verdict, size=12),
            label=f"keep {self.keep.value}, learning rate {self.lr.value:g}: {reached}. {calm} {verdict}",
        )

    def still(self) -> plots.Figure:
        """The explorer as it starts."""
        steps = np.arange(1, len(TARGETS) + 1)
        return plots.panels(
            plots.curves(
                {"mean of 60 runs": (steps, self.path.mean(axis=1)), "target": (steps, TARGETS)},
                xlabel="steps",
                ylabel="weight",
                ylim=(_LOW, _HIGH + 1.5),
            ),
            alt=f"The explorer as it starts: AdaGrad with learning rate {self.lr.value:g} runs after a target that jumps "
            f"every {STEPS} steps, and is slower in each journey than in the one before.",
            caption="A still picture of the explorer. Run the cell to move its sliders.",
            height=3.0,
        )

    def _verdict(self) -> str:
        if self.waiting:
            return "Choose an answer, and it goes on."
        slowest = max(steps or STEPS + 1 for steps in self.journeys[1:])
        if slowest >= self._within:
            return f"The goal is under {self._within} steps for every journey after the first."
        if self.tremble >= self._calm:
            return f"Quick enough; but the tremble should be below {self._calm:g}."
        return f"Goal reached: at most {slowest} steps a journey, and a tremble of {self.tremble:.2f}."


def memory_explorer(
    *, within: int = 115, calm: float = 0.2, prediction: Prediction | None = None
) -> MemoryExplorer:
    """Let a weight with noisy gradients run after a target that jumps, with a memory of your choice.

    Args:
        within: every journey after the first should take fewer steps.
        calm: and the typical distance from the target, in the end, should be smaller than this.
        prediction: a question to answer before the sliders come free; None leaves them free.

    >>> explorer = memory_explorer()
    >>> explorer.keep.value, explorer.lr.value = "0.9", 0.05
    >>> max(explorer.journeys[1:]) < 115 and explorer.tremble < 0.2
    True
    """
    return MemoryExplorer(within=within, calm=calm, prediction=prediction)


def _chase(keep: str, lr: float) -> Array:
    kept, new = (1.0, 1.0) if keep == ALL else (float(keep), 1.0 - float(keep))
    noise = np.random.default_rng(7).normal(size=(len(TARGETS), RUNS))
    w, s, path = np.zeros(RUNS), np.zeros(RUNS), np.empty((len(TARGETS), RUNS))
    for t, target in enumerate(TARGETS):
        grad = w - target + noise[t]
        s = kept * s + new * grad * grad
        w = w - lr * grad / (np.sqrt(s) + 1e-7 if keep == ALL else np.sqrt(s + 1e-8))
        path[t] = w
    return path


def _height(weight: Array | float) -> Array:
    return np.asarray(_TOP + (_HIGH - np.clip(weight, _LOW, _HIGH)) / (_HIGH - _LOW) * _HEIGHT)


def _frame() -> str:
    ticks = "".join(
        words(_LEFT - 8, float(_height(w)) + 4, f"{w:g}", size=11, anchor="end") for w in (-2.0, 0.0, 2.0)
    )
    return f'<path d="M{_LEFT},{_TOP}V{_TOP + _HEIGHT}H{_LEFT + _WIDTH}" fill="none" stroke="{plots.FAINT}"/>{ticks}'


def _line(weights: Array, colour: str, *, width: float, opacity: float = 1.0, dashed: bool = False) -> str:
    at = np.arange(0, len(weights), _EVERY)
    places = np.stack([_LEFT + at / len(TARGETS) * _WIDTH, _height(weights[at])], axis=-1)
    dashes = ' stroke-dasharray="5 3"' if dashed else ""
    return (
        f'<polyline points="{points_text(places)}" fill="none" stroke="{colour}" stroke-width="{width}" '
        f'opacity="{opacity}"{dashes}/>'
    )
