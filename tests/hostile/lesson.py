"""The lesson that is attacked: three real exercises, without prose and figures, so that many can be graded quickly."""

import shutil
from pathlib import Path

from course_copy import copy_course, run

LESSON = "05-momentum"
NOTEBOOK = "momentum.ipynb"

_CELL = '''
# %% nbgrader={{"grade_id": "{name}", "solution": true}}
def {signature}:
    """What a learner writes."""
    ### BEGIN SOLUTION
{body}
    ### END SOLUTION

# %% nbgrader={{"grade_id": "check_{name}", "grade": true, "points": {points}}}
check({name})
### BEGIN HIDDEN TESTS
check({name}, hidden=True)
### END HIDDEN TESTS
'''
_SIGNATURES = {
    "effective_step": "effective_step(lr, rho)",
    "momentum_step": "momentum_step(w, grad, v, lr, rho=0.9)",
    "numerical_gradient": "numerical_gradient(f, w, h=1e-5)",
}
_BODIES = {
    "effective_step": "    return lr / (1 - rho)",
    "momentum_step": "    v = rho * v + grad\n    return w - lr * v, v",
    "numerical_gradient": """    w = np.asarray(w, dtype=float)
    slope = np.zeros(w.shape)
    for index in np.ndindex(w.shape):
        move = np.zeros(w.shape)
        move[index] = h
        slope[index] = (f(w + move) - f(w - move)) / (2 * h)
    return slope""",
}
POINTS = {"effective_step": 3.0, "momentum_step": 5.0, "numerical_gradient": 4.0}
RIGHT = {name: f"def {signature}:\n{_BODIES[name]}" for name, signature in _SIGNATURES.items()}

MASTER = """
# %% nbgrader={"grade_id": "setup", "locked": true}
import numpy as np
from gradlab import check, todo
""" + "".join(
    _CELL.format(name=name, signature=signature, body=_BODIES[name], points=POINTS[name])
    for name, signature in _SIGNATURES.items()
)

# Small, so that whatever waits for a limit waits briefly; large enough for a machine that is busy.
LIMITS = """
c.Limits.cell_seconds = 3
c.Limits.notebook_seconds = 15
c.Limits.memory = 1024 * 1024**2
c.Limits.processes = 24
c.Limits.output = 200_000
c.Limits.files = 200
c.Limits.file_size = 8 * 1024**2
c.Limits.disk = 16 * 1024**2
"""


def build_course(folder: Path) -> Path:
    """A copy of the course with this one lesson, built, and with small limits."""
    folder.mkdir(parents=True, exist_ok=True)
    course = copy_course(folder)
    for part in ("solutions", "course"):
        for lesson in (course / part).glob("[0-9]*"):
            shutil.rmtree(lesson)
    shutil.rmtree(course / "autograder/sample_class")
    master = course / f"solutions/{LESSON}/momentum.py"
    master.parent.mkdir()
    master.write_text(MASTER, encoding="utf-8")
    done = run(course, "autograder", "build", LESSON)
    assert done.returncode == 0, done.stdout + done.stderr
    shutil.rmtree(course / "autograder/work")
    with (course / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(LIMITS)
    return course


def be_patient(course: Path, seconds: int) -> None:
    """Let a cell of this copy take longer, so that it meets another limit first on a machine that is slow just then."""
    with (course / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(f"c.Limits.cell_seconds = {seconds}\nc.Limits.notebook_seconds = {4 * seconds}\n")
