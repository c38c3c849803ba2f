"""A lesson of real exercises without prose or figures, and a class that hands it in: quick to grade many times."""

import shutil
from pathlib import Path

import nbformat
from course_copy import copy_course, run
from nbformat import NotebookNode

MASTER = '''
# %% nbgrader={"grade_id": "setup", "locked": true}
from gradlab import check, todo

# %% nbgrader={"grade_id": "effective_step", "solution": true}
def effective_step(lr, rho):
    """The step that a long run of equal gradients ends at."""
    ### BEGIN SOLUTION
    return lr / (1 - rho)
    ### END SOLUTION

# %% nbgrader={"grade_id": "check_effective_step", "grade": true, "points": 3}
check(effective_step)
### BEGIN HIDDEN TESTS
check(effective_step, hidden=True)
### END HIDDEN TESTS

# %% nbgrader={"grade_id": "momentum_limit", "solution": true}
def momentum_limit(L, rho):
    """The largest learning rate."""
    ### BEGIN SOLUTION
    return 2 * (1 + rho) / L
    ### END SOLUTION

# %% nbgrader={"grade_id": "check_momentum_limit", "grade": true, "points": 3}
check(momentum_limit)
### BEGIN HIDDEN TESTS
check(momentum_limit, hidden=True)
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade_id": "written_limit", "grade": true, "solution": true, "points": 3}
# Because.
'''
STEPS = [
    "def effective_step(lr, rho):\n    return lr / (1 - rho)",
    "def effective_step(lr, rho):\n    return lr * (1 - rho)",
    "def effective_step(lr, rho):\n    todo()",
    "def effective_step(lr, rho:",
]
LIMITS = [
    "def momentum_limit(L, rho):\n    return 2 * (1 + rho) / L",
    "def momentum_limit(L, rho):\n    return 2 * (1 - rho) / L",
    "def momentum_limit(L, rho):\n    return 2 / L",
]


def small_course(folder: Path) -> Path:
    """A copy of the course with this one lesson, built."""
    course = copy_course(folder)
    for part in ("solutions", "course"):
        for lesson in (course / part).glob("[0-9]*"):
            shutil.rmtree(lesson)
    master = course / "solutions/05-momentum/momentum.py"
    master.parent.mkdir()
    master.write_text(MASTER, encoding="utf-8")
    done = run(course, "autograder", "build", "05-momentum")
    assert done.returncode == 0, done.stdout + done.stderr
    shutil.rmtree(course / "autograder/work")
    return course


def submission(course: Path, number: int) -> NotebookNode:
    """What the student of this number hands in: every pair of answers occurs."""
    notebook = nbformat.read(course / "course/05-momentum/momentum.ipynb", as_version=4)
    answers = {
        "effective_step": STEPS[number % len(STEPS)],
        "momentum_limit": LIMITS[number % len(LIMITS)],
        "written_limit": f"Because of {number}.",
    }
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    return notebook


def hand_in_class(course: Path, count: int) -> None:
    """Let `count` students hand in."""
    for number in range(count):
        path = course / f"autograder/work/submitted/s{number:03}/05-momentum/momentum.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(submission(course, number), path)
