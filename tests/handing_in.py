"""Exports of learning platforms, made for tests, and what collecting them leaves behind."""

import io
import json
import os
import tarfile
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import autograder.collect
from autograder.__main__ import main
from autograder.course import find_lesson

LESSON = find_lesson("05-momentum")
NOTEBOOK = LESSON.release.read_bytes()
OTHER = find_lesson("08-adam").release.read_bytes()

Files = Iterable[tuple[str, bytes]]


def another(number: int = 1) -> bytes:
    """A notebook of the lesson whose bytes differ from all others."""
    return NOTEBOOK + b" " * number


def a_zip(path: Path, files: Files, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return path


def a_tar(path: Path, files: Files, mode: str = "w") -> Path:
    with tarfile.open(path, mode) as archive:
        for name, content in files:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def tar_header(name: str, size: int, kind: bytes, extra: dict[int, bytes] | None = None) -> bytes:
    """One block of a tar, with a right checksum."""
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    block = bytearray(info.tobuf(tarfile.GNU_FORMAT)[-512:])
    for at, what in (extra or {}).items():
        block[at : at + len(what)] = what
    block[148:156] = b" " * 8
    block[148:156] = f"{sum(block):06o}\0 ".encode()
    return bytes(block)


def a_folder(path: Path, files: Files) -> Path:
    for name, content in files:
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


# Every way in which the same files can arrive.
KINDS: dict[str, Callable[[Path, Files], Path]] = {
    "folder": a_folder,
    "zip": a_zip,
    "tar": a_tar,
    "tar.gz": lambda path, files: a_tar(path, files, "w:gz"),
    "tar.bz2": lambda path, files: a_tar(path, files, "w:bz2"),
    "tar.xz": lambda path, files: a_tar(path, files, "w:xz"),
}


@dataclass
class Collection:
    """What a run of `collect` did."""

    code: int
    said: str
    rows: list[dict[str, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def done(self) -> dict[str, tuple[str, str]]:
        """What was done with each member, and for which student."""
        return {row["member"]: (row["action"], row["student"]) for row in self.rows}

    @property
    def why(self) -> dict[str, str]:
        return {row["member"]: row["why"] for row in self.rows}


class Desk:
    """A folder of submissions of a test's own, which `collect` uses instead of the course's."""

    def __init__(self, folder: Path, monkeypatch, capsys) -> None:
        self.folder = folder
        self.submitted = folder / "work" / "submitted"
        self.collected = folder / "work" / "collected"
        self._capsys = capsys
        monkeypatch.setattr(autograder.collect, "SUBMITTED", self.submitted)
        monkeypatch.setattr(autograder.collect, "COLLECTED", self.collected)

    def collect(self, *words: object) -> Collection:
        """Run the verb as a user does."""
        report = self.collected / "05-momentum.json"
        report.unlink(missing_ok=True)
        self._capsys.readouterr()
        try:
            code = main(["collect", "05-momentum", *map(str, words)])
        except SystemExit as stop:  # argparse
            code = int(stop.code or 0)
        said = self._capsys.readouterr()
        done = json.loads(report.read_text("ascii")) if report.is_file() else {"members": [], "missing": []}
        return Collection(code, said.out + said.err, done["members"], done["missing"])

    def refused(self, *words: object) -> str:
        """The one message of a run that must fail, with nothing changed and nothing left behind."""
        self.hand_in("before", b"kept")
        before = snapshot(self.folder)
        done = self.collect(*words)
        assert done.code == 2
        assert done.said.startswith("error: ")
        assert done.said.count("\n") == 1
        if self.collected.exists():
            self.collected.rmdir()  # empty: no scratch folder, no report
        assert snapshot(self.folder) == before
        return done.said

    def zip(self, *files: tuple[str, bytes], name: str = "export.zip") -> Path:
        return a_zip(self.folder / name, files)

    def hand_in(self, student: str, content: bytes, file: str = "momentum.ipynb") -> Path:
        """Put a file there by hand, as an instructor may."""
        path = self.submitted / student / "05-momentum" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def notebooks(self) -> dict[str, bytes]:
        """Every file in the folder that is graded."""
        return snapshot(self.submitted)


def snapshot(folder: Path) -> dict[str, bytes]:
    """All that is in a folder, links as links, by its path in it; folders that are empty count."""
    found = {}
    for here, folders, files in os.walk(folder):
        for name in [*files, *(name for name in folders if not any((Path(here) / name).iterdir()))]:
            path = Path(here) / name
            found[path.relative_to(folder).as_posix()] = (
                path.read_bytes() if path.is_file() and not path.is_symlink() else b"(no file)"
            )
    return found
