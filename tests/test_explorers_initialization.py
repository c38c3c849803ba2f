import re
import time
from xml.etree import ElementTree

import numpy as np
import pytest

from gradlab.explorers import Prediction, signal_explorer
from gradlab.explorers.initialization import LAYERS, WIDTHS

SVG = "{http://www.w3.org/2000/svg}"
ASKED = Prediction("How strong?", ("weak", "strong"), "It is strong.")


def drawn(explorer):
    return ElementTree.fromstring(explorer.picture.value)


def label(explorer):
    return drawn(explorer).get("aria-label")


def stds(explorer):
    return np.arange(explorer.std.min, explorer.std.max + 1e-9, explorer.std.step)


@pytest.mark.parametrize(("name", "value"), [("std", 0.2), ("units", 50), ("layers", 7)])
def test_moving_a_control_changes_the_picture_and_its_description(name, value):
    explorer = signal_explorer()
    before, described = explorer.picture.value, label(explorer)
    getattr(explorer, name).value = value
    assert explorer.picture.value != before
    assert label(explorer) != described


@pytest.mark.parametrize("units", WIDTHS)
@pytest.mark.parametrize(("activation", "gain"), [("none", 1.0), ("relu", 2.0)])
def test_the_goal_is_reached_near_the_formula_and_nowhere_else(units, activation, gain):
    explorer, right = signal_explorer(activation=activation, units=units), np.sqrt(gain / units)
    reached = []
    for std in stds(explorer):
        explorer.std.value = std
        if "Goal reached" in label(explorer):
            reached.append(std)
    assert reached
    assert np.all(np.abs(np.array(reached) / right - 1) < 0.05)


def test_without_an_activation_the_goal_stands_at_1_over_the_root_of_100():
    explorer = signal_explorer(std=0.1)
    assert "Goal reached: between 0.5 and 2 through all 50 layers." in label(explorer)


def test_the_signal_of_the_first_prediction_grows_about_1_2_times_in_every_layer():
    assert signal_explorer(std=0.12).sizes[-1] ** (1 / LAYERS) == pytest.approx(1.2, rel=0.02)


def test_behind_relu_the_weights_that_keep_a_sum_lose_half_of_its_square_in_every_layer():
    sizes = signal_explorer(activation="relu", std=0.1).sizes
    assert np.log2(sizes[-1] ** 2) == pytest.approx(-LAYERS, abs=5)


@pytest.mark.parametrize(
    ("std", "verdict"), [(0.2, "Too strong from layer 1 on"), (0.02, "Too weak from layer 1 on")]
)
def test_the_verdict_follows_the_signal(std, verdict):
    assert verdict in label(signal_explorer(std=std, units=200))


@pytest.mark.parametrize("units", WIDTHS)
@pytest.mark.parametrize("std", [0.02, 0.3])
@pytest.mark.parametrize("layers", [1, LAYERS])
def test_every_setting_gives_a_picture_that_is_valid_and_inside_the_sheet(units, std, layers):
    explorer = signal_explorer(units=units, std=std)
    explorer.layers.value = layers
    svg = drawn(explorer)
    assert not re.search(r"\b(nan|inf)\b", explorer.picture.value)
    width, height = map(float, svg.get("viewBox").split()[2:])
    for line in svg.findall(f".//{SVG}polyline"):
        places = np.array([pair.split(",") for pair in line.get("points").split()], dtype=float)
        assert len(places) == layers + 1
        assert (places >= 0).all() and (places <= [width, height]).all()


def test_a_redraw_is_fast_and_small():
    explorer = signal_explorer()
    started = time.process_time()
    for std in np.linspace(0.05, 0.25, 20):
        explorer.std.value = std
    assert (time.process_time() - started) / 20 < 0.02
    assert len(explorer.picture.value) < 10_000


def test_the_controls_wait_for_a_prediction_and_then_show_all_layers():
    explorer = signal_explorer(prediction=ASKED)
    controls = [explorer.std, explorer.units, explorer.layers]
    assert all(control.disabled for control in controls)
    assert explorer.layers.value == 1
    assert "Choose an answer" in label(explorer)
    explorer.choice.value = "weak"
    assert not any(control.disabled for control in controls)
    assert explorer.layers.value == LAYERS
    assert "It is strong." in explorer.answer.value


@pytest.mark.parametrize(("activation", "words"), [("none", "without an activation"), ("relu", "with ReLU")])
def test_a_reader_without_a_kernel_gets_a_picture_and_words(activation, words):
    bundle = signal_explorer(activation=activation, prediction=ASKED)._repr_mimebundle_()
    assert words in bundle["text/plain"]
    assert bundle["text/html"].startswith("<figure")
    assert len(bundle["text/html"]) < 60_000
