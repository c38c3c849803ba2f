import re
import time
from xml.etree import ElementTree

import numpy as np
import pytest

from gradlab.data import linear_data
from gradlab.explorers import Prediction, line_explorer, line_surface

DATA = linear_data(np.random.default_rng(3), 40, weights=[1.5], bias=2.0, noise=0.5)
X, Y = DATA.X[:, 0], DATA.y
ASKED = Prediction("How low?", ("low", "high <up>"), "It is low.")


def label(explorer):
    return ElementTree.fromstring(explorer.picture.value).get("aria-label")


def test_the_surface_is_the_mean_squared_error_of_the_line():
    surface = line_surface(X, Y, domain=[(-1, 4), (-1, 5)])
    for slope, intercept in np.random.default_rng(0).normal(size=(5, 2)):
        w = np.array([slope, intercept])
        assert surface.value(w) == pytest.approx(np.mean((slope * X + intercept - Y) ** 2))
        error = slope * X + intercept - Y
        assert surface.gradient(w) == pytest.approx(np.array([2 * np.mean(error * X), 2 * np.mean(error)]))
    np.testing.assert_allclose(surface.hessian([0.0, 0.0]), 2 * np.cov([X, X * 0 + 1], bias=True)
                               + 2 * np.outer([X.mean(), 1], [X.mean(), 1]))  # fmt: skip
    assert surface.minima[0] == pytest.approx(np.polyfit(X, Y, 1))


@pytest.mark.parametrize("name", ["slope", "intercept"])
def test_moving_a_slider_changes_the_picture_and_its_description(name):
    explorer = line_explorer(X, Y)
    before, described = explorer.picture.value, label(explorer)
    getattr(explorer, name).value = 1.0
    assert explorer.picture.value != before
    assert label(explorer) != described


def test_the_goal_can_be_reached_with_both_sliders_and_not_with_one():
    explorer = line_explorer(X, Y)
    for value in np.arange(-1, 5.01, 0.05):
        explorer.intercept.value = value
        assert "Goal reached" not in label(explorer)
    best_slope, best_intercept = explorer.surface.minima[0]
    explorer.slope.value, explorer.intercept.value = round(best_slope, 1), round(best_intercept, 1)
    assert "Goal reached: below 0.3" in label(explorer)


def test_the_revealed_answer_of_the_lesson_is_true():
    # "With the slope at 0, how low can the intercept alone bring the loss? About half way down."
    explorer = line_explorer(X, Y)
    losses = []
    for value in np.arange(-1, 5.01, 0.05):
        explorer.intercept.value = value
        losses.append(float(explorer.surface.value((0.0, explorer.intercept.value))))
    assert min(losses) == pytest.approx(np.var(Y), abs=0.01)
    assert 0.4 < min(losses) / float(explorer.surface.value((0.0, 0.0))) < 0.6


def test_the_tries_are_kept_and_their_number_is_told():
    explorer = line_explorer(X, Y)
    explorer.slope.value = 1.0
    explorer.slope.value = 1.5
    assert explorer.tries == [(0.0, 0.0), (1.0, 0.0), (1.5, 0.0)]
    assert "2 tries" in label(explorer)
    for value in np.arange(-1, 4, 0.05):
        explorer.slope.value = value
    assert len(explorer.tries) < 70


@pytest.mark.parametrize(("slope", "intercept"), [(-1, -1), (4, 5), (-1, 5), (4, -1)])
def test_every_setting_gives_a_picture_that_is_valid_and_finite(slope, intercept):
    explorer = line_explorer(X, Y)
    explorer.slope.value, explorer.intercept.value = slope, intercept
    ElementTree.fromstring(explorer.picture.value)
    assert not re.search(r"\b(nan|inf)\b", explorer.picture.value)
    assert len(explorer.picture.value) < 50_000


def test_the_sliders_wait_for_a_prediction():
    explorer = line_explorer(X, Y, prediction=ASKED)
    assert explorer.slope.disabled and explorer.intercept.disabled
    assert "Choose an answer" in label(explorer)
    explorer.choice.value = "low"
    assert not explorer.slope.disabled and not explorer.intercept.disabled
    assert "Choose an answer" not in label(explorer)


def test_a_reader_without_a_kernel_gets_a_picture_and_words():
    bundle = line_explorer(X, Y)._repr_mimebundle_()
    assert 'alt="The explorer as it starts:' in bundle["text/html"]
    assert len(bundle["text/html"]) < 60_000


def test_a_move_is_drawn_quickly():
    explorer = line_explorer(X, Y)
    started = time.process_time()
    for value in np.linspace(-1, 4, 20):
        explorer.slope.value = value
    assert time.process_time() - started < 20 * 0.02


def test_inputs_and_targets_must_belong_together():
    with pytest.raises(ValueError, match="same length"):
        line_explorer(X, Y[:-1])
