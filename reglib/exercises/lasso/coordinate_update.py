"""One step of coordinate descent for the lasso."""

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws
from reglib.exercises.choices import as_choices, inherited
from reglib.exercises.lasso.soft_threshold import ENTRY as THRESHOLD
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
    A = rng.normal(0, 2 if whole else 1.5, (n, p))
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
    fresh = "the new w_j is found in the same way when the old one is zero"

    def draw(n, p, j, share, sign=0, whole=False, out=False):
        """Arguments with |c_j| · share about λ, so that share < 1 keeps the feature in.

        With `out`, the old w_j is zero.
        """
        while True:
            X, y = _balanced(rng, n, p, whole), _balanced(rng, n, 1, whole)[:, 0]
            y = y + (X[:, j] * (2 if whole else 1.5)).astype(X.dtype).round(1) * (sign or 1)
            w = draws.point(rng, p, whole, falling=True)[0]
            w[j] = 0 if out else w[j]
            s = np.linalg.svd(X, compute_uv=False)[: min(n - 1, p)]
            c, a = _parts(j, w, X, y)
            lam = int(share * abs(c)) if whole else round(float(share * abs(c)), 2)
            if s[-1] <= 0.5 or s[0] > 10 * s[-1] or not 1.3 < a < (9 if whole else 3):
                continue
            new = coordinate_update(j, w, X, y, lam)
            clear = (lam > 0 or share == 0) and abs(abs(c) - lam) > 0.1 and sign * c >= 0
            # Where λ is no edge of its own, dividing before the threshold leaves something; and
            # what is cut to a whole number is neither right nor zero.
            telling = share > 0.35 or abs(c) / a > lam + 0.1
            cut = not whole or (abs(new) > 1 and abs(new - round(new)) > 0.1)
            if clear and telling and cut:
                return j, w, X, y, lam

    j, w, X, y, lam = draw(4, 2, 1, 0.3)
    X[:, 1] = 0.0
    return [
        Case(typical, "three rows, one feature", draw(3, 1, 0, 0.2)),
        Case(typical, "four rows, two features", draw(4, 2, 1, 0.2, sign=-1)),
        Case(typical, "six rows, three features", draw(6, 3, 0, 0.1, sign=-1)),
        Case(typical, "eight rows, four features", draw(8, 4, 2, 0.25, sign=1)),
        Case(typical, "a w_j that is zero", draw(7, 3, 1, 0.15, sign=-1, out=True), fresh),
        Case(edge, "a covariance within ±λ", draw(4, 2, 1, 1.3), within),
        Case(edge, "a negative covariance within ±λ", draw(5, 3, 1, 1.5, sign=-1), within),
        Case(edge, "a covariance just beyond λ", draw(5, 2, 0, 0.8)),
        Case(edge, "a column of zeros", (j, w, X, y, lam), idle),
        Case(others, "λ = 0", draw(4, 2, 0, 0.0)),
        Case(others, "more features than rows", draw(3, 4, 3, 0.25)),
        Case(others, "whole numbers", draw(5, 2, 1, 0.3, whole=True)),
    ]


def formula(
    j,
    w,
    X,
    y,
    lam,
    *,
    column=lambda j, p: j,
    residual=lambda y, X, w, j: y - X @ w + X[:, j] * w[j],
    mean=lambda n, p: 1 / n,
    strength=lambda lam, n, p, a: lam,
    shrink=soft_threshold,
    divisor=lambda x, lam: x @ x / len(x),
    empty=lambda w_j: 0.0,
):
    """`mean` is what makes c_j of a sum, and `empty` what becomes of a column of zeros."""
    (n, p), j = X.shape, column(j, X.shape[1])
    x = X[:, j]
    if not x.any():
        return empty(w[j])
    c = x @ residual(y, X, w, j) * mean(n, p)
    return shrink(c, strength(lam, n, p, x @ x / n)) / divisor(x, lam)


def _whole_w(j, w, X, y, lam):
    w = np.array(w, dtype=float)
    w[j] = coordinate_update(j, w, X, y, lam)
    return w


def _dividing_by_zero(j, w, X, y, lam):
    c, a = _parts(j, w, X, y)
    return soft_threshold(c, lam) / np.float64(a)


def _is_a_division_by_zero(args, value):
    """Whether no number came out for a column of zeros."""
    j, _, X, *_ = args
    return bool(not X[:, j].any() and not np.isfinite(value).any())


def _zero_on(side):
    """Recognise that 0 came out for every covariance on one side."""

    def recognise(args, value):
        j, w, X, y, lam = args
        return bool(side * _parts(j, w, X, y)[0] > lam and value == 0)

    return recognise


_OWN = (
    "the best w_j does not depend on the w_j that you have now: change it, and see whether your "
    "answer stays."
)
_OTHERS = (
    "change the weight of another, similar feature: what is left for this one to explain must "
    "change."
)
_ROWS = "repeat every row of the data once: J stays as it is, so your answer must too."
_PENCIL = "with one feature, minimise J with a pencil, and see whether λ is divided as well."
_LEAST = "with λ = 0 and one feature you should have least squares: see what is missing."
_STRENGTH = "with one feature, take λ = 0 and then a larger λ: by how much must a·w_j fall?"
_INDEX = "call it with j = 0 for two features, and print the column that you use."
_ZEROS = "see what your divisor is for such a column, and answer before you divide."
_SECTION = "coordinate-descent"
SAID_OTHERWISE = (  # of whole fits: a single sweep from zero, and a penalty
    "only the features before j are in the residual",
    "only the features after j are in the residual",
    "λ is added to a_j, as in ridge",
    "in the threshold: u has the opposite sign of z",
)
OF_ITS_LENGTH = (  # strengths that depend on the column
    "the division comes before the threshold",
    "λ is divided by a_j, and the result once more",
)
_SHRINKING = (  # what no other place of this formula says
    "the threshold goes past zero",
    "negative z is moved",
    "positive z is moved",
    "the sign of z",
    "u has the opposite sign",
    "z within",
    "z is cut off",
    "z is divided",
    "z becomes ±t",
)
CHOICES = {
    "residual": as_choices(
        ("feature j's own part is not put back", _OWN, _SECTION, lambda y, X, w, j: y - X @ w),
        (
            "feature j's own part is put back as if its column had variance 1",
            "the best w_j does not depend on the w_j that you have now: change it, and see "
            "whether your answer stays. What does one unit of w_j add to the covariance?",
            _SECTION,
            lambda y, X, w, j: y - X @ w + X[:, j] * w[j] / np.mean(X[:, j] ** 2),
        ),
        (
            "feature j's own part is put back as a sum over the rows, not a mean",
            _OWN,
            _SECTION,
            lambda y, X, w, j: y - X @ w + len(y) * X[:, j] * w[j],
        ),
        (
            "feature j's own part is put back without its w_j",
            _OWN,
            _SECTION,
            lambda y, X, w, j: y - X @ w + X[:, j],
        ),
        (
            "feature j's own part is taken away twice, not put back",
            _OWN,
            _SECTION,
            lambda y, X, w, j: y - X @ w - X[:, j] * w[j],
        ),
        (
            "the other features are left out of the residual",
            _OTHERS,
            _SECTION,
            lambda y, X, w, j: y,
        ),
        (
            "only feature j is in the residual",
            _OTHERS,
            _SECTION,
            lambda y, X, w, j: y - X[:, j] * w[j],
        ),
        (
            "only the features before j are in the residual",
            _OTHERS,
            _SECTION,
            lambda y, X, w, j: y - X[:, :j] @ w[:j],
        ),
        (
            "only the features after j are in the residual",
            _OTHERS,
            _SECTION,
            lambda y, X, w, j: y - X[:, j + 1 :] @ w[j + 1 :],
        ),
        (
            "the other features are added to y, not subtracted",
            _OTHERS,
            _SECTION,
            lambda y, X, w, j: y + X @ w - X[:, j] * w[j],
        ),
        (
            "the residual is the prediction less y, and the sign stays turned",
            _LEAST,
            _SECTION,
            lambda y, X, w, j: X @ w - X[:, j] * w[j] - y,
        ),
        (
            "the residual is the prediction less y, and feature j's part is added to that",
            _LEAST,
            _SECTION,
            lambda y, X, w, j: X @ w - y + X[:, j] * w[j],
        ),
        (
            "y is left out of the residual",
            _LEAST,
            _SECTION,
            lambda y, X, w, j: X[:, j] * w[j] - X @ w,
        ),
    ),
    "mean": as_choices(
        ("c_j is a sum over the rows, and a_j a mean", _ROWS, _SECTION, lambda n, p: 1.0),
        ("c_j has the divisor n − 1", _ROWS, _SECTION, lambda n, p: 1 / (n - 1)),
        ("c_j is divided by n twice", _ROWS, _SECTION, lambda n, p: 1 / n**2),
        ("c_j is twice what it should be", _LEAST, _SECTION, lambda n, p: 2 / n),
        ("c_j is half of what it should be", _LEAST, _SECTION, lambda n, p: 0.5 / n),
        ("c_j is divided by the number of features", _ROWS, _SECTION, lambda n, p: 1 / p),
    ),
    "strength": as_choices(
        (
            "the division comes before the threshold",
            _PENCIL,
            _SECTION,
            lambda lam, n, p, a: lam * a,
        ),
        (
            "λ is divided by a_j, and the result once more",
            _PENCIL,
            _SECTION,
            lambda lam, n, p, a: lam / a,
        ),
        (
            "λ is compared with a sum over the rows, not with a mean",
            _ROWS,
            _SECTION,
            lambda lam, n, p, a: lam / n,
        ),
        ("the threshold is nλ, and c_j a mean", _ROWS, _SECTION, lambda lam, n, p, a: n * lam),
        ("the threshold is λ/2", _STRENGTH, _SECTION, lambda lam, n, p, a: lam / 2),
        ("the threshold is 2λ", _STRENGTH, _SECTION, lambda lam, n, p, a: 2 * lam),
        ("the threshold is λ/(2n)", _ROWS, _SECTION, lambda lam, n, p, a: lam / (2 * n)),
        ("the threshold is 2λ/n", _ROWS, _SECTION, lambda lam, n, p, a: 2 * lam / n),
        ("λ is ignored", _STRENGTH, _SECTION, lambda lam, n, p, a: 0.0),
        ("λ is squared", _STRENGTH, _SECTION, lambda lam, n, p, a: lam**2),
        ("the root of λ is taken", _STRENGTH, _SECTION, lambda lam, n, p, a: np.sqrt(lam)),
        (
            "λ is divided by the number of features",
            _STRENGTH,
            _SECTION,
            lambda lam, n, p, a: lam / p,
        ),
        ("λ has the wrong sign", _STRENGTH, _SECTION, lambda lam, n, p, a: -lam),
    ),
    "shrink": (
        *as_choices(
            (
                "the threshold is hard",
                "look at a covariance just above λ: by how much should it still be moved?",
                "soft-threshold",
                lambda c, t: c if abs(c) > t else 0.0,
            ),
        ),
        *inherited(THRESHOLD, "in the threshold: ", _SHRINKING),
    ),
    "divisor": as_choices(
        ("the division is left out", _LEAST, _SECTION, lambda x, lam: 1.0),
        ("a_j is a sum over the rows, and c_j a mean", _ROWS, _SECTION, lambda x, lam: x @ x),
        ("a_j has the divisor n − 1", _ROWS, _SECTION, lambda x, lam: x @ x / (len(x) - 1)),
        (
            "the root of a_j stands for a_j",
            _LEAST,
            _SECTION,
            lambda x, lam: np.sqrt(x @ x / len(x)),
        ),
        (
            "the length of the column stands for a_j",
            _LEAST,
            _SECTION,
            lambda x, lam: np.linalg.norm(x),
        ),
        ("a_j is squared", _LEAST, _SECTION, lambda x, lam: (x @ x / len(x)) ** 2),
        (
            "the result is multiplied by a_j, not divided",
            _LEAST,
            _SECTION,
            lambda x, lam: len(x) / (x @ x),
        ),
        ("n stands for a_j", _LEAST, _SECTION, lambda x, lam: len(x)),
        (
            "λ is added to a_j, as in ridge",
            _STRENGTH,
            "elastic-net",
            lambda x, lam: x @ x / len(x) + lam,
        ),
        ("1 + λ stands for a_j", _STRENGTH, "elastic-net", lambda x, lam: 1 + lam),
        ("1 is added to a_j", _LEAST, _SECTION, lambda x, lam: x @ x / len(x) + 1),
    ),
    "column": as_choices(
        ("the features are counted from 1", _INDEX, _SECTION, lambda j, p: j - 1),
        ("the next feature stands for feature j", _INDEX, _SECTION, lambda j, p: (j + 1) % p),
        ("the first feature stands for feature j", _INDEX, _SECTION, lambda j, p: 0),
        ("the last feature stands for feature j", _INDEX, _SECTION, lambda j, p: p - 1),
    ),
    "empty": as_choices(
        ("w_j stays as it was where its column is zero", _ZEROS, _SECTION, lambda w_j: w_j),
    ),
}


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
            "a column of zeros is divided by its length",
            _ZEROS,
            _SECTION,
            _dividing_by_zero,
            recognise=_is_a_division_by_zero,
        ),
        Misconception(
            "every negative covariance gives zero",
            "turn the sign of the column round: w_j should change its sign, and nothing else.",
            "soft-threshold",
            lambda *args: max(coordinate_update(*args), 0.0),
            recognise=_zero_on(-1),
        ),
        Misconception(
            "every positive covariance gives zero",
            "turn the sign of the column round: w_j should change its sign, and nothing else.",
            "soft-threshold",
            lambda *args: min(coordinate_update(*args), 0.0),
            recognise=_zero_on(1),
        ),
        Misconception(
            "the whole w is returned, not its entry j",
            "print the shape of what you return: it should be a single number.",
            _SECTION,
            _whole_w,
        ),
        Misconception(
            "the change of w_j is returned, not the new w_j",
            _OWN,
            _SECTION,
            lambda j, w, X, y, lam: coordinate_update(j, w, X, y, lam) - w[j],
        ),
        Misconception(
            "the old w_j is added to the new one",
            _OWN,
            _SECTION,
            lambda j, w, X, y, lam: coordinate_update(j, w, X, y, lam) + w[j],
        ),
    ),
    formula=formula,
    choices=CHOICES,
)
