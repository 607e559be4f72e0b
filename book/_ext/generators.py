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


def residual(rng: np.random.Generator) -> Values:
    """Draw a line, a place x and what is measured there; the answer is the residual.

    Mistakes: the residual with the other sign, and what the line predicts.
    """
    b, slope, x = int(rng.integers(1, 6)), int(rng.choice([-3, -2, 2, 3])), int(rng.integers(2, 6))
    predicted = float(np.dot([b, slope], [1, x]))
    y = int(predicted + rng.choice([-4, -3, -2, 2, 3, 4]))
    line = f"{b} {'+' if slope > 0 else '-'} {abs(slope)}x"
    return {
        "b": b,
        "slope": slope,
        "line": line,
        "x": x,
        "y": y,
        "predicted": predicted,
        "answer": y - predicted,
        "turned": predicted - y,
    }


def variance(rng: np.random.Generator, count: int = 4) -> Values:
    """Draw `count` numbers with a whole mean; the answer is their variance, divided by `count`.

    Mistakes: divided by one less, the sum of the squares, and the standard deviation.
    """
    while True:
        numbers = rng.integers(1, 12, count)
        if numbers.sum() % count == 0 and numbers.var() not in (0, 1):
            break
    return {
        "numbers": ", ".join(map(str, numbers)),
        "count": count,
        "mean": float(numbers.mean()),
        "answer": float(numbers.var()),
        "one_less": float(numbers.var(ddof=1)),
        "sum": float(count * numbers.var()),
        "root": float(numbers.std()),
    }


def variance_of_a_mean(rng: np.random.Generator) -> Values:
    """Draw how many independent measurements there are, and the variance of each.

    The answer is the variance of their mean. Mistakes: divided by the root, and not divided.
    """
    count, answer = int(rng.choice([4, 9, 16, 25])), int(rng.integers(2, 7))
    each = count * answer
    return {
        "count": count,
        "each": each,
        "answer": float(each / count),
        "root": float(each / np.sqrt(count)),
    }


def row_times_weights(rng: np.random.Generator, columns: int = 3) -> Values:
    """Draw a row and as many weights; the answer is their product.

    Mistakes: the sum of all of them, and the product without the last column.
    """
    row, w = rng.integers(1, 6, columns), rng.choice([-3, -2, 2, 3, 4], columns)
    return {
        "row": ", ".join(map(str, row)),
        "w": ", ".join(map(str, w)),
        "answer": float(row @ w),
        "sum": float(row.sum() + w.sum()),
        "short": float(row[:-1] @ w[:-1]),
    }


def rows_of_a_product(rng: np.random.Generator) -> Values:
    """Draw the shape of X; the answer is how many numbers Xw holds. Mistakes: p, and n times p."""
    n, p = (int(size) for size in rng.choice(np.arange(3, 30), 2, replace=False))
    X, w = np.ones((n, p)), np.ones(p)
    return {"n": n, "p": p, "answer": float((X @ w).size), "all": float(X.size)}


def through_all(rng: np.random.Generator) -> Values:
    """Draw points, one more than the degree of a polynomial; the answer is its training error.

    That is 0. Mistake: the training error of the best line.
    """
    degree = int(rng.integers(2, 5))
    x = np.sort(rng.choice(np.arange(-4, 5), degree + 1, replace=False))
    while True:
        y = rng.integers(-5, 6, degree + 1)
        line, best = (float(_squares(polynomial(x, d), y).mean()) for d in (1, degree))
        if line > 1:
            break
    return {
        "degree": degree,
        "count": degree + 1,
        "x": ", ".join(map(str, x)),
        "y": ", ".join(map(str, y)),
        "answer": round(best, 6),
        "line": line,
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
        squares = np.array([_squares(Z[:, :d], y, rows) for d in range(1, most + 1)])
        train, validation = squares[:, :rows].mean(axis=1), squares[:, rows:].mean(axis=1)
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


def _squares(X: np.ndarray, y: np.ndarray, rows: int | None = None) -> np.ndarray:
    """Return the squared error of each row, of least squares on the first `rows`, or on all."""
    w, b = least_squares(X[:rows], y[:rows])
    return (y - b - X @ w) ** 2


def _series(name: str, colour: str, x: list[int], y: np.ndarray) -> dict[str, Any]:
    return {"name": name, "colour": colour, "x": x, "y": [float(f"{value:.2g}") for value in y]}


GENERATORS: dict[str, Callable[..., Values]] = {
    made.__name__: made
    for made in (
        power, mean_square, residual, variance, variance_of_a_mean, row_times_weights,
        rows_of_a_product, through_all, two_fits, degrees,
    )
}  # fmt: skip
