"""The data sets of the course: small, real, offline, in raw units.

Source and licence of each stand beside its CSV file in this folder.
"""

from importlib.resources import files
from typing import NamedTuple

import numpy as np


class Dataset(NamedTuple):
    """A data set in raw units.

    X              (n, p)  one row per observation
    y              (n,)    the answer
    feature_names  p names, in the order of the columns of X
    units          p + 1 units: those of the features, then that of y
    citation       where the data come from

    >>> load_diabetes()._fields
    ('X', 'y', 'feature_names', 'units', 'citation')
    """

    X: np.ndarray
    y: np.ndarray
    feature_names: tuple[str, ...]
    units: tuple[str, ...]
    citation: str


def _read(name: str, units: tuple[str, ...], citation: str) -> Dataset:
    """Read a CSV file of this folder: a line of names, then rows of numbers, the answer last."""
    with files("reglib.data").joinpath(f"{name}.csv").open(encoding="utf-8") as lines:
        *feature_names, _ = next(lines).strip().split(",")
        table = np.loadtxt(lines, delimiter=",")
    return Dataset(table[:, :-1].copy(), table[:, -1].copy(), tuple(feature_names), units, citation)


def load_diabetes() -> Dataset:
    """Ten measurements of 442 patients, and their disease's progression one year later.

    X is (442, 10), y is (442,), a score between 25 and 346.

    Source: Efron, Hastie, Johnstone & Tibshirani (2004), "Least Angle Regression", *Annals of
    Statistics* 32(2), pp. 407–499.

    >>> diabetes = load_diabetes()
    >>> diabetes.X.shape, diabetes.y.mean().round(1)
    ((442, 10), np.float64(152.1))
    >>> dict(zip(diabetes.feature_names, diabetes.X[0]))["bmi"]
    np.float64(32.1)
    """
    return _read(
        "diabetes",
        ("years", "1 or 2", "kg/m²", "mm Hg", *["mg/dL"] * 3, "ratio", "log", "mg/dL", "score"),
        "Efron, Hastie, Johnstone & Tibshirani (2004), Least Angle Regression, "
        "Annals of Statistics 32(2), 407–499",
    )
