"""Penalties, the course's and a learner's own, held to what defines each of their four parts."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.linear_model import ElasticNet, Lasso

import reglib


class NonNegative:
    """Σw_j where no w_j is negative."""

    def value(self, w):
        return w.sum() if (w >= 0).all() else np.inf

    def prox(self, w, t):
        return np.maximum(w - t, 0.0)

    def violation(self, w, gradient, lam):
        slope = gradient + lam
        at_zero = np.maximum(-slope, 0.0)
        return np.select([w > 0, w == 0], [np.abs(slope), at_zero], np.inf)

    def lam_max(self, gradient):
        return max(-gradient.min(), 0.0)


class Groups:
    """The sum of the groups' lengths; groups of three."""

    def value(self, w):
        return np.linalg.norm(w.reshape(-1, 3), axis=1).sum()

    def prox(self, w, t):
        sizes = np.linalg.norm(w.reshape(-1, 3), axis=1, keepdims=True)
        share = np.maximum(1 - t / np.maximum(sizes, 1e-300), 0.0)
        return (share * w.reshape(-1, 3)).ravel()

    def violation(self, w, gradient, lam):
        w, gradient = w.reshape(-1, 3), gradient.reshape(-1, 3)
        sizes = np.linalg.norm(w, axis=1, keepdims=True)
        inside = np.maximum(np.linalg.norm(gradient, axis=1) - lam, 0.0)
        along = np.linalg.norm(gradient + lam * w / np.maximum(sizes, 1e-300), axis=1)
        return np.repeat(np.where(sizes.ravel() > 0, along, inside), 3)

    def lam_max(self, gradient):
        return np.linalg.norm(gradient.reshape(-1, 3), axis=1).max()


class MCP:
    """|w_j| − w_j²/2a up to a, and a/2 beyond: not convex, so that large w_j are not shrunk."""

    def __init__(self, a):
        self.a = a

    def value(self, w):
        size = np.minimum(np.abs(w), self.a)
        return (size - size**2 / (2 * self.a)).sum()

    def prox(self, w, t):
        if t >= self.a:  # no stationary point in between: 0 or w, whichever is better
            return np.where(w**2 > t * self.a, w, 0.0)
        inside = reglib.soft_threshold(w, t) / (1 - t / self.a)
        return np.where(np.abs(w) <= self.a, inside, w)

    def violation(self, w, gradient, lam):
        slope = lam * np.sign(w) * np.maximum(1 - np.abs(w) / self.a, 0.0)
        return np.where(w == 0, np.maximum(np.abs(gradient) - lam, 0.0), np.abs(gradient + slope))

    def lam_max(self, gradient):
        return np.abs(gradient).max()


CONVEX = {
    "L1": reglib.L1,
    "L2": reglib.L2,
    "elastic net": reglib.ElasticNet(0.3),
    "nonnegative": NonNegative(),
    "groups": Groups(),
}
ALL = CONVEX | {"MCP": MCP(2.0)}
points = arrays(float, 6, elements=st.floats(-5, 5).map(lambda v: round(v, 2)))
steps = st.floats(0.01, 4.0)


def problem(seed=0, n=40, p=6):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p)) + rng.normal(size=(n, 1)) + 3
    return X, X[:, :4] @ [3.0, -2.0, 1.0, 0.5] + rng.normal(size=n) + 7


@pytest.mark.parametrize("name", ALL)
@given(points, points, steps)
def test_no_point_is_better_than_the_prox(name, w, other, t):
    penalty = ALL[name]

    def cost(u):
        return np.sum((u - w) ** 2) / 2 + t * penalty.value(u)

    u = penalty.prox(w, t)
    for rival in (other, u + 0.01 * other, 0.9 * u + 0.1 * other, np.where(other > 0, u, 0), w):
        assert cost(u) <= cost(rival) + 1e-12 * (1 + cost(u))


@pytest.mark.parametrize("name", ALL)
@given(points, steps)
def test_the_prox_violates_nothing(name, w, t):
    """u = prox(w) is stationary for 1/2 · ‖u − w‖² + t·P(u), whose gradient is u − w and λ is t."""
    u = ALL[name].prox(w, t)
    np.testing.assert_allclose(ALL[name].violation(u, u - w, t), 0, atol=1e-12)


@pytest.mark.parametrize("name", ALL)
@given(points, points, steps)
def test_what_violates_nothing_is_what_a_step_leaves_in_place(name, w, gradient, lam):
    """For small steps prox(w − step·gradient, step·λ) = w exactly where w is stationary."""
    penalty, step = ALL[name], 1e-3
    moved = penalty.prox(w - step * gradient, step * lam)
    if name == "nonnegative":
        w = np.maximum(w, 0.0)
        moved = penalty.prox(w - step * gradient, step * lam)
    violation = penalty.violation(w, gradient, lam)
    assert (violation >= 0).all()
    still = np.abs(moved - w) <= 1e-12
    if name == "groups":
        still = np.repeat(still.reshape(-1, 3).all(axis=1), 3)
    np.testing.assert_array_equal(violation <= 1e-8, still)


@pytest.mark.parametrize("name", CONVEX)
@given(points, points, steps)
def test_the_prox_of_a_convex_penalty_brings_points_no_farther_apart(name, one, other, t):
    u, v = CONVEX[name].prox(one, t), CONVEX[name].prox(other, t)
    assert (u - v) @ (u - v) <= (u - v) @ (one - other) + 1e-12


CONJUGATES = {  # the projection that prox(w, 1) and Moreau leave, or the prox of the conjugate
    "L1": lambda w: np.clip(w, -1, 1),
    "L2": lambda w: w / 2,
    "nonnegative": lambda w: np.minimum(w, 1),
    "groups": lambda w: (
        w.reshape(-1, 3) / np.maximum(np.linalg.norm(w.reshape(-1, 3), axis=1, keepdims=True), 1)
    ).ravel(),
}


@pytest.mark.parametrize("name", CONJUGATES)
@given(points)
def test_moreau(name, w):
    """w is prox of P plus prox of P's conjugate, which for a norm projects on its dual's ball."""
    np.testing.assert_allclose(CONVEX[name].prox(w, 1.0) + CONJUGATES[name](w), w, atol=1e-12)


@pytest.mark.parametrize("name", ALL)
@given(points.filter(np.any))
def test_lam_max_is_the_smallest_that_keeps_every_coefficient_zero(name, gradient):
    penalty, zero = ALL[name], np.zeros(6)
    lam_max = penalty.lam_max(gradient)
    if np.isfinite(lam_max):
        np.testing.assert_allclose(penalty.violation(zero, gradient, lam_max), 0, atol=1e-12)
        if lam_max > 0:
            assert penalty.violation(zero, gradient, 0.999 * lam_max).max() > 0
    else:
        assert penalty.violation(zero, gradient, 1e9).max() > 0


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(("n", "p"), [(40, 6), (12, 30)])
def test_the_path_of_any_penalty_violates_nothing(name, n, p):
    X, y = problem(n=n, p=p)
    penalty = ALL[name]
    lams = reglib.lambda_grid(X, y, num=5, eps=0.03, penalty=penalty)[[3, 0, 4, 1, 2]]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        path = reglib.proximal_path(X, y, lams, penalty)
    np.testing.assert_array_equal(path.lams, lams)
    for lam, b, w in zip(*path, strict=True):
        slope = np.abs((X - X.mean(axis=0)).T @ (y - y.mean())).max() / n
        assert reglib.kkt_violation(w, b, X, y, lam, penalty) <= 2e-10 * slope
    if name != "L2":
        assert (path.coef[1] == 0).all() and (path.coef[4] != 0).any()


@pytest.mark.parametrize("rho", [0.0, 0.3, 1.0])
def test_the_path_is_that_of_the_exact_solvers(rho):
    X, y = problem()
    lams = [1.0, 0.1, 0.01]
    path = reglib.proximal_path(X, y, lams, reglib.ElasticNet(rho))
    exact = reglib.elastic_net_path(X, y, lams, rho)
    np.testing.assert_allclose(path.coef, exact.coef, atol=1e-8)
    np.testing.assert_allclose(path.intercept, exact.intercept, atol=1e-7)


def test_nonnegative_agrees_with_scikit_learn():
    X, y = problem()
    lams = [1.0, 0.1, 0.01]
    path = reglib.proximal_path(X, y, lams, NonNegative())
    assert (path.coef >= 0).all()
    for lam, b, w in zip(*path, strict=True):
        theirs = Lasso(alpha=lam, positive=True, tol=1e-14, max_iter=10**6).fit(X, y)
        np.testing.assert_allclose(w, theirs.coef_, atol=1e-8)
        np.testing.assert_allclose(b, theirs.intercept_, atol=1e-7)


def test_groups_come_and_go_as_one_and_have_no_better_neighbour():
    X, y = problem()
    lams = reglib.lambda_grid(X, y, num=6, eps=0.01, penalty=Groups())
    path = reglib.proximal_path(X, y, lams, Groups())
    rng = np.random.default_rng(0)
    seen = set()
    for lam, b, w in zip(*path, strict=True):
        kept = (w.reshape(-1, 3) != 0).sum(axis=1)
        assert set(kept) <= {0, 3}
        seen |= set(kept)
        J = reglib.objective(w, b, X, y, lam, Groups())
        for size in (1e-4, 1e-2, 1.0):
            for _ in range(20):
                rival = w + size * rng.normal(size=6)
                assert reglib.objective(rival, b, X, y, lam, Groups()) + 1e-12 >= J
    assert seen == {0, 3}


def test_mcp_does_not_shrink_what_is_large():
    """On orthonormal features MCP leaves |w_j| > a alone: least squares, where L1 takes off λ."""
    Q = np.linalg.qr(np.column_stack([np.ones(30), problem(n=30)[0]]))[0][:, 1:]
    X = Q * 30**0.5
    y = X @ [5.0, -4.0, 0.1, 0.0, 3.0, -0.2] + 1
    path = reglib.proximal_path(X, y, [0.3], MCP(2.0))
    np.testing.assert_allclose(path.coef[0], [5.0, -4.0, 0.0, 0.0, 3.0, 0.0], atol=1e-8)
    np.testing.assert_allclose(path.intercept, 1.0, atol=1e-8)


def test_coordinate_descent_takes_any_sum_over_the_coordinates():
    X, y = problem()
    for penalty in (reglib.L2, reglib.ElasticNet(0.4), NonNegative(), MCP(40.0)):
        w, b = (lambda path: (path.coef[0], path.intercept[0]))(
            reglib.lasso_cd(X, y, 0.1, penalty=penalty)
        )
        assert reglib.kkt_violation(w, b, X, y, 0.1, penalty) <= 1e-9
    theirs = ElasticNet(alpha=0.1, l1_ratio=0.4, tol=1e-14, max_iter=10**6).fit(X, y)
    ours = reglib.lasso_cd(X, y, 0.1, penalty=reglib.ElasticNet(0.4))
    np.testing.assert_allclose(ours.coef[0], theirs.coef_, atol=1e-8)


class Weighted:
    """Each |w_j| times a weight of its own: as L1 on columns divided by it."""

    def __init__(self, *weights):
        self.weights = np.array(weights)

    def value(self, w):
        return float(self.weights @ np.abs(w))

    def prox(self, w, t):
        return reglib.soft_threshold(w, t * self.weights)

    def violation(self, w, gradient, lam):
        far = np.abs(gradient + lam * self.weights * np.sign(w))
        return np.where(w == 0, np.maximum(far - lam * self.weights, 0.0), far)

    def lam_max(self, gradient):
        return float((np.abs(gradient) / self.weights).max())


def test_weights_of_the_features_are_scales_of_the_columns():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(30, 3)) + 2.0
    y = X @ [2.0, -1.0, 0.0] + rng.normal(size=30)
    penalty = Weighted(0.5, 1.0, 2.0)
    lams = reglib.lambda_grid(X, y, num=5, penalty=penalty)
    exact = reglib.lasso_path(X / penalty.weights, y, lams).coef / penalty.weights
    assert (exact[0] == 0).all() and (exact[-1] != 0).any()
    np.testing.assert_allclose(reglib.proximal_path(X, y, lams, penalty).coef, exact, atol=1e-8)
    for lam, w in zip(lams, exact, strict=True):
        np.testing.assert_allclose(
            reglib.lasso_cd(X, y, lam, penalty=penalty).coef[0], w, atol=1e-8
        )


def test_a_penalty_that_is_not_allowed_has_an_infinite_objective():
    X, y = problem()
    for lam in (0.0, 0.1):
        assert reglib.objective(-np.ones(6), 0.0, X, y, lam, NonNegative()) == np.inf


def test_a_constant_y_has_no_coefficients():
    X = problem()[0]
    path = reglib.proximal_path(X, np.full(40, 0.1), [0.0, 1.0], reglib.L1)
    assert (path.coef == 0).all()


def test_it_says_when_it_does_not_come_to_rest():
    x = np.linspace(0, 1, 30)
    with pytest.warns(RuntimeWarning, match="has not come to rest at λ = 1e-09: see kkt_violation"):
        reglib.proximal_path(reglib.polynomial(x, 10), np.sin(9 * x), [1e-9], reglib.L1)


class Broken(NonNegative):
    def __init__(self, prox):
        self.prox = prox


@pytest.mark.parametrize(
    "prox",
    [lambda w, t: w[:1], lambda w, t: w * np.nan, lambda w, t: 0.0, lambda w, t: w[:, None]],
)
def test_a_prox_that_returns_something_else_is_named(prox):
    with pytest.raises(ValueError, match=r"penalty.prox returns NaN or shape .*: return 6 finite"):
        reglib.proximal_path(*problem(), [0.1], Broken(prox))


@pytest.mark.parametrize("penalty", [0.5, None, "L1", NonNegative, object()])
def test_what_is_no_penalty_is_named(penalty):
    X, y = problem()
    message = "penalty is .*: pass L1, L2, ElasticNet.*value, prox, violation and lam_max"
    for call in (
        lambda: reglib.proximal_path(X, y, [0.1], penalty),
        lambda: reglib.lasso_cd(X, y, 0.1, penalty=penalty),
        lambda: reglib.lambda_grid(X, y, penalty=penalty),
        lambda: reglib.objective(np.zeros(6), 0.0, X, y, 0.1, penalty),
        lambda: reglib.kkt_violation(np.zeros(6), 0.0, X, y, 0.1, penalty),
    ):
        with pytest.raises(ValueError, match=message):
            call()
