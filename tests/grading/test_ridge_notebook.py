"""What the notebook `ridge` tells a learner that she should see is what she sees."""

import contextlib
import io
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def source():
    return {c.id: c for c in nbformat.read(ROOT / "solutions/ridge/ridge.ipynb", 4).cells}


@pytest.fixture(scope="module")
def run(source):
    """The names that the notebook defines, and what each of its cells prints."""
    names, printed = {}, {}
    for name, cell in source.items():
        if cell.cell_type == "code":
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(cell.source, names)
            printed[name] = out.getvalue()
    return names, printed


def test_it_is_written_for_thirty_patients(run):
    assert run[1]["setup"].startswith("30 training, 100 validation, 312 test patients")
    assert "bp   from   70.0 to  131.0" in run[1]["setup"]
    assert "ltg  from    3.8 to    6.0" in run[1]["setup"]


def test_a_line_turns_around_the_means_and_ends_flat(run):
    names = run[0]
    X, y = names["X_train"][:, [names["bmi"]]], names["y_train"]
    fits = [names["ridge_fit"](X, y, lam) for lam in (0, 1, 100, 1e6)]
    assert np.allclose([b + X.mean() * w[0] for w, b in fits], y.mean())
    assert abs(fits[-1][0][0]) < 1e-3 and np.all(np.diff([w[0] for w, _ in fits]) < 0)


def test_raw_units_hold_back_ltg_and_not_bp(run):
    names = run[0]
    X, y = names["X_train"][:, names["two"]], names["y_train"]
    (bp0, ltg0), (bp3, ltg3) = (names["ridge_fit"](X, y, lam)[0] for lam in (0, 3))
    assert ltg3 < 0.1 * ltg0 and bp0 < bp3 < 1.3 * bp0


def test_errors_and_coefficients_of_all_ten(run):
    names = run[0]
    Z, Z_new = names["standardize"](names["X_train"], names["X"][names["validation"]])
    y, y_new = names["y_train"], names["y"][names["validation"]]
    lams = names["lams"]
    fits = [names["ridge_fit"](Z, y, lam) for lam in lams]
    training = [np.mean((y - b - Z @ w) ** 2) for w, b in fits]
    validation = [np.mean((y_new - b - Z_new @ w) ** 2) for w, b in fits]
    assert np.all(np.diff(training) > 0)
    best = int(np.argmin(validation))
    assert 0.1 < lams[best] < 0.5
    assert np.all(np.diff(validation[: best + 1]) < 0) and np.all(np.diff(validation[best:]) > 0)

    blood = [names["names"].index(name) for name in ("tc", "ldl", "hdl", "ltg")]
    tc, *others = fits[0][0][blood]
    assert tc < -150 and min(others) > 60
    others = names["X_train"][:, blood[1:]]
    total = names["X_train"][:, blood[0]]
    explained = names["ridge_fit"](others, total, 0)
    assert np.var(total - others @ explained[0]) < 0.02 * np.var(total)
    assert np.abs(names["ridge_fit"](Z, y, 0.2)[0][blood]).max() < 20


def test_the_test_patients_confirm_it(run):
    squares, ridge, mean = map(float, re.findall(r"off by ([\d.]+)", run[1]["open_test"]))
    assert ridge < squares - 5 < mean - 5


def test_the_sample_answer_quotes_what_came_out(run, source):
    out = run[1]["experiment"]
    answer = source["same_lambda_more_patients"].source
    said = re.search(r"in (\d+)% of the draws, n = 100: in (\d+)%, n = 300: in (\d+)%", answer)
    seen = re.findall(r"(\d+)% of the draws", out)
    assert np.abs(np.subtract([*map(int, said.groups())], [*map(int, seen)])).max() <= 2
    said = re.search(r"ratios are ([\d.]+), ([\d.]+) and ([\d.]+)\.", answer)
    seen = re.findall(r"squares': ([\d.]+)", out)
    assert np.abs(np.subtract([*map(float, said.groups())], [*map(float, seen)])).max() <= 0.02


def test_the_pencil_example(source):
    """Residuals 1 and 2; means 1 and 3; mean 3 and standard deviation 2."""
    w, b = np.array([2.0, -1.0]), 1.0
    X, y = np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([4.0, 1.0])
    assert (b + X @ w).tolist() == [3.0, -1.0] and (y - b - X @ w).tolist() == [1.0, 2.0]
    assert "the two predictions are 3 and −1, so the residuals are 1 and 2" in (
        source["text_ridge_objective"].source
    )
    X, y = np.array([0.0, 2.0]), np.array([1.0, 5.0])
    assert (X.mean(), y.mean()) == (1, 3)
    assert (X - 1) @ (X - 1) == 2 and (X - 1) @ (y - 3) == 4
    assert np.std([1.0, 5.0]) == 2
