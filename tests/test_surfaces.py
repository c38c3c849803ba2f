import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from autograder.course import ROOT
from gradlab.descent import descend
from gradlab.optimizers import gradient_descent
from gradlab.surfaces import (
    SURFACES,
    Surface,
    bowl,
    double_well,
    ill_conditioned,
    monkey_saddle,
    plateau,
    quadratic,
    rastrigin,
    ravine,
    rosenbrock,
    saddle,
    styblinski_tang,
)

RECORDED = json.loads((ROOT / "autograder" / "reference" / "surfaces.json").read_text(encoding="utf-8"))

MANY_WEIGHTS = {"Rastrigin": rastrigin, "Styblinski-Tang": styblinski_tang}
ALL = {
    **SURFACES,
    **{f"{name} in {dim}": make(dim) for name, make in MANY_WEIGHTS.items() for dim in (1, 3)},
    "round": ill_conditioned(1),
    "steep": ill_conditioned(1e4, angle=-2.0),
}

every_surface = pytest.mark.parametrize("surface", ALL.values(), ids=list(ALL))
surfaces = st.sampled_from(list(ALL.values()))
seeds = st.integers(0, 2**32)


def places(surface: Surface, seed: int, *batch: int):
    """Points inside the domain."""
    low, high = surface.domain.T
    return np.random.default_rng(seed).uniform(low, high, (*batch, surface.dim))


def recorded_surface(case):
    known = SURFACES[case["surface"]]
    return known if known.dim == case["dim"] else MANY_WEIGHTS[case["surface"]](case["dim"])


@pytest.mark.parametrize("case", RECORDED["cases"], ids=lambda case: f"{case['surface']}-{case['dim']}")
class TestAgreementWithTorch:
    def test_value(self, case):
        values = recorded_surface(case).value(case["points"])
        np.testing.assert_allclose(values, case["values"], rtol=1e-12)

    def test_gradient(self, case):
        gradients = recorded_surface(case).gradient(case["points"])
        np.testing.assert_allclose(gradients, case["gradients"], rtol=1e-11, atol=1e-12)

    def test_hessian(self, case):
        hessians = recorded_surface(case).hessian(case["points"])
        np.testing.assert_allclose(hessians, case["hessians"], rtol=1e-11, atol=1e-12)


def test_every_surface_was_recorded_with_the_versions_of_the_engine():
    assert {case["surface"] for case in RECORDED["cases"]} == set(SURFACES)
    assert len(SURFACES) == 13
    assert set(RECORDED["versions"]) == {"python", "torch", "numpy"}


@given(surfaces, seeds)
def test_the_gradient_equals_central_differences_of_the_value(surface, seed):
    point, step = places(surface, seed), 1e-5
    moved = step * np.eye(surface.dim)
    differences = (surface.value(point + moved) - surface.value(point - moved)) / (2 * step)
    scale = 1 + np.abs(surface.value(point)) + np.abs(differences).max()
    np.testing.assert_allclose(surface.gradient(point), differences, rtol=0, atol=1e-7 * scale)


@given(surfaces, seeds)
def test_the_hessian_equals_central_differences_of_the_gradient(surface, seed):
    point, step = places(surface, seed), 1e-5
    moved = step * np.eye(surface.dim)
    differences = (surface.gradient(point + moved) - surface.gradient(point - moved)) / (2 * step)
    hessian = surface.hessian(point)
    np.testing.assert_allclose(hessian, differences, rtol=0, atol=1e-6 * (1 + np.abs(hessian).max()))
    np.testing.assert_array_equal(hessian, hessian.T)


@every_surface
def test_the_gradient_vanishes_and_the_curvature_is_positive_at_every_known_minimum(surface):
    gradients = surface.gradient(surface.minima)
    curvatures = np.linalg.eigvalsh(surface.hessian(surface.minima))
    np.testing.assert_allclose(gradients, 0, atol=1e-12)
    assert (curvatures > 0).all()


@every_surface
def test_no_place_on_the_grid_lies_below_the_known_minima(surface):
    _, losses = surface.grid(101)
    if len(surface.minima):
        assert losses.min() >= surface.value(surface.minima).max() - 1e-12


def test_which_surfaces_have_which_minima():
    counts = {name: len(surface.minima) for name, surface in SURFACES.items()}
    assert counts == {
        "ravine": 1,
        "bowl": 1,
        "saddle": 0,
        "Rosenbrock": 1,
        "Himmelblau": 4,
        "Beale": 1,
        "dented slope": 1,
        "ill-conditioned": 1,
        "monkey saddle": 0,
        "plateau": 1,
        "double well": 2,
        "Rastrigin": 1,
        "Styblinski-Tang": 1,
    }


def test_a_saddle_is_flat_in_the_middle_and_falls_to_both_sides():
    np.testing.assert_array_equal(saddle.gradient([0.0, 0.0]), [0, 0])
    np.testing.assert_array_equal(np.linalg.eigvalsh(saddle.hessian([0.0, 0.0])), [-2, 2])


@pytest.mark.parametrize("condition_number", [1.0, 7.0, 1e3, 1e6])
@pytest.mark.parametrize("angle", [0.0, 0.5, -2.0])
def test_an_ill_conditioned_surface_has_the_condition_number_of_choice(condition_number, angle):
    surface = ill_conditioned(condition_number, angle=angle)
    along, across = np.linalg.eigvalsh(surface.hessian(surface.start))
    np.testing.assert_allclose([along, across], [1, condition_number], rtol=1e-9)


def test_the_floor_of_an_ill_conditioned_surface_is_turned_by_the_angle():
    surface = ill_conditioned(100, angle=0.5)
    floor, wall = np.array([np.cos(0.5), np.sin(0.5)]), np.array([-np.sin(0.5), np.cos(0.5)])
    np.testing.assert_allclose(surface.value([floor, wall]), [0.5, 50])
    np.testing.assert_allclose(surface.start @ np.stack([floor, wall]).T, [-4, 1])


def test_gradient_descent_with_its_best_rate_comes_closer_by_what_the_condition_number_allows():
    surface = ill_conditioned(100, angle=0.5)
    losses = descend(surface, surface.start, gradient_descent, steps=200, lr=2 / (1 + 100)).losses
    np.testing.assert_allclose(losses[-1] / losses[-2], (99 / 101) ** 2, rtol=1e-9)


@pytest.mark.parametrize("bad", [0.5, 0.0, -2.0, np.nan, np.inf])
def test_a_condition_number_below_one_is_refused(bad):
    with pytest.raises(ValueError, match=rf"condition_number must be a finite number >= 1, got {bad}"):
        ill_conditioned(bad)


@pytest.mark.parametrize("make", MANY_WEIGHTS.values())
def test_a_surface_of_no_weights_is_refused(make):
    with pytest.raises(ValueError, match=r"dim must be at least 1 weight, got 0\."):
        make(0)


@pytest.mark.parametrize("make", MANY_WEIGHTS.values())
def test_more_weights_add_up_the_losses_of_each(make):
    point = np.array([0.3, -1.2, 2.5])
    one_by_one = make(1).value(point[:, None])
    np.testing.assert_allclose(make(3).value(point), one_by_one.sum(), rtol=1e-13)


def test_a_monkey_saddle_is_flat_in_the_middle_in_every_sense_and_falls_in_three_directions():
    np.testing.assert_array_equal(monkey_saddle.gradient([0.0, 0.0]), [0, 0])
    np.testing.assert_array_equal(monkey_saddle.hessian([0.0, 0.0]), np.zeros((2, 2)))
    turns = np.arange(6) * np.pi / 3
    around = monkey_saddle.value(np.stack([np.cos(turns), np.sin(turns)], axis=-1))
    np.testing.assert_allclose(around, [1, -1, 1, -1, 1, -1])


def test_a_plateau_is_a_hundred_times_flatter_at_the_start_than_on_the_way_down():
    start, edge = np.linalg.norm(plateau.gradient([plateau.start, [-1.0, 0.0]]), axis=-1)
    assert start < edge / 100


def test_a_double_well_has_a_saddle_between_its_wells_and_a_side_decides():
    np.testing.assert_array_equal(double_well.gradient([0.0, 0.0]), [0, 0])
    np.testing.assert_array_equal(np.linalg.eigvalsh(double_well.hessian([0.0, 0.0])), [-4, 2])
    trace = descend(double_well, [[0.05, 1.5], [-0.05, 1.5]], gradient_descent, steps=200, lr=0.1)
    np.testing.assert_allclose(trace.points[-1], double_well.minima, atol=1e-9)


def test_rastrigin_has_a_pit_near_every_whole_number_and_styblinski_tang_two():
    def pits(surface):
        _, losses = surface.grid(2001)
        return int(((losses[1:-1] < losses[:-2]) & (losses[1:-1] < losses[2:])).sum())

    assert pits(rastrigin(1)) == 11
    assert pits(styblinski_tang(1)) == 2


def test_the_dent_holds_a_ball_without_speed():
    dented_slope = SURFACES["dented slope"]
    before, behind = dented_slope.gradient([[-1.95], [-1.85]])
    assert before < 0 < behind


def test_the_ravine_is_twenty_times_as_steep_across_as_along():
    np.testing.assert_allclose(ravine.hessian(ravine.start), [[0.2, 0], [0, 4]])


@given(surfaces, seeds, array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
def test_a_batch_of_points_equals_each_point_on_its_own(surface, seed, batch):
    points = places(surface, seed, *batch)
    values, gradients, hessians = surface.value(points), surface.gradient(points), surface.hessian(points)
    assert values.shape == batch
    assert gradients.shape == (*batch, surface.dim)
    assert hessians.shape == (*batch, surface.dim, surface.dim)
    for run in np.ndindex(batch):
        np.testing.assert_allclose(values[run], surface.value(points[run]), rtol=1e-13)
        np.testing.assert_allclose(gradients[run], surface.gradient(points[run]), rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(hessians[run], surface.hessian(points[run]), rtol=1e-12, atol=1e-12)


@every_surface
@pytest.mark.parametrize("batch", [(), (4,), (2, 3)], ids=str)
def test_a_gradient_is_written_where_it_is_wanted(surface, batch):
    points = places(surface, 1, *batch)
    for room in (np.full_like(points, 7.0), np.full(points.T.shape, 7.0).T):
        assert surface.gradient(points, out=room) is room
        np.testing.assert_array_equal(room, surface.gradient(points))


@every_surface
def test_points_are_left_as_they_were(surface):
    points = places(surface, 1, 4)
    before = points.copy()
    surface.value(points), surface.gradient(points), surface.hessian(points)
    np.testing.assert_array_equal(points, before)


@every_surface
def test_whole_numbers_are_points_too(surface):
    whole, points = [-2] * surface.dim, np.full(surface.dim, -2.0)
    for method in (surface.value, surface.gradient, surface.hessian):
        np.testing.assert_array_equal(method(whole), method(points))
        assert method(whole).dtype == float


@every_surface
def test_float32_points_give_float32_losses_and_gradients(surface):
    points = places(surface, 2, 5).astype(np.float32)
    assert surface.value(points).dtype == surface.gradient(points).dtype == np.float32
    np.testing.assert_allclose(surface.value(points), surface.value(points.astype(float)), rtol=1e-4)


@every_surface
@pytest.mark.parametrize("method", ["value", "gradient", "hessian"])
@pytest.mark.parametrize("shape", [(), (4,), (2, 4), (2, 0)])
def test_points_of_another_number_of_weights_are_refused(surface, method, shape):
    message = (
        rf"A point of {surface.name} has {surface.dim} weight\(s\), so the last axis of points must have "
        rf"length {surface.dim}; got shape \({', '.join(map(str, shape))}"
    )
    with pytest.raises(ValueError, match=message):
        getattr(surface, method)(np.zeros(shape))


@every_surface
def test_the_grid_covers_the_domain_and_holds_the_loss_at_every_place(surface):
    points, losses = surface.grid(7)
    assert losses.shape == (7,) * surface.dim
    np.testing.assert_array_equal(points.reshape(-1, surface.dim).min(axis=0), surface.domain[:, 0])
    np.testing.assert_array_equal(points.reshape(-1, surface.dim).max(axis=0), surface.domain[:, 1])
    np.testing.assert_array_equal(losses, surface.value(points))


@every_surface
def test_start_and_minima_lie_in_the_part_worth_drawing(surface):
    low, high = surface.domain.T
    for point in (surface.start, *surface.minima):
        assert (low <= point).all() and (point <= high).all()


def test_a_quadratic_is_written_with_its_own_signs():
    assert saddle.formula == r"1\,w_1^2 - 1\,w_2^2"
    assert ravine.formula == r"0.1\,w_1^2 + 2\,w_2^2"


@given(st.floats(-5, 5), st.floats(-5, 5))
def test_a_quadratic_has_a_minimum_where_both_curvatures_are_positive(a, b):
    surface = quadratic(a, b, name="two curvatures", start=(1, 1), domain=(2, 2))
    assert len(surface.minima) == (1 if a > 0 and b > 0 else 0)
    np.testing.assert_allclose(surface.hessian([1.0, 1.0]), [[2 * a, 0], [0, 2 * b]])


def test_a_run_far_outside_keeps_the_form_of_the_answer():
    with np.errstate(over="ignore", invalid="ignore"):
        assert rosenbrock.gradient([1e200, 1e200]).shape == (2,)
        assert not np.isfinite(bowl.value([np.inf, 0.0]))
