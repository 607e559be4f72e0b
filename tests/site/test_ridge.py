"""The ridge explorer in a page with no kernel: every control, by mouse, touch and keyboard."""

import re

import numpy as np
import pytest
from hands import (
    PHONE,
    explorers_on,
    heights,
    load,
    middle,
    numbers,
    points,
    sentence,
    settle,
    slider,
    sweep,
    touch,
    type_in,
    typed,
)
from ipywidgets import IntSlider

from reglib import polynomial, ridge_path
from reglib.widgets import RidgeExplorer
from reglib.widgets.explorer import normals, uniforms

LAM, DEGREE, NOISE = "λ, the strength of the penalty", "Degree", "Noise (standard deviation)"


def factors_of(X, lam):
    """s²/(s² + nλ), one for each singular value s of the centred X that is not rounding."""
    s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    s = s[s > np.finfo(float).eps * max(X.shape) * s[0]]
    return s**2 / (s**2 + len(X) * lam)


def assert_shrinks_as_numpy_says(page, X, lam):
    """Factors and their sum are those of NumPy's decomposition, and the bars are as high."""
    shown, factors = numbers(page), factors_of(X, lam)
    drawn = [value for name, value in shown.items() if name.startswith("shrinkage factor f")]
    np.testing.assert_allclose(drawn, factors, rtol=1e-8, atol=1e-12)
    dof = shown["effective degrees of freedom, intercept not counted"]
    assert dof == pytest.approx(factors.sum(), rel=1e-8)
    bars = page.locator("svg .bar").evaluate_all(
        "bars => bars.map((bar) => Number(bar.getAttribute('height')))"
    )
    np.testing.assert_allclose(bars, 80 * factors, rtol=1e-7, atol=1e-9)


def assert_equals_reglib(page, explorer, lam):
    """What the page shows is what reglib computes for the same rows."""
    shown = numbers(page)
    x = explorer.data()[0]
    path = ridge_path(polynomial(x, explorer.degree), heights(page), [lam])
    coef = [value for name, value in shown.items() if name.startswith("w")]
    assert len(coef) == explorer.degree
    np.testing.assert_allclose(coef, path.coef[0], rtol=1e-8, atol=1e-8 * np.abs(coef).max())
    assert shown["intercept"] == pytest.approx(path.intercept[0], rel=1e-8, abs=1e-8)
    assert_shrinks_as_numpy_says(page, polynomial(x, explorer.degree), lam)
    explorer.moved = heights(page) - (explorer.data()[1] - explorer.moved)
    for name, error in zip(
        ("training error", "validation error", "true risk"), explorer.errors([lam]), strict=True
    ):
        assert shown[name] == pytest.approx(error[0], rel=1e-8)


@pytest.mark.parametrize("degree", [1, 3, 12, 15])
def test_coefficients_and_errors_equal_reglib(ridge, degree):
    explorer = RidgeExplorer(degree=degree)
    page = ridge({"degree": degree})
    for lam in ("1e-8", "1e-5", "0.001", "0.1", "100", "0"):
        type_in(page, LAM, lam)
        assert_equals_reglib(page, explorer, float(lam))


def test_the_page_makes_the_data_that_python_makes(ridge):
    for seed in (0, 4, 2**32 - 1):
        explorer = RidgeExplorer(seed=seed, noise=0.7)
        page = ridge({"seed": seed, "noise": 0.7})
        np.testing.assert_allclose(heights(page), explorer.data()[1], rtol=1e-12, atol=1e-13)
        assert numbers(page)["validation error"] == pytest.approx(explorer.errors()[1][0], rel=1e-8)


@pytest.fixture(scope="module")
def solve(browser):
    """Fit in the browser, with the solver that the explorers use: b, w and shrinkage factors."""
    page = load(browser, "numerics.js")

    def solve(X, y, lams):
        fits = page.evaluate(
            """([X, y, lams]) => {
              const fit = module.ridge(X, y);
              return lams.map(fit).map(({ w, b, factors }) => [[b, ...w], factors]);
            }""",
            [X.T.tolist(), y.tolist(), list(lams)],
        )
        return [(np.array(coef), np.array(factors)) for coef, factors in fits]

    yield solve
    page.close()


def cases():
    rng = np.random.default_rng(0)
    x = np.sort(rng.uniform(-1, 1, 25))
    yield "degree 15", polynomial(x, 15), np.sin(3 * x) + 0.3 * rng.normal(size=25)
    yield "degree 15 on 12 rows", polynomial(x[::2][:12], 15), rng.normal(size=12)
    X = rng.normal(size=(12, 4))
    yield "well conditioned", X, rng.normal(size=12)
    yield "a column twice", X[:, [0, 1, 1, 2]], rng.normal(size=12)
    yield "a constant column", np.column_stack([X, np.full(12, 0.1)]), rng.normal(size=12)
    yield "more columns than rows", rng.normal(size=(5, 9)), rng.normal(size=5)
    yield "one column", X[:, :1], rng.normal(size=12)
    yield "columns of very different size", X * [1e-6, 1, 1e3, 1e6], rng.normal(size=12)
    yield "all columns constant", np.full((6, 2), 0.3), rng.normal(size=6)


@pytest.mark.parametrize(("X", "y"), [pytest.param(*case[1:], id=case[0]) for case in cases()])
def test_the_solver_equals_reglib(solve, X, y):
    lams = [*10.0 ** np.arange(-8, 3), 0.0]
    path = ridge_path(X, y, lams)
    for (shown, factors), b, w, lam in zip(
        solve(X, y, lams), path.intercept, path.coef, lams, strict=True
    ):
        scale = np.abs(w).max()
        np.testing.assert_allclose(shown[1:], w, rtol=1e-8, atol=1e-8 * scale)
        np.testing.assert_allclose(shown[0], b, rtol=1e-8, atol=1e-8)
        if X.std(axis=0).max() > 1e-12:  # else there is no direction in which the rows differ
            np.testing.assert_allclose(factors, factors_of(X, lam), rtol=1e-8, atol=1e-8)
        else:
            assert factors.size == 0


def test_the_slider_moves_by_keyboard(ridge):
    page = ridge({"lam": 1e-4})
    page.keyboard.press("Tab")
    assert slider(page, LAM).evaluate("node => node === document.activeElement")
    before = sentence(page)
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    settle(page)
    assert typed(page, LAM).input_value() == "0.001"
    assert sentence(page) != before
    assert sentence(page).startswith("λ = 0.001, degree 12: training error ")
    assert_equals_reglib(page, RidgeExplorer(), 0.001)
    page.keyboard.press("Home")
    settle(page)
    assert typed(page, LAM).input_value() == "1e-8"
    page.keyboard.press("End")
    settle(page)
    assert_equals_reglib(page, RidgeExplorer(), 100.0)


def test_the_sentence_says_what_the_table_says(ridge):
    page = ridge({"lam": 0.01})
    shown = numbers(page)
    for name in ("training error", "validation error", "true risk"):
        assert float(re.search(rf"{name} ([\d.]+)", sentence(page))[1]) == pytest.approx(
            shown[name], rel=5e-3
        )
    coef = {name: value for name, value in shown.items() if name.startswith("w")}
    largest = max(coef, key=lambda name: abs(coef[name]))
    assert f"largest coefficient {largest}" in sentence(page)
    dof = float(re.search(r"degrees of freedom ([\d.]+) without the intercept", sentence(page))[1])
    assert dof == pytest.approx(
        shown["effective degrees of freedom, intercept not counted"], rel=5e-3
    )


def test_the_bars_follow_degree_and_not_y(ridge):
    page = ridge({"lam": 0.01, "degree": 15})
    bars = page.locator("svg .bar")
    assert bars.count() == 15
    before = bars.evaluate_all("bars => bars.map((bar) => bar.outerHTML)")
    points(page).first.press("PageUp")
    settle(page)
    assert bars.evaluate_all("bars => bars.map((bar) => bar.outerHTML)") == before
    slider(page, DEGREE).press("Home")
    settle(page)
    assert bars.count() == 1
    assert_equals_reglib(page, RidgeExplorer(degree=1), 0.01)


@pytest.mark.parametrize(
    ("label", "words", "kept"),
    [
        (LAM, "abc", "0.01"),
        (LAM, "-1", "0.01"),
        (LAM, "", "0.01"),
        (LAM, "   ", "0.01"),
        (LAM, "NaN", "0.01"),
        (LAM, "Infinity", "0.01"),
        (LAM, "1e999", "0.01"),
        (DEGREE, "0", "12"),
        (DEGREE, "2.5", "12"),
        (DEGREE, "16", "12"),
        (NOISE, "-0.1", "0.3"),
        (NOISE, "two", "0.3"),
    ],
)
def test_what_cannot_be_used_is_answered_in_words_and_changes_nothing(ridge, label, words, kept):
    page = ridge({"lam": 0.01})
    before = numbers(page)
    type_in(page, label, words)
    complaint = page.locator(f"#{typed(page, label).get_attribute('aria-describedby')}")
    assert complaint.get_attribute("aria-live") == "polite"
    assert f"stays at {kept}." in complaint.inner_text()
    assert "Type a " in complaint.inner_text()
    if words.strip():
        assert f"“{words}”" in complaint.inner_text()
    assert typed(page, label).input_value() == kept
    assert numbers(page) == before
    type_in(page, label, "1")
    assert complaint.inner_text() == ""
    assert numbers(page) != before


def test_degree_and_noise_move_by_keyboard(ridge):
    page = ridge({"lam": 0.01, "noise": 0.3})
    slider(page, DEGREE).press("ArrowLeft")
    settle(page)
    assert_equals_reglib(page, RidgeExplorer(degree=11), 0.01)
    before, truth = heights(page), np.sin(np.pi * RidgeExplorer().data()[0])
    for _ in range(6):
        slider(page, NOISE).press("ArrowRight")
    settle(page)
    assert typed(page, NOISE).input_value() == "0.6"
    np.testing.assert_allclose(heights(page) - truth, 2 * (before - truth), atol=1e-12)


def test_a_point_moves_by_keyboard_and_the_others_stay(ridge):
    page = ridge({"lam": 0.001})
    assert points(page).count() == 20
    assert page.locator("svg .point[tabindex='0']").count() == 1
    before = heights(page)
    points(page).first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    for key in ("ArrowUp", "ArrowUp", "ArrowDown", "PageDown"):
        page.keyboard.press(key)
        settle(page)
    moved = heights(page) - before
    assert moved[2] == pytest.approx(0.05 - 0.25)
    assert np.flatnonzero(moved).tolist() == [2]
    assert (
        page.locator("svg .point[tabindex='0']")
        .get_attribute("aria-label")
        .startswith("y of point 3 of 20")
    )
    assert_equals_reglib(page, RidgeExplorer(), 0.001)


def test_a_point_is_dragged_by_mouse(ridge):
    page = ridge({"lam": 1e-6})
    before = heights(page)
    x, y = middle(points(page).nth(6))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y - 40, steps=5)
    page.mouse.up()
    settle(page)
    moved = heights(page) - before
    assert np.flatnonzero(moved).tolist() == [6]
    # It stays under the pointer, and keeps its x.
    assert middle(points(page).nth(6)) == pytest.approx((x, y - 40), abs=1)
    for lam in ("1e-8", "1e-6", "1e-4", "1", "0"):
        type_in(page, LAM, lam)
        assert_equals_reglib(page, RidgeExplorer(), float(lam))
    page.mouse.move(x, y + 100)
    settle(page)
    np.testing.assert_array_equal(heights(page) - before, moved)


def test_a_point_is_dragged_by_finger_while_the_page_stays(ridge):
    page = ridge({"lam": 1e-6}, **PHONE)
    points(page).nth(6).scroll_into_view_if_needed()
    scrolled, before = page.evaluate("scrollY"), heights(page)
    x, y = middle(points(page).nth(6))
    touch(page, [(x, y + step) for step in (0, -10, -20, -30, -40)])
    moved = heights(page) - before
    assert np.flatnonzero(moved).tolist() == [6]
    assert moved[6] > 0
    assert page.evaluate("scrollY") == scrolled
    assert_equals_reglib(page, RidgeExplorer(), 1e-6)


def test_lambda_is_chosen_in_a_view_by_mouse_and_by_finger(ridge):
    for options in ({}, PHONE):
        page = ridge({"lam": 1e-6}, **options)
        area = page.locator("svg .scrub").nth(1)
        sweep(page, area, (0.3, 0.4, 0.5), by_finger=bool(options))
        lam = float(typed(page, LAM).input_value())
        assert lam == pytest.approx(1e-3, rel=0.1)
        assert_equals_reglib(page, RidgeExplorer(), lam)


def test_new_data_are_the_next_seed_and_forget_what_was_moved(ridge):
    page = ridge({"lam": 1e-4, "seed": 7, "moved": [0.5] * 20})
    np.testing.assert_allclose(heights(page), RidgeExplorer(seed=7).data()[1] + 0.5, atol=1e-12)
    page.get_by_role("button", name="New data").click()
    settle(page)
    fresh = RidgeExplorer(seed=8)
    np.testing.assert_allclose(heights(page), fresh.data()[1], atol=1e-12)
    for lam in ("1e-8", "1e-4", "1e-2", "1", "100"):
        type_in(page, LAM, lam)
        assert_equals_reglib(page, fresh, float(lam))


def test_two_explorers_do_not_disturb_each_other(visit, explorers):
    two = explorers(RidgeExplorer(lam=0.1), RidgeExplorer(lam=0.001, degree=3))
    page = visit(two, until="networkidle")
    first, second = explorers_on(page, 2)
    assert second.locator(".explorer-state").inner_text().startswith("λ = 0.001, degree 3:")
    before = second.inner_html()
    first.get_by_role("slider", name=LAM).press("ArrowRight")
    first.locator(".point").nth(3).press("ArrowUp")
    first.get_by_role("button").click()
    settle(page)
    assert first.locator(".explorer-state").inner_text().startswith("λ = 0.112, degree 12:")
    assert second.inner_html() == before
    second.get_by_role("slider", name=DEGREE).press("ArrowRight")
    settle(page)
    assert second.locator(".explorer-state").inner_text().startswith("λ = 0.001, degree 4:")
    ids = page.locator("[id]").evaluate_all("nodes => nodes.map((node) => node.id)")
    assert len(ids) == len(set(ids))
    assert len([url for url in page.requested if url.startswith("blob:")]) == 1


def test_the_same_explorer_twice_moves_together(visit, explorers):
    explorer = RidgeExplorer(lam=0.1)
    page = visit(explorers(explorer, explorer), until="networkidle")
    first, second = explorers_on(page, 2)
    first.get_by_role("slider", name=LAM).press("ArrowRight")
    settle(page)
    assert (
        second.locator(".explorer-state").inner_text()
        == first.locator(".explorer-state").inner_text()
    )


def picture(page):
    return page.locator(".explorer-static img")


def test_the_picture_is_for_print_and_the_explorer_for_the_screen(ridge):
    page = ridge()
    assert page.locator(".explorer").is_visible()
    assert not picture(page).is_visible()
    page.emulate_media(media="print")
    assert not page.locator(".explorer").is_visible()
    assert picture(page).is_visible()


def test_without_javascript_the_picture_is_there(ridge):
    page = ridge(java_script_enabled=False)
    assert picture(page).is_visible()
    assert page.locator(".explorer").count() == 0


def test_when_the_script_fails_the_picture_stays(visit, explorers):
    broken, sound = RidgeExplorer(), RidgeExplorer()
    broken._esm = "export default { render() { throw new Error('broken') } }"
    page = visit(explorers(broken, sound), errors_allowed=True, until="networkidle")
    assert picture(page).nth(0).is_visible()
    assert not picture(page).nth(1).is_visible()
    assert page.locator(".explorer").count() == 1
    assert "broken" in page.errors[0]


def test_other_widgets_are_left_alone(visit, explorers):
    page = visit(explorers(IntSlider(), RidgeExplorer()), until="networkidle")
    assert page.locator(".explorer").count() == 1


def test_motion_is_left_out_when_asked(ridge):
    def transition(page):
        button = page.get_by_role("button", name="New data")
        return button.evaluate("node => getComputedStyle(node).transitionDuration")

    assert transition(ridge(reduced_motion="no-preference")) == "0.15s"
    assert transition(ridge(reduced_motion="reduce")) == "0s"


def test_colours_follow_the_reader(ridge):
    def paper(page):
        return page.locator(".explorer").evaluate("node => getComputedStyle(node).backgroundColor")

    light, dark = (ridge(color_scheme=scheme) for scheme in ("light", "dark"))
    assert paper(light) == "rgb(255, 255, 255)"
    assert paper(dark) == "rgb(27, 31, 36)"
    # The theme of the book, and of JupyterLab, has the last word.
    dark.evaluate("document.documentElement.dataset.theme = 'light'")
    assert paper(dark) == "rgb(255, 255, 255)"
    light.evaluate("document.body.dataset.jpThemeLight = 'false'")
    assert paper(light) == "rgb(27, 31, 36)"


def test_numbers_made_from_a_seed_are_python_s(browser):
    page = load(browser, "numerics.js")
    u, z = page.evaluate(
        """() => {
          const u = module.uniforms(4294967295, 1000);
          return [u, module.normals(u.slice(0, 500), u.slice(500))];
        }"""
    )
    page.close()
    expected = uniforms(2**32 - 1, 1000)
    assert u == expected.tolist()
    np.testing.assert_allclose(z, normals(expected[:500], expected[500:]), rtol=1e-12, atol=1e-15)
