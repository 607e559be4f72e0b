"""The lasso explorer in a page with no kernel: exact at every λ, by every hand."""

import numpy as np
import pytest
from hands import (
    PHONE,
    explorers_on,
    load,
    middle,
    numbers,
    sentence,
    settle,
    slider,
    sweep,
    type_in,
    typed,
)

from reglib import lasso_path, load_diabetes, objective, polynomial
from reglib.widgets import LassoExplorer, RidgeExplorer

LAM, FEATURE = "λ, the strength of the penalty", "Feature whose soft threshold is shown"


def choose(page, feature):
    page.get_by_label(FEATURE).select_option(feature)
    settle(page)


def coefficients(page, explorer):
    shown = numbers(page)
    return np.array([shown[f"w of {name}"] for name in explorer.features])


def assert_equals_reglib(page, explorer, lam):
    shown = numbers(page)
    explorer.lam = lam
    path = explorer.fit()
    w = path.coef[0]
    np.testing.assert_allclose(
        coefficients(page, explorer), w, rtol=1e-8, atol=1e-8 * np.abs(explorer.fit([0]).coef).max()
    )
    assert shown["intercept"] == pytest.approx(path.intercept[0], rel=1e-8, abs=1e-8)
    residual = explorer.y - path.intercept[0] - explorer.X @ w
    assert shown["training error"] == pytest.approx(np.mean(residual**2), rel=1e-8)
    assert shown["sum of |w|"] == pytest.approx(np.abs(w).sum(), rel=1e-8, abs=1e-12)
    c, a = explorer.threshold()
    assert shown[f"c of {explorer.feature}"] == pytest.approx(
        c, rel=1e-8, abs=1e-8 * explorer.y.std()
    )
    assert shown[f"a of {explorer.feature}"] == pytest.approx(a, rel=1e-8, abs=1e-20)


def test_every_number_equals_reglib(show):
    explorer = LassoExplorer(feature="hdl")
    page = show(explorer)
    knots = [high for _, high, _ in explorer.stays()]
    for lam in (0.0, 0.01, 0.05, 0.08, 0.5, 5.0, 30.0, 60.0, *knots[::4]):
        type_in(page, LAM, repr(float(lam)))
        assert_equals_reglib(page, explorer, float(lam))


def made():
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(25, 6)), rng.normal(size=25)
    yield "raw units", load_diabetes().X, load_diabetes().y
    yield "one feature", X[:, :1], y
    yield "twenty features, few rows", rng.normal(size=(9, 20)), rng.normal(size=9)
    yield "a constant column", np.column_stack([X, np.full(25, 0.1)]), y
    yield "two rows", X[:2], y[:2]


@pytest.mark.parametrize(("X", "y"), [pytest.param(*case[1:], id=case[0]) for case in made()])
def test_it_works_on_the_learners_own_data(show, X, y):
    explorer = LassoExplorer(X, y)
    page = show(explorer)
    high = explorer.stays()[0][1]
    for lam in (high, high / 3, high / 100):
        type_in(page, LAM, repr(float(lam)))
        assert_equals_reglib(page, explorer, float(lam))
    choose(page, explorer.features[-1])
    explorer.feature = explorer.features[-1]
    assert_equals_reglib(page, explorer, float(lam))


@pytest.fixture(scope="module")
def between(browser):
    """The coefficients that the browser makes of what an explorer sends to the page."""
    page = load(browser, "lasso.js")

    def between(X, y, lams):
        given = [LassoExplorer(X, y).facts(), list(lams)]
        code = "([facts, lams]) => lams.map((lam) => module.between(facts, lam))"
        return np.array(page.evaluate(code, given))

    yield between
    page.close()


def hard_cases():
    rng = np.random.default_rng(0)
    x = np.sort(rng.uniform(-1, 1, 25))
    yield "degree 15", polynomial(x, 15), np.sin(3 * x) + 0.3 * rng.normal(size=25), True
    X, y = rng.normal(size=(30, 8)), rng.normal(size=30)
    yield "columns of very different size", X * 10.0 ** np.arange(-4, 4), y, True
    factorial = np.array([[a, b, c] for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)])
    yield "three that join at once", factorial, factorial @ [2, 2, -2], True
    yield "a column three times", X[:, [0, 1, 1, 2, 1]], y, False
    yield "a column and its negative", np.column_stack([X, -X[:, 0]]), y, False
    yield "a sum of two others", np.column_stack([X, X[:, 0] + X[:, 1]]), y, True
    small = rng.integers(-2, 3, size=(40, 30, 6)).astype(float)
    for seed, table in enumerate(small):
        yield f"small integers {seed}", table[:, :5], table[:, 5], True


def test_the_path_is_exact_in_hard_cases(between):
    for case, X, y, unique in hard_cases():
        high = LassoExplorer(X, y).stays()[0][1]
        lams = np.append(high * np.geomspace(1.1, 1e-5, 25), 0.0)
        path = lasso_path(X, y, lams)
        found = between(X, y, lams)
        if unique:
            size = np.abs(path.coef).max()
            np.testing.assert_allclose(found, path.coef, rtol=1e-8, atol=1e-8 * size, err_msg=case)
        for w, w_reglib, b, lam in zip(found, path.coef, path.intercept, lams, strict=True):
            b_found = b + X.mean(axis=0) @ (w_reglib - w)
            least = objective(w_reglib, b, X, y, lam)
            assert objective(w, b_found, X, y, lam) == pytest.approx(least, rel=1e-8), case
        assert not found[lams > high].any()


def test_a_coefficient_is_exactly_zero_where_it_is_in_python(between):
    """Ties of a small lattice are where rounding would let features in that never come in."""
    rng = np.random.default_rng(2)
    checked = 0
    for _ in range(150):
        X, y = rng.integers(-9, 10, (4, 7)) / 10, rng.integers(-9, 10, 4) / 10
        knots = LassoExplorer(X, y).knots
        lams = np.concatenate([knots.lams, (knots.lams[1:] + knots.lams[:-1]) / 2])
        path = lasso_path(X, y, lams)
        found = between(X, y, lams)
        np.testing.assert_array_equal(found != 0, path.coef != 0)
        checked += len(lams)
    assert checked > 1000


def test_lambda_and_the_feature_move_by_keyboard(show):
    explorer = LassoExplorer(lam=0.05, feature="hdl")
    page = show(explorer)
    assert sentence(page).startswith("λ = 0.05: 10 of 10 coefficients are not zero; training error")
    assert "For hdl, c = 1 is beyond ±λ: w = c − λ = 0.951." in sentence(page)
    assert sentence(page).endswith("Next, at λ = 0.0623, hdl becomes zero.")
    page.keyboard.press("Tab")
    assert slider(page, LAM).evaluate("node => node === document.activeElement")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    settle(page)
    assert typed(page, LAM).input_value() == "0.0891"
    assert "9 of 10 coefficients are not zero" in sentence(page)
    assert "is within ±λ: w = 0. Next, at λ = 0.104, hdl comes in." in sentence(page)
    assert_equals_reglib(page, explorer, 0.0891)
    page.keyboard.press("End")
    settle(page)
    assert "λ = 100: 0 of 10 coefficients are not zero" in sentence(page)
    assert "Next" not in sentence(page)
    assert not coefficients(page, explorer).any()

    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.get_by_label(FEATURE).evaluate("node => node === document.activeElement")
    page.keyboard.press("ArrowDown")
    settle(page)
    assert "For tch, c = " in sentence(page)
    explorer.feature = "tch"
    assert_equals_reglib(page, explorer, 100.0)


@pytest.mark.parametrize("words", ["abc", "-1", "", "NaN"])
def test_what_is_not_a_lambda_is_answered_in_words_and_changes_nothing(show, words):
    page = show(LassoExplorer(lam=0.05))
    before = numbers(page)
    type_in(page, LAM, words)
    assert "Type a number of at least 0; until then it stays at 0.05." in page.inner_text("body")
    assert numbers(page) == before


def test_the_table_tells_where_features_come_in_and_become_zero(show):
    explorer = LassoExplorer()
    shown = numbers(show(explorer))
    zero = {n: v for n, v in shown.items() if n.startswith("λ at which") and "zero" in n}
    comes = {n: v for n, v in shown.items() if n.startswith("λ at which") and "comes in" in n}
    highs = {explorer.features[j]: high for j, high, _ in explorer.stays()}
    for name, high in highs.items():  # of two stays, the table's dict keeps the lower one too
        assert zero[f"λ at which {name} becomes zero"] == pytest.approx(high, rel=1e-8)
    lows = [low for _, _, low in explorer.stays() if low > 0]
    assert list(comes) == ["λ at which hdl comes in"]
    assert list(comes.values()) == pytest.approx(lows, rel=1e-8)


@pytest.mark.parametrize("view", [0, 1])
def test_lambda_is_chosen_in_a_view_by_mouse_and_by_finger(show, view):
    for options in ({}, PHONE):
        explorer = LassoExplorer(lam=0.05)
        page = show(explorer, **options)
        area = page.locator("svg .scrub").nth(view)
        x, _ = sweep(page, area, (0.4, 0.6, 0.8), by_finger=bool(options))
        lam = float(typed(page, LAM).input_value())
        assert 8 < lam < 20
        assert_equals_reglib(page, explorer, lam)
        marker = middle(page.locator("svg .marker").nth(view))[0]
        assert marker == pytest.approx(x, abs=2)


def test_the_chosen_feature_is_marked_in_every_view(show):
    page = show(LassoExplorer(lam=5.0, feature="hdl"))

    def chosen():
        return page.locator("svg .chosen").all_text_contents()

    def bars():
        return page.locator("svg .stay[stroke='var(--first)']").count()

    assert (chosen(), bars()) == (["hdl"], 2)
    assert page.locator("svg .in").count() == 5
    choose(page, "glu")
    assert (chosen(), bars()) == (["glu"], 1)
    assert sentence(page).split("; ")[1].split(". ")[1].startswith("For glu, c = ")


def test_lasso_and_ridge_on_one_page_leave_each_other_alone(visit, explorers):
    lasso = LassoExplorer(lam=0.05, feature="hdl")
    page = visit(explorers(lasso, RidgeExplorer(lam=0.01)), until="networkidle")
    first, second = explorers_on(page, 2)
    before = second.inner_html()
    first.get_by_role("slider", name=LAM).press("ArrowRight")
    first.get_by_label(FEATURE).select_option("ltg")
    settle(page)
    assert "λ = 0.0562:" in first.locator(".explorer-state").inner_text()
    assert second.inner_html() == before
    before = first.inner_html()
    second.get_by_role("slider", name=LAM).press("ArrowRight")
    settle(page)
    assert first.inner_html() == before
