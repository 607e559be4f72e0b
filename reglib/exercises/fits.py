"""How fits that are iterated are judged, and how they go wrong: the lasso's and the elastic net's.

They are not compared with the reference number by number: a fit is right when its J is within
1e-7 · J(0, ȳ) of the minimum.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np

import reglib


def minimise(X, y, l1, l2):
    """Minimise ‖y − Xw‖²/(2n) + l1·‖w‖₁ + l2/2·‖w‖² exactly; nothing is centred."""
    n, p = X.shape
    if l2 > 0:  # the same as a lasso with p more rows
        X, y = np.vstack([X, np.sqrt(n * l2) * np.eye(p)]), np.concatenate([y, np.zeros(p)])
        l1 = l1 * n / (n + p)
    # Beside each row the same with its signs turned: J is the same, and all means are zero.
    X, y = np.stack([X, -X], axis=1).reshape(-1, p), np.stack([y, -y], axis=1).ravel()
    return reglib.lasso_knots(X, y, l1).coef[-1]


def parts(lam, l1_ratio=1.0):
    """The strengths of L1 and of L2."""
    return lam * l1_ratio, lam * (1 - l1_ratio)


def centred(X, y, l1, l2):
    mean = X.mean(axis=0)
    w = minimise(X - mean, y - y.mean(), l1, l2)
    return w, float(y.mean() - mean @ w)


def penalised(X, y, l1, l2):
    """As if b were one more w."""
    w = minimise(np.column_stack([X, np.ones(len(y))]), y, l1, l2)
    return w[:-1], w[-1]


def alike(rng: np.random.Generator, n: int = 8, p: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Draw features that have much in common and all count, so that few rounds are not enough."""
    while True:
        X = 2 * rng.normal(size=(n, 1)) + rng.normal(size=(n, p)) + rng.uniform(2, 5, p)
        X = X.round(1)
        y = (X @ rng.uniform(0.8, 1.8, p) + rng.normal(0, 0.5, n)).round(1)
        s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
        count = min(centred(X, y, l1, 0)[0].min() for l1 in (0, 0.3)) > 0.1
        if 3 <= s[0] / s[-1] <= 8 and np.corrcoef(X.T).min() > 0.6 and count:
            return X, y


def _gap(args, value):
    """How far J is above its minimum, as a share of J(0, ȳ)."""
    X, y, *strengths = args
    w, b = value
    best = reglib.elastic_net_path(X, y, [strengths[0]], *(strengths[1:] or [1.0]))
    least = _J(best.coef[0], best.intercept[0], *args)
    nothing = _J(np.zeros(X.shape[1]), y.mean(), *args)
    return (_J(w, b, *args) - least) / nothing


def _J(w, b, X, y, lam, l1_ratio=1.0):
    l1, l2 = parts(lam, l1_ratio)
    residual = y - b - X @ w
    return residual @ residual / (2 * len(y)) + l1 * np.abs(w).sum() + l2 / 2 * (w @ w)


def agree(args, value, other):
    """Whether both are at the minimum; or, where `other` is not, both fit the same values."""
    if _gap(args, other) <= 1e-7:
        return _gap(args, value) <= 1e-7
    X, y = args[:2]
    (w, b), (v, c) = value, other
    difference = X @ (w - v) + b - c
    size = np.sqrt(np.mean((X @ v + c - y) ** 2)) + np.std(y)
    return bool(np.sqrt(np.mean(difference**2)) <= 1e-3 * size)


def _rounds(args: tuple, at_once: bool) -> Iterator[np.ndarray]:
    """Yield w after each round of updates from zero, coordinate by coordinate or at once."""
    X, y, *strengths = args
    l1, l2 = parts(*strengths)
    X, y, n = X - X.mean(axis=0), y - y.mean(), len(y)
    a, w = (X**2).mean(axis=0), np.zeros(X.shape[1])
    while True:
        old = w.copy()
        for j in np.flatnonzero(a > 1e-12):
            at = old if at_once else w
            c = X[:, j] @ (y - X @ at) / n + a[j] * at[j]
            w[j] = reglib.soft_threshold(c, l1) / (a[j] + l2) + 0.0  # no −0, which is shown
        yield w.copy()


def with_intercept(X, y, w):
    return w, float(y.mean() - X.mean(axis=0) @ w)


def after(rounds: int, at_once: bool) -> Callable:
    """The fit that ends after so many rounds."""

    def wrong(X, y, *strengths):
        *_, w = islice(_rounds((X, y, *strengths), at_once), rounds)
        return with_intercept(X, y, w)

    return wrong


def _is_a_round(args: tuple, w: np.ndarray, at_once: bool) -> bool:
    """Whether w is what some round leaves."""
    found = islice(_rounds(args, at_once), 100)
    return any(np.abs(v - w).max() <= 1e-6 * np.abs(w).max() for v in found)


def all_at_once(args: tuple, value: Any) -> bool:
    """Whether it ran away, or is what some round leaves in which all coordinates move at once."""
    X, y = args[:2]
    w, b = np.asarray(value[0], dtype=float), float(value[1])
    if not (np.isfinite(w).all() and np.isfinite(b)):
        return bool((np.ptp(X, axis=0) > 0).all())  # otherwise it may be a division by zero
    if abs(b - with_intercept(X, y, w)[1]) > 1e-6 * (1 + np.abs(b) + np.abs(X @ w).max()):
        return False
    worse = _J(w, b, *args) > 2 * _J(np.zeros(len(w)), y.mean(), *args)
    return bool(worse or _is_a_round(args, w, at_once=True))


def too_early(args: tuple, value: Any) -> bool:
    """Whether it is close to the minimum, or what some sweep over the coordinates leaves."""
    X, y = args[:2]
    w, b = np.asarray(value[0], dtype=float), float(value[1])
    if not abs(b - with_intercept(X, y, w)[1]) <= 1e-6 * (abs(b) + np.std(y)):
        return False
    return bool(_gap(args, (w, b)) <= 1e-3 or _is_a_round(args, w, at_once=False))


def uncentred(args: tuple, value: Any) -> bool:
    """Whether w is that of an X and y that are not centred, whatever b is."""
    X, y, *strengths = args
    w = minimise(X, y, *parts(*strengths))
    return bool(np.abs(w - np.asarray(value[0])).max() <= 1e-3 * (np.abs(w).max() + 1e-3))


UNCENTRED = (
    "neither X nor y is centred",
    "add 1000 to every y: b should go up by 1000 and w stay as it is. See what yours does.",
    "coordinate-descent",
)
PENALISED = (
    "the intercept is penalised",
    "add 1000 to every y: b should go up by 1000 and w stay as it is. See what yours does.",
    "unpenalised-intercept",
)
EARLY = (
    "the iteration stops too early",
    "hold the w and b that you return against the optimality conditions, by `kkt_violation`: how "
    "far are they from being met?",
    "kkt-conditions",
)
