"""Every cell of a solved notebook shows in the page what it shows in Jupyter."""

from itertools import groupby

import nbformat
import pytest
from nbclient import NotebookClient
from patience import HANG

from reglib.exercises import ASSIGNMENTS
from reglib.repository import path
from reglib.widgets import front

# Forms that the page has of its own, and what stands for each of them in Jupyter.
FORMS = {
    "image/svg+xml": "image/png",
    front.MIME: "application/vnd.jupyter.widget-view+json",
}


def kinds(outputs):
    """The kinds of a cell's outputs as Jupyter would call them; a stream in pieces counts once."""

    def kind(output):
        if output["output_type"] == "stream":
            return "stream", output["name"]
        if output["output_type"] == "error":
            return "error", output["ename"]
        return output["output_type"], *sorted(FORMS.get(form, form) for form in output["data"])

    found = [(kind(output), output["output_type"] == "stream") for output in outputs]
    return [one for (one, streamed), same in groupby(found) for _ in ([one] if streamed else same)]


@pytest.fixture
def run(browser, desk, serve):
    """Run a cell in the page."""
    page = browser.new_page()
    page.goto(serve(desk) + "engine.html")
    page.wait_for_function("window.engine")
    yield lambda code: page.evaluate("([c, seconds]) => run(c, { seconds })", [code, HANG])
    page.close()


@pytest.mark.long
@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_same_outputs_as_in_jupyter(run, name, tmp_path):
    notebook = nbformat.read(path("solutions", name, f"{name}.ipynb"), 4)
    here = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=HANG, allow_errors=True, resources=here).execute()
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    jupyter = {cell.id: kinds(cell.outputs) for cell in cells}
    page = {cell.id: kinds(run(cell.source)["outputs"]) for cell in cells}
    assert page == jupyter
    shown = {kind for found in jupyter.values() for kind in found}
    assert {output for output, *_ in shown} >= {"stream", "display_data", "execute_result"}
    assert not [kind for kind in shown if kind[0] == "error"]
