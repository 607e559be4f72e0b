"""What draws the numbers of a question and computes its answer, by reglib or NumPy.

A generator takes a random generator, and what a question gives it under `with`. It returns values
by name, which stand in the question's text as `{{name}}`: numbers, words, the id of a right option,
or a plot. A new one is a function here and a second way to its numbers in
`tests/book/test_generators.py`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from reglib.features import polynomial, standardize
from reglib.ridge import least_squares

Values = dict[str, Any]


def power(rng: np.random.Generator, degree: int = 5) -> Values:
    """Draw a number x and a column of its powers up to `degree`; the answer is what stands there.

    Mistakes: x times the number of the column, and the powers on either side.
    """
    x = int(rng.choice([-3, -2, 2, 3, 4]))
    column = int(rng.integers(3, degree + 1))
    row = polynomial([x], column + 1)[0]
    return {
        "x": x,
        "degree": degree,
        "column": column,
        "answer": float(row[column - 1]),
        "times": float(x * column),
        "before": float(row[column - 2]),
        "after": float(row[column]),
    }


def mean_square(rng: np.random.Generator, rows: int = 3) -> Values:
    """Draw `rows` values and what a fit says of them; the answer is the mean squared error.

    Mistakes: the sum, the root, and the mean of the absolute errors.
    """
    y = rng.integers(1, 10, rows)
    residual = rng.permutation(np.r_[0, rng.choice([-3, -2, -1, 1, 2, 3], rows - 1)])
    answer = float(np.mean(residual**2))
    return {
        "y": ", ".join(map(str, y)),
        "fit": ", ".join(map(str, y - residual)),
        "answer": answer,
        "sum": float(rows * answer),
        "root": float(np.sqrt(answer)),
        "absolute": float(np.mean(np.abs(residual))),
    }


def two_fits(rng: np.random.Generator) -> Values:
    """Draw the training and the validation error of two fits, A and B.

    `over` is the fit that overfits compared with the other: `a` or `b`, or `none` where one has
    both errors lower. `best` is the fit to choose, by validation error.
    """
    train = rng.choice(np.arange(10, 60, 2), 2, replace=False)
    validation = train.max() + rng.choice(np.arange(2, 60, 2), 2, replace=False)
    lower_train, lower_validation = int(np.argmin(train)), int(np.argmin(validation))
    return {
        "train_a": int(train[0]),
        "train_b": int(train[1]),
        "validation_a": int(validation[0]),
        "validation_b": int(validation[1]),
        "best": "ab"[lower_validation],
        "over": "none" if lower_train == lower_validation else "ab"[lower_train],
    }


def degrees(rng: np.random.Generator, rows: int = 20, most: int = 9, noise: float = 0.3) -> Values:
    """Draw rows around a wave, fit polynomials of degree 1 to `most`, and plot both errors.

    `best` is the degree of the least validation error, on 200 further rows; `least_train` that of
    the least training error. Draws in which the two lowest validation errors cannot be told apart
    in the plot are left out.
    """
    while True:
        x = rng.uniform(-1, 1, rows + 200)
        y = np.sin(np.pi * x) + noise * rng.normal(size=len(x))
        Z = standardize(polynomial(x, most))[0]
        errors = np.array([_errors(Z[:, :d], y, rows) for d in range(1, most + 1)])
        train, validation = errors.T
        second, third = np.partition(validation, 1)[:2]
        if third > 1.1 * second and validation.max() < 6 * second:
            break
    steps = list(range(1, most + 1))
    return {
        "rows": rows,
        "best": int(np.argmin(validation)) + 1,
        "least_train": int(np.argmin(train)) + 1,
        "least": float(validation.min()),
        "plot": {
            "says": (
                f"Training and validation error against the degree, from 1 to {most}. "
                "The numbers are in the table below."
            ),
            "x": "degree of the polynomial",
            "y": "mean squared error",
            "series": [
                _series("training error", "training", steps, train),
                _series("validation error", "validation", steps, validation),
            ],
        },
    }


def _errors(Z: np.ndarray, y: np.ndarray, rows: int) -> tuple[float, float]:
    w, b = least_squares(Z[:rows], y[:rows])
    squares = (y - b - Z @ w) ** 2
    return float(squares[:rows].mean()), float(squares[rows:].mean())


def _series(name: str, colour: str, x: list[int], y: np.ndarray) -> dict[str, Any]:
    return {"name": name, "colour": colour, "x": x, "y": [float(f"{value:.2g}") for value in y]}


GENERATORS: dict[str, Callable[..., Values]] = {
    made.__name__: made for made in (power, mean_square, two_fits, degrees)
}
