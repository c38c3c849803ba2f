"""Attempts to break each layer of the sandbox, made by ourselves: each must succeed without the layer, and fail with it.

A probe is a few lines of Python that call `through()` where they got through; whatever else becomes of them, they were held.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from autograder.inside.wire import ClosedError, LateError, ProtocolError, receive, send
from autograder.sandbox.limits import Limits
from autograder.sandbox.zygotes import START_SECONDS, Isolation, Sandbox

# How much longer than its time a probe is waited for.
_ONLY_BUBBLEWRAP = Isolation(bubblewrap=True, namespaces=False, landlock=False, seccomp=False)
GRACE = 2.0
# How long the probe goes on that has less time than that.
LONG = 5.0
THROUGH = "ThroughError"
_SAY = f"""
class {THROUGH}(Exception):
    pass
def through():
    raise {THROUGH}
"""


class Verdict(StrEnum):
    """What became of a probe."""

    HELD = "held"
    BROKEN = "got through"
    TOOTHLESS = "proves nothing: it fails without the layer too"


@dataclass(frozen=True)
class Surroundings:
    """What a probe aims at: all of it is made for the purpose, and nothing is lost if it is hit."""

    folder: Path
    port: int
    abstract: str

    def filled(self, source: str) -> str:
        """The source of a probe with the words for its aims put in."""
        words = {
            "$FOLDER": str(self.folder),
            "$PORT": str(self.port),
            "$ABSTRACT": self.abstract,
            "$PID": str(os.getpid()),
            "$START": _started("self"),
        }
        for word, value in words.items():
            source = source.replace(word, value)
        return source


@dataclass(frozen=True)
class Probe:
    """One attempt.

    Attributes:
        layer: which must hold it: a field of `Isolation`, or "limits" or "library".
        tries: what it tries, in a few words.
        source: the attempt.
        before: what another submission has run before it.
        seconds: how long it may take.
    """

    layer: str
    tries: str
    source: str
    before: str = ""
    seconds: float = 10.0


def probes(limits: Limits) -> list[Probe]:
    """All attempts, with the limits of this course."""
    return [*_WALLS, *_against(limits)]


_WALLS = [
    Probe("bubblewrap", "read a file of the course", "open('$FOLDER/secret').read()\nthrough()"),
    Probe("bubblewrap", "write a file beside it", "open('$FOLDER/written', 'w').close()\nthrough()"),
    Probe(
        "bubblewrap",
        "connect to a port of this machine",
        "import socket\nsocket.create_connection(('127.0.0.1', $PORT), 2)\nthrough()",
    ),
    Probe(
        "bubblewrap",
        "connect to a socket that has no file",
        "import socket\nsocket.socket(socket.AF_UNIX).connect('\\0$ABSTRACT')\nthrough()",
    ),
    Probe(
        "bubblewrap",
        "look at the grader's process",
        "if open('/proc/$PID/stat').read().rpartition(')')[2].split()[19] == '$START': through()",
    ),
    Probe(
        "namespaces",
        "send a signal to the process it was forked from",
        "import os\nif os.getppid():\n    os.kill(os.getppid(), 0)\n    through()",
    ),
    Probe(
        "namespaces",
        "read what another submission has left",
        "open('/tmp/left').read()\nthrough()",
        before="open('/tmp/left', 'w').close()",
    ),
    Probe("namespaces", "look into /proc", "import os\nif os.listdir('/proc'): through()"),
    Probe("landlock", "write outside of its scratch folder", "open('/cache/written', 'w').close()\nthrough()"),
    Probe(
        "seccomp",
        "run another program",
        "import os\nif os.spawnv(os.P_WAIT, '/bin/true', ['true']) == 0: through()",
    ),
    Probe("seccomp", "open a socket", "import socket\nsocket.socket()\nthrough()"),
    Probe("seccomp", "take memory that nobody counts", "import os\nos.memfd_create('m')\nthrough()"),
    Probe(
        "seccomp",
        "enter a new namespace, where it would be root",
        "import ctypes\nif ctypes.CDLL(None).unshare(0x10000000) == 0: through()",
    ),
    Probe(
        "library",
        "answer with the library's own function",
        "from gradlab.regularizers import soft_threshold\nif soft_threshold(3.0, threshold=1.0) == 2.0: through()",
    ),
]  # fmt: skip


def _against(limits: Limits) -> Iterator[Probe]:
    """One attempt for each limit of the course, which takes a little more than it may."""
    yield Probe(
        "limits", f"take {limits.memory:,} bytes of memory",
        f"import mmap\nmmap.mmap(-1, {limits.memory}, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000)\nthrough()",
    )  # fmt: skip
    yield Probe(
        "limits", f"run {limits.processes} threads beside its own",
        "import threading, time\nwait = threading.Event()\n"
        f"for _ in range({limits.processes}): threading.Thread(target=wait.wait, args=(5,), daemon=True).start()\n"
        "time.sleep(1)\nthrough()",
    )  # fmt: skip
    yield Probe(
        "limits", f"write a file of {limits.file_size + 1:,} bytes",
        f"with open('large', 'wb') as file: file.truncate({limits.file_size + 1})\nthrough()",
    )  # fmt: skip
    yield Probe(
        "limits", f"fill a disk with {limits.disk:,} bytes",
        f"size = {min(limits.disk, limits.file_size) // 2}\n"
        f"for number in range({limits.disk} // size + 1): open(f'part{{number}}', 'wb').write(bytes(size))\nthrough()",
    )  # fmt: skip
    yield Probe(
        "limits", f"make {limits.files} files",
        f"for number in range({limits.files}): open(f'file{{number}}', 'w').close()\nthrough()",
    )  # fmt: skip
    yield Probe(
        "limits", "go on after its time, and not be stopped",
        f"import time\nuntil = time.monotonic() + {LONG}\n"
        "while time.monotonic() < until:\n    try:\n        while time.monotonic() < until: pass\n"
        "    except BaseException: pass\nthrough()",
        seconds=1.0,
    )  # fmt: skip


@contextmanager
def surroundings(folder: Path) -> Iterator[Surroundings]:
    """A file, sockets at which somebody listens, and this process."""
    (folder / "secret").write_text("nothing that is worth knowing", encoding="ascii")
    abstract = f"gradlab-{os.urandom(8).hex()}"
    with socket.create_server(("127.0.0.1", 0)) as port, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(f"\0{abstract}")
        unix.listen()
        yield Surroundings(folder, port.getsockname()[1], abstract)


def _started(process: str) -> str:
    """When a process began, by which it is known again: in a sandbox its number is somebody else's."""
    return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[19]


class Attempts:
    """Makes attempts behind walls of every kind; the sandboxes for them are opened once each."""

    def __init__(self, there: Isolation, limits: Limits, around: Surroundings) -> None:
        """Take note of which layers there are."""
        self.there, self.limits, self.around = there, limits, around
        self._opened: dict[Isolation, Sandbox] = {}

    def verdict(self, probe: Probe) -> Verdict:
        """Try it without the layer, then with nothing but the layer (and bubblewrap, in which all others stand)."""
        if probe.layer in ("limits", "library"):
            bites, holds = self._outside(probe), self._behind(probe, self.there)
        elif probe.layer == "bubblewrap":
            bites, holds = self._outside(probe), self._behind(probe, _ONLY_BUBBLEWRAP)
        else:
            alone = replace(_ONLY_BUBBLEWRAP, **{probe.layer: True})
            bites, holds = self._behind(probe, _ONLY_BUBBLEWRAP), self._behind(probe, alone)
        if holds:
            return Verdict.BROKEN
        return Verdict.HELD if bites else Verdict.TOOTHLESS

    def _outside(self, probe: Probe) -> bool:
        """Whether it gets through in an ordinary process."""
        script = f"{_SAY}\n{self.around.filled(probe.source)}"
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=self.around.folder, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        return THROUGH in done.stderr

    def _behind(self, probe: Probe, isolation: Isolation) -> bool:
        """Whether it gets through in a sandbox with these layers."""
        if isolation not in self._opened:
            self._opened[isolation] = Sandbox("answer", self.limits, isolation).wait()
        sandbox = self._opened[isolation]
        if probe.before:
            self._run(sandbox, probe.before, probe.seconds)
        return self._run(sandbox, probe.source, probe.seconds) == THROUGH

    def _run(self, sandbox: Sandbox, source: str, seconds: float) -> str:
        """The name of the exception with which a fork ended the code; empty where there was none."""
        fork = sandbox.fork()
        try:
            message, _ = receive(fork.control, time.monotonic() + START_SECONDS)
            if message != ["begun"]:
                return ""
            for cell in (_SAY, self.around.filled(source)):
                send(fork.control, ["cell", cell, False, seconds])
                message, _ = receive(fork.control, time.monotonic() + seconds + GRACE)
            return str(message[2])
        except (ClosedError, LateError, ProtocolError):
            return ""
        finally:
            fork.end()

    def close(self) -> None:
        """End all sandboxes."""
        for sandbox in self._opened.values():
            sandbox.close()
