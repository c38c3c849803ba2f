"""`python -m autograder grade`: what comes out for a small lesson, and what happens when something is in the way."""

import errno
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, nullcontext, suppress
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from course_copy import environment, grade, rows, run
from gradebook_rows import COMMENTS, GRADES, query
from small_class import HALF, RIGHT, SUBMITTED, hand_in

from autograder import pipeline
from autograder.errors import UserError
from autograder.outcome import Outcome, Status
from autograder.worker import Done


def test_the_gradebook_equals_that_of_stock_nbgrader_row_by_row(course, built, tmp_path):
    stock = tmp_path / "stock"
    shutil.copytree(built, stock)
    for place in (course, stock):
        hand_in(place, "ada", RIGHT)
        late = hand_in(place, "bruno", HALF).with_name("timestamp.txt")
        late.write_text("2026-03-01 10:00:00 UTC", encoding="utf-8")
        hand_in(place, "noah", {})
        copied = hand_in(place, "zara", RIGHT)
        paste_tests(copied)
    grade(course)
    done = run(stock, "nbgrader", "autograde", "05-momentum")
    assert done.returncode == 0, done.stderr
    assert query(course, GRADES) == query(stock, GRADES)
    assert query(course, COMMENTS) == query(stock, COMMENTS)
    assert len(query(stock, GRADES)) == 4 * 3
    feedback = run(stock, "nbgrader", "generate_feedback", "05-momentum")
    assert feedback.returncode == 0, feedback.stderr
    for place in (course, stock):
        page = (place / "autograder/work/feedback/bruno/05-momentum/momentum.html").read_text(
            encoding="utf-8"
        )
        assert "1 - rho instead of 1 + rho" in page
        assert "hidden=True" not in page


def paste_tests(path: Path) -> None:
    """What stops stock nbgrader's whole batch: cells that were copied in JupyterLab."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells += [nbformat.from_dict({**cell, "id": f"{cell.id}-copy"}) for cell in notebook.cells]
    nbformat.write(notebook, path)


def test_what_has_not_changed_is_not_graded_again_unless_asked(graded):
    before = rows(graded)
    assert "2 of 2 have not changed" in grade(graded)
    assert rows(graded) == before
    path = graded / SUBMITTED / "ada/05-momentum/momentum.ipynb"
    path.write_bytes(path.read_bytes() + b"\n")
    assert "1 of 2 have not changed" in grade(graded)
    assert "have not changed" not in grade(graded, "--force")
    assert rows(graded) == before


def test_the_gradebook_is_backed_up_before_a_batch(graded):
    query(graded, "UPDATE grade SET manual_score = 2.5 WHERE auto_score IS NULL")
    grade(graded, "--force")
    copies = sorted((graded / "autograder/work/backups").glob("gradebook-*.db"))
    with closing(sqlite3.connect(copies[-1])) as database:
        assert database.execute("SELECT count(*) FROM grade WHERE manual_score = 2.5").fetchone() == (2,)


def test_every_grade_is_logged_with_the_isolation_that_was_reached(graded):
    lines = (graded / "autograder/work/runs/05-momentum.jsonl").read_text(encoding="utf-8").splitlines()
    runs = [json.loads(line) for line in lines]
    assert {(run["student"], run["status"]) for run in runs} == {("ada", "graded"), ("bruno", "graded")}
    assert all(run["isolation"] for run in runs)


def test_lines_of_json_say_the_same_as_the_table(graded):
    *lines, last = map(json.loads, grade(graded, "--json", "--force").splitlines())
    assert last["summary"]["lesson"] == "05-momentum"
    assert last["summary"]["statuses"] == {"graded": 2}
    assert {line["student"]: line["points"] for line in lines} == {
        "ada": {"effective_step": 3, "momentum_limit": 3, "written_limit": None},
        "bruno": {"effective_step": 3, "momentum_limit": 1, "written_limit": None},
    }


def test_without_a_sandbox_nothing_is_graded_unless_somebody_says_so(course):
    hand_in(course, "ada", RIGHT)
    words = [sys.executable, "-m", "autograder", "grade", "05-momentum"]
    nowhere = environment(course) | {"PATH": ""}
    refused = subprocess.run(words, cwd=course, env=nowhere, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "Install bubblewrap" in refused.stderr and "--no-sandbox" in refused.stderr
    assert "Isolation: none" in grade(course, "--no-sandbox")
    assert rows(course, ["student", "status", "total"]) == [["ada", "graded", "6"]]


def test_grading_again_keeps_the_points_a_person_gave_and_the_hidden_numbers(graded):
    secret = (graded / "autograder/work/secret").read_bytes()
    query(graded, "UPDATE grade SET manual_score = 2.5 WHERE auto_score IS NULL")
    grade(graded)
    assert rows(graded, ["student", "written_limit", "total"]) == [
        ["ada", "2.5", "8.5"],
        ["bruno", "2.5", "6.5"],
    ]
    assert (graded / "autograder/work/secret").read_bytes() == secret


def test_a_student_can_be_graded_alone_and_the_class_keeps_its_list(graded):
    before = rows(graded)
    assert "ada" not in grade(graded, "--student", "bruno").split("Grades:")[0]
    assert rows(graded) == before


def test_a_file_that_can_no_longer_be_read_takes_the_old_points_back_but_not_a_persons(graded):
    query(graded, "UPDATE grade SET manual_score = 2.5 WHERE auto_score IS NULL")
    path = graded / SUBMITTED / "ada/05-momentum/momentum.ipynb"
    path.write_bytes(path.read_bytes()[:300])
    grade(graded, "--student", "ada")
    scores = query(graded, f"SELECT auto, manual, to_read FROM ({GRADES}) WHERE student = 'ada'")
    assert scores == [(None, None, 1), (None, None, 1), (None, 2.5, 1)]
    assert not (graded / "autograder/work/autograded/ada/05-momentum/momentum.ipynb").exists()
    page = (graded / "autograder/work/feedback/ada/05-momentum/momentum.html").read_text(encoding="utf-8")
    assert "cut off" in page


def test_the_secret_of_the_hidden_checks_is_the_owners_alone(graded):
    assert (graded / "autograder/work/secret").stat().st_mode & 0o777 == 0o600


def test_a_mistake_of_the_grader_costs_one_submission_and_leaves_a_log(course):
    hand_in(course, "ada", RIGHT)
    hand_in(course, "bruno", HALF)
    # A folder where the notebook of one student should be written.
    (course / "autograder/work/autograded/ada/05-momentum/momentum.ipynb").mkdir(parents=True)
    assert "The grader itself failed on ada" in refused(course, "05-momentum")
    assert rows(course, ["student", "status"]) == [["ada", "grader error"], ["bruno", "graded"]]
    assert "IsADirectoryError" in (course / "autograder/work/logs/05-momentum-ada.log").read_text(
        encoding="utf-8"
    )


def test_a_folder_that_may_not_be_written_to_ends_the_batch_with_its_name(monkeypatch):
    def refuse(*_):
        raise PermissionError(errno.EACCES, "Permission denied", "work/feedback")

    monkeypatch.setattr(pipeline, "_record", refuse)
    monkeypatch.setattr(pipeline.gradebook, "alone", lambda *_: nullcontext())
    arrival = pipeline.Arrival(SimpleNamespace(student="ada"), b"", None, "", "key")
    done = Done("ada", None, Outcome(Status.MISSING), "")
    with pytest.raises(UserError, match="work/feedback cannot be written: Permission denied"):
        pipeline.record(arrival, done, SimpleNamespace(lesson=None), None, Path("log"))


def test_names_cannot_become_formulas_or_markup(course):
    hand_in(course, "=1+1", RIGHT)
    hand_in(course, "[red]", RIGHT)
    assert "[red]" in grade(course)
    assert rows(course, ["student"]) == [["'=1+1"], ["[red]"]]


def refused(course: Path, *words: str) -> str:
    done = run(course, "autograder", "grade", *words)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def test_an_unknown_lesson_gets_a_suggestion(course):
    assert "Did you mean 05-momentum?" in refused(course, "05-momentun")


def test_no_submissions_gets_the_place_where_they_belong(course):
    assert "<student>/05-momentum/momentum.ipynb" in refused(course, "05-momentum")


def test_a_lesson_that_was_not_built_gets_the_command_that_builds_it(course):
    hand_in(course, "ada", RIGHT)
    (course / "solutions/05-momentum/momentum.ipynb").unlink()
    assert "python -m autograder build 05-momentum" in refused(course, "05-momentum")


def test_a_gradebook_in_use_is_left_alone(graded):
    before = query(graded, GRADES)
    with closing(sqlite3.connect(graded / "autograder/work/gradebook.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "Nothing recorded before is lost" in refused(graded, "05-momentum")
        other.rollback()
    assert query(graded, GRADES) == before


def test_a_lesson_with_other_exercises_does_not_spoil_recorded_grades(graded):
    path = graded / "solutions/05-momentum/momentum.ipynb"
    path.write_text(
        path.read_text(encoding="utf-8").replace("written_limit", "written_other"), encoding="utf-8"
    )
    assert "have changed since the first submission was graded" in refused(graded, "05-momentum")


@pytest.fixture
def grading_a_loop(course: Path) -> Iterator[subprocess.Popen[str]]:
    """A batch whose first submission hangs."""
    hand_in(course, "felix", {**RIGHT, "effective_step": "while True:\n    pass"})
    hand_in(course, "zara", RIGHT)
    words = [sys.executable, "-m", "autograder", "grade", "05-momentum", "--workers", "1"]
    batch = subprocess.Popen(
        words, cwd=course, env=environment(course), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    yield batch
    batch.kill()
    batch.wait()


def zygotes(course: Path) -> list[str]:
    """The processes that run submissions of this course."""
    found = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = line.read_bytes()
            if b"autograder.inside.zygote" in words and bytes(course) in words:
                found.append(line.parent.name)
    return found


def test_ctrl_c_ends_the_batch_and_every_sandbox(grading_a_loop, course):
    while len(zygotes(course)) < 2:
        assert grading_a_loop.poll() is None
        time.sleep(0.05)
    grading_a_loop.send_signal(signal.SIGINT)
    _, said = grading_a_loop.communicate(timeout=60)
    assert grading_a_loop.returncode == 130
    assert "What was finished before is kept" in said
    deadline = time.monotonic() + 30
    while zygotes(course) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert zygotes(course) == []
