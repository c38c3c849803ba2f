"""What was collected before is replaced only on request, and never lost."""

import io
import os
import tarfile
import zipfile

import pytest
from handing_in import LESSON, NOTEBOOK, Desk, a_folder, another

from autograder.collect import place
from autograder.gradebook import handed_in_at
from autograder.submission import find_submissions


@pytest.fixture
def desk(tmp_path, monkeypatch, capsys) -> Desk:
    return Desk(tmp_path, monkeypatch, capsys)


# --- What is there already ----------------------------------------------------------------------------------


def test_a_second_run_changes_nothing(desk):
    source = desk.zip(("ada/momentum.ipynb", another(1)), ("grace/momentum.ipynb", another(2)))
    words = (source, "--time", "2026-03-01 18:00")
    desk.collect(*words)
    before = desk.notebooks()
    stamps = {path: path.stat().st_mtime_ns for path in desk.submitted.rglob("*")}
    for more in ([], ["--update"]):
        done = desk.collect(*words, *more)
        assert {row["action"] for row in done.rows} == {"unchanged"}
    assert desk.notebooks() == before
    assert {path: path.stat().st_mtime_ns for path in desk.submitted.rglob("*")} == stamps
    assert not (desk.collected / "replaced").exists()


def test_a_different_submission_is_not_overwritten_unasked(desk):
    path = desk.hand_in("ada", another(1))
    done = desk.collect(desk.zip(("ada/momentum.ipynb", another(2))))
    assert done.done["ada/momentum.ipynb"] == ("refused", "ada")
    assert "--update" in done.why["ada/momentum.ipynb"]
    assert path.read_bytes() == another(1)


def test_update_replaces_it_and_keeps_the_old_one_outside_of_what_is_graded(desk):
    path = desk.hand_in("ada", another(1))
    desk.hand_in("ada", b"2026-01-01 10:00:00 UTC", "timestamp.txt")
    desk.hand_in("ada", b"mine", "notes.txt")
    done = desk.collect(desk.zip(("ada/momentum.ipynb", another(2))), "--update")
    assert done.done["ada/momentum.ipynb"] == ("updated", "ada")
    assert path.read_bytes() == another(2)
    (kept,) = (desk.collected / "replaced" / "05-momentum" / "ada").iterdir()
    assert snapshot_of(kept) == {"momentum.ipynb": another(1), "timestamp.txt": b"2026-01-01 10:00:00 UTC"}
    assert str(kept) in done.why["ada/momentum.ipynb"]
    # The time was the old one's; what else lies there is left alone.
    assert set(desk.notebooks()) == {"ada/05-momentum/momentum.ipynb", "ada/05-momentum/notes.txt"}
    assert [one.student for one in find_submissions(desk.submitted, LESSON)] == ["ada"]


def snapshot_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_each_update_keeps_what_it_replaces(desk):
    path = desk.hand_in("ada", another(0))
    for number in (1, 2, 3):
        os.utime(path, (1e9, 1e9))
        desk.collect(desk.zip(("ada/momentum.ipynb", another(number))), "--update")
    kept = sorted(path.read_bytes() for path in (desk.collected / "replaced").rglob("*.ipynb"))
    assert kept == [another(0), another(1), another(2)]


def test_no_link_among_the_submissions_is_followed(desk):
    outside = desk.folder / "outside"
    outside.mkdir()
    (outside / "kept.ipynb").write_bytes(b"precious")
    desk.submitted.mkdir(parents=True)
    (desk.submitted / "ada").symlink_to(outside, target_is_directory=True)
    (desk.submitted / "grace").mkdir()
    (desk.submitted / "grace" / "05-momentum").symlink_to(outside, target_is_directory=True)
    desk.hand_in("alan", b"").unlink()
    (desk.submitted / "alan/05-momentum/momentum.ipynb").symlink_to(outside / "kept.ipynb")
    desk.hand_in("tony", b"").unlink()
    (desk.submitted / "tony/05-momentum/timestamp.txt").symlink_to(outside / "kept.ipynb")
    (desk.submitted / "file").write_bytes(b"")
    students = ("ada", "grace", "alan", "tony", "file")
    source = desk.zip(*((f"{student}/momentum.ipynb", NOTEBOOK) for student in students))
    done = desk.collect(source, "--update", "--time", "2026-03-01")
    assert [row["action"] for row in done.rows] == ["refused"] * 5
    assert "is a link" in done.rows[0]["why"]
    assert snapshot_of(outside) == {"kept.ipynb": b"precious"}


def test_a_full_disk_leaves_whole_submissions_and_one_message(desk, monkeypatch):
    source = desk.zip(("ada/momentum.ipynb", another(1)), ("grace/momentum.ipynb", another(2)))
    write, calls = place.write_atomically, []

    def fill_up(path, content):
        calls.append(path)
        if len(calls) > 1:
            raise OSError(28, "No space left on device", str(path))
        write(path, content)

    monkeypatch.setattr(place, "write_atomically", fill_up)
    done = desk.collect(source)
    assert done.code == 2
    assert "No space left on device. 1 of 2 students were done" in done.said
    assert desk.notebooks() == {"ada/05-momentum/momentum.ipynb": another(1)}
    monkeypatch.setattr(place, "write_atomically", write)
    assert [row["action"] for row in desk.collect(source).rows] == ["unchanged", "collected"]


# --- The time of handing in ---------------------------------------------------------------------------------


def test_no_time_is_written_unless_one_is_asked_for(desk):
    desk.collect(
        desk.zip(("ada/momentum.ipynb", NOTEBOOK), ("ada/timestamp.txt", b"2001-01-01 00:00:00 UTC"))
    )
    assert set(desk.notebooks()) == {"ada/05-momentum/momentum.ipynb"}


def test_a_given_time_is_what_nbgrader_reads(desk):
    desk.collect(desk.zip(("ada/momentum.ipynb", NOTEBOOK)), "--time", "2026-03-01T18:00:00+02:00")
    handed_in, remark = handed_in_at(desk.submitted / "ada/05-momentum")
    assert (handed_in.isoformat(), remark) == ("2026-03-01T16:00:00", "")


def test_the_times_in_a_source_are_taken_on_request(desk):
    info = tarfile.TarInfo("ada/momentum.ipynb")
    info.size, info.mtime = len(NOTEBOOK), 1_772_388_000  # 2026-03-01 18:00:00 UTC
    wild = tarfile.TarInfo("grace/momentum.ipynb")
    wild.size, wild.mtime = len(NOTEBOOK), 8**11 - 1
    with tarfile.open(desk.folder / "x.tar", "w", format=tarfile.GNU_FORMAT) as archive:
        archive.addfile(info, io.BytesIO(NOTEBOOK))
        archive.addfile(wild, io.BytesIO(NOTEBOOK))
    desk.collect(desk.folder / "x.tar", "--time", "members")
    assert desk.notebooks()["ada/05-momentum/timestamp.txt"] == b"2026-03-01 18:00:00 UTC\n"
    old = a_folder(desk.folder / "x", [("tony/momentum.ipynb", NOTEBOOK)])
    os.utime(old / "tony/momentum.ipynb", (-5, -5))
    desk.collect(old, "--time", "members")
    assert "tony/05-momentum/timestamp.txt" not in desk.notebooks()
    unknown = zipfile.ZipInfo("alan/momentum.ipynb")  # 1980, which a zip says when it does not know
    with zipfile.ZipFile(desk.folder / "x.zip", "w") as archive:
        archive.writestr(unknown, NOTEBOOK)
    desk.collect(desk.folder / "x.zip", "--time", "members")
    assert "alan/05-momentum/timestamp.txt" not in desk.notebooks()


def test_another_time_alone_is_a_difference_too(desk):
    source = desk.zip(("ada/momentum.ipynb", NOTEBOOK))
    desk.collect(source, "--time", "2026-03-01T18:00Z")
    assert "another time" in desk.collect(source, "--time", "2026-03-02T18:00Z").rows[0]["why"]
    assert desk.collect(source, "--time", "2026-03-02T18:00Z", "--update").rows[0]["action"] == "updated"
    assert desk.notebooks()["ada/05-momentum/timestamp.txt"] == b"2026-03-02 18:00:00 UTC\n"


def test_a_time_that_is_none_gets_an_example(desk):
    done = desk.collect(desk.zip(("ada/momentum.ipynb", NOTEBOOK)), "--time", "yesterday")
    assert (done.code, "write it like '2026-03-01 18:00'" in done.said) == (2, True)


def test_a_late_mark_of_canvas_is_in_the_report(desk):
    done = desk.collect(desk.zip(("ada_LATE_1_2_momentum.ipynb", NOTEBOOK)))
    assert done.rows[0]["why"] == "Canvas marks it as late"
