import numpy as np
import sklearn.datasets

import reglib


def test_diabetes_is_the_data_of_scikit_learn():
    theirs = sklearn.datasets.load_diabetes(scaled=False)
    ours = reglib.load_diabetes()
    np.testing.assert_array_equal(ours.X, theirs.data)
    np.testing.assert_array_equal(ours.y, theirs.target)
    assert len(ours.feature_names) == 10 and len(ours.units) == 11
