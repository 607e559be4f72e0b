"""Columns to fit on: standardised ones and powers."""

import numpy as np
from numpy.typing import ArrayLike

from reglib import inputs


def center(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (X − mean, mean), column by column; a constant column becomes exact zeros.

    The mean of n equal floats need not equal them, so a constant column is given its own value as
    mean: otherwise rounding would leave a tiny column that passes for a feature. A large mean is
    rounded by as much as small features vary, so that the mean of what is left is taken off too.

    >>> center(np.array([[0.1, 1.0], [0.1, 2.0], [0.1, 3.0]]))[0]
    array([[ 0., -1.],
           [ 0.,  0.],
           [ 0.,  1.]])
    """
    mean = X.sum(axis=0) / len(X)
    if (X[0] == X[-1]).any():  # seldom so: no other column can be constant
        mean = np.where((X[0] == X).all(axis=0), X[0], mean)
    centered = X - mean
    rest = centered.sum(axis=0) / len(X)
    return centered - rest, mean + rest


def standardize(X: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shift every column to mean 0 and scale it to standard deviation 1.

    Returns (Z, mean, scale), of shapes (n, p), (p,), (p,), with Z = (X − mean) / scale and the
    scale in the units of X: the standard deviation with divisor n, and 1 for a constant column.
    New rows are put on the same scale with `(X_new - mean) / scale`.

    Raises `ValueError` if X is not a finite array of shape (n, p).

    Source: Hastie, Tibshirani & Friedman (2009), *The Elements of Statistical Learning*, § 3.4.1.

    >>> Z, mean, scale = standardize([[1.0, 7.0], [3.0, 7.0]])
    >>> Z
    array([[-1.,  0.],
           [ 1.,  0.]])
    >>> mean, scale
    (array([2., 7.]), array([1., 1.]))
    """
    centered, mean = center(inputs.matrix(X))
    # Dividing by the largest entry first keeps the squares of very large or small columns finite.
    largest = np.abs(centered).max(axis=0)
    constant = largest == 0
    largest[constant] = 1.0
    scale = largest * np.sqrt(np.mean((centered / largest) ** 2, axis=0))
    scale[constant] = 1.0
    return centered / scale, mean, scale


def polynomial(x: ArrayLike, degree: int) -> np.ndarray:
    """Return the powers x¹ … x^degree as columns, of shape (n, degree); no column of ones.

    Raises `ValueError` if x is not a finite array of shape (n,), if degree is not a whole number
    of at least 1, or if a power is too large for a float.

    Source: Bishop (2006), *Pattern Recognition and Machine Learning*, § 1.1.

    >>> polynomial([2, 3], degree=3)
    array([[ 2.,  4.,  8.],
           [ 3.,  9., 27.]])
    """
    x = inputs.numbers("x", x, 1, "pass an array of shape (n,), one number per row")
    degree = inputs.whole("degree", degree, least=1)
    with np.errstate(over="ignore"):
        powers = x[:, None] ** np.arange(1, degree + 1)
    if not np.isfinite(powers).all():
        raise ValueError(f"degree is {degree}, and x to that power overflows: rescale x first")
    return powers
