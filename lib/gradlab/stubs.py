"""What stands where a learner's code will go."""

import sys
from typing import NoReturn


class NotWrittenYet(NotImplementedError):  # noqa: N818 (a state of the work, not an error in it)
    """Raised by an exercise that still holds its `todo()`.

    >>> try:
    ...     todo()
    ... except NotWrittenYet as state:
    ...     isinstance(state, NotImplementedError)
    True
    """

    def _render_traceback_(self) -> list[str]:
        # IPython shows this instead of a traceback: nothing is broken, so nothing should look broken.
        return [str(self)]


def todo() -> NoReturn:
    """Mark the place of an exercise that is still to be written.

    >>> def momentum_step():
    ...     todo()
    >>> momentum_step()
    Traceback (most recent call last):
    gradlab.stubs.NotWrittenYet: momentum_step is not written yet.
    Go to the cell that defines it, put your code in place of todo(), run that cell, then run this one again.
    """
    name = sys._getframe(1).f_code.co_name
    name = "This exercise" if name.startswith("<") else name
    raise NotWrittenYet(
        f"{name} is not written yet.\n"
        "Go to the cell that defines it, put your code in place of todo(), run that cell, then run this one again."
    )
