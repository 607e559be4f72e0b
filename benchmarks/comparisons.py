"""What is compared: for each task the call to reglib and the call a user would otherwise make.

Each call returns the (λ, w, b) that it found, so that its accuracy can be measured by the same
yardstick: the largest violation of the optimality conditions, as a share of the largest gradient
at w = 0.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from sklearn import linear_model

import reglib

Fits = Iterable[tuple[float, np.ndarray, float]]


class Problem(NamedTuple):
    """Data, and the λ of the paths: 100 of them, from λ_max down to λ_max / 1000."""

    name: str
    X: np.ndarray
    y: np.ndarray
    labels: np.ndarray
    lams: np.ndarray
    few: np.ndarray
    folds: list


class Comparison(NamedTuple):
    """One task: ours against theirs, the penalty, and why the comparison is unfair to them."""

    name: str
    ours: Callable[[Problem], Fits]
    theirs: Callable[[Problem], Fits]
    l1_ratio: float | None  # None for logistic regression
    unfair: str


def make(name: str, X: np.ndarray, y: np.ndarray) -> Problem:
    """Return the problem of these data; where y is not 0 or 1, its upper half counts as 1."""
    lams = reglib.lambda_grid(X, y)
    labels = y if set(y) == {0.0, 1.0} else (y > np.median(y)).astype(float)
    few = reglib.lambda_grid(X, labels, num=10)
    return Problem(
        f"{name} {len(X)} × {X.shape[1]}", X, y, labels, lams, few, reglib.kfold(len(X), 5)
    )


def simulated(n: int, p: int) -> Problem:
    """Return independent normal features, of which ten matter."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, p))
    y = X[:, : min(p, 10)] @ rng.normal(0, 3, size=min(p, 10)) + rng.normal(0, 2, size=n)
    return make("simulated", X, y)


def polynomial() -> Problem:
    """Return twenty rows of a sine, and the powers of x up to twelve."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, size=20)
    return make("polynomial", reglib.polynomial(x, 12), np.sin(3 * x) + rng.normal(0, 0.1, size=20))


def quadratic(rows: int) -> Problem:
    """Return so many rows of the diabetes data, with all products of two features as well."""
    diabetes = reglib.load_diabetes()
    Z = reglib.standardize(diabetes.X)[0]
    products = [Z[:, i] * Z[:, j] for i in range(10) for j in range(i, 10) if (i, j) != (1, 1)]
    X = reglib.standardize(np.column_stack([Z, *products])[:rows])[0]
    return make("quadratic diabetes", X, diabetes.y[:rows])


def course(name: str, load: Callable[[], reglib.Dataset]) -> Problem:
    """Return a data set of the course, standardised as its lessons do."""
    data = load()
    return make(name, reglib.standardize(data.X)[0], data.y)


COURSE = [
    lambda: course("Longley", reglib.load_longley),
    polynomial,
    lambda: course("diabetes", reglib.load_diabetes),
    lambda: quadratic(150),
    lambda: course("breast cancer", reglib.load_breast_cancer),
    lambda: course("meat", reglib.load_meat),
]
SIMULATED = [
    lambda: simulated(100, 15),
    lambda: simulated(1000, 100),
    lambda: simulated(200, 2000),
    lambda: simulated(10000, 200),
]


def of_path(path: reglib.Path) -> Fits:
    return zip(path.lams, path.coef, path.intercept, strict=True)


def of_cv(cv: reglib.CV) -> Fits:
    k = list(cv.lams).index(cv.best)
    return [(cv.best, cv.path.coef[k], cv.path.intercept[k])]


def ridge_loop(problem: Problem) -> Fits:
    n = len(problem.y)
    models = [linear_model.Ridge(alpha=n * lam).fit(problem.X, problem.y) for lam in problem.lams]
    return [(lam, m.coef_, m.intercept_) for lam, m in zip(problem.lams, models, strict=True)]


def our_loo(problem: Problem) -> Fits:
    loo, _, _ = reglib.ridge_loo(problem.X, problem.y, problem.lams)

    def refit() -> Fits:  # a generator: runs when its accuracy is measured, not on the clock
        yield from of_path(reglib.ridge_path(problem.X, problem.y, problem.lams[[loo.argmin()]]))

    return refit()


def their_loo(problem: Problem) -> Fits:
    alphas = (len(problem.y) - 1) * problem.lams
    model = linear_model.RidgeCV(alphas=alphas).fit(problem.X, problem.y)
    return [(model.alpha_ / len(problem.y), model.coef_, model.intercept_)]


def their_ridge_cv(problem: Problem) -> Fits:
    alphas = 0.8 * len(problem.y) * problem.lams
    model = linear_model.RidgeCV(alphas=alphas, cv=5).fit(problem.X, problem.y)
    return [(model.alpha_ / len(problem.y), model.coef_, model.intercept_)]


def their_lasso_path(problem: Problem) -> Fits:
    x_mean, y_mean = problem.X.mean(axis=0), problem.y.mean()
    _, coef, _ = linear_model.lasso_path(
        problem.X - x_mean, problem.y - y_mean, alphas=problem.lams
    )
    return zip(problem.lams, coef.T, y_mean - x_mean @ coef, strict=True)


def their_lasso_cv(problem: Problem) -> Fits:
    model = linear_model.LassoCV(alphas=problem.lams, cv=5).fit(problem.X, problem.y)
    return [(model.alpha_, model.coef_, model.intercept_)]


def their_elastic_net_cv(problem: Problem) -> Fits:
    model = linear_model.ElasticNetCV(alphas=2 * problem.lams, l1_ratio=0.5, cv=5)
    model.fit(problem.X, problem.y)
    return [(model.alpha_, model.coef_, model.intercept_)]


def their_logistic_cv(problem: Problem) -> Fits:
    n = len(problem.y)
    model = linear_model.LogisticRegressionCV(
        Cs=1 / (0.8 * n * problem.few),
        cv=5,
        scoring="neg_log_loss",
        l1_ratios=(0.0,),
        use_legacy_attributes=False,
    ).fit(problem.X, problem.labels)
    return [(1 / (n * model.C_), model.coef_[0], model.intercept_[0])]


def our_cv(path_fn: Callable) -> Callable[[Problem], Fits]:
    def run(problem: Problem) -> Fits:
        X, y, lams, folds = problem.X, problem.y, problem.lams, problem.folds
        return of_cv(reglib.cross_validate(path_fn, X, y, lams, folds))

    return run


def our_elastic_net_cv(problem: Problem) -> Fits:
    def path_fn(X: np.ndarray, y: np.ndarray, lams: np.ndarray) -> reglib.Path:
        return reglib.elastic_net_path(X, y, lams, 0.5)

    X, y, folds = problem.X, problem.y, problem.folds
    return of_cv(reglib.cross_validate(path_fn, X, y, 2 * problem.lams, folds))


def our_logistic_cv(problem: Problem) -> Fits:
    return of_cv(
        reglib.cross_validate(
            reglib.logistic_path,
            problem.X,
            problem.labels,
            problem.few,
            problem.folds,
            reglib.log_loss,
        )
    )


def violation(problem: Problem, fits: Fits, l1_ratio: float | None) -> float:
    """Return the largest violation of the optimality conditions, relative to w = 0."""
    X = problem.X - problem.X.mean(axis=0)
    if l1_ratio is None:
        scale = np.abs(X.T @ problem.labels).max() / len(X)
        worst = 0.0
        for lam, w, b in fits:
            excess = 1 / (1 + np.exp(-b - problem.X @ w)) - problem.labels
            gradient = problem.X.T @ excess / len(X) + lam * w
            worst = max(worst, np.abs(gradient).max(), abs(excess.mean()))
        return worst / scale
    scale = np.abs(X.T @ (problem.y - problem.y.mean())).max() / len(X)
    penalty = reglib.ElasticNet(l1_ratio)
    return max(
        reglib.kkt_violation(w, b, problem.X, problem.y, lam, penalty) / scale for lam, w, b in fits
    )


OVERHEAD = "scikit-learn has no ridge path: its fixed cost per call counts 100 times"
SEARCH = "a general grid search, 500 fits with a fixed cost each; a loop nobody would write by hand"

COMPARISONS = [
    Comparison(
        "ridge path, 100 λ, against a loop over `Ridge`",
        lambda problem: of_path(reglib.ridge_path(problem.X, problem.y, problem.lams)),
        ridge_loop,
        0.0,
        OVERHEAD,
    ),
    Comparison(
        "leave-one-out, 100 λ, against `RidgeCV`",
        our_loo,
        their_loo,
        0.0,
        "its call returns the coefficients at the best λ too, a small part of its work",
    ),
    Comparison(
        "5-fold ridge, 100 λ, against `RidgeCV(cv=5)`",
        our_cv(reglib.ridge_path),
        their_ridge_cv,
        0.0,
        SEARCH,
    ),
    Comparison(
        "exact lasso path, 100 λ, against `lasso_path`",
        lambda problem: of_path(reglib.lasso_path(problem.X, problem.y, problem.lams)),
        their_lasso_path,
        1.0,
        "",
    ),
    Comparison(
        "5-fold lasso, 100 λ, against `LassoCV`",
        our_cv(reglib.lasso_path),
        their_lasso_cv,
        1.0,
        "",
    ),
    Comparison(
        "5-fold elastic net, 100 λ, against `ElasticNetCV`",
        our_elastic_net_cv,
        their_elastic_net_cv,
        0.5,
        "",
    ),
    Comparison(
        "5-fold logistic, 10 λ, against `LogisticRegressionCV`",
        our_logistic_cv,
        their_logistic_cv,
        None,
        "",
    ),
]
