"""The data sets are what their notes say, value for value."""

from importlib.resources import files

import numpy as np
import pytest
import sklearn.datasets

import reglib

LOADERS = [name for name in reglib.__all__ if name.startswith("load_")]


@pytest.mark.parametrize("name", LOADERS)
def test_every_data_set_is_whole_and_described(name):
    data = getattr(reglib, name)()
    n, p = data.X.shape
    assert data.y.shape == (n,) and data.X.dtype == data.y.dtype == np.float64
    assert np.isfinite(data.X).all() and np.isfinite(data.y).all()
    assert len(data.feature_names) == len(set(data.feature_names)) == p
    assert len(data.units) == p + 1 and all(data.units) and data.citation
    note = files("reglib.data").joinpath(f"{name.removeprefix('load_')}.md").read_text("utf-8")
    assert "- Source: " in note and ("- Licence: " in note or "- Terms: " in note)
    assert f"{n} " in note


def test_the_data_are_small():
    sizes = [len(file.read_bytes()) for file in files("reglib.data").iterdir() if file.is_file()]
    assert sum(sizes) < 1.5e6


def test_diabetes_is_the_data_of_scikit_learn():
    theirs = sklearn.datasets.load_diabetes(scaled=False)
    ours = reglib.load_diabetes()
    np.testing.assert_array_equal(ours.X, theirs.data)
    np.testing.assert_array_equal(ours.y, theirs.target)


def test_breast_cancer_is_the_data_of_scikit_learn_with_malignant_as_1():
    theirs = sklearn.datasets.load_breast_cancer()
    ours = reglib.load_breast_cancer()
    np.testing.assert_array_equal(ours.X, theirs.data)
    np.testing.assert_array_equal(
        ours.y, theirs.target == list(theirs.target_names).index("malignant")
    )
    assert list(ours.feature_names) == list(theirs.feature_names)


def test_digits_are_the_data_of_scikit_learn():
    theirs = sklearn.datasets.load_digits()
    ours = reglib.load_digits()
    np.testing.assert_array_equal(ours.X, theirs.data)
    np.testing.assert_array_equal(ours.y, theirs.target)
    np.testing.assert_array_equal(ours.X[7].reshape(8, 8), theirs.images[7])
    assert ours.feature_names[8 * 2 + 5] == "row 2 column 5"


def test_least_squares_on_longley_has_the_certified_coefficients():
    """Those certified by the US National Institute of Standards and Technology, to 15 digits."""
    longley = reglib.load_longley()
    w, b = reglib.least_squares(longley.X, longley.y)
    certified = [
        15.0618722713733,
        -0.358191792925910e-01,
        -2.02022980381683,
        -1.03322686717359,
        -0.511041056535807e-01,
        1829.15146461355,
    ]
    np.testing.assert_allclose(w, certified, rtol=1e-8)
    np.testing.assert_allclose(b, -3482258.63459582, rtol=1e-8)


def test_longley_is_collinear():
    longley = reglib.load_longley()
    s = np.linalg.svd(reglib.standardize(longley.X)[0], compute_uv=False)
    assert s[0] / s[-1] > 100


def test_a_penalty_pays_on_meat():
    """Trained on 60 samples, ridge has about a quarter of the error of least squares."""
    meat, lams, ratios = reglib.load_meat(), np.geomspace(1e-10, 0.1, 46), []
    for seed in range(15):
        rng = np.random.default_rng(seed)
        train, rest = np.split(rng.permutation(215), [60])
        X, y = meat.X[train], meat.y[train]
        cv = reglib.cross_validate(reglib.ridge_path, X, y, lams, reglib.kfold(60, 5, rng))
        fits = reglib.ridge_path(X, y, [cv.best, 0.0])
        ridge, least = np.mean(
            (reglib.predict(fits, meat.X[rest]) - meat.y[rest, None]) ** 2, axis=0
        )
        ratios.append(ridge / least)
    assert 0.15 < np.median(ratios) < 0.4
    assert np.mean(np.array(ratios) < 1) > 0.9


def test_meat_is_what_its_source_describes():
    meat = reglib.load_meat()
    assert meat.X.min() > 2.0 and meat.X.max() < 5.6  # absorbance
    assert meat.y.min() == 0.9 and meat.y.max() == 49.1  # percent of fat
    np.testing.assert_array_equal(meat.X[0, [0, 1, -1]], [2.61776, 2.61814, 2.8192])
    note = files("reglib.data").joinpath("meat.md").read_text("utf-8")
    assert "redistributed as long as this permission note is attached" in " ".join(
        note.replace("\n>", "").split()
    )
