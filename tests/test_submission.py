"""Whatever arrives is read, or refused with a sentence that says why."""

import json
import os

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder import submission
from autograder.course import Lesson
from autograder.errors import UserError
from autograder.submission import (
    NotHandedInError,
    Submission,
    UnreadableError,
    find_submissions,
    parse_notebook,
    read_submission,
)

NOTEBOOK = nbformat.writes(new_notebook(cells=[new_markdown_cell("# Größe"), new_code_cell("x = 1\ny = 2")]))


@pytest.fixture
def arriving(tmp_path):
    """A function that puts a file where the grader looks for it, and returns the submission."""

    def arrive(content: bytes | None, name: str = "momentum.ipynb") -> Submission:
        folder = tmp_path / "ada" / "05-momentum"
        folder.mkdir(parents=True)
        if content is not None:
            (folder / name).write_bytes(content)
        return Submission("ada", folder, Lesson("05-momentum"))

    return arrive


@pytest.mark.parametrize(
    "content",
    [
        NOTEBOOK.encode(),
        NOTEBOOK.strip().encode(),
        b"\xef\xbb\xbf" + NOTEBOOK.encode(),
        NOTEBOOK.replace("\n", "\r\n").encode(),
        NOTEBOOK.encode("utf-16"),
    ],
    ids=["plain", "no newline at the end", "byte order mark", "windows line ends", "utf-16"],
)
def test_a_notebook_is_read_however_it_was_saved(arriving, content):
    text, code = read_submission(arriving(content)).cells
    assert (text.source, code.source) == ("# Größe", "x = 1\ny = 2")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (NOTEBOOK.encode()[:200], "cut off"),
        (b"%PDF-1.7\n\xe2\xe3\xcf\xd3", "not text"),
        (b"hello", "not valid JSON"),
        (b"[1, 2]", "not a notebook"),
        (b'{"nbformat": 4}', "no list of cells"),
        (b'{"nbformat": 99, "cells": []}', "known version"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"nbformat": 4, "cells": [' + b"9" * 5000 + b"]}", "number too long"),
        (b'{"nbformat": 4, "cells": [' + b"{}," * 6000 + b"{}]}", "6001 cells"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_refused_with_the_reason(arriving, content, why):
    with pytest.raises(UnreadableError, match=why):
        read_submission(arriving(content))


def test_a_missing_notebook_says_what_was_found_instead(arriving):
    with pytest.raises(NotHandedInError, match=r"found instead: momentum \(1\)\.ipynb\.$"):
        read_submission(arriving(NOTEBOOK.encode(), "momentum (1).ipynb"))


def test_an_empty_folder_is_called_empty(arriving):
    with pytest.raises(NotHandedInError, match="the folder is empty"):
        read_submission(arriving(None))


def test_a_file_above_the_limit_is_not_read(arriving, monkeypatch):
    monkeypatch.setattr(submission, "MAX_BYTES", 100)
    with pytest.raises(UnreadableError, match="MB are not graded"):
        read_submission(arriving(NOTEBOOK.encode()))


def test_links_are_not_followed(arriving, tmp_path):
    (tmp_path / "secret.ipynb").write_text(NOTEBOOK, encoding="utf-8")
    handed_in = arriving(None)
    handed_in.notebook.symlink_to(tmp_path / "secret.ipynb")
    with pytest.raises(UnreadableError, match="links are not followed"):
        read_submission(handed_in)


def test_a_pipe_does_not_keep_the_grader_waiting(arriving):
    handed_in = arriving(None)
    os.mkfifo(handed_in.notebook)
    with pytest.raises(UnreadableError, match="not a file"):
        read_submission(handed_in)


def test_a_folder_under_the_name_of_the_notebook_is_refused(arriving):
    handed_in = arriving(None)
    handed_in.notebook.mkdir()
    with pytest.raises(UnreadableError):
        read_submission(handed_in)


def test_an_old_notebook_is_brought_up_to_date():
    old = nbformat.v3.new_notebook(
        worksheets=[nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell(input="x = 1")])]
    )
    assert parse_notebook(json.dumps(old)).cells[0].source == "x = 1"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
CELL = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw", "heading", 7]),
        "source": JSON,
        "metadata": JSON
        | st.fixed_dictionaries({"nbgrader": JSON | st.fixed_dictionaries({"grade_id": JSON})}),
        "attachments": JSON | st.dictionaries(st.text(), st.dictionaries(st.text(), JSON)),
        "outputs": JSON,
        "id": JSON,
    },
)


@given(
    content=st.builds(lambda cells: {"nbformat": 4, "cells": cells}, st.lists(CELL | JSON, max_size=4)) | JSON
)
def test_any_json_becomes_a_notebook_that_can_be_written_or_is_refused(content):
    try:
        notebook = parse_notebook(json.dumps(content))
    except UnreadableError:
        assert not isinstance(content, dict) or content.get("nbformat") != 4
    else:
        nbformat.validate(notebook)
        nbformat.writes(notebook).encode("utf-8")


def test_half_a_character_can_still_be_written():
    notebook = parse_notebook(
        '{"nbformat": 4, "cells": [{"cell_type": "code", "source": "x = \'\\ud83d\'"}]}'
    )
    nbformat.writes(notebook).encode("utf-8")


@pytest.fixture
def submitted(tmp_path):
    for student in ("grace", "ada"):
        (tmp_path / student).mkdir()
    (tmp_path / ".cache").mkdir()
    (tmp_path / "list.txt").touch()
    return tmp_path


def test_every_student_with_a_folder_has_a_submission(submitted):
    found = find_submissions(submitted, Lesson("05-momentum"))
    assert [one.student for one in found] == ["ada", "grace"]


def test_one_student_can_be_chosen(submitted):
    (found,) = find_submissions(submitted, Lesson("05-momentum"), "grace")
    assert found.notebook == submitted / "grace" / "05-momentum" / "momentum.ipynb"


def test_an_unknown_student_is_the_users_to_mend(submitted):
    with pytest.raises(UserError, match=r"no student called 'alan'.*ada, grace"):
        find_submissions(submitted, Lesson("05-momentum"), "alan")


def test_no_folder_and_nobody_are_the_users_to_mend(tmp_path):
    with pytest.raises(UserError, match="Nobody has handed in"):
        find_submissions(tmp_path, Lesson("05-momentum"))
    with pytest.raises(UserError, match="There is no folder"):
        find_submissions(tmp_path / "nowhere", Lesson("05-momentum"))
