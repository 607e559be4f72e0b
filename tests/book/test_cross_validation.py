"""The chapter on cross-validation: its cells run, its claims hold, its formulas are exact."""

import re

import numpy as np
import pytest
from sklearn.linear_model import Ridge, RidgeCV

from reglib import cross_validate, kfold, predict, ridge_loo, ridge_path
from reglib.repository import path

BOOK = path("book")
CHAPTER = BOOK / "choosing" / "cross-validation.md"
TEXT = CHAPTER.read_text(encoding="utf-8")
CELLS = re.findall(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", TEXT, flags=re.MULTILINE | re.DOTALL)
PROSE = re.sub(r"^```.*?^```$", "", TEXT, flags=re.MULTILINE | re.DOTALL)


def made(n: int, p: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p)) + 5.0
    return X, X[:, 0] - X[:, -1] + rng.normal(size=n)


# --- text ---


def test_the_text_uses_every_number_that_the_cells_hand_over_and_no_other(run):
    _, glued = run
    assert set(re.findall(r"\{glue:text\}`(\w+)", PROSE)) == set(glued)


def test_every_named_mistake_says_what_to_read_again():
    mistakes = TEXT.split("### Mistakes with names")[1].split("\n## ")[0]
    named = re.findall(r"^[^\n:]+\n: (.*?)(?=\n\n|\Z)", mistakes, flags=re.MULTILINE | re.DOTALL)
    assert len(named) >= 15
    for advice in named:
        cited = re.findall(r"\[\]\(#([\w-]+)\)", advice)
        assert cited and all(f"\n({label})=\n" in TEXT for label in cited), advice


# --- leave-one-out ---


@pytest.mark.parametrize(("n", "p", "lam"), [(20, 3, 0.1), (12, 30, 0.5), (8, 2, 0.0), (2, 1, 1.0)])
def test_the_chapters_formula_equals_an_explicit_loop_and_the_library(run, n, p, lam):
    X, y = made(n, p, seed=n)
    errors = []
    for i in range(n):
        rest = np.arange(n) != i
        errors.append(y[i] - predict(ridge_path(X[rest], y[rest], [lam]), X[[i]])[0, 0])
    loop = np.mean(np.square(errors))
    assert run[0]["ridge_loo_mse"](X, y, lam) == pytest.approx(loop, rel=1e-10)
    assert ridge_loo(X, y, [lam])[0][0] == pytest.approx(loop, rel=1e-10)


def test_the_pencil_example(run):
    X, y = np.array([[-1.0], [0.0], [1.0]]), np.array([0.0, 0.0, 3.0])
    held_out = [
        y[i] - predict(ridge_path(np.delete(X, i, 0), np.delete(y, i), [1.0]), X[[i]])[0, 0]
        for i in range(3)
    ]
    assert held_out == pytest.approx([-0.6, -1.5, 3.0])
    # With the total penalty 2 of two rows, as the text says, and not the 3 of three.
    assert ridge_path(X, y, [2 / 3]).coef[0, 0] == pytest.approx(3 / 4)
    assert run[0]["ridge_loo_mse"](X, y, 1.0) == pytest.approx((0.36 + 2.25 + 9) / 3)


def test_a_false_answer_equal_to_the_held_out_prediction_leaves_the_refit_as_it_is():
    X, y = made(15, 4, seed=3)
    lam, rest = 0.2, np.arange(15) > 0
    refit = ridge_path(X[rest], y[rest], [lam])
    y_false = y.copy()
    y_false[0] = predict(refit, X[[0]])[0, 0]
    again = ridge_path(X, y_false, [lam * 14 / 15])  # the same total penalty
    assert again.coef == pytest.approx(refit.coef, rel=1e-10)
    assert again.intercept == pytest.approx(refit.intercept, rel=1e-10)


def test_gcv_is_the_formula_of_the_text():
    X, y = made(25, 6, seed=5)
    lam, X_c = 0.3, X - X.mean(axis=0)
    hat = X_c @ np.linalg.solve(X_c.T @ X_c + 25 * lam * np.eye(6), X_c.T)
    residual = (y - y.mean()) - hat @ (y - y.mean())
    expected = np.mean(residual**2) / (1 - (1 + np.trace(hat)) / 25) ** 2
    assert ridge_loo(X, y, [lam])[1][0] == pytest.approx(expected, rel=1e-10)


# --- folds, and what scikit-learn makes of them ---


def test_the_chapters_folds_hold_out_every_row_once(run):
    folds = run[0]["kfold_indices"](23, 5, np.random.default_rng(0))
    assert sorted(np.concatenate([held_out for _, held_out in folds])) == list(range(23))
    assert {len(held_out) for _, held_out in folds} == {4, 5}
    for train, held_out in folds:
        assert sorted([*train, *held_out]) == list(range(23))


def test_ridge_cv_keeps_alpha_so_its_lambda_is_another_on_folds_than_in_the_refit():
    X, y = made(200, 5, seed=0)
    folds = kfold(200, 10, np.random.default_rng(0))
    alphas = np.array([0.9, 9.0, 90.0])
    theirs = RidgeCV(alphas, cv=folds, scoring="neg_mean_squared_error").fit(X, y)
    ours = cross_validate(ridge_path, X, y, alphas / 180, folds)
    assert -theirs.best_score_ == pytest.approx(ours.mean.min(), rel=1e-10)
    assert theirs.alpha_ / 180 == pytest.approx(ours.best)
    assert theirs.coef_ == pytest.approx(ridge_path(X, y, [theirs.alpha_ / 200]).coef[0])


def test_ridge_cv_with_folds_ranks_by_the_mean_r_squared_unless_told_otherwise():
    X, y = made(40, 5, seed=0)
    folds = kfold(40, 4, np.random.default_rng(0))
    theirs = RidgeCV([1.0], cv=folds).fit(X, y)
    scores = [Ridge(1.0).fit(X[t], y[t]).score(X[v], y[v]) for t, v in folds]
    assert theirs.best_score_ == pytest.approx(np.mean(scores))


# --- claims, on other seeds than those of the text ---


def test_the_smallest_objective_over_lambda_is_at_zero():
    X, y = made(20, 4, seed=1)
    lams = np.array([0.0, 0.1, 1.0, 10.0])
    path = ridge_path(X, y, lams)
    loss = np.mean((y[:, None] - predict(path, X)) ** 2, axis=0) / 2
    least = loss + lams / 2 * np.sum(path.coef**2, axis=1)
    assert (np.diff(least) > 0).all()


def test_the_formula_of_the_true_risk_is_that_of_many_new_rows(run):
    defined, _ = run
    path = ridge_path(*defined["made"](60, np.random.default_rng(77)), [0.3])
    X_new, y_new = defined["made"](200_000, np.random.default_rng(78))
    measured = np.mean((y_new - predict(path, X_new)[:, 0]) ** 2)
    assert defined["true_risk"](path)[0] == pytest.approx(measured, rel=0.02)


def test_screening_flatters_noise_on_other_seeds_too(run):
    screen = run[0]["screen"]
    ratios = []
    for seed in range(500, 510):
        rng = np.random.default_rng(seed)
        X, y = rng.standard_normal((60, 1000)), rng.standard_normal(60)
        kept = screen(X, y, 20)
        cv = cross_validate(ridge_path, X[:, kept], y, [0.1], kfold(60, 10, rng))
        ratios.append(cv.mean[0] / (1 + cv.path.intercept[0] ** 2 + np.sum(cv.path.coef**2)))
    assert max(ratios) < 0.7


def test_screening_keeps_the_largest_absolute_correlations(run):
    X, y = made(30, 8, seed=9)
    correlations = np.abs([np.corrcoef(column, y)[0, 1] for column in X.T])
    assert set(run[0]["screen"](X, y, 3)) == set(np.argsort(correlations)[-3:])


def test_the_leaks_differ_in_size_as_the_text_says(run):
    _, glued = run
    assert 0.4 < glued["screen_reported"] < 0.5 and 1.25 < glued["screen_true"] < 1.45
    assert 0.3 < float(glued["choosing_size"].split()[0]) < 1.2  # percent
    assert float(glued["scaling_size"].split()[0]) < 0.01


def test_the_one_standard_error_rule_by_hand(run):
    rule = run[0]["one_standard_error_lambda"]
    lams = np.array([0.01, 0.1, 1.0, 10.0, 100.0])
    errors = np.array([5.2, 5.0, 5.6, 5.75, 6.4]) + np.array([[-2.0], [0.0], [2.0], [0.0]])
    assert rule(lams, errors) == 10.0  # 5.75 ≤ 5 + √(8/3)/2, and 6.4 is not
    order = [3, 0, 4, 2, 1]
    assert rule(lams[order], errors[:, order]) == 10.0
    assert rule(np.array([1.0, 2.0]), np.array([[3.0, 3.0], [3.0, 3.0]])) == 2.0
