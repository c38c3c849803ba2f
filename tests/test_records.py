import os
from pathlib import Path

import pytest

from gradlab.records import home, record, recorded


def test_the_best_points_are_kept():
    for points in (1.0, 3.0, 2.0):
        record("momentum_step", points)
    record("effective_step", 0.0)
    assert recorded() == {"momentum_step": 3.0, "effective_step": 0.0}


def test_records_lie_where_gradlab_home_says_and_else_in_the_home_folder(monkeypatch, tmp_path):
    assert home() == Path(os.environ["GRADLAB_HOME"])
    monkeypatch.delenv("GRADLAB_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert home() == tmp_path / ".gradlab"


def test_nothing_but_the_record_is_left_in_the_folder():
    record("momentum_step", 1.0)
    assert [file.name for file in home().iterdir()] == ["progress.json"]


@pytest.mark.parametrize("content", ["", "{", "[1, 2]", '"text"', '{"a": "b", "c": null}', "\xff"])
def test_a_spoilt_record_is_no_record_and_is_written_anew(content):
    home().mkdir(parents=True)
    (home() / "progress.json").write_text(content, encoding="latin-1")
    assert recorded() == {}
    record("momentum_step", 2.0)
    assert recorded() == {"momentum_step": 2.0}


def test_a_folder_that_cannot_be_written_does_not_interrupt_the_lesson(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("GRADLAB_HOME", str(tmp_path / "file"))
    record("momentum_step", 2.0)
    assert recorded() == {}
