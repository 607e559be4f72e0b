"""The lasso, by coordinate descent until it is there."""

import numpy as np

import reglib
from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws, fits
from reglib.exercises.lasso.lambda_max import lambda_max
from reglib.exercises.lasso.soft_threshold import soft_threshold


def lasso_fit(X, y, lam):
    return fits.centred(X, y, *fits.parts(lam))


RUBRIC = {
    "typical cases": 3,
    "λ = 0 and λ above λ_max": 1,
    "a constant column, whole numbers, p > n": 1,
    "features that are alike: run until it is there": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    typical, ends, edges, alike = RUBRIC
    least = (
        "with λ = 0 the answer is least squares: the residuals sum to zero, alone and after "
        "multiplying them with any column of X"
    )
    nothing = "above λ_max every w is zero, and b is the mean of y"
    idle = "a column that never varies explains nothing, so its coefficient is zero"
    far = "the optimality conditions hold, also where it takes many sweeps to get there"

    def draw(n, p, share, whole=False):
        """Arguments with λ at about this share of λ_max."""
        while True:
            X, y = draws.problem(rng, n, p, whole, cond=4)
            most = lambda_max(X, y)
            if most > 1.2:
                return X, y, max(1, int(share * most)) if whole else round(share * most, 2)

    constant = draw(6, 3, 0.3)
    constant[0][:, 1] = 3.0
    return [
        Case(typical, "three rows, one feature", draw(3, 1, 0.4)),
        Case(typical, "six rows, two features", draw(6, 2, 0.3)),
        Case(typical, "nine rows, three features", draw(9, 3, 0.15)),
        Case(typical, "twelve rows, five features", draw(12, 5, 0.4)),
        Case(ends, "λ = 0, one feature", draw(3, 1, 0.0), least),
        Case(ends, "λ = 0, two features", draw(7, 2, 0.0), least),
        Case(ends, "λ above λ_max", draw(6, 2, 1.2), nothing),
        Case(edges, "a constant column", constant, idle),
        Case(edges, "more features than rows", draw(4, 6, 0.4)),
        Case(edges, "whole numbers", draw(7, 2, 0.5, whole=True)),
        Case(alike, "three features that are alike", (*fits.alike(rng), 0.05), far),
        Case(alike, "the same, other rows", (*fits.alike(rng, 10), 0.2), far),
    ]


def _standardising(X, y, lam):
    Z, mean, scale = reglib.standardize(X)
    w = fits.minimise(Z, y - y.mean(), lam, 0) / scale
    return w, y.mean() - mean @ w


def _thresholding(X, y, lam):
    w = np.linalg.lstsq(X - X.mean(axis=0), y - y.mean(), rcond=None)[0]
    return fits.with_intercept(X, y, soft_threshold(w, lam))


def _dividing_by_zero(X, y, lam):
    w, b = lasso_fit(X, y, lam)
    if (np.ptp(X, axis=0) > 0).all():
        return w, b
    return np.full(len(w), np.nan), np.nan


def _is_nan_for_a_constant_column(args, value):
    """Whether NaN came in, and only where there is a column to bring it."""
    constant = np.ptp(args[0], axis=0) == 0
    return bool(constant.any() and np.isnan(np.asarray(value[0], dtype=float)[constant]).any())


ENTRY = Entry(
    name="lasso.lasso_fit",
    place=6,
    returns=("w", "b"),
    must="no other w and b have a smaller J: all optimality conditions hold",
    reference=lasso_fit,
    cases=cases,
    rubric=RUBRIC,
    section="coordinate-descent",
    builds_on=("lasso.coordinate_update", "lasso.kkt_violation"),
    example=(
        np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]]),
        np.array([5.5, 4.5, 1.5, 0.5]),
        0.75,
    ),
    compare=fits.agree,
    misconceptions=(
        Misconception(
            *fits.PENALISED,
            lambda X, y, lam: fits.penalised(X, y, lam, 0),
        ),
        Misconception(
            *fits.UNCENTRED,
            lambda X, y, lam: fits.with_intercept(X, y, fits.minimise(X, y, lam, 0)),
            recognise=fits.uncentred,
        ),
        Misconception(
            "λ is compared with a sum over the rows, not with a mean",
            "repeat every row of the data once: J stays as it is, so your w must too.",
            "lambda-and-n",
            lambda X, y, lam: fits.centred(X, y, lam / len(y), 0),
        ),
        Misconception(
            "the columns are standardised on the way",
            "measure one feature in other units, such as grams for kilograms: at the same λ, the "
            "predictions of the lasso must change. See whether yours do.",
            "scale-first",
            _standardising,
        ),
        Misconception(
            "least squares is followed by a threshold",
            "take two features that are alike: when one of them is dropped, should the other one "
            "stay as it was?",
            "lasso-path",
            _thresholding,
        ),
        Misconception(
            "a column of zeros is divided by its length",
            "see what a constant column becomes when it is centred, and which divisor your "
            "update has for it.",
            "coordinate-descent",
            _dividing_by_zero,
            recognise=_is_nan_for_a_constant_column,
        ),
        Misconception(
            "all coordinates move at once, each by its full step",
            "print J after every round: it must never rise. Which values of the other w does an "
            "update see?",
            "coordinate-descent",
            fits.after(60, at_once=True),
            recognise=fits.all_at_once,
        ),
        Misconception(
            *fits.EARLY,
            fits.after(3, at_once=False),
            recognise=fits.too_early,
        ),
    ),
)
