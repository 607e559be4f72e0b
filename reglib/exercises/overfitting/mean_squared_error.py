"""The mean squared error."""

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws
from reglib.exercises.choices import as_choices


def mean_squared_error(y, y_hat):
    return float(np.mean((y - y_hat) ** 2))


RUBRIC = {
    "typical cases": 2,
    "whole numbers, perfect or equal predictions": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    perfect = "predictions without any error have a mean squared error of 0"
    mixed = "y may be whole where the predictions are not"
    typical, edges = RUBRIC

    def draw(n, whole=False):
        return draws.numbers(rng, n, -9, 9, whole), draws.numbers(rng, n, -9, 9, whole)

    y = draws.answers(rng, 3)
    return [
        Case(typical, "three rows", draw(3)),
        Case(typical, "five rows", draw(5)),
        Case(typical, "eight rows", draw(8)),
        Case(typical, "six rows, each y twice", (np.repeat(draw(3)[0], 2), draw(6)[0])),
        Case(edges, "whole numbers", draw(4, whole=True)),
        Case(edges, "whole y alone", (draw(4, whole=True)[0], draw(4)[0]), mixed),
        Case(edges, "perfect predictions", (y, y.copy()), perfect),
        Case(edges, "one prediction for all", (draw(5)[0], np.full(5, 2.5))),
    ]


def _formula(
    y,
    y_hat,
    *,
    error=lambda y, y_hat: y - y_hat,
    each=np.square,
    total=np.mean,
    end=lambda mse, y: mse,
):
    """`each` is what becomes of an error, `total` of all of them, and `end` of the mean."""
    with np.errstate(all="ignore"):
        return end(total(each(error(y, y_hat))), y)


_SQUARE = "take one row that is off by 3: what should come out?"
_SUM = "repeat every row once and see what happens to your result: a mean stays as it is."
_CANCEL = "take one row that is off by 1 and one that is off by −1: is the error zero?"
_COUNT = "count the rows that you sum over, and compare with what you divide by."
_UNIT = "ask for the unit: if y is in points, is your result in points or in points squared?"
_ALL = "take three errors of 1, 2 and 3: which of them does your result depend on?"
_BOTH = "write down for one row which number is compared with which, and compare with your code."
_DTYPE = "print the dtype of the array that you fill: one made of whole numbers keeps no fractions."
CHOICES = {
    "error": as_choices(
        (
            "subtracting an (n, 1) from an (n,) makes an (n, n) array",
            "print the shapes of y, of y_hat and of their difference: each should have one number "
            "per row.",
            "four-errors",
            lambda y, y_hat: y - y_hat[:, None],
        ),
        ("y and y_hat are added, not subtracted", _BOTH, "four-errors", lambda y, h: y + h),
        ("y_hat is left out, so that y itself is squared", _BOTH, "four-errors",
         lambda y, h: y + 0 * h),
        ("y is left out, so that y_hat itself is squared", _BOTH, "four-errors",
         lambda y, h: h + 0 * y),
        ("y is compared with its own mean, not with y_hat", _BOTH, "four-errors",
         lambda y, h: y - y.mean()),
        ("y_hat is compared with the mean of y", _BOTH, "four-errors", lambda y, h: h - y.mean()),
        ("y is compared with the mean of y_hat", _BOTH, "four-errors", lambda y, h: y - h.mean()),
        ("the mean of the errors is subtracted from each, so that a variance is left", _CANCEL,
         "four-errors", lambda y, h: y - h - np.mean(y - h)),
        ("each error is divided by its y", _UNIT, "four-errors", lambda y, h: (y - h) / y),
        ("y and y_hat are sorted before they are compared", _BOTH, "four-errors",
         lambda y, h: np.sort(y) - np.sort(h)),
        ("the last row is left out", _ALL, "four-errors", lambda y, h: (y - h)[:-1]),
        ("the first row is left out", _ALL, "four-errors", lambda y, h: (y - h)[1:]),
        ("y and y_hat are cut to whole numbers", _ALL, "four-errors",
         lambda y, h: np.trunc(y) - np.trunc(h)),
        (
            "the errors are cut to whole numbers wherever y is whole",
            _DTYPE,
            "four-errors",
            lambda y, h: (y - h).astype(y.dtype),
        ),
    ),
    "each": as_choices(
        ("the absolute errors are averaged, not the squared ones", _SQUARE, "four-errors", np.abs),
        ("the errors are not squared", _CANCEL, "four-errors", lambda r: r),
        ("the errors are doubled, not squared", _SQUARE, "four-errors", lambda r: 2 * r),
        ("the errors are cubed, not squared", _SQUARE, "four-errors", lambda r: r**3),
        ("the roots of the absolute errors are averaged", _SQUARE, "four-errors",
         lambda r: np.sqrt(np.abs(r))),
    ),
    "total": as_choices(
        ("the squared errors are added up, not averaged", _SUM, "four-errors", np.sum),
        ("the sum is divided by n − 1", _COUNT, "four-errors", lambda s: s.sum() / (len(s) - 1)),
        ("the sum is divided by n − 2", _COUNT, "four-errors", lambda s: s.sum() / (len(s) - 2)),
        ("the sum is divided by n + 1", _COUNT, "four-errors", lambda s: s.sum() / (len(s) + 1)),
        ("the sum is divided by √n", _COUNT, "four-errors", lambda s: s.sum() / np.sqrt(len(s))),
        (
            "the result is halved, as in a loss to be minimised",
            "take two errors of 1 each: what is the mean of their squares?",
            "four-errors",
            lambda s: s.mean() / 2,
        ),
        ("the squared errors are added up, and halved", _SUM, "four-errors", lambda s: s.sum() / 2),
        ("the median of the squared errors is taken", _ALL, "four-errors", np.median),
        ("the largest squared error stands for all", _ALL, "four-errors", np.max),
        ("the smallest squared error stands for all", _ALL, "four-errors", np.min),
        ("only the first row counts", _ALL, "four-errors", lambda s: s[0]),
        ("only the last row counts", _ALL, "four-errors", lambda s: s[-1]),
        ("only the first row counts, divided by n", _ALL, "four-errors", lambda s: s[0] / len(s)),
        ("only the last row counts, divided by n", _ALL, "four-errors", lambda s: s[-1] / len(s)),
        ("the squared errors are averaged by whole division, //", _SUM, "four-errors",
         lambda s: s.sum() // len(s)),
        ("the squared errors are multiplied, not added", _SUM, "four-errors", np.prod),
    ),
    "end": as_choices(
        ("the root of the mean is returned", _UNIT, "four-errors", lambda mse, y: np.sqrt(mse)),
        ("the error is divided by the variance of y", _UNIT, "four-errors",
         lambda mse, y: mse / np.var(y)),
        ("R² is returned, 1 less the error over the variance of y", _UNIT, "four-errors",
         lambda mse, y: 1 - mse / np.var(y)),
    ),
}  # fmt: skip


ENTRY = Entry(
    name="overfitting.mean_squared_error",
    place=3,
    returns=("error",),
    must="error is the mean over the rows of the squared difference between y and y_hat",
    reference=mean_squared_error,
    cases=cases,
    rubric=RUBRIC,
    section="four-errors",
    example=(np.array([1.0, 2.0, 6.0]), np.array([0.5, 3.0, 5.5])),
    misconceptions=(
        Misconception(
            "the errors are averaged before they are squared",
            _CANCEL,
            "four-errors",
            lambda y, y_hat: np.mean(y - y_hat) ** 2,
        ),
        Misconception(
            "the errors are added up before they are squared",
            _CANCEL,
            "four-errors",
            lambda y, y_hat: np.sum(y - y_hat) ** 2,
        ),
        Misconception(
            "the squared errors are cut to whole numbers wherever y is whole",
            _DTYPE,
            "four-errors",
            lambda y, y_hat: np.mean(((y - y_hat) ** 2).astype(y.dtype)),
        ),
        Misconception(
            "the length of the errors is returned, the root of the sum of their squares",
            _UNIT,
            "four-errors",
            lambda y, y_hat: np.linalg.norm(y - y_hat),
        ),
    ),
    formula=_formula,
    choices=CHOICES,
)
