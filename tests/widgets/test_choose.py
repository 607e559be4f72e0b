"""choose: pictures that a learner's own function draws, one for each option."""

import json

import matplotlib.pyplot as plt
import numpy as np
import pytest

from reglib.widgets import choose, front


def draw(degree, ax):
    ax.plot([0, 1, 2], [0, degree, np.nan], color="red")
    ax.plot([0, 1], [1, 2], "o", color="k")
    ax.set(title=f"degree {degree}", xlabel="x", yscale="log", ylim=(9, 1))


def test_every_option_has_its_picture_and_its_words():
    before = plt.get_fignums()
    shown = choose(draw, "degree", range(1, 4), start=2)
    assert shown.words == [f"degree = {k}. degree {k}." for k in (1, 2, 3)]
    state = shown.state()
    assert state["at"] == 1 and state["_limits"] == {"at": {"least": 0, "most": 2}}
    facts = json.loads(json.dumps(state["_facts"], allow_nan=False))
    assert (facts["name"], facts["options"]) == ("degree", ["1", "2", "3"])
    for k, picture in zip((1, 2, 3), facts["pictures"], strict=True):
        line, mark = picture["curves"]
        assert line == {
            "x": [0, 1, 2], "y": [0, k, None], "colour": "#ff0000", "line": True, "mark": False
        }  # fmt: skip
        assert mark["colour"] == "#000000" and (mark["line"], mark["mark"]) == (False, True)
        assert picture["title"] == f"degree {k}" and picture["x"]["label"] == "x"
        assert picture["y"] == {"kind": "log", "ends": [1.0, 9.0], "label": ""}
    assert plt.get_fignums() == before  # or the notebook would show them all


def test_options_may_be_words_and_a_picture_may_have_no_title():
    shown = choose(lambda option, ax: None, "kind", ["a", "b"])
    assert shown.words == ["kind = a.", "kind = b."]


@pytest.mark.parametrize(
    "other",
    [
        lambda ax: ax.bar([1], [2]),
        lambda ax: ax.scatter([1], [2]),
        lambda ax: ax.axhline(0),
        lambda ax: ax.text(0, 0, "here"),
        lambda ax: ax.imshow([[1]]),
        lambda ax: ax.set_xscale("symlog"),
    ],
)
def test_what_it_cannot_show_is_refused_in_a_sentence(other):
    with pytest.raises(ValueError, match=r"draw them with ax.plot, on scales that are linear"):
        choose(lambda option, ax: other(ax), "degree", [1])


def test_a_function_that_is_not_written_yet_is_named():
    names = {"__name__": "__main__"}
    exec("def mine(degree, ax):\n    raise NotImplementedError", names)
    shown = choose(names["mine"], "degree", [1])
    assert repr(shown) == "This needs `mine`, which is not written yet."
    assert shown._repr_mimebundle_() == {"text/plain": repr(shown)}


def test_all_else_that_goes_wrong_is_raised():
    def abstract(option, ax):
        raise NotImplementedError("of a library")

    with pytest.raises(ZeroDivisionError):
        choose(lambda option, ax: 1 / 0, "degree", [1])
    with pytest.raises(NotImplementedError, match="of a library"):
        choose(abstract, "degree", [1])


def test_where_nobody_sees_widgets_only_the_first_is_drawn(monkeypatch):
    monkeypatch.setenv(front.UNSEEN, "1")
    drawn = []
    shown = choose(lambda option, ax: drawn.append(option), "degree", [1, 2, 3], start=2)
    assert drawn == [2] and repr(shown) == "degree = 2."


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"draw": 3}, "draw is not a function: pass the function itself"),
        ({"options": []}, "options has 0 entries: pass from 1 to 100"),
        ({"options": range(101)}, "options has 101 entries: pass from 1 to 100"),
        ({"start": 4}, "start is 4: pass one of the options"),
    ],
)
def test_bad_arguments_are_named(change, message):
    arguments = {"draw": draw, "name": "degree", "options": [1, 2, 3], **change}
    with pytest.raises(ValueError, match=message):
        choose(**arguments)
