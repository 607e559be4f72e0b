"""One step of coordinate descent for the lasso."""

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws
from reglib.exercises.lasso.soft_threshold import soft_threshold


def _parts(j, w, X, y):
    """Return c_j and a_j."""
    x = X[:, j]
    a = x @ x / len(y)
    return x @ (y - X @ w) / len(y) + a * w[j], a


def coordinate_update(j, w, X, y, lam):
    c, a = _parts(j, w, X, y)
    return float(soft_threshold(c, lam) / a) if a > 0 else 0.0


def _balanced(rng: np.random.Generator, n: int, p: int, whole: bool = False) -> np.ndarray:
    """Draw (n, p) numbers whose columns sum to zero."""
    A = rng.normal(0, 2, (n, p))
    A = (A - A.mean(axis=0)).round(0 if whole else 1)
    A[-1] = -A[:-1].sum(axis=0)
    return A.astype(int) if whole else A.round(1) + 0.0


RUBRIC = {
    "typical cases": 2,
    "inside and just outside ±λ, a column of zeros": 1,
    "λ = 0, whole numbers, p > n": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    typical, edge, others = RUBRIC
    within = "a covariance within ±λ gives a coefficient of exactly zero"
    idle = "a column of zeros explains nothing, so its coefficient is zero"

    def draw(n, p, j, share, whole=False):
        """Arguments with |c_j| · share about λ, so that share < 1 keeps the feature in."""
        while True:
            X, y = _balanced(rng, n, p, whole), _balanced(rng, n, 1, whole)[:, 0]
            w = draws.point(rng, p, whole, falling=True)[0]
            s = np.linalg.svd(X, compute_uv=False)[: min(n - 1, p)]
            c, a = _parts(j, w, X, y)
            lam = round(share * abs(c), 2)
            if whole:
                lam = int(share * abs(c))
            plain = (lam > 0 or share == 0) and abs(abs(c) - lam) > 0.1
            if s[-1] > 0.5 and s[0] <= 10 * s[-1] and a > 1.4 and plain:
                return j, w, X, y, lam

    j, w, X, y, lam = draw(4, 2, 1, 0.5)
    X[:, 1] = 0.0
    return [
        Case(typical, "three rows, one feature", draw(3, 1, 0, 0.4)),
        Case(typical, "four rows, two features", draw(4, 2, 1, 0.5)),
        Case(typical, "six rows, three features", draw(6, 3, 0, 0.3)),
        Case(typical, "eight rows, four features", draw(8, 4, 2, 0.6)),
        Case(edge, "a covariance within ±λ", draw(4, 2, 1, 1.3), within),
        Case(edge, "a covariance just beyond λ", draw(5, 2, 0, 0.9)),
        Case(edge, "a column of zeros", (j, w, X, y, lam), idle),
        Case(others, "λ = 0", draw(4, 2, 0, 0.0)),
        Case(others, "more features than rows", draw(3, 4, 3, 0.4)),
        Case(others, "whole numbers", draw(5, 2, 1, 0.5, whole=True)),
    ]


def _with(c=None, divisor=None):
    """An update from wrong parts: `c(x, r, w_j, n, a)` or `divisor(a)`."""

    def wrong(j, w, X, y, lam):
        right, a = _parts(j, w, X, y)
        if a == 0:
            return 0.0
        new = c(X[:, j], y - X @ w, w[j], len(y), a) if c else right
        return soft_threshold(new, lam) / (divisor(a) if divisor else a)

    return wrong


def _divided_first(j, w, X, y, lam):
    c, a = _parts(j, w, X, y)
    return soft_threshold(c / a, lam) if a > 0 else 0.0


def _hard(j, w, X, y, lam):
    c, a = _parts(j, w, X, y)
    return c / a if abs(c) > lam else 0.0


def _from_y(j, w, X, y, lam):
    c, a = _parts(j, 0 * w, X, y)
    return soft_threshold(c, lam) / a if a > 0 else 0.0


def _dividing_by_zero(j, w, X, y, lam):
    c, a = _parts(j, w, X, y)
    return soft_threshold(c, lam) / np.float64(a)


def _from_sums(j, w, X, y, lam):
    c, a = _parts(j, w, X, y)
    return soft_threshold(c, lam / len(y)) / a if a > 0 else 0.0


ENTRY = Entry(
    name="lasso.coordinate_update",
    place=4,
    returns=("w_j",),
    must="with all other w held fixed, no other w_j gives a smaller J",
    reference=coordinate_update,
    cases=cases,
    rubric=RUBRIC,
    section="coordinate-descent",
    builds_on=("lasso.soft_threshold",),
    example=(
        0,
        np.array([1.0, 2.0]),
        np.array([[2.0, 1.0], [0.0, 1.0], [0.0, -1.0], [-2.0, -1.0]]),
        np.array([4.0, 2.0, -1.0, -5.0]),
        1.5,
    ),
    misconceptions=(
        Misconception(
            "feature j's own part is not put back",
            "the best w_j does not depend on the w_j that you have now: change it, and see "
            "whether your answer stays.",
            "coordinate-descent",
            _with(c=lambda x, r, w_j, n, a: x @ r / n),
        ),
        Misconception(
            "feature j's own part is put back as if its column had variance 1",
            "the best w_j does not depend on the w_j that you have now: change it, and see "
            "whether your answer stays. What does one unit of w_j add to the covariance?",
            "coordinate-descent",
            _with(c=lambda x, r, w_j, n, a: x @ r / n + w_j),
        ),
        Misconception(
            "the division comes before the threshold",
            "with one feature, minimise J with a pencil, and see whether λ is divided as well.",
            "coordinate-descent",
            _divided_first,
        ),
        Misconception(
            "the division is left out",
            "with λ = 0 and one feature you should have least squares: see what is missing.",
            "coordinate-descent",
            _with(divisor=lambda a: 1.0),
        ),
        Misconception(
            "a column of zeros is divided by its length",
            "see what your divisor is for such a column, and answer before you divide.",
            "coordinate-descent",
            _dividing_by_zero,
        ),
        Misconception(
            "λ is compared with a sum over the rows, not with a mean",
            "repeat every row of the data once: J stays as it is, so your answer must too.",
            "coordinate-descent",
            _from_sums,
        ),
        Misconception(
            "the other features are left out of the residual",
            "change the weight of another, similar feature: what is left for this one to explain "
            "must change.",
            "coordinate-descent",
            _from_y,
        ),
        Misconception(
            "the threshold is hard",
            "look at a covariance just above λ: by how much should it still be moved?",
            "soft-threshold",
            _hard,
        ),
    ),
)
