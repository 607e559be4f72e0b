"""The directive `practice`, in a small book: what is there without Python, and what goes wrong."""

import json
import re
import sys

import books
import pytest

from reglib.exercises import find
from reglib.exercises.task import places, task
from reglib.repository import path

NAME = "ridge.ridge_fit"


@pytest.fixture
def small_book(tmp_path, monkeypatch):
    """Build a book of two pages, of which one has the exercise of a name; return its folder.

    With `desk`, it has a desk; else it is said why not, as where a package is missing.
    """
    monkeypatch.syspath_prepend(path("book", "_ext"))
    import desk_files

    def small_book(name, desk=False, builder="html"):
        def lay(target):
            if not desk:
                raise desk_files.NoDesk("a package is missing")

        monkeypatch.setattr(desk_files, "lay", lay)
        source = tmp_path / "source"
        (source / "book").mkdir(parents=True)
        (source / "assignments").mkdir()
        labels = "\n\n".join(f"({label})=\n## {label}" for label in places(find(NAME)))
        pages = {
            "index": "# All\n\n```{toctree}\nbook/lesson\nbook/other\nassignments/ridge\n```",
            "book/lesson": f"# Lesson\n\n```{{practice}} {name}\n```",
            "book/other": f"# Other\n\n{labels}",
            "assignments/ridge": "# Ridge",
        }
        for page, text in pages.items():
            (source / f"{page}.md").write_text(text, encoding="utf-8")
        myst = {"myst_enable_extensions": ["amsmath", "dollarmath"]}
        said = books.build(source, tmp_path, ["myst_parser", "practice"], builder, **myst)
        return tmp_path / "out", said

    yield small_book
    for module in ("practice", "desk_files"):
        sys.modules.pop(module, None)


def test_without_a_desk_there_are_the_task_the_stub_and_a_way_to_go_on(small_book):
    out, said = small_book(NAME)
    html = (out / "book" / "lesson.html").read_text("utf-8")
    assert said == ""
    words = re.sub(r"<[^>]+>", "", html)
    asked = task(find(NAME))
    assert asked["sentence"] in words
    assert "NotImplementedError" in words and "np.array([[0.0], [2.0]])" in words
    assert all(hint["title"] in words for hint in asked["hints"])
    assert 'href="../assignments/ridge.html"' in html
    assert "practice.js" not in html


def test_with_a_desk_one_page_has_its_script_and_addresses_from_there(small_book):
    out, said = small_book(NAME, desk=True)
    html = (out / "book" / "lesson.html").read_text("utf-8")
    assert said == ""
    assert re.search(r'<script type="module" src="\.\./_static/desk/practice\.js', html)
    assert "practice.js" not in (out / "book" / "other.html").read_text("utf-8")
    data = json.loads(re.search(r'<script type="application/json">(.*)</script>', html)[1])
    assert {place["href"] for place in data["places"].values()} == {
        f"other.html#{label}" for label in places(find(NAME))
    }
    assert data["stub"] == task(find(NAME))["stub"]
    assert f'data-exercise="{NAME}"' in html and "practice-solution" in html


def test_in_print_it_is_the_task_and_the_stub(small_book):
    out, said = small_book(NAME, builder="text")
    text = (out / "book" / "lesson.txt").read_text("utf-8")
    assert said == "" and "NotImplementedError" in text and "data-exercise" not in text
    assert "lstsq" not in text  # which is in the solution


def test_an_exercise_that_is_not_there_is_named_with_those_that_are(small_book):
    _, said = small_book("ridge.ridge_fitt")
    assert "no exercise 'ridge.ridge_fitt'" in said and "ridge.ridge_fit," in said
