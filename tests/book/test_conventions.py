"""The table of λ conventions: each row minimises what this course minimises.

A row states an objective and what to set for our λ and ρ. Both are evaluated here: at any (w, b)
the objective so set must be one and the same multiple of ours. The rows of scikit-learn are also
fitted. The others are held to what their documentation says: for glmnet the vignette "An
Introduction to glmnet" (on the Gaussian family, with its note that y is scaled to unit variance
first), for statsmodels the notes of `OLS.fit_regularized`, for PyTorch `torch.optim.SGD`, for Keras
`regularizers.L2`.
"""

import csv
import re

import numpy as np
import pytest
from sklearn import linear_model
from sklearn.model_selection import KFold

from reglib import predict, ridge_path, standardize
from reglib.repository import path

TABLE = path("book", "conventions.csv")
with TABLE.open(encoding="utf-8", newline="") as lines:
    ROWS = [
        (cells[0].splitlines()[0], cells[1].strip("`"), cells[2].strip("`"))
        for cells in list(csv.reader(lines))[1:]
    ]

RIDGE, LASSO, BOTH = 0.0, 1.0, 0.3
# Which of our penalties a row is about; what is not listed takes both, with any ρ.
RHO = {
    "scikit-learn `Ridge`": RIDGE,
    "scikit-learn `Lasso`": LASSO,
    "scikit-learn `RidgeCV`": RIDGE,
    "scikit-learn `LogisticRegression`": RIDGE,
    "glmnet (R) with `alpha = 1`": LASSO,
    "glmnet (R) with `alpha = 0`": RIDGE,
    "PyTorch `SGD(weight_decay=…)`, loss ½ · mean square": RIDGE,
    "PyTorch `SGD(weight_decay=…)`, loss `MSELoss`": RIDGE,
    'Keras `kernel_regularizer=L2(l2)`, loss `"mse"`': RIDGE,
    "{cite:t}`hoerl1970`, the ridge k": RIDGE,
    "{cite:t}`hastie2009`, ridge (3.41)": RIDGE,
    "{cite:t}`hastie2009`, lasso (3.52)": LASSO,
    "{cite:t}`james2023`, ridge (6.5)": RIDGE,
    "{cite:t}`james2023`, lasso (6.7)": LASSO,
    "{cite:t}`bishop2006`, ridge (3.27)": RIDGE,
    "{cite:t}`goodfellow2016`, § 7.1.1": RIDGE,
    "Gaussian prior on w, variance tau2; noise of variance sigma2": RIDGE,
}

N, P, LAM = 23, 4, 0.37
rng = np.random.default_rng(8)
X = rng.normal(size=(N, P)) * [1.0, 2.0, 0.5, 1.5] + [3.0, 0.0, -1.0, 2.0]
Y = X @ [1.0, -0.5, 0.0, 0.8] + rng.normal(size=N) + 5.0
LABEL = (np.median(Y) < Y).astype(float)


def settings(write: str, **known: float) -> dict[str, float]:
    """Evaluate `a = …, b = …` or the arguments of a call such as `Ridge(alpha=n * lam)`."""
    write = re.sub(r"^\w+\((.*)\)$", r"\1", write).replace("lambda", "lambda_").replace("__", "_")
    return eval(f"dict({write})", {"__builtins__": {"dict": dict}}, known)


def terms(w: np.ndarray, b: float) -> dict[str, float]:
    score = X @ w + b
    return {
        "RSS": np.sum((Y - score) ** 2),
        "L1": np.abs(w).sum(),
        "L2": w @ w,
        "LOGLOSS": np.mean(np.logaddexp(0, score) - LABEL * score),
    }


@pytest.mark.parametrize(("where", "minimises", "write"), ROWS, ids=[row[0] for row in ROWS])
def test_the_objective_is_a_multiple_of_ours(where, minimises, write):
    rho = RHO.get(where, BOTH)
    known = {"n": N, "lam": LAM, "rho": rho, "sd_y": Y.std(), "sigma2": 1.7}
    set_to = settings(write, **known)
    if "alphas" in set_to:
        set_to["alpha"] = set_to.pop("alphas")[0]
    expression = re.sub(r"\blambda", "lambda_", minimises).replace("__", "_")
    ratios = []
    for seed in range(20):
        point = np.random.default_rng(seed)
        values = terms(point.normal(size=P) * 3, point.normal())
        loss = values["LOGLOSS"] if "LOGLOSS" in minimises else values["RSS"] / (2 * N)
        ours = loss + LAM * (rho * values["L1"] + (1 - rho) / 2 * values["L2"])
        ratios.append(eval(expression, {}, {**values, **known, **set_to}) / ours)
    assert np.allclose(ratios, ratios[0], rtol=1e-12)


def write_of(where: str) -> str:
    return next(write for name, _, write in ROWS if name == f"scikit-learn `{where}`")


def fitted(where: str, n: int, **more: float) -> object:
    """The estimator that the row tells to write, made by that very text."""
    model = eval(write_of(where), vars(linear_model).copy(), {"n": n, "lam": LAM, "rho": BOTH})
    return model.set_params(**more)


def slopes(w: np.ndarray, b: float, rho: float) -> np.ndarray:
    """How far the optimality conditions of J are violated: zero at the minimum only."""
    residual = Y - b - X @ w
    gradient = -X.T @ residual / N + LAM * (1 - rho) * w
    at_zero = np.maximum(np.abs(gradient) - LAM * rho, 0)
    return np.append(np.where(w == 0, at_zero, gradient + LAM * rho * np.sign(w)), residual.mean())


def test_scikit_learn_ridge():
    model = fitted("Ridge", N).fit(X, Y)
    ours = ridge_path(X, Y, [LAM])
    assert np.allclose(model.coef_, ours.coef[0], rtol=1e-10)
    assert np.isclose(model.intercept_, ours.intercept[0], rtol=1e-10)


@pytest.mark.parametrize(("where", "rho"), [("Lasso", LASSO), ("ElasticNet", BOTH)])
def test_scikit_learn_lasso_and_elastic_net(where, rho):
    model = fitted(where, N, tol=1e-14, max_iter=100_000).fit(X, Y)
    assert np.abs(slopes(model.coef_, model.intercept_, rho)).max() < 1e-8
    assert (model.coef_ != 0).any()


def test_scikit_learn_logistic_regression():
    model = fitted("LogisticRegression", N, tol=1e-12, max_iter=10_000).fit(X, LABEL)
    w, b = model.coef_[0], model.intercept_[0]
    residual = 1 / (1 + np.exp(-(X @ w + b))) - LABEL
    assert np.abs(X.T @ residual / N + LAM * w).max() < 1e-6
    assert abs(residual.mean()) < 1e-6


def test_liblinear_penalises_the_intercept_too():
    model = fitted("LogisticRegression", N, solver="liblinear", tol=1e-12, max_iter=100_000)
    model.fit(X, LABEL)
    w, b = model.coef_[0], model.intercept_[0]
    residual = 1 / (1 + np.exp(-(X @ w + b))) - LABEL
    assert abs(residual.mean() + LAM * b) < 1e-6
    assert abs(b) > 1e-3


def test_ridge_cv_keeps_alpha_on_the_folds_and_in_the_refit():
    model = fitted("RidgeCV", N, cv=KFold(4), scoring="neg_mean_squared_error").fit(X, Y)
    alpha = N * LAM
    assert np.allclose(model.coef_, ridge_path(X, Y, [alpha / N]).coef[0])
    errors = []
    for train, held_out in KFold(4).split(X):
        path = ridge_path(X[train], Y[train], [alpha / len(train)])
        errors.append(np.mean((Y[held_out] - predict(path, X[held_out])[:, 0]) ** 2))
    assert np.isclose(-model.best_score_, np.mean(errors))


def test_ridge_cv_by_default_leaves_one_out_at_the_same_alpha():
    model = fitted("RidgeCV", N, store_cv_results=True).fit(X, Y)
    alpha = N * LAM
    for i in range(N):
        rest = np.arange(N) != i
        path = ridge_path(X[rest], Y[rest], [alpha / (N - 1)])
        error = (Y[i] - predict(path, X[[i]])[0, 0]) ** 2
        assert np.isclose(model.cv_results_[i, 0], error)


def glmnet_ridge(X: np.ndarray, y: np.ndarray, lambda_: float, scale_x: bool) -> np.ndarray:
    """What the vignette says that glmnet does for alpha = 0, step by step, by its own objective."""
    sd_x = X.std(axis=0) if scale_x else np.ones(X.shape[1])
    Z, z = (X - X.mean(axis=0)) / sd_x, (y - y.mean()) / y.std()
    # The λ that a user gives is in the units of y, as is the sequence that glmnet makes.
    system = Z.T @ Z / len(y) + lambda_ / y.std() * np.eye(X.shape[1])
    return np.linalg.solve(system, Z.T @ z / len(y)) * y.std() / sd_x


def test_glmnet_ridge_needs_the_standard_deviation_of_y():
    write = next(write for name, _, write in ROWS if name == "glmnet (R) with `alpha = 0`")
    lambda_ = settings(write, lam=LAM, sd_y=Y.std())["lambda_"]
    ours = ridge_path(X, Y, [LAM]).coef[0]
    assert np.allclose(glmnet_ridge(X, Y, lambda_, scale_x=False), ours)
    assert not np.allclose(glmnet_ridge(X, Y, LAM, scale_x=False), ours, rtol=0.01)


def test_glmnet_by_default_scales_x_as_standardize_does():
    Z, _, scale = standardize(X)
    ours = ridge_path(Z, Y, [LAM]).coef[0] / scale
    assert np.allclose(glmnet_ridge(X, Y, LAM * Y.std(), scale_x=True), ours)


def test_a_column_of_length_one_has_standard_deviation_one_over_root_n():
    centred = X[:, 0] - X[:, 0].mean()
    assert np.isclose((centred / np.linalg.norm(centred)).std(), 1 / np.sqrt(N))


def test_statsmodels_penalises_the_constant_unless_told_otherwise():
    """The documented objective with a vector alpha; the constant is the first column."""

    def fit(alpha: np.ndarray) -> np.ndarray:
        ones = np.column_stack([np.ones(N), X])
        return np.linalg.solve(ones.T @ ones / N + np.diag(alpha), ones.T @ Y / N)

    ours = ridge_path(X, Y, [LAM])
    spared = fit(np.array([0.0] + [LAM] * P))
    assert np.allclose(spared, [ours.intercept[0], *ours.coef[0]])
    assert not np.allclose(fit(np.full(P + 1, LAM)), spared, rtol=0.01)


def test_sgd_with_weight_decay_ends_at_ridge_and_adamw_does_not_stay_there():
    ours = ridge_path(X, Y, [LAM])
    w, b = ours.coef[0], ours.intercept[0]
    gradient = -X.T @ (Y - b - X @ w) / N
    # `torch.optim.SGD`: the decay is added to the gradient. At ridge's solution nothing moves.
    assert np.allclose(gradient + LAM * w, 0)
    # AdamW, after many equal gradients: m = g and v = g², so the step is lr · (sign(g) + λw).
    assert np.abs(np.sign(gradient) + LAM * w).min() > 0.1


def test_the_gaussian_prior_gives_the_posterior_mode():
    write = next(write for name, _, write in ROWS if name.startswith("Gaussian prior"))
    sigma2 = 1.7
    tau2 = settings(write, n=N, lam=LAM, sigma2=sigma2)["tau2"]
    ours = ridge_path(X, Y, [LAM])
    w, b = ours.coef[0], ours.intercept[0]
    residual = Y - b - X @ w
    assert np.allclose(X.T @ residual / sigma2 - w / tau2, 0)
    assert np.isclose(residual.sum(), 0)
