"""The explorer of lesson 04: send a signal through fifty layers whose weights have a size of your choice."""

import functools
from typing import Literal

import ipywidgets as widgets
import numpy as np

from gradlab import plots
from gradlab.arguments import Array
from gradlab.explorers.drawing import HEIGHT, WIDTH, points_text, sheet, words
from gradlab.explorers.explorer import Explorer, Prediction, slider, whole_slider

LAYERS = 50
WIDTHS = (50, 100, 200)
_BAND = (0.5, 2.0)  # where the signal is to be kept
_BOX = (58, 44, WIDTH - 58 - 22, HEIGHT - 44 - 44)  # left, top, width, height of the chart
_TOP = 6.0  # powers of ten, upwards and downwards

Activation = Literal["none", "relu"]


class SignalExplorer(Explorer):
    """Sliders for the standard deviation of the weights, the units of a layer, and the number of layers.

    Attributes:
        std: of the weights.
        units: in every layer, and in the input.
        layers: how many are shown.
        sizes: the root mean square behind each of the 50 layers, the input first, shape (51,).
    """

    def __init__(
        self, *, activation: Activation, units: int, std: float, prediction: Prediction | None
    ) -> None:
        self._activation: Activation = activation
        self.std = slider("std of the weights", std, 0.02, 0.3, 0.001, digits=3)
        self.units = widgets.ToggleButtons(
            options=WIDTHS,
            value=units,
            description="units per layer",
            layout=widgets.Layout(display="flex"),  # the buttons beside their name, not below it
            style={"description_width": "120px", "button_width": "60px"},
        )
        self.layers = whole_slider("layers", 1 if prediction else LAYERS, 1, LAYERS)
        super().__init__([self.std, self.units, self.layers], prediction=prediction)

    def start(self) -> None:
        """Show all layers."""
        self.layers.value = LAYERS

    def draw(self) -> str:
        """The size of the signal behind each layer, on a logarithmic scale, with the goal as a band."""
        self.sizes = _sizes(self.units.value, self._activation, self.std.value)
        shown = self.layers.value
        left, top, width, height = _BOX
        line = np.stack([_across(np.arange(LAYERS + 1.0)), _up(np.log10(self.sizes))], axis=-1)
        band = _up(np.log10(_BAND))
        reached = f"behind {shown} layer{'s' if shown > 1 else ''}: {self.sizes[shown]:.3g} times the input"
        ticks = "".join(
            f'<text x="{left - 8}" y="{_up(power) + 4:.1f}" text-anchor="end" fill="{plots.INK}" font-size="11">'
            f'10<tspan dy="-4" font-size="8">{power}</tspan></text>'
            for power in range(-6, 7, 3)
        )
        return sheet(
            f'<rect x="{left}" y="{band[1]:.1f}" width="{width}" height="{band[0] - band[1]:.1f}" '
            f'fill="{plots.COLOURS[2]}" opacity="0.25"/>',
            f'<path d="M{left},{top}V{top + height}H{left + width}" fill="none" stroke="{plots.FAINT}"/>{ticks}',
            words(left + width, band[1] - 5, "goal: 0.5 to 2", size=11, anchor="end"),
            f'<polyline points="{points_text(line[: shown + 1])}" fill="none" stroke="{plots.COLOURS[0]}" '
            'stroke-width="2.4"/>',
            f'<circle cx="{line[shown, 0]:.1f}" cy="{line[shown, 1]:.1f}" r="5" fill="{plots.COLOURS[0]}"/>',
            words(left, 26, f"Size of the signal {reached}", bold=True),
            words(left, HEIGHT - 12, "layers: 0 is the input, 50 the last", size=11),
            words(left + width, HEIGHT - 12, self._verdict(), size=12, anchor="end"),
            label=f"std {self.std.value:.3f}, {self.units.value} units: {reached}. {self._verdict()}",
        )

    def still(self) -> plots.Figure:
        """The explorer as it starts."""
        name = {"none": "without an activation", "relu": "with ReLU"}[self._activation]
        return plots.panels(
            plots.curves(
                {f"std = {self.std.value:g}": self.sizes, "goal: 0.5 to 2": np.ones(LAYERS + 1)},
                bands={"goal: 0.5 to 2": np.tile(np.array(_BAND)[:, None], LAYERS + 1)},
                xlabel="layers",
                ylabel="size of the signal",
                log=True,
            ),
            alt=f"The explorer as it starts: {LAYERS} layers of {self.units.value} units {name}, weights of standard "
            f"deviation {self.std.value:g}. Behind the last layer the signal is {self.sizes[-1]:.2g} times what it "
            "was.",
            caption="A still picture of the explorer. Run the cell to move its sliders.",
        )

    def _verdict(self) -> str:
        if self.waiting:
            return "Choose an answer, and the signal runs on."
        outside = (self.sizes < _BAND[0]) | (self.sizes > _BAND[1])
        if not outside.any():
            return f"Goal reached: between 0.5 and 2 through all {LAYERS} layers."
        layer = int(np.argmax(outside))
        return f"{'Too weak' if self.sizes[layer] < _BAND[0] else 'Too strong'} from layer {layer} on."


def signal_explorer(
    *,
    activation: Activation = "none",
    units: int = 100,
    std: float = 0.12,
    prediction: Prediction | None = None,
) -> SignalExplorer:
    """Send a signal through fifty layers of normal weights.

    Args:
        activation: "none", where a layer only adds up, or "relu".
        units: of a layer, at first: one of 50, 100 and 200.
        std: where the slider of the standard deviation stands at first.
        prediction: a question to answer before the sliders come free; None leaves them free.

    >>> explorer = signal_explorer()
    >>> explorer.std.value = 0.1
    >>> bool((explorer.sizes > 0.5).all() and (explorer.sizes < 2).all())
    True
    """
    return SignalExplorer(activation=activation, units=units, std=std, prediction=prediction)


def _sizes(units: int, activation: Activation, std: float) -> Array:
    # Both kinds of layer pass on a factor as it is, so one run through random weights serves every std.
    layers = np.arange(LAYERS + 1)
    sizes: Array = 10 ** (_log_sizes(units, activation) + layers * np.log10(std * np.sqrt(units)))
    return sizes


@functools.lru_cache(maxsize=8)
def _log_sizes(units: int, activation: Activation) -> Array:
    """The logarithms of the sizes for weights of standard deviation 1 / sqrt(units), shape (51,)."""
    rng = np.random.default_rng((units, 49))
    h, logs = rng.standard_normal((16, units)), [0.0]
    for _ in range(LAYERS):
        h = h @ rng.standard_normal((units, units)) / np.sqrt(units)
        h = np.maximum(h, 0) if activation == "relu" else h
        size = np.sqrt(np.mean(h**2))
        logs.append(logs[-1] + np.log10(size))
        h = h / size
    return np.array(logs)


def _across(layer: Array) -> Array:
    left, _, width, _ = _BOX
    return left + layer / LAYERS * width


def _up(power: Array | float) -> Array:
    _, top, _, height = _BOX
    place: Array = top + (_TOP - np.clip(power, -_TOP, _TOP)) / (2 * _TOP) * height
    return place
