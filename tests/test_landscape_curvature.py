import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course import ROOT
from gradlab.descent import descend
from gradlab.landscape import (
    condition_number,
    hessian_vector_product,
    largest_eigenvalue,
    numerical_hessian,
)
from gradlab.network import MLP
from gradlab.optimizers import gradient_descent
from gradlab.surfaces import SURFACES, bowl, ill_conditioned, plateau, saddle

RECORDED = json.loads((ROOT / "autograder" / "reference" / "landscape.json").read_text(encoding="utf-8"))

seeds = st.integers(0, 2**32)
every_network = pytest.mark.parametrize(
    "case", RECORDED["cases"], ids=lambda case: f"{case['sizes']}-{case['activation']}"
)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def turned(eigenvalues, seed=0):
    """A symmetric matrix with these eigenvalues, along random directions."""
    n = len(eigenvalues)
    axes, _ = np.linalg.qr(rng(seed).standard_normal((n, n)))
    return axes * eigenvalues @ axes.T


def gradient_of(matrix):
    """The gradient of the quadratic w H w / 2."""
    return lambda w: w @ matrix


def of_network(case):
    """A recorded network: the gradient of its loss, and where it was recorded."""
    network = MLP(tuple(case["sizes"]), case["activation"])
    return lambda w: network.loss_and_gradient(w, case["X"], case["y"])[1], np.array(case["params"])


def test_the_reference_says_which_torch_it_came_from():
    assert set(RECORDED["versions"]) == {"python", "torch", "numpy"}


# --- Condition number -----------------------------------------------------------------------------------------


@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=6), seeds)
def test_the_condition_number_of_a_bowl_is_that_of_its_matrix(eigenvalues, seed):
    hessian = turned(np.array(eigenvalues), seed)
    np.testing.assert_allclose(condition_number(hessian), np.linalg.cond(hessian), rtol=1e-8)
    np.testing.assert_allclose(condition_number(hessian), max(eigenvalues) / min(eigenvalues), rtol=1e-8)


@pytest.mark.parametrize("kappa", [1.0, 7.0, 1e3, 1e6])
def test_a_ravine_has_the_condition_number_it_was_made_with(kappa):
    hessians = ill_conditioned(kappa, angle=0.7).hessian(rng().standard_normal((2, 3, 2)))
    np.testing.assert_allclose(condition_number(hessians), np.full((2, 3), kappa), rtol=1e-8)


@given(seeds, st.floats(1e-6, 1e6))
def test_the_condition_number_does_not_depend_on_the_scale_of_the_loss(seed, scale):
    hessian = turned(np.array([1.0, 3.0, 40.0]), seed)
    np.testing.assert_allclose(condition_number(scale * hessian), 40, rtol=1e-9)


@pytest.mark.parametrize(
    "flat", [np.zeros((2, 2)), [[1.0, 1.0], [1.0, 1.0]], np.diag([0.0, 3.0]), turned(np.array([0, 1, 1e4]))]
)
def test_a_flat_direction_makes_it_infinite(flat):
    assert condition_number(flat) == np.inf


def test_gradient_descent_contracts_by_what_the_condition_number_allows():
    hessian = turned(np.array([0.5, 2.0, 9.0]))
    kappa, eigenvalues = condition_number(hessian), np.linalg.eigvalsh(hessian)
    step = np.eye(3) - 2 / (eigenvalues[0] + eigenvalues[-1]) * hessian
    np.testing.assert_allclose(np.linalg.norm(step, 2), (kappa - 1) / (kappa + 1), rtol=1e-12)


@pytest.mark.parametrize(
    ("hessian", "message"),
    [
        (np.diag([2.0, -3.0]), "negative eigenvalue, -3: the surface curves downwards"),
        ([np.eye(2), -np.eye(2)], "negative eigenvalue, -1"),
        ([[1.0, 2.0], [0.0, 1.0]], "hessian must be symmetric"),
        (np.ones((2, 3)), r"hessian must have shape \(\.\.\., n, n\), got \(2, 3\)"),
        (np.ones(4), r"hessian must have shape \(\.\.\., n, n\), got \(4,\)"),
        (np.ones((0, 0)), r"hessian must have shape \(\.\.\., n, n\), got \(0, 0\)"),
        ([[np.nan, 0.0], [0.0, 1.0]], "hessian must be finite, but holds inf or nan"),
    ],
)
def test_what_has_no_condition_number_is_refused(hessian, message):
    with pytest.raises(ValueError, match=message):
        condition_number(hessian)


# --- Hessians by differences ----------------------------------------------------------------------------------


@pytest.mark.parametrize("surface", SURFACES.values(), ids=list(SURFACES))
def test_the_hessian_of_a_surface_equals_its_formula(surface):
    points = rng().uniform(*surface.domain.T, (3, 4, surface.dim))
    hessians = surface.hessian(points)
    numerical = numerical_hessian(surface.value, points)
    scale = np.abs(hessians).max() + np.abs(surface.value(points)).max()
    np.testing.assert_allclose(numerical, hessians, rtol=0, atol=1e-6 * scale)
    np.testing.assert_array_equal(numerical, numerical.swapaxes(-1, -2))


@every_network
def test_the_hessian_of_a_network_agrees_with_torch(case):
    network = MLP(tuple(case["sizes"]), case["activation"])
    hessian = numerical_hessian(lambda w: network.loss(w, case["X"], case["y"]), case["params"])
    np.testing.assert_allclose(hessian, case["hessian"], rtol=0, atol=3e-7)


@given(seeds, st.floats(1e-3, 10.0))
def test_the_hessian_of_a_quadratic_is_right_with_any_step(seed, step):
    hessian = turned(np.array([-2.0, 1.0, 5.0]), seed)
    numerical = numerical_hessian(lambda w: ((w @ hessian) * w).sum(-1) / 2, np.ones(3), step=step)
    np.testing.assert_allclose(numerical, hessian, atol=1e-8)


# --- Products with a Hessian that is never built --------------------------------------------------------------


@every_network
def test_the_product_with_the_hessian_of_a_network_agrees_with_torch(case):
    gradient, params = of_network(case)
    product = hessian_vector_product(gradient, params, case["direction"])
    np.testing.assert_allclose(product, np.array(case["hessian"]) @ case["direction"], rtol=0, atol=1e-8)


@given(seeds, st.floats(1e-6, 1e6))
def test_the_product_is_as_long_as_the_vector_makes_it(seed, scale):
    matrix, v = turned(np.array([-1.0, 2.0, 7.0]), seed), rng(seed).standard_normal(3)
    product = hessian_vector_product(gradient_of(matrix), np.ones(3), scale * v)
    np.testing.assert_allclose(product, scale * (matrix @ v), rtol=1e-7, atol=1e-9 * scale)


def test_runs_and_vectors_broadcast():
    points, vectors = rng(1).uniform(-1, 1, (4, 1, 2)), rng(2).standard_normal((3, 2))
    products = hessian_vector_product(plateau.gradient, points, vectors)
    expected = np.einsum("aij,bj->abi", plateau.hessian(points[:, 0]), vectors)
    assert products.shape == (4, 3, 2)
    np.testing.assert_allclose(products, expected, atol=1e-8)


def test_the_product_with_nothing_is_nothing():
    np.testing.assert_array_equal(hessian_vector_product(plateau.gradient, [1.0, 1.0], [0.0, 0.0]), [0, 0])


def test_float32_parameters_cost_no_digits():
    case = RECORDED["cases"][2]
    gradient, params = of_network(case)
    single = np.float32(params)
    product = hessian_vector_product(gradient, single, np.float32(case["direction"]))
    assert product.dtype == float
    reference = np.array(case["hessian"]) @ case["direction"]
    np.testing.assert_allclose(product, reference, rtol=0, atol=1e-5)


# --- The sharpest curvature -----------------------------------------------------------------------------------


@every_network
def test_the_sharpest_curvature_of_a_network_agrees_with_torch(case):
    gradient, params = of_network(case)
    np.testing.assert_allclose(
        largest_eigenvalue(gradient, params, rng()), max(case["eigenvalues"]), rtol=1e-6
    )


@pytest.mark.parametrize("seed", range(20))
def test_the_largest_eigenvalue_is_the_one_that_curves_upwards_most(seed):
    eigenvalues = rng(seed).uniform(-100, 100, seed + 1)
    found = largest_eigenvalue(gradient_of(turned(eigenvalues, seed)), np.zeros(seed + 1), rng(100 + seed))
    np.testing.assert_allclose(found, max(eigenvalues), rtol=0, atol=1e-6)


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=12), seeds)
def test_what_is_found_is_an_eigenvalue(eigenvalues, seed):
    # Not always the largest: the random vector may be at right angles to its direction, but for rounding.
    matrix = turned(np.array(eigenvalues), seed)
    found = largest_eigenvalue(gradient_of(matrix), np.zeros(len(matrix)), rng(seed))
    scale = np.abs(eigenvalues).max()
    assert np.abs(found - np.array(eigenvalues)).min() <= 1e-5 * scale + 1e-12
    assert found <= max(eigenvalues) + 1e-7 * scale


@pytest.mark.parametrize(
    ("eigenvalues", "largest"),
    [
        ([2.0, -2.0], 2),
        ([-100.0, 1.0, 0.5], 1),
        ([-3.0, -1.0], -1),
        ([0.0, 0.0], 0),
        ([5.0] * 4, 5),
        ([7.0], 7),
    ],
)
def test_signs_and_ties_do_not_mislead_it(eigenvalues, largest):
    gradient = gradient_of(turned(np.array(eigenvalues)))
    np.testing.assert_allclose(
        largest_eigenvalue(gradient, np.zeros(len(eigenvalues)), rng(1)), largest, atol=1e-7
    )


def test_a_few_products_are_enough_for_many_weights():
    calls = []
    spectrum = np.concatenate([[50.0, 40.0, 30.0], np.linspace(0, 5, 997)])

    def gradient(w):
        calls.append(1)
        return spectrum * w

    found = largest_eigenvalue(gradient, np.zeros(1000), rng())
    np.testing.assert_allclose(found, 50, rtol=1e-6)
    assert len(calls) < 60


def test_fewer_steps_never_give_more_than_the_truth():
    spectrum = np.linspace(-1, 1, 300)
    found = [
        largest_eigenvalue(gradient_of(np.diag(spectrum)), np.zeros(300), rng(), steps=k)
        for k in (1, 3, 10, 30)
    ]
    assert found == sorted(found)
    assert found[0] < 0.5
    assert 0.99 < found[-1] <= 1 + 1e-9


def test_it_bounds_the_learning_rate_of_gradient_descent():
    surface = ill_conditioned(30, angle=0.3)
    L = largest_eigenvalue(surface.gradient, surface.start, rng())
    rates = np.array([[1.98], [2.02]]) / L
    start, *_, end = descend(surface, [surface.start] * 2, gradient_descent, steps=300, lr=rates).losses
    assert end[0] < start[0] < end[1]


def test_the_same_generator_gives_the_same_curvature():
    gradient, params = of_network(RECORDED["cases"][4])
    assert largest_eigenvalue(gradient, params, rng(3)) == largest_eigenvalue(gradient, params, rng(3))


# --- What is refused ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: numerical_hessian(bowl.value, 1.0),
            r"points must have shape \(\.\.\., n\), got a single number",
        ),
        (
            lambda: numerical_hessian(bowl.value, [1.0, 1.0], step=0.0),
            r"step must be a finite number > 0, got 0\.0",
        ),
        (
            lambda: numerical_hessian(bowl.value, [1.0, 1.0], step=np.nan),
            "step must be a finite number > 0, got nan",
        ),
        (
            lambda: numerical_hessian(np.sum, [1.0, 1.0]),
            r"one number for each point: given points of shape \(4, 2, 2, 2\) it must return shape \(4, 2, 2\), "
            r"got \(\)",
        ),
        (
            lambda: hessian_vector_product(bowl.gradient, [1.0, 1.0], [1.0]),
            r"vector must have the length of params, \(2,\), got \(1,\)",
        ),
        (
            lambda: hessian_vector_product(bowl.gradient, [1.0, 1.0], 1.0),
            r"vector must have the length of params, \(2,\), got \(\)",
        ),
        (
            lambda: hessian_vector_product(bowl.gradient, [1.0, 1.0], [1.0, 0.0], step=-1.0),
            r"step must be a finite number > 0, got -1\.0",
        ),
        (
            lambda: largest_eigenvalue(saddle.gradient, np.zeros((3, 2)), rng()),
            r"params must have shape \(n,\), those of one network, got \(3, 2\)\. Take one run with params\[0\]",
        ),
        (
            lambda: largest_eigenvalue(saddle.gradient, np.zeros(2), rng(), steps=0),
            "steps must be at least 1, got 0",
        ),
        (
            lambda: largest_eigenvalue(saddle.gradient, [np.inf, 0.0], rng()),
            r"The gradient is not finite here: no curvature can be measured\.",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_what_to_do(call, message):
    with pytest.raises(ValueError, match=message), np.errstate(invalid="ignore"):
        call()
