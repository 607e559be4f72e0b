"""The directives of questions and predictions, in a small book: what is read, and refused."""

import json
import re
import sys
from types import SimpleNamespace

import books
import pytest
from ask.outcome import NoOutcome, glued, outcome
from ask.plot import picture
from docutils import nodes
from html5lib import parse
from sphinx.errors import ExtensionError

from reglib.repository import path

ASKED = path("tests", "site", "asked")
QUESTIONS = (ASKED / "lesson.questions.yml").read_text("utf-8")
KINDS = {
    "choose": "which-overfits",
    "number": "read-plot",
    "several": "falls-always",
    "order": "steps",
}
LESSON = "# Lesson\n\n(lesson-definition)=\n## What it is\n\nText.\n\n" + "\n\n".join(
    f"```{{question}} {name}\n```" for name in KINDS.values()
)


@pytest.fixture
def small_book(tmp_path, monkeypatch):
    """Build a book of one lesson with its questions; return its folder and the application."""
    monkeypatch.syspath_prepend(path("book", "_ext"))
    import desk_files

    def small_book(lesson=LESSON, questions=QUESTIONS, desk=True, builder="html"):
        def lay(target):
            if not desk:
                raise desk_files.NoDesk("a package is missing")

        monkeypatch.setattr(desk_files, "lay", lay)
        source = tmp_path / "source"
        source.mkdir(exist_ok=True)
        (source / "index.md").write_text(lesson, "utf-8")
        if questions:
            (source / "index.questions.yml").write_text(questions, "utf-8")
        extensions = ["myst_parser", "ask"]
        myst = {"myst_enable_extensions": ["dollarmath"], "mathjax_path": "none.js"}
        assert books.build(source, tmp_path, extensions, builder, **myst) == ""
        return (tmp_path / "out" / f"index.{'txt' if builder == 'text' else 'html'}").read_text()

    yield small_book
    for name in [name for name in sys.modules if name.split(".")[0] == "desk_files"]:
        sys.modules.pop(name)


def section(html, name):
    return re.search(rf'<section[^>]* data-question="{name}".*?</section>', html, re.DOTALL)[0]


def words(html):
    return " ".join(re.sub(r"<script.*?</script>|<[^>]+>", " ", html, flags=re.DOTALL).split())


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_script_the_question_is_there_and_its_answer_is_folded(small_book, kind):
    html = small_book(desk=False)
    assert "ask.js" not in html
    own = section(html, KINDS[kind])
    read = re.sub(r"<template.*?</template>", "", own, flags=re.DOTALL)
    assert f'data-kind="{kind}"' in own and 'data-page="index"' in own
    assert own.count("<template") >= 1  # the other variants
    asks, _, folded = read.partition('<details class="ask-hint">')
    assert 'href="#lesson-definition"' in folded  # a hint leads to a place
    answer = folded.partition('<details class="ask-answer">')[2]
    assert answer.count("data-why") >= 2 and "✓" in answer
    assert "✓" not in asks and "data-why" not in asks
    known = json.loads(re.search(r"application/json\">(.*?)</script>", own)[1])
    assert len(known["variants"]) == 1 + own.count("<template")
    if kind == "order":
        ids = re.findall(r'data-option="(\w+)"', asks)
        assert sorted(ids) == sorted(known["variants"][0]["right"]) != ids


def test_the_elements_of_a_page_are_nested_as_html_wants_it(small_book):
    html = small_book()
    assert 'src="_static/desk/ask.js' in html and "ask.css" in html
    for name in KINDS.values():
        own = section(html, name)
        tree = parse(own, namespaceHTMLElements=False)
        (found,) = tree.iter("section")
        assert found.get("data-question") == name
        assert [child.tag for child in found][:2] == ["script", "div"]


def test_a_plot_has_its_numbers_as_a_table_that_allows_the_answer(small_book):
    own = section(small_book(), "read-plot").partition("<template")[0]
    (label,) = re.findall(r'role="img" aria-label="([^"]+)"', own)
    assert "table below" in label
    header = re.findall(r"<th[^>]*>(.*?)</th>", own, re.DOTALL)
    assert list(map(words, header)) == [
        "degree of the polynomial",
        "training error",
        "validation error",
    ]
    cells = [float(words(cell)) for cell in re.findall(r"<td[^>]*>(.*?)</td>", own, re.DOTALL)]
    rows = [cells[i : i + 3] for i in range(0, len(cells), 3)]
    known = json.loads(re.search(r"application/json\">(.*?)</script>", own)[1])
    assert min(rows, key=lambda row: row[2])[0] == known["variants"][0]["answer"]


def test_a_picture_draws_every_point_inside_its_frame():
    series = [{"name": "A", "colour": "first", "x": [-2, 0, 3], "y": [-1.5, 0, 40]}]
    drawn = picture({"says": "A line.", "x": "x", "y": "y", "series": series})
    points = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="3.5"/>', drawn.split("</p>")[1])
    assert len(points) == 3
    assert all(44 <= float(x) <= 332 and 12 <= float(y) <= 190 for x, y in points)
    heights = [float(y) for _, y in points]
    assert heights == sorted(heights, reverse=True)


def test_in_print_there_is_one_variant_with_its_answer(small_book):
    text = small_book(builder="text")
    assert text.count("Put the steps of an honest comparison in order.") == 1
    assert "In which order do you compare degrees honestly?" not in text
    assert "Answer" in text and "They judge the choice" in text and "data-" not in text


def test_a_changed_file_is_read_anew(small_book):
    assert "honest comparison" in small_book()
    assert "fair comparison" in small_book(questions=QUESTIONS.replace("honest comp", "fair comp"))


def ask(directive):
    return f"# Lesson\n\n(lesson-definition)=\n## What it is\n\n```{directive}\n```\n"


@pytest.mark.parametrize(
    ("lesson", "questions", "told"),
    [
        (ask("{question} nothing"), QUESTIONS, "index.questions.yml asks no 'nothing': it asks"),
        (ask("{question} freedom"), QUESTIONS, "freedom: it is of the kind predict, which"),
        (ask("{predict} steps"), QUESTIONS, "steps: it is of the kind order, which {predict}"),
        (ask("{question} steps"), "", "There is no file"),
        (ask("{question} steps"), QUESTIONS.replace("hint: What", "tip: What"), "steps: "),
        (ask("{predict} freedom"), QUESTIONS, "the prediction freedom: it has no :outcome:"),
        (ask("{predict} freedom\n:outcome: x"), QUESTIONS, "no cell above has glued 'x'"),
        (ask("{predict-again} freedom"), QUESTIONS, "freedom comes before its {predict}"),
        (ask("{testme}"), "", "{testme} finds no questions in"),
    ],
)
def test_what_is_wrong_ends_the_build_with_file_and_name(small_book, lesson, questions, told):
    with pytest.raises(ExtensionError) as ended:
        small_book(lesson, questions)
    assert told in str(ended.value) and "index" in str(ended.value)


def test_a_test_holds_every_question_and_no_prediction(small_book):
    html = small_book(ask("{testme}\n:items: 3"))
    pool = html.partition("data-testme")[2]
    asked = re.findall(r'data-question="([\w-]+)" data-kind="\w+" data-page="index"', pool)
    assert sorted(asked) == sorted([*KINDS.values(), "mean"])
    assert '{"items": 3, "know": false}' in pool


# --- what came of a prediction ---

UP_DOWN = {"options": {"up": "It rises.", "down": "It falls."}}
ORDER = {"form": "order", "options": {"a": "A", "b": "B"}}


@pytest.mark.parametrize(
    ("counted", "asked", "most"),
    [
        ({"up": 17, "down": 183}, UP_DOWN, "down"),
        ({"up": 200}, UP_DOWN, "up"),
        ({"a b": 40, "b a": 160}, ORDER, "b a"),
    ],
)
def test_the_most_frequent_is_right(counted, asked, most):
    told = outcome(counted, asked)
    assert told["most"] == most and told["draws"] == sum(counted.values())
    assert told["counts"] == counted


@pytest.mark.parametrize(
    ("counted", "asked", "words"),
    [
        ({"up": 110, "down": 90}, UP_DOWN, "no outcome leads clearly, with 110 and 90 of 200"),
        ({"up": 120, "down": 80}, UP_DOWN, "no outcome leads clearly"),
        ({"up": 0, "down": 0}, UP_DOWN, "no outcome leads clearly"),
        ({"up": 9, "left": 1}, UP_DOWN, "counts 'left', which is no option"),
        ({"up": 9.0, "down": 1}, UP_DOWN, "not whole"),
        ({"up": True}, UP_DOWN, "not whole"),
        ({"up": -9, "down": 1}, UP_DOWN, "not whole"),
        ([9, 1], UP_DOWN, "no dict"),
        ({}, UP_DOWN, "no dict"),
        ({"a": 9, "b": 1}, ORDER, "which is no option"),
        ({"a a": 9}, ORDER, "which is no option"),
    ],
)
def test_an_outcome_that_judges_nothing_is_refused(counted, asked, words):
    with pytest.raises(NoOutcome, match=words):
        outcome(counted, asked)


@pytest.mark.parametrize("text", ["array([1, 2])", "{'up': np.int64(3)}", "Counter({'up': 3})"])
def test_what_is_glued_must_be_plain(text):
    document = nodes.document("", "")
    client = SimpleNamespace(glue_data={"came": {"data": {"text/plain": text}}})
    document["nb_renderer"] = SimpleNamespace(renderer=SimpleNamespace(nb_client=client))
    with pytest.raises(NoOutcome, match="'came' is no plain dict"):
        glued(document, "came")
    client.glue_data["came"]["data"]["text/plain"] = "{'up': 3}"
    assert glued(document, "came") == {"up": 3}
