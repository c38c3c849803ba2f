"""Stop code that does not end, from within its own process."""

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any


class OutOfTime(BaseException):
    """The code did not end. A BaseException, so that `except Exception` in it does not catch this."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise OutOfTime inside the block after `seconds` of wall time.

    Only where the system can interrupt running code: the main thread of a POSIX process. Elsewhere the block
    runs without a limit.

    >>> with time_limit(3.0):
    ...     print("in good time")
    in good time
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
