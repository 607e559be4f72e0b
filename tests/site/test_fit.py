"""The fit explorer in a page with no kernel: exact at every degree and n, by every hand."""

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
    touch,
    type_in,
    typed,
)

from reglib import least_squares, polynomial
from reglib.widgets import FitExplorer, RidgeExplorer

DEGREE, SIZE, NOISE = "Degree", "Training points, n", "Noise (standard deviation)"
ERRORS = ("training error", "validation error", "true risk")


def close(shown, expected, scale):
    """Equal to 1e-8, or both but rounding beside what is measured."""
    return shown == pytest.approx(expected, rel=1e-8, abs=1e-12 * scale)


def assert_equals_reglib(page, explorer):
    """What the page shows is what reglib computes for this state."""
    shown = numbers(page)
    x, y, _, _ = (row[: explorer.n] for row in explorer.data())
    np.testing.assert_allclose(heights(page), y[np.argsort(x)], rtol=1e-12, atol=1e-12)
    w, b = explorer.fit()
    coef = [value for name, value in shown.items() if name.startswith("w")]
    np.testing.assert_allclose(coef, w, rtol=1e-8, atol=1e-8 * np.abs(w).max())
    assert shown["intercept"] == pytest.approx(b, rel=1e-8, abs=1e-8 * np.abs(w).max())
    for name, error in zip(ERRORS, explorer.errors(), strict=False):
        assert close(shown[name], error, y.var())


def test_every_number_equals_reglib(show):
    explorer = FitExplorer(seed=3)
    page = show(explorer)
    for degree, n in ((1, 2), (3, 20), (12, 20), (15, 60), (15, 16), (15, 17), (12, 8), (9, 9)):
        explorer.degree, explorer.n = degree, n
        type_in(page, DEGREE, str(degree))
        type_in(page, SIZE, str(n))
        assert_equals_reglib(page, explorer)


@pytest.fixture(scope="module")
def fits(browser):
    page = load(browser, "fit.js")
    yield page
    page.close()


def test_both_curves_equal_reglib_at_every_degree_and_n(fits):
    for explorer in (FitExplorer(), FitExplorer(seed=2**32 - 1, noise=1.0), FitExplorer(noise=0)):
        shown = fits.evaluate(
            """({ facts, seed, noise, sizes }) => {
              const fitAt = module.solve(module.makeRows(facts, 60, seed, noise), 15);
              const degrees = Array.from({ length: 15 }, (_, i) => i + 1);
              const errors = ({ training, validation, risk }) => [training, validation, risk];
              return degrees.map((degree) => sizes.map((n) => errors(fitAt(degree, n))));
            }""",
            {
                "facts": explorer.facts(),
                "seed": explorer.seed,
                "noise": explorer.noise,
                "sizes": [*range(2, 24), 40, 60],
            },
        )
        for degree, row in enumerate(shown, 1):
            for n, errors in zip([*range(2, 24), 40, 60], row, strict=True):
                expected = explorer.errors(degree, n)
                assert close(errors, list(expected), explorer.data()[1].var()), (degree, n)


def hard_cases():
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, 12)
    yield "places that occur twice", polynomial(np.repeat(x[:5], 3), 9), rng.normal(size=15)
    yield "one place only", polynomial(np.full(6, 0.1), 4), rng.normal(size=6)
    yield "more columns than rows", rng.normal(size=(5, 9)), rng.normal(size=5)
    X = rng.normal(size=(12, 4))
    yield "a column twice", X[:, [0, 1, 1, 2]], rng.normal(size=12)
    yield "a constant column", np.column_stack([X, np.full(12, 0.1)]), rng.normal(size=12)
    yield "a constant y", X, np.full(12, 0.3)
    yield "two rows", X[:2], np.array([0.0, 1.0])


@pytest.mark.parametrize(("X", "y"), [pytest.param(*case[1:], id=case[0]) for case in hard_cases()])
def test_the_solver_is_of_minimum_norm_as_reglib_is(fits, X, y):
    b, *coef = fits.evaluate(
        "([X, y]) => { const { w, b } = module.leastSquares(X)(y); return [b, ...w]; }",
        [X.T.tolist(), y.tolist()],
    )
    w, intercept = least_squares(X, y)
    np.testing.assert_allclose(coef, w, rtol=1e-8, atol=1e-8 * max(np.abs(w).max(), 1e-6))
    assert b == pytest.approx(intercept, rel=1e-8, abs=1e-8)


def test_the_controls_move_by_keyboard(show):
    explorer = FitExplorer()
    page = show(explorer)
    page.keyboard.press("Tab")
    assert slider(page, DEGREE).evaluate("node => node === document.activeElement")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    explorer.degree = 9
    settle(page)
    assert sentence(page).startswith("Degree 9, 20 training points: training error ")
    assert_equals_reglib(page, explorer)
    slider(page, SIZE).press("ArrowRight")
    explorer.n = 21
    settle(page)
    assert points(page).count() == 21
    assert_equals_reglib(page, explorer)
    slider(page, NOISE).press("End")
    explorer.noise = 1.0
    settle(page)
    assert_equals_reglib(page, explorer)
    slider(page, SIZE).press("Home")
    explorer.n = 2
    settle(page)
    assert "training error 0 but for rounding, validation error" in sentence(page)
    assert_equals_reglib(page, explorer)


def test_the_sentence_says_what_the_table_says(show):
    explorer = FitExplorer()
    page = show(explorer)
    shown, words = numbers(page), sentence(page)
    for name in ERRORS:
        assert float(re.search(rf"{name} ([\d.]+\d)", words)[1]) == pytest.approx(
            shown[name], rel=5e-3
        )
    by_degree = np.array([explorer.errors(degree) for degree in range(1, 16)])
    for name, best in zip(ERRORS[1:], by_degree[:, 1:].argmin(axis=0) + 1, strict=True):
        assert re.search(rf"{name} is least at degree {best}\b", words)
    assert "test" not in words


def test_the_points_are_stepped_through_from_left_to_right(show):
    explorer = FitExplorer(degree=5)
    page = show(explorer)
    order = np.argsort(explorer.data()[0][:20])
    points(page).first.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "ArrowUp", "PageDown"):
        page.keyboard.press(key)
        settle(page)
    assert page.locator("svg .point[tabindex='0']").count() == 1
    assert "point 3 of 20" in page.locator("svg .point[tabindex='0']").get_attribute("aria-label")
    moved = [0.0] * 60
    moved[order[2]] = 2 * 0.05 - 5 * 0.05
    explorer.moved = moved
    assert_equals_reglib(page, explorer)
    # A point stays where it was put while others come and go.
    for n in (50, 20):
        type_in(page, SIZE, str(n))
        explorer.n = n
        assert_equals_reglib(page, explorer)


def test_the_axis_does_not_shrink_while_points_are_moved(show):
    explorer = FitExplorer()
    explorer.moved = [5.0, *explorer.moved[1:]]
    page = show(explorer)
    highest = points(page).nth(int(heights(page).argmax()))
    before = highest.get_attribute("aria-valuemax")
    assert float(before) > 4
    highest.press("Home")
    settle(page)
    assert heights(page).max() < 2
    assert highest.get_attribute("aria-valuemax") == before
    page.get_by_role("button", name="New data").click()
    settle(page)
    assert float(highest.get_attribute("aria-valuemax")) < float(before)


@pytest.mark.parametrize("options", [{}, PHONE], ids=["mouse", "finger"])
def test_a_point_is_dragged(show, options):
    explorer = FitExplorer(degree=6)
    page = show(explorer, **options)
    order = np.argsort(explorer.data()[0][:20])
    points(page).nth(8).scroll_into_view_if_needed()
    scrolled, before = page.evaluate("scrollY"), heights(page)
    x, y = middle(points(page).nth(8))
    if options:
        touch(page, [(x, y - step) for step in (0, 10, 20, 30, 40)])
    else:
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 20, y - 40, steps=5)
        page.mouse.up()
        settle(page)
    shifts = heights(page) - before
    assert np.flatnonzero(shifts).tolist() == [8] and shifts[8] > 0.2
    assert middle(points(page).nth(8)) == pytest.approx((x, y - 40), abs=1)
    assert page.evaluate("scrollY") == scrolled
    moved = np.zeros(60)
    moved[order[8]] = shifts[8]
    explorer.moved = moved
    assert_equals_reglib(page, explorer)


@pytest.mark.parametrize("options", [{}, PHONE], ids=["mouse", "finger"])
def test_degree_and_n_are_chosen_in_the_views(show, options):
    explorer = FitExplorer()
    page = show(explorer, **options)
    for view, label, share, value in ((0, DEGREE, 2.5 / 15, 3), (1, SIZE, 0.5, 31)):
        area = page.locator("svg .scrub").nth(view)
        area.scroll_into_view_if_needed()
        box = area.bounding_box()
        place = (box["x"] + box["width"] * share, box["y"] + 20)
        if options:
            touch(page, [place, place])
        else:
            page.mouse.click(*place)
            settle(page)
        assert abs(int(typed(page, label).input_value()) - value) <= (label == SIZE)
    explorer.degree, explorer.n = 3, int(typed(page, SIZE).input_value())
    assert_equals_reglib(page, explorer)


@pytest.mark.parametrize(
    ("label", "words", "kept"),
    [
        (DEGREE, "16", "12"),
        (DEGREE, "0", "12"),
        (DEGREE, "many", "12"),
        (SIZE, "1", "20"),
        (SIZE, "61", "20"),
        (SIZE, "20.5", "20"),
        (NOISE, "1.5", "0.3"),
        (NOISE, "", "0.3"),
    ],
)
def test_what_cannot_be_used_is_answered_in_words_and_changes_nothing(show, label, words, kept):
    page = show(FitExplorer())
    before = numbers(page)
    type_in(page, label, words)
    complaint = page.locator(f"#{typed(page, label).get_attribute('aria-describedby')}")
    assert f"stays at {kept}." in complaint.inner_text()
    assert typed(page, label).input_value() == kept
    assert numbers(page) == before


def test_new_data_are_the_next_seed_and_forget_what_was_moved(show):
    page = show(FitExplorer(seed=2**32 - 1, moved=[0.5] * 60))
    assert_equals_reglib(page, FitExplorer(seed=2**32 - 1, moved=[0.5] * 60))
    page.get_by_role("button", name="New data").click()
    settle(page)
    assert_equals_reglib(page, FitExplorer(seed=0))


def own_rows():
    rng = np.random.default_rng(5)
    x, x_val = rng.uniform(-1, 1, 150), rng.uniform(-1, 1, 40)
    return {"x": x, "y": 80 + 30 * x**2 + rng.normal(size=150), "x_val": x_val, "y_val": 80 + x_val}


def test_it_works_on_the_learners_own_rows(show):
    explorer = FitExplorer(**own_rows(), n=30, degree=4)
    page = show(explorer)
    assert slider(page, NOISE).count() == 0
    assert "risk" not in page.locator(".explorer").inner_text()
    assert page.get_by_text("truth").count() == 0
    assert_equals_reglib(page, explorer)
    slider(page, SIZE).press("End")
    explorer.n = 150
    settle(page)
    assert_equals_reglib(page, explorer)
    points(page).first.press("ArrowUp")
    settle(page)
    assert heights(page)[0] > explorer.data()[1][np.argmin(explorer.data()[0])]
    page.get_by_role("button", name="Put points back").click()
    settle(page)
    assert_equals_reglib(page, explorer)


def test_it_and_another_explorer_do_not_disturb_each_other(visit, explorers):
    page = visit(explorers(FitExplorer(), RidgeExplorer()), until="networkidle")
    fit, ridge = explorers_on(page, 2)
    before = ridge.inner_html()
    fit.get_by_role("slider", name=DEGREE).press("ArrowLeft")
    fit.get_by_role("button", name="New data").click()
    settle(page)
    assert fit.locator(".explorer-state").inner_text().startswith("Degree 11, 20 training points:")
    assert ridge.inner_html() == before
