"""The questions of every chapter, answered by keyboard in a real browser."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from params import first_of

from reglib.repository import path

# Without its preload, which asks for style sheets by addresses that it gets wrong.
AXE = {"resultTypes": ["violations"], "preload": False}
BOOK = path("book")
QUIZZES = sorted(BOOK.glob("[!_]*/*-quiz.json"))


def address(book, path):
    chapter = path.relative_to(BOOK.parent).with_name(path.name.replace("-quiz.json", ".html"))
    return f"{book}{chapter}"


def verdict(question):
    classes = question.locator(".Feedback").get_attribute("class").split()
    return "correct" in classes, "incorrect" in classes


def unset(page):
    """How many questions show the source of a formula."""
    return page.locator(".Quiz").filter(has_text="\\(").count()


@pytest.mark.parametrize("path", first_of(QUIZZES), ids=lambda path: path.stem)
@pytest.mark.parametrize(("scheme", "width"), first_of([("light", 1200), ("dark", 390)]))
def test_every_answer_is_reached_by_keyboard_and_answers_back(visit, book, path, scheme, width):
    page = visit(address(book, path), color_scheme=scheme, viewport={"width": width, "height": 800})
    questions = json.loads(path.read_text(encoding="utf-8"))
    assert page.locator(".Quiz").count() == len(questions)
    for i, known in enumerate(questions):
        question = page.locator(".Quiz").nth(i)
        if known["type"] == "numeric":
            field = question.get_by_label("Your answer:")
            low, high = next(a["range"] for a in known["answers"] if a.get("correct"))
            field.focus()
            page.keyboard.type(f"{(low + high) / 2:.6g}")
            page.keyboard.press("Enter")
            assert verdict(question) == (True, False), known["id"]
            field.focus()
            page.keyboard.type("98765")
            question.get_by_role("button", name="Check").press("Enter")
            assert verdict(question) == (False, True), known["id"]
            continue
        boxes = question.locator("input")
        for k, answer in enumerate(known["answers"]):
            if k == 0 or known["type"] == "many_choice":
                boxes.nth(k).focus()
                page.keyboard.press("Space")
            else:
                page.keyboard.press("ArrowDown")
            assert verdict(question) == (answer["correct"], not answer["correct"]), known["id"]
    if page.locator("script[src*=tex-chtml]").count():  # there are formulas on the page
        page.wait_for_function("MathJax.startup.promise.then(() => true)")
    assert unset(page) == 0
    found = Axe().run(page, options=AXE).response["violations"]
    assert not [rule["id"] for rule in found if rule["impact"] in ("serious", "critical")]


def test_formulas_are_set_however_late_mathjax_comes(browser, book):
    page = browser.new_context().new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    late = []
    page.route("**/tex-chtml.js*", lambda route: late.append(route))
    with page.expect_request("**/tex-chtml.js*"):
        page.goto(book + "book/penalties/ridge.html", wait_until="commit")
    page.wait_for_selector(".Quiz")
    assert unset(page) > 0
    (route,) = late
    route.continue_()
    page.wait_for_function("document.querySelector('.Quiz mjx-container')")
    page.wait_for_function("MathJax.startup.promise.then(() => true)")
    assert unset(page) == 0 and not errors
    page.context.close()
