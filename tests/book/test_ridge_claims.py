"""What the ridge chapter claims about ridge, held to numbers."""

import numpy as np
import pytest

from reglib import predict, ridge_path, standardize
from reglib.widgets import RidgeExplorer
from reglib.widgets.ridge import LAMS

N, P, LAM = 12, 4, 0.3
rng = np.random.default_rng(5)
X = rng.normal(size=(N, P))
Y = X @ [2.0, -1.0, 0.5, 0.0] + rng.normal(size=N) + 3.0


def losses(path, X, y):
    return np.mean((y[:, None] - predict(path, X)) ** 2, axis=0) / 2


def test_no_point_within_the_budget_has_a_smaller_loss():
    path = ridge_path(X, Y, [LAM])
    budget = np.linalg.norm(path.coef)
    steps = np.random.default_rng(0).normal(size=(20_000, P))
    inside = path.coef[0] + steps * np.geomspace(1e-4, 1, 20_000)[:, None]
    inside = inside[np.linalg.norm(inside, axis=1) <= budget]
    centred = (Y - Y.mean())[:, None] - (X - X.mean(axis=0)) @ inside.T
    assert len(inside) > 1000
    assert (np.mean(centred**2, axis=0) / 2 >= losses(path, X, Y)[0] - 1e-12).all()


def test_a_larger_lambda_never_lowers_the_training_error_nor_lengthens_w():
    path = ridge_path(X, Y, np.geomspace(1e-6, 1e4, 500))
    assert (np.diff(losses(path, X, Y)) > 0).all()
    assert (np.diff(np.linalg.norm(path.coef, axis=1)) < 0).all()


def test_degrees_of_freedom_are_the_trace_and_what_each_fitted_value_follows():
    s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    dof = np.sum(s**2 / (s**2 + N * LAM))

    def fitted(y):
        return predict(ridge_path(X, y, [LAM]), X)[:, 0]

    moved = [fitted(Y + step)[i] - fitted(Y)[i] for i, step in enumerate(np.eye(N))]
    assert np.isclose(np.sum(moved) - 1, dof)  # each moves by 1/n more, through the mean


def test_a_direction_whose_variance_is_lambda_is_halved():
    centred = X - X.mean(axis=0)
    _, s, Vt = np.linalg.svd(centred, full_matrices=False)
    for k in range(P):
        ridge, least_squares = ridge_path(X, Y, [s[k] ** 2 / N, 0.0]).coef @ Vt[k]
        assert np.isclose(ridge, least_squares / 2)
        assert np.isclose((centred @ Vt[k]).var(), s[k] ** 2 / N)


def test_the_expected_error_of_w_falls_at_first():
    """The bias and variance of the dropdown against repeated noise, and the slope at λ = 0."""
    s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    _, _, Vt = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    truth, sigma = np.array([1.0, -2.0, 0.5, 1.5]), 1.3
    alpha = Vt @ truth

    def expected(lam):
        f = s**2 / (s**2 + N * lam)
        return np.sum((1 - f) ** 2 * alpha**2 + f**2 * sigma**2 / s**2)

    slope = (expected(1e-7) - expected(0)) / 1e-7
    assert np.isclose(slope, np.sum(-2 * N * sigma**2 / s**4), rtol=1e-4)

    noise = np.random.default_rng(1).normal(0, sigma, size=(4000, N))
    errors = [np.sum((ridge_path(X, X @ truth + e, [LAM]).coef[0] - truth) ** 2) for e in noise]
    assert np.isclose(np.mean(errors), expected(LAM), rtol=0.05)


def test_a_penalised_intercept_is_the_mean_divided_by_one_plus_lambda():
    Z = np.column_stack([np.ones(N), standardize(X)[0]])
    b = np.linalg.solve(Z.T @ Z + N * LAM * np.eye(P + 1), Z.T @ Y)[0]
    assert np.isclose(b, Y.mean() / (1 + LAM))


def test_descent_shrinks_the_error_along_each_direction_by_the_stated_factor():
    Z, _, _ = standardize(X)
    _, s, Vt = np.linalg.svd(Z, full_matrices=False)
    goal = ridge_path(Z, Y, [LAM]).coef[0]
    w, rate = np.ones(P), 0.1
    stepped = (1 - rate * LAM) * w + rate * Z.T @ (Y - Y.mean() - Z @ w) / N
    assert np.allclose(Vt @ (stepped - goal), (1 - rate * (s**2 / N + LAM)) * (Vt @ (w - goal)))


@pytest.mark.parametrize("few", [5, 8])
def test_ridge_has_one_answer_where_least_squares_has_many(few):
    wide = np.random.default_rng(2).normal(size=(few, 20))
    centred = wide - wide.mean(axis=0)
    assert np.linalg.matrix_rank(centred.T @ centred) < 20
    assert np.linalg.matrix_rank(centred.T @ centred + few * LAM * np.eye(20)) == 20


def test_the_explorer_behaves_as_the_page_says():
    """Training error only rises; validation error mostly has its least value inside; single
    coefficients may grow and change sign; the best λ jumps by powers of ten."""
    explorer = RidgeExplorer(degree=12, noise=0.3)
    best, grows, turns = [], [], []
    for seed in range(100):
        explorer.seed = seed
        training, validation, _ = explorer.errors(LAMS)
        assert (np.diff(training) > -1e-12).all()
        best.append(validation.argmin())
        w = explorer.fit(LAMS).coef
        grows.append((np.abs(w).max(axis=0) > 1.01 * np.abs(w[0])).any())
        turns.append((w * w[0] < 0).any())
    inside = (np.array(best) > 0) & (np.array(best) < len(LAMS) - 1)
    assert inside.mean() > 0.9
    assert np.mean(grows) > 0.8 and np.mean(turns) > 0.8
    assert np.log10(np.quantile(LAMS[best], 0.9) / np.quantile(LAMS[best], 0.1)) > 2


def test_the_explorer_opens_where_lambda_is_too_small():
    explorer = RidgeExplorer(lam=1e-8, noise=0.3, degree=12, seed=3)
    _, validation, risk = explorer.errors()
    _, validations, risks = explorer.errors(LAMS)
    assert validation > 1.5 * validations.min() and risk > 1.5 * risks.min()


def test_the_coefficient_that_the_page_points_to_grows_before_it_shrinks():
    w = RidgeExplorer(degree=12, noise=0.3, seed=3).fit(LAMS).coef[:, 0]
    assert w[0] > 0 and w.max() > 1.4 * w[0] and w[-1] < 0.1 * w[0]
