import re
from xml.etree import ElementTree

import numpy as np
import pytest

from gradlab.explorers import Prediction, basin_explorer

ASKED = Prediction("Where does it end?", ("here", "there"), "There.")


def label(explorer):
    return ElementTree.fromstring(explorer.picture.value).get("aria-label")


def counts(explorer):
    """How many starts the list shows for A, B, C, D and none."""
    return [int(text) for text in re.findall(r">(\d+)</text>", explorer.picture.value)]


def test_each_quarter_has_a_valley_of_its_own_and_the_lower_left_is_the_deepest():
    explorer = basin_explorer()
    quarters = {(-2.0, -2.0): 0, (2.0, -2.0): 1, (-2.0, 2.0): 2, (2.0, 2.0): 3}
    for (w1, w2), row in quarters.items():
        explorer.w1.value, explorer.w2.value = w1, w2
        assert explorer.ended == row
        assert f"It ends in valley {'ABCD'[row]}." in label(explorer)
    assert (np.diff(explorer._surface.value(explorer.minima)) > -1e-9).all()


def test_a_start_that_is_nearest_to_one_valley_can_end_in_another():
    explorer = basin_explorer(start=(0.1, 4.0), lr=0.01)
    distances = np.linalg.norm(explorer.minima - [0.1, 4.0], axis=1)
    assert distances.argmin() == 3
    assert explorer.ended == 2


def test_the_goal_needs_a_large_rate_and_can_be_reached():
    explorer = basin_explorer(start=(4.5, 4.6))
    assert "The goal: A" in label(explorer)
    explorer.lr.value = 0.05
    assert "Goal reached" in label(explorer)
    explorer.w1.value = -2.0
    explorer.w2.value = -2.0
    assert "It ends in valley A" in label(explorer)
    assert "Goal reached" not in label(explorer)


@pytest.mark.parametrize("w1", np.arange(0.5, 5.1, 0.5))
def test_the_goal_is_out_of_reach_at_the_rate_it_starts_with(w1):
    explorer = basin_explorer(start=(w1, 2.0))
    for w2 in np.arange(0.5, 5.1, 0.5):
        explorer.w2.value = w2
        assert "Goal reached" not in label(explorer)


def test_every_start_leaves_a_dot_and_another_rate_wipes_them_out():
    explorer = basin_explorer(start=(-2.0, -2.0))
    explorer.w1.value = 2.0
    explorer.w2.value = 2.0
    assert counts(explorer) == [1, 1, 0, 1, 0]
    explorer.lr.value = 0.02
    assert counts(explorer) == [0, 0, 0, 1, 0]


def test_a_run_that_never_settles_ends_in_no_valley():
    explorer = basin_explorer(start=(4.5, 4.5), lr=0.06)
    assert explorer.ended == -1
    assert "It ends in no valley." in label(explorer)


def test_nothing_is_given_away_before_the_prediction():
    explorer = basin_explorer(prediction=ASKED)
    assert all(slider.disabled for slider in (explorer.w1, explorer.w2, explorer.lr))
    assert "Choose an answer" in label(explorer)
    assert counts(explorer) == [0, 0, 0, 0, 0]
    explorer.choice.value = "here"
    assert "It ends in valley C." in label(explorer)
    assert not explorer.w1.disabled


def test_the_picture_stays_small_and_finite_however_many_starts_are_tried():
    explorer = basin_explorer(lr=0.06)
    for w1 in np.arange(-5, 5.1, 0.5):
        for w2 in np.arange(-5, 5.1, 0.7):
            explorer.w1.value, explorer.w2.value = w1, w2
    assert len(explorer.tried) <= 200
    assert len(explorer.picture.value) < 80_000
    assert not re.search(r"\b(nan|inf)\b", explorer.picture.value)


def test_a_reader_without_a_kernel_gets_a_picture_and_words():
    bundle = basin_explorer(prediction=ASKED)._repr_mimebundle_()
    assert 'alt="The explorer as it starts:' in bundle["text/html"]
    assert "ends in valley C" in bundle["text/plain"]
    assert len(bundle["text/html"]) < 90_000
