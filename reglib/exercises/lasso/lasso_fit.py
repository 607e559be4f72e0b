"""The lasso, by coordinate descent until it is there."""

from functools import partial

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws, fits
from reglib.exercises.choices import as_choices
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
    late_must = "a feature may come in later: its covariance changes as the others move"
    far = "the optimality conditions hold, also where it takes many sweeps to get there"

    def draw(n, p, share, whole=False):
        """Arguments with λ at about this share of λ_max."""
        while True:
            X, y = draws.problem(rng, n, p, whole, cond=4)
            most = lambda_max(X, y)
            if most > 1.2:
                return X, y, max(1, int(share * most)) if whole else round(share * most, 2)

    def lower(X, y, *others):
        """The same with an intercept that is far below zero."""
        return X, (y - 40).round(1), *others

    def late():
        """A feature that is out in the first sweep, and in at the end."""
        while True:
            X, y, lam = draw(8, 3, 0.25)
            first, w = fits.after(1)(X, y, lam)[0], lasso_fit(X, y, lam)[0]
            if ((first == 0) & (np.abs(w) > 0.1)).any():
                return X, y, lam

    constant = draw(6, 3, 0.3)
    constant[0][:, 1] = 3.0
    return [
        Case(typical, "three rows, one feature", draw(3, 1, 0.4)),
        Case(typical, "six rows, two features", draw(6, 2, 0.3)),
        Case(typical, "nine rows, three features, y below zero", lower(*draw(9, 3, 0.15))),
        Case(typical, "twelve rows, five features", draw(12, 5, 0.4)),
        Case(typical, "seven rows, four features, a small λ", draw(7, 4, 0.04)),
        Case(typical, "a feature that comes in after the first sweep", late(), late_must),
        Case(ends, "λ = 0, one feature", draw(3, 1, 0.0), least),
        Case(ends, "λ = 0, two features", draw(7, 2, 0.0), least),
        Case(ends, "λ above λ_max", draw(6, 2, 1.2), nothing),
        Case(edges, "a constant column", constant, idle),
        Case(edges, "more features than rows", draw(4, 6, 0.4)),
        Case(edges, "whole numbers", draw(7, 2, 0.5, whole=True)),
        Case(alike, "three features that are alike", (*fits.alike(rng), 0.05), far),
        Case(alike, "the same, other rows", (*fits.alike(rng, 10), 0.2), far),
    ]


def _thresholding(X, y, lam):
    w = np.linalg.lstsq(X - X.mean(axis=0), y - y.mean(), rcond=None)[0]
    return fits.with_intercept(X, y, soft_threshold(w, lam))


def _keeping_the_covariant(X, y, lam):
    Z = X - X.mean(axis=0)
    kept = np.abs(Z.T @ (y - y.mean())) / len(y) > lam
    w = np.linalg.lstsq(Z * kept, y - y.mean(), rcond=None)[0]
    return fits.with_intercept(X, y, w)


_ALIKE = (
    "take two features that are alike: when one of them is dropped, should the other one stay as "
    "it was?"
)
CHOICES = {
    "strength": fits.STRENGTHS,
    "l2": as_choices(
        (
            "ridge's penalty λ/2 ‖w‖² is added to the lasso's",
            fits.HALVES,
            "elastic-net",
            lambda lam, rho, n: lam,
        ),
        (
            "the update divides by a_j + λ/n, as with some of ridge's penalty",
            fits.HALVES,
            "elastic-net",
            lambda lam, rho, n: lam / n,
        ),
    ),
    **fits.PLACES,
}


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
    look=fits.look,
    misconceptions=(
        fits.PENALISED,
        fits.UNCENTRED,
        *fits.STANDARDISING,
        Misconception(
            "least squares is followed by a threshold",
            _ALIKE,
            "lasso-path",
            _thresholding,
        ),
        Misconception(
            "least squares is fitted to the features whose covariance with y exceeds λ",
            _ALIKE,
            "lasso-path",
            _keeping_the_covariant,
        ),
        Misconception(
            "the penalty is ridge's, λ/2 ‖w‖²",
            "look at what your w does where λ is large: the lasso makes some of it exactly zero.",
            "soft-threshold",
            partial(fits.formula, l1=lambda lam, rho, n: 0.0, l2=lambda lam, rho, n: lam),
        ),
        fits.DIVIDED_BY_ZERO,
        fits.FORGOTTEN,
        fits.EARLY,
        *fits.UPDATES,
        fits.ALL_AT_ONCE,
    ),
    formula=fits.formula,
    choices=CHOICES,
)
