"""Training and new rows, measured with the ruler of the training rows."""

from collections.abc import Callable
from functools import partial

import numpy as np

import reglib
from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws
from reglib.exercises.choices import as_choices, twins


def standardize(X_train, X_new):
    Z_train, mean, scale = reglib.standardize(X_train)
    return Z_train, (X_new - mean) / scale


RUBRIC = {
    "typical cases": 2,
    "whole numbers, a single new row": 1,
    "a column constant in training": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    ruler = "the new rows are shifted and scaled by the numbers learnt from the training rows"
    idle = "a column that is constant in training is shifted and divided by 1"
    typical, edges, constant = RUBRIC

    def draw(n, m, p, whole=False):
        return draws.rows(rng, n, p, whole, least=0), draws.rows(rng, m, p, whole, least=0)

    def with_constant(n, m, p, column):
        X_train, X_new = draw(n, m, p)
        X_train[:, column] = 3.0
        X_new[:, column] = 3.0 + np.arange(m)
        return X_train, X_new

    return [
        Case(typical, "three rows and two new ones", draw(3, 2, 1)),
        Case(typical, "five rows and four new ones", draw(5, 4, 2), ruler),
        Case(typical, "four rows and seven new ones", draw(4, 7, 3), ruler),
        Case(
            edges,
            "one new row",
            (draws.rows(rng, 4, 2, least=0), draws.rows(rng, 2, 2, least=0)[:1]),
            ruler,
        ),
        Case(edges, "whole numbers", draw(4, 3, 2, whole=True), ruler),
        Case(constant, "a constant column", with_constant(4, 2, 2, 1), idle),
        Case(constant, "a constant column among three", with_constant(5, 3, 3, 0), idle),
    ]


def one_for_zero(scale):
    return np.where(scale == 0, 1.0, scale)


def _formula(
    X_train,
    X_new,
    *,
    mean=lambda A, B: (A.mean(axis=0),) * 2,
    scale=lambda A, B: (A.std(axis=0),) * 2,
    zero=one_for_zero,
):
    """`mean` and `scale` give what is used for the training rows, and for the new ones."""
    with np.errstate(all="ignore"):
        means, scales = mean(X_train, X_new), scale(X_train, X_new)
        return tuple(
            (X - m) / zero(s) for X, m, s in zip((X_train, X_new), means, scales, strict=True)
        )


def _both(statistic: Callable) -> Callable:
    """What is learnt from the training rows, for both."""
    return lambda A, B: (statistic(A),) * 2


def _joint(statistic: Callable) -> Callable:
    return lambda A, B: (statistic(np.vstack([A, B])),) * 2


def _own(statistic: Callable) -> Callable:
    return lambda A, B: (statistic(A), statistic(B))


def _mean(X):
    return X.mean(axis=0)


def _sd(X):
    return X.std(axis=0)


def _blown_up(args, value):
    """Whether new values of a column constant in training are huge: x / (0 + something tiny)."""
    X_train, X_new = args
    constant = X_train.min(axis=0) == X_train.max(axis=0)
    moved = X_new[:, constant] != X_train[0, constant]
    size = np.abs(np.asarray(value[1])[:, constant][moved])
    return bool(moved.any() and ((size > 1e4) & (size < 1e20)).all())


_NEW = (
    "standardise one new row alone, and ask what is left of it; then ask which numbers you have "
    "before any new row arrives."
)
_JOINT = (
    "change the new rows only: Z_train must not change, as new rows are not known yet when the "
    "scale is learnt."
)
_MEAN = "compute the mean of each column of your Z_train: which numbers should come out?"
_SCALE = (
    "compute the standard deviation of each column of your Z_train, and think of units: a column "
    "in metres less its mean is in metres; which divisor leaves a number without unit?"
)
_COLUMNS = "print the shape of your mean and of your scale: there should be one number per column."
CHOICES = {
    "mean": as_choices(
        ("the new rows are centred by their own mean", _NEW, "scale-inside-the-split", _own(_mean)),
        (
            "the mean comes from the training and new rows together",
            _JOINT,
            "scale-inside-the-split",
            _joint(_mean),
        ),
        ("the columns are not centred", _MEAN, "scale-first", _both(lambda X: 0.0)),
        ("one mean serves all columns", _COLUMNS, "scale-first", _both(np.mean)),
        (
            "the median stands for the mean",
            _MEAN,
            "scale-first",
            _both(lambda X: np.median(X, axis=0)),
        ),
        (
            "the least value of a column stands for its mean",
            _MEAN,
            "scale-first",
            _both(lambda X: X.min(axis=0)),
        ),
    ),
    "scale": as_choices(
        (
            "the new rows are scaled by their own standard deviation",
            _NEW,
            "scale-inside-the-split",
            _own(_sd),
        ),
        (
            "the standard deviation comes from the training and new rows together",
            _JOINT,
            "scale-inside-the-split",
            _joint(_sd),
        ),
        (
            "the standard deviation has the divisor n − 1",
            "compute the standard deviation of (1, 5) by hand as the root of the mean squared "
            "distance to the mean, and compare it with yours.",
            "scale-first",
            _both(lambda X: X.std(axis=0, ddof=1)),
        ),
        (
            "the columns are divided by the variance",
            _SCALE,
            "scale-first",
            _both(lambda X: X.var(axis=0)),
        ),
        ("one standard deviation serves all columns", _COLUMNS, "scale-first", _both(np.std)),
        (
            "the columns are centred but not scaled",
            _SCALE,
            "scale-first",
            _both(lambda X: np.ones(X.shape[1])),
        ),
        (
            "the columns are divided by their range",
            _SCALE,
            "scale-first",
            _both(lambda X: np.ptp(X, axis=0)),
        ),
        (
            "the columns are divided by their largest value",
            _SCALE,
            "scale-first",
            _both(lambda X: np.abs(X).max(axis=0)),
        ),
        (
            "the columns are divided by their length, the root of the sum of squares",
            _SCALE,
            "scale-first",
            _both(lambda X: np.linalg.norm(X - X.mean(axis=0), axis=0)),
        ),
        ("the columns are divided by their mean", _SCALE, "scale-first", _both(_mean)),
        (
            "the standard deviation is taken of the uncentred squares",
            _SCALE,
            "scale-first",
            _both(lambda X: np.sqrt((X.astype(float) ** 2).mean(axis=0))),
        ),
    ),
    "zero": as_choices(
        (
            "a constant column is divided by a standard deviation of zero",
            "see what the standard deviation of such a column is, and which divisor would leave "
            "its centred values as they are.",
            "scale-first",
            lambda scale: scale,
        ),
        (
            "a constant column becomes zero in the new rows too, whatever they hold",
            "put a new row with another value in the constant column through your function: it "
            "differs from the training rows, and that should show.",
            "scale-first",
            lambda scale: np.where(scale == 0, np.inf, scale),
        ),
    ),
}


ENTRY = Entry(
    name="ridge.standardize",
    place=4,
    returns=("Z_train", "Z_new"),
    must=(
        "each column of Z_train has mean 0 and standard deviation 1 (divisor n), and Z_new is "
        "measured with the same ruler"
    ),
    reference=standardize,
    cases=cases,
    rubric=RUBRIC,
    section="scale-first",
    example=(np.array([[1.0, 3.0], [5.0, 3.0]]), np.array([[7.0, 4.0]])),
    misconceptions=(
        Misconception(
            "the new rows are scaled by their own mean and standard deviation",
            _NEW,
            "scale-inside-the-split",
            partial(_formula, mean=_own(_mean), scale=_own(_sd)),
        ),
        Misconception(
            "mean and standard deviation come from the training and new rows together",
            _JOINT,
            "scale-inside-the-split",
            partial(_formula, mean=_joint(_mean), scale=_joint(_sd)),
        ),
        Misconception(
            "one mean and one standard deviation serve all columns",
            _COLUMNS,
            "scale-first",
            partial(_formula, mean=_both(np.mean), scale=_both(np.std)),
        ),
        Misconception(
            "a tiny number is added to the standard deviation to avoid dividing by zero",
            "put a new row with another value in the constant column through your function, and "
            "look at the size of what comes out.",
            "scale-first",
            partial(_formula, zero=lambda scale: scale + 1e-8),
            recognise=_blown_up,
        ),
    ),
    formula=_formula,
    choices=CHOICES,
    twins=twins(
        "book/penalties/ridge",
        {
            "inside": (
                "the new rows are scaled by their own mean and standard deviation",
                "mean and standard deviation come from the training and new rows together",
                "the new rows are centred by their own mean",
                "the mean comes from the training and new rows together",
                "the new rows are scaled by their own standard deviation",
                "the standard deviation comes from the training and new rows together",
            )
        },
    ),
)
