"""What all explorers have in common: a question first, then sliders over a picture."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, NamedTuple

import ipywidgets as widgets

from gradlab import plots
from gradlab.explorers.drawing import WIDTH

_WIDE = widgets.Layout(width="430px")
_LABEL = {"description_width": "120px"}


class Prediction(NamedTuple):
    """A question to be answered before the sliders move.

    Attributes:
        question: what to predict.
        options: the answers to choose from.
        reveal: what really happens, shown after the choice.
    """

    question: str
    options: tuple[str, ...]
    reveal: str


class Explorer(widgets.VBox):
    """Controls over a picture that follows them.

    A lesson's explorer makes its controls, hands them to `__init__`, and overrides `draw` and `still`, and `start` where
    something is to happen when the prediction has been made.

    Attributes:
        waiting: True until the prediction has been made.
        picture: the HTML widget that shows what `draw` returns.
        choice: the buttons of the prediction, where there is one.
        answer: what the prediction is answered with.
    """

    def __init__(self, controls: Sequence[widgets.Widget], *, prediction: Prediction | None = None) -> None:
        self.waiting = prediction is not None
        self.picture = widgets.HTML()
        self.answer = widgets.HTML()
        self.controls = widgets.VBox(list(controls))
        for control in _with_values(controls):
            control.observe(self.redraw, names="value")
        super().__init__([*self._asking(prediction), self.controls, self.picture])
        self.redraw()

    def draw(self) -> str:
        """The picture for the present state of the controls, as SVG."""
        raise NotImplementedError

    def still(self) -> plots.Figure:
        """The picture for readers without a kernel."""
        raise NotImplementedError

    def start(self) -> None:
        """Called once, when the prediction has been made and the controls come free."""

    def redraw(self, change: Any = None) -> None:
        """Draw again."""
        self.picture.value = self.draw()

    def _asking(self, prediction: Prediction | None) -> list[widgets.Widget]:
        if prediction is None:
            return []
        self._prediction = prediction
        self.choice = widgets.ToggleButtons(
            options=prediction.options, value=None, style={"button_width": "auto"}
        )
        self.choice.observe(self._reveal, names="value")
        self._enable(False)
        question = f"<b>Before you move anything:</b> {escape(prediction.question)}"
        return [widgets.HTML(_lines(question)), self.choice, self.answer]

    def _reveal(self, change: Any) -> None:
        said = f"You said <b>{escape(change['new'])}</b>. {escape(self._prediction.reveal)} The sliders are yours now."
        self.answer.value = _lines(said)
        if self.waiting:
            self.waiting = False
            self._enable(True)
            self.start()
            self.redraw()

    def _enable(self, on: bool) -> None:
        for control in _with_values(self.controls.children):
            control.disabled = not on

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        still = self.still()
        data = super()._repr_mimebundle_(**kwargs) or {}
        return {**data, "text/plain": repr(still), "text/html": still._repr_html_()}


def slider(
    name: str, value: float, low: float, high: float, step: float, *, digits: int = 2
) -> widgets.FloatSlider:
    """A slider for a number, labelled on the left, in the width that all explorers use.

    >>> slider("learning rate", 0.1, 0.0, 1.0, 0.01).value
    0.1
    """
    return widgets.FloatSlider(
        value=value,
        min=low,
        max=high,
        step=step,
        description=name,
        readout_format=f".{digits}f",
        layout=_WIDE,
        style=_LABEL,
    )


def whole_slider(name: str, value: int, low: int, high: int) -> widgets.IntSlider:
    """A slider for a whole number, in the same width.

    >>> whole_slider("steps", 3, 0, 10).max
    10
    """
    return widgets.IntSlider(value=value, min=low, max=high, description=name, layout=_WIDE, style=_LABEL)


def _lines(html: str) -> str:
    """Lines of text, no wider than the picture below them."""
    return f'<div style="line-height:1.45;max-width:{WIDTH}px">{html}</div>'


def _with_values(controls: Sequence[widgets.Widget]) -> Iterator[widgets.Widget]:
    for control in controls:
        if isinstance(control, widgets.Box):
            yield from _with_values(control.children)
        elif hasattr(control, "value"):
            yield control
