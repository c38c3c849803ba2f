"""The picture of the results in the README."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter

from gradlab.plots import COLOURS, FAINT, Drawing, curves, panels

# Who is shown in the right panel, with a marker for each.
SHOWN = {
    "gradlab": "o",
    "text-book": "s",
    "torch single": "^",
    "torch fused": "D",
    "optax": "v",
    "bandwidth bound": "|",
}


def figure(epoch: Mapping[str, Any], step: Mapping[str, Mapping[str, float]]) -> bytes:
    """An epoch over the size of the network, and a step of every rule, as a PNG on opaque paper.

    Args:
        epoch: the curves of the part `epoch`: shape of the network -> (parameters, low, median, high) in each row.
        step: the curves of the part `step`: rule -> contender -> nanoseconds for each parameter.
    """
    picture = panels(
        over_size(epoch),
        rules(step),
        alt="Left: how many times as fast as PyTorch an epoch is, over the size of the network. "
        "Right: nanoseconds for each parameter of one step of every update rule, for gradlab and its peers.",
        height=3.9,
        widths=(1, 1.1),
    )
    return picture.png


def over_size(epoch: Mapping[str, Any]) -> Drawing:
    """A line over the size of the network for each of its shapes."""
    lines = {shape: np.array(line).T for shape, line in epoch.items()}
    plain = curves(
        {shape: (size, middle) for shape, (size, _, middle, _) in lines.items()},
        xlabel="parameters of the network",
        ylabel="times as fast as PyTorch's fused Adam",
        title="An epoch on the digits",
        logx=True,
        markers=True,
        bands={shape: np.stack([low, high]) for shape, (_, low, _, high) in lines.items()},
        ylim=(0, 1.12 * max(line[3].max() for line in lines.values())),
    )

    def draw(axes: Axes) -> None:
        plain(axes)
        axes.xaxis.set_major_formatter("{x:,.0f}")
        # On the left, where no line comes down to it.
        axes.axhline(1, color=FAINT, linewidth=1, linestyle=(0, (2, 2)), zorder=0)
        axes.annotate(
            "as fast", (0.02, 1), xycoords=("axes fraction", "data"), va="bottom", color=FAINT, fontsize=9
        )

    return draw


def rules(step: Mapping[str, Mapping[str, float]]) -> Drawing:
    """One row of dots for each rule."""

    def draw(axes: Axes) -> None:
        names: Sequence[str] = list(step)[::-1]
        for i, (who, marker) in enumerate(SHOWN.items()):
            places = [(step[rule][who], y) for y, rule in enumerate(names) if who in step[rule]]
            bound = who == "bandwidth bound"
            axes.plot(
                *zip(*places, strict=True), marker, color=FAINT if bound else COLOURS[i], label=who,
                markersize=11 if bound else 6, markeredgewidth=2 if bound else 0.8, zorder=5 - 0.1 * i,
            )  # fmt: skip
        axes.set_yticks(range(len(names)), [rule.replace("_", " ") for rule in names])
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.grid(axis="y", color=FAINT, alpha=0.3, linewidth=0.6)
        axes.set(xlabel="ns for each parameter, 10 million of them", title="One step of a rule")
        axes.legend(
            ncols=3, loc="upper center", bbox_to_anchor=(0.35, -0.2), columnspacing=1, handletextpad=0.2
        )

    return draw
