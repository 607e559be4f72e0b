"""The pages of the book as it is published, and what they are made of."""

import json
import re
import warnings
from pathlib import Path
from typing import NamedTuple

import matplotlib.pyplot as plt
import myst_nb
import pytest
from reading import calls_itself_a_lesson, options_of
from rules import published

from reglib.repository import path

ROOT = path()


class Cell(NamedTuple):
    """A code cell of a MyST notebook."""

    options: dict
    code: str

    @property
    def tags(self) -> list[str]:
        return self.options.get("tags", [])


class Page(NamedTuple):
    """A page of the book, in the words of its source."""

    path: Path
    text: str

    @property
    def cells(self) -> list[Cell]:
        return [_cell(body) for body in _CELL.findall(self.text)]

    @property
    def prose(self) -> str:
        """What a reader reads: no code, no formulas, no roles but the words they show."""
        text = re.sub(r"\A---\n.*?\n---\n", "", self.text, flags=re.DOTALL)
        for block in (
            r"^(`{3,}).*?^\1$",
            r"^\$\$.*?^\$\$.*?$",
            r"^:[\w-]+:.*?$",
            r"^\([\w-]+\)=$",
            r"^%.*?$",
        ):
            text = re.sub(block, "", text, flags=re.DOTALL | re.MULTILINE)
        text = re.sub(r"\{term\}`([^`<]*?)( <[^`]*>)?`", r"\1", text)
        text = re.sub(r"\{glue:text\}`[^`]*`", "#", text)
        text = re.sub(r"\{[\w:]+\}`[^`]*`|`[^`]*`|\$[^$]*\$", "", text)
        text = re.sub(r"\]\([^)]*\)", "]", text)
        return re.sub(r"^:{3,}(\{[\w-]+\})?", "", text, flags=re.MULTILINE)


_CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def _cell(body: str) -> Cell:
    options, code, _ = options_of(body)
    return Cell(options, code)


def _published() -> list[Page]:
    paths = [ROOT / f"{page}.md" for page in published(ROOT)]
    return [Page(path, path.read_text(encoding="utf-8")) for path in paths]


PAGES = _published()
NO_CHAPTERS = ("book", "assignments", "desk")  # folders of other pages
CHAPTERS = [
    page
    for page in PAGES
    if page.path.parent.name not in NO_CHAPTERS
    and page.path.stem not in ("index", "test-me", "further-reading")  # of a part
    and not calls_itself_a_lesson(page.text)  # see test_lessons.py
]
QUIZZES = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for page in CHAPTERS
    if (path := page.path.with_name(f"{page.path.stem}-quiz.json")).exists()
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each page, chapter or question that it asks for."""
    if "page" in metafunc.fixturenames:
        metafunc.parametrize("page", PAGES, ids=lambda page: page.path.stem)
    if "chapter" in metafunc.fixturenames:
        metafunc.parametrize("chapter", CHAPTERS, ids=lambda page: page.path.stem)
    if "question" in metafunc.fixturenames:
        questions = [question for quiz in QUIZZES.values() for question in quiz]
        metafunc.parametrize("question", questions, ids=lambda question: question["id"])


@pytest.fixture
def ridge() -> Page:
    return next(page for page in CHAPTERS if page.path.stem == "ridge")


@pytest.fixture
def quizzes() -> dict[str, list[dict]]:
    return QUIZZES


@pytest.fixture
def book() -> Path:
    return ROOT / "book"


@pytest.fixture
def pages() -> list[Path]:
    """The sources of all pages that are published."""
    return [page.path for page in PAGES]


@pytest.fixture(scope="module")
def run(request):
    """Run every cell of a module's CHAPTER in order; return what they defined and what they handed
    to the text."""
    page = next(page for page in CHAPTERS if page.path == request.module.CHAPTER)
    defined, glued = {}, {}
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings(), plt.rc_context():
        warnings.simplefilter("error")
        plt.switch_backend("agg")
        patch.setattr(myst_nb, "glue", lambda name, value, display: glued.update({name: value}))
        patch.chdir(page.path.parent)
        for number, cell in enumerate(page.cells):
            exec(compile(cell.code, f"cell {number}", "exec"), defined)
            plt.close("all")
    return defined, glued
