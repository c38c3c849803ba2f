"""A learner's function that lives in another process: what a check needs to know of it without reading it."""

import inspect
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from typing import Any


class StoppedElsewhere(Exception):  # noqa: N818 (it describes what happened)
    """The function raised an exception in its own process; the text of this one is what to tell the learner."""


class Elsewhere(ABC):
    """Stands for a function in another process. It is called like any other, and is timed over there.

    Attributes:
        has_loop: whether its code loops.
        notebook_variables: the numbers and arrays that it takes from the notebook.
        printed: whether it has printed anything.
    """

    has_loop: bool = False
    notebook_variables: tuple[str, ...] = ()
    printed: bool = False
    __signature__: inspect.Signature

    @abstractmethod
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function; raises StoppedElsewhere, NotWrittenYet or OutOfTime as it ends there."""

    @abstractmethod
    def time_limit(self, seconds: float) -> AbstractContextManager[None]:
        """Raise OutOfTime in the calls inside the block once `seconds` have passed."""
