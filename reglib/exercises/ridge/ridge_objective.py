"""Ridge's objective at one point: the loss and its penalty."""

from functools import partial

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws
from reglib.exercises.choices import as_choices, factors, residuals, twins


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


def _formula(
    w,
    b,
    X,
    y,
    lam,
    *,
    residual=lambda y, X, w, b: y - b - X @ w,
    loss=lambda r: np.mean(r**2),
    loss_factor=lambda n: 1.0,
    norm=lambda w, b: w @ w,
    penalty_factor=lambda n: 1.0,
):
    n = len(y)
    J = loss_factor(n) * loss(residual(y, X, w, b)) / 2
    return J + penalty_factor(n) * lam / 2 * norm(w, b)


_PENALTY = (
    "compare your penalty with the formula at w = (3, −4): is it ‖w‖, the sum of the |w|, or the "
    "sum of their squares?"
)
_LOSS = "take two rows with the residuals 1 and −3: what is the mean of their squares?"
CHOICES = {
    "residual": residuals("ridge-objective"),
    "loss": as_choices(
        (
            "the absolute residuals stand for their squares",
            _LOSS,
            "ridge-objective",
            lambda r: np.mean(np.abs(r)),
        ),
        (
            "the root is taken of the mean of the squared residuals",
            _LOSS,
            "ridge-objective",
            lambda r: np.sqrt(np.mean(r**2)),
        ),
        (
            "the residuals are averaged before they are squared",
            _LOSS,
            "ridge-objective",
            lambda r: np.mean(r) ** 2,
        ),
        ("the residuals are not squared", _LOSS, "ridge-objective", np.mean),
    ),
    "loss_factor": factors(
        "the loss",
        "ridge-objective",
        "look at what stands in front of the squared residuals in the formula; then repeat every "
        "row of the data once: your loss must stay as it is.",
    ),
    "norm": as_choices(
        (
            "the intercept is penalised",
            "ask which parameters the sum in the penalty runs over, and whether b is one of them.",
            "unpenalised-intercept",
            lambda w, b: w @ w + b**2,
        ),
        (
            "the norm in the penalty is not squared",
            _PENALTY,
            "ridge-objective",
            lambda w, b: np.sqrt(w @ w),
        ),
        (
            "the penalty is the lasso's, the sum of the |w|",
            _PENALTY,
            "ridge-objective",
            lambda w, b: np.abs(w).sum(),
        ),
        (
            "the penalty takes the sum of w, and squares it",
            _PENALTY,
            "ridge-objective",
            lambda w, b: w.sum() ** 2,
        ),
        (
            "the squared w are averaged over the features",
            _PENALTY,
            "ridge-objective",
            lambda w, b: np.mean(w**2),
        ),
    ),
    "penalty_factor": factors(
        "the penalty",
        "ridge-objective",
        "look at the factor in front of ‖w‖² in the formula.",
        counted=False,
    ),
}


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
            "the objective is scikit-learn's, a sum over the rows without halves",
            "repeat every row of the data once and see what happens to your loss: here it must "
            "stay as it is.",
            "lambda-and-n",
            partial(_formula, loss_factor=lambda n: 2.0 * n, penalty_factor=lambda n: 2.0),
        ),
    ),
    formula=_formula,
    choices=CHOICES,
    twins=twins(
        "book/penalties/ridge",
        {
            "limit": ("the intercept is penalised",),
            "pencil": ("the penalty is not halved",),
            "sklearn": (
                "the objective is scikit-learn's, a sum over the rows without halves",
                "the loss is a sum over the rows, not a mean",
            ),
        },
    ),
)
