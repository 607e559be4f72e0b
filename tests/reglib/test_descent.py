from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reglib

RNG = np.random.default_rng(0)
X = RNG.normal(size=(30, 4)) @ RNG.normal(size=(4, 4))
Y = X @ [1.0, -2.0, 0.0, 3.0] + RNG.normal(size=30)
S = np.linalg.svd(X, compute_uv=False)


def test_each_step_goes_down_the_gradient():
    path = reglib.gradient_descent_path(X, Y, 0.01, 20)
    assert path.shape == (21, 4) and (path[0] == 0).all()

    def J(w):
        return np.sum((Y - X @ w) ** 2) / 60

    for before, after in pairwise(path):
        slope = [(J(before + h) - J(before - h)) / 2e-6 for h in 1e-6 * np.eye(4)]
        np.testing.assert_allclose(before - after, 0.01 * np.array(slope), rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("share", [0.1, 0.9, 1.9])
def test_the_steps_have_fitted_the_shrinkage_factors(share):
    """In the directions of the SVD, w(t) is least squares times 1 − (1 − lr · s²/n)^t."""
    lr = share * 30 / S[0] ** 2
    path = reglib.gradient_descent_path(X, Y, lr, 50)
    U, s, Vt = np.linalg.svd(X, full_matrices=False)
    for t in (0, 1, 7, 50):
        expected = (reglib.gd_shrinkage(s, 30, lr, t) * (U.T @ Y) / s) @ Vt
        np.testing.assert_allclose(path[t], expected, rtol=1e-10, atol=1e-12)


def test_it_converges_below_the_limit_of_lr_and_not_beyond():
    limit = 2 * 30 / S[0] ** 2
    w = np.linalg.lstsq(X, Y)[0]
    near = reglib.gradient_descent_path(X, Y, 0.9 * limit, 20000)[-1]
    np.testing.assert_allclose(near, w, rtol=1e-8)
    far = reglib.gradient_descent_path(X, Y, 1.1 * limit, 200)[-1]
    assert np.linalg.norm(far) > 1e6 * np.linalg.norm(w)


def test_stopping_acts_like_ridge():
    """With λ = 1/(lr · t) the two shrinkages differ by less than 0.3 for every s."""
    s, n, lr = np.geomspace(1e-3, 10, 200), 50, 0.1
    for t in (1, 10, 100, 1000):
        ridge = s**2 / (s**2 + n / (lr * t))
        assert np.abs(reglib.gd_shrinkage(s, n, lr, t) - ridge).max() < 0.3


@given(st.lists(st.integers(0, 5), min_size=1, max_size=20), st.integers(1, 6))
def test_early_stopping_by_its_definition(losses, patience):
    best, stop = reglib.early_stopping(losses, patience)
    firsts = [losses[: t + 1].index(min(losses[: t + 1])) for t in range(len(losses))]
    past = [t for t in range(len(losses)) if t - firsts[t] == patience]
    assert stop == (past[0] if past else len(losses) - 1)
    assert best == firsts[stop]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: reglib.gradient_descent_path(X, Y, -0.1, 5), "lr is -0.1: pass a number of at"),
        (lambda: reglib.gradient_descent_path(X, Y, np.nan, 5), "lr contains NaN or infinity"),
        (lambda: reglib.gradient_descent_path(X, Y, 0.1, -1), "steps is -1: pass a whole number"),
        (lambda: reglib.gd_shrinkage([-1.0], 5, 0.1, 1), "s contains -1: pass singular values"),
        (lambda: reglib.gd_shrinkage([1.0], 0, 0.1, 1), "n is 0: pass a whole number of at least"),
        (lambda: reglib.gd_shrinkage([1.0], 5, 0.1, 0.5), "t is 0.5: pass a whole number"),
        (lambda: reglib.early_stopping([], 1), "val_losses is empty: pass one loss per epoch"),
        (lambda: reglib.early_stopping([1.0], 0), "patience is 0: pass a whole number of at"),
        (lambda: reglib.early_stopping([np.nan], 1), "val_losses contains NaN"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
