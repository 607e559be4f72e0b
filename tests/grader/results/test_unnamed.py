"""Answers that the checks have no name for."""

import json
from dataclasses import replace

from grader.record import Exercise, Record
from grader.results.unnamed import to_json, unnamed, without_comments

WRONG = Exercise(
    name="ridge.ridge_fit",
    cell="check_ridge_fit",
    points=2.0,
    most=6.0,
    misconception="",
    where="",
    fault="wrong",
    trouble="",
    answer="",
    text="",
    seen="w is right in every case: only b is not.",
    source="def ridge_fit(X, y, lam):\n    '''By Eve.'''\n    return w, 7  # Eve\n",
)


def records(*answers):
    return [
        Record("ridge", f"s{i}", "ridge", "", True, 1.0, (), (answer,))
        for i, answer in enumerate(answers)
    ]


def test_the_largest_group_comes_first_with_the_shortest_of_its_answers():
    longer = replace(WRONG, source=WRONG.source + "\n\nx = 1")
    other = replace(WRONG, points=1.0)
    found = unnamed(records(other, longer, WRONG))
    assert [group.students for group in found] == [("s1", "s2"), ("s0",)]
    assert found[0].source == "def ridge_fit(X, y, lam):\n    return (w, 7)"
    assert found[0].function == "ridge_fit" and found[0].seen == WRONG.seen


def test_what_is_right_or_has_a_name_is_no_part_of_it():
    assert unnamed(records(replace(WRONG, source=""))) == []


def test_what_is_passed_on_names_nobody():
    told = to_json(unnamed(records(WRONG, WRONG)))
    assert json.loads(told) == [
        {
            "exercise": "ridge.ridge_fit",
            "students": 2,
            "points": 2.0,
            "seen": WRONG.seen,
            "answer": "def ridge_fit(X, y, lam):\n    return (w, 7)",
        }
    ]
    assert "Eve" not in told and "s0" not in told


def test_what_is_no_code_is_left_out():
    assert without_comments("Eve: (") == without_comments("(" * 10_000) == ""
