"""The files in a tar, packed or not: a tape that winds forward only, and counts every byte that runs past."""

import lzma
import tarfile
from bz2 import BZ2File
from collections.abc import Iterator
from functools import partial
from gzip import GzipFile
from io import BufferedReader
from pathlib import Path
from typing import Any

from autograder.collect.limits import WHOLE_TAR_UNSUSPECTED, Budget, RefusedError, size
from autograder.collect.member import CHUNK, Member, explained, sane_time
from autograder.errors import UserError

COMPRESSED: dict[bytes, Any] = {b"\x1f\x8b": GzipFile, b"BZh": BZ2File, b"\xfd7zXZ\x00": lzma.LZMAFile}
Unpacked = BufferedReader | GzipFile | BZ2File | lzma.LZMAFile
# What the headers of one member may take. The longest honest ones hold a path and a few times; a hostile one can
# claim gigabytes, or a list of holes without end, all of which the standard library would keep in memory.
LARGEST_HEADER = 1_000_000
BLOCK = 512


class Tape:
    """What `tarfile` reads from: as much of a file as it needs, with limits on what its headers may take."""

    def __init__(self, unpacked: Unpacked, path: Path, budget: Budget, compressed: bool) -> None:
        self._unpacked = unpacked
        self._path = path
        self._budget = budget
        self._most = budget.limits.ratio * path.stat().st_size if compressed else None
        self._at = 0
        self._left_for_headers = LARGEST_HEADER
        self._last = b""

    def tell(self) -> int:
        """How far it was wound."""
        return self._at

    def read(self, count: int = -1) -> bytes:
        """Read a part of a header."""
        self._left_for_headers -= count
        if count < 0 or self._left_for_headers < 0:
            raise tarfile.ReadError("a header is impossibly long")
        self._last = self._run(count)
        return self._last

    def seek(self, position: int) -> int:
        """Wind forward; what is skipped counts as read, because it had to be unpacked."""
        if position < self._at:
            raise tarfile.ReadError("a header points backwards")
        while self._at < position and self._run(min(CHUNK, position - self._at)):
            pass
        return self._at

    def next_header(self) -> None:
        """Grant the next member its headers."""
        self._left_for_headers = LARGEST_HEADER

    def data(self, count: int) -> Iterator[bytes]:
        """The next `count` bytes, the content of the member whose header was read last."""
        while count > 0:
            chunk = self._run(min(CHUNK, count))
            if not chunk:
                raise EOFError("it ends in the middle of a file")
            count -= len(chunk)
            yield chunk

    def expect_end(self) -> None:
        """Make sure that the tar has an end, and the packed file a right checksum.

        `tarfile` takes any header that it cannot read for the end.
        """
        if self._last != bytes(BLOCK):
            raise tarfile.ReadError("it has no end")
        while self._run(CHUNK):
            pass

    def _run(self, count: int) -> bytes:
        data = self._unpacked.read(count)
        self._at += len(data)
        self._budget.spend(len(data), str(self._path))
        if self._most is not None and self._at > max(WHOLE_TAR_UNSUSPECTED, self._most):
            raise UserError(
                f"{self._path} unpacks to more than {self._budget.limits.ratio} times its size, like a bomb. "
                "Nothing was collected. If you trust it, allow more with --max-ratio, or unpack it yourself and "
                "give the folder."
            )
        return data


def in_tar(path: Path, budget: Budget) -> Iterator[Member]:
    """Every file in the tar at `path`."""
    with explained(path), _unpacked(path) as unpacked:
        tape = Tape(unpacked, path, budget, compressed=not isinstance(unpacked, BufferedReader))
        with tarfile.open(fileobj=tape, mode="r:") as archive:  # type: ignore[call-overload]
            while info := archive.next():
                budget.count_members(1, str(path))
                if not info.isdir():
                    yield Member(
                        source=str(path),
                        name=info.name,
                        size=info.size,
                        modified=sane_time(info.mtime),
                        chunks=partial(_from_tar, tape, info, path, budget),
                        oddity=_oddity(info),
                    )
                archive.members.clear()
                tape.next_header()
            tape.expect_end()


def _unpacked(path: Path) -> Unpacked:
    with path.open("rb") as file:
        start = file.read(8)
    for mark, kind in COMPRESSED.items():
        if start.startswith(mark):
            packed: Unpacked = kind(path)
            return packed
    return path.open("rb")


def _oddity(info: tarfile.TarInfo) -> str:
    if info.islnk():
        return "a hard link"
    if info.issym():
        return "a link"
    if info.isfifo():
        return "a pipe"
    if info.issparse():
        return "a file with holes"
    return "" if info.isreg() else "a device"


def _from_tar(tape: Tape, info: tarfile.TarInfo, path: Path, budget: Budget) -> Iterator[bytes]:
    if info.size > budget.limits.file:
        raise RefusedError(f"is larger than {size(budget.limits.file)}, the limit for one file (--max-file)")
    with explained(path):
        yield from tape.data(info.size)
