"""How far a point is from meeting the lasso's optimality conditions."""

import numpy as np

import reglib
from reglib.checks.entry import Case, Entry
from reglib.exercises import draws
from reglib.exercises.choices import as_choices, factors, residuals
from reglib.exercises.lasso.lambda_max import lambda_max


def kkt_violation(w, b, X, y, lam):
    return reglib.kkt_violation(w, b, X, y, lam)


def _violations(w, b, X, y, lam):
    """How much each condition fails, those of w first and that of b last."""
    residual = y - b - X @ w
    gradient = -X.T @ residual / len(y)
    v = np.where(w == 0, np.abs(gradient) - lam, np.abs(gradient + lam * np.sign(w)))
    return np.append(v, abs(residual.mean()))


RUBRIC = {
    "features that are in": 1,
    "features that are out": 1,
    "the intercept": 1,
    "a tiny weight is not zero": 1,
    "λ = 0, whole numbers, p > n": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    inside, outside, intercept, tiny, edges = RUBRIC
    held = "a feature with w_j = 0 may have any covariance within ±λ"
    met = "where all conditions are met the answer is 0"
    free = "b is free, so the residuals must have mean zero"
    exact = "w_j = 0 means exactly 0: a tiny w_j is in, and held to the equation"

    def draw(n, p, zeros, where, small=(), whole=False, lam=None, sign=0, side=0):
        """A point that violates the condition at `where` most, and others by less.

        `sign` is that of the w at `where`, or of its gradient if w is zero, and `side` that of the
        gradient times w, or of that of b: 0 if they do not matter.
        """
        while True:
            X, y = draws.problem(rng, n, p, whole, cond=10)
            if where == p:  # else a wrong b would show in the other conditions even more
                X = (0.3 * (X - X.mean(axis=0))).round(1) + 0.1
            w, _ = draws.point(rng, p, whole, falling=True)
            w[list(zeros)] = 0
            for j in small:
                w[j] = np.sign(w[j]) * 1e-12
            off = (side or rng.choice([-1, 1])) * rng.uniform(3, 6) if where == p else 0.2
            b = np.mean(y - X @ w) + off
            b = int(b) if whole else float(round(b, 1))
            strength = draws.penalty(rng) if lam is None else lam
            v = _violations(w, b, X, y, strength)
            rest = np.delete(v, where)
            if not (v[where] > 0.2 and v[where] > rest.max() + 0.05 and rest.max() > 0.05):
                continue
            if whole and abs(v[where] - v[where].round()) < 0.1:
                continue
            rounded = _violations(np.where(np.abs(w) < 1e-6, 0, w), b, X, y, strength).max()
            if small and rounded >= v[where] - 0.05:
                continue
            if where < p:
                slope = -X[:, where] @ (y - b - X @ w)
                if side * slope * w[where] < 0:
                    continue
                if sign * (w[where] or slope) < 0:  # the same with both turned round
                    X[:, where], w[where] = -X[:, where], -w[where] + 0.0
            return w, b, X, y, strength

    X, y = draws.problem(rng, 4, 2, cond=4)
    solved = np.zeros(2), float(y.mean()), X, y, round(1.2 * lambda_max(X, y) + 0.1, 2)
    return [
        Case(inside, "a point that meets all conditions", _solved(rng), met),
        Case(inside, "four rows, one feature", draw(4, 1, [], 0, sign=-1, side=1)),
        Case(inside, "five rows, two features", draw(5, 2, [1], 0, sign=1, side=-1)),
        Case(inside, "eight rows, four features", draw(8, 4, [0, 2], 3, sign=1, side=1)),
        Case(inside, "seven rows, two features", draw(7, 2, [0], 1, sign=-1, side=-1)),
        Case(outside, "one feature, which is out", draw(3, 1, [0], 0, sign=1), held),
        Case(outside, "six rows, three features", draw(6, 3, [0, 2], 2, sign=-1), held),
        Case(outside, "all zero, λ above λ_max", solved, held),
        Case(outside, "nine rows, four features", draw(9, 4, [0, 1, 3], 0), held),
        Case(intercept, "three rows, one feature", draw(3, 1, [], 1, side=1), free),
        Case(intercept, "six rows, three features", draw(6, 3, [1], 3, side=-1), free),
        Case(intercept, "five rows, two features", draw(5, 2, [0], 2, side=-1), free),
        Case(tiny, "a tiny weight", draw(5, 2, [], 1, small=[1]), exact),
        Case(edges, "λ = 0", draw(5, 2, [1], 0, lam=0.0)),
        Case(edges, "more features than rows", draw(3, 5, [1, 2], 4)),
        Case(edges, "whole numbers", draw(5, 2, [1], 0, whole=True, lam=1)),
    ]


def _solved(rng):
    """A point that meets all conditions, with features in and out."""
    X = np.array([[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) * rng.choice([2, 4])
    X, a = X + rng.integers(1, 5, 3), float(X[0, 0] ** 2)
    lam, w = draws.penalty(rng), np.array([1.5, 0.0, -0.5]) * rng.choice([-1, 1])
    # The columns are not correlated, so each covariance is that of its own feature alone.
    pull = np.array([np.sign(w[0]) * lam, rng.choice([-0.5, 0.5]) * lam, np.sign(w[2]) * lam])
    y = X @ w + (X - X.mean(axis=0)) @ (pull / a) + 3.0
    return w, 3.0, X, y, lam


def _formula(
    w,
    b,
    X,
    y,
    lam,
    *,
    residual=lambda y, X, w, b: y - b - X @ w,
    loss=lambda n: 1.0,
    strength=lambda lam, n: lam,
    zero=lambda w: w == 0,
    inside=lambda g, w, lam: np.abs(g + lam * np.sign(w)),
    outside=lambda g, lam: np.maximum(np.abs(g) - lam, 0),
    of_b=lambda r, b, lam: abs(r.mean()),
    join=max,
):
    """`zero` says which w are held to `outside`, the condition on a w_j of zero."""
    n, r, lam = len(y), residual(y, X, w, b), strength(lam, len(y))
    g = -loss(n) * (X.T @ r / n).T
    v = np.where(zero(w), outside(g, lam), inside(g, w, lam))
    return float(join([*v.ravel(), loss(n) * of_b(r, b, lam)]))


_KINK = "ask which slopes |w_j| has at its kink, and which covariances they allow."
_SLOPES = (
    "take one feature and a w a little above zero: the loss wants it larger, the penalty smaller. "
    "With which sign do the two slopes meet?"
)
_TINY = "ask whether |w_j| has a kink at w_j = 0.001, however small that is."
_OF_B = "add 1000 to b, then take 1000 away: both fits are useless, so both answers must be large."
_WORST = (
    "ask for one number that is small only if the worst of all conditions is nearly met, however "
    "many features there are."
)
_SIZE = "write down the slope of λ|w_j| at w_j = 3 and at w_j = −3: what does it depend on?"
_SECTION = "kkt-conditions"
CHOICES = {
    "residual": residuals(_SECTION),
    "loss": as_choices(
        (
            "the half in front of the loss is forgotten",
            "differentiate the loss with its factor 1/(2n) in front, and see what becomes of the "
            "2 that the squares bring down.",
            _SECTION,
            lambda n: 2.0,
        ),
        (
            "the gradient is summed over the rows, not averaged",
            "repeat every row of the data once: J stays as it is, so your answer must too.",
            _SECTION,
            lambda n: float(n),
        ),
        *(
            (choice.name, choice.advice, choice.section, choice.value)
            for choice in factors("the gradient of the loss", _SECTION, _SLOPES, halved=False)
            if choice.value(7) not in (2.0, 7.0, -1.0)
        ),
    ),
    "strength": as_choices(
        ("λ is ignored", _SIZE, _SECTION, lambda lam, n: 0.0),
        ("λ is halved", _SIZE, _SECTION, lambda lam, n: lam / 2),
        ("λ is doubled", _SIZE, _SECTION, lambda lam, n: 2 * lam),
        ("λ is multiplied by n", _SIZE, "lambda-and-n", lambda lam, n: n * lam),
        ("λ is divided by n", _SIZE, "lambda-and-n", lambda lam, n: lam / n),
        ("λ is squared", _SIZE, _SECTION, lambda lam, n: lam**2),
        ("1 stands for λ", _SIZE, _SECTION, lambda lam, n: 1.0),
    ),
    "zero": as_choices(
        ("small counts as zero", _TINY, _SECTION, lambda w: np.abs(w) < 1e-6),
        (
            "every w_j is treated as if it were zero",
            _KINK,
            _SECTION,
            lambda w: np.full(w.shape, True),
        ),
        ("every negative w_j is treated as if it were zero", _SLOPES, _SECTION, lambda w: w <= 0),
        ("every positive w_j is treated as if it were zero", _SLOPES, _SECTION, lambda w: w >= 0),
        ("the two conditions are exchanged", _KINK, _SECTION, lambda w: w != 0),
    ),
    "inside": as_choices(
        (
            "the penalty enters the equation with the wrong sign",
            _SLOPES,
            _SECTION,
            lambda g, w, lam: np.abs(g - lam * np.sign(w)),
        ),
        (
            "the equation compares sizes, and not the sign of w_j",
            _SLOPES,
            _SECTION,
            lambda g, w, lam: np.abs(np.abs(g) - lam),
        ),
        (
            "every sign is taken to be positive",
            _SLOPES,
            _SECTION,
            lambda g, w, lam: np.abs(g + lam),
        ),
        (
            "the slope of the penalty is λw_j, as in ridge",
            _SIZE,
            _SECTION,
            lambda g, w, lam: np.abs(g + lam * w),
        ),
        (
            "the slope of the penalty is λ|w_j|",
            _SIZE,
            _SECTION,
            lambda g, w, lam: np.abs(g + lam * np.abs(w)),
        ),
        (
            "the equation fails on one side only, without an absolute value",
            _SLOPES,
            _SECTION,
            lambda g, w, lam: g + lam * np.sign(w),
        ),
        (
            "the equation fails on one side only, with its sign turned",
            _SLOPES,
            _SECTION,
            lambda g, w, lam: -g - lam * np.sign(w),
        ),
        ("λ is left out of the equation", _SLOPES, _SECTION, lambda g, w, lam: np.abs(g)),
        ("the features that are in are not looked at", _KINK, _SECTION, lambda g, w, lam: 0 * g),
    ),
    "outside": as_choices(
        ("zeros are held to the equation", _KINK, _SECTION, lambda g, lam: np.abs(g)),
        (
            "zeros must have a covariance of exactly ±λ",
            _KINK,
            _SECTION,
            lambda g, lam: np.abs(np.abs(g) - lam),
        ),
        (
            "zeros are held to the equation of a positive w_j",
            _KINK,
            _SECTION,
            lambda g, lam: np.abs(g + lam),
        ),
        (
            "the whole covariance counts where it exceeds λ",
            _KINK,
            _SECTION,
            lambda g, lam: np.where(np.abs(g) > lam, np.abs(g), 0),
        ),
        (
            "a covariance below −λ is overlooked",
            _KINK,
            _SECTION,
            lambda g, lam: np.maximum(-g - lam, 0),
        ),
        (
            "a covariance above λ is overlooked",
            _KINK,
            _SECTION,
            lambda g, lam: np.maximum(g - lam, 0),
        ),
        (
            "zeros fail where the covariance is within ±λ",
            _KINK,
            _SECTION,
            lambda g, lam: np.maximum(lam - np.abs(g), 0),
        ),
        ("the features that are out are not looked at", _KINK, _SECTION, lambda g, lam: 0 * g),
    ),
    "of_b": as_choices(
        (
            "the condition on b is missing",
            "add 1000 to b: the fit is now useless, so your answer must be large.",
            _SECTION,
            lambda r, b, lam: 0.0,
        ),
        (
            "b is penalised",
            _OF_B,
            "unpenalised-intercept",
            lambda r, b, lam: abs(-r.mean() + lam * np.sign(b)),
        ),
        ("a mean residual below zero is overlooked", _OF_B, _SECTION, lambda r, b, lam: r.mean()),
        ("a mean residual above zero is overlooked", _OF_B, _SECTION, lambda r, b, lam: -r.mean()),
        (
            "the residuals are summed, not averaged, in the condition on b",
            _OF_B,
            _SECTION,
            lambda r, b, lam: abs(r.sum()),
        ),
        (
            "the absolute residuals are averaged in the condition on b",
            _OF_B,
            _SECTION,
            lambda r, b, lam: np.abs(r).mean(),
        ),
        (
            "the largest residual stands for their mean",
            _OF_B,
            _SECTION,
            lambda r, b, lam: np.abs(r).max(),
        ),
        (
            "λ is subtracted from the mean residual",
            _OF_B,
            "unpenalised-intercept",
            lambda r, b, lam: abs(r.mean()) - lam,
        ),
        ("the mean residual is squared", _OF_B, _SECTION, lambda r, b, lam: r.mean() ** 2),
    ),
    "join": as_choices(
        ("the violations are added up", _WORST, _SECTION, sum),
        ("the violations are averaged", _WORST, _SECTION, np.mean),
        ("the length of all violations is taken", _WORST, _SECTION, np.linalg.norm),
        (
            "the squares of the violations are added up",
            _WORST,
            _SECTION,
            lambda v: np.sum(np.square(v)),
        ),
        ("the smallest violation is taken", _WORST, _SECTION, min),
        ("the last violation stands for all", _WORST, _SECTION, lambda v: v[-1]),
        ("the first violation stands for all", _WORST, _SECTION, lambda v: v[0]),
        (
            "the largest violation of w and that of b are added",
            _WORST,
            _SECTION,
            lambda v: max(v[:-1]) + v[-1],
        ),
    ),
}


ENTRY = Entry(
    name="lasso.kkt_violation",
    place=5,
    returns=("violation",),
    must=(
        "it is the largest amount by which a condition fails: that of b, that of each w_j ≠ 0, "
        "that of each w_j = 0; and 0 if none fails"
    ),
    reference=kkt_violation,
    cases=cases,
    rubric=RUBRIC,
    section="kkt-conditions",
    example=(
        np.array([1.0, 0.0]),
        3.0,
        np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]]),
        np.array([5.5, 4.5, 1.5, 0.5]),
        0.75,
    ),
    formula=_formula,
    choices=CHOICES,
)
