"""The judge: hidden checks from outside the student's process, and what they write into the graded cells."""

import re
import socket
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.utils import is_grade, is_solution

from autograder.errors import UserError
from autograder.released import name_of
from autograder.sandbox.remote import NoFunctionError, RemoteFunction
from gradlab.checks import NAMES, VISIBLE_SEED, find_exercise, hidden_seed
from gradlab.checks.exercise import Exercise
from gradlab.checks.judge import judge
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
        hidden: the verdict that counts.
        error: what to say where there was nothing to call.
        ended: whether Python ended while the function was called.
        violation: what was sent to the judge that is against the protocol.
    """

    visible: Verdict | None = None
    hidden: Verdict | None = None
    error: str = ""
    ended: bool = False
    violation: str = ""

    def outputs(self) -> list[NotebookNode]:
        """The outputs of the graded cell, from which nbgrader's own recorder reads the points."""
        if self.visible is None or self.hidden is None:
            name, _, words = self.error.partition(": ")
            return [new_output("error", ename=name, evalue=words, traceback=[self.error])]
        shown = [] if self.hidden is self.visible else [self.visible]
        return [
            *(new_output("display_data", data=verdict._repr_mimebundle_()) for verdict in shown),
            new_output("execute_result", data=self.hidden._repr_mimebundle_(), execution_count=None),
        ]


def judge_function(exercise: Exercise, connection: socket.socket, seed: str) -> Judgement:
    """Judge the function that is served at `connection`, with the numbers that everyone sees and with this student's.

    Raises ProtocolError or ClosedError where the other side breaks the protocol or is gone.
    """
    try:
        function = RemoteFunction(exercise.name, connection, SECONDS)
    except NoFunctionError as error:
        return Judgement(error=f"NameError: {error}")
    visible = judge(exercise, function, VISIBLE_SEED)
    if visible.outcome in ("timeout", "unwritten") or function.ended or function.violation:
        hidden = visible  # other numbers would take as long, and tell as little
    else:
        hidden = judge(exercise, function, hidden_seed(exercise.name, seed), reveal=False)
    return Judgement(visible, hidden, ended=function.ended, violation=function.violation)
