"""The files in a zip, by its table of contents.

The standard library trusts what a zip says about itself in a few places; here stands a guard at each.
"""

import time
import zipfile
from collections.abc import Iterator
from functools import partial
from io import BufferedReader, FileIO
from pathlib import Path

from autograder.collect.limits import Budget, RefusedError
from autograder.collect.member import CHUNK, Member, explained, oddity_of, within_limits
from autograder.errors import UserError

# Of the table of contents of a zip; a longer one lies about its members, and would be read whole.
BYTES_A_MEMBER = 512
# What the standard library unpacks piece by piece. It unpacks bzip2 and LZMA inside a zip in one go, however much.
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ENCRYPTED = 0x1
UTF_8 = 0x800


class Gulps(BufferedReader):
    """A file of which nobody reads more than `largest` bytes at once: a table of contents tells its own length."""

    def __init__(self, path: Path, largest: int) -> None:
        super().__init__(FileIO(path))
        self.largest = largest

    def read(self, count: int | None = -1, /) -> bytes:
        """As any file's, within the limit."""
        wanted = self.largest + 1 if count is None or count < 0 else min(count, self.largest + 1)
        data = super().read(wanted)
        if len(data) > self.largest:
            raise zipfile.BadZipFile("its table of contents is impossibly long")
        return data


def in_zip(path: Path, budget: Budget) -> Iterator[Member]:
    """Every file in the zip at `path`."""
    largest = max(CHUNK, budget.limits.members * BYTES_A_MEMBER)
    with explained(path), Gulps(path, largest) as file, zipfile.ZipFile(file) as archive:
        if any(info.flag_bits & ENCRYPTED for info in archive.infolist()):
            raise UserError(f"{path} is encrypted. Nothing was collected. Export it without a password.")
        for info in archive.infolist():
            budget.count_members(1, str(path))
            name = _name_in_zip(info)
            if not name.endswith("/"):
                yield Member(
                    source=str(path),
                    name=name,
                    size=info.file_size,
                    modified=_modified(info),
                    chunks=partial(_from_zip, archive, info, path, budget),
                    oddity=oddity_of(info.external_attr >> 16),
                )


def _name_in_zip(info: zipfile.ZipInfo) -> str:
    """The name as it was written: the standard library ends it at a null, and some programs forget to say UTF-8."""
    name = info.orig_filename
    if info.flag_bits & UTF_8:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _modified(info: zipfile.ZipInfo) -> float | None:
    """A zip knows local time and no zone; 1980 is its way of knowing none."""
    try:
        return None if info.date_time[0] <= 1980 else time.mktime((*info.date_time, 0, 0, -1))
    except (OverflowError, ValueError):
        return None


def _from_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, budget: Budget) -> Iterator[bytes]:
    if info.compress_type not in METHODS:
        raise RefusedError("is packed in a way that is not opened (neither stored nor deflated)")
    with explained(path), archive.open(info) as file:
        yield from within_limits(file, budget, str(path), info.compress_size)
