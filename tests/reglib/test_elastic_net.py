"""The elastic net, held to its certificates over hard cases and to scikit-learn."""

import warnings

import numpy as np
import pytest
from sklearn.linear_model import ElasticNet

import reglib


def hard_case(rng):
    """Return a small problem: ties, copies, wide, correlated, or of mixed scale."""
    n, p = rng.integers(2, 16), rng.integers(1, 20)
    kind = rng.integers(4)
    X = rng.integers(-2, 3, size=(n, p)).astype(float) if kind == 0 else rng.normal(size=(n, p))
    y = rng.integers(-2, 3, size=n).astype(float) if kind == 0 else rng.normal(size=n)
    if kind == 1:
        X = np.column_stack([X, X[:, 0], -X[:, 0], X[:, 0] + X[:, -1], np.full(n, 0.1)])
    elif kind == 2:
        X = X + rng.normal(0, 3) * X[:, :1] + 5
    elif kind == 3:
        X = X * 10.0 ** rng.integers(-4, 4, size=p)
    return X, y


@pytest.mark.parametrize("l1_ratio", [0.01, 0.5, 0.999])
@pytest.mark.parametrize("batch", range(5))
def test_900_hard_cases_are_optimal(l1_ratio, batch):
    for seed in range(60 * batch, 60 * batch + 60):
        X, y = hard_case(np.random.default_rng(seed))
        lam_max = np.abs((X - X.mean(axis=0)).T @ (y - y.mean())).max() / len(y) / l1_ratio
        if lam_max < 1e-12:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            path = reglib.elastic_net_path(X, y, lam_max * np.geomspace(1.1, 1e-5, 6), l1_ratio)
        assert (path.coef[0] == 0).all()
        penalty = reglib.ElasticNet(l1_ratio)
        for lam, b, w in zip(*path, strict=True):
            assert reglib.kkt_violation(w, b, X, y, lam, penalty) <= 1e-12 * lam_max
            assert reglib.duality_gap(w, b, X, y, lam, penalty) <= 1e-12


def problem(n, p):
    rng = np.random.default_rng(p)
    X = rng.normal(1, 2, size=(n, p))
    return X, X[:, :3] @ [1.0, -2.0, 3.0] + rng.normal(size=n)


@pytest.mark.parametrize(("n", "p"), [(50, 8), (20, 60), (200, 30)])
@pytest.mark.parametrize("l1_ratio", [0.1, 0.9])
def test_it_agrees_with_scikit_learn(n, p, l1_ratio):
    X, y = problem(n, p)
    lams = reglib.lambda_grid(X, y, num=8, penalty=reglib.ElasticNet(l1_ratio))[::-1]
    path = reglib.elastic_net_path(X, y, lams, l1_ratio)
    np.testing.assert_array_equal(path.lams, lams)
    for k, lam in enumerate(lams):
        theirs = ElasticNet(alpha=lam, l1_ratio=l1_ratio, tol=1e-15, max_iter=10**6).fit(X, y)
        np.testing.assert_allclose(path.coef[k], theirs.coef_, rtol=1e-6, atol=1e-6)
        np.testing.assert_allclose(path.intercept[k], theirs.intercept_, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("n", "p"), [(50, 8), (20, 60)])
def test_its_ends_are_ridge_and_the_lasso(n, p):
    X, y = problem(n, p)
    lams = [0.5, 0.05]
    np.testing.assert_array_equal(
        reglib.elastic_net_path(X, y, lams, 0).coef, reglib.ridge_path(X, y, lams).coef
    )
    np.testing.assert_array_equal(
        reglib.elastic_net_path(X, y, lams, 1).coef, reglib.lasso_path(X, y, lams).coef
    )
    near = reglib.elastic_net_path(X, y, lams, 1e-9).coef
    np.testing.assert_allclose(near, reglib.ridge_path(X, y, lams).coef, atol=1e-6)


def test_copies_share_their_coefficient():
    X, y = problem(40, 5)
    w = reglib.elastic_net_path(np.column_stack([X, X[:, 0]]), y, [0.1, 1e-6], 0.5).coef
    np.testing.assert_allclose(w[:, 0], w[:, 5], rtol=1e-6)


@pytest.mark.parametrize(("n", "p"), [(50, 8), (20, 60)])
def test_lambda_0_is_least_squares(n, p):
    X, y = problem(n, p)
    path = reglib.elastic_net_path(X, y, [0.0, 0.1], 0.5)
    w, b = reglib.least_squares(X, y)
    np.testing.assert_array_equal(path.coef[0], w)
    np.testing.assert_allclose(path.intercept[0], b, rtol=1e-12)
    np.testing.assert_array_equal(path.coef[1], reglib.elastic_net_path(X, y, [0.1], 0.5).coef[0])
