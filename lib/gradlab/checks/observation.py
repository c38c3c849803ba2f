"""Run a probe on a function that may do anything, and write down what was seen."""

import contextlib
import io
import linecache
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType, TracebackType

import numpy as np

from gradlab.checks.exercise import Aspect, Exercise, Function, Sight
from gradlab.checks.form import Call, Caller, WrongForm
from gradlab.checks.time_limit import OutOfTime, time_limit
from gradlab.stubs import NotWrittenYet

SECONDS = 3.0


@dataclass(frozen=True)
class Observation:
    """What one probe saw of one function.

    Attributes:
        sights: everything seen until the end, or until the function failed.
        calls: for each sight, the call that was made last before it; and at the end the last call of all.
        outcome: "answered", or why there is no more to see: "unwritten", "form", "error", "timeout".
        message: for an outcome other than "answered", what to tell the learner.
        mistake: for the outcome "form", the name of the mistake.
    """

    sights: tuple[Sight, ...]
    calls: tuple[Call, ...]
    outcome: str = "answered"
    message: str = ""
    mistake: str = ""


def observe(exercise: Exercise, aspect: Aspect, function: Function, rng: np.random.Generator) -> Observation:
    """Run the probe of `aspect` on `function`: never raises because of what the function does.

    The function is stopped after `SECONDS`; what it prints is swallowed, and so are its warnings, because a line
    on stderr costs all points under nbgrader.

    >>> from gradlab.checks import find_exercise
    >>> limit = find_exercise("momentum_limit")
    >>> observe(limit, limit.aspects[0], lambda L, rho: 1 / 0, np.random.default_rng(0)).message
    'Your code stopped with ZeroDivisionError: division by zero'
    """
    caller = Caller(exercise, function)
    sights: list[Sight] = []
    calls: list[Call] = []
    outcome, message, mistake = "answered", "", ""
    try:
        with time_limit(SECONDS), _quiet(caller.printed):
            for sight in aspect.probe(caller, rng):
                sights.append(Sight(sight.when, sight.what, np.array(sight.value)))
                calls.append(caller.last_call)
            caller.repeat()
    except NotWrittenYet:
        outcome, message = "unwritten", f"{exercise.name} is not written yet: it still holds its todo()."
    except WrongForm as error:
        outcome, message, mistake = "form", str(error), error.name
    except OutOfTime:
        outcome = "timeout"
        message = (
            f"{exercise.name} gave no answer within {SECONDS:g} seconds and was stopped. "
            "Is there a loop whose condition never becomes false?"
        )
    except (Exception, SystemExit) as error:
        outcome, message = "error", _own_line(error)
    return Observation(tuple(sights), (*calls, caller.last_call), outcome, message, mistake)


@contextlib.contextmanager
def _quiet(printed: io.StringIO) -> Iterator[None]:
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(action="ignore"),
        np.errstate(all="ignore"),
    ):
        yield


def _own_line(error: BaseException) -> str:
    """The exception in the learner's words: their own line, none of our stack."""
    if isinstance(error.__cause__, StopIteration):
        error = error.__cause__  # what Python makes of it inside a probe would puzzle the learner
    problem = "".join(traceback.format_exception_only(error)).strip()
    if "^" in problem or "bitwise_xor" in problem:
        problem += "\n(In Python a power is written `**`, not `^`.)"
    frame = _innermost_outside_library(error.__traceback__)
    if frame is None:
        return f"Your code stopped with {problem}"
    line = linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip()
    where = f"line {frame.f_lineno} of its cell" + (f": {line}" if line else "")
    return f"Your code stopped with {problem}\nat {where}"


def _innermost_outside_library(trace: TracebackType | None) -> FrameType | None:
    # The learner's own frames are those of a notebook cell; an error raised inside NumPy is theirs one frame up.
    found = None
    while trace is not None:
        filename = trace.tb_frame.f_code.co_filename
        if "ipykernel_" in filename or "ipython-input" in filename or filename == "<string>":
            found = trace.tb_frame
        trace = trace.tb_next
    return found
