"""Run a probe on a function that may do anything, and write down what was seen."""

import contextlib
import copy
import io
import linecache
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gradlab.checks.exercise import Aspect, Exercise, Function, Sight
from gradlab.stubs import NotWrittenYet

SECONDS = 3.0


class WrongForm(Exception):  # noqa: N818 (it describes the answer)
    """The function answered, but not in the form that the exercise asks for."""


class OutOfTime(BaseException):
    """The function did not answer. A BaseException, so that `except Exception` in it does not catch this."""


class Call(NamedTuple):
    """The arguments of a call, as they were before it."""

    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = {}  # noqa: RUF012 (nobody writes into it)


@dataclass(frozen=True)
class Observation:
    """What one probe saw of one function.

    Attributes:
        sights: everything seen until the end, or until the function failed.
        calls: for each sight, the call that was made last before it; and at the end the last call of all.
        outcome: "answered", or why there is no more to see: "unwritten", "form", "error", "timeout".
        message: for an outcome other than "answered", what to tell the learner.
    """

    sights: tuple[Sight, ...]
    calls: tuple[Call, ...]
    outcome: str = "answered"
    message: str = ""


def observe(exercise: Exercise, aspect: Aspect, function: Function, rng: np.random.Generator) -> Observation:
    """Run the probe of `aspect` on `function`: never raises because of what the function does.

    The function is stopped after `SECONDS`; what it prints is swallowed, and so are its warnings, because a line
    on stderr costs all points under nbgrader.
    """
    caller = _Caller(exercise, function)
    sights: list[Sight] = []
    calls: list[Call] = []
    outcome, message = "answered", ""
    try:
        with time_limit(SECONDS), _quiet(caller.printed):
            for sight in aspect.probe(caller, rng):
                sights.append(Sight(sight.when, sight.what, np.array(sight.value)))
                calls.append(caller.last_call)
    except NotWrittenYet:
        outcome, message = "unwritten", f"{exercise.name} is not written yet: it still holds its todo()."
    except WrongForm as error:
        outcome, message = "form", str(error)
    except OutOfTime:
        outcome = "timeout"
        message = (
            f"{exercise.name} gave no answer within {SECONDS:g} seconds and was stopped. "
            "Is there a loop whose condition never becomes false?"
        )
    except (Exception, SystemExit) as error:
        outcome, message = "error", _own_line(error)
    return Observation(tuple(sights), (*calls, caller.last_call), outcome, message)


@contextlib.contextmanager
def _quiet(printed: io.StringIO) -> Iterator[None]:
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(action="ignore"),
        np.errstate(all="ignore"),
    ):
        yield


class _Caller:
    """Stands in for the function: remembers the last call and insists on the form of the answer."""

    def __init__(self, exercise: Exercise, function: Function) -> None:
        self.exercise, self.function = exercise, function
        self.printed = io.StringIO()
        self.last_call = Call()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.last_call = Call(copy.deepcopy(args), copy.deepcopy(kwargs))
        values = self._unpacked(self.function(*args, **kwargs))
        return values[0] if len(values) == 1 else values

    def _unpacked(self, result: Any) -> tuple[npt.NDArray[Any], ...]:
        name, returns = self.exercise.name, self.exercise.returns
        asked = f"{name} must return {_listed(returns)}"
        if result is None:
            how = (
                "It prints instead: replace print(...) by return."
                if self.printed.getvalue()
                else "Does it end with a return?"
            )
            raise WrongForm(f"{asked}; yours returns nothing (None). {how}")
        if len(returns) == 1:
            return (_numbers(result, returns[0], asked),)
        if not isinstance(result, tuple | list) or len(result) != len(returns):
            got = (
                f"{len(result)} values"
                if isinstance(result, tuple | list)
                else f"a single {type(result).__name__}"
            )
            raise WrongForm(f"{asked}, {len(returns)} values in this order; yours returns {got}.")
        return tuple(_numbers(value, what, asked) for value, what in zip(result, returns, strict=True))


def _numbers(value: Any, what: str, asked: str) -> npt.NDArray[Any]:
    try:
        array = np.array(value)
    except Exception:
        array = np.array(None)
    if array.dtype.kind not in "iuf":
        raise WrongForm(
            f"{asked}; the {what} that yours returns is a {type(value).__name__}, not a real number or an array of them."
        )
    return array


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def typed(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """The call as a learner would type it, to try it by hand.

    >>> typed("step", (np.array([1.0, 2.5]), 3), {"lr": 0.1})
    'step(np.array([1. , 2.5]), 3, lr=0.1)'
    """
    words = [_typed_value(value) for value in args] + [
        f"{key}={_typed_value(value)}" for key, value in kwargs.items()
    ]
    return f"{name}({', '.join(words)})"


def _typed_value(value: Any) -> str:
    if isinstance(value, np.ndarray) and value.ndim:
        return f"np.array({np.array2string(value, separator=', ', precision=4, threshold=24, max_line_width=100)})"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


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


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise OutOfTime inside the block after `seconds` of wall time.

    Only where the system can interrupt running code: the main thread of a POSIX process. Elsewhere the block
    runs without a limit.
    """
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(signum: int, frame: FrameType | None) -> None:
        # A bare `except:` swallows what is raised here; so the next line of the learner's code raises too, which
        # is the one behind the `except:`. What swallows that as well hears the bell again.
        sys.settrace(lambda *_: None)
        while frame is not None and frame.f_code.co_filename != __file__:
            frame.f_trace = _stop
            frame = frame.f_back
        raise OutOfTime

    before, tracing = signal.signal(signal.SIGALRM, ring), sys.gettrace()
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        sys.settrace(tracing)


def _stop(frame: FrameType, event: str, arg: Any) -> Any:
    if event == "line":
        raise OutOfTime
    return _stop
