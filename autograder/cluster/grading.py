"""Grade on a Dask cluster: the same jobs, sent to workers on other machines."""

import asyncio
import atexit
import logging
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from functools import cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from autograder.cluster import leaves_ctrl_c
from autograder.cluster.keys import certificates
from autograder.cluster.place import Place, find_place
from autograder.cluster.serve import insist_on_dask, settings
from autograder.cluster.versions import differences, this_machine, versions
from autograder.engine import AHEAD, LOOK_AROUND, Jobs, core_for, prepare_process, through
from autograder.errors import UserError
from autograder.outcome import Outcome, Status
from autograder.worker import Done, Job, Setting, stay_on, work

if TYPE_CHECKING:
    from distributed import Client

# Seconds for the other end to take leave, which a scheduler that is gone does not.
GOODBYE = 5
KEPT = "What was graded before is kept."


class LostError(Exception):
    """The scheduler does not answer any more."""


class Cluster:
    """The workers of a cluster; `close` lets go of it.

    Args:
        where: what somebody gave as `--cluster`.
        workers: how many to start, where the cluster is a local one.
    """

    def __init__(self, where: str, workers: int) -> None:
        self.place, self._count = find_place(where), workers
        insist_on_dask()
        self._client: Client | None = None
        self._local: Any = None
        self._slots, self._counted, self._last_seen = 0, 0.0, 0.0

    def grade(self, jobs: Jobs, setting: Setting) -> Iterator[Done]:
        """Grade jobs; results come in the order in which they are ready.

        What a lost worker had is graded elsewhere. Raises UserError where the cluster cannot be used, or is lost.
        """
        waiting = iter(jobs)
        first = list(islice(waiting, 1))  # no connection where there is nothing to do
        if not first:
            return
        client = self.client()
        from distributed import KilledWorker  # noqa: PLC0415 (a second, which only a cluster is worth)

        wanted = versions()
        loop: Any = client.loop

        def submit(job: Job) -> Future[Done]:
            task = client.submit(grade_here, wanted, setting, job, pure=False)
            # Not Client.get_executor(): its futures wait for ever when the scheduler goes while a result is fetched.
            return asyncio.run_coroutine_threadsafe(_bring(task), loop.asyncio_loop)

        lost: list[Job] = []
        try:
            yield from through(submit, chain(first, waiting), self._ahead, KilledWorker, lost)
            # Their workers died again and again, though not by all of their doing: each once more, and alone.
            for job in lost:
                hopeless: list[Job] = []
                yield from through(submit, iter([job]), self._ahead, KilledWorker, hopeless)
                yield from map(_given_up, hopeless)
        except (CancelledError, LostError) as error:
            self.close()
            raise UserError(
                f"The scheduler {self.place.address} was lost in the middle of the batch ({_said(error)}). {KEPT} "
                "See to the scheduler, then run the same command again."
            ) from error

    def client(self) -> "Client":
        """The connection, made on first use.

        Raises UserError where there is no scheduler, no worker, or a worker that is not like this machine.
        """
        if self._client is None:
            import dask.config  # noqa: PLC0415
            import distributed  # noqa: PLC0415

            dask.config.set(settings(self.place))
            for logger in (distributed.__name__, distributed.client.__name__):  # what matters is said by us
                logging.getLogger(logger).setLevel(logging.CRITICAL)
            atexit.register(self.close)
            try:
                self._client = self._connected()
                self._wait_for_workers()
                _compare(self._client)
            except BaseException:
                self.close()
                raise
        return self._client

    def close(self) -> None:
        """Let go of the cluster, and end a local one."""
        atexit.unregister(self.close)
        client, local = self._client, self._local
        self._client = self._local = None
        for each in (client, local):
            if each is not None:
                with suppress(TimeoutError, OSError):
                    each.close(timeout=GOODBYE)

    def _connected(self) -> "Client":
        from distributed import Client, LocalCluster  # noqa: PLC0415

        place = self.place
        try:
            security = _security(place)
            if place.is_local:
                self._local = LocalCluster(
                    n_workers=self._count, threads_per_worker=1, memory_limit=0, dashboard_address="127.0.0.1:0",
                    worker_dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL, security=security,
                    preload=[leaves_ctrl_c.__name__],
                )  # fmt: skip
            return Client(self._local or place.address, timeout=place.wait, security=security)
        except (OSError, TypeError, ValueError, RuntimeError) as error:
            raise UserError(
                f"The scheduler {place.address} cannot be reached: {_said(error)}. Is it running, and may this machine "
                "talk to it? docs/cluster.md says how it is started, and with which certificates."
            ) from error

    def _wait_for_workers(self) -> None:
        try:
            self._need_client().wait_for_workers(1, timeout=self.place.wait)
        except TimeoutError as error:
            raise UserError(
                f"The scheduler {self.place.address} has no workers, and none came within {self.place.wait:g} seconds. "
                "Start some with `python -m autograder cluster worker`; docs/cluster.md says how."
            ) from error

    def _ahead(self) -> int:
        """How many jobs may be out, by the workers that are there now; raises UserError when none is for long."""
        self._need_client()  # nothing can be sent on a closed connection
        now = time.monotonic()
        if now - self._counted >= LOOK_AROUND or not self._counted:
            self._slots, self._counted = self._count_workers(), now
        if self._slots or not self._last_seen:
            self._last_seen = now
        elif now - self._last_seen > self.place.wait:
            raise UserError(
                f"The scheduler {self.place.address} has had no worker for {self.place.wait:g} seconds. {KEPT} "
                "Start workers, then run the same command again."
            )
        return AHEAD * max(1, self._slots)

    def _count_workers(self) -> int:
        """How many workers there are now; raises LostError where there is nobody to ask."""
        try:
            return len(self._need_client().nthreads())
        except (OSError, TimeoutError) as error:
            raise LostError(_said(error)) from error

    def _need_client(self) -> "Client":
        if self._client is None or self._client.status != "running":
            raise LostError("the connection is closed")
        return self._client


def grade_here(wanted: Mapping[str, str], setting: Setting, job: Job) -> Done:
    """Grade one submission on this worker, if it is like the machine that asks; raises UserError if it is not."""
    from distributed import get_worker  # noqa: PLC0415

    _prepare_once(get_worker().name)
    if found := differences(describe(get_worker()), {**wanted, "threads": "1"}):
        raise UserError(f"The worker on {this_machine()} may not grade: {found}. {KEPT}")
    try:
        return work(setting, job)
    except UserError as error:
        raise UserError(f"On the worker {this_machine()}: {error} {KEPT}") from error


def describe(dask_worker: Any) -> dict[str, str]:
    """What this worker is like."""
    return {**versions(), "threads": str(dask_worker.state.nthreads), "machine": this_machine()}


@cache
def _prepare_once(name: object) -> None:
    prepare_process()
    if isinstance(name, int):  # one of a local cluster; elsewhere nobody counts the workers of a machine
        stay_on(core_for(name))


async def _bring(task: Any) -> Done:
    """Wait for a result; what goes wrong on the way is told apart from what a worker says."""
    from distributed import KilledWorker  # noqa: PLC0415

    try:
        done: Done = await task
    except (UserError, KilledWorker, CancelledError):
        raise
    except (OSError, TimeoutError) as error:
        raise LostError(_said(error)) from error
    except Exception as error:
        raise UserError(f"A worker cannot grade: {_said(error)}. {KEPT}") from error
    return done


def _compare(client: "Client") -> None:
    """Raise UserError where a worker differs from this machine in what grades may hang on."""
    found: dict[str, Any] = client.run(describe, on_error="return")
    wanted = {**versions(), "threads": "1"}
    sentences = []
    for address, answer in sorted(found.items()):
        if isinstance(answer, BaseException):
            sentences.append(f"{address} cannot load the grader: {_said(answer)}")
        elif said := differences(answer, wanted):
            sentences.append(f"{address} on {answer['machine']}: {said}")
    if sentences:
        raise UserError(
            f"Not all workers are like this machine, so nothing was graded. {'; '.join(sentences)}. "
            "Install the same commit with `make` everywhere, and start workers with `python -m autograder cluster worker`."
        )


def _given_up(job: Job) -> Done:
    """For a submission with which workers end, whatever they do."""
    outcome = Outcome(Status.GRADER_ERROR, "The workers that had this submission died, one after the other.")
    log = (
        f"Each worker that was given the submission of {job.student} died, the last ones while they had nothing else to do. "
        "What ended them stands in the logs of the workers' machines (memory?).\n"
    )
    return Done(job.student, None, outcome, "", log=log)


def _security(place: Place) -> Any:
    """What Dask wants to know about certificates: paths, or their text."""
    from distributed.security import Security  # noqa: PLC0415

    ca, certificate, key = place.ca, place.certificate, place.key
    if place.is_local:
        # Other people of this machine can reach the port; without the certificate they can do nothing there.
        made = certificates()
        ca, certificate = made["ca.pem"].decode(), made["node.pem"].decode()
    elif not ca:
        # For tls://, the paths then stand in Dask's own configuration.
        return Security(require_encryption=place.is_encrypted)
    roles = ("client", "scheduler", "worker")
    chosen = {f"tls_{role}_cert": certificate for role in roles}
    chosen |= {f"tls_{role}_key": key or certificate for role in roles}
    return Security(tls_ca_file=ca, require_encryption=True, **chosen)


def _said(error: BaseException) -> str:
    return str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__
