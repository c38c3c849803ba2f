"""What other engines computed is complete, says where it comes from, and agrees."""

import hashlib
import json
import re
from types import SimpleNamespace

import numpy as np
import pytest
from update_rules import HYPER, arrays

from autograder.course import ROOT
from autograder.reference.__main__ import SUBJECTS, recorded
from gradlab import initializers, optimizers
from gradlab.data import digits
from gradlab.network import MLP
from gradlab.surfaces import rosenbrock

FOLDER = ROOT / "autograder" / "reference"
RECORDED = {subject: json.loads((FOLDER / f"{subject}.json").read_text("utf-8")) for subject in SUBJECTS}
PATHS, SCIPY = RECORDED["optimizers"], RECORDED["scipy"]
# As much as thousands of steps of rounding can add up to.
PRECISION = {"float64": 1e-12, "float32": 1e-5}

every_subject = pytest.mark.parametrize("subject", SUBJECTS)


def assert_close(actual, expected, tolerance=1e-12):
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance * np.abs(expected).max())


def pinned():
    """The versions that `make references` installs."""
    lines = (FOLDER / "requirements.txt").read_text("utf-8").splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def test_every_script_has_its_file_and_every_file_its_script():
    assert {file.stem for file in FOLDER.glob("*.json")} == set(SUBJECTS)
    assert {"digits", "initializers", "network", "normalization", "optimizers"} <= set(SUBJECTS)
    assert {"regularizers", "schedules", "scipy", "surfaces"} <= set(SUBJECTS)


@every_subject
def test_a_file_names_python_and_at_least_one_engine_in_the_version_that_is_installed_to_record_it(subject):
    versions = RECORDED[subject]["versions"]
    engines = set(versions) - {"python", "numpy"}
    assert re.fullmatch(r"3\.\d+\.\d+", versions["python"])
    assert engines
    for engine in engines | {"numpy"}:
        # 2.13.0+cpu is a build of 2.13.0.
        assert versions[engine].split("+")[0] == pinned()[engine]


@every_subject
def test_everything_that_was_recorded_is_read_by_a_test(subject):
    tests = [file.read_text("utf-8") for file in (ROOT / "tests").glob("test_*.py")]
    readers = [test for test in tests if f'"{subject}.json"' in test or f'RECORDED["{subject}"]' in test]
    for name in RECORDED[subject].keys() - {"versions"}:
        assert any(re.search(rf'\[\s*"{name}"\s*\]', test) for test in readers), name


@every_subject
def test_a_script_is_short_and_of_the_form_that_the_one_command_runs(subject):
    script = (FOLDER / f"record_{subject}.py").read_text("utf-8")
    assert len(script.splitlines()) <= 320
    assert "\nENGINES = (" in script
    assert "\ndef record() -> " in script
    assert "__main__" not in script


def test_a_recording_is_json_with_the_versions_first_and_comes_out_the_same_twice():
    script = SimpleNamespace(
        ENGINES=("pytest",), record=lambda: {"points": np.arange(2.0), "best": np.float32(0.5)}
    )
    text = recorded(script)
    assert text == recorded(script)
    found = json.loads(text)
    assert list(found) == ["versions", "points", "best"]
    assert list(found["versions"]) == ["python", "pytest", "numpy"]
    assert found["versions"]["numpy"] == np.__version__
    assert (found["points"], found["best"]) == ([0.0, 1.0], 0.5)


def test_there_are_300_paths_of_update_rules_of_every_kind():
    cases = PATHS["cases"] + PATHS["long"]
    assert len(cases) + len(PATHS["descents"]) >= 300
    assert {case["engine"] for case in cases} == {"torch", "optax"}
    for rule in HYPER:
        own = [case for case in cases if case["rule"] == rule.__name__]
        assert {(case["dtype"], case["moving"]) for case in own} >= {
            (dtype, moving) for dtype in PRECISION for moving in (True, False)
        }
        for name in HYPER[rule]:
            tried = {case["hyper"][name] for case in own}
            # Large eps, and shares that no one would choose.
            assert max(tried) == 1.0 if name == "eps" else len(tried) > 1


@pytest.mark.parametrize("case", PATHS["long"], ids=lambda case: f"{case['rule']}-{case['dtype']}")
def test_two_thousand_steps_match_another_engine(case):
    rule, dtype = getattr(optimizers, case["rule"]), case["dtype"]
    gradients = np.array(PATHS["gradients"], dtype)[:, :6].reshape(-1, 2, 3)
    w, state = np.array(PATHS["params"][:6], dtype).reshape(2, 3), None
    for gradient in np.tile(gradients, (10, 1, 1)):
        w, state = rule(w, gradient, state, **case["hyper"])
    (expected,) = case["path"]
    for name, numbers in ({"params": w} | arrays(state)).items():
        assert_close(numbers, expected[name], PRECISION[dtype])


def test_rosenbrocks_valley_is_that_of_scipy():
    known = SCIPY["rosenbrock"]
    for ours, theirs in ((rosenbrock.value, "values"), (rosenbrock.gradient, "gradients")):
        for point, expected in zip(known["points"], known[theirs], strict=True):
            assert_close(ours(point), np.array(expected))
    for point, expected in zip(known["points"], known["hessians"], strict=True):
        assert_close(rosenbrock.hessian(point), np.array(expected))


@pytest.mark.parametrize("case", SCIPY["softmax"], ids=lambda case: f"up to {np.max(case['logits']):.1g}")
def test_the_cross_entropy_of_every_class_and_its_slope_are_those_of_the_softmax_of_scipy(case):
    network, logits = MLP((5, 5), "identity"), np.array(case["logits"])
    passing_on = np.concatenate([np.eye(5).ravel(), np.zeros(5)])
    for example, label in np.ndindex(logits.shape):
        loss, gradient = network.loss_and_gradient(passing_on, logits[example, None], [label])
        _, slope_of_bias = network.unpack(gradient)[0]
        np.testing.assert_allclose(loss, -case["log_p"][example][label], rtol=1e-12, atol=1e-15)
        expected = case["p"][example] - np.eye(5)[label]
        np.testing.assert_allclose(slope_of_bias, expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    "case", SCIPY["quantiles"]["cases"], ids=lambda case: f"{case['initializer']}-{case['fans']}"
)
def test_the_shares_of_weights_below_the_quantiles_of_scipy_are_as_they_should_be(case):
    draw, shares = getattr(initializers, case["initializer"]), np.array(SCIPY["quantiles"]["shares"])
    weights = np.sort(draw(np.random.default_rng(7), (200, *case["fans"])).ravel())
    found = np.searchsorted(weights, case["quantiles"]) / weights.size
    # Six standard errors.
    assert np.all(np.abs(found - shares) < 6 * np.sqrt(shares * (1 - shares) / weights.size))


def test_the_digits_are_those_of_scikit_learn():
    images, labels = digits()
    known = {"images": np.rint(16 * images).astype(np.uint8), "labels": labels.astype(np.uint8)}
    for name, theirs in RECORDED["digits"]["arrays"].items():
        assert list(known[name].shape) == theirs["shape"]
        assert hashlib.sha256(known[name].tobytes()).hexdigest() == theirs["sha256"]
