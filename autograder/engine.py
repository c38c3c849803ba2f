"""Where submissions are graded: the processes of this machine, or a cluster. The same jobs, whatever runs them."""

import multiprocessing
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import chain, islice
from multiprocessing.util import Finalize
from queue import Empty, SimpleQueue
from typing import Protocol

from autograder.errors import UserError
from autograder.worker import Done, Job, Setting, close_sandboxes, work

# How many jobs wait for each worker: enough that none is idle, few enough that a large class fits into memory.
AHEAD = 4
# Bytes that a worker may come to need: to calculate with an answer, and to read a notebook of the largest size. What
# somebody makes it need beyond that ends in a MemoryError for one submission, where it would end a process of the machine.
OWN_MEMORY = 3 << 30
# How often a job is given out again when the process that had it is gone.
TRIES = 3
# Seconds without a result after which the number of jobs that are out is thought over.
LOOK_AROUND = 2.0


class Workers(Protocol):
    """Who grades, where it is not this machine's own processes: a cluster."""

    def grade(self, jobs: Iterable[Job], setting: Setting) -> Iterator[Done]:
        """Grade jobs; results come in the order in which they are ready, one for each job."""
        ...


def grade_jobs(jobs: Iterable[Job], setting: Setting, workers: int | Workers) -> Iterator[Done]:
    """Grade jobs, on the cores of this machine or on a cluster; results come in the order in which they are ready.

    A worker that is ended from outside is replaced, and what it had is graded again.
    """
    if not isinstance(workers, int):
        yield from workers.grade(jobs, setting)
        return
    waiting = iter(jobs)
    again: list[Job] = list(islice(waiting, 1))  # no processes where there is nothing to do
    tries: Counter[str] = Counter()
    while again:
        lost: list[Job] = []
        yield from _on_this_machine(chain(again, waiting), setting, workers, lost)
        again = lost
        tries.update(job.student for job in lost)
        hopeless = [student for student, count in tries.items() if count >= TRIES]
        if hopeless:
            raise UserError(
                f"The processes that grade {', '.join(hopeless[:5])} are ended again and again by something outside "
                "(is there enough memory?). What was graded before is kept."
            )


def _on_this_machine(jobs: Iterator[Job], setting: Setting, workers: int, lost: list[Job]) -> Iterator[Done]:
    """Grade until all is done, or the pool breaks: then nothing more is given out, and what was out is lost."""
    with _processes(workers) as pool:
        ahead = AHEAD * workers
        yield from through(
            lambda job: pool.submit(work, setting, job),
            jobs,
            lambda: 0 if lost else ahead,
            BrokenProcessPool,
            lost,
        )


def through(
    submit: Callable[[Job], Future[Done]],
    jobs: Iterator[Job],
    ahead: Callable[[], int],
    gone: type[Exception],
    lost: list[Job],
) -> Iterator[Done]:
    """Keep `ahead()` jobs with the workers; those that end in `gone`, because their worker did, are put into `lost`."""
    given: dict[Future[Done], Job] = {}
    ready: SimpleQueue[Future[Done]] = SimpleQueue()

    def give_out() -> None:
        while len(given) < ahead():
            job = next(jobs, None)
            if job is None:
                return
            try:
                future = submit(job)
            except gone:
                lost.append(job)
            else:
                given[future] = job
                future.add_done_callback(ready.put)

    try:
        give_out()
        while given:
            try:
                future = ready.get(timeout=LOOK_AROUND)
            except Empty:  # workers may have come, or all be gone
                give_out()
                continue
            job = given.pop(future)
            try:
                done = future.result()
            except gone:
                lost.append(job)
                give_out()
            else:
                give_out()  # before the result is recorded: nobody waits for that
                yield done
    finally:
        for future in given:
            future.cancel()


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


def prepare_process() -> None:
    """Make this process one that works: its memory is bound, and its sandboxes end with it."""
    _bound_memory()
    Finalize(None, close_sandboxes, exitpriority=1)


def _begin(parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    prepare_process()
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
