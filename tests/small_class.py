"""A small lesson and two students, quick to grade: Ada has all points that a machine can give, Bruno a mistake with a name."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode

# Real exercises, without the figures and the prose around them.
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

RIGHT = {
    "effective_step": "def effective_step(lr, rho):\n    return lr / (1 - rho)",
    "momentum_limit": "def momentum_limit(L, rho):\n    return 2 * (1 + rho) / L",
    "written_limit": "Because the steps quarrel.",
}
HALF = {**RIGHT, "momentum_limit": "def momentum_limit(L, rho):\n    return 2 * (1 - rho) / L"}
SUBMITTED = Path("autograder/work/submitted")


def released(course: Path) -> NotebookNode:
    return nbformat.read(course / "course/05-momentum/momentum.ipynb", as_version=4)


def hand_in(course: Path, student: str, answers: dict[str, str]) -> Path:
    """The released notebook with these answers in it."""
    notebook = released(course)
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    path = course / SUBMITTED / student / "05-momentum/momentum.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    return path
