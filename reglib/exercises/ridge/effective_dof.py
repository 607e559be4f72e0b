"""How many degrees of freedom λ leaves."""

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws
from reglib.exercises.choices import as_choices, inherited, twins
from reglib.exercises.ridge.shrinkage_factors import ENTRY as FACTORS
from reglib.exercises.ridge.shrinkage_factors import one_column_constant, shrinkage_factors


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


def _formula(X, lam, *, factors=shrinkage_factors, total=np.sum):
    return float(total(factors(X, lam)))


_GROWS = (
    "compare your number at λ = 0 and at λ = 1000: the second fit hardly follows the data at all."
)
_TRACE = "compute the trace of the matrix that makes the fitted values out of y, and compare."
CHOICES = {
    "factors": inherited(
        FACTORS,
        "in the factors: ",
        but=(
            "the factors come in ascending order",
            "each factor is squared",
            "the factors say what is taken away",
        ),
    ),
    "total": as_choices(
        (
            "the intercept is counted",
            "let λ become huge, so that w is zero: what does your number fall to, and what should "
            "it?",
            "effective-degrees-of-freedom",
            lambda f: f.sum() + 1,
        ),
        (
            "the factors are squared before they are added",
            _TRACE,
            "effective-degrees-of-freedom",
            lambda f: (f**2).sum(),
        ),
        (
            "the shares that are taken away are added, not those that are left",
            _GROWS,
            "effective-degrees-of-freedom",
            lambda f: (1 - f).sum(),
        ),
        ("the factors are averaged, not added", _TRACE, "effective-degrees-of-freedom", np.mean),
        ("the factors are multiplied, not added", _TRACE, "effective-degrees-of-freedom", np.prod),
        ("the largest factor stands for all", _TRACE, "effective-degrees-of-freedom", np.max),
        (
            "the factors are counted, not added",
            _GROWS,
            "effective-degrees-of-freedom",
            lambda f: (f > 1e-12).sum(),
        ),
        (
            "the first factor is left out",
            _TRACE,
            "effective-degrees-of-freedom",
            lambda f: f[1:].sum(),
        ),
        (
            "1 is subtracted for the intercept",
            _GROWS,
            "effective-degrees-of-freedom",
            lambda f: f.sum() - 1,
        ),
    ),
}


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
            "coefficients are counted, whatever λ is",
            _GROWS,
            "effective-degrees-of-freedom",
            lambda X, lam: float(X.shape[1]),
        ),
        Misconception(
            "what the residuals keep is counted, n less the sum",
            "compare your number at λ = 0 and at λ = 1000: which of the two fits is freer?",
            "effective-degrees-of-freedom",
            lambda X, lam: len(X) - effective_dof(X, lam),
        ),
    ),
    formula=_formula,
    choices=CHOICES,
    twins=twins(
        "book/penalties/ridge",
        {
            "factor": (
                "in the factors: λ is not multiplied by n",
                "in the factors: eigenvalues of XᵀX are taken for singular values",
                "the shares that are taken away are added, not those that are left",
            ),
            "units": ("in the factors: the columns of X are standardised",),
        },
    ),
)
