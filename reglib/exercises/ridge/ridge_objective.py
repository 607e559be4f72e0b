"""Ridge's objective at one point: the loss and its penalty."""

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws


def at_a_point(rng: np.random.Generator, n: int, p: int, lam: float) -> tuple:
    """Draw the arguments (w, b, X, y, lam) of the objective and its gradient."""
    return *draws.point(rng, p), *draws.problem(rng, n, p, least=0), lam


def whole_at_a_point(rng: np.random.Generator, n: int, p: int) -> tuple:
    w, b = draws.point(rng, p, whole=True)
    X, y = draws.problem(rng, n, p, whole=True, least=0)
    return w, abs(b), X, y, 2


EXAMPLE = (
    np.array([2.0, -1.0]),
    1.0,
    np.array([[1.0, 0.0], [0.0, 2.0]]),
    np.array([4.0, 1.0]),
    0.2,
)


def ridge_objective(w, b, X, y, lam):
    residual = y - b - X @ w
    return float(residual @ residual / (2 * len(y)) + lam / 2 * w @ w)


RUBRIC = {
    "loss plus penalty": 1,
    "λ = 0: the loss alone": 1,
    "whole numbers, p > n": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    loss = "with λ = 0 only the loss is left: half the mean of the squared residuals"
    width = "the formula does not care how many features there are, or whether numbers are whole"
    typical, zero, edges = RUBRIC
    return [
        Case(typical, "three rows, one feature", at_a_point(rng, 3, 1, draws.penalty(rng))),
        Case(typical, "five rows, two features", at_a_point(rng, 5, 2, draws.penalty(rng))),
        Case(typical, "eight rows, three features", at_a_point(rng, 8, 3, draws.penalty(rng))),
        Case(zero, "λ = 0, one feature", at_a_point(rng, 3, 1, 0.0), loss),
        Case(zero, "λ = 0, two features", at_a_point(rng, 6, 2, 0.0), loss),
        Case(edges, "more features than rows", at_a_point(rng, 3, 5, draws.penalty(rng)), width),
        Case(edges, "whole numbers", whole_at_a_point(rng, 4, 2), width),
        Case(edges, "whole numbers, one feature", whole_at_a_point(rng, 3, 1), width),
    ]


def _loss(w, b, X, y):
    residual = y - b - X @ w
    return residual @ residual / (2 * len(y))


def _of_a_square(w, b, X, y, lam):
    residual = y - (X @ w[:, None] + b)
    return (residual**2).mean() / 2 + lam / 2 * w @ w


ENTRY = Entry(
    name="ridge.ridge_objective",
    place=1,
    returns=("J",),
    must=(
        "J is the mean of the squared residuals, halved, plus λ/2 times the sum of the squared w"
    ),
    reference=ridge_objective,
    cases=cases,
    rubric=RUBRIC,
    section="ridge-objective",
    example=EXAMPLE,
    misconceptions=(
        Misconception(
            "subtracting an (n, 1) from an (n,) makes an (n, n) array",
            "print the shapes of y, of your prediction and of their difference: each should have "
            "one number per row.",
            "ridge-objective",
            _of_a_square,
        ),
        Misconception(
            "the intercept is penalised",
            "ask which parameters the sum in the penalty runs over, and whether b is one of them.",
            "unpenalised-intercept",
            lambda w, b, X, y, lam: _loss(w, b, X, y) + lam / 2 * (w @ w + b**2),
        ),
        Misconception(
            "the norm in the penalty is not squared",
            "compare your penalty with the formula at w = (2,): is it the length of w, or the "
            "square of that length?",
            "ridge-objective",
            lambda w, b, X, y, lam: _loss(w, b, X, y) + lam / 2 * np.sqrt(w @ w),
        ),
        Misconception(
            "both halves are missing",
            "hold both terms of your code against the formula, factor by factor.",
            "ridge-objective",
            lambda w, b, X, y, lam: 2 * _loss(w, b, X, y) + lam * w @ w,
        ),
        Misconception(
            "the loss is not halved",
            "look at what stands in front of the squared residuals in the formula, apart from n.",
            "ridge-objective",
            lambda w, b, X, y, lam: 2 * _loss(w, b, X, y) + lam / 2 * w @ w,
        ),
        Misconception(
            "the penalty is not halved",
            "look at the factor in front of ‖w‖² in the formula.",
            "ridge-objective",
            lambda w, b, X, y, lam: _loss(w, b, X, y) + lam * w @ w,
        ),
        Misconception(
            "the objective is scikit-learn's, a sum over the rows without halves",
            "repeat every row of the data once and see what happens to your loss: here it must "
            "stay as it is.",
            "lambda-and-n",
            lambda w, b, X, y, lam: 2 * len(y) * _loss(w, b, X, y) + lam * w @ w,
        ),
        Misconception(
            "the squared errors are added up, not averaged",
            "repeat every row of the data once and see what happens to your loss: here it must "
            "stay as it is.",
            "lambda-and-n",
            lambda w, b, X, y, lam: len(y) * _loss(w, b, X, y) + lam / 2 * w @ w,
        ),
    ),
)
