"""Least squares with an intercept, the shortest w where there are many."""

from functools import partial

import numpy as np

import reglib
from reglib.checks.entry import Case, Entry, Misconception, nearly
from reglib.exercises import draws
from reglib.exercises.choices import as_choices, intercepts

RUBRIC = {
    "typical cases": 3,
    "as many rows as unknowns, whole numbers": 1,
    "a singular X: the shortest w": 2,
}


def cases(rng: np.random.Generator) -> list[Case]:
    exact = "with as many rows as unknowns, the fit goes through every row"
    small = "the fit does not depend on units: small numbers in X make large ones in w"
    shortest = (
        "many w fit equally well here: the answer is the shortest of them, and the length of w "
        "alone counts, b is left out of it"
    )
    idle = "a column that never varies explains nothing, so the shortest w has a zero there"
    typical, edges, singular = RUBRIC

    def draw(n, p, whole=False):
        return draws.problem(rng, n, p, whole)

    def halves(n, p):
        # Halves, and a number of rows that is a power of two: centring is exact, so that what is
        # singular on paper is so in floating point as well.
        return (draws.rows(rng, n, p, whole=True) / 2), draws.answers(rng, n)

    def in_small_units(n, p):
        X, y = draw(n, p)
        return (X / 100).round(3), y

    def alike(n):
        while True:
            x = draws.rows(rng, n, 1)
            X = np.hstack([x, (x + rng.normal(0, 0.5, (n, 1))).round(1)])
            s = draws.spread(X)
            if 12 * s[1] < s[0] < 20 * s[1]:
                return X, draws.answers(rng, n)

    with_constant, y = draw(6, 2)
    with_constant = np.insert(with_constant, 1, 3.0, axis=1)
    twin, y_twin = halves(4, 1)
    groups = np.repeat(np.eye(3), [2, 2, 4], axis=0)[rng.permutation(8)]
    return [
        Case(typical, "three rows, one feature", draw(3, 1)),
        Case(typical, "five rows, two features", draw(5, 2)),
        Case(typical, "nine rows, three features", draw(9, 3)),
        Case(typical, "seven rows, two features in small units", in_small_units(7, 2), small),
        Case(typical, "eight rows, two features that are nearly alike", alike(8)),
        Case(edges, "two rows, one feature", draw(2, 1), exact),
        Case(edges, "four rows, three features", draw(4, 3), exact),
        Case(edges, "whole numbers", draw(5, 2, whole=True)),
        Case(singular, "the same column twice", (np.hstack([twin, twin]), y_twin), shortest),
        Case(singular, "a constant column", (with_constant, y), idle),
        Case(singular, "three groups, a column of 0 and 1 each", (groups, draws.answers(rng, 8)),
             shortest),
        Case(singular, "more features than rows", halves(4, 6), shortest),
    ]  # fmt: skip


def _shortest(X, y):
    """The shortest w that minimises ‖y − Xw‖, without an intercept."""
    if not np.isfinite(X).all():  # LAPACK would print what it thinks of that
        return np.full(X.shape[1], np.nan)
    return np.linalg.lstsq(X, y, rcond=None)[0]


def _centred(X):
    return X - X.mean(axis=0)


def formula(
    X,
    y,
    *,
    data=lambda X, y: (_centred(X), y - y.mean()),
    solve=_shortest,
    back=lambda w, X: w,
    intercept=lambda X, y, w: y.mean() - X.mean(axis=0) @ w,
):
    """`data` are what w is solved from, and `back` is what becomes of w then."""
    with np.errstate(all="ignore"):
        w = back(solve(*data(X, y)), X)
        return w, intercept(X, y, w)


def _scale(X, ddof=0):
    return np.where(np.ptp(X, axis=0) == 0, 1.0, X.std(axis=0, ddof=ddof))


def _standardised(X, y):
    return _centred(X) / _scale(X), y - y.mean()


def _ones_first(X):
    return np.column_stack([np.ones(len(X)), X])


def _ones_last(X):
    return np.column_stack([X, np.ones(len(X))])


def _with_ones(X, y):
    b, *w = _shortest(_ones_first(X), y)
    return np.array(w), b


def _ends_swapped(X, y):
    coefficients = _shortest(_ones_last(X), y)
    return coefficients[1:], coefficients[0]


def _last_for_the_ones(X, y):
    coefficients = _shortest(_ones_first(X), y)
    return coefficients[:-1], coefficients[-1]


def _ones_kept(X, y):
    coefficients = _shortest(_ones_first(X), y)
    return coefficients, coefficients[0]


def _nudged(X, y):
    Xc = _centred(X)
    w = np.linalg.solve(Xc.T @ Xc + 1e-3 * np.eye(X.shape[1]), Xc.T @ y)
    return w, y.mean() - X.mean(axis=0) @ w


def _nudges(args, value, penalised):
    """What was added to the diagonal, as far as the gradient of the squared error tells it."""
    (X, y), (w, b) = args, value
    w = np.asarray(w, dtype=float)
    coefficients = np.append(w, b) if penalised else w
    design = _ones_last(X) if penalised else _centred(X)
    gradient = design.T @ (y - X @ w - b)
    nudge = gradient @ coefficients / (coefficients @ coefficients)
    slack = 1e-2 * np.abs(nudge * coefficients).max() + 1e-12 * np.abs(design).max() ** 2
    proportional = np.abs(gradient - nudge * coefficients).max() <= slack
    through = penalised or np.isclose(b, y.mean() - X.mean(axis=0) @ w)
    return nudge if proportional and through else np.nan


def _are_nudged(all_args, values):
    """Whether one and the same number stands on the diagonal everywhere, as with a small ridge."""
    rows = np.array([len(y) for _, y in all_args])
    for penalised in (False, True):
        pairs = zip(all_args, values, strict=True)
        nudges = np.array([_nudges(*pair, penalised) for pair in pairs])
        for same in (nudges, nudges / rows):
            if (nudges > 1e-11).all() and np.ptp(same) <= 0.05 * same.max():
                return True
    return False


def _is_on_its_way(args, value):
    """Whether least squares is reached along some directions more than along others."""
    (X, y), (w, b) = args, value
    U, s, Vt = np.linalg.svd(_centred(X), full_matrices=False)
    U, s, Vt = U[:, s > 1e-9], s[s > 1e-9], Vt[s > 1e-9]
    w = np.asarray(w, dtype=float)
    reached = s * (Vt @ w) / (U.T @ y)
    spread = -np.diff(reached)
    return bool(
        (reached > 1e-6).all()
        and reached.max() <= 1 + 1e-9
        and reached.min() < 1 - 1e-9
        and (spread >= -1e-9).all()
        and (len(s) == 1 or spread.max() > 1e-9)
        and np.allclose(Vt.T @ (Vt @ w), w, rtol=0, atol=1e-9 * np.abs(w).max())
        and np.isclose(b, y.mean() - X.mean(axis=0) @ w)
    )


def _few_steps(X, y):
    Xc, w = _centred(X), np.zeros(X.shape[1])
    for _ in range(20):
        w = w + Xc.T @ (y - Xc @ w) / np.linalg.norm(Xc, 2) ** 2 / 2
    return w, y.mean() - X.mean(axis=0) @ w


_short_in_units = partial(formula, data=_standardised, back=lambda w, X: w / _scale(X))


def _leaning_on_few(X, y):
    """Least squares on the first columns that suffice, with zeros for the others."""
    Xc, yc = _centred(X), y - y.mean()
    kept: list[int] = []
    for j in range(X.shape[1]):
        if np.linalg.matrix_rank(Xc[:, [*kept, j]]) > len(kept):
            kept.append(j)
    w = np.zeros(X.shape[1])
    w[kept] = _shortest(Xc[:, kept], yc)
    return w, y.mean() - X.mean(axis=0) @ w


def _fits_but_is_long(args, value):
    """Whether w fits as well as the shortest, with the right b for it, and is longer."""
    (X, y), (w, b) = args, value
    w, Xc = np.asarray(w, dtype=float), _centred(X)
    best = _shortest(Xc, y)
    return bool(
        np.allclose(Xc @ w, Xc @ best, rtol=0, atol=1e-4 * np.abs(y).max())
        and np.isclose(b, y.mean() - X.mean(axis=0) @ w, rtol=1e-4, atol=1e-4)
        and np.linalg.norm(w) > (1 + 1e-6) * np.linalg.norm(best)
        and not any(nearly((), w, other(X, y)[0]) for other in (_with_ones, _short_in_units))
    )


_SHIFT = "add 1000 to every y: b should go up by 1000 and w stay as it is. See what yours does."
_CENTRE = (
    "plot one feature against y: the slope of the line depends on how far the rows are from their "
    "mean, not on how far they are from zero."
)
_ENDS = (
    "print the order of the columns of the matrix that you fit, and read off which entry of the "
    "solution belongs to the ones."
)
_UNITS = (
    "measure one feature in metres, then in centimetres: its coefficient must change by a factor "
    "of 100. See whether yours does."
)
_NORMAL = (
    "compute the residuals of your fit, and multiply them with each column of X: at the least sum "
    "of squares all of these products add up to zero."
)
_LENGTH = (
    "take two equal columns: only the sum of their coefficients matters for the fit; how would you "
    "share a sum of 2 to make w₁² + w₂² least?"
)
CHOICES = {
    "data": as_choices(
        ("w is computed from an X that is not centred", _CENTRE, "fit-a-polynomial",
         lambda X, y: (X, y)),
        ("w is computed from an X that is not centred, and a y that is", _CENTRE,
         "fit-a-polynomial", lambda X, y: (X, y - y.mean())),
        ("one mean, of all entries of X, is subtracted from all of them", _CENTRE,
         "fit-a-polynomial", lambda X, y: (X - X.mean(), y - y.mean())),
        ("X is centred row by row, not column by column", _CENTRE, "fit-a-polynomial",
         lambda X, y: (X - X.mean(axis=1, keepdims=True), y - y.mean())),
        ("X is centred by its medians", _CENTRE, "fit-a-polynomial",
         lambda X, y: (X - np.median(X, axis=0), y - y.mean())),
        ("the means are added to the columns, not subtracted", _CENTRE, "fit-a-polynomial",
         lambda X, y: (X + X.mean(axis=0), y - y.mean())),
        ("the columns are standardised, and w is not scaled back", _UNITS, "fit-a-polynomial",
         _standardised),
        ("the columns are standardised with the divisor n − 1, and w is not scaled back", _UNITS,
         "fit-a-polynomial", lambda X, y: (_centred(X) / _scale(X, 1), y)),
        ("y is standardised, and w is not scaled back", _UNITS, "fit-a-polynomial",
         lambda X, y: (_centred(X), y / y.std())),
        ("y is sorted", _NORMAL, "fit-a-polynomial", lambda X, y: (_centred(X), np.sort(y))),
    ),
    "solve": as_choices(
        ("w is Xᵀy, without the inverse of XᵀX", _NORMAL, "fit-a-polynomial",
         lambda A, a: A.T @ a),
        ("w holds the covariances of the columns with y", _NORMAL, "fit-a-polynomial",
         lambda A, a: A.T @ a / len(a)),
        ("w holds the correlations of the columns with y", _NORMAL, "fit-a-polynomial",
         lambda A, a: A.T @ a / (np.linalg.norm(A, axis=0) * np.linalg.norm(a))),
        ("each feature is fitted as if it were the only one", _NORMAL, "fit-a-polynomial",
         lambda A, a: A.T @ a / (A**2).sum(axis=0)),
        ("1 is divided by each entry of XᵀX, which is no inverse of a matrix", _NORMAL,
         "fit-a-polynomial", lambda A, a: (1 / (A.T @ A)) @ (A.T @ a)),
        ("XᵀX itself stands for its inverse", _NORMAL, "fit-a-polynomial",
         lambda A, a: A.T @ A @ (A.T @ a)),
        ("only the first feature is used", _NORMAL, "fit-a-polynomial",
         lambda A, a: np.append(_shortest(A[:, :1], a), np.zeros(A.shape[1] - 1))),
        ("the last row is left out of the fit", _NORMAL, "fit-a-polynomial",
         lambda A, a: _shortest(A[:-1], a[:-1])),
        ("the first row is left out of the fit", _NORMAL, "fit-a-polynomial",
         lambda A, a: _shortest(A[1:], a[1:])),
    ),
    "back": as_choices(
        ("w has the wrong sign, and b follows it", _NORMAL, "fit-a-polynomial", lambda w, X: -w),
        ("w is n times too large, and b follows it", _NORMAL, "fit-a-polynomial",
         lambda w, X: w * len(X)),
        ("w is divided by n, and b follows it", _NORMAL, "fit-a-polynomial",
         lambda w, X: w / len(X)),
        ("w is twice as large as it should be, and b follows it", _NORMAL, "fit-a-polynomial",
         lambda w, X: 2 * w),
        ("w is half as large as it should be, and b follows it", _NORMAL, "fit-a-polynomial",
         lambda w, X: w / 2),
        ("w is in reversed order, and b follows it", _ENDS, "fit-a-polynomial",
         lambda w, X: w[::-1]),
        ("w is divided by the standard deviations once too often", _UNITS, "fit-a-polynomial",
         lambda w, X: w / _scale(X)),
    ),
    "intercept": intercepts("fit-a-polynomial"),
}  # fmt: skip


ENTRY = Entry(
    name="overfitting.fit_least_squares",
    place=2,
    returns=("w", "b"),
    must=(
        "the residuals sum to zero, and they still do after each is multiplied by its row's "
        "entry in any one column of X"
    ),
    reference=reglib.least_squares,
    cases=cases,
    rubric=RUBRIC,
    section="fit-a-polynomial",
    example=(np.array([[0.0], [0.0], [2.0], [2.0]]), np.array([1.0, 3.0, 6.0, 8.0])),
    misconceptions=(
        Misconception(
            "there is no intercept",
            _SHIFT,
            "fit-a-polynomial",
            lambda X, y: (_shortest(X, y), 0.0),
        ),
        Misconception(
            "the coefficient of the ones is taken from the wrong end",
            _ENDS,
            "fit-a-polynomial",
            _ends_swapped,
        ),
        Misconception(
            "the ones come first, and the last coefficient is taken for theirs",
            _ENDS,
            "fit-a-polynomial",
            _last_for_the_ones,
        ),
        Misconception(
            "w still holds the coefficient of the ones",
            _ENDS,
            "fit-a-polynomial",
            _ones_kept,
        ),
        Misconception(
            "the columns are standardised, and w is left in units of standard deviations",
            _UNITS,
            "fit-a-polynomial",
            partial(formula, data=_standardised, intercept=lambda X, y, w: y.mean()),
        ),
        Misconception(
            "the intercept counts as a part of the norm that is made small",
            "take a column that is 3 in every row, so that only b + 3w matters: at which w is the "
            "length of w alone least?",
            "minimum-norm",
            _with_ones,
        ),
        Misconception(
            "w is the shortest one for standardised columns, not for X as it is",
            "ask which vector has to be short: the one that you return, or the one that you had "
            "before you scaled it back.",
            "minimum-norm",
            _short_in_units,
        ),
        Misconception(
            "a small number is added to the diagonal, so that an inverse exists",
            "compare your residuals with those of np.linalg.lstsq: with that number in, the sum of "
            "squares is no longer the least; look for a function that needs no inverse.",
            "minimum-norm",
            _nudged,
            recognise_all=_are_nudged,
        ),
        Misconception(
            "w is on its way from zero to least squares, as where an iteration stops too early",
            _NORMAL,
            "fit-a-polynomial",
            _few_steps,
            recognise=_is_on_its_way,
        ),
        Misconception(
            "a w that fits best is found, but not the shortest one",
            _LENGTH,
            "minimum-norm",
            _leaning_on_few,
            recognise=_fits_but_is_long,
        ),
    ),
    formula=formula,
    choices=CHOICES,
)
