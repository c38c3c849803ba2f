"""How much may be collected: an archive of a few kilobytes can unpack to a full disk.

What one student hands in must not stop the class, so a file that is too large, or packed like a bomb, is refused
alone. What would stop the machine (too much in all, too many members) ends the whole run.
"""

import argparse
import re
from dataclasses import dataclass

from autograder.errors import UserError
from autograder.submission import MAX_BYTES

UNITS = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}
# Below this much no packing is suspicious: a notebook that prints a megabyte of zeros is clumsy, not hostile.
ONE_FILE_UNSUSPECTED = 1_000_000
# A packed tar is packed in one piece, and the notebooks of one lesson resemble each other: as tar.xz, an honest class
# may become some hundred times smaller. So only a large one is suspected; `total` holds for all.
WHOLE_TAR_UNSUSPECTED = 1_000_000_000


class RefusedError(Exception):
    """One member is not taken; the message says why."""


@dataclass(frozen=True)
class Limits:
    """The limits of a run; `Limits()` has the defaults, and each has its reason beside it."""

    file: int = MAX_BYTES  # grading reads no more of a notebook, and nor does nbgrader
    total: int = 4_000_000_000  # two thousand students with notebooks of 2 MB, and still no full disk
    members: int = 20_000  # five thousand students with four files each; each costs memory before it is read
    ratio: int = 200  # a notebook packs a few times smaller; what packs 200 times smaller is a bomb, or as good as empty


class Budget:
    """What is left of the limits that hold for a whole run, over all its sources."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._bytes = 0
        self._members = 0

    def spend(self, count: int, where: str) -> None:
        """Account for bytes that were read; raises UserError beyond the limit."""
        self._bytes += count
        if self._bytes > self.limits.total:
            raise UserError(
                f"{where}: unpacked, this is more than {size(self.limits.total)} in all. Nothing was collected. "
                "If that much is meant, allow it with --max-total; otherwise collect a part at a time."
            )

    def count_members(self, count: int, where: str) -> None:
        """Account for more members, folders included; raises UserError beyond the limit."""
        self._members += count
        if self._members > self.limits.members:
            raise UserError(
                f"{where}: more than {self.limits.members} files and folders. Nothing was collected. "
                "If that many are meant, allow them with --max-members."
            )


def size(count: int) -> str:
    """A number of bytes for people.

    >>> size(4_000_000_000), size(1_500_000), size(900)
    ('4 GB', '1.5 MB', '900 bytes')
    """
    for unit, name in ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")):
        if count >= unit:
            return f"{count / unit:.3g} {name}"
    return f"{count} bytes"


def bytes_from(words: str) -> int:
    """A number of bytes from what people write.

    >>> bytes_from("100MB"), bytes_from("1.5 g"), bytes_from("4096")
    (100000000, 1500000000, 4096)
    """
    found = re.fullmatch(r"\s*([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*([kmg]?)b?\s*", words.lower())
    if not found or float(found[1]) <= 0:
        raise argparse.ArgumentTypeError(f"{words!r} is no size: write it like 500kB, 100MB or 4GB")
    return int(float(found[1]) * UNITS[found[2]])


def count_from(words: str) -> int:
    """A whole number above zero.

    >>> count_from("200")
    200
    """
    if not re.fullmatch(r"[0-9]{1,12}", words) or int(words) == 0:
        raise argparse.ArgumentTypeError(f"{words!r} is no whole number above zero")
    return int(words)
