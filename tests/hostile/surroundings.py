"""What lies around a batch, and what must not be touched by it: files, sockets that listen, processes."""

import ctypes
import hashlib
import os
import selectors
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# What everybody may write to, whoever runs the tests.
SHARED = [Path(place) for place in ("/tmp", "/var/tmp", "/dev/shm", "/run", "/") if Path(place).is_dir()]
PR_SET_CHILD_SUBREAPER = 36


class Listeners:
    """Sockets of every kind at which somebody listens, and what came in."""

    def __init__(self, folder: Path) -> None:
        self.heard: list[str] = []
        self.path, self.abstract = str(folder / "listening"), f"hostile-{uuid.uuid4().hex}"
        self._selector = selectors.DefaultSelector()
        self.port = self._listen(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))[1]
        self._listen(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", self.port))
        for kind, suffix in ((socket.SOCK_STREAM, ""), (socket.SOCK_DGRAM, "-datagram")):
            self._listen(socket.AF_UNIX, kind, self.path + suffix)
            self._listen(socket.AF_UNIX, kind, f"\0{self.abstract}{suffix}")
            Path(self.path + suffix).chmod(0o777)
        self._open = True
        self._thread = threading.Thread(target=self._hear, daemon=True)
        self._thread.start()

    def _listen(self, family: int, kind: int, address: object) -> object:
        listening = socket.socket(family, kind)
        listening.bind(address)
        listening.setblocking(False)
        if kind == socket.SOCK_STREAM:
            listening.listen()
        self._selector.register(listening, selectors.EVENT_READ)
        return listening.getsockname()

    def _hear(self) -> None:
        while self._open:
            for key, _ in self._selector.select(0.05):
                listening: socket.socket = key.fileobj  # type: ignore[assignment]
                with suppress(OSError):
                    if listening.type == socket.SOCK_STREAM:
                        connection, _ = listening.accept()
                        connection.close()
                    else:
                        listening.recv(100)
                    self.heard.append(f"{listening.family.name} {listening.type.name}")

    def close(self) -> None:
        """Listen no longer."""
        self._open = False
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()


def digest(folder: Path, without: tuple[str, ...] = ()) -> dict[str, str]:
    """Every file below a folder, with what is in it; links as what they point to."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name.startswith(without):
            continue
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_file():
            with suppress(PermissionError):
                found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        else:
            found[name] = "folder" if path.is_dir() else "neither"
    return found


def marked(token: str, *folders: Path) -> list[Path]:
    """Files that bear the token in their name, in places that everybody may write to and in these folders."""
    here = [path for place in SHARED for path in place.glob(f"*{token}*")]
    return here + [path for folder in folders for path in folder.rglob(f"*{token}*")]


@contextmanager
def adopting() -> Iterator[None]:
    """Become the parent of all processes that lose theirs, and end those that are left."""
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before = set(children())
    try:
        yield
    finally:
        libc.prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
        for pid in set(children()) - before:
            with suppress(ProcessLookupError):
                os.kill(pid, 9)
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)


@contextmanager
def nothing_left() -> Iterator[None]:
    """AssertionError where a process is left at the end, whoever its parent was."""
    with adopting():
        before = set(children())
        yield
        left = remaining(before)
        assert not left, f"still running: {left}"


def children() -> list[int]:
    """The processes whose parent is this one."""
    return [
        int(pid)
        for task in Path("/proc/self/task").iterdir()
        for pid in (task / "children").read_text().split()
    ]


def remaining(before: set[int], patience: float = 30.0) -> dict[int, str]:
    """The new children that do not end; those that have ended are buried."""
    until = time.monotonic() + patience
    while True:
        left = {}
        for pid in set(children()) - before:
            with suppress(ChildProcessError):
                if os.waitpid(pid, os.WNOHANG) == (0, 0):
                    left[pid] = (
                        Path(f"/proc/{pid}/cmdline")
                        .read_bytes()
                        .replace(b"\0", b" ")
                        .decode(errors="replace")
                    )
        if not left or time.monotonic() > until:
            return left
        time.sleep(0.05)
