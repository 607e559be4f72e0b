"""Where features tie, 0 is exactly 0: the lasso held to rational arithmetic on integer designs."""

from fractions import Fraction

import numpy as np
import pytest

import reglib

LAMS = [*(np.arange(8, -1, -1) / 8), 2.0]


def whole(rng, n, p):
    return rng.integers(-2, 3, size=(n, p))


def zeros_and_ones(rng, n, p):
    return rng.integers(0, 2, size=(n, p))


def one_hot(rng, n, p):
    """Two questions with p answers in all, each answer a column: exactly collinear."""
    half = (p + 1) // 2
    first = np.eye(half, dtype=int)[rng.integers(half, size=n)]
    return np.column_stack([first, np.eye(p, dtype=int)[rng.integers(p, size=n)]])[:, :p]


def twins(rng, n, p):
    X = rng.integers(-1, 2, size=(n, p))
    return np.column_stack([X, X[:, rng.integers(p)], -X[:, rng.integers(p)]])


def draw(make, seed, rows=9, columns=7):
    rng = np.random.default_rng(seed)
    n, p = rng.integers(2, rows), rng.integers(1, columns)
    return make(rng, n, p).astype(float), rng.integers(-4, 5, size=n).astype(float)


def centred(columns):
    """Return each column less its mean, as fractions."""
    return [[Fraction(int(v)) - Fraction(int(sum(c)), len(c)) for v in c] for c in columns]


def dot(a, b):
    return sum((v * u for v, u in zip(a, b, strict=True)), Fraction(0)) / len(a)


def solved(rows):
    """Return the solution of a regular system, by elimination with its right side as last entry."""
    for k in range(len(rows)):
        at = next(i for i in range(k, len(rows)) if rows[i][k] != 0)
        rows[k], rows[at] = rows[at], rows[k]
        rows[k] = [v / rows[k][k] for v in rows[k]]
        for i in range(len(rows)):
            if i != k:
                rows[i] = [v - rows[i][k] * u for v, u in zip(rows[i], rows[k], strict=True)]
    return [row[-1] for row in rows]


def assert_exact(X, y, lam, w):
    """Assert that w has the support and signs of a solution in rational arithmetic, and its size.

    With its support and signs w is given by a linear system; no entry of that may be 0 or have the
    other sign, and no other feature may be beyond its limit.
    """
    columns, (target,) = centred(X.T), centred([y])
    lam, A = Fraction(lam), w.nonzero()[0]
    signs = [1 if w[j] > 0 else -1 for j in A]
    rows = [
        [dot(columns[i], columns[j]) for j in A] + [dot(columns[i], target) - lam * sign]
        for i, sign in zip(A, signs, strict=True)
    ]
    exact = solved(rows)
    assert all(v * sign > 0 for v, sign in zip(exact, signs, strict=True))
    np.testing.assert_allclose(w[A], [float(v) for v in exact], rtol=1e-9)
    residual = target
    for v, j in zip(exact, A, strict=True):
        residual = [r - v * x for r, x in zip(residual, columns[j], strict=True)]
    assert all(abs(dot(column, residual)) <= lam for column in columns)


def check(X, y):
    knots = reglib.lasso_knots(X, y)
    for lam, b, w in [*zip(*knots, strict=True), *zip(*reglib.lasso_path(X, y, LAMS), strict=True)]:
        assert reglib.kkt_violation(w, b, X, y, lam) <= 1e-12
        assert not ((w != 0) & (np.abs(w) < 1e-9)).any()
    # An event that is none would be a second knot beside the first, or one next to λ = 0.
    assert (-np.diff(knots.lams) > 1e-9).all()
    bends = np.diff(knots.coef, axis=0) / np.diff(knots.lams)[:, None]
    assert (np.abs(np.diff(bends, axis=0)).max(axis=1, initial=0) > 1e-9).all()
    path = reglib.lasso_path(X, y, LAMS)
    for lam, w in zip(LAMS, path.coef, strict=True):
        assert_exact(X, y, lam, w)


def test_a_feature_that_only_ties_stays_out():
    X = np.array([[0, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]])
    y = np.array([-4, -2, 1, 3])
    path = reglib.lasso_path(X, y, [0.125])
    assert path.coef[0, 0] == 0
    np.testing.assert_allclose(path.coef[0, 1:], [1.5, 4.5], rtol=1e-14)
    assert reglib.kkt_violation(path.coef[0], path.intercept[0], X, y, 0.125) <= 1e-15
    check(X, y)


KINDS = [whole, zeros_and_ones, one_hot, twins]


@pytest.mark.parametrize("make", KINDS)
def test_zeros_are_exact(make):
    for seed in range(100):
        check(*draw(make, seed))


@pytest.mark.long
@pytest.mark.parametrize("batch", range(5))
@pytest.mark.parametrize("make", KINDS)
def test_zeros_are_exact_in_20_000_designs(make, batch):
    for seed in range(1000 * (batch + 1), 1000 * (batch + 2)):
        check(*draw(make, seed))


@pytest.mark.long
@pytest.mark.parametrize("make", KINDS)
def test_larger_ties_break_no_condition(make):
    for seed in range(1000):
        X, y = draw(make, seed, rows=40, columns=20)
        knots = reglib.lasso_knots(X, y)
        path = reglib.lasso_path(X, y, LAMS)
        for lam, b, w in [*zip(*knots, strict=True), *zip(*path, strict=True)]:
            assert reglib.kkt_violation(w, b, X, y, lam) <= 1e-12


@pytest.mark.parametrize("make", KINDS)
def test_a_y_that_has_nothing_to_do_with_X_has_no_path(make):
    """y is taken from what is left when X and the mean are taken out, in whole numbers."""
    found = 0
    for seed in range(2000):
        X, y = draw(make, seed)
        if y.min() < y.max() and all(dot(c, t) == 0 for t in centred([y]) for c in centred(X.T)):
            found += 1
            with pytest.raises(ValueError, match="X has no column that varies with y"):
                reglib.lambda_grid(X / 10, y)
            knots = reglib.lasso_knots(X / 10, y)
            assert len(knots.lams) == 1 and (knots.coef == 0).all()
            assert (reglib.lasso_path(X / 10, y, [1e-30, 0.0]).coef == 0).all()
    assert found >= 5
