"""Points without work, by editing the notebook around the answers: everything but the answers comes from the release."""

from collections.abc import Callable
from typing import Any

from hostile.case import Case, Notebook, cell_called, cheat

WRONG = {"effective_step": "def effective_step(lr, rho):\n    return 0.0 * (lr + rho)"}
TEST = "check_effective_step"


def relabelled(name: str, tries: str, change: Callable[[Notebook], object], **parts: Any) -> Case:
    """A wrong answer, and a notebook that is edited so that it counts."""
    return cheat(
        name,
        tries,
        change=change,
        **{"answers": WRONG, "earns": {"effective_step": 0}, "weak": "as handed in", **parts},
    )


def edited_test(notebook: Notebook) -> None:
    cell_called(notebook, TEST)["source"] = "3.0"


def own_test(notebook: Notebook) -> None:
    test = cell_called(notebook, TEST)
    notebook["cells"].remove(test)
    notebook["cells"].append({**test, "source": "3.0", "id": "own"})


def pointed_elsewhere(notebook: Notebook) -> None:
    mine, other = cell_called(notebook, TEST), cell_called(notebook, "check_momentum_step")
    for key in ("grade_id", "points"):
        one, two = mine["metadata"]["nbgrader"], other["metadata"]["nbgrader"]
        one[key], two[key] = two[key], one[key]
    notebook["cells"].append({**other, "source": "3.0", "id": "twin"})


def points_edited(notebook: Notebook) -> None:
    test = cell_called(notebook, TEST)
    test["metadata"]["nbgrader"]["points"] = 1000
    test["source"] = "1000.0"


def kept_outputs(notebook: Notebook) -> None:
    test = cell_called(notebook, TEST)
    test["metadata"]["tags"] = ["skip-execution"]
    test["outputs"] = [
        {"output_type": "execute_result", "data": {"text/plain": "3"}, "metadata": {}, "execution_count": 1}
    ]


def test_as_answer(notebook: Notebook) -> None:
    test = cell_called(notebook, TEST)
    test["metadata"]["nbgrader"].update(solution=True, locked=False)
    test["source"] = "3.0"


def unlocked(notebook: Notebook) -> None:
    cell_called(notebook, TEST)["metadata"]["nbgrader"]["locked"] = False
    cell_called(notebook, "setup")["source"] = "check = lambda *args, **kwargs: 3.0"


def shadowing_twin(notebook: Notebook) -> None:
    test = cell_called(notebook, TEST)
    notebook["cells"].insert(0, {**test, "source": "check = lambda *a, **k: 3.0\n3.0", "id": "first"})


# One case after the other, as a table.
# fmt: off
CASES = (
    relabelled("edited-test", "writes the points into the test cell", edited_test, says=("had been changed",)),
    relabelled("own-test", "deletes the test and brings its own", own_test, says=("moved behind it", "had been changed")[1:]),
    relabelled("re-pointed", "points the test of one exercise at another", pointed_elsewhere, says=("several copies",)),
    relabelled("points-edited", "makes the exercise worth a thousand points", points_edited, says=("had been changed",)),
    relabelled("kept-outputs", "brings the outputs along and asks not to be run", kept_outputs),
    relabelled("test-as-answer", "declares the test an answer", test_as_answer, says=("had been changed",), weak="", dull="nbgrader would ask a person"),
    relabelled("unlocked", "unlocks the first cell and replaces check there", unlocked, says=("setup",)),
    relabelled("twin", "puts a test of the same name before the real one", shadowing_twin, says=("several copies",)),
)
# fmt: on
