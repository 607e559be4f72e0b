"""Each assignment through nbgrader as it is: all right, untouched, and made of misconceptions."""

import html
import re
import shutil

import nbformat
import pytest
from nbgrader.api import Gradebook
from params import first_of

from reglib.exercises import ASSIGNMENTS, assignment
from reglib.repository import path


def answered(notebook, answers):
    """Put answers into the cells of a released notebook; leave out cells that are not graded."""
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = answers.get(grade_id, cell.source)
    notebook.cells = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    return notebook


@pytest.fixture(scope="module", params=first_of(ASSIGNMENTS))
def marked(request, tmp_path_factory, nbgrader, stock):
    """The assignment's name, and the course folder after feedback."""
    name = request.param
    course = tmp_path_factory.mktemp(name)
    shutil.copytree(path("solutions", name), course / "solutions" / name)
    shutil.copy(path("nbgrader_config.py"), course)
    stock(course)
    nbgrader(course, "generate_assignment", name)

    def read(folder):
        return nbformat.read(course / folder / name / f"{name}.ipynb", 4)

    solution = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in read("solutions").cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    mistaken = {
        entry.function: "from reglib.exercises import find\n"
        f'{entry.function} = find("{entry.name}").known[{k}].wrong'
        for entry, k in mistakes(name)
    }
    submissions = {
        "right": answered(read("exercises"), solution),
        "untouched": read("exercises"),
        "mistaken": answered(read("exercises"), mistaken),
    }
    for student, notebook in submissions.items():
        folder = course / "submitted" / student / name
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{name}.ipynb")
    nbgrader(course, "autograde", name)
    nbgrader(course, "generate_feedback", name)
    return name, course


def mistakes(name):
    """One misconception of each exercise, the first of the first, the second of the second, …"""
    return [(entry, i % len(entry.known)) for i, entry in enumerate(assignment(name).entries)]


def marks(marked, student):
    name, course = marked
    with Gradebook(f"sqlite:///{course}/gradebook.db", "regularization") as gradebook:
        grades = gradebook.find_submission_notebook(name, name, student).grades
        return {
            grade.name: (grade.auto_score, grade.max_score)
            for grade in grades
            if grade.name.startswith("check_")
        }


def test_marks(marked):
    entries = assignment(marked[0]).entries
    right, untouched, mistaken = (
        marks(marked, student) for student in ("right", "untouched", "mistaken")
    )
    assert set(right) == {f"check_{entry.function}" for entry in entries}
    assert all(score == most for score, most in right.values())
    assert all(score == 0 for score, _ in untouched.values())
    assert all(score < most for score, most in mistaken.values())


def test_feedback_names_each_misconception(marked):
    name, course = marked
    page = (course / "feedback/mistaken" / name / f"{name}.html").read_text(encoding="utf-8")
    text = " ".join(html.unescape(re.sub(r"<[^>]*>", "", page)).split())
    for entry, k in mistakes(name):
        mistake = entry.known[k].name.replace("`", "")  # what stands in them is an element here
        assert f"in every case tried, what you get when {mistake}." in text
    assert "Traceback (most recent" not in text


def test_an_untouched_release_is_told_where_to_begin(marked):
    name, course = marked
    page = (course / "feedback/untouched" / name / f"{name}.html").read_text(encoding="utf-8")
    text = " ".join(html.unescape(re.sub(r"<[^>]*>", "", page)).split())
    assert text.count("It is not written yet.") == len(assignment(name).entries)
