"""Numbers far from 1: an offset costs no digit that the data have, a scale is right or refused."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reglib

RNG = np.random.default_rng(0)
#: Multiples of 1/1024, which 1e12 can be added to without rounding; so can it to the answers.
X = (RNG.normal(size=(40, 5)) * 1024).round() / 1024
Y = ((X @ [1.0, -2.0, 0.0, 0.5, 0.0] + RNG.normal(size=40)) * 1024).round() / 1024
LABELS = (np.median(Y) < Y).astype(float)
LAMS = [1.0, 0.1, 1e-3, 0.0]

FITS = {
    "ridge_path": lambda X, y: reglib.ridge_path(X, y, LAMS).coef,
    "ridge_loo": lambda X, y: np.array(reglib.ridge_loo(X, y, LAMS)),
    "lasso_path": lambda X, y: reglib.lasso_path(X, y, LAMS).coef,
    "lasso_knots": lambda X, y: reglib.lasso_knots(X, y).coef,
    "lasso_cd": lambda X, y: reglib.lasso_cd(X, y, 0.1).coef,
    "elastic_net_path": lambda X, y: reglib.elastic_net_path(X, y, LAMS, 0.5).coef,
    "proximal_path": lambda X, y: reglib.proximal_path(X, y, LAMS, reglib.ElasticNet(0.5)).coef,
    "lambda_grid": lambda X, y: reglib.lambda_grid(X, y, 5),
    "standardize": lambda X, y: reglib.standardize(X)[0],
}


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("offset", [1e6, -1e9, 1e12])
def test_an_offset_changes_nothing(fit, offset):
    one = FITS[fit](X, Y)
    other = FITS[fit](X + offset, Y + offset)
    rounding = 1e-9 if fit in ("lasso_cd", "proximal_path") else 1e-12  # those two stop earlier
    np.testing.assert_allclose(other, one, rtol=1e-11, atol=rounding)


def test_an_offset_changes_no_log_odds():
    one, other = (reglib.logistic_path(x, LABELS, LAMS[:3]).coef for x in (X, X + 1e12))
    np.testing.assert_allclose(other, one, rtol=1e-9)


#: Each fit of the lasso and the elastic net at λ = lam: w, or what there is to find of it.
SCALED = {
    "lasso_path": lambda X, y, lam: reglib.lasso_path(X, y, [lam]).coef[0],
    "lasso_knots": lambda X, y, lam: reglib.lasso_knots(X, y, lam).coef[-1],
    "lasso_cd": lambda X, y, lam: reglib.lasso_cd(X, y, lam).coef[0],
    "lasso by descent": lambda X, y, lam: reglib.proximal_path(X, y, [lam], reglib.L1).coef[0],
    "elastic_net_path": lambda X, y, lam: reglib.elastic_net_path(X, y, [lam], 1.0).coef[0],
}
powers = st.integers(-300, 300)


@pytest.mark.parametrize("fit", SCALED)
@given(powers, powers)
def test_a_scale_is_right_or_refused(fit, of_x, of_y):
    """With X in units a and y in units c, the lasso's λ is in units ac and its w in c/a."""
    a, c = 10.0**of_x, 10.0**of_y
    lam = 0.1 * a * c
    if not 0 < lam < np.inf or not 1e-300 < c / a < 1e300:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            w = SCALED[fit](X * a, Y * c, lam)
        except ValueError as problem:
            assert "pass it in other units" in str(problem)
            assert max(abs(of_x), abs(of_y)) >= 98
            return
    assert max(abs(of_x), abs(of_y)) <= 101
    np.testing.assert_allclose(w / (c / a), SCALED[fit](X, Y, 0.1), rtol=1e-8, atol=1e-9)


@given(st.integers(-160, 160))
def test_a_scale_of_both_is_right_or_refused_with_two_strengths(of_both):
    """With X and y in units a both strengths are in units a², and w has none."""
    a = 10.0**of_both
    lam = 0.1 * a**2 if abs(of_both) <= 150 else 1.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            w = reglib.elastic_net_path(X * a, Y * a, [lam], 0.5).coef[0]
        except ValueError as problem:
            assert "pass it in other units" in str(problem) and abs(of_both) >= 98
            return
    assert abs(of_both) <= 101
    np.testing.assert_allclose(w, reglib.elastic_net_path(X, Y, [0.1], 0.5).coef[0], rtol=1e-11)


@pytest.mark.parametrize("size", [1e-160, 1e160])
@pytest.mark.parametrize(
    "fit",
    [
        lambda X, y: reglib.lasso_path(X, y, [0.1]),
        lambda X, y: reglib.elastic_net_path(X, y, [0.1], 0.5),
        lambda X, y: reglib.lambda_grid(X, y),
        lambda X, y: reglib.logistic_path(X, LABELS, [0.1]),
    ],
)
def test_one_column_far_from_the_others_is_refused(fit, size):
    with pytest.raises(ValueError, match=r"X has a column of size .*: pass it in other units"):
        fit(X * [1, 1, size, 1, 1], Y)
