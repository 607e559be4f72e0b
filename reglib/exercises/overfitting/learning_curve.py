"""Training and validation errors as the rows become more."""

from collections.abc import Callable

import numpy as np

import reglib
from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws
from reglib.exercises.overfitting.degree_errors import (
    both_errors,
    errors_agree,
    in_columns,
    without_intercept,
)


def learning_curve(X, y, X_val, y_val, sizes):
    return in_columns(
        both_errors(X[:m], y[:m], X_val, y_val, *reglib.least_squares(X[:m], y[:m])) for m in sizes
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
        Case(edges, "whole numbers", draw(7, 5, 1, [3, 5], whole=True)),
    ]


def _with(errors: Callable) -> Callable:
    """A wrong `learning_curve` whose `errors(X, y, X_val, y_val, m)` serve for each size m."""

    def wrong(X, y, X_val, y_val, sizes):
        return in_columns(errors(X, y, X_val, y_val, m) for m in sizes)

    return wrong


def _trained_on(rows: Callable, scored: Callable, held: Callable) -> Callable:
    """Fit to the rows in `rows(m)`, score on those in `scored(m)` and on `held(…)`."""

    def errors(X, y, X_val, y_val, m):
        w, b = reglib.least_squares(X[rows(m)], y[rows(m)])
        return both_errors(X[scored(m)], y[scored(m)], *held(X, y, X_val, y_val, m), w, b)

    return errors


def _everything(m):
    return slice(None)


def _as_given(X, y, X_val, y_val, m):
    return X_val, y_val


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
            "the training error is measured on all rows, not on the m that were fitted",
            "change the y of the last row: at a size that leaves it out, the training error must "
            "stay as it is.",
            "learning-curve",
            _with(_trained_on(slice, _everything, _as_given)),
        ),
        Misconception(
            "every size is fitted to all rows",
            "print the shape of what your fit is given at each size.",
            "learning-curve",
            _with(_trained_on(_everything, slice, _as_given)),
        ),
        Misconception(
            "the rows left over serve as validation rows",
            "ask whether all sizes are then measured by the same yardstick, and which arguments "
            "are there for that.",
            "learning-curve",
            _with(_trained_on(slice, slice, lambda X, y, X_val, y_val, m: (X[m:], y[m:]))),
        ),
        Misconception(
            "the validation rows are cut to the first m as well",
            "print how many rows the validation error is a mean of at each size: it should not "
            "change.",
            "learning-curve",
            _with(_trained_on(slice, slice, lambda X, y, X_val, y_val, m: (X_val[:m], y_val[:m]))),
        ),
        Misconception(
            "training and validation errors come in the other order",
            "ask which of the two should go up with the number of rows, and which should go down.",
            "learning-curve",
            lambda *args: learning_curve(*args)[::-1],
        ),
        Misconception(
            "one row too few is fitted",
            "print len(y[:m]) for m = 3.",
            "learning-curve",
            lambda X, y, X_val, y_val, sizes: learning_curve(
                X, y, X_val, y_val, [m - 1 for m in sizes]
            ),
        ),
        Misconception(
            "the intercept is left out of the predictions",
            "write the prediction for one row as a formula, and compare it with your code.",
            "fit-a-polynomial",
            _with(lambda X, y, X_val, y_val, m: without_intercept(X[:m], y[:m], X_val, y_val)),
        ),
    ),
)
