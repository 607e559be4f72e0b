"""The gradient of ridge's objective at one point."""

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws
from reglib.exercises.ridge.ridge_objective import EXAMPLE, at_a_point, whole_at_a_point


def _slope(w, b, X, y):
    """The gradient of the loss."""
    residual = y - b - X @ w
    return -X.T @ residual / len(y), float(-residual.mean())


def ridge_gradient(w, b, X, y, lam):
    grad_w, grad_b = _slope(w, b, X, y)
    return grad_w + lam * w, grad_b


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


def _of_a_square(w, b, X, y, lam):
    residual = y - (X @ w[:, None] + b)
    return -X.T @ residual / len(y) + lam * w[:, None], -residual.mean()


def _with(loss=1.0, penalty=1.0, intercept=0.0):
    """A gradient with wrong factors on its parts."""

    def wrong(w, b, X, y, lam):
        grad_w, grad_b = _slope(w, b, X, y)
        return loss * grad_w + penalty * lam * w, loss * grad_b + intercept * lam * b

    return wrong


def _summed(w, b, X, y, lam):
    grad_w, grad_b = _slope(w, b, X, y)
    return len(y) * grad_w + lam * w, len(y) * grad_b


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
            "subtracting an (n, 1) from an (n,) makes an (n, n) array",
            "print the shapes of y, of your prediction and of their difference: each should have "
            "one number per row.",
            "ridge-gradient",
            _of_a_square,
        ),
        Misconception(
            "the intercept is penalised",
            "ask whether b occurs in the penalty at all, and what its derivative there is then.",
            "unpenalised-intercept",
            _with(intercept=1.0),
        ),
        Misconception(
            "the gradient of the penalty is missing",
            "evaluate your function at the same point with λ = 0 and λ = 1: what should differ?",
            "ridge-gradient",
            _with(penalty=0.0),
        ),
        Misconception(
            "the gradient of the loss has the opposite sign",
            "take a point where every prediction is too small: should b go up or down, and so "
            "what sign must its derivative have?",
            "ridge-gradient",
            _with(loss=-1.0),
        ),
        Misconception(
            "both halves are missing in J",
            "differentiate both terms of J with their halves, and see what happens to the 2 that "
            "the squares bring down.",
            "ridge-gradient",
            _with(loss=2.0, penalty=2.0),
        ),
        Misconception(
            "the 2 of the squared residuals is not cancelled by the half in J",
            "differentiate the loss with its factor 1/(2n) in front, and see what is left of it.",
            "ridge-gradient",
            _with(loss=2.0),
        ),
        Misconception(
            "the 2 of ‖w‖² is not cancelled by the half in J",
            "differentiate the penalty with its factor λ/2 in front, and see what is left of it.",
            "ridge-gradient",
            _with(penalty=2.0),
        ),
        Misconception(
            "the gradient of the loss is summed over the rows, not averaged",
            "repeat every row of the data once: J stays as it is, so its gradient must too.",
            "lambda-and-n",
            _summed,
        ),
    ),
)
