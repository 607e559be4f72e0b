"""The exercise that CONTRIBUTING.md adds, added as it says to a copy of the course."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course in which a command imports the copy's own reglib."""
    folder = tmp_path_factory.mktemp("copy") / "course"
    folder.mkdir()
    for name in ("reglib", "solutions", "exercises", "tests", "book"):
        leave_out = shutil.ignore_patterns("__pycache__", "_static", "site", "test_contributing.py")
        shutil.copytree(ROOT / name, folder / name, ignore=leave_out)
    for name in ("pyproject.toml", "nbgrader_config.py"):
        shutil.copy(ROOT / name, folder)

    def python(*arguments):
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(folder)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return folder, python


def nbgrader(grade_id, **metadata):
    kind = {"grade": False, "solution": False, "locked": False, "task": False} | metadata
    return {"nbgrader": {"schema_version": 3, "grade_id": grade_id, **kind}}


def test_an_exercise_is_one_entry_and_three_cells(course):
    folder, python = course
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    entry, answer, check = re.findall(r"```python\n(.*?)```", page, re.DOTALL)

    module = folder / "reglib" / "checks" / "ridge.py"
    source = module.read_text(encoding="utf-8")
    head, assignment = source.split("\nASSIGNMENT = ")
    added = assignment.replace("entries=(", "entries=(_SQUARED_NORM, ", 1)
    assert added != assignment
    module.write_text(f"{head}\n{entry}\n\nASSIGNMENT = {added}", encoding="utf-8")

    example = python(
        "-c",
        "from reglib.exercises import find; from reglib.checks.tell import example;"
        "print(example(find('ridge.squared_norm')))",
    )
    path = folder / "solutions" / "ridge" / "ridge.ipynb"
    notebook = nbformat.read(path, 4)
    first = next(i for i, cell in enumerate(notebook.cells) if "BEGIN SOLUTION" in cell.source)
    notebook.cells[first - 1 : first - 1] = [
        new_markdown_cell(f"## The size of w\n\n```python\n{example}```", id="size-text"),
        new_code_cell(answer, id="size", metadata=nbgrader("size", solution=True)),
        new_code_cell(
            check.strip(),
            id="size-check",
            metadata=nbgrader("size-check", grade=True, locked=True, points=3),
        ),
    ]
    nbformat.write(notebook, path)
    python("-m", "solutions")
    released = (folder / "exercises" / "ridge" / "ridge.ipynb").read_text(encoding="utf-8")
    assert "squared_norm" in released and "return w @ w" not in released

    # The tests that every exercise has to pass, of which none is written for this one.
    told = python("-m", "pytest", "-q", "tests/checks/test_entries.py", "-k", "squared_norm")
    assert int(re.search(r"(\d+) passed", told)[1]) >= 10
    told = python("-m", "pytest", "-q", "tests/grading/test_release.py", "-k", "ridge or made")
    assert int(re.search(r"(\d+) passed", told)[1]) >= 6
