"""How many degrees of freedom λ leaves."""

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws
from reglib.exercises.ridge.shrinkage_factors import (
    factors_uncentred,
    one_column_constant,
    shrinkage_factors,
    spread,
)


def effective_dof(X, lam):
    return float(shrinkage_factors(X, lam).sum())


RUBRIC = {
    "typical cases": 2,
    "λ = 0, whole numbers, a constant column, p > n": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    full = "with λ = 0 least squares spends one degree of freedom on each of its coefficients"
    idle = "a column that never varies spends no degree of freedom"
    wide = "n centred rows vary along n − 1 directions at most, so it is below n − 1"
    typical, edges = RUBRIC

    def draw(n, p, lam, whole=False):
        return draws.rows(rng, n, p, whole, least=0), lam

    return [
        Case(typical, "three rows, one feature", draw(3, 1, draws.penalty(rng))),
        Case(typical, "five rows, two features", draw(5, 2, draws.penalty(rng))),
        Case(typical, "nine rows, three features", draw(9, 3, draws.penalty(rng))),
        Case(typical, "nine rows, a large λ", draw(9, 3, round(10 * draws.penalty(rng), 1))),
        Case(edges, "λ = 0", draw(6, 2, 0.0), full),
        Case(edges, "whole numbers", draw(4, 2, 2, whole=True)),
        Case(
            edges, "a constant column", (one_column_constant(rng, 5, 2), draws.penalty(rng)), idle
        ),
        Case(edges, "more features than rows", draw(3, 5, draws.penalty(rng)), wide),
    ]


ENTRY = Entry(
    name="ridge.effective_dof",
    place=7,
    returns=("dof",),
    must=(
        "it falls from the rank of the centred X, at λ = 0, towards 0 as λ grows, and does not "
        "count the intercept"
    ),
    reference=effective_dof,
    cases=cases,
    rubric=RUBRIC,
    section="effective-degrees-of-freedom",
    builds_on=("ridge.shrinkage_factors",),
    example=(np.array([[5.0, 3.0], [1.0, 3.0], [5.0, 1.0], [1.0, 1.0]]), 1.0),
    misconceptions=(
        Misconception(
            "the intercept is counted",
            "let λ become huge, so that w is zero: what does your number fall to, and what should "
            "it?",
            "effective-degrees-of-freedom",
            lambda X, lam: 1 + effective_dof(X, lam),
        ),
        Misconception(
            "coefficients are counted, whatever λ is",
            "compare your number at λ = 0 and at λ = 1000: the second fit hardly follows the data "
            "at all.",
            "effective-degrees-of-freedom",
            lambda X, lam: float(X.shape[1]),
        ),
        Misconception(
            "the columns of X are not centred",
            "add 1000 to one column of X: the rows vary as before, so your number should stay as "
            "it is.",
            "ridge-directions",
            lambda X, lam: factors_uncentred(X, lam).sum(),
        ),
        Misconception(
            "λ is not multiplied by n",
            "enter every row twice: every s² becomes twice as large, and your number should stay "
            "as it is.",
            "lambda-and-n",
            lambda X, lam: (spread(X) ** 2 / (spread(X) ** 2 + lam)).sum(),
        ),
        Misconception(
            "the singular values are not squared",
            "give X a unit, such as metres: a share is a pure number, so what stands beside nλ "
            "must have the unit of a variance.",
            "ridge-directions",
            lambda X, lam: (spread(X) / (spread(X) + len(X) * lam)).sum(),
        ),
        Misconception(
            "the factors are squared before they are added",
            "compute the trace of the matrix that makes the fitted values out of y, and compare.",
            "effective-degrees-of-freedom",
            lambda X, lam: (shrinkage_factors(X, lam) ** 2).sum(),
        ),
        Misconception(
            "what the residuals keep is counted, n less the sum",
            "compare your number at λ = 0 and at λ = 1000: which of the two fits is freer?",
            "effective-degrees-of-freedom",
            lambda X, lam: len(X) - effective_dof(X, lam),
        ),
        Misconception(
            "the shares that are taken away are added, not those that are left",
            "compare your number at λ = 0 and at λ = 1000: which of the two fits is freer?",
            "effective-degrees-of-freedom",
            lambda X, lam: (1 - shrinkage_factors(X, lam)).sum(),
        ),
    ),
)
