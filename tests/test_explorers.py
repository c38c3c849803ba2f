import re
from xml.etree import ElementTree

import ipywidgets as widgets
import numpy as np
import pytest

from gradlab.explorers import Prediction, momentum_explorer
from gradlab.surfaces import SURFACES, bowl, rosenbrock

SVG = "{http://www.w3.org/2000/svg}"
ASKED = Prediction("Where is the ball?", ("near", "far & <away>"), "It is <near>.")


def drawn(explorer):
    """The picture, parsed."""
    return ElementTree.fromstring(explorer.picture.value)


def label(explorer):
    return drawn(explorer).get("aria-label")


def sliders(explorer):
    return [explorer.lr, explorer.rho, explorer.steps, explorer.play]


def numbers(svg):
    """Every number of every attribute that holds places."""
    places = [
        element.get(name, "") for element in svg.iter() for name in ("points", "d", "cx", "cy", "x", "y")
    ]
    return [float(number) for text in places for number in re.findall(r"-?\d+(?:\.\d+)?", text)]


@pytest.mark.parametrize(("name", "value"), [("lr", 0.2), ("rho", 0.5), ("steps", 33)])
def test_moving_a_slider_changes_the_picture_and_its_description(name, value):
    explorer = momentum_explorer()
    before, described = explorer.picture.value, label(explorer)
    getattr(explorer, name).value = value
    assert explorer.picture.value != before
    assert label(explorer) != described


def test_the_description_says_where_the_sliders_stand_and_what_has_come_of_it():
    explorer = momentum_explorer()
    explorer.lr.value, explorer.rho.value, explorer.steps.value = 0.5, 0.4, 30
    loss = explorer.trace.losses[30]
    assert label(explorer).startswith(f"lr 0.50, rho 0.40: loss {loss:.3g} after 30 steps.")
    assert drawn(explorer).get("role") == "img"


@pytest.mark.parametrize(
    ("lr", "rho", "verdict"),
    [
        (0.05, 0.0, "Not below 0.001 within 80 steps"),
        (0.4, 0.0, "the goal is under 40"),
        (0.52, 0.4, "Goal reached: below 0.001 for good after"),
        (0.15, 0.5, "Below 0.001 after"),
        (0.6, 0.0, "This run flies out of the valley"),
    ],
)
def test_the_verdict_follows_the_run(lr, rho, verdict):
    explorer = momentum_explorer()
    explorer.lr.value, explorer.rho.value = lr, rho
    assert verdict in label(explorer)


def test_the_goal_of_the_ravine_cannot_be_reached_without_momentum_and_can_with_it():
    explorer, reached = momentum_explorer(), {}
    for rho in (0.0, 0.4):
        explorer.rho.value = rho
        reached[rho] = False
        for lr in np.arange(0.05, 1.1, 0.05):
            explorer.lr.value = lr
            reached[rho] |= "Goal reached" in label(explorer)
    assert reached == {0.0: False, 0.4: True}


@pytest.mark.parametrize("surface", [s for s in SURFACES.values() if s.dim == 2], ids=lambda s: s.name)
@pytest.mark.parametrize(("lr", "rho"), [(1.1, 0.98), (1.1, 0.0), (0.01, 0.98), (0.5, 0.5)])
@pytest.mark.parametrize("steps", [0, 80])
def test_every_setting_gives_a_picture_that_is_valid_and_finite(surface, lr, rho, steps):
    explorer = momentum_explorer(surface)
    explorer.lr.value, explorer.rho.value, explorer.steps.value = lr, rho, steps
    svg = drawn(explorer)
    assert not re.search(r"\b(nan|inf)\b", explorer.picture.value)
    assert np.isfinite(numbers(svg)).all()
    assert svg.findall(f".//{SVG}polyline")


def test_the_loss_curve_keeps_inside_its_frame_however_the_run_ends():
    explorer = momentum_explorer()
    for lr, rho in [(1.1, 0.98), (0.5, 0.3)]:
        explorer.lr.value, explorer.rho.value = lr, rho
        svg = drawn(explorer)
        width, height = map(float, svg.get("viewBox").split()[2:])
        for line in svg.findall(f"{SVG}polyline"):
            places = np.array([pair.split(",") for pair in line.get("points").split()], dtype=float)
            assert (places >= 0).all() and (places <= [width, height]).all()


def test_a_picture_is_small_enough_to_follow_a_slider():
    explorer = momentum_explorer()
    explorer.steps.value = 80
    assert len(explorer.picture.value) < 50_000


def test_without_a_question_the_sliders_are_free():
    assert not any(slider.disabled for slider in sliders(momentum_explorer()))


def test_the_sliders_wait_for_a_prediction():
    explorer = momentum_explorer(prediction=ASKED)
    assert all(slider.disabled for slider in sliders(explorer))
    assert ASKED.reveal not in explorer.answer.value
    explorer.choice.value = "near"
    assert not any(slider.disabled for slider in sliders(explorer))


def test_the_answer_is_not_given_away_before_the_prediction():
    explorer = momentum_explorer(prediction=ASKED)
    assert explorer.answer.value == ""
    assert explorer.steps.value == 0
    assert "Choose an answer" in label(explorer)
    explorer.choice.value = "near"
    assert explorer.steps.value > 0
    assert "Choose an answer" not in label(explorer)


def test_a_second_prediction_changes_the_answer_and_leaves_the_sliders_where_they_are():
    explorer = momentum_explorer(prediction=ASKED)
    explorer.choice.value = "near"
    explorer.steps.value = 7
    explorer.choice.value = "far & <away>"
    assert "far &amp; &lt;away&gt;" in explorer.answer.value
    assert "It is &lt;near&gt;." in explorer.answer.value
    assert explorer.steps.value == 7


def test_a_reader_without_a_kernel_gets_a_picture_and_words():
    bundle = momentum_explorer()._repr_mimebundle_()
    assert bundle["text/html"].startswith("<figure")
    assert 'alt="The explorer as it starts:' in bundle["text/html"]
    assert bundle["text/plain"].startswith("Figure: The explorer as it starts:")
    assert "ravine" in bundle["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_the_picture_without_a_kernel_is_small_and_the_same_every_time():
    one, other = (momentum_explorer(prediction=ASKED)._repr_mimebundle_()["text/html"] for _ in range(2))
    assert one == other
    assert len(one) < 60_000


def test_the_explorer_takes_the_steps_goal_and_rate_it_is_given():
    explorer = momentum_explorer(bowl, goal=0.01, within=10, steps=12, lr=0.25)
    assert (explorer.steps.max, explorer.play.max, explorer.lr.value) == (12, 12, 0.25)
    assert explorer.steps.value <= 12
    assert "Goal reached: below 0.01 for good after" in label(explorer)
    assert isinstance(explorer, widgets.VBox)


def test_two_explorers_do_not_share_their_settings():
    one, other = momentum_explorer(), momentum_explorer(rosenbrock)
    one.rho.value = 0.7
    assert other.rho.value == 0


def test_a_surface_of_one_weight_is_refused():
    with pytest.raises(ValueError, match="draws surfaces of two weights; dented slope has 1"):
        momentum_explorer(SURFACES["dented slope"])
