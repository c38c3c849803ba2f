"""Figures: drawings side by side on one sheet of paper, with a text alternative.

A drawing (`contours`, `curves`, `heat`, ...) takes data and returns a function that draws on an axes; `panels` puts
drawings next to each other and returns a Figure that notebooks show. Drawings compute nothing of their own.

The paper is a warm white with dark ink, on light and on dark pages alike; lines take the Okabe-Ito colours, which
colour-blind readers can tell apart, and differ in dashes or markers as well; surfaces are drawn in cividis.
"""

from gradlab.plots.lines import bars, curves, dots, histograms
from gradlab.plots.maps import contours, heat, regions
from gradlab.plots.sheet import COLOURS, FAINT, INK, PAPER, Drawing, Figure, panels

__all__ = [
    "COLOURS",
    "FAINT",
    "INK",
    "PAPER",
    "Drawing",
    "Figure",
    "bars",
    "contours",
    "curves",
    "dots",
    "heat",
    "histograms",
    "panels",
    "regions",
]
