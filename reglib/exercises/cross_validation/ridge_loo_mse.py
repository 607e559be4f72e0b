"""Leave-one-out of ridge, without the loop."""

from collections.abc import Callable
from functools import partial

import numpy as np

import reglib
from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws
from reglib.exercises.choices import as_choices, inherited
from reglib.exercises.ridge.ridge_fit import ENTRY as FIT
from reglib.exercises.ridge.ridge_fit import ridge_fit


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
            if lam > 0 or _hat(centred(X), 0.0).diagonal().max() < 0.9 - 1 / n:
                return X, y, lam

    with_constant = draws.rows(rng, 6, 3)
    with_constant[:, 1] = 3.0
    return [
        Case(typical, "four rows, one feature", draw(4, 1, draws.penalty(rng))),
        Case(typical, "six rows, two features", draw(6, 2, draws.penalty(rng))),
        Case(typical, "nine rows, three features", draw(9, 3, draws.penalty(rng))),
        Case(typical, "seven rows, a large λ", draw(7, 2, round(10 * draws.penalty(rng), 1))),
        Case(zero, "λ = 0, one feature", draw(5, 1, 0.0), least),
        Case(zero, "λ = 0, two features", draw(8, 2, 0), least),
        Case(zero, "λ = 0, three features", draw(10, 3, 0.0), least),
        Case(edges, "more features than rows", draw(4, 6, draws.penalty(rng))),
        Case(
            edges, "a constant column", (with_constant, draws.answers(rng, 6), draws.penalty(rng))
        ),
        Case(edges, "whole numbers", draw(5, 2, 2, whole=True)),
    ]


def centred(X):
    return X - X.mean(axis=0)


def _share(s, penalty):
    return s**2 / (s**2 + penalty)


def _hat(X, penalty, share=_share):
    """The matrix that takes y to X times its ridge fit, without an intercept."""
    U, s, _ = np.linalg.svd(X, full_matrices=False)
    kept = s > 1e-10 * s[0]
    return U[:, kept] * share(s[kept], penalty) @ U[:, kept].T


def _formula(
    X,
    y,
    lam,
    *,
    strength=lambda n, p, lam: (n - 1) * lam,
    fit=ridge_fit,
    used=centred,
    share=_share,
    intercept=lambda n: 1 / n,
    leverages=lambda h: h,
    blow_up=lambda residual, h: residual / (1 - h),
    total=lambda errors: np.mean(errors**2),
):
    """`strength` is the total penalty, `used`, `share` and `intercept` make the leverages h.

    `blow_up` makes the errors of rows left out, `total` one number of them.
    """
    n, p = X.shape
    penalty = strength(n, p, lam)
    w, b = fit(X, y, penalty / n)
    h = _hat(used(X), penalty, share).diagonal() + intercept(n)
    return total(blow_up(y - b - X @ w, leverages(h)))


def _uncentred(X, y, lam):
    """As if there were no intercept: neither in the fit nor in the leverages."""
    H = _hat(X, (len(y) - 1) * lam)
    return np.mean(((y - H @ y) / (1 - H.diagonal())) ** 2)


def _of_one_share(share: Callable) -> Callable:
    """A wrong factor on each direction, in the fit as well as in the leverages."""

    def wrong(X, y, lam):
        H = _hat(centred(X), (len(y) - 1) * lam, share)
        residual = y - y.mean() - H @ (y - y.mean())
        return np.mean((residual / (1 - 1 / len(y) - H.diagonal())) ** 2)

    return wrong


_REFIT = "count the rows to which each of the refits is made, and ask what their loss is a mean of."
_SUM = (
    "multiply the objective of a refit by its number of rows, so that the loss becomes a plain "
    "sum, and see what becomes of λ."
)
_SHIFT = "add 1000 to a column of X: the fitted values stay as they are, and so must the leverages."
_MOVE = (
    "take an X without any column: each fit is the mean of y, so how far does it move if one y "
    "moves by 1?"
)
_LOOP = (
    "compare with a loop that really leaves out one row at a time: the row that lies farthest out "
    "should count more."
)
_FIRST = "write down the error of one left-out row first, and only then square it."
_SEEN = (
    "ask by what each residual has to be blown up to become the error of a row that was left out."
)
_HAT = (
    "hold the diagonal of H, for a small X, against how far each fitted value moves if its own y "
    "moves by 1."
)
_MEAN = "write down the errors of three left-out rows, and make one number of them by hand."
CHOICES = {
    "strength": as_choices(
        ("the total penalty is that of n rows, nλ", _REFIT, "leave-one-out",
         lambda n, p, lam: n * lam),
        ("λ is not multiplied by a number of rows at all", _SUM, "leave-one-out",
         lambda n, p, lam: lam),
        ("λ is ignored", _SUM, "leave-one-out", lambda n, p, lam: 0.0),
        ("the total penalty is (n − 2)λ", _REFIT, "leave-one-out", lambda n, p, lam: (n - 2) * lam),
        ("the total penalty is (n + 1)λ", _REFIT, "leave-one-out", lambda n, p, lam: (n + 1) * lam),
        ("the total penalty is doubled", _SUM, "leave-one-out",
         lambda n, p, lam: 2 * (n - 1) * lam),
        ("the total penalty is halved", _SUM, "leave-one-out", lambda n, p, lam: (n - 1) * lam / 2),
        ("λ is divided by n − 1, not multiplied", _SUM, "leave-one-out",
         lambda n, p, lam: lam / (n - 1)),
        ("λ is divided by n", _SUM, "leave-one-out", lambda n, p, lam: lam / n),
        ("λ is multiplied by n(n − 1)", _SUM, "leave-one-out",
         lambda n, p, lam: n * (n - 1) * lam),
        ("λ is squared", _SUM, "leave-one-out", lambda n, p, lam: (n - 1) * lam**2),
        ("n − 1 and λ are both squared", _SUM, "leave-one-out",
         lambda n, p, lam: ((n - 1) * lam) ** 2),
        ("the root of λ is taken", _SUM, "leave-one-out", lambda n, p, lam: (n - 1) * lam**0.5),
        ("λ is multiplied by the number of features", _REFIT, "leave-one-out",
         lambda n, p, lam: p * lam),
    ),
    "fit": inherited(FIT, "for the residuals, "),
    "used": as_choices(
        ("the leverages are those of an X that is not centred", _SHIFT, "leave-one-out",
         lambda X: X),
        ("the leverages are those of standardised columns", _HAT, "leave-one-out",
         lambda X: centred(X) / np.where(np.ptp(X, axis=0) == 0, 1.0, X.std(axis=0))),
        ("the leverages are those of an X less one mean of all its entries", _SHIFT,
         "leave-one-out", lambda X: X - X.mean()),
        ("the leverages count the column of ones among the penalised ones", _MOVE,
         "leave-one-out", lambda X: np.column_stack([centred(X), np.ones(len(X))])),
    ),
    "share": as_choices(
        ("the leverages are those of least squares, without λ", _HAT, "leave-one-out",
         lambda s, penalty: np.ones_like(s)),
        ("the shrinkage factors are squared in the leverages", _HAT, "leave-one-out",
         lambda s, penalty: _share(s, penalty) ** 2),
        ("the singular values are not squared in the leverages", _HAT, "leave-one-out",
         lambda s, penalty: s / (s + penalty)),
        ("the leverages have s where s² belongs above the line", _HAT, "leave-one-out",
         lambda s, penalty: s / (s**2 + penalty)),
        ("the leverages lack XᵀX beside the penalty, so that nothing is inverted with it", _HAT,
         "leave-one-out", lambda s, penalty: s**2 / np.maximum(penalty, 1e-9)),
        ("the leverages are the squared rows of U, times s²", _HAT, "leave-one-out",
         lambda s, penalty: s**2),
        ("the leverages are those of what is taken away, not of what is left", _HAT,
         "leave-one-out", lambda s, penalty: 1 - _share(s, penalty)),
    ),
    "intercept": as_choices(
        ("the leverages lack the 1/n of the intercept", _MOVE, "leave-one-out", lambda n: 0.0),
        ("the intercept adds 1 to the leverages, not 1/n", _MOVE, "leave-one-out", lambda n: 1.0),
        ("the 1/n of the intercept is subtracted from the leverages", _MOVE, "leave-one-out",
         lambda n: -1 / n),
        ("the intercept adds 1/(n − 1) to the leverages, not 1/n", _MOVE, "leave-one-out",
         lambda n: 1 / (n - 1)),
        ("the intercept adds 2/n to the leverages, not 1/n", _MOVE, "leave-one-out",
         lambda n: 2 / n),
    ),
    "leverages": as_choices(
        (
            "each leverage is replaced by their mean, as in generalised cross-validation",
            _LOOP,
            "generalised-cross-validation",
            lambda h: h.mean(),
        ),
        ("each leverage is replaced by their sum", _LOOP, "leave-one-out", np.sum),
        ("each leverage is replaced by the largest", _LOOP, "leave-one-out", np.max),
        ("the leverages are squared, 1 − h²", _HAT, "leave-one-out", np.square),
        ("the roots of the leverages are taken", _HAT, "leave-one-out", np.sqrt),
        ("the leverages come in another order than the residuals", _LOOP, "leave-one-out",
         lambda h: h[::-1]),
    ),
    "blow_up": as_choices(
        ("1 − h is not squared along with the residual", _FIRST, "leave-one-out",
         lambda r, h: r / np.sqrt(1 - h)),
        ("the residuals are those of rows that the fit has seen", _SEEN, "leave-one-out",
         lambda r, h: r + 0 * h),
        ("the residuals are multiplied by 1 − h, not divided", _SEEN, "leave-one-out",
         lambda r, h: r * (1 - h)),
        ("the residuals are divided by 1 + h", _SEEN, "leave-one-out", lambda r, h: r / (1 + h)),
        ("the residuals are divided by h", _SEEN, "leave-one-out", lambda r, h: r / h),
        ("the residuals are multiplied by 1 + h", _SEEN, "leave-one-out", lambda r, h: r * (1 + h)),
        ("1 − h is squared before the residual is divided by it, and once more after", _FIRST,
         "leave-one-out", lambda r, h: r / (1 - h) ** 2),
        ("subtracting an (n, 1) from an (n,) makes an (n, n) array", _MEAN, "leave-one-out",
         lambda r, h: r / (1 - h[..., None])),
    ),
    "total": as_choices(
        (
            "the root of the mean squared error is returned",
            "ask for the unit of what you return: is it that of y, or that of y²?",
            "leave-one-out",
            lambda e: np.sqrt(np.mean(e**2)),
        ),
        ("the squared errors are added up, not averaged", _MEAN, "leave-one-out",
         lambda e: np.sum(e**2)),
        ("the squared errors are halved, as in a loss to be minimised", _MEAN, "leave-one-out",
         lambda e: np.mean(e**2) / 2),
        ("the sum of the squared errors is divided by n − 1", _MEAN, "leave-one-out",
         lambda e: np.sum(e**2) / (len(e) - 1)),
        ("the absolute errors are averaged, not the squared ones", _MEAN, "leave-one-out",
         lambda e: np.mean(np.abs(e))),
        ("the errors are averaged before they are squared", _MEAN, "leave-one-out",
         lambda e: np.mean(e) ** 2),
        ("the errors are not squared", _MEAN, "leave-one-out", np.mean),
        ("the mean of the errors is subtracted, as in a variance", _MEAN, "leave-one-out", np.var),
        ("the median of the squared errors is taken", _MEAN, "leave-one-out",
         lambda e: np.median(e**2)),
        ("the largest squared error stands for all", _MEAN, "leave-one-out",
         lambda e: np.max(e**2)),
        ("only the first row is left out", _MEAN, "leave-one-out", lambda e: e.ravel()[0] ** 2),
        ("only the last row is left out", _MEAN, "leave-one-out", lambda e: e.ravel()[-1] ** 2),
        ("the squared errors are returned one by one, not averaged", _MEAN, "leave-one-out",
         lambda e: e**2),
    ),
}  # fmt: skip


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
            "neither the fit nor the leverages have an intercept",
            _MOVE,
            "leave-one-out",
            _uncentred,
        ),
        Misconception(
            "the sum of squared residuals is divided by what 1 − h adds up to, and that is all",
            _LOOP,
            "generalised-cross-validation",
            partial(
                _formula,
                leverages=lambda h: h.mean(),
                blow_up=lambda residual, h: residual / np.sqrt(1 - h),
            ),
        ),
        Misconception(
            "the singular values are not squared, neither for the fit nor for the leverages",
            _HAT,
            "leave-one-out",
            _of_one_share(lambda s, penalty: s / (s + penalty)),
        ),
        Misconception(
            "the penalty of the fit is that of n rows, and that of the leverages is not",
            _REFIT,
            "leave-one-out",
            partial(_formula, fit=lambda X, y, lam: ridge_fit(X, y, lam * len(y) / (len(y) - 1))),
        ),
        Misconception(
            "the penalty of the leverages is that of n rows, and that of the fit is not",
            _REFIT,
            "leave-one-out",
            partial(
                _formula,
                strength=lambda n, p, lam: n * lam,
                fit=lambda X, y, lam: ridge_fit(X, y, lam * (len(y) - 1) / len(y)),
            ),
        ),
    ),
    formula=_formula,
    choices=CHOICES,
)
