"""A picture comes where it says more than a number, and in words as well."""

import re

import numpy as np

from autograder.answers.cells import cell
from gradlab import check
from gradlab.checks.exercise import Sight
from gradlab.checks.pictures import picture


def path(values):
    return [Sight(f"After {i} steps", "w", np.array(value)) for i, value in enumerate(values)]


def lines(svg):
    return [
        [tuple(map(float, point.split(","))) for point in points.split()]
        for points in re.findall(r'points="([^"]+)"', svg)
    ]


def test_a_run_is_drawn_beside_the_run_it_should_be():
    should, yours = lines(picture(path([4.0, 2.0, 1.0, 0.5]), path([4.0, 3.0, 2.0, 1.0]), 1))
    assert len(should) == len(yours) == 4
    assert should[0] == yours[0]
    assert should[-1] != yours[-1]
    heights = [y for _, y in should]
    assert heights == sorted(heights)  # down the page, as the values fall


def test_a_large_array_is_drawn_as_a_histogram():
    rng = np.random.default_rng(0)
    narrow, wide = rng.normal(size=500), rng.normal(size=500) * 3
    svg = picture([Sight("", "W", narrow)], [Sight("", "W", wide)], 0)
    assert "How often which value occurs in W" in svg
    assert all(len(line) == 48 for line in lines(svg))


def test_a_few_numbers_need_no_picture():
    assert picture(path([1.0, 2.0]), path([1.0, 3.0]), 1) == ""


def test_what_cannot_be_drawn_is_not():
    assert picture(path([1.0] * 5), path([1.0, np.nan, 1, 1, 1]), 1) == ""
    assert picture(path(["a"] * 5), path(["b"] * 5), 1) == ""
    assert picture(path([[1.0, 2.0]] * 5), path([[1.0]] * 5), 1) == ""
    flat = picture(path([1.0] * 5), path([1.0, 1.0, 1.0, 1.0, 1.0]), 1)
    assert "nan" not in flat and "inf" not in flat


def test_the_picture_is_said_in_words_and_is_part_of_the_feedback():
    verdict = check(cell("def momentum_step(w, grad, v, lr, rho=0.9): return w - lr * grad, grad"))
    assert 'role="img" aria-label="' in verdict.picture
    assert verdict.picture in verdict._repr_html_()
    assert "svg" not in str(verdict)


def test_a_hidden_check_draws_nothing():
    wrong = cell("def momentum_step(w, grad, v, lr, rho=0.9): return w - lr * grad, rho * v")
    assert check(wrong, hidden=True).picture == ""
