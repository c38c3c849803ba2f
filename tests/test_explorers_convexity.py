"""The chord explorer: what it shows follows its sliders, and what it promises is true."""

import re
import time
from xml.etree import ElementTree

import numpy as np
import pytest

from gradlab.explorers import Prediction, chord_explorer
from gradlab.explorers.convexity import violated_share

DOMAIN = (-2.0, 1.6)
ASKED = Prediction("How many?", ("few", "many"), "Many.")


def two_valleys(w):
    return w**4 + w**3 - 2 * w**2 - 2 * w


def explorer_of_the_lesson(prediction=None):
    return chord_explorer(two_valleys, domain=DOMAIN, ends=(-1.9, 1.5), goal=1.3, prediction=prediction)


def drawn(explorer):
    """The picture, parsed."""
    return ElementTree.fromstring(explorer.picture.value)


def label(explorer):
    return drawn(explorer).get("aria-label")


@pytest.mark.parametrize(("name", "value"), [("a", -1.0), ("b", 0.3), ("lam", 0.2)])
def test_moving_a_slider_changes_the_picture_and_its_description(name, value):
    explorer = explorer_of_the_lesson()
    before, described = explorer.picture.value, label(explorer)
    getattr(explorer, name).value = value
    assert explorer.picture.value != before
    assert label(explorer) != described


def test_the_description_gives_the_gap_at_lambda():
    explorer = explorer_of_the_lesson()
    explorer.a.value, explorer.b.value, explorer.lam.value = -1.0, 1.0, 0.5
    gap = two_valleys(0.0) - (two_valleys(-1.0) + two_valleys(1.0)) / 2
    assert gap == 1
    assert label(explorer).startswith(
        "a -1.00, b 1.00, lambda 0.50: the curve lies 1.00 above its chord here."
    )


def test_a_chord_that_passes_is_called_one():
    assert label(explorer_of_the_lesson()).endswith("The curve nowhere rises above this chord.")


def test_a_violated_chord_short_of_the_goal_says_what_is_missing():
    explorer = explorer_of_the_lesson()
    explorer.a.value, explorer.b.value = -1.0, 1.0
    assert "above this chord; the goal is 1.3." in label(explorer)


def test_the_goal_can_be_reached_from_valley_to_valley_and_not_within_one():
    explorer = explorer_of_the_lesson()
    explorer.a.value, explorer.b.value = -1.35, 0.85
    assert "Goal reached: the curve rises 1.41 above this chord." in label(explorer)
    explorer.a.value, explorer.b.value = 0.4, 1.5
    assert "Goal reached" not in label(explorer)


def test_the_answer_to_the_prediction_is_true():
    share = violated_share(two_valleys, DOMAIN, np.random.default_rng(0))
    assert 0.58 < share < 0.66
    # A convex curve has no such chord, and one that is bent downwards everywhere no other.
    assert violated_share(np.square, DOMAIN, np.random.default_rng(0)) == 0
    assert violated_share(lambda w: -(w**2), DOMAIN, np.random.default_rng(0)) > 0.999


def test_the_sliders_wait_for_a_prediction_and_the_verdict_with_them():
    explorer = explorer_of_the_lesson(ASKED)
    sliders = (explorer.a, explorer.b, explorer.lam)
    assert all(slider.disabled for slider in sliders)
    assert "Choose an answer" in label(explorer)
    explorer.choice.value = "few"
    assert not any(slider.disabled for slider in sliders)
    assert "Choose an answer" not in label(explorer)
    assert "Many." in explorer.answer.value


@pytest.mark.parametrize("ends", [(-2.0, 1.6), (1.6, -2.0), (0.5, 0.5), (-1.35, 0.85)])
@pytest.mark.parametrize("lam", [0.0, 0.35, 1.0])
def test_every_setting_gives_a_picture_within_its_sheet(ends, lam):
    explorer = explorer_of_the_lesson()
    explorer.a.value, explorer.b.value = ends
    explorer.lam.value = lam
    svg = drawn(explorer)
    assert not re.search(r"\b(nan|inf)\b", explorer.picture.value)
    width, height = map(float, svg.get("viewBox").split()[2:])
    for line in svg.iter():
        if "points" in line.attrib:
            places = np.array([pair.split(",") for pair in line.get("points").split()], dtype=float)
            assert (places >= 0).all() and (places <= [width, height]).all()


def test_a_picture_is_small_and_quick_enough_to_follow_a_slider():
    explorer = explorer_of_the_lesson()
    assert len(explorer.picture.value) < 20_000
    fastest = min(_seconds(explorer.draw) for _ in range(5))
    assert fastest < 0.02


def _seconds(call):
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def test_a_reader_without_a_kernel_gets_a_picture_and_words():
    bundle = explorer_of_the_lesson(ASKED)._repr_mimebundle_()
    assert 'alt="The explorer as it starts: a curve, and a chord' in bundle["text/html"]
    assert len(bundle["text/html"]) < 60_000
