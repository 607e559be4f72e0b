"""What the notebook `overfitting` tells a learner that she should see is what she sees."""

import contextlib
import io
import re

import matplotlib
import numpy as np
import pytest


def numbers(text):
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]


def test_every_check_ends_with_all_points(checks):
    assert checks and all("Right in all" in text for text in checks.values())


def test_higher_degrees_look_better_and_leave_the_picture(run, source):
    names = run[0]
    x, y, bmi = (names[name][names["few"]] for name in ("x", "y", "bmi"))
    assert len(x) == 15 and np.sum((bmi > 31) & (bmi < 38)) == 0
    off = []
    for degree in (1, 4, 9):
        P = names["polynomial_features"](x, degree)
        w, b = names["fit_least_squares"](P, y)
        off.append(np.sqrt(names["mean_squared_error"](y, b + P @ w)))
        gap = names["polynomial_features"]((np.linspace(30, 38, 200) - 30) / 12, degree)
        assert (np.abs(b + gap @ w).max() > 400) == (degree > 1)
    assert np.round(off).tolist() == [42, 39, 26]
    text = source["see_fits_seen"].source
    assert "is off by 42 points on average" in text and "degree 4 by 39, degree 9 by 26" in text


def test_the_refresher_with_a_pencil(run):
    names = run[0]
    assert np.allclose(names["s"], [2, 0])
    assert np.allclose(names["Vt"][0] * np.sign(names["Vt"][0, 0]), np.array([1, 1]) / np.sqrt(2))
    assert np.allclose(names["U"][:, 0] * np.sign(names["U"][0, 0]), np.array([1, -1]) / np.sqrt(2))
    w, b = names["fit_least_squares"](names["A"], np.array([4.0, 0.0]))
    assert np.allclose(w, [1, 1]) and np.isclose(b, 2)


def by_sorting(n, fraction, rng):
    order, m = np.argsort(rng.random(n)), round(fraction * n)
    return np.sort(order[m:]), np.sort(order[:m])


def by_choice(n, fraction, rng):
    validation = rng.choice(n, round(fraction * n), replace=False)
    return np.setdiff1d(np.arange(n), validation), validation


@pytest.mark.parametrize("split", [None, by_sorting, by_choice])
def test_errors_against_the_degree(run, source, split):
    """With every right split, though each draws other patients."""
    names = {**run[0], **({"train_validation_split": split} if split else {})}
    with contextlib.redirect_stdout(io.StringIO()), matplotlib.rc_context({"backend": "agg"}):
        exec(source["see_degrees"].source, names)
        names["plt"].close("all")
    off = names["off"]
    assert len(names["train"]) == 34 and np.all(np.diff(off[:, 0]) < 1e-6)
    middle = np.median(off[:, 1], axis=0)
    assert np.abs(middle[:2] - 62).max() < 3
    assert np.all(np.diff(middle[1:]) > 0) and middle[3] < 85 and middle[7] > 1000


def test_learning_curves(run, source):
    training, validation = run[0]["one"]
    assert np.round(training[[0, -1]]).tolist() == [55, 61]
    assert np.round(validation[[0, -1]]).tolist() == [64, 61]
    at = run[0]["sizes"].index(80)
    assert np.abs(np.diff(run[0]["one"][:, at:], axis=1)).sum(axis=1).max() < 1.5
    _, ten = run[0]["ten"]
    answer = source["more_patients"].source
    assert "ten measurements are off by 179 points in validation, the BMI alone by 64" in answer
    assert "With 242 it is 55 against 61" in answer and "rise from 11 points to 53" in answer
    assert np.round(ten[[0, -1]]).tolist() == [179, 55]
    assert np.round(run[0]["ten"][0][[0, -1]]).tolist() == [11, 53]
    crossing = np.array(run[0]["sizes"])[np.flatnonzero(ten < validation)[0]]
    assert crossing == 50


def test_bias_and_variance(run):
    bias2, variance, error = run[0]["parts"].T
    assert bias2[:2].min() > 850 and bias2[2:].max() < 10
    assert np.all(np.diff(variance) > 0)
    assert 170 < variance[0] < 190 and 1900 < variance[7] < 2100
    assert np.abs(variance[:3] / (80 * np.array([2, 3, 4])) - 1).max() < 0.15
    assert error.argmin() == 2 and np.allclose(error, bias2 + variance + 1600)


@pytest.mark.parametrize("split", [None, by_sorting, by_choice])
def test_the_clinics_question(run, source, split):
    names = {**run[0], **({"train_validation_split": split} if split else {})}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(source["use_code"].source, names)
    one, ten, wide = np.median(names["found"], axis=0)
    assert np.abs([one[0] - 61, ten[0] - 53, wide[0] - 46]).max() < 1.5
    assert np.abs([one[1] - 61, ten[1] - 55, wide[1] - 65]).max() < 2
    assert np.sum(names["best"] == 1) >= 17
    assert ten[1] < one[1] < wide[1]


def test_the_test_patients_confirm_it(run):
    choice, _, guess = numbers(run[1]["open_test"])
    assert choice < 60 and guess > 80


def test_the_best_of_many(run, source):
    seen = numbers(run[1]["experiment_best_of_many"].replace("best of 120", ""))
    answer = source["best_of_many"].source
    said = numbers(re.search(r"The winner is off .* about the same\.", answer)[0])
    winner, further, share, lot, others = said
    assert np.abs(np.subtract([winner, further, lot, others, share], seen)).max() < 0.5
    assert len(run[0]["triples"]) == 120
    assert 10.5 < further - winner < 11.5  # "eleven points more"
    assert abs(lot - others) < 1 and further < others - 3


def test_the_shuffled_years(run, source):
    text = run[1]["experiment_shuffled_years"].splitlines()
    shuffled, ahead = numbers(text[1]), numbers(text[2])
    said = numbers(source["shuffled_years"].source.split("the degrees 1 to 4 are")[1])[:8]
    assert np.abs(np.subtract(said, shuffled + ahead)).max() < 0.15
    assert np.argmin(shuffled) == np.argmin(ahead) == 0
    assert 0.3 < ahead[3] / run[0]["employed"].mean() < 0.4


def test_the_pencil_examples(run, source):
    names = run[0]
    x, y = np.array([-1.0, 0.0, 0.0, 1.0]), np.array([1.0, 0.0, 2.0, 3.0])
    w, b = names["fit_least_squares"](x[:, None], y)
    assert np.allclose([b, *w], [1.5, 1]) and np.allclose(y - b - x * w, [0.5, -1.5, 0.5, 0.5])
    w, b = names["fit_least_squares"](names["polynomial_features"](x, 2), y)
    assert np.allclose([b, *w], 1)
    x, y = np.array([[-1.0], [0.0], [1.0], [2.0]]), np.array([0.0, 3.0, 3.0, 2.0])
    w, b = names["fit_least_squares"](x[:3], y[:3])
    assert np.allclose([b, *w], [2, 1.5]) and np.isclose(b + 4 * w[0], 8)
    assert np.allclose([*names["fit_least_squares"](x, y)[0], 1.7], [0.6, 1.7])


def test_the_minutes_add_up_to_two_hours_and_one_more(minutes):
    assert minutes == {"Core": 120, "Stretch": 60}
