import numpy as np
import pytest
from update_rules import HYPER, arrays, in_motion, rolling, rules

from gradlab.optimizers import (
    AdamState,
    adagrad,
    adam,
    adamw,
    momentum,
    nesterov,
    normalized_gradient,
    rmsprop,
)

every_rule = rules(*HYPER)
with_state = rules(momentum, nesterov, adagrad, rmsprop, adam, adamw)
with_eps = rules(normalized_gradient, adagrad, rmsprop, adam, adamw)


@every_rule
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"grad": np.ones(4)}, r"grad must have the shape of params, \(3,\), got \(4,\)\."),
        ({"grad": 1.0}, r"grad must have the shape of params, \(3,\), got \(\)\."),
        ({"lr": -0.1}, r"lr must be a finite number >= 0, got -0.1\."),
        ({"lr": np.nan}, r"lr must be a finite number >= 0, got nan\."),
        ({"lr": np.inf}, r"lr must be a finite number >= 0, got inf\."),
        ({"lr": np.array([0.1, -0.1, 0.1])}, r"lr must be a finite number >= 0"),
        ({"lr": np.ones((2, 1))}, r"lr of shape \(2, 1\) does not broadcast to params of shape \(3,\)"),
        ({"lr": np.ones(2)}, r"add a last axis of length 1: lr\[\.\.\., None\]"),
        ({"params": np.array([1, 2, 3])}, r"params must be floating point, got int64.*np\.array\(\[1\.0, 2\.0\]\)"),
        ({"params": [1, 2, 3]}, r"params must be floating point"),
    ],
)  # fmt: skip
def test_what_no_rule_can_work_with_is_refused_with_a_reason(rule, bad, message):
    arguments = {"params": np.ones(3), "grad": np.ones(3), "lr": 0.1} | bad
    with pytest.raises(ValueError, match=message):
        rule(**arguments)


@with_state
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (lambda state: np.zeros(3), r"state must be None for zero, or the \w+State that the last step returned, got ndarray"),
        (lambda state: (np.zeros(3),), "got tuple"),
        (lambda state: type(state)(*(np.zeros(1) for _ in state)), r"The [a-z ]+ must have the shape of params, \(3,\), got \(1,\)"),
    ],
    ids=["array", "tuple", "other shape"],
)  # fmt: skip
def test_a_state_that_is_not_the_rules_own_is_refused(rule, bad, message):
    with pytest.raises(ValueError, match=message):
        rule(np.ones(3), np.ones(3), bad(in_motion(rule, np.ones(3), np.ones(3))), lr=0.1)


@pytest.mark.parametrize(
    ("rule", "name"),
    [(momentum, "rho"), (nesterov, "rho"), (rmsprop, "rho"), (adam, "beta1"), (adam, "beta2"), (adamw, "beta1"), (adamw, "beta2")],
)  # fmt: skip
@pytest.mark.parametrize("bad", [1.0, 1.2, -0.1, np.nan, np.full((5, 1), 0.9)], ids=str)
def test_a_share_outside_its_range_is_refused(rule, name, bad):
    problem = (
        r"of shape \(5, 1\) does not broadcast" if np.ndim(bad) else rf"must be in \[0, 1\), got {bad}\."
    )
    with pytest.raises(ValueError, match=f"{name} {problem}"):
        rule(np.ones(3), np.ones(3), lr=0.1, **{name: bad})


@with_eps
@pytest.mark.parametrize("bad", [0.0, -1e-8, np.nan, np.inf])
def test_an_eps_that_does_not_keep_zero_from_being_divided_by_zero_is_refused(rule, bad):
    with pytest.raises(ValueError, match=rf"eps must be a finite float64 > 0, got {bad}\."):
        rule(np.ones(3), np.ones(3), lr=0.1, eps=bad)


@with_eps
def test_an_eps_that_is_zero_in_the_dtype_of_the_weights_is_refused(rule):
    w = np.ones(3, dtype=np.float32)
    with pytest.raises(ValueError, match=r"eps must be a finite float32 > 0, got 1e-60\."):
        rule(w, w, lr=0.1, eps=1e-60)


@pytest.mark.parametrize("bad", [-0.1, np.nan, np.inf])
def test_a_decay_that_is_negative_or_infinite_is_refused(bad):
    with pytest.raises(ValueError, match=rf"weight_decay must be a finite number >= 0, got {bad}\."):
        adamw(np.ones(3), np.ones(3), lr=0.1, weight_decay=bad)


def test_a_count_of_steps_below_zero_is_refused():
    with pytest.raises(ValueError, match=r"step of the state counts the steps taken so far, >= 0, got -1\."):
        adam(np.ones(3), np.ones(3), AdamState(np.ones(3), np.ones(3), -1))


@with_state
def test_a_float64_state_does_not_make_float32_weights_float64(rule):
    w, grad, _ = rolling(1, dtype=np.float32)
    after, state = rule(w, grad.astype(np.float64), in_motion(rule, np.ones(3), np.ones(3)), lr=0.1)
    assert {array.dtype for array in (after, *arrays(state).values())} == {np.dtype(np.float32)}
