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
from gradlab import todo

# %% nbgrader={"grade_id": "double_it", "solution": true}
def double_it(number):
    """Twice the number."""
    ### BEGIN SOLUTION
    answer_of_the_lesson = number + number
    return answer_of_the_lesson
    ### END SOLUTION

# %% nbgrader={"grade_id": "check_double_it", "grade": true, "points": 2}
assert double_it(2) == 4
### BEGIN HIDDEN TESTS
assert double_it(1234567) == 2469134
### END HIDDEN TESTS

# %%
print(double_it(21))

# %%
print(double_it(21))

# %% [markdown] nbgrader={"grade_id": "written_why", "grade": true, "solution": true, "points": 1}
# Because adding a number to itself doubles it.
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
