"""What a check is made of: an exercise, its aspects, and the mistakes that have a name.

A check is declarative. Each *aspect* has a probe: a short function that calls the exercise with numbers drawn
from a generator and yields what it saw. The probe is run on the reference and on the learner's function with
the same numbers; equal sights earn the aspect's points. It is also run on every named *mistake*: sights equal
to those of a mistake name it. The same mistakes are the wrong implementations that the tests must see rejected.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

Function = Callable[..., Any]


class Sight(NamedTuple):
    """One thing that a probe saw.

    Attributes:
        when: opens the sentence that reports it, e.g. "After 3 steps".
        what: the name of the value, e.g. "w".
        value: a number or an array.
    """

    when: str
    what: str
    value: Any


Probe = Callable[[Function, np.random.Generator], Iterator[Sight]]


@dataclass(frozen=True)
class Advice:
    """What a learner is told about a way to go wrong.

    Attributes:
        name: short, e.g. "History forgotten".
        why: what goes wrong, in a sentence to the learner.
        hint: a question that leads back to the formula; never the answer.
    """

    name: str
    why: str
    hint: str


@dataclass(frozen=True)
class Mistake(Advice):
    """A wrong implementation that people really write.

    Attributes:
        function: the mistake itself.
    """

    function: Function


@dataclass(frozen=True)
class Aspect:
    """One separately graded side of an exercise.

    Attributes:
        name: what the learner reads in the list, e.g. "several steps".
        points: what it is worth.
        probe: calls the function and yields what it saw.
        care: for good manners, such as leaving the caller's arrays alone: the advice for work that lacks
            nothing else. Manners earn points only when some value is right too: a function that does nothing
            has good manners.
        rtol: relative tolerance, on the scale of the largest expected entry.
    """

    name: str
    points: float
    probe: Probe
    care: Advice | None = None
    rtol: float = 1e-5


@dataclass(frozen=True)
class Exercise:
    """One function that learners write.

    Attributes:
        name: of the function.
        lesson: where it is asked for, e.g. "05-momentum".
        returns: the names of what it returns, in order.
        reference: a right implementation, itself proven against an independent engine.
        aspects: what is looked at, in the order of the report.
        graded: False for a warm-up that carries no marks.
        mistakes: the wrong implementations that have a name.
    """

    name: str
    lesson: str
    returns: tuple[str, ...]
    reference: Function
    aspects: tuple[Aspect, ...]
    graded: bool = True
    mistakes: list[Mistake] = field(default_factory=list)

    @property
    def max_points(self) -> float:
        """The sum of its aspects."""
        return sum(aspect.points for aspect in self.aspects)

    def mistake(self, name: str, *, why: str, hint: str) -> Callable[[Function], Function]:
        """Decorate a wrong implementation to give it a name."""

        def register(function: Function) -> Function:
            self.mistakes.append(Mistake(name, why, hint, function))
            return function

        return register
