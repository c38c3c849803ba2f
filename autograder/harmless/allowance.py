"""How much of a notebook is shown: each output takes from what is left, so that no number of outputs is too many."""

from typing import Any

NOTEBOOK = 12_000_000  # characters; the largest lesson takes 500 000


class Allowance:
    """What a notebook may still show."""

    def __init__(self, left: int = NOTEBOOK) -> None:
        """Begin with `left` characters."""
        self.left = left

    @property
    def is_left(self) -> bool:
        """Whether anything more may be shown."""
        return self.left > 0

    def take(self, data: Any) -> bool:
        """Whether `data` may be shown; a tag costs as much as fifty letters, because it takes as long to look at."""
        if not isinstance(data, str):
            return True
        cost = len(data) + 50 * data.count("<")
        if cost > self.left:
            return False
        self.left -= cost
        return True

    def text(self, text: str) -> str:
        """As much of a text as may be shown."""
        shown = text[: max(self.left, 1_000)]
        self.left -= len(shown)
        return shown
