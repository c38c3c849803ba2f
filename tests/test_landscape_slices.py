import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course import ROOT
from gradlab.landscape import interpolate, random_directions, slice_1d, slice_2d
from gradlab.network import MLP
from gradlab.surfaces import bowl, double_well, ill_conditioned, ravine

RECORDED = json.loads((ROOT / "autograder" / "reference" / "landscape.json").read_text(encoding="utf-8"))

NETWORK = MLP((4, 6, 3))
MIDDLE = np.zeros(2)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def examples(network: MLP = NETWORK, n: int = 20):
    return rng(1).standard_normal((n, network.sizes[0])), rng(2).integers(network.sizes[-1], size=n)


def loss_of(network: MLP = NETWORK):
    X, y = examples(network)
    return lambda params: network.loss(params, X, y)


def some_params(network: MLP = NETWORK, seed: int = 3):
    return rng(seed).standard_normal(network.n_params)


# --- Directions -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sizes", [(4, 3), (4, 6, 3), (4, 6, 5, 3)])
@pytest.mark.parametrize("runs", [(), (2, 3)])
def test_what_comes_into_a_unit_is_as_long_in_the_direction_as_in_the_network(sizes, runs):
    network = MLP(sizes)
    params = rng().standard_normal((*runs, network.n_params))
    directions = random_directions(network, params, rng(1), count=4)
    assert directions.shape == (4, *runs, network.n_params)
    for (d, _), (W, _) in zip(network.unpack(directions), network.unpack(params), strict=True):
        lengths = np.broadcast_to(np.linalg.norm(W, axis=-2), (4, *runs, W.shape[-1]))
        np.testing.assert_allclose(np.linalg.norm(d, axis=-2), lengths, rtol=1e-13)


def test_biases_and_what_batch_norm_learns_stay_where_they_are():
    network = MLP((4, 6, 3), batch_norm=True)
    params = rng().standard_normal(network.n_params)
    directions = random_directions(network, params, rng(1))
    assert (directions[:, ~network.is_weight] == 0).all()
    assert (directions[:, network.is_weight] != 0).all()


def test_a_unit_without_weights_stays_without():
    params = some_params()
    (W, _), _ = NETWORK.unpack(params)
    W[:, 2] = 0
    (d, _), _ = NETWORK.unpack(random_directions(NETWORK, params, rng(1)))
    assert (d[..., 2] == 0).all()
    assert np.isfinite(d).all()


def test_directions_come_from_the_generator_and_differ_from_each_other():
    params = some_params().astype(np.float32)
    first, again, other = (random_directions(NETWORK, params, rng(seed)) for seed in (5, 5, 6))
    assert first.dtype == np.float32
    np.testing.assert_array_equal(first, again)
    assert not np.isclose(first, other).all(axis=-1).any()
    assert abs(first[0] @ first[1]) < 0.5 * np.linalg.norm(first[0]) * np.linalg.norm(first[1])


def test_directions_are_drawn_from_a_normal_distribution():
    # With 2000 weights to a unit, the normalisation is the same for all of them, up to 2 %.
    network = MLP((2000, 2))
    params = np.ones(network.n_params)
    drawn = random_directions(network, params, rng(), count=5)[:, network.is_weight]
    shares = [(np.abs(drawn) < z).mean() for z in (0.6745, 1.0, 2.0)]
    np.testing.assert_allclose(shares, [0.5, 0.6827, 0.9545], atol=0.02)


def test_the_same_function_with_other_weights_looks_the_same():
    """The reason for the normalisation: a relu layer may be scaled up if the next is scaled down."""
    network = MLP((4, 6, 3), "relu")
    params, scaled = some_params(network), some_params(network)
    (W1, b1), (W2, _) = network.unpack(scaled)
    W1 *= 8
    b1 *= 8
    W2 /= 8
    alphas, loss = np.linspace(-1, 1, 9), loss_of(network)
    curves = [
        slice_1d(loss, w, random_directions(network, w, rng(4), count=1)[0], alphas) for w in (params, scaled)
    ]
    np.testing.assert_allclose(*curves, rtol=1e-12)
    plain = rng(4).standard_normal(network.n_params)
    assert not np.allclose(*(slice_1d(loss, w, plain, alphas) for w in (params, scaled)), rtol=0.05)


# --- Slices ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", RECORDED["cases"], ids=lambda case: f"{case['sizes']}-{case['activation']}")
def test_the_loss_along_a_line_agrees_with_torch(case):
    network = MLP(tuple(case["sizes"]), case["activation"])
    losses = slice_1d(
        lambda params: network.loss(params, case["X"], case["y"]),
        case["params"],
        case["direction"],
        case["alphas"],
    )
    np.testing.assert_allclose(losses, case["losses"], rtol=1e-12)


def test_a_line_through_a_bowl_is_a_parabola():
    surface, along = ill_conditioned(100, angle=0.4), np.array([np.cos(0.4), np.sin(0.4)])
    alphas = np.linspace(-3, 3, 13)
    np.testing.assert_allclose(
        slice_1d(surface.value, MIDDLE, along, alphas), alphas**2 / 2, rtol=1e-9, atol=1e-12
    )
    across = slice_1d(surface.value, MIDDLE, [-along[1], along[0]], alphas)
    np.testing.assert_allclose(across, 50 * alphas**2, rtol=1e-9)


def test_a_plane_through_a_surface_of_two_weights_is_the_surface():
    points, losses = ravine.grid(7)
    alphas, betas = points[0, :, 0], points[:, 0, 1]
    np.testing.assert_allclose(slice_2d(ravine.value, MIDDLE, np.eye(2), alphas, betas), losses, rtol=1e-12)


@given(st.integers(1, 40), st.integers(0, 5), st.integers(1, 4))
def test_a_plane_equals_the_loss_at_one_place_after_the_other_in_chunks_of_any_size(chunk, n, m):
    params, loss = some_params(), loss_of()
    directions = random_directions(NETWORK, params, rng(7))
    alphas, betas = np.linspace(-1, 1, n), np.linspace(0, 2, m)
    losses = slice_2d(loss, params, directions, alphas, betas, chunk=chunk)
    assert losses.shape == (m, n)
    for i, beta in enumerate(betas):
        for j, alpha in enumerate(alphas):
            place = params + alpha * directions[0] + beta * directions[1]
            np.testing.assert_allclose(losses[i, j], loss(place), rtol=1e-12)


def test_a_line_is_the_row_of_a_plane():
    params, loss, alphas = some_params(), loss_of(), np.linspace(-1, 1, 5)
    first, second = random_directions(NETWORK, params, rng(7))
    plane = slice_2d(loss, params, [first, second], alphas, [0.0, 1.0])
    np.testing.assert_allclose(slice_1d(loss, params, first, alphas), plane[0], rtol=1e-12)
    np.testing.assert_allclose(slice_1d(loss, params + second, first, alphas), plane[1], rtol=1e-12)


def test_alphas_of_any_shape_give_losses_of_that_shape():
    for shape in [(), (3,), (2, 3), (0,)]:
        assert slice_1d(bowl.value, MIDDLE, np.ones(2), np.ones(shape)).shape == shape
        assert interpolate(bowl.value, MIDDLE, np.ones(2), np.ones(shape)).shape == shape


def test_the_loss_never_sees_more_places_at_once_than_asked_for():
    seen = []

    def loss(params):
        seen.append(len(params))
        return bowl.value(params)

    slice_2d(loss, MIDDLE, np.eye(2), np.zeros(10), np.zeros(5), chunk=16)
    assert seen == [16, 16, 16, 2]


def test_float32_networks_are_sliced_in_float32():
    params = some_params().astype(np.float32)
    losses = slice_1d(loss_of(), params, params, [0.0, 0.5])
    assert losses.dtype == np.float32
    np.testing.assert_allclose(losses[0], loss_of()(params), rtol=1e-6)


def test_a_place_where_the_loss_overflows_is_infinite_and_nothing_to_warn_about():
    assert slice_1d(bowl.value, MIDDLE, np.ones(2), [1e200]) == np.inf


def test_what_is_passed_in_is_left_as_it_was():
    params, directions = some_params(), rng().standard_normal((2, NETWORK.n_params))
    before = params.copy(), directions.copy()
    slice_2d(loss_of(), params, directions, [0.0, 1.0], [0.0, 1.0])
    interpolate(loss_of(), params, directions[0], [0.5])
    random_directions(NETWORK, params, rng())
    np.testing.assert_array_equal(params, before[0])
    np.testing.assert_array_equal(directions, before[1])


# --- From one network to another ------------------------------------------------------------------------------


def test_the_way_starts_and_ends_at_the_networks_exactly():
    first, second, loss = some_params(seed=1), 1e6 * some_params(seed=2), loss_of()
    there, back = interpolate(loss, first, second, [0.0, 1.0]), interpolate(loss, second, first, [1.0, 0.0])
    np.testing.assert_array_equal(there, loss(np.stack([first, second])))
    np.testing.assert_array_equal(there, back)


def test_the_way_between_two_wells_leads_over_the_saddle():
    alphas = np.linspace(-0.25, 1.25, 7)
    x = 1 - 2 * alphas
    losses = interpolate(double_well.value, *double_well.minima, alphas)
    np.testing.assert_allclose(losses, (x**2 - 1) ** 2, atol=1e-15)


def test_a_mirror_image_of_a_network_is_as_good_but_the_way_there_is_not():
    params, mirrored = some_params(), some_params()
    (W1, b1), (W2, _) = NETWORK.unpack(mirrored)
    W1[...], b1[...], W2[...] = W1[:, ::-1].copy(), b1[::-1].copy(), W2[::-1].copy()
    start, middle, end = interpolate(loss_of(), params, mirrored, [0.0, 0.5, 1.0])
    np.testing.assert_allclose(start, end, rtol=1e-12)
    assert not np.isclose(start, middle, rtol=0.01)


# --- What is refused ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: random_directions(NETWORK, np.zeros(7), rng()), r"params must have shape \(\.\.\., 51\)"),
        (
            lambda: random_directions(NETWORK, np.zeros(51, dtype=int), rng()),
            "params must be floating point, got int64",
        ),
        (
            lambda: random_directions(NETWORK, some_params(), rng(), count=0),
            r"count must be at least 1 direction, got 0\.",
        ),
        (
            lambda: slice_1d(bowl.value, [1, 2], [1.0, 2.0], [0.0]),
            "The parameters must be floating point, got int64",
        ),
        (
            lambda: slice_1d(bowl.value, np.zeros((3, 2)), np.zeros((3, 2)), [0.0]),
            r"parameters of one network, shape \(n_params,\), got \(3, 2\)\. Take one run of several with params\[0\]",
        ),
        (
            lambda: slice_1d(bowl.value, MIDDLE, np.zeros(3), [0.0]),
            r"direction must have shape \(2,\) for parameters of shape \(2,\), got \(3,\)\.",
        ),
        (
            lambda: slice_2d(bowl.value, MIDDLE, np.zeros((3, 2)), [0.0], [0.0]),
            r"directions must have shape \(2, 2\) for parameters of shape \(2,\), got \(3, 2\)\.",
        ),
        (
            lambda: slice_2d(bowl.value, MIDDLE, np.eye(2), np.zeros((2, 2)), [0.0]),
            r"alphas and betas must have one axis each, got \(2, 2\) and \(1,\)\.",
        ),
        (
            lambda: slice_2d(bowl.value, MIDDLE, np.eye(2), [0.0], [np.inf]),
            "betas must be finite, but hold inf or nan",
        ),
        (
            lambda: slice_1d(bowl.value, MIDDLE, np.ones(2), [np.nan]),
            "alphas must be finite, but hold inf or nan",
        ),
        (
            lambda: slice_1d(bowl.value, MIDDLE, np.ones(2), [0.0], chunk=0),
            r"chunk must be at least 1 place at a time, got 0\.",
        ),
        (
            lambda: slice_1d(np.sum, MIDDLE, np.ones(2), [0.0, 1.0]),
            r"one number for each run: given parameters of shape \(2, 2\) it must return shape \(2,\), got \(\)\.",
        ),
        (
            lambda: interpolate(bowl.value, MIDDLE, np.zeros(3), [0.0]),
            r"second must have shape \(2,\) for parameters of shape \(2,\), got \(3,\)\.",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_what_to_do(call, message):
    with pytest.raises(ValueError, match=message):
        call()
