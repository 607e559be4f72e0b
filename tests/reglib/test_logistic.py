"""Logistic regression, held to its gradient, to scikit-learn, and to data that have no answer."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

import reglib


def make(n, p, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(2, 1, size=(n, p)) * np.geomspace(0.5, 2, p)
    f = (X - X.mean(axis=0))[:, : min(p, 3)] @ np.array([1.0, -1.0, 0.5])[: min(p, 3)]
    y = (f + rng.logistic(size=n) > 0).astype(int)
    y[:2] = 0, 1
    return X, y


def gradient_norms(path, X, y):
    """Return ‖∇J(w, b)‖ for every λ of the path."""
    excess = 1 / (1 + np.exp(-reglib.predict(path, X))) - np.asarray(y)[:, None]
    in_w = X.T @ excess / len(y) + path.lams * path.coef.T
    return np.linalg.norm(np.vstack([in_w, excess.mean(axis=0)]), axis=0)


@pytest.mark.parametrize(("n", "p"), [(100, 8), (40, 120), (30, 30), (500, 40)])
def test_the_gradient_vanishes(n, p):
    X, y = make(n, p)
    path = reglib.logistic_path(X, y, [1e-4, 10.0, 0.1, 1e-2, 1e3])
    assert (gradient_norms(path, X, y) <= 1e-8).all()


problems = st.builds(make, st.integers(4, 30), st.integers(1, 40), st.integers(0, 10**6))


@given(problems, st.lists(st.floats(-5, 3).map(lambda e: 10**e), min_size=1, max_size=4))
def test_the_gradient_vanishes_whatever_the_shape(problem, lams):
    X, y = problem
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        path = reglib.logistic_path(X, y, lams)
    np.testing.assert_array_equal(path.lams, lams)
    assert (gradient_norms(path, X, y) <= 1e-8).all()


@pytest.mark.parametrize(("n", "p"), [(80, 6), (30, 50)])
def test_it_agrees_with_scikit_learn(n, p):
    X, y = make(n, p)
    lams = [1.0, 0.1, 0.01]
    path = reglib.logistic_path(X, y, lams)
    for k, lam in enumerate(lams):
        theirs = LogisticRegression(C=1 / (n * lam), tol=1e-12, max_iter=10**5).fit(X, y)
        np.testing.assert_allclose(path.coef[k], theirs.coef_[0], rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(path.intercept[k], theirs.intercept_[0], rtol=1e-4, atol=1e-4)
        newton = LogisticRegression(
            C=1 / (n * lam), solver="newton-cholesky", tol=1e-12, max_iter=1000
        ).fit(X, y)
        np.testing.assert_allclose(path.coef[k], newton.coef_[0], rtol=1e-7, atol=1e-8)


def test_an_infinite_penalty_leaves_the_base_rate():
    X, y = make(50, 4)
    path = reglib.logistic_path(X, y, [1e12])
    np.testing.assert_allclose(path.coef, 0, atol=1e-10)
    np.testing.assert_allclose(1 / (1 + np.exp(-path.intercept)), y.mean(), rtol=1e-9)


def test_more_penalty_shrinks_more():
    X, y = make(60, 10)
    norms = np.linalg.norm(reglib.logistic_path(X, y, np.geomspace(1e-4, 100, 20)).coef, axis=1)
    assert (np.diff(norms) < 0).all()


@pytest.mark.parametrize("lam", [0.0, 1e-18, 1e-9])
def test_a_duplicated_column_shares_its_coefficient(lam):
    X, y = make(80, 3)
    doubled = reglib.logistic_path(np.column_stack([X, X[:, 0]]), y, [lam]).coef[0]
    merged = reglib.logistic_path(X * [2**0.5, 1, 1], y, [lam]).coef[0]
    np.testing.assert_allclose(doubled[[0, 3]], merged[0] / 2**0.5, rtol=1e-7)
    np.testing.assert_allclose(doubled[1:3], merged[1:], rtol=1e-7)


@pytest.mark.parametrize("lam", [0.0, 0.1])
def test_a_constant_column_gets_no_coefficient(lam):
    X, y = make(60, 3)
    path = reglib.logistic_path(np.column_stack([X, np.full(60, 0.1)]), y, [lam])
    assert abs(path.coef[0, 3]) <= 1e-15
    without = reglib.logistic_path(X, y, [lam])
    np.testing.assert_allclose(path.coef[0, :3], without.coef[0], rtol=1e-8)


@pytest.mark.parametrize(
    ("X", "y"),
    [
        ([[-1.0], [0.0], [1.0], [2.0]], [0, 0, 1, 1]),  # apart
        ([[-1.0], [0.0], [0.0], [2.0]], [0, 0, 1, 1]),  # apart but for rows at the boundary
        (make(20, 40)[0], make(20, 40)[1]),  # p > n
        ([[1e4, 1], [2e4, 1], [3e4, 2], [4e4, 2]], [0, 0, 1, 1]),
    ],
)
def test_separable_classes_without_penalty_warn_and_end(X, y):
    with pytest.warns(RuntimeWarning, match="no minimum found at λ = 0.*separable, pass λ > 0"):
        path = reglib.logistic_path(X, y, [0.0])
    assert np.isfinite(path.coef).all()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        reglib.logistic_path(X, y, [1e-3])


def test_no_warning_where_there_is_a_minimum():
    X, y = make(200, 3)
    X[0] = 50 * X[0]  # far out, and so predicted with near certainty
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        path = reglib.logistic_path(X, y, [0.0, 1e-12])
    assert (gradient_norms(path, X, y) <= 1e-8).all()


def test_large_log_odds_do_not_overflow():
    X, y = make(40, 2)
    with np.errstate(all="raise", under="ignore"):
        path = reglib.logistic_path(X * 1e4, y, [1e-6, 1.0])
    assert np.isfinite(path.coef).all()


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([1, 1, 1], "y holds only 1: pass rows of both classes"),
        ([0.0, 0.0, 0.0], "y holds only 0: pass rows of both classes"),
        ([1, 2, 2], "y must hold only 0 and 1: pass"),
        ([-1, 1, 1], "y must hold only 0 and 1: pass"),
        (["a", "b", "b"], "y must hold real numbers only"),
    ],
)
def test_bad_y(y, message):
    with pytest.raises(ValueError, match=message):
        reglib.logistic_path([[1.0], [2.0], [3.0]], y, [1.0])
