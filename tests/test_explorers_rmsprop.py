import re
from xml.etree import ElementTree

import numpy as np
import pytest

from gradlab.explorers import Prediction, memory_explorer
from gradlab.explorers.rmsprop import ALL, RUNS, TARGETS
from gradlab.optimizers import adagrad, rmsprop

ASKED = Prediction("How many?", ("few", "many"), "Many.")
SHARES = ("0.999", "0.99", "0.9", "0.5")


def label(explorer):
    return ElementTree.fromstring(explorer.picture.value).get("aria-label")


def keeping(keep, lr):
    explorer = memory_explorer()
    explorer.keep.value, explorer.lr.value = keep, lr
    return explorer


@pytest.mark.parametrize(("name", "value"), [("keep", "0.9"), ("lr", 0.05)])
def test_moving_a_control_changes_the_picture_and_its_description(name, value):
    explorer = memory_explorer()
    before, described = explorer.picture.value, label(explorer)
    getattr(explorer, name).value = value
    assert explorer.picture.value != before
    assert label(explorer) != described


@pytest.mark.parametrize(
    ("keep", "rule", "hyper"),
    [(ALL, adagrad, {}), ("0.9", rmsprop, {"rho": 0.9}), ("0.999", rmsprop, {"rho": 0.999})],
)
def test_it_walks_the_path_of_the_library(keep, rule, hyper):
    noise = np.random.default_rng(7).normal(size=(len(TARGETS), RUNS))
    w, state, path = np.zeros(RUNS), None, []
    for target, shake in zip(TARGETS, noise, strict=True):
        w, state = rule(w, w - target + shake, state, lr=0.1, **hyper)
        path.append(w)
    np.testing.assert_allclose(keeping(keep, 0.1).path, path, rtol=1e-5, atol=1e-6)


def test_what_forgets_nothing_is_slower_in_every_journey_and_never_reaches_the_goal():
    for lr in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0):
        explorer = keeping(ALL, lr)
        taken = [steps or 301 for steps in explorer.journeys[1:]]
        assert taken == sorted(taken)
        assert "Goal reached" not in label(explorer)


@pytest.mark.parametrize("keep", SHARES)
def test_the_goal_can_be_reached_with_every_memory_that_forgets(keep):
    assert "Goal reached" in label(keeping(keep, 0.05))
    assert "the tremble should be below" in label(keeping(keep, 0.2))
    assert "The goal is under 115 steps" in label(keeping(keep, 0.02))


@pytest.mark.parametrize("keep", (ALL, *SHARES))
@pytest.mark.parametrize("lr", [0.01, 1.0])
def test_every_setting_gives_a_picture_that_is_valid(keep, lr):
    picture = keeping(keep, lr).picture.value
    ElementTree.fromstring(picture)
    assert not re.search(r"\b(nan|inf)\b", picture)


def test_a_picture_is_small():
    assert len(memory_explorer().picture.value) < 40_000


def test_the_controls_wait_for_a_prediction_and_only_two_journeys_are_shown():
    explorer = memory_explorer(prediction=ASKED)
    assert explorer.keep.disabled
    assert explorer.lr.disabled
    assert "Steps of each journey: 17, 154." in label(explorer)
    assert "Choose an answer" in label(explorer)
    explorer.choice.value = "few"
    assert not explorer.keep.disabled
    assert "Steps of each journey: 17, 154, 237, 297, > 300." in label(explorer)
    assert "Many." in explorer.answer.value


def test_a_reader_without_a_kernel_gets_a_picture_and_words():
    bundle = memory_explorer(prediction=ASKED)._repr_mimebundle_()
    assert "slower in each journey" in bundle["text/plain"]
    assert bundle["text/html"].startswith("<figure")
    assert len(bundle["text/html"]) < 60_000
