"""A little of what `make torture` does at length: sudden ends, mutated notebooks, mutated frames."""

from torture.fuzzing import fuzz_frames, fuzz_notebooks
from torture.sudden_ends import torture


def test_a_batch_that_was_ended_anywhere_goes_on_to_the_same_gradebook(tmp_path):
    hits = torture(tmp_path, points=4, students=12, seed=1)
    assert sum(hits.values()) >= 2


def test_mutated_notebooks_end_with_a_status_and_never_with_a_traceback(tmp_path):
    statuses = fuzz_notebooks(tmp_path / "course", 150, seed=7)
    assert len(statuses) >= 3


def test_mutated_frames_earn_nothing_and_raise_only_what_the_protocol_names():
    endings = fuzz_frames(3000, seed=3)
    assert endings["ProtocolError"] > 100
    assert any(name.startswith("judged") for name in endings)
