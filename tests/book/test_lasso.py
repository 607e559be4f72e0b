"""The chapter on the lasso: its cells run, its claims hold, its formulas are exact."""

import json
import math
import re

import numpy as np
import pytest
from sklearn.linear_model import ElasticNet, Lasso

import reglib
from reglib import (
    elastic_net_path,
    kkt_violation,
    lambda_grid,
    lasso_knots,
    lasso_path,
    objective,
    predict,
    ridge_path,
    soft_threshold,
    standardize,
)
from reglib.repository import path

CHAPTER = path("book", "penalties", "lasso.md")
TEXT = CHAPTER.read_text(encoding="utf-8")
QUIZ = json.loads(CHAPTER.with_name("lasso-quiz.json").read_text(encoding="utf-8"))
CELLS = re.findall(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", TEXT, flags=re.MULTILINE | re.DOTALL)


def made(n: int, p: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p)) + 5.0
    return X, X[:, 0] - X[:, -1] + rng.normal(size=n)


def two_alike(seed: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Two standardised features of any correlation, an answer, and the correlation."""
    rng = np.random.default_rng(seed)
    r = rng.uniform(-0.98, 0.98)
    X = rng.normal(size=(30, 2)) @ np.linalg.cholesky([[1, r], [r, 1]]).T
    X, _, _ = standardize(X)
    return X, X @ rng.normal(size=2) + rng.normal(size=30), X[:, 0] @ X[:, 1] / 30


# --- the page ---


def test_all_cells_run_without_a_warning_and_every_number_in_the_text_is_handed_over(run):
    used = set(re.findall(r"\{glue:text\}`(\w+)", TEXT))
    assert used == set(run[1])


def test_the_words_beside_the_numbers_hold(run):
    _, glued = run

    def share(name):
        return float(glued[name].split()[0]) / 100

    assert glued["n_kept_five"] == 5 and glued["corner_ridge"] == 0
    assert glued["hdl_low"] < 0.05 * 2 < glued["hdl_gap"] < 5 < glued["hdl_high"]
    assert share("both_99_hard") < 0.25 and share("both_99_easy") > 0.85
    assert 0.45 < share("toss") < 0.55
    assert share("both_en") == 1 and share("both_lasso") < 0.2 and glued["en_difference"] < 0.01
    assert glued["contest_2"] < glued["contest_10"] < 1 < glued["contest_20"] < glued["contest_40"]
    assert abs(glued["contest_correlated_10"] - 1) < 0.1 and 1 < glued["contest_rotated"] < 1.2
    assert glued["true_kept"] == 5 and glued["false_kept"] > 5 and glued["exact_best"] == 0
    assert 0.4 < share("same_low") <= share("same_high") < 0.6
    assert share("first_bmi") + share("first_ltg") == pytest.approx(1)
    assert share("same_set") < 0.5 < share("share_5_sex") < share("share_5_hdl")
    assert glued["bmi_rank_z"] == 1 < glued["bmi_rank_raw"] < glued["bmi_rank_small"]
    assert glued["descent_zeros"] == 0 and glued["early_off"] > 20 > glued["early_moves"]


# --- the formulas ---


def test_the_soft_threshold_minimises_what_it_is_derived_from():
    u = np.linspace(-4, 4, 80_001)
    for z in (-3.0, -0.4, 0.0, 0.7, 2.5):
        for t in (0.0, 0.5, 1.0):
            best = u[(0.5 * (u - z) ** 2 + t * np.abs(u)).argmin()]
            assert abs(best - soft_threshold(z, t)) <= 1e-4


@pytest.mark.parametrize("l1_ratio", [1.0, 0.6])
def test_one_feature_is_thresholded_and_divided(l1_ratio):
    X, y = made(20, 1, 3)
    x = X[:, 0] - X.mean()
    a, c, lam = x @ x / 20, x @ y / 20, 0.3
    w = soft_threshold(c, lam * l1_ratio) / (a + lam * (1 - l1_ratio))
    assert np.isclose(elastic_net_path(X, y, [lam], l1_ratio).coef[0, 0], w)
    sklearn = ElasticNet(alpha=lam, l1_ratio=l1_ratio, tol=1e-12).fit(X, y)
    assert np.isclose(sklearn.coef_[0], w)


def test_the_conditions_are_met_by_scikit_learn_and_by_nothing_else():
    X, y = made(40, 6, 4)
    lasso = Lasso(alpha=0.2, tol=1e-14, max_iter=100_000).fit(X, y)
    assert kkt_violation(lasso.coef_, lasso.intercept_, X, y, 0.2) < 1e-8
    residual = y - lasso.predict(X)
    covariance = X.T @ residual / 40
    kept = lasso.coef_ != 0
    assert 0 < kept.sum() < 6
    assert np.allclose(covariance[kept], 0.2 * np.sign(lasso.coef_[kept]), atol=1e-8)
    assert (np.abs(covariance[~kept]) < 0.2).all()
    least = objective(lasso.coef_, lasso.intercept_, X, y, 0.2)
    for step in np.random.default_rng(0).normal(0, 0.01, size=(200, 7)):
        moved = lasso.coef_ + step[:6], lasso.intercept_ + step[6]
        assert objective(*moved, X, y, 0.2) > least
        assert kkt_violation(*moved, X, y, 0.2) > 1e-5


def test_lambda_max_is_where_the_last_coefficient_goes():
    X, y = made(30, 5, 5)
    lam_max = np.abs(X.T @ (y - y.mean())).max() / 30
    assert np.isclose(lam_max, lambda_grid(X, y)[0])
    assert not lasso_path(X, y, [lam_max * (1 + 1e-9)]).coef.any()
    assert (lasso_path(X, y, [lam_max * (1 - 1e-6)]).coef != 0).sum() == 1


def test_between_knots_the_path_is_the_straight_line_of_its_active_set():
    X, y = made(30, 6, 6)
    knots = lasso_knots(X, y)
    X_c = X - X.mean(axis=0)
    G, c = X_c.T @ X_c / 30, X_c.T @ y / 30
    for high, low, above, below in zip(
        knots.lams, knots.lams[1:], knots.coef, knots.coef[1:], strict=False
    ):
        middle = (above + below) / 2
        active = np.flatnonzero(middle)
        line = np.linalg.solve(
            G[np.ix_(active, active)], c[active] - (high + low) / 2 * np.sign(middle[active])
        )
        assert np.allclose(middle[active], line)


def test_the_pencil_example_agrees_with_the_library(run):
    defined, _ = run
    X, y = defined["X8"], defined["y8"]
    assert np.allclose(lasso_path(X, y, [3, 2, 1, 0.5, 0]).coef[:, 0], [0, 1, 2, 7 / 3, 8 / 3])
    assert np.allclose(lasso_path(X, y, [3, 2, 1, 0.5, 0]).coef[:, 1], [0, 0, 0, 1 / 3, 2 / 3])


@pytest.mark.parametrize("seed", range(50))
def test_the_weaker_of_two_features_joins_when_the_rule_says(seed):
    X, y, r = two_alike(seed)
    w = np.linalg.lstsq(X, y - y.mean(), rcond=None)[0]
    c = X.T @ y / len(y)
    assert np.isclose(c[0] ** 2 - c[1] ** 2, (1 - r**2) * (w[0] ** 2 - w[1] ** 2))
    rule = (1 + r * np.sign(w[0] * w[1])) * np.abs(w).min()
    assert np.isclose(lasso_knots(X, y).lams[1], rule)


def test_the_noise_in_the_difference_of_two_weights_is_tau():
    X, _, r = two_alike(7)
    noise = np.random.default_rng(0).normal(0, 1.5, size=(20_000, 30))
    w = np.linalg.lstsq(X, (noise - noise.mean(axis=1, keepdims=True)).T, rcond=None)[0]
    assert np.isclose(np.std(w[0] - w[1]), 1.5 * math.sqrt(2 / (30 * (1 - r))), rtol=0.02)


def test_while_both_are_in_their_difference_is_that_of_least_squares():
    seen = 0
    for seed in range(20):
        X, y, _ = two_alike(seed)
        knots = lasso_knots(X, y)
        last = knots.coef[-1]
        if last.prod() > 0:
            half = lasso_path(X, y, [knots.lams[1] / 2]).coef[0]
            assert np.isclose(half[0] - half[1], last[0] - last[1])
            seen += 1
    assert seen > 5


@pytest.mark.parametrize("l1_ratio", [0.2, 0.5, 0.9])
def test_the_grouping_bound_holds_and_so_do_its_steps(l1_ratio):
    checked = 0
    for seed in range(40):
        X, y, r = two_alike(seed)
        lam = 0.3
        fit = elastic_net_path(X, y, [lam], l1_ratio)
        w = fit.coef[0]
        residual = y - predict(fit, X)[:, 0]
        assert np.isclose(np.sum((X[:, 0] - X[:, 1]) ** 2), 2 * 30 * (1 - r))
        assert residual @ residual <= np.sum((y - y.mean()) ** 2)
        if w.prod() > 0:
            difference = (X[:, 0] - X[:, 1]) @ residual / (30 * lam * (1 - l1_ratio))
            assert np.isclose(w[0] - w[1], difference)
            bound = math.sqrt(2 * (1 - r)) * np.std(y) / (lam * (1 - l1_ratio))
            assert abs(w[0] - w[1]) <= bound
            checked += 1
    assert checked > 5


def test_the_elastic_net_is_a_lasso_on_more_rows():
    X, y = made(25, 4, 8)
    lam, l1_ratio = 0.3, 0.4
    X_c, y_c = X - X.mean(axis=0), y - y.mean()
    more = np.vstack([X_c, math.sqrt(25 * lam * (1 - l1_ratio)) * np.eye(4)])
    zeros = np.concatenate([y_c, np.zeros(4)])
    # scikit-learn's loss is a mean over the 29 rows, the chapter's one over the 25.
    lasso = Lasso(alpha=lam * l1_ratio * 25 / 29, fit_intercept=False, tol=1e-14).fit(more, zeros)
    assert np.allclose(lasso.coef_, elastic_net_path(X, y, [lam], l1_ratio).coef[0])


def test_a_path_never_holds_as_many_features_as_there_are_rows():
    for seed in range(10):
        X, y = made(8, 30, seed)
        assert max((w != 0).sum() for w in lasso_knots(X, y).coef) <= 7
    assert (elastic_net_path(X, y, [0.01], 0.5).coef != 0).sum() > 7


def test_rotating_the_features_changes_the_lasso_and_not_ridge():
    X, y = made(30, 5, 9)
    Q, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(5, 5)))
    assert np.allclose(
        predict(ridge_path(X, y, [0.2]), X), predict(ridge_path(X @ Q, y, [0.2]), X @ Q)
    )
    assert not np.allclose(
        predict(lasso_path(X, y, [0.2]), X), predict(lasso_path(X @ Q, y, [0.2]), X @ Q), atol=0.01
    )


def test_the_exchange_rates_at_a_corner():
    """How much w_1 a first bit of w_2 costs, when the budget stays spent."""
    w_1, bit = 1.5, 1e-6
    for l1_ratio, rate in ((1.0, 1.0), (0.5, 0.4), (0.0, 0.0)):

        def spent(w, rho=l1_ratio):
            return objective(w, 0.0, np.zeros((2, 2)), [0.0, 0.0], 1.0, reglib.ElasticNet(rho))

        low, high = 0.0, w_1
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (
                (middle, high) if spent([middle, bit]) < spent([w_1, 0.0]) else (low, middle)
            )
        assert abs((w_1 - low) / bit - rate) < 1e-3


# --- the quiz ---


def test_what_the_quiz_says_about_its_plot(run):
    defined, _ = run
    X, y = defined["quiz_data"]()
    path = defined["quiz_path"]
    assert np.abs(X.T @ (y - y.mean())).argmax() == 2 and path.lams[0] < 3.2
    at = lasso_path(X, y, [0.3, 1.0]).coef
    assert (at[0] != 0).tolist() == [True, True, False, True] and at[1, 2] > 0 > path.coef[-1, 2]
    out = path.lams[path.coef[:, 2] == 0]
    texts = json.dumps(QUIZ[0])
    assert f"{out[1]:.2f}" in texts and f"{out[-1]:.2f}" in texts


def test_what_the_quiz_takes_from_the_page(run):
    _, glued = run
    texts = json.dumps(QUIZ, ensure_ascii=False)
    assert f"all 5 and {glued['false_kept']:.0f} others" in texts
    assert f"{math.sqrt(2 / (500 * 0.01)):.2f}" in texts
    assert float(glued["both_99_easy"].split()[0]) > 85
    assert glued["contest_wins_2"] == "100 %" and float(glued["contest_wins_40"].split()[0]) < 10


def test_few_of_many_genes_is_a_case_for_the_lasso(run):
    contest = run[0]["contest"]
    results = [contest(seed, 10, n=100, p=1000) for seed in range(6)]
    assert all(lasso < ridge for lasso, ridge, *_ in results)
