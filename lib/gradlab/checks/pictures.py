"""A small picture where it says more than a number: a path beside the path it should be, a histogram beside its aim.

Inline SVG, so that the feedback needs neither a kernel nor matplotlib, and shows on light and dark alike.
"""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt

from gradlab.checks.exercise import Sight

_WIDTH, _HEIGHT, _MARGIN = 300, 110, 8
_SHOULD, _YOURS = "#0072B2", "#D55E00"  # Okabe-Ito; the dashes tell the two apart without colour
_MANY, _BINS = 100, 24

Series = npt.NDArray[np.float64]


def picture(expected: Sequence[Sight], actual: Sequence[Sight], place: int) -> str:
    """The picture that goes with the first difference, at index `place`; empty where a number says it all.

    Values of one name, seen at least four times, are drawn as a path; an array of a hundred numbers or more as a
    histogram.

    >>> run = [Sight("After a step", "w", np.array(1.0))] * 4
    >>> picture(run, [*run[:3], Sight("", "w", np.array(2.0))], 3)[:15]
    '<svg role="img"'
    """
    should, yours = expected[place].value, actual[place].value
    if not (_is_drawable(should) and _is_drawable(yours)):
        return ""
    if should.size >= _MANY and yours.size >= _MANY:
        return _histograms(should.ravel(), yours.ravel(), expected[place].what)
    if should.shape != yours.shape:
        return ""
    same = [i for i, sight in enumerate(expected) if _is_like(sight, expected[place])]
    if len(same) < 4 or not all(_is_like(actual[i], expected[place]) for i in same):
        return ""
    worst = np.unravel_index(np.argmax(np.abs(should - yours)), should.shape)
    one, other = (np.array([sights[i].value[worst] for i in same], float) for sights in (expected, actual))
    return _paths(one, other, expected[place].what)


def _is_drawable(value: npt.NDArray[Any]) -> bool:
    # As float64: a half-precision array would be asked about a number that it cannot hold, and warn.
    return value.dtype.kind in "iuf" and value.size > 0 and bool(np.all(np.abs(value.astype(float)) < 1e12))


def _is_like(sight: Sight, model: Sight) -> bool:
    return sight.what == model.what and sight.value.shape == model.value.shape and _is_drawable(sight.value)


def _paths(should: Series, yours: Series, what: str) -> str:
    both = np.concatenate([should, yours])
    across = _scale(0, len(should) - 1, _MARGIN, _WIDTH - _MARGIN)
    up = _scale(both.min(), both.max(), _HEIGHT - _MARGIN, _MARGIN)
    lines = [
        _line([(across(i), up(y)) for i, y in enumerate(path)], colour, dash)
        for path, colour, dash in [(should, _SHOULD, ""), (yours, _YOURS, "5 4")]
    ]
    return _svg(lines, f"{what}, call after call: the blue line is as it should be, the dashed one is yours.")


def _histograms(should: Series, yours: Series, what: str) -> str:
    edges = np.linspace(min(should.min(), yours.min()), max(should.max(), yours.max()), _BINS + 1)
    counts = [np.histogram(values, edges)[0] / values.size for values in (should, yours)]
    across = _scale(0, _BINS, _MARGIN, _WIDTH - _MARGIN)
    up = _scale(0, max(count.max() for count in counts), _HEIGHT - _MARGIN, _MARGIN)
    lines = [
        _line([(across(i + side), up(y)) for i, y in enumerate(count) for side in (0, 1)], colour, dash)
        for count, colour, dash in zip(counts, (_SHOULD, _YOURS), ("", "5 4"), strict=True)
    ]
    return _svg(
        lines,
        f"How often which value occurs in {what}: the blue line is as it should be, the dashed one is yours.",
    )


def _scale(low: float, high: float, start: float, stop: float) -> Callable[[float], float]:
    span = (high - low) or 1.0
    return lambda value: start + (stop - start) * (value - low) / span


def _line(points: Sequence[tuple[float, float]], colour: str, dash: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>'


def _svg(lines: Sequence[str], words: str) -> str:
    return (
        f'<svg role="img" aria-label="{escape(words)}" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" style="display:block;max-width:100%;border-bottom:1px solid currentColor">'
        f"{''.join(lines)}</svg>"
        f'<div style="font-size:.9em;opacity:.8">{escape(words)}</div>'
    )
