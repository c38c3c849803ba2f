"""How much of a notebook is shown: each output takes from what is left, so that no number of outputs is too many."""

from typing import Any

NOTEBOOK = 12_000_000  # characters; the largest lesson takes 2 000 000
# What takes longer to look at costs more: tags can be nested, a tag can have thousands of attributes, and a text can be
# all brackets and stars.
_TAG, _ATTRIBUTE, _LETTER_OF_PROSE = 200, 20, 50
_BETWEEN_ATTRIBUTES = " \t\n\f/=\"'"


class Allowance:
    """What a notebook may still show."""

    def __init__(self, left: int = NOTEBOOK) -> None:
        """Begin with `left` characters."""
        self.left = left

    @property
    def is_left(self) -> bool:
        """Whether anything more may be shown."""
        return self.left > 0

    def take(self, data: Any, *, prose: bool = False) -> bool:
        """Whether `data` may be looked at and shown; if so, it is taken from what is left."""
        if not isinstance(data, str):
            return True
        cost = len(data) * (_LETTER_OF_PROSE if prose else 1)
        if "<" in data:
            cost += _TAG * data.count("<") + _ATTRIBUTE * sum(map(data.count, _BETWEEN_ATTRIBUTES))
        if cost > self.left:
            return False
        self.left -= cost
        return True

    def text(self, text: str) -> str:
        """As much of a text as may be shown."""
        shown = text[: max(self.left, 1_000)]
        self.left -= len(shown)
        return shown
