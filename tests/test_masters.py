"""Reading a master: lasting cell ids, and a clear word about what is wrong in it."""

from pathlib import Path

import pytest
from tiny_course import MASTER, tiny_course, write

from autograder.course import Lesson
from autograder.errors import UserError
from autograder.masters import read_master


@pytest.fixture
def tiny(tmp_path: Path) -> Lesson:
    return tiny_course(tmp_path)


def test_cell_ids_stay_when_another_cell_is_inserted(tiny):
    before = [c.id for c in read_master(tiny.source, tiny.root).cells]
    write(tiny, MASTER.replace("# %%\nimport os", "# %% [markdown]\n# New.\n\n# %%\nimport os"))
    after = [c.id for c in read_master(tiny.source, tiny.root).cells]
    assert [i for i in after if i in before] == before
    assert len(set(after)) == len(after) == len(before) + 1


@pytest.mark.parametrize(
    "before, after, complaint",
    [
        ('"check_effective_step"', '"effective_step"', "two cells have the grade_id 'effective_step'"),
        (
            '"grade_id": "effective_step"',
            '"grade_id": "halve_it"',
            "check_effective_step checks effective_step, but no solution",
        ),
        ("    ### END SOLUTION\n", "", "BEGIN SOLUTION has no END SOLUTION"),
        ("    ### BEGIN SOLUTION\n", "", "do not pair up"),
        ("    ### BEGIN SOLUTION\n", "    ### BEGIN SOLUTION\n    ### BEGIN SOLUTION\n", "do not pair up"),
        ("### BEGIN HIDDEN TESTS\n", "", "BEGIN HIDDEN TESTS and END HIDDEN TESTS do not pair up"),
        (' nbgrader={"grade_id": "effective_step", "solution": true}', "", "its solution would be released"),
        (', "points": 3', "", "a graded cell needs points"),
        (', "points": 3', ', "points": -1', "a graded cell needs points"),
        (', "points": 3', ', "points": 3, "pionts": 3', "unknown nbgrader key pionts"),
        ('"solution": true}', '"solution": tru}', "is not valid JSON"),
        ("import check, todo", "import check", "call todo(), which no cell imports"),
        ("# %% nbgrader=", "# %% nbgradr=", "unknown cell metadata nbgradr"),
        ('"written_why", "grade": true', '"written_why"', 'a written answer needs both `"grade": true`'),
        ('"grade_id": "effective_step"', '"grade_id": "double it"', "needs a grade_id of letters"),
    ],
)
def test_a_bad_master_is_refused_with_its_place(tiny, before, after, complaint):
    assert before in MASTER
    write(tiny, MASTER.replace(before, after))
    with pytest.raises(UserError, match=r"solutions/01-tiny/tiny\.py") as refusal:
        read_master(tiny.source, tiny.root)
    assert complaint in str(refusal.value)


def test_a_solution_cell_without_an_answer_is_refused(tiny):
    write(tiny, MASTER.replace("    ### BEGIN SOLUTION\n", "").replace("    ### END SOLUTION\n", ""))
    with pytest.raises(UserError, match="no lines between `### BEGIN SOLUTION` and"):
        read_master(tiny.source, tiny.root)
