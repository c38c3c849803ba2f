"""The members of a source, whatever it is, one after the other. Nothing is unpacked."""

from collections.abc import Callable, Generator, Iterator
from pathlib import Path

from autograder.collect.folders import in_folder
from autograder.collect.limits import Budget
from autograder.collect.member import Member, explained
from autograder.collect.tars import COMPRESSED, in_tar
from autograder.collect.zips import in_zip
from autograder.errors import UserError

OTHER_ARCHIVES = {b"7z\xbc\xaf\x27\x1c": "7z", b"Rar!\x1a\x07": "RAR", b"\x28\xb5\x2f\xfd": "Zstandard"}


def members_of(path: Path, budget: Budget) -> Generator[Member]:
    """Every member of a source but its folders; raises UserError when the source cannot be read to its end."""
    found = 0
    for member in _kind_of(path)(path, budget):
        found += 1
        yield member
    if not found:
        raise UserError(f"{path} is empty: there is no file in it. Nothing was collected.")


def _kind_of(path: Path) -> Callable[[Path, Budget], Iterator[Member]]:
    if path.is_dir():
        return in_folder
    if not path.is_file():
        what = "is neither a file nor a folder" if path.exists() else "is not there"
        raise UserError(f"{path} {what}. Give a folder, a zip or a tar of what was handed in.")
    with explained(path), path.open("rb") as file:
        start = file.read(512)
    if not start:
        raise UserError(f"{path} is empty: it has no bytes at all. Download it again.")
    for mark, name in OTHER_ARCHIVES.items():
        if start.startswith(mark):
            raise UserError(
                f"{path} is a {name} archive, which is not opened. Unpack it and give the folder, or pack it as a zip."
            )
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return in_zip
    is_tar = start[257:262] == b"ustar" or start == bytes(512) or path.suffix.lower() == ".tar"
    if is_tar or start.startswith(tuple(COMPRESSED)):
        return in_tar
    raise UserError(
        f"{path} is neither a zip nor a tar. Give a folder, a zip or a tar of what was handed in."
    )
