"""What λ leaves of least squares along each direction."""

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws
from reglib.exercises.choices import as_choices, strengths, twins


def spread(X):
    """The singular values of the centred X, descending."""
    return np.linalg.svd(X - X.mean(axis=0), compute_uv=False)


def shrinkage_factors(X, lam):
    """Return the share that ridge keeps of least squares, for each direction of the centred X."""
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


def formula(
    X,
    lam,
    *,
    used=lambda X: X - X.mean(axis=0),
    strength=lambda n, p, lam: lam,
    share=lambda s, penalty: s**2 / (s**2 + penalty),
    order=lambda f: f,
):
    """`share` makes factors of singular values and nλ."""
    n, p = X.shape
    s = np.linalg.svd(used(X), compute_uv=False)
    with np.errstate(all="ignore"):
        return order(share(s, n * strength(n, p, lam)))


def _of_columns(X, lam):
    return X.var(axis=0) / (X.var(axis=0) + lam)


_SHIFT = "add 1000 to one column of X: the rows vary as before, so no factor should change."
_UNITS = (
    "give X a unit, such as metres: a factor is a pure number, so what stands beside nλ must have "
    "the unit of a variance."
)
_LEFT = "put λ = 0 into your formula: ridge is least squares then, so which share of it is left?"
_TWICE = "enter every row twice: s² becomes twice as large, and no factor should change."
_DIRECTIONS = (
    "find the direction along which the rows of the example vary most, and see where its factor "
    "stands."
)
CHOICES = {
    "used": as_choices(
        ("the columns of X are not centred", _SHIFT, "ridge-directions", lambda X: X),
        (
            "one mean is subtracted from all columns of X",
            _SHIFT,
            "ridge-directions",
            lambda X: X - X.mean(),
        ),
        (
            "X is centred row by row, not column by column",
            _SHIFT,
            "ridge-directions",
            lambda X: X - X.mean(axis=1, keepdims=True),
        ),
        (
            "the columns of X are standardised",
            _UNITS,
            "scale-first",
            lambda X: (X - X.mean(axis=0)) / np.where(X.std(axis=0) == 0, 1, X.std(axis=0)),
        ),
        (
            "the singular values are those of XᵀX / n, not of X",
            _UNITS,
            "ridge-directions",
            lambda X: (X - X.mean(axis=0)).T @ (X - X.mean(axis=0)) / len(X),
        ),
    ),
    "strength": strengths("lambda-and-n", _TWICE),
    "share": as_choices(
        (
            "the singular values are not squared",
            _UNITS,
            "ridge-directions",
            lambda s, penalty: s / (s + penalty),
        ),
        (
            "eigenvalues of XᵀX are taken for singular values",
            _UNITS,
            "ridge-directions",
            lambda s, penalty: s**4 / (s**4 + penalty),
        ),
        (
            "the factors are those that lead from Uᵀy to w, s/(s² + nλ)",
            _LEFT,
            "ridge-directions",
            lambda s, penalty: s / (s**2 + penalty),
        ),
        (
            "the singular values are squared above, and not below",
            _UNITS,
            "ridge-directions",
            lambda s, penalty: s**2 / (s + penalty),
        ),
        (
            "the s² above is left out, 1/(s² + nλ)",
            _LEFT,
            "ridge-directions",
            lambda s, penalty: 1 / (s**2 + penalty),
        ),
        (
            "the factors say what is taken away, not what is left",
            _LEFT,
            "ridge-directions",
            lambda s, penalty: penalty / (s**2 + penalty),
        ),
        (
            "the root of each factor is taken",
            _LEFT,
            "ridge-directions",
            lambda s, penalty: np.sqrt(s**2 / (s**2 + penalty)),
        ),
        (
            "each factor is squared",
            _LEFT,
            "ridge-directions",
            lambda s, penalty: (s**2 / (s**2 + penalty)) ** 2,
        ),
        (
            "λ is squared beside s²",
            _UNITS,
            "ridge-directions",
            lambda s, penalty: s**2 / (s**2 + penalty**2),
        ),
        (
            "1 stands for s² above and below: 1/(1 + nλ)",
            _UNITS,
            "ridge-directions",
            lambda s, penalty: 0 * s + 1 / (1 + penalty),
        ),
        (
            "the factors are s², without a divisor",
            _LEFT,
            "ridge-directions",
            lambda s, penalty: s**2,
        ),
    ),
    "order": as_choices(
        ("the factors come in ascending order", _DIRECTIONS, "ridge-directions", lambda f: f[::-1]),
        ("the last factor is left out", _DIRECTIONS, "ridge-directions", lambda f: f[:-1]),
    ),
}


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
            "the columns are taken for the directions",
            "take an X of two equal columns: its rows vary along a single direction. See what "
            "your factors say.",
            "ridge-directions",
            _of_columns,
        ),
    ),
    formula=formula,
    choices=CHOICES,
    twins=twins(
        "book/penalties/ridge",
        {
            "factor": (
                "λ is not multiplied by n",
                "eigenvalues of XᵀX are taken for singular values",
                "the factors say what is taken away, not what is left",
            ),
            "units": ("the columns of X are standardised",),
        },
    ),
)
