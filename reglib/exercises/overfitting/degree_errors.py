"""Training and validation errors of polynomials of each degree."""

from dataclasses import replace
from typing import Any

import numpy as np

import reglib
from reglib.checks.entry import Case, Choice, Entry, Misconception
from reglib.exercises import draws
from reglib.exercises.choices import as_choices, inherited
from reglib.exercises.overfitting.fit_least_squares import ENTRY as FIT
from reglib.exercises.overfitting.fit_least_squares import formula as fit_least_squares
from reglib.exercises.overfitting.mean_squared_error import ENTRY as ERROR
from reglib.exercises.overfitting.mean_squared_error import mean_squared_error
from reglib.exercises.overfitting.polynomial_features import ENTRY as POWERS
from reglib.exercises.overfitting.polynomial_features import polynomial_features


def errors_agree(args: tuple, value: Any, other: Any) -> bool:
    """Each error to a relative 1e-6, and besides to a billionth of the variance of the training y.

    A curve through every row has the training error zero, which comes out as rounding.
    """
    return np.allclose(value, other, rtol=1e-6, atol=1e-9 * args[1].var(), equal_nan=True)


def _fitted_to_training(fit, X, y, X_val, y_val):
    return (fit(X, y),) * 2


def _predict(X, w, b, X_train):
    return b + X @ w


def both_errors(
    X,
    y,
    X_val,
    y_val,
    *,
    fit=fit_least_squares,
    fitted=_fitted_to_training,
    predict=_predict,
    error=mean_squared_error,
    factors=lambda n, m, p: (1.0, 1.0),
    scored=lambda both: both,
):
    """The training and the validation error at one degree, or one size.

    `fitted` makes the two fits that are scored, `factors` are those of the two errors.
    """
    fits = fitted(fit, X, y, X_val, y_val)
    sets = scored(((X, y), (X_val, y_val)))
    with np.errstate(all="ignore"):
        return tuple(
            factor * error(answers, predict(rows, *parameters, X))
            for (rows, answers), parameters, factor in zip(
                sets, fits, factors(len(y), len(y_val), X.shape[1]), strict=True
            )
        )


def in_columns(pairs) -> tuple[np.ndarray, np.ndarray]:
    first, second = np.array(list(pairs)).T
    return first, second


def degree_errors(x_train, y_train, x_val, y_val, degrees):
    def at(degree):
        P, P_val = reglib.polynomial(x_train, degree), reglib.polynomial(x_val, degree)
        return both_errors(P, y_train, P_val, y_val, fit=reglib.least_squares)

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
        Case(edges, "degrees in no order, one of them twice",
             (*_curve_rows(rng, 8, 7, 4), [2, 4, 1, 4]), order),
        Case(special, "a curve through every row", (*_curve_rows(rng, 4, 5, 3), [3, 2]), through),
        Case(special, "whole numbers", (*_curve_rows(rng, 5, 4, 2, whole=True), [1, 2])),
    ]  # fmt: skip


def _formula(
    x_train,
    y_train,
    x_val,
    y_val,
    degrees,
    *,
    used=lambda degrees: degrees,
    collected=lambda train, val: (train, val),
    block=("powers", polynomial_features),
    **places,
):
    """`block` is one function that this one is built on, and what stands for it."""
    blocks = {"powers": polynomial_features} | dict([block])
    powers = blocks.pop("powers")
    pairs = [
        both_errors(powers(x_train, d), y_train, powers(x_val, d), y_val, **blocks, **places)
        for d in used(np.asarray(degrees))
    ]
    return collected(*in_columns(pairs))


def built_on(block: str, choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """The mistakes of a function that this one is built on; two such functions seldom fail."""
    return tuple(replace(choice, value=(block, choice.value)) for choice in choices)


def _by_their_own_ruler(X, w, b, X_train):
    scale = np.where(np.ptp(X, axis=0) == 0, 1.0, X.std(axis=0))
    return b + ((X - X.mean(axis=0)) / scale * X_train.std(axis=0) + X_train.mean(axis=0)) @ w


_KNOW = "ask which rows w and b may know: count the calls of your fit for one degree."
_PREDICTION = "write the prediction for one row as a formula, and compare it with your code."
_SCORED = "print which rows, and how many of them, each of your two errors is a mean of."
_DEGREE = "call your function with degrees = [5], and print the degree that it fits."
_LOOP = (
    "print both of your lists inside the loop, after each turn: what does a turn do to what was "
    "there before?"
)
_DTYPE = "print the dtype of the array that you fill: one made of whole numbers keeps no fractions."
_DIVISOR = "count the rows that each error sums over, and compare with what it is divided by."

# What goes wrong with one fit and its two errors, here and in a learning curve.
PLACES: dict[str, tuple[Choice, ...]] = {
    "fitted": as_choices(
        ("the model is fitted anew to the validation rows", _KNOW, "overfitting-mistakes",
         lambda fit, X, y, A, a: (fit(X, y), fit(A, a))),
        (
            "the model is fitted to training and validation rows together",
            "change one y of the validation rows: the training errors must stay as they are. See "
            "whether yours do.",
            "overfitting-mistakes",
            lambda fit, X, y, A, a: (fit(np.vstack([X, A]), np.concatenate([y, a])),) * 2,
        ),
        ("the model is fitted to the validation rows, and scored on both sets", _KNOW,
         "overfitting-mistakes", lambda fit, X, y, A, a: (fit(A, a),) * 2),
    ),
    "predict": as_choices(
        ("the intercept is left out of the predictions", _PREDICTION, "fit-a-polynomial",
         lambda X, w, b, X_train: X @ w),
        ("b is subtracted in the predictions, not added", _PREDICTION, "fit-a-polynomial",
         lambda X, w, b, X_train: X @ w - b),
        ("Xw is left out of the predictions", _PREDICTION, "fit-a-polynomial",
         lambda X, w, b, X_train: b + 0 * (X @ w)),
        ("Xw is subtracted in the predictions, not added", _PREDICTION, "fit-a-polynomial",
         lambda X, w, b, X_train: b - X @ w),
        (
            "the validation columns are centred by their own means",
            "predict for a single validation row: centred by its own mean, what is left of it?",
            "overfitting-mistakes",
            lambda X, w, b, X_train: b + (X - X.mean(axis=0) + X_train.mean(axis=0)) @ w,
        ),
        (
            "the validation columns are standardised by their own means and deviations",
            "predict for a single validation row: centred by its own mean, what is left of it?",
            "overfitting-mistakes",
            _by_their_own_ruler,
        ),
        ("the training columns are centred for the prediction, and the validation columns are not",
         _PREDICTION, "fit-a-polynomial",
         lambda X, w, b, X_train: b + X @ w + (0.0 if X is X_train else X_train.mean(axis=0) @ w)),
        ("the columns are centred for the prediction, though b is that of columns that are not",
         _PREDICTION, "fit-a-polynomial",
         lambda X, w, b, X_train: b + (X - X_train.mean(axis=0)) @ w),
    ),
    "factors": as_choices(
        ("the validation error is divided by the number of training rows", _DIVISOR,
         "four-errors", lambda n, m, p: (1.0, m / n)),
        ("the training error is divided by the number of validation rows", _DIVISOR,
         "four-errors", lambda n, m, p: (n / m, 1.0)),
        ("each error is divided by the number of rows of the other set", _DIVISOR,
         "four-errors", lambda n, m, p: (n / m, m / n)),
        ("both errors are divided by the number of rows of both sets together", _DIVISOR,
         "four-errors", lambda n, m, p: (n / (n + m), m / (n + m))),
        ("the training error is divided by one less than the number of its rows", _DIVISOR,
         "four-errors", lambda n, m, p: (n / (n - 1), 1.0)),
        ("the training error is divided by n less the number of coefficients", _DIVISOR,
         "four-errors", lambda n, m, p: (np.divide(n, n - p - 1), 1.0)),
    ),
    "scored": as_choices(
        ("both errors are those of the training rows", _SCORED, "four-errors",
         lambda both: (both[0], both[0])),
        ("both errors are those of the validation rows", _SCORED, "four-errors",
         lambda both: (both[1], both[1])),
    ),
    "collected": as_choices(
        ("the errors add up from one turn of the loop to the next", _LOOP, "four-errors",
         lambda train, val: (np.cumsum(train), np.cumsum(val))),
        ("only the errors of the last turn of the loop are kept", _LOOP, "four-errors",
         lambda train, val: (train[-1:], val[-1:])),
        ("the function returns in the first turn of its loop", _LOOP, "four-errors",
         lambda train, val: (train[:1], val[:1])),
        ("the errors are cut to whole numbers", _DTYPE, "four-errors",
         lambda train, val: (np.trunc(train), np.trunc(val))),
        ("the errors are sorted", _LOOP, "four-errors",
         lambda train, val: (np.sort(train), np.sort(val))),
        ("each entry is the least error so far", _LOOP, "four-errors",
         lambda train, val: (np.minimum.accumulate(train), np.minimum.accumulate(val))),
        ("each turn makes a pair (training, validation), and the pairs are not taken apart",
         "print the shape of what you return: two rows, one for each kind of error, are asked for.",
         "four-errors", lambda train, val: np.column_stack([train, val])),
    ),
}  # fmt: skip
ERROR_MISTAKES = inherited(ERROR, "in each error: ", (
    "the errors are",
    "the length of the errors",
    "subtracting",
    "y and y_hat are added",
    "y_hat is",
    "the mean of the errors",
    "the last row",
    "the absolute errors",
    "the squared errors are added up",
    "the sum is divided by n − 1",
    "the sum is divided by √n",
    "the result is halved",
    "the median",
    "the largest",
    "only the",
    "the root",
    "the error is divided",
    "R²",
))  # fmt: skip
FIT_MISTAKES = inherited(FIT, "in the fit: ", (  # all that change a w that is the only one
    "there is no intercept",
    "w is computed from",
    "the coefficient of the ones",
    "the ones come first",
    "the columns are standardised",
    "one mean",
    "X is centred",
    "the means are added",
    "y is ",
    "w is Xᵀy",
    "w holds the ",
    "each feature is fitted",
    "the first row",
    "the last row",
    "w has the wrong sign",
    "w is twice",
    "w is half",
    "w is in reversed",
    "the intercept is",
    "the intercept takes",
    "x̄ᵀw is added",
    "the sum of the residuals",
    "the median of the residuals",
    "medians stand",
))  # fmt: skip
CHOICES = {
    "used": as_choices(
        ("the degrees 1, 2, 3, … are used in place of those in `degrees`", _DEGREE,
         "fit-a-polynomial", lambda degrees: np.arange(len(degrees)) + 1),
        ("the places 0, 1, 2, … in `degrees` are used as degrees", _DEGREE, "fit-a-polynomial",
         lambda degrees: np.arange(len(degrees))),
        ("every degree is one too high, as where there is one power too many", _DEGREE,
         "fit-a-polynomial", lambda degrees: degrees + 1),
        ("every degree is one too low, as where the highest power is missing", _DEGREE,
         "fit-a-polynomial", lambda degrees: degrees - 1),
        ("a straight line is fitted at every degree, as where all columns are multiples of x",
         _DEGREE, "fit-a-polynomial", np.ones_like),
        ("the first degree serves for all", _LOOP, "fit-a-polynomial",
         lambda degrees: 0 * degrees + degrees[0]),
        ("the last degree serves for all", _LOOP, "fit-a-polynomial",
         lambda degrees: 0 * degrees + degrees[-1]),
        ("the highest degree serves for all", _LOOP, "fit-a-polynomial",
         lambda degrees: 0 * degrees + degrees.max()),
        ("all degrees up to the highest are fitted, asked for or not", _DEGREE,
         "fit-a-polynomial", lambda degrees: np.arange(degrees.max()) + 1),
        ("all degrees below the highest are fitted, from 1 on", _DEGREE, "fit-a-polynomial",
         lambda degrees: np.arange(1, max(degrees.max(), 2))),
        ("a degree that comes again is left out", _DEGREE, "fit-a-polynomial", np.unique),
    ),
    **PLACES,
    "block": built_on("powers", inherited(POWERS, "in the powers: ", (
        "the powers begin with 2",
        "the powers run from 2",
        "only the highest power",
        "only every other",
        "each column is the square",
        "each column is the product",
        "x is centred",
        "x is standardised",
        "x is divided",
        "x is cut",
        "x is sorted",
        "the sign of x",
        "the powers are cut",
    ))) + built_on("fit", FIT_MISTAKES) + built_on("error", ERROR_MISTAKES),
}  # fmt: skip


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
            "training and validation errors come in the other order",
            "find out which of your two arrays goes up when a high degree fits noise, and compare "
            "with the order that is asked for.",
            "four-errors",
            lambda *args: degree_errors(*args)[::-1],
        ),
    ),
    formula=_formula,
    choices=CHOICES,
)
