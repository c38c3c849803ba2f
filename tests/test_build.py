"""From a master to an executed solution and a student notebook: always the same bytes, and never an answer."""

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from tiny_course import MASTER, cell, read, tiny_course, write

from autograder.__main__ import main
from autograder.build import build_lesson, orphans, stale_files
from autograder.course import Lesson, lessons
from autograder.errors import UserError
from autograder.generate import generate, leaked_lines
from autograder.masters import read_master, secret_lines
from gradlab.checks import find_exercise
from gradlab.checks.exercise import Mistake


@pytest.fixture
def tiny(tmp_path: Path) -> Lesson:
    return tiny_course(tmp_path)


@pytest.fixture(scope="module")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lesson = tiny_course(tmp_path_factory.mktemp("course"))
    build_lesson(lesson)
    return lesson.root


@pytest.fixture
def built(built_once: Path, tmp_path: Path) -> Lesson:
    """The tiny course after `build`, for this test alone."""
    shutil.copytree(built_once, tmp_path / "built")
    return Lesson("01-tiny", tmp_path / "built")


def files_of(lesson: Lesson) -> dict[str, bytes]:
    folders = [lesson.root / "solutions", lesson.root / "course"]
    paths = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(lesson.root).as_posix(): path.read_bytes() for path in paths}


def test_building_twice_gives_the_same_bytes(built):
    first = files_of(built)
    for path in (built.solution, built.release):
        path.unlink()
    build_lesson(built)
    assert files_of(built) == first
    assert set(first) == {
        "solutions/01-tiny/tiny.py",
        "solutions/01-tiny/tiny.ipynb",
        "course/01-tiny/tiny.ipynb",
    }


def test_the_solution_keeps_its_outputs_and_the_student_notebook_has_none(built):
    outputs = [output for c in read(built.solution).cells for output in c.get("outputs", [])]
    printed = [output.text for output in outputs if output.output_type == "stream"]
    assert printed == ["1.0\n", "1.0\n"]
    assert not any(c.get("outputs") or c.get("execution_count") for c in read(built.release).cells)


def test_learners_see_a_stub_where_the_answer_was(built):
    stub = cell(read(built.release), "effective_step").source
    assert stub.split("\n") == [
        "def effective_step(lr, rho):",
        '    """The step that a long run of equal gradients ends at."""',
        "    todo()  # replace this line with your code",
    ]


def test_learners_see_neither_hidden_tests_nor_written_answers(built):
    released = read(built.release)
    assert cell(released, "check_effective_step").source == "check(effective_step)"
    assert "adds up" not in cell(released, "written_why").source


def test_test_cells_are_locked_and_answers_are_not(built):
    released = read(built.release)
    assert cell(released, "check_effective_step").metadata.editable is False
    assert "editable" not in cell(released, "effective_step").metadata


def test_files_beside_a_master_are_released_but_masters_are_not(tiny):
    (tiny.source.parent / "valley.svg").write_text("<svg/>")
    build_lesson(tiny)
    assert sorted(path.name for path in tiny.release.parent.iterdir()) == ["tiny.ipynb", "valley.svg"]


def test_the_stock_command_releases_the_same_bytes(built):
    released = files_of(built)
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "01-tiny", "--force"]
    subprocess.run(command, cwd=built.root, check=True, capture_output=True)
    assert files_of(built) == released


def test_the_assignment_is_in_the_gradebook_with_its_points(built):
    with Gradebook(f"sqlite:///{built.root}/autograder/work/gradebook.db") as gradebook:
        assignment = gradebook.find_assignment("01-tiny")
        assert assignment.max_score == 4


def test_nothing_of_this_machine_or_python_version_is_in_the_metadata(built):
    for path in (built.solution, built.release):
        metadata = read(path).metadata
        assert metadata.gradlab.generated_from == "solutions/01-tiny/tiny.py"
        assert "version" not in metadata.language_info
        assert set(metadata) == {"gradlab", "kernelspec", "language_info"}


def test_check_is_silent_about_what_is_current_and_names_what_is_stale(built):
    before = files_of(built)
    assert stale_files(built) == []
    write(built, MASTER.replace("print(effective_step(0.5, 0.5))", "print(effective_step(0.5, 0.25))"))
    assert stale_files(built) == [built.solution, built.release]
    write(built, MASTER.replace("answer_of_the_lesson", "another_name"))
    assert stale_files(built) == [built.solution]
    write(built, MASTER)
    assert files_of(built) == before


def test_a_lesson_that_was_never_built_is_stale(tiny):
    assert stale_files(tiny) == [tiny.solution, tiny.release]


def test_a_notebook_without_a_master_is_an_orphan(built):
    lost = built.root / "course" / "09-gone" / "gone.ipynb"
    lost.parent.mkdir()
    lost.write_text("{}")
    assert orphans(built.root) == [lost]


def test_a_cell_that_raises_stops_the_build_and_keeps_the_old_files(built):
    broken = MASTER.replace("print(effective_step(0.5, 0.5))", "print(undefined_name)")
    write(built, broken)
    before = files_of(built)
    with pytest.raises(UserError, match=r"01-tiny, cell 5 .*raised NameError: name 'undefined_name'"):
        build_lesson(built)
    assert files_of(built) == before


def test_a_cell_that_ends_the_process_stops_the_build(tiny):
    write(tiny, MASTER.replace("import os\n", "import os\nos._exit(1)\n"))
    with pytest.raises(UserError, match=r"01-tiny, cell 2 .*ended the Python process"):
        build_lesson(tiny)


VERDICT_CELL = """
from IPython.display import publish_display_data
publish_display_data({{"application/vnd.gradlab.verdict+json": {{"points": {points}, "max_points": {most}}}}})
### BEGIN HIDDEN TESTS"""


@pytest.mark.parametrize(
    "points, most, complaint",
    [(1, 2, "gives our own answer 1 of 2 points"), (2, 2, "gives 2 points, but its header says 3")],
)
def test_a_check_that_disagrees_with_our_own_answer_stops_the_build(tiny, points, most, complaint):
    verdict = VERDICT_CELL.format(points=points, most=most)
    write(tiny, MASTER.replace("\n### BEGIN HIDDEN TESTS", verdict))
    with pytest.raises(UserError, match=complaint):
        build_lesson(tiny)


@pytest.mark.parametrize(
    "before, after, complaint",
    [
        ("check(effective_step)\n", "assert effective_step(1, 0) == 1\n", "and nothing else"),
        ("check(effective_step, hidden=True)", "pass", "and nothing else"),
        ("check(effective_step)\n", "check(nesterov_step)\n", "and nothing else"),
    ],
)
def test_a_graded_cell_that_no_judge_covers_stops_the_build(tiny, before, after, complaint):
    assert before in MASTER
    master = MASTER.replace(
        "import os\n", "import os\nfrom gradlab.optimizers import momentum as nesterov_step\n"
    )
    write(tiny, master.replace(before, after))
    with pytest.raises(UserError, match=complaint):
        build_lesson(tiny)
    assert not tiny.release.exists()


def test_a_mistake_that_would_earn_all_points_stops_the_release(tiny):
    exercise = find_exercise("effective_step")
    exercise.mistakes.append(Mistake("No mistake", "", "", exercise.reference))
    try:
        with pytest.raises(UserError, match="the mistake “No mistake” gets full marks for effective_step"):
            build_lesson(tiny)
    finally:
        exercise.mistakes.pop()
    assert not tiny.release.exists()


def test_a_released_form_that_earns_points_stops_the_release(tiny):
    write(tiny, MASTER.replace("    ### BEGIN", "    return lr / (1 - rho)\n    ### BEGIN", 1))
    with pytest.raises(UserError, match="the released form earns 3 of 3 points for check_effective_step"):
        build_lesson(tiny)
    assert not tiny.release.exists()


def test_an_answer_that_stays_in_the_student_notebook_is_a_leak(tiny):
    master = read_master(tiny.source, tiny.root)
    assert leaked_lines(master, generate(tiny, master, gradebook=False)) == []
    unreleased = nbformat.writes(master).encode()
    assert leaked_lines(master, {"tiny.ipynb": unreleased}) == [
        "Because what is kept of a step adds up.",
        "answer_of_the_lesson = lr / (1 - rho)",
        "check(effective_step, hidden=True)",
        "return answer_of_the_lesson",
    ]
    assert leaked_lines(master, {"notes.txt": b"x; answer_of_the_lesson = lr / (1 - rho)"})


def test_a_line_that_the_lesson_itself_shows_is_no_leak(tiny):
    shown = "# The text says: answer_of_the_lesson = lr / (1 - rho)"
    write(tiny, MASTER.replace("# # A tiny lesson", shown))
    master = read_master(tiny.source, tiny.root)
    assert leaked_lines(master, generate(tiny, master, gradebook=False)) == []


def test_a_leak_stops_the_build(tiny):
    (tiny.source.parent / "notes.txt").write_text("answer_of_the_lesson = lr / (1 - rho)")
    with pytest.raises(UserError, match="learners would see 'answer_of_the_lesson = lr"):
        build_lesson(tiny)
    assert not tiny.release.exists()


def run_a_cell(notebook: NotebookNode) -> None:
    next(c for c in notebook.cells if c.cell_type == "code").execution_count = 1


def write_an_answer(notebook: NotebookNode) -> None:
    cell(notebook, "effective_step").source += "\n    return 2 * lr"


@pytest.mark.parametrize("study", [run_a_cell, write_an_answer])
def test_work_in_a_student_notebook_is_not_overwritten(built, study):
    notebook = read(built.release)
    study(notebook)
    nbformat.write(notebook, built.release)
    studied = built.release.read_bytes()
    with pytest.raises(UserError, match=r"tiny\.ipynb holds somebody's work.*[\\/]study[\\/]01-tiny"):
        build_lesson(built)
    assert built.release.read_bytes() == studied


def test_an_unreadable_student_notebook_is_not_overwritten(tiny):
    tiny.release.parent.mkdir(parents=True)
    tiny.release.write_text("{ half a notebo")
    with pytest.raises(UserError, match="holds somebody's work"):
        build_lesson(tiny)


def test_widgets_leave_no_random_ids(tiny):
    write(
        tiny, MASTER.replace("import os\n", "import os\nimport ipywidgets\ndisplay(ipywidgets.IntSlider())\n")
    )
    build_lesson(tiny)
    executed = json.loads(tiny.solution.read_text())
    assert "widgets" not in executed["metadata"]
    assert "widget-view" not in tiny.solution.read_text()


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own, in add_submission
def test_a_changed_exercise_is_refused_while_its_old_submissions_are_in_the_gradebook(built):
    with Gradebook(f"sqlite:///{built.root}/autograder/work/gradebook.db") as gradebook:
        gradebook.add_student("ada")
        gradebook.add_submission("01-tiny", "ada")
    write(
        built,
        MASTER.replace("effective_step", "momentum_limit")
        .replace("lr / (1 - rho)", "2 * (1 + rho) / lr")
        .replace("lr, rho", "L, rho")
        .replace("/ lr", "/ L"),
    )
    with pytest.raises(UserError, match=r"submissions to exercises that have changed.*gradebook\.db"):
        build_lesson(built)


def test_an_unknown_lesson_is_one_message_and_exit_code_2(capsys):
    assert main(["build", "99-nowhere"]) == 2
    message = capsys.readouterr().err
    assert message.startswith("error: There is no lesson called '99-nowhere'")
    assert "Traceback" not in message


def test_what_is_committed_is_what_the_masters_give(capsys):
    assert main(["build", "--check"]) == 0, capsys.readouterr().err


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.name)
def test_no_line_of_an_answer_or_hidden_test_is_in_course(lesson):
    master = read_master(lesson.source, lesson.root)
    assert any(secret_lines(c)[0] for c in master.cells) or lesson.name == "00-start-here"
    files = {path.name: path.read_bytes() for path in lesson.release.parent.iterdir() if path.is_file()}
    assert leaked_lines(master, files) == []


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.name)
def test_a_student_notebook_stops_politely_at_its_stubs(lesson, tmp_path, monkeypatch):
    monkeypatch.setenv("GRADLAB_HOME", str(tmp_path))
    notebook = read(lesson.release)
    NotebookClient(notebook, allow_errors=True, extra_arguments=["--log-level=ERROR"]).execute()
    failed = [(c, output) for c in notebook.cells for output in c.get("outputs", []) if "ename" in output]
    assert failed[0][1].ename == "NotWrittenYet"
    assert "Traceback" not in "".join(failed[0][1].traceback)
    missing: set[str] = set()
    for c, error in failed:
        consequence = error.ename == "NameError" and error.evalue.split("'")[1] in missing
        assert error.ename == "NotWrittenYet" or consequence, f"{c.source}\n{error.evalue}"
        missing |= assigned_names(c.source)


def assigned_names(source: str) -> set[str]:
    names = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)]
    return {name.id for name in names if isinstance(name.ctx, ast.Store)}
