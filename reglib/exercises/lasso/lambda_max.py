"""The smallest λ at which every coefficient of the lasso is zero."""

import numpy as np

import reglib
from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws


def _covariances(X, y):
    return X.T @ (y - y.mean()) / len(y)


def lambda_max(X, y):
    return float(np.abs(_covariances(X, y)).max())


RUBRIC = {
    "typical cases": 2,
    "the largest covariance is negative": 1,
    "a constant column, whole numbers, p > n": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    typical, negative, edges = RUBRIC
    idle = "a column that never varies has no covariance with anything"

    def draw(n, p, sign=0, whole=False):
        while True:
            X, y = draws.problem(rng, n, p, whole, cond=10)
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


def _standardised(X, y):
    return np.abs(_covariances(reglib.standardize(X)[0], y)).max()


ENTRY = Entry(
    name="lasso.lambda_max",
    place=3,
    returns=("lam",),
    must=(
        "at w = 0 and b = ȳ no feature has a covariance with the residuals that is larger than λ "
        "in size, and one has exactly λ"
    ),
    reference=lambda_max,
    cases=cases,
    rubric=RUBRIC,
    section="lambda-max",
    example=(
        np.array([[1.0, 4.0], [3.0, 2.0], [1.0, 0.0], [3.0, 2.0]]),
        np.array([5.0, 3.0, 9.0, 7.0]),
    ),
    misconceptions=(
        Misconception(
            "y is not centred",
            "add 1000 to every y: only the intercept should notice. See what your λ does.",
            "lambda-max",
            lambda X, y: np.abs(X.T @ y / len(y)).max(),
        ),
        Misconception(
            "the sum is not divided by n",
            "repeat every row of the data once: J stays as it is, so your λ must too.",
            "lambda-max",
            lambda X, y: len(y) * lambda_max(X, y),
        ),
        Misconception(
            "negative covariances are overlooked",
            "turn the sign of a whole column round: only the sign of its coefficient should "
            "change. See what your λ does.",
            "lambda-max",
            lambda X, y: _covariances(X, y).max(),
        ),
        Misconception(
            "the half in front of the loss is forgotten",
            "differentiate the loss with its factor 1/(2n) in front, and see what becomes of the "
            "2 that the squares bring down.",
            "lambda-max",
            lambda X, y: 2 * lambda_max(X, y),
        ),
        Misconception(
            "the covariance has the divisor n − 1",
            "repeat every row of the data once: J stays as it is, so your λ must too. Which "
            "divisor does your function take when you do not say?",
            "lambda-max",
            lambda X, y: len(y) / (len(y) - 1) * lambda_max(X, y),
        ),
        Misconception(
            "the columns are standardised on the way",
            "double a whole column: a coefficient of half the size then does the same work at "
            "half the price. See whether your λ can tell.",
            "scale-first",
            _standardised,
        ),
        Misconception(
            "the length of the covariance vector is taken, not its largest entry",
            "take two features whose covariances are 3 and 4: at λ = 4.5, which condition would "
            "still fail at w = 0?",
            "lambda-max",
            lambda X, y: np.linalg.norm(_covariances(X, y)),
        ),
        Misconception(
            "the smallest covariance is taken",
            "take two features whose covariances are 3 and 4: at λ = 3, are both coefficients "
            "zero already?",
            "lambda-max",
            lambda X, y: np.abs(_covariances(X, y)).min(),
        ),
    ),
)
