"""Only what has changed is graded again: the submission, the rules, the limits, or what should have been written."""

import ast
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
import quick_course
from quick_course import Course

from autograder import gradebook, pipeline, runs
from autograder.course import ROOT
from autograder.pipeline import grade_all
from autograder.results import Result, recorded


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Course:
    return quick_course.make(tmp_path_factory.mktemp("course"))


@pytest.fixture
def course(empty: Course, tmp_path: Path, monkeypatch) -> Course:
    """Ada and Bruno have handed in."""
    copy = quick_course.copy(empty, tmp_path)
    for module, name in (
        (pipeline, "AUTOGRADED"),
        (pipeline, "FEEDBACK"),
        (pipeline, "LOGS"),
        (runs, "RUNS"),
    ):
        monkeypatch.setattr(module, name, tmp_path / name.lower())
    monkeypatch.setattr(pipeline, "course_secret", lambda: b"secret")
    monkeypatch.setattr(pipeline, "grade_jobs", copy.grade_jobs)
    copy.hand_in("ada")
    copy.hand_in("bruno")
    return copy


def grade(course: Course, **options: object) -> list[str]:
    """Grade, and say who was graded."""
    course.graded.clear()
    results(course, **options)
    return course.graded[:]


def results(course: Course, **options: object) -> dict[str, Result]:
    return {
        result.student: result for result in grade_all(course.submissions(), course.batch(), 1, **options)
    }


@pytest.fixture
def graded(course: Course) -> Course:
    assert grade(course) == ["ada", "bruno"]
    return course


def test_where_nothing_has_changed_nothing_is_run_and_the_points_are_as_before(course):
    before, again = results(course), results(course)
    assert [result.fresh for result in again.values()] == [False, False]
    assert again["ada"].scores == before["ada"].scores
    assert again["ada"].total == 3
    assert grade(course) == []


def test_force_grades_all(graded):
    assert grade(graded, force=True) == ["ada", "bruno"]


def test_a_submission_that_has_changed_is_graded_and_its_neighbour_is_not(graded):
    graded.hand_in("bruno", "An afterthought.")
    assert grade(graded) == ["bruno"]
    assert grade(graded) == []


def test_points_of_one_who_is_graded_again_leave_the_others_alone(graded, monkeypatch):
    full = quick_course.full_marks

    def one_point(notebook):
        for cell in full(notebook).cells:
            for output in cell.get("outputs", []):
                output.data["text/plain"] = "1"
        return notebook

    monkeypatch.setattr(quick_course, "full_marks", one_point)
    graded.hand_in("ada", "An afterthought.")
    found = results(graded)
    assert {student: result.total for student, result in found.items()} == {"ada": 1, "bruno": 3}


def test_the_graded_notebook_is_one_that_nbformat_reads(graded):
    path = pipeline.AUTOGRADED / "ada" / graded.lesson.name / f"{graded.lesson.topic}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [output.data["text/plain"] for output in outputs] == ["3"]


def test_who_comes_late_to_the_class_is_graded_alone(graded):
    graded.hand_in("chloe")
    assert grade(graded) == ["chloe"]


def test_a_file_that_was_only_touched_is_not_graded_again(graded):
    path = graded.hand_in("ada")
    path.touch()
    assert grade(graded) == []


def test_a_notebook_that_was_taken_away_is_no_longer_what_was_graded(graded):
    path = graded.hand_in("ada")
    path.unlink()
    assert results(graded)["ada"].outcome.status == "missing"
    assert not results(graded)["ada"].fresh


def test_another_time_of_handing_in_counts(graded):
    stamp = graded.hand_in("ada").with_name("timestamp.txt")
    stamp.write_text("2026-03-01 10:00:00 UTC")
    assert grade(graded) == ["ada"]
    assert grade(graded) == []


def test_another_limit_counts(graded):
    graded.limits = {"cell_seconds": 5.0}
    assert grade(graded) == ["ada", "bruno"]
    assert grade(graded) == []


def test_another_text_of_the_lesson_counts(graded):
    path = graded.lesson.solution
    path.write_text(path.read_text().replace("A tiny lesson", "A small lesson"))
    assert grade(graded) == ["ada", "bruno"]


def test_another_state_of_the_rules_counts(graded, monkeypatch):
    monkeypatch.setattr(runs, "rules_digest", lambda: "another")
    assert grade(graded) == ["ada", "bruno"]


def test_a_feedback_page_that_is_gone_is_written_again(graded):
    graded.page("bruno").unlink()
    assert grade(graded) == ["bruno"]
    assert graded.page("bruno").is_file()


def test_a_page_from_before_a_batch_without_pages_is_not_kept_for_a_new_one(graded):
    graded.hand_in("ada", "An afterthought.")
    graded.feedback = False
    assert grade(graded) == ["ada"]
    assert grade(graded) == []
    graded.feedback = True
    assert grade(graded) == ["ada"]


def test_what_the_gradebook_does_not_know_is_graded_whatever_the_log_says(graded, empty):
    (graded.root / "gradebook.db").write_bytes((empty.root / "gradebook.db").read_bytes())
    assert grade(graded) == ["ada", "bruno"]


def test_a_line_of_the_log_that_was_cut_off_costs_one_grading(graded):
    log = runs.log_of(graded.lesson.name)
    log.write_bytes(log.read_bytes()[:-20])
    assert grade(graded) == ["bruno"]


def test_what_is_recorded_is_what_came_out(graded):
    with gradebook.open_gradebook(graded.config) as book:
        known = recorded(book, graded.lesson)
    result, run = known["ada"]
    assert list(known) == ["ada", "bruno"]
    assert (result.total, result.isolation, result.seconds["figures"]) == (3, "full", 1.0)
    assert {"reading", "recording", "feedback"} <= set(result.seconds)
    assert [score.to_read for score in result.scores.values()] == [False, False]
    assert run is not None and run.points == 3


# --- The rules -------------------------------------------------------------------------------------------------

# How the parts of the course are called, where they lie, and how a server is spoken to: no grade hangs on it.
NO_RULES = {f"autograder/{name}.py" for name in ("__init__", "course", "database", "errors")}
LOADED = """
import sys
from pathlib import Path
import autograder.gradebook, autograder.worker
from gradlab.checks import NAMES, find_exercise
for names in NAMES.values():
    for name in names:
        find_exercise(name)
print(sorted(module.__file__ for module in list(sys.modules.values()) if getattr(module, "__file__", None)))
"""


def test_whatever_a_worker_loads_is_among_the_rules():
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = {Path(file) for file in ast.literal_eval(done.stdout)}
    ours = {
        file.relative_to(ROOT).as_posix()
        for file in loaded
        if file.is_relative_to(ROOT) and "site-packages" not in file.parts
    }
    rules = {file.relative_to(ROOT).as_posix() for file in runs.rule_files()}
    assert "lib/gradlab/optimizers/velocity.py" in ours
    assert ours - rules == NO_RULES


def test_what_runs_inside_of_the_sandbox_and_the_data_of_the_library_are_among_the_rules():
    rules = {file.relative_to(ROOT).as_posix() for file in runs.rule_files()}
    assert {"autograder/inside/zygote.py", "lib/gradlab/data/digits.npz"} <= rules


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    for rule in runs.RULES:
        path = tmp_path / rule
        (path if path.suffix else path / "part.py").parent.mkdir(parents=True, exist_ok=True)
        (path if path.suffix else path / "part.py").write_text("1")
    return tmp_path


def digest(root: Path) -> str:
    return runs.rules_digest.__wrapped__(root)


@pytest.mark.parametrize("rule", runs.RULES)
def test_each_rule_counts(rules, rule):
    before = digest(rules)
    path = rules / rule
    (path if path.suffix else path / "part.py").write_text("2")
    assert digest(rules) != before


def test_what_python_and_editors_leave_behind_does_not_count(rules):
    before = digest(rules)
    for name in ("__pycache__/part.pyc", ".part.py.swp"):
        (rules / "lib/gradlab" / name).parent.mkdir(exist_ok=True)
        (rules / "lib/gradlab" / name).write_text("1")
    assert digest(rules) == before


@pytest.mark.parametrize("package", runs.PACKAGES)
def test_another_version_of_a_package_counts(rules, package, monkeypatch):
    before, real = digest(rules), metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "0.0.1" if name == package else real(name))
    assert digest(rules) != before


def test_the_packages_are_there():
    assert all(metadata.version(package) for package in runs.PACKAGES)
