"""What a learner is told: points, aspect by aspect, the first thing that differs, and the mistake's name."""

from dataclasses import asdict, dataclass
from html import escape
from typing import Any

VERDICT_MIME = "application/vnd.gradlab.verdict+json"

# Colours that hold on white and on black; the words carry the meaning, colour only repeats it.
_RIGHT, _WRONG, _OPEN = "#009E73", "#D55E00", "#888888"


@dataclass(frozen=True)
class AspectResult:
    """One line of the report."""

    name: str
    points: float
    max_points: float


@dataclass(frozen=True)
class Verdict:
    """The answer of `check`.

    Its plain text is the number of points earned, which is what nbgrader reads as partial credit; its HTML is
    the feedback, and `print(verdict)` shows the same words as text.

    Attributes:
        exercise: the name of the function.
        outcome: "right", "wrong", "unwritten", "error" or "timeout".
        aspects: what was looked at.
        story: sentences on the first thing that is not right, empty where all is.
        call: the call that shows it, empty where there is nothing to show.
        mistakes: names of the mistakes that would answer exactly like this.
        picture: SVG that shows the difference, where a picture says more than a number.
        hints: a ladder, each rung telling more than the one before.
        opened: how many rungs of it the learner has asked for.
        notes: friendly remarks that cost nothing.
        graded: False for a warm-up.
    """

    exercise: str
    outcome: str
    aspects: tuple[AspectResult, ...]
    story: tuple[str, ...] = ()
    call: str = ""
    mistakes: tuple[str, ...] = ()
    picture: str = ""
    hints: tuple[str, ...] = ()
    opened: int = 0
    notes: tuple[str, ...] = ()
    graded: bool = True

    @property
    def points(self) -> float:
        """Points earned."""
        return sum(aspect.points for aspect in self.aspects)

    @property
    def max_points(self) -> float:
        """Points to be earned."""
        return sum(aspect.max_points for aspect in self.aspects)

    def __repr__(self) -> str:
        return f"{self.points:g}"

    def __str__(self) -> str:
        lines = [self._headline()]
        lines += [f"  {'+' if _passed(aspect) else '-'} {aspect.name}" for aspect in self.aspects]
        lines += [f"  {name}." for name in self.mistakes]
        lines += [f"  {sentence}" for paragraph in self.story for sentence in paragraph.split("\n")]
        if self.call:
            lines.append(f"  Try it: {self.call}")
        lines += [f"  {name}: {hint}" for name, hint in self._open_hints()]
        lines += [f"  {sentence}" for sentence in (self._next_hint(), *self.notes) if sentence]
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """For machines: what the grader's table and CSV are made of."""
        return {
            "exercise": self.exercise,
            "points": self.points,
            "max_points": self.max_points,
            "outcome": self.outcome,
            "aspects": [asdict(aspect) for aspect in self.aspects],
            "mistakes": list(self.mistakes),
        }

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/plain": repr(self), "text/html": self._repr_html_(), VERDICT_MIME: self.as_dict()}

    def _repr_html_(self) -> str:
        colour = {"right": _RIGHT, "unwritten": _OPEN}.get(self.outcome, _WRONG)
        parts = [f'<div style="font-weight:600">{escape(self._headline())}</div>', self._aspects_html()]
        if self.mistakes:
            parts.append(_paragraph(f"<b>{escape(' or '.join(self.mistakes))}.</b> {_html(self.story[0])}"))
        parts += [_paragraph(_html(text)) for text in self.story[bool(self.mistakes) :]]
        if self.picture:
            parts.append(_paragraph(self.picture))
        if self.call:
            parts.append(
                _paragraph("Try it yourself:")
                + f'<pre style="margin:.2em 0 0;white-space:pre-wrap;background:transparent;color:inherit">{escape(self.call)}</pre>'
            )
        parts += [_paragraph(f"<b>{name}:</b> {_html(hint)}") for name, hint in self._open_hints()]
        parts += [_paragraph(_html(text)) for text in (self._next_hint(), *self.notes) if text]
        style = f"border-left:5px solid {colour};padding:.4em 0 .5em 1em;margin:.3em 0;max-width:48em;line-height:1.45"
        return f'<div class="gradlab-verdict" style="{style}">{"".join(parts)}</div>'

    def _headline(self) -> str:
        if not self.graded:
            return (
                f"{self.exercise}: {'right' if self.outcome == 'right' else 'not yet'} (a warm-up, no points)"
            )
        return f"{self.exercise}: {self.points:g} of {self.max_points:g} points"

    def _open_hints(self) -> list[tuple[str, str]]:
        return [(f"Hint {count}", hint) for count, hint in enumerate(self.hints[: self.opened], 1)]

    def _next_hint(self) -> str:
        if self.opened >= len(self.hints):
            return ""
        return (
            f"Stuck? `check({self.exercise}, hint=True)` opens hint {self.opened + 1} of {len(self.hints)}."
        )

    def _aspects_html(self) -> str:
        def line(aspect: AspectResult) -> str:
            mark, colour = ("✓", _RIGHT) if _passed(aspect) else ("✗", _WRONG)
            if self.outcome == "unwritten":
                mark, colour = "○", _OPEN
            return f'<span style="white-space:nowrap;margin-right:1.2em"><span style="color:{colour};font-weight:700">{mark}</span> {escape(aspect.name)}</span> '

        return f'<div style="margin-top:.15em">{"".join(map(line, self.aspects))}</div>'


def _passed(aspect: AspectResult) -> bool:
    return aspect.points == aspect.max_points


def _paragraph(html: str) -> str:
    return f'<div style="margin-top:.5em">{html}</div>'


def _html(text: str) -> str:
    """Escaped, with `code` set as code and line breaks kept."""
    pieces = escape(text).replace("\n", "<br>").split("`")
    return "".join(f"<code>{piece}</code>" if i % 2 else piece for i, piece in enumerate(pieces))
