"""Explorers: move a slider and see at once what changes.

What stands still is drawn once; each move of a slider redraws only what moves over it, as SVG text in a
`widgets.HTML`, which reaches the screen several times as fast as a new picture. Every explorer states a goal, asks for
a prediction before it lets go of its sliders, and leaves a picture behind for readers without a kernel.

`explorer` holds what they have in common, `drawing` the parts of their pictures; then there is one module a lesson.
"""

from gradlab.explorers.explorer import Explorer, Prediction
from gradlab.explorers.momentum import momentum_explorer

__all__ = ["Explorer", "Prediction", "momentum_explorer"]
