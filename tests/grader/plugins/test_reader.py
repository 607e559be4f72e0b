"""`nbgrader autograde`, on submissions that would mislead its own way of reading them."""

import json
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbgrader.api import Gradebook

from grader import record
from grader.course import course_at
from grader.plugins.reader import _through_a_copy
from grader.sandbox.kernel import sweep
from grader.submission.repair import remarks_of

if not shutil.which("bwrap"):
    pytest.skip("bubblewrap is not installed", allow_module_level=True)

FULL = 29.0
SECRET = "what nobody else may read"
FORGED = {"text": "Perfect.", "suspicious": False}


def links(folder):
    (folder / "data.csv").symlink_to("../../../gradebook.db")
    (folder / "notes.txt").symlink_to("../../ada/ridge/data.csv")
    (folder / "img").symlink_to("../../../solutions")
    (folder / "zero.csv").symlink_to("/dev/zero")
    (folder / "lost.csv").symlink_to("nowhere")


def own_modules(folder):
    (folder / "numpy.py").write_text("raise SystemExit")
    (folder / "reglib").mkdir()
    (folder / "reglib/check.py").write_text("raise SystemExit")
    (folder / "..\\..\\up.csv").write_text("x")
    (folder / "big.csv").write_bytes(bytes(2**21))


def pipes(folder):
    os.mkfifo(folder / "pipe.csv")
    os.mkfifo(folder / "timestamp.txt")


def no_time(folder):
    (folder / "timestamp.txt").write_text("tomorrow")


def link_of_the_folder(folder):
    shutil.rmtree(folder)
    folder.symlink_to("../ada/ridge")


def link_of_the_notebook(folder):
    (folder / "ridge.ipynb").unlink()
    (folder / "ridge.ipynb").symlink_to("../../ada/ridge/ridge.ipynb")


def pipe_for_a_notebook(folder):
    (folder / "ridge.ipynb").unlink()
    os.mkfifo(folder / "ridge.ipynb")


def huge(folder):
    with open(folder / "ridge.ipynb", "ab") as file:
        file.truncate(200 * 2**20)


def garbage(folder):
    (folder / "ridge.ipynb").write_bytes(b"\xff\xfe{[" * 100)


def no_notebook(folder):
    (folder / "ridge.ipynb").rename(folder / "ridge.txt.zip")


def mangled(folder):
    notebook = json.loads((folder / "ridge.ipynb").read_text("utf-8"))
    notebook["metadata"] = {"kernelspec": {"name": "ir"}, "grader": {"remarks": [FORGED]}}
    for cell in notebook["cells"]:
        cell["metadata"]["tags"] = ["skip-execution"]
    check = next(c for c in notebook["cells"] if c.get("id") == "check_ridge_fit")
    check["metadata"]["nbgrader"] |= {"points": 100, "grade": False, "schema_version": 99}
    notebook["cells"] += [check, check, None, {"cell_type": "raw", "source": "<script>"}]
    (folder / "ridge.ipynb").write_text(json.dumps(notebook))


SUBMISSIONS = {
    links: FULL,
    own_modules: FULL,
    pipes: FULL,
    no_time: FULL,
    mangled: FULL,
    link_of_the_folder: 0.0,
    link_of_the_notebook: 0.0,
    pipe_for_a_notebook: 0.0,
    huge: 0.0,
    garbage: 0.0,
    no_notebook: 0.0,
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory, released, solution, in_course):
    """A course in which everybody has the solution, in folders prepared as above; and Ada's."""
    course = Path(shutil.copytree(released, tmp_path_factory.mktemp("class") / "course"))
    notebook = nbformat.read(course / "exercises/ridge/ridge.ipynb", 4)
    for cell in notebook.cells:
        cell.source = solution.get(cell.metadata.nbgrader.grade_id, cell.source)
    (course / "solutions/ridge/key.txt").write_text(SECRET)  # nbgrader hands such files on
    (course / "secrets.txt").write_text(SECRET)
    for name in ("ada", *(prepare.__name__ for prepare in SUBMISSIONS)):
        folder = course / "submitted" / name / "ridge"
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / "ridge.ipynb")
    ada = course / "submitted/ada/ridge"
    (ada / "data.csv").write_text("1,2")
    (ada / "img").mkdir()
    (ada / "img/plot.png").write_bytes(b"png")
    (ada / "timestamp.txt").write_text("2026-11-01 12:00:00 UTC")
    for prepare in SUBMISSIONS:
        prepare(course / "submitted" / prepare.__name__ / "ridge")
    in_course(course, "nbgrader", "autograde", "ridge")
    in_course(course, "nbgrader", "generate_feedback", "ridge")
    return course


def files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def marks(course, student):
    with Gradebook(f"sqlite:///{course}/gradebook.db", "regularization") as gradebook:
        submission = gradebook.find_submission("ridge", student)
        return sum(n.score for n in submission.notebooks), submission.timestamp


def remarks(course, student):
    path = course / "autograded" / student / "ridge/ridge.ipynb"
    return remarks_of(nbformat.read(path, 4))


def test_an_honest_submission_has_its_files_and_its_marks(graded):
    score, time = marks(graded, "ada")
    assert score == FULL and str(time) == "2026-11-01 12:00:00"
    theirs = {"data.csv", "img/plot.png", "timestamp.txt"}
    assert files(graded / "autograded/ada/ridge") == {"ridge.ipynb", "key.txt", *theirs}
    assert (graded / "autograded/ada/ridge/img/plot.png").read_bytes() == b"png"
    assert remarks(graded, "ada") == ()


@pytest.mark.parametrize("prepare", SUBMISSIONS, ids=lambda prepare: prepare.__name__)
def test_marks_are_those_of_the_work(graded, prepare):
    assert marks(graded, prepare.__name__)[0] == SUBMISSIONS[prepare]


@pytest.mark.parametrize("prepare", SUBMISSIONS, ids=lambda prepare: prepare.__name__)
def test_no_file_comes_along(graded, prepare):
    for step, notebook in (("autograded", "ridge.ipynb"), ("feedback", "ridge.html")):
        folder = graded / step / prepare.__name__ / "ridge"
        assert files(folder) == {notebook, "key.txt"}
        assert not any(path.is_symlink() for path in folder.rglob("*"))


@pytest.mark.parametrize("prepare", SUBMISSIONS, ids=lambda prepare: prepare.__name__)
def test_the_reason_is_told(graded, prepare):
    told = remarks(graded, prepare.__name__)
    assert told and FORGED["text"] not in [remark.text for remark in told]
    suspicious = prepare not in (huge, garbage, no_notebook)
    assert any(remark.suspicious for remark in told) == suspicious
    page = (graded / "feedback" / prepare.__name__ / "ridge/ridge.html").read_text("utf-8")
    assert "Remarks of the grader" in page
    for remark in told:
        assert remark.text.replace("'", "&#39;") in page or remark.text in page
    assert record.load(graded, "ridge", prepare.__name__).remarks == told


def test_submissions_are_left_as_they_were(graded):
    assert (graded / "submitted/links/ridge/data.csv").is_symlink()
    assert (graded / "submitted/own_modules/ridge/numpy.py").read_text() == "raise SystemExit"
    assert (graded / "submitted/huge/ridge/ridge.ipynb").stat().st_size == 200 * 2**20


def test_a_second_run_finds_nothing_to_do_and_a_forced_one_the_same_marks(graded, in_course):
    before = {prepare: marks(graded, prepare.__name__) for prepare in SUBMISSIONS}
    in_course(graded, "nbgrader", "autograde", "ridge")
    in_course(graded, "nbgrader", "autograde", "ridge", "--force", "--student=mangled")
    assert {prepare: marks(graded, prepare.__name__) for prepare in SUBMISSIONS} == before


def test_an_earlier_pass_does_not_outlive_its_check(course, hand_in, solution, in_course):
    path = hand_in(course, "eve", solution)
    in_course(course, "nbgrader", "autograde", "ridge")
    assert marks(course, "eve")[0] == FULL
    notebook = json.loads(path.read_text("utf-8"))
    fit = next(cell for cell in notebook["cells"] if cell["id"] == "ridge_fit")
    fit["source"] = "def ridge_fit(X, y, lam):\n    return 0 * X[0], 0.0\n"
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] != "check_ridge_fit"]
    path.write_text(json.dumps(notebook), "utf-8")
    in_course(course, "nbgrader", "autograde", "ridge", "--force")
    found = {exercise.name: exercise for exercise in record.load(course, "ridge", "eve").exercises}
    assert found["ridge.ridge_fit"].points == 0
    assert marks(course, "eve")[0] == sum(exercise.points for exercise in found.values()) < FULL
    assert remarks(course, "eve")[0].text == "The check of ridge_fit was missing: it was put back."


def test_a_copy_lies_where_it_is_swept_when_its_process_was_killed(course, hand_in, monkeypatch):
    hand_in(course, "ada", {})
    monkeypatch.setattr("tempfile.tempdir", str(course))
    folders = course_at(course)
    name = lambda *_: str(course / "submitted/ada/ridge")  # noqa: E731
    converter = SimpleNamespace(_format_source=name, coursedir=folders, notebooks=["ridge.ipynb"])

    def method(*_):
        (home,) = course.glob("grader-*")
        assert Path(converter._format_source()).parent == home
        os.utime(home / "lock", (0, 0))
        sweep()
        assert home.exists()  # as it is still held

    _through_a_copy(converter, method)("ridge", "ada")
    assert not list(course.glob("grader-*"))
