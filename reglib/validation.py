"""Choosing λ on rows that the fit has not seen: folds, cross-validation, the one-SE rule."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from reglib import inputs
from reglib.path import Path, predict

Fold = tuple[np.ndarray, np.ndarray]


class CV(NamedTuple):
    """What cross-validation found, the λ in the order in which the caller gave them.

    lams    (L,)    the penalty strengths
    errors  (k, L)  mean loss on the rows held out by each fold, in the units of the loss
    mean    (L,)    its mean over the folds, each fold counting alike
    se      (L,)    the standard error of that mean: the folds' standard deviation (ddof 1) / √k;
                    rough, as folds share training rows
    best    float   the λ of least mean; the largest, if several tie
    one_se  float   the largest λ, so the simplest fit, whose mean is at most one standard error,
                    that of `best`, above the least
    path    Path    the fit on all rows, for every λ
    """

    lams: np.ndarray
    errors: np.ndarray
    mean: np.ndarray
    se: np.ndarray
    best: float
    one_se: float
    path: Path


def squared(y: np.ndarray, prediction: np.ndarray) -> np.ndarray:
    """Return the squared error of each prediction, in the squared units of y.

    >>> squared(np.array([1.0, 2.0]), np.array([1.5, 2.0]))
    array([0.25, 0.  ])
    """
    return (y - prediction) ** 2


def log_loss(y: np.ndarray, log_odds: np.ndarray) -> np.ndarray:
    """Return −log of the probability that each prediction gives to its y, 0 or 1, in nats.

    The probability of y = 1 is 1/(1 + e^(−log_odds)), so this is log(1 + e^(∓log_odds)).

    >>> log_loss(np.array([0.0, 1.0]), np.array([0.0, 100.0])).round(4)
    array([0.6931, 0.    ])
    """
    return np.logaddexp(0.0, np.where(y == 1, -log_odds, log_odds))


def kfold(n: int, k: int, rng: np.random.Generator | None = None) -> list[Fold]:
    """Split n rows into k parts and return k pairs (train, validation) of row numbers.

    Each row is held out for validation once; the parts' sizes differ by at most one. With an
    `rng` rows are dealt to the parts at random; without one they stay in their order, which is
    right for rows in time order, and wrong for rows that are sorted.

    Raises `ValueError` when k < 2, k > n, or rng is not a `numpy.random.Generator`.

    Source: Stone (1974), *J. R. Stat. Soc. B* 36(2); Hastie, Tibshirani & Friedman (2009), *The
    Elements of Statistical Learning*, § 7.10.1.

    >>> for train, validation in kfold(5, 2):
    ...     print(train, validation)
    [3 4] [0 1 2]
    [0 1 2] [3 4]
    """
    n = inputs.whole("n", n, least=2)
    k = inputs.whole("k", k, least=2, most=n)
    if rng is not None and not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng is {rng!r}: pass np.random.default_rng(seed), or None")
    rows = np.arange(n) if rng is None else rng.permutation(n)
    held_out = [np.sort(part) for part in np.array_split(rows, k)]
    return [(np.setdiff1d(rows, part), part) for part in held_out]


def cross_validate(
    path_fn: Callable[[np.ndarray, np.ndarray, np.ndarray], Path],
    X: ArrayLike,
    y: ArrayLike,
    lams: ArrayLike,
    folds: Sequence[Fold],
    loss: Callable[[np.ndarray, np.ndarray], np.ndarray] = squared,
) -> CV:
    """Fit on each fold's training rows, for every λ, and measure the loss on the rows held out.

    `path_fn(X, y, lams)` returns a `Path`; whatever is learnt from data (a scale, a choice of
    features) belongs inside it, so that it is learnt from the training rows alone. X is (n, p), y
    is (n,), lams is (L,), in any order, and `folds` a sequence of at least two pairs (train,
    validation) of row numbers, from `kfold` or your own. `loss(y, prediction)` gets arrays that
    broadcast to (rows, L) and returns one loss each. Returns a `CV`.

    Raises `ValueError` for a bad X, y or lams, fewer than two folds, a fold that is empty, holds
    something else than row numbers, or validates on a row it trains on, and when path_fn or loss
    gives NaN or infinity.

    Source: Hastie, Tibshirani & Friedman (2009), *The Elements of Statistical Learning*, § 7.10;
    Breiman, Friedman, Olshen & Stone (1984), *Classification and Regression Trees*, § 3.4.3, for
    the one-standard-error rule.

    >>> from reglib import ridge_path
    >>> X, y = np.arange(6.0)[:, None], np.arange(6.0)
    >>> cv = cross_validate(ridge_path, X, y, [0.0, 1.0], kfold(6, 3))
    >>> cv.errors.shape, cv.best, cv.path.coef.round(12).ravel()[0]
    ((3, 2), 0.0, np.float64(1.0))
    """
    X = inputs.matrix(X)
    y = inputs.target(y, len(X))
    lams = inputs.penalties(lams)
    folds = _checked(folds, len(X))
    errors = np.empty((len(folds), len(lams)))
    for i, (train, held_out) in enumerate(folds):
        path = _finite(path_fn(X[train], y[train], lams), f"the training rows of folds[{i}]")
        errors[i] = loss(y[held_out, None], predict(path, X[held_out])).mean(axis=0)
        if not np.isfinite(errors[i]).all():
            raise ValueError(f"loss gives NaN or infinity on folds[{i}]: pass one that is finite")
    path = _finite(path_fn(X, y, lams), "all rows")
    mean = errors.mean(axis=0)
    se = errors.std(axis=0, ddof=1) / np.sqrt(len(folds))
    least = mean.min()
    best = np.flatnonzero(mean == least)[lams[mean == least].argmax()]
    one_se = lams[mean <= least + se[best]].max()
    return CV(lams, errors, mean, se, float(lams[best]), float(one_se), path)


def _finite(path: Path, rows: str) -> Path:
    """Return the path, or raise if a fit holds NaN: no λ could be chosen by its errors."""
    finite = np.isfinite(path.intercept) & np.isfinite(path.coef).all(axis=1)
    if not finite.all():
        raise ValueError(
            f"path_fn gives NaN or infinity at λ = {path.lams[~finite][0]:g} on {rows}: let it "
            "return finite coefficients, or pass other lams"
        )
    return path


def _checked(folds: Sequence[Fold], n: int) -> list[Fold]:
    """Return the folds as pairs of index arrays that a fit on n rows can trust."""
    try:
        folds = [(np.asarray(train), np.asarray(held_out)) for train, held_out in folds]
    except (TypeError, ValueError):
        raise ValueError("folds must be pairs (train, validation): pass kfold(n, k)") from None
    if len(folds) < 2:
        raise ValueError(f"folds has {len(folds)} pair(s): pass at least two, as kfold(n, k) does")
    for i, fold in enumerate(folds):
        for rows in fold:
            if rows.ndim != 1 or rows.size == 0 or rows.dtype.kind not in "iu":
                raise ValueError(f"folds[{i}] must hold two 1-D arrays of row numbers, not empty")
            if rows.min() < 0 or rows.max() >= n:
                raise ValueError(f"folds[{i}] names a row outside 0 … {n - 1}: pass rows of X")
        trains = np.zeros(n, dtype=bool)
        trains[fold[0]] = True
        if trains[fold[1]].any():
            raise ValueError(f"folds[{i}] validates on rows it trains on: keep the two apart")
    return folds
