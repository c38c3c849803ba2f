"""Loaded by the workers of a local cluster: Ctrl-C goes to all processes of a terminal, and is the grader's to answer."""

import signal
from typing import Any


def dask_setup(worker: Any) -> None:
    """Dask calls this when a worker starts."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
