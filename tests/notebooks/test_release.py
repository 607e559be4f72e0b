"""What is released is what the sources say, and says nothing that it should not."""

import ast
import filecmp
import re
import subprocess
import sys

import nbformat
import pytest

from reglib.checks.written import example
from reglib.exercises import ASSIGNMENTS, assignment
from reglib.repository import path

each_assignment = pytest.mark.parametrize("name", ASSIGNMENTS)


def read(folder, name):
    return nbformat.read(path(folder, name, f"{name}.ipynb"), 4)


def graded(notebook):
    return [cell for cell in notebook.cells if "nbgrader" in cell.metadata]


def checks(notebook):
    """The autograded cells, by the call that they make."""
    return {
        cell.source: cell
        for cell in graded(notebook)
        if cell.metadata.nbgrader.grade and not cell.metadata.nbgrader.solution
    }


def files(folder):
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def test_exercises_are_what_nbgrader_makes_of_solutions(tmp_path):
    subprocess.run([sys.executable, "-m", "solutions", tmp_path / "made"], cwd=path(), check=True)
    made, kept = tmp_path / "made", path("exercises")
    assert files(made) == files(kept), "run `make exercises`"
    same, *different = filecmp.cmpfiles(made, kept, files(made), shallow=False)
    assert same == files(made) and different == [[], []], "run `make exercises`"


def test_every_assignment_has_a_source():
    folders = {entry.name for entry in path("solutions").iterdir() if entry.is_dir()}
    assert folders - {"__pycache__"} == set(ASSIGNMENTS)


@each_assignment
def test_no_solution_is_released(name):
    released = {cell.id: cell for cell in read("exercises", name).cells}
    answers = 0
    for cell in read("solutions", name).cells:
        regions = re.findall(r"BEGIN SOLUTION\n(.*?)### END SOLUTION", cell.source, re.DOTALL)
        answers += len(regions)
        for line in "".join(regions).splitlines():
            if len(line.strip()) > 3:
                assert line.strip() not in released[cell.id].source
    assert answers >= len(assignment(name).entries)
    for cell in released.values():
        assert "SOLUTION" not in cell.source and "For the grader" not in cell.source
        assert cell.cell_type != "code" or (not cell.outputs and cell.execution_count is None)


@each_assignment
@pytest.mark.parametrize("folder", ["solutions", "exercises"])
def test_checks_and_points_are_those_of_the_entries(name, folder):
    entries = assignment(name).entries
    found = checks(read(folder, name))
    assert list(found) == [f'check("{entry.name}", {entry.function})' for entry in entries]
    for entry, cell in zip(entries, found.values(), strict=True):
        assert cell.metadata.nbgrader.points == entry.most
        assert cell.metadata.nbgrader.locked and cell.metadata.nbgrader.schema_version == 3


@each_assignment
@pytest.mark.parametrize("folder", ["solutions", "exercises"])
def test_grade_ids_and_cell_ids_are_unique(name, folder):
    notebook = read(folder, name)
    nbformat.validate(notebook)
    ids = [cell.metadata.nbgrader.get("grade_id") for cell in graded(notebook)]
    assert all(ids) and len(set(ids)) == len(ids)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


@each_assignment
def test_each_stub_stands_below_its_example(name):
    cells = read("exercises", name).cells
    for entry in assignment(name).entries:
        (at,) = (i for i, cell in enumerate(cells) if f"def {entry.call}:" in cell.source)
        assert f"```python\n{example(entry)}\n```" in cells[at - 1].source
        assert "raise NotImplementedError" in cells[at].source
        assert cells[at + 1].source.startswith("check(")


@each_assignment
def test_there_is_a_question_to_grade_by_hand(name):
    questions = [
        cell
        for cell in graded(read("solutions", name))
        if cell.metadata.nbgrader.grade and cell.metadata.nbgrader.solution
    ]
    assert questions
    for cell in questions:
        assert cell.cell_type == "markdown" and "For the grader" in cell.source


@each_assignment
def test_only_available_modules_are_imported(name):
    allowed = {f"reglib.{module}" for module in assignment(name).available}
    code = "\n".join(c.source for c in read("solutions", name).cells if c.cell_type == "code")
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            modules = {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            modules = {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        else:
            continue
        for module in modules:
            if module.startswith("reglib"):
                assert any(module.startswith(a) or a.startswith(module) for a in allowed), module
