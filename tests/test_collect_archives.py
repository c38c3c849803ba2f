"""Archives that are broken end with one message and leave nothing half-written; what is no file is not taken."""

import io
import os
import random
import socket
import stat
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest
from handing_in import KINDS, LESSON, NOTEBOOK, Desk, a_folder, a_tar, another, tar_header
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.collect.choose import Sorter
from autograder.collect.limits import Budget, Limits, RefusedError
from autograder.collect.sources import members_of
from autograder.errors import UserError

# Text that does not pack well, so that an archive cut anywhere loses something.
NOISE = random.Random(1).randbytes(200_000)
FILES = [("ada/momentum.ipynb", NOTEBOOK + NOISE.hex().encode()), ("grace/momentum.ipynb", NOTEBOOK)]


@pytest.fixture
def desk(tmp_path, monkeypatch, capsys) -> Desk:
    return Desk(tmp_path, monkeypatch, capsys)


# --- Broken ones --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "folder"])
@pytest.mark.parametrize("kept", [0.02, 0.3, 0.6, 0.99])
def test_an_archive_that_was_cut_off_is_called_so(desk, kind, kept):
    whole = KINDS[kind](desk.folder / "whole", FILES).read_bytes()
    end = len(whole.rstrip(b"\0")) if kind == "tar" else len(whole)
    source = desk.folder / "export"
    source.write_bytes(whole[: int(end * kept)])
    assert "is damaged, or was cut off" in desk.refused(source)


def test_a_tar_that_ends_between_two_files_is_cut_off_too(desk):
    a_tar(desk.folder / "x.tar", FILES[:1])
    whole = (desk.folder / "x.tar").read_bytes().rstrip(b"\0")
    (desk.folder / "x.tar").write_bytes(whole + bytes(-len(whole) % 512))
    assert "it has no end" in desk.refused(desk.folder / "x.tar")


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "tar.bz2", "tar.xz"])
def test_one_wrong_byte_in_a_packed_file_is_found(desk, kind):
    source = KINDS[kind](desk.folder / "export", FILES)
    content = bytearray(source.read_bytes())
    content[len(content) // 2] ^= 0xFF
    source.write_bytes(content)
    assert "is damaged, or was cut off" in desk.refused(source)


def test_the_checksum_at_the_end_of_a_packed_tar_is_looked_at(desk):
    source = a_tar(desk.folder / "x.tar.gz", FILES, "w:gz")
    content = bytearray(source.read_bytes())
    content[-8] ^= 0xFF
    source.write_bytes(content)
    assert "CRC check failed" in desk.refused(source)


def test_a_broken_header_in_the_middle_of_a_tar_is_no_end(desk):
    source = a_tar(desk.folder / "x.tar", [("ada/momentum.ipynb", b"x"), ("grace/momentum.ipynb", b"x")])
    content = bytearray(source.read_bytes())
    content[1024 + 150] ^= 0xFF  # in the checksum of the second header
    source.write_bytes(content)
    assert "it has no end" in desk.refused(source)


def test_a_good_source_is_not_collected_when_the_next_is_broken(desk):
    good = desk.zip(*FILES)
    broken = desk.folder / "broken.zip"
    broken.write_bytes(good.read_bytes()[:-30])
    assert "broken.zip is damaged" in desk.refused(good, broken)


def test_an_encrypted_zip_is_called_so(desk):
    source = desk.zip(*FILES)
    content = bytearray(source.read_bytes())
    content[content.rindex(b"PK\x01\x02") + 8] |= 1  # the flag of the last file
    source.write_bytes(content)
    assert "is encrypted. Nothing was collected." in desk.refused(source)


def make_empty(kind: str, path: Path) -> Path:
    path.mkdir() if kind == "folder" else KINDS[kind](path, [])
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_source_is_called_so(desk, kind):
    assert "is empty" in desk.refused(make_empty(kind, desk.folder / "export"))


def test_a_source_with_folders_only_is_empty(desk):
    assert "there is no file in it" in desk.refused(desk.zip(("ada/", b"")))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it has no bytes at all"),
        (b"7z\xbc\xaf\x27\x1c....", "is a 7z archive"),
        (b"Rar!\x1a\x07\x01\x00", "is a RAR archive"),
        (b"<html>please log in</html>", "is neither a zip nor a tar"),
        (b"PK\x03\x04 and no more", "is damaged"),
        (b"\x1f\x8b\x08 and no more", "is damaged"),
    ],
)
def test_what_is_no_archive_is_called_what_it_is(desk, content, said):
    (desk.folder / "export.zip").write_bytes(content)
    assert said in desk.refused(desk.folder / "export.zip")


def test_a_source_that_is_not_there_or_is_a_pipe_is_not_waited_for(desk):
    assert "is not there" in desk.refused(desk.folder / "nowhere.zip")
    os.mkfifo(desk.folder / "pipe")
    assert "is neither a file nor a folder" in desk.refused(desk.folder / "pipe")


# --- What is no ordinary file -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (tarfile.SYMTYPE, "a link"),
        (tarfile.LNKTYPE, "a hard link"),
        (tarfile.FIFOTYPE, "a pipe"),
        (tarfile.CHRTYPE, "a device"),
        (tarfile.BLKTYPE, "a device"),
    ],
)
def test_nothing_in_a_tar_but_files_is_taken(desk, kind, why):
    with tarfile.open(desk.folder / "x.tar", "w") as archive:
        info = tarfile.TarInfo("eve/momentum.ipynb")
        info.type, info.linkname = kind, "/etc/passwd"
        archive.addfile(info)
        info = tarfile.TarInfo("ada/momentum.ipynb")
        info.size = len(NOTEBOOK)
        archive.addfile(info, io.BytesIO(NOTEBOOK))
    done = desk.collect(desk.folder / "x.tar")
    assert done.done == {"eve/momentum.ipynb": ("refused", "eve"), "ada/momentum.ipynb": ("collected", "ada")}
    assert why in done.why["eve/momentum.ipynb"]


def test_a_file_with_holes_in_a_tar_is_refused(desk):
    source = desk.folder / "x.tar"
    # One hole, then nothing: offset and length of a part, the number of bytes when it is unpacked.
    holes = {386: b"00000000000\0" + b"00000000000\0", 483: b"77777777777\0"}
    source.write_bytes(tar_header("eve/momentum.ipynb", 0, tarfile.GNUTYPE_SPARSE, holes) + bytes(1024))
    done = desk.collect(source)
    assert (done.rows[0]["action"], done.rows[0]["why"]) == (
        "refused",
        "is a file with holes, no ordinary file",
    )


@pytest.mark.parametrize(
    ("mode", "why"), [(stat.S_IFLNK, "a link"), (stat.S_IFIFO, "a pipe"), (stat.S_IFCHR, "a device")]
)
def test_nothing_in_a_zip_but_files_is_taken(desk, mode, why):
    info = zipfile.ZipInfo("eve/momentum.ipynb")
    info.external_attr = (mode | 0o777) << 16
    with zipfile.ZipFile(desk.folder / "x.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    done = desk.collect(desk.folder / "x.zip")
    assert done.rows[0]["action"] == "refused"
    assert why in done.rows[0]["why"]


def test_nothing_in_a_folder_but_files_is_taken(desk):
    secret = desk.folder / "secret.ipynb"
    secret.write_bytes(NOTEBOOK)
    source = a_folder(desk.folder / "export", [("ada/momentum.ipynb", another())])
    for student in ("link", "hard", "pipe", "socket"):
        (source / student).mkdir()
    (source / "link/momentum.ipynb").symlink_to(secret)
    (source / "hard/momentum.ipynb").hardlink_to(secret)
    os.mkfifo(source / "pipe/momentum.ipynb")
    with socket.socket(socket.AF_UNIX) as place:
        place.bind(str(source / "socket/momentum.ipynb"))
    (source / "folder").symlink_to(source / "ada", target_is_directory=True)
    (source / "loop").symlink_to(source, target_is_directory=True)
    done = desk.collect(source)
    assert set(desk.notebooks()) == {"ada/05-momentum/momentum.ipynb"}
    assert [done.why[f"{name}/momentum.ipynb"].split(",")[0] for name in ("link", "hard", "pipe", "socket")] == [
        "is a link", "is a hard link", "is a pipe", "is a socket",
    ]  # fmt: skip
    assert {row["member"].split("/")[0]: row["action"] for row in done.rows} == {
        "ada": "collected", "link": "refused", "hard": "refused", "pipe": "refused", "socket": "refused",
        "folder": "left out", "loop": "left out",
    }  # fmt: skip


@pytest.mark.parametrize(
    "swap", [os.mkfifo, lambda path: path.symlink_to("/etc/passwd")], ids=["pipe", "link"]
)
def test_a_file_that_is_swapped_after_it_was_listed_is_not_read(tmp_path, swap):
    path = a_folder(tmp_path, [("ada/momentum.ipynb", NOTEBOOK)]) / "ada/momentum.ipynb"
    (member,) = members_of(tmp_path, Budget(Limits()))
    path.unlink()
    swap(path)
    with pytest.raises((RefusedError, UserError), match=r"no ordinary file|cannot be read"):
        list(member.chunks())


@pytest.mark.parametrize("name", ["d", "d" * 200], ids=["deep", "long"])
def test_a_folder_nested_beyond_all_measure_ends_with_a_message(desk, name):
    source = desk.folder / "export"
    source.mkdir()
    here = os.open(source, os.O_RDONLY)
    for _ in range(1500 if name == "d" else 30):
        os.mkdir(name, dir_fd=here)
        below = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    try:
        done = desk.collect(source)
    finally:
        subprocess.run(["rm", "-rf", str(source)], check=True)  # too deep for Python's own way
    assert done.code == 2
    assert ("is empty" if name == "d" else "File name too long") in done.said


# --- Whatever comes -----------------------------------------------------------------------------------------

SMALL = [("ada/momentum.ipynb", b"{}"), ("./grace_1_2_momentum.ipynb", b"x" * 700), ("eve/", b"")]


@pytest.fixture(scope="module")
def archives(tmp_path_factory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("archives")
    return {kind: KINDS[kind](folder / kind, SMALL).read_bytes() for kind in KINDS if kind != "folder"}


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_no_wrong_bytes_end_in_a_traceback(archives, tmp_path_factory, data):
    content = bytearray(archives[data.draw(st.sampled_from(sorted(archives)))])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "export").write_bytes(content)
    (folder / "scratch").mkdir()
    try:
        sorter = Sorter(LESSON, folder / "scratch", Limits(total=10_000_000))
        sorter.take(folder / "export")
        sorter.chosen()
    except UserError as error:
        assert "Nothing was collected" in str(error) or "Give a folder" in str(error) or "empty" in str(error)
    assert {path.name for path in folder.iterdir()} == {"export", "scratch"}
