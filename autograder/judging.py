"""The judge: hidden checks from outside the student's process, and what they write into the graded cells."""

import re
import socket
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from autograder.errors import UserError
from autograder.inside.wire import ClosedError, LateError, ProtocolError
from autograder.released import name_of
from autograder.sandbox.remote import Looks, NoFunctionError, RemoteFunction
from gradlab.checks import NAMES, VISIBLE_SEED, find_exercise, hidden_seed
from gradlab.checks.exercise import Exercise
from gradlab.checks.judge import Known, judge
from gradlab.checks.observation import SECONDS
from gradlab.checks.verdict import Verdict

_CALL = re.compile(r"check\((\w+)(, hidden=True)?\)")


def is_test(cell: NotebookNode) -> bool:
    """Whether a cell is graded by what it prints, and so by the judge."""
    return cell.cell_type == "code" and bool(is_grade(cell)) and not is_solution(cell)


def exercise_of(cell: NotebookNode) -> Exercise:
    """The exercise that a graded cell checks.

    Raises:
        UserError: where the cell does anything but call `check`, because then no judge would cover it.
    """
    lines = [line for line in cell.source.split("\n") if line.strip() and not line.lstrip().startswith("#")]
    calls = [_CALL.fullmatch(line.strip()) for line in lines]
    names = {call[1] for call in calls if call}
    if not all(calls) or len(names) != 1 or not any(call and call[2] for call in calls):
        raise UserError(
            f"{name_of(cell)}: a graded cell holds check(name), and check(name, hidden=True) as a hidden test, and "
            "nothing else: only that can be judged from outside the student's process."
        )
    (name,) = names
    if not any(name in known for known in NAMES.values()):
        raise UserError(f"{name_of(cell)}: there is no check for {name}, so no judge covers this cell.")
    return find_exercise(name)


@dataclass(frozen=True)
class Judgement:
    """What the judge has to say of one exercise.

    Attributes:
        visible: the verdict that the learner knows from the notebook; None where there was nothing to call.
        hidden: the verdict that counts; None before it is there, and where there was nothing to call.
        error: what to say where there was nothing to call.
        ended: whether Python ended while the function was looked at or called.
        late: whether the function was not even described in time.
        violation: what was sent to the judge that is against the protocol.
        looks: what was read from the function.
    """

    visible: Verdict | None = None
    hidden: Verdict | None = None
    error: str = ""
    ended: bool = False
    late: bool = False
    violation: str = ""
    looks: Looks | None = None

    @property
    def is_open(self) -> bool:
        """Whether the hidden check is still to come."""
        return self.visible is not None and self.hidden is None and not self.error

    @property
    def is_right(self) -> bool:
        """Whether the answer has earned all that it can."""
        return all(
            verdict is not None and verdict.outcome == "right" for verdict in (self.visible, self.hidden)
        )

    @property
    def is_the_same_twice(self) -> bool:
        """Whether hidden numbers say of the answer what the visible ones say."""
        one, other = (
            verdict and (verdict.outcome, verdict.aspects, verdict.mistakes)
            for verdict in (self.visible, self.hidden)
        )
        return one == other

    @property
    def timed_out(self) -> bool:
        """Whether the function did not end within its time."""
        return self.late or "timeout" in (
            verdict.outcome for verdict in (self.visible, self.hidden) if verdict
        )

    def outputs(self) -> list[NotebookNode]:
        """The outputs of the graded cell, from which nbgrader's own recorder reads the points."""
        if self.visible is None or self.hidden is None:
            name, _, words = self.error.partition(": ")
            return [_output("error", ename=name, evalue=words, traceback=[self.error])]
        shown = [] if self.hidden is self.visible else [self.visible]
        return [
            *(_shown("display_data", verdict) for verdict in shown),
            _shown("execute_result", self.hidden, execution_count=None),
        ]


def _shown(kind: str, verdict: Verdict, **parts: Any) -> NotebookNode:
    return _output(kind, data=NotebookNode(verdict._repr_mimebundle_()), metadata=NotebookNode(), **parts)


def _output(kind: str, **parts: Any) -> NotebookNode:
    # nbformat's own constructor compares each output with its schema; these are made here.
    return NotebookNode(output_type=kind, **parts)


def judge_visible(exercise: Exercise, connection: socket.socket) -> Judgement:
    """Judge the function that is served at `connection` with the numbers that everyone sees."""
    function, failed = _reach(exercise, connection)
    if function is None:
        return failed
    verdict = judge(exercise, function, VISIBLE_SEED, known=_known(exercise.name))
    # Other numbers would take as long, and tell as little.
    settled = verdict.outcome in ("timeout", "unwritten") or function.ended or bool(function.violation)
    return Judgement(
        verdict,
        verdict if settled else None,
        ended=function.ended,
        violation=function.violation,
        looks=function.looks,
    )


@cache
def _known(exercise: str) -> Known:
    """What right answers and known mistakes are with the numbers that everyone sees: the same for all submissions."""
    return Known(find_exercise(exercise), VISIBLE_SEED)


def judge_hidden(exercise: Exercise, connection: socket.socket, seed: str, before: Judgement) -> Judgement:
    """Judge it with this student's hidden numbers.

    Who answers now may have seen hidden numbers, so nothing of its own making is said: what can be read from the function
    was read before.
    """
    function, failed = _reach(exercise, connection, before.looks)
    if function is None:
        return replace(failed, visible=before.visible)
    suspects = before.visible.mistakes if before.visible else ()
    verdict = judge(exercise, function, hidden_seed(exercise.name, seed), reveal=False, suspects=suspects)
    return replace(before, hidden=verdict, ended=function.ended, violation=function.violation)


def _reach(
    exercise: Exercise, connection: socket.socket, known: Looks | None = None
) -> tuple[RemoteFunction | None, Judgement]:
    """The function at the other end, or what to say where there is none: even a description may be forged."""
    name = exercise.name
    try:
        return RemoteFunction(name, connection, SECONDS, known), Judgement()
    except NoFunctionError as error:
        return None, Judgement(error=f"NameError: {error}")
    except ClosedError:
        return None, Judgement(error=f"PythonEnded: Python ended when {name} was looked at.", ended=True)
    except LateError:
        words = f"{name} gave no answer and was stopped."
        return None, Judgement(error=f"CellTimeoutError: {words}", late=True)
    except ProtocolError as error:
        return None, Judgement(error=f"PythonEnded: {error}", violation=str(error))
