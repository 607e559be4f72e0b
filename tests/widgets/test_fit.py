"""The fit explorer in Python: its traits, its rows, its numbers, its picture."""

import numpy as np
import pytest

from reglib import least_squares, polynomial
from reglib.widgets import FitExplorer
from reglib.widgets.curve import truth


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("degree", 0, "degree is 0: pass a whole number from 1 to 15"),
        ("degree", 16, "degree is 16: pass a whole number from 1 to 15"),
        ("degree", "3", "degree is '3': pass a whole number"),
        ("n", 1, "n is 1: pass a whole number from 2 to 60"),
        ("n", 61, "n is 61: pass a whole number from 2 to 60"),
        ("n", 20.0, "n is 20.0: pass a whole number"),
        ("noise", -0.1, "noise is -0.1: pass a number from 0 to 1"),
        ("noise", np.nan, "noise contains NaN or infinity"),
        ("seed", -1, "seed is -1: pass a whole number from 0"),
        ("moved", [0.0] * 20, "moved has 20 entries: pass 60, one per training point"),
        ("moved", [np.inf] * 60, "moved contains NaN or infinity"),
    ],
)
def test_a_bad_value_is_named_and_the_one_before_is_kept(trait, value, message):
    explorer = FitExplorer()
    before = getattr(explorer, trait)
    with pytest.raises(ValueError, match=message):
        setattr(explorer, trait, value)
    assert getattr(explorer, trait) == before
    with pytest.raises(ValueError, match=trait):
        FitExplorer(**{trait: value})


def own(**changes):
    return {"x": [-0.5, 0.0, 0.5], "y": [1, 2, 4], "x_val": [0.1], "y_val": [2]} | changes


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x_val": None, "y_val": None}, "pass x, y, x_val and y_val together"),
        ({"x": None}, "pass x, y, x_val and y_val together"),
        ({"y": [1, 2]}, "x has 3 entries and y has 2: pass as many x as y"),
        ({"x": [0.1], "y": [1]}, "x has 1 entries and y has 1: .* at least 2"),
        ({"x": [-3, 0, 3]}, r"x has entries outside \[-1, 1\]"),
        ({"x_val": [1.5]}, r"x_val has entries outside \[-1, 1\]"),
        ({"x": [[-0.5], [0.0], [0.5]]}, r"x has shape \(3, 1\)"),
        ({"y": [1, np.nan, 2]}, "y contains NaN"),
        ({"y_val": ["a"]}, "y_val must hold real numbers only"),
        ({"n": 4}, "n is 4: pass a whole number from 2 to 3"),
        ({"moved": [0.0] * 60}, "moved has 60 entries: pass 3"),
    ],
)
def test_own_rows_that_cannot_be_used_are_named(changes, message):
    with pytest.raises(ValueError, match=message):
        FitExplorer(**own(**changes))


def test_own_rows_take_the_place_of_made_ones():
    given = np.array([-0.5, 0.0, 0.5])
    explorer = FitExplorer(**own(x=given), degree=1, moved=[0, 0, 1])
    assert explorer.n == explorer.rows == 3
    w, b = explorer.fit()
    expected = least_squares(given[:, None], [1, 2, 5])
    assert (w[0], b) == pytest.approx((expected[0][0], expected[1]))
    training, validation = explorer.errors()
    assert validation == pytest.approx((2 - b - 0.1 * w[0]) ** 2)
    assert explorer.errors(degree=2)[0] == pytest.approx(0, abs=1e-20) != training
    assert given.tolist() == [-0.5, 0.0, 0.5]
    with pytest.raises(ValueError, match="n is 4: pass a whole number from 2 to 3"):
        explorer.n = 4
    assert "risk" not in explorer.description() and "truth" not in explorer.description()


def test_a_change_in_python_is_sent_and_one_from_the_page_is_observed():
    explorer = FitExplorer()
    seen = []
    explorer.observe(lambda change: seen.append((change.name, change.new)), ["degree", "n"])
    explorer.set_state({"degree": 3, "n": 30})
    assert sorted(seen) == [("degree", 3), ("n", 30)]
    explorer.degree = np.int64(4)
    assert explorer.get_state(["degree", "n"]) == {"degree": 4, "n": 30}
    assert type(explorer.get_state("degree")["degree"]) is int


def test_the_rows_are_what_the_class_says():
    explorer = FitExplorer(noise=0)
    x, y, x_val, y_val = explorer.data()
    assert (len(x), len(x_val)) == (60, 20)
    np.testing.assert_array_equal(y, truth(x))
    np.testing.assert_array_equal(y_val, truth(x_val))
    assert np.floor((x_val + 1) * 10).tolist() == list(range(20))
    np.testing.assert_allclose(
        np.diff(x) % 2, (np.sqrt(5) - 1), atol=1e-12, err_msg="a step of the golden section"
    )


def test_the_first_rows_leave_no_large_hole():
    for seed in range(50):
        x = FitExplorer(seed=seed).data()[0]
        for n in range(2, 61):
            first = np.sort(x[:n])
            # Round the circle that the ends of [-1, 1] close.
            holes = np.diff(np.append(first, first[0] + 2))
            assert holes.max() < 2 * (2 / n), "twice the even spacing"


def test_another_noise_scales_the_same_draws():
    small, large = FitExplorer(noise=0.1).data(), FitExplorer(noise=0.4).data()
    for k in (0, 2):
        np.testing.assert_array_equal(small[k], large[k])
        z = small[k + 1] - truth(small[k])
        np.testing.assert_allclose(large[k + 1] - truth(large[k]), 4 * z, atol=1e-14)


def test_over_many_seeds_the_noise_is_standard_normal():
    rows = [FitExplorer(seed=seed).data() for seed in range(100)]
    for k in (0, 2):
        z = np.concatenate([(row[k + 1] - truth(row[k])) / 0.3 for row in rows])
        assert z.mean() == pytest.approx(0, abs=0.06)
        assert z.std() == pytest.approx(1, abs=0.05)


def test_fit_and_training_error_are_those_of_reglib_on_the_first_n_rows():
    explorer = FitExplorer(degree=9, n=7)
    x, y, _, _ = explorer.data()
    for degree, n in ((9, 7), (3, 7), (9, 30)):
        w, b = explorer.fit(degree, n)
        expected = least_squares(polynomial(x[:n], degree), y[:n])
        np.testing.assert_array_equal(w, expected[0])
        residual = y[:n] - b - polynomial(x[:n], degree) @ w
        assert explorer.errors(degree, n)[0] == pytest.approx(np.mean(residual**2))
    np.testing.assert_array_equal(explorer.fit()[0], explorer.fit(9, 7)[0])
    with pytest.raises(ValueError, match="degree is 0"):
        explorer.errors(degree=0)
    with pytest.raises(ValueError, match="n is 61: pass a whole number from 2 to 60"):
        explorer.errors(n=61)


def test_the_true_risk_is_the_error_on_very_many_new_rows():
    explorer = FitExplorer(degree=7)
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, 400_000)
    y = truth(x) + explorer.noise * rng.normal(size=len(x))
    w, b = explorer.fit()
    error = np.mean((y - b - polynomial(x, 7) @ w) ** 2)
    assert explorer.errors()[2] == pytest.approx(error, rel=0.02)


def test_the_opening_state_overfits_and_fewer_powers_or_more_points_mend_it():
    explorer = FitExplorer()
    training, validation, risk = explorer.errors()
    simple, more = explorer.errors(degree=3), explorer.errors(n=60)
    assert training < simple[0] and training < more[0]
    assert validation > 5 * simple[1] and validation > 5 * more[1]
    assert risk > 5 * simple[2] and risk > 5 * more[2]


@pytest.mark.parametrize(
    "traits", [{}, {"degree": 1, "noise": 0.0}, {"degree": 15, "n": 16}, {"n": 5}, own()]
)
def test_the_picture_and_its_words_tell_the_state(traits):
    explorer = FitExplorer(**traits)
    fit, by_degree, by_size = explorer.figure().axes
    assert f"degree {explorer.degree} to {explorer.n} points" in fit.get_title()
    curves = {line.get_label(): line.get_ydata() for line in fit.lines}
    np.testing.assert_array_equal(curves["training"], explorer.data()[1][: explorer.n])
    for ax, last in ((by_degree, {"degree": 15}), (by_size, {"n": explorer.rows})):
        names = [line.get_label().replace("\n", " ") for line in ax.lines[:-1]]
        assert ("true risk, known because we made the data" in names) == ("x" not in traits)
        assert not any("test" in name for name in names)
        ends = [line.get_ydata()[-1] for line in ax.lines[:-1]]
        np.testing.assert_allclose(ends, explorer.errors(**last))
        assert ax.get_xlabel()
    words = explorer.description()
    training, *others = explorer.errors()
    assert ("0 but for rounding" if training < 1e-12 else f"{training:.3g}") in words
    assert all(f"{error:.3g}" in words for error in others)
    best = min(range(1, 16), key=lambda degree: explorer.errors(degree)[1])
    assert f"validation error is least at degree {best}" in words
