"""Least squares with an intercept, the shortest w where there are many."""

import numpy as np

import reglib
from reglib.checks.entry import Case, Entry, Misconception, nearly
from reglib.exercises import draws

RUBRIC = {
    "typical cases": 3,
    "as many rows as unknowns, whole numbers": 1,
    "a singular X: the shortest w": 2,
}


def cases(rng: np.random.Generator) -> list[Case]:
    exact = "with as many rows as unknowns, the fit goes through every row"
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

    with_constant, y = draw(6, 2)
    with_constant = np.insert(with_constant, 1, 3.0, axis=1)
    twin, y_twin = halves(4, 1)
    groups = np.repeat(np.eye(3), [2, 2, 4], axis=0)[rng.permutation(8)]
    return [
        Case(typical, "three rows, one feature", draw(3, 1)),
        Case(typical, "five rows, two features", draw(5, 2)),
        Case(typical, "nine rows, three features", draw(9, 3)),
        Case(edges, "two rows, one feature", draw(2, 1), exact),
        Case(edges, "whole numbers", draw(5, 2, whole=True)),
        Case(singular, "the same column twice", (np.hstack([twin, twin]), y_twin), shortest),
        Case(singular, "a constant column", (with_constant, y), idle),
        Case(singular, "three groups, a column of 0 and 1 each", (groups, draws.answers(rng, 8)),
             shortest),
        Case(singular, "more features than rows", halves(4, 6), shortest),
    ]  # fmt: skip


def _shortest(X, y):
    """The shortest w that minimises ‖y − Xw‖, without an intercept."""
    return np.linalg.lstsq(X, y, rcond=None)[0]


def _centred(X, y):
    return X - X.mean(axis=0), y - y.mean()


def _with_ones(X, y):
    b, *w = _shortest(np.column_stack([np.ones(len(y)), X]), y)
    return np.array(w), b


def _uncentred(X, y):
    w = _shortest(X, y)
    return w, y.mean() - X.mean(axis=0) @ w


def _ends_swapped(X, y):
    coefficients = _shortest(np.column_stack([X, np.ones(len(y))]), y)
    return coefficients[1:], coefficients[0]


def _left_standardised(X, y):
    Xc, yc = _centred(X, y)
    scale = X.std(axis=0)
    scale[scale == 0] = 1
    return _shortest(Xc / scale, yc), y.mean()


def _nudged(X, y):
    Xc, yc = _centred(X, y)
    w = np.linalg.solve(Xc.T @ Xc + 1e-3 * np.eye(X.shape[1]), Xc.T @ yc)
    return w, y.mean() - X.mean(axis=0) @ w


def _is_nudged(args, value):
    """Whether the gradient of the squared error is a small multiple of w, as with a small ridge."""
    (X, y), (w, b) = args, value
    w, (Xc, yc) = np.asarray(w, dtype=float), _centred(X, y)
    gradient = Xc.T @ (yc - Xc @ w)
    factor = gradient @ w / (w @ w)
    return bool(
        1e-8 < factor < 0.1 * np.linalg.norm(Xc, 2) ** 2
        and np.allclose(gradient, factor * w, rtol=0, atol=1e-3 * factor * np.abs(w).max())
        and np.isclose(b, y.mean() - X.mean(axis=0) @ w)
    )


def _leaning_on_few(X, y):
    """Least squares on the first columns that suffice, with zeros for the others."""
    Xc, yc = _centred(X, y)
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
    w, (Xc, yc) = np.asarray(w, dtype=float), _centred(X, y)
    best = _shortest(Xc, yc)
    return bool(
        np.allclose(Xc @ w, Xc @ best, rtol=0, atol=1e-4 * np.abs(y).max())
        and np.isclose(b, y.mean() - X.mean(axis=0) @ w, rtol=1e-4, atol=1e-4)
        and np.linalg.norm(w) > (1 + 1e-6) * np.linalg.norm(best)
        and not nearly((), w, _with_ones(X, y)[0])
    )


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
            "add 1000 to every y: b should go up by 1000 and w stay as it is. See what yours does.",
            "fit-a-polynomial",
            lambda X, y: (_shortest(X, y), 0.0),
        ),
        Misconception(
            "w is computed from an X that is not centred",
            "plot one feature against y: the slope of the line depends on how far the rows are "
            "from their mean, not on how far they are from zero.",
            "fit-a-polynomial",
            _uncentred,
        ),
        Misconception(
            "the intercept is the mean of y, although X is not centred",
            "the line must pass through the point (x̄, ȳ) of the means: put x̄ into yours.",
            "fit-a-polynomial",
            lambda X, y: (reglib.least_squares(X, y)[0], y.mean()),
        ),
        Misconception(
            "the coefficient of the ones is taken from the wrong end",
            "print the order of the columns of the matrix that you fit, and read off which entry "
            "of the solution belongs to the ones.",
            "fit-a-polynomial",
            _ends_swapped,
        ),
        Misconception(
            "the columns are standardised, and w is left in units of standard deviations",
            "measure one feature in metres, then in centimetres: its coefficient must change by a "
            "factor of 100. See whether yours does.",
            "fit-a-polynomial",
            _left_standardised,
        ),
        Misconception(
            "the intercept counts as a part of the norm that is made small",
            "take a column that is 3 in every row, so that only b + 3w matters: at which w is the "
            "length of w alone least?",
            "minimum-norm",
            _with_ones,
        ),
        Misconception(
            "a small number is added to the diagonal, so that an inverse exists",
            "compare your residuals with those of np.linalg.lstsq: with that number in, the sum of "
            "squares is no longer the least; look for a function that needs no inverse.",
            "minimum-norm",
            _nudged,
            recognise=_is_nudged,
        ),
        Misconception(
            "a w that fits best is found, but not the shortest one",
            "take two equal columns: only the sum of their coefficients matters for the fit; how "
            "would you share a sum of 2 to make w₁² + w₂² least?",
            "minimum-norm",
            _leaning_on_few,
            recognise=_fits_but_is_long,
        ),
    ),
)
