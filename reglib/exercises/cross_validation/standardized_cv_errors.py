"""Cross-validation that scales inside each fold."""

from collections.abc import Callable
from functools import partial

import numpy as np

import reglib
from reglib.checks.entry import Case, Choice, Entry, Function, Misconception
from reglib.exercises import draws
from reglib.exercises.choices import as_choices, inherited
from reglib.exercises.cross_validation.cross_val_errors import (
    FINGERPRINT,
    errors_agree,
    fold_errors,
    in_a_fold,
    in_time_order,
    mse,
)
from reglib.exercises.ridge.standardize import ENTRY as STANDARDIZE
from reglib.exercises.ridge.standardize import one_for_zero

# The fingerprint gives a column of zeros the coefficient 0, whatever new rows hold; this gives 1.
KEEN = Function("lambda X, y, lam: (1 + X.T @ y / (len(y) + lam), y.mean())")


def standardized_cv_errors(fit, X, y, lam, folds):
    def error(train, held_out):
        Z, mean, scale = reglib.standardize(X[train])
        return mse((X[held_out] - mean) / scale, y[held_out], *fit(Z, y[train], lam))

    return np.array([error(*fold) for fold in folds])


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
                return KEEN, X, y, draws.penalty(rng), folds

    return [
        Case(typical, "six rows, two folds", draw(6, 1, 2, draws.penalty(rng))),
        Case(typical, "nine rows, three folds", draw(9, 2, 3, draws.penalty(rng))),
        Case(typical, "λ = 0", draw(8, 2, 2, 0.0)),
        Case(edges, "each fold holds out one row", draw(4, 1, 4, draws.penalty(rng)), one),
        Case(edges, "seven rows, three folds", draw(7, 2, 3, draws.penalty(rng))),
        Case(
            edges,
            "rows in time order: train on the past",
            (FINGERPRINT, *draws.problem(rng, 9, 2), draws.penalty(rng), in_time_order(9, 4, 2)),
        ),
        Case(edges, "ten rows, four folds", draw(10, 3, 4, draws.penalty(rng))),
        Case(edges, "whole numbers", draw(6, 2, 3, 2, whole=True)),
        Case(constant, "a column constant in training", with_constant(6, 2, 3), idle),
        Case(constant, "one of three columns constant in training", with_constant(9, 3, 3), idle),
    ]


def _scaled_inside(X, y, seen, judged):
    Z, mean, scale = reglib.standardize(X[seen])
    return Z, (X[judged] - mean) / scale


def _formula(fit, X, y, lam, folds, *, prepare=_scaled_inside, **places):
    return fold_errors(fit, X, y, [lam], folds, prepare=prepare, **places)[:, 0]


def _by(statistics: Callable) -> Callable:
    """Both sets scaled by the mean and the scale that come of `statistics(X, seen, judged)`."""

    def prepare(X, y, seen, judged):
        mean, scale = statistics(X, seen, judged)
        return (X[seen] - mean) / scale, (X[judged] - mean) / scale

    return prepare


def _moments(X):
    return X.mean(axis=0), one_for_zero(X.std(axis=0))


def _own(X):
    mean, scale = _moments(X)
    return (X - mean) / scale


def _with_answers(turn: Callable, back: bool) -> Callable:
    """y less a mean, over a scale, both of `turn(y)`: for the fit, or for both sets with `back`."""

    def wrong(fit, X, y, lam, folds):
        def error(train, held_out):
            A, B = _scaled_inside(X, y, train, held_out)
            mean, scale = turn(y[train])
            w, b = fit(A, (y[train] - mean) / scale, lam)
            judged = (y[held_out] - mean) / scale if back else y[held_out]
            return mse(B, judged, w, b)

        return np.array([error(*fold) for fold in folds])

    return wrong


def _blown_up(args, value):
    """Whether the error of the first fold is huge: of (x − x̄) / something tiny."""
    right = standardized_cv_errors(args[0].make(), *args[1:])
    value = np.asarray(value)
    return bool(value[0] > 1e4 * right[0] and np.isfinite(value).all())


def _as_prepared(standardize: Callable) -> Callable:
    return lambda X, y, seen, judged: standardize(X[seen], X[judged])


_CHANGE = (
    "change one X of a held-out row: the w and b of that fold must stay as they are. See whether "
    "yours do."
)
_UNITS = "ask in which units w is, and in which the columns that you multiply by it."
_TWICE = ("the new rows are scaled by their own mean",)  # of those that have a name above
_AS_NEW = "where the held-out rows are the new ones, "
_SECTION = "scaling-before-splitting"
CHOICES = {
    "prepare": (
        *as_choices(
            ("the scale is learnt from all rows, before they are split", _CHANGE, _SECTION,
             _by(lambda X, seen, judged: _moments(X))),
            ("the mean is that of all rows, and the standard deviation that of the training rows",
             _CHANGE, _SECTION,
             _by(lambda X, seen, judged: (X.mean(axis=0), _moments(X[seen])[1]))),
            ("the standard deviation is that of all rows, and the mean that of the training rows",
             _CHANGE, _SECTION,
             _by(lambda X, seen, judged: (X[seen].mean(axis=0), _moments(X)[1]))),
            ("the scale of both sets is learnt from the held-out rows", _CHANGE, _SECTION,
             _by(lambda X, seen, judged: _moments(X[judged]))),
            ("the training rows are scaled, and the held-out rows are left as they were", _UNITS,
             _SECTION, lambda X, y, seen, judged: (_own(X[seen]), X[judged])),
            ("the held-out rows are scaled, and the training rows are left as they were", _UNITS,
             _SECTION,
             lambda X, y, seen, judged: (X[seen], _scaled_inside(X, y, seen, judged)[1])),
            (
                "the held-out rows are scaled by their own mean and standard deviation",
                "hold out a single row, and ask what is left of it.",
                _SECTION,
                lambda X, y, seen, judged: (_own(X[seen]), _own(X[judged])),
            ),
            (
                "nothing is scaled",
                "measure a column in other units, such as grams for kilograms: here the errors "
                "must not change.",
                _SECTION,
                lambda X, y, seen, judged: (X[seen], X[judged]),
            ),
            ("the held-out rows are only centred", _UNITS, _SECTION,
             lambda X, y, seen, judged: (_own(X[seen]), X[judged] - X[seen].mean(axis=0))),
            ("the held-out rows are only divided by the standard deviation", _UNITS, _SECTION,
             lambda X, y, seen, judged: (_own(X[seen]), X[judged] / _moments(X[seen])[1])),
            (
                "each row is scaled by itself, and not each column",
                "print the shape of your mean and of your scale: there should be one number per "
                "column.",
                _SECTION,
                lambda X, y, seen, judged: (_own(X[seen].T).T, _own(X[judged].T).T),
            ),
        ),
        *(
            Choice(choice.name, choice.advice, choice.section, _as_prepared(choice.value))
            for choice in inherited(STANDARDIZE, _AS_NEW, but=_TWICE)
        ),
    ),
    **in_a_fold("k-folds"),
}  # fmt: skip


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
            "a tiny number is added to the standard deviation to avoid dividing by zero",
            "look at the size of the errors of the fold in whose training rows a column is "
            "constant.",
            _SECTION,
            partial(
                _formula,
                prepare=_by(lambda X, rows, _: (X[rows].mean(axis=0), X[rows].std(axis=0) + 1e-8)),
            ),
            recognise=_blown_up,
        ),
        Misconception(
            "y is standardised too, and its held-out rows are not",
            _UNITS,
            _SECTION,
            _with_answers(lambda y: (y.mean(), y.std()), back=False),
        ),
        Misconception(
            "y is standardised too, so that the errors are in other units",
            "ask for the unit of your errors: is it that of y²?",
            _SECTION,
            _with_answers(lambda y: (y.mean(), y.std()), back=True),
        ),
    ),
    formula=_formula,
    choices=CHOICES,
)
