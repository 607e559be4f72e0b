"""How fits that are iterated are judged, and how they go wrong: the lasso's and the elastic net's.

They are not compared with the reference number by number: a fit is right when its J is within
1e-7 · J(0, ȳ) of the minimum.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache, partial
from itertools import islice
from typing import Any

import numpy as np

import reglib
from reglib.checks.entry import Misconception
from reglib.exercises.choices import as_choices
from reglib.exercises.lasso import coordinate_update
from reglib.exercises.ridge import ridge_fit

CLOSE = 1e-4  # of the size of the fitted values: two fits that are wrong in the same way
SWEEPS = 1000  # after which no further one is compared: as many as learners make


def minimise(X, y, l1, l2):
    """Minimise ‖y − Xw‖²/(2n) + l1·‖w‖₁ + l2/2·‖w‖² exactly; nothing is centred."""
    X, y = np.ascontiguousarray(X, dtype=float), np.ascontiguousarray(y, dtype=float)
    return np.array(_minimum(X.tobytes(), y.tobytes(), X.shape, float(l1), float(l2)))


@lru_cache(maxsize=4096)  # the wrong fits that are tried on an answer ask for the same ones again
def _minimum(X: bytes, y: bytes, shape: tuple[int, int], l1: float, l2: float) -> tuple:
    n, p = shape
    X, y = np.frombuffer(X).reshape(shape), np.frombuffer(y)
    if l2 > 0:  # the same as a lasso with p more rows
        X, y = np.vstack([X, np.sqrt(n * l2) * np.eye(p)]), np.concatenate([y, np.zeros(p)])
        l1 = l1 * n / (n + p)
    # Beside each row the same with its signs turned: J is the same, and all means are zero.
    X, y = np.stack([X, -X], axis=1).reshape(-1, p), np.stack([y, -y], axis=1).ravel()
    return tuple(reglib.lasso_knots(X, y, l1).coef[-1])


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
    least = _J(*centred(X, y, *parts(*strengths)), *args)
    return (_J(*value, *args) - least) / _J(np.zeros(X.shape[1]), y.mean(), *args)


def _J(w, b, X, y, lam, l1_ratio=1.0):
    l1, l2 = parts(lam, l1_ratio)
    residual = y - b - X @ w
    return residual @ residual / (2 * len(y)) + l1 * np.abs(w).sum() + l2 / 2 * (w @ w)


@np.errstate(all="ignore")  # an answer may have run away
def agree(args, value, other):
    """Whether both are at the minimum; or, where `other` is not, both fit the same values."""
    X, y = args[:2]
    (w, b), (v, c) = value, other
    difference = X @ (w - v) + b - c
    size = np.sqrt(np.mean((X @ v + c - y) ** 2)) + np.std(y)
    apart = np.sqrt(np.mean(difference**2)) / size
    if not apart <= 100 * CLOSE:  # they cannot both be at it, so spare the search for it
        return False
    if _gap(args, other) <= 1e-7:
        return _gap(args, value) <= 1e-7
    return bool(apart <= CLOSE)


def with_intercept(X, y, w):
    return w, float(y.mean() - X.mean(axis=0) @ w)


# --- one formula for both fits, and what is written in its places ---


def formula(
    X,
    y,
    lam,
    l1_ratio=1.0,
    *,
    strength=lambda n, p, lam: lam,
    l1=lambda lam, rho, n: lam * rho,
    l2=lambda lam, rho, n: lam * (1 - rho),
    used=lambda X: X - X.mean(axis=0),
    answers=lambda y: y - y.mean(),
    back=lambda w, X, y, l1: w,
    intercept=lambda X, y, w: y.mean() - X.mean(axis=0) @ w,
):
    """`used` and `answers` are what w is computed from, `back` what becomes of w then."""
    n, p = X.shape
    lam = strength(n, p, lam)
    threshold = l1(lam, l1_ratio, n)
    w = minimise(used(X), answers(y), threshold, l2(lam, l1_ratio, n))
    w = back(w, X, y, threshold) + 0.0
    return w, intercept(X, y, w)


def _refitted(w, X, y, l1):
    on, w = np.flatnonzero(w), np.zeros(len(w))
    Z = X[:, on] - X[:, on].mean(axis=0)
    w[on] = np.linalg.lstsq(Z, y - y.mean(), rcond=None)[0]
    return w


_SECTION = "coordinate-descent"
_ROWS = (
    "repeat every row of the data once: J stays as it is, so your w must too. Is your update "
    "written with means or with sums?"
)
HALVES = (
    "with one feature, minimise J with a pencil, halves and all, and compare its w with yours at "
    "two values of λ."
)
_CENTRE = "add 1000 to every entry of a column: w should stay as it is. See what yours does."
_END = "evaluate J at your w before and after the last step."
_EACH = "hold every entry of your w against its own optimality condition: which of them fails?"
STRENGTHS = as_choices(
    ("λ is multiplied by n", _ROWS, "lambda-and-n", lambda n, p, lam: n * lam),
    (
        "λ is compared with a sum over the rows, not with a mean",
        _ROWS,
        "lambda-and-n",
        lambda n, p, lam: lam / n,
    ),
    ("λ is ignored", HALVES, _SECTION, lambda n, p, lam: 0.0),
    ("the whole penalty is half of what J asks for", HALVES, _SECTION, lambda n, p, lam: lam / 2),
    ("the whole penalty is twice what J asks for", HALVES, _SECTION, lambda n, p, lam: 2 * lam),
    (
        "λ is divided by 2n, as if the loss were a sum without its half",
        _ROWS,
        "lambda-and-n",
        lambda n, p, lam: lam / (2 * n),
    ),
    (
        "λ is doubled, and compared with a sum over the rows",
        _ROWS,
        "lambda-and-n",
        lambda n, p, lam: 2 * lam / n,
    ),
    ("λ is multiplied by n, and halved", _ROWS, "lambda-and-n", lambda n, p, lam: n * lam / 2),
    ("λ is multiplied by 2n", _ROWS, "lambda-and-n", lambda n, p, lam: 2 * n * lam),
    ("n − 1 stands where n belongs", _ROWS, "lambda-and-n", lambda n, p, lam: lam * (n - 1) / n),
    ("n stands where n − 1 does", _ROWS, "lambda-and-n", lambda n, p, lam: lam * n / (n - 1)),
    ("λ is squared", HALVES, _SECTION, lambda n, p, lam: lam**2),
    ("the root of λ is taken", HALVES, _SECTION, lambda n, p, lam: np.sqrt(lam)),
    ("1 stands for λ", HALVES, _SECTION, lambda n, p, lam: 1.0),
    ("λ is multiplied by the number of features", HALVES, _SECTION, lambda n, p, lam: p * lam),
    ("λ is divided by the number of features", HALVES, _SECTION, lambda n, p, lam: lam / p),
    ("λ is cut to a whole number", HALVES, _SECTION, lambda n, p, lam: float(int(lam))),
)
PLACES = {
    "used": as_choices(
        ("X is not centred, and y is", _CENTRE, _SECTION, lambda X: X),
        (
            "one mean, of all entries of X, is subtracted from all of them",
            _CENTRE,
            _SECTION,
            lambda X: X - X.mean(),
        ),
        (
            "X is centred row by row, not column by column",
            _CENTRE,
            _SECTION,
            lambda X: X - X.mean(axis=1, keepdims=True),
        ),
        (
            "the first feature is left out",
            _EACH,
            _SECTION,
            lambda X: (X - X.mean(axis=0)) * (np.arange(X.shape[1]) > 0),
        ),
        (
            "the last feature is left out",
            _EACH,
            _SECTION,
            lambda X: (X - X.mean(axis=0)) * (np.arange(X.shape[1]) < X.shape[1] - 1),
        ),
        (
            "only the first feature is ever updated",
            _EACH,
            _SECTION,
            lambda X: (X - X.mean(axis=0)) * (np.arange(X.shape[1]) == 0),
        ),
        (
            "only the last feature is ever updated",
            _EACH,
            _SECTION,
            lambda X: (X - X.mean(axis=0)) * (np.arange(X.shape[1]) == X.shape[1] - 1),
        ),
    ),
    "answers": as_choices(
        (
            "y is standardised, and w not scaled back",
            "double every y: w and b must double too.",
            "scale-first",
            lambda y: (y - y.mean()) / y.std(),
        ),
        (
            "y is divided by n once too often",
            _ROWS,
            "lambda-and-n",
            lambda y: (y - y.mean()) / len(y),
        ),
    ),
    "back": as_choices(
        ("w has the wrong sign, and b follows it", _EACH, _SECTION, lambda w, X, y, l1: -w),
        (
            "w goes through the threshold once more at the end",
            _END,
            _SECTION,
            lambda w, X, y, l1: reglib.soft_threshold(w, l1),
        ),
        (
            "weights within ±λ are set to zero at the end",
            _END,
            _SECTION,
            lambda w, X, y, l1: np.where(np.abs(w) <= l1, 0.0, w),
        ),
        (
            "negative weights are set to zero at the end",
            _END,
            _SECTION,
            lambda w, X, y, l1: np.maximum(w, 0),
        ),
        (
            "the features that are kept are fitted again, without a penalty",
            _END,
            "lasso-path",
            _refitted,
        ),
        ("the absolute values of w are taken", _END, _SECTION, lambda w, X, y, l1: np.abs(w)),
        (
            "w comes in reversed order, and b follows it",
            _EACH,
            _SECTION,
            lambda w, X, y, l1: w[::-1],
        ),
        ("w is rounded to two decimals", _END, _SECTION, lambda w, X, y, l1: np.round(w, 2)),
        ("w is rounded to one decimal", _END, _SECTION, lambda w, X, y, l1: np.round(w, 1)),
        ("w is rounded to whole numbers", _END, _SECTION, lambda w, X, y, l1: np.round(w)),
    ),
    "intercept": tuple(
        replace(choice, section="unpenalised-intercept")
        for choice in ridge_fit.CHOICES["intercept"]
    ),
}


def _scale(X, ddof=0):
    return np.where(np.ptp(X, axis=0) == 0, 1.0, X.std(axis=0, ddof=ddof))


_UNITS = (
    "measure one feature in other units, such as grams for kilograms: at the same λ, the "
    "predictions must change. See whether yours do."
)


def _standardising(name: str, **places: Callable) -> Misconception:
    places = {"used": lambda X: (X - X.mean(axis=0)) / _scale(X)} | places
    return Misconception(name, _UNITS, "scale-first", partial(formula, **places))


STANDARDISING = (
    _standardising(
        "the columns are standardised on the way", back=lambda w, X, y, l1: w / _scale(X)
    ),
    _standardising(
        "the columns are standardised with the divisor n − 1 on the way",
        used=lambda X: (X - X.mean(axis=0)) / _scale(X, 1),
        back=lambda w, X, y, l1: w / _scale(X, 1),
    ),
    _standardising("the columns are standardised, and w is not scaled back"),
    _standardising(
        "the columns are standardised, and w and the intercept belong to the standardised ones",
        intercept=lambda X, y, w: y.mean(),
    ),
)
_SHIFT = "add 1000 to every y: b should go up by 1000 and w stay as it is. See what yours does."
PENALISED = Misconception(
    "the intercept is penalised",
    _SHIFT,
    "unpenalised-intercept",
    lambda X, y, *strengths: penalised(X, y, *parts(*strengths)),
)


def _fitted_uncentred(X, y, *strengths):
    return with_intercept(X, y, minimise(X, y, *parts(*strengths)))


def _is_uncentred(args: tuple, value: Any) -> bool:
    """Whether w is that of an X and y that are not centred, whatever b is."""
    w = _fitted_uncentred(*args)[0]
    return bool(np.abs(w - np.asarray(value[0])).max() <= CLOSE * (np.abs(w).max() + 1e-3))


UNCENTRED = Misconception(
    "neither X nor y is centred",
    _SHIFT,
    _SECTION,
    _fitted_uncentred,
    recognise=_is_uncentred,
)


# --- what sweeps leave behind ---


def _sweeps(
    args: tuple, update: Callable, at_once: bool = False, back: bool = False
) -> Iterator[np.ndarray]:
    """Yield w after each sweep of updates from zero, of one coordinate after the other or at once.

    It ends where the same comes again, or where w has run away for good.
    """
    X, y = args[0] - args[0].mean(axis=0), args[1] - args[1].mean()
    w = np.zeros(X.shape[1])
    order = range(len(w))[::-1] if back else range(len(w))
    far = 1e6 * (1 + np.abs(X.T @ y).max())
    old = w.copy()
    for _ in range(SWEEPS):
        before, old = old, w.copy()
        for j in order:
            w[j] = update(j, old if at_once else w, X, y, *args[2:]) + 0.0  # no −0, which is shown
        yield w.copy()
        size = np.abs(w).max()
        if not size <= far or min(np.abs(w - v).max() for v in (old, before)) <= 1e-12 * size:
            return


def _update(
    j, w, X, y, lam, l1_ratio=1.0, *, divisor=lambda x, lam: x @ x / len(x), **place: Callable
):
    """Update one coordinate of either fit, with something else in one place."""
    l1, l2 = parts(lam, l1_ratio)
    return coordinate_update.formula(
        j, w, X, y, l1, divisor=lambda x, lam: divisor(x, lam) + l2, **place
    )


def after(sweeps: int, update: Callable = _update, at_once: bool = False) -> Callable:
    """The fit that ends after so many sweeps."""

    def wrong(X, y, *strengths):
        *_, w = islice(_sweeps((X, y, *strengths), update, at_once), sweeps)
        return with_intercept(X, y, w)

    return wrong


def _numbers(args: tuple, value: Any) -> tuple[np.ndarray, float]:
    """w and b as numbers, with a b that follows from w; raises `ValueError` for another."""
    X, y = args[:2]
    w, b = np.asarray(value[0], dtype=float), float(value[1])
    if np.isfinite(w).all() and np.isfinite(b):
        own = with_intercept(X, y, w)[1]
        if not abs(b - own) <= 1e-6 * (1 + abs(own) + np.abs(X * w).max()):
            raise ValueError
    return w, b


def _is_close(v: np.ndarray, w: np.ndarray, tol: float = 1e-6) -> bool:
    return bool(np.abs(v - w).max() <= tol * np.abs(w).max())


def _ran_away(args: tuple, w: np.ndarray) -> bool:
    with np.errstate(all="ignore"):
        came = _J(w, with_intercept(*args[:2], w)[1], *args)
    return not came <= 2 * _J(np.zeros(len(w)), args[1].mean(), *args)


def _is_left(args: tuple, w: np.ndarray, update: Callable, at_once: bool) -> bool:
    """Whether some sweep from zero leaves w, be it the last."""
    return any(_is_close(v, w) for v in _sweeps(args, update, at_once))


def _both_run_away(args: tuple, w: np.ndarray, update: Callable, at_once: bool) -> bool:
    *_, last = _sweeps(args, update, at_once)
    return _ran_away(args, w) and _ran_away(args, last)


def leaving(update: Callable, at_once: bool = False) -> Callable:
    """Recognise answers of which all are left by the sweeps of such updates.

    Some may have run away, as those of the updates do, if others are left by them to the digit.
    """

    def recognise_all(cases: list[tuple], values: list[Any]) -> bool:
        exact = 0
        for args, value in zip(cases, values, strict=True):
            w, _ = _numbers(args, value)
            if np.isfinite(w).all() and _is_left(args, w, update, at_once):
                exact += 1
            elif not _both_run_away(args, w, update, at_once):
                return False
        return exact >= ENOUGH

    return recognise_all


ENOUGH = 3  # answers that must show the same


def _inherited(place: str, choice) -> Misconception:
    update = partial(_update, **{place: choice.value})
    return Misconception(
        f"in each update, {choice.name}",
        choice.advice,
        choice.section,
        after(SWEEPS, update),
        recognise_all=leaving(update),
    )


UPDATES = tuple(
    _inherited(place, choice)
    for place in ("residual", "mean", "strength", "shrink", "divisor", "column")
    for choice in coordinate_update.CHOICES[place]
    if choice.name not in coordinate_update.SAID_OTHERWISE
    and (place != "strength" or choice.name in coordinate_update.OF_ITS_LENGTH)
)
ALL_AT_ONCE = Misconception(
    "all coordinates move at once, each by its full step",
    "print J after every round: it must never rise. Which values of the other w does an update "
    "see?",
    _SECTION,
    after(60, at_once=True),
    recognise_all=leaving(_update, at_once=True),
)


def _is_a_sweep(args: tuple, w: np.ndarray) -> bool:
    """Whether w is what a sweep leaves, from whichever start: its last update needs no other.

    That holds of an end too; so it is asked only of what is no end, but close to it.
    """
    if any(_is_close(v, w) for back in (False, True) for v in _sweeps(args, _update, back=back)):
        return True
    moves = _moves(args, w)[(np.ptp(args[0], axis=0) > 0)]
    return bool(
        _gap(args, with_intercept(*args[:2], w)) <= 1e-3
        and np.abs(moves[[0, -1]]).min() <= 1e-9 * np.abs(w).max() < 1e-2 * np.abs(moves).max()
    )


def _moves(args: tuple, w: np.ndarray) -> np.ndarray:
    """By how much an update would move each coefficient."""
    X, y = args[0] - args[0].mean(axis=0), args[1] - args[1].mean()
    return np.array([_update(j, w, X, y, *args[2:]) - w[j] for j in range(len(w))])


def _is_stuck(args: tuple, w: np.ndarray) -> bool:
    """Whether only coefficients that are zero would move, as where they are left out for good."""
    return bool(np.abs(_moves(args, w)[w != 0]).max(initial=0) <= 1e-6 * np.abs(w).max(initial=0))


def _is_slow(args: tuple) -> bool:
    """Whether ten sweeps do not lead to the minimum."""
    return not _gap(args, after(10)(*args)) <= 1e-7


def _too_early(cases: list[tuple], values: list[Any]) -> bool:
    """Whether all answers that are not at the minimum are on the way to it."""
    answers = [_numbers(args, value) for args, value in zip(cases, values, strict=True)]
    wrong = [(a, v) for a, v in zip(cases, answers, strict=True) if not _gap(a, v) <= 1e-7]
    if all(_is_stuck(args, w) for args, (w, _) in wrong):
        return False
    if all(_is_a_sweep(args, w) for args, (w, _) in wrong):
        return True
    return all(
        _gap(args, value) <= 1e-3 and _is_slow(args) and strengths(args, value[0]) is None
        for args, value in wrong
    )


EARLY = Misconception(
    "the iteration stops too early",
    "hold the w and b that you return against the optimality conditions, by `kkt_violation`: how "
    "far are they from being met?",
    "kkt-conditions",
    after(3),
    recognise_all=_too_early,
)


def _dividing_by_zero(X, y, *strengths):
    w, b = formula(X, y, *strengths)
    l2 = parts(*strengths)[1]
    if (np.ptp(X, axis=0) > 0).all() or l2 > 0:
        return w, b
    return np.full(len(w), np.nan), np.nan


def _is_nan_for_a_constant_column(args: tuple, value: Any) -> bool:
    """Whether NaN came in, and only where there is a column to bring it."""
    constant = np.ptp(args[0], axis=0) == 0
    return bool(constant.any() and np.isnan(np.asarray(value[0], dtype=float)[constant]).any())


DIVIDED_BY_ZERO = Misconception(
    "a column of zeros is divided by its length",
    "see what a constant column becomes when it is centred, and which divisor your update has for "
    "it.",
    _SECTION,
    _dividing_by_zero,
    recognise=_is_nan_for_a_constant_column,
)


def _only_the_first(X, y, *strengths):
    """Features that are zero after the first sweep are never looked at again."""
    first = next(_sweeps((X, y, *strengths), _update))
    return formula(X, y, *strengths, used=lambda X: (X - X.mean(axis=0)) * (first != 0))


FORGOTTEN = Misconception(
    "a feature that is zero once stays out for ever",
    "look at the feature that is out in the first sweep: what happens to its covariance when the "
    "others move?",
    _SECTION,
    _only_the_first,
)


# --- which penalty w has, by its own witness ---


def strengths(args: tuple, w: np.ndarray) -> tuple[float, float] | None:
    """The strengths of L1 and L2 for which w is the minimum; None if there are none to be seen.

    There the covariance of a feature with the residual is l1 · sign(w) + l2 · w where it is in,
    and within ±l1 where it is out: with two features that are in, two numbers are read off.
    """
    X, y = args[0] - args[0].mean(axis=0), args[1] - args[1].mean()
    c, on = X.T @ (y - X @ w) / len(y), w != 0
    A = np.column_stack([np.sign(w), w])[on]
    s = np.linalg.svd(A, compute_uv=False) if len(A) > 1 else np.zeros(2)
    if s[-1] <= 1e-2 * s[0]:
        return None
    found = np.linalg.lstsq(A, c[on], rcond=None)[0]
    slack = CLOSE * np.abs(X.T @ y).max() / len(y)
    met = np.abs(A @ found - c[on]).max() <= slack
    within = np.abs(c[~on]).max(initial=0) <= found[0] + slack
    return (float(found[0]), float(found[1])) if met and within else None


_FORMS = (  # of a strength that is not the right one: in words, and as a function of n, p, λ
    ("λ", lambda n, p, lam: lam),
    ("nλ", lambda n, p, lam: n * lam),
    ("λ/n", lambda n, p, lam: lam / n),
    ("λ²", lambda n, p, lam: lam**2),
    ("√λ", lambda n, p, lam: np.sqrt(lam)),
    ("pλ", lambda n, p, lam: p * lam),
    ("λ/p", lambda n, p, lam: lam / p),
    ("1", lambda n, p, lam: 1.0),
)
_SHARES = (
    ("", lambda rho: 1.0),
    ("ρ", lambda rho: rho),
    ("(1 − ρ)", lambda rho: 1 - rho),
)


def look(cases: list[tuple], values: list[Any]) -> str:
    """Say which penalty wrong answers have, or what else their w and b show."""
    if not all(np.isfinite(np.append(*value)).all() for value in values):
        return ""
    found = [
        (args, read)
        for args, (w, _) in zip(cases, values, strict=True)
        if args[2] > 0 and (read := strengths(args, w))
    ]
    right = [np.allclose(read, parts(*args[2:]), rtol=1e-2, atol=1e-2) for args, read in found]
    if len(found) >= ENOUGH and not all(right):
        l1, l2 = (_in_words(found, i) for i in (0, 1))
        if l1 and l2:
            return (
                f"Your w is the minimum for an L1 penalty of strength {l1} and an L2 penalty of "
                f"{l2}."
            )
    least = [centred(*args[:2], *parts(*args[2:]))[0] for args in cases]
    with_zeros = [w for (w, _), v in zip(values, least, strict=True) if (v == 0).any()]
    if len(with_zeros) >= ENOUGH and all((w != 0).all() for w in with_zeros):
        return "None of your weights is ever exactly zero, where the minimum has some that are."
    own = [with_intercept(*args[:2], w)[1] for args, (w, _) in zip(cases, values, strict=True)]
    if len(own) >= ENOUGH and np.allclose(own, [b for _, b in values], rtol=1e-6, atol=1e-6):
        return "b is the best one for your w in every case: so it is w alone that is off."
    return ""


def _in_words(found: list, part: int) -> str:
    read = np.array([strengths[part] for _, strengths in found])
    sizes = np.array([sum(strengths) for _, strengths in found])
    if (np.abs(read) <= 1e-3 * np.abs(sizes)).all():
        return "0"
    for form, of in _FORMS:
        for share, of_ratio in _SHARES:
            wanted = np.array(
                [of(*args[0].shape, args[2]) * of_ratio(*(args[3:] or (1.0,))) for args, _ in found]
            )
            times = read @ wanted / max(wanted @ wanted, np.finfo(float).tiny)
            if (np.abs(read - times * wanted) <= 1e-3 * np.abs(sizes)).all():
                factor = "" if np.isclose(times, 1, rtol=1e-3) else f"{times:.3g} "
                return factor + form + share
    return ""
