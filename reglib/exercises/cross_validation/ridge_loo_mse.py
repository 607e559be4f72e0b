"""Leave-one-out of ridge, without the loop."""

from collections.abc import Callable

import numpy as np

import reglib
from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws


def ridge_loo_mse(X, y, lam):
    return float(reglib.ridge_loo(X, y, [lam])[0][0])


RUBRIC = {
    "typical cases": 3,
    "λ = 0": 1,
    "whole numbers, a constant column, p > n": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    least = "with λ = 0 this is leave-one-out of least squares"
    typical, zero, edges = RUBRIC

    def draw(n, p, lam, whole=False):
        while True:
            X, y = draws.problem(rng, n, p, whole)
            if lam > 0 or _leverages(X, 0.0).max() < 0.9:
                return X, y, lam

    with_constant = draws.rows(rng, 6, 3)
    with_constant[:, 1] = 3.0
    return [
        Case(typical, "four rows, one feature", draw(4, 1, draws.penalty(rng))),
        Case(typical, "six rows, two features", draw(6, 2, draws.penalty(rng))),
        Case(typical, "nine rows, three features", draw(9, 3, draws.penalty(rng))),
        Case(zero, "λ = 0, one feature", draw(5, 1, 0.0), least),
        Case(zero, "λ = 0, two features", draw(8, 2, 0), least),
        Case(edges, "more features than rows", draw(4, 6, draws.penalty(rng))),
        Case(
            edges, "a constant column", (with_constant, draws.answers(rng, 6), draws.penalty(rng))
        ),
        Case(edges, "whole numbers", draw(5, 2, 2, whole=True)),
    ]


def _leverages(X, penalty, intercept=True):
    Xc = X - X.mean(axis=0)
    H = Xc @ np.linalg.pinv(Xc.T @ Xc + penalty * np.eye(X.shape[1]), hermitian=True) @ Xc.T
    return np.diag(H) + intercept / len(X)


def _raw_leverages(X, penalty):
    H = X @ np.linalg.pinv(X.T @ X + penalty * np.eye(X.shape[1]), hermitian=True) @ X.T
    return np.diag(H)


def _fitted_residuals(X, y, penalty):
    """The residuals of ridge with a given total penalty."""
    Xc, yc = X - X.mean(axis=0), y - y.mean()
    system = Xc.T @ Xc + penalty * np.eye(X.shape[1])
    return yc - Xc @ (np.linalg.pinv(system, hermitian=True) @ Xc.T @ yc)


def _with(
    combine: Callable = lambda residual, h: np.mean((residual / (1 - h)) ** 2),
    leverages: Callable = _leverages,
    penalty: Callable = lambda n, lam: (n - 1) * lam,
) -> Callable:
    """A wrong `ridge_loo_mse`, one of whose parts is another."""

    def wrong(X, y, lam):
        total = penalty(len(y), lam)
        return combine(_fitted_residuals(X, y, total), leverages(X, total))

    return wrong


ENTRY = Entry(
    name="cross_validation.ridge_loo_mse",
    place=5,
    returns=("error",),
    must=(
        "error is what n folds of one row each give: leave out one row, fit to the others with the "
        "same λ, square the error on that row, and take the mean over the rows"
    ),
    reference=ridge_loo_mse,
    cases=cases,
    rubric=RUBRIC,
    section="leave-one-out",
    example=(np.array([[-1.0], [0.0], [1.0]]), np.array([0.0, 0.0, 3.0]), 1.0),
    misconceptions=(
        Misconception(
            "the total penalty is that of n rows, nλ",
            "count the rows to which each of the refits is made, and ask what their loss is a "
            "mean of.",
            "leave-one-out",
            _with(penalty=lambda n, lam: n * lam),
        ),
        Misconception(
            "λ is not multiplied by a number of rows at all",
            "multiply the objective of a refit by its number of rows, so that the loss becomes a "
            "plain sum, and see what becomes of λ.",
            "leave-one-out",
            _with(penalty=lambda n, lam: lam),
        ),
        Misconception(
            "the leverages lack the 1/n of the intercept",
            "take an X without any column: each fit is the mean of y, so how far does it move if "
            "one y moves by 1?",
            "leave-one-out",
            _with(leverages=lambda X, penalty: _leverages(X, penalty, intercept=False)),
        ),
        Misconception(
            "the leverages are those of an X that is not centred",
            "add 1000 to a column of X: the fitted values stay as they are, and so must the "
            "leverages.",
            "leave-one-out",
            _with(leverages=_raw_leverages),
        ),
        Misconception(
            "1 − h is not squared along with the residual",
            "write down the error of one left-out row first, and only then square it.",
            "leave-one-out",
            _with(lambda residual, h: np.mean(residual**2 / (1 - h))),
        ),
        Misconception(
            "each leverage is replaced by their mean, as in generalised cross-validation",
            "compare with a loop that really leaves out one row at a time: the row that lies "
            "farthest out should count more.",
            "generalised-cross-validation",
            _with(lambda residual, h: np.mean((residual / (1 - h.mean())) ** 2)),
        ),
        Misconception(
            "the residuals are those of rows that the fit has seen",
            "ask by what each residual has to be blown up to become the error of a row that was "
            "left out.",
            "leave-one-out",
            _with(lambda residual, h: np.mean(residual**2)),
        ),
        Misconception(
            "the root of the mean squared error is returned",
            "ask for the unit of what you return: is it that of y, or that of y²?",
            "leave-one-out",
            _with(lambda residual, h: np.sqrt(np.mean((residual / (1 - h)) ** 2))),
        ),
    ),
)
