"""Which places of this machine the sandbox holds, and which of them it hides."""

import sys
from collections.abc import Iterator
from pathlib import Path


def system_folders() -> list[Path]:
    """Where programs, libraries and Python lie. No home, no /etc but for how libraries and fonts are found."""
    wanted = [Path(name) for name in ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")]
    wanted += [Path("/etc/ld.so.cache"), Path("/etc/fonts"), Path("/etc/localtime")]
    for prefix in dict.fromkeys([sys.base_prefix, sys.prefix]):
        if not prefix.startswith("/usr"):
            wanted.append(Path(prefix))
    return [path for path in wanted if path.exists() or path.is_symlink()]


def covers(course: Path, system: list[Path]) -> Iterator[str]:
    """What hides the course, and installed copies of it, where they lie inside of a system folder (say /usr/src/app)."""
    prefixes = [Path(prefix) for prefix in dict.fromkeys([sys.base_prefix, sys.prefix])]
    if any(course.is_relative_to(folder) for folder in system):
        yield from ("--tmpfs", str(course))
        for prefix in prefixes:
            if prefix.is_relative_to(course):
                yield from ("--ro-bind", str(prefix), str(prefix))
    for place in dict.fromkeys([Path("/usr"), Path("/usr/local"), *prefixes]):
        for package in ("gradlab", "autograder"):
            for copy in sorted(place.glob(f"lib/python3*/*-packages/{package}")):
                yield from ("--tmpfs", str(copy))


def font_lists() -> list[Path]:
    """Matplotlib's list of fonts: to search for them takes seconds."""
    import matplotlib as mpl  # noqa: PLC0415 (slow, and needed only when a zygote starts)
    import matplotlib.font_manager  # noqa: PLC0415 (makes the list where there is none)

    return sorted(Path(mpl.get_cachedir()).glob("fontlist-*.json"))
