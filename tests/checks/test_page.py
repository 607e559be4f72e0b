"""What the page of the book is told of a check."""

import json
from functools import partial

import numpy as np
import pytest
from entries import each_entry

from reglib.checks import page
from reglib.checks.entry import BESIDES
from reglib.checks.tell import tell
from reglib.exercises import find
from reglib.exercises.task import places, task

FIT = task(find("ridge.ridge_fit"))["solution"]


def test_an_index_may_have_an_ellipsis():
    assert on_cell(FIT.replace("X.shape", "X[..., :].shape"))["kind"] == "right"


def on_cell(source, **more):
    return page.verdict_on_cell("ridge.ridge_fit", source, {"np": np}, **more)


@each_entry
def test_a_verdict_is_plain_data_and_says_what_the_check_says(entry, verdict):
    known = {
        label: {
            "title": place["title"],
            "chapter": place["chapter"],
            "href": f"../{place['page']}.html#{label}",
        }
        for label, place in places(entry).items()
    }
    for function in (entry.reference, entry.known[0].wrong):
        told = page.verdict(entry.name, function, places=known)
        assert json.loads(json.dumps(told))["text"] == told["text"]
        judged = verdict(entry, function)
        assert told["text"] == tell(judged)
        assert (told["points"], told["most"]) == (judged.points, entry.most)
        assert told["exercise"] == entry.name
        mistake = judged.misconception
        assert told["name"] == (mistake.name if mistake else None)
        assert (told["first"] == told["whole"]) == (mistake is None)
        assert told["twin"] == (entry.twins.get(mistake.name) if mistake else None)
        assert told["fault"] == (f"{entry.name}: {mistake.name}" if mistake else "")
        if mistake:
            assert f'<a href="{known[mistake.section]["href"]}">' in told["whole"]


@pytest.mark.parametrize(
    ("source", "said", "action"),
    [
        (
            FIT.replace("lam):", "lam:"),
            "Python cannot read line 1",
            "a bracket or a quote may be left open",
        ),
        ("def ridge_fit(X, y, lam):\nreturn 1", "Python cannot read line 2", "four spaces"),
        ("a\0b", "Python cannot read ", ""),
        (
            "# nothing",
            "There is no function ridge_fit here.",
            "keep the line `def ridge_fit(X, y, lam):`",
        ),
        (
            FIT.replace("ridge_fit", "my_fit"),
            "There is no function ridge_fit here, but there is my_fit.",
            "keep the line `def ridge_fit(X, y, lam):`",
        ),
        ("ridge_fit = 3", "There is no function ridge_fit here.", "keep the line"),
        ("import pandas_of_mine\n" + FIT, "The cell raised ModuleNotFoundError", "NumPy"),
        ("x = nmae\n" + FIT, 'in line 1: "x = nmae"', "give it a value"),
        (
            "def ridge_fit(X, y, lam):\n    w = ...\n    return w, ...",
            "Line 2 still has `...`",
            "its place",
        ),
        (
            "def ridge_fit(X, y, lam):\n    return X.mean(...)",
            "Line 2 still has `...`",
            "its place",
        ),
        ("raise SystemExit", "The cell raised SystemExit", "mend that line"),
        ("raise KeyboardInterrupt", "The cell raised KeyboardInterrupt", "mend that line"),
    ],
)
def test_a_cell_without_a_function_to_check_gets_a_sentence(capfd, source, said, action):
    told = on_cell(source)
    assert told["kind"] == "cell" and told["points"] == 0.0
    assert said in told["told"]["cause"][0] and action in told["told"]["action"]
    assert told["fault"] and told["first"] == told["whole"] and told["name"] is None
    assert "Traceback" not in told["text"] and capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "signature", ["ridge_fit(X, y)", "ridge_fit(X, y, lam, more)", "ridge_fit()"]
)
def test_a_missing_parameter_gets_the_line_to_keep(signature):
    told = on_cell(f"def {signature}:\n    return 0")
    assert told["kind"] == "raised"
    assert "keep the line `def ridge_fit(X, y, lam):` as it was." in told["told"]["action"]


def test_an_earlier_version_is_not_checked_in_place_of_a_renamed_one():
    scope = {"np": np}
    assert page.verdict_on_cell("ridge.ridge_fit", FIT, scope)["points"] == 6.0
    renamed = FIT.replace("ridge_fit", "other")
    assert page.verdict_on_cell("ridge.ridge_fit", renamed, scope)["kind"] == "cell"


def test_a_line_of_the_cell_is_quoted():
    told = on_cell("def ridge_fit(X, y, lam):\n    w = X @ y\n    return w, 0 / 0\n")
    assert 'in line 2: "w = X @ y"' in " ".join(told["text"].split())


def test_what_the_cell_prints_is_not_shown(capfd):
    assert on_cell("print('noise')\n" + FIT)["points"] == 6.0
    assert capfd.readouterr() == ("", "")


def test_the_stub_is_told_where_to_write():
    told = on_cell(task(find("ridge.ridge_fit"))["stub"])
    assert told["kind"] == "unwritten"
    assert "cell above" not in told["whole"] and "example" in told["whole"]


def test_it_says_what_to_mend_first():
    source = "def ridge_path(X, y, lams):\n    return ridge_fit(X, y, lams[0])\n"
    scope = {"np": np, "ridge_fit": lambda X, y, lam: (X[0], 0.0)}
    told = page.verdict_on_cell("ridge.ridge_path", source, scope, unfinished=["ridge.ridge_fit"])
    assert "It calls ridge_fit, which is not right yet either" in told["whole"]
    assert "It calls" not in page.verdict_on_cell("ridge.ridge_path", source, scope)["whole"]


def test_an_unknown_exercise_is_refused():
    with pytest.raises(LookupError, match="There is no exercise"):
        page.verdict("ridge.nothing", len)


def test_a_mistake_brings_its_twin_and_two_at_once_bring_that_of_the_first():
    entry = find("ridge.ridge_fit")
    strengths, used = entry.choices["strength"], entry.choices["used"]
    alone = partial(entry.formula, strength=strengths[0].value)
    assert page.verdict(entry.name, alone)["twin"] == "book/penalties/ridge#pencil"
    both = partial(entry.formula, strength=strengths[0].value, used=used[1].value)
    told = page.verdict(entry.name, both)
    assert told["name"] == f"{strengths[0].name}{BESIDES}{used[1].name}"
    assert told["twin"] == "book/penalties/ridge#pencil"
