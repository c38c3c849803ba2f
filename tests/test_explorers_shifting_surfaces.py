import re
from xml.etree import ElementTree

import numpy as np
import pytest

from gradlab.explorers import Prediction, collected, shift_explorer, typical_shift, world
from gradlab.explorers.collecting import lowest, world_surface
from gradlab.explorers.shifting_surfaces import rings

ASKED = Prediction("How far?", ("near", "far"), "It is far.")


def label(explorer):
    return ElementTree.fromstring(explorer.picture.value).get("aria-label")


def error(examples, w, counts=None):
    return np.average((examples.X @ w - examples.y) ** 2, weights=counts)


# --- The world and those who collect in it --------------------------------------------------------------------


@pytest.mark.parametrize("bias", [0.0, 0.5, 2.0, 3.0])
def test_examples_are_as_frequent_as_they_say(bias):
    x, p = collected(20_000, bias, np.random.default_rng(1)).X[:, 0], 0
    edges = np.linspace(-1, 1, 9)
    fine = np.linspace(-1, 1, 8001)
    p = bias * np.exp(-bias * fine) / (2 * np.sinh(bias)) if bias else np.full(8001, 0.5)
    expected = [np.mean(p[i * 1000 : (i + 1) * 1000]) * 0.25 for i in range(8)]
    np.testing.assert_allclose(np.histogram(x, edges)[0] / 20_000, expected, atol=0.01)


@pytest.mark.parametrize("bias", [0.0, 2.0])
def test_the_density_of_an_example_is_that_of_its_x(bias):
    _, _, p_train, p_test = examples = collected(50, bias, np.random.default_rng(2))
    np.testing.assert_allclose(p_train / p_train[0], np.exp(-bias * (examples.X[:, 0] - examples.X[0, 0])))
    # Over the sample, 1 / p_train estimates the length of the interval.
    assert np.mean(1 / collected(20_000, bias, np.random.default_rng(3)).p_train) == pytest.approx(
        2, rel=0.05
    )
    assert np.all(p_test == 0.5)


def test_more_examples_from_a_seed_begin_with_the_same_ones():
    few, many = (collected(n, 2.0, np.random.default_rng(5)) for n in (10, 40))
    np.testing.assert_array_equal(many.X[:10], few.X)
    np.testing.assert_array_equal(many.y[:10], few.y)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("bias", [0.0, 2.0])
def test_the_lowest_point_is_that_of_least_squares_and_its_curvature_tells_the_loss_around_it(bias, weighted):
    examples = collected(60, bias, np.random.default_rng(4))
    counts = examples.p_test / examples.p_train if weighted else np.ones(60)
    fit, root = lowest(examples, weighted=weighted), np.sqrt(counts)
    expected = np.linalg.lstsq(examples.X * root[:, None], examples.y * root)[0]
    np.testing.assert_allclose(fit.w, expected)
    star = np.linalg.lstsq(world().X, world().y)[0]
    assert fit.shift == pytest.approx(np.linalg.norm(expected - star))
    assert fit.gap == pytest.approx(error(world(), fit.w) - error(examples, fit.w, counts))
    step = np.array([0.3, -0.2])
    rise = error(examples, fit.w + step, counts) - error(examples, fit.w, counts)
    assert rise == pytest.approx(step @ fit.curvature @ step)


def test_each_ring_is_a_level_line_of_the_training_surface():
    examples = collected(60, 2.0, np.random.default_rng(4))
    for i, ring in enumerate(rings(lowest(examples)), start=1):
        heights = [error(examples, w) for w in ring]
        np.testing.assert_allclose(heights, error(examples, lowest(examples).w) + (0.22 * i) ** 2)


def test_chance_fades_and_bias_stays_unless_weights_turn_it_into_chance():
    assert typical_shift(1000, bias=0.0) < 0.3 * typical_shift(20, bias=0.0)
    assert typical_shift(1000, bias=2.0) > 0.7 * typical_shift(20, bias=2.0)
    assert typical_shift(1000, bias=2.0, weighted=True) < 0.1 * typical_shift(1000, bias=2.0)


# --- The explorer ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"), [("bias", 0.5), ("examples", 100), ("number", 7), ("weighted", True)]
)
def test_moving_a_control_changes_the_picture_and_its_description(name, value):
    explorer = shift_explorer()
    before, described = explorer.picture.value, label(explorer)
    getattr(explorer, name).value = value
    assert explorer.picture.value != before
    assert label(explorer) != described


def test_it_tells_shift_and_gap_of_the_draw_that_is_shown():
    explorer = shift_explorer()
    explorer.number.value = 3
    fit = lowest(collected(20, 2.0, np.random.default_rng(3)))
    assert f"{fit.shift:.2f} apart, gap {fit.gap:.2f}" in label(explorer)


def test_the_examples_that_are_drawn_are_those_of_the_draw():
    def blue_dots(explorer):
        return re.findall(r'<path d="([^"]*)" stroke="#0072B2"', explorer.picture.value)

    explorer = shift_explorer()
    first = blue_dots(explorer)
    explorer.number.value = 2
    assert len(first) == 1 and first[0].count("h0") == 20
    assert blue_dots(explorer) != first


def test_the_goal_takes_weights_and_many_examples():
    explorer, reached = shift_explorer(), set()
    for weighted in (False, True):
        for n in (10, 20, 50, 100, 200, 400, 1000):
            explorer.weighted.value, explorer.examples.value = weighted, n
            if "Goal reached" in label(explorer):
                reached.add((weighted, n))
    assert reached == {(True, 400), (True, 1000)}


def test_a_fair_sample_comes_close_and_is_not_the_goal():
    explorer = shift_explorer()
    explorer.examples.value, explorer.bias.value = 1000, 0.0
    assert "in 20 of 20 draws. The goal is to do so at a bias of 2." in label(explorer)


def test_a_heavy_example_is_drawn_larger():
    explorer = shift_explorer()
    explorer.examples.value = 100
    widths = [set(re.findall(r'stroke-width="([\d.]+)" stroke-linecap', explorer.picture.value))]
    explorer.weighted.value = True
    widths.append(set(re.findall(r'stroke-width="([\d.]+)" stroke-linecap', explorer.picture.value)))
    assert len(widths[0]) == 2  # the world's dots and the collected ones
    assert len(widths[1]) > 4


@pytest.mark.parametrize("bias", [0.0, 0.1, 3.0])
@pytest.mark.parametrize("n", [10, 1000])
@pytest.mark.parametrize("weighted", [True, False])
def test_every_setting_gives_a_picture_that_is_valid_and_small(bias, n, weighted):
    explorer = shift_explorer()
    explorer.bias.value, explorer.examples.value, explorer.weighted.value = bias, n, weighted
    ElementTree.fromstring(explorer.picture.value)
    assert not re.search(r"\b(nan|inf)\b", explorer.picture.value)
    assert len(explorer.picture.value) < 50_000


def test_the_controls_wait_for_a_prediction():
    explorer = shift_explorer(prediction=ASKED)
    controls = [explorer.bias, explorer.examples, explorer.number, explorer.weighted]
    assert all(control.disabled for control in controls)
    assert "Choose an answer" in label(explorer)
    assert "draws" not in label(explorer)
    explorer.choice.value = "near"
    assert not any(control.disabled for control in controls)
    assert "It is far." in explorer.answer.value
    assert "Within 0.15 in 0 of 20 draws" in label(explorer)


def test_a_reader_without_a_kernel_gets_a_picture_and_words():
    bundle = shift_explorer(prediction=ASKED)._repr_mimebundle_()
    assert "the white rings lie elsewhere" in bundle["text/plain"]
    assert bundle["text/html"].startswith("<figure")
    assert len(bundle["text/html"]) < 80_000
    assert world_surface().dim == 2
