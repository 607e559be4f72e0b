"""Run All, at any time: what is not written yet is named in a sentence, and nothing is an error."""

import ast
import builtins
import re
import symtable

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


def names(source):
    """The names that code sets for the cells after it, and those that it uses and has not set."""
    top = symtable.symtable(source, "cell", "exec")
    sets = {
        name.get_name() for name in top.get_symbols() if name.is_assigned() or name.is_imported()
    }
    used, tables = {name.get_name() for name in top.get_symbols() if name.is_referenced()}, [top]
    while tables:
        inner = tables.pop().get_children()
        used |= {name.get_name() for one in inner for name in one.get_symbols() if name.is_global()}
        tables += inner
    return sets, used - sets


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
        _, used = names(cell.source)
        assert used <= known, cell.id
        at_once = ast.Module([one for one in statements if not waits(one)], [])
        known |= names(ast.unparse(at_once))[0]
        waiting += any(map(waits, statements))
    assert waiting or "when_written" not in known
