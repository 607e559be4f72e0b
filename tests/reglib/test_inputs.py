"""A bad input is named, with what to pass instead; a good one is converted and left alone."""

import numpy as np
import pytest
import scipy.sparse

import reglib

X = np.random.default_rng(0).normal(size=(8, 3))
Y = X @ [1.0, -2.0, 0.5] + 1
LAMS = [1.0, 0.1]


def with_entry(array, value):
    array = np.array(array, dtype=float)
    array.flat[1] = value
    return array


BAD_X = {
    "1-D": (X[:, 0], r"X has shape \(8,\).*pass an array of shape \(n, p\)"),
    "3-D": (X[None], r"X has shape \(1, 8, 3\).*pass an array of shape \(n, p\)"),
    "NaN": (with_entry(X, np.nan), "X contains NaN or infinity: remove or impute"),
    "infinity": (with_entry(X, np.inf), "X contains NaN or infinity: remove or impute"),
    "no rows": (np.empty((0, 3)), r"X is empty: pass an array of shape \(n, p\)"),
    "no columns": (np.empty((8, 0)), r"X is empty: pass an array of shape \(n, p\)"),
    "text": ([["a", "b"]] * 8, r"X must hold real numbers only: pass an array of shape \(n, p\)"),
    "numbers as text": ([["1"]] * 8, "X must hold real numbers only"),
    "ragged": ([[1.0], [1.0, 2.0]], "X must hold real numbers only"),
    "complex": (X + 1j, "X must hold real numbers only"),
    "None": (None, r"X has shape \(\)"),
    "None inside": ([[None, 1.0]] * 8, "X contains NaN or infinity: remove or impute"),
    "digits as objects": (np.array([["1", 2.0]] * 8, object), "X must hold real numbers only"),
    "bytes as objects": (np.array([[b"1"]] * 8, object), "X must hold real numbers only"),
    "masked": (np.ma.masked_greater(X, 1), "X has masked entries: remove or impute"),
    "masked rows": (list(np.ma.masked_greater(X, 1)), "X has masked entries: remove or impute"),
    "sparse": (scipy.sparse.csr_matrix(X), r"X is sparse: pass X.toarray\(\)"),
    "sparse array": (scipy.sparse.coo_array(X), r"X is sparse: pass X.toarray\(\)"),
}
BAD_Y = {
    "column": (Y[:, None], r"y has shape \(8, 1\).*pass an array of shape \(n,\).*ravel"),
    "short": (Y[:-1], "y has 7 entries and X has 8 rows: pass one entry per row"),
    "NaN": (with_entry(Y, np.nan), "y contains NaN or infinity: remove or impute"),
    "infinity": (with_entry(Y, -np.inf), "y contains NaN or infinity: remove or impute"),
    "number": (1.0, r"y has shape \(\)"),
    "masked": (np.ma.masked_array(Y, Y[0] == Y), "y has masked entries: remove or impute"),
    "sparse": (scipy.sparse.csr_matrix(Y), r"y is sparse: pass y.toarray\(\)"),
    "digits as objects": (np.array(["1"] * 8, object), "y must hold real numbers only"),
}
BAD_LAMS = {
    "negative": ([1.0, -0.1], "lams contains -0.1: pass λ ≥ 0"),
    "NaN": ([1.0, np.nan], "lams contains NaN or infinity"),
    "infinity": ([np.inf], "lams contains NaN or infinity"),
    "number": (1.0, r"lams has shape \(\).*pass a sequence of λ values, \[lam\] for a single one"),
    "empty": ([], "lams is empty: pass a sequence of λ values"),
    "text": (["a"], "lams must hold real numbers only"),
    "truth": ([True], "lams must hold real numbers only: pass a sequence of λ values"),
    "truth beside a None": ([True, None], "lams must hold real numbers only"),
    "None": (None, "lams must hold real numbers only: pass a sequence of λ values"),
    "masked": (np.ma.masked_array(LAMS, [True, False]), "lams has masked entries"),
}


def as_tuple(result):
    return result if isinstance(result, tuple) else (result,)


def cases(table):
    return [pytest.param(*case, id=name) for name, case in table.items()]


FOLDS = [(np.arange(4), np.arange(4, 8)), (np.arange(4, 8), np.arange(4))]
LABELS = np.array([0, 1, 1, 0, 1, 1, 0, 0])


@pytest.mark.parametrize("mask", [False, np.zeros(X.shape, dtype=bool)])
def test_a_mask_that_hides_nothing_is_no_fault(mask):
    path = reglib.ridge_path(np.ma.masked_array(X, mask), Y, LAMS)
    np.testing.assert_array_equal(path.coef, reglib.ridge_path(X, Y, LAMS).coef)


#: Every function of X, y and λ, called with these three by keyword.
FITS = {
    "cross_validate": lambda X=X, y=Y, lams=LAMS: reglib.cross_validate(
        reglib.ridge_path, X, y, lams, FOLDS
    ),
    "elastic_net_path": lambda X=X, y=Y, lams=LAMS: reglib.elastic_net_path(X, y, lams, 0.5),
    "lasso_path": lambda X=X, y=Y, lams=LAMS: reglib.lasso_path(X, y, lams),
    "proximal_path": lambda X=X, y=Y, lams=LAMS: reglib.proximal_path(X, y, lams, reglib.L1),
    "logistic_path": lambda X=X, y=LABELS, lams=LAMS: reglib.logistic_path(X, y, lams),
    "ridge_loo": lambda X=X, y=Y, lams=LAMS: reglib.ridge_loo(X, y, lams),
    "ridge_path": lambda X=X, y=Y, lams=LAMS: reglib.ridge_path(X, y, lams),
}
#: Every function of X and y.
FITS_WITHOUT_LAMS = {
    "gradient_descent_path": lambda X=X, y=Y: reglib.gradient_descent_path(X, y, 0.1, 3),
    "lambda_grid": lambda X=X, y=Y: reglib.lambda_grid(X, y),
    "lasso_cd": lambda X=X, y=Y: reglib.lasso_cd(X, y, 0.1),
    "lasso_knots": lambda X=X, y=Y: reglib.lasso_knots(X, y),
    "least_squares": lambda X=X, y=Y: reglib.least_squares(X, y),
}
#: Every function of X.
OF_X = {
    "standardize": lambda X=X: reglib.standardize(X),
    "predict": lambda X=X: reglib.predict(reglib.ridge_path(globals()["X"], Y, LAMS), X),
}


@pytest.mark.parametrize("fit", [*FITS, *FITS_WITHOUT_LAMS, *OF_X])
@pytest.mark.parametrize(("value", "message"), cases(BAD_X))
def test_bad_X(fit, value, message):
    with pytest.raises(ValueError, match=message):
        {**FITS, **FITS_WITHOUT_LAMS, **OF_X}[fit](X=value)


@pytest.mark.parametrize("fit", [*FITS, *FITS_WITHOUT_LAMS])
@pytest.mark.parametrize(("value", "message"), cases(BAD_Y))
def test_bad_y(fit, value, message):
    with pytest.raises(ValueError, match=message):
        {**FITS, **FITS_WITHOUT_LAMS}[fit](y=value)


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize(("value", "message"), cases(BAD_LAMS))
def test_bad_lams(fit, value, message):
    with pytest.raises(ValueError, match=message):
        FITS[fit](lams=value)


OTHER = {
    "grid of none": (
        lambda: reglib.lambda_grid(X, Y, num=0),
        "num is 0: pass a whole number of at least 1",
    ),
    "grid of a half": (lambda: reglib.lambda_grid(X, Y, num=1.5), "num is 1.5: pass a whole"),
    "eps of 0": (lambda: reglib.lambda_grid(X, Y, eps=0), "eps is 0: pass a number from"),
    "eps above 1": (lambda: reglib.lambda_grid(X, Y, eps=2), "eps is 2: pass a number from"),
    "l1_ratio above 1": (
        lambda: reglib.lambda_grid(X, Y, penalty=reglib.ElasticNet(1.1)),
        "l1_ratio is 1.1: pass a number from 0 to 1",
    ),
    "l1_ratio of two numbers": (
        lambda: reglib.lambda_grid(X, Y, penalty=reglib.ElasticNet([0.1, 0.2])),
        r"l1_ratio has shape \(2,\).*pass a single number from 0 to 1",
    ),
    "constant y": (
        lambda: reglib.lambda_grid(X, np.full(8, 0.1)),
        "y is constant.*pass a y that varies",
    ),
    "constant X": (
        lambda: reglib.lambda_grid(np.full((8, 3), 0.1), Y),
        "X has no column that varies",
    ),
    "degree 0": (
        lambda: reglib.polynomial([1, 2], 0),
        "degree is 0: pass a whole number of at least 1",
    ),
    "degree 2.0": (lambda: reglib.polynomial([1, 2], 2.0), "degree is 2.0: pass a whole number"),
    "degree True": (lambda: reglib.polynomial([1, 2], True), "degree is True: pass a whole"),
    "degree too high": (
        lambda: reglib.polynomial([1e20], 20),
        "degree is 20, and x to that power overflows: rescale x",
    ),
    "x with two columns": (
        lambda: reglib.polynomial([[1, 2]], 2),
        r"x has shape \(1, 2\).*pass an array of shape \(n,\)",
    ),
    "negative lam_min": (
        lambda: reglib.lasso_knots(X, Y, -1.0),
        "lam_min is -1: pass a number of at least 0",
    ),
    "lam of two numbers": (
        lambda: reglib.lasso_cd(X, Y, [0.1, 1.0]),
        r"lam has shape \(2,\).*pass a single number of at least 0",
    ),
    "lam of True": (
        lambda: reglib.lasso_cd(X, Y, True),
        "lam must hold real numbers only: pass a single number of at least 0",
    ),
    "lam of None": (lambda: reglib.lasso_cd(X, Y, None), "lam must hold real numbers only"),
    "lam of a 0-d truth": (
        lambda: reglib.lasso_cd(X, Y, np.array(True)),
        "lam must hold real numbers only",
    ),
    "a number for a penalty": (
        lambda: reglib.lambda_grid(X, Y, penalty=0.5),
        r"penalty is 0.5: pass L1, L2, ElasticNet\(l1_ratio\), or an object with the methods",
    ),
    "one row to leave out": (
        lambda: reglib.ridge_loo(X[:1], Y[:1], [1.0]),
        "X has 1 row, so that none is left to fit on: pass at least two",
    ),
    "uncorrelated y": (
        lambda: reglib.lambda_grid([[0.1], [0.2], [0.7]], [-5.0, 6.0, -1.0]),
        "X has no column that varies with y",
    ),
    "tol of 0": (lambda: reglib.lasso_cd(X, Y, 0.1, tol=0), "tol is 0: pass a number"),
    "l1_ratio below 0": (
        lambda: reglib.elastic_net_path(X, Y, LAMS, -0.5),
        "l1_ratio is -0.5: pass a number from 0 to 1",
    ),
    "other features": (
        lambda: reglib.predict(reglib.ridge_path(X, Y, LAMS), X[:, :2]),
        "X has 2 columns: pass the 3 features the path was fitted on",
    ),
}


@pytest.mark.parametrize(("call", "message"), cases(OTHER))
def test_other_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("fit", [*FITS, *FITS_WITHOUT_LAMS, *OF_X])
def test_inputs_are_never_changed(fit):
    arguments = {"X": X.copy(), "y": Y.copy(), "lams": np.array(LAMS)}
    if fit == "logistic_path":
        arguments["y"] = LABELS.astype(float)
    names = ["X", "y", "lams"] if fit in FITS else ["X", "y"] if fit in FITS_WITHOUT_LAMS else ["X"]
    passed = {name: arguments[name].copy() for name in names}
    {**FITS, **FITS_WITHOUT_LAMS, **OF_X}[fit](**passed)
    for name in names:
        np.testing.assert_array_equal(passed[name], arguments[name])


@pytest.mark.parametrize("fit", [*FITS, *FITS_WITHOUT_LAMS])
@pytest.mark.parametrize("kind", [np.int8, np.int64, np.float32, bool])
def test_other_number_types_become_float64(fit, kind):
    functions = {**FITS, **FITS_WITHOUT_LAMS}
    few = np.random.default_rng(1).integers(0, 2, size=(8, 3)).astype(kind)
    answer = LABELS.astype(kind)
    got = functions[fit](X=few, y=answer)
    expected = functions[fit](X=few.astype(float), y=answer.astype(float))
    for one, other in zip(as_tuple(got), as_tuple(expected), strict=True):
        if isinstance(one, np.ndarray):
            assert one.dtype == np.float64
            np.testing.assert_array_equal(one, other)
