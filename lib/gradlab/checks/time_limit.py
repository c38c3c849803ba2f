"""Stop code that does not end, from within its own process."""

import dis
import signal
import sys
import threading
import time
from contextlib import AbstractContextManager, nullcontext
from types import FrameType
from typing import Any

# Seconds after which the bell rings again, for code that goes on although it was told to stop.
AGAIN = 0.1
# Entering and leaving a handler is one instruction each. An exception that a trace function raises just before it makes
# Python believe for good that the one before is still being handled: the next instruction will do.
_MIDWAY = {dis.opmap["PUSH_EXC_INFO"], dis.opmap["POP_EXCEPT"]}


class OutOfTime(BaseException):
    """The code did not end. A BaseException, so that `except Exception` in it does not catch this."""


def time_limit(seconds: float) -> AbstractContextManager[None]:
    """Stop what the block calls after `seconds` of wall time.

    Only where the system can interrupt running code: the main thread of a POSIX process. Elsewhere the block
    runs without a limit.

    Raises:
        OutOfTime: inside what the block calls and nowhere else, whenever and however often the bell rings. After the
            block, timer, handler and trace are as they were before it.

    >>> with time_limit(3.0):
    ...     print("in good time")
    in good time
    """
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        return nullcontext()
    return _Limit(seconds)


class _Limit:
    """The limit of one block.

    The bell may ring at any instruction, ours included, and an exception while we clean up would leave the timer running
    for whoever comes next. So it is raised only below the frame that holds the block.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._block: FrameType | None = None
        self._traced: list[tuple[FrameType, Any]] = []

    def __enter__(self) -> None:
        self._trace, self._started = sys.gettrace(), time.monotonic()
        self._handler = signal.signal(signal.SIGALRM, self._ring)
        self._outer = signal.setitimer(signal.ITIMER_REAL, self._seconds, AGAIN)
        self._block = sys._getframe(1)

    def __exit__(self, *_: object) -> None:
        self._block = None
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self._handler or signal.SIG_DFL)
        sys.settrace(self._trace)
        while self._traced:  # a generator may live on, and would be stopped whenever it is traced
            frame, trace = self._traced.pop()
            frame.f_trace, frame.f_trace_opcodes = trace, False
        left, interval = self._outer
        if left:  # a limit within a limit: the outer bell is still to ring
            left -= time.monotonic() - self._started
            signal.setitimer(signal.ITIMER_REAL, max(left, 1e-6), interval)

    def _ring(self, signum: int, frame: FrameType | None) -> None:
        frames = self._frames_below_the_block(frame)
        if not frames:
            return
        # A bare `except:` swallows what is raised here; so the next line of the learner's code raises too, which
        # is the one behind the `except:`. What swallows that as well hears the bell again.
        sys.settrace(lambda *_: None)
        for below in frames:
            self._traced.append((below, below.f_trace))
            below.f_trace = _stop
        raise OutOfTime

    def _frames_below_the_block(self, frame: FrameType | None) -> list[FrameType]:
        """From the frame in which the bell rings out to the block; none where that is no code of the learner's."""
        frames: list[FrameType] = []
        while frame is not None and frame is not self._block:
            if frame.f_code in (_Limit.__enter__.__code__, _Limit.__exit__.__code__):
                return []
            frames.append(frame)
            frame = frame.f_back
        return frames if frame is not None else []


def _stop(frame: FrameType, event: str, arg: Any) -> Any:
    if event in ("line", "opcode"):
        if frame.f_code.co_code[frame.f_lasti] not in _MIDWAY:
            raise OutOfTime
        frame.f_trace_opcodes = True
    return _stop
