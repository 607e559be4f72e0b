"""The error on each held-out fold, for each λ."""

from collections.abc import Callable
from typing import Any

import numpy as np

from reglib.checks.entry import Case, Entry, Function, Misconception
from reglib.exercises import draws

FINGERPRINT = Function("lambda X, y, lam: (X.T @ y / (len(y) + lam), y.mean())")


def _ahead(n: int, first: int, step: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Folds in time order: train on all rows so far, hold out the next."""
    return [
        (np.arange(m), np.arange(m, min(m + step, n))) for m in range(first, n - step + 1, step)
    ]


def errors_agree(args: tuple, value: Any, other: Any) -> bool:
    """Each error to a relative 1e-6, and besides to a billionth of the variance of y."""
    slack = 1e-9 * args[2].var()
    return np.allclose(value, other, rtol=1e-6, atol=slack, equal_nan=True)


def mse(X, y, w, b):
    residual = y - b - X @ w
    return float(residual @ residual / len(y))


def cross_val_errors(fit, X, y, lams, folds):
    def errors(train, held_out):
        A, a, B, c = X[train], y[train], X[held_out], y[held_out]
        return [mse(B, c, *fit(A, a, lam)) for lam in lams]

    return np.array([errors(*fold) for fold in folds])


RUBRIC = {
    "typical cases": 2,
    "folds of unequal size, or of one row": 1,
    "a single λ, λ = 0, whole numbers": 1,
    "folds that leave rows out": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    one = "a held-out set of one row has the squared error of that row"
    zero = "λ = 0 is a λ like any other, and the columns come in the order of lams"
    past = (
        "the rows of a fold are those that `folds` says, even if some rows are in neither of its "
        "two sets"
    )
    typical, sizes, order, special = RUBRIC

    def draw(n, p, lams, folds, whole=False):
        return FINGERPRINT, *draws.problem(rng, n, p, whole), lams, folds

    def shuffled(n, p, count, k):
        return draw(n, p, draws.penalties(rng, count), draws.folds(rng, n, k))

    def ahead(n, p):
        return draw(n, p, draws.penalties(rng, 2), _ahead(n, 3, 2))

    def with_zero(count):
        lams = draws.penalties(rng, count)
        lams[rng.integers(count)] = 0.0
        return lams

    whole = np.array([3, 0, 7])
    return [
        Case(typical, "four rows, two folds, three λ", shuffled(4, 1, 3, 2)),
        Case(typical, "nine rows, three folds, two λ", shuffled(9, 2, 2, 3)),
        Case(typical, "eight rows, four folds, four λ", shuffled(8, 3, 4, 4)),
        Case(sizes, "seven rows, three folds", shuffled(7, 2, 2, 3)),
        Case(sizes, "as many folds as rows", shuffled(4, 1, 2, 4), one),
        Case(order, "a single λ", shuffled(6, 2, 1, 2)),
        Case(order, "λ = 0 among others", draw(6, 2, with_zero(3), draws.folds(rng, 6, 2)), zero),
        Case(order, "whole numbers", draw(6, 2, whole, draws.folds(rng, 6, 2), whole=True), zero),
        Case(special, "rows in time order: train on the past", ahead(7, 1), past),
        Case(special, "rows in time order, three folds", ahead(9, 2), past),
    ]


def _with(error: Callable) -> Callable:
    """A wrong `cross_val_errors` whose `error(fit, X, y, train, held_out, lam)` is each entry."""

    def wrong(fit, X, y, lams, folds):
        return np.array([[error(fit, X, y, *fold, lam) for lam in lams] for fold in folds])

    return wrong


def _on_training_rows(fit, X, y, train, held_out, lam):
    return mse(X[train], y[train], *fit(X[train], y[train], lam))


def _fitted_to_all(fit, X, y, train, held_out, lam):
    return mse(X[held_out], y[held_out], *fit(X, y, lam))


def _residuals(fit, X, y, train, held_out, lam):
    w, b = fit(X[train], y[train], lam)
    return y[held_out] - b - X[held_out] @ w


def _without_intercept(fit, X, y, train, held_out, lam):
    w, _ = fit(X[train], y[train], lam)
    return mse(X[held_out], y[held_out], w, 0.0)


def _of_a_square(fit, X, y, train, held_out, lam):
    w, b = fit(X[train], y[train], lam)
    return np.mean((y[held_out][:, None] - b - X[held_out] @ w) ** 2)


ENTRY = Entry(
    name="cross_validation.cross_val_errors",
    place=2,
    returns=("errors",),
    must=(
        "row f, column l of errors is the mean squared error on the held-out rows of fold f, of "
        "the fit to the training rows of fold f with λ number l"
    ),
    reference=cross_val_errors,
    cases=cases,
    rubric=RUBRIC,
    section="k-folds",
    example=(
        FINGERPRINT,
        np.array([[2.0], [1.0], [0.0]]),
        np.array([3.0, 1.0, 2.0]),
        np.array([0.0, 2.0]),
        [(np.array([1, 2]), np.array([0])), (np.array([0]), np.array([1, 2]))],
    ),
    compare=errors_agree,
    misconceptions=(
        Misconception(
            "subtracting an (n, 1) from an (n,) makes an (n, n) array",
            "print the shapes of the held-out y, of its prediction and of their difference: each "
            "should have one number per held-out row.",
            "k-folds",
            _with(_of_a_square),
        ),
        Misconception(
            "the error is measured on the training rows",
            "ask which rows the fit has not seen, and whether those are the ones that you measure "
            "on.",
            "three-sets",
            _with(_on_training_rows),
        ),
        Misconception(
            "the fit sees all rows, the held-out ones included",
            "print len(y) inside the function that is passed as `fit`: it should be the number of "
            "training rows of the fold.",
            "three-sets",
            _with(_fitted_to_all),
        ),
        Misconception(
            "the two sets of a fold are swapped",
            "print the first pair of `folds`, and see in which order the two sets come.",
            "k-folds",
            lambda fit, X, y, lams, folds: cross_val_errors(
                fit, X, y, lams, [fold[::-1] for fold in folds]
            ),
        ),
        Misconception(
            "the intercept is left out of the predictions",
            "write the prediction for one row as a formula, and compare it with your code.",
            "cross-validation-code",
            _with(_without_intercept),
        ),
        Misconception(
            "the squared errors of a fold are added up, not averaged",
            "ask whether a fold of 16 rows should count more than one of 15.",
            "k-folds",
            _with(lambda *args: np.sum(_residuals(*args) ** 2)),
        ),
        Misconception(
            "the root of the mean squared error is returned",
            "ask for the unit of what you return: is it that of y, or that of y²?",
            "k-folds",
            _with(lambda *args: np.sqrt(np.mean(_residuals(*args) ** 2))),
        ),
        Misconception(
            "the axes are mixed up: one row for each λ, one column for each fold",
            "print the shape of your errors for two folds and three λ.",
            "k-folds",
            lambda *args: cross_val_errors(*args).T,
        ),
    ),
)
