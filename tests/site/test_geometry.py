"""The geometry explorer in a page with no kernel: exact for every optimum, by every hand."""

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
    touch,
    type_in,
    typed,
)

from reglib import elastic_net_path
from reglib.widgets import GeometryExplorer

REACH = "Budget: where its rim crosses the axes"
TURN, STRETCH = "Turn of the contours, in degrees", "Stretch of the contours"
RATIO, PENALTY = "ρ, the share of L1", "Penalty"
REGIONS = "Shade every optimum that makes w₁ or w₂ zero"
OPTIMUM = "Optimum, moved by the arrow keys"


def both(shown, words=""):
    return np.array([shown[f"{words}w₁"], shown[f"{words}w₂"]])


def assert_equals_reglib(page, explorer):
    """What the page shows is what reglib computes for rows with these contours."""
    shown = numbers(page)
    explorer.optimum = both(shown, "optimum ")
    w, lam = both(shown), shown["λ that leads there"]
    X, y = explorer.data()
    path = elastic_net_path(X, y, [lam], explorer.rho)
    np.testing.assert_allclose(w, path.coef[0], rtol=1e-8, atol=1e-8)
    budget = explorer.cost([explorer.reach, 0.0])
    assert (
        explorer.cost(w) == pytest.approx(budget, rel=1e-8) if lam else explorer.cost(w) <= budget
    )
    np.testing.assert_allclose(w, explorer.solution()[0], rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(both(shown, "pull on "), X.T @ (y - X @ w) / 4, atol=1e-8)
    assert shown["loss above its least"] == pytest.approx(explorer.loss(w), rel=1e-8, abs=1e-15)
    (a, r), (_, b) = explorer.gram()
    assert shown["variance of x₁"] == pytest.approx(a, rel=1e-8)
    assert shown["variance of x₂"] == pytest.approx(b, rel=1e-8)
    assert shown["correlation of x₁ and x₂"] == pytest.approx(r / np.sqrt(a * b), abs=1e-8)
    # A zero is a zero, and the words say so.
    assert ("exactly 0" in sentence(page)) == bool(lam and explorer.rho and not w.all())


def choose(page, penalty):
    page.get_by_label(PENALTY, exact=True).select_option(penalty)
    settle(page)


def handle(page):
    return slider(page, OPTIMUM)


def test_it_opens_at_a_corner_and_equals_reglib_for_every_penalty(show):
    explorer = GeometryExplorer()
    page = show(explorer)
    assert sentence(page) == (
        "L1, budget through 1.5: w₁ = 1.5, w₂ = 0. A corner: w₂ is exactly 0, as the pull on it, "
        "1.25, is not more than λ = 1.5 in size."
    )
    assert_equals_reglib(page, explorer)
    assert not page.get_by_text(RATIO).is_visible()
    choose(page, "L2")
    explorer.penalty = "L2"
    assert "A disk has no corners; neither is 0." in sentence(page)
    assert_equals_reglib(page, explorer)
    choose(page, "elastic net")
    explorer.penalty = "elastic net"
    for words in ("0.5", "0.9", "1", "0", "0.05"):
        type_in(page, RATIO, words)
        explorer.l1_ratio = float(words)
        assert_equals_reglib(page, explorer)
    assert sentence(page).startswith("Elastic net, ρ = 0.05, budget through 1.5:")


def test_the_solution_is_exact_in_many_states(browser):
    rng = np.random.default_rng(1)
    page = load(browser, "budget.js")
    states = [
        {
            "penalty": str(rng.choice(["L1", "elastic net", "L2"])),
            "l1_ratio": float(rng.choice([0.0, 0.05, 0.5, 0.95, 1.0])),
            "reach": float(rng.uniform(0.1, 3.5)),
            "angle": float(rng.choice([-90, -45, 0, 45, rng.uniform(-90, 90)])),
            "stretch": float(rng.choice([0, 0.5, 0.95, rng.uniform(0, 0.95)])),
            # With ties: on an axis, on a diagonal, on a corner.
            "optimum": [float(v) for v in rng.choice([-3.5, -1, 0, 1, 1.5, rng.normal()], 2)],
        }
        for _ in range(300)
    ]
    found = page.evaluate(
        "(states) => states.map(module.solve).map(({ w, lam, rim }) => ({ w, lam, rim }))", states
    )
    page.close()
    corners = 0
    for state, there in zip(states, found, strict=True):
        explorer = GeometryExplorer(**state)
        w, _ = explorer.solution()
        np.testing.assert_allclose(there["w"], w, rtol=1e-8, atol=1e-8, err_msg=str(state))
        X, y = explorer.data()
        path = elastic_net_path(X, y, [there["lam"]], explorer.rho)
        np.testing.assert_allclose(there["w"], path.coef[0], atol=1e-8, err_msg=str(state))
        rim = explorer.rim(np.arange(-180, 181))
        np.testing.assert_allclose(there["rim"], rim, rtol=1e-8, atol=1e-12)
        corners += there["lam"] > 0 and 0 in there["w"]
    assert corners > 40


def test_a_shaded_optimum_leads_to_its_corner_and_another_does_not(browser):
    page = load(browser, "budget.js")
    rng = np.random.default_rng(2)
    for _ in range(10):
        explorer = GeometryExplorer(
            penalty=str(rng.choice(["L1", "elastic net"])),
            angle=rng.uniform(-90, 90),
            stretch=rng.uniform(0, 0.95),
            reach=rng.uniform(0.3, 2),
        )
        state = explorer.get_state(["penalty", "l1_ratio", "reach", "angle", "stretch", "optimum"])
        optima = rng.uniform(-3.5, 3.5, (200, 2)).tolist()
        regions, solutions = page.evaluate(
            """([state, optima]) => [
              module.solve(state).regions,
              optima.map((optimum) => module.solve({ ...state, optimum }).w),
            ]""",
            [state, optima],
        )
        for optimum, w in zip(optima, solutions, strict=True):
            inside = any(is_inside(optimum, region) for region in regions)
            assert inside == (0 in w), (state, optimum)
    page.close()


def is_inside(point, polygon):
    """Whether a ray from the point crosses the polygon's sides an odd number of times."""
    x, y = point
    odd = False
    for (x1, y1), (x2, y2) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            odd = not odd
    return odd


def test_the_optimum_moves_by_keyboard_until_the_solution_leaves_the_corner(show):
    explorer = GeometryExplorer()
    page = show(explorer)
    handle(page).focus()
    for _ in range(5):
        page.keyboard.press("ArrowUp")
        settle(page)
        assert "A corner: w₂ is exactly 0" in sentence(page)
    page.keyboard.press("ArrowUp")
    settle(page)
    assert both(numbers(page), "optimum ") == pytest.approx([8 / 3, 2 / 3 + 0.6])
    assert "Not a corner: neither is 0." in sentence(page)
    assert_equals_reglib(page, explorer)
    for key in ("ArrowLeft", "PageDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
        settle(page)
    assert both(numbers(page), "optimum ") == pytest.approx([8 / 3, 2 / 3])
    assert handle(page).get_attribute("aria-valuetext") == "w₁ = 2.67, w₂ = 0.667"
    page.keyboard.press("Home")
    settle(page)
    assert both(numbers(page), "optimum ")[0] == -3.5
    assert_equals_reglib(page, explorer)


def test_the_optimum_is_dragged_by_mouse_and_by_finger_while_the_page_stays(show):
    for options in ({}, PHONE):
        explorer = GeometryExplorer()
        page = show(explorer, **options)
        handle(page).scroll_into_view_if_needed()
        scrolled = page.evaluate("scrollY")
        x, y = middle(handle(page))
        path = [(x - step, y + step / 2) for step in (0, 20, 40, 60)]
        if options:
            touch(page, path)
        else:
            page.mouse.move(x, y)
            page.mouse.down()
            for place in path:
                page.mouse.move(*place)
            page.mouse.up()
            settle(page)
        assert middle(handle(page)) == pytest.approx(path[-1], abs=1)
        assert page.evaluate("scrollY") == scrolled
        moved = both(numbers(page), "optimum ")
        assert moved[0] < 2.2 and moved[1] < 0.4
        assert_equals_reglib(page, explorer)


def test_the_optimum_stays_in_the_picture(show):
    page = show(GeometryExplorer())
    x, y = middle(handle(page))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 400, y - 600, steps=3)
    page.mouse.up()
    settle(page)
    assert both(numbers(page), "optimum ").tolist() == [3.5, 3.5]


@pytest.mark.parametrize(
    ("label", "name", "keys", "value"),
    [
        (REACH, "reach", ["ArrowRight"] * 20, 2.5),
        (TURN, "angle", ["ArrowLeft"] * 3, -60),
        (STRETCH, "stretch", ["End"], 0.95),
    ],
)
def test_every_slider_moves_by_keyboard(show, label, name, keys, value):
    explorer = GeometryExplorer()
    page = show(explorer)
    for key in keys:
        slider(page, label).press(key)
    settle(page)
    assert float(typed(page, label).input_value()) == value
    setattr(explorer, name, value)
    assert_equals_reglib(page, explorer)


@pytest.mark.parametrize(
    ("label", "words", "kept"),
    [(REACH, "0", "1.5"), (REACH, "abc", "1.5"), (TURN, "91", "-45"), (STRETCH, "1", "0.5")],
)
def test_what_cannot_be_used_is_answered_in_words_and_changes_nothing(show, label, words, kept):
    page = show(GeometryExplorer())
    before = numbers(page)
    type_in(page, label, words)
    complaint = page.locator(f"#{typed(page, label).get_attribute('aria-describedby')}")
    assert f"“{words}” is not a number from " in complaint.inner_text()
    assert f"stays at {kept}." in complaint.inner_text()
    assert numbers(page) == before


def test_the_regions_are_shaded_when_asked(show):
    page = show(GeometryExplorer())
    shapes = page.locator("svg .region")

    def drawn():
        return [
            bool(d) for d in shapes.evaluate_all("nodes => nodes.map((n) => n.getAttribute('d'))")
        ]

    assert drawn() == [False] * 4
    box = page.get_by_label(REGIONS)
    box.focus()
    page.keyboard.press("Space")
    settle(page)
    assert box.is_checked() and drawn() == [True] * 4


def test_a_ring_marks_a_corner_and_the_contour_of_the_solution_touches_the_rim(show):
    page = show(GeometryExplorer())
    ring, solution = page.locator("svg .corner"), page.locator("svg .solution").first
    assert ring.get_attribute("visibility") == "visible"
    assert page.locator("svg .touching").count() == 1
    # The solution lies on the contour that is drawn through it.
    distance = page.evaluate(
        """() => {
          const [contour, dot] = [".touching", ".solution"].map((c) => document.querySelector(c));
          const at = new DOMPoint(dot.cx.baseVal.value, dot.cy.baseVal.value);
          const to = contour.transform.baseVal.consolidate().matrix.inverse();
          const { x, y } = at.matrixTransform(DOMMatrix.fromMatrix(to));
          return Math.hypot(x / contour.rx.baseVal.value, y / contour.ry.baseVal.value);
        }"""
    )
    assert distance == pytest.approx(1, abs=1e-4)
    choose(page, "L2")
    assert ring.get_attribute("visibility") == "hidden"
    assert solution.is_visible()
    type_in(page, REACH, "3.5")
    assert "The optimum is within the budget, so it is the solution." in sentence(page)
    assert page.locator("svg .touching").count() == 0


def test_two_on_a_page_leave_each_other_alone(visit, explorers):
    page = visit(explorers(GeometryExplorer(), GeometryExplorer(penalty="L2")), until="networkidle")
    first, second = explorers_on(page, 2)
    before = second.inner_html()
    first.get_by_role("slider", name=OPTIMUM).press("ArrowUp")
    first.get_by_label(PENALTY, exact=True).select_option("elastic net")
    first.get_by_label(REGIONS).check()
    settle(page)
    assert first.locator(".explorer-state").inner_text().startswith("Elastic net")
    assert second.inner_html() == before
