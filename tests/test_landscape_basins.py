import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlab import optimizers
from gradlab.descent import descend
from gradlab.landscape import basin_map
from gradlab.landscape.basins import BLOCK
from gradlab.optimizers import adam, gradient_descent, momentum
from gradlab.surfaces import (
    SURFACES,
    bowl,
    double_well,
    himmelblau,
    plateau,
    quadratic,
    rastrigin,
    ravine,
    rosenbrock,
    saddle,
    styblinski_tang,
)

RULES = {name: getattr(optimizers, name) for name in optimizers.__all__ if not name.endswith("State")}
every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
every_surface = pytest.mark.parametrize("surface", SURFACES.values(), ids=list(SURFACES))


def places(surface, *shape, seed=0):
    low, high = surface.domain.T
    return np.random.default_rng(seed).uniform(low, high, (*shape, surface.dim))


def nearest_by_hand(ends, minima, radius):
    basins = []
    for end in ends:
        distances = [np.sqrt(((end - minimum) ** 2).sum()) for minimum in minima]
        best = int(np.argmin(distances)) if distances else -1
        basins.append(best if distances and distances[best] < radius else -1)
    return basins


def heavy_ball(params, grad, state, *, lr, rho):
    """As a learner writes it, in place even."""
    velocity = grad if state is None else rho * state + grad
    params -= lr * velocity
    return params, velocity


# --- One walk, written twice ----------------------------------------------------------------------------------


@every_rule
@every_surface
def test_every_run_ends_where_descend_takes_it(surface, rule):
    starts = places(surface, 4, 5)
    ends = basin_map(surface, starts, rule, steps=30, lr=0.01).ends
    path = descend(surface, starts, rule, steps=30, lr=0.01)
    np.testing.assert_allclose(ends, path.points[-1], rtol=1e-12, atol=1e-12)


@every_rule
def test_more_runs_than_fit_into_a_block_end_where_descend_takes_them(rule):
    starts = places(himmelblau, BLOCK // 2 + 7)
    ends = basin_map(himmelblau, starts, rule, steps=3, lr=0.01).ends
    np.testing.assert_allclose(
        ends, descend(himmelblau, starts, rule, steps=3, lr=0.01).points[-1], rtol=1e-12
    )


def test_a_rule_of_the_learners_own_makes_the_map_of_the_librarys_rule():
    starts, _ = himmelblau.grid(20)
    theirs, ours = (
        basin_map(himmelblau, starts, rule, steps=100, lr=0.005, rho=0.8) for rule in (heavy_ball, momentum)
    )
    np.testing.assert_array_equal(theirs.basins, ours.basins)
    np.testing.assert_allclose(theirs.ends, ours.ends, rtol=1e-12)


@pytest.mark.parametrize("surface", [himmelblau, double_well, ravine], ids=lambda surface: surface.name)
def test_the_map_names_the_nearest_known_minimum_within_the_radius(surface):
    starts = places(surface, 200)
    found = basin_map(
        surface, starts, gradient_descent, steps=40, minima=surface.minima, radius=0.3, lr=0.005
    )
    np.testing.assert_array_equal(found.basins, nearest_by_hand(found.ends, surface.minima, 0.3))
    assert set(found.basins) == {-1, *range(len(surface.minima))}


@given(st.integers(0, 2**32), st.floats(0.01, 10) | st.integers(1, 9))
def test_without_a_step_every_start_belongs_to_what_it_lies_near(seed, radius):
    starts = places(himmelblau, 30, seed=seed)
    found = basin_map(
        himmelblau, starts, gradient_descent, steps=0, minima=himmelblau.minima, radius=radius, lr=1.0
    )
    np.testing.assert_array_equal(found.ends, starts)
    np.testing.assert_array_equal(found.basins, nearest_by_hand(starts, himmelblau.minima, radius))


# --- The maps of the lessons ----------------------------------------------------------------------------------


def test_the_ridge_of_the_double_well_divides_the_basins_of_gradient_descent():
    starts, _ = double_well.grid(64)
    basins = basin_map(double_well, starts, gradient_descent, steps=300, lr=0.05).basins
    np.testing.assert_array_equal(basins, np.where(starts[..., 0] > 0, 0, 1))


def test_momentum_rolls_through_one_well_into_the_other():
    starts, _ = double_well.grid(64)
    basins = basin_map(double_well, starts, momentum, steps=300, lr=0.02, rho=0.95).basins
    assert {0, 1} <= set(basins[starts[..., 0] > 1.5])


def test_a_run_on_the_ridge_ends_nowhere():
    found = basin_map(double_well, [[0.0, 1.0], [1e-3, 1.0]], gradient_descent, steps=300, lr=0.05)
    np.testing.assert_array_equal(found.basins, [-1, 0])
    np.testing.assert_array_equal(found.ends[0].round(9), [0, 0])


def test_every_start_finds_one_of_himmelblaus_four_minima():
    starts, _ = himmelblau.grid(64)
    found = basin_map(himmelblau, starts, gradient_descent, steps=300, lr=0.005)
    assert set(found.basins.ravel()) == {0, 1, 2, 3}
    np.testing.assert_allclose(found.ends, himmelblau.minima[found.basins], atol=1e-6)
    np.testing.assert_array_equal(found.minima, himmelblau.minima)


# --- Minima that nobody told of -------------------------------------------------------------------------------


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_the_poorer_minima_of_styblinski_and_tang_are_found_and_exact(dim):
    surface = styblinski_tang(dim)
    starts, _ = surface.grid(12)
    found = basin_map(surface, starts, gradient_descent, steps=60, lr=0.02)
    low, _, high = np.sort(np.roots([4, 0, -32, 5]).real)
    corners = np.stack(np.meshgrid(*[[low, high]] * dim), axis=-1).reshape(-1, dim)
    np.testing.assert_array_equal(found.minima[0], surface.minima[0])
    np.testing.assert_allclose(np.unique(found.minima.round(9), axis=0), np.unique(corners.round(9), axis=0))
    np.testing.assert_allclose(found.ends, found.minima[found.basins], atol=0.01)


def test_they_are_numbered_in_the_order_of_the_starts():
    starts = [[4.0, -4.0], [4.0, 4.0], [-4.0, 4.0], [-4.0, -4.0]]
    found = basin_map(styblinski_tang(), starts, gradient_descent, steps=60, lr=0.02)
    np.testing.assert_array_equal(found.basins, [1, 2, 3, 0])


def test_every_pit_of_rastrigin_is_found_once():
    surface = rastrigin()
    starts, _ = surface.grid(60)
    found = basin_map(surface, starts, gradient_descent, steps=100, lr=0.002)
    assert len(found.minima) == len(np.unique(found.minima.round(3), axis=0)) == 11**2
    np.testing.assert_allclose(surface.gradient(found.minima), 0, atol=1e-9)
    assert (found.basins >= 0).all()


def test_the_dent_is_a_minimum_of_its_own():
    dented_slope = SURFACES["dented slope"]
    found = basin_map(dented_slope, [[-5.0], [3.0]], gradient_descent, steps=300, lr=0.1)
    np.testing.assert_array_equal(found.basins, [1, 0])
    np.testing.assert_allclose(found.minima[1], -1.92, atol=0.01)
    np.testing.assert_allclose(dented_slope.gradient(found.minima), 0, atol=1e-9)


@pytest.mark.parametrize("lr", [0.01, 0.1])
def test_a_run_on_its_way_along_a_valley_has_not_found_a_minimum(lr):
    starts, _ = rosenbrock.grid(64)
    found = basin_map(rosenbrock, starts, adam, steps=100, lr=lr)
    np.testing.assert_array_equal(found.minima, rosenbrock.minima)
    assert (found.basins == -1).any()


def test_no_minimum_is_found_where_there_is_none():
    for surface in (saddle, SURFACES["monkey saddle"]):
        starts, _ = surface.grid(16)
        found = basin_map(surface, starts, gradient_descent, steps=50, lr=0.01)
        assert found.minima.shape == (0, 2)
        assert (found.basins == -1).all()


def test_a_valley_whose_floor_is_level_has_none():
    valley = quadratic(1.0, 0.0, name="level valley", start=(1, 1), domain=(2, 2))
    starts, _ = valley.grid(16)
    found = basin_map(valley, starts, gradient_descent, steps=100, lr=0.1)
    assert found.minima.shape == (0, 2)


@pytest.mark.parametrize("steps", [0, 30, 100])
def test_a_minimum_that_is_found_has_runs_that_ended_there(steps):
    unknown = replace(rosenbrock, minima=np.empty((0, 2)))
    starts, _ = unknown.grid(64)
    found = basin_map(unknown, starts, adam, steps=steps, lr=0.1)
    assert set(range(len(found.minima))) <= set(found.basins.ravel())


def test_a_run_that_newtons_method_leads_out_of_the_bowl_has_found_nothing():
    unknown = replace(plateau, minima=np.empty((0, 2)))
    found = basin_map(unknown, [[0.9, 0.0]], gradient_descent, steps=0, radius=5.0, lr=0.1)
    assert found.minima.shape == (0, 2)


def test_a_run_on_a_ridge_does_not_hide_the_minimum_next_to_it():
    unknown = replace(double_well, minima=np.empty((0, 2)))
    found = basin_map(unknown, [[0.0, 1.0], [1.0, 0.0]], gradient_descent, steps=0, radius=1.42, lr=0.1)
    np.testing.assert_allclose(found.minima, [[1, 0]])


def test_runs_that_diverge_end_nowhere_and_leave_the_others_alone():
    starts = np.array([[3.1, 2.0], [40.0, 40.0], [1e200, 0.0], [np.nan, 0.0], [np.inf, 0.0]])
    found = basin_map(himmelblau, starts, gradient_descent, steps=100, lr=0.005)
    np.testing.assert_array_equal(found.basins, [0, -1, -1, -1, -1])
    assert not np.isfinite(found.ends[1:]).all(axis=-1).any()


def test_minima_that_are_given_are_the_only_ones_looked_for():
    starts, _ = himmelblau.grid(16)
    found = basin_map(
        himmelblau, starts, gradient_descent, steps=300, minima=himmelblau.minima[2:3], lr=0.005
    )
    every = basin_map(himmelblau, starts, gradient_descent, steps=300, lr=0.005)
    np.testing.assert_array_equal(found.basins, np.where(every.basins == 2, 0, -1))
    none = basin_map(himmelblau, starts, gradient_descent, steps=9, minima=np.empty((0, 2)), lr=0.005)
    assert (none.basins == -1).all()


# --- Form -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_divergence_is_no_accident_in_any_number_of_weights(dim):
    starts = np.stack([np.full(dim, 50.0), np.full(dim, -3.0)])
    found = basin_map(styblinski_tang(dim), starts, gradient_descent, steps=50, lr=0.02)
    np.testing.assert_array_equal(found.basins, [-1, 0])


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (2, 0), (0,)])
def test_leading_axes_of_the_starts_are_kept(shape):
    found = basin_map(bowl, np.ones((*shape, 2)), gradient_descent, steps=50, lr=0.1)
    assert found.basins.shape == shape
    assert found.ends.shape == (*shape, 2)
    assert (found.basins == 0).all()


def test_starts_are_left_as_they_were_and_may_be_whole_numbers():
    starts = np.array([[3, 2], [1, 1]])
    np.testing.assert_array_equal(basin_map(bowl, starts, gradient_descent, steps=100, lr=0.1).basins, [0, 0])
    kept = starts.astype(float)
    basin_map(bowl, kept, heavy_ball, steps=3, lr=0.1, rho=0.5)
    np.testing.assert_array_equal(kept, starts)


def test_memory_does_not_grow_with_the_steps():
    starts, _ = himmelblau.grid(128)

    def peak(steps):
        tracemalloc.start()
        basin_map(himmelblau, starts, momentum, steps=steps, minima=himmelblau.minima, lr=0.001)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(1)
    assert peak(60) < 1.1 * peak(2)
    assert peak(60) < 10 * starts.nbytes


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"starts": np.zeros((4, 3))},
            r"starts must have shape \(\.\.\., 2\), the weights of bowl last; got \(4, 3\)",
        ),
        ({"starts": 1.0}, r"starts must have shape \(\.\.\., 2\), the weights of bowl last; got \(\)"),
        ({"steps": -1}, "steps must be a finite number >= 0, got -1"),
        ({"radius": 0.0}, r"radius must be > 0, got 0\.0"),
        ({"radius": np.nan}, "radius must be > 0, got nan"),
        ({"minima": 1.0}, r"minima must have shape \(n, 2\), one a row; got \(\)"),
        ({"minima": [1.0, 2.0]}, r"minima must have shape \(n, 2\), one a row; got \(2,\)"),
        ({"minima": np.zeros((2, 3))}, r"minima must have shape \(n, 2\), one a row; got \(2, 3\)"),
        (
            {"lr": np.full((4, 1), 0.1)},
            r"all runs share one number lr, got an array of shape \(4, 1\)\. Make one map",
        ),
        ({"lr": -1.0}, r"lr must be a finite number >= 0, got -1\.0"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_to_do(change, message):
    usual = {"starts": np.zeros((4, 2)), "steps": 2, "lr": 0.1}
    starts, options = (
        (usual | change).pop("starts"),
        {k: v for k, v in (usual | change).items() if k != "starts"},
    )
    with pytest.raises(ValueError, match=message):
        basin_map(bowl, starts, gradient_descent, **options)
