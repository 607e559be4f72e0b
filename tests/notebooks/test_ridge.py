"""What the notebook `ridge` tells a learner that she should see is what she sees."""

import re

import numpy as np


def numbers(text):
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]


def test_every_check_ends_with_all_points(checks):
    assert checks and all("Right in all" in text for text in checks.values())


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
    X = np.array([[5.0, 3.0], [1.0, 3.0], [5.0, 1.0], [1.0, 1.0]])
    Xc = X - [3, 2]
    assert np.array_equal(Xc.T @ Xc, np.diag([16, 4])) and np.array_equal(X.mean(axis=0), [3, 2])


def test_the_worked_example_with_a_pencil(run):
    assert run[1]["worked_code"] == "with a pencil: [1. 2.]\n"
    D = np.diff(np.eye(2), axis=0)
    assert np.array_equal(D.T @ D, [[1, -1], [-1, 1]])


def test_the_tiny_inputs_in_the_hints(run):
    names = run[0]
    one = np.array([2.0]), 1.0, np.array([[1.0]]), np.array([5.0]), 1.0
    assert names["ridge_objective"](*one) == 4
    grad_w, grad_b = names["ridge_gradient"](*one)
    assert [*grad_w, grad_b] == [0, -2]
    X, y = np.array([[-1.0], [1.0]]), np.array([0.0, 4.0])
    for lam in (0, 1, 3):
        w, b = names["ridge_fit"](X, y, lam)
        assert np.allclose([*w, b], [2 / (1 + lam), 2])
        assert np.allclose(names["ridge_fit"](X + 10, y, lam)[1], 2 - 10 * w[0])
    Z, Z_new = names["standardize"](np.array([[0.0], [2.0]]), np.array([[1.0], [4.0]]))
    assert [*Z.ravel(), *Z_new.ravel()] == [-1, 1, 0, 3]
    X, y = np.array([[0.0], [2.0]]), np.array([1.0, 5.0])
    W, b = names["ridge_path"](X, y, np.array([0.0, 1.0]))
    assert np.allclose([*W.ravel(), *b], [2, 1, 1, 2])
    assert np.allclose([*names["shrinkage_factors"](X, 1.0), names["effective_dof"](X, 1.0)], 0.5)


def test_what_the_paths_show(run, source):
    names = run[0]
    Z, _ = names["standardize"](names["X_train"], names["X_train"])
    grid = np.geomspace(1e-3, 100, 100)
    W, _ = names["ridge_path"](Z, names["y_train"], grid)
    assert run[1]["see_path"].startswith("the length of w falls at every step: True")
    assert run[1]["see_path"].count("changes its sign") == np.any(W * W[0] < 0, axis=0).sum() == 5
    at = names["names"].index
    assert abs(W[0, at("bmi")] - 0.5) < 0.05 and abs(W[:, at("bmi")].max() - 12) < 0.05
    assert 0.25 < grid[W[:, at("bmi")].argmax()] < 0.35
    assert np.round(W[0, [at("tc"), at("ldl")]]).tolist() == [-146, 88]
    assert np.abs(W[grid > 0.1]).max() < 32
    assert "Five of the ten change their sign" in source["see_path_seen"].source


def test_what_the_factors_show(run, source):
    names = run[0]
    Z, _ = names["standardize"](names["X_train"], names["X_train"])
    f = names["shrinkage_factors"](Z, 0.2)
    text = source["see_factors_seen"].source
    assert numbers(text)[:4] == [0.2, *np.round(100 * f[[0, 8, 9]])]
    v = np.linalg.svd(Z)[2][-1]
    four = [names["names"].index(name) for name in ("tc", "ldl", "ltg", "hdl")]
    assert np.array_equal(np.argsort(-np.abs(v))[:4], four)
    assert set(np.sign(v[four[1:]])) == {-np.sign(v[four[0]])}


def test_what_the_degrees_of_freedom_show(run, source):
    training, validation = map(numbers, run[1]["see_dof"].splitlines())
    assert training == [0.001, 9.8] and abs(validation[0] - 0.2) < 0.02 and validation[1] == 6.3
    assert "9.8 of ten" in source["see_dof_seen"].source
    assert "near λ = 0.2, with about 6.3 of ten" in source["see_dof_seen"].source


def test_copies_and_new_rows(run, source):
    first, second = run[1]["experiment_rows_or_copies"].split("\n\n")
    lengths = [numbers(line)[-1] for line in first.splitlines()]
    found = [numbers(line) for line in second.splitlines()]
    lams, totals = [line[1] for line in found], [line[2] for line in found]
    answer = source["rows_or_copies"].source
    said = numbers(re.search(r"The length of w is .*?, which is", answer)[0])
    assert np.allclose(said, lengths) and lengths[0] == lengths[1] < lengths[2]
    said = numbers(re.search(r"new patients the best λ is (.*?):", answer)[1])
    assert np.allclose(said, lams, atol=0.011)
    said = numbers(re.search(r"stays between (.*? and [\d.]+)\.", answer)[1])
    assert np.allclose(said, [min(totals), max(totals)], atol=0.2)
    assert np.all(np.diff(lams) < 0) and 8 < lams[0] / lams[-1] < 12
    assert (1 / (80 * 0.5), 1 / (100 * 0.5)) == (0.025, 0.02)


def test_the_same_measurement_again(run, source):
    names = run[0]
    lines = run[1]["experiment_entered_twice"].splitlines()
    each, total, ltg = zip(*(numbers(line)[1:] for line in lines[::2]), strict=True)
    dof = [numbers(line)[-1] for line in lines[1::2]]
    answer = source["entered_twice"].source
    said = numbers(re.search(r"Each copy has .* are 0\.", answer)[0])
    assert said == [*each, *total, *ltg, *dof, 0]
    # k columns of the BMI at λ are one at λ/k: the same as one column √k times as large
    Z, _ = names["standardize"](names["X_train"], names["X_train"])
    bmi, ltg = (Z[:, names["names"].index(name)] for name in ("bmi", "ltg"))
    w, _ = names["ridge_fit"](np.column_stack([np.sqrt(10) * bmi, ltg]), names["y_train"], 0.3)
    assert round(np.sqrt(10) * w[0], 1) == total[2]


def test_the_minutes_add_up_to_two_hours_and_one_more(minutes):
    assert minutes == {"Core": 120, "Stretch": 60}
