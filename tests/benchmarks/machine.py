"""The machine that was measured, and the versions of everything on it."""

import os
import platform
import time
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

PEERS = ("torch", "jax", "optax")


def cpu() -> str:
    """The processor's name."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine(peers: Sequence[str] = PEERS) -> dict[str, str]:
    """What to know about the machine, and about the peers, in order to judge its numbers."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    versions = [f"Python {platform.python_version()}", f"NumPy {np.__version__}"]
    versions += [f"{blas['name']} {blas['version']}", *(_named(peer) for peer in peers)]
    return {
        "Machine": f"{cpu()}, {cores()} cores, {memory:.0f} GiB, {platform.system()}",
        "Versions": ", ".join(versions),
        "Threads": f"1 and {cores()} for both NumPy's BLAS and PyTorch, and for each the better; optax as it comes",
        "Date": f"{time.strftime('%Y-%m-%d')}, {os.getloadavg()[0]:.1f} processes were running at the start",
    }


def _named(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"no {package}"
