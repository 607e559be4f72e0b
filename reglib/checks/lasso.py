"""The exercises of the assignment `lasso`.

Cases are drawn with one or two decimals, so that a learner can paste the one that fails. The
singular values of the centred X lie within a factor of 10, or are exactly zero. Fits are iterated,
so they are not compared with the reference number by number: a fit is right when its J is within
1e-7 · J(0, ȳ) of the minimum.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np

from reglib import certify
from reglib.checks.entry import Assignment, Case, Entry, Misconception
from reglib.elastic_net import elastic_net_path
from reglib.features import standardize
from reglib.lasso import knots
from reglib.penalty import ElasticNet

_RIDGE = "Penalties and ridge"  # the chapter before, which treats some of these mistakes

# --- cases ---


def _rows(
    rng: np.random.Generator, n: int, p: int, whole: bool = False, cond: float = 4.0
) -> np.ndarray:
    """Draw an X whose columns have means away from zero and are far from collinear."""
    while True:
        X = rng.normal(0, 2, (n, p)) + rng.uniform(2, 5, p)
        X = X.round().astype(int) if whole else X.round(1)
        s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)[: min(n - 1, p)]
        if s[-1] > 0.5 and s[0] <= cond * s[-1]:
            return X


def _answers(rng: np.random.Generator, n: int, whole: bool = False) -> np.ndarray:
    while True:
        y = rng.normal(0, 3, n) + rng.uniform(4, 8)
        y = y.round().astype(int) if whole else y.round(1)
        if np.std(y) > 0.5:
            return y


def _penalty(rng: np.random.Generator) -> float:
    return round(rng.uniform(0.3, 2.5), 2)


def _point(rng: np.random.Generator, p: int, whole: bool = False) -> tuple[np.ndarray, float]:
    """Draw a (w, b) at which to evaluate: none is zero, and the first w is negative."""
    w = rng.uniform(0.5, 3, p + 1).round(1) * rng.choice([-1.0, 1.0], p + 1)
    w[0] = -abs(w[0])
    if whole:
        w = np.where(w > 0, np.ceil(w), np.floor(w)).astype(int)
    return w[:-1], w[-1].item()


# --- soft_threshold ---


def _soft(z, t):
    z = np.asarray(z, dtype=float)
    return np.where(z > t, z - t, np.where(z < -t, z + t, 0.0))[()]


def _spread(rng: np.random.Generator, t: float | np.ndarray, n: int) -> np.ndarray:
    """Draw numbers of which some are inside ±t and some outside, on both sides."""
    share = np.concatenate([[-2.2, -0.6, 0.6, 2.2], rng.uniform(-3, 3, n)])[:n]
    return rng.permutation(share * rng.uniform(0.9, 1.1, n)) * t


def _soft_cases(rng: np.random.Generator) -> list[Case]:
    arrays, numbers, edges = _SOFT_RUBRIC
    t, u = _penalty(rng), _penalty(rng)
    each = rng.uniform(0.5, 2.5, 5).round(2)
    flat = "with t = 0 nothing is moved"
    whole = "whole numbers in, the same formula; where |z| = t the answer is 0"
    table = "each entry is treated by itself, whatever the shape"
    return [
        Case(arrays, "four numbers", (_spread(rng, t, 4).round(2), t)),
        Case(arrays, "seven numbers", (_spread(rng, u, 7).round(2), u)),
        Case(arrays, "a threshold for each", (_spread(rng, each, 5).round(2), each), table),
        Case(arrays, "a table", (_spread(rng, t, 6).round(2).reshape(2, 3), t), table),
        Case(numbers, "one number above t", (round(t * rng.uniform(1.5, 3), 2), t)),
        Case(numbers, "one number below −t", (round(-t * rng.uniform(1.5, 3), 2), t)),
        Case(numbers, "one number within ±t", (round(t * rng.uniform(0.3, 0.8), 2), t)),
        Case(edges, "t = 0", (_spread(rng, t, 4).round(2), 0.0), flat),
        Case(edges, "whole numbers, |z| = t", (np.array([-5, -2, -1, 0, 2, 4]), 2), whole),
        Case(edges, "one whole number", (int(-rng.integers(4, 9)), 3), whole),
    ]


_SOFT_RUBRIC = {
    "arrays": 1,
    "single numbers": 1,
    "t = 0, |z| = t, whole numbers": 1,
}

_SOFT = Entry(
    name="lasso.soft_threshold",
    returns=("u",),
    must="u is z moved towards zero by t, and zero where it would pass zero on the way",
    reference=_soft,
    cases=_soft_cases,
    rubric=_SOFT_RUBRIC,
    section="One coefficient: the soft threshold",
    example=(np.array([3.0, -0.5, -2.0]), 1.0),
    misconceptions=(
        Misconception(
            "the threshold is hard",
            "look at a z just above t: how far may u be from the u of a z just below t?",
            "One coefficient: the soft threshold",
            lambda z, t: np.where(np.abs(z) > t, z, 0.0)[()],
        ),
        Misconception(
            "the threshold goes past zero",
            "try a z that is smaller than t, and see on which side of zero u ends up.",
            "One coefficient: the soft threshold",
            lambda z, t: z - t * np.sign(z),
        ),
        Misconception(
            "z is divided, not moved",
            "try a small z: your u gets smaller, but does it ever arrive at zero?",
            "One coefficient: the soft threshold",
            lambda z, t: z / (1 + t),
        ),
        Misconception(
            "every negative z becomes zero",
            "try z = −10 with t = 1, and ask which u lies one step nearer to zero.",
            "One coefficient: the soft threshold",
            lambda z, t: np.maximum(np.asarray(z) - t, 0.0)[()],
        ),
        Misconception(
            "negative z is moved away from zero",
            "try z = −10 with t = 1: in which direction is zero?",
            "One coefficient: the soft threshold",
            lambda z, t: np.where(np.abs(z) > t, np.asarray(z) - t, 0.0)[()],
        ),
        Misconception(
            "the sign of z is lost",
            "compare u for z = 5 and for z = −5: one should mirror the other.",
            "One coefficient: the soft threshold",
            lambda z, t: np.maximum(np.abs(z) - t, 0.0),
        ),
        Misconception(
            "z is cut off at ±t",
            "ask what should become of a z inside ±t, and what of one far outside: you have the "
            "part of z that should go, not the part that stays.",
            "One coefficient: the soft threshold",
            lambda z, t: np.clip(z, -t, t),
        ),
        Misconception(
            "z is moved by half of t",
            "take the derivative of the square with the ½ that stands in front of it.",
            "One coefficient: the soft threshold",
            lambda z, t: _soft(z, np.asarray(t) / 2),
        ),
    ),
)


# --- lasso_objective ---


def _objective(w, b, X, y, lam):
    return float(_loss(w, b, X, y) + lam * np.abs(w).sum())


def _loss(w, b, X, y):
    residual = y - b - X @ w
    return residual @ residual / (2 * len(y))


def _objective_cases(rng: np.random.Generator) -> list[Case]:
    loss = "with λ = 0 only the loss is left: half the mean of the squared residuals"
    width = "the formula does not care how many features there are, or whether numbers are whole"
    typical, zero, edges = _OBJECTIVE_RUBRIC

    def at(n, p, lam, whole=False):
        point = _point(rng, p, whole)
        return *point, _rows(rng, n, p, whole, cond=10), _answers(rng, n, whole), lam

    some = list(at(6, 4, _penalty(rng)))
    some[0] = some[0] * [1, 0, 1, 0] + 0.0
    return [
        Case(typical, "three rows, one feature", at(3, 1, _penalty(rng))),
        Case(typical, "five rows, two features", at(5, 2, _penalty(rng))),
        Case(typical, "eight rows, three features", at(8, 3, _penalty(rng))),
        Case(typical, "some w are zero", tuple(some)),
        Case(zero, "λ = 0, one feature", at(3, 1, 0.0), loss),
        Case(zero, "λ = 0, two features", at(6, 2, 0.0), loss),
        Case(edges, "more features than rows", at(3, 5, _penalty(rng)), width),
        Case(edges, "whole numbers", at(4, 2, 2, whole=True), width),
        Case(edges, "whole numbers, one feature", at(3, 1, 1, whole=True), width),
    ]


_OBJECTIVE_RUBRIC = {
    "loss plus penalty": 1,
    "λ = 0: the loss alone": 1,
    "whole numbers, p > n": 1,
}


def _objective_of_a_square(w, b, X, y, lam):
    residual = y - (X @ w[:, None] + b)
    return (residual**2).mean() / 2 + lam * np.abs(w).sum()


def _with_an_l2_norm(args, J):
    """Whether the penalty is λ‖w‖, λ‖w‖² or λ/2 ‖w‖², and the loss is right."""
    w, b, X, y, lam = args
    penalties = [np.sqrt(w @ w), w @ w, w @ w / 2]
    return any(np.isclose(float(J), _loss(w, b, X, y) + lam * q, rtol=1e-6) for q in penalties)


_OBJECTIVE = Entry(
    name="lasso.lasso_objective",
    returns=("J",),
    must="J is the mean of the squared residuals, halved, plus λ times the sum of all |w|",
    reference=_objective,
    cases=_objective_cases,
    rubric=_OBJECTIVE_RUBRIC,
    section="The sum of absolute weights",
    example=(
        np.array([2.0, -1.0]),
        1.0,
        np.array([[1.0, 0.0], [0.0, 2.0]]),
        np.array([4.0, 1.0]),
        0.5,
    ),
    misconceptions=(
        Misconception(
            "subtracting an (n, 1) from an (n,) makes an (n, n) array",
            "print the shapes of y, of your prediction and of their difference: each should have "
            "one number per row.",
            "The sum of absolute weights",
            _objective_of_a_square,
        ),
        Misconception(
            "the intercept is penalised",
            "ask which parameters the sum in the penalty runs over, and whether b is one of them.",
            "Why the intercept is spared",
            lambda w, b, X, y, lam: _objective(w, b, X, y, lam) + lam * abs(b),
            chapter=_RIDGE,
        ),
        Misconception(
            "the weights are squared, as in ridge or in the length of w",
            "compute your penalty at w = (3, −4) with λ = 1, and compare it with the formula; "
            "mind which norm a function of NumPy takes when you do not say.",
            "The sum of absolute weights",
            lambda w, b, X, y, lam: _loss(w, b, X, y) + lam * w @ w,
            recognise=_with_an_l2_norm,
        ),
        Misconception(
            "the largest weight stands for the sum",
            "change a weight that is not the largest, and see whether your penalty notices.",
            "The sum of absolute weights",
            lambda w, b, X, y, lam: _loss(w, b, X, y) + lam * np.abs(w).max(),
        ),
        Misconception(
            "the mean of the weights stands for the sum",
            "add a feature whose weight is zero, and see whether your penalty changes.",
            "The sum of absolute weights",
            lambda w, b, X, y, lam: _loss(w, b, X, y) + lam * np.abs(w).mean(),
        ),
        Misconception(
            "the weights are added with their signs",
            "compute your penalty at w = (1, −1): can it be free to use two features?",
            "The sum of absolute weights",
            lambda w, b, X, y, lam: _loss(w, b, X, y) + lam * np.sum(w),
        ),
        Misconception(
            "the loss is not halved",
            "look at what stands in front of the squared residuals in the formula, apart from n.",
            "The sum of absolute weights",
            lambda w, b, X, y, lam: _objective(w, b, X, y, lam) + _loss(w, b, X, y),
        ),
        Misconception(
            "the loss is not divided by n",
            "repeat every row of the data once and see what happens to your loss: here it must "
            "stay as it is.",
            "The sum of absolute weights",
            lambda w, b, X, y, lam: _objective(w, b, X, y, lam) + (len(y) - 1) * _loss(w, b, X, y),
        ),
    ),
)


# --- lambda_max ---


def _covariances(X, y):
    return X.T @ (y - y.mean()) / len(y)


def _lambda_max(X, y):
    return float(np.abs(_covariances(X, y)).max())


def _lambda_max_cases(rng: np.random.Generator) -> list[Case]:
    typical, negative, edges = _LAMBDA_MAX_RUBRIC
    idle = "a column that never varies has no covariance with anything"

    def draw(n, p, sign=0, whole=False):
        while True:
            X, y = _rows(rng, n, p, whole, cond=10), _answers(rng, n, whole)
            c = _covariances(X, y)
            largest = c[np.abs(c).argmax()]
            if abs(largest) > 0.2 and sign * largest >= 0:
                return X, y

    constant = draw(6, 3)
    constant[0][:, 1] = 3.0
    return [
        Case(typical, "three rows, one feature", draw(3, 1)),
        Case(typical, "five rows, two features", draw(5, 2)),
        Case(typical, "nine rows, four features", draw(9, 4)),
        Case(negative, "one feature, falling", draw(4, 1, sign=-1)),
        Case(negative, "three features, the largest falling", draw(7, 3, sign=-1)),
        Case(edges, "a constant column", constant, idle),
        Case(edges, "more features than rows", draw(3, 5)),
        Case(edges, "whole numbers", draw(5, 2, whole=True)),
    ]


_LAMBDA_MAX_RUBRIC = {
    "typical cases": 2,
    "the largest covariance is negative": 1,
    "a constant column, whole numbers, p > n": 1,
}


def _lambda_max_standardised(X, y):
    return np.abs(_covariances(standardize(X)[0], y)).max()


_LAMBDA_MAX = Entry(
    name="lasso.lambda_max",
    returns=("lam",),
    must=(
        "at w = 0 and b = ȳ no feature has a covariance with the residuals that is larger than λ "
        "in size, and one has exactly λ"
    ),
    reference=_lambda_max,
    cases=_lambda_max_cases,
    rubric=_LAMBDA_MAX_RUBRIC,
    section="The λ above which all is zero",
    example=(
        np.array([[1.0, 4.0], [3.0, 2.0], [1.0, 0.0], [3.0, 2.0]]),
        np.array([5.0, 3.0, 9.0, 7.0]),
    ),
    misconceptions=(
        Misconception(
            "y is not centred",
            "add 1000 to every y: only the intercept should notice. See what your λ does.",
            "The λ above which all is zero",
            lambda X, y: np.abs(X.T @ y / len(y)).max(),
        ),
        Misconception(
            "the sum is not divided by n",
            "repeat every row of the data once: J stays as it is, so your λ must too.",
            "The λ above which all is zero",
            lambda X, y: len(y) * _lambda_max(X, y),
        ),
        Misconception(
            "negative covariances are overlooked",
            "turn the sign of a whole column round: only the sign of its coefficient should "
            "change. See what your λ does.",
            "The λ above which all is zero",
            lambda X, y: _covariances(X, y).max(),
        ),
        Misconception(
            "the half in front of the loss is forgotten",
            "differentiate the loss with its factor 1/(2n) in front, and see what becomes of the "
            "2 that the squares bring down.",
            "The λ above which all is zero",
            lambda X, y: 2 * _lambda_max(X, y),
        ),
        Misconception(
            "the covariance has the divisor n − 1",
            "repeat every row of the data once: J stays as it is, so your λ must too. Which "
            "divisor does your function take when you do not say?",
            "The λ above which all is zero",
            lambda X, y: len(y) / (len(y) - 1) * _lambda_max(X, y),
        ),
        Misconception(
            "the columns are standardised on the way",
            "double a whole column: a coefficient of half the size then does the same work at "
            "half the price. See whether your λ can tell.",
            "Why scale first",
            _lambda_max_standardised,
            chapter=_RIDGE,
        ),
        Misconception(
            "the length of the covariance vector is taken, not its largest entry",
            "take two features whose covariances are 3 and 4: at λ = 4.5, which condition would "
            "still fail at w = 0?",
            "The λ above which all is zero",
            lambda X, y: np.linalg.norm(_covariances(X, y)),
        ),
        Misconception(
            "the smallest covariance is taken",
            "take two features whose covariances are 3 and 4: at λ = 3, are both coefficients "
            "zero already?",
            "The λ above which all is zero",
            lambda X, y: np.abs(_covariances(X, y)).min(),
        ),
    ),
)


# --- coordinate_update ---


def _parts(j, w, X, y):
    """Return c_j and a_j."""
    x = X[:, j]
    a = x @ x / len(y)
    return x @ (y - X @ w) / len(y) + a * w[j], a


def _update(j, w, X, y, lam):
    c, a = _parts(j, w, X, y)
    return float(_soft(c, lam) / a) if a > 0 else 0.0


def _balanced(rng: np.random.Generator, n: int, p: int, whole: bool = False) -> np.ndarray:
    """Draw (n, p) numbers whose columns sum to zero."""
    A = rng.normal(0, 2, (n, p))
    A = (A - A.mean(axis=0)).round(0 if whole else 1)
    A[-1] = -A[:-1].sum(axis=0)
    return A.astype(int) if whole else A.round(1) + 0.0


def _update_cases(rng: np.random.Generator) -> list[Case]:
    typical, edge, others = _UPDATE_RUBRIC
    within = "a covariance within ±λ gives a coefficient of exactly zero"
    idle = "a column of zeros explains nothing, so its coefficient is zero"

    def draw(n, p, j, share, whole=False):
        """Arguments with |c_j| · share about λ, so that share < 1 keeps the feature in."""
        while True:
            X, y = _balanced(rng, n, p, whole), _balanced(rng, n, 1, whole)[:, 0]
            w = _point(rng, p, whole)[0]
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


_UPDATE_RUBRIC = {
    "typical cases": 2,
    "inside and just outside ±λ, a column of zeros": 1,
    "λ = 0, whole numbers, p > n": 1,
}


def _update_with(c=None, divisor=None):
    """An update from wrong parts: `c(x, r, w_j, n, a)` or `divisor(a)`."""

    def wrong(j, w, X, y, lam):
        right, a = _parts(j, w, X, y)
        if a == 0:
            return 0.0
        new = c(X[:, j], y - X @ w, w[j], len(y), a) if c else right
        return _soft(new, lam) / (divisor(a) if divisor else a)

    return wrong


def _update_divided_first(j, w, X, y, lam):
    c, a = _parts(j, w, X, y)
    return _soft(c / a, lam) if a > 0 else 0.0


def _update_hard(j, w, X, y, lam):
    c, a = _parts(j, w, X, y)
    return c / a if abs(c) > lam else 0.0


def _update_from_y(j, w, X, y, lam):
    c, a = _parts(j, 0 * w, X, y)
    return _soft(c, lam) / a if a > 0 else 0.0


def _update_dividing_by_zero(j, w, X, y, lam):
    c, a = _parts(j, w, X, y)
    return _soft(c, lam) / np.float64(a)


def _update_from_sums(j, w, X, y, lam):
    c, a = _parts(j, w, X, y)
    return _soft(c, lam / len(y)) / a if a > 0 else 0.0


_UPDATE = Entry(
    name="lasso.coordinate_update",
    returns=("w_j",),
    must="with all other w held fixed, no other w_j gives a smaller J",
    reference=_update,
    cases=_update_cases,
    rubric=_UPDATE_RUBRIC,
    section="One coordinate at a time",
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
            "One coordinate at a time",
            _update_with(c=lambda x, r, w_j, n, a: x @ r / n),
        ),
        Misconception(
            "feature j's own part is put back as if its column had variance 1",
            "the best w_j does not depend on the w_j that you have now: change it, and see "
            "whether your answer stays. What does one unit of w_j add to the covariance?",
            "One coordinate at a time",
            _update_with(c=lambda x, r, w_j, n, a: x @ r / n + w_j),
        ),
        Misconception(
            "the division comes before the threshold",
            "with one feature, minimise J with a pencil, and see whether λ is divided as well.",
            "One coordinate at a time",
            _update_divided_first,
        ),
        Misconception(
            "the division is left out",
            "with λ = 0 and one feature you should have least squares: see what is missing.",
            "One coordinate at a time",
            _update_with(divisor=lambda a: 1.0),
        ),
        Misconception(
            "a column of zeros is divided by its length",
            "see what your divisor is for such a column, and answer before you divide.",
            "One coordinate at a time",
            _update_dividing_by_zero,
        ),
        Misconception(
            "λ is compared with a sum over the rows, not with a mean",
            "repeat every row of the data once: J stays as it is, so your answer must too.",
            "One coordinate at a time",
            _update_from_sums,
        ),
        Misconception(
            "the other features are left out of the residual",
            "change the weight of another, similar feature: what is left for this one to explain "
            "must change.",
            "One coordinate at a time",
            _update_from_y,
        ),
        Misconception(
            "the threshold is hard",
            "look at a covariance just above λ: by how much should it still be moved?",
            "One coefficient: the soft threshold",
            _update_hard,
        ),
    ),
)


# --- kkt_violation ---


def _kkt(w, b, X, y, lam):
    return certify.kkt_violation(w, b, X, y, lam)


def _violations(w, b, X, y, lam):
    """How much each condition fails, those of w first and that of b last."""
    residual = y - b - X @ w
    gradient = -X.T @ residual / len(y)
    v = np.where(w == 0, np.abs(gradient) - lam, np.abs(gradient + lam * np.sign(w)))
    return np.append(v, abs(residual.mean()))


def _kkt_cases(rng: np.random.Generator) -> list[Case]:
    inside, outside, intercept, tiny, edges = _KKT_RUBRIC
    held = "a feature with w_j = 0 may have any covariance within ±λ"
    free = "b is free, so the residuals must have mean zero"
    exact = "w_j = 0 means exactly 0: a tiny w_j is in, and held to the equation"

    def draw(n, p, zeros, where, small=(), whole=False, lam=None):
        """A point that violates the condition at `where` most, and others by less."""
        while True:
            X, y = _rows(rng, n, p, whole, cond=10), _answers(rng, n, whole)
            if where == p:  # else a wrong b would show in the other conditions even more
                X = (0.3 * (X - X.mean(axis=0))).round(1) + 0.1
            w, _ = _point(rng, p, whole)
            w[list(zeros)] = 0
            for j in small:
                w[j] = np.sign(w[j]) * 1e-12
            off = rng.uniform(3, 6) if where == p else 0.2
            b = np.mean(y - X @ w) + rng.choice([-1, 1]) * off
            b = int(b) if whole else float(round(b, 1))
            strength = _penalty(rng) if lam is None else lam
            v = _violations(w, b, X, y, strength)
            rest = np.delete(v, where)
            rounded = _violations(np.where(np.abs(w) < 1e-6, 0, w), b, X, y, strength).max()
            matters = not small or rounded < v[where] - 0.05
            if v[where] > 0.2 and v[where] > rest.max() + 0.05 and rest.max() > 0.05 and matters:
                return w, b, X, y, strength

    X, y = _rows(rng, 4, 2), _answers(rng, 4)
    solved = np.zeros(2), float(y.mean()), X, y, round(1.2 * _lambda_max(X, y) + 0.1, 2)
    return [
        Case(inside, "four rows, one feature", draw(4, 1, [], 0)),
        Case(inside, "five rows, two features", draw(5, 2, [1], 0)),
        Case(inside, "eight rows, four features", draw(8, 4, [0, 2], 3)),
        Case(outside, "one feature, which is out", draw(3, 1, [0], 0), held),
        Case(outside, "six rows, three features", draw(6, 3, [0, 2], 2), held),
        Case(outside, "all zero, λ above λ_max", solved, held),
        Case(intercept, "three rows, one feature", draw(3, 1, [], 1), free),
        Case(intercept, "six rows, three features", draw(6, 3, [1], 3), free),
        Case(tiny, "a tiny weight", draw(5, 2, [], 1, small=[1]), exact),
        Case(edges, "λ = 0", draw(5, 2, [1], 0, lam=0.0)),
        Case(edges, "more features than rows", draw(3, 5, [1, 2], 4)),
        Case(edges, "whole numbers", draw(5, 2, [1], 0, whole=True, lam=1)),
    ]


_KKT_RUBRIC = {
    "features that are in": 1,
    "features that are out": 1,
    "the intercept": 1,
    "a tiny weight is not zero": 1,
    "λ = 0, whole numbers, p > n": 1,
}


def _kkt_of_a_square(w, b, X, y, lam):
    residual = y - (X @ w[:, None] + b)
    gradient, w = -X.T @ residual / len(y), w[:, None]
    v = np.where(w == 0, np.abs(gradient) - lam, np.abs(gradient + lam * np.sign(w)))
    return max(v.max(), abs(residual.mean()), 0.0)


def _kkt_with(loss=lambda n: 1.0, sign=1.0, zero=0.0, b_counts=True, join=np.max):
    """A violation with wrong factors: on the gradient of the loss or on the sign of w."""

    def wrong(w, b, X, y, lam):
        residual = y - b - X @ w
        gradient = -loss(len(y)) * X.T @ residual / len(y)
        equation = np.abs(gradient + sign * lam * np.sign(w))
        out = np.maximum(np.abs(gradient) - lam, 0)
        v = np.where(np.abs(w) <= zero, out, equation)
        return float(join([*v, loss(len(y)) * abs(residual.mean()) * b_counts]))

    return wrong


_KKT = Entry(
    name="lasso.kkt_violation",
    returns=("violation",),
    must=(
        "it is the largest amount by which a condition fails: that of b, that of each w_j ≠ 0, "
        "that of each w_j = 0; and 0 if none fails"
    ),
    reference=_kkt,
    cases=_kkt_cases,
    rubric=_KKT_RUBRIC,
    section="How to know that you are there",
    example=(
        np.array([1.0, 0.0]),
        3.0,
        np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]]),
        np.array([5.5, 4.5, 1.5, 0.5]),
        0.75,
    ),
    misconceptions=(
        Misconception(
            "subtracting an (n, 1) from an (n,) makes an (n, n) array",
            "print the shapes of y, of your prediction and of their difference: each should have "
            "one number per row.",
            "How to know that you are there",
            _kkt_of_a_square,
        ),
        Misconception(
            "zeros are held to the equation",
            "ask which slopes |w_j| has at its kink, and which covariances they allow.",
            "How to know that you are there",
            _kkt_with(zero=-1.0),
        ),
        Misconception(
            "the condition on b is missing",
            "add 1000 to b: the fit is now useless, so your answer must be large.",
            "How to know that you are there",
            _kkt_with(b_counts=False),
        ),
        Misconception(
            "small counts as zero",
            "ask whether |w_j| has a kink at w_j = 0.001, however small that is.",
            "How to know that you are there",
            _kkt_with(zero=1e-6),
        ),
        Misconception(
            "the gradient is summed over the rows, not averaged",
            "repeat every row of the data once: J stays as it is, so your answer must too.",
            "How to know that you are there",
            _kkt_with(loss=lambda n: n),
        ),
        Misconception(
            "the penalty enters the equation with the wrong sign",
            "take one feature and a w a little above zero: the loss wants it larger, the penalty "
            "smaller. With which sign do the two slopes meet?",
            "How to know that you are there",
            _kkt_with(sign=-1.0),
        ),
        Misconception(
            "the violations are added up",
            "ask for one number that is small only if the worst of all conditions is nearly met, "
            "however many features there are.",
            "How to know that you are there",
            _kkt_with(join=np.sum),
        ),
        Misconception(
            "the half in front of the loss is forgotten",
            "differentiate the loss with its factor 1/(2n) in front, and see what becomes of the "
            "2 that the squares bring down.",
            "How to know that you are there",
            _kkt_with(loss=lambda n: 2.0),
        ),
    ),
)


# --- the fits ---


def _minimise(X, y, l1, l2):
    """Minimise ‖y − Xw‖²/(2n) + l1·‖w‖₁ + l2/2·‖w‖² exactly; nothing is centred."""
    n, p = X.shape
    if l2 > 0:  # the same as a lasso with p more rows
        X, y = np.vstack([X, np.sqrt(n * l2) * np.eye(p)]), np.concatenate([y, np.zeros(p)])
        l1 = l1 * n / (n + p)
    return knots(X.astype(float), y.astype(float), l1)[1][-1]


def _strengths(lam, l1_ratio=1.0):
    return lam * l1_ratio, lam * (1 - l1_ratio)


def _centred(X, y, l1, l2):
    mean = X.mean(axis=0)
    w = _minimise(X - mean, y - y.mean(), l1, l2)
    return w, float(y.mean() - mean @ w)


def _penalised(X, y, l1, l2):
    """As if b were one more w."""
    w = _minimise(np.column_stack([X, np.ones(len(y))]), y, l1, l2)
    return w[:-1], w[-1]


def _alike(rng: np.random.Generator, n: int = 8, p: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Draw features that have much in common and all count, so that few rounds are not enough."""
    while True:
        X = 2 * rng.normal(size=(n, 1)) + rng.normal(size=(n, p)) + rng.uniform(2, 5, p)
        X = X.round(1)
        y = (X @ rng.uniform(0.8, 1.8, p) + rng.normal(0, 0.5, n)).round(1)
        s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
        count = min(_centred(X, y, l1, 0)[0].min() for l1 in (0, 0.3)) > 0.1
        if 3 <= s[0] / s[-1] <= 8 and np.corrcoef(X.T).min() > 0.6 and count:
            return X, y


def _gap(args, value):
    """How far J is above its minimum, as a share of J(0, ȳ)."""
    X, y, *strengths = args
    w, b = value
    best = elastic_net_path(X, y, [strengths[0]], *(strengths[1:] or [1.0]))
    at = (X, y, strengths[0], ElasticNet(*strengths[1:] or [1.0]))
    least = certify.objective(best.coef[0], best.intercept[0], *at)
    nothing = certify.objective(np.zeros(X.shape[1]), y.mean(), *at)
    return (_J(w, b, *args) - least) / nothing


def _J(w, b, X, y, lam, l1_ratio=1.0):
    l1, l2 = _strengths(lam, l1_ratio)
    return _loss(w, b, X, y) + l1 * np.abs(w).sum() + l2 / 2 * (w @ w)


def _fits_agree(args, value, other):
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
    l1, l2 = _strengths(*strengths)
    X, y, n = X - X.mean(axis=0), y - y.mean(), len(y)
    a, w = (X**2).mean(axis=0), np.zeros(X.shape[1])
    while True:
        old = w.copy()
        for j in np.flatnonzero(a > 1e-12):
            at = old if at_once else w
            c = X[:, j] @ (y - X @ at) / n + a[j] * at[j]
            w[j] = _soft(c, l1) / (a[j] + l2)
        yield w.copy()


def _with_intercept(X, y, w):
    return w, float(y.mean() - X.mean(axis=0) @ w)


def _after(rounds: int, at_once: bool) -> Callable:
    """The fit that ends after so many rounds."""

    def wrong(X, y, *strengths):
        *_, w = islice(_rounds((X, y, *strengths), at_once), rounds)
        return _with_intercept(X, y, w)

    return wrong


def _is_a_round(args: tuple, w: np.ndarray, at_once: bool) -> bool:
    """Whether w is what some round leaves."""
    found = islice(_rounds(args, at_once), 100)
    return any(np.abs(v - w).max() <= 1e-6 * np.abs(w).max() for v in found)


def _all_at_once(args: tuple, value: Any) -> bool:
    """Whether it ran away, or is what some round leaves in which all coordinates move at once."""
    X, y = args[:2]
    w, b = np.asarray(value[0], dtype=float), float(value[1])
    if not (np.isfinite(w).all() and np.isfinite(b)):
        return bool((np.ptp(X, axis=0) > 0).all())  # otherwise it may be a division by zero
    if abs(b - _with_intercept(X, y, w)[1]) > 1e-6 * (1 + np.abs(b) + np.abs(X @ w).max()):
        return False
    worse = _J(w, b, *args) > 2 * _J(np.zeros(len(w)), y.mean(), *args)
    return bool(worse or _is_a_round(args, w, at_once=True))


def _too_early(args: tuple, value: Any) -> bool:
    """Whether it is close to the minimum, or what some sweep over the coordinates leaves."""
    X, y = args[:2]
    w, b = np.asarray(value[0], dtype=float), float(value[1])
    if not abs(b - _with_intercept(X, y, w)[1]) <= 1e-6 * (abs(b) + np.std(y)):
        return False
    return bool(_gap(args, (w, b)) <= 1e-3 or _is_a_round(args, w, at_once=False))


def _uncentred(args: tuple, value: Any) -> bool:
    """Whether w is that of an X and y that are not centred, whatever b is."""
    X, y, *strengths = args
    w = _minimise(X, y, *_strengths(*strengths))
    return bool(np.abs(w - np.asarray(value[0])).max() <= 1e-3 * (np.abs(w).max() + 1e-3))


_UNCENTRED = (
    "neither X nor y is centred",
    "add 1000 to every y: b should go up by 1000 and w stay as it is. See what yours does.",
    "One coordinate at a time",
)
_PENALISED = (
    "the intercept is penalised",
    "add 1000 to every y: b should go up by 1000 and w stay as it is. See what yours does.",
    "Why the intercept is spared",
)
_EARLY = (
    "the iteration stops too early",
    "hold the w and b that you return against the optimality conditions, by `kkt_violation`: how "
    "far are they from being met?",
    "How to know that you are there",
)


# --- lasso_fit ---


def _fit(X, y, lam):
    return _centred(X, y, *_strengths(lam))


def _fit_cases(rng: np.random.Generator) -> list[Case]:
    typical, ends, edges, alike = _FIT_RUBRIC
    least = (
        "with λ = 0 the answer is least squares: the residuals sum to zero, alone and after "
        "multiplying them with any column of X"
    )
    nothing = "above λ_max every w is zero, and b is the mean of y"
    idle = "a column that never varies explains nothing, so its coefficient is zero"
    far = "the optimality conditions hold, also where it takes many sweeps to get there"

    def draw(n, p, share, whole=False):
        """Arguments with λ at about this share of λ_max."""
        while True:
            X, y = _rows(rng, n, p, whole), _answers(rng, n, whole)
            most = _lambda_max(X, y)
            if most > 1.2:
                return X, y, max(1, int(share * most)) if whole else round(share * most, 2)

    constant = draw(6, 3, 0.3)
    constant[0][:, 1] = 3.0
    return [
        Case(typical, "three rows, one feature", draw(3, 1, 0.4)),
        Case(typical, "six rows, two features", draw(6, 2, 0.3)),
        Case(typical, "nine rows, three features", draw(9, 3, 0.15)),
        Case(typical, "twelve rows, five features", draw(12, 5, 0.4)),
        Case(ends, "λ = 0, one feature", draw(3, 1, 0.0), least),
        Case(ends, "λ = 0, two features", draw(7, 2, 0.0), least),
        Case(ends, "λ above λ_max", draw(6, 2, 1.2), nothing),
        Case(edges, "a constant column", constant, idle),
        Case(edges, "more features than rows", draw(4, 6, 0.4)),
        Case(edges, "whole numbers", draw(7, 2, 0.5, whole=True)),
        Case(alike, "three features that are alike", (*_alike(rng), 0.05), far),
        Case(alike, "the same, other rows", (*_alike(rng, 10), 0.2), far),
    ]


_FIT_RUBRIC = {
    "typical cases": 3,
    "λ = 0 and λ above λ_max": 1,
    "a constant column, whole numbers, p > n": 1,
    "features that are alike: run until it is there": 1,
}


def _fit_standardising(X, y, lam):
    Z, mean, scale = standardize(X)
    w = _minimise(Z, y - y.mean(), lam, 0) / scale
    return w, y.mean() - mean @ w


def _fit_thresholding(X, y, lam):
    w = np.linalg.lstsq(X - X.mean(axis=0), y - y.mean(), rcond=None)[0]
    return _with_intercept(X, y, _soft(w, lam))


def _fit_dividing_by_zero(X, y, lam):
    w, b = _fit(X, y, lam)
    if (np.ptp(X, axis=0) > 0).all():
        return w, b
    return np.full(len(w), np.nan), np.nan


def _is_nan_for_a_constant_column(args, value):
    """Whether NaN came in, and only where there is a column to bring it."""
    constant = np.ptp(args[0], axis=0) == 0
    return bool(constant.any() and np.isnan(np.asarray(value[0], dtype=float)[constant]).any())


_FIT = Entry(
    name="lasso.lasso_fit",
    returns=("w", "b"),
    must="no other w and b have a smaller J: all optimality conditions hold",
    reference=_fit,
    cases=_fit_cases,
    rubric=_FIT_RUBRIC,
    section="One coordinate at a time",
    builds_on=("lasso.coordinate_update", "lasso.kkt_violation"),
    example=(
        np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]]),
        np.array([5.5, 4.5, 1.5, 0.5]),
        0.75,
    ),
    compare=_fits_agree,
    misconceptions=(
        Misconception(
            *_PENALISED,
            lambda X, y, lam: _penalised(X, y, lam, 0),
            chapter=_RIDGE,
        ),
        Misconception(
            *_UNCENTRED,
            lambda X, y, lam: _with_intercept(X, y, _minimise(X, y, lam, 0)),
            recognise=_uncentred,
        ),
        Misconception(
            "λ is compared with a sum over the rows, not with a mean",
            "repeat every row of the data once: J stays as it is, so your w must too.",
            "One λ for every n",
            lambda X, y, lam: _centred(X, y, lam / len(y), 0),
            chapter=_RIDGE,
        ),
        Misconception(
            "the columns are standardised on the way",
            "measure one feature in other units, such as grams for kilograms: at the same λ, the "
            "predictions of the lasso must change. See whether yours do.",
            "Why scale first",
            _fit_standardising,
            chapter=_RIDGE,
        ),
        Misconception(
            "least squares is followed by a threshold",
            "take two features that are alike: when one of them is dropped, should the other one "
            "stay as it was?",
            "The path is made of straight lines",
            _fit_thresholding,
        ),
        Misconception(
            "a column of zeros is divided by its length",
            "see what a constant column becomes when it is centred, and which divisor your "
            "update has for it.",
            "One coordinate at a time",
            _fit_dividing_by_zero,
            recognise=_is_nan_for_a_constant_column,
        ),
        Misconception(
            "all coordinates move at once, each by its full step",
            "print J after every round: it must never rise. Which values of the other w does an "
            "update see?",
            "One coordinate at a time",
            _after(60, at_once=True),
            recognise=_all_at_once,
        ),
        Misconception(
            *_EARLY,
            _after(3, at_once=False),
            recognise=_too_early,
        ),
    ),
)


# --- elastic_net_fit ---


def _elastic_net(X, y, lam, l1_ratio):
    return _centred(X, y, *_strengths(lam, l1_ratio))


def _elastic_net_cases(rng: np.random.Generator) -> list[Case]:
    typical, ends, edges, alike = _ELASTIC_NET_RUBRIC
    lasso, ridge = "with ρ = 1 the answer is the lasso's", "with ρ = 0 the answer is ridge's"
    twins = "two equal columns have equal coefficients: no other split has as small a J"
    far = "the minimum is reached, also where it takes many sweeps to get there"

    def draw(n, p, share, l1_ratio, whole=False):
        """Arguments with λρ (at ρ = 0: λ) at about this share of the lasso's λ_max."""
        while True:
            X, y = _rows(rng, n, p, whole), _answers(rng, n, whole)
            lam = share * _lambda_max(X, y) / (l1_ratio or 1)
            if _lambda_max(X, y) > 1.2:
                return X, y, max(1, int(lam)) if whole else round(lam, 2), l1_ratio

    constant = draw(6, 3, 0.2, 0.6)
    constant[0][:, 1] = 3.0
    X, y, lam, _ = draw(5, 1, 0.2, 0.7)
    return [
        Case(typical, "three rows, one feature", draw(3, 1, 0.3, 0.7)),
        Case(typical, "six rows, two features", draw(6, 2, 0.2, 0.3)),
        Case(typical, "nine rows, three features", draw(9, 3, 0.1, 0.8)),
        Case(typical, "twelve rows, five features", draw(12, 5, 0.2, 0.4)),
        Case(ends, "ρ = 1", draw(7, 3, 0.3, 1.0), lasso),
        Case(ends, "ρ = 0", draw(7, 3, 0.3, 0.0), ridge),
        Case(ends, "ρ = 0, a whole number", draw(5, 2, 0.4, 0), ridge),
        Case(edges, "a constant column", constant),
        Case(edges, "the same column twice", (np.hstack([X, X]), y, lam, 0.7), twins),
        Case(edges, "more features than rows", draw(4, 6, 0.3, 0.8)),
        Case(edges, "whole numbers", draw(7, 2, 0.5, 0.8, whole=True)),
        Case(alike, "three features that are alike", (*_alike(rng), 0.06, 0.9), far),
        Case(alike, "the same, other rows", (*_alike(rng, 10), 0.2, 0.8), far),
    ]


_ELASTIC_NET_RUBRIC = {
    "typical cases": 3,
    "ρ = 1 and ρ = 0": 1,
    "a constant column, equal columns, whole numbers, p > n": 1,
    "features that are alike: run until it is there": 1,
}


def _elastic_net_rescaled(X, y, lam, l1_ratio):
    w, _ = _elastic_net(X, y, lam, l1_ratio)
    return _with_intercept(X, y, w * (1 + lam * (1 - l1_ratio)))


_ELASTIC_NET = Entry(
    name="lasso.elastic_net_fit",
    returns=("w", "b"),
    must="no other w and b have a smaller J, in which ρ is the share of L1",
    reference=_elastic_net,
    cases=_elastic_net_cases,
    rubric=_ELASTIC_NET_RUBRIC,
    section="Elastic net: both penalties",
    builds_on=("lasso.lasso_fit",),
    example=(
        np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]]),
        np.array([5.5, 4.5, 1.5, 0.5]),
        0.5,
        0.5,
    ),
    compare=_fits_agree,
    misconceptions=(
        Misconception(
            *_PENALISED,
            lambda X, y, lam, rho: _penalised(X, y, *_strengths(lam, rho)),
            chapter=_RIDGE,
        ),
        Misconception(
            *_UNCENTRED,
            lambda X, y, lam, rho: _with_intercept(X, y, _minimise(X, y, *_strengths(lam, rho))),
            recognise=_uncentred,
        ),
        Misconception(
            "ρ and 1 − ρ are swapped",
            "ask of your code which fit it gives at ρ = 1, and compare that with `lasso_fit`.",
            "Elastic net: both penalties",
            lambda X, y, lam, rho: _centred(X, y, *_strengths(lam, 1 - rho)),
        ),
        Misconception(
            "the half of the L2 part is lost",
            "differentiate the L2 part with its ½, and see what stands in the denominator then.",
            "Elastic net: both penalties",
            lambda X, y, lam, rho: _centred(X, y, lam * rho, 2 * lam * (1 - rho)),
        ),
        Misconception(
            "λ is multiplied by n",
            "repeat every row of the data once: J stays as it is, so your w must too. Is your "
            "update written with means or with sums?",
            "Elastic net: both penalties",
            lambda X, y, lam, rho: _centred(X, y, *_strengths(len(y) * lam, rho)),
        ),
        Misconception(
            "the threshold is λ, not the share of it that L1 has",
            "ask what is left of the L1 part of J at ρ = 0, and what your threshold is there.",
            "Elastic net: both penalties",
            lambda X, y, lam, rho: _centred(X, y, lam, lam * (1 - rho)),
        ),
        Misconception(
            "w is stretched by 1 + λ(1 − ρ) at the end, as the first paper does",
            "evaluate J at your w before and after the last step.",
            "Elastic net: both penalties",
            _elastic_net_rescaled,
        ),
        Misconception(
            *_EARLY,
            _after(3, at_once=False),
            recognise=_too_early,
        ),
    ),
)


ASSIGNMENT = Assignment(
    name="lasso",
    chapter="Lasso, and L1 against L2",
    available=("check", "data", "widgets.tune"),
    entries=(_SOFT, _OBJECTIVE, _LAMBDA_MAX, _UPDATE, _KKT, _FIT, _ELASTIC_NET),
)
