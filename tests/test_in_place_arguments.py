import numpy as np
import pytest
from update_rules import HYPER, in_motion, rules

from gradlab.in_place import stepper
from gradlab.optimizers import AdamState, adagrad, adam, adamw, momentum, nesterov, rmsprop

every_rule = rules(*HYPER)


def the_message_of(call):
    with pytest.raises(ValueError, match=r"\w") as error:
        call()
    return str(error.value)


BAD = [
    {"lr": -0.1},
    {"lr": np.nan},
    {"lr": np.inf},
    {"lr": np.array([0.1, -0.1, 0.1])},
    {"lr": np.ones((2, 1))},
    {"lr": np.ones(2)},
    {"lr": "0.1"},
    {"rho": 1.0},
    {"rho": np.ones(2) / 2},
    {"beta1": -0.1},
    {"beta2": np.nan},
    {"eps": 0.0},
    {"eps": np.inf},
    {"weight_decay": -0.1},
]


@pytest.mark.parametrize(
    ("rule", "bad"),
    [(rule, bad) for rule in HYPER for bad in BAD if set(bad) <= {"lr", *HYPER[rule]}],
    ids=lambda part: getattr(part, "__name__", str(part)),
)
def test_hyper_parameters_that_the_rule_refuses_are_refused_in_the_same_words(rule, bad):
    hyper = {"lr": 0.1} | HYPER[rule] | bad
    wanted = the_message_of(lambda: rule(np.ones(3), np.ones(3), **hyper))
    assert the_message_of(lambda: stepper(rule, np.ones(3), hyper)) == wanted


@every_rule
@pytest.mark.parametrize("params", [np.array([1, 2, 3]), [1, 2, 3], ["a", "b", "c"]], ids=str)
def test_weights_that_the_rule_refuses_are_refused_in_the_same_words(rule, params):
    wanted = the_message_of(lambda: rule(params, np.ones(3), lr=0.1))
    assert the_message_of(lambda: stepper(rule, params, {"lr": 0.1})) == wanted


@every_rule
@pytest.mark.parametrize("grad", [np.ones(4), 1.0, np.ones((1, 3)), ["a", "b", "c"]], ids=str)
def test_a_gradient_that_the_rule_refuses_is_refused_in_the_same_words_and_no_step_is_taken(rule, grad):
    walker = stepper(rule, np.ones(3), {"lr": 0.1})
    wanted = the_message_of(lambda: rule(np.ones(3), grad, lr=0.1))
    assert the_message_of(lambda: walker.step(grad)) == wanted
    np.testing.assert_array_equal(walker.params, 1)
    assert getattr(walker.state, "step", 0) == 0


@every_rule
@pytest.mark.parametrize("lr", [-0.1, np.nan, np.ones(2), np.array([0.1, -0.1, 0.1])], ids=str)
def test_a_new_rate_that_the_rule_refuses_is_refused_in_the_same_words_and_no_step_is_taken(rule, lr):
    walker = stepper(rule, np.ones(3), {"lr": 0.1})
    wanted = the_message_of(lambda: rule(np.ones(3), np.ones(3), lr=lr))
    assert the_message_of(lambda: walker.step(np.ones(3), lr=lr)) == wanted
    np.testing.assert_array_equal(walker.params, 1)
    walker.step(np.ones(3))
    np.testing.assert_allclose(walker.params, rule(np.ones(3), np.ones(3), lr=0.1)[0], rtol=1e-13)


@rules(momentum, nesterov, adagrad, rmsprop, adam, adamw)
@pytest.mark.parametrize(
    "bad",
    [
        lambda state: np.zeros(3),
        lambda state: (np.zeros(3),),
        lambda state: type(state)(*(np.zeros(1) for _ in state)),
    ],
    ids=["array", "tuple", "other shape"],
)
def test_a_state_that_the_rule_refuses_is_refused_in_the_same_words(rule, bad):
    state = bad(in_motion(rule, np.ones(3), np.ones(3)))
    wanted = the_message_of(lambda: rule(np.ones(3), np.ones(3), state, lr=0.1))
    assert the_message_of(lambda: stepper(rule, np.ones(3), {"lr": 0.1}, state)) == wanted


@rules(adam, adamw)
def test_a_count_of_steps_below_zero_is_refused_in_the_same_words(rule):
    state = AdamState(np.ones(3), np.ones(3), -1)
    wanted = the_message_of(lambda: rule(np.ones(3), np.ones(3), state))
    assert the_message_of(lambda: stepper(rule, np.ones(3), {}, state)) == wanted


@pytest.mark.parametrize(
    ("hyper", "message"),
    [
        ({}, r"momentum\(\) missing a required argument: 'lr'"),
        ({"lr": 0.1, "beta": 0.9}, r"momentum\(\) got an unexpected keyword argument 'beta'"),
    ],
)
def test_a_hyper_parameter_that_is_missing_or_unknown_is_named_with_the_rule(hyper, message):
    with pytest.raises(TypeError, match=message):
        stepper(momentum, np.ones(3), hyper)
