"""The exercises of the assignment `cross_validation`.

A `fit` that is handed to a learner's function is made up. Most of the time it is `_FIT`, a
fingerprint: its w and b change with every row that it is given, with its shift and scale, and with
λ, but not with the order of the rows, so that right errors prove the right rows.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np

from reglib.checks.entry import (
    Assignment,
    Case,
    Entry,
    Function,
    Misconception,
    Property,
    Relation,
    Rng,
    nearly,
)
from reglib.features import standardize
from reglib.ridge import ridge_loo

# --- cases ---

_FIT = Function("lambda X, y, lam: (X.T @ y / (len(y) + lam), y.mean())")


def _rows(rng: np.random.Generator, n: int, p: int, whole: bool = False) -> np.ndarray:
    """Draw an X whose columns have means away from zero and are far from collinear."""
    while True:
        X = rng.normal(0, 2, (n, p)) + rng.uniform(2, 5, p)
        X = X.round().astype(int) if whole else X.round(1)
        s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)[: min(n - 1, p)]
        if s[-1] > 0.5 and s[0] <= 20 * s[-1]:
            return X


def _answers(rng: np.random.Generator, n: int, whole: bool = False) -> np.ndarray:
    while True:
        y = rng.normal(0, 3, n) + rng.uniform(4, 8)
        y = y.round().astype(int) if whole else y.round(1)
        if y.std() > 0.5:
            return y


def _penalties(rng: np.random.Generator, count: int) -> np.ndarray:
    """Draw different λ, none of them a whole number, in no particular order."""
    return (rng.choice(np.arange(40), count, replace=False) + rng.choice([0.2, 0.6], count)).round(
        1
    )


def _folds(rng: np.random.Generator, n: int, k: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Draw k folds whose rows stand in order, so that they are easy to read."""
    held_out = [np.sort(part) for part in np.array_split(rng.permutation(n), k)]
    return [(np.setdiff1d(np.arange(n), part), part) for part in held_out]


def _ahead(n: int, first: int, step: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Folds in time order: train on all rows so far, hold out the next."""
    return [
        (np.arange(m), np.arange(m, min(m + step, n))) for m in range(first, n - step + 1, step)
    ]


def _draw_telling(draw: Callable[[], tuple], right: Callable, wrongs: Sequence[Callable]) -> tuple:
    """Draw arguments until none of the wrong functions gives the right answer by luck."""
    while True:
        args = draw()
        expected = right(*args)
        if not any(np.isclose(wrong(*args), expected, rtol=1e-3).all() for wrong in wrongs):
            return args


def _errors_agree(args: tuple, value: Any, other: Any) -> bool:
    """Each error to a relative 1e-6, and besides to a billionth of the variance of y."""
    slack = 1e-9 * args[2].var()
    return np.allclose(value, other, rtol=1e-6, atol=slack, equal_nan=True)


# --- kfold_indices ---

# A large case is judged by how many separate stretches the held-out rows of each fold form when all
# rows stand in a ring. A random set of m out of n rows forms r of them with probability
# n/r · C(m − 1, r − 1) · C(n − m − 1, r − 1) / C(n, m). Fewer than `_STRETCHES` allows (blocks,
# rotations) or more (every k-th row) come with probability 1.1e-11 for the two folds of 120 rows,
# which have the same number, and 2.1e-11 for each of the three of 150. Two sets of three folds of
# 60 rows are equal by chance with probability 6 · 20!³/60! = 1e-26. A false alarm has probability
# 7.4e-11 in all.
_STRETCHES = {120: (13, 48), 150: (16, 49)}


def _kfold(n, k, rng):
    folds = np.array_split(rng.permutation(n), k)
    return [(np.concatenate(folds[:f] + folds[f + 1 :]), folds[f]) for f in range(k)]


def _kfold_cases(rng: np.random.Generator) -> list[Case]:
    scattered = "which rows share a fold is left to chance, so each fold lies scattered"
    source = (
        "chance comes from `rng` alone: the same state makes the same folds, another state others"
    )
    even, uneven, shuffled, given = _KFOLD_RUBRIC
    seeds = iter(rng.choice(10_000, 10, replace=False).tolist())

    def draw(n, k):
        return n, k, Rng(next(seeds))

    repeated = draw(60, 3)
    return [
        Case(even, "6 rows, 3 folds", draw(6, 3)),
        Case(even, "12 rows, 4 folds", draw(12, 4)),
        Case(even, "7 rows, 7 folds: one row is left out at a time", draw(7, 7)),
        Case(uneven, "7 rows, 4 folds", draw(7, 4)),
        Case(uneven, "23 rows, 5 folds", draw(23, 5)),
        Case(shuffled, "120 rows, 2 folds", draw(120, 2), scattered),
        Case(shuffled, "150 rows, 3 folds", draw(150, 3), scattered),
        Case(given, "60 rows, 3 folds", repeated, source),
        Case(given, "60 rows, the same generator again", repeated, source),
        Case(given, "60 rows, another generator", draw(60, 3), source),
        Case(given, "60 rows, a third generator", draw(60, 3), source),
    ]


_KFOLD_RUBRIC = {
    "each row is held out once, and trains otherwise": 1,
    "k does not divide n: sizes that differ by at most 1": 1,
    "the rows are shuffled": 1,
    "chance comes from rng": 1,
}


def _pairs(value: Any) -> list[tuple[np.ndarray, np.ndarray]]:
    """The folds as pairs of arrays of whole numbers; raises if they are anything else."""
    folds = [tuple(np.asarray(part) for part in fold) for fold in value]
    for train, held_out in folds:
        for part in (train, held_out):
            if part.ndim != 1 or part.dtype.kind != "i":
                raise TypeError
    return folds


def _held_out(value: Any) -> np.ndarray:
    return np.concatenate([held_out for _, held_out in _pairs(value)])


def _sizes(value: Any) -> list[int]:
    return [len(held_out) for _, held_out in _pairs(value)]


def _is_list_of_pairs(args, value):
    return len(_pairs(value)) == args[1]


def _covers(args, value):
    return sorted(_held_out(value)) == list(range(args[0]))


def _trains_on_the_rest(args, value):
    return all(sorted(np.concatenate(fold)) == list(range(args[0])) for fold in _pairs(value))


def _is_balanced(args, value):
    return max(_sizes(value)) - min(_sizes(value)) <= 1


def _stretches(n, held_out):
    """How many separate stretches some rows form, all rows standing in a ring."""
    held = np.isin(np.arange(n), held_out)
    return int(np.sum(held & ~np.roll(held, 1)))


def _is_scattered(args, value):
    n = args[0]
    fewest, most = _STRETCHES.get(n, (0, n))
    return all(fewest <= _stretches(n, held_out) <= most for _, held_out in _pairs(value))


def _same_folds(value, other):
    def sets(folds):
        return {frozenset(held_out.tolist()) for _, held_out in _pairs(folds)}

    return sets(value) == sets(other)


def _follows_rng(args, value, earlier_args, earlier):
    return args != earlier_args or _same_folds(value, earlier)


def _varies_with_rng(args, value, earlier_args, earlier):
    comparable = args[:2] == earlier_args[:2] and args != earlier_args
    return not comparable or not _same_folds(value, earlier)


def _is_not_shuffled(args, value):
    n, k, _ = args
    folds = [held_out for _, held_out in _pairs(value)]
    in_blocks = all(_stretches(n, held_out) == 1 for held_out in folds)
    return in_blocks or all(len(np.unique(held_out % k)) == 1 for held_out in folds)


def _drops_rows(args, value):
    n, k, _ = args
    held = _held_out(value)
    return len(np.unique(held)) == len(held) < n and set(_sizes(value)) == {n // k}


def _piles_up_rows(args, value):
    n, k, _ = args
    sizes = sorted(_sizes(value))
    piled_up = sizes == [n // k] * (k - 1) + [n // k + n % k] and n % k > 1
    return piled_up and _covers(args, value)


def _overlaps(args, value):
    return any(np.isin(*fold).any() for fold in _pairs(value))


def _is_swapped(args, value):
    swapped = [fold[::-1] for fold in _pairs(value)]
    return _covers(args, swapped) and _trains_on_the_rest(args, swapped)


def _are_drawn_anew(all_args, values):
    held = [_held_out(value) for value in values]
    sized = all(len(rows) <= args[0] for args, rows in zip(all_args, held, strict=True))
    repeated = any(len(np.unique(rows)) < len(rows) for rows in held)
    return sized and repeated and all(map(_trains_on_the_rest, all_args, values))


def _of_two(all_args, values, wanted):
    """The answers to each two cases for whose arguments `wanted` holds."""
    cases = list(zip(all_args, values, strict=True))
    return [
        (value, other)
        for i, (args, value) in enumerate(cases)
        for before, other in cases[:i]
        if wanted(args, before)
    ]


def _all_good(all_args, values):
    """Whether the folds of every case are right when looked at alone."""
    rules = (_is_list_of_pairs, _covers, _trains_on_the_rest, _is_balanced, _is_scattered)
    return all(
        rule(args, value) for args, value in zip(all_args, values, strict=True) for rule in rules
    )


def _comes_from_elsewhere(all_args, values):
    again = _of_two(all_args, values, lambda args, before: args == before)
    return _all_good(all_args, values) and not any(_same_folds(*pair) for pair in again)


def _never_changes(all_args, values):
    others = _of_two(all_args, values, lambda a, b: a[:2] == b[:2] and a != b)
    return _all_good(all_args, values) and all(_same_folds(*pair) for pair in others)


def _with_training(n, held_out):
    return [(np.setdiff1d(np.arange(n), part), part) for part in held_out]


def _kfold_in_order(n, k, rng):
    return _with_training(n, np.array_split(np.arange(n), k))


def _kfold_dropping(n, k, rng):
    return _with_training(n, rng.permutation(n)[: n // k * k].reshape(k, -1))


def _kfold_piling_up(n, k, rng):
    order, size = rng.permutation(n), n // k
    parts = [order[f * size : (f + 1) * size] for f in range(k - 1)]
    return _with_training(n, [*parts, order[(k - 1) * size :]])


def _kfold_drawn_anew(n, k, rng):
    return _with_training(n, [rng.permutation(n)[: n // k] for _ in range(k)])


_KFOLD = Entry(
    name="cross_validation.kfold_indices",
    returns=("folds",),
    must=(
        "each of the row numbers 0 to n − 1 is held out in exactly one of the k folds, and trains "
        "in all the others"
    ),
    reference=_kfold,
    cases=_kfold_cases,
    rubric=_KFOLD_RUBRIC,
    section="k folds",
    example=(5, 2, Rng(0)),
    properties=(
        Property(
            "it is a list of k pairs (train, validation), each of two rows of whole numbers",
            _is_list_of_pairs,
        ),
        Property("each row number from 0 to n − 1 is held out in exactly one fold", _covers),
        Property(
            "in each fold, `train` holds all the rows that are not held out, once each",
            _trains_on_the_rest,
        ),
        Property("the numbers of held-out rows differ by at most 1", _is_balanced),
        Property(
            "the held-out rows of a fold lie scattered, neither in blocks nor evenly spaced",
            _is_scattered,
        ),
    ),
    relations=(
        Relation("a generator in the same state makes the same folds", _follows_rng),
        Relation("a generator in another state makes other folds", _varies_with_rng),
    ),
    misconceptions=(
        Misconception(
            "the rows are not shuffled, or only rotated",
            "imagine a file sorted by the score: which rows would share a fold?",
            "k folds",
            _kfold_in_order,
            recognise=_is_not_shuffled,
        ),
        Misconception(
            "the last rows are never held out, because k does not divide n",
            "print the sizes of your folds for n = 7 and k = 3, and add them up; then look for a "
            "function of NumPy that splits an array into nearly equal parts.",
            "k folds",
            _kfold_dropping,
            recognise=_drops_rows,
        ),
        Misconception(
            "all the rows that are left over end up in one fold",
            "print the sizes of your folds for n = 11 and k = 4, and see how far apart the "
            "smallest and the largest are.",
            "k folds",
            _kfold_piling_up,
            recognise=_piles_up_rows,
        ),
        Misconception(
            "a row is in both sets of a fold, so that it is judged by a fit that has seen it",
            "print one pair for n = 6: no row number should stand in both halves of it.",
            "Three sets, three uses",
            lambda n, k, rng: [(np.arange(n), held_out) for _, held_out in _kfold(n, k, rng)],
            recognise=_overlaps,
        ),
        Misconception(
            "the two halves of each pair are swapped",
            "with n = 6 and k = 3, how many rows should train in each fold, and how many be held "
            "out? Which of the two comes first?",
            "k folds",
            lambda n, k, rng: [fold[::-1] for fold in _kfold(n, k, rng)],
            recognise=_is_swapped,
        ),
        Misconception(
            "each fold is drawn anew, so that some rows are held out twice and others never",
            "count over all folds how often each row is held out, and ask how often the rows "
            "have to be shuffled.",
            "k folds",
            _kfold_drawn_anew,
            recognise_all=_are_drawn_anew,
        ),
        Misconception(
            "chance has another source than the `rng` that is passed in",
            "call your function twice, each time with a fresh np.random.default_rng(0), and see "
            "whether you get the same folds.",
            "Build it",
            lambda n, k, rng: _kfold(n, k, np.random.default_rng()),
            recognise_all=_comes_from_elsewhere,
        ),
        Misconception(
            "a generator is made inside the function, so that every call gives the same folds",
            "call your function with default_rng(0) and with default_rng(1): the folds should "
            "differ.",
            "Build it",
            lambda n, k, rng: _kfold(n, k, np.random.default_rng(0)),
            recognise_all=_never_changes,
        ),
    ),
)


# --- cross_val_errors ---


def _mse(X, y, w, b):
    residual = y - b - X @ w
    return float(residual @ residual / len(y))


def _cv_errors(fit, X, y, lams, folds):
    def errors(train, held_out):
        A, a, B, c = X[train], y[train], X[held_out], y[held_out]
        return [_mse(B, c, *fit(A, a, lam)) for lam in lams]

    return np.array([errors(*fold) for fold in folds])


def _cv_cases(rng: np.random.Generator) -> list[Case]:
    one = "a held-out set of one row has the squared error of that row"
    zero = "λ = 0 is a λ like any other, and the columns come in the order of lams"
    ahead = (
        "the rows of a fold are those that `folds` says, even if some rows are in neither of its "
        "two sets"
    )
    typical, sizes, order, special = _CV_RUBRIC

    def draw(n, p, lams, folds, whole=False):
        return _FIT, _rows(rng, n, p, whole), _answers(rng, n, whole), lams, folds

    def with_zero(count):
        lams = _penalties(rng, count)
        lams[rng.integers(count)] = 0.0
        return lams

    return [
        Case(typical, "four rows, two folds, three λ",
             draw(4, 1, _penalties(rng, 3), _folds(rng, 4, 2))),
        Case(typical, "nine rows, three folds, two λ",
             draw(9, 2, _penalties(rng, 2), _folds(rng, 9, 3))),
        Case(typical, "eight rows, four folds, four λ",
             draw(8, 3, _penalties(rng, 4), _folds(rng, 8, 4))),
        Case(sizes, "seven rows, three folds", draw(7, 2, _penalties(rng, 2), _folds(rng, 7, 3))),
        Case(sizes, "as many folds as rows", draw(4, 1, _penalties(rng, 2), _folds(rng, 4, 4)),
             one),
        Case(order, "a single λ", draw(6, 2, _penalties(rng, 1), _folds(rng, 6, 2))),
        Case(order, "λ = 0 among others", draw(6, 2, with_zero(3), _folds(rng, 6, 2)), zero),
        Case(order, "whole numbers",
             draw(6, 2, np.array([3, 0, 7]), _folds(rng, 6, 2), whole=True), zero),
        Case(special, "rows in time order: train on the past", draw(7, 1, _penalties(rng, 2),
             _ahead(7, 3, 2)), ahead),
        Case(special, "rows in time order, three folds", draw(9, 2, _penalties(rng, 2),
             _ahead(9, 3, 2)), ahead),
    ]  # fmt: skip


_CV_RUBRIC = {
    "typical cases": 2,
    "folds of unequal size, or of one row": 1,
    "a single λ, λ = 0, whole numbers": 1,
    "folds that leave rows out": 1,
}


def _cv_with(error: Callable) -> Callable:
    """A wrong `cross_val_errors` whose `error(fit, X, y, train, held_out, lam)` is each entry."""

    def wrong(fit, X, y, lams, folds):
        return np.array([[error(fit, X, y, *fold, lam) for lam in lams] for fold in folds])

    return wrong


def _on_training_rows(fit, X, y, train, held_out, lam):
    return _mse(X[train], y[train], *fit(X[train], y[train], lam))


def _fitted_to_all(fit, X, y, train, held_out, lam):
    return _mse(X[held_out], y[held_out], *fit(X, y, lam))


def _residuals(fit, X, y, train, held_out, lam):
    w, b = fit(X[train], y[train], lam)
    return y[held_out] - b - X[held_out] @ w


def _without_intercept(fit, X, y, train, held_out, lam):
    w, _ = fit(X[train], y[train], lam)
    return _mse(X[held_out], y[held_out], w, 0.0)


def _of_a_square(fit, X, y, train, held_out, lam):
    w, b = fit(X[train], y[train], lam)
    return np.mean((y[held_out][:, None] - b - X[held_out] @ w) ** 2)


_CV = Entry(
    name="cross_validation.cross_val_errors",
    returns=("errors",),
    must=(
        "row f, column l of errors is the mean squared error on the held-out rows of fold f, of "
        "the fit to the training rows of fold f with λ number l"
    ),
    reference=_cv_errors,
    cases=_cv_cases,
    rubric=_CV_RUBRIC,
    section="k folds",
    example=(
        _FIT,
        np.array([[2.0], [1.0], [0.0]]),
        np.array([3.0, 1.0, 2.0]),
        np.array([0.0, 2.0]),
        [(np.array([1, 2]), np.array([0])), (np.array([0]), np.array([1, 2]))],
    ),
    compare=_errors_agree,
    misconceptions=(
        Misconception(
            "subtracting an (n, 1) from an (n,) makes an (n, n) array",
            "print the shapes of the held-out y, of its prediction and of their difference: each "
            "should have one number per held-out row.",
            "k folds",
            _cv_with(_of_a_square),
        ),
        Misconception(
            "the error is measured on the training rows",
            "ask which rows the fit has not seen, and whether those are the ones that you measure "
            "on.",
            "Three sets, three uses",
            _cv_with(_on_training_rows),
        ),
        Misconception(
            "the fit sees all rows, the held-out ones included",
            "print len(y) inside the function that is passed as `fit`: it should be the number of "
            "training rows of the fold.",
            "Three sets, three uses",
            _cv_with(_fitted_to_all),
        ),
        Misconception(
            "the two sets of a fold are swapped",
            "print the first pair of `folds`, and see in which order the two sets come.",
            "k folds",
            lambda fit, X, y, lams, folds: _cv_errors(
                fit, X, y, lams, [fold[::-1] for fold in folds]
            ),
        ),
        Misconception(
            "the intercept is left out of the predictions",
            "write the prediction for one row as a formula, and compare it with your code.",
            "Build it",
            _cv_with(_without_intercept),
        ),
        Misconception(
            "the squared errors of a fold are added up, not averaged",
            "ask whether a fold of 16 rows should count more than one of 15.",
            "k folds",
            _cv_with(lambda *args: np.sum(_residuals(*args) ** 2)),
        ),
        Misconception(
            "the root of the mean squared error is returned",
            "ask for the unit of what you return: is it that of y, or that of y²?",
            "k folds",
            _cv_with(lambda *args: np.sqrt(np.mean(_residuals(*args) ** 2))),
        ),
        Misconception(
            "the axes are mixed up: one row for each λ, one column for each fold",
            "print the shape of your errors for two folds and three λ.",
            "k folds",
            lambda *args: _cv_errors(*args).T,
        ),
    ),
)


# --- best_lambda ---


def _best(lams, errors):
    mean = np.mean(errors, axis=0)
    return float(lams[mean == mean.min()].max())


def _apart(values: np.ndarray, gap: float = 0.05) -> bool:
    """Whether no two of some numbers are closer than `gap`."""
    return bool(np.diff(np.sort(values)).min(initial=np.inf) > gap)


def _best_cases(rng: np.random.Generator) -> list[Case]:
    tie = "of several λ with the same least mean, the answer is the largest"
    order = "lams may come in any order"
    typical, orders, ties = _BEST_RUBRIC

    def draw(k, count, arrange=np.sort, whole=False):
        def once():
            while True:
                errors = rng.uniform(1, 9, (k, count)).round(1)
                errors = errors.round().astype(int) if whole else errors
                if _apart(errors.mean(axis=0)):
                    return arrange(_penalties(rng, count)), errors

        return _draw_telling(once, _best, [m.wrong for m in _BEST.misconceptions[:6]])

    def tied(count, arrange):
        """Whole numbers of which two or more columns have the same least sum."""
        lams = arrange(_penalties(rng, count))
        equal = np.sort(rng.choice(count, 2, replace=False))
        errors = rng.integers(5, 10, (3, count))
        errors[:, equal[0]] = 1, 3, 2
        errors[:, equal[1]] = rng.permutation([4, 2, 0])
        return lams, errors

    def falling(lams):
        return np.sort(lams)[::-1]

    return [
        Case(typical, "two folds, three λ", draw(2, 3)),
        Case(typical, "three folds, three λ", draw(3, 3)),
        Case(typical, "four folds, six λ", draw(4, 6)),
        Case(orders, "λ from large to small", draw(2, 4, falling), order),
        Case(orders, "λ in no order", draw(3, 5, np.asarray), order),
        Case(orders, "whole numbers", draw(3, 4, whole=True)),
        Case(ties, "two equal means, λ from small to large", tied(3, np.sort), tie),
        Case(ties, "two equal means, λ from large to small", tied(4, falling), tie),
    ]


_BEST_RUBRIC = {
    "typical cases": 2,
    "λ in any order, whole numbers": 1,
    "equal means: the larger λ": 1,
}


def _by_rows(lams, errors):
    """The fold of least mean error, as if folds were columns."""
    return lams[errors.mean(axis=1).argmin()]


_BEST = Entry(
    name="cross_validation.best_lambda",
    returns=("lam",),
    must=(
        "no λ has a smaller mean error over the folds than the answer, and no larger λ an equal one"
    ),
    reference=_best,
    cases=_best_cases,
    rubric=_BEST_RUBRIC,
    section="k folds",
    example=(np.array([0.1, 0.5, 10.0]), np.array([[4.0, 2.0, 3.0], [2.0, 2.0, 1.0]])),
    misconceptions=(
        Misconception(
            "the axes are mixed up, and the mean is taken over λ for each fold",
            "print the shape of your means: there should be one for each λ.",
            "k folds",
            _by_rows,
        ),
        Misconception(
            "the largest mean error wins",
            "ask whether `errors` are scores, where up is good, or errors.",
            "k folds",
            lambda lams, errors: lams[errors.mean(axis=0).argmax()],
        ),
        Misconception(
            "the position is returned in place of the λ",
            "see what argmin gives you for lams = (0.1, 10), and how to get from there to a λ.",
            "k folds",
            lambda lams, errors: int(errors.mean(axis=0).argmin()),
        ),
        Misconception(
            "the least mean error is returned in place of its λ",
            "ask for the unit of what you return: is it an error, or a λ?",
            "k folds",
            lambda lams, errors: errors.mean(axis=0).min(),
        ),
        Misconception(
            "the λ is that of the least error in any single fold",
            "cover up all folds but one, and ask how far you would trust that one alone; the "
            "folds have to be put together before the least is looked for.",
            "Predict, then see it",
            lambda lams, errors: lams[np.unravel_index(errors.argmin(), errors.shape)[1]],
        ),
        Misconception(
            "each fold chooses a λ of its own, and these are averaged",
            "put the folds together before you choose: the mean of several λ need not be one of "
            "lams.",
            "Predict, then see it",
            lambda lams, errors: lams[errors.argmin(axis=1)].mean(),
        ),
        Misconception(
            "the first of equal minima wins, wherever it stands",
            "turn lams and the columns of errors around: the answer should stay as it is.",
            "k folds",
            lambda lams, errors: lams[errors.mean(axis=0).argmin()],
        ),
        Misconception(
            "of equal minima, the smaller λ wins",
            "ask which of two fits with the same error is the simpler one.",
            "k folds",
            lambda lams, errors: lams[errors.mean(axis=0) == errors.mean(axis=0).min()].min(),
        ),
    ),
)


# --- one_standard_error_lambda ---


def _one_se(lams, errors):
    mean = np.mean(errors, axis=0)
    at = int(np.argmin(mean))
    threshold = mean[at] + np.std(errors[:, at], ddof=1) / np.sqrt(len(errors))
    return float(lams[mean <= threshold].max())


def _one_se_cases(rng: np.random.Generator) -> list[Case]:
    order = "lams may come in any order"
    end = "the rule may well lead to the largest λ of all"
    bumpy = (
        "the largest λ within one standard error counts, even if a λ between it and the minimum "
        "is not within"
    )
    typical, orders, bumps, ends = _ONE_SE_RUBRIC
    best, smallest, sd, divisor, own, by_count, first = (m.wrong for m in _ONE_SE.misconceptions)

    def draw(k, means, arrange, *wrongs):
        """Errors around given means, none near a threshold, on which some mistakes show."""

        def once():
            lams = np.sort(_penalties(rng, len(means)))
            errors = (means + rng.normal(0, 1.2, (k, len(means)))).round(1)
            order = arrange(len(lams))
            return lams[order], errors[:, order]

        while True:
            lams, errors = _draw_telling(once, _one_se, (best, smallest, *wrongs))
            if _is_clear(errors):
                return lams, errors

    def rising(count):
        return np.arange(count)

    def falling(count):
        return np.arange(count)[::-1]

    curve = np.array([5.6, 5.2, 5.0, 5.2, 5.5, 5.9, 6.6])
    wave = np.array([5.5, 5.0, 5.2, 5.8, 5.2, 6.1, 6.6])
    return [
        Case(typical, "three folds, seven λ", draw(3, curve, rising, sd, own)),
        Case(typical, "four folds, seven λ", draw(4, curve, rising, divisor)),
        Case(typical, "ten folds, seven λ", draw(10, curve, rising, sd, by_count)),
        Case(orders, "λ from large to small", draw(4, curve, falling, own), order),
        Case(orders, "λ in no order", draw(5, curve, rng.permutation, sd), order),
        Case(bumps, "a curve with two valleys", draw(4, wave, rising, first), bumpy),
        Case(bumps, "a curve with two valleys, ten folds", draw(10, wave, rising, first), bumpy),
        Case(ends, "the largest λ of all is within", _flat_to_the_end(rng), end),
        Case(ends, "whole numbers", _whole_rule(rng)),
    ]


_ONE_SE_RUBRIC = {
    "typical cases": 2,
    "λ in any order": 1,
    "a curve with two valleys": 1,
    "the largest λ of all, whole numbers": 1,
}


def _thresholds(errors: np.ndarray) -> list[float]:
    """The right threshold, and those of the common mistakes."""
    k, count = errors.shape
    mean, at = errors.mean(axis=0), int(errors.mean(axis=0).argmin())
    spread = errors[:, at].std(ddof=1)
    steps = (
        spread / np.sqrt(k),
        spread,
        errors[:, at].std() / np.sqrt(k),
        spread / np.sqrt(count),
    )
    return [mean[at] + step for step in steps]


def _is_clear(errors: np.ndarray) -> bool:
    """Whether the minimum is unique, and no mean is near a threshold."""
    mean = errors.mean(axis=0)
    own = mean - errors.std(axis=0, ddof=1) / np.sqrt(len(errors))
    near = [np.abs(mean - threshold).min() for threshold in _thresholds(errors)]
    return min(near) > 0.002 and _apart(mean, 0.01) and np.abs(own - mean.min()).min() > 0.002


def _flat_to_the_end(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    while True:
        lams = np.sort(_penalties(rng, 4))
        errors = (np.array([5.3, 5.0, 5.2, 5.4]) + rng.normal(0, 1.2, (4, 4))).round(1)
        if _is_clear(errors) and _one_se(lams, errors) == lams[-1] != _best(lams, errors):
            return lams, errors


def _whole_rule(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    while True:
        lams = np.sort(rng.choice(np.arange(2, 40), 5, replace=False))
        errors = np.array([6, 5, 6, 7, 8]) + rng.integers(-2, 3, (4, 5))
        if _is_clear(errors) and _best(lams, errors) != _one_se(lams, errors) != lams[-1]:
            return lams, errors


def _rule_with(step: Callable) -> Callable:
    """A wrong rule whose threshold lies `step(errors, at)` above the least mean."""

    def wrong(lams, errors):
        mean = errors.mean(axis=0)
        return lams[mean <= mean.min() + step(errors, mean.argmin())].max()

    return wrong


def _se(errors):
    return errors.std(axis=0, ddof=1) / np.sqrt(len(errors))


def _smallest_within(lams, errors):
    mean = errors.mean(axis=0)
    return lams[mean <= mean.min() + _se(errors)[mean.argmin()]].min()


def _each_its_own(lams, errors):
    mean = errors.mean(axis=0)
    return lams[mean - _se(errors) <= mean.min()].max()


def _to_the_first_beyond(lams, errors):
    order = np.argsort(lams)
    lams, errors = lams[order], errors[:, order]
    mean = errors.mean(axis=0)
    at = mean.argmin()
    within = mean[at:] <= mean[at] + _se(errors)[at]
    return lams[at + (len(within) if within.all() else within.argmin()) - 1]


_ONE_SE = Entry(
    name="cross_validation.one_standard_error_lambda",
    returns=("lam",),
    must=(
        "the mean error of the answer is at most the least mean plus one standard error, that of "
        "the λ with the least mean, and no larger λ has such a mean"
    ),
    reference=_one_se,
    cases=_one_se_cases,
    rubric=_ONE_SE_RUBRIC,
    section="The one-standard-error rule",
    builds_on=("cross_validation.best_lambda",),
    example=(
        np.array([0.1, 0.5, 10.0, 100.0]),
        np.array([[2.0, 1.0, 2.0, 4.0], [3.0, 3.0, 3.5, 5.0]]),
    ),
    misconceptions=(
        Misconception(
            "the rule is left out, and the λ of the least mean is returned",
            "draw the curve and a line one standard error above its minimum, and see which λ lie "
            "under that line.",
            "The one-standard-error rule",
            _best,
        ),
        Misconception(
            "the smallest λ within one standard error is returned",
            "ask whether the rule is after the wildest or after the tamest of the fits that pass.",
            "The one-standard-error rule",
            _smallest_within,
        ),
        Misconception(
            "the standard deviation stands in place of the standard error",
            "ask what becomes of the uncertainty of a mean when it is taken over four times as "
            "many folds.",
            "The curve and its standard error",
            _rule_with(lambda errors, at: errors[:, at].std(ddof=1)),
        ),
        Misconception(
            "the standard deviation has the divisor k",
            "see what the argument `ddof` of np.std does, and which value the formula asks for.",
            "The curve and its standard error",
            _rule_with(lambda errors, at: errors[:, at].std() / np.sqrt(len(errors))),
        ),
        Misconception(
            "each λ is compared with a standard error of its own",
            "draw the threshold as a line: it should have the same height for every λ.",
            "The one-standard-error rule",
            _each_its_own,
        ),
        Misconception(
            "the spread is divided by the root of the number of λ, not of the number of folds",
            "ask how many numbers each mean is a mean of, and print the shape of errors.",
            "The curve and its standard error",
            _rule_with(lambda errors, at: errors[:, at].std(ddof=1) / np.sqrt(errors.shape[1])),
        ),
        Misconception(
            "the search goes up from the minimum and stops at the first λ beyond the threshold",
            "draw a curve with two valleys: the rule asks for the largest λ under the line, "
            "wherever it lies.",
            "The one-standard-error rule",
            _to_the_first_beyond,
        ),
    ),
)


# --- ridge_loo_mse ---


def _loo(X, y, lam):
    return float(ridge_loo(X, y, [lam])[0][0])


def _penalty(rng: np.random.Generator) -> float:
    return round(rng.uniform(0.3, 2.5), 2)


def _loo_cases(rng: np.random.Generator) -> list[Case]:
    least = "with λ = 0 this is leave-one-out of least squares"
    typical, zero, edges = _LOO_RUBRIC

    def draw(n, p, lam, whole=False):
        while True:
            X, y = _rows(rng, n, p, whole), _answers(rng, n, whole)
            if lam > 0 or _leverages(X, 0.0).max() < 0.9:
                return X, y, lam

    with_constant = _rows(rng, 6, 3)
    with_constant[:, 1] = 3.0
    return [
        Case(typical, "four rows, one feature", draw(4, 1, _penalty(rng))),
        Case(typical, "six rows, two features", draw(6, 2, _penalty(rng))),
        Case(typical, "nine rows, three features", draw(9, 3, _penalty(rng))),
        Case(zero, "λ = 0, one feature", draw(5, 1, 0.0), least),
        Case(zero, "λ = 0, two features", draw(8, 2, 0), least),
        Case(edges, "more features than rows", draw(4, 6, _penalty(rng))),
        Case(edges, "a constant column", (with_constant, _answers(rng, 6), _penalty(rng))),
        Case(edges, "whole numbers", draw(5, 2, 2, whole=True)),
    ]


_LOO_RUBRIC = {
    "typical cases": 3,
    "λ = 0": 1,
    "whole numbers, a constant column, p > n": 1,
}


def _leverages(X, penalty, intercept=True):
    Xc = X - X.mean(axis=0)
    H = Xc @ np.linalg.pinv(Xc.T @ Xc + penalty * np.eye(X.shape[1]), hermitian=True) @ Xc.T
    return np.diag(H) + intercept / len(X)


def _raw_leverages(X, penalty):
    H = X @ np.linalg.pinv(X.T @ X + penalty * np.eye(X.shape[1]), hermitian=True) @ X.T
    return np.diag(H)


def _fitted_residuals(X, y, penalty):
    """The residuals of ridge with a given total penalty."""
    Xc, yc = X - X.mean(axis=0), y - y.mean()
    system = Xc.T @ Xc + penalty * np.eye(X.shape[1])
    return yc - Xc @ (np.linalg.pinv(system, hermitian=True) @ Xc.T @ yc)


def _loo_with(
    combine: Callable = lambda residual, h: np.mean((residual / (1 - h)) ** 2),
    leverages: Callable = _leverages,
    penalty: Callable = lambda n, lam: (n - 1) * lam,
) -> Callable:
    """A wrong `ridge_loo_mse`, one of whose parts is another."""

    def wrong(X, y, lam):
        total = penalty(len(y), lam)
        return combine(_fitted_residuals(X, y, total), leverages(X, total))

    return wrong


_LOO = Entry(
    name="cross_validation.ridge_loo_mse",
    returns=("error",),
    must=(
        "error is what n folds of one row each give: leave out one row, fit to the others with the "
        "same λ, square the error on that row, and take the mean over the rows"
    ),
    reference=_loo,
    cases=_loo_cases,
    rubric=_LOO_RUBRIC,
    section="Leave one out, without the loop",
    example=(np.array([[-1.0], [0.0], [1.0]]), np.array([0.0, 0.0, 3.0]), 1.0),
    misconceptions=(
        Misconception(
            "the total penalty is that of n rows, nλ",
            "count the rows to which each of the refits is made, and ask what their loss is a "
            "mean of.",
            "Leave one out, without the loop",
            _loo_with(penalty=lambda n, lam: n * lam),
        ),
        Misconception(
            "λ is not multiplied by a number of rows at all",
            "multiply the objective of a refit by its number of rows, so that the loss becomes a "
            "plain sum, and see what becomes of λ.",
            "Leave one out, without the loop",
            _loo_with(penalty=lambda n, lam: lam),
        ),
        Misconception(
            "the leverages lack the 1/n of the intercept",
            "take an X without any column: each fit is the mean of y, so how far does it move if "
            "one y moves by 1?",
            "Leave one out, without the loop",
            _loo_with(leverages=lambda X, penalty: _leverages(X, penalty, intercept=False)),
        ),
        Misconception(
            "the leverages are those of an X that is not centred",
            "add 1000 to a column of X: the fitted values stay as they are, and so must the "
            "leverages.",
            "Leave one out, without the loop",
            _loo_with(leverages=_raw_leverages),
        ),
        Misconception(
            "1 − h is not squared along with the residual",
            "write down the error of one left-out row first, and only then square it.",
            "Leave one out, without the loop",
            _loo_with(lambda residual, h: np.mean(residual**2 / (1 - h))),
        ),
        Misconception(
            "each leverage is replaced by their mean, as in generalised cross-validation",
            "compare with a loop that really leaves out one row at a time: the row that lies "
            "farthest out should count more.",
            "Generalised cross-validation",
            _loo_with(lambda residual, h: np.mean((residual / (1 - h.mean())) ** 2)),
        ),
        Misconception(
            "the residuals are those of rows that the fit has seen",
            "ask by what each residual has to be blown up to become the error of a row that was "
            "left out.",
            "Leave one out, without the loop",
            _loo_with(lambda residual, h: np.mean(residual**2)),
        ),
        Misconception(
            "the root of the mean squared error is returned",
            "ask for the unit of what you return: is it that of y, or that of y²?",
            "Leave one out, without the loop",
            _loo_with(lambda residual, h: np.sqrt(np.mean((residual / (1 - h)) ** 2))),
        ),
    ),
)


# --- standardized_cv_errors ---


def _errors_of(prepare: Callable) -> Callable:
    """Cross-validation whose `prepare(X, y, train, held_out)` makes both sets of columns."""

    def errors(fit, X, y, lam, folds):
        def error(train, held_out):
            A, A_held_out = prepare(X, y, train, held_out)
            return _mse(A_held_out, y[held_out], *fit(A, y[train], lam))

        return np.array([error(*fold) for fold in folds])

    return errors


def _scaled_inside(X, y, train, held_out):
    Z, mean, scale = standardize(X[train])
    return Z, (X[held_out] - mean) / scale


_standardized = _errors_of(_scaled_inside)


def _standardized_cases(rng: np.random.Generator) -> list[Case]:
    one = "a single held-out row is measured with the ruler of the training rows"
    idle = "a column that is constant in the training rows is shifted and divided by 1"
    typical, edges, constant = _STANDARDIZED_RUBRIC

    def draw(n, p, k, lam, whole=False):
        return _FIT, _rows(rng, n, p, whole), _answers(rng, n, whole), lam, _folds(rng, n, k)

    def with_constant(n, p, k):
        """The last column varies in the held-out rows of the first fold only."""
        while True:
            X, y, folds = _rows(rng, n, p - 1), _answers(rng, n), _folds(rng, n, k)
            last = np.full(n, 3.0)
            last[folds[0][1]] += 1.0 + np.arange(len(folds[0][1]))
            X = np.column_stack([X, last])
            s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
            if s[0] <= 20 * s[-1]:
                return _FIT, X, y, _penalty(rng), folds

    return [
        Case(typical, "six rows, two folds", draw(6, 1, 2, _penalty(rng))),
        Case(typical, "nine rows, three folds", draw(9, 2, 3, _penalty(rng))),
        Case(typical, "λ = 0", draw(8, 2, 2, 0.0)),
        Case(edges, "each fold holds out one row", draw(4, 1, 4, _penalty(rng)), one),
        Case(edges, "seven rows, three folds", draw(7, 2, 3, _penalty(rng))),
        Case(edges, "whole numbers", draw(6, 2, 3, 2, whole=True)),
        Case(constant, "a column constant in training", with_constant(6, 2, 3), idle),
        Case(constant, "one of three columns constant in training", with_constant(9, 3, 3), idle),
    ]


_STANDARDIZED_RUBRIC = {
    "typical cases": 2,
    "one row, folds of unequal size, whole numbers": 1,
    "a column constant in training": 1,
}


def _one_for_zero(scale):
    return np.where(scale == 0, 1.0, scale)


def _scaled_by(statistics: Callable) -> Callable:
    """Wrong errors after scaling both sets by what `statistics(X, train, held_out)` gives."""

    def prepare(X, y, train, held_out):
        mean, scale = statistics(X, train, held_out)
        return (X[train] - mean) / scale, (X[held_out] - mean) / scale

    return _errors_of(prepare)


def _moments(X, ddof=0):
    return X.mean(axis=0), _one_for_zero(X.std(axis=0, ddof=ddof))


def _own_scale(X):
    mean, scale = _moments(X)
    return (X - mean) / scale


_STANDARDIZED = Entry(
    name="cross_validation.standardized_cv_errors",
    returns=("errors",),
    must=(
        "mean and standard deviation of each column come from the training rows of the fold alone, "
        "and both sets of the fold are shifted and scaled by them"
    ),
    reference=_standardized,
    cases=_standardized_cases,
    rubric=_STANDARDIZED_RUBRIC,
    section="Scaling before splitting",
    builds_on=("cross_validation.cross_val_errors",),
    example=(
        _FIT,
        np.array([[1.0], [3.0], [7.0]]),
        np.array([2.0, 4.0, 6.0]),
        0.0,
        [(np.array([0, 1]), np.array([2])), (np.array([1, 2]), np.array([0]))],
    ),
    compare=_errors_agree,
    misconceptions=(
        Misconception(
            "the scale is learnt from all rows, before they are split",
            "change one X of a held-out row: the w and b of that fold must stay as they are. See "
            "whether yours do.",
            "Scaling before splitting",
            _scaled_by(lambda X, train, held_out: _moments(X)),
        ),
        Misconception(
            "the held-out rows are scaled by their own mean and standard deviation",
            "hold out a single row, and ask what is left of it.",
            "Scaling before splitting",
            _errors_of(
                lambda X, y, train, held_out: (_own_scale(X[train]), _own_scale(X[held_out]))
            ),
        ),
        Misconception(
            "the training rows are scaled, and the held-out rows are left as they were",
            "ask in which units w is, and in which the columns that you multiply by it.",
            "Scaling before splitting",
            _errors_of(lambda X, y, train, held_out: (_own_scale(X[train]), X[held_out])),
        ),
        Misconception(
            "nothing is scaled",
            "measure a column in other units, such as grams for kilograms: here the errors must "
            "not change.",
            "Scaling before splitting",
            _errors_of(lambda X, y, train, held_out: (X[train], X[held_out])),
        ),
        Misconception(
            "the columns are centred but not scaled",
            "compute the standard deviation of each column that you hand to `fit`.",
            "Scaling before splitting",
            _scaled_by(lambda X, train, held_out: (X[train].mean(axis=0), 1.0)),
        ),
        Misconception(
            "the standard deviation has the divisor n − 1",
            "compute the standard deviation of (1, 3) by hand as the root of the mean squared "
            "distance to the mean, and compare it with yours.",
            "Scaling before splitting",
            _scaled_by(lambda X, train, held_out: _moments(X[train], ddof=1)),
        ),
        Misconception(
            "a column that is constant in training is divided by a standard deviation of zero",
            "see which divisor would leave the centred values of such a column as they are.",
            "Scaling before splitting",
            _scaled_by(lambda X, train, held_out: (X[train].mean(axis=0), X[train].std(axis=0))),
        ),
    ),
)


# --- screened_cv_errors ---


def _correlations(X, y):
    Xc, yc = X - X.mean(axis=0), y - y.mean()
    return Xc.T @ yc / np.linalg.norm(Xc, axis=0) / np.linalg.norm(yc)


def _screened_by(score: Callable) -> Callable:
    """Errors of fits to the m columns of highest `score(X, y, train)`."""

    def errors(fit, X, y, lam, m, folds):
        def error(train, held_out):
            kept = np.sort(np.argsort(-score(X, y, train))[:m])
            w, b = fit(X[np.ix_(train, kept)], y[train], lam)
            return _mse(X[np.ix_(held_out, kept)], y[held_out], w, b)

        return np.array([error(*fold) for fold in folds])

    return errors


_screened = _screened_by(lambda X, y, train: np.abs(_correlations(X[train], y[train])))


def _screened_cases(rng: np.random.Generator) -> list[Case]:
    all_kept = "with m = p every column is kept"
    typical, one, edges = _SCREENED_RUBRIC
    wrongs = [misconception.wrong for misconception in _SCREENED.misconceptions]

    def draw(n, p, m, k, lam, whole=False, telling=True):
        def once():
            while True:
                X, y, folds = _rows(rng, n, p, whole), _answers(rng, n, whole), _folds(rng, n, k)
                varied = all(np.ptp(X[rows], axis=0).all() and np.ptp(y[rows]) for _, rows in folds)
                if varied and all(_is_plain(X[train], y[train], m) for train, _ in folds):
                    return _FIT.make(), X, y, lam, m, folds

        args = _draw_telling(once, _screened, wrongs) if telling else once()
        return _FIT, *args[1:]

    return [
        Case(typical, "eight rows, the best two of four", draw(8, 4, 2, 2, _penalty(rng))),
        Case(typical, "nine rows, the best two of five", draw(9, 5, 2, 3, _penalty(rng))),
        Case(typical, "ten rows, the best three of six", draw(10, 6, 3, 2, 0.0)),
        Case(one, "six rows, the best one of three", draw(6, 3, 1, 2, _penalty(rng))),
        Case(one, "eight rows, the best one of five", draw(8, 5, 1, 4, _penalty(rng))),
        Case(edges, "all three columns", draw(6, 3, 3, 2, _penalty(rng), telling=False), all_kept),
        Case(edges, "more columns than rows", draw(7, 9, 2, 3, _penalty(rng))),
        Case(edges, "whole numbers", draw(8, 4, 2, 2, 2, whole=True)),
    ]


def _is_plain(X: np.ndarray, y: np.ndarray, m: int) -> bool:
    """Whether no column is constant, and the m best columns are clearly better than the others."""
    if y.std() < 0.5 or X.std(axis=0).min() < 0.5:
        return False
    best = -np.sort(-np.abs(_correlations(X, y)))
    return m == len(best) or best[m - 1] - best[m] > 0.02


_SCREENED_RUBRIC = {
    "typical cases": 2,
    "one feature": 1,
    "all features, p > n, whole numbers": 1,
}


def _covariances(X, y):
    return (X - X.mean(axis=0)).T @ (y - y.mean())


def _cosines(X, y):
    return X.T @ y / np.linalg.norm(X, axis=0)


_SCREENED = Entry(
    name="cross_validation.screened_cv_errors",
    returns=("errors",),
    must=(
        "in each fold, the m columns are chosen by their correlations with y in its training rows, "
        "in absolute value, and the fit and its predictions use these columns only"
    ),
    reference=_screened,
    cases=_screened_cases,
    rubric=_SCREENED_RUBRIC,
    section="Screening before splitting",
    builds_on=("cross_validation.cross_val_errors",),
    example=(
        _FIT,
        np.array([[0.0, 2.0], [1.0, 1.0], [0.0, 0.0], [3.0, 1.0]]),
        np.array([0.0, 1.0, 2.0, 3.0]),
        1.0,
        1,
        [(np.array([0, 1, 2]), np.array([3])), (np.array([1, 2, 3]), np.array([0]))],
    ),
    compare=_errors_agree,
    misconceptions=(
        Misconception(
            "the features are screened once, on all rows, before they are split",
            "change the y of a held-out row: the columns chosen for its fold must stay the same. "
            "See whether yours do.",
            "Screening before splitting",
            _screened_by(lambda X, y, train: np.abs(_correlations(X, y))),
        ),
        Misconception(
            "the features are ranked by signed correlation",
            "ask whether a feature with the correlation −0.9 is worth less than one with 0.1.",
            "Screening before splitting",
            _screened_by(lambda X, y, train: _correlations(X[train], y[train])),
        ),
        Misconception(
            "the features are ranked by covariance, so that the units decide",
            "measure a column in grams instead of kilograms: its rank must not change.",
            "Screening before splitting",
            _screened_by(lambda X, y, train: np.abs(_covariances(X[train], y[train]))),
        ),
        Misconception(
            "the columns are not centred before they are correlated",
            "add 1000 to a column: its correlation with y must not change.",
            "Screening before splitting",
            _screened_by(lambda X, y, train: np.abs(_cosines(X[train], y[train]))),
        ),
        Misconception(
            "the least correlated features are kept",
            "print np.argsort of (0.1, 0.9, 0.5), and see at which end of it the best stands.",
            "Screening before splitting",
            _screened_by(lambda X, y, train: -np.abs(_correlations(X[train], y[train]))),
        ),
        Misconception(
            "the features are chosen by the held-out rows",
            "ask which rows of a fold may take part in anything that is learnt.",
            "Screening before splitting",
            _screened_by(
                lambda X, y, train: np.abs(
                    _correlations(np.delete(X, train, axis=0), np.delete(y, train))
                )
            ),
        ),
    ),
)


# --- nested_cv_errors ---

# With two of these fits the best λ is certain, whatever the inner folds are: the spread of the one
# column, or the number of rows. Their y differ too little, and the λ too much, for anything else.
# Where the rows must be shuffled, 40 of them in two inner folds, the spread is another for folds in
# order. A shuffle makes such folds with probability 2/C(40, 20) = 1.5e-11, and there are two cases.
#
# With the third, two λ are about equally likely to be chosen, 0.408 against 0.592, and 35 equal
# outer folds choose by inner folds of their own. Two generators lead to the same 35 choices with
# probability (0.408² + 0.592²)^35 = 9.4e-11, and the third case is compared with both before it.
# A false alarm has probability 2.2e-10 in all.
_SPREAD = Function(
    "lambda X, y, lam: (0 * X[0], y.mean() + abs(lam - (X[:, 0].max() - X[:, 0].min())))"
)
_COUNT = Function("lambda X, y, lam: (0 * X[0], y.mean() + 10 * abs(lam - len(y)))")
_COIN = Function("lambda X, y, lam: (0 * X[0], (lam - 1) * y.mean())")
_MANY = 35


def _nested(fit, X, y, lams, outer, inner_k, rng):
    def error(train, held_out):
        inner = _kfold(len(train), inner_k, rng)
        best = _best(lams, _cv_errors(fit, X[train], y[train], lams, inner))
        return _mse(X[held_out], y[held_out], *fit(X[train], y[train], best))

    return np.array([error(*fold) for fold in outer])


def _nested_cases(rng: np.random.Generator) -> list[Case]:
    refit = (
        "with a single λ there is nothing to choose: fit to all the training rows of the outer "
        "fold, and measure on its held-out rows"
    )
    spread = (
        "this made-up fit is best at the λ that equals the spread of its rows, largest x less "
        "smallest, so each outer fold should choose the spread of its own training rows"
    )
    count = (
        "this made-up fit is best at the λ that equals its number of rows, so the best λ is the "
        "number of rows in an inner training set"
    )
    shuffled = (
        "shuffled, each inner training set has rows of both kinds; in order, it may have rows of "
        "one kind only"
    )
    source = (
        "chance comes from `rng` alone: the same state makes the same choices, another state others"
    )
    single, chosen, parts, mixed, given = _NESTED_RUBRIC
    seeds = iter(rng.choice(10_000, 12, replace=False).tolist())

    def draw(n, p, outer_k):
        X, y = _rows(rng, n, p), _answers(rng, n)
        lams = np.array([_penalty(rng)])
        return _FIT, X, y, lams, _folds(rng, n, outer_k), 2, Rng(next(seeds))

    def three_groups(size):
        """Each outer fold holds out one of three groups of rows with the same x each."""
        near, far = rng.integers(20, 30), rng.integers(42, 52)
        lams = rng.permutation([0, near, far, near + far, near + far + 15]).astype(float)
        x = rng.permutation([0, near, near + far]) + rng.integers(1, 9)
        X = np.repeat(x, size)[:, None].astype(float)
        y = rng.choice(np.arange(50, 91), 3 * size, replace=False) / 10
        outer = _with_training(3 * size, np.arange(3 * size).reshape(3, size))
        return _SPREAD, X, y, lams, outer, 4, Rng(next(seeds))

    def by_count(inner_k, right, others):
        y = rng.choice(np.arange(50, 91), 12, replace=False) / 10
        lams = rng.permutation([right, *others]).astype(float)
        return _COUNT, _rows(rng, 12, 1), y, lams, _folds(rng, 12, 3), inner_k, Rng(next(seeds))

    def of_two_kinds(kinds):
        """One outer fold, whose 40 training rows are of two kinds."""
        low, gap = rng.integers(1, 9), rng.integers(12, 30)
        x = low + gap * np.append(kinds, [0, 1])
        y = np.append(np.full(40, 5.0), rng.choice(np.arange(60, 91), 2, replace=False) / 10)
        lams = np.array([0.0, gap, gap + 12.0])
        outer = [(np.arange(40), np.array([40, 41]))]
        return _SPREAD, x[:, None].astype(float), y, lams, outer, 2, Rng(next(seeds))

    x = np.append(np.full(14, 1.0), [2.0, 3.0, 4.0])
    signs = rng.permutation(np.repeat([1.0, -1.0], [8, 6]))
    y = np.append(signs, rng.choice(np.arange(60, 91), 3, replace=False) / 10)
    coins = _COIN, x[:, None], y, np.array([0.0, 2.0]), [(np.arange(14), np.arange(14, 17))] * _MANY
    repeated = *coins, 2, Rng(next(seeds))
    return [
        Case(single, "a single λ, six rows", draw(6, 1, 2), refit),
        Case(single, "a single λ, nine rows", draw(9, 2, 3), refit),
        Case(chosen, "three groups of rows", three_groups(4), spread),
        Case(chosen, "three other groups of rows", three_groups(4), spread),
        Case(parts, "twelve rows, four inner folds", by_count(4, 6, [5, 7, 8, 9]), count),
        Case(parts, "twelve rows, two inner folds", by_count(2, 4, [5, 6, 7, 8]), count),
        Case(mixed, "two kinds of rows, one after the other",
             of_two_kinds(np.repeat([0, 1], 20)), shuffled),
        Case(mixed, "two kinds of rows in turn", of_two_kinds(np.tile([0, 1], 20)), shuffled),
        Case(given, "35 times the same outer fold", repeated, source),
        Case(given, "the same, with the same generator again", repeated, source),
        Case(given, "the same, with another generator", (*coins, 2, Rng(next(seeds))), source),
    ]  # fmt: skip


_NESTED_RUBRIC = {
    "one λ: fit to all outer training rows": 1,
    "λ is chosen inside each outer training set": 2,
    "the inner folds are inner_k in number": 1,
    "the inner folds are shuffled": 1,
    "chance comes from rng": 1,
}


def _is_left_to_chance(args: tuple) -> bool:
    return len(args[4]) == _MANY


def _outer_errors(args: tuple) -> np.ndarray:
    """The error on each outer fold (rows) of the refit with each λ (columns)."""
    fit, X, y, lams, outer, *_ = args
    outer = outer[:1] if _is_left_to_chance(args) else outer  # there, all are the same
    return _cv_errors(fit.make(), X, y, lams, outer)


def _is_refit(args: tuple, value: Any) -> bool:
    """Whether each error is that of a refit with one of the λ."""
    return bool(np.isclose(_outer_errors(args), np.asarray(value)[:, None]).any(axis=1).all())


def _nested_agree(args: tuple, value: Any, other: Any) -> bool:
    """The same errors; where λ is left to chance, errors that may both come out."""
    if not _is_left_to_chance(args):
        return _errors_agree(args, value, other)
    if _is_refit(args, other):
        return _is_refit(args, value)
    return set(np.round(value, 6)) == set(np.round(other, 6))


def _follows_nested_rng(args, value, earlier_args, earlier):
    return not _are_tosses(args, earlier_args) or args[6] != earlier_args[6] or nearly(
        (), value, earlier
    )  # fmt: skip


def _varies_with_nested_rng(args, value, earlier_args, earlier):
    return not _are_tosses(args, earlier_args) or args[6] == earlier_args[6] or not nearly(
        (), value, earlier
    )  # fmt: skip


def _are_tosses(args: tuple, other: tuple) -> bool:
    return _is_left_to_chance(args) and _is_left_to_chance(other)


def _all_nested_good(all_args, values):
    """Whether every answer is right when looked at alone."""
    return all(
        _is_refit(args, value)
        if _is_left_to_chance(args)
        else _errors_agree(args, value, _nested(args[0].make(), *args[1:6], args[6].make()))
        for args, value in zip(all_args, values, strict=True)
    )


def _nested_from_elsewhere(all_args, values):
    again = _of_two(all_args, values, lambda a, b: _are_tosses(a, b) and a[6] == b[6])
    return _all_nested_good(all_args, values) and not any(nearly((), *pair) for pair in again)


def _nested_never_changes(all_args, values):
    others = _of_two(all_args, values, lambda a, b: _are_tosses(a, b) and a[6] != b[6])
    return _all_nested_good(all_args, values) and all(nearly((), *pair) for pair in others)


def _parts(X: np.ndarray, y: np.ndarray, size: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """All the sets of `size` rows, rows that are alike being drawn in one way only."""
    rows, counts = np.unique(np.column_stack([X, y]), axis=0, return_counts=True)
    for times in product(*(range(count + 1) for count in counts)):
        if sum(times) == size:
            part = np.repeat(rows, times, axis=0)
            yield part[:, :-1], part[:, -1]


def _is_fit_to_a_part(args: tuple, value: Any) -> bool:
    """Whether each error can be that of a fit to an inner training set, and one must be."""
    if _is_refit(args, value):
        return False
    fit, X, y, lams, outer, inner_k, _ = args
    fit = fit.make()
    seen: dict[bytes, np.ndarray] = {}
    for (train, held_out), error in zip(outer, value, strict=True):
        key = train.tobytes()
        if key not in seen:
            sizes = {len(train) - len(part) for part in np.array_split(train, inner_k)}
            seen[key] = np.array([
                _mse(X[held_out], y[held_out], *fit(*part, lam))
                for size in sizes
                for part in _parts(X[train], y[train], size)
                for lam in lams
            ])  # fmt: skip
        if not np.isclose(seen[key], error).any():
            return False
    return True


def _nested_with(choose: Callable, judge: Callable) -> Callable:
    """A wrong nested cross-validation: how it chooses λ for a fold, and what it returns for it."""

    def wrong(fit, X, y, lams, outer, inner_k, rng):
        return np.array([
            judge(fit, X, y, fold, choose(fit, X, y, lams, fold, inner_k, rng), inner_k, rng)
            for fold in outer
        ])  # fmt: skip

    return wrong


def _choose_inside(fit, X, y, lams, fold, inner_k, rng):
    rows = fold[0]
    inner = _kfold(len(rows), inner_k, rng)
    return _best(lams, _cv_errors(fit, X[rows], y[rows], lams, inner))


def _choose_in_order(fit, X, y, lams, fold, inner_k, rng):
    rows = fold[0]
    inner = _kfold_in_order(len(rows), inner_k, rng)
    return _best(lams, _cv_errors(fit, X[rows], y[rows], lams, inner))


def _choose_by_first_rows(fit, X, y, lams, fold, inner_k, rng):
    return _best(lams, _cv_errors(fit, X, y, lams, _kfold(len(fold[0]), inner_k, rng)))


def _once_for_all(fit, X, y, lams, outer, inner_k, rng):
    lam = _best(lams, _cv_errors(fit, X, y, lams, _kfold(len(y), inner_k, rng)))
    return _cv_errors(fit, X, y, [lam], outer)[:, 0]


def _judge_refit(fit, X, y, fold, lam, inner_k, rng):
    train, held_out = fold
    return _mse(X[held_out], y[held_out], *fit(X[train], y[train], lam))


def _judge_on_training_rows(fit, X, y, fold, lam, inner_k, rng):
    train, _ = fold
    return _mse(X[train], y[train], *fit(X[train], y[train], lam))


def _judge_last_inner_fit(fit, X, y, fold, lam, inner_k, rng):
    train, held_out = fold
    part = train[_kfold(len(train), inner_k, rng)[-1][0]]
    return _mse(X[held_out], y[held_out], *fit(X[part], y[part], lam))


_NESTED = Entry(
    name="cross_validation.nested_cv_errors",
    returns=("errors",),
    must=(
        "for each outer fold, λ is chosen by shuffled inner folds of its training rows alone, the "
        "fit is made anew to all of them, and the error is that on its held-out rows"
    ),
    reference=_nested,
    cases=_nested_cases,
    rubric=_NESTED_RUBRIC,
    section="The least error flatters",
    builds_on=(
        "cross_validation.kfold_indices",
        "cross_validation.cross_val_errors",
        "cross_validation.best_lambda",
    ),
    example=(
        _SPREAD,
        np.array([[0.0], [4.0], [0.0], [4.0], [0.0], [4.0], [2.0]]),
        np.array([1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 3.0]),
        np.array([0.0, 4.0]),
        [(np.array([0, 1, 2, 3, 4, 5]), np.array([6]))],
        3,
        Rng(0),
    ),
    compare=_nested_agree,
    relations=(
        Relation("a generator in the same state leads to the same choices", _follows_nested_rng),
        Relation("a generator in another state leads to other choices", _varies_with_nested_rng),
    ),
    misconceptions=(
        Misconception(
            "the inner winner is not refitted to all the training rows of the outer fold",
            "print len(y) of the very last fit that you make for an outer fold: it should be all "
            "that is not held out there.",
            "The least error flatters",
            _nested_with(_choose_inside, _judge_last_inner_fit),
            recognise=_is_fit_to_a_part,
        ),
        Misconception(
            "one λ, chosen on all rows, serves for all outer folds",
            "change the y of a row: the λ of the outer fold that holds it out must stay as it is.",
            "The least error flatters",
            _once_for_all,
        ),
        Misconception(
            "the inner folds number the training rows, and are used to pick rows of the whole X",
            "print train and the inner folds side by side for an outer fold that holds out row 0: "
            "to which rows does the inner number 0 belong?",
            "The least error flatters",
            _nested_with(_choose_by_first_rows, _judge_refit),
        ),
        Misconception(
            "the inner folds are not shuffled",
            "imagine outer training rows that are sorted: what would the inner folds look like?",
            "k folds",
            _nested_with(_choose_in_order, _judge_refit),
        ),
        Misconception(
            "the error is measured on the training rows of the outer fold",
            "ask which rows had no part in choosing λ and none in the refit.",
            "Three sets, three uses",
            _nested_with(_choose_inside, _judge_on_training_rows),
        ),
        Misconception(
            "chance has another source than the `rng` that is passed in",
            "call your function twice, each time with a fresh np.random.default_rng(0), and see "
            "whether λ and the errors are the same.",
            "Build it",
            lambda *args: _nested(*args[:6], np.random.default_rng()),
            recognise_all=_nested_from_elsewhere,
        ),
        Misconception(
            "a generator is made inside the function, so that the inner folds never change",
            "call your function with default_rng(0) and with default_rng(1), and print the inner "
            "folds: they should differ.",
            "Build it",
            lambda *args: _nested(*args[:6], np.random.default_rng(0)),
            recognise_all=_nested_never_changes,
        ),
    ),
)


ASSIGNMENT = Assignment(
    name="cross_validation",
    chapter="Choosing λ: cross-validation",
    available=("check", "data", "widgets.tune", "ridge"),
    entries=(_KFOLD, _CV, _BEST, _ONE_SE, _LOO, _STANDARDIZED, _SCREENED, _NESTED),
)
