"""Ridge regression held to exact rational arithmetic, to scikit-learn and to its own theory."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge, RidgeCV

import reglib


def make(n, p, seed=0, mean=2.0):
    """Return X with columns of different sizes, and a y that depends on all of them."""
    rng = np.random.default_rng(seed)
    X = rng.normal(mean, 1, size=(n, p)) * np.geomspace(0.5, 2, p)
    return X, X @ rng.normal(size=p) + rng.normal(size=n) + 10


def exact_ridge(X, y, lam):
    """Return ridge's w in rational arithmetic: (XᵀX + nλI) w = Xᵀy, centred, by elimination.

    Floats are whole numbers over a power of two; n times a column, less its sum, is centred.
    """
    n, p = X.shape
    ratios = [[v.as_integer_ratio() for v in column.tolist()] for column in [*X.T, y]]
    unit = max(below for column in ratios for _, below in column)
    columns = [[above * (unit // below) for above, below in column] for column in ratios]
    means = [Fraction(sum(column), n * unit) for column in columns]
    *x, target = [[n * v - total for v in column] for column in columns for total in [sum(column)]]

    def dot(a, b):
        return Fraction(sum(v * w for v, w in zip(a, b, strict=True)), (n * unit) ** 2)

    rows = [[dot(a, b) for b in x] + [dot(a, target)] for a in x]
    for j in range(p):
        rows[j][j] += n * Fraction(lam)
    for j in range(p):
        rows[j] = [v / rows[j][j] for v in rows[j]]
        for i in range(p):
            if i != j:
                rows[i] = [v - rows[i][j] * u for v, u in zip(rows[i], rows[j], strict=True)]
    w = [row[-1] for row in rows]
    b = means[-1] - sum(v * mean for v, mean in zip(w, means, strict=False))
    return np.array([float(v) for v in w]), float(b)


@pytest.mark.parametrize("condition", [1, 8, 12, 1e3, 1e7])
@pytest.mark.parametrize("lam", [0.0, 1.0])
def test_long_data_are_as_exact_as_their_condition_allows(lam, condition):
    """Long enough for the Cholesky factor, on both sides of the condition at which it is left."""
    rng = np.random.default_rng(0)
    U = np.linalg.qr(rng.normal(size=(26_000, 4)))[0]
    X = 100 * U * np.geomspace(1, 1 / condition, 4) @ np.linalg.qr(rng.normal(size=(4, 4)))[0]
    y = X @ [1.0, 2.0, -1.0, 3.0] + 0.01 * rng.normal(size=26_000)
    w, b = exact_ridge(X, y, lam)
    path = reglib.ridge_path(X, y, [lam])
    error = np.linalg.norm(path.coef[0] - w) / np.linalg.norm(w)
    assert error <= max(1e-13, 10 * np.finfo(float).eps * condition)
    assert abs(path.intercept[0] - b) <= 1e-13 * np.abs(y).max()


def degree_15(low, n, seed):
    rng = np.random.default_rng(seed)
    x = rng.uniform(low, 1, size=n)
    return reglib.polynomial(x, 15), np.sin(3 * x) + rng.normal(0, 0.1, size=n)


@pytest.mark.parametrize("lam", [0.0, 1e-8, 1e-3, 1.0, 100.0])
@pytest.mark.parametrize(("n", "p"), [(20, 5), (12, 8), (60, 3)])
def test_well_conditioned_ridge_is_exact_to_1e_13(n, p, lam):
    X, y = make(n, p)
    w, b = exact_ridge(X, y, lam)
    path = reglib.ridge_path(X, y, [lam])
    assert np.linalg.norm(path.coef[0] - w) <= 1e-13 * np.linalg.norm(w)
    assert abs(path.intercept[0] - b) <= 1e-13 * abs(b)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("n", [30, 200])
@pytest.mark.parametrize("lam", [1e-14, 1e-10, 1e-3])
def test_a_degree_15_polynomial_is_exact_to_1e_9(lam, n, seed):
    """On [−1, 1] the normal equations lose all but five or six digits at λ = 1e-14."""
    X, y = degree_15(-1, n, seed)
    w, _ = exact_ridge(X, y, lam)
    error = np.linalg.norm(reglib.ridge_path(X, y, [lam]).coef[0] - w)
    assert error <= 1e-9 * np.linalg.norm(w)


@pytest.mark.parametrize("n", [30, 200])
@pytest.mark.parametrize("lam", [1e-14, 1e-10, 1e-3])
def test_powers_on_0_to_1_are_as_exact_as_their_condition_allows(lam, n):
    """The rows √(nλ)·I below X bound the condition number by s₁/√(nλ), some 2e7 at λ = 1e-14."""
    X, y = degree_15(0, n, seed=0)
    w, _ = exact_ridge(X, y, lam)
    condition = np.linalg.norm(X, 2) / np.sqrt(n * lam)
    error = np.linalg.norm(reglib.ridge_path(X, y, [lam]).coef[0] - w)
    assert error <= 10 * np.finfo(float).eps * max(condition, 10) * np.linalg.norm(w)


@pytest.mark.parametrize(("n", "p"), [(40, 5), (100, 20), (20, 60), (30, 30), (400, 8)])
def test_ridge_agrees_with_scikit_learn(n, p):
    X, y = make(n, p)
    lams = [10.0, 1.0, 0.01, 0.1]
    path = reglib.ridge_path(X, y, lams)
    assert path.coef.shape == (4, p) and path.intercept.shape == (4,)
    np.testing.assert_array_equal(path.lams, lams)
    for k, lam in enumerate(lams):
        theirs = Ridge(alpha=n * lam, solver="svd").fit(X, y)
        np.testing.assert_allclose(path.coef[k], theirs.coef_, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(path.intercept[k], theirs.intercept_, rtol=1e-10)


problems = st.builds(make, st.integers(2, 15), st.integers(1, 12), st.integers(0, 10**6))
penalty = st.floats(-6, 4).map(lambda power: 10**power)


@given(problems)
def test_lambda_0_is_least_squares_of_minimum_norm(problem):
    X, y = problem
    centred = X - X.mean(axis=0)
    w = np.linalg.pinv(centred) @ (y - y.mean())
    condition = np.linalg.norm(w) * np.linalg.norm(np.linalg.pinv(centred), 2)
    path = reglib.ridge_path(X, y, [0.0])
    np.testing.assert_allclose(path.coef[0], w, atol=1e-12 * (1 + condition) ** 2)
    np.testing.assert_allclose(path.intercept[0], y.mean() - X.mean(axis=0) @ path.coef[0])


@given(problems)
def test_an_infinite_penalty_leaves_the_mean(problem):
    X, y = problem
    path = reglib.ridge_path(X, y, [1e15])
    np.testing.assert_allclose(path.coef, 0, atol=1e-10)
    np.testing.assert_allclose(reglib.predict(path, X)[:, 0], y.mean(), rtol=1e-10)


@given(problems, st.lists(penalty, min_size=2, max_size=6))
def test_more_penalty_shrinks_more_and_fits_less(problem, lams):
    X, y = problem
    path = reglib.ridge_path(X, y, sorted(lams))
    norms = np.linalg.norm(path.coef, axis=1)
    losses = np.mean((y[:, None] - reglib.predict(path, X)) ** 2, axis=0)
    assert (np.diff(norms) <= 1e-9 * norms.max()).all()
    assert (np.diff(losses) >= -1e-12 * (y @ y)).all()


@given(problems, penalty)
def test_the_gradient_is_zero(problem, lam):
    X, y = problem
    path = reglib.ridge_path(X, y, [lam])
    residual = y - reglib.predict(path, X)[:, 0]
    size = len(y) * np.abs(X).max() * np.abs(y).max()
    np.testing.assert_allclose(residual.mean(), 0, atol=1e-12 * np.abs(y).max())
    gradient = -(X - X.mean(axis=0)).T @ residual / len(y) + lam * path.coef[0]
    np.testing.assert_allclose(gradient, 0, atol=1e-13 * size)


@given(problems, st.lists(penalty | st.just(0.0), min_size=1, max_size=5), st.randoms())
def test_every_lambda_keeps_its_place(problem, lams, random):
    X, y = problem
    lams = lams + lams[:1]
    random.shuffle(lams)
    path = reglib.ridge_path(X, y, lams)
    np.testing.assert_array_equal(path.lams, lams)
    for k, lam in enumerate(lams):
        alone = reglib.ridge_path(X, y, [lam])
        scale = np.abs(alone.coef).max()
        np.testing.assert_allclose(path.coef[k], alone.coef[0], rtol=1e-12, atol=1e-13 * scale)


@pytest.mark.parametrize("lam", [0.0, 1e-18, 1e-9, 0.3])
@pytest.mark.parametrize("n", [12, 80, 20000])
def test_a_duplicated_column_shares_its_coefficient(lam, n):
    """The two copies act as one column √2 times as long: their zero direction is not data."""
    X, y = make(n, 4)
    doubled = reglib.ridge_path(np.column_stack([X, X[:, 0]]), y, [lam]).coef[0]
    merged = reglib.ridge_path(X * [2**0.5, 1, 1, 1], y, [lam]).coef[0]
    np.testing.assert_allclose(doubled[[0, 4]], merged[0] / 2**0.5, rtol=1e-11)
    np.testing.assert_allclose(doubled[1:4], merged[1:], rtol=1e-11)


@pytest.mark.parametrize("value", [0.0, 3.0, 0.1, 1e12])
@pytest.mark.parametrize("lam", [0.0, 1e-12, 1.0])
def test_a_constant_column_gets_no_coefficient(value, lam):
    X, y = make(30, 3)
    with_constant = reglib.ridge_path(np.insert(X, 1, value, axis=1), y, [lam])
    without = reglib.ridge_path(X, y, [lam])
    assert with_constant.coef[0, 1] == 0
    np.testing.assert_allclose(with_constant.coef[0, [0, 2, 3]], without.coef[0], rtol=1e-12)
    np.testing.assert_allclose(with_constant.intercept, without.intercept, rtol=1e-12)


@pytest.mark.parametrize("lam", [0.0, 1e-3, 1.0])
def test_more_features_than_rows(lam):
    """Held to the dual form, w = Xᵀ(XXᵀ + nλI)⁺y, which solves an (n, n) system instead."""
    X, y = make(10, 35)
    centred = X - X.mean(axis=0)
    dual = np.linalg.pinv(centred @ centred.T + 10 * lam * np.eye(10), rcond=1e-13)
    w = centred.T @ dual @ (y - y.mean())
    np.testing.assert_allclose(reglib.ridge_path(X, y, [lam]).coef[0], w, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("size", [1e-160, 1e160])
def test_features_of_extreme_scale(size):
    X, y = make(20, 3)
    w = reglib.ridge_path(X, y, [0.0]).coef
    with np.errstate(over="raise", invalid="raise"):
        scaled = reglib.ridge_path(size * X, y, [0.0]).coef
    np.testing.assert_allclose(scaled * size, w, rtol=1e-10)


@pytest.mark.parametrize("X", [np.full((5, 2), 0.1), np.ones((1, 3)), [[1.0]]])
def test_nothing_to_learn_from(X):
    y = np.arange(float(len(X)))
    path = reglib.ridge_path(X, y, [0.0, 1.0])
    np.testing.assert_array_equal(path.coef, 0)
    np.testing.assert_allclose(path.intercept, y.mean())


@pytest.mark.parametrize(("n", "p"), [(20, 4), (12, 30), (9, 9)])
def test_least_squares_is_the_solution_of_minimum_norm(n, p):
    X, y = make(n, p)
    w, b = reglib.least_squares(X, y)
    assert w.shape == (p,) and isinstance(b, float)
    expected = np.linalg.pinv(X - X.mean(axis=0), rcond=1e-12) @ (y - y.mean())
    np.testing.assert_allclose(w, expected, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(b, y.mean() - X.mean(axis=0) @ w, rtol=1e-12)


def leave_one_out(X, y, lams):
    folds = reglib.kfold(len(y), len(y))
    return reglib.cross_validate(reglib.ridge_path, X, y, lams, folds).mean


@pytest.mark.parametrize(
    ("n", "p", "lams"),
    [
        (30, 5, [0.0, 1e-3, 1.0, 100.0]),
        (12, 40, [1e-3, 0.1, 10.0]),
        (12, 11, [1e-2, 1.0]),
        (200, 12, [1.0, 0.0]),
    ],
)
def test_the_closed_form_is_cross_validation_with_n_folds(n, p, lams):
    X, y = make(n, p)
    loo, _, _ = reglib.ridge_loo(X, y, lams)
    np.testing.assert_allclose(loo, leave_one_out(X, y, lams), rtol=1e-10)


@given(problems, st.lists(penalty, min_size=1, max_size=3))
def test_the_closed_form_is_cross_validation_whatever_the_shape(problem, lams):
    X, y = problem
    if len(y) < 3:
        return
    loo, _, _ = reglib.ridge_loo(X, y, lams)
    np.testing.assert_allclose(loo, leave_one_out(X, y, lams), rtol=1e-8)


def test_leave_one_out_with_more_features_than_rows_keeps_its_digits_as_lambda_falls():
    """Residual and 1 − h both vanish with λ, yet their ratio has a limit."""
    X, y = make(10, 25)
    loo, _, _ = reglib.ridge_loo(X, y, [1e-12, 1e-9])
    np.testing.assert_allclose(loo[0], loo[1], rtol=1e-6)


@pytest.mark.parametrize(("n", "p"), [(25, 6), (10, 30)])
def test_gcv_and_dof_are_those_of_the_explicit_hat_matrix(n, p):
    X, y = make(n, p)
    lams = [10.0, 0.01, 0.5]
    _, gcv, dof = reglib.ridge_loo(X, y, lams)
    Z = X - X.mean(axis=0)
    for k, lam in enumerate(lams):
        slopes = Z @ np.linalg.solve(Z.T @ Z + n * lam * np.eye(p), Z.T)
        hat = slopes + 1 / n
        np.testing.assert_allclose(dof[k], np.trace(slopes), rtol=1e-10)
        rss = np.sum((y - hat @ y) ** 2)
        np.testing.assert_allclose(gcv[k], rss / n / (1 - np.trace(hat) / n) ** 2, rtol=1e-10)


def test_leave_one_out_agrees_with_scikit_learn():
    X, y = make(40, 6)
    lams = np.array([0.01, 0.1, 1.0])
    theirs = RidgeCV(alphas=39 * lams, store_cv_results=True).fit(X, y)
    loo, _, _ = reglib.ridge_loo(X, y, lams)
    np.testing.assert_allclose(loo, theirs.cv_results_.mean(axis=0), rtol=1e-9)


@pytest.mark.parametrize(
    ("X", "lams", "message"),
    [
        (make(8, 20)[0], [1.0, 0.0], r"at lams\[1\] = 0 row \d has leverage 1.*pass larger λ"),
        (make(8, 7)[0], [0.0], r"at lams\[0\] = 0 row \d has leverage 1"),
        (np.column_stack([make(8, 2)[0], np.eye(8)[3]]), [0.0], "row 3 has leverage 1"),
    ],
)
def test_a_leverage_of_1_raises(X, lams, message):
    with pytest.raises(ValueError, match=message):
        reglib.ridge_loo(X, np.arange(8.0) ** 2, lams)
