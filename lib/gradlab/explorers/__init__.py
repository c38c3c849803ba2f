"""Explorers: move a slider and see at once what changes.

What stands still is drawn once; each move of a slider redraws only what moves over it, as SVG text in a
`widgets.HTML`, which reaches the screen several times as fast as a new picture. Every explorer states a goal, asks for
a prediction before it lets go of its sliders, and leaves a picture behind for readers without a kernel.

`explorer` holds what they have in common, `drawing` the parts of their pictures; then there is one module a lesson.
"""

from gradlab.explorers.adam import adam_explorer
from gradlab.explorers.collecting import collected, typical_shift, world
from gradlab.explorers.convexity import chord_explorer
from gradlab.explorers.explorer import Explorer, Prediction
from gradlab.explorers.gradient_descent import line_explorer, line_surface
from gradlab.explorers.initialization import signal_explorer
from gradlab.explorers.local_optima import basin_explorer
from gradlab.explorers.momentum import momentum_explorer
from gradlab.explorers.per_weight_steps import rates_explorer
from gradlab.explorers.regularization import penalty_explorer
from gradlab.explorers.rmsprop import memory_explorer
from gradlab.explorers.schedules import schedule_explorer
from gradlab.explorers.shifting_surfaces import shift_explorer

__all__ = [
    "Explorer",
    "Prediction",
    "adam_explorer",
    "basin_explorer",
    "chord_explorer",
    "collected",
    "line_explorer",
    "line_surface",
    "memory_explorer",
    "momentum_explorer",
    "penalty_explorer",
    "rates_explorer",
    "schedule_explorer",
    "shift_explorer",
    "signal_explorer",
    "typical_shift",
    "world",
]
