import time
from xml.etree import ElementTree

import numpy as np
import pytest

from gradlab.explorers import Prediction, schedule_explorer
from gradlab.surfaces import bowl

ASKED = Prediction("What does it do?", ("fall", "stay <there>"), "It falls.")
KINDS = ("constant", "steps", "exponential", "cosine")


def label(explorer):
    return ElementTree.fromstring(explorer.picture.value).get("aria-label")


def ends(kind, shares):
    """The lowest mean loss at the end over a grid of the two sliders."""
    explorer = schedule_explorer()
    explorer.kind.value = kind
    lowest = np.inf
    for lr in np.arange(0.06, 0.5, 0.04):
        for share in shares:
            explorer.lr.value, explorer.share.value = lr, share
            lowest = min(lowest, explorer.losses[-1])
    return lowest


@pytest.mark.parametrize(("name", "value"), [("kind", "cosine"), ("lr", 0.1), ("share", 0.5)])
def test_moving_a_control_changes_the_picture_and_its_description(name, value):
    explorer = schedule_explorer()
    explorer.kind.value = "steps"
    before, described = explorer.picture.value, label(explorer)
    getattr(explorer, name).value = value
    assert explorer.picture.value != before
    assert label(explorer) != described


@pytest.mark.parametrize("kind", KINDS[1:])
def test_the_goal_can_be_reached_with_every_schedule(kind):
    assert ends(kind, [0.04, 0.06]) < 0.009


def test_the_goal_cannot_be_reached_with_a_constant_rate():
    explorer = schedule_explorer()
    for lr in np.arange(0.02, 0.501, 0.02):
        explorer.lr.value = lr
        assert "Goal reached" not in label(explorer)


def test_the_verdict_says_when_the_goal_is_reached():
    explorer = schedule_explorer()
    assert "The goal is to end below 0.009." in label(explorer)
    explorer.kind.value, explorer.lr.value = "cosine", 0.34
    assert "Goal reached: the mean loss ends below 0.009." in label(explorer)


def test_the_revealed_answer_of_the_lesson_is_true():
    # "The loss falls by more than half" in the step after the rate has dropped to a third.
    explorer = schedule_explorer()
    explorer.kind.value = "steps"
    explorer.share.value = 0.04  # a third in each of three cuts, nearly
    assert explorer.rates[30] == pytest.approx(explorer.rates[29] / 3, rel=0.03)
    assert explorer.losses[31] < explorer.losses[30] / 2
    assert explorer.losses[25:31] == pytest.approx(explorer.losses[30], rel=0.2)


@pytest.mark.parametrize("kind", KINDS[1:])
def test_a_schedule_starts_at_the_first_rate_and_ends_near_its_share(kind):
    explorer = schedule_explorer()
    explorer.kind.value, explorer.lr.value, explorer.share.value = kind, 0.3, 0.1
    assert explorer.rates[0] == pytest.approx(0.3)
    assert explorer.rates[-1] == pytest.approx(0.03, rel=0.05)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("lr", "share"), [(0.5, 1.0), (0.02, 0.01), (0.5, 0.01)])
@pytest.mark.parametrize("noise", [0.5, 1e100])
def test_every_setting_gives_a_picture_that_is_valid_and_inside_its_frame(kind, lr, share, noise):
    explorer = schedule_explorer(noise=noise)
    with np.errstate(over="ignore", invalid="ignore"):
        explorer.kind.value, explorer.lr.value, explorer.share.value = kind, lr, share
    svg = ElementTree.fromstring(explorer.picture.value)
    assert len(explorer.picture.value) < 50_000
    for line in svg.findall("{http://www.w3.org/2000/svg}polyline"):
        places = np.array([pair.split(",") for pair in line.get("points").split()], dtype=float)
        assert np.isfinite(places).all()
        assert (places >= 0).all() and (places <= [760, 330]).all()


def test_the_controls_wait_for_a_prediction_which_then_starts_the_staircase():
    explorer = schedule_explorer(prediction=ASKED)
    assert all(control.disabled for control in (explorer.kind, explorer.lr, explorer.share))
    assert (explorer.kind.value, "Choose an answer" in label(explorer)) == ("constant", True)
    explorer.choice.value = "fall"
    assert not any(control.disabled for control in (explorer.kind, explorer.lr, explorer.share))
    assert (explorer.kind.value, "Choose an answer" in label(explorer)) == ("steps", False)
    assert "Goal reached" not in label(explorer)


def test_a_reader_without_a_kernel_gets_a_small_picture_and_words():
    bundle = schedule_explorer()._repr_mimebundle_()
    assert 'alt="The explorer as it starts:' in bundle["text/html"]
    assert len(bundle["text/html"]) < 60_000


def test_another_surface_and_goal_may_be_given():
    explorer = schedule_explorer(bowl, goal=5.0, steps=40, noise=0.1, lr=0.2)
    assert (len(explorer.rates), len(explorer.losses)) == (40, 41)
    assert "Goal reached: the mean loss ends below 5." in label(explorer)


def test_a_move_is_drawn_quickly_and_the_same_every_time():
    explorer = schedule_explorer()
    drawn = explorer.picture.value
    started = time.process_time()
    for lr in np.arange(0.02, 0.42, 0.02):
        explorer.lr.value = lr
    assert time.process_time() - started < 20 * 0.02
    explorer.lr.value = 0.4
    assert explorer.picture.value == drawn
