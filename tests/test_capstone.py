"""The capstone's bands: reached with margin by the reference and the lesson's solution, missed by every bad recipe."""

import nbformat
import numpy as np
import pytest

from autograder.answers.audit import solution_of
from autograder.answers.cells import cell
from autograder.course import Lesson
from autograder.masters import read_master
from gradlab.checks import find_exercise
from gradlab.checks.judge import judge
from gradlab.checks.lessons.capstone import game, recipe_mistakes
from gradlab.checks.lessons.capstone.train import BANDS, by_the_book, half_cosine, heavy_ball
from gradlab.data import digits
from gradlab.network import MLP
from gradlab.optimizers import gradient_descent
from gradlab.training import fit

SEEDS = range(20)
TRAIN = find_exercise("train")
TOP = BANDS[-1]


def shares(train):
    """The share of held-out digits that one run gets right, for each of the seeds."""
    found = []
    for seed in SEEDS:
        drawn = game.digits_to_learn(np.random.default_rng(seed))
        rng = np.random.default_rng(seed)
        with np.errstate(all="ignore"):
            trained = train(drawn.start, drawn.meter.n, drawn.meter, game.BUDGET, rng)
        found.append(drawn.share(trained))
    return np.array(found)


def points(train, seed=2024):
    """Aspect -> points."""
    verdict = judge(TRAIN, train, (seed,))
    return {aspect.name: aspect.points for aspect in verdict.aspects}


def solution():
    source, names = solution_of(TRAIN)
    return cell(source, **names)


@pytest.mark.parametrize("train", [by_the_book, solution()], ids=["reference", "solution"])
def test_every_band_is_reached_with_margin_over_20_seeds(train):
    reached = shares(train)
    assert reached.min() > TOP + 0.01
    assert reached.mean() - TOP > 4 * reached.std(ddof=1)


RECIPES = [mistake for mistake in TRAIN.mistakes if mistake.function.__module__ == recipe_mistakes.__name__
           and mistake.name != "Writes into what it was given"]  # fmt: skip


@pytest.mark.parametrize("mistake", RECIPES, ids=lambda mistake: mistake.name)
def test_a_recipe_with_a_named_mistake_misses_the_last_band_with_margin_over_20_seeds(mistake):
    reached = shares(mistake.function)
    assert reached.max() < TOP - 0.05
    assert TOP - reached.mean() > 3 * reached.std(ddof=1)


def test_there_are_recipes_with_mistakes():
    assert len(RECIPES) >= 6


@pytest.mark.parametrize("seed", SEEDS)
def test_the_check_agrees_over_20_seeds_from_both_sides(seed):
    assert sum(points(by_the_book, seed).values()) == TRAIN.max_points
    too_short = next(mistake for mistake in RECIPES if mistake.name.startswith("The rate does not suit"))
    assert points(too_short.function, seed)["90 % right"] == 0


def test_the_default_rate_of_adam_earns_the_first_band_only():
    too_short = next(mistake for mistake in RECIPES if mistake.name.startswith("The rate does not suit"))
    earned = points(too_short.function)
    assert [earned[f"{100 * band:.0f} % right"] for band in BANDS] == [1, 0, 0]


def test_weights_that_were_trained_at_home_are_worth_nothing():
    images, labels = digits()
    network = MLP((64, 32, 10), "relu")
    trained = fit(network, network.init(np.random.default_rng(0), dtype=np.float64), images, labels, gradient_descent,
                  epochs=10, batch_size=32, rng=np.random.default_rng(0), lr=0.3)  # fmt: skip
    assert network.accuracy(trained.params, images, labels) > 0.95
    from_home = [part.copy() for part in network.views(trained.params).values()]

    def train(params, n, gradient, budget, rng, rule=heavy_ball, rate=half_cosine):
        return from_home if params[0].shape == (64, 32) else params

    assert shares(train).max() < BANDS[0]


def test_a_run_that_just_misses_gets_a_second_one_and_a_hopeless_one_does_not(monkeypatch):
    calls = []

    def scripted(*found):
        results = iter(found)
        monkeypatch.setattr(game.Game, "share", lambda self, params: calls.append(1) or next(results))
        calls.clear()
        return list(TRAIN.aspects[-2].probe(by_the_book, np.random.default_rng(0)))[-1].value, len(calls)

    assert scripted(0.91) == ("at least 90 %", 1)
    assert scripted(0.88, 0.93) == ("at least 90 %", 2)
    assert scripted(0.88, 0.82) == ("80 to 90 %", 2)
    assert scripted(0.60) == ("50 to 80 %", 1)


def test_the_released_notebook_shows_the_learner_which_functions_to_bring():
    lesson = Lesson("13-capstone")
    notebook = read_master(lesson.source, lesson.root)
    marks = {
        each.metadata.nbgrader.grade_id: each.metadata.nbgrader
        for each in notebook.cells
        if "nbgrader" in each.metadata
    }
    assert marks["toolbox"].solution and not marks["toolbox"].grade
    released = nbformat.read(lesson.release, as_version=4)
    stub = next(
        each.source
        for each in released.cells
        if each.metadata.get("nbgrader", {}).get("grade_id") == "toolbox"
    )
    assert [line for line in stub.splitlines() if line.startswith("def ")] == [
        "def normal_init(rng, shape):",
        "def momentum_step(w, grad, v, lr, rho=0.9):",
        "def adam_step(w, grad, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):",
        "def cosine_decay(epoch, lr, total, warmup=0, min_lr=0.0):",
        "def l2_penalty(W, b, lam):",
    ]
    assert stub.count("todo()") == 5


def test_the_metered_game_is_not_written_to_by_a_run():
    drawn = game.digits_to_learn(np.random.default_rng(3))
    before = [part.copy() for part in drawn.start]
    by_the_book(drawn.start, drawn.meter.n, drawn.meter, game.BUDGET, np.random.default_rng(0))
    for part, was in zip(drawn.start, before, strict=True):
        np.testing.assert_array_equal(part, was)
    assert len(drawn.meter.batches) == game.BUDGET
