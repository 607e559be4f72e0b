"""Each whole notebook, as a learner who gets it right hands it in, through the sandbox."""

import shutil
from pathlib import Path

import nbformat
import pytest
from params import first_of

from grader.marking.grade import Job, grade, seeds
from grader.sandbox.kernel import Nursery
from grader.submission import release
from reglib.exercises import ASSIGNMENTS, assignment

ROOT = Path(__file__).parents[2]

if not shutil.which("bwrap"):
    pytest.skip("bubblewrap is not installed", allow_module_level=True)


@pytest.mark.parametrize("name", first_of(ASSIGNMENTS))
def test_a_right_notebook_runs_to_its_end_and_earns_all(name):
    released = release.read(ROOT / f"exercises/{name}/{name}.ipynb")
    notebook = nbformat.read(ROOT / f"solutions/{name}/{name}.ipynb", 4)
    drawn = seeds(b"secret", "ada", released, notebook, {})
    with Nursery(assignment(name).available) as nursery:
        text, record = grade(Job(released, nbformat.writes(notebook), "ada", drawn), nursery)
    notebook = nbformat.reads(text, 4)
    assert [(e.points, e.trouble) for e in record.exercises] == [
        (entry.most, "") for entry in assignment(name).entries
    ]
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [output for output in outputs if "This cell was" in output.get("text", "")]
    drawn = [output for output in outputs if "image/png" in output.get("data", {})]
    assert len(drawn) >= sum("plt.subplots(" in cell.source for cell in notebook.cells) > 0
