"""A submission runs in the sandbox, and what it earned is kept however it ends."""

import os
from collections.abc import Iterator

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade

from autograder.engine import core_for
from autograder.errors import UserError
from autograder.execution import NOT_RUN, TIMED_OUT, Order, Report, Trouble, run_notebook
from autograder.execution.answers import VisibleRun
from autograder.released import name_of
from autograder.sandbox.limits import Limits
from autograder.sandbox.opening import Sandboxes, open_sandboxes
from autograder.sandbox.zygotes import Sandbox

STEP = "def effective_step(lr, rho):\n    return lr / (1 - rho)"
LIMIT = "def momentum_limit(L, rho):\n    return 2 * (1 + rho) / L"
LOOP = "while True:\n    pass"


@pytest.fixture(scope="module")
def sandboxes() -> Iterator[Sandboxes]:
    opened = open_sandboxes(Limits(cell_seconds=3, notebook_seconds=60, output=20_000))
    yield opened
    opened.close()


def check(name: str) -> NotebookNode:
    marks = {
        "grade": True,
        "solution": False,
        "locked": True,
        "grade_id": f"check_{name}",
        "points": 3,
        "schema_version": 3,
    }
    source = f"check({name})\n### BEGIN HIDDEN TESTS\ncheck({name}, hidden=True)\n### END HIDDEN TESTS"
    return new_code_cell(source, metadata={"nbgrader": marks})


def answer(name: str, source: str) -> NotebookNode:
    marks = {"grade": False, "solution": True, "locked": False, "grade_id": name, "schema_version": 3}
    return new_code_cell(source, metadata={"nbgrader": marks})


def run(
    sandboxes: Sandboxes, *cells: NotebookNode | str, shown: str = "", seed: str = "s"
) -> tuple[list[NotebookNode], Report]:
    notebook = new_notebook(cells=[new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells])
    report = run_notebook(Order(notebook, frozenset([shown]), seed), sandboxes.zygotes, sandboxes.limits)
    return list(notebook.cells), report


def points(cells: list[NotebookNode]) -> dict[str, float | None]:
    return {
        name_of(cell).removeprefix("check_"): determine_grade(cell)[0]
        for cell in cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }


def errors(cell: NotebookNode) -> list[str]:
    return [output.ename for output in cell.outputs if output.output_type == "error"]


def printed(cell: NotebookNode) -> str:
    return "".join(output.get("text", "") for output in cell.outputs)


def kinds(report: Report) -> set[Trouble]:
    return {kind for kind, _ in report.troubles}


def test_right_answers_earn_all_points_and_every_cell_shows_what_it_shows(sandboxes):
    cells, report = run(
        sandboxes, "import numpy as np\n1 + 1", answer("effective_step", STEP), check("effective_step"),
        "print(effective_step(0.5, 0.5))",
    )  # fmt: skip
    assert points(cells) == {"effective_step": 3}
    assert cells[0].outputs[0].data["text/plain"] == "2"
    assert printed(cells[3]) == "1.0\n"
    assert report.troubles == [] and report.notes == []


def test_a_function_is_judged_as_it_is_when_its_check_is_reached(sandboxes):
    later = "def effective_step(lr, rho):\n    return 0.0"
    cells, _ = run(sandboxes, answer("effective_step", STEP), check("effective_step"), later)
    assert points(cells) == {"effective_step": 3}
    cells, _ = run(sandboxes, answer("effective_step", STEP), later, check("effective_step"))
    assert points(cells) == {"effective_step": 0}
    of_a_constant = f"two = 2\n{LIMIT.replace('2 *', 'two *')}"
    cells, _ = run(sandboxes, answer("momentum_limit", of_a_constant), check("momentum_limit"), "two = 0")
    assert points(cells) == {"momentum_limit": 3}


def test_a_wrong_answer_counts_as_wrong_only_where_no_other_can_have_made_it_so(sandboxes):
    careless = "two = 2\ndef effective_step(lr, rho):\n    global two\n    two = 0\n    return lr / (1 - rho)"
    harmed = "def momentum_limit(L, rho):\n    return two * (1 + rho) / L"
    cells, report = run(
        sandboxes, answer("effective_step", careless), check("effective_step"),
        answer("momentum_limit", harmed), check("momentum_limit"),
    )  # fmt: skip
    assert points(cells) == {"effective_step": 3, "momentum_limit": 3}
    assert not report.troubles


def forks_seen(monkeypatch) -> list[str]:
    """The roles of the processes that are begun from here on."""
    begun: list[str] = []
    fork = Sandbox.fork
    monkeypatch.setattr(Sandbox, "fork", lambda self: begun.append(self.role) or fork(self))
    return begun


def test_a_function_is_asked_again_as_it_was_met_first(sandboxes, monkeypatch):
    begun = forks_seen(monkeypatch)
    later = "def effective_step(lr, rho):\n    return 0.0"
    cells, _ = run(sandboxes, answer("effective_step", STEP), check("effective_step"), later)
    assert points(cells) == {"effective_step": 3}
    assert begun.count("answer") == 1


@pytest.mark.parametrize(
    ("limit", "processes"),
    [(LIMIT, 1), (LIMIT.replace("+", "-"), 1), (LIMIT.replace("    ", "    global seen\n    seen = L\n    "), 1),
     (LIMIT.replace("    ", "    global seen\n    seen = L\n    ").replace("+", "-"), 3)],
    ids=["right", "wrong", "right with a trace", "wrong with a trace"],
)  # fmt: skip
def test_one_process_is_enough_where_nothing_can_have_harmed_anything(
    sandboxes, monkeypatch, limit, processes
):
    begun = forks_seen(monkeypatch)
    run(sandboxes, answer("effective_step", STEP), check("effective_step"), limit,
        answer("momentum_limit", ""), check("momentum_limit"))  # fmt: skip
    assert begun.count("answer") == processes


def test_a_function_that_ends_python_costs_its_own_points_only(sandboxes):
    deadly = "import os\ndef effective_step(lr, rho):\n    os._exit(1)"
    cells, report = run(
        sandboxes, answer("effective_step", deadly), check("effective_step"),
        answer("momentum_limit", LIMIT), check("momentum_limit"),
    )  # fmt: skip
    assert points(cells) == {"effective_step": 0, "momentum_limit": 3}
    assert kinds(report) == {Trouble.CRASHED}
    assert "Python ended in effective_step" in report.troubles[0][1]


def test_a_cell_that_ends_python_costs_what_comes_after_it(sandboxes):
    cells, report = run(
        sandboxes, answer("effective_step", STEP), check("effective_step"), "import ctypes\nctypes.string_at(0)",
        answer("momentum_limit", LIMIT), check("momentum_limit"),
    )  # fmt: skip
    assert points(cells) == {"effective_step": 3, "momentum_limit": 0}
    assert errors(cells[-1]) == [NOT_RUN]
    assert Trouble.CRASHED in kinds(report)


def test_a_cell_without_end_is_stopped_and_the_others_still_count(sandboxes):
    cells, report = run(sandboxes, LOOP, answer("effective_step", STEP), check("effective_step"))
    assert points(cells) == {"effective_step": 3}
    assert errors(cells[0]) == [TIMED_OUT]
    assert kinds(report) == {Trouble.TIMED_OUT}


def test_a_cell_that_hung_once_is_not_waited_for_as_long_again(sandboxes, monkeypatch):
    waited = []
    ask = VisibleRun.ask

    def asking(self, message, seconds, answer):
        waited.append((message[1], round(seconds, 1)))
        return ask(self, message, seconds, answer)

    monkeypatch.setattr(VisibleRun, "ask", asking)
    run(sandboxes, "1", LOOP, answer("effective_step", STEP), check("effective_step"))
    assert waited == [("1", 3.0), (LOOP, 3.0), ("1", 3.0), (LOOP, 0.8), (STEP, 0.8)]


def test_a_function_without_end_is_stopped_and_the_others_still_count(sandboxes):
    cells, report = run(
        sandboxes, answer("effective_step", f"def effective_step(lr, rho):\n    {LOOP.replace(chr(10), chr(10) + '    ')}"),
        check("effective_step"), answer("momentum_limit", LIMIT), check("momentum_limit"),
    )  # fmt: skip
    assert points(cells) == {"effective_step": 0, "momentum_limit": 3}
    assert kinds(report) == {Trouble.TIMED_OUT}


def test_a_released_cell_that_only_shows_something_does_not_run_while_answers_are_judged(sandboxes):
    shown = f"factor = 2\nimport math\n{LOOP}"
    uses = "def effective_step(lr, rho):\n    return factor * lr / (1 - rho) / math.sqrt(4)"
    cells, report = run(
        sandboxes, shown, answer("effective_step", uses), check("effective_step"), shown=shown
    )
    assert points(cells) == {"effective_step": 3}
    assert report.seconds["answers"] < report.seconds["figures"]


def test_the_library_is_there_to_show_and_not_there_to_answer(sandboxes):
    takes = (
        "from gradlab.optimizers import momentum\n"
        "def effective_step(lr, rho):\n    momentum\n    return momentum(1.0, 1.0, 0.0, lr=lr, rho=rho)"
    )
    look = "import gradlab.optimizers\nprint(gradlab.optimizers.momentum.__name__)"
    cells, _ = run(sandboxes, look, answer("effective_step", takes), check("effective_step"))
    assert printed(cells[0]) == "momentum\n"
    assert points(cells) == {"effective_step": 0}
    assert "not there while your answer is judged" in str(cells[2].outputs)


def test_a_line_that_draws_with_the_library_costs_nobody_the_function_below_it(sandboxes):
    source = f"from gradlab.surfaces import ravine\nprint(ravine([1.0, 1.0]))\n{STEP}"
    cells, _ = run(sandboxes, answer("effective_step", source), check("effective_step"))
    assert points(cells) == {"effective_step": 3}


def test_output_beyond_the_limit_is_cut_off_and_said(sandboxes):
    cells, report = run(
        sandboxes, "for _ in range(9999):\n    print('x' * 99)", answer("effective_step", STEP), check("effective_step")
    )  # fmt: skip
    assert points(cells) == {"effective_step": 3}
    assert len(printed(cells[0])) <= 20_000
    assert kinds(report) == {Trouble.LIMIT}


def test_more_memory_than_allowed_is_an_error_in_its_cell_and_a_status(sandboxes):
    cells, report = run(
        sandboxes, "x = bytearray(10 << 30)", answer("effective_step", STEP), check("effective_step")
    )
    assert points(cells) == {"effective_step": 3}
    assert kinds(report) == {Trouble.LIMIT}
    assert "memory" in report.troubles[0][1].lower()


def test_neither_network_nor_files_nor_neighbours_are_in_reach(sandboxes):
    tries = {
        "network": "import socket\nsocket.create_connection(('127.0.0.1', 9))",
        "program": "import subprocess\nsubprocess.run(['true'])",
        "system": "open('/usr/x', 'w')",
        "home": "import pathlib\npathlib.Path('/root/.bashrc').read_text()",
        "neighbours": "import os\nassert not os.listdir('/proc')\nos.kill(2, 0)",
    }
    cells, _ = run(sandboxes, *tries.values())
    assert [errors(cell)[0] for cell in cells] == [
        "PermissionError", "PermissionError", "OSError", "FileNotFoundError", "ProcessLookupError",
    ]  # fmt: skip


def test_the_environment_holds_no_secret_and_no_seed(sandboxes, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    cells, _ = run(sandboxes, "import os\nprint(sorted(os.environ))", seed="a seed of one student")
    assert "SECRET_TOKEN" not in printed(cells[0]) and "GRADLAB_SEED" not in printed(cells[0])


def test_two_submissions_draw_different_random_numbers_and_share_no_files(sandboxes):
    look = "import numpy as np, os\nprint(np.random.rand(), os.listdir('.'))\nopen('left', 'w').close()"
    (first,), _ = run(sandboxes, look)
    (second,), _ = run(sandboxes, look)
    assert printed(first) != printed(second)
    assert "left" not in printed(second)


def test_what_an_answer_says_of_hidden_numbers_is_the_same_for_all_seeds(sandboxes):
    peeks = "seen = []\ndef effective_step(lr, rho):\n    seen.append(lr)\n    raise ValueError(seen)"
    said = []
    for seed in ("ada", "bruno", "ada"):
        cells, _ = run(sandboxes, answer("effective_step", peeks), check("effective_step"), seed=seed)
        said.append(str(cells[1].outputs[-1]))
    # What the code raises over hidden numbers is not shown: it may quote them.
    assert said[0] == said[1] == said[2]
    assert "ValueError" not in said[0]


def test_a_sandbox_for_figures_that_does_not_start_is_said_where_it_is_needed(monkeypatch):
    parts = Sandbox._parts
    monkeypatch.setattr(Sandbox, "_parts", lambda self: iter(()) if self.role == "show" else parts(self))
    opened = open_sandboxes(Limits(cell_seconds=3, notebook_seconds=20))
    try:
        with pytest.raises(UserError, match="could not be started: bwrap"):
            run(opened, answer("effective_step", STEP), check("effective_step"))
    finally:
        opened.close()


def test_a_submission_runs_on_the_core_of_its_worker():
    core = max(os.sched_getaffinity(0))
    opened = open_sandboxes(Limits(), core=core)
    try:
        (cell,), _ = run(opened, "import os\nprint(os.sched_getaffinity(0))")
    finally:
        opened.close()
    assert printed(cell) == f"{{{core}}}\n"
    assert {core_for(number) for number in range(100)} == os.sched_getaffinity(0)
