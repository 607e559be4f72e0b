"""Cross-validation around the choice of λ."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np

from reglib.checks.entry import Case, Entry, Function, Misconception, Relation, Rng, nearly
from reglib.exercises import draws
from reglib.exercises.chance import Chance
from reglib.exercises.choices import as_choices
from reglib.exercises.cross_validation.best_lambda import best_lambda
from reglib.exercises.cross_validation.cross_val_errors import (
    FINGERPRINT,
    cross_val_errors,
    errors_agree,
    fold_errors,
    in_a_fold,
    in_time_order,
    mse,
    weigh,
)
from reglib.exercises.cross_validation.kfold_indices import (
    folds_in_order,
    kfold_indices,
)

# With two of these fits the best λ is certain, whatever the inner folds are: the spread of the one
# column, or the number of rows. Their y differ too little, and the λ too much, for anything else.
# Where the rows must be shuffled, 40 of them in two inner folds, the spread is another for folds in
# order. A shuffle makes such folds with probability 2/C(40, 20) = 1.5e-11, and there are two cases.
#
# With the third, two λ are about equally likely to be chosen, 0.408 against 0.592, and 35 equal
# outer folds choose by inner folds of their own. Two generators lead to the same 35 choices with
# probability (0.408² + 0.592²)^35 = 9.4e-11, and the third case is compared with both before it.
# A false alarm has probability 2.2e-10 in all.
SPREAD = Function(
    "lambda X, y, lam: (0 * X[0], y.mean() + abs(lam - (X[:, 0].max() - X[:, 0].min())))"
)
COUNT = Function("lambda X, y, lam: (0 * X[0], y.mean() + 10 * abs(lam - len(y)))")
# Where each inner fold holds out one row, the folds are the same whatever the shuffle, and so is
# the best λ of any fit: here of ridge for one feature, without an intercept.
SLOPE = Function("lambda X, y, lam: (X.T @ y / ((X**2).sum() + lam), 0.0)")
COIN = Function("lambda X, y, lam: (0 * X[0], (lam - 1) * y.mean())")
MANY = 35


def nested_cv_errors(fit, X, y, lams, outer, inner_k, rng):
    def error(train, held_out):
        inner = kfold_indices(len(train), inner_k, rng)
        best = best_lambda(lams, cross_val_errors(fit, X[train], y[train], lams, inner))
        return mse(X[held_out], y[held_out], *fit(X[train], y[train], best))

    return np.array([error(*fold) for fold in outer])


RUBRIC = {
    "one λ: fit to all outer training rows": 1,
    "λ is chosen inside each outer training set": 2,
    "the inner folds are inner_k in number": 1,
    "the inner folds are shuffled": 1,
    "chance comes from rng": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    refit = (
        "with a single λ there is nothing to choose: fit to all the training rows of the outer "
        "fold, and measure on its held-out rows"
    )
    spread = (
        "this made-up fit is best at the λ that equals the spread of its rows, largest x less "
        "smallest, so each outer fold should choose the spread of its own training rows"
    )
    alone = (
        "where each inner fold holds out one row there is no chance in it: each outer fold chooses "
        "the λ whose errors on all of its training rows, left out one at a time, have the least "
        "mean"
    )
    count = (
        "this made-up fit is best at the λ that equals its number of rows, so the best λ is the "
        "number of rows in an inner training set"
    )
    shuffled = (
        "shuffled, each inner training set has rows of both kinds; in order, it may have rows of "
        "one kind only"
    )
    source = "chance comes from `rng`, and from nothing else"
    single, chosen, parts, mixed, given = RUBRIC
    seeds = iter(rng.choice(10_000, 16, replace=False).tolist())

    def draw(n, p, outer_k, whole=False):
        X, y = draws.problem(rng, n, p, whole)
        lams = np.array([2 if whole else draws.penalty(rng)])
        return FINGERPRINT, X, y, lams, draws.folds(rng, n, outer_k), 2, Rng(next(seeds))

    def ahead(n, p):
        fit, X, y, lams, _, inner_k, given = draw(n, p, 2)
        return fit, X, y, lams, in_time_order(n, 4, 2), inner_k, given

    def three_groups(size):
        """Each outer fold holds out one of three groups of rows with the same x each."""
        near, far = rng.integers(20, 30), rng.integers(42, 52)
        lams = rng.permutation([0, near, far, near + far, near + far + 15]).astype(float)
        x = rng.permutation([0, near, near + far]) + rng.integers(1, 9)
        X = np.repeat(x, size)[:, None].astype(float)
        y = rng.choice(np.arange(50, 91), 3 * size, replace=False) / 10
        outer = draws.with_training(3 * size, np.arange(3 * size).reshape(3, size))
        return SPREAD, X, y, lams, outer, 4, Rng(next(seeds))

    def by_count(inner_k, right, others):
        y = rng.choice(np.arange(50, 91), 12, replace=False) / 10
        lams = rng.permutation([right, *others]).astype(float)
        X, outer = draws.rows(rng, 12, 1), draws.folds(rng, 12, 3)
        return COUNT, X, y, lams, outer, inner_k, Rng(next(seeds))

    def one_by_one(n, outer_k):
        """Each inner fold holds out one row; the outer folds choose different λ, and clearly."""
        while True:
            x = draws.numbers(rng, n, -9, 9)
            X, y = x[:, None], (0.5 * x + rng.normal(0, 3, n)).round(1)
            lams = rng.permutation((draws.penalties(rng, 6) * [1, 1, 2, 2, 4, 8]).round(1))
            outer = draws.folds(rng, n, outer_k)
            inner_k = n - n // outer_k
            chosen = [_leave_one_out(X[rows], y[rows], lams) for rows, _ in outer]
            others = chosen[0], _leave_one_out(X[:inner_k], y[:inner_k], lams)
            if None not in chosen and chosen[-1] not in others and others[0] != others[1]:
                return SLOPE, X, y, lams, outer, inner_k, Rng(next(seeds))

    def of_two_kinds(kinds):
        """One outer fold, whose 40 training rows are of two kinds."""
        low, gap = rng.integers(1, 9), rng.integers(12, 30)
        x = low + gap * np.append(kinds, [0, 1])
        y = np.append(np.full(40, 5.0), rng.choice(np.arange(60, 91), 2, replace=False) / 10)
        lams = np.array([0.0, gap, gap + 12.0])
        outer = [(np.arange(40), np.array([40, 41]))]
        return SPREAD, x[:, None].astype(float), y, lams, outer, 2, Rng(next(seeds))

    x = np.append(np.full(14, 1.0), [2.0, 3.0, 4.0])
    signs = rng.permutation(np.repeat([1.0, -1.0], [8, 6]))
    y = np.append(signs, rng.choice(np.arange(60, 91), 3, replace=False) / 10)
    coins = COIN, x[:, None], y, np.array([0.0, 2.0]), [(np.arange(14), np.arange(14, 17))] * MANY
    repeated = *coins, 2, Rng(next(seeds))
    return [
        Case(single, "a single λ, six rows", draw(6, 1, 2), refit),
        Case(single, "a single λ, seven rows", draw(7, 2, 3), refit),
        Case(single, "a single λ, whole numbers", draw(8, 2, 2, whole=True), refit),
        Case(single, "a single λ, rows in time order", ahead(8, 2), refit),
        Case(chosen, "three groups of rows", three_groups(4), spread),
        Case(chosen, "three other groups of rows", three_groups(4), spread),
        Case(chosen, "eight rows, inner folds of one row", one_by_one(8, 2), alone),
        Case(chosen, "nine rows, inner folds of one row", one_by_one(9, 3), alone),
        Case(chosen, "twelve rows, inner folds of one row", one_by_one(12, 4), alone),
        Case(parts, "twelve rows, four inner folds", by_count(4, 6, [5, 7, 8, 9]), count),
        Case(parts, "twelve rows, two inner folds", by_count(2, 4, [5, 6, 7, 8]), count),
        Case(mixed, "two kinds of rows, one after the other",
             of_two_kinds(np.repeat([0, 1], 20)), shuffled),
        Case(mixed, "two kinds of rows in turn", of_two_kinds(np.tile([0, 1], 20)), shuffled),
        Case(given, "35 times the same outer fold", repeated, source),
        Case(given, "the same, with the same generator again", repeated, source),
        Case(given, "the same, with another generator", (*coins, 2, Rng(next(seeds))), source),
    ]  # fmt: skip


def _leave_one_out(X: np.ndarray, y: np.ndarray, lams: np.ndarray) -> float | None:
    """The best λ for `SLOPE`, or None where another is too close."""
    above, below = X[:, 0] * y, X[:, 0] ** 2
    w = (above.sum() - above)[:, None] / ((below.sum() - below)[:, None] + lams)
    mean = ((y[:, None] - X * w) ** 2).mean(axis=0)
    least, second = np.sort(mean)[:2]
    return lams[mean.argmin()] if second - least > 1e-4 * least else None


def is_left_to_chance(args: tuple) -> bool:
    return len(args[4]) == MANY


def _outer_errors(args: tuple) -> np.ndarray:
    """The error on each outer fold (rows) of the refit with each λ (columns)."""
    fit, X, y, lams, outer, *_ = args
    outer = outer[:1] if is_left_to_chance(args) else outer  # there, all are the same
    return cross_val_errors(fit.make(), X, y, lams, outer)


def _is_refit(args: tuple, value: Any) -> bool:
    """Whether each error is that of a refit with one of the λ."""
    return bool(np.isclose(_outer_errors(args), np.asarray(value)[:, None]).any(axis=1).all())


def _agree(args: tuple, value: Any, other: Any) -> bool:
    """The same errors; where λ is left to chance, errors that may both come out."""
    if not is_left_to_chance(args):
        return errors_agree(args, value, other)
    if _is_refit(args, other):
        return _is_refit(args, value)
    return set(np.round(value, 6)) == set(np.round(other, 6))


def _are_tosses(args: tuple, other: tuple) -> bool:
    return is_left_to_chance(args) and is_left_to_chance(other)


def _is_good(args: tuple, value: Any) -> bool:
    if is_left_to_chance(args):
        return _is_refit(args, value)
    right = nested_cv_errors(args[0].make(), *args[1:6], args[6].make())
    return errors_agree(args, value, right)


def _same_errors(value: Any, other: Any) -> bool:
    return nearly((), value, other)


_CHANCE = Chance(_same_errors, _is_good, _are_tosses)


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
                mse(X[held_out], y[held_out], *fit(*part, lam))
                for size in sizes
                for part in _parts(X[train], y[train], size)
                for lam in lams
            ])  # fmt: skip
        if not np.isclose(seen[key], error).any():
            return False
    return True


def _formula(
    fit,
    X,
    y,
    lams,
    outer,
    inner_k,
    rng,
    *,
    chosen_on=lambda n, train, held_out: train,
    count=lambda inner_k, outer, n: inner_k,
    split=kfold_indices,
    table=cross_val_errors,
    choose=best_lambda,
    share=lambda errors, m, rest, n: errors,
    **places,
):
    """λ is chosen by a `table` of errors on inner folds of the rows `chosen_on`.

    The places of `in_a_fold` are those of the refit and its error.
    """
    errors = []
    for fold in outer:
        rows = chosen_on(len(y), *fold)
        inner = split(len(rows), count(inner_k, outer, len(rows)), rng)
        lam = choose(lams, np.asarray(table(fit, X[rows], y[rows], lams, inner)))
        errors.append(fold_errors(fit, X, y, [lam], [fold], **places)[0])
    return weigh(share, np.array(errors), y, outer)[:, 0]


def _of_each(judge: Callable) -> Callable:
    """`judge(fit, X, y, lams, fold, inner, lam)` gives the error of each outer fold."""

    def wrong(fit, X, y, lams, outer, inner_k, rng):
        def one(train, held_out):
            inner = kfold_indices(len(train), inner_k, rng)
            table = cross_val_errors(fit, X[train], y[train], lams, inner)
            lam = best_lambda(lams, table)
            return judge(fit, X, y, lams, (train, held_out), inner, lam, table)

        return np.array([one(*fold) for fold in outer])

    return wrong


def _last_inner_fit(fit, X, y, lams, fold, inner, lam, table):
    train, held_out = fold
    part = train[inner[-1][0]]
    return mse(X[held_out], y[held_out], *fit(X[part], y[part], lam))


def _mean_of_inner_fits(fit, X, y, lams, fold, inner, lam, table):
    train, held_out = fold
    parts = [train[part] for part, _ in inner]
    return np.mean([mse(X[held_out], y[held_out], *fit(X[p], y[p], lam)) for p in parts])


def _by_first_rows(fit, X, y, lams, outer, inner_k, rng):
    """The inner folds number the training rows, and pick rows of the whole X."""

    def one(train, held_out):
        inner = kfold_indices(len(train), inner_k, rng)
        lam = best_lambda(lams, cross_val_errors(fit, X, y, lams, inner))
        return mse(X[held_out], y[held_out], *fit(X[train], y[train], lam))

    return np.array([one(*fold) for fold in outer])


def _once_for_all(fit, X, y, lams, outer, inner_k, rng):
    lam = best_lambda(lams, cross_val_errors(fit, X, y, lams, kfold_indices(len(y), inner_k, rng)))
    return cross_val_errors(fit, X, y, [lam], outer)[:, 0]


def _by_one_fold(which: int) -> Callable:
    """The λ that one outer fold chooses serves for all."""

    def wrong(fit, X, y, lams, outer, inner_k, rng):
        train, _ = outer[which]
        inner = kfold_indices(len(train), inner_k, rng)
        lam = best_lambda(lams, cross_val_errors(fit, X[train], y[train], lams, inner))
        return cross_val_errors(fit, X, y, [lam], outer)[:, 0]

    return wrong


def _by_outer_errors(fit, X, y, lams, outer, inner_k, rng):
    """Plain cross-validation: the λ of least mean error on the outer folds, and its errors."""
    errors = cross_val_errors(fit, X, y, lams, outer)
    return cross_val_errors(fit, X, y, [best_lambda(lams, errors)], outer)[:, 0]


def _by_each_outer_error(fit, X, y, lams, outer, inner_k, rng):
    return cross_val_errors(fit, X, y, lams, outer).min(axis=1)


def _on_all_rows(fit, X, y, lams, inner):
    """Each inner fit is made to all rows, and measured on them."""
    every = np.arange(len(y))
    return cross_val_errors(fit, X, y, lams, [(every, every)])


def _first_split(n, k, rng):
    return kfold_indices(n, k, rng)[:1]


_LAST = (
    "print len(y) of the very last fit that you make for an outer fold: it should be all that is "
    "not held out there."
)
_HELD = "change the y of a row: the λ of the outer fold that holds it out must stay as it is."
_PART = "ask which rows had no part in choosing λ and none in the refit."
_INNER = (
    "print inner_k, the number of inner folds and the number of rows in each of them, for one "
    "outer fold."
)
_WINNER = "print the table of inner errors and the λ that you choose from it, for one outer fold."
_LOOP = "print the λ of each outer fold beside the inner errors that it should come from."
_SECTION = "nested-cross-validation"
_LEFT_OUT = ("splits", "strength")  # each outer fold is one call here, with a λ just chosen
CHOICES = {
    "chosen_on": as_choices(
        ("λ is chosen on the held-out rows of the outer fold", _HELD, _SECTION,
         lambda n, train, held_out: held_out),
        ("λ is chosen on all training rows but the last", _INNER, _SECTION,
         lambda n, train, held_out: train[:-1]),
    ),
    "count": as_choices(
        ("there are as many inner folds as outer ones, whatever inner_k is", _INNER, _SECTION,
         lambda inner_k, outer, n: len(outer)),
        ("there are five inner folds, whatever inner_k is", _INNER, _SECTION,
         lambda inner_k, outer, n: 5),
        ("there are two inner folds, whatever inner_k is", _INNER, _SECTION,
         lambda inner_k, outer, n: 2),
        ("there is one inner fold too many", _INNER, _SECTION,
         lambda inner_k, outer, n: inner_k + 1),
        ("there is one inner fold too few", _INNER, _SECTION,
         lambda inner_k, outer, n: inner_k - 1),
        ("each inner fold holds out one row, whatever inner_k is", _INNER, _SECTION,
         lambda inner_k, outer, n: n),
        ("inner_k is taken for the number of rows in an inner fold", _INNER, _SECTION,
         lambda inner_k, outer, n: n // inner_k),
    ),
    "split": as_choices(
        (
            "the inner folds are not shuffled",
            "imagine outer training rows that are sorted: what would the inner folds look like?",
            "k-folds",
            folds_in_order,
        ),
        ("only the first inner fold counts", _INNER, _SECTION, _first_split),
    ),
    "table": as_choices(
        ("λ is chosen by the errors on the inner training rows", _WINNER, "three-sets",
         lambda fit, X, y, lams, inner:
             cross_val_errors(fit, X, y, lams, [(seen, seen) for seen, _ in inner])),
        ("λ is chosen by fits to all the training rows of the outer fold, and their errors there",
         _WINNER, "three-sets", _on_all_rows),
        ("the two sets of an inner fold are swapped", _WINNER, _SECTION,
         lambda fit, X, y, lams, inner:
             cross_val_errors(fit, X, y, lams, [fold[::-1] for fold in inner])),
    ),
    "choose": as_choices(
        ("λ is the one of the largest mean inner error", _WINNER, _SECTION,
         lambda lams, errors: lams[errors.mean(axis=0).argmax()]),
        ("the first λ is taken, whatever the inner errors", _WINNER, _SECTION,
         lambda lams, errors: lams[0]),
        ("the last λ is taken, whatever the inner errors", _WINNER, _SECTION,
         lambda lams, errors: lams[-1]),
        ("the largest λ is taken, whatever the inner errors", _WINNER, _SECTION,
         lambda lams, errors: lams.max()),
        ("the smallest λ is taken, whatever the inner errors", _WINNER, _SECTION,
         lambda lams, errors: lams.min()),
        ("the position of the best λ stands for λ itself", _WINNER, _SECTION,
         lambda lams, errors: float(errors.mean(axis=0).argmin())),
        ("the least inner error stands for λ", _WINNER, _SECTION,
         lambda lams, errors: errors.mean(axis=0).min()),
        ("λ is the mean of all lams", _WINNER, _SECTION, lambda lams, errors: lams.mean()),
        ("the means of the inner errors are taken over the λ, not over the folds", _WINNER,
         _SECTION, lambda lams, errors: lams[errors.mean(axis=1).argmin()]),
    ),
    **{place: choices for place, choices in in_a_fold(_SECTION).items() if place not in _LEFT_OUT},
}  # fmt: skip


ENTRY = Entry(
    name="cross_validation.nested_cv_errors",
    place=8,
    returns=("errors",),
    must=(
        "for each outer fold, λ is chosen by shuffled inner folds of its training rows alone, the "
        "fit is made anew to all of them, and the error is that on its held-out rows"
    ),
    reference=nested_cv_errors,
    cases=cases,
    rubric=RUBRIC,
    section="nested-cross-validation",
    builds_on=(
        "cross_validation.kfold_indices",
        "cross_validation.cross_val_errors",
        "cross_validation.best_lambda",
    ),
    example=(
        SPREAD,
        np.array([[0.0], [4.0], [0.0], [4.0], [0.0], [4.0], [2.0]]),
        np.array([1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 3.0]),
        np.array([0.0, 4.0]),
        [(np.array([0, 1, 2, 3, 4, 5]), np.array([6]))],
        3,
        Rng(0),
    ),
    compare=_agree,
    relations=(
        Relation("a generator in the same state leads to the same choices", _CHANCE.follows),
        Relation("a generator in another state leads to other choices", _CHANCE.varies),
    ),
    misconceptions=(
        Misconception(
            "the inner winner is not refitted to all the training rows of the outer fold",
            _LAST,
            _SECTION,
            _of_each(_last_inner_fit),
            recognise=_is_fit_to_a_part,
        ),
        Misconception(
            "one λ, chosen on all rows, serves for all outer folds",
            _HELD,
            _SECTION,
            _once_for_all,
        ),
        Misconception(
            "the inner folds number the training rows, and are used to pick rows of the whole X",
            "print train and the inner folds side by side for an outer fold that holds out row 0: "
            "to which rows does the inner number 0 belong?",
            _SECTION,
            _by_first_rows,
        ),
        Misconception(
            "the λ of the first outer fold serves for all the others",
            _LOOP,
            _SECTION,
            _by_one_fold(0),
        ),
        Misconception(
            "the λ of the last outer fold serves for all the others",
            _LOOP,
            _SECTION,
            _by_one_fold(-1),
        ),
        Misconception(
            "λ is the one of least mean error on the outer folds, as in plain cross-validation",
            _PART,
            _SECTION,
            _by_outer_errors,
        ),
        Misconception(
            "each outer fold takes the λ that is best on its held-out rows",
            _PART,
            _SECTION,
            _by_each_outer_error,
        ),
        Misconception(
            "the least inner error is returned, not the error on the held-out rows",
            _PART,
            _SECTION,
            _of_each(lambda *args: args[-1].mean(axis=0).min()),
        ),
        Misconception(
            "the λ that was chosen is returned, not the error that it leads to",
            "ask for the unit of what you return: is it an error, or a λ?",
            _SECTION,
            _of_each(lambda *args: args[-2]),
        ),
        Misconception(
            "the inner fits are measured on the held-out rows, and their errors averaged",
            _LAST,
            _SECTION,
            _of_each(_mean_of_inner_fits),
        ),
        Misconception(
            "chance has another source than the `rng` that is passed in",
            "call your function twice, each time with a fresh np.random.default_rng(0), and see "
            "whether λ and the errors are the same.",
            "cross-validation-code",
            lambda *args: nested_cv_errors(*args[:6], np.random.default_rng()),
            recognise_all=_CHANCE.comes_from_elsewhere,
        ),
        Misconception(
            "a generator is made inside the function, so that the inner folds never change",
            "call your function with default_rng(0) and with default_rng(1), and print the inner "
            "folds: they should differ.",
            "cross-validation-code",
            lambda *args: nested_cv_errors(*args[:6], np.random.default_rng(0)),
            recognise_all=_CHANCE.never_changes,
        ),
    ),
    formula=_formula,
    choices=CHOICES,
)
