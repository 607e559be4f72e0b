"""The lasso's objective at one point: the loss and its penalty."""

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws


def lasso_objective(w, b, X, y, lam):
    return float(_loss(w, b, X, y) + lam * np.abs(w).sum())


def _loss(w, b, X, y):
    residual = y - b - X @ w
    return residual @ residual / (2 * len(y))


RUBRIC = {
    "loss plus penalty": 1,
    "λ = 0: the loss alone": 1,
    "whole numbers, p > n": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    loss = "with λ = 0 only the loss is left: half the mean of the squared residuals"
    width = "the formula does not care how many features there are, or whether numbers are whole"
    typical, zero, edges = RUBRIC

    def at(n, p, lam, whole=False):
        point = draws.point(rng, p, whole, falling=True)
        return *point, *draws.problem(rng, n, p, whole, cond=10), lam

    some = list(at(6, 4, draws.penalty(rng)))
    some[0] = some[0] * [1, 0, 1, 0] + 0.0
    return [
        Case(typical, "three rows, one feature", at(3, 1, draws.penalty(rng))),
        Case(typical, "five rows, two features", at(5, 2, draws.penalty(rng))),
        Case(typical, "eight rows, three features", at(8, 3, draws.penalty(rng))),
        Case(typical, "some w are zero", tuple(some)),
        Case(zero, "λ = 0, one feature", at(3, 1, 0.0), loss),
        Case(zero, "λ = 0, two features", at(6, 2, 0.0), loss),
        Case(edges, "more features than rows", at(3, 5, draws.penalty(rng)), width),
        Case(edges, "whole numbers", at(4, 2, 2, whole=True), width),
        Case(edges, "whole numbers, one feature", at(3, 1, 1, whole=True), width),
    ]


def _of_a_square(w, b, X, y, lam):
    residual = y - (X @ w[:, None] + b)
    return (residual**2).mean() / 2 + lam * np.abs(w).sum()


def _with_an_l2_norm(args, J):
    """Whether the penalty is λ‖w‖, λ‖w‖² or λ/2 ‖w‖², and the loss is right."""
    w, b, X, y, lam = args
    penalties = [np.sqrt(w @ w), w @ w, w @ w / 2]
    return any(np.isclose(float(J), _loss(w, b, X, y) + lam * q, rtol=1e-6) for q in penalties)


ENTRY = Entry(
    name="lasso.lasso_objective",
    place=2,
    returns=("J",),
    must="J is the mean of the squared residuals, halved, plus λ times the sum of all |w|",
    reference=lasso_objective,
    cases=cases,
    rubric=RUBRIC,
    section="lasso-objective",
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
            "lasso-objective",
            _of_a_square,
        ),
        Misconception(
            "the intercept is penalised",
            "ask which parameters the sum in the penalty runs over, and whether b is one of them.",
            "unpenalised-intercept",
            lambda w, b, X, y, lam: lasso_objective(w, b, X, y, lam) + lam * abs(b),
        ),
        Misconception(
            "the weights are squared, as in ridge or in the length of w",
            "compute your penalty at w = (3, −4) with λ = 1, and compare it with the formula; "
            "mind which norm a function of NumPy takes when you do not say.",
            "lasso-objective",
            lambda w, b, X, y, lam: _loss(w, b, X, y) + lam * w @ w,
            recognise=_with_an_l2_norm,
        ),
        Misconception(
            "the largest weight stands for the sum",
            "change a weight that is not the largest, and see whether your penalty notices.",
            "lasso-objective",
            lambda w, b, X, y, lam: _loss(w, b, X, y) + lam * np.abs(w).max(),
        ),
        Misconception(
            "the mean of the weights stands for the sum",
            "add a feature whose weight is zero, and see whether your penalty changes.",
            "lasso-objective",
            lambda w, b, X, y, lam: _loss(w, b, X, y) + lam * np.abs(w).mean(),
        ),
        Misconception(
            "the weights are added with their signs",
            "compute your penalty at w = (1, −1): can it be free to use two features?",
            "lasso-objective",
            lambda w, b, X, y, lam: _loss(w, b, X, y) + lam * np.sum(w),
        ),
        Misconception(
            "the loss is not halved",
            "look at what stands in front of the squared residuals in the formula, apart from n.",
            "lasso-objective",
            lambda w, b, X, y, lam: lasso_objective(w, b, X, y, lam) + _loss(w, b, X, y),
        ),
        Misconception(
            "the loss is not divided by n",
            "repeat every row of the data once and see what happens to your loss: here it must "
            "stay as it is.",
            "lasso-objective",
            lambda w, b, X, y, lam: (
                lasso_objective(w, b, X, y, lam) + (len(y) - 1) * _loss(w, b, X, y)
            ),
        ),
    ),
)
