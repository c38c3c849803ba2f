import re
import time
from xml.etree import ElementTree

import numpy as np
import pytest

from gradlab.descent import descend
from gradlab.explorers import Prediction, rates_explorer
from gradlab.optimizers import gradient_descent
from gradlab.surfaces import bowl, plateau, ravine, rosenbrock, styblinski_tang

ASKED = Prediction("How large may it be?", ("0.5", "1", "10"), "It may be 10.")


def label(explorer):
    return ElementTree.fromstring(explorer.picture.value).get("aria-label")


def set_rates(explorer, along, across):
    explorer.tied.value = False
    explorer.along.value, explorer.across.value = along, across


def test_a_slider_changes_the_picture_and_its_description():
    explorer = rates_explorer()
    for move in (
        lambda: setattr(explorer.along, "value", 0.1),
        lambda: setattr(explorer.tied, "value", False),
        lambda: setattr(explorer.across, "value", 0.3),
    ):
        before, described = explorer.picture.value, label(explorer)
        move()
        assert explorer.picture.value != before
        assert label(explorer) != described


def test_tied_the_first_slider_moves_both_weights():
    explorer = rates_explorer()
    assert explorer.across.disabled
    explorer.along.value = 0.2
    assert label(explorer).startswith("rate 0.2 for w1 and 0.2 for w2")
    walked = descend(ravine, ravine.start, gradient_descent, steps=60, lr=0.2)
    assert explorer.trace.points == pytest.approx(walked.points)


def test_untied_each_slider_moves_its_own_weight():
    explorer = rates_explorer()
    set_rates(explorer, 5, 0.1)
    assert not explorer.across.disabled
    first = explorer.trace.points[1]
    assert first == pytest.approx(ravine.start - [5, 0.1] * ravine.gradient(ravine.start))


def test_no_single_rate_reaches_the_goal_and_two_do():
    explorer = rates_explorer()
    for rate in np.geomspace(0.01, 10, 80):
        explorer.along.value = rate
        assert "Goal reached" not in label(explorer)
    set_rates(explorer, 5, 0.25)
    assert "Goal reached: below 0.001 for good after 1 step." in label(explorer)


def test_the_goal_needs_no_steady_hand():
    explorer, reached = rates_explorer(), 0
    explorer.tied.value = False
    for along in 10 ** np.arange(-2, 1.3, 0.1):
        for across in 10 ** np.arange(-2, 1.3, 0.1):
            explorer.along.value, explorer.across.value = along, across
            reached += "Goal reached" in label(explorer)
    assert reached >= 4


@pytest.mark.parametrize(
    ("along", "across", "verdict"),
    [
        (0.4, 0.25, "Below 0.001 after 47 steps; the goal is under 4"),
        (0.01, 0.25, "Not below 0.001 within 60 steps"),
        (10.5, 0.25, "Thrown out along w1"),
        (5, 0.52, "Thrown out along w2"),
        (20, 20, "Thrown out along w1"),
    ],
)
def test_the_verdict_follows_the_run(along, across, verdict):
    explorer = rates_explorer()
    set_rates(explorer, along, across)
    assert verdict in label(explorer)


def test_the_limits_are_two_over_the_curvatures_as_the_lesson_reveals():
    limits = 2 / np.diag(ravine.hessian(ravine.start))
    assert limits == pytest.approx([10, 0.5])
    explorer = rates_explorer()
    for factor, thrown in ((0.98, False), (1.02, True)):
        set_rates(explorer, limits[0] * factor, 0.25)
        assert ("Thrown out along w1" in label(explorer)) is thrown


def test_the_sliders_wait_for_a_prediction():
    explorer = rates_explorer(prediction=ASKED)
    controls = [explorer.tied, explorer.along, explorer.across]
    assert all(control.disabled for control in controls)
    assert "after 0 steps" in label(explorer)
    explorer.choice.value = "10"
    assert ASKED.reveal in explorer.answer.value
    assert [control.disabled for control in controls] == [False, False, True]
    assert "after 60 steps" in label(explorer)
    explorer.tied.value = False
    assert not explorer.across.disabled


@pytest.mark.parametrize("surface", [ravine, bowl, rosenbrock, plateau], ids=lambda s: s.name)
@pytest.mark.parametrize(("along", "across"), [(0.01, 0.01), (0.01, 20), (20, 0.01), (20, 20)])
def test_every_setting_gives_a_picture_that_is_valid_and_finite(surface, along, across):
    explorer = rates_explorer(surface)
    set_rates(explorer, along, across)
    ElementTree.fromstring(explorer.picture.value)
    assert not re.search(r"\b(nan|inf)\b", explorer.picture.value)


def test_a_picture_is_small_and_quick_enough_to_follow_a_slider():
    explorer = rates_explorer()
    started = time.process_time()
    for _ in range(10):
        explorer.redraw()
    assert (time.process_time() - started) / 10 < 0.02
    assert len(explorer.picture.value) < 50_000


def test_there_is_a_still_picture_for_readers_without_a_kernel():
    assert "learning rate 0.4 for both weights" in rates_explorer().still().alt


def test_a_surface_of_three_weights_is_refused():
    with pytest.raises(ValueError, match="two weights"):
        rates_explorer(styblinski_tang(3))
