"""The powers of x, side by side."""

from math import factorial
from typing import Any

import numpy as np

from reglib.checks.entry import Case, Entry
from reglib.exercises import draws
from reglib.exercises.choices import as_choices


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
        Case(typical, "three rows, degree 3", (draws.numbers(rng, 3, -3, 3), 3)),
        Case(typical, "four rows, degree 3", (draws.numbers(rng, 4, -3, 3), 3)),
        Case(typical, "three rows, degree 5", (draws.numbers(rng, 3, -3, 3), 5)),
        Case(typical, "four rows, two of them alike",
             (rng.permutation(draws.numbers(rng, 3, -3, 3)[[0, 1, 2, 1]]), 2)),
        Case(edges, "degree 1", (draws.numbers(rng, 3, -3, 3), 1), one),
        Case(edges, "a single row", (draws.numbers(rng, 1, 1.2, 3), 4)),
        Case(edges, "whole numbers", (draws.numbers(rng, 3, -5, 9, whole=True), 3), whole),
        Case(edges, "whole numbers with a zero", (np.array([0, 2, -1]), 6), whole),
        Case(edges, "large whole numbers", (rng.choice([-1, 1], 2) * rng.integers(300, 999, 2), 5),
             whole),
    ]  # fmt: skip


def _powers_agree(args: tuple, value: Any, other: Any) -> bool:
    """Entry by entry, since the powers of one number differ widely in size."""
    return np.allclose(value, other, rtol=1e-9, atol=1e-12)


def _formula(
    x,
    degree,
    *,
    base=lambda x: x,
    powers=lambda degree: np.arange(1, degree + 1),
    term=lambda x, k: x**k,
    shape=lambda P: P,
    kept=lambda P: P,
):
    """`term` makes the column for one of the `powers`; `shape` and `kept` are what it ends as."""
    columns = [term(base(x), k) for k in powers(degree).tolist()]
    P = np.column_stack(columns) if columns else np.ones((len(x), 0))
    return kept(shape(P))


_ONES = (
    "ask which parameter of the fit a column of ones would stand for, and whether the fit already "
    "has that parameter."
)
_RANGE = "print the powers that your loop runs through for degree = 3, from the first to the last."
_BY_HAND = "take x = (2,) and degree = 3, and write down the three columns from left to right."
_TERM = "compute x = 3 with k = 2 by hand, then with the operator in your code."
_SHAPE = "print the shape of what you return: the rows should be those of x."
_X = "print the first column of what you return: it should be x itself."
_NEXT = (
    "write down which power of x your third column holds, and by what the second must be "
    "multiplied to give the right one."
)
CHOICES = {
    "powers": as_choices(
        ("a column of ones stands before the powers", _ONES, "write-the-powers",
         lambda degree: np.arange(degree + 1)),
        (
            "the powers run from 0 to degree − 1",
            "print list(range(degree)), and compare its first and last number with the first and "
            "the last power that are asked for.",
            "write-the-powers",
            np.arange,
        ),
        (
            "the highest power is missing",
            "print list(range(1, degree)) for degree = 3, and look at where it ends.",
            "write-the-powers",
            lambda degree: np.arange(1, degree),
        ),
        ("the highest power comes first", _BY_HAND, "write-the-powers",
         lambda degree: np.arange(degree, 0, -1)),
        ("the highest power comes first, and a column of ones last", _ONES, "write-the-powers",
         lambda degree: np.arange(degree, -1, -1)),
        ("the powers fall from degree − 1 to 0", _BY_HAND, "write-the-powers",
         lambda degree: np.arange(degree - 1, -1, -1)),
        ("a column of ones stands after the powers", _ONES, "write-the-powers",
         lambda degree: np.arange(1, degree + 2) % (degree + 1)),
        ("there is one power too many", _RANGE, "write-the-powers",
         lambda degree: np.arange(1, degree + 2)),
        ("a column of ones stands before the powers, and the highest power twice as high", _RANGE,
         "write-the-powers", lambda degree: np.append(np.arange(degree), 2 * degree)),
        ("the powers begin with 2, and x itself is missing", _RANGE, "write-the-powers",
         lambda degree: np.arange(2, degree + 1)),
        ("the powers run from 2 to degree + 1", _RANGE, "write-the-powers",
         lambda degree: np.arange(2, degree + 2)),
        ("only the highest power is there", _RANGE, "write-the-powers",
         lambda degree: np.array([degree])),
        ("every column holds the highest power", _BY_HAND, "write-the-powers",
         lambda degree: np.full(degree, degree)),
        ("every column is x itself", _BY_HAND, "write-the-powers",
         lambda degree: np.ones(degree, dtype=int)),
        ("only every other power is there: 1, 3, 5, …", _BY_HAND, "write-the-powers",
         lambda degree: np.arange(1, 2 * degree, 2)),
        ("each column is the square of the one before it", _NEXT, "write-the-powers",
         lambda degree: 2 ** np.arange(degree)),
        ("each column is the product of all before it and x", _NEXT, "write-the-powers",
         lambda degree: np.cumsum(np.arange(1, degree + 1))),
    ),
    "term": as_choices(
        ("x is multiplied by k instead of raised to the power k", _TERM, "write-the-powers",
         lambda x, k: x * k),
        ("k is raised to the power x, not x to the power k", _TERM, "write-the-powers",
         lambda x, k: float(k) ** x),
        ("x ^ k is written, which is no power in Python", _TERM, "write-the-powers",
         lambda x, k: x ^ k),
        ("k is added to x", _TERM, "write-the-powers", lambda x, k: x + k),
        ("the powers are divided by k", _TERM, "write-the-powers", lambda x, k: x**k / k),
        ("the powers are multiplied by k", _TERM, "write-the-powers", lambda x, k: k * x**k),
        ("the powers are divided by k!", _TERM, "write-the-powers",
         lambda x, k: x**k / factorial(k)),
        ("the derivatives k x^(k − 1) stand for the powers", _TERM, "write-the-powers",
         lambda x, k: k * x ** (k - 1.0)),
        ("the kth roots stand for the powers", _TERM, "write-the-powers",
         lambda x, k: x ** (1 / k)),
        ("each column is the sum of all powers up to its own", _NEXT, "write-the-powers",
         lambda x, k: sum((x**j for j in range(1, k + 1)), 0 * x)),
        ("each column is the one before it times k", _NEXT, "write-the-powers",
         lambda x, k: x * factorial(k)),
        ("the sign of x gets lost in its powers", _TERM, "write-the-powers",
         lambda x, k: np.abs(x) ** k),
    ),
    "base": as_choices(
        ("x is centred before its powers are taken", _X, "write-the-powers",
         lambda x: x - x.mean()),
        ("x is standardised before its powers are taken", _X, "write-the-powers",
         lambda x: (x - x.mean()) / x.std()),
        ("x is divided by its largest value before its powers are taken", _X, "write-the-powers",
         lambda x: x / np.abs(x).max()),
        ("x is cut to whole numbers before its powers are taken", _X, "write-the-powers",
         np.trunc),
        ("x is sorted before its powers are taken", _X, "write-the-powers", np.sort),
        ("a value that comes twice in x is left out", _SHAPE, "write-the-powers", np.unique),
        ("the first entry of x serves for every row", _X, "write-the-powers",
         lambda x: 0 * x + x[0]),
        ("the last entry of x serves for every row", _X, "write-the-powers",
         lambda x: 0 * x + x[-1]),
    ),
    "shape": as_choices(
        ("the powers are stacked as rows, one below the other", _SHAPE, "write-the-powers",
         lambda P: P.T),
        (
            "the powers are stacked as rows, and reshaped to (n, degree), not transposed",
            "print what you have before the reshape, and after it: does a row keep to one x?",
            "write-the-powers",
            lambda P: P.T.reshape(P.shape),
        ),
        ("the powers come one after the other in one long row", _SHAPE, "write-the-powers",
         lambda P: P.T.ravel()),
        ("only the column of the highest power is returned", _SHAPE, "write-the-powers",
         lambda P: P[:, -1]),
        ("the columns are added up", _SHAPE, "write-the-powers", lambda P: P.sum(axis=1)),
    ),
    "kept": as_choices(
        (
            "the powers are cut to whole numbers",
            "print the dtype of the array that you fill: one made of whole numbers keeps no "
            "fractions.",
            "write-the-powers",
            np.trunc,
        ),
        ("each column has its mean subtracted", _X, "write-the-powers",
         lambda P: P - P.mean(axis=0)),
        ("the last column is left as zeros", _RANGE, "write-the-powers",
         lambda P: np.column_stack([P[:, :-1], 0 * P[:, -1]])),
        ("the first column is left as zeros", _RANGE, "write-the-powers",
         lambda P: np.column_stack([0 * P[:, 0], P[:, 1:]])),
        ("the first column is left as ones", _RANGE, "write-the-powers",
         lambda P: np.column_stack([P[:, 0] ** 0, P[:, 1:]])),
    ),
}  # fmt: skip


ENTRY = Entry(
    name="overfitting.polynomial_features",
    place=1,
    returns=("P",),
    must="column k of P, counted from 1, holds x to the power k, and there are `degree` columns",
    reference=polynomial_features,
    cases=cases,
    rubric=RUBRIC,
    section="write-the-powers",
    example=(np.array([2.0, -1.0]), 3),
    compare=_powers_agree,
    formula=_formula,
    choices=CHOICES,
)
