"""A submission runs in a kernel of its own, and what it earned is kept however it ends."""

import json
import time
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.utils import determine_grade

from autograder import execution
from autograder.execution import NOT_RUN, TIMED_OUT, Execute, settled_outputs

LOOP = "while True:\n    pass"


@pytest.fixture(autouse=True)
def course_secret(monkeypatch):
    monkeypatch.setattr(execution, "course_secret", lambda: b"a secret for tests")


def check(source: str, points: float = 5) -> NotebookNode:
    marks = {
        "grade": True,
        "solution": False,
        "locked": True,
        "grade_id": "check",
        "points": points,
        "schema_version": 3,
    }
    return new_code_cell(source, metadata={"nbgrader": marks})


def run(*cells: NotebookNode | str, student: str = "ada", **settings: float) -> list[NotebookNode]:
    notebook = new_notebook(cells=[new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells])
    resources = {"nbgrader": {"assignment": "05-momentum", "student": student}}
    step = Execute()
    for name, value in settings.items():
        setattr(step, name, value)
    executed, _ = step(notebook, resources)
    return list(executed.cells)


def errors(cell: NotebookNode) -> list[str]:
    return [output.ename for output in cell.outputs if output.output_type == "error"]


def printed(cell: NotebookNode) -> str:
    return "".join(output.get("text", "") for output in cell.outputs)


def points(cell: NotebookNode) -> float | None:
    return determine_grade(cell)[0]


def test_a_kernel_that_dies_costs_nothing_that_was_earned_before():
    before, deadly, after, unmarked = run(
        check("3.0"), "import os\nos._exit(1)", check("5.0"), "x = 1", cell_limit=20
    )
    assert points(before) == 3
    assert errors(deadly) == [execution.CRASHED]
    assert points(after) == 0
    assert errors(after) == errors(unmarked) == [NOT_RUN]


def test_a_test_that_ends_the_kernel_earns_nothing():
    (deadly,) = run(check("import ctypes\nctypes.string_at(0)"))
    assert points(deadly) == 0


def test_a_cell_without_end_is_stopped_and_the_others_still_count():
    endless, after = run(LOOP, check("4.0"), cell_limit=1)
    assert TIMED_OUT in errors(endless)
    assert points(after) == 4


def test_a_cell_that_cannot_be_interrupted_ends_the_notebook_but_not_its_points():
    stubborn = f"import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n{LOOP}"
    before, endless, after = run(check("2.0"), stubborn, check("5.0"), cell_limit=1, iopub_timeout=1)
    assert points(before) == 2
    assert TIMED_OUT in errors(endless)
    assert errors(after) == [NOT_RUN]


def test_when_the_budget_is_spent_the_rest_is_not_run():
    first, _, third = run(LOOP, LOOP, check("5.0"), budget=2, cell_limit=2)
    assert TIMED_OUT in errors(first)
    assert errors(third) == [NOT_RUN]
    assert points(third) == 0


def test_warnings_cost_no_points():
    (warned,) = run(check("import warnings\nwarnings.warn('old function')\nprint('so', flush=True)\n4.0"))
    assert points(warned) == 4
    assert "old function" in printed(warned)


def test_only_the_last_result_of_a_test_counts():
    show_all = "from IPython import get_ipython\nget_ipython().ast_node_interactivity = 'all'"
    _, test = run(show_all, check("5.0\n1.0"))
    assert points(test) == 1


@pytest.mark.parametrize("result", ["None", "99", "-1", "float('nan')", "'full marks'", "print(5.0)"])
def test_a_test_without_a_proper_result_earns_nothing(result):
    data = {"None": None, "print(5.0)": None}.get(result, result)
    outputs = [] if data is None else [new_output("execute_result", data={"text/plain": str(data)})]
    test = check("check(first)")
    test.outputs = outputs
    test.outputs = settled_outputs(test)
    assert points(test) == 0


def test_a_test_made_of_asserts_passes_in_silence_and_fails_aloud():
    passed, failed = run(check("assert 1 + 1 == 2"), check("assert 1 + 1 == 3"))
    assert (points(passed), points(failed)) == (5, 0)


def test_the_kernel_gets_its_own_seed_and_place_and_none_of_our_secrets(monkeypatch):
    monkeypatch.setenv("API_TOKEN", "s3cret")
    look = "import json, os\nprint(json.dumps({**os.environ, 'cwd': os.getcwd()}))"
    ada, again, grace = (
        json.loads(printed(run(look, student=student)[0])) for student in ("ada", "ada", "grace")
    )
    assert ada["GRADLAB_SEED"] == again["GRADLAB_SEED"] != grace["GRADLAB_SEED"]
    assert "API_TOKEN" not in ada
    assert ada["OPENBLAS_NUM_THREADS"] == "1"
    assert ada["cwd"] not in (again["cwd"], str(Path.cwd()))
    assert not Path(ada["cwd"]).exists()


@pytest.mark.parametrize("end", ["", "os._exit(1)"], ids=["as usual", "kernel dies"])
def test_no_process_is_left_behind(tmp_path, end):
    noted = tmp_path / "pids"
    start = (
        "import os, subprocess\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        f"open({str(noted)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\n"
    )
    run(start + end)
    for pid in noted.read_text().split():
        assert is_gone(Path(f"/proc/{pid}/cmdline"))


def is_gone(process: Path) -> bool:
    """Whether a process has ended; the system may take a moment over it."""
    for _ in range(200):
        try:
            if not process.read_bytes():
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.02)
    return False
