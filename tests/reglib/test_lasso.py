"""The lasso's path, held to duality gaps over thousands of hard cases, and to scikit-learn."""

import numpy as np
import pytest
from sklearn.linear_model import Lasso, lasso_path

import reglib
from reglib.bases import Basis


def lambda_max(X, y):
    return np.abs((X - X.mean(axis=0)).T @ (y - y.mean())).max() / len(y)


def assert_optimal(X, y, path, tolerance, lam_min=0.0):
    """Assert that the gaps at λ ≥ lam_min are below the tolerance and what rounding w allows.

    Rounding every w_j to a float moves x_jᵀr/n by eps · ‖x_j‖‖x_k‖|w_k|/n, and with it the gap,
    as a share of J(0, ȳ), by some eps · (Σ sd(x_j)|w_j|)² / J(0, ȳ): no answer can promise less.
    The largest w on the path counts, since each knot is found from its neighbours.
    """
    size = (np.abs(path.coef) @ np.std(X, axis=0)).max()
    rounding = 30 * np.finfo(float).eps * size**2 / (np.var(y) / 2)
    for lam, b, w in zip(*path, strict=True):
        if lam >= lam_min:
            assert reglib.duality_gap(w, b, X, y, lam) <= tolerance + rounding


def small_integers(rng):
    """Ties everywhere: many features reach ±λ, or zero, at the same λ."""
    n, p, m = rng.integers(2, 14), rng.integers(1, 10), rng.integers(1, 4)
    return rng.integers(-m, m + 1, size=(n, p)), rng.integers(-m, m + 1, size=n)


def copies(rng):
    """Duplicate, negated, doubled, added and constant columns, in any order."""
    n, p = rng.integers(3, 14), rng.integers(2, 8)
    whole = rng.random() < 0.5
    X = rng.integers(-2, 3, size=(n, p)).astype(float) if whole else rng.normal(size=(n, p))
    factors = rng.choice([1.0, -1.0, 2.0], size=3)
    extra = [factor * X[:, rng.integers(p)] for factor in factors]
    X = np.column_stack([X, *extra, X[:, 0] + X[:, 1], np.full(n, 0.1)])
    y = rng.integers(-3, 4, size=n).astype(float) if rng.random() < 0.5 else rng.normal(size=n)
    return X[:, rng.permutation(X.shape[1])], y


def wide(rng):
    """At least as many features as rows."""
    n = rng.integers(2, 14)
    p = rng.integers(n, 4 * n)
    if rng.random() < 0.5:
        return rng.normal(size=(n, p)), rng.normal(size=n)
    return rng.integers(-2, 3, size=(n, p)), rng.integers(-2, 3, size=n)


def correlated(rng):
    """Features that share a part, and an offset."""
    n, p = rng.integers(5, 60), rng.integers(1, 10)
    X = rng.normal(size=(n, p))
    return X + rng.normal(0, 2) * X[:, :1] + rng.normal(size=p), rng.normal(size=n) + 5


def check_path(X, y, lam_min, tolerance, rng):
    """Assert that the knots, and points between them, are optimal down to lam_min · λ_max."""
    lam_max = lambda_max(X, y)
    knots = reglib.lasso_knots(X, y, lam_min * lam_max)
    assert (np.diff(knots.lams) < 0).all()
    assert knots.lams[-1] == lam_min * lam_max
    assert (knots.coef[0] == 0).all()
    if lam_max < 1e-12:  # y constant, or unrelated to X but for rounding
        return
    assert_optimal(X, y, knots, tolerance, lam_min * lam_max)
    lams = lam_max * 10 ** rng.uniform(np.log10(lam_min), 0.1, size=4)
    path = reglib.lasso_path(X, y, lams)
    assert (path.coef[lams >= lam_max] == 0).all()
    assert_optimal(X, y, path, tolerance)


@pytest.mark.parametrize("make", [small_integers, copies, wide, correlated])
@pytest.mark.parametrize("batch", range(6))
def test_2400_paths_are_optimal_to_1e_13(make, batch):
    for seed in range(100 * batch, 100 * batch + 100):
        rng = np.random.default_rng(seed)
        X, y = make(rng)
        check_path(X, y, 1e-6, 1e-13, rng)


@pytest.mark.parametrize("low", [-1, 0])
@pytest.mark.parametrize("batch", range(5))
def test_degree_15_polynomials_are_optimal_to_1e_10(low, batch):
    for seed in range(20 * batch, 20 * batch + 20):
        rng = np.random.default_rng(seed)
        x = rng.uniform(low, 1, size=rng.integers(30, 100))
        X, y = reglib.polynomial(x, 15), np.sin(4 * x) + 0.1 * rng.normal(size=len(x))
        check_path(X, y, 1e-6, 1e-10, rng)


@pytest.mark.parametrize("seed", range(40))
def test_columns_of_very_different_size(seed):
    """In units that differ by 1e12 the gap mixes scales, so the conditions themselves are held."""
    rng = np.random.default_rng(seed)
    n, p = rng.integers(3, 14), rng.integers(1, 8)
    X = rng.normal(size=(n, p)) * 10.0 ** rng.integers(-6, 6, size=p)
    y = rng.normal(size=n) * 10.0 ** rng.integers(-4, 5)
    lam_max = lambda_max(X, y)
    for lam, b, w in zip(*reglib.lasso_knots(X, y, 1e-6 * lam_max), strict=True):
        violation = reglib.kkt_violation(w, b, X, y, lam)
        assert violation <= 1e-12 * lam_max + 1e-15 * np.abs(y).max()


def test_ties_among_columns_of_very_different_size():
    """Down to λ = 0, every slope is within its limit by what rounding does to its own column."""
    for seed in range(100):
        rng = np.random.default_rng(seed)
        n, p = rng.integers(3, 12), rng.integers(1, 25)
        X = rng.integers(-3, 4, size=(n, p)) * 10.0 ** rng.integers(-8, 8, size=p)
        y = np.append(rng.integers(-5, 6, size=n - 1), 6.0)
        X, y = X - X.mean(axis=0), y - y.mean()
        for lam, w in zip(*reglib.lasso_knots(X, y)[::2], strict=True):
            gradient = -X.T @ (y - X @ w) / n
            violation = reglib.L1.violation(w, gradient, lam)
            assert (violation <= 1e-11 * np.abs(X).max(axis=0) * np.abs(y).max()).all()


def test_a_segment_stays_the_solution_through_joins_and_leaves():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(30, 12)), rng.normal(size=30)
    G, c = X.T @ X, X.T @ y
    basis, s = Basis(X, y), np.zeros(12)
    for step in [0, 1, 2, 3, -1, 4, 5, -3, 6, -1, 7, 8, -6]:
        if step >= 0:
            assert basis.join(step)
            s[step] = rng.choice([-1.0, 1.0])
        else:
            left = basis.A[step]
            basis.leave(left)
            s[left] = 0.0
        A, k = basis.A, len(basis.A)
        assert sorted(A) == list(s.nonzero()[0])
        np.testing.assert_allclose(basis.Q @ basis.Q.T, np.eye(k), atol=1e-13)
        np.testing.assert_allclose(X[:, A] @ basis.T, basis.Q.T, atol=1e-13)
        u, v = np.zeros((2, 12))
        u[A], v[A] = np.linalg.solve(G[np.ix_(A, A)], np.array([c[A], s[A]]).T).T
        found = basis.segment(s)
        np.testing.assert_allclose(found[:2], [u, v], atol=1e-13)
        np.testing.assert_allclose(found[4:], [c - G @ u, G @ v], atol=1e-12)
    basis.X = np.column_stack([X, X[:, A] @ np.arange(1, k + 1)])
    basis.length = np.linalg.norm(basis.X, axis=0)
    assert not basis.join(12)


@pytest.mark.parametrize(("n", "p"), [(100, 10), (30, 80), (50, 50), (300, 20)])
def test_the_path_agrees_with_scikit_learn(n, p):
    rng = np.random.default_rng(p)
    X = rng.normal(2, 1, size=(n, p))
    y = X[:, :3] @ [3.0, -2.0, 1.0] + rng.normal(size=n)
    lams = reglib.lambda_grid(X, y, num=12, eps=0.02)
    path = reglib.lasso_path(X, y, lams)
    _, theirs, _ = lasso_path(
        X - X.mean(axis=0), y - y.mean(), alphas=lams, tol=1e-14, max_iter=10**6
    )
    np.testing.assert_allclose(path.coef, theirs.T, rtol=1e-6, atol=1e-7)
    alone = Lasso(alpha=lams[6], tol=1e-14, max_iter=10**6).fit(X, y)
    np.testing.assert_allclose(path.intercept[6], alone.intercept_, rtol=1e-7)


def test_the_knots_of_orthogonal_features_are_their_correlations():
    """With XᵀX = nI every w_j is the soft threshold of c_j = x_jᵀy/n."""
    X = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]], dtype=float)
    y = X @ [3.0, -2.0, 0.5] + 7
    knots = reglib.lasso_knots(X, y)
    np.testing.assert_allclose(knots.lams, [3, 2, 0.5, 0], atol=1e-14)
    for lam, w in zip(knots.lams, knots.coef, strict=True):
        np.testing.assert_allclose(w, reglib.soft_threshold([3, -2, 0.5], lam), atol=1e-14)
    np.testing.assert_allclose(knots.intercept, 7, rtol=1e-14)


def test_every_lambda_keeps_its_place():
    X, y = correlated(np.random.default_rng(3))
    lams = np.array([0.01, 5.0, 0.0, 0.3, 0.01, 100.0])
    path = reglib.lasso_path(X, y, lams)
    np.testing.assert_array_equal(path.lams, lams)
    for k, lam in enumerate(lams):
        alone = reglib.lasso_path(X, y, [lam])
        np.testing.assert_allclose(path.coef[k], alone.coef[0], rtol=1e-9, atol=1e-12)


def test_lambda_0_is_least_squares():
    X, y = correlated(np.random.default_rng(5))
    w, b = reglib.least_squares(X, y)
    path = reglib.lasso_path(X, y, [0.0])
    np.testing.assert_allclose(path.coef[0], w, rtol=1e-9)
    np.testing.assert_allclose(path.intercept[0], b, rtol=1e-9)


def test_a_singular_lambda_0_is_the_limit_of_the_path():
    X, y = wide(np.random.default_rng(1))
    end, near = reglib.lasso_path(X, y, [0.0, 1e-9]).coef
    np.testing.assert_allclose(
        reglib.predict(reglib.lasso_path(X, y, [0.0]), X)[:, 0], y, atol=1e-9
    )
    np.testing.assert_allclose(end, near, atol=1e-6)


@pytest.mark.parametrize("lams", [[0.0, 1.0], [2.0], [0.5, 0.5]])
def test_a_constant_y_has_no_coefficients(lams):
    X = np.random.default_rng(0).normal(size=(9, 4))
    path = reglib.lasso_path(X, np.full(9, 0.1), lams)
    assert (path.coef == 0).all()
    np.testing.assert_allclose(path.intercept, 0.1, rtol=1e-15)


def test_a_constant_column_never_joins():
    X, y = correlated(np.random.default_rng(2))
    knots = reglib.lasso_knots(np.column_stack([np.full(len(y), 0.1), X]), y)
    assert (knots.coef[:, 0] == 0).all()


@pytest.mark.parametrize("make", [correlated, small_integers])
@pytest.mark.parametrize("seed", range(10))
def test_coordinate_descent_reaches_the_exact_path(make, seed):
    X, y = make(np.random.default_rng(seed))
    lam_max = lambda_max(X, y)
    if lam_max < 1e-12:
        return
    for share in (1.0, 0.3, 0.03):
        by_cd = reglib.lasso_cd(X, y, share * lam_max)
        assert reglib.duality_gap(by_cd.coef[0], by_cd.intercept[0], X, y, by_cd.lams[0]) <= 1e-10
        exact = reglib.lasso_path(X, y, [share * lam_max])
        J = [
            reglib.objective(fit.coef[0], fit.intercept[0], X, y, share * lam_max)
            for fit in (by_cd, exact)
        ]
        assert J[1] <= J[0] + 1e-15 and J[0] - J[1] <= 1e-10 * np.var(y) / 2


def test_coordinate_descent_says_when_it_gives_up():
    x = np.linspace(0, 1, 20)
    with pytest.warns(RuntimeWarning, match="did not reach tol = 1e-15"):
        reglib.lasso_cd(reglib.polynomial(x, 8), np.sin(9 * x), 1e-9, tol=1e-15)


def test_soft_threshold_minimises():
    z, t = np.linspace(-3, 3, 41)[:, None], np.array([0.0, 0.5, 1.3])
    w = reglib.soft_threshold(z, t)
    for other in (w + 1e-3, w - 1e-3, np.zeros_like(w), z + 0 * t):
        J = [(v - z) ** 2 / 2 + t * np.abs(v) for v in (w, other)]
        assert (J[0] <= J[1] + 1e-15).all()
