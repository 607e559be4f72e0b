"""What the notebook `cross_validation` tells a learner that she should see is what she sees."""

import contextlib
import io
import re

import matplotlib
import numpy as np
import pytest


def output(cell, names):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(cell.source, names)
    return out.getvalue()


def numbers(text):
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text)]


def by_labels(n, k, rng):
    fold = rng.permutation(np.arange(n) % k)
    return [(np.flatnonzero(fold != f), np.flatnonzero(fold == f)) for f in range(k)]


def by_sorting(n, k, rng):
    parts = np.array_split(np.argsort(rng.random(n)), k)
    return [(np.setdiff1d(np.arange(n), part), part) for part in parts]


# With every right function, though each makes other folds.
each_kfold = pytest.mark.parametrize("kfold", [None, by_labels, by_sorting])


@pytest.fixture
def seen(run, source):
    """What some cells print, run again with another right `kfold_indices`."""

    def seen(kfold, *cells):
        names = {**run[0], **({"kfold_indices": kfold} if kfold else {})}
        if kfold:  # a function looks up the others where it was defined
            for name in ("nested_cv_errors",):
                exec(source[name].source, names)
        with matplotlib.rc_context({"backend": "agg"}):
            printed = [output(source[name], names) for name in cells]
            names["plt"].close("all")
        return names, *printed

    return seen


def test_every_check_ends_with_all_points(checks):
    assert checks and all("Right in all" in text for text in checks.values())


def test_the_training_error_wants_no_penalty(run):
    assert run[1]["setup"].startswith("150 patients, 64 columns, 292 patients in the drawer")
    off = [numbers(line)[1] for line in run[1]["setup"].splitlines()[1:]]
    assert off == sorted(off, reverse=True)


@each_kfold
def test_the_curve(seen, kfold):
    names, text = seen(kfold, "see_curve")
    folds, choices = (np.array(numbers(line)) for line in text.splitlines())
    assert folds[0] == 1 and folds[1] <= 51 and folds[-1] >= 60
    assert choices.max() >= 10 * choices.min()
    mean = np.sqrt(names["mean"])
    assert abs(mean[names["at"]] - 55) < 1.5
    assert mean[0] > mean[names["at"]] + 10 and mean[-1] > mean[names["at"]] + 3


@each_kfold
def test_both_choices(seen, kfold):
    _, text = seen(kfold, "see_curve", "see_rule")[1:]
    least, rule = (numbers(line) for line in text.splitlines())
    assert 0.39 < least[0] <= least[1] <= 1.01
    assert 2.5 < rule[0] <= rule[1] <= 6.32 and rule[0] > least[1]


def test_leave_one_out(run, source):
    text = run[1]["see_loo"]
    off = np.array([numbers(line)[1:] for line in text.replace("150 refits", "").splitlines()])
    assert np.abs(off[:, 0] - off[:, 1]).max() == 0
    assert np.array_equal(off[:, 0].round(1), [55.7, 55.1, 59.7])
    assert "55.7, 55.1 and 59.7 points" in source["see_loo_seen"].source


@each_kfold
def test_scaling_before_the_split_leaks_little(seen, kfold):
    _, _, text = seen(kfold, "see_curve", "see_scaling")
    assert numbers(text)[-1] < 0.5


@each_kfold
def test_the_drawer(seen, kfold):
    _, text = seen(kfold, "open_drawer")
    promise, shipped, hardly, mean = (
        numbers(line) for line in text.replace("150,", "").splitlines()
    )
    assert 0.39 < promise[0] < 1.01 and abs(promise[1] - 55) <= 1
    assert shipped[0] in (55, 56) and hardly[0] > 90 and mean == [78]


def test_how_sure(run, source):
    said = source["how_sure"].source.split("**What I saw:**")[1].split("**My explanation:**")[0]
    low, high, off, least, middle, most = numbers(run[1]["experiment_how_sure"])
    assert numbers(said) == [low, high, off, least, middle, most]
    assert high / low > 90 and "factor of a hundred" in said


def test_screening(run, source):
    said = source["screening"].source.split("**What I saw:**")[1].split("**My explanation:**")[0]
    assert numbers(said) == numbers(run[1]["experiment_screening"])
    colleague, mine, true = numbers(said)
    assert colleague < 0.6 < 1 < mine and abs(mine - true) < 0.15


@each_kfold
def test_nested(seen, kfold):
    _, text = seen(kfold, "see_nested")
    least, nested = numbers(text)
    assert abs(least - 55) < 1.6 and abs(nested - least) < 1


def test_data_of_ones_own(run, source):
    *shuffles, drawer = run[1]["own_code"].splitlines()
    found = np.array([numbers(line)[1:] for line in shuffles])
    assert set(found[:, 0]) == {2.2e-7, 4.6e-4} and np.median(found[:, 0]) == 2.2e-7
    assert (
        found[:, 1].min() >= 2.2 and found[:, 1].max() < 2.4 and found[:, 2].max().round(1) == 2.7
    )
    assert round(numbers(drawer)[0], 1) == 3.4
    said = source["own_answer"].source
    assert "2.2e-7 or 4.6e-4" in said and "2.2 to 2.4 percent" in said and "says 3.4" in said


def test_the_pencil_examples():
    X, y = np.array([-1.0, 0.0, 1.0]), np.array([0.0, 0.0, 3.0])
    w = X @ y / (X @ X + 2)
    assert w == 0.75 and np.allclose(y.mean() + w * X, [1 / 4, 1, 7 / 4])
    assert np.allclose(1 / 3 + X**2 / 4, [7 / 12, 1 / 3, 7 / 12])
    column = np.array([1.0, 3.0])
    assert np.isclose(column.std(ddof=1), np.sqrt(2))
    assert np.isclose(np.corrcoef([0, 1, 2], [0, 1, 0])[0, 1], 0)
    assert np.isclose(np.corrcoef([0, 1, 2], [2, 1, 0])[0, 1], -1)
    assert np.isclose(np.corrcoef([1, 2, 3], [1, 0, 1])[0, 1], 0)


def test_the_minutes_add_up_to_two_hours_and_one_and_a_half(minutes):
    assert minutes == {"Core": 120, "Stretch": 95}
