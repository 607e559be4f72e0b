"""Training and validation errors as the rows become more."""

from functools import partial
from itertools import pairwise

import numpy as np

import reglib
from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws
from reglib.exercises.choices import as_choices
from reglib.exercises.overfitting.degree_errors import (
    ERROR_MISTAKES,
    FIT_MISTAKES,
    PLACES,
    both_errors,
    built_on,
    errors_agree,
    in_columns,
)
from reglib.exercises.overfitting.fit_least_squares import formula as fit_least_squares


def learning_curve(X, y, X_val, y_val, sizes):
    return in_columns(
        both_errors(X[:m], y[:m], X_val, y_val, fit=reglib.least_squares) for m in sizes
    )


RUBRIC = {
    "typical cases": 3,
    "a single size, sizes in any order, whole numbers": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    order = "the errors come in the order of `sizes`, one for each"
    typical, edges = RUBRIC

    def draw(n, n_val, p, sizes, whole=False):
        X, X_val = draws.rows(rng, n, p, whole, sizes=sizes), draws.rows(rng, n_val, p, whole)
        return X, draws.answers(rng, n, whole), X_val, draws.answers(rng, n_val, whole), sizes

    return [
        Case(typical, "one feature, first 3 and 4 of 6 rows", draw(6, 5, 1, [3, 4])),
        Case(typical, "two features, first 4 to 9 of 9 rows", draw(9, 6, 2, [4, 5, 7, 9])),
        Case(typical, "three features, sizes in an array", draw(12, 8, 3, np.array([5, 7, 10]))),
        Case(edges, "a single size", draw(7, 6, 1, [4]), order),
        Case(edges, "a large size before a small one", draw(8, 7, 2, [6, 4]), order),
        Case(edges, "sizes in no order, one of them twice", draw(9, 8, 1, [5, 8, 3, 5]), order),
        Case(edges, "the last size takes all rows", draw(7, 8, 2, [4, 7])),
        Case(edges, "whole numbers", draw(7, 5, 1, [3, 5], whole=True)),
    ]


def _formula(
    X,
    y,
    X_val,
    y_val,
    sizes,
    *,
    used=lambda sizes, n: sizes,
    taken=lambda m, n: slice(m),
    measured=lambda m, n: None,
    held=lambda X, y, X_val, y_val, m: (X_val, y_val),
    collected=lambda train, val: (train, val),
    block=("fit", fit_least_squares),
    scored=lambda both: both,
    **places,
):
    """`taken` are the rows for the fit, `measured` those for its training error, if others, and
    `held` those for the validation error.
    """

    def at(m):
        rows, others = taken(m, n), measured(m, n)

        def sets(both):
            return scored((both[0] if others is None else (X[others], y[others]), both[1]))

        return both_errors(
            X[rows],
            y[rows],
            *held(X, y, X_val, y_val, m),
            scored=sets,
            **dict([block]),
            **places,
        )

    n = len(y)
    return collected(*in_columns(at(m) for m in used(np.asarray(sizes), n).tolist()))


def _new_rows_only(X, y, X_val, y_val, sizes):
    pairs = [
        both_errors(X[before:m], y[before:m], X_val, y_val)
        for before, m in pairwise([0, *np.asarray(sizes).tolist()])
    ]
    return in_columns(pairs)


def _divided_by_all(X, y, X_val, y_val, sizes):
    train, val = learning_curve(X, y, X_val, y_val, sizes)
    return train * np.asarray(sizes) / len(y), val


def _centred_by_all(X, y, X_val, y_val, sizes):
    def fit(A, a):
        w = np.linalg.lstsq(A - mean, a - y.mean(), rcond=None)[0]
        return w, y.mean() - mean @ w

    mean = X.mean(axis=0)
    return in_columns(both_errors(X[:m], y[:m], X_val, y_val, fit=fit) for m in sizes)


_FITTED = "print the shape of what your fit is given at each size."
_MEASURED = (
    "change the y of the last row: at a size that leaves it out, the training error must stay as "
    "it is."
)
_HELD = "print how many rows the validation error is a mean of at each size: it should not change."
_YARDSTICK = (
    "ask whether all sizes are then measured by the same yardstick, and which arguments are there "
    "for that."
)
_SIZES = "call your function with sizes = [5], and print how many rows it fits."
_ENDS = "print len(y[:m]) for m = 3."
_TURN = "print m and len(y[:m]) in each turn of your loop, for sizes in another order."
CHOICES = {
    "used": as_choices(
        ("the sizes 1, 2, 3, … are used in place of those in `sizes`", _SIZES, "learning-curve",
         lambda sizes, n: np.arange(len(sizes)) + 1),
        ("one row too few is fitted", _ENDS, "learning-curve", lambda sizes, n: sizes - 1),
        ("one row too many is fitted", _ENDS, "learning-curve", lambda sizes, n: sizes + 1),
        ("the first size serves for all", _TURN, "learning-curve",
         lambda sizes, n: 0 * sizes + sizes[0]),
        ("the last size serves for all", _TURN, "learning-curve",
         lambda sizes, n: 0 * sizes + sizes[-1]),
        ("the largest size serves for all", _TURN, "learning-curve",
         lambda sizes, n: 0 * sizes + sizes.max()),
        ("the sizes add up from one turn to the next", _TURN, "learning-curve",
         lambda sizes, n: np.cumsum(sizes)),
        ("a size that comes again is left out", _TURN, "learning-curve",
         lambda sizes, n: np.unique(sizes)),
        ("every size from 1 to the number of rows is fitted, asked for or not", _SIZES,
         "learning-curve", lambda sizes, n: np.arange(n) + 1),
    ),
    "taken": as_choices(
        ("every size is fitted to all rows, and its training error is that of all rows", _FITTED,
         "learning-curve", lambda m, n: slice(None)),
        ("the last m rows are taken, not the first", _FITTED, "learning-curve",
         lambda m, n: slice(n - m, None)),
        ("the rows from m on are taken, not those before", _FITTED, "learning-curve",
         lambda m, n: slice(m, None) if m < n else slice(None)),
        ("m rows are taken from the second on", _FITTED, "learning-curve",
         lambda m, n: slice(1, m + 1)),
        ("the first row is left out", _FITTED, "learning-curve", lambda m, n: slice(1, m)),
        ("every row but the first is taken at each size", _FITTED, "learning-curve",
         lambda m, n: slice(1, None)),
    ),
    "measured": as_choices(
        ("the training error is measured on all rows, not on the m that were fitted", _MEASURED,
         "learning-curve", lambda m, n: slice(None)),
        ("the training error is measured on the rows that were not fitted", _MEASURED,
         "learning-curve", lambda m, n: slice(m, None)),
        ("the training error is measured on the last m rows", _MEASURED, "learning-curve",
         lambda m, n: slice(n - m, None)),
        ("the training error leaves out the last row that was fitted", _ENDS, "learning-curve",
         lambda m, n: slice(m - 1)),
    ),
    "held": as_choices(
        ("the rows left over serve as validation rows", _YARDSTICK, "learning-curve",
         lambda X, y, A, a, m: (X[m:], y[m:])),
        ("all of X serves as validation rows", _YARDSTICK, "learning-curve",
         lambda X, y, A, a, m: (X, y)),
        ("the validation rows are cut to the first m as well", _HELD, "learning-curve",
         lambda X, y, A, a, m: (A[:m], a[:m])),
        ("the first m validation rows are left out", _HELD, "learning-curve",
         lambda X, y, A, a, m: (A[m:], a[m:])),
    ),
    **PLACES,
    "block": built_on("fit", FIT_MISTAKES) + built_on("error", ERROR_MISTAKES),
}  # fmt: skip


ENTRY = Entry(
    name="overfitting.learning_curve",
    place=6,
    returns=("train_errors", "val_errors"),
    must=(
        "for each size m there is one fit, to the first m rows, and its mean squared error is "
        "taken on those m rows and on all validation rows"
    ),
    reference=learning_curve,
    cases=cases,
    rubric=RUBRIC,
    section="learning-curve",
    builds_on=("overfitting.fit_least_squares", "overfitting.mean_squared_error"),
    example=(
        np.array([[-1.0], [0.0], [1.0], [2.0]]),
        np.array([0.0, 3.0, 3.0, 2.0]),
        np.array([[4.0]]),
        np.array([6.0]),
        [3, 4],
    ),
    compare=errors_agree,
    misconceptions=(
        Misconception(
            "every size is fitted to all rows",
            _FITTED,
            "learning-curve",
            partial(_formula, taken=lambda m, n: slice(None), measured=lambda m, n: slice(m)),
        ),
        Misconception(
            "training and validation errors come in the other order",
            "ask which of the two should go up with the number of rows, and which should go down.",
            "learning-curve",
            lambda *args: learning_curve(*args)[::-1],
        ),
        Misconception(
            "the training error is divided by the number of all rows, not by m",
            "count the rows that each error sums over, and compare with what it is divided by.",
            "learning-curve",
            _divided_by_all,
        ),
        Misconception(
            "X and y are centred by the means of all rows, not of the m that are fitted",
            _FITTED,
            "learning-curve",
            _centred_by_all,
        ),
        Misconception(
            "only the rows that are new at a size are fitted",
            _FITTED,
            "learning-curve",
            _new_rows_only,
        ),
    ),
    formula=_formula,
    choices=CHOICES,
)
