import re
import time
from xml.etree import ElementTree

import numpy as np
import pytest

from gradlab.explorers import Prediction, penalty_explorer
from gradlab.explorers.regularization import fence, lowest, valley

ASKED = Prediction("Is w1 zero?", ("yes", "no"), "It is not.")


def label(explorer):
    return ElementTree.fromstring(explorer.picture.value).get("aria-label")


@pytest.mark.parametrize("lam", [0.1, 0.58, 1.0, 3.0])
@pytest.mark.parametrize("kind", ["L2", "L1"])
def test_no_neighbour_has_a_lower_loss_with_penalty(kind, lam):
    def total(points):
        penalty = 0.5 * np.sum(points**2, -1) if kind == "L2" else np.sum(np.abs(points), -1)
        return valley.value(points) + lam * penalty

    point = lowest(kind, lam)
    neighbours = point + np.random.default_rng(0).normal(0, 0.1, (500, 2))
    assert np.all(total(neighbours) > total(point))


def test_the_fence_goes_through_the_lowest_point():
    for kind in ("L2", "L1"):
        point = lowest(kind, 0.3)
        assert np.min(np.linalg.norm(fence(kind, point) - point, axis=1)) < np.linalg.norm(point)
    assert np.all(np.isclose(np.abs(fence("L1", np.array([1.0, 2.0]))).sum(axis=1), 3))


def test_the_goal_is_reached_with_l1_and_never_with_l2():
    explorer, reached = penalty_explorer(), {}
    for kind in ("L2", "L1"):
        explorer.kind.value, reached[kind] = kind, []
        for lam in np.arange(0.02, 3, 0.02):
            explorer.lam.value = lam
            if "Goal reached" in label(explorer):
                reached[kind].append(lam)
    assert reached["L2"] == []
    assert min(reached["L1"]) == pytest.approx(0.6)
    assert max(reached["L1"]) == pytest.approx(0.8)


def test_too_strong_a_penalty_takes_too_much_from_the_other_weight():
    explorer = penalty_explorer()
    explorer.kind.value, explorer.lam.value = "L1", 2.0
    assert "kept only 50%" in label(explorer)


def test_a_redraw_is_valid_fast_and_changes_the_description():
    explorer = penalty_explorer()
    before, started = label(explorer), time.process_time()
    for lam in np.linspace(0.1, 3, 20):
        explorer.lam.value = lam
    assert (time.process_time() - started) / 20 < 0.02
    assert label(explorer) != before
    assert not re.search(r"\b(nan|inf)\b", explorer.picture.value)


def test_the_controls_wait_for_a_prediction():
    explorer = penalty_explorer(prediction=ASKED)
    assert explorer.lam.disabled
    assert explorer.kind.disabled
    explorer.choice.value = "yes"
    assert not explorer.lam.disabled
    assert "It is not." in explorer.answer.value


def test_a_reader_without_a_kernel_gets_a_picture_and_words():
    bundle = penalty_explorer(prediction=ASKED)._repr_mimebundle_()
    assert "exactly 0" in bundle["text/plain"]
    assert len(bundle["text/html"]) < 80_000
