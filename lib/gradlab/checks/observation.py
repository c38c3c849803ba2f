"""Run a probe on a function that may do anything, and write down what was seen."""

import contextlib
import io
import linecache
import traceback
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import NamedTuple

import numpy as np

from gradlab.checks.elsewhere import Elsewhere, StoppedElsewhere
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
    seen: list[tuple[Sight, Call]] = []
    with quiet(caller.printed):
        try:
            with _time_limit(function):
                ending = _watch(aspect, caller, rng, seen)
        except OutOfTime:
            message = (
                f"{exercise.name} gave no answer within {SECONDS:g} seconds and was stopped. "
                "Is there a loop whose condition never becomes false?"
            )
            ending = _Ending("timeout", message)
    return Observation(
        tuple(sight for sight, _ in seen), (*(call for _, call in seen), caller.last_call), *ending
    )


class _Ending(NamedTuple):
    outcome: str = "answered"
    message: str = ""
    mistake: str = ""


def _watch(
    aspect: Aspect, caller: Caller, rng: np.random.Generator, seen: list[tuple[Sight, Call]]
) -> _Ending:
    """Run the probe, filling `seen`; the learner's exceptions end here, in words, which are theirs to choose as well."""
    exercise = caller.exercise
    try:
        for sight in aspect.probe(caller, rng):
            seen.append((Sight(sight.when, sight.what, np.array(sight.value)), caller.last_call))
        caller.repeat()
    except NotWrittenYet:
        return _Ending("unwritten", f"{exercise.name} is not written yet: it still holds its todo().")
    except WrongForm as error:
        return _Ending("form", str(error), error.name)
    except (KeyboardInterrupt, OutOfTime):
        raise
    except BaseException as error:
        return _Ending("error", own_words(error))
    return _Ending()


def _time_limit(function: Function) -> AbstractContextManager[None]:
    # What lives in another process is stopped there: an alarm here would ring in the middle of a message.
    return function.time_limit(SECONDS) if isinstance(function, Elsewhere) else time_limit(SECONDS)


@contextlib.contextmanager
def quiet(printed: io.StringIO) -> Iterator[None]:
    """Keep in `printed` what is printed inside the block, and drop warnings."""
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(action="ignore"),
        np.errstate(all="ignore"),
    ):
        yield


# What is in a message of Python or NumPy that says little to a beginner, and what to do about it.
_REMEDIES = (
    (("^", "bitwise_xor"), "In Python a power is written `**`, not `^`."),
    (
        ("truth value of an array",),
        "`if`, `min` and `max` ask one number; `np.where`, `np.minimum` and `np.maximum` ask every entry of an array.",
    ),
    (
        ("only 0-dimensional arrays", "only length-1 arrays"),
        "`int`, `float` and the functions of `math` take one number; those of NumPy take every entry of an array.",
    ),
    (
        ("could not be broadcast together",),
        "NumPy lines shapes up from their last axis. Which axis should each of your sums and means go along?",
    ),
    (
        ("'tuple' and", "and 'tuple'"),
        "One side is several values in one: pick the one that you mean, as in `values[0]`.",
    ),
    (
        ("'list' and", "and 'list'"),
        "A list does no arithmetic: `np.asarray` makes an array of it.",
    ),
)


def own_words(error: BaseException) -> str:
    """The exception in the learner's words: their own line, none of our stack."""
    if isinstance(error, StoppedElsewhere):
        return str(error)
    try:
        return _in_words(error)
    except (KeyboardInterrupt, OutOfTime):
        raise
    except BaseException:  # its class is the learner's as well
        return "Your code stopped with an exception that cannot be shown."


def _in_words(error: BaseException) -> str:
    if isinstance(error.__cause__, StopIteration):
        error = error.__cause__  # what Python makes of it inside a probe would puzzle the learner
    problem = "".join(traceback.format_exception_only(error)).strip()
    remedy = next((remedy for signs, remedy in _REMEDIES if any(sign in problem for sign in signs)), None)
    if remedy:
        problem += f"\n({remedy})"
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
