import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlab.descent import descend
from gradlab.landscape import convergence_rate, power_law_exponent
from gradlab.optimizers import gradient_descent, momentum
from gradlab.surfaces import SURFACES, Surface, himmelblau, ill_conditioned

FITS = [convergence_rate, power_law_exponent]
t = np.arange(200.0)

flat_bottom = Surface(
    name="flat bottom",
    formula="w^4",
    dim=1,
    minima=np.zeros((1, 1)),
    start=np.array([1.0]),
    domain=np.array([[-1.0, 1.0]]),
    _value=lambda x: x**4,
    _gradient=lambda x: (4 * x**3,),
    _hessian=lambda x: ((12 * x**2,),),
)


# --- A factor per step ----------------------------------------------------------------------------------------


@given(st.floats(0.01, 1.5), st.floats(1e-6, 1e6), st.integers(3, 100))
def test_a_geometric_fall_has_its_own_factor(factor, scale, length):
    fit = convergence_rate(scale * factor ** np.arange(float(length)))
    np.testing.assert_allclose(fit.factor, factor, rtol=1e-8)
    np.testing.assert_allclose(fit.r_squared, 1, atol=1e-6)


@pytest.mark.parametrize("kappa", [1.5, 10.0, 100.0, 1000.0])
def test_gradient_descent_at_its_best_rate_converges_as_the_condition_number_says(kappa):
    surface = ill_conditioned(kappa, angle=0.3)
    losses = descend(surface, surface.start, gradient_descent, steps=400, lr=2 / (kappa + 1)).losses
    np.testing.assert_allclose(convergence_rate(losses).factor, ((kappa - 1) / (kappa + 1)) ** 2, rtol=1e-6)


@pytest.mark.parametrize("lr", [0.2, 0.5, 1.0, 1.9])
def test_the_slowest_direction_decides_in_the_end(lr):
    # Curvatures 1 and 0.02: the steep direction dies out in the first steps, and is not fitted.
    surface = ill_conditioned(50)
    losses = descend(surface, surface.start, gradient_descent, steps=300, lr=lr / 50).losses
    np.testing.assert_allclose(convergence_rate(losses).factor, (1 - lr / 50) ** 2, rtol=1e-3)


@pytest.mark.parametrize("rho", [0.8, 0.9, 0.95])
def test_a_swinging_momentum_converges_by_rho(rho):
    surface = ill_conditioned(4)
    losses = descend(surface, surface.start, momentum, steps=300, lr=0.2, rho=rho).losses
    np.testing.assert_allclose(convergence_rate(losses).factor, rho, rtol=0.01)


def test_a_floor_of_rounding_errors_is_not_fitted():
    noise = 1e-16 * np.random.default_rng(0).uniform(0.1, 2, 200)
    fit = convergence_rate(3 * 0.7**t + noise)
    np.testing.assert_allclose(fit.factor, 0.7, rtol=1e-3)
    assert fit.r_squared > 0.9999
    # Three quarters of the way from 3 down to some 1e-17, which takes about 110 steps.
    assert 35 <= fit.first < fit.last <= 85


def test_a_plateau_far_above_zero_is_not_fitted_either():
    fit = convergence_rate(0.8**t + 1e-4)
    np.testing.assert_allclose(fit.factor, 0.8, rtol=0.02)
    assert fit.last < 60


def test_a_descent_that_reaches_the_precision_of_a_minimum_shows_the_rate_before():
    # Measured from the loss at the minimum, which is known to 1e-30 or so: the end is noise, or exactly zero.
    minimum, lr = himmelblau.minima[0], 0.005
    slowest = np.linalg.eigvalsh(himmelblau.hessian(minimum))[0]
    losses = descend(himmelblau, minimum + 0.2, gradient_descent, steps=600, lr=lr).losses
    np.testing.assert_allclose(convergence_rate(losses).factor, (1 - lr * slowest) ** 2, rtol=1e-3)


def test_a_loss_that_reaches_zero_exactly_is_fitted_until_then():
    losses = np.where(t < 30, 0.5**t, 0.0)
    fit = convergence_rate(losses)
    np.testing.assert_allclose(fit.factor, 0.5, rtol=1e-12)
    assert fit.last < 30


def test_a_run_that_is_at_its_floor_after_one_step_is_fitted_over_two():
    fit = convergence_rate([1.0, *[1e-16] * 20])
    np.testing.assert_allclose(fit.factor, 1e-8, rtol=1e-9)
    assert (fit.first, fit.last) == (0, 2)
    assert fit.r_squared < 0.8


def test_a_run_that_diverges_has_a_factor_above_one():
    surface = ill_conditioned(10)
    losses = descend(surface, surface.start, gradient_descent, steps=2000, lr=0.3).losses
    assert not np.isfinite(losses[-1])
    np.testing.assert_allclose(convergence_rate(losses).factor, 4, rtol=1e-6)


def test_a_run_that_stands_still_has_the_factor_one():
    fit = convergence_rate(np.full((50, 3), [0.1, 0.3, 1e-5]))
    np.testing.assert_array_equal([fit.factor, fit.r_squared], 1)


def test_a_run_off_the_line_says_so():
    steady, slowing, noisy = convergence_rate(
        np.stack([0.9**t, 1 / (1 + t), np.exp(np.random.default_rng(0).standard_normal(200))], axis=1)
    ).r_squared
    assert steady > 0.999999
    assert noisy < 0.5
    assert 0.9 < slowing < 0.996


def test_the_fit_is_that_of_least_squares():
    losses = 0.97**t * np.exp(0.1 * np.random.default_rng(0).standard_normal(200))
    fit = convergence_rate(losses)
    steps = np.arange(fit.first, fit.last + 1)
    slope, _ = np.polyfit(steps, np.log(losses[steps]), 1)
    np.testing.assert_allclose(fit.factor, np.exp(slope), rtol=1e-12)
    np.testing.assert_allclose(
        fit.r_squared, np.corrcoef(steps, np.log(losses[steps]))[0, 1] ** 2, rtol=1e-10
    )


# --- A power of the step --------------------------------------------------------------------------------------


@given(st.floats(0.1, 3.0), st.floats(1e-6, 1e6), st.integers(4, 300))
def test_a_power_law_has_its_own_exponent(exponent, scale, length):
    steps = np.arange(1.0, length)
    fit = power_law_exponent(np.concatenate([[scale], scale * steps**-exponent]))
    np.testing.assert_allclose(fit.exponent, exponent, rtol=1e-6)
    np.testing.assert_allclose(fit.r_squared, 1, atol=1e-6)


def test_a_bottom_of_fourth_order_is_approached_as_one_over_the_square_of_the_steps():
    # dw/dt = -4 lr w^3 has the solution w = (8 lr t)^(-1/2), so the loss is (8 lr t)^-2.
    losses = descend(flat_bottom, [1.0], gradient_descent, steps=20_000, lr=0.05).losses
    np.testing.assert_allclose(power_law_exponent(losses).exponent, 2, rtol=0.02)


def test_a_sublinear_fall_is_straighter_on_two_logarithmic_axes_and_a_linear_one_on_one():
    sublinear, linear = 1 / np.sqrt(1 + t), 0.9**t
    assert power_law_exponent(sublinear).r_squared > 0.999 > convergence_rate(sublinear).r_squared
    assert convergence_rate(linear).r_squared > 0.999 > power_law_exponent(linear).r_squared
    np.testing.assert_allclose(power_law_exponent(sublinear).exponent, 0.5, rtol=0.1)


def test_the_second_half_of_the_steps_on_a_logarithmic_axis_is_fitted():
    # The loss before the first step may be anything.
    fit = power_law_exponent(np.concatenate([[1e-9], np.arange(1.0, 10_001) ** -1.0]))
    # Three quarters of the way down is at 10000**0.75 steps; from its square root on.
    assert (fit.first, fit.last) == (32, 1000)


# --- Both -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fit", FITS)
def test_many_runs_equal_each_run_on_its_own(fit):
    rng = np.random.default_rng(0)
    losses = rng.uniform(0.5, 1.02, (3, 4)) ** t[:, None, None] * rng.uniform(0.9, 1.1, (200, 3, 4))
    losses[50:, 0, 0], losses[2:, 0, 1], losses[20:, 0, 2], losses[:, 0, 3] = 0, 0, np.nan, np.inf
    together = fit(losses)
    for run in np.ndindex(3, 4):
        alone = fit(losses[:, *run])
        for many, one in zip(together, alone, strict=True):
            np.testing.assert_allclose(many[run], one, rtol=1e-12)


@pytest.mark.parametrize("fit", FITS)
@given(st.integers(0, 2**32), st.floats(1e-9, 1e9))
def test_the_unit_of_the_loss_does_not_matter(fit, seed, scale):
    rng = np.random.default_rng(seed)
    losses = np.cumprod(rng.uniform(0.8, 1.05, 60))
    for unscaled, scaled in zip(fit(losses), fit(scale * losses), strict=True):
        np.testing.assert_allclose(unscaled, scaled, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("fit", FITS)
def test_too_little_before_the_end_is_no_rate(fit):
    losses = np.array(
        [[1.0, 1.0, np.inf], [0.0, 0.5, np.inf], [0.0, np.nan, 1.0], [0.0, 0.1, 1.0], [0.0, 0.1, 1.0]]
    )
    value, r_squared, *_ = fit(losses)
    assert np.isnan(value).all()
    assert np.isnan(r_squared).all()


@pytest.mark.parametrize("fit", FITS)
def test_losses_of_the_library_fit_without_warnings_and_are_left_alone(fit):
    for surface in SURFACES.values():
        if len(surface.minima):
            path = descend(surface, surface.start, gradient_descent, steps=50, lr=1e-3)
            losses = path.losses - surface.value(surface.minima[0])
            before = losses.copy()
            fit(losses)
            np.testing.assert_array_equal(losses, before)


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize(
    ("losses", "message"),
    [
        ([1.0, 0.5, -0.1, -0.2], r"none is negative; the lowest is -0\.2\. Subtract the loss at the minimum"),
        ([1.0, -3.0, np.nan, np.nan], r"the lowest is -3\."),
        ([8, 4, 2, 1], "losses must be floating point, got int64"),
        ([1.0, 0.5], r"A rate needs at least [34] losses, steps first; got shape \(2,\)"),
        (1.0, r"A rate needs at least [34] losses, steps first; got shape \(\)"),
    ],
)
def test_losses_without_a_logarithm_are_refused(fit, losses, message):
    with pytest.raises(ValueError, match=message):
        fit(losses)
