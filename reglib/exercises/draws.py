"""What cases are made of: rows, answers, penalties and points, drawn from the generator of a check.

All have one or two decimals, so that a learner can paste the case that fails, and stay inside what
different right methods agree on.
"""

from collections.abc import Callable, Sequence

import numpy as np

Folds = list[tuple[np.ndarray, np.ndarray]]


def rows(
    rng: np.random.Generator,
    n: int,
    p: int,
    whole: bool = False,
    *,
    cond: float = 20.0,
    least: float = 0.5,
    sizes: Sequence[int] = (),
) -> np.ndarray:
    """Draw an X (n, p) whose columns have means away from zero and are far from collinear.

    The singular values of the centred X lie above `least` and within a factor of `cond`; so do
    those of its first m rows, for each m in `sizes`.

    >>> rows(np.random.default_rng(0), 3, 1)
    array([[2.3],
           [1.8],
           [3.3]])
    """
    while True:
        X = rng.normal(0, 2, (n, p)) + rng.uniform(2, 5, p)
        X = X.round().astype(int) if whole else X.round(1)
        spreads = [spread(X[:m]) for m in (n, *sizes)]
        if all(s[-1] > least and s[0] <= cond * s[-1] for s in spreads):
            return X


def spread(X: np.ndarray) -> np.ndarray:
    """Return the singular values of the centred X that are not zero by its shape, descending.

    >>> spread(np.array([[1.0], [3.0]]))
    array([1.41421356])
    """
    n, p = X.shape
    return np.linalg.svd(X - X.mean(axis=0), compute_uv=False)[: min(n - 1, p)]


def answers(
    rng: np.random.Generator, n: int, whole: bool = False, *, least: float = 0.5
) -> np.ndarray:
    """Draw a y (n,) whose standard deviation is above `least`; at 0, it may be anything.

    >>> answers(np.random.default_rng(0), 3)
    array([4.4, 3.7, 6. ])
    """
    while True:
        y = rng.normal(0, 3, n) + rng.uniform(4, 8)
        y = y.round().astype(int) if whole else y.round(1)
        if least == 0 or y.std() > least:
            return y


def problem(
    rng: np.random.Generator,
    n: int,
    p: int,
    whole: bool = False,
    *,
    cond: float = 20.0,
    least: float = 0.5,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw an X and then its y, as `rows` and `answers` do.

    >>> problem(np.random.default_rng(0), 2, 1, whole=True)
    (array([[5],
           [4]]), array([0, 2]))
    """
    return rows(rng, n, p, whole, cond=cond, least=least), answers(rng, n, whole, least=least)


def penalty(rng: np.random.Generator) -> float:
    """Draw a λ > 0 of ordinary size.

    >>> penalty(np.random.default_rng(0))
    1.7
    """
    return round(rng.uniform(0.3, 2.5), 2)


def penalties(rng: np.random.Generator, count: int) -> np.ndarray:
    """Draw different λ, none of them a whole number, in no particular order.

    >>> penalties(np.random.default_rng(0), 3)
    array([24.2, 20.2, 32.2])
    """
    lams = rng.choice(np.arange(40), count, replace=False) + rng.choice([0.2, 0.6], count)
    return lams.round(1)


def point(
    rng: np.random.Generator, p: int, whole: bool = False, *, falling: bool = False
) -> tuple[np.ndarray, float]:
    """Draw a w (p,) and a b at which to evaluate; none is zero.

    With `falling`, the first w is negative.

    >>> point(np.random.default_rng(0), 2)
    (array([-2.1, -1.2]), -0.6)
    """
    w = rng.uniform(0.5, 3, p + 1).round(1) * rng.choice([-1.0, 1.0], p + 1)
    if falling:
        w[0] = -abs(w[0])
    if whole:
        w = np.where(w > 0, np.ceil(w), np.floor(w)).astype(int)
    return w[:-1], w[-1].item()


def numbers(
    rng: np.random.Generator, n: int, low: float, high: float, whole: bool = False
) -> np.ndarray:
    """Draw n different numbers between low and high, none of them zero.

    >>> numbers(np.random.default_rng(0), 3, -3, 3)
    array([0.8, 0.1, 2. ])
    """
    step = 1.0 if whole else 0.1
    grid = np.arange(round(low / step), round(high / step) + 1)
    drawn = rng.choice(grid[grid != 0], n, replace=False)
    return drawn if whole else (drawn * step).round(1)


def folds(rng: np.random.Generator, n: int, k: int) -> Folds:
    """Draw k folds of n rows, which stand in order, so that they are easy to read.

    >>> folds(np.random.default_rng(0), 4, 2)
    [(array([1, 3]), array([0, 2])), (array([0, 2]), array([1, 3]))]
    """
    return with_training(n, [np.sort(part) for part in np.array_split(rng.permutation(n), k)])


def with_training(n: int, held_out: Sequence[np.ndarray]) -> Folds:
    """Return a pair (train, held out) for each set of rows to hold out of n.

    >>> with_training(3, [np.array([1])])
    [(array([0, 2]), array([1]))]
    """
    return [(np.setdiff1d(np.arange(n), part), part) for part in held_out]


def telling(draw: Callable[[], tuple], right: Callable, wrongs: Sequence[Callable]) -> tuple:
    """Draw arguments until none of the wrong functions gives the right answer by luck.

    >>> rng = np.random.default_rng(0)
    >>> telling(lambda: (int(rng.integers(4)),), lambda x: x**2, [lambda x: x, lambda x: 2 * x])
    (3,)
    """
    while True:
        args = draw()
        expected = right(*args)
        if not any(np.isclose(wrong(*args), expected, rtol=1e-3).all() for wrong in wrongs):
            return args
