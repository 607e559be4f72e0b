"""What CONTRIBUTING.md says is done as it says, in a copy of the course, and then held to all tests
that such a change is held to."""

import re
import shutil

import nbformat
import pytest
from copies import copy_of_the_course, python
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from reglib.repository import path

pytestmark = pytest.mark.long

# What ranges over exercises, assignments, pages, data sets or formats of marks.
HELD = (
    "tests/checks/test_entries.py",
    "tests/exercises/test_forms.py",
    "tests/notebooks/test_release.py",
    "tests/notebooks/test_hints.py",
    "tests/notebooks/test_ridge.py",
    "tests/book/test_pages.py",
    "tests/book/test_quizzes.py",
    "tests/reglib/test_data.py",
    "reglib/data/__init__.py",
    "tests/grader/**/test_release.py",
    "tests/grader/**/test_export.py",
)


def recipe(title):
    """The blocks of code of a section of CONTRIBUTING.md."""
    blocks = []

    def kept(match):
        blocks.append(match[2])
        return f"<{len(blocks) - 1}>"

    page = path("CONTRIBUTING.md").read_text(encoding="utf-8")
    text = re.sub(r"^(`{3,})\w*\n(.*?)^\1$", kept, page, flags=re.DOTALL | re.MULTILINE)
    section = text.split(f"\n## {title}\n")[1].split("\n## ")[0]
    return [blocks[int(number)] for number in re.findall(r"^<(\d+)>$", section, re.MULTILINE)]


def cell(source, grade_id=None, **marks):
    """A cell as *Create Assignment* makes it: its own id is of no meaning."""
    make = new_code_cell if marks.pop("code", True) else new_markdown_cell
    made = make(source.strip())
    if grade_id:
        kind = {"grade": False, "solution": False, "locked": False, "task": False}
        made.metadata["nbgrader"] = {"schema_version": 3, "grade_id": grade_id, **kind, **marks}
    return made


def three_cells(text, answer, check):
    return [
        cell(text, code=False),
        cell(answer, "squared_norm", solution=True),
        cell(check, "check_squared_norm", grade=True, locked=True, points=3),
    ]


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """A copy of the course to which an exercise and an assignment have been added."""
    folder = copy_of_the_course(tmp_path_factory.mktemp("copy") / "course")

    entry, *cells = recipe("Add an exercise")
    (folder / "reglib/exercises/ridge/squared_norm.py").write_text(entry, encoding="utf-8")
    source = folder / "solutions/ridge/ridge.ipynb"
    notebook = nbformat.read(source, 4)
    first = next(i for i, old in enumerate(notebook.cells) if "BEGIN SOLUTION" in old.source)
    notebook.cells[first - 1 : first - 1] = three_cells(*cells)
    nbformat.write(notebook, source)

    facts, imports, question, page, desk, line = recipe("Add an assignment")
    home = folder / "reglib/exercises/norms"
    home.mkdir()
    (home / "__init__.py").write_text(facts, encoding="utf-8")
    own = entry.replace("ridge.squared_norm", "norms.squared_norm")
    (home / "squared_norm.py").write_text(own, encoding="utf-8")
    text, answer, check = cells
    notebook = new_notebook(metadata=notebook.metadata)
    notebook.cells = [
        cell("# Lengths of vectors", code=False),
        cell(imports, "setup", locked=True),
        *three_cells(text, answer, check.replace("ridge.", "norms.")),
        cell(question, "why_squared", code=False, grade=True, solution=True, points=2),
    ]
    (folder / "solutions/norms").mkdir()
    nbformat.write(notebook, folder / "solutions/norms/norms.ipynb")
    (folder / "book/assignments/norms.md").write_text(page, encoding="utf-8")
    (folder / "book/assignments/desk/norms.md").write_text(desk, encoding="utf-8")
    insert(folder / "_toc.yml", line, "  - caption: Reference\n")

    python(folder, "-m", "solutions")  # make exercises

    (line,) = recipe("Add a lesson")
    for skeleton in (folder / "book/_skeleton").iterdir():
        shutil.copy(skeleton, folder / "book/choosing")
    insert(folder / "_toc.yml", line, "      - file: book/choosing/cross-validation\n")

    table, note, loader, line = recipe("Add a data set")
    (folder / "reglib/data/ramp.csv").write_text(table, encoding="utf-8")
    (folder / "reglib/data/ramp.md").write_text(note, encoding="utf-8")
    with (folder / "reglib/data/__init__.py").open("a", encoding="utf-8") as file:
        file.write(f"\n\n{loader}")
    insert(folder / "reglib/__init__.py", line, '    "log_loss": "validation",\n')

    (export,) = recipe("Add an export")
    insert(folder / "grader/plugins/export.py", f"{export}\n\n", "FORMATS = ")
    return folder


def insert(file, text, before):
    """Put a text into a file, before another that stands in it once."""
    old = file.read_text(encoding="utf-8")
    assert old.count(before) == 1
    file.write_text(old.replace(before, text + before), encoding="utf-8")


def passed(folder, *arguments):
    """Run tests of the copy; return the names of those that passed."""
    told = python(folder, "-m", "pytest", "-n", "0", "-rp", "--no-header", *arguments)
    return re.findall(r"^PASSED (.*)$", told, re.MULTILINE)


def test_what_was_added_is_released_without_its_solution(grown):
    for name in ("ridge", "norms"):
        text = (grown / "exercises" / name / f"{name}.ipynb").read_text(encoding="utf-8")
        assert "def squared_norm(w):" in text and f"{name}.squared_norm" in text
        assert "return w @ w" not in text and "For the grader" not in text


@pytest.mark.parametrize("held", HELD)
def test_everything_holds_that_held_before(grown, held):
    files = sorted(str(file.relative_to(grown)) for file in grown.glob(held))
    assert files and passed(grown, *files, "-m", "not long")


def test_what_is_new_was_among_what_was_held(grown):
    files = sorted(str(file.relative_to(grown)) for held in HELD for file in grown.glob(held))
    listed = python(grown, "-m", "pytest", "--collect-only", "-q", *files)
    squared = "ridge.squared_norm", "norms.squared_norm"
    for added in (*squared, "norms", "baseline", "whose-mean", "load_ramp", "blackboard"):
        assert f"[{added}]" in listed
    assert "reglib.data.load_ramp" in listed


def test_the_new_lesson_is_published_and_its_questions_answer(grown):
    """With all others, in a browser."""
    files = "tests/site/test_pages.py", "tests/site/test_quizzes.py"
    names = passed(grown, *files, "-k", "baseline or load_without_error or narrow_window")
    assert len(names) >= 4


def test_the_new_assignment_is_released_submitted_and_checked(grown):
    """By nbgrader, as all others are: with right answers, with none, and with a mistake."""
    names = passed(grown, "tests/notebooks/test_every_assignment.py", "-k", "norms")
    assert len(names) == 3
