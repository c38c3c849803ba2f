"""Run the grader as an ordinary user, also where the tests run as root and their folder is nobody else's to read."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534
# Gives up root for good, then becomes the command.
_DROP = f"import os, sys; os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY}); os.execv(sys.argv[1], sys.argv[1:])"


class OrdinaryUser:
    """Somebody who is not root.

    Attributes:
        folder: his own, readable by him.
        says: how it was done, for whoever reads the output of the tests.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.says = "The tests run as an ordinary user already."

    def own(self, *folders: Path) -> None:
        """Make these folders and all that is in them his own."""
        if os.getuid() != 0:
            return
        for folder in folders:
            for path in [folder, *folder.rglob("*")]:
                os.chown(path, NOBODY, NOBODY, follow_symlinks=False)

    def command(self) -> Sequence[str]:
        """What to put before a command so that it is run by him."""
        if os.getuid() != 0:
            return []
        drop = [sys.executable, "-c", _DROP]
        hidden = sorted({folder for needed in _needed() for folder in _closed(needed)})
        self.says = f"Run as user {NOBODY}."
        if not hidden:
            return drop
        # Root shows him the environment in a view of the file system in which the closed folders are empty but for it.
        bwrap = shutil.which("bwrap")
        assert bwrap, "To grade as an ordinary user from a folder that only root can read takes bubblewrap."
        self.says += f" {', '.join(map(str, hidden))} cannot be read by him: bound into a view of his own."
        view = [bwrap, "--dev-bind", "/", "/"]
        for folder in hidden:
            view += ["--tmpfs", str(folder)]
        for needed in dict.fromkeys([*_needed(), self.folder]):
            if any(needed.is_relative_to(folder) for folder in hidden):
                way = [
                    place
                    for place in reversed(needed.parents)
                    if any(place.is_relative_to(f) for f in hidden)
                ]
                for place in way[1:]:
                    view += ["--perms", "0755", "--dir", str(place)]
                view += ["--bind", str(needed), str(needed)]
        return [*view, *drop]


def _needed() -> list[Path]:
    """What a Python needs of the machine to run our code."""
    return [Path(place).resolve() for place in dict.fromkeys([sys.prefix, sys.base_prefix])]


def _closed(path: Path) -> list[Path]:
    """The first folder on the way to a path that others may not enter."""
    for folder in [*reversed(path.parents), path]:
        if not folder.stat().st_mode & 0o001:
            return [folder]
    return []


@contextmanager
def as_ordinary_user() -> Iterator[OrdinaryUser]:
    """Somebody who is not root, with a folder that he can reach: pytest's own are closed to others."""
    with tempfile.TemporaryDirectory(dir="/var/tmp", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield OrdinaryUser(Path(folder))
