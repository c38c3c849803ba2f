"""The outer wall: a zygote in bubblewrap, from which every submission is forked."""

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autograder.errors import UserError
from autograder.inside.wire import ClosedError, LateError, ProtocolError, receive, send
from autograder.sandbox.limits import Limits
from autograder.sandbox.places import covers, font_lists, system_folders
from autograder.sandbox.syscalls import seccomp_filter

Role = Literal["show", "answer"]

HERE = Path(__file__).resolve().parent.parent
LIBRARY = Path(__file__).resolve().parent.parent.parent / "lib" / "gradlab"
START_SECONDS = 60.0
# Thousands of processes are ended one by one.
END_SECONDS = 60.0
# What there is of the library while answers are judged: the stub, and the parts of a check that hold no answer.
WITHOUT_ANSWERS = ("__init__.py", "stubs.py", "records.py", "checks/*.py")


@dataclass(frozen=True)
class Isolation:
    """Which layers stand between a submission and this machine."""

    bubblewrap: bool
    namespaces: bool
    landlock: bool
    seccomp: bool

    @property
    def level(self) -> str:
        """In a few words, for the table and for every grade."""
        missing = [name for name, there in vars(self).items() if not there]
        if not missing:
            return "full"
        return f"without {', '.join(missing)}" if self.bubblewrap else "none"


class Sandbox:
    """A running zygote of one role; `fork` makes a process for a submission."""

    def __init__(self, role: Role, limits: Limits, isolation: Isolation, core: int | None = None) -> None:
        """Start the zygote. Once it is ready, it and its forks stay on `core`."""
        self.role, self.limits, self.isolation = role, limits, isolation
        self._is_ready = False
        here, there = socket.socketpair()
        self._cache = tempfile.TemporaryDirectory(prefix="gradlab-fonts-")
        command = [*self._wall(), sys.executable, "-m", "autograder.inside.zygote", role, str(there.fileno())]
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the process)
        self._process = subprocess.Popen(
            command,
            pass_fds=[there.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            env=self._environment(),
            start_new_session=True,
        )
        there.close()
        self._requests = here
        walls = {
            "namespaces": isolation.namespaces,
            "landlock": isolation.landlock,
            **limits.walls(),
        }
        with suppress(ClosedError):  # its last words come when it is waited for
            send(here, [walls, core], [seccomp_filter() if isolation.seccomp else b""])

    def wait(self) -> "Sandbox":
        """Wait until the zygote is ready; raises UserError where it could not be started."""
        try:
            if not self._is_ready:
                receive(self._requests, time.monotonic() + START_SECONDS)
                self._is_ready = True
        except (ClosedError, LateError, ProtocolError) as error:
            words = self._last_words()
            self.close()
            raise UserError(f"The sandbox could not be started: {words}") from error
        return self

    def fork(self) -> "Fork":
        """A fresh process, shut in; raises ClosedError where the zygote is gone, UserError where it could not be started."""
        self.wait()
        control, control_there = socket.socketpair()
        watcher, watcher_there = socket.socketpair()
        try:
            send(self._requests, ["fork"], fds=[control_there.fileno(), watcher_there.fileno()])
        except ClosedError:
            control.close()
            watcher.close()
            raise
        finally:
            control_there.close()
            watcher_there.close()
        return Fork(control, watcher)

    def close(self) -> None:
        """End the zygote and everything in its sandbox."""
        self._requests.close()
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._errors.close()
        self._cache.cleanup()

    def _last_words(self) -> str:
        self._errors.seek(0)
        words = self._errors.read().decode(errors="replace").strip().splitlines()
        return words[-1] if words else "it ended without a word"

    def _environment(self) -> dict[str, str]:
        threads = dict.fromkeys(
            ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
        )
        inside = self.isolation.bubblewrap
        return threads | {
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": "/tmp",
            "PYTHONHASHSEED": "0",
            "OPENBLAS_CORETYPE": "Haswell",  # the same last digits on every x86 processor, as in a build
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": "/grader" if inside else str(self._copied()),
            "MPLCONFIGDIR": "/cache" if inside else self._cache.name,
            "NBGRADER_EXECUTION": "autograde",
        }

    def _parts(self) -> Iterator[tuple[Path, str]]:
        """What a zygote needs of us: each file or folder, and where it stands in there."""
        yield HERE / "__init__.py", "autograder/__init__.py"
        yield HERE / "inside", "autograder/inside"
        if self.role == "show":
            yield LIBRARY, "gradlab"
            return
        for pattern in WITHOUT_ANSWERS:
            for path in sorted(LIBRARY.glob(pattern)):
                yield path, f"gradlab/{path.relative_to(LIBRARY)}"

    def _copied(self) -> Path:
        """Without a wall there is no mounting: a folder with the same files."""
        folder = Path(self._cache.name) / "grader"
        for source, name in self._parts():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            else:
                shutil.copyfile(source, target)
        return folder

    def _wall(self) -> list[str]:
        if not self.isolation.bubblewrap:
            return []
        bwrap = shutil.which("bwrap") or "bwrap"
        wall = [bwrap, "--unshare-all", "--die-with-parent", "--new-session", "--hostname", "sandbox"]
        if os.getuid() == 0:
            wall += ["--unshare-user", "--uid", "65534", "--gid", "65534"]
        for folder in system_folders():
            wall += (
                ["--symlink", str(folder.readlink()), str(folder)]
                if folder.is_symlink()
                else ["--ro-bind", str(folder), str(folder)]
            )
        wall += covers(HERE.parent, system_folders())
        wall += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", "/cache"]
        for source, name in self._parts():
            wall += ["--ro-bind", str(source), f"/grader/{name}"]
        for fonts in font_lists():
            wall += ["--ro-bind", str(fonts), f"/cache/{fonts.name}"]
        return [*wall, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/grader", "--"]


class Fork:
    """One submission's process: `control` talks to it, on `watcher` the zygote tells how it ended."""

    def __init__(self, control: socket.socket, watcher: socket.socket) -> None:
        """Take over the two sockets."""
        self.control, self.watcher = control, watcher

    def what_is_broken(self) -> str:
        """Wait for the process to be shut in, and end it; the wall that could not be put up, or nothing."""
        ready, _, _ = select.select([self.control, self.watcher], [], [], START_SECONDS)
        try:
            message, _ = receive(ready[0], time.monotonic() + 1)
        except (IndexError, ClosedError, LateError, ProtocolError):
            message = ["broken", "a process did not begin"]
        self.end()
        return "" if message == ["begun"] else str(message[-1]).partition("] ")[2] or str(message[-1])

    def end(self) -> tuple[int, str]:
        """End the process with all that it started; how it had ended, and why the zygote ended it, if it did."""
        self.control.close()
        try:
            with suppress(ClosedError):
                send(self.watcher, ["end"])
            (what, *words), _ = receive(self.watcher, time.monotonic() + END_SECONDS)
            return (int(words[0]), str(words[1])) if what == "ended" else (-signal.SIGKILL, "lost")
        except (ClosedError, LateError, ProtocolError, ValueError, IndexError):
            return -signal.SIGKILL, "lost"
        finally:
            self.watcher.close()
