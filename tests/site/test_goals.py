"""Goals, announcements, the address, parts that wait for the text, and what a finger needs."""

import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from hands import PHONE, explorers_on, heights, load, middle, points, slider, touch, type_in
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import expect

from reglib.widgets import FitExplorer, GeometryExplorer

DEGREE, SIZE, NOISE = "Degree", "Training points, n", "Noise (standard deviation)"
GOALS = ("reproduce", "separate", "refute")


@pytest.fixture(scope="module")
def fit(browser):
    """The goals of the fit explorer, and states of it that the page computes."""
    page = load(browser, "fit.js")
    page.evaluate(
        """({ facts, rows }) => {
          const all = module.fitGoals(rows);
          window.goal = (id) => all.find((goal) => goal.id === id);
          window.at = (traits) => {
            const { degree, n, noise, seed, moved } = traits;
            const made = module.makeRows(facts, rows, seed, noise);
            const y = made.y.map((value, i) => value + moved[i]);
            const fit = module.solve({ ...made, y }, 15)(degree, n);
            const { training, validation } = fit;
            return { ...traits, "training error": training, "validation error": validation };
          };
          window.play = (id, start) => {
            const seen = [at(start)];
            for (const step of goal(id).show) seen.push(at({ ...seen.at(-1), ...step }));
            return seen;
          };
        }""",
        {"facts": FitExplorer().facts(), "rows": 60},
    )
    yield page
    page.close()


def state(training, validation, **traits):
    base = {"degree": 3, "n": 20, "noise": 0.3, "seed": 1, "moved": [0.0] * 60}
    return base | traits | {"training error": training, "validation error": validation}


MOVED = [0.5, *[0.0] * 59]
TABLE = [
    ("reproduce", state(0.1, 0.2), state(0.05, 0.4, degree=9), True),
    ("reproduce", state(0.1, 0.2), state(0.05, 0.15, degree=9), False),
    ("reproduce", state(0.1, 0.2), state(0.2, 0.4, degree=1), False),
    ("reproduce", state(0.1, 0.2), state(0.0999, 0.2001, degree=4), False),
    ("reproduce", state(0.1, 0.2), state(0.05, 0.4, degree=9, n=10), False),
    ("reproduce", state(0.1, 0.2), state(0.05, 0.4, degree=9, seed=2), False),
    ("reproduce", state(0.1, 0.2), state(0.05, 0.4, degree=9, noise=0.2), False),
    ("reproduce", state(0.1, 0.2), state(0.05, 0.4, degree=9, moved=MOVED), False),
    ("separate", state(0.1, 0.2), state(1e-20, 1e-6, noise=0, degree=12), True),
    ("separate", state(0.1, 0.2), state(1e-20, 0.5, n=10, degree=12), False),
    ("separate", state(0.1, 0.2), state(1e-3, 1e-3, noise=0, degree=5), False),
    ("refute", state(0.1, 0.2), state(0.2, 0.1, degree=9), True),
    ("refute", state(0.1, 0.2), state(0.05, 0.1, degree=9), False),
    ("refute", state(0.1, 0.2), state(0.2, 0.1, degree=9, n=30), False),
    ("refute", state(0.1, 0.2), state(0.2, 0.1, degree=1), False),
    ("refute", state(1e-30, 0.2), state(1e-20, 0.1, degree=15), False),
]


@pytest.mark.parametrize(("goal", "before", "now", "reached"), TABLE)
def test_a_goal_is_recognised_by_two_states(fit, goal, before, now, reached):
    found = fit.evaluate("([id, now, b]) => goal(id).reached(now, b)", [goal, now, before])
    assert found == reached
    why = fit.evaluate("([id, now, b]) => goal(id).why(now, b)", [goal, now, before])
    assert re.fullmatch(r"[A-Z].*\.", why) and len(why.split()) <= 30


TRAITS = st.fixed_dictionaries(
    {
        "degree": st.integers(1, 15),
        "n": st.integers(2, 60),
        "noise": st.sampled_from([0, 0.05, 0.3, 1]),
        "seed": st.integers(0, 2**32 - 1),
        "moved": st.lists(st.sampled_from([0, 0, 0, 1, -1.5]), min_size=60, max_size=60),
    }
)


@settings(max_examples=25)
@given(start=TRAITS)
def test_what_is_shown_reaches_its_goal_from_everywhere(fit, start):
    for goal in GOALS[:2]:
        assert fit.evaluate(
            """([id, start]) => {
              const seen = play(id, start);
              return seen.some((before) => goal(id).reached(seen.at(-1), before));
            }""",
            [goal, start],
        )
    # What is shown of a sentence that nothing refutes are tries.
    training = fit.evaluate("(s) => play('refute', s).map((x) => x['training error'])", start)
    assert len(training) >= 4 and (np.diff(training[1:]) < 0).all()


@settings(max_examples=60)
@given(start=TRAITS, degree=st.integers(1, 15))
def test_nothing_refutes_what_cannot_be_refuted(fit, start, degree):
    assert not fit.evaluate(
        """([start, degree]) => {
          const [a, b] = [at(start), at({ ...start, degree })];
          return goal("refute").reached(a, b) || goal("refute").reached(b, a);
        }""",
        [start, degree],
    )


MARK = (
    '<div style="height: 3000px"></div><p><span data-reveals="fit.errors fit.goals"></span>Here '
    'the text has come to errors.</p><div style="height: 3000px"></div>'
    '<p><span data-reveals="fit.risk"></span>Here it comes to the true risk.</p>'
    '<script type="module" src="_static/desk/goals.js"></script>'
)


def said(explorer):
    return explorer.get_by_role("status")


def goal(explorer, name):
    return explorer.locator(f"[data-goal={name}]")


def test_a_reader_with_goals(visit, explorers):
    address = explorers(FitExplorer(), FitExplorer(), extra=MARK)
    page = visit(address, until="networkidle")
    first, second = explorers_on(page, 2)
    assert [e.get_attribute("data-explorer") for e in (first, second)] == ["fit", "fit"]

    # What waits for the text is out of the words too. The other explorer does not wait.
    assert not first.locator("strong", has_text="Errors by degree").is_visible()
    assert "validation" not in first.locator(".explorer-state").inner_text()
    assert not goal(first, "reproduce").is_visible()
    assert second.locator("strong", has_text="Errors by degree").is_visible()
    for degree in ("11", "12"):
        type_in(first, DEGREE, degree)
        heard = re.compile(
            rf"^Degree {degree}, 20 training points: training error [\d.]+, [a-z ]+\.$"
        )
        expect(said(first)).to_have_text(heard)
    page.locator("[data-reveals]").first.scroll_into_view_if_needed()
    expect(said(first)).to_have_text("New in the explorer: Errors by degree, Goals.")
    words = first.locator(".explorer-state").inner_text()
    assert "validation error" in words and "risk" not in words
    assert not first.get_by_text("true risk").is_visible()
    assert second.get_by_text("true risk, known").is_visible()
    # What waits is not far: a button shows it.
    first.get_by_role("button", name="Show all panels").click()
    assert "true risk" in first.locator(".explorer-state").inner_text()
    assert first.get_by_text("true risk, known").is_visible()
    assert first.get_by_role("button", name="Show all panels").count() == 0
    assert slider(first, DEGREE).evaluate("(node) => node === document.activeElement")
    assert [goal(first, name).is_visible() for name in GOALS] == [True] * 3

    # Nothing is said while a slider moves, however long that takes, and then one thing.
    degree = slider(first, DEGREE)
    degree.scroll_into_view_if_needed()
    box = degree.bounding_box()
    page.evaluate(
        """(node) => {
          window.told = [];
          const tell = () => told.push(node.textContent);
          new MutationObserver(tell).observe(node, { childList: true });
        }""",
        said(first).element_handle(),
    )
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 11 / 14, y)
    page.mouse.down()
    for share in (0.6, 0.4, 0.2, 0.14):
        page.mouse.move(box["x"] + box["width"] * share, y)
        page.wait_for_timeout(300)
    page.wait_for_timeout(900)  # longer than what counts as rest
    assert page.evaluate("told") == []
    page.mouse.up()
    page.wait_for_function("told.length")
    assert re.fullmatch(
        r"Degree 3, 20 training points: training error [\d.]+, rose; "
        r"validation error [\d.]+, fell\.",
        page.evaluate("told").pop(),
    )

    # Two places where she has been make the first goal.
    type_in(first, DEGREE, "12")
    expect(goal(first, "reproduce")).to_have_attribute("data-reached", "hers")
    expect(said(first)).to_contain_text("validation error 9.01, rose. ✓ Reached. With more powers")
    assert goal(second, "reproduce").get_attribute("data-reached") is None

    # It is shown step by step, and what is said of it comes at the end.
    first.get_by_role("button", name="Show me goal 2").click()
    expect(goal(first, "separate")).to_have_attribute("data-reached", "shown")
    expect(said(first)).to_contain_text("✓ Shown. With no noise")
    first.get_by_role("button", name="It cannot be done").press("Enter")
    expect(goal(first, "refute")).to_contain_text("✓ Reached. A curve of a lower degree")
    assert page.evaluate("document.activeElement.className") == "explorer-why"

    # The address holds what differs, each explorer's under its own name.
    slider(second, SIZE).press("ArrowLeft")
    page.wait_for_function("location.search.includes('fit-2.n=19')")
    page.wait_for_function("location.search.includes('fit.noise=0')")
    sent = page.url
    assert sent == f"{address}?fit.noise=0&fit-2.n=19"
    axe = Axe()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
        assert not [v["id"] for v in found if v["impact"] in ("serious", "critical")]

    # Who opens it sees that, with nothing hidden; what was reached here is still known.
    page.goto(sent)
    first, second = explorers_on(page, 2)
    expect(goal(first, "reproduce")).to_have_attribute("data-reached", "hers")
    expect(goal(second, "separate")).to_have_text(re.compile("✓ Shown."))
    states = [e.locator(".explorer-state").inner_text() for e in (first, second)]
    assert "validation error" in states[0] and states[0].startswith("Degree 12, 20 training")
    assert states[1].startswith("Degree 12, 19 training points")
    assert first.bounding_box()["y"] < 100

    # What could not be set by hand is not taken from an address.
    page.goto(f"{address}?fit.degree=99&fit.n=19.5&fit.noise=&fit.seed=x&fit-2.degree=4")
    first, second = explorers_on(page, 2)
    state = first.locator(".explorer-state").inner_text()
    assert state.startswith("Degree 12, 20 training points: training error") and ", v" not in state
    assert second.locator(".explorer-state").inner_text().startswith("Degree 4, 20")
    first.get_by_role("button", name="Show all panels").click()
    assert first.locator("strong", has_text="Errors by degree").is_visible()


def test_a_state_comes_back_from_its_address(visit, explorers):
    moved = [0.0] * 60
    moved[3], moved[17] = 0.5, -1.25
    sent = "fit.seed=4294967295&fit.degree=1&fit.moved=___0.5______________-1.25" + "_" * 42
    there = "geometry.optimum=-1.5_&geometry.penalty=L2&geometry.regions=true"
    address = explorers(FitExplorer(), GeometryExplorer())
    page = visit(f"{address}?{sent}&{there}", until="networkidle")
    fit, plane = explorers_on(page, 2)
    expected = FitExplorer(seed=2**32 - 1, degree=1, moved=moved)
    order = np.argsort(expected.data()[0][:20])
    np.testing.assert_allclose(heights(fit), expected.data()[1][:20][order], atol=1e-12)
    assert plane.get_by_role("combobox").input_value() == "L2"
    assert plane.get_by_role("checkbox").is_checked()
    handle = plane.locator(".point")
    assert handle.get_attribute("aria-valuetext") == "w₁ = −1.5, w₂ = 0"
    handle.press("ArrowRight")
    page.wait_for_function("location.search.includes('optimum=-1.4_&')")
    assert sent in page.url


# Where the page is when it no longer moves.
STILL = """async () => {
  for (let [frames, last] = [0, scrollY]; frames < 10; frames++) {
    await new Promise(requestAnimationFrame);
    if (scrollY !== last) [frames, last] = [0, scrollY];
  }
  return scrollY;
}"""


def test_on_a_phone_the_slider_stays_in_sight_and_a_finger_may_miss_a_point(show):
    page = show(FitExplorer(degree=5), **PHONE)
    views = page.locator(".explorer-view")
    for view in views.all()[1:]:
        view.evaluate("(node) => node.scrollIntoView({ block: 'start' })")
        box = slider(page, DEGREE).bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] < 120
    sizes = views.locator("text").evaluate_all(
        """(words) => words.map((word) => parseFloat(getComputedStyle(word).fontSize) *
           word.ownerSVGElement.getScreenCTM().a)"""
    )
    assert min(sizes) >= 11.9
    views.first.evaluate("(node) => node.scrollIntoView({ block: 'center' })")
    for off, taken in ((26, False), (17, True)):
        before, scrolled = heights(page), page.evaluate(STILL)
        lowest = points(page).nth(int(before.argmin()))  # there is none below it
        x, y = middle(lowest)
        touch(page, [(x, y + off - step) for step in (0, 10, 20, 30, 40)])
        if not taken:  # the page goes with the finger, in its own time
            page.wait_for_function("(before) => scrollY !== before", arg=scrolled)
        assert (page.evaluate(STILL) == scrolled) == taken
        assert (heights(page) != before).any() == taken
