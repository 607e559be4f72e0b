"""What the notebooks say of each exercise, and its forms without Python."""

import ast
import json
import sys
import textwrap
from itertools import permutations

import pytest

from reglib.checks.entry import nearly
from reglib.checks.explain import attempts
from reglib.checks.written import example
from reglib.exercises import ASSIGNMENTS, assignment
from reglib.exercises.missing import GAP, missing
from reglib.exercises.order import order
from reglib.exercises.task import function, places, task

ENTRIES = [entry for name in ASSIGNMENTS for entry in assignment(name).entries]

ORDERED = [entry for entry in ENTRIES if order(entry)]
# In these all other orders can be tried: they are programs, and not too many.
SHORT = [
    entry
    for entry in ORDERED
    if len(order(entry)["lines"]) <= 5
    and not any(line["text"].startswith(" ") for line in order(entry)["lines"])
]


def each(entries):
    return pytest.mark.parametrize("entry", entries, ids=lambda entry: entry.name)


each_entry = each(ENTRIES)


def scope(name):
    """What the notebook's functions find around them: each other, and NumPy."""
    found = {}
    exec("import numpy as np", found)
    for entry in assignment(name).entries:
        exec(task(entry)["solution"], found)
    return found


def written(entry, body, around):
    """The function of an exercise with other lines in it."""
    source = f"def {entry.call}:\n{textwrap.indent(body, '    ')}\n"
    found = dict(around)
    exec(source, found)
    return found[entry.function]


@each_entry
def test_the_task_is_what_the_notebook_says(entry, verdict):
    told = task(entry)
    assert json.loads(json.dumps(told)) == told
    assert told["stub"].startswith(told["signature"]) and "NotImplementedError" in told["stub"]
    assert told["sentence"].startswith("Return ") and told["sentence"].endswith(".")
    assert told["example"] == example(entry) and told["example"] not in told["text"]
    assert all(hint["title"].startswith("Hint ") and hint["text"] for hint in told["hints"])
    assert "<details>" not in told["text"] and not told["text"].startswith("#")
    assert told["title"][0].isupper() or told["title"][0] in "λ"
    assert "SOLUTION" not in told["solution"] and told["solution"].startswith(told["signature"])
    around = scope(entry.name.partition(".")[0])
    exec(told["solution"], around)
    assert verdict(entry, around[entry.function], seconds=20).points == entry.most
    exec(told["stub"], around)
    assert verdict(entry, around[entry.function]).points == 0


@each_entry
def test_every_section_that_a_verdict_sends_to_has_its_place(entry):
    found = places(entry)
    assert {entry.section, *(mistake.section for mistake in entry.known)} == set(found)
    for place in found.values():
        assert place["title"] and place["chapter"] and place["page"].startswith("book/")


@each_entry
def test_there_is_a_form_without_python(entry):
    assert order(entry) or missing(entry)


def laid_out(found, lines):
    return "\n".join(found["lines"][place]["text"] for place in lines)


@each(ORDERED)
def test_every_order_that_is_given_is_right(entry, verdict):
    found = order(entry)
    assert json.loads(json.dumps(found)) == found
    lines, orders = found["lines"], found["orders"]
    assert len({line["text"] for line in lines}) == len(lines) >= 3
    assert orders[0] == list(range(len(lines)))
    assert len({tuple(one) for one in orders}) == len(orders)
    around = scope(entry.name.partition(".")[0])
    body = function(task(entry)["solution"], entry).body[1:]
    whole = function(
        f"def {entry.call}:\n{textwrap.indent(laid_out(found, orders[0]), '    ')}", entry
    )
    assert [*map(ast.dump, whole.body)] == [*map(ast.dump, body)]  # nothing is left out
    for one in orders:
        answer = written(entry, laid_out(found, one), around)
        assert verdict(entry, answer, seconds=20).points == entry.most, laid_out(found, one)


@each(SHORT)
def test_no_other_order_is_right(entry, verdict):
    found = order(entry)
    around = scope(entry.name.partition(".")[0])
    given = {tuple(one) for one in found["orders"]}
    for one in set(permutations(range(len(found["lines"])))) - given:
        answer = written(entry, laid_out(found, one), around)
        assert verdict(entry, answer).points < entry.most, laid_out(found, one)


@each(ORDERED)
def test_a_line_reads_what_those_before_it_give(entry):
    found = order(entry)
    for one in found["orders"]:
        given = set()
        for place in one:
            line = found["lines"][place]
            assert set(line["reads"]) <= given | set(line["gives"])
            given |= set(line["gives"])


@each_entry
def test_what_fills_a_gap_does_what_its_mistake_does(entry, verdict):
    """So the check would give it that name: it compares what comes out."""
    known = {mistake.name: mistake for mistake in entry.known}
    cases = entry.draw()
    for gap in missing(entry):
        assert json.loads(json.dumps(gap)) == gap
        assert gap["code"].count(GAP) == 1
        right, *wrong = gap["options"]
        assert right["right"] and not any(option["right"] for option in wrong)
        assert len({option["text"] for option in gap["options"]}) == 1 + len(wrong) >= 3
        around = vars(sys.modules[entry.formula.__module__])

        def filled(option, gap=gap, around=around):
            return written(entry, gap["code"].replace(GAP, f"({option['text']})"), around)

        assert verdict(entry, filled(right)).points == entry.most
        for option in wrong:
            mistake = known[option["name"]]
            assert (option["advice"], option["section"]) == (mistake.advice, mistake.section)
            pairs = zip(
                attempts(filled(option), cases), attempts(mistake.wrong, cases), strict=True
            )
            for came, wanted in pairs:
                assert nearly((), came.value, wanted.value), (gap["code"], option)


def test_the_gaps_of_ridge_are_its_ideas():
    (fit,) = (entry for entry in ENTRIES if entry.name == "ridge.ridge_fit")
    strength, used, intercept = missing(fit)
    assert strength["options"][1] == {
        "text": "lam / n",
        "right": False,
        "name": "λ is not multiplied by n",
        "advice": fit.choices["strength"][0].advice,
        "section": "lambda-and-n",
    }
    assert [option["text"] for option in used["options"]] == [
        "X - X.mean(axis=0)",
        "X",
        "X - X.mean()",
        "X - X.mean(axis=1, keepdims=True)",
    ]
    assert intercept["code"].endswith(f"return w, {GAP}")
    assert strength["helpers"][0]["call"] == "_solve(X, y, penalty)"
