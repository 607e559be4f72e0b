"""Training and validation errors of polynomials of each degree."""

from collections.abc import Callable
from typing import Any

import numpy as np

import reglib
from reglib.checks.entry import Case, Entry, Misconception, nearly
from reglib.exercises import draws
from reglib.exercises.overfitting.mean_squared_error import mean_squared_error


def errors_agree(args: tuple, value: Any, other: Any) -> bool:
    """Each error to a relative 1e-6, and besides to a billionth of the variance of the training y.

    A curve through every row has the training error zero, which comes out as rounding.
    """
    slack = 1e-9 * args[1].var()
    return all(
        nearly((), float(a), float(b), atol=slack)
        for part, wanted in zip(value, other, strict=True)
        for a, b in zip(part, wanted, strict=True)
    )


def _predict(X, w, b):
    return b + X @ w


def both_errors(X, y, X_val, y_val, w, b):
    return mean_squared_error(y, _predict(X, w, b)), mean_squared_error(
        y_val, _predict(X_val, w, b)
    )


def in_columns(pairs) -> tuple[np.ndarray, np.ndarray]:
    first, second = np.array(list(pairs)).T
    return first, second


def degree_errors(x_train, y_train, x_val, y_val, degrees):
    def at(degree):
        P, P_val = reglib.polynomial(x_train, degree), reglib.polynomial(x_val, degree)
        return both_errors(P, y_train, P_val, y_val, *reglib.least_squares(P, y_train))

    return in_columns(at(degree) for degree in degrees)


def _curve_rows(
    rng: np.random.Generator, n: int, m: int, top: int, whole: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Draw n training and m validation rows on which polynomials up to degree `top` are sound."""
    wide = 3.0 if whole else 2.0
    while True:
        x_train, x_val = (draws.numbers(rng, k, -wide, wide + 1, whole) for k in (n, m))
        spread = []
        for x in (x_train, x_val, np.concatenate([x_train, x_val])):
            P = reglib.polynomial(x, top)
            s = np.linalg.svd(P - P.mean(axis=0), compute_uv=False)
            spread.append(s[0] / s[-1])
        if max(spread) < 300:
            return x_train, draws.answers(rng, n, whole), x_val, draws.answers(rng, m, whole)


RUBRIC = {
    "typical cases": 3,
    "a single degree, degrees in any order": 1,
    "a curve through every row, whole numbers": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    order = "the errors come in the order of `degrees`, one for each"
    through = "a polynomial with as many coefficients as rows goes through all of them"
    typical, edges, special = RUBRIC
    return [
        Case(typical, "five rows, degrees 1 and 2", (*_curve_rows(rng, 5, 4, 2), [1, 2])),
        Case(typical, "six rows, degrees 1 to 3",
             (*_curve_rows(rng, 6, 9, 3), np.array([1, 2, 3]))),
        Case(typical, "nine rows, degrees 1 to 4", (*_curve_rows(rng, 9, 6, 4), [1, 2, 3, 4])),
        Case(edges, "a single degree", (*_curve_rows(rng, 5, 4, 2), [2]), order),
        Case(edges, "degree 3 before degree 1", (*_curve_rows(rng, 6, 5, 3), [3, 1]), order),
        Case(special, "a curve through every row", (*_curve_rows(rng, 4, 5, 3), [3, 2]), through),
        Case(special, "whole numbers", (*_curve_rows(rng, 5, 4, 2, whole=True), [1, 2])),
    ]  # fmt: skip


def _with(errors: Callable) -> Callable:
    """A wrong `degree_errors` whose `errors(P, y_train, P_val, y_val)` serve for each degree."""

    def wrong(x_train, y_train, x_val, y_val, degrees):
        return in_columns(
            errors(reglib.polynomial(x_train, d), y_train, reglib.polynomial(x_val, d), y_val)
            for d in degrees
        )

    return wrong


def _refitted(X, y, X_val, y_val):
    return (
        both_errors(X, y, X_val, y_val, *reglib.least_squares(X, y))[0],
        both_errors(X, y, X_val, y_val, *reglib.least_squares(X_val, y_val))[1],
    )


def _fitted_on_both(X, y, X_val, y_val):
    both = np.vstack([X, X_val]), np.concatenate([y, y_val])
    return both_errors(X, y, X_val, y_val, *reglib.least_squares(*both))


def without_intercept(X, y, X_val, y_val):
    return both_errors(X, y, X_val, y_val, reglib.least_squares(X, y)[0], 0.0)


def _recentred(X, y, X_val, y_val):
    w, b = reglib.least_squares(X, y)
    shifted = X_val - X_val.mean(axis=0) + X.mean(axis=0)
    return both_errors(X, y, shifted, y_val, w, b)


def _rooted(X, y, X_val, y_val):
    return np.sqrt(both_errors(X, y, X_val, y_val, *reglib.least_squares(X, y)))


def _counting_from_one(x_train, y_train, x_val, y_val, degrees):
    return degree_errors(x_train, y_train, x_val, y_val, range(1, len(degrees) + 1))


ENTRY = Entry(
    name="overfitting.degree_errors",
    place=5,
    returns=("train_errors", "val_errors"),
    must=(
        "for each degree there is one fit, to the training rows, and its mean squared error is "
        "taken on the training rows and on the validation rows"
    ),
    reference=degree_errors,
    cases=cases,
    rubric=RUBRIC,
    section="four-errors",
    builds_on=(
        "overfitting.polynomial_features",
        "overfitting.fit_least_squares",
        "overfitting.mean_squared_error",
    ),
    example=(
        np.array([-1.0, 0.0, 0.0, 1.0]),
        np.array([1.0, 0.0, 2.0, 3.0]),
        np.array([2.0]),
        np.array([5.0]),
        [1, 2],
    ),
    compare=errors_agree,
    misconceptions=(
        Misconception(
            "the model is fitted anew to the validation rows",
            "ask which rows w and b may know: count the calls of your fit for one degree.",
            "overfitting-mistakes",
            _with(_refitted),
        ),
        Misconception(
            "the model is fitted to training and validation rows together",
            "change one y of the validation rows: the training errors must stay as they are. See "
            "whether yours do.",
            "overfitting-mistakes",
            _with(_fitted_on_both),
        ),
        Misconception(
            "training and validation errors come in the other order",
            "find out which of your two arrays goes up when a high degree fits noise, and compare "
            "with the order that is asked for.",
            "four-errors",
            lambda *args: degree_errors(*args)[::-1],
        ),
        Misconception(
            "the validation columns are centred by their own means",
            "predict for a single validation row: centred by its own mean, what is left of it?",
            "overfitting-mistakes",
            _with(_recentred),
        ),
        Misconception(
            "the intercept is left out of the predictions",
            "write the prediction for one row as a formula, and compare it with your code.",
            "fit-a-polynomial",
            _with(without_intercept),
        ),
        Misconception(
            "the root of the mean squared error is returned",
            "ask for the unit of what you return: is it that of y, or that of y²?",
            "four-errors",
            _with(_rooted),
        ),
        Misconception(
            "the degrees 1, 2, 3, … are used in place of those in `degrees`",
            "call your function with degrees = [5], and print the degree that it fits.",
            "fit-a-polynomial",
            _counting_from_one,
        ),
    ),
)
