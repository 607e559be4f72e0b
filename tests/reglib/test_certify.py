"""The certificates, held to other ways of writing the same thing."""

import numpy as np
import pytest
from sklearn.linear_model import ElasticNet, Lasso, Ridge

import reglib
from reglib import ElasticNet as Net

RNG = np.random.default_rng(0)
X = RNG.normal(1, 2, size=(40, 6))
Y = X @ [1.0, -1.0, 0.0, 0.0, 2.0, 0.5] + RNG.normal(size=40)


@pytest.mark.parametrize("l1_ratio", [0.0, 0.4, 1.0])
def test_objective(l1_ratio):
    w, b, lam = RNG.normal(size=6), 0.7, 0.3
    loss = sum((Y[i] - b - sum(X[i] * w)) ** 2 for i in range(40)) / 80
    penalty = sum(l1_ratio * abs(v) + (1 - l1_ratio) / 2 * v**2 for v in w)
    np.testing.assert_allclose(
        reglib.objective(w, b, X, Y, lam, Net(l1_ratio)), loss + lam * penalty, rtol=1e-13
    )


@pytest.mark.parametrize("l1_ratio", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("lam", [0.01, 0.3, 50.0])
def test_the_gap_bounds_the_distance_to_the_optimum(lam, l1_ratio):
    best = reglib.elastic_net_path(X, Y, [lam], l1_ratio)
    least = reglib.objective(best.coef[0], best.intercept[0], X, Y, lam, Net(l1_ratio))
    null = np.var(Y) / 2
    assert reglib.duality_gap(best.coef[0], best.intercept[0], X, Y, lam, Net(l1_ratio)) <= 1e-14
    for size in (1e-6, 1e-3, 1.0):
        for _ in range(20):
            w = best.coef[0] + size * RNG.normal(size=6)
            b = best.intercept[0] + size * RNG.normal()
            excess = (reglib.objective(w, b, X, Y, lam, Net(l1_ratio)) - least) / null
            assert reglib.duality_gap(w, b, X, Y, lam, Net(l1_ratio)) >= excess - 1e-14


def test_the_gap_of_least_squares():
    w, b = reglib.least_squares(X, Y)
    assert reglib.duality_gap(w, b, X, Y, 0.0) <= 1e-15
    moved = w + 0.1 * np.eye(6)[0]
    excess = reglib.objective(moved, b, X, Y, 0.0) - reglib.objective(w, b, X, Y, 0.0)
    gap = reglib.duality_gap(moved, b, X, Y, 0.0) * np.var(Y) / 2
    np.testing.assert_allclose(gap, excess, rtol=1e-10)  # the bound is tight at λ = 0


def test_the_gap_of_a_constant_y_is_not_divided():
    assert reglib.duality_gap([0.0], 3.0, [[1.0], [2.0]], [3.0, 3.0], 0.1) == 0
    assert reglib.duality_gap([0.0], 5.0, [[1.0], [2.0]], [3.0, 3.0], 0.1) == 2.0


@pytest.mark.parametrize("l1_ratio", [0.0, 0.4, 1.0])
def test_the_kkt_violation_is_the_distance_of_zero_from_the_subdifferential(l1_ratio):
    lam, w, b = 0.3, np.array([1.0, 0.0, -2.0, 0.0, 1e-9, 0.5]), 0.1

    def slope(direction, h=1e-7):
        """Return J's one-sided derivative along ± one coordinate, or along b."""
        at = reglib.objective(w, b, X, Y, lam, Net(l1_ratio))
        to, up = w + h * direction[:6], b + h * direction[6]
        return (reglib.objective(to, up, X, Y, lam, Net(l1_ratio)) - at) / h

    worst = max(-slope(sign * unit) for unit in np.eye(7) for sign in (1, -1))
    worst = max(worst, 0.0)
    w[4] = 0.0 if l1_ratio == 0 else w[4]
    np.testing.assert_allclose(
        reglib.kkt_violation(w, b, X, Y, lam, Net(l1_ratio)), worst, rtol=1e-5, atol=1e-5
    )


@pytest.mark.parametrize(
    ("model", "l1_ratio"),
    [
        (Lasso(alpha=0.2, tol=1e-14, max_iter=10**6), 1.0),
        (ElasticNet(alpha=0.2, l1_ratio=0.3, tol=1e-14, max_iter=10**6), 0.3),
        (Ridge(alpha=40 * 0.2), 0.0),
    ],
)
def test_they_certify_the_solutions_of_scikit_learn(model, l1_ratio):
    model.fit(X, Y)
    assert reglib.kkt_violation(model.coef_, model.intercept_, X, Y, 0.2, Net(l1_ratio)) <= 1e-6
    assert reglib.duality_gap(model.coef_, model.intercept_, X, Y, 0.2, Net(l1_ratio)) <= 1e-7
    moved = model.coef_ + 0.01
    assert reglib.kkt_violation(moved, model.intercept_, X, Y, 0.2, Net(l1_ratio)) >= 1e-3
    assert reglib.duality_gap(moved, model.intercept_, X, Y, 0.2, Net(l1_ratio)) >= 1e-6


@pytest.mark.parametrize("certificate", ["objective", "duality_gap", "kkt_violation"])
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"w": np.zeros((6, 1))}, r"w has shape \(6, 1\).*ravel"),
        ({"w": np.zeros(5)}, "w has 5 entries and X has 6 columns: pass one for each"),
        ({"w": [np.nan] * 6}, "w contains NaN"),
        ({"b": [1.0]}, r"b has shape \(1,\)"),
        ({"lam": -1.0}, "lam is -1: pass a number of at least 0"),
        ({"lam": [1.0]}, r"lam has shape \(1,\)"),
        ({"penalty": 0.5}, r"penalty is 0.5: pass L1, L2.* ElasticNet\(l1_ratio\)"),
        ({"penalty": Net}, "penalty is <class .*: pass L1, L2"),
        ({"X": X[:, 0]}, r"X has shape \(40,\)"),
        ({"y": Y[:-1]}, "y has 39 entries"),
    ],
)
def test_bad_input(certificate, changed, message):
    arguments = {"w": np.zeros(6), "b": 0.0, "X": X, "y": Y, "lam": 1.0} | changed
    with pytest.raises(ValueError, match=message):
        getattr(reglib, certificate)(**arguments)
