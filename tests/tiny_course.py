"""A course of one lesson, for tests: small enough to be built in a second."""

import shutil
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course import ROOT, Lesson

MASTER = '''# %% [markdown]
# # A tiny lesson

# %%
import os
from gradlab import check, todo

# %% nbgrader={"grade_id": "effective_step", "solution": true}
def effective_step(lr, rho):
    """The step that a long run of equal gradients ends at."""
    ### BEGIN SOLUTION
    answer_of_the_lesson = lr / (1 - rho)
    return answer_of_the_lesson
    ### END SOLUTION

# %% nbgrader={"grade_id": "check_effective_step", "grade": true, "points": 3}
check(effective_step)
### BEGIN HIDDEN TESTS
check(effective_step, hidden=True)
### END HIDDEN TESTS

# %%
print(effective_step(0.5, 0.5))

# %%
print(effective_step(0.5, 0.5))

# %% [markdown] nbgrader={"grade_id": "written_why", "grade": true, "solution": true, "points": 1}
# Because what is kept of a step adds up.
'''


def tiny_course(root: Path) -> Lesson:
    """A course of one lesson in a folder of its own, with the course's real settings."""
    shutil.copy(ROOT / "nbgrader_config.py", root)
    lesson = Lesson("01-tiny", root)
    write(lesson, MASTER)
    return lesson


def write(lesson: Lesson, master: str) -> None:
    lesson.source.parent.mkdir(parents=True, exist_ok=True)
    lesson.source.write_text(master, encoding="utf-8")


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def cell(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)
