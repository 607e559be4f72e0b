"""The line that learners run."""

import copy
import pickle
import subprocess
import sys

import numpy as np
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade
from patience import HANG

from reglib.check import Points, check
from reglib.checks import run
from reglib.exercises import assignment, find

FIT = find("ridge.ridge_fit")


@pytest.fixture(autouse=True)
def new_session(monkeypatch):
    monkeypatch.setattr("reglib.check._unfinished", set())
    monkeypatch.setattr("reglib.check._earned", {})


def is_read_as(points, value):
    """Whether nbgrader reads the points from what a cell shows of them: it takes the text."""
    return isinstance(points, float) and repr(points) == str(points) == repr(value)


def test_points_read_as_a_plain_float(capfd):
    points = check("ridge.ridge_fit", FIT.reference)
    assert points == 6.0 and is_read_as(points, 6.0)
    said = f"ridge_fit: 6 of 6 points. Right in all {len(FIT.draw())} cases.\n"
    assert capfd.readouterr() == (said, "")


@pytest.mark.parametrize(
    ("name", "function", "sentence"),
    [
        ("ridge.rigde_fit", FIT.reference, "There is no exercise 'ridge.rigde_fit': try ridge."),
        ("ridge", FIT.reference, "There is no exercise 'ridge': try ridge."),
        ("lasagne.fit", FIT.reference, "There is no assignment 'lasagne': the assignments are"),
        (7, FIT.reference, "There is no assignment '7'"),
        ("ridge.ridge_fit", (np.ones(2), 1.0), "The second argument is not a function."),
        ("ridge.ridge_fit", None, "without calling it: check("),
    ],
)
def test_a_wrong_call_gets_a_sentence(capfd, name, function, sentence):
    points = check(name, function)
    assert points == 0.0 and is_read_as(points, 0.0)
    out, err = capfd.readouterr()
    assert sentence in out and err == ""


def test_nothing_reaches_stderr_and_no_traceback_is_shown(capfd, monkeypatch):
    monkeypatch.setattr(run, "SECONDS", 0.2)

    def loops(X, y, lam):
        while True:
            pass

    def warns(X, y, lam):
        return X[0] / 0, np.log(-1.0)

    def overflows(X, y, lam):
        return np.full(X.shape[1], 1.7e308), -1.7e308

    def overflows_in_the_other_direction(X, y, lam):
        return np.full(X.shape[1], -1.7e308), FIT.reference(X, y, lam)[1]

    overflowing = overflows, overflows_in_the_other_direction
    for function in (
        loops,
        warns,
        *overflowing,
        lambda: None,
        lambda X, y, lam: 1 / 0,
        FIT.reference,
    ):
        check("ridge.ridge_fit", function)
    out, err = capfd.readouterr()
    assert err == "" and "Traceback" not in out


def test_in_the_sandbox_nothing_is_checked(capfd, monkeypatch):
    monkeypatch.setenv("REGLIB_SANDBOX", "1")
    assert check("ridge.ridge_fit", FIT.reference) == 0.0
    said = "ridge.ridge_fit is not checked here, but when the whole notebook has run.\n"
    assert capfd.readouterr() == (said, "")


@pytest.mark.parametrize("missing", ["numpy", "reglib.checks.judge", "reglib.exercises"])
def test_an_installation_that_is_not_whole_is_no_sandbox(capfd, monkeypatch, missing):
    for module in [module for module in sys.modules if module.startswith("reglib.checks")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, missing, None)
    assert check("ridge.ridge_fit", FIT.reference) == 0.0
    said, err = capfd.readouterr()
    assert said.startswith("ridge.ridge_fit is not checked, because this reglib is not whole: ")
    assert missing in said and "In a terminal, run this line" in said and err == ""


def test_what_judges_knows_no_exercise():
    code = (
        "import sys, reglib.checks.judge, reglib.checks.run, reglib.checks.tell;"
        "print(*[m for m in sys.modules if m.startswith('reglib.exercises')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_only_the_exercise_that_is_checked_is_loaded():
    code = (
        "import sys; from reglib.exercises import find; find('lasso.soft_threshold');"
        "print(*[m for m in sys.modules if m.startswith('reglib.exercises.lasso.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["reglib.exercises.lasso.soft_threshold"]


def test_it_says_what_to_mend_first(capfd):
    def ridge_objective(*args):
        return None

    def calls(*args):
        return ridge_objective(*args), 0.0

    def does_not_call(*args):
        return None

    check("ridge.ridge_objective", ridge_objective)
    check("ridge.ridge_gradient", does_not_call)
    assert "It calls" not in capfd.readouterr().out
    check("ridge.ridge_gradient", calls)
    assert "It calls ridge_objective, which is not right yet either" in capfd.readouterr().out
    check("ridge.ridge_objective", find("ridge.ridge_objective").reference)
    check("ridge.ridge_gradient", calls)
    assert "It calls" not in capfd.readouterr().out


def test_points_can_be_copied_and_counted_with():
    points = Points(2.5, "2.5 of 3 points.")
    for same in (copy.copy(points), copy.deepcopy(points), pickle.loads(pickle.dumps(points))):
        assert same == 2.5 and same.sentence == points.sentence
    assert type(points + 1) is float


def test_another_seed_draws_other_cases(capfd):
    known = {repr(case.args): case.args for case in FIT.draw()}

    def remembering(X, y, lam):
        return FIT.reference(X, y, lam) if repr((X, y, lam)) in known else (X[0], 0.0)

    assert check("ridge.ridge_fit", remembering) == 6.0
    assert check("ridge.ridge_fit", remembering, seed=1) == 0.0


def test_importing_it_brings_no_model_and_no_reference():
    code = "import sys, reglib.check; print(*sorted(m for m in sys.modules if 'reglib' in m))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["reglib", "reglib.check"]


NOTEBOOK = """
import numpy as np
from reglib.check import Points, check

def ridge_objective(w, b, X, y, lam):
    residual = y - b - X @ w
    return residual @ residual / (2 * len(y)) + lam * w @ w
----
check("ridge.ridge_objective", ridge_objective)
----
check("ridge.ridge_objective", ridge_objective); "and more"
----
def ridge_gradient(w, b, X, y, lam):
    residual = y - b - X @ w
    return -X.T @ residual / len(y) + lam * w, -residual.mean()

points = check("ridge.ridge_gradient", ridge_gradient)
----
points
----
check("ridge.ridge_gradient", ridge_gradient, seed=7)
----
check("ridge.nothing", ridge_gradient)
"""


def outputs_in_jupyter(text):
    """What each cell shows in a kernel of its own."""
    notebook = new_notebook(cells=[new_code_cell(source.strip()) for source in text.split("----")])
    NotebookClient(notebook, timeout=HANG, startup_timeout=HANG).execute()
    return [cell.outputs for cell in notebook.cells]


def test_jupyter_shows_html_and_progress_and_nbgrader_reads_the_points():
    _, last, not_last, kept, value, other_seed, unknown = outputs_in_jupyter(NOTEBOOK)
    most = sum(entry.most for entry in assignment("ridge").entries)

    shown, result = last
    assert shown.output_type == "display_data" and result.output_type == "execute_result"
    assert shown.data["text/html"].startswith('<div class="verdict verdict-wrong">')
    assert "<li" in shown.data["text/html"]
    text = shown.data["text/plain"]
    assert text.startswith("ridge_objective: 1 of 3 points.\nYour answers match")
    assert result.data["text/plain"] == "1.0"
    assert f"ridge: 1 of {most:g} points so far." in result.data["text/html"]
    assert "1.0" not in result.data["text/html"]
    cell = new_code_cell("", outputs=last)
    cell.metadata.nbgrader = {"grade": True, "points": 3, "grade_id": "check", "solution": False}
    assert determine_grade(cell) == (1.0, 3.0)

    shown, result = not_last
    assert shown.data["text/plain"] == text and "and more" in result.data["text/plain"]
    [shown] = kept
    assert "ridge_gradient: 4 of 4 points." in shown.data["text/html"]
    [result] = value
    assert f"ridge: 5 of {most:g} points so far." in result.data["text/html"]
    assert f"ridge: 5 of {most:g} points so far." in other_seed[1].data["text/html"]
    printed, result = unknown
    assert "There is no exercise 'ridge.nothing'" in printed.text
    assert "No points." in result.data["text/html"] and result.data["text/plain"] == "0.0"
