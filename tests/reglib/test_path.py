import subprocess
import sys

import numpy as np
import pytest
from sklearn.linear_model import ElasticNet

import reglib

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 8)) * np.geomspace(0.1, 10, 8) + 3
Y = X @ RNG.normal(size=8) + RNG.normal(size=50)


def test_predict():
    path = reglib.ridge_path(X, Y, [1.0, 0.0, 0.1])
    predictions = reglib.predict(path, X[:5])
    assert predictions.shape == (5, 3)
    for k in range(3):
        expected = [path.intercept[k] + sum(path.coef[k] * row) for row in X[:5]]
        np.testing.assert_allclose(predictions[:, k], expected, rtol=1e-13)


def test_the_grid_falls_evenly_from_lambda_max():
    lams = reglib.lambda_grid(X, Y, num=50, eps=1e-2)
    assert lams.shape == (50,)
    np.testing.assert_allclose(lams[1:] / lams[:-1], 0.01 ** (1 / 49), rtol=1e-12)
    np.testing.assert_array_equal(reglib.lambda_grid(X, Y, num=1), lams[:1])


@pytest.mark.parametrize("l1_ratio", [1.0, 0.3])
def test_lambda_max_is_the_smallest_that_leaves_every_coefficient_zero(l1_ratio):
    lam_max = reglib.lambda_grid(X, Y, num=1, penalty=reglib.ElasticNet(l1_ratio))[0]
    for factor, nonzero in ((1.001, 0), (0.999, 1)):
        fit = ElasticNet(alpha=lam_max * factor, l1_ratio=l1_ratio, tol=1e-12).fit(X, Y)
        assert np.count_nonzero(fit.coef_) == nonzero


def test_the_floor_of_l1_ratio_gives_ridge_a_grid():
    np.testing.assert_allclose(
        reglib.lambda_grid(X, Y, penalty=reglib.L2), 1000 * reglib.lambda_grid(X, Y), rtol=1e-12
    )


def test_lambda_max_does_not_depend_on_n_or_on_an_intercept():
    lam_max = reglib.lambda_grid(X, Y, num=1)
    np.testing.assert_allclose(
        reglib.lambda_grid(np.tile(X, (3, 1)) - 7, np.tile(Y, 3) + 5, num=1), lam_max, rtol=1e-12
    )


def test_import_reglib_loads_no_model():
    """The package must import where its models are withheld, and without NumPy."""
    code = (
        "import reglib, sys; print([m for m in sys.modules if m.startswith(('reglib.', 'numpy'))])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_every_public_name_is_there():
    for name in reglib.__all__:
        assert getattr(reglib, name).__doc__, name
    assert set(reglib.__all__) <= set(dir(reglib))
    with pytest.raises(AttributeError, match="no attribute 'rigde_path'"):
        reglib.rigde_path  # noqa: B018
