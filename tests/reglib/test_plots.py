"""The shared figures draw on the ax they are given, return it, and name what they measure."""

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

import reglib
from reglib import palette, plots

RNG = np.random.default_rng(0)
X = RNG.normal(size=(30, 9))
Y = X[:, 0] + RNG.normal(size=30)
LAMS = [1.0, 0.0, 0.1, 0.01]
PATH = reglib.ridge_path(X, Y, LAMS)


@pytest.fixture
def ax():
    figure = Figure()
    yield figure.add_subplot()
    with mpl.rc_context({"svg.fonttype": "none"}):
        figure.savefig(f"{mpl.os.devnull}", format="svg")  # it can be drawn


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_path(ax):
    names = [f"feature {j}" for j in range(9)]
    assert plots.path(ax, PATH, names, unit="score per kg/m²", lam=0.05) is ax
    assert ax.get_xscale() == "log"
    assert ax.get_xlabel() == "penalty λ (log scale)"
    assert ax.get_ylabel() == "coefficient (score per kg/m²)"
    assert legend(ax) == [*names, "λ = 0.05"]
    x, w = ax.lines[3].get_data()
    np.testing.assert_array_equal(x, [0.01, 0.1, 1.0])
    np.testing.assert_array_equal(w, PATH.coef[[3, 2, 0], 3])
    styles = {(line.get_color(), line.get_linestyle()) for line in ax.lines[:9]}
    assert len(styles) == 9


def test_cv_curve(ax):
    cv = reglib.cross_validate(reglib.ridge_path, X, Y, LAMS, reglib.kfold(30, 5))
    assert plots.cv_curve(ax, cv, unit="squared score") is ax
    assert ax.get_ylabel() == "validation error (squared score)"
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), cv.mean[[3, 2, 0]])
    assert f"least error: λ = {cv.best:.3g}" in legend(ax)
    assert f"one standard error: λ = {cv.one_se:.3g}" in legend(ax)


def test_errors(ax):
    curves = {"training": [3.0, 2.0, 1.0], "validation": [3.0, 2.5, 4.0]}
    assert plots.errors(ax, [1, 2, 3], curves, "degree", unit="°C²") is ax
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("degree", "mean squared error (°C²)")
    assert legend(ax) == ["training", "validation"]
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), curves["validation"])


def test_what_has_a_meaning_has_its_colour_and_all_else_one_of_many(ax):
    curves = {"validation": [1.0, 2.0], "training": [1.0, 1.0], "degree 3": [2.0, 2.0]}
    plots.errors(ax, [1, 2], curves, "degree")
    colours = [palette.VALIDATION.light, palette.TRAINING.light, palette.LINES[2]]
    assert [line.get_color() for line in ax.lines] == colours
    assert [line.get_markerfacecolor() for line in ax.lines] == ["none", *colours[1:]]
    plots.fit(ax, [0, 1], [0, 1], {"truth": ([0, 1], [0, 1]), "fit": ([0, 1], [0, 1])})
    colours = [getattr(palette, name).light for name in ("TRAINING", "TRUTH", "FIT")]
    assert [line.get_color() for line in ax.lines[3:]] == colours


def test_fit_keeps_the_points_in_view(ax):
    grid = np.linspace(0, 1, 50)
    curves = {"wild": (grid, 1e6 * grid)}
    assert plots.fit(ax, [0, 0.5, 1], [1.0, 2.0, 3.0], curves, "age (years)", "score") is ax
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("age (years)", "score")
    assert ax.get_ylim() == (0.5, 3.5)
    assert legend(ax) == ["data", "wild"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda ax: plots.path(ax, PATH, ["a"]), "names has 1 entries: pass one for each of 9"),
        (lambda ax: plots.path(ax, reglib.ridge_path(X, Y, [0.0])), "every λ is 0.*pass some λ"),
        (lambda ax: plots.errors(ax, [1, 2], {"a": [1.0]}, "x"), r"curves\['a'\] has shape \(1,\)"),
        (lambda ax: plots.fit(ax, [1, 2], [1.0], {}), r"x has shape \(2,\) and y \(1,\): pass"),
        (lambda ax: plots.fit(ax, [1], [1.0], {"a": ([1], [1, 2])}), r"curves\['a'\] has a grid"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call(Figure().add_subplot())
