"""Do parts of the same work at once, on the cores that there are."""

import functools
import os
from collections.abc import Callable, Sequence
from contextvars import copy_context
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

# A few cores read and write as much as the memory can give.
MOST = 4


def cores() -> int:
    """How many parts of some work are worth doing at once, at least 1.

    The cores that this process may use, and no more than OMP_NUM_THREADS says, which NumPy's matrix products heed as
    well.

    >>> 1 <= cores() <= MOST
    True
    """
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    return max(1, min(available, int(wanted) if wanted.isdecimal() else available, MOST))


def at_once(tasks: Sequence[Callable[[], None]]) -> None:
    """Call every one of `tasks`, each in a thread of its own but for the first, and return when all are done.

    They see what `np.errstate` says here. Whatever one of them raises is raised when no other is at work any more.

    >>> at_once([lambda: None, lambda: print("done")])
    done
    """
    others = [_pool(os.getpid()).submit(copy_context().run, task) for task in tasks[1:]]
    try:
        tasks[0]()
    finally:
        errors = [other.exception() for other in others]
    for error in errors:
        if error is not None:
            raise error


@functools.cache
def _pool(_process: int) -> "ThreadPoolExecutor":
    # One for each process, as threads do not survive a fork. Imported late, as few will ever need it.
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    return ThreadPoolExecutor(MOST - 1, thread_name_prefix="gradlab")
