"""Cross-validation that screens features inside each fold."""

from collections.abc import Callable
from functools import partial

import numpy as np

from reglib.checks.entry import Case, Entry, Function, Misconception
from reglib.exercises import draws
from reglib.exercises.choices import as_choices
from reglib.exercises.cross_validation.cross_val_errors import (
    FINGERPRINT,
    errors_agree,
    fold_errors,
    in_a_fold,
    in_time_order,
    mse,
)

# Of the fingerprint, each w comes from its own column; of this, from all columns that it is given.
JOINT = Function("lambda X, y, lam: (X.T @ y / ((X**2).sum() + lam), y.mean())")


def _correlations(X, y):
    Xc, yc = X - X.mean(axis=0), y - y.mean()
    return Xc.T @ yc / np.linalg.norm(Xc, axis=0) / np.linalg.norm(yc)


def screened_cv_errors(fit, X, y, lam, m, folds):
    def error(train, held_out):
        kept = np.argsort(-np.abs(_correlations(X[train], y[train])))[:m]
        w, b = fit(X[np.ix_(train, kept)], y[train], lam)
        return mse(X[np.ix_(held_out, kept)], y[held_out], w, b)

    return np.array([error(*fold) for fold in folds])


RUBRIC = {
    "typical cases": 2,
    "one feature": 1,
    "all features, p > n, whole numbers": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    all_kept = "with m = p every column is kept"
    typical, one, edges = RUBRIC
    wrongs = [partial(_formula, score=choice.value) for choice in CHOICES["score"][:_SHOWN]]

    def draw(n, p, m, k, lam, whole=False, telling=True, folds=None):
        def once():
            while True:
                X, y = draws.problem(rng, n, p, whole)
                X = (X * rng.choice([1, 2, 3], p)).round(1)  # units in which covariances mislead
                parts = folds or draws.folds(rng, n, k)
                varied = all(np.ptp(X[rows], axis=0).all() and np.ptp(y[rows]) for _, rows in parts)
                if (
                    varied
                    and _is_even(X)
                    and all(_is_plain(X[train], y[train], m) for train, _ in parts)
                ):
                    return JOINT.make(), X, y, lam, m, parts

        args = draws.telling(once, screened_cv_errors, wrongs) if telling else once()
        return JOINT, *args[1:]

    return [
        Case(typical, "eight rows, the best two of four", draw(8, 4, 2, 2, draws.penalty(rng))),
        Case(typical, "nine rows, the best two of five", draw(9, 5, 2, 3, draws.penalty(rng))),
        Case(typical, "ten rows, the best three of six", draw(10, 6, 3, 2, 0.0)),
        Case(typical, "twelve rows, the best four of seven", draw(12, 7, 4, 3, draws.penalty(rng))),
        Case(one, "six rows, the best one of three", draw(6, 3, 1, 2, draws.penalty(rng))),
        Case(one, "eight rows, the best one of five", draw(8, 5, 1, 4, draws.penalty(rng))),
        Case(
            edges,
            "all three columns",
            draw(6, 3, 3, 2, draws.penalty(rng), telling=False),
            all_kept,
        ),
        Case(edges, "more columns than rows", draw(7, 9, 2, 3, draws.penalty(rng))),
        Case(
            edges,
            "rows in time order: train on the past",
            draw(10, 4, 2, 2, draws.penalty(rng), folds=in_time_order(10, 5, 3)),
        ),
        Case(edges, "whole numbers", draw(8, 4, 2, 2, 2, whole=True)),
    ]


def _is_even(X: np.ndarray) -> bool:
    """Whether the columns, in their units, are still far from collinear."""
    s = draws.spread(X)
    return s[0] <= 40 * s[-1]


def _is_plain(X: np.ndarray, y: np.ndarray, m: int) -> bool:
    """Whether no column is constant, and the m best columns are clearly better than the others."""
    if y.std() < 0.5 or X.std(axis=0).min() < 0.5:
        return False
    best = -np.sort(-np.abs(_correlations(X, y)))
    return m == len(best) or best[m - 1] - best[m] > 0.02


def _strengths(X, y, seen, judged):
    return np.abs(_correlations(X[seen], y[seen]))


def _formula(
    fit,
    X,
    y,
    lam,
    m,
    folds,
    *,
    score=_strengths,
    keep=lambda score, m: np.argsort(-score)[:m],
    held=lambda kept, m, p: kept,
    **places,
):
    """The `keep` columns of highest `score` are fitted, and those of `held` predict."""

    def prepare(X, y, seen, judged):
        kept = keep(score(X, y, seen, judged), m)
        return X[seen][:, kept], X[judged][:, held(kept, m, X.shape[1])]

    return fold_errors(fit, X, y, [lam], folds, prepare=prepare, **places)[:, 0]


def _by_fold(which: int) -> Callable:
    """Screened by the training rows of one fold for all."""

    def wrong(fit, X, y, lam, m, folds):
        rows = folds[which][0]
        return _formula(fit, X, y, lam, m, folds, score=lambda X, y, *_: _strengths(X, y, rows, 0))

    return wrong


def _fitted_to_all_columns(fit, X, y, lam, m, folds):
    """Only the predictions are screened."""

    def error(train, held_out):
        kept = np.argsort(-_strengths(X, y, train, held_out))[:m]
        w, b = fit(X[train], y[train], lam)
        return mse(X[np.ix_(held_out, kept)], y[held_out], w[kept], b)

    return np.array([error(*fold) for fold in folds])


_CHANGE = (
    "change the y of a held-out row: the columns chosen for its fold must stay the same. See "
    "whether yours do."
)
_SIGN = "ask whether a feature with the correlation −0.9 is worth less than one with 0.1."
_GRAMS = "measure a column in grams instead of kilograms: its rank must not change."
_SHIFT = "add 1000 to a column: its correlation with y must not change."
_ENDS = "print np.argsort of (0.1, 0.9, 0.5), and see at which end of it the best stands."
_KEPT = "print, for one fold, the correlations and the columns that you keep: are they the m best?"
_SAME = "print the columns that you fit to and those that you predict from, for one fold."
_LEARN = "ask which rows of a fold may take part in anything that is learnt."
_SECTION = "screening-before-splitting"
_SHOWN = 6  # of the scores: as many as must give other errors in each case
CHOICES = {
    "score": as_choices(
        ("the features are screened once, on all rows, before they are split", _CHANGE, _SECTION,
         lambda X, y, seen, judged: np.abs(_correlations(X, y))),
        ("the features are ranked by signed correlation", _SIGN, _SECTION,
         lambda X, y, seen, judged: _correlations(X[seen], y[seen])),
        ("the features are ranked by covariance, so that the units decide", _GRAMS, _SECTION,
         lambda X, y, seen, judged: np.abs(_covariances(X[seen], y[seen]))),
        ("the columns are not centred before they are correlated", _SHIFT, _SECTION,
         lambda X, y, seen, judged: np.abs(_cosines(X[seen], y[seen]))),
        ("the least correlated features are kept", _ENDS, _SECTION,
         lambda X, y, seen, judged: -_strengths(X, y, seen, judged)),
        ("the features are chosen by the held-out rows", _LEARN, _SECTION,
         lambda X, y, seen, judged: _strengths(X, y, judged, seen)),
        ("the most negative correlations are kept", _SIGN, _SECTION,
         lambda X, y, seen, judged: -_correlations(X[seen], y[seen])),
        ("the features are ranked by signed correlation on all rows", _CHANGE, _SECTION,
         lambda X, y, seen, judged: _correlations(X, y)),
        ("the features are ranked by covariance on all rows", _CHANGE, _SECTION,
         lambda X, y, seen, judged: np.abs(_covariances(X, y))),
        ("the features are ranked by signed covariance", _SIGN, _SECTION,
         lambda X, y, seen, judged: _covariances(X[seen], y[seen])),
        ("the features are ranked by slope, the covariance over the variance", _GRAMS, _SECTION,
         lambda X, y, seen, judged: np.abs(_covariances(X[seen], y[seen]) / X[seen].var(axis=0))),
        ("the features are ranked by Xᵀy, uncentred and in their units", _SHIFT, _SECTION,
         lambda X, y, seen, judged: np.abs(X[seen].T @ y[seen])),
        ("the covariance is divided by the length of an X that is not centred", _SHIFT, _SECTION,
         lambda X, y, seen, judged:
             np.abs(_covariances(X[seen], y[seen])) / np.linalg.norm(X[seen], axis=0)),
        ("the features are ranked by their variance, without y", _KEPT, _SECTION,
         lambda X, y, seen, judged: X[seen].var(axis=0)),
    ),
    "keep": as_choices(
        ("the first m columns are kept, whatever their correlations", _KEPT, _SECTION,
         lambda score, m: np.arange(m)),
        ("the last m columns are kept, whatever their correlations", _KEPT, _SECTION,
         lambda score, m: np.arange(len(score) - m, len(score))),
        ("all columns are kept", _KEPT, _SECTION, lambda score, m: np.arange(len(score))),
        ("one column too many is kept", _KEPT, _SECTION,
         lambda score, m: np.argsort(-score)[: m + 1]),
        ("one column too few is kept", _KEPT, _SECTION,
         lambda score, m: np.argsort(-score)[: m - 1]),
        ("the best column is passed over", _ENDS, _SECTION,
         lambda score, m: np.argsort(-score)[1 : m + 1]),
        ("the m best are dropped, and the others kept", _ENDS, _SECTION,
         lambda score, m: np.argsort(-score)[m:]),
        ("the m worst are dropped, and the others kept", _ENDS, _SECTION,
         lambda score, m: np.argsort(score)[m:]),
        ("only the best column is kept", _KEPT, _SECTION, lambda score, m: [score.argmax()]),
        ("ranks are taken for column numbers", _ENDS, _SECTION,
         lambda score, m: np.argsort(np.argsort(-score))[:m]),
        ("the columns whose correlation is above one half are kept", _KEPT, _SECTION,
         lambda score, m: np.flatnonzero(score > 0.5)),
    ),
    "held": as_choices(
        ("the columns come in one order for the fit, and in reversed order for the predictions",
         _SAME, _SECTION, lambda kept, m, p: kept[::-1]),
        ("the columns come in order of rank for the fit, and as in X for the predictions", _SAME,
         _SECTION, lambda kept, m, p: np.sort(kept)),
        ("the predictions are made from the first m columns", _SAME, _SECTION,
         lambda kept, m, p: np.arange(m)),
    ),
    **in_a_fold("k-folds"),
}  # fmt: skip


def _covariances(X, y):
    return (X - X.mean(axis=0)).T @ (y - y.mean())


def _cosines(X, y):
    return X.T @ y / np.linalg.norm(X, axis=0)


ENTRY = Entry(
    name="cross_validation.screened_cv_errors",
    place=7,
    returns=("errors",),
    must=(
        "in each fold, the m columns are chosen by their correlations with y in its training rows, "
        "in absolute value, and the fit and its predictions use these columns only"
    ),
    reference=screened_cv_errors,
    cases=cases,
    rubric=RUBRIC,
    section="screening-before-splitting",
    builds_on=("cross_validation.cross_val_errors",),
    example=(
        FINGERPRINT,
        np.array([[0.0, 2.0], [1.0, 1.0], [0.0, 0.0], [3.0, 1.0]]),
        np.array([0.0, 1.0, 2.0, 3.0]),
        1.0,
        1,
        [(np.array([0, 1, 2]), np.array([3])), (np.array([1, 2, 3]), np.array([0]))],
    ),
    compare=errors_agree,
    misconceptions=(
        Misconception(
            "the features are screened once, on the training rows of the first fold",
            _LEARN,
            _SECTION,
            _by_fold(0),
        ),
        Misconception(
            "the features are screened once, on the training rows of the last fold",
            _LEARN,
            _SECTION,
            _by_fold(-1),
        ),
        Misconception(
            "the fit sees all columns, and only the predictions are screened",
            _SAME,
            _SECTION,
            _fitted_to_all_columns,
        ),
    ),
    formula=_formula,
    choices=CHOICES,
)
