"""The powers of x, side by side."""

from typing import Any

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws


def polynomial_features(x, degree):
    return x[:, None] ** np.arange(1, degree + 1)


RUBRIC = {
    "the powers side by side": 2,
    "degree 1, a single row, whole numbers": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    one = "at degree 1 there is one column, x itself, and the shape is (n, 1)"
    whole = "whole numbers and negative ones have powers too"
    typical, edges = RUBRIC
    return [
        Case(typical, "three rows, degree 2", (draws.numbers(rng, 3, -3, 3), 2)),
        Case(typical, "four rows, degree 3", (draws.numbers(rng, 4, -3, 3), 3)),
        Case(typical, "three rows, degree 5", (draws.numbers(rng, 3, -3, 3), 5)),
        Case(edges, "degree 1", (draws.numbers(rng, 3, -3, 3), 1), one),
        Case(edges, "a single row", (draws.numbers(rng, 1, 1.2, 3), 4)),
        Case(edges, "whole numbers", (draws.numbers(rng, 3, -5, 9, whole=True), 3), whole),
        Case(edges, "whole numbers with a zero", (np.array([0, 2, -1]), 6), whole),
    ]


def _powers_agree(args: tuple, value: Any, other: Any) -> bool:
    """Entry by entry, since the powers of one number differ widely in size."""
    return np.allclose(value, other, rtol=1e-9, atol=1e-12)


def _squaring_on(x, degree):
    columns = [x]
    while len(columns) < degree:
        columns.append(columns[-1] ** 2)
    return np.column_stack(columns)


ENTRY = Entry(
    name="overfitting.polynomial_features",
    place=1,
    returns=("P",),
    must="column k of P, counted from 1, holds x to the power k, and there are `degree` columns",
    reference=polynomial_features,
    cases=cases,
    rubric=RUBRIC,
    section="fit-a-polynomial",
    example=(np.array([2.0, -1.0]), 3),
    compare=_powers_agree,
    misconceptions=(
        Misconception(
            "a column of ones stands before the powers",
            "ask which parameter of the fit a column of ones would stand for, and whether the fit "
            "already has that parameter.",
            "fit-a-polynomial",
            lambda x, degree: x[:, None] ** np.arange(degree + 1),
        ),
        Misconception(
            "the powers run from 0 to degree − 1",
            "print list(range(degree)), and compare its first and last number with the first and "
            "the last power that are asked for.",
            "fit-a-polynomial",
            lambda x, degree: x[:, None] ** np.arange(degree),
        ),
        Misconception(
            "the highest power is missing",
            "print list(range(1, degree)) for degree = 3, and look at where it ends.",
            "fit-a-polynomial",
            lambda x, degree: x[:, None] ** np.arange(1, degree),
        ),
        Misconception(
            "the highest power comes first",
            "take x = (2,) and degree = 3, and write down the three columns from left to right.",
            "fit-a-polynomial",
            lambda x, degree: x[:, None] ** np.arange(degree, 0, -1),
        ),
        Misconception(
            "the powers are stacked as rows, one below the other",
            "print the shape of what you return: the rows should be those of x.",
            "fit-a-polynomial",
            lambda x, degree: (x[:, None] ** np.arange(1, degree + 1)).T,
        ),
        Misconception(
            "x is multiplied by k instead of raised to the power k",
            "compute x = 3 with k = 2 by hand, then with the operator in your code.",
            "fit-a-polynomial",
            lambda x, degree: x[:, None] * np.arange(1, degree + 1),
        ),
        Misconception(
            "each column is the square of the one before it",
            "write down which power of x your third column holds, and by what the second must be "
            "multiplied to give the right one.",
            "fit-a-polynomial",
            _squaring_on,
        ),
    ),
)
