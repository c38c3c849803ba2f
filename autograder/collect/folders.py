"""The files in a folder; nothing but ordinary files is opened, and no link is followed."""

import os
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from autograder.collect.limits import Budget, RefusedError
from autograder.collect.member import Member, explained, oddity_of, sane_time, within_limits


def in_folder(path: Path, budget: Budget) -> Iterator[Member]:
    """Every file below `path`."""
    with explained(path):
        for entry in _entries(path, budget):
            status = entry.stat(follow_symlinks=False)
            yield Member(
                source=str(path),
                name=Path(entry.path).relative_to(path).as_posix(),
                size=status.st_size,
                modified=sane_time(status.st_mtime),
                chunks=partial(_from_disk, entry.path, path, budget),
                oddity=oddity_of(status.st_mode) or ("a hard link" if status.st_nlink > 1 else ""),
            )


def _entries(path: Path, budget: Budget) -> Iterator[os.DirEntry[str]]:
    """All entries below a folder that are not folders, in the order of their names."""
    waiting = [str(path)]
    while waiting:
        with os.scandir(waiting.pop()) as found:
            entries = sorted(found, key=lambda entry: entry.name)
        budget.count_members(len(entries), str(path))
        yield from (entry for entry in entries if not entry.is_dir(follow_symlinks=False))
        waiting += [entry.path for entry in reversed(entries) if entry.is_dir(follow_symlinks=False)]


def _from_disk(name: str, source: Path, budget: Budget) -> Iterator[bytes]:
    with explained(source):
        # Whoever swapped the file for a link or a pipe since it was listed gains nothing.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        with open(os.open(name, flags), "rb") as file:  # noqa: PTH123 (a file descriptor)
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
                raise RefusedError("is no ordinary file")
            yield from within_limits(file, budget, str(source))
