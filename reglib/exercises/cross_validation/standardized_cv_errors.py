"""Cross-validation that scales inside each fold."""

from collections.abc import Callable

import numpy as np

import reglib
from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws
from reglib.exercises.cross_validation.cross_val_errors import FINGERPRINT, errors_agree, mse
from reglib.exercises.ridge.standardize import one_for_zero


def _errors_of(prepare: Callable) -> Callable:
    """Cross-validation whose `prepare(X, y, train, held_out)` makes both sets of columns."""

    def errors(fit, X, y, lam, folds):
        def error(train, held_out):
            A, A_held_out = prepare(X, y, train, held_out)
            return mse(A_held_out, y[held_out], *fit(A, y[train], lam))

        return np.array([error(*fold) for fold in folds])

    return errors


def _scaled_inside(X, y, train, held_out):
    Z, mean, scale = reglib.standardize(X[train])
    return Z, (X[held_out] - mean) / scale


standardized_cv_errors = _errors_of(_scaled_inside)


RUBRIC = {
    "typical cases": 2,
    "one row, folds of unequal size, whole numbers": 1,
    "a column constant in training": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    one = "a single held-out row is measured with the ruler of the training rows"
    idle = "a column that is constant in the training rows is shifted and divided by 1"
    typical, edges, constant = RUBRIC

    def draw(n, p, k, lam, whole=False):
        return FINGERPRINT, *draws.problem(rng, n, p, whole), lam, draws.folds(rng, n, k)

    def with_constant(n, p, k):
        """The last column varies in the held-out rows of the first fold only."""
        while True:
            X, y = draws.problem(rng, n, p - 1)
            folds = draws.folds(rng, n, k)
            last = np.full(n, 3.0)
            last[folds[0][1]] += 1.0 + np.arange(len(folds[0][1]))
            X = np.column_stack([X, last])
            s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
            if s[0] <= 20 * s[-1]:
                return FINGERPRINT, X, y, draws.penalty(rng), folds

    return [
        Case(typical, "six rows, two folds", draw(6, 1, 2, draws.penalty(rng))),
        Case(typical, "nine rows, three folds", draw(9, 2, 3, draws.penalty(rng))),
        Case(typical, "λ = 0", draw(8, 2, 2, 0.0)),
        Case(edges, "each fold holds out one row", draw(4, 1, 4, draws.penalty(rng)), one),
        Case(edges, "seven rows, three folds", draw(7, 2, 3, draws.penalty(rng))),
        Case(edges, "whole numbers", draw(6, 2, 3, 2, whole=True)),
        Case(constant, "a column constant in training", with_constant(6, 2, 3), idle),
        Case(constant, "one of three columns constant in training", with_constant(9, 3, 3), idle),
    ]


def _scaled_by(statistics: Callable) -> Callable:
    """Wrong errors after scaling both sets by what `statistics(X, train, held_out)` gives."""

    def prepare(X, y, train, held_out):
        mean, scale = statistics(X, train, held_out)
        return (X[train] - mean) / scale, (X[held_out] - mean) / scale

    return _errors_of(prepare)


def _moments(X, ddof=0):
    return X.mean(axis=0), one_for_zero(X.std(axis=0, ddof=ddof))


def _own_scale(X):
    mean, scale = _moments(X)
    return (X - mean) / scale


ENTRY = Entry(
    name="cross_validation.standardized_cv_errors",
    place=6,
    returns=("errors",),
    must=(
        "mean and standard deviation of each column come from the training rows of the fold alone, "
        "and both sets of the fold are shifted and scaled by them"
    ),
    reference=standardized_cv_errors,
    cases=cases,
    rubric=RUBRIC,
    section="scaling-before-splitting",
    builds_on=("cross_validation.cross_val_errors",),
    example=(
        FINGERPRINT,
        np.array([[1.0], [3.0], [7.0]]),
        np.array([2.0, 4.0, 6.0]),
        0.0,
        [(np.array([0, 1]), np.array([2])), (np.array([1, 2]), np.array([0]))],
    ),
    compare=errors_agree,
    misconceptions=(
        Misconception(
            "the scale is learnt from all rows, before they are split",
            "change one X of a held-out row: the w and b of that fold must stay as they are. See "
            "whether yours do.",
            "scaling-before-splitting",
            _scaled_by(lambda X, train, held_out: _moments(X)),
        ),
        Misconception(
            "the held-out rows are scaled by their own mean and standard deviation",
            "hold out a single row, and ask what is left of it.",
            "scaling-before-splitting",
            _errors_of(
                lambda X, y, train, held_out: (_own_scale(X[train]), _own_scale(X[held_out]))
            ),
        ),
        Misconception(
            "the training rows are scaled, and the held-out rows are left as they were",
            "ask in which units w is, and in which the columns that you multiply by it.",
            "scaling-before-splitting",
            _errors_of(lambda X, y, train, held_out: (_own_scale(X[train]), X[held_out])),
        ),
        Misconception(
            "nothing is scaled",
            "measure a column in other units, such as grams for kilograms: here the errors must "
            "not change.",
            "scaling-before-splitting",
            _errors_of(lambda X, y, train, held_out: (X[train], X[held_out])),
        ),
        Misconception(
            "the columns are centred but not scaled",
            "compute the standard deviation of each column that you hand to `fit`.",
            "scaling-before-splitting",
            _scaled_by(lambda X, train, held_out: (X[train].mean(axis=0), 1.0)),
        ),
        Misconception(
            "the standard deviation has the divisor n − 1",
            "compute the standard deviation of (1, 3) by hand as the root of the mean squared "
            "distance to the mean, and compare it with yours.",
            "scaling-before-splitting",
            _scaled_by(lambda X, train, held_out: _moments(X[train], ddof=1)),
        ),
        Misconception(
            "a column that is constant in training is divided by a standard deviation of zero",
            "see which divisor would leave the centred values of such a column as they are.",
            "scaling-before-splitting",
            _scaled_by(lambda X, train, held_out: (X[train].mean(axis=0), X[train].std(axis=0))),
        ),
    ),
)
