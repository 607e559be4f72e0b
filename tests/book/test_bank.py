"""Question files: every one is sound, and what is wrong with one is said with its file and name."""

import re
from pathlib import Path
from textwrap import dedent, indent

import bank
import pytest
from cues import gives_away, longest_is_right
from hypothesis import given, settings
from hypothesis import strategies as st

from reglib.repository import path

BOOK = sorted(path("book").rglob(f"*{bank.ENDING}"))
ASKED = sorted(path("tests", "site", "asked").glob(f"*{bank.ENDING}"))
LONGEST = 0.35  # of the questions of the book: three options alike would give a third


@pytest.mark.parametrize("file", BOOK + ASKED, ids=lambda file: file.name)
def test_a_file_is_sound_and_every_question_comes_in_variants(file):
    items = bank.read(file)
    assert items
    for item in items.values():
        variants = item.variants
        assert len(variants) >= 2 or item.kind == "predict", item.name
        assert all(variants.count(variant) == 1 for variant in variants), item.name


@pytest.mark.parametrize("files", [files for files in (BOOK, ASKED) if files])
def test_the_right_option_is_not_known_by_its_length(files):
    choices = [
        (choice["options"], *bank.right_of(choice))
        for file in files
        for item in bank.read(file).values()
        for choice in bank.choices(item.variants[0])
        if len(bank.right_of(choice)) == 1
    ]
    longest = sum(longest_is_right(*choice) for choice in choices)
    assert longest <= LONGEST * len(choices), f"in {longest} of {len(choices)}"


@pytest.mark.parametrize("file", BOOK, ids=lambda file: file.name)
def test_every_question_of_a_file_is_asked_on_its_page(file):
    page = file.with_name(file.name.replace(bank.ENDING, ".md")).read_text("utf-8")
    asked = re.findall(r"^`{3,}\{(?:question|predict)\} +(\S+)$", page, re.M)
    if re.search(
        rf"^```\{{testme\}}\n:of: .*{re.escape(file.name.removesuffix(bank.ENDING))}", page, re.M
    ):
        asked = bank.read(file)  # any of them may come
    assert sorted(asked) == sorted(bank.read(file))


def test_the_recipe_is_sound(tmp_path):
    text = path("CONTRIBUTING.md").read_text("utf-8").split("\n## Add a question\n")[1]
    file = tmp_path / "lesson.questions.yml"
    file.write_text(re.search(r"```yaml\n(.*?)^```", text, re.S | re.M)[1], "utf-8")
    assert {item.kind for item in bank.read(file).values()} == {"choose", "number", "predict"}


# --- what is refused ---

CHOOSE = dedent(
    """\
    kind: choose
    ask: Which one?
    hint: Look at the first picture.
    right: a
    options:
      a: {text: The first., why: Because it is so indeed.}
      b: {text: The second., why: Because it is not so here.}
      c: {text: The third., why: Because it is not so there.}
    variants: [{ask: "Which one?"}, {ask: "And which one?"}]
    """
)
NUMBER = dedent(
    """\
    kind: number
    ask: How much is {{x}}?
    hint: Look at the first picture.
    draw: {by: power}
    answer: "{{answer}}"
    why: Because it is so indeed.
    """
)
ORDER = CHOOSE.replace("choose", "order").replace("right: a\n", "also: [[a, c, b]]\n")
PREDICT = dedent(
    """\
    kind: predict
    ask: What will be?
    options: {up: It rises., down: It falls.}
    reasons:
      ask: Why?
      right: a
      options:
        a: {text: The first., why: Because it is so indeed.}
        b: {text: The second., why: Because it is not so here.}
        c: {text: The third., why: Because it is not so there.}
    """
)


def read(tmp_path, question, name="which"):
    file = tmp_path / "lesson.questions.yml"
    file.write_text(f"{name}:\n{indent(question, '  ')}", "utf-8")
    return bank.read(file)


@pytest.mark.parametrize("sound", [CHOOSE, NUMBER, ORDER, PREDICT])
def test_the_examples_are_sound(tmp_path, sound):
    assert read(tmp_path, sound)["which"].variants


@pytest.mark.parametrize(
    ("text", "old", "new", "words"),
    [
        (
            CHOOSE,
            "kind: choose",
            "kind: chose",
            "its kind is 'chose': write one of choose, several",
        ),
        (CHOOSE, "right: a", "right: d", "d is called right, and is no option"),
        (CHOOSE, "right: a", "correct: a", "'right' is a required property"),
        (CHOOSE, "hint: Look at the first picture.\n", "", "'hint' is a required property"),
        (
            CHOOSE,
            "why: Because it is not so here.",
            "why: 'No'",
            "options/b/why: 'No' is too short",
        ),
        (CHOOSE, "why: Because it is not so here.", "", "options/b"),
        (CHOOSE, "  c: {text: The third., why: Because it is not so there.}\n", "", "options"),
        (
            CHOOSE,
            'variants: [{ask: "Which one?"}, {ask: "And which one?"}]',
            "",
            "it needs variants",
        ),
        (CHOOSE, ', {ask: "And which one?"}', "", "variants"),
        (CHOOSE, '"Which one?"}', "Which one?}", "no YAML"),
        (CHOOSE, "The first.", "'{{x}}'", "{{x}} stands in the text, and nothing draws it"),
        (CHOOSE, "The first.", "$x", "a formula does not end in “$x”"),
        (CHOOSE, "The first.", "It is usually the first.", "stand out by hedging words"),
        (CHOOSE, "The second., ", "'It is always b.', ", None),
        (CHOOSE, "hint:", "a: 1\nhint:", "'a' was unexpected"),
        (CHOOSE, "  c:", "  b:", "'b' stands twice in one place"),
        (CHOOSE, "  c:", "  no:", "False is not taken for a name: put it in quotes"),
        (CHOOSE, "kind: choose", "kind: several", "right: 'a' is not of type 'array'"),
        (NUMBER, "by: power", "by: powers", "there is no generator 'powers': there are degrees"),
        (
            NUMBER,
            "by: power",
            "by: power, with: {rows: 3}",
            "power does not take what stands under",
        ),
        (NUMBER, "{{x}}", "{{z}}", "{{z}} is not drawn: there are after, answer"),
        (NUMBER, '"{{answer}}"', "8", "answer is typed: write the {{name}} of a value that power"),
        (NUMBER, "draw: {by: power}", "variants: [{ask: A}, {ask: B}]", "its answer is typed"),
        (
            NUMBER,
            "why:",
            "mistakes: {m: {value: 3, why: You have forgotten it.}}\nwhy:",
            "mistakes/m/value is typed",
        ),
        (NUMBER, "by: power", "by: power, times: 1", "times: 1 is less than the minimum of 2"),
        (ORDER, "[a, c, b]", "[a, c]", "the order a, c under `also` does not hold each step"),
        (ORDER, "[a, c, b]", "[a, c, d]", "the order a, c, d under `also` does not hold each"),
        (CHOOSE, "kind: choose", "kind: several", "right: 'a' is not of type 'array'"),
        (PREDICT, "right: a", "right: d", "d is called right"),
        (PREDICT, "ask: What will be?", "ask: A?\nvariants: []\ndraw: {by: power}", "no variants"),
        (PREDICT, "down: It falls.", "down: 3", "options/down: 3 is not of type 'string'"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_name(tmp_path, text, old, new, words):
    assert old in text
    changed = text.replace(old, new, 1)
    if words is None:  # one wrong option that stands out is not enough to tell
        assert read(tmp_path, changed)
        return
    with pytest.raises(bank.Bad) as told:
        read(tmp_path, changed)
    assert words in str(told.value) and "lesson.questions.yml" in str(told.value)
    assert "no YAML" in str(told.value) or "lesson.questions.yml, which: " in str(told.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "is empty or a list"), ("- a", "is empty or a list"), ("a: [", "is no YAML")],
)
def test_a_file_of_another_form_is_told_as_such(tmp_path, text, words):
    file = tmp_path / "lesson.questions.yml"
    file.write_text(text, "utf-8")
    with pytest.raises(bank.Bad, match=words):
        bank.read(file)
    with pytest.raises(bank.Bad, match="There is no file"):
        bank.read(tmp_path / "other.questions.yml")


@pytest.mark.parametrize("name", ["Which", "what is", "a_b", "-a"])
def test_a_name_that_no_address_can_hold_is_refused(tmp_path, name):
    with pytest.raises(bank.Bad, match="small letters, digits and hyphens"):
        read(tmp_path, CHOOSE, name)


def options_of(right, *wrong):
    return {"r": {"text": right}} | {f"w{i}": {"text": text} for i, text in enumerate(wrong)}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("It may rise.", "It falls.", "It stays."), "hedging"),
        (("It rises.", "It always falls.", "It must stay."), "absolute"),
        (("It never rises.", "It falls.", "It stays."), "absolute"),
        (("It rises.", "It always falls.", "It stays."), ""),
        (("It may rise.", "It may fall.", "It stays."), ""),
        (("It rises.", "It falls.", "It stays."), ""),
    ],
)
def test_options_that_stand_out_by_their_words_are_seen(options, told):
    said = gives_away(options_of(*options), ["r"])
    assert told in said and bool(told) == bool(said)


def test_the_longest_option_is_seen():
    assert longest_is_right(options_of("the longest one", "short", "shorter"), "r")
    assert not longest_is_right(options_of("as long", "as long", "short"), "r")


# --- what is drawn ---


def test_a_generator_that_draws_the_same_each_time_is_refused(tmp_path):
    same = NUMBER.replace("{{x}}", "{{degree}}").replace("{{answer}}", "{{degree}}")
    with pytest.raises(bank.Bad, match="which: power draws no two different variants"):
        read(tmp_path, same)


def test_the_same_file_gives_the_same_variants_and_another_name_gives_others(tmp_path):
    first, again = (read(tmp_path, NUMBER)["which"].variants for _ in range(2))
    bank._read.cache_clear()
    assert first == again == read(tmp_path, NUMBER)["which"].variants
    assert first != read(tmp_path, NUMBER, "other")["other"].variants


@pytest.mark.parametrize("by", ["power", "mean_square"])
def test_a_mistake_is_never_taken_for_the_answer_nor_for_another_mistake(tmp_path, by):
    """A draw in which two numbers agree is left out."""
    names = {"power": ("times", "before", "after"), "mean_square": ("sum", "root", "absolute")}[by]
    mistakes = {
        name: {"value": f"{{{{{name}}}}}", "why": "This is another number."} for name in names
    }
    ask = {"power": "{{x}} {{column}}", "mean_square": "{{y}} {{fit}}"}[by]
    common = {"kind": "number", "ask": ask, "answer": "{{answer}}", "mistakes": mistakes}
    drawn = list(bank._drawn("any", common, by, times=40))
    assert len(drawn) >= 8
    for variant in drawn:
        numbers = [
            variant["answer"],
            *(mistake["value"] for mistake in variant["mistakes"].values()),
        ]
        gap = 2 * bank.WITHIN * abs(variant["answer"])
        assert all(abs(a - b) > gap for i, a in enumerate(numbers) for b in numbers[:i])


@settings(max_examples=60)
@given(st.floats(-1e6, 1e6) | st.integers(-(10**6), 10**6))
def test_a_number_is_shown_as_it_is_to_three_digits(value):
    text = bank.shown(value)
    assert "-" not in text and "e" not in text
    assert float(text.replace("−", "-")) == pytest.approx(value, rel=0.005)


@settings(max_examples=60)
@given(
    st.lists(st.text("abcdef", min_size=1, max_size=4), min_size=3, max_size=6, unique=True),
    st.text(max_size=9),
)
def test_options_are_mixed_and_none_is_lost(ids, seed):
    order = bank.mixed(ids, seed)
    assert sorted(order) == sorted(ids) and order != ids
    assert order == bank.mixed(ids, seed)


def test_a_file_that_has_changed_is_read_anew(tmp_path):
    read(tmp_path, CHOOSE)
    assert read(tmp_path, CHOOSE.replace("Which one", "What"))["which"].variants[0]["ask"] != ""
    file = Path(tmp_path / "lesson.questions.yml")
    file.write_text(file.read_text("utf-8").replace("The first.", "The very first."), "utf-8")
    assert "very" in str(bank.read(file)["which"].variants)
