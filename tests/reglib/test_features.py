import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

import reglib

moderate = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))
tables = arrays(float, st.tuples(st.integers(1, 12), st.integers(1, 4)), elements=moderate)


def test_standardize_agrees_with_scikit_learn():
    X = np.random.default_rng(0).normal(5, 3, size=(40, 6))
    scaler = StandardScaler().fit(X)
    Z, mean, scale = reglib.standardize(X)
    np.testing.assert_allclose(Z, scaler.transform(X), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(mean, scaler.mean_, rtol=1e-14)
    np.testing.assert_allclose(scale, scaler.scale_, rtol=1e-14)


@given(tables)
def test_standardized_columns_have_mean_0_and_deviation_1(X):
    Z, mean, scale = reglib.standardize(X)
    constant = X.max(axis=0) == X.min(axis=0)
    spread = np.abs(X).max(axis=0) / scale
    np.testing.assert_array_less(np.abs(Z.mean(axis=0)), 1e-15 * len(X) * (1 + spread))
    np.testing.assert_allclose(Z.std(axis=0)[~constant], 1, rtol=1e-9)
    np.testing.assert_array_equal(Z[:, constant], 0)
    np.testing.assert_array_equal(scale[constant], 1)
    np.testing.assert_allclose(Z * scale + mean, X, rtol=1e-12, atol=1e-12 * np.abs(X).max())


@pytest.mark.parametrize("value", [0.1, 1e300, -1e-300, 3])
@pytest.mark.parametrize("n", [1, 7, 10, 49])
def test_a_constant_column_becomes_exact_zeros(value, n):
    Z, mean, scale = reglib.standardize(np.full((n, 1), value))
    assert (Z == 0).all() and mean == value and scale == 1


@pytest.mark.parametrize("size", [1e-200, 1e-5, 1e200])
def test_standardize_at_extreme_scales(size):
    X = np.random.default_rng(0).normal(size=(30, 2))
    Z, _, scale = reglib.standardize(size * X)
    np.testing.assert_allclose(Z, reglib.standardize(X)[0], rtol=1e-12)
    np.testing.assert_allclose(scale, size * X.std(axis=0), rtol=1e-12)


@pytest.mark.parametrize("degree", [1, 2, 7])
def test_polynomial_agrees_with_scikit_learn(degree):
    x = np.random.default_rng(0).uniform(-2, 2, size=20)
    expected = PolynomialFeatures(degree, include_bias=False).fit_transform(x[:, None])
    np.testing.assert_allclose(reglib.polynomial(x, degree), expected, rtol=1e-13)


def test_powers_of_integers_are_exact():
    np.testing.assert_array_equal(reglib.polynomial([-3, 2], 5)[0], [-3, 9, -27, 81, -243])
