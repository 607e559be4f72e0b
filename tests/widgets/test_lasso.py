"""The lasso explorer in Python: its data, its traits, its numbers, its picture."""

import json

import numpy as np
import pytest

from reglib import lasso_knots, lasso_path, load_diabetes, soft_threshold, standardize
from reglib.widgets import LassoExplorer

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(12, 3)), RNG.normal(size=12)


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("lam", -1.0, "lam is -1: pass a number of at least 0"),
        ("lam", np.nan, "lam contains NaN or infinity"),
        ("lam", "abc", "lam must hold real numbers only"),
        ("lam", None, "lam"),
        ("feature", "x4", "feature is 'x4': pass one of 'x1', 'x2', 'x3'"),
        ("feature", 0, "feature is 0: pass one of"),
        ("feature", ["x1"], "feature is .*: pass one of"),
    ],
)
def test_a_bad_value_is_named_and_the_one_before_is_kept(trait, value, message):
    explorer = LassoExplorer(X, Y)
    before = getattr(explorer, trait)
    with pytest.raises(ValueError, match=message):
        setattr(explorer, trait, value)
    assert getattr(explorer, trait) == before
    with pytest.raises(ValueError, match=trait):
        LassoExplorer(X, Y, **{trait: value})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((X[:, 0], Y), r"X has shape \(12,\).*pass an array of shape \(n, p\)"),
        ((X, Y[:5]), "y has 5 entries and X has 12 rows: pass one entry per row"),
        ((X, Y[:, None]), r"y has shape \(12, 1\).*pass an array of shape \(n,\)"),
        ((X, None), "y has shape"),
        ((None, Y), "X has shape"),
        ((X * [1, np.nan, 1], Y), "X contains NaN or infinity"),
        ((np.tile(X, 7), Y), "X has 21 columns: pass at most 20"),
        ((X, np.full(12, 0.1)), "y is constant: pass values that vary"),
        ((np.full((12, 2), 0.1), Y), "X has no column that varies"),
        ((X, Y, ["a", "b"]), "features is .*pass 3 different names, one per column of X"),
        ((X, Y, ["a", "b", "a"]), "features is .*pass 3 different names"),
        ((X, Y, "abc"), "features is .*pass 3 different names"),
        ((X, Y, ["a", "b", ""]), "features is .*pass 3 different names"),
    ],
)
def test_bad_data_are_named_with_what_to_pass_instead(arguments, message):
    with pytest.raises(ValueError, match=message):
        LassoExplorer(*arguments)


def test_it_opens_on_the_diabetes_data_or_on_the_learners_own():
    diabetes = load_diabetes()
    opened = LassoExplorer()
    assert opened.features == list(diabetes.feature_names)
    assert opened.feature == "bmi"  # the first to come in
    Z, _, _ = standardize(diabetes.X)
    np.testing.assert_array_equal(opened.fit([5.0]).coef, lasso_path(Z, diabetes.y, [5.0]).coef)

    before = X.copy(), Y.copy()
    own = LassoExplorer(X, Y)
    assert own.features == ["x1", "x2", "x3"]
    lams = lasso_knots(X, Y).lams
    assert own.lam == pytest.approx(lams[0] / 10, rel=0.01)
    assert LassoExplorer(X.tolist(), list(Y), np.array(["a", "b", "c"]), feature="b").feature == "b"
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(Y, before[1])


def test_the_page_is_sent_few_numbers_that_hold_the_whole_problem():
    explorer = LassoExplorer()
    diabetes = load_diabetes()
    Z, _, _ = standardize(diabetes.X)
    *columns, y = np.array(explorer.facts()["columns"])
    assert len(json.dumps(explorer.get_state(["_facts", "_limits"]))) < 6000
    centred = diabetes.y - diabetes.y.mean()
    np.testing.assert_allclose(np.array(columns) @ np.transpose(columns), Z.T @ Z / 442, atol=1e-13)
    np.testing.assert_allclose(columns @ y, Z.T @ centred / 442, rtol=1e-12)
    assert y @ y == pytest.approx(diabetes.y.var(), rel=1e-12)


def test_a_change_in_python_is_sent_and_one_from_the_page_is_observed():
    explorer = LassoExplorer(lam=0.1)
    seen = []
    explorer.observe(lambda change: seen.append((change.name, change.new)), ["lam", "feature"])
    explorer.set_state({"lam": 0.2, "feature": "hdl"})
    assert sorted(seen) == [("feature", "hdl"), ("lam", 0.2)]
    explorer.lam = np.float32(0.5)
    assert explorer.get_state(["lam", "feature"]) == {"lam": 0.5, "feature": "hdl"}


def test_the_stays_are_where_the_coefficient_is_not_zero():
    explorer = LassoExplorer()
    stays = explorer.stays()
    assert [high for _, high, _ in stays] == sorted((high for _, high, _ in stays), reverse=True)
    lams = np.geomspace(1e-3, 60, 500)
    inside = explorer.fit(lams).coef != 0
    for j in range(10):
        expected = np.zeros(500, dtype=bool)
        for k, high, low in stays:
            expected |= (k == j) & (low < lams) & (lams < high)
        np.testing.assert_array_equal(inside[:, j], expected)
    hdl = explorer.features.index("hdl")
    assert [j for j, _, _ in stays].count(hdl) == 2


@pytest.mark.parametrize("lam", [0.0, 0.08, 1.0, 20.0, 60.0])
def test_a_coefficient_is_the_soft_threshold_of_its_covariance(lam):
    diabetes = load_diabetes()
    raw = LassoExplorer(diabetes.X, diabetes.y, diabetes.feature_names, lam=lam)
    for explorer in (raw, LassoExplorer(lam=lam)):
        for j, name in enumerate(explorer.features):
            explorer.feature = name
            c, a = explorer.threshold()
            w = soft_threshold(c, lam) / a
            assert w == pytest.approx(explorer.fit().coef[0, j], rel=1e-8, abs=1e-9)


@pytest.mark.parametrize(
    "explorer",
    [
        LassoExplorer(lam=0.05, feature="hdl"),
        LassoExplorer(lam=0.0),
        LassoExplorer(lam=100.0, feature="age"),
        LassoExplorer(np.column_stack([X, np.ones(12)]), Y, feature="x4"),
        LassoExplorer(X[:, :1], Y),
    ],
)
def test_the_picture_and_its_words_tell_the_state(explorer):
    figure = explorer.figure()
    path, stays, soft = figure.axes
    assert explorer.feature in path.get_title() and explorer.feature in soft.get_title()
    assert [label.get_text() for label in path.texts] == explorer.features
    assert {label.get_text() for label in stays.get_yticklabels()} == set(explorer.features)
    assert len(stays.lines) == len(explorer.stays()) + 1  # and λ
    assert all(ax.get_xlabel() for ax in figure.axes)
    words = explorer.description()
    w = explorer.fit().coef[0]
    assert f"λ = {explorer.lam:.3g}" in words
    assert f"{np.count_nonzero(w)} are not zero" in words
    value = w[explorer.features.index(explorer.feature)]
    assert (f"so w = {value:.3g}." if value else "within ±λ, so w = 0.") in words
