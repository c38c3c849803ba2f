"""Archives that are made to fill the disk or the memory do neither."""

import random
import struct
import tarfile
import zipfile

import pytest
from handing_in import KINDS, NOTEBOOK, Desk, a_zip, tar_header

from autograder.collect import tars

NOISE = random.Random(1).randbytes(200_000)


@pytest.fixture
def desk(tmp_path, monkeypatch, capsys) -> Desk:
    return Desk(tmp_path, monkeypatch, capsys)


# --- Bombs --------------------------------------------------------------------------------------------------

ZEROS = b"{" + b" " * 5_000_000


def test_a_file_that_unpacks_like_a_bomb_is_refused_and_the_others_are_not(desk):
    done = desk.collect(desk.zip(("eve/momentum.ipynb", ZEROS), ("ada/momentum.ipynb", NOTEBOOK)))
    assert done.done == {"eve/momentum.ipynb": ("refused", "eve"), "ada/momentum.ipynb": ("collected", "ada")}
    assert "200 times its size" in done.why["eve/momentum.ipynb"]
    assert (
        desk.collect(desk.zip(("eve/momentum.ipynb", ZEROS)), "--max-ratio", 2000).rows[0]["action"]
        == "collected"
    )


def test_a_zip_that_lies_about_a_size_does_not_get_more(desk):
    source = desk.zip(("eve/momentum.ipynb", NOISE))
    content = source.read_bytes()
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.index(mark) + offset
        content = content[:at] + struct.pack("<I", 10) + content[at + 4 :]
    source.write_bytes(content)
    assert "is damaged" in desk.refused(source)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_above_the_limit_is_refused_and_the_others_are_not(desk, kind):
    files = [("eve/momentum.ipynb", NOISE), ("ada/momentum.ipynb", b"{}")]
    source = KINDS[kind](desk.folder / "export", files)
    done = desk.collect(source, "--max-file", "199kB")
    assert done.done == {"ada/momentum.ipynb": ("collected", "ada"), "eve/momentum.ipynb": ("refused", "eve")}
    assert "larger than 199 kB" in done.why["eve/momentum.ipynb"]
    assert {row["action"] for row in desk.collect(source, "--max-file", "200kB").rows} == {
        "unchanged",
        "collected",
    }


@pytest.mark.parametrize("kind", KINDS)
def test_more_than_the_limit_in_all_stops_the_run(desk, kind):
    source = KINDS[kind](desk.folder / "export", [(f"{name}/momentum.ipynb", NOISE) for name in "abc"])
    assert "--max-total" in desk.refused(source, "--max-total", "500kB")
    assert desk.collect(source, "--max-total", "1MB").code == 0


def test_the_limit_in_all_is_for_all_sources_together(desk):
    sources = [desk.zip((f"{name}/momentum.ipynb", NOISE), name=f"{name}.zip") for name in "abc"]
    assert "--max-total" in desk.refused(*sources, "--max-total", "500kB")


@pytest.mark.parametrize("kind", KINDS)
def test_more_members_than_the_limit_stop_the_run(desk, kind):
    files = [(f"s{number}/x{number}.txt", b"") for number in range(8)]
    source = KINDS[kind](desk.folder / "export", files)
    assert "--max-members" in desk.refused(source, "--max-members", 7)
    assert desk.collect(source, "--max-members", 16).code == 0


@pytest.mark.parametrize("kind", ["tar.gz", "tar.bz2", "tar.xz"])
def test_a_packed_tar_counts_what_it_only_skips(desk, monkeypatch, kind):
    monkeypatch.setattr(tars, "WHOLE_TAR_UNSUSPECTED", 1_000_000)
    source = KINDS[kind](desk.folder / "export", [("eve/film.mp4", ZEROS), ("ada/momentum.ipynb", NOTEBOOK)])
    assert "--max-ratio" in desk.refused(source)
    assert "--max-total" in desk.refused(source, "--max-ratio", 2_000_000, "--max-total", "4MB")
    assert desk.collect(source, "--max-ratio", 2_000_000).code == 0


def test_files_of_a_zip_that_lie_on_top_of_each_other_count_each_time(desk):
    content = desk.zip(("eve/momentum.ipynb", NOISE)).read_bytes()
    start = content.index(b"PK\x01\x02")
    entry, end = content[start : content.index(b"PK\x05\x06")], content[content.index(b"PK\x05\x06") :]
    many = 50
    directory = entry * many
    end = end[:8] + struct.pack("<HHII", many, many, len(directory), start) + end[20:]
    (desk.folder / "bomb.zip").write_bytes(content[:start] + directory + end)
    assert "--max-total" in desk.refused(desk.folder / "bomb.zip", "--max-total", "5MB")


def test_a_table_of_contents_beyond_all_measure_is_not_read(desk):
    content = desk.zip(("a/x", b"")).read_bytes()
    start, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    directory = content[start:end] * 80_000
    ending = content[end:][:8] + struct.pack("<HHII", 9, 9, len(directory), start) + content[end:][20:]
    (desk.folder / "long.zip").write_bytes(content[:start] + directory + ending)
    assert "table of contents is impossibly long" in desk.refused(
        desk.folder / "long.zip", "--max-members", 100
    )


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_the_library_would_unpack_in_one_go_is_not_opened(desk, method):
    source = a_zip(desk.folder / "x.zip", [("eve/momentum.ipynb", ZEROS)], method)
    with zipfile.ZipFile(source, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr("ada/momentum.ipynb", NOTEBOOK)
    done = desk.collect(source)
    assert [row["action"] for row in done.rows] == ["refused", "collected"]
    assert "not opened" in done.rows[0]["why"]


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.XGLTYPE])
def test_a_header_of_gigabytes_is_not_kept_in_memory(desk, kind):
    source = desk.folder / "x.tar"
    with source.open("wb") as file:
        file.write(tar_header("x", 50_000_000, kind))
        file.truncate(512 + 50_000_000 + 1024)
    assert "a header is impossibly long" in desk.refused(source)


def test_a_list_of_holes_without_end_is_not_kept_in_memory(desk):
    pax = b"22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n24 GNU.sparse.name=x.tx\n30 GNU.sparse.realsize=999999\n"
    holes = b"99999999\n" + b"0\n" * 1_500_000
    source = desk.folder / "x.tar"
    body = tar_header("p", len(pax), tarfile.XHDTYPE) + pax + bytes(-len(pax) % 512)
    body += tar_header("x", len(holes), tarfile.REGTYPE) + holes + bytes(-len(holes) % 512 + 1024)
    source.write_bytes(body)
    assert "a header is impossibly long" in desk.refused(source)
