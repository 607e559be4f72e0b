"""Run All, at any time: what is not written yet is named in a sentence, and nothing is an error."""

import ast
import builtins
import re

import nbformat
import pytest
from nbclient import NotebookClient
from patience import HANG

from reglib.exercises import ASSIGNMENTS, assignment
from reglib.repository import path

NEEDS = re.compile(r"This needs `(\w+)`, which is not written yet\.")


def cells(folder, name):
    return nbformat.read(path(folder, name, f"{name}.ipynb"), 4)


def own(cell):
    """Whether a cell is a demonstration: neither graded nor an answer."""
    return cell.cell_type == "code" and "nbgrader" not in cell.metadata


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_an_untouched_release_runs_without_an_error(name):
    notebook = cells("exercises", name)
    NotebookClient(notebook, timeout=HANG, kernel_name="python3").execute()
    functions = {entry.function for entry in assignment(name).entries}
    waiting = set()
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            kind = output.output_type, output.get("name")
            assert kind != ("stream", "stderr") and output.output_type != "error", (cell.id, output)
        if not own(cell):
            continue
        said = "".join(
            output.get("text", output.get("data", {}).get("text/plain", ""))
            for output in cell.get("outputs", [])
        )
        named = NEEDS.findall(said)
        calls = {node.id for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Name)}
        if "when_written():" in cell.source or calls & functions:
            assert len(named) == 1 and named[0] in functions, (cell.id, said)
            assert not any("image/png" in out.get("data", {}) for out in cell.outputs), cell.id
            waiting |= set(named)
    assert waiting or "when_written" not in "".join(cell.source for cell in notebook.cells)


def bound(nodes):
    """The names that some statements set, define, import or take."""
    found = set()
    for node in (inner for outer in nodes for inner in ast.walk(outer)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).split(".")[0])
    return found


def waits(statement):
    return isinstance(statement, ast.With) and "when_written" in ast.unparse(statement.items[0])


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_a_demonstration_uses_nothing_that_another_sets_only_when_all_is_written(name):
    """Or it would end in a `NameError`, whichever of the functions are written and it uses."""
    known, waiting = {*dir(builtins), "display"}, 0
    for cell in cells("solutions", name).cells:
        if cell.cell_type != "code":
            continue
        statements = ast.parse(cell.source).body
        used = {
            node.id
            for statement in statements
            for node in ast.walk(statement)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
        assert used - bound(statements) <= known, cell.id
        known |= bound(statement for statement in statements if not waits(statement))
        waiting += any(map(waits, statements))
    assert waiting or "when_written" not in known
