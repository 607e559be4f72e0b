"""A class of four in a temporary course folder, taken from release to feedback by nbgrader."""

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import matplotlib
import nbformat
import pytest
from stock import STOCK

from reglib.repository import path

PARTLY_RIGHT = {
    "ridge_objective": """
        import sys, warnings

        def ridge_objective(w, b, X, y, lam):
            print("a word on stderr", file=sys.stderr)
            warnings.warn("and a warning")
            residual = y - b - X @ w
            return residual @ residual / (2 * len(y)) + lam / 2 * w @ w

        warnings.warn("this one reaches the notebook")
        """,
    "ridge_gradient": """
        def ridge_gradient(w, b, X, y, lam):
            residual = y - b - X @ w
            return -X.T @ residual / len(y), -residual.mean()
        """,
    "ridge_fit": """
        def ridge_fit(X, y, lam):
            m = X.mean(axis=0)
            Xc = X - m
            A = Xc.T @ Xc + lam * np.eye(X.shape[1])
            w = np.linalg.lstsq(A, Xc.T @ y, rcond=1e-12)[0]
            return w, y.mean() - m @ w

        mine = check("ridge.ridge_fit", ridge_fit)
        """,
    "standardize": """
        def standardize(X_train, X_new):
            def scaled(X):
                s = X.std(axis=0)
                return (X - X.mean(axis=0)) / np.where(s == 0, 1, s)
            return scaled(X_train), scaled(X_new)
        """,
    "ridge_path": """
        def ridge_path(X, y, lams):
            fits = [ridge_fit(X, y, lam) for lam in lams]
            return np.array([w for w, b in fits]), np.array([b for w, b in fits])
        """,
    "same_lambda_more_patients": "Ridge wins with 30. <script>alert(1)</script>",
}

WILD = {
    "ridge_objective": """
        from IPython.display import HTML, display
        display(HTML("<script>alert(2)</script>"))

        def ridge_objective(w, b, X, y, lam):
            print("x" * 1_000_000)
            residual = y - b - X @ w
            return residual @ residual / (2 * len(y)) + lam / 2 * w @ w
        """,
    "ridge_gradient": """
        def ridge_gradient(w, b, X, y, lam):
            raise SystemExit
        """,
    "ridge_fit": """
        import time

        def ridge_fit(X, y, lam):
            while len(y) < 20:  # on the small cases of the check, for ever
                try:
                    time.sleep(0.5)
                except:
                    pass
            return np.zeros(X.shape[1]), y.mean()
        """,
    "standardize": """
        def standardize(X_train, X_new):
            mean, scale = X_train.mean(axis=0), X_train.std(axis=0)
            Z_new = (X_new - mean) / np.where(scale == 0, 1, scale)
            X_train = X_train.astype(float, copy=False)
            X_train -= mean
            X_train /= np.where(scale == 0, 1, scale)
            return X_train, Z_new
        """,
}


def answer(notebook, answers):
    """Put answers into the cells of a released notebook."""
    for cell in notebook.cells:
        text = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
        if text is not None:
            margin = re.match(r"\n( *)", text)
            cell.source = text.replace(margin[0], "\n").strip() if margin else text
    return notebook


@pytest.fixture(scope="session")
def nbgrader(tmp_path_factory):
    """Run an nbgrader command in a course folder, as an instructor does."""
    settings = tmp_path_factory.mktemp("settings")
    env = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "JUPYTER_CONFIG_DIR": str(settings),
    }

    def nbgrader(course, *arguments):
        command = [sys.executable, "-m", "nbgrader", *arguments]
        done = subprocess.run(command, cwd=course, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done

    nbgrader.env = env
    return nbgrader


@pytest.fixture(scope="session")
def stock():
    """Have a course folder graded by nbgrader as it is, with checks in the student's own kernel."""

    def stock(course):
        with open(course / "nbgrader_config.py", "a", encoding="utf-8") as file:
            file.write(STOCK)

    return stock


@pytest.fixture(scope="session")
def course(tmp_path_factory, nbgrader):
    """The course folder after release, submission, autograding, feedback and export."""
    if not shutil.which("bwrap"):
        pytest.skip("bubblewrap is not installed")
    course = tmp_path_factory.mktemp("course")
    shutil.copytree(path("solutions"), course / "solutions")
    shutil.copy(path("nbgrader_config.py"), course)
    shutil.copytree(path("exercises"), course / "exercises")
    nbgrader(course, "generate_assignment", "ridge", "--force")

    def read(folder):
        return nbformat.read(course / folder / "ridge/ridge.ipynb", 4)

    solution = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in read("solutions").cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    wild = answer(read("exercises"), WILD)
    wild.cells = [cell for cell in wild.cells if cell.id != "check_standardize"]
    submissions = {
        "right": answer(read("exercises"), solution),
        "partly": answer(read("exercises"), PARTLY_RIGHT),
        "empty": read("exercises"),
        "wild": wild,
    }
    for student, notebook in submissions.items():
        folder = course / "submitted" / student / "ridge"
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / "ridge.ipynb")
    nbgrader(course, "autograde", "ridge")
    nbgrader(course, "generate_feedback", "ridge")
    nbgrader(course, "export", "--to", "marks.csv")
    return course


@pytest.fixture(scope="module")
def source(request):
    """The cells, by their id, of the notebook that a module test_<name>.py is about."""
    name = request.path.stem.removeprefix("test_")
    notebook = nbformat.read(path("solutions", name, f"{name}.ipynb"), 4)
    return {cell.id: cell for cell in notebook.cells}


@pytest.fixture(scope="module")
def run(source):
    """The names that the notebook defines, and what each of its cells prints."""
    names, printed = {"__name__": "__main__", "display": print}, {}
    with matplotlib.rc_context({"backend": "agg"}):
        for name, cell in source.items():
            if cell.cell_type == "code":
                with contextlib.redirect_stdout(io.StringIO()) as out:
                    exec(cell.source, names)
                printed[name] = out.getvalue()
        names["plt"].close("all")
    return names, printed


@pytest.fixture
def checks(source, run):
    """What each check of the notebook says, by its call."""
    return {
        cell.source: run[1][name]
        for name, cell in source.items()
        if cell.source.startswith("check(")
    }


@pytest.fixture
def minutes(source):
    """The minutes that the parts of the notebook take, by their kind."""
    minutes = {"Core": 0, "Stretch": 0}
    for cell in source.values():
        for kind, time in re.findall(r"^\*(Core|Stretch), (\d+) minutes", cell.source, re.M):
            minutes[kind] += int(time)
    return minutes
