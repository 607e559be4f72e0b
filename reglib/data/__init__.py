"""The data sets of the course: small, real, offline, in raw units.

Source and licence of each stand beside its CSV file in this folder, and in `ledger.csv` which rows
serve what.
"""

from importlib.resources import files
from typing import NamedTuple

import numpy as np

from reglib.data import ledger


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


def rows(data: str, use: str) -> Dataset:
    """Return the data set with the rows of one use alone, as `ledger.csv` has it.

    A lesson takes its rows here, so that a test can see which it reads, and when. Raises
    `ValueError` for a data set or a use that the ledger does not know.

    >>> rows("diabetes", "ridge/training").X.shape
    (30, 10)
    """
    found = ledger.find(data, use)
    with ledger.as_use(use):
        whole = globals()[f"load_{data}"]()
    kept = found.rows(len(whole.y))
    return whole._replace(X=whole.X[kept], y=whole.y[kept])


def _read(name: str, units: tuple[str, ...], citation: str) -> Dataset:
    """Read a CSV file of this folder: a line of names, then rows of numbers, the answer last."""
    ledger.note(name)
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


def load_longley() -> Dataset:
    """Six nearly collinear figures of the US economy, and its employment, 1947 to 1962.

    X is (16, 6), y is (16,), thousands of people employed.

    Source: Longley (1967), "An Appraisal of Least Squares Programs for the Electronic Computer from
    the Point of View of the User", *Journal of the American Statistical Association* 62(319).

    >>> longley = load_longley()
    >>> longley.X.shape, longley.y[0]
    ((16, 6), np.float64(60323.0))
    """
    people = "thousand people"
    return _read(
        "longley",
        ("1954 = 100", "million US dollars", people, people, people, "year", people),
        "Longley (1967), An Appraisal of Least Squares Programs for the Electronic Computer from "
        "the Point of View of the User, Journal of the American Statistical Association 62(319), "
        "819–841",
    )


def load_breast_cancer() -> Dataset:
    """Thirty measurements of cell nuclei in 569 breast masses, and whether each is malignant.

    X is (569, 30), y is (569,), 1 for malignant (212 of them) and 0 for benign.

    Source: Wolberg, Mangasarian, Street & Street (1993), "Breast Cancer Wisconsin (Diagnostic)",
    UCI Machine Learning Repository, CC BY 4.0.

    >>> cancer = load_breast_cancer()
    >>> cancer.X.shape, cancer.y.sum()
    ((569, 30), np.float64(212.0))
    >>> cancer.feature_names[0], cancer.feature_names[10], cancer.feature_names[20]
    ('mean radius', 'radius error', 'worst radius')
    """
    length, ratio = "image units", "–"
    properties = (length, "grey levels", length, "square image units", *[ratio] * 6)
    return _read(
        "breast_cancer",
        (*properties * 3, "0 or 1"),
        "Wolberg, Mangasarian, Street & Street (1993), Breast Cancer Wisconsin (Diagnostic), UCI "
        "Machine Learning Repository, https://doi.org/10.24432/C5DW2B, CC BY 4.0",
    )


def load_digits() -> Dataset:
    """1797 handwritten digits of 8 × 8 blocks, row by row from the top left, and what they mean.

    X is (1797, 64), whole numbers from 0 to 16; y is (1797,), 0 to 9. `X[i].reshape(8, 8)` is the
    i-th picture.

    Source: Alpaydin & Kaynak (1998), "Optical Recognition of Handwritten Digits", UCI Machine
    Learning Repository, CC BY 4.0.

    >>> digits = load_digits()
    >>> digits.X.shape, digits.X.max(), digits.y[:4]
    ((1797, 64), np.float64(16.0), array([0., 1., 2., 3.]))
    """
    return _read(
        "digits",
        (*["pixels"] * 64, "digit"),
        "Alpaydin & Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning "
        "Repository, https://doi.org/10.24432/C50P49, CC BY 4.0",
    )


def load_meat() -> Dataset:
    """Near-infrared spectra of 215 samples of meat, 100 channels each, and their fat.

    X is (215, 100), absorbances from 850 to 1050 nm; y is (215,), percent. With few samples to
    learn from a penalty plainly pays.

    Source: recorded on a Tecator Infratec Food and Feed Analyzer; Borggaard & Thodberg (1992),
    "Optimal Minimal Neural Interpretation of Spectra", *Analytical Chemistry* 64(5).

    >>> meat = load_meat()
    >>> meat.X.shape, meat.y[:3]
    ((215, 100), array([22.5, 40.1,  8.4]))
    """
    return _read(
        "meat",
        (*["absorbance"] * 100, "percent"),
        "Tecator Infratec Food and Feed Analyzer; Borggaard & Thodberg (1992), Optimal Minimal "
        "Neural Interpretation of Spectra, Analytical Chemistry 64(5), 545–551",
    )
