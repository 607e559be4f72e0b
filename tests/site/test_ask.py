"""A lesson that asks, as learners meet it: predictions, questions, what comes back, and a test."""

import re

import books
import desk_files
import pytest
from axe_playwright_python.sync_playwright import Axe
from patience import until
from playwright.sync_api import expect

from reglib.repository import path

# Without its preload, which asks for style sheets by addresses that it gets wrong.
AXE = {"resultTypes": ["violations"], "preload": False}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def asked(once, serve):
    """A small book whose lessons ask, with a part that tests: its address."""

    def build(folder):
        source = path("tests", "site", "asked")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(desk_files, "lay", desk_files.bundle)  # scripts, and no Python
            said = books.build(
                source,
                folder,
                ["myst_nb", "ask", "sphinx-mathjax-offline"],
                myst_enable_extensions=["dollarmath"],
                html_theme="sphinx_book_theme",
                html_context={"default_mode": "auto"},
                html_favicon=str(path("book", "_static", "logo.svg")),
                html_static_path=[str(path("book", "_static"))],
                html_css_files=["course.css"],
                nb_execution_mode="force",
                nb_execution_raise_on_error=True,
                nb_execution_timeout=-1,
            )
        assert said == ""

    return serve(once("asked", build) / "out")


class Asked:
    """What a learner does with a question or a prediction, and what is said to her."""

    def __init__(self, page, name, hook="question"):
        self.page, self.section = page, page.locator(f'.ask[data-{hook}="{name}"]')
        self.said = self.section.get_by_role("status").first
        self.form = self.section.locator(".ask-form").first

    def facts(self):
        """What the build has written of the variant that is shown."""
        return self.section.evaluate(
            """(section) => {
              const { variant } = section.querySelector(".ask-form").dataset;
              return JSON.parse(section.querySelector("script").textContent).variants[variant];
            }"""
        )

    def option(self, id_):
        return self.form.locator(f'input[value="{id_}"]')

    def order(self):
        return self.form.locator("[data-step]").evaluate_all(
            "steps => steps.map((step) => step.dataset.step)"
        )

    def sort(self, wanted):
        """Bring the steps in an order, by their arrows."""
        for place, step in enumerate(wanted):
            while self.order().index(step) > place:
                self.form.locator(f'[data-step="{step}"] button').first.press("Enter")
        assert self.order() == wanted

    def press(self, name):
        button = self.section.get_by_role("button", name=name, exact=True)
        button.press("Enter")
        return self.said.inner_text()

    def answer(self, sure=True, right=True):
        """Give the right answer, or another one."""
        facts = self.facts()
        if "answer" in facts:
            number = facts["answer"] if right else 12345
            self.form.get_by_label("Your number").fill(str(number).replace(".", ","))
        elif self.order():
            self.sort(facts["right"] if right else facts["right"][::-1])
        else:
            ids = self.form.locator("input").evaluate_all("all => all.map((box) => box.value)")
            chosen = facts["right"] if right else [i for i in ids if i not in facts["right"]][:1]
            for id_ in chosen:
                self.option(id_).check()
        return self.press("Check: I am sure" if sure else "Check: not sure")


def kept(page, kind):
    return page.evaluate(
        """async (kind) => {
          const { store } = await import(new URL("_static/desk/store.js", location));
          return store.all(kind);
        }""",
        kind,
    )


def opened(visit, address, **options):
    page = visit(address, **options)
    page.locator(".ask-progress, .ask-test").first.wait_for()
    return page


def predict(page):
    """The first prediction, from what it locks to what came of it."""
    prediction = Asked(page, "freedom", "predict")
    toy = page.locator("[data-explorer=toy]")
    after = page.get_by_text("The error rises again, and here the text goes on.")
    assert toy.evaluate("toy => toy.inert")
    expect(page.get_by_text("Locked until you have made your prediction")).to_be_visible()
    expect(after).to_be_hidden()
    assert "“I do not know” is a choice too" in prediction.press("This is my prediction")
    prediction.option("falls").press("Space")
    assert "Your prediction is kept" in prediction.press("This is my prediction")
    assert not toy.evaluate("toy => toy.inert")
    see = page.get_by_role("button", name="See what came in 200 draws")
    expect(see).to_be_focused()
    see.press("Enter")
    expect(prediction.said).to_contain_text("What you said came in 9 of 200 draws.")
    expect(prediction.said).to_contain_text("in 191 of 200 draws: It rises.")
    expect(prediction.said).not_to_contain_text("It stays")  # which never came
    expect(after).to_be_hidden()
    reasons = prediction.section.locator(".ask-why")
    assert reasons.get_by_role("radio").count() == 3
    reasons.get_by_label("A curve that bends more takes longer").press("Space")
    reasons.get_by_role("button", name="This is the reason").press("Enter")
    said = reasons.get_by_role("status").inner_text()
    assert "✗ A curve that bends more" in said and "says nothing about its error" in said
    assert "✓ The curve follows noise" in said and "New points are fewer" not in said
    expect(after).to_be_visible()


def choose(page):
    """Two wrong tries: a hint that points to a place, then why, then all."""
    question = Asked(page, "which-overfits")
    facts = question.facts()
    wrong = [id_ for id_ in ("a", "b", "none") if id_ not in facts["right"]]
    assert "Choose one of them first" in question.press("Check: I am sure")
    question.option(wrong[0]).press("Space")
    question.press("Check: not sure")
    expect(question.said).to_contain_text("✗ Not yet.")
    hint = question.said.get_by_role("link", name="the definition")
    assert hint.evaluate("link => link.hash") == "#lesson-definition"
    assert "✓" not in question.said.inner_text()
    expect(page.locator(":focus")).to_have_text("Check again")
    assert "You have tried this answer" in question.press("Check again")
    question.option(wrong[1]).press("Space")
    said = question.press("Check again")
    assert said.count("✗") == 2 and said.count("✓") == 1  # the chosen one and the right one
    expect(page.locator(":focus")).to_have_text("Explain every answer")
    said = question.press("Explain every answer")
    assert said.count("✗") == 3 and said.count("✓") == 1
    assert page.evaluate("document.activeElement.role") == "status"
    assert question.section.locator("input:enabled").count() == 0


def number(page):
    question = Asked(page, "mean")
    field = question.form.get_by_label("Your number")
    for text, words in [("", "Write one number"), ("1.000,5", "more than one point or comma")]:
        field.fill(text)
        assert words in question.press("Check: I am sure")
    facts = question.facts()
    field.fill(str(facts["mistakes"]["sum"]))
    assert "Not yet" in question.press("Check: I am sure")
    field.fill(f"{facts['mistakes']['sum'] * 4}/4 cm²".replace(".", ","))
    said = question.press("Check again")
    assert "This is the sum of the squares" in said and "Read as" in said
    assert f"✓ {facts['shown']} cm²" in said


def several(page):
    """Nothing is unticked, and nothing is judged before Check."""
    question = Asked(page, "falls-always")
    facts = question.facts()
    boxes = question.section.get_by_role("checkbox")
    for i in range(boxes.count()):
        boxes.nth(i).press("Space")
        assert question.said.inner_text() == ""
    assert question.section.locator("input:checked").count() == boxes.count()
    assert "Not yet" in question.press("Check: I am sure")
    assert question.section.locator("input:checked").count() == boxes.count()
    for i in range(boxes.count()):
        if boxes.nth(i).get_attribute("value") not in facts["right"]:
            boxes.nth(i).press("Space")
    said = question.press("Check again")
    assert "✓ Right." in said and said.count("✓") == 1 + len(facts["right"])


def order(page):
    question = Asked(page, "steps")
    right = question.facts()["right"]
    first = question.order()
    assert first != right
    question.form.get_by_role("button", name="Move down to place 2").press("Enter")
    assert question.order() == [first[1], first[0], *first[2:]]
    expect(page.locator(":focus")).to_have_attribute("aria-label", re.compile("^Move down to pl"))
    question.sort(right[::-1])
    assert "Not yet" in question.press("Check: not sure")
    question.sort([right[0], right[2], right[1], right[3]])
    said = question.press("Check again")
    assert "Too early: Choose by validation error." in said and "The right order:" in said


def again(page):
    """Asked once more before the first answer is shown."""
    end = Asked(page, "freedom", "predict-again")
    assert "At first" not in end.section.inner_text()
    assert end.section.locator("input:checked").count() == 0
    end.option("rises").press("Space")
    end.press("This is what I say now")
    expect(end.said).to_contain_text("✓ This is what happened in 191 of 200 draws.")
    expect(end.said).to_contain_text("At first you said: It falls.")


def test_by_keyboard_through_a_lesson_and_what_comes_back_in_the_next(visit, asked):
    page = opened(visit, f"{asked}lesson.html")
    progress = page.locator(".ask-progress")
    expect(progress).to_have_text("Answered here: 0 of 7.")
    for act in (predict, choose, number, several, order, again):
        act(page)
    plot = Asked(page, "read-plot")
    assert "✓ Right." in plot.answer()
    ranks = Asked(page, "ranks", "predict")
    ranks.form.get_by_label("I do not know").press("Space")
    ranks.press("This is my prediction")  # which locks nothing, so that it is told at once
    said = ranks.said.inner_text()
    assert "✗" not in said and "in 150 of 200 draws: degree 3 → degree 1 → degree 9" in said
    ranks.section.get_by_label("It bends as the truth does").press("Space")
    expect(progress).to_have_text("Answered here: 6 of 7.")
    ranks.section.get_by_role("button", name="This is the reason").press("Enter")
    expect(progress).to_have_text("✓ Answered: all 7. This lesson is ticked.")
    expect(page.locator(".bd-links .ask-tick")).to_have_count(1)
    after = {"which-overfits": 1, "mean": 1, "falls-always": 1, "steps": 1, "read-plot": 3}
    until(
        lambda: (
            {id_.partition("#")[2]: e["after"] for id_, e in kept(page, "queue").items()} == after
        )
    )

    # Another day all of it is as it was, in the same order.
    forms = page.locator(".ask-form")
    before = forms.all_inner_texts()
    page.reload()
    expect(progress).to_have_text("✓ Answered: all 7. This lesson is ticked.")
    assert forms.all_inner_texts() == before
    assert not page.locator("[data-explorer=toy]").evaluate("toy => toy.inert")

    # Two come back in the next lesson, as other variants, and lead to where they come from.
    page.goto(f"{asked}later.html")
    returns = page.locator(".ask-return")
    expect(page.locator(".ask-progress")).to_have_text("Answered here: 0 of 2.")
    names = returns.evaluate_all("all => all.map((one) => one.dataset.question)")
    assert names == ["lesson#falls-always", "lesson#mean"]
    several_, mean = returns.all()
    several_.get_by_role("checkbox").first.check()
    several_.get_by_role("button", name="Check: not sure").press("Enter")
    mean.get_by_role("button", name="Skip").press("Enter")
    expect(mean).to_have_text("Skipped. It comes back in another lesson.")
    expect(mean).to_be_focused()
    expect(mean.locator("input")).to_have_count(0)
    assert "✓ Right." in Asked(page, "power").answer()
    expect(page.locator(".ask-progress")).to_have_text("Answered here: 1 of 2.")
    page.reload()
    page.locator(".ask-progress").wait_for()
    assert returns.evaluate_all("all => all.map((one) => one.dataset.question)") == names
    expect(mean).to_contain_text("Skipped")
    until(lambda: kept(page, "queue").get("later#power", {}).get("after") == 3)
    until(lambda: kept(page, "queue")["lesson#mean"]["lesson"] == 2)
    assert kept(page, "queue")["lesson#steps"]["lesson"] == 1

    # What is deleted in one tab begins anew in the other.
    other = page.context.new_page()
    other.goto(f"{asked}lesson.html")
    expect(other.locator(".ask-progress")).to_contain_text("all 7")
    panel = page.locator(".practice-kept")
    panel.locator("summary").press("Enter")
    for _ in range(2):
        panel.get_by_role("button", name=re.compile("delete all of it", re.I)).press("Enter")
    expect(other.locator(".ask-progress")).to_have_text("Answered here: 0 of 7.")
    expect(other.locator("[data-predict=freedom] input:checked")).to_have_count(0)
    assert other.locator("[data-explorer=toy]").evaluate("toy => toy.inert")


def test_test_me_asks_once_says_how_it_went_and_sends_back_what_was_missed(visit, asked):
    page = opened(visit, asked)
    test = page.locator(".ask-test")
    test.get_by_role("button", name="Begin").press("Enter")
    ids = []
    for i in range(5):
        title = test.get_by_text(f"Question {i + 1} of 5")
        expect(title).to_be_focused()
        asked_now = test.locator(".ask-form")
        ids.append(asked_now.get_attribute("data-question"))
        assert "lesson" not in asked_now.inner_text()  # nothing says where it comes from
        onward = test.get_by_role("button", name="How did it go?" if i == 4 else "Next question")
        expect(onward).to_be_hidden()
        if asked_now.get_by_label("Your number").count():
            asked_now.get_by_label("Your number").fill("98765")
        elif asked_now.locator("input").count():
            asked_now.locator("input").first.check()
        asked_now.get_by_role("button", name="Check: not sure").press("Enter")
        expect(asked_now.get_by_role("status")).not_to_contain_text("Where to look")
        if i == 1:  # a test that was left goes on where it was
            page.reload()
            expect(test).to_contain_text("Question 2 of 5")
        onward.press("Enter")
    assert len(set(ids)) == 5
    expect(test).to_contain_text("of 5 right.")
    page.wait_for_function("document.querySelectorAll('.ask-test li').length === 5")
    until(lambda: set(kept(page, "queue")) == set(ids))
    test.get_by_role("button", name="Once more").press("Enter")
    expect(test).to_contain_text("Question 1 of 5")


def test_who_knows_a_lesson_already_ticks_it_by_its_hardest_questions(visit, asked):
    page = opened(visit, f"{asked}later.html")
    # What was kept of a question that was another one then does no harm.
    page.evaluate(
        """async () => {
          const { store } = await import(new URL("_static/desk/store.js", location));
          const tries = [{ answer: ["a"], right: false, sure: true }];
          await store.put("question", "later#power", { variant: 0, tries });
        }"""
    )
    page.reload()
    expect(page.locator(".ask-progress")).to_have_text("Answered here: 0 of 2.")
    assert Asked(page, "power").said.inner_text() == ""
    know = page.locator("[data-testme]")
    expect(know).to_contain_text("If all are right, the lesson is ticked.")
    facts = (
        Asked(page, "power")
        .section.locator("script")
        .first.evaluate("script => JSON.parse(script.textContent).variants")
    )
    for right, words in ((False, "Read the lesson"), (True, "The lesson is ticked.")):
        know.get_by_role("button", name="Begin" if not right else "Once more").press("Enter")
        form = know.locator(".ask-form")
        variant = facts[int(form.get_attribute("data-variant"))]
        form.get_by_label("Your number").fill(str(variant["answer"] if right else 12345))
        form.get_by_role("button", name="Check: I am sure").press("Enter")
        know.get_by_role("button", name="How did it go?").press("Enter")
        expect(know).to_contain_text(words)
    expect(page.locator(".bd-links .ask-tick")).to_have_count(1)
    until(lambda: kept(page, "progress")["later"].get("tested") is True)


@pytest.mark.long
def test_on_a_phone_by_day_and_by_night_nothing_is_cut_off_or_too_small(visit, asked):
    page = opened(visit, f"{asked}lesson.html", viewport=PHONE, has_touch=True)
    for name in ("which-overfits", "mean", "falls-always", "steps"):
        question = Asked(page, name)
        question.answer(right=False)
    page.locator("[data-predict=freedom]").get_by_label("It rises.").tap()
    page.get_by_role("button", name="This is my prediction").first.tap()
    page.get_by_role("button", name="See what came").tap()
    page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true })")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    sizes = page.locator(".ask button:visible, .ask-option:visible").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect().height)"
    )
    assert len(sizes) > 20 and min(sizes) >= 39
    text = page.locator(".ask-live .ask-plot > svg text").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect().height)"
    )
    assert min(text) >= 12
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_selector(f"html[data-theme={scheme}]")
        found = Axe().run(page, context=".bd-article", options=AXE).response["violations"]
        assert not [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found]


def test_without_a_script_and_on_paper_the_answers_can_be_read(visit, asked):
    plain = visit(f"{asked}lesson.html", java_script_enabled=False)
    question = plain.locator("[data-question=steps]")
    answer = question.get_by_text("They judge the choice, so that they come last.")
    expect(question.get_by_text("Open the test rows, once.").first).to_be_visible()
    expect(answer).to_be_hidden()
    question.get_by_text("Answer", exact=True).press("Enter")
    expect(answer).to_be_visible()
    assert plain.locator("button:visible", has_text="Check").count() == 0
    assert not plain.locator("[data-explorer=toy]").evaluate("toy => toy.inert")
    expect(plain.get_by_text("here the text goes on")).to_be_visible()

    page = opened(visit, f"{asked}lesson.html")
    page.emulate_media(media="print")
    assert page.locator(".ask button:visible").count() == 0
    folded = page.locator("[data-question=steps] > .ask-variant .ask-answer").last
    assert folded.evaluate("fold => fold.getBoundingClientRect().height") > 150
    expect(page.get_by_text("here the text goes on")).to_be_visible()
