"""Where submissions are graded: the processes of this machine, or a cluster. The same jobs, whatever runs them."""

import multiprocessing
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from itertools import chain, islice
from multiprocessing.util import Finalize
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any, Protocol

from autograder.errors import UserError
from autograder.worker import Done, Job, Setting, close_sandboxes, stay_on, warm, work

# How many jobs wait for each worker: enough that none is idle, few enough that a large class fits into memory.
AHEAD = 4
# Bytes that a worker may come to need: to calculate with an answer, and to read a notebook of the largest size. What
# somebody makes it need beyond that ends in a MemoryError for one submission, where it would end a process of the machine.
OWN_MEMORY = 3 << 30
# How often a job is given out again when the process that had it is gone.
TRIES = 3
# Seconds without a result after which the number of jobs that are out is thought over.
LOOK_AROUND = 2.0
# The same here, where it costs nothing: a job may be there that was not there before.
LOOK_FOR_JOBS = 0.25


# Jobs to hand out. A None among them says that there is none just now, and that there may be one before what is out
# has come back.
Jobs = Iterable[Job | None]


class Workers(Protocol):
    """Who grades: processes that are kept from one batch to the next, or a cluster."""

    def grade(self, jobs: Jobs, setting: Setting) -> Iterator[Done]:
        """Grade jobs; results come in the order in which they are ready, one for each job."""
        ...


def grade_jobs(jobs: Jobs, setting: Setting, workers: int | Workers) -> Iterator[Done]:
    """Grade jobs, on the cores of this machine or on a cluster; results come in the order in which they are ready."""
    if not isinstance(workers, int):
        yield from workers.grade(jobs, setting)
        return
    waiting = iter(jobs)
    first = list(islice(waiting, 1))  # no processes where there is nothing to do
    if first:
        with Processes(workers) as here:
            yield from here.grade(chain(first, waiting), setting)


class Processes:
    """Workers on the cores of this machine; they last as long as the `with` around them, and start with the first job.

    A worker that is ended from outside is replaced, and what it had is graded again.
    """

    def __init__(self, workers: int) -> None:
        self._workers, self._kept = workers, ExitStack()
        self.stopping = Event()  # when it is set, KeyboardInterrupt is raised where nothing is half done
        self._pool: Executor | None = None

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *error: Any) -> None:
        self._kept.__exit__(*error)

    def warm(self, setting: Setting) -> None:
        """Start what the first submissions would have to wait for; raises UserError where there is no sandbox."""
        pool = self._processes()
        for started in [pool.submit(warm, setting) for _ in range(self._workers)]:
            started.result()

    def grade(self, jobs: Jobs, setting: Setting) -> Iterator[Done]:
        """Grade jobs; raises UserError where processes are ended again and again."""
        waiting, again = iter(jobs), list[Job]()
        tries: Counter[str] = Counter()
        while True:
            lost: list[Job] = []
            yield from self._until_one_is_lost(chain(again, waiting), setting, lost)
            if not lost:
                return
            self._kept.close()
            self._pool, again = None, lost
            tries.update(job.student for job in lost)
            hopeless = [student for student, count in tries.items() if count >= TRIES]
            if hopeless:
                raise UserError(
                    f"The processes that grade {', '.join(hopeless[:5])} are ended again and again by something outside "
                    "(is there enough memory?). What was graded before is kept."
                )

    def _until_one_is_lost(
        self, jobs: Iterator[Job | None], setting: Setting, lost: list[Job]
    ) -> Iterator[Done]:
        """Grade until all is done, or the pool breaks: then nothing more is given out, and what was out is lost."""
        pool = self._processes()

        def room() -> int:
            if self.stopping.is_set():
                raise KeyboardInterrupt
            return 0 if lost else AHEAD * self._workers

        yield from through(
            lambda job: pool.submit(work, setting, job),
            jobs,
            room,
            BrokenProcessPool,
            lost,
            LOOK_FOR_JOBS,
        )

    def _processes(self) -> Executor:
        if self._pool is None:
            self._pool = self._kept.enter_context(_processes(self._workers))
        return self._pool


def through(
    submit: Callable[[Job], Future[Done]],
    jobs: Iterator[Job | None],
    ahead: Callable[[], int],
    gone: type[Exception],
    lost: list[Job],
    look_around: float = LOOK_AROUND,
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
                future = ready.get(timeout=look_around)
            except Empty:  # workers may have come, or all be gone; or a job may be there now
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
        workers,
        mp_context=multiprocessing.get_context("fork"),
        initializer=_begin,
        initargs=(os.getpid(), workers),
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


def _begin(parent: int, workers: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    prepare_process()
    if workers >= (os.cpu_count() or 1):  # fewer go where there is room
        stay_on(core_for(multiprocessing.current_process()._identity[0]))
    if hasattr(signal, "SIGALRM"):
        import ctypes  # noqa: PLC0415

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: a worker ends with the grader
        if os.getppid() != parent:
            os._exit(1)


def core_for(number: int) -> int | None:
    """The core on which the worker of this number is to stay; None where cores cannot be chosen."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    return cores[number % len(cores)] if cores else None


def _bound_memory() -> None:
    if sys.platform == "linux":
        import resource  # noqa: PLC0415

        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (OWN_MEMORY, most))
