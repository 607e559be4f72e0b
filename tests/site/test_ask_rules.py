"""How the scripts of questions read a number, judge, shuffle, and say when one comes back."""

import itertools
import math
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripts import run


def read(*texts, unit=""):
    """What is read of each text: a number, or the sentence on its form."""
    body = "data.texts.map((text) => its.number(text, data.unit))"
    said = run("ask/number.js", body, {"texts": texts, "unit": unit})
    return [one.get("value", one.get("problem")) for one in said]


@pytest.mark.parametrize(
    ("texts", "value"),
    [
        (["0.16", "0,16", ".16", ",16", "4/25", "4 / 25", "16 %", "16%", "+0.16", "= 0.16"], 0.16),
        (["1.6e-1", "1,6E-1", "1.6·10^-1", "1.6 x 10^-1", "1.6 × 10⁻¹", "1.6*10**(-1)"], 0.16),
        (["MSE = 0.16", "λ=0,16", "0.160", "16/100", "0,8/5", "\t0.16 "], 0.16),
        (["-3", "−3", "–3", "- 3", "-6/2", "6/-2", "-3.", "-3,0"], -3),
        (["0", "0/5", "-0", "0,0"], 0),
        (["1000", "1e3", "10^3/1"][:2], 1000),
    ],
)
def test_a_number_is_read_in_every_form_that_people_write(texts, value):
    found = dict(zip(texts, read(*texts), strict=True))
    assert found == pytest.approx(dict.fromkeys(texts, value))


@pytest.mark.parametrize(
    "text", ["4.25 cm²", "4,25cm²", "4.25 cm^2", "4.25 cm2", "17/4 cm²", "4.25"]
)
def test_a_unit_may_follow(text):
    assert read(text, unit="cm²") == [4.25]


@pytest.mark.parametrize(("text", "value"), [("16", 16), ("16 %", 16), ("32/2%", 16)])
def test_where_percent_is_the_unit_it_divides_nothing(text, value):
    assert read(text, unit="%") == [value]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Write one number"),
        ("  ", "Write one number"),
        ("three", "“three” is not one number"),
        ("1.234,5", "more than one point or comma"),
        ("1,234,567", "more than one point or comma"),
        ("1/2/3", "not one number"),
        ("1 1/2", "not one number"),
        ("1 000", "not one number"),
        ("2 3", "not one number"),
        ("5²", "not one number"),
        ("4 kg", "“4 kg” is not one number"),
        ("3 - 1", "not one number"),
        ("1/0", "divided by 0"),
        ("1e999", "too large"),
        ("NaN", "not one number"),
        ("Infinity", "not one number"),
        ("0x10", "not one number"),
    ],
)
def test_another_form_is_told_as_such(text, words):
    (said,) = read(text)
    assert words in str(said) and str(said).endswith(".")


@settings(max_examples=5)
@given(st.lists(st.floats(-1e9, 1e9), min_size=40, max_size=40))
def test_what_is_written_of_a_number_is_read_as_that_number(values):
    forms = [
        [repr(value) for value in values],
        [f"{value:.12f}".replace(".", ",") for value in values],
        [f"{value:e}".replace("-", "−") for value in values],
        [f"{value:e}".replace("e", " · 10^") for value in values],
        [f"{value!r} / 1" for value in values],
    ]
    for texts in forms:
        for value, found in zip(values, read(*texts), strict=True):
            assert math.isclose(value, found, rel_tol=1e-5, abs_tol=1e-11)


# --- what is right, and what of an answer to explain ---

CHOOSE = {"right": ["b"], "also": []}
SEVERAL = {"right": ["a", "c"], "also": []}
ORDER = {"right": ["a", "b", "c"], "also": [["b", "a", "c"]]}
NUMBER = {"answer": 4.25, "within": 0.01, "unit": "", "mistakes": {"sum": 17, "root": 2.06}}


@pytest.mark.parametrize(
    ("kind", "facts", "answer", "right", "wrong"),
    [
        ("choose", CHOOSE, ["b"], True, []),
        ("choose", CHOOSE, ["c"], False, ["c"]),
        ("several", SEVERAL, ["c", "a"], True, []),
        ("several", SEVERAL, ["a", "b"], False, ["b", "c"]),
        ("several", SEVERAL, ["a", "b", "c"], False, ["b"]),
        ("order", ORDER, ["a", "b", "c"], True, []),
        ("order", ORDER, ["b", "a", "c"], True, []),
        ("order", ORDER, ["c", "a", "b"], False, ["c"]),
        ("order", ORDER, ["b", "c", "a"], False, ["c"]),
        ("number", NUMBER, "4,25", True, []),
        ("number", NUMBER, "17/4", True, []),
        ("number", NUMBER, "4.29", True, []),
        ("number", NUMBER, "4.31", False, []),
        ("number", NUMBER, "17", False, ["sum"]),
    ],
)
def test_an_answer_is_judged_and_its_faults_are_named(kind, facts, answer, right, wrong):
    body = "[its.right(...data), its.wrong(...data).sort()]"
    assert run("ask/judge.js", body, [kind, facts, answer]) == [right, wrong]


# --- orders ---


def test_every_option_comes_in_every_place_about_as_often():
    body = "data.map((seed) => its.shuffled(['a', 'b', 'c', 'd'], `${seed} lesson#question`))"
    orders = run("ask/seed.js", body, list(range(2400)))
    assert orders == run("ask/seed.js", body, list(range(2400)))  # hers stays
    counts = Counter(map("".join, orders))
    assert set(counts) == {"".join(order) for order in itertools.permutations("abcd")}
    # 100 are expected of each: six standard errors to either side.
    assert all(abs(count - 100) < 60 for count in counts.values())


# --- returns ---


def step(old, right, sure, lesson):
    body = "its.next(...data) ?? null"
    return run("ask/schedule.js", body, [old, {"right": right, "sure": sure}, lesson, 0])


@pytest.mark.parametrize(
    ("right", "sure", "after"),
    [(True, True, 3), (True, False, 1), (False, True, 1), (False, False, 1)],
)
def test_what_was_missed_or_guessed_comes_after_one_lesson_and_else_after_three(right, sure, after):
    body = "its.entry(...data)"
    kept = run("ask/schedule.js", body, [{"right": right, "sure": sure}, 2, 1])
    assert kept == {"lesson": 2, "variant": 1, "after": after}
    lessons = range(1, 8)
    body = "data.lessons.map((lesson) => its.due({ 'one#q': data.kept }, 'two', lesson).length)"
    came = run("ask/schedule.js", body, {"kept": kept, "lessons": list(lessons)})
    assert came == [int(lesson >= 2 + after) for lesson in lessons]


def test_a_return_leaves_when_it_was_right_and_sure_after_three_lessons():
    missed = {"lesson": 1, "variant": 0, "after": 1}
    assert step(missed, True, True, 2) == {"lesson": 2, "variant": 0, "after": 3}
    assert step(missed, False, True, 2) == {"lesson": 2, "variant": 0, "after": 1}
    known = {"lesson": 1, "variant": 0, "after": 3}
    assert step(known, True, True, 4) is None
    assert step(known, True, False, 4) == {"lesson": 4, "variant": 0, "after": 1}


def test_what_waited_longest_is_first_and_a_lesson_does_not_ask_its_own():
    queue = {
        "one#late": {"lesson": 3, "after": 1},
        "one#early": {"lesson": 1, "after": 1},
        "here#own": {"lesson": 1, "after": 1},
        "one#mended": {"since": "ridge.ridge_fit"},  # as a check of code leaves it
        "one#later": {"lesson": 3, "after": 3},
    }
    body = "its.due(data, 'here', 4)"
    assert run("ask/schedule.js", body, queue) == ["one#mended", "one#early", "one#late"]


def test_a_sitting_is_drawn_half_of_other_data_and_in_variants_that_she_has_not_had():
    names = [f"q{i}" for i in range(12)]
    facts = [{"transfer": i < 5, "hard": 1 + i % 3, "variants": [0, 0, 0]} for i in range(12)]
    body = """data.seeds.map((seed) => its.draw(data.names.map((question, i) => ({
        dataset: { page: "p", question },
        querySelector: () => ({ textContent: JSON.stringify(data.facts[i]) }),
    })), data.about, { "p#q0": 2, "p#q6": 0 }, `${seed}`))"""
    data = {"names": names, "facts": facts, "seeds": list(range(40))}
    sittings = run("ask/testme.js", body, {**data, "about": {"items": 8, "know": False}})
    for sitting in sittings:
        ids = [one["id"].removeprefix("p#q") for one in sitting]
        assert len(set(ids)) == 8 and sum(int(id_) < 5 for id_ in ids) == 4
        variants = {one["id"]: one["variant"] for one in sitting}
        assert variants.get("p#q0", 0) == 0 and variants.get("p#q6", 1) == 1
    assert len({tuple(one["id"] for one in sitting) for sitting in sittings}) > 30
    for sitting in run("ask/testme.js", body, {**data, "about": {"items": 2, "know": True}}):
        assert all(facts[int(one["id"].removeprefix("p#q"))]["hard"] == 3 for one in sitting)
