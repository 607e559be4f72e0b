"""The exercises of the assignment `overfitting`.

Cases are drawn with one or two decimals, so that a learner can paste the one that fails. Where w is
compared, the singular values of the centred X lie within a factor of 20, or are exactly zero.
Errors are compared one by one, since they differ in size from degree to degree.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from reglib.checks.entry import (
    Assignment,
    Case,
    Entry,
    Misconception,
    Property,
    Relation,
    Rng,
    nearly,
)
from reglib.features import polynomial
from reglib.ridge import least_squares

# --- cases ---


def _numbers(rng: np.random.Generator, n: int, low: float, high: float, whole: bool = False):
    """Draw n different numbers, none of them zero."""
    step = 1.0 if whole else 0.1
    grid = np.arange(round(low / step), round(high / step) + 1)
    drawn = rng.choice(grid[grid != 0], n, replace=False)
    return drawn if whole else (drawn * step).round(1)


def _rows(
    rng: np.random.Generator, n: int, p: int, whole: bool = False, sizes: Sequence[int] = ()
) -> np.ndarray:
    """Draw an X whose columns have means away from zero and are far from collinear.

    So are those of its first m rows, for each m in `sizes`.
    """
    while True:
        X = rng.normal(0, 2, (n, p)) + rng.uniform(2, 5, p)
        X = X.round().astype(int) if whole else X.round(1)
        if all(_sound(X[:m]) for m in (n, *sizes)):
            return X


def _sound(X: np.ndarray) -> bool:
    n, p = X.shape
    s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)[: min(n - 1, p)]
    return bool(s[-1] > 0.5 and s[0] <= 20 * s[-1])


def _answers(rng: np.random.Generator, n: int, whole: bool = False) -> np.ndarray:
    while True:
        y = rng.normal(0, 3, n) + rng.uniform(4, 8)
        y = y.round().astype(int) if whole else y.round(1)
        if y.std() > 0.5:
            return y


def _errors_agree(args: tuple, value: Any, other: Any) -> bool:
    """Each error to a relative 1e-6, and besides to a billionth of the variance of the training y.

    A curve through every row has the training error zero, which comes out as rounding.
    """
    slack = 1e-9 * args[1].var()
    return all(
        nearly((), float(a), float(b), atol=slack)
        for part, wanted in zip(value, other, strict=True)
        for a, b in zip(part, wanted, strict=True)
    )


# --- polynomial_features ---


def _polynomial(x, degree):
    return x[:, None] ** np.arange(1, degree + 1)


def _polynomial_cases(rng: np.random.Generator) -> list[Case]:
    one = "at degree 1 there is one column, x itself, and the shape is (n, 1)"
    whole = "whole numbers and negative ones have powers too"
    typical, edges = _POLYNOMIAL_RUBRIC
    return [
        Case(typical, "three rows, degree 2", (_numbers(rng, 3, -3, 3), 2)),
        Case(typical, "four rows, degree 3", (_numbers(rng, 4, -3, 3), 3)),
        Case(typical, "three rows, degree 5", (_numbers(rng, 3, -3, 3), 5)),
        Case(edges, "degree 1", (_numbers(rng, 3, -3, 3), 1), one),
        Case(edges, "a single row", (_numbers(rng, 1, 1.2, 3), 4)),
        Case(edges, "whole numbers", (_numbers(rng, 3, -5, 9, whole=True), 3), whole),
        Case(edges, "whole numbers with a zero", (np.array([0, 2, -1]), 6), whole),
    ]


_POLYNOMIAL_RUBRIC = {
    "the powers side by side": 2,
    "degree 1, a single row, whole numbers": 1,
}


def _powers_agree(args: tuple, value: Any, other: Any) -> bool:
    """Entry by entry, since the powers of one number differ widely in size."""
    return np.allclose(value, other, rtol=1e-9, atol=1e-12)


def _squaring_on(x, degree):
    columns = [x]
    while len(columns) < degree:
        columns.append(columns[-1] ** 2)
    return np.column_stack(columns)


_POLYNOMIAL = Entry(
    name="overfitting.polynomial_features",
    returns=("P",),
    must="column k of P, counted from 1, holds x to the power k, and there are `degree` columns",
    reference=_polynomial,
    cases=_polynomial_cases,
    rubric=_POLYNOMIAL_RUBRIC,
    section="Build it",
    example=(np.array([2.0, -1.0]), 3),
    compare=_powers_agree,
    misconceptions=(
        Misconception(
            "a column of ones stands before the powers",
            "ask which parameter of the fit a column of ones would stand for, and whether the fit "
            "already has that parameter.",
            "Build it",
            lambda x, degree: x[:, None] ** np.arange(degree + 1),
        ),
        Misconception(
            "the powers run from 0 to degree − 1",
            "print list(range(degree)), and compare its first and last number with the first and "
            "the last power that are asked for.",
            "Build it",
            lambda x, degree: x[:, None] ** np.arange(degree),
        ),
        Misconception(
            "the highest power is missing",
            "print list(range(1, degree)) for degree = 3, and look at where it ends.",
            "Build it",
            lambda x, degree: x[:, None] ** np.arange(1, degree),
        ),
        Misconception(
            "the highest power comes first",
            "take x = (2,) and degree = 3, and write down the three columns from left to right.",
            "Build it",
            lambda x, degree: x[:, None] ** np.arange(degree, 0, -1),
        ),
        Misconception(
            "the powers are stacked as rows, one below the other",
            "print the shape of what you return: the rows should be those of x.",
            "Build it",
            lambda x, degree: (x[:, None] ** np.arange(1, degree + 1)).T,
        ),
        Misconception(
            "x is multiplied by k instead of raised to the power k",
            "compute x = 3 with k = 2 by hand, then with the operator in your code.",
            "Build it",
            lambda x, degree: x[:, None] * np.arange(1, degree + 1),
        ),
        Misconception(
            "each column is the square of the one before it",
            "write down which power of x your third column holds, and by what the second must be "
            "multiplied to give the right one.",
            "Build it",
            _squaring_on,
        ),
    ),
)


# --- fit_least_squares ---


def _fit_cases(rng: np.random.Generator) -> list[Case]:
    exact = "with as many rows as unknowns, the fit goes through every row"
    shortest = (
        "many w fit equally well here: the answer is the shortest of them, and the length of w "
        "alone counts, b is left out of it"
    )
    idle = "a column that never varies explains nothing, so the shortest w has a zero there"
    typical, edges, singular = _FIT_RUBRIC

    def draw(n, p, whole=False):
        return _rows(rng, n, p, whole), _answers(rng, n, whole)

    def halves(n, p):
        # Halves, and a number of rows that is a power of two: centring is exact, so that what is
        # singular on paper is so in floating point as well.
        return (_rows(rng, n, p, whole=True) / 2), _answers(rng, n)

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
        Case(singular, "three groups, a column of 0 and 1 each", (groups, _answers(rng, 8)),
             shortest),
        Case(singular, "more features than rows", halves(4, 6), shortest),
    ]  # fmt: skip


_FIT_RUBRIC = {
    "typical cases": 3,
    "as many rows as unknowns, whole numbers": 1,
    "a singular X: the shortest w": 2,
}


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


_FIT = Entry(
    name="overfitting.fit_least_squares",
    returns=("w", "b"),
    must=(
        "the residuals sum to zero, and they still do after each is multiplied by its row's "
        "entry in any one column of X"
    ),
    reference=least_squares,
    cases=_fit_cases,
    rubric=_FIT_RUBRIC,
    section="Build it",
    example=(np.array([[0.0], [0.0], [2.0], [2.0]]), np.array([1.0, 3.0, 6.0, 8.0])),
    misconceptions=(
        Misconception(
            "there is no intercept",
            "add 1000 to every y: b should go up by 1000 and w stay as it is. See what yours does.",
            "Build it",
            lambda X, y: (_shortest(X, y), 0.0),
        ),
        Misconception(
            "w is computed from an X that is not centred",
            "plot one feature against y: the slope of the line depends on how far the rows are "
            "from their mean, not on how far they are from zero.",
            "Build it",
            _uncentred,
        ),
        Misconception(
            "the intercept is the mean of y, although X is not centred",
            "the line must pass through the point (x̄, ȳ) of the means: put x̄ into yours.",
            "Build it",
            lambda X, y: (least_squares(X, y)[0], y.mean()),
        ),
        Misconception(
            "the coefficient of the ones is taken from the wrong end",
            "print the order of the columns of the matrix that you fit, and read off which entry "
            "of the solution belongs to the ones.",
            "Build it",
            _ends_swapped,
        ),
        Misconception(
            "the columns are standardised, and w is left in units of standard deviations",
            "measure one feature in metres, then in centimetres: its coefficient must change by a "
            "factor of 100. See whether yours does.",
            "Build it",
            _left_standardised,
        ),
        Misconception(
            "the intercept counts as a part of the norm that is made small",
            "take a column that is 3 in every row, so that only b + 3w matters: at which w is the "
            "length of w alone least?",
            "More columns than rows",
            _with_ones,
        ),
        Misconception(
            "a small number is added to the diagonal, so that an inverse exists",
            "compare your residuals with those of np.linalg.lstsq: with that number in, the sum of "
            "squares is no longer the least; look for a function that needs no inverse.",
            "More columns than rows",
            _nudged,
            recognise=_is_nudged,
        ),
        Misconception(
            "a w that fits best is found, but not the shortest one",
            "take two equal columns: only the sum of their coefficients matters for the fit; how "
            "would you share a sum of 2 to make w₁² + w₂² least?",
            "More columns than rows",
            _leaning_on_few,
            recognise=_fits_but_is_long,
        ),
    ),
)


# --- mean_squared_error ---


def _mse(y, y_hat):
    return float(np.mean((y - y_hat) ** 2))


def _mse_cases(rng: np.random.Generator) -> list[Case]:
    perfect = "predictions without any error have a mean squared error of 0"
    typical, edges = _MSE_RUBRIC

    def draw(n, whole=False):
        return _numbers(rng, n, -9, 9, whole), _numbers(rng, n, -9, 9, whole)

    y = _answers(rng, 3)
    return [
        Case(typical, "three rows", draw(3)),
        Case(typical, "five rows", draw(5)),
        Case(typical, "eight rows", draw(8)),
        Case(edges, "whole numbers", draw(4, whole=True)),
        Case(edges, "perfect predictions", (y, y.copy()), perfect),
        Case(edges, "one prediction for all", (_numbers(rng, 5, -9, 9), np.full(5, 2.5))),
    ]


_MSE_RUBRIC = {
    "typical cases": 2,
    "whole numbers, perfect or equal predictions": 1,
}

_MSE = Entry(
    name="overfitting.mean_squared_error",
    returns=("error",),
    must="error is the mean over the rows of the squared difference between y and y_hat",
    reference=_mse,
    cases=_mse_cases,
    rubric=_MSE_RUBRIC,
    section="Four errors with four names",
    example=(np.array([1.0, 2.0, 6.0]), np.array([0.5, 3.0, 5.5])),
    misconceptions=(
        Misconception(
            "subtracting an (n, 1) from an (n,) makes an (n, n) array",
            "print the shapes of y, of y_hat and of their difference: each should have one number "
            "per row.",
            "Four errors with four names",
            lambda y, y_hat: np.mean((y - y_hat[:, None]) ** 2),
        ),
        Misconception(
            "the root of the mean is returned",
            "ask for the unit: if y is in points, is your result in points or in points squared?",
            "Four errors with four names",
            lambda y, y_hat: np.sqrt(_mse(y, y_hat)),
        ),
        Misconception(
            "the squared errors are added up, not averaged",
            "repeat every row once and see what happens to your result: a mean stays as it is.",
            "Four errors with four names",
            lambda y, y_hat: len(y) * _mse(y, y_hat),
        ),
        Misconception(
            "the result is halved, as in a loss to be minimised",
            "take two errors of 1 each: what is the mean of their squares?",
            "Four errors with four names",
            lambda y, y_hat: _mse(y, y_hat) / 2,
        ),
        Misconception(
            "the absolute errors are averaged, not the squared ones",
            "take one row that is off by 3: what should come out?",
            "Four errors with four names",
            lambda y, y_hat: np.mean(np.abs(y - y_hat)),
        ),
        Misconception(
            "the errors are averaged before they are squared",
            "take one row that is off by 1 and one that is off by −1: is the error zero?",
            "Four errors with four names",
            lambda y, y_hat: np.mean(y - y_hat) ** 2,
        ),
        Misconception(
            "the sum is divided by n − 1",
            "count the rows that you sum over, and compare with what you divide by.",
            "Four errors with four names",
            lambda y, y_hat: len(y) / (len(y) - 1) * _mse(y, y_hat),
        ),
    ),
)


# --- train_validation_split ---

# A large split, n = 200 with m = 60 or 80 validation rows, is judged by how many separate stretches
# the validation rows form when all rows stand in a ring. A random set forms r of them with
# probability 200/r · C(m − 1, r − 1) · C(199 − m, r − 1) / C(200, m), so 42 or 48 on average. Fewer
# than `_STRETCHES` allows (blocks, rotations) or more (even steps) come with probability 3.5e-11
# and 5.7e-12. Two sets of 24 rows out of 60 are equal by chance with probability 2.8e-17, and six
# pairs of them are compared. Nothing else is of chance: a false alarm has probability 4.1e-11.
_LARGE = 200
_STRETCHES = {60: (23, 59), 80: (26, 71)}


def _split(n, fraction, rng):
    order = rng.permutation(n)
    m = round(fraction * n)
    return order[m:], order[:m]


def _share(rng: np.random.Generator, n: int, low: float, high: float) -> float:
    """Draw a fraction, not near a half, for which fraction · n ends in .low to .high."""
    choices = np.arange(12, 42) / 100
    return float(rng.choice(choices[(low <= choices * n % 1) & (choices * n % 1 <= high)]))


def _split_cases(rng: np.random.Generator) -> list[Case]:
    scattered = "which rows are held back is left to chance, so they lie scattered over all rows"
    source = (
        "chance comes from `rng` alone: the same state makes the same split, another state another"
    )
    sizes, shuffled, given = _SPLIT_RUBRIC
    seeds = iter(rng.choice(10_000, 9, replace=False).tolist())

    def draw(n, low, high):
        return n, _share(rng, n, low, high), Rng(next(seeds))

    def given_a_generator(n, fraction):
        return n, fraction, Rng(next(seeds))

    repeated = given_a_generator(60, 0.4)
    return [
        Case(sizes, "9 rows, fraction · n to be rounded up", draw(9, 0.6, 0.9)),
        Case(sizes, "12 rows, fraction · n to be rounded down", draw(12, 0.1, 0.4)),
        Case(sizes, "23 rows, fraction · n to be rounded up", draw(23, 0.6, 0.9)),
        Case(shuffled, "200 rows", given_a_generator(_LARGE, 0.3), scattered),
        Case(shuffled, "200 rows, 80 held back", given_a_generator(_LARGE, 0.4), scattered),
        Case(given, "60 rows", repeated, source),
        Case(given, "60 rows, the same generator again", repeated, source),
        Case(given, "60 rows, another generator", given_a_generator(60, 0.4), source),
        Case(given, "60 rows, a third generator", given_a_generator(60, 0.4), source),
        Case(given, "60 rows, a fourth generator", given_a_generator(60, 0.4), source),
    ]


_SPLIT_RUBRIC = {
    "the right sizes, each row in exactly one set": 2,
    "the rows are shuffled": 1,
    "chance comes from rng": 1,
}


def _sets(value: Any) -> tuple[np.ndarray, np.ndarray]:
    """Train and validation as arrays of whole numbers; raises if they are anything else."""
    train, validation = (np.asarray(part) for part in value)
    for part in (train, validation):
        if part.ndim != 1 or part.dtype.kind != "i":
            raise TypeError
    return train, validation


def _is_pair(args, value):
    return len(_sets(value)) == 2


def _is_sized(args, value):
    return len(_sets(value)[1]) == round(args[1] * args[0])


def _is_partition(args, value):
    return sorted(np.concatenate(_sets(value))) == list(range(args[0]))


def _stretches(args, value):
    """How many separate stretches the validation rows form, the rows standing in a ring."""
    held = np.isin(np.arange(args[0]), _sets(value)[1])
    return int(np.sum(held & ~np.roll(held, 1)))


def _is_scattered(args, value):
    if args[0] < _LARGE:
        return True
    fewest, most = _STRETCHES[round(args[1] * args[0])]
    return fewest <= _stretches(args, value) <= most


def _same_sets(value, other):
    return set(_sets(value)[1].tolist()) == set(_sets(other)[1].tolist())


def _follows_rng(args, value, earlier_args, earlier):
    return args != earlier_args or _same_sets(value, earlier)


def _varies_with_rng(args, value, earlier_args, earlier):
    comparable = args[:2] == earlier_args[:2] and args != earlier_args
    return not comparable or not _same_sets(value, earlier)


def _is_one_block(args, value):
    return _is_partition(args, value) and _stretches(args, value) == 1


def _is_swapped(args, value):
    return _is_partition(args, value) and len(_sets(value)[0]) == round(args[1] * args[0])


def _is_rounded_down(args, value):
    size = len(_sets(value)[1])
    return _is_partition(args, value) and size == int(args[1] * args[0]) != round(args[1] * args[0])


def _has_repeats(args, value):
    return any(len(np.unique(part)) < len(part) for part in _sets(value))


def _overlaps(args, value):
    return not _has_repeats(args, value) and np.isin(*_sets(value)).any()


def _pairs(all_args, values, wanted):
    """The splits of each two cases for whose arguments `wanted` holds."""
    cases = list(zip(all_args, values, strict=True))
    return [
        (value, other)
        for i, (args, value) in enumerate(cases)
        for before, other in cases[:i]
        if wanted(args, before)
    ]


def _all_good(all_args, values):
    """Whether every split is right when looked at alone."""
    rules = (_is_sized, _is_partition, _is_scattered)
    return all(
        rule(args, value) for args, value in zip(all_args, values, strict=True) for rule in rules
    )


def _comes_from_elsewhere(all_args, values):
    again = _pairs(all_args, values, lambda args, before: args == before)
    return _all_good(all_args, values) and not any(_same_sets(*pair) for pair in again)


def _never_changes(all_args, values):
    others = _pairs(all_args, values, lambda a, b: a[:2] == b[:2] and a != b)
    return _all_good(all_args, values) and all(_same_sets(*pair) for pair in others)


def _has_sizes_of_chance(all_args, values):
    others = _pairs(all_args, values, lambda a, b: a[:2] == b[:2] and a != b)
    return all(map(_is_partition, all_args, values)) and any(
        len(value[1]) != len(other[1]) for value, other in others
    )


def _cut(order, m):
    return order[m:], order[:m]


def _by_coins(n, fraction, rng):
    held = rng.random(n) < fraction
    return np.flatnonzero(~held), np.flatnonzero(held)


def _with_replacement(n, fraction, rng):
    validation = rng.integers(n, size=round(fraction * n))
    return np.setdiff1d(np.arange(n), validation), validation


def _drawn_twice(n, fraction, rng):
    m = round(fraction * n)
    return rng.permutation(n)[m:], rng.permutation(n)[:m]


_SPLIT = Entry(
    name="overfitting.train_validation_split",
    returns=("train", "validation"),
    must=(
        "each of the row numbers 0 to n − 1 stands in exactly one of the two sets, and "
        "round(fraction · n) of them in `validation`"
    ),
    reference=_split,
    cases=_split_cases,
    rubric=_SPLIT_RUBRIC,
    section="Four errors with four names",
    example=(5, 0.4, Rng(0)),
    properties=(
        Property(
            "`train` and `validation` are two rows of whole numbers, (train, validation)", _is_pair
        ),
        Property(
            "each row number from 0 to n − 1 is in exactly one of the two sets", _is_partition
        ),
        Property("`validation` has round(fraction · n) rows", _is_sized),
        Property(
            "the validation rows lie scattered, neither in blocks nor evenly spaced",
            _is_scattered,
        ),
    ),
    relations=(
        Relation("a generator in the same state makes the same split", _follows_rng),
        Relation("a generator in another state makes another split", _varies_with_rng),
    ),
    misconceptions=(
        Misconception(
            "the rows are not shuffled, and a block of neighbours is held back",
            "imagine a file sorted by age: whom do you train on, and whom do you validate on?",
            "Where it goes wrong",
            lambda n, fraction, rng: _cut(np.arange(n), round(fraction * n)),
            recognise=_is_one_block,
        ),
        Misconception(
            "the two sets are swapped, and `fraction` is the share of the training rows",
            "with n = 10 and fraction = 0.2, how many rows should be in `validation`, which comes "
            "second?",
            "Four errors with four names",
            lambda n, fraction, rng: _split(n, fraction, rng)[::-1],
            recognise=_is_swapped,
        ),
        Misconception(
            "rows are drawn with replacement, so that some come more than once",
            "count how often each row number occurs in what you return: np.unique can help.",
            "Where it goes wrong",
            _with_replacement,
            recognise=_has_repeats,
        ),
        Misconception(
            "some rows are in both sets",
            "draw the order of the rows once, and let both sets come from that one order.",
            "Where it goes wrong",
            _drawn_twice,
            recognise=_overlaps,
        ),
        Misconception(
            "each row is held back by the flip of a coin, so that the size is left to chance",
            "call your function twice with two generators, and compare the sizes.",
            "Where it goes wrong",
            _by_coins,
            recognise_all=_has_sizes_of_chance,
        ),
        Misconception(
            "the number of validation rows is rounded down",
            "try int(2.9) and round(2.9).",
            "Four errors with four names",
            lambda n, fraction, rng: _cut(rng.permutation(n), int(fraction * n)),
            recognise=_is_rounded_down,
        ),
        Misconception(
            "chance has another source than the `rng` that is passed in",
            "call your function twice, each time with a fresh np.random.default_rng(0), and see "
            "whether you get the same rows: then nobody can repeat your experiment otherwise.",
            "Build it",
            lambda n, fraction, rng: _split(n, fraction, np.random.default_rng()),
            recognise_all=_comes_from_elsewhere,
        ),
        Misconception(
            "a generator is made inside the function, so that every split is the same",
            "call your function with default_rng(0) and with default_rng(1): the rows held back "
            "should differ.",
            "Build it",
            lambda n, fraction, rng: _split(n, fraction, np.random.default_rng(0)),
            recognise_all=_never_changes,
        ),
    ),
)


# --- degree_errors ---


def _predict(X, w, b):
    return b + X @ w


def _both_errors(X, y, X_val, y_val, w, b):
    return _mse(y, _predict(X, w, b)), _mse(y_val, _predict(X_val, w, b))


def _in_columns(pairs) -> tuple[np.ndarray, np.ndarray]:
    first, second = np.array(list(pairs)).T
    return first, second


def _degree_errors(x_train, y_train, x_val, y_val, degrees):
    def at(degree):
        P, P_val = polynomial(x_train, degree), polynomial(x_val, degree)
        return _both_errors(P, y_train, P_val, y_val, *least_squares(P, y_train))

    return _in_columns(at(degree) for degree in degrees)


def _curve_rows(
    rng: np.random.Generator, n: int, m: int, top: int, whole: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Draw n training and m validation rows on which polynomials up to degree `top` are sound."""
    wide = 3.0 if whole else 2.0
    while True:
        x_train, x_val = (_numbers(rng, k, -wide, wide + 1, whole) for k in (n, m))
        spread = []
        for x in (x_train, x_val, np.concatenate([x_train, x_val])):
            P = polynomial(x, top)
            s = np.linalg.svd(P - P.mean(axis=0), compute_uv=False)
            spread.append(s[0] / s[-1])
        if max(spread) < 300:
            return x_train, _answers(rng, n, whole), x_val, _answers(rng, m, whole)


def _degree_cases(rng: np.random.Generator) -> list[Case]:
    order = "the errors come in the order of `degrees`, one for each"
    through = "a polynomial with as many coefficients as rows goes through all of them"
    typical, edges, special = _DEGREE_RUBRIC
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


_DEGREE_RUBRIC = {
    "typical cases": 3,
    "a single degree, degrees in any order": 1,
    "a curve through every row, whole numbers": 1,
}


def _degrees_with(errors: Callable) -> Callable:
    """A wrong `degree_errors` whose `errors(P, y_train, P_val, y_val)` serve for each degree."""

    def wrong(x_train, y_train, x_val, y_val, degrees):
        return _in_columns(
            errors(polynomial(x_train, d), y_train, polynomial(x_val, d), y_val) for d in degrees
        )

    return wrong


def _refitted(X, y, X_val, y_val):
    return (
        _both_errors(X, y, X_val, y_val, *least_squares(X, y))[0],
        _both_errors(X, y, X_val, y_val, *least_squares(X_val, y_val))[1],
    )


def _fitted_on_both(X, y, X_val, y_val):
    both = np.vstack([X, X_val]), np.concatenate([y, y_val])
    return _both_errors(X, y, X_val, y_val, *least_squares(*both))


def _without_intercept(X, y, X_val, y_val):
    return _both_errors(X, y, X_val, y_val, least_squares(X, y)[0], 0.0)


def _recentred(X, y, X_val, y_val):
    w, b = least_squares(X, y)
    shifted = X_val - X_val.mean(axis=0) + X.mean(axis=0)
    return _both_errors(X, y, shifted, y_val, w, b)


def _rooted(X, y, X_val, y_val):
    return np.sqrt(_both_errors(X, y, X_val, y_val, *least_squares(X, y)))


def _counting_from_one(x_train, y_train, x_val, y_val, degrees):
    return _degree_errors(x_train, y_train, x_val, y_val, range(1, len(degrees) + 1))


_DEGREE = Entry(
    name="overfitting.degree_errors",
    returns=("train_errors", "val_errors"),
    must=(
        "for each degree there is one fit, to the training rows, and its mean squared error is "
        "taken on the training rows and on the validation rows"
    ),
    reference=_degree_errors,
    cases=_degree_cases,
    rubric=_DEGREE_RUBRIC,
    section="Four errors with four names",
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
    compare=_errors_agree,
    misconceptions=(
        Misconception(
            "the model is fitted anew to the validation rows",
            "ask which rows w and b may know: count the calls of your fit for one degree.",
            "Where it goes wrong",
            _degrees_with(_refitted),
        ),
        Misconception(
            "the model is fitted to training and validation rows together",
            "change one y of the validation rows: the training errors must stay as they are. See "
            "whether yours do.",
            "Where it goes wrong",
            _degrees_with(_fitted_on_both),
        ),
        Misconception(
            "training and validation errors come in the other order",
            "find out which of your two arrays goes up when a high degree fits noise, and compare "
            "with the order that is asked for.",
            "Four errors with four names",
            lambda *args: _degree_errors(*args)[::-1],
        ),
        Misconception(
            "the validation columns are centred by their own means",
            "predict for a single validation row: centred by its own mean, what is left of it?",
            "Where it goes wrong",
            _degrees_with(_recentred),
        ),
        Misconception(
            "the intercept is left out of the predictions",
            "write the prediction for one row as a formula, and compare it with your code.",
            "Build it",
            _degrees_with(_without_intercept),
        ),
        Misconception(
            "the root of the mean squared error is returned",
            "ask for the unit of what you return: is it that of y, or that of y²?",
            "Four errors with four names",
            _degrees_with(_rooted),
        ),
        Misconception(
            "the degrees 1, 2, 3, … are used in place of those in `degrees`",
            "call your function with degrees = [5], and print the degree that it fits.",
            "Build it",
            _counting_from_one,
        ),
    ),
)


# --- learning_curve ---


def _learning_curve(X, y, X_val, y_val, sizes):
    return _in_columns(
        _both_errors(X[:m], y[:m], X_val, y_val, *least_squares(X[:m], y[:m])) for m in sizes
    )


def _learning_cases(rng: np.random.Generator) -> list[Case]:
    order = "the errors come in the order of `sizes`, one for each"
    typical, edges = _LEARNING_RUBRIC

    def draw(n, n_val, p, sizes, whole=False):
        X, X_val = _rows(rng, n, p, whole, sizes), _rows(rng, n_val, p, whole)
        return X, _answers(rng, n, whole), X_val, _answers(rng, n_val, whole), sizes

    return [
        Case(typical, "one feature, first 3 and 4 of 6 rows", draw(6, 5, 1, [3, 4])),
        Case(typical, "two features, first 4 to 9 of 9 rows", draw(9, 6, 2, [4, 5, 7, 9])),
        Case(typical, "three features, sizes in an array", draw(12, 8, 3, np.array([5, 7, 10]))),
        Case(edges, "a single size", draw(7, 6, 1, [4]), order),
        Case(edges, "a large size before a small one", draw(8, 7, 2, [6, 4]), order),
        Case(edges, "whole numbers", draw(7, 5, 1, [3, 5], whole=True)),
    ]


_LEARNING_RUBRIC = {
    "typical cases": 3,
    "a single size, sizes in any order, whole numbers": 1,
}


def _sizes_with(errors: Callable) -> Callable:
    """A wrong `learning_curve` whose `errors(X, y, X_val, y_val, m)` serve for each size m."""

    def wrong(X, y, X_val, y_val, sizes):
        return _in_columns(errors(X, y, X_val, y_val, m) for m in sizes)

    return wrong


def _trained_on(rows: Callable, scored: Callable, held: Callable) -> Callable:
    """Fit to the rows in `rows(m)`, score on those in `scored(m)` and on `held(…)`."""

    def errors(X, y, X_val, y_val, m):
        w, b = least_squares(X[rows(m)], y[rows(m)])
        return _both_errors(X[scored(m)], y[scored(m)], *held(X, y, X_val, y_val, m), w, b)

    return errors


def _everything(m):
    return slice(None)


def _as_given(X, y, X_val, y_val, m):
    return X_val, y_val


_LEARNING = Entry(
    name="overfitting.learning_curve",
    returns=("train_errors", "val_errors"),
    must=(
        "for each size m there is one fit, to the first m rows, and its mean squared error is "
        "taken on those m rows and on all validation rows"
    ),
    reference=_learning_curve,
    cases=_learning_cases,
    rubric=_LEARNING_RUBRIC,
    section="What more data change",
    builds_on=("overfitting.fit_least_squares", "overfitting.mean_squared_error"),
    example=(
        np.array([[-1.0], [0.0], [1.0], [2.0]]),
        np.array([0.0, 3.0, 3.0, 2.0]),
        np.array([[4.0]]),
        np.array([6.0]),
        [3, 4],
    ),
    compare=_errors_agree,
    misconceptions=(
        Misconception(
            "the training error is measured on all rows, not on the m that were fitted",
            "change the y of the last row: at a size that leaves it out, the training error must "
            "stay as it is.",
            "What more data change",
            _sizes_with(_trained_on(slice, _everything, _as_given)),
        ),
        Misconception(
            "every size is fitted to all rows",
            "print the shape of what your fit is given at each size.",
            "What more data change",
            _sizes_with(_trained_on(_everything, slice, _as_given)),
        ),
        Misconception(
            "the rows left over serve as validation rows",
            "ask whether all sizes are then measured by the same yardstick, and which arguments "
            "are there for that.",
            "What more data change",
            _sizes_with(_trained_on(slice, slice, lambda X, y, X_val, y_val, m: (X[m:], y[m:]))),
        ),
        Misconception(
            "the validation rows are cut to the first m as well",
            "print how many rows the validation error is a mean of at each size: it should not "
            "change.",
            "What more data change",
            _sizes_with(
                _trained_on(slice, slice, lambda X, y, X_val, y_val, m: (X_val[:m], y_val[:m]))
            ),
        ),
        Misconception(
            "training and validation errors come in the other order",
            "ask which of the two should go up with the number of rows, and which should go down.",
            "What more data change",
            lambda *args: _learning_curve(*args)[::-1],
        ),
        Misconception(
            "one row too few is fitted",
            "print len(y[:m]) for m = 3.",
            "What more data change",
            lambda X, y, X_val, y_val, sizes: _learning_curve(
                X, y, X_val, y_val, [m - 1 for m in sizes]
            ),
        ),
        Misconception(
            "the intercept is left out of the predictions",
            "write the prediction for one row as a formula, and compare it with your code.",
            "Build it",
            _sizes_with(
                lambda X, y, X_val, y_val, m: _without_intercept(X[:m], y[:m], X_val, y_val)
            ),
        ),
    ),
)


# --- bias_variance ---


def _bias_variance(predictions, f_true, noise_sd):
    bias2 = float(np.mean((predictions.mean(axis=0) - f_true) ** 2))
    variance = float(np.mean(predictions.var(axis=0)))
    return bias2, variance, bias2 + variance + noise_sd**2


def _bias_cases(rng: np.random.Generator) -> list[Case]:
    alone = "a single data set cannot differ from the mean over data sets: its variance is 0"
    silent = "without noise, the expected error is bias² plus variance"
    quiet, noisy, edges = _BIAS_RUBRIC

    def draw(datasets, points):
        f_true = _numbers(rng, points, -4, 4)
        predictions = (f_true + rng.normal(0, 1.5, (datasets, points))).round(1)
        return predictions, f_true, round(rng.uniform(0.3, 0.8), 1)

    def silenced(datasets, points):
        return *draw(datasets, points)[:2], 0

    def whole(datasets, points):
        f_true = _numbers(rng, points, -4, 4, whole=True)
        return f_true + rng.integers(-3, 4, (datasets, points)), f_true, 2

    return [
        Case(quiet, "no noise, two data sets, three points", silenced(2, 3), silent),
        Case(quiet, "no noise, three data sets, three points", silenced(3, 3), silent),
        Case(quiet, "no noise, six data sets, two points", silenced(6, 2), silent),
        Case(noisy, "noise, two data sets, two points", draw(2, 2)),
        Case(noisy, "noise, five data sets, three points", draw(5, 3)),
        Case(edges, "a single data set", draw(1, 3), alone),
        Case(edges, "whole numbers", whole(4, 3)),
    ]


_BIAS_RUBRIC = {
    "no noise: bias² and variance": 2,
    "noise: the parts and their sum": 1,
    "a single data set, whole numbers": 1,
}


def _parts_with(bias2: Callable | None = None, variance: Callable | None = None) -> Callable:
    """A wrong `bias_variance`, one of whose parts is a wrong function of predictions and truth."""

    def wrong(predictions, f_true, noise_sd):
        parts = list(_bias_variance(predictions, f_true, noise_sd)[:2])
        for i, function in enumerate((bias2, variance)):
            if function:
                parts[i] = function(predictions, f_true)
        return *parts, sum(parts) + noise_sd**2

    return wrong


def _squared_distance(predictions, f_true):
    return np.mean((predictions - f_true) ** 2)


def _absolute_bias(predictions, f_true):
    return np.mean(np.abs(predictions.mean(axis=0) - f_true))


def _first_part_is(*functions: Callable) -> Callable[[tuple, Any], bool]:
    """Recognise a wrong bias² alone, since the error may have been computed in another way."""

    def recognise(args, value):
        predictions, f_true, _ = args
        return any(
            nearly((), float(value[0]), float(function(predictions, f_true)))
            for function in functions
        )

    return recognise


_BIAS = Entry(
    name="overfitting.bias_variance",
    returns=("bias2", "variance", "error"),
    must=(
        "bias2 compares the mean over data sets with the truth, variance compares each data set "
        "with that mean, both are averaged over the points, and with the variance of the noise "
        "they add up to error"
    ),
    reference=_bias_variance,
    cases=_bias_cases,
    rubric=_BIAS_RUBRIC,
    section="Bias and variance",
    example=(np.array([[1.0, 2.0], [3.0, 2.0]]), np.array([1.0, 3.0]), 0.5),
    misconceptions=(
        Misconception(
            "the predictions are compared with the truth one by one, before the mean over data "
            "sets, so that bias² holds the variance too",
            "bias is a property of the mean prediction: compute that mean first, and look at its "
            "shape.",
            "Bias and variance",
            _parts_with(bias2=_squared_distance),
            recognise=_first_part_is(_squared_distance),
        ),
        Misconception(
            "the bias is averaged over the points before it is squared",
            "take a mean prediction that is 1 too high at one point and 1 too low at another: is "
            "it without bias?",
            "Bias and variance",
            _parts_with(bias2=lambda P, f: np.mean(P.mean(axis=0) - f) ** 2),
        ),
        Misconception(
            "the bias is not squared",
            "ask for the units of the three parts: they can only be added if all have the same.",
            "The decomposition, with a pencil",
            _parts_with(bias2=_absolute_bias),
            recognise=_first_part_is(
                _absolute_bias, lambda P, f: np.mean(P - f), lambda P, f: np.mean(f - P)
            ),
        ),
        Misconception(
            "the variance is taken over the points, not over the data sets",
            "take two data sets with the same predictions, rising from point to point: how much "
            "do they differ from one another?",
            "Bias and variance",
            _parts_with(variance=lambda P, f: np.mean(P.var(axis=1))),
        ),
        Misconception(
            "the variance is taken over all predictions at once",
            "take two data sets with the same predictions, rising from point to point: how much "
            "do they differ from one another?",
            "Bias and variance",
            _parts_with(variance=lambda P, f: P.var()),
        ),
        Misconception(
            "the variance has the divisor D − 1",
            "compute the mean squared distance between predictions and truth directly, and see "
            "with which divisor bias² and variance add up to it.",
            "The parts add up",
            _parts_with(variance=lambda P, f: np.mean(P.var(axis=0, ddof=1))),
        ),
        Misconception(
            "the noise enters with its standard deviation, not with its variance",
            "ask for the units of the three parts: they can only be added if all have the same.",
            "The decomposition, with a pencil",
            lambda P, f, noise_sd: _bias_variance(P, f, np.sqrt(noise_sd)),
        ),
        Misconception(
            "the noise is left out of the expected error",
            "ask what is left of the error on a new row if your prediction is the truth itself.",
            "The decomposition, with a pencil",
            lambda P, f, noise_sd: _bias_variance(P, f, 0),
        ),
    ),
)


ASSIGNMENT = Assignment(
    name="overfitting",
    chapter="Overfitting and underfitting",
    available=("check", "data", "widgets.tune"),
    entries=(_POLYNOMIAL, _FIT, _MSE, _SPLIT, _DEGREE, _LEARNING, _BIAS),
)
