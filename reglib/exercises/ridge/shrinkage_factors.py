"""What λ leaves of least squares along each direction."""

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws


def spread(X):
    """The singular values of the centred X, descending."""
    return np.linalg.svd(X - X.mean(axis=0), compute_uv=False)


def shrinkage_factors(X, lam):
    s = spread(X)
    return s**2 / (s**2 + len(X) * lam)


def one_column_constant(rng: np.random.Generator, n: int, p: int) -> np.ndarray:
    X = draws.rows(rng, n, p, least=0)
    X[:, 0] = 3.0
    return X


RUBRIC = {
    "typical cases": 2,
    "λ = 0, whole numbers, a constant column": 1,
    "p ≥ n: as many factors as rows": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    nothing = "with λ = 0 nothing is shrunk: no direction has a variance of zero here"
    idle = "a column that never varies adds a direction without variance: its factor is zero"
    few = (
        "there are min(n, p) factors, and n centred rows vary along n − 1 directions at most, so "
        "that the last factor is zero"
    )
    typical, edges, wide = RUBRIC

    def draw(n, p, lam, whole=False):
        return draws.rows(rng, n, p, whole, least=0), lam

    return [
        Case(typical, "three rows, one feature", draw(3, 1, draws.penalty(rng))),
        Case(typical, "five rows, two features", draw(5, 2, draws.penalty(rng))),
        Case(typical, "nine rows, three features", draw(9, 3, draws.penalty(rng))),
        Case(typical, "nine rows, a large λ", draw(9, 3, round(10 * draws.penalty(rng), 1))),
        Case(edges, "λ = 0", draw(5, 2, 0.0), nothing),
        Case(edges, "whole numbers", draw(4, 2, 2, whole=True)),
        Case(
            edges, "a constant column", (one_column_constant(rng, 5, 2), draws.penalty(rng)), idle
        ),
        Case(wide, "as many features as rows", draw(3, 3, draws.penalty(rng)), few),
        Case(wide, "more features than rows", draw(3, 5, draws.penalty(rng)), few),
    ]


def _factors_by(formula):
    """Factors from a wrong formula in s and in nλ."""
    return lambda X, lam: formula(spread(X), len(X) * lam)


def factors_uncentred(X, lam):
    s = np.linalg.svd(X, compute_uv=False)
    return s**2 / (s**2 + len(X) * lam)


def _of_columns(X, lam):
    return X.var(axis=0) / (X.var(axis=0) + lam)


ENTRY = Entry(
    name="ridge.shrinkage_factors",
    place=6,
    returns=("f",),
    must=(
        "the factors lie between 0 and 1, the first belongs to the direction along which the rows "
        "vary most, and a direction whose variance is λ is halved"
    ),
    reference=shrinkage_factors,
    cases=cases,
    rubric=RUBRIC,
    section="ridge-directions",
    example=(np.array([[5.0, 3.0], [1.0, 3.0], [5.0, 1.0], [1.0, 1.0]]), 1.0),
    misconceptions=(
        Misconception(
            "the columns of X are not centred",
            "add 1000 to one column of X: the rows vary as before, so no factor should change.",
            "ridge-directions",
            factors_uncentred,
        ),
        Misconception(
            "the factors come in ascending order",
            "find the direction along which the rows of the example vary most, and see where its "
            "factor stands.",
            "ridge-directions",
            lambda X, lam: shrinkage_factors(X, lam)[::-1],
        ),
        Misconception(
            "λ is not multiplied by n",
            "enter every row twice: s² becomes twice as large, and no factor should change.",
            "lambda-and-n",
            lambda X, lam: spread(X) ** 2 / (spread(X) ** 2 + lam),
        ),
        Misconception(
            "the singular values are not squared",
            "give X a unit, such as metres: a factor is a pure number, so what stands beside nλ "
            "must have the unit of a variance.",
            "ridge-directions",
            _factors_by(lambda s, penalty: s / (s + penalty)),
        ),
        Misconception(
            "eigenvalues of XᵀX are taken for singular values",
            "compute both for the matrix [[3.0]], which has the singular value 3.",
            "ridge-directions",
            _factors_by(lambda s, penalty: s**4 / (s**4 + penalty)),
        ),
        Misconception(
            "the factors are those that lead from Uᵀy to w, s/(s² + nλ)",
            "put λ = 0 into your formula: ridge is least squares then, so which share of it is "
            "left?",
            "ridge-directions",
            _factors_by(lambda s, penalty: s / (s**2 + penalty)),
        ),
        Misconception(
            "the factors say what is taken away, not what is left",
            "put λ = 0 into your formula: ridge is least squares then, so which share of it is "
            "left?",
            "ridge-directions",
            _factors_by(lambda s, penalty: penalty / (s**2 + penalty)),
        ),
        Misconception(
            "the columns are taken for the directions",
            "take an X of two equal columns: its rows vary along a single direction. See what "
            "your factors say.",
            "ridge-directions",
            _of_columns,
        ),
    ),
)
