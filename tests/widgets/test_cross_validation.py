"""The cross-validation explorer in Python: its traits, its folds, its numbers, its picture."""

import numpy as np
import pytest

from reglib import cross_validate, kfold, load_diabetes, predict, ridge_path, standardize
from reglib.widgets import CrossValidationExplorer
from reglib.widgets.cross_validation import LAMS, WEIGHTS

SHUFFLES, DATA = "other shuffles", "other data"


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("k", 1, "k is 1: pass a whole number from 2 to 40"),
        ("k", 41, "k is 41: pass a whole number from 2 to 40"),
        ("k", 5.0, "k is 5.0: pass a whole number"),
        ("shuffle", -1, "shuffle is -1: pass a whole number from 0"),
        ("shuffle", 2**31, "shuffle is 2147483648: pass a whole number from 0"),
        ("seed", "a", "seed is 'a': pass a whole number"),
        ("risk_shown", 1, "risk_shown is 1: pass True or False"),
        ("repeat", "often", "repeat is 'often': pass one of 'nothing yet', 'other shuffles', "),
    ],
)
def test_a_bad_value_is_named_and_the_one_before_is_kept(trait, value, message):
    explorer = CrossValidationExplorer()
    before = getattr(explorer, trait)
    with pytest.raises(ValueError, match=message):
        setattr(explorer, trait, value)
    assert getattr(explorer, trait) == before
    with pytest.raises(ValueError, match=trait):
        CrossValidationExplorer(**{trait: value})


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"X": [[0.0], [1.0]]}, "pass X and y together"),
        ({"y": [0.0, 1.0]}, "pass X and y together"),
        ({"X": [0.0, 1.0], "y": [0.0, 1.0]}, r"X has shape \(2,\)"),
        ({"X": [[0.0], [1.0]], "y": [0.0]}, "y has 1 entries and X has 2 rows"),
        ({"X": [[0.0], [np.nan]], "y": [0.0, 1.0]}, "X contains NaN"),
        ({"X": [[0.0], [1.0]], "y": [0.0, 1.0], "k": 3}, "k is 3: pass a whole number from 2 to 2"),
        (
            {"X": [[0.0], [1.0]], "y": [0.0, 1.0], "repeat": DATA},
            "repeat is 'other data': pass one of",
        ),
        ({"X": [[0.0]], "y": [0.0]}, "X has one row only: pass several"),
        ({"lams": [0.0, 1.0]}, "lams must be at least two different λ > 0"),
        ({"lams": [1.0, 1.0]}, "lams must be at least two different λ > 0"),
        ({"lams": [-1.0, 1.0]}, "lams contains -1"),
    ],
)
def test_arrays_that_cannot_be_used_are_named(arrays, message):
    with pytest.raises(ValueError, match=message):
        CrossValidationExplorer(**arrays)


def test_a_change_in_python_is_sent_and_one_from_the_page_is_observed():
    explorer = CrossValidationExplorer()
    seen = []
    explorer.observe(lambda change: seen.append((change.name, change.new)), ["k", "repeat"])
    explorer.set_state({"k": 5, "repeat": SHUFFLES})
    assert sorted(seen) == [("k", 5), ("repeat", SHUFFLES)]
    explorer.k, explorer.risk_shown = np.int64(7), np.True_
    state = explorer.get_state(["k", "risk_shown"])
    assert state == {"k": 7, "risk_shown": True}
    assert [type(value) for value in state.values()] == [int, bool]


def test_folds_are_what_kfold_makes_but_for_the_shuffle():
    for k in (2, 3, 7, 40):
        explorer = CrossValidationExplorer(k=k)
        folds, expected = explorer.folds(), kfold(40, k, np.random.default_rng(0))
        sizes = [len(held_out) for _, held_out in expected]
        assert [len(held_out) for _, held_out in folds] == sizes
        assert sorted(np.concatenate([held_out for _, held_out in folds])) == list(range(40))
        for train, held_out in folds:
            assert (np.diff(held_out) > 0).all()
            assert sorted([*train, *held_out]) == list(range(40))


def test_over_many_shuffles_every_two_rows_share_a_fold_equally_often():
    explorer = CrossValidationExplorer(k=10)
    together = np.zeros((40, 40))
    for shuffle in range(2000):
        for _, held_out in explorer.folds(shuffle):
            together[np.ix_(held_out, held_out)] += 1
    pairs = together[np.triu_indices(40, 1)] / 2000
    # Three of the 39 others, within five standard deviations.
    assert np.abs(pairs - 3 / 39).max() < 5 * np.sqrt(3 / 39 / 2000)
    assert explorer.folds(7)[0][1].tolist() != explorer.folds(8)[0][1].tolist()


def test_folds_do_not_go_with_the_data_of_the_same_number():
    x, fold = [], []
    for seed in range(500):
        explorer = CrossValidationExplorer(seed=seed, shuffle=seed, k=2)
        held_out = explorer.folds()[0][1]
        x.append(explorer.data()[0][:, 0])
        fold.append(np.isin(np.arange(40), held_out))
    assert abs(np.corrcoef(np.ravel(x), np.ravel(fold))[0, 1]) < 0.03


def test_the_curve_is_that_of_cross_validate():
    explorer = CrossValidationExplorer(k=7, shuffle=3, seed=5)
    X, y = explorer.data()
    cv, expected = explorer.cv(), cross_validate(ridge_path, X, y, LAMS, explorer.folds())
    np.testing.assert_array_equal(cv.errors, expected.errors)
    assert (cv.best, cv.one_se) == (expected.best, expected.one_se)
    other = explorer.cv(seed=6, shuffle=4)
    explorer.seed, explorer.shuffle = 6, 4
    np.testing.assert_array_equal(other.errors, explorer.cv().errors)


def test_the_made_data_are_what_the_class_says():
    assert np.linalg.norm(WEIGHTS) == pytest.approx(1)
    np.testing.assert_allclose(WEIGHTS * np.sqrt(np.arange(1, 13)), WEIGHTS[0])
    data = [CrossValidationExplorer(seed=seed).data() for seed in range(100)]
    X, y = np.concatenate([X for X, _ in data]), np.concatenate([y for _, y in data])
    columns = np.column_stack([X, y - X @ WEIGHTS])
    assert columns.shape == (4000, 13)
    np.testing.assert_allclose(columns.mean(axis=0), 0, atol=0.07)
    np.testing.assert_allclose(np.cov(columns.T), np.eye(13), atol=0.1)


def test_the_true_risk_is_the_error_on_very_many_new_rows():
    explorer = CrossValidationExplorer()
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200_000, 12))
    y = X @ WEIGHTS + rng.normal(size=len(X))
    path = ridge_path(*explorer.data(), LAMS[::10])
    errors = np.mean((y[:, None] - predict(path, X)) ** 2, axis=0)
    np.testing.assert_allclose(explorer.risk()[::10], errors, rtol=0.01)


def test_repetitions_are_the_first_hundred_shuffles_or_the_data_from_here_on():
    explorer = CrossValidationExplorer(k=4, seed=3, shuffle=50)
    with pytest.raises(ValueError, match="repeat is 'nothing yet': set it to 'other shuffles'"):
        explorer.repetitions()
    for repeat, there in ((SHUFFLES, {"shuffle": 7}), (DATA, {"seed": 10})):
        explorer.repeat = repeat
        best, one_se = explorer.repetitions()
        assert len(best) == len(one_se) == 100
        cv = explorer.cv(**there)
        assert (best[7], one_se[7]) == (cv.best, cv.one_se)
        assert (best <= one_se).all()
        assert len(np.unique(best)) > 3


def test_your_own_data_take_the_place_of_made_ones():
    diabetes = load_diabetes()
    X, y = standardize(diabetes.X)[0][:30], diabetes.y[:30]
    explorer = CrossValidationExplorer(X, y, lams=[1.0, 0.1, 10.0, 0.1], k=3)
    np.testing.assert_array_equal(explorer.data()[0], X)
    cv = explorer.cv()
    np.testing.assert_array_equal(cv.lams, [0.1, 1, 10])
    np.testing.assert_array_equal(
        cv.errors, cross_validate(ridge_path, X, y, [0.1, 1, 10], explorer.folds()).errors
    )
    with pytest.raises(ValueError, match="true risk is known for made data only"):
        explorer.risk()
    with pytest.raises(ValueError, match="k is 31: pass a whole number from 2 to 30"):
        explorer.k = 31
    assert CrossValidationExplorer(X[:4], y[:4]).k == 4


def test_the_opening_state_has_something_to_show():
    explorer = CrossValidationExplorer()
    cv, risk = explorer.cv(), explorer.risk()
    at = {rule: risk[cv.lams == lam][0] for rule, lam in (("least", cv.best), ("se", cv.one_se))}
    assert cv.best < cv.one_se
    assert risk.min() < at["least"] < at["se"] < risk[-1]


@pytest.mark.parametrize(
    "traits",
    [{}, {"k": 40}, {"k": 2, "risk_shown": True, "repeat": SHUFFLES}, {"k": 5, "repeat": DATA}],
)
def test_the_picture_and_its_words_tell_the_state(traits):
    explorer = CrossValidationExplorer(**traits)
    errors, folds, *choices = explorer.figure().axes
    cv, words = explorer.cv(), explorer.description()
    curves = {line.get_label().replace("\n", " "): line for line in errors.lines}
    np.testing.assert_allclose(curves["mean over folds"].get_ydata(), cv.mean)
    name = "true risk, known because we made the data"
    assert ("known because we made the data" in words) == explorer.risk_shown
    assert (name in curves) == explorer.risk_shown
    assert not any("test" in label for label in curves)
    assert len(folds.lines) == 2 * explorer.k
    for line, (_, held_out) in zip(folds.lines[1::2], explorer.folds(), strict=True):
        np.testing.assert_array_equal(line.get_xdata(), held_out + 1)
    assert len(choices) == (explorer.repeat != "nothing yet")
    for number in (cv.mean.min(), cv.best, cv.one_se):
        assert f"{number:.3g}" in words
    assert f"{explorer.k} folds of 40 rows" in words
    if choices:
        best, one_se = explorer.repetitions()
        for number in (best.min(), best.max(), one_se.min(), one_se.max()):
            assert f"{number:.3g}" in words
