"""What every explorer is held to in a page with no kernel, whatever it shows."""

import math
import re
import sys

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from degenerate import arrays
from hands import PHONE, load, sentence, settle

import reglib.widgets
from reglib import palette

ALL = [getattr(reglib.widgets, name) for name in reglib.widgets.explorers()]
TAKE_DATA = [kind for kind in ALL if arrays(kind)]
NOT_NUMBERS = re.compile(r"\b(NaN|undefined|null|Infinity)\b")


def sound(explorer):
    """What an explorer shows, in words and numbers, all of which are words and numbers."""
    html = explorer.inner_html()
    assert not NOT_NUMBERS.search(html), NOT_NUMBERS.search(html)
    state = explorer.locator(".explorer-state").inner_text()
    assert state
    return state, explorer.locator("table").inner_html()


def press(page, control, *keys):
    """Press keys on a control; after each the explorer is sound and the focus where it was."""
    control.focus()
    for key in keys:
        control.press(key)
        settle(page)
    return sound(page.locator(".explorer"))


@pytest.mark.parametrize("kind", ALL)
def test_every_control_has_a_name_and_answers_to_keys(show, kind):
    page = show(kind())
    explorer = page.locator(".explorer")
    assert explorer.get_attribute("aria-label").endswith(" explorer")
    for control in explorer.locator("input, select, button").all():
        named = control.evaluate("(n) => n.labels?.[0]?.textContent || n.ariaLabel || n.innerText")
        assert named.strip()
    for slider in explorer.locator("input[type=range]:visible").all():
        states = [press(page, slider, key) for key in ("Home", "ArrowRight", "ArrowLeft", "End")]
        assert states[0] != states[1] and states[0] == states[2] != states[3]
        press(page, slider, *["ArrowLeft"] * 3)
    for box in explorer.locator("select").all():
        for option in box.locator("option").all_text_contents():
            box.select_option(option)
            settle(page)
            sound(explorer)
    for box in explorer.locator("input[type=checkbox], button").all():
        before = explorer.inner_html()
        press(page, box, "Space")
        assert explorer.inner_html() != before


@pytest.mark.parametrize("kind", ALL)
def test_what_lies_outside_the_limits_is_answered_in_words(show, kind):
    made = kind()
    page = show(made)
    for typed in page.locator(".explorer input[type=text]:visible").all():
        before = sound(page.locator(".explorer"))
        complaint = page.locator(f"#{typed.get_attribute('aria-describedby')}")
        for words in ("-1e9", "NaN", "Infinity", "", "abc"):
            kept = typed.input_value()
            typed.fill(words)
            typed.press("Enter")
            settle(page)
            assert f"stays at {kept}." in complaint.inner_text()
            assert typed.input_value() == kept
        assert sound(page.locator(".explorer")) == before


@pytest.mark.parametrize("kind", ALL)
def test_what_can_be_dragged_moves_by_keys_to_every_edge(show, kind):
    page = show(kind())
    points = page.locator(".explorer svg [role=slider]")
    for point in points.all()[:3]:
        start = press(page, point)
        states = [press(page, point, key) for key in ("ArrowUp", "PageDown", "Home", "End")]
        assert len({start, *states}) == 5
        press(page, point, "ArrowLeft", "ArrowRight")
    # All at one height: nothing varies any more.
    for point in points.all():
        press(page, point, "Home")


@pytest.mark.parametrize("kind", ALL)
def test_every_extreme_state_is_drawn(visit, explorers, kind):
    extreme = []
    for end in ("least", "most"):
        extreme.append(kind())
        for name, limits in extreme[-1].get_state("_limits")["_limits"].items():
            if type(getattr(extreme[-1], name)) in (int, float):
                setattr(extreme[-1], name, limits.get(end, 1e300))
    page = visit(explorers(*extreme), until="networkidle")
    assert page.locator(".explorer").count() == 2
    for explorer in page.locator(".explorer").all():
        sound(explorer)


@pytest.mark.parametrize("kind", TAKE_DATA)
def test_degenerate_data_are_drawn_unless_python_refuses_them(visit, explorers, kind):
    made = []
    for _, given in arrays(kind):
        try:
            made.append(kind(**given))
        except ValueError:
            continue
    assert len(made) > 5
    page = visit(explorers(*made), until="networkidle")
    page.wait_for_function(f"document.querySelectorAll('.explorer').length === {len(made)}")
    for explorer in page.locator(".explorer").all():
        sound(explorer)
        for slider in explorer.locator("input[type=range]").all():
            for key in ("Home", "End"):
                slider.press(key)
        settle(page)
        sound(explorer)


@pytest.mark.parametrize("kind", ALL)
def test_the_picture_stands_in_without_javascript_and_in_print(show, kind):
    page = show(kind(), java_script_enabled=False)
    assert page.locator(".explorer-static img").is_visible()
    page = show(kind())
    for media, shown in (("screen", False), ("print", True)):
        page.emulate_media(media=media)
        assert page.locator(".explorer-static img").is_visible() == shown
        assert page.locator(".explorer").is_visible() != shown


@pytest.mark.parametrize("kind", ALL)
def test_axe_finds_nothing_serious_by_day_and_by_night(show, kind):
    for options in ({"color_scheme": "light"}, {"color_scheme": "dark", **PHONE}):
        page = show(kind(), **options)
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        assert not [v["id"] for v in found if v["impact"] in ("serious", "critical")]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_of_points_that_were_dragged_to_one_height_a_sentence_says_what_follows(show):
    x = [-0.5, 0.5]
    own = reglib.widgets.FitExplorer(x, [0.0, 1.0], x, [0.5, 0.5], moved=[1.0, 0.0])
    made = [reglib.widgets.FitExplorer(n=5), reglib.widgets.RidgeExplorer(lam=0.0)]
    for explorer in made:
        explorer.moved = -explorer.data()[1]
    for explorer in (own, *made):
        page = show(explorer)
        sound(page.locator(".explorer"))
        assert sentence(page).endswith("have the same y, so the fit is that constant.")
    assert "training error 0 but for rounding" in sentence(show(own))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_and_dashes_are_those_of_the_palette(show, scheme):
    page = show(reglib.widgets.CrossValidationExplorer(risk_shown=True), color_scheme=scheme)
    shown = page.evaluate(
        """(names) => names.map((name) => {
          const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
          line.setAttribute("stroke", `var(--${name})`);
          line.setAttribute("stroke-dasharray", `var(--${name}-dashes)`);
          document.querySelector(".explorer-view > svg").append(line);
          const style = getComputedStyle(line);
          return [style.stroke, style.strokeDasharray];
        })""",
        list(palette.COLOURS),
    )
    for (stroke, dashes), colour in zip(shown, palette.COLOURS.values(), strict=True):
        rgb = re.findall(r"\d+", stroke)
        assert "#" + "".join(f"{int(part):02x}" for part in rgb) == getattr(colour, scheme)
        sizes = [float(size) / 2 for size in re.findall(r"[\d.]+", dashes)]
        assert sizes == list(colour.dashes)
    used = {node.split("--")[1] for node in re.findall(r"var\(--[a-z]+", page.inner_html("body"))}
    assert {"validation", "first", "second", "truth"} <= used <= set(palette.COLOURS)


@pytest.fixture(scope="module")
def shared(browser):
    page = load(browser, "explorer.js")
    yield page
    page.close()


NUMBERS = [0.0, 5e-324, 1e-310, 1e-300, 1e-17, 0.1, 1.0, 1 + 2**-52, 7.0, 1e16, 1e16 + 2, 1e300]
NUMBERS += [sys.float_info.max, math.inf]
NUMBERS += [-number for number in NUMBERS]


def test_an_axis_is_found_for_any_two_numbers(shared):
    pairs = [[str(a), str(b)] for a in NUMBERS for b in NUMBERS if a <= b]
    pairs = [[a.replace("inf", "Infinity"), b.replace("inf", "Infinity")] for a, b in pairs]
    spans = shared.evaluate(
        "(pairs) => pairs.map((pair) => module.roundSpan(...pair.map(Number)))", pairs
    )
    for (low, high), span in zip(pairs, spans, strict=True):
        assert 2 <= len(span) <= 7, (low, high, span)
        assert np.isfinite(span).all() and (np.diff(span) > 0).all(), (low, high, span)
        low, high = np.clip([float(low), float(high)], -1e300, 1e300)
        slack = 1e-8 * max(span[-1] - span[0], abs(high), abs(low))
        assert span[0] <= low + slack and span[-1] >= high - slack, (low, high, span)


def test_round_sizes_come_to_an_end_for_any_two_numbers(shared):
    sizes = [number for number in NUMBERS if number >= 0]
    for low in sizes:
        for high in (size for size in sizes if size >= low):
            ends = [str(end).replace("inf", "Infinity") for end in (low, high)]
            found = shared.evaluate(
                """(ends) => {
                  const [low, high] = ends.map(Number);
                  return [module.roundSizes(low, high, 40), module.roundUp(high),
                          module.roundDown(low), module.powers([low, high])];
                }""",
                ends,
            )
            every = np.array([*found[0], *found[1:3], *found[3]], dtype=float)
            assert np.isfinite(every).all(), (low, high)
            assert len(found[0]) <= 31 and len(found[3]) <= 8
