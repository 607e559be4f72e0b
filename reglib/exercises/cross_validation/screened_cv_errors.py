"""Cross-validation that screens features inside each fold."""

from collections.abc import Callable

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws
from reglib.exercises.cross_validation.cross_val_errors import FINGERPRINT, errors_agree, mse


def _correlations(X, y):
    Xc, yc = X - X.mean(axis=0), y - y.mean()
    return Xc.T @ yc / np.linalg.norm(Xc, axis=0) / np.linalg.norm(yc)


def _screened_by(score: Callable) -> Callable:
    """Errors of fits to the m columns of highest `score(X, y, train)`."""

    def errors(fit, X, y, lam, m, folds):
        def error(train, held_out):
            kept = np.sort(np.argsort(-score(X, y, train))[:m])
            w, b = fit(X[np.ix_(train, kept)], y[train], lam)
            return mse(X[np.ix_(held_out, kept)], y[held_out], w, b)

        return np.array([error(*fold) for fold in folds])

    return errors


screened_cv_errors = _screened_by(lambda X, y, train: np.abs(_correlations(X[train], y[train])))


RUBRIC = {
    "typical cases": 2,
    "one feature": 1,
    "all features, p > n, whole numbers": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    all_kept = "with m = p every column is kept"
    typical, one, edges = RUBRIC
    wrongs = [misconception.wrong for misconception in ENTRY.misconceptions]

    def draw(n, p, m, k, lam, whole=False, telling=True):
        def once():
            while True:
                X, y = draws.problem(rng, n, p, whole)
                folds = draws.folds(rng, n, k)
                varied = all(np.ptp(X[rows], axis=0).all() and np.ptp(y[rows]) for _, rows in folds)
                if varied and all(_is_plain(X[train], y[train], m) for train, _ in folds):
                    return FINGERPRINT.make(), X, y, lam, m, folds

        args = draws.telling(once, screened_cv_errors, wrongs) if telling else once()
        return FINGERPRINT, *args[1:]

    return [
        Case(typical, "eight rows, the best two of four", draw(8, 4, 2, 2, draws.penalty(rng))),
        Case(typical, "nine rows, the best two of five", draw(9, 5, 2, 3, draws.penalty(rng))),
        Case(typical, "ten rows, the best three of six", draw(10, 6, 3, 2, 0.0)),
        Case(one, "six rows, the best one of three", draw(6, 3, 1, 2, draws.penalty(rng))),
        Case(one, "eight rows, the best one of five", draw(8, 5, 1, 4, draws.penalty(rng))),
        Case(
            edges,
            "all three columns",
            draw(6, 3, 3, 2, draws.penalty(rng), telling=False),
            all_kept,
        ),
        Case(edges, "more columns than rows", draw(7, 9, 2, 3, draws.penalty(rng))),
        Case(edges, "whole numbers", draw(8, 4, 2, 2, 2, whole=True)),
    ]


def _is_plain(X: np.ndarray, y: np.ndarray, m: int) -> bool:
    """Whether no column is constant, and the m best columns are clearly better than the others."""
    if y.std() < 0.5 or X.std(axis=0).min() < 0.5:
        return False
    best = -np.sort(-np.abs(_correlations(X, y)))
    return m == len(best) or best[m - 1] - best[m] > 0.02


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
            "the features are screened once, on all rows, before they are split",
            "change the y of a held-out row: the columns chosen for its fold must stay the same. "
            "See whether yours do.",
            "screening-before-splitting",
            _screened_by(lambda X, y, train: np.abs(_correlations(X, y))),
        ),
        Misconception(
            "the features are ranked by signed correlation",
            "ask whether a feature with the correlation −0.9 is worth less than one with 0.1.",
            "screening-before-splitting",
            _screened_by(lambda X, y, train: _correlations(X[train], y[train])),
        ),
        Misconception(
            "the features are ranked by covariance, so that the units decide",
            "measure a column in grams instead of kilograms: its rank must not change.",
            "screening-before-splitting",
            _screened_by(lambda X, y, train: np.abs(_covariances(X[train], y[train]))),
        ),
        Misconception(
            "the columns are not centred before they are correlated",
            "add 1000 to a column: its correlation with y must not change.",
            "screening-before-splitting",
            _screened_by(lambda X, y, train: np.abs(_cosines(X[train], y[train]))),
        ),
        Misconception(
            "the least correlated features are kept",
            "print np.argsort of (0.1, 0.9, 0.5), and see at which end of it the best stands.",
            "screening-before-splitting",
            _screened_by(lambda X, y, train: -np.abs(_correlations(X[train], y[train]))),
        ),
        Misconception(
            "the features are chosen by the held-out rows",
            "ask which rows of a fold may take part in anything that is learnt.",
            "screening-before-splitting",
            _screened_by(
                lambda X, y, train: np.abs(
                    _correlations(np.delete(X, train, axis=0), np.delete(y, train))
                )
            ),
        ),
    ),
)
