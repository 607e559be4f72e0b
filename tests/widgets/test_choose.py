"""choose: pictures that a learner's own function draws, one for each option."""

import xml.etree.ElementTree as ET

import matplotlib.pyplot as plt
import pytest

from reglib.widgets import choose, front


def draw(degree, ax):
    ax.plot([0, 1], [0, degree], gid=f"line{degree}")
    ax.set(title=f"degree {degree}")


def test_every_option_has_its_picture_and_its_words():
    before = plt.get_fignums()
    shown = choose(draw, "degree", range(1, 4), start=2)
    assert shown.words == [f"degree = {k}. degree {k}." for k in (1, 2, 3)]
    state = shown.state()
    assert state["at"] == 1 and state["_limits"] == {"at": {"least": 0, "most": 2}}
    facts = state["_facts"]
    assert (facts["name"], facts["options"]) == ("degree", ["1", "2", "3"])
    for k, picture in zip((1, 2, 3), facts["pictures"], strict=True):
        ET.fromstring(picture)
        assert f'id="line{k}"' in picture
    assert plt.get_fignums() == before  # or the notebook would show them all


def test_options_may_be_words_and_a_picture_may_have_no_title():
    shown = choose(lambda option, ax: None, "kind", ["a", "b"])
    assert shown.words == ["kind = a.", "kind = b."]


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
        ({"options": []}, "options has 0 entries: pass from 1 to 60"),
        ({"options": range(61)}, "options has 61 entries: pass from 1 to 60"),
        ({"start": 4}, "start is 4: pass one of the options"),
    ],
)
def test_bad_arguments_are_named(change, message):
    arguments = {"draw": draw, "name": "degree", "options": [1, 2, 3], **change}
    with pytest.raises(ValueError, match=message):
        choose(**arguments)
