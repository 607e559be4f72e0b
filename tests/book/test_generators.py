"""What generators draw: every number comes out again on a second way."""

import ast
import statistics

import numpy as np
import pytest
from generators import GENERATORS
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, mean_squared_error, root_mean_squared_error

DRAWS = 14


def power(values):
    row = np.vander([values["x"]], values["degree"] + 2, increasing=True)[0]
    column = values["column"]
    assert 3 <= column <= values["degree"]
    assert [values[name] for name in ("before", "answer", "after")] == list(
        row[column - 1 : column + 2]
    )
    assert values["times"] == sum([values["x"]] * column)


def mean_square(values):
    y, fit = (ast.literal_eval(f"[{values[name]}]") for name in ("y", "fit"))
    assert values["answer"] == pytest.approx(mean_squared_error(y, fit))
    assert values["root"] == pytest.approx(root_mean_squared_error(y, fit))
    assert values["absolute"] == pytest.approx(mean_absolute_error(y, fit))
    assert values["sum"] == sum((a - b) ** 2 for a, b in zip(y, fit, strict=True))


def residual(values):
    assert eval(values["line"].replace("x", "*x"), {"x": values["x"]}) == values["predicted"]
    assert values["y"] - values["answer"] == values["predicted"] == values["y"] + values["turned"]


def variance(values):
    numbers = ast.literal_eval(f"[{values['numbers']}]")
    assert statistics.pvariance(numbers) == pytest.approx(values["answer"])
    assert statistics.variance(numbers) == pytest.approx(values["one_less"])
    assert statistics.pstdev(numbers) == pytest.approx(values["root"])
    assert values["sum"] == pytest.approx(len(numbers) * values["answer"])
    assert statistics.mean(numbers) == values["mean"] == int(values["mean"])


def variance_of_a_mean(values):
    """By simulation: numbers of that variance, and the variance of their means."""
    rng = np.random.default_rng(0)
    drawn = values["each"] ** 0.5 * rng.normal(size=(20_000, values["count"]))
    assert drawn.mean(axis=1).var() == pytest.approx(values["answer"], rel=0.05)
    assert values["root"] ** 2 == pytest.approx(values["each"] * values["answer"])


def row_times_weights(values):
    row, w = (ast.literal_eval(f"[{values[name]}]") for name in ("row", "w"))
    products = [a * b for a, b in zip(row, w, strict=True)]
    assert (values["answer"], values["short"]) == (sum(products), sum(products[:-1]))
    assert values["sum"] == sum(row) + sum(w)


def rows_of_a_product(values):
    assert (values["answer"], values["all"]) == (values["n"], values["n"] * values["p"])


def through_all(values):
    x, y = (np.array(ast.literal_eval(f"[{values[name]}]")) for name in ("x", "y"))
    assert len(x) == len(set(x)) == values["count"] == values["degree"] + 1
    goes = np.polyval(np.polyfit(x, y, values["degree"]), x)
    assert np.allclose(goes, y) and values["answer"] == 0
    line = np.polyval(np.polyfit(x, y, 1), x)
    assert values["line"] == pytest.approx(mean_squared_error(y, line))


def two_fits(values):
    """By the definition: the lower training error, and the higher validation error."""
    for own, other in ("ab", "ba"):
        lower = values[f"train_{own}"] < values[f"train_{other}"]
        higher = values[f"validation_{own}"] > values[f"validation_{other}"]
        assert (values["over"] == own) == (lower and higher)
        assert (values["best"] == own) == (not higher)
        assert values[f"train_{own}"] < values[f"validation_{own}"]


def degrees(values):
    """From what is shown in the plot alone, as a reader does it."""
    train, validation = values["plot"]["series"]
    assert validation["x"][int(np.argmin(validation["y"]))] == values["best"]
    assert train["x"][int(np.argmin(train["y"]))] <= values["least_train"] == max(train["x"])
    assert all(a >= b for a, b in zip(train["y"], train["y"][1:], strict=False))
    assert sorted(validation["y"])[1] > 1.05 * min(validation["y"])  # it can be read


SECOND_WAYS = {
    way.__name__: way
    for way in (
        power, mean_square, residual, variance, variance_of_a_mean, row_times_weights,
        rows_of_a_product, through_all, two_fits, degrees,
    )
}  # fmt: skip


def test_every_generator_has_a_second_way():
    assert set(SECOND_WAYS) == set(GENERATORS)


@pytest.mark.parametrize("name", GENERATORS)
def test_what_is_drawn_comes_out_again(name):
    drawn = [GENERATORS[name](np.random.default_rng(seed)) for seed in range(DRAWS)]
    for values in drawn:
        SECOND_WAYS[name](values)
    assert len({str(values) for values in drawn}) >= 8


def test_all_three_outcomes_of_two_fits_are_drawn():
    drawn = [GENERATORS["two_fits"](np.random.default_rng(seed))["over"] for seed in range(DRAWS)]
    assert set(drawn) == {"a", "b", "none"}


def test_the_errors_in_the_plot_are_those_of_least_squares():
    """With the same rows as the generator has drawn, by scikit-learn."""
    values = GENERATORS["degrees"](np.random.default_rng(5), rows=30, most=4)
    rng = np.random.default_rng(5)
    for _ in range(200):  # as many draws as it took to get one that can be read
        x = rng.uniform(-1, 1, 230)
        y = np.sin(np.pi * x) + 0.3 * rng.normal(size=230)
        found = []
        for degree in range(1, 5):
            X = np.vander(x, degree + 1, increasing=True)[:, 1:]
            fit = LinearRegression().fit(X[:30], y[:30])
            found.append([mean_squared_error(y[part], fit.predict(X[part])) for part in ROWS])
        if np.allclose(np.transpose(found), [s["y"] for s in values["plot"]["series"]], rtol=0.06):
            return
    pytest.fail("no draw gives what the plot shows")


ROWS = slice(0, 30), slice(30, None)
