"""What every entry of every assignment must be."""

import json
import re

import numpy as np
import pytest
from entries import ENTRIES, each_entry, each_entry_in_time

from reglib.checks.entry import Function, Rng
from reglib.checks.run import attempt, fresh
from reglib.checks.tell import tell
from reglib.checks.written import assign, example, plain
from reglib.exercises import ASSIGNMENTS, assignment, find
from reglib.repository import path, titles


def one_line(text):
    return " ".join(text.split())


def test_names_are_unique_and_found():
    for name in ASSIGNMENTS:
        for entry in assignment(name).entries:
            assert entry.name == f"{name}.{entry.function}"
            assert find(entry.name) is entry
        places = [entry.place for entry in assignment(name).entries]
        assert places == sorted(set(places))
    assert len({entry.name for entry in ENTRIES}) == len(ENTRIES)
    with pytest.raises(LookupError, match="'ridge'"):
        find("ridge")
    with pytest.raises(LookupError, match="assignments are " + ", ".join(ASSIGNMENTS)):
        find("nothing.at_all")


@each_entry
def test_cases_and_rubric_fit_together(entry, seeds):
    for seed in seeds:
        first, *graded = entry.draw(seed)
        assert first.behaviour == "" and first.args is entry.example
        assert {case.behaviour for case in graded} == set(entry.rubric)
        assert all(len(case.args) == len(entry.arguments) for case in graded)
    assert all(points > 0 for points in entry.rubric.values())
    assert len(entry.known) >= 4
    assert all(find(name) in ENTRIES for name in entry.builds_on)


@each_entry
def test_cases_follow_the_seed(entry):
    def drawn(seed):
        return repr([case.args for case in entry.draw(seed)[1:]])

    assert drawn(None) == drawn(None)
    assert drawn(7) == drawn(7)
    assert len({drawn(None), drawn(7), drawn(8)}) == 3


@each_entry
def test_a_printed_case_can_be_pasted(entry):
    for case in entry.draw():
        for name, value in zip(entry.arguments, case.args, strict=True):
            scope = {"np": np}
            exec(assign(name, value), scope)
            if isinstance(value, Rng):
                assert scope[name].bit_generator.state == value.make().bit_generator.state
            elif isinstance(value, Function):
                assert scope[name].__code__.co_code == value.make().__code__.co_code
            else:
                assert _is_same(scope[name], value)


def _is_same(pasted, value):
    if isinstance(value, list | tuple):
        pairs = zip(pasted, value, strict=True)
        return type(pasted) is type(value) and all(_is_same(*pair) for pair in pairs)
    same_type = np.asarray(pasted).dtype == np.asarray(value).dtype
    return same_type and np.array_equal(pasted, value)


@each_entry
def test_the_example_is_a_session_that_its_reference_answers(entry):
    *session, output = example(entry).split(f">>> {entry.call}\n")
    scope = {"np": np, "array": np.array, entry.function: entry.reference}
    exec("".join(session).replace(">>> ", ""), scope)
    assert repr(plain(eval(entry.call, scope))) == output


@each_entry
def test_the_reference_has_full_marks(entry, verdict, seeds):
    for seed in seeds:
        judged = verdict(entry, entry.reference, seed)
        assert judged.points == entry.most and type(judged.points) is float
        assert not judged.faults and not judged.conditions
    head = f"{entry.function}: {entry.most:g} of {entry.most:g} points. Right in all"
    assert tell(judged).startswith(head)


@each_entry_in_time
def test_what_does_nothing_earns_nothing(entry, verdict):
    def stub(*args):
        raise NotImplementedError

    def empty(*args):
        """Not even a body."""

    def constant(number):
        return lambda *args: _like(attempt(entry.reference, args).value, number)

    def echo(*args):
        return args[: len(entry.returns)]

    for nothing in (stub, empty, constant(0.0), constant(1.0), echo):
        for seed in (None, 1, 2):
            judged = verdict(entry, nothing, seed)
            assert judged.points == 0.0 and type(judged.points) is float
    assert "It is not written yet" in tell(verdict(entry, stub))
    assert "It returned nothing (None)" in one_line(tell(verdict(entry, empty)))


def _like(value, number):
    """An answer of the right form that is the same number throughout."""
    if isinstance(value, list | tuple):
        return type(value)(_like(part, number) for part in value)
    return np.full(np.shape(value), number)


@each_entry
def test_the_formula_is_right_when_nothing_is_chosen(entry, verdict, seeds):
    for seed in seeds if entry.formula else ():
        assert verdict(entry, entry.formula, seed).points == entry.most


@each_entry
def test_names_of_mistakes_differ(entry):
    names = [m.name for m in entry.known]
    assert len(names) == len(set(names))


@each_entry_in_time
def test_feedback_has_the_name_first_and_is_short(entry, verdict, seeds):
    """No mistake takes more than 25 lines to tell."""
    lengths = []
    for m in entry.known:
        judged = verdict(entry, m.wrong, seeds[0])
        text, m = tell(judged), judged.misconception  # an equal one may come before it
        assert f"what you get when {m.name}. Next: {m.advice}" in one_line(text)
        assert "Reread: “{}”, in “{}”.".format(*titles(m.section)) in one_line(text)
        assert "Traceback" not in text and "/" + "reglib" not in text
        lines = text.splitlines()
        assert max(map(len, lines)) <= 300, text
        lengths.append(len(lines))
    assert max(lengths) <= 25


@each_entry
def test_cited_sections_are_sections_of_the_book(entry):
    for label in (entry.section, *(m.section for m in entry.known)):
        assert re.fullmatch("[a-z]+(-[a-z]+)*", label)  # words, in case there is no book to look in
        assert titles(label), label


@each_entry
def test_twins_are_questions_of_the_book_on_mistakes_of_the_entry(entry):
    assert set(entry.twins) <= {m.name for m in entry.known}
    for place in entry.twins.values():
        page, _, question = place.partition("#")
        quiz = json.loads(path(f"{page}-quiz.json").read_text("utf-8"))
        assert question in {one["id"] for one in quiz}


@each_entry
def test_names_and_advice_read_as_sentences(entry):
    for m in entry.known:
        assert not m.name.endswith(".")
        assert m.name[0] == m.name[0].lower() or len(m.name.split()[0]) <= 3  # X, Xw, XᵀX
        assert m.advice[0] == m.advice[0].lower() and m.advice[-1] in ".?"
    for case in entry.draw():
        assert not (case.must or entry.must).endswith(".")


@each_entry
def test_w_is_compared_only_where_right_methods_agree(entry, seeds):
    for seed in seeds:
        for case in entry.draw(seed)[1:]:
            X = fresh(case.args)[entry.arguments.index("X")] if "X" in entry.arguments else None
            if X is not None:
                s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
                kept = s[s > 1e-9 * s[0]]
                assert kept[0] <= 50 * kept[-1]
