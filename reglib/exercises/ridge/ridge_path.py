"""Ridge regression for each of several λ."""

import numpy as np

import reglib
from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws
from reglib.exercises.choices import as_choices, inherited
from reglib.exercises.ridge.ridge_fit import ENTRY as FIT
from reglib.exercises.ridge.ridge_fit import ridge_fit


def ridge_path(X, y, lams):
    path = reglib.ridge_path(X, y, lams)
    return path.coef, path.intercept


def _penalties(rng: np.random.Generator, count: int) -> np.ndarray:
    """Draw different λ in ascending order."""
    return np.cumsum(rng.uniform(0.3, 1.5, count)).round(2)


RUBRIC = {
    "typical cases": 2,
    "the order of lams": 1,
    "a single λ, whole numbers, a constant column, p > n": 1,
    "λ = 0 and a singular X: the shortest w": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    order = "row k of W and entry k of b belong to lams[k], in whatever order the λ come"
    single = "one λ makes a W of one row and a b of one entry"
    idle = "a column that never varies explains nothing, so its coefficient is zero at every λ"
    shortest = (
        "X is singular, so many w fit equally well at λ = 0: its row is the shortest of them, as "
        "in ridge_fit"
    )
    typical, mixed, edges, singular = RUBRIC

    def draw(n, p, lams, whole=False):
        return *draws.problem(rng, n, p, whole, least=0), np.asarray(lams)

    def with_zero(count):
        return np.append(0.0, _penalties(rng, count))

    def twins():
        y = draws.answers(rng, 4, whole=True, least=0)
        return np.hstack([twin, twin]), y.astype(float)

    X, y, lams = draw(6, 2, _penalties(rng, 2))
    below = X, (y - 50).round(1), lams
    with_constant = draws.rows(rng, 6, 3, least=0)
    with_constant[:, 1] = 3.0
    twin = draws.rows(rng, 4, 1, whole=True, least=0).astype(float)
    low, high = _penalties(rng, 2)
    return [
        Case(typical, "three rows, one feature, two λ", draw(3, 1, _penalties(rng, 2))),
        Case(typical, "five rows, two features, three λ", draw(5, 2, _penalties(rng, 3))),
        Case(typical, "nine rows, three features, λ = 0 first", draw(9, 3, with_zero(3))),
        Case(typical, "answers far below zero", below),
        Case(mixed, "λ that descend", draw(4, 2, _penalties(rng, 3)[::-1].copy()), order),
        Case(mixed, "λ in no order", draw(5, 2, _penalties(rng, 4)[[2, 0, 3, 1]]), order),
        Case(mixed, "a λ that comes twice", draw(5, 2, [high, low, high]), order),
        Case(edges, "a single λ", draw(4, 2, [draws.penalty(rng)]), single),
        Case(edges, "more features than rows", draw(3, 5, _penalties(rng, 2))),
        Case(
            edges,
            "a constant column",
            (with_constant, draws.answers(rng, 6, least=0), _penalties(rng, 2)),
            idle,
        ),
        Case(edges, "whole numbers", draw(5, 2, [1, 3], whole=True)),
        Case(
            singular,
            "λ = 0 and the same column twice",
            (*twins(), with_zero(2)),
            shortest,
        ),
        Case(singular, "λ = 0 and more features than rows", draw(4, 6, with_zero(2)), shortest),
    ]


def _formula(X, y, lams, *, fit=ridge_fit, used=lambda lams: lams):
    """A path made of one fit after the other."""
    fits = [fit(X, y, lam) for lam in used(np.asarray(lams))]
    return np.array([w for w, _ in fits]), np.array([b for _, b in fits])


def _of_one_array(X, y, lams):
    """The list of all w holds one and the same array, filled anew for each λ."""
    W, b = ridge_path(X, y, lams)
    return np.tile(W[-1], (len(lams), 1)), b


def _shrunk_alike(X, y, lams):
    W = ridge_fit(X, y, 0.0)[0] / (1 + lams[:, None])
    return W, y.mean() - W @ X.mean(axis=0)


_ORDER = "call it with the same λ in two orders, and see which row of W belongs to which λ."
_LOOP = "print W inside your loop, after each turn: does a turn change the rows before it?"
CHOICES = {
    "fit": inherited(FIT),
    "used": as_choices(
        (
            "the penalties add up from one λ to the next",
            "call it with lams = [1, 1]: both rows must be the same; then look for something that "
            "your loop changes and the next turn uses again.",
            "ridge-closed-form",
            np.cumsum,
        ),
        ("the answers come in ascending order of λ", _ORDER, "ridge-path", np.sort),
        (
            "the answers come in descending order of λ",
            _ORDER,
            "ridge-path",
            lambda lams: np.sort(lams)[::-1],
        ),
        ("the λ are gone through backwards", _ORDER, "ridge-path", lambda lams: lams[::-1]),
        ("the first λ serves for all", _LOOP, "ridge-path", lambda lams: 0 * lams + lams[0]),
        ("the last λ serves for all", _LOOP, "ridge-path", lambda lams: 0 * lams + lams[-1]),
        ("the λ are cut to whole numbers", _LOOP, "ridge-path", np.trunc),
        (
            "each row belongs to the λ before it",
            _LOOP,
            "ridge-path",
            lambda lams: np.append(lams[:1], lams[:-1]),
        ),
        ("a λ that comes again is left out", _ORDER, "ridge-path", np.unique),
    ),
}


ENTRY = Entry(
    name="ridge.ridge_path",
    place=5,
    returns=("W", "b"),
    must="row k of W and entry k of b are the ridge fit at lams[k], whatever the other λ are",
    reference=ridge_path,
    cases=cases,
    rubric=RUBRIC,
    section="ridge-path",
    builds_on=("ridge.ridge_fit",),
    example=(np.array([[0.0], [2.0]]), np.array([1.0, 5.0]), np.array([1.0, 0.0, 3.0])),
    misconceptions=(
        Misconception(
            "the rows of W are the features, and its columns the λ",
            "print the shape of W for two features and three λ, and hold it against the table "
            "above the function.",
            "ridge-path",
            lambda X, y, lams: (ridge_path(X, y, lams)[0].T, ridge_path(X, y, lams)[1]),
        ),
        Misconception(
            "every row of W holds the w of the last λ",
            _LOOP,
            "ridge-path",
            _of_one_array,
        ),
        Misconception(
            "every row of W holds the w of the first λ",
            _LOOP,
            "ridge-path",
            lambda X, y, lams: (
                np.tile(ridge_path(X, y, lams)[0][0], (len(lams), 1)),
                ridge_path(X, y, lams)[1],
            ),
        ),
        Misconception(
            "all coefficients of least squares are divided by the same number, 1 + λ",
            "for two features, divide your w at λ = 1 by your w at λ = 0, entry by entry: on most "
            "data the two ratios must differ.",
            "ridge-directions",
            _shrunk_alike,
        ),
        Misconception(
            "b is a single number, that of the last λ",
            "print the shape of b: there should be one entry per λ.",
            "ridge-path",
            lambda X, y, lams: (ridge_path(X, y, lams)[0], ridge_path(X, y, lams)[1][-1]),
        ),
    ),
    formula=_formula,
    choices=CHOICES,
    twins=FIT.twins,
)
