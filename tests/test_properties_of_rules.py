"""Laws of update rules and surfaces: what is turned, reordered, mirrored or scaled is descended likewise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from update_rules import HYPER, arrays, rolling, rules, stepped

from gradlab.descent import descend
from gradlab.optimizers import (
    adagrad,
    adam,
    adamw,
    gradient_descent,
    momentum,
    nesterov,
    normalized_gradient,
    rmsprop,
)
from gradlab.surfaces import SURFACES, Surface, bowl, ill_conditioned, rastrigin, styblinski_tang

every_rule = rules(*HYPER)
one_rate = rules(gradient_descent, normalized_gradient, momentum, nesterov)
rate_for_each_weight = rules(adagrad, rmsprop, adam, adamw)
every_surface = pytest.mark.parametrize("surface", SURFACES.values(), ids=list(SURFACES))
seeds = st.integers(0, 2**32)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def path(rule, surface, steps=60, lr=0.01):
    """The points of a descent from where the surface starts."""
    return descend(surface, surface.start, rule, steps=steps, lr=lr, **HYPER[rule]).points


def times(factor, surface):
    """The same surface, `factor` times as high."""
    return Surface(
        surface.name,
        surface.formula,
        surface.dim,
        surface.minima,
        surface.start,
        surface.domain,
        lambda *w: factor * surface.value(np.stack(w, axis=-1)),
        lambda *w: tuple(np.moveaxis(factor * surface.gradient(np.stack(w, axis=-1)), -1, 0)),
        lambda *w: factor * surface.hessian(np.stack(w, axis=-1)),
    )


@every_rule
@given(seed=seeds)
def test_no_rule_cares_in_which_order_the_weights_are_written(rule, seed):
    w, grad, v = rolling(seed, (5,))
    order = rng(seed).permutation(5)
    reordered = stepped(rule, w[order], grad[order], v[order], lr=0.1)
    for one, other in zip(reordered, stepped(rule, w, grad, v, lr=0.1), strict=True):
        # The normalised gradient sums the squares in another order.
        np.testing.assert_allclose(one, other[order], rtol=1e-14, atol=1e-15)


@every_rule
@given(seed=seeds)
def test_no_rule_but_the_one_with_decay_cares_where_zero_is(rule, seed):
    w, grad, v = rolling(seed)
    here, moved = (stepped(rule, start, grad, v, lr=0.1)[0] - start for start in (w, w + 1.0))
    if rule is adamw:
        np.testing.assert_allclose(moved, here - 0.1 * HYPER[adamw]["weight_decay"], rtol=1e-10, atol=1e-12)
    else:
        np.testing.assert_allclose(moved, here, rtol=1e-10, atol=1e-12)


@every_rule
@given(seed=seeds)
def test_a_mirrored_gradient_makes_a_mirrored_path(rule, seed):
    w, grad, v = rolling(seed)
    there = stepped(rule, w, grad, v, lr=0.1)
    mirrored = stepped(rule, -w, -grad, -v, lr=0.1)
    # Squares have no sign to be turned.
    for one, other in zip(mirrored, there, strict=True):
        np.testing.assert_array_equal(np.abs(one), np.abs(other))
    np.testing.assert_array_equal(mirrored[0], -there[0])


@one_rate
@given(angle=st.floats(-3, 3))
def test_a_turned_ravine_is_descended_along_the_turned_path(rule, angle):
    cos, sin = np.cos(angle), np.sin(angle)
    turned = path(rule, ill_conditioned(30, angle=angle))
    straight = path(rule, ill_conditioned(30)) @ np.array([[cos, sin], [-sin, cos]])
    np.testing.assert_allclose(turned, straight, rtol=0, atol=1e-10)


@rate_for_each_weight
def test_a_turned_ravine_is_another_task_for_a_rule_with_a_rate_for_every_weight(rule):
    straight, turned = path(rule, ill_conditioned(30)), path(rule, ill_conditioned(30, angle=0.6))
    # Turned by an angle, a path would keep the distance of its points from the middle.
    distances = np.linalg.norm(straight, axis=-1) - np.linalg.norm(turned, axis=-1)
    assert np.abs(distances).max() > 0.01


@rules(normalized_gradient, adagrad, rmsprop, adam)
@pytest.mark.parametrize("factor", [1e-3, 1e3])
def test_the_unit_of_the_loss_cancels_where_eps_does_not_matter(rule, factor):
    surface, hyper = SURFACES["Himmelblau"], {"lr": 0.05, "eps": 1e-60}
    plain = descend(surface, surface.start, rule, steps=50, **hyper).points
    scaled = descend(times(factor, surface), surface.start, rule, steps=50, **hyper).points
    np.testing.assert_allclose(scaled, plain, rtol=1e-9)


@rules(gradient_descent, momentum, nesterov)
def test_the_unit_of_the_loss_belongs_to_the_rate_of_the_others(rule):
    surface = SURFACES["Himmelblau"]
    plain = path(rule, surface, lr=1e-3)
    np.testing.assert_allclose(path(rule, times(1e3, surface), lr=1e-6), plain, rtol=1e-9, atol=1e-12)
    assert np.abs(path(rule, times(1.1, surface), lr=1e-3) - plain).max() > 0.01


@every_rule
@given(seed=seeds, dtype=st.sampled_from([np.float32, np.float64]))
def test_at_a_rate_of_zero_the_weights_never_move_whatever_the_rule_remembers(rule, seed, dtype):
    (w, grad, _), state = rolling(seed, (2, 3), dtype), None
    after = w
    for _ in range(5):
        after, state = rule(after, grad, state, lr=0.0, **HYPER[rule])
    np.testing.assert_array_equal(after, w)
    assert {array.dtype for array in (after, *arrays(state).values())} == {np.dtype(dtype)}


@pytest.mark.parametrize("make", [rastrigin, styblinski_tang])
@given(seed=seeds, dim=st.integers(1, 5))
def test_a_sum_over_the_weights_does_not_care_for_their_order(make, seed, dim):
    surface, order = make(dim), rng(seed).permutation(dim)
    point = rng(seed).uniform(-5, 5, dim)
    np.testing.assert_allclose(surface.value(point[order]), surface.value(point), rtol=1e-11, atol=1e-11)
    np.testing.assert_array_equal(surface.gradient(point[order]), surface.gradient(point)[order])
    np.testing.assert_array_equal(surface.hessian(point[order]), surface.hessian(point)[np.ix_(order, order)])


@given(seed=seeds, angle=st.floats(-3, 3))
def test_a_round_bowl_and_a_plateau_look_the_same_from_every_side(seed, angle):
    cos, sin = np.cos(angle), np.sin(angle)
    points = rng(seed).uniform(-2, 2, (5, 2))
    turn = np.array([[cos, sin], [-sin, cos]])
    for surface in (bowl, SURFACES["plateau"], ill_conditioned(1)):
        np.testing.assert_allclose(
            surface.value(points @ turn), surface.value(points), rtol=1e-10, atol=1e-13
        )
        np.testing.assert_allclose(
            surface.gradient(points @ turn), surface.gradient(points) @ turn, rtol=1e-10, atol=1e-12
        )


@every_surface
@given(seed=seeds, exponent=st.integers(-300, 30))
def test_a_surface_is_finite_and_in_the_dtype_of_the_points_wherever_they_are(surface, seed, exponent):
    points = 10.0**exponent * rng(seed).standard_normal((4, surface.dim))
    for found in (surface.value(points), surface.gradient(points), surface.hessian(points)):
        assert np.isfinite(found).all()
        assert found.dtype == np.float64
