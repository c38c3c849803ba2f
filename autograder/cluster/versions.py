"""What must be the same on all machines of a cluster, so that a grade does not hang on which of them gave it."""

import hashlib
import platform
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

import autograder
import gradlab

# What decides on the numbers, on what is recorded, and on whether the machines understand each other.
PACKAGES = ("numpy", "nbgrader", "nbformat", "ipython", "matplotlib", "distributed")
# What students handed in, and what tests are made of, decides on nothing.
OTHER_CODE = {"work", "sample_class", "__pycache__"}


@cache
def versions() -> dict[str, str]:
    """The versions on this machine."""
    found = {"python": "{}.{}".format(*sys.version_info), "gradlab and autograder": code_digest()[:12]}
    return found | {name: version(name) for name in PACKAGES}


def code_digest(folders: Iterable[Path] | None = None) -> str:
    """The state of all code that grades."""
    places = folders or [Path(str(module.__file__)).parent for module in (autograder, gradlab)]
    digest = hashlib.sha256()
    for place in places:
        for file in sorted(place.rglob("*.py")):
            name = file.relative_to(place)
            if not OTHER_CODE & set(name.parts):
                digest.update(f"{name.as_posix()}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()


def differences(found: Mapping[str, str], wanted: Mapping[str, str]) -> str:
    """What differs, in a few words; nothing where all is the same.

    >>> differences({"numpy": "2.2.0"}, {"numpy": "2.3.1"})
    'numpy is 2.2.0 there and 2.3.1 here'
    """
    return ", ".join(
        f"{name} is {found.get(name, 'missing')} there and {value} here"
        for name, value in wanted.items()
        if found.get(name) != value
    )


def this_machine() -> str:
    """The name of this machine, for messages."""
    return platform.node()
