"""A function written in the lesson: by keyboard, with Python in the page and without."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from learner import HEAD, MISTAKE, PAGE, RIGHT, WRONG, Hands
from patience import until
from playwright.sync_api import expect

# Without its preload, which asks for style sheets by addresses that it gets wrong.
AXE = {"resultTypes": ["violations"], "preload": False}
NAMES = ["ridge.ridge_objective", "ridge.ridge_fit", "ridge.shrinkage_factors"]


def kept_in(page):
    """The answer to `ridge_fit` that the browser keeps, a moment after the last key."""
    return page.evaluate(
        """async () => {
          const { store } = await import("/_static/desk/store.js");
          return await store.get("answer", "ridge.ridge_fit");
        }"""
    )


def fetched(page):
    """The parts of Python that the page has asked for."""
    return [url for url in page.requested if url.endswith(".bin")]


def assert_axe_finds_nothing(page):
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_selector(f"html[data-theme={scheme}]")
        found = Axe().run(page, context=".practice", options=AXE).response["violations"]
        serious = [rule for rule in found if rule["impact"] in ("serious", "critical")]
        assert not [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in serious]


@pytest.mark.long
def test_by_keyboard_from_the_first_hint_to_a_function_that_passes(visit, book):
    page = visit(book + PAGE, viewport={"width": 1280, "height": 900})
    assert [
        section.get_attribute("data-exercise") for section in page.locator(".practice").all()
    ] == NAMES
    hands = Hands(page, "ridge.ridge_fit")
    assert "raise NotImplementedError" in hands.text
    assert not hands.offered()

    # A hint unfolds, the editor comes next, and the keys do in it what its line says.
    hint = hands.section.locator("summary").filter(has_text="Hint 1")
    hint.press("Enter")
    expect(hands.section.get_by_text("Add 1000 to every y")).to_be_visible()
    hands.section.locator("summary").filter(has_text="Hint 4").focus()
    hands.press("Tab")
    expect(hands.content).to_be_focused()
    assert "Escape, then Tab" in hands.content.evaluate(
        "node => document.getElementById(node.getAttribute('aria-describedby')).textContent"
    )
    hands.press("ControlOrMeta+a")
    for i, line in enumerate(WRONG.splitlines()):
        if i:
            hands.press("Enter")  # which indents the line after a colon, and those after it
        page.keyboard.type(line.strip())  # closing brackets are typed over
    assert hands.text == WRONG
    hands.press("Enter")
    hands.press("Tab")
    assert hands.text == f"{WRONG}\n{' ' * 8}"
    hands.press("Backspace")
    hands.press("Backspace")
    hands.press("Escape")
    page.wait_for_timeout(2500)  # by itself, the editor would have forgotten Escape by now
    assert not fetched(page)
    page.evaluate(
        """(node) => {
          window.progress = [];
          const note = () => progress.push(node.innerText);
          new MutationObserver(note).observe(node, { subtree: true, childList: true });
        }""",
        hands.section.locator(".practice-progress").element_handle(),
    )
    hands.tab("Run", "Check")

    # The first check of a fault shows the evidence, the second its name.
    first = hands.do("Check")
    assert len(fetched(page)) == 3  # Python, its library and the course; no figure was drawn
    assert any(re.search(r"\d\.\d of \d+\.\d MB", words) for words in page.evaluate("progress"))
    expect(hands.button("Check")).to_be_focused()
    assert "What came" in first and "What should come" in first and "✗" in first
    assert MISTAKE not in first
    hands.tab("Reset", "What is it?")
    hands.press("Enter")
    expect(hands.status).to_contain_text(MISTAKE)
    expect(hands.button("What is it?")).to_have_count(0)
    reread = hands.status.get_by_role("link")
    assert reread.evaluate("link => link.href") == f"{book}{PAGE}#lambda-and-n"
    assert MISTAKE in hands.do("Check")
    expect(hands.button("What is it?")).to_have_count(0)

    # What is no function to check gets a sentence, loses nothing and is no try.
    for text, words in [
        (f"{HEAD}\n    return (X", "line 2: '(' was never closed"),
        ("def fit(X, y, lam): ...", f"keep the line {HEAD}"),
        ("x = input()", "A page cannot be asked"),
        ("import pandas", "No module named 'pandas'"),
    ]:
        hands.write(text)
        assert words in hands.do("Check")
        assert hands.text == text
    hands.write("def ridge_fit(X, y): return X")
    assert f"keep the line {HEAD}" in hands.do("Check")  # the second try
    assert "keep the line" in hands.do("Check")  # the same again is none
    assert not hands.offered()

    # What does not end is stopped, and what had run is there again.
    hands.run_without_end()
    assert "Stopped. Your code is kept." in hands.do("Stop")
    hands.write("print(np.arange(3))\nridge_fit.__code__.co_argcount")
    assert "without an error" in hands.do("Run")
    assert hands.section.locator(".practice-output").inner_text().split("\n") == [
        "[0 1 2]",
        "",
        "2",
    ]

    # After the third honest try a solution unfolds; a function that passes ticks the lesson.
    hands.write(f"{HEAD}\n    return 0 * X[0], 0.0")
    hands.do("Check")
    assert hands.offered()
    expect(hands.section.locator(".practice-solution")).to_be_hidden()
    hands.button("Show a solution").press("Enter")
    expect(hands.section.locator(".practice-solution")).to_contain_text("np.linalg.lstsq")
    hands.write(RIGHT)
    assert "6 of 6 points" in hands.do("Check")
    expect(hands.section.locator(".practice-tick")).to_have_text("✓ passed")
    assert_axe_finds_nothing(page)

    # It moves the explorer in place of ours, as long as it is the one that passed.
    whose = page.locator("[data-hers='ridge.ridge_fit'] .explorer-whose")
    expect(whose).to_have_text("This is your function.")
    for _ in range(5):
        page.locator("[data-hers] .point").first.press("ArrowUp")
    expect(whose).to_have_text("This is your function.")
    hands.button("Move the explorer with the course's function").press("Enter")
    expect(whose).to_have_text("")
    hands.button("Move the explorer with my function").press("Enter")
    expect(whose).to_have_text("This is your function.")
    hands.write(WRONG)
    hands.do("Run")
    expect(whose).to_have_text("")
    hands.write(RIGHT)
    until(lambda: kept_in(page) == RIGHT)

    # All of it is there another day, and Python is not fetched to show it.
    before = len(fetched(page))
    page.reload()
    hands = Hands(page, "ridge.ridge_fit")
    assert hands.text == RIGHT and hands.offered()
    expect(hands.section.locator(".practice-tick")).to_have_text("✓ passed")
    hands.button("Reset").press("Enter")
    assert "raise NotImplementedError" in hands.text
    hands.button("Bring it back").press("Enter")
    assert hands.text == RIGHT
    assert len(fetched(page)) == before


@pytest.mark.long
def test_on_a_phone_the_form_without_python_comes_first_and_ticks_the_lesson(visit, book):
    page = visit(book + PAGE, viewport={"width": 390, "height": 844}, color_scheme="dark")
    hands = Hands(page, "ridge.ridge_fit")
    plain = hands.section.locator(".practice-plain")
    assert plain.bounding_box()["y"] < hands.content.bounding_box()["y"]
    expect(plain).to_contain_text("earns no points")
    answers = ["lam", "X - X.mean(axis=0)", "y.mean() - X.mean(axis=0) @ w"]
    for i, answer in enumerate(answers):
        step = plain.locator(".plain-step").nth(i)
        ask = step.get_by_role("button", name="Is this right?")
        if not i:
            ask.press("Enter")
            expect(step).to_contain_text("Choose one of them first.")
            step.get_by_label("lam / n", exact=True).press("Space")
            hands.tab("Is this right?")
            hands.press("Enter")
            expect(step).to_contain_text(f"With this, {MISTAKE}.")
            assert step.get_by_role("link").evaluate("link => link.href").endswith("#lambda-and-n")
        step.get_by_label(answer, exact=True).press("Space")
        ask.press("Enter")
    expect(plain.locator(".plain-right")).to_contain_text("earns no points")
    tick = hands.section.locator(".practice-tick")
    expect(tick).to_have_text("✓ done without Python")
    for unfolded in page.locator(".practice details").all():
        unfolded.evaluate("details => { details.open = true }")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    assert_axe_finds_nothing(page)
    page.reload()
    expect(tick).to_have_text("✓ done without Python")
    assert not fetched(page)


def test_what_is_kept_is_hers_as_a_file_and_is_deleted(visit, book, tmp_path):
    page = visit(book + PAGE)
    hands = Hands(page, "ridge.ridge_fit")
    stub = hands.text
    hands.write("# mine")
    page.reload()  # a moment after the last key
    hands = Hands(page, "ridge.ridge_fit")
    assert hands.text == "# mine"
    kept = page.locator(".practice-kept")
    kept.locator("summary").press("Enter")
    with page.expect_download() as saved:
        kept.get_by_role("button", name="Save as a file").press("Enter")
    saved.value.save_as(tmp_path / "kept.json")
    forget = kept.get_by_role("button", name=re.compile("delete all of it", re.I))
    forget.press("Enter")
    expect(kept).to_contain_text("Press again")
    assert hands.text == "# mine"
    forget.press("Enter")
    expect(kept).to_contain_text("All of it is deleted.")
    expect(hands.content).to_contain_text("raise NotImplementedError")
    assert hands.text == stub
    kept.locator("input").set_input_files(tmp_path / "kept.json")
    expect(hands.content).to_have_text("# mine")
    (tmp_path / "other.json").write_text("{}")
    kept.locator("input").set_input_files(tmp_path / "other.json")
    expect(kept).to_contain_text("not one that this course has saved")
    assert hands.text == "# mine"


def test_two_tabs_with_one_answer_tell_each_other(visit, book):
    first = visit(book + PAGE)
    second = first.context.new_page()
    second.goto(book + PAGE)
    one, two = (Hands(page, "ridge.ridge_fit") for page in (first, second))
    first.clock.install(time=0)  # for both, as all that follows on time
    one.write("from the first")
    expect(two.content).to_have_text("from the first")
    expect(two.section).to_contain_text("changed elsewhere")
    two.button("Bring back what was here").press("Enter")
    expect(one.content).to_contain_text("raise NotImplementedError")
    # Both write before either is saved: time stands still, however long the keys take.
    first.clock.pause_at(1000)
    wrote = {one: "by one", two: "by two"}
    for hands, text in wrote.items():
        hands.write(text)
    first.clock.run_for(1000)
    told = "Another tab has saved another answer"
    until(lambda: any(told in hands.section.inner_text() for hands in wrote))
    late, early = (one, two) if told in one.section.inner_text() else (two, one)
    late.button("Show the other").press("Enter")
    assert late.text == wrote[early]
    late.button("Change back").press("Enter")
    assert late.text == wrote[late]


def test_without_scripts_there_is_the_stub_and_a_way_to_go_on(visit, book):
    page = visit(book + PAGE, java_script_enabled=False)
    section = page.locator('[data-exercise="ridge.ridge_fit"]')
    expect(section.get_by_text("raise NotImplementedError")).to_be_visible()
    expect(section.locator(".practice-solution")).to_be_hidden()
    assert (
        section.get_by_role("link", name="assignment")
        .get_attribute("href")
        .endswith("assignments/ridge.html")
    )
    assert section.get_by_role("button").count() == 0


def test_only_pages_with_an_exercise_load_its_script(built, pages):
    def having(words):
        return [page for page in pages if words in (built / page).read_text("utf-8")]

    assert having("desk/practice.js") == having('class="practice"')
    assert PAGE in having("desk/practice.js")
