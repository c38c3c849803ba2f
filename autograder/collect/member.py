"""One file of a source, and what all kinds of sources have in common."""

import errno
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from autograder.collect.limits import ONE_FILE_UNSUSPECTED, Budget, RefusedError, size
from autograder.collect.names import printable
from autograder.errors import UserError

CHUNK = 1_000_000
CORRUPT = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, struct.error,
    EOFError, OSError, NotImplementedError, RuntimeError, ValueError, OverflowError,
)  # fmt: skip


@dataclass(frozen=True)
class Member:
    """One file in a source: where it lies, and how to read it while its turn lasts."""

    source: str
    name: str
    size: int
    modified: float | None  # seconds since 1970, as far as the source knows
    chunks: Callable[[], Iterator[bytes]]  # raises RefusedError beyond the limits for one file
    oddity: str = ""  # why it is no ordinary file


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Say of a damaged archive that it is one, whatever the standard library makes of it."""
    try:
        yield
    except CORRUPT as error:
        # A seek to where a damaged archive points is an invalid argument, and no trouble with the disk.
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise UserError(
                f"{printable(str(error.filename or path))} cannot be read: {error.strerror}. Nothing was collected."
            ) from error
        raise UserError(
            f"{path} is damaged, or was cut off: {printable(str(error)) or type(error).__name__}. "
            "Nothing was collected. Download it again."
        ) from error


def sane_time(modified: float) -> float | None:
    """A time of modification that is one: a tar or a disk may say anything."""
    try:
        datetime.fromtimestamp(modified)
    except (OverflowError, ValueError, OSError):
        return None
    return float(modified) if modified > 0 else None


def oddity_of(mode: int) -> str:
    """What a file is that is no ordinary one, by its mode; 0 where an archive does not say."""
    kinds = {stat.S_IFLNK: "a link", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    kind = stat.S_IFMT(mode)
    return "" if kind in (0, stat.S_IFREG) else kinds.get(kind, "a device")


def within_limits(file: IO[bytes], budget: Budget, where: str, packed: int | None = None) -> Iterator[bytes]:
    """The bytes of one file; raises RefusedError as soon as they are too many, or too many for `packed` bytes."""
    count = 0
    while chunk := file.read(CHUNK):
        count += len(chunk)
        budget.spend(len(chunk), where)
        if count > budget.limits.file:
            raise RefusedError(
                f"is larger than {size(budget.limits.file)}, the limit for one file (--max-file)"
            )
        if packed is not None and count > max(ONE_FILE_UNSUSPECTED, budget.limits.ratio * packed):
            raise RefusedError(
                f"unpacks to more than {budget.limits.ratio} times its size, like a bomb (--max-ratio)"
            )
        yield chunk
