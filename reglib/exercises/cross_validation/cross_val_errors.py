"""The error on each held-out fold, for each λ."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from reglib.checks.entry import Case, Choice, Entry, Function, Misconception
from reglib.exercises import draws
from reglib.exercises.choices import as_choices, inherited
from reglib.exercises.overfitting.mean_squared_error import ENTRY as ERROR
from reglib.exercises.overfitting.mean_squared_error import mean_squared_error

FINGERPRINT = Function("lambda X, y, lam: (X.T @ y / (len(y) + lam), y.mean())")


def in_time_order(n: int, first: int, step: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Folds in time order: train on all rows so far, hold out the next."""
    return [
        (np.arange(m), np.arange(m, min(m + step, n))) for m in range(first, n - step + 1, step)
    ]


def errors_agree(args: tuple, value: Any, other: Any) -> bool:
    """Each error to a relative 1e-6, and besides to a billionth of the variance of y."""
    slack = 1e-9 * args[2].var()
    return np.allclose(value, other, rtol=1e-6, atol=slack, equal_nan=True)


def mse(X, y, w, b):
    residual = y - b - X @ w
    return float(residual @ residual / len(y))


def cross_val_errors(fit, X, y, lams, folds):
    def errors(train, held_out):
        A, a, B, c = X[train], y[train], X[held_out], y[held_out]
        return [mse(B, c, *fit(A, a, lam)) for lam in lams]

    return np.array([errors(*fold) for fold in folds])


RUBRIC = {
    "typical cases": 2,
    "folds of unequal size, or of one row": 1,
    "a single λ, λ = 0, whole numbers": 1,
    "folds that leave rows out": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    one = "a held-out set of one row has the squared error of that row"
    zero = "λ = 0 is a λ like any other, and the columns come in the order of lams"
    past = (
        "the rows of a fold are those that `folds` says, even if some rows are in neither of its "
        "two sets"
    )
    typical, sizes, order, special = RUBRIC

    def draw(n, p, lams, folds, whole=False):
        return FINGERPRINT, *draws.problem(rng, n, p, whole), lams, folds

    def shuffled(n, p, count, k):
        return draw(n, p, draws.penalties(rng, count), draws.folds(rng, n, k))

    def ahead(n, p):
        return draw(n, p, draws.penalties(rng, 2), in_time_order(n, 3, 2))

    def twice():
        low, high = np.sort(draws.penalties(rng, 2))
        return np.array([high, low, high])

    def with_zero(count):
        lams = draws.penalties(rng, count)
        lams[rng.integers(count)] = 0.0
        return lams

    whole = np.array([3, 0, 7])
    return [
        Case(typical, "four rows, two folds, three λ", shuffled(4, 1, 3, 2)),
        Case(typical, "nine rows, three folds, two λ", shuffled(9, 2, 2, 3)),
        Case(typical, "eight rows, four folds, four λ", shuffled(8, 3, 4, 4)),
        Case(sizes, "seven rows, three folds", shuffled(7, 2, 2, 3)),
        Case(sizes, "as many folds as rows", shuffled(4, 1, 2, 4), one),
        Case(sizes, "eleven rows, four folds", shuffled(11, 2, 3, 4)),
        Case(order, "a single λ", shuffled(6, 2, 1, 2)),
        Case(order, "λ = 0 among others", draw(6, 2, with_zero(3), draws.folds(rng, 6, 2)), zero),
        Case(order, "a λ that comes twice", draw(7, 2, twice(), draws.folds(rng, 7, 2))),
        Case(order, "whole numbers", draw(6, 2, whole, draws.folds(rng, 6, 2), whole=True), zero),
        Case(special, "rows in time order: train on the past", ahead(7, 1), past),
        Case(special, "rows in time order, three folds", ahead(9, 2), past),
        Case(
            special,
            "rows that are held out twice, in folds of two splits",
            draw(6, 2, draws.penalties(rng, 3), draws.folds(rng, 6, 2) + draws.folds(rng, 6, 3)),
            past,
        ),
    ]


def fold_errors(
    fit,
    X,
    y,
    lams,
    folds,
    *,
    splits=lambda folds: folds,
    rows=lambda n, train, held_out: (train, held_out),
    prepare=lambda X, y, seen, judged: (X[seen], X[judged]),
    strength=lambda n, lam: lam,
    predict=lambda X, w, b: X @ w + b,
    error=mean_squared_error,
    share=lambda errors, m, rest, n: errors,
):
    """The error of each fold (rows) and λ (columns); the keywords are the places of `in_a_fold`.

    `rows` are those of the fit and those of the error, `prepare` makes the columns for both, and
    `strength` is the λ that the fit is given for n rows. m and `rest` are columns: the numbers of
    held-out and of training rows of each fold.
    """

    def one(train, held_out, lam):
        seen, judged = rows(len(y), train, held_out)
        A, B = prepare(X, y, seen, judged)
        w, b = fit(A, y[seen], strength(len(seen), lam))
        return error(y[judged], predict(B, w, b))

    folds = splits(folds)
    return weigh(share, np.array([[one(*fold, lam) for lam in lams] for fold in folds]), y, folds)


def weigh(share, errors, y, folds):
    """What becomes of errors (one row for each fold) by a `share` of `fold_errors`."""
    sizes = np.array([[len(part) for part in fold] for fold in folds], dtype=float)
    return share(errors, sizes[:, 1:], sizes[:, :1], len(y))


def _formula(
    fit,
    X,
    y,
    lams,
    folds,
    *,
    grid=lambda lams: lams,
    table=lambda errors: errors,
    **places,
):
    """`grid` is what is gone through, `table` what becomes of all errors."""
    return table(fold_errors(fit, X, y, grid(lams), folds, **places))


_SEEN = "ask which rows the fit has not seen, and whether those are the ones that you measure on."
_GIVEN = (
    "print len(y) inside the function that is passed as `fit`: it should be the number of training "
    "rows of the fold."
)
_ROWS = (
    "print the rows of each fit and those of its error, beside the pair of `folds` that they "
    "should come from."
)
_LINE = "write the prediction for one row as a formula, and compare it with your code."
_LAM = "print the λ that you pass to `fit`, beside the λ of the column."
_GRID = "print the λ of each column beside lams: which column belongs to which λ?"
_LOOP = (
    "print the table after each turn of your loop: does a turn change, or use, what an earlier one "
    "has written?"
)
_TABLE = "print the shape of your errors for two folds and three λ, and ask what each row is of."
_SHARE = "ask whether a fold of 16 rows should count more than one of 15."


def _only(place: int) -> Callable:
    def table(errors, *sizes):
        kept = np.zeros_like(errors)
        kept[place] = errors[place]
        return kept

    return table


def in_a_fold(section: str) -> Mapping[str, tuple[Choice, ...]]:
    """What may stand in the places of `fold_errors`."""
    return {
        "rows": as_choices(
            ("the error is measured on the training rows", _SEEN, "three-sets",
             lambda n, train, held_out: (train, train)),
            ("the fit sees all rows, the held-out ones included", _GIVEN, "three-sets",
             lambda n, train, held_out: (np.arange(n), held_out)),
            (
                "the two sets of a fold are swapped",
                "print the first pair of `folds`, and see in which order the two sets come.",
                "k-folds",
                lambda n, train, held_out: (held_out, train),
            ),
            ("the fit is made to the held-out rows, and measured on them too", _SEEN,
             "three-sets", lambda n, train, held_out: (held_out, held_out)),
            ("fit and error both take all rows, whatever the fold", _SEEN, "three-sets",
             lambda n, train, held_out: (np.arange(n), np.arange(n))),
            ("the error is measured on all rows, those of training among them", _SEEN,
             "three-sets", lambda n, train, held_out: (train, np.arange(n))),
            ("the fit takes all rows that are not held out, even those that do not train", _ROWS,
             section, lambda n, train, held_out: (np.delete(np.arange(n), held_out), held_out)),
            ("the error takes all rows that do not train, even those that are not held out", _ROWS,
             section, lambda n, train, held_out: (train, np.delete(np.arange(n), train))),
            ("the rows are taken in order, as many as the fold has, and not those that it names",
             _ROWS, section,
             lambda n, train, held_out: (
                 np.arange(len(train)), np.arange(len(train), len(train) + len(held_out)))),
            ("the first training row is left out", _ROWS, section,
             lambda n, train, held_out: (train[1:], held_out)),
            ("the last training row is left out", _ROWS, section,
             lambda n, train, held_out: (train[:-1], held_out)),
        ),
        "strength": as_choices(
            ("the fit is given nλ in place of λ", _LAM, section, lambda n, lam: n * lam),
            ("the fit is given λ/n in place of λ", _LAM, section, lambda n, lam: lam / n),
            ("the fit is given λ/2 in place of λ", _LAM, section, lambda n, lam: lam / 2),
            ("the fit is given 2λ in place of λ", _LAM, section, lambda n, lam: 2 * lam),
            ("the fit is given λ² in place of λ", _LAM, section, lambda n, lam: lam**2),
            ("the fit is given √λ in place of λ", _LAM, section, lambda n, lam: lam**0.5),
            ("the fit is given no penalty, whatever λ is", _LAM, section, lambda n, lam: 0.0),
            ("the fit is given λ = 1, whatever λ is", _LAM, section, lambda n, lam: 1.0),
            ("the fit is given λ cut to a whole number", _LAM, section,
             lambda n, lam: float(int(lam))),
        ),
        "predict": as_choices(
            ("the intercept is left out of the predictions", _LINE, "cross-validation-code",
             lambda X, w, b: X @ w),
            ("the intercept is subtracted in the predictions", _LINE, "cross-validation-code",
             lambda X, w, b: X @ w - b),
            ("the predictions are the intercept alone", _LINE, "cross-validation-code",
             lambda X, w, b: b + 0 * (X @ w)),
            ("Xw is subtracted in the predictions, not added", _LINE, "cross-validation-code",
             lambda X, w, b: b - X @ w),
            ("the intercept is added once for each feature", _LINE, "cross-validation-code",
             lambda X, w, b: (X * w + b).sum(axis=1)),
            ("only the first feature counts in the predictions", _LINE, "cross-validation-code",
             lambda X, w, b: X[:, 0] * w[0] + b),
        ),
        "error": inherited(ERROR, "in each fold, "),
        "splits": as_choices(
            ("every row holds the errors of the last fold", _LOOP, section,
             lambda folds: [folds[-1]] * len(folds)),
            ("every row holds the errors of the first fold", _LOOP, section,
             lambda folds: [folds[0]] * len(folds)),
            ("the first fold is left out", _TABLE, section, lambda folds: folds[1:]),
            ("the last fold is left out", _TABLE, section, lambda folds: folds[:-1]),
        ),
        "share": as_choices(
            ("the errors add up from fold to fold", _LOOP, section,
             lambda errors, m, rest, n: errors.cumsum(axis=0)),
            ("only the first fold is filled in", _LOOP, section, _only(0)),
            ("only the last fold is filled in", _LOOP, section, _only(-1)),
            ("only the errors of the first fold are returned", _LOOP, section,
             lambda errors, m, rest, n: errors[:1]),
            ("only the errors of the last fold are returned", _LOOP, section,
             lambda errors, m, rest, n: errors[-1:]),
            ("each squared error is divided by the number of all rows, not of the held-out ones",
             _SHARE, section, lambda errors, m, rest, n: errors * m / n),
            ("each squared error is divided by the number of training rows", _SHARE, section,
             lambda errors, m, rest, n: errors * m / rest),
            ("each error is weighted by the rows of its fold, against the mean over all folds",
             _SHARE, section, lambda errors, m, rest, n: errors * m / m.mean()),
            ("the errors are divided by the number of folds, as if to be added up", _SHARE, section,
             lambda errors, m, rest, n: errors / len(errors)),
        ),
    }  # fmt: skip


CHOICES = {
    **in_a_fold("k-folds"),
    "grid": as_choices(
        ("every column has the first λ", _GRID, "k-folds", lambda lams: [lams[0]] * len(lams)),
        ("every column has the last λ", _GRID, "k-folds", lambda lams: [lams[-1]] * len(lams)),
        ("the columns come in ascending order of λ", _GRID, "k-folds", np.sort),
        ("the columns come in descending order of λ", _GRID, "k-folds",
         lambda lams: np.sort(lams)[::-1]),
        ("the columns come in reversed order of lams", _GRID, "k-folds", lambda lams: lams[::-1]),
        ("the position of λ in lams stands for λ itself", _GRID, "k-folds",
         lambda lams: range(len(lams))),
        ("the λ add up from one column to the next", _GRID, "k-folds", np.cumsum),
        ("each λ comes once, even one that stands in lams twice", _GRID, "k-folds",
         lambda lams: list(dict.fromkeys(lams))),
    ),
    "table": as_choices(
        ("the errors are averaged over the folds", _TABLE, "k-folds",
         lambda errors: errors.mean(axis=0)),
        ("the errors are averaged over the λ", _TABLE, "k-folds",
         lambda errors: errors.mean(axis=1)),
        ("the errors are added up over the folds", _TABLE, "k-folds",
         lambda errors: errors.sum(axis=0)),
        ("the errors add up from λ to λ", _LOOP, "k-folds",
         lambda errors: errors.cumsum(axis=1)),
    ),
}  # fmt: skip


ENTRY = Entry(
    name="cross_validation.cross_val_errors",
    place=2,
    returns=("errors",),
    must=(
        "row f, column l of errors is the mean squared error on the held-out rows of fold f, of "
        "the fit to the training rows of fold f with λ number l"
    ),
    reference=cross_val_errors,
    cases=cases,
    rubric=RUBRIC,
    section="k-folds",
    example=(
        FINGERPRINT,
        np.array([[2.0], [1.0], [0.0]]),
        np.array([3.0, 1.0, 2.0]),
        np.array([0.0, 2.0]),
        [(np.array([1, 2]), np.array([0])), (np.array([0]), np.array([1, 2]))],
    ),
    compare=errors_agree,
    misconceptions=(
        Misconception(
            "the axes are mixed up: one row for each λ, one column for each fold",
            "print the shape of your errors for two folds and three λ.",
            "k-folds",
            lambda *args: cross_val_errors(*args).T,
        ),
    ),
    formula=_formula,
    choices=CHOICES,
)
