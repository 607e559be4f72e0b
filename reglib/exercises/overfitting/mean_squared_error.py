"""The mean squared error."""

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception
from reglib.exercises import draws


def mean_squared_error(y, y_hat):
    return float(np.mean((y - y_hat) ** 2))


RUBRIC = {
    "typical cases": 2,
    "whole numbers, perfect or equal predictions": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    perfect = "predictions without any error have a mean squared error of 0"
    typical, edges = RUBRIC

    def draw(n, whole=False):
        return draws.numbers(rng, n, -9, 9, whole), draws.numbers(rng, n, -9, 9, whole)

    y = draws.answers(rng, 3)
    return [
        Case(typical, "three rows", draw(3)),
        Case(typical, "five rows", draw(5)),
        Case(typical, "eight rows", draw(8)),
        Case(edges, "whole numbers", draw(4, whole=True)),
        Case(edges, "perfect predictions", (y, y.copy()), perfect),
        Case(edges, "one prediction for all", (draws.numbers(rng, 5, -9, 9), np.full(5, 2.5))),
    ]


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
            "subtracting an (n, 1) from an (n,) makes an (n, n) array",
            "print the shapes of y, of y_hat and of their difference: each should have one number "
            "per row.",
            "four-errors",
            lambda y, y_hat: np.mean((y - y_hat[:, None]) ** 2),
        ),
        Misconception(
            "the root of the mean is returned",
            "ask for the unit: if y is in points, is your result in points or in points squared?",
            "four-errors",
            lambda y, y_hat: np.sqrt(mean_squared_error(y, y_hat)),
        ),
        Misconception(
            "the squared errors are added up, not averaged",
            "repeat every row once and see what happens to your result: a mean stays as it is.",
            "four-errors",
            lambda y, y_hat: len(y) * mean_squared_error(y, y_hat),
        ),
        Misconception(
            "the result is halved, as in a loss to be minimised",
            "take two errors of 1 each: what is the mean of their squares?",
            "four-errors",
            lambda y, y_hat: mean_squared_error(y, y_hat) / 2,
        ),
        Misconception(
            "the absolute errors are averaged, not the squared ones",
            "take one row that is off by 3: what should come out?",
            "four-errors",
            lambda y, y_hat: np.mean(np.abs(y - y_hat)),
        ),
        Misconception(
            "the errors are averaged before they are squared",
            "take one row that is off by 1 and one that is off by −1: is the error zero?",
            "four-errors",
            lambda y, y_hat: np.mean(y - y_hat) ** 2,
        ),
        Misconception(
            "the sum is divided by n − 1",
            "count the rows that you sum over, and compare with what you divide by.",
            "four-errors",
            lambda y, y_hat: len(y) / (len(y) - 1) * mean_squared_error(y, y_hat),
        ),
    ),
)
