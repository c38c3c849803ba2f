"""Where submissions are graded: the processes of this machine, or a cluster. The same jobs, whatever runs them."""

import multiprocessing
import os
import signal
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import chain, islice
from multiprocessing.util import Finalize

from autograder.errors import UserError
from autograder.worker import Done, Job, Setting, close_sandboxes, work

# How many jobs wait for each worker: enough that none is idle, few enough that a large class fits into memory.
AHEAD = 4
# Bytes that a worker may come to need: to calculate with an answer, and to read a notebook of the largest size. What
# somebody makes it need beyond that ends in a MemoryError for one submission, where it would end a process of the machine.
OWN_MEMORY = 3 << 30
# How often a job is given out again when the process that had it is gone.
TRIES = 3


def grade_jobs(jobs: Iterable[Job], setting: Setting, workers: int) -> Iterator[Done]:
    """Grade jobs on the cores of this machine; results come in the order in which they are ready.

    A worker that is ended from outside is replaced, and what it had is graded again.
    """
    waiting = iter(jobs)
    again: list[Job] = list(islice(waiting, 1))  # no processes where there is nothing to do
    tries: Counter[str] = Counter()
    while again:
        lost: list[Job] = []
        with _processes(workers) as pool:
            yield from _through(pool, chain(again, waiting), setting, AHEAD * workers, lost)
        again = lost
        tries.update(job.student for job in lost)
        hopeless = [student for student, count in tries.items() if count >= TRIES]
        if hopeless:
            raise UserError(
                f"The processes that grade {', '.join(hopeless[:5])} are ended again and again by something outside "
                "(is there enough memory?). What was graded before is kept."
            )


def _through(
    pool: Executor, jobs: Iterator[Job], setting: Setting, ahead: int, lost: list[Job]
) -> Iterator[Done]:
    """Keep `ahead` jobs in the pool; those of a pool that breaks are put into `lost`."""
    given: dict[Future[Done], Job] = {}

    def give_out() -> None:
        while len(given) < ahead and not lost:
            job = next(jobs, None)
            if job is None:
                return
            try:
                given[pool.submit(work, setting, job)] = job
            except BrokenProcessPool:
                lost.append(job)

    give_out()
    while given:
        ready, _ = wait(given, return_when=FIRST_COMPLETED)
        for future in ready:
            job = given.pop(future)
            try:
                done = future.result()
            except BrokenProcessPool:
                lost.append(job)
            else:
                give_out()
                yield done


@contextmanager
def _processes(workers: int) -> Iterator[Executor]:
    """A pool of processes that leave Ctrl-C to us, and end with us."""
    # Forked before anything has opened the gradebook or started a thread; everything is imported already.
    pool = ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("fork"), initializer=_begin, initargs=(os.getpid(),)
    )
    try:
        yield pool
    except BaseException:
        # Whoever waits for a hanging submission waits for its whole budget.
        for process in list((pool._processes or {}).values()):
            process.kill()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin(parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _bound_memory()
    Finalize(None, close_sandboxes, exitpriority=1)
    if hasattr(signal, "SIGALRM"):
        import ctypes  # noqa: PLC0415

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: a worker ends with the grader
        if os.getppid() != parent:
            os._exit(1)


def _bound_memory() -> None:
    if sys.platform == "linux":
        import resource  # noqa: PLC0415

        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (OWN_MEMORY, most))
