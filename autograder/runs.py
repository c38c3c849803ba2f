"""The log of a lesson's grading: one line of JSON for every submission graded, written as soon as it is recorded.

The last line on a student counts. It says under which key the submission was graded (what was handed in, the
lesson, the checks, the limits), so that what has not changed need not be graded again.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from autograder.course import ROOT, WORK

RUNS = WORK / "runs"
# What a grade hangs on besides the submission, the lesson and the limits: the checks with the library that they
# calculate with, and everything that reads, runs, judges, cleans or records. How a page looks is not among it.
RULES = (
    "lib/gradlab",
    "autograder/execution",
    "autograder/gradebook.py",
    "autograder/harmless",
    "autograder/inside",
    "autograder/judging.py",
    "autograder/outcome.py",
    "autograder/released.py",
    "autograder/restore.py",
    "autograder/sandbox",
    "autograder/submission.py",
    "autograder/worker.py",
)
# Other people's code that answers are calculated, run, shown, cleaned and recorded with.
PACKAGES = ("ipykernel", "ipython", "matplotlib", "nbconvert", "nbformat", "nbgrader", "nh3", "numpy")


@dataclass(frozen=True)
class Run:
    """One line of the log; `page` says whether a feedback page was written with it."""

    student: str
    key: str
    status: str
    detail: str
    points: float | None
    isolation: str
    when: str
    mistakes: tuple[str, ...]
    notes: tuple[str, ...]
    seconds: dict[str, float]
    page: bool = True


def log_of(lesson: str, folder: Path | None = None) -> Path:
    """Where the log of a lesson lies."""
    return (folder or RUNS) / f"{lesson}.jsonl"


def append(path: Path, run: Run) -> None:
    """Add a line, so that it is on the disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(json.dumps(vars(run), ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        file.flush()
        os.fdatasync(file.fileno())


def read(path: Path) -> dict[str, Run]:
    """The last run of each student; a line that was cut off by a sudden end is passed over."""
    runs: dict[str, Run] = {}
    if not path.is_file():
        return runs
    for line in path.read_bytes().splitlines():
        try:
            entry: dict[str, Any] = json.loads(line)
            entry["mistakes"], entry["notes"] = tuple(entry["mistakes"]), tuple(entry["notes"])
            runs[entry["student"]] = Run(**entry)
        except (ValueError, TypeError, KeyError):
            continue
    return runs


def key_of(content: bytes, *parts: str) -> str:
    """What a submission is recognised by: equal keys give equal grades."""
    digest = hashlib.sha256(rules_digest().encode())
    # What was found instead of a notebook may have a name that is no text.
    for part in (content, *(text.encode("utf-8", "backslashreplace") for text in parts)):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


@cache
def rules_digest(root: Path = ROOT) -> str:
    """The state of the code that decides on grades: this repository's, Python's and that of the packages it stands on."""
    digest = hashlib.sha256()
    for words in (f"python {sys.version_info.major}.{sys.version_info.minor}", *map(_version, PACKAGES)):
        digest.update(words.encode() + b"\0")
    for file in rule_files(root):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def rule_files(root: Path = ROOT) -> Iterator[Path]:
    """The files of `RULES`, data included, in the same order everywhere."""
    for rule in RULES:
        path = root / rule
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            inside = file.relative_to(root).parts
            if file.is_file() and not any(part == "__pycache__" or part.startswith(".") for part in inside):
                yield file


def _version(package: str) -> str:
    try:
        return f"{package} {metadata.version(package)}"
    except metadata.PackageNotFoundError:
        return f"{package} without a version"
