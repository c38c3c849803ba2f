import re
import time
from xml.etree import ElementTree

import numpy as np
import pytest

from gradlab.descent import descend
from gradlab.explorers import Prediction, adam_explorer
from gradlab.optimizers import adam
from gradlab.surfaces import dented_slope, ravine

ASKED = Prediction("How long?", ("short", "long"), "It is long.")


def label(explorer):
    return ElementTree.fromstring(explorer.picture.value).get("aria-label")


def corrected(**settings):
    explorer = adam_explorer()
    for name, value in {"correction": True, **settings}.items():
        getattr(explorer, name).value = value
    return explorer


@pytest.mark.parametrize(
    ("name", "value"), [("lr", 0.3), ("beta1", 0.5), ("beta2", 0.9), ("correction", True), ("steps", 7)]
)
def test_moving_a_control_changes_the_picture_and_its_description(name, value):
    explorer = adam_explorer()
    before, described = explorer.picture.value, label(explorer)
    getattr(explorer, name).value = value
    assert explorer.picture.value != before
    assert label(explorer) != described


@pytest.mark.parametrize(("beta1", "beta2"), [(0.9, 0.999), (0.5, 0.99), (0.0, 0.9)])
def test_corrected_it_walks_the_path_of_the_library(beta1, beta2):
    explorer = corrected(beta1=beta1, beta2=beta2, lr=0.2)
    path = descend(ravine, ravine.start, adam, steps=100, lr=0.2, beta1=beta1, beta2=beta2)
    np.testing.assert_array_equal(explorer.trace.points, path.points)


def test_the_first_step_is_as_long_as_the_rate_with_correction_and_3_16_times_without():
    explorer = adam_explorer(prediction=ASKED)
    assert "First step" not in label(explorer)
    explorer.choice.value = "long"
    assert "First step of w1: 0.316, 3.16 times the rate" in label(explorer)
    explorer.correction.value = True
    assert "First step of w1: 0.1, 1 times the rate" in label(explorer)


def test_the_goal_is_out_of_reach_with_the_default_betas_and_reached_with_a_shorter_memory_of_direction():
    explorer, reached = corrected(), {}
    for beta1 in (0.9, 0.6):
        explorer.beta1.value = beta1
        reached[beta1] = 0
        for lr in np.arange(0.02, 1.5, 0.04):
            explorer.lr.value = lr
            reached[beta1] += "Goal reached" in label(explorer)
    assert reached[0.9] == 0
    assert reached[0.6] >= 3


def test_a_short_memory_of_size_never_settles():
    explorer = corrected(beta1=0.5, lr=0.7)
    assert "Goal reached" in label(explorer)
    explorer.beta2.value = 0.9
    assert "Not below" in label(explorer)


def test_the_goal_asks_for_the_correction():
    explorer = corrected(beta1=0.5, lr=0.3)
    explorer.correction.value = False
    assert "the goal is with correction" in label(explorer)


@pytest.mark.parametrize("lr", [0.02, 1.5])
@pytest.mark.parametrize("beta1", [0.0, 0.98])
@pytest.mark.parametrize("beta2", [0.9, 0.999])
@pytest.mark.parametrize("correction", [True, False])
def test_every_setting_gives_a_picture_that_is_valid(lr, beta1, beta2, correction):
    explorer = corrected(lr=lr, beta1=beta1, beta2=beta2, correction=correction)
    ElementTree.fromstring(explorer.picture.value)
    assert not re.search(r"\b(nan|inf)\b", explorer.picture.value)


def test_a_redraw_is_fast_and_small():
    explorer = adam_explorer()
    started = time.process_time()
    for lr in np.linspace(0.1, 1.0, 20):
        explorer.lr.value = lr
    assert (time.process_time() - started) / 20 < 0.02
    assert len(explorer.picture.value) < 40_000


def test_the_controls_wait_for_a_prediction_and_then_roll():
    explorer = adam_explorer(prediction=ASKED)
    controls = [explorer.lr, explorer.beta1, explorer.beta2, explorer.correction, explorer.steps]
    assert all(control.disabled for control in controls)
    assert explorer.steps.value == 0
    assert "Choose an answer" in label(explorer)
    explorer.choice.value = "short"
    assert not any(control.disabled for control in controls)
    assert explorer.steps.value == 20
    assert "It is long." in explorer.answer.value


def test_a_reader_without_a_kernel_gets_a_picture_and_words():
    bundle = adam_explorer(prediction=ASKED)._repr_mimebundle_()
    assert "not corrected" in bundle["text/plain"]
    assert bundle["text/html"].startswith("<figure")
    assert len(bundle["text/html"]) < 60_000


def test_a_surface_of_one_weight_is_refused():
    with pytest.raises(ValueError, match="two weights"):
        adam_explorer(dented_slope)
