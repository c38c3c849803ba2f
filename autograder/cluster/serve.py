"""Start a scheduler or workers: Dask's own programs, with the settings that grading needs."""

import os
import sys
from collections.abc import Mapping
from importlib.util import find_spec

from autograder.cluster.place import LEAST_PATIENCE, Place
from autograder.errors import UserError

# The same last digits on every machine: as in a build (see the Makefile).
FIXED = {
    "PYTHONHASHSEED": "0",
    "OPENBLAS_CORETYPE": "Haswell",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}
HOW_TO_INSTALL = "Grading on a cluster needs the extra `scale`: pip install -e '.[scale]'."
# Pages about the cluster, which nobody has asked for, are neither made nor shown to other machines.
_NO_PAGES = ("--no-dashboard", "--dashboard-address", "127.0.0.1:0")


def insist_on_dask() -> None:
    """Raise UserError where Dask is not installed."""
    if find_spec("distributed") is None:
        raise UserError(HOW_TO_INSTALL)


def scheduler_command(place: Place) -> list[str]:
    """What starts the scheduler of a cluster."""
    return [*_dask("scheduler"), "--host", place.address, *_NO_PAGES, *_tls(place)]


def worker_command(place: Place, count: int) -> list[str]:
    """What starts `count` workers, each a process of its own with one thread.

    How much memory each may take is bound by itself (`autograder.engine.OWN_MEMORY`), so that one submission fails
    where Dask would end the process.
    """
    return [
        *_dask("worker"), place.address, "--nworkers", str(count), "--nthreads", "1", "--memory-limit", "0",
        "--death-timeout", str(place.wait), *_NO_PAGES, *_tls(place),
    ]  # fmt: skip


def settings(place: Place) -> dict[str, object]:
    """Dask's settings for all that take part."""
    return {
        "distributed.scheduler.worker-ttl": f"{place.lost_after}s",
        "distributed.comm.timeouts.tcp": f"{max(LEAST_PATIENCE, place.lost_after)}s",
        "distributed.comm.timeouts.connect": f"{place.wait}s",
        "distributed.scheduler.http.routes": [],
        "distributed.worker.http.routes": [],
        "distributed.worker.profile.enabled": False,  # looks at the running code a hundred times a second
        "distributed.admin.tick.interval": "1s",  # looks whether loops still turn: fifty times a second, in each process
        "distributed.nanny.pre-spawn-environ": FIXED,
    }


def environment(place: Place, before: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables for a process that takes part in the cluster."""
    chosen = {
        f"DASK_{name.replace('.', '__').replace('-', '_').upper()}": str(value)
        for name, value in settings(place).items()
    }
    return {**before, **FIXED, **chosen}


def become(command: list[str], place: Place) -> None:
    """Turn this process into another program."""
    insist_on_dask()
    sys.stdout.flush()
    os.execve(command[0], command, environment(place))


def _dask(verb: str) -> list[str]:
    return [sys.executable, "-m", "dask", verb]


def _tls(place: Place) -> list[str]:
    if not place.ca:
        return []
    return ["--tls-ca-file", place.ca, "--tls-cert", place.certificate,
            "--tls-key", place.key or place.certificate]  # fmt: skip
