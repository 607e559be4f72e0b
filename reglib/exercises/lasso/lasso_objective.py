"""The lasso's objective at one point: the loss and its penalty."""

from functools import partial

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws
from reglib.exercises.choices import as_choices, factors, residuals


def lasso_objective(w, b, X, y, lam):
    residual = y - b - X @ w
    return float(residual @ residual / (2 * len(y)) + lam * np.abs(w).sum())


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


def _formula(
    w,
    b,
    X,
    y,
    lam,
    *,
    residual=lambda y, X, w, b: y - b - X @ w,
    loss=lambda r, p: np.mean(r**2),
    loss_factor=lambda n: 1.0,
    norm=lambda w, b: np.abs(w).sum(),
    strength=lambda lam: lam,
    penalty_factor=lambda n: 1.0,
):
    n, p = X.shape
    J = loss_factor(n) * loss(residual(y, X, w, b), p) / 2
    return J + penalty_factor(n) * strength(lam) * norm(w, b)


_NORM = (
    "compute your penalty at w = (3, −4) with λ = 1, and compare it with the formula; mind which "
    "norm a function of NumPy takes when you do not say."
)
_EVERY = "change one weight after the other, and see whether your penalty notices each."
_SIGNS = "compute your penalty at w = (1, −1): can it be free to use two features?"
_LOSS = "take two rows with the residuals 1 and −3: what is the mean of their squares?"
_STRENGTH = "double λ, and see by what your penalty grows."
CHOICES = {
    "residual": residuals("lasso-objective"),
    "loss": as_choices(
        (
            "the absolute residuals stand for their squares",
            _LOSS,
            "lasso-objective",
            lambda r, p: np.mean(np.abs(r)),
        ),
        (
            "the root is taken of the mean of the squared residuals",
            _LOSS,
            "lasso-objective",
            lambda r, p: np.sqrt(np.mean(r**2)),
        ),
        (
            "the root is taken of the sum of the squared residuals",
            _LOSS,
            "lasso-objective",
            lambda r, p: np.sqrt(np.sum(r**2)),
        ),
        (
            "the residuals are averaged before they are squared",
            _LOSS,
            "lasso-objective",
            lambda r, p: np.mean(r) ** 2,
        ),
        ("the residuals are not squared", _LOSS, "lasso-objective", lambda r, p: np.mean(r)),
        (
            "the squared residuals are divided by the number of features",
            _LOSS,
            "lasso-objective",
            lambda r, p: np.sum(r**2) / p,
        ),
        (
            "the variance of the residuals stands for the mean of their squares",
            _LOSS,
            "lasso-objective",
            lambda r, p: np.var(r),
        ),
        (
            "the largest squared residual stands for their mean",
            _LOSS,
            "lasso-objective",
            lambda r, p: np.max(r**2),
        ),
    ),
    "loss_factor": factors(
        "the loss",
        "lasso-objective",
        "look at what stands in front of the squared residuals in the formula; then repeat every "
        "row of the data once: your loss must stay as it is.",
    ),
    "norm": as_choices(
        (
            "the intercept is penalised",
            "ask which parameters the sum in the penalty runs over, and whether b is one of them.",
            "unpenalised-intercept",
            lambda w, b: np.abs(w).sum() + abs(b),
        ),
        ("the weights are squared, without a half", _NORM, "lasso-objective", lambda w, b: w @ w),
        (
            "the penalty is ridge's, half the sum of the squared w",
            _NORM,
            "lasso-objective",
            lambda w, b: w @ w / 2,
        ),
        (
            "the penalty is the length of w, the root of the sum of squares",
            _NORM,
            "lasso-objective",
            lambda w, b: np.sqrt(w @ w),
        ),
        (
            "the largest weight stands for the sum",
            _EVERY,
            "lasso-objective",
            lambda w, b: np.abs(w).max(),
        ),
        (
            "the mean of the weights stands for the sum",
            "add a feature whose weight is zero, and see whether your penalty changes.",
            "lasso-objective",
            lambda w, b: np.abs(w).mean(),
        ),
        (
            "the weights are added with their signs",
            _SIGNS,
            "lasso-objective",
            lambda w, b: np.sum(w),
        ),
        (
            "the absolute value is taken of the sum, not of each weight",
            _SIGNS,
            "lasso-objective",
            lambda w, b: abs(np.sum(w)),
        ),
        (
            "the sum of the |w| is squared",
            _NORM,
            "lasso-objective",
            lambda w, b: np.abs(w).sum() ** 2,
        ),
        (
            "the weights that are not zero are counted",
            _NORM,
            "lasso-objective",
            lambda w, b: np.count_nonzero(w),
        ),
        (
            "the first weight is left out of the penalty",
            _EVERY,
            "lasso-objective",
            lambda w, b: np.abs(w[1:]).sum(),
        ),
        (
            "the last weight is left out of the penalty",
            _EVERY,
            "lasso-objective",
            lambda w, b: np.abs(w[:-1]).sum(),
        ),
        (
            "only the positive weights are penalised",
            _SIGNS,
            "lasso-objective",
            lambda w, b: np.maximum(w, 0).sum(),
        ),
    ),
    "strength": as_choices(
        ("λ is squared", _STRENGTH, "lasso-objective", lambda lam: lam**2),
        ("the root of λ is taken", _STRENGTH, "lasso-objective", np.sqrt),
        ("the norm is added without λ", _STRENGTH, "lasso-objective", lambda lam: 1.0),
    ),
    "penalty_factor": factors(
        "the penalty",
        "lasso-objective",
        "look at what stands in front of the sum of the |w| in the formula: is there a ½, or an n?",
        halved=False,
        counted=False,
    ),
}


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
            "both terms are multiplied by n, as a sum over the rows is",
            "repeat every row of the data once and see what happens to J: here it must stay as it "
            "is.",
            "lambda-and-n",
            partial(_formula, loss_factor=lambda n: float(n), penalty_factor=lambda n: float(n)),
        ),
    ),
    formula=_formula,
    choices=CHOICES,
)
