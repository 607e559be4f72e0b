"""The ridge explorer in Python: its traits, its numbers, its picture."""

import numpy as np
import pytest

from reglib import polynomial, predict, ridge_path
from reglib.widgets import RidgeExplorer
from reglib.widgets.ridge import GRID, LAMS, truth


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("lam", -1.0, "lam is -1: pass a number of at least 0"),
        ("lam", np.nan, "lam contains NaN or infinity"),
        ("lam", np.inf, "lam contains NaN or infinity"),
        ("lam", "abc", "lam must hold real numbers only: pass a single number of at least 0"),
        ("lam", [0.1, 0.2], "lam has shape"),
        ("lam", None, "lam"),
        ("degree", 0, "degree is 0: pass a whole number from 1 to 15"),
        ("degree", 16, "degree is 16: pass a whole number from 1 to 15"),
        ("degree", 2.5, "degree is 2.5: pass a whole number"),
        ("degree", True, "degree is True: pass a whole number"),
        ("noise", -0.1, "noise is -0.1: pass a number from 0 to 1"),
        ("noise", 1.5, "noise is 1.5: pass a number from 0 to 1"),
        ("seed", -1, "seed is -1: pass a whole number from 0"),
        ("seed", 2**32, "seed is 4294967296: pass a whole number from 0"),
        ("moved", [0.0] * 19, "moved has 19 entries: pass 20, one per training point"),
        ("moved", 1.0, "moved has shape"),
        ("moved", [np.nan] * 20, "moved contains NaN or infinity"),
    ],
)
def test_a_bad_value_is_named_and_the_one_before_is_kept(trait, value, message):
    explorer = RidgeExplorer()
    before = getattr(explorer, trait)
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        setattr(explorer, trait, value)
    assert getattr(explorer, trait) == before
    with pytest.raises(ValueError, match=trait):
        RidgeExplorer(**{trait: value})


def test_numpy_values_are_taken_and_kept_as_what_the_page_can_read():
    explorer = RidgeExplorer(lam=np.float32(0.5), degree=np.int64(3), moved=np.zeros(20))
    state = explorer.get_state(["lam", "degree", "noise", "seed", "moved"])
    assert {type(value) for value in state.values()} == {float, int, list}
    assert state["lam"] == 0.5 and state["degree"] == 3


def test_a_change_in_python_is_sent_and_one_from_the_page_is_observed():
    explorer = RidgeExplorer(lam=0.1)
    seen = []
    explorer.observe(lambda change: seen.append((change.name, change.old, change.new)), "lam")
    explorer.set_state({"lam": 0.2})
    assert seen == [("lam", 0.1, 0.2)]
    assert explorer.lam == 0.2
    explorer.lam = 0.3
    assert explorer.get_state("lam") == {"lam": 0.3}
    explorer.set_state({"seed": 9, "moved": [0.0] * 19 + [1.0]})
    plain = RidgeExplorer(seed=9)
    np.testing.assert_allclose(explorer.data()[1] - plain.data()[1], [0.0] * 19 + [1.0], atol=1e-15)


def test_the_data_are_what_the_class_says():
    x, y, x_val, y_val = RidgeExplorer(noise=0).data()
    for places in (x, x_val):
        slices = np.floor((places + 1) * 10)
        assert slices.tolist() == list(range(20))
    assert not np.array_equal(x, x_val)
    np.testing.assert_array_equal(y, np.sin(np.pi * x))
    np.testing.assert_array_equal(y_val, np.sin(np.pi * x_val))


def test_another_noise_scales_the_same_draws():
    small, large = RidgeExplorer(noise=0.1), RidgeExplorer(noise=0.4)
    for k in (1, 3):
        x = small.data()[k - 1]
        np.testing.assert_allclose(
            large.data()[k] - truth(x), 4 * (small.data()[k] - truth(x)), atol=1e-14
        )


def test_over_many_seeds_the_noise_is_standard_normal():
    z = (
        np.concatenate(
            [
                RidgeExplorer(seed=s).data()[1] - truth(RidgeExplorer(seed=s).data()[0])
                for s in range(200)
            ]
        )
        / 0.3
    )
    assert z.mean() == pytest.approx(0, abs=0.06)
    assert z.std() == pytest.approx(1, abs=0.05)


def test_fit_and_errors_are_those_of_reglib():
    explorer = RidgeExplorer(lam=1e-3, degree=9, noise=0.25)
    x, y, x_val, y_val = explorer.data()
    path = ridge_path(polynomial(x, 9), y, [1e-3])
    np.testing.assert_array_equal(explorer.fit().coef, path.coef)
    training, validation, risk = (error[0] for error in explorer.errors())
    assert training == pytest.approx(np.mean((y - predict(path, polynomial(x, 9))[:, 0]) ** 2))
    assert validation == pytest.approx(
        np.mean((y_val - predict(path, polynomial(x_val, 9))[:, 0]) ** 2)
    )
    assert risk == pytest.approx(
        0.25**2 + np.mean((truth(GRID) - predict(path, polynomial(GRID, 9))[:, 0]) ** 2)
    )


@pytest.mark.parametrize("degree", [1, 9, 15])
def test_shrinkage_factors_are_what_ridge_keeps_of_least_squares(degree):
    explorer = RidgeExplorer(lam=1e-3, degree=degree)
    X = polynomial(explorer.data()[0], degree)
    s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    for lams in (None, [0.0, 1e-8, 0.1]):
        shown = explorer.shrinkage_factors(lams)
        for factors, lam in zip(shown, lams or [1e-3], strict=True):
            np.testing.assert_allclose(factors, s**2 / (s**2 + 20 * lam), rtol=1e-8)
    # The sum is how much the fitted values follow y: the trace of ∂ŷ/∂y, the intercept left out.
    fitted = [predict(ridge_path(X, unit, [1e-3]), X)[i, 0] for i, unit in enumerate(np.eye(20))]
    assert sum(fitted) - 1 == pytest.approx(explorer.shrinkage_factors().sum(), rel=1e-8)


def test_shrinkage_factors_want_lams_that_can_be_used():
    with pytest.raises(ValueError, match="lams"):
        RidgeExplorer().shrinkage_factors([-1.0])


def test_the_true_risk_is_the_error_on_very_many_new_rows():
    explorer = RidgeExplorer(lam=1e-3)
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, 400_000)
    y = truth(x) + explorer.noise * rng.normal(size=len(x))
    fitted = predict(explorer.fit(), polynomial(x, explorer.degree))[:, 0]
    assert explorer.errors()[2][0] == pytest.approx(np.mean((y - fitted) ** 2), rel=0.01)


def test_the_opening_state_overfits_and_a_penalty_mends_it():
    explorer = RidgeExplorer()
    training, _, risk = explorer.errors(LAMS)
    at = np.abs(LAMS - explorer.lam).argmin()
    assert risk[at] > 3 * risk.min()
    assert training[at] < 0.5 * training[risk.argmin()]
    assert risk[-1] > 3 * risk.min()


@pytest.mark.parametrize(
    "traits", [{}, {"degree": 1, "lam": 0, "noise": 0}, {"degree": 15, "noise": 1, "lam": 1e9}]
)
def test_the_picture_and_its_words_tell_the_state(traits):
    explorer = RidgeExplorer(**traits)
    figure = explorer.figure()
    fit, _, errors, shrinkage = figure.axes
    assert f"degree {explorer.degree} at λ = {explorer.lam:.3g}" in fit.get_title()
    curves = {line.get_label(): line.get_ydata() for line in fit.lines}
    np.testing.assert_array_equal(curves["training"], explorer.data()[1])
    names = [line.get_label().replace("\n", " ") for line in errors.lines]
    assert "true risk, known because we made the data" in names
    assert not any("test" in name for name in names)
    assert all(ax.get_xlabel() or ax.get_ylabel() for ax in figure.axes)
    factors = explorer.shrinkage_factors()[0]
    assert [bar.get_height() for bar in shrinkage.patches] == factors.tolist()
    dof = f"{factors.sum():.3g}"
    assert f"{dof} effective degrees of freedom" in shrinkage.get_title()
    words = explorer.description()
    assert f"effective degrees of freedom, is {dof} of {explorer.degree}, the intercept" in words
    for error in explorer.errors():
        assert f"{error[0]:.3g}" in words
    assert f"degree {explorer.degree}" in words
