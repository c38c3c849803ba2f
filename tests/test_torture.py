"""A little of what `make torture` does at length: sudden ends, mutated notebooks, mutated frames, a full disk."""

import os
import subprocess

import pytest
from course_copy import environment, run
from gradebook_rows import GRADES, query
from torture.fuzzing import fuzz_frames, fuzz_notebooks
from torture.small_course import hand_in_class, small_course
from torture.sudden_ends import GRADE, torture


def test_a_batch_that_was_ended_anywhere_goes_on_to_the_same_gradebook(tmp_path):
    hits = torture(tmp_path, points=4, students=12, seed=1)
    assert sum(hits.values()) >= 2


def test_mutated_notebooks_end_with_a_status_and_never_with_a_traceback(tmp_path):
    statuses = fuzz_notebooks(tmp_path / "course", 150, seed=7)
    assert len(statuses) >= 3


def test_mutated_frames_earn_nothing_and_raise_only_what_the_protocol_names():
    endings = fuzz_frames(3000, seed=3)
    assert endings["ProtocolError"] > 100
    assert any(name.startswith("judged") for name in endings)


@pytest.mark.skipif(os.getuid() != 0, reason="a small disk can only be made by root")
def test_a_full_disk_ends_with_one_message_and_the_batch_can_go_on(tmp_path):
    course = small_course(tmp_path / "course")
    hand_in_class(course, 12)
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", disk], check=True)
    try:
        work = course / "autograder/work"
        submitted = work / "submitted"
        elsewhere = tmp_path / "submitted"
        submitted.rename(elsewhere)
        work.rmdir()
        work.symlink_to(disk)
        (disk / "submitted").symlink_to(elsewhere)
        refused = run(course, *GRADE)
        assert refused.returncode == 2, refused.stdout + refused.stderr
        assert refused.stderr.count("error:") == 1 and "Traceback" not in refused.stderr
        subprocess.run(["mount", "-o", "remount,size=50m", disk], check=True)
        done = subprocess.run(
            ["python", "-m", *GRADE],
            cwd=course,
            env=environment(course),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert len(query(course, GRADES)) == 12 * 3
    finally:
        subprocess.run(["umount", disk], check=True)
