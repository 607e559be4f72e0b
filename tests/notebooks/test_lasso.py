"""What the notebook `lasso` tells a learner that she should see is what she sees."""

import re

import numpy as np

from reglib import elastic_net_path, lasso_path


def numbers(text):
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]


def test_every_check_ends_with_all_points(checks):
    assert checks and all("Right in all" in text for text in checks.values())


def test_the_worked_example(run):
    for line in run[1]["worked_code"].splitlines():
        _, formula, grid = numbers(line)
        assert abs(formula - grid) <= 0.001


def test_its_fits_are_those_of_the_library(run):
    names = run[0]
    Z, y = names["Z"][names["train"]], names["y"][names["train"]]
    assert np.abs(names["path"] - lasso_path(Z, y, names["lams"]).coef).max() < 1e-3
    w, b = names["elastic_net_fit"](Z, y, 5.0, 0.3)
    best = elastic_net_path(Z, y, [5.0], 0.3)
    assert np.allclose(w, best.coef[0], atol=1e-5) and np.isclose(b, best.intercept[0])


def test_features_come_in_one_after_the_other(run, source):
    text = run[1]["see_path"]
    assert "everything is zero from λ = 48.2 on" in text
    assert "λ = 30: 2 kept: bmi ltg" in text
    assert [int(n) for n in re.findall(r"(\d) kept", text)] == [2, 4, 6, 9]
    seen = source["see_path_seen"].source
    assert "From λ = 48.2 on" in seen and "at 10 there are four, at 3 six, at 1 nine" in seen
    off, lams = np.sqrt(run[0]["errors"]), run[0]["lams"]
    assert np.ptp(off[lams < 10]) < 0.6 and np.all(np.diff(off[lams > 8]) < 0)


def test_a_short_list_looks_cheap_in_validation(run, source):
    first, _, second, kept = run[1]["use_code"].splitlines()
    assert numbers(first) == [0.90, 54.0, 9] and numbers(second) == [2, 9.35, 54.4, 4]
    assert kept.split() == ["bmi", "bp", "hdl", "ltg"]
    seen = source["use_seen"].source
    assert "54.0 points, is at λ = 0.90, with nine" in seen
    assert "λ = 9.35, with only `bmi`, `bp`, `hdl` and `ltg`, is off by 54.4" in seen


def test_the_test_patients_have_another_opinion(run, source):
    found = [numbers(line)[-1] for line in run[1]["open_test"].splitlines()]
    said = numbers(source["open_test_seen"].source)
    assert said[:3] == found and found[1] + 3 < found[0] < found[2] - 20


def test_the_sample_answer_on_shuffled_columns(run, source):
    lines = run[1]["experiment_true_features"].splitlines()
    answer = source["true_features"].source
    small, large = numbers(lines[0])[1], numbers(lines[2])[1]
    assert f"At λ = 2, {small} of the 10" in answer and large < 0.05
    rates = [dict(re.findall(r"(\w+) (\d+)%", lines[i])) for i in (1, 3)]
    always = [[name for name, rate in found.items() if int(rate) >= 90] for found in rates]
    assert always == [["sex", "bmi", "bp", "hdl", "ltg"], ["bmi", "ltg"]]
    assert f"glu is kept in {rates[0]['glu']}% and tc in {rates[0]['tc']}%" in answer
    assert (rates[0]["sex"], rates[1]["sex"]) == ("100", "0")


def test_the_sample_answer_on_two_scales(run, source):
    lasso, net = map(numbers, run[1]["experiment_two_scales"].splitlines())
    answer = source["two_scales"].source
    said = "first only in {:.0f}, the second only in {:.0f}, both in {:.0f}".format(*lasso[:3])
    assert said in answer and net[:3] == [0, 0, 50]
    assert f"they differ by {net[3]:.2f} typically; with the lasso by {lasso[3]:.2f}" in answer


def test_the_pencil_examples_and_tiny_inputs(run):
    names = run[0]
    X, y = np.array([[-1.0], [1.0]]), np.array([-3.0, 3.0])
    assert names["coordinate_update"](0, np.array([7.0]), X, y, 1.0) == 2
    found = [names["kkt_violation"](np.array([w]), 0.0, X, y, 1.0) for w in (2.0, 0.0, 1.0, -1.0)]
    assert found == [0, 2, 1, 5]
    assert np.isclose(names["elastic_net_fit"](X, y, 1.0, 0.5)[0], 5 / 3)
    w, b = names["lasso_fit"](np.array([[0.0], [2.0]]), np.array([1.0, 7.0]), 1.0)
    assert np.allclose([*w, b], 2)
    assert names["lambda_max"](np.array([[0.0], [2.0]]), np.array([3.0, 1.0])) == 1
    one = np.array([3.0]), 0.0, np.array([[1.0]]), np.array([5.0]), 1.0
    assert names["lasso_objective"](*one) == 5


def test_the_minutes_add_up_to_two_hours_and_forty_minutes(minutes):
    assert minutes == {"Core": 120, "Stretch": 40}
