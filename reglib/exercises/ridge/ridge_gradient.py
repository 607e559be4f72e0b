"""The gradient of ridge's objective at one point."""

from functools import partial

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws
from reglib.exercises.choices import as_choices, factors, residuals, twins
from reglib.exercises.ridge.ridge_objective import EXAMPLE, at_a_point, whole_at_a_point


def ridge_gradient(w, b, X, y, lam):
    residual = y - b - X @ w
    return -X.T @ residual / len(y) + lam * w, float(-residual.mean())


RUBRIC = {
    "loss plus penalty": 2,
    "λ = 0: the loss alone": 1,
    "whole numbers, p > n": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    loss = "with λ = 0 only the gradient of the loss is left"
    width = "grad_w has one entry per feature, whatever the number of rows"
    whole = "whole numbers in, the same formula"
    typical, zero, edges = RUBRIC
    return [
        Case(typical, "three rows, one feature", at_a_point(rng, 3, 1, draws.penalty(rng))),
        Case(typical, "five rows, two features", at_a_point(rng, 5, 2, draws.penalty(rng))),
        Case(typical, "eight rows, three features", at_a_point(rng, 8, 3, draws.penalty(rng))),
        Case(zero, "λ = 0, one feature", at_a_point(rng, 3, 1, 0.0), loss),
        Case(zero, "λ = 0, two features", at_a_point(rng, 6, 2, 0.0), loss),
        Case(edges, "more features than rows", at_a_point(rng, 3, 5, draws.penalty(rng)), width),
        Case(edges, "whole numbers", whole_at_a_point(rng, 4, 2), whole),
        Case(edges, "whole numbers, one feature", whole_at_a_point(rng, 3, 1), whole),
    ]


def _formula(
    w,
    b,
    X,
    y,
    lam,
    *,
    residual=lambda y, X, w, b: y - b - X @ w,
    loss=lambda n: 1.0,
    loss_of_b=lambda n: 1.0,
    penalty=lambda n: 1.0,
    norm=lambda w: w,
    intercept=0.0,
):
    n, r = len(y), residual(y, X, w, b)
    grad_w = (-loss(n) * X.T @ r / n).T + penalty(n) * lam * norm(w)
    return grad_w.T, -loss(n) * loss_of_b(n) * r.mean() + intercept * lam * b


_PENALTY = (
    "differentiate the penalty with its factor λ/2 in front, and see what becomes of it and of "
    "the 2 that the squares bring down."
)
CHOICES = {
    "residual": residuals("ridge-gradient"),
    "loss": factors(
        "the gradient of the loss",
        "ridge-gradient",
        "differentiate the loss with its factor 1/(2n) in front, and see what is left of it; then "
        "take a point where every prediction is too small: which way should b go?",
        halved=False,
    ),
    "loss_of_b": factors(
        "grad_b",
        "ridge-gradient",
        "b stands in J like a weight whose feature is 1 in every row: treat it as you treat w.",
        halved=False,
    ),
    "penalty": factors(
        "the gradient of the penalty", "ridge-gradient", _PENALTY, halved=False, counted=False
    ),
    "norm": as_choices(
        ("the penalty is differentiated as λ‖w‖₁", _PENALTY, "ridge-gradient", np.sign),
        (
            "the norm in the penalty is not squared",
            _PENALTY,
            "ridge-gradient",
            lambda w: w / np.sqrt(w @ w),
        ),
        (
            "the penalty itself is added, not its derivative",
            _PENALTY,
            "ridge-gradient",
            lambda w: w @ w / 2,
        ),
        ("the squares of w are added, not w", _PENALTY, "ridge-gradient", lambda w: w**2),
    ),
    "intercept": as_choices(
        (
            "the intercept is penalised",
            "ask whether b occurs in the penalty at all, and what its derivative there is then.",
            "unpenalised-intercept",
            1.0,
        ),
    ),
}


ENTRY = Entry(
    name="ridge.ridge_gradient",
    place=2,
    returns=("grad_w", "grad_b"),
    must=(
        "moving one entry of w by a tiny step changes J by that step times its entry of "
        "grad_w, and b likewise"
    ),
    reference=ridge_gradient,
    cases=cases,
    rubric=RUBRIC,
    section="ridge-gradient",
    builds_on=("ridge.ridge_objective",),
    example=EXAMPLE,
    misconceptions=(
        Misconception(
            "both halves are missing in J",
            "differentiate both terms of J with their halves, and see what happens to the 2 that "
            "the squares bring down.",
            "ridge-gradient",
            partial(_formula, loss=lambda n: 2.0, penalty=lambda n: 2.0),
        ),
    ),
    formula=_formula,
    choices=CHOICES,
    twins=twins(
        "book/penalties/ridge",
        {
            "limit": ("the intercept is penalised",),
            "pencil": ("the gradient of the penalty counts twice",),
            "sklearn": (
                "both halves are missing in J",
                "the gradient of the loss is a sum over the rows, not a mean",
            ),
        },
    ),
)
