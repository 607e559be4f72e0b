"""A notebook out of the site and in again, by the functions that the pages use, in a browser."""

import json
import re

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbgrader.nbgraderformat import MetadataValidator

from grader.submission.release import read
from grader.submission.repair import repair
from reglib.exercises import ASSIGNMENTS
from reglib.repository import path

WHEEL = "https://school.example/course/downloads/reglib-0.1.0%2Bh0123456789ab-py3-none-any.whl"
PRINTED = {"output_type": "stream", "name": "stdout", "text": "λ = 1\n"}
POINTS = {"output_type": "execute_result", "data": {"text/plain": "6.0"}, "metadata": {}}
each_assignment = pytest.mark.parametrize("name", ASSIGNMENTS)


@pytest.fixture(scope="module")
def js(browser):
    """Call a function of notebook.js."""
    page = browser.new_page()
    source = path("book", "_static", "notebook.js").read_text(encoding="utf-8")
    page.evaluate(
        "async (source) => { window.module ="
        " await import(URL.createObjectURL(new Blob([source], { type: 'text/javascript' }))) }",
        source,
    )
    call = "([name, args]) => window.module[name](...args)"
    yield lambda name, *args: page.evaluate(call, [name, list(args)])
    page.close()


def file_of(name, folder="exercises"):
    return path(folder, name, f"{name}.ipynb")


def release(name="ridge"):
    return json.loads(file_of(name).read_text(encoding="utf-8"))


def solved(name):
    """The cells of the solution that a learner writes in, by their ids."""
    return {
        cell.id: cell.source
        for cell in nbformat.read(file_of(name, "solutions"), 4).cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }


def sources(notebook):
    return {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}


@each_assignment
def test_what_nobody_has_written_in_is_the_release(js, name):
    notebook = js("submission", release(name), {}, {})
    assert notebook == release(name)
    assert js("written", notebook) == file_of(name).read_text(encoding="utf-8")


@each_assignment
def test_a_download_is_what_nbgrader_and_the_grader_take(js, name):
    answers = solved(name)
    outputs = {cell["id"]: [PRINTED, POINTS] for cell in release(name)["cells"][::2]}
    made = js("submission", release(name), answers, outputs)
    file = js("written", js("withInstall", made, WHEEL))

    first, *rest = nbformat.reads(file, 4).cells
    nbformat.validate(nbformat.reads(file, 4))
    MetadataValidator().validate_nb(nbformat.reads(file, 4))
    assert first.id == "install-reglib" and WHEEL in first.source
    for cell, old in zip(rest, release(name)["cells"], strict=True):
        assert (cell.id, cell.cell_type, cell.metadata) == (
            old["id"],
            old["cell_type"],
            old["metadata"],
        )
        assert cell.source == answers.get(cell.id, "".join(old["source"]))
        if cell.cell_type == "code":
            assert len(cell.outputs) == 2 * (cell.id in outputs)
            assert (cell.execution_count is None) == (cell.id not in outputs)

    # The grader sees her answers, and nothing of the cell in front.
    repaired = repair(read(file_of(name)), file.encode())
    assert repaired.remarks == ()
    assert {cell.id: cell.source for cell in repaired.notebook.cells} == sources(made)

    # And the page gets back what it gave.
    again = js("opened", file, release(name))
    assert again["trouble"] == ""
    assert answers.items() <= again["answers"].items()
    assert js("submission", release(name), again["answers"], outputs) == made


def test_what_stands_beside_the_install_line_is_the_learners_own(js):
    notebook = js("withInstall", release(), WHEEL)
    notebook["cells"][0]["source"] += ["\n", "import math"]
    cells = repair(read(file_of("ridge")), json.dumps(notebook).encode()).notebook.cells
    assert cells[0].source.split("\n")[-1] == "import math"
    assert "%pip" not in cells[0].source


@settings(max_examples=60)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_answer_comes_back_as_it_was_written(js, text):
    file = js("written", js("submission", release(), {"ridge_fit": text}, {}))
    assert js("opened", file, release())["answers"]["ridge_fit"] == re.sub("\r\n?", "\n", text)
    nbformat.validate(nbformat.reads(file, 4))


def test_locked_cells_and_text_stay_as_they_were_released(js):
    changed = {cell["id"]: "changed" for cell in release()["cells"]}
    found = sources(js("submission", release(), changed, {}))
    kept = {
        cell["id"]
        for cell in release()["cells"]
        if cell["metadata"].get("nbgrader", {}).get("locked")
        or (cell["cell_type"] == "markdown" and "nbgrader" not in cell["metadata"])
    }
    assert {name for name, source in found.items() if source != "changed"} == kept
    notebook = release()
    for cell in notebook["cells"]:
        cell["source"] = "changed"
    assert set(js("opened", json.dumps(notebook), release())["answers"]) == set(changed) - kept


def with_answer():
    notebook = release()
    cell = next(cell for cell in notebook["cells"] if cell["id"] == "ridge_fit")
    cell["source"] = "mine"
    return notebook, cell


def lose_marks(notebook, cell):
    for other in notebook["cells"]:
        other["metadata"] = {}


def lose_ids(notebook, cell):
    for other in notebook["cells"]:
        del other["id"]


def repeat_the_stub(notebook, cell):
    stub = next(other for other in release()["cells"] if other["id"] == "ridge_fit")
    notebook["cells"].append(stub)


def odd_cells(notebook, cell):
    notebook["cells"] += [None, 3, [], {}, {"cell_type": "code", "source": 7, "metadata": None}]


@pytest.mark.parametrize("change", [lose_marks, lose_ids, repeat_the_stub, odd_cells])
def test_an_answer_is_found_in_a_notebook_that_has_been_through_something(js, change):
    notebook, cell = with_answer()
    change(notebook, cell)
    found = js("opened", json.dumps(notebook), release())
    assert found["answers"]["ridge_fit"] == "mine"
    assert found["trouble"] == ""


def test_cells_of_her_own_are_told(js):
    notebook, _ = with_answer()
    notebook["cells"].append({"cell_type": "code", "id": "own", "metadata": {}, "source": "1 + 1"})
    found = js("opened", json.dumps(notebook), release())
    assert found["answers"]["ridge_fit"] == "mine"
    assert found["trouble"].startswith("A cell that you added is not shown here")


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (json.dumps(release("lasso")), "the assignment lasso: open it on that page"),
        (json.dumps({"cells": [], "nbformat": 4}), "no answers to the assignment ridge"),
        (json.dumps({"cells": [{"cell_type": "code", "source": "1"}]}), "no answers"),
        (json.dumps({"worksheets": [], "nbformat": 3}), "of an old form"),
        (json.dumps(release())[:-500], "broken"),
        (json.dumps({"a": 1}), "has no cells"),
        ("null", "has no cells"),
        ("3", "has no cells"),
        ("[]", "has no cells"),
        ("", "broken, or no notebook"),
        ("\x89PNG", "broken, or no notebook"),
        (" " * (20 * 2**20 + 1), "larger than 20 MB"),
    ],
    ids=range(12),
)
def test_any_other_file_gets_a_sentence_and_changes_nothing(js, file, words):
    found = js("opened", file, release())
    assert found["answers"] == {}
    assert words in found["trouble"] and found["trouble"].endswith("Nothing was changed.")
