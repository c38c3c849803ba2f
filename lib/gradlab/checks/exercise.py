"""What a check is made of: an exercise, its aspects, and the mistakes that have a name.

A check is declarative. Each *aspect* has a probe: a short function that calls the exercise with numbers drawn
from a generator and yields what it saw. The probe is run on the reference and on the learner's function with
the same numbers; equal sights earn the aspect's points. It is also run on every named *mistake*: sights equal
to those of a mistake name it, and on every accepted *convention*: sights equal to those of a convention earn full
marks and a note. The mistakes are the wrong implementations that the tests must see rejected.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np

Function = Callable[..., Any]

# What a function returns: numbers or arrays of them; True or False, or an array of these; a word; a list of arrays
# that need not have the same length; or anything at all, which the probe then looks into by itself.
Kind = Literal["numbers", "truth", "word", "arrays", "anything"]


class Sight(NamedTuple):
    """One thing that a probe saw.

    Attributes:
        when: opens the sentence that reports it, e.g. "After 3 steps".
        what: the name of the value, e.g. "w".
        value: a number, a truth value, a word, or an array of one of these.
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
class Convention:
    """Another way to write the exercise that is right too: full marks, and a note.

    Attributes:
        note: what is different about it, in a friendly sentence.
        function: the exercise written that way.
    """

    note: str
    function: Function


@dataclass(frozen=True)
class Aspect:
    """One separately graded side of an exercise.

    Attributes:
        name: what the learner reads in the list, e.g. "several steps".
        points: what it is worth.
        probe: calls the function and yields what it saw.
        lacking: what to say to work that lacks this aspect and nothing else.
        manners: True for good manners, such as leaving the caller's arrays alone. They earn points only when some
            value is right too: a function that does nothing has good manners.
        coarse: True where many mistakes look the same, as when all that is told is a band. Then a mistake is named only
            if everything else is as with it, too.
        rtol: relative tolerance, on the scale of the largest expected entry.
    """

    name: str
    points: float
    probe: Probe
    lacking: Advice | None = None
    manners: bool = False
    coarse: bool = False
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
        hints: the ladder that a learner climbs one rung at a time: where to look, then the step in words. Never
            the code.
        kinds: what each of the returned values is; numbers where nothing is said.
        vectorised: True where NumPy needs no loop. A loop is then mentioned, and costs nothing.
        graded: False for a warm-up that carries no marks.
        mistakes: the wrong implementations that have a name.
        conventions: the other ways that are right.
    """

    name: str
    lesson: str
    returns: tuple[str, ...]
    reference: Function
    aspects: tuple[Aspect, ...]
    hints: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    vectorised: bool = False
    graded: bool = True
    mistakes: list[Mistake] = field(default_factory=list)
    conventions: list[Convention] = field(default_factory=list)

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

    def convention(self, note: str) -> Callable[[Function], Function]:
        """Decorate another right way to write the exercise, with what is different about it."""

        def register(function: Function) -> Function:
            self.conventions.append(Convention(note, function))
            return function

        return register
