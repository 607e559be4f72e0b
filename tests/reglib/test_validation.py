"""Folds cover what they should, and cross-validation does what a plain loop does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LassoCV, RidgeCV
from sklearn.metrics import log_loss as their_log_loss
from sklearn.model_selection import KFold

import reglib

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 6))
Y = X @ [2.0, 0, 0, -1.0, 0, 0] + RNG.normal(size=50)
LAMS = np.array([0.01, 1.0, 0.1, 0.03])


@given(st.integers(2, 40), st.data())
def test_every_row_is_held_out_once(n, data):
    k = data.draw(st.integers(2, n))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)) or None)
    for folds in (reglib.kfold(n, k), reglib.kfold(n, k, rng)):
        assert len(folds) == k
        held_out = np.concatenate([validation for _, validation in folds])
        np.testing.assert_array_equal(np.sort(held_out), np.arange(n))
        sizes = [len(validation) for _, validation in folds]
        assert max(sizes) - min(sizes) <= 1
        for train, validation in folds:
            assert sorted([*train, *validation]) == list(range(n))


def test_without_an_rng_the_folds_are_those_of_scikit_learn():
    for ours, theirs in zip(reglib.kfold(11, 3), KFold(3).split(np.zeros(11)), strict=True):
        for one, other in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(one, other)


def test_an_rng_shuffles_and_repeats():
    one, again, other = (reglib.kfold(30, 5, np.random.default_rng(s)) for s in (1, 1, 2))
    np.testing.assert_array_equal(one[0][1], again[0][1])
    assert not np.array_equal(one[0][1], other[0][1])
    assert not np.array_equal(one[0][1], np.arange(6))


@pytest.mark.parametrize("path_fn", [reglib.ridge_path, reglib.lasso_path])
def test_cross_validation_is_a_plain_loop(path_fn):
    folds = reglib.kfold(50, 4, np.random.default_rng(0))
    cv = reglib.cross_validate(path_fn, X, Y, LAMS, folds)
    for i, (train, validation) in enumerate(folds):
        for k, lam in enumerate(LAMS):
            fit = path_fn(X[train], Y[train], [lam])
            wrong = Y[validation] - fit.intercept[0] - X[validation] @ fit.coef[0]
            np.testing.assert_allclose(cv.errors[i, k], np.mean(wrong**2), rtol=1e-9)
    np.testing.assert_allclose(cv.mean, cv.errors.mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(cv.se, np.std(cv.errors, axis=0, ddof=1) / 2, rtol=1e-13)
    np.testing.assert_array_equal(cv.lams, LAMS)
    np.testing.assert_allclose(cv.path.coef, path_fn(X, Y, LAMS).coef, rtol=1e-12)


def test_the_chosen_lambdas():
    """The mean errors are set by hand: each fold's error at λ is the constant that path_fn fits."""
    errors = {1.0: (2.0, 4.0), 0.1: (1.0, 3.0), 0.3: (1.5, 3.5), 3.0: (9.0, 9.0), 0.2: (3.0, 1.0)}

    def path_fn(X, y, lams):
        fold = 0 if y[0] == 1 else 1
        constants = np.array([errors[lam][fold] for lam in lams])
        return reglib.Path(lams, constants, np.zeros((len(lams), 1)))

    lams = np.array(list(errors))
    y = np.array([0.0, 0.0, 1.0, 1.0])
    folds = [(np.array([2, 3]), np.array([0, 1])), (np.array([0, 1]), np.array([2, 3]))]

    def loss(y, prediction):
        return prediction + 0 * y

    cv = reglib.cross_validate(path_fn, np.zeros((4, 1)), y, lams, folds, loss)
    np.testing.assert_allclose(cv.mean, [3.0, 2.0, 2.5, 9.0, 2.0])
    np.testing.assert_allclose(cv.se, [1, 1, 1, 0, 1])
    assert cv.best == 0.2  # ties with 0.1: the larger λ
    assert cv.one_se == 1.0  # its mean is the least and exactly one standard error


def test_ridge_agrees_with_scikit_learn():
    """RidgeCV keeps alpha fixed: λ is alpha / n_train on a fold and alpha / n in the refit."""
    lams = np.geomspace(1e-3, 10, 20)
    cv = reglib.cross_validate(reglib.ridge_path, X, Y, lams, reglib.kfold(50, 5))
    theirs = RidgeCV(alphas=40 * lams, cv=KFold(5), scoring="neg_mean_squared_error").fit(X, Y)
    np.testing.assert_allclose(40 * cv.best, theirs.alpha_, rtol=1e-12)
    np.testing.assert_allclose(cv.mean.min(), -theirs.best_score_, rtol=1e-10)
    refit = reglib.ridge_path(X, Y, [theirs.alpha_ / 50])
    np.testing.assert_allclose(refit.coef[0], theirs.coef_, rtol=1e-10)


def test_the_lasso_agrees_with_scikit_learn():
    lams = reglib.lambda_grid(X, Y, num=20, eps=1e-2)
    cv = reglib.cross_validate(reglib.lasso_path, X, Y, lams, reglib.kfold(50, 5))
    theirs = LassoCV(alphas=lams, cv=KFold(5), tol=1e-13, max_iter=10**6).fit(X, Y)
    np.testing.assert_allclose(cv.errors.T, theirs.mse_path_, rtol=1e-6)
    assert cv.best == theirs.alpha_


def test_selection_inside_the_fold_is_composed_not_built_in():
    """A path_fn that chooses features sees the training rows alone."""
    seen = []

    def screened(X, y, lams):
        seen.append(len(y))
        keep = np.argsort(-np.abs((X - X.mean(axis=0)).T @ (y - y.mean())))[:2]
        inner = reglib.ridge_path(X[:, keep], y, lams)
        coef = np.zeros((len(lams), X.shape[1]))
        coef[:, keep] = inner.coef
        return reglib.Path(inner.lams, inner.intercept, coef)

    cv = reglib.cross_validate(screened, X, Y, LAMS, reglib.kfold(50, 5))
    assert seen == [40] * 5 + [50]
    assert cv.errors.shape == (5, 4) and (np.count_nonzero(cv.path.coef, axis=1) == 2).all()


def test_log_loss():
    y = (Y > 0).astype(float)
    log_odds = RNG.normal(size=50) * 3
    ours = reglib.log_loss(y, log_odds)
    np.testing.assert_allclose(ours.mean(), their_log_loss(y, 1 / (1 + np.exp(-log_odds))))
    np.testing.assert_array_equal(reglib.log_loss(y[:2] * 0, np.array([800.0, -800.0])), [800, 0])
    cv = reglib.cross_validate(
        reglib.logistic_path, X, y, LAMS, reglib.kfold(50, 5), reglib.log_loss
    )
    held_out = reglib.kfold(50, 5)[2][1]
    fit = reglib.logistic_path(np.delete(X, held_out, 0), np.delete(y, held_out), LAMS)
    expected = reglib.log_loss(y[held_out, None], reglib.predict(fit, X[held_out])).mean(axis=0)
    np.testing.assert_allclose(cv.errors[2], expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: reglib.kfold(5, 1), "k is 1: pass a whole number from 2 to 5"),
        (lambda: reglib.kfold(5, 6), "k is 6: pass a whole number from 2 to 5"),
        (lambda: reglib.kfold(5, 2.0), "k is 2.0: pass a whole number"),
        (lambda: reglib.kfold(1, 2), "n is 1: pass a whole number of at least 2"),
        (lambda: reglib.kfold(5, 2, 0), r"rng is 0: pass np.random.default_rng\(seed\)"),
    ],
)
def test_bad_kfold(call, message):
    with pytest.raises(ValueError, match=message):
        call()


ROWS = np.arange(50)


@pytest.mark.parametrize(
    ("folds", "message"),
    [
        (5, r"folds must be pairs \(train, validation\): pass kfold\(n, k\)"),
        ([ROWS, ROWS], "folds must be pairs"),
        ([], r"folds has 0 pair\(s\): pass at least two"),
        ([(ROWS[:9], ROWS[9:])], r"folds has 1 pair\(s\): pass at least two"),
        ([(ROWS[:9], ROWS[9:])] * 2 + [(ROWS[:9], ROWS[8:])], r"folds\[2\] validates on rows"),
        ([(ROWS[:9], ROWS[9:]), (ROWS, ROWS[:0])], r"folds\[1\] must hold two 1-D"),
        ([(ROWS[:9], ROWS + 9)] * 2, r"folds\[0\] names a row outside 0 … 49"),
        ([(ROWS[:9], ROWS - 50)] * 2, r"folds\[0\] names a row outside 0 … 49"),
        ([(ROWS < 9, ROWS >= 9)] * 2, r"folds\[0\] must hold two 1-D arrays of row numbers"),
    ],
)
def test_bad_folds(folds, message):
    with pytest.raises(ValueError, match=message):
        reglib.cross_validate(reglib.ridge_path, X, Y, LAMS, folds)


@pytest.mark.parametrize(
    ("rows", "where"), [(40, r"the training rows of folds\[0\]"), (50, "all rows")]
)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_fit_that_is_not_finite_is_named(rows, where, value):
    def path_fn(X, y, lams):
        path = reglib.ridge_path(X, y, lams)
        if len(y) == rows:
            path.coef[2, 1] = value
        return path

    with pytest.raises(ValueError, match=f"path_fn gives NaN or infinity at λ = 0.1 on {where}"):
        reglib.cross_validate(path_fn, X, Y, LAMS, reglib.kfold(50, 5))


def test_a_loss_that_is_not_finite_is_named():
    with pytest.raises(ValueError, match=r"loss gives NaN or infinity on folds\[0\]"):
        reglib.cross_validate(
            reglib.ridge_path,
            X,
            Y,
            LAMS,
            reglib.kfold(50, 5),
            lambda y, prediction: np.where(y > 0, np.nan, prediction),
        )
