"""Training and new rows, measured with the ruler of the training rows."""

import numpy as np

import reglib
from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws


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


def _scaled_by(statistics):
    """A standardisation whose `statistics(X_train, X_new)` give the wrong (mean, scale)."""

    def wrong(X_train, X_new):
        mean, scale = statistics(X_train, X_new)
        scale = one_for_zero(scale)
        return (X_train - mean) / scale, (X_new - mean) / scale

    return wrong


def _joint(X_train, X_new):
    X = np.vstack([X_train, X_new])
    return X.mean(axis=0), X.std(axis=0)


def _each_by_itself(X_train, X_new):
    return tuple((X - X.mean(axis=0)) / one_for_zero(X.std(axis=0)) for X in (X_train, X_new))


def _blown_up(args, value):
    """Whether new values of a column constant in training are huge: x / (0 + something tiny)."""
    X_train, X_new = args
    constant = X_train.min(axis=0) == X_train.max(axis=0)
    moved = X_new[:, constant] != X_train[0, constant]
    size = np.abs(np.asarray(value[1])[:, constant][moved])
    return bool(moved.any() and (size > 1e4).all() and np.isfinite(size).all())


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
            "standardise one new row alone, and ask what is left of it; then ask which numbers "
            "you have before any new row arrives.",
            "scale-inside-the-split",
            _each_by_itself,
        ),
        Misconception(
            "mean and standard deviation come from the training and new rows together",
            "change the new rows only: Z_train must not change, as new rows are not known yet "
            "when the scale is learnt.",
            "scale-inside-the-split",
            _scaled_by(_joint),
        ),
        Misconception(
            "the standard deviation has the divisor n − 1",
            "compute the standard deviation of (1, 5) by hand as the root of the mean squared "
            "distance to the mean, and compare it with yours.",
            "scale-first",
            _scaled_by(lambda X, _: (X.mean(axis=0), X.std(axis=0, ddof=1))),
        ),
        Misconception(
            "the columns are divided by the variance",
            "think of units: a column in metres less its mean is in metres; find the divisor that "
            "leaves a number without unit.",
            "scale-first",
            _scaled_by(lambda X, _: (X.mean(axis=0), X.var(axis=0))),
        ),
        Misconception(
            "one mean and one standard deviation serve all columns",
            "print the shape of your mean: there should be one number per column.",
            "scale-first",
            _scaled_by(lambda X, _: (X.mean(), X.std())),
        ),
        Misconception(
            "the columns are centred but not scaled",
            "compute the standard deviation of each column of your Z_train.",
            "scale-first",
            _scaled_by(lambda X, _: (X.mean(axis=0), np.ones(X.shape[1]))),
        ),
        Misconception(
            "a constant column is divided by a standard deviation of zero",
            "see what the standard deviation of such a column is, and which divisor would leave "
            "its centred values as they are.",
            "scale-first",
            lambda X, new: (
                (X - X.mean(axis=0)) / X.std(axis=0),
                (new - X.mean(axis=0)) / X.std(axis=0),
            ),
        ),
        Misconception(
            "a tiny number is added to the standard deviation to avoid dividing by zero",
            "put a new row with another value in the constant column through your function, and "
            "look at the size of what comes out.",
            "scale-first",
            lambda X, new: (
                (X - X.mean(axis=0)) / (X.std(axis=0) + 1e-8),
                (new - X.mean(axis=0)) / (X.std(axis=0) + 1e-8),
            ),
            recognise=_blown_up,
        ),
    ),
)
