"""Parts of the desk that need no Python: the form without it, and what is made of outputs."""

import shutil

import numpy as np
import pytest
from playwright.sync_api import expect

from reglib.checks.page import verdict
from reglib.exercises import ASSIGNMENTS, assignment
from reglib.exercises.missing import missing
from reglib.exercises.order import order
from reglib.repository import path

ENTRIES = [entry for name in ASSIGNMENTS for entry in assignment(name).entries]


@pytest.fixture(scope="module")
def desk(tmp_path_factory, serve):
    """The address of a page with nothing but parts of the desk, not bundled."""
    folder = tmp_path_factory.mktemp("desk")
    for part in ("arrows.js", "make.js", "plain.js", "outputs.js"):
        shutil.copy(path("book", "_desk", part), folder)
    (folder / "page.html").write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Desk</title>'
        '<link rel="icon" href="data:,"><main></main><script type="module">'
        'import { plainForm } from "./plain.js";'
        'import { outputsIn, safe, shown } from "./outputs.js";'
        "Object.assign(window, { plainForm, outputsIn, safe, shown })</script>",
        encoding="utf-8",
    )
    return serve(folder) + "page.html"


@pytest.fixture
def form(visit, desk):
    """Show the form of an exercise alone on a page."""
    page = visit(desk)

    def form(entry, gaps):
        page.evaluate(
            """(data) => {
              window.right = 0;
              const form = plainForm({ places: {}, ...data, onRight: () => { right += 1 } });
              document.querySelector("main").replaceChildren(form);
            }""",
            {"gaps": gaps, "order": order(entry)},
        )
        return page

    return form


def test_every_gap_takes_the_right_expression_and_names_the_mistake_of_others(form):
    for entry in ENTRIES:
        gaps = missing(entry)
        if not gaps:
            continue
        page = form(entry, gaps)
        # With the hands of a script, as these are some two hundred answers.
        said = page.evaluate(
            """(gaps) => gaps.map((gap, i) => {
              const step = () => document.querySelectorAll(".plain-step")[i];
              const ask = (option) => {
                const inputs = [...step().querySelectorAll("input")];
                inputs.find((input) => input.option.text === option.text).click();
                step().querySelector("button").click();
                return step().querySelector(".plain-said").textContent;
              };
              const wrong = gap.options.filter(({ right }) => !right).map(ask);
              const before = right;
              return { wrong, before, last: ask(gap.options.find(({ right }) => right)) };
            })""",
            gaps,
        )
        for gap, told in zip(gaps, said, strict=True):
            options = [option for option in gap["options"] if not option["right"]]
            for option, words in zip(options, told["wrong"], strict=True):
                assert option["name"] in words and option["advice"] in words
            assert told["before"] == 0 and told["last"] == "✓ Right."
        assert page.evaluate("right") == 1, entry.name


def arrange(page, wanted):
    """Bring the lines into an order, by pressing the arrows."""
    page.evaluate(
        """(wanted) => wanted.forEach((text, goal) => {
          const lines = () => [...document.querySelectorAll(".plain-lines li")];
          const at = () => lines().findIndex(({ line }) => line.text === text);
          while (at() > goal) lines()[at()].querySelector("button").click();
        })""",
        wanted,
    )


def test_lines_are_right_in_each_order_that_works_and_else_it_is_said_what_is_missing(form):
    rng = np.random.default_rng(0)
    tried = 0
    for entry in ENTRIES:
        found = order(entry)
        if not found:
            continue
        texts = [line["text"] for line in found["lines"]]
        page = form(entry, [])
        shown = page.locator(".plain-lines li").evaluate_all(
            "all => all.map((li) => li.line.place)"
        )
        assert shown not in found["orders"], f"{entry.name} is given in a right order"
        wrong = [*found["orders"][0][1:], found["orders"][0][0]]
        for places in ([wrong] if wrong not in found["orders"] else []) + [
            found["orders"][k] for k in {0, int(rng.integers(len(found["orders"])))}
        ]:
            page = form(entry, [])
            arrange(page, [texts[place] for place in places])
            page.get_by_role("button", name="Is this right?").evaluate("button => button.click()")
            right = places in found["orders"]
            assert page.evaluate("right") == right, (entry.name, places)
            words = page.locator(".plain").inner_text()
            assert right or "which is not there yet" in words or "comes too early" in words
            tried += 1
    assert tried > 20


def test_lines_move_by_keyboard_and_the_keyboard_stays_with_the_line(form):
    entry = next(entry for entry in ENTRIES if entry.name == "ridge.ridge_fit")
    page = form(entry, [])
    texts = page.locator(".plain-lines code").all_inner_texts()
    second = page.get_by_role("button", name=f"Move line 2 up: {texts[1].strip()}")
    second.press("Enter")
    assert page.locator(".plain-lines code").all_inner_texts()[:2] == [texts[1], texts[0]]
    # It is at the top, where no line goes further up: the arrow down has the keyboard now.
    down = page.get_by_role("button", name=f"Move line 1 down: {texts[1].strip()}")
    expect(down).to_be_focused()
    page.keyboard.press("Space")
    assert page.locator(".plain-lines code").all_inner_texts() == texts


HARM = """
<script>acted = 1</script>
<img src=x onerror="acted = 1">
<svg onload="acted = 1"><script>acted = 1</script></svg>
<iframe srcdoc="<script>parent.acted = 1</script>"></iframe>
<a href="javascript:acted = 1">here</a>
<a href="https://elsewhere.example/">there</a>
<a href="data:text/html,x">data</a>
<p onclick="acted = 1" style="position: fixed" id="acted" class="verdict-next fixed-top">words</p>
<form action="/"><input name="x"><button formaction="javascript:acted = 1">press</button></form>
<math><mtext><table><mglyph><style><img src=x onerror="acted = 1"></style></mglyph></table></math>
<template><img src=x onerror="acted = 1"></template>
<details open ontoggle="acted = 1"><summary>more</summary></details>
<base href="https://elsewhere.example/"><link rel="stylesheet" href="https://elsewhere.example/">
"""


def test_html_that_comes_from_python_cannot_act(visit, desk):
    page = visit(desk)
    left = page.evaluate(
        """async (html) => {
          const main = document.querySelector("main");
          main.replaceChildren(safe(html));
          main.querySelectorAll("*").forEach((node) => node.click());
          await new Promise((done) => setTimeout(done, 200));
          return [...main.querySelectorAll("*")].map((node) =>
            [node.tagName, [...node.attributes].map(({ name, value }) => `${name}=${value}`)]);
        }""",
        HARM,
    )
    assert page.evaluate("window.acted") is None
    kept = {attribute for _, attributes in left for attribute in attributes}
    assert kept == {"class=verdict-next", "open="}  # what a click has unfolded
    assert "words" in page.locator("main").inner_text()


@pytest.mark.parametrize(
    ("output", "tag", "words"),
    [
        ({"output_type": "stream", "name": "stdout", "text": "<b>a</b>"}, "PRE", "<b>a</b>"),
        (
            {
                "output_type": "error",
                "ename": "E",
                "evalue": "v",
                "traceback": ["\x1b[31mE\x1b[0m: v"],
            },
            "PRE",
            "E: v",
        ),
        (
            {"output_type": "execute_result", "data": {"text/html": HARM, "text/plain": "plain"}},
            "PRE",
            "plain",
        ),
        (
            {
                "output_type": "display_data",
                "data": {
                    "image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg' onload='acted = 1'/>"
                },
            },
            "IMG",
            "",
        ),
    ],
)
def test_an_output_is_text_or_a_picture(visit, desk, output, tag, words):
    page = visit(desk)
    found = page.evaluate(
        """async (output) => {
          const node = shown(output);
          document.querySelector("main").append(node);
          await new Promise((done) => setTimeout(done, 100));
          return [node.tagName, node.textContent, node.querySelector("*"), window.acted];
        }""",
        output,
    )
    assert found == [tag, words, None, None]


def test_a_verdict_says_in_the_page_what_it_says_in_html(visit, desk):
    page = visit(desk)
    for entry in ENTRIES:
        wrong = entry.misconceptions[0].wrong if entry.misconceptions else lambda *_: None
        label = entry.known[0].section if entry.known else entry.section
        places = {label: {"title": "A < place", "chapter": "Ridge", "href": "page.html#there"}}
        html = verdict(entry.name, wrong, places=places)["whole"]
        same = page.evaluate(
            """(html) => {
              const plain = new DOMParser().parseFromString(html, "text/html").body;
              const main = document.querySelector("main");
              main.replaceChildren(safe(html));
              return [plain.innerHTML, main.innerHTML];
            }""",
            html,
        )
        assert same[0] == same[1]
