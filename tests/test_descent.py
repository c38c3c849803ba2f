import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from gradlab import descent
from gradlab.descent import Trace, descend
from gradlab.optimizers import MomentumState, gradient_descent, momentum
from gradlab.surfaces import SURFACES, bowl, ravine, rosenbrock


def momentum_step(w, grad, v, lr, rho=0.9):
    """As a learner writes it."""
    v = rho * v + grad
    return w - lr * v, v


def momentum_in_place(w, grad, v, lr, rho=0.9):
    v *= rho
    v += grad
    w -= lr * v
    return w, v


def trace_of(*losses):
    return Trace(np.zeros((len(losses), 2)), np.array(losses))


@pytest.mark.parametrize(
    ("losses", "steps"),
    [
        ((4.0, 2.0, 0.5, 0.2), 2),
        ((4.0, 0.5, 2.0, 0.2), 3),
        ((4.0, 0.5, 0.5, 2.0), -1),
        ((4.0, 3.0, 2.0, 1.0), -1),
        ((0.5, 0.4, 0.3, 0.2), 0),
        ((0.5, 2.0, 0.3, 0.2), 2),
        ((4.0, 0.5, np.nan, np.nan), -1),
        ((4.0, np.nan, 0.5, 0.5), 2),
        ((4.0, np.inf, 0.5, 0.5), 2),
        ((0.5,), 0),
        ((4.0,), -1),
    ],
)
def test_a_loss_counts_as_reached_from_where_it_stays_below(losses, steps):
    assert trace_of(*losses).steps_to(1.0) == steps


@given(
    st.lists(st.lists(st.sampled_from([0.5, 1.0, 2.0, np.nan, np.inf]), min_size=5, max_size=5), min_size=1)
)
def test_steps_of_a_batch_are_the_steps_of_each_run(runs):
    losses = np.array(runs).T
    together = Trace(np.zeros((*losses.shape, 2)), losses).steps_to(1.0)
    assert together.shape == (len(runs),)
    for steps, run in zip(together, runs, strict=True):
        below = [loss < 1.0 for loss in run]
        assert steps == next((step for step in range(5) if all(below[step:])), -1)


def test_the_path_starts_at_the_start_and_holds_every_step():
    trace = descend(ravine, [-5, -2], gradient_descent, steps=3, lr=0.1)
    w = np.array([-5.0, -2.0])
    for point, loss in zip(trace.points, trace.losses, strict=True):
        np.testing.assert_array_equal(point, w)
        assert loss == ravine.value(w)
        w = w - 0.1 * ravine.gradient(w)


@given(st.integers(0, 4), array_shapes(min_dims=0, max_dims=2, max_side=3), st.sampled_from(list(SURFACES)))
def test_shapes_follow_the_steps_and_the_batch(steps, batch, name):
    surface = SURFACES[name]
    start = np.broadcast_to(surface.start, (*batch, surface.dim))
    trace = descend(surface, start, momentum, steps=steps, lr=1e-4)
    assert trace.points.shape == (steps + 1, *batch, surface.dim)
    assert trace.losses.shape == (steps + 1, *batch)
    assert trace.steps_to(0.1).shape == batch


@pytest.mark.parametrize("at_a_time", [1, 7, 10_000])
@pytest.mark.parametrize("batch", [(), (3,), (2, 3)], ids=str)
def test_the_losses_are_those_of_the_surface_along_the_path(monkeypatch, at_a_time, batch):
    monkeypatch.setattr(descent, "AT_A_TIME", at_a_time)
    starts = np.random.default_rng(0).standard_normal((*batch, 2))
    trace = descend(rosenbrock, starts, momentum, steps=10, lr=1e-4)
    np.testing.assert_array_equal(trace.losses, rosenbrock.value(trace.points))


@pytest.mark.parametrize("name", SURFACES)
@pytest.mark.parametrize("batch", [(), (3,), (2, 3)], ids=str)
def test_a_batch_walks_where_the_formulas_lead(name, batch):
    surface = SURFACES[name]
    w = surface.start + 0.01 * np.random.default_rng(0).standard_normal((*batch, surface.dim))
    trace, state = descend(surface, w, momentum, steps=5, lr=1e-3), None
    for step in range(5):
        w, state = momentum(w, surface.gradient(w), state, lr=1e-3)
        np.testing.assert_allclose(trace.points[step + 1], w, rtol=1e-12, atol=1e-15)


def test_a_run_among_others_equals_the_run_alone():
    rates, rhos = np.array([0.05, 0.2, 0.4]), np.array([0.0, 0.5, 0.9])
    starts = np.array([[-5.0, -2.0], [4.0, 1.0], [1.0, -1.0]])
    together = descend(ravine, starts, momentum, steps=40, lr=rates[:, None], rho=rhos[:, None])
    for run in range(3):
        alone = descend(ravine, starts[run], momentum, steps=40, lr=rates[run], rho=rhos[run])
        np.testing.assert_array_equal(together.points[:, run], alone.points)
        np.testing.assert_array_equal(together.losses[:, run], alone.losses)


@pytest.mark.parametrize("rule", [momentum_step, momentum_in_place])
def test_a_learners_own_rule_walks_the_path_of_the_librarys(rule):
    ours = descend(ravine, ravine.start, momentum, steps=30, lr=0.1, rho=0.8)
    theirs = descend(ravine, ravine.start, rule, steps=30, state=np.zeros(2), lr=0.1, rho=0.8)
    np.testing.assert_allclose(theirs.points, ours.points, rtol=1e-13)


def test_a_rule_that_works_in_place_changes_neither_start_nor_state_of_the_caller():
    start, state = np.array([-5.0, -2.0]), np.ones(2)
    descend(ravine, start, momentum_in_place, steps=3, state=state, lr=0.1)
    np.testing.assert_array_equal(start, [-5, -2])
    np.testing.assert_array_equal(state, [1, 1])


def test_the_start_of_a_path_is_not_tied_to_the_array_it_came_from():
    start = np.array([-5.0, -2.0])
    trace = descend(ravine, start, gradient_descent, steps=1, lr=0.1)
    start[:] = 0
    np.testing.assert_array_equal(trace.points[0], [-5, -2])


def test_a_first_state_is_where_the_rule_begins():
    pushed = descend(bowl, [1.0, 0.0], momentum, steps=1, state=MomentumState(np.array([4.0, 0.0])), lr=0.1)
    np.testing.assert_allclose(pushed.points[-1], [1 - 0.1 * (0.9 * 4 + 2), 0])


def test_a_rule_may_return_its_two_values_in_a_list():
    trace = descend(bowl, [1.0, 0.0], lambda w, g, _state: [w - g / 2, None], steps=1)
    np.testing.assert_array_equal(trace.points[-1], [0, 0])


def test_the_callback_hears_of_every_step_from_one_on():
    heard = []
    trace = descend(
        ravine, ravine.start, momentum, steps=4, lr=0.1, callback=lambda *news: heard.append(news)
    )
    assert [step for step, _, _ in heard] == [1, 2, 3, 4]
    np.testing.assert_array_equal([params for _, params, _ in heard], trace.points[1:])
    np.testing.assert_array_equal([loss for _, _, loss in heard], trace.losses[1:])


@pytest.mark.parametrize("start", [rosenbrock.start, [1e200, 1e200], [np.nan, 0.0]])
def test_a_run_that_diverges_ends_in_inf_or_nan_without_warnings(start):
    trace = descend(rosenbrock, start, momentum, steps=50, lr=1.0)
    assert trace.losses.shape == (51,)
    assert not np.isfinite(trace.losses[-1])
    assert trace.steps_to(1e-3) == -1


def test_a_run_that_diverges_leaves_the_others_alone():
    rates = np.array([[100.0], [0.1]])
    trace = descend(ravine, np.tile(ravine.start, (2, 1)), gradient_descent, steps=500, lr=rates)
    assert not np.isfinite(trace.losses[-1, 0])
    assert trace.steps_to(1e-3)[1] > 0


def three_values(w, grad, v, lr):
    return w, grad, v


def only_weights(w, grad, v, lr):
    return w - lr * grad


def forgets_to_return(w, grad, v, lr):
    w = w - lr * grad


def one_sum_for_all(w, grad, v, lr):
    return (w - lr * grad).sum(), v


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"steps": -1}, "steps must be >= 0, got -1"),
        ({"start": [1.0, 2.0, 3.0]}, r"A point of ravine has 2 weight\(s\).*got shape \(3,\)"),
        ({"start": 1.0}, r"A point of ravine has 2 weight\(s\).*got shape \(\)"),
        ({"rule": only_weights}, r"only_weights must return \(weights, state\), two values; got one ndarray"),
        ({"rule": three_values}, r"three_values must return \(weights, state\), two values; got 3 values"),
        ({"rule": forgets_to_return}, r"must return \(weights, state\), two values; got one NoneType"),
        ({"rule": one_sum_for_all}, r"one_sum_for_all must return weights of shape \(2,\), got \(\)"),
        ({"lr": -0.1}, "lr must be a finite number >= 0"),
        ({"lr": np.ones(3)}, r"lr of shape \(3,\) does not broadcast to params of shape \(2,\)"),
    ],
)
def test_what_cannot_be_walked_is_refused_with_a_reason(options, message):
    settings = {"start": ravine.start, "rule": gradient_descent, "steps": 2, "lr": 0.1} | options
    with pytest.raises(ValueError, match=message):
        descend(ravine, **settings)


def test_a_learners_rule_without_a_first_state_is_told_how_to_give_one():
    with pytest.raises(TypeError) as error:
        descend(ravine, ravine.start, momentum_step, steps=1, lr=0.1)
    (note,) = error.value.__notes__
    assert note.startswith("momentum_step was given None as its state.")
    assert "state=np.zeros_like(" in note


def test_another_mistake_of_type_keeps_its_own_words():
    with pytest.raises(TypeError) as error:
        descend(ravine, ravine.start, momentum_step, steps=1, state=np.zeros(2))
    assert not getattr(error.value, "__notes__", [])
