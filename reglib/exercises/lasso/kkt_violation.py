"""How far a point is from meeting the lasso's optimality conditions."""

import numpy as np

import reglib
from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws
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
    free = "b is free, so the residuals must have mean zero"
    exact = "w_j = 0 means exactly 0: a tiny w_j is in, and held to the equation"

    def draw(n, p, zeros, where, small=(), whole=False, lam=None):
        """A point that violates the condition at `where` most, and others by less."""
        while True:
            X, y = draws.problem(rng, n, p, whole, cond=10)
            if where == p:  # else a wrong b would show in the other conditions even more
                X = (0.3 * (X - X.mean(axis=0))).round(1) + 0.1
            w, _ = draws.point(rng, p, whole, falling=True)
            w[list(zeros)] = 0
            for j in small:
                w[j] = np.sign(w[j]) * 1e-12
            off = rng.uniform(3, 6) if where == p else 0.2
            b = np.mean(y - X @ w) + rng.choice([-1, 1]) * off
            b = int(b) if whole else float(round(b, 1))
            strength = draws.penalty(rng) if lam is None else lam
            v = _violations(w, b, X, y, strength)
            rest = np.delete(v, where)
            rounded = _violations(np.where(np.abs(w) < 1e-6, 0, w), b, X, y, strength).max()
            matters = not small or rounded < v[where] - 0.05
            if v[where] > 0.2 and v[where] > rest.max() + 0.05 and rest.max() > 0.05 and matters:
                return w, b, X, y, strength

    X, y = draws.problem(rng, 4, 2, cond=4)
    solved = np.zeros(2), float(y.mean()), X, y, round(1.2 * lambda_max(X, y) + 0.1, 2)
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


def _of_a_square(w, b, X, y, lam):
    residual = y - (X @ w[:, None] + b)
    gradient, w = -X.T @ residual / len(y), w[:, None]
    v = np.where(w == 0, np.abs(gradient) - lam, np.abs(gradient + lam * np.sign(w)))
    return max(v.max(), abs(residual.mean()), 0.0)


def _with(loss=lambda n: 1.0, sign=1.0, zero=0.0, b_counts=True, join=np.max):
    """A violation with wrong factors: on the gradient of the loss or on the sign of w."""

    def wrong(w, b, X, y, lam):
        residual = y - b - X @ w
        gradient = -loss(len(y)) * X.T @ residual / len(y)
        equation = np.abs(gradient + sign * lam * np.sign(w))
        out = np.maximum(np.abs(gradient) - lam, 0)
        v = np.where(np.abs(w) <= zero, out, equation)
        return float(join([*v, loss(len(y)) * abs(residual.mean()) * b_counts]))

    return wrong


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
    misconceptions=(
        Misconception(
            "subtracting an (n, 1) from an (n,) makes an (n, n) array",
            "print the shapes of y, of your prediction and of their difference: each should have "
            "one number per row.",
            "kkt-conditions",
            _of_a_square,
        ),
        Misconception(
            "zeros are held to the equation",
            "ask which slopes |w_j| has at its kink, and which covariances they allow.",
            "kkt-conditions",
            _with(zero=-1.0),
        ),
        Misconception(
            "the condition on b is missing",
            "add 1000 to b: the fit is now useless, so your answer must be large.",
            "kkt-conditions",
            _with(b_counts=False),
        ),
        Misconception(
            "small counts as zero",
            "ask whether |w_j| has a kink at w_j = 0.001, however small that is.",
            "kkt-conditions",
            _with(zero=1e-6),
        ),
        Misconception(
            "the gradient is summed over the rows, not averaged",
            "repeat every row of the data once: J stays as it is, so your answer must too.",
            "kkt-conditions",
            _with(loss=lambda n: n),
        ),
        Misconception(
            "the penalty enters the equation with the wrong sign",
            "take one feature and a w a little above zero: the loss wants it larger, the penalty "
            "smaller. With which sign do the two slopes meet?",
            "kkt-conditions",
            _with(sign=-1.0),
        ),
        Misconception(
            "the violations are added up",
            "ask for one number that is small only if the worst of all conditions is nearly met, "
            "however many features there are.",
            "kkt-conditions",
            _with(join=np.sum),
        ),
        Misconception(
            "the half in front of the loss is forgotten",
            "differentiate the loss with its factor 1/(2n) in front, and see what becomes of the "
            "2 that the squares bring down.",
            "kkt-conditions",
            _with(loss=lambda n: 2.0),
        ),
    ),
)
