"""The geometry explorer in Python: its traits, its solution, its picture."""

import numpy as np
import pytest

from reglib import elastic_net_path, lasso_path, ridge_path
from reglib.widgets import GeometryExplorer


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("penalty", "l1", "penalty is 'l1': pass one of 'L1', 'elastic net', 'L2'"),
        ("penalty", None, "penalty is None: pass one of"),
        ("l1_ratio", 1.5, "l1_ratio is 1.5: pass a number from 0 to 1"),
        ("reach", 0.0, "reach is 0: pass a number from 0.1 to 3.5"),
        ("reach", np.inf, "reach contains NaN or infinity"),
        ("angle", 100, "angle is 100: pass a number from -90 to 90"),
        ("stretch", 1.0, "stretch is 1: pass a number from 0 to 0.95"),
        ("stretch", "abc", "stretch must hold real numbers only"),
        ("optimum", [1.0], r"optimum is \[1.0\]: pass two numbers from -3.5 to 3.5"),
        ("optimum", [1.0, 4.0], r"optimum is \[1.0, 4.0\]: pass two numbers from -3.5 to 3.5"),
        ("optimum", [1.0, np.nan], "optimum contains NaN or infinity"),
        ("optimum", 1.0, "optimum has shape"),
        ("regions", 1, "regions is 1: pass True or False"),
    ],
)
def test_a_bad_value_is_named_and_the_one_before_is_kept(trait, value, message):
    explorer = GeometryExplorer()
    before = getattr(explorer, trait)
    with pytest.raises(ValueError, match=message):
        setattr(explorer, trait, value)
    assert getattr(explorer, trait) == before
    with pytest.raises(ValueError, match=trait):
        GeometryExplorer(**{trait: value})


def test_numpy_values_are_taken_and_kept_as_what_the_page_can_read():
    explorer = GeometryExplorer(optimum=np.array([1, 2]), angle=np.int64(3), regions=np.True_)
    state = explorer.get_state(["optimum", "angle", "regions"])
    assert state == {"optimum": [1.0, 2.0], "angle": 3.0, "regions": True}
    assert state["regions"] is True and type(state["angle"]) is float


def test_the_traits_are_synced():
    explorer = GeometryExplorer()
    seen = []
    explorer.observe(lambda change: seen.append(change.name), ["optimum", "penalty"])
    explorer.set_state({"penalty": "L2", "optimum": [1.0, 1.0]})
    assert sorted(seen) == ["optimum", "penalty"]
    assert explorer.rho == 0


def test_it_opens_on_the_eight_rows_of_the_chapter():
    x1 = np.array([1, 1, 1, 1, -1, -1, -1, -1])
    x2 = np.array([1, 1, 1, -1, -1, -1, -1, 1])
    X, y = np.column_stack([x1, x2]), np.array([3, 3, 4, 2, -3, -3, -4, -2])
    explorer = GeometryExplorer()
    np.testing.assert_allclose(explorer.gram(), X.T @ X / 8, atol=1e-15)
    np.testing.assert_allclose(explorer.gram() @ explorer.optimum, X.T @ y / 8)
    w, lam = explorer.solution()
    np.testing.assert_array_equal(w[1], 0.0)
    np.testing.assert_allclose(w, lasso_path(X, y, [1.5]).coef[0], atol=1e-12)
    assert lam == pytest.approx(1.5)


@pytest.mark.parametrize("angle", [-90, -45, -20, 0, 30, 45])
@pytest.mark.parametrize("stretch", [0.0, 0.5, 0.95])
def test_angle_and_stretch_are_those_of_the_contours(angle, stretch):
    explorer = GeometryExplorer(angle=angle, stretch=stretch)
    along = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    across = np.array([-along[1], along[0]])
    G = explorer.gram()
    np.testing.assert_allclose(G @ along, (1 - stretch) * along, atol=1e-15)
    np.testing.assert_allclose(G @ across, (1 + stretch) * across, atol=1e-15)
    X, y = explorer.data()
    np.testing.assert_allclose(X.T @ X / 4, G, atol=1e-14)
    np.testing.assert_allclose(X.sum(axis=0), 0, atol=1e-14)
    np.testing.assert_allclose(ridge_path(X, y, [0.0]).coef[0], explorer.optimum)
    w = np.array([0.3, -1.0])
    above = np.mean((y - X @ w) ** 2) / 2
    assert explorer.loss(w) == pytest.approx(above)


def states(count=60):
    rng = np.random.default_rng(5)
    for _ in range(count):
        yield {
            "penalty": str(rng.choice(["L1", "elastic net", "L2"])),
            "l1_ratio": rng.uniform(),
            "reach": rng.uniform(0.1, 3),
            "angle": rng.uniform(-90, 90),
            "stretch": rng.uniform(0, 0.95),
            "optimum": rng.uniform(-3.5, 3.5, 2),
        }


def test_the_solution_has_the_least_loss_on_the_rim():
    for state in states():
        explorer = GeometryExplorer(**state)
        w, lam = explorer.solution()
        budget = explorer.cost([explorer.reach, 0.0])
        if lam == 0:
            np.testing.assert_array_equal(w, explorer.optimum)
            assert explorer.cost(w) <= budget
            continue
        assert explorer.cost(w) == pytest.approx(budget, rel=1e-9)
        rim = explorer.rim(np.linspace(-180, 180, 20_001))
        np.testing.assert_allclose(explorer.cost(rim), budget, rtol=1e-12)
        least = explorer.loss(rim).min()
        assert explorer.loss(w) <= least * (1 + 1e-9)
        assert explorer.loss(w) == pytest.approx(least, rel=1e-3, abs=1e-6)
        X, y = explorer.data()
        path = elastic_net_path(X, y, [lam], explorer.rho)
        np.testing.assert_allclose(w, path.coef[0], atol=1e-12)


@pytest.mark.parametrize(
    ("traits", "words"),
    [
        ({}, "It is a corner: w2 is exactly 0."),
        ({"penalty": "L2"}, "A disk has no corners; neither coefficient is 0."),
        ({"penalty": "elastic net"}, "It is not at a corner: neither coefficient is 0."),
        ({"optimum": [-0.3, 3]}, "It is a corner: w1 is exactly 0."),
        ({"optimum": [0.2, 0.3]}, "The optimum is within the budget, so it is the solution."),
    ],
)
def test_the_picture_and_its_words_tell_the_state(traits, words):
    explorer = GeometryExplorer(**traits)
    plane, walk = explorer.figure().axes
    assert explorer.penalty in plane.get_title()
    drawn = {line.get_label(): line.get_xydata()[0] for line in plane.lines}
    w, lam = explorer.solution()
    np.testing.assert_array_equal(drawn["solution"], w)
    np.testing.assert_array_equal(drawn["optimum"], explorer.optimum)
    losses = walk.lines[0].get_ydata()
    if lam:
        turn, least = walk.lines[1].get_xydata()[0]
        assert least <= losses.min() + 1e-9
        assert abs(turn - walk.lines[0].get_xdata()[losses.argmin()]) <= 1
    assert all(ax.get_xlabel() and ax.get_ylabel() for ax in (plane, walk))
    assert words in explorer.description()
    assert ("touches the budget" in explorer.description()) == bool(lam)
