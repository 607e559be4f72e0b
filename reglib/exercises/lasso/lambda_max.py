"""The smallest λ at which every coefficient of the lasso is zero."""

from functools import partial

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws
from reglib.exercises.choices import as_choices


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
    moved = "adding a number to every y, or to every entry of a column, changes no covariance"

    def draw(n, p, sign=0, at=0, whole=False):
        """Data whose covariance that is largest by far stands at column `at`."""
        while True:
            X, y = draws.problem(rng, n, p, whole, cond=10)
            c = _covariances(X, y)
            size = np.sort(np.abs(c))
            clear = size[-1] > 0.2 and (p == 1 or size[-1] > size[-2] + 0.1)
            cut = whole and abs(size[-1] - size[-1].round()) < 0.05  # to a whole number: the same
            if clear and not cut and np.abs(c).argmax() == at and sign * c[at] >= 0:
                return X, y

    constant = draw(6, 3)
    constant[0][:, 1] = 3.0
    X, y = draw(8, 3, at=1)
    return [
        Case(typical, "three rows, one feature", draw(3, 1)),
        Case(typical, "five rows, two features", draw(5, 2, at=1)),
        Case(typical, "nine rows, four features", draw(9, 4, sign=1, at=2)),
        Case(typical, "far from zero", ((X + 100).round(1), (y + 1000).round(1)), moved),
        Case(negative, "one feature, falling", draw(4, 1, sign=-1)),
        Case(negative, "three features, the largest falling", draw(7, 3, sign=-1, at=1)),
        Case(negative, "two features, the largest falling", draw(6, 2, sign=-1, at=0)),
        Case(edges, "a constant column", constant, idle),
        Case(edges, "more features than rows", draw(3, 5, at=3)),
        Case(edges, "whole numbers", draw(5, 2, whole=True)),
    ]


def _scales(X):
    sd = X.std(axis=0)
    return np.where(np.ptp(X, axis=0) == 0, 1.0, sd)


def _formula(
    X,
    y,
    *,
    used=lambda X: X,
    answers=lambda y: y - y.mean(),
    divided=lambda s, n, p: s / n,
    largest=lambda c: np.abs(c).max(),
):
    """`divided` makes covariances of the sums over the rows, and `largest` one number of them."""
    return largest(divided(used(X).T @ answers(y), *X.shape))


_SHIFT = "add 1000 to every y: only the intercept should notice. See what your λ does."
_ROWS = "repeat every row of the data once: J stays as it is, so your λ must too."
_HALF = (
    "differentiate the loss with its factor 1/(2n) in front, and see what becomes of the 2 that "
    "the squares bring down."
)
_UNITS = (
    "double a whole column: a coefficient of half the size then does the same work at half the "
    "price. See whether your λ can tell."
)
_TURN = (
    "turn the sign of a whole column round: only the sign of its coefficient should change. See "
    "what your λ does."
)
_TWO = "take two features whose covariances are 3 and 4: at which λ is the last condition met?"
_EVERY = "make one column after the other ten times as large, and see whether your λ notices."
CHOICES = {
    "used": as_choices(
        (
            "the columns are standardised on the way",
            _UNITS,
            "scale-first",
            lambda X: (X - X.mean(axis=0)) / _scales(X),
        ),
        (
            "the columns are divided by their length",
            _UNITS,
            "scale-first",
            lambda X: X / np.linalg.norm(X, axis=0),
        ),
        (
            "X is centred row by row, not column by column",
            _SHIFT,
            "lambda-max",
            lambda X: X - X.mean(axis=1, keepdims=True),
        ),
        ("the absolute values of X are taken before they are added", _TURN, "lambda-max", np.abs),
        ("only the first feature counts", _EVERY, "lambda-max", lambda X: X[:, :1]),
        ("only the last feature counts", _EVERY, "lambda-max", lambda X: X[:, -1:]),
        (
            "the first feature is left out",
            _EVERY,
            "lambda-max",
            lambda X: X * (np.arange(X.shape[1]) > 0),
        ),
        (
            "the last feature is left out",
            _EVERY,
            "lambda-max",
            lambda X: X * (np.arange(X.shape[1]) < X.shape[1] - 1),
        ),
        (
            "the features are added up first",
            _EVERY,
            "lambda-max",
            lambda X: X.sum(axis=1, keepdims=True),
        ),
    ),
    "answers": as_choices(
        ("y is not centred", _SHIFT, "lambda-max", lambda y: y),
        (
            "y is standardised",
            "double every y: each coefficient is doubled at a λ that is too.",
            "lambda-max",
            lambda y: (y - y.mean()) / y.std(),
        ),
        (
            "y is divided by its standard deviation, and not centred",
            _SHIFT,
            "lambda-max",
            lambda y: y / y.std(),
        ),
        ("the median of y stands for its mean", _SHIFT, "lambda-max", lambda y: y - np.median(y)),
        (
            "the absolute values of the centred y are taken",
            _TURN,
            "lambda-max",
            lambda y: np.abs(y - y.mean()),
        ),
    ),
    "divided": as_choices(
        ("the sum is not divided by n", _ROWS, "lambda-max", lambda s, n, p: s),
        (
            "the half in front of the loss is forgotten",
            _HALF,
            "lambda-max",
            lambda s, n, p: 2 * s / n,
        ),
        (
            "the covariance has the divisor n − 1",
            "repeat every row of the data once: J stays as it is, so your λ must too. Which "
            "divisor does your function take when you do not say?",
            "lambda-max",
            lambda s, n, p: s / (n - 1),
        ),
        ("the sum is divided by 2n", _HALF, "lambda-max", lambda s, n, p: s / (2 * n)),
        ("the sum is doubled, and not divided by n", _ROWS, "lambda-max", lambda s, n, p: 2 * s),
        ("the sum is halved, and not divided by n", _ROWS, "lambda-max", lambda s, n, p: s / 2),
        (
            "the sum is divided by the number of features",
            _ROWS,
            "lambda-max",
            lambda s, n, p: s / p,
        ),
        ("the sum is divided by n²", _ROWS, "lambda-max", lambda s, n, p: s / n**2),
        ("the sum is divided by √n", _ROWS, "lambda-max", lambda s, n, p: s / np.sqrt(n)),
        (
            "the sum is divided by all entries of X, n times p",
            _ROWS,
            "lambda-max",
            lambda s, n, p: s / (n * p),
        ),
    ),
    "largest": as_choices(
        ("negative covariances are overlooked", _TURN, "lambda-max", np.max),
        (
            "the absolute value is taken of the largest, not of each covariance",
            _TURN,
            "lambda-max",
            lambda c: np.abs(c.max()),
        ),
        (
            "the sign of the largest covariance is kept",
            _TURN,
            "lambda-max",
            lambda c: c[np.abs(c).argmax()],
        ),
        ("only negative covariances count", _TURN, "lambda-max", lambda c: (-c).max()),
        (
            "the length of the covariance vector is taken, not its largest entry",
            "take two features whose covariances are 3 and 4: at λ = 4.5, which condition would "
            "still fail at w = 0?",
            "lambda-max",
            np.linalg.norm,
        ),
        (
            "the smallest covariance is taken",
            "take two features whose covariances are 3 and 4: at λ = 3, are both coefficients "
            "zero already?",
            "lambda-max",
            lambda c: np.abs(c).min(),
        ),
        ("the covariances are added up", _TWO, "lambda-max", lambda c: np.abs(c).sum()),
        ("the covariances are averaged", _TWO, "lambda-max", lambda c: np.abs(c).mean()),
        (
            "the median of the covariances is taken",
            _TWO,
            "lambda-max",
            lambda c: np.median(np.abs(c)),
        ),
        (
            "the covariances are squared before the largest is taken",
            _TWO,
            "lambda-max",
            lambda c: (c**2).max(),
        ),
        (
            "the place of the largest covariance is returned, not its size",
            _TWO,
            "lambda-max",
            lambda c: np.abs(c).argmax(),
        ),
        (
            "the spread of the covariances is returned, largest less smallest",
            _TURN,
            "lambda-max",
            np.ptp,
        ),
    ),
}


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
            "correlations are taken, not covariances",
            _UNITS,
            "scale-first",
            partial(
                _formula,
                used=lambda X: (X - X.mean(axis=0)) / _scales(X),
                answers=lambda y: (y - y.mean()) / y.std(),
            ),
        ),
        Misconception(
            "all covariances are returned, not the largest",
            _TWO,
            "lambda-max",
            lambda X, y: np.abs(_covariances(X, y)),
        ),
    ),
    formula=_formula,
    choices=CHOICES,
)
